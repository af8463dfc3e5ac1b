// SPDX-License-Identifier: GPL-2.0
/*
 * Delayed binding: the state machine from the handshake, which is bind_start.c,
 * to the splice.
 *
 *   SYN ──► (SYN cookie, no state) ──► PENDING ──► CONNECTING ──► SPLICED
 *                                     request      SYN to the     SYN-ACK:
 *                                     is held      server         deltas known
 *
 * Every entry point takes flow->lock, decides, collects what is to be emitted
 * in a struct l7_out and emits it after the lock is dropped. What a flow needs
 * only until then lives in struct l7_pend (bind.h), which has the flow's one
 * timer.
 */
#include <linux/slab.h>
#include "bind_buf.h"
#include "bind_priv.h"
#include "flow_limit.h"
#include "ipvs.h"
#include "l3ops.h"
#include "learn.h"
#include "reset.h"
#include "server.h"
#include "timer_compat.h"

#define SYN_RETRY_MS	250	/* first repetition, then doubled */
#define RETRANS_MAX	8
#define LATE_MAX	4	/* SYNs for which a late timer is no sign */

static void pend_timer(struct timer_list *t);

void l7_bind_arm_locked(struct l7_pend *pe, unsigned long when)
{
	lockdep_assert_held(&pe->flow->lock);
	if (!mod_timer(&pe->timer, when))
		refcount_inc(&pe->ref);
}

static void arm_ms(struct l7_pend *pe, u32 ms)
{
	l7_bind_arm_locked(pe, jiffies + msecs_to_jiffies(ms));
}

static void pend_put(struct l7_pend *pe)
{
	if (!refcount_dec_and_test(&pe->ref))
		return;
	l7_flow_put(pe->flow);
	kfree(pe);
}

struct l7_pend *l7_bind_pend_new(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_pend *pe = kzalloc(struct_size(pe, asked, f->svc->conf.nrules),
				     GFP_ATOMIC | __GFP_NOWARN);

	if (!pe)
		return NULL;
	l7_flow_hold(f);
	pe->ln = ln;
	pe->flow = f;
	refcount_set(&pe->ref, 1);
	INIT_LIST_HEAD(&pe->silent);
	__skb_queue_head_init(&pe->queue);
	timer_setup(&pe->timer, pend_timer, 0);
	return pe;
}

/* Detach the transient half; its timer, if it runs just now, finds f->pend
 * cleared and goes away.
 */
void l7_bind_drop_locked(struct l7_flow *f)
{
	struct l7_pend *pe = f->pend;
	struct l7_tuple t = l7_flow_tuple(f);

	if (!pe)
		return;
	WRITE_ONCE(f->pend, NULL);
	if (pe->unsure)		/* some peer may have it: it is to be told */
		f->flags |= L7_FF_SPLICED;
	l7_silent_del(pe);
	l7_buf_purge(pe);
	l7_flow_pend_uncharge(pe->ln, &t);
	if (pe->stalled)
		atomic_dec(&pe->ln->stalled);
	if (timer_delete(&pe->timer))
		pend_put(pe);
	pend_put(pe);
}

void l7_bind_forget(struct l7_net *ln, struct l7_flow *f)
{
	spin_lock(&f->lock);
	l7_flow_remove_locked(ln, f);
	spin_unlock(&f->lock);
}

/* ---- towards the server ------------------------------------------------ */

static void end_locked(struct l7_pend *pe, struct l7_out *o, enum l7_ctr why)
{
	l7_bind_count(pe, why);
	l7_tx_reset_client(o, pe);
	l7_flow_remove_locked(pe->ln, pe->flow);
}

/* Nothing of the attempt may stay: the client may try again with its port. */
static void give_up_locked(struct l7_pend *pe, struct l7_out *o)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);
	struct l7_net *ln = pe->ln;

	end_locked(pe, o, L7_C_NO_SERVER);
	l7_ipvs_conn_displace(ln, &t);
}

/* Let IPVS send the SYN to the target, or, if that vanished meanwhile, where its
 * scheduler says. False: no memory for the former. The session need not move
 * for that; the timer tries again.
 */
static bool aim_locked(struct l7_pend *pe, struct l7_out *o)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);
	const struct l7_endpoint *target;
	int err = -ENOENT;

	target = l7_server_get(pe->ln, pe->target);
	if (target)
		err = l7_ipvs_conn_make(pe->ln, &t, pe->pool, target, false);
	pe->aimed = err != -ENOMEM;
	o->scheduled = err && pe->aimed;
	if (o->scheduled)
		l7_ipvs_conn_yield(pe->ln, &t);
	return pe->aimed;
}

static void connect_locked(struct l7_pend *pe, struct l7_out *o)
{
	struct l7_flow *f = pe->flow;

	l7_bind_proxy_aim(pe);
	l7_flow_set_state_locked(pe->ln, f, L7_FLOW_CONNECTING);
	pe->retries = 0;
	pe->deadline = jiffies + msecs_to_jiffies(f->svc->conf.connect_ms);
	if (aim_locked(pe, o))
		l7_tx_server_syn(o, pe);
	arm_ms(pe, min_t(u32, SYN_RETRY_MS, f->svc->conf.connect_ms));
}

static bool pick_other(struct l7_pend *pe, struct l7_endpoint *other)
{
	struct l7_pool pool = l7_bind_pool(pe);
	const struct l7_endpoint *tried[L7_TRIES_MAX];
	u8 i, n = 0;

	for (i = 0; i < pe->ntried; i++) {
		tried[n] = l7_server_get(pe->ln, pe->tried[i]);
		n += !!tried[n];
	}
	return l7_ipvs_pick_other(pe->ln, &pool, tried, n, other);
}

/* The server refused or stays silent: another one, while we still hold the
 * request.
 */
static void next_server_locked(struct l7_pend *pe, struct l7_out *o)
{
	struct l7_flow *f = pe->flow;
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_endpoint server;

	if (pe->ntried + 1 >= min_t(u8, f->svc->conf.tries, L7_TRIES_MAX) ||
	    !l7_ipvs_conn_server(pe->ln, &t, &server)) {
		give_up_locked(pe, o);
		return;
	}
	pe->tried[pe->ntried++] = l7_server_index(pe->ln, &server);
	if (!pick_other(pe, &server)) {
		give_up_locked(pe, o);
		return;
	}
	l7_bind_count(pe, L7_C_SRV_RETRY);
	pe->target = l7_server_index(pe->ln, &server);
	pe->hit = 0;
	pe->has_cookie = false;
	connect_locked(pe, o);
}

/* ---- the client's segments while pending ------------------------------- */

/* A FIN ends the stream: nothing more will come. */
static bool is_whole_stream(const struct l7_pend *pe)
{
	struct sk_buff *last = skb_peek_tail(&pe->queue);

	return pe->has_fin && last && l7_seg(last)->end == pe->rcv_nxt;
}

static void carry_out_locked(struct l7_pend *pe, struct l7_out *o,
			     enum l7_choice c)
{
	switch (c) {
	case L7_CHOICE_BOUND:
	case L7_CHOICE_SCHEDULE:
		connect_locked(pe, o);
		break;
	case L7_CHOICE_REFUSE:
		end_locked(pe, o, L7_C_REQUIRED);
		break;
	case L7_CHOICE_RESET:
		end_locked(pe, o, L7_C_STEER_RESET);
		break;
	case L7_CHOICE_LOST:
		give_up_locked(pe, o);
		break;
	case L7_CHOICE_MORE:
		/* Only an incomplete request is acknowledged; from now on these
		 * bytes are ours to deliver. A client that lost a segment, or has
		 * more than its first window to send, would else repeat the first
		 * one for ever.
		 */
		pe->acked = pe->rcv_nxt;
		l7_tx_ack(o, pe);
		break;
	}
}

/* Without a look at the request, for want of memory: what can be said of none. */
static void leave_locked(struct l7_pend *pe, struct l7_out *o)
{
	l7_bind_fallback(pe, L7_C_FB_NOMEM);
	carry_out_locked(pe, o, l7_bind_choose(pe, l7_scratch(), 0, true));
}

/* Would more of the request have led elsewhere? */
static bool is_cut_short(const struct l7_pend *pe, enum l7_choice c)
{
	return (c == L7_CHOICE_SCHEDULE || c == L7_CHOICE_REFUSE) &&
	       (pe->flow->svc->conf.nrules || !pe->pool);
}

static void decide_locked(struct l7_pend *pe, struct l7_out *o, bool final)
{
	u32 max = pe->flow->svc->conf.max_request, len;
	const u8 *data = l7_buf_prefix(pe, max, l7_scratch(), &len);
	enum l7_choice c;

	if (!data) {
		leave_locked(pe, o);
		return;
	}
	final = final || is_whole_stream(pe);
	c = l7_bind_choose(pe, data, len, final || len == max);
	if (len == max && !final && is_cut_short(pe, c))
		l7_bind_fallback(pe, L7_C_FB_TOO_LONG);
	carry_out_locked(pe, o, c);
}

static void first_data_locked(struct l7_pend *pe)
{
	l7_silent_del(pe);
	pe->deadline = jiffies +
		       msecs_to_jiffies(pe->flow->svc->conf.inspect_ms);
}

static bool in_window(const struct l7_pend *pe, const struct l7_pkt *p)
{
	u32 start = pe->isn_c + 1;

	return !before(p->seq, start) &&
	       !after(l7_pkt_end(p), start + pe->window + 1);
}

static void note_ack(struct l7_pend *pe, const struct l7_pkt *p)
{
	struct l7_tcpopt o;

	pe->cwin = p->window;
	if (!pe->opts.ts || after(p->seq, pe->rcv_nxt))
		return;
	l7_pkt_options(p, &o);
	if (o.has_ts && (s32)(o.tsval - pe->ts_recent) > 0)
		pe->ts_recent = o.tsval;
}

/* Hold a segment and see whether the request is complete. Return: true when
 * the skb was taken over.
 */
static bool hold_locked(struct l7_pend *pe, struct l7_pkt *p, struct l7_out *o)
{
	bool first = skb_queue_empty(&pe->queue), taken;
	struct l7_flow *f = pe->flow;
	u32 before_nxt = pe->rcv_nxt;

	note_ack(pe, p);
	taken = l7_buf_add(pe, p);
	if (!taken && first && f->state == L7_FLOW_PENDING) {
		/* No memory for the very first bytes: the client will send
		 * them again, and to the server then.
		 */
		leave_locked(pe, o);
		return false;
	}
	if (taken && p->flags & TCPHDR_FIN)
		pe->has_fin = true;
	if (f->state == L7_FLOW_CONNECTING)
		return taken;
	if (taken && first)
		first_data_locked(pe);
	if (pe->rcv_nxt != before_nxt)
		decide_locked(pe, o, false);
	else
		l7_tx_ack(o, pe);	/* a gap or a repetition: say where */
	/* the decision may have been the end of it */
	if (taken && first && f->pend == pe && f->state == L7_FLOW_PENDING)
		l7_bind_arm_locked(pe, pe->deadline);
	return taken;
}

static void client_reset_locked(struct l7_pend *pe, struct l7_out *o)
{
	if (pe->flow->state == L7_FLOW_CONNECTING)
		l7_tx_server_reset(o, pe);
	l7_flow_remove_locked(pe->ln, pe->flow);
}

static bool client_segment_locked(struct l7_pend *pe, struct l7_pkt *p,
				  struct l7_out *o)
{
	if (p->flags & TCPHDR_RST) {
		if (in_window(pe, p) && !before(p->seq, pe->acked))
			client_reset_locked(pe, o);
		return false;
	}
	if (!(p->flags & TCPHDR_ACK))
		return false;
	if (!p->len && !(p->flags & TCPHDR_FIN)) {
		/* keep-alive probe of a silent client */
		if (p->seq == pe->acked - 1)
			l7_tx_ack(o, pe);
		return false;
	}
	if (p->seq == pe->acked - 1 && p->len == 1) {
		l7_tx_ack(o, pe);	/* the same, with a byte of garbage */
		return false;
	}
	if (!in_window(pe, p)) {
		l7_bind_count(pe, L7_C_BAD_SEGMENT);
		return false;
	}
	return hold_locked(pe, p, o);
}

/* After an injected SYN: did IPVS find a server? If there is one to be had, it
 * was memory that it lacked, and the timer tries again.
 */
static void check_scheduled(struct l7_net *ln, struct l7_flow *f,
			    bool scheduled)
{
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_endpoint server;
	struct l7_pend *pe;
	struct l7_out o;
	u32 mark = 0;
	int iif = 0;

	if (likely(!scheduled) || READ_ONCE(f->state) != L7_FLOW_CONNECTING ||
	    l7_ipvs_conn_server(ln, &t, &server))
		return;
	l7_out_init(&o);
	spin_lock_bh(&f->lock);
	pe = f->pend;
	if (pe && f->state == L7_FLOW_CONNECTING && pe->aimed &&
	    !pick_other(pe, &server)) {
		iif = pe->iif;
		mark = pe->mark;
		give_up_locked(pe, &o);
	}
	spin_unlock_bh(&f->lock);
	l7_out_flush(ln, &o, &t, iif, mark);
}

unsigned int l7_bind_client(struct l7_net *ln, struct l7_flow *f,
			    struct l7_pkt *p, const struct net_device *in)
{
	bool taken = false, other = false;
	struct l7_out o;
	struct l7_pend *pe;
	u32 mark = p->skb->mark;

	/* what is held is translated as one segment */
	if (!l7_l3_unlist(p)) {
		l7_stat_inc(ln->stats, L7_C_NOMEM_DROP);
		return NF_DROP;
	}
	if (!l7_bind_is_sound(ln, p))
		return NF_DROP;
	l7_out_init(&o);
	spin_lock(&f->lock);
	/* Spliced while we came here: too late to hold it, let it come again. */
	pe = l7_flow_is_spliced(f) ? NULL : f->pend;
	if (pe) {
		other = p->flags & TCPHDR_ACK && p->ack != pe->isn_us + 1;
		if (!other)
			taken = client_segment_locked(pe, p, &o);
	}
	spin_unlock(&f->lock);
	if (other)	/* the client started over with this port? */
		return l7_bind_start(ln, f->svc, f, p, in, NF_DROP);
	l7_out_flush(ln, &o, &p->tuple, in->ifindex, mark);
	check_scheduled(ln, f, o.scheduled);
	return taken ? NF_STOLEN : l7_pkt_eaten(p);
}

/* The address went to another director, and the connection with it: not a word more to the
 * client, which would take it for the other's. Return: has it?
 */
static bool give_way_locked(struct l7_pend *pe)
{
	struct l7_tuple t = l7_flow_tuple(pe->flow);
	struct l7_net *ln = pe->ln;

	if (l7_bind_is_local(ln, pe->flow->svc))
		return false;
	l7_bind_count(pe, L7_C_MOVED);
	pe->unsure = false;	/* a peer that has it goes on with it */
	l7_flow_remove_locked(ln, pe->flow);
	l7_ipvs_conn_displace(ln, &t);
	return true;
}

/* ---- the server's answer ------------------------------------------------ */

/* The server answers our SYN for an earlier connection of the tuple, as it does
 * in TIME_WAIT: a client would reset that (RFC 9293 3.5.2). It comes from another
 * virtual address that leads to the same server.
 */
static bool is_of_old(const struct l7_pend *pe, const struct l7_pkt *p)
{
	return (p->flags & (TCPHDR_ACK | TCPHDR_SYN | TCPHDR_RST)) ==
	       TCPHDR_ACK && p->ack != pe->isn_s + 1 &&
	       pe->reset_at != pe->retries + 1;
}

static void server_segment_locked(struct l7_pend *pe, const struct l7_pkt *p,
				  struct l7_out *o)
{
	struct l7_endpoint server;

	if (is_of_old(pe, p)) {
		pe->reset_at = pe->retries + 1;
		l7_bind_count(pe, L7_C_SRV_OLD);
		l7_tx_server_syn(o, pe);
		return;
	}
	if (!(p->flags & (TCPHDR_SYN | TCPHDR_RST)) || p->ack != pe->isn_s + 1)
		return;			/* of an earlier attempt */
	if (p->flags & TCPHDR_RST) {
		l7_bind_count(pe, L7_C_SRV_REFUSED);
		next_server_locked(pe, o);
	} else {
		server = l7_tuple_src(&p->tuple);
		l7_splice_locked(pe, p, &server, o);
	}
}

unsigned int l7_bind_server(struct l7_net *ln, struct l7_flow *f,
			    const struct l7_pkt *p)
{
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_tuple back = l7_tuple_reverse(&p->tuple);
	struct l7_pend *pe;
	bool old = false;
	struct l7_out o;
	u32 mark = 0;
	int iif = 0;

	l7_out_init(&o);
	spin_lock(&f->lock);
	pe = f->pend;
	/* one that waits for a peer has its answer; what else a server says comes again */
	if (pe && f->state == L7_FLOW_CONNECTING && !pe->unsure &&
	    !give_way_locked(pe)) {
		iif = pe->iif;
		mark = pe->mark;
		old = is_of_old(pe, p);
		server_segment_locked(pe, p, &o);
	}
	spin_unlock(&f->lock);
	if (old)	/* past IPVS, which would take it for the new one's end */
		l7_tx_reset(ln, &back, p->ack);
	l7_out_flush(ln, &o, &t, iif, mark);
	return l7_pkt_eaten(p);
}

/* The server has more of what is held. Where something was lost, that brings the next, and
 * with each the patience begins anew.
 */
static void took_locked(struct l7_pend *pe, u32 ack, struct l7_out *o)
{
	pe->srv_una = ack;
	if (!before(ack, pe->acked)) {
		l7_bind_drop_locked(pe->flow);
	} else if (pe->retries) {
		pe->retries = 1;
		l7_splice_retransmit_locked(pe, o);
		arm_ms(pe, L7_RETRANS_MS);
	}
}

bool l7_bind_server_acked(struct l7_net *ln, struct l7_flow *f,
			  const struct l7_pkt *p)
{
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_pend *pe;
	struct l7_out o;
	bool ok = true;
	u32 mark = 0;
	int iif = 0;

	l7_out_init(&o);
	spin_lock(&f->lock);
	pe = f->pend;
	if (pe) {
		iif = pe->iif;
		mark = pe->mark;
		ok = l7_bind_proxy_hide(pe, p);
		if (after(p->ack, pe->srv_una))
			took_locked(pe, p->ack, &o);
	}
	spin_unlock(&f->lock);
	l7_out_flush(ln, &o, &t, iif, mark);
	return ok;
}

void l7_bind_answered(struct l7_net *ln, struct l7_svc *svc,
		      const struct l7_tuple *t, const struct l7_pkt *p)
{
	struct l7_endpoint server = l7_tuple_src(&p->tuple);

	l7_learn_answered(ln, svc, 0, t, &server, U8_MAX);
}

/* ---- time ---------------------------------------------------------------- */

/* A processor that was kept from working finds the timer first, and the
 * server's answer after it.
 */
static bool ran_late(const struct l7_pend *pe)
{
	return time_after(jiffies, pe->timer.expires +
				   msecs_to_jiffies(SYN_RETRY_MS / 2));
}

static void connecting_timeout_locked(struct l7_pend *pe, struct l7_out *o)
{
	unsigned long next = jiffies + msecs_to_jiffies(SYN_RETRY_MS);

	if (pe->unsure) {
		l7_semi_timeout_locked(pe, o);
		return;
	}
	if (ran_late(pe) && pe->retries < LATE_MAX) {
		if (time_after(next, pe->deadline))
			pe->deadline = next;
	} else if (time_after_eq(jiffies, pe->deadline)) {
		l7_bind_count(pe, L7_C_SRV_SILENT);
		next_server_locked(pe, o);
		return;
	}
	if (pe->aimed || aim_locked(pe, o)) {
		o->scheduled = true;	/* look at it again, however it was */
		l7_bind_count(pe, L7_C_SYN_RETRANS);
		l7_tx_server_syn(o, pe);
	}
	if (!pe->stalled)
		atomic_inc(&pe->ln->stalled);
	pe->stalled = true;
	next = jiffies + msecs_to_jiffies(SYN_RETRY_MS << min_t(u8, ++pe->retries, 6));
	l7_bind_arm_locked(pe, time_before(next, pe->deadline) ? next :
								 pe->deadline);
}

static void spliced_timeout_locked(struct l7_pend *pe, struct l7_out *o)
{
	if (++pe->retries > RETRANS_MAX) {
		l7_bind_drop_locked(pe->flow);
		o->lost = true;
		return;
	}
	l7_splice_retransmit_locked(pe, o);
	arm_ms(pe, L7_RETRANS_MS << pe->retries);
}

static void pending_timeout_locked(struct l7_pend *pe, struct l7_out *o)
{
	if (time_before(jiffies, pe->deadline))
		return;		/* armed anew while we waited for the lock */
	if (skb_queue_empty(&pe->queue)) {
		l7_bind_count(pe, L7_C_SILENT);
		l7_flow_remove_locked(pe->ln, pe->flow);
		return;
	}
	l7_bind_fallback(pe, L7_C_FB_SLOW);
	decide_locked(pe, o, true);
}

static void timeout_locked(struct l7_pend *pe, struct l7_out *o)
{
	if (!l7_flow_is_spliced(pe->flow) && give_way_locked(pe))
		return;
	switch (pe->flow->state) {
	case L7_FLOW_PENDING:
		pending_timeout_locked(pe, o);
		break;
	case L7_FLOW_CONNECTING:
		connecting_timeout_locked(pe, o);
		break;
	default:
		spliced_timeout_locked(pe, o);
	}
}

static void pend_timer(struct timer_list *timer)
{
	struct l7_pend *pe = timer_container_of(pe, timer, timer);
	struct l7_flow *f = pe->flow;
	struct l7_tuple t = l7_flow_tuple(f);
	struct l7_net *ln = NULL;
	struct l7_out o;
	u32 mark;
	int iif;

	l7_out_init(&o);
	rcu_read_lock();
	spin_lock(&f->lock);
	iif = pe->iif;
	mark = pe->mark;
	if (f->pend == pe) {
		ln = pe->ln;
		timeout_locked(pe, &o);
	}
	spin_unlock(&f->lock);
	if (ln) {
		l7_out_flush(ln, &o, &t, iif, mark);
		check_scheduled(ln, f, o.scheduled);
		/* the client takes for delivered what the server will never get */
		if (o.lost)
			l7_reset_flow(ln, f);
	}
	rcu_read_unlock();
	pend_put(pe);
}

/* ---- the end ------------------------------------------------------------- */

bool l7_bind_reset(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);
	bool pending = false;
	struct l7_out o;
	u32 mark = 0;

	l7_out_init(&o);
	spin_lock(&f->lock);
	if (f->pend && !l7_flow_is_spliced(f)) {
		pending = true;
		mark = f->pend->mark;
		l7_tx_reset_client(&o, f->pend);
		l7_flow_remove_locked(ln, f);
	}
	spin_unlock(&f->lock);
	l7_out_flush(ln, &o, &t, 0, mark);
	return pending;
}

static void drop_pending(struct l7_net *ln, struct l7_flow *f, void *arg)
{
	local_bh_disable();
	if (!l7_bind_reset(ln, f)) {
		spin_lock(&f->lock);
		l7_bind_drop_locked(f);
		spin_unlock(&f->lock);
	}
	local_bh_enable();
}

void l7_bind_exit(struct l7_net *ln)
{
	l7_flow_for_each(ln, drop_pending, NULL);
}
