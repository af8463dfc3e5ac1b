// SPDX-License-Identifier: GPL-2.0
/*
 * PROXY protocol: rows of lines and of binary headers, well-formed and not, each
 * at every truncation against a guard page; addresses in text against
 * inet_pton(); what is built is read again; random changes.
 */
#include <arpa/inet.h>
#include "prefix.h"

#define SIG	"\r\n\r\n\0\r\nQUIT\n"
#define GET	"GET / HTTP/1.1\r\n\r\n"

/* Bytes behind a header are not its own. */
struct row {
	const u8 *bytes;
	size_t len;
	enum l7_parse verdict;
	size_t at;		/* bytes that decide; the header's when FOUND */
	const char *src, *dst;	/* NULL: none */
	u16 sport, dport;
};

static const struct row rows[] = {
	/* the examples of the specification */
	{ BYTES("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n" GET),
	  L7_PARSE_FOUND, 47, "192.168.0.1", "192.168.0.11", 56324, 443 },
	{ BYTES("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
	  L7_PARSE_FOUND, 56, "255.255.255.255", "255.255.255.255", 65535, 65535 },
	{ BYTES("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
	  L7_PARSE_FOUND, 104, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, 65535 },
	{ BYTES("PROXY UNKNOWN\r\n" GET), L7_PARSE_FOUND, 15 },
	{ BYTES("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
	  L7_PARSE_FOUND, 107 },
	/* version 1 */
	{ BYTES("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n"), L7_PARSE_FOUND, 32,
	  "0.0.0.0", "0.0.0.0", 0, 0 },
	{ BYTES("PROXY TCP6 2001:db8::1 ::1 1 2\r\n\r\n"), L7_PARSE_FOUND, 32,
	  "2001:db8::1", "::1", 1, 2 },
	{ BYTES("PROXY TCP6 :: :: 1 2\r\n"), L7_PARSE_FOUND, 22, "::", "::", 1, 2 },
	{ BYTES("PROXY TCP6 ::FFFF:192.0.2.1 64:ff9b::198.51.100.7 1 2\r\n"),
	  L7_PARSE_FOUND, 55, "::ffff:192.0.2.1", "64:ff9b::198.51.100.7", 1, 2 },
	{ BYTES("PROXY UNKNOWN \r\n"), L7_PARSE_FOUND, 16 },
	{ BYTES("PROXY UNKNOWN what\0\x01\xff ever\r\n"), L7_PARSE_FOUND, 28 },
	/* version 2 */
	{ BYTES(SIG "\x21\x11\x00\x0c" "\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb" GET),
	  L7_PARSE_FOUND, 28, "192.0.2.1", "198.51.100.7", 56324, 443 },
	{ BYTES(SIG "\x21\x21\x00\x24" "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
		"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\xdc\x04\x01\xbb" GET),
	  L7_PARSE_FOUND, 52, "2001:db8::1", "2001:db8::2", 56324, 443 },
	/* with extensions: no operation, and one that says nothing */
	{ BYTES(SIG "\x21\x11\x00\x13" "\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb"
		"\x04\x00\x01\x00\xff\xff\xff"),
	  L7_PARSE_FOUND, 35, "192.0.2.1", "198.51.100.7", 56324, 443 },
	/* without addresses: LOCAL, whatever its family; UNSPEC; no TCP; UNIX */
	{ BYTES(SIG "\x20\x00\x00\x00" GET), L7_PARSE_FOUND, 16 },
	{ BYTES(SIG "\x20\xff\x00\x01" "\xff" GET), L7_PARSE_FOUND, 17 },
	{ BYTES(SIG "\x20\x11\x00\x0c" "\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb"),
	  L7_PARSE_FOUND, 28 },
	{ BYTES(SIG "\x20\x11\x00\x02" "\xc0\x00"), L7_PARSE_FOUND, 18 },
	{ BYTES(SIG "\x21\x00\x00\x00"), L7_PARSE_FOUND, 16 },
	{ BYTES(SIG "\x21\x00\x00\x03" "abc"), L7_PARSE_FOUND, 19 },
	{ BYTES(SIG "\x21\x01\x00\x00"), L7_PARSE_FOUND, 16 },
	{ BYTES(SIG "\x21\x10\x00\x00"), L7_PARSE_FOUND, 16 },
	{ BYTES(SIG "\x21\x12\x00\x0c" "\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb"),
	  L7_PARSE_FOUND, 28 },
	/* no header */
	{ BYTES("GET / HTTP/1.1\r\n"), L7_PARSE_NONE, 1 },
	{ BYTES("PUT / HTTP/1.1\r\n"), L7_PARSE_NONE, 2 },
	{ BYTES("PROPFIND / HTTP/1.1\r\n"), L7_PARSE_NONE, 4 },
	{ BYTES("PROXYTCP4 "), L7_PARSE_NONE, 6 },
	{ BYTES("PROXY\r\n"), L7_PARSE_NONE, 6 },
	{ BYTES("PROXY\tTCP4"), L7_PARSE_NONE, 6 },
	{ BYTES("proxy TCP4"), L7_PARSE_NONE, 1 },
	{ BYTES("\r\nGET / HTTP/1.1\r\n"), L7_PARSE_NONE, 3 },
	{ BYTES("\r\n\r\nGET / HTTP/1.1\r\n"), L7_PARSE_NONE, 5 },
	{ BYTES("\r\n\r\n\0\r\nQUIT\r"), L7_PARSE_NONE, 12 },
	{ BYTES("\0"), L7_PARSE_NONE, 1 },
	{ BYTES("\x16\x03\x01"), L7_PARSE_NONE, 1 },
	/* undecided */
	{ BYTES(""), L7_PARSE_MORE, 0 },
	{ BYTES("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r"), L7_PARSE_MORE, 46 },
	{ BYTES("PROXY UNKNOWN"), L7_PARSE_MORE, 13 },
	{ BYTES("PROXY UNKNOWN\r"), L7_PARSE_MORE, 14 },
	{ BYTES(SIG "\x21\x11\x00\x0c" "\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01"),
	  L7_PARSE_MORE, 27 },
	/* words of version 1, refused at once */
	{ BYTES("PROXY  TCP4 "), L7_PARSE_BAD, 7 },
	{ BYTES("PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 8 },
	{ BYTES("PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 10 },
	{ BYTES("PROXY TCP 1.1.1.1 2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 10 },
	{ BYTES("PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 7 },
	{ BYTES("PROXY TCP4\t1.1.1.1 2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 11 },
	{ BYTES("PROXY TCP4\r\n"), L7_PARSE_BAD, 11 },
	{ BYTES("PROXY UNKNOWNS\r\n"), L7_PARSE_BAD, 14 },
	{ BYTES("PROXY UNKNOWN\n"), L7_PARSE_BAD, 14 },
	{ BYTES("PROXY \r\n"), L7_PARSE_BAD, 7 },
	/* its line end, and its length */
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n"), L7_PARSE_BAD, 31 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\rG"), L7_PARSE_BAD, 32 },
	{ BYTES("PROXY TCP4 1.1.1.1\r2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 20 },
	{ BYTES("PROXY UNKNOWN\r\r\n"), L7_PARSE_BAD, 15 },
	{ BYTES("PROXY UNKNOWN a\nb\r\n"), L7_PARSE_BAD, 16 },
	{ BYTES("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 655350\r\n"),
	  L7_PARSE_BAD, 106 },
	{ BYTES("PROXY TCP4 1.1.1.1                                 "
		"                                                       \r\n"),
	  L7_PARSE_BAD, 106 },
	/* its addresses and ports, refused with the line's end */
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n"), L7_PARSE_BAD, 34 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 \r\n"), L7_PARSE_BAD, 31 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n"), L7_PARSE_BAD, 30 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2\r\n"), L7_PARSE_BAD, 28 },
	{ BYTES("PROXY TCP4 1.1.1.1\r\n"), L7_PARSE_BAD, 20 },
	{ BYTES("PROXY TCP4 \r\n"), L7_PARSE_BAD, 13 },
	{ BYTES("PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1  2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2  1 2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1  2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n"), L7_PARSE_BAD, 36 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n"), L7_PARSE_BAD, 36 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 4294967297\r\n"), L7_PARSE_BAD, 41 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 02\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 00 2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n"), L7_PARSE_BAD, 33 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 a 2\r\n"), L7_PARSE_BAD, 32 },
	{ BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1\t2\r\n"), L7_PARSE_BAD, 32 },
	{ BYTES("PROXY TCP4 ::1 ::1 1 2\r\n"), L7_PARSE_BAD, 24 },
	{ BYTES("PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n"), L7_PARSE_BAD, 32 },
	{ BYTES("PROXY TCP6 ::1 1.1.1.1 1 2\r\n"), L7_PARSE_BAD, 28 },
	/* version 2 */
	{ BYTES(SIG "\x22\x11\x00\x0c"), L7_PARSE_BAD, 13 },
	{ BYTES(SIG "\x11\x11\x00\x0c"), L7_PARSE_BAD, 13 },
	{ BYTES(SIG "\x31\x11\x00\x0c"), L7_PARSE_BAD, 13 },
	{ BYTES(SIG "\x00\x11\x00\x0c"), L7_PARSE_BAD, 13 },
	{ BYTES(SIG "\x21\x41\x00\x0c"), L7_PARSE_BAD, 14 },
	{ BYTES(SIG "\x21\x13\x00\x0c"), L7_PARSE_BAD, 14 },
	{ BYTES(SIG "\x21\x03\x00\x00"), L7_PARSE_BAD, 14 },
	{ BYTES(SIG "\x21\x11\x00\x0b" "\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb"),
	  L7_PARSE_BAD, 16 },
	{ BYTES(SIG "\x21\x12\x00\x0b" "\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb"),
	  L7_PARSE_BAD, 16 },
	{ BYTES(SIG "\x21\x21\x00\x23"), L7_PARSE_BAD, 16 },
	{ BYTES(SIG "\x21\x21\x00\x0c"), L7_PARSE_BAD, 16 },
	{ BYTES(SIG "\x21\x31\x00\xd7"), L7_PARSE_BAD, 16 },
	{ BYTES(SIG "\x21\x11\x02\x09"), L7_PARSE_BAD, 16 },
	{ BYTES(SIG "\x20\x00\x02\x09"), L7_PARSE_BAD, 16 },
	{ BYTES(SIG "\x20\x00\xff\xff"), L7_PARSE_BAD, 16 },
};

static u8 family(const char *text)
{
	return strchr(text, ':') ? AF_INET6 : AF_INET;
}

static void check_addr(const union nf_inet_addr *got, const char *text)
{
	union nf_inet_addr want;

	memset(&want, 0, sizeof(want));
	CHECK(inet_pton(family(text), text, &want) == 1);
	CHECK_MEM(got, &want, sizeof(want));
}

static void table(void)
{
	struct answer a;
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		UNIT_ROW("row %zu: %.*s", i, (int)r->len, r->bytes);
		CHECK_EQ(every_prefix(ask_proxy, r->bytes, r->len, NULL, &a), r->at);
		check_verdict(&a, r->verdict);
		if (a.verdict != L7_PARSE_FOUND)
			continue;
		CHECK_EQ(a.len, r->at);
		CHECK_EQ(a.what, r->src ? family(r->src) : 0);
		if (!r->src)
			continue;
		check_addr(&a.src, r->src);
		check_addr(&a.dst, r->dst);
		CHECK_EQ(ntohs(a.sport), r->sport);
		CHECK_EQ(ntohs(a.dport), r->dport);
	}
}

static void unix_and_longest(void)
{
	u8 buf[L7_PROXY_MAX + 1] = SIG "\x21\x31\x00\xd8";
	struct answer a;

	CHECK_EQ(every_prefix(ask_proxy, buf, 16 + 216, NULL, &a), 16 + 216);
	check_verdict(&a, L7_PARSE_FOUND);
	CHECK_EQ(a.what, 0);
	buf[13] = 0x11;
	l7_put16(buf + 14, L7_PROXY_MAX - 16);
	CHECK_EQ(every_prefix(ask_proxy, buf, sizeof(buf), NULL, &a), L7_PROXY_MAX);
	check_verdict(&a, L7_PARSE_FOUND);
	CHECK_EQ(a.what, AF_INET);
	CHECK_EQ(a.len, L7_PROXY_MAX);
}

/* --- Addresses in text --- */

/* Is @text what inet_pton() says, as source and as destination? */
static void check_text(const char *text, u8 af)
{
	union nf_inet_addr want;
	struct answer a;
	char line[160];
	int len;
	bool ok;

	memset(&want, 0, sizeof(want));
	ok = inet_pton(af, text, &want) == 1;
	UNIT_ROW("%s", text);
	len = snprintf(line, sizeof(line), "PROXY TCP%d %s %s 1 2\r\n",
		       af == AF_INET ? 4 : 6, text,
		       af == AF_INET ? "192.0.2.1" : "2001:db8::1");
	ask_at(ask_proxy, unit_flush(line, (size_t)len), (size_t)len, NULL, &a);
	check_verdict(&a, ok ? L7_PARSE_FOUND : L7_PARSE_BAD);
	if (ok)
		CHECK_MEM(&a.src, &want, sizeof(want));
	len = snprintf(line, sizeof(line), "PROXY TCP%d %s %s 1 2\r\n",
		       af == AF_INET ? 4 : 6,
		       af == AF_INET ? "192.0.2.1" : "2001:db8::1", text);
	ask_at(ask_proxy, unit_flush(line, (size_t)len), (size_t)len, NULL, &a);
	check_verdict(&a, ok ? L7_PARSE_FOUND : L7_PARSE_BAD);
	if (ok)
		CHECK_MEM(&a.dst, &want, sizeof(want));
}

static void texts(void)
{
	static const char *const v4[] = {
		"192.0.2.1", "0.0.0.0", "255.255.255.255", "256.1.1.1",
		"1.1.1.256", "1.1.1", "1.1.1.1.1", "1.1.1.", ".1.1.1", "1..1.1",
		"01.1.1.1", "1.1.1.01", "1.1.1.00", "1.1.1.1x", "0x1.1.1.1",
		"1.1.1.-1", "16843009", "4294967297.1.1.1", "1,1,1,1",
	};
	static const char *const v6[] = {
		"::", "::1", "1::", "1::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8", "1:2:3::5:6:7:8", "1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "1::2::3", ":::", ":", "1:::2", ":1::2",
		"1::2:", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:8:",
		"12345::", "::12345", "00001::", "::0000", "::fFfF", "::g",
		"::1%eth0", "::1/64", "[::1]", "::1.2.3.4", "1::1.2.3.4",
		"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5:1.2.3.4", "1:2:3:4:5::1.2.3.4", "1:2:3:4:5:6::1.2.3.4",
		"::1.2.3.4:5", "::1.2.3", "::1.2.3.4.5", "::1.2.3.256",
		"::1.2.3.04", "::1.2.3.4::", "1.2.3.4::", "1.2.3.4", "::.1.2.3",
		"::1234.1.1.1", "::a.1.1.1", "::1.2.3.", "::ffff:1.2.3.4",
		"x", "::x", "1:x::",
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(v4); i++)
		check_text(v4[i], AF_INET);
	for (i = 0; i < UNIT_SIZE(v6); i++)
		check_text(v6[i], AF_INET6);
}

/* What addresses are made of, at random. */
static void random_texts(void)
{
	static const char *const pieces[] = {
		":", "::", ":", "0", "1:", "f00:", "ffff:", ":a", "1:2:3:4:5:",
		"1.2.3.4", "255", ".", "g", "01",
	};
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(100000);
	char text[48];

	while (n--) {
		u32 k = 1 + unit_below(&rnd, 8);

		text[0] = '\0';
		while (k--) {
			const char *p = pieces[unit_below(&rnd, UNIT_SIZE(pieces))];

			if (strlen(text) + strlen(p) < sizeof(text) - 1)
				strcat(text, p);
		}
		check_text(text, AF_INET6);
		check_text(text, AF_INET);
	}
}

/* Every address that inet_ntop() writes is read; some with digits changed. */
static void written_texts(void)
{
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(50000);

	while (n--) {
		u8 bytes[16];
		char text[48];
		u32 i;

		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = unit_below(&rnd, 3) ? 0 : (u8)unit_rand(&rnd);
		inet_ntop(AF_INET6, bytes, text, sizeof(text));
		check_text(text, AF_INET6);
		text[unit_below(&rnd, (uint32_t)strlen(text))] =
			":.0f9a"[unit_below(&rnd, 6)];
		check_text(text, AF_INET6);
		inet_ntop(AF_INET, bytes + 12, text, sizeof(text));
		check_text(text, AF_INET);
	}
}

/* --- Written and read again --- */

static void built(void)
{
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(2000);

	while (n--) {
		u8 af = n % 2 ? AF_INET : AF_INET6;
		u32 want = af == AF_INET ? L7_PROXY_V2_LEN4 : L7_PROXY_V2_LEN6, i;
		union nf_inet_addr src, dst;
		u16 ports = (u16)unit_rand(&rnd);
		struct answer a;
		u8 buf[64];

		memset(&src, 0, sizeof(src));
		memset(&dst, 0, sizeof(dst));
		for (i = 0; i < (af == AF_INET ? 4 : 16); i++) {
			((u8 *)&src)[i] = (u8)unit_rand(&rnd);
			((u8 *)&dst)[i] = (u8)unit_rand(&rnd);
		}
		CHECK_EQ(l7_proxy_v2_build(unit_flush(buf, want), af, &src, &dst,
					   htons(ports), htons((u16)~ports)), want);
		memcpy(buf, unit_guard_room() + UNIT_GUARD_ROOM - want, want);
		CHECK_EQ(every_prefix(ask_proxy, buf, want, NULL, &a), want);
		check_verdict(&a, L7_PARSE_FOUND);
		CHECK_EQ(a.what, af);
		CHECK_MEM(&a.src, &src, sizeof(src));
		CHECK_MEM(&a.dst, &dst, sizeof(dst));
		CHECK_EQ(ntohs(a.sport), ports);
		CHECK_EQ(ntohs(a.dport), (u16)~ports);
	}
}

/* Byte for byte what the specification shows. */
static void built_bytes(void)
{
	static const u8 want[] = SIG "\x21\x11\x00\x0c"
		"\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb";
	union nf_inet_addr src, dst;
	u8 buf[L7_PROXY_V2_LEN6];

	CHECK(inet_pton(AF_INET, "192.0.2.1", &src) == 1);
	CHECK(inet_pton(AF_INET, "198.51.100.7", &dst) == 1);
	CHECK_EQ(l7_proxy_v2_build(buf, AF_INET, &src, &dst, htons(56324),
				   htons(443)), sizeof(want) - 1);
	CHECK_MEM(buf, want, sizeof(want) - 1);
}

static void random_changes(void)
{
	static const char *const words[] = {
		"PROXY ", "TCP4 ", "TCP6 ", "UNKNOWN", "\r\n", "\r", " ", "::",
		"1.1.1.1 ", "65535", "\x20", "\x21", "\x11", "\n",
	};
	const u8 *data[UNIT_SIZE(rows)];
	size_t lens[UNIT_SIZE(rows)], i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		data[i] = rows[i].bytes;
		lens[i] = rows[i].len;
	}
	random_prefixes(ask_proxy, NULL, data, lens, UNIT_SIZE(rows), words,
			UNIT_SIZE(words));
}

int main(void)
{
	UNIT_RUN(table);
	UNIT_RUN(unix_and_longest);
	UNIT_RUN(texts);
	UNIT_RUN(random_texts);
	UNIT_RUN(written_texts);
	UNIT_RUN(built);
	UNIT_RUN(built_bytes);
	UNIT_RUN(random_changes);
	return unit_end();
}
