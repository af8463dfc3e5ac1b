/* SPDX-License-Identifier: GPL-2.0 */
/* What must hold of the world of fuzz target binding after every event; a part of binding.c. */
#ifndef FUZZ_BINDING_CHECK_H
#define FUZZ_BINDING_CHECK_H

/* An origin gives one generation of a key to one state only. */
static void note_state(u32 k, struct l7_version v, u32 value, u32 limit,
		       bool is_its_own)
{
	u32 i;

	for (i = 0; i < w.nstates; i++)
		if (w.states[i].key == k && w.states[i].gen == v.gen &&
		    w.states[i].origin == v.origin)
			break;
	if (i < w.nstates) {
		REQUIRE(w.states[i].value == value);
		REQUIRE(!w.states[i].limit == !limit);
		/* else what is under way is late */
		REQUIRE(w.world != LOSSLESS || limit - w.states[i].limit <= 1);
		return;
	}
	REQUIRE(is_its_own);
	if (w.nstates == STATES)
		return;
	w.states[w.nstates].key = (u8)k;
	w.states[w.nstates].gen = v.gen;
	w.states[w.nstates].origin = v.origin;
	w.states[w.nstates].limit = limit;
	w.states[w.nstates++].value = (u8)value;
}

static void hear(struct known *known, u32 gen)
{
	if (known->has_heard && !l7_merge_is_later(gen, known->heard))
		return;
	known->has_heard = true;
	known->heard = gen;
}

/* Once the states of an input are too many to keep, nothing is known of them.
 */
static bool is_full(void)
{
	return w.nstates == STATES;
}

static void check_entry(struct director *d, u32 k, const struct l7_binding *b)
{
	struct known *known = &d->keys[k];
	struct l7_version v = version_of(d, b);

	REQUIRE(b->hash[0] == k);
	REQUIRE(b->scope == (k == KEYS - 1));
	if (w.mirrored && !is_full())
		note_state(k, v, server_of(&d->ln, b->server) |
			   (b->fixed ? FIXED : 0), b->limit,
			   v.origin == d->node);
	REQUIRE(!b->fixed || (b->server != L7_SERVER_NONE && !b->limit));
	REQUIRE(!b->limit || (s32)(b->expires - b->limit) <= 0);
	if (known->valid)
		REQUIRE(l7_merge_is_later(v.gen, known->v.gen) ||
			(v.gen == known->v.gen && v.origin <= known->v.origin));
	known->valid = true;
	known->v = v;
	hear(known, v.gen);
}

static void check(struct director *d)
{
	int live = 0, buried = 0;
	struct l7_binding *b;
	u32 k;

	for (k = 0; k < KEYS; k++) {
		b = entry_of(d, k);
		if (!b) {
			d->keys[k].valid = false;
			continue;
		}
		if (b->server == L7_SERVER_NONE)
			buried++;
		else
			live++;
		check_entry(d, k, b);
	}
	REQUIRE(atomic_read(&d->ln.persist->live) == live);
	REQUIRE(atomic_read(&d->ln.persist->buried) == buried);
	REQUIRE((int)l7_persist_count(&d->ln) == live);
	if (!w.mirrored)
		REQUIRE(!buried);
}

/* In use at one director: alive at all, and longer. */
static void check_mirrored(u32 k)
{
	struct l7_binding *a, *b;
	int i, j;

	for (i = 0; i < w.n; i++) {
		a = entry_of(&w.d[i], k);
		if (!a || !l7_binding_is_live(a) || !a->used)
			continue;
		for (j = 0; j < w.n; j++) {
			b = entry_of(&w.d[j], k);
			REQUIRE(b && l7_binding_is_live(b));
			REQUIRE(a->gen == b->gen);
			REQUIRE(server_of(&w.d[i].ln, a->server) ==
				server_of(&w.d[j].ln, b->server));
		}
	}
}

static void check_all(void)
{
	u32 k;
	int i;

	REQUIRE(!shim_readers);
	for (i = 0; i < w.n; i++)
		check(&w.d[i]);
	if (w.world == LOSSLESS && w.mirrored && !w.retimed)
		for (k = 0; k < KEYS; k++)
			check_mirrored(k);
}

#endif /* FUZZ_BINDING_CHECK_H */
