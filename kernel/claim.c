// SPDX-License-Identifier: GPL-2.0
/* See claim.h. Owns no state, takes no lock. */
#include <crypto/algapi.h>
#include "claim.h"
#include "net.h"
#include "secret.h"

/** struct claim - a cookie that says it is ours
 * @mark: fwmark of the pool
 * @old: of the key before the last change
 */
struct claim {
	struct l7_net *ln;
	const struct l7_svc *svc;
	const struct l7_rule *rule;
	u32 mark;
	const u8 *token;
	bool old;
};

static bool is_claimed(const struct l7_endpoint *server, void *arg)
{
	const struct claim *c = arg;
	u8 token[L7_TOKEN_LEN];

	l7_persist_token(c->ln, c->svc, c->mark, c->rule, server, c->old,
			 token);
	return !crypto_memneq(token, c->token, sizeof(token));
}

bool l7_claim_find(struct l7_net *ln, const struct l7_svc *svc,
		   const struct l7_pool *pool, const struct l7_rule *rule,
		   const u8 *p, struct l7_slice value,
		   struct l7_endpoint *server, bool *old)
{
	struct claim c = {
		.ln = ln, .svc = svc, .rule = rule, .mark = pool->mark,
		.token = l7_insert_token_of(rule, p, value),
	};

	*old = false;
	if (!c.token)
		return false;
	if (l7_ipvs_find(ln, pool, is_claimed, &c, server))
		return true;
	if (!l7_secret_rcu(ln)->cookie_changed)
		return false;
	c.old = true;
	*old = true;
	return l7_ipvs_find(ln, pool, is_claimed, &c, server);
}
