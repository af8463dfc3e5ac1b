/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies: which virtual service gets Layer-7 treatment, by which key rules.
 * Owns the table of struct l7_svc. Readers use RCU; changes happen under
 * ln->conf_lock (a mutex, process context). Knows nothing of netlink.
 */
#ifndef L7_SVC_H
#define L7_SVC_H

#include <linux/rhashtable.h>
#include <linux/refcount.h>
#include "stats.h"
#include "pure/key.h"
#include "pure/steer.h"

struct l7_net;

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
 * @id: virtual service, must be TCP
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

/** struct l7_svc - a policy in force
 * @node: in ln->svcs, by @conf.id
 * @snode: in ln->svc_scopes, by @scope; of a group one is there for all
 * @list: in ln->svc_list
 * @conf: constant; a change replaces the whole object
 * @owner: to whom its bindings belong: @conf.id; or the group, as an endpoint
 *	without protocol whose address is a hash of the name
 * @scope: what peers call that, see l7_rec_binding.scope
 * @digest: of @conf, the same at all directors
 * @splice: some rule needs payload, it steers, or a PROXY header is involved, so
 *	connections are spliced
 * @require: some rule is required, or servers want a PROXY header: no connection
 *	is left to plain IPVS
 * @named: some key is named by servers, whose answers are searched
 * @nmarks: pools that it may steer to
 * @marks: their fwmarks, each once
 * @served: jiffies when a NAT server was last seen at @conf.id or in a pool,
 *	0 = never
 * @local: generation of the director's addresses (l7_l3_addr_gen()), plus one,
 *	in which that of @conf.id was one of them
 * @dead: removed by the operator; lives on while flows refer to it
 * @ref: table and flows
 * @stats: per CPU counters of this service (enum l7_ctr)
 * @rule_stats: the same of each rule
 * @shared: owner of @stats and @rule_stats, which outlive a change of the policy
 */
struct l7_svc {
	struct rhash_head node;
	struct rhash_head snode;
	struct list_head list;
	struct l7_svc_conf conf;
	struct l7_endpoint owner;
	u32 scope;
	u64 digest;
	bool splice;
	bool require;
	bool named;
	bool dead;
	u8 nmarks;
	u32 marks[L7_STEER_MAX];
	unsigned long served;
	u64 local;
	refcount_t ref;
	struct l7_stats __percpu *stats;
	struct l7_rule_stats __percpu *rule_stats;
	struct l7_svc_stats *shared;
	struct rcu_head rcu;
};

int l7_svc_init(struct l7_net *ln);
void l7_svc_exit(struct l7_net *ln);

/** l7_svc_find_rcu() - policy of a virtual service, NULL if none */
struct l7_svc *l7_svc_find_rcu(struct l7_net *ln, const struct l7_endpoint *id);
/** l7_svc_find_scope_rcu() - the policy that peers call @scope, NULL if none
 * Of a group, one of its policies.
 */
struct l7_svc *l7_svc_find_scope_rcu(struct l7_net *ln, u32 scope);
/** l7_svc_scope() - the number by which peers name a service of no group */
u32 l7_svc_scope(const struct l7_endpoint *id);
/** l7_svc_in_group() - does it share its bindings? */
static inline bool l7_svc_in_group(const struct l7_svc *svc)
{
	return svc->conf.group[0];
}
bool l7_svc_hold(struct l7_svc *svc);
void l7_svc_put(struct l7_svc *svc);

/** l7_svc_steers_to() - may this policy steer to the pool of that fwmark? */
bool l7_svc_steers_to(const struct l7_svc *svc, u32 mark);

/* Process context, conf_lock held. -EINVAL, -EEXIST, -ENOENT, -ENOMEM with
 * *why set to a constant sentence that names the field; NULL where the number
 * says all. The bindings of a removed policy live out their time: it may come
 * back (keepalived reloads), and flows keep the policy they began with.
 */
int l7_svc_add(struct l7_net *ln, const struct l7_svc_conf *c,
	       const char **why);
int l7_svc_set(struct l7_net *ln, const struct l7_svc_conf *c,
	       const char **why);
int l7_svc_del(struct l7_net *ln, const struct l7_endpoint *id,
	       const char **why);
void l7_svc_flush(struct l7_net *ln);
/** l7_svc_zero() - zero the counters of one service (@id NULL: of all) */
int l7_svc_zero(struct l7_net *ln, const struct l7_endpoint *id);
/** l7_svc_nth() - for dumps under ln->conf_lock: the @n-th policy in the order
 * they were made, NULL after the last
 */
struct l7_svc *l7_svc_nth(struct l7_net *ln, unsigned int n);

#endif /* L7_SVC_H */
