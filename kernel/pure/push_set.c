// SPDX-License-Identifier: GPL-2.0
/*
 * See push.h. Reserved bytes must be 0, and lengths are exact: what is said of a set of bytes
 * is said of one set of policies only.
 *
 * A later version that has another field gives it a flag, set in those policies that use it,
 * so that others are still understood by those that do not know it. What no flag can say
 * wants another format.
 *
 * set       0  format (1)          reserved (0)        policies
 *
 * policy    0  bytes of the policy           family (4, 6)       protocol
 *           4  port                          tries     rules
 *           8  steering rules      routes    bytes of the group's name     reserved (0)
 *          12  flags
 *          16  address, 16 bytes; of IPv4 the first 4, the others are 0
 *          32  timeout
 *          36  max-lifetime
 *          40  prebind
 *          44  inspect-timeout, ms
 *          48  silent-timeout
 *          52  connect-timeout, ms
 *          56  max-request
 *          60  flow-timeout
 *          64  group's name, rules, steering rules, routes
 *
 * rule      0  type      prefix    flags     responses
 *           4  wildcard  bytes of the name   bytes of the attributes  reserved (0)
 *           8  offset              length
 *          12  name, attributes
 *
 * steering  0  match     how       target    bytes of the pattern
 *           4  fwmark
 *           8  bytes of the field's name     reserved (0)
 *          12  name, pattern
 *
 * route     0  family    protocol  port
 *           4  bytes of the name   reserved (0)
 *           8  address, as above
 *          24  name
 */
#include "push.h"

#define FORMAT		1

#define RULE		12
#define STEER		12
#define ROUTE		24

/* Flags of policies. */
#define F_REBIND	0x01
#define F_ACCEPT_PROXY	0x02
#define F_SEND_PROXY	0x04
#define F_MIRROR	0x08
#define F_FTP		0x10
#define F_SEMI		0x20
#define F_KNOWN		0x3f

#define RULE_FLAGS	(L7_RULE_REQUIRE | L7_RULE_LEARN | L7_RULE_ROUTE)

static const char malformed[] = "malformed";
static const char unknown[] = "has something that this version does not know";

/* --- Writing --- */

u32 l7_push_set_put(u16 n, u8 *p, u32 cap)
{
	if (cap < L7_WIRE_SET)
		return 0;
	p[0] = FORMAT;
	p[1] = 0;
	l7_put16(p + 2, n);
	return L7_WIRE_SET;
}

static u32 len_of(const struct l7_svc_conf *c)
{
	u32 len = L7_WIRE_SET_POLICY + (u32)strlen(c->group), i;

	for (i = 0; i < c->nrules; i++)
		len += RULE + c->rules[i].sel.name_len + c->rules[i].attr_len;
	for (i = 0; i < c->nsteer; i++)
		len += STEER + c->steer[i].field.name_len + c->steer[i].len;
	for (i = 0; i < c->nroutes; i++)
		len += ROUTE + c->routes[i].len;
	return len;
}

static u32 flags_of(const struct l7_svc_conf *c)
{
	return (c->rebind_drained ? F_REBIND : 0) | (c->accept_proxy ? F_ACCEPT_PROXY : 0) |
	       (c->send_proxy ? F_SEND_PROXY : 0) | (c->mirror ? F_MIRROR : 0) |
	       (c->ftp ? F_FTP : 0) | (c->semi ? F_SEMI : 0);
}

static u8 family_of(const struct l7_endpoint *ep)
{
	return ep->af == AF_INET ? 4 : 6;
}

static void put_address(const struct l7_endpoint *ep, u8 *p)
{
	memset(p, 0, 16);
	memcpy(p, &ep->addr, ep->af == AF_INET ? 4 : 16);
}

static u8 *put_bytes(u8 *p, const char *s, u32 n)
{
	memcpy(p, s, n);
	return p + n;
}

static u8 *put_rule(const struct l7_rule *r, u8 *p)
{
	p[0] = r->type;
	p[1] = r->prefix;
	p[2] = r->flags;
	p[3] = r->responses;
	p[4] = r->sel.wildcard;
	p[5] = r->sel.name_len;
	p[6] = r->attr_len;
	p[7] = 0;
	l7_put16(p + 8, r->sel.offset);
	l7_put16(p + 10, r->sel.length);
	p = put_bytes(p + RULE, r->sel.name, r->sel.name_len);
	return put_bytes(p, r->attr, r->attr_len);
}

static u8 *put_steer(const struct l7_steer_rule *r, u8 *p)
{
	memset(p, 0, STEER);
	p[0] = r->match;
	p[1] = r->how;
	p[2] = r->target;
	p[3] = r->len;
	l7_put32(p + 4, r->mark);
	p[8] = r->field.name_len;
	p = put_bytes(p + STEER, r->field.name, r->field.name_len);
	return put_bytes(p, r->pattern, r->len);
}

static u8 *put_route(const struct l7_route *r, u8 *p)
{
	memset(p, 0, ROUTE);
	p[0] = family_of(&r->server);
	p[1] = r->server.proto;
	memcpy(p + 2, &r->server.port, 2);
	p[4] = r->len;
	put_address(&r->server, p + 8);
	return put_bytes(p + ROUTE, r->name, r->len);
}

static void put_head(const struct l7_svc_conf *c, u32 len, u8 *p)
{
	l7_put16(p, (u16)len);
	p[2] = family_of(&c->id);
	p[3] = c->id.proto;
	memcpy(p + 4, &c->id.port, 2);
	p[6] = c->tries;
	p[7] = c->nrules;
	p[8] = c->nsteer;
	p[9] = c->nroutes;
	p[10] = (u8)strlen(c->group);
	p[11] = 0;
	l7_put32(p + 12, flags_of(c));
	put_address(&c->id, p + 16);
	l7_put32(p + 32, c->timeout);
	l7_put32(p + 36, c->max_lifetime);
	l7_put32(p + 40, c->prebind_s);
	l7_put32(p + 44, c->inspect_ms);
	l7_put32(p + 48, c->silent_s);
	l7_put32(p + 52, c->connect_ms);
	l7_put32(p + 56, c->max_request);
	l7_put32(p + 60, c->flow_timeout);
}

u32 l7_push_policy_put(const struct l7_svc_conf *c, u8 *p, u32 cap)
{
	u32 len = len_of(c), i;

	if (cap < len)
		return 0;
	put_head(c, len, p);
	p = put_bytes(p + L7_WIRE_SET_POLICY, c->group, (u32)strlen(c->group));
	for (i = 0; i < c->nrules; i++)
		p = put_rule(&c->rules[i], p);
	for (i = 0; i < c->nsteer; i++)
		p = put_steer(&c->steer[i], p);
	for (i = 0; i < c->nroutes; i++)
		p = put_route(&c->routes[i], p);
	return len;
}

/* --- Reading --- */

int l7_push_set_get(struct l7_reader *r, u32 *n, const char **why)
{
	*why = malformed;
	if (r->len < L7_WIRE_SET)
		return -EBADMSG;
	if (r->p[0] != FORMAT) {
		*why = unknown;
		return -EOPNOTSUPP;
	}
	*n = l7_get16(r->p + 2);
	if (r->p[1] || !*n)
		return -EBADMSG;
	if (*n > L7_PUSH_POLICIES_MAX) {
		*why = "more policies than this version takes";
		return -EOPNOTSUPP;
	}
	r->p += L7_WIRE_SET;
	r->len -= L7_WIRE_SET;
	return 0;
}

/* The next @n bytes; NULL if there are fewer. */
static const u8 *take(struct l7_reader *r, u32 n)
{
	const u8 *p = r->p;

	if (r->len < n)
		return NULL;
	r->p += n;
	r->len -= n;
	return p;
}

static bool take_text(struct l7_reader *r, char *out, u32 n, u32 max)
{
	const u8 *p = n <= max ? take(r, n) : NULL;

	if (!p || memchr(p, 0, n))
		return false;
	memcpy(out, p, n);
	return true;
}

static bool is_zero(const u8 *p, u32 n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

/* @p: family and protocol */
static bool get_endpoint(const u8 *p, const u8 *port, const u8 *addr, struct l7_endpoint *ep)
{
	if ((p[0] != 4 && p[0] != 6) || (p[1] != IPPROTO_TCP && p[1] != IPPROTO_UDP) ||
	    (p[0] == 4 && !is_zero(addr + 4, 12)))
		return false;
	ep->af = p[0] == 4 ? AF_INET : AF_INET6;
	ep->proto = p[1];
	memcpy(&ep->port, port, 2);
	memcpy(&ep->addr, addr, 16);
	return true;
}

/* What netlink does not let pass with a type; there, it never comes to svc_conf.c. */
static bool is_fitting(const struct l7_rule *r)
{
	u32 t = l7_key_takes(r->type);

	return (t & L7_TAKES_PREFIX || !r->prefix) &&
	       (t & L7_TAKES_NAME || (!r->sel.name_len && !r->sel.wildcard)) &&
	       (t & L7_TAKES_OFFSET || !r->sel.offset) &&
	       (t & L7_TAKES_LENGTH || !r->sel.length) &&
	       (t & L7_TAKES_ATTR || !r->attr_len) &&
	       (t & L7_TAKES_ROUTE || !(r->flags & L7_RULE_ROUTE)) &&
	       r->responses && r->responses <= (t & L7_TAKES_RESPONSES ? L7_RESPONSES_MAX : 1);
}

static int get_rule(struct l7_reader *r, struct l7_rule *out, const char **why)
{
	const u8 *p = take(r, RULE);

	if (!p)
		return -EBADMSG;
	if (p[2] & ~RULE_FLAGS) {
		*why = unknown;
		return -EOPNOTSUPP;
	}
	if (p[4] > 1 || p[7])
		return -EBADMSG;
	out->type = p[0];
	out->prefix = p[1];
	out->flags = p[2];
	out->responses = p[3];
	out->sel.wildcard = p[4];
	out->sel.name_len = p[5];
	out->attr_len = p[6];
	out->sel.offset = l7_get16(p + 8);
	out->sel.length = l7_get16(p + 10);
	if (!take_text(r, out->sel.name, p[5], L7_COOKIE_NAME_MAX) ||
	    !take_text(r, out->attr, p[6], L7_COOKIE_ATTR_MAX))
		return -EBADMSG;
	if (is_fitting(out))
		return 0;
	*why = "key: has something that does not go with its kind";
	return -EBADMSG;
}

static int get_steer(struct l7_reader *r, struct l7_steer_rule *out, const char **why)
{
	const u8 *p = take(r, STEER);

	if (!p || !is_zero(p + 9, 3))
		return -EBADMSG;
	out->match = p[0];
	out->how = p[1];
	out->target = p[2];
	out->len = p[3];
	out->mark = l7_get32(p + 4);
	out->field.name_len = p[8];
	if (!take_text(r, out->field.name, p[8], L7_COOKIE_NAME_MAX) ||
	    !take_text(r, out->pattern, p[3], L7_STEER_PATTERN_MAX))
		return -EBADMSG;
	if (out->match == L7_STEER_HEADER || !p[8])
		return 0;
	*why = "steer name: is for fields";
	return -EBADMSG;
}

static int get_route(struct l7_reader *r, struct l7_route *out)
{
	const u8 *p = take(r, ROUTE);

	if (!p || !is_zero(p + 5, 3) || !get_endpoint(p, p + 2, p + 8, &out->server))
		return -EBADMSG;
	out->len = p[4];
	return take_text(r, out->name, p[4], L7_ROUTE_NAME_MAX) ? 0 : -EBADMSG;
}

static int get_head(const u8 *p, struct l7_svc_conf *c, const char **why)
{
	u32 flags = l7_get32(p + 12);

	if (!get_endpoint(p + 2, p + 4, p + 16, &c->id))
		return -EBADMSG;
	if (flags & ~F_KNOWN) {
		*why = unknown;
		return -EOPNOTSUPP;
	}
	c->tries = p[6];
	c->nrules = p[7];
	c->nsteer = p[8];
	c->nroutes = p[9];
	c->rebind_drained = flags & F_REBIND;
	c->accept_proxy = flags & F_ACCEPT_PROXY;
	c->send_proxy = flags & F_SEND_PROXY;
	c->mirror = flags & F_MIRROR;
	c->ftp = flags & F_FTP;
	c->semi = flags & F_SEMI;
	c->timeout = l7_get32(p + 32);
	c->max_lifetime = l7_get32(p + 36);
	c->prebind_s = l7_get32(p + 40);
	c->inspect_ms = l7_get32(p + 44);
	c->silent_s = l7_get32(p + 48);
	c->connect_ms = l7_get32(p + 52);
	c->max_request = l7_get32(p + 56);
	c->flow_timeout = l7_get32(p + 60);
	return p[11] || c->nrules > L7_RULES_MAX || c->nsteer > L7_STEER_MAX ||
	       c->nroutes > L7_ROUTES_MAX ? -EBADMSG : 0;
}

static int get_lists(struct l7_reader *r, struct l7_push_policy *out, const char **why)
{
	struct l7_svc_conf *c = &out->conf;
	int err = 0;
	u32 i;

	for (i = 0; !err && i < c->nrules; i++)
		err = get_rule(r, &c->rules[i], why);
	for (i = 0; !err && i < c->nsteer; i++)
		err = get_steer(r, &out->steer[i], why);
	for (i = 0; !err && i < c->nroutes; i++)
		err = get_route(r, &out->routes[i]);
	c->steer = c->nsteer ? out->steer : NULL;
	c->routes = c->nroutes ? out->routes : NULL;
	return err ? err : r->len ? -EBADMSG : 0;
}

int l7_push_policy_get(struct l7_reader *r, struct l7_push_policy *out, const char **why)
{
	struct l7_reader in;
	const u8 *p;
	int err;

	memset(out, 0, sizeof(*out));
	*why = malformed;
	in.len = r->len < L7_WIRE_SET_POLICY ? 0 : l7_get16(r->p);
	in.p = take(r, in.len);
	p = in.p ? take(&in, L7_WIRE_SET_POLICY) : NULL;
	if (!p)
		return -EBADMSG;
	err = get_head(p, &out->conf, why);
	if (err)
		return err;
	if (!take_text(&in, out->conf.group, p[10], L7_GROUP_NAME_MAX))
		return -EBADMSG;
	return get_lists(&in, out, why);
}
