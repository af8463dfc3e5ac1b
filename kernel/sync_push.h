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

/* What sync_push.c does. */

struct l7_frame;
struct l7_push_info;
struct l7_sync_peer;
struct l7_sync_run;

/** l7_push_send() - send policies and answers as far as that is to be done; by run->tx only */
void l7_push_send(struct l7_sync_run *run);
/** l7_push_on_policy() - 0 or -EBADMSG; by the receiver only, as the next */
int l7_push_on_policy(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_frame *f);
int l7_push_on_answer(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_frame *f);
int l7_push_on_take(struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_frame *f);
void l7_push_work(struct work_struct *work);
void l7_push_pace(struct work_struct *work);
/** l7_push_tick() - each 100 ms: forget what is not completed, let answers be repeated */
void l7_push_tick(struct l7_sync_run *run);
/** l7_push_inherit() - @p is the same start of the same peer as @old */
void l7_push_inherit(struct l7_sync_run *run, struct l7_sync_peer *p,
		     const struct l7_sync_peer *old);
/** l7_push_fill() - what is to be listed; under peers_lock. @i is zeroed */
void l7_push_fill(const struct l7_sync_run *run, const struct l7_sync_peer *p,
		  struct l7_push_info *i);

#endif /* L7_SYNC_PUSH_H */
