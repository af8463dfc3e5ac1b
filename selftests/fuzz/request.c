// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the head of an HTTP request. Two bytes choose the cookie, the
 * rest is the stream. The parser must say what an oracle says that looks at
 * one byte after the other, wherever the bytes lie; and must say of a prefix
 * either MORE, or the same as of the whole.
 */
#include "http.h"

/* The cookies of a line, as far as each is complete. */
static bool oracle_cookies(const u8 *p, size_t at, const struct text *t,
			   const struct l7_cookie_sel *sel,
			   struct l7_slice *key)
{
	size_t end, value, value_end;

	for (; at <= t->end; at = end + 1) {
		end = find(p, at, t->end, ';');
		if (end == t->end && t->stop != L7_PARSE_NONE)
			break;
		if (is_asked_for(p, at, end, sel, &value, &value_end) &&
		    part_of(sel, value, value_end, key))
			return true;
	}
	return false;
}

static enum l7_parse oracle_field(const u8 *p, const struct text *t,
				  const struct l7_cookie_sel *sel,
				  struct l7_slice *key)
{
	size_t colon;
	enum l7_parse v = oracle_name(p, t, &colon);

	if (v != L7_PARSE_NONE)
		return v;
	if (is_named(p, t->at, colon, "cookie") &&
	    oracle_cookies(p, colon + 1, t, sel, key))
		return L7_PARSE_FOUND;
	return t->stop;
}

static void oracle(const u8 *p, size_t len, const struct l7_cookie_sel *sel,
		   struct answer *a)
{
	struct text t;

	memset(a, 0, sizeof(*a));
	t = read_line(p, 0, len);
	while (t.stop == L7_PARSE_NONE && t.end == t.at)
		t = read_line(p, t.next, len);
	a->verdict = oracle_request_line(p, &t);
	while (a->verdict == L7_PARSE_NONE) {
		t = read_line(p, t.next, len);
		if (t.at == t.end) {
			a->verdict = t.stop;
			return;
		}
		a->verdict = oracle_field(p, &t, sel, &a->key);
	}
}

static void parse(const u8 *p, size_t len, const struct l7_cookie_sel *sel,
		  struct answer *a)
{
	static const char h2[] = "PRI * HTTP/2.0\r\n";

	memset(a, 0, sizeof(*a));
	a->verdict = l7_http_request_cookie(p, (u32)len, sel, &a->key);
	require_slice(a, len);
	if (a->verdict == L7_PARSE_FOUND)
		REQUIRE(a->key.len);
	if (len >= sizeof(h2) - 1 && !memcmp(p, h2, sizeof(h2) - 1))
		REQUIRE(l7_http_is_h2_preface(p, (u32)len) &&
			a->verdict == L7_PARSE_BAD);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct answer whole, want, again;
	struct l7_cookie_sel sel;
	struct fuzz_bytes b;
	u32 state = (u32)len;
	size_t at;

	choose_cookie(&in, &sel);
	if (in.len > FUZZ_ROOM)
		return 0;
	oracle(in.p, in.len, &sel, &want);
	fuzz_place(&b, in.p, in.len, 0);
	parse(b.p, b.len, &sel, &whole);
	REQUIRE(is_equal(&whole, &want));
	for (at = 0; at < b.len; at = fuzz_next_cut(at, b.len, &state)) {
		fuzz_cut(&b, at);
		parse(b.p, at, &sel, &again);
		REQUIRE(again.verdict == L7_PARSE_MORE ||
			is_equal(&again, &whole));
	}
	/* Words are read eight bytes at a time: other words, same answer. */
	fuzz_place(&b, in.p, in.len, 1 + in.len % 7);
	parse(b.p, b.len, &sel, &again);
	REQUIRE(is_equal(&again, &whole));
	return 0;
}
