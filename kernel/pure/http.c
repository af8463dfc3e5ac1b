// SPDX-License-Identifier: GPL-2.0
/*
 * HTTP/1.x heads and their cookies. Owns the grammar; what a cookie means to
 * a binding is the caller's. No locks, no state.
 *
 * Line by line from the first byte on, with a verdict as soon as a byte
 * decides: so a longer prefix never changes what a shorter one said. Every
 * byte is looked at a constant number of times.
 *
 * How strict: a fallback costs one connection its persistence, a misread
 * request sends it to the wrong server. So a request has to be HTTP/1.x beyond
 * doubt. BAD are control bytes, an unknown version, a line without a name,
 * white space before the colon (RFC 9112 5.1) and obsolete line folding in
 * requests (5.2 lets a server refuse it). Tolerated are bare LF (2.2), empty
 * lines before the request (2.2), DEL and bytes above 0x7f, spaces inside the
 * target, and folding in responses, which browsers take for spaces. Separators
 * in a field's name are for the server to judge: such a field is no Cookie.
 */
#include "http.h"

/* Longest method: the registry's longest has 17 bytes. */
#define METHOD_MAX	32

#define ONES	0x0101010101010101ull
#define SEVENS	(0x7f * ONES)
#define HIGHS	(0x80 * ONES)

/** struct head - a head on its way through the parser
 * @p: the input
 * @len: its end
 * @next: the line that is read next
 */
struct head {
	const u8 *p;
	u32 len;
	u32 next;
};

/** struct line - a line, or what is there of it
 * @text: without the line's end
 * @stop: what ended @text: NONE, a line end; MORE, the end of the input; BAD,
 *	a byte that has no place in a head
 */
struct line {
	struct l7_slice text;
	enum l7_parse stop;
};

/** struct field - a field whose name is complete
 * @name: never empty
 * @value: what follows the colon, as far as it is there
 * @stop: as in struct line
 */
struct field {
	struct l7_slice name;
	struct l7_slice value;
	enum l7_parse stop;
};

static bool is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

static bool is_eol(u8 c)
{
	return c == '\r' || c == '\n';
}

static u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* tchar of RFC 9110 5.6.2 */
static bool is_token(u8 c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) ||
	       (c && c < 0x80 && strchr("!#$%&'*+-.^_`|~", c));
}

static u32 end_of(struct l7_slice s)
{
	return s.off + s.len;
}

/*
 * Eight bytes at a time, the first one lowest. The masks have the top bit of
 * each byte that matches, and are exact: nothing carries from byte to byte.
 */
static inline u64 word_at(const u8 *p)
{
	u64 w;

	memcpy(&w, p, sizeof(w));
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? w :
	       __builtin_bswap64(w);
}

/* Bytes from 0x20 on. */
static inline u64 text_mask(u64 w)
{
	return (((w & SEVENS) + 0x60 * ONES) | w) & HIGHS;
}

/* Bytes from 0x21 to 0x7f but the colon. */
static inline u64 name_mask(u64 w)
{
	u64 low = w & SEVENS;

	return (low + 0x5f * ONES) & ((low ^ ONES * ':') + SEVENS) & ~w & HIGHS;
}

/* Bytes that are not @c, which is below 0x80. */
static inline u64 other_mask(u64 w, u8 c)
{
	return ((((w & SEVENS) ^ ONES * c) + SEVENS) | w) & HIGHS;
}

/* The first byte that a mask lacks. */
static inline u32 first_gap(u64 mask)
{
	return (u32)__builtin_ctzll(mask ^ HIGHS) / 8;
}

/* The first control byte from @i on, tabs not counted. */
static inline u32 skip_text(const u8 *p, u32 i, u32 len)
{
	while (len - i >= 16) {
		u64 a = text_mask(word_at(p + i));
		u64 b = text_mask(word_at(p + i + 8));

		if ((a & b) == HIGHS) {
			i += 16;
			continue;
		}
		i += a != HIGHS ? first_gap(a) : 8 + first_gap(b);
		if (p[i] != '\t')
			return i;
		i++;
	}
	while (i < len && (p[i] >= 0x20 || p[i] == '\t'))
		i++;
	return i;
}

/* The first byte from @i on that cannot be part of a field's name. */
static inline u32 skip_name(const u8 *p, u32 i, u32 len)
{
	while (len - i >= 8) {
		u64 m = name_mask(word_at(p + i));

		if (m != HIGHS)
			return i + first_gap(m);
		i += 8;
	}
	while (i < len && p[i] > 0x20 && p[i] < 0x80 && p[i] != ':')
		i++;
	return i;
}

/* The first @c < 0x80 from @i on. */
static inline u32 skip_to(const u8 *p, u32 i, u32 end, u8 c)
{
	while (end - i >= 8) {
		u64 m = other_mask(word_at(p + i), c);

		if (m != HIGHS)
			return i + first_gap(m);
		i += 8;
	}
	while (i < end && p[i] != c)
		i++;
	return i;
}

static enum l7_parse line_end(struct head *h, u32 i)
{
	if (i < h->len && h->p[i] == '\r')
		i++;
	if (i == h->len)
		return L7_PARSE_MORE;
	if (h->p[i] != '\n')
		return L7_PARSE_BAD;
	h->next = i + 1;
	return L7_PARSE_NONE;
}

static inline struct line next_line(struct head *h)
{
	struct line l = { .text.off = h->next };
	u32 end = skip_text(h->p, h->next, h->len);

	l.text.len = end - h->next;
	l.stop = line_end(h, end);
	return l;
}

/*
 * Read a field up to its colon: FOUND. NONE is the empty line that ends the
 * head.
 */
static inline enum l7_parse next_field(struct head *h, struct field *f)
{
	struct line l = next_line(h);
	u32 end = end_of(l.text);
	/* Line ends are no part of a name, so it need not stop at @end. */
	u32 colon = skip_name(h->p, l.text.off, h->len);

	f->name.off = l.text.off;
	f->name.len = colon - l.text.off;
	if (colon == end && (l.stop != L7_PARSE_NONE || !f->name.len))
		return l.stop;
	if (colon == end || h->p[colon] != ':' || !f->name.len)
		return L7_PARSE_BAD;
	f->value.off = colon + 1;
	f->value.len = end - f->value.off;
	f->stop = l.stop;
	return L7_PARSE_FOUND;
}

/* How the bytes from @i to @end agree with @form, in which # is a digit. */
static enum l7_parse match(const u8 *p, u32 i, u32 end, const char *form)
{
	for (; *form; form++, i++) {
		if (i == end)
			return L7_PARSE_MORE;
		if (*form == '#' ? !is_digit(p[i]) : p[i] != (u8)*form)
			return L7_PARSE_BAD;
	}
	return L7_PARSE_NONE;
}

/* Is @s @word? ASCII letters in any case; @word is in lower case. */
static bool is_word(const u8 *p, struct l7_slice s, const char *word, u32 len)
{
	u32 i;

	if (s.len != len)
		return false;
	for (i = 0; i < len; i++)
		if (lower(p[s.off + i]) != (u8)word[i])
			return false;
	return true;
}

#define IS_WORD(p, s, word)	is_word(p, s, word, sizeof(word) - 1)

/* White space at both ends; line ends too, where folding left them. */
static struct l7_slice trim(const u8 *p, struct l7_slice s)
{
	while (s.len && (is_blank(p[s.off]) || is_eol(p[s.off]))) {
		s.off++;
		s.len--;
	}
	while (s.len && (is_blank(p[s.off + s.len - 1]) ||
			 is_eol(p[s.off + s.len - 1])))
		s.len--;
	return s;
}

/*
 * Split @s at the first @at: what stands before it is returned, what stands
 * behind it is left in @s. Without one all of @s is returned and @s is empty.
 */
static struct l7_slice cut(const u8 *p, struct l7_slice *s, u8 at)
{
	const u8 *hit = s->len ? memchr(p + s->off, at, s->len) : NULL;
	struct l7_slice head = *s;

	if (hit)
		head.len = (u32)(hit - p) - s->off;
	s->off += head.len + !!hit;
	s->len -= head.len + !!hit;
	return head;
}

/* Cut a cookie-pair in two; true if it is the cookie @sel asks for. */
static bool is_cookie(const u8 *p, struct l7_slice pair,
		      const struct l7_cookie_sel *sel, struct l7_slice *value)
{
	struct l7_slice name;

	pair = trim(p, pair);
	/* Most cookies are told by their first byte. */
	if (!pair.len || p[pair.off] != (u8)sel->name[0])
		return false;
	*value = pair;
	name = cut(p, value, '=');
	if (name.len == pair.len)
		return false;
	name = trim(p, name);
	*value = trim(p, *value);
	if (sel->wildcard ? name.len < sel->name_len : name.len != sel->name_len)
		return false;
	return !memcmp(p + name.off, sel->name, sel->name_len);
}

/* The part of a value that is the key; false if the value is too short. */
static bool take_part(const struct l7_cookie_sel *sel, struct l7_slice *value)
{
	if (value->len <= sel->offset)
		return false;
	value->off += sel->offset;
	value->len -= sel->offset;
	if (sel->length && value->len > sel->length)
		value->len = sel->length;
	return true;
}

/* --- Requests --- */

static enum l7_parse request_line(struct head *h)
{
	static const char version[] = " HTTP/1.#";
	const u32 vlen = sizeof(version) - 1;
	struct line l;
	u32 i, end;

	do
		l = next_line(h);
	while (l.stop == L7_PARSE_NONE && !l.text.len);
	i = l.text.off;
	end = end_of(l.text);
	while (i < end && i - l.text.off < METHOD_MAX && is_token(h->p[i]))
		i++;
	if (i == end && l.stop != L7_PARSE_NONE)
		return l.stop;
	if (i == end || i == l.text.off || h->p[i] != ' ')
		return L7_PARSE_BAD;
	if (l.stop != L7_PARSE_NONE)
		return l.stop;
	/* A target has at least one byte, and does not start with a space. */
	i++;
	if (end - i <= vlen || h->p[i] == ' ')
		return L7_PARSE_BAD;
	return match(h->p, end - vlen, end, version);
}

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
	struct head h = { .p = p, .len = len };
	enum l7_parse v = request_line(&h);
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

static enum l7_parse status_line(struct head *h, bool *interim)
{
	static const char form[] = "HTTP/1.# ###";
	struct line l = next_line(h);
	u32 i = l.text.off, end = end_of(l.text);
	enum l7_parse v = match(h->p, i, end, form);
	const u8 *code;

	if (v == L7_PARSE_MORE)
		return l.stop == L7_PARSE_NONE ? L7_PARSE_BAD : l.stop;
	if (v != L7_PARSE_NONE)
		return v;
	i += sizeof(form) - 1;
	code = h->p + i - 3;
	if (code[0] == '0' || (i < end && h->p[i] != ' '))
		return L7_PARSE_BAD;
	/* After 101 the stream is no longer HTTP. */
	*interim = code[0] == '1' && memcmp(code, "101", 3);
	return l.stop;
}

/*
 * Add the lines that continue a field (RFC 9112 5.2) to its value. If such a
 * line is still to come, so is the end of the head.
 */
static enum l7_parse unfold(struct head *h, struct field *f)
{
	while (f->stop == L7_PARSE_NONE && h->next < h->len &&
	       is_blank(h->p[h->next])) {
		struct line l = next_line(h);

		f->value.len = end_of(l.text) - f->value.off;
		f->stop = l.stop;
	}
	return f->stop;
}

static enum l7_parse response_head(struct head *h,
				   const struct l7_cookie_sel *sel, s64 now,
				   struct answer *a)
{
	enum l7_parse v;
	struct field f;

	while ((v = next_field(h, &f)) == L7_PARSE_FOUND) {
		v = unfold(h, &f);
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
		v = status_line(&h, &interim);
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
