/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cookies that the director wrote: whom one names. No table: it is the keyed hash
 * of one of the real servers, or worth nothing. A leaf over persist.h and ipvs.h.
 */
#ifndef L7_CLAIM_H
#define L7_CLAIM_H

#include "ipvs.h"
#include "persist.h"

/** l7_claim_find() - the real server that a cookie names
 * @rule: of type cookie-insert or cookie-rewrite
 * @value: of the cookie, as it stands in @p
 * @server: out
 * @old: out: it was made under the key before the last change
 * Return: false: no token, or of no real server of @pool.
 * Context: RCU read side, softirq safe.
 */
bool l7_claim_find(struct l7_net *ln, const struct l7_svc *svc,
		   const struct l7_pool *pool, const struct l7_rule *rule,
		   const u8 *p, struct l7_slice value,
		   struct l7_endpoint *server, bool *old);

#endif /* L7_CLAIM_H */
