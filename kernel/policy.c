// SPDX-License-Identifier: GPL-2.0
/*
 * See policy.h. What is hashed has a fixed form, without pointers, padding or an
 * order of bytes of this machine. Owns no state.
 */
#include <linux/siphash.h>
#include "event.h"
#include "net.h"
#include "policy.h"

/* Peers know the policies anyway. */
static const u64 label = 0x6c372d706f6c6963;

static void mix(u64 *h, const void *p, u32 len)
{
	siphash_key_t key = { { *h, label } };

	*h = siphash(p, len, &key);
}

static void mix_numbers(u64 *h, const u32 *v, u32 n)
{
	__le32 le;

	while (n--) {
		le = cpu_to_le32(*v++);
		mix(h, &le, sizeof(le));
	}
}

static void mix_sel(u64 *h, const struct l7_cookie_sel *sel)
{
	const u32 v[] = { sel->wildcard, sel->offset, sel->length };

	mix(h, sel->name, sel->name_len);
	mix_numbers(h, v, ARRAY_SIZE(v));
}

static void mix_rule(u64 *h, const struct l7_rule *r)
{
	const u32 v[] = { r->type, r->prefix, r->flags, r->responses };

	mix_numbers(h, v, ARRAY_SIZE(v));
	mix_sel(h, &r->sel);
	mix(h, r->attr, r->attr_len);
}

static void mix_steer(u64 *h, const struct l7_steer_rule *r)
{
	const u32 v[] = { r->match, r->how, r->target, r->mark };

	mix_numbers(h, v, ARRAY_SIZE(v));
	mix_sel(h, &r->field);
	mix(h, r->pattern, r->len);
}

static void mix_route(u64 *h, const struct l7_route *r)
{
	mix(h, &r->server, sizeof(r->server));
	mix(h, r->name, r->len);
}

u64 l7_policy_digest(const struct l7_svc_conf *c)
{
	const u32 times[] = { c->timeout, c->max_lifetime, c->prebind_s,
			      c->inspect_ms, c->silent_s, c->connect_ms,
			      c->flow_timeout, c->max_request };
	const u32 rest[] = { c->tries, c->rebind_drained, c->accept_proxy,
			     c->send_proxy, c->mirror | c->ftp << 1 | c->semi << 2,
			     c->nrules,
			     c->nsteer, c->nroutes };
	u64 h = 0;
	int i;

	mix(&h, &c->id, sizeof(c->id));
	mix_numbers(&h, times, ARRAY_SIZE(times));
	mix_numbers(&h, rest, ARRAY_SIZE(rest));
	mix(&h, c->group, strlen(c->group));
	for (i = 0; i < c->nrules; i++)
		mix_rule(&h, &c->rules[i]);
	for (i = 0; i < c->nsteer; i++)
		mix_steer(&h, &c->steer[i]);
	for (i = 0; i < c->nroutes; i++)
		mix_route(&h, &c->routes[i]);
	return h;
}

u32 l7_policy_list(struct l7_net *ln, struct l7_policy *out, u32 max)
{
	struct rhashtable_iter iter;
	struct l7_svc *svc;
	u32 n = 0;

	rhashtable_walk_enter(&ln->svcs, &iter);
	rhashtable_walk_start(&iter);
	while (n < max && (svc = rhashtable_walk_next(&iter))) {
		if (IS_ERR(svc))	/* resized: some may come twice */
			continue;
		out[n].svc = svc->conf.id;
		out[n++].digest = svc->digest;
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}
