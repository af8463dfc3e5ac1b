// SPDX-License-Identifier: GPL-2.0
/*
 * The wire format of mirrored state, see update.h. Fixed fields at fixed
 * offsets; what is longer than this version knows is skipped by its length,
 * what is shorter is malformed.
 *
 * SERVERS   0  family (4, 6)  bytes of an entry  entries
 *  entry    0  index               port
 *           4  protocol  reserved (0)
 *           6  address
 *
 * group     0  kind      flags     origin    key type
 *           4  records             bytes of a record
 *           8  lifetime
 *          12  scope, or index of the virtual service
 *  binding  0  generation
 *           4  server
 *           6  hash
 *          22  limit, where the group's flags say so
 *  flow     0  generation
 *           4  server              client's port
 *           8  sequence delta
 *          12  timestamp delta
 *          16  window scales       flags
 *          18  client's address
 *  plain    0  generation
 *           4  server              client's port
 *           8  flags     reserved (0)
 *          10  client's address
 *  data     0  generation
 *           4  server              client's port
 *           8  flags     reserved (0)
 *          10  virtual address' port
 *          12  server's port
 *          14  client's port of the control connection
 *          16  client's address
 *  and, of a flow into whose response a line is to be put, behind the address
 *           0  place
 *           4  fwmark of the pool
 *           8  length    rule, and the highest bit: the place is known
 */
#include "update.h"

#define WSCALE_NONE	15	/* nibble for "none", 0xff in a record */
#define NAMES_HEAD	4

/* What a plain record's flags may say of themselves. Its group's kind says whether it
 * is plain, and one of data. Bits that have another meaning in a spliced one's, or
 * that a later version knows, do not pass.
 */
#define PLAIN_OWN	(L7_RF_TS | L7_RF_CLOSING | L7_RF_ONEWAY | \
			 L7_RF_TUNNEL)
#define DATA_OWN	(L7_RF_TS | L7_RF_CLOSING)	/* it is by NAT: never one way */

/* Addresses and ports are kept in network order, so they are copied. */
static u32 addr_len(u8 af)
{
	return af == AF_INET ? 4 : 16;
}

static void name_put(const struct l7_name *n, u8 *p)
{
	l7_put16(p, n->index);
	memcpy(p + 2, &n->ep.port, 2);
	p[4] = n->ep.proto;
	p[5] = 0;
	memcpy(p + 6, &n->ep.addr, addr_len(n->ep.af));
}

u32 l7_update_names_put(const struct l7_name *names, u32 n, u8 af, u8 *p)
{
	u8 *body = p + L7_WIRE_FRAME;
	u32 i, count = 0, len = NAMES_HEAD;

	for (i = 0; i < n; i++) {
		if (names[i].ep.af != af)
			continue;
		name_put(&names[i], body + len);
		len += l7_update_name_len(af);
		count++;
	}
	if (!count)
		return 0;
	body[0] = af == AF_INET ? 4 : 6;
	body[1] = (u8)l7_update_name_len(af);
	l7_put16(body + 2, (u16)count);
	return l7_codec_frame_put(p, L7_FRAME_SERVERS, len) + len;
}

static u8 family(u8 wire)
{
	return wire == 4 ? AF_INET : wire == 6 ? AF_INET6 : 0;
}

int l7_update_names_get(const struct l7_frame *f, struct l7_names *n)
{
	const u8 *p = f->body;

	if (f->len < NAMES_HEAD)
		return -EBADMSG;
	n->af = family(p[0]);
	n->rec_len = p[1];
	n->count = l7_get16(p + 2);
	n->recs = p + NAMES_HEAD;
	if (n->count * n->rec_len > f->len - NAMES_HEAD)
		return -EBADMSG;
	if (!n->af)
		n->count = 0;
	else if (n->rec_len < l7_update_name_len(n->af))
		return -EBADMSG;
	return 0;
}

bool l7_update_name_get(const struct l7_names *n, u32 i, struct l7_name *name)
{
	const u8 *p = n->recs + (size_t)i * n->rec_len;

	memset(name, 0, sizeof(*name));
	name->index = l7_get16(p);
	memcpy(&name->ep.port, p + 2, 2);
	name->ep.proto = p[4];
	name->ep.af = n->af;
	memcpy(&name->ep.addr, p + 6, addr_len(n->af));
	return name->index && name->ep.proto;
}

/* The bit alone may be of a spliced one's window scale. */
static bool is_data(const struct l7_rec_flow *f)
{
	return f->flags & L7_RF_PLAIN && f->flags & L7_RF_DATA;
}

static u8 flow_kind(const struct l7_rec_flow *f)
{
	if (is_data(f))
		return f->client.af == AF_INET ? L7_GROUP_DATA4 :
						 L7_GROUP_DATA6;
	if (f->flags & L7_RF_PLAIN)
		return f->client.af == AF_INET ? L7_GROUP_PLAIN4 :
						 L7_GROUP_PLAIN6;
	if (f->client.af == AF_INET)
		return f->insert.len ? L7_GROUP_FLOW4_INSERT : L7_GROUP_FLOW4;
	return f->insert.len ? L7_GROUP_FLOW6_INSERT : L7_GROUP_FLOW6;
}

/* Only records of these kinds have room for that. */
static bool awaits(const struct l7_rec_flow *f)
{
	return f->answer.awaited && !f->insert.len &&
	       !(f->flags & L7_RF_PLAIN);
}

void l7_update_group_of(const struct l7_wire_record *r, struct l7_group *g)
{
	const struct l7_record *rec = &r->rec;

	memset(g, 0, sizeof(*g));
	g->flags = rec->removed ? L7_GROUP_REMOVED : 0;
	g->origin = rec->origin;
	if (rec->kind == L7_REC_BINDING) {
		g->kind = L7_GROUP_BINDING;
		g->type = rec->b.type;
		g->ttl = rec->b.ttl;
		g->scope = rec->b.scope;
		if (rec->b.limit)
			g->flags |= L7_GROUP_LIMITED;
		if (rec->b.fixed)
			g->flags |= L7_GROUP_STATIC;
	} else {
		g->kind = flow_kind(&rec->f);
		if (awaits(&rec->f))
			g->flags |= L7_GROUP_AWAITS;
		g->ttl = rec->f.ttl;
		g->scope = r->vip;
	}
}

static u32 answer_len(const struct l7_group *g)
{
	return g->flags & L7_GROUP_AWAITS ? L7_WIRE_ANSWER : 0;
}

u32 l7_update_record_len(const struct l7_group *g)
{
	switch (g->kind) {
	case L7_GROUP_BINDING:
		return g->flags & L7_GROUP_LIMITED ?
		       L7_WIRE_BINDING + L7_WIRE_LIMIT : L7_WIRE_BINDING;
	case L7_GROUP_FLOW4:
		return L7_WIRE_FLOW4 + answer_len(g);
	case L7_GROUP_FLOW6:
		return L7_WIRE_FLOW6 + answer_len(g);
	case L7_GROUP_PLAIN4:
		return L7_WIRE_PLAIN4;
	case L7_GROUP_PLAIN6:
		return L7_WIRE_PLAIN6;
	case L7_GROUP_DATA4:
		return L7_WIRE_DATA4;
	case L7_GROUP_DATA6:
		return L7_WIRE_DATA6;
	case L7_GROUP_FLOW4_INSERT:
		return L7_WIRE_FLOW4 + L7_WIRE_INSERT;
	case L7_GROUP_FLOW6_INSERT:
		return L7_WIRE_FLOW6 + L7_WIRE_INSERT;
	}
	return 0;
}

void l7_update_group_put(const struct l7_group *g, u32 count, u8 *p)
{
	p[0] = g->kind;
	p[1] = g->flags;
	p[2] = g->origin;
	p[3] = g->type;
	l7_put16(p + 4, (u16)count);
	l7_put16(p + 6, (u16)l7_update_record_len(g));
	l7_put32(p + 8, g->ttl);
	l7_put32(p + 12, g->scope);
}

static u8 wscale_put(u8 scale)
{
	return scale < WSCALE_NONE ? scale : WSCALE_NONE;
}

static u8 wscale_get(u8 nibble)
{
	return nibble < WSCALE_NONE ? nibble : 0xff;
}

#define PLACE_KNOWN	0x80

static void insert_put(const struct l7_rec_insert *ins, u8 *p)
{
	l7_put32(p, ins->at);
	l7_put32(p + 4, ins->pool);
	p[8] = ins->len;
	p[9] = (u8)(ins->rule | (ins->known ? PLACE_KNOWN : 0));
}

static bool insert_get(struct l7_rec_insert *ins, const u8 *p)
{
	ins->at = l7_get32(p);
	ins->pool = l7_get32(p + 4);
	ins->len = p[8];
	ins->rule = p[9] & (PLACE_KNOWN - 1);
	ins->known = p[9] & PLACE_KNOWN;
	return ins->len;
}

#define ANSWER_HELLO	0x01
#define ANSWER_TICKET	0x02

static void answer_put(const struct l7_rec_answer *a, u8 *p)
{
	l7_put32(p, a->at);
	l7_put32(p + 4, a->pool);
	p[8] = (u8)((a->hello ? ANSWER_HELLO : 0) |
		    (a->ticket ? ANSWER_TICKET : 0));
	p[9] = 0;
}

static void answer_get(struct l7_rec_answer *a, const u8 *p)
{
	a->awaited = true;
	a->at = l7_get32(p);
	a->pool = l7_get32(p + 4);
	a->hello = p[8] & ANSWER_HELLO;
	a->ticket = p[8] & ANSWER_TICKET;
}

static void plain_put(const struct l7_rec_flow *f, u8 *p)
{
	p[8] = L7_RF_PLAIN | (f->flags & PLAIN_OWN);
	p[9] = 0;
	memcpy(p + 10, &f->client.addr, addr_len(f->client.af));
}

static void data_put(const struct l7_rec_flow *f, u8 *p)
{
	p[8] = L7_RF_PLAIN | L7_RF_DATA | (f->flags & DATA_OWN);
	p[9] = 0;
	memcpy(p + 10, &f->data.vport, 2);
	memcpy(p + 12, &f->data.sport, 2);
	memcpy(p + 14, &f->data.control, 2);
	memcpy(p + 16, &f->client.addr, addr_len(f->client.af));
}

static void flow_put(const struct l7_wire_record *r, u8 *p)
{
	const struct l7_rec_flow *f = &r->rec.f;

	memcpy(p + 6, &f->client.port, 2);
	if (is_data(f)) {
		data_put(f, p);
		return;
	}
	if (f->flags & L7_RF_PLAIN) {
		plain_put(f, p);
		return;
	}
	l7_put32(p + 8, f->seq_delta);
	l7_put32(p + 12, f->ts_delta);
	p[16] = (u8)(wscale_put(f->wscale_us) << 4 | wscale_put(f->wscale_srv));
	p[17] = f->flags;
	memcpy(p + 18, &f->client.addr, addr_len(f->client.af));
	if (f->insert.len)
		insert_put(&f->insert, p + 18 + addr_len(f->client.af));
	else if (awaits(f))
		answer_put(&f->answer, p + 18 + addr_len(f->client.af));
}

void l7_update_record_put(const struct l7_wire_record *r, u8 *p)
{
	l7_put32(p, r->rec.gen);
	l7_put16(p + 4, r->server);
	if (r->rec.kind == L7_REC_FLOW) {
		flow_put(r, p);
		return;
	}
	memcpy(p + 6, r->rec.b.hash, L7_KEY_HASH_LEN);
	if (r->rec.b.limit)
		l7_put32(p + L7_WIRE_BINDING, r->rec.b.limit);
}

int l7_update_group_next(struct l7_reader *r, struct l7_records *g)
{
	const u8 *p = r->p;
	u32 known;

	if (!r->len)
		return 0;
	if (r->len < L7_WIRE_GROUP)
		return -EBADMSG;
	g->g.kind = p[0];
	g->g.flags = p[1];
	g->g.origin = p[2];
	g->g.type = p[3];
	g->count = l7_get16(p + 4);
	g->rec_len = l7_get16(p + 6);
	g->g.ttl = l7_get32(p + 8);
	g->g.scope = l7_get32(p + 12);
	g->recs = p + L7_WIRE_GROUP;
	known = l7_update_record_len(&g->g);
	g->known = known;
	if (g->rec_len < known ||
	    g->count * g->rec_len > r->len - L7_WIRE_GROUP)
		return -EBADMSG;
	r->p += L7_WIRE_GROUP + g->count * g->rec_len;
	r->len -= L7_WIRE_GROUP + g->count * g->rec_len;
	return 1;
}

static u8 flow_af(u8 kind)
{
	return kind == L7_GROUP_FLOW4 || kind == L7_GROUP_FLOW4_INSERT ||
	       kind == L7_GROUP_PLAIN4 || kind == L7_GROUP_DATA4 ?
	       AF_INET : AF_INET6;
}

static void plain_get(struct l7_rec_flow *f, const u8 *p)
{
	f->wscale_us = 0xff;
	f->wscale_srv = 0xff;
	f->flags = L7_RF_PLAIN | (p[8] & PLAIN_OWN);
	memcpy(&f->client.addr, p + 10, addr_len(f->client.af));
}

/* Which of its ports can be 0, and which together: see struct l7_rec_data. */
static bool data_get(struct l7_rec_flow *f, const u8 *p)
{
	f->wscale_us = 0xff;
	f->wscale_srv = 0xff;
	f->flags = L7_RF_PLAIN | L7_RF_DATA | (p[8] & DATA_OWN);
	memcpy(&f->data.vport, p + 10, 2);
	memcpy(&f->data.sport, p + 12, 2);
	memcpy(&f->data.control, p + 14, 2);
	memcpy(&f->client.addr, p + 16, addr_len(f->client.af));
	return f->data.control && !f->data.vport == !f->data.sport &&
	       (f->client.port || f->data.vport);
}

static void spliced_get(struct l7_rec_flow *f, const u8 *p)
{
	memcpy(&f->client.addr, p + 18, addr_len(f->client.af));
	f->seq_delta = l7_get32(p + 8);
	f->ts_delta = l7_get32(p + 12);
	f->wscale_us = wscale_get(p[16] >> 4);
	f->wscale_srv = wscale_get(p[16] & 15);
	f->flags = p[17] & (u8)~L7_RF_PLAIN;
}

/* What differs by kind; false if it makes no sense. */
static bool kind_get(const struct l7_group *g, const u8 *p,
		     struct l7_rec_flow *f)
{
	switch (g->kind) {
	case L7_GROUP_DATA4:
	case L7_GROUP_DATA6:
		return data_get(f, p);
	case L7_GROUP_PLAIN4:
	case L7_GROUP_PLAIN6:
		plain_get(f, p);
		return f->client.port;
	case L7_GROUP_FLOW4_INSERT:
	case L7_GROUP_FLOW6_INSERT:
		if (!insert_get(&f->insert, p + 18 + addr_len(f->client.af)))
			return false;
		break;
	default:
		if (g->flags & L7_GROUP_AWAITS)
			answer_get(&f->answer,
				   p + 18 + addr_len(f->client.af));
	}
	spliced_get(f, p);
	return f->client.port;
}

static bool flow_get(const struct l7_group *g, const u8 *p,
		     struct l7_wire_record *r)
{
	struct l7_rec_flow *f = &r->rec.f;

	r->rec.kind = L7_REC_FLOW;
	r->vip = (u16)g->scope;
	f->ttl = g->ttl;
	f->client.af = flow_af(g->kind);
	memcpy(&f->client.port, p + 6, 2);
	return kind_get(g, p, f) && r->server && g->scope &&
	       g->scope <= 0xffff;
}

static bool binding_get(const struct l7_group *g, const u8 *p,
			struct l7_wire_record *r)
{
	struct l7_rec_binding *b = &r->rec.b;

	r->rec.kind = L7_REC_BINDING;
	memcpy(b->hash, p + 6, L7_KEY_HASH_LEN);
	b->scope = g->scope;
	b->type = g->type;
	b->ttl = g->ttl;
	b->fixed = g->flags & L7_GROUP_STATIC;
	if (g->flags & L7_GROUP_LIMITED) {
		b->limit = l7_get32(p + L7_WIRE_BINDING);
		if (!b->limit)
			return false;
	}
	return r->server || r->rec.removed;
}

bool l7_update_record_get(const struct l7_records *g, u32 i,
			 struct l7_wire_record *r)
{
	const u8 *p = g->recs + (size_t)i * g->rec_len;
	bool ok;

	memset(r, 0, sizeof(*r));
	r->rec.removed = g->g.flags & L7_GROUP_REMOVED;
	r->rec.origin = g->g.origin;
	r->rec.gen = l7_get32(p);
	r->server = l7_get16(p + 4);
	ok = g->g.kind == L7_GROUP_BINDING ? binding_get(&g->g, p, r) :
					     flow_get(&g->g, p, r);
	return ok && r->rec.origin;
}
