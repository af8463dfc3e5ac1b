/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the targets for mirrored state share: all that a packet says, read
 * into arrays, and its comparison with what should be there.
 */
#ifndef L7_FUZZ_PACKET_H
#define L7_FUZZ_PACKET_H

#include "fuzz.h"
#include "pure/pack.h"
#include "record.h"

#define RECORDS_MAX	512
#define NAMES_MAX	256

/** struct content - what the frames of a packet, or of several, say
 * @malformed: reading ended early
 */
struct content {
	struct l7_wire_record recs[RECORDS_MAX];
	struct l7_name names[NAMES_MAX];
	u32 nrecs, nnames;
	bool malformed;
};

static inline const struct l7_name *find_name(const struct content *c,
					      u16 index)
{
	u32 i;

	for (i = 0; i < c->nnames; i++)
		if (c->names[i].index == index)
			return &c->names[i];
	return NULL;
}

/* A name, once given, keeps its meaning: of two of an index the first counts.
 */
static inline void add_name(struct content *c, const struct l7_name *n)
{
	if (c->nnames < NAMES_MAX && !find_name(c, n->index))
		c->names[c->nnames++] = *n;
}

static inline bool is_same_name(const struct l7_name *a,
				const struct l7_name *b)
{
	return a->index == b->index &&
	       !memcmp(&a->ep, &b->ep, sizeof(a->ep));
}

static inline bool is_same_binding(const struct l7_rec_binding *a,
				   const struct l7_rec_binding *b)
{
	return !memcmp(a->hash, b->hash, sizeof(a->hash)) &&
	       a->scope == b->scope && a->type == b->type &&
	       a->ttl == b->ttl && a->limit == b->limit && a->fixed == b->fixed;
}

static inline bool is_same_flow(const struct l7_rec_flow *a,
				const struct l7_rec_flow *b)
{
	return a->client.af == b->client.af &&
	       a->client.port == b->client.port &&
	       !memcmp(&a->client.addr, &b->client.addr,
		       a->client.af == AF_INET ? 4 : 16) &&
	       a->seq_delta == b->seq_delta && a->ts_delta == b->ts_delta &&
	       a->wscale_us == b->wscale_us &&
	       a->wscale_srv == b->wscale_srv && a->flags == b->flags &&
	       a->ttl == b->ttl && a->insert.at == b->insert.at &&
	       a->insert.pool == b->insert.pool &&
	       a->insert.len == b->insert.len &&
	       a->insert.rule == b->insert.rule &&
	       a->insert.known == b->insert.known &&
	       a->answer.awaited == b->answer.awaited &&
	       a->answer.hello == b->answer.hello &&
	       a->answer.ticket == b->answer.ticket &&
	       a->answer.at == b->answer.at &&
	       a->answer.pool == b->answer.pool &&
	       a->data.vport == b->data.vport &&
	       a->data.sport == b->data.sport &&
	       a->data.control == b->data.control;
}

static inline bool is_same_record(const struct l7_wire_record *a,
				  const struct l7_wire_record *b)
{
	if (a->rec.kind != b->rec.kind || a->rec.removed != b->rec.removed ||
	    a->rec.origin != b->rec.origin || a->rec.gen != b->rec.gen ||
	    a->server != b->server || a->vip != b->vip)
		return false;
	return a->rec.kind == L7_REC_BINDING ?
	       is_same_binding(&a->rec.b, &b->rec.b) :
	       is_same_flow(&a->rec.f, &b->rec.f);
}

/* Nothing of a name was lost: written again, it is the same bytes. */
static inline void require_name(const struct l7_name *n, const u8 *raw)
{
	u8 out[L7_WIRE_FRAME + 4 + L7_WIRE_NAME6], *p = out + L7_WIRE_FRAME + 4;
	u32 len = l7_update_name_len(n->ep.af);

	REQUIRE(l7_update_names_put(n, 1, n->ep.af, out) ==
		L7_WIRE_FRAME + 4 + len);
	p[5] = raw[5];	/* reserved */
	REQUIRE(!memcmp(p, raw, len));
}

static inline void read_names(struct content *c, const struct l7_frame *f)
{
	struct l7_names n;
	struct l7_name name;
	u32 i;

	if (l7_update_names_get(f, &n)) {
		c->malformed = true;
		return;
	}
	REQUIRE(!n.count || n.af == AF_INET || n.af == AF_INET6);
	for (i = 0; i < n.count; i++)
		if (l7_update_name_get(&n, i, &name)) {
			REQUIRE(name.index && name.ep.proto &&
				name.ep.af == n.af);
			require_name(&name, n.recs + (size_t)i * n.rec_len);
			add_name(c, &name);
		}
}

/* A group's header, written again; unknown kinds have no length of ours. */
static inline void require_group(const struct l7_records *g, const u8 *raw)
{
	u8 out[L7_WIRE_GROUP];

	l7_update_group_put(&g->g, g->count, out);
	memcpy(out + 6, raw + 6, 2);
	REQUIRE(!memcmp(out, raw, sizeof(out)));
}

static inline void read_records(struct content *c, const struct l7_frame *f)
{
	struct l7_reader r = { .p = f->body, .len = f->len };
	const u8 *end = f->body + f->len;
	struct l7_wire_record w;
	struct l7_records g;
	const u8 *raw;
	bool taken;
	int ret;
	u32 i;

	while ((ret = l7_update_group_next(&r, &g)) > 0) {
		REQUIRE(g.recs + g.count * g.rec_len == r.p &&
			r.p + r.len == end);
		require_group(&g, g.recs - L7_WIRE_GROUP);
		for (i = 0; g.known && i < g.count; i++) {
			raw = g.recs + (size_t)i * g.rec_len;
			taken = l7_update_record_get(&g, i, &w);
			if (is_data_kind(g.g.kind))
				require_data(&g, raw, taken);
			if (!taken)
				continue;
			REQUIRE(w.rec.origin);
			require_record(&w, &g, raw);
			REQUIRE(w.server || (w.rec.removed &&
					     w.rec.kind == L7_REC_BINDING));
			if (c->nrecs < RECORDS_MAX)
				c->recs[c->nrecs++] = w;
		}
	}
	c->malformed |= ret < 0;
}

/** read_packet() - adds what the frames of one packet say to @c */
static inline void read_packet(struct content *c, const u8 *p, u32 len)
{
	struct l7_reader r = { .p = p, .len = len };
	struct l7_frame f;
	int ret;

	while ((ret = l7_codec_frame_next(&r, &f)) > 0) {
		if (f.type == L7_FRAME_SERVERS)
			read_names(c, &f);
		else if (f.type == L7_FRAME_UPDATE)
			read_records(c, &f);
	}
	c->malformed |= ret < 0;
}

/** require_same() - the same records in any order, the same names */
static inline void require_same(const struct content *got,
				const struct content *want)
{
	bool found[RECORDS_MAX] = { false };
	u32 i, j;

	REQUIRE(!got->malformed);
	REQUIRE(got->nrecs == want->nrecs && got->nnames == want->nnames);
	for (i = 0; i < want->nrecs; i++) {
		for (j = 0; j < got->nrecs; j++)
			if (!found[j] &&
			    is_same_record(&got->recs[j], &want->recs[i]))
				break;
		REQUIRE(j < got->nrecs);
		found[j] = true;
	}
	for (i = 0; i < want->nnames; i++) {
		const struct l7_name *n = find_name(got, want->names[i].index);

		REQUIRE(n && is_same_name(n, &want->names[i]));
	}
}

#endif /* L7_FUZZ_PACKET_H */
