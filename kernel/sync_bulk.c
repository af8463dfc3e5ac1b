// SPDX-License-Identifier: GPL-2.0
/*
 * Everything for a director that just came, or that lost something; what changed
 * lately for one that was silent; and those buckets that a peer found to differ:
 * walks the owners' tables and sends each entry as an ordinary update, in a lane
 * of its own, no faster than the slowest listener reports to have received. Owns
 * no state. Process context.
 */
#include <linux/delay.h>
#include "sync_priv.h"

#define WINDOW		256	/* packets on the way */
#define UNSETTLED	768	/* that may have to be sent again: less than are kept */
#define STALL_MS	300	/* without a report, go on */
#define PAUSE_MAX_MS	30000U	/* between two walks, at most */
#define BURST		16	/* packets between pauses */
#define PAUSE_MS	500	/* between two walks, at least */
#define PAUSE_SHARE	10	/* and at most this part of the time walking */

void l7_bulk_want(struct l7_sync_run *run, enum l7_owed what)
{
	set_bit(what == L7_OWED_ALL ? L7_SYNC_TODO_ALL : L7_SYNC_TODO_RECENT,
		&run->todo);
	if (!l7_sync_is_stopping(run))
		queue_work(run->wq, &run->bulk);
}

void l7_bulk_pull(struct l7_sync_run *run)
{
	set_bit(L7_SYNC_TODO_PULL, &run->todo);
	if (!l7_sync_is_stopping(run))
		queue_work(run->wq, &run->bulk);
}

static bool is_ahead(struct l7_sync_run *run)
{
	u64 unseen, unsettled;

	l7_peer_backlog(run, &unseen, &unsettled);
	return unseen >= WINDOW || unsettled >= UNSETTLED;
}

/* After a packet was sent. A listener that reports nothing, because what is on
 * the way was lost, because it is dying, or as no packet of this size comes through to it,
 * holds the walk up only so long, and then not again for as many packets as may be on
 * the way.
 */
static void pace(struct l7_sync_run *run, u64 number)
{
	unsigned long end = jiffies + msecs_to_jiffies(STALL_MS);
	u64 unseen, still, unsettled;

	if (number % BURST == 0)
		usleep_range(500, 1000);
	if (number < run->unpaced)
		return;
	l7_peer_backlog(run, &unseen, &unsettled);
	while (is_ahead(run) && time_before(jiffies, end) &&
	       !l7_sync_is_stopping(run))
		usleep_range(500, 1000);
	if (time_before(jiffies, end))
		return;
	l7_peer_backlog(run, &still, &unsettled);
	if (still >= unseen)
		run->unpaced = number + WINDOW;
}

static int send_one(const struct l7_record *rec, void *arg)
{
	struct l7_sync_run *run = arg;
	u64 before = atomic64_read(&run->number[L7_LANE_BULK]);
	u64 after;

	if (l7_sync_is_stopping(run))
		return -EINTR;
	l7_tx_record(run, &run->all, rec, L7_LANE_BULK);
	after = atomic64_read(&run->number[L7_LANE_BULK]);
	if (after == before)
		return 0;
	if (!l7_peer_listeners(run))
		return -ENOTCONN;
	pace(run, after);
	return 0;
}

/** struct pulled - the buckets of a kind that are sent */
struct pulled {
	struct l7_sync_run *run;
	DECLARE_BITMAP(buckets, L7_DIGEST_BUCKETS);
};

static int send_pulled_one(const struct l7_record *rec, void *arg)
{
	struct pulled *p = arg;

	if (test_bit(l7_digest_bucket(p->run, rec), p->buckets))
		return send_one(rec, p->run);
	cond_resched();
	return l7_sync_is_stopping(p->run) ? -EINTR : 0;
}

/* What is asked for meanwhile is sent the next time. */
static void send_pulled(struct l7_sync_run *run)
{
	struct pulled p = { .run = run };
	u32 i, bit;

	for (i = 0; i < L7_SYNC_KINDS; i++) {
		bitmap_zero(p.buckets, L7_DIGEST_BUCKETS);
		for_each_set_bit(bit, run->cmp.pulled[i], L7_DIGEST_BUCKETS)
			if (test_and_clear_bit(bit, run->cmp.pulled[i]))
				__set_bit(bit, p.buckets);
		if (!bitmap_empty(p.buckets, L7_DIGEST_BUCKETS))
			l7_owner_of(l7_sync_kinds[i])->walk(run->ln, 0,
						    send_pulled_one, &p);
	}
	l7_tx_flush(run, &run->all, L7_LANE_BULK);
}

static int walk(struct l7_sync_run *run, u64 since)
{
	int err = 0;
	u32 i;

	for (i = 0; !err && i < L7_SYNC_KINDS; i++)
		err = l7_owner_of(l7_sync_kinds[i])->walk(run->ln, since, send_one,
							  run);
	l7_tx_flush(run, &run->all, L7_LANE_BULK);
	return err;
}

static void send_walk(struct l7_sync_run *run, enum l7_owed what)
{
	u64 since = l7_join_serve(run, what, &run->walk_tx);
	int err;

	if (what != L7_OWED_ALL && !run->walk_tx.n)
		return;
	/* a new peer has not heard of any server yet */
	memset(run->told, 0, sizeof(run->told));
	err = walk(run, since);
	if (err) {
		/* a peer that listens is still to have all */
		if (err != -EINTR)
			set_bit(L7_SYNC_TODO_ALL, &run->todo);
		return;
	}
	run->all.out.len = l7_frames_walk_put(&run->walk_tx,
					      l7_sync_frames(&run->all.out),
					      L7_SYNC_MTU_MIN);
	l7_tx_send(run, &run->all.out, L7_LANE_BULK);
}

/* Asked for again too soon, it is left to the tick. */
static bool is_too_soon(const struct l7_sync_run *run)
{
	unsigned long pause = clamp(run->all_took * PAUSE_SHARE,
				    msecs_to_jiffies(PAUSE_MS),
				    msecs_to_jiffies(PAUSE_MAX_MS));

	return run->all_once && time_before(jiffies, run->all_began + pause);
}

void l7_bulk_work(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(work, struct l7_sync_run, bulk);

	bool all, recent, pull;
	u32 i;

	/* until somebody listens, it is left undone */
	if (is_too_soon(run) || !l7_peer_listeners(run))
		return;
	all = test_and_clear_bit(L7_SYNC_TODO_ALL, &run->todo);
	recent = test_and_clear_bit(L7_SYNC_TODO_RECENT, &run->todo);
	pull = test_and_clear_bit(L7_SYNC_TODO_PULL, &run->todo);
	if (!(all || recent || pull))
		return;
	run->all_once = true;
	run->all_began = jiffies;
	if (all) {
		/* that is part of it */
		for (i = 0; i < L7_SYNC_KINDS; i++)
			bitmap_zero(run->cmp.pulled[i], L7_DIGEST_BUCKETS);
	} else if (pull) {
		send_pulled(run);
	}
	if (all || recent)
		send_walk(run, all ? L7_OWED_ALL : L7_OWED_RECENT);
	run->all_took = jiffies - run->all_began;
}
