// SPDX-License-Identifier: GPL-2.0
/*
 * Taking over mirrored flows on their first packet, whichever side it comes
 * from, and following a flow to its end. flow->lock for changes of state.
 */
#include "ipvs.h"
#include "l3ops.h"
#include "net.h"
#include "takeover.h"

/* An IPVS connection cannot have expired in less: the shortest timeout of a
 * connection in both directions (FIN_WAIT) is far longer, but an operator may
 * lower it.
 */
#define RECHECK_IDLE	(5 * HZ)

static void become_owner(struct l7_net *ln, struct l7_flow *f)
{
	spin_lock(&f->lock);
	if (f->origin && f->flags & L7_FF_HASHED) {
		if (f->state == L7_FLOW_STANDBY)
			l7_flow_set_state_locked(ln, f, L7_FLOW_SPLICED);
		l7_flow_changed_locked(ln, f);
		l7_stat_inc(ln->stats, L7_C_TAKEOVER);
		l7_stat_inc(f->svc->stats, L7_C_TAKEOVER);
	}
	spin_unlock(&f->lock);
}

int l7_takeover_check(struct l7_net *ln, struct l7_flow *f, bool from_server)
{
	struct l7_endpoint server;
	struct l7_tuple t;
	int err;

	if (likely(!READ_ONCE(f->origin) &&
		   (u32)jiffies - READ_ONCE(f->last) < RECHECK_IDLE))
		return 0;
	t = l7_flow_tuple(f);
	if (!from_server && !l7_l3_is_local(ln->net, f->af, &f->vip))
		return -ENOENT;
	server = l7_flow_server(f);
	err = l7_ipvs_conn_ensure(ln, &t, &server);
	if (err < 0) {
		l7_stat_inc(ln->stats, L7_C_TAKEOVER_FAIL);
		l7_stat_inc(f->svc->stats, L7_C_TAKEOVER_FAIL);
		return err;
	}
	if (READ_ONCE(f->origin))
		become_owner(ln, f);
	return 0;
}

static void note_ack(u32 *field, u32 ack)
{
	if (READ_ONCE(*field) != ack)
		WRITE_ONCE(*field, ack);
}

void l7_takeover_track(struct l7_net *ln, struct l7_flow *f,
		       const struct l7_pkt *p, bool from_server)
{
	bool over;

	if (p->flags & TCPHDR_ACK)
		note_ack(from_server ? &f->ack_s : &f->ack_c, p->ack);
	if (likely(!(p->flags & (TCPHDR_FIN | TCPHDR_RST))))
		return;
	spin_lock(&f->lock);
	if (p->flags & TCPHDR_FIN)
		f->flags |= from_server ? L7_FF_FIN_S : L7_FF_FIN_C;
	over = p->flags & TCPHDR_RST ||
	       (f->flags & L7_FF_FIN_S && f->flags & L7_FF_FIN_C);
	if (over && f->flags & L7_FF_HASHED && f->state < L7_FLOW_CLOSING) {
		l7_flow_set_state_locked(ln, f, L7_FLOW_CLOSING);
		l7_flow_changed_locked(ln, f);
	}
	spin_unlock(&f->lock);
}
