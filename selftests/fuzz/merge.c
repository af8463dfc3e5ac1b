// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the join of two states. The input is a base generation and up
 * to eight states; joins of them in any order must end in the same one, which
 * is the maximum of a total order.
 */
#include "fuzz.h"
#include "pure/merge.h"

#define STATES	8

struct state {
	struct l7_version v;
	u8 value;
};

static enum l7_merge decide(const struct state *cur, const struct state *in)
{
	return l7_merge_decide(&cur->v, &in->v, cur->value == in->value);
}

static bool is_taken(enum l7_merge m)
{
	return m == L7_MERGE_TAKE || m == L7_MERGE_CONFLICT_TAKE;
}

static bool is_conflict(enum l7_merge m)
{
	return m == L7_MERGE_CONFLICT_TAKE || m == L7_MERGE_CONFLICT_KEEP;
}

static bool is_same(const struct state *a, const struct state *b)
{
	return a->v.gen == b->v.gen && a->v.origin == b->v.origin &&
	       a->value == b->value;
}

static const struct state *join(const struct state *a, const struct state *b)
{
	return is_taken(decide(a, b)) ? b : a;
}

/* Which of two is later, told by plain numbers. */
static bool oracle_is_later(const struct state *a, const struct state *b,
			    u32 base)
{
	u32 x = a->v.gen - base, y = b->v.gen - base;

	return x != y ? x > y : a->v.origin < b->v.origin;
}

/* An origin gives one generation to one state only. */
static void one_value_each(struct state *s, u32 n)
{
	u32 i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			if (s[i].v.gen == s[j].v.gen &&
			    s[i].v.origin == s[j].v.origin)
				s[i].value = s[j].value;
}

static void pair(const struct state *a, const struct state *b, u32 base)
{
	enum l7_merge there = decide(a, b), back = decide(b, a);

	REQUIRE(is_taken(there) == oracle_is_later(b, a, base));
	if (is_same(a, b))
		REQUIRE(there == L7_MERGE_KEEP && back == L7_MERGE_KEEP);
	else
		REQUIRE(is_taken(there) != is_taken(back));
	REQUIRE(is_same(join(a, b), join(b, a)));
	REQUIRE(is_conflict(there) == is_conflict(back));
	REQUIRE(is_conflict(there) == (a->v.gen == b->v.gen &&
				       a->value != b->value));
	REQUIRE(l7_merge_is_later(a->v.gen, b->v.gen) ==
		(a->v.gen - base > b->v.gen - base));
}

/* All of them in an order that @in shuffles. */
static const struct state *fold(const struct state *s, u32 n,
				struct fuzz_in *in)
{
	const struct state *order[2 * STATES], *all;
	u32 i, j;

	/* Each twice: hearing something again changes nothing. */
	for (i = 0; i < 2 * n; i++)
		order[i] = &s[i % n];
	for (i = 2 * n; i > 1; i--) {
		j = fuzz_below(in, i);
		all = order[j];
		order[j] = order[i - 1];
		order[i - 1] = all;
	}
	all = order[0];
	for (i = 1; i < 2 * n; i++)
		all = join(all, order[i]);
	return all;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	u32 base = fuzz_u32(&in), n = 1 + fuzz_below(&in, STATES), i, j, k;
	struct state s[STATES];
	const struct state *all;

	for (i = 0; i < n; i++) {
		/* Live states are less than 2^31 changes apart. */
		s[i].v.gen = base + (fuzz_u8(&in) & 1 ?
				     fuzz_u32(&in) & 0x7fffffff :
				     fuzz_below(&in, 4));
		s[i].v.origin = 1 + fuzz_below(&in, 255);
		s[i].value = fuzz_u8(&in) & 3;
	}
	one_value_each(s, n);
	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			pair(&s[i], &s[j], base);
			for (k = 0; k < n; k++)
				REQUIRE(is_same(join(join(&s[i], &s[j]), &s[k]),
						join(&s[i], join(&s[j], &s[k]))));
		}
	all = fold(s, n, &in);
	for (i = 0; i < n; i++)
		REQUIRE(!oracle_is_later(&s[i], all, base));
	REQUIRE(is_same(all, fold(s, n, &in)));
	return 0;
}
