/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The glue to connection tracking, where IPVS keeps its connections tracked
 * (net.ipv4.vs.conntrack). All: RCU read side, BH off.
 */
#ifndef L7_TRACK_H
#define L7_TRACK_H

#include "flow.h"

/** l7_track_forget() - remove the entry of a connection
 * @t: client -> virtual service
 */
void l7_track_forget(struct l7_net *ln, const struct l7_tuple *t);

/** l7_track_enter() - an entry for a connection that goes on here, from another director
 * @t: client -> virtual service, established
 * @server: where IPVS translates it to
 * Replaces what was left from before: sequence numbers have moved on since. Without an
 * entry the first segment would be nothing, or NEW, to rules about states, whichever
 * net.netfilter.nf_conntrack_tcp_loose asks for. If there is no room for one (nf_conntrack_max),
 * it is left to that.
 */
void l7_track_enter(struct l7_net *ln, const struct l7_tuple *t,
		    const struct l7_endpoint *server);

#endif /* L7_TRACK_H */
