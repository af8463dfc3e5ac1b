// SPDX-License-Identifier: GPL-2.0
/*
 * Proof of equality: directors compare the sums of their tables now and then,
 * and pull the buckets that differ. A round has three steps, for each director
 * at about the same time: sum up, and tell the sums of groups of buckets; tell
 * the buckets of groups in which some peer differs; look which of these differ
 * as they did in the round before, and pull them. The sums are made by a walk
 * over what is there, so that they also find what no event told of.
 *
 * Locks: peers_lock for all that the receiver writes; the sums of our own are
 * written by the work alone, while @own_valid is false.
 */
#include <linux/random.h>
#include <linux/unaligned.h>
#include "sync_priv.h"

#define ROUND_MS	2000	/* between two rounds */
#define HASTE_MS	1000	/* likewise, in haste: ends are in seconds */
#define SHARE		25	/* of the time, at most this part is spent summing up */
#define HASTE_SHARE	4	/* likewise, in haste: many entries take long */
#define SETTLE_MS	100	/* for the peers' part of a step */
#define TOOK_MAX_MS	10000U	/* of a peer's part that is waited for, if ours is not long, too */
#define ABSENT		5	/* rounds without one of the lower node's, until one of ours */
#define VAIN_MAX	6U	/* a pull that changes nothing is repeated less and less */

const u8 l7_sync_kinds[L7_SYNC_KINDS] = { L7_REC_BINDING, L7_REC_FLOW };

static bool kind_index(u8 kind, u32 *k)
{
	for (*k = 0; *k < L7_SYNC_KINDS; ++*k)
		if (l7_sync_kinds[*k] == kind)
			return true;
	return false;
}

/* --- Sums --- */

/** struct binding_content - all of a binding that is equal at all directors */
struct binding_content {
	u8 hash[L7_KEY_HASH_LEN];
	struct l7_endpoint server;
	u32 scope;
	u32 gen;
	u8 origin;
	u8 type;
	u8 fixed;
	u8 zero;
};

/** struct flow_content - likewise, of a flow */
struct flow_content {
	struct l7_endpoint client;
	struct l7_endpoint vip;
	struct l7_endpoint server;
	u32 gen;
	struct l7_rec_data data;
	u8 origin;
	u8 zero;
};

/** struct flow_key - what tells a flow from others */
struct flow_key {
	struct l7_endpoint client;
	struct l7_endpoint vip;
	struct l7_rec_data data;
	u8 zero[2];
};

/* without padding */
static_assert(sizeof(struct binding_content) ==
	      L7_KEY_HASH_LEN + sizeof(struct l7_endpoint) + 12);
static_assert(sizeof(struct flow_content) == 3 * sizeof(struct l7_endpoint) + 12);
static_assert(sizeof(struct flow_key) == 2 * sizeof(struct l7_endpoint) + 8);

static u64 hash_binding(const struct l7_record *r, const siphash_key_t *key)
{
	struct binding_content c = {
		.server = r->b.server, .scope = r->b.scope, .gen = r->gen,
		.origin = r->origin, .type = r->b.type, .fixed = r->b.fixed,
	};

	memcpy(c.hash, r->b.hash, sizeof(c.hash));
	return siphash(&c, sizeof(c), key);
}

static u64 hash_flow(const struct l7_record *r, const siphash_key_t *key)
{
	const struct flow_content c = {
		.client = r->f.client, .vip = r->f.vip, .server = r->f.server,
		.gen = r->gen, .data = r->f.data, .origin = r->origin,
	};

	return siphash(&c, sizeof(c), key);
}

static u64 hash_all(const struct l7_sync_run *run, const struct l7_record *r)
{
	return r->kind == L7_REC_FLOW ? hash_flow(r, &run->cmp.key) :
					hash_binding(r, &run->cmp.key);
}

/* In which bucket it falls: by what does not change. */
static u64 hash_key(const struct l7_sync_run *run, const struct l7_record *r)
{
	struct flow_key k = {};

	if (r->kind != L7_REC_FLOW)
		return get_unaligned_le64(r->b.hash);
	k.client = r->f.client;
	k.vip = r->f.vip;
	k.data = r->f.data;
	return siphash(&k, sizeof(k), &run->cmp.key);
}

u32 l7_digest_bucket(const struct l7_sync_run *run, const struct l7_record *r)
{
	return hash_key(run, r) % L7_DIGEST_BUCKETS;
}

/** struct summing - what the walk over a table needs */
struct summing {
	struct l7_sync_run *run;
	u32 k;
};

static void sum_one(const struct l7_record *r, void *arg)
{
	const struct summing *s = arg;

	l7_digest_add(&s->run->cmp.own[s->k], hash_key(s->run, r),
		      hash_all(s->run, r));
}

static void sum_up(struct l7_sync_run *run)
{
	struct summing s = { .run = run };
	unsigned long began = jiffies;

	memset(run->cmp.own, 0, sizeof(run->cmp.own));
	for (s.k = 0; s.k < L7_SYNC_KINDS; s.k++)
		l7_owner_of(l7_sync_kinds[s.k])->each(run->ln, sum_one, &s);
	run->cmp.sum_took = jiffies - began;
}

/* --- First step: the groups --- */

static unsigned long longest_way(struct l7_sync_run *run)
{
	return usecs_to_jiffies(l7_peer_farthest(run));
}

/* What others have to wait for: the way, too, as one of us may be farther from others than they
 * know.
 */
static u16 took_ms(struct l7_sync_run *run)
{
	return (u16)min_t(u32, jiffies_to_msecs(run->cmp.sum_took + longest_way(run)),
			  U16_MAX);
}

static void send_frame(struct l7_sync_run *run, struct l7_digest_frame *f)
{
	struct l7_sync_packet *out = &run->compare_tx;

	out->len = l7_digest_put(f, l7_sync_frames(out), L7_SYNC_MTU_MIN);
	l7_tx_send(run, out, L7_LANE_CONTROL);
}

/* Which also begins the round at who has not heard of it yet. */
static void send_groups(struct l7_sync_run *run)
{
	struct l7_digest_frame *f = &run->cmp.frame_tx;
	u32 k;

	for (k = 0; k < L7_SYNC_KINDS; k++) {
		*f = (struct l7_digest_frame){
			.kind = l7_sync_kinds[k], .level = L7_DIGEST_LEVEL_GROUPS,
			.took = took_ms(run), .round = run->cmp.round,
		};
		l7_digest_groups(&run->cmp.own[k], f->sum);
		send_frame(run, f);
	}
}

/* A round that was not brought to its end leaves the one before it as it is. */
static void begin_compare(struct l7_compare *c)
{
	u32 k;

	for (k = 0; k < L7_SYNC_KINDS; k++) {
		if (c->done)
			l7_diff_begin(&c->diff[k], c->differ[k] & ~c->got[k]);
		else
			memset(c->diff[k].now, 0, sizeof(c->diff[k].now));
		c->differ[k] = 0;
		c->got[k] = 0;
		c->compared[k] = false;
	}
	c->done = false;
	c->voided = false;
}

static void begin(struct l7_sync_run *run)
{
	u32 i;

	spin_lock(&run->peers_lock);
	run->cmp.round = run->cmp.round_heard ? run->cmp.round_next :
						get_random_u32();
	run->cmp.round_heard = false;
	run->cmp.own_valid = false;
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && run->peers[i]->cmp)
			begin_compare(run->peers[i]->cmp);
	spin_unlock(&run->peers_lock);
	run->cmp.round_began = jiffies;
	sum_up(run);
	spin_lock(&run->peers_lock);
	run->cmp.own_valid = true;
	spin_unlock(&run->peers_lock);
	send_groups(run);
}

/* --- Second step: buckets of groups that differ --- */

static u64 find_groups(struct l7_compare *c, u32 k, const u64 *own)
{
	u32 i;

	c->compared[k] = c->heard[k];
	for (i = 0; c->heard[k] && i < L7_DIGEST_FANOUT; i++)
		if (c->groups[k][i] != own[i])
			c->differ[k] |= BIT_ULL(i);
	return c->differ[k];
}

static u64 groups_to_tell(struct l7_sync_run *run, u32 k)
{
	u64 own[L7_DIGEST_FANOUT], all = 0;
	struct l7_compare *c;
	u32 i;

	l7_digest_groups(&run->cmp.own[k], own);
	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		c = run->peers[i] ? run->peers[i]->cmp : NULL;
		if (c && c->round == run->cmp.round)
			all |= find_groups(c, k, own);
	}
	spin_unlock(&run->peers_lock);
	return all;
}

static void send_buckets(struct l7_sync_run *run, u32 k, u8 group)
{
	struct l7_digest_frame *f = &run->cmp.frame_tx;

	*f = (struct l7_digest_frame){
		.kind = l7_sync_kinds[k], .level = L7_DIGEST_LEVEL_BUCKETS,
		.group = group, .took = took_ms(run), .round = run->cmp.round,
	};
	memcpy(f->sum, run->cmp.own[k].sum + group * L7_DIGEST_FANOUT,
	       sizeof(f->sum));
	send_frame(run, f);
}

static void tell_buckets(struct l7_sync_run *run)
{
	u64 groups;
	u32 k, i;

	for (k = 0; k < L7_SYNC_KINDS; k++) {
		groups = groups_to_tell(run, k);
		for (i = 0; i < L7_DIGEST_FANOUT; i++)
			if (groups & BIT_ULL(i))
				send_buckets(run, k, (u8)i);
	}
}

/* --- Third step: what lasts --- */

static bool is_to_judge(const struct l7_compare *c)
{
	u32 k;

	for (k = 0; k < L7_SYNC_KINDS; k++)
		if (!c->compared[k])
			return false;
	return !c->done && !c->voided;
}

/* Whether a peer's table is known to be equal to ours, but for what is on its
 * way; where anything differs, that takes two looks.
 */
static void judge(struct l7_sync_peer *p, u32 lasting)
{
	struct l7_compare *c = p->cmp;
	bool equal = p->joined;
	u32 k;

	p->differs = lasting;
	c->vain = lasting ? c->vain + 1 : 0;
	for (k = 0; k < L7_SYNC_KINDS && p->joined; k++) {
		l7_looks_note(&c->looks[k], c->differ[k], c->got[k],
			      l7_diff_lasting_groups(&c->diff[k]));
		equal &= l7_looks_find_equal(&c->looks[k]);
	}
	if (!p->joined)
		memset(c->looks, 0, sizeof(c->looks));
	p->equal = equal;
}

/* Not before the walk that brings everything. */
static bool is_pull_due(const struct l7_sync_peer *p)
{
	u32 vain = p->cmp->vain;

	return vain && p->joined &&
	       !((vain - 1) & (BIT(min(vain / 4, VAIN_MAX)) - 1));
}

/* Looks at peer @i; what is to be pulled of it is in run->cmp.pulls. Returns whether anything
 * differs.
 */
static bool look_at(struct l7_sync_run *run, u32 i)
{
	struct l7_sync_peer *p;
	struct l7_compare *c;
	bool differs = false;
	u32 k, lasting = 0;

	for (k = 0; k < L7_SYNC_KINDS; k++)
		run->cmp.pulls[k].n = 0;
	spin_lock(&run->peers_lock);
	p = run->peers[i];
	c = p ? p->cmp : NULL;
	if (!c || c->round != run->cmp.round || !is_to_judge(c))
		goto unlock;
	for (k = 0; k < L7_SYNC_KINDS; k++) {
		struct l7_pull *w = &run->cmp.pulls[k];
		/* those for which there was no room the last time */
		u32 n = l7_diff_lasting(&c->diff[k], c->vain * L7_PULL_BUCKETS,
					w->bucket, L7_PULL_BUCKETS);

		w->node = p->node;
		w->kind = l7_sync_kinds[k];
		w->epoch = p->epoch;
		w->n = (u16)min(n, (u32)L7_PULL_BUCKETS);
		lasting += n;
		differs |= l7_diff_any(&c->diff[k]);
	}
	c->done = true;
	judge(p, lasting);
	for (k = 0; k < L7_SYNC_KINDS && !is_pull_due(p); k++)
		run->cmp.pulls[k].n = 0;
unlock:
	spin_unlock(&run->peers_lock);
	l7_stat_add(run->ln->stats, L7_C_SYNC_DIFFER, lasting);
	return differs;
}

static void send_pull(struct l7_sync_run *run, const struct l7_pull *w)
{
	struct l7_sync_packet *out = &run->compare_tx;

	out->len = l7_pull_put(w, l7_sync_frames(out), L7_SYNC_MTU_MIN);
	l7_tx_send(run, out, L7_LANE_CONTROL);
	l7_stat_inc(run->ln->stats, L7_C_SYNC_PULL_TX);
}

static void pull(struct l7_sync_run *run)
{
	bool differs = false;
	u32 i, k;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		differs |= look_at(run, i);
		for (k = 0; k < L7_SYNC_KINDS; k++)
			if (run->cmp.pulls[k].n)
				send_pull(run, &run->cmp.pulls[k]);
	}
	/* while there are changes, something differs at any moment: not twice in a row */
	run->cmp.haste = differs && !run->cmp.haste;
}

/* --- All, as an operator asks for it --- */

static bool name_peer(struct l7_sync_run *run, u32 i, struct l7_pull *w)
{
	const struct l7_sync_peer *p;
	bool ok;

	spin_lock(&run->peers_lock);
	p = run->peers[i];
	ok = p && p->compares && l7_peer_is_alive(p);
	if (ok) {
		w->node = p->node;
		w->epoch = p->epoch;
	}
	spin_unlock(&run->peers_lock);
	return ok;
}

static void pull_all(struct l7_sync_run *run)
{
	struct l7_pull *w = &run->cmp.pulls[0];
	u32 i, k, b;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		if (!name_peer(run, i, w))
			continue;
		for (k = 0; k < L7_SYNC_KINDS; k++) {
			w->kind = l7_sync_kinds[k];
			w->n = 0;
			for (b = 0; b < L7_DIGEST_BUCKETS; b++) {
				w->bucket[w->n++] = (u16)b;
				if (w->n < L7_PULL_BUCKETS)
					continue;
				send_pull(run, w);
				w->n = 0;
			}
		}
	}
	for (k = 0; k < L7_SYNC_KINDS; k++)
		for (b = 0; b < L7_DIGEST_BUCKETS; b++)
			set_bit(b, run->cmp.pulled[k]);
	l7_bulk_pull(run);
}

/* --- Frames --- */

/* The receiver alone gives a peer its comparison. */
static struct l7_compare *compare_of(struct l7_sync_run *run,
				     struct l7_sync_peer *p)
{
	struct l7_compare *c = p->cmp;

	if (c)
		return c;
	c = kvzalloc(sizeof(*c), GFP_KERNEL | __GFP_NOWARN);
	if (!c)
		return NULL;
	spin_lock(&run->peers_lock);
	p->cmp = c;
	spin_unlock(&run->peers_lock);
	return c;
}

/* Summing up takes its time; who asks for it too often is not heard, nor who asks
 * before the round that is under way is over.
 */
static bool is_too_soon(const struct l7_sync_run *run)
{
	return time_before(jiffies, run->cmp.round_began +
			   max(msecs_to_jiffies(HASTE_MS / 2),
			       run->cmp.sum_took * HASTE_SHARE / 2));
}

static void on_groups(struct l7_sync_run *run, struct l7_compare *c, u32 k,
		      const struct l7_digest_frame *f)
{
	bool begins = false;

	spin_lock(&run->peers_lock);
	if (c->round != f->round) {
		c->round = f->round;
		memset(c->heard, 0, sizeof(c->heard));
	}
	memcpy(c->groups[k], f->sum, sizeof(c->groups[k]));
	c->heard[k] = true;
	c->took = f->took;
	if (f->round != run->cmp.round && f->round != run->cmp.round_next &&
	    !is_too_soon(run)) {
		run->cmp.round_next = f->round;
		run->cmp.round_heard = true;
		begins = true;
	}
	spin_unlock(&run->peers_lock);
	if (begins && !l7_sync_is_stopping(run))
		mod_delayed_work(run->wq, &run->compare, 0);
}

int l7_digest_on_digest(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_frame *frame)
{
	struct l7_digest_frame *f = &run->cmp.frame_rx;
	struct l7_compare *c;
	u32 k;

	if (l7_digest_get(frame, f))
		return -EBADMSG;
	/* its sums are made with another key than ours */
	if (p->other_secrets)
		return 0;
	c = compare_of(run, p);
	if (!c || !kind_index(f->kind, &k))
		return 0;
	if (f->level == L7_DIGEST_LEVEL_GROUPS) {
		on_groups(run, c, k, f);
		return 0;
	}
	spin_lock(&run->peers_lock);
	if (f->level == L7_DIGEST_LEVEL_BUCKETS && run->cmp.own_valid &&
	    f->round == run->cmp.round) {
		l7_diff_group(&c->diff[k], &run->cmp.own[k], f->group, f->sum);
		c->got[k] |= BIT_ULL(f->group);
	}
	spin_unlock(&run->peers_lock);
	return 0;
}

int l7_digest_on_pull(struct l7_sync_run *run, const struct l7_frame *frame)
{
	struct l7_pull *w = &run->cmp.pull_rx;
	u32 i, k;

	if (l7_pull_get(frame, w))
		return -EBADMSG;
	if (w->node != run->conf.node || w->epoch != run->epoch ||
	    !kind_index(w->kind, &k))
		return 0;
	l7_stat_inc(run->ln->stats, L7_C_SYNC_PULL_RX);
	for (i = 0; i < w->n; i++)
		set_bit(w->bucket[i], run->cmp.pulled[k]);
	l7_bulk_pull(run);
	return 0;
}

/* --- The work --- */

/** struct company - who is there to compare with
 * @any: somebody
 * @lower: somebody of a lower node id, who begins the rounds
 * @joining: somebody who waits for the result, or this director does
 */
struct company {
	bool any;
	bool lower;
	bool joining;
};

static struct company look_around(struct l7_sync_run *run)
{
	struct company c = {
		.joining = READ_ONCE(run->state) == L7_NODE_JOINING,
	};
	const struct l7_sync_peer *p;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (!p || !p->compares || !p->accepts || !l7_peer_is_alive(p))
			continue;
		c.any = true;
		c.lower |= p->node < run->conf.node;
		c.joining |= p->state == L7_NODE_JOINING;
	}
	spin_unlock(&run->peers_lock);
	return c;
}

/* Until all have done their part of a step, as slow as they are. */
static unsigned long settle(struct l7_sync_run *run)
{
	unsigned long took = run->cmp.sum_took + longest_way(run);
	unsigned long most = max(4 * took, msecs_to_jiffies(TOOK_MAX_MS));
	const struct l7_sync_peer *p;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (p && p->cmp && l7_peer_is_alive(p))
			took = max(took, msecs_to_jiffies(p->cmp->took));
	}
	spin_unlock(&run->peers_lock);
	return msecs_to_jiffies(SETTLE_MS) + 2 * min(took, most);
}

/* Until the next round; one that others begin comes in between. */
static unsigned long until_next(struct l7_sync_run *run)
{
	struct company c = look_around(run);

	if (c.joining || run->cmp.haste)
		return max(msecs_to_jiffies(HASTE_MS), run->cmp.sum_took * HASTE_SHARE);
	return max(msecs_to_jiffies(ROUND_MS), run->cmp.sum_took * SHARE);
}

/* The lower node begins the rounds; one that never does is not waited for. */
static bool is_others_turn(const struct l7_sync_run *run, const struct company *c)
{
	return c->lower && time_before(jiffies, run->cmp.round_began + ABSENT *
				       max(msecs_to_jiffies(ROUND_MS),
					   run->cmp.sum_took * SHARE));
}

/* Does a step; returns how long to wait for the next. */
static unsigned long step(struct l7_sync_run *run)
{
	struct company c;

	if (test_and_clear_bit(L7_SYNC_TODO_RESYNC, &run->todo))
		pull_all(run);
	if (READ_ONCE(run->cmp.round_heard))
		run->cmp.step = L7_COMPARE_GROUPS;
	switch (run->cmp.step) {
	case L7_COMPARE_GROUPS:
		c = look_around(run);
		if (!READ_ONCE(run->cmp.round_heard) &&
		    (!c.any || is_others_turn(run, &c)))
			return msecs_to_jiffies(L7_SYNC_HELLO_MS);
		begin(run);
		run->cmp.step = L7_COMPARE_BUCKETS;
		return settle(run);
	case L7_COMPARE_BUCKETS:
		tell_buckets(run);
		run->cmp.step = L7_COMPARE_PULL;
		return settle(run);
	default:
		pull(run);
		run->cmp.step = L7_COMPARE_GROUPS;
		return until_next(run);
	}
}

void l7_digest_work(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(to_delayed_work(work),
					       struct l7_sync_run, compare);
	unsigned long wait = step(run);

	if (!l7_sync_is_stopping(run))
		queue_delayed_work(run->wq, &run->compare, wait);
}
