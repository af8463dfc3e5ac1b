// SPDX-License-Identifier: GPL-2.0
/*
 * See monitor.h. How things are at first is told in the same words, and again when
 * notifications were missed.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "format.h"
#include "json.h"
#include "list.h"
#include "monitor.h"
#include "names.h"
#include "request.h"

#define NOBODY_READS	1	/* ends the watch */

/* The time of day here, with its offset, to the millisecond (RFC 3339). */
static void now(char *buf, size_t size)
{
	char day[32], zone[8];
	struct timespec t;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &t);
	localtime_r(&t.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(buf, size, "%s.%03ld%.3s:%.2s", day, t.tv_nsec / 1000000, zone,
		 zone + 3);
}

static int line_end(void)
{
	return fflush(stdout) ? NOBODY_READS : 0;
}

static void line_begin(const struct command *c)
{
	char at[64];

	now(at, sizeof(at));
	if (c->json) {
		json_object(NULL);
		json_string("time", at);
	} else {
		printf("%s ", at);
	}
}

static int json_line_end(void)
{
	json_object_end();
	json_end();
	return line_end();
}

/* Which key is sent with, and of which. */
static void key_words(const struct sync_conf *s)
{
	uint8_t ids[IPVS_L7_SYNC_KEYS_MAX];
	char buf[FORMAT_SIZE];
	unsigned int i;

	for (i = 0; i < s->nkeys; i++)
		ids[i] = s->keys[i].id;
	for (i = 0; i < s->nkeys; i++)
		if (s->keys[i].sends)
			printf(", sends with key %s", format_keys(buf, &ids[i], 1));
	if (s->nkeys > 1)
		printf(" of %s", format_keys(buf, ids, s->nkeys));
}

static int tell_sync(const struct sync_conf *s, void *arg)
{
	const struct command *c = arg;

	line_begin(c);
	if (c->json) {
		list_sync_json("sync", s);
		return json_line_end();
	}
	if (!s->running) {
		puts("mirroring is off");
		return line_end();
	}
	printf("node %d (this one): %s", s->node, format_node_state(s->state));
	key_words(s);
	putchar('\n');
	return line_end();
}

static void peer_words(const struct peer *p)
{
	char skew[FORMAT_SIZE], keys[FORMAT_SIZE];

	fputs(list_peer_state(p), stdout);
	fputs(p->joined ? ", all of it is here" : ", not all of it is here yet",
	      stdout);
	if (p->equal)
		fputs(", equal", stdout);
	else if (p->differs)
		printf(", %u parts of its tables differ", p->differs);
	if (p->config_differs)
		fputs(", other policies", stdout);
	if (p->taken)
		printf(", its policies are taken over (push %u, %u changed)",
		       p->taken, p->taken_changes);
	if (p->other_secrets)
		printf(", %s", list_other_secrets);
	if (list_skew(skew, p->skew))
		printf(", %s", skew);
	if (p->lost)
		printf(", %llu packets lost", (unsigned long long)p->lost);
	if (p->nkeys > 1)
		printf(", sends with key %s of %s",
		       format_keys(skew, p->keys, 1),
		       format_keys(keys, p->keys, p->nkeys));
	putchar('\n');
}

static int tell_peer(const struct peer *p, void *arg)
{
	const struct command *c = arg;
	char ep[FORMAT_SIZE];

	line_begin(c);
	if (c->json && p->gone) {
		json_number("gone", p->node);
		return json_line_end();
	}
	if (c->json) {
		list_peer_json("peer", p);
		return json_line_end();
	}
	if (p->gone) {
		printf("node %u: gone\n", p->node);
		return line_end();
	}
	printf("node %u (%s): ", p->node,
	       names_endpoint(ep, &p->addr, c->numeric));
	peer_words(p);
	return line_end();
}

static void tell_each(const struct peer *p, void *arg)
{
	tell_peer(p, arg);
}

static int tell_all(void *arg, struct error *e)
{
	struct sync_conf s;

	memset(&s, 0, sizeof(s));
	if (request_sync_get(&s, e))
		return -1;
	if (tell_sync(&s, arg))
		return NOBODY_READS;
	return request_peer_dump(tell_each, arg, e);
}

int monitor(const struct command *c, struct error *e)
{
	const struct watcher w = {
		.start = tell_all, .sync = tell_sync, .peer = tell_peer,
		.arg = (void *)(uintptr_t)c,
	};

	if (c->json)
		json_lines();
	return request_watch(&w, e) < 0 ? -1 : 0;
}
