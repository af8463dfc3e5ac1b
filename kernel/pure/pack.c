// SPDX-License-Identifier: GPL-2.0
/*
 * Collects records into a packet, see pack.h. Records are encoded when they
 * are added; each group is a list through the array of records, so that
 * writing is one pass.
 *
 *   SERVERS (v4) | SERVERS (v6) | UPDATE: group | group | ...
 */
#include "pack.h"

#define NAMES_HEAD	(L7_WIRE_FRAME + 4)
#define TTL_BITS	4

void l7_pack_init(struct l7_pack *pk, u32 cap, bool coarse)
{
	pk->cap = cap < L7_WIRE_MAX ? cap : L7_WIRE_MAX;
	pk->coarse = coarse;
	pk->used = 0;
	pk->nrecs = 0;
	pk->ngroups = 0;
	pk->nnames = 0;
	pk->cur = 0;
	pk->has_name4 = false;
	pk->has_name6 = false;
}

u32 l7_pack_round_ttl(u32 ttl)
{
	u32 shift = 0;

	while (ttl >> shift >= 1U << TTL_BITS)
		shift++;
	return ttl >> shift << shift;
}

static bool group_equal(const struct l7_group *a, const struct l7_group *b)
{
	return a->scope == b->scope && a->ttl == b->ttl &&
	       a->kind == b->kind && a->flags == b->flags &&
	       a->origin == b->origin && a->type == b->type;
}

/* Index of a group; ngroups if there is none yet. */
static u32 group_find(const struct l7_pack *pk, const struct l7_group *g)
{
	u32 i;

	if (pk->ngroups && group_equal(&pk->groups[pk->cur].g, g))
		return pk->cur;
	for (i = 0; i < pk->ngroups; i++)
		if (group_equal(&pk->groups[i].g, g))
			break;
	return i;
}

static bool has_name(const struct l7_pack *pk, u16 index)
{
	u32 i;

	for (i = 0; i < pk->nnames; i++)
		if (pk->names[i].index == index)
			return true;
	return false;
}

/* Bytes that a name adds. */
static u32 name_cost(const struct l7_pack *pk, const struct l7_name *n)
{
	bool framed = n->ep.af == AF_INET ? pk->has_name4 : pk->has_name6;

	if (has_name(pk, n->index))
		return 0;
	return l7_update_name_len(n->ep.af) + (framed ? 0 : NAMES_HEAD);
}

/* Adds a name whose cost was found to fit. */
static void name_enter(struct l7_pack *pk, const struct l7_name *n)
{
	u32 cost = name_cost(pk, n);

	if (!cost)
		return;
	pk->used += cost;
	pk->names[pk->nnames++] = *n;
	if (n->ep.af == AF_INET)
		pk->has_name4 = true;
	else
		pk->has_name6 = true;
}

bool l7_pack_name(struct l7_pack *pk, const struct l7_name *name)
{
	u32 cost = name_cost(pk, name);

	if (!cost)
		return true;
	if (pk->nnames == L7_PACK_NAMES || cost > pk->cap - pk->used)
		return false;
	name_enter(pk, name);
	return true;
}

/* Bytes that names add at most, when several may open a frame each. */
static u32 names_cost(const struct l7_pack *pk, const struct l7_name *names,
		      u32 n)
{
	u32 i, cost = 0;

	for (i = 0; i < n; i++)
		cost += name_cost(pk, &names[i]);
	return cost;
}

static void rec_enter(struct l7_pack *pk, u32 gi, const struct l7_group *g,
		      const struct l7_wire_record *r)
{
	struct l7_pack_group *pg = &pk->groups[gi];
	u16 ri = pk->nrecs++;

	if (gi == pk->ngroups) {
		pk->ngroups++;
		pg->g = *g;
		pg->len = (u16)l7_update_record_len(g);
		pg->count = 0;
		pg->first = ri;
	} else {
		pk->recs[pg->last].next = ri;
	}
	pg->last = ri;
	pg->count++;
	pk->cur = (u16)gi;
	l7_update_record_put(r, pk->recs[ri].bytes);
}

bool l7_pack_add(struct l7_pack *pk, const struct l7_wire_record *r,
		 const struct l7_name *names, u32 n)
{
	struct l7_group g;
	u32 gi, i, cost;

	l7_update_group_of(r, &g);
	if (pk->coarse && g.kind != L7_GROUP_BINDING)
		g.ttl = l7_pack_round_ttl(g.ttl);
	gi = group_find(pk, &g);
	cost = l7_update_record_len(&g);
	cost += gi == pk->ngroups ? L7_WIRE_GROUP : 0;
	cost += pk->nrecs ? 0 : L7_WIRE_FRAME;
	if (cost + names_cost(pk, names, n) > pk->cap - pk->used ||
	    gi == L7_PACK_GROUPS || pk->nrecs == L7_PACK_RECS ||
	    pk->nnames + n > L7_PACK_NAMES)
		return false;
	for (i = 0; i < n; i++)
		name_enter(pk, &names[i]);
	pk->used += cost;
	rec_enter(pk, gi, &g, r);
	return true;
}

static u32 group_write(const struct l7_pack *pk, const struct l7_pack_group *pg,
		       u8 *p)
{
	u32 i, off = L7_WIRE_GROUP;
	u16 ri = pg->first;

	l7_update_group_put(&pg->g, pg->count, p);
	for (i = 0; i < pg->count; i++) {
		memcpy(p + off, pk->recs[ri].bytes, pg->len);
		off += pg->len;
		ri = pk->recs[ri].next;
	}
	return off;
}

static u32 update_write(const struct l7_pack *pk, u8 *p)
{
	u32 i, len = 0;

	if (!pk->nrecs)
		return 0;
	for (i = 0; i < pk->ngroups; i++)
		len += group_write(pk, &pk->groups[i], p + L7_WIRE_FRAME + len);
	return l7_codec_frame_put(p, L7_FRAME_UPDATE, len) + len;
}

u32 l7_pack_write(struct l7_pack *pk, u8 *p)
{
	u32 len;

	len = l7_update_names_put(pk->names, pk->nnames, AF_INET, p);
	len += l7_update_names_put(pk->names, pk->nnames, AF_INET6, p + len);
	len += update_write(pk, p + len);
	l7_pack_init(pk, pk->cap, pk->coarse);
	return len;
}
