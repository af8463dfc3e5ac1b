// SPDX-License-Identifier: GPL-2.0
/*
 * Cookies of HTTP requests: tables, each row at every truncation against a
 * guard page; random changes against a slow parser that is obviously right;
 * hostile heads, of responses too, against the clock.
 */
#include "http_ask.h"

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
	check_verdict(a.v, want);
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
		check_verdict(a.v, L7_PARSE_BAD);
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
			check_verdict(a.v, L7_PARSE_MORE);
			a = ask_request(unit_flush(buf, at + 1), at + 1, &sel);
			check_verdict(a.v, L7_PARSE_BAD);
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
	check_verdict(a.v, L7_PARSE_FOUND);
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

static const char *const seeds[] = {
	GET HOST "Cookie: a=1; SID=abcdef0123456789; z=26\r\n\r\n",
	"\r\nPOST /x?y=z HTTP/1.0\nHost: b\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\n"
	"cookie: b=2;SID=;c=3\nCookie: SID=second\nAccept: */*\n\nbody body body",
	GET "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0)\r\n"
	"Accept-Language: en-US,en;q=0.5\r\nCookie: SIDX=zzz\r\n\r\n",
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
		len = unit_mutate(&rnd, buf, len, sizeof(buf), http_words,
				  UNIT_SIZE(http_words));
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
	UNIT_RUN(linear);
	return unit_end();
}
