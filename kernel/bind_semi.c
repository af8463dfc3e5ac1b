// SPDX-License-Identifier: GPL-2.0
/*
 * Semi-synchronous mirroring: a flow whose server has answered is not spliced before a peer
 * has its record, so that no server does anything for a connection that would be lost with
 * this director; but it does not wait longer than WAIT_MS. It stays CONNECTING meanwhile.
 * flow->lock.
 */
#include "bind_priv.h"
#include "flow_mirror.h"

#define WAIT_MS	5	/* and up to two ticks of the timer */

/* Bytes that the director acknowledged, or a PROXY header, nobody would send again: with the
 * record the peer would go on with a stream that has a hole; without, it resets the client.
 */
static bool is_all_the_clients(const struct l7_pend *pe)
{
	return !before(pe->isn_s + 1, pe->acked);
}

bool l7_semi_begin_locked(struct l7_pend *pe)
{
	if (likely(!pe->flow->svc->conf.semi) || !is_all_the_clients(pe))
		return false;
	if (!l7_flow_is_heard(pe->ln)) {
		l7_bind_count(pe, L7_C_SEMI_ALONE);
		return false;
	}
	pe->unsure = true;
	pe->deadline = jiffies + msecs_to_jiffies(WAIT_MS);
	l7_bind_arm_locked(pe, pe->deadline);
	l7_flow_changed_locked(pe->ln, pe->flow);
	return true;
}

static void end_locked(struct l7_pend *pe, enum l7_ctr why, struct l7_out *o)
{
	pe->unsure = false;
	l7_bind_count(pe, why);
	l7_splice_finish_locked(pe, o);
}

void l7_semi_timeout_locked(struct l7_pend *pe, struct l7_out *o)
{
	/* armed anew while we waited for the lock? */
	if (!time_before(jiffies, pe->deadline))
		end_locked(pe, L7_C_SEMI_TIMEOUT, o);
}

bool l7_semi_awaits_locked(const struct l7_flow *f)
{
	return f->pend && f->pend->unsure;
}

static void confirm_rcu(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_pend *pe;
	struct l7_out o;
	u32 mark = 0;
	int iif = 0;

	l7_out_init(&o);
	spin_lock(&f->lock);
	pe = f->pend;
	if (pe && pe->unsure) {
		iif = pe->iif;
		mark = pe->mark;
		end_locked(pe, L7_C_SEMI_CONFIRMED, &o);
	}
	spin_unlock(&f->lock);
	l7_out_flush(ln, &o, &t, iif, mark);
}

void l7_semi_confirm(struct l7_net *ln, struct l7_flow *f)
{
	/* as if a packet had come */
	rcu_read_lock();
	local_bh_disable();
	confirm_rcu(ln, f);
	local_bh_enable();
	rcu_read_unlock();
}
