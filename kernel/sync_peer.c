// SPDX-License-Identifier: GPL-2.0
/*
 * Peers: who they are, whether their epoch is alive, what they know of us and
 * what of theirs was lost. Owns the table of peers and the challenges that
 * wait to be sent. Lock: peers_lock; only the receiver adds and removes.
 */
#include <linux/jiffies.h>
#include <linux/random.h>
#include "sync_priv.h"

#define WISH_PAUSE_MS	1000	/* between two wishes for everything */
#define LATE_MS		300	/* a tick that late, and more was late */

struct l7_sync_peer *l7_peer_find(const struct l7_sync_run *run, u8 node)
{
	u32 i;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && run->peers[i]->node == node)
			return run->peers[i];
	return NULL;
}

bool l7_peer_is_alive(const struct l7_sync_peer *p)
{
	return time_before(jiffies, READ_ONCE(p->heard) +
				    msecs_to_jiffies(L7_SYNC_DEAD_MS));
}

bool l7_peer_is_relief(const struct l7_sync_peer *p)
{
	return l7_peer_is_alive(p) && p->accepts && !p->other_secrets &&
	       p->state == L7_NODE_READY;
}

u64 l7_peer_missing(const struct l7_sync_peer *p)
{
	u64 sum = 0;
	u32 lane;

	for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++) {
		const struct l7_window *w = &p->win[lane];

		sum += l7_window_missing(w);
		if (p->sent[lane] > w->highest)
			sum += p->sent[lane] - w->highest;
	}
	return sum;
}

/* One that is silent no longer does as soon as the tick has taken note of it:
 * then it gets what changed when it is heard again.
 */
static bool listens(const struct l7_sync_peer *p)
{
	return p->accepts;
}

u32 l7_peer_listeners_locked(const struct l7_sync_run *run)
{
	u32 i, n = 0;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		n += run->peers[i] && listens(run->peers[i]);
	return n;
}

u32 l7_peer_listeners(struct l7_sync_run *run)
{
	u32 n;

	spin_lock(&run->peers_lock);
	n = l7_peer_listeners_locked(run);
	spin_unlock(&run->peers_lock);
	return n;
}

void l7_peer_backlog(struct l7_sync_run *run, u64 *unseen, u64 *unsettled)
{
	u64 sent = atomic64_read(&run->number[L7_LANE_BULK]), acked;
	struct l7_sync_peer *p;
	u32 i;

	*unseen = 0;
	*unsettled = 0;
	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (!p || !listens(p))
			continue;
		acked = min(sent, p->acked[L7_LANE_BULK]);
		*unseen = max(*unseen, sent - acked);
		*unsettled = max(*unsettled, sent - acked + p->behind);
	}
	spin_unlock(&run->peers_lock);
}

bool l7_peer_has(struct l7_sync_run *run, u64 number)
{
	const struct l7_sync_peer *p;
	bool has = false;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		has |= p && listens(p) && p->base < number && p->has >= number;
	}
	spin_unlock(&run->peers_lock);
	return has;
}

bool l7_peer_all_have(struct l7_sync_run *run, u64 number)
{
	bool all = true;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && listens(run->peers[i]) &&
		    run->peers[i]->has < number)
			all = false;
	spin_unlock(&run->peers_lock);
	return all;
}

u32 l7_peer_farthest(struct l7_sync_run *run)
{
	u32 i, rtt = 0;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && l7_peer_is_alive(run->peers[i]))
			rtt = max(rtt, run->peers[i]->way.rtt.mean);
	spin_unlock(&run->peers_lock);
	return rtt;
}

/* --- Challenges --- */

/* A recording under another key of the same epoch is another question. */
static bool same_ask(const struct l7_sync_ask *a, const struct l7_challenge *c,
		     u8 key_id)
{
	return a->key_id == key_id && a->c.kind == c->kind &&
	       a->c.node == c->node && a->c.epoch == c->epoch;
}

/* Queue a challenge or an answer. They leave together, so what one datagram
 * of a stranger can cause is one frame at most. When there are too many, a
 * random one gives way: a flood of recordings cannot keep a live peer out.
 */
static void ask(struct l7_sync_run *run, const struct l7_challenge *c,
		u8 key_id)
{
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < run->nasks; i++)
		if (same_ask(&run->asks[i], c, key_id))
			break;
	if (i == L7_SYNC_ASKS)
		i = get_random_u32() % L7_SYNC_ASKS;
	run->asks[i].c = *c;
	run->asks[i].key_id = key_id;
	run->nasks = max(run->nasks, i + 1);
	spin_unlock(&run->peers_lock);
	l7_sync_kick_tx(run);
}

void l7_peer_challenge(struct l7_sync_run *run, const struct l7_header *h)
{
	struct l7_challenge c = {
		.kind = L7_CHALLENGE_ASK, .node = h->node, .epoch = h->epoch,
	};

	l7_seal_nonce(run, h->node, h->epoch, c.nonce);
	ask(run, &c, h->key_id);
}

void l7_peer_answer(struct l7_sync_run *run, const struct l7_header *h,
		    const u8 nonce[L7_NONCE_LEN])
{
	struct l7_challenge c = {
		.kind = L7_CHALLENGE_ANSWER, .node = h->node, .epoch = h->epoch,
		.secrets = run->first.secrets,
		.sent = {
			[L7_LANE_LIVE] =
				atomic64_read(&run->number[L7_LANE_LIVE]),
			[L7_LANE_BULK] =
				atomic64_read(&run->number[L7_LANE_BULK]),
		},
	};

	memcpy(c.nonce, nonce, L7_NONCE_LEN);
	ask(run, &c, h->key_id);
}

/* --- Coming and going --- */

/* A place for a peer: its own, a free one, or that of a dead peer. */
static u32 place_for(const struct l7_sync_run *run, u8 node)
{
	u32 i, best = L7_SYNC_PEERS_MAX;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		if (run->peers[i] && run->peers[i]->node == node)
			return i;
		if (!run->peers[i])
			best = i;
		else if (best == L7_SYNC_PEERS_MAX &&
			 !l7_peer_is_alive(run->peers[i]))
			best = i;
	}
	return best;
}

static void free_peer(struct l7_sync_peer *p)
{
	if (!p)
		return;
	kvfree(p->cmp);
	l7_config_forget(p);
	kvfree(p->push.in);
	kvfree(p);
}

static void replace(struct l7_sync_run *run, u32 place, struct l7_sync_peer *p)
{
	struct l7_sync_peer *old;

	spin_lock(&run->peers_lock);
	old = run->peers[place];
	run->peers[place] = p;
	spin_unlock(&run->peers_lock);
	free_peer(old);
}

/* Secrets last as long as an epoch, so it is known of each record. */
static bool has_other_secrets(const struct l7_sync_run *run,
			      const struct l7_challenge *c)
{
	return c->secrets && run->first.secrets && c->secrets != run->first.secrets;
}

/* One that was doubted, and sends everything again. */
static void inherit(struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_sync_peer *old)
{
	if (!old || old->node != p->node || old->epoch != p->epoch)
		return;
	l7_push_inherit(run, p, old);
	p->way.rtt = old->way.rtt;
	p->was_joined = old->was_joined;
	p->wish = old->wish;
	p->wished = old->wished;
	p->lacks = true;
}

/* Nothing that was sent before the answer is accepted: the walk that follows
 * brings its state, and no recording of it can.
 */
struct l7_sync_peer *l7_peer_confirm(struct l7_sync_run *run,
				     const struct l7_header *h,
				     const struct l7_challenge *c)
{
	u32 place = place_for(run, h->node);
	struct l7_sync_peer *p;

	if (place == L7_SYNC_PEERS_MAX)
		return NULL;
	p = kvzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return NULL;
	p->node = h->node;
	p->epoch = h->epoch;
	p->heard = jiffies;
	p->keys[0] = h->key_id;
	p->other_secrets = has_other_secrets(run, c);
	l7_window_init(&p->win[L7_LANE_CONTROL], h->number);
	l7_window_init(&p->win[L7_LANE_LIVE], c->sent[L7_LANE_LIVE]);
	l7_window_init(&p->win[L7_LANE_BULK], c->sent[L7_LANE_BULK]);
	l7_window_init(&p->again[L7_LANE_LIVE], c->sent[L7_LANE_LIVE]);
	l7_window_init(&p->again[L7_LANE_BULK], c->sent[L7_LANE_BULK]);
	run->confirms[h->node]++;
	inherit(run, p, run->peers[place]);
	replace(run, place, p);
	l7_keys_update(run);
	return p;
}

void l7_peer_drop(struct l7_sync_run *run, struct l7_sync_peer *p)
{
	u32 i;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] == p)
			replace(run, i, NULL);
	l7_queue_update(run);
}

void l7_peer_doubt(struct l7_sync_run *run)
{
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i])
			WRITE_ONCE(run->peers[i]->doubted, true);
	spin_unlock(&run->peers_lock);
}

void l7_peer_free_all(struct l7_sync_run *run)
{
	u32 i;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		free_peer(run->peers[i]);
}

/* --- HELLO --- */

static void fill_seen(const struct l7_sync_run *run, struct l7_sync_peer *p,
		      struct l7_seen *s)
{
	struct l7_window *bulk = &p->win[L7_LANE_BULK];
	u64 behind = bulk->highest - l7_window_contiguous(bulk);

	*s = (struct l7_seen) {
		.node = p->node,
		.flags = L7_SEEN_CONFIRMED | (p->recent ? L7_SEEN_RECENT : 0),
		.wish = p->wish,
		.behind = min_t(u64, behind, U32_MAX),
		.epoch = p->epoch,
		.highest = {
			[L7_LANE_LIVE] = p->win[L7_LANE_LIVE].highest,
			[L7_LANE_BULK] = p->win[L7_LANE_BULK].highest,
		},
		.contiguous = l7_window_contiguous(&p->win[L7_LANE_LIVE]),
		.stamp = p->way.stamp,
		.held = l7_run_stamp(run) - p->way.stamped,
	};
}

/* One that was restored from a snapshot is silent, as its numbers are not new: it has to
 * hear of that (sync_fork.c).
 */
static void fill_silent(const struct l7_sync_peer *p, struct l7_seen *s)
{
	*s = (struct l7_seen) {
		.node = p->node,
		.flags = L7_SEEN_SILENT,
		.epoch = p->epoch,
		.highest = {
			[L7_LANE_LIVE] = p->win[L7_LANE_LIVE].highest,
			[L7_LANE_BULK] = p->win[L7_LANE_BULK].highest,
		},
		.contiguous = p->win[L7_LANE_CONTROL].highest,
	};
}

u32 l7_peer_seen(struct l7_sync_run *run, struct l7_seen *seen)
{
	u32 i, n = 0;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && l7_peer_is_alive(run->peers[i]))
			fill_seen(run, run->peers[i], &seen[n++]);
		else if (run->peers[i])
			fill_silent(run->peers[i], &seen[n++]);
	spin_unlock(&run->peers_lock);
	return n;
}

/* What the HELLO says about us, NULL if it does not know this start of ours. */
static const struct l7_seen *about_us(const struct l7_sync_run *run,
				      const struct l7_hello *h)
{
	u32 i;

	for (i = 0; i < h->nseen; i++)
		if (h->seen[i].node == run->conf.node &&
		    h->seen[i].epoch == run->epoch)
			return &h->seen[i];
	return NULL;
}

static void note_keys(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_hello *h)
{
	spin_lock(&run->peers_lock);
	memcpy(p->keys, h->keys, sizeof(p->keys));
	spin_unlock(&run->peers_lock);
	l7_keys_update(run);
}

/* It is silent for us, or we are for it: what changes is queued no more. That is all that
 * it lacks, if it had sent us everything before.
 */
static void lapse(struct l7_sync_peer *p)
{
	if (p->joined || p->lapsed)
		p->lapsed = true;
	else
		p->lacks = true;
}

/* What is still owed to it since an earlier time is not forgotten. */
static void close_peer(struct l7_sync_peer *p, unsigned long since)
{
	if (p->accepts && !p->owed)
		p->closed = since;
	p->accepts = false;
}

static void owe(struct l7_sync_peer *p, unsigned long since)
{
	if (p->accepts && (!p->owed || time_before(since, p->closed)))
		p->closed = since;
	p->owed = max_t(u8, p->owed, L7_OWED_RECENT);
}

void l7_peer_owe(struct l7_sync_run *run, unsigned long since)
{
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && run->peers[i]->opened)
			owe(run->peers[i], since);
	spin_unlock(&run->peers_lock);
	l7_bulk_want(run, L7_OWED_RECENT);
}

static void open_peer(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_seen *s)
{
	bool wish = p->granted != s->wish;

	if (!p->opened || (wish && !(s->flags & L7_SEEN_RECENT)))
		p->owed = L7_OWED_ALL;
	else if (wish || !p->accepts)
		owe(p, jiffies);
	if (!p->accepts)
		p->base = atomic64_read(&run->number[L7_LANE_LIVE]);
	p->opened = true;
	p->accepts = true;
	p->granted = s->wish;
	memcpy(p->acked, s->highest, sizeof(p->acked));
	p->has = max(p->has, s->contiguous);
	p->behind = s->behind;
}

/* How long our last HELLO took there, and this one back, without the time in between: as
 * RTCP does it (RFC 3550, 6.4.1).
 */
static void measure(const struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_seen *s)
{
	s32 rtt = (s32)(l7_run_stamp(run) - s->stamp - s->held);
	u32 lane;

	if (!s->stamp || rtt < 0)
		return;
	l7_rtt_measured(&p->way.rtt, s->stamp, rtt);
	for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++)
		p->gap[lane].rtt = p->way.rtt.mean;
}

/* The same, NULL as well if it does not hear us. */
static const struct l7_seen *what_counts(struct l7_sync_run *run,
					 const struct l7_hello *h)
{
	const struct l7_seen *s = about_us(run, h);

	if (s)
		l7_fork_compare(run, s);
	return s && s->flags & L7_SEEN_CONFIRMED ? s : NULL;
}

void l7_peer_hello(struct l7_sync_run *run, struct l7_sync_peer *p,
		   const struct l7_hello *h)
{
	const struct l7_seen *s = what_counts(run, h);
	bool unreadable = h->keys[0] && !l7_keys_has(run, h->keys[0]);
	bool applies = s;
	enum l7_owed owed;
	bool accepts;

	note_keys(run, p, h);
	spin_lock(&run->peers_lock);
	accepts = applies && l7_keys_reads(run, p, run->key_id);
	p->older = h->clock > l7_run_clock(run);
	p->state = h->state;
	p->compares = h->features & L7_FEATURE_DIGEST && !p->other_secrets;
	p->takes = h->features & L7_FEATURE_POLICIES;
	p->config = h->config;
	memcpy(p->claims, h->sent, sizeof(p->claims));
	if (h->time)
		p->skew = (s32)(h->time - (u32)ktime_get_real_seconds());
	p->way.stamp = h->stamp;
	p->way.stamped = l7_run_stamp(run);
	if (s)
		measure(run, p, s);
	p->bindings = h->bindings;
	p->flows = h->flows;
	if (accepts)
		open_peer(run, p, s);
	else
		close_peer(p, jiffies);
	/* it has stopped queueing what changes for us, or we cannot read it */
	if (p->applies && !applies)
		lapse(p);
	p->lacks |= unreadable;
	p->applies = applies;
	owed = p->owed;
	spin_unlock(&run->peers_lock);
	l7_await_acked(run);
	/* it may know none of our names yet */
	if (owed)
		memset(run->told, 0, sizeof(run->told));
	/* in this order: what changes while all is sent, is sent by itself */
	l7_queue_update(run);
	spin_lock(&run->peers_lock);
	p->listed = accepts;
	spin_unlock(&run->peers_lock);
	if (accepts && owed)
		l7_bulk_want(run, owed);
}

/* --- Tick --- */

/* Numbers that will never come: the peer has them no more, they are too old for
 * the window, or it was asked in vain.
 */
static u64 give_up(struct l7_sync_peer *p, u32 lane)
{
	struct l7_window *w = &p->win[lane];
	u64 upto = p->oldest[lane] ? p->oldest[lane] - 1 : 0;

	if (l7_gap_is_vain(&p->gap[lane], l7_repair_now()))
		upto = max(upto, p->gap[lane].top);
	if (!l7_window_missing(w) && upto <= w->highest)
		return 0;
	return l7_window_give_up(w, upto);
}

static u64 newly_lost(struct l7_sync_peer *p)
{
	u64 lost = give_up(p, L7_LANE_LIVE) + give_up(p, L7_LANE_BULK);

	p->lost += lost;
	if (lost)
		p->lacks = true;
	return lost;
}

/* What can't be had packet by packet: everything, or what changed. The pause gives it time
 * to arrive.
 */
static void make_wish(struct l7_sync_peer *p)
{
	if (!(p->lacks || p->lapsed) || !l7_peer_is_alive(p) ||
	    (p->wish && time_before(jiffies, p->wished +
				    msecs_to_jiffies(WISH_PAUSE_MS))))
		return;
	p->recent = !p->lacks;
	p->lacks = false;
	p->lapsed = false;
	l7_peer_unjoin(p);
	p->wish++;
	p->wished = jiffies;
}

/* For how long this director itself did not run: a virtual machine that was stopped, or
 * a busy host. What peers sent meanwhile is still to be read, or it was lost; they
 * were not silent.
 */
static unsigned long slept(struct l7_sync_run *run)
{
	unsigned long now = jiffies, since = now - run->ticked;

	run->ticked = now;
	return since > msecs_to_jiffies(LATE_MS) ? since : 0;
}

/* Neither hears the other, since then. */
static void part(struct l7_sync_peer *p, unsigned long since)
{
	close_peer(p, since);
	lapse(p);
	p->applies = false;
	p->listed = false;
}

/* Once in a silence. But if it lasted, the peer has given us up. */
static void forgive(struct l7_sync_peer *p, unsigned long asleep)
{
	unsigned long dead = msecs_to_jiffies(L7_SYNC_DEAD_MS);

	if (!asleep || p->forgiven ||
	    !time_before(jiffies - asleep, p->heard + dead))
		return;
	p->forgiven = true;
	p->heard += min(asleep, jiffies - p->heard);
	if (asleep >= dead)
		part(p, jiffies - asleep);
}

static void check_peers(struct l7_sync_run *run)
{
	unsigned long asleep = slept(run);
	struct l7_sync_peer *p;
	u64 lost = 0;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (!p)
			continue;
		forgive(p, asleep);
		lost += newly_lost(p);
		make_wish(p);
		if (l7_peer_is_alive(p))
			continue;
		/* when it is heard again, each gets what changed meanwhile */
		part(p, jiffies);
	}
	spin_unlock(&run->peers_lock);
	l7_stat_add(run->ln->stats, L7_C_SYNC_LOST, lost);
}

void l7_peer_tick(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(to_delayed_work(work),
					       struct l7_sync_run, tick);

	l7_fork_tick(run);
	l7_sock_refresh(run);
	check_peers(run);
	l7_keys_tick(run);
	l7_join_tick(run);
	l7_config_tick(run);
	l7_push_tick(run);
	l7_event_tick(run);
	l7_queue_update(run);
	if (test_bit(L7_SYNC_TODO_ALL, &run->todo) ||
	    test_bit(L7_SYNC_TODO_RECENT, &run->todo) ||
	    test_bit(L7_SYNC_TODO_PULL, &run->todo))
		queue_work(run->wq, &run->bulk);
	l7_sync_hello_soon(run);
	if (!l7_sync_is_stopping(run))
		queue_delayed_work(run->wq, &run->tick,
				   msecs_to_jiffies(L7_SYNC_HELLO_MS));
}
