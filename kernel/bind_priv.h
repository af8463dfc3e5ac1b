/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the files of delayed binding only. All functions: flow->lock held,
 * softirq, RCU.
 */
#ifndef L7_BIND_PRIV_H
#define L7_BIND_PRIV_H

#include "bind.h"
#include "bind_tx.h"
#include "ipvs.h"
#include "net.h"
#include "trace.h"

#define L7_RETRANS_MS	250	/* first repetition of acknowledged bytes */

static inline void l7_bind_count_svc(struct l7_net *ln, struct l7_svc *svc,
				     enum l7_ctr c)
{
	l7_stat_inc(ln->stats, c);
	l7_stat_inc(svc->stats, c);
}

static inline void l7_bind_count(const struct l7_pend *pe, enum l7_ctr c)
{
	l7_bind_count_svc(pe->ln, pe->flow->svc, c);
}

/* The one way to give up steering: IPVS schedules as if we were not there. */
static inline void l7_bind_fallback(const struct l7_pend *pe, enum l7_ctr why)
{
	l7_bind_count(pe, why);
	trace_l7_fallback(pe->flow, why);
}

/** l7_bind_pool() - whose servers a pending flow may go to */
static inline struct l7_pool l7_bind_pool(const struct l7_pend *pe)
{
	return (struct l7_pool){
		.vip = &pe->flow->svc->conf.id, .mark = pe->pool,
	};
}

/** l7_bind_is_moved_on() - is a bound client to be bound anew, as its server of
 * this state drains? Not if no other takes it.
 */
static inline bool l7_bind_is_moved_on(struct l7_net *ln,
				       const struct l7_svc *svc,
				       const struct l7_pool *pool,
				       enum l7_ipvs_dest state)
{
	return state == L7_IPVS_DRAINING && svc->conf.rebind_drained &&
	       l7_ipvs_has_candidate(ln, pool);
}

/** l7_bind_start() - a segment that may complete a handshake; no lock
 * @old: flow of an earlier connection of the tuple, which ends if it does; or
 * NULL
 * @bad: verdict if it does not
 */
unsigned int l7_bind_start(struct l7_net *ln, struct l7_svc *svc,
			   struct l7_flow *old, struct l7_pkt *p,
			   const struct net_device *in, unsigned int bad);

/** l7_bind_pend_new() - the transient half of a flow, not yet attached; no lock
 * Return: NULL without memory.
 */
struct l7_pend *l7_bind_pend_new(struct l7_net *ln, struct l7_flow *f);

/** l7_bind_arm_locked() - set the timer of the flow's present state. It holds a
 * reference until pend_timer() is through: it may be set anew, and stopped,
 * while an earlier run of it still waits for the flow's lock.
 */
void l7_bind_arm_locked(struct l7_pend *pe, unsigned long when);

/** enum l7_choice - outcome of the rule chain over what is held
 * @L7_CHOICE_MORE: the request is incomplete
 * @L7_CHOICE_BOUND: pe->target is the server
 * @L7_CHOICE_SCHEDULE: no rule has a live binding: IPVS schedules
 * @L7_CHOICE_REFUSE: a key is required, and is not there
 * @L7_CHOICE_RESET: a steering rule says so
 * @L7_CHOICE_LOST: nobody serves what no pool does
 */
enum l7_choice {
	L7_CHOICE_MORE,
	L7_CHOICE_BOUND,
	L7_CHOICE_SCHEDULE,
	L7_CHOICE_REFUSE,
	L7_CHOICE_RESET,
	L7_CHOICE_LOST,
};

/** l7_bind_choose() - run the steering rules, then the rule chain
 * pe->pool says whose servers are meant.
 * @data: contiguous bytes from the start of the stream
 * @final: no more bytes will be waited for, so never L7_CHOICE_MORE
 */
enum l7_choice l7_bind_choose(struct l7_pend *pe, const u8 *data, u32 len,
			      bool final);

/** l7_bind_prebind_key() - the key under which a client without any is known
 * Return: false if this connection has a key, or the policy does not want it.
 */
bool l7_bind_prebind_key(const struct l7_pend *pe, struct l7_key *key);
/** l7_bind_proxy_read() - read the PROXY header, if the service accepts one
 * @data, @len: from the start of the stream; moved behind the header. Where one is
 *	missing or malformed, which is counted, nothing is left to be looked at
 * @final: as for l7_bind_choose()
 * Return: false while it is incomplete.
 */
bool l7_bind_proxy_read(struct l7_pend *pe, const u8 **data, u32 *len,
			bool *final);
/** l7_bind_proxy_named() - client -> virtual service, as the header names them; else
 * as the packets do
 */
struct l7_tuple l7_bind_proxy_named(const struct l7_pend *pe);
/** l7_bind_proxy_aim() - before the SYN to a server: where its stream begins */
void l7_bind_proxy_aim(struct l7_pend *pe);
/** l7_bind_proxy_put() - hold the header for the server in front of the client's bytes
 * Return: false without memory.
 */
bool l7_bind_proxy_put(struct l7_pend *pe);
/** l7_bind_proxy_hide() - let a server's ACK say nothing below the client's bytes
 * As l7_bind_server_acked().
 */
bool l7_bind_proxy_hide(const struct l7_pend *pe, const struct l7_pkt *p);

/** l7_silent_add() - a handshake is over, no byte was sent yet */
void l7_silent_add(struct l7_pend *pe);
/** l7_silent_del() - it is silent no more, or ends; harmless if not listed */
void l7_silent_del(struct l7_pend *pe);
/** l7_silent_any() - is there a silent client? */
bool l7_silent_any(struct l7_net *ln);
/** l7_silent_evict() - end the flow that has been silent longest, to make room
 * for a client that has something to say. No flow may be locked.
 * Return: false when nobody is silent.
 */
bool l7_silent_evict(struct l7_net *ln);


/** l7_splice_locked() - the server took the connection
 * @p: its SYN-ACK
 */
void l7_splice_locked(struct l7_pend *pe, const struct l7_pkt *p,
		      const struct l7_endpoint *server, struct l7_out *o);
/** l7_splice_finish_locked() - what it takes is known: from now on segments pass, and those
 * that are held go on
 */
void l7_splice_finish_locked(struct l7_pend *pe, struct l7_out *o);
/** l7_semi_begin_locked() - put that off until a peer has the flow?
 * Return: true if so, as the policy wants it and there is a peer.
 */
bool l7_semi_begin_locked(struct l7_pend *pe);
/** l7_semi_timeout_locked() - is time over? Then do without */
void l7_semi_timeout_locked(struct l7_pend *pe, struct l7_out *o);
/** l7_splice_retransmit_locked() - send the first acknowledged bytes that the
 * server has not confirmed again
 */
void l7_splice_retransmit_locked(struct l7_pend *pe, struct l7_out *o);

#endif /* L7_BIND_PRIV_H */
