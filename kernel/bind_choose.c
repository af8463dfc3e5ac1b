// SPDX-License-Identifier: GPL-2.0
/*
 * The rule chain: which key a held request carries, and which server is bound
 * to it. flow->lock is held; decides only, emits nothing.
 */
#include "bind_priv.h"
#include "ipvs.h"
#include "net.h"
#include "server.h"

static enum l7_choice try_key(struct l7_pend *pe, int i, const void *val, u32 len)
{
	struct l7_svc *svc = pe->flow->svc;
	bool again = pe->key_mask & BIT(i);	/* waited for other rules */
	const struct l7_endpoint *server;
	struct l7_net *ln = pe->ln;
	u16 index;

	l7_persist_key(ln, svc, &svc->conf.rules[i], val, len, &pe->keys[i]);
	pe->key_mask |= BIT(i);
	index = l7_persist_lookup(ln, svc, &pe->keys[i]);
	server = l7_server_get(ln, index);
	if (!server) {
		if (!again)
			l7_bind_count(pe, L7_C_KEY_MISS);
		return L7_CHOICE_SCHEDULE;
	}
	if (!l7_ipvs_dest_usable(ln, &svc->conf.id, server)) {
		if (!again)
			l7_bind_count(pe, L7_C_BIND_GONE);
		return L7_CHOICE_SCHEDULE;
	}
	l7_bind_count(pe, L7_C_KEY_HIT);
	pe->target = index;
	return L7_CHOICE_BOUND;
}

static enum l7_choice try_cookie(struct l7_pend *pe, int i, const u8 *data,
			      u32 len, bool final)
{
	const struct l7_rule *rule = &pe->flow->svc->conf.rules[i];
	struct l7_slice v;

	switch (l7_http_request_cookie(data, len, &rule->cookie, &v)) {
	case L7_PARSE_MORE:
		return final ? L7_CHOICE_SCHEDULE : L7_CHOICE_MORE;
	case L7_PARSE_FOUND:
		return try_key(pe, i, data + v.off, v.len);
	case L7_PARSE_NONE:
		l7_bind_count(pe, L7_C_KEY_NONE);
		return L7_CHOICE_SCHEDULE;
	case L7_PARSE_BAD:
		l7_bind_fallback(pe, l7_http_is_h2_preface(data, len) ?
			       L7_C_FB_H2 : L7_C_FB_MALFORMED);
		return L7_CHOICE_SCHEDULE;
	}
	return L7_CHOICE_SCHEDULE;
}

static enum l7_choice try_rule(struct l7_pend *pe, int i, const u8 *data, u32 len,
			    bool final)
{
	const struct l7_flow *f = pe->flow;
	const struct l7_rule *rule = &f->svc->conf.rules[i];
	u8 val[16];
	u32 n;

	if (rule->type == L7_KEY_COOKIE)
		return try_cookie(pe, i, data, len, final);
	n = l7_persist_src_value(rule, f->af, &f->client, val);
	return try_key(pe, i, val, n);
}

enum l7_choice l7_bind_choose(struct l7_pend *pe, const u8 *data, u32 len,
			      bool final)
{
	int i;

	for (i = 0; i < pe->flow->svc->conf.nrules; i++) {
		enum l7_choice c = try_rule(pe, i, data, len, final);

		if (c != L7_CHOICE_SCHEDULE)
			return c;
	}
	return L7_CHOICE_SCHEDULE;
}
