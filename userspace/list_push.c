// SPDX-License-Identifier: GPL-2.0
/*
 * --push-policies: hands all policies to the peers that accept them, waits until they have
 * them, and says of each peer what came of it.
 */
#include <stdio.h>
#include <time.h>
#include "format.h"
#include "json.h"
#include "list.h"
#include "names.h"
#include "request.h"
#include "table.h"

#define WAIT_MS	5000
#define TRY_MS	300	/* until what may have been lost is sent again */
#define POLL_MS	100

/** struct push - policies being pushed
 * @npeers: that are known
 * @naccepting: of these, that accept policies
 * @nsame: of these, that have ours
 * @nopen: of these, that are heard, and have neither refused nor told that they have them
 */
struct push {
	const struct command *c;
	unsigned int npeers;
	unsigned int naccepting;
	unsigned int nsame;
	unsigned int nopen;
};

enum result {
	RESULT_SAME,
	RESULT_APPLIED,
	RESULT_NOT_ACCEPTING,
	RESULT_REFUSED,
	RESULT_OTHERS,
	RESULT_NO_ANSWER,
};

static const char *const result_names[] = {
	[RESULT_SAME] = "same",
	[RESULT_APPLIED] = "applied",
	[RESULT_NOT_ACCEPTING] = "not-accepting",
	[RESULT_REFUSED] = "refused",
	[RESULT_OTHERS] = "others",
	[RESULT_NO_ANSWER] = "no-answer",
};

static bool is_silent(const struct peer *p)
{
	return p->last_seen >= 1000;
}

static enum result result_of(const struct peer *p)
{
	if (!p->takes)
		return RESULT_NOT_ACCEPTING;
	if (p->push_status == IPVS_L7_PUSH_STATUS_REFUSED)
		return RESULT_REFUSED;
	if (is_silent(p) || (!p->push_status && p->config_differs))
		return RESULT_NO_ANSWER;
	if (p->config_differs)
		return RESULT_OTHERS;
	return p->push_status == IPVS_L7_PUSH_STATUS_APPLIED ? RESULT_APPLIED :
							       RESULT_SAME;
}

static bool is_open(const struct peer *p)
{
	return p->takes && !is_silent(p) &&
	       p->push_status != IPVS_L7_PUSH_STATUS_REFUSED &&
	       (!p->push_status || p->config_differs);
}

static void count(const struct peer *p, void *arg)
{
	enum result r = result_of(p);
	struct push *t = arg;

	t->npeers++;
	t->naccepting += p->takes;
	t->nsame += r == RESULT_SAME || r == RESULT_APPLIED;
	t->nopen += is_open(p);
}

static int look(struct push *t, struct error *e)
{
	*t = (struct push) { .c = t->c };
	return request_peer_dump(count, t, e);
}

/* Again and again to those that have not answered. */
static int push_on(struct push *t, struct error *e)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000 };
	unsigned int ms;

	if (look(t, e))
		return -1;
	for (ms = POLL_MS; ms <= WAIT_MS && t->nopen; ms += POLL_MS) {
		nanosleep(&poll, NULL);
		if (ms % TRY_MS == 0 && request_sync_push(PUSH_AGAIN, e))
			return -1;
		if (look(t, e))
			return -1;
	}
	return 0;
}

/* Who is told below not to have answered does not take them later. */
static int push(struct push *t, struct error *e)
{
	struct error end;
	int err;

	if (request_sync_push(PUSH_BEGIN, e))
		return -1;
	err = push_on(t, e);
	return request_sync_push(PUSH_END, err ? &end : e) || err ? -1 : 0;
}

/* --- Telling --- */

static void refused_words(const struct push *t, const struct peer *p, char *buf, size_t size)
{
	const char *partly = p->push_reason == IPVS_L7_PUSH_REASON_PARTLY ?
			     "; some policies have changed" : "";
	char ep[FORMAT_SIZE];

	if (p->push_service.af)
		snprintf(buf, size, "refused: the policy of %s: %s%s",
			 names_endpoint(ep, &p->push_service, t->c->numeric),
			 p->push_why, partly);
	else
		snprintf(buf, size, "refused: %s%s", p->push_why, partly);
}

static void words(const struct push *t, const struct peer *p, char *buf, size_t size)
{
	char seen[FORMAT_SIZE];

	switch (result_of(p)) {
	case RESULT_SAME:
		snprintf(buf, size, "same: had these policies");
		break;
	case RESULT_APPLIED:
		snprintf(buf, size, "applied: %u changed", p->push_changes);
		break;
	case RESULT_NOT_ACCEPTING:
		snprintf(buf, size, "does not accept policies");
		break;
	case RESULT_REFUSED:
		refused_words(t, p, buf, size);
		break;
	case RESULT_OTHERS:
		snprintf(buf, size, "applied, but has others by now");
		break;
	case RESULT_NO_ANSWER:
		if (is_silent(p))
			snprintf(buf, size, "no answer: silent for %s",
				 format_duration(seen, p->last_seen / 1000 * 1000));
		else
			snprintf(buf, size, "no answer");
		break;
	}
}

static void peer_row(const struct peer *p, void *arg)
{
	char ep[FORMAT_SIZE], node[16], what[2 * FORMAT_SIZE];
	struct push *t = arg;

	count(p, t);
	snprintf(node, sizeof(node), "%u", p->node);
	words(t, p, what, sizeof(what));
	table_row((const char *const[]) {
		node, names_endpoint(ep, &p->addr, t->c->numeric), what,
	});
}

static void peer_json(const struct peer *p, void *arg)
{
	enum result r = result_of(p);

	count(p, arg);
	json_object(NULL);
	json_number("node", p->node);
	json_endpoint("address", &p->addr);
	json_string("result", result_names[r]);
	if (r == RESULT_REFUSED) {
		json_string("reason", format_push_reason(p->push_reason));
		json_endpoint("service", &p->push_service);
		json_string("why", p->push_why);
	}
	if (r == RESULT_REFUSED || r == RESULT_APPLIED)
		json_number("changes", p->push_changes);
	json_object_end();
}

static int show(struct push *t, struct error *e)
{
	static const char *const heads[] = { ">Node", "Address", "Result", NULL };
	int err;

	*t = (struct push) { .c = t->c };
	listing_begin(t->c, "peers", heads);
	err = request_peer_dump(t->c->json ? peer_json : peer_row, t, e);
	listing_end(t->c);
	return err;
}

int list_push(const struct command *c, struct error *e)
{
	struct push t = { .c = c };

	if (push(&t, e) || show(&t, e))
		return -1;
	if (!t.npeers)
		return error_set(e, "no peer is heard");
	if (!t.naccepting)
		return error_set(e, "no peer accepts policies (--start-sync --accept-policies)");
	return t.nsame < t.naccepting ?
	       error_set(e, "not all peers that accept policies have these") : 0;
}
