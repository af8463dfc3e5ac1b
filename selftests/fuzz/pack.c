// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: a packet in the making. The input is a sequence of commands:
 * add a record, add a name, write. The room that the packer believes to use
 * must be what it writes, a refusal must change nothing, and what is read must
 * be what was added.
 */
#include "packet.h"

static struct l7_pack pack, before;
static struct content want;

/* Of the packet, only what has meaning: indices and counts say how much. */
static bool is_unchanged(void)
{
	return pack.used == before.used && pack.nrecs == before.nrecs &&
	       pack.ngroups == before.ngroups &&
	       pack.nnames == before.nnames && pack.cur == before.cur &&
	       pack.has_name4 == before.has_name4 &&
	       pack.has_name6 == before.has_name6;
}

static void remember(void)
{
	before.used = pack.used;
	before.nrecs = pack.nrecs;
	before.ngroups = pack.ngroups;
	before.nnames = pack.nnames;
	before.cur = pack.cur;
	before.has_name4 = pack.has_name4;
	before.has_name6 = pack.has_name6;
}

static struct l7_endpoint choose_endpoint(struct fuzz_in *in, bool v6)
{
	struct l7_endpoint ep;

	memset(&ep, 0, sizeof(ep));
	ep.af = v6 ? AF_INET6 : AF_INET;
	ep.proto = IPPROTO_TCP;
	ep.port = (__be16)(1 + fuzz_u8(in));
	fuzz_bytes(in, &ep.addr, v6 ? 16 : 4);
	return ep;
}

/* One index always means the same. */
static struct l7_name choose_name(struct fuzz_in *in)
{
	struct l7_name name;
	u16 index = 1 + (fuzz_u8(in) & 0x3f) * 256;

	memset(&name, 0, sizeof(name));
	name.index = index;
	name.ep.af = index & 0x100 ? AF_INET6 : AF_INET;
	name.ep.proto = IPPROTO_TCP;
	name.ep.port = (__be16)(index ^ 0x5a5a);
	memset(&name.ep.addr, index >> 8, name.ep.af == AF_INET ? 4 : 16);
	return name;
}

/* Announced by the client's port, or by the server's, or running. */
static void choose_data(struct fuzz_in *in, struct l7_rec_flow *f)
{
	u32 how = fuzz_below(in, 3);

	f->data.control = (__be16)(1 + fuzz_u8(in));
	if (how == 0)
		f->client.port = 0;
	if (how == 1)
		return;
	f->data.vport = (__be16)(1 + fuzz_u8(in));
	f->data.sport = (__be16)(1 + fuzz_u8(in));
}

/* What a plain one has, and what bits its kind can have. */
static void choose_plain(struct fuzz_in *in, struct l7_rec_flow *f)
{
	f->seq_delta = f->ts_delta = 0;
	f->wscale_us = f->wscale_srv = 0xff;
	f->flags &= L7_RF_PLAIN | L7_RF_TS | L7_RF_CLOSING | L7_RF_ONEWAY |
		    L7_RF_TUNNEL | L7_RF_DATA;
	if (!(f->flags & L7_RF_DATA))
		return;
	f->flags &= (u8)~(L7_RF_ONEWAY | L7_RF_TUNNEL);
	choose_data(in, f);
}

static void choose_answer(struct fuzz_in *in, struct l7_rec_answer *a)
{
	u8 how = fuzz_u8(in);

	a->awaited = how & 1;
	if (!a->awaited)
		return;
	a->hello = how & 2;
	a->ticket = how & 4;
	a->at = fuzz_u32(in);
	a->pool = fuzz_u8(in);
}

static void choose_flow(struct fuzz_in *in, struct l7_rec_flow *f)
{
	f->client = choose_endpoint(in, fuzz_u8(in) & 1);
	f->seq_delta = fuzz_u32(in);
	f->ts_delta = fuzz_u32(in);
	/* 15 and more is "none" on the wire. */
	f->wscale_us = fuzz_below(in, 15);
	f->wscale_srv = fuzz_below(in, 16);
	if (f->wscale_srv == 15)
		f->wscale_srv = 0xff;
	f->flags = fuzz_u8(in);
	f->ttl = fuzz_u16(in);
	if (f->flags & L7_RF_PLAIN) {
		choose_plain(in, f);
		return;
	}
	f->insert.len = fuzz_u8(in);
	if (!f->insert.len) {
		choose_answer(in, &f->answer);
		return;
	}
	f->insert.at = fuzz_u32(in);
	f->insert.pool = fuzz_u8(in);
	f->insert.rule = fuzz_below(in, 128);
	f->insert.known = fuzz_u8(in) & 1;
}

static void choose_binding(struct fuzz_in *in, struct l7_rec_binding *b)
{
	u32 how;

	fuzz_bytes(in, b->hash, 4);
	b->scope = fuzz_below(in, 4);
	how = fuzz_u8(in);
	b->type = how & 3;
	b->limit = how & 4 ? 1 + (how >> 4) : 0;
	b->fixed = how & 8;
	b->ttl = fuzz_u16(in);
}

static u32 choose_record(struct fuzz_in *in, struct l7_wire_record *w,
			 struct l7_name *names)
{
	u32 how = fuzz_u8(in), n = 0;

	memset(w, 0, sizeof(*w));
	w->rec.removed = how >> 1 & 1;
	w->rec.origin = 1 + (how >> 2 & 3);
	w->rec.gen = fuzz_u8(in);
	if (how >> 4 & 3)
		names[n++] = choose_name(in);
	if (how >> 4 & 1)
		names[n++] = choose_name(in);
	w->server = n ? names[0].index : 0xfff1;
	if (how & 1) {
		w->rec.kind = L7_REC_BINDING;
		choose_binding(in, &w->rec.b);
	} else {
		w->rec.kind = L7_REC_FLOW;
		w->vip = n > 1 ? names[1].index : 0xfff3;
		choose_flow(in, &w->rec.f);
	}
	return n;
}

static void write_packet(bool coarse)
{
	static struct content got;
	u32 len = pack.used, i;
	struct fuzz_bytes b;
	u8 *p = malloc(len ? len : 1);

	REQUIRE(p && l7_pack_write(&pack, p) == len);
	REQUIRE(l7_pack_is_empty(&pack));
	got.nrecs = got.nnames = 0;
	got.malformed = false;
	fuzz_place(&b, p, len, 0);
	read_packet(&got, b.p, len);
	free(p);
	for (i = 0; coarse && i < want.nrecs; i++) {
		struct l7_record *r = &want.recs[i].rec;

		if (r->kind == L7_REC_BINDING)
			continue;
		r->f.ttl = l7_pack_round_ttl(r->f.ttl);
	}
	require_same(&got, &want);
	want.nrecs = want.nnames = 0;
}

static void add_record(struct fuzz_in *in, bool coarse)
{
	struct l7_wire_record w;
	struct l7_name names[2];
	u32 n = choose_record(in, &w, names), i;
	bool was_empty = l7_pack_is_empty(&pack);

	remember();
	if (!l7_pack_add(&pack, &w, names, n)) {
		REQUIRE(is_unchanged());
		REQUIRE(!was_empty || pack.cap < 256);
		write_packet(coarse);
		return;
	}
	REQUIRE(pack.used > before.used && pack.used <= pack.cap);
	REQUIRE(want.nrecs < RECORDS_MAX);
	want.recs[want.nrecs++] = w;
	for (i = 0; i < n; i++)
		add_name(&want, &names[i]);
}

static void add_a_name(struct fuzz_in *in, bool coarse)
{
	struct l7_name name = choose_name(in);
	bool was_empty = l7_pack_is_empty(&pack);

	remember();
	if (!l7_pack_name(&pack, &name)) {
		REQUIRE(is_unchanged());
		REQUIRE(!was_empty || pack.cap < 256);
		write_packet(coarse);
		return;
	}
	REQUIRE(pack.used <= pack.cap);
	add_name(&want, &name);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	u32 cap = fuzz_u16(&in) % (L7_WIRE_MAX + 64), how;
	bool coarse = fuzz_u8(&in) & 1;

	if (len > L7_WIRE_MAX)
		return 0;
	want.nrecs = want.nnames = 0;
	l7_pack_init(&pack, cap, coarse);
	while (in.len) {
		how = fuzz_u8(&in);
		if (how < 0xd0)
			add_record(&in, coarse);
		else if (how < 0xf8)
			add_a_name(&in, coarse);
		else
			write_packet(coarse);
	}
	write_packet(coarse);
	return 0;
}
