// SPDX-License-Identifier: GPL-2.0
/*
 * Loss repair: when a peer is asked, and a link in fast motion, of a sender
 * that keeps its last packets and a receiver that asks for what it misses.
 * Whatever is lost, late or doubled, all comes, or is given up and counted.
 */
#include "unit.h"
#include "pure/repair.h"

/* Returns how many ranges it has. */
static u32 question(struct l7_gap *g, const struct l7_window *w, u64 told, u64 now,
		    u32 spread)
{
	struct l7_range r[32];

	return l7_gap_ask(g, w, told, now, spread, r, 32);
}

static void nothing_missing(void)
{
	struct l7_gap g = {};
	struct l7_window w;

	l7_window_init(&w, 10);
	CHECK_EQ(l7_gap_update(&g, &w, 0, 1000, 0), 0);
	CHECK_EQ(l7_gap_update(&g, &w, 10, 1000, 0), 0);
	l7_window_take(&w, 11);
	CHECK_EQ(l7_gap_update(&g, &w, 11, 1000, 0), 0);
}

static void late_is_not_lost(void)
{
	struct l7_gap g = {};
	struct l7_window w;

	l7_window_init(&w, 10);
	l7_window_take(&w, 12);
	CHECK_EQ(l7_gap_update(&g, &w, 12, 1000, 0), 1000 + L7_REPAIR_HOLD_US);
	l7_window_take(&w, 13);
	CHECK_EQ(l7_gap_update(&g, &w, 13, 2000, 0), 1000 + L7_REPAIR_HOLD_US);
	l7_window_take(&w, 11);
	CHECK_EQ(l7_gap_update(&g, &w, 13, 2500, 0), 0);
	/* the next one has its own time */
	l7_window_take(&w, 15);
	CHECK_EQ(l7_gap_update(&g, &w, 15, 2600, 7), 2607 + L7_REPAIR_HOLD_US);
	CHECK_EQ(g.top, 15);
}

static void the_tail_is_told(void)
{
	struct l7_gap g = {};
	struct l7_window w;

	l7_window_init(&w, 10);
	CHECK_EQ(l7_gap_update(&g, &w, 12, 1, 0), 1 + L7_REPAIR_HOLD_US);
	CHECK_EQ(g.top, 12);
}

static void asked_again_and_again(void)
{
	static const u64 pause[] = { 5000, 10000, 20000, 40000, 80000, 100000, 100000 };
	struct l7_gap g = {};
	struct l7_window w;
	u64 now;
	u32 i;

	l7_window_init(&w, 10);
	g.received = w.received;
	now = l7_gap_update(&g, &w, 12, 1, 0);
	for (i = 0; i < sizeof(pause) / sizeof(pause[0]); i++) {
		question(&g, &w, 12, now, 0);
		CHECK_EQ(g.tries, i + 1);
		CHECK_EQ(l7_gap_update(&g, &w, 12, now + 1, 0), now + pause[i]);
		now += pause[i];
	}
	/* an answer, but not all of it */
	l7_window_take(&w, 11);
	CHECK_EQ(l7_gap_update(&g, &w, 12, now, 0), now + L7_REPAIR_FIRST_US);
	CHECK_EQ(g.tries, 0);
	/* while others come, no longer pauses than need be */
	for (i = 0; i < 9; i++) {
		l7_window_take(&w, 13 + i);
		question(&g, &w, 12, now, 0);
	}
	CHECK_EQ(g.due, now + L7_REPAIR_BUSY_US);
	for (i = 0; i < 1000; i++)
		question(&g, &w, 12, now, 0);
	CHECK_EQ(g.tries, 255);
}

/* From far away nothing can come earlier, and be later by more. */
static void far_away(void)
{
	const u32 rtt = 10000;
	struct l7_gap g = { .rtt = rtt };
	struct l7_window w;
	u64 due;

	l7_window_init(&w, 10);
	due = l7_gap_update(&g, &w, 13, 1000, 0);
	CHECK_EQ(due, 1000 + L7_REPAIR_HOLD_US + rtt);
	question(&g, &w, 13, due, 0);
	CHECK_EQ(g.due, due + L7_REPAIR_HOLD_US + rtt);
	question(&g, &w, 13, due, 0);
	question(&g, &w, 13, due, 0);
	CHECK_EQ(g.due, due + L7_REPAIR_FIRST_US * 4);
	/* late, or an answer */
	l7_window_take(&w, 11);
	CHECK_EQ(l7_gap_update(&g, &w, 13, due, 0), due + L7_REPAIR_HOLD_US + rtt);
	g.rtt = L7_RTT_MAX_US;
	g.late = L7_REPAIR_LATE_MAX;
	l7_window_take(&w, 12);
	CHECK_EQ(l7_gap_update(&g, &w, 13, due, 0),
		 due + (L7_REPAIR_HOLD_US << L7_REPAIR_LATE_MAX));
}

static void how_far(void)
{
	struct l7_rtt r = {};
	u32 i, of = 0;

	l7_rtt_measured(&r, of++, 0);
	CHECK_EQ(r.mean, 1);
	r = (struct l7_rtt){};
	/* the least, as long as there are few */
	l7_rtt_measured(&r, of++, 900000);
	CHECK_EQ(r.mean, 900000);
	l7_rtt_measured(&r, of++, 800);
	CHECK_EQ(r.mean, 800);
	/* of the same question the least answer, which counts with the next */
	l7_rtt_measured(&r, of - 1, 1000);
	l7_rtt_measured(&r, of - 1, 700);
	CHECK_EQ(r.mean, 800);
	l7_rtt_measured(&r, of++, 1600);
	CHECK_EQ(r.mean, 700);
	l7_rtt_measured(&r, of++, 1600);
	CHECK_EQ(r.mean, 700);
	l7_rtt_measured(&r, of++, 1600);
	CHECK_EQ(r.mean, 700);
	l7_rtt_measured(&r, of++, 1600);
	CHECK_EQ(r.mean, 700 - 700 / 8 + 200);
	/* busy for a while: nothing of it */
	for (i = 0; i < 3; i++)
		l7_rtt_measured(&r, of++, 1000000);
	CHECK(r.mean < 1600);
	for (i = 0; i < 200; i++)
		l7_rtt_measured(&r, of++, 0xffffffff);
	CHECK(r.mean > L7_RTT_MAX_US / 100 * 99 && r.mean <= L7_RTT_MAX_US);
	for (i = 0; i < 200; i++)
		l7_rtt_measured(&r, of++, 0);
	CHECK(r.mean && r.mean < 10);
}

/* More ranges than there is room for: the rest is asked for at once, and it is one question. */
static void in_parts(void)
{
	struct l7_range r[2];
	struct l7_gap g = {};
	struct l7_window w;
	u64 due;
	u32 i;

	l7_window_init(&w, 10);
	for (i = 12; i <= 20; i += 2)
		l7_window_take(&w, i);
	due = l7_gap_update(&g, &w, 20, 1000, 0);
	CHECK_EQ(l7_gap_ask(&g, &w, 20, due, 0, r, 2), 2);
	CHECK_EQ(r[0].first, 11);
	CHECK_EQ(r[1].first, 13);
	CHECK_EQ(g.due, due + L7_REPAIR_REST_US);
	CHECK_EQ(g.tries, 0);
	/* what comes meanwhile does not begin it anew */
	l7_window_take(&w, 11);
	due = l7_gap_update(&g, &w, 20, due + 1, 0);
	CHECK_EQ(due, g.due);
	CHECK_EQ(l7_gap_ask(&g, &w, 20, due, 0, r, 2), 2);
	CHECK_EQ(r[0].first, 15);
	CHECK_EQ(r[1].first, 17);
	CHECK_EQ(l7_gap_ask(&g, &w, 20, due, 0, r, 2), 1);
	CHECK_EQ(r[0].first, 19);
	CHECK_EQ(g.tries, 1);
	CHECK_EQ(g.due, due + L7_REPAIR_FIRST_US);
	/* nor are there parts of nothing */
	l7_window_init(&w, 10);
	g = (struct l7_gap){};
	l7_window_take(&w, 12);
	l7_window_take(&w, 14);
	due = l7_gap_update(&g, &w, 16, 1000, 0);
	CHECK_EQ(l7_gap_ask(&g, &w, 16, due, 0, r, 2), 2);
	for (i = 15; i <= 16; i++)
		l7_window_take(&w, i);
	CHECK_EQ(l7_gap_ask(&g, &w, 16, due, 0, r, 2), 0);
	CHECK_EQ(g.tries, 1);
	CHECK_EQ(g.next, 0);
	/* and they end with the last number that there is */
	l7_window_init(&w, ~0ull - 3);
	g = (struct l7_gap){};
	l7_window_take(&w, ~0ull - 1);
	due = l7_gap_update(&g, &w, ~0ull, 1000, 0);
	CHECK_EQ(l7_gap_ask(&g, &w, ~0ull, due, 0, r, 2), 2);
	CHECK_EQ(r[1].first, ~0ull);
	CHECK_EQ(g.tries, 1);
	CHECK_EQ(g.next, 0);
}

/* Often enough, or for long enough. */
static void hopeless(void)
{
	struct l7_gap g = { .rtt = L7_RTT_MAX_US };
	struct l7_window w;
	u64 now;
	u32 i;

	l7_window_init(&w, 10);
	now = l7_gap_update(&g, &w, 12, 1, 0);
	CHECK(!l7_gap_is_vain(&g, now + 2 * L7_REPAIR_VAIN_US));
	question(&g, &w, 12, now, 0);
	CHECK(!l7_gap_is_vain(&g, now + L7_REPAIR_VAIN_US - 1));
	CHECK(l7_gap_is_vain(&g, now + L7_REPAIR_VAIN_US));
	for (i = 1; i < L7_REPAIR_TRIES; i++) {
		CHECK(!l7_gap_is_vain(&g, now));
		question(&g, &w, 12, now, 0);
	}
	CHECK(l7_gap_is_vain(&g, now));
}

/* The answer to another's question is waited for, and is no question of ours. */
static void others_ask(void)
{
	struct l7_gap g = {};
	struct l7_window w;

	l7_window_init(&w, 10);
	l7_gap_overheard(&g, 1000, 7);
	CHECK_EQ(g.due, 0);
	l7_gap_update(&g, &w, 12, 1000, 0);
	l7_gap_overheard(&g, 1500, 7);
	CHECK_EQ(g.due, 1507 + L7_REPAIR_FIRST_US);
	/* once: the answer may not come here */
	l7_gap_overheard(&g, 3000, 7);
	CHECK_EQ(g.due, 1507 + L7_REPAIR_FIRST_US);
	CHECK_EQ(g.tries, 0);
	question(&g, &w, 12, 100000, 3);
	CHECK_EQ(g.due, 100003 + L7_REPAIR_FIRST_US);
	l7_gap_overheard(&g, 1600, 7);
	CHECK_EQ(g.due, 100003 + L7_REPAIR_FIRST_US);
	CHECK_EQ(g.tries, 1);
}

/* What comes once more after it was asked for was late: more is waited for, until questions
 * are needed again.
 */
static void in_vain(void)
{
	struct l7_gap g = {};
	struct l7_window w;
	u32 i;

	l7_window_init(&w, 10);
	l7_gap_repeated(&g, 0);
	l7_gap_repeated(&g, 10);
	CHECK_EQ(g.late, 0);
	for (i = 0; i < 2 * L7_REPAIR_LATE_MAX; i++) {
		u64 n = w.highest + 1;

		l7_window_take(&w, n + 2);
		l7_gap_update(&g, &w, 0, 1000, 0);
		question(&g, &w, 0, 5000, 0);
		l7_window_take(&w, n);
		l7_window_take(&w, n + 1);
		l7_gap_update(&g, &w, 0, 6000, 0);
		/* not asked for */
		l7_gap_repeated(&g, n - 1);
		l7_gap_repeated(&g, n + 3);
		CHECK_EQ(g.late, i < L7_REPAIR_LATE_MAX ? i : L7_REPAIR_LATE_MAX);
		l7_gap_repeated(&g, n);
		/* one question, one answer */
		l7_gap_repeated(&g, n + 1);
		CHECK_EQ(g.late, i < L7_REPAIR_LATE_MAX ? i + 1 : L7_REPAIR_LATE_MAX);
	}
	l7_window_take(&w, w.highest + 2);
	CHECK_EQ(l7_gap_update(&g, &w, 0, 1000, 0),
		 1000 + (L7_REPAIR_HOLD_US << L7_REPAIR_LATE_MAX));
	for (i = 0; i < L7_REPAIR_LATE_MAX * L7_REPAIR_TRUST; i++) {
		CHECK_EQ(g.late, L7_REPAIR_LATE_MAX - i / L7_REPAIR_TRUST);
		question(&g, &w, 0, 5000, 0);
	}
	CHECK_EQ(g.late, 0);
}

/* --- A link in fast motion --- */

#define PACKETS		3000
#define RING		1024
#define STEP_US		100
#define FLYING		4096
#define TAILS		3

/** struct flying - on its way to the receiver: a packet, or word of the sender's
 * @told: 0, or the highest number sent; then @number is the oldest kept
 */
struct flying {
	u64 at;
	u64 number;
	u64 told;
};

/** struct link - what it does to packets, and all that is at its ends
 * @loss: in 1/100
 * @way_us: what a packet takes, 0: 200
 * @early: in 1/100, those that take 200 for all that
 * @late: in 1/100, by up to @late_us
 * @twice: in 1/100
 */
struct link {
	u32 way_us, early, loss, late, late_us, twice;
	uint64_t rng;
	u64 now;
	struct flying flying[FLYING];
	u32 nflying;
	/* sender */
	u64 next, tail_due;
	u32 ring;
	u32 tails, resent;
	/* receiver */
	struct l7_window w;
	struct l7_gap gap;
	u64 told, oldest, lost, asked;
};

static u64 oldest_kept(const struct link *l)
{
	u32 ring = l->ring ? l->ring : RING;

	return l->next > ring ? l->next - ring : 1;
}

static void fly(struct link *l, u64 number, u64 told)
{
	u64 delay = l->way_us ? l->way_us : 200;

	if (unit_below(&l->rng, 100) < l->loss)
		return;
	if (unit_below(&l->rng, 100) < l->early)
		delay = 200;
	if (unit_below(&l->rng, 100) < l->late)
		delay += unit_below(&l->rng, l->late_us);
	if (l->nflying < FLYING)
		l->flying[l->nflying++] = (struct flying){
			.at = l->now + delay, .number = number, .told = told,
		};
	if (!told && unit_below(&l->rng, 100) < l->twice && l->nflying < FLYING)
		l->flying[l->nflying++] = (struct flying){
			.at = l->now + delay + unit_below(&l->rng, 3000),
			.number = number,
		};
}

static void land(struct link *l, const struct flying *f)
{
	if (f->told) {
		l->told = f->told > l->told ? f->told : l->told;
		l->oldest = f->number > l->oldest ? f->number : l->oldest;
	} else if (!l7_window_take(&l->w, f->number)) {
		l7_gap_repeated(&l->gap, f->number);
	}
}

static void send_next(struct link *l)
{
	static const u64 tail[TAILS] = { 3000, 10000, 30000 };

	if (l->next <= PACKETS && !unit_below(&l->rng, 10)) {
		fly(l, l->next++, 0);
		l->tail_due = l->now + tail[0];
		l->tails = 0;
	}
	if (l->tails < TAILS && l->now >= l->tail_due) {
		fly(l, oldest_kept(l), l->next - 1);
		if (++l->tails < TAILS)
			l->tail_due = l->now + tail[l->tails];
	}
	/* the regular sign of life */
	if (l->now % 100000 == 0)
		fly(l, oldest_kept(l), l->next - 1);
}

static void receive(struct link *l)
{
	u32 i = 0;

	while (i < l->nflying) {
		if (l->flying[i].at > l->now) {
			i++;
			continue;
		}
		land(l, &l->flying[i]);
		l->flying[i] = l->flying[--l->nflying];
	}
}

static void ask(struct link *l)
{
	u64 due = l7_gap_update(&l->gap, &l->w, l->told, l->now, 0), n;
	struct l7_range r[32];
	u32 i, used;

	if (!due || due > l->now)
		return;
	l->asked++;
	used = l7_gap_ask(&l->gap, &l->w, l->told, l->now, 0, r, 32);
	if (unit_below(&l->rng, 100) < l->loss)
		return;
	for (i = 0; i < used; i++) {
		for (n = r[i].first; n < r[i].first + r[i].count; n++) {
			if (n < oldest_kept(l) || n >= l->next)
				continue;
			l->resent++;
			fly(l, n, 0);
		}
	}
}

/* Returns when all had come, microseconds after the last was sent first. */
static u64 run(struct link *l)
{
	u64 last = 0;

	l->next = 1;
	l->now = STEP_US;
	l7_window_init(&l->w, 0);
	while (l->now < 100000000) {
		send_next(l);
		receive(l);
		if (l->now % 100000 == 0 && l->oldest)
			l->lost += l7_window_give_up(&l->w, l->oldest - 1);
		ask(l);
		if (l->next <= PACKETS)
			last = l->now;
		else if (l7_window_contiguous(&l->w) == PACKETS)
			return l->now - last;
		l->now += STEP_US;
	}
	return 0;
}

/* What overtakes all that is under way is no sign of loss, from the first packet on. */
static void overtaking(void)
{
	static struct link l;
	uint64_t rng = unit_seed();
	u32 ms;

	for (ms = 1; ms <= 10; ms++) {
		memset(&l, 0, sizeof(l));
		l.rng = unit_rand(&rng);
		l.way_us = ms * 1000;
		l.early = 25;
		/* as HELLOs of which a quarter, each way, is early */
		l.gap.rtt = 2 * l.way_us * 3 / 4;
		if (!CHECK(run(&l)) || !CHECK_EQ(l.lost, 0) ||
		    !CHECK_EQ(l.resent, 0))
			return;
	}
}

/* Five like @as. */
static void check_links(const struct link *as, u64 within, u32 extra)
{
	static struct link l;
	uint64_t rng = unit_seed();
	u64 took;
	u32 i;

	for (i = 0; i < 5; i++) {
		l = *as;
		l.rng = unit_rand(&rng);
		took = run(&l);
		if (!CHECK(took && took < within) || !CHECK_EQ(l.lost, 0) ||
		    !CHECK_EQ(l.w.received, PACKETS) ||
		    !CHECK(l.resent <= extra))
			return;
	}
}

static void check_link(u32 loss, u32 late, u32 late_us, u32 twice, u64 within,
		       u32 extra)
{
	static struct link as;

	as.loss = loss;
	as.late = late;
	as.late_us = late_us;
	as.twice = twice;
	check_links(&as, within, extra);
}

static void clean_link(void)
{
	check_link(0, 0, 0, 0, 1000, 0);
	check_link(0, 0, 0, 30, 5000, 0);
}

/* Packets that overtake each other are not asked for. */
static void reordering(void)
{
	check_link(0, 25, 1500, 0, 5000, 0);
	check_link(0, 25, 1500, 10, 5000, 0);
	/* nor, soon, those that are later than is usual */
	check_link(0, 25, 12000, 0, 50000, PACKETS / 100);
	check_link(0, 75, 12000, 0, 50000, PACKETS / 100);
}

static void loss(void)
{
	check_link(1, 0, 0, 0, 300000, 2 * PACKETS / 100);
	check_link(5, 0, 0, 0, 500000, 3 * PACKETS / 20);
	check_link(20, 0, 0, 0, 1000000, PACKETS);
	check_link(20, 25, 1500, 10, 1000000, PACKETS);
	check_link(50, 10, 1500, 0, 2000000, 8 * PACKETS);
}

/* From far away, with many lost: as many are asked for as are lost meanwhile. */
static void far_loss(void)
{
	static const struct link as = {
		.loss = 20, .way_us = 65000, .ring = 4096, .gap.rtt = 130000,
	};

	check_links(&as, 1500000, PACKETS / 2);
}

/* Cut off for longer than the sender keeps packets: the rest is given up. */
static void cut_off(void)
{
	static struct link l;

	memset(&l, 0, sizeof(l));
	l.rng = unit_seed();
	l.next = 1;
	l.now = STEP_US;
	l7_window_init(&l.w, 0);
	l.loss = 100;
	while (l.next <= PACKETS) {
		send_next(&l);
		l.now += STEP_US;
	}
	l.loss = 0;
	for (l.now += 100000 - l.now % 100000; l.now < 10000000; l.now += STEP_US) {
		send_next(&l);
		receive(&l);
		if (l.now % 100000 == 0 && l.oldest)
			l.lost += l7_window_give_up(&l.w, l.oldest - 1);
		ask(&l);
	}
	CHECK_EQ(l7_window_contiguous(&l.w), PACKETS);
	CHECK_EQ(l.lost, PACKETS - RING);
	CHECK_EQ(l7_window_missing(&l.w), 0);
}

int main(void)
{
	UNIT_RUN(nothing_missing);
	UNIT_RUN(late_is_not_lost);
	UNIT_RUN(the_tail_is_told);
	UNIT_RUN(asked_again_and_again);
	UNIT_RUN(in_vain);
	UNIT_RUN(others_ask);
	UNIT_RUN(far_away);
	UNIT_RUN(how_far);
	UNIT_RUN(in_parts);
	UNIT_RUN(hopeless);
	UNIT_RUN(clean_link);
	UNIT_RUN(reordering);
	UNIT_RUN(overtaking);
	UNIT_RUN(loss);
	UNIT_RUN(far_loss);
	UNIT_RUN(cut_off);
	return unit_end();
}
