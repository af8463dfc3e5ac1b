// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the life of bindings at up to three directors that mirror each
 * other. kernel/persist.c and persist_mirror.c run as they are, over shim.h.
 *
 * The first byte chooses the directors and the world, then each event is a
 * byte for what, one for where and one for how much. There are three worlds:
 *
 *   lossless	what changes is at the peers at once. A binding that is in
 *		use at one director lives at all, for as long as it does there.
 *   lossy	changes are sent when the input says so, and records are lost,
 *		delayed, repeated and reordered. When directors tell each other
 *		all that they have, they end up equal.
 *   tight	lossy, with full tables and failing allocations.
 *
 * After every event, in every world: counters and table agree; what a director
 * knows of a key never gets older; one origin gives one generation of a key to
 * one state only; nothing is leaked.
 */
#include "binding.h"
#include "sync.h"
#include "walk.h"

static struct {
	struct director d[DIRECTORS];
	int n;
	enum world world;
	bool mirrored;
	/* set when told lifetimes may be those of another timeout */
	bool retimed;
	/* set when a state may be lost to all: a restart, time, a policy that is gone */
	bool forgetful;
	struct message net[MESSAGES];
	struct state states[STATES];
	u32 nstates;
} w;

/* --- What the table wants of others --- */

/* What follows happens at this director, by its clock. */
static void at(const struct director *d)
{
	shim_ahead = d->ahead;
}

static struct director *of_net(struct l7_net *ln)
{
	return container_of(ln, struct director, ln);
}

u8 l7_sync_node(struct l7_net *ln)
{
	return of_net(ln)->node;
}

void l7_sync_dirty(struct l7_net *ln, struct l7_dirty *d)
{
	if (!w.mirrored || d->queued || !l7_persist_owner.hold(d))
		return;
	d->next = of_net(ln)->dirty;
	of_net(ln)->dirty = d;
	d->queued = true;
}

/* Directors number servers as they like. */
static u16 index_of(const struct l7_net *ln, u32 server)
{
	const struct director *d = container_of(ln, struct director, ln);

	return 1 + (server + (u32)(d - w.d)) % SERVERS;
}

static u32 server_of(const struct l7_net *ln, u16 index)
{
	const struct director *d = container_of(ln, struct director, ln);

	if (index == L7_SERVER_NONE)
		return SERVERS;
	return (index - 1u + SERVERS - (u32)(d - w.d)) % SERVERS;
}

static const struct l7_endpoint servers[SERVERS] = {
	{ .af = AF_INET, .port = 1, .proto = IPPROTO_TCP },
	{ .af = AF_INET, .port = 2, .proto = IPPROTO_TCP },
	{ .af = AF_INET, .port = 3, .proto = IPPROTO_TCP },
};

u16 l7_server_index(struct l7_net *ln, const struct l7_endpoint *id)
{
	REQUIRE(id->port >= 1 && id->port <= SERVERS);
	return index_of(ln, id->port - 1);
}

const struct l7_endpoint *l7_server_get(struct l7_net *ln, u16 index)
{
	return index == L7_SERVER_NONE ? NULL : &servers[server_of(ln, index)];
}

struct l7_svc *l7_svc_find_scope_rcu(struct l7_net *ln, u32 scope)
{
	struct director *d = of_net(ln);

	REQUIRE(shim_readers);
	return scope < 2 && !d->svc[scope].dead ? &d->svc[scope] : NULL;
}

/* --- Keys --- */

static struct l7_key key_of(u32 k)
{
	struct l7_key key = { { (u8)k } };

	return key;
}

static struct l7_svc *svc_of(struct director *d, u32 k)
{
	return &d->svc[k == KEYS - 1];
}

static struct l7_binding *entry_of(struct director *d, u32 k)
{
	struct l7_key key = key_of(k);
	struct l7_binding *b;

	at(d);
	rcu_read_lock();
	b = l7_persist_find_rcu(&d->ln, key.hash);
	rcu_read_unlock();
	return b;
}

static struct l7_version version_of(const struct director *d,
				    const struct l7_binding *b)
{
	struct l7_version v = { b->gen, b->origin ?: d->node };

	return v;
}

static bool is_live(struct director *d, u32 k)
{
	struct l7_binding *b = entry_of(d, k);

	return b && l7_binding_is_live(b);
}

#include "binding_check.h"

/* --- The network --- */

static void post(struct director *from, const struct l7_record *r)
{
	int i, to;

	for (to = 0; to < w.n; to++) {
		if (&w.d[to] == from)
			continue;
		for (i = 0; i < MESSAGES && w.net[i].to >= 0; i++)
			;
		if (i == MESSAGES) {
			REQUIRE(w.world != LOSSLESS);
			return;	/* lost */
		}
		w.net[i].rec = *r;
		w.net[i].to = to;
		w.net[i].end = shim_seconds + L7_TOMBSTONE_S;
	}
}

static int post_walked(const struct l7_record *r, void *arg)
{
	REQUIRE(!shim_readers);
	post(arg, r);
	return 0;
}

static void note_sent(struct director *d, const struct l7_record *r)
{
	struct l7_version v = { r->gen, r->origin };
	u32 value = r->removed ? SERVERS : r->b.server.port - 1u;

	REQUIRE(r->kind == L7_REC_BINDING && r->origin);
	REQUIRE(r->removed == !r->b.server.af);
	if (!is_full())
		note_state(r->b.hash[0], v, value | (r->b.fixed ? FIXED : 0),
			   r->b.limit ? l7_binding_limit_of(r->b.limit) : 0,
			   r->origin == d->node);
}

/* Send what changed, as sync_tx.c does. */
static void send_changes(struct director *d)
{
	struct l7_dirty *dirty;
	struct l7_record r;

	at(d);
	while ((dirty = d->dirty)) {
		d->dirty = dirty->next;
		dirty->queued = false;
		if (l7_persist_owner.snapshot(&d->ln, dirty, &r)) {
			note_sent(d, &r);
			post(d, &r);
		}
		l7_persist_owner.put(dirty);
	}
}

static void send_all(struct director *d)
{
	at(d);
	l7_persist_owner.walk(&d->ln, 0, post_walked, d);
}

static void receive(const struct message *m)
{
	struct director *d = &w.d[m->to];
	struct known *known = &d->keys[m->rec.b.hash[0]];
	int ret;

	at(d);
	ret = l7_persist_owner.apply(&d->ln, &m->rec);
	REQUIRE(ret >= L7_APPLY_OK && ret <= L7_APPLY_FULL);
	REQUIRE(ret != L7_APPLY_FULL || w.world == TIGHT);
	/* without room for a tombstone, what was removed may be told anew */
	if (w.world == TIGHT && !entry_of(d, m->rec.b.hash[0]))
		known->valid = false;
	hear(known, m->rec.gen);
}

static void deliver(u32 i, bool keep)
{
	struct message m = w.net[i % MESSAGES];

	if (m.to < 0)
		return;
	if (!keep)
		w.net[i % MESSAGES].to = -1;
	receive(&m);
}

static void deliver_all(u32 first)
{
	u32 i;

	for (i = 0; i < MESSAGES; i++)
		deliver(first + i * 7, false);	/* 7 and 64 have no divisor */
}

static void pump(void)
{
	int i;

	for (i = 0; i < w.n; i++)
		send_changes(&w.d[i]);
	deliver_all(0);
}

/* --- Events --- */

/* What is left of a binding that was just used. */
static u32 left_of(struct director *d, u32 k)
{
	const struct l7_binding *b = entry_of(d, k);
	u32 end = l7_binding_end_of(svc_of(d, k)->conf.timeout);

	if (b->fixed)
		end = b->expires;
	else if (b->limit && b->limit < end)
		end = b->limit;
	return end - l7_binding_now() - 1;
}

static void by_hand(struct director *d, u32 k, u32 server, bool fixed)
{
	struct l7_key key = key_of(k);
	struct l7_binding *b = entry_of(d, k);
	bool same = is_live(d, k) && b->fixed == fixed &&
		    b->server == index_of(&d->ln, server);
	int ret = l7_persist_set(&d->ln, svc_of(d, k), L7_KEY_COOKIE, &key,
				 index_of(&d->ln, server), fixed);

	REQUIRE(ret >= 0 || (w.world == TIGHT && !same));
	if (ret < 0)
		return;
	b = entry_of(d, k);
	REQUIRE(ret == !same && is_live(d, k));
	REQUIRE(b->fixed == fixed && server_of(&d->ln, b->server) == server);
}

static void learn(struct director *d, u32 k, u32 server)
{
	struct l7_key key = key_of(k);
	struct l7_svc *svc = svc_of(d, k);
	struct l7_binding *b = entry_of(d, k);
	bool was_fixed = is_live(d, k) && b->fixed;
	u16 want = was_fixed ? b->server : index_of(&d->ln, server);
	bool was_there = is_live(d, k) && b->server == want;
	u32 heard = d->keys[k].heard;
	bool has_heard = d->keys[k].has_heard;
	struct l7_persist_info info;
	int ret;

	ret = l7_persist_learn(&d->ln, svc, L7_KEY_COOKIE, &key,
			       index_of(&d->ln, server));
	if (ret < 0) {
		REQUIRE(w.world == TIGHT && !was_there);
		REQUIRE(ret == -ENOSPC || ret == -ENOMEM);
		return;
	}
	REQUIRE(ret == !was_there);
	rcu_read_lock();
	REQUIRE(l7_persist_peek(&d->ln, &key, &info));
	rcu_read_unlock();
	REQUIRE(info.fixed == was_fixed);
	REQUIRE(info.server == want);
	REQUIRE(info.expires == left_of(d, k));
	if (ret) {
		REQUIRE(info.limit == svc->conf.max_lifetime);
		REQUIRE(info.origin == d->node);
		/* Peers, who may still have an older state, will believe it. */
		if (has_heard)
			REQUIRE(l7_merge_is_later(info.gen, heard));
	}
}

static void lookup(struct director *d, u32 k)
{
	struct l7_key key = key_of(k);
	struct l7_binding *b = entry_of(d, k);
	u16 want = b && l7_binding_is_live(b) ? b->server : L7_SERVER_NONE;
	u32 end = b ? b->expires : 0;

	rcu_read_lock();
	REQUIRE(l7_persist_lookup(&d->ln, svc_of(d, k), &key) == want);
	rcu_read_unlock();
	if (want == L7_SERVER_NONE)
		return;
	REQUIRE(b->doubted ? b->expires == end :
			     l7_binding_left(b) == left_of(d, k));
}

/* It stays, for so long at most. */
static void doubt(struct director *d, u32 k)
{
	struct l7_key key = key_of(k);
	struct l7_binding *b = entry_of(d, k);
	bool was = is_live(d, k), fixed = was && b->fixed;
	u16 server = was ? b->server : L7_SERVER_NONE;

	l7_persist_doubt(&d->ln, &key, server);
	REQUIRE(is_live(d, k) == was);
	if (!was)
		return;
	REQUIRE(b->server == server && b->fixed == fixed && b->doubted != fixed);
	REQUIRE(fixed || l7_binding_left(b) <= L7_DOUBT_S);
}

static bool is_fixed(struct director *d, u32 k)
{
	return is_live(d, k) && entry_of(d, k)->fixed;
}

static void forget(struct director *d, u32 k, bool by_hand)
{
	struct l7_key key = key_of(k);
	bool stays = is_fixed(d, k) && !by_hand;
	bool was = is_live(d, k) && !stays;
	int ret = by_hand ? l7_persist_delete(&d->ln, svc_of(d, k), &key) :
			    l7_persist_forget(&d->ln, svc_of(d, k), &key);

	REQUIRE(ret == (was ? 0 : -ENOENT));
	REQUIRE(is_live(d, k) == stays);
}

static void flush(struct director *d, u32 scope, bool fixed)
{
	struct l7_svc *svc = scope < 2 ? &d->svc[scope] : NULL;
	unsigned int want = 0, k;

	for (k = 0; k < KEYS; k++)
		if (scope == 2 || svc_of(d, k) == &d->svc[scope])
			want += is_live(d, k) && (fixed || !is_fixed(d, k));
	REQUIRE(l7_persist_flush(&d->ln, svc, svc ? &svc->scope : NULL, fixed) == want);
	for (k = 0; k < KEYS; k++)
		if (scope == 2 || svc_of(d, k) == &d->svc[scope])
			REQUIRE(!is_live(d, k) || (!fixed && is_fixed(d, k)));
}

static u32 told_end(struct director *d, const struct l7_binding *b)
{
	u32 end;

	rcu_read_lock();
	end = d->node ? l7_binding_told_end_rcu(&d->ln, b) : b->expires;
	rcu_read_unlock();
	return end;
}

/* What the scan leaves is not over, here or at the peers. */
static void scan(struct director *d)
{
	struct delayed_work *scanning = &d->ln.persist->scan;
	struct l7_binding *b;
	u32 k;

	at(d);
	/* One that was interrupted ends, and a whole one follows. */
	scanning->work.func(&scanning->work);
	scanning->work.func(&scanning->work);
	for (k = 0; k < KEYS; k++) {
		b = entry_of(d, k);
		REQUIRE(!b || !l7_binding_is_past(told_end(d, b)));
		/* What was forgotten may be learned anew from any peer. */
		if (!b)
			d->keys[k].valid = false;
	}
}

/** struct listing - a listing in parts
 * @room: entries that still fit into the part
 */
struct listing {
	u32 room;
	u32 seen[KEYS];
};

static int list_one(const struct l7_persist_info *info, void *arg)
{
	struct listing *l = arg;

	if (!l->room)
		return 1;
	l->room--;
	l->seen[info->hash[0]]++;
	return 0;
}

static void list_all(struct director *d, u32 part)
{
	struct listing l = { .room = 0 };
	struct l7_walk at = { .slot = 0 };
	u32 k;

	do
		l.room = part;
	while (l7_persist_dump(&d->ln, &at, list_one, &l));
	for (k = 0; k < KEYS; k++)
		REQUIRE(l.seen[k] == is_live(d, k));
}

/* The latest state that anybody ever made of a key; NULL: none. */
static const struct state *latest(u32 k)
{
	const struct state *s, *found = NULL;
	struct l7_version v, in;

	for (s = w.states; s < w.states + w.nstates; s++) {
		if (s->key != k)
			continue;
		in = (struct l7_version){ s->gen, s->origin };
		if (found)
			v = (struct l7_version){ found->gen, found->origin };
		if (!found || l7_merge_decide(&v, &in, false) == L7_MERGE_TAKE ||
		    l7_merge_decide(&v, &in, false) == L7_MERGE_CONFLICT_TAKE)
			found = s;
	}
	return found;
}

/* Nothing comes back that was removed, and nothing that was made is lost. */
static void check_latest(struct director *d, u32 k)
{
	const struct state *s = latest(k);
	struct l7_binding *b = entry_of(d, k);
	u32 value = b ? server_of(&d->ln, b->server) | (b->fixed ? FIXED : 0) : SERVERS;

	REQUIRE(value == (s ? s->value : SERVERS));
}

/* Directors that tell each other everything end up equal. */
static void settle(void)
{
	struct l7_binding *a, *b;
	int i;
	u32 k;

	for (i = 0; i < w.n; i++)
		scan(&w.d[i]);
	deliver_all(3);
	for (i = 0; i < w.n; i++) {
		send_changes(&w.d[i]);
		deliver_all(5);
	}
	for (i = 0; i < w.n; i++) {
		send_all(&w.d[i]);
		deliver_all(1);
	}
	w.retimed = false;
	if (w.world == TIGHT)
		return;
	for (k = 0; k < KEYS; k++) {
		if (w.mirrored && !w.forgetful && !is_full())
			check_latest(&w.d[0], k);
		a = entry_of(&w.d[0], k);
		for (i = 1; i < w.n; i++) {
			b = entry_of(&w.d[i], k);
			REQUIRE(!a == !b);
			if (!a)
				continue;
			REQUIRE(a->gen == b->gen && a->fixed == b->fixed);
			REQUIRE(version_of(&w.d[0], a).origin ==
				version_of(&w.d[i], b).origin);
			REQUIRE(server_of(&w.d[0].ln, a->server) ==
				server_of(&w.d[i].ln, b->server));
			/* what was under way for long was told another end */
			REQUIRE(w.world != LOSSLESS || !w.mirrored ||
				l7_binding_is_tombstone(a) || a->fixed ||
				told_end(&w.d[0], a) == told_end(&w.d[i], b));
		}
	}
}

static void director_init(struct director *d)
{
	d->ln.stats = &d->stats;
	memset(d->keys, 0, sizeof(d->keys));
	REQUIRE(!l7_persist_init(&d->ln));
}

static void director_exit(struct director *d)
{
	struct l7_dirty *dirty;

	while ((dirty = d->dirty)) {
		d->dirty = dirty->next;
		dirty->queued = false;
		l7_persist_owner.put(dirty);
	}
	l7_persist_exit(&d->ln);
}

/* The machine is rebooted; the peers tell it all when it is back. */
static void restart(struct director *d)
{
	int i;

	w.forgetful = true;
	director_exit(d);
	rcu_barrier();
	shim_seconds += RESTART_S;
	director_init(d);
	for (i = 0; w.mirrored && w.world == LOSSLESS && i < w.n; i++)
		if (&w.d[i] != d)
			send_all(&w.d[i]);
}

static void tick(u32 seconds)
{
	int i;

	w.forgetful = true;
	shim_seconds += seconds;
	for (i = 0; i < MESSAGES; i++)
		if (w.net[i].end <= shim_seconds)
			w.net[i].to = -1;
}

/* The same for all directors, in an order of their own. */
static void change_timeout(u32 how)
{
	static const u32 some[] = { 1, 2, 3, 4, 7, 60, 300, 1000 };
	static const u32 limits[] = { 0, 0, 5, 90 };
	int i;

	for (i = 0; i < w.n; i++) {
		w.d[i].svc[how >> 7].conf.timeout = some[how % 8];
		w.d[i].svc[how >> 7].conf.max_lifetime = limits[how >> 3 & 3];
	}
	w.retimed = true;
	w.forgetful = true;
}

static void tighten(struct director *d, u32 how)
{
	w.forgetful = true;
	if (w.world == TIGHT)
		d->ln.limits.bindings = 1 + how % KEYS;
}

static void trace(const struct director *d, u32 k, u32 what, u32 how)
{
	fuzz_trace("%6u: %s, director %d, key %u, %u\n",
		   (u32)shim_seconds - 1000000, event_names[what % 16],
		   (int)(d - w.d), k, how);
}

static void event(struct fuzz_in *in)
{
	u32 what = fuzz_u8(in), where = fuzz_u8(in), how = fuzz_u8(in);
	struct director *d = &w.d[(where & 15) % (u32)w.n];
	u32 k = (where >> 4) % KEYS;

	trace(d, k, what, how);
	at(d);
	if (w.world == TIGHT && what & 0x80)
		shim_fail_after = 1 + (what >> 6 & 1);
	switch (what % 16) {
	case 0:
	case 1:
		if (how & 0x80)
			by_hand(d, k, how % SERVERS, how & 0x40);
		else
			learn(d, k, how % SERVERS);
		break;
	case 2:
		if (how & 0x80)
			doubt(d, k);
		else
			lookup(d, k);
		break;
	case 3:
		forget(d, k, how & 0x80);
		break;
	case 4:
		tick(how);
		if (w.world != LOSSLESS)
			d->ahead += how >> 4;
		break;
	case 5:
		tick(how * 16);
		break;
	case 6:
		scan(d);
		break;
	case 7:
		list_all(d, 1 + how % KEYS);
		break;
	case 8:
		send_changes(d);
		break;
	case 9:
		deliver(how, how & 0x80);
		break;
	case 10:
		if (w.world != LOSSLESS)
			w.net[how % MESSAGES].to = -1;
		break;
	case 11:
		flush(d, how % 3, how & 0x80);
		break;
	case 12:
		change_timeout(how);
		break;
	case 13:
		tighten(d, how);
		if (w.world != LOSSLESS)
			d->svc[how >> 6 & 1].dead = how >> 7;
		break;
	case 14:
		if (how < 32)
			restart(d);
		else if (w.mirrored)
			send_all(d);
		break;
	case 15:
		settle();
		break;
	}
	shim_fail_after = 0;
	if (w.world == LOSSLESS)
		pump();
	check_all();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	u32 how = fuzz_u8(&in);
	int i, n = 0;

	REQUIRE(!l7_persist_module_init());
	memset(&w, 0, sizeof(w));
	shim_seconds = 1000000;
	shim_ahead = 0;
	w.n = 1 + (int)(how & 3) % DIRECTORS;
	w.world = (how >> 2) % 3;
	w.mirrored = w.n > 1 || how & 0x80;
	for (i = 0; i < MESSAGES; i++)
		w.net[i].to = -1;
	for (i = 0; i < w.n; i++) {
		w.d[i].node = w.mirrored ? (u8)(i + 1) : 0;
		w.d[i].ln.limits.bindings = KEYS * 4;
		w.d[i].svc[0].conf.timeout = 60;
		w.d[i].svc[1].conf.timeout = 3600;
		w.d[i].svc[1].scope = 1;
		w.d[i].svc[0].stats = w.d[i].svc[1].stats = &w.d[i].stats;
		director_init(&w.d[i]);
	}
	while (in.len && n++ < EVENTS)
		event(&in);
	settle();
	for (i = 0; i < w.n; i++)
		director_exit(&w.d[i]);
	rcu_barrier();
	REQUIRE(!shim_objects);
	return 0;
}
