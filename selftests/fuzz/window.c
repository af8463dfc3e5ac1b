// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the replay window, against a set of all numbers that were
 * taken. The first eight bytes are the floor, then each command is a byte and
 * a number relative to the highest one.
 */
#include "fuzz.h"
#include "pure/window.h"

#define TAKEN_MAX	512

/** struct oracle - what a window should know
 * @taken: in the order they were taken
 */
struct oracle {
	u64 floor, highest, contiguous;
	u64 taken[TAKEN_MAX];
	u32 n;
};

static bool was_taken(const struct oracle *o, u64 n)
{
	u32 i;

	for (i = 0; i < o->n; i++)
		if (o->taken[i] == n)
			return true;
	return false;
}

static bool is_fresh(const struct oracle *o, u64 n)
{
	if (n <= o->floor || was_taken(o, n))
		return false;
	return n > o->highest || o->highest - n < L7_WINDOW_SIZE;
}

static u64 contiguous(struct oracle *o)
{
	if (o->highest - o->floor == o->n)
		o->contiguous = o->highest;
	while (o->contiguous < o->highest &&
	       o->highest - o->contiguous <= L7_WINDOW_SIZE &&
	       was_taken(o, o->contiguous + 1))
		o->contiguous++;
	return o->contiguous;
}

static void take(struct l7_window *w, struct oracle *o, u64 n)
{
	bool fresh = is_fresh(o, n);

	REQUIRE(l7_window_is_fresh(w, n) == fresh);
	REQUIRE(l7_window_take(w, n) == fresh);
	REQUIRE(!l7_window_is_fresh(w, n));
	if (!fresh)
		return;
	o->taken[o->n++] = n;
	if (n > o->highest)
		o->highest = n;
}

/* A number near the edges of the window, or anywhere. */
static u64 choose(struct fuzz_in *in, u32 how, const struct oracle *o)
{
	switch (how % 8) {
	case 0:
		return o->highest + 1;
	case 1:
		return o->highest - fuzz_u8(in);
	case 2:
		return o->highest + fuzz_u8(in);
	case 3:
		return o->highest - L7_WINDOW_SIZE + 8 - fuzz_below(in, 16);
	case 4:
		return o->highest + fuzz_u16(in);
	case 5:
		return o->highest - fuzz_u16(in) % (L7_WINDOW_SIZE + 128);
	case 6:
		return o->floor + fuzz_u8(in);
	}
	return fuzz_u64(in);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct oracle o = { .n = 0 };
	struct l7_window w;
	u32 how;

	o.floor = o.highest = o.contiguous = fuzz_u64(&in);
	l7_window_init(&w, o.floor);
	while (in.len && o.n < TAKEN_MAX) {
		how = fuzz_u8(&in);
		if (how & 0x80)
			REQUIRE(l7_window_contiguous(&w) == contiguous(&o));
		take(&w, &o, choose(&in, how, &o));
		REQUIRE(w.highest == o.highest && w.received == o.n);
		REQUIRE(l7_window_missing(&w) == o.highest - o.floor - o.n);
	}
	REQUIRE(l7_window_contiguous(&w) == contiguous(&o));
	return 0;
}
