/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Anti-replay window over packet numbers (RFC 6479), and what it knows of
 * loss: which numbers did not come.
 */
#ifndef L7_PURE_WINDOW_H
#define L7_PURE_WINDOW_H

#include "env.h"

#define L7_WINDOW_WORDS		64
/* Numbers this far behind the highest are too old, seen or not. The word
 * that holds the highest is only partly valid, hence one word less.
 */
#define L7_WINDOW_SIZE		(64 * (L7_WINDOW_WORDS - 1))

/** struct l7_window - numbers received of one sender, lane and epoch
 * @floor: numbers up to here are refused
 * @highest: highest number received; @floor when there is none
 * @contiguous: all numbers from @floor to here came or were given up
 * @received: numbers received or given up, each once
 * @map: one bit per number modulo the size of the map
 */
struct l7_window {
	u64 floor;
	u64 highest;
	u64 contiguous;
	u64 received;
	u64 map[L7_WINDOW_WORDS];
};

/** l7_window_init() - expect numbers above @floor */
void l7_window_init(struct l7_window *w, u64 floor);

/** l7_window_is_fresh() - is @n neither seen nor too old? Changes nothing, so
 * it may be asked before a packet is authenticated.
 */
bool l7_window_is_fresh(const struct l7_window *w, u64 n);

/** l7_window_take() - note that @n was received; false if it is not fresh */
bool l7_window_take(struct l7_window *w, u64 n);

/** l7_window_contiguous() - all numbers up to this came, or were given up;
 * moves w->contiguous
 */
u64 l7_window_contiguous(struct l7_window *w);

/** l7_window_give_up() - expect no number up to @upto any more, nor any that is
 * too old to come
 * Return: how many of them did not come.
 */
u64 l7_window_give_up(struct l7_window *w, u64 upto);

/** l7_window_missing() - numbers up to the highest that did not come, and are
 * not given up
 */
static inline u64 l7_window_missing(const struct l7_window *w)
{
	return w->highest - w->floor - w->received;
}

/** struct l7_range - @count numbers from @first on; @count > 0 */
struct l7_range {
	u64 first;
	u32 count;
};

/** l7_window_gaps() - which numbers from @from to @top did not come
 * @from: 0: from the first that is missing
 * @top: may be above the highest
 * @max: of ranges, the lowest
 * Return: how many ranges. Call l7_window_contiguous() before.
 */
u32 l7_window_gaps(const struct l7_window *w, u64 from, u64 top, struct l7_range *r,
		   u32 max);

#endif /* L7_PURE_WINDOW_H */
