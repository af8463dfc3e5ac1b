/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parsers of cookies, asked for every prefix of a head with a guard page
 * behind it; what is changed at random. Header only.
 */
#ifndef L7_HTTP_ASK_H
#define L7_HTTP_ASK_H

#include "http_text.h"

#define NOW	1700000000	/* Tue, 14 Nov 2023 22:13:20 GMT */

struct answer {
	enum l7_parse v;
	struct l7_slice value;
	enum l7_set_cookie what;
};

static inline struct answer ask_request(const u8 *p, size_t len,
				 const struct l7_cookie_sel *sel)
{
	struct answer a = { .value = { 0, 0 } };

	a.v = l7_http_request_cookie(p, (u32)len, sel, &a.value);
	if (a.v == L7_PARSE_FOUND)
		CHECK(a.value.len && a.value.off < len &&
		      a.value.len <= len - a.value.off);
	return a;
}

static inline struct answer ask_response(const u8 *p, size_t len,
				  const struct l7_cookie_sel *sel)
{
	struct answer a = { .value = { 0, 0 } };

	a.v = l7_http_response_cookie(p, (u32)len, sel, NOW, &a.value, &a.what);
	if (a.v == L7_PARSE_FOUND)
		CHECK(a.value.off <= len && a.value.len <= len - a.value.off &&
		      (a.value.len || a.what == L7_SET_COOKIE_DELETE));
	return a;
}

typedef struct answer ask_fn(const u8 *p, size_t len,
			     const struct l7_cookie_sel *sel);

static inline bool same(const struct answer *a, const struct answer *b)
{
	if (a->v != b->v)
		return false;
	return a->v != L7_PARSE_FOUND ||
	       (a->value.off == b->value.off && a->value.len == b->value.len &&
		a->what == b->what);
}

/*
 * Ask for every prefix, with a guard page behind it: once the answer is other
 * than MORE, it stays. Returns the last answer; @first is the length of the
 * shortest prefix that got it.
 */
static inline struct answer every_prefix(ask_fn *ask, const void *data, size_t len,
				  const struct l7_cookie_sel *sel,
				  size_t *first)
{
	struct answer last = { .v = L7_PARSE_MORE }, a = last;
	size_t n;

	*first = len;
	for (n = 0; n <= len; n++) {
		a = ask(unit_flush(data, n), n, sel);
		if (last.v != L7_PARSE_MORE && !same(&a, &last)) {
			unit_fail(__FILE__, __LINE__, "%s becomes %s at %zu",
				  verdicts[last.v], verdicts[a.v], n);
			break;
		}
		if (last.v == L7_PARSE_MORE && a.v != L7_PARSE_MORE)
			*first = n;
		last = a;
	}
	a = ask(unit_flush_front(data, len), len, sel);
	CHECK(same(&a, &last));
	return last;
}

static inline void check_value(const char *text, const struct answer *a,
			const char *want)
{
	if (a->value.len != strlen(want) ||
	    memcmp(text + a->value.off, want, a->value.len))
		unit_fail(__FILE__, __LINE__, "value is '%.*s', not '%s'",
			  (int)a->value.len, text + a->value.off, want);
}

/* Words that mean something. */
static const char *const http_words[] = {
	"\r\n", "\n", "\r\n\r\n", "\r", " ", "\t", "        ", ":", ";", "=",
	"; SID=", "Cookie: ", "cookie:", "SID", "SIDX", "HTTP/1.1", "HTTP/1.",
	"GET ", "\x7f", "\x80\x81", "X-Y: z\r\n", "Cookie: SID=v1; SID=v2\r\n",
	"HTTP/1.1 200 OK\r\n", "HTTP/1.1 103 Early\r\n\r\n", "Set-Cookie: SID=",
	"; Max-Age=0", "; Max-Age=-1", "; Expires=", "; Expires=Thu, 01-Jan-70 ",
	"Sun Nov  6 08:49:37 1994", "00:00:00 GMT", "\r\n ", "\"", ",",
};

#endif /* L7_HTTP_ASK_H */
