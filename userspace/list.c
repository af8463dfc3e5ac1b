// SPDX-License-Identifier: GPL-2.0
/*
 * See list.h. Each listing has a function for a row of the table and one for
 * the JSON object; rows are printed one by one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "format.h"
#include "json.h"
#include "list.h"
#include "names.h"
#include "request.h"
#include "table.h"

/* --- Mirroring --- */

static void keys_json(const struct sync_conf *s)
{
	char id[FORMAT_SIZE];
	unsigned int i;

	json_array("keys");
	for (i = 0; i < s->nkeys; i++) {
		json_object(NULL);
		json_string("id", format_keys(id, &s->keys[i].id, 1));
		json_bool("sends", s->keys[i].sends);
		if (*s->keys[i].path)
			json_string("file", s->keys[i].path);
		json_object_end();
	}
	json_array_end();
}

static void sync_key_text(uint8_t id, const char *use, const char *path)
{
	char buf[FORMAT_SIZE];

	printf("Key %s: %s%s%s\n", format_keys(buf, &id, 1), use,
	       *path ? " " : "", path);
}

static void sync_keys_text(const struct sync_conf *s)
{
	unsigned int i;

	if (s->key_id && !sync_has_key(s, s->key_id))
		sync_key_text(s->key_id, "secrets only, removed from packets",
			      s->secret.path);
	for (i = 0; i < s->nkeys; i++)
		sync_key_text(s->keys[i].id,
			      s->keys[i].sends ? "sends and accepts" : "accepts",
			      s->keys[i].path);
	if (s->other_key)
		puts("Somebody sends under a key that is not installed here");
}

void list_sync_json(const char *key, const struct sync_conf *s)
{
	char id[FORMAT_SIZE];
	unsigned int i;

	json_object(key);
	json_bool("running", s->running);
	if (s->running) {
		json_string("interface", s->ifname);
		if (s->group.af)
			json_endpoint("group", &s->group);
		json_array("peers");
		for (i = 0; i < s->npeers; i++)
			json_endpoint(NULL, &s->peers[i]);
		json_array_end();
		json_number("port", s->port);
		json_number("node", (uint64_t)s->node);
		json_number("cluster", (uint64_t)s->cluster);
		json_number("receive_buffer", s->receive_buffer);
		json_bool("encrypted", !s->plaintext);
		json_bool("accept_policies", s->accept_policies);
		json_string("state", format_node_state(s->state));
		if (*s->secret.path)
			json_string("key_file", s->secret.path);
		if (s->key_id)
			json_string("key_id", format_keys(id, &s->key_id, 1));
		keys_json(s);
		json_bool("other_key_heard", s->other_key);
		json_number("packet_bytes", s->packet_bytes);
	}
	json_object_end();
}

static void sync_text(const struct sync_conf *s)
{
	char buf[FORMAT_SIZE];
	unsigned int i;

	if (!s->running) {
		puts("Mirroring: off");
		return;
	}
	printf("Mirroring: node %d of cluster %d on %s,", s->node, s->cluster,
	       s->ifname);
	if (s->group.af)
		printf(" group %s", format_address(buf, &s->group));
	for (i = 0; i < s->npeers; i++)
		printf(" %s%s", i ? "" : "to ",
		       format_address(buf, &s->peers[i]));
	printf(" port %u, %s, %s\n", s->port,
	       s->plaintext ? "PLAIN TEXT" : "encrypted",
	       format_node_state(s->state));
	if (s->receive_buffer && s->receive_buffer != IPVS_L7_RECEIVE_BUFFER_DEF)
		printf("  receive buffer of %u bytes\n", s->receive_buffer);
	if (s->accept_policies)
		puts("  takes over the policies that a peer pushes");
	sync_keys_text(s);
}

int list_sync(const struct command *c, struct error *e)
{
	struct sync_conf s;

	memset(&s, 0, sizeof(s));
	if (request_sync_get(&s, e))
		return -1;
	if (!c->json) {
		sync_text(&s);
		return 0;
	}
	list_sync_json(NULL, &s);
	json_end();
	return 0;
}

/* --- Services --- */

static void limits_json(const struct limits *l)
{
	json_object("limits");
	json_number("bindings", l->bindings);
	json_number("flows", l->flows);
	json_number("pending", l->pending);
	json_number("pending_src", l->pending_src);
	json_number("pending_bytes", l->pending_bytes);
	json_object_end();
	json_object("used");
	json_number("bindings", l->used_bindings);
	json_number("flows", l->used_flows);
	json_number("pending", l->used_pending);
	json_object_end();
}

static void rule_json(const struct rule *r)
{
	char buf[FORMAT_SIZE];

	json_object(NULL);
	json_string("key", format_rule(buf, r));
	json_string("type", format_key_type(r->type));
	if (r->type == IPVS_L7_KEY_TYPE_SRC) {
		json_number("prefix", r->prefix);
	} else {
		json_string("name", r->name);
		json_bool("wildcard", r->wildcard);
		json_number("offset", r->offset);
		json_number("length", r->length);
	}
	if (r->responses)
		json_number("responses", r->responses);
	json_bool("route", r->route);
	json_object_end();
}

static void steer_json(const struct steer *r)
{
	static const char *const how[] = { "exact", "prefix", "suffix" };
	static const char *const target[] = {
		"unknown", "service", "fwmark", "reset",
	};
	char buf[FORMAT_SIZE];

	json_object(NULL);
	json_string("rule", format_steer(buf, r));
	json_string("match", format_steer_match(r->match));
	if (r->match != IPVS_L7_STEER_MATCH_ANY) {
		json_string("how", r->how < 3 ? how[r->how] : "unknown");
		json_string("pattern", r->pattern);
	}
	if (*r->name)
		json_string("name", r->name);
	json_string("target", target[r->target < 4 ? r->target : 0]);
	if (r->mark)
		json_number("fwmark", r->mark);
	json_object_end();
}

static void route_json(const struct route *r)
{
	json_object(NULL);
	json_string("name", r->name);
	json_endpoint("server", &r->server);
	json_object_end();
}

static void json_group(const char *name)
{
	if (*name)
		json_string("group", name);
	else
		json_null("group");
}

static void svc_json(const struct svc *s, void *arg)
{
	unsigned int i;

	(void)arg;
	json_object(NULL);
	json_string("protocol", s->service.udp ? "udp" : "tcp");
	json_endpoint("service", &s->service);
	json_number("timeout_s", s->timeout);
	json_number("max_lifetime_s", s->max_lifetime.v);
	json_number("prebind_s", s->prebind.v);
	json_number("inspect_timeout_ms", s->inspect);
	json_number("silent_timeout_s", s->silent);
	json_number("connect_timeout_ms", s->connect);
	json_number("tries", s->tries);
	json_number("max_request", s->max_request);
	json_number("flow_timeout_s", s->flow_timeout);
	json_string("on_drain", format_on_drain(s->on_drain));
	json_group(s->group);
	json_bool("mirror_connections", s->mirror == TOGGLE_ON);
	json_bool("ftp", s->ftp == TOGGLE_ON);
	json_bool("semi_sync", s->semi == TOGGLE_ON);
	json_bool("accept_proxy", s->accept_proxy == TOGGLE_ON);
	json_bool("send_proxy", s->send_proxy == TOGGLE_ON);
	json_array("keys");
	for (i = 0; i < s->nrules; i++)
		rule_json(&s->rules[i]);
	json_array_end();
	json_array("steer");
	for (i = 0; i < s->nsteer; i++)
		steer_json(&s->steer[i]);
	json_array_end();
	json_array("routes");
	for (i = 0; i < s->nroutes; i++)
		route_json(&s->routes[i]);
	json_array_end();
	json_object_end();
}

/* A rule without a prefix shows the whole address anyway, so the kernel's 32 or
 * 128 is left away.
 */
static const char *key_text(char *buf, const struct svc *s, unsigned int i)
{
	struct rule r = s->rules[i];

	if (r.prefix == (s->service.af == AF_INET ? 32 : 128))
		r.prefix = 0;
	return format_rule(buf, &r);
}

/* Keys with a space between. */
static void keys_text(char *buf, size_t size, const struct svc *s)
{
	char one[FORMAT_SIZE];
	size_t n = 0;
	unsigned int i;

	snprintf(buf, size, "%s", s->nrules ? "" : "-");
	for (i = 0; i < s->nrules && n < size; i++) {
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? " " : "",
				      key_text(one, s, i));
	}
}

/* A line of its own below the rest, in the last column. */
static void more_row(const char *text)
{
	table_row((const char *const[]) {
		"", "", "", "", "", "", "", "", "", text,
	});
}

/* What is not as by default. */
static void option_row(const char *name, const char *value)
{
	char text[2 * FORMAT_SIZE];

	snprintf(text, sizeof(text), "%s %s", name, value);
	more_row(text);
}

static void svc_row(const struct svc *s, void *arg)
{
	char keys[IPVS_L7_RULES_MAX * 100], ep[FORMAT_SIZE], t[5][FORMAT_SIZE];
	char tries[16], size[FORMAT_SIZE];
	const struct command *c = arg;
	unsigned int i;

	keys_text(keys, sizeof(keys), s);
	snprintf(tries, sizeof(tries), "%u", s->tries);
	format_number(size, s->max_request, true);
	table_row((const char *const[]) {
		format_protocol(&s->service),
		names_endpoint(ep, &s->service, c->numeric),
		format_duration(t[0], s->timeout * 1000ULL),
		format_duration(t[1], s->flow_timeout * 1000ULL),
		format_duration(t[2], s->inspect),
		format_duration(t[3], s->silent * 1000ULL),
		format_duration(t[4], s->connect),
		tries, size, keys,
	});
	if (s->accept_proxy == TOGGLE_ON)
		more_row("accept-proxy");
	if (s->send_proxy == TOGGLE_ON)
		more_row("send-proxy");
	if (s->mirror == TOGGLE_ON)
		more_row("mirror connections");
	if (s->ftp == TOGGLE_ON)
		more_row("ftp");
	if (s->semi == TOGGLE_ON)
		more_row("semi-sync");
	for (i = 0; i < s->nsteer; i++)
		more_row(format_steer(keys, &s->steer[i]));
	for (i = 0; i < s->nroutes; i++)
		option_row("route", format_route(keys, &s->routes[i]));
	if (s->max_lifetime.v)
		option_row("max-lifetime", format_optional(keys, &s->max_lifetime));
	if (s->prebind.v)
		option_row("prebind", format_optional(keys, &s->prebind));
	if (s->on_drain == IPVS_L7_ON_DRAIN_REBIND)
		option_row("on-drain", format_on_drain(s->on_drain));
	if (*s->group)
		option_row("group", s->group);
}

/* The service that was asked for, or all. */
static int each_svc(const struct command *c, const struct svc *one,
		    void (*fn)(const struct svc *s, void *arg), struct error *e)
{
	if (!command_service(c))
		return request_svc_dump(fn, (void *)(uintptr_t)c, e);
	fn(one, (void *)(uintptr_t)c);
	return 0;
}

static int services_json(const struct command *c, const struct svc *one,
			 const struct limits *l, const struct sync_conf *s,
			 struct error *e)
{
	int err;

	json_object(NULL);
	list_sync_json("sync", s);
	limits_json(l);
	json_array("services");
	err = each_svc(c, one, svc_json, e);
	json_array_end();
	json_object_end();
	json_end();
	return err;
}

static void limits_text(const struct limits *l, bool exact)
{
	char b[6][FORMAT_SIZE];

	printf("Used: %s of %s bindings, %s of %s flows, %s of %s pending (%u a source, %u bytes)\n",
	       format_number(b[0], l->used_bindings, exact),
	       format_number(b[1], l->bindings, exact),
	       format_number(b[2], l->used_flows, exact),
	       format_number(b[3], l->flows, exact),
	       format_number(b[4], l->used_pending, exact),
	       format_number(b[5], l->pending, exact), l->pending_src,
	       l->pending_bytes);
}

int list_services(const struct command *c, struct error *e)
{
	static const char *const heads[] = {
		"Prot", "VirtualAddress:Port", ">Timeout", ">Flow", ">Inspect",
		">Silent", ">Connect", ">Tries", ">Request", "Keys, Steering",
		NULL,
	};
	struct sync_conf s;
	struct limits l;
	struct svc one;
	int err;

	memset(&s, 0, sizeof(s));
	memset(&l, 0, sizeof(l));
	memset(&one, 0, sizeof(one));
	if (request_sync_get(&s, e) || request_limits_get(&l, e))
		return -1;
	/* Nothing is printed of a service that does not exist. */
	if (command_service(c) && request_svc_get(command_service(c), &one, e))
		return -1;
	if (c->json)
		return services_json(c, &one, &l, &s, e);
	puts("IP Virtual Server Layer-7 persistence");
	sync_text(&s);
	limits_text(&l, c->exact);
	table_begin(heads);
	err = each_svc(c, &one, svc_row, e);
	table_end();
	return err;
}

/* --- What the listings of one kind of thing share --- */

void listing_begin(const struct command *c, const char *name,
		   const char *const *heads)
{
	if (!c->json) {
		table_begin(heads);
		return;
	}
	json_object(NULL);
	json_array(name);
}

void listing_end(const struct command *c)
{
	if (!c->json) {
		table_end();
		return;
	}
	json_array_end();
	json_object_end();
	json_end();
}

/* --- Bindings --- */

/* A cookie that the director wrote names a server; nothing is bound. */
static bool is_named(const struct binding *b)
{
	return b->type == IPVS_L7_KEY_TYPE_COOKIE_INSERT ||
	       b->type == IPVS_L7_KEY_TYPE_COOKIE_REWRITE;
}

static void binding_json(const struct binding *b, void *arg)
{
	char buf[FORMAT_SIZE];

	(void)arg;
	json_object(NULL);
	json_endpoint("service", &b->service);
	json_group(b->group);
	json_string("type", format_key_type(b->type));
	if (is_named(b))
		json_null("hash");
	else
		json_string("hash", format_hex(buf, b->hash, sizeof(b->hash)));
	json_endpoint("server", &b->server);
	json_bool("static", b->fixed);
	if (b->fixed || is_named(b))
		json_null("expires_s");
	else
		json_number("expires_s", b->expires);
	if (b->lifetime)
		json_number("lifetime_s", b->lifetime);
	else
		json_null("lifetime_s");
	json_number("node", b->origin);
	json_number("generation", b->gen);
	json_number("scope", b->scope);
	json_object_end();
}

static const char *const binding_heads[] = {
	">Expire", "Key", "Virtual", "Destination", ">Node", ">Lifetime", "Hash",
	NULL,
};

static void binding_row(const struct binding *b, void *arg)
{
	char expire[FORMAT_SIZE], vip[FORMAT_SIZE], rip[FORMAT_SIZE];
	char node[16], hash[FORMAT_SIZE], lifetime[FORMAT_SIZE] = "-";
	const struct command *c = arg;

	/* No policy here: the number by which the peers name the service. */
	if (*b->group)
		snprintf(vip, sizeof(vip), "group:%s", b->group);
	else if (b->service.af)
		names_endpoint(vip, &b->service, c->numeric);
	else
		snprintf(vip, sizeof(vip), "scope:%08x", b->scope);
	if (b->lifetime)
		format_clock(lifetime, b->lifetime);
	snprintf(node, sizeof(node), "%u", b->origin);
	table_row((const char *const[]) {
		b->fixed ? "static" : is_named(b) ? "-" :
		format_clock(expire, b->expires),
		format_key_type(b->type),
		vip, names_endpoint(rip, &b->server, c->numeric), node, lifetime,
		is_named(b) ? "-" : format_hex(hash, b->hash, sizeof(b->hash)),
	});
}

int list_bindings(const struct command *c, struct error *e)
{
	int err;

	listing_begin(c, "bindings", binding_heads);
	err = request_binding_dump(command_service(c),
				   c->json ? binding_json : binding_row,
				   (void *)(uintptr_t)c, e);
	listing_end(c);
	return err;
}

int list_lookup(const struct command *c, struct error *e)
{
	struct binding b;

	memset(&b, 0, sizeof(b));
	if (request_binding_get(&c->svc.service, &c->kv, &b, e))
		return -1;
	if (c->json) {
		binding_json(&b, NULL);
		json_end();
		return 0;
	}
	table_begin(binding_heads);
	binding_row(&b, (void *)(uintptr_t)c);
	table_end();
	return 0;
}

/* --- Flows --- */

static void flow_json(const struct flow *f, void *arg)
{
	(void)arg;
	json_object(NULL);
	json_endpoint("client", &f->client);
	json_endpoint("service", &f->vip);
	json_endpoint("server", &f->server);
	json_string("state", format_flow_state(f->state));
	json_number("node", f->origin);
	json_number("expires_s", f->expires);
	json_number("buffered", f->buffered);
	json_bool("plain", f->plain);
	json_bool("ftp_data", f->ftp_data);
	json_number("seq_delta", f->seq_delta);
	json_number("ts_delta", f->ts_delta);
	json_number("wscale_client", f->wscale_client);
	json_number("wscale_server", f->wscale_server);
	json_object_end();
}

/* What IPVS carries alone is not spliced. */
static const char *flow_state(const struct flow *f)
{
	return f->plain && f->state == IPVS_L7_FLOW_STATE_SPLICED ?
	       "PLAIN" : format_flow_state(f->state);
}

static const char *flow_kind(const struct flow *f)
{
	return f->ftp_data ? "data" : f->vip.udp ? "udp" : f->plain ? "plain" : "-";
}

/* Of a data connection that is announced only, some ports are not known. */
static const char *flow_endpoint(char *buf, const struct flow *f,
				 const struct ep *ep, bool numeric)
{
	char host[FORMAT_SIZE];

	names_endpoint(buf, ep, numeric);
	if (!f->ftp_data || !ep->af || ep->port)
		return buf;
	strcpy(host, buf);
	snprintf(buf, FORMAT_SIZE, strchr(host, ':') ? "[%.256s]:*" : "%.256s:*",
		 host);
	return buf;
}

static void flow_row(const struct flow *f, void *arg)
{
	char ep[3][FORMAT_SIZE], expire[FORMAT_SIZE], node[16], held[16];
	const struct command *c = arg;

	snprintf(node, sizeof(node), "%u", f->origin);
	snprintf(held, sizeof(held), "%u", f->buffered);
	table_row((const char *const[]) {
		format_clock(expire, f->expires), flow_state(f),
		flow_endpoint(ep[0], f, &f->client, c->numeric),
		flow_endpoint(ep[1], f, &f->vip, c->numeric),
		flow_endpoint(ep[2], f, &f->server, c->numeric), node, held,
		flow_kind(f),
	});
}

int list_flows(const struct command *c, struct error *e)
{
	static const char *const heads[] = {
		">Expire", "State", "Source", "Virtual", "Destination",
		">Node", ">Held", "Kind", NULL,
	};
	int err;

	listing_begin(c, "flows", heads);
	err = request_flow_dump(command_service(c),
				c->json ? flow_json : flow_row,
				(void *)(uintptr_t)c, e);
	listing_end(c);
	return err;
}

/* --- Counters --- */

/** struct stats_walk - a subject's counters come in parts
 * @begun: a subject has been begun
 * @services: the array of services has been begun (JSON)
 * @rule: the rule whose counters are listed, -1 = none yet
 * @svcs: the policies, asked for before, as these know the keys
 */
struct stats_walk {
	const struct command *c;
	bool begun;
	bool services;
	int rule;
	struct ep service;
	struct svc *svcs;
	size_t nsvcs;
};

static void add_svc(const struct svc *s, void *arg)
{
	struct stats_walk *w = arg;

	w->svcs = realloc(w->svcs, (w->nsvcs + 1) * sizeof(*s));
	if (!w->svcs)
		abort();
	w->svcs[w->nsvcs++] = *s;
}

static const char *key_of(const struct stats_walk *w, char *buf)
{
	size_t i;

	for (i = 0; i < w->nsvcs; i++)
		if (!memcmp(&w->svcs[i].service, &w->service, sizeof(w->service)) &&
		    (unsigned int)w->rule < w->svcs[i].nrules)
			return key_text(buf, &w->svcs[i], (unsigned int)w->rule);
	return "-";
}

static void rule_begin(struct stats_walk *w, int rule)
{
	char buf[FORMAT_SIZE];
	bool first = w->rule < 0;

	w->rule = rule;
	if (!w->c->json) {
		printf("  rule %d, %s\n", rule, key_of(w, buf));
		return;
	}
	json_object_end();
	if (first)
		json_array("rules");
	json_object(NULL);
	json_number("rule", (uint64_t)rule);
	json_string("key", key_of(w, buf));
}

static void stats_end(struct stats_walk *w)
{
	if (!w->begun || !w->c->json)
		return;
	json_object_end();
	if (w->rule >= 0)
		json_array_end();
	if (w->service.af)
		json_object_end();
}

static void stats_begin(struct stats_walk *w, const struct ep *service)
{
	char buf[FORMAT_SIZE];

	stats_end(w);
	w->service = *service;
	w->begun = true;
	w->rule = -1;
	if (!w->c->json) {
		if (service->af)
			printf("%s %s\n", format_protocol(service),
			       names_endpoint(buf, service, w->c->numeric));
		else
			puts("Namespace");
		return;
	}
	if (!service->af) {
		json_object("namespace");
		return;
	}
	if (!w->services)
		json_array("services");
	w->services = true;
	json_object(NULL);
	json_endpoint("service", service);
	json_object("counters");
}

static void stats_part(const struct stats *s, void *arg)
{
	struct stats_walk *w = arg;
	char buf[FORMAT_SIZE];
	unsigned int i;

	if (!w->begun || memcmp(&w->service, &s->service, sizeof(s->service)))
		stats_begin(w, &s->service);
	for (i = 0; i < s->n; i++) {
		const struct counter *n = &s->c[i];

		if (n->rule >= 0 && !w->c->json && !w->c->rules)
			continue;
		if (n->rule >= 0 && n->rule != w->rule)
			rule_begin(w, n->rule);
		if (w->c->json)
			json_number(n->name, n->value);
		else if (n->value || w->c->all)
			printf("%*s%-24s %20s\n", n->rule < 0 ? 2 : 4, "",
			       n->name, format_number(buf, n->value, w->c->exact));
	}
}

int list_stats(const struct command *c, struct error *e)
{
	struct stats_walk w = { .c = c };
	int err = 0;

	if (c->json || c->rules)
		err = request_svc_dump(add_svc, &w, e);
	if (c->json)
		json_object(NULL);
	if (!err)
		err = request_stats_dump(command_service(c), stats_part, &w, e);
	stats_end(&w);
	if (c->json) {
		if (w.services)
			json_array_end();
		json_object_end();
		json_end();
	}
	free(w.svcs);
	return err;
}
