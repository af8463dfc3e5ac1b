/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the targets for HTTP share: the slow oracle's view of lines and cookies,
 * byte by byte, and the cookies that are asked for.
 */
#ifndef L7_FUZZ_HTTP_H
#define L7_FUZZ_HTTP_H

#include "fuzz.h"
#include "pure/http.h"

#define HTTP_METHOD_MAX	32

/** struct answer - of a parser, or of its oracle
 * @key: valid when FOUND
 * @what: valid when FOUND, of responses
 */
struct answer {
	enum l7_parse verdict;
	struct l7_slice key;
	enum l7_set_cookie what;
};

/* Where no bytes are does not matter. */
static inline bool is_equal(const struct answer *a, const struct answer *b)
{
	if (a->verdict != b->verdict || a->verdict != L7_PARSE_FOUND)
		return a->verdict == b->verdict;
	return a->what == b->what && a->key.len == b->key.len &&
	       (!a->key.len || a->key.off == b->key.off);
}

/* What every answer must be, whatever the bytes. */
static inline void require_slice(const struct answer *a, size_t len)
{
	REQUIRE(a->verdict <= L7_PARSE_BAD);
	if (a->verdict == L7_PARSE_FOUND)
		REQUIRE(a->key.off <= len && a->key.len <= len - a->key.off);
}

/* Two bytes say which cookie is asked for. */
static inline void choose_cookie(struct fuzz_in *in, struct l7_cookie_sel *sel)
{
	static const char *const names[] = {
		"SID", "SESSID", "S", "JSESSIONID", "ASPSESSIONID", "__Host-id",
	};
	u32 how = fuzz_u8(in), part = fuzz_u8(in);
	const char *name = names[(how & 15) % FUZZ_SIZE(names)];

	memset(sel, 0, sizeof(*sel));
	sel->name_len = (u8)strlen(name);
	memcpy(sel->name, name, sel->name_len);
	sel->wildcard = how >> 6 & 1;
	sel->offset = part & 3;
	sel->length = part >> 2 & 3;
}

/* --- The oracle: one byte after the other, no state between calls --- */

/** struct text - a line: its bytes, and what ended them
 * @end: first byte that is not in it
 * @next: first byte of the line that follows, when @stop is NONE
 */
struct text {
	size_t at, end, next;
	enum l7_parse stop;
};

static inline struct text read_line(const u8 *p, size_t at, size_t len)
{
	struct text t = { .at = at, .end = at };
	size_t i;

	while (t.end < len && (p[t.end] >= ' ' || p[t.end] == '\t'))
		t.end++;
	i = t.end;
	if (i < len && p[i] == '\r')
		i++;
	t.next = i + 1;
	t.stop = i == len ? L7_PARSE_MORE :
		 p[i] == '\n' ? L7_PARSE_NONE : L7_PARSE_BAD;
	return t;
}

/* Is @at..@end @word, in any case? */
static inline bool is_named(const u8 *p, size_t at, size_t end,
			    const char *word)
{
	size_t i;

	if (end - at != strlen(word))
		return false;
	for (i = 0; at + i < end; i++) {
		u8 c = p[at + i];

		if (c >= 'A' && c <= 'Z')
			c = (u8)(c - 'A' + 'a');
		if (c != (u8)word[i])
			return false;
	}
	return true;
}

static inline bool is_space(u8 c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline void strip(const u8 *p, size_t *at, size_t *end)
{
	while (*at < *end && is_space(p[*at]))
		++*at;
	while (*at < *end && is_space(p[*end - 1]))
		--*end;
}

/* Where @c is in @at..@end, or @end. */
static inline size_t find(const u8 *p, size_t at, size_t end, u8 c)
{
	while (at < end && p[at] != c)
		at++;
	return at;
}

/* Is @at..@end NAME=VALUE of the cookie? Its value then. */
static inline bool is_asked_for(const u8 *p, size_t at, size_t end,
				const struct l7_cookie_sel *sel, size_t *value,
				size_t *value_end)
{
	size_t eq = find(p, at, end, '='), name_end = eq;

	if (eq == end)
		return false;
	*value = eq + 1;
	*value_end = end;
	strip(p, &at, &name_end);
	strip(p, value, value_end);
	if (name_end - at < sel->name_len ||
	    (!sel->wildcard && name_end - at > sel->name_len))
		return false;
	return !memcmp(p + at, sel->name, sel->name_len);
}

/* The part of a value that counts; false if it has none. */
static inline bool part_of(const struct l7_cookie_sel *sel, size_t value,
			   size_t end, struct l7_slice *key)
{
	if (end - value <= sel->offset)
		return false;
	key->off = (u32)(value + sel->offset);
	key->len = (u32)end - key->off;
	if (sel->length && sel->length < key->len)
		key->len = sel->length;
	return true;
}

static inline bool is_token(u8 c)
{
	return c > ' ' && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

/* METHOD SP TARGET SP HTTP/1.DIGIT */
static inline enum l7_parse oracle_request_line(const u8 *p,
						const struct text *t)
{
	size_t i = t->at, n = t->end - t->at;

	while (i < t->end && i - t->at < HTTP_METHOD_MAX && is_token(p[i]))
		i++;
	if (i == t->end)
		return t->stop == L7_PARSE_NONE ? L7_PARSE_BAD : t->stop;
	if (i == t->at || p[i] != ' ')
		return L7_PARSE_BAD;
	if (t->stop != L7_PARSE_NONE)
		return t->stop;
	n -= i + 1 - t->at;
	if (n < sizeof("/ HTTP/1.1") - 1 || p[i + 1] == ' ' ||
	    memcmp(p + t->end - 9, " HTTP/1.", 8) || p[t->end - 1] < '0' ||
	    p[t->end - 1] > '9')
		return L7_PARSE_BAD;
	return L7_PARSE_NONE;
}

static inline bool is_number(u8 c)
{
	return c >= '0' && c <= '9';
}

/* HTTP/1.DIGIT DIGIT DIGIT DIGIT [SP REASON] */
static inline enum l7_parse oracle_status(const u8 *p, const struct text *t,
					  bool *interim)
{
	static const char form[] = "HTTP/1.# ###";
	size_t i;

	for (i = 0; form[i]; i++) {
		if (t->at + i == t->end)
			return t->stop == L7_PARSE_NONE ? L7_PARSE_BAD :
							  t->stop;
		if (form[i] == '#' ? !is_number(p[t->at + i]) :
				     p[t->at + i] != form[i])
			return L7_PARSE_BAD;
	}
	if (p[t->at + 9] == '0' ||
	    (t->at + i < t->end && p[t->at + i] != ' '))
		return L7_PARSE_BAD;
	*interim = p[t->at + 9] == '1' && memcmp(p + t->at + 9, "101", 3);
	return t->stop;
}

/* A line behind the first: where its colon is when NONE; else why there is none. */
static inline enum l7_parse oracle_name(const u8 *p, const struct text *t,
					size_t *colon)
{
	*colon = t->at;
	while (*colon < t->end && p[*colon] > ' ' && p[*colon] < 0x80 &&
	       p[*colon] != ':')
		++*colon;
	if (*colon == t->end)
		return t->stop == L7_PARSE_NONE ? L7_PARSE_BAD : t->stop;
	return *colon == t->at || p[*colon] != ':' ? L7_PARSE_BAD :
						     L7_PARSE_NONE;
}

/* The lines that continue the one in @t become part of it. */
static inline void oracle_unfold(const u8 *p, size_t len, struct text *t)
{
	struct text more;

	while (t->stop == L7_PARSE_NONE && t->next < len &&
	       (p[t->next] == ' ' || p[t->next] == '\t')) {
		more = read_line(p, t->next, len);
		t->end = more.end;
		t->next = more.next;
		t->stop = more.stop;
	}
}

#endif /* L7_FUZZ_HTTP_H */
