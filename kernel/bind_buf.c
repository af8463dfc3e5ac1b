// SPDX-License-Identifier: GPL-2.0
/*
 * Holding the client's segments until a server is chosen. Memory is charged to
 * the namespace by truesize and bounded per flow. flow->lock is held by all
 * callers.
 */
#include <linux/ipv6.h>
#include <net/ip.h>
#include "net.h"
#include "bind_buf.h"
#include "flow_limit.h"
#include "l3ops.h"

#define FLAT_MIN	2048
/* A flow may hold its window twice over: small segments cost more memory than
 * they carry.
 */
#define FLOW_BYTES_MAX	(256 * 1024)

struct l7_seg *l7_seg(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct inet6_skb_parm) > 32);
	BUILD_BUG_ON(sizeof(struct inet_skb_parm) > 32);
	BUILD_BUG_ON(32 + sizeof(struct l7_seg) > sizeof_field(struct sk_buff, cb));
	return (struct l7_seg *)(skb->cb + 32);
}

static bool charge(struct l7_pend *pe, u32 bytes)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);

	if (pe->bytes + bytes > FLOW_BYTES_MAX ||
	    !l7_flow_bytes_charge(pe->ln, &t, bytes)) {
		l7_stat_inc(pe->ln->stats, L7_C_BUF_LIMIT);
		return false;
	}
	pe->bytes += bytes;
	WRITE_ONCE(pe->flow->held, pe->bytes);
	return true;
}

static void uncharge(struct l7_pend *pe, u32 bytes)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);

	pe->bytes -= bytes;
	WRITE_ONCE(pe->flow->held, pe->bytes);
	l7_flow_bytes_uncharge(pe->ln, &t, bytes);
}

/* The held segment after which one that starts at @seq belongs; NULL = first.
 * Sets *covered when held segments already hold all up to @end.
 */
static struct sk_buff *place(struct l7_pend *pe, u32 seq, u32 end,
			     bool *covered)
{
	struct sk_buff *skb, *prev = NULL;

	*covered = false;
	skb_queue_walk(&pe->queue, skb) {
		const struct l7_seg *s = l7_seg(skb);

		if (before(seq, s->seq))
			break;
		if (!after(end, s->end))
			*covered = true;
		prev = skb;
	}
	return prev;
}

static void advance(struct l7_pend *pe)
{
	struct sk_buff *skb;

	skb_queue_walk(&pe->queue, skb) {
		const struct l7_seg *s = l7_seg(skb);

		if (after(s->seq, pe->rcv_nxt))
			break;
		if (after(s->end, pe->rcv_nxt))
			pe->rcv_nxt = s->end;
	}
}

bool l7_buf_add(struct l7_pend *pe, struct l7_pkt *p)
{
	u32 end = l7_pkt_end(p);
	struct sk_buff *prev;
	bool covered;

	prev = place(pe, p->seq, end, &covered);
	if (covered || !charge(pe, p->skb->truesize))
		return false;
	*l7_seg(p->skb) = (struct l7_seg) {
		.seq = p->seq, .end = end, .thoff = p->thoff, .hlen = p->hlen,
	};
	if (prev)
		__skb_queue_after(&pe->queue, prev, p->skb);
	else
		__skb_queue_head(&pe->queue, p->skb);
	if (after(p->seq, pe->rcv_nxt))
		l7_stat_inc(pe->ln->stats, L7_C_OOO);
	advance(pe);
	return true;
}

static bool grow(struct l7_pend *pe, u32 need, u32 max)
{
	u32 cap = max_t(u32, pe->flat_cap * 2, FLAT_MIN);
	u8 *n;

	while (cap < need)
		cap *= 2;
	cap = min(cap, max);
	if (!charge(pe, cap))
		return false;
	n = kmalloc(cap, GFP_ATOMIC | __GFP_NOWARN);
	if (!n) {
		uncharge(pe, cap);
		return false;
	}
	if (pe->flat) {
		memcpy(n, pe->flat, pe->flat_len);
		kfree(pe->flat);
		uncharge(pe, pe->flat_cap);
	}
	pe->flat = n;
	pe->flat_cap = cap;
	return true;
}

/* Append the bytes of one segment that continue the flat copy. */
static bool append(struct l7_pend *pe, struct sk_buff *skb, u32 max)
{
	const struct l7_seg *s = l7_seg(skb);
	u32 off = s->thoff + s->hlen;
	u32 len = skb->len - off;
	u32 skip = pe->isn_c + 1 + pe->flat_len - s->seq;

	if (skip >= len)
		return true;
	len = min(len - skip, max - pe->flat_len);
	if (pe->flat_len + len > pe->flat_cap &&
	    !grow(pe, pe->flat_len + len, max))
		return false;
	if (skb_copy_bits(skb, off + skip, pe->flat + pe->flat_len, len))
		return false;
	pe->flat_len += len;
	return true;
}

static const u8 *flatten(struct l7_pend *pe, u32 max, u32 *len)
{
	struct sk_buff *skb;

	skb_queue_walk(&pe->queue, skb) {
		const struct l7_seg *s = l7_seg(skb);

		if (pe->flat_len == max ||
		    after(s->seq, pe->isn_c + 1 + pe->flat_len))
			break;
		if (!append(pe, skb, max))
			return NULL;
	}
	*len = pe->flat_len;
	return pe->flat;
}

const u8 *l7_buf_prefix(struct l7_pend *pe, u32 max, u8 *scratch, u32 *len)
{
	struct sk_buff *skb = skb_peek(&pe->queue);
	const struct l7_seg *s;

	*len = 0;
	if (!skb)
		return scratch;
	s = l7_seg(skb);
	if (pe->flat || skb_queue_len(&pe->queue) > 1)
		return flatten(pe, max, len);
	if (s->seq != pe->isn_c + 1)
		return scratch;
	*len = min(skb->len - s->thoff - s->hlen, max);
	return skb_header_pointer(skb, s->thoff + s->hlen, *len, scratch);
}

bool l7_buf_sack(const struct l7_pend *pe, u32 *start, u32 *end)
{
	bool found = false;
	struct sk_buff *skb;

	skb_queue_walk(&pe->queue, skb) {
		const struct l7_seg *s = l7_seg(skb);

		if (!after(s->seq, pe->rcv_nxt))
			continue;
		if (!found) {
			*start = s->seq;
			*end = s->end;
			found = true;
		} else if (!after(s->seq, *end)) {
			if (after(s->end, *end))
				*end = s->end;
		} else {
			break;
		}
	}
	return found;
}

void l7_buf_push(struct l7_pend *pe, struct sk_buff *skb)
{
	u32 off = skb_transport_offset(skb), hlen = tcp_hdrlen(skb);
	u32 seq = ntohl(tcp_hdr(skb)->seq);

	*l7_seg(skb) = (struct l7_seg) {
		.seq = seq, .end = seq + skb->len - off - hlen,
		.thoff = off, .hlen = hlen,
	};
	__skb_queue_head(&pe->queue, skb);
}

bool l7_buf_cut(struct l7_pend *pe, u32 start)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);
	struct sk_buff *skb, *tmp;

	skb_queue_walk_safe(&pe->queue, skb, tmp) {
		struct l7_seg *s = l7_seg(skb);
		u32 cut = start - s->seq;

		if (!before(s->seq, start))
			break;
		if (!after(s->end, start)) {
			__skb_unlink(skb, &pe->queue);
			kfree_skb(skb);
			continue;
		}
		if (!l7_l3_cut(skb, &t, s->thoff, s->hlen, cut))
			return false;
		s->seq = start;
	}
	return true;
}

void l7_buf_purge(struct l7_pend *pe)
{
	__skb_queue_purge(&pe->queue);
	kfree(pe->flat);
	pe->flat = NULL;
	pe->flat_len = 0;
	pe->flat_cap = 0;
	if (pe->bytes)
		uncharge(pe, pe->bytes);
}
