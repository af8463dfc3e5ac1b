/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The join of two states of one entry: which of them is later. Every director
 * decides alike, whatever the order in which it hears of them, so peers that
 * have heard the same end up equal.
 */
#ifndef L7_PURE_MERGE_H
#define L7_PURE_MERGE_H

#include "env.h"

/** enum l7_merge - what to do with an incoming state
 * @L7_MERGE_KEEP: it is older than, or equal to, what is known
 * @L7_MERGE_TAKE: it is later, or the same by a preferred origin
 * @L7_MERGE_CONFLICT_KEEP: two directors changed the entry at the same time,
 *	and the known state wins
 * @L7_MERGE_CONFLICT_TAKE: likewise, and the incoming state wins
 */
enum l7_merge {
	L7_MERGE_KEEP,
	L7_MERGE_TAKE,
	L7_MERGE_CONFLICT_KEEP,
	L7_MERGE_CONFLICT_TAKE,
};

/** struct l7_version - when, in the life of an entry, a state was made
 * @gen: generation; compared in serial arithmetic (RFC 1982), so that it may
 *	wrap: two live states are never 2^31 changes apart
 * @origin: node id of the director that made the state, 1..255
 *
 * One origin gives one generation of an entry to one state only.
 */
struct l7_version {
	u32 gen;
	u8 origin;
};

/** l7_merge_decide() - join an incoming state into the known one
 * @cur: version of the known state
 * @in: version of the incoming state
 * @same_value: both say the same (server, removed or not)
 *
 * The later generation wins; in the same generation the lower origin does. A
 * state that was kept or taken may still carry a fresher lifetime, which is
 * the caller's business.
 */
enum l7_merge l7_merge_decide(const struct l7_version *cur,
			      const struct l7_version *in, bool same_value);

/** l7_merge_is_later() - is generation @a later than @b? */
static inline bool l7_merge_is_later(u32 a, u32 b)
{
	return (s32)(a - b) > 0;
}

#endif /* L7_PURE_MERGE_H */
