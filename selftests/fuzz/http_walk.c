// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the walks along responses and along requests. A byte says which
 * responses answer HEAD, another how the stream is cut, the rest is the stream,
 * taken for both. However it is cut, a walk must say what an oracle says that
 * reads it line by line, and what it takes for a message, the parsers of heads
 * must take for one.
 */
#include "http.h"
#include "pure/http_key.h"
#include "pure/http_walk.h"

#define ENDS		64
#define LENGTH_MAX	(1ull << 59)

/** struct walked - what was said of a stream
 * @ends: where responses end, or heads of requests, as many as fit
 * @from: where those heads begin
 * @heads: are these of the method HEAD?
 * @n: their number
 * @last: MORE, or why the walk ended
 */
struct walked {
	size_t ends[ENDS];
	size_t from[ENDS];
	bool heads[ENDS];
	size_t n;
	enum l7_parse last;
};

static void note_end(struct walked *a, size_t at)
{
	if (a->n < ENDS)
		a->ends[a->n] = at;
	a->n++;
}

/* --- The oracle --- */

/** struct said - what a head says of the body
 * @lengths: Content-Length fields
 * @chunked: Transfer-Encoding fields of "chunked"
 * @others: of something else
 */
struct said {
	unsigned int lengths, chunked, others;
	u64 length;
};

/* The number in @at..@end, which may go on; false if it is none. */
static bool oracle_number(const u8 *p, size_t at, size_t end, u32 base, u64 *n)
{
	for (*n = 0; at < end; at++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
		const char *hit = memchr(digits, p[at], 32);
		u32 digit = hit ? (u32)(hit - digits) % 16 : base;

		if (digit >= base || *n * base + digit >= LENGTH_MAX)
			return false;
		*n = *n * base + digit;
	}
	return true;
}

static enum l7_parse oracle_length(const u8 *p, const struct text *t,
				   size_t at, struct said *s)
{
	size_t end = t->end;

	strip(p, &at, &end);
	if (at < end && s->lengths)
		return L7_PARSE_BAD;
	if (!oracle_number(p, at, end, 10, &s->length))
		return L7_PARSE_BAD;
	if (t->stop == L7_PARSE_NONE && at == end)
		return L7_PARSE_BAD;
	s->lengths++;
	return t->stop;
}

static enum l7_parse oracle_coding(const u8 *p, const struct text *t,
				   size_t at, struct said *s)
{
	size_t end = t->end;

	strip(p, &at, &end);
	if (is_named(p, at, end, "chunked"))
		s->chunked++;
	else
		s->others++;
	return t->stop;
}

/* A field's line; is its value such that it must not be folded? */
static enum l7_parse oracle_field(const u8 *p, const struct text *t,
				  struct said *s, bool *no_fold)
{
	size_t colon;
	enum l7_parse v = oracle_name(p, t, &colon);

	if (v != L7_PARSE_NONE)
		return v;
	if (is_named(p, t->at, colon, "content-length")) {
		*no_fold = true;
		return oracle_length(p, t, colon + 1, s);
	}
	if (is_named(p, t->at, colon, "transfer-encoding")) {
		*no_fold = true;
		return oracle_coding(p, t, colon + 1, s);
	}
	return t->stop;
}

/* In requests, lines must end with CRLF. */
static struct text oracle_text(const u8 *p, size_t at, size_t len, bool strict)
{
	struct text t = read_line(p, at, len);

	if (strict && t.stop == L7_PARSE_NONE && p[t.end] != '\r')
		t.stop = L7_PARSE_BAD;
	return t;
}

/* Lines up to the empty one: NONE. */
static enum l7_parse oracle_fields(const u8 *p, size_t len, size_t *next,
				   bool strict, struct said *s)
{
	bool no_fold = true;
	enum l7_parse v;

	for (;;) {
		struct text t = oracle_text(p, *next, len, strict);

		*next = t.next;
		if (t.at == t.end)
			return t.stop;
		if (p[t.at] == ' ' || p[t.at] == '\t') {
			v = no_fold || strict ? L7_PARSE_BAD : t.stop;
		} else {
			no_fold = false;
			v = oracle_field(p, &t, s, &no_fold);
		}
		if (v != L7_PARSE_NONE)
			return v;
	}
}

/* Likewise, but what these lines say does not matter. */
static enum l7_parse oracle_trailers(const u8 *p, size_t len, size_t *next,
				     bool strict)
{
	enum l7_parse v = L7_PARSE_NONE;
	bool first = true;
	struct text t;
	size_t colon;

	for (; v == L7_PARSE_NONE; first = false) {
		t = oracle_text(p, *next, len, strict);
		*next = t.next;
		if (t.at == t.end)
			return t.stop;
		if (!first && !strict && (p[t.at] == ' ' || p[t.at] == '\t'))
			v = t.stop;
		else
			v = oracle_name(p, &t, &colon);
		if (v == L7_PARSE_NONE)
			v = t.stop;
	}
	return v;
}

/* A line of the chunked coding: its text is there; MORE if its end is not. */
static enum l7_parse oracle_line(const u8 *p, size_t len, size_t *next,
				 struct text *t)
{
	*t = read_line(p, *next, len);
	*next = t->next;
	if (t->stop == L7_PARSE_NONE && p[t->end] != '\r')
		return L7_PARSE_BAD;
	return t->stop;
}

static enum l7_parse oracle_size(const u8 *p, size_t len, size_t *next, u64 *n)
{
	struct text t;
	enum l7_parse v = oracle_line(p, len, next, &t);
	size_t end = t.at, i;

	while (end < t.end && memchr("0123456789abcdefABCDEF", p[end], 22))
		end++;
	if (!oracle_number(p, t.at, end, 16, n))
		return L7_PARSE_BAD;
	if (end == t.at && (end < t.end || v == L7_PARSE_NONE))
		return L7_PARSE_BAD;
	for (i = end; i < t.end && (p[i] == ' ' || p[i] == '\t'); i++)
		;
	return i < t.end && p[i] != ';' ? L7_PARSE_BAD : v;
}

static enum l7_parse oracle_chunks(const u8 *p, size_t len, size_t *next,
				   bool strict)
{
	enum l7_parse v;
	struct text t;
	u64 n;

	for (;;) {
		v = oracle_size(p, len, next, &n);
		if (v != L7_PARSE_NONE)
			return v;
		if (!n)
			return oracle_trailers(p, len, next, strict);
		if (len - *next < n)
			return L7_PARSE_MORE;
		*next += n;
		v = oracle_line(p, len, next, &t);
		if (t.at != t.end)
			return L7_PARSE_BAD;
		if (v != L7_PARSE_NONE)
			return v;
	}
}

/* What follows a final head of that status: FOUND with the response's end. */
static enum l7_parse oracle_body(const u8 *p, size_t len, size_t *next,
				 u32 status, bool old, bool head,
				 const struct said *s)
{
	enum l7_parse v;

	if (status == 101)
		return L7_PARSE_NONE;
	if (head || status == 204 || status == 304)
		return L7_PARSE_FOUND;
	if (s->chunked + s->others) {
		if (s->lengths || old)
			return L7_PARSE_BAD;
		if (s->chunked != 1 || s->others)
			return L7_PARSE_NONE;
		v = oracle_chunks(p, len, next, false);
		return v == L7_PARSE_NONE ? L7_PARSE_FOUND : v;
	}
	if (!s->lengths)
		return L7_PARSE_NONE;
	if (len - *next < s->length)
		return L7_PARSE_MORE;
	*next += s->length;
	return L7_PARSE_FOUND;
}

static enum l7_parse oracle_response(const u8 *p, size_t len, size_t *next,
				     bool head)
{
	bool interim = false;
	enum l7_parse v;
	struct said s;
	struct text t;

	do {
		memset(&s, 0, sizeof(s));
		t = read_line(p, *next, len);
		*next = t.next;
		v = oracle_status(p, &t, &interim);
		if (v == L7_PARSE_NONE)
			v = oracle_fields(p, len, next, false, &s);
		if (v != L7_PARSE_NONE)
			return v;
	} while (interim);
	return oracle_body(p, len, next, (u32)(p[t.at + 9] - '0') * 100 +
			   (u32)(p[t.at + 10] - '0') * 10 + p[t.at + 11] - '0',
			   p[t.at + 7] == '0', head, &s);
}

static void oracle(const u8 *p, size_t len, u8 heads, struct walked *a)
{
	size_t next = 0;

	memset(a, 0, sizeof(*a));
	while (next < len && a->last == L7_PARSE_MORE) {
		enum l7_parse v = oracle_response(p, len, &next,
						  heads >> a->n % 8 & 1);

		if (v == L7_PARSE_MORE)
			return;
		if (v == L7_PARSE_FOUND)
			note_end(a, next);
		else
			a->last = v;
	}
}

/* CAPITALS SP TARGET SP HTTP/1.DIGIT */
static enum l7_parse oracle_request_head(const u8 *p, const struct text *t)
{
	static const char form[] = " HTTP/1.#";
	enum l7_parse over = t->stop == L7_PARSE_NONE ? L7_PARSE_BAD : t->stop;
	size_t i = t->at, at, n;

	while (i < t->end && p[i] >= 'A' && p[i] <= 'Z' && i - t->at < 32)
		i++;
	if (i == t->end)
		return over;
	if (i == t->at || p[i] != ' ')
		return L7_PARSE_BAD;
	at = ++i;
	while (i < t->end && p[i] > ' ')
		i++;
	if (i == t->end)
		return over;
	if (i == at)
		return L7_PARSE_BAD;
	for (n = 0; form[n] && i < t->end; n++, i++)
		if (form[n] == '#' ? !is_number(p[i]) : p[i] != form[n])
			return L7_PARSE_BAD;
	if (i < t->end)
		return L7_PARSE_BAD;
	return form[n] ? over : t->stop;
}

/* Up to the head's end: FOUND. */
static enum l7_parse oracle_request(const u8 *p, size_t len, size_t *next,
				    bool *head, struct said *s)
{
	struct text t = oracle_text(p, *next, len, true);
	enum l7_parse v = oracle_request_head(p, &t);

	memset(s, 0, sizeof(*s));
	if (v != L7_PARSE_NONE)
		return v;
	*next = t.next;
	*head = !memcmp(p + t.at, "HEAD ", 5);
	v = oracle_fields(p, len, next, true, s);
	if (v != L7_PARSE_NONE)
		return v;
	if (!memcmp(p + t.at, "CONNECT ", 8))
		return L7_PARSE_NONE;
	if (!(s->chunked + s->others))
		return L7_PARSE_FOUND;
	if (s->lengths || p[t.end - 1] == '0')
		return L7_PARSE_BAD;
	return s->chunked != 1 || s->others ? L7_PARSE_NONE : L7_PARSE_FOUND;
}

/* Its body: NONE. */
static enum l7_parse oracle_request_body(const u8 *p, size_t len, size_t *next,
					 const struct said *s)
{
	if (s->chunked)
		return oracle_chunks(p, len, next, true);
	if (len - *next < s->length)
		return L7_PARSE_MORE;
	*next += s->length;
	return L7_PARSE_NONE;
}

static void oracle_requests(const u8 *p, size_t len, struct walked *a)
{
	size_t next = 0, from;
	struct said s;
	bool head;

	memset(a, 0, sizeof(*a));
	while (next < len) {
		from = next;
		a->last = oracle_request(p, len, &next, &head, &s);
		if (a->last != L7_PARSE_FOUND)
			return;
		if (a->n < ENDS) {
			a->from[a->n] = from;
			a->heads[a->n] = head;
		}
		note_end(a, next);
		a->last = oracle_request_body(p, len, &next, &s);
		if (a->last != L7_PARSE_NONE)
			return;
		a->last = L7_PARSE_MORE;
	}
}

/* --- What is under test --- */

#define REQUESTS	0x100

static enum l7_parse step(struct l7_http_walk *w, const u8 *p, u32 len,
			  unsigned int heads, struct walked *a, u32 *at)
{
	bool head = heads >> a->n % 8 & 1;
	enum l7_parse v;

	if (!(heads & REQUESTS))
		return l7_http_walk_feed(w, p, len, head, at);
	v = l7_http_walk_request(w, p, len, at, &head);
	if (v == L7_PARSE_FOUND && a->n < ENDS)
		a->heads[a->n] = head;
	return v;
}

/* One piece, where the bytes around it cannot be read. */
static void feed(struct l7_http_walk *w, const u8 *p, size_t len, size_t done,
		 unsigned int heads, struct walked *a)
{
	struct fuzz_bytes b;
	enum l7_parse v;
	size_t i = 0;
	u32 at;

	fuzz_place(&b, p, len, done % 8);
	for (;;) {
		v = step(w, b.p + i, (u32)(len - i), heads, a, &at);
		REQUIRE(a->last == L7_PARSE_MORE || v == a->last);
		if (v != L7_PARSE_FOUND)
			break;
		REQUIRE(at && at <= len - i);
		i += at;
		note_end(a, done + i);
	}
	a->last = v;
}

static void walk(const u8 *p, size_t len, size_t most, u32 state,
		 unsigned int heads, struct walked *a)
{
	struct l7_http_walk w = { .left = 0 };
	size_t done, n;

	memset(a, 0, sizeof(*a));
	for (done = 0; done < len; done += n) {
		state = state * 1664525 + 1013904223;
		n = 1 + (state >> 16) % most;
		n = n < len - done ? n : len - done;
		feed(&w, p + done, n, done, heads, a);
	}
}

static bool is_same(const struct walked *a, const struct walked *b)
{
	size_t n = a->n < ENDS ? a->n : ENDS;

	return a->n == b->n && a->last == b->last &&
	       !memcmp(a->heads, b->heads, sizeof(a->heads)) &&
	       !memcmp(a->ends, b->ends, n * sizeof(a->ends[0]));
}

/* Each response is one for those who look into it. */
static void check_heads(const u8 *p, const struct walked *a)
{
	struct l7_cookie_sel sel = { .name = "SID", .name_len = 3 };
	struct l7_slice value;
	enum l7_set_cookie what;
	enum l7_parse v;
	size_t at = 0, i;
	u32 end;

	for (i = 0; i < a->n && i < ENDS; at = a->ends[i++]) {
		u32 len = (u32)(a->ends[i] - at);

		v = l7_http_response_cookie(p + at, len, &sel, 0, &value, &what);
		REQUIRE(v == L7_PARSE_FOUND || v == L7_PARSE_NONE);
		REQUIRE(l7_http_response_status_end(p + at, len, &end) ==
			L7_PARSE_FOUND && end < len);
	}
}

static void check_requests(const u8 *p, const struct walked *a)
{
	struct l7_cookie_sel sel = { .name = "SID", .name_len = 3 };
	struct l7_slice value;
	enum l7_parse v;
	size_t i;

	for (i = 0; i < a->n && i < ENDS; i++) {
		u32 len = (u32)(a->ends[i] - a->from[i]);

		v = l7_http_request_cookie(p + a->from[i], len, &sel, &value);
		REQUIRE(v == L7_PARSE_FOUND || v == L7_PARSE_NONE);
		REQUIRE(l7_http_request_is_head(p + a->from[i], len) ==
			a->heads[i]);
	}
}

static void walk_all(const u8 *p, size_t len, u32 state, unsigned int heads,
		     const struct walked *want)
{
	struct walked got;
	size_t most;

	walk(p, len, FUZZ_ROOM, state, heads, &got);
	REQUIRE(is_same(&got, want));
	for (most = 1; most <= 256; most *= 4) {
		walk(p, len, most, state, heads, &got);
		REQUIRE(is_same(&got, want));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct walked want;
	u8 heads = fuzz_u8(&in);
	u32 state = fuzz_u8(&in);

	if (in.len > FUZZ_ROOM)
		return 0;
	oracle(in.p, in.len, heads, &want);
	walk_all(in.p, in.len, state, heads, &want);
	check_heads(in.p, &want);
	oracle_requests(in.p, in.len, &want);
	walk_all(in.p, in.len, state, REQUESTS, &want);
	check_requests(in.p, &want);
	return 0;
}
