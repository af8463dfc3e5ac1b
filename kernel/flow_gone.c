// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that have ended, by hash: too many for tombstones in the table. Each has one
 * place, so a later one of the same place makes it forgotten: a copy of it can come
 * back then, until its lifetime is over. Written without lock. Owns struct l7_gone.
 */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include "flow_priv.h"

#define SLOTS	32768
#define FORGET	(900 * HZ)	/* the lifetime of a copy, unless it is configured */

/** struct slot - a connection that was removed
 * @hash: of its tuple; 0 = none
 * @gen: generation of its removal
 * @since: jiffies, low 32 bits
 */
struct slot {
	u64 hash;
	u32 gen;
	u32 since;
};

struct l7_gone {
	siphash_key_t key;
	struct slot slot[SLOTS];
};

/** struct identity - of a tuple, without holes */
struct identity {
	union nf_inet_addr saddr;
	union nf_inet_addr daddr;
	__be16 sport;
	__be16 dport;
	u32 af;
};

static_assert(sizeof(struct identity) == 2 * sizeof(union nf_inet_addr) + 8);

static struct slot *slot_of(struct l7_gone *g, const struct l7_tuple *t,
			    u64 *hash)
{
	struct identity id = {
		.saddr = t->saddr, .daddr = t->daddr,
		.sport = t->sport, .dport = t->dport, .af = t->af,
	};

	*hash = siphash(&id, sizeof(id), &g->key) ?: 1;
	return &g->slot[*hash % SLOTS];
}

int l7_gone_begin(struct l7_net *ln)
{
	struct l7_flows *fs = ln->flows;
	struct l7_gone *g;

	if (fs->gone)
		return 0;
	g = kvzalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return -ENOMEM;
	get_random_bytes(&g->key, sizeof(g->key));
	/* pairs with the acquire in l7_gone_note() and l7_gone_find() */
	smp_store_release(&fs->gone, g);
	return 0;
}

void l7_gone_free(struct l7_net *ln)
{
	kvfree(ln->flows->gone);
}

void l7_gone_note(struct l7_net *ln, const struct l7_tuple *t, u32 gen)
{
	struct l7_gone *g = smp_load_acquire(&ln->flows->gone);
	struct slot *s;
	u64 hash;

	/* datagrams have no end but idleness: what comes back ends by itself */
	if (!g || t->udp)
		return;
	s = slot_of(g, t, &hash);
	WRITE_ONCE(s->hash, 0);
	WRITE_ONCE(s->gen, gen);
	WRITE_ONCE(s->since, (u32)jiffies);
	WRITE_ONCE(s->hash, hash);
}

bool l7_gone_find(struct l7_net *ln, const struct l7_tuple *t, u32 *gen)
{
	struct l7_gone *g = smp_load_acquire(&ln->flows->gone);
	const struct slot *s;
	u64 hash;

	if (!g || t->udp)
		return false;
	s = slot_of(g, t, &hash);
	if (READ_ONCE(s->hash) != hash ||
	    (u32)jiffies - READ_ONCE(s->since) >= FORGET)
		return false;
	*gen = READ_ONCE(s->gen);
	return true;
}
