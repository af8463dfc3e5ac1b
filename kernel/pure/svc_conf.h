/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy as the operator gives it, and what it may say: for the module, whoever gave it,
 * and for tests of what a peer may send.
 */
#ifndef L7_PURE_SVC_CONF_H
#define L7_PURE_SVC_CONF_H

#include "key.h"
#include "steer.h"

#define L7_RULES_MAX	8
#define L7_STEER_MAX	16
#define L7_GROUP_NAME_MAX	32
#define L7_ROUTES_MAX		64
#define L7_ROUTE_NAME_MAX	32

/** struct l7_route - the name of a real server, by which the value of a key may end
 * @server: port 0: the one of that address
 * @len: bytes of @name
 */
struct l7_route {
	struct l7_endpoint server;
	u8 len;
	char name[L7_ROUTE_NAME_MAX];
};

/** struct l7_svc_conf - a policy as the operator gives it
 * @id: virtual service
 * @timeout: idle lifetime of bindings, seconds, 1..31536000
 * @max_lifetime: a binding ends that long after it was made, seconds,
 *	0 (never) ..31536000
 * @prebind_s: the connections of one client without a key go to one server for
 *	that long, seconds, 0..3600
 * @inspect_ms: an incomplete request falls back after this, ms, 100..60000
 * @silent_s: a silent client's handshake is remembered this long, s, 1..3600
 * @connect_ms: a server that stays silent is given up after this, ms, 50..30000
 * @tries: servers tried in all, 1..8
 * @max_request: bytes of a request that are looked at, 512..65536
 * @flow_timeout: idle lifetime of a spliced connection, s, 1..31536000
 * @group: name of the group with which it shares its bindings, padded with
 *	zeros; empty = none
 * @rebind_drained: a client bound to a server of weight 0 is bound anew
 * @accept_proxy: a PROXY header stands before what clients say
 * @send_proxy: servers get one before what clients say
 * @mirror: connections that are left to plain IPVS are mirrored, too
 * @ftp: connections are control connections of FTP sessions, which are followed and
 *	mirrored with their data connections
 * @semi: a request goes to its server when a peer has the connection
 * @nrules: 0..L7_RULES_MAX; 0 only if it steers or mirrors, or for FTP
 * @nsteer: 0..L7_STEER_MAX
 * @steer: in order; the first that matches chooses the servers. Whose they are:
 *	of a policy in force its own, else the caller's
 * @nroutes: 0..L7_ROUTES_MAX
 * @routes: whose they are, see @steer
 * @rules: in order; the first with a live binding wins
 */
struct l7_svc_conf {
	struct l7_endpoint id;
	u32 timeout;
	u32 max_lifetime;
	u32 prebind_s;
	u32 inspect_ms;
	u32 silent_s;
	u32 connect_ms;
	u8 tries;
	u32 max_request;
	u32 flow_timeout;
	char group[L7_GROUP_NAME_MAX + 1];
	bool rebind_drained;
	bool accept_proxy;
	bool send_proxy;
	bool mirror;
	bool ftp;
	bool semi;
	u8 nrules;
	u8 nsteer;
	const struct l7_steer_rule *steer;
	u8 nroutes;
	const struct l7_route *routes;
	struct l7_rule rules[L7_RULES_MAX];
};

#define L7_SVC_TIMEOUT_MAX		31536000
#define L7_SVC_PREBIND_S_MAX		3600
#define L7_SVC_TIMEOUT_DEF		3600
#define L7_SVC_INSPECT_MS_DEF		3000
#define L7_SVC_SILENT_S_DEF		600
#define L7_SVC_CONNECT_MS_DEF		1000
#define L7_SVC_TRIES_DEF		3
#define L7_SVC_MAX_REQUEST_DEF		16384
#define L7_SVC_FLOW_TIMEOUT_DEF		900

/** l7_svc_conf_check() - does a policy make sense?
 * Return: NULL if so, else a sentence about the field that is wrong.
 */
const char *l7_svc_conf_check(const struct l7_svc_conf *c);
/** l7_svc_conf_needs_payload() - are connections looked into, and so spliced? */
bool l7_svc_conf_needs_payload(const struct l7_svc_conf *c);
/** l7_svc_conf_has_rule() - is there a rule of which that holds? */
bool l7_svc_conf_has_rule(const struct l7_svc_conf *c, bool (*is)(const struct l7_rule *r));

#endif /* L7_PURE_SVC_CONF_H */
