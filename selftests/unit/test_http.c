// SPDX-License-Identifier: GPL-2.0
/*
 * HTTP heads and cookies: tables of requests, responses and dates, each at
 * every truncation against a guard page; random changes against a slow parser
 * that is obviously right; hostile input against the clock.
 */
#include <time.h>
#include "unit.h"
#include "pure/http.h"

#define NOW	1700000000	/* Tue, 14 Nov 2023 22:13:20 GMT */

static const char *const verdicts[] = { "MORE", "FOUND", "NONE", "BAD" };

struct answer {
	enum l7_parse v;
	struct l7_slice value;
	enum l7_set_cookie what;
};

static struct l7_cookie_sel selector(const char *name)
{
	struct l7_cookie_sel sel = { .name_len = (u8)strcspn(name, "*") };

	memcpy(sel.name, name, sel.name_len);
	sel.wildcard = name[sel.name_len] == '*';
	return sel;
}

static struct answer ask_request(const u8 *p, size_t len,
				 const struct l7_cookie_sel *sel)
{
	struct answer a = { .value = { 0, 0 } };

	a.v = l7_http_request_cookie(p, (u32)len, sel, &a.value);
	if (a.v == L7_PARSE_FOUND)
		CHECK(a.value.len && a.value.off < len &&
		      a.value.len <= len - a.value.off);
	return a;
}

static struct answer ask_response(const u8 *p, size_t len,
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

static bool same(const struct answer *a, const struct answer *b)
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
static struct answer every_prefix(ask_fn *ask, const void *data, size_t len,
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

static void check_value(const char *text, const struct answer *a,
			const char *want)
{
	if (a->value.len != strlen(want) ||
	    memcmp(text + a->value.off, want, a->value.len))
		unit_fail(__FILE__, __LINE__, "value is '%.*s', not '%s'",
			  (int)a->value.len, text + a->value.off, want);
}

static void check_verdict(const struct answer *a, enum l7_parse want)
{
	if (a->v != want)
		unit_fail(__FILE__, __LINE__, "%s, not %s", verdicts[a->v],
			  verdicts[want]);
}

/* --- Requests --- */

#define GET	"GET / HTTP/1.1\r\n"
#define HOST	"Host: a.example\r\n"

struct request {
	const char *sel;
	const char *text;
	const char *value;	/* NULL: none */
	u16 offset, length;
};

static const struct request found[] = {
	{ "SID", GET "Cookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET HOST "Cookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET "Cookie: a=1; SID=abc; z=2\r\n\r\n", "abc" },
	{ "SID", GET "Cookie:SID=abc;z=2\r\n\r\n", "abc" },
	{ "SID", GET "Cookie: \t a=1;\tSID=abc\t \r\n\r\n", "abc" },
	{ "SID", GET "cookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET "cOOKIE: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET "Cookie: SID = abc ;\r\n\r\n", "abc" },
	{ "SID", "GET / HTTP/1.0\nCookie: SID=abc\n\n", "abc" },
	{ "SID", "\r\n\r\n" GET "Cookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", "\n" GET "Cookie: SID=abc\r\n\r\n", "abc" },
	/* the first match wins, and empty ones do not match */
	{ "SID", GET "Cookie: SID=one; SID=two\r\n\r\n", "one" },
	{ "SID", GET "Cookie: SID=; SID=two\r\n\r\n", "two" },
	{ "SID", GET "Cookie: a=1\r\n" HOST "Cookie: SID=two\r\n\r\n", "two" },
	{ "SID", GET "Cookie: SID=one\r\nCookie: SID=two\r\n\r\n", "one" },
	{ "SID", GET "Cookie: SID\r\nCookie: SID=two\r\n\r\n", "two" },
	{ "SID", GET "Cookie:\r\nCookie: SID=two\r\n\r\n", "two" },
	/* names match as a whole, with their case */
	{ "SID", GET "Cookie: sid=x; XSID=x; SIDX=x; SID=abc\r\n\r\n", "abc" },
	{ "S", GET "Cookie: SID=x; S=abc\r\n\r\n", "abc" },
	{ "SID", GET "Cookie: a=SID=x; SID=abc\r\n\r\n", "abc" },
	{ "ASP*", GET "Cookie: AS=1; ASPXY=abc\r\n\r\n", "abc" },
	{ "ASP*", GET "Cookie: ASP=abc\r\n\r\n", "abc" },
	{ "ASP*", GET "Cookie: ASPA=; ASPB=abc\r\n\r\n", "abc" },
	{ "ASP*", GET "Cookie: ASPnone; ASPB=abc\r\n\r\n", "abc" },
	/* whatever a value holds belongs to it */
	{ "SID", GET "Cookie: SID=\"a b\"\r\n\r\n", "\"a b\"" },
	{ "SID", GET "Cookie: SID=a=b=\r\n\r\n", "a=b=" },
	{ "SID", GET "Cookie: SID=a,b\r\n\r\n", "a,b" },
	{ "SID", GET "Cookie: SID=\xc3\xa4\xff\x7f\r\n\r\n", "\xc3\xa4\xff\x7f" },
	{ "SID", GET "Cookie: SID=a\tb\r\n\r\n", "a\tb" },
	/* a part of the value */
	{ "SID", GET "Cookie: SID=abcdef\r\n\r\n", "cdef", 2, 0 },
	{ "SID", GET "Cookie: SID=abcdef\r\n\r\n", "cd", 2, 2 },
	{ "SID", GET "Cookie: SID=abcdef\r\n\r\n", "f", 5, 0 },
	{ "SID", GET "Cookie: SID=abcdef\r\n\r\n", "abcdef", 0, 100 },
	{ "SID", GET "Cookie: SID=abcdef\r\n\r\n", "ef", 4, 65535 },
	{ "SID", GET "Cookie: SID=ab; SID=abcd\r\n\r\n", "d", 3, 0 },
	/* other fields may look odd */
	{ "SID", GET "X:\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET "Cookie2: SID=x\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET "X-Cookie: SID=x\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET "X: Cookie: SID=x\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", GET "X: \t tabs\t\t\t\t\t\t\t\tand\ttabs\r\nCookie: SID=abc\r\n\r\n",
	  "abc" },
	{ "SID", GET "X(1): y\r\nCookie: SID=abc\r\n\r\n", "abc" },
	/* request lines */
	{ "SID", "M-SEARCH * HTTP/1.1\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", "OPTIONS * HTTP/1.9\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", "CONNECT a:443 HTTP/1.1\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", "GET http://a/b HTTP/1.1\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", "GET /a b HTTP/1.1\r\nCookie: SID=abc\r\n\r\n", "abc" },
	{ "SID", "GET /\xc3\xa4 HTTP/1.1\r\nCookie: SID=abc\r\n\r\n", "abc" },
	/* what follows the answer no longer counts */
	{ "SID", GET "Cookie: SID=abc; \x01", "abc" },
	{ "SID", GET "Cookie: SID=abc\r\n\x01", "abc" },
	{ "SID", GET "Cookie: SID=abc\r\n folded", "abc" },
};

static const struct request none[] = {
	{ "SID", GET "\r\n" },
	{ "SID", GET HOST "\r\n" },
	{ "SID", GET HOST "\r\nCookie: SID=body\r\n\r\n" },
	{ "SID", GET "Cookie: a=1; b=2\r\n\r\n" },
	{ "SID", GET "Cookie: SID=\r\n\r\n" },
	{ "SID", GET "Cookie: SID\r\n\r\n" },
	{ "SID", GET "Cookie: =SID\r\n\r\n" },
	{ "SID", GET "Cookie: ;;; ;=;\r\n\r\n" },
	{ "SID", GET "Cookie: sid=abc\r\n\r\n" },
	{ "SID", GET "Cookie: \"SID=abc\"\r\n\r\n" },
	{ "SID", GET "Set-Cookie: SID=abc\r\n\r\n" },
	{ "SID*", GET "Cookie: XSID=abc\r\n\r\n" },
	{ "SID", GET "Cookie: SID=abc\r\n\r\n", NULL, 3, 0 },
	{ "SID", GET "Cookie: SID=abc\r\n\r\n", NULL, 65535, 1 },
	{ "SID", "GET / HTTP/1.1\n\n" },
};

/* Whole, and still undecided. */
static const char *const more[] = {
	"", "\r", "\r\n", "G", "GET", "GET ", "GET /", "GET / HTTP/1.1",
	"GET / HTTP/1.1\r", "GET / HTTP/1.1\r\n", GET "H", GET "Cookie",
	GET "Cookie:", GET "Cookie: SID=abc", GET "Cookie: SID=abc\r",
	GET HOST, GET HOST "\r", GET "Cookie: a=1; SID", "PRI * HTTP/2.0",
	"PRI * HTTP/2.0\r",
	"METHODOFTHIRTYTWOBYTESNOTONEMORE",
};

/* Malformed, with the number of bytes that give it away. */
static const struct {
	const char *text;
	size_t at;
} bad[] = {
	{ "\x16\x03\x01\x02", 1 },		/* TLS */
	{ "\x03", 1 },				/* RDP */
	{ "\x10", 1 },				/* MQTT */
	{ "\x80", 1 },
	{ " GET / HTTP/1.1\r\n", 1 },
	{ "\tGET / HTTP/1.1\r\n", 1 },
	{ "\r\r\n", 2 },
	{ "(GET) / HTTP/1.1\r\n", 1 },
	{ "GE\x7fT / HTTP/1.1\r\n", 3 },
	{ "GET\t/ HTTP/1.1\r\n", 4 },
	{ "SSH-2.0-OpenSSH_9.2\r\n", 21 },
	{ "METHODOFTHIRTYTWOBYTESNOTONEMORE1", 33 },
	{ "EHLO a.example\r\n", 16 },
	{ "GET /\r\n", 7 },			/* HTTP/0.9 */
	{ "GET / HTTP/2.0\r\n", 16 },
	{ "GET / HTTP/0.9\r\n", 16 },
	{ "GET / HTTP/1.10\r\n", 17 },
	{ "GET / HTTP/1.\r\n", 15 },
	{ "GET / HTTP/1.x\r\n", 16 },
	{ "GET / http/1.1\r\n", 16 },
	{ "GET / HTTP/1.1 \r\n", 17 },
	{ "GET HTTP/1.1\r\n", 14 },
	{ "GET  HTTP/1.1\r\n", 15 },
	{ "GET   HTTP/1.1\r\n", 16 },
	{ "GET / HTTP/1.1\rX", 16 },
	{ "GET /\x01 HTTP/1.1\r\n", 6 },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 16 },
	{ GET ": x\r\n", 17 },
	{ GET "\x01", 17 },
	{ GET "Host : x\r\n", 21 },
	{ GET "Host\t: x\r\n", 21 },
	{ GET "Host\r\n", 22 },
	{ GET "Ho st: x\r\n", 19 },
	{ GET "H\xc3\xb6st: x\r\n", 18 },
	{ GET " Host: x\r\n", 17 },
	{ GET HOST " folded\r\n", 34 },
	{ GET HOST "\tfolded\r\n", 34 },
	{ GET "Host: \x02\r\n", 23 },
	{ GET "Host: a\rb\r\n", 25 },
	{ GET "\rX", 18 },
	{ GET "Cookie: a=1; b=\x1f; SID=abc\r\n\r\n", 32 },
	{ GET "Cookie: SID=abc\x01\r\n\r\n", 32 },
	{ GET "Cookie: SID=abc\rd; e\r\n\r\n", 33 },
	{ GET "Cookie : SID=abc\r\n\r\n", 23 },
};

static void request_row(const struct request *r, enum l7_parse want)
{
	struct l7_cookie_sel sel = selector(r->sel);
	struct answer a;
	size_t first;

	sel.offset = r->offset;
	sel.length = r->length;
	UNIT_ROW("%s in %s", r->sel, r->text);
	a = every_prefix(ask_request, r->text, strlen(r->text), &sel, &first);
	check_verdict(&a, want);
	if (a.v == L7_PARSE_FOUND)
		check_value(r->text, &a, r->value);
}

static void request_found(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(found); i++)
		request_row(&found[i], L7_PARSE_FOUND);
}

static void request_none(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(none); i++)
		request_row(&none[i], L7_PARSE_NONE);
}

static void request_more(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(more); i++) {
		struct request r = { "SID", more[i], NULL, 0, 0 };

		request_row(&r, L7_PARSE_MORE);
	}
}

static void request_bad(void)
{
	struct l7_cookie_sel sel = selector("SID");
	size_t i, first;

	for (i = 0; i < UNIT_SIZE(bad); i++) {
		struct answer a;

		UNIT_ROW("%s", bad[i].text);
		a = every_prefix(ask_request, bad[i].text, strlen(bad[i].text),
				 &sel, &first);
		check_verdict(&a, L7_PARSE_BAD);
		CHECK_EQ(first, bad[i].at);
	}
}

/* Each control byte, at each place of a request, is refused there. */
static void request_control_bytes(void)
{
	static const char text[] = "GET /abc HTTP/1.1\r\nHost: a\r\n"
				   "X-Long-Name: and a long value\r\n\r\n";
	struct l7_cookie_sel sel = selector("SID");
	u8 buf[sizeof(text)];
	size_t at;
	int c;

	for (c = 0; c < 0x20; c++) {
		if (c == '\t' || c == '\r' || c == '\n')
			continue;
		for (at = 0; at < sizeof(text) - 1; at++) {
			struct answer a;

			UNIT_ROW("byte %d at %zu", c, at);
			memcpy(buf, text, sizeof(text));
			buf[at] = (u8)c;
			a = ask_request(unit_flush(buf, at), at, &sel);
			check_verdict(&a, L7_PARSE_MORE);
			a = ask_request(unit_flush(buf, at + 1), at + 1, &sel);
			check_verdict(&a, L7_PARSE_BAD);
		}
	}
}

/* FOUND comes with the byte that ends the value, NONE with the last LF. */
static void request_at_once(void)
{
	static const struct {
		const char *text;
		size_t at;
	} rows[] = {
		{ GET "Cookie: SID=abc; z=1\r\n\r\n", 32 },
		{ GET "Cookie: a=1; SID=abc\r\n\r\n", 38 },
		{ GET "Cookie: SID=abc\n\n", 32 },
		{ GET "Cookie: a=1\r\n\r\n", 31 },
		{ GET "\r\n", 18 },
	};
	struct l7_cookie_sel sel = selector("SID");
	size_t i, first;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i].text);
		every_prefix(ask_request, rows[i].text, strlen(rows[i].text),
			     &sel, &first);
		CHECK_EQ(first, rows[i].at);
	}
}

static void request_longest_name(void)
{
	struct l7_cookie_sel sel = { .name_len = L7_COOKIE_NAME_MAX };
	char text[256];
	struct answer a;
	size_t first;

	memset(sel.name, 'n', L7_COOKIE_NAME_MAX);
	snprintf(text, sizeof(text), GET "Cookie: %.63s=x; %.64s=y\r\n\r\n",
		 sel.name, sel.name);
	a = every_prefix(ask_request, text, strlen(text), &sel, &first);
	check_verdict(&a, L7_PARSE_FOUND);
	check_value(text, &a, "y");
}

static void h2_preface(void)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	size_t n;

	for (n = 0; n < sizeof(preface); n++)
		CHECK(l7_http_is_h2_preface(unit_flush(preface, n), (u32)n) ==
		      (n >= 14));
	CHECK(!l7_http_is_h2_preface((const u8 *)"PRI * HTTP/1.1", 14));
	CHECK(!l7_http_is_h2_preface((const u8 *)"GET / HTTP/1.1", 14));
}

/* --- The slow parser: byte by byte, one thing after the other --- */

/* Reads up to and with the line end; false: *v says why not. */
static bool slow_line(const u8 *p, u32 len, u32 *i, u32 *end, enum l7_parse *v)
{
	for (; *i < len; ++*i) {
		*end = *i;
		if (p[*i] == '\n' ||
		    (p[*i] == '\r' && *i + 1 < len && p[*i + 1] == '\n')) {
			*i += p[*i] == '\r' ? 2 : 1;
			return true;
		}
		if (p[*i] == '\r' && *i + 1 == len)
			break;
		if (p[*i] < 0x20 && p[*i] != '\t') {
			*v = L7_PARSE_BAD;
			return false;
		}
	}
	*end = *i;
	*v = L7_PARSE_MORE;
	return false;
}

static bool slow_is_token(u8 c)
{
	return c && (strchr("!#$%&'*+-.^_`|~0123456789", c) ||
		     (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
}

static bool slow_pair(const u8 *p, u32 off, u32 end,
		      const struct l7_cookie_sel *sel, struct l7_slice *value)
{
	u32 eq, name_end;

	while (off < end && (p[off] == ' ' || p[off] == '\t'))
		off++;
	while (end > off && (p[end - 1] == ' ' || p[end - 1] == '\t'))
		end--;
	for (eq = off; eq < end && p[eq] != '='; eq++)
		;
	if (eq == end)
		return false;
	name_end = eq++;
	while (name_end > off && (p[name_end - 1] == ' ' || p[name_end - 1] == '\t'))
		name_end--;
	while (eq < end && (p[eq] == ' ' || p[eq] == '\t'))
		eq++;
	if (name_end - off < sel->name_len ||
	    memcmp(p + off, sel->name, sel->name_len) ||
	    (!sel->wildcard && name_end - off != sel->name_len))
		return false;
	if (end - eq <= sel->offset)
		return false;
	value->off = eq + sel->offset;
	value->len = end - value->off;
	if (sel->length && value->len > sel->length)
		value->len = sel->length;
	return true;
}

static enum l7_parse slow_request_line(const u8 *p, u32 len, u32 *next)
{
	enum l7_parse v = L7_PARSE_NONE;
	u32 i = *next, end = 0, n;
	bool whole;

	do {
		i = *next;
		whole = slow_line(p, len, next, &end, &v);
	} while (whole && end == i);
	for (n = i; n < end && slow_is_token(p[n]); n++)
		if (n - i == 32)
			return L7_PARSE_BAD;
	if (n == end)
		return whole ? L7_PARSE_BAD : v;
	if (n == i || p[n] != ' ')
		return L7_PARSE_BAD;
	if (!whole)
		return v;
	if (end - n < 11 || p[n + 1] == ' ' ||
	    memcmp(p + end - 9, " HTTP/1.", 8) ||
	    p[end - 1] < '0' || p[end - 1] > '9')
		return L7_PARSE_BAD;
	return L7_PARSE_NONE;
}

static enum l7_parse slow_request(const u8 *p, u32 len,
				  const struct l7_cookie_sel *sel,
				  struct l7_slice *value)
{
	u32 next = 0, i, end, n, start;
	enum l7_parse v = slow_request_line(p, len, &next);
	bool whole;

	while (v == L7_PARSE_NONE) {
		i = next;
		whole = slow_line(p, len, &next, &end, &v);
		if (i == end)
			return v;
		for (n = i; n < end && p[n] > ' ' && p[n] < 0x80 && p[n] != ':'; n++)
			;
		if (n == end)
			return whole ? L7_PARSE_BAD : v;
		if (n == i || p[n] != ':')
			return L7_PARSE_BAD;
		if (n - i != 6 || strncasecmp((const char *)p + i, "Cookie", 6))
			continue;
		for (start = ++n; n <= end; n++) {
			if (n < end && p[n] != ';')
				continue;
			if ((n < end || whole) &&
			    slow_pair(p, start, n, sel, value))
				return L7_PARSE_FOUND;
			start = n + 1;
		}
	}
	return v;
}

static const char *const words[] = {
	"\r\n", "\n", "\r\n\r\n", "\r", " ", "\t", "        ", ":", ";", "=",
	"; SID=", "Cookie: ", "cookie:", "SID", "SIDX", "HTTP/1.1", "HTTP/1.",
	"GET ", "\x7f", "\x80\x81", "X-Y: z\r\n", "Cookie: SID=v1; SID=v2\r\n",
	"HTTP/1.1 200 OK\r\n", "HTTP/1.1 103 Early\r\n\r\n", "Set-Cookie: SID=",
	"; Max-Age=0", "; Max-Age=-1", "; Expires=", "; Expires=Thu, 01-Jan-70 ",
	"Sun Nov  6 08:49:37 1994", "00:00:00 GMT", "\r\n ", "\"", ",",
};

static const char *const seeds[] = {
	GET HOST "Cookie: a=1; SID=abcdef0123456789; z=26\r\n\r\n",
	"\r\nPOST /x?y=z HTTP/1.0\nHost: b\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\n"
	"cookie: b=2;SID=;c=3\nCookie: SID=second\nAccept: */*\n\nbody body body",
	GET "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0)\r\n"
	"Accept-Language: en-US,en;q=0.5\r\nCookie: SIDX=zzz\r\n\r\n",
	"HTTP/1.1 200 OK\r\nServer: n\r\nSet-Cookie: SID=abc; Path=/\r\n"
	"Content-Length: 0\r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /\r\n"
	"Set-Cookie: a=b\r\nset-cookie: SID=abc;\r\n Expires=Sun, 06 Nov 2094 "
	"08:49:37 GMT; Max-Age=10; Secure\r\n\r\nbody",
};

/* Random changes: the answers of the slow parser, at two prefixes of each. */
static void request_random(void)
{
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(300000);
	struct l7_cookie_sel sel[2] = { selector("SID"), selector("SID*") };
	u8 buf[1024];

	sel[1].offset = 1;
	sel[1].length = 3;
	while (n--) {
		const char *seed = seeds[unit_below(&rnd, 3)];
		size_t len = strlen(seed), cut;
		const struct l7_cookie_sel *s = &sel[n % 2];
		struct answer a, b = { .value = { 0, 0 } };
		const u8 *p;

		memcpy(buf, seed, len);
		len = unit_mutate(&rnd, buf, len, sizeof(buf), words,
				  UNIT_SIZE(words));
		UNIT_ROW("%lu to go", n);
		p = unit_flush(buf, len);
		a = ask_request(p, len, s);
		b.v = slow_request(p, (u32)len, s, &b.value);
		if (!CHECK(same(&a, &b))) {
			printf("# %s, not %s: ", verdicts[a.v], verdicts[b.v]);
			unit_print(buf, len);
			printf("\n");
			return;
		}
		cut = len ? unit_below(&rnd, (uint32_t)len) : 0;
		b = ask_request(unit_flush(buf, cut), cut, s);
		CHECK(b.v == L7_PARSE_MORE || same(&a, &b));
	}
}

/* --- Responses --- */

#define OK	"HTTP/1.1 200 OK\r\n"
#define LEARN	L7_SET_COOKIE_LEARN
#define DELETE	L7_SET_COOKIE_DELETE

struct response {
	const char *sel;
	const char *text;
	const char *value;
	enum l7_set_cookie what;
	u16 offset, length;
};

static const struct response set[] = {
	{ "SID", OK "Set-Cookie: SID=abc\r\n\r\n", "abc", LEARN },
	{ "SID", OK "Set-Cookie: SID=abc; Path=/; HttpOnly\r\n\r\n", "abc", LEARN },
	{ "SID", OK "set-cookie:SID=abc;\r\n\r\n", "abc", LEARN },
	{ "SID", OK "Set-Cookie: \t SID = abc \t; Secure\r\n\r\n", "abc", LEARN },
	{ "SID", OK "Set-Cookie: SID=\"a b\"\r\n\r\n", "\"a b\"", LEARN },
	{ "SID", OK "Set-Cookie: SID=a=b\r\n\r\n", "a=b", LEARN },
	{ "SID", "HTTP/1.0 200 OK\nSet-Cookie: SID=abc\n\n", "abc", LEARN },
	{ "SID", "HTTP/1.1 200\r\nSet-Cookie: SID=abc\r\n\r\n", "abc", LEARN },
	{ "SID", "HTTP/1.1 404 \r\nSet-Cookie: SID=abc\r\n\r\n", "abc", LEARN },
	{ "S*", OK "Set-Cookie: SID=abc\r\n\r\n", "abc", LEARN },
	/* the last one wins */
	{ "SID", OK "Set-Cookie: SID=a\r\nSet-Cookie: SID=b\r\n\r\n", "b", LEARN },
	{ "SID", OK "Set-Cookie: SID=; Max-Age=0\r\nSet-Cookie: SID=b\r\n\r\n", "b",
	  LEARN },
	{ "SID", OK "Set-Cookie: SID=b\r\nSet-Cookie: SID=; Max-Age=0\r\n\r\n", "",
	  DELETE },
	{ "SID", OK "Set-Cookie: SID=a\r\nSet-Cookie: XID=b\r\n\r\n", "a", LEARN },
	{ "S*", OK "Set-Cookie: SA=; Max-Age=0\r\nSet-Cookie: SB=b\r\n\r\n", "b",
	  LEARN },
	/* interim responses are none */
	{ "SID", "HTTP/1.1 100 Continue\r\n\r\n" OK "Set-Cookie: SID=abc\r\n\r\n",
	  "abc", LEARN },
	{ "SID", "HTTP/1.1 103 Early Hints\r\nSet-Cookie: SID=x\r\n\r\n"
	  "HTTP/1.1 102 Processing\r\n\r\n" OK "Set-Cookie: SID=abc\r\n\r\n",
	  "abc", LEARN },
	{ "SID", "HTTP/1.1 101 Switching\r\nSet-Cookie: SID=abc\r\n\r\n", "abc",
	  LEARN },
	/* deletion */
	{ "SID", OK "Set-Cookie: SID=\r\n\r\n", "", DELETE },
	{ "SID", OK "Set-Cookie: SID=; Path=/\r\n\r\n", "", DELETE },
	{ "SID", OK "Set-Cookie: SID=; Max-Age=100\r\n\r\n", "", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=0\r\n\r\n", "x", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; max-age = 000 \r\n\r\n", "x", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=-1\r\n\r\n", "x", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n",
	  "x", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; expires=\"Thu, 01-Jan-1970 00:00:00 GMT\"\r\n\r\n",
	  "x", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; Expires=Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n",
	  "x", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; Expires=Tue, 14 Nov 2023 22:13:21 GMT\r\n\r\n",
	  "x", LEARN },
	/* Max-Age wins over Expires, wherever it stands */
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
	  "\r\n\r\n", "x", LEARN },
	{ "SID", OK "Set-Cookie: SID=x; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=0"
	  "\r\n\r\n", "x", DELETE },
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=0; Max-Age=1\r\n\r\n", "x", LEARN },
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=1; Max-Age=0\r\n\r\n", "x", DELETE },
	/* attributes that do not parse are ignored */
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=0x; Max-Age=; Max-Age; Max-Age=-\r\n\r\n",
	  "x", LEARN },
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=\"0\"; Max-Age=+0; Max-Age=0.0\r\n\r\n",
	  "x", LEARN },
	{ "SID", OK "Set-Cookie: SID=x; Expires=yesterday; Expires=0\r\n\r\n", "x",
	  LEARN },
	{ "SID", OK "Set-Cookie: SID=x; Max-Age=99999999999999999999999999\r\n\r\n",
	  "x", LEARN },
	{ "SID", OK "Set-Cookie: SID=x; ;;=; Max-Agee=0; XMax-Age=0;\r\n\r\n", "x",
	  LEARN },
	/* a part of the value */
	{ "SID", OK "Set-Cookie: SID=abcdef\r\n\r\n", "cd", LEARN, 2, 2 },
	{ "SID", OK "Set-Cookie: SID=abcdef\r\n\r\n", "ef", LEARN, 4, 100 },
	{ "SID", OK "Set-Cookie: SID=abcdef\r\nSet-Cookie: SID=ab\r\n\r\n", "cd",
	  LEARN, 2, 2 },
	{ "SID", OK "Set-Cookie: SID=ab; Max-Age=0\r\n\r\n", "", DELETE, 2, 2 },
	{ "SID", OK "Set-Cookie: SID=\r\n\r\n", "", DELETE, 2, 0 },
	/* folded */
	{ "SID", OK "Set-Cookie: SID=abc;\r\n Path=/;\r\n\tMax-Age=0\r\n\r\n", "abc",
	  DELETE },
	{ "SID", OK "Set-Cookie:\r\n SID=abc\r\n ; Secure\n\t\r\n\r\n", "abc", LEARN },
	{ "SID", OK "X: y\r\n z: folded\r\nSet-Cookie: SID=abc\r\n\r\n", "abc", LEARN },
};

static const struct response unset[] = {
	{ "SID", OK "\r\n" },
	{ "SID", "HTTP/1.1 204\n\n" },
	{ "SID", OK "Set-Cookie: XID=abc\r\n\r\n" },
	{ "SID", OK "Set-Cookie: SID\r\n\r\n" },
	{ "SID", OK "Set-Cookie: sid=abc\r\n\r\n" },
	{ "SID", OK "Set-Cookie: XID=a; SID=b\r\n\r\n" },
	{ "SID", OK "Set-Cookie: \r\nSet-Cookie:\r\n\r\n" },
	{ "SID", OK "Set-Cookie: =SID; SID=x\r\n\r\n" },
	{ "SID", OK "Set-Cookie2: SID=abc\r\nCookie: SID=abc\r\n\r\n" },
	{ "SID", OK "X: y\r\n Set-Cookie: SID=folded\r\n\r\n" },
	{ "SID", OK "\r\nSet-Cookie: SID=body\r\n\r\n" },
	{ "SID", "HTTP/1.1 101 Switching\r\n\r\n" OK "Set-Cookie: SID=x\r\n\r\n" },
	{ "SID", "HTTP/1.1 103 Hints\r\nSet-Cookie: SID=x\r\n\r\n" OK "\r\n" },
	{ "SID", OK "Set-Cookie: SID=ab\r\n\r\n", NULL, LEARN, 2, 0 },
};

static const char *const response_more[] = {
	"", "H", "HTTP/1.", "HTTP/1.1", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n",
	OK "Set-Cookie: SID=abc", OK "Set-Cookie: SID=abc\r\n",
	OK "Set-Cookie: SID=abc\r\n\r", OK "Set-Cookie: SID=abc\r\n ",
	"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2",
};

static const struct {
	const char *text;
	size_t at;
} response_bad[] = {
	{ "220 a.example ESMTP\r\n", 1 },
	{ "\r\n" OK, 2 },
	{ "\n" OK, 1 },
	{ "HTTP/2 200\r\n", 6 },
	{ "HTTP/1.1\r\n", 10 },
	{ "HTTP/1.1 20\r\n", 13 },
	{ "HTTP/1.1 2000 OK\r\n", 13 },
	{ "HTTP/1.1 000 OK\r\n", 12 },
	{ "HTTP/1.1  200 OK\r\n", 10 },
	{ "HTTP/1.1 200\tOK\r\n", 13 },
	{ "HTTP/1.1 200 O\x01K\r\n", 15 },
	{ "HTTP/1.1 200 OK\rX", 17 },
	{ "ICY 200 OK\r\n", 1 },
	{ OK " folded\r\n", 18 },
	{ OK "Set-Cookie : SID=abc\r\n", 28 },
	{ OK "no colon\r\n", 20 },
	{ OK "Set-Cookie: SID=a\x01\r\n", 35 },
	{ OK "Set-Cookie: SID=a\r\n\x01", 37 },
	{ OK "Set-Cookie: SID=a\r\n \x01", 38 },
	{ "HTTP/1.1 100 Continue\r\n\r\nGET / HTTP/1.1\r\n", 26 },
};

static void response_row(const struct response *r, enum l7_parse want)
{
	struct l7_cookie_sel sel = selector(r->sel);
	struct answer a;
	size_t first;

	sel.offset = r->offset;
	sel.length = r->length;
	UNIT_ROW("%s in %s", r->sel, r->text);
	a = every_prefix(ask_response, r->text, strlen(r->text), &sel, &first);
	check_verdict(&a, want);
	if (a.v == L7_PARSE_FOUND) {
		check_value(r->text, &a, r->value);
		CHECK_EQ(a.what, r->what);
	}
}

static void response_set(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(set); i++)
		response_row(&set[i], L7_PARSE_FOUND);
}

static void response_none(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(unset); i++)
		response_row(&unset[i], L7_PARSE_NONE);
}

static void response_undecided(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(response_more); i++) {
		struct response r = { "SID", response_more[i], NULL, LEARN, 0, 0 };

		response_row(&r, L7_PARSE_MORE);
	}
}

static void response_malformed(void)
{
	struct l7_cookie_sel sel = selector("SID");
	size_t i, first;

	for (i = 0; i < UNIT_SIZE(response_bad); i++) {
		struct answer a;

		UNIT_ROW("%s", response_bad[i].text);
		a = every_prefix(ask_response, response_bad[i].text,
				 strlen(response_bad[i].text), &sel, &first);
		check_verdict(&a, L7_PARSE_BAD);
		CHECK_EQ(first, response_bad[i].at);
	}
}

/*
 * Random changes: an answer does not depend on what follows the head, nor
 * on an interim response before it, and no prefix contradicts it.
 */
static void response_random(void)
{
	static const char interim[] = "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n";
	const size_t shift = sizeof(interim) - 1;
	struct l7_cookie_sel sel = selector("SID*");
	uint64_t rnd = unit_seed() + 1;
	unsigned long n = unit_loops(200000);
	u8 buf[1024 + sizeof(interim)];

	memcpy(buf, interim, shift);
	while (n--) {
		const char *seed = seeds[3 + unit_below(&rnd, 2)];
		size_t len = strlen(seed), cut;
		struct answer a, b;

		memcpy(buf + shift, seed, len);
		len = unit_mutate(&rnd, buf + shift, len, 1024, words,
				  UNIT_SIZE(words));
		UNIT_ROW("%lu to go", n);
		a = ask_response(unit_flush(buf + shift, len), len, &sel);
		cut = len ? unit_below(&rnd, (uint32_t)len) : 0;
		b = ask_response(unit_flush(buf + shift, cut), cut, &sel);
		CHECK(b.v == L7_PARSE_MORE || same(&a, &b));
		b = ask_response(unit_flush(buf, len + shift), len + shift, &sel);
		if (a.v == L7_PARSE_FOUND)
			a.value.off += (u32)shift;
		CHECK(same(&a, &b));
	}
}

/* --- Dates --- */

/* Is Expires=@date over at @now? -1 if the date does not parse. */
static int expired(const char *date, s64 now)
{
	struct l7_cookie_sel sel = selector("SID");
	enum l7_set_cookie what[2];
	struct l7_slice value;
	char text[256];
	int n, i;

	/* A date that is ignored lets the one before it stand. */
	for (i = 0; i < 2; i++) {
		n = snprintf(text, sizeof(text),
			     OK "Set-Cookie: SID=x; Expires=%s; Expires=%s\r\n\r\n",
			     i ? "Thu, 01 Jan 1601 00:00:00 GMT" :
				 "Fri, 31 Dec 9999 23:59:59 GMT", date);
		if (l7_http_response_cookie(unit_flush(text, n), (u32)n, &sel, now,
					    &value, &what[i]) != L7_PARSE_FOUND)
			return -2;
	}
	return what[0] == what[1] ? what[0] == L7_SET_COOKIE_DELETE : -1;
}

static void check_date(const char *date, s64 when)
{
	UNIT_ROW("%s", date);
	CHECK_EQ(expired(date, when - 1), 0);
	CHECK_EQ(expired(date, when), 1);
}

static void date_formats(void)
{
	static const struct {
		const char *date;
		s64 when;
	} rows[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
		{ "Sun Nov  6 08:49:37 1994", 784111777 },
		{ "06 nov 1994 8:49:37", 784111777 },
		{ "1994 Nov 06 08:49:37", 784111777 },
		{ "08:49:37 06 NOVember 94", 784111777 },
		{ "Sun,06-Nov-1994/08:49:37", 784111777 },
		{ "6th Nov 1994 08:49:37Z", 784111777 },
		{ "Sun, 06 Nov 1994 08:49:37 +0200", 784111777 },
		{ "Sun, 06 Nov 1994 08:49:37x99 GMT", 784111777 },
		/* the first of a kind counts, the next may be of another */
		{ "06 Nov 1994 08:49:37 09:50:51", 784111777 },
		{ "Nov 1994 08:49:37 06:50:51", 784111777 },
		{ "06 Nov Dec 1994 1995 08:49:37", 784111777 },
		{ "06 94 Nov 1995 08:49:37", 784111777 },
		{ "1 Jan 1970 00:00:00", 0 },
		{ "1 Jan 70 00:00:00", 0 },
		{ "31 Dec 1969 23:59:59", -1 },
		{ "1 Jan 69 00:00:00", 3124224000 },
		{ "1 Jan 00 00:00:00", 946684800 },
		{ "29 Feb 2000 00:00:00", 951782400 },
		{ "29 Feb 2024 12:00:00", 1709208000 },
		{ "1 Mar 2100 00:00:00", 4107542400 },
		{ "1 Jan 1601 00:00:00", -11644473600 },
		{ "31 Dec 9999 23:59:58", 253402300798 },
		{ "19 Jan 2038 03:14:08", 2147483648 },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++)
		check_date(rows[i].date, rows[i].when);
}

static void date_nonsense(void)
{
	static const char *const rows[] = {
		"", "0", "-1", "GMT", "Sun, 06 Nov 1994", "06 Nov 08:49:37",
		"Nov 1994 08:49:37", "06 1994 08:49:37", "06 Nov 1994 08:49",
		"06 Nov 1994 24:00:00", "06 Nov 1994 08:60:00",
		"06 Nov 1994 08:49:60", "00 Nov 1994 08:49:37",
		"00 06 Nov 1994 08:49:37", "06 Nov 1994 25:00:00 08:49:37",
		"32 Oct 1994 08:49:37", "31 Nov 1994 08:49:37",
		"29 Feb 1900 08:49:37", "29 Feb 2023 08:49:37",
		"06 Nov 1600 08:49:37", "06 Nov 19940 08:49:37",
		"06 Nox 1994 08:49:37", "006 Nov 1994 08:49:37",
		"06 Nov 1994 008:49:37", "06 Nov 1994 08:049:37",
		"06 Nov 1994 08:49:037", "06 No 1994 08:49:37",
		"06 Nov 9 08:49:37", "06 Nov 1994 :49:37", "06 Nov 1994 08::37",
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i]);
		CHECK_EQ(expired(rows[i], NOW), -1);
	}
}

/* The C library's calendar agrees, from 1601 to 9999. */
static void date_calendar(void)
{
	uint64_t rnd = unit_seed() + 2;
	unsigned long n = unit_loops(20000);

	while (n--) {
		time_t t = (time_t)(unit_rand(&rnd) % 265046774399) - 11644473599;
		char date[64];
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(date, sizeof(date), n % 2 ?
			 "%a, %d %b %Y %H:%M:%S GMT" : "%a %b %e %H:%M:%S %Y",
			 &tm);
		check_date(date, t);
	}
}

/* --- Hostile: 64 KiB that make a careless parser go over them again --- */

static void linear(void)
{
	static const struct {
		const char *head, *unit;
	} rows[] = {
		{ "", "\r\n" }, { "", "\n" }, { "", "A" }, { "GET ", " " },
		{ "GET /", "\t" }, { GET, "a" }, { GET, "a:\n" },
		{ GET "Cookie: ", "S" }, { GET "Cookie: ", ";" },
		{ GET "Cookie: ", "S;" }, { GET "Cookie: ", "SID" },
		{ GET "Cookie: ", "SID;" }, { GET "Cookie: ", "SID=;" },
		{ GET "Cookie: SID", " " }, { GET "Cookie: ", "=" },
		{ GET, "Cookie:\n" }, { GET, "Cookie: SID\n" },
		{ GET "Cookie: ", "\t" }, { GET "X: ", "\t" },
		{ OK, "Set-Cookie: SID=x; Max-Age=0\n" },
		{ OK "Set-Cookie: SID=x;", " Max-Age=0;" },
		{ OK "Set-Cookie: SID=x;", ";" }, { OK "Set-Cookie: SID=x", " " },
		{ OK "Set-Cookie: SID=x; Expires=", "1 " },
		{ OK "Set-Cookie: SID=x; Expires=", "1" },
		{ OK "Set-Cookie: SID=x; Expires=", "1:1:1 " },
		{ OK "Set-Cookie: SID=x;", "Expires=1 Jan 70 00:00:00;" },
		{ OK "Set-Cookie: SID=x", "\n " }, { OK "Set-Cookie: ", "SID" },
		{ OK "Set-Cookie: SID=x; Max-Age=", "0" },
		{ "", "HTTP/1.1 100 C\n\n" },
	};
	const size_t size = 65536;
	struct l7_cookie_sel sel = selector("SID*");
	u8 *buf = malloc(size);
	size_t i, at, n;

	if (!buf)
		abort();
	sel.offset = 65535;
	for (i = 0; i < UNIT_SIZE(rows); i++) {
		double since;
		int calls;

		UNIT_ROW("%s%s...", rows[i].head, rows[i].unit);
		at = strlen(rows[i].head);
		n = strlen(rows[i].unit);
		memcpy(buf, rows[i].head, at);
		for (; at + n < size - 4; at += n)
			memcpy(buf + at, rows[i].unit, n);
		memcpy(buf + at, "\r\n\r\n", 4);
		at += 4;
		since = unit_ms();
		for (calls = 0; calls < 4; calls++) {
			ask_request(unit_flush(buf, at), at, &sel);
			ask_response(unit_flush(buf, at), at, &sel);
		}
		/* Quadratic would be seconds, linear is a few milliseconds. */
		CHECK(unit_ms() - since < 400);
	}
	free(buf);
}

int main(void)
{
	UNIT_RUN(request_found);
	UNIT_RUN(request_none);
	UNIT_RUN(request_more);
	UNIT_RUN(request_bad);
	UNIT_RUN(request_control_bytes);
	UNIT_RUN(request_at_once);
	UNIT_RUN(request_longest_name);
	UNIT_RUN(h2_preface);
	UNIT_RUN(request_random);
	UNIT_RUN(response_set);
	UNIT_RUN(response_none);
	UNIT_RUN(response_undecided);
	UNIT_RUN(response_malformed);
	UNIT_RUN(response_random);
	UNIT_RUN(date_formats);
	UNIT_RUN(date_nonsense);
	UNIT_RUN(date_calendar);
	UNIT_RUN(linear);
	return unit_end();
}
