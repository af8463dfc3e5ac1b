// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: steering rules. Kind, field and pattern come first, the rest is
 * the stream. The verdict is that of the parser, whose target has its own
 * oracle, and for what it finds that of a slow comparison; of a prefix MORE or
 * the same. What a rule is refused for must not depend on more than the rule.
 */
#include "fuzz.h"
#include "pure/http_key.h"
#include "pure/match.h"
#include "pure/steer.h"

static u8 room[L7_STEER_BUF], other[L7_STEER_BUF];

static void take_rule(struct fuzz_in *in, struct l7_steer_rule *r)
{
	memset(r, 0, sizeof(*r));
	r->match = (u8)fuzz_below(in, 8);
	r->how = (u8)fuzz_below(in, 4);
	r->target = (u8)fuzz_below(in, 4);
	r->mark = fuzz_u8(in);
	r->field.name_len = (u8)fuzz_below(in, L7_COOKIE_NAME_MAX + 1);
	fuzz_bytes(in, r->field.name, r->field.name_len);
	r->len = (u8)fuzz_below(in, L7_STEER_PATTERN_MAX + 1);
	fuzz_bytes(in, r->pattern, r->len);
}

static bool suits(const struct l7_steer_rule *r, const u8 *p, u32 len)
{
	u32 at = 0, i;

	if (r->match == L7_STEER_SNI || r->match == L7_STEER_HOST)
		return l7_match_host(p, len, r->pattern, r->len);
	if (len < r->len || (r->how == L7_STEER_EXACT && len != r->len))
		return false;
	if (r->how == L7_STEER_SUFFIX)
		at = len - r->len;
	for (i = 0; i < r->len; i++)
		if (p[at + i] != (u8)r->pattern[i])
			return false;
	return true;
}

static enum l7_parse tls(const struct l7_steer_rule *r, const u8 *p, u32 len,
			 bool *ech)
{
	struct l7_tls_hello h;
	struct l7_slice name;
	enum l7_parse v = l7_tls_client_hello(p, len, other, &h);
	bool hit = false;
	u32 at = 0;

	if (v != L7_PARSE_FOUND)
		return v;
	if (r->match == L7_STEER_SNI) {
		*ech = h.has_ech;
		hit = suits(r, h.base + h.sni.off, h.sni.len);
	} else {
		while (l7_tls_alpn_next(&h, &at, &name))
			hit |= suits(r, h.base + name.off, name.len);
	}
	return hit ? L7_PARSE_FOUND : L7_PARSE_NONE;
}

static enum l7_parse oracle(const struct l7_steer_rule *r, const u8 *p, u32 len,
			    bool *ech)
{
	struct l7_slice s = { 0, 0 };
	enum l7_parse v = L7_PARSE_NONE;

	*ech = false;
	if (r->match == L7_STEER_ANY)
		return L7_PARSE_FOUND;
	if (r->match == L7_STEER_SNI || r->match == L7_STEER_ALPN)
		return tls(r, p, len, ech);
	if (r->match == L7_STEER_HOST)
		v = l7_http_request_host(p, len, &s);
	else if (r->match == L7_STEER_PATH)
		v = l7_http_request_path(p, len, &s);
	else if (r->match == L7_STEER_HEADER)
		v = l7_http_request_header(p, len, &r->field, &s);
	if (v == L7_PARSE_FOUND && !suits(r, p + s.off, s.len))
		v = L7_PARSE_NONE;
	return v;
}

static void require_sense(const struct l7_steer_rule *r)
{
	struct l7_steer_rule copy = *r;
	const char *why = l7_steer_check(r);

	memset(copy.pattern + copy.len, 'x', sizeof(copy.pattern) - copy.len);
	memset(copy.field.name + copy.field.name_len, 'x',
	       sizeof(copy.field.name) - copy.field.name_len);
	REQUIRE(l7_steer_check(&copy) == why);
	REQUIRE(l7_steer_is_same(r, &copy));
	if (why) {
		REQUIRE(!strncmp(why, "steer ", 6));
		return;
	}
	REQUIRE(!r->len == (r->match == L7_STEER_ANY));
	REQUIRE(!r->mark == (r->target != L7_STEER_TO_FWMARK));
	/* what is taken suits itself, as it stands */
	if (r->match == L7_STEER_PATH || r->match == L7_STEER_HEADER ||
	    r->match == L7_STEER_ALPN)
		REQUIRE(suits(r, (const u8 *)r->pattern, r->len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	enum l7_parse whole, v, want;
	struct l7_steer_rule r;
	struct fuzz_bytes b;
	bool ech, want_ech;
	u32 state = (u32)len;
	size_t at;

	take_rule(&in, &r);
	require_sense(&r);
	r.how %= 3;
	if (in.len > FUZZ_ROOM)
		return 0;
	fuzz_place(&b, in.p, in.len, len % 8);
	whole = l7_steer_match(&r, b.p, (u32)in.len, room, &ech);
	want = oracle(&r, b.p, (u32)in.len, &want_ech);
	REQUIRE(whole == want && ech == want_ech);
	REQUIRE(!ech || whole == L7_PARSE_FOUND || whole == L7_PARSE_NONE);
	for (at = 0; at < in.len; at = fuzz_next_cut(at, in.len, &state)) {
		fuzz_cut(&b, at);
		v = l7_steer_match(&r, b.p, (u32)at, room, &ech);
		REQUIRE(v == L7_PARSE_MORE || v == whole);
		REQUIRE(v == oracle(&r, b.p, (u32)at, &want_ech) &&
			ech == want_ech);
	}
	return 0;
}
