// SPDX-License-Identifier: GPL-2.0
/*
 * See repair.h. No locks; the state is the caller's.
 */
#include "repair.h"

static u64 max_of(u64 a, u64 b)
{
	return a > b ? a : b;
}

static u64 top_of(const struct l7_window *w, u64 told)
{
	return max_of(told, w->highest);
}

/* The least of the last few. */
static u32 least(const struct l7_rtt *r)
{
	u32 i, us = r->recent[0];

	for (i = 1; i < r->n && i < L7_RTT_RECENT; i++)
		us = us < r->recent[i] ? us : r->recent[i];
	return us;
}

void l7_rtt_measured(struct l7_rtt *r, u32 of, u32 us)
{
	us = us < L7_RTT_MAX_US ? us : L7_RTT_MAX_US;
	if (r->n && r->of == of) {
		u32 *last = &r->recent[(r->n - 1) % L7_RTT_RECENT];

		*last = us < *last ? us : *last;
		return;
	}
	r->of = of;
	r->recent[r->n % L7_RTT_RECENT] = us;
	r->n++;
	us = least(r);
	if (r->n > L7_RTT_RECENT)
		us = r->mean - r->mean / 8 + us / 8;
	r->mean = us ? us : 1;
}

/* For how long a packet may be late. */
static u64 hold_of(const struct l7_gap *g)
{
	const u64 most = L7_REPAIR_HOLD_US << L7_REPAIR_LATE_MAX;
	u64 hold = ((u64)L7_REPAIR_HOLD_US + g->rtt) << g->late;

	return hold < most ? hold : most;
}

/* Until an answer can have come, and @pause at least. */
static u64 pause_of(const struct l7_gap *g, u64 pause)
{
	return max_of(pause, (u64)L7_REPAIR_HOLD_US + g->rtt);
}

u64 l7_gap_update(struct l7_gap *g, struct l7_window *w, u64 told, u64 now,
		  u32 spread)
{
	u64 top = top_of(w, told), all = l7_window_contiguous(w);

	if (all >= top) {
		g->due = 0;
		g->tries = 0;
		g->next = 0;
		return 0;
	}
	if (g->due && (g->stuck == all || g->next))
		return g->due;
	/* the answers to a question follow each other closely, but this may have been late */
	g->due = now + spread + (g->tries ? pause_of(g, L7_REPAIR_FIRST_US) :
					    hold_of(g));
	g->stuck = all;
	g->top = top;
	g->tries = 0;
	g->yielded = false;
	return g->due;
}

/* All that is missing was asked for. */
static void asked(struct l7_gap *g, const struct l7_window *w, u64 told,
		  u64 now, u32 spread)
{
	u64 most = w->received == g->received ? L7_REPAIR_MAX_US :
						L7_REPAIR_BUSY_US;
	u64 pause = (u64)L7_REPAIR_FIRST_US << (g->tries < 5 ? g->tries : 5);

	g->due = now + pause_of(g, pause < most ? pause : most) + spread;
	g->next = 0;
	g->top = top_of(w, told);
	g->received = w->received;
	g->yielded = false;
	if (!g->tries)
		g->began = now;
	if (g->tries < 255)
		g->tries++;
	if (g->late && ++g->needed >= L7_REPAIR_TRUST) {
		g->late--;
		g->needed = 0;
	}
}

u32 l7_gap_ask(struct l7_gap *g, const struct l7_window *w, u64 told, u64 now,
	       u32 spread, struct l7_range *r, u32 max)
{
	u32 n = l7_window_gaps(w, g->next, g->top, r, max);
	u64 last = n ? r[n - 1].first + r[n - 1].count - 1 : 0;

	if (!g->next)
		g->asked = w->contiguous + 1;
	if (n < max || last >= g->top) {
		asked(g, w, told, now, spread);
	} else {
		g->next = last + 1;
		g->due = now + L7_REPAIR_REST_US;
	}
	return n;
}

bool l7_gap_is_vain(const struct l7_gap *g, u64 now)
{
	return g->tries >= L7_REPAIR_TRIES ||
	       (g->tries && now - g->began >= L7_REPAIR_VAIN_US);
}

/* As the window for reordering of RFC 8985 (6.2) follows duplicate SACKs. */
void l7_gap_repeated(struct l7_gap *g, u64 n)
{
	if (!n || n != g->asked)
		return;
	g->asked = 0;
	g->needed = 0;
	if (g->late < L7_REPAIR_LATE_MAX)
		g->late++;
}

void l7_gap_overheard(struct l7_gap *g, u64 now, u32 spread)
{
	u64 due = now + pause_of(g, L7_REPAIR_FIRST_US) + spread;

	if (!g->due || g->due >= due || g->yielded)
		return;
	g->due = due;
	g->yielded = true;
}
