// SPDX-License-Identifier: GPL-2.0
/*
 * Delayed binding, its start: a SYN is answered with a SYN cookie, or decides by
 * itself; the ACK that brings the cookie back makes a pending flow. What becomes
 * of that is bind.c. flow->lock for the new flow; a SYN takes no lock.
 */
#include "bind_priv.h"
#include "flow_limit.h"
#include "ipvs.h"
#include "l3ops.h"
#include "learn.h"
#include "server.h"

#define MEASURED_FOR	(10 * HZ)	/* the MTU of the ways to servers */

bool l7_bind_is_sound(struct l7_net *ln, const struct l7_pkt *p)
{
	if (!nf_checksum(p->skb, NF_INET_PRE_ROUTING, p->thoff, IPPROTO_TCP,
			 p->tuple.af))
		return true;
	l7_stat_inc(ln->stats, L7_C_BAD_SEGMENT);
	return false;
}

/* ---- SYN ------------------------------------------------------------- */

static void count_key(struct l7_net *ln, struct l7_svc *svc, int i,
		      enum l7_ctr what, enum l7_rule_ctr of_rule)
{
	l7_bind_count_svc(ln, svc, what);
	l7_rule_stat_inc(svc->rule_stats, i, of_rule);
}

static bool is_moved_on(struct l7_net *ln, const struct l7_svc *svc,
			const struct l7_endpoint *server)
{
	struct l7_pool pool = { .vip = &svc->conf.id };

	return svc->conf.rebind_drained &&
	       l7_bind_is_moved_on(ln, svc, &pool,
				   l7_ipvs_dest_state(ln, &pool, server));
}

/* Policies that need no payload: the SYN itself decides. */
static unsigned int bind_at_syn(struct l7_net *ln, struct l7_svc *svc,
				struct l7_pkt *p)
{
	const struct l7_endpoint *server;
	struct l7_key key;
	u8 val[16];
	int i, err;
	u32 len;

	for (i = 0; i < svc->conf.nrules; i++) {
		len = l7_persist_src_value(svc, &svc->conf.rules[i],
					   p->tuple.af, &p->tuple.saddr, val);
		l7_persist_key(ln, svc, 0, &svc->conf.rules[i], val, len, &key);
		server = l7_server_get(ln, l7_persist_lookup(ln, svc, &key));
		if (!server) {
			count_key(ln, svc, i, L7_C_KEY_MISS, L7_RC_MISS);
			continue;
		}
		if (l7_ipvs_conn_find(ln, &p->tuple) == L7_IPVS_LIVE)
			break;		/* a SYN sent again */
		if (is_moved_on(ln, svc, server)) {
			count_key(ln, svc, i, L7_C_BIND_DRAINED, L7_RC_DRAINED);
			continue;
		}
		err = l7_ipvs_conn_make(ln, &p->tuple, 0, server, false);
		if (!err) {
			count_key(ln, svc, i, L7_C_KEY_HIT, L7_RC_HIT);
			break;
		}
		if (err == -ENOMEM) {
			l7_bind_count_svc(ln, svc, L7_C_NOMEM_DROP);
			return NF_DROP;
		}
		count_key(ln, svc, i, L7_C_BIND_GONE, L7_RC_GONE);
	}
	return NF_ACCEPT;
}

bool l7_bind_is_local(struct l7_net *ln, struct l7_svc *svc)
{
	const struct l7_endpoint *id = &svc->conf.id;
	u64 now = (u64)l7_l3_addr_gen(ln->net, id->af) + 1;

	if (likely(READ_ONCE(svc->local) == now))
		return true;
	if (!l7_l3_is_local(ln->net, id->af, &id->addr))
		return false;
	WRITE_ONCE(svc->local, now);
	return true;
}

static bool has_dest(struct l7_net *ln, const struct l7_svc *svc)
{
	struct l7_pool pool = { .vip = &svc->conf.id };
	int i;

	if (l7_ipvs_has_dest(ln, &pool))
		return true;
	for (i = 0; i < svc->nmarks; i++) {
		pool.mark = svc->marks[i];
		if (l7_ipvs_has_dest(ln, &pool))
			return true;
	}
	return false;
}

/* Without a NAT server at its address, or in a pool, a policy has nothing to do: there may be
 * no virtual service at all, but a listener of this host. IPVS has no cheap way
 * to ask, so that the good news is believed for a second.
 */
static bool is_served(struct l7_net *ln, struct l7_svc *svc)
{
	unsigned long seen = READ_ONCE(svc->served);

	if (seen && time_before(jiffies, seen + HZ))
		return true;
	if (!has_dest(ln, svc)) {
		l7_bind_count_svc(ln, svc, L7_C_FB_NO_SERVICE);
		return false;
	}
	WRITE_ONCE(svc->served, jiffies | 1);
	return true;
}

/* Bytes that we acknowledged cannot be cut anew, and the word that they are too long for
 * the way to a server is of no use to a client that has forgotten them: the client is told
 * beforehand what fits, as servers would do. Believed for a while.
 */
static u32 mtu_of(struct l7_net *ln, struct l7_svc *svc)
{
	unsigned long last = READ_ONCE(svc->measured);
	struct l7_pool pool = { .vip = &svc->conf.id };
	u32 mtu = ETH_DATA_LEN;
	int i;

	if (last && time_before(jiffies, last + MEASURED_FOR))
		return READ_ONCE(svc->mtu);
	mtu = l7_ipvs_mtu(ln, &pool, mtu);
	for (i = 0; i < svc->nmarks; i++) {
		pool.mark = svc->marks[i];
		mtu = l7_ipvs_mtu(ln, &pool, mtu);
	}
	WRITE_ONCE(svc->mtu, mtu);
	WRITE_ONCE(svc->measured, jiffies | 1);
	return mtu;
}

/* IPVS has a connection of this tuple that we know nothing of, and has it still:
 * it is a SYN sent again, or the client forgot a connection and uses its port
 * again. What follows the SYN would go to that server, so the SYN does as well,
 * which accepts it, or has the client end what it forgot. Where nothing may go to
 * a server unseen, that server resets it: it knows of no such handshake.
 */
static bool is_plain(struct l7_net *ln, struct l7_svc *svc,
		     const struct l7_flow *f, const struct l7_pkt *p)
{
	if ((f && !f->plain) || svc->require ||
	    l7_ipvs_conn_find(ln, &p->tuple) != L7_IPVS_LIVE)
		return false;
	l7_bind_count_svc(ln, svc, L7_C_FB_PLAIN);
	return true;
}

unsigned int l7_bind_syn(struct l7_net *ln, struct l7_svc *svc,
			 const struct l7_flow *f, struct l7_pkt *p,
			 const struct net_device *in)
{
	struct l7_tcpopt o;
	u32 isn;

	if (!l7_bind_is_local(ln, svc))
		return NF_ACCEPT;
	if (!svc->splice)
		return bind_at_syn(ln, svc, p);
	if (!is_served(ln, svc) || is_plain(ln, svc, f, p))
		return NF_ACCEPT;
	/* What could not be kept later is better left alone from the start. */
	if (!l7_flow_has_room(ln, svc, &p->tuple, l7_silent_any(ln)))
		return svc->require ? NF_DROP : NF_ACCEPT;
	if (!l7_bind_is_sound(ln, p))
		return NF_DROP;
	l7_pkt_options(p, &o);
	if (!o.has_mss)
		o.mss = TCP_MSS_DEFAULT;
	if (o.mss < L7_COOKIE_MSS_MIN) {
		l7_bind_count_svc(ln, svc, L7_C_FB_MSS);
		return svc->require ? NF_DROP : NF_ACCEPT;
	}
	isn = l7_cookie_make(l7_secret_rcu(ln), &p->tuple, p->seq, o.mss);
	l7_bind_count_svc(ln, svc, L7_C_SYN);
	l7_tx_synack(ln, svc, p, &o, isn,
		     l7_l3_mss(in, p->tuple.af, mtu_of(ln, svc)));
	return l7_pkt_eaten(p);
}

/* ---- the end of a handshake -------------------------------------------- */

static void pend_init(struct l7_pend *pe, const struct l7_pkt *p,
		      const struct l7_cookie_opts *co,
		      const struct l7_tcpopt *o, const struct net_device *in)
{
	pe->isn_c = p->seq - 1;
	pe->isn_us = p->ack - 1;
	pe->isn_s = pe->isn_c;
	pe->start = p->seq;
	pe->rcv_nxt = p->seq;
	pe->acked = p->seq;
	pe->srv_una = p->seq;
	pe->window = l7_tx_window(pe->flow->svc);
	pe->opts = *co;
	pe->cwin = p->window;
	pe->tsval0 = o->tsval;
	pe->ts_recent = o->tsval;
	pe->ts_base = o->tsecr;
	pe->iif = in->ifindex;
	pe->mark = p->skb->mark;
	pe->deadline = jiffies + pe->flow->svc->conf.silent_s * HZ;
	l7_bind_arm_locked(pe, pe->deadline);
}

/* A bare ACK is not worth another's place: its cookie will do later. */
static bool make_room(struct l7_net *ln, const struct l7_pkt *p)
{
	return l7_flow_pend_charge(ln, &p->tuple) ||
	       (p->len && l7_silent_evict(ln) &&
		l7_flow_pend_charge(ln, &p->tuple));
}

/* The segments of one handshake may come to several processors at once: the
 * first of them makes the flow.
 */
static struct l7_flow *find_twin(struct l7_net *ln, const struct l7_pkt *p)
{
	struct l7_flow *f = l7_flow_find_client(ln, &p->tuple);
	bool same;

	if (!f)
		return NULL;
	spin_lock(&f->lock);
	same = !f->pend || f->pend->isn_us == p->ack - 1;
	spin_unlock(&f->lock);
	return same ? f : NULL;
}

/* @old: what is left of an earlier connection of the tuple, or NULL */
static struct l7_flow *start(struct l7_net *ln, struct l7_svc *svc,
			     struct l7_flow *old, struct l7_pkt *p,
			     const struct l7_cookie_opts *co,
			     const struct l7_tcpopt *o,
			     const struct net_device *in)
{
	struct l7_flow *f;
	struct l7_pend *pe;
	bool entered;

	if (old)
		l7_bind_forget(ln, old);
	f = find_twin(ln, p);
	if (f)
		return f;
	if (!make_room(ln, p)) {
		l7_bind_count_svc(ln, svc, L7_C_FB_PENDING_FULL);
		return NULL;
	}
	f = l7_flow_new(ln, svc, &p->tuple);
	pe = f ? l7_bind_pend_new(ln, f) : NULL;
	if (!pe) {
		if (f)
			l7_flow_discard(ln, f);
		l7_flow_pend_uncharge(ln, &p->tuple);
		return NULL;
	}
	spin_lock(&f->lock);
	f->pend = pe;
	entered = l7_flow_enter_locked(ln, f);
	if (entered) {
		pend_init(pe, p, co, o, in);
		l7_silent_add(pe);
	} else {
		l7_bind_drop_locked(f);
	}
	spin_unlock(&f->lock);
	if (!entered) {
		l7_flow_discard(ln, f);
		return find_twin(ln, p);
	}
	l7_bind_count_svc(ln, svc, L7_C_COOKIE_OK);
	l7_bind_count_svc(ln, svc, L7_C_PENDING);
	return f;
}

static enum l7_cookie check_cookie(struct l7_net *ln, const struct l7_pkt *p,
				   struct l7_cookie_opts *co,
				   struct l7_tcpopt *o)
{
	enum l7_cookie v;

	memset(co, 0, sizeof(*co));
	l7_pkt_options(p, o);
	v = l7_cookie_check(l7_secret_rcu(ln), &p->tuple, p->seq - 1,
			    p->ack - 1, co);
	if (o->has_ts)
		l7_cookie_ts_decode(o->tsecr, co);
	return v;
}

bool l7_bind_is_handshake(struct l7_net *ln, const struct l7_pkt *p)
{
	struct l7_cookie_opts co;
	struct l7_tcpopt o;

	return (p->flags & (TCPHDR_ACK | TCPHDR_RST | TCPHDR_SYN)) ==
	       TCPHDR_ACK && check_cookie(ln, p, &co, &o) == L7_COOKIE_GOOD;
}

unsigned int l7_bind_start(struct l7_net *ln, struct l7_svc *svc,
			   struct l7_flow *old, struct l7_pkt *p,
			   const struct net_device *in, unsigned int bad)
{
	struct l7_cookie_opts co;
	struct l7_tcpopt o;
	struct l7_flow *f;

	switch (check_cookie(ln, p, &co, &o)) {
	case L7_COOKIE_BAD:
		l7_bind_count_svc(ln, svc, L7_C_COOKIE_BAD);
		return bad;
	case L7_COOKIE_EARLY:
		if (!l7_flow_is_headless(ln, &p->tuple))
			return NF_DROP;
		l7_bind_count_svc(ln, svc, L7_C_HEADLESS);
		return bad;
	case L7_COOKIE_GOOD:
		break;
	}
	if (!l7_bind_is_sound(ln, p))
		return NF_DROP;
	f = start(ln, svc, old, p, &co, &o, in);
	if (!f)
		return NF_DROP;
	if (!p->len && !(p->flags & TCPHDR_FIN))
		return l7_pkt_eaten(p);	/* the request is still to come */
	return l7_bind_client(ln, f, p, in);
}

unsigned int l7_bind_stray(struct l7_net *ln, struct l7_svc *svc,
			   struct l7_pkt *p, const struct net_device *in)
{
	/* Without a flow it may be a connection of plain IPVS: older than the
	 * policy, or left alone by it.
	 */
	if (!svc->splice || !(p->flags & TCPHDR_ACK) ||
	    p->flags & TCPHDR_RST ||
	    l7_ipvs_conn_find(ln, &p->tuple) == L7_IPVS_LIVE ||
	    !l7_bind_is_local(ln, svc))
		return NF_ACCEPT;
	/* The stack behind us answers a stray with RST, so that a client whose
	 * connection nobody knows any more tries again at once.
	 */
	return l7_bind_start(ln, svc, NULL, p, in, NF_ACCEPT);
}

unsigned int l7_bind_reopen(struct l7_net *ln, struct l7_svc *svc,
			    struct l7_flow *f, struct l7_pkt *p,
			    const struct net_device *in)
{
	return l7_bind_start(ln, svc, f, p, in, NF_ACCEPT);
}
