// SPDX-License-Identifier: GPL-2.0
/*
 * Making and emitting segments: SYN-ACK, ACK and RST to clients; SYN, ACK and
 * RST to servers on a client's behalf. Takes no lock.
 */
#include <linux/netfilter.h>
#include "net.h"
#include "bind_buf.h"
#include "bind_tx.h"
#include "hook.h"
#include "l3ops.h"

#define WINDOW_MIN	32768
#define WINDOW_MAX	65535	/* a SYN-ACK's window is never scaled */

u32 l7_tx_window(const struct l7_svc *svc)
{
	return clamp_t(u32, svc->conf.max_request, WINDOW_MIN, WINDOW_MAX);
}

/** struct seg - a segment to build */
struct seg {
	u32 seq, ack;
	u16 window;
	u8 flags;
	u8 optlen;
	u8 opt[40];
	const u8 *data;
	u32 len;
};

static void opt_ts(struct seg *s, u32 tsval, u32 tsecr)
{
	u8 *o = s->opt + s->optlen;

	o[0] = TCPOPT_NOP;
	o[1] = TCPOPT_NOP;
	o[2] = TCPOPT_TIMESTAMP;
	o[3] = TCPOLEN_TIMESTAMP;
	l7_put32(o + 4, tsval);
	l7_put32(o + 8, tsecr);
	s->optlen += 12;
}

static void opt_sack(struct seg *s, u32 start, u32 end)
{
	u8 *o = s->opt + s->optlen;

	o[0] = TCPOPT_NOP;
	o[1] = TCPOPT_NOP;
	o[2] = TCPOPT_SACK;
	o[3] = 10;
	l7_put32(o + 4, start);
	l7_put32(o + 8, end);
	s->optlen += 12;
}

static void opt_syn(struct seg *s, u16 mss, bool sack, bool has_wscale,
		    u8 wscale)
{
	u8 *o = s->opt + s->optlen;

	o[0] = TCPOPT_MSS;
	o[1] = TCPOLEN_MSS;
	l7_put16(o + 2, mss);
	s->optlen += 4;
	if (sack) {
		o = s->opt + s->optlen;
		o[0] = TCPOPT_NOP;
		o[1] = TCPOPT_NOP;
		o[2] = TCPOPT_SACK_PERM;
		o[3] = TCPOLEN_SACK_PERM;
		s->optlen += 4;
	}
	if (has_wscale) {
		o = s->opt + s->optlen;
		o[0] = TCPOPT_NOP;
		o[1] = TCPOPT_WINDOW;
		o[2] = TCPOLEN_WINDOW;
		o[3] = wscale;
		s->optlen += 4;
	}
}

static struct sk_buff *build(const struct l7_tuple *t, const struct seg *s)
{
	struct sk_buff *skb = l7_l3_alloc(t, sizeof(struct tcphdr) + s->optlen,
					  s->len);
	struct tcphdr *th;

	if (!skb)
		return NULL;
	th = tcp_hdr(skb);
	th->seq = htonl(s->seq);
	th->ack_seq = htonl(s->ack);
	th->window = htons(s->window);
	((u8 *)th)[13] = s->flags;
	memcpy(th + 1, s->opt, s->optlen);
	if (s->len)
		memcpy((u8 *)(th + 1) + s->optlen, s->data, s->len);
	l7_l3_csum(skb, t);
	return skb;
}

void l7_tx_synack(struct l7_net *ln, const struct l7_svc *svc,
		  const struct l7_pkt *p, const struct l7_tcpopt *o, u32 isn,
		  u16 mss)
{
	struct l7_tuple t = l7_tuple_reverse(&p->tuple);
	struct seg s = {
		.seq = isn, .ack = p->seq + 1,
		.window = l7_tx_window(svc),
		.flags = TCPHDR_SYN | TCPHDR_ACK,
	};
	struct sk_buff *skb;

	/* Options fit in a cookie only if the client echoes a timestamp. */
	opt_syn(&s, mss, o->has_ts && o->sack_ok,
		o->has_ts && o->has_wscale, L7_WSCALE_US);
	if (o->has_ts)
		opt_ts(&s, l7_cookie_tsval(o), o->tsval);
	skb = build(&t, &s);
	if (skb)
		l7_l3_send(ln->net, skb, t.af, p->skb->mark);
}

static void to_client(struct l7_out *o, struct l7_pend *pe, struct seg *s)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);
	struct l7_tuple r = l7_tuple_reverse(&t);
	struct sk_buff *skb = build(&r, s);

	if (skb)
		__skb_queue_tail(&o->send, skb);
}

static void to_server(struct l7_out *o, struct l7_pend *pe, struct seg *s)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);
	struct sk_buff *skb = build(&t, s);

	if (skb)
		__skb_queue_tail(&o->inject, skb);
}

void l7_tx_ack(struct l7_out *o, struct l7_pend *pe)
{
	u32 left = pe->isn_c + 1 + pe->window - pe->acked;
	struct seg s = {
		.seq = pe->isn_us + 1, .ack = pe->acked,
		.window = left >> (pe->opts.has_wscale ? L7_WSCALE_US : 0),
		.flags = TCPHDR_ACK,
	};
	u32 start, end;

	if (pe->opts.ts)
		opt_ts(&s, pe->ts_base, pe->ts_recent);
	if (pe->opts.sack && l7_buf_sack(pe, &start, &end))
		opt_sack(&s, start, end);
	to_client(o, pe, &s);
}

void l7_tx_reset_client(struct l7_out *o, struct l7_pend *pe)
{
	struct seg s = {
		.seq = pe->isn_us + 1, .ack = pe->acked,
		.flags = TCPHDR_RST | TCPHDR_ACK,
	};

	l7_stat_inc(pe->ln->stats, L7_C_RESET);
	to_client(o, pe, &s);
}

void l7_tx_server_syn(struct l7_out *o, struct l7_pend *pe)
{
	struct seg s = {
		.seq = pe->isn_s, .flags = TCPHDR_SYN, .window = pe->cwin,
	};

	/* SYN windows are unscaled: do not promise more than the client has */
	if (pe->opts.has_wscale)
		s.window = min_t(u32, (u32)pe->cwin << pe->opts.wscale, 65535);
	opt_syn(&s, pe->opts.mss, pe->opts.sack, pe->opts.has_wscale,
		pe->opts.wscale);
	if (pe->opts.ts)
		opt_ts(&s, pe->tsval0, 0);
	o->pool = pe->pool;
	to_server(o, pe, &s);
}

/* In our own sequence space: the caller translates it like a client's. */
void l7_tx_server_ack(struct l7_out *o, struct l7_pend *pe)
{
	struct seg s = {
		.seq = pe->isn_c + 1, .ack = pe->isn_us + 1,
		.window = pe->cwin, .flags = TCPHDR_ACK,
	};

	/* not later than what follows: PAWS */
	if (pe->opts.ts)
		opt_ts(&s, skb_queue_empty(&pe->queue) ? pe->ts_recent :
							 pe->tsval0, pe->ts_base);
	to_server(o, pe, &s);
}

void l7_tx_server_reset(struct l7_out *o, struct l7_pend *pe)
{
	struct seg s = { .seq = pe->isn_s + 1, .flags = TCPHDR_RST };

	to_server(o, pe, &s);
}

struct sk_buff *l7_tx_server_first(struct l7_pend *pe, const u8 *data, u32 len)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);
	struct seg s = {
		.seq = pe->isn_s + 1, .ack = pe->isn_us + 1,
		.window = pe->cwin, .flags = TCPHDR_ACK | TCPHDR_PSH,
		.data = data, .len = len,
	};

	/* not later than any of the client's: PAWS */
	if (pe->opts.ts)
		opt_ts(&s, pe->tsval0, pe->ts_base);
	return build(&t, &s);
}

static void send(struct l7_net *ln, const struct l7_tuple *t,
		 const struct seg *s)
{
	struct sk_buff *skb = build(t, s);

	if (skb)
		l7_l3_send(ln->net, skb, t->af, 0);
}

void l7_tx_reset(struct l7_net *ln, const struct l7_tuple *t, u32 seq)
{
	struct seg s = { .seq = seq, .flags = TCPHDR_RST };

	send(ln, t, &s);
}

void l7_tx_challenge(struct l7_net *ln, const struct l7_tuple *t, u32 seq,
		     u32 ack)
{
	struct seg s = { .seq = seq, .ack = ack, .flags = TCPHDR_ACK };

	send(ln, t, &s);
}

static void inject(struct l7_net *ln, struct sk_buff *skb,
		   const struct l7_tuple *t, struct net_device *dev, u32 mark)
{
	const struct netns_nf *nf = &ln->net->nf;
	const struct nf_hook_entries *e;
	bool v6 = t->af == AF_INET6;
	struct nf_hook_state state;

	l7_l3_prepare(skb, t->af, dev);
	skb->mark = mark;
	e = v6 ? rcu_dereference(nf->hooks_ipv6[NF_INET_PRE_ROUTING])
	       : rcu_dereference(nf->hooks_ipv4[NF_INET_PRE_ROUTING]);
	if (!e) {
		kfree_skb(skb);
		return;
	}
	nf_hook_state_init(&state, NF_INET_PRE_ROUTING,
			   v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, dev, NULL, NULL,
			   ln->net, l7_l3_receive);
	if (nf_hook_slow(skb, &state, e, l7_hook_next(e)) == 1)
		l7_l3_receive(ln->net, NULL, skb);
}

void l7_out_flush(struct l7_net *ln, struct l7_out *o,
		  const struct l7_tuple *t, int iif, u32 mark)
{
	struct net_device *dev;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&o->send)))
		l7_l3_send(ln->net, skb, t->af, mark);
	if (skb_queue_empty(&o->inject))
		return;
	dev = dev_get_by_index_rcu(ln->net, iif);
	while ((skb = __skb_dequeue(&o->inject))) {
		if (dev)
			inject(ln, skb, t, dev, o->pool ?: mark);
		else
			kfree_skb(skb);
	}
}
