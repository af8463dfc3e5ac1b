// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the head of an HTTP response, and what it says about a cookie.
 * Two bytes choose the cookie, four the time, the rest is the stream. Checked
 * as in request.c; the oracle's dates come from timegm().
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <strings.h>
#include <time.h>
#include "http.h"

#define TOKEN_MAX	64

/* --- Dates: RFC 6265 5.1.1, token by token --- */

/** struct when - what was found of a date
 * @tm: as timegm() wants it
 */
struct when {
	struct tm tm;
	bool has_time, has_day, has_month, has_year;
};

static bool is_delimiter(u8 c)
{
	return c == 0x09 || (c >= 0x20 && c <= 0x2f) ||
	       (c >= 0x3b && c <= 0x40) || (c >= 0x5b && c <= 0x60) ||
	       (c >= 0x7b && c <= 0x7e);
}

/* The number at *@s if it has @min to @max digits; moves behind it. */
static bool number(const char **s, int min, int max, int *v)
{
	int n = 0;

	*v = 0;
	for (; isdigit((unsigned char)**s); ++*s, n++)
		if (n < max)
			*v = *v * 10 + **s - '0';
	return n >= min && n <= max;
}

static bool token_time(const char *s, struct tm *tm)
{
	return number(&s, 1, 2, &tm->tm_hour) && *s++ == ':' &&
	       number(&s, 1, 2, &tm->tm_min) && *s++ == ':' &&
	       number(&s, 1, 2, &tm->tm_sec);
}

static bool token_month(const char *s, struct tm *tm)
{
	static const char *const names[] = {
		"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
		"oct", "nov", "dec",
	};
	int i;

	for (i = 0; i < 12; i++) {
		if (!strncasecmp(s, names[i], 3)) {
			tm->tm_mon = i;
			return true;
		}
	}
	return false;
}

static void take_token(const char *s, struct when *w)
{
	struct tm tm;
	const char *p;

	memset(&tm, 0, sizeof(tm));
	if (!w->has_time && token_time(s, &tm)) {
		w->has_time = true;
		w->tm.tm_hour = tm.tm_hour;
		w->tm.tm_min = tm.tm_min;
		w->tm.tm_sec = tm.tm_sec;
		return;
	}
	p = s;
	if (!w->has_day && number(&p, 1, 2, &tm.tm_mday)) {
		w->has_day = true;
		w->tm.tm_mday = tm.tm_mday;
		return;
	}
	if (!w->has_month && token_month(s, &w->tm)) {
		w->has_month = true;
		return;
	}
	p = s;
	if (!w->has_year && number(&p, 2, 4, &tm.tm_year)) {
		w->has_year = true;
		w->tm.tm_year = tm.tm_year < 70 ? tm.tm_year + 2000 :
				tm.tm_year < 100 ? tm.tm_year + 1900 :
				tm.tm_year;
	}
}

static bool oracle_date(const u8 *p, size_t at, size_t end, s64 *when)
{
	struct tm want, got;
	struct when w;

	memset(&w, 0, sizeof(w));
	while (at < end) {
		char token[TOKEN_MAX] = "";
		size_t n = 0;

		for (; at < end && !is_delimiter(p[at]); at++)
			if (n < sizeof(token) - 1)
				token[n++] = (char)p[at];
		if (n)
			take_token(token, &w);
		at++;
	}
	if (!w.has_time || !w.has_day || !w.has_month || !w.has_year ||
	    w.tm.tm_year < 1601 || w.tm.tm_hour > 23 || w.tm.tm_min > 59 ||
	    w.tm.tm_sec > 59)
		return false;
	want = w.tm;
	want.tm_year -= 1900;
	got = want;
	*when = timegm(&got);
	/* timegm() moves a day that does not exist to one that does. */
	return got.tm_mday == want.tm_mday && got.tm_mon == want.tm_mon;
}

/* --- Heads --- */

static bool oracle_age(const u8 *p, size_t at, size_t end, bool *over)
{
	bool minus = at < end && p[at] == '-', zero = true;
	size_t i;

	at += minus;
	for (i = at; i < end; i++) {
		if (!isdigit(p[i]))
			return false;
		zero = zero && p[i] == '0';
	}
	if (at < end)
		*over = minus || zero;
	return at < end;
}

/* Do the attributes in @at..@end say that the cookie is to go? */
static bool oracle_over(const u8 *p, size_t at, size_t end, s64 now)
{
	bool aged = false, too_old = false, expired = false;
	size_t stop, eq, name, name_end, value, value_end;
	s64 when;

	for (; at < end; at = stop + 1) {
		stop = find(p, at, end, ';');
		eq = find(p, at, stop, '=');
		name = at;
		name_end = eq;
		value = eq < stop ? eq + 1 : stop;
		value_end = stop;
		strip(p, &name, &name_end);
		strip(p, &value, &value_end);
		if (is_named(p, name, name_end, "max-age"))
			aged |= oracle_age(p, value, value_end, &too_old);
		else if (is_named(p, name, name_end, "expires") &&
			 oracle_date(p, value, value_end, &when))
			expired = when <= now;
	}
	return aged ? too_old : expired;
}

static void oracle_set_cookie(const u8 *p, size_t at, size_t end,
			      const struct l7_cookie_sel *sel, s64 now,
			      struct answer *a)
{
	size_t stop = find(p, at, end, ';'), value, value_end;
	struct l7_slice key = { 0 };
	bool over;

	if (!is_asked_for(p, at, stop, sel, &value, &value_end))
		return;
	over = value == value_end ||
	       (stop < end && oracle_over(p, stop + 1, end, now));
	if (!part_of(sel, value, value_end, &key)) {
		if (!over)
			return;
		key.off = (u32)value;
	}
	a->verdict = L7_PARSE_FOUND;
	a->key = key;
	a->what = over ? L7_SET_COOKIE_DELETE : L7_SET_COOKIE_LEARN;
}

/* One field with the lines that continue it; *@next is behind them. */
static enum l7_parse oracle_field(const u8 *p, size_t *next, size_t len,
				  const struct l7_cookie_sel *sel, s64 now,
				  struct answer *a)
{
	struct text t = read_line(p, *next, len);
	size_t colon;
	enum l7_parse v = oracle_name(p, &t, &colon);

	if (v != L7_PARSE_NONE)
		return v;
	oracle_unfold(p, len, &t);
	*next = t.next;
	if (t.stop == L7_PARSE_NONE && is_named(p, t.at, colon, "set-cookie"))
		oracle_set_cookie(p, colon + 1, t.end, sel, now, a);
	return t.stop;
}

/* A whole head; the bytes behind it are at *@next. */
static enum l7_parse oracle_head(const u8 *p, size_t *next, size_t len,
				 const struct l7_cookie_sel *sel, s64 now,
				 struct answer *a, bool *interim)
{
	struct text t = read_line(p, *next, len);
	enum l7_parse v = oracle_status(p, &t, interim);

	*next = t.next;
	while (v == L7_PARSE_NONE) {
		t = read_line(p, *next, len);
		if (t.at == t.end) {
			*next = t.next;
			return t.stop;
		}
		v = oracle_field(p, next, len, sel, now, a);
	}
	return v;
}

static void oracle(const u8 *p, size_t len, const struct l7_cookie_sel *sel,
		   s64 now, struct answer *a)
{
	bool interim = false;
	size_t next = 0;
	enum l7_parse v;

	do {
		memset(a, 0, sizeof(*a));
		a->verdict = L7_PARSE_NONE;
		v = oracle_head(p, &next, len, sel, now, a, &interim);
	} while (v == L7_PARSE_NONE && interim);
	if (v != L7_PARSE_NONE)
		a->verdict = v;
}

static void parse(const u8 *p, size_t len, const struct l7_cookie_sel *sel,
		  s64 now, struct answer *a)
{
	memset(a, 0, sizeof(*a));
	a->verdict = l7_http_response_cookie(p, (u32)len, sel, now, &a->key,
					     &a->what);
	require_slice(a, len);
	if (a->verdict == L7_PARSE_FOUND)
		REQUIRE(a->key.len || a->what == L7_SET_COOKIE_DELETE);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct answer whole, want, again;
	struct l7_cookie_sel sel;
	struct fuzz_bytes b;
	u32 state = (u32)len;
	size_t at;
	s64 now;

	choose_cookie(&in, &sel);
	now = fuzz_u32(&in);
	if (in.len > FUZZ_ROOM)
		return 0;
	oracle(in.p, in.len, &sel, now, &want);
	fuzz_place(&b, in.p, in.len, 0);
	parse(b.p, b.len, &sel, now, &whole);
	REQUIRE(is_equal(&whole, &want));
	for (at = 0; at < b.len; at = fuzz_next_cut(at, b.len, &state)) {
		fuzz_cut(&b, at);
		parse(b.p, at, &sel, now, &again);
		REQUIRE(again.verdict == L7_PARSE_MORE ||
			is_equal(&again, &whole));
	}
	/* Words are read eight bytes at a time: other words, same answer. */
	fuzz_place(&b, in.p, in.len, 1 + in.len % 7);
	parse(b.p, b.len, &sel, now, &again);
	REQUIRE(is_equal(&again, &whole));
	return 0;
}
