// SPDX-License-Identifier: GPL-2.0
/*
 * The join of two states of one entry: whatever the order in which directors
 * hear of them, all end up with the same.
 */
#include "unit.h"
#include "pure/merge.h"

/** struct state - a state of one entry */
struct state {
	struct l7_version v;
	u16 server;
};

static bool same(const struct state *a, const struct state *b)
{
	return a->v.gen == b->v.gen && a->v.origin == b->v.origin &&
	       a->server == b->server;
}

/* As the owner of a table does it. */
static void join(struct state *cur, const struct state *in)
{
	switch (l7_merge_decide(&cur->v, &in->v, cur->server == in->server)) {
	case L7_MERGE_TAKE:
	case L7_MERGE_CONFLICT_TAKE:
		*cur = *in;
		break;
	case L7_MERGE_KEEP:
	case L7_MERGE_CONFLICT_KEEP:
		break;
	}
}

static void decides(void)
{
	static const struct {
		const char *what;
		u32 cur_gen;
		u8 cur_origin;
		u32 in_gen;
		u8 in_origin;
		bool same;
		enum l7_merge want;
	} rows[] = {
		{ "later", 1, 1, 2, 2, false, L7_MERGE_TAKE },
		{ "later, equal value", 1, 1, 2, 2, true, L7_MERGE_TAKE },
		{ "earlier", 2, 1, 1, 1, false, L7_MERGE_KEEP },
		{ "earlier, lower origin", 2, 2, 1, 1, false, L7_MERGE_KEEP },
		{ "the same", 5, 3, 5, 3, true, L7_MERGE_KEEP },
		{ "same value, lower origin", 5, 3, 5, 2, true, L7_MERGE_TAKE },
		{ "same value, higher origin", 5, 3, 5, 4, true, L7_MERGE_KEEP },
		{ "conflict, lower", 5, 3, 5, 2, false, L7_MERGE_CONFLICT_TAKE },
		{ "conflict, higher", 5, 3, 5, 4, false, L7_MERGE_CONFLICT_KEEP },
		{ "wrapped", 0xfffffff0, 1, 3, 2, false, L7_MERGE_TAKE },
		{ "before the wrap", 3, 1, 0xfffffff0, 2, false, L7_MERGE_KEEP },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct l7_version cur = { rows[i].cur_gen, rows[i].cur_origin };
		struct l7_version in = { rows[i].in_gen, rows[i].in_origin };

		UNIT_ROW("%s", rows[i].what);
		CHECK_EQ(l7_merge_decide(&cur, &in, rows[i].same), rows[i].want);
	}
}

#define STATES	24

/* States as a cluster makes them: an origin never uses a generation twice. */
static u32 make_states(uint64_t *rng, struct state *s)
{
	bool used[8][5] = {};
	u32 i, n = 0, base = (u32)unit_rand(rng);

	for (i = 0; i < STATES; i++) {
		u32 gen = unit_below(rng, 8), origin = 1 + unit_below(rng, 4);

		if (used[gen][origin])
			continue;
		used[gen][origin] = true;
		s[n++] = (struct state) {
			.v = { .gen = base + gen, .origin = (u8)origin },
			.server = (u16)(1 + unit_below(rng, 3)),
		};
	}
	return n;
}

/* One director: hears all states in an order of its own, some of them twice. */
static struct state hear(uint64_t *rng, const struct state *s, u32 n)
{
	bool heard[STATES] = {};
	u32 left = n, i = unit_below(rng, n);
	struct state cur = s[i];

	heard[i] = true;
	left--;
	while (left) {
		i = unit_below(rng, n);
		join(&cur, &s[i]);
		left -= !heard[i];
		heard[i] = true;
	}
	return cur;
}

static void order_does_not_matter(void)
{
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(20000);
	struct state s[STATES], a, b;
	u32 n;

	while (loops--) {
		n = make_states(&rng, s);
		a = hear(&rng, s, n);
		b = hear(&rng, s, n);
		if (!CHECK(same(&a, &b)))
			return;
	}
}

/* Directors that join each other's results instead of single states. */
static void is_associative(void)
{
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(20000);
	struct state s[STATES], left, right, bc;
	u32 n;

	while (loops--) {
		n = make_states(&rng, s);
		if (n < 3)
			continue;
		left = s[0];
		join(&left, &s[1]);
		join(&left, &s[2]);
		bc = s[1];
		join(&bc, &s[2]);
		right = s[0];
		join(&right, &bc);
		if (!CHECK(same(&left, &right)))
			return;
	}
}

static void is_idempotent(void)
{
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(20000);
	struct state s[STATES], once, twice;
	u32 n;

	while (loops--) {
		n = make_states(&rng, s);
		once = s[0];
		join(&once, &s[n - 1]);
		twice = once;
		join(&twice, &s[n - 1]);
		if (!CHECK(same(&once, &twice)))
			return;
	}
}

/* Each sees a conflict that the other sees, and they agree on who wins. */
static void conflicts_are_mutual(void)
{
	struct l7_version a = { 7, 1 }, b = { 7, 2 };

	CHECK_EQ(l7_merge_decide(&a, &b, false), L7_MERGE_CONFLICT_KEEP);
	CHECK_EQ(l7_merge_decide(&b, &a, false), L7_MERGE_CONFLICT_TAKE);
}

int main(void)
{
	UNIT_RUN(decides);
	UNIT_RUN(order_does_not_matter);
	UNIT_RUN(is_associative);
	UNIT_RUN(is_idempotent);
	UNIT_RUN(conflicts_are_mutual);
	return unit_end();
}
