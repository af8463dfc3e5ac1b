/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A spliced flow's life as seen by its packets: taking it over from a peer,
 * and its end.
 */
#ifndef L7_TAKEOVER_H
#define L7_TAKEOVER_H

#include "pkt.h"

/** l7_takeover_check() - make sure that this director can carry a flow on
 * Cheap unless the flow was made by a peer or was idle for long: then its IPVS
 * connection is created. Softirq, RCU.
 * Return: 0; -ENOENT when it cannot (no such destination here) or the packet is
 * for the director that has the virtual address now: let it pass; -ENOMEM: drop
 * it, it will come again.
 */
int l7_takeover_check(struct l7_net *ln, struct l7_flow *f, bool from_server);

/** l7_takeover_track() - note what is acknowledged, FIN and RST
 * @from_server: direction of the segment
 */
void l7_takeover_track(struct l7_net *ln, struct l7_flow *f,
		       const struct l7_pkt *p, bool from_server);

#endif /* L7_TAKEOVER_H */
