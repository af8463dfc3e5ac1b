/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control: the generic netlink family ipvs_l7, as specified in
 * Documentation/netlink/specs/ipvs_l7.yaml. netlink.c owns the family and the
 * requests that change something, netlink_sync.c those about mirroring,
 * netlink_get.c and netlink_get_sync.c those that only ask; netlink_rule.c knows
 * the attributes of key rules. None owns state; every change happens under
 * ln->conf_lock of the caller's namespace.
 */
#ifndef L7_NETLINK_H
#define L7_NETLINK_H

#include <net/genetlink.h>
#include "net.h"
#include "persist.h"

int l7_netlink_init(void);
void l7_netlink_exit(void);

/* Between the two files. */

extern struct genl_family l7_netlink_family;

/** l7_netlink_refuse() - say why, and which attribute is to blame
 * @attr: NULL if no attribute in particular
 * @why: constant sentence that names the field; NULL if the owner gave none
 * Return: @err
 */
int l7_netlink_refuse(struct netlink_ext_ack *extack, int err,
		      const struct nlattr *attr, const char *why);

/** l7_netlink_missing() - refuse a request that lacks attribute @type */
int l7_netlink_missing(struct netlink_ext_ack *extack, int type,
		       const char *why);

/** l7_netlink_put_flag() - put a flag that is set; false if there is no room */
static inline bool l7_netlink_put_flag(struct sk_buff *skb, int type, bool on)
{
	return !on || !nla_put_flag(skb, type);
}

/** l7_netlink_endpoint() - read an endpoint nest
 * @want_port: false: a port, and of what, is neither wanted nor looked at
 * Return: 0 or -EINVAL, with extack.
 */
int l7_netlink_endpoint(const struct nlattr *nest, bool want_port,
			struct l7_endpoint *ep, struct netlink_ext_ack *extack);
/** l7_netlink_server() - the same, of a real server to which keys lead */
int l7_netlink_server(const struct nlattr *nest, bool want_port,
		      struct l7_endpoint *ep, struct netlink_ext_ack *extack);

/** struct l7_netlink_key - the binding that a request names
 * @svc: NULL if it was named by hash alone
 * @rule: NULL if it was named by hash
 * @key: its key
 * @pool: fwmark of the pool in which, 0: none
 * @claim: value of a cookie of the director's, of which nothing is bound and
 *	@key is not set; else NULL
 */
struct l7_netlink_key {
	const struct l7_svc *svc;
	const struct l7_rule *rule;
	struct l7_key key;
	u32 pool;
	const struct nlattr *claim;
};

/** l7_netlink_key_rcu() - find out which binding a request names
 * @claims: cookies of the director's, too
 * Return: 0, -EINVAL, -ENOENT, with extack.
 */
int l7_netlink_key_rcu(struct l7_net *ln, struct genl_info *info,
		       struct l7_netlink_key *k, bool claims);

/* --- netlink_rule.c --- */

/** l7_netlink_rule() - read a rule nest
 * @af: family of the service
 * Return: 0 or -EINVAL, -ERANGE, with extack.
 */
int l7_netlink_rule(const struct nlattr *nest, u8 af, struct l7_rule *r,
		    struct netlink_ext_ack *extack);
/** l7_netlink_put_rule() - the other direction; false if there is no room */
bool l7_netlink_put_rule(struct sk_buff *skb, const struct l7_rule *r);

/* --- netlink_steer.c --- */

/** l7_netlink_steer() - read the steer nests of a policy
 * @c: its rules are replaced if there are any
 * @rules: out, in any case: what @c refers to then; the caller frees it
 * Return: 0 or -EINVAL, -E2BIG, -ENOMEM, with extack.
 */
int l7_netlink_steer(struct genl_info *info, struct l7_svc_conf *c,
		     struct l7_steer_rule **rules);
/** l7_netlink_put_steer() - the other direction; false if there is no room */
bool l7_netlink_put_steer(struct sk_buff *skb, const struct l7_steer_rule *r);

/* --- netlink_route.c --- */

/** l7_netlink_routes() - read the route nests of a policy
 * @c: its routes are replaced if there are any
 * @routes: as @rules of l7_netlink_steer()
 * Return: 0 or -EINVAL, -E2BIG, -ENOMEM, with extack.
 */
int l7_netlink_routes(struct genl_info *info, struct l7_svc_conf *c,
		      struct l7_route **routes);
/** l7_netlink_put_route() - the other direction; false if there is no room */
bool l7_netlink_put_route(struct sk_buff *skb, const struct l7_route *r);

/* --- netlink_get.c --- */

/** l7_netlink_put_endpoint() - one without address is left out; so is port 0
 * Return: false if there is no room.
 */
bool l7_netlink_put_endpoint(struct sk_buff *skb, int type,
			     const struct l7_endpoint *ep);

#endif /* L7_NETLINK_H */
