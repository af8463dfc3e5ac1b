// SPDX-License-Identifier: GPL-2.0
/*
 * The lines that open HTTP/1.x heads, and lines that were folded. With
 * http_head.h this owns the grammar of heads. No locks, no state.
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
#include "http_head.h"

/* Longest method: the registry's longest has 17 bytes. */
#define METHOD_MAX	32

/* tchar of RFC 9110 5.6.2 */
static bool is_token(u8 c)
{
	return is_alpha(c) || is_digit(c) ||
	       (c && c < 0x80 && strchr("!#$%&'*+-.^_`|~", c));
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

struct line l7_http_first_line(const u8 *p, u32 len, u32 *next)
{
	struct head h = { .p = p, .len = len };
	struct line l;

	do
		l = next_line(&h);
	while (l.stop == L7_PARSE_NONE && !l.text.len);
	*next = h.next;
	return l;
}

enum l7_parse l7_http_request_line(const u8 *p, u32 len,
				   struct l7_slice *target, u32 *next)
{
	static const char version[] = " HTTP/1.#";
	const u32 vlen = sizeof(version) - 1;
	struct line l = l7_http_first_line(p, len, next);
	u32 i = l.text.off, end = end_of(l.text);

	while (i < end && i - l.text.off < METHOD_MAX && is_token(p[i]))
		i++;
	if (i == end && l.stop != L7_PARSE_NONE)
		return l.stop;
	if (i == end || i == l.text.off || p[i] != ' ')
		return L7_PARSE_BAD;
	if (l.stop != L7_PARSE_NONE)
		return l.stop;
	/* A target has at least one byte, and does not start with a space. */
	i++;
	if (end - i <= vlen || p[i] == ' ')
		return L7_PARSE_BAD;
	target->off = i;
	target->len = end - vlen - i;
	return match(p, end - vlen, end, version);
}

enum l7_parse l7_http_status_line(struct head *h, bool *interim)
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

enum l7_parse l7_http_unfold(struct head *h, struct field *f)
{
	while (f->stop == L7_PARSE_NONE && h->next < h->len &&
	       is_blank(h->p[h->next])) {
		struct line l = next_line(h);

		f->value.len = end_of(l.text) - f->value.off;
		f->stop = l.stop;
	}
	return f->stop;
}
