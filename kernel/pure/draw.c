// SPDX-License-Identifier: GPL-2.0
/*
 * See draw.h. The least of independent exponential times, each at the rate of
 * its weight, falls to each in proportion to the weights. The time for a uniform
 * u is -log(u), here to the base 2: the unit is the same for all.
 */
#include "draw.h"

#define FRACTION	16	/* bits */

/* (32 - log2(u)) in units of 1 / 65536; u = 0 counts as 1. */
static u32 negative_log2(u32 u)
{
	u32 n, m, i, log;

	u += !u;
	n = 31 - (u32)__builtin_clz(u);
	m = u << (31 - n);	/* 1..2, with 31 bits behind the point */
	log = n;
	for (i = 0; i < FRACTION; i++) {
		u64 square = (u64)m * m >> 31;
		u32 carry = (u32)(square >> 32);

		log = log << 1 | carry;
		m = (u32)(square >> carry);
	}
	return (32u << FRACTION) - log;
}

struct l7_draw l7_draw_of(u32 hash, u32 weight)
{
	return (struct l7_draw) {
		.time = negative_log2(hash), .weight = weight,
	};
}

bool l7_draw_is_better(const struct l7_draw *a, const struct l7_draw *b)
{
	if (!a->weight || !b->weight)
		return a->weight;
	return (u64)a->time * b->weight < (u64)b->time * a->weight;
}
