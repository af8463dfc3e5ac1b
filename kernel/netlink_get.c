// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink requests that only ask: one answer, or a dump that is
 * resumed message by message. Turns the plain structures of svc.h, persist.h,
 * flow.h, sync.h and stats.h into attributes. Owns no state. Configuration and
 * peers are read under ln->conf_lock, bindings and flows under RCU.
 */
#include <net/sock.h>
#include "netlink_answer.h"
#include "compat/genl_compat.h"
#include "gen/netlink_gen.h"
#include "claim.h"
#include "flow_list.h"
#include "pkt.h"
#include "server.h"
#include "svc.h"
#include "walk.h"

static_assert((int)L7_FLOW_PENDING == (int)IPVS_L7_FLOW_STATE_PENDING);
static_assert((int)L7_FLOW_CONNECTING == (int)IPVS_L7_FLOW_STATE_CONNECTING);
static_assert((int)L7_FLOW_SPLICED == (int)IPVS_L7_FLOW_STATE_SPLICED);
static_assert((int)L7_FLOW_STANDBY == (int)IPVS_L7_FLOW_STATE_STANDBY);
static_assert((int)L7_FLOW_CLOSING == (int)IPVS_L7_FLOW_STATE_CLOSING);
static_assert((int)L7_FLOW_CLOSED == (int)IPVS_L7_FLOW_STATE_CLOSED);

/* --- Policies of services --- */

static bool put_svc_conf(struct sk_buff *skb, const struct l7_svc_conf *c)
{
	unsigned int i;

	if (!l7_netlink_put_endpoint(skb, IPVS_L7_A_SVC_SERVICE, &c->id) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_TIMEOUT, c->timeout) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_MAX_LIFETIME, c->max_lifetime) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_PREBIND, c->prebind_s) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_INSPECT_TIMEOUT, c->inspect_ms) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_SILENT_TIMEOUT, c->silent_s) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_CONNECT_TIMEOUT, c->connect_ms) ||
	    nla_put_u8(skb, IPVS_L7_A_SVC_TRIES, c->tries) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_MAX_REQUEST, c->max_request) ||
	    nla_put_u32(skb, IPVS_L7_A_SVC_FLOW_TIMEOUT, c->flow_timeout) ||
	    (c->group[0] &&
	     nla_put_string(skb, IPVS_L7_A_SVC_GROUP, c->group)) ||
	    nla_put_u8(skb, IPVS_L7_A_SVC_ON_DRAIN, c->rebind_drained ?
		       IPVS_L7_ON_DRAIN_REBIND : IPVS_L7_ON_DRAIN_KEEP) ||
	    nla_put_u8(skb, IPVS_L7_A_SVC_ACCEPT_PROXY, c->accept_proxy) ||
	    nla_put_u8(skb, IPVS_L7_A_SVC_SEND_PROXY, c->send_proxy) ||
	    nla_put_u8(skb, IPVS_L7_A_SVC_MIRROR_CONNECTIONS, c->mirror) ||
	    nla_put_u8(skb, IPVS_L7_A_SVC_FTP, c->ftp) ||
	    nla_put_u8(skb, IPVS_L7_A_SVC_SEMI_SYNC, c->semi))
		return false;
	for (i = 0; i < c->nrules; i++)
		if (!l7_netlink_put_rule(skb, &c->rules[i]))
			return false;
	for (i = 0; i < c->nsteer; i++)
		if (!l7_netlink_put_steer(skb, &c->steer[i]))
			return false;
	for (i = 0; i < c->nroutes; i++)
		if (!l7_netlink_put_route(skb, &c->routes[i]))
			return false;
	return true;
}

static int put_svc(struct l7_answer *a, const struct l7_svc *svc)
{
	void *hdr = l7_answer_begin(a, IPVS_L7_CMD_SVC_GET);

	return hdr ? l7_answer_end(a, hdr, !put_svc_conf(a->skb, &svc->conf)) : -EMSGSIZE;
}

int ipvs_l7_nl_svc_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *nla = info->attrs[IPVS_L7_A_SVC_SERVICE];
	const struct l7_svc *svc;
	struct l7_endpoint id;
	struct l7_answer a;
	int err;

	if (!nla)
		return l7_netlink_missing(info->extack, IPVS_L7_A_SVC_SERVICE,
					  "service: missing");
	err = l7_netlink_endpoint(nla, true, &id, info->extack);
	if (err)
		return err;
	err = l7_answer_one(info, &a);
	if (err)
		return err;
	rcu_read_lock();
	svc = l7_svc_find_rcu(a.ln, &id);
	err = svc ? put_svc(&a, svc) : -ENOENT;
	rcu_read_unlock();
	return l7_answer_finish(info, &a, err, "service: has no policy");
}

/* A message of a dump has room for a page at first; a policy may need more. */
static int make_room(struct sk_buff *skb)
{
	int room = skb_tailroom(skb);

	return room >= L7_ANSWER_SIZE ? 0 :
	       pskb_expand_head(skb, 0, L7_ANSWER_SIZE - room, GFP_KERNEL);
}

int ipvs_l7_nl_svc_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct l7_answer a = l7_answer_dump(skb, cb);
	const struct l7_svc *svc;
	int err = make_room(skb);

	if (err)
		return err;
	mutex_lock(&a.ln->conf_lock);
	cb->seq = a.ln->svc_gen;
	while (!err && (svc = l7_svc_nth(a.ln, cb->args[0]))) {
		err = put_svc(&a, svc);
		if (!err)
			cb->args[0]++;
	}
	mutex_unlock(&a.ln->conf_lock);
	return l7_answer_dumped(&a, err);
}

/* --- Counters --- */

/* How many there are, those of the rules behind the others. */
static unsigned int counters_of(const struct l7_svc *svc)
{
	return L7_C_MAX + (svc ? svc->conf.nrules * L7_RC_MAX : 0);
}

static bool put_counter(struct sk_buff *skb, unsigned int i, u64 value)
{
	bool of_rule = i >= L7_C_MAX;
	unsigned int r = of_rule ? i - L7_C_MAX : 0;
	struct nlattr *nest;

	nest = nla_nest_start(skb, of_rule ? IPVS_L7_A_STATS_RULE_COUNTER :
					     IPVS_L7_A_STATS_COUNTER);
	if (!nest)
		return false;
	if ((of_rule &&
	     nla_put_u8(skb, IPVS_L7_A_COUNTER_RULE, r / L7_RC_MAX)) ||
	    nla_put_string(skb, IPVS_L7_A_COUNTER_NAME, of_rule ?
			   l7_rule_ctr_names[r % L7_RC_MAX] : l7_ctr_names[i]) ||
	    nla_put_u64_64bit(skb, IPVS_L7_A_COUNTER_VALUE, value,
			      IPVS_L7_A_COUNTER_PAD)) {
		nla_nest_cancel(skb, nest);
		return false;
	}
	nla_nest_end(skb, nest);
	return true;
}

/* One message with counters from @first on, as many as there is room for.
 * Return: the first counter that is not in it, or -EMSGSIZE if none is.
 */
static int put_stats(struct l7_answer *a, const struct l7_svc *svc,
		     unsigned int first, u64 *sum)
{
	unsigned int i = first;
	void *hdr;

	l7_stats_sum(svc ? svc->stats : a->ln->stats, sum);
	if (svc)
		l7_rule_stats_sum(svc->rule_stats, sum + L7_C_MAX);
	hdr = l7_answer_begin(a, IPVS_L7_CMD_STATS_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (!svc || l7_netlink_put_endpoint(a->skb, IPVS_L7_A_STATS_SERVICE, &svc->conf.id))
		while (i < counters_of(svc) && put_counter(a->skb, i, sum[i]))
			i++;
	return l7_answer_end(a, hdr, i == first) ?: i;
}

static int answer_stats(struct genl_info *info, struct l7_answer *a,
			const struct l7_endpoint *id, u64 *sum)
{
	const struct l7_svc *svc = NULL;
	int n;

	rcu_read_lock();
	if (id)
		svc = l7_svc_find_rcu(a->ln, id);
	n = id && !svc ? -ENOENT : put_stats(a, svc, 0, sum);
	if (n >= 0)
		n = n == counters_of(svc) ? 0 : -EMSGSIZE;
	rcu_read_unlock();
	return l7_answer_finish(info, a, n, "service: has no policy");
}

int ipvs_l7_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *nla = info->attrs[IPVS_L7_A_STATS_SERVICE];
	struct l7_endpoint id;
	struct l7_answer a;
	u64 *sum;
	int err;

	if (nla) {
		err = l7_netlink_endpoint(nla, true, &id, info->extack);
		if (err)
			return err;
	}
	sum = kcalloc(L7_ANSWER_COUNTERS, sizeof(*sum), GFP_KERNEL);
	if (!sum)
		return l7_netlink_refuse(info->extack, -ENOMEM, NULL,
					 "no memory for the answer");
	err = l7_answer_one(info, &a);
	if (!err)
		err = answer_stats(info, &a, nla ? &id : NULL, sum);
	kfree(sum);
	return err;
}

/* Position: args[0] = 0 for the namespace, n for the n-th service; args[1] =
 * the next counter of it. */
int ipvs_l7_nl_stats_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct l7_answer a = l7_answer_dump(skb, cb);
	const struct l7_svc *svc = NULL;
	u64 *sum;
	int n = 0;

	sum = kcalloc(L7_ANSWER_COUNTERS, sizeof(*sum), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;
	mutex_lock(&a.ln->conf_lock);
	cb->seq = a.ln->svc_gen;
	for (;;) {
		if (cb->args[0]) {
			svc = l7_svc_nth(a.ln, cb->args[0] - 1);
			if (!svc)
				break;
		}
		/* it has fewer now than it had */
		if (cb->args[1] >= counters_of(svc))
			cb->args[1] = 0;
		n = put_stats(&a, svc, cb->args[1], sum);
		if (n < 0)
			break;
		cb->args[1] = n % counters_of(svc);
		cb->args[0] += n == counters_of(svc);
	}
	mutex_unlock(&a.ln->conf_lock);
	kfree(sum);
	return l7_answer_dumped(&a, min(n, 0));
}

/* --- Listings of tables that are resized and emptied meanwhile --- */

/** struct table_dump - a listing in several messages
 * @a: all that is used where one entry is looked for, without a callback
 * @at: where the walk stands, kept in the callback between messages
 * @bucket: the bucket of which entries are being put
 * @whole: length of the message without these
 * @prev_seq: the callback's, likewise
 */
struct table_dump {
	struct l7_answer a;
	struct l7_walk *at;
	struct l7_walk bucket;
	unsigned int whole;
	unsigned int prev_seq;
};

static struct table_dump table_dump(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	struct l7_walk *at = (struct l7_walk *)cb->ctx;

	BUILD_BUG_ON(sizeof(*at) > sizeof(cb->ctx));
	return (struct table_dump) {
		.a = l7_answer_dump(skb, cb),
		.at = at,
		.bucket = *at,
		.prev_seq = cb->prev_seq,
	};
}

/* Before an entry is put: note where its bucket begins; flag its message if
 * the position stems from another bucket table than entries before.
 */
static void table_entry(struct table_dump *d)
{
	if (!d->a.cb)
		return;
	if (d->at->slot != d->bucket.slot || d->at->table != d->bucket.table) {
		d->bucket = *d->at;
		d->whole = d->a.skb->len;
		d->prev_seq = d->a.cb->prev_seq;
	}
	d->a.cb->seq = d->at->table;
}

/* What the callback returns. Until the next message entries may leave a bucket,
 * and a place in its chain be another's: a message ends with a whole bucket,
 * unless it has no more than a part of one. That the table was resized before a
 * walk that found nothing, the end of the listing tells.
 */
static int table_dumped(struct table_dump *d, int err)
{
	struct netlink_callback *cb = d->a.cb;

	if (err == -EMSGSIZE && d->at->skip && d->whole) {
		nlmsg_trim(d->a.skb, d->a.skb->data + d->whole);
		d->at->skip = 0;
		cb->prev_seq = d->prev_seq;
	}
	cb->seq = d->at->table;
	return l7_answer_dumped(&d->a, err);
}

/* --- Bindings --- */

/** struct binding_dump - what the walk over bindings needs
 * @filter: show only bindings of @scope
 */
struct binding_dump {
	struct table_dump t;
	bool filter;
	u32 scope;
};

/* Whose binding it is: a service's, a group's, or nobody's that is known here. */
static bool put_owner_rcu(struct l7_answer *a, u32 scope)
{
	struct l7_svc *svc = l7_svc_find_scope_rcu(a->ln, scope);

	if (!svc)
		return true;
	if (l7_svc_in_group(svc))
		return !nla_put_string(a->skb, IPVS_L7_A_BINDING_GROUP,
				       svc->conf.group);
	return l7_netlink_put_endpoint(a->skb, IPVS_L7_A_BINDING_SERVICE, &svc->conf.id);
}

static bool put_binding_info(struct l7_answer *a, const struct l7_persist_info *b)
{
	struct sk_buff *skb = a->skb;

	return put_owner_rcu(a, b->scope) &&
	       !nla_put(skb, IPVS_L7_A_BINDING_HASH, sizeof(b->hash), b->hash) &&
	       l7_netlink_put_endpoint(skb, IPVS_L7_A_BINDING_SERVER,
			    l7_server_get(a->ln, b->server)) &&
	       !nla_put_u8(skb, IPVS_L7_A_BINDING_TYPE, b->type) &&
	       !nla_put_u32(skb, IPVS_L7_A_BINDING_SCOPE, b->scope) &&
	       !nla_put_u8(skb, IPVS_L7_A_BINDING_ORIGIN, b->origin) &&
	       !nla_put_u32(skb, IPVS_L7_A_BINDING_GEN, b->gen) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_BINDING_STATIC, b->fixed) &&
	       (b->fixed ||
		!nla_put_u32(skb, IPVS_L7_A_BINDING_EXPIRES, b->expires)) &&
	       (!b->limit ||
		!nla_put_u32(skb, IPVS_L7_A_BINDING_LIFETIME, b->limit));
}

static int put_binding_rcu(struct l7_answer *a, const struct l7_persist_info *b)
{
	void *hdr = l7_answer_begin(a, IPVS_L7_CMD_BINDING_GET);

	return hdr ? l7_answer_end(a, hdr, !put_binding_info(a, b)) : -EMSGSIZE;
}

/* Whom a cookie of the director's names: no binding, so neither hash nor end. */
static int put_claim_rcu(struct l7_answer *a, const struct l7_netlink_key *k,
			 struct netlink_ext_ack *extack)
{
	struct l7_pool pool = { .vip = &k->svc->conf.id, .mark = k->pool };
	struct l7_slice value = { .len = nla_len(k->claim) };
	struct l7_endpoint server;
	void *hdr;
	bool old;

	if (!l7_claim_find(a->ln, k->svc, &pool, k->rule, nla_data(k->claim),
			   value, &server, &old))
		return l7_netlink_refuse(extack, -ENOENT, k->claim,
			"value: names no real server of the service");
	hdr = l7_answer_begin(a, IPVS_L7_CMD_BINDING_GET);
	if (!hdr)
		return -EMSGSIZE;
	return l7_answer_end(a, hdr, !(put_owner_rcu(a, k->svc->scope) &&
		l7_netlink_put_endpoint(a->skb, IPVS_L7_A_BINDING_SERVER,
					&server) &&
		!nla_put_u8(a->skb, IPVS_L7_A_BINDING_TYPE, k->rule->type)));
}

static int put_bound_rcu(struct l7_answer *a, const struct l7_netlink_key *k,
			 struct netlink_ext_ack *extack)
{
	struct l7_persist_info b;

	if (!l7_persist_peek(a->ln, &k->key, &b) ||
	    (k->svc && b.scope != k->svc->scope))
		return l7_netlink_refuse(extack, -ENOENT, NULL,
					 "binding: there is none of this key");
	return put_binding_rcu(a, &b);
}

int ipvs_l7_nl_binding_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_netlink_key k;
	struct l7_answer a;
	int err;

	err = l7_answer_one(info, &a);
	if (err)
		return err;
	rcu_read_lock();
	err = l7_netlink_key_rcu(a.ln, info, &k, true);
	if (!err)
		err = k.claim ? put_claim_rcu(&a, &k, info->extack) :
				put_bound_rcu(&a, &k, info->extack);
	rcu_read_unlock();
	return l7_answer_finish(info, &a, err, NULL);
}

static int dump_binding(const struct l7_persist_info *b, void *arg)
{
	struct binding_dump *d = arg;

	if (d->filter && b->scope != d->scope)
		return 0;
	table_entry(&d->t);
	return put_binding_rcu(&d->t.a, b);
}

static u32 scope_of(struct l7_net *ln, const struct l7_endpoint *id)
{
	const struct l7_svc *svc;
	u32 scope;

	rcu_read_lock();
	svc = l7_svc_find_rcu(ln, id);
	scope = svc ? svc->scope : l7_svc_scope(id);
	rcu_read_unlock();
	return scope;
}

int ipvs_l7_nl_binding_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct nlattr **tb = genl_info_dump(cb)->attrs;
	struct binding_dump d = { .t = table_dump(skb, cb) };
	struct l7_net *ln = d.t.a.ln;
	struct l7_endpoint id;
	int err;

	if (tb[IPVS_L7_A_BINDING_RULE] || tb[IPVS_L7_A_BINDING_VALUE] ||
	    tb[IPVS_L7_A_BINDING_HASH])
		return l7_netlink_refuse(cb->extack, -EINVAL, NULL,
			"rule, value and hash: not for a dump, only service");
	if (tb[IPVS_L7_A_BINDING_SERVICE]) {
		err = l7_netlink_endpoint(tb[IPVS_L7_A_BINDING_SERVICE], true, &id,
					  cb->extack);
		if (err)
			return err;
		d.filter = true;
		d.scope = scope_of(ln, &id);
	}
	err = l7_persist_dump(ln, d.t.at, dump_binding, &d);
	return table_dumped(&d.t, err);
}

/* --- Flows --- */

/** struct flow_dump - what the walk over flows needs
 * @client: show only this client's, if not NULL
 * @vip: show only this service's, if not NULL
 */
struct flow_dump {
	struct table_dump t;
	const struct l7_endpoint *client;
	const struct l7_endpoint *vip;
};

static bool is_data(const struct l7_flow_info *f)
{
	return f->plain == L7_PLAIN_DATA;
}

static bool put_flow_info(struct sk_buff *skb, const struct l7_flow_info *f)
{
	return l7_netlink_put_endpoint(skb, IPVS_L7_A_FLOW_CLIENT, &f->client) &&
	       l7_netlink_put_endpoint(skb, IPVS_L7_A_FLOW_VIP, &f->vip) &&
	       l7_netlink_put_endpoint(skb, IPVS_L7_A_FLOW_SERVER, &f->server) &&
	       !nla_put_u8(skb, IPVS_L7_A_FLOW_STATE, f->state) &&
	       !nla_put_u8(skb, IPVS_L7_A_FLOW_ORIGIN, f->origin) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_FLOW_PLAIN, f->plain) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_FLOW_FTP_DATA, is_data(f)) &&
	       !nla_put_u32(skb, IPVS_L7_A_FLOW_SEQ_DELTA, f->seq_delta) &&
	       !nla_put_u32(skb, IPVS_L7_A_FLOW_TS_DELTA, f->ts_delta) &&
	       !nla_put_u8(skb, IPVS_L7_A_FLOW_WSCALE_CLIENT, f->wscale_us) &&
	       !nla_put_u8(skb, IPVS_L7_A_FLOW_WSCALE_SERVER, f->wscale_srv) &&
	       !nla_put_u32(skb, IPVS_L7_A_FLOW_EXPIRES, f->expires) &&
	       !nla_put_u32(skb, IPVS_L7_A_FLOW_BUFFERED, f->buffered);
}

/* Those of FTP's data connections belong to the service of their session. */
static bool is_of(const struct l7_flow_info *f, const struct l7_endpoint *svc)
{
	struct l7_endpoint vip = f->vip;

	vip.port = f->port;
	return l7_endpoint_equal(svc, &vip) && svc->proto == vip.proto;
}

static int dump_flow(const struct l7_flow_info *f, void *arg)
{
	struct flow_dump *d = arg;
	struct l7_answer *a = &d->t.a;
	void *hdr;

	if ((d->client && !l7_endpoint_equal(d->client, &f->client)) ||
	    (d->vip && !is_of(f, d->vip)))
		return 0;
	table_entry(&d->t);
	hdr = l7_answer_begin(a, IPVS_L7_CMD_FLOW_GET);
	return hdr ? l7_answer_end(a, hdr, !put_flow_info(a->skb, f)) : -EMSGSIZE;
}

/* Stops the walk at the flow that was asked for. */
static int find_flow(const struct l7_flow_info *f, void *arg)
{
	struct flow_dump *d = arg;
	unsigned int before = d->t.a.skb->len;
	int err = dump_flow(f, arg);

	return err ?: d->t.a.skb->len > before;
}

int ipvs_l7_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct l7_endpoint client, vip;
	struct flow_dump d = { .client = &client };
	struct l7_walk at = {};
	int err;

	if (!tb[IPVS_L7_A_FLOW_CLIENT])
		return l7_netlink_missing(info->extack, IPVS_L7_A_FLOW_CLIENT,
					  "client: the endpoint is missing");
	err = l7_netlink_endpoint(tb[IPVS_L7_A_FLOW_CLIENT], true, &client,
				  info->extack);
	if (err)
		return err;
	if (tb[IPVS_L7_A_FLOW_VIP]) {
		err = l7_netlink_endpoint(tb[IPVS_L7_A_FLOW_VIP], true, &vip,
					  info->extack);
		if (err)
			return err;
		d.vip = &vip;
	}
	err = l7_answer_one(info, &d.t.a);
	if (err)
		return err;
	/* in one go: a table that is being resized hides none */
	err = l7_flow_dump(d.t.a.ln, &at, find_flow, &d);
	if (err >= 0)
		err = err ? 0 : -ENOENT;
	return l7_answer_finish(info, &d.t.a, err,
		      "client: no connection of this endpoint");
}

int ipvs_l7_nl_flow_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct nlattr **tb = genl_info_dump(cb)->attrs;
	struct flow_dump d = { .t = table_dump(skb, cb) };
	struct l7_endpoint client, vip;
	int err;

	if (tb[IPVS_L7_A_FLOW_CLIENT]) {
		err = l7_netlink_endpoint(tb[IPVS_L7_A_FLOW_CLIENT], true,
					  &client, cb->extack);
		if (err)
			return err;
		d.client = &client;
	}
	if (tb[IPVS_L7_A_FLOW_VIP]) {
		err = l7_netlink_endpoint(tb[IPVS_L7_A_FLOW_VIP], true, &vip,
					  cb->extack);
		if (err)
			return err;
		d.vip = &vip;
	}
	err = l7_flow_dump(d.t.a.ln, d.t.at, dump_flow, &d);
	return table_dumped(&d.t, err);
}
