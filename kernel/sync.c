// SPDX-License-Identifier: GPL-2.0
/*
 * Mirroring, from outside: start, stop, configuration, listing of peers. Owns
 * the life of struct l7_sync_run and its works. Locks: conf_lock of the caller;
 * the order in which works are stopped is told at stop().
 */
#include <linux/slab.h>
#include <net/ipv6.h>
#include "sync_priv.h"
#include "pure/merge.h"

#define FINISH_MS	300	/* how long peers are waited for at the end */
#define FINISH_WAYS	10	/* and so often the way to the farthest and back */
#define FINISH_MAX_MS	2000
#define DRAIN_MS	2000	/* and when another is about to take over */
#define ANSWERS_MAX	1024	/* the rest is asked for again */

static void begin_anew(struct work_struct *work);

int l7_sync_init(struct l7_net *ln)
{
	struct l7_sync *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	s->ln = ln;
	spin_lock_init(&s->lock);
	INIT_DELAYED_WORK(&s->anew, begin_anew);
	WRITE_ONCE(ln->sync, s);
	return 0;
}

u8 l7_sync_node(struct l7_net *ln)
{
	const struct l7_sync *s = READ_ONCE(ln->sync);

	return s ? READ_ONCE(s->node) : 0;
}

bool l7_sync_is_heard(struct l7_net *ln)
{
	const struct l7_sync *s = READ_ONCE(ln->sync);

	return s && READ_ONCE(s->open);
}

bool l7_sync_would_have(struct l7_net *ln, u32 gen)
{
	const struct l7_sync_run *run = ln->sync->run;
	u8 state = READ_ONCE(run->state);

	return (state == L7_NODE_READY || state == L7_NODE_DRAINING) &&
	       l7_merge_is_later(gen, run->first_gen);
}

bool l7_sync_is_behind(struct l7_net *ln)
{
	const struct l7_sync *s = READ_ONCE(ln->sync);

	return s && READ_ONCE(s->ndirty) >= ANSWERS_MAX;
}

/* --- Configuration --- */

static bool is_multicast(const struct l7_endpoint *ep)
{
	return ep->af == AF_INET ? ipv4_is_multicast(ep->addr.ip) :
				   ipv6_addr_is_multicast(&ep->addr.in6);
}

static bool is_known_af(u8 af)
{
	return af == AF_INET || af == AF_INET6;
}

static int check_peers(const struct l7_sync_conf *c, const char **why)
{
	u32 i;

	*why = "peers: a group or peers are needed, not both";
	if (!c->npeers || c->npeers > L7_SYNC_PEERS_MAX)
		return -EINVAL;
	*why = "peers: must be unicast addresses, all IPv4 or all IPv6";
	for (i = 0; i < c->npeers; i++)
		if (!is_known_af(c->peers[i].af) ||
		    c->peers[i].af != c->peers[0].af ||
		    is_multicast(&c->peers[i]))
			return -EINVAL;
	return 0;
}

static int check_conf(const struct l7_sync_conf *c, const char **why)
{
	*why = "node: must be 1..255";
	if (!c->node)
		return -EINVAL;
	*why = "port: must not be 0";
	if (!c->port)
		return -EINVAL;
	*why = "key: missing";
	if (!c->plaintext && !memchr_inv(c->key, 0, sizeof(c->key)))
		return -EINVAL;
	*why = "accept-policies: over plain text anybody could set them";
	if (c->plaintext && c->accept_policies)
		return -EINVAL;
	*why = "packet-key: plain text needs none";
	if (c->plaintext && memchr_inv(c->packet_key, 0, sizeof(c->packet_key)))
		return -EINVAL;
	if (!c->group.af)
		return check_peers(c, why);
	*why = "group: must be a multicast address, and goes without peers";
	return is_known_af(c->group.af) && is_multicast(&c->group) &&
	       !c->npeers ? 0 : -EINVAL;
}

void l7_sync_conf_fill(const struct l7_sync_run *run, struct l7_sync_conf *c)
{
	*c = run->conf;
	l7_keys_list(run, c);
	c->packet_bytes = READ_ONCE(run->frames_max) + L7_SYNC_OVERHEAD;
}

bool l7_sync_conf_get(struct l7_net *ln, struct l7_sync_conf *c)
{
	if (!ln->sync->run)
		return false;
	l7_sync_conf_fill(ln->sync->run, c);
	return true;
}

/* --- Start and stop --- */

static void init_run(struct l7_sync_run *run, struct l7_net *ln,
		     const struct l7_sync_conf *c)
{
	run->ln = ln;
	run->sync = ln->sync;
	run->conf = *c;
	memzero_explicit(run->conf.key, sizeof(run->conf.key));
	memzero_explicit(run->conf.packet_key, sizeof(run->conf.packet_key));
	l7_fork_begin(run);
	run->started = jiffies;
	run->began = ktime_get();
	run->first_gen = l7_first_gen();
	run->ticked = jiffies;
	run->state = L7_NODE_JOINING;
	run->hello_next = 1;
	spin_lock_init(&run->peers_lock);
	spin_lock_init(&run->await_lock);
	INIT_WORK(&run->rx, l7_rx_work);
	INIT_WORK(&run->tx, l7_tx_work);
	INIT_WORK(&run->bulk, l7_bulk_work);
	INIT_DELAYED_WORK(&run->tick, l7_peer_tick);
	INIT_DELAYED_WORK(&run->compare, l7_digest_work);
	INIT_DELAYED_WORK(&run->take, l7_push_work);
	INIT_DELAYED_WORK(&run->pace, l7_push_pace);
	run->cmp.round_began = jiffies - HZ;
	run->config_told = jiffies;
	run->others_told = jiffies;
}

static int begin_owners(struct l7_net *ln)
{
	const struct l7_owner_ops *ops;
	int err = 0;
	u32 i;

	for (i = 0; !err && i < L7_SYNC_KINDS; i++) {
		ops = l7_owner_of(l7_sync_kinds[i]);
		err = ops->begin ? ops->begin(ln) : 0;
	}
	return err;
}

/* @old: NULL, or what it is to have the keys of */
static int open_run(struct l7_sync_run *run, const struct l7_sync_conf *c,
		    struct l7_sync_run *old, const char **why)
{
	int err;

	*why = "sync: interrupted, while random numbers were waited for";
	err = l7_seal_init(run);
	if (err)
		return err;
	*why = "sync: no memory";
	if (begin_owners(run->ln) || l7_repair_init(run))
		return -ENOMEM;
	run->wq = alloc_workqueue("ipvs_l7_sync", WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (!run->wq)
		return -ENOMEM;
	err = l7_sock_open(run, why);
	if (err)
		goto err_wq;
	if (old)
		l7_keys_inherit(run, old);
	else
		err = l7_keys_init(run, c, why);
	if (err)
		goto err_sock;
	return 0;
err_sock:
	l7_sock_close(run);
err_wq:
	destroy_workqueue(run->wq);
	return err;
}

static void free_run(struct l7_sync_run *run)
{
	l7_keys_free(run);
	l7_repair_free(run);
	kvfree(run->push);
	kvfree_sensitive(run, sizeof(*run));
}

static int start(struct l7_net *ln, const struct l7_sync_conf *c,
		 struct l7_sync_run *old, const char **why)
{
	struct l7_sync_run *run;
	int err;

	*why = "sync: no memory";
	run = kvzalloc(sizeof(*run), GFP_KERNEL);
	if (!run)
		return -ENOMEM;
	init_run(run, ln, c);
	err = open_run(run, c, old, why);
	if (err) {
		free_run(run);
		return err;
	}
	ln->sync->run = run;
	WRITE_ONCE(ln->sync->node, c->node);
	l7_sock_listen(run);
	queue_delayed_work(run->wq, &run->tick, 0);
	queue_delayed_work(run->wq, &run->compare, 0);
	return 0;
}

static void drop_rest(struct l7_sync *s)
{
	if (s->rest)
		free_run(s->rest);
	s->rest = NULL;
}

int l7_sync_start(struct l7_net *ln, const struct l7_sync_conf *c,
		  const char **why)
{
	int err;

	*why = "sync: is running, stop it first";
	if (ln->sync->run)
		return -EBUSY;
	err = check_conf(c, why);
	if (!err)
		err = start(ln, c, NULL, why);
	if (!err)
		drop_rest(ln->sync);
	return err;
}

/* What changed until now is still sent, and the peers are waited for: a planned
 * stop loses nothing.
 */
static void finish(struct l7_sync_run *run)
{
	u32 ms = FINISH_MS + FINISH_WAYS * l7_peer_farthest(run) / 1000;

	set_bit(L7_SYNC_LEAVING, &run->todo);
	l7_queue_finish(run);
	if (!l7_fork_is_copy(run))
		l7_repair_finish(run, min(ms, (u32)FINISH_MAX_MS));
}

/* Each work is stopped after all that may queue it. What is left of the run is freed by
 * the caller.
 */
static void end_works(struct l7_sync *s)
{
	struct l7_sync_run *run = s->run;

	finish(run);
	set_bit(L7_SYNC_STOPPING, &run->todo);
	l7_sock_deaf(run);
	cancel_work_sync(&run->rx);
	/* it only tries to get conf_lock, which is held here */
	cancel_delayed_work_sync(&run->take);
	cancel_delayed_work_sync(&run->tick);
	cancel_delayed_work_sync(&run->compare);
	cancel_work_sync(&run->tx);
	cancel_delayed_work_sync(&run->pace);
	cancel_work_sync(&run->tx);	/* which that queues */
	cancel_work_sync(&run->bulk);
	cancel_delayed_work_sync(&run->repair);
	l7_tx_leave(run);
	destroy_workqueue(run->wq);
	WRITE_ONCE(s->node, 0);
	s->run = NULL;
	l7_sock_close(run);
	l7_await_drop(run);
	l7_peer_free_all(run);
	l7_notify_sync(s->ln, NULL, 0);
}

static void stop(struct l7_sync *s)
{
	struct l7_sync_run *run = s->run;

	end_works(s);
	free_run(run);
}

/* Once it was stopped, it is tried until it works: the interface may come back, too. */
static void begin_anew_locked(struct l7_sync *s)
{
	const char *why;

	if (!s->rest) {
		s->rest = s->run;
		end_works(s);
		l7_stat_inc(s->ln->stats, L7_C_SYNC_ANEW);
	}
	if (start(s->ln, &s->rest->conf, s->rest, &why)) {
		pr_warn_ratelimited("ip_vs_l7: mirroring cannot begin anew yet: %s\n", why);
		schedule_delayed_work(&s->anew, HZ);
		return;
	}
	if (test_bit(L7_SYNC_DRAINING, &s->rest->todo))
		set_bit(L7_SYNC_DRAINING, &s->run->todo);
	drop_rest(s);
}

static void begin_anew(struct work_struct *work)
{
	struct l7_sync *s = container_of(to_delayed_work(work), struct l7_sync,
					 anew);

	mutex_lock(&s->ln->conf_lock);
	if (s->rest || (s->run && l7_fork_is_copy(s->run)))
		begin_anew_locked(s);
	mutex_unlock(&s->ln->conf_lock);
}

int l7_sync_stop(struct l7_net *ln)
{
	struct l7_sync *s = ln->sync;

	if (!s->run && !s->rest)
		return -ENOENT;
	if (s->run)
		stop(s);
	drop_rest(s);
	return 0;
}

void l7_sync_exit(struct l7_net *ln)
{
	struct l7_sync *s = ln->sync;

	if (!s)
		return;
	if (s->run)
		stop(s);
	cancel_delayed_work_sync(&s->anew);
	drop_rest(s);
	WRITE_ONCE(ln->sync, NULL);
	/* an entry may be changing in softirq just now */
	kfree_rcu(s, rcu);
}

int l7_sync_resync(struct l7_net *ln)
{
	struct l7_sync_run *run = ln->sync->run;

	if (!run)
		return -ENOENT;
	set_bit(L7_SYNC_TODO_RESYNC, &run->todo);
	mod_delayed_work(run->wq, &run->compare, 0);
	return 0;
}

int l7_sync_forget(struct l7_net *ln, u8 node, const char **why)
{
	struct l7_sync_run *run = ln->sync->run;

	*why = "sync: not running";
	if (!run)
		return -ENOENT;
	WRITE_ONCE(run->forget, node);
	queue_work(run->wq, &run->rx);
	flush_work(&run->rx);
	*why = run->forgot == -EBUSY ?
	       "node: is heard, stop its mirroring first" :
	       "node: no peer has this number";
	mod_delayed_work(run->wq, &run->tick, 0);
	return run->forgot;
}

static bool has_ready_peer(struct l7_sync_run *run)
{
	bool found = false;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		found |= run->peers[i] && l7_peer_is_relief(run->peers[i]);
	spin_unlock(&run->peers_lock);
	return found;
}

int l7_sync_drain(struct l7_net *ln, bool on, const char **why)
{
	struct l7_sync_run *run = ln->sync->run;

	*why = "sync: not running";
	if (!run)
		return -ENOENT;
	*why = "sync: no peer is ready to take over";
	if (on && !has_ready_peer(run))
		return -EBUSY;
	if (on)
		set_bit(L7_SYNC_DRAINING, &run->todo);
	else
		clear_bit(L7_SYNC_DRAINING, &run->todo);
	mod_delayed_work(run->wq, &run->tick, 0);
	if (!on)
		return 0;
	/* what changed until now */
	l7_sync_kick_tx(run);
	flush_work(&run->tx);
	*why = "sync: drains, but a peer has not confirmed all that was sent yet";
	return l7_repair_finish(run, DRAIN_MS) ? 0 : -ETIMEDOUT;
}

/* --- Listing --- */

u8 l7_sync_state(struct l7_net *ln)
{
	const struct l7_sync_run *run = ln->sync->run;

	return run ? READ_ONCE(run->state) : 0;
}

void l7_sync_peer_fill(const struct l7_sync_run *run,
		       const struct l7_sync_peer *p, struct l7_sync_peer_info *i)
{
	u64 sent = atomic64_read(&run->number[L7_LANE_LIVE]);

	static_assert(sizeof(i->keys) == sizeof(p->keys));
	*i = (struct l7_sync_peer_info) {
		.node = p->node,
		.addr = p->addr,
		.confirmed = !READ_ONCE(p->doubted),
		.last_seen_ms = jiffies_to_msecs(jiffies - p->heard),
		.epoch = p->epoch,
		.rx_packets = p->rx_packets,
		.rx_records = p->rx_records,
		.lost = p->lost,
		.replayed = p->replayed,
		.repaired = p->repaired,
		.missing = l7_peer_missing(p),
		.unconfirmed = p->accepts && sent > p->has ? sent - p->has : 0,
		.bindings = p->bindings,
		.flows = p->flows,
		.state = p->state,
		.joined = p->joined,
		.equal = p->equal,
		.differs = p->differs,
		.config_differs = l7_config_differs(run, p),
		.skew = p->skew,
		.rtt = p->way.rtt.mean,
		.other_secrets = p->other_secrets,
		.accepts = p->accepts,
		.echo = {
			.rtt = p->echo.rtt[L7_ECHO_SHORT],
			.full_rtt = p->echo.rtt[L7_ECHO_FULL],
			.bytes = p->echo.bytes[L7_ECHO_FULL],
			.ahead = p->echo.ahead,
		},
	};
	memcpy(i->keys, p->keys, sizeof(i->keys));
	l7_push_fill(run, p, &i->push);
}

bool l7_sync_peer_next(struct l7_net *ln, unsigned int *place,
		       struct l7_sync_peer_info *info)
{
	struct l7_sync_run *run = ln->sync->run;
	struct l7_policy *own;
	bool found = false;
	unsigned int i;
	u32 nown = 0;

	if (!run)
		return false;
	/* without memory, nothing is said of policies */
	own = kvmalloc_array(ln->nsvcs + 1, sizeof(*own),
			     GFP_KERNEL | __GFP_NOWARN);
	if (own) {
		nown = l7_policy_list(ln, own, ln->nsvcs + 1);
		l7_config_sort(own, nown);
	}
	spin_lock(&run->peers_lock);
	for (i = *place; !found && i < L7_SYNC_PEERS_MAX; i++) {
		if (!run->peers[i])
			continue;
		l7_sync_peer_fill(run, run->peers[i], info);
		if (own)
			l7_config_diffs(run, run->peers[i], own, nown, info);
		*place = i;
		found = true;
	}
	spin_unlock(&run->peers_lock);
	kvfree(own);
	return found;
}
