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

/* What the peers are to count: see l7_binding_quarter(). */
static u32 wire_ttl_rcu(struct l7_net *ln, const struct l7_binding *b)
{
	struct l7_svc *svc;
	u32 ttl = l7_binding_left(b);

	if (b->fixed)
		return L7_SVC_TIMEOUT_MAX;
	if (!b->used)
		return ttl;
	svc = l7_svc_find_scope_rcu(ln, b->scope);
	return svc ? ttl + l7_binding_quarter(svc->conf.timeout) : ttl;
}

static bool snapshot(struct l7_net *ln, struct l7_dirty *d,
		     struct l7_record *out)
{
	struct l7_binding *b = of_dirty(d);
	const struct l7_endpoint *server;
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
	out->b.ttl = out->removed ? L7_TOMBSTONE_S : wire_ttl_rcu(ln, b);
	out->b.fixed = b->fixed;
	out->b.limit = out->removed ? 0 : l7_binding_limit_left(b);
	server = l7_server_get(ln, b->server);
	if (server)
		out->b.server = *server;
	ok = out->removed || !l7_binding_is_over(b);
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
	b->scope = r->b.scope;
	b->type = r->b.type;
	b->used = false;
	WRITE_ONCE(b->limit, l7_binding_limit_of(min_t(u32, r->b.limit,
						       L7_SVC_TIMEOUT_MAX)));
	WRITE_ONCE(b->fixed, false);
	l7_binding_write_locked(b, server, l7_binding_within(b, wire_end(r)));
	WRITE_ONCE(b->fixed, r->b.fixed && !r->removed);
	return true;
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

/* The peer says what is known; it may have seen a later use. */
static void extend_locked(struct l7_binding *b, const struct l7_record *r)
{
	u32 end = l7_binding_within(b, wire_end(r));

	if (l7_binding_is_tombstone(b) || (s32)(end - b->expires) <= 0)
		return;
	WRITE_ONCE(b->expires, end);
	b->used = false;
}

static enum l7_apply join_locked(struct l7_net *ln, struct l7_binding *b,
				 const struct l7_record *r, u16 server)
{
	struct l7_version cur = { b->gen, b->origin ?: l7_sync_node(ln) };
	struct l7_version in = { r->gen, r->origin };
	bool same = b->server == server && b->fixed == r->b.fixed;
	enum l7_merge m = l7_merge_decide(&cur, &in, same);

	switch (m) {
	case L7_MERGE_KEEP:
		if (same && cur.gen == in.gen)
			extend_locked(b, r);
		return L7_APPLY_OLD;
	case L7_MERGE_CONFLICT_KEEP:
		return L7_APPLY_CONFLICT;
	default:
		if (!take_locked(ln, b, r, server))
			return L7_APPLY_FULL;
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
	ret = b ? join_locked(ln, b, r, server) : adopt_locked(ln, r, server);
	spin_unlock_bh(l7_persist_lock_of(ln, r->b.hash));
	/* kept all the same: a policy may follow */
	if (ret != L7_APPLY_FULL && !l7_svc_find_scope_rcu(ln, r->b.scope))
		ret = L7_APPLY_UNRESOLVED;
	rcu_read_unlock();
	return ret == L7_APPLY_FULL ? refuse(ln, r) : ret;
}

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
		l7_walk_resume(&iter);
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
	.count = l7_persist_count,
};
