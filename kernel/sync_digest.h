/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the comparison of tables needs, of a peer and in all; for the files of
 * mirroring only. See sync_digest.c.
 */
#ifndef L7_SYNC_DIGEST_H
#define L7_SYNC_DIGEST_H

#include <linux/siphash.h>
#include "pure/digest.h"

#define L7_SYNC_KINDS	2	/* of entries: bindings, flows */

/** struct l7_compare - the comparison of a peer's tables with ours, by kind
 * @round: of @groups
 * @heard: @groups came
 * @groups: its sums
 * @differ: a bit for each group that differs
 * @got: a bit for each group whose buckets came
 * @compared: @differ was found out; what comes later is too late for this round
 * @took: that its summing up took, milliseconds, and the way to its farthest peer and back
 * @done: the round that @diff is of was brought to its end
 * @voided: the round that is under way says nothing of the peer
 * @looks: at its groups, since the peer is joined
 * @vain: rounds with a lasting difference, one after the other
 * @diff: by how much its buckets differ
 */
struct l7_compare {
	u32 round;
	bool heard[L7_SYNC_KINDS];
	u64 groups[L7_SYNC_KINDS][L7_DIGEST_FANOUT];
	u64 differ[L7_SYNC_KINDS];
	u64 got[L7_SYNC_KINDS];
	bool compared[L7_SYNC_KINDS];
	u16 took;
	bool done;
	bool voided;
	struct l7_looks looks[L7_SYNC_KINDS];
	u32 vain;
	struct l7_diff diff[L7_SYNC_KINDS];
};

/* Steps of a comparison, see sync_digest.c: what comes next. */
enum l7_compare_step {
	L7_COMPARE_GROUPS,
	L7_COMPARE_BUCKETS,
	L7_COMPARE_PULL,
};

/** struct l7_comparing - the comparison with all peers
 * @key: of sums
 * @step: what comes next; the work's alone, as @sum_took, @haste, @frame_tx, @pulls
 * @round: under way, or the last; under peers_lock, as the following to
 *	@own_valid
 * @round_next: one that a peer began
 * @round_heard: it did
 * @round_began: jiffies
 * @own_valid: @own is of @round
 * @own: sums of our own tables; written by the work while not @own_valid
 * @sum_took: jiffies
 * @haste: something differed in the last round, and the next one tells whether that lasts
 * @frame_rx: room for one; the receiver's, as @pull_rx
 * @pulled: buckets that peers want; atomic bits
 */
struct l7_comparing {
	siphash_key_t key;
	enum l7_compare_step step;
	u32 round;
	u32 round_next;
	bool round_heard;
	unsigned long round_began;
	bool own_valid;
	struct l7_digest own[L7_SYNC_KINDS];
	unsigned long sum_took;
	bool haste;
	struct l7_digest_frame frame_tx;
	struct l7_digest_frame frame_rx;
	struct l7_pull pulls[L7_SYNC_KINDS];
	struct l7_pull pull_rx;
	DECLARE_BITMAP(pulled[L7_SYNC_KINDS], L7_DIGEST_BUCKETS);
};

#endif /* L7_SYNC_DIGEST_H */
