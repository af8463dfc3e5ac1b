// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks: which packet goes to whom. For a client's packet
 *
 *   PRE_ROUTING, raw + 1   client_hook: handshake, held requests, translation
 *                          into the server's sequence space; conntrack, nft
 *                          and IPVS behind it see one ordinary connection
 *
 * and for a server's
 *
 *   FORWARD 98             server_hook: before IPVS (100) undoes the NAT: the
 *                          SYN-ACK or RST that ends a connection attempt;
 *                          takeover, learning, translation. Where IPVS'
 *                          connections are tracked, takeover is in PRE_ROUTING
 *                          (server_early)
 *
 * LOCAL_OUT has the same for a real server on the director itself. Owns no
 * state; RCU read side throughout.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include "answered.h"
#include "bind.h"
#include "bind_tx.h"
#include "ftp.h"
#include "hook.h"
#include "insert.h"
#include "ipvs.h"
#include "l3ops.h"
#include "learn.h"
#include "net.h"
#include "plain.h"
#include "reset.h"
#include "rewrite.h"
#include "takeover.h"
#include "xlat.h"

static unsigned int no_memory(struct l7_net *ln)
{
	l7_stat_inc(ln->stats, L7_C_NOMEM_DROP);
	return NF_DROP;
}

/* ---- from the client ---------------------------------------------------- */

static bool is_syn(const struct l7_pkt *p)
{
	return (p->flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN;
}

/* A plain connection must not meet the translation of its forerunner, nor be taken for
 * it; what is only routed here begins none of ours. Of FTP's own IPVS knows best.
 */
static bool is_forerunner(struct l7_net *ln, const struct l7_flow *f,
			  const struct l7_pkt *p)
{
	if (!f->plain)
		return true;
	return !l7_flow_is_announced(f) &&
	       l7_l3_is_local(ln->net, f->af, &f->vip) &&
	       !(f->svc->conf.ftp && READ_ONCE(f->state) < L7_FLOW_CLOSING &&
		 l7_ipvs_conn_find(ln, &p->tuple) == L7_IPVS_LIVE);
}

/* @f: what is left of an older connection of this tuple, or NULL */
static unsigned int client_syn(struct l7_net *ln, struct l7_svc *svc,
			       struct l7_flow *f, struct l7_pkt *p,
			       struct net_device *in)
{
	unsigned int verdict = svc ? l7_bind_syn(ln, svc, f, p, in) :
					 NF_ACCEPT;

	if (f && verdict == NF_ACCEPT) {
		/* its number is not known to be right: a request that is under way stays */
		if (!l7_flow_is_spliced(f) && svc && l7_bind_is_local(ln, svc))
			return NF_DROP;
		if (is_forerunner(ln, f, p))
			l7_bind_forget(ln, f);
	}
	if (!svc && l7_ftp_expects(ln))
		l7_ftp_client(ln, p);
	return verdict;
}

/* A SYN amid a connection: one that was long under way, a forged one, or the client forgot
 * the connection and uses its port again. It is asked (RFC 5961 4.2), and not by the server,
 * which may have forgotten as well, and would accept what the client cannot; who forgot
 * answers with a reset. One byte back, as a keep-alive probe is, so that another's window
 * stays what it was.
 */
static unsigned int client_challenge(struct l7_net *ln, const struct l7_flow *f,
				     struct l7_pkt *p)
{
	struct l7_tuple t = l7_tuple_reverse(&p->tuple);

	l7_stat_inc(ln->stats, L7_C_CHALLENGED);
	l7_stat_inc(f->svc->stats, L7_C_CHALLENGED);
	l7_tx_challenge(ln, &t, READ_ONCE(f->ack_c) - 1, READ_ONCE(f->ack_s));
	return l7_pkt_eaten(p);
}

static unsigned int client_spliced(struct l7_net *ln, struct l7_flow *f,
				   struct l7_pkt *p)
{
	int err;

	if (unlikely(f->plain))
		return l7_plain_packet(ln, f, p, NULL);
	if (unlikely(READ_ONCE(f->state) == L7_FLOW_RESETTING)) {
		l7_reset_answer(ln, p);
		return NF_DROP;
	}
	if (!l7_l3_unlist(p))
		return no_memory(ln);
	err = l7_takeover_check(ln, f, false);
	if (err)	/* accepted, the stack forwards it, or answers RST */
		return err == -ENOMEM ? no_memory(ln) : NF_ACCEPT;
	if (unlikely(is_syn(p)))
		return client_challenge(ln, f, p);
	l7_flow_touch(f);
	if (unlikely(READ_ONCE(f->pend)) && l7_bind_proxy_covers(f, p))
		return l7_pkt_eaten(p);
	if (unlikely(READ_ONCE(f->learn)))
		l7_learn_request(ln, f, p);
	l7_takeover_track(ln, f, p, false);
	if (unlikely(smp_load_acquire(&f->insert)))
		return l7_insert_client(ln, f, p) ? NF_ACCEPT : NF_DROP;
	return l7_xlat_client(f, p) ? NF_ACCEPT : no_memory(ln);
}

/* The SYN of a plain one may begin another. */
static bool is_under_way(const struct l7_flow *f, const struct l7_pkt *p)
{
	return READ_ONCE(f->state) < L7_FLOW_CLOSING &&
	       !(unlikely(f->plain) && is_syn(p));
}

/* The next of what the server had, or the first of it again, as the answer was lost: no
 * start of another connection?
 */
static bool goes_on(const struct l7_flow *f, const struct l7_pkt *p)
{
	u32 next = READ_ONCE(f->ack_s);

	return p->seq == next ||
	       (!f->plain && f->cookie && (u16)p->ack == f->cookie &&
		before(p->seq, next));
}

/* A connection that just got a flow may say something that counts already. */
static unsigned int client_found(struct l7_net *ln, struct l7_pkt *p)
{
	struct l7_flow *f = l7_flow_find_client(ln, &p->tuple);

	return f ? client_spliced(ln, f, p) : NF_ACCEPT;
}

static unsigned int client_tcp(struct l7_net *ln, struct l7_pkt *p,
			       struct net_device *in)
{
	struct l7_flow *f = l7_flow_find_client(ln, &p->tuple);
	bool spliced = f && l7_flow_is_spliced(f);
	struct l7_endpoint vip;
	struct l7_svc *svc;

	if (likely(spliced && is_under_way(f, p)))
		return client_spliced(ln, f, p);
	if (f && !spliced && !is_syn(p))
		return l7_bind_client(ln, f, p, in);
	/* flows outlive their policy */
	vip = l7_tuple_dst(&p->tuple);
	svc = l7_svc_find_rcu(ln, &vip);
	if (is_syn(p))
		return client_syn(ln, svc, f, p, in);
	if (spliced) {
		if (svc && svc->splice && !goes_on(f, p) &&
		    l7_bind_is_handshake(ln, p))
			return l7_bind_reopen(ln, svc, f, p, in);
		return client_spliced(ln, f, p);
	}
	if (!svc)
		return NF_ACCEPT;
	if (unlikely(svc->conf.mirror || svc->conf.ftp) &&
	    l7_plain_found(ln, svc, p))
		return svc->conf.ftp ? client_found(ln, p) : NF_ACCEPT;
	return l7_bind_stray(ln, svc, p, in);
}

/* An ICMP error about a packet to the client quotes the sequence number that
 * the client knows; the server knows another.
 */
static noinline unsigned int client_icmp(struct l7_net *ln,
					 struct sk_buff *skb, u8 af)
{
	struct l7_insert_map m;
	struct l7_quoted q;
	struct l7_tuple t;
	struct l7_flow *f;

	if (!l7_l3_quoted(skb, af, &q))
		return NF_ACCEPT;
	t = l7_tuple_reverse(&q.tuple);
	f = l7_flow_find_client(ln, &t);
	if (!f || !l7_flow_is_spliced(f) || f->plain)
		return NF_ACCEPT;
	l7_stat_inc(ln->stats, L7_C_ICMP);
	return l7_xlat_icmp(f, skb, &q, l7_insert_map(f, &m)) ?
	       NF_ACCEPT : no_memory(ln);
}

/* A server's segment of a connection that is another director's. */
static void take_over_early(struct l7_net *ln, const struct l7_tuple *t)
{
	struct l7_flow *f = l7_flow_find_server(ln, t);

	if (f && l7_flow_is_spliced(f) && !l7_flow_is_announced(f) &&
	    READ_ONCE(f->state) == L7_FLOW_STANDBY)
		l7_takeover_recheck(ln, f, true);
}

static bool is_udp(const struct l7_net *ln, struct sk_buff *skb, u8 af,
		   struct l7_tuple *t)
{
	return unlikely(READ_ONCE(ln->udp)) && l7_l3_udp(skb, af, t);
}

static unsigned int client_udp(struct l7_net *ln, const struct l7_tuple *t)
{
	if (unlikely(atomic_read(&ln->standby)) &&
	    l7_port_test(&ln->rports, t->sport) && l7_ipvs_tracks(ln))
		take_over_early(ln, t);
	return l7_plain_udp_client(ln, t);
}

/* Out of line: what they keep on the stack is zeroed with each call. */
static noinline unsigned int client_packet(struct l7_net *ln,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	struct l7_pkt p;

	if (likely(l7_l3_tcp(skb, state->pf, &p)))
		return client_tcp(ln, &p, state->in);
	if (is_udp(ln, skb, state->pf, &p.tuple))
		return client_udp(ln, &p.tuple);
	return client_icmp(ln, skb, state->pf);
}

/* More than a glance. Fragments are gathered where the stack would do it on
 * its way to IPVS; those that are routed on stay what they are.
 */
static noinline unsigned int client_unclear(struct l7_net *ln,
					    struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	if (l7_l3_is_other(skb, state->pf, READ_ONCE(ln->udp)))
		return NF_ACCEPT;
	if (l7_l3_is_fragment(skb, state->pf)) {
		if (!l7_l3_is_for_us(ln->net, skb, state->pf))
			return NF_ACCEPT;
		if (!l7_l3_gather(ln->net, skb, state->hook))
			return NF_STOLEN;
	}
	return client_packet(ln, skb, state);
}

/* Rules about the state of connections are between here and FORWARD: where IPVS' connections
 * are tracked, a server's segment must be of one that is known before.
 */
static bool may_take_over(const struct l7_net *ln, const struct tcphdr *th)
{
	return atomic_read(&ln->standby) &&
	       l7_port_test(&ln->rports, th->source) && l7_ipvs_tracks(ln);
}

static noinline void server_early(struct l7_net *ln, struct sk_buff *skb, u8 af)
{
	struct l7_pkt p;

	/* a SYN is of the next connection */
	if (l7_l3_tcp(skb, af, &p) && !(p.flags & TCPHDR_SYN))
		take_over_early(ln, &p.tuple);
}

static unsigned int client_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	const struct tcphdr *th = l7_l3_peek(skb, state->pf);
	struct l7_net *ln = priv;

	if (skb->pkt_type != PACKET_HOST)
		return NF_ACCEPT;
	if (unlikely(!th))
		return client_unclear(ln, skb, state);
	if (may_take_over(ln, th))
		server_early(ln, skb, state->pf);
	if (!l7_port_test(&ln->vports, th->dest))
		return NF_ACCEPT;
	return client_packet(ln, skb, state);
}

/* ---- from the server ---------------------------------------------------- */

static noinline unsigned int
server_inserting(struct l7_net *ln, struct l7_flow *f, struct l7_pkt *p,
		 const struct nf_hook_state *state)
{
	u32 delta;

	return l7_insert_server(ln, f, p, state, &delta) &&
	       l7_xlat_server_by(f, p, delta) ? NF_ACCEPT : NF_DROP;
}

static unsigned int server_spliced(struct l7_net *ln, struct l7_flow *f,
				   struct l7_pkt *p,
				   const struct nf_hook_state *state)
{
	int err;

	if (unlikely(f->plain))
		return l7_plain_packet(ln, f, p, state);
	/* The answer to a SYN that we have used already: the ACK or the first
	 * segment was lost, and the client or our timer sends it again.
	 */
	if (p->flags & TCPHDR_SYN)
		return NF_DROP;
	if (unlikely(READ_ONCE(f->state) == L7_FLOW_RESETTING)) {
		l7_reset_answer(ln, p);
		return NF_DROP;
	}
	if (!l7_l3_unlist(p))
		return no_memory(ln);
	err = l7_takeover_check(ln, f, true);
	if (err)
		return err == -ENOMEM ? no_memory(ln) : NF_ACCEPT;
	l7_flow_touch(f);
	l7_takeover_track(ln, f, p, true);
	if (unlikely(READ_ONCE(f->learn)))
		l7_learn_feed(ln, f, p);
	if (unlikely(READ_ONCE(f->pend)) && p->flags & TCPHDR_ACK &&
	    !l7_bind_server_acked(ln, f, p))
		return no_memory(ln);
	if (unlikely(READ_ONCE(f->rewrite)) &&
	    !l7_rewrite_server(ln, f, p, state))
		return NF_DROP;
	if (unlikely(smp_load_acquire(&f->insert)))
		return server_inserting(ln, f, p, state);
	return l7_xlat_server_by(f, p, f->seq_delta) ? NF_ACCEPT :
						       no_memory(ln);
}

/* Does some server not answer its SYN at once? */
static bool is_stalled(const struct l7_net *ln)
{
	return unlikely(atomic_read(&ln->stalled));
}

/* A server may open data connections of FTP. */
static bool may_open(const struct l7_net *ln, u8 flags)
{
	return l7_ftp_expects(ln) &&
	       (flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN;
}

/* May it end a connection attempt? */
static bool is_answer(u8 flags)
{
	return flags & TCPHDR_RST ||
	       (flags & (TCPHDR_SYN | TCPHDR_ACK)) == (TCPHDR_SYN | TCPHDR_ACK);
}

/* A client that has a route to its server resets what comes from there untranslated: the
 * answer to a SYN that a director forwarded with its last breath, sent again through one that
 * knows nothing of it. If the client's SYN came again, too, that is a connection here by now,
 * and for the server both are one.
 */
static noinline unsigned int misled_reset(struct l7_net *ln,
					  const struct l7_pkt *p)
{
	struct l7_tuple back = l7_tuple_reverse(&p->tuple), t;
	struct l7_endpoint vip;
	struct l7_svc *svc;

	if (!l7_ipvs_conn_client(ln, &back, &t) ||
	    l7_ipvs_conn_find(ln, &t) != L7_IPVS_LIVE)
		return NF_ACCEPT;
	vip = l7_tuple_dst(&t);
	svc = l7_svc_find_rcu(ln, &vip);
	if (!svc)
		return NF_ACCEPT;
	l7_stat_inc(ln->stats, L7_C_MISLED);
	l7_stat_inc(svc->stats, L7_C_MISLED);
	return NF_DROP;
}

static unsigned int other_reset(struct l7_net *ln, const struct l7_pkt *p,
				u8 hook)
{
	if (hook == NF_INET_FORWARD)
		return misled_reset(ln, p);
	return l7_ftp_is_early(ln, p) ? NF_DROP : NF_ACCEPT;
}

static unsigned int server_answer(struct l7_net *ln, const struct l7_pkt *p,
				  u8 hook)
{
	struct l7_endpoint vip;
	struct l7_tuple t;
	struct l7_svc *svc;
	struct l7_flow *f;

	if (!l7_ipvs_conn_client(ln, &p->tuple, &t))
		return p->flags & TCPHDR_RST ? other_reset(ln, p, hook) :
					       NF_ACCEPT;
	f = l7_flow_find_client(ln, &t);
	if (f)
		return l7_flow_is_spliced(f) ? NF_ACCEPT
					     : l7_bind_server(ln, f, p);
	vip = l7_tuple_dst(&t);
	svc = l7_svc_find_rcu(ln, &vip);
	if (svc && !svc->splice && p->flags & TCPHDR_SYN) {
		if (svc->conf.nrules)
			l7_answered_note(ln, &p->tuple);
		l7_plain_answered(ln, svc, &t);
	}
	return NF_ACCEPT;
}

/* Does the server say more than a SYN-ACK, for the first time? */
static bool is_more(const struct l7_net *ln, const struct l7_pkt *p)
{
	return l7_answered_port(ln, p->tuple.sport) &&
	       !(p->flags & (TCPHDR_SYN | TCPHDR_RST)) &&
	       l7_answered_is(ln, &p->tuple);
}

static noinline void server_says_more(struct l7_net *ln, const struct l7_pkt *p)
{
	struct l7_endpoint vip;
	struct l7_tuple t;
	struct l7_svc *svc;

	if (!l7_ipvs_conn_client(ln, &p->tuple, &t))
		return;
	vip = l7_tuple_dst(&t);
	svc = l7_svc_find_rcu(ln, &vip);
	if (svc && !svc->splice)
		l7_bind_answered(ln, svc, &t, p);
	l7_answered_drop(ln, &p->tuple);
}

/* Two virtual addresses may lead to one server, and a client may use one port
 * for both, one after the other: to the server that is one port again.
 */
static bool may_be_of_next(const struct l7_net *ln, const struct l7_flow *f,
			   const struct l7_pkt *p)
{
	return f && (p->flags & TCPHDR_SYN ||
		     (is_stalled(ln) &&
		      READ_ONCE(f->state) >= L7_FLOW_CLOSING));
}

/* The connection that follows @f, if it is there; a server that accepts it has
 * ended @f.
 */
static noinline struct l7_flow *of_next(struct l7_net *ln, struct l7_flow *f,
					const struct l7_pkt *p)
{
	struct l7_flow *next;
	struct l7_tuple t;

	if (!l7_ipvs_conn_client(ln, &p->tuple, &t))
		return NULL;
	next = l7_flow_find_client(ln, &t);
	if (!next || next == f || l7_flow_is_spliced(next))
		return NULL;
	if (p->flags & TCPHDR_SYN)
		l7_bind_forget(ln, f);
	return next;
}

static noinline unsigned int server_packet(struct l7_net *ln,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	struct l7_flow *f = NULL, *next;
	struct l7_pkt p;

	if (!l7_l3_tcp(skb, state->pf, &p))
		return is_udp(ln, skb, state->pf, &p.tuple) ?
		       l7_plain_udp_server(ln, &p.tuple) : NF_ACCEPT;
	if (may_open(ln, p.flags) && l7_ftp_server(ln, &p))
		return NF_ACCEPT;
	if (l7_port_test(&ln->rports, p.tuple.sport))
		f = l7_flow_find_server(ln, &p.tuple);
	if (unlikely(is_more(ln, &p)))
		server_says_more(ln, &p);
	next = may_be_of_next(ln, f, &p) ? of_next(ln, f, &p) : NULL;
	if (unlikely(next))
		return l7_bind_server(ln, next, &p);
	if (f && l7_flow_is_spliced(f))
		return server_spliced(ln, f, &p, state);
	return is_answer(p.flags) || is_stalled(ln) ?
	       server_answer(ln, &p, state->hook) : NF_ACCEPT;
}

/* More than a glance. IPVS would gather fragments next, of whomever; those that
 * this host makes are a raw socket's, and stay.
 */
static noinline unsigned int server_unclear(struct l7_net *ln,
					    struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	if (l7_l3_is_other(skb, state->pf, READ_ONCE(ln->udp)))
		return NF_ACCEPT;
	if (l7_l3_is_fragment(skb, state->pf)) {
		if (state->hook != NF_INET_FORWARD)
			return NF_ACCEPT;
		if (!l7_l3_gather(ln->net, skb, state->hook))
			return NF_STOLEN;
	}
	return server_packet(ln, skb, state);
}

/* None of ours, as far as a glance tells. */
static bool is_foreign(const struct l7_net *ln, const struct tcphdr *th)
{
	return th && !l7_port_test(&ln->rports, th->source) &&
	       !l7_answered_port(ln, th->source) &&
	       !is_answer(tcp_flag_byte(th)) && !is_stalled(ln) &&
	       !may_open(ln, tcp_flag_byte(th));
}

static unsigned int server_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	const struct tcphdr *th = l7_l3_peek(skb, state->pf);
	struct l7_net *ln = priv;

	if (is_foreign(ln, th))
		return NF_ACCEPT;
	return th ? server_packet(ln, skb, state)
		  : server_unclear(ln, skb, state);
}

/* LOCAL_OUT runs in process context as well; the rest of the module counts on
 * BH being off. What IPVS sends to a server passes here, too.
 */
static unsigned int local_server_hook(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	unsigned int verdict;

	if (skb->ipvs_property || is_foreign(priv, l7_l3_peek(skb, state->pf)))
		return NF_ACCEPT;
	local_bh_disable();
	verdict = server_hook(priv, skb, state);
	local_bh_enable();
	return verdict;
}

/* ---- registration -------------------------------------------------------- */

/* IPVS: FORWARD 99 (ICMP) and 100; LOCAL_OUT NAT_DST + 1 and + 2. The numbers
 * of both families are the same.
 */
#define L7_HOOK(fn, family, num, prio) {	\
	.hook = fn,				\
	.pf = family,				\
	.hooknum = num,				\
	.priority = prio,			\
}
#define L7_HOOKS(family)						      \
	L7_HOOK(client_hook, family, NF_INET_PRE_ROUTING, NF_IP_PRI_RAW + 1), \
	L7_HOOK(server_hook, family, NF_INET_FORWARD, 98),		      \
	L7_HOOK(local_server_hook, family, NF_INET_LOCAL_OUT,		      \
		NF_IP_PRI_NAT_DST)

static const struct nf_hook_ops hook_ops[] = {
	L7_HOOKS(NFPROTO_IPV4),
	L7_HOOKS(NFPROTO_IPV6),
};

static bool is_ours(const struct nf_hook_entry *h)
{
	return h->hook == client_hook || h->hook == server_hook ||
	       h->hook == local_server_hook;
}

unsigned int l7_hook_next(const struct nf_hook_entries *e)
{
	unsigned int i;

	for (i = 0; i < e->num_hook_entries; i++)
		if (is_ours(&e->hooks[i]))
			return i + 1;
	return e->num_hook_entries;
}

void l7_hook_pass_on(struct sk_buff *skb, const struct nf_hook_state *s)
{
	const struct netns_nf *nf = &s->net->nf;
	struct nf_hook_state state = *s;
	const struct nf_hook_entries *e;

	e = s->pf == NFPROTO_IPV6 ? rcu_dereference(nf->hooks_ipv6[s->hook])
				  : rcu_dereference(nf->hooks_ipv4[s->hook]);
	if (!e)
		kfree_skb(skb);
	else if (nf_hook_slow(skb, &state, e, l7_hook_next(e)) == 1)
		state.okfn(state.net, state.sk, skb);
}

int l7_hook_register(struct l7_net *ln)
{
	struct nf_hook_ops *ops;
	unsigned int i;
	int err;

	if (ln->hooks)
		return 0;
	/* of its own: a hook finds the namespace's data at no cost */
	ops = kmemdup(hook_ops, sizeof(hook_ops), GFP_KERNEL);
	if (!ops)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hook_ops); i++)
		ops[i].priv = ln;
	err = nf_register_net_hooks(ln->net, ops, ARRAY_SIZE(hook_ops));
	if (err) {
		kfree(ops);
		return err;
	}
	ln->hooks = ops;
	return 0;
}

void l7_hook_unregister(struct l7_net *ln)
{
	if (!ln->hooks)
		return;
	nf_unregister_net_hooks(ln->net, ln->hooks, ARRAY_SIZE(hook_ops));
	synchronize_net();
	kfree(ln->hooks);
	ln->hooks = NULL;
}
