// SPDX-License-Identifier: GPL-2.0
/*
 * The wire format of mirroring, above all of records: golden vectors in both directions, every
 * truncation and many mutations against a guard page, round trips of random
 * records through packets of random size.
 */
#include <arpa/inet.h>
#include "unit.h"
#include "pure/frames.h"
#include "pure/pack.h"
#include "golden_sync.h"

static struct l7_endpoint endpoint(u8 af, const char *addr, u16 port)
{
	struct l7_endpoint ep = {
		.af = af, .port = htons(port), .proto = IPPROTO_TCP,
	};

	inet_pton(af, addr, &ep.addr);
	return ep;
}

/* --- Golden vectors --- */

static struct l7_name names[4];
static struct l7_wire_record records[5];

static struct l7_record binding(u32 gen, u8 first, u8 type, u32 ttl, u32 scope)
{
	struct l7_record r = {
		.kind = L7_REC_BINDING, .origin = 42, .gen = gen,
		.b = { .scope = scope, .type = type, .ttl = ttl },
	};
	u32 i;

	for (i = 0; i < L7_KEY_HASH_LEN; i++)
		r.b.hash[i] = (u8)(first + i);
	return r;
}

static void make_golden(void)
{
	names[0] = (struct l7_name) { 1, endpoint(AF_INET, "10.0.0.1", 8080) };
	names[1] = (struct l7_name) { 2, endpoint(AF_INET, "192.0.2.80", 80) };
	names[2] = (struct l7_name) { 3, endpoint(AF_INET6, "2001:db8::1", 8080) };
	names[3] = (struct l7_name) { 4, endpoint(AF_INET6, "2001:db8::80", 80) };

	memset(records, 0, sizeof(records));
	records[0].rec = binding(100, 0, 2, 3600, 0xc0ffee00);
	records[0].server = 1;
	records[1].rec = binding(102, 32, 1, 60, 0xc0ffee01);
	records[1].rec.removed = true;
	records[2].rec = (struct l7_record) {
		.kind = L7_REC_FLOW, .origin = 42, .gen = 7,
		.f = {
			.client = endpoint(AF_INET, "198.51.100.7", 40000),
			.seq_delta = 0x89abcdef, .ts_delta = 0x01234567,
			.wscale_us = 7, .wscale_srv = 9, .flags = L7_RF_TS,
			.ttl = 900,
		},
	};
	records[2].server = 1;
	records[2].vip = 2;
	records[3].rec = (struct l7_record) {
		.kind = L7_REC_FLOW, .origin = 3, .gen = 8,
		.f = {
			.client = endpoint(AF_INET6, "2001:db8:1::7", 40001),
			.seq_delta = 1, .wscale_us = 7, .wscale_srv = 0xff,
			.flags = L7_RF_CLOSING, .ttl = 900,
		},
	};
	records[3].server = 3;
	records[3].vip = 4;
	/* joins the first group */
	records[4].rec = binding(101, 16, 2, 3600, 0xc0ffee00);
	records[4].server = 3;
}

static void golden_writing(void)
{
	static struct l7_pack pk;
	u8 buf[1024];

	make_golden();
	l7_pack_init(&pk, sizeof(buf), false);
	CHECK(l7_pack_is_empty(&pk));
	CHECK(l7_pack_add(&pk, &records[0], &names[0], 1));
	CHECK(l7_pack_add(&pk, &records[1], NULL, 0));
	CHECK(l7_pack_add(&pk, &records[2], names, 2));
	CHECK(l7_pack_add(&pk, &records[3], &names[2], 2));
	CHECK(l7_pack_add(&pk, &records[4], &names[2], 1));
	CHECK_EQ(pk.used, sizeof(golden_update));
	CHECK_EQ(l7_pack_write(&pk, buf), sizeof(golden_update));
	CHECK_MEM(buf, golden_update, sizeof(golden_update));
	CHECK(l7_pack_is_empty(&pk));
}

/** struct parsed - what a packet's frames say
 * @bad: something was malformed
 */
struct parsed {
	bool bad;
	u32 nnames, nrecs;
	struct l7_name names[1024];
	struct l7_wire_record recs[1024];
};

static void parse_names(const struct l7_frame *f, struct parsed *out)
{
	struct l7_names n;
	u32 i;

	if (l7_update_names_get(f, &n)) {
		out->bad = true;
		return;
	}
	for (i = 0; i < n.count; i++)
		if (!l7_update_name_get(&n, i, &out->names[out->nnames++ % 1024]))
			out->bad = true;
}

static void parse_update(const struct l7_frame *f, struct parsed *out)
{
	struct l7_reader r = { .p = f->body, .len = f->len };
	struct l7_records g;
	int ret;
	u32 i;

	while ((ret = l7_update_group_next(&r, &g)) > 0)
		for (i = 0; g.known && i < g.count; i++)
			if (!l7_update_record_get(&g, i,
						  &out->recs[out->nrecs++ % 1024]))
				out->bad = true;
	out->bad |= ret < 0;
}

static void parse(const u8 *p, u32 len, struct parsed *out)
{
	struct l7_reader r = { .p = p, .len = len };
	struct l7_challenge c;
	struct l7_hello h;
	struct l7_frame f;
	int ret;

	out->bad = false;
	out->nnames = 0;
	out->nrecs = 0;
	while ((ret = l7_codec_frame_next(&r, &f)) > 0) {
		if (f.type == L7_FRAME_SERVERS)
			parse_names(&f, out);
		else if (f.type == L7_FRAME_UPDATE)
			parse_update(&f, out);
		else if (f.type == L7_FRAME_HELLO)
			out->bad |= l7_codec_hello_get(&f, &h) != 0;
		else if (f.type == L7_FRAME_CHALLENGE)
			out->bad |= l7_codec_challenge_get(&f, &c) != 0;
	}
	out->bad |= ret < 0;
}

static struct parsed parsed;

static bool same_record(const struct l7_wire_record *a,
			const struct l7_wire_record *b)
{
	return a->server == b->server && a->vip == b->vip &&
	       a->rec.kind == b->rec.kind && a->rec.origin == b->rec.origin &&
	       a->rec.removed == b->rec.removed && a->rec.gen == b->rec.gen &&
	       !(a->rec.kind == L7_REC_BINDING ?
		 memcmp(&a->rec.b, &b->rec.b, sizeof(a->rec.b)) :
		 memcmp(&a->rec.f, &b->rec.f, sizeof(a->rec.f)));
}

/* The receiver learns protocol and endpoints elsewhere. */
static struct l7_wire_record as_received(const struct l7_wire_record *r)
{
	struct l7_wire_record w = *r;

	if (w.rec.kind == L7_REC_FLOW)
		w.rec.f.client.proto = 0;
	return w;
}

static void golden_reading(void)
{
	static const u8 order[] = { 0, 4, 1, 2, 3 };
	struct l7_wire_record want;
	u32 i;

	make_golden();
	parse(golden_update, sizeof(golden_update), &parsed);
	CHECK(!parsed.bad);
	CHECK_EQ(parsed.nnames, 4);
	CHECK_EQ(parsed.nrecs, 5);
	for (i = 0; i < 4; i++) {
		UNIT_ROW("name %u", i);
		CHECK_EQ(parsed.names[i].index, names[i].index);
		CHECK_MEM(&parsed.names[i].ep, &names[i].ep,
			  sizeof(names[i].ep));
	}
	for (i = 0; i < 5; i++) {
		UNIT_ROW("record %u", i);
		want = as_received(&records[order[i]]);
		CHECK(same_record(&parsed.recs[i], &want));
	}
}

/* The limit of a binding stands behind its record, in a group of its own. */
static void golden_limit(void)
{
	struct l7_wire_record r = {
		.rec = binding(103, 48, 2, 60, 0xc0ffee00), .server = 1,
	};
	static struct l7_pack pk;
	u8 buf[sizeof(golden_limited)];

	r.rec.b.limit = 300;
	l7_pack_init(&pk, sizeof(buf), false);
	CHECK(l7_pack_add(&pk, &r, NULL, 0));
	CHECK_EQ(l7_pack_write(&pk, buf), sizeof(golden_limited));
	CHECK_MEM(buf, golden_limited, sizeof(golden_limited));
	parse(golden_limited, sizeof(golden_limited), &parsed);
	CHECK(!parsed.bad);
	CHECK_EQ(parsed.nrecs, 1);
	CHECK(same_record(&parsed.recs[0], &r));
	r.rec.b.limit = 0;
	r.rec.b.fixed = true;
	l7_pack_init(&pk, sizeof(golden_static), false);
	CHECK(l7_pack_add(&pk, &r, NULL, 0));
	CHECK_EQ(l7_pack_write(&pk, buf), sizeof(golden_static));
	CHECK_MEM(buf, golden_static, sizeof(golden_static));
	parse(golden_static, sizeof(golden_static), &parsed);
	CHECK(!parsed.bad && same_record(&parsed.recs[0], &r));
	memcpy(buf, golden_limited, sizeof(buf));
	/* over already: no sender says so */
	memset(buf + sizeof(buf) - L7_WIRE_LIMIT, 0, L7_WIRE_LIMIT);
	parse(unit_flush(buf, sizeof(buf)), sizeof(buf), &parsed);
	CHECK(parsed.bad);
	/* it says that there is a limit, and has no room for one */
	memcpy(buf, golden_limited, sizeof(buf));
	buf[L7_WIRE_FRAME + 7] = L7_WIRE_BINDING;
	parse(unit_flush(buf, sizeof(buf)), sizeof(buf), &parsed);
	CHECK(parsed.bad);
	CHECK_EQ(parsed.nrecs, 0);
}

/* --- What later versions may send --- */

static void skips_what_it_does_not_know(void)
{
	static const u8 packet[] = {
		77, 0, 0, 3, 1, 2, 3,			/* unknown frame */
		L7_FRAME_NACK, 0xff, 0, 0,		/* reserved, flags */
		L7_FRAME_SERVERS, 0, 0, 8, 9, 2, 0, 2, 1, 2, 3, 4,
		L7_FRAME_UPDATE, 0, 0, 16 + 6 + 16 + 24,
		99, 0, 1, 0, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,
		1, 2, 3, 4, 5, 6,			/* unknown group */
		1, 0, 1, 2, 0, 1, 0, 24, 0, 0, 0, 5, 0, 0, 0, 9,
		0, 0, 0, 1, 0, 7, 1, 2, 3, 4, 5, 6,	/* longer record */
		7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0xee, 0xee,
	};

	parse(packet, sizeof(packet), &parsed);
	CHECK(!parsed.bad);
	CHECK_EQ(parsed.nnames, 0);
	if (!CHECK_EQ(parsed.nrecs, 1))
		return;
	CHECK_EQ(parsed.recs[0].server, 7);
	CHECK_EQ(parsed.recs[0].rec.b.hash[15], 16);
	CHECK_EQ(parsed.recs[0].rec.b.ttl, 5);
}

/* --- Malformed --- */

static void refuses_headers(void)
{
	static const struct {
		const char *what;
		u8 at, value;
	} rows[] = {
		{ "version 0", 0, 0 }, { "version 2", 0, 2 },
		{ "node 0", 4, 0 }, { "lane", 5, L7_LANES },
	};
	u8 buf[L7_WIRE_HEADER];
	struct l7_header h;
	u32 i;

	for (i = 0; i < L7_WIRE_HEADER; i++)
		CHECK(!l7_codec_header_get(unit_flush(golden_header, i), i, &h));
	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i].what);
		memcpy(buf, golden_header, sizeof(buf));
		buf[rows[i].at] = rows[i].value;
		CHECK(!l7_codec_header_get(buf, sizeof(buf), &h));
	}
	memcpy(buf, golden_header, sizeof(buf));
	memset(buf + 16, 0, 8);
	UNIT_ROW("number 0");
	CHECK(!l7_codec_header_get(buf, sizeof(buf), &h));
}

/* A packet that ends early is either malformed, or ended between frames. */
static void every_truncation(void)
{
	u32 i;

	for (i = 0; i < sizeof(golden_update); i++) {
		UNIT_ROW("%u bytes", i);
		parse(unit_flush(golden_update, i), i, &parsed);
		CHECK(parsed.bad || i == 0 || i == 28 || i == 80);
	}
	for (i = 1; i < sizeof(golden_hello); i++) {
		parse(unit_flush(golden_hello, i), i, &parsed);
		CHECK(parsed.bad);
	}
	for (i = 1; i < sizeof(golden_challenge); i++) {
		parse(unit_flush(golden_challenge, i), i, &parsed);
		CHECK(parsed.bad);
	}
}

/* The same with lengths that agree with the frame: the body is too short. */
static void every_short_body(void)
{
	static const struct {
		const u8 *p;
		u32 len;
	} frames[] = {
		{ golden_hello, sizeof(golden_hello) },
		{ golden_challenge, sizeof(golden_challenge) },
	};
	u8 buf[256];
	u32 i, n;

	for (i = 0; i < UNIT_SIZE(frames); i++)
		for (n = 0; n < frames[i].len - L7_WIRE_FRAME; n++) {
			memcpy(buf, frames[i].p, L7_WIRE_FRAME + n);
			l7_put16(buf + 2, (u16)n);
			parse(unit_flush(buf, L7_WIRE_FRAME + n),
			      L7_WIRE_FRAME + n, &parsed);
			UNIT_ROW("frame %u, %u bytes", i, n);
			CHECK(parsed.bad);
		}
}

static void malformed_bodies(void)
{
#define BINDING_1(count, len)						\
	1, 0, 1, 2, 0, count, 0, len, 0, 0, 0, 5, 0, 0, 0, 9,		\
	0, 0, 0, 1, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
	static const struct {
		const char *what;
		u8 bytes[64];
		u32 len;
	} rows[] = {
		{ "names: no head", { 3, 0, 0, 3, 4, 10, 0 }, 7 },
		{ "names: entries too short",
		  { 3, 0, 0, 13, 4, 9, 0, 1, 0, 1, 0, 80, 6, 0, 1, 2, 3 }, 17 },
		{ "names: more than there are",
		  { 3, 0, 0, 14, 4, 10, 0, 2, 0, 1, 0, 80, 6, 0, 1, 2, 3, 4 },
		  18 },
		{ "names: many of no length", { 3, 0, 0, 4, 4, 0, 255, 255 }, 8 },
		{ "names: index 0",
		  { 3, 0, 0, 14, 4, 10, 0, 1, 0, 0, 0, 80, 6, 0, 1, 2, 3, 4 },
		  18 },
		{ "names: protocol 0",
		  { 3, 0, 0, 14, 4, 10, 0, 1, 0, 1, 0, 80, 0, 0, 1, 2, 3, 4 },
		  18 },
		{ "group: no head", { 4, 0, 0, 15, 1, 0, 1, 2, 0, 0, 0, 22 },
		  19 },
		{ "group: records too short",
		  { 4, 0, 0, 38, BINDING_1(1, 21) }, 42 },
		{ "group: more than there are",
		  { 4, 0, 0, 38, BINDING_1(2, 22) }, 42 },
		{ "group: many of no length",
		  { 4, 0, 0, 16, 1, 0, 1, 2, 255, 255, 0, 0 }, 20 },
		{ "group: origin 0",
		  { 4, 0, 0, 38, 1, 0, 0, 2, 0, 1, 0, 22, 0, 0, 0, 5, 0, 0, 0,
		    9, 0, 0, 0, 1, 0, 7 }, 42 },
		{ "binding: no server",
		  { 4, 0, 0, 38, 1, 0, 1, 2, 0, 1, 0, 22, 0, 0, 0, 5, 0, 0, 0,
		    9, 0, 0, 0, 1, 0, 0 }, 42 },
		{ "flow: no server",
		  { 4, 0, 0, 38, 2, 0, 1, 0, 0, 1, 0, 22, 0, 0, 0, 5, 0, 0, 0,
		    9, 0, 0, 0, 1, 0, 0, 1, 1 }, 42 },
		{ "flow: no service",
		  { 4, 0, 0, 38, 2, 0, 1, 0, 0, 1, 0, 22, 0, 0, 0, 5, 0, 0, 0,
		    0, 0, 0, 0, 1, 0, 3, 1, 1 }, 42 },
		{ "flow: service too large",
		  { 4, 0, 0, 38, 2, 0, 1, 0, 0, 1, 0, 22, 0, 0, 0, 5, 0, 1, 0,
		    1, 0, 0, 0, 1, 0, 3, 1, 1 }, 42 },
		{ "flow: a line of no length",
		  { 4, 0, 0, 48, 4, 0, 1, 0, 0, 1, 0, 32, 0, 0, 0, 5, 0, 0, 0,
		    1, 0, 0, 0, 1, 0, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		    10, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0 }, 52 },
		{ "flow: port 0",
		  { 4, 0, 0, 38, 2, 0, 1, 0, 0, 1, 0, 22, 0, 0, 0, 5, 0, 0, 0,
		    1, 0, 0, 0, 1, 0, 3, 0, 0 }, 42 },
	};
	u32 i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i].what);
		parse(unit_flush(rows[i].bytes, rows[i].len), rows[i].len,
		      &parsed);
		CHECK(parsed.bad);
	}
#undef BINDING_1
}

static void mutations(void)
{
	static const struct {
		const u8 *p;
		u32 len;
	} seeds[] = {
		{ golden_update, sizeof(golden_update) },
		{ golden_hello, sizeof(golden_hello) },
		{ golden_challenge, sizeof(golden_challenge) },
	};
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(300000);
	u8 buf[1024];
	size_t len;
	u32 i;

	while (loops--) {
		i = unit_below(&rng, UNIT_SIZE(seeds));
		memcpy(buf, seeds[i].p, seeds[i].len);
		len = unit_mutate(&rng, buf, seeds[i].len, sizeof(buf), NULL, 0);
		parse(unit_flush(buf, len), (u32)len, &parsed);
	}
}

/* --- Packing --- */

static void rounds_ttl(void)
{
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(100000);
	u32 ttl, got;

	CHECK_EQ(l7_pack_round_ttl(0), 0);
	CHECK_EQ(l7_pack_round_ttl(15), 15);
	CHECK_EQ(l7_pack_round_ttl(17), 16);
	CHECK_EQ(l7_pack_round_ttl(3600), 3584);
	CHECK_EQ(l7_pack_round_ttl(~0u), 0xf0000000u);
	while (loops--) {
		ttl = (u32)unit_rand(&rng) >> unit_below(&rng, 32);
		got = l7_pack_round_ttl(ttl);
		UNIT_ROW("%u -> %u", ttl, got);
		if (!CHECK(got <= ttl) || !CHECK(ttl - got <= ttl / 8) ||
		    !CHECK_EQ(l7_pack_round_ttl(got), got))
			return;
	}
}

/* A plain one's record as that of a data connection, running or announced. */
static void make_data(struct l7_rec_flow *f, uint64_t *rng)
{
	u32 how = unit_below(rng, 3);

	f->flags = L7_RF_PLAIN | L7_RF_DATA;
	f->data.control = (u16)(1 + unit_below(rng, 65535));
	if (how == 0)
		f->client.port = 0;
	if (how == 1)
		return;
	f->data.vport = (u16)(1 + unit_below(rng, 65535));
	f->data.sport = (u16)(1 + unit_below(rng, 65535));
}

static struct l7_wire_record random_record(uint64_t *rng)
{
	struct l7_wire_record w = {
		.server = (u16)(1 + unit_below(rng, 200)),
		.rec = {
			.removed = !unit_below(rng, 4),
			.origin = (u8)(1 + unit_below(rng, 3)),
			.gen = (u32)unit_rand(rng),
		},
	};
	u32 i;

	if (unit_below(rng, 2)) {
		w.rec.kind = L7_REC_BINDING;
		for (i = 0; i < L7_KEY_HASH_LEN; i++)
			w.rec.b.hash[i] = (u8)unit_rand(rng);
		w.rec.b.scope = unit_below(rng, 3);
		w.rec.b.type = (u8)(1 + unit_below(rng, 2));
		w.rec.b.ttl = 3600 + unit_below(rng, 4);
		w.rec.b.limit = unit_below(rng, 3) ? 0 : 1 + unit_below(rng, 9);
		w.rec.b.fixed = !unit_below(rng, 5);
		return w;
	}
	w.vip = (u16)(1 + unit_below(rng, 3));
	w.rec.kind = L7_REC_FLOW;
	w.rec.f.client.af = unit_below(rng, 2) ? AF_INET : AF_INET6;
	for (i = 0; i < (w.rec.f.client.af == AF_INET ? 1 : 4); i++)
		w.rec.f.client.addr.all[i] = (u32)unit_rand(rng);
	w.rec.f.client.port = (u16)(1 + unit_below(rng, 65535));
	w.rec.f.ttl = 900 + unit_below(rng, 3);
	if (!unit_below(rng, 3)) {
		w.rec.f.wscale_us = w.rec.f.wscale_srv = 0xff;
		w.rec.f.flags = (u8)(L7_RF_PLAIN | unit_below(rng, 2) * L7_RF_ONEWAY |
				     unit_below(rng, 2) * L7_RF_TUNNEL);
		if (unit_below(rng, 2))
			make_data(&w.rec.f, rng);
		return w;
	}
	w.rec.f.seq_delta = (u32)unit_rand(rng);
	w.rec.f.ts_delta = (u32)unit_rand(rng);
	w.rec.f.wscale_us = (u8)unit_below(rng, 15);
	w.rec.f.wscale_srv = unit_below(rng, 2) ? 0xff :
			     (u8)unit_below(rng, 15);
	w.rec.f.flags = (u8)unit_below(rng, 4);
	if (!unit_below(rng, 4))
		w.rec.f.answer = (struct l7_rec_answer) {
			.awaited = true, .hello = unit_below(rng, 2),
			.ticket = unit_below(rng, 2), .at = (u32)unit_rand(rng),
			.pool = unit_below(rng, 3),
		};
	if (w.rec.f.answer.awaited || unit_below(rng, 4))
		return w;
	w.rec.f.insert.at = (u32)unit_rand(rng);
	w.rec.f.insert.pool = unit_below(rng, 3);
	w.rec.f.insert.len = (u8)(1 + unit_below(rng, 255));
	w.rec.f.insert.rule = (u8)unit_below(rng, 8);
	w.rec.f.insert.known = unit_below(rng, 2);
	return w;
}

static struct l7_name name_for(u16 index)
{
	return (struct l7_name) {
		index, endpoint(index & 1 ? AF_INET : AF_INET6,
				index & 1 ? "10.1.2.3" : "2001:db8::5", index),
	};
}

#define MANY	1024

/* Removes one record equal to @want from @from. */
static bool take_out(struct l7_wire_record *from, u32 *n,
		     const struct l7_wire_record *want)
{
	u32 i;

	for (i = 0; i < *n; i++) {
		if (!same_record(&from[i], want))
			continue;
		from[i] = from[--*n];
		return true;
	}
	return false;
}

/* Fill one packet and read it back: nothing is missing, added or changed, and
 * the bytes were foretold.
 */
static bool round_trip(uint64_t *rng, struct l7_pack *pk)
{
	static struct l7_wire_record sent[MANY];
	static u8 out[L7_WIRE_MAX];
	u32 cap = 300 + unit_below(rng, L7_WIRE_MAX - 300);
	u32 n = 0, used, len, i;

	l7_pack_init(pk, cap, false);
	while (n < MANY) {
		struct l7_wire_record w = random_record(rng);
		struct l7_name nm[2] = { name_for(w.server), name_for(w.vip) };
		u32 nn = unit_below(rng, 2);

		if (!l7_pack_add(pk, &w, nm, nn && w.vip ? 2 : nn))
			break;
		sent[n++] = as_received(&w);
	}
	used = pk->used;
	len = l7_pack_write(pk, out);
	if (!CHECK(n) || !CHECK_EQ(len, used) || !CHECK(len <= cap))
		return false;
	parse(unit_flush(out, len), len, &parsed);
	if (!CHECK(!parsed.bad) || !CHECK_EQ(parsed.nrecs, n))
		return false;
	for (i = 0; i < parsed.nrecs; i++)
		if (!CHECK(take_out(sent, &n, &parsed.recs[i])))
			return false;
	return true;
}

static void random_round_trips(void)
{
	static struct l7_pack pk;
	uint64_t rng = unit_seed();
	unsigned long loops = unit_loops(300);

	while (loops-- && round_trip(&rng, &pk))
		;
}

/* The worst record with its names fits an empty packet of the least MTU. */
static void any_record_fits(void)
{
	struct l7_name nm[2] = { name_for(2), name_for(4) };
	static struct l7_pack pk;

	make_golden();
	l7_pack_init(&pk, 1280 - 48 - L7_WIRE_HEADER - L7_WIRE_TAG, true);
	CHECK(l7_pack_add(&pk, &records[3], nm, 2));
}

static void names_go_once(void)
{
	static struct l7_pack pk;
	u8 out[512];

	make_golden();
	l7_pack_init(&pk, sizeof(out), false);
	CHECK(l7_pack_name(&pk, &names[0]));
	CHECK(l7_pack_name(&pk, &names[0]));
	CHECK(l7_pack_add(&pk, &records[0], names, 1));
	parse(out, l7_pack_write(&pk, out), &parsed);
	CHECK(!parsed.bad);
	CHECK_EQ(parsed.nnames, 1);
	CHECK_EQ(parsed.nrecs, 1);
}

static void full_pack_is_unchanged(void)
{
	static struct l7_pack pk, before;
	u32 room = L7_WIRE_FRAME + L7_WIRE_GROUP + L7_WIRE_BINDING;

	make_golden();
	l7_pack_init(&pk, room, false);
	CHECK(l7_pack_add(&pk, &records[0], NULL, 0));
	before = pk;
	CHECK(!l7_pack_add(&pk, &records[4], NULL, 0));
	CHECK(!l7_pack_name(&pk, &names[0]));
	CHECK_MEM(&pk, &before, sizeof(pk));
}

/* The aims of the format: bytes per record, headers shared. */
static void is_small(void)
{
	static struct l7_pack pk;
	struct l7_wire_record w;
	u32 n = 0;

	make_golden();
	l7_pack_init(&pk, 1400, false);
	for (w = records[0]; l7_pack_add(&pk, &w, names, 1); w.rec.gen++)
		n++;
	CHECK(n >= 60);
	CHECK(pk.used / n <= 24);
}

int main(void)
{
	UNIT_RUN(golden_writing);
	UNIT_RUN(golden_reading);
	UNIT_RUN(golden_limit);
	UNIT_RUN(skips_what_it_does_not_know);
	UNIT_RUN(refuses_headers);
	UNIT_RUN(every_truncation);
	UNIT_RUN(every_short_body);
	UNIT_RUN(malformed_bodies);
	UNIT_RUN(mutations);
	UNIT_RUN(rounds_ttl);
	UNIT_RUN(random_round_trips);
	UNIT_RUN(any_record_fits);
	UNIT_RUN(names_go_once);
	UNIT_RUN(full_pack_is_unchanged);
	UNIT_RUN(is_small);
	return unit_end();
}
