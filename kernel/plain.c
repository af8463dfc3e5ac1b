// SPDX-License-Identifier: GPL-2.0
/*
 * See plain.h. Owns no state; flow->lock for the new flow.
 */
#include <linux/netfilter.h>
#include "ipvs.h"
#include "net.h"
#include "plain.h"
#include "sync.h"
#include "takeover.h"

/* The last of the handshake, or anything behind it: a SYN may still come to nothing,
 * and of an end there is nothing to mirror.
 */
static bool goes_on(const struct l7_pkt *p)
{
	return (p->flags & (TCPHDR_ACK | TCPHDR_SYN | TCPHDR_RST)) == TCPHDR_ACK;
}

static bool enter_locked(struct l7_net *ln, struct l7_flow *f,
			 const struct l7_endpoint *server)
{
	if (!l7_flow_enter_locked(ln, f))
		return false;
	/* two connections of these ports at the server: it cannot be */
	if (l7_flow_set_server(ln, f, server)) {
		l7_flow_remove_locked(ln, f);
		return true;
	}
	l7_flow_set_state_locked(ln, f, L7_FLOW_SPLICED);
	/* pairs with the acquire in l7_flow_is_spliced() users */
	smp_store_release(&f->flags, f->flags | L7_FF_SPLICED);
	l7_flow_changed_locked(ln, f);
	l7_stat_inc(ln->stats, L7_C_PLAIN);
	l7_stat_inc(f->svc->stats, L7_C_PLAIN);
	return true;
}

bool l7_plain_found(struct l7_net *ln, struct l7_svc *svc,
		    const struct l7_pkt *p)
{
	struct l7_endpoint server;
	struct l7_flow *f;
	bool oneway, entered;

	if (!goes_on(p) || !l7_ipvs_conn_plain(ln, &p->tuple, &server, &oneway))
		return false;
	f = l7_sync_node(ln) ? l7_flow_new(ln, svc, &p->tuple) : NULL;
	if (!f)
		return true;
	f->plain = oneway ? L7_PLAIN_ONEWAY : L7_PLAIN_NAT;
	spin_lock(&f->lock);
	entered = enter_locked(ln, f, &server);
	spin_unlock(&f->lock);
	if (!entered)
		l7_flow_discard(ln, f);
	return true;
}

unsigned int l7_plain_packet(struct l7_net *ln, struct l7_flow *f,
			     const struct l7_pkt *p, bool from_server)
{
	if (l7_takeover_check(ln, f, from_server) == -ENOMEM) {
		l7_stat_inc(ln->stats, L7_C_NOMEM_DROP);
		return NF_DROP;
	}
	l7_flow_touch(f);
	l7_takeover_track(ln, f, p, from_server);
	return NF_ACCEPT;
}
