// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the channel: each peer is asked for an answer to a short packet and to a full
 * one. Owns struct l7_sync_peer.echo. What a peer asks is kept in one place by size,
 * so however often it does, a turn of the sender answers twice at most; as any packet,
 * to all peers.
 */
#include "sync_priv.h"

/* --- Asking --- */

/* The size is told by the last bit. */
static u32 serial(const struct l7_sync_run *run, u32 size)
{
	return run->test << 1 | size;
}

static u16 body(u32 size, u32 frames_max)
{
	return size == L7_ECHO_FULL ? frames_max - L7_WIRE_FRAME : L7_WIRE_ECHO;
}

/* The question of this size for the peer at @place; false if there is none to ask. */
static bool question(struct l7_sync_run *run, u32 place, u32 size,
		     struct l7_echo *e)
{
	struct l7_sync_peer *p;

	spin_lock(&run->peers_lock);
	p = run->peers[place];
	if (p && !p->echo.rtt[size]) {
		*e = (struct l7_echo) {
			.kind = L7_ECHO_ASK, .node = p->node, .epoch = p->epoch,
			.len = body(size, READ_ONCE(run->frames_max)),
			.serial = serial(run, size),
		};
		/* of several tries it is not known which is answered */
		if (!p->echo.asked[size])
			p->echo.asked[size] = ktime_get();
	} else {
		p = NULL;
	}
	spin_unlock(&run->peers_lock);
	return p;
}

/* --- Answering --- */

static void owe(struct l7_sync_run *run, struct l7_sync_peer *p,
		const struct l7_echo *e)
{
	struct l7_echo *owed = &p->echo.owed[e->serial % L7_ECHO_SIZES];

	spin_lock(&run->peers_lock);
	*owed = *e;
	owed->kind = L7_ECHO_ANSWER;
	owed->node = p->node;
	owed->epoch = p->epoch;
	spin_unlock(&run->peers_lock);
	set_bit(L7_SYNC_TODO_ANSWER, &run->todo);
	l7_sync_kick_tx(run);
}

/* The answer that is owed to the peer at @place, cut to what a packet holds here. */
static bool answer(struct l7_sync_run *run, u32 place, u32 size,
		   struct l7_echo *e)
{
	u32 room = body(L7_ECHO_FULL, READ_ONCE(run->frames_max));
	struct l7_sync_peer *p;

	e->len = 0;
	spin_lock(&run->peers_lock);
	p = run->peers[place];
	if (p) {
		*e = p->echo.owed[size];
		p->echo.owed[size].len = 0;
	}
	spin_unlock(&run->peers_lock);
	e->len = min_t(u32, e->len, room);
	e->time = ktime_to_us(ktime_get_real());
	return e->len;
}

/* --- Answers --- */

static s32 ahead_ms(const struct l7_echo *e, s64 rtt)
{
	s64 here = ktime_to_us(ktime_get_real()) - rtt / 2;

	return clamp_t(s64, div_s64((s64)e->time - here, 1000), S32_MIN, S32_MAX);
}

static void take_answer(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_echo *e)
{
	u32 size = e->serial % L7_ECHO_SIZES;
	struct l7_sync_echo *x = &p->echo;
	s64 rtt;

	spin_lock(&run->peers_lock);
	if (e->serial == serial(run, size) && x->asked[size] && !x->rtt[size]) {
		rtt = ktime_us_delta(ktime_get(), x->asked[size]);
		x->rtt[size] = clamp_t(s64, rtt, 1, U32_MAX);
		x->bytes[size] = L7_SYNC_OVERHEAD + L7_WIRE_FRAME + e->len;
		if (size == L7_ECHO_SHORT)
			x->ahead = ahead_ms(e, rtt);
	}
	spin_unlock(&run->peers_lock);
}

int l7_echo_on_echo(struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_frame *f)
{
	struct l7_echo e;

	if (l7_frames_echo_get(f, &e))
		return -EBADMSG;
	if (e.node != run->conf.node || e.epoch != run->epoch)
		return 0;
	if (e.kind == L7_ECHO_ASK)
		owe(run, p, &e);
	else if (e.kind == L7_ECHO_ANSWER)
		take_answer(run, p, &e);
	return 0;
}

/* --- Sending --- */

static void send_to_all(struct l7_sync_run *run,
			bool (*what)(struct l7_sync_run *run, u32 place,
				     u32 size, struct l7_echo *e))
{
	struct l7_sync_packet *out = &run->live.out;
	struct l7_echo e;
	u32 i, size;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		for (size = 0; size < L7_ECHO_SIZES; size++) {
			if (!what(run, i, size, &e))
				continue;
			out->len = l7_frames_echo_put(&e, l7_sync_frames(out),
						      L7_WIRE_MAX - L7_SYNC_OVERHEAD);
			l7_tx_send(run, out, L7_LANE_CONTROL);
		}
	}
}

void l7_echo_send(struct l7_sync_run *run)
{
	if (test_and_clear_bit(L7_SYNC_TODO_ANSWER, &run->todo))
		send_to_all(run, answer);
	if (test_and_clear_bit(L7_SYNC_TODO_TEST, &run->todo))
		send_to_all(run, question);
}

/* --- The test --- */

static void begin(struct l7_sync_run *run)
{
	u32 i, size;

	spin_lock(&run->peers_lock);
	run->test++;
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		for (size = 0; run->peers[i] && size < L7_ECHO_SIZES; size++) {
			run->peers[i]->echo.asked[size] = 0;
			run->peers[i]->echo.rtt[size] = 0;
			run->peers[i]->echo.bytes[size] = 0;
		}
	spin_unlock(&run->peers_lock);
}

int l7_sync_selftest(struct l7_net *ln, bool again)
{
	struct l7_sync_run *run = ln->sync->run;

	if (!run)
		return -ENOENT;
	if (!again)
		begin(run);
	set_bit(L7_SYNC_TODO_TEST, &run->todo);
	l7_sync_kick_tx(run);
	return 0;
}
