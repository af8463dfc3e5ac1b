// SPDX-License-Identifier: GPL-2.0
/*
 * --selftest: tests the channel to each peer, and says in words what is wrong with
 * it. Of who is not heard, the counters of refused packets tell more.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "format.h"
#include "json.h"
#include "list.h"
#include "names.h"
#include "request.h"
#include "table.h"

#define TRIES	4
#define TRY_MS	300	/* three signs of life of each peer */
#define POLL_MS	20

/* Packets that are refused before anybody knows whose they are, and what is wrong then. A
 * key that is not here may be one that is about to be.
 */
static const struct {
	const char *counter;
	const char *words;
} refusals[] = {
	{ "sync_rx_short", "of another cluster or version, or in plain text: somebody else's, or configured so" },
	{ "sync_rx_ttl", "not from this link" },
	{ "sync_rx_auth", "forged, damaged, or under another key of the same id" },
	{ "sync_rx_own_id", "of another director with this node's number" },
	{ "sync_rx_unknown_epoch", "of a director that does not answer: does it hear this one?" },
	{ "sync_rx_key", "under a key that is not installed here" },
};

#define REFUSALS	(sizeof(refusals) / sizeof(refusals[0]))

/** struct test - a test of the channel
 * @npeers: heard so far
 * @nalive: lately
 * @nbad: with which something is wrong
 * @heard: by number in sync.peers
 * @refused: packets during the test, by number in refusals[]
 */
struct test {
	const struct command *c;
	struct sync_conf sync;
	unsigned int npeers;
	unsigned int nalive;
	unsigned int nbad;
	bool heard[IPVS_L7_SYNC_PEERS_MAX];
	uint64_t refused[REFUSALS];
};

/* Before the test and after it: then the difference remains. */
static void count_refused(const struct stats *s, void *arg)
{
	struct test *t = arg;
	unsigned int i;
	size_t k;

	for (i = 0; !s->service.af && i < s->n; i++)
		for (k = 0; k < REFUSALS; k++)
			if (!strcmp(s->c[i].name, refusals[k].counter))
				t->refused[k] = s->c[i].value - t->refused[k];
}

static bool has_our_key(const struct test *t, const struct peer *p)
{
	unsigned int i, k;

	for (i = 0; i < t->sync.nkeys; i++)
		for (k = 0; t->sync.keys[i].sends && k < p->nkeys; k++)
			if (p->keys[k] == t->sync.keys[i].id)
				return true;
	return !t->sync.nkeys;
}

/* What is wrong with a peer; NULL if nothing is. */
static const char *verdict(char *buf, const struct test *t, const struct peer *p)
{
	char seen[FORMAT_SIZE];

	if (p->last_seen >= 1000)
		snprintf(buf, FORMAT_SIZE, "silent for %s",
			 format_duration(seen, p->last_seen / 1000 * 1000));
	else if (!has_our_key(t, p))
		return "has not the key that this director sends with";
	else if (!p->rtt && !p->accepts)
		return "is heard, but does not hear this director";
	else if (!p->rtt)
		return "does not answer: is it of an older version?";
	else if (!p->full_rtt)
		snprintf(buf, FORMAT_SIZE,
			 "packets of %u bytes are lost, shorter ones are not: is the MTU of the way less?",
			 t->sync.packet_bytes);
	else if (p->echo_bytes < t->sync.packet_bytes)
		snprintf(buf, FORMAT_SIZE,
			 "takes %u bytes, but sends %u at most: its interface has another MTU",
			 t->sync.packet_bytes, p->echo_bytes);
	else if (p->other_secrets)
		return list_other_secrets;
	else
		return list_skew(buf, p->ahead == INT32_MAX || p->ahead == INT32_MIN ?
				      p->skew : p->ahead / 1000);
	return buf;
}

const char *list_rtt(char *buf, uint32_t us)
{
	if (us)
		snprintf(buf, FORMAT_SIZE, "%u.%02u ms", us / 1000, us / 10 % 100);
	else
		snprintf(buf, FORMAT_SIZE, "-");
	return buf;
}

static void peer_row(const struct test *t, const struct peer *p, const char *wrong)
{
	char ep[FORMAT_SIZE], rtt[FORMAT_SIZE], full[FORMAT_SIZE], node[16];
	char ahead[16] = "-", keys[FORMAT_SIZE];

	snprintf(node, sizeof(node), "%u", p->node);
	if (p->rtt)
		snprintf(ahead, sizeof(ahead), "%+d ms", p->ahead);
	table_row((const char *const[]) {
		node, names_endpoint(ep, &p->addr, t->c->numeric),
		list_rtt(rtt, p->rtt), list_rtt(full, p->full_rtt), ahead,
		format_keys(keys, p->keys, p->nkeys), wrong ? wrong : "ok",
	});
}

static void peer_json(const struct peer *p, const char *wrong)
{
	char id[FORMAT_SIZE];
	unsigned int i;

	json_object(NULL);
	json_number("node", p->node);
	json_endpoint("address", &p->addr);
	json_array("keys");
	for (i = 0; i < p->nkeys; i++)
		json_string(NULL, format_keys(id, &p->keys[i], 1));
	json_array_end();
	json_bool("ok", !wrong);
	if (wrong)
		json_string("wrong", wrong);
	if (p->rtt) {
		json_number("rtt_us", p->rtt);
		json_signed("clock_ahead_ms", p->ahead);
	}
	if (p->full_rtt) {
		json_number("full_rtt_us", p->full_rtt);
		json_number("full_bytes", p->echo_bytes);
	}
	json_object_end();
}

static bool is_same_host(const struct ep *a, const struct ep *b)
{
	char x[FORMAT_SIZE], y[FORMAT_SIZE];

	return !strcmp(format_address(x, a), format_address(y, b));
}

static void each_peer(const struct peer *p, void *arg)
{
	struct test *t = arg;
	char buf[FORMAT_SIZE];
	const char *wrong = verdict(buf, t, p);
	unsigned int i;

	t->npeers++;
	t->nalive += p->last_seen < 1000;
	t->nbad += wrong != NULL;
	for (i = 0; i < t->sync.npeers; i++)
		if (is_same_host(&t->sync.peers[i], &p->addr))
			t->heard[i] = true;
	if (t->c->json)
		peer_json(p, wrong);
	else
		peer_row(t, p, wrong);
}

/* Those that mirroring was started with, if they do not send from another address. */
static void unheard(struct test *t)
{
	char buf[FORMAT_SIZE];
	unsigned int i;

	for (i = 0; i < t->sync.npeers && t->nalive < t->sync.npeers; i++) {
		if (t->heard[i])
			continue;
		t->nbad++;
		if (t->c->json)
			json_endpoint(NULL, &t->sync.peers[i]);
		else
			printf("%s is not heard\n",
			       format_address(buf, &t->sync.peers[i]));
	}
}

static void refused_text(const struct test *t)
{
	size_t k;

	for (k = 0; k < REFUSALS; k++)
		if (t->refused[k])
			printf("%llu packets were refused meanwhile (%s): %s\n",
			       (unsigned long long)t->refused[k],
			       refusals[k].counter, refusals[k].words);
	if (t->sync.other_key)
		puts("Somebody sends under a key that is not installed here");
}

static void refused_json(const struct test *t)
{
	size_t k;

	json_object("refused");
	for (k = 0; k < REFUSALS; k++)
		json_number(refusals[k].counter, t->refused[k]);
	json_object_end();
	json_bool("other_key_heard", t->sync.other_key);
	json_number("packet_bytes", t->sync.packet_bytes);
}

static bool is_refused(const struct test *t)
{
	size_t k;

	for (k = 0; k < REFUSALS; k++)
		if (t->refused[k] && strcmp(refusals[k].counter, "sync_rx_key"))
			return true;
	return false;
}

static void look_for_answers(const struct peer *p, void *arg)
{
	unsigned int *missing = arg;

	*missing += !p->rtt || !p->full_rtt;
}

/* Until all have answered, but not sooner than each would have been heard. */
static int ask(struct error *e)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000 };
	unsigned int i, t, missing = 1;

	for (i = 0; i < TRIES && missing; i++) {
		if (request_sync_selftest(i > 0, e))
			return -1;
		for (t = 0; t < TRY_MS && (missing || !i); t += POLL_MS) {
			nanosleep(&poll, NULL);
			missing = 0;
			if (request_peer_dump(look_for_answers, &missing, e))
				return -1;
		}
	}
	return 0;
}

static int show(struct test *t, struct error *e)
{
	static const char *const heads[] = {
		">Node", "Address", ">RTT", ">FullRTT", ">Clock", "Keys",
		"Result", NULL,
	};

	if (!t->c->json)
		table_begin(heads);
	else
		json_array("peers");
	if (request_peer_dump(each_peer, t, e))
		return -1;
	if (!t->c->json) {
		table_end();
		unheard(t);
		refused_text(t);
		return 0;
	}
	json_array_end();
	json_array("unheard");
	unheard(t);
	json_array_end();
	refused_json(t);
	json_object_end();
	json_end();
	return 0;
}

int list_test(const struct command *c, struct error *e)
{
	struct test t = { .c = c };

	if (request_stats_dump(NULL, count_refused, &t, e) ||
	    ask(e) ||
	    request_stats_dump(NULL, count_refused, &t, e) ||
	    request_sync_get(&t.sync, e))
		return -1;
	if (c->json)
		json_object(NULL);
	if (show(&t, e))
		return -1;
	if (!t.npeers)
		return error_set(e, "no peer is heard");
	return t.nbad || is_refused(&t) ?
	       error_set(e, "something is wrong with the channel") : 0;
}
