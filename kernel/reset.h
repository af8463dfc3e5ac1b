/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ending spliced connections that cannot or shall not be carried on, so that
 * both ends hear of it at once instead of hanging.
 */
#ifndef L7_RESET_H
#define L7_RESET_H

#include "pkt.h"

struct l7_flow;
struct l7_net;
struct l7_endpoint;

/** l7_reset_flows() - reset connections, those that wait for a server included
 * @vip: to this service only; NULL: all
 *
 * Those of a director that has the address now are left alone. A spliced flow
 * stays for seconds more, to answer what was on its way. Process context.
 * Return: how many.
 */
unsigned int l7_reset_flows(struct l7_net *ln, const struct l7_endpoint *vip);

/** l7_reset_flow() - reset a spliced flow of this director's
 * Softirq, RCU. Return: false if it is not, or has ended.
 */
bool l7_reset_flow(struct l7_net *ln, struct l7_flow *f);

/** l7_reset_answer() - a segment of a connection that was reset
 * Its sender did not accept our reset, which was not for the next byte it waits
 * for (RFC 5961, 3.2), and tells us now which that is. The caller drops the
 * segment. Softirq, RCU.
 */
void l7_reset_answer(struct l7_net *ln, const struct l7_pkt *p);

#endif /* L7_RESET_H */
