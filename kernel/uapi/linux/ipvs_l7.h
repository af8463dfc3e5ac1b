/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipvs_l7.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_IPVS_L7_H
#define _UAPI_LINUX_IPVS_L7_H

#define IPVS_L7_GENL_NAME	"ipvs_l7"
#define IPVS_L7_GENL_VERSION	1

#define IPVS_L7_COOKIE_NAME_MAX		64
#define IPVS_L7_COOKIE_ATTR_MAX		128
#define IPVS_L7_RULES_MAX		8
#define IPVS_L7_STEER_MAX		16
#define IPVS_L7_STEER_PATTERN_MAX	128
#define IPVS_L7_GROUP_NAME_MAX		32
#define IPVS_L7_RESPONSES_MAX		16
#define IPVS_L7_ROUTES_MAX		64
#define IPVS_L7_ROUTE_NAME_MAX		32
#define IPVS_L7_HASH_LEN		16
#define IPVS_L7_SYNC_KEY_LEN		32
#define IPVS_L7_SYNC_PEERS_MAX		16
#define IPVS_L7_KEY_PATH_MAX		255

/**
 * enum ipvs_l7_key_type - what identifies a session
 * @IPVS_L7_KEY_TYPE_SRC: client address, or its network
 * @IPVS_L7_KEY_TYPE_COOKIE: HTTP cookie that the real server sets
 * @IPVS_L7_KEY_TYPE_TLS_SESSION: session ID of TLS up to 1.2, which the real
 *   server gave
 * @IPVS_L7_KEY_TYPE_TLS_TICKET: session ticket of TLS 1.2, or identity of a
 *   1.3 session, or its first bytes
 * @IPVS_L7_KEY_TYPE_URL: parameter in the target of an HTTP request
 * @IPVS_L7_KEY_TYPE_HEADER: field of an HTTP request
 * @IPVS_L7_KEY_TYPE_PATH_HASH: path of an HTTP request, hashed to a real
 *   server; nothing is bound
 * @IPVS_L7_KEY_TYPE_RDP: user name, or real server, in the first packet of an
 *   RDP client
 * @IPVS_L7_KEY_TYPE_MQTT: client identifier of MQTT
 * @IPVS_L7_KEY_TYPE_PAYLOAD: bytes at a fixed place of what the client sends
 *   first
 * @IPVS_L7_KEY_TYPE_PAYLOAD_LV: bytes behind their length, which is at a fixed
 *   place
 * @IPVS_L7_KEY_TYPE_PREBIND: of bindings alone: address of a client whose
 *   requests had no key, for a short time
 * @IPVS_L7_KEY_TYPE_COOKIE_INSERT: HTTP cookie that the director puts into the
 *   response and that names the real server; nothing is bound
 * @IPVS_L7_KEY_TYPE_COOKIE_REWRITE: HTTP cookie of the real server, of whose
 *   value the director overwrites the first bytes with what names the real
 *   server; nothing is bound
 */
enum ipvs_l7_key_type {
	IPVS_L7_KEY_TYPE_SRC = 1,
	IPVS_L7_KEY_TYPE_COOKIE,
	IPVS_L7_KEY_TYPE_TLS_SESSION,
	IPVS_L7_KEY_TYPE_TLS_TICKET,
	IPVS_L7_KEY_TYPE_URL,
	IPVS_L7_KEY_TYPE_HEADER,
	IPVS_L7_KEY_TYPE_PATH_HASH,
	IPVS_L7_KEY_TYPE_RDP,
	IPVS_L7_KEY_TYPE_MQTT,
	IPVS_L7_KEY_TYPE_PAYLOAD,
	IPVS_L7_KEY_TYPE_PAYLOAD_LV,
	IPVS_L7_KEY_TYPE_PREBIND,
	IPVS_L7_KEY_TYPE_COOKIE_INSERT,
	IPVS_L7_KEY_TYPE_COOKIE_REWRITE,
};

/**
 * enum ipvs_l7_steer_match - what a steering rule looks at
 * @IPVS_L7_STEER_MATCH_ANY: nothing; it always matches
 * @IPVS_L7_STEER_MATCH_SNI: server name of a TLS client
 * @IPVS_L7_STEER_MATCH_ALPN: protocols that a TLS client offers, each of them
 * @IPVS_L7_STEER_MATCH_HOST: host of an HTTP request, without its port
 * @IPVS_L7_STEER_MATCH_PATH: path of an HTTP request, without its query
 * @IPVS_L7_STEER_MATCH_HEADER: first field of that name in an HTTP request
 */
enum ipvs_l7_steer_match {
	IPVS_L7_STEER_MATCH_ANY = 1,
	IPVS_L7_STEER_MATCH_SNI,
	IPVS_L7_STEER_MATCH_ALPN,
	IPVS_L7_STEER_MATCH_HOST,
	IPVS_L7_STEER_MATCH_PATH,
	IPVS_L7_STEER_MATCH_HEADER,
};

/**
 * enum ipvs_l7_steer_how - which texts a pattern stands for
 * @IPVS_L7_STEER_HOW_EXACT: this one; a name that begins with *. also stands
 *   for all below it
 * @IPVS_L7_STEER_HOW_PREFIX: those that begin with it
 * @IPVS_L7_STEER_HOW_SUFFIX: those that end with it
 */
enum ipvs_l7_steer_how {
	IPVS_L7_STEER_HOW_EXACT,
	IPVS_L7_STEER_HOW_PREFIX,
	IPVS_L7_STEER_HOW_SUFFIX,
};

/**
 * enum ipvs_l7_steer_target - whose real servers get the connection
 * @IPVS_L7_STEER_TARGET_SERVICE: those of the service itself
 * @IPVS_L7_STEER_TARGET_FWMARK: those of a fwmark service
 * @IPVS_L7_STEER_TARGET_RESET: nobody's, it is reset
 */
enum ipvs_l7_steer_target {
	IPVS_L7_STEER_TARGET_SERVICE = 1,
	IPVS_L7_STEER_TARGET_FWMARK,
	IPVS_L7_STEER_TARGET_RESET,
};

/**
 * enum ipvs_l7_on_drain - what becomes of bound clients when their real server
 *   has weight 0
 * @IPVS_L7_ON_DRAIN_KEEP: they still go there
 * @IPVS_L7_ON_DRAIN_REBIND: they are bound to another one, if there is one
 *   that takes clients
 */
enum ipvs_l7_on_drain {
	IPVS_L7_ON_DRAIN_KEEP = 1,
	IPVS_L7_ON_DRAIN_REBIND,
};

/**
 * enum ipvs_l7_flow_state - where a connection stands
 * @IPVS_L7_FLOW_STATE_PENDING: handshake done, request not complete
 * @IPVS_L7_FLOW_STATE_CONNECTING: SYN sent to the real server
 * @IPVS_L7_FLOW_STATE_SPLICED: sequence numbers are translated
 * @IPVS_L7_FLOW_STATE_STANDBY: spliced by a peer, no traffic seen here
 * @IPVS_L7_FLOW_STATE_CLOSING: FIN seen from both sides
 * @IPVS_L7_FLOW_STATE_RESETTING: reset by the director, which answers what
 *   still comes
 * @IPVS_L7_FLOW_STATE_CLOSED: reset, or replaced
 */
enum ipvs_l7_flow_state {
	IPVS_L7_FLOW_STATE_PENDING,
	IPVS_L7_FLOW_STATE_CONNECTING,
	IPVS_L7_FLOW_STATE_SPLICED,
	IPVS_L7_FLOW_STATE_STANDBY,
	IPVS_L7_FLOW_STATE_CLOSING,
	IPVS_L7_FLOW_STATE_RESETTING,
	IPVS_L7_FLOW_STATE_CLOSED,
};

/**
 * enum ipvs_l7_node_state - whether a director has what its peers have
 * @IPVS_L7_NODE_STATE_ALONE: no peer is heard
 * @IPVS_L7_NODE_STATE_JOINING: some peer has not sent everything yet
 * @IPVS_L7_NODE_STATE_READY: has all that its peers have
 * @IPVS_L7_NODE_STATE_DEGRADED: was ready, and misses something now
 */
enum ipvs_l7_node_state {
	IPVS_L7_NODE_STATE_ALONE = 1,
	IPVS_L7_NODE_STATE_JOINING,
	IPVS_L7_NODE_STATE_READY,
	IPVS_L7_NODE_STATE_DEGRADED,
};

enum {
	IPVS_L7_A_ENDPOINT_ADDR4 = 1,
	IPVS_L7_A_ENDPOINT_ADDR6,
	IPVS_L7_A_ENDPOINT_PORT,

	__IPVS_L7_A_ENDPOINT_MAX,
	IPVS_L7_A_ENDPOINT_MAX = (__IPVS_L7_A_ENDPOINT_MAX - 1)
};

enum {
	IPVS_L7_A_RULE_TYPE = 1,
	IPVS_L7_A_RULE_PREFIX,
	IPVS_L7_A_RULE_NAME,
	IPVS_L7_A_RULE_WILDCARD,
	IPVS_L7_A_RULE_OFFSET,
	IPVS_L7_A_RULE_LENGTH,
	IPVS_L7_A_RULE_REQUIRE,
	IPVS_L7_A_RULE_LEARN_REQUEST,
	IPVS_L7_A_RULE_ATTRIBUTES,
	IPVS_L7_A_RULE_RESPONSES,
	IPVS_L7_A_RULE_ROUTE,

	__IPVS_L7_A_RULE_MAX,
	IPVS_L7_A_RULE_MAX = (__IPVS_L7_A_RULE_MAX - 1)
};

enum {
	IPVS_L7_A_ROUTE_NAME = 1,
	IPVS_L7_A_ROUTE_SERVER,

	__IPVS_L7_A_ROUTE_MAX,
	IPVS_L7_A_ROUTE_MAX = (__IPVS_L7_A_ROUTE_MAX - 1)
};

enum {
	IPVS_L7_A_STEER_MATCH = 1,
	IPVS_L7_A_STEER_HOW,
	IPVS_L7_A_STEER_NAME,
	IPVS_L7_A_STEER_PATTERN,
	IPVS_L7_A_STEER_TARGET,
	IPVS_L7_A_STEER_MARK,

	__IPVS_L7_A_STEER_MAX,
	IPVS_L7_A_STEER_MAX = (__IPVS_L7_A_STEER_MAX - 1)
};

enum {
	IPVS_L7_A_COUNTER_NAME = 1,
	IPVS_L7_A_COUNTER_VALUE,
	IPVS_L7_A_COUNTER_PAD,
	IPVS_L7_A_COUNTER_RULE,

	__IPVS_L7_A_COUNTER_MAX,
	IPVS_L7_A_COUNTER_MAX = (__IPVS_L7_A_COUNTER_MAX - 1)
};

enum {
	IPVS_L7_A_SVC_SERVICE = 1,
	IPVS_L7_A_SVC_TIMEOUT,
	IPVS_L7_A_SVC_INSPECT_TIMEOUT,
	IPVS_L7_A_SVC_SILENT_TIMEOUT,
	IPVS_L7_A_SVC_CONNECT_TIMEOUT,
	IPVS_L7_A_SVC_TRIES,
	IPVS_L7_A_SVC_MAX_REQUEST,
	IPVS_L7_A_SVC_FLOW_TIMEOUT,
	IPVS_L7_A_SVC_RULE,
	IPVS_L7_A_SVC_PAD,
	IPVS_L7_A_SVC_STEER,
	IPVS_L7_A_SVC_GROUP,
	IPVS_L7_A_SVC_ON_DRAIN,
	IPVS_L7_A_SVC_MAX_LIFETIME,
	IPVS_L7_A_SVC_PREBIND,
	IPVS_L7_A_SVC_ACCEPT_PROXY,
	IPVS_L7_A_SVC_SEND_PROXY,
	IPVS_L7_A_SVC_ROUTE,

	__IPVS_L7_A_SVC_MAX,
	IPVS_L7_A_SVC_MAX = (__IPVS_L7_A_SVC_MAX - 1)
};

enum {
	IPVS_L7_A_BINDING_SERVICE = 1,
	IPVS_L7_A_BINDING_RULE,
	IPVS_L7_A_BINDING_VALUE,
	IPVS_L7_A_BINDING_HASH,
	IPVS_L7_A_BINDING_SERVER,
	IPVS_L7_A_BINDING_TYPE,
	IPVS_L7_A_BINDING_SCOPE,
	IPVS_L7_A_BINDING_ORIGIN,
	IPVS_L7_A_BINDING_GEN,
	IPVS_L7_A_BINDING_EXPIRES,
	IPVS_L7_A_BINDING_PAD,
	IPVS_L7_A_BINDING_POOL,
	IPVS_L7_A_BINDING_GROUP,
	IPVS_L7_A_BINDING_LIFETIME,
	IPVS_L7_A_BINDING_STATIC,

	__IPVS_L7_A_BINDING_MAX,
	IPVS_L7_A_BINDING_MAX = (__IPVS_L7_A_BINDING_MAX - 1)
};

enum {
	IPVS_L7_A_FLOW_CLIENT = 1,
	IPVS_L7_A_FLOW_VIP,
	IPVS_L7_A_FLOW_SERVER,
	IPVS_L7_A_FLOW_STATE,
	IPVS_L7_A_FLOW_ORIGIN,
	IPVS_L7_A_FLOW_SEQ_DELTA,
	IPVS_L7_A_FLOW_TS_DELTA,
	IPVS_L7_A_FLOW_WSCALE_CLIENT,
	IPVS_L7_A_FLOW_WSCALE_SERVER,
	IPVS_L7_A_FLOW_EXPIRES,
	IPVS_L7_A_FLOW_BUFFERED,
	IPVS_L7_A_FLOW_PAD,

	__IPVS_L7_A_FLOW_MAX,
	IPVS_L7_A_FLOW_MAX = (__IPVS_L7_A_FLOW_MAX - 1)
};

enum {
	IPVS_L7_A_PEER_NODE = 1,
	IPVS_L7_A_PEER_ADDR,
	IPVS_L7_A_PEER_CONFIRMED,
	IPVS_L7_A_PEER_LAST_SEEN,
	IPVS_L7_A_PEER_EPOCH,
	IPVS_L7_A_PEER_RX_PACKETS,
	IPVS_L7_A_PEER_RX_RECORDS,
	IPVS_L7_A_PEER_LOST,
	IPVS_L7_A_PEER_REPLAYED,
	IPVS_L7_A_PEER_BINDINGS,
	IPVS_L7_A_PEER_FLOWS,
	IPVS_L7_A_PEER_PAD,
	IPVS_L7_A_PEER_REPAIRED,
	IPVS_L7_A_PEER_MISSING,
	IPVS_L7_A_PEER_UNCONFIRMED,
	IPVS_L7_A_PEER_STATE,
	IPVS_L7_A_PEER_JOINED,

	__IPVS_L7_A_PEER_MAX,
	IPVS_L7_A_PEER_MAX = (__IPVS_L7_A_PEER_MAX - 1)
};

enum {
	IPVS_L7_A_SYNC_RUNNING = 1,
	IPVS_L7_A_SYNC_IFNAME,
	IPVS_L7_A_SYNC_GROUP,
	IPVS_L7_A_SYNC_PEER,
	IPVS_L7_A_SYNC_PORT,
	IPVS_L7_A_SYNC_NODE,
	IPVS_L7_A_SYNC_CLUSTER,
	IPVS_L7_A_SYNC_PLAINTEXT,
	IPVS_L7_A_SYNC_KEY,
	IPVS_L7_A_SYNC_KEY_PATH,
	IPVS_L7_A_SYNC_PAD,
	IPVS_L7_A_SYNC_STATE,

	__IPVS_L7_A_SYNC_MAX,
	IPVS_L7_A_SYNC_MAX = (__IPVS_L7_A_SYNC_MAX - 1)
};

enum {
	IPVS_L7_A_STATS_SERVICE = 1,
	IPVS_L7_A_STATS_COUNTER,
	IPVS_L7_A_STATS_PAD,
	IPVS_L7_A_STATS_RULE_COUNTER,

	__IPVS_L7_A_STATS_MAX,
	IPVS_L7_A_STATS_MAX = (__IPVS_L7_A_STATS_MAX - 1)
};

enum {
	IPVS_L7_A_LIMITS_BINDINGS = 1,
	IPVS_L7_A_LIMITS_FLOWS,
	IPVS_L7_A_LIMITS_PENDING,
	IPVS_L7_A_LIMITS_PENDING_SRC,
	IPVS_L7_A_LIMITS_PENDING_BYTES,
	IPVS_L7_A_LIMITS_USED_BINDINGS,
	IPVS_L7_A_LIMITS_USED_FLOWS,
	IPVS_L7_A_LIMITS_USED_PENDING,
	IPVS_L7_A_LIMITS_PAD,

	__IPVS_L7_A_LIMITS_MAX,
	IPVS_L7_A_LIMITS_MAX = (__IPVS_L7_A_LIMITS_MAX - 1)
};

enum {
	IPVS_L7_CMD_SVC_NEW = 1,
	IPVS_L7_CMD_SVC_SET,
	IPVS_L7_CMD_SVC_DEL,
	IPVS_L7_CMD_SVC_GET,
	IPVS_L7_CMD_SVC_FLUSH,
	IPVS_L7_CMD_STATS_GET,
	IPVS_L7_CMD_STATS_ZERO,
	IPVS_L7_CMD_BINDING_GET,
	IPVS_L7_CMD_BINDING_NEW,
	IPVS_L7_CMD_BINDING_DEL,
	IPVS_L7_CMD_BINDING_FLUSH,
	IPVS_L7_CMD_FLOW_GET,
	IPVS_L7_CMD_FLOW_RESET,
	IPVS_L7_CMD_PEER_GET,
	IPVS_L7_CMD_SYNC_START,
	IPVS_L7_CMD_SYNC_STOP,
	IPVS_L7_CMD_SYNC_GET,
	IPVS_L7_CMD_LIMITS_SET,
	IPVS_L7_CMD_LIMITS_GET,

	__IPVS_L7_CMD_MAX,
	IPVS_L7_CMD_MAX = (__IPVS_L7_CMD_MAX - 1)
};

#endif /* _UAPI_LINUX_IPVS_L7_H */
