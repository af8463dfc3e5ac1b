/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Learning bindings from what a server answers.
 */
#ifndef L7_LEARN_H
#define L7_LEARN_H

#include "pkt.h"
#include "persist.h"

struct l7_pend;

/** l7_learn_new() - what to look for in the answers of a flow's server
 * @pe: its keys were found in the request; what it holds is as the client sent it
 * @server: as bindings name it, see l7_persist_server()
 * @seq: first sequence number of the answer, in the server's space
 * Return: NULL when the policy has nothing to learn, or without memory.
 */
struct l7_learn *l7_learn_new(const struct l7_svc *svc,
			      const struct l7_pend *pe, u16 server, u32 seq);

/** l7_learn_feed() - look at a server's segment, before translation
 * Takes flow->lock. Does not change the skb.
 */
void l7_learn_feed(struct l7_net *ln, struct l7_flow *f,
		   const struct l7_pkt *p);

/** l7_learn_request() - look at a client's segment, before translation
 * Takes flow->lock. Does not change the skb.
 */
void l7_learn_request(struct l7_net *ln, struct l7_flow *f,
		      const struct l7_pkt *p);

/** l7_learn_fill_locked() - what a flow awaits, for its peers; nothing, if it is plain */
void l7_learn_fill_locked(const struct l7_flow *f, struct l7_rec_answer *r);
/** l7_learn_take_locked() - what a peer's flow awaits; deltas are valid */
void l7_learn_take_locked(struct l7_flow *f, const struct l7_rec_answer *r);
/** l7_learn_resume_locked() - a peer's flow is carried on here: its first answer, if it is still
 * to come, is searched here
 */
void l7_learn_resume_locked(struct l7_net *ln, struct l7_flow *f);

/** l7_learn_head_new() - room for L7_KEY_BUF bytes of a response
 * A client that takes no more can leave a server in mid-head for as long as it likes: there
 * are so many of them at most. Softirq safe. Return: NULL, too, when there are.
 */
u8 *l7_learn_head_new(void);
void l7_learn_head_free(u8 *buf);

/** l7_learn_free() - free; NULL is fine */
void l7_learn_free(struct l7_learn *l);

/** l7_learn_key() - bind a key of rule @i to a server, or move it, and count it
 * for the rule
 */
void l7_learn_key(struct l7_net *ln, const struct l7_svc *svc, int i,
		  const struct l7_key *key, u16 server);

/** l7_learn_answered() - a server took the connection: bind the keys that no
 * server names (client address)
 * @pool: as for l7_persist_key()
 * @rules: bits of the rules that were looked at. Where an earlier rule decided,
 *	the others learn nothing: an address shared by many sessions would be
 *	bound to another server by each.
 */
void l7_learn_answered(struct l7_net *ln, const struct l7_svc *svc, u32 pool,
		       const struct l7_tuple *t,
		       const struct l7_endpoint *server, u8 rules);

int l7_learn_module_init(void);
void l7_learn_module_exit(void);

/** l7_scratch() - this CPU's buffer of 64 KiB; softirq only */
u8 *l7_scratch(void);
#define L7_SCRATCH_LEN	65536
/** l7_scratch_parse() - another one, of L7_KEY_BUF bytes, for parsers whose input
 * may lie in the first
 */
u8 *l7_scratch_parse(void);

#endif /* L7_LEARN_H */
