/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Are the tables of two directors equal? Entries fall into buckets by their key;
 * a bucket's sum is that of its entries' hashes. Sums that differ tell where to
 * look. What is on its way differs for a moment; what is missing or wrong
 * differs by the same amount each time, and only that is acted on.
 */
#ifndef L7_PURE_DIGEST_H
#define L7_PURE_DIGEST_H

#include "codec.h"

#define L7_DIGEST_FANOUT	64	/* groups, and buckets of each */
#define L7_DIGEST_BUCKETS	(L7_DIGEST_FANOUT * L7_DIGEST_FANOUT)
#define L7_WIRE_DIGEST		16	/* without its sums */
#define L7_WIRE_DIGEST_MAX	(L7_WIRE_FRAME + L7_WIRE_DIGEST + L7_DIGEST_FANOUT * 8)
#define L7_WIRE_PULL		16	/* without its buckets */
#define L7_PULL_BUCKETS		512

/** struct l7_digest - the sums of a table */
struct l7_digest {
	u64 sum[L7_DIGEST_BUCKETS];
};

/** l7_digest_add() - count an entry
 * @key: hash of what tells it from others: in which bucket it falls
 * @all: hash of all that is to be equal
 */
static inline void l7_digest_add(struct l7_digest *d, u64 key, u64 all)
{
	d->sum[key % L7_DIGEST_BUCKETS] += all;
}

/** l7_digest_groups() - the sums of the groups */
void l7_digest_groups(const struct l7_digest *d, u64 sum[L7_DIGEST_FANOUT]);

/** struct l7_diff - by how much a peer's buckets differ from ours
 * @now: in the round of comparisons that is under way, or is over
 * @was: in the one before
 */
struct l7_diff {
	u64 now[L7_DIGEST_BUCKETS];
	u64 was[L7_DIGEST_BUCKETS];
};

/** l7_diff_begin() - a round begins; nothing is known to differ
 * @unseen: groups whose buckets did not come in the one before: theirs are still those
 *	of the last round in which they did
 */
void l7_diff_begin(struct l7_diff *d, u64 unseen);
/** l7_diff_group() - note the sums of a group's buckets
 * @group: 0..L7_DIGEST_FANOUT - 1
 */
void l7_diff_group(struct l7_diff *d, const struct l7_digest *own, u32 group,
		   const u64 sum[L7_DIGEST_FANOUT]);
/** l7_diff_any() - does any bucket differ in this round? */
bool l7_diff_any(const struct l7_diff *d);
/** l7_diff_lasting() - buckets that differ as they did in the round before
 * @from: the bucket from which they are given, and then round
 * @bucket: out, the first @max of them; may be NULL with @max 0
 * Return: how many there are.
 */
u32 l7_diff_lasting(const struct l7_diff *d, u32 from, u16 *bucket, u32 max);

/** l7_diff_lasting_groups() - a bit for each group that has such a bucket */
u64 l7_diff_lasting_groups(const struct l7_diff *d);

/** struct l7_looks - which groups were looked at, in as many rounds as it takes: frames get
 * lost, and where tables change all the time nearly every group differs at any moment
 * @once: at least once
 * @twice: enough: differing, twice; or once and equal
 * @lasting: when it was looked at last, it had a difference that lasts
 */
struct l7_looks {
	u64 once;
	u64 twice;
	u64 lasting;
};

/** l7_looks_note() - after a round
 * @differ: groups whose sums differ
 * @got: groups whose buckets came
 * @lasting: l7_diff_lasting_groups()
 */
void l7_looks_note(struct l7_looks *l, u64 differ, u64 got, u64 lasting);
/** l7_looks_find_equal() - were all looked at, and does nothing last? */
bool l7_looks_find_equal(const struct l7_looks *l);

/** enum l7_digest_level - whose sums a frame has */
enum l7_digest_level {
	L7_DIGEST_LEVEL_GROUPS	= 0,	/* all groups */
	L7_DIGEST_LEVEL_BUCKETS	= 1,	/* the buckets of one group */
};

/** struct l7_digest_frame - sums on the wire
 * @kind: enum l7_rec_kind
 * @level: enum l7_digest_level
 * @group: with buckets
 * @round: names the round; groups of a new one begin it
 * @took: milliseconds that it took to sum up, and the way to the farthest peer and back; 65535
 *	at most
 */
struct l7_digest_frame {
	u8 kind;
	u8 level;
	u8 group;
	u16 took;
	u32 round;
	u64 sum[L7_DIGEST_FANOUT];
};

/** l7_digest_put() - write a whole frame; 0 if @cap is too small */
u32 l7_digest_put(const struct l7_digest_frame *d, u8 *p, u32 cap);
/** l7_digest_get() - 0, or -EBADMSG, also if it has another number of sums */
int l7_digest_get(const struct l7_frame *f, struct l7_digest_frame *d);

/** struct l7_pull - buckets whose entries the sender wants
 * @node: of whom
 * @kind: enum l7_rec_kind
 * @epoch: that director's epoch
 * @n: members of @bucket that are valid
 */
struct l7_pull {
	u8 node;
	u8 kind;
	u64 epoch;
	u16 n;
	u16 bucket[L7_PULL_BUCKETS];
};

u32 l7_pull_put(const struct l7_pull *w, u8 *p, u32 cap);
/** l7_pull_get() - 0, or -EBADMSG. Buckets beyond L7_PULL_BUCKETS are left out. */
int l7_pull_get(const struct l7_frame *f, struct l7_pull *w);

#endif /* L7_PURE_DIGEST_H */
