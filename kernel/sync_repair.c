// SPDX-License-Identifier: GPL-2.0
/*
 * Loss on the link, from both sides. As sender: keeps the last packets of the
 * live and bulk lanes, sends them again to who misses them, and tells how far
 * it has got when it falls silent, so that the last packet can be missed, too.
 * As receiver: asks for what did not come. Owns the rings (ring_lock, process
 * context, innermost); what is missing is known per peer, under peers_lock.
 */
#include <linux/delay.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "sync_priv.h"

#define NAP_US		2000	/* longest sleep while something is due soon */
#define ANSWER_MAX	256	/* packets sent again for one question */
#define LOOKS_MAX	4096U	/* numbers looked for, likewise: as many as are kept */
#define AGAIN_US	2000	/* the same packet is sent again after this */
#define SPREAD_US	3000	/* several who miss a packet do not ask at once */

/* Silence since the last packet after which peers are told how far it went. */
static const u32 tail_us[] = { 3000, 10000, 30000 };

/* Numbers and bytes that are kept of a lane. */
static const struct {
	u32 slots;
	u32 bytes;
} room[L7_LANES] = {
	[L7_LANE_LIVE] = { 4096, 16 << 20 },
	[L7_LANE_BULK] = { 1024, 8 << 20 },
};

/** struct l7_kept - a datagram that can be sent again
 * @again: when it last was, microseconds
 */
struct l7_kept {
	u64 again;
	u32 len;
	u8 data[];
};

static void kick(struct l7_sync_run *run)
{
	/* it may be waiting for something that is due later */
	mod_delayed_work(run->wq, &run->repair, 0);
}

/* --- Rings --- */

int l7_repair_init(struct l7_sync_run *run)
{
	u32 lane;

	spin_lock_init(&run->ring_lock);
	INIT_DELAYED_WORK(&run->repair, l7_repair_work);
	for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++) {
		run->ring[lane].slot = kvcalloc(room[lane].slots,
						sizeof(struct l7_kept *),
						GFP_KERNEL);
		if (!run->ring[lane].slot)
			return -ENOMEM;
		run->ring[lane].oldest = 1;
		run->ring[lane].next = 1;
	}
	return 0;
}

static struct l7_kept **slot_of(struct l7_sync_run *run, u8 lane, u64 number)
{
	return &run->ring[lane].slot[number % room[lane].slots];
}

static void forget_oldest(struct l7_sync_run *run, u8 lane)
{
	struct l7_ring *ring = &run->ring[lane];
	struct l7_kept **k = slot_of(run, lane, ring->oldest++);

	if (*k)
		ring->bytes -= (*k)->len;
	kfree(*k);
	*k = NULL;
}

void l7_repair_free(struct l7_sync_run *run)
{
	u32 lane;

	for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++) {
		struct l7_ring *ring = &run->ring[lane];

		while (ring->slot && ring->oldest < ring->next)
			forget_oldest(run, lane);
		kvfree(ring->slot);
	}
}

/* A number of which there is no copy, for want of memory, is lost to who misses
 * it, as is one that is older than the oldest.
 */
void l7_repair_keep(struct l7_sync_run *run, u8 lane, u64 number,
		    const u8 *buf, u32 len)
{
	struct l7_ring *ring = &run->ring[lane];
	struct l7_kept *k = kmalloc(struct_size(k, data, len),
				    GFP_KERNEL | __GFP_NOWARN);

	if (k) {
		k->again = 0;
		k->len = len;
		memcpy(k->data, buf, len);
	}
	spin_lock(&run->ring_lock);
	while (ring->oldest < ring->next &&
	       (number - ring->oldest >= room[lane].slots ||
		ring->bytes + len > room[lane].bytes))
		forget_oldest(run, lane);
	*slot_of(run, lane, number) = k;
	ring->next = number + 1;
	ring->bytes += k ? len : 0;
	run->tails = 0;
	run->tail_due = l7_repair_now() + tail_us[0];
	spin_unlock(&run->ring_lock);
	kick(run);
}

/* Copies packet @number to @buf; its length, 0 if it is not there, or was sent
 * again a moment ago.
 */
static u32 copy_kept(struct l7_sync_run *run, u8 lane, u64 number, u8 *buf)
{
	u64 now = l7_repair_now();
	struct l7_kept *k;
	u32 len = 0;

	spin_lock(&run->ring_lock);
	k = *slot_of(run, lane, number);
	if (k && now - k->again >= AGAIN_US) {
		k->again = now;
		len = k->len;
		memcpy(buf, k->data, len);
	}
	spin_unlock(&run->ring_lock);
	return len;
}

/* The part of a range that the ring has. */
static void clip(struct l7_sync_run *run, u8 lane, const struct l7_range *r,
		 u64 *from, u64 *end)
{
	spin_lock(&run->ring_lock);
	*from = max(r->first, run->ring[lane].oldest);
	*end = min(r->first + r->count, run->ring[lane].next);
	spin_unlock(&run->ring_lock);
}

/* Can the peer read it? It was sealed under the key that was sent with then. */
static bool is_readable(const struct l7_sync_run *run,
			const struct l7_sync_peer *p, const u8 *buf, u32 len)
{
	struct l7_header h;

	return l7_codec_header_get(buf, len, &h) &&
	       l7_keys_reads(run, p, h.key_id);
}

/* What is asked for in vain is there no more, and nothing before it: the peer is
 * told so at once, and asks for everything.
 */
static void forget_upto(struct l7_sync_run *run, u8 lane, u64 number)
{
	spin_lock(&run->ring_lock);
	while (run->ring[lane].oldest <= number &&
	       run->ring[lane].oldest < run->ring[lane].next)
		forget_oldest(run, lane);
	spin_unlock(&run->ring_lock);
	l7_sync_hello_soon(run);
}

/* Sends again what a range names, @room packets at most; returns how many.
 * @looks: how many may be looked for
 */
static u32 answer_range(struct l7_sync_run *run, const struct l7_sync_peer *p,
			u8 lane, const struct l7_range *r, u32 room, u32 *looks)
{
	u8 *buf = run->again.buf;
	u32 len, sent = 0;
	u64 from, end;

	clip(run, lane, r, &from, &end);
	for (; from < end && sent < room && *looks; from++, --*looks) {
		len = copy_kept(run, lane, from, buf);
		if (len && is_readable(run, p, buf, len)) {
			l7_sock_send(run, buf, len);
			sent++;
		} else if (len && p->accepts) {
			forget_upto(run, lane, from);
		}
	}
	return sent;
}

static void answer(struct l7_sync_run *run, const struct l7_sync_peer *p,
		   const struct l7_nack *n)
{
	u32 i, sent = 0, looks = LOOKS_MAX;

	for (i = 0; i < n->nranges && !l7_sync_is_stopping(run); i++)
		sent += answer_range(run, p, n->lane, &n->ranges[i],
				     ANSWER_MAX - sent, &looks);
	l7_stat_add(run->ln->stats, L7_C_SYNC_RESENT, sent);
}

/* --- How far we are --- */

u32 l7_repair_tail(struct l7_sync_run *run, u8 flags, u8 *p, u32 cap)
{
	struct l7_tail t = { .flags = flags };
	u32 lane;

	spin_lock(&run->ring_lock);
	for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++) {
		t.sent[lane] = run->ring[lane].next - 1;
		t.oldest[lane] = run->ring[lane].oldest;
	}
	spin_unlock(&run->ring_lock);
	return l7_frames_tail_put(&t, p, cap);
}

static void send_tail(struct l7_sync_run *run, u8 flags)
{
	struct l7_sync_packet *out = &run->mend;

	out->len = l7_repair_tail(run, flags, l7_sync_frames(out),
				  L7_SYNC_MTU_MIN);
	l7_tx_send(run, out, L7_LANE_CONTROL);
}

/* Is it time? *@due: when it is, 0 if never. */
static bool is_tail_due(struct l7_sync_run *run, u64 now, u64 *due)
{
	bool is_due;

	spin_lock(&run->ring_lock);
	is_due = run->tail_due && run->tail_due <= now;
	if (is_due && ++run->tails < ARRAY_SIZE(tail_us))
		run->tail_due = now + tail_us[run->tails];
	else if (is_due)
		run->tail_due = 0;
	*due = run->tail_due;
	spin_unlock(&run->ring_lock);
	return is_due;
}

/* --- What we miss --- */

/* Others ask for the same, if there are any. */
static u32 spread(const struct l7_sync_run *run)
{
	return run->nalive > 1 ? get_random_u32() % SPREAD_US : 0;
}

static void fill_nack(struct l7_sync_peer *p, u8 lane, u64 now, u32 spread,
		      struct l7_nack *n)
{
	n->node = p->node;
	n->lane = lane;
	n->epoch = p->epoch;
	n->nranges = (u8)l7_gap_ask(&p->gap[lane], &p->win[lane], p->sent[lane],
				    now, spread, n->ranges, L7_WIRE_RANGES);
}

/* The next question that is due; *@due: when the first of the others is. */
static bool next_nack(struct l7_sync_run *run, u64 now, struct l7_nack *n,
		      u64 *due)
{
	struct l7_sync_peer *p;
	u64 when;
	u32 i, lane;

	n->nranges = 0;
	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX && !n->nranges; i++) {
		p = run->peers[i];
		if (!p || !l7_peer_is_alive(p))
			continue;
		for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++) {
			when = l7_gap_update(&p->gap[lane], &p->win[lane],
					     p->sent[lane], now, spread(run));
			if (when && when <= now && !n->nranges) {
				fill_nack(p, (u8)lane, now, spread(run), n);
				when = p->gap[lane].due;
			}
			if (when && (!*due || when < *due))
				*due = when;
		}
	}
	spin_unlock(&run->peers_lock);
	return n->nranges;
}

static void ask(struct l7_sync_run *run, const struct l7_nack *n)
{
	struct l7_sync_packet *out = &run->mend;

	out->len = l7_frames_nack_put(n, l7_sync_frames(out), L7_SYNC_MTU_MIN);
	l7_tx_send(run, out, L7_LANE_CONTROL);
	l7_stat_inc(run->ln->stats, L7_C_SYNC_NACK_TX);
}

/* Does all that is due; returns when there is more, 0: never. */
static u64 do_due(struct l7_sync_run *run)
{
	u64 now = l7_repair_now(), due;

	if (is_tail_due(run, now, &due))
		send_tail(run, 0);
	while (next_nack(run, now, &run->nack_tx, &due))
		ask(run, &run->nack_tx);
	return due;
}

/* What is due soon is slept for: a timer's tick is as long as a packet may be
 * late.
 */
void l7_repair_work(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(to_delayed_work(work),
					       struct l7_sync_run, repair);
	u64 due, now;

	while ((due = do_due(run)) && !l7_sync_is_stopping(run)) {
		now = l7_repair_now();
		if (due <= now)
			continue;
		if (due - now > 4 * NAP_US) {
			queue_delayed_work(run->wq, &run->repair,
					   usecs_to_jiffies(due - now));
			return;
		}
		now = min_t(u64, due - now, NAP_US);
		usleep_range(now, now + 100);
	}
}

/* --- Frames --- */

static void on_our_nack(struct l7_sync_run *run, const struct l7_sync_peer *p,
			const struct l7_nack *n)
{
	l7_stat_inc(run->ln->stats, L7_C_SYNC_NACK_RX);
	answer(run, p, n);
}

static bool asks_for(const struct l7_nack *n, u64 number)
{
	u32 i;

	for (i = 0; i < n->nranges; i++)
		if (number >= n->ranges[i].first &&
		    number - n->ranges[i].first < n->ranges[i].count)
			return true;
	return false;
}

/* Another misses the same: the answer to it is ours as well. */
static void on_others_nack(struct l7_sync_run *run, const struct l7_nack *n)
{
	struct l7_sync_peer *p;

	spin_lock(&run->peers_lock);
	p = l7_peer_find(run, n->node);
	if (p && p->epoch == n->epoch &&
	    asks_for(n, l7_window_contiguous(&p->win[n->lane]) + 1))
		l7_gap_overheard(&p->gap[n->lane], l7_repair_now(), spread(run));
	spin_unlock(&run->peers_lock);
}

int l7_repair_on_nack(struct l7_sync_run *run, const struct l7_sync_peer *p,
		      const struct l7_frame *f)
{
	struct l7_nack *n = &run->nack_rx;

	if (l7_frames_nack_get(f, n))
		return -EBADMSG;
	if (n->node != run->conf.node)
		on_others_nack(run, n);
	else if (n->epoch == run->epoch)
		on_our_nack(run, p, n);
	return 0;
}

int l7_repair_on_tail(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_frame *f)
{
	struct l7_tail t;
	u32 lane;

	if (l7_frames_tail_get(f, &t))
		return -EBADMSG;
	spin_lock(&run->peers_lock);
	for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++) {
		p->sent[lane] = max(p->sent[lane], t.sent[lane]);
		p->oldest[lane] = max(p->oldest[lane], t.oldest[lane]);
	}
	/* and again when what is missing has come */
	if (t.flags & L7_TAIL_REPORT &&
	    l7_window_contiguous(&p->win[L7_LANE_LIVE]) < t.sent[L7_LANE_LIVE])
		p->report = t.sent[L7_LANE_LIVE];
	spin_unlock(&run->peers_lock);
	if (t.flags & L7_TAIL_REPORT)
		l7_sync_hello_soon(run);
	l7_repair_look(run, p);
	return 0;
}

void l7_repair_look(struct l7_sync_run *run, const struct l7_sync_peer *p)
{
	if (l7_peer_missing(p))
		kick(run);
}

/* --- The end --- */

bool l7_repair_finish(struct l7_sync_run *run, u32 ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	u64 sent = atomic64_read(&run->number[L7_LANE_LIVE]);
	bool all;

	while (!(all = l7_peer_all_have(run, sent)) && time_before(jiffies, end)) {
		set_bit(L7_SYNC_TODO_REPORT, &run->todo);
		l7_sync_kick_tx(run);
		usleep_range(10000, 11000);
	}
	return all;
}
