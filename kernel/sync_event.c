// SPDX-License-Identifier: GPL-2.0
/*
 * What listeners are told: the state of this director and of its peers, when it
 * has changed since the last tick. Owns run->told_state and run->told_peers.
 */
#include "sync_priv.h"

/* SYN cookies go by the clock, in steps of 64 s. */
#define SKEW_MAX	10	/* s; with less nothing is wrong */

/* Of our keys: the one that is sent with, and all. */
static bool keys_changed(struct l7_sync_run *run)
{
	u8 now[sizeof(run->told_keys)];

	now[0] = READ_ONCE(run->key_id);
	l7_keys_but(run, 0, now + 1);
	if (!memcmp(now, run->told_keys, sizeof(now)))
		return false;
	memcpy(run->told_keys, now, sizeof(now));
	return true;
}

static struct l7_sync_told summary(const struct l7_sync_run *run,
				   const struct l7_sync_peer *p)
{
	struct l7_sync_told t = {
		.node = p->node,
		.state = p->state,
		.alive = l7_peer_is_alive(p),
		.joined = p->joined,
		.equal = p->equal,
		.config = l7_config_differs(run, p),
		.clock = abs(p->skew) > SKEW_MAX,
		.taken = p->push.taken,
		.epoch = p->epoch,
		.lost = p->lost,
	};

	memcpy(t.keys, p->keys, sizeof(t.keys));
	return t;
}

static bool is_same(const struct l7_sync_told *a, const struct l7_sync_told *b)
{
	return a->node == b->node && a->state == b->state &&
	       a->alive == b->alive && a->joined == b->joined &&
	       a->equal == b->equal && a->config == b->config &&
	       a->clock == b->clock && a->taken == b->taken &&
	       a->epoch == b->epoch && a->lost == b->lost &&
	       !memcmp(a->keys, b->keys, sizeof(a->keys));
}

static void tell_gone(struct l7_sync_run *run, const struct l7_sync_told *was)
{
	run->event = (struct l7_sync_peer_info) {
		.node = was->node, .epoch = was->epoch, .gone = true,
	};
	l7_notify_peer(run->ln, &run->event);
}

static void tell_peer(struct l7_sync_run *run, u32 place)
{
	struct l7_sync_told *was = &run->told_peers[place], now = {};
	bool changed;

	spin_lock(&run->peers_lock);
	if (run->peers[place])
		now = summary(run, run->peers[place]);
	changed = !is_same(was, &now);
	if (changed && now.node)
		l7_sync_peer_fill(run, run->peers[place], &run->event);
	spin_unlock(&run->peers_lock);
	if (!changed)
		return;
	if (now.node)
		l7_notify_peer(run->ln, &run->event);
	if (was->node && was->node != now.node)
		tell_gone(run, was);
	*was = now;
}

void l7_event_tick(struct l7_sync_run *run)
{
	bool keys = keys_changed(run);
	u32 i;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		tell_peer(run, i);
	if (run->told_state == run->state && !keys)
		return;
	run->told_state = run->state;
	l7_sync_conf_fill(run, &run->event_conf);
	l7_notify_sync(run->ln, &run->event_conf, run->state);
}
