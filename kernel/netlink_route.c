// SPDX-License-Identifier: GPL-2.0
/*
 * Routes, the names of real servers, as netlink attributes, in both directions.
 * Owns no state. What the policy of gen/netlink_gen.c has checked is not checked
 * again, and what makes no sense is svc.c's to refuse.
 */
#include <linux/slab.h>
#include "netlink.h"
#include "gen/netlink_gen.h"
#include "svc.h"

static_assert(L7_ROUTES_MAX == IPVS_L7_ROUTES_MAX);
static_assert(L7_ROUTE_NAME_MAX == IPVS_L7_ROUTE_NAME_MAX);

static int read_route(const struct nlattr *nest, struct l7_route *r,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPVS_L7_A_ROUTE_MAX + 1], *name, *server;
	bool has_port;
	int err;

	err = nla_parse_nested(tb, IPVS_L7_A_ROUTE_MAX, nest,
			       ipvs_l7_route_nl_policy, extack);
	if (err)
		return err;
	name = tb[IPVS_L7_A_ROUTE_NAME];
	server = tb[IPVS_L7_A_ROUTE_SERVER];
	if (!name)
		return l7_netlink_refuse(extack, -EINVAL, nest,
					 "route: name is missing");
	if (!server)
		return l7_netlink_refuse(extack, -EINVAL, nest,
					 "route: server is missing");
	r->len = strnlen(nla_data(name), nla_len(name));
	memcpy(r->name, nla_data(name), r->len);
	has_port = nla_find_nested(server, IPVS_L7_A_ENDPOINT_PORT);
	return l7_netlink_server(server, has_port, &r->server, extack);
}

/* Return: routes that are given, -1 if they are to be taken away */
static int count_routes(const struct genl_info *info)
{
	const struct nlattr *nla;
	int rem, n = 0, empty = 0;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) != IPVS_L7_A_SVC_ROUTE)
			continue;
		n++;
		empty += !nla_len(nla);
	}
	return n == 1 && empty ? -1 : n;
}

int l7_netlink_routes(struct genl_info *info, struct l7_svc_conf *c,
		      struct l7_route **routes)
{
	int n = count_routes(info), rem, err;
	const struct nlattr *nla;
	struct l7_route *r;

	*routes = NULL;
	if (!n)
		return 0;
	c->nroutes = 0;
	c->routes = NULL;
	if (n < 0)
		return 0;
	if (n > L7_ROUTES_MAX)
		return l7_netlink_refuse(info->extack, -E2BIG,
					 info->attrs[IPVS_L7_A_SVC_ROUTE],
					 "route: more than 64 are given");
	r = kcalloc(n, sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r)
		return l7_netlink_refuse(info->extack, -ENOMEM, NULL, NULL);
	*routes = r;
	c->routes = r;
	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) != IPVS_L7_A_SVC_ROUTE)
			continue;
		err = read_route(nla, &r[c->nroutes], info->extack);
		if (err)
			return err;
		c->nroutes++;
	}
	return 0;
}

/* --- The other direction --- */

bool l7_netlink_put_route(struct sk_buff *skb, const struct l7_route *r)
{
	struct nlattr *nest = nla_nest_start(skb, IPVS_L7_A_SVC_ROUTE);
	char name[L7_ROUTE_NAME_MAX + 1];

	memcpy(name, r->name, r->len);
	name[r->len] = '\0';
	if (!nest || nla_put_string(skb, IPVS_L7_A_ROUTE_NAME, name) ||
	    !l7_netlink_put_endpoint(skb, IPVS_L7_A_ROUTE_SERVER, &r->server))
		return false;
	nla_nest_end(skb, nest);
	return true;
}
