// SPDX-License-Identifier: GPL-2.0
/*
 * Dictionary of real servers. An array of entries that are never freed nor
 * changed before the namespace ends, plus a hash to find them; readers take no
 * lock, additions take s->lock (BH safe).
 */
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/slab.h>
#include "net.h"
#include "server.h"

#define BUCKET_BITS	8

struct entry {
	struct hlist_node node;
	struct l7_endpoint id;
	u16 index;
};

/** struct l7_servers - the dictionary of a namespace
 * @lock: additions
 * @next: next index to give out
 * @by_index: entries, published with release
 * @hash: by identity
 */
struct l7_servers {
	spinlock_t lock;
	u16 next;
	struct entry *by_index[L7_SERVER_MAX];
	DECLARE_HASHTABLE(hash, BUCKET_BITS);
};

static u32 hash(const struct l7_endpoint *id)
{
	return jhash2((const u32 *)id, sizeof(*id) / sizeof(u32), 0);
}

static struct entry *find_rcu(struct l7_servers *s,
			      const struct l7_endpoint *id)
{
	struct entry *e;

	hash_for_each_possible_rcu(s->hash, e, node, hash(id))
		if (!memcmp(&e->id, id, sizeof(*id)))
			return e;
	return NULL;
}

static struct entry *add_locked(struct l7_servers *s,
				const struct l7_endpoint *id)
{
	struct entry *e = find_rcu(s, id);

	if (e || s->next == L7_SERVER_MAX)
		return e;
	e = kzalloc(sizeof(*e), GFP_ATOMIC | __GFP_NOWARN);
	if (!e)
		return NULL;
	e->id = *id;
	e->index = s->next++;
	smp_store_release(&s->by_index[e->index], e);
	hash_add_rcu(s->hash, &e->node, hash(id));
	return e;
}

u16 l7_server_index(struct l7_net *ln, const struct l7_endpoint *id)
{
	struct l7_servers *s = ln->servers;
	struct entry *e;
	u16 index;

	rcu_read_lock();
	e = find_rcu(s, id);
	if (!e) {
		spin_lock_bh(&s->lock);
		e = add_locked(s, id);
		spin_unlock_bh(&s->lock);
	}
	index = e ? e->index : L7_SERVER_NONE;
	rcu_read_unlock();
	return index;
}

const struct l7_endpoint *l7_server_get(struct l7_net *ln, u16 index)
{
	struct entry *e;

	if (index == L7_SERVER_NONE || index >= L7_SERVER_MAX)
		return NULL;
	e = smp_load_acquire(&ln->servers->by_index[index]);
	return e ? &e->id : NULL;
}

int l7_server_init(struct l7_net *ln)
{
	struct l7_servers *s = kvzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	spin_lock_init(&s->lock);
	s->next = L7_SERVER_NONE + 1;
	ln->servers = s;
	return 0;
}

void l7_server_exit(struct l7_net *ln)
{
	struct l7_servers *s = ln->servers;
	int i;

	if (!s)
		return;
	for (i = 0; i < L7_SERVER_MAX; i++)
		kfree(s->by_index[i]);
	ln->servers = NULL;
	kvfree(s);
}
