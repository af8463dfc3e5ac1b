// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: the queue of changed entries, HELLO and challenges. Owns the queue
 * (l7_sync.lock, innermost, softirq safe). An entry is copied by its owner, with
 * its owner's locks; nothing is locked while packets are encrypted and sent.
 */
#include <linux/delay.h>
#include "sync_priv.h"

#define FLUSH_US	1000	/* at most one small packet in this time */
#define BATCH		64	/* entries taken from the queue at once */
#define TOLD_ENOUGH	3	/* packets that carry a server's identity */
#define OTHERS_MS	300	/* between HELLOs under all keys */
#define TELL_EVERY	10	/* HELLOs between pieces of the dictionary */

/* Who hears nothing else thinks the sender alive, or dead, but not now this and now that. */
static_assert(3 * OTHERS_MS <= L7_SYNC_DEAD_MS);

/* --- Queue of changed entries --- */

void l7_sync_dirty(struct l7_net *ln, struct l7_dirty *d)
{
	struct l7_sync *s = READ_ONCE(ln->sync);

	l7_dirty_touch(d);
	if (!s)
		return;
	spin_lock_bh(&s->lock);
	if (s->open && !d->queued && l7_owner_of(d->kind)->hold(d)) {
		if (s->dirty)
			s->newest->next = d;
		else
			s->dirty = d;
		s->newest = d;
		d->next = NULL;
		d->queued = true;
		/* later ones find the work queued, or still running */
		if (!s->ndirty++)
			l7_sync_kick_tx(s->run);
	}
	spin_unlock_bh(&s->lock);
}

/* Takes up to BATCH entries with their references. An entry that changes from
 * now on is queued again.
 */
static u32 take(struct l7_sync *s, struct l7_dirty **batch)
{
	struct l7_dirty *d;
	u32 n = 0;

	spin_lock_bh(&s->lock);
	while (n < BATCH && s->dirty) {
		d = s->dirty;
		s->dirty = d->next;
		d->queued = false;
		s->ndirty--;
		batch[n++] = d;
	}
	spin_unlock_bh(&s->lock);
	return n;
}

static void drain(struct l7_sync *s)
{
	struct l7_dirty *batch[BATCH];
	u32 i, n;

	while ((n = take(s, batch)))
		for (i = 0; i < n; i++)
			l7_owner_of(batch[i]->kind)->put(batch[i]);
}

void l7_queue_update(struct l7_sync_run *run)
{
	struct l7_sync *s = run->sync;
	bool was, open;

	spin_lock(&run->peers_lock);
	open = l7_peer_listeners_locked(run);
	spin_lock_bh(&s->lock);
	was = s->open;
	s->open = open && !test_bit(L7_SYNC_LEAVING, &run->todo);
	spin_unlock_bh(&s->lock);
	spin_unlock(&run->peers_lock);
	if (!was || open)
		return;
	drain(s);
	l7_await_drop(run);
	/* somebody listens again, and some of what was queued for it is gone */
	if (l7_peer_listeners(run))
		l7_bulk_want(run, L7_OWED_ALL);
}

void l7_queue_finish(struct l7_sync_run *run)
{
	struct l7_sync *s = run->sync;

	spin_lock_bh(&s->lock);
	s->open = false;
	spin_unlock_bh(&s->lock);
	l7_sync_kick_tx(run);
	flush_work(&run->tx);
}

/* --- Packets --- */

static void send_with(struct l7_sync_run *run, struct l7_sync_packet *p, u8 lane,
		      u8 key_id)
{
	u64 number;
	u32 len = l7_seal_close(run, p, lane, key_id, &number);

	l7_sock_send(run, p->buf, len);
	if (lane != L7_LANE_CONTROL)
		l7_repair_keep(run, lane, number, p->buf, len);
}

void l7_tx_send(struct l7_sync_run *run, struct l7_sync_packet *p, u8 lane)
{
	send_with(run, p, lane, READ_ONCE(run->key_id));
}

/* --- Records --- */

/* Our index of a server; *@n grows if its identity has to go along. */
static u16 name_of(struct l7_sync_run *run, const struct l7_endpoint *ep,
		   struct l7_name *names, u32 *n)
{
	u16 index = l7_server_index(run->ln, ep);

	if (index == L7_SERVER_NONE ||
	    READ_ONCE(run->told[index]) >= TOLD_ENOUGH)
		return index;
	names[*n].index = index;
	names[*n].ep = *ep;
	++*n;
	return index;
}

/* Name the record's servers; false if there is no name left. */
static bool name_servers(struct l7_sync_run *run, struct l7_wire_record *w,
			 struct l7_name *names, u32 *n)
{
	const struct l7_record *r = &w->rec;

	if (r->kind == L7_REC_FLOW) {
		w->server = name_of(run, &r->f.server, names, n);
		w->vip = name_of(run, &r->f.vip, names, n);
		return w->server != L7_SERVER_NONE && w->vip != L7_SERVER_NONE;
	}
	if (!r->b.server.af)
		return r->removed;
	w->server = name_of(run, &r->b.server, names, n);
	return w->server != L7_SERVER_NONE;
}

static void count_told(struct l7_sync_run *run, const struct l7_pack *pk)
{
	u32 i;

	for (i = 0; i < pk->nnames; i++)
		if (run->told[pk->names[i].index] < TOLD_ENOUGH)
			run->told[pk->names[i].index]++;
}

void l7_tx_flush(struct l7_sync_run *run, struct l7_sync_sender *s, u8 lane)
{
	if (l7_pack_is_empty(&s->pack))
		return;
	l7_stat_add(run->ln->stats, L7_C_SYNC_TX_RECORDS, s->pack.nrecs);
	count_told(run, &s->pack);
	s->out.len = l7_pack_write(&s->pack, l7_sync_frames(&s->out));
	l7_tx_send(run, &s->out, lane);
}

bool l7_tx_record(struct l7_sync_run *run, struct l7_sync_sender *s,
		  const struct l7_record *rec, u8 lane)
{
	struct l7_wire_record w = { .rec = *rec };
	struct l7_name names[2];
	u32 n = 0;

	if (!name_servers(run, &w, names, &n)) {
		l7_stat_inc(run->ln->stats, L7_C_SYNC_REFUSED);
		return false;
	}
	if (!l7_pack_is_empty(&s->pack)) {
		if (l7_pack_add(&s->pack, &w, names, n))
			return true;
		l7_tx_flush(run, s, lane);
	}
	l7_pack_init(&s->pack, READ_ONCE(run->frames_max),
		     lane == L7_LANE_BULK);
	/* an empty packet has room for any record */
	l7_pack_add(&s->pack, &w, names, n);
	return true;
}

/* --- HELLO, challenges --- */

static u32 count_of(struct l7_sync_run *run, u8 kind)
{
	const struct l7_owner_ops *ops = l7_owner_of(kind);

	return ops->count ? ops->count(run->ln) : 0;
}

/* The one that is sent with comes first. */
static void fill_keys(const struct l7_sync_run *run, u8 keys[L7_KEYS_MAX])
{
	u32 i, n = l7_keys_but(run, READ_ONCE(run->retired), keys);
	u8 sends = READ_ONCE(run->key_id);

	for (i = 1; i < n; i++)
		if (keys[i] == sends)
			swap(keys[0], keys[i]);
}

static void fill_hello(struct l7_sync_run *run, struct l7_hello *h)
{
	memset(h, 0, sizeof(*h));
	h->version_min = L7_WIRE_VERSION;
	h->version_max = L7_WIRE_VERSION;
	fill_keys(run, h->keys);
	h->features = L7_FEATURE_DIGEST |
		      (run->conf.accept_policies ? L7_FEATURE_POLICIES : 0);
	h->config = l7_config_sum(run);
	h->clock = l7_run_clock(run);
	h->stamp = l7_run_stamp(run);
	h->time = (u32)ktime_get_real_seconds() ?: 1;
	h->sent[L7_LANE_LIVE] = atomic64_read(&run->number[L7_LANE_LIVE]);
	h->sent[L7_LANE_BULK] = atomic64_read(&run->number[L7_LANE_BULK]);
	h->bindings = count_of(run, L7_REC_BINDING);
	h->flows = count_of(run, L7_REC_FLOW);
	h->nseen = (u8)l7_peer_seen(run, h->seen);
	h->state = READ_ONCE(run->state);
}

/* Tell the dictionary piece by piece, in what room a HELLO leaves. */
static u32 tell_names(struct l7_sync_run *run, u8 *p, u32 room)
{
	struct l7_pack *pk = &run->live.pack;
	const struct l7_endpoint *ep;
	struct l7_name name;
	u32 i;

	l7_pack_init(pk, room, false);
	for (i = 1; i < L7_SERVER_MAX; i++) {
		ep = l7_server_get(run->ln, run->hello_next);
		if (ep) {
			name.index = run->hello_next;
			name.ep = *ep;
			if (!l7_pack_name(pk, &name))
				break;
		}
		run->hello_next = run->hello_next % (L7_SERVER_MAX - 1) + 1;
	}
	return l7_pack_write(pk, p);
}

/* For peers that cannot read what is sent now: who is there, and what is needed to
 * be heard by all. Now and then under all other keys, as there may be one who is not
 * heard for the same reason. Not how far it went, as they would ask for it in vain.
 */
static void send_hello_others(struct l7_sync_run *run)
{
	bool due = time_after_eq(jiffies, run->others_told +
				 msecs_to_jiffies(OTHERS_MS));
	struct l7_sync_packet *out = &run->live.out;
	u8 ids[L7_KEYS_MAX];
	u32 i, n = l7_keys_others(run, due, ids);

	if (due)
		run->others_told = jiffies;
	for (i = 0; i < n; i++) {
		out->len = l7_codec_hello_put(&run->hello_tx,
					      l7_sync_frames(out),
					      READ_ONCE(run->frames_max));
		send_with(run, out, L7_LANE_CONTROL, ids[i]);
	}
}

static void send_hello(struct l7_sync_run *run)
{
	struct l7_sync_packet *out = &run->live.out;
	u32 cap = READ_ONCE(run->frames_max);

	WRITE_ONCE(run->since_hello, 0);
	fill_hello(run, &run->hello_tx);
	send_hello_others(run);
	out->len = l7_codec_hello_put(&run->hello_tx, l7_sync_frames(out), cap);
	out->len += l7_repair_tail(run, test_and_clear_bit(L7_SYNC_TODO_REPORT,
							   &run->todo) ?
				   L7_TAIL_REPORT : 0,
				   l7_sync_frames(out) + out->len,
				   cap - out->len);
	if (run->hellos++ % TELL_EVERY == 0 &&
	    l7_pack_is_empty(&run->live.pack))
		out->len += tell_names(run, l7_sync_frames(out) + out->len,
				       cap - out->len);
	l7_tx_send(run, out, L7_LANE_CONTROL);
}

static u32 take_asks(struct l7_sync_run *run)
{
	u32 n;

	spin_lock(&run->peers_lock);
	n = run->nasks;
	memcpy(run->asks_tx, run->asks, n * sizeof(*run->asks));
	run->nasks = 0;
	spin_unlock(&run->peers_lock);
	return n;
}

static void send_asks_with(struct l7_sync_run *run, u32 n, u8 key_id)
{
	struct l7_sync_packet *out = &run->live.out;
	u8 *frames = l7_sync_frames(out);
	u32 i;

	out->len = 0;
	for (i = 0; i < n; i++)
		if (run->asks_tx[i].key_id == key_id)
			out->len += l7_codec_challenge_put(&run->asks_tx[i].c,
							   frames + out->len,
							   L7_SYNC_MTU_MIN - out->len);
	if (out->len)
		send_with(run, out, L7_LANE_CONTROL, key_id);
}

/* Each under the key that was heard: the other one may have no newer one. */
static void send_asks(struct l7_sync_run *run)
{
	u32 i, n = take_asks(run), nkeys;
	u8 ids[L7_KEYS_MAX];

	if (!n)
		return;
	nkeys = max_t(u32, l7_keys_but(run, 0, ids), 1);
	for (i = 0; i < nkeys; i++)
		send_asks_with(run, n, ids[i]);
}

/* Under other keys, too, if a peer does not have the one in use. */
void l7_tx_leave(struct l7_sync_run *run)
{
	struct l7_sync_packet *out = &run->live.out;
	u8 ids[L7_KEYS_MAX];
	u32 i, n = l7_keys_others(run, false, ids);

	for (i = 0; i <= n; i++) {
		out->len = l7_codec_frame_put(l7_sync_frames(out),
					      L7_FRAME_LEAVE, 0);
		send_with(run, out, L7_LANE_CONTROL,
			  i < n ? ids[i] : READ_ONCE(run->key_id));
	}
}

/* --- The work --- */

static void send_control(struct l7_sync_run *run)
{
	if (test_and_clear_bit(L7_SYNC_TODO_HELLO, &run->todo) ||
	    test_bit(L7_SYNC_TODO_REPORT, &run->todo))
		send_hello(run);
	send_asks(run);
	if (test_and_clear_bit(L7_SYNC_TODO_CONFIG, &run->todo))
		l7_config_send(run);
	l7_echo_send(run);
	l7_push_send(run);
}

static void send_entry(struct l7_sync_run *run, struct l7_dirty *d)
{
	const struct l7_owner_ops *ops = l7_owner_of(d->kind);
	struct l7_record rec;

	if (ops->snapshot(run->ln, d, &rec) &&
	    l7_tx_record(run, &run->live, &rec, L7_LANE_LIVE) &&
	    ops->awaits && ops->awaits(d))
		l7_await_add(run, d);
	else
		ops->put(d);
}

/* A first change goes out at once. Those that follow closely wait for company,
 * a millisecond at most, unless there is enough of it.
 */
static void wait_for_company(struct l7_sync_run *run)
{
	s64 past = ktime_us_delta(ktime_get(), run->flushed);

	if (past >= 0 && past < FLUSH_US &&
	    READ_ONCE(run->sync->ndirty) < BATCH)
		usleep_range(FLUSH_US - past, FLUSH_US - past + 50);
}

static void send_changes(struct l7_sync_run *run)
{
	struct l7_dirty *batch[BATCH];
	u32 i, n;

	if (!READ_ONCE(run->sync->ndirty))
		return;
	wait_for_company(run);
	while ((n = take(run->sync, batch))) {
		for (i = 0; i < n; i++)
			send_entry(run, batch[i]);
		if (l7_await_asks(run) ||
		    test_bit(L7_SYNC_TODO_HELLO, &run->todo)) {
			l7_tx_flush(run, &run->live, L7_LANE_LIVE);
			send_control(run);
		}
		cond_resched();
	}
	l7_tx_flush(run, &run->live, L7_LANE_LIVE);
	run->flushed = ktime_get();
}

void l7_tx_work(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(work, struct l7_sync_run, tx);

	send_control(run);
	send_changes(run);
}
