/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that IPVS carries alone and that are mirrored, as flows without any
 * translation: found, followed to their end, and made anew after a takeover. Softirq,
 * RCU read side.
 */
#ifndef L7_PLAIN_H
#define L7_PLAIN_H

#include "pkt.h"

/** l7_plain_found() - a client's segment of a connection that no flow is of yet
 * Makes one if IPVS has such a connection and mirroring runs. The segment goes on
 * to IPVS in any case.
 * Return: is it a connection of plain IPVS?
 */
bool l7_plain_found(struct l7_net *ln, struct l7_svc *svc,
		    const struct l7_pkt *p);

/** l7_plain_answered() - the server accepts a connection that no flow is of yet
 * The client takes it for open from then on, whether or not its next segment comes to this
 * director.
 * @t: client -> virtual service
 */
void l7_plain_answered(struct l7_net *ln, struct l7_svc *svc,
		       const struct l7_tuple *t);

/** l7_plain_enter_data() - a flow for a data connection of FTP, or its announcement
 * @t: client -> virtual address, with what is known of the ports
 * @server: likewise
 * @control: the client's port of the control connection
 * Return: false at a limit, without memory, or when there is one of the tuple.
 */
bool l7_plain_enter_data(struct l7_net *ln, struct l7_svc *svc,
			 const struct l7_tuple *t,
			 const struct l7_endpoint *server, __be16 control);

/** l7_plain_packet() - a segment of such a flow
 * @p: that of an FTP control connection may be changed
 * @state: of the hook, if it is the server's; NULL: the client's
 * Return: the hook's verdict
 */
unsigned int l7_plain_packet(struct l7_net *ln, struct l7_flow *f,
			     struct l7_pkt *p, const struct nf_hook_state *state);

/* Datagrams: a client's second one of the same ports begins a flow; requests that are over with
 * one answer need none.
 */
unsigned int l7_plain_udp_client(struct l7_net *ln, const struct l7_tuple *t);
unsigned int l7_plain_udp_server(struct l7_net *ln, const struct l7_tuple *t);

#endif /* L7_PLAIN_H */
