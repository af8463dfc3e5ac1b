// SPDX-License-Identifier: GPL-2.0
/*
 * Key rules as netlink attributes, in both directions: which attributes go with
 * which type of key. Owns no state. What the policy of gen/netlink_gen.c has
 * checked is not checked again, and what makes no sense in a policy as a whole
 * is svc.c's to refuse.
 */
#include "netlink.h"
#include "gen/netlink_gen.h"
#include "svc.h"

static_assert((int)L7_KEY_SRC == (int)IPVS_L7_KEY_TYPE_SRC);
static_assert((int)L7_KEY_COOKIE == (int)IPVS_L7_KEY_TYPE_COOKIE);
static_assert((int)L7_KEY_TLS_SESSION == (int)IPVS_L7_KEY_TYPE_TLS_SESSION);
static_assert((int)L7_KEY_TLS_TICKET == (int)IPVS_L7_KEY_TYPE_TLS_TICKET);
static_assert((int)L7_KEY_URL == (int)IPVS_L7_KEY_TYPE_URL);
static_assert((int)L7_KEY_HEADER == (int)IPVS_L7_KEY_TYPE_HEADER);
static_assert((int)L7_KEY_PATH_HASH == (int)IPVS_L7_KEY_TYPE_PATH_HASH);
static_assert((int)L7_KEY_RDP == (int)IPVS_L7_KEY_TYPE_RDP);
static_assert((int)L7_KEY_MQTT == (int)IPVS_L7_KEY_TYPE_MQTT);
static_assert((int)L7_KEY_PAYLOAD == (int)IPVS_L7_KEY_TYPE_PAYLOAD);
static_assert((int)L7_KEY_PAYLOAD_LV == (int)IPVS_L7_KEY_TYPE_PAYLOAD_LV);
static_assert((int)L7_KEY_PREBIND == (int)IPVS_L7_KEY_TYPE_PREBIND);
static_assert((int)L7_KEY_COOKIE_INSERT == (int)IPVS_L7_KEY_TYPE_COOKIE_INSERT);
static_assert((int)L7_KEY_COOKIE_REWRITE == (int)IPVS_L7_KEY_TYPE_COOKIE_REWRITE);
static_assert(L7_COOKIE_ATTR_MAX == IPVS_L7_COOKIE_ATTR_MAX);
static_assert(L7_COOKIE_NAME_MAX == IPVS_L7_COOKIE_NAME_MAX);
static_assert(L7_RESPONSES_MAX == IPVS_L7_RESPONSES_MAX);

/* What names the key of an OpenSSL server's tickets: nginx, Node and others. */
#define TICKET_NAME_LEN	16

/** struct part - an attribute that goes with some types only */
static const struct part {
	int attr;
	unsigned int bit;
	const char *why;
} parts[] = {
	{ IPVS_L7_A_RULE_PREFIX, L7_TAKES_PREFIX,
	  "prefix: is for client addresses and payload-lv" },
	{ IPVS_L7_A_RULE_NAME, L7_TAKES_NAME,
	  "name: is for cookies, parameters and fields" },
	{ IPVS_L7_A_RULE_WILDCARD, L7_TAKES_NAME,
	  "wildcard: is for cookies, parameters and fields" },
	{ IPVS_L7_A_RULE_OFFSET, L7_TAKES_OFFSET,
	  "offset: is for values, tickets and payload" },
	{ IPVS_L7_A_RULE_LENGTH, L7_TAKES_LENGTH,
	  "length: is for values, tickets and payload" },
	{ IPVS_L7_A_RULE_ATTRIBUTES, L7_TAKES_ATTR,
	  "attributes: are for a cookie that is inserted" },
	{ IPVS_L7_A_RULE_RESPONSES, L7_TAKES_RESPONSES,
	  "responses: are for a cookie that the server sets" },
	{ IPVS_L7_A_RULE_ROUTE, L7_TAKES_ROUTE,
	  "route: is for a cookie that the server sets, and for parameters" },
};

static int check_parts(struct nlattr **tb, u8 type,
		       struct netlink_ext_ack *extack)
{
	unsigned int t = l7_key_takes(type), i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (tb[parts[i].attr] && !(t & parts[i].bit))
			return l7_netlink_refuse(extack, -EINVAL,
						 tb[parts[i].attr],
						 parts[i].why);
	return 0;
}

static int read_prefix(const struct nlattr *nla, const struct nlattr *nest,
		       u8 af, struct l7_rule *r, struct netlink_ext_ack *extack)
{
	u8 bits = af == AF_INET ? 32 : 128;

	if (!nla && r->type == L7_KEY_PAYLOAD_LV)
		return l7_netlink_refuse(extack, -EINVAL, nest,
			"prefix: how many bytes the length has is missing");
	r->prefix = nla ? nla_get_u8(nla) : bits;
	if (r->type == L7_KEY_SRC && r->prefix > bits)
		return l7_netlink_refuse(extack, -ERANGE, nla,
					 "prefix: longer than an address");
	return 0;
}

static int read_name(const struct nlattr *nla, const struct nlattr *nest,
		     struct l7_rule *r, struct netlink_ext_ack *extack)
{
	if (!nla)
		return l7_netlink_refuse(extack, -EINVAL, nest,
			"rule: the name of the cookie, parameter or field is missing");
	r->sel.name_len = strnlen(nla_data(nla), nla_len(nla));
	memcpy(r->sel.name, nla_data(nla), r->sel.name_len);
	return 0;
}

static void read_attr(const struct nlattr *nla, struct l7_rule *r)
{
	if (!nla)
		return;
	r->attr_len = strnlen(nla_data(nla), nla_len(nla));
	memcpy(r->attr, nla_data(nla), r->attr_len);
}

static void read_part(struct nlattr **tb, struct l7_rule *r)
{
	if (tb[IPVS_L7_A_RULE_OFFSET])
		r->sel.offset = nla_get_u16(tb[IPVS_L7_A_RULE_OFFSET]);
	if (tb[IPVS_L7_A_RULE_LENGTH])
		r->sel.length = nla_get_u16(tb[IPVS_L7_A_RULE_LENGTH]);
	else if (r->type == L7_KEY_TLS_TICKET)
		r->sel.length = TICKET_NAME_LEN;
	r->responses = tb[IPVS_L7_A_RULE_RESPONSES] ?
		       nla_get_u8(tb[IPVS_L7_A_RULE_RESPONSES]) : 1;
	r->sel.wildcard = nla_get_flag(tb[IPVS_L7_A_RULE_WILDCARD]);
	if (nla_get_flag(tb[IPVS_L7_A_RULE_REQUIRE]))
		r->flags |= L7_RULE_REQUIRE;
	if (nla_get_flag(tb[IPVS_L7_A_RULE_LEARN_REQUEST]))
		r->flags |= L7_RULE_LEARN;
	if (nla_get_flag(tb[IPVS_L7_A_RULE_ROUTE]))
		r->flags |= L7_RULE_ROUTE;
}

int l7_netlink_rule(const struct nlattr *nest, u8 af, struct l7_rule *r,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPVS_L7_A_RULE_MAX + 1];
	unsigned int t;
	int err;

	err = nla_parse_nested(tb, IPVS_L7_A_RULE_MAX, nest,
			       ipvs_l7_rule_nl_policy, extack);
	if (err)
		return err;
	if (!tb[IPVS_L7_A_RULE_TYPE])
		return l7_netlink_refuse(extack, -EINVAL, nest,
					 "rule: type is missing");
	memset(r, 0, sizeof(*r));
	r->type = nla_get_u8(tb[IPVS_L7_A_RULE_TYPE]);
	if (r->type == L7_KEY_PREBIND)
		return l7_netlink_refuse(extack, -ERANGE,
					 tb[IPVS_L7_A_RULE_TYPE],
					 "type: prebind is of bindings alone");
	t = l7_key_takes(r->type);
	err = check_parts(tb, r->type, extack);
	if (!err && t & L7_TAKES_PREFIX)
		err = read_prefix(tb[IPVS_L7_A_RULE_PREFIX], nest, af, r,
				  extack);
	if (!err && t & L7_TAKES_NAME)
		err = read_name(tb[IPVS_L7_A_RULE_NAME], nest, r, extack);
	if (!err)
		read_part(tb, r);
	if (!err)
		read_attr(tb[IPVS_L7_A_RULE_ATTRIBUTES], r);
	return err;
}

/* --- The other direction --- */

static bool put_name(struct sk_buff *skb, const struct l7_cookie_sel *sel)
{
	char name[L7_COOKIE_NAME_MAX + 1];

	memcpy(name, sel->name, sel->name_len);
	name[sel->name_len] = '\0';
	return !nla_put_string(skb, IPVS_L7_A_RULE_NAME, name) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_RULE_WILDCARD, sel->wildcard);
}

static bool put_attr(struct sk_buff *skb, const struct l7_rule *r)
{
	char attr[L7_COOKIE_ATTR_MAX + 1];

	memcpy(attr, r->attr, r->attr_len);
	attr[r->attr_len] = '\0';
	return !r->attr_len ||
	       !nla_put_string(skb, IPVS_L7_A_RULE_ATTRIBUTES, attr);
}

static bool put_parts(struct sk_buff *skb, const struct l7_rule *r)
{
	unsigned int t = l7_key_takes(r->type);

	return (!(t & L7_TAKES_PREFIX) ||
		!nla_put_u8(skb, IPVS_L7_A_RULE_PREFIX, r->prefix)) &&
	       (!(t & L7_TAKES_NAME) || put_name(skb, &r->sel)) &&
	       put_attr(skb, r) &&
	       (!(t & L7_TAKES_OFFSET) ||
		!nla_put_u16(skb, IPVS_L7_A_RULE_OFFSET, r->sel.offset)) &&
	       (!(t & L7_TAKES_LENGTH) ||
		!nla_put_u16(skb, IPVS_L7_A_RULE_LENGTH, r->sel.length)) &&
	       (!(t & L7_TAKES_RESPONSES) ||
		!nla_put_u8(skb, IPVS_L7_A_RULE_RESPONSES, r->responses)) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_RULE_REQUIRE,
			r->flags & L7_RULE_REQUIRE) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_RULE_LEARN_REQUEST,
			r->flags & L7_RULE_LEARN) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_RULE_ROUTE,
			r->flags & L7_RULE_ROUTE);
}

bool l7_netlink_put_rule(struct sk_buff *skb, const struct l7_rule *r)
{
	struct nlattr *nest = nla_nest_start(skb, IPVS_L7_A_SVC_RULE);

	if (!nest || nla_put_u8(skb, IPVS_L7_A_RULE_TYPE, r->type) ||
	    !put_parts(skb, r))
		return false;
	nla_nest_end(skb, nest);
	return true;
}
