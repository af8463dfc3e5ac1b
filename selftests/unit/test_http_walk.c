// SPDX-License-Identifier: GPL-2.0
/*
 * The walk along responses, and that along requests: tables of streams, each fed
 * whole, byte by byte, cut in two everywhere, with a guard page behind every
 * piece, and with bodies left out; lengths at their limits; random changes;
 * hostile input against the clock.
 */
#include "unit.h"
#include "pure/http_walk.h"

_Static_assert(sizeof(struct l7_http_walk) <= 32, "kept for each flow");

#define ENDS	16

static const char *const verdicts[] = { "MORE", "FOUND", "NONE", "BAD" };

/** struct trace - what a walk said of a stream
 * @ends: where responses ended, from the stream's start
 * @n: how many did
 * @last: the last verdict, MORE if the stream ends where a response does
 * @took: bytes it took to get there
 * @heads: bit N: request N has the method HEAD
 */
struct trace {
	size_t ends[ENDS];
	unsigned int n;
	enum l7_parse last;
	size_t took;
	unsigned int heads;
};

/* Instead of the bits of responses: the stream is one of requests. */
#define REQUESTS	0x80000000u

static enum l7_parse step(struct l7_http_walk *w, struct trace *t, const u8 *p,
			  size_t len, unsigned int heads, u32 *at)
{
	bool head = t->n < ENDS && heads >> t->n & 1;
	enum l7_parse v;

	if (!(heads & REQUESTS))
		return l7_http_walk_feed(w, p, (u32)len, head, at);
	v = l7_http_walk_request(w, p, (u32)len, at, &head);
	if (v == L7_PARSE_FOUND && head && t->n < ENDS)
		t->heads |= 1u << t->n;
	return v;
}

/* Feed a piece; bit N of @heads: response N answers HEAD. */
static void feed(struct l7_http_walk *w, struct trace *t, const u8 *p,
		 size_t len, unsigned int heads)
{
	u32 at;

	while (t->last == L7_PARSE_MORE && len) {
		t->last = step(w, t, unit_flush(p, len), len, heads, &at);
		if (t->last != L7_PARSE_FOUND) {
			t->took += len;
			return;
		}
		if (!CHECK(at > 0 && at <= len))
			return;
		t->last = L7_PARSE_MORE;
		t->took += at;
		if (t->n < ENDS)
			t->ends[t->n] = t->took;
		t->n++;
		p += at;
		len -= at;
	}
}

static bool same(const struct trace *a, const struct trace *b)
{
	unsigned int n = a->n < ENDS ? a->n : ENDS;

	return a->last == b->last && a->n == b->n && a->heads == b->heads &&
	       !memcmp(a->ends, b->ends, n * sizeof(a->ends[0]));
}

static struct trace walk(const u8 *p, size_t len, size_t step,
			 unsigned int heads)
{
	struct l7_http_walk w = { .left = 0 };
	struct trace t = { .n = 0 };
	size_t i, n;

	for (i = 0; i < len; i += n) {
		n = len - i < step ? len - i : step;
		feed(&w, &t, p + i, n, heads);
	}
	return t;
}

static struct trace walk_cut(const u8 *p, size_t len, size_t cut,
			     unsigned int heads)
{
	struct l7_http_walk w = { .left = 0 };
	struct trace t = { .n = 0 };

	feed(&w, &t, p, cut, heads);
	feed(&w, &t, p + cut, len - cut, heads);
	return t;
}

/* Bodies are left out. */
static struct trace walk_blind(const u8 *p, size_t len, unsigned int heads)
{
	struct l7_http_walk w = { .left = 0 };
	struct trace t = { .n = 0 };
	size_t i, n;
	u32 at;

	for (i = 0; i < len && t.last == L7_PARSE_MORE; i += n) {
		n = l7_http_walk_unread(&w);
		if (!n) {
			feed(&w, &t, p + i, n = 1, heads);
			continue;
		}
		n = n < len - i ? n : len - i;
		t.last = step(&w, &t, NULL, n, heads, &at);
		t.took += n;
		if (t.last != L7_PARSE_FOUND)
			continue;
		t.last = L7_PARSE_MORE;
		CHECK_EQ(at, n);
		if (t.n < ENDS)
			t.ends[t.n] = t.took;
		t.n++;
	}
	return t;
}

/* The same answer, however the stream is cut. */
static struct trace walk_all(const char *text, size_t len, unsigned int heads)
{
	const u8 *p = (const u8 *)text;
	struct trace whole = walk(p, len, len + 1, heads), t;
	size_t i;

	for (i = 1; i <= 3; i++) {
		t = walk(p, len, i, heads);
		CHECK(same(&t, &whole));
	}
	for (i = 0; i <= len; i++) {
		t = walk_cut(p, len, i, heads);
		CHECK(same(&t, &whole));
	}
	t = walk_blind(p, len, heads);
	CHECK(same(&t, &whole));
	return whole;
}

/** struct row - a stream, in which each @ stands for the end of a response, or of
 * a request's head; # for that of a request with the method HEAD
 * @heads: bit N: response N answers HEAD
 */
struct row {
	const char *marked;
	enum l7_parse last;
	unsigned int heads;
};

static void check_row(const struct row *r)
{
	char text[1024];
	struct trace want = { .last = r->last }, t;
	size_t len = 0;
	const char *c;

	for (c = r->marked; *c; c++) {
		if (*c != '@' && *c != '#') {
			text[len++] = *c;
			continue;
		}
		want.heads |= (unsigned int)(*c == '#') << want.n;
		want.ends[want.n++] = len;
	}
	UNIT_ROW("%s", r->marked);
	t = walk_all(text, len, r->heads);
	if (!CHECK(same(&t, &want)))
		printf("# %u ends, the last at %zu; %s\n", t.n,
		       t.n ? t.ends[(t.n - 1) % ENDS] : 0, verdicts[t.last]);
}

static void check_rows(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		check_row(&rows[i]);
}

#define OK	"HTTP/1.1 200 OK\r\n"
#define EARLY	"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
#define LENGTH(n)	"Content-Length: " n "\r\n"
#define CHUNKED	OK "Transfer-Encoding: chunked\r\n\r\n"

static void lengths(void)
{
	static const struct row rows[] = {
		{ OK LENGTH("5") "\r\nabcde@", 0 },
		{ OK LENGTH("5") "\r\nabcde@" OK LENGTH("1") "\r\na@" OK, 0 },
		{ OK LENGTH("0") "\r\n@" OK LENGTH("0") "\r\n@", 0 },
		{ OK LENGTH("5") "\r\nabcd", 0 },
		{ OK "A: b\r\ncontent-LENGTH:\t 005 \t\r\nC: d\r\n\r\nabcde@", 0 },
		{ "HTTP/1.0 404\nContent-Length:2\n\na\n@", 0 },
		/* bodies may be anything */
		{ OK LENGTH("19") "\r\n" OK "\r\n@" OK, 0 },
		{ OK LENGTH("3") "\r\n\x01\r\n@", 0 },
		/* names that are not quite it */
		{ OK "Content-Lengt: 1\r\nContent-Lengths: 2\r\nContent: 3\r\n"
		  "XContent-Length: 4\r\nC: 5\r\nContent-Length2: 6\r\n"
		  LENGTH("1") "\r\na@", 0 },
		{ OK "A: b\r\n " LENGTH("7") LENGTH("1") "\r\na@", 0 },
		{ OK "A:\r\n\t\r\n x\r\n" LENGTH("1") "\r\na@", 0 },
		/* said wrong */
		{ OK LENGTH("") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH(" ") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("-1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("+1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("1x") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("0x1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("1 1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("1,1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("1, 1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("\"1\"") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("1\r\n 1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("\r\n 1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("1") LENGTH("1") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("1") LENGTH("2") "\r\n", L7_PARSE_BAD },
		{ OK "Content-Length : 1\r\n\r\n", L7_PARSE_BAD },
	};

	check_rows(rows, UNIT_SIZE(rows));
}

static void limits(void)
{
	static const struct row rows[] = {
		{ OK LENGTH("576460752303423487") "\r\na", 0 },
		{ OK LENGTH("576460752303423488"), L7_PARSE_BAD },
		{ OK LENGTH("18446744073709551617"), L7_PARSE_BAD },
		{ OK LENGTH("99999999999999999999999999999999999"), L7_PARSE_BAD },
		{ OK LENGTH("0000000000000000000000000000000000000000002")
		  "\r\nab@", 0 },
		{ CHUNKED "7fffffffffffffF\r\na", 0 },
		{ CHUNKED "800000000000000\r\na", L7_PARSE_BAD },
		{ CHUNKED "10000000000000001\r\na", L7_PARSE_BAD },
		{ CHUNKED "0000000000000000000000000000001\r\na\r\n0\r\n\r\n@", 0 },
	};
	struct l7_http_walk w = { .left = 0 };
	static const char head[] = OK LENGTH("12884901889") "\r\n";
	static u8 body[1 << 20];
	u32 at, i;

	check_rows(rows, UNIT_SIZE(rows));
	/* More than 32 bits of bytes: 3 * 2^32 and one. */
	UNIT_ROW("12 GiB");
	CHECK_EQ(l7_http_walk_feed(&w, (const u8 *)head, sizeof(head) - 1, false,
				   &at), L7_PARSE_MORE);
	for (i = 0; i < 3 * 4096; i++)
		if (!CHECK_EQ(l7_http_walk_feed(&w, body, sizeof(body), false, &at),
			      L7_PARSE_MORE))
			return;
	CHECK_EQ(l7_http_walk_feed(&w, body, 2, false, &at), L7_PARSE_FOUND);
	CHECK_EQ(at, 1);
}

static void chunks(void)
{
	static const struct row rows[] = {
		{ CHUNKED "3\r\nabc\r\n0\r\n\r\n@" OK, 0 },
		{ CHUNKED "3\r\nabc\r\n10\r\n0123456789abcdef\r\n000\r\n\r\n@", 0 },
		{ CHUNKED "0\r\n\r\n@" CHUNKED "0\r\n\r\n@", 0 },
		{ CHUNKED "a\r\n0123456789\r\nA\r\n0\r\n\r\n56789\r\n0\r\n\r\n@", 0 },
		{ CHUNKED "3;a=\"b c\"\r\nabc\r\n0;\r\n\r\n@", 0 },
		{ CHUNKED "3  \r\nabc\r\n0 \t;x\r\n\r\n@", 0 },
		{ CHUNKED "1\r\na\r\n0\r\nA: b\n\n@", 0 },
		{ OK "transfer-ENCODING:\tChunKED\t\r\n\r\n0\r\n\r\n@", 0 },
		{ OK "Transfer-Encodin: x\r\nTransfer-Encodings: y\r\nT: z\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n@", 0 },
		/* trailers say nothing */
		{ CHUNKED "0\r\nA: b\r\n c\r\n\r\n@" OK, 0 },
		{ CHUNKED "0\r\n" LENGTH("5") "Transfer-Encoding: x\r\n\r\n@", 0 },
		{ CHUNKED "0\r\n" LENGTH("x") LENGTH("1") "\r\n@", 0 },
		/* incomplete */
		{ CHUNKED "3\r\nabc\r\n0\r\n", 0 },
		{ CHUNKED "3\r\nabc\r\n0\r\nA: b\r\n", 0 },
		{ CHUNKED "3\r\nabc\r\n0\r\n\r", 0 },
		/* malformed */
		{ CHUNKED "\r\n", L7_PARSE_BAD },
		{ CHUNKED ";a\r\n", L7_PARSE_BAD },
		{ CHUNKED " 3\r\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "g\r\n", L7_PARSE_BAD },
		{ CHUNKED "0x3\r\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "-3\r\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "3 3\r\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "3 x\r\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "3\rx\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "3;\x01\r\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "3\r\nabcd\r\n", L7_PARSE_BAD },
		{ CHUNKED "3\r\nabc0\r\n\r\n", L7_PARSE_BAD },
		{ CHUNKED "3\r\nab\r\n0\r\n\r\n", L7_PARSE_BAD },
		{ CHUNKED "3\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "3;a\nabc\r\n", L7_PARSE_BAD },
		{ CHUNKED "3\r\nabc\n", L7_PARSE_BAD },
		{ CHUNKED "0\n", L7_PARSE_BAD },
		{ CHUNKED "0\r\n folded\r\n\r\n", L7_PARSE_BAD },
		{ OK "Transfer-Encoding: chunked\r\nA: b\r\n\r\n0\r\n folded\r\n\r\n",
		  L7_PARSE_BAD },
		{ CHUNKED "0\r\nno colon\r\n\r\n", L7_PARSE_BAD },
		{ CHUNKED "0\r\n: x\r\n\r\n", L7_PARSE_BAD },
		/* said in more than one way */
		{ OK LENGTH("5") "Transfer-Encoding: chunked\r\n\r\n", L7_PARSE_BAD },
		{ OK "Transfer-Encoding: chunked\r\n" LENGTH("5") "\r\n", L7_PARSE_BAD },
		{ OK "Transfer-Encoding: gzip\r\n" LENGTH("5") "\r\n", L7_PARSE_BAD },
		{ OK LENGTH("5") "Transfer-Encoding: gzip\r\n\r\n", L7_PARSE_BAD },
		{ "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		  L7_PARSE_BAD },
		{ OK "Transfer-Encoding: chunked\r\n folded\r\n\r\n", L7_PARSE_BAD },
		{ OK "Transfer-Encoding: x\r\n ,chunked\r\n\r\n", L7_PARSE_BAD },
		{ OK "Transfer-Encoding: chunked\r\n\r\n\r\n", L7_PARSE_BAD },
	};

	check_rows(rows, UNIT_SIZE(rows));
}

static void without_body(void)
{
	static const struct row rows[] = {
		{ "HTTP/1.1 204 No Content\r\n\r\n@" OK, 0 },
		{ "HTTP/1.1 304 Not Modified\r\n" LENGTH("5") "\r\n@" OK, 0 },
		{ "HTTP/1.1 204\r\nTransfer-Encoding: chunked\r\n\r\n@", 0 },
		{ "HTTP/1.0 304\r\nTransfer-Encoding: x\r\n" LENGTH("1") "\r\n@", 0 },
		/* HEAD says what GET would have said */
		{ OK LENGTH("5") "\r\n@" OK LENGTH("2") "\r\nab@", 0, 1 },
		{ OK LENGTH("2") "\r\nab@" OK "\r\n@" CHUNKED "@" OK LENGTH("1")
		  "\r\na@", 0, 6 },
		{ OK LENGTH("x") "\r\n", L7_PARSE_BAD, 1 },
		/* interim ones lead up to a response */
		{ "HTTP/1.1 100 Continue\r\n\r\n" OK LENGTH("1") "\r\na@", 0 },
		{ EARLY EARLY "HTTP/1.1 204\r\n\r\n@" EARLY OK LENGTH("1") "\r\na@", 0 },
		{ EARLY OK LENGTH("5") "\r\n@" OK, 0, 1 },
		{ EARLY OK "\r\n", L7_PARSE_NONE },
		{ EARLY EARLY, 0 },
		{ EARLY "\r\n" OK, L7_PARSE_BAD },
		{ "HTTP/1.0 100 X\r\n\r\n" CHUNKED "0\r\n\r\n@", 0 },
		/* statuses around those */
		{ "HTTP/1.1 205 Reset\r\n" LENGTH("1") "\r\na@", 0 },
		{ "HTTP/1.1 200 204\r\n" LENGTH("1") "\r\na@", 0 },
		{ "HTTP/1.1 999 X\r\n" LENGTH("1") "\r\na@", 0 },
	};

	check_rows(rows, UNIT_SIZE(rows));
}

static void until_close(void)
{
	static const struct row rows[] = {
		{ OK "\r\n", L7_PARSE_NONE },
		{ "HTTP/1.1 200\n\n", L7_PARSE_NONE },
		{ OK LENGTH("1") "\r\na@" OK "A: b\r\n\r\n" OK, L7_PARSE_NONE },
		{ "HTTP/1.1 101 Switching\r\n" LENGTH("1") "\r\nabc", L7_PARSE_NONE },
		{ "HTTP/1.1 101 Switching\r\n\r\n", L7_PARSE_NONE, 1 },
		{ OK "Transfer-Encoding: gzip\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding: gzip, chunked\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding: chunked, gzip\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding: chunked;a\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding: chunked x\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding: chu nked\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding: chunke\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding:\r\n\r\n", L7_PARSE_NONE },
		{ OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
		  "\r\n", L7_PARSE_NONE },
	};

	check_rows(rows, UNIT_SIZE(rows));
}

static void malformed(void)
{
	static const struct {
		const char *text;
		size_t at;
	} rows[] = {
		{ "220 a.example ESMTP\r\n", 1 }, { "\r\n" OK, 2 },
		{ "\n" OK, 1 }, { "HTTP/2 200\r\n", 6 },
		{ "HTTP/1.1\r\n", 10 }, { "HTTP/1.1 20\r\n", 13 },
		{ "HTTP/1.1 2000 OK\r\n", 13 }, { "HTTP/1.1 099 OK\r\n", 12 },
		{ "HTTP/1.1  200 OK\r\n", 10 }, { "HTTP/1.1 200\tOK\r\n", 13 },
		{ "HTTP/1.1 200 O\x01K\r\n", 15 }, { "HTTP/1.1 200 OK\rX", 17 },
		{ "HTTP/1.1 200 OK\r\r\n", 17 }, { OK " folded\r\n", 18 },
		{ OK "A : b\r\n", 19 }, { OK "no colon\r\n", 20 },
		{ OK "nocolon\r\n", 26 }, { OK "Content-Length\r\n", 33 },
		{ OK "\xc3\xa4: b\r\n", 18 }, { OK "A\x80: b\r\n", 19 },
		{ OK "Content-\x80", 26 }, { OK ": b\r\n", 18 },
		{ OK "A: b\x7f\x80\t\x01\r\n", 25 }, { OK "A: b\r\n\x01", 24 },
		{ OK "A: b\rc", 23 }, { OK "\rX", 19 }, { OK "A\rX", 20 },
		{ OK LENGTH("1x"), 35 }, { OK LENGTH("") "\r\n", 35 },
		{ OK LENGTH("1") " ", 37 },
		{ OK LENGTH("1") LENGTH("2"), 53 },
		{ CHUNKED "x", 48 }, { CHUNKED "1\r\nab", 52 },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		const u8 *text = (const u8 *)rows[i].text;
		struct trace t;

		UNIT_ROW("%s", rows[i].text);
		t = walk_all(rows[i].text, strlen(rows[i].text), 0);
		CHECK_EQ(t.last, L7_PARSE_BAD);
		t = walk(text, rows[i].at - 1, 1, 0);
		CHECK_EQ(t.last, L7_PARSE_MORE);
		t = walk(text, rows[i].at, 1, 0);
		CHECK_EQ(t.last, L7_PARSE_BAD);
		CHECK_EQ(t.n, 0);
	}
}

/* --- Requests --- */

#define GET	"GET / HTTP/1.1\r\n"
#define POST	"POST /x?y=HEAD HTTP/1.1\r\nHost: a\r\n"
#define HEAD	"HEAD / HTTP/1.1\r\n"
#define POST_CHUNKED	POST "Transfer-Encoding: chunked\r\n\r\n"

static void requests(void)
{
	static const struct row rows[] = {
		{ GET "\r\n@", 0 }, { GET "\r\n@" GET "\r\n@", 0 },
		{ HEAD "\r\n#" GET "A: b\r\nC: d\r\n\r\n@" HEAD "\r\n#", 0 },
		{ GET, 0 }, { GET "\r\n@HEA", 0 },
		{ "GET http://a/?b HTTP/1.0\r\n\r\n@", 0 },
		{ "OPTIONS * HTTP/1.1\r\n\r\n@", 0 },
		/* a body is passed over, whatever is in it */
		{ POST LENGTH("22") "\r\n@" HEAD "\r\nxxx" HEAD "\r\n#", 0 },
		{ POST LENGTH("0") "\r\n@" GET "\r\n@", 0 },
		{ POST_CHUNKED "@3\r\nabc\r\n0\r\n\r\n" GET "\r\n@", 0 },
		{ POST_CHUNKED "@13\r\n" HEAD "\r\n\r\n0\r\nA: b\r\n\r\n" HEAD "\r\n#", 0 },
		{ HEAD LENGTH("1") "\r\n#a" GET "\r\n@", 0 },
		{ HEAD "Transfer-Encoding: chunked\r\n\r\n#0\r\n\r\n" GET "\r\n@", 0 },
		/* methods that are not quite it */
		{ "HEA / HTTP/1.1\r\n\r\n@", 0 }, { "HEADS / HTTP/1.1\r\n\r\n@", 0 },
		{ "XHEAD / HTTP/1.1\r\n\r\n@", 0 }, { "H / HTTP/1.1\r\n\r\n@", 0 },
		{ "CONNEC / HTTP/1.1\r\n\r\n@", 0 },
		{ "CONNECTS / HTTP/1.1\r\n\r\n@", 0 },
		{ "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDD / HTTP/1.1\r\n\r\n@", 0 },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct row r = rows[i];

		r.heads = REQUESTS;
		check_row(&r);
	}
}

static void requests_end(void)
{
	static const struct row rows[] = {
		{ "CONNECT a:443 HTTP/1.1\r\n\r\n", L7_PARSE_NONE },
		{ GET "\r\n@CONNECT a:443 HTTP/1.1\r\nA: b\r\n\r\n" HEAD "\r\n",
		  L7_PARSE_NONE },
		{ POST "Transfer-Encoding: gzip, chunked\r\n\r\n", L7_PARSE_NONE },
		{ POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
		  L7_PARSE_NONE },
		/* what servers may take for something else */
		{ POST "Transfer-Encoding: chunked\r\n" LENGTH("1") "\r\n", L7_PARSE_BAD },
		{ POST LENGTH("1") LENGTH("1") "\r\n", L7_PARSE_BAD },
		{ POST LENGTH("1,1") "\r\n", L7_PARSE_BAD },
		{ POST LENGTH("+1") "\r\n", L7_PARSE_BAD },
		{ POST "Content-Length : 1\r\n\r\n", L7_PARSE_BAD },
		{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", L7_PARSE_BAD },
		{ "GET / HTTP/1.1\n", L7_PARSE_BAD }, { GET "A: b\n", L7_PARSE_BAD },
		{ GET "\n", L7_PARSE_BAD }, { GET "A: b\rc", L7_PARSE_BAD },
		{ GET " folded\r\n\r\n", L7_PARSE_BAD },
		{ GET "A: b\r\n folded\r\n\r\n", L7_PARSE_BAD },
		{ POST_CHUNKED "@0\r\nA: b\r\n folded\r\n", L7_PARSE_BAD },
		{ POST_CHUNKED "@0\r\nA: b\n", L7_PARSE_BAD },
		{ "\r\n" GET, L7_PARSE_BAD }, { GET "\r\n@\r\n", L7_PARSE_BAD },
		{ GET "\r\n@head / HTTP/1.1\r\n", L7_PARSE_BAD },
		{ "Get / HTTP/1.1\r\n", L7_PARSE_BAD }, { "M-SEARCH * ", L7_PARSE_BAD },
		{ "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD", L7_PARSE_BAD },
		{ " / HTTP/1.1\r\n", L7_PARSE_BAD }, { "GET  / HTTP/1.1\r\n", L7_PARSE_BAD },
		{ "GET /\tHTTP/1.1\r\n", L7_PARSE_BAD }, { "GET \t/", L7_PARSE_BAD },
		{ "GET / a HTTP/1.1\r\n", L7_PARSE_BAD },
		{ "GET / HTTP/1.1 \r\n", L7_PARSE_BAD }, { "GET / HTTP/1.11\r\n", L7_PARSE_BAD },
		{ "GET / HTTP/1.\r\n", L7_PARSE_BAD }, { "GET / HTTP/2.0\r\n", L7_PARSE_BAD },
		{ "GET /\r\n", L7_PARSE_BAD }, { "GET\r\n", L7_PARSE_BAD },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", L7_PARSE_BAD },
		{ "\x16\x03\x01", L7_PARSE_BAD },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct row r = rows[i];

		r.heads = REQUESTS;
		check_row(&r);
	}
}

/* Only what is counted may be left out. */
static void unread(void)
{
	static const char head[] = OK LENGTH("6000000000") "\r\n";
	struct l7_http_walk w = { .left = 0 };
	u32 at;

	CHECK_EQ(l7_http_walk_unread(&w), 0);
	l7_http_walk_feed(&w, (const u8 *)head, sizeof(head) - 2, false, &at);
	CHECK_EQ(l7_http_walk_unread(&w), 0);
	l7_http_walk_feed(&w, (const u8 *)"\n", 1, false, &at);
	CHECK_EQ(l7_http_walk_unread(&w), 0xffffffff);
	CHECK_EQ(l7_http_walk_feed(&w, NULL, 0xffffffff, false, &at), L7_PARSE_MORE);
	CHECK_EQ(l7_http_walk_unread(&w), 1705032705);
	CHECK_EQ(l7_http_walk_feed(&w, NULL, 1705032705, false, &at), L7_PARSE_FOUND);
	CHECK_EQ(at, 1705032705);
	CHECK_EQ(l7_http_walk_unread(&w), 0);
}

/* The end is an end: whatever comes, and as often as it is asked. */
static void final(void)
{
	static const char *const rows[] = { OK "\r\n", "x" };
	static const char ok[] = OK LENGTH("0") "\r\n";
	size_t i;
	u32 at;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct l7_http_walk w = { .left = 0 };
		enum l7_parse v;

		UNIT_ROW("%s", rows[i]);
		v = l7_http_walk_feed(&w, (const u8 *)rows[i],
				      (u32)strlen(rows[i]), false, &at);
		CHECK(v == L7_PARSE_NONE || v == L7_PARSE_BAD);
		CHECK_EQ(l7_http_walk_feed(&w, (const u8 *)ok, sizeof(ok) - 1,
					   false, &at), v);
		CHECK_EQ(l7_http_walk_feed(&w, NULL, 0, true, &at), v);
	}
}

/* --- Random changes --- */

static const char *const words[] = {
	"\r\n", "\n", "\r\n\r\n", "\r", " ", "\t", ":", ";", "0", "1", "f", "10",
	LENGTH("1"), LENGTH("0"), "Content-Length:", "Transfer-Encoding: ",
	"chunked", OK, CHUNKED, EARLY, "HTTP/1.1 204\n\n", "HTTP/1.1 101 ",
	"\r\n ", "0\r\n\r\n", "\r\n1\r\na\r\n", "\x7f", "\x80\x81", "3\r\nabc\r\n",
};

static const char *const seeds[] = {
	OK "Server: n\r\n" LENGTH("12") "\r\nhello world\n" EARLY CHUNKED
	"5\r\nhello\r\n6;x\r\n world\r\n0\r\nA: b\r\n\r\n"
	"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n" OK LENGTH("1") "\r\na",
	CHUNKED "0\r\n\r\n" "HTTP/1.0 200 OK\nA: b\n c\nContent-Length: 3\n\nabc"
	"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
	GET "\r\n" POST LENGTH("4") "\r\nabcd" HEAD "A: b\r\n\r\n" POST_CHUNKED
	"3;x\r\nabc\r\n0\r\nA: b\r\n\r\n" GET "\r\n",
};

static void random_changes(void)
{
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(100000);
	u8 buf[1024];

	while (n--) {
		const char *seed = seeds[unit_below(&rnd, UNIT_SIZE(seeds))];
		unsigned int heads = *seed != 'H' ? REQUESTS :
				     unit_below(&rnd, 8) & unit_below(&rnd, 8);
		size_t len = strlen(seed), i;
		struct l7_http_walk w = { .left = 0 };
		struct trace t = { .n = 0 }, whole;

		memcpy(buf, seed, len);
		len = unit_mutate(&rnd, buf, len, sizeof(buf), words,
				  UNIT_SIZE(words));
		UNIT_ROW("%lu to go", n);
		whole = walk(buf, len, len + 1, heads);
		for (i = 0; i < len; ) {
			size_t piece = 1 + unit_below(&rnd, 1 + unit_below(&rnd, 99));

			piece = piece < len - i ? piece : len - i;
			feed(&w, &t, buf + i, piece, heads);
			i += piece;
		}
		if (!CHECK(same(&t, &whole))) {
			printf("# ");
			unit_print(buf, len);
			printf("\n");
			return;
		}
	}
}

/* --- Hostile: 64 KiB, in one piece and byte by byte --- */

static void linear(void)
{
	static const struct {
		const char *head, *unit;
	} rows[] = {
		{ "", "HTTP/1.1 100\n\n" }, { "", "HTTP/1.1 204\n\n" },
		{ "", OK "Content-Length:1\n\na" }, { OK, "a" }, { OK, "A:\n" },
		{ OK "A:", "a" }, { OK "A:", "\t" }, { OK "A:", "\n " },
		{ OK "Content-Length:", " " }, { OK "Content-Length:", "0" },
		{ OK "Transfer-Encoding:", " " }, { OK, "Transfer-Encoding:\n" },
		{ CHUNKED, "1\r\na\r\n" }, { CHUNKED, "0" }, { CHUNKED "1", " " },
		{ CHUNKED "1;", "x" }, { CHUNKED "0\r\n", "A:\n" },
		{ CHUNKED "ffff\r\n", "a" },
	};
	const size_t size = 65536;
	u8 *buf = malloc(size);
	size_t i, j, len, n;
	u32 at;

	if (!buf)
		abort();
	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct l7_http_walk w = { .left = 0 };
		double since;
		u8 *p;

		UNIT_ROW("%s%s...", rows[i].head, rows[i].unit);
		len = strlen(rows[i].head);
		n = strlen(rows[i].unit);
		memcpy(buf, rows[i].head, len);
		for (; len + n < size; len += n)
			memcpy(buf + len, rows[i].unit, n);
		p = unit_flush(buf, len);
		since = unit_ms();
		for (j = 0; j < len; j += at)
			if (l7_http_walk_feed(&w, p + j, (u32)(len - j), false,
					      &at) != L7_PARSE_FOUND)
				break;
		CHECK(!w.over);
		memset(&w, 0, sizeof(w));
		for (j = 0; j < len; j++)
			l7_http_walk_feed(&w, p + j, 1, false, &at);
		CHECK(!w.over);
		CHECK(unit_ms() - since < 200);
	}
	free(buf);
}

int main(void)
{
	UNIT_RUN(lengths);
	UNIT_RUN(limits);
	UNIT_RUN(chunks);
	UNIT_RUN(without_body);
	UNIT_RUN(until_close);
	UNIT_RUN(malformed);
	UNIT_RUN(requests);
	UNIT_RUN(requests_end);
	UNIT_RUN(unread);
	UNIT_RUN(final);
	UNIT_RUN(random_changes);
	UNIT_RUN(linear);
	return unit_end();
}
