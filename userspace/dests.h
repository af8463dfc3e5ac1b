/* SPDX-License-Identifier: GPL-2.0 */
/* The real servers of IPVS, as /proc/net/ip_vs lists them. */
#ifndef IPVSL7ADM_DESTS_H
#define IPVSL7ADM_DESTS_H

#include <stdio.h>
#include "model.h"

/** dests_find() - is a server one of a service's, or a pool's, by NAT?
 * @in: a table as in /proc/net/ip_vs; NULL: this namespace's
 * @service: may be NULL with a @pool
 * @pool: fwmark of the pool, 0: @service itself
 * @server: NULL: is there any?
 * Return: 1, 0, or -1 if there is no table.
 */
int dests_find(FILE *in, const struct ep *service, uint32_t pool,
	       const struct ep *server);

#endif /* IPVSL7ADM_DESTS_H */
