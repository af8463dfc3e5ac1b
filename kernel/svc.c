// SPDX-License-Identifier: GPL-2.0
/*
 * Policies by virtual service. Readers use RCU; changes are made under
 * ln->conf_lock. A policy is never edited: a change replaces the object, and
 * flows keep the one they began with. Knows nothing of netlink.
 */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "hook.h"
#include "net.h"
#include "pkt.h"
#include "policy.h"
#include "svc.h"

/* The same on every director, so not keyed by a secret: it names a service
 * that peers know anyway.
 */
static const siphash_key_t scope_key = {
	{ 0x6c372d73636f7065, 0x697076732d6c37 }
};

/* Likewise, for the names of groups. */
static const siphash_key_t group_keys[2] = {
	{ { 0x6c372d67726f7570, 0x697076732d6c37 } },
	{ { 0x6c372d67726f7571, 0x697076732d6c37 } },
};

/** struct l7_svc_stats - counters, shared by a policy and what replaces it
 * @ref: policies
 * @v: per CPU
 * @rules: per CPU, of its rules; zeroed when these change
 */
struct l7_svc_stats {
	refcount_t ref;
	struct l7_stats __percpu *v;
	struct l7_rule_stats __percpu *rules;
};

static_assert(L7_RULE_STATS == L7_RULES_MAX);

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct l7_svc, node),
	.key_offset = offsetof(struct l7_svc, conf.id),
	.key_len = sizeof(struct l7_endpoint),
	.automatic_shrinking = true,
};

static const struct rhashtable_params scope_params = {
	.head_offset = offsetof(struct l7_svc, snode),
	.key_offset = offsetof(struct l7_svc, scope),
	.key_len = sizeof(u32),
	.automatic_shrinking = true,
};

/* ---- readers -------------------------------------------------------------- */

u32 l7_svc_scope(const struct l7_endpoint *id)
{
	return (u32)siphash(id, sizeof(*id), &scope_key);
}

struct l7_svc *l7_svc_find_rcu(struct l7_net *ln, const struct l7_endpoint *id)
{
	return rhashtable_lookup(&ln->svcs, id, params);
}

struct l7_svc *l7_svc_find_scope_rcu(struct l7_net *ln, u32 scope)
{
	return rhashtable_lookup(&ln->svc_scopes, &scope, scope_params);
}

bool l7_svc_steers_to(const struct l7_svc *svc, u32 mark)
{
	int i;

	for (i = 0; i < svc->nmarks; i++)
		if (svc->marks[i] == mark)
			return true;
	return false;
}

bool l7_svc_hold(struct l7_svc *svc)
{
	return refcount_inc_not_zero(&svc->ref);
}

static void stats_put(struct l7_svc_stats *st)
{
	if (!refcount_dec_and_test(&st->ref))
		return;
	free_percpu(st->v);
	free_percpu(st->rules);
	kfree(st);
}

static void free_rcu_cb(struct rcu_head *head)
{
	struct l7_svc *svc = container_of(head, struct l7_svc, rcu);

	stats_put(svc->shared);
	kfree(svc->conf.steer);
	kfree(svc->conf.routes);
	kfree(svc);
}

void l7_svc_put(struct l7_svc *svc)
{
	if (refcount_dec_and_test(&svc->ref))
		call_rcu(&svc->rcu, free_rcu_cb);
}

/* ---- what a policy may say ------------------------------------------------ */

/* Servers that speak first: ftp, ssh, telnet, smtp, time, pop3, nntp, imap,
 * irc, submission, rsync, mysql, sieve, vnc, irc. A client that waits for them
 * would wait until the inspect timeout, every time.
 */
static const u16 server_first[] = {
	21, 22, 23, 25, 37, 110, 119, 143, 194, 587, 873, 3306, 4190, 5900,
	6667,
};

static bool is_between(u32 v, u32 lo, u32 hi)
{
	return v >= lo && v <= hi;
}

static const char *check_name(const struct l7_rule *r, u32 max)
{
	const struct l7_cookie_sel *sel = &r->sel;
	u32 i;

	if (!is_between(sel->name_len, 1, L7_COOKIE_NAME_MAX))
		return "key name: must have 1 to 64 bytes";
	/* a token (RFC 9110 5.6.2): what no header could say never matches */
	for (i = 0; i < sel->name_len; i++)
		if (!isascii(sel->name[i]) || !isgraph(sel->name[i]) ||
		    strchr("\"(),/:;<=>?@[\\]{}", sel->name[i]))
			return "key name: has a byte that no such name can have";
	if ((u32)sel->offset + sel->length >= max)
		return "key offset and length: must end before max-request";
	return NULL;
}

/* What is sent with the cookie must not end its line. */
static const char *check_insert(const struct l7_rule *r)
{
	const struct l7_cookie_sel *sel = &r->sel;
	u32 i;

	if (sel->name_len > L7_INSERT_NAME_MAX)
		return "key name: that of an inserted cookie has 53 bytes at most";
	if (sel->wildcard)
		return "key name: an inserted cookie has no wildcard";
	if (r->flags)
		return "cookie: an inserted one goes without require and learn=request";
	for (i = 0; i < r->attr_len; i++)
		if (!isascii(r->attr[i]) || !isprint(r->attr[i]) ||
		    r->attr[i] == ',')
			return "attributes: have a comma, or a byte that is not printable";
	return NULL;
}

static const char *check_rewrite(const struct l7_rule *r)
{
	if (r->sel.wildcard)
		return "key name: an overwritten cookie has no wildcard";
	if (r->flags)
		return "cookie: an overwritten one goes without require and learn=request";
	return NULL;
}

static const char *check_src(const struct l7_rule *r, u8 af)
{
	if (!is_between(r->prefix, 1, 128))
		return "src prefix: must be 1 to 128";
	if (af == AF_INET && r->prefix > 32)
		return "src prefix: must be 1 to 32 for an IPv4 service";
	if (r->flags)
		return "src: goes without require and learn=request";
	return NULL;
}

static const char *check_payload(const struct l7_rule *r, u32 max)
{
	if (r->type == L7_KEY_PAYLOAD_LV) {
		if (r->prefix != 1 && r->prefix != 2 && r->prefix != 4)
			return "payload-lv: a length has 1, 2 or 4 bytes";
		if (r->sel.offset + r->prefix >= max)
			return "payload-lv: must end before max-request";
		return NULL;
	}
	if (!r->sel.length)
		return "payload length: must not be 0";
	if ((u32)r->sel.offset + r->sel.length >= max)
		return "payload: must end before max-request";
	return NULL;
}

static const char *check_rule(const struct l7_rule *r,
			      const struct l7_svc_conf *c)
{
	switch (r->type) {
	case L7_KEY_SRC:
		return check_src(r, c->id.af);
	case L7_KEY_COOKIE:
	case L7_KEY_URL:
	case L7_KEY_HEADER:
		return check_name(r, c->max_request);
	case L7_KEY_COOKIE_INSERT:
		return check_name(r, c->max_request) ?: check_insert(r);
	case L7_KEY_COOKIE_REWRITE:
		return check_name(r, c->max_request) ?: check_rewrite(r);
	case L7_KEY_PAYLOAD:
	case L7_KEY_PAYLOAD_LV:
		return check_payload(r, c->max_request);
	case L7_KEY_PATH_HASH:
		if (r->flags & L7_RULE_LEARN)
			return "path-hash: goes without learn=request, nothing is bound";
		return NULL;
	case L7_KEY_TLS_SESSION:
	case L7_KEY_TLS_TICKET:
		if (r->flags & L7_RULE_LEARN)
			return "TLS keys: go without learn=request, as servers name them";
		return NULL;
	case L7_KEY_RDP:
	case L7_KEY_MQTT:
		return NULL;
	}
	return "key: unknown type";
}

static bool is_payload(const struct l7_rule *r)
{
	return r->type != L7_KEY_SRC;
}

static bool is_required(const struct l7_rule *r)
{
	return r->flags & L7_RULE_REQUIRE;
}

static bool is_routed(const struct l7_rule *r)
{
	return r->flags & L7_RULE_ROUTE;
}

static bool has_rule(const struct l7_svc_conf *c,
		     bool (*is)(const struct l7_rule *r))
{
	int i;

	for (i = 0; i < c->nrules; i++)
		if (is(&c->rules[i]))
			return true;
	return false;
}

/* A response is searched for one cookie, or gets one. */
static bool is_one_token(const struct l7_rule *a, const struct l7_rule *b)
{
	return l7_key_is_token(a) && l7_key_is_token(b) &&
	       (a->type == L7_KEY_COOKIE_REWRITE ||
		b->type == L7_KEY_COOKIE_REWRITE);
}

static const char *check_rules(const struct l7_svc_conf *c)
{
	const char *why;
	int i, j;

	if (c->nrules > L7_RULES_MAX)
		return "keys: more than 8 are given";
	if (!c->nrules && !c->nsteer && !c->mirror && !c->ftp)
		return "keys: 1 to 8 must be given, or steering rules, or connections to be mirrored, or ftp";
	for (i = 0; i < c->nrules; i++) {
		why = check_rule(&c->rules[i], c);
		if (why)
			return why;
		for (j = 0; j < i; j++) {
			if (l7_key_is_same(&c->rules[i], &c->rules[j]))
				return "keys: the same key is given twice";
			if (is_one_token(&c->rules[i], &c->rules[j]))
				return "keys: with an overwritten cookie no other of the director's can be";
		}
	}
	return NULL;
}

/* Without a key that a request can lack, nothing is to be bridged. */
static const char *check_prebind(const struct l7_svc_conf *c)
{
	int i;

	if (!c->prebind_s)
		return NULL;
	if (c->prebind_s > L7_SVC_PREBIND_S_MAX)
		return "prebind: must be at most 3600 s";
	for (i = 0; i < c->nrules; i++)
		if (!is_payload(&c->rules[i]))
			return "prebind: goes without src, a key that every client has";
	return c->nrules ? NULL : "prebind: wants a key";
}

static const char *check_steer(const struct l7_svc_conf *c)
{
	const char *why;
	int i, j;

	if (c->nsteer > L7_STEER_MAX)
		return "steer: more than 16 rules";
	for (i = 0; i < c->nsteer; i++) {
		why = l7_steer_check(&c->steer[i]);
		if (why)
			return why;
		for (j = 0; j < i; j++)
			if (l7_steer_is_same(&c->steer[i], &c->steer[j]))
				return "steer: the same match is given twice";
		if (i && c->steer[i - 1].match == L7_STEER_ANY)
			return "steer: what stands behind any is never looked at";
	}
	return NULL;
}

static const char *check_route(const struct l7_route *r, u8 af)
{
	static const union nf_inet_addr any;
	u32 i;

	if (!is_between(r->len, 1, L7_ROUTE_NAME_MAX))
		return "route: a name has 1 to 32 bytes";
	for (i = 0; i < r->len; i++)
		if (!isascii(r->name[i]) || !isgraph(r->name[i]) ||
		    strchr("\",.;=\\", r->name[i]))
			return "route: a name has no dot, and no byte that a cookie cannot have";
	if (r->server.af != af)
		return "route: real servers are of the service's address family";
	if (nf_inet_addr_cmp(&r->server.addr, &any))
		return "route: a real server has an address";
	return NULL;
}

static bool is_same_route(const struct l7_route *a, const struct l7_route *b)
{
	return a->len == b->len && !memcmp(a->name, b->name, a->len);
}

static const char *check_routes(const struct l7_svc_conf *c)
{
	const char *why;
	int i, j;

	if (c->nroutes > L7_ROUTES_MAX)
		return "route: more than 64 are given";
	if (!c->nroutes && has_rule(c, is_routed))
		return "keys: one has the option route, but no route is given";
	for (i = 0; i < c->nroutes; i++) {
		why = check_route(&c->routes[i], c->id.af);
		if (why)
			return why;
		for (j = 0; j < i; j++)
			if (is_same_route(&c->routes[i], &c->routes[j]))
				return "route: the same name is given twice";
	}
	return NULL;
}

static bool needs_payload(const struct l7_svc_conf *c)
{
	return c->nsteer || c->accept_proxy || c->send_proxy ||
	       has_rule(c, is_payload);
}

static const char *check_group(const struct l7_svc_conf *c)
{
	const char *p;

	for (p = c->group; *p; p++)
		if (!isascii(*p) || !(isalnum(*p) || strchr("._-", *p)))
			return "group: a name has letters, digits, and . _ - alone";
	return NULL;
}

/* Whoever waits for the client's first bytes keeps the server's greeting from it. */
static const char *check_ftp(const struct l7_svc_conf *c)
{
	if (!c->ftp || !needs_payload(c))
		return NULL;
	return "ftp: the server speaks first, so that only src can be a key, nothing is steered, and no PROXY header goes with it";
}

/* Only what is held here can wait. */
static const char *check_semi(const struct l7_svc_conf *c)
{
	return !c->semi || needs_payload(c) ? NULL :
	       "semi-sync: no request is held, as nothing looks into one: wants a key other than src, or steering";
}

static const char *check_port(const struct l7_svc_conf *c)
{
	int i;

	if (!needs_payload(c))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(server_first); i++)
		if (ntohs(c->id.port) == server_first[i])
			return "keys: on this port the server speaks first, so that only src can be a key, nothing is steered, and no PROXY header goes with it";
	return NULL;
}

/* There are no connections to look into. */
static const char *check_udp(const struct l7_svc_conf *c)
{
	if (c->id.proto != IPPROTO_UDP)
		return NULL;
	if (c->nrules || needs_payload(c) || c->ftp || c->group[0])
		return "service: of UDP, connections can be mirrored, and nothing else";
	return c->mirror ? NULL :
	       "mirror: of UDP a policy says nothing unless connections are mirrored";
}

static const char *check(const struct l7_svc_conf *c)
{
	static const union nf_inet_addr any;
	const char *why;

	if (c->id.af != AF_INET && c->id.af != AF_INET6)
		return "service: address family must be IPv4 or IPv6";
	if (c->id.proto != IPPROTO_TCP && c->id.proto != IPPROTO_UDP)
		return "service: protocol must be TCP or UDP";
	if (!c->id.port)
		return "service: port must be 1 to 65535";
	if (nf_inet_addr_cmp(&c->id.addr, &any))
		return "service: address must not be unspecified";
	if (!is_between(c->timeout, 1, L7_SVC_TIMEOUT_MAX))
		return "timeout: must be 1 to 31536000 s";
	if (c->max_lifetime > L7_SVC_TIMEOUT_MAX)
		return "max-lifetime: must be at most 31536000 s";
	if (!is_between(c->inspect_ms, 100, 60000))
		return "inspect-timeout: must be 100 to 60000 ms";
	if (!is_between(c->silent_s, 1, 3600))
		return "silent-timeout: must be 1 to 3600 s";
	if (!is_between(c->connect_ms, 50, 30000))
		return "connect-timeout: must be 50 to 30000 ms";
	if (!is_between(c->tries, 1, 8))
		return "tries: must be 1 to 8";
	if (!is_between(c->max_request, 512, 65536))
		return "max-request: must be 512 to 65536 bytes";
	if (!is_between(c->flow_timeout, 1, L7_SVC_TIMEOUT_MAX))
		return "flow-timeout: must be 1 to 31536000 s";
	why = check_udp(c) ?: check_rules(c) ?: check_prebind(c) ?: check_steer(c) ?:
	      check_routes(c) ?: check_group(c);
	return why ?: check_ftp(c) ?: check_semi(c) ?: check_port(c);
}

/* ---- changes -------------------------------------------------------------- */

static struct l7_svc_stats *stats_alloc(void)
{
	struct l7_svc_stats *st = kzalloc(sizeof(*st), GFP_KERNEL_ACCOUNT);

	if (!st)
		return NULL;
	st->v = l7_stats_alloc();
	st->rules = alloc_percpu(struct l7_rule_stats);
	refcount_set(&st->ref, 1);
	if (st->v && st->rules)
		return st;
	stats_put(st);
	return NULL;
}

/* An own copy of the steering rules, and where they may lead. */
static int copy_steer(struct l7_svc *svc, const struct l7_svc_conf *c)
{
	int i;

	if (!c->nsteer)
		return 0;
	svc->conf.steer = kmemdup(c->steer, c->nsteer * sizeof(*c->steer),
				  GFP_KERNEL_ACCOUNT);
	if (!svc->conf.steer)
		return -ENOMEM;
	for (i = 0; i < c->nsteer; i++)
		if (c->steer[i].mark && !l7_svc_steers_to(svc, c->steer[i].mark))
			svc->marks[svc->nmarks++] = c->steer[i].mark;
	return 0;
}

static int copy_routes(struct l7_svc *svc, const struct l7_svc_conf *c)
{
	if (!c->nroutes)
		return 0;
	svc->conf.routes = kmemdup(c->routes, c->nroutes * sizeof(*c->routes),
				   GFP_KERNEL_ACCOUNT);
	return svc->conf.routes ? 0 : -ENOMEM;
}

/* Real servers are of the services' family, so this is part of it. */
static struct l7_endpoint owner_of(const struct l7_svc_conf *c)
{
	struct l7_endpoint o = { .af = c->id.af };
	size_t len = strlen(c->group);
	u64 hash[2];

	if (!len)
		return c->id;
	hash[0] = siphash(c->group, len, &group_keys[0]);
	hash[1] = siphash(c->group, len, &group_keys[1]);
	put_unaligned_le64(hash[0], &o.addr.all[0]);
	put_unaligned_le64(hash[1], &o.addr.all[2]);
	return o;
}

/* @shared: a reference, taken over when it works out. */
static struct l7_svc *alloc(const struct l7_svc_conf *c,
			    struct l7_svc_stats *shared)
{
	struct l7_svc *svc = kzalloc(sizeof(*svc), GFP_KERNEL_ACCOUNT);

	if (!svc)
		return NULL;
	svc->conf = *c;
	svc->conf.steer = NULL;
	svc->conf.routes = NULL;
	if (copy_steer(svc, c) || copy_routes(svc, c)) {
		kfree(svc->conf.steer);
		kfree(svc);
		return NULL;
	}
	svc->owner = owner_of(c);
	svc->scope = l7_svc_scope(&svc->owner);
	svc->digest = l7_policy_digest(c);
	svc->splice = needs_payload(c);
	svc->require = c->send_proxy || has_rule(c, is_required);
	svc->named = has_rule(c, l7_key_is_named);
	svc->shared = shared;
	svc->stats = shared->v;
	svc->rule_stats = shared->rules;
	refcount_set(&svc->ref, 1);
	return svc;
}

static struct l7_svc *find_locked(struct l7_net *ln,
				  const struct l7_endpoint *id)
{
	lockdep_assert_held(&ln->conf_lock);
	return rhashtable_lookup_fast(&ln->svcs, id, params);
}

static struct l7_svc *find_scope_locked(struct l7_net *ln, u32 scope)
{
	lockdep_assert_held(&ln->conf_lock);
	return rhashtable_lookup_fast(&ln->svc_scopes, &scope, scope_params);
}

/* -EEXIST if the number is that of others. */
static int scope_enter_locked(struct l7_net *ln, struct l7_svc *svc)
{
	struct l7_svc *there = find_scope_locked(ln, svc->scope);

	if (!there)
		return rhashtable_insert_fast(&ln->svc_scopes, &svc->snode,
					      scope_params);
	return l7_svc_in_group(svc) &&
	       l7_endpoint_equal(&there->owner, &svc->owner) ? 0 : -EEXIST;
}

/* Another one of the list may stand for the group from now on. */
static void scope_leave_locked(struct l7_net *ln, struct l7_svc *svc)
{
	struct l7_svc *s;

	if (find_scope_locked(ln, svc->scope) != svc)
		return;
	list_for_each_entry(s, &ln->svc_list, list)
		if (s != svc && s->scope == svc->scope) {
			rhashtable_replace_fast(&ln->svc_scopes, &svc->snode,
						&s->snode, scope_params);
			return;
		}
	rhashtable_remove_fast(&ln->svc_scopes, &svc->snode, scope_params);
}

/* By scope first: peers' records need it, and it is what may be taken. */
static int insert_locked(struct l7_net *ln, struct l7_svc *svc)
{
	int err;

	err = scope_enter_locked(ln, svc);
	if (err)
		return err;
	if (svc->conf.id.proto == IPPROTO_UDP) {
		l7_port_set(&ln->uports, svc->conf.id.port);
		WRITE_ONCE(ln->udp, true);
	} else {
		l7_port_set(&ln->vports, svc->conf.id.port);
	}
	err = rhashtable_insert_fast(&ln->svcs, &svc->node, params);
	if (err) {
		scope_leave_locked(ln, svc);
		return err;
	}
	list_add_tail(&svc->list, &ln->svc_list);
	ln->nsvcs++;
	atomic64_add(svc->digest, &ln->policies);
	return 0;
}

static const char scope_taken[] =
	"service: its number among peers is another one's; use another port, address or group";

int l7_svc_add(struct l7_net *ln, const struct l7_svc_conf *c,
	       const char **why)
{
	struct l7_svc_stats *shared;
	struct l7_svc *svc;
	int err;

	lockdep_assert_held(&ln->conf_lock);
	*why = check(c);
	if (*why)
		return -EINVAL;
	if (find_locked(ln, &c->id)) {
		*why = "service: has a policy already";
		return -EEXIST;
	}
	err = l7_hook_register(ln);
	if (err) {
		*why = "service: the netfilter hooks could not be registered";
		return err;
	}
	shared = stats_alloc();
	if (!shared)
		return -ENOMEM;
	svc = alloc(c, shared);
	if (!svc) {
		stats_put(shared);
		return -ENOMEM;
	}
	err = insert_locked(ln, svc);
	if (err)
		l7_svc_put(svc);
	if (err == -EEXIST)
		*why = scope_taken;
	return err;
}

static bool has_same_rules(const struct l7_svc_conf *a,
			   const struct l7_svc_conf *b)
{
	int i;

	for (i = 0; i < a->nrules && i < b->nrules; i++)
		if (!l7_key_is_same(&a->rules[i], &b->rules[i]))
			return false;
	return a->nrules == b->nrules;
}

static int replace_locked(struct l7_net *ln, struct l7_svc *old,
			  struct l7_svc *new)
{
	bool moves = new->scope != old->scope;
	int err = 0;

	if (moves)
		err = scope_enter_locked(ln, new);
	else if (find_scope_locked(ln, old->scope) == old)
		err = rhashtable_replace_fast(&ln->svc_scopes, &old->snode,
					      &new->snode, scope_params);
	if (err)
		return err;
	/* it is there, and no other of its name can be */
	rhashtable_replace_fast(&ln->svcs, &old->node, &new->node, params);
	list_replace(&old->list, &new->list);
	atomic64_add(new->digest - old->digest, &ln->policies);
	if (moves)
		scope_leave_locked(ln, old);
	return 0;
}

int l7_svc_set(struct l7_net *ln, const struct l7_svc_conf *c,
	       const char **why)
{
	struct l7_svc *old, *new;
	int err;

	lockdep_assert_held(&ln->conf_lock);
	*why = check(c);
	if (*why)
		return -EINVAL;
	old = find_locked(ln, &c->id);
	if (!old) {
		*why = "service: has no policy";
		return -ENOENT;
	}
	new = alloc(c, old->shared);
	if (!new)
		return -ENOMEM;
	refcount_inc(&new->shared->ref);
	err = replace_locked(ln, old, new);
	if (!err && !has_same_rules(&old->conf, &new->conf))
		l7_rule_stats_zero(new->rule_stats);
	l7_svc_put(err ? new : old);
	if (err == -EEXIST)
		*why = scope_taken;
	return err;
}

static void remove_locked(struct l7_net *ln, struct l7_svc *svc)
{
	svc->dead = true;
	rhashtable_remove_fast(&ln->svcs, &svc->node, params);
	list_del(&svc->list);
	scope_leave_locked(ln, svc);
	ln->nsvcs--;
	atomic64_sub(svc->digest, &ln->policies);
	l7_svc_put(svc);
}

int l7_svc_del(struct l7_net *ln, const struct l7_endpoint *id,
	       const char **why)
{
	struct l7_svc *svc = find_locked(ln, id);

	if (!svc) {
		*why = "service: has no policy";
		return -ENOENT;
	}
	*why = NULL;
	remove_locked(ln, svc);
	return 0;
}

void l7_svc_flush(struct l7_net *ln)
{
	struct l7_svc *svc, *next;

	lockdep_assert_held(&ln->conf_lock);
	list_for_each_entry_safe(svc, next, &ln->svc_list, list)
		remove_locked(ln, svc);
}

struct l7_svc *l7_svc_nth(struct l7_net *ln, unsigned int n)
{
	struct l7_svc *svc;

	lockdep_assert_held(&ln->conf_lock);
	list_for_each_entry(svc, &ln->svc_list, list)
		if (!n--)
			return svc;
	return NULL;
}

static void zero(struct l7_svc *svc)
{
	l7_stats_zero(svc->stats);
	l7_rule_stats_zero(svc->rule_stats);
}

int l7_svc_zero(struct l7_net *ln, const struct l7_endpoint *id)
{
	struct l7_svc *svc;

	if (id) {
		svc = find_locked(ln, id);
		if (!svc)
			return -ENOENT;
		zero(svc);
		return 0;
	}
	list_for_each_entry(svc, &ln->svc_list, list)
		zero(svc);
	return 0;
}

int l7_svc_init(struct l7_net *ln)
{
	int err = rhashtable_init(&ln->svcs, &params);

	if (err)
		return err;
	err = rhashtable_init(&ln->svc_scopes, &scope_params);
	if (err)
		rhashtable_destroy(&ln->svcs);
	INIT_LIST_HEAD(&ln->svc_list);
	return err;
}

void l7_svc_exit(struct l7_net *ln)
{
	mutex_lock(&ln->conf_lock);
	l7_svc_flush(ln);
	mutex_unlock(&ln->conf_lock);
	rhashtable_destroy(&ln->svc_scopes);
	rhashtable_destroy(&ln->svcs);
}
