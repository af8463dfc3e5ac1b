// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: PROXY protocol. The input is the stream. It is also taken for
 * addresses, from which a header is built and read again, and for what a field of
 * a line consists of. The oracle takes lines apart with sscanf() and addresses with
 * inet_pton().
 */
#include <arpa/inet.h>
#include <ctype.h>
#include "stream.h"

#define V1_LINE		107

static const u8 signature[] = "\r\n\r\n\0\r\nQUIT\n";

/* How many bytes agree with @word. */
static u32 agreeing(const u8 *p, u32 len, const void *word, u32 n)
{
	u32 i = 0;

	while (i < n && i < len && p[i] == ((const u8 *)word)[i])
		i++;
	return i;
}

/* The words of version 1, as far as they are there: BAD, MORE or NONE. */
static enum l7_parse oracle_words(const u8 *p, u32 len)
{
	static const char *const words[] = {
		"PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN ", "PROXY UNKNOWN\r",
	};
	enum l7_parse v = L7_PARSE_BAD;
	size_t i;

	for (i = 0; i < FUZZ_SIZE(words); i++) {
		u32 n = agreeing(p, len, words[i], (u32)strlen(words[i]));

		if (n == strlen(words[i]))
			return L7_PARSE_NONE;
		if (n == len)
			v = L7_PARSE_MORE;
	}
	return v;
}

static bool oracle_port(const char *text, __be16 *port)
{
	long v = 0;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (!isdigit((unsigned char)text[i]) || i == 5)
			return false;
		v = v * 10 + text[i] - '0';
	}
	*port = htons((u16)v);
	return i && v <= 65535 && (text[0] != '0' || i == 1);
}

/* The line without its end. */
static bool oracle_line(const char *line, struct answer *a)
{
	char src[V1_LINE], dst[V1_LINE], sport[V1_LINE], dport[V1_LINE];
	char again[2 * V1_LINE];

	if (!strncmp(line, "PROXY UNKNOWN", 13))
		return true;
	if (sscanf(line, "PROXY TCP%*[46] %106[^ ] %106[^ ] %106[^ ] %106[^ ]",
		   src, dst, sport, dport) != 4)
		return false;
	/* sscanf() is content with less than the line, and with other spaces. */
	snprintf(again, sizeof(again), "PROXY TCP%c %s %s %s %s", line[9], src, dst,
		 sport, dport);
	a->what = line[9] == '4' ? AF_INET : AF_INET6;
	return !strcmp(line, again) &&
	       inet_pton((int)a->what, src, &a->src) == 1 &&
	       inet_pton((int)a->what, dst, &a->dst) == 1 &&
	       oracle_port(sport, &a->sport) && oracle_port(dport, &a->dport);
}

static enum l7_parse oracle_v1(const u8 *p, u32 len, struct answer *a)
{
	enum l7_parse v = oracle_words(p, len);
	char line[V1_LINE + 1] = "";
	u32 i;

	if (v != L7_PARSE_NONE)
		return v;
	for (i = 0; p[i] != '\r' && p[i] != '\n'; i++) {
		if (i == V1_LINE - 2)
			return L7_PARSE_BAD;
		if (i + 1 == len)
			return L7_PARSE_MORE;
	}
	if (p[i] == '\n')
		return L7_PARSE_BAD;
	if (i + 1 == len)
		return L7_PARSE_MORE;
	if (p[i + 1] != '\n')
		return L7_PARSE_BAD;
	memcpy(line, p, i);
	a->len = i + 2;
	/* A zero ends a string of C's, and is nothing that an address has. */
	if (strlen(line) != i && line[6] != 'U')
		return L7_PARSE_BAD;
	return oracle_line(line, a) ? L7_PARSE_FOUND : L7_PARSE_BAD;
}

/* What version 2 needs for addresses; -1: no such family or transport. */
static int oracle_need(u8 family)
{
	switch (family) {
	case 0x11:
	case 0x12:
		return 12;
	case 0x21:
	case 0x22:
		return 36;
	case 0x31:
	case 0x32:
		return 216;
	case 0x00:
	case 0x01:
	case 0x02:
	case 0x10:
	case 0x20:
	case 0x30:
		return 0;
	}
	return -1;
}

static enum l7_parse oracle_v2(const u8 *p, u32 len, struct answer *a)
{
	u32 n = 0, size, rest;

	if (len > 12 && p[12] != 0x20 && p[12] != 0x21)
		return L7_PARSE_BAD;
	if (len > 13 && p[12] == 0x21 && oracle_need(p[13]) < 0)
		return L7_PARSE_BAD;
	if (len < 16)
		return L7_PARSE_MORE;
	rest = p[14] * 256u + p[15];
	size = 16 + rest;
	if (size > 536)
		return L7_PARSE_BAD;
	if (p[12] == 0x21 && rest < (u32)oracle_need(p[13]))
		return L7_PARSE_BAD;
	if (len < size)
		return L7_PARSE_MORE;
	a->len = size;
	if (p[12] == 0x21 && (p[13] == 0x11 || p[13] == 0x21))
		n = p[13] == 0x11 ? 4 : 16;
	if (!n)
		return L7_PARSE_FOUND;
	a->what = n == 4 ? AF_INET : AF_INET6;
	memcpy(&a->src, p + 16, n);
	memcpy(&a->dst, p + 16 + n, n);
	memcpy(&a->sport, p + 16 + 2 * n, 2);
	memcpy(&a->dport, p + 18 + 2 * n, 2);
	return L7_PARSE_FOUND;
}

static void oracle(const u8 *p, u32 len, const struct ask *how,
		   struct answer *a)
{
	enum l7_parse v = L7_PARSE_NONE;
	u32 n1 = agreeing(p, len, "PROXY ", 6);
	u32 n2 = agreeing(p, len, signature, 12);

	(void)how;
	memset(a, 0, sizeof(*a));
	if (n1 == 6)
		v = oracle_v1(p, len, a);
	else if (n2 == 12)
		v = oracle_v2(p, len, a);
	else if (n1 == len || n2 == len)
		v = L7_PARSE_MORE;
	if (v != L7_PARSE_FOUND)
		memset(a, 0, sizeof(*a));
	a->verdict = v;
}

/* What is built is read as what it was built from. */
static void require_built(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct answer want = { .verdict = L7_PARSE_FOUND }, got;
	u32 n = fuzz_u8(&in) & 1 ? 4 : 16;
	struct fuzz_bytes b;
	u8 out[L7_PROXY_V2_LEN6];

	want.what = n == 4 ? AF_INET : AF_INET6;
	fuzz_bytes(&in, &want.src, n);
	fuzz_bytes(&in, &want.dst, n);
	want.sport = htons(fuzz_u16(&in));
	want.dport = htons(fuzz_u16(&in));
	want.len = n == 4 ? L7_PROXY_V2_LEN4 : L7_PROXY_V2_LEN6;
	memset(out, 0, sizeof(out));
	fuzz_place(&b, out, want.len, 1);
	REQUIRE(l7_proxy_v2_build(b.p, (u8)want.what, &want.src, &want.dst,
				  want.sport, want.dport) == want.len);
	memcpy(out, b.p, want.len);
	require_stream(out, want.len, NULL, ask_proxy, oracle);
	ask_proxy(out, want.len, NULL, &got);
	REQUIRE(answer_is_same(&got, &want));
}

/* Whole lines alone; the rest is require_stream()'s. */
static void require_line(const char *line)
{
	u32 len = (u32)strlen(line);
	struct answer want, got;
	struct fuzz_bytes b;

	fuzz_place(&b, (const u8 *)line, len, len % 8);
	ask_proxy(b.p, len, NULL, &got);
	oracle((const u8 *)line, len, NULL, &want);
	fuzz_trace("verdict %d: %s", got.verdict, line);
	REQUIRE(answer_is_same(&got, &want));
}

/* A line of which one field is made up, of a piece for each byte of the input. */
static void require_field(const u8 *data, size_t len)
{
	static const char *const pieces[] = {
		":", "::", "0", "1", "9", "a", "F", "g", ".", " ", "1:", ":a",
		"2:3", "f00:", "1:2:3:4:5:", "255", "256", "65536", "1.2.3.4",
		"1.2.3.", "4294967297", "01",
	};
	struct fuzz_in in = { data, len };
	u32 how = fuzz_u8(&in), chosen = how >> 1 & 3, i;
	char fields[4][V1_LINE] = { "::1", "2001:db8::2", "56324", "443" };
	char line[5 * V1_LINE], *field = fields[chosen];

	if (how & 1) {
		strcpy(fields[0], "192.0.2.1");
		strcpy(fields[1], "198.51.100.7");
	}
	field[0] = '\0';
	for (i = 0; i < 9 && in.len; i++)
		strcat(field, pieces[fuzz_below(&in, FUZZ_SIZE(pieces))]);
	snprintf(line, sizeof(line), "PROXY TCP%c %s %s %s %s\r\n",
		 how & 1 ? '4' : '6', fields[0], fields[1], fields[2], fields[3]);
	require_line(line);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	if (len > FUZZ_ROOM)
		return 0;
	require_stream(data, len, NULL, ask_proxy, oracle);
	require_built(data, len);
	require_field(data, len);
	return 0;
}
