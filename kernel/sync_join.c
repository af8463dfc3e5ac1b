// SPDX-License-Identifier: GPL-2.0
/*
 * Readiness: has this director got all that its peers have? A peer is joined
 * when it said that it has sent everything for us, all of that came, and so did
 * what it sent since. Owns no object; what it decides on is in struct
 * l7_sync_peer, under peers_lock.
 */
#include "sync_priv.h"

#define LISTEN_MS	1000	/* after the start: who is there? */
#define ALONE_MS	3000	/* the same, without hearing a peer */
#define STRANGER_MS	30000	/* the same, hearing one that can't be confirmed */
#define BEFORE_S	5	/* see age_of(); a peer is silent for good after one */
#define STUCK_TRIES	10	/* questions for a packet in vain */

/* --- The peer that sends everything --- */

/* Seconds; from some time before it ceased to accept, as it had ceased to hear before. */
static u64 age_of(const struct l7_sync_peer *p)
{
	return (jiffies - p->closed) / HZ + BEFORE_S;
}

u64 l7_join_serve(struct l7_sync_run *run, enum l7_owed what,
		  struct l7_walk_end *w)
{
	struct l7_sync_peer *p;
	u64 now = ktime_get_seconds(), age = 0;
	u32 i;

	w->n = 0;
	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (!p || !p->listed || (what != L7_OWED_ALL && p->owed != what))
			continue;
		age = max(age, age_of(p));
		p->owed = L7_OWED_NOTHING;
		w->served[w->n++] = (struct l7_served) {
			.node = p->node, .wish = p->granted, .epoch = p->epoch,
		};
	}
	spin_unlock(&run->peers_lock);
	return what == L7_OWED_ALL || age >= now ? 0 : now - age;
}

/* --- The one that gets it --- */

static bool is_for_us(const struct l7_sync_run *run,
		      const struct l7_sync_peer *p, const struct l7_walk_end *w)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (w->served[i].node == run->conf.node &&
		    w->served[i].epoch == run->epoch)
			return w->served[i].wish == p->wish;
	return false;
}

int l7_join_on_walk(struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_frame *f, u64 number)
{
	if (l7_frames_walk_get(f, &run->walk_rx))
		return -EBADMSG;
	spin_lock(&run->peers_lock);
	if (is_for_us(run, p, &run->walk_rx))
		p->walk = number;
	spin_unlock(&run->peers_lock);
	return 0;
}

/* What was given up is brought by the next walk only. */
static void update_joined(struct l7_sync_peer *p)
{
	if (p->lacks || p->lapsed) {
		l7_peer_unjoin(p);
	} else if (p->walk &&
		   l7_window_contiguous(&p->win[L7_LANE_BULK]) >= p->walk) {
		p->joined = true;
		p->was_joined = true;
	}
}

static bool is_stuck(const struct l7_sync_peer *p)
{
	return p->gap[L7_LANE_LIVE].tries >= STUCK_TRIES ||
	       p->gap[L7_LANE_BULK].tries >= STUCK_TRIES;
}

/* Its bindings are not ours, and ours are not its. Who came first has some, and who
 * has none of anybody else is not ready beside it: it was started with the wrong key.
 */
static bool is_in_the_way(const struct l7_sync_peer *p)
{
	return p->other_secrets && p->older && l7_peer_is_alive(p);
}

/* One that has been ready needs nothing of a director that came later. */
static bool is_wanting(const struct l7_sync_run *run,
		       const struct l7_sync_peer *p)
{
	if (!l7_peer_is_alive(p) ||
	    (run->was_ready && !p->was_joined && !p->older))
		return false;
	/* who is not ready yet has to be equal once */
	if (!run->was_ready && p->compares && !p->equal)
		return true;
	return !p->joined || is_stuck(p);
}

/* Recordings of an older start are strangers as well: not for long. */
static u64 listen_ms(const struct l7_sync_run *run, u32 alive)
{
	if (READ_ONCE(run->has_stranger) &&
	    time_before(jiffies, READ_ONCE(run->stranger) +
			msecs_to_jiffies(L7_SYNC_DEAD_MS)))
		return STRANGER_MS;
	return alive ? LISTEN_MS : ALONE_MS;
}

/* Nobody is waited for who is not heard: whoever serves must be one that is. And nobody
 * drains unless another can take over (@relief).
 */
static u8 decide(const struct l7_sync_run *run, u32 alive, u32 wanting,
		 bool relief)
{
	if (wanting)
		return run->was_ready ? L7_NODE_DEGRADED : L7_NODE_JOINING;
	if (!run->was_ready && l7_run_clock(run) < listen_ms(run, alive))
		return L7_NODE_JOINING;
	if (!alive)
		return L7_NODE_ALONE;
	return relief && test_bit(L7_SYNC_DRAINING, &run->todo) ?
	       L7_NODE_DRAINING : L7_NODE_READY;
}

void l7_join_tick(struct l7_sync_run *run)
{
	bool relief = false, others = false, own = false;
	u32 i, alive = 0, wanting = 0;
	struct l7_sync_peer *p;
	u8 state;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (!p)
			continue;
		update_joined(p);
		alive += l7_peer_is_alive(p);
		wanting += is_wanting(run, p);
		relief |= l7_peer_is_relief(p);
		others |= is_in_the_way(p);
		own |= !p->other_secrets && p->joined && l7_peer_is_alive(p);
	}
	state = decide(run, alive, wanting + (others && !own), relief);
	WRITE_ONCE(run->was_ready,
		   run->was_ready || state != L7_NODE_JOINING);
	run->nalive = alive;
	spin_unlock(&run->peers_lock);
	WRITE_ONCE(run->state, state);
}
