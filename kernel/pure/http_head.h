/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Heads of HTTP/1.x line by line, and the pieces that lines are made of: what
 * the parsers in pure/http*.c share. Private to them. Inline is what runs for
 * every line of a request.
 */
#ifndef L7_PURE_HTTP_HEAD_H
#define L7_PURE_HTTP_HEAD_H

#include "http.h"
#include "http_scan.h"

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

static inline u32 end_of(struct l7_slice s)
{
	return s.off + s.len;
}

static __always_inline enum l7_parse line_end(struct head *h, u32 i)
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

static __always_inline struct line next_line(struct head *h)
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
static __always_inline enum l7_parse next_field(struct head *h, struct field *f)
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

/* Is @s @word? ASCII letters in any case; @word is in lower case. */
static inline bool is_word(const u8 *p, struct l7_slice s, const char *word,
			   u32 len)
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
static inline struct l7_slice trim(const u8 *p, struct l7_slice s)
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
static inline struct l7_slice cut(const u8 *p, struct l7_slice *s, u8 at)
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
static inline bool is_cookie(const u8 *p, struct l7_slice pair,
			     const struct l7_cookie_sel *sel,
			     struct l7_slice *value)
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
static inline bool take_part(const struct l7_cookie_sel *sel,
			     struct l7_slice *value)
{
	if (value->len <= sel->offset)
		return false;
	value->off += sel->offset;
	value->len -= sel->offset;
	if (sel->length && value->len > sel->length)
		value->len = sel->length;
	return true;
}

/*
 * These two take no struct head: it would have to lie in memory then, where
 * the loop over the fields that follow is slower.
 */

/** l7_http_first_line() - read the first line that is not empty
 * @next: out, where the line after it begins
 */
struct line l7_http_first_line(const u8 *p, u32 len, u32 *next);

/** l7_http_request_line() - read the line that opens a request
 * @target: out, what stands between the method and the version; never empty
 * @next: out, where the first field begins
 * Return: NONE when the line is well-formed.
 */
enum l7_parse l7_http_request_line(const u8 *p, u32 len,
				   struct l7_slice *target, u32 *next);

/** l7_http_status_line() - read the line that opens a response
 * @interim: out, another response follows this one: 1xx, but not 101
 * Return: NONE when the line is well-formed, and the first field is next.
 */
enum l7_parse l7_http_status_line(struct head *h, bool *interim);

/** l7_http_unfold() - add the lines that continue a field (RFC 9112 5.2) to its
 * value. If such a line is still to come, so is the end of the head.
 * Return: what ended the last of them.
 */
enum l7_parse l7_http_unfold(struct head *h, struct field *f);

#endif /* L7_PURE_HTTP_HEAD_H */
