/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translation of the packets of a spliced flow. Constant deltas, no state of
 * its own, no lock. GSO packets are translated whole.
 */
#ifndef L7_XLAT_H
#define L7_XLAT_H

#include "l3ops.h"
#include "pure/insert.h"

/* All may reallocate skb data: pointers into it are dead afterwards.
 * Return: false when the packet could not be made writable; drop it.
 */

/** l7_xlat_client_by() - client -> server: ack, SACK blocks, TSecr, window
 * @m: what is put into the server's stream, NULL: nothing any more
 */
bool l7_xlat_client_by(const struct l7_flow *f, const struct l7_pkt *p,
		       const struct l7_insert_map *m);
static inline bool l7_xlat_client(const struct l7_flow *f,
				  const struct l7_pkt *p)
{
	return l7_xlat_client_by(f, p, NULL);
}

/** l7_xlat_server_by() - server -> client: seq, TSval, window
 * @delta: f->seq_delta, or what is to be added in front of what is put in
 */
bool l7_xlat_server_by(const struct l7_flow *f, const struct l7_pkt *p,
		       u32 delta);
/** l7_xlat_tsval() - give a client's segment, parsed in @o, another TSval */
bool l7_xlat_tsval(const struct l7_pkt *p, const struct l7_tcpopt *o,
		   u32 tsval);
/** l7_xlat_floor() - raise what a server acknowledges, by ACK or SACK, to @floor */
bool l7_xlat_floor(const struct l7_pkt *p, u32 floor);
/** l7_xlat_icmp() - an ICMP error about a packet to the client: quoted seq
 * @m: as above
 */
bool l7_xlat_icmp(const struct l7_flow *f, struct sk_buff *skb,
		  const struct l7_quoted *q, const struct l7_insert_map *m);

#endif /* L7_XLAT_H */
