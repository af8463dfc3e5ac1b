// SPDX-License-Identifier: GPL-2.0
/*
 * The splice: with the server's SYN-ACK the deltas between both sequence
 * spaces are known, and the held segments go on. flow->lock is held; packets
 * are collected for the caller to emit.
 */
#include "bind_buf.h"
#include "bind_priv.h"
#include "insert.h"
#include "l3ops.h"
#include "learn.h"
#include "net.h"
#include "rewrite.h"
#include "server.h"
#include "xlat.h"

/* A client that sends a lost segment again does so with a later timestamp than
 * those have that follow it. The server, which sees all in order, would refuse
 * these (PAWS), for ever if they are ours to deliver.
 */
static void order_times(struct l7_pend *pe)
{
	u32 latest = pe->tsval0 + S32_MAX;
	struct sk_buff *skb;
	struct l7_tcpopt o;
	struct l7_pkt p;

	if (!pe->opts.ts || skb_queue_len(&pe->queue) < 2)
		return;
	skb_queue_reverse_walk(&pe->queue, skb) {
		if (!l7_l3_tcp(skb, pe->flow->af, &p) ||
		    !l7_pkt_options(&p, &o) || !o.has_ts)
			continue;
		if ((s32)(o.tsval - latest) < 0)
			latest = o.tsval;
		if ((s32)(latest - pe->tsval0) < 0)	/* that of the SYN */
			latest = pe->tsval0;
		if (latest != o.tsval)
			l7_xlat_tsval(&p, &o, latest);
	}
}

/* Give the held segments on. Those we acknowledged stay held as well, until
 * the server has them: nobody else would send them again.
 */
static void release_locked(struct l7_pend *pe, struct l7_out *o)
{
	struct sk_buff *skb, *tmp;

	/* IPVS takes a FIN of a handshake that is not over for the end of all */
	if (skb_queue_empty(&pe->queue) || pe->has_fin)
		l7_tx_server_ack(o, pe);
	skb_queue_walk_safe(&pe->queue, skb, tmp) {
		if (before(l7_seg(skb)->seq, pe->acked)) {
			skb = skb_clone(skb, GFP_ATOMIC);
			if (!skb)
				continue;
		} else {
			__skb_unlink(skb, &pe->queue);
		}
		__skb_queue_tail(&o->inject, skb);
	}
}

/* Held segments are as the client sent them: bring them into the server's
 * sequence space.
 */
static void translate_held(struct l7_flow *f, struct l7_out *o)
{
	const struct l7_insert_map *m = l7_insert_map_locked(f);
	struct sk_buff *skb, *tmp;
	struct l7_pkt p;

	skb_queue_walk_safe(&o->inject, skb, tmp) {
		if (l7_l3_tcp(skb, f->af, &p) &&
		    l7_xlat_client_by(f, &p, m))
			continue;
		__skb_unlink(skb, &o->inject);
		kfree_skb(skb);
	}
}

static void set_deltas_locked(struct l7_flow *f, const struct l7_pend *pe,
			      const struct l7_pkt *p,
			      const struct l7_endpoint *server)
{
	struct l7_tcpopt o;

	l7_pkt_options(p, &o);
	f->seq_delta = pe->isn_us - p->seq;
	f->ack_c = pe->isn_us + 1;
	f->ack_s = p->ack;
	f->wscale_us = pe->opts.has_wscale ? L7_WSCALE_US : 0;
	f->wscale_srv = pe->opts.has_wscale && o.has_wscale ? o.wscale : 0;
	f->wscale_cli = pe->opts.has_wscale && !o.has_wscale ?
			pe->opts.wscale : 0;
	if (pe->opts.ts && o.has_ts) {
		f->flags |= L7_FF_TS;
		f->ts_delta = pe->ts_base - o.tsval;
	} else if (pe->opts.ts) {
		l7_stat_inc(pe->ln->stats, L7_C_NO_TS);
	}
	l7_insert_begin_locked(f, pe, server, p->seq + 1);
	l7_rewrite_begin_locked(f, pe, p->seq + 1);
}

static bool is_elsewhere(struct l7_net *ln, const struct l7_key *key,
			 u16 server)
{
	struct l7_persist_info info;

	return l7_persist_peek(ln, key, &info) && info.server != server;
}

/* A bound server that is gone or gave way to another loses its bindings; but a
 * TLS ticket is of no use anywhere else.
 */
static bool is_to_be_bound(struct l7_net *ln, const struct l7_rule *rule,
			   const struct l7_key *key, u16 server)
{
	return l7_key_is_request(rule) ||
	       (rule->type != L7_KEY_TLS_TICKET &&
		is_elsewhere(ln, key, server));
}

/* What the request has taught, now that a server answered. */
static void bind_asked(struct l7_pend *pe, u16 server)
{
	struct l7_svc *svc = pe->flow->svc;
	int i;

	/* the only key that was found, and bound as it is */
	if (server == pe->target && pe->key_mask == pe->hit)
		return;
	for (i = 0; i < svc->conf.nrules; i++) {
		const struct l7_rule *rule = &svc->conf.rules[i];
		const struct l7_key *key = &pe->asked[i].key;

		if (pe->key_mask & BIT(i) &&
		    is_to_be_bound(pe->ln, rule, key, server))
			l7_learn_key(pe->ln, svc, i, key, server);
	}
}

/* The client's next connections without a key are to follow this one. The first
 * that a server took leads; who followed takes the others along if it had to go
 * elsewhere.
 */
static void prebind(struct l7_pend *pe, u16 server)
{
	struct l7_persist_info info;
	struct l7_key key;

	if (!l7_bind_prebind_key(pe, &key))
		return;
	if (l7_persist_peek(pe->ln, &key, &info) &&
	    (!pe->prebound || info.server == server))
		return;
	l7_persist_learn(pe->ln, pe->flow->svc, L7_KEY_PREBIND, &key, server);
}

void l7_splice_finish_locked(struct l7_pend *pe, struct l7_out *o)
{
	struct l7_flow *f = pe->flow;
	u8 flags = L7_FF_SPLICED;

	f->cookie = (u16)(pe->isn_us + 1) ?: 1;
	if (pe->has_fin)	/* it passes no hook that would track it */
		flags |= L7_FF_FIN_C;
	/* what the deltas say must be visible before the flag */
	smp_store_release(&f->flags, f->flags | flags);
	l7_flow_set_state_locked(pe->ln, f, L7_FLOW_SPLICED);
	l7_flow_changed_locked(pe->ln, f);
	l7_bind_count(pe, L7_C_SPLICED);
	order_times(pe);
	release_locked(pe, o);
	translate_held(f, o);
	pe->retries = 0;
	if (skb_queue_empty(&pe->queue))
		l7_bind_drop_locked(f);
	else
		l7_bind_arm_locked(pe,
				   jiffies + msecs_to_jiffies(L7_RETRANS_MS));
}

void l7_splice_locked(struct l7_pend *pe, const struct l7_pkt *p,
		      const struct l7_endpoint *server, struct l7_out *o)
{
	struct l7_flow *f = pe->flow;
	struct l7_net *ln = pe->ln;
	struct l7_tuple t = l7_bind_proxy_named(pe);
	u16 index;

	if (!l7_bind_proxy_put(pe)) {	/* the SYN-ACK will come again */
		l7_bind_count(pe, L7_C_NOMEM_DROP);
		return;
	}
	if (l7_flow_set_server(ln, f, server)) {
		l7_bind_count(pe, L7_C_TUPLE_CLASH);
		l7_tx_reset_client(o, pe);
		l7_flow_remove_locked(ln, f);
		return;
	}
	index = l7_persist_server(ln, f->svc, server);
	set_deltas_locked(f, pe, p, server);
	if (index != L7_SERVER_NONE) {
		WRITE_ONCE(f->learn, l7_learn_new(f->svc, pe, index,
						  p->seq + 1));
		bind_asked(pe, index);
		prebind(pe, index);
	} else {
		l7_bind_count(pe, L7_C_BIND_FULL);
	}
	l7_learn_answered(ln, f->svc, pe->pool, &t, server, pe->key_mask);
	if (!l7_semi_begin_locked(pe))
		l7_splice_finish_locked(pe, o);
}

void l7_splice_retransmit_locked(struct l7_pend *pe, struct l7_out *o)
{
	struct sk_buff *skb;

	skb_queue_walk(&pe->queue, skb) {
		struct sk_buff *copy;

		if (!after(l7_seg(skb)->end, pe->srv_una))
			continue;
		copy = skb_clone(skb, GFP_ATOMIC);
		if (!copy)
			return;
		l7_bind_count(pe, L7_C_RETRANS);
		__skb_queue_tail(&o->inject, copy);
		break;		/* one: the server's ACK brings the next */
	}
	translate_held(pe->flow, o);
}
