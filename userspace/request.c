// SPDX-License-Identifier: GPL-2.0
/*
 * See request.h. That attributes fit is not checked at each: messages have 64
 * KiB, and what a command line can hold of one attribute is bounded by parse.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "ctl.h"
#include "decode.h"
#include "parse.h"
#include "request.h"

static int send_simple(struct nl_msg *msg, struct error *e)
{
	return ctl_send(msg, NULL, NULL, e) ? -1 : 0;
}

static void put_endpoint(struct nl_msg *msg, int type, const struct ep *ep)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	if (ep->af == AF_INET)
		nla_put(msg, IPVS_L7_A_ENDPOINT_ADDR4, sizeof(ep->in), &ep->in);
	else
		nla_put(msg, IPVS_L7_A_ENDPOINT_ADDR6, sizeof(ep->in6),
			&ep->in6);
	if (ep->port)
		nla_put_u16(msg, IPVS_L7_A_ENDPOINT_PORT, htons(ep->port));
	if (ep->udp)
		nla_put_flag(msg, IPVS_L7_A_ENDPOINT_UDP);
	nla_nest_end(msg, nest);
}

static void put_u32(struct nl_msg *msg, int type, uint32_t v)
{
	if (v)
		nla_put_u32(msg, type, v);
}

/* --- Policies of services --- */

static void put_flag(struct nl_msg *msg, int type, bool on)
{
	if (on)
		nla_put_flag(msg, type);
}

static void put_part(struct nl_msg *msg, const struct rule *r)
{
	nla_put_u16(msg, IPVS_L7_A_RULE_OFFSET, r->offset);
	nla_put_u16(msg, IPVS_L7_A_RULE_LENGTH, r->length);
}

static void put_parameters(struct nl_msg *msg, const struct rule *r)
{
	switch ((enum ipvs_l7_key_type)r->type) {
	case IPVS_L7_KEY_TYPE_SRC:
		if (r->prefix)
			nla_put_u8(msg, IPVS_L7_A_RULE_PREFIX, r->prefix);
		break;
	case IPVS_L7_KEY_TYPE_COOKIE:
	case IPVS_L7_KEY_TYPE_URL:
	case IPVS_L7_KEY_TYPE_HEADER:
		nla_put_string(msg, IPVS_L7_A_RULE_NAME, r->name);
		put_flag(msg, IPVS_L7_A_RULE_WILDCARD, r->wildcard);
		put_part(msg, r);
		break;
	case IPVS_L7_KEY_TYPE_COOKIE_INSERT:
		nla_put_string(msg, IPVS_L7_A_RULE_NAME, r->name);
		if (*r->attributes)
			nla_put_string(msg, IPVS_L7_A_RULE_ATTRIBUTES,
				       r->attributes);
		break;
	case IPVS_L7_KEY_TYPE_COOKIE_REWRITE:
		nla_put_string(msg, IPVS_L7_A_RULE_NAME, r->name);
		break;
	case IPVS_L7_KEY_TYPE_TLS_TICKET:
	case IPVS_L7_KEY_TYPE_PAYLOAD:
		put_part(msg, r);
		break;
	case IPVS_L7_KEY_TYPE_PAYLOAD_LV:
		nla_put_u16(msg, IPVS_L7_A_RULE_OFFSET, r->offset);
		nla_put_u8(msg, IPVS_L7_A_RULE_PREFIX, r->prefix);
		break;
	case IPVS_L7_KEY_TYPE_TLS_SESSION:
	case IPVS_L7_KEY_TYPE_PATH_HASH:
	case IPVS_L7_KEY_TYPE_RDP:
	case IPVS_L7_KEY_TYPE_MQTT:
	case IPVS_L7_KEY_TYPE_PREBIND:
		break;
	}
}

static void put_rule(struct nl_msg *msg, const struct rule *r)
{
	struct nlattr *nest = nla_nest_start(msg, IPVS_L7_A_SVC_RULE |
						  NLA_F_NESTED);

	nla_put_u8(msg, IPVS_L7_A_RULE_TYPE, r->type);
	put_parameters(msg, r);
	put_flag(msg, IPVS_L7_A_RULE_REQUIRE, r->require);
	put_flag(msg, IPVS_L7_A_RULE_LEARN_REQUEST, r->learn);
	if (r->responses)
		nla_put_u8(msg, IPVS_L7_A_RULE_RESPONSES, r->responses);
	put_flag(msg, IPVS_L7_A_RULE_ROUTE, r->route);
	nla_nest_end(msg, nest);
}

static void put_steer(struct nl_msg *msg, const struct steer *r)
{
	struct nlattr *nest = nla_nest_start(msg, IPVS_L7_A_SVC_STEER |
						  NLA_F_NESTED);

	nla_put_u8(msg, IPVS_L7_A_STEER_MATCH, r->match);
	nla_put_u8(msg, IPVS_L7_A_STEER_HOW, r->how);
	if (*r->name)
		nla_put_string(msg, IPVS_L7_A_STEER_NAME, r->name);
	if (*r->pattern)
		nla_put_string(msg, IPVS_L7_A_STEER_PATTERN, r->pattern);
	nla_put_u8(msg, IPVS_L7_A_STEER_TARGET, r->target);
	put_u32(msg, IPVS_L7_A_STEER_MARK, r->mark);
	nla_nest_end(msg, nest);
}

static void put_route(struct nl_msg *msg, const struct route *r)
{
	struct nlattr *nest = nla_nest_start(msg, IPVS_L7_A_SVC_ROUTE |
						  NLA_F_NESTED);

	nla_put_string(msg, IPVS_L7_A_ROUTE_NAME, r->name);
	put_endpoint(msg, IPVS_L7_A_ROUTE_SERVER, &r->server);
	nla_nest_end(msg, nest);
}

static void put_optional(struct nl_msg *msg, int type,
			 const struct optional *o)
{
	if (o->given)
		nla_put_u32(msg, type, o->v);
}

static void put_toggle(struct nl_msg *msg, int type, enum toggle t)
{
	if (t != TOGGLE_NOT_GIVEN)
		nla_put_u8(msg, type, t == TOGGLE_ON);
}

static int send_svc(uint8_t cmd, const struct svc *s, struct error *e)
{
	struct nl_msg *msg = ctl_msg(cmd, 0);
	unsigned int i;

	put_endpoint(msg, IPVS_L7_A_SVC_SERVICE, &s->service);
	put_u32(msg, IPVS_L7_A_SVC_TIMEOUT, s->timeout);
	put_optional(msg, IPVS_L7_A_SVC_MAX_LIFETIME, &s->max_lifetime);
	put_optional(msg, IPVS_L7_A_SVC_PREBIND, &s->prebind);
	put_u32(msg, IPVS_L7_A_SVC_INSPECT_TIMEOUT, s->inspect);
	put_u32(msg, IPVS_L7_A_SVC_SILENT_TIMEOUT, s->silent);
	put_u32(msg, IPVS_L7_A_SVC_CONNECT_TIMEOUT, s->connect);
	if (s->tries)
		nla_put_u8(msg, IPVS_L7_A_SVC_TRIES, (uint8_t)s->tries);
	put_u32(msg, IPVS_L7_A_SVC_MAX_REQUEST, s->max_request);
	put_u32(msg, IPVS_L7_A_SVC_FLOW_TIMEOUT, s->flow_timeout);
	if (s->on_drain)
		nla_put_u8(msg, IPVS_L7_A_SVC_ON_DRAIN, s->on_drain);
	if (s->has_group)
		nla_put_string(msg, IPVS_L7_A_SVC_GROUP, s->group);
	put_toggle(msg, IPVS_L7_A_SVC_ACCEPT_PROXY, s->accept_proxy);
	put_toggle(msg, IPVS_L7_A_SVC_SEND_PROXY, s->send_proxy);
	put_toggle(msg, IPVS_L7_A_SVC_MIRROR_CONNECTIONS, s->mirror);
	put_toggle(msg, IPVS_L7_A_SVC_FTP, s->ftp);
	put_toggle(msg, IPVS_L7_A_SVC_SEMI_SYNC, s->semi);
	for (i = 0; i < s->nrules; i++)
		put_rule(msg, &s->rules[i]);
	for (i = 0; i < s->nsteer; i++)
		put_steer(msg, &s->steer[i]);
	for (i = 0; i < s->nroutes; i++)
		put_route(msg, &s->routes[i]);
	/* not nla_nest_end(): that takes an empty nest back */
	if (s->no_routes)
		nla_put(msg, IPVS_L7_A_SVC_ROUTE | NLA_F_NESTED, 0, NULL);
	if (s->no_steer)
		nla_put(msg, IPVS_L7_A_SVC_STEER | NLA_F_NESTED, 0, NULL);
	return send_simple(msg, e);
}

int request_svc_new(const struct svc *s, struct error *e)
{
	return send_svc(IPVS_L7_CMD_SVC_NEW, s, e);
}

int request_svc_set(const struct svc *s, struct error *e)
{
	return send_svc(IPVS_L7_CMD_SVC_SET, s, e);
}

int request_svc_del(const struct ep *service, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SVC_DEL, 0);

	put_endpoint(msg, IPVS_L7_A_SVC_SERVICE, service);
	return send_simple(msg, e);
}

int request_svc_flush(struct error *e)
{
	return send_simple(ctl_msg(IPVS_L7_CMD_SVC_FLUSH, 0), e);
}

static void got_svc(struct nlattr *attrs, int len, void *arg)
{
	decode_svc(attrs, len, arg);
}

int request_svc_get(const struct ep *service, struct svc *out, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SVC_GET, 0);

	put_endpoint(msg, IPVS_L7_A_SVC_SERVICE, service);
	return ctl_send(msg, got_svc, out, e) ? -1 : 0;
}

/** struct svcs - policies, collected to be sorted: the kernel has no order */
struct svcs {
	struct svc *at;
	size_t n;
};

static void each_svc(struct nlattr *attrs, int len, void *arg)
{
	struct svcs *all = arg;

	all->at = realloc(all->at, (all->n + 1) * sizeof(*all->at));
	if (!all->at)
		abort();
	decode_svc(attrs, len, &all->at[all->n++]);
}

static int compare_svc(const void *va, const void *vb)
{
	const struct ep *a = &((const struct svc *)va)->service;
	const struct ep *b = &((const struct svc *)vb)->service;
	int diff;

	if (a->af != b->af)
		return a->af == AF_INET ? -1 : 1;
	diff = memcmp(&a->in6, &b->in6,
		      a->af == AF_INET ? sizeof(a->in) : sizeof(a->in6));
	if (!diff)
		diff = a->port - b->port;
	return diff ? diff : a->udp - b->udp;
}

int request_svc_dump(void (*fn)(const struct svc *s, void *arg), void *arg,
		     struct error *e)
{
	struct svcs all = { NULL, 0 };
	size_t i;
	int err;

	err = ctl_send(ctl_msg(IPVS_L7_CMD_SVC_GET, NLM_F_DUMP), each_svc, &all,
		       e);
	if (!err && all.n)
		qsort(all.at, all.n, sizeof(*all.at), compare_svc);
	for (i = 0; !err && i < all.n; i++)
		fn(&all.at[i], arg);
	free(all.at);
	return err ? -1 : 0;
}

/** struct walk - how a dump's answers reach the caller */
struct walk {
	union {
		void (*stats)(const struct stats *s, void *arg);
		void (*binding)(const struct binding *b, void *arg);
		void (*flow)(const struct flow *f, void *arg);
		void (*peer)(const struct peer *p, void *arg);
	};
	void *arg;
};

/* --- Counters --- */

static void each_stats(struct nlattr *attrs, int len, void *arg)
{
	static struct stats s;
	struct walk *w = arg;

	decode_stats(attrs, len, &s);
	w->stats(&s, w->arg);
}

int request_stats_dump(const struct ep *service,
		       void (*fn)(const struct stats *s, void *arg), void *arg,
		       struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_STATS_GET,
				     service ? 0 : NLM_F_DUMP);
	struct walk w = { .stats = fn, .arg = arg };

	if (service)
		put_endpoint(msg, IPVS_L7_A_STATS_SERVICE, service);
	return ctl_send(msg, each_stats, &w, e) ? -1 : 0;
}

int request_stats_zero(const struct ep *service, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_STATS_ZERO, 0);

	if (service)
		put_endpoint(msg, IPVS_L7_A_STATS_SERVICE, service);
	return send_simple(msg, e);
}

/* --- Bindings --- */

/* Is rule @r of a service what an operator means by @want? As written in the
 * service; or, where that says no more than the name or the type, what fits.
 */
static bool is_meant(const struct rule *r, const struct rule *want)
{
	bool cut = want->offset || want->length;

	if (r->type != want->type ||
	    (want->prefix && want->prefix != r->prefix))
		return false;
	/* a ticket is found whatever part of it is the key */
	if (cut && r->type != IPVS_L7_KEY_TYPE_TLS_TICKET &&
	    (r->offset != want->offset || r->length != want->length))
		return false;
	if (!strcmp(r->name, want->name) && r->wildcard == want->wildcard)
		return true;
	return r->wildcard && !want->wildcard &&
	       !strncmp(want->name, r->name, strlen(r->name));
}

static int find_rule(const struct svc *s, const struct rule *want,
		     unsigned int *index, struct error *e)
{
	unsigned int i;

	for (i = 0; i < s->nrules; i++)
		if (is_meant(&s->rules[i], want)) {
			*index = i;
			return 0;
		}
	return error_set(e, "key: the service has no such key");
}

static bool is_binary(const struct rule *r)
{
	return r->type == IPVS_L7_KEY_TYPE_TLS_SESSION ||
	       r->type == IPVS_L7_KEY_TYPE_TLS_TICKET;
}

/* "0x" and hexadecimal digits, wanted where the value is no text. */
static int put_hex(struct nl_msg *msg, const char *s, size_t n, struct error *e)
{
	uint8_t *out = n % 2 ? NULL : malloc(n / 2);
	int err = !out || parse_hex(s, n, out, n / 2);

	if (!err)
		nla_put(msg, IPVS_L7_A_BINDING_VALUE, (int)(n / 2), out);
	free(out);
	return err ? error_set(e, "value: hexadecimal digits are wanted, two for each byte") : 0;
}

/* The value as the kernel wants it: bytes. */
static int put_value(struct nl_msg *msg, const struct rule *r,
		     const struct key_value *kv, struct error *e)
{
	bool hex = kv->len > 2 && !strncmp(kv->value, "0x", 2);
	struct ep addr;

	if (is_binary(r) || (hex && (r->type == IPVS_L7_KEY_TYPE_PAYLOAD ||
				     r->type == IPVS_L7_KEY_TYPE_PAYLOAD_LV)))
		return put_hex(msg, kv->value + 2 * hex, kv->len - 2 * hex, e);
	if (r->type != IPVS_L7_KEY_TYPE_SRC) {
		nla_put(msg, IPVS_L7_A_BINDING_VALUE, (int)kv->len, kv->value);
		return 0;
	}
	if (parse_endpoint("value", kv->value, PORT_NONE, true, &addr, e))
		return -1;
	if (addr.af == AF_INET)
		nla_put(msg, IPVS_L7_A_BINDING_VALUE, sizeof(addr.in),
			&addr.in);
	else
		nla_put(msg, IPVS_L7_A_BINDING_VALUE, sizeof(addr.in6),
			&addr.in6);
	return 0;
}

/* A message that names a binding, or NULL with a sentence. */
static struct nl_msg *binding_msg(uint8_t cmd, const struct ep *service,
				  const struct key_value *kv, struct error *e)
{
	unsigned int index = kv->index;
	struct nl_msg *msg;
	struct svc s;

	if (kv->by != KEY_BY_HASH) {
		if (request_svc_get(service, &s, e))
			return NULL;
		if (kv->by == KEY_BY_RULE &&
		    find_rule(&s, &kv->rule, &index, e))
			return NULL;
		if (index >= s.nrules) {
			error_set(e, "rule: the service has no such rule");
			return NULL;
		}
	}
	msg = ctl_msg(cmd, 0);
	if (service->af)
		put_endpoint(msg, IPVS_L7_A_BINDING_SERVICE, service);
	if (kv->by == KEY_BY_HASH) {
		nla_put(msg, IPVS_L7_A_BINDING_HASH, sizeof(kv->hash),
			kv->hash);
		return msg;
	}
	nla_put_u8(msg, IPVS_L7_A_BINDING_RULE, (uint8_t)index);
	put_u32(msg, IPVS_L7_A_BINDING_POOL, kv->pool);
	if (put_value(msg, &s.rules[index], kv, e)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static void got_binding(struct nlattr *attrs, int len, void *arg)
{
	decode_binding(attrs, len, arg);
}

int request_binding_get(const struct ep *service, const struct key_value *kv,
			struct binding *out, struct error *e)
{
	struct nl_msg *msg = binding_msg(IPVS_L7_CMD_BINDING_GET, service, kv,
					 e);

	return msg && !ctl_send(msg, got_binding, out, e) ? 0 : -1;
}

int request_binding_find(const struct ep *service, uint32_t pool,
			 unsigned int rule, const void *value, uint32_t len,
			 struct binding *out, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_BINDING_GET, 0);
	struct error none;
	int err;

	put_endpoint(msg, IPVS_L7_A_BINDING_SERVICE, service);
	if (rule < IPVS_L7_RULES_MAX)
		nla_put_u8(msg, IPVS_L7_A_BINDING_RULE, (uint8_t)rule);
	put_flag(msg, IPVS_L7_A_BINDING_PREBIND, rule >= IPVS_L7_RULES_MAX);
	put_u32(msg, IPVS_L7_A_BINDING_POOL, pool);
	nla_put(msg, IPVS_L7_A_BINDING_VALUE, (int)len, value);
	err = ctl_send(msg, got_binding, out, &none);
	if (err == -ENOENT)
		return 0;
	if (err)
		*e = none;
	return err ? -1 : 1;
}

int request_binding_new(const struct ep *service, const struct key_value *kv,
			const struct ep *server, bool fixed, struct error *e)
{
	struct nl_msg *msg = binding_msg(IPVS_L7_CMD_BINDING_NEW, service, kv,
					 e);

	if (!msg)
		return -1;
	put_endpoint(msg, IPVS_L7_A_BINDING_SERVER, server);
	put_flag(msg, IPVS_L7_A_BINDING_STATIC, fixed);
	return send_simple(msg, e);
}

int request_binding_del(const struct ep *service, const struct key_value *kv,
			struct error *e)
{
	struct nl_msg *msg = binding_msg(IPVS_L7_CMD_BINDING_DEL, service, kv,
					 e);

	return msg ? send_simple(msg, e) : -1;
}

int request_binding_flush(const struct ep *service, bool fixed, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_BINDING_FLUSH, 0);

	if (service)
		put_endpoint(msg, IPVS_L7_A_BINDING_SERVICE, service);
	put_flag(msg, IPVS_L7_A_BINDING_STATIC, fixed);
	return send_simple(msg, e);
}

int request_flow_reset(const struct ep *service, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_FLOW_RESET, 0);

	if (service)
		put_endpoint(msg, IPVS_L7_A_FLOW_VIP, service);
	return send_simple(msg, e);
}

static void each_binding(struct nlattr *attrs, int len, void *arg)
{
	struct walk *w = arg;
	struct binding b;

	decode_binding(attrs, len, &b);
	w->binding(&b, w->arg);
}

int request_binding_dump(const struct ep *service,
			 void (*fn)(const struct binding *b, void *arg),
			 void *arg, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_BINDING_GET, NLM_F_DUMP);
	struct walk w = { .binding = fn, .arg = arg };

	if (service)
		put_endpoint(msg, IPVS_L7_A_BINDING_SERVICE, service);
	return ctl_send(msg, each_binding, &w, e) ? -1 : 0;
}

/* --- Flows and peers --- */

static void each_flow(struct nlattr *attrs, int len, void *arg)
{
	struct walk *w = arg;
	struct flow f;

	decode_flow(attrs, len, &f);
	w->flow(&f, w->arg);
}

int request_flow_dump(const struct ep *service,
		      void (*fn)(const struct flow *f, void *arg), void *arg,
		      struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_FLOW_GET, NLM_F_DUMP);
	struct walk w = { .flow = fn, .arg = arg };

	if (service)
		put_endpoint(msg, IPVS_L7_A_FLOW_VIP, service);
	return ctl_send(msg, each_flow, &w, e) ? -1 : 0;
}

static void each_peer(struct nlattr *attrs, int len, void *arg)
{
	struct walk *w = arg;
	struct peer p;

	decode_peer(attrs, len, &p);
	w->peer(&p, w->arg);
}

int request_peer_dump(void (*fn)(const struct peer *p, void *arg), void *arg,
		      struct error *e)
{
	struct walk w = { .peer = fn, .arg = arg };

	return ctl_send(ctl_msg(IPVS_L7_CMD_PEER_GET, NLM_F_DUMP), each_peer,
			&w, e) ? -1 : 0;
}

/* --- Mirroring --- */

static void put_secret(struct nl_msg *msg, int key, int path,
		       const struct secret *s)
{
	if (!s->has)
		return;
	nla_put(msg, key, sizeof(s->key), s->key);
	nla_put_string(msg, path, s->path);
}

int request_sync_start(const struct sync_conf *c, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SYNC_START, 0);
	unsigned int i;

	nla_put_string(msg, IPVS_L7_A_SYNC_IFNAME, c->ifname);
	if (c->group.af)
		put_endpoint(msg, IPVS_L7_A_SYNC_GROUP, &c->group);
	for (i = 0; i < c->npeers; i++)
		put_endpoint(msg, IPVS_L7_A_SYNC_PEER, &c->peers[i]);
	if (c->port)
		nla_put_u16(msg, IPVS_L7_A_SYNC_PORT, htons(c->port));
	if (c->node >= 0)
		nla_put_u8(msg, IPVS_L7_A_SYNC_NODE, (uint8_t)c->node);
	if (c->cluster >= 0)
		nla_put_u8(msg, IPVS_L7_A_SYNC_CLUSTER, (uint8_t)c->cluster);
	if (c->receive_buffer)
		nla_put_u32(msg, IPVS_L7_A_SYNC_RECEIVE_BUFFER, c->receive_buffer);
	put_flag(msg, IPVS_L7_A_SYNC_PLAINTEXT, c->plaintext);
	put_flag(msg, IPVS_L7_A_SYNC_ACCEPT_POLICIES, c->accept_policies);
	put_secret(msg, IPVS_L7_A_SYNC_KEY, IPVS_L7_A_SYNC_KEY_PATH, &c->secret);
	put_secret(msg, IPVS_L7_A_SYNC_PACKET_KEY, IPVS_L7_A_SYNC_PACKET_KEY_PATH,
		   &c->packet);
	return send_simple(msg, e);
}

int request_sync_key_add(const struct secret *s, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SYNC_KEY_ADD, 0);

	put_secret(msg, IPVS_L7_A_SYNC_KEY, IPVS_L7_A_SYNC_KEY_PATH, s);
	return send_simple(msg, e);
}

int request_sync_key_del(uint8_t id, bool force, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SYNC_KEY_DEL, 0);

	nla_put_u8(msg, IPVS_L7_A_SYNC_KEY_ID, id);
	if (force)
		nla_put_flag(msg, IPVS_L7_A_SYNC_FORCE);
	return send_simple(msg, e);
}

int request_sync_stop(struct error *e)
{
	return send_simple(ctl_msg(IPVS_L7_CMD_SYNC_STOP, 0), e);
}

int request_sync_resync(struct error *e)
{
	return send_simple(ctl_msg(IPVS_L7_CMD_SYNC_RESYNC, 0), e);
}

int request_sync_forget(uint8_t node, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SYNC_FORGET, 0);

	nla_put_u8(msg, IPVS_L7_A_SYNC_NODE, node);
	return send_simple(msg, e);
}

int request_sync_selftest(bool again, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SYNC_SELFTEST, 0);

	if (again)
		nla_put_flag(msg, IPVS_L7_A_SYNC_AGAIN);
	return send_simple(msg, e);
}

int request_sync_push(enum push_step step, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SYNC_PUSH, 0);

	put_flag(msg, IPVS_L7_A_SYNC_AGAIN, step == PUSH_AGAIN);
	put_flag(msg, IPVS_L7_A_SYNC_OFF, step == PUSH_END);
	return send_simple(msg, e);
}

int request_sync_drain(bool on, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_SYNC_DRAIN, 0);

	if (!on)
		nla_put_flag(msg, IPVS_L7_A_SYNC_OFF);
	return send_simple(msg, e);
}

static int watch_start(void *arg, struct error *e)
{
	const struct watcher *w = arg;

	return w->start(w->arg, e);
}

static int watched(uint8_t cmd, struct nlattr *attrs, int len, void *arg,
		   struct error *e)
{
	const struct watcher *w = arg;
	struct sync_conf c;
	struct peer p;

	(void)e;
	if (cmd == IPVS_L7_CMD_SYNC_NTF) {
		decode_sync(attrs, len, &c);
		return w->sync(&c, w->arg);
	}
	if (cmd != IPVS_L7_CMD_PEER_NTF)
		return 0;
	decode_peer(attrs, len, &p);
	return w->peer(&p, w->arg);
}

int request_watch(const struct watcher *w, struct error *e)
{
	return ctl_listen(IPVS_L7_MCGRP_SYNC, watch_start, watched,
			  (void *)(uintptr_t)w, e);
}

static void got_sync(struct nlattr *attrs, int len, void *arg)
{
	decode_sync(attrs, len, arg);
}

int request_sync_get(struct sync_conf *out, struct error *e)
{
	return ctl_send(ctl_msg(IPVS_L7_CMD_SYNC_GET, 0), got_sync, out, e) ?
	       -1 : 0;
}

/* --- Limits --- */

int request_limits_set(const struct limits *l, struct error *e)
{
	struct nl_msg *msg = ctl_msg(IPVS_L7_CMD_LIMITS_SET, 0);

	put_u32(msg, IPVS_L7_A_LIMITS_BINDINGS, l->bindings);
	put_u32(msg, IPVS_L7_A_LIMITS_FLOWS, l->flows);
	put_u32(msg, IPVS_L7_A_LIMITS_PENDING, l->pending);
	put_u32(msg, IPVS_L7_A_LIMITS_PENDING_SRC, l->pending_src);
	put_u32(msg, IPVS_L7_A_LIMITS_PENDING_BYTES, l->pending_bytes);
	return send_simple(msg, e);
}

static void got_limits(struct nlattr *attrs, int len, void *arg)
{
	decode_limits(attrs, len, arg);
}

int request_limits_get(struct limits *out, struct error *e)
{
	return ctl_send(ctl_msg(IPVS_L7_CMD_LIMITS_GET, 0), got_limits, out,
			e) ? -1 : 0;
}
