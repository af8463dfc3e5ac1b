// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: whole bodies of sync packets. Three bytes choose how they are
 * packed again, the rest is the frames of a packet. What was read of them is
 * packed into new packets, as a director does that passes it on, and read
 * again: nothing may be lost, changed, or come twice.
 */
#include "packet.h"

#define CAP_MIN		256	/* any record fits, with its names */

/** struct sender - packs, and reads what was packed
 * @told: names that went along
 */
struct sender {
	struct l7_pack pack;
	struct content got;
	struct content told;
};

static void flush(struct sender *s)
{
	u32 used = s->pack.used, len;
	struct fuzz_bytes b;
	u8 *p;

	if (l7_pack_is_empty(&s->pack))
		return;
	p = malloc(used);
	REQUIRE(p && used <= s->pack.cap);
	len = l7_pack_write(&s->pack, p);
	REQUIRE(len == used);
	REQUIRE(l7_pack_is_empty(&s->pack));
	fuzz_place(&b, p, len, 0);
	read_packet(&s->got, b.p, len);
	free(p);
}

/* The names that a record needs and that were not told yet. */
static u32 names_of(const struct content *in, const struct sender *s,
		    const struct l7_wire_record *w, struct l7_name *names)
{
	const u16 wanted[] = { w->server, w->vip };
	const struct l7_name *name;
	u32 i, n = 0;

	for (i = 0; i < FUZZ_SIZE(wanted); i++) {
		if (!wanted[i] || find_name(&s->told, wanted[i]) ||
		    (n && names[0].index == wanted[i]))
			continue;
		name = find_name(in, wanted[i]);
		if (name)
			names[n++] = *name;
	}
	return n;
}

static void pack_record(const struct content *in, struct sender *s,
			const struct l7_wire_record *w)
{
	struct l7_name names[2];
	u32 n = names_of(in, s, w, names), i;

	if (!l7_pack_add(&s->pack, w, names, n)) {
		flush(s);
		REQUIRE(l7_pack_add(&s->pack, w, names, n));
	}
	for (i = 0; i < n; i++)
		add_name(&s->told, &names[i]);
}

static void pack_rest(const struct content *in, struct sender *s)
{
	u32 i;

	for (i = 0; i < in->nnames; i++) {
		if (find_name(&s->told, in->names[i].index))
			continue;
		if (!l7_pack_name(&s->pack, &in->names[i])) {
			flush(s);
			REQUIRE(l7_pack_name(&s->pack, &in->names[i]));
		}
	}
}

static void round_lifetimes(struct content *c)
{
	u32 i, ttl, down;

	for (i = 0; i < c->nrecs; i++) {
		struct l7_record *r = &c->recs[i].rec;

		if (r->kind == L7_REC_BINDING)
			continue;
		ttl = r->f.ttl;
		down = l7_pack_round_ttl(ttl);
		REQUIRE(down <= ttl && ttl - down <= ttl / 8);
		REQUIRE(l7_pack_round_ttl(down) == down);
		r->f.ttl = down;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static struct content in;
	static struct sender s;
	struct fuzz_in head = { data, len };
	u32 cap = CAP_MIN + fuzz_u16(&head) % (L7_WIRE_MAX - CAP_MIN);
	bool coarse = fuzz_u8(&head) & 1;
	struct fuzz_bytes b;
	u32 i;

	if (head.len > L7_WIRE_MAX)
		return 0;
	in.nrecs = in.nnames = 0;
	fuzz_place(&b, head.p, head.len, 0);
	read_packet(&in, b.p, (u32)b.len);

	s.got.nrecs = s.got.nnames = s.told.nnames = 0;
	s.got.malformed = false;
	l7_pack_init(&s.pack, cap, coarse);
	for (i = 0; i < in.nrecs; i++)
		pack_record(&in, &s, &in.recs[i]);
	pack_rest(&in, &s);
	flush(&s);
	if (coarse)
		round_lifetimes(&in);
	require_same(&s.got, &in);
	return 0;
}
