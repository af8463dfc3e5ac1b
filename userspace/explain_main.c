// SPDX-License-Identifier: GPL-2.0
/* See explain_main.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "capture.h"
#include "dests.h"
#include "explain_main.h"
#include "explain_show.h"
#include "request.h"

#define MAX_REQUEST	16384	/* the kernel's default */
#define VALUE_MAX	65000	/* what an attribute holds */

/* Is a client whose server drains bound anew? Not if no other takes it. */
static bool moves_on(const struct explain *x, unsigned int rule)
{
	/* of RDP's token it is the server's own word that counts */
	return x->svc.on_drain == IPVS_L7_ON_DRAIN_REBIND &&
	       (rule == EXPLAIN_PREBIND ||
		x->rules[rule].pure.type != L7_KEY_RDP) &&
	       dests_find(NULL, &x->svc.service, x->pool, NULL) == DESTS_SERVES;
}

static void judge_server(const struct explain *x, unsigned int rule,
			 struct explain_key *k)
{
	switch (dests_find(NULL, &x->svc.service, x->pool, &k->server)) {
	case DESTS_UNKNOWN:	/* of a binding the kernel has told */
		k->state = k->named ? EXPLAIN_UNKNOWN : EXPLAIN_BOUND;
		break;
	case DESTS_NONE:
		k->state = EXPLAIN_GONE;
		break;
	case DESTS_DRAINS:
		k->state = moves_on(x, rule) ? EXPLAIN_DRAINED : EXPLAIN_BOUND;
		break;
	case DESTS_SERVES:
		k->state = EXPLAIN_BOUND;
	}
}

/* The kernel wants whole values and cuts them itself: what is in front of the
 * part that counts is made up here, as no hash covers it.
 */
static int ask_binding(const struct explain *x, unsigned int rule,
		       struct explain_key *k, struct error *e)
{
	const struct l7_rule *r = rule == EXPLAIN_PREBIND ? NULL :
				  &x->rules[rule].pure;
	uint32_t skip = r && l7_key_has_part(r) ? r->sel.offset : 0;
	uint8_t *value;
	int found;

	if (skip + k->len > VALUE_MAX)
		return 0;
	value = calloc(1, skip + k->len);
	if (!value)
		abort();
	memcpy(value + skip, k->p, k->len);
	found = request_binding_find(&x->svc.service, x->pool, rule, value,
				     skip + k->len, &k->binding, e);
	free(value);
	if (found < 0)
		return -1;
	k->state = EXPLAIN_UNBOUND;
	if (!found)
		return 0;
	k->server = k->binding.server;
	judge_server(x, rule, k);
	return 0;
}

static int ask(unsigned int rule, struct explain_key *k, void *arg,
	       struct error *e)
{
	const struct explain *x = arg;

	if (!k->named)
		return ask_binding(x, rule, k, e);
	judge_server(x, rule, k);
	return 0;
}

static int has_pool(uint32_t mark)
{
	enum dests any = dests_find(NULL, NULL, mark, NULL);

	return any == DESTS_UNKNOWN ? -1 : any != DESTS_NONE;
}

static int read_files(const struct command *c, struct explain *x,
		      struct error *e)
{
	if (capture_read("explain", c->path, x->svc.max_request, &x->request,
			 e))
		return -1;
	x->has_answer = c->answer;
	return c->answer ? capture_read("answer", c->answer, L7_KEY_BUF,
					&x->answer, e) : 0;
}

static int explain(const struct command *c, struct explain *x, struct error *e)
{
	bool live = command_service(c);

	if (live && request_svc_get(command_service(c), &x->svc, e))
		return -1;
	if (!live)
		x->svc = c->svc;
	if (!x->svc.max_request)
		x->svc.max_request = MAX_REQUEST;
	x->client = c->client;
	x->has_pool = live ? has_pool : NULL;
	if (live && x->client.af && x->client.af != x->svc.service.af)
		return error_set(e, "client: not of the service's family");
	if (read_files(c, x, e) ||
	    explain_run(x, time(NULL), live ? ask : NULL, x, e))
		return -1;
	if (c->json)
		explain_json(x);
	else
		explain_text(x, c);
	return 0;
}

int explain_request(const struct command *c, struct error *e)
{
	struct explain *x = calloc(1, sizeof(*x));
	int err;

	if (!x)
		abort();
	err = explain(c, x, e);
	free((void *)(uintptr_t)x->request.p);
	free((void *)(uintptr_t)x->answer.p);
	free(x);
	return err;
}
