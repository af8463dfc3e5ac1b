/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Putting the director's own cookie into the first response of a connection.
 * The delta of the flow's sequence numbers counts the line from the splice on,
 * so it is constant as ever, and right for all but what comes before the line:
 * that is translated here, until the client has acknowledged the line.
 */
#ifndef L7_INSERT_H
#define L7_INSERT_H

#include "pkt.h"
#include "pure/insert.h"

struct l7_pend;

/** l7_insert_begin_locked() - the flow's first response is to get a cookie
 * @pe: says which, and whether the client has it already
 * @server: who answers
 * @seq: first number of the response, in the server's space
 * Before the splice is visible; @f->seq_delta must be set. @f->lock held.
 * Without memory the response goes without.
 */
void l7_insert_begin_locked(struct l7_flow *f, const struct l7_pend *pe,
			    const struct l7_endpoint *server, u32 seq);

/** l7_insert_server() - a server's segment of a flow with @f->insert
 * @p: changed, if the line came before its first byte or within it: then what
 *	is before the last byte of the line has been sent on already
 * @delta: out, by which it is to be translated
 * Takes @f->lock. Return: false: drop it.
 * Context: softirq, in the hook that @state is of.
 */
bool l7_insert_server(struct l7_net *ln, struct l7_flow *f, struct l7_pkt *p,
		      const struct nf_hook_state *state, u32 *delta);

/** l7_insert_client() - a client's segment of such a flow: translate it
 * Takes @f->lock. Return: false: drop it.
 */
bool l7_insert_client(struct l7_net *ln, struct l7_flow *f,
		      const struct l7_pkt *p);

/** l7_insert_map() - a copy of where the line is; NULL: nowhere. Takes @f->lock.
 */
const struct l7_insert_map *l7_insert_map(struct l7_flow *f,
					  struct l7_insert_map *buf);

/** l7_insert_map_locked() - the same, and no copy, with @f->lock held */
const struct l7_insert_map *l7_insert_map_locked(const struct l7_flow *f);

/** l7_insert_fill_locked() - what peers have to know; @f->lock held */
void l7_insert_fill_locked(const struct l7_flow *f, struct l7_rec_flow *r);
/** l7_insert_take_locked() - what a peer says; @f->seq_delta is set. @f->lock
 * held.
 */
void l7_insert_take_locked(struct l7_flow *f, const struct l7_rec_flow *r);

void l7_insert_free(struct l7_insert *ins);

#endif /* L7_INSERT_H */
