/* SPDX-License-Identifier: GPL-2.0 */
/* Policies on their way between directors; for the files of mirroring only. */
#ifndef L7_SYNC_PUSH_H
#define L7_SYNC_PUSH_H

#include <linux/bitmap.h>
#include "pure/push.h"

/** struct l7_push_out - this director's policies, while they are pushed
 * @id: number of the push in this epoch
 * @total: bytes of @set
 * @sum: of the policies
 * @began: jiffies
 * @by: who began it, of netlink's port ids
 * @next: the piece that is sent next; behind the last: all were sent
 * @set: as pure/push.h has it
 */
struct l7_push_out {
	u32 id;
	u32 total;
	u64 sum;
	unsigned long began;
	u32 by;
	u32 next;
	u8 set[];
};

/** struct l7_push_in - those of a peer, while they come, or wait to be taken over
 * @id: number of the push in the peer's epoch
 * @total: bytes of @set
 * @sum: of the policies, as the peer says
 * @began: jiffies; when it came whole, counted anew
 * @token: 0 = it is not whole; else the peer has to repeat this
 * @wanted: the peer did
 * @have: pieces that came
 * @got: which
 * @set: valid where they came
 */
struct l7_push_in {
	u32 id;
	u32 total;
	u64 sum;
	unsigned long began;
	u64 token;
	bool wanted;
	u32 have;
	DECLARE_BITMAP(got, L7_PUSH_PIECES);
	u8 set[];
};

/** struct l7_sync_push - policies between this director and a peer
 * @in: what comes of it; NULL = nothing
 * @said: of its last push, once that came whole or was refused; status 0 = it is being
 *	taken over just now
 * @owed: @said is to be sent
 * @asks: whether @in is still wanted is to be asked
 * @repeated: the one or the other was said again since the last tick
 * @take: its question, which is to be answered; 0 = none is
 * @answer: what it said of our last push; of another if its id is not that one's
 * @taken: pushes of its that were taken over
 * @changes: policies that the last of them changed here
 */
struct l7_sync_push {
	struct l7_push_in *in;
	struct l7_push_answer said;
	bool owed;
	bool asks;
	bool repeated;
	u64 take;
	struct l7_push_answer answer;
	u32 taken;
	u32 changes;
};

#endif /* L7_SYNC_PUSH_H */
