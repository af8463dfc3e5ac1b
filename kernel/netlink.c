// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family, and the requests that change something. Turns
 * attributes into the plain structures of svc.h and persist.h; the other
 * direction is netlink_get.c, mirroring netlink_sync.c. Owns no state; changes are made
 * under ln->conf_lock, bindings are looked up under RCU. What the policy of
 * gen/netlink_gen.c has checked (types, lengths, ranges) is not checked again.
 */
#include <linux/if.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "netlink.h"
#include "gen/netlink_gen.h"
#include "flow.h"
#include "reset.h"
#include "server.h"
#include "svc.h"

static_assert(L7_RULES_MAX == IPVS_L7_RULES_MAX);
static_assert(L7_KEY_HASH_LEN == IPVS_L7_HASH_LEN);
static_assert(L7_GROUP_NAME_MAX == IPVS_L7_GROUP_NAME_MAX);

int l7_netlink_refuse(struct netlink_ext_ack *extack, int err,
		      const struct nlattr *attr, const char *why)
{
	if (!why)
		why = err == -ENOMEM ? "out of memory" : "refused";
	if (extack)
		extack->_msg = why;
	NL_SET_BAD_ATTR(extack, attr);
	return err;
}

int l7_netlink_missing(struct netlink_ext_ack *extack, int type,
		       const char *why)
{
	NL_SET_ERR_ATTR_MISS(extack, NULL, type);
	return l7_netlink_refuse(extack, -EINVAL, NULL, why);
}

static struct l7_net *info_net(struct genl_info *info)
{
	return l7_pernet(genl_info_net(info));
}

int l7_netlink_endpoint(const struct nlattr *nest, bool want_port,
			struct l7_endpoint *ep, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPVS_L7_A_ENDPOINT_MAX + 1];
	int err;

	err = nla_parse_nested(tb, IPVS_L7_A_ENDPOINT_UDP, nest,
			       ipvs_l7_endpoint_nl_policy, extack);
	if (err)
		return err;
	if (!tb[IPVS_L7_A_ENDPOINT_ADDR4] == !tb[IPVS_L7_A_ENDPOINT_ADDR6])
		return l7_netlink_refuse(extack, -EINVAL, nest,
			"endpoint: one of addr4 and addr6 is wanted");
	if (want_port && !tb[IPVS_L7_A_ENDPOINT_PORT])
		return l7_netlink_refuse(extack, -EINVAL, nest,
					 "endpoint: port is missing");

	memset(ep, 0, sizeof(*ep));
	ep->proto = want_port && tb[IPVS_L7_A_ENDPOINT_UDP] ? IPPROTO_UDP :
							      IPPROTO_TCP;
	if (tb[IPVS_L7_A_ENDPOINT_ADDR4]) {
		ep->af = AF_INET;
		ep->addr.ip = nla_get_in_addr(tb[IPVS_L7_A_ENDPOINT_ADDR4]);
	} else {
		ep->af = AF_INET6;
		ep->addr.in6 = nla_get_in6_addr(tb[IPVS_L7_A_ENDPOINT_ADDR6]);
	}
	if (want_port)
		ep->port = nla_get_be16(tb[IPVS_L7_A_ENDPOINT_PORT]);
	return 0;
}

int l7_netlink_server(const struct nlattr *nest, bool want_port,
		      struct l7_endpoint *ep, struct netlink_ext_ack *extack)
{
	int err = l7_netlink_endpoint(nest, want_port, ep, extack);

	if (!err && ep->proto != IPPROTO_TCP)
		err = l7_netlink_refuse(extack, -EINVAL, nest,
					"server: nothing is bound to one of UDP");
	return err;
}

/* --- Policies of services --- */

/* Rules that are given replace all that were there. */
static int read_rules(struct genl_info *info, struct l7_svc_conf *c)
{
	const struct nlattr *nla;
	int rem, err;

	if (!info->attrs[IPVS_L7_A_SVC_RULE])
		return 0;
	c->nrules = 0;
	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) != IPVS_L7_A_SVC_RULE)
			continue;
		if (c->nrules == L7_RULES_MAX)
			return l7_netlink_refuse(info->extack, -E2BIG, nla,
						 "rule: more than 8 rules");
		err = l7_netlink_rule(nla, c->id.af, &c->rules[c->nrules],
				      info->extack);
		if (err)
			return err;
		c->nrules++;
	}
	return 0;
}

static void read_bool(const struct nlattr *nla, bool *out)
{
	if (nla)
		*out = nla_get_u8(nla);
}

static void read_u32(const struct nlattr *nla, u32 *out)
{
	if (nla)
		*out = nla_get_u32(nla);
}

/** struct lists - what a struct l7_svc_conf may refer to */
struct lists {
	struct l7_steer_rule *steer;
	struct l7_route *routes;
};

static void free_lists(const struct lists *l)
{
	kfree(l->steer);
	kfree(l->routes);
}

/* @l: for the caller to free, in any case */
static int read_svc_conf(struct genl_info *info, struct l7_svc_conf *c,
			 struct lists *l)
{
	struct nlattr **a = info->attrs;

	read_u32(a[IPVS_L7_A_SVC_TIMEOUT], &c->timeout);
	read_u32(a[IPVS_L7_A_SVC_MAX_LIFETIME], &c->max_lifetime);
	read_u32(a[IPVS_L7_A_SVC_PREBIND], &c->prebind_s);
	read_u32(a[IPVS_L7_A_SVC_INSPECT_TIMEOUT], &c->inspect_ms);
	read_u32(a[IPVS_L7_A_SVC_SILENT_TIMEOUT], &c->silent_s);
	read_u32(a[IPVS_L7_A_SVC_CONNECT_TIMEOUT], &c->connect_ms);
	read_u32(a[IPVS_L7_A_SVC_MAX_REQUEST], &c->max_request);
	read_u32(a[IPVS_L7_A_SVC_FLOW_TIMEOUT], &c->flow_timeout);
	read_bool(a[IPVS_L7_A_SVC_ACCEPT_PROXY], &c->accept_proxy);
	read_bool(a[IPVS_L7_A_SVC_SEND_PROXY], &c->send_proxy);
	read_bool(a[IPVS_L7_A_SVC_MIRROR_CONNECTIONS], &c->mirror);
	read_bool(a[IPVS_L7_A_SVC_FTP], &c->ftp);
	read_bool(a[IPVS_L7_A_SVC_SEMI_SYNC], &c->semi);
	if (a[IPVS_L7_A_SVC_TRIES])
		c->tries = nla_get_u8(a[IPVS_L7_A_SVC_TRIES]);
	if (a[IPVS_L7_A_SVC_ON_DRAIN])
		c->rebind_drained = nla_get_u8(a[IPVS_L7_A_SVC_ON_DRAIN]) ==
				    IPVS_L7_ON_DRAIN_REBIND;
	if (a[IPVS_L7_A_SVC_GROUP])
		nla_strscpy(c->group, a[IPVS_L7_A_SVC_GROUP], sizeof(c->group));
	return read_rules(info, c) ?: l7_netlink_steer(info, c, &l->steer) ?:
	       l7_netlink_routes(info, c, &l->routes);
}

static int read_svc_id(struct genl_info *info, struct l7_endpoint *id)
{
	if (!info->attrs[IPVS_L7_A_SVC_SERVICE])
		return l7_netlink_missing(info->extack, IPVS_L7_A_SVC_SERVICE,
					  "service: missing");
	return l7_netlink_endpoint(info->attrs[IPVS_L7_A_SVC_SERVICE], true, id,
				   info->extack);
}

/* Too large for the stack. */
static struct l7_svc_conf *new_conf(struct genl_info *info)
{
	struct l7_svc_conf *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (c)
		*c = (struct l7_svc_conf){
			.timeout = L7_SVC_TIMEOUT_DEF,
			.inspect_ms = L7_SVC_INSPECT_MS_DEF,
			.silent_s = L7_SVC_SILENT_S_DEF,
			.connect_ms = L7_SVC_CONNECT_MS_DEF,
			.tries = L7_SVC_TRIES_DEF,
			.max_request = L7_SVC_MAX_REQUEST_DEF,
			.flow_timeout = L7_SVC_FLOW_TIMEOUT_DEF,
		};
	else
		l7_netlink_refuse(info->extack, -ENOMEM, NULL,
				  "service: no memory");
	return c;
}

static int add_svc(struct l7_net *ln, struct genl_info *info,
		   struct l7_svc_conf *c)
{
	struct lists lists = {};
	const char *why = NULL;
	int err;

	err = read_svc_id(info, &c->id);
	if (err)
		return err;
	if (!info->attrs[IPVS_L7_A_SVC_RULE] &&
	    !info->attrs[IPVS_L7_A_SVC_STEER] &&
	    !info->attrs[IPVS_L7_A_SVC_MIRROR_CONNECTIONS] &&
	    !info->attrs[IPVS_L7_A_SVC_FTP])
		return l7_netlink_missing(info->extack, IPVS_L7_A_SVC_RULE,
					  "rule: at least one is wanted, or steer, or mirror-connections, or ftp");
	err = read_svc_conf(info, c, &lists);
	if (err)
		goto out;

	mutex_lock(&ln->conf_lock);
	err = l7_svc_add(ln, c, &why);
	mutex_unlock(&ln->conf_lock);
	if (err)
		l7_netlink_refuse(info->extack, err, NULL, why);
out:
	free_lists(&lists);
	return err;
}

int ipvs_l7_nl_svc_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_svc_conf *c = new_conf(info);
	int err = c ? add_svc(info_net(info), info, c) : -ENOMEM;

	kfree(c);
	return err;
}

/* Its lists stay those of the policy, which the lock keeps alive. */
static int copy_conf_locked(struct l7_net *ln, struct l7_svc_conf *c)
{
	struct l7_svc *svc;

	lockdep_assert_held(&ln->conf_lock);
	rcu_read_lock();
	svc = l7_svc_find_rcu(ln, &c->id);
	if (svc)
		*c = svc->conf;
	rcu_read_unlock();
	return svc ? 0 : -ENOENT;
}

static int set_svc(struct l7_net *ln, struct genl_info *info,
		   struct l7_svc_conf *c)
{
	struct lists lists = {};
	const char *why = "service: has no policy";
	int err;

	err = read_svc_id(info, &c->id);
	if (err)
		return err;

	mutex_lock(&ln->conf_lock);
	err = copy_conf_locked(ln, c);
	if (err) {
		l7_netlink_refuse(info->extack, err,
				  info->attrs[IPVS_L7_A_SVC_SERVICE], why);
		goto out;
	}
	err = read_svc_conf(info, c, &lists);
	if (err)
		goto out;
	why = NULL;
	err = l7_svc_set(ln, c, &why);
	if (err)
		l7_netlink_refuse(info->extack, err, NULL, why);
out:
	mutex_unlock(&ln->conf_lock);
	free_lists(&lists);
	return err;
}

int ipvs_l7_nl_svc_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_svc_conf *c = new_conf(info);
	int err = c ? set_svc(info_net(info), info, c) : -ENOMEM;

	kfree(c);
	return err;
}

int ipvs_l7_nl_svc_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = info_net(info);
	const char *why = NULL;
	struct l7_endpoint id;
	int err;

	err = read_svc_id(info, &id);
	if (err)
		return err;
	mutex_lock(&ln->conf_lock);
	err = l7_svc_del(ln, &id, &why);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err,
				       info->attrs[IPVS_L7_A_SVC_SERVICE], why) : 0;
}

int ipvs_l7_nl_svc_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = info_net(info);

	mutex_lock(&ln->conf_lock);
	l7_svc_flush(ln);
	mutex_unlock(&ln->conf_lock);
	return 0;
}

int ipvs_l7_nl_stats_zero_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *svc = info->attrs[IPVS_L7_A_STATS_SERVICE];
	struct l7_net *ln = info_net(info);
	struct l7_endpoint id;
	int err;

	if (svc) {
		err = l7_netlink_endpoint(svc, true, &id, info->extack);
		if (err)
			return err;
	}
	mutex_lock(&ln->conf_lock);
	err = l7_svc_zero(ln, svc ? &id : NULL);
	if (!svc)
		l7_stats_zero(ln->stats);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err, svc,
			"service: has no policy") : 0;
}

/* --- Bindings --- */

/* The part of a typed value that counts as key. */
static int cut_value(struct l7_netlink_key *k, const struct nlattr *nla,
		     const u8 **val, u32 *len, u8 addr[16],
		     struct netlink_ext_ack *extack)
{
	const struct l7_rule *rule = k->rule;
	union nf_inet_addr a = {};
	u8 af;

	*val = nla_data(nla);
	*len = nla_len(nla);
	if (rule->type == L7_KEY_PATH_HASH || l7_key_is_token(rule))
		return l7_netlink_refuse(extack, -EINVAL, nla,
			"rule: of path-hash and the director's cookies nothing is bound");
	if (rule->type == L7_KEY_SRC || rule->type == L7_KEY_PREBIND) {
		af = *len == 4 ? AF_INET : AF_INET6;
		if ((*len != 4 && *len != 16) ||
		    (af != k->svc->conf.id.af && !k->svc->conf.accept_proxy))
			return l7_netlink_refuse(extack, -EINVAL, nla,
				"value: not an address of the service's family");
		memcpy(&a, *val, *len);
		*len = l7_persist_src_value(k->svc, rule, af, &a, addr);
		*val = addr;
		return 0;
	}
	/* as of a request: a value that ends sooner has a shorter key */
	if (l7_key_has_part(rule) && !l7_key_part(rule, val, len))
		return l7_netlink_refuse(extack, -EINVAL, nla,
			"value: ends before the part that is the key");
	return 0;
}

/* @prebind: the attribute, NULL also where the request has none of this kind */
static int rule_of_key(struct genl_info *info, const struct nlattr *prebind,
		       struct l7_netlink_key *k)
{
	const struct nlattr *rule = info->attrs[IPVS_L7_A_BINDING_RULE];
	u8 index = rule ? nla_get_u8(rule) : 0;

	if (prebind) {
		if (rule)
			return l7_netlink_refuse(info->extack, -EINVAL, rule,
						 "rule: goes without prebind");
		k->rule = &l7_prebind_rule;
		return 0;
	}
	if (index >= k->svc->conf.nrules)
		return l7_netlink_refuse(info->extack, -ENOENT, rule,
					 "rule: the service has no such rule");
	k->rule = &k->svc->conf.rules[index];
	return 0;
}

static int key_by_value(struct l7_net *ln, struct genl_info *info,
			const struct nlattr *prebind, struct l7_netlink_key *k,
			bool claims)
{
	const struct nlattr *value = info->attrs[IPVS_L7_A_BINDING_VALUE];
	const struct nlattr *pool = info->attrs[IPVS_L7_A_BINDING_POOL];
	const u8 *val;
	u8 addr[16];
	u32 len;
	int err;

	err = rule_of_key(info, prebind, k);
	if (err)
		return err;
	k->pool = pool ? nla_get_u32(pool) : 0;
	if (pool && !l7_svc_steers_to(k->svc, k->pool))
		return l7_netlink_refuse(info->extack, -ENOENT, pool,
			"pool: the service does not steer there");
	if (claims && l7_key_is_token(k->rule)) {
		k->claim = value;
		return 0;
	}
	err = cut_value(k, value, &val, &len, addr, info->extack);
	if (err)
		return err;
	l7_persist_key(ln, k->svc, k->pool, k->rule, val, len, &k->key);
	return 0;
}

static int find_svc_rcu(struct l7_net *ln, struct genl_info *info,
			struct l7_netlink_key *k)
{
	const struct nlattr *nla = info->attrs[IPVS_L7_A_BINDING_SERVICE];
	struct l7_endpoint id;
	int err;

	err = l7_netlink_endpoint(nla, true, &id, info->extack);
	if (err)
		return err;
	k->svc = l7_svc_find_rcu(ln, &id);
	return k->svc ? 0 : l7_netlink_refuse(info->extack, -ENOENT, nla,
			"service: has no policy");
}

/* What names a key by value goes with nothing else. */
static int refuse_with_hash(struct genl_info *info)
{
	static const struct {
		int attr;
		const char *why;
	} no[] = {
		{ IPVS_L7_A_BINDING_RULE,
		  "rule: goes with value, not with hash" },
		{ IPVS_L7_A_BINDING_POOL,
		  "pool: goes with value, not with hash" },
		{ IPVS_L7_A_BINDING_PREBIND,
		  "prebind: goes with value, not with hash" },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(no); i++)
		if (info->attrs[no[i].attr])
			return l7_netlink_refuse(info->extack, -EINVAL,
						 info->attrs[no[i].attr],
						 no[i].why);
	return 0;
}

int l7_netlink_key_rcu(struct l7_net *ln, struct genl_info *info,
		       struct l7_netlink_key *k, bool claims)
{
	const struct nlattr *value = info->attrs[IPVS_L7_A_BINDING_VALUE];
	const struct nlattr *hash = info->attrs[IPVS_L7_A_BINDING_HASH];
	int err;

	memset(k, 0, sizeof(*k));
	if (!value && !hash)
		return l7_netlink_missing(info->extack, IPVS_L7_A_BINDING_VALUE,
					  "value: either this or hash is wanted");
	if (value && hash)
		return l7_netlink_refuse(info->extack, -EINVAL, hash,
					 "hash: goes without value");
	if (info->attrs[IPVS_L7_A_BINDING_SERVICE]) {
		err = find_svc_rcu(ln, info, k);
		if (err)
			return err;
	} else if (value) {
		return l7_netlink_missing(info->extack, IPVS_L7_A_BINDING_SERVICE,
					  "service: missing");
	}
	if (value)
		return key_by_value(ln, info,
				    info->attrs[IPVS_L7_A_BINDING_PREBIND], k,
				    claims);
	err = refuse_with_hash(info);
	if (err)
		return err;
	nla_memcpy(k->key.hash, hash, sizeof(k->key.hash));
	return 0;
}

/* Like l7_netlink_key_rcu(), for a policy without the attributes hash and prebind:
 * info->attrs ends before them.
 */
static int new_key_rcu(struct l7_net *ln, struct genl_info *info,
		       struct l7_netlink_key *k)
{
	int err;

	memset(k, 0, sizeof(*k));
	if (!info->attrs[IPVS_L7_A_BINDING_SERVICE])
		return l7_netlink_missing(info->extack, IPVS_L7_A_BINDING_SERVICE,
					  "service: missing");
	if (!info->attrs[IPVS_L7_A_BINDING_VALUE])
		return l7_netlink_missing(info->extack, IPVS_L7_A_BINDING_VALUE,
					  "value: the key is missing");
	err = find_svc_rcu(ln, info, k);
	return err ?: key_by_value(ln, info, NULL, k, false);
}

static int learn_rcu(struct l7_net *ln, struct genl_info *info,
		     const struct l7_endpoint *server)
{
	struct l7_netlink_key k;
	u16 index;
	int err;

	err = new_key_rcu(ln, info, &k);
	if (err)
		return err;
	if (server->af != k.svc->conf.id.af)
		return l7_netlink_refuse(info->extack, -EAFNOSUPPORT,
					 info->attrs[IPVS_L7_A_BINDING_SERVER],
					 "server: not of the service's family");
	index = l7_persist_server(ln, k.svc, server);
	if (index == L7_SERVER_NONE)
		return l7_netlink_refuse(info->extack, -ENOSPC,
					 info->attrs[IPVS_L7_A_BINDING_SERVER],
					 "server: no room for another server");
	err = l7_persist_set(ln, k.svc, k.rule->type, &k.key, index,
			     nla_get_flag(info->attrs[IPVS_L7_A_BINDING_STATIC]));
	if (err == -ENOSPC)
		l7_netlink_refuse(info->extack, err, NULL,
				  "bindings: their limit is reached");
	else if (err < 0)
		l7_netlink_refuse(info->extack, err, NULL,
				  "bindings: no memory for another one");
	return min(err, 0);
}

int ipvs_l7_nl_binding_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nla = info->attrs[IPVS_L7_A_BINDING_SERVER];
	struct l7_net *ln = info_net(info);
	struct l7_endpoint server;
	int err;

	if (!nla)
		return l7_netlink_missing(info->extack,
					  IPVS_L7_A_BINDING_SERVER,
					  "server: the real server is missing");
	err = l7_netlink_server(nla, true, &server, info->extack);
	if (err)
		return err;
	mutex_lock(&ln->conf_lock);
	rcu_read_lock();
	err = learn_rcu(ln, info, &server);
	rcu_read_unlock();
	mutex_unlock(&ln->conf_lock);
	return err;
}

int ipvs_l7_nl_binding_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = info_net(info);
	struct l7_netlink_key k;
	int err;

	mutex_lock(&ln->conf_lock);
	rcu_read_lock();
	err = l7_netlink_key_rcu(ln, info, &k, false);
	if (!err) {
		err = l7_persist_delete(ln, k.svc, &k.key);
		if (err)
			l7_netlink_refuse(info->extack, err, NULL,
					  "binding: there is none of this key");
	}
	rcu_read_unlock();
	mutex_unlock(&ln->conf_lock);
	return err;
}

/* A service that has no policy any more may have left bindings. */
static int flush_svc_locked(struct l7_net *ln, const struct nlattr *nla,
			    bool fixed, struct netlink_ext_ack *extack)
{
	const struct l7_svc *svc;
	struct l7_endpoint id;
	u32 scope;
	int err;

	err = l7_netlink_endpoint(nla, true, &id, extack);
	if (err)
		return err;
	rcu_read_lock();
	svc = l7_svc_find_rcu(ln, &id);
	rcu_read_unlock();
	/* conf_lock keeps it in the table, and so alive. */
	scope = svc ? svc->scope : l7_svc_scope(&id);
	if (!l7_persist_flush(ln, svc, &scope, fixed) && !svc)
		return l7_netlink_refuse(extack, -ENOENT, nla,
					 "service: has no policy, and no bindings");
	return 0;
}

int ipvs_l7_nl_binding_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nla = info->attrs[IPVS_L7_A_BINDING_SERVICE];
	bool fixed = nla_get_flag(info->attrs[IPVS_L7_A_BINDING_STATIC]);
	struct l7_net *ln = info_net(info);
	int err = 0;

	mutex_lock(&ln->conf_lock);
	if (nla)
		err = flush_svc_locked(ln, nla, fixed, info->extack);
	else
		l7_persist_flush(ln, NULL, NULL, fixed);
	mutex_unlock(&ln->conf_lock);
	return err;
}

/* --- Connections --- */

static bool has_policy(struct l7_net *ln, const struct l7_endpoint *id)
{
	bool has;

	rcu_read_lock();
	has = l7_svc_find_rcu(ln, id);
	rcu_read_unlock();
	return has;
}

int ipvs_l7_nl_flow_reset_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nla = info->attrs[IPVS_L7_A_FLOW_VIP];
	struct l7_net *ln = info_net(info);
	struct l7_endpoint vip;
	int err;

	if (nla) {
		err = l7_netlink_endpoint(nla, true, &vip, info->extack);
		if (!err && vip.proto != IPPROTO_TCP)
			err = l7_netlink_refuse(info->extack, -EINVAL, nla,
						"service: of UDP there is nothing to reset");
		if (err)
			return err;
	}
	if (l7_reset_flows(ln, nla ? &vip : NULL) || !nla || has_policy(ln, &vip))
		return 0;
	return l7_netlink_refuse(info->extack, -ENOENT, nla,
				 "service: has no policy, and no connections");
}

/* --- Limits --- */

int ipvs_l7_nl_limits_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = info_net(info);
	struct nlattr **a = info->attrs;
	struct l7_limits l;

	mutex_lock(&ln->conf_lock);
	l = ln->limits;
	read_u32(a[IPVS_L7_A_LIMITS_BINDINGS], &l.bindings);
	read_u32(a[IPVS_L7_A_LIMITS_FLOWS], &l.flows);
	read_u32(a[IPVS_L7_A_LIMITS_PENDING], &l.pending);
	read_u32(a[IPVS_L7_A_LIMITS_PENDING_SRC], &l.pending_src);
	read_u32(a[IPVS_L7_A_LIMITS_PENDING_BYTES], &l.pending_bytes);
	/* Readers take no lock, and each field for itself. */
	WRITE_ONCE(ln->limits.bindings, l.bindings);
	WRITE_ONCE(ln->limits.flows, l.flows);
	WRITE_ONCE(ln->limits.pending, l.pending);
	WRITE_ONCE(ln->limits.pending_src, l.pending_src);
	WRITE_ONCE(ln->limits.pending_bytes, l.pending_bytes);
	mutex_unlock(&ln->conf_lock);
	return 0;
}

/* --- The family --- */

struct genl_family l7_netlink_family __ro_after_init = {
	.name = IPVS_L7_GENL_NAME,
	.version = IPVS_L7_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ipvs_l7_nl_ops,
	.n_ops = ARRAY_SIZE(ipvs_l7_nl_ops),
	.mcgrps = ipvs_l7_nl_mcgrps,
	.n_mcgrps = IPVS_L7_NLGRP_SYNC + 1,
};

int __init l7_netlink_init(void)
{
	return genl_register_family(&l7_netlink_family);
}

void l7_netlink_exit(void)
{
	genl_unregister_family(&l7_netlink_family);
}

MODULE_ALIAS_GENL_FAMILY(IPVS_L7_GENL_NAME);
