// SPDX-License-Identifier: GPL-2.0
/*
 * Cookies that HTTP responses set, and their dates: tables, each row at every
 * truncation against a guard page; random changes.
 */
#include <time.h>
#include "http_ask.h"

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
	check_verdict(a.v, want);
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
		check_verdict(a.v, L7_PARSE_BAD);
		CHECK_EQ(first, response_bad[i].at);
	}
}

static const char *const seeds[] = {
	"HTTP/1.1 200 OK\r\nServer: n\r\nSet-Cookie: SID=abc; Path=/\r\n"
	"Content-Length: 0\r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /\r\n"
	"Set-Cookie: a=b\r\nset-cookie: SID=abc;\r\n Expires=Sun, 06 Nov 2094 "
	"08:49:37 GMT; Max-Age=10; Secure\r\n\r\nbody",
};

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
		const char *seed = seeds[unit_below(&rnd, UNIT_SIZE(seeds))];
		size_t len = strlen(seed), cut;
		struct answer a, b;

		memcpy(buf + shift, seed, len);
		len = unit_mutate(&rnd, buf + shift, len, 1024, http_words,
				  UNIT_SIZE(http_words));
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

int main(void)
{
	UNIT_RUN(response_set);
	UNIT_RUN(response_none);
	UNIT_RUN(response_undecided);
	UNIT_RUN(response_malformed);
	UNIT_RUN(response_random);
	UNIT_RUN(date_formats);
	UNIT_RUN(date_nonsense);
	UNIT_RUN(date_calendar);
	return unit_end();
}
