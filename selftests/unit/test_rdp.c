// SPDX-License-Identifier: GPL-2.0
/*
 * RDP's Connection Request: rows of cookies, tokens and malformed packets, each
 * at every truncation against a guard page; random changes.
 */
#include "prefix.h"

#define NEG	"\x01\x00\x08\x00\x0b\x00\x00\x00"	/* TLS, CredSSP */

/* A packet around @variable: its head and its lengths. */
static size_t request(u8 *out, const void *variable, size_t len)
{
	static const u8 head[11] = { 3, 0, 0, 0, 0, 0xe0 };

	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), variable, len);
	len += sizeof(head);
	l7_put16(out + 2, (u16)len);
	out[4] = (u8)(len - 5);
	return len;
}

static const struct {
	const u8 *variable;
	size_t len;
	const char *key;	/* NULL: none */
} users[] = {
	{ BYTES("Cookie: mstshash=eltons\r\n" NEG), "eltons" },
	{ BYTES("Cookie: mstshash=eltons\r\n"), "eltons" },
	{ BYTES("Cookie: mstshash=a\r\n" NEG), "a" },
	{ BYTES("Cookie: mstshash=CORP\\admi\r\n" NEG), "CORP\\admi" },
	{ BYTES("Cookie: mstshash=a b@c.example\r\n" NEG), "a b@c.example" },
	{ BYTES("Cookie: mstshash=j\xf6rg\r\n" NEG), "j\xf6rg" },
	{ BYTES("Cookie: mstshash=\x7f\r\n" NEG), "\x7f" },
	{ BYTES("Cookie: mstshash=msts=1.2.\r\n" NEG), "msts=1.2." },
	/* what follows does not count */
	{ BYTES("Cookie: mstshash=a\r\nCookie: mstshash=b\r\n"), "a" },
	{ BYTES("Cookie: mstshash=a\r\n\x02"), "a" },
	/* none */
	{ BYTES("") },
	{ BYTES(NEG) },
	{ BYTES("Cookie: mstshash=\r\n" NEG) },
	{ BYTES("cookie: mstshash=eltons\r\n" NEG) },
	{ BYTES("Cookie:mstshash=eltons\r\n" NEG) },
	{ BYTES("Cookie: MSTSHASH=eltons\r\n" NEG) },
	{ BYTES("Cookie: mstshash") },
	{ BYTES("Cookie: msts") },
	{ BYTES(" Cookie: mstshash=eltons\r\n" NEG) },
	{ BYTES("tsv://MS Terminal Services Plugin.1.Farm\r\n" NEG) },
	{ BYTES("mth://localhost/192.0.2.7\r\n" NEG) },
	{ BYTES("\x00\x01\x02\x03\r\n") },
};

static const struct {
	const char *variable;
	enum l7_parse verdict;
	u8 ip[4];
	u16 port;
} tokens[] = {
	/* the example of IMsRdpClientAdvancedSettings::LoadBalanceInfo */
	{ "Cookie: msts=3640205228.15629.0000\r\n", L7_PARSE_FOUND,
	  { 172, 31, 249, 216 }, 3389 },
	{ "Cookie: msts=3640205228.15629.\r\n", L7_PARSE_FOUND,
	  { 172, 31, 249, 216 }, 3389 },
	{ "Cookie: msts=3640205228.15629.0000 \r\n", L7_PARSE_FOUND,
	  { 172, 31, 249, 216 }, 3389 },
	{ "Cookie: msts=3640205228.15629. \r\n", L7_PARSE_FOUND,
	  { 172, 31, 249, 216 }, 3389 },
	{ "Cookie: msts=16777226.47873.0000\r\n", L7_PARSE_FOUND,
	  { 10, 0, 0, 1 }, 443 },
	{ "Cookie: msts=4294967295.65535.0000\r\n", L7_PARSE_FOUND,
	  { 255, 255, 255, 255 }, 65535 },
	{ "Cookie: msts=0.0.0\r\n", L7_PARSE_FOUND, { 0, 0, 0, 0 }, 0 },
	{ "Cookie: msts=1.256.99999999999999999999\r\n", L7_PARSE_FOUND,
	  { 1, 0, 0, 0 }, 1 },
	{ "Cookie: msts=00000000001.000001.0000\r\n", L7_PARSE_FOUND,
	  { 1, 0, 0, 0 }, 256 },
	/* out of range */
	{ "Cookie: msts=4294967296.15629.0000\r\n", L7_PARSE_BAD },
	{ "Cookie: msts=18446744073709551617.1.0000\r\n", L7_PARSE_BAD },
	{ "Cookie: msts=99999999999999999999999999.1.0\r\n", L7_PARSE_BAD },
	{ "Cookie: msts=1.65536.0000\r\n", L7_PARSE_BAD },
	{ "Cookie: msts=1.4294967297.0000\r\n", L7_PARSE_BAD },
	/* what other brokers make up */
	{ "Cookie: msts=1234567890\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=3640205228.15629\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=3640205228.\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=.\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=..\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=1..\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=.1.\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=-1.1.0000\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=+1.1.0000\r\n", L7_PARSE_NONE },
	{ "Cookie: msts= 1.1.0000\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=1.1.0000  \r\n", L7_PARSE_NONE },
	{ "Cookie: msts=1.1.00x0\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=1.1.0000.0\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=4294967296.x.0000\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=192.0.2.1:3389\r\n", L7_PARSE_NONE },
	{ "Cookie: msts=rds1.example\r\n", L7_PARSE_NONE },
};

/* Whole packets, with the number of bytes that give them away. */
static const struct {
	const u8 *bytes;
	size_t len;
	size_t at;
} bad[] = {
	{ BYTES("\x02\x00\x00\x0b\x06\xe0\0\0\0\0\0"), 1 },
	{ BYTES("\x16\x03\x01\x02\x00\x01"), 1 },		/* TLS */
	{ BYTES("GET / HTTP/1.1\r\n"), 1 },
	{ BYTES("\x03\x00\x02\x01\xfc\xe0\0\0\0\0\0"), 3 },
	{ BYTES("\x03\x00\x01\x04\xff\xe0\0\0\0\0\0"), 4 },
	{ BYTES("\x03\x00\x00\x0a\x05\xe0\0\0\0\0"), 4 },
	{ BYTES("\x03\x00\x00\x00\x00\xe0\0\0\0\0\0"), 4 },
	{ BYTES("\x03\x00\x00\x0b\x05\xe0\0\0\0\0\0"), 5 },
	{ BYTES("\x03\x00\x00\x0b\x07\xe0\0\0\0\0\0"), 5 },
	{ BYTES("\x03\x00\x00\x0b\x06\xd0\0\0\0\0\0"), 6 },	/* confirm */
	{ BYTES("\x03\x00\x00\x0b\x06\xf0\0\0\0\0\0"), 6 },	/* data */
	{ BYTES("\x03\x00\x00\x0b\x06\xe1\0\0\0\0\0"), 6 },
	{ BYTES("\x03\x00\x00\x0b\x06\xe0\0\0\0\0\x10"), 11 },	/* class 1 */
	{ BYTES("\x03\x00\x00\x0b\x06\xe0\0\0\0\0\x40"), 11 },
	/* no CRLF at the end */
	{ BYTES("\x03\x00\x00\x1f\x1a\xe0\0\0\0\0\0Cookie: mstshash=abc"), 31 },
	{ BYTES("\x03\x00\x00\x20\x1b\xe0\0\0\0\0\0Cookie: mstshash=abc\r"), 32 },
	{ BYTES("\x03\x00\x00\x1f\x1a\xe0\0\0\0\0\0Cookie: mstshash=abc\r\n"), 31 },
	{ BYTES("\x03\x00\x00\x20\x1b\xe0\0\0\0\0\0Cookie: mstshash=abc\r\n"), 32 },
	{ BYTES("\x03\x00\x00\x1c\x17\xe0\0\0\0\0\0Cookie: mstshash="), 28 },
	{ BYTES("\x03\x00\x00\x18\x13\xe0\0\0\0\0\0Cookie: msts="), 24 },
	/* bytes that have no place in a cookie */
	{ BYTES("\x03\x00\x00\x40\x3b\xe0\0\0\0\0\0Cookie: mstshash=abc\n"), 32 },
	{ BYTES("\x03\x00\x00\x40\x3b\xe0\0\0\0\0\0Cookie: mstshash=abc\rd"), 33 },
	{ BYTES("\x03\x00\x00\x40\x3b\xe0\0\0\0\0\0Cookie: mstshash=a\0c"), 30 },
	{ BYTES("\x03\x00\x00\x40\x3b\xe0\0\0\0\0\0Cookie: mstshash=a\tc"), 30 },
	{ BYTES("\x03\x00\x00\x40\x3b\xe0\0\0\0\0\0Cookie: msts=1.2\n"), 28 },
	/* numbers, though there is more to come */
	{ BYTES("\x03\x00\x00\x40\x3b\xe0\0\0\0\0\0Cookie: msts=1.65536.\r\n"),
	  34 },
};

static void user_rows(void)
{
	u8 buf[512];
	size_t i, len;
	struct answer a;

	for (i = 0; i < UNIT_SIZE(users); i++) {
		UNIT_ROW("user %zu: %s", i, users[i].variable);
		len = request(buf, users[i].variable, users[i].len);
		CHECK_EQ(every_prefix(ask_rdp, buf, len, NULL, &a), len);
		check_verdict(&a, users[i].key ? L7_PARSE_FOUND : L7_PARSE_NONE);
		if (a.verdict != L7_PARSE_FOUND)
			continue;
		CHECK_EQ(a.what, L7_RDP_USER);
		check_key(buf, &a, users[i].key);
	}
}

static void token_rows(void)
{
	u8 buf[512];
	size_t i, len;
	struct answer a;

	for (i = 0; i < UNIT_SIZE(tokens); i++) {
		UNIT_ROW("%s", tokens[i].variable);
		len = request(buf, tokens[i].variable, strlen(tokens[i].variable));
		every_prefix(ask_rdp, buf, len, NULL, &a);
		check_verdict(&a, tokens[i].verdict);
		if (a.verdict != L7_PARSE_FOUND)
			continue;
		CHECK_EQ(a.what, L7_RDP_SERVER);
		CHECK_MEM(&a.dst.ip, tokens[i].ip, 4);
		CHECK_EQ(ntohs(a.dport), tokens[i].port);
		CHECK_EQ(a.key.off, 24);
		CHECK_EQ(a.key.len, strlen(tokens[i].variable) - 15);
	}
}

static void bad_rows(void)
{
	struct answer a;
	size_t i;

	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("malformed %zu", i);
		CHECK_EQ(every_prefix(ask_rdp, bad[i].bytes, bad[i].len, NULL, &a),
			 bad[i].at);
		check_verdict(&a, L7_PARSE_BAD);
	}
}

/* The stream goes on behind the packet: no part of it. */
static void more_behind(void)
{
	static const char behind[] = "Cookie: mstshash=b\r\n\x03\x00";
	struct answer a;
	size_t i, len;
	u8 buf[512];

	for (i = 0; i < UNIT_SIZE(users); i++) {
		UNIT_ROW("user %zu", i);
		len = request(buf, users[i].variable, users[i].len);
		memcpy(buf + len, behind, sizeof(behind));
		CHECK_EQ(every_prefix(ask_rdp, buf, len + sizeof(behind), NULL, &a),
			 len);
		check_verdict(&a, users[i].key ? L7_PARSE_FOUND : L7_PARSE_NONE);
	}
}

static void not_looked_at(void)
{
	struct answer a;
	u8 buf[512];
	size_t len = request(buf, users[0].variable, users[0].len), i;

	buf[1] = 0xff;
	for (i = 6; i < 10; i++)
		buf[i] = (u8)(0xe0 + i);
	buf[10] = 0x0f;
	every_prefix(ask_rdp, buf, len, NULL, &a);
	check_verdict(&a, L7_PARSE_FOUND);
	check_key(buf, &a, "eltons");
}

static void longest(void)
{
	u8 variable[249], buf[300];
	struct answer a;
	size_t len;

	memset(variable, 'u', sizeof(variable));
	memcpy(variable, "Cookie: mstshash=", 17);
	memcpy(variable + 246, "\r\n", 2);
	len = request(buf, variable, 248);
	CHECK_EQ(len, 259);
	CHECK_EQ(every_prefix(ask_rdp, buf, len, NULL, &a), 259);
	check_verdict(&a, L7_PARSE_FOUND);
	CHECK_EQ(a.key.len, 229);
	memcpy(variable + 246, "u\r\n", 3);
	len = request(buf, variable, 249);
	CHECK_EQ(every_prefix(ask_rdp, buf, len, NULL, &a), 4);
	check_verdict(&a, L7_PARSE_BAD);
}

static void random_changes(void)
{
	static const char *const words[] = {
		"\r\n", "\r", "\n", "Cookie: mstshash=", "Cookie: msts=", "0000",
		".", "4294967295", "65536", " ",
	};
	enum { ROWS = UNIT_SIZE(users) + UNIT_SIZE(tokens) };
	static u8 bufs[ROWS][512];
	const u8 *data[ROWS];
	size_t lens[ROWS], i;

	for (i = 0; i < ROWS; i++) {
		size_t t = i - UNIT_SIZE(users);

		data[i] = bufs[i];
		lens[i] = i < UNIT_SIZE(users) ?
			  request(bufs[i], users[i].variable, users[i].len) :
			  request(bufs[i], tokens[t].variable,
				  strlen(tokens[t].variable));
	}
	random_prefixes(ask_rdp, NULL, data, lens, ROWS, words, UNIT_SIZE(words));
}

/* Random values in a packet whose lengths stay right. */
static void random_cookies(void)
{
	static const char *const words[] = {
		"\r\n", "Cookie: mstshash=", "Cookie: msts=", ".", "1", "65535",
		"4294967295", "\r", "u",
	};
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(5000);
	struct answer a;
	u8 buf[512];

	while (n--) {
		u8 v[248];
		size_t len = 0, k = 1 + unit_below(&rnd, 8);

		if (unit_below(&rnd, 4))
			len = unit_mutate(&rnd, v, 0, 100, words + 1, 2);
		while (k--)
			len = unit_mutate(&rnd, v, len, sizeof(v), words,
					  UNIT_SIZE(words));
		UNIT_ROW("%lu to go", n);
		len = request(buf, v, len);
		every_prefix(ask_rdp, buf, len, NULL, &a);
		CHECK(a.verdict != L7_PARSE_MORE);
	}
}

int main(void)
{
	UNIT_RUN(user_rows);
	UNIT_RUN(token_rows);
	UNIT_RUN(bad_rows);
	UNIT_RUN(more_behind);
	UNIT_RUN(not_looked_at);
	UNIT_RUN(longest);
	UNIT_RUN(random_changes);
	UNIT_RUN(random_cookies);
	return unit_end();
}
