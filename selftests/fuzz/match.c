// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: names against patterns. The first byte is the length of the
 * pattern, which follows; the rest is the name. The oracle takes host names
 * apart into labels; of paths it compares byte after byte.
 */
#include "fuzz.h"
#include "pure/match.h"

#define TEXT_MAX	256

/** struct text - a name or a pattern */
struct text {
	u8 c[TEXT_MAX];
	u32 len;
};

static u8 small(u8 c)
{
	return memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", c, 26) ? (u8)(c + 32) : c;
}

static bool bytes_equal(const struct text *a, u32 from, const struct text *b,
			u32 start)
{
	if (a->len - from != b->len - start)
		return false;
	for (; from < a->len; from++, start++)
		if (small(a->c[from]) != small(b->c[start]))
			return false;
	return true;
}

/* Where the label behind this one begins, or 0. */
static u32 next_label(const struct text *t, u32 at)
{
	for (; at < t->len; at++)
		if (t->c[at] == '.')
			return at + 1;
	return 0;
}

/*
 * Take labels off the front, one after the other: none of them may be empty,
 * and what is left must be what stands behind the star.
 */
static bool oracle_host(struct text name, const struct text *pattern)
{
	u32 at = 0, next;

	if (name.len && name.c[name.len - 1] == '.')
		name.len--;
	if (!name.len)
		return false;
	if (pattern->len < 3 || memcmp(pattern->c, "*.", 2))
		return bytes_equal(&name, 0, pattern, 0);
	for (;;) {
		next = next_label(&name, at);
		if (!next || next - at == 1)
			return false;
		at = next;
		if (bytes_equal(&name, at, pattern, 2))
			return true;
	}
}

static void require_host(const struct text *name, const struct text *pattern,
			 bool hit)
{
	const char *p = (const char *)pattern->c;
	struct text other = *name;
	u32 i;

	/* In the other case. */
	for (i = 0; i < other.len; i++)
		if (small(other.c[i]) >= 'a' && small(other.c[i]) <= 'z')
			other.c[i] ^= 0x20;
	REQUIRE(l7_match_host(other.c, other.len, p, pattern->len) == hit);
	/* With a dot more. */
	if (name->len && name->len < TEXT_MAX && name->c[name->len - 1] != '.') {
		other.c[other.len++] = '.';
		REQUIRE(l7_match_host(other.c, other.len, p, pattern->len) == hit);
	}
	/* With a label more, where one was wanted or more. */
	if (hit && pattern->len > 2 && !memcmp(p, "*.", 2) &&
	    name->len + 2 <= TEXT_MAX) {
		memcpy(other.c, "x.", 2);
		memcpy(other.c + 2, name->c, name->len);
		other.len = name->len + 2;
		REQUIRE(l7_match_host(other.c, other.len, p, pattern->len));
	}
}

static u32 same_at_front(const struct text *a, const struct text *b)
{
	u32 n = 0;

	while (n < a->len && n < b->len && a->c[n] == b->c[n])
		n++;
	return n;
}

static u32 same_at_end(const struct text *a, const struct text *b)
{
	u32 n = 0;

	while (n < a->len && n < b->len &&
	       a->c[a->len - 1 - n] == b->c[b->len - 1 - n])
		n++;
	return n;
}

static void require_path(const u8 *p, const struct text *name,
			 const struct text *pattern)
{
	const char *s = (const char *)pattern->c;
	bool prefix = l7_match_prefix(p, name->len, s, pattern->len);
	bool suffix = l7_match_suffix(p, name->len, s, pattern->len);
	bool exact = l7_match_exact(p, name->len, s, pattern->len);

	REQUIRE(prefix == (same_at_front(name, pattern) == pattern->len));
	REQUIRE(suffix == (same_at_end(name, pattern) == pattern->len));
	REQUIRE(exact == (name->len == pattern->len && prefix));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	static struct text name, pattern;
	struct fuzz_bytes b;
	bool hit;

	pattern.len = fuzz_u8(&in);
	if (pattern.len > in.len || in.len - pattern.len > TEXT_MAX)
		return 0;
	fuzz_bytes(&in, pattern.c, pattern.len);
	name.len = (u32)in.len;
	fuzz_bytes(&in, name.c, name.len);
	fuzz_place(&b, name.c, name.len, len % 8);
	hit = l7_match_host(b.p, name.len, (char *)pattern.c, pattern.len);
	REQUIRE(hit == oracle_host(name, &pattern));
	require_host(&name, &pattern, hit);
	require_path(b.p, &name, &pattern);
	/* The pattern's own end is not to be passed either. */
	fuzz_place(&b, pattern.c, pattern.len, len % 8);
	REQUIRE(l7_match_host(name.c, name.len, (char *)b.p, pattern.len) == hit);
	require_path(name.c, &name, &pattern);
	return 0;
}
