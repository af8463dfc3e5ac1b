// SPDX-License-Identifier: GPL-2.0
/*
 * See names.h. Lookups are slow and listings repeat few endpoints: a small
 * direct-mapped cache keeps the last answers.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "names.h"

#define CACHE_SIZE	256

static struct {
	struct ep ep;
	char name[FORMAT_SIZE];
} cache[CACHE_SIZE];

static unsigned int slot(const struct ep *ep)
{
	const unsigned char *p = (const unsigned char *)&ep->in6;
	unsigned int h = ep->port, i;

	for (i = 0; i < sizeof(ep->in6); i++)
		h = h * 31 + p[i];
	return h % CACHE_SIZE;
}

static void lookup(char *buf, const struct ep *ep)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	char host[256], port[64];
	const struct sockaddr *sa = (const void *)&a6;
	socklen_t len = sizeof(a6);

	if (ep->af == AF_INET) {
		a4.sin_addr = ep->in;
		a4.sin_port = htons(ep->port);
		sa = (const void *)&a4;
		len = sizeof(a4);
	} else {
		a6.sin6_addr = ep->in6;
		a6.sin6_port = htons(ep->port);
	}
	if (getnameinfo(sa, len, host, sizeof(host), port, sizeof(port),
			ep->udp ? NI_DGRAM : 0))
		format_endpoint(buf, ep);
	else if (!ep->port)
		snprintf(buf, FORMAT_SIZE, "%s", host);
	else
		snprintf(buf, FORMAT_SIZE,
			 strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

const char *names_endpoint(char *buf, const struct ep *ep, bool numeric)
{
	unsigned int s;

	if (numeric || !ep->af)
		return format_endpoint(buf, ep);
	s = slot(ep);
	if (memcmp(&cache[s].ep, ep, sizeof(*ep))) {
		lookup(cache[s].name, ep);
		cache[s].ep = *ep;
	}
	memcpy(buf, cache[s].name, FORMAT_SIZE);
	return buf;
}
