/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module would make of a captured request, and of the answer to it:
 * its own parsers (kernel/pure/), and the rule chain as kernel/bind_choose.c
 * and kernel/learn.c walk it. Reads no file and asks no kernel itself.
 */
#ifndef IPVSL7ADM_EXPLAIN_H
#define IPVSL7ADM_EXPLAIN_H

#include "error.h"
#include "model.h"
#include "pure/key.h"
#include "pure/proxy.h"
#include "pure/steer.h"

/** enum explain_state - what is known of a key's server
 * @EXPLAIN_UNKNOWN: nobody was asked
 * @EXPLAIN_UNBOUND: there is none
 * @EXPLAIN_BOUND: the connection goes there
 * @EXPLAIN_GONE: it is no real server of the service any more
 * @EXPLAIN_DRAINED: it drains, and the connection goes to one that does not
 */
enum explain_state {
	EXPLAIN_UNKNOWN,
	EXPLAIN_UNBOUND,
	EXPLAIN_BOUND,
	EXPLAIN_GONE,
	EXPLAIN_DRAINED,
};

#define EXPLAIN_PREBIND	IPVS_L7_RULES_MAX	/* no rule, but the address of who has no key */

/** struct explain_key - a key, as the request or the answer has it
 * @p: its bytes; of a client address, all of it
 * @server: where @state says that there is one: that of its binding, or the one
 *	that the client names (@named); else af 0
 * @binding: of the key; its service has af 0 if there is none
 * @end: what follows the last dot, if it may name a server
 * @end_len: bytes of it, 0 = there is none
 * @route: the one of this name, or NULL
 * @route_state: of its server: unknown, bound, gone or drained
 */
struct explain_key {
	const uint8_t *p;
	uint32_t len;
	enum explain_state state;
	bool named;
	struct ep server;
	struct binding binding;
	const uint8_t *end;
	uint32_t end_len;
	const struct route *route;
	enum explain_state route_state;
};

/** struct explain_rule - a rule of the chain and what it finds
 * @pure: the rule, for the parsers
 * @verdict: of the first key
 * @unseen: the rule is about the client's address, which is not known
 * @h2: BAD, since the client speaks HTTP/2 at once
 * @reached: no rule before it decides
 * @nkeys: keys that are looked up, in order
 * @had: one of them is the rule's, @asked.nth
 * @tls_hello: see struct l7_key_found
 * @tls_ticket: likewise
 * @word: of the answer
 * @learned: with LEARN
 * @buf: where keys lie that are no part of the input: of request and answer
 */
struct explain_rule {
	struct l7_rule pure;
	enum l7_parse verdict;
	bool unseen;
	bool h2;
	bool reached;
	bool tls_hello;
	bool tls_ticket;
	unsigned int nkeys;
	struct explain_key keys[L7_KEY_CANDIDATES];
	bool psk[L7_KEY_CANDIDATES];
	bool had;
	struct l7_key_asked asked;
	enum l7_word word;
	struct explain_key learned;
	uint8_t buf[2][L7_KEY_BUF];
};

/** enum explain_outcome - how the chain ends
 * @EXPLAIN_TO_SERVER: rule @rule decides
 * @EXPLAIN_PREBOUND: another connection of the client's does, that had no key
 * @EXPLAIN_BY_HASH: likewise, the server is chosen by a hash of the key
 * @EXPLAIN_SCHEDULE: IPVS schedules
 * @EXPLAIN_RESET: rule @rule wants a key
 * @EXPLAIN_WAIT: rule @rule wants more bytes
 * @EXPLAIN_SILENT: there is no byte yet
 * @EXPLAIN_WAIT_PROXY: the PROXY header is incomplete
 * @EXPLAIN_WAIT_STEER: steering rule @rule wants more bytes
 * @EXPLAIN_RESET_STEER: steering rule @rule says so
 */
enum explain_outcome {
	EXPLAIN_TO_SERVER,
	EXPLAIN_PREBOUND,
	EXPLAIN_BY_HASH,
	EXPLAIN_SCHEDULE,
	EXPLAIN_RESET,
	EXPLAIN_WAIT,
	EXPLAIN_SILENT,
	EXPLAIN_WAIT_PROXY,
	EXPLAIN_WAIT_STEER,
	EXPLAIN_RESET_STEER,
};

/** struct explain_end - an outcome
 * @why: with EXPLAIN_SCHEDULE
 * @maybe: rules that would decide before it if their key, of which nobody knows,
 *	were bound; a bit each. That of EXPLAIN_PREBIND: so would the client
 */
struct explain_end {
	enum explain_outcome outcome;
	unsigned int rule;
	enum explain_why {
		EXPLAIN_NO_KEY,
		EXPLAIN_BAD,
		EXPLAIN_H2,
		EXPLAIN_SLOW,
		EXPLAIN_TOO_LONG,
		EXPLAIN_NO_PROXY,
		EXPLAIN_BAD_PROXY,
		EXPLAIN_MISS,
		EXPLAIN_DEST_GONE,
		EXPLAIN_DEST_DRAINED,
	} why;
	unsigned int maybe;
	struct ep server;
};

/** struct explain_bytes - what was captured
 * @more: there is more than counts
 */
struct explain_bytes {
	const uint8_t *p;
	uint32_t len;
	bool more;
};

/** struct explain - a request explained
 * @svc, @client, @request, @answer, @has_answer: to be filled in before. @client
 *	has af 0 if it is not known; it becomes the one that a PROXY header names. Of
 *	@request no more than max-request counts
 * @proxy_verdict: of the PROXY header, if the service accepts one; else FOUND
 * @proxy: with FOUND; len 0 if there is none
 * @said: what keys are looked for in: behind the header
 * @steering: verdicts of the steering rules
 * @steered: the first that matches, if no more bytes come; -1: none
 * @pool: fwmark of the pool that this leads to, 0: the service's own real servers
 * @pool_empty: it was left for these, as it has no real server
 * @has_pool: is there a real server in the pool of a fwmark? 1, 0, or -1 if nobody
 *	knows. To be filled in before; NULL: nobody to ask
 * @prebind: the client's address, if such bindings are made and it is known
 * @now: how the chain ends with these bytes
 * @then: if explain_waits(), how it does if no more come
 */
struct explain {
	struct svc svc;
	struct ep client;
	struct explain_bytes request;
	struct explain_bytes answer;
	bool has_answer;
	enum l7_parse proxy_verdict;
	struct l7_proxy proxy;
	struct explain_bytes said;
	enum l7_parse steering[IPVS_L7_STEER_MAX];
	int steered;
	uint32_t pool;
	bool pool_empty;
	int (*has_pool)(uint32_t mark);
	struct explain_rule rules[IPVS_L7_RULES_MAX];
	struct explain_key prebind;
	struct explain_end now;
	struct explain_end then;
};

/** explain_run() - fill in the rest of @x
 * @ask: finds out the state of a key of a rule, or of EXPLAIN_PREBIND, with its
 *	binding and server.
 *	With @key->named, @key->server is given. NULL: nobody to ask. Returns -1
 *	with a sentence when that failed.
 * @now: seconds since 1970 UTC
 * Return: 0, or -1 with the sentence of @ask.
 */
int explain_run(struct explain *x, int64_t now,
		int (*ask)(unsigned int rule, struct explain_key *key,
			   void *arg, struct error *e),
		void *arg, struct error *e);

/** explain_by_route() - is it the end of the key that decides, and no binding? */
bool explain_by_route(const struct explain_key *k);

/** explain_waits() - is @x->then of interest? */
bool explain_waits(const struct explain *x);

#endif /* IPVSL7ADM_EXPLAIN_H */
