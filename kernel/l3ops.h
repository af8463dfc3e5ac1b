/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that differs between IPv4 and IPv6 on the packet path: parsing down to
 * the TCP header, building a header, routing out and routing in.
 */
#ifndef L7_L3OPS_H
#define L7_L3OPS_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include "pkt.h"

/** struct l7_quoted - the segment that an ICMP error quotes
 * @tuple: as quoted: sender -> receiver
 * @seq_off: its sequence number, bytes from skb->data
 * @icmp_off: the ICMP header, bytes from skb->data
 */
struct l7_quoted {
	struct l7_tuple tuple;
	u32 seq_off;
	u32 icmp_off;
};

/** l7_l3_is_fragment() - is this a fragment that is not gathered yet?
 * Those of IPv6 never are: IPVS has them gathered before all other hooks as soon
 * as there is an IPv6 service.
 */
static inline bool l7_l3_is_fragment(const struct sk_buff *skb, u8 af)
{
	return af == AF_INET && ip_is_fragment(ip_hdr(skb));
}

/** l7_l3_peek() - the TCP header of a plain packet at its network header
 * Return: NULL when it takes more than a glance to find it; at least 20 bytes.
 */
static inline const struct tcphdr *l7_l3_peek(const struct sk_buff *skb, u8 af)
{
	/* IP pulled its own header before any hook */
	u32 thoff = af == AF_INET ? ip_hdr(skb)->ihl * 4 : sizeof(struct ipv6hdr);
	u8 proto = af == AF_INET ? ip_hdr(skb)->protocol : ipv6_hdr(skb)->nexthdr;

	if (proto != IPPROTO_TCP || l7_l3_is_fragment(skb, af) ||
	    skb_headlen(skb) < thoff + sizeof(struct tcphdr))
		return NULL;
	return (const struct tcphdr *)(skb->data + thoff);
}

/** l7_l3_is_other() - is it neither TCP nor ICMP, nor, if that counts, UDP? False: it may be. */
bool l7_l3_is_other(const struct sk_buff *skb, u8 af, bool udp);

/** l7_l3_gather() - put a fragment to the others of its packet
 * @hook: NF_INET_PRE_ROUTING or NF_INET_FORWARD
 * As IPVS does it a little later, for the same users of the fragment queues.
 * Return: true when @skb is the whole packet now; false: it was taken.
 * Context: softirq.
 */
bool l7_l3_gather(struct net *net, struct sk_buff *skb, unsigned int hook);

/** l7_l3_is_for_us() - is a packet addressed to this director? */
bool l7_l3_is_for_us(struct net *net, const struct sk_buff *skb, u8 af);

/** l7_l3_tcp() - parse a TCP segment, its packet at the network header
 * Return: false, @p undefined, for what is none: another protocol, a fragment, a
 * packet that is too short. Does not change the skb.
 */
bool l7_l3_tcp(struct sk_buff *skb, u8 af, struct l7_pkt *p);

/** l7_l3_udp() - ports and addresses of a datagram, its packet at the network header
 * Return: false, @t undefined, for what is none, or a fragment of one.
 */
bool l7_l3_udp(struct sk_buff *skb, u8 af, struct l7_tuple *t);

/** l7_l3_quoted() - find the TCP segment that an ICMP error quotes
 * Return: false, @q undefined, for what is no such error. Does not change the
 * skb.
 */
bool l7_l3_quoted(struct sk_buff *skb, u8 af, struct l7_quoted *q);

/** l7_l3_alloc() - an skb with room for IP and TCP header and @paylen bytes
 * @t: sender -> receiver
 * @tcplen: TCP header with options
 * The network header is built, the TCP header zeroed apart from its ports and
 * doff. skb->data stands at the network header. Checksum: see l7_l3_csum().
 * Context: softirq. Returns NULL without memory.
 */
struct sk_buff *l7_l3_alloc(const struct l7_tuple *t, u32 tcplen, u32 paylen);

/** l7_l3_csum() - leave the TCP checksum to hardware or to the stack */
void l7_l3_csum(struct sk_buff *skb, const struct l7_tuple *t);

bool l7_l3_unlist_slow(const struct l7_pkt *p);
/** l7_l3_unlist() - make one segment of a list of them
 * GRO of 6.10 and later may list segments, each with a header of its own
 * (rx-gro-list); what is written to the first header would be of that alone.
 * May reallocate skb data. Return: false without memory.
 */
static inline bool l7_l3_unlist(const struct l7_pkt *p)
{
	return likely(!skb_is_nonlinear(p->skb)) || l7_l3_unlist_slow(p);
}

/** l7_l3_set_len() - write length (and IPv4 checksum) after trimming an skb */
void l7_l3_set_len(struct sk_buff *skb, u8 af);

/** l7_l3_fit_gso() - the payload is @len bytes now
 * Where segments begin has moved: whoever cuts them has to reckon anew.
 */
void l7_l3_fit_gso(struct sk_buff *skb, u32 len);

/** l7_l3_front() - a segment of its own with the first bytes of another, and more
 * @keep: bytes of @p's payload
 * @more: bytes behind them, if @n
 * @n: their number
 * The checksum is left as by l7_l3_csum(). NULL without memory; @p stays as it is.
 */
struct sk_buff *l7_l3_front(const struct l7_pkt *p, u32 keep, const void *more,
			    u32 n);

/** l7_l3_put() - overwrite bytes of a segment's payload
 * @t: sender -> receiver
 * @thoff: TCP header, bytes from skb->data
 * @off: where, bytes from skb->data
 * @n: how many, no more than there are
 * Reallocates skb data; the checksum is left as by l7_l3_csum(). Return: false
 * without memory, the bytes are as they were.
 */
bool l7_l3_put(struct sk_buff *skb, const struct l7_tuple *t, u32 thoff,
	       u32 off, const void *data, u32 n);

/** l7_l3_trim() - take the last bytes of a segment's payload away, FIN and PSH
 * with them
 * @t: sender -> receiver
 * @thoff: TCP header, bytes from skb->data
 * @hlen: TCP header length with options
 * @keep: bytes of the payload that stay
 * As l7_l3_cut(); but after a failure the segment has to be dropped.
 */
bool l7_l3_trim(struct sk_buff *skb, const struct l7_tuple *t, u32 thoff,
		u32 hlen, u32 keep);

/** l7_l3_cut() - take the first bytes of a segment's payload out
 * @t: sender -> receiver
 * @thoff: TCP header, bytes from skb->data
 * @hlen: TCP header length with options
 * @cut: bytes, no more than there are
 * Reallocates skb data; the checksum is left as by l7_l3_csum(). Return: false
 * without memory, the segment is as it was.
 */
bool l7_l3_cut(struct sk_buff *skb, const struct l7_tuple *t, u32 thoff,
	       u32 hlen, u32 cut);

/** l7_l3_send() - send a built segment from the virtual address to a client
 * Routed as local output with @mark; not tracked by conntrack, so that rules
 * which drop invalid packets do not see half a connection. Consumes @skb.
 */
void l7_l3_send(struct net *net, struct sk_buff *skb, u8 af, u32 mark);

/** l7_l3_receive() - okfn of injected packets: route in and deliver
 * The same as ip_rcv_finish() and ip6_rcv_finish() without early demux.
 */
int l7_l3_receive(struct net *net, struct sock *sk, struct sk_buff *skb);

/** l7_l3_prepare() - make a built skb look as if @dev had just received it */
void l7_l3_prepare(struct sk_buff *skb, u8 af, struct net_device *dev);

/** l7_l3_is_local() - is @addr an address of this director at present?
 * During a switch-over packets for a virtual address still reach the director
 * that has just lost it; they must pass it as they would without the module.
 */
bool l7_l3_is_local(struct net *net, u8 af, const union nf_inet_addr *addr);

/** l7_l3_addr_gen() - changes whenever an address of this director does */
u32 l7_l3_addr_gen(struct net *net, u8 af);

/** l7_l3_mtu() - MTU of the way to an address, 0 if there is none. Softirq, RCU */
u32 l7_l3_mtu(struct net *net, u8 af, const union nf_inet_addr *to);

/** l7_l3_mss() - MSS that fits the MTU of the device a client came by, and of the way
 * beyond, and plain Ethernet
 */
u16 l7_l3_mss(const struct net_device *dev, u8 af, u32 beyond);

#endif /* L7_L3OPS_H */
