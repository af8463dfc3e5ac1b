// SPDX-License-Identifier: GPL-2.0
/*
 * The differences between IPv4 and IPv6 on the packet path, and nothing else.
 * Knows no flow and takes no lock.
 */
#include <linux/icmp.h>
#include <linux/if_ether.h>
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include "l3ops.h"
#include "route_compat.h"

static __always_inline bool fill_tcp(struct l7_pkt *p, u32 end)
{
	const struct tcphdr *th;
	struct tcphdr buf;

	th = skb_header_pointer(p->skb, p->thoff, sizeof(buf), &buf);
	if (!th || th->doff < 5 || p->thoff + th->doff * 4 > end)
		return false;
	p->hlen = th->doff * 4;
	p->len = end - p->thoff - p->hlen;
	p->seq = ntohl(th->seq);
	p->ack = ntohl(th->ack_seq);
	p->window = ntohs(th->window);
	p->flags = tcp_flag_byte(th);
	p->tuple.sport = th->source;
	p->tuple.dport = th->dest;
	return true;
}

/* The quoted header must reach as far as the sequence number: RFC 792 asks
 * for these 8 bytes of every error.
 */
static bool fill_quoted(struct sk_buff *skb, struct l7_quoted *q, u32 off)
{
	__be16 ports[2];
	const __be16 *pp;

	pp = skb_header_pointer(skb, off, sizeof(ports), ports);
	if (!pp || off + 8 > skb->len)
		return false;
	q->tuple.sport = pp[0];
	q->tuple.dport = pp[1];
	q->seq_off = off + offsetof(struct tcphdr, seq);
	return true;
}

static __always_inline void tuple_v4(struct l7_tuple *t, const struct iphdr *iph)
{
	memset(t, 0, sizeof(*t));
	t->af = AF_INET;
	t->saddr.ip = iph->saddr;
	t->daddr.ip = iph->daddr;
}

static bool net_v4(struct sk_buff *skb, struct l7_pkt *p, u32 *pend)
{
	const struct iphdr *iph = ip_hdr(skb);	/* IP pulled it */
	u32 end;

	if (iph->protocol != IPPROTO_TCP || ip_is_fragment(iph))
		return false;
	/* BIG TCP has no length in its header */
	end = iph->tot_len ? ntohs(iph->tot_len) : skb->len;
	if (end > skb->len)
		return false;
	tuple_v4(&p->tuple, iph);
	p->thoff = iph->ihl * 4;
	*pend = end;
	return true;
}

static bool quoted_v4(struct sk_buff *skb, struct l7_quoted *q)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct icmphdr *ih;
	u32 off = iph->ihl * 4;
	struct icmphdr ibuf;
	struct iphdr buf;

	if (iph->protocol != IPPROTO_ICMP || ip_is_fragment(iph))
		return false;
	ih = skb_header_pointer(skb, off, sizeof(ibuf), &ibuf);
	if (!ih || (ih->type != ICMP_DEST_UNREACH &&
		    ih->type != ICMP_TIME_EXCEEDED &&
		    ih->type != ICMP_PARAMETERPROB))
		return false;
	q->icmp_off = off;
	off += sizeof(ibuf);
	iph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    iph->protocol != IPPROTO_TCP ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	tuple_v4(&q->tuple, iph);
	return fill_quoted(skb, q, off + iph->ihl * 4);
}

static void tuple_v6(struct l7_tuple *t, const struct ipv6hdr *iph)
{
	t->udp = false;
	t->saddr.in6 = iph->saddr;
	t->daddr.in6 = iph->daddr;
	t->af = AF_INET6;
}

/* Where the header of protocol @want stands; negative: nowhere. */
static int skip_exthdr(struct sk_buff *skb, u32 off, u8 proto, u8 want)
{
	__be16 frag = 0;
	int thoff;

	if (proto == want)
		return off;
	thoff = ipv6_skip_exthdr(skb, off, &proto, &frag);
	return proto != want || frag & htons(IP6_OFFSET | IP6_MF) ? -1 : thoff;
}

static bool net_v6(struct sk_buff *skb, struct l7_pkt *p, u32 *pend)
{
	const struct ipv6hdr *iph = ipv6_hdr(skb);
	int thoff = skip_exthdr(skb, sizeof(*iph), iph->nexthdr, IPPROTO_TCP);
	u32 end;

	if (thoff < 0)
		return false;
	end = iph->payload_len ? ntohs(iph->payload_len) + sizeof(*iph)
			       : skb->len;
	if (end > skb->len)
		return false;
	tuple_v6(&p->tuple, iph);
	p->thoff = thoff;
	*pend = end;
	return true;
}

static bool quoted_v6(struct sk_buff *skb, struct l7_quoted *q)
{
	const struct ipv6hdr *iph = ipv6_hdr(skb);
	const struct icmp6hdr *ih;
	struct icmp6hdr ibuf;
	struct ipv6hdr buf;
	int off;

	off = skip_exthdr(skb, sizeof(*iph), iph->nexthdr, IPPROTO_ICMPV6);
	if (off < 0)
		return false;
	ih = skb_header_pointer(skb, off, sizeof(ibuf), &ibuf);
	if (!ih || ih->icmp6_type & ICMPV6_INFOMSG_MASK)
		return false;
	q->icmp_off = off;
	off += sizeof(ibuf);
	iph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!iph || iph->version != 6)
		return false;
	tuple_v6(&q->tuple, iph);
	off = skip_exthdr(skb, off + sizeof(buf), iph->nexthdr, IPPROTO_TCP);
	return off >= 0 && fill_quoted(skb, q, off);
}

bool l7_l3_tcp(struct sk_buff *skb, u8 af, struct l7_pkt *p)
{
	u32 end;

	p->skb = skb;
	return (af == AF_INET6 ? net_v6(skb, p, &end) : net_v4(skb, p, &end)) &&
	       fill_tcp(p, end);
}

bool l7_l3_quoted(struct sk_buff *skb, u8 af, struct l7_quoted *q)
{
	return af == AF_INET6 ? quoted_v6(skb, q) : quoted_v4(skb, q);
}

bool l7_l3_udp(struct sk_buff *skb, u8 af, struct l7_tuple *t)
{
	const struct udphdr *uh;
	struct udphdr buf;
	int off;

	if (af == AF_INET6) {
		off = skip_exthdr(skb, sizeof(struct ipv6hdr),
				  ipv6_hdr(skb)->nexthdr, IPPROTO_UDP);
		if (off < 0)
			return false;
		tuple_v6(t, ipv6_hdr(skb));
	} else {
		if (ip_hdr(skb)->protocol != IPPROTO_UDP ||
		    ip_is_fragment(ip_hdr(skb)))
			return false;
		off = ip_hdr(skb)->ihl * 4;
		tuple_v4(t, ip_hdr(skb));
	}
	uh = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!uh)
		return false;
	t->sport = uh->source;
	t->dport = uh->dest;
	t->udp = true;
	return true;
}

bool l7_l3_is_other(const struct sk_buff *skb, u8 af, bool udp)
{
	u8 proto = af == AF_INET6 ? ipv6_hdr(skb)->nexthdr
				  : ip_hdr(skb)->protocol;

	if (proto == IPPROTO_TCP || (udp && proto == IPPROTO_UDP))
		return false;
	if (af == AF_INET6)
		return proto != IPPROTO_ICMPV6 && !ipv6_ext_hdr(proto);
	return proto != IPPROTO_ICMP;
}

/* IPv4 only, see l7_l3_is_fragment(). */
bool l7_l3_gather(struct net *net, struct sk_buff *skb, unsigned int hook)
{
	if (ip_defrag(net, skb, hook == NF_INET_FORWARD ? IP_DEFRAG_VS_FWD :
							  IP_DEFRAG_VS_IN))
		return false;
	skb->ignore_df = 1;
	return true;
}

static u32 l3_len(u8 af)
{
	return af == AF_INET6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

static void build_v4(struct sk_buff *skb, const struct l7_tuple *t)
{
	struct iphdr *iph = ip_hdr(skb);

	*iph = (struct iphdr) {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
		.frag_off = htons(IP_DF),
		.saddr = t->saddr.ip, .daddr = t->daddr.ip,
	};
	skb->protocol = htons(ETH_P_IP);
}

static void build_v6(struct sk_buff *skb, const struct l7_tuple *t)
{
	struct ipv6hdr *iph = ipv6_hdr(skb);

	*iph = (struct ipv6hdr) {
		.version = 6, .hop_limit = 64, .nexthdr = IPPROTO_TCP,
		.saddr = t->saddr.in6, .daddr = t->daddr.in6,
	};
	skb->protocol = htons(ETH_P_IPV6);
}

void l7_l3_set_len(struct sk_buff *skb, u8 af)
{
	if (af == AF_INET6) {
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
		return;
	}
	ip_hdr(skb)->tot_len = htons(skb->len);
	ip_send_check(ip_hdr(skb));
}

struct sk_buff *l7_l3_alloc(const struct l7_tuple *t, u32 tcplen, u32 paylen)
{
	struct sk_buff *skb;
	struct tcphdr *th;
	u32 l3 = l3_len(t->af);

	skb = alloc_skb(LL_MAX_HEADER + l3 + tcplen + paylen, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_put(skb, l3);
	if (t->af == AF_INET6)
		build_v6(skb, t);
	else
		build_v4(skb, t);
	skb_set_transport_header(skb, l3);
	th = skb_put_zero(skb, tcplen);
	th->source = t->sport;
	th->dest = t->dport;
	th->doff = tcplen / 4;
	if (paylen)
		skb_put(skb, paylen);
	l7_l3_set_len(skb, t->af);
	return skb;
}

void l7_l3_csum(struct sk_buff *skb, const struct l7_tuple *t)
{
	struct tcphdr *th = tcp_hdr(skb);
	u32 len = skb->len - skb_transport_offset(skb);

	th->check = t->af == AF_INET6 ?
		~tcp_v6_check(len, &t->saddr.in6, &t->daddr.in6, 0) :
		~tcp_v4_check(len, t->saddr.ip, t->daddr.ip, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (unsigned char *)th - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

void l7_l3_fit_gso(struct sk_buff *skb, u32 len)
{
	struct skb_shared_info *si = skb_shinfo(skb);

	if (!si->gso_size)
		return;
	if (len <= si->gso_size) {
		skb_gso_reset(skb);
		return;
	}
	si->gso_type |= SKB_GSO_DODGY;
	si->gso_segs = 0;
}

/* What segments are listed, each with headers of its own, is one run of bytes
 * afterwards.
 */
static bool unlist(struct sk_buff *skb)
{
	if (!(skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST))
		return true;
	if (skb_linearize(skb))
		return false;
	skb_shinfo(skb)->gso_type &= ~SKB_GSO_FRAGLIST;
	return true;
}

bool l7_l3_unlist_slow(const struct l7_pkt *p)
{
	struct sk_buff *skb = p->skb;

	if (!(skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST))
		return true;
	if (!unlist(skb) || skb_ensure_writable(skb, p->thoff + p->hlen))
		return false;
	skb_set_transport_header(skb, p->thoff);
	l7_l3_csum(skb, &p->tuple);	/* it was that of the first alone */
	return true;
}

/* Of a segment whose end is now elsewhere. */
static void not_last(struct sk_buff *skb, const struct l7_tuple *t, u32 thoff,
		     u32 len)
{
	skb->data[thoff + 13] &= ~(TCPHDR_FIN | TCPHDR_PSH);
	skb_set_transport_header(skb, thoff);
	l7_l3_set_len(skb, t->af);
	l7_l3_fit_gso(skb, len);
	l7_l3_csum(skb, t);
}

struct sk_buff *l7_l3_front(const struct l7_pkt *p, u32 keep, const void *more,
			    u32 n)
{
	struct sk_buff *part = skb_clone(p->skb, GFP_ATOMIC), *skb = NULL;

	if (!part)
		return NULL;
	if (!pskb_trim(part, p->thoff + p->hlen + keep))
		skb = skb_copy_expand(part, skb_headroom(part), n, GFP_ATOMIC);
	kfree_skb(part);
	if (!skb)
		return NULL;
	if (n)
		skb_put_data(skb, more, n);
	not_last(skb, &p->tuple, p->thoff, keep + n);
	return skb;
}

bool l7_l3_put(struct sk_buff *skb, const struct l7_tuple *t, u32 thoff,
	       u32 off, const void *data, u32 n)
{
	if (!unlist(skb) || skb_ensure_writable(skb, off + n))
		return false;
	memcpy(skb->data + off, data, n);
	skb_set_transport_header(skb, thoff);
	l7_l3_csum(skb, t);
	return true;
}

bool l7_l3_trim(struct sk_buff *skb, const struct l7_tuple *t, u32 thoff,
		u32 hlen, u32 keep)
{
	u32 head = thoff + hlen;

	if (!unlist(skb) || skb_unclone(skb, GFP_ATOMIC) ||
	    skb_ensure_writable(skb, head) || pskb_trim(skb, head + keep))
		return false;
	not_last(skb, t, thoff, keep);
	return true;
}

bool l7_l3_cut(struct sk_buff *skb, const struct l7_tuple *t, u32 thoff,
	       u32 hlen, u32 cut)
{
	u32 head = thoff + hlen, mac = 0;

	if (!unlist(skb) || skb_ensure_writable(skb, head + cut))
		return false;
	if (skb_mac_header_was_set(skb))
		mac = skb->data - skb_mac_header(skb);
	memmove(skb->data - mac + cut, skb->data - mac, mac + head);
	__skb_pull(skb, cut);
	if (mac)
		skb->mac_header += cut;
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, thoff);
	tcp_hdr(skb)->seq = htonl(ntohl(tcp_hdr(skb)->seq) + cut);
	l7_l3_set_len(skb, t->af);
	l7_l3_fit_gso(skb, skb->len - head);
	l7_l3_csum(skb, t);
	return true;
}

static struct dst_entry *route_v4(struct net *net, __be32 from, __be32 to,
				  u32 mark)
{
	struct flowi4 fl4 = {
		.daddr = to, .saddr = from, .flowi4_mark = mark,
		.flowi4_proto = IPPROTO_TCP,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *route_v6(struct net *net, const struct in6_addr *from,
				  const struct in6_addr *to, u32 mark)
{
	struct flowi6 fl6 = {
		.daddr = *to, .saddr = *from, .flowi6_mark = mark,
		.flowi6_proto = IPPROTO_TCP,
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);

	if (!dst->error)
		return dst;
	dst_release(dst);
	return NULL;
}

void l7_l3_send(struct net *net, struct sk_buff *skb, u8 af, u32 mark)
{
	struct dst_entry *dst;

	skb->mark = mark;
	dst = af == AF_INET6 ?
	      route_v6(net, &ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, mark) :
	      route_v4(net, ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, mark);
	if (!dst) {
		kfree_skb(skb);
		return;
	}
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
	memset(skb->cb, 0, sizeof(skb->cb));
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	dst_output(net, NULL, skb);
}

static int receive_v6(struct sk_buff *skb)
{
	if (!skb_valid_dst(skb))
		l7_route_input_v6(skb);
	if (skb_dst(skb))
		return dst_input(skb);
	kfree_skb(skb);
	return NET_RX_DROP;
}

static int receive_v4(struct sk_buff *skb)
{
	if (skb_valid_dst(skb) || !l7_route_input_v4(skb, ip_hdr(skb)))
		return dst_input(skb);
	kfree_skb(skb);
	return NET_RX_DROP;
}

int l7_l3_receive(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6) ? receive_v6(skb)
						  : receive_v4(skb);
}

void l7_l3_prepare(struct sk_buff *skb, u8 af, struct net_device *dev)
{
	memset(skb->cb, 0, sizeof(skb->cb));
	if (af == AF_INET6) {
		IP6CB(skb)->iif = dev->ifindex;
		IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	} else {
		IPCB(skb)->iif = dev->ifindex;
	}
	skb->pkt_type = PACKET_HOST;
	skb->skb_iif = dev->ifindex;
	skb->dev = dev;
}

static bool is_local_v6(struct net *net, const struct in6_addr *addr)
{
	struct rt6_info *rt = rt6_lookup(net, addr, NULL, 0, NULL, 0);
	bool local;

	if (!rt)
		return false;
	local = rt->rt6i_flags & RTF_LOCAL;
	ip6_rt_put(rt);
	return local;
}

bool l7_l3_is_local(struct net *net, u8 af, const union nf_inet_addr *addr)
{
	return af == AF_INET6 ? is_local_v6(net, &addr->in6) :
		inet_addr_type(net, addr->ip) == RTN_LOCAL;
}

u32 l7_l3_addr_gen(struct net *net, u8 af)
{
	return af == AF_INET6 ? rt_genid_ipv6(net) : rt_genid_ipv4(net);
}

bool l7_l3_is_for_us(struct net *net, const struct sk_buff *skb, u8 af)
{
	return af == AF_INET6 ? is_local_v6(net, &ipv6_hdr(skb)->daddr) :
		inet_addr_type(net, ip_hdr(skb)->daddr) == RTN_LOCAL;
}

u32 l7_l3_mtu(struct net *net, u8 af, const union nf_inet_addr *to)
{
	struct dst_entry *dst = af == AF_INET6 ?
				route_v6(net, &in6addr_any, &to->in6, 0) :
				route_v4(net, 0, to->ip, 0);
	u32 mtu = dst ? dst_mtu(dst) : 0;

	dst_release(dst);
	return mtu;
}

u16 l7_l3_mss(const struct net_device *dev, u8 af, u32 beyond)
{
	u32 mtu = min3(READ_ONCE(dev->mtu), (unsigned int)ETH_DATA_LEN, beyond);
	u32 hdr = l3_len(af) + sizeof(struct tcphdr);

	return clamp_t(u32, mtu, hdr + TCP_MSS_DEFAULT, 65535) - hdr;
}
