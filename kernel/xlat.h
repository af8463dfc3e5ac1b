/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translation of the packets of a spliced flow. Constant deltas, no state of
 * its own, no lock. GSO packets are translated whole.
 */
#ifndef L7_XLAT_H
#define L7_XLAT_H

#include "l3ops.h"

/* All may reallocate skb data: pointers into it are dead afterwards.
 * Return: false when the packet could not be made writable; drop it.
 */

/** l7_xlat_client() - client -> server: ack, SACK blocks, TSecr, window */
bool l7_xlat_client(const struct l7_flow *f, const struct l7_pkt *p);
/** l7_xlat_server() - server -> client: seq, TSval, window */
bool l7_xlat_server(const struct l7_flow *f, const struct l7_pkt *p);
/** l7_xlat_tsval() - give a client's segment, parsed in @o, another TSval */
bool l7_xlat_tsval(const struct l7_pkt *p, const struct l7_tcpopt *o,
		   u32 tsval);
/** l7_xlat_floor() - raise what a server acknowledges, by ACK or SACK, to @floor */
bool l7_xlat_floor(const struct l7_pkt *p, u32 floor);
/** l7_xlat_icmp() - an ICMP error about a packet to the client: quoted seq */
bool l7_xlat_icmp(const struct l7_flow *f, struct sk_buff *skb,
		  const struct l7_quoted *q);

#endif /* L7_XLAT_H */
