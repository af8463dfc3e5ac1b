// SPDX-License-Identifier: GPL-2.0
/*
 * Weighted rendezvous: shares follow the weights, who goes moves only its own
 * keys, and the order is one.
 */
#include "unit.h"
#include "pure/draw.h"

#define KEYS	200000u
#define MAX	8u

/* Stands for the hash of key and server: any good mixer will do. */
static u32 mix(u32 key, u32 server)
{
	u64 h = ((u64)key << 32 | server) + 0x9e3779b97f4a7c15ull;

	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9ull;
	h = (h ^ h >> 27) * 0x94d049bb133111ebull;
	return (u32)((h ^ h >> 31) >> 16);
}

/* The winner among @n servers; @n if nobody takes part. */
static u32 winner(u32 key, const u32 *weights, u32 n)
{
	struct l7_draw best = { 0, 0 }, draw;
	u32 i, who = n;

	for (i = 0; i < n; i++) {
		draw = l7_draw_of(mix(key, i), weights[i]);
		if (l7_draw_is_better(&draw, &best)) {
			best = draw;
			who = i;
		}
	}
	return who;
}

static void shares(void)
{
	static const struct {
		u32 n;
		u32 weights[MAX];
	} rows[] = {
		{ 3, { 1, 1, 1 } }, { 2, { 1, 3 } }, { 3, { 100, 200, 700 } },
		{ 4, { 1, 0, 5, 10 } }, { 8, { 1, 2, 3, 4, 5, 6, 7, 8 } },
		{ 2, { 65535, 1 } },
	};
	size_t r;

	for (r = 0; r < UNIT_SIZE(rows); r++) {
		u32 won[MAX + 1] = { 0 }, sum = 0, i, key;

		UNIT_ROW("row %zu", r);
		for (i = 0; i < rows[r].n; i++)
			sum += rows[r].weights[i];
		for (key = 0; key < KEYS; key++)
			won[winner(key, rows[r].weights, rows[r].n)]++;
		for (i = 0; i < rows[r].n; i++) {
			double want = (double)KEYS * rows[r].weights[i] / sum;
			double off = won[i] > want ? won[i] - want : want - won[i];

			/* five standard deviations */
			CHECK(off * off <= 25 * want + 25);
		}
		CHECK(!won[rows[r].n]);
	}
}

static void who_goes(void)
{
	static const u32 all[] = { 3, 1, 2, 5 };
	u32 without[UNIT_SIZE(all)], key, gone;

	for (gone = 0; gone < UNIT_SIZE(all); gone++) {
		memcpy(without, all, sizeof(all));
		without[gone] = 0;
		for (key = 0; key < 20000; key++) {
			u32 before = winner(key, all, UNIT_SIZE(all));
			u32 after = winner(key, without, UNIT_SIZE(all));

			CHECK(before == gone ? after != gone : after == before);
		}
	}
}

static void nobody(void)
{
	static const u32 none[] = { 0, 0 };
	struct l7_draw a = l7_draw_of(0, 1), b = l7_draw_of(~0u, 1);

	CHECK(winner(1, none, 2) == 2 && winner(1, none, 0) == 0);
	CHECK(a.time && b.time && l7_draw_is_better(&b, &a) &&
	      !l7_draw_is_better(&a, &b) && !l7_draw_is_better(&a, &a));
}

int main(void)
{
	UNIT_RUN(shares);
	UNIT_RUN(who_goes);
	UNIT_RUN(nobody);
	return unit_end();
}
