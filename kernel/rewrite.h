/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Overwriting the value of a cookie that the server sets, in the first response
 * of a connection, with what leads back to that server. The length stays, so
 * nothing else of the stream changes. Peers are told nothing: where a takeover
 * comes in between, the client gets what the server sent.
 */
#ifndef L7_REWRITE_H
#define L7_REWRITE_H

#include "pkt.h"

struct l7_pend;

/** l7_rewrite_begin_locked() - the flow's first response is to be searched
 * @pe: says for which rule's cookie, if for any
 * @seq: first number of the response, in the server's space
 * Before the splice is visible. @f->lock held. Without memory the response goes
 * as it is.
 */
void l7_rewrite_begin_locked(struct l7_flow *f, const struct l7_pend *pe,
			     u32 seq);

/** l7_rewrite_server() - a server's segment of a flow with @f->rewrite
 * @p: changed: overwritten, or shorter, as its end is held; then what was held
 *	before it has been sent on already
 * Takes @f->lock; may reallocate skb data. Return: false: drop it.
 * Context: softirq, in the hook that @state is of; before translation.
 */
bool l7_rewrite_server(struct l7_net *ln, struct l7_flow *f, struct l7_pkt *p,
		       const struct nf_hook_state *state);

/** l7_rewrite_end_locked() - leave the response as it is; @f->lock held.
 * What is held comes again: the client has not acknowledged it.
 */
void l7_rewrite_end_locked(struct l7_flow *f);

void l7_rewrite_free(struct l7_rewrite *rw);

#endif /* L7_REWRITE_H */
