/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When to ask a peer for packets that did not come. What is missing is told by
 * the window; a packet that is merely late must not be asked for, and one that
 * is lost soon enough. What comes from far away may be late by as much as the way there
 * and back takes (RFC 8985, 6.2, has that as the most), and before that no
 * answer can come. Time is in microseconds of a steady clock, never 0.
 */
#ifndef L7_PURE_REPAIR_H
#define L7_PURE_REPAIR_H

#include "window.h"

#define L7_REPAIR_HOLD_US	2000	/* a packet may be late by so much */
#define L7_REPAIR_LATE_MAX	4	/* and by 2^4 times that at most, where many are */
#define L7_REPAIR_TRUST		16	/* questions that were all needed: half of it */
#define L7_REPAIR_FIRST_US	5000	/* from one question to the next */
#define L7_REPAIR_BUSY_US	20000	/* at most, while other packets come */
#define L7_REPAIR_MAX_US	100000	/* at most */
#define L7_RTT_MAX_US		1000000

/** struct l7_gap - what is missing of one sender's lane
 * @stuck: all numbers up to this had come when @due was set
 * @top: at @due, numbers up to this are late enough to be asked for
 * @due: when to ask; 0 = nothing is missing
 * @received: numbers that had come at the last question
 * @asked: first number that the last question was for; 0: it was seen to have been in vain
 * @tries: questions since all numbers up to another one came
 * @late: how often the hold was doubled
 * @needed: questions since then that were not seen to be in vain
 * @rtt: microseconds there and back, 0 = not known
 */
struct l7_gap {
	u64 stuck;
	u64 top;
	u64 due;
	u64 received;
	u64 asked;
	u8 tries;
	u8 late;
	u8 needed;
	u32 rtt;
};

/** l7_rtt_smooth() - a measurement more (RFC 6298, 2.3), of which only the mean is kept
 * @rtt: the mean so far, microseconds, 0 = none
 * @sample: at most L7_RTT_MAX_US of it count
 * Return: the new mean, 1 to L7_RTT_MAX_US.
 */
u32 l7_rtt_smooth(u32 rtt, u32 sample);

/** l7_gap_update() - something came, or time has passed
 * @told: highest number that the sender says it has sent
 * @spread: to be added to the hold, so that one of several asks first
 * Return: when to ask, 0: nothing is missing.
 */
u64 l7_gap_update(struct l7_gap *g, struct l7_window *w, u64 told, u64 now,
		  u32 spread);

/** l7_gap_asked() - it was asked for
 * @told: as above
 * @spread: to be added to the pause
 */
void l7_gap_asked(struct l7_gap *g, const struct l7_window *w, u64 told,
		  u64 now, u32 spread);
/** l7_gap_repeated() - number @n came once more
 * If it was the first that was asked for, it was late and not lost: from now on more is
 * waited for. Others of the question may be answers to other directors.
 * May be a forgery: it costs no more than patience.
 */
void l7_gap_repeated(struct l7_gap *g, u64 n);
/** l7_gap_overheard() - another asked for it: the answer to it is ours as well */
void l7_gap_overheard(struct l7_gap *g, u64 now, u32 spread);

#endif /* L7_PURE_REPAIR_H */
