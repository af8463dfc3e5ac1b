// SPDX-License-Identifier: GPL-2.0
/* See explain_show.h. */
#include <stdio.h>
#include <string.h>
#include "explain_show.h"
#include "format.h"
#include "json.h"
#include "names.h"

#define SHOWN	64	/* bytes of a key */

/** struct reason - why IPVS schedules: the counter of it, and in words */
static const struct reason {
	const char *counter;
	const char *words;
} reasons[] = {
	[EXPLAIN_NO_KEY] = { "key_none", "the request has no key" },
	[EXPLAIN_BAD] = { "malformed_fallback",
			  "it is not the protocol of the key" },
	[EXPLAIN_H2] = { "h2_fallback", "it is HTTP/2 with prior knowledge" },
	[EXPLAIN_SLOW] = { "slow_fallback",
			   "the request is not complete in time" },
	[EXPLAIN_TOO_LONG] = { "too_long_fallback",
			       "the request is longer than max-request" },
	[EXPLAIN_NO_PROXY] = { "no_proxy_fallback",
			       "no PROXY header stands before it" },
	[EXPLAIN_BAD_PROXY] = { "bad_proxy_fallback",
				"its PROXY header is malformed" },
	[EXPLAIN_MISS] = { "key_miss", "its key has no binding" },
	[EXPLAIN_DEST_GONE] = { "binding_server_gone",
		"the server is no real server of the service" },
	[EXPLAIN_DEST_DRAINED] = { "binding_drained",
		"the server drains, and others take clients" },
};

static bool is_printable(const uint8_t *p, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		if (p[i] < ' ' || p[i] > '~')
			return false;
	return true;
}

/* "text" or 0xdigits, as --lookup takes values; SHOWN bytes at most. */
static const char *bytes_text(char *buf, const struct explain_key *k)
{
	uint32_t n = k->len < SHOWN ? k->len : SHOWN;
	const char *more = n < k->len ? "..." : "";
	char hex[FORMAT_SIZE];

	if (is_printable(k->p, k->len))
		snprintf(buf, FORMAT_SIZE, "\"%.*s\"%s", (int)n, k->p, more);
	else
		snprintf(buf, FORMAT_SIZE, "0x%.200s%s",
			 format_hex(hex, k->p, n), more);
	return buf;
}

static const char *key_text(char *buf, const struct explain *x, unsigned int i,
			    const struct explain_key *k)
{
	char bytes[FORMAT_SIZE];

	if (x->svc.rules[i].type == IPVS_L7_KEY_TYPE_SRC)
		return format_address(buf, &x->client);
	snprintf(buf, FORMAT_SIZE, "%.300s (%u byte%s)", bytes_text(bytes, k),
		 k->len, k->len == 1 ? "" : "s");
	return buf;
}

/* As listed: the kernel's /32 or /128 is left away. */
static const char *rule_text(char *buf, const struct explain *x, unsigned int i)
{
	struct rule r = x->svc.rules[i];

	if (r.type == IPVS_L7_KEY_TYPE_SRC &&
	    r.prefix == (x->svc.service.af == AF_INET ? 32 : 128))
		r.prefix = 0;
	return format_rule(buf, &r);
}

/* --- For people --- */

static const char *verdict_text(const struct explain *x,
				const struct explain_rule *r)
{
	bool waits = explain_waits(x) || x->now.outcome == EXPLAIN_SILENT;

	if (r->unseen)
		return "the client's address is not known (--client tells)";
	switch (r->verdict) {
	case L7_PARSE_MORE:
		return waits ? "incomplete, waits for more" :
			       "incomplete, and no more is looked at";
	case L7_PARSE_FOUND:
		return "found";
	case L7_PARSE_NONE:
		return "no such key";
	case L7_PARSE_BAD:
		break;
	}
	return r->h2 ? "not this protocol (HTTP/2 with prior knowledge)" :
		       "not this protocol";
}

static const char *but(enum explain_state state)
{
	return state == EXPLAIN_GONE ? ", which the service does not have" :
	       state == EXPLAIN_DRAINED ? ", which drains" : "";
}

static void route_text(const struct explain_key *k, bool numeric)
{
	char server[FORMAT_SIZE];

	if (!k->end_len)
		return;
	printf("        route %.*s%s%s%s\n",
	       (int)(k->end_len < SHOWN ? k->end_len : SHOWN), k->end,
	       k->route ? " names server " : " names no server",
	       k->route ? names_endpoint(server, &k->route->server, numeric) : "",
	       k->route ? but(k->route_state) : "");
}

static void state_text(const struct explain_key *k, bool numeric)
{
	char server[FORMAT_SIZE], expires[FORMAT_SIZE], hash[FORMAT_SIZE];
	const struct binding *b = &k->binding;

	if (k->named && !k->server.af)
		puts("        names no server");
	else if (k->named)
		printf("        names server %s%s\n",
		       names_endpoint(server, &k->server, numeric),
		       but(k->state));
	else if (k->state == EXPLAIN_UNBOUND)
		puts("        not bound");
	if (k->named || !b->server.af)
		return;
	printf("        bound to %s%s, %s%s, hash %s\n",
	       names_endpoint(server, &b->server, numeric),
	       k->state == EXPLAIN_GONE ?
	       ", which the service does not have any more" : but(k->state),
	       b->fixed ? "static" : "expires in ",
	       b->fixed ? "" : format_clock(expires, b->expires),
	       format_hex(hash, b->hash, sizeof(b->hash)));
}

/* What the request teaches by itself, once a server has answered. */
static bool binds(const struct explain *x, const struct explain_rule *r)
{
	return r->had && x->now.outcome != EXPLAIN_RESET &&
	       (r->pure.type == L7_KEY_SRC || l7_key_is_request(&r->pure));
}

static void rules_text(const struct explain *x, const struct command *c)
{
	char buf[FORMAT_SIZE];
	unsigned int i, n;

	for (i = 0; i < x->svc.nrules; i++) {
		const struct explain_rule *r = &x->rules[i];

		printf("Rule %u  %s: %s%s\n", i, rule_text(buf, x, i),
		       verdict_text(x, r), r->reached || !x->request.len ? "" :
		       "; not looked at, an earlier rule decides");
		for (n = 0; n < r->nkeys; n++) {
			printf("        key %s\n",
			       key_text(buf, x, i, &r->keys[n]));
			route_text(&r->keys[n], c->numeric);
			state_text(&r->keys[n], c->numeric);
		}
		if (binds(x, r))
			puts("        will be bound to the server that takes the connection");
	}
}

static void prebind_text(const struct explain *x, const struct command *c)
{
	char buf[FORMAT_SIZE];

	if (!x->svc.prebind.v || !x->request.len)
		return;
	printf("Prebind: client %s\n", x->client.af ?
	       format_address(buf, &x->client) :
	       "not known (--client tells)");
	state_text(&x->prebind, c->numeric);
}

static void steering_text(const struct explain *x)
{
	bool waits = x->now.outcome == EXPLAIN_WAIT_STEER, later = false;
	char buf[FORMAT_SIZE];
	unsigned int i;

	for (i = 0; i < x->svc.nsteer && x->request.len; i++) {
		const char *says = x->steering[i] == L7_PARSE_FOUND ? "matches" :
			x->steering[i] == L7_PARSE_NONE ? "does not match" :
			x->steering[i] == L7_PARSE_BAD ? "not this protocol" :
			waits ? "incomplete, waits for more" :
				"incomplete, and no more is looked at";

		printf("Steer %u %s: %s\n", i,
		       format_steer(buf, &x->svc.steer[i]),
		       later ? "not looked at" : says);
		later = later || x->steering[i] == L7_PARSE_FOUND;
	}
	if (x->pool_empty)
		puts("        the pool has no real server (pool_empty): the service's own");
}

static void maybe_text(const struct explain_end *end)
{
	unsigned int i;

	for (i = 0; i < IPVS_L7_RULES_MAX; i++)
		if (end->maybe & 1U << i)
			printf("rule %u %sif its key is bound, else ", i,
			       end->maybe & ((1U << i) - 1) ? "" : "decides ");
	if (end->maybe & 1U << EXPLAIN_PREBIND)
		fputs("as the client's last connection without a key, else ",
		      stdout);
}

static bool is_named(const struct explain_key *k)
{
	return k->named || explain_by_route(k);
}

static void end_text(const struct explain *x, const struct explain_end *end,
		     const struct command *c)
{
	const struct reason *why = &reasons[end->why];
	char buf[FORMAT_SIZE];

	maybe_text(end);
	switch (end->outcome) {
	case EXPLAIN_TO_SERVER:
		printf("rule %u decides: %s %s", end->rule,
		       is_named(&x->rules[end->rule].keys[0]) ?
		       "named server" : "bound to",
		       names_endpoint(buf, &end->server, c->numeric));
		break;
	case EXPLAIN_PREBOUND:
		printf("as the client's last connection without a key: bound to %s (prebound)",
		       names_endpoint(buf, &end->server, c->numeric));
		break;
	case EXPLAIN_BY_HASH:
		printf("rule %u decides: a hash of the key chooses the server",
		       end->rule);
		break;
	case EXPLAIN_SCHEDULE:
		if (x->pool)
			printf("IPVS schedules in the pool fwmark:%u: ",
			       x->pool);
		else
			fputs("IPVS schedules: ", stdout);
		printf("%s (%s)", why->words, why->counter);
		break;
	case EXPLAIN_RESET:
		printf("reset: required key not found (rule %u)", end->rule);
		break;
	case EXPLAIN_RESET_STEER:
		printf("reset: steering rule %u says so", end->rule);
		break;
	case EXPLAIN_WAIT:
	case EXPLAIN_WAIT_PROXY:
	case EXPLAIN_WAIT_STEER:
		if (end->outcome == EXPLAIN_WAIT)
			printf("rule %u waits for more", end->rule);
		else if (end->outcome == EXPLAIN_WAIT_STEER)
			printf("steering rule %u waits for more", end->rule);
		else
			fputs("waits for the PROXY header's end", stdout);
		fputs(", at most inspect-timeout", stdout);
		if (x->svc.inspect)
			printf(" (%s)", format_duration(buf, x->svc.inspect));
		break;
	case EXPLAIN_SILENT:
		fputs("waits for the first byte, at most silent-timeout",
		      stdout);
		if (x->svc.silent)
			printf(" (%s)", format_duration(buf, x->svc.silent *
							1000ULL));
		break;
	}
	putchar('\n');
}

static void word_text(const struct explain *x, unsigned int i,
		      const struct command *c)
{
	const struct explain_rule *r = &x->rules[i];
	const char *what = r->had ? "" : ", but the request had none";
	char buf[FORMAT_SIZE], rule[FORMAT_SIZE];

	printf("Rule %u  %s: ", i, rule_text(rule, x, i));
	if (!l7_key_is_named(&r->pure)) {
		puts("no server names such a key");
		return;
	}
	switch (r->word) {
	case L7_WORD_MORE:
		puts(x->answer.len >= L7_KEY_BUF ?
		     "nothing in the bytes that are looked at (learn_limit)" :
		     "incomplete, waits for more");
		break;
	case L7_WORD_NONE:
		puts("says nothing");
		break;
	case L7_WORD_BAD:
		puts("not this protocol (learn_bad)");
		break;
	case L7_WORD_LEARN:
		printf("learned: key %s, bound to the server that answers\n",
		       key_text(buf, x, i, &r->learned));
		state_text(&r->learned, c->numeric);
		break;
	case L7_WORD_DELETE:
		printf("deleted: the binding of the request's key%s\n", what);
		break;
	case L7_WORD_CONFIRM:
		printf("confirmed: the request's key is bound to the server that answers%s\n",
		       what);
		break;
	case L7_WORD_REJECT:
		printf("rejected: the request's key, if bound to the server that answers, is for five minutes more, or until that accepts it%s\n",
		       what);
		break;
	}
}

static void bytes_line(const char *what, const struct explain_bytes *b)
{
	printf("%s: %s%u byte%s\n", what, b->more ? "the first " : "", b->len,
	       b->len == 1 ? "" : "s");
}

static void proxy_text(const struct explain *x, const struct command *c)
{
	static const char *const verdicts[] = {
		[L7_PARSE_MORE] = "incomplete", [L7_PARSE_NONE] = "missing",
		[L7_PARSE_BAD] = "malformed",
	};
	char buf[FORMAT_SIZE];

	if (x->svc.accept_proxy != TOGGLE_ON || !x->request.len)
		return;
	fputs("PROXY header: ", stdout);
	if (x->proxy_verdict != L7_PARSE_FOUND)
		puts(verdicts[x->proxy_verdict]);
	else if (x->proxy.has_addr)
		printf("%u bytes, client %s\n", x->proxy.len,
		       names_endpoint(buf, &x->client, c->numeric));
	else
		printf("%u bytes, names no client\n", x->proxy.len);
}

void explain_text(const struct explain *x, const struct command *c)
{
	unsigned int i;

	bytes_line("Request", &x->request);
	proxy_text(x, c);
	steering_text(x);
	rules_text(x, c);
	prebind_text(x, c);
	fputs("Decision: ", stdout);
	end_text(x, &x->now, c);
	if (explain_waits(x)) {
		fputs("If no more come: ", stdout);
		end_text(x, &x->then, c);
	}
	if (!x->has_answer)
		return;
	bytes_line("Answer", &x->answer);
	for (i = 0; i < x->svc.nrules; i++)
		word_text(x, i, c);
}

/* --- JSON --- */

static void route_json(const struct explain_key *k)
{
	struct ep none = { .af = 0 };
	char buf[FORMAT_SIZE];

	snprintf(buf, sizeof(buf), "%.*s",
		 (int)(k->end_len < SHOWN ? k->end_len : SHOWN), k->end);
	json_object("route");
	json_string("name", buf);
	json_endpoint("server", k->route ? &k->route->server : &none);
	if (k->route && k->route_state == EXPLAIN_GONE)
		json_bool("server_gone", true);
	if (k->route && k->route_state == EXPLAIN_DRAINED)
		json_bool("server_drains", true);
	json_object_end();
}

static void key_json(const char *name, const struct explain *x, unsigned int i,
		     const struct explain_key *k)
{
	uint32_t n = k->len < SHOWN ? k->len : SHOWN;
	char buf[FORMAT_SIZE];

	json_object(name);
	if (i == EXPLAIN_PREBIND ||
	    x->svc.rules[i].type == IPVS_L7_KEY_TYPE_SRC) {
		json_string("address", format_address(buf, &x->client));
	} else {
		json_number("length", k->len);
		if (is_printable(k->p, k->len)) {
			snprintf(buf, sizeof(buf), "%.*s", (int)n, k->p);
			json_string("text", buf);
		}
		json_string("hex", format_hex(buf, k->p, n));
	}
	if (k->named)
		json_endpoint("names_server", &k->server);
	if (k->state != EXPLAIN_UNKNOWN && !k->named) {
		json_endpoint("server", &k->binding.server);
		if (k->binding.server.af) {
			json_string("hash", format_hex(buf, k->binding.hash,
						       IPVS_L7_HASH_LEN));
			if (k->binding.fixed)
				json_null("expires_s");
			else
				json_number("expires_s", k->binding.expires);
		}
	}
	if (k->state == EXPLAIN_GONE)
		json_bool("server_gone", true);
	if (k->state == EXPLAIN_DRAINED)
		json_bool("server_drains", true);
	if (k->end_len)
		route_json(k);
	json_object_end();
}

static const char *const verdicts_json[] = {
	[L7_PARSE_MORE] = "incomplete", [L7_PARSE_FOUND] = "found",
	[L7_PARSE_NONE] = "none", [L7_PARSE_BAD] = "malformed",
};

static void proxy_json(const struct explain *x)
{
	struct ep none = { .af = 0 };

	if (x->svc.accept_proxy != TOGGLE_ON)
		return;
	json_object("proxy");
	json_string("verdict", verdicts_json[x->proxy_verdict]);
	if (x->proxy_verdict == L7_PARSE_FOUND) {
		json_number("bytes", x->proxy.len);
		json_endpoint("client", x->proxy.has_addr ? &x->client : &none);
	}
	json_object_end();
}

static void steering_json(const struct explain *x)
{
	char buf[FORMAT_SIZE];
	unsigned int i;

	json_array("steering");
	for (i = 0; i < x->svc.nsteer; i++) {
		json_object(NULL);
		json_number("rule", i);
		json_string("steer", format_steer(buf, &x->svc.steer[i]));
		json_string("verdict", verdicts_json[x->steering[i]]);
		json_bool("decides", x->steered == (int)i);
		json_object_end();
	}
	json_array_end();
	json_number("pool", x->pool);
	json_bool("pool_empty", x->pool_empty);
}

static void rule_json(const struct explain *x, unsigned int i)
{
	const struct explain_rule *r = &x->rules[i];
	char buf[FORMAT_SIZE];
	unsigned int n;

	json_object(NULL);
	json_number("rule", i);
	json_string("key", rule_text(buf, x, i));
	json_string("verdict", r->unseen ? "unknown" :
					      verdicts_json[r->verdict]);
	json_bool("reached", r->reached);
	json_bool("binds", binds(x, r));
	json_array("keys");
	for (n = 0; n < r->nkeys; n++)
		key_json(NULL, x, i, &r->keys[n]);
	json_array_end();
	json_object_end();
}

static void end_json(const char *name, const struct explain_end *end)
{
	static const char *const outcomes[] = {
		[EXPLAIN_TO_SERVER] = "server",
		[EXPLAIN_PREBOUND] = "prebound", [EXPLAIN_BY_HASH] = "hash",
		[EXPLAIN_SCHEDULE] = "schedule", [EXPLAIN_RESET] = "reset",
		[EXPLAIN_WAIT] = "wait", [EXPLAIN_SILENT] = "silent",
		[EXPLAIN_WAIT_PROXY] = "wait-proxy",
		[EXPLAIN_WAIT_STEER] = "wait-steer",
		[EXPLAIN_RESET_STEER] = "reset-steer",
	};
	unsigned int i;

	json_object(name);
	json_string("outcome", outcomes[end->outcome]);
	if (end->outcome != EXPLAIN_SCHEDULE &&
	    end->outcome != EXPLAIN_PREBOUND &&
	    end->outcome != EXPLAIN_SILENT && end->outcome != EXPLAIN_WAIT_PROXY)
		json_number("rule", end->rule);
	if (end->outcome == EXPLAIN_SCHEDULE)
		json_string("reason", reasons[end->why].counter);
	if (end->outcome == EXPLAIN_TO_SERVER ||
	    end->outcome == EXPLAIN_PREBOUND)
		json_endpoint("server", &end->server);
	json_array("unless_bound");
	for (i = 0; i < IPVS_L7_RULES_MAX; i++)
		if (end->maybe & 1U << i)
			json_number(NULL, i);
	json_array_end();
	json_bool("unless_prebound", end->maybe & 1U << EXPLAIN_PREBIND);
	json_object_end();
}

static void bytes_json(const char *name, const struct explain_bytes *b)
{
	json_object(name);
	json_number("bytes", b->len);
	json_bool("more", b->more);
	json_object_end();
}

static void answer_json(const struct explain *x)
{
	static const char *const words[] = {
		[L7_WORD_MORE] = "incomplete", [L7_WORD_NONE] = "none",
		[L7_WORD_BAD] = "malformed", [L7_WORD_LEARN] = "learn",
		[L7_WORD_DELETE] = "delete", [L7_WORD_CONFIRM] = "confirm",
		[L7_WORD_REJECT] = "reject",
	};
	unsigned int i;

	bytes_json("answer", &x->answer);
	json_array("learning");
	for (i = 0; i < x->svc.nrules; i++) {
		const struct explain_rule *r = &x->rules[i];

		json_object(NULL);
		json_number("rule", i);
		json_string("word", words[r->word]);
		json_bool("asked", r->had);
		if (r->word == L7_WORD_LEARN)
			key_json("learned", x, i, &r->learned);
		json_object_end();
	}
	json_array_end();
}

void explain_json(const struct explain *x)
{
	unsigned int i;

	json_object(NULL);
	json_endpoint("service", &x->svc.service);
	bytes_json("request", &x->request);
	proxy_json(x);
	steering_json(x);
	json_array("rules");
	for (i = 0; i < x->svc.nrules; i++)
		rule_json(x, i);
	json_array_end();
	if (x->prebind.len)
		key_json("prebind", x, EXPLAIN_PREBIND, &x->prebind);
	end_json("decision", &x->now);
	if (explain_waits(x))
		end_json("if_no_more", &x->then);
	if (x->has_answer)
		answer_json(x);
	json_object_end();
	json_end();
}
