// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: keys of HTTP requests beside the cookie, and the places of
 * cookies in responses. Two bytes choose the name, the rest is the stream, of
 * which everything is asked. Checked as in request.c.
 */
#include "http.h"
#include "pure/http_key.h"

/* What is asked for. */
enum ask {
	URL,
	HEADER,
	HOST,
	PATH,
	STATUS_END,	/* the key: no bytes, at the offset */
	SET_COOKIE,	/* the first */
	ASKS,
};

/* --- Requests --- */

/** struct parts - of a target: where each begins, and the end of all */
struct parts {
	size_t host, path, query, end;
};

static bool is_letter(u8 c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where the authority begins in scheme://authority, or @end. */
static size_t oracle_authority(const u8 *p, size_t at, size_t end)
{
	size_t colon = find(p, at, end, ':'), i;

	if (end - colon <= 3 || memcmp(p + colon, "://", 3) ||
	    colon == at || !is_letter(p[at]))
		return end;
	for (i = at; i < colon; i++)
		if (!is_letter(p[i]) && !is_number(p[i]) &&
		    !memchr("+-.", p[i], 3))
			return end;
	return colon + 3;
}

static bool oracle_parts(const u8 *p, size_t at, size_t end, struct parts *t)
{
	size_t slash;

	t->end = find(p, at, end, '#');
	if (t->end == at)
		return false;
	t->host = p[at] == '/' ? at : oracle_authority(p, at, t->end);
	if (t->host == t->end)
		return false;
	t->query = find(p, t->host, t->end, '?');
	slash = find(p, t->host, t->end, '/');
	t->path = slash < t->query ? slash : t->query;
	return true;
}

static u8 lower_case(u8 c)
{
	return c >= 'A' && c <= 'Z' ? (u8)(c + 'a' - 'A') : c;
}

/* Does @at..@end bear the name? */
static bool bears(const u8 *p, size_t at, size_t end,
		  const struct l7_cookie_sel *sel, bool any_case)
{
	size_t i;

	if (end - at < sel->name_len || (end - at > sel->name_len && !sel->wildcard))
		return false;
	for (i = 0; i < sel->name_len; i++) {
		u8 a = p[at + i], b = (u8)sel->name[i];

		if (any_case ? lower_case(a) != lower_case(b) : a != b)
			return false;
	}
	return true;
}

static bool oracle_url(const u8 *p, const struct parts *t,
		       const struct l7_cookie_sel *sel, struct l7_slice *key)
{
	size_t i, stop, eq;

	for (i = t->path; i < t->end; i++) {
		bool in_path = i < t->query;

		if (in_path ? p[i] != ';' : i > t->query && p[i] != '&')
			continue;
		stop = i + 1;
		while (stop < t->end &&
		       (in_path ? p[stop] != ';' && p[stop] != '/' && p[stop] != '?' :
				  p[stop] != '&'))
			stop++;
		eq = find(p, i + 1, stop, '=');
		if (eq < stop && bears(p, i + 1, eq, sel, in_path) &&
		    part_of(sel, eq + 1, stop, key))
			return true;
	}
	return false;
}

static void oracle_path(const struct parts *t, struct l7_slice *key)
{
	bool is_empty = t->path == t->query;

	key->off = (u32)t->path - is_empty;
	if (is_empty)	/* "://" is in front of the authority */
		key->off = (u32)t->host - 1;
	key->len = is_empty ? 1 : (u32)(t->query - t->path);
}

/* From its end: digits, a colon in front of them, a host in front of that. */
static bool oracle_host(const u8 *p, size_t at, size_t end, struct l7_slice *key)
{
	size_t stop = end;

	while (stop > at && is_number(p[stop - 1]))
		stop--;
	stop = stop > at && p[stop - 1] == ':' ? stop - 1 : end;
	if (stop == at)
		return false;
	if (p[at] == '[' ? find(p, at, stop, ']') != stop - 1 :
			   find(p, at, stop, ':') != stop)
		return false;
	key->off = (u32)at;
	key->len = (u32)(stop - at);
	return true;
}

static bool oracle_target_host(const u8 *p, const struct parts *t,
			       struct l7_slice *key)
{
	size_t at = t->host, i;

	for (i = t->host; i < t->path; i++)
		if (p[i] == '@')
			at = i + 1;
	return oracle_host(p, at, t->path, key);
}

static bool oracle_value(enum ask what, const u8 *p, const struct text *t,
			 size_t colon, const struct l7_cookie_sel *sel,
			 struct l7_slice *key)
{
	size_t at = colon + 1, end = t->end;

	strip(p, &at, &end);
	if (what == HOST)
		return is_named(p, t->at, colon, "host") &&
		       oracle_host(p, at, end, key);
	return bears(p, t->at, colon, sel, true) && part_of(sel, at, end, key);
}

static void oracle_fields(enum ask what, const u8 *p, size_t len, struct text t,
			  const struct l7_cookie_sel *sel, struct answer *a)
{
	size_t colon;

	while (a->verdict == L7_PARSE_NONE) {
		t = read_line(p, t.next, len);
		if (t.at == t.end) {
			a->verdict = t.stop;
			return;
		}
		a->verdict = oracle_name(p, &t, &colon);
		if (a->verdict == L7_PARSE_NONE)
			a->verdict = t.stop;
		if (a->verdict == L7_PARSE_NONE &&
		    oracle_value(what, p, &t, colon, sel, &a->key))
			a->verdict = L7_PARSE_FOUND;
	}
}

static void oracle_request(enum ask what, const u8 *p, size_t len,
			   const struct l7_cookie_sel *sel, struct answer *a)
{
	struct text t = read_line(p, 0, len);
	struct parts parts;
	bool found = false;
	size_t at;

	while (t.stop == L7_PARSE_NONE && t.end == t.at)
		t = read_line(p, t.next, len);
	a->verdict = oracle_request_line(p, &t);
	if (a->verdict != L7_PARSE_NONE)
		return;
	at = find(p, t.at, t.end, ' ') + 1;
	if (what == HEADER || !oracle_parts(p, at, t.end - 9, &parts))
		found = false;
	else if (what == URL)
		found = oracle_url(p, &parts, sel, &a->key);
	else if (what == HOST)
		found = oracle_target_host(p, &parts, &a->key);
	else {
		found = true;
		oracle_path(&parts, &a->key);
	}
	if (found)
		a->verdict = L7_PARSE_FOUND;
	else if (what == HEADER || what == HOST)
		oracle_fields(what, p, len, t, sel, a);
}

/* --- Responses --- */

/* The bytes of the part that are no quotes at the ends of the value. */
static bool oracle_placeholder(const u8 *p, const struct text *t, size_t colon,
			       const struct l7_cookie_sel *sel,
			       struct l7_slice *key)
{
	size_t stop = find(p, colon + 1, t->end, ';'), value, end, i;
	struct l7_slice part;

	if (!is_named(p, t->at, colon, "set-cookie") ||
	    !is_asked_for(p, colon + 1, stop, sel, &value, &end) ||
	    !part_of(sel, value, end, &part))
		return false;
	memset(key, 0, sizeof(*key));
	for (i = part.off; i < part.off + part.len; i++) {
		if (end - value >= 2 && p[value] == '"' && p[end - 1] == '"' &&
		    (i == value || i == end - 1))
			continue;
		if (!key->len)
			key->off = (u32)i;
		key->len++;
	}
	return key->len;
}

/*
 * One response: its status line, and if it is an interim one or SET_COOKIE is
 * asked for, its fields. FOUND: @a->key, and what follows is at *@next.
 */
static void oracle_head(enum ask what, const u8 *p, size_t len, size_t *next,
			const struct l7_cookie_sel *sel, bool *interim,
			struct answer *a)
{
	struct text t = read_line(p, *next, len);
	size_t colon;

	a->verdict = oracle_status(p, &t, interim);
	*next = t.next;
	if (a->verdict != L7_PARSE_NONE)
		return;
	if (what == STATUS_END && !*interim) {
		a->verdict = L7_PARSE_FOUND;
		a->key.off = (u32)t.next;
		return;
	}
	while (a->verdict == L7_PARSE_NONE) {
		t = read_line(p, *next, len);
		*next = t.next;
		if (t.at == t.end) {
			a->verdict = t.stop;
			return;
		}
		a->verdict = oracle_name(p, &t, &colon);
		if (a->verdict != L7_PARSE_NONE)
			return;
		oracle_unfold(p, len, &t);
		*next = t.next;
		a->verdict = t.stop == L7_PARSE_NONE && t.next == len ?
			     L7_PARSE_MORE : t.stop;
		if (a->verdict == L7_PARSE_NONE && !*interim &&
		    oracle_placeholder(p, &t, colon, sel, &a->key))
			a->verdict = L7_PARSE_FOUND;
	}
}

static void oracle(enum ask what, const u8 *p, size_t len,
		   const struct l7_cookie_sel *sel, struct answer *a)
{
	bool interim = false;
	size_t next = 0;

	memset(a, 0, sizeof(*a));
	if (what < STATUS_END) {
		oracle_request(what, p, len, sel, a);
		return;
	}
	do
		oracle_head(what, p, len, &next, sel, &interim, a);
	while (a->verdict == L7_PARSE_NONE && interim);
}

/* --- What is under test --- */

static void parse(enum ask what, const u8 *p, size_t n,
		  const struct l7_cookie_sel *sel, struct answer *a)
{
	u32 len = (u32)n, at = 0;

	memset(a, 0, sizeof(*a));
	switch (what) {
	case URL:
		a->verdict = l7_http_request_url(p, len, sel, &a->key);
		break;
	case HEADER:
		a->verdict = l7_http_request_header(p, len, sel, &a->key);
		break;
	case HOST:
		a->verdict = l7_http_request_host(p, len, &a->key);
		break;
	case PATH:
		a->verdict = l7_http_request_path(p, len, &a->key);
		break;
	case STATUS_END:
		a->verdict = l7_http_response_status_end(p, len, &a->key.off);
		REQUIRE(a->verdict != L7_PARSE_NONE);
		break;
	default:
		a->verdict = l7_http_response_set_cookie_value(p, len, sel, &at,
							       &a->key);
		REQUIRE(a->verdict == L7_PARSE_FOUND ? at && at < len : !at);
	}
	require_slice(a, len);
	if (a->verdict == L7_PARSE_FOUND && what != STATUS_END)
		REQUIRE(a->key.len);
}

static void check_route(const u8 *p, struct l7_slice value)
{
	size_t end = value.off + value.len, i, dot = end;
	struct l7_slice route;

	if (value.len >= 2 && p[value.off] == '"' && p[end - 1] == '"')
		end--;
	for (i = value.off; i < end; i++)
		if (p[i] == '.')
			dot = i;
	REQUIRE(l7_http_route(p, value, &route) == (dot + 1 < end));
	if (dot + 1 < end)
		REQUIRE(route.off == dot + 1 && route.len == end - dot - 1);
}

static void check(enum ask what, const struct fuzz_in *in,
		  const struct l7_cookie_sel *sel)
{
	struct answer whole, want, again;
	u32 state = (u32)in->len + what;
	struct fuzz_bytes b;
	size_t at;

	oracle(what, in->p, in->len, sel, &want);
	fuzz_place(&b, in->p, in->len, 0);
	parse(what, b.p, b.len, sel, &whole);
	REQUIRE(is_equal(&whole, &want));
	if (whole.verdict == L7_PARSE_FOUND)
		check_route(b.p, whole.key);
	for (at = 0; at < b.len; at = fuzz_next_cut(at, b.len, &state)) {
		fuzz_cut(&b, at);
		parse(what, b.p, at, sel, &again);
		REQUIRE(again.verdict == L7_PARSE_MORE ||
			is_equal(&again, &whole));
	}
	/* Words are read eight bytes at a time: other words, same answer. */
	fuzz_place(&b, in->p, in->len, 1 + in->len % 7);
	parse(what, b.p, b.len, sel, &again);
	REQUIRE(is_equal(&again, &whole));
}

/* Of each place there is one, in order, and what follows is what remains. */
static void check_all_cookies(const struct fuzz_in *in,
			      const struct l7_cookie_sel *sel)
{
	static const char status[] = "HTTP/1.1 200\n";
	const size_t n = sizeof(status) - 1;
	struct l7_slice value;
	struct answer want;
	u8 *rest;
	u32 at = 0, before = 0;
	enum l7_parse v;

	for (;; before = at) {
		v = l7_http_response_set_cookie_value(in->p, (u32)in->len, sel,
						      &at, &value);
		if (before) {
			rest = malloc(n + in->len - before);
			REQUIRE(rest);
			memcpy(rest, status, n);
			memcpy(rest + n, in->p + before, in->len - before);
			oracle(SET_COOKIE, rest, n + in->len - before, sel, &want);
			free(rest);
			REQUIRE(v == want.verdict);
			if (v == L7_PARSE_FOUND)
				REQUIRE(value.off == want.key.off + before - n &&
					value.len == want.key.len);
		}
		if (v != L7_PARSE_FOUND)
			break;
		REQUIRE(at > before && at < in->len && value.off >= before &&
			value.off + value.len < at);
	}
}

/*
 * However the stream is cut: what may go on grows, and has of no place that is found
 * later a byte, unless it was told before.
 */
static void check_begun(const struct fuzz_in *in, struct l7_cookie_sel sel,
			u32 need)
{
	u32 state = (u32)in->len, at = 0, before = 0, now;
	struct l7_slice value, told = { 0, 0 };
	struct fuzz_bytes b;
	size_t n;

	sel.offset = 0;
	sel.length = 0;
	fuzz_place(&b, in->p, in->len, 0);
	for (n = 0; n < in->len; n = fuzz_next_cut(n, in->len, &state)) {
		fuzz_cut(&b, n);
		while (l7_http_response_set_cookie_value(b.p, (u32)n, &sel, &at,
							 &value) == L7_PARSE_FOUND) {
			if (told.len)
				REQUIRE(value.off == told.off && value.len >= told.len);
			else
				REQUIRE(value.off >= before || value.len < need);
			told.len = 0;
		}
		now = l7_http_response_begun(b.p, (u32)n, &sel, at, need, &value);
		REQUIRE(now >= before && now <= n);
		if (value.len) {
			REQUIRE(now == n && value.len >= need &&
				value.off + value.len <= n);
			REQUIRE(!told.len || told.off == value.off);
			told = value;
		}
		before = now;
	}
}

static void check_is_head(const struct fuzz_in *in)
{
	static const char method[] = "HEAD ";
	struct text t = read_line(in->p, 0, in->len);

	while (t.stop == L7_PARSE_NONE && t.end == t.at)
		t = read_line(in->p, t.next, in->len);
	REQUIRE(l7_http_request_is_head(in->p, (u32)in->len) ==
		(t.end - t.at >= 5 && !memcmp(in->p + t.at, method, 5)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct l7_cookie_sel sel;
	int what;

	choose_cookie(&in, &sel);
	if (in.len > FUZZ_ROOM)
		return 0;
	for (what = 0; what < ASKS; what++)
		check(what, &in, &sel);
	check_all_cookies(&in, &sel);
	check_begun(&in, sel, 1);
	check_begun(&in, sel, 4);
	check_is_head(&in);
	check_route(in.p, (struct l7_slice){ .len = (u32)in.len });
	return 0;
}
