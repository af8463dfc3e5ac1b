/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A spliced flow's life as seen by its packets: taking it over from a peer,
 * and its end.
 */
#ifndef L7_TAKEOVER_H
#define L7_TAKEOVER_H

#include "pkt.h"

/* An IPVS connection cannot have expired in less: the shortest timeout of a
 * connection in both directions (FIN_WAIT) is far longer, but an operator may
 * lower it.
 */
#define L7_RECHECK_IDLE	(5 * HZ)

int l7_takeover_recheck(struct l7_net *ln, struct l7_flow *f, bool from_server);
void l7_takeover_end(struct l7_net *ln, struct l7_flow *f,
		     const struct l7_pkt *p, bool from_server);

/** l7_takeover_check() - make sure that this director can carry a flow on
 * Cheap unless the flow was made by a peer or was idle for long: then its IPVS
 * connection is created. Softirq, RCU.
 * Return: 0; -ENOENT when it cannot (no such destination here) or the packet is
 * for the director that has the virtual address now: let it pass; -ENOMEM: drop
 * it, it will come again.
 */
static inline int l7_takeover_check(struct l7_net *ln, struct l7_flow *f,
				    bool from_server)
{
	if (likely(!READ_ONCE(f->origin) &&
		   (u32)jiffies - READ_ONCE(f->last) < L7_RECHECK_IDLE))
		return 0;
	return l7_takeover_recheck(ln, f, from_server);
}

/** l7_takeover_track() - note what is acknowledged, FIN and RST
 * @from_server: direction of the segment
 */
static inline void l7_takeover_track(struct l7_net *ln, struct l7_flow *f,
				     const struct l7_pkt *p, bool from_server)
{
	u32 *ack = from_server ? &f->ack_s : &f->ack_c;
	u8 rst = from_server ? L7_FF_RST_S : L7_FF_RST_C;

	if (p->flags & TCPHDR_ACK && READ_ONCE(*ack) != p->ack)
		WRITE_ONCE(*ack, p->ack);
	if (unlikely(p->flags & (TCPHDR_FIN | TCPHDR_RST) ||
		     READ_ONCE(f->flags) & rst))
		l7_takeover_end(ln, f, p, from_server);
}

#endif /* L7_TAKEOVER_H */
