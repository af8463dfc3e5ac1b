/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of the flow tables (flow.c); see struct l7_limits. Softirq safe.
 */
#ifndef L7_FLOW_LIMIT_H
#define L7_FLOW_LIMIT_H

#include "flow.h"

/** l7_flow_has_room() - would a new connection of @t be within the limits?
 * @evictable: a silent client would give up its place
 * When not, it is counted by reason. Softirq safe.
 */
bool l7_flow_has_room(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_tuple *t, bool evictable);

/** l7_flow_has_room_plain() - may one more plain connection be mirrored?
 * Whoever can open connections to such a service makes flows: half of the table is
 * for the others. Whoever can send datagrams makes those of UDP, from any address: they have an
 * eighth, of their own. When not, it is counted.
 */
bool l7_flow_has_room_plain(struct l7_net *ln, const struct l7_svc *svc);

/** l7_flow_has_room_half() - may one more be mirrored in mid-handshake?
 * As many as may be pending: whoever can send a SYN makes one.
 */
bool l7_flow_has_room_half(struct l7_net *ln);

/** l7_flow_has_control() - has the client a control connection of FTP? Or one like it in a hash. */
bool l7_flow_has_control(const struct l7_net *ln, u16 af,
			 const union nf_inet_addr *client);

/* Limits on pending flows; see struct l7_limits. Softirq safe. Of the bytes one source has an
 * eighth at most: without room nobody's request is looked at.
 */
bool l7_flow_pend_charge(struct l7_net *ln, const struct l7_tuple *t);
void l7_flow_pend_uncharge(struct l7_net *ln, const struct l7_tuple *t);
bool l7_flow_bytes_charge(struct l7_net *ln, const struct l7_tuple *t, u32 bytes);
void l7_flow_bytes_uncharge(struct l7_net *ln, const struct l7_tuple *t, u32 bytes);

#endif /* L7_FLOW_LIMIT_H */
