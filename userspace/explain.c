// SPDX-License-Identifier: GPL-2.0
/*
 * See explain.h. Of the chain no more is told twice than has to be: what a rule
 * finds is found once, and then the chain is walked, with or without the hope
 * of more bytes.
 */
#include <string.h>
#include "explain.h"
#include "pure/http.h"
#include "pure/http_key.h"
#include "pure/insert.h"

/* Who is asked about keys. */
struct oracle {
	int (*ask)(unsigned int rule, struct explain_key *key, void *arg,
		   struct error *e);
	void *arg;
};

static void pure_rule(const struct rule *r, struct l7_rule *out)
{
	struct l7_cookie_sel *sel = &out->sel;

	memset(out, 0, sizeof(*out));
	out->type = r->type;
	out->prefix = r->prefix;
	out->flags = (uint8_t)((r->require ? L7_RULE_REQUIRE : 0) |
			       (r->learn ? L7_RULE_LEARN : 0) |
			       (r->route ? L7_RULE_ROUTE : 0));
	sel->name_len = (uint8_t)strnlen(r->name, sizeof(sel->name));
	memcpy(sel->name, r->name, sel->name_len);
	sel->wildcard = r->wildcard;
	sel->offset = r->offset;
	sel->length = r->length;
	out->responses = r->responses;
	out->attr_len = (uint8_t)strnlen(r->attributes, sizeof(out->attr));
	memcpy(out->attr, r->attributes, out->attr_len);
}

/* The director's cookie has another name in each pool. */
static void own_cookie(struct l7_rule *r, uint32_t pool)
{
	struct l7_cookie_sel sel;

	if (!l7_key_is_token(r))
		return;
	l7_insert_sel(r, pool, &sel);
	r->sel = sel;
}

/* --- What stands before the request --- */

static void take_client(struct explain *x)
{
	const struct l7_proxy *pp = &x->proxy;

	if (!pp->has_addr)
		return;
	memset(&x->client, 0, sizeof(x->client));
	x->client.af = pp->af;
	memcpy(&x->client.in6, &pp->src, sizeof(x->client.in6));
	x->client.port = ntohs(pp->sport);
}

static void read_proxy(struct explain *x)
{
	x->said = x->request;
	x->proxy_verdict = L7_PARSE_FOUND;
	memset(&x->proxy, 0, sizeof(x->proxy));
	if (x->svc.accept_proxy != TOGGLE_ON)
		return;
	x->proxy_verdict = l7_proxy_parse(x->request.p, x->request.len,
					  &x->proxy);
	if (x->proxy_verdict == L7_PARSE_FOUND) {
		take_client(x);
		x->said.p += x->proxy.len;
		x->said.len -= x->proxy.len;
	} else {
		x->said.len = 0;
	}
}

/* --- Steering --- */

static void pure_steer(const struct steer *r, struct l7_steer_rule *out)
{
	memset(out, 0, sizeof(*out));
	out->match = r->match;
	out->how = r->how;
	out->target = r->target;
	out->mark = r->mark;
	out->len = (uint8_t)strnlen(r->pattern, sizeof(out->pattern));
	memcpy(out->pattern, r->pattern, out->len);
	out->field.name_len = (uint8_t)strnlen(r->name, sizeof(out->field.name));
	memcpy(out->field.name, r->name, out->field.name_len);
}

/* The rule that matches, or -1; one before it that waits for more is in *@wait. */
static int first_match(const struct explain *x, int *wait)
{
	unsigned int i;

	*wait = -1;
	for (i = 0; i < x->svc.nsteer; i++) {
		if (x->steering[i] == L7_PARSE_FOUND)
			return (int)i;
		if (x->steering[i] == L7_PARSE_MORE && *wait < 0)
			*wait = (int)i;
	}
	return -1;
}

static void steer(struct explain *x)
{
	static uint8_t buf[L7_STEER_BUF];
	struct l7_steer_rule rule;
	unsigned int i;
	int wait;
	bool ech;

	for (i = 0; i < x->svc.nsteer; i++) {
		pure_steer(&x->svc.steer[i], &rule);
		x->steering[i] = l7_steer_match(&rule, x->said.p, x->said.len,
						buf, &ech);
	}
	x->steered = first_match(x, &wait);
	x->pool = x->steered < 0 ? 0 : x->svc.steer[x->steered].mark;
	x->pool_empty = x->pool && x->has_pool && !x->has_pool(x->pool);
	if (x->pool_empty)
		x->pool = 0;
}

/* --- What each rule finds --- */

/* The name by which the key ends, and the server that has it. */
static int find_route(struct explain *x, unsigned int i, struct explain_key *k,
		      const struct oracle *o, struct error *e)
{
	struct l7_slice value = { .len = k->len }, end;
	struct explain_key named = { .named = true };
	unsigned int n;

	if (!(x->rules[i].pure.flags & L7_RULE_ROUTE) ||
	    !l7_http_route(k->p, value, &end))
		return 0;
	k->end = k->p + end.off;
	k->end_len = end.len;
	for (n = 0; n < x->svc.nroutes; n++)
		if (strlen(x->svc.routes[n].name) == end.len &&
		    !memcmp(x->svc.routes[n].name, k->end, end.len))
			break;
	if (n == x->svc.nroutes)
		return 0;
	k->route = &x->svc.routes[n];
	named.server = k->route->server;
	if (o->ask && o->ask(i, &named, o->arg, e))
		return -1;
	k->route_state = named.state;
	return 0;
}

static int add_key(struct explain *x, unsigned int i, struct explain_key *k,
		   const struct oracle *o, struct error *e)
{
	struct explain_rule *r = &x->rules[i];

	r->nkeys++;
	if (!l7_key_is_token(&r->pure) && find_route(x, i, k, o, e))
		return -1;
	/* of this nothing is bound */
	if (!o->ask || r->pure.type == L7_KEY_PATH_HASH)
		return 0;
	if (o->ask(i, k, o->arg, e))
		return -1;
	k->named = k->named || l7_key_is_token(&r->pure);
	if (!explain_by_route(k))
		return 0;
	k->state = EXPLAIN_BOUND;
	k->server = k->route->server;
	return 0;
}

static void take_address(const struct explain *x, struct explain_key *k)
{
	k->p = (const uint8_t *)&x->client.in6;
	k->len = x->client.af == AF_INET ? 4 : 16;
}

static int find_address(struct explain *x, unsigned int i,
			const struct oracle *o, struct error *e)
{
	struct explain_rule *r = &x->rules[i];
	struct explain_key *k = &r->keys[0];

	r->unseen = !x->client.af;
	r->verdict = r->unseen ? L7_PARSE_NONE : L7_PARSE_FOUND;
	if (r->unseen)
		return 0;
	take_address(x, k);
	return add_key(x, i, k, o, e);
}

static int find_prebind(struct explain *x, const struct oracle *o,
			struct error *e)
{
	memset(&x->prebind, 0, sizeof(x->prebind));
	if (!x->svc.prebind.v || !x->client.af)
		return 0;
	take_address(x, &x->prebind);
	return o->ask ? o->ask(EXPLAIN_PREBIND, &x->prebind, o->arg, e) : 0;
}

static void take_key(struct explain_key *k, const struct l7_key_found *f)
{
	k->p = f->p;
	k->len = f->len;
	k->named = f->server.af;
	if (!k->named)
		return;
	k->server.af = AF_INET;
	k->server.in.s_addr = f->server.addr.ip;
	k->server.port = ntohs(f->server.port);
}

static int find_keys(struct explain *x, unsigned int i, const struct oracle *o,
		     struct error *e)
{
	struct explain_rule *r = &x->rules[i];
	struct l7_key_found found;
	enum l7_parse v;
	uint32_t n;

	if (r->pure.type == L7_KEY_SRC)
		return find_address(x, i, o, e);
	for (n = 0; n < L7_KEY_CANDIDATES; n++) {
		v = l7_key_request(&r->pure, x->said.p, x->said.len, n,
				   r->buf[0], &found);
		if (!n)
			r->verdict = v;
		r->tls_hello = found.tls_hello;
		r->tls_ticket = found.tls_ticket;
		if (v != L7_PARSE_FOUND)
			break;
		take_key(&r->keys[n], &found);
		r->psk[n] = found.tls_psk;
		if (add_key(x, i, &r->keys[n], o, e))
			return -1;
	}
	r->h2 = r->verdict == L7_PARSE_BAD &&
		l7_http_is_h2_preface(x->said.p, x->said.len);
	return 0;
}

/* --- The chain --- */

/* The reason that says most. */
static void because(struct explain_end *end, enum explain_why why)
{
	if (why > end->why)
		end->why = why;
}

static bool end_at(struct explain_end *end, enum explain_outcome outcome,
		   unsigned int rule)
{
	end->outcome = outcome;
	end->rule = rule;
	return true;
}

static void asked(struct explain_rule *r, uint32_t n)
{
	r->had = true;
	r->asked.nth = (uint8_t)n;
	r->asked.tls_psk = r->psk[n];
}

/* Does key @n of rule @i end the chain? */
static bool try_key(struct explain_rule *r, unsigned int i, uint32_t n,
		    struct explain_end *end)
{
	const struct explain_key *k = &r->keys[n];

	if (r->pure.type == L7_KEY_PATH_HASH)
		return end_at(end, EXPLAIN_BY_HASH, i);
	if (!k->named && (!n || k->state == EXPLAIN_BOUND))
		asked(r, n);
	switch (k->state) {
	case EXPLAIN_UNKNOWN:
		end->maybe |= 1U << i;
		because(end, EXPLAIN_MISS);
		return false;
	case EXPLAIN_UNBOUND:
		because(end, EXPLAIN_MISS);
		return false;
	case EXPLAIN_GONE:
		because(end, EXPLAIN_DEST_GONE);
		return false;
	case EXPLAIN_DRAINED:
		because(end, EXPLAIN_DEST_DRAINED);
		return false;
	case EXPLAIN_BOUND:
		break;
	}
	end->server = k->server;
	return end_at(end, EXPLAIN_TO_SERVER, i);
}

static bool without(const struct explain_rule *r, unsigned int i,
		    enum explain_why why, struct explain_end *end)
{
	because(end, why);
	return r->pure.flags & L7_RULE_REQUIRE ?
	       end_at(end, EXPLAIN_RESET, i) : false;
}

/* Does rule @i end the chain? @over: no more bytes are to come, and why */
static bool try_rule(struct explain_rule *r, unsigned int i,
		     enum explain_why over, struct explain_end *end)
{
	uint32_t n;

	r->reached = true;
	if (r->unseen) {
		end->maybe |= 1U << i;
		because(end, EXPLAIN_MISS);
		return false;
	}
	switch (r->verdict) {
	case L7_PARSE_MORE:
		return over ? without(r, i, over, end) :
			      end_at(end, EXPLAIN_WAIT, i);
	case L7_PARSE_BAD:
		return without(r, i, r->h2 ? EXPLAIN_H2 : EXPLAIN_BAD, end);
	case L7_PARSE_NONE:
		return without(r, i, EXPLAIN_NO_KEY, end);
	case L7_PARSE_FOUND:
		break;
	}
	for (n = 0; n < r->nkeys; n++)
		if (try_key(r, i, n, end))
			return true;
	return false;
}

/* Does steering end it before a key is looked at? */
static bool try_steering(const struct explain *x, enum explain_why over,
			 struct explain_end *end)
{
	int wait, match = first_match(x, &wait);

	if (wait >= 0 && !over)
		return end_at(end, EXPLAIN_WAIT_STEER, (unsigned int)wait);
	if (match >= 0 &&
	    x->svc.steer[match].target == IPVS_L7_STEER_TARGET_RESET)
		return end_at(end, EXPLAIN_RESET_STEER, (unsigned int)match);
	return false;
}

/* Has no rule that was looked at a key to be bound? */
static bool is_keyless(const struct explain *x)
{
	unsigned int i;

	for (i = 0; i < x->svc.nrules; i++)
		if (x->rules[i].had)
			return false;
	return true;
}

static void try_prebind(const struct explain *x, struct explain_end *end)
{
	if (!x->svc.prebind.v || !is_keyless(x))
		return;
	switch (x->prebind.state) {
	case EXPLAIN_UNKNOWN:
		end->maybe |= 1U << EXPLAIN_PREBIND;
		return;
	case EXPLAIN_BOUND:
		end->outcome = EXPLAIN_PREBOUND;
		end->server = x->prebind.server;
		return;
	default:
		return;
	}
}

static void walk(struct explain *x, enum explain_why over,
		 struct explain_end *end)
{
	unsigned int i;

	memset(end, 0, sizeof(*end));
	end->outcome = EXPLAIN_SCHEDULE;
	if (try_steering(x, over, end))
		return;
	for (i = 0; i < x->svc.nrules; i++)
		if (try_rule(&x->rules[i], i, over, end))
			return;
	try_prebind(x, end);
}

/* Only the client's address: the first packet decides. */
static bool reads_request(const struct explain *x)
{
	unsigned int i;

	if (x->svc.accept_proxy == TOGGLE_ON ||
	    x->svc.send_proxy == TOGGLE_ON || x->svc.nsteer)
		return true;
	for (i = 0; i < x->svc.nrules; i++)
		if (x->svc.rules[i].type != IPVS_L7_KEY_TYPE_SRC)
			return true;
	return false;
}

static void decide(struct explain *x)
{
	bool full = x->request.len >= x->svc.max_request;
	enum explain_why over = full ? EXPLAIN_TOO_LONG : EXPLAIN_NO_KEY;

	if (x->proxy_verdict == L7_PARSE_NONE)
		over = EXPLAIN_NO_PROXY;
	else if (x->proxy_verdict == L7_PARSE_BAD)
		over = EXPLAIN_BAD_PROXY;
	memset(&x->now, 0, sizeof(x->now));
	if (!x->request.len && reads_request(x))
		x->now.outcome = EXPLAIN_SILENT;
	else if (x->proxy_verdict == L7_PARSE_MORE && !full)
		x->now.outcome = EXPLAIN_WAIT_PROXY;
	else
		walk(x, over, &x->now);
	if (explain_waits(x))
		walk(x, EXPLAIN_SLOW, &x->then);
}

bool explain_by_route(const struct explain_key *k)
{
	return k->route && k->route_state == EXPLAIN_BOUND;
}

bool explain_waits(const struct explain *x)
{
	return x->now.outcome == EXPLAIN_WAIT ||
	       x->now.outcome == EXPLAIN_WAIT_PROXY ||
	       x->now.outcome == EXPLAIN_WAIT_STEER;
}

/* --- The answer --- */

/* A ClientHello that was looked at for one rule is known to all. */
static void note_hello(struct explain *x, struct l7_key_asked *asked)
{
	unsigned int i;

	for (i = 0; i < x->svc.nrules; i++) {
		const struct explain_rule *r = &x->rules[i];

		if (!r->reached || !r->tls_hello)
			continue;
		asked->tls_hello = true;
		asked->tls_ticket = r->tls_ticket;
	}
}

static int hear(struct explain *x, unsigned int i, int64_t now,
		const struct oracle *o, struct error *e)
{
	struct explain_rule *r = &x->rules[i];
	struct l7_key_found found;

	note_hello(x, &r->asked);
	r->word = l7_key_answer(&r->pure, &r->asked, x->answer.p,
				x->answer.len, now, r->buf[1], &found);
	if (r->word != L7_WORD_LEARN)
		return 0;
	take_key(&r->learned, &found);
	return o->ask ? o->ask(i, &r->learned, o->arg, e) : 0;
}

int explain_run(struct explain *x, int64_t now,
		int (*ask)(unsigned int rule, struct explain_key *key,
			   void *arg, struct error *e),
		void *arg, struct error *e)
{
	struct oracle o = { .ask = ask, .arg = arg };
	unsigned int i;

	read_proxy(x);
	steer(x);
	for (i = 0; i < x->svc.nrules; i++) {
		memset(&x->rules[i], 0, sizeof(x->rules[i]));
		pure_rule(&x->svc.rules[i], &x->rules[i].pure);
		own_cookie(&x->rules[i].pure, x->pool);
		if (find_keys(x, i, &o, e))
			return -1;
	}
	if (find_prebind(x, &o, e))
		return -1;
	decide(x);
	for (i = 0; x->has_answer && i < x->svc.nrules; i++)
		if (hear(x, i, now, &o, e))
			return -1;
	return 0;
}
