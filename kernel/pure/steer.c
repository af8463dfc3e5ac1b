// SPDX-License-Identifier: GPL-2.0
/*
 * See steer.h. Knows which parser and which pattern go together, and which
 * patterns nothing could ever suit. No locks, no state.
 */
#include "http_key.h"
#include "http_scan.h"
#include "match.h"
#include "steer.h"

/* --- Matching --- */

static bool suits_host(const struct l7_steer_rule *r, const u8 *name, u32 len)
{
	return l7_match_host(name, len, r->pattern, r->len);
}

static bool suits_text(const struct l7_steer_rule *r, const u8 *text, u32 len)
{
	switch (r->how) {
	case L7_STEER_PREFIX:
		return l7_match_prefix(text, len, r->pattern, r->len);
	case L7_STEER_SUFFIX:
		return l7_match_suffix(text, len, r->pattern, r->len);
	}
	return l7_match_exact(text, len, r->pattern, r->len);
}

static bool suits_alpn(const struct l7_steer_rule *r,
		       const struct l7_tls_hello *h)
{
	struct l7_slice name;
	u32 at = 0;

	while (l7_tls_alpn_next(h, &at, &name))
		if (suits_text(r, h->base + name.off, name.len))
			return true;
	return false;
}

static enum l7_parse verdict(bool suits)
{
	return suits ? L7_PARSE_FOUND : L7_PARSE_NONE;
}

static enum l7_parse tls(const struct l7_steer_rule *r, const u8 *p, u32 len,
			 u8 *buf, bool *has_ech)
{
	struct l7_tls_hello h;
	enum l7_parse v = l7_tls_client_hello(p, len, buf, &h);

	if (v != L7_PARSE_FOUND)
		return v;
	if (r->match == L7_STEER_ALPN)
		return verdict(suits_alpn(r, &h));
	*has_ech = h.has_ech;
	return verdict(suits_host(r, h.base + h.sni.off, h.sni.len));
}

enum l7_parse l7_steer_match(const struct l7_steer_rule *r, const u8 *p,
			     u32 len, u8 *buf, bool *has_ech)
{
	struct l7_slice s = { 0, 0 };
	enum l7_parse v = L7_PARSE_NONE;

	*has_ech = false;
	switch (r->match) {
	case L7_STEER_ANY:
		return L7_PARSE_FOUND;
	case L7_STEER_SNI:
	case L7_STEER_ALPN:
		return tls(r, p, len, buf, has_ech);
	case L7_STEER_HOST:
		v = l7_http_request_host(p, len, &s);
		return v == L7_PARSE_FOUND ?
		       verdict(suits_host(r, p + s.off, s.len)) : v;
	case L7_STEER_PATH:
		v = l7_http_request_path(p, len, &s);
		break;
	case L7_STEER_HEADER:
		v = l7_http_request_header(p, len, &r->field, &s);
		break;
	}
	return v == L7_PARSE_FOUND ? verdict(suits_text(r, p + s.off, s.len)) :
				     v;
}

/* --- Senseless rules --- */

static bool is_graph(u8 c)
{
	return c > ' ' && c < 0x7f;
}

/* RFC 9110 5.6.2 */
static bool is_token(u8 c)
{
	return is_graph(c) && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static bool is_all_graph(const char *s, u32 len)
{
	while (len--)
		if (!is_graph((u8)*s++))
			return false;
	return true;
}

/* A name, or "*." and a name. An IPv6 address in brackets is a host too. */
static const char *check_host(const struct l7_steer_rule *r)
{
	const char *name = r->pattern;
	u32 len = r->len, i;

	if (len > 2 && name[0] == '*' && name[1] == '.') {
		name += 2;
		len -= 2;
	}
	if (!is_all_graph(name, len) || memchr(name, '*', len) ||
	    memchr(name, '/', len))
		return "steer pattern: not a host name, nor *. and a host name";
	if (r->match == L7_STEER_HOST && name[0] == '[')
		return name[len - 1] == ']' ? NULL :
		       "steer pattern: a host is given without its port";
	if (memchr(name, ':', len))
		return "steer pattern: a host is given without its port";
	for (i = 0; i < len; i++)
		if (name[i] == '.' && (!i || i == len - 1 || name[i - 1] == '.'))
			return "steer pattern: a label of the name is empty";
	return NULL;
}

static const char *check_path(const struct l7_steer_rule *r)
{
	if (!is_all_graph(r->pattern, r->len) ||
	    memchr(r->pattern, '?', r->len) || memchr(r->pattern, '#', r->len))
		return "steer pattern: has a byte that no path can have";
	if (memchr(r->pattern, '*', r->len))
		return "steer pattern: a star stands at one end of a path, and only once";
	if (r->how != L7_STEER_SUFFIX && r->pattern[0] != '/')
		return "steer pattern: a path begins with /";
	return NULL;
}

static const char *check_field(const struct l7_cookie_sel *sel)
{
	u32 i;

	if (!sel->name_len || sel->name_len > L7_COOKIE_NAME_MAX)
		return "steer name: a field's name has 1 to 64 bytes";
	for (i = 0; i < sel->name_len; i++)
		if (!is_token((u8)sel->name[i]))
			return "steer name: has a byte that no field's name can have";
	return NULL;
}

static const char *check_value(const struct l7_steer_rule *r)
{
	u32 i;

	for (i = 0; i < r->len; i++)
		if ((u8)r->pattern[i] < ' ' || r->pattern[i] == 0x7f)
			return "steer pattern: has a byte that no field can have";
	/* White space around a value is no part of it. */
	if (r->pattern[0] == ' ' ||
	    (r->how == L7_STEER_EXACT && r->pattern[r->len - 1] == ' '))
		return "steer pattern: no field begins or ends with a space";
	if (r->how == L7_STEER_EXACT && r->pattern[r->len - 1] == '*')
		return "steer pattern: a star at the end makes it a prefix";
	return check_field(&r->field);
}

static const char *check_pattern(const struct l7_steer_rule *r)
{
	switch (r->match) {
	case L7_STEER_SNI:
	case L7_STEER_HOST:
		return check_host(r);
	case L7_STEER_ALPN:
		return is_all_graph(r->pattern, r->len) ? NULL :
		       "steer pattern: has a byte that no protocol's name has";
	case L7_STEER_PATH:
		return check_path(r);
	case L7_STEER_HEADER:
		return check_value(r);
	}
	return "steer match: unknown";
}

static const char *check_target(const struct l7_steer_rule *r)
{
	switch (r->target) {
	case L7_STEER_TO_FWMARK:
		return r->mark ? NULL : "steer mark: must not be 0";
	case L7_STEER_TO_SERVICE:
	case L7_STEER_TO_RESET:
		return r->mark ? "steer mark: goes with the target fwmark only" :
				 NULL;
	}
	return "steer target: unknown";
}

static bool may_be(u8 match, u8 how)
{
	return how == L7_STEER_EXACT ||
	       (how == L7_STEER_PREFIX &&
		(match == L7_STEER_PATH || match == L7_STEER_HEADER)) ||
	       (how == L7_STEER_SUFFIX && match == L7_STEER_PATH);
}

const char *l7_steer_check(const struct l7_steer_rule *r)
{
	const char *why;

	if (!may_be(r->match, r->how))
		return "steer how: prefixes are of paths and fields, suffixes of paths";
	if (r->match == L7_STEER_ANY)
		return r->len ? "steer pattern: any has none" : check_target(r);
	if (!r->len || r->len > L7_STEER_PATTERN_MAX)
		return "steer pattern: must have 1 to 128 bytes";
	why = check_pattern(r);
	return why ? why : check_target(r);
}

static bool is_same_field(const struct l7_cookie_sel *a,
			  const struct l7_cookie_sel *b)
{
	u32 i;

	if (a->name_len != b->name_len)
		return false;
	for (i = 0; i < a->name_len; i++)
		if (lower((u8)a->name[i]) != lower((u8)b->name[i]))
			return false;
	return true;
}

bool l7_steer_is_same(const struct l7_steer_rule *a,
		      const struct l7_steer_rule *b)
{
	u32 i;

	if (a->match != b->match || a->how != b->how || a->len != b->len ||
	    !is_same_field(&a->field, &b->field))
		return false;
	if (a->match == L7_STEER_SNI || a->match == L7_STEER_HOST) {
		for (i = 0; i < a->len; i++)
			if (lower((u8)a->pattern[i]) != lower((u8)b->pattern[i]))
				return false;
		return true;
	}
	return !memcmp(a->pattern, b->pattern, a->len);
}
