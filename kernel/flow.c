// SPDX-License-Identifier: GPL-2.0
/*
 * The flow tables: creation, lookup from both sides, removal, limits and the
 * scan that expires idle flows. Does not know what a flow does (bind.c) nor
 * how its packets are translated (xlat.c), and sends nothing.
 *
 * Locks: f->lock (BH) for a flow's state; the rhashtables' own bucket locks
 * nest inside it. Readers use RCU.
 */
#include <linux/jhash.h>
#include <linux/slab.h>
#include "bind.h"
#include "net.h"
#include "flow.h"
#include "flow_limit.h"
#include "flow_priv.h"
#include "ftp.h"
#include "insert.h"
#include "ipvs.h"
#include "learn.h"
#include "pure/merge.h"
#include "rewrite.h"
#include "sync.h"
#include "trace.h"
#include "walk.h"
#include "workqueue_compat.h"

#define CLOSING_TIMEOUT	60	/* s; as TIME_WAIT of the end points */
#define RESETTING_TIMEOUT 2	/* s; to answer what was on its way */
#define HALF_TIMEOUT	60	/* s; as IP_VS_TCP_S_SYN_RECV */
#define ANNOUNCED_TIMEOUT 120	/* s; as IP_VS_TCP_S_LISTEN, longer than servers wait */
#define UDP_TIMEOUT	300	/* s; as IP_VS_UDP_S_NORMAL, by default */
#define EARLY_PATIENCE	HZ	/* a client's first repetitions come sooner */
#define EARLY_FORGET	(60 * HZ)
#define SRC_BYTES_MIN	(256u * 1024)	/* of pending bytes a source has so many at least */
#define WALK_BATCH	1024	/* flows in one RCU section */
#define SCAN_BATCH	16384	/* flows looked at in one scan */

static struct kmem_cache *flow_cache;

static noinline u32 hash_v6(const union nf_inet_addr *a,
			    const union nf_inet_addr *b, u32 ports, u32 seed)
{
	return jhash_2words(jhash2(a->all, 4, seed), ports,
			    jhash2(b->all, 4, seed));
}

static __always_inline u32 hash_pair(const union nf_inet_addr *a,
				     const union nf_inet_addr *b, __be16 ap,
				     __be16 bp, u8 af, u32 seed)
{
	u32 ports = (__force u32)ap << 16 | (__force u32)bp;

	if (af == AF_INET)
		return jhash_3words((__force u32)a->ip, (__force u32)b->ip,
				    ports, seed);
	return hash_v6(a, b, ports, seed);
}

u32 l7_flow_hash(const struct l7_tuple *t, u32 seed)
{
	return hash_pair(&t->saddr, &t->daddr, t->sport, t->dport, t->af, seed);
}

static __always_inline u32 tuple_hash(const void *key, u32 len, u32 seed)
{
	const struct l7_tuple *t = key;

	return hash_pair(&t->saddr, &t->daddr, t->sport, t->dport, t->af, seed);
}

static u32 client_hash(const void *obj, u32 len, u32 seed)
{
	const struct l7_flow *f = obj;

	return hash_pair(&f->client, &f->vip, f->cport, f->vport, f->af, seed);
}

static u32 server_hash(const void *obj, u32 len, u32 seed)
{
	const struct l7_flow *f = obj;

	return hash_pair(&f->server, &f->client, f->sport, f->cport, f->af,
			 seed);
}

static __always_inline int client_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct l7_tuple *t = arg->key;
	const struct l7_flow *f = obj;

	return !(f->cport == t->sport && f->vport == t->dport &&
		 f->af == t->af && nf_inet_addr_cmp(&f->client, &t->saddr) &&
		 nf_inet_addr_cmp(&f->vip, &t->daddr) &&
		 l7_flow_is_udp(f) == t->udp);
}

static __always_inline int server_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct l7_tuple *t = arg->key;
	const struct l7_flow *f = obj;

	return !(f->sport == t->sport && f->cport == t->dport &&
		 f->af == t->af && nf_inet_addr_cmp(&f->server, &t->saddr) &&
		 nf_inet_addr_cmp(&f->client, &t->daddr) &&
		 l7_flow_is_udp(f) == t->udp);
}

static const struct rhashtable_params client_params = {
	.head_offset = offsetof(struct l7_flow, cnode),
	.hashfn = tuple_hash,
	.obj_hashfn = client_hash,
	.obj_cmpfn = client_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params server_params = {
	.head_offset = offsetof(struct l7_flow, snode),
	.hashfn = tuple_hash,
	.obj_hashfn = server_hash,
	.obj_cmpfn = server_cmp,
	.automatic_shrinking = true,
};

struct l7_tuple l7_flow_tuple(const struct l7_flow *f)
{
	return (struct l7_tuple) {
		.saddr = f->client, .daddr = f->vip,
		.sport = f->cport, .dport = f->vport, .af = f->af,
		.udp = l7_flow_is_udp(f),
	};
}

struct l7_endpoint l7_flow_server(const struct l7_flow *f)
{
	return (struct l7_endpoint) {
		.addr = f->server, .port = f->sport,
		.af = f->af, .proto = l7_flow_proto(f),
	};
}

struct l7_flow *l7_flow_find_client(struct l7_net *ln, const struct l7_tuple *t)
{
	return rhashtable_lookup(&ln->flows->client, t, client_params);
}

struct l7_flow *l7_flow_find_server(struct l7_net *ln, const struct l7_tuple *t)
{
	return rhashtable_lookup(&ln->flows->server, t, server_params);
}

bool l7_flow_hold(struct l7_flow *f)
{
	return refcount_inc_not_zero(&f->ref);
}

static void free_rcu_cb(struct rcu_head *head)
{
	struct l7_flow *f = container_of(head, struct l7_flow, rcu);

	l7_learn_free(f->learn);
	l7_insert_free(f->insert);
	if (f->plain)
		l7_ftp_free(f->ftp);
	else
		l7_rewrite_free(f->rewrite);
	l7_svc_put(f->svc);
	kmem_cache_free(flow_cache, f);
}

void l7_flow_put(struct l7_flow *f)
{
	if (refcount_dec_and_test(&f->ref))
		call_rcu(&f->rcu, free_rcu_cb);
}

/* A later connection of the same tuple has a later generation. */
static u32 first_gen(struct l7_net *ln, const struct l7_tuple *t)
{
	u32 gen = l7_first_gen(), last;

	if (l7_gone_find(ln, t, &last) && !l7_merge_is_later(gen, last))
		gen = last + 1;
	return gen;
}

static struct l7_flow *alloc(struct l7_net *ln, struct l7_svc *svc,
			     const struct l7_tuple *t)
{
	struct l7_flow *f = kmem_cache_zalloc(flow_cache, GFP_ATOMIC);

	if (!f)
		return NULL;
	f->client = t->saddr;
	f->vip = t->daddr;
	f->cport = t->sport;
	f->vport = t->dport;
	f->af = t->af;
	f->svc = svc;
	f->last = (u32)jiffies;
	f->sent = f->last;
	f->gen = first_gen(ln, t);
	f->dirty.kind = L7_REC_FLOW;
	refcount_set(&f->ref, 1);
	spin_lock_init(&f->lock);
	return f;
}

struct l7_flow *l7_flow_new(struct l7_net *ln, struct l7_svc *svc,
			    const struct l7_tuple *t)
{
	struct l7_flows *fs = ln->flows;
	struct l7_flow *f;

	if (atomic_inc_return(&fs->count) > READ_ONCE(ln->limits.flows) ||
	    !l7_svc_hold(svc))
		goto full;
	f = alloc(ln, svc, t);
	if (f)
		return f;
	l7_svc_put(svc);
full:
	atomic_dec(&fs->count);
	l7_stat_inc(ln->stats, L7_C_FLOW_FULL);
	return NULL;
}

/* By address; IPv6: by /64. */
static u32 src_hash(const struct l7_flows *fs, u16 af,
		    const union nf_inet_addr *a)
{
	return (af == AF_INET ? jhash_1word((__force u32)a->ip, fs->seed) :
				jhash2(a->all, 2, fs->seed)) &
	       (L7_SRC_SLOTS - 1);
}

static void count_kind(struct l7_net *ln, const struct l7_flow *f, int n)
{
	struct l7_flows *fs = ln->flows;

	if (f->plain && !l7_flow_is_announced(f))
		atomic_add(n, f->udp ? &fs->udp : &fs->plain);
	if (f->plain == L7_PLAIN_NAT && f->svc->conf.ftp)
		atomic_add(n, &fs->controls[src_hash(fs, f->af, &f->client)]);
}

bool l7_flow_has_control(const struct l7_net *ln, u16 af,
			 const union nf_inet_addr *client)
{
	const struct l7_flows *fs = ln->flows;

	return atomic_read(&fs->controls[src_hash(fs, af, client)]);
}

/* A data connection's packets are to pass the filter of ports; those of one that the
 * server is to open most probably come from where RFC 959 (5.2) wants it to.
 */
static void enter_data(struct l7_net *ln, const struct l7_flow *f)
{
	l7_port_set(&ln->vports, f->vport ?: l7_ftp_data_port(f->svc));
	if (l7_flow_is_announced(f))
		atomic_inc(&ln->announced);
}

bool l7_flow_enter_locked(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);
	int err;

	lockdep_assert_held(&f->lock);
	err = rhashtable_lookup_insert_key(&ln->flows->client, &t, &f->cnode,
					   client_params);
	if (!err) {
		f->flags |= L7_FF_HASHED;
		count_kind(ln, f, 1);
		atomic_add(l7_flow_is_half(f), &ln->flows->half);
		if (f->plain == L7_PLAIN_DATA)
			enter_data(ln, f);
	} else if (err != -EEXIST) {
		l7_stat_inc(ln->stats, L7_C_FLOW_FULL);
	}
	return !err;
}

void l7_flow_discard(struct l7_net *ln, struct l7_flow *f)
{
	atomic_dec(&ln->flows->count);
	l7_flow_put(f);
}

int l7_flow_set_server(struct l7_net *ln, struct l7_flow *f,
		       const struct l7_endpoint *server)
{
	struct l7_tuple t = {
		.saddr = server->addr, .daddr = f->client,
		.sport = server->port, .dport = f->cport, .af = f->af,
		.udp = l7_flow_is_udp(f),
	};
	int err;

	lockdep_assert_held(&f->lock);
	f->server = server->addr;
	f->sport = server->port;
	if (l7_flow_is_oneway(f))
		return 0;
	l7_port_set(&ln->rports, server->port);
	err = rhashtable_lookup_insert_key(&ln->flows->server, &t, &f->snode,
					   server_params);
	if (!err)
		f->flags |= L7_FF_SHASHED;
	return err;
}

void l7_flow_set_state_locked(struct l7_net *ln, struct l7_flow *f, u8 state)
{
	lockdep_assert_held(&f->lock);
	if (f->state == state)
		return;
	trace_l7_flow_state(f, state);
	if (state == L7_FLOW_STANDBY)
		atomic_inc(&ln->standby);
	else if (f->state == L7_FLOW_STANDBY)
		atomic_dec(&ln->standby);
	WRITE_ONCE(f->state, state);
}

void l7_flow_changed_locked(struct l7_net *ln, struct l7_flow *f)
{
	lockdep_assert_held(&f->lock);
	f->origin = 0;
	f->gen++;
	f->sent = (u32)jiffies;
	l7_sync_dirty(ln, &f->dirty);
}

void l7_flow_remove_locked(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);
	bool tell, over;

	lockdep_assert_held(&f->lock);
	l7_bind_drop_locked(f);
	if (!(f->flags & L7_FF_HASHED))
		return;
	f->flags &= ~L7_FF_HASHED;
	/* of a flow that is closing peers know, and when it ends */
	tell = f->flags & L7_FF_SPLICED && !f->origin &&
	       f->state < L7_FLOW_CLOSING;
	/* a copy that was not used may be told anew */
	over = tell || f->state >= L7_FLOW_CLOSING;
	l7_flow_set_state_locked(ln, f, L7_FLOW_CLOSED);
	if (f->flags & L7_FF_SHASHED) {
		f->flags &= ~L7_FF_SHASHED;
		rhashtable_remove_fast(&ln->flows->server, &f->snode,
				       server_params);
	}
	rhashtable_remove_fast(&ln->flows->client, &f->cnode, client_params);
	atomic_dec(&ln->flows->count);
	count_kind(ln, f, -1);
	atomic_sub(l7_flow_is_half(f), &ln->flows->half);
	if (l7_flow_is_announced(f))
		atomic_dec(&ln->announced);
	l7_stat_inc(ln->stats, L7_C_CLOSED);
	if (tell)
		l7_flow_changed_locked(ln, f);
	/* there is room for so many: not for handshakes that came to nothing */
	if (over && !l7_flow_is_half(f))
		l7_gone_note(ln, &t, f->gen);
	l7_flow_put(f);
}

void l7_flow_open_locked(struct l7_net *ln, struct l7_flow *f)
{
	lockdep_assert_held(&f->lock);
	if (!(f->flags & L7_FF_HASHED) || !l7_flow_is_half(f))
		return;
	f->flags &= ~L7_FF_HALF;
	atomic_dec(&ln->flows->half);
}

void l7_flow_drop_foreign(struct l7_net *ln, struct l7_flow *f)
{
	spin_lock(&f->lock);
	if (f->flags & L7_FF_HASHED) {
		f->origin = 0;
		l7_flow_remove_locked(ln, f);
	}
	spin_unlock(&f->lock);
}

static atomic_t *src_bytes(struct l7_flows *fs, const struct l7_tuple *t)
{
	return &fs->src_bytes[src_hash(fs, t->af, &t->saddr)];
}

static atomic_t *src_slot(struct l7_flows *fs, const struct l7_tuple *t)
{
	return &fs->src[src_hash(fs, t->af, &t->saddr)];
}

bool l7_flow_has_room(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_tuple *t, bool evictable)
{
	struct l7_flows *fs = ln->flows;
	enum l7_ctr why;

	if (atomic_read(&fs->count) >= READ_ONCE(ln->limits.flows))
		why = L7_C_FLOW_FULL;
	else if ((!evictable && atomic_read(&fs->pending) >=
				READ_ONCE(ln->limits.pending)) ||
		 atomic_read(src_slot(fs, t)) >=
		 READ_ONCE(ln->limits.pending_src))
		why = L7_C_FB_PENDING_FULL;
	else
		return true;
	l7_stat_inc(ln->stats, why);
	l7_stat_inc(svc->stats, why);
	return false;
}

bool l7_flow_has_room_plain(struct l7_net *ln, const struct l7_svc *svc)
{
	u32 most = READ_ONCE(ln->limits.flows);

	if (svc->conf.id.proto == IPPROTO_UDP ?
	    atomic_read(&ln->flows->udp) < most / 8 :
	    atomic_read(&ln->flows->plain) < most / 2)
		return true;
	l7_stat_inc(ln->stats, L7_C_PLAIN_FULL);
	l7_stat_inc(svc->stats, L7_C_PLAIN_FULL);
	return false;
}

bool l7_flow_has_room_half(struct l7_net *ln)
{
	return atomic_read(&ln->flows->half) < READ_ONCE(ln->limits.pending);
}

bool l7_flow_pend_charge(struct l7_net *ln, const struct l7_tuple *t)
{
	struct l7_flows *fs = ln->flows;

	if (atomic_inc_return(src_slot(fs, t)) >
	    READ_ONCE(ln->limits.pending_src))
		goto over_src;
	if (atomic_inc_return(&fs->pending) <= READ_ONCE(ln->limits.pending))
		return true;
	atomic_dec(&fs->pending);
over_src:
	atomic_dec(src_slot(fs, t));
	return false;
}

void l7_flow_pend_uncharge(struct l7_net *ln, const struct l7_tuple *t)
{
	atomic_dec(src_slot(ln->flows, t));
	atomic_dec(&ln->flows->pending);
}

bool l7_flow_bytes_charge(struct l7_net *ln, const struct l7_tuple *t, u32 bytes)
{
	u32 limit = READ_ONCE(ln->limits.pending_bytes);
	u32 of_src = max(limit / 8, min(limit, SRC_BYTES_MIN));
	atomic_t *src = src_bytes(ln->flows, t);

	if ((u32)atomic_add_return(bytes, src) <= of_src) {
		if ((u32)atomic_add_return(bytes, &ln->flows->bytes) <= limit)
			return true;
		atomic_sub(bytes, &ln->flows->bytes);
	}
	atomic_sub(bytes, src);
	return false;
}

void l7_flow_bytes_uncharge(struct l7_net *ln, const struct l7_tuple *t, u32 bytes)
{
	atomic_sub(bytes, src_bytes(ln->flows, t));
	atomic_sub(bytes, &ln->flows->bytes);
}

bool l7_flow_is_headless(struct l7_net *ln, const struct l7_tuple *t)
{
	struct l7_flows *fs = ln->flows;
	u32 h = tuple_hash(t, 0, fs->seed), now = (u32)jiffies;
	struct l7_early *e = &fs->early[h & (L7_EARLY_SLOTS - 1)];

	if (READ_ONCE(e->hash) == h && now - READ_ONCE(e->since) < EARLY_FORGET)
		return now - READ_ONCE(e->since) > EARLY_PATIENCE;
	WRITE_ONCE(e->hash, h);
	WRITE_ONCE(e->since, now);
	return false;
}

void l7_flow_count(struct l7_net *ln, u32 *flows, u32 *pending)
{
	*flows = atomic_read(&ln->flows->count);
	*pending = atomic_read(&ln->flows->pending);
}

/* Seconds a flow may stay idle in its present state. */
u32 l7_flow_lifetime(const struct l7_flow *f)
{
	u32 max = f->svc->conf.flow_timeout;

	if (l7_flow_is_announced(f))
		max = min_t(u32, ANNOUNCED_TIMEOUT, max);
	if (l7_flow_is_udp(f))
		max = min_t(u32, UDP_TIMEOUT, max);
	switch (READ_ONCE(f->state)) {
	case L7_FLOW_CLOSING:
		return min_t(u32, CLOSING_TIMEOUT, max);
	case L7_FLOW_RESETTING:
		return RESETTING_TIMEOUT;
	case L7_FLOW_STANDBY:	/* uses are told a quarter later */
		return max + max / 4 + 1;
	default:
		return max;
	}
}

u32 l7_flow_idle(const struct l7_flow *f)
{
	return ((u32)jiffies - READ_ONCE(f->last)) / HZ;
}

/* Without translation such a connection is lost: let both ends find out with their next
 * packet, by a reset, instead of hanging. IPVS' own timeout may be longer.
 */
static bool is_translated(const struct l7_flow *f)
{
	return !READ_ONCE(f->origin) && l7_flow_is_spliced(f) && !f->plain;
}

static void expire(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);
	bool lost = false;

	spin_lock_bh(&f->lock);
	if (f->flags & L7_FF_HASHED) {
		if (f->state < L7_FLOW_CLOSING) {
			l7_stat_inc(ln->stats, L7_C_EXPIRED);
			lost = is_translated(f);
		}
		l7_flow_remove_locked(ln, f);
	}
	spin_unlock_bh(&f->lock);
	if (lost)
		l7_ipvs_conn_expire(ln, &t);
}

/* A peer keeps a mirrored flow for its lifetime and a quarter; tell it anew
 * when traffic moved the end by a quarter.
 */
static void refresh(struct l7_net *ln, struct l7_flow *f)
{
	u32 moved = (READ_ONCE(f->last) - f->sent) / HZ;

	if (f->origin || moved < l7_flow_lifetime(f) / 4 + 1)
		return;
	f->sent = READ_ONCE(f->last);
	l7_sync_dirty(ln, &f->dirty);
}

/* A control connection is silent while files are transferred. */
static void keep_control(struct l7_net *ln, const struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);
	u32 last = READ_ONCE(f->last);
	struct l7_flow *ctl;

	t.sport = f->control;
	t.dport = f->svc->conf.id.port;
	ctl = l7_flow_find_client(ln, &t);
	if (ctl && (s32)(last - READ_ONCE(ctl->last)) > 0)
		WRITE_ONCE(ctl->last, last);
}

/* Peers are told the whole lifetime at once, and that it ended, if it comes to nothing. */
static u32 patience(const struct l7_flow *f)
{
	u32 life = l7_flow_lifetime(f);

	return l7_flow_is_half(f) ? min_t(u32, HALF_TIMEOUT, life) : life;
}

static void scan_one(struct l7_net *ln, struct l7_flow *f)
{
	if (!l7_flow_is_spliced(f))	/* pending: its own timer */
		return;
	if (l7_flow_idle(f) > patience(f))
		expire(ln, f);
	else
		refresh(ln, f);
	if (f->plain == L7_PLAIN_DATA && !READ_ONCE(f->origin))
		keep_control(ln, f);
}

static void scan(struct work_struct *work)
{
	struct l7_flows *fs = container_of(work, struct l7_flows, scan.work);
	unsigned int n = 0;
	struct l7_flow *f;

	l7_walk_resume(&fs->iter);
	while (n++ < SCAN_BATCH) {
		f = rhashtable_walk_next(&fs->iter);
		if (IS_ERR(f))		/* the table is being resized */
			continue;
		if (!f)
			break;
		scan_one(fs->ln, f);
	}
	rhashtable_walk_stop(&fs->iter);
	if (n <= SCAN_BATCH) {		/* reached the end: start over */
		rhashtable_walk_exit(&fs->iter);
		rhashtable_walk_enter(&fs->client, &fs->iter);
	}
	queue_delayed_work(system_dfl_wq, &fs->scan, HZ);
}

void l7_flow_for_each(struct l7_net *ln,
		      void (*fn)(struct l7_net *ln, struct l7_flow *f,
				 void *arg), void *arg)
{
	struct rhashtable_iter iter;
	unsigned int n = 0;
	struct l7_flow *f;

	rhashtable_walk_enter(&ln->flows->client, &iter);
	rhashtable_walk_start(&iter);
	while ((f = rhashtable_walk_next(&iter))) {
		if (!IS_ERR(f))
			fn(ln, f, arg);
		if (++n % WALK_BATCH)
			continue;
		rhashtable_walk_stop(&iter);
		cond_resched();
		l7_walk_resume(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

int l7_flow_init(struct l7_net *ln)
{
	struct l7_flows *fs = kvzalloc(sizeof(*fs), GFP_KERNEL);
	int err;

	if (!fs)
		return -ENOMEM;
	fs->ln = ln;
	fs->seed = get_random_u32();
	err = rhashtable_init(&fs->client, &client_params);
	if (err)
		goto free;
	err = rhashtable_init(&fs->server, &server_params);
	if (err)
		goto client;
	rhashtable_walk_enter(&fs->client, &fs->iter);
	INIT_DELAYED_WORK(&fs->scan, scan);
	ln->flows = fs;
	queue_delayed_work(system_dfl_wq, &fs->scan, HZ);
	return 0;
client:
	rhashtable_destroy(&fs->client);
free:
	kvfree(fs);
	return err;
}

static void drop(struct l7_net *ln, struct l7_flow *f, void *arg)
{
	struct l7_tuple t = l7_flow_tuple(f);
	bool lost = is_translated(f);

	spin_lock_bh(&f->lock);
	l7_flow_remove_locked(ln, f);
	spin_unlock_bh(&f->lock);
	if (lost)
		l7_ipvs_conn_expire(ln, &t);
}

void l7_flow_exit(struct l7_net *ln)
{
	struct l7_flows *fs = ln->flows;

	if (!fs)
		return;
	cancel_delayed_work_sync(&fs->scan);
	l7_flow_for_each(ln, drop, NULL);
	rhashtable_walk_exit(&fs->iter);
	rhashtable_destroy(&fs->server);
	rhashtable_destroy(&fs->client);
	l7_gone_free(ln);
	ln->flows = NULL;
	kvfree(fs);
}

int l7_flow_module_init(void)
{
	BUILD_BUG_ON(sizeof(struct l7_flow) > 192 &&
		     !IS_ENABLED(CONFIG_DEBUG_SPINLOCK));
	flow_cache = KMEM_CACHE(l7_flow, 0);
	return flow_cache ? 0 : -ENOMEM;
}

void l7_flow_module_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(flow_cache);
}
