// SPDX-License-Identifier: GPL-2.0
/*
 * The replay window against an oracle that remembers every number.
 */
#include "unit.h"
#include "pure/window.h"

#define NUMBERS	40000

static void empty_window(void)
{
	struct l7_window w;

	l7_window_init(&w, 100);
	CHECK(!l7_window_is_fresh(&w, 0));
	CHECK(!l7_window_is_fresh(&w, 100));
	CHECK(l7_window_is_fresh(&w, 101));
	CHECK(l7_window_is_fresh(&w, ~0ull));
	CHECK_EQ(l7_window_missing(&w), 0);
	CHECK_EQ(l7_window_contiguous(&w), 100);
}

static void asking_changes_nothing(void)
{
	struct l7_window w, before;

	l7_window_init(&w, 0);
	l7_window_take(&w, 5);
	before = w;
	CHECK(l7_window_is_fresh(&w, 1000000));
	CHECK(!l7_window_is_fresh(&w, 5));
	CHECK_MEM(&w, &before, sizeof(w));
}

static void takes_each_once(void)
{
	struct l7_window w;
	u64 n;

	l7_window_init(&w, 0);
	for (n = 1; n <= 3 * L7_WINDOW_SIZE; n++) {
		if (!CHECK(l7_window_take(&w, n)) ||
		    !CHECK(!l7_window_take(&w, n)))
			return;
	}
	CHECK_EQ(w.received, 3 * L7_WINDOW_SIZE);
	CHECK_EQ(l7_window_missing(&w), 0);
	CHECK_EQ(l7_window_contiguous(&w), 3 * L7_WINDOW_SIZE);
}

static void too_old(void)
{
	struct l7_window w;

	l7_window_init(&w, 0);
	CHECK(l7_window_take(&w, 10000));
	CHECK(l7_window_is_fresh(&w, 10001 - L7_WINDOW_SIZE));
	CHECK(!l7_window_is_fresh(&w, 10000 - L7_WINDOW_SIZE));
	CHECK(!l7_window_take(&w, 1));
}

static void leaps(void)
{
	struct l7_window w;
	u64 n;

	l7_window_init(&w, 0);
	for (n = 1; n <= 64 * L7_WINDOW_WORDS; n++)
		l7_window_take(&w, n);
	/* over the whole ring: no bit of before may remain */
	CHECK(l7_window_take(&w, 10 * 64 * L7_WINDOW_WORDS));
	for (n = 10 * 64 * L7_WINDOW_WORDS - L7_WINDOW_SIZE + 1;
	     n < 10 * 64 * L7_WINDOW_WORDS; n++)
		if (!CHECK(l7_window_is_fresh(&w, n)))
			return;
	CHECK(l7_window_take(&w, ~0ull));
	CHECK(!l7_window_take(&w, ~0ull));
	CHECK(l7_window_take(&w, ~0ull - 1));
}

static void counts_what_is_missing(void)
{
	struct l7_window w;

	l7_window_init(&w, 10);
	l7_window_take(&w, 11);
	l7_window_take(&w, 15);
	CHECK_EQ(l7_window_missing(&w), 3);
	CHECK_EQ(l7_window_contiguous(&w), 11);
	l7_window_take(&w, 12);
	l7_window_take(&w, 13);
	CHECK_EQ(l7_window_contiguous(&w), 13);
	l7_window_take(&w, 14);
	CHECK_EQ(l7_window_contiguous(&w), 15);
	CHECK_EQ(l7_window_missing(&w), 0);
}

static void gives_up(void)
{
	struct l7_window w;

	l7_window_init(&w, 10);
	l7_window_take(&w, 11);
	l7_window_take(&w, 14);
	l7_window_take(&w, 17);
	CHECK_EQ(l7_window_give_up(&w, 10), 0);
	CHECK_EQ(l7_window_give_up(&w, 13), 2);
	CHECK_EQ(l7_window_missing(&w), 2);
	CHECK_EQ(l7_window_contiguous(&w), 14);
	CHECK(!l7_window_take(&w, 12));
	CHECK_EQ(l7_window_give_up(&w, 13), 0);
	/* beyond the highest */
	CHECK_EQ(l7_window_give_up(&w, 20), 5);
	CHECK_EQ(w.highest, 20);
	CHECK(!l7_window_take(&w, 20));
	CHECK(l7_window_take(&w, 21));
	CHECK_EQ(l7_window_missing(&w), 0);
	/* what is too old to come, unasked */
	l7_window_take(&w, 21 + 2 * L7_WINDOW_SIZE);
	CHECK_EQ(l7_window_missing(&w), 2 * L7_WINDOW_SIZE - 1);
	CHECK_EQ(l7_window_give_up(&w, 0), L7_WINDOW_SIZE);
	CHECK_EQ(l7_window_contiguous(&w), 21 + L7_WINDOW_SIZE);
	CHECK_EQ(l7_window_missing(&w), L7_WINDOW_SIZE - 1);
	CHECK_EQ(l7_window_give_up(&w, 1000000), 1000000 - 21 - L7_WINDOW_SIZE - 1);
	CHECK_EQ(l7_window_missing(&w), 0);
	CHECK_EQ(l7_window_contiguous(&w), 1000000);
}

static void tells_gaps(void)
{
	struct l7_range r[4];
	struct l7_window w;

	l7_window_init(&w, 10);
	CHECK_EQ(l7_window_gaps(&w, 0, 10, r, 4), 0);
	CHECK_EQ(l7_window_gaps(&w, 0, 12, r, 4), 1);
	CHECK_EQ(r[0].first, 11);
	CHECK_EQ(r[0].count, 2);
	l7_window_take(&w, 12);
	l7_window_take(&w, 15);
	l7_window_take(&w, 16);
	CHECK_EQ(l7_window_gaps(&w, 0, 18, r, 4), 3);
	CHECK_EQ(r[0].first, 11);
	CHECK_EQ(r[0].count, 1);
	CHECK_EQ(r[1].first, 13);
	CHECK_EQ(r[1].count, 2);
	CHECK_EQ(r[2].first, 17);
	CHECK_EQ(r[2].count, 2);
	CHECK_EQ(l7_window_gaps(&w, 0, 18, r, 2), 2);
	CHECK_EQ(l7_window_gaps(&w, 0, 13, r, 4), 2);
	CHECK_EQ(r[1].count, 1);
	CHECK_EQ(l7_window_gaps(&w, 0, ~0ull, r, 4), 3);
	CHECK_EQ(r[2].count, L7_WINDOW_SIZE);
	CHECK_EQ(l7_window_gaps(&w, 14, 18, r, 4), 2);
	CHECK_EQ(r[0].first, 14);
	CHECK_EQ(r[0].count, 1);
	CHECK_EQ(r[1].first, 17);
	CHECK_EQ(l7_window_gaps(&w, 5, 18, r, 4), 3);
	CHECK_EQ(l7_window_gaps(&w, 18, 18, r, 4), 1);
	CHECK_EQ(r[0].first, 18);
	CHECK_EQ(r[0].count, 1);
	CHECK_EQ(l7_window_gaps(&w, 19, 18, r, 4), 0);
	/* the highest and what follows it */
	l7_window_init(&w, 0);
	l7_window_take(&w, 1);
	l7_window_take(&w, 1 + L7_WINDOW_SIZE + 100);
	CHECK_EQ(l7_window_gaps(&w, 0, 0, r, 4), 0);
	CHECK_EQ(l7_window_gaps(&w, 0, ~0ull, r, 1), 1);
	CHECK_EQ(r[0].first, 102);
	CHECK_EQ(r[0].count, L7_WINDOW_SIZE - 1);
	/* the last number that there is */
	l7_window_take(&w, ~0ull);
	CHECK_EQ(l7_window_gaps(&w, 0, ~0ull, r, 4), 1);
	CHECK_EQ(r[0].first, ~0ull - L7_WINDOW_SIZE + 1);
	CHECK_EQ(r[0].count, L7_WINDOW_SIZE - 1);
}

/* Whatever comes or is given up: what is missing is what the gaps tell. */
static void gaps_are_what_is_missing(void)
{
	static struct l7_range r[L7_WINDOW_SIZE];
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(300);
	struct l7_window w;

	l7_window_init(&w, 5);
	while (loops--) {
		u32 i, n = 1 + (u32)unit_below(&rng, 300);
		u64 sum = 0;

		while (n--)
			l7_window_take(&w, w.contiguous + 1 +
				       unit_below(&rng, L7_WINDOW_SIZE));
		l7_window_give_up(&w, unit_below(&rng, 4) ? 0 :
				      w.contiguous + unit_below(&rng, 200));
		l7_window_contiguous(&w);
		n = l7_window_gaps(&w, 0, w.highest, r, L7_WINDOW_SIZE);
		for (i = 0; i < n; i++) {
			sum += r[i].count;
			CHECK(l7_window_is_fresh(&w, r[i].first));
			CHECK(!l7_window_is_fresh(&w, r[i].first + r[i].count));
		}
		if (!CHECK_EQ(sum, l7_window_missing(&w)))
			return;
	}
}

/* Walk forward at random, with numbers from far behind to a leap ahead. */
static void agrees_with_oracle(void)
{
	static bool seen[2 * NUMBERS + 1];
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(200000);
	struct l7_window w;
	u64 highest = 0;

	l7_window_init(&w, 0);
	while (loops-- && highest < NUMBERS) {
		u64 back = unit_below(&rng, 2 * L7_WINDOW_SIZE);
		u64 n = highest + 1 + unit_below(&rng, 3);
		bool want;

		if (unit_below(&rng, 8))
			n = back < highest ? highest - back : 1;
		if (!unit_below(&rng, 5000))
			n = highest + unit_below(&rng, 2 * L7_WINDOW_SIZE);
		if (!n)
			n = 1;
		want = !seen[n] && (n > highest ||
				    highest - n < L7_WINDOW_SIZE);
		if (!CHECK_EQ(l7_window_is_fresh(&w, n), want) ||
		    !CHECK_EQ(l7_window_take(&w, n), want))
			return;
		seen[n] |= want;
		highest = n > highest ? n : highest;
	}
}

int main(void)
{
	UNIT_RUN(empty_window);
	UNIT_RUN(asking_changes_nothing);
	UNIT_RUN(takes_each_once);
	UNIT_RUN(too_old);
	UNIT_RUN(leaps);
	UNIT_RUN(counts_what_is_missing);
	UNIT_RUN(gives_up);
	UNIT_RUN(tells_gaps);
	UNIT_RUN(gaps_are_what_is_missing);
	UNIT_RUN(agrees_with_oracle);
	return unit_end();
}
