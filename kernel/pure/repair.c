// SPDX-License-Identifier: GPL-2.0
/*
 * See repair.h. No locks; the state is the caller's.
 */
#include "repair.h"

static u64 top_of(const struct l7_window *w, u64 told)
{
	return told > w->highest ? told : w->highest;
}

u32 l7_rtt_smooth(u32 rtt, u32 sample)
{
	sample = sample < L7_RTT_MAX_US ? sample : L7_RTT_MAX_US;
	if (rtt)
		sample = rtt - rtt / 8 + sample / 8;
	return sample ? sample : 1;
}

/* For how long a packet may be late. */
static u64 hold_of(const struct l7_gap *g)
{
	const u64 most = L7_REPAIR_HOLD_US << L7_REPAIR_LATE_MAX;
	u64 hold = ((u64)L7_REPAIR_HOLD_US + g->rtt) << g->late;

	return hold < most ? hold : most;
}

u64 l7_gap_update(struct l7_gap *g, struct l7_window *w, u64 told, u64 now,
		  u32 spread)
{
	u64 top = top_of(w, told), all = l7_window_contiguous(w);

	if (all >= top) {
		g->due = 0;
		g->tries = 0;
		return 0;
	}
	if (g->due && g->stuck == all)
		return g->due;
	/* the answers to a question follow each other closely, but this may have been late */
	g->due = now + spread + (g->tries ? (u64)L7_REPAIR_FIRST_US + g->rtt :
					    hold_of(g));
	g->stuck = all;
	g->top = top;
	g->tries = 0;
	return g->due;
}

void l7_gap_asked(struct l7_gap *g, const struct l7_window *w, u64 told,
		  u64 now, u32 spread)
{
	u64 most = w->received == g->received ? L7_REPAIR_MAX_US :
						L7_REPAIR_BUSY_US;
	u64 pause = (u64)L7_REPAIR_FIRST_US << (g->tries < 5 ? g->tries : 5);

	g->due = now + g->rtt + (pause < most ? pause : most) + spread;
	g->asked = w->contiguous + 1;
	g->top = top_of(w, told);
	g->received = w->received;
	if (g->tries < 255)
		g->tries++;
	if (g->late && ++g->needed >= L7_REPAIR_TRUST) {
		g->late--;
		g->needed = 0;
	}
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
	u64 due = now + g->rtt + L7_REPAIR_FIRST_US + spread;

	if (g->due && g->due < due)
		g->due = due;
}
