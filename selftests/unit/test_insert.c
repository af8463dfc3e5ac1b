// SPDX-License-Identifier: GPL-2.0
/*
 * The line of a cookie that the director makes, and the numbers around it.
 */
#include "unit.h"
#include "pure/http_key.h"
#include "pure/insert.h"

#define RULE(n, a)	{							\
	.type = L7_KEY_COOKIE_INSERT,						\
	.attr_len = sizeof(a) - 1, .attr = a,					\
	.sel = { .name = n, .name_len = sizeof(n) - 1 },			\
}

static const u8 hash[L7_KEY_HASH_LEN] = {
	0x00, 0x10, 0x83, 0x10, 0x51, 0x87, 0xfb, 0xff, 0xbf, 0xf3, 0xdf, 0xbe,
	1, 2, 3, 4,
};

/* RFC 4648, table 2 */
static void token(void)
{
	u8 text[L7_TOKEN_LEN];

	l7_insert_token(hash, text);
	CHECK(!memcmp(text, "ABCDEFGH-_-_89--", sizeof(text)));
}

static void line(void)
{
	static const struct {
		struct l7_rule rule;
		u32 pool;
		const char *line;
	} rows[] = {
		{ RULE("S", ""), 0, "Set-Cookie: S=0123456789abcdef\r\n" },
		{ RULE("SRV", "path=/; secure"), 0,
		  "Set-Cookie: SRV=0123456789abcdef; path=/; secure\r\n" },
		{ RULE("SRV", "httponly"), 7,
		  "Set-Cookie: SRV.7=0123456789abcdef; httponly\r\n" },
		{ RULE("S", ""), 4294967295u,
		  "Set-Cookie: S.4294967295=0123456789abcdef\r\n" },
		{ RULE("S", ""), 100, "Set-Cookie: S.100=0123456789abcdef\r\n" },
	};
	u32 i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		u32 len = (u32)strlen(rows[i].line);
		u8 *out = unit_flush(rows[i].line, len);

		UNIT_ROW("%s", rows[i].line);
		memset(out, 0, len);
		CHECK_EQ(l7_insert_len(&rows[i].rule, rows[i].pool), len);
		l7_insert_line(&rows[i].rule, rows[i].pool,
			       (const u8 *)"0123456789abcdef", out);
		CHECK(!memcmp(out, rows[i].line, len));
	}
}

/* The longest that there can be fits; a request with it is found by its name. */
static void longest(void)
{
	struct l7_rule r = { .attr_len = L7_COOKIE_ATTR_MAX };
	u8 out[L7_INSERT_MAX], head[512];
	struct l7_cookie_sel sel;
	struct l7_slice s;
	int n;

	memset(r.attr, 'a', sizeof(r.attr));
	memset(r.sel.name, 'n', L7_INSERT_NAME_MAX);
	r.sel.name_len = L7_INSERT_NAME_MAX;
	CHECK(l7_insert_len(&r, ~0u) <= L7_INSERT_MAX);
	l7_insert_line(&r, ~0u, (const u8 *)"0123456789abcdef", out);
	l7_insert_sel(&r, ~0u, &sel);
	CHECK_EQ(sel.name_len, L7_COOKIE_NAME_MAX);
	n = snprintf((char *)head, sizeof(head), "GET / HTTP/1.1\r\nCookie: %.*s\r\n\r\n",
		     sel.name_len + 1 + L7_TOKEN_LEN, out + strlen("Set-Cookie: "));
	CHECK(l7_http_request_cookie(head, (u32)n, &sel, &s) == L7_PARSE_FOUND);
	CHECK(!memcmp(head + s.off, "0123456789abcdef", L7_TOKEN_LEN) &&
	      s.len == L7_TOKEN_LEN);
}

/* A line that says nothing leaves a response what it was. */
static void filler(void)
{
	u8 head[L7_INSERT_MAX + 64];
	struct l7_cookie_sel sel = { .name = "S", .name_len = 1 };
	enum l7_set_cookie what;
	struct l7_slice s;
	u32 len, at;

	for (len = 32; len <= L7_INSERT_MAX; len++) {
		at = (u32)sprintf((char *)head, "HTTP/1.1 200 OK\r\n");
		l7_insert_filler(head + at, len);
		memcpy(head + at + len, "\r\n", 2);
		CHECK(l7_http_response_cookie(head, at + len + 2, &sel, 0, &s,
					      &what) == L7_PARSE_NONE);
	}
}

/* What the client counts, byte by byte, against a stream written down. */
static void numbers(void)
{
	static const u32 starts[] = { 0, 1000, 0xfffffff0, 0x7ffffff0, ~0u };
	u32 i, k;

	for (i = 0; i < UNIT_SIZE(starts); i++) {
		struct l7_insert_map m = {
			.base = 0x89abcdef, .at = starts[i] + 17, .len = 50,
		};

		UNIT_ROW("from %u", starts[i]);
		for (k = 0; k < 200; k++)
			CHECK_EQ(l7_insert_unmap(&m, starts[i] + m.base + k),
				 starts[i] + k);
		m.known = true;
		for (k = 0; k < 200; k++) {
			u32 want = k < 17 ? k : k < 67 ? 17 : k - 50;

			CHECK_EQ(l7_insert_unmap(&m, starts[i] + m.base + k),
				 starts[i] + want);
		}
	}
}

/* Where the token is in the value of a request's cookie. */
static void token_of(void)
{
#define T	"0123456789abcdef"
	static const struct {
		u8 type;
		const char *value;
		int at;
	} rows[] = {
		{ L7_KEY_COOKIE_INSERT, T, 0 },
		{ L7_KEY_COOKIE_INSERT, T "x", -1 },
		{ L7_KEY_COOKIE_INSERT, "x", -1 },
		{ L7_KEY_COOKIE_INSERT, "", -1 },
		{ L7_KEY_COOKIE_REWRITE, T, 0 },
		{ L7_KEY_COOKIE_REWRITE, T ".rest", 0 },
		{ L7_KEY_COOKIE_REWRITE, "\"" T "\"", 1 },
		{ L7_KEY_COOKIE_REWRITE, "\"" T "x\"", 1 },
		{ L7_KEY_COOKIE_REWRITE, "\"" T, 0 },
		{ L7_KEY_COOKIE_REWRITE, "0123456789abcde", -1 },
		{ L7_KEY_COOKIE_REWRITE, "\"0123456789abcde\"", -1 },
		{ L7_KEY_COOKIE_REWRITE, "\"\"", -1 },
		{ L7_KEY_COOKIE_REWRITE, "\"", -1 },
		{ L7_KEY_COOKIE_REWRITE, "", -1 },
	};
	u32 i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct l7_rule r = { .type = rows[i].type };
		u32 len = (u32)strlen(rows[i].value);
		const u8 *p = unit_flush(rows[i].value, len);
		struct l7_slice value = { .len = len };
		const u8 *got = l7_insert_token_of(&r, p, value);

		UNIT_ROW("%s", rows[i].value);
		CHECK(got == (rows[i].at < 0 ? NULL : p + rows[i].at));
	}
}

/* Each byte of the token, in each segment that there can be. */
static void check_covers(u32 start, u32 all)
{
	u32 k, seq, len, off, skip, n, want;

	for (seq = 0; seq < 60; seq++) {
		for (len = 0; len < 60; len++) {
			n = l7_insert_covers(start + 20, all, start + seq, len,
					     &off, &skip);
			for (k = want = 0; k < all; k++)
				want += 20 + k >= seq && 20 + k < seq + len;
			UNIT_ROW("%u from %u, %u and %u", all, start, seq, len);
			CHECK_EQ(n, want);
			CHECK(!n || (seq + off == 20 + skip && off + n <= len &&
				     skip + n <= all));
		}
	}
}

static void covers(void)
{
	static const u32 starts[] = { 0, 1000, 0xfffffff0, 0x7ffffff0, ~0u };
	u32 i;

	for (i = 0; i < UNIT_SIZE(starts); i++) {
		check_covers(starts[i], L7_TOKEN_LEN);
		check_covers(starts[i], 5);
		check_covers(starts[i], 0);
	}
}

/* The server's cookie keeps its name in every pool. */
static void name(void)
{
	struct l7_rule r = RULE("S", "");
	struct l7_cookie_sel sel;

	l7_insert_sel(&r, 7, &sel);
	CHECK(sel.name_len == 3 && !memcmp(sel.name, "S.7", 3));
	r.type = L7_KEY_COOKIE_REWRITE;
	l7_insert_sel(&r, 7, &sel);
	CHECK(sel.name_len == 1 && sel.name[0] == 'S');
}

int main(void)
{
	UNIT_RUN(token);
	UNIT_RUN(line);
	UNIT_RUN(longest);
	UNIT_RUN(filler);
	UNIT_RUN(numbers);
	UNIT_RUN(token_of);
	UNIT_RUN(covers);
	UNIT_RUN(name);
	return unit_end();
}
