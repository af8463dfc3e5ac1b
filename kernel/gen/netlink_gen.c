// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipvs_l7.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/ipvs_l7.h>

/* Common nested types */
const struct nla_policy ipvs_l7_endpoint_nl_policy[IPVS_L7_A_ENDPOINT_UDP + 1] = {
	[IPVS_L7_A_ENDPOINT_ADDR4] = { .type = NLA_U32, },
	[IPVS_L7_A_ENDPOINT_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[IPVS_L7_A_ENDPOINT_PORT] = { .type = NLA_U16, },
	[IPVS_L7_A_ENDPOINT_UDP] = { .type = NLA_FLAG, },
};

const struct nla_policy ipvs_l7_route_nl_policy[IPVS_L7_A_ROUTE_SERVER + 1] = {
	[IPVS_L7_A_ROUTE_NAME] = { .type = NLA_NUL_STRING, .len = IPVS_L7_ROUTE_NAME_MAX, },
	[IPVS_L7_A_ROUTE_SERVER] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
};

const struct nla_policy ipvs_l7_rule_nl_policy[IPVS_L7_A_RULE_ROUTE + 1] = {
	[IPVS_L7_A_RULE_TYPE] = NLA_POLICY_RANGE(NLA_U8, 1, 14),
	[IPVS_L7_A_RULE_PREFIX] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
	[IPVS_L7_A_RULE_NAME] = { .type = NLA_NUL_STRING, .len = IPVS_L7_COOKIE_NAME_MAX, },
	[IPVS_L7_A_RULE_WILDCARD] = { .type = NLA_FLAG, },
	[IPVS_L7_A_RULE_OFFSET] = { .type = NLA_U16, },
	[IPVS_L7_A_RULE_LENGTH] = { .type = NLA_U16, },
	[IPVS_L7_A_RULE_REQUIRE] = { .type = NLA_FLAG, },
	[IPVS_L7_A_RULE_LEARN_REQUEST] = { .type = NLA_FLAG, },
	[IPVS_L7_A_RULE_ATTRIBUTES] = { .type = NLA_NUL_STRING, .len = IPVS_L7_COOKIE_ATTR_MAX, },
	[IPVS_L7_A_RULE_RESPONSES] = NLA_POLICY_RANGE(NLA_U8, 1, IPVS_L7_RESPONSES_MAX),
	[IPVS_L7_A_RULE_ROUTE] = { .type = NLA_FLAG, },
};

const struct nla_policy ipvs_l7_steer_nl_policy[IPVS_L7_A_STEER_MARK + 1] = {
	[IPVS_L7_A_STEER_MATCH] = NLA_POLICY_RANGE(NLA_U8, 1, 6),
	[IPVS_L7_A_STEER_HOW] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPVS_L7_A_STEER_NAME] = { .type = NLA_NUL_STRING, .len = IPVS_L7_COOKIE_NAME_MAX, },
	[IPVS_L7_A_STEER_PATTERN] = { .type = NLA_NUL_STRING, .len = IPVS_L7_STEER_PATTERN_MAX, },
	[IPVS_L7_A_STEER_TARGET] = NLA_POLICY_RANGE(NLA_U8, 1, 3),
	[IPVS_L7_A_STEER_MARK] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPVS_L7_CMD_SVC_NEW - do */
const struct nla_policy ipvs_l7_svc_new_nl_policy[IPVS_L7_A_SVC_SEMI_SYNC + 1] = {
	[IPVS_L7_A_SVC_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_SVC_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_SVC_INSPECT_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 100),
	[IPVS_L7_A_SVC_SILENT_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[IPVS_L7_A_SVC_CONNECT_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 50, 30000),
	[IPVS_L7_A_SVC_TRIES] = NLA_POLICY_RANGE(NLA_U8, 1, 8),
	[IPVS_L7_A_SVC_MAX_REQUEST] = NLA_POLICY_MIN(NLA_U32, 512),
	[IPVS_L7_A_SVC_FLOW_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_SVC_ACCEPT_PROXY] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_SEND_PROXY] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_ROUTE] = NLA_POLICY_NESTED(ipvs_l7_route_nl_policy),
	[IPVS_L7_A_SVC_RULE] = NLA_POLICY_NESTED(ipvs_l7_rule_nl_policy),
	[IPVS_L7_A_SVC_STEER] = NLA_POLICY_NESTED(ipvs_l7_steer_nl_policy),
	[IPVS_L7_A_SVC_GROUP] = { .type = NLA_NUL_STRING, .len = IPVS_L7_GROUP_NAME_MAX, },
	[IPVS_L7_A_SVC_ON_DRAIN] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPVS_L7_A_SVC_MAX_LIFETIME] = { .type = NLA_U32, },
	[IPVS_L7_A_SVC_PREBIND] = NLA_POLICY_MAX(NLA_U32, 3600),
	[IPVS_L7_A_SVC_MIRROR_CONNECTIONS] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_FTP] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_SEMI_SYNC] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* IPVS_L7_CMD_SVC_SET - do */
const struct nla_policy ipvs_l7_svc_set_nl_policy[IPVS_L7_A_SVC_SEMI_SYNC + 1] = {
	[IPVS_L7_A_SVC_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_SVC_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_SVC_INSPECT_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 100),
	[IPVS_L7_A_SVC_SILENT_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[IPVS_L7_A_SVC_CONNECT_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 50, 30000),
	[IPVS_L7_A_SVC_TRIES] = NLA_POLICY_RANGE(NLA_U8, 1, 8),
	[IPVS_L7_A_SVC_MAX_REQUEST] = NLA_POLICY_MIN(NLA_U32, 512),
	[IPVS_L7_A_SVC_FLOW_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_SVC_ACCEPT_PROXY] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_SEND_PROXY] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_ROUTE] = NLA_POLICY_NESTED(ipvs_l7_route_nl_policy),
	[IPVS_L7_A_SVC_RULE] = NLA_POLICY_NESTED(ipvs_l7_rule_nl_policy),
	[IPVS_L7_A_SVC_STEER] = NLA_POLICY_NESTED(ipvs_l7_steer_nl_policy),
	[IPVS_L7_A_SVC_GROUP] = { .type = NLA_NUL_STRING, .len = IPVS_L7_GROUP_NAME_MAX, },
	[IPVS_L7_A_SVC_ON_DRAIN] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPVS_L7_A_SVC_MAX_LIFETIME] = { .type = NLA_U32, },
	[IPVS_L7_A_SVC_PREBIND] = NLA_POLICY_MAX(NLA_U32, 3600),
	[IPVS_L7_A_SVC_MIRROR_CONNECTIONS] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_FTP] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPVS_L7_A_SVC_SEMI_SYNC] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* IPVS_L7_CMD_SVC_DEL - do */
const struct nla_policy ipvs_l7_svc_del_nl_policy[IPVS_L7_A_SVC_SERVICE + 1] = {
	[IPVS_L7_A_SVC_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
};

/* IPVS_L7_CMD_SVC_GET - do */
const struct nla_policy ipvs_l7_svc_get_nl_policy[IPVS_L7_A_SVC_SERVICE + 1] = {
	[IPVS_L7_A_SVC_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
};

/* IPVS_L7_CMD_SVC_FLUSH - do */
const struct nla_policy ipvs_l7_svc_flush_nl_policy[IPVS_L7_A_SVC_PAD + 1] = {
};

/* IPVS_L7_CMD_STATS_GET - do */
const struct nla_policy ipvs_l7_stats_get_nl_policy[IPVS_L7_A_STATS_SERVICE + 1] = {
	[IPVS_L7_A_STATS_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
};

/* IPVS_L7_CMD_STATS_ZERO - do */
const struct nla_policy ipvs_l7_stats_zero_nl_policy[IPVS_L7_A_STATS_SERVICE + 1] = {
	[IPVS_L7_A_STATS_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
};

/* IPVS_L7_CMD_BINDING_GET - do */
const struct nla_policy ipvs_l7_binding_get_nl_policy[IPVS_L7_A_BINDING_PREBIND + 1] = {
	[IPVS_L7_A_BINDING_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_BINDING_RULE] = NLA_POLICY_MAX(NLA_U8, 7),
	[IPVS_L7_A_BINDING_VALUE] = { .type = NLA_BINARY, },
	[IPVS_L7_A_BINDING_HASH] = NLA_POLICY_EXACT_LEN(IPVS_L7_HASH_LEN),
	[IPVS_L7_A_BINDING_POOL] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_BINDING_PREBIND] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_BINDING_NEW - do */
const struct nla_policy ipvs_l7_binding_new_nl_policy[IPVS_L7_A_BINDING_STATIC + 1] = {
	[IPVS_L7_A_BINDING_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_BINDING_RULE] = NLA_POLICY_MAX(NLA_U8, 7),
	[IPVS_L7_A_BINDING_VALUE] = { .type = NLA_BINARY, },
	[IPVS_L7_A_BINDING_SERVER] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_BINDING_POOL] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_BINDING_STATIC] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_BINDING_DEL - do */
const struct nla_policy ipvs_l7_binding_del_nl_policy[IPVS_L7_A_BINDING_PREBIND + 1] = {
	[IPVS_L7_A_BINDING_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_BINDING_RULE] = NLA_POLICY_MAX(NLA_U8, 7),
	[IPVS_L7_A_BINDING_VALUE] = { .type = NLA_BINARY, },
	[IPVS_L7_A_BINDING_HASH] = NLA_POLICY_EXACT_LEN(IPVS_L7_HASH_LEN),
	[IPVS_L7_A_BINDING_POOL] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_BINDING_PREBIND] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_BINDING_FLUSH - do */
const struct nla_policy ipvs_l7_binding_flush_nl_policy[IPVS_L7_A_BINDING_STATIC + 1] = {
	[IPVS_L7_A_BINDING_SERVICE] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_BINDING_STATIC] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_FLOW_GET - do */
const struct nla_policy ipvs_l7_flow_get_nl_policy[IPVS_L7_A_FLOW_VIP + 1] = {
	[IPVS_L7_A_FLOW_CLIENT] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_FLOW_VIP] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
};

/* IPVS_L7_CMD_FLOW_RESET - do */
const struct nla_policy ipvs_l7_flow_reset_nl_policy[IPVS_L7_A_FLOW_VIP + 1] = {
	[IPVS_L7_A_FLOW_VIP] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
};

/* IPVS_L7_CMD_PEER_GET - do */
const struct nla_policy ipvs_l7_peer_get_nl_policy[IPVS_L7_A_PEER_NODE + 1] = {
	[IPVS_L7_A_PEER_NODE] = NLA_POLICY_MIN(NLA_U8, 1),
};

/* IPVS_L7_CMD_SYNC_START - do */
const struct nla_policy ipvs_l7_sync_start_nl_policy[IPVS_L7_A_SYNC_ACCEPT_POLICIES + 1] = {
	[IPVS_L7_A_SYNC_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[IPVS_L7_A_SYNC_GROUP] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_SYNC_PEER] = NLA_POLICY_NESTED(ipvs_l7_endpoint_nl_policy),
	[IPVS_L7_A_SYNC_PORT] = { .type = NLA_U16, },
	[IPVS_L7_A_SYNC_NODE] = NLA_POLICY_MIN(NLA_U8, 1),
	[IPVS_L7_A_SYNC_CLUSTER] = { .type = NLA_U8, },
	[IPVS_L7_A_SYNC_PLAINTEXT] = { .type = NLA_FLAG, },
	[IPVS_L7_A_SYNC_KEY] = NLA_POLICY_EXACT_LEN(IPVS_L7_SYNC_KEY_LEN),
	[IPVS_L7_A_SYNC_KEY_PATH] = { .type = NLA_NUL_STRING, .len = IPVS_L7_KEY_PATH_MAX, },
	[IPVS_L7_A_SYNC_PACKET_KEY] = NLA_POLICY_EXACT_LEN(IPVS_L7_SYNC_KEY_LEN),
	[IPVS_L7_A_SYNC_PACKET_KEY_PATH] = { .type = NLA_NUL_STRING, .len = IPVS_L7_KEY_PATH_MAX, },
	[IPVS_L7_A_SYNC_RECEIVE_BUFFER] = NLA_POLICY_MIN(NLA_U32, IPVS_L7_RECEIVE_BUFFER_MIN),
	[IPVS_L7_A_SYNC_ACCEPT_POLICIES] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_SYNC_STOP - do */
const struct nla_policy ipvs_l7_sync_stop_nl_policy[IPVS_L7_A_SYNC_PAD + 1] = {
};

/* IPVS_L7_CMD_SYNC_GET - do */
const struct nla_policy ipvs_l7_sync_get_nl_policy[IPVS_L7_A_SYNC_PAD + 1] = {
};

/* IPVS_L7_CMD_LIMITS_SET - do */
const struct nla_policy ipvs_l7_limits_set_nl_policy[IPVS_L7_A_LIMITS_PENDING_BYTES + 1] = {
	[IPVS_L7_A_LIMITS_BINDINGS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_LIMITS_FLOWS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_LIMITS_PENDING] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_LIMITS_PENDING_SRC] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVS_L7_A_LIMITS_PENDING_BYTES] = NLA_POLICY_MIN(NLA_U32, 4096),
};

/* IPVS_L7_CMD_LIMITS_GET - do */
const struct nla_policy ipvs_l7_limits_get_nl_policy[IPVS_L7_A_LIMITS_PAD + 1] = {
};

/* IPVS_L7_CMD_SYNC_RESYNC - do */
const struct nla_policy ipvs_l7_sync_resync_nl_policy[IPVS_L7_A_SYNC_PAD + 1] = {
};

/* IPVS_L7_CMD_SYNC_DRAIN - do */
const struct nla_policy ipvs_l7_sync_drain_nl_policy[IPVS_L7_A_SYNC_OFF + 1] = {
	[IPVS_L7_A_SYNC_OFF] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_SYNC_KEY_ADD - do */
const struct nla_policy ipvs_l7_sync_key_add_nl_policy[IPVS_L7_A_SYNC_KEY_PATH + 1] = {
	[IPVS_L7_A_SYNC_KEY] = NLA_POLICY_EXACT_LEN(IPVS_L7_SYNC_KEY_LEN),
	[IPVS_L7_A_SYNC_KEY_PATH] = { .type = NLA_NUL_STRING, .len = IPVS_L7_KEY_PATH_MAX, },
};

/* IPVS_L7_CMD_SYNC_KEY_DEL - do */
const struct nla_policy ipvs_l7_sync_key_del_nl_policy[IPVS_L7_A_SYNC_FORCE + 1] = {
	[IPVS_L7_A_SYNC_KEY_ID] = NLA_POLICY_MIN(NLA_U8, 1),
	[IPVS_L7_A_SYNC_FORCE] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_SYNC_SELFTEST - do */
const struct nla_policy ipvs_l7_sync_selftest_nl_policy[IPVS_L7_A_SYNC_AGAIN + 1] = {
	[IPVS_L7_A_SYNC_AGAIN] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_SYNC_PUSH - do */
const struct nla_policy ipvs_l7_sync_push_nl_policy[IPVS_L7_A_SYNC_AGAIN + 1] = {
	[IPVS_L7_A_SYNC_AGAIN] = { .type = NLA_FLAG, },
	[IPVS_L7_A_SYNC_OFF] = { .type = NLA_FLAG, },
};

/* IPVS_L7_CMD_SYNC_FORGET - do */
const struct nla_policy ipvs_l7_sync_forget_nl_policy[IPVS_L7_A_SYNC_NODE + 1] = {
	[IPVS_L7_A_SYNC_NODE] = NLA_POLICY_MIN(NLA_U8, 1),
};

/* Ops table for ipvs_l7 */
const struct genl_ops ipvs_l7_nl_ops[26] = {
	{
		.cmd		= IPVS_L7_CMD_SVC_NEW,
		.doit		= ipvs_l7_nl_svc_new_doit,
		.policy		= ipvs_l7_svc_new_nl_policy,
		.maxattr	= IPVS_L7_A_SVC_SEMI_SYNC,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SVC_SET,
		.doit		= ipvs_l7_nl_svc_set_doit,
		.policy		= ipvs_l7_svc_set_nl_policy,
		.maxattr	= IPVS_L7_A_SVC_SEMI_SYNC,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SVC_DEL,
		.doit		= ipvs_l7_nl_svc_del_doit,
		.policy		= ipvs_l7_svc_del_nl_policy,
		.maxattr	= IPVS_L7_A_SVC_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SVC_GET,
		.doit		= ipvs_l7_nl_svc_get_doit,
		.dumpit		= ipvs_l7_nl_svc_get_dumpit,
		.policy		= ipvs_l7_svc_get_nl_policy,
		.maxattr	= IPVS_L7_A_SVC_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SVC_FLUSH,
		.doit		= ipvs_l7_nl_svc_flush_doit,
		.policy		= ipvs_l7_svc_flush_nl_policy,
		.maxattr	= IPVS_L7_A_SVC_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_STATS_GET,
		.doit		= ipvs_l7_nl_stats_get_doit,
		.dumpit		= ipvs_l7_nl_stats_get_dumpit,
		.policy		= ipvs_l7_stats_get_nl_policy,
		.maxattr	= IPVS_L7_A_STATS_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_STATS_ZERO,
		.doit		= ipvs_l7_nl_stats_zero_doit,
		.policy		= ipvs_l7_stats_zero_nl_policy,
		.maxattr	= IPVS_L7_A_STATS_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_BINDING_GET,
		.doit		= ipvs_l7_nl_binding_get_doit,
		.dumpit		= ipvs_l7_nl_binding_get_dumpit,
		.policy		= ipvs_l7_binding_get_nl_policy,
		.maxattr	= IPVS_L7_A_BINDING_PREBIND,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_BINDING_NEW,
		.doit		= ipvs_l7_nl_binding_new_doit,
		.policy		= ipvs_l7_binding_new_nl_policy,
		.maxattr	= IPVS_L7_A_BINDING_STATIC,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_BINDING_DEL,
		.doit		= ipvs_l7_nl_binding_del_doit,
		.policy		= ipvs_l7_binding_del_nl_policy,
		.maxattr	= IPVS_L7_A_BINDING_PREBIND,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_BINDING_FLUSH,
		.doit		= ipvs_l7_nl_binding_flush_doit,
		.policy		= ipvs_l7_binding_flush_nl_policy,
		.maxattr	= IPVS_L7_A_BINDING_STATIC,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_FLOW_GET,
		.doit		= ipvs_l7_nl_flow_get_doit,
		.dumpit		= ipvs_l7_nl_flow_get_dumpit,
		.policy		= ipvs_l7_flow_get_nl_policy,
		.maxattr	= IPVS_L7_A_FLOW_VIP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_FLOW_RESET,
		.doit		= ipvs_l7_nl_flow_reset_doit,
		.policy		= ipvs_l7_flow_reset_nl_policy,
		.maxattr	= IPVS_L7_A_FLOW_VIP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_PEER_GET,
		.doit		= ipvs_l7_nl_peer_get_doit,
		.dumpit		= ipvs_l7_nl_peer_get_dumpit,
		.policy		= ipvs_l7_peer_get_nl_policy,
		.maxattr	= IPVS_L7_A_PEER_NODE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_START,
		.doit		= ipvs_l7_nl_sync_start_doit,
		.policy		= ipvs_l7_sync_start_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_ACCEPT_POLICIES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_STOP,
		.doit		= ipvs_l7_nl_sync_stop_doit,
		.policy		= ipvs_l7_sync_stop_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_GET,
		.doit		= ipvs_l7_nl_sync_get_doit,
		.policy		= ipvs_l7_sync_get_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_LIMITS_SET,
		.doit		= ipvs_l7_nl_limits_set_doit,
		.policy		= ipvs_l7_limits_set_nl_policy,
		.maxattr	= IPVS_L7_A_LIMITS_PENDING_BYTES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_LIMITS_GET,
		.doit		= ipvs_l7_nl_limits_get_doit,
		.policy		= ipvs_l7_limits_get_nl_policy,
		.maxattr	= IPVS_L7_A_LIMITS_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_RESYNC,
		.doit		= ipvs_l7_nl_sync_resync_doit,
		.policy		= ipvs_l7_sync_resync_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_DRAIN,
		.doit		= ipvs_l7_nl_sync_drain_doit,
		.policy		= ipvs_l7_sync_drain_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_OFF,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_KEY_ADD,
		.doit		= ipvs_l7_nl_sync_key_add_doit,
		.policy		= ipvs_l7_sync_key_add_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_KEY_PATH,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_KEY_DEL,
		.doit		= ipvs_l7_nl_sync_key_del_doit,
		.policy		= ipvs_l7_sync_key_del_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_SELFTEST,
		.doit		= ipvs_l7_nl_sync_selftest_doit,
		.policy		= ipvs_l7_sync_selftest_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_AGAIN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_PUSH,
		.doit		= ipvs_l7_nl_sync_push_doit,
		.policy		= ipvs_l7_sync_push_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_AGAIN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= IPVS_L7_CMD_SYNC_FORGET,
		.doit		= ipvs_l7_nl_sync_forget_doit,
		.policy		= ipvs_l7_sync_forget_nl_policy,
		.maxattr	= IPVS_L7_A_SYNC_NODE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

const struct genl_multicast_group ipvs_l7_nl_mcgrps[] = {
	[IPVS_L7_NLGRP_SYNC] = { "sync", .flags = GENL_MCAST_CAP_NET_ADMIN, },
};
