// SPDX-License-Identifier: GPL-2.0
/*
 * Keys of HTTP requests beside the cookie, and the places of cookies in
 * responses: tables, each row at every truncation against a guard page; random
 * changes; hostile input against the clock.
 */
#include "http_text.h"
#include "pure/http_key.h"

/* What is asked for. */
enum ask {
	URL,
	HEADER,
	HOST,
	PATH,
	STATUS_END,
	SET_COOKIE,	/* the first */
	ASKS,
};

static const char *const asks[] = {
	"url", "header", "host", "path", "status end", "set-cookie",
};

/** struct answer - of a parser
 * @value: of STATUS_END: the offset, and no bytes
 * @at: of SET_COOKIE: where to go on
 */
struct answer {
	enum l7_parse v;
	struct l7_slice value;
	u32 at;
};

static struct answer ask_for(enum ask what, const u8 *p, size_t n,
			     const struct l7_cookie_sel *sel)
{
	struct answer a = { .value = { 0, 0 } };
	u32 len = (u32)n;

	switch (what) {
	case URL:
		a.v = l7_http_request_url(p, len, sel, &a.value);
		break;
	case HEADER:
		a.v = l7_http_request_header(p, len, sel, &a.value);
		break;
	case HOST:
		a.v = l7_http_request_host(p, len, &a.value);
		break;
	case PATH:
		a.v = l7_http_request_path(p, len, &a.value);
		break;
	case STATUS_END:
		a.v = l7_http_response_status_end(p, len, &a.value.off);
		CHECK(a.v != L7_PARSE_NONE);
		break;
	default:
		a.v = l7_http_response_set_cookie_value(p, len, sel, &a.at,
							&a.value);
		CHECK(a.v == L7_PARSE_FOUND ? a.at && a.at <= len : !a.at);
	}
	if (a.v == L7_PARSE_FOUND)
		CHECK(a.value.off <= len && a.value.len <= len - a.value.off &&
		      (a.value.len || what == STATUS_END));
	return a;
}

static bool same(const struct answer *a, const struct answer *b)
{
	if (a->v != L7_PARSE_FOUND || b->v != L7_PARSE_FOUND)
		return a->v == b->v;
	return a->value.off == b->value.off && a->value.len == b->value.len &&
	       a->at == b->at;
}

/*
 * Ask for every prefix, with a guard page behind it: once the answer is other
 * than MORE, it stays. Returns the last answer; @first is the length of the
 * shortest prefix that got it.
 */
static struct answer every_prefix(enum ask what, const void *data, size_t len,
				  const struct l7_cookie_sel *sel,
				  size_t *first)
{
	struct answer last = { .v = L7_PARSE_MORE }, a = last;
	size_t n;

	*first = len;
	for (n = 0; n <= len; n++) {
		a = ask_for(what, unit_flush(data, n), n, sel);
		if (last.v != L7_PARSE_MORE && !same(&a, &last)) {
			unit_fail(__FILE__, __LINE__, "%s becomes %s at %zu",
				  verdicts[last.v], verdicts[a.v], n);
			break;
		}
		if (last.v == L7_PARSE_MORE && a.v != L7_PARSE_MORE)
			*first = n;
		last = a;
	}
	a = ask_for(what, unit_flush_front(data, len), len, sel);
	CHECK(same(&a, &last));
	return last;
}

static void check_value(const char *text, struct l7_slice value,
			const char *want)
{
	if (value.len != strlen(want) ||
	    memcmp(text + value.off, want, value.len))
		unit_fail(__FILE__, __LINE__, "value is '%.*s', not '%s'",
			  (int)value.len, text + value.off, want);
}

/** struct row - a whole head, and what is in it
 * @value: NULL: NONE
 */
struct row {
	const char *sel;
	const char *text;
	const char *value;
	u16 offset, length;
};

static void check_rows(enum ask what, const struct row *rows, size_t nrows)
{
	size_t i, first;

	for (i = 0; i < nrows; i++) {
		const struct row *r = &rows[i];
		struct l7_cookie_sel sel = selector(r->sel);
		struct answer a;

		sel.offset = r->offset;
		sel.length = r->length;
		UNIT_ROW("%s of %s in %s", r->sel, asks[what], r->text);
		a = every_prefix(what, r->text, strlen(r->text), &sel, &first);
		check_verdict(a.v, r->value ? L7_PARSE_FOUND : L7_PARSE_NONE);
		if (a.v == L7_PARSE_FOUND && r->value)
			check_value(r->text, a.value, r->value);
	}
}

/* --- The target --- */

static void url(void)
{
	static const struct row rows[] = {
		{ "SID", LINE("/?SID=abc"), "abc" },
		{ "SID", LINE("/a/b.jsp?x=1&SID=abc&y=2"), "abc" },
		{ "SID", LINE("/?x&SID=abc"), "abc" },
		{ "SID", LINE("/?&&SID=abc&"), "abc" },
		{ "SID", LINE("/;SID=abc"), "abc" },
		{ "SID", LINE("/a;SID=abc/b"), "abc" },
		{ "SID", LINE("/a;x=1;SID=abc;y=2?z"), "abc" },
		{ "SID", LINE("/a;x/b;SID=abc?SID=q"), "abc" },
		{ "SID", LINE("/a;;SID=abc#f"), "abc" },
		/* case: of path parameters none, of others it counts */
		{ "jsessionid", LINE("/a;JSESSIONID=abc"), "abc" },
		{ "JSESSIONID", LINE("/a;jsessionid=abc.n1?x=1"), "abc.n1" },
		{ "SID", LINE("/?sid=x&SID=abc"), "abc" },
		{ "SID", LINE("/?sid=abc"), NULL },
		/* the first match wins, and empty ones do not match */
		{ "SID", LINE("/;SID=one?SID=two"), "one" },
		{ "SID", LINE("/?SID=one&SID=two"), "one" },
		{ "SID", LINE("/;SID=one;SID=two"), "one" },
		{ "SID", LINE("/;SID=;SID?SID=&SID&SID=two"), "two" },
		/* names match as a whole */
		{ "SID", LINE("/;XSID=x;SIDX=x?XSID=x&SIDX=x&a=SID&SID=abc"), "abc" },
		{ "S*", LINE("/?XS=x&SID=abc"), "abc" },
		{ "S*", LINE("/;xs=x;s=abc"), "abc" },
		{ "S*", LINE("/;Sid=;s"), NULL },
		/* whatever a value holds belongs to it, as it stands */
		{ "SID", LINE("/?SID=a;b/c?d=e"), "a;b/c?d=e" },
		{ "SID", LINE("/;SID=a&b=c"), "a&b=c" },
		{ "SID", LINE("/?SID=%41+b"), "%41+b" },
		{ "SID", LINE("/?SID=a b"), "a b" },
		{ "SID", LINE("/?SID=\xc3\xa4\xff"), "\xc3\xa4\xff" },
		{ "SID", LINE("/?%53ID=x"), NULL },
		/* places that are none */
		{ "SID", LINE("/SID=x"), NULL },
		{ "SID", LINE("/&SID=x"), NULL },
		{ "SID", LINE("/?a;SID=x"), NULL },
		{ "SID", LINE("/?a=?SID=x"), NULL },
		{ "SID", LINE("/#?SID=x"), NULL },
		{ "SID", LINE("/#;SID=x"), NULL },
		{ "SID", LINE("/?SID=abc#&SID=x"), "abc" },
		{ "SID", LINE("/?#SID=x"), NULL },
		{ "SID", LINE("/?"), NULL },
		{ "SID", LINE("/"), NULL },
		{ "SID", GET "X: /?SID=x\r\n\r\n", NULL },
		/* absolute-form; in the authority there is no parameter */
		{ "SID", LINE("http://a.example/b;SID=abc"), "abc" },
		{ "SID", LINE("http://a.example/?SID=abc"), "abc" },
		{ "SID", LINE("http://a.example?SID=abc"), "abc" },
		{ "SID", LINE("x+y-1.z://a:80/?SID=abc"), "abc" },
		{ "SID", LINE("http://a;SID=x/"), NULL },
		{ "SID", LINE("http://?SID=abc"), "abc" },
		/* other forms */
		{ "SID", LINE("*"), NULL },
		{ "SID", LINE("*?SID=x"), NULL },
		{ "SID", "CONNECT a.example:443 HTTP/1.1\r\n", NULL },
		{ "SID", LINE("a.example:80?SID=x"), NULL },
		{ "SID", LINE("?SID=x"), NULL },
		{ "SID", LINE(";SID=x"), NULL },
		{ "SID", LINE("b/?SID=x"), NULL },
		{ "SID", LINE("http:/b?SID=x"), NULL },
		{ "SID", LINE("http:b?SID=x"), NULL },
		{ "SID", LINE("://b?SID=x"), NULL },
		{ "SID", LINE("1http://b?SID=x"), NULL },
		{ "SID", LINE("ht_tp://b?SID=x"), NULL },
		{ "SID", LINE("#/?SID=x"), NULL },
		/* a part of the value */
		{ "SID", LINE("/?SID=abcdef"), "cdef", 2, 0 },
		{ "SID", LINE("/;SID=abcdef"), "cd", 2, 2 },
		{ "SID", LINE("/?SID=abcdef"), "ef", 4, 65535 },
		{ "SID", LINE("/;SID=ab?SID=ab&SID=abcd"), "d", 3, 0 },
		{ "SID", LINE("/?SID=abc"), NULL, 3, 0 },
		/* request lines */
		{ "SID", "\r\n\n" LINE("/?SID=abc"), "abc" },
		{ "SID", "M-SEARCH /?SID=abc HTTP/1.0\n", "abc" },
		{ "SID", LINE("/?SID=abc HTTP/1.1"), "abc HTTP/1.1" },
	};

	check_rows(URL, rows, UNIT_SIZE(rows));
}

static void path(void)
{
	static const struct row rows[] = {
		{ "", LINE("/"), "/" },
		{ "", LINE("/a/b"), "/a/b" },
		{ "", LINE("/a/b?c/d"), "/a/b" },
		{ "", LINE("/?"), "/" },
		{ "", LINE("/a#b?c"), "/a" },
		{ "", LINE("/a;x=1/b;y=2?z"), "/a;x=1/b;y=2" },
		{ "", LINE("//a/../%41 b"), "//a/../%41 b" },
		{ "", LINE("/\xc3\xa4"), "/\xc3\xa4" },
		{ "", LINE("http://a.example/b?c"), "/b" },
		{ "", LINE("HTTPS://u:p@a.example:8/b/#c"), "/b/" },
		{ "", LINE("http:///b"), "/b" },
		/* none is the same as the shortest one */
		{ "", LINE("http://a.example"), "/" },
		{ "", LINE("http://a.example:80?b/c"), "/" },
		{ "", LINE("http://a.example#/b"), "/" },
		{ "", LINE("http://?b"), "/" },
		{ "", LINE("*"), NULL },
		{ "", LINE("*/a"), NULL },
		{ "", "CONNECT a.example:443 HTTP/1.1\r\n", NULL },
		{ "", LINE("a.example/b"), NULL },
		{ "", LINE("http://"), NULL },
		{ "", LINE("http://#/b"), NULL },
		{ "", LINE("http:/b"), NULL },
		{ "", LINE("?/b"), NULL },
	};

	check_rows(PATH, rows, UNIT_SIZE(rows));
}

/* --- Fields --- */

static void header(void)
{
	static const struct row rows[] = {
		{ "X-User", GET "X-User: abc\r\n\r\n", "abc" },
		{ "X-User", GET "Host: a\r\nx-uSER:abc\r\n\r\n", "abc" },
		{ "x-user", GET "X-USER:\t a b \t\r\n\r\n", "a b" },
		{ "X-User", "GET / HTTP/1.0\nX-User: abc\n\n", "abc" },
		{ "X-User", GET "X-User: a: b, c\r\n\r\n", "a: b, c" },
		{ "X-User", GET "X-User: \"a\"\r\n\r\n", "\"a\"" },
		{ "X-User", GET "X-User: \xc3\xa4\r\n\r\n", "\xc3\xa4" },
		/* the first match wins, and empty ones do not match */
		{ "X-User", GET "X-User: one\r\nX-User: two\r\n\r\n", "one" },
		{ "X-User", GET "X-User:\r\nX-User: \t\r\nX-User: two\r\n\r\n", "two" },
		/* names match as a whole */
		{ "X-User", GET "X-Use: x\r\nX-Users: x\r\nX-User: abc\r\n\r\n", "abc" },
		{ "X-*", GET "XY: x\r\nX-User: abc\r\n\r\n", "abc" },
		{ "X-*", GET "x-: abc\r\n\r\n", "abc" },
		{ "X-User", GET "X: X-User: x\r\n\r\n", NULL },
		{ "X-User", GET "\r\nX-User: body\r\n\r\n", NULL },
		{ "X-User", LINE("/?X-User:x") "\r\n", NULL },
		{ "X-User", GET "X-User: \r\n\r\n", NULL },
		/* a part of the value */
		{ "X-User", GET "X-User:  abcdef\r\n\r\n", "cd", 2, 2 },
		{ "X-User", GET "X-User: ab \r\nX-User: abcd\r\n\r\n", "d", 3, 0 },
		{ "X-User", GET "X-User: abc\r\n\r\n", NULL, 3, 1 },
		/* what follows the answer no longer counts */
		{ "X-User", GET "X-User: abc\r\n folded\r\n\x01", "abc" },
		{ "Cookie", GET "Cookie: SID=abc; y\r\n\r\n", "SID=abc; y" },
	};

	check_rows(HEADER, rows, UNIT_SIZE(rows));
}

static void host(void)
{
	static const struct row rows[] = {
		{ "", GET "Host: a.example\r\n\r\n", "a.example" },
		{ "", GET "X: y\r\nhOST:\tA.Example.:8080 \r\n\r\n", "A.Example." },
		{ "", GET "Host: a:\r\n\r\n", "a" },
		{ "", GET "Host: 10.0.0.1:80\r\n\r\n", "10.0.0.1" },
		{ "", GET "Host: [2001:db8::1]\r\n\r\n", "[2001:db8::1]" },
		{ "", GET "Host: [2001:db8::1]:80\r\n\r\n", "[2001:db8::1]" },
		/* what is no host is passed over, the first that is one wins */
		{ "", GET "Host: one\r\nHost: two\r\n\r\n", "one" },
		{ "", GET "Host:\r\nHost: :80\r\nHost: two\r\n\r\n", "two" },
		{ "", GET "Host: a:b\r\nHost: a:8x\r\nHost: two\r\n\r\n", "two" },
		{ "", GET "Host: [::1\r\nHost: [::1]80\r\nHost: two\r\n\r\n", "two" },
		{ "", GET "Host: 2001:db8::1\r\nHost: two\r\n\r\n", "two" },
		{ "", GET "X-Host: x\r\nHosts: x\r\n\r\n", NULL },
		{ "", GET "\r\nHost: body\r\n\r\n", NULL },
		/* the target's wins */
		{ "", LINE("http://b.example/"), "b.example" },
		{ "", LINE("http://B.example:80/") "Host: x\r\n\r\n", "B.example" },
		{ "", LINE("http://b?@x/"), "b" },
		{ "", LINE("http://b#@x"), "b" },
		{ "", LINE("http://b"), "b" },
		{ "", LINE("http://[::1]:80/"), "[::1]" },
		{ "", LINE("http://u:p@b/"), "b" },
		{ "", LINE("http://u@x@b:1/"), "b" },
		{ "", LINE("http://[u]@[::1]:1/"), "[::1]" },
		/* if it names one */
		{ "", LINE("http:///c") "Host: a\r\n\r\n", "a" },
		{ "", LINE("http://:80/c") "Host: a\r\n\r\n", "a" },
		{ "", LINE("http://u@/c") "Host: a\r\n\r\n", "a" },
		{ "", LINE("http://x:y/c") "Host: a\r\n\r\n", "a" },
		{ "", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "a" },
		{ "", "CONNECT x:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "a" },
		{ "", LINE("//x/c") "Host: a\r\n\r\n", "a" },
	};

	check_rows(HOST, rows, UNIT_SIZE(rows));
}

/* Whole, and still undecided by whoever needs the head. */
static void request_more(void)
{
	static const char *const rows[] = {
		"", "\r", "\r\n", "G", "GET", "GET ", "GET /?SID=abc&x",
		"GET /?SID=abc HTTP/1.1", "GET http://a/ HTTP/1.1\r",
		"PRI * HTTP/2.0",
	};
	static const char *const fields[] = {
		GET, GET "H", GET "Host", GET "SID:", GET "SID: abc",
		GET "SID: abc\r", GET "Host: a\r", GET "X: y\r\n", GET "\r",
	};
	struct l7_cookie_sel sel = selector("SID");
	size_t i, first;
	int what;

	for (what = URL; what <= PATH; what++) {
		for (i = 0; i < UNIT_SIZE(rows); i++) {
			struct answer a;

			UNIT_ROW("%s in %s", asks[what], rows[i]);
			a = every_prefix(what, rows[i], strlen(rows[i]), &sel,
					 &first);
			check_verdict(a.v, L7_PARSE_MORE);
		}
		if (what != HEADER && what != HOST)
			continue;
		for (i = 0; i < UNIT_SIZE(fields); i++) {
			struct answer a;

			UNIT_ROW("%s in %s", asks[what], fields[i]);
			a = every_prefix(what, fields[i], strlen(fields[i]),
					 &sel, &first);
			check_verdict(a.v, L7_PARSE_MORE);
		}
	}
}

/** struct place - malformed, or decided, by the @at-th byte */
struct place {
	const char *text;
	size_t at;
};

static void check_places(enum ask what, const struct place *rows, size_t nrows,
			 enum l7_parse want)
{
	struct l7_cookie_sel sel = selector("SID");
	size_t i, first;

	for (i = 0; i < nrows; i++) {
		struct answer a;

		UNIT_ROW("%s in %s", asks[what], rows[i].text);
		a = every_prefix(what, rows[i].text, strlen(rows[i].text), &sel,
				 &first);
		check_verdict(a.v, want);
		CHECK_EQ(first, rows[i].at);
	}
}

static void request_bad(void)
{
	static const struct place lines[] = {
		{ "\x16\x03\x01\x02", 1 }, { " GET / HTTP/1.1\r\n", 1 },
		{ "\r\r\n", 2 }, { "GET\t/ HTTP/1.1\r\n", 4 },
		{ "METHODOFTHIRTYTWOBYTESNOTONEMORE1", 33 },
		{ "GET /?SID=abc\r\n", 15 }, { "GET /?SID=abc\x01", 14 },
		{ "GET /?SID=abc HTTP/2.0\r\n", 24 },
		{ "GET  HTTP/1.1\r\n", 15 }, { "GET / HTTP/1.1\rX", 16 },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 16 },
	};
	static const struct place fields[] = {
		{ GET ": x\r\n", 17 }, { GET "SID : x\r\n", 20 },
		{ GET "SID\r\n", 21 }, { GET " SID: x\r\n", 17 },
		{ GET "X: y\r\n SID: x\r\n", 23 }, { GET "SID: \x02\r\n", 22 },
		{ GET "SID: a\rb\r\n", 24 }, { GET "\rX", 18 },
		{ GET "Host: a\x01\r\n", 24 }, { GET "Host a\r\n", 21 },
	};
	int what;

	for (what = URL; what <= PATH; what++)
		check_places(what, lines, UNIT_SIZE(lines), L7_PARSE_BAD);
	check_places(HEADER, fields, UNIT_SIZE(fields), L7_PARSE_BAD);
	check_places(HOST, fields, UNIT_SIZE(fields), L7_PARSE_BAD);
}

/* The verdict comes with the byte that decides. */
static void request_at_once(void)
{
	static const struct place target[] = {
		{ LINE("/?SID=abc") "X: y\r\n\r\n", 24 },
		{ LINE("http://a/?SID=abc") "\x01", 32 },
	};
	static const struct place no_param[] = {
		{ LINE("/") "\x01", 16 }, { LINE("*") "X: y", 16 },
	};
	static const struct place no_path[] = {
		{ LINE("*") "\x01", 16 }, { LINE("a:1") "X: y", 18 },
	};
	static const struct place field[] = {
		{ GET "SID: a\r\n\x01", 24 }, { GET "X: y\nSID: a\n\n", 28 },
	};
	static const struct place host_line[] = {
		{ GET "Host: a\r\n\x01", 25 }, { LINE("http://a") "\x01", 23 },
	};

	check_places(URL, target, UNIT_SIZE(target), L7_PARSE_FOUND);
	check_places(PATH, target, UNIT_SIZE(target), L7_PARSE_FOUND);
	check_places(URL, no_param, UNIT_SIZE(no_param), L7_PARSE_NONE);
	check_places(PATH, no_path, UNIT_SIZE(no_path), L7_PARSE_NONE);
	check_places(HEADER, field, UNIT_SIZE(field), L7_PARSE_FOUND);
	check_places(HOST, host_line, UNIT_SIZE(host_line), L7_PARSE_FOUND);
}

static void request_longest_name(void)
{
	struct l7_cookie_sel sel = { .name_len = L7_COOKIE_NAME_MAX };
	char text[512];
	struct answer a;
	size_t first;

	memset(sel.name, 'n', L7_COOKIE_NAME_MAX);
	snprintf(text, sizeof(text), "GET /;%.63s=x?%.64s=y HTTP/1.1\r\n"
		 "%.63s: x\r\n%.64s: z\r\n\r\n", sel.name, sel.name, sel.name,
		 sel.name);
	a = every_prefix(URL, text, strlen(text), &sel, &first);
	check_verdict(a.v, L7_PARSE_FOUND);
	check_value(text, a.value, "y");
	a = every_prefix(HEADER, text, strlen(text), &sel, &first);
	check_verdict(a.v, L7_PARSE_FOUND);
	check_value(text, a.value, "z");
}

static void is_head(void)
{
	static const struct {
		const char *text;
		size_t at;	/* 0: never */
	} rows[] = {
		{ "HEAD / HTTP/1.1\r\n", 5 }, { "\r\n\nHEAD / HTTP/1.1\r\n", 8 },
		{ "GET / HTTP/1.1\r\n", 0 }, { "head / HTTP/1.1\r\n", 0 },
		{ "HEADS / HTTP/1.1\r\n", 0 }, { "HEAD\t/ HTTP/1.1\r\n", 0 },
		{ "HEAD\r\n\r\n", 0 }, { " HEAD / HTTP/1.1\r\n", 0 },
		{ "\r\rHEAD / HTTP/1.1\r\n", 0 }, { "X HEAD / HTTP/1.1\r\n", 0 },
		{ "GET / HTTP/1.1\r\nHEAD / HTTP/1.1\r\n", 0 },
	};
	size_t i, n;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i].text);
		for (n = 0; n <= strlen(rows[i].text); n++)
			CHECK_EQ(l7_http_request_is_head(unit_flush(rows[i].text, n),
							 (u32)n),
				 rows[i].at && n >= rows[i].at);
	}
}

static void route(void)
{
	static const struct {
		const char *value, *route;
	} rows[] = {
		{ "abc.n1", "n1" }, { "abc.n1.n2", "n2" }, { ".n1", "n1" },
		{ "abc.n1;x", "n1;x" }, { "\"abc.n1\"", "n1" },
		{ "\"abc.n1", "n1" }, { "abc.n1\"", "n1\"" }, { "a..n", "n" },
		{ "", NULL }, { "abc", NULL }, { "abc.", NULL }, { ".", NULL },
		{ "\"abc.\"", NULL }, { "\"abc\".", NULL }, { "\"", NULL },
		{ "\"\"", NULL }, { "\".\"", NULL },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		size_t n = strlen(rows[i].value);
		struct l7_slice v = { .len = (u32)n }, r = { 0, 0 };
		bool ok;

		UNIT_ROW("%s", rows[i].value);
		ok = l7_http_route(unit_flush(rows[i].value, n), v, &r);
		CHECK_EQ(ok, !!rows[i].route);
		ok = l7_http_route(unit_flush_front(rows[i].value, n), v, &r);
		if (CHECK_EQ(ok, !!rows[i].route) && ok)
			check_value(rows[i].value, r, rows[i].route);
	}
}

/* --- Responses --- */

static void status_end(void)
{
	static const struct place rows[] = {
		{ OK, 17 }, { "HTTP/1.0 200\n", 13 },
		{ OK "\r\n", 17 }, { OK " folded\r\n\x01", 17 },
		{ "HTTP/1.1 101 Switching\r\n", 24 },
		{ EARLY "\r\n" OK, 45 }, { EARLY "A: b\r\n c\r\n\r\n" OK, 55 },
		{ "HTTP/1.1 100\r\n\r\n" EARLY "\r\n" OK, 61 },
	};
	static const struct place bad[] = {
		{ "220 a.example ESMTP\r\n", 1 }, { "\r\n" OK, 2 },
		{ "HTTP/2 200\r\n", 6 }, { "HTTP/1.1 2000 OK\r\n", 13 },
		{ "HTTP/1.1 000 OK\r\n", 12 }, { "HTTP/1.1 200 O\x01K\r\n", 15 },
		{ "HTTP/1.1 200 OK\rX", 17 }, { EARLY " folded\r\n\r\n" OK, 27 },
		{ EARLY "\r\nGET /", 29 }, { EARLY "no colon\r\n\r\n" OK, 29 },
	};
	static const char *const more[] = {
		"", "HTTP/1.1", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r",
		EARLY, EARLY "A: b\r\n", EARLY "\r\n", EARLY "\r\nHTTP/1.1 200 OK\r",
	};
	struct l7_cookie_sel sel = selector("SID");
	struct answer a;
	size_t i, first;

	check_places(STATUS_END, rows, UNIT_SIZE(rows), L7_PARSE_FOUND);
	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i].text);
		a = ask_for(STATUS_END, (const u8 *)rows[i].text,
			    strlen(rows[i].text), &sel);
		CHECK_EQ(a.value.off, rows[i].at);
	}
	check_places(STATUS_END, bad, UNIT_SIZE(bad), L7_PARSE_BAD);
	for (i = 0; i < UNIT_SIZE(more); i++) {
		UNIT_ROW("%s", more[i]);
		a = every_prefix(STATUS_END, more[i], strlen(more[i]), &sel,
				 &first);
		check_verdict(a.v, L7_PARSE_MORE);
	}
}

static void set_cookie(void)
{
	static const struct row rows[] = {
		{ "SID", OK "Set-Cookie: SID=abc\r\n\r\n", "abc" },
		{ "SID", OK "A: b\r\nset-cookie:SID = abc ; Path=/\r\n\r\n", "abc" },
		{ "SID", "HTTP/1.0 200 OK\nSet-Cookie: SID=abc\n\n", "abc" },
		{ "S*", OK "Set-Cookie: SID=abc\r\n\r\n", "abc" },
		{ "SID", OK "Set-Cookie: SID=one\r\nSet-Cookie: SID=two\r\n\r\n",
		  "one" },
		{ "SID", EARLY "Set-Cookie: SID=x\r\n\r\n" OK
		  "Set-Cookie: SID=abc\r\n\r\n", "abc" },
		/* lines that delete */
		{ "SID", OK "Set-Cookie: SID=abc; Max-Age=0\r\n\r\n", "abc" },
		{ "SID", OK "Set-Cookie: SID=\r\nSet-Cookie: SID=abc\r\n\r\n", "abc" },
		/* quotes stay */
		{ "SID", OK "Set-Cookie: SID=\"abc\"; Path=/\r\n\r\n", "abc" },
		{ "SID", OK "Set-Cookie: SID=\"\"\r\nSet-Cookie: SID=abc\r\n\r\n",
		  "abc" },
		{ "SID", OK "Set-Cookie: SID=\"abc\r\n\r\n", "\"abc" },
		{ "SID", OK "Set-Cookie: SID=abc\"\r\n\r\n", "abc\"" },
		{ "SID", OK "Set-Cookie: SID=\"\r\n\r\n", "\"" },
		{ "SID", OK "Set-Cookie: SID=\"a\"b\"\r\n\r\n", "a\"b" },
		/* a part of the value, which counts from the quote on */
		{ "SID", OK "Set-Cookie: SID=abcdef\r\n\r\n", "cd", 2, 2 },
		{ "SID", OK "Set-Cookie: SID=\"abcdef\"\r\n\r\n", "bc", 2, 2 },
		{ "SID", OK "Set-Cookie: SID=\"abcdef\"\r\n\r\n", "abcdef", 1, 0 },
		{ "SID", OK "Set-Cookie: SID=\"abcdef\"\r\n\r\n", "ab", 0, 3 },
		{ "SID", OK "Set-Cookie: SID=\"ab\"\r\nSet-Cookie: SID=abcd\r\n\r\n",
		  "d", 3, 0 },
		{ "SID", OK "Set-Cookie: SID=\"ab\"\r\nSet-Cookie: SID=x\r\n\r\n",
		  "x", 0, 1 },
		/* folded */
		{ "SID", OK "Set-Cookie:\r\n SID=abc\r\n ; Secure\r\n\r\n", "abc" },
		{ "SID", OK "Set-Cookie: SID=a\r\n b\r\n\r\n", "a\r\n b" },
		{ "SID", OK "A: b\r\n Set-Cookie: SID=x\r\n\r\n", NULL },
		{ "SID", OK "\r\n", NULL },
		{ "SID", OK "Set-Cookie: XID=a; SID=b\r\nCookie: SID=x\r\n\r\n", NULL },
		{ "SID", OK "\r\nSet-Cookie: SID=body\r\n\r\n", NULL },
		{ "SID", OK "Set-Cookie: SID=ab\r\n\r\n", NULL, 2, 0 },
	};
	static const struct place at_once[] = {
		{ OK "Set-Cookie: SID=abc\r\n\x01", 39 },
		{ OK "Set-Cookie: SID=abc; Secure\r\nX", 47 },
		{ OK "Set-Cookie: SID=abc\r\n Secure\r\nX", 48 },
	};
	static const struct place bad[] = {
		{ OK "Set-Cookie: SID=abc\x01\r\n", 37 },
		{ OK "Set-Cookie : SID=abc\r\n", 28 },
		{ OK " Set-Cookie: SID=abc\r\n", 18 },
		{ "HTTP/2 200\r\n", 6 },
	};

	check_rows(SET_COOKIE, rows, UNIT_SIZE(rows));
	check_places(SET_COOKIE, at_once, UNIT_SIZE(at_once), L7_PARSE_FOUND);
	check_places(SET_COOKIE, bad, UNIT_SIZE(bad), L7_PARSE_BAD);
}

/* One after the other, however the head is cut; nothing is found twice. */
static void set_cookies(void)
{
	static const char text[] =
		EARLY "Set-Cookie: SID=x\r\n\r\n" OK "Set-Cookie: SID=one\r\n"
		"Set-Cookie: XID=x\r\nSet-Cookie: SID=; a\r\n"
		"Set-Cookie: SID=\"two\";\r\n Path=/\r\nA: b\r\n"
		"Set-Cookie: SID=three\r\n\r\nSet-Cookie: SID=x\r\n";
	static const char *const values[] = { "one", "two", "three" };
	struct l7_cookie_sel sel = selector("SID");
	size_t n, found;

	for (n = 0; n < sizeof(text); n++) {
		const u8 *p = unit_flush(text, n);
		enum l7_parse v;
		struct l7_slice value;
		u32 at = 0, before = 0;

		UNIT_ROW("%zu", n);
		for (found = 0; found < 4; found++, before = at) {
			v = l7_http_response_set_cookie_value(p, (u32)n, &sel,
							      &at, &value);
			if (v != L7_PARSE_FOUND)
				break;
			CHECK(at > before && at <= n);
			if (CHECK(found < 3))
				check_value(text, value, values[found]);
		}
		CHECK_EQ(at, before);
		CHECK(v == L7_PARSE_MORE || (v == L7_PARSE_NONE && found == 3));
	}
	CHECK_EQ(found, 3);
	/* Where a longer prefix had got to. */
	for (n = 0; n < sizeof(text); n++) {
		struct l7_slice value;
		u32 at = sizeof(text);

		CHECK(l7_http_response_set_cookie_value(unit_flush(text, n), (u32)n,
							&sel, &at, &value) ==
		      L7_PARSE_MORE);
	}
}

/* --- Random changes --- */

static const char *const words[] = {
	"\r\n", "\n", "\r\n\r\n", "\r", " ", "\t", "        ", ":", ";", "=",
	"/", "?", "&", "#", ".", "@", "[::1]", "://", "http://a", "*", "\"",
	";SID=", "&SID=", "?sid=", "SID: ", "Host: ", ":80", "SID", "HTTP/1.",
	OK, EARLY "\r\n", "Set-Cookie: SID=", "\r\n ", "\x7f", "\x80\x81",
};

static const char *const seeds[] = {
	LINE("/a;SID=12/b.jsp;x=1?q=a;b&SID=34.n1#f")
	"Host: www.example.com:8080\r\nSID: abc.n2\r\nAccept: */*\r\n\r\nbody",
	LINE("http://u@[2001:db8::1]:80/a/b?SID=abcdef&SID=2")
	"Host: b\r\nSID:\r\nsid: \"q.n3\"\r\n\r\n",
	"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
	OK "Server: n\r\nSet-Cookie: SID=abc; Path=/\r\nContent-Length: 0\r\n"
	"Set-Cookie: SID=\"def\"\r\n\r\n",
	EARLY "A: b\r\n c\r\n\r\nHTTP/1.1 302 Found\r\nset-cookie: SID=abc;\r\n"
	" Secure\r\n\r\nbody",
};

/*
 * An answer is the same when it is asked for behind an empty line (of a
 * request) or an interim response, and no prefix contradicts it.
 */
static void random_changes(void)
{
	static const char empty[] = "\r\n", interim[] = EARLY "A: b\r\n\r\n";
	struct l7_cookie_sel sel = selector("SID*");
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(300000);
	u8 buf[1024 + sizeof(interim)];

	while (n--) {
		enum ask what = unit_below(&rnd, ASKS);
		const char *front = what < STATUS_END ? empty : interim;
		const char *seed = seeds[what < STATUS_END ?
					 unit_below(&rnd, 3) :
					 3 + unit_below(&rnd, 2)];
		size_t shift = strlen(front), len = strlen(seed), cut;
		struct answer a, b;

		sel.offset = (u16)unit_below(&rnd, 3);
		sel.length = (u16)unit_below(&rnd, 3);
		memcpy(buf, front, shift);
		memcpy(buf + shift, seed, len);
		len = unit_mutate(&rnd, buf + shift, len, 1024, words,
				  UNIT_SIZE(words));
		UNIT_ROW("%s, %lu to go", asks[what], n);
		a = ask_for(what, unit_flush(buf + shift, len), len, &sel);
		cut = len ? unit_below(&rnd, (uint32_t)len) : 0;
		b = ask_for(what, unit_flush(buf + shift, cut), cut, &sel);
		CHECK(b.v == L7_PARSE_MORE || same(&a, &b));
		b = ask_for(what, unit_flush(buf, len + shift), len + shift, &sel);
		a.value.off += (u32)shift;
		a.at += a.at ? (u32)shift : 0;
		if (!CHECK(same(&a, &b))) {
			printf("# %s, then %s: ", verdicts[a.v], verdicts[b.v]);
			unit_print(buf + shift, len);
			printf("\n");
			return;
		}
	}
}

/* --- Hostile: 64 KiB that make a careless parser go over them again --- */

static void linear(void)
{
	static const struct {
		const char *head, *unit, *tail;
	} rows[] = {
		{ "", "\r\n", "" }, { "", "A", "" }, { "GET ", "a", " HTTP/1.1\r\n" },
		{ "GET /", ";", " HTTP/1.1\r\n" }, { "GET /", ";SID=", " HTTP/1.1\r\n" },
		{ "GET /", ";SID", " HTTP/1.1\r\n" }, { "GET /", "/;", " HTTP/1.1\r\n" },
		{ "GET /?", "&", " HTTP/1.1\r\n" }, { "GET /?", "SID=&", " HTTP/1.1\r\n" },
		{ "GET /?", "=", " HTTP/1.1\r\n" }, { "GET /?", "SID", " HTTP/1.1\r\n" },
		{ "GET /", "?", " HTTP/1.1\r\n" }, { "GET /", "#", " HTTP/1.1\r\n" },
		{ "GET http://", "@", "/ HTTP/1.1\r\n" },
		{ "GET http://", "[", "/ HTTP/1.1\r\n" },
		{ "GET http://a:", "1", "x/ HTTP/1.1\r\n" },
		{ GET, "Host:\n", "\r\n" }, { GET, "Host: [\n", "\r\n" },
		{ GET "Host: ", ":", "\r\n\r\n" }, { GET "Host: a:", "1", "x\r\n\r\n" },
		{ GET, "SID:\n", "\r\n" }, { GET "SID: ", " ", "\r\n\r\n" },
		{ "", EARLY "\n", OK }, { OK, "A: b\n ", "\r\n\r\n" },
		{ OK, "Set-Cookie: SID=\n", "\r\n" }, { OK, "Set-Cookie: SID=x\n", "\r\n" },
		{ OK "Set-Cookie: SID=", "\"", "\r\n\r\n" }, { OK "A:", "\n ", "\r\n\r\n" },
	};
	const size_t size = 65536;
	struct l7_cookie_sel sel = selector("SID*");
	struct l7_slice value;
	u8 *buf = malloc(size);
	size_t i, len, n;
	int what;

	if (!buf)
		abort();
	for (i = 0; i < UNIT_SIZE(rows); i++) {
		double since;
		u32 at = 0;
		u8 *p;

		UNIT_ROW("%s%s...", rows[i].head, rows[i].unit);
		len = strlen(rows[i].head);
		n = strlen(rows[i].unit);
		memcpy(buf, rows[i].head, len);
		for (; len + n < size - 16; len += n)
			memcpy(buf + len, rows[i].unit, n);
		memcpy(buf + len, rows[i].tail, strlen(rows[i].tail));
		len += strlen(rows[i].tail);
		p = unit_flush(buf, len);
		since = unit_ms();
		for (what = 0; what < ASKS; what++)
			ask_for(what, p, len, &sel);
		while (l7_http_response_set_cookie_value(p, (u32)len, &sel, &at,
							 &value) == L7_PARSE_FOUND)
			;
		/* Quadratic would be seconds, linear is a few milliseconds. */
		CHECK(unit_ms() - since < 200);
	}
	free(buf);
}

int main(void)
{
	UNIT_RUN(url);
	UNIT_RUN(path);
	UNIT_RUN(header);
	UNIT_RUN(host);
	UNIT_RUN(request_more);
	UNIT_RUN(request_bad);
	UNIT_RUN(request_at_once);
	UNIT_RUN(request_longest_name);
	UNIT_RUN(is_head);
	UNIT_RUN(route);
	UNIT_RUN(status_end);
	UNIT_RUN(set_cookie);
	UNIT_RUN(set_cookies);
	UNIT_RUN(random_changes);
	UNIT_RUN(linear);
	return unit_end();
}
