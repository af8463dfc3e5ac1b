/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that the director makes itself, and the two ways packets leave the
 * module: sent to a client, or injected as if a client's packet had just
 * arrived. Decisions are made under flow->lock and collected in a struct
 * l7_out; they are carried out after the lock is dropped.
 */
#ifndef L7_BIND_TX_H
#define L7_BIND_TX_H

#include "bind.h"

/** struct l7_out - packets to emit once no lock is held
 * @send: to the client, in order
 * @inject: towards the server, through the hooks behind ours, in order
 * @scheduled: a SYN in @inject has its server chosen by IPVS
 * @lost: the server did not take what was acknowledged to the client
 * @pool: mark of these if they are a SYN for a pool; 0: that of the client. IPVS
 *	finds the pool by it, and from then on the connection without.
 */
struct l7_out {
	struct sk_buff_head send;
	struct sk_buff_head inject;
	bool scheduled;
	bool lost;
	u32 pool;
};

static inline void l7_out_init(struct l7_out *o)
{
	__skb_queue_head_init(&o->send);
	__skb_queue_head_init(&o->inject);
	o->scheduled = false;
	o->lost = false;
	o->pool = 0;
}

/** l7_out_flush() - emit what was collected; no lock held, softirq, RCU
 * @t: client -> virtual service
 * @iif: interface the client's packets came by
 */
void l7_out_flush(struct l7_net *ln, struct l7_out *o,
		  const struct l7_tuple *t, int iif, u32 mark);

/** l7_tx_synack() - answer a SYN with a SYN cookie; nothing is kept
 * @p: the SYN; @o: its options
 * @mss: to offer
 */
void l7_tx_synack(struct l7_net *ln, const struct l7_svc *svc,
		  const struct l7_pkt *p, const struct l7_tcpopt *o, u32 isn,
		  u16 mss);

/* Collected in @o; each quietly does nothing without memory: what is lost is
 * sent again by a timer of ours or of the client.
 */
void l7_tx_ack(struct l7_out *o, struct l7_pend *pe);
void l7_tx_reset_client(struct l7_out *o, struct l7_pend *pe);
void l7_tx_server_syn(struct l7_out *o, struct l7_pend *pe);
void l7_tx_server_ack(struct l7_out *o, struct l7_pend *pe);
void l7_tx_server_reset(struct l7_out *o, struct l7_pend *pe);

/** l7_tx_server_first() - the segment with which the server's stream begins
 * Not translated yet. Return: NULL without memory.
 */
struct sk_buff *l7_tx_server_first(struct l7_pend *pe, const u8 *data, u32 len);

/** l7_tx_reset() - a reset, at once; no lock held, softirq, RCU
 * @t: from whom to whom, as the receiver knows them
 * @seq: next byte that the receiver waits for
 */
void l7_tx_reset(struct l7_net *ln, const struct l7_tuple *t, u32 seq);

/** l7_tx_challenge() - an ACK without window and data, at once; likewise
 * @seq: of it
 * @ack: what it acknowledges
 */
void l7_tx_challenge(struct l7_net *ln, const struct l7_tuple *t, u32 seq,
		     u32 ack);

/** l7_tx_window() - bytes a client may send after its SYN */
u32 l7_tx_window(const struct l7_svc *svc);

/** L7_WSCALE_US - window scale told to clients; the server's own is not known
 * yet when the SYN is answered, so the difference is translated later
 */
#define L7_WSCALE_US	7

#endif /* L7_BIND_TX_H */
