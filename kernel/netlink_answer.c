// SPDX-License-Identifier: GPL-2.0
/*
 * What all answers and dumps of generic netlink are made of, see
 * netlink_answer.h. Owns no state.
 */
#include <net/sock.h>
#include "netlink_answer.h"
#include "compat/genl_compat.h"
#include "gen/netlink_gen.h"

struct l7_answer l7_answer_dump(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	return (struct l7_answer) {
		.ln = l7_pernet(sock_net(skb->sk)),
		.cb = cb,
		.skb = skb,
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
	};
}

int l7_answer_one(struct genl_info *info, struct l7_answer *a)
{
	*a = (struct l7_answer) {
		.ln = l7_pernet(genl_info_net(info)),
		.skb = genlmsg_new(L7_ANSWER_SIZE, GFP_KERNEL),
		.portid = info->snd_portid,
		.seq = info->snd_seq,
	};
	return a->skb ? 0 : l7_netlink_refuse(info->extack, -ENOMEM, NULL,
					      "no memory for the answer");
}

int l7_answer_finish(struct genl_info *info, struct l7_answer *a, int err,
		     const char *why)
{
	if (!err)
		return genlmsg_reply(a->skb, info);
	nlmsg_free(a->skb);
	return why ? l7_netlink_refuse(info->extack, err, NULL, why) : err;
}

void *l7_answer_begin(struct l7_answer *a, u8 cmd)
{
	return genlmsg_put(a->skb, a->portid, a->seq, &l7_netlink_family,
			   a->flags, cmd);
}

int l7_answer_end(struct l7_answer *a, void *hdr, bool bad)
{
	if (bad) {
		genlmsg_cancel(a->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(a->skb, hdr);
	if (a->cb)
		genl_dump_check_consistent(a->cb, hdr);
	return 0;
}

int l7_answer_dumped(const struct l7_answer *a, int err)
{
	return err && err != -EMSGSIZE ? err : a->skb->len;
}

bool l7_netlink_put_endpoint(struct sk_buff *skb, int type,
			     const struct l7_endpoint *ep)
{
	struct nlattr *nest;

	if (!ep || !ep->af)
		return true;
	nest = nla_nest_start(skb, type);
	if (!nest)
		return false;
	if (ep->af == AF_INET ?
	    nla_put_in_addr(skb, IPVS_L7_A_ENDPOINT_ADDR4, ep->addr.ip) :
	    nla_put_in6_addr(skb, IPVS_L7_A_ENDPOINT_ADDR6, &ep->addr.in6))
		return false;
	if (ep->port && nla_put_be16(skb, IPVS_L7_A_ENDPOINT_PORT, ep->port))
		return false;
	if (ep->port && ep->proto == IPPROTO_UDP &&
	    nla_put_flag(skb, IPVS_L7_A_ENDPOINT_UDP))
		return false;
	nla_nest_end(skb, nest);
	return true;
}
