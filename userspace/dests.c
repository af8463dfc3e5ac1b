// SPDX-License-Identifier: GPL-2.0
/*
 * See dests.h. A line is "TCP  0A000164:0050 rr" or "TCP  [fd00:...:0100]:0050
 * rr" for a service, "  -> 0A000201:0050      Masq    1      0          0" or the
 * like with brackets for a real server of it; "FWM  00000001 rr" for a pool.
 */
#include <arpa/inet.h>
#include <string.h>
#include "dests.h"

static bool read_endpoint(const char *s, struct ep *ep)
{
	unsigned int addr, port;
	char text[64];

	memset(ep, 0, sizeof(*ep));
	if (sscanf(s, "[%63[0-9a-fA-F:]]:%4x", text, &port) == 2) {
		ep->af = AF_INET6;
		ep->port = (uint16_t)port;
		return inet_pton(AF_INET6, text, &ep->in6) == 1;
	}
	ep->af = AF_INET;
	if (sscanf(s, "%8x:%4x", &addr, &port) != 2)
		return false;
	ep->in.s_addr = htonl(addr);
	ep->port = (uint16_t)port;
	return true;
}

/* @b without a port: of a group, whose bindings name none. */
static bool is_same(const struct ep *a, const struct ep *b)
{
	return a->af == b->af && (a->port == b->port || !b->port) &&
	       !memcmp(&a->in6, &b->in6,
		       a->af == AF_INET ? sizeof(a->in) : sizeof(a->in6));
}

/* A server of a pool may be without a port: then it has the service's. */
static bool is_server(const char *at, const struct ep *service,
		      const struct ep *server)
{
	struct ep ep;

	if (!read_endpoint(at, &ep))
		return false;
	if (!server)
		return true;
	if (!ep.port && service)
		ep.port = service->port;
	return is_same(&ep, server);
}

/* Does the line begin the service, or the pool? */
static bool is_heading(const char *line, const struct ep *service,
		       uint32_t pool)
{
	unsigned int mark;
	char at[80];
	struct ep ep;

	if (pool)
		return sscanf(line, "FWM %8x", &mark) == 1 && mark == pool;
	return sscanf(line, "TCP %79s", at) == 1 && read_endpoint(at, &ep) &&
	       is_same(&ep, service);
}

static enum dests find(FILE *in, const struct ep *service, uint32_t pool,
		       const struct ep *server)
{
	char line[256], at[80], how[16];
	enum dests most = DESTS_NONE;
	bool here = false;
	int weight;

	while (most != DESTS_SERVES && fgets(line, sizeof(line), in)) {
		if (sscanf(line, " -> %79s %15s %d", at, how, &weight) != 3)
			here = is_heading(line, service, pool);
		else if (here && !strcmp(how, "Masq") &&
			 is_server(at, service, server))
			most = weight ? DESTS_SERVES : DESTS_DRAINS;
	}
	return most;
}

enum dests dests_find(FILE *in, const struct ep *service, uint32_t pool,
		      const struct ep *server)
{
	FILE *own = in ? NULL : fopen("/proc/net/ip_vs", "re");
	enum dests found;

	if (!in && !own)
		return DESTS_UNKNOWN;
	found = find(in ? in : own, service, pool, server);
	if (own)
		fclose(own);
	return found;
}
