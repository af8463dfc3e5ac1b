/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipvs_l7.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_IPVS_L7_GEN_H
#define _LINUX_IPVS_L7_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/ipvs_l7.h>

/* Common nested types */
extern const struct nla_policy ipvs_l7_endpoint_nl_policy[IPVS_L7_A_ENDPOINT_UDP + 1];
extern const struct nla_policy ipvs_l7_route_nl_policy[IPVS_L7_A_ROUTE_SERVER + 1];
extern const struct nla_policy ipvs_l7_rule_nl_policy[IPVS_L7_A_RULE_ROUTE + 1];
extern const struct nla_policy ipvs_l7_steer_nl_policy[IPVS_L7_A_STEER_MARK + 1];

extern const struct nla_policy ipvs_l7_svc_new_nl_policy[IPVS_L7_A_SVC_SEMI_SYNC + 1];

extern const struct nla_policy ipvs_l7_svc_set_nl_policy[IPVS_L7_A_SVC_SEMI_SYNC + 1];

extern const struct nla_policy ipvs_l7_svc_del_nl_policy[IPVS_L7_A_SVC_SERVICE + 1];

extern const struct nla_policy ipvs_l7_svc_get_nl_policy[IPVS_L7_A_SVC_SERVICE + 1];

extern const struct nla_policy ipvs_l7_svc_flush_nl_policy[IPVS_L7_A_SVC_PAD + 1];

extern const struct nla_policy ipvs_l7_stats_get_nl_policy[IPVS_L7_A_STATS_SERVICE + 1];

extern const struct nla_policy ipvs_l7_stats_zero_nl_policy[IPVS_L7_A_STATS_SERVICE + 1];

extern const struct nla_policy ipvs_l7_binding_get_nl_policy[IPVS_L7_A_BINDING_PREBIND + 1];

extern const struct nla_policy ipvs_l7_binding_new_nl_policy[IPVS_L7_A_BINDING_STATIC + 1];

extern const struct nla_policy ipvs_l7_binding_del_nl_policy[IPVS_L7_A_BINDING_PREBIND + 1];

extern const struct nla_policy ipvs_l7_binding_flush_nl_policy[IPVS_L7_A_BINDING_STATIC + 1];

extern const struct nla_policy ipvs_l7_flow_get_nl_policy[IPVS_L7_A_FLOW_VIP + 1];

extern const struct nla_policy ipvs_l7_flow_reset_nl_policy[IPVS_L7_A_FLOW_VIP + 1];

extern const struct nla_policy ipvs_l7_peer_get_nl_policy[IPVS_L7_A_PEER_NODE + 1];

extern const struct nla_policy ipvs_l7_sync_start_nl_policy[IPVS_L7_A_SYNC_ACCEPT_POLICIES + 1];

extern const struct nla_policy ipvs_l7_sync_stop_nl_policy[IPVS_L7_A_SYNC_PAD + 1];

extern const struct nla_policy ipvs_l7_sync_get_nl_policy[IPVS_L7_A_SYNC_PAD + 1];

extern const struct nla_policy ipvs_l7_limits_set_nl_policy[IPVS_L7_A_LIMITS_PENDING_BYTES + 1];

extern const struct nla_policy ipvs_l7_limits_get_nl_policy[IPVS_L7_A_LIMITS_PAD + 1];

extern const struct nla_policy ipvs_l7_sync_resync_nl_policy[IPVS_L7_A_SYNC_PAD + 1];

extern const struct nla_policy ipvs_l7_sync_drain_nl_policy[IPVS_L7_A_SYNC_OFF + 1];

extern const struct nla_policy ipvs_l7_sync_key_add_nl_policy[IPVS_L7_A_SYNC_KEY_PATH + 1];

extern const struct nla_policy ipvs_l7_sync_key_del_nl_policy[IPVS_L7_A_SYNC_FORCE + 1];

extern const struct nla_policy ipvs_l7_sync_selftest_nl_policy[IPVS_L7_A_SYNC_AGAIN + 1];

extern const struct nla_policy ipvs_l7_sync_push_nl_policy[IPVS_L7_A_SYNC_AGAIN + 1];

extern const struct nla_policy ipvs_l7_sync_forget_nl_policy[IPVS_L7_A_SYNC_NODE + 1];

/* Ops table for ipvs_l7 */
extern const struct genl_ops ipvs_l7_nl_ops[26];

int ipvs_l7_nl_svc_new_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_svc_set_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_svc_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_svc_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_svc_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ipvs_l7_nl_svc_flush_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_stats_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ipvs_l7_nl_stats_zero_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_binding_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_binding_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int ipvs_l7_nl_binding_new_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_binding_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_binding_flush_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_flow_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ipvs_l7_nl_flow_reset_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_peer_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ipvs_l7_nl_sync_start_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_stop_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_limits_set_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_limits_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_resync_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_drain_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_key_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_key_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_selftest_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_push_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_l7_nl_sync_forget_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	IPVS_L7_NLGRP_SYNC,
};

extern const struct genl_multicast_group ipvs_l7_nl_mcgrps[];

#endif /* _LINUX_IPVS_L7_GEN_H */
