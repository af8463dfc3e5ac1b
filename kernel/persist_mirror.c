// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings as the peers see them: snapshots, the join of what a peer says into
 * the table, and the walk over all. Owns no state of its own.
 *
 * Locks: that of the key, as in persist.c.
 */
#include "persist_priv.h"
#include "pure/merge.h"
#include "sync.h"
#include "walk.h"

#define TTL_MAX	(L7_SVC_TIMEOUT_MAX + L7_SVC_TIMEOUT_MAX / 4)

static struct l7_binding *of_dirty(struct l7_dirty *d)
{
	return container_of(d, struct l7_binding, dirty);
}

static bool hold(struct l7_dirty *d)
{
	return refcount_inc_not_zero(&d->ref);
}

static void put(struct l7_dirty *d)
{
	l7_binding_put(of_dirty(d));
}

/* A use here is told when the end moves into another quarter of the lifetime, so
 * what is told is the end of that quarter.
 */
u32 l7_binding_told_end_rcu(struct l7_net *ln, const struct l7_binding *b)
{
	u32 end = READ_ONCE(b->expires), step;
	struct l7_svc *svc;

	if (!READ_ONCE(b->used) || READ_ONCE(b->fixed) ||
	    l7_binding_is_tombstone(b))
		return end;
	svc = l7_svc_find_scope_rcu(ln, b->scope);
	if (!svc)
		return end;
	step = l7_binding_quarter(svc->conf.timeout);
	return l7_binding_within(b, (end / step + 1) * step);
}

static u32 wire_ttl(u32 end)
{
	s32 n = end - l7_binding_now() - 1;

	return max(n, 0);
}

static bool snapshot(struct l7_net *ln, struct l7_dirty *d,
		     struct l7_record *out)
{
	struct l7_binding *b = of_dirty(d);
	const struct l7_endpoint *server;
	u32 end;
	bool ok;

	memset(out, 0, sizeof(*out));
	out->kind = L7_REC_BINDING;
	memcpy(out->b.hash, b->hash, sizeof(out->b.hash));
	out->b.scope = b->scope;
	rcu_read_lock();
	spin_lock_bh(l7_persist_lock_of(ln, b->hash));
	out->removed = l7_binding_is_tombstone(b);
	out->origin = b->origin ?: l7_sync_node(ln);
	out->gen = b->gen;
	out->b.type = b->type;
	end = l7_binding_told_end_rcu(ln, b);
	out->b.ttl = out->removed ? L7_TOMBSTONE_S :
		     b->fixed ? L7_SVC_TIMEOUT_MAX : wire_ttl(end);
	out->b.fixed = b->fixed;
	out->b.limit = out->removed ? 0 : l7_binding_limit_left(b);
	server = l7_server_get(ln, b->server);
	if (server)
		out->b.server = *server;
	ok = out->removed || !l7_binding_is_past(end);
	spin_unlock_bh(l7_persist_lock_of(ln, b->hash));
	rcu_read_unlock();
	return ok;
}

static u32 wire_end(const struct l7_record *r)
{
	if (r->b.fixed && !r->removed)
		return l7_binding_end_of(L7_STATIC_S);
	return l7_binding_end_of(min_t(u32, r->b.ttl, TTL_MAX));
}

/* Become what the peer says; false if there is no room. */
static bool take_locked(struct l7_net *ln, struct l7_binding *b,
			const struct l7_record *r, u16 server)
{
	if (!l7_persist_recharge(ln, b->server, server))
		return false;
	b->gen = r->gen;
	b->origin = r->origin;
	l7_dirty_touch(&b->dirty);
	b->scope = r->b.scope;
	b->type = r->b.type;
	b->used = false;
	WRITE_ONCE(b->doubted, false);
	WRITE_ONCE(b->limit, l7_binding_limit_of(min_t(u32, r->b.limit,
						       L7_SVC_TIMEOUT_MAX)));
	WRITE_ONCE(b->fixed, false);
	l7_binding_write_locked(b, server, l7_binding_within(b, wire_end(r)));
	WRITE_ONCE(b->fixed, r->b.fixed && !r->removed);
	return true;
}

/* No room for a tombstone. The entry may be queued, and says what the peer does. */
static void drop_locked_rcu(struct l7_net *ln, struct l7_binding *b,
			    const struct l7_record *r)
{
	b->gen = r->gen;
	b->origin = r->origin;
	WRITE_ONCE(b->limit, 0);
	WRITE_ONCE(b->fixed, false);
	l7_persist_revoke_locked_rcu(ln, b);
}

static enum l7_apply adopt_locked(struct l7_net *ln, const struct l7_record *r,
				  u16 server)
{
	struct l7_binding *b = l7_persist_add_locked(ln, r->b.hash, r->b.scope,
						     r->b.type, server);

	if (IS_ERR(b))
		return L7_APPLY_FULL;
	take_locked(ln, b, r, server);
	return L7_APPLY_OK;
}

/* The peer says what is known; it may have seen a later use. All are to end up
 * with the same end, the latest that was told.
 */
static void extend_locked_rcu(struct l7_net *ln, struct l7_binding *b,
			      const struct l7_record *r)
{
	u32 end = l7_binding_within(b, wire_end(r)), told;

	if (l7_binding_is_tombstone(b) || (s32)(end - b->expires) <= 0)
		return;
	told = l7_binding_told_end_rcu(ln, b);
	WRITE_ONCE(b->expires, (s32)(end - told) > 0 ? end : told);
	b->used = false;
	l7_dirty_touch(&b->dirty);
}

static enum l7_apply join_locked_rcu(struct l7_net *ln, struct l7_binding *b,
				     const struct l7_record *r, u16 server)
{
	struct l7_version cur = { b->gen, b->origin ?: l7_sync_node(ln) };
	struct l7_version in = { r->gen, r->origin };
	bool same = b->server == server && b->fixed == r->b.fixed;
	enum l7_merge m = l7_merge_decide(&cur, &in, same);

	switch (m) {
	case L7_MERGE_KEEP:
		if (same && cur.gen == in.gen)
			extend_locked_rcu(ln, b, r);
		return L7_APPLY_OLD;
	case L7_MERGE_CONFLICT_KEEP:
		/* One generation of ours for two states: one is of a life that a snapshot
		 * has undone (sync_fork.c). No peer can tell which; who made both can.
		 */
		if (cur.origin == in.origin && in.origin == l7_sync_node(ln))
			l7_persist_change_locked(ln, b);
		return L7_APPLY_CONFLICT;
	default:
		if (!take_locked(ln, b, r, server)) {
			if (!r->removed)
				return L7_APPLY_FULL;
			drop_locked_rcu(ln, b, r);
		}
		return m == L7_MERGE_TAKE ? L7_APPLY_OK : L7_APPLY_CONFLICT;
	}
}

/* No room: a change made here must still be later than what we refuse. */
static enum l7_apply refuse(struct l7_net *ln, const struct l7_record *r)
{
	l7_persist_raise_floor(ln->persist, r->gen + 1);
	return L7_APPLY_FULL;
}

static int apply(struct l7_net *ln, const struct l7_record *r)
{
	u16 server = L7_SERVER_NONE;
	enum l7_apply ret;
	struct l7_binding *b;

	if (!r->removed) {
		server = l7_server_index(ln, &r->b.server);
		if (server == L7_SERVER_NONE)
			return refuse(ln, r);
	}
	rcu_read_lock();
	spin_lock_bh(l7_persist_lock_of(ln, r->b.hash));
	l7_persist_raise_floor(ln->persist, r->gen);
	b = l7_persist_find_rcu(ln, r->b.hash);
	ret = b ? join_locked_rcu(ln, b, r, server) : adopt_locked(ln, r, server);
	spin_unlock_bh(l7_persist_lock_of(ln, r->b.hash));
	/* kept all the same: a policy may follow */
	if (ret != L7_APPLY_FULL && !l7_svc_find_scope_rcu(ln, r->b.scope))
		ret = L7_APPLY_UNRESOLVED;
	rcu_read_unlock();
	return ret == L7_APPLY_FULL ? refuse(ln, r) : ret;
}

static int walk(struct l7_net *ln, u64 since,
		int (*fn)(const struct l7_record *rec, void *arg), void *arg)
{
	struct rhashtable_iter iter;
	struct l7_record r;
	struct l7_binding *b;
	int ret = 0;
	u32 n = 0;

	rhashtable_walk_enter(&ln->persist->table, &iter);
	rhashtable_walk_start(&iter);
	while (!ret && (b = l7_walk_give_way(&iter, &n))) {
		if (!l7_dirty_is_since(&b->dirty, since) ||
		    !snapshot(ln, &b->dirty, &r))
			continue;
		rhashtable_walk_stop(&iter);
		ret = fn(&r, arg);
		l7_walk_resume(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return ret;
}

/* Without its lock: an entry that changes meanwhile differs in any case. */
static bool fill_steady_rcu(struct l7_net *ln, const struct l7_binding *b,
			    u8 node, struct l7_record *r)
{
	const struct l7_endpoint *server = l7_server_get(ln,
						READ_ONCE(b->server));

	if (!server || l7_binding_is_past(l7_binding_told_end_rcu(ln, b)))
		return false;
	r->origin = READ_ONCE(b->origin) ?: node;
	r->gen = READ_ONCE(b->gen);
	memcpy(r->b.hash, b->hash, sizeof(r->b.hash));
	r->b.scope = b->scope;
	r->b.type = b->type;
	r->b.fixed = READ_ONCE(b->fixed);
	r->b.server = *server;
	return true;
}

static void each(struct l7_net *ln,
		 void (*fn)(const struct l7_record *rec, void *arg), void *arg)
{
	struct l7_record r = { .kind = L7_REC_BINDING };
	u8 node = l7_sync_node(ln);
	struct rhashtable_iter iter;
	struct l7_binding *b;
	u32 n = 0;

	rhashtable_walk_enter(&ln->persist->table, &iter);
	rhashtable_walk_start(&iter);
	while ((b = l7_walk_give_way(&iter, &n)))
		if (fill_steady_rcu(ln, b, node, &r))
			fn(&r, arg);
	l7_walk_stop(&iter);
}

const struct l7_owner_ops l7_persist_owner = {
	.hold = hold,
	.put = put,
	.snapshot = snapshot,
	.apply = apply,
	.walk = walk,
	.each = each,
	.count = l7_persist_count,
};
