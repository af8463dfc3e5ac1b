// SPDX-License-Identifier: GPL-2.0
/*
 * Resets for both ends of a spliced connection. What a flow's packets last
 * acknowledged says which byte each end waits for; if more was on its way, the
 * end answers, and the flow, in state RESETTING, resets it with the number
 * that it then says. f->lock for the state; nothing is sent under it.
 */
#include "bind.h"
#include "bind_tx.h"
#include "flow.h"
#include "ipvs.h"
#include "l3ops.h"
#include "net.h"
#include "reset.h"

void l7_reset_answer(struct l7_net *ln, const struct l7_pkt *p)
{
	struct l7_tuple t = l7_tuple_reverse(&p->tuple);

	if ((p->flags & (TCPHDR_RST | TCPHDR_ACK)) == TCPHDR_ACK)
		l7_tx_reset(ln, &t, p->ack);
}

static bool begin(struct l7_net *ln, struct l7_flow *f)
{
	bool ours;

	spin_lock(&f->lock);
	ours = f->flags & L7_FF_HASHED && !f->origin &&
	       f->state < L7_FLOW_CLOSING;
	if (ours) {
		l7_bind_drop_locked(f);
		/* its time in this state begins now, however idle it was */
		l7_flow_touch(f);
		l7_flow_set_state_locked(ln, f, L7_FLOW_RESETTING);
		l7_flow_changed_locked(ln, f);
	}
	spin_unlock(&f->lock);
	return ours;
}

bool l7_reset_flow(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_tuple to_client = l7_tuple_reverse(&t);
	struct l7_tuple to_server = t;

	if (!l7_l3_is_local(ln->net, f->af, &f->vip) || !begin(ln, f))
		return false;
	to_server.daddr = f->server;
	to_server.dport = f->sport;
	l7_stat_inc(ln->stats, L7_C_RESET);
	l7_tx_reset(ln, &to_client, READ_ONCE(f->ack_c));
	l7_tx_reset(ln, &to_server, READ_ONCE(f->ack_s));
	l7_ipvs_conn_expire(ln, &t);
	return true;
}

struct reset {
	const struct l7_endpoint *vip;
	unsigned int n;
};

static void reset_one(struct l7_net *ln, struct l7_flow *f, void *arg)
{
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_endpoint vip = l7_tuple_dst(&t);
	struct reset *r = arg;
	bool done;

	if (f->plain || (r->vip && !l7_endpoint_equal(r->vip, &vip)))
		return;
	local_bh_disable();
	if (l7_flow_is_spliced(f))
		done = l7_reset_flow(ln, f);
	else
		done = l7_bind_reset(ln, f);
	local_bh_enable();
	r->n += done;
}

unsigned int l7_reset_flows(struct l7_net *ln, const struct l7_endpoint *vip)
{
	struct reset r = { .vip = vip };

	l7_flow_for_each(ln, reset_one, &r);
	return r.n;
}
