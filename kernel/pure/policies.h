/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which policies a director has, as it tells its peers: a service, and a digest of
 * all that is said of it. Those that differ would send a session elsewhere after a
 * takeover. What codec.h says of the wire holds here.
 */
#ifndef L7_PURE_POLICIES_H
#define L7_PURE_POLICIES_H

#include "codec.h"
#include "record.h"

#define L7_WIRE_CONFIG		16	/* without its policies */
#define L7_WIRE_POLICY		28
#define L7_CONFIG_POLICIES	40	/* in one frame */

/** struct l7_policy - a policy as peers know it
 * @svc: virtual service
 * @digest: of all that was given, the same at all directors
 */
struct l7_policy {
	struct l7_endpoint svc;
	u64 digest;
};

/** struct l7_config - a part of a director's policies, in an order of its own
 * @sum: of all of them, as in HELLO: tells one list from another
 * @total: of the whole list
 * @first: index of the first of these
 * @n: their number
 */
struct l7_config {
	u64 sum;
	u16 total;
	u16 first;
	u8 n;
	struct l7_policy policy[L7_CONFIG_POLICIES];
};

/** l7_config_put() - write a whole frame; 0 if @cap is too small */
u32 l7_config_put(const struct l7_config *c, u8 *p, u32 cap);
/** l7_config_get() - 0, or -EBADMSG. Policies beyond L7_CONFIG_POLICIES are left
 * out.
 */
int l7_config_get(const struct l7_frame *f, struct l7_config *c);

#endif /* L7_PURE_POLICIES_H */
