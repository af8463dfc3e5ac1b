/* SPDX-License-Identifier: GPL-2.0 */
/*
 * FTP sessions of plain IPVS, by NAT: what their control connections announce of data
 * connections, and the opening of these. Replies keep their length, so no sequence
 * number changes; announcements and data connections are flows, mirrored as any.
 * Context: softirq, RCU read side.
 */
#ifndef L7_FTP_H
#define L7_FTP_H

#include "net.h"
#include "pkt.h"

/** l7_ftp_data_port() - where the server's data connections come from by default
 * The port below that of control connections (RFC 959 5.2), network order.
 */
static inline __be16 l7_ftp_data_port(const struct l7_svc *svc)
{
	return htons(ntohs(svc->conf.id.port) - 1);
}

/** l7_ftp_control() - a segment of a control connection
 * @state: of the hook, if it is the server's; NULL: the client's
 * @p: the server's may be changed: an address exchanged, or shorter, as the start of
 *	a reply is held; then what was held before has been sent on already
 * Takes @f->lock; may reallocate skb data. Return: the hook's verdict.
 */
unsigned int l7_ftp_control(struct l7_net *ln, struct l7_flow *f,
			    struct l7_pkt *p,
			    const struct nf_hook_state *state);

/** l7_ftp_expects() - is any data connection announced? */
static inline bool l7_ftp_expects(const struct l7_net *ln)
{
	return unlikely(atomic_read(&ln->announced));
}

/** l7_ftp_client() - a client's SYN to a port without a policy
 * If a data connection was announced that it opens, that gets all that it needs. It
 * goes on to IPVS in any case.
 */
void l7_ftp_client(struct l7_net *ln, const struct l7_pkt *p);

/** l7_ftp_server() - a server's SYN; likewise
 * Return: was it announced?
 */
bool l7_ftp_server(struct l7_net *ln, const struct l7_pkt *p);

/** l7_ftp_is_early() - is this host's refusal of a connection to be held back?
 * While addresses move, a reply may announce a data connection at the director that had them,
 * and the client come here for it before that is told. For a while behind a change of addresses
 * or routes, no client with a control connection is refused; it tries again in a second.
 * @p: a reset that this host makes
 */
bool l7_ftp_is_early(struct l7_net *ln, const struct l7_pkt *p);

/** l7_ftp_end_locked() - forget how far it was read; @f->lock held */
void l7_ftp_end_locked(struct l7_flow *f);

void l7_ftp_free(struct l7_ftp *ftp);

#endif /* L7_FTP_H */
