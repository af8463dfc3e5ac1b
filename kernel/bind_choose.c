// SPDX-License-Identifier: GPL-2.0
/*
 * The rule chains: which pool of servers a held request is steered to, which key
 * it carries, and which server of that pool is bound to the key. flow->lock is
 * held; decides only, emits nothing.
 */
#include "bind_priv.h"
#include "claim.h"
#include "ipvs.h"
#include "learn.h"
#include "net.h"
#include "secret.h"
#include "server.h"
#include "pure/http_key.h"

static_assert(L7_STEER_BUF <= L7_KEY_BUF);

static bool was_found(const struct l7_pend *pe, int i)
{
	return pe->key_mask & BIT(i);
}

/* A key whose server is no longer of the pool, or leaves it, counts as a miss. */
static enum l7_ctr outcome(struct l7_pend *pe, u16 index)
{
	const struct l7_endpoint *server = l7_server_get(pe->ln, index);
	struct l7_pool pool = l7_bind_pool(pe);
	enum l7_ipvs_dest state;

	if (!server)
		return L7_C_KEY_MISS;
	state = l7_ipvs_dest_state(pe->ln, &pool, server);
	if (state == L7_IPVS_NO_DEST)
		return L7_C_BIND_GONE;
	return l7_bind_is_moved_on(pe->ln, pe->flow->svc, &pool, state) ?
	       L7_C_BIND_DRAINED : L7_C_KEY_HIT;
}

static void count_key(const struct l7_pend *pe, int i, enum l7_ctr what)
{
	enum l7_rule_ctr c = what == L7_C_KEY_HIT ? L7_RC_HIT :
			     what == L7_C_KEY_MISS ? L7_RC_MISS :
			     what == L7_C_BIND_GONE ? L7_RC_GONE :
						      L7_RC_DRAINED;

	l7_bind_count(pe, what);
	l7_rule_stat_inc(pe->flow->svc->rule_stats, i, c);
}

/* The real server that a value names by its end; L7_SERVER_NONE if it does not. */
static u16 named_by_end(const struct l7_pend *pe,
			const struct l7_key_found *found)
{
	const struct l7_svc_conf *c = &pe->flow->svc->conf;
	struct l7_slice value = { .len = found->len }, end;
	int i;

	if (!l7_http_route(found->p, value, &end))
		return L7_SERVER_NONE;
	for (i = 0; i < c->nroutes; i++)
		if (c->routes[i].len == end.len &&
		    !memcmp(c->routes[i].name, found->p + end.off, end.len))
			return l7_server_index(pe->ln, &c->routes[i].server);
	return L7_SERVER_NONE;
}

/* Where a value names a server that can be used, its binding does not count: it
 * may be from a time when that server was gone.
 * @bound: index of its binding's server
 * Return: index of the one to go to.
 */
static u16 by_route(struct l7_pend *pe, const struct l7_key_found *found,
		    u16 bound, bool again)
{
	u16 named = named_by_end(pe, found);
	bool hit = outcome(pe, named) == L7_C_KEY_HIT;

	if (hit || !again)
		l7_bind_count(pe, hit ? L7_C_ROUTE_HIT : L7_C_ROUTE_MISS);
	return hit ? named : bound;
}

/* Key @n of rule @i. Of several keys the one that is bound is the rule's, else
 * the first.
 * @again: this rule was looked at before, and waited for others
 */
static enum l7_choice try_key(struct l7_pend *pe, int i, u32 n,
			      const struct l7_key_found *found, bool again)
{
	struct l7_svc *svc = pe->flow->svc;
	const struct l7_rule *rule = &svc->conf.rules[i];
	struct l7_asked asked = {
		.how = {
			.nth = n, .tls_hello = found->tls_hello,
			.tls_ticket = found->tls_ticket,
			.tls_psk = found->tls_psk,
		},
	};
	enum l7_ctr what;
	u16 index;

	l7_persist_key(pe->ln, svc, pe->pool, rule, found->p, found->len,
		       &asked.key);
	index = l7_persist_lookup(pe->ln, svc, &asked.key);
	if (rule->flags & L7_RULE_ROUTE)
		index = by_route(pe, found, index, again);
	what = outcome(pe, index);
	if (!n || what == L7_C_KEY_HIT) {
		pe->key_mask |= BIT(i);
		pe->asked[i] = asked;
	}
	if ((!n && !again) || what == L7_C_KEY_HIT)
		count_key(pe, i, what);
	if (what != L7_C_KEY_HIT)
		return L7_CHOICE_SCHEDULE;
	pe->target = index;
	pe->hit = BIT(i);
	return L7_CHOICE_BOUND;
}

/* The client brings the server's address along. Only one of the pool's own is
 * believed.
 */
static enum l7_choice try_server(struct l7_pend *pe,
				 const struct l7_endpoint *server)
{
	struct l7_pool pool = l7_bind_pool(pe);
	enum l7_ipvs_dest state;

	state = l7_ipvs_dest_state(pe->ln, &pool, server);
	if (state == L7_IPVS_NO_DEST) {
		l7_bind_count(pe, L7_C_BIND_GONE);
		return L7_CHOICE_SCHEDULE;
	}
	if (l7_bind_is_moved_on(pe->ln, pe->flow->svc, &pool, state)) {
		l7_bind_count(pe, L7_C_BIND_DRAINED);
		return L7_CHOICE_SCHEDULE;
	}
	pe->target = l7_server_index(pe->ln, server);
	if (pe->target == L7_SERVER_NONE)
		return L7_CHOICE_SCHEDULE;
	l7_bind_count(pe, L7_C_KEY_HIT);
	return L7_CHOICE_BOUND;
}

/* No table: the same path is sent to the same server by every director. */
static enum l7_choice try_hash(struct l7_pend *pe,
			       const struct l7_key_found *key)
{
	u64 hash = siphash(key->p, key->len, &l7_secret_rcu(pe->ln)->lane[0]);
	struct l7_pool pool = l7_bind_pool(pe);
	struct l7_endpoint server;

	if (!l7_ipvs_pick_hash(pe->ln, &pool, hash, &server))
		return L7_CHOICE_SCHEDULE;
	return try_server(pe, &server);
}

static enum l7_choice try_found(struct l7_pend *pe, int i, u32 n,
				const struct l7_key_found *key, bool again)
{
	enum l7_choice c;

	if (key->server.af)
		c = try_server(pe, &key->server);
	else if (pe->flow->svc->conf.rules[i].type == L7_KEY_PATH_HASH)
		c = try_hash(pe, key);
	else
		return try_key(pe, i, n, key, again);
	if (c == L7_CHOICE_BOUND)
		pe->hit = BIT(i);
	l7_rule_stat_inc(pe->flow->svc->rule_stats, i,
			 c == L7_CHOICE_BOUND ? L7_RC_HIT : L7_RC_GONE);
	return c;
}

static enum l7_choice without(struct l7_pend *pe, int i, enum l7_ctr why)
{
	const struct l7_rule *rule = &pe->flow->svc->conf.rules[i];

	l7_rule_stat_inc(pe->flow->svc->rule_stats, i, L7_RC_NONE);
	if (why == L7_C_KEY_NONE)
		l7_bind_count(pe, why);
	else if (why != L7_C_MAX)
		l7_bind_fallback(pe, why);
	return rule->flags & L7_RULE_REQUIRE ? L7_CHOICE_REFUSE :
					       L7_CHOICE_SCHEDULE;
}

/* No key was found, nor that there is none. */
static enum l7_choice unclear(struct l7_pend *pe, int i, const u8 *data, u32 len,
			      enum l7_parse v, bool final)
{
	if (v == L7_PARSE_MORE)		/* why no more is to come was counted */
		return final ? without(pe, i, L7_C_MAX) : L7_CHOICE_MORE;
	return without(pe, i, l7_http_is_h2_preface(data, len) ?
		       L7_C_FB_H2 : L7_C_FB_MALFORMED);
}

/* What the ClientHello says is true for the rules that are not looked at, too. */
static void note_hello(struct l7_pend *pe, const struct l7_key_found *key)
{
	int i;

	for (i = 0; key->tls_hello && i < pe->flow->svc->conf.nrules; i++) {
		pe->asked[i].how.tls_hello = true;
		pe->asked[i].how.tls_ticket = key->tls_ticket;
	}
}

static enum l7_choice try_request(struct l7_pend *pe, int i, const u8 *data,
				  u32 len, bool final)
{
	const struct l7_rule *rule = &pe->flow->svc->conf.rules[i];
	bool again = was_found(pe, i);
	struct l7_key_found key;
	enum l7_choice c;
	enum l7_parse v;
	u32 n;

	for (n = 0; n < L7_KEY_CANDIDATES; n++) {
		v = l7_key_request(rule, data, len, n, l7_scratch_parse(),
				   &key);
		switch (v) {
		case L7_PARSE_MORE:
		case L7_PARSE_BAD:
			return unclear(pe, i, data, len, v, final);
		case L7_PARSE_NONE:
			note_hello(pe, &key);
			return n ? L7_CHOICE_SCHEDULE :
				   without(pe, i, L7_C_KEY_NONE);
		case L7_PARSE_FOUND:
			break;
		}
		note_hello(pe, &key);
		c = try_found(pe, i, n, &key, again);
		if (c != L7_CHOICE_SCHEDULE)
			return c;
	}
	return L7_CHOICE_SCHEDULE;
}

/* ---- a cookie of our own ------------------------------------------------- */

static enum l7_choice try_claim(struct l7_pend *pe, int i, const u8 *data,
				struct l7_slice value)
{
	struct l7_svc *svc = pe->flow->svc;
	struct l7_pool pool = l7_bind_pool(pe);
	enum l7_ctr what = L7_C_KEY_MISS;
	struct l7_endpoint server;
	bool old;

	if (l7_claim_find(pe->ln, svc, &pool, &svc->conf.rules[i], data, value,
			  &server, &old)) {
		pe->target = l7_server_index(pe->ln, &server);
		what = outcome(pe, pe->target);
	}
	count_key(pe, i, what);
	if (what != L7_C_KEY_HIT) {
		pe->target = L7_SERVER_NONE;
		return L7_CHOICE_SCHEDULE;
	}
	pe->has_cookie = !old;
	pe->hit = BIT(i);
	return L7_CHOICE_BOUND;
}

static enum l7_choice try_own_cookie(struct l7_pend *pe, int i, const u8 *data,
				     u32 len, bool final)
{
	const struct l7_rule *rule = &pe->flow->svc->conf.rules[i];
	struct l7_cookie_sel sel;
	struct l7_slice s;
	enum l7_parse v;

	l7_insert_sel(rule, pe->pool, &sel);
	v = l7_http_request_cookie(data, len, &sel, &s);
	if (v == L7_PARSE_MORE || v == L7_PARSE_BAD)
		return unclear(pe, i, data, len, v, final);
	pe->insert = i + 1;
	if (v == L7_PARSE_NONE)
		return without(pe, i, L7_C_KEY_NONE);
	return try_claim(pe, i, data, s);
}

static enum l7_choice try_rule(struct l7_pend *pe, int i, const u8 *data, u32 len,
			    bool final)
{
	const struct l7_flow *f = pe->flow;
	const struct l7_rule *rule = &f->svc->conf.rules[i];
	struct l7_key_found key = {};
	struct l7_tuple t;
	u8 val[16];

	if (l7_key_is_token(rule))
		return try_own_cookie(pe, i, data, len, final);
	if (rule->type != L7_KEY_SRC)
		return try_request(pe, i, data, len, final);
	t = l7_bind_proxy_named(pe);
	key.p = val;
	key.len = l7_persist_src_value(f->svc, rule, t.af, &t.saddr, val);
	return try_key(pe, i, 0, &key, was_found(pe, i));
}

static enum l7_choice try_rules(struct l7_pend *pe, const u8 *data, u32 len,
				bool final)
{
	int i;

	pe->insert = 0;
	pe->has_cookie = false;
	for (i = 0; i < pe->flow->svc->conf.nrules; i++) {
		enum l7_choice c = try_rule(pe, i, data, len, final);

		if (c != L7_CHOICE_SCHEDULE)
			return c;
	}
	return L7_CHOICE_SCHEDULE;
}

/* ---- requests without a key ----------------------------------------------- */

bool l7_bind_prebind_key(const struct l7_pend *pe, struct l7_key *key)
{
	struct l7_tuple t = l7_bind_proxy_named(pe);
	const struct l7_flow *f = pe->flow;
	u8 val[16];
	u32 len;

	if (!f->svc->conf.prebind_s || pe->key_mask || pe->hit)
		return false;
	len = l7_persist_src_value(f->svc, &l7_prebind_rule, t.af, &t.saddr,
				   val);
	l7_persist_key(pe->ln, f->svc, pe->pool, &l7_prebind_rule, val, len, key);
	return true;
}

/* Where another connection of the client went a moment ago, before it had a key. */
static noinline enum l7_choice try_prebind(struct l7_pend *pe)
{
	struct l7_key key;
	u16 index;

	if (!l7_bind_prebind_key(pe, &key))
		return L7_CHOICE_SCHEDULE;
	index = l7_persist_lookup(pe->ln, pe->flow->svc, &key);
	pe->prebound = index != L7_SERVER_NONE;
	if (outcome(pe, index) != L7_C_KEY_HIT)
		return L7_CHOICE_SCHEDULE;
	l7_bind_count(pe, L7_C_PREBOUND);
	pe->target = index;
	return L7_CHOICE_BOUND;
}

static enum l7_choice try_keys(struct l7_pend *pe, const u8 *data, u32 len,
			       bool final)
{
	enum l7_choice c = try_rules(pe, data, len, final);

	return c == L7_CHOICE_SCHEDULE ? try_prebind(pe) : c;
}

/* ---- steering ------------------------------------------------------------ */

/* Nobody in the pool takes a new client: the service's own servers do. What was
 * looked up is of no use there.
 */
static void leave_pool(struct l7_pend *pe)
{
	l7_bind_count(pe, L7_C_POOL_EMPTY);
	pe->pool = 0;
	pe->key_mask = 0;
}

static enum l7_choice steer_to(struct l7_pend *pe,
			       const struct l7_steer_rule *rule)
{
	struct l7_pool pool;

	if (rule->target == L7_STEER_TO_RESET)
		return L7_CHOICE_RESET;
	pe->pool = rule->mark;
	pool = l7_bind_pool(pe);
	if (pe->pool && !l7_ipvs_has_dest(pe->ln, &pool))
		leave_pool(pe);
	return L7_CHOICE_SCHEDULE;
}

/* The first rule that matches decides. It is not known which one that is while
 * one before it waits for more.
 */
static enum l7_choice steer(struct l7_pend *pe, const u8 *data, u32 len,
			    bool final)
{
	const struct l7_svc_conf *c = &pe->flow->svc->conf;
	enum l7_parse v = L7_PARSE_NONE;
	bool ech = false, has_ech;
	int i;

	for (i = 0; i < c->nsteer; i++) {
		v = l7_steer_match(&c->steer[i], data, len, l7_scratch_parse(),
				   &has_ech);
		if (v == L7_PARSE_MORE && !final)
			return L7_CHOICE_MORE;
		ech |= has_ech;
		if (v == L7_PARSE_FOUND)
			break;
	}
	pe->steered = true;
	if (ech)
		l7_bind_count(pe, L7_C_SNI_ECH);
	if (v == L7_PARSE_FOUND)
		return steer_to(pe, &c->steer[i]);
	l7_bind_count(pe, L7_C_STEER_NONE);
	return L7_CHOICE_SCHEDULE;
}

static enum l7_choice choose_in_pool(struct l7_pend *pe, const u8 *data,
				     u32 len, bool final)
{
	enum l7_choice c = try_keys(pe, data, len, final);
	struct l7_pool pool = l7_bind_pool(pe);

	if (c == L7_CHOICE_SCHEDULE && pe->pool &&
	    !l7_ipvs_has_candidate(pe->ln, &pool)) {
		leave_pool(pe);
		c = try_keys(pe, data, len, final);
	}
	/* A SYN that no service is there for would reach this host itself. */
	pool.mark = 0;
	if (c == L7_CHOICE_SCHEDULE && !pe->pool &&
	    !l7_ipvs_has_dest(pe->ln, &pool))
		return L7_CHOICE_LOST;
	if (pe->pool && (c == L7_CHOICE_BOUND || c == L7_CHOICE_SCHEDULE))
		l7_bind_count(pe, L7_C_STEERED);
	return c;
}

enum l7_choice l7_bind_choose(struct l7_pend *pe, const u8 *data, u32 len,
			      bool final)
{
	enum l7_choice c = L7_CHOICE_SCHEDULE;

	if (!l7_bind_proxy_read(pe, &data, &len, &final))
		return L7_CHOICE_MORE;
	if (!pe->flow->svc->conf.nsteer)
		return try_keys(pe, data, len, final);
	if (!pe->steered)
		c = steer(pe, data, len, final);
	return c == L7_CHOICE_SCHEDULE ? choose_in_pool(pe, data, len, final) : c;
}
