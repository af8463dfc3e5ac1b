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
#include "pure/svc_conf.h"

struct l7_net;

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
 * @measured: jiffies when @mtu was found out, 0 = never
 * @mtu: the least of the ways to its NAT servers, at most that of Ethernet
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
	unsigned long measured;
	u32 mtu;
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
