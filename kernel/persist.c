// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: keyed hash -> real server. Owns the table, its limit and idle
 * expiry by one scan. What a key is, when a binding is learned and how peers
 * are told is not known here.
 *
 * Readers use RCU. Changes take one of a few spinlocks (BH), chosen by the
 * hash, so that all work on one key is serialised whether or not it has an
 * entry. A deleted binding stays for a while as a tombstone, so that a late
 * word of a peer does not bring it back.
 */
#include <linux/slab.h>
#include <linux/unaligned.h>
#include "persist_priv.h"
#include "pure/merge.h"
#include "sync.h"
#include "trace.h"
#include "walk.h"
#include "workqueue_compat.h"

static struct kmem_cache *cache;

/* The key is a keyed hash already. */
static u32 key_hash(const void *data, u32 len, u32 seed)
{
	return get_unaligned_le32(data) ^ seed;
}

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct l7_binding, node),
	.key_offset = offsetof(struct l7_binding, hash),
	.key_len = L7_KEY_HASH_LEN,
	.hashfn = key_hash,
	.automatic_shrinking = true,
};

struct l7_binding *l7_persist_find_rcu(struct l7_net *ln, const u8 *hash)
{
	return rhashtable_lookup(&ln->persist->table, hash, params);
}

static void free_rcu_cb(struct rcu_head *head)
{
	kmem_cache_free(cache, container_of(head, struct l7_binding, rcu));
}

void l7_binding_put(struct l7_binding *b)
{
	if (refcount_dec_and_test(&b->dirty.ref))
		call_rcu(&b->rcu, free_rcu_cb);
}

static void count(struct l7_net *ln, const struct l7_svc *svc, enum l7_ctr c)
{
	l7_stat_inc(ln->stats, c);
	if (svc)
		l7_stat_inc(svc->stats, c);
}

static void trace(struct l7_net *ln, const struct l7_binding *b,
		  enum l7_trace_binding what)
{
	if (trace_l7_binding_enabled())
		trace_l7_binding(what, b->scope, b->hash,
				 l7_server_get(ln, READ_ONCE(b->server)));
}

/* ---- entries -------------------------------------------------------------- */

static atomic_t *counter(struct l7_persist *p, u16 server)
{
	return server == L7_SERVER_NONE ? &p->buried : &p->live;
}

/* Room for one more that names @server, or for one more tombstone. */
static bool charge(struct l7_net *ln, u16 server)
{
	u32 limit = READ_ONCE(ln->limits.bindings);
	atomic_t *n = counter(ln->persist, server);

	if (server == L7_SERVER_NONE)
		limit = limit / 4 + 1;
	if ((u32)atomic_inc_return(n) <= limit)
		return true;
	atomic_dec(n);
	return false;
}

static void uncharge(struct l7_net *ln, u16 server)
{
	atomic_dec(counter(ln->persist, server));
}

bool l7_persist_recharge(struct l7_net *ln, u16 from, u16 to)
{
	if ((from == L7_SERVER_NONE) == (to == L7_SERVER_NONE))
		return true;
	if (!charge(ln, to))
		return false;
	uncharge(ln, from);
	return true;
}

void l7_persist_raise_floor(struct l7_persist *p, u32 gen)
{
	u32 cur = READ_ONCE(p->floor), old;

	while (l7_merge_is_later(gen, cur)) {
		old = cmpxchg(&p->floor, cur, gen);
		if (old == cur)
			return;
		cur = old;
	}
}

struct l7_binding *l7_persist_add_locked(struct l7_net *ln, const u8 *hash,
					 u32 scope, u8 type, u16 server)
{
	struct l7_binding *b;

	if (!charge(ln, server))
		return ERR_PTR(-ENOSPC);
	b = kmem_cache_zalloc(cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!b)
		goto uncharge;
	memcpy(b->hash, hash, L7_KEY_HASH_LEN);
	b->dirty.kind = L7_REC_BINDING;
	refcount_set(&b->dirty.ref, 1);
	b->scope = scope;
	b->type = type;
	b->server = server;
	b->expires = l7_binding_end_of(0);
	if (!rhashtable_insert_fast(&ln->persist->table, &b->node, params))
		return b;
	kmem_cache_free(cache, b);
uncharge:
	uncharge(ln, server);
	return ERR_PTR(-ENOMEM);
}

/* Forget an entry that is over; idempotent. */
static void unlink_locked(struct l7_net *ln, struct l7_binding *b)
{
	struct l7_persist *p = ln->persist;

	if (rhashtable_remove_fast(&p->table, &b->node, params))
		return;
	uncharge(ln, b->server);
	l7_persist_raise_floor(p, b->gen + 1);
	l7_binding_put(b);
}

/* Who found the entry a moment ago sees nothing, and who is about to send it sends
 * a deletion. RCU keeps it in memory meanwhile.
 */
void l7_persist_revoke_locked_rcu(struct l7_net *ln, struct l7_binding *b)
{
	unlink_locked(ln, b);
	WRITE_ONCE(b->server, L7_SERVER_NONE);
}

/* ---- use and change ------------------------------------------------------- */

static void refresh_locked(struct l7_net *ln, struct l7_binding *b, u32 timeout)
{
	u32 end = l7_binding_within(b, l7_binding_end_of(timeout));
	u32 step = l7_binding_quarter(timeout);
	/* who told us the end has no quarter more than it told */
	bool tell = !b->used || end / step != b->expires / step;

	WRITE_ONCE(b->expires, end);
	b->used = true;
	if (tell)
		l7_sync_dirty(ln, &b->dirty);
}

u16 l7_persist_lookup(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key)
{
	struct l7_binding *b = l7_persist_find_rcu(ln, key->hash);
	u32 timeout = svc->conf.timeout;
	u16 server;

	if (!b || l7_binding_is_over(b))
		return L7_SERVER_NONE;
	server = READ_ONCE(b->server);
	if (server == L7_SERVER_NONE)
		return L7_SERVER_NONE;
	trace(ln, b, L7_TRACE_HIT);
	/* a write a second at most, however busy it is */
	if (READ_ONCE(b->expires) !=
	    l7_binding_within(b, l7_binding_end_of(timeout)) &&
	    !READ_ONCE(b->doubted)) {
		spin_lock_bh(l7_persist_lock_of(ln, key->hash));
		if (l7_binding_is_live(b) && !b->doubted)
			refresh_locked(ln, b, timeout);
		spin_unlock_bh(l7_persist_lock_of(ln, key->hash));
	}
	return server;
}

/* The generation of a change made here: later than the entry's, and than that
 * of a peer's change that was refused.
 */
static u32 next_gen(const struct l7_persist *p, const struct l7_binding *b)
{
	u32 floor = READ_ONCE(p->floor);

	return l7_merge_is_later(floor, b->gen) ? floor : b->gen + 1;
}

void l7_persist_change_locked(struct l7_net *ln, struct l7_binding *b)
{
	b->gen = next_gen(ln->persist, b);
	b->origin = 0;
	l7_sync_dirty(ln, &b->dirty);
}

static u32 lifetime_of(const struct l7_svc *svc, u8 type)
{
	return type == L7_KEY_PREBIND ? svc->conf.prebind_s :
					svc->conf.max_lifetime;
}

/* This node gives the key to @server. */
static int assign_locked(struct l7_net *ln, const struct l7_svc *svc, u8 type,
			 const struct l7_key *key, struct l7_binding *b,
			 u16 server, bool fixed)
{
	u32 end = l7_binding_end_of(fixed ? L7_STATIC_S : svc->conf.timeout);
	u32 limit = fixed ? 0 : l7_binding_limit_of(lifetime_of(svc, type));

	if (!b) {
		b = l7_persist_add_locked(ln, key->hash, svc->scope, type,
					  server);
		if (IS_ERR(b))
			return PTR_ERR(b);
		b->gen = READ_ONCE(ln->persist->floor);
	} else {
		if (!l7_persist_recharge(ln, b->server, server))
			return -ENOSPC;
		b->gen = next_gen(ln->persist, b);
	}
	b->origin = 0;
	b->used = true;
	WRITE_ONCE(b->doubted, false);
	WRITE_ONCE(b->fixed, false);
	WRITE_ONCE(b->limit, limit);
	l7_binding_write_locked(b, server, l7_binding_within(b, end));
	WRITE_ONCE(b->fixed, fixed);
	trace(ln, b, L7_TRACE_LEARNED);
	l7_sync_dirty(ln, &b->dirty);
	return 1;
}

/* How the key @b of a live binding stands to what is wanted of it. */
static bool is_as_wanted(const struct l7_binding *b, u16 server, bool fixed,
			 bool by_operator)
{
	return by_operator ? b->server == server && b->fixed == fixed :
			     b->server == server || b->fixed;
}

static int give(struct l7_net *ln, const struct l7_svc *svc, u8 type,
		const struct l7_key *key, u16 server, bool fixed,
		bool by_operator)
{
	struct l7_binding *b;
	int ret = 0;

	if (server == L7_SERVER_NONE) {
		count(ln, svc, L7_C_BIND_FULL);
		return -ENOSPC;
	}
	rcu_read_lock();
	spin_lock_bh(l7_persist_lock_of(ln, key->hash));
	b = l7_persist_find_rcu(ln, key->hash);
	if (b && l7_binding_is_live(b) &&
	    is_as_wanted(b, server, fixed, by_operator)) {
		WRITE_ONCE(b->doubted, false);
		refresh_locked(ln, b, svc->conf.timeout);
	} else {
		ret = assign_locked(ln, svc, type, key, b, server, fixed);
	}
	spin_unlock_bh(l7_persist_lock_of(ln, key->hash));
	rcu_read_unlock();
	if (ret)
		count(ln, svc, ret > 0 ? L7_C_BIND_LEARNED : L7_C_BIND_FULL);
	return ret;
}

int l7_persist_learn(struct l7_net *ln, const struct l7_svc *svc, u8 type,
		     const struct l7_key *key, u16 server)
{
	return give(ln, svc, type, key, server, false, false);
}

int l7_persist_set(struct l7_net *ln, const struct l7_svc *svc, u8 type,
		   const struct l7_key *key, u16 server, bool fixed)
{
	return give(ln, svc, type, key, server, fixed, true);
}

/* The peers are told in any case. No tombstone where none hears us, nor beyond
 * what they may take of memory.
 */
static void bury_locked(struct l7_net *ln, struct l7_binding *b)
{
	trace(ln, b, L7_TRACE_DELETED);
	l7_persist_change_locked(ln, b);
	WRITE_ONCE(b->limit, 0);
	WRITE_ONCE(b->fixed, false);
	if (l7_sync_node(ln) &&
	    l7_persist_recharge(ln, b->server, L7_SERVER_NONE))
		l7_binding_write_locked(b, L7_SERVER_NONE,
					l7_binding_end_of(L7_TOMBSTONE_S));
	else
		l7_persist_revoke_locked_rcu(ln, b);
}

static bool bury(struct l7_net *ln, struct l7_binding *b, bool fixed)
{
	spinlock_t *lock = l7_persist_lock_of(ln, b->hash);
	bool was;

	spin_lock_bh(lock);
	was = l7_binding_is_live(b) && (fixed || !b->fixed);
	if (was)
		bury_locked(ln, b);
	spin_unlock_bh(lock);
	return was;
}

static int take_away(struct l7_net *ln, const struct l7_svc *svc,
		     const struct l7_key *key, bool fixed)
{
	struct l7_binding *b;
	bool was;

	rcu_read_lock();
	b = l7_persist_find_rcu(ln, key->hash);
	was = b && bury(ln, b, fixed);
	rcu_read_unlock();
	if (!was)
		return -ENOENT;
	count(ln, svc, L7_C_BIND_DELETED);
	return 0;
}

int l7_persist_forget(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key)
{
	return take_away(ln, svc, key, false);
}

int l7_persist_delete(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key)
{
	return take_away(ln, svc, key, true);
}

/* Peers keep the later end, unless it is a change. */
static void doubt_locked(struct l7_net *ln, struct l7_binding *b)
{
	u32 end = l7_binding_end_of(L7_DOUBT_S);

	WRITE_ONCE(b->doubted, true);
	if ((s32)(end - b->expires) >= 0)
		return;
	WRITE_ONCE(b->expires, end);
	l7_persist_change_locked(ln, b);
}

void l7_persist_doubt(struct l7_net *ln, const struct l7_key *key, u16 server)
{
	struct l7_binding *b;

	rcu_read_lock();
	spin_lock_bh(l7_persist_lock_of(ln, key->hash));
	b = l7_persist_find_rcu(ln, key->hash);
	if (b && l7_binding_is_live(b) && b->server == server && !b->fixed &&
	    !b->doubted)
		doubt_locked(ln, b);
	spin_unlock_bh(l7_persist_lock_of(ln, key->hash));
	rcu_read_unlock();
}

/** struct flush - which bindings, see l7_persist_flush() */
struct flush {
	const struct l7_svc *svc;
	const u32 *scope;
	bool fixed;
};

/* Call fn for every entry, under RCU, giving way now and then; fn may unlink
 * the entry. Returns the sum of what fn returned.
 */
static unsigned int for_each(struct l7_net *ln, const struct flush *what,
			     unsigned int (*fn)(struct l7_net *ln,
						struct l7_binding *b,
						const struct flush *what))
{
	struct rhashtable_iter iter;
	unsigned int sum = 0, n = 0;
	struct l7_binding *b;

	rhashtable_walk_enter(&ln->persist->table, &iter);
	rhashtable_walk_start(&iter);
	while ((b = l7_walk_give_way(&iter, &n)))
		sum += fn(ln, b, what);
	l7_walk_stop(&iter);
	return sum;
}

static unsigned int flush_one(struct l7_net *ln, struct l7_binding *b,
			      const struct flush *what)
{
	if (what->scope && b->scope != *what->scope)
		return 0;
	if (!bury(ln, b, what->fixed))
		return 0;
	count(ln, what->svc, L7_C_BIND_DELETED);
	return 1;
}

unsigned int l7_persist_flush(struct l7_net *ln, const struct l7_svc *svc,
			      const u32 *scope, bool fixed)
{
	struct flush what = { svc, scope, fixed };

	return for_each(ln, &what, flush_one);
}

static unsigned int purge_one(struct l7_net *ln, struct l7_binding *b,
			      const struct flush *what)
{
	spinlock_t *lock = l7_persist_lock_of(ln, b->hash);

	spin_lock_bh(lock);
	l7_persist_revoke_locked_rcu(ln, b);
	spin_unlock_bh(lock);
	return 1;
}

void l7_persist_purge(struct l7_net *ln)
{
	for_each(ln, NULL, purge_one);
}

/* ---- listing -------------------------------------------------------------- */

static void fill_info(struct l7_net *ln, const struct l7_binding *b,
		      struct l7_persist_info *i)
{
	memcpy(i->hash, b->hash, sizeof(i->hash));
	i->scope = b->scope;
	i->type = b->type;
	i->origin = READ_ONCE(b->origin) ?: l7_sync_node(ln);
	i->gen = READ_ONCE(b->gen);
	i->expires = l7_binding_left(b);
	i->limit = l7_binding_limit_left(b);
	i->fixed = READ_ONCE(b->fixed);
	i->server = READ_ONCE(b->server);
}

bool l7_persist_peek(struct l7_net *ln, const struct l7_key *key,
		     struct l7_persist_info *info)
{
	struct l7_binding *b = l7_persist_find_rcu(ln, key->hash);

	if (!b || l7_binding_is_over(b))
		return false;
	fill_info(ln, b, info);
	return info->server != L7_SERVER_NONE;
}

int l7_persist_dump(struct l7_net *ln, struct l7_walk *at,
		    int (*fn)(const struct l7_persist_info *info, void *arg),
		    void *arg)
{
	struct rhashtable_iter iter;
	struct l7_persist_info info;
	struct l7_binding *b;
	int ret = 0;

	if (at->end)
		return 0;
	l7_walk_start(at, &ln->persist->table, &iter);
	while (!ret && (b = l7_walk_next(at, &iter))) {
		if (l7_binding_is_over(b))
			continue;
		fill_info(ln, b, &info);
		if (info.server != L7_SERVER_NONE)
			ret = fn(&info, arg);
	}
	l7_walk_stop(&iter);
	return ret;
}

unsigned int l7_persist_count(struct l7_net *ln)
{
	return atomic_read(&ln->persist->live);
}

/* ---- expiry --------------------------------------------------------------- */

/* Nobody is shown it any more, and the peers drop it, too. */
static bool is_done_rcu(struct l7_net *ln, const struct l7_binding *b)
{
	return l7_binding_is_over(b) &&
	       (!l7_sync_node(ln) ||
		l7_binding_is_past(l7_binding_told_end_rcu(ln, b)));
}

static void expire(struct l7_net *ln, struct l7_binding *b)
{
	spinlock_t *lock = l7_persist_lock_of(ln, b->hash);

	spin_lock_bh(lock);
	if (is_done_rcu(ln, b)) {
		if (!l7_binding_is_tombstone(b)) {
			count(ln, l7_svc_find_scope_rcu(ln, b->scope),
			      L7_C_BIND_EXPIRED);
			trace(ln, b, L7_TRACE_EXPIRED);
		}
		unlink_locked(ln, b);
	}
	spin_unlock_bh(lock);
}

/* A slice at a time, round and round. Nobody is shown an entry that is over,
 * so this may be late: it only gives the memory back.
 */
static void scan(struct work_struct *work)
{
	struct l7_persist *p = container_of(work, struct l7_persist, scan.work);
	unsigned int n = L7_WALK_BATCH;
	struct l7_binding *b = NULL;

	l7_walk_resume(&p->iter);
	while (n-- && (b = rhashtable_walk_next(&p->iter)))
		if (!IS_ERR(b) && l7_binding_is_over(b))
			expire(p->ln, b);
	rhashtable_walk_stop(&p->iter);
	if (!b) {
		rhashtable_walk_exit(&p->iter);
		rhashtable_walk_enter(&p->table, &p->iter);
	}
	queue_delayed_work(system_dfl_wq, &p->scan, b ? HZ / 20 : HZ);
}

int l7_persist_init(struct l7_net *ln)
{
	struct l7_persist *p = kvzalloc(sizeof(*p), GFP_KERNEL);
	int i, err;

	if (!p)
		return -ENOMEM;
	err = rhashtable_init(&p->table, &params);
	if (err) {
		kvfree(p);
		return err;
	}
	p->ln = ln;
	p->floor = l7_first_gen();
	for (i = 0; i < L7_PERSIST_LOCKS; i++)
		spin_lock_init(&p->lock[i]);
	rhashtable_walk_enter(&p->table, &p->iter);
	INIT_DELAYED_WORK(&p->scan, scan);
	ln->persist = p;
	queue_delayed_work(system_dfl_wq, &p->scan, HZ);
	return 0;
}

static void drop(void *obj, void *arg)
{
	l7_binding_put(obj);
}

void l7_persist_exit(struct l7_net *ln)
{
	struct l7_persist *p = ln->persist;

	cancel_delayed_work_sync(&p->scan);
	rhashtable_walk_exit(&p->iter);
	rhashtable_free_and_destroy(&p->table, drop, NULL);
	ln->persist = NULL;
	kvfree(p);
}

int l7_persist_module_init(void)
{
	BUILD_BUG_ON(sizeof(struct l7_binding) > 64);
	cache = kmem_cache_create("l7_binding", sizeof(struct l7_binding), 0,
				  SLAB_HWCACHE_ALIGN, NULL);
	return cache ? 0 : -ENOMEM;
}

/** l7_persist_module_exit() - after the last namespace and an rcu_barrier() */
void l7_persist_module_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}
