// SPDX-License-Identifier: GPL-2.0
/*
 * Steering rules as netlink attributes, in both directions. Owns no state. What
 * the policy of gen/netlink_gen.c has checked is not checked again, and what
 * makes no sense is for pure/steer.c and svc.c to refuse.
 */
#include <linux/slab.h>
#include "netlink.h"
#include "gen/netlink_gen.h"
#include "svc.h"

static_assert((int)L7_STEER_ANY == (int)IPVS_L7_STEER_MATCH_ANY);
static_assert((int)L7_STEER_SNI == (int)IPVS_L7_STEER_MATCH_SNI);
static_assert((int)L7_STEER_ALPN == (int)IPVS_L7_STEER_MATCH_ALPN);
static_assert((int)L7_STEER_HOST == (int)IPVS_L7_STEER_MATCH_HOST);
static_assert((int)L7_STEER_PATH == (int)IPVS_L7_STEER_MATCH_PATH);
static_assert((int)L7_STEER_HEADER == (int)IPVS_L7_STEER_MATCH_HEADER);
static_assert((int)L7_STEER_EXACT == (int)IPVS_L7_STEER_HOW_EXACT);
static_assert((int)L7_STEER_PREFIX == (int)IPVS_L7_STEER_HOW_PREFIX);
static_assert((int)L7_STEER_SUFFIX == (int)IPVS_L7_STEER_HOW_SUFFIX);
static_assert((int)L7_STEER_TO_SERVICE == (int)IPVS_L7_STEER_TARGET_SERVICE);
static_assert((int)L7_STEER_TO_FWMARK == (int)IPVS_L7_STEER_TARGET_FWMARK);
static_assert((int)L7_STEER_TO_RESET == (int)IPVS_L7_STEER_TARGET_RESET);
static_assert(L7_STEER_MAX == IPVS_L7_STEER_MAX);
static_assert(L7_STEER_PATTERN_MAX == IPVS_L7_STEER_PATTERN_MAX);

/* Return: bytes, without the zero at the end */
static u8 read_text(const struct nlattr *nla, char *out)
{
	u8 len;

	if (!nla)
		return 0;
	len = strnlen(nla_data(nla), nla_len(nla));
	memcpy(out, nla_data(nla), len);
	return len;
}

static int read_steer(const struct nlattr *nest, struct l7_steer_rule *r,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPVS_L7_A_STEER_MAX + 1];
	const char *why;
	int err;

	err = nla_parse_nested(tb, IPVS_L7_A_STEER_MAX, nest,
			       ipvs_l7_steer_nl_policy, extack);
	if (err)
		return err;
	if (!tb[IPVS_L7_A_STEER_MATCH])
		return l7_netlink_refuse(extack, -EINVAL, nest,
					 "steer: match is missing");
	if (!tb[IPVS_L7_A_STEER_TARGET])
		return l7_netlink_refuse(extack, -EINVAL, nest,
					 "steer: target is missing");
	r->match = nla_get_u8(tb[IPVS_L7_A_STEER_MATCH]);
	r->target = nla_get_u8(tb[IPVS_L7_A_STEER_TARGET]);
	if (tb[IPVS_L7_A_STEER_NAME] && r->match != L7_STEER_HEADER)
		return l7_netlink_refuse(extack, -EINVAL,
					 tb[IPVS_L7_A_STEER_NAME],
					 "steer name: is for fields");
	if (tb[IPVS_L7_A_STEER_HOW])
		r->how = nla_get_u8(tb[IPVS_L7_A_STEER_HOW]);
	if (tb[IPVS_L7_A_STEER_MARK])
		r->mark = nla_get_u32(tb[IPVS_L7_A_STEER_MARK]);
	r->field.name_len = read_text(tb[IPVS_L7_A_STEER_NAME], r->field.name);
	r->len = read_text(tb[IPVS_L7_A_STEER_PATTERN], r->pattern);
	why = l7_steer_check(r);
	return why ? l7_netlink_refuse(extack, -EINVAL, nest, why) : 0;
}

/* Return: rules that are given, -1 if they are to be taken away */
static int count_steer(const struct genl_info *info)
{
	const struct nlattr *nla;
	int rem, n = 0, empty = 0;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) != IPVS_L7_A_SVC_STEER)
			continue;
		n++;
		empty += !nla_len(nla);
	}
	return n == 1 && empty ? -1 : n;
}

int l7_netlink_steer(struct genl_info *info, struct l7_svc_conf *c,
		     struct l7_steer_rule **rules)
{
	struct l7_steer_rule *r;
	const struct nlattr *nla;
	int n = count_steer(info), rem, err;

	*rules = NULL;
	if (!n)
		return 0;
	c->nsteer = 0;
	c->steer = NULL;
	if (n < 0)
		return 0;
	if (n > L7_STEER_MAX)
		return l7_netlink_refuse(info->extack, -E2BIG,
					 info->attrs[IPVS_L7_A_SVC_STEER],
					 "steer: more than 16 rules");
	r = kcalloc(n, sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r)
		return l7_netlink_refuse(info->extack, -ENOMEM, NULL, NULL);
	*rules = r;
	c->steer = r;
	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) != IPVS_L7_A_SVC_STEER)
			continue;
		err = read_steer(nla, &r[c->nsteer], info->extack);
		if (err)
			return err;
		c->nsteer++;
	}
	return 0;
}

/* --- The other direction --- */

static bool put_text(struct sk_buff *skb, int type, const char *s, u8 len)
{
	char text[L7_STEER_PATTERN_MAX + 1];

	if (!len)
		return true;
	memcpy(text, s, len);
	text[len] = '\0';
	return !nla_put_string(skb, type, text);
}

bool l7_netlink_put_steer(struct sk_buff *skb, const struct l7_steer_rule *r)
{
	struct nlattr *nest = nla_nest_start(skb, IPVS_L7_A_SVC_STEER);

	if (!nest || nla_put_u8(skb, IPVS_L7_A_STEER_MATCH, r->match) ||
	    nla_put_u8(skb, IPVS_L7_A_STEER_HOW, r->how) ||
	    !put_text(skb, IPVS_L7_A_STEER_NAME, r->field.name,
		      r->field.name_len) ||
	    !put_text(skb, IPVS_L7_A_STEER_PATTERN, r->pattern, r->len) ||
	    nla_put_u8(skb, IPVS_L7_A_STEER_TARGET, r->target) ||
	    (r->mark && nla_put_u32(skb, IPVS_L7_A_STEER_MARK, r->mark)))
		return false;
	nla_nest_end(skb, nest);
	return true;
}
