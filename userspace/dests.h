/* SPDX-License-Identifier: GPL-2.0 */
/* The real servers of IPVS, as /proc/net/ip_vs lists them. */
#ifndef IPVSL7ADM_DESTS_H
#define IPVSL7ADM_DESTS_H

#include <stdio.h>
#include "model.h"

/** enum dests - what a real server is to a service or pool
 * @DESTS_UNKNOWN: there is no table
 * @DESTS_NONE: none of it by NAT
 * @DESTS_DRAINS: one of weight 0
 * @DESTS_SERVES: one that takes clients, as far as its weight tells
 */
enum dests {
	DESTS_UNKNOWN,
	DESTS_NONE,
	DESTS_DRAINS,
	DESTS_SERVES,
};

/** dests_find() - find out
 * @in: a table as in /proc/net/ip_vs; NULL: this namespace's
 * @service: may be NULL with a @pool
 * @pool: fwmark of the pool, 0: @service itself
 * @server: NULL: the one of them that is most
 */
enum dests dests_find(FILE *in, const struct ep *service, uint32_t pool,
		      const struct ep *server);

#endif /* IPVSL7ADM_DESTS_H */
