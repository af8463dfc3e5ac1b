// SPDX-License-Identifier: GPL-2.0
/*
 * The state as lines that --restore takes: limits, policies, mirroring. Every
 * value is written, so that other defaults in another version do not matter; what
 * is off is left away.
 * Bindings and flows are not configuration, and not saved.
 */
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "list.h"
#include "request.h"

static void save_limits(const struct limits *l)
{
	printf("--set-limits bindings=%u,flows=%u,pending=%u,pending-src=%u,pending-bytes=%u\n",
	       l->bindings, l->flows, l->pending, l->pending_src,
	       l->pending_bytes);
}

static void save_svc(const struct svc *s, void *arg)
{
	char buf[FORMAT_SIZE], word[2 * FORMAT_SIZE];
	unsigned int i;

	(void)arg;
	printf("-A -%c %s", s->service.udp ? 'u' : 't',
	       format_endpoint(buf, &s->service));
	printf(" -p %s", format_duration(buf, s->timeout * 1000ULL));
	printf(" --max-lifetime %s", format_optional(buf, &s->max_lifetime));
	printf(" --prebind %s", format_optional(buf, &s->prebind));
	printf(" --inspect-timeout %s", format_duration(buf, s->inspect));
	printf(" --silent-timeout %s",
	       format_duration(buf, s->silent * 1000ULL));
	printf(" --connect-timeout %s", format_duration(buf, s->connect));
	printf(" --tries %u --max-request %u", s->tries, s->max_request);
	printf(" --flow-timeout %s",
	       format_duration(buf, s->flow_timeout * 1000ULL));
	printf(" --on-drain %s", format_on_drain(s->on_drain));
	printf(" --group %s", *s->group ? s->group : "none");
	if (s->accept_proxy == TOGGLE_ON)
		printf(" --accept-proxy");
	if (s->send_proxy == TOGGLE_ON)
		printf(" --send-proxy");
	if (s->mirror == TOGGLE_ON)
		printf(" --mirror connections");
	if (s->ftp == TOGGLE_ON)
		printf(" --ftp");
	if (s->semi == TOGGLE_ON)
		printf(" --semi-sync");
	for (i = 0; i < s->nrules; i++)
		printf(" -k %s", format_word(word, sizeof(word),
					     format_rule(buf, &s->rules[i])));
	for (i = 0; i < s->nsteer; i++)
		printf(" -s %s", format_word(word, sizeof(word),
					     format_steer(buf, &s->steer[i])));
	for (i = 0; i < s->nroutes; i++)
		printf(" --route %s", format_word(word, sizeof(word),
						  format_route(buf, &s->routes[i])));
	putchar('\n');
}

/* --OPTION FILE */
static void save_path(const char *option, const char *path)
{
	char word[2 * FORMAT_SIZE];

	printf("%s %s", option,
	       *path ? format_word(word, sizeof(word), path) : "?");
}

/* Without the path of a key's file, as another program gave the key, there is nothing to read
 * it from.
 */
static const char *comment(const char *path)
{
	return *path ? "" : "# The key file is not known: ";
}

/* The first key, if it is not that of the cluster key. */
static const struct sync_key *packet_key(const struct sync_conf *s)
{
	return s->nkeys && s->keys[0].id != s->key_id ? &s->keys[0] : NULL;
}

static void save_start(const struct sync_conf *s)
{
	const struct sync_key *packet = packet_key(s);
	char buf[FORMAT_SIZE], word[2 * FORMAT_SIZE];
	unsigned int i;

	if (!s->plaintext)
		printf("%s", comment(packet && !*packet->path ? "" : s->secret.path));
	printf("--start-sync --interface %s",
	       format_word(word, sizeof(word), s->ifname));
	if (s->group.af)
		printf(" --group %s", format_address(buf, &s->group));
	for (i = 0; i < s->npeers; i++)
		printf(" --peer %s", format_address(buf, &s->peers[i]));
	printf(" --port %u --node %d --cluster %d", s->port, s->node,
	       s->cluster);
	if (s->receive_buffer && s->receive_buffer != IPVS_L7_RECEIVE_BUFFER_DEF)
		printf(" --receive-buffer %u", s->receive_buffer);
	if (s->accept_policies)
		printf(" --accept-policies");
	if (s->plaintext)
		printf(" --plaintext");
	if (*s->secret.path || !s->plaintext)
		save_path(" --key-file", s->secret.path);
	if (packet)
		save_path(" --packet-key", packet->path);
	putchar('\n');
}

static void save_sync(const struct sync_conf *s)
{
	unsigned int i;

	if (!s->running)
		return;
	save_start(s);
	for (i = 1; i < s->nkeys; i++) {
		printf("%s", comment(s->keys[i].path));
		save_path("--add-key", s->keys[i].path);
		putchar('\n');
	}
}

int list_save(struct error *e)
{
	struct sync_conf s;
	struct limits l;

	memset(&s, 0, sizeof(s));
	memset(&l, 0, sizeof(l));
	if (request_limits_get(&l, e) || request_sync_get(&s, e))
		return -1;
	save_limits(&l);
	if (request_svc_dump(save_svc, NULL, e))
		return -1;
	save_sync(&s);
	return 0;
}
