// SPDX-License-Identifier: GPL-2.0
/*
 * See svc_conf.h. What the attributes of netlink cannot say is not looked for here: of
 * what comes from a peer, push_set.c refuses it.
 */
#include "svc_conf.h"

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

static bool is_unspecified(const struct l7_endpoint *ep)
{
	static const union nf_inet_addr any;

	return !memcmp(&ep->addr, &any, sizeof(any));
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

static bool is_routed(const struct l7_rule *r)
{
	return r->flags & L7_RULE_ROUTE;
}

bool l7_svc_conf_has_rule(const struct l7_svc_conf *c, bool (*is)(const struct l7_rule *r))
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
	u32 i;

	if (!is_between(r->len, 1, L7_ROUTE_NAME_MAX))
		return "route: a name has 1 to 32 bytes";
	for (i = 0; i < r->len; i++)
		if (!isascii(r->name[i]) || !isgraph(r->name[i]) ||
		    strchr("\",.;=\\", r->name[i]))
			return "route: a name has no dot, and no byte that a cookie cannot have";
	if (r->server.af != af)
		return "route: real servers are of the service's address family";
	if (r->server.proto != IPPROTO_TCP)
		return "route: real servers are of TCP";
	if (is_unspecified(&r->server))
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
	if (!c->nroutes && l7_svc_conf_has_rule(c, is_routed))
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

bool l7_svc_conf_needs_payload(const struct l7_svc_conf *c)
{
	return c->nsteer || c->accept_proxy || c->send_proxy ||
	       l7_svc_conf_has_rule(c, is_payload);
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
	if (!c->ftp || !l7_svc_conf_needs_payload(c))
		return NULL;
	return "ftp: the server speaks first, so that only src can be a key, nothing is steered, and no PROXY header goes with it";
}

/* Only what is held here can wait. */
static const char *check_semi(const struct l7_svc_conf *c)
{
	return !c->semi || l7_svc_conf_needs_payload(c) ? NULL :
	       "semi-sync: no request is held, as nothing looks into one: wants a key other than src, or steering";
}

static const char *check_port(const struct l7_svc_conf *c)
{
	u32 i;

	if (!l7_svc_conf_needs_payload(c))
		return NULL;
	for (i = 0; i < sizeof(server_first) / sizeof(server_first[0]); i++)
		if (ntohs(c->id.port) == server_first[i])
			return "keys: on this port the server speaks first, so that only src can be a key, nothing is steered, and no PROXY header goes with it";
	return NULL;
}

/* There are no connections to look into. */
static const char *check_udp(const struct l7_svc_conf *c)
{
	if (c->id.proto != IPPROTO_UDP)
		return NULL;
	if (c->nrules || l7_svc_conf_needs_payload(c) || c->ftp || c->group[0])
		return "service: of UDP, connections can be mirrored, and nothing else";
	return c->mirror ? NULL :
	       "mirror: of UDP a policy says nothing unless connections are mirrored";
}

const char *l7_svc_conf_check(const struct l7_svc_conf *c)
{
	const char *why;

	if (c->id.af != AF_INET && c->id.af != AF_INET6)
		return "service: address family must be IPv4 or IPv6";
	if (c->id.proto != IPPROTO_TCP && c->id.proto != IPPROTO_UDP)
		return "service: protocol must be TCP or UDP";
	if (!c->id.port)
		return "service: port must be 1 to 65535";
	if (is_unspecified(&c->id))
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
