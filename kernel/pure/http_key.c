// SPDX-License-Identifier: GPL-2.0
/*
 * Keys of requests beside the cookie, and the places of cookies in responses.
 * Owns the grammar of targets; of heads, http_head.h does. No locks, no state.
 */
#include "http_key.h"
#include "http_head.h"

/** struct target - an origin-form or absolute-form target
 * @authority: empty in origin-form
 * @path: empty in absolute-form only
 * @query: without the question mark
 */
struct target {
	struct l7_slice authority;
	struct l7_slice path;
	struct l7_slice query;
};

static struct l7_slice span(u32 from, u32 to)
{
	return (struct l7_slice){ .off = from, .len = to - from };
}

/* The first byte from @i on that is @a or @b. */
static u32 skip_to_any(const u8 *p, u32 i, u32 end, u8 a, u8 b)
{
	while (i < end && p[i] != a && p[i] != b)
		i++;
	return i;
}

/* Is this the name @sel asks for? */
static bool is_named(const u8 *p, struct l7_slice name,
		     const struct l7_cookie_sel *sel, bool any_case)
{
	u32 i;

	if (sel->wildcard ? name.len < sel->name_len : name.len != sel->name_len)
		return false;
	if (!any_case)
		return !memcmp(p + name.off, sel->name, sel->name_len);
	for (i = 0; i < sel->name_len; i++)
		if (lower(p[name.off + i]) != lower((u8)sel->name[i]))
			return false;
	return true;
}

static bool is_quoted(const u8 *p, struct l7_slice s)
{
	return s.len >= 2 && p[s.off] == '"' && p[end_of(s) - 1] == '"';
}

/* --- The target --- */

/* What follows "scheme://" from @i on, or @end. */
static u32 behind_scheme(const u8 *p, u32 i, u32 end)
{
	if (!is_alpha(p[i]))
		return end;
	while (i < end && (is_alpha(p[i]) || is_digit(p[i]) || p[i] == '+' ||
			   p[i] == '-' || p[i] == '.'))
		i++;
	return end - i >= 3 && !memcmp(p + i, "://", 3) ? i + 3 : end;
}

/* False for targets of another form. */
static bool split_target(const u8 *p, struct l7_slice s, struct target *t)
{
	u32 end = skip_to(p, s.off, end_of(s), '#');
	u32 from, path, query;

	from = p[s.off] == '/' ? s.off : behind_scheme(p, s.off, end);
	if (from == end)
		return false;
	path = skip_to_any(p, from, end, '/', '?');
	query = skip_to(p, path, end, '?');
	t->authority = span(from, path);
	t->path = span(path, query);
	t->query = span(query + (query < end), end);
	return true;
}

/* FOUND: the target is in @t; NONE: it has another form. */
static enum l7_parse request_target(const u8 *p, u32 len, struct target *t,
				    u32 *next)
{
	struct l7_slice s;
	enum l7_parse v = l7_http_request_line(p, len, &s, next);

	return v == L7_PARSE_NONE && split_target(p, s, t) ? L7_PARSE_FOUND : v;
}

/* Take the key out of NAME=VALUE; without "=" there is no value. */
static bool param(const u8 *p, struct l7_slice pair,
		  const struct l7_cookie_sel *sel, bool any_case,
		  struct l7_slice *value)
{
	struct l7_slice name;

	*value = pair;
	name = cut(p, value, '=');
	return is_named(p, name, sel, any_case) && take_part(sel, value);
}

static bool path_param(const u8 *p, struct l7_slice path,
		       const struct l7_cookie_sel *sel, struct l7_slice *value)
{
	u32 i = path.off, end = end_of(path), from;

	while ((i = skip_to(p, i, end, ';')) < end) {
		from = i + 1;
		i = skip_to_any(p, from, end, ';', '/');
		if (param(p, span(from, i), sel, true, value))
			return true;
	}
	return false;
}

static bool query_param(const u8 *p, struct l7_slice query,
			const struct l7_cookie_sel *sel, struct l7_slice *value)
{
	while (query.len)
		if (param(p, cut(p, &query, '&'), sel, false, value))
			return true;
	return false;
}

enum l7_parse l7_http_request_url(const u8 *p, u32 len,
				  const struct l7_cookie_sel *sel,
				  struct l7_slice *value)
{
	struct target t;
	u32 next;
	enum l7_parse v = request_target(p, len, &t, &next);

	if (v != L7_PARSE_FOUND)
		return v;
	if (path_param(p, t.path, sel, value) ||
	    query_param(p, t.query, sel, value))
		return L7_PARSE_FOUND;
	return L7_PARSE_NONE;
}

enum l7_parse l7_http_request_path(const u8 *p, u32 len, struct l7_slice *value)
{
	struct target t;
	u32 next;
	enum l7_parse v = request_target(p, len, &t, &next);

	if (v != L7_PARSE_FOUND)
		return v;
	*value = t.path.len ? t.path :
			      span(t.authority.off - 1, t.authority.off);
	return L7_PARSE_FOUND;
}

/* --- Fields --- */

/* The next field of that name. */
static enum l7_parse named_field(struct head *h,
				 const struct l7_cookie_sel *sel,
				 struct l7_slice *value)
{
	enum l7_parse v;
	struct field f;

	while ((v = next_field(h, &f)) == L7_PARSE_FOUND) {
		if (f.stop != L7_PARSE_NONE)
			return f.stop;
		if (!is_named(h->p, f.name, sel, true))
			continue;
		*value = trim(h->p, f.value);
		break;
	}
	return v;
}

enum l7_parse l7_http_request_header(const u8 *p, u32 len,
				     const struct l7_cookie_sel *sel,
				     struct l7_slice *value)
{
	struct head h = { .p = p, .len = len };
	struct l7_slice target;
	enum l7_parse v = l7_http_request_line(p, len, &target, &h.next);

	if (v != L7_PARSE_NONE)
		return v;
	while ((v = named_field(&h, sel, value)) == L7_PARSE_FOUND)
		if (take_part(sel, value))
			break;
	return v;
}

/* The host of host[:port]; false if @s is something else. */
static bool take_host(const u8 *p, struct l7_slice s, struct l7_slice *host)
{
	u32 i = s.off, end = end_of(s);

	if (s.len && p[i] == '[') {
		i = skip_to(p, i, end, ']') + 1;
		if (i > end)
			return false;
	} else {
		i = skip_to(p, i, end, ':');
	}
	*host = span(s.off, i);
	if (i < end && p[i++] != ':')
		return false;
	while (i < end && is_digit(p[i]))
		i++;
	return host->len && i == end;
}

/* An authority without "user:password@". */
static struct l7_slice skip_userinfo(const u8 *p, struct l7_slice s)
{
	u32 i = end_of(s);

	while (i > s.off && p[i - 1] != '@')
		i--;
	return span(i, end_of(s));
}

enum l7_parse l7_http_request_host(const u8 *p, u32 len, struct l7_slice *value)
{
	static const struct l7_cookie_sel host = {
		.name = "host", .name_len = 4
	};
	struct head h = { .p = p, .len = len };
	struct l7_slice field;
	struct target t;
	enum l7_parse v = request_target(p, len, &t, &h.next);

	if (v == L7_PARSE_MORE || v == L7_PARSE_BAD)
		return v;
	if (v == L7_PARSE_FOUND &&
	    take_host(p, skip_userinfo(p, t.authority), value))
		return L7_PARSE_FOUND;
	while ((v = named_field(&h, &host, &field)) == L7_PARSE_FOUND)
		if (take_host(p, field, value))
			break;
	return v;
}

bool l7_http_request_is_head(const u8 *p, u32 len)
{
	static const char method[] = "HEAD ";
	const u32 n = sizeof(method) - 1;
	u32 next;
	struct line l = l7_http_first_line(p, len, &next);

	return l.text.len >= n && !memcmp(p + l.text.off, method, n);
}

bool l7_http_route(const u8 *p, struct l7_slice value, struct l7_slice *route)
{
	u32 end = end_of(value) - is_quoted(p, value), i = end;

	while (i > value.off && p[i - 1] != '.')
		i--;
	*route = span(i, end);
	return i > value.off && i < end;
}

/* --- Responses --- */

/* Behind the status line of the first final response: NONE. */
static enum l7_parse final_status_line(struct head *h)
{
	bool interim = false;
	enum l7_parse v;
	struct field f;

	while ((v = l7_http_status_line(h, &interim)) == L7_PARSE_NONE &&
	       interim) {
		while ((v = next_field(h, &f)) == L7_PARSE_FOUND) {
			v = l7_http_unfold(h, &f);
			if (v != L7_PARSE_NONE)
				return v;
		}
		if (v != L7_PARSE_NONE)
			return v;
	}
	return v;
}

enum l7_parse l7_http_response_status_end(const u8 *p, u32 len, u32 *at)
{
	struct head h = { .p = p, .len = len };
	enum l7_parse v = final_status_line(&h);

	if (v != L7_PARSE_NONE)
		return v;
	*at = h.next;
	return L7_PARSE_FOUND;
}

/* The part of a Set-Cookie's value that can be overwritten. */
static bool placeholder(const u8 *p, struct l7_slice field,
			const struct l7_cookie_sel *sel, struct l7_slice *part)
{
	struct l7_slice value;

	if (!is_cookie(p, cut(p, &field, ';'), sel, &value))
		return false;
	*part = value;
	if (!take_part(sel, part))
		return false;
	if (is_quoted(p, value)) {
		part->len -= end_of(*part) == end_of(value);
		if (part->off == value.off)
			*part = span(part->off + 1, end_of(*part));
	}
	return part->len;
}

enum l7_parse l7_http_response_set_cookie_value(const u8 *p, u32 len,
						const struct l7_cookie_sel *sel,
						u32 *at, struct l7_slice *value)
{
	struct head h = { .p = p, .len = len, .next = *at };
	enum l7_parse v = L7_PARSE_NONE;
	struct field f;

	if (h.next > len)
		return L7_PARSE_MORE;
	if (!h.next)
		v = final_status_line(&h);
	if (v != L7_PARSE_NONE)
		return v;
	while ((v = next_field(&h, &f)) == L7_PARSE_FOUND) {
		v = l7_http_unfold(&h, &f);
		if (v != L7_PARSE_NONE)
			return v;
		if (h.next == len)
			return L7_PARSE_MORE;
		if (!IS_WORD(p, f.name, "set-cookie") ||
		    !placeholder(p, f.value, sel, value))
			continue;
		*at = h.next;
		return L7_PARSE_FOUND;
	}
	return v;
}

/* The last field, as far as it is there; false if it is complete. */
static bool last_field(struct head *h, struct field *f)
{
	enum l7_parse v;

	do {
		if (next_field(h, f) != L7_PARSE_FOUND)
			return false;
		v = l7_http_unfold(h, f);
	} while (v == L7_PARSE_NONE && h->next < h->len);
	return v != L7_PARSE_BAD;
}

u32 l7_http_response_begun(const u8 *p, u32 len, const struct l7_cookie_sel *sel,
			   u32 at, u32 need, struct l7_slice *value)
{
	struct head h = { .p = p, .len = len, .next = at };
	struct l7_slice pair, all;
	struct field f;
	bool is_whole;

	value->len = 0;
	if (at > len || (!at && final_status_line(&h) != L7_PARSE_NONE) ||
	    !last_field(&h, &f) || !IS_WORD(p, f.name, "set-cookie"))
		return len;
	pair = cut(p, &f.value, ';');
	is_whole = f.value.off > end_of(pair);
	if (!is_cookie(p, pair, sel, &all) || !all.len)
		return len;
	/* If quotes are around it, is known at its end. */
	if (!is_whole && (p[all.off] == '"' || all.len < need))
		return all.off;
	if (placeholder(p, pair, sel, &all) && all.len >= need)
		*value = all;
	return len;
}
