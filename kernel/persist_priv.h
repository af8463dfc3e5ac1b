/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The binding table's insides, shared by persist.c and persist_mirror.c only.
 */
#ifndef L7_PERSIST_PRIV_H
#define L7_PERSIST_PRIV_H

#include <linux/ktime.h>
#include <linux/workqueue.h>
#include "net.h"
#include "persist.h"
#include "server.h"

#define L7_PERSIST_LOCKS	256
#define L7_STATIC_S		(1U << 30)	/* longer than any uptime */
#define L7_TOMBSTONE_S		60	/* longer than any word of a peer is under way */
#define L7_DOUBT_S		300	/* for a binding's server to accept the key again */

/** struct l7_binding - one entry of the table
 * @node: in l7_persist.table
 * @hash: key
 * @dirty: mirroring, and the reference count: table, send queue
 * @gen: generation
 * @expires: coarse second after which it is over; stored with release after
 *	@server
 * @limit: coarse second that @expires never passes; 0 = none
 * @scope: service it belongs to, see struct l7_svc
 * @server: index; L7_SERVER_NONE: a tombstone
 * @origin: node that made the present state, 0 = this one
 * @type: enum l7_key_type
 * @used: @expires was set by a use here, and not by what a peer said
 * @doubted: its server did not accept the key: only that it does moves @expires
 * @fixed: static: @expires stays what it is, and only an operator moves or
 *	deletes it
 *
 * All but @node, @hash and @dirty: written under the lock of @hash.
 */
struct l7_binding {
	struct rhash_head node;
	u8 hash[L7_KEY_HASH_LEN];
	union {
		struct l7_dirty dirty;
		struct rcu_head rcu;
	};
	u32 gen;
	u32 expires;
	u32 limit;
	u32 scope;
	u16 server;
	u8 origin;
	u8 type;
	bool used;
	bool doubted;
	bool fixed;
};

/** struct l7_persist - the bindings of a namespace
 * @ln: namespace
 * @table: by hash
 * @iter: where the scan stands
 * @scan: takes out what is over
 * @live: entries in @table that name a server
 * @buried: tombstones in @table
 * @floor: generation of new entries: later than that of any entry forgotten,
 *	which a peer may still hold
 * @lock: changes to a key, by its hash; BH safe
 */
struct l7_persist {
	struct l7_net *ln;
	struct rhashtable table;
	struct rhashtable_iter iter;
	struct delayed_work scan;
	atomic_t live;
	atomic_t buried;
	u32 floor;
	spinlock_t lock[L7_PERSIST_LOCKS];
};

static inline u32 l7_binding_now(void)
{
	return (u32)ktime_get_seconds();
}

/* All work on one key is serialised by it, whether or not it has an entry. */
static inline spinlock_t *l7_persist_lock_of(struct l7_net *ln, const u8 *hash)
{
	return &ln->persist->lock[hash[L7_KEY_HASH_LEN - 1] % L7_PERSIST_LOCKS];
}

static inline bool l7_binding_is_past(u32 end)
{
	return (s32)(end - l7_binding_now()) <= 0;
}

static inline bool l7_binding_is_over(const struct l7_binding *b)
{
	/* pairs with l7_binding_write_locked(): a fresh end has its server */
	return l7_binding_is_past(smp_load_acquire(&b->expires));
}

static inline bool l7_binding_is_tombstone(const struct l7_binding *b)
{
	return READ_ONCE(b->server) == L7_SERVER_NONE;
}

static inline bool l7_binding_is_live(const struct l7_binding *b)
{
	return !l7_binding_is_over(b) && !l7_binding_is_tombstone(b);
}

/* Seconds that remain, rounded down. */
static inline u32 l7_binding_left(const struct l7_binding *b)
{
	s32 n = READ_ONCE(b->expires) - l7_binding_now() - 1;

	return max(n, 0);
}

/* The second in which something ends that may live for @ttl seconds, of which
 * the present one has begun already.
 */
static inline u32 l7_binding_end_of(u32 ttl)
{
	return l7_binding_now() + ttl + 1;
}

/* The same of a limit, for which 0 is "none". */
static inline u32 l7_binding_limit_of(u32 ttl)
{
	return ttl ? l7_binding_end_of(ttl) ?: 1 : 0;
}

/* Seconds that remain until the limit, at least 1; 0 = there is none. */
static inline u32 l7_binding_limit_left(const struct l7_binding *b)
{
	u32 limit = READ_ONCE(b->limit);
	s32 n = limit - l7_binding_now() - 1;

	return limit ? max(n, 1) : 0;
}

/* When it ends that would end at @end if it were an ordinary one. */
static inline u32 l7_binding_within(const struct l7_binding *b, u32 end)
{
	u32 limit = READ_ONCE(b->limit);

	if (READ_ONCE(b->fixed))
		return READ_ONCE(b->expires);
	return limit && (s32)(end - limit) > 0 ? limit : end;
}

static inline void l7_binding_write_locked(struct l7_binding *b, u16 server,
					   u32 expires)
{
	WRITE_ONCE(b->server, server);
	/* pairs with l7_binding_is_over() */
	smp_store_release(&b->expires, expires);
}

/* Lifetime is counted in steps of a quarter, and the peers are told when the
 * end moves into another step: the end of that step, so they have it for as long
 * as it lives here. What they were told is passed on as it is, or it would grow
 * from one to the other.
 */
static inline u32 l7_binding_quarter(u32 timeout)
{
	return max(timeout / 4, 1U);
}

/** l7_binding_told_end_rcu() - when it ends for the peers; the second, as
 * @expires. Until then it is kept, so that all have it or none.
 */
u32 l7_binding_told_end_rcu(struct l7_net *ln, const struct l7_binding *b);

struct l7_binding *l7_persist_find_rcu(struct l7_net *ln, const u8 *hash);

/** l7_persist_add_locked() - a new entry, charged for; the caller sets gen,
 * origin and expiry
 * @server: L7_SERVER_NONE for a tombstone
 * Return: ERR_PTR(-ENOSPC) at the limit, ERR_PTR(-ENOMEM).
 */
struct l7_binding *l7_persist_add_locked(struct l7_net *ln, const u8 *hash,
					 u32 scope, u8 type, u16 server);

/** l7_persist_recharge() - an entry is about to name server @to instead of
 * @from, either of which may be L7_SERVER_NONE; false if there is no room
 */
bool l7_persist_recharge(struct l7_net *ln, u16 from, u16 to);

/** l7_persist_revoke_locked_rcu() - forget an entry before its time; who found it a
 * moment ago sees a deletion
 */
void l7_persist_revoke_locked_rcu(struct l7_net *ln, struct l7_binding *b);

/** l7_persist_change_locked() - this node changes an entry: the state is later than any that
 * is known, and peers are told
 */
void l7_persist_change_locked(struct l7_net *ln, struct l7_binding *b);
/** l7_persist_raise_floor() - new entries get generation @gen or a later one */
void l7_persist_raise_floor(struct l7_persist *p, u32 gen);

void l7_binding_put(struct l7_binding *b);

#endif /* L7_PERSIST_PRIV_H */
