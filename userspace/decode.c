// SPDX-License-Identifier: GPL-2.0
/*
 * See decode.h. Lengths are checked at each attribute, so that a newer or broken
 * module cannot make this program read beyond a message.
 */
#include <string.h>
#include "decode.h"

static uint8_t u8(const struct nlattr *a)
{
	return a && nla_len(a) >= 1 ? nla_get_u8(a) : 0;
}

static uint16_t u16(const struct nlattr *a)
{
	return a && nla_len(a) >= 2 ? nla_get_u16(a) : 0;
}

static uint32_t u32(const struct nlattr *a)
{
	return a && nla_len(a) >= 4 ? nla_get_u32(a) : 0;
}

static uint64_t u64(const struct nlattr *a)
{
	return a && nla_len(a) >= 8 ? nla_get_u64(a) : 0;
}

static void string(const struct nlattr *a, char *out, size_t size)
{
	size_t n;

	if (!a)
		return;
	n = strnlen(nla_data(a), (size_t)nla_len(a));
	if (n >= size)
		n = size - 1;
	memcpy(out, nla_data(a), n);
	out[n] = '\0';
}

static void parse_nest(struct nlattr **tb, int max, struct nlattr *nest)
{
	if (nla_parse(tb, max, nla_data(nest), nla_len(nest), NULL))
		memset(tb, 0, sizeof(*tb) * (size_t)(max + 1));
}

static void endpoint(struct nlattr *nest, struct ep *ep)
{
	struct nlattr *tb[IPVS_L7_A_ENDPOINT_MAX + 1], *a4, *a6;

	memset(ep, 0, sizeof(*ep));
	if (!nest)
		return;
	parse_nest(tb, IPVS_L7_A_ENDPOINT_MAX, nest);
	a4 = tb[IPVS_L7_A_ENDPOINT_ADDR4];
	a6 = tb[IPVS_L7_A_ENDPOINT_ADDR6];
	if (a4 && nla_len(a4) == sizeof(ep->in)) {
		ep->af = AF_INET;
		memcpy(&ep->in, nla_data(a4), sizeof(ep->in));
	} else if (a6 && nla_len(a6) == sizeof(ep->in6)) {
		ep->af = AF_INET6;
		memcpy(&ep->in6, nla_data(a6), sizeof(ep->in6));
	}
	ep->port = ntohs(u16(tb[IPVS_L7_A_ENDPOINT_PORT]));
	ep->udp = tb[IPVS_L7_A_ENDPOINT_UDP];
}

static void decode_rule(struct nlattr *nest, struct rule *r)
{
	struct nlattr *tb[IPVS_L7_A_RULE_MAX + 1];

	memset(r, 0, sizeof(*r));
	parse_nest(tb, IPVS_L7_A_RULE_MAX, nest);
	r->type = u8(tb[IPVS_L7_A_RULE_TYPE]);
	r->prefix = u8(tb[IPVS_L7_A_RULE_PREFIX]);
	string(tb[IPVS_L7_A_RULE_NAME], r->name, sizeof(r->name));
	r->wildcard = tb[IPVS_L7_A_RULE_WILDCARD];
	r->offset = u16(tb[IPVS_L7_A_RULE_OFFSET]);
	r->length = u16(tb[IPVS_L7_A_RULE_LENGTH]);
	r->require = tb[IPVS_L7_A_RULE_REQUIRE];
	r->learn = tb[IPVS_L7_A_RULE_LEARN_REQUEST];
	string(tb[IPVS_L7_A_RULE_ATTRIBUTES], r->attributes,
	       sizeof(r->attributes));
	r->responses = u8(tb[IPVS_L7_A_RULE_RESPONSES]);
	r->route = tb[IPVS_L7_A_RULE_ROUTE];
}

static void decode_steer(struct nlattr *nest, struct steer *r)
{
	struct nlattr *tb[IPVS_L7_A_STEER_MAX + 1];

	memset(r, 0, sizeof(*r));
	parse_nest(tb, IPVS_L7_A_STEER_MAX, nest);
	r->match = u8(tb[IPVS_L7_A_STEER_MATCH]);
	r->how = u8(tb[IPVS_L7_A_STEER_HOW]);
	r->target = u8(tb[IPVS_L7_A_STEER_TARGET]);
	r->mark = u32(tb[IPVS_L7_A_STEER_MARK]);
	string(tb[IPVS_L7_A_STEER_NAME], r->name, sizeof(r->name));
	string(tb[IPVS_L7_A_STEER_PATTERN], r->pattern, sizeof(r->pattern));
}

static void decode_route(struct nlattr *nest, struct route *r)
{
	struct nlattr *tb[IPVS_L7_A_ROUTE_MAX + 1];

	memset(r, 0, sizeof(*r));
	parse_nest(tb, IPVS_L7_A_ROUTE_MAX, nest);
	string(tb[IPVS_L7_A_ROUTE_NAME], r->name, sizeof(r->name));
	endpoint(tb[IPVS_L7_A_ROUTE_SERVER], &r->server);
}

static enum toggle toggle(const struct nlattr *a)
{
	return u8(a) ? TOGGLE_ON : TOGGLE_OFF;
}

void decode_svc(struct nlattr *attrs, int len, struct svc *s)
{
	struct nlattr *tb[IPVS_L7_A_SVC_MAX + 1], *a;
	int rem;

	memset(s, 0, sizeof(*s));
	if (nla_parse(tb, IPVS_L7_A_SVC_MAX, attrs, len, NULL))
		return;
	endpoint(tb[IPVS_L7_A_SVC_SERVICE], &s->service);
	s->timeout = u32(tb[IPVS_L7_A_SVC_TIMEOUT]);
	s->max_lifetime.v = u32(tb[IPVS_L7_A_SVC_MAX_LIFETIME]);
	s->prebind.v = u32(tb[IPVS_L7_A_SVC_PREBIND]);
	s->inspect = u32(tb[IPVS_L7_A_SVC_INSPECT_TIMEOUT]);
	s->silent = u32(tb[IPVS_L7_A_SVC_SILENT_TIMEOUT]);
	s->connect = u32(tb[IPVS_L7_A_SVC_CONNECT_TIMEOUT]);
	s->tries = u8(tb[IPVS_L7_A_SVC_TRIES]);
	s->max_request = u32(tb[IPVS_L7_A_SVC_MAX_REQUEST]);
	s->flow_timeout = u32(tb[IPVS_L7_A_SVC_FLOW_TIMEOUT]);
	s->on_drain = u8(tb[IPVS_L7_A_SVC_ON_DRAIN]);
	string(tb[IPVS_L7_A_SVC_GROUP], s->group, sizeof(s->group));
	s->accept_proxy = toggle(tb[IPVS_L7_A_SVC_ACCEPT_PROXY]);
	s->mirror = toggle(tb[IPVS_L7_A_SVC_MIRROR_CONNECTIONS]);
	s->ftp = toggle(tb[IPVS_L7_A_SVC_FTP]);
	s->semi = toggle(tb[IPVS_L7_A_SVC_SEMI_SYNC]);
	s->send_proxy = toggle(tb[IPVS_L7_A_SVC_SEND_PROXY]);
	nla_for_each_attr(a, attrs, len, rem) {
		if (nla_type(a) == IPVS_L7_A_SVC_RULE &&
		    s->nrules < IPVS_L7_RULES_MAX)
			decode_rule(a, &s->rules[s->nrules++]);
		if (nla_type(a) == IPVS_L7_A_SVC_STEER &&
		    s->nsteer < IPVS_L7_STEER_MAX)
			decode_steer(a, &s->steer[s->nsteer++]);
		if (nla_type(a) == IPVS_L7_A_SVC_ROUTE &&
		    s->nroutes < IPVS_L7_ROUTES_MAX)
			decode_route(a, &s->routes[s->nroutes++]);
	}
}

void decode_binding(struct nlattr *attrs, int len, struct binding *b)
{
	struct nlattr *tb[IPVS_L7_A_BINDING_MAX + 1], *hash;

	memset(b, 0, sizeof(*b));
	if (nla_parse(tb, IPVS_L7_A_BINDING_MAX, attrs, len, NULL))
		return;
	endpoint(tb[IPVS_L7_A_BINDING_SERVICE], &b->service);
	endpoint(tb[IPVS_L7_A_BINDING_SERVER], &b->server);
	string(tb[IPVS_L7_A_BINDING_GROUP], b->group, sizeof(b->group));
	hash = tb[IPVS_L7_A_BINDING_HASH];
	if (hash && nla_len(hash) == sizeof(b->hash))
		memcpy(b->hash, nla_data(hash), sizeof(b->hash));
	b->type = u8(tb[IPVS_L7_A_BINDING_TYPE]);
	b->origin = u8(tb[IPVS_L7_A_BINDING_ORIGIN]);
	b->scope = u32(tb[IPVS_L7_A_BINDING_SCOPE]);
	b->gen = u32(tb[IPVS_L7_A_BINDING_GEN]);
	b->expires = u32(tb[IPVS_L7_A_BINDING_EXPIRES]);
	b->fixed = tb[IPVS_L7_A_BINDING_STATIC];
	b->lifetime = u32(tb[IPVS_L7_A_BINDING_LIFETIME]);
}

void decode_flow(struct nlattr *attrs, int len, struct flow *f)
{
	struct nlattr *tb[IPVS_L7_A_FLOW_MAX + 1];

	memset(f, 0, sizeof(*f));
	if (nla_parse(tb, IPVS_L7_A_FLOW_MAX, attrs, len, NULL))
		return;
	endpoint(tb[IPVS_L7_A_FLOW_CLIENT], &f->client);
	endpoint(tb[IPVS_L7_A_FLOW_VIP], &f->vip);
	endpoint(tb[IPVS_L7_A_FLOW_SERVER], &f->server);
	f->state = u8(tb[IPVS_L7_A_FLOW_STATE]);
	f->origin = u8(tb[IPVS_L7_A_FLOW_ORIGIN]);
	f->plain = tb[IPVS_L7_A_FLOW_PLAIN];
	f->ftp_data = tb[IPVS_L7_A_FLOW_FTP_DATA];
	f->seq_delta = u32(tb[IPVS_L7_A_FLOW_SEQ_DELTA]);
	f->ts_delta = u32(tb[IPVS_L7_A_FLOW_TS_DELTA]);
	f->wscale_client = u8(tb[IPVS_L7_A_FLOW_WSCALE_CLIENT]);
	f->wscale_server = u8(tb[IPVS_L7_A_FLOW_WSCALE_SERVER]);
	f->expires = u32(tb[IPVS_L7_A_FLOW_EXPIRES]);
	f->buffered = u32(tb[IPVS_L7_A_FLOW_BUFFERED]);
}

static void policy_diff(struct nlattr *nest, struct policy_diff *d)
{
	struct nlattr *tb[IPVS_L7_A_POLICY_DIFF_MAX + 1];

	parse_nest(tb, IPVS_L7_A_POLICY_DIFF_MAX, nest);
	endpoint(tb[IPVS_L7_A_POLICY_DIFF_SERVICE], &d->service);
	d->what = u32(tb[IPVS_L7_A_POLICY_DIFF_WHAT]);
}

/* Ids of keys, a byte each. */
static unsigned int key_ids(const struct nlattr *a, uint8_t *ids)
{
	unsigned int n = a ? (unsigned int)nla_len(a) : 0;

	n = n < IPVS_L7_SYNC_KEYS_MAX ? n : IPVS_L7_SYNC_KEYS_MAX;
	if (n)
		memcpy(ids, nla_data(a), n);
	return n;
}

void decode_peer(struct nlattr *attrs, int len, struct peer *p)
{
	struct nlattr *tb[IPVS_L7_A_PEER_MAX + 1], *a;
	int rem;

	memset(p, 0, sizeof(*p));
	if (nla_parse(tb, IPVS_L7_A_PEER_MAX, attrs, len, NULL))
		return;
	p->node = u8(tb[IPVS_L7_A_PEER_NODE]);
	endpoint(tb[IPVS_L7_A_PEER_ADDR], &p->addr);
	p->confirmed = tb[IPVS_L7_A_PEER_CONFIRMED];
	p->last_seen = u32(tb[IPVS_L7_A_PEER_LAST_SEEN]);
	p->epoch = u64(tb[IPVS_L7_A_PEER_EPOCH]);
	p->rx_packets = u64(tb[IPVS_L7_A_PEER_RX_PACKETS]);
	p->rx_records = u64(tb[IPVS_L7_A_PEER_RX_RECORDS]);
	p->lost = u64(tb[IPVS_L7_A_PEER_LOST]);
	p->replayed = u64(tb[IPVS_L7_A_PEER_REPLAYED]);
	p->bindings = u32(tb[IPVS_L7_A_PEER_BINDINGS]);
	p->flows = u32(tb[IPVS_L7_A_PEER_FLOWS]);
	p->repaired = u64(tb[IPVS_L7_A_PEER_REPAIRED]);
	p->missing = u64(tb[IPVS_L7_A_PEER_MISSING]);
	p->unconfirmed = u64(tb[IPVS_L7_A_PEER_UNCONFIRMED]);
	p->state = u32(tb[IPVS_L7_A_PEER_STATE]);
	p->joined = tb[IPVS_L7_A_PEER_JOINED];
	p->equal = tb[IPVS_L7_A_PEER_EQUAL];
	p->skew = (int32_t)u32(tb[IPVS_L7_A_PEER_CLOCK_SKEW]);
	p->gone = tb[IPVS_L7_A_PEER_GONE];
	p->differs = u32(tb[IPVS_L7_A_PEER_DIFFERS]);
	p->config_differs = tb[IPVS_L7_A_PEER_CONFIG_DIFFERS];
	p->nkeys = key_ids(tb[IPVS_L7_A_PEER_KEYS], p->keys);
	p->other_secrets = tb[IPVS_L7_A_PEER_OTHER_SECRETS];
	p->accepts = tb[IPVS_L7_A_PEER_ACCEPTS];
	p->mean_rtt = u32(tb[IPVS_L7_A_PEER_RTT]);
	p->rtt = u32(tb[IPVS_L7_A_PEER_ECHO_RTT]);
	p->full_rtt = u32(tb[IPVS_L7_A_PEER_ECHO_FULL_RTT]);
	p->echo_bytes = u32(tb[IPVS_L7_A_PEER_ECHO_BYTES]);
	p->ahead = (int32_t)u32(tb[IPVS_L7_A_PEER_CLOCK_AHEAD]);
	p->takes = tb[IPVS_L7_A_PEER_ACCEPTS_POLICIES];
	p->push_status = u32(tb[IPVS_L7_A_PEER_PUSH_STATUS]);
	p->push_reason = u32(tb[IPVS_L7_A_PEER_PUSH_REASON]);
	endpoint(tb[IPVS_L7_A_PEER_PUSH_SERVICE], &p->push_service);
	string(tb[IPVS_L7_A_PEER_PUSH_WHY], p->push_why, sizeof(p->push_why));
	p->push_changes = u32(tb[IPVS_L7_A_PEER_PUSH_CHANGES]);
	p->taken = u32(tb[IPVS_L7_A_PEER_TAKEN]);
	p->taken_changes = u32(tb[IPVS_L7_A_PEER_TAKEN_CHANGES]);
	p->npolicies = u32(tb[IPVS_L7_A_PEER_POLICY_DIFFS]);
	nla_for_each_attr(a, attrs, len, rem)
		if (nla_type(a) == IPVS_L7_A_PEER_POLICY_DIFF &&
		    p->ndiffs < sizeof(p->diffs) / sizeof(p->diffs[0]))
			policy_diff(a, &p->diffs[p->ndiffs++]);
}

static void installed_key(struct nlattr *nest, struct sync_key *k)
{
	struct nlattr *tb[IPVS_L7_A_INSTALLED_KEY_MAX + 1];

	parse_nest(tb, IPVS_L7_A_INSTALLED_KEY_MAX, nest);
	k->id = u8(tb[IPVS_L7_A_INSTALLED_KEY_ID]);
	k->sends = tb[IPVS_L7_A_INSTALLED_KEY_SENDS];
	string(tb[IPVS_L7_A_INSTALLED_KEY_PATH], k->path, sizeof(k->path));
}

void decode_sync(struct nlattr *attrs, int len, struct sync_conf *c)
{
	struct nlattr *tb[IPVS_L7_A_SYNC_MAX + 1], *a;
	int rem;

	memset(c, 0, sizeof(*c));
	if (nla_parse(tb, IPVS_L7_A_SYNC_MAX, attrs, len, NULL))
		return;
	c->running = tb[IPVS_L7_A_SYNC_RUNNING];
	c->state = u32(tb[IPVS_L7_A_SYNC_STATE]);
	string(tb[IPVS_L7_A_SYNC_IFNAME], c->ifname, sizeof(c->ifname));
	endpoint(tb[IPVS_L7_A_SYNC_GROUP], &c->group);
	c->port = ntohs(u16(tb[IPVS_L7_A_SYNC_PORT]));
	c->node = u8(tb[IPVS_L7_A_SYNC_NODE]);
	c->cluster = u8(tb[IPVS_L7_A_SYNC_CLUSTER]);
	c->receive_buffer = u32(tb[IPVS_L7_A_SYNC_RECEIVE_BUFFER]);
	c->plaintext = tb[IPVS_L7_A_SYNC_PLAINTEXT];
	c->accept_policies = tb[IPVS_L7_A_SYNC_ACCEPT_POLICIES];
	string(tb[IPVS_L7_A_SYNC_KEY_PATH], c->secret.path, sizeof(c->secret.path));
	c->key_id = u8(tb[IPVS_L7_A_SYNC_KEY_ID]);
	c->other_key = tb[IPVS_L7_A_SYNC_OTHER_KEY];
	c->packet_bytes = u32(tb[IPVS_L7_A_SYNC_PACKET_BYTES]);
	nla_for_each_attr(a, attrs, len, rem) {
		if (nla_type(a) == IPVS_L7_A_SYNC_PEER &&
		    c->npeers < IPVS_L7_SYNC_PEERS_MAX)
			endpoint(a, &c->peers[c->npeers++]);
		if (nla_type(a) == IPVS_L7_A_SYNC_INSTALLED &&
		    c->nkeys < IPVS_L7_SYNC_KEYS_MAX)
			installed_key(a, &c->keys[c->nkeys++]);
	}
}

void decode_limits(struct nlattr *attrs, int len, struct limits *l)
{
	struct nlattr *tb[IPVS_L7_A_LIMITS_MAX + 1];

	memset(l, 0, sizeof(*l));
	if (nla_parse(tb, IPVS_L7_A_LIMITS_MAX, attrs, len, NULL))
		return;
	l->bindings = u32(tb[IPVS_L7_A_LIMITS_BINDINGS]);
	l->flows = u32(tb[IPVS_L7_A_LIMITS_FLOWS]);
	l->pending = u32(tb[IPVS_L7_A_LIMITS_PENDING]);
	l->pending_src = u32(tb[IPVS_L7_A_LIMITS_PENDING_SRC]);
	l->pending_bytes = u32(tb[IPVS_L7_A_LIMITS_PENDING_BYTES]);
	l->used_bindings = u32(tb[IPVS_L7_A_LIMITS_USED_BINDINGS]);
	l->used_flows = u32(tb[IPVS_L7_A_LIMITS_USED_FLOWS]);
	l->used_pending = u32(tb[IPVS_L7_A_LIMITS_USED_PENDING]);
}

static bool decode_counter(struct nlattr *nest, struct counter *c)
{
	struct nlattr *tb[IPVS_L7_A_COUNTER_MAX + 1], *name;

	parse_nest(tb, IPVS_L7_A_COUNTER_MAX, nest);
	name = tb[IPVS_L7_A_COUNTER_NAME];
	if (!name || !memchr(nla_data(name), '\0', (size_t)nla_len(name)))
		return false;
	c->name = nla_data(name);
	c->rule = tb[IPVS_L7_A_COUNTER_RULE] ? u8(tb[IPVS_L7_A_COUNTER_RULE]) : -1;
	c->value = u64(tb[IPVS_L7_A_COUNTER_VALUE]);
	return true;
}

void decode_stats(struct nlattr *attrs, int len, struct stats *s)
{
	struct nlattr *tb[IPVS_L7_A_STATS_MAX + 1], *a;
	int rem;

	s->n = 0;
	memset(&s->service, 0, sizeof(s->service));
	if (nla_parse(tb, IPVS_L7_A_STATS_MAX, attrs, len, NULL))
		return;
	endpoint(tb[IPVS_L7_A_STATS_SERVICE], &s->service);
	nla_for_each_attr(a, attrs, len, rem)
		if ((nla_type(a) == IPVS_L7_A_STATS_COUNTER ||
		     nla_type(a) == IPVS_L7_A_STATS_RULE_COUNTER) &&
		    s->n < COUNTERS_MAX && decode_counter(a, &s->c[s->n]))
			s->n++;
}
