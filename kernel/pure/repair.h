/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When to ask a peer for packets that did not come. What is missing is told by
 * the window; a packet that is merely late must not be asked for, and one that
 * is lost soon enough. What comes from far away may be later: by the way there and back
 * (RFC 8985, 6.2, has that as the most), of which 30 ms count; and before that no answer
 * can come. Time is in microseconds of a steady clock, never 0.
 */
#ifndef L7_PURE_REPAIR_H
#define L7_PURE_REPAIR_H

#include "window.h"

#define L7_REPAIR_HOLD_US	2000	/* a packet may be late by so much */
#define L7_REPAIR_LATE_MAX	4	/* and by 2^4 times that at most, where many are */
#define L7_REPAIR_TRUST		16	/* questions that were all needed: half of it */
#define L7_REPAIR_FIRST_US	5000	/* from one question to the next */
#define L7_REPAIR_BUSY_US	20000	/* at most, while other packets come */
#define L7_REPAIR_MAX_US	100000	/* at most, or as far as the way is */
#define L7_REPAIR_REST_US	500	/* from a part of a question to the next */
#define L7_REPAIR_TRIES		100	/* questions in vain: it is given up */
#define L7_REPAIR_VAIN_US	10000000	/* or so long in vain */
#define L7_RTT_MAX_US		1000000
#define L7_RTT_RECENT		4	/* measurements of which the least counts */

/** struct l7_gap - what is missing of one sender's lane
 * @stuck: all numbers up to this had come when @due was set
 * @top: at @due, numbers up to this are late enough to be asked for
 * @due: when to ask; 0 = nothing is missing
 * @received: numbers that had come at the last question
 * @next: the last question had no room for what is missing from here on, 0 = it had
 * @began: when the first of @tries was
 * @asked: first number that the last question was for; 0: it was seen to have been in vain
 * @tries: questions since all numbers up to another one came
 * @late: how often the hold was doubled
 * @needed: questions since then that were not seen to be in vain
 * @yielded: another's question was waited for since
 * @rtt: microseconds there and back, 0 = not known
 */
struct l7_gap {
	u64 stuck;
	u64 top;
	u64 due;
	u64 received;
	u64 asked;
	u64 next;
	u64 began;
	u8 tries;
	u8 late;
	u8 needed;
	bool yielded;
	u32 rtt;
};

/** struct l7_rtt - the way to a peer and back, microseconds
 * @mean: 0 = not known, else 1 to L7_RTT_MAX_US
 * @recent: the last measurements
 * @n: how many there were
 * @of: what the last one is of
 */
struct l7_rtt {
	u32 mean;
	u32 recent[L7_RTT_RECENT];
	u32 n;
	u32 of;
};

/** l7_rtt_measured() - one measurement more
 * Of the last few the least counts, as one that was busy reads late, and of that a running mean
 * is kept (RFC 6298, 2.3).
 * @of: several of the same count once
 * @us: at most L7_RTT_MAX_US
 */
void l7_rtt_measured(struct l7_rtt *r, u32 of, u32 us);

/** l7_gap_update() - something came, or time has passed
 * @told: highest number that the sender says it has sent
 * @spread: to be added to the hold, so that one of several asks first
 * Return: when to ask, 0: nothing is missing.
 */
u64 l7_gap_update(struct l7_gap *g, struct l7_window *w, u64 told, u64 now,
		  u32 spread);

/** l7_gap_ask() - it is time: what is to be asked for
 * If there is more than @max ranges, the rest is due soon.
 * @told: as above
 * @spread: to be added to the pause until the next question
 * Return: how many ranges; 0: the rest has come meanwhile.
 */
u32 l7_gap_ask(struct l7_gap *g, const struct l7_window *w, u64 told, u64 now,
	       u32 spread, struct l7_range *r, u32 max);
/** l7_gap_is_vain() - has it been asked for often enough? */
bool l7_gap_is_vain(const struct l7_gap *g, u64 now);
/** l7_gap_repeated() - number @n came once more
 * If it was the first that was asked for, it was late and not lost: from now on more is
 * waited for. Others of the question may be answers to other directors.
 * May be a forgery: it costs no more than patience.
 */
void l7_gap_repeated(struct l7_gap *g, u64 n);
/** l7_gap_overheard() - another asked for it: the answer to it is ours as well, if it comes;
 * once for each question of our own
 */
void l7_gap_overheard(struct l7_gap *g, u64 now, u32 spread);

#endif /* L7_PURE_REPAIR_H */
