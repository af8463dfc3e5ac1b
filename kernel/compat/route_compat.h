/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routing of received packets: kernels name and type it differently.
 */
#ifndef L7_ROUTE_COMPAT_H
#define L7_ROUTE_COMPAT_H

#include <linux/netfilter_ipv6.h>
#include <net/ip6_route.h>
#include <net/route.h>

/* Sets the skb's dst; the caller looks at it. */
static inline void l7_route_input_v6(struct sk_buff *skb)
{
#ifdef L7_HAVE_NF_IPV6_OPS
	const struct nf_ipv6_ops *ops = nf_get_ipv6_ops();

	if (ops)
		ops->route_input(skb);
#else
	ip6_route_input(skb);
#endif
}

/* Return: 0 or not. */
static inline int l7_route_input_v4(struct sk_buff *skb,
				    const struct iphdr *iph)
{
#ifdef L7_HAVE_ROUTE_INPUT_DSCP
	return ip_route_input_noref(skb, iph->daddr, iph->saddr,
				    ip4h_dscp(iph), skb->dev);
#else
	return ip_route_input_noref(skb, iph->daddr, iph->saddr, iph->tos,
				    skb->dev);
#endif
}

#endif /* L7_ROUTE_COMPAT_H */
