/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The held bytes of a pending flow: segments in order of sequence number, and
 * a flat copy of their contiguous prefix for the parsers.
 */
#ifndef L7_BIND_BUF_H
#define L7_BIND_BUF_H

#include "bind.h"

/** struct l7_seg - where a held segment stands; in skb->cb behind the IPCB
 * @seq: first sequence number
 * @end: after its last, FIN counted
 * @thoff: TCP header, bytes from skb->data
 */
struct l7_seg {
	u32 seq;
	u32 end;
	u16 thoff;
	u16 hlen;
};

struct l7_seg *l7_seg(struct sk_buff *skb);

/** l7_buf_add() - hold a segment; takes the skb over when it returns true
 * False when it brings nothing new (not counted) or a limit is reached
 * (counted). flow->lock held.
 */
bool l7_buf_add(struct l7_pend *pe, struct l7_pkt *p);

/** l7_buf_prefix() - the contiguous bytes from the start of the stream
 * @max: no more than this
 * @scratch: per-CPU buffer of at least @max bytes, used when one paged segment
 *	holds all
 * @len: out
 * Return: NULL without memory.
 */
const u8 *l7_buf_prefix(struct l7_pend *pe, u32 max, u8 *scratch, u32 *len);

/** l7_buf_sack() - first block held beyond rcv_nxt; false if none */
bool l7_buf_sack(const struct l7_pend *pe, u32 *start, u32 *end);

/** l7_buf_push() - hold a segment that was made here in front of all others
 * There is one of a flow at most; it is not charged.
 */
void l7_buf_push(struct l7_pend *pe, struct sk_buff *skb);

/** l7_buf_cut() - forget what is held before @start
 * Return: false without memory; what was done stays done.
 */
bool l7_buf_cut(struct l7_pend *pe, u32 start);

/** l7_buf_purge() - free all held bytes */
void l7_buf_purge(struct l7_pend *pe);

#endif /* L7_BIND_BUF_H */
