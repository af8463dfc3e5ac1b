/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Weighted rendezvous: of all who take part, each draws by a hash of itself and
 * the key, and the best draw wins. Who comes or goes moves only those keys that
 * it wins or won.
 */
#ifndef L7_PURE_DRAW_H
#define L7_PURE_DRAW_H

#include "env.h"

/** struct l7_draw - what one of them drew
 * @time: of an exponential distribution, not yet divided by @weight; never 0
 * @weight: 0 = does not take part
 */
struct l7_draw {
	u32 time;
	u32 weight;
};

/** l7_draw_of() - draw
 * @hash: of the key and of who draws, uniformly distributed
 */
struct l7_draw l7_draw_of(u32 hash, u32 weight);

/** l7_draw_is_better() - has @a the shorter time for its weight? */
bool l7_draw_is_better(const struct l7_draw *a, const struct l7_draw *b);

#endif /* L7_PURE_DRAW_H */
