// SPDX-License-Identifier: GPL-2.0
/*
 * The cookies of HTTP/1.x heads. Owns their grammar; what a cookie means to a
 * binding is the caller's, what a head is, http_head.h's. No locks, no state.
 */
#include "http_head.h"

/* --- Requests --- */

/*
 * A Cookie field, pair by pair: FOUND with the key. The last pair counts only
 * when the line is complete.
 */
static enum l7_parse cookie_field(const u8 *p, const struct field *f,
				  const struct l7_cookie_sel *sel,
				  struct l7_slice *value)
{
	u32 i = f->value.off, end = end_of(f->value);

	for (;;) {
		struct l7_slice pair = { .off = i };

		i = skip_to(p, i, end, ';');
		if (i == end && f->stop != L7_PARSE_NONE)
			return f->stop;
		pair.len = i - pair.off;
		if (is_cookie(p, pair, sel, value) && take_part(sel, value))
			return L7_PARSE_FOUND;
		if (i == end)
			return L7_PARSE_NONE;
		i++;
	}
}

enum l7_parse l7_http_request_cookie(const u8 *p, u32 len,
				     const struct l7_cookie_sel *sel,
				     struct l7_slice *value)
{
	struct l7_slice target;
	u32 next;
	enum l7_parse v = l7_http_request_line(p, len, &target, &next);
	struct head h = { .p = p, .len = len, .next = next };
	struct field f;

	if (v != L7_PARSE_NONE)
		return v;
	while ((v = next_field(&h, &f)) == L7_PARSE_FOUND) {
		v = f.stop;
		if (IS_WORD(p, f.name, "cookie"))
			v = cookie_field(p, &f, sel, value);
		if (v != L7_PARSE_NONE)
			break;
	}
	return v;
}

bool l7_http_is_h2_preface(const u8 *p, u32 len)
{
	static const char preface[] = "PRI * HTTP/2.0";
	const u32 n = sizeof(preface) - 1;

	return len >= n && !memcmp(p, preface, n);
}

/* --- Dates: the algorithm of RFC 6265 5.1.1, which takes every HTTP-date --- */

/** struct date - what was found so far
 * @year: 0 = not found
 * @month: 1..12, 0 = not found
 * @day: 0 = not found
 * @second: of the day, -1 = not found
 */
struct date {
	u32 year;
	u32 month;
	u32 day;
	s32 second;
};

static bool is_date_delimiter(u8 c)
{
	return c == '\t' || (c >= 0x20 && c <= 0x2f) ||
	       (c >= 0x3b && c <= 0x40) || (c >= 0x5b && c <= 0x60) ||
	       (c >= 0x7b && c <= 0x7e);
}

/* Take a number of @min to @max digits off the front of @s. */
static bool take_number(const u8 *p, struct l7_slice *s, u32 min, u32 max,
			u32 *out)
{
	u32 n = 0, v = 0;

	while (n < s->len && n <= max && is_digit(p[s->off + n]))
		v = v * 10 + (p[s->off + n++] - '0');
	if (n < min || n > max)
		return false;
	s->off += n;
	s->len -= n;
	*out = v;
	return true;
}

static bool take_colon(const u8 *p, struct l7_slice *s)
{
	if (!s->len || p[s->off] != ':')
		return false;
	s->off++;
	s->len--;
	return true;
}

/* hh:mm:ss; a time that no clock shows spoils the date. */
static bool date_time(const u8 *p, struct l7_slice s, struct date *d)
{
	u32 h, m, sec;

	if (!take_number(p, &s, 1, 2, &h) || !take_colon(p, &s) ||
	    !take_number(p, &s, 1, 2, &m) || !take_colon(p, &s) ||
	    !take_number(p, &s, 1, 2, &sec))
		return false;
	d->second = h > 23 || m > 59 || sec > 59 ? 86400 :
		    (s32)(h * 3600 + m * 60 + sec);
	return true;
}

static bool date_month(const u8 *p, struct l7_slice s, struct date *d)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	u32 m;

	if (s.len < 3)
		return false;
	s.len = 3;
	for (m = 0; m < 12; m++)
		if (is_word(p, s, names + 3 * m, 3))
			d->month = m + 1;
	return d->month;
}

/* Each token serves the first purpose that it fits and that is still open. */
static void date_token(const u8 *p, struct l7_slice s, struct date *d)
{
	struct l7_slice rest = s;

	if (d->second < 0 && date_time(p, s, d))
		return;
	if (!d->day && take_number(p, &rest, 1, 2, &d->day)) {
		if (!d->day)
			d->day = 32;	/* 0 is no day, and no reason to go on */
		return;
	}
	if (!d->month && date_month(p, s, d))
		return;
	if (!d->year && take_number(p, &s, 2, 4, &d->year))
		d->year += d->year < 70 ? 2000 : d->year < 100 ? 1900 : 0;
}

static u32 days_of_month(u32 month, u32 year)
{
	static const u8 days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Seconds since 1970 of a valid date. */
static s64 date_seconds(const struct date *d)
{
	u32 y = d->year - 1, m;
	s64 days = (s64)y * 365 + y / 4 - y / 100 + y / 400;

	for (m = 1; m < d->month; m++)
		days += days_of_month(m, d->year);
	days += (s64)d->day - 1 - 719162;	/* 0001-01-01 to 1970-01-01 */
	return days * 86400 + d->second;
}

static bool parse_date(const u8 *p, struct l7_slice s, s64 *when)
{
	struct date d = { .second = -1 };
	u32 end = s.off + s.len, i = s.off;

	while (i < end) {
		struct l7_slice token;

		while (i < end && is_date_delimiter(p[i]))
			i++;
		token.off = i;
		while (i < end && !is_date_delimiter(p[i]))
			i++;
		token.len = i - token.off;
		if (token.len)
			date_token(p, token, &d);
	}
	if (d.year < 1601 || !d.month || !d.day ||
	    d.day > days_of_month(d.month, d.year) ||
	    d.second < 0 || d.second > 86399)
		return false;
	*when = date_seconds(&d);
	return true;
}

/* --- Responses --- */

/* What the attributes say of a cookie's life; the last valid one counts. */
enum life {
	LIFE_UNSAID,
	LIFE_GOES_ON,
	LIFE_OVER,
};

/** struct answer - the Set-Cookie found so far
 * @found: the rest is valid
 */
struct answer {
	bool found;
	enum l7_set_cookie what;
	struct l7_slice value;
};

/* RFC 6265 5.2.2: digits, maybe with a minus; else the attribute is ignored. */
static void max_age(const u8 *p, struct l7_slice s, enum life *life)
{
	bool minus = s.len && p[s.off] == '-', zero = true;
	u32 i = minus;

	if (s.len == i)
		return;
	for (; i < s.len; i++) {
		if (!is_digit(p[s.off + i]))
			return;
		zero &= p[s.off + i] == '0';
	}
	*life = minus || zero ? LIFE_OVER : LIFE_GOES_ON;
}

static bool is_over(const u8 *p, struct l7_slice attrs, s64 now)
{
	enum life age = LIFE_UNSAID, expires = LIFE_UNSAID;
	s64 when;

	while (attrs.len) {
		struct l7_slice value = cut(p, &attrs, ';');
		struct l7_slice name = trim(p, cut(p, &value, '='));

		value = trim(p, value);
		if (IS_WORD(p, name, "max-age"))
			max_age(p, value, &age);
		else if (IS_WORD(p, name, "expires") &&
			 parse_date(p, value, &when))
			expires = when <= now ? LIFE_OVER : LIFE_GOES_ON;
	}
	return (age == LIFE_UNSAID ? expires : age) == LIFE_OVER;
}

/* The value of a Set-Cookie field. */
static void set_cookie(const u8 *p, struct l7_slice field,
		       const struct l7_cookie_sel *sel, s64 now,
		       struct answer *a)
{
	struct l7_slice pair = cut(p, &field, ';');
	struct l7_slice value;
	bool over;

	if (!is_cookie(p, pair, sel, &value))
		return;
	over = !value.len || is_over(p, field, now);
	if (!take_part(sel, &value)) {
		if (!over)
			return;
		value.len = 0;
	}
	a->found = true;
	a->what = over ? L7_SET_COOKIE_DELETE : L7_SET_COOKIE_LEARN;
	a->value = value;
}

static enum l7_parse response_head(struct head *h,
				   const struct l7_cookie_sel *sel, s64 now,
				   struct answer *a)
{
	enum l7_parse v;
	struct field f;

	while ((v = next_field(h, &f)) == L7_PARSE_FOUND) {
		v = l7_http_unfold(h, &f);
		if (v != L7_PARSE_NONE)
			break;
		if (IS_WORD(h->p, f.name, "set-cookie"))
			set_cookie(h->p, f.value, sel, now, a);
	}
	return v;
}

enum l7_parse l7_http_response_cookie(const u8 *p, u32 len,
				      const struct l7_cookie_sel *sel, s64 now,
				      struct l7_slice *value,
				      enum l7_set_cookie *what)
{
	struct head h = { .p = p, .len = len };
	struct answer a = { .found = false };
	bool interim = false;
	enum l7_parse v;

	do {
		a.found = false;
		v = l7_http_status_line(&h, &interim);
		if (v == L7_PARSE_NONE)
			v = response_head(&h, sel, now, &a);
		if (v != L7_PARSE_NONE)
			return v;
	} while (interim);
	if (!a.found)
		return L7_PARSE_NONE;
	*value = a.value;
	*what = a.what;
	return L7_PARSE_FOUND;
}
