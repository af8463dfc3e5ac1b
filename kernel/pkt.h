/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP segment as the packet path sees it: where its parts stand in the skb
 * and what its header says. l3ops.c fills it; IPv4 and IPv6 differ only there.
 */
#ifndef L7_PKT_H
#define L7_PKT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/tcp.h>
#include "flow.h"
#include "pure/tcpopt.h"

/** struct l7_pkt - a parsed TCP segment
 * @skb: skb->data stands at the network header
 * @tuple: sender -> receiver
 * @thoff: TCP header, bytes from skb->data
 * @hlen: TCP header length with options, 20..60
 * @len: payload bytes (of a GSO packet: all of them)
 * @seq: host order
 * @ack: host order, valid with TCPHDR_ACK
 * @window: host order, unscaled
 * @flags: TCPHDR_*
 */
struct l7_pkt {
	struct sk_buff *skb;
	struct l7_tuple tuple;
	u16 thoff;
	u16 hlen;
	u32 len;
	u32 seq;
	u32 ack;
	u16 window;
	u8 flags;
};

/** l7_pkt_end() - sequence number after the segment, SYN and FIN counted */
static inline u32 l7_pkt_end(const struct l7_pkt *p)
{
	return p->seq + p->len + !!(p->flags & TCPHDR_SYN) +
	       !!(p->flags & TCPHDR_FIN);
}

/** l7_pkt_options() - parse the TCP options of a segment
 * @buf: scratch, 40 bytes
 * Return: false when they are malformed; what came before counts in @o.
 */
static inline bool l7_pkt_options(const struct l7_pkt *p, struct l7_tcpopt *o)
{
	u8 buf[40];
	const u8 *opt;
	u32 n = p->hlen - sizeof(struct tcphdr);

	opt = n ? skb_header_pointer(p->skb, p->thoff + sizeof(struct tcphdr),
				     n, buf) : buf;
	return opt && l7_tcpopt_parse(opt, n, o);
}

/** l7_pkt_eaten() - the segment has done its work and ends here */
static inline unsigned int l7_pkt_eaten(const struct l7_pkt *p)
{
	consume_skb(p->skb);
	return NF_STOLEN;
}

static inline struct l7_tuple l7_tuple_reverse(const struct l7_tuple *t)
{
	return (struct l7_tuple) {
		.saddr = t->daddr, .daddr = t->saddr,
		.sport = t->dport, .dport = t->sport, .af = t->af,
		.udp = t->udp,
	};
}

static inline bool l7_endpoint_equal(const struct l7_endpoint *a,
				     const struct l7_endpoint *b)
{
	return a->af == b->af && a->port == b->port &&
	       nf_inet_addr_cmp(&a->addr, &b->addr);
}

static inline u8 l7_tuple_proto(const struct l7_tuple *t)
{
	return t->udp ? IPPROTO_UDP : IPPROTO_TCP;
}

static inline struct l7_endpoint l7_tuple_dst(const struct l7_tuple *t)
{
	return (struct l7_endpoint) {
		.addr = t->daddr, .port = t->dport,
		.af = t->af, .proto = l7_tuple_proto(t),
	};
}

static inline struct l7_endpoint l7_tuple_src(const struct l7_tuple *t)
{
	return (struct l7_endpoint) {
		.addr = t->saddr, .port = t->sport,
		.af = t->af, .proto = l7_tuple_proto(t),
	};
}

#endif /* L7_PKT_H */
