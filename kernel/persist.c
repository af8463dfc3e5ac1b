// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: keyed hash -> real server. Owns the table, its limit, idle expiry
 * by one scan, and the join of what peers say.
 *
 * Readers use RCU and see server and expiry with READ_ONCE. Changes take one
 * of a few spinlocks (BH), chosen by the hash. A deleted binding stays as a
 * tombstone for a while, so that a late word of a peer does not bring it back.
 */
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "net.h"
#include "persist.h"
#include "pure/merge.h"
#include "secret.h"
#include "server.h"
#include "sync.h"
#include "trace.h"

#define LOCKS		256
#define TOMBSTONE_S	60
#define SCAN_BATCH	16384

/* What struct l7_dirty leaves its owner. */
enum {
	OWN_ORIGIN,
	OWN_TYPE,
	OWN_REMOVED,
};

/** struct l7_binding - one binding, 64 bytes
 * @node: in l7_persist.table
 * @hash: the key; given up to @rcu once out of the table
 * @dirty: mirroring; also origin, type and removed (dirty.own[])
 * @gen: generation
 * @expires: seconds of ktime_get_seconds()
 * @ref: table and send queue
 * @server: index
 * @svc: index of the virtual service's endpoint in the same dictionary
 */
struct l7_binding {
	struct rhash_head node;
	union {
		u8 hash[L7_KEY_HASH_LEN];
		struct rcu_head rcu;
	};
	struct l7_dirty dirty;
	u32 gen;
	u32 expires;
	refcount_t ref;
	u16 server;
	u16 svc;
};

/** struct l7_persist - the bindings of a namespace
 * @table: by hash
 * @iter: where the expiry scan stands
 * @count: entries in @table, tombstones included
 * @lock: of an entry, by its hash
 */
struct l7_persist {
	struct l7_net *ln;
	struct rhashtable table;
	struct rhashtable_iter iter;
	struct delayed_work scan;
	atomic_t count;
	spinlock_t lock[LOCKS];
};

static struct kmem_cache *cache;

static u32 key_hash(const void *data, u32 len, u32 seed)
{
	u32 v;

	/* the key is a keyed hash already */
	memcpy(&v, data, sizeof(v));
	return v ^ seed;
}

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct l7_binding, node),
	.key_offset = offsetof(struct l7_binding, hash),
	.key_len = L7_KEY_HASH_LEN,
	.hashfn = key_hash,
	.automatic_shrinking = true,
};

static u32 now_s(void)
{
	return (u32)ktime_get_seconds();
}

static spinlock_t *lock_of(struct l7_net *ln, const u8 *hash)
{
	return &ln->persist->lock[hash[4] % LOCKS];
}

static bool is_live(const struct l7_binding *b)
{
	return !READ_ONCE(b->dirty.own[OWN_REMOVED]) &&
	       (s32)(READ_ONCE(b->expires) - now_s()) > 0;
}

static struct l7_binding *find_rcu(struct l7_net *ln, const u8 *hash)
{
	return rhashtable_lookup(&ln->persist->table, hash, params);
}

static void free_rcu_cb(struct rcu_head *head)
{
	kmem_cache_free(cache, container_of(head, struct l7_binding, rcu));
}

static void binding_put(struct l7_binding *b)
{
	if (refcount_dec_and_test(&b->ref))
		call_rcu(&b->rcu, free_rcu_cb);
}

/* ---- keys ---------------------------------------------------------------- */

/** struct key_scope - what a key's hash covers besides its value
 * @value: hash of the value
 */
struct key_scope {
	u64 value;
	struct l7_endpoint svc;
	u16 offset;
	u16 length;
	u8 type;
	u8 prefix;
	u8 wildcard;
	u8 name_len;
	u32 pad;
	char name[L7_COOKIE_NAME_MAX];
} __aligned(8);

void l7_persist_key(struct l7_net *ln, const struct l7_svc *svc,
		    const struct l7_rule *rule, const void *val, u32 len,
		    struct l7_key *key)
{
	const struct l7_secret *s = l7_secret_rcu(ln);
	struct key_scope in = {
		.svc = svc->conf.id,
		.type = rule->type,
	};
	u32 i, n = offsetof(struct key_scope, name);
	u64 h;

	if (rule->type == L7_KEY_SRC) {
		in.prefix = rule->prefix;
	} else {
		in.offset = rule->cookie.offset;
		in.length = rule->cookie.length;
		in.wildcard = rule->cookie.wildcard;
		in.name_len = rule->cookie.name_len;
		memcpy(in.name, rule->cookie.name, in.name_len);
		n += in.name_len;
	}
	for (i = 0; i < ARRAY_SIZE(s->lane); i++) {
		in.value = siphash(val, len, &s->lane[i]);
		h = siphash(&in, n, &s->lane[i]);
		memcpy(key->hash + i * sizeof(h), &h, sizeof(h));
	}
}

u32 l7_persist_src_value(const struct l7_rule *rule, u8 af,
			 const union nf_inet_addr *addr, u8 out[16])
{
	u32 len = af == AF_INET ? 4 : 16, i;

	memcpy(out, addr, len);
	for (i = 0; i < len; i++) {
		int bits = rule->prefix - (int)i * 8;

		if (bits <= 0)
			out[i] = 0;
		else if (bits < 8)
			out[i] &= (u8)(0xff00 >> bits);
	}
	return len;
}

/* ---- use and change ------------------------------------------------------- */

static void trace(struct l7_net *ln, const struct l7_binding *b,
		  enum l7_trace_binding what)
{
	l7_trace_binding(b->hash, l7_server_get(ln, b->svc),
			 l7_server_get(ln, b->server), what);
}

static void count_svc(struct l7_net *ln, const struct l7_svc *svc,
		      enum l7_ctr c)
{
	l7_stat_inc(ln->stats, c);
	if (svc)
		l7_stat_inc(svc->stats, c);
}

/* The stored end of life lies a quarter later than promised and is moved only
 * by a quarter or more: so a busy binding is written, and mirrored, four times
 * in its lifetime and not at every use.
 */
static void refresh(struct l7_net *ln, struct l7_binding *b, u32 timeout)
{
	u32 end = now_s() + timeout + timeout / 4;

	if (end - READ_ONCE(b->expires) < timeout / 4 + 1)
		return;
	WRITE_ONCE(b->expires, end);
	l7_sync_dirty(ln, &b->dirty);
}

u16 l7_persist_lookup(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key)
{
	struct l7_binding *b = find_rcu(ln, key->hash);

	if (!b || !is_live(b))
		return L7_SERVER_NONE;
	refresh(ln, b, svc->conf.timeout);
	trace(ln, b, L7_TRACE_HIT);
	return READ_ONCE(b->server);
}

static struct l7_binding *create(struct l7_net *ln, const u8 *hash, u16 svc,
				 u8 type)
{
	struct l7_persist *ps = ln->persist;
	struct l7_binding *b, *old;

	if (atomic_inc_return(&ps->count) > READ_ONCE(ln->limits.bindings))
		goto full;
	b = kmem_cache_zalloc(cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!b)
		goto full;
	memcpy(b->hash, hash, L7_KEY_HASH_LEN);
	INIT_LIST_HEAD(&b->dirty.node);
	b->dirty.kind = L7_REC_BINDING;
	b->dirty.own[OWN_TYPE] = type;
	b->dirty.own[OWN_REMOVED] = true;	/* until its values are set */
	b->svc = svc;
	b->gen = (u32)(ktime_get_real_ns() >> 26);
	refcount_set(&b->ref, 1);
	old = rhashtable_lookup_get_insert_fast(&ps->table, &b->node, params);
	if (!old)
		return b;
	kmem_cache_free(cache, b);
	if (!IS_ERR(old)) {
		atomic_dec(&ps->count);
		return old;
	}
full:
	atomic_dec(&ps->count);
	return NULL;
}

/* Lock held. */
static void set(struct l7_binding *b, u16 server, u32 expires, bool removed)
{
	WRITE_ONCE(b->server, server);
	WRITE_ONCE(b->expires, expires);
	WRITE_ONCE(b->dirty.own[OWN_REMOVED], removed);
}

int l7_persist_learn(struct l7_net *ln, const struct l7_svc *svc, u8 type,
		     const struct l7_key *key, u16 server)
{
	u32 timeout = svc->conf.timeout;
	struct l7_binding *b;
	int ret = 0;

	rcu_read_lock();
	spin_lock_bh(lock_of(ln, key->hash));
	b = find_rcu(ln, key->hash);
	if (!b)
		b = create(ln, key->hash, l7_server_index(ln, &svc->conf.id),
			   type);
	if (!b) {
		count_svc(ln, svc, L7_C_BIND_FULL);
		ret = -ENOSPC;
	} else if (is_live(b) && b->server == server) {
		refresh(ln, b, timeout);
	} else {
		set(b, server, now_s() + timeout + timeout / 4, false);
		b->gen++;
		b->dirty.own[OWN_ORIGIN] = 0;
		count_svc(ln, svc, L7_C_BIND_LEARNED);
		trace(ln, b, L7_TRACE_LEARNED);
		l7_sync_dirty(ln, &b->dirty);
		ret = 1;
	}
	spin_unlock_bh(lock_of(ln, key->hash));
	rcu_read_unlock();
	return ret;
}

static bool bury(struct l7_net *ln, struct l7_binding *b,
		 const struct l7_svc *svc)
{
	bool was;

	spin_lock_bh(lock_of(ln, b->hash));
	was = is_live(b);
	if (was) {
		set(b, b->server, now_s() + TOMBSTONE_S, true);
		b->gen++;
		b->dirty.own[OWN_ORIGIN] = 0;
		count_svc(ln, svc, L7_C_BIND_DELETED);
		trace(ln, b, L7_TRACE_DELETED);
		l7_sync_dirty(ln, &b->dirty);
	}
	spin_unlock_bh(lock_of(ln, b->hash));
	return was;
}

int l7_persist_forget(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key)
{
	struct l7_binding *b;
	bool was;

	rcu_read_lock();
	b = find_rcu(ln, key->hash);
	was = b && bury(ln, b, svc);
	rcu_read_unlock();
	return was ? 0 : -ENOENT;
}

unsigned int l7_persist_flush(struct l7_net *ln, const struct l7_svc *svc)
{
	u16 index = svc ? l7_server_index(ln, &svc->conf.id) : L7_SERVER_NONE;
	struct rhashtable_iter iter;
	struct l7_binding *b;
	unsigned int n = 0;

	rhashtable_walk_enter(&ln->persist->table, &iter);
	rhashtable_walk_start(&iter);
	while ((b = rhashtable_walk_next(&iter)))
		if (!IS_ERR(b) && (!svc || b->svc == index))
			n += bury(ln, b, svc);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}

/* ---- listing --------------------------------------------------------------- */

static void fill_info(struct l7_net *ln, const struct l7_binding *b,
		      struct l7_persist_info *i)
{
	const struct l7_endpoint *svc = l7_server_get(ln, b->svc);

	memcpy(i->hash, b->hash, sizeof(i->hash));
	i->scope = svc ? l7_svc_scope(svc) : 0;
	i->type = b->dirty.own[OWN_TYPE];
	i->origin = b->dirty.own[OWN_ORIGIN] ?: l7_sync_node(ln);
	i->gen = b->gen;
	i->expires = READ_ONCE(b->expires) - now_s();
	i->server = READ_ONCE(b->server);
}

bool l7_persist_peek(struct l7_net *ln, const struct l7_key *key,
		     struct l7_persist_info *info)
{
	struct l7_binding *b = find_rcu(ln, key->hash);

	if (!b || !is_live(b))
		return false;
	fill_info(ln, b, info);
	return true;
}

int l7_persist_dump(struct l7_net *ln, unsigned long *cursor,
		    int (*fn)(const struct l7_persist_info *info, void *arg),
		    void *arg)
{
	struct rhashtable_iter iter;
	struct l7_persist_info info;
	struct l7_binding *b;
	unsigned long n = 0;
	int ret = 0;

	rhashtable_walk_enter(&ln->persist->table, &iter);
	rhashtable_walk_start(&iter);
	while (!ret && (b = rhashtable_walk_next(&iter))) {
		if (IS_ERR(b) || !is_live(b) || n++ < *cursor)
			continue;
		fill_info(ln, b, &info);
		ret = fn(&info, arg);
		if (!ret)
			++*cursor;
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return ret;
}

unsigned int l7_persist_count(struct l7_net *ln)
{
	return atomic_read(&ln->persist->count);
}

/* ---- mirroring -------------------------------------------------------------- */

static struct l7_binding *of_dirty(struct l7_dirty *d)
{
	return container_of(d, struct l7_binding, dirty);
}

static bool hold(struct l7_dirty *d)
{
	return refcount_inc_not_zero(&of_dirty(d)->ref);
}

static void put(struct l7_dirty *d)
{
	binding_put(of_dirty(d));
}

static bool snapshot(struct l7_net *ln, struct l7_dirty *d,
		     struct l7_record *out)
{
	struct l7_binding *b = of_dirty(d);
	const struct l7_endpoint *svc = l7_server_get(ln, b->svc);
	const struct l7_endpoint *server;
	s32 left;

	memset(out, 0, sizeof(*out));
	spin_lock_bh(lock_of(ln, b->hash));
	server = l7_server_get(ln, b->server);
	left = (s32)(b->expires - now_s());
	out->kind = L7_REC_BINDING;
	out->removed = b->dirty.own[OWN_REMOVED];
	out->origin = b->dirty.own[OWN_ORIGIN] ?: l7_sync_node(ln);
	out->gen = b->gen;
	memcpy(out->b.hash, b->hash, sizeof(out->b.hash));
	out->b.scope = svc ? l7_svc_scope(svc) : 0;
	out->b.type = b->dirty.own[OWN_TYPE];
	out->b.ttl = max(left, 0);
	if (server)
		out->b.server = *server;
	spin_unlock_bh(lock_of(ln, b->hash));
	return svc && server && left > 0;
}

static enum l7_apply join_locked(struct l7_net *ln, struct l7_binding *b,
				 const struct l7_record *r, u16 server)
{
	struct l7_version cur = {
		b->gen, b->dirty.own[OWN_ORIGIN] ?: l7_sync_node(ln)
	};
	struct l7_version in = { r->gen, r->origin };
	bool same = b->server == server &&
		    b->dirty.own[OWN_REMOVED] == r->removed;
	u32 end = now_s() + r->b.ttl;
	enum l7_merge m = l7_merge_decide(&cur, &in, same);

	if (m == L7_MERGE_KEEP || m == L7_MERGE_CONFLICT_KEEP) {
		/* used elsewhere: lives longer */
		if (same && (s32)(end - b->expires) > 0)
			WRITE_ONCE(b->expires, end);
		return m == L7_MERGE_KEEP ? L7_APPLY_OLD : L7_APPLY_CONFLICT;
	}
	set(b, server, end, r->removed);
	b->gen = r->gen;
	b->dirty.own[OWN_ORIGIN] = r->origin;
	return m == L7_MERGE_TAKE ? L7_APPLY_OK : L7_APPLY_CONFLICT;
}

static int apply_rcu(struct l7_net *ln, const struct l7_record *r)
{
	struct l7_svc *svc = l7_svc_find_scope_rcu(ln, r->b.scope);
	u16 server = l7_server_index(ln, &r->b.server);
	struct l7_binding *b;
	enum l7_apply ret;

	if (!svc)
		return L7_APPLY_UNRESOLVED;
	if (server == L7_SERVER_NONE)
		return L7_APPLY_FULL;
	spin_lock_bh(lock_of(ln, r->b.hash));
	b = find_rcu(ln, r->b.hash);
	if (b) {
		ret = join_locked(ln, b, r, server);
	} else {
		b = create(ln, r->b.hash, l7_server_index(ln, &svc->conf.id),
			   r->b.type);
		ret = b ? L7_APPLY_OK : L7_APPLY_FULL;
		if (b) {
			set(b, server, now_s() + r->b.ttl, r->removed);
			b->gen = r->gen;
			b->dirty.own[OWN_ORIGIN] = r->origin;
		}
	}
	spin_unlock_bh(lock_of(ln, r->b.hash));
	return ret;
}

static int apply(struct l7_net *ln, const struct l7_record *r)
{
	int ret;

	rcu_read_lock();
	ret = apply_rcu(ln, r);
	rcu_read_unlock();
	return ret;
}

/* fn may sleep: each record is copied out of the RCU section first. */
static int walk(struct l7_net *ln,
		int (*fn)(const struct l7_record *rec, void *arg), void *arg)
{
	struct rhashtable_iter iter;
	struct l7_record r;
	struct l7_binding *b;
	int ret = 0;

	rhashtable_walk_enter(&ln->persist->table, &iter);
	rhashtable_walk_start(&iter);
	while (!ret && (b = rhashtable_walk_next(&iter))) {
		if (IS_ERR(b) || !snapshot(ln, &b->dirty, &r))
			continue;
		rhashtable_walk_stop(&iter);
		ret = fn(&r, arg);
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return ret;
}

const struct l7_owner_ops l7_persist_owner = {
	.hold = hold,
	.put = put,
	.snapshot = snapshot,
	.apply = apply,
	.walk = walk,
};

/* ---- expiry ------------------------------------------------------------------ */

static void remove(struct l7_net *ln, struct l7_binding *b)
{
	struct l7_persist *ps = ln->persist;

	if (rhashtable_remove_fast(&ps->table, &b->node, params))
		return;
	atomic_dec(&ps->count);
	binding_put(b);
}

static void scan_one(struct l7_net *ln, struct l7_binding *b)
{
	spinlock_t *lock = lock_of(ln, b->hash);

	if ((s32)(READ_ONCE(b->expires) - now_s()) > 0)
		return;
	spin_lock_bh(lock);
	if ((s32)(b->expires - now_s()) <= 0) {
		if (!b->dirty.own[OWN_REMOVED]) {
			l7_stat_inc(ln->stats, L7_C_BIND_EXPIRED);
			trace(ln, b, L7_TRACE_EXPIRED);
		}
		remove(ln, b);
	}
	spin_unlock_bh(lock);
}

static void scan(struct work_struct *work)
{
	struct l7_persist *ps = container_of(work, struct l7_persist,
					     scan.work);
	struct l7_binding *b = NULL;
	unsigned int n;

	rhashtable_walk_start(&ps->iter);
	for (n = 0; n < SCAN_BATCH; n++) {
		b = rhashtable_walk_next(&ps->iter);
		if (!b)
			break;
		if (!IS_ERR(b))
			scan_one(ps->ln, b);
	}
	rhashtable_walk_stop(&ps->iter);
	if (!b) {			/* the end: start over */
		rhashtable_walk_exit(&ps->iter);
		rhashtable_walk_enter(&ps->table, &ps->iter);
	}
	queue_delayed_work(system_unbound_wq, &ps->scan, HZ);
}

int l7_persist_init(struct l7_net *ln)
{
	struct l7_persist *ps = kvzalloc(sizeof(*ps), GFP_KERNEL);
	int i, err;

	if (!ps)
		return -ENOMEM;
	err = rhashtable_init(&ps->table, &params);
	if (err) {
		kvfree(ps);
		return err;
	}
	ps->ln = ln;
	for (i = 0; i < LOCKS; i++)
		spin_lock_init(&ps->lock[i]);
	rhashtable_walk_enter(&ps->table, &ps->iter);
	INIT_DELAYED_WORK(&ps->scan, scan);
	ln->persist = ps;
	queue_delayed_work(system_unbound_wq, &ps->scan, HZ);
	return 0;
}

static void drop(void *obj, void *arg)
{
	binding_put(obj);
}

void l7_persist_exit(struct l7_net *ln)
{
	struct l7_persist *ps = ln->persist;

	if (!ps)
		return;
	cancel_delayed_work_sync(&ps->scan);
	rhashtable_walk_exit(&ps->iter);
	rhashtable_free_and_destroy(&ps->table, drop, NULL);
	ln->persist = NULL;
	kvfree(ps);
}

int l7_persist_module_init(void)
{
	BUILD_BUG_ON(sizeof(struct l7_binding) > 64 &&
		     !IS_ENABLED(CONFIG_DEBUG_LIST));
	cache = KMEM_CACHE(l7_binding, 0);
	return cache ? 0 : -ENOMEM;
}

void l7_persist_module_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}
