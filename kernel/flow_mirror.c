// SPDX-License-Identifier: GPL-2.0
/*
 * Flows as records: what peers are told of them, how a peer's word is joined
 * into the table, and listings. Owns no state of its own.
 */
#include <net/tcp.h>
#include "bind.h"
#include "net.h"
#include "flow_list.h"
#include "flow_mirror.h"
#include "flow_priv.h"
#include "ftp.h"
#include "insert.h"
#include "ipvs.h"
#include "l3ops.h"
#include "learn.h"
#include "rewrite.h"
#include "sync.h"
#include "pure/merge.h"
#include "walk.h"

/* Lifetime of a record of a connection that has ended */
#define REMOVED_TTL	0	/* just now */
#define ANSWER_TTL	1	/* before: an answer to who still had it */

/* How far a peer's clock may be behind, as SYN cookies allow it: generations, about 64 s */
#define BEHIND	4096

/* That a connection of ours was used lately: it did not end at another director. One that
 * ended a minute's generations later has hardly been ours, as each change counts one; and if
 * that is in the future, it is of before our restart, after which the clock went back.
 */
#define USED_LATELY	2	/* seconds */
#define USED_OTHERS	60

static struct l7_flow *of_dirty(struct l7_dirty *d)
{
	return container_of(d, struct l7_flow, dirty);
}

static bool hold(struct l7_dirty *d)
{
	return l7_flow_hold(of_dirty(d));
}

static void put(struct l7_dirty *d)
{
	l7_flow_put(of_dirty(d));
}

static struct l7_endpoint endpoint(const struct l7_flow *f,
				   const union nf_inet_addr *a, __be16 port)
{
	return (struct l7_endpoint) {
		.addr = *a, .port = port, .af = f->af,
		.proto = l7_flow_proto(f),
	};
}

/* Lifetime as peers are told it: a quarter more than is left, because they
 * hear of a flow's use only when its end moved by a quarter. A copy has that
 * quarter already, and would live for ever if each told it another. One that is
 * closing ends at all of them at once, or it would come back from one to another.
 */
static u32 wire_ttl(const struct l7_flow *f)
{
	u32 life = l7_flow_lifetime(f), idle = l7_flow_idle(f);
	u32 left = life > idle ? life - idle : 0;

	return f->state <= L7_FLOW_SPLICED ? left + life / 4 + 1 : left;
}

static u8 plain_flags(const struct l7_flow *f)
{
	static const u8 flags[] = {
		[L7_PLAIN_NAT] = L7_RF_PLAIN,
		[L7_PLAIN_ONEWAY] = L7_RF_PLAIN | L7_RF_ONEWAY,
		[L7_PLAIN_TUNNEL] = L7_RF_PLAIN | L7_RF_ONEWAY | L7_RF_TUNNEL,
		[L7_PLAIN_DATA] = L7_RF_PLAIN | L7_RF_DATA,
	};

	return flags[f->plain];
}

static enum l7_plain plain_of(const struct l7_record *r)
{
	return !(r->f.flags & L7_RF_PLAIN) ? L7_PLAIN_NOT :
	       r->f.flags & L7_RF_DATA ? L7_PLAIN_DATA :
	       !(r->f.flags & L7_RF_ONEWAY) ? L7_PLAIN_NAT :
	       r->f.flags & L7_RF_TUNNEL ? L7_PLAIN_TUNNEL : L7_PLAIN_ONEWAY;
}

/* Of a data connection the record's service and server are those of its control
 * connection.
 */
static struct l7_endpoint server_of(const struct l7_record *r)
{
	struct l7_endpoint server = r->f.server;

	if (plain_of(r) == L7_PLAIN_DATA)
		server.port = r->f.data.sport;
	return server;
}

static struct l7_tuple tuple_of(const struct l7_record *r)
{
	bool data = plain_of(r) == L7_PLAIN_DATA;

	return (struct l7_tuple) {
		.saddr = r->f.client.addr, .daddr = r->f.vip.addr,
		.sport = r->f.client.port,
		.dport = data ? r->f.data.vport : r->f.vip.port,
		.af = r->f.client.af, .udp = r->f.vip.proto == IPPROTO_UDP,
	};
}

/* Which connection it is. */
static void identify(const struct l7_flow *f, struct l7_rec_flow *r)
{
	r->client = endpoint(f, &f->client, f->cport);
	r->vip = endpoint(f, &f->vip, f->vport);
	r->server = l7_flow_server(f);
	if (likely(f->plain != L7_PLAIN_DATA))
		return;
	r->data.vport = f->vport;
	r->data.sport = f->sport;
	r->data.control = f->control;
	r->vip.port = f->svc->conf.id.port;
	r->server.port = 0;
}

static void fill(const struct l7_flow *f, u8 node, struct l7_record *r)
{
	memset(r, 0, sizeof(*r));
	r->kind = L7_REC_FLOW;
	r->origin = f->origin ?: node;
	r->gen = f->gen;
	r->removed = !(f->flags & L7_FF_HASHED);
	identify(f, &r->f);
	r->f.seq_delta = f->seq_delta;
	r->f.ts_delta = f->ts_delta;
	r->f.wscale_us = f->wscale_us;
	r->f.wscale_srv = f->wscale_srv;
	r->f.flags = f->state >= L7_FLOW_CLOSING ? L7_RF_CLOSING : 0;
	if (f->plain)
		r->f.flags |= plain_flags(f);
	else
		r->f.flags |= (f->flags & L7_FF_TS ? L7_RF_TS : 0) |
			      f->wscale_cli << L7_RF_WSCALE;
	if (!r->removed) {
		l7_insert_fill_locked(f, &r->f);
		l7_learn_fill_locked(f, &r->f.answer);
	}
	r->f.ttl = !r->removed ? wire_ttl(f) :
		   f->state == L7_FLOW_CLOSED ? REMOVED_TTL : ANSWER_TTL;
}

static bool snapshot(struct l7_net *ln, struct l7_dirty *d,
		     struct l7_record *out)
{
	struct l7_flow *f = of_dirty(d);
	bool ok;

	spin_lock_bh(&f->lock);
	ok = f->flags & L7_FF_SPLICED || l7_semi_awaits_locked(f);
	if (ok)
		fill(f, l7_sync_node(ln), out);
	spin_unlock_bh(&f->lock);
	return ok;
}

/* When it was used last, such that @ttl is what remains. */
static u32 last_of(const struct l7_flow *f, u32 ttl)
{
	u32 life = l7_flow_lifetime(f);

	return (u32)jiffies - (life - min(life, ttl)) * HZ;
}

/* Take over a record's values; the flow is fresh or a standby copy. */
static void take_locked(struct l7_net *ln, struct l7_flow *f,
			const struct l7_record *r)
{
	l7_flow_set_state_locked(ln, f, r->f.flags & L7_RF_CLOSING ?
				 L7_FLOW_CLOSING : L7_FLOW_STANDBY);
	f->seq_delta = r->f.seq_delta;
	l7_insert_take_locked(f, &r->f);
	if (f->plain) {
		l7_flow_open_locked(ln, f);	/* at the peer */
		l7_ftp_end_locked(f);
	} else {
		l7_rewrite_end_locked(f);
	}
	f->ts_delta = r->f.ts_delta;
	f->wscale_us = min_t(u8, r->f.wscale_us, TCP_MAX_WSCALE);
	f->wscale_srv = min_t(u8, r->f.wscale_srv, TCP_MAX_WSCALE);
	if (!f->plain) {
		f->wscale_cli = min_t(u8, r->f.flags >> L7_RF_WSCALE,
				      TCP_MAX_WSCALE);
		l7_learn_take_locked(f, &r->f.answer);
	}
	f->origin = r->origin;
	f->gen = r->gen;
	l7_dirty_touch(&f->dirty);
	f->flags |= r->f.flags & L7_RF_TS && !f->plain ? L7_FF_TS : 0;
	f->last = last_of(f, r->f.ttl);
}

static int create(struct l7_net *ln, const struct l7_record *r,
		  const struct l7_tuple *t)
{
	struct l7_svc *svc = l7_svc_find_rcu(ln, &r->f.vip);
	struct l7_endpoint server = server_of(r);
	int ret = L7_APPLY_OK;
	struct l7_flow *f;
	bool entered;

	if (!svc)
		return L7_APPLY_UNRESOLVED;
	f = l7_flow_new(ln, svc, t);
	if (!f)
		return L7_APPLY_FULL;
	f->plain = plain_of(r);
	f->udp = t->udp;
	f->control = r->f.data.control;
	spin_lock_bh(&f->lock);
	entered = l7_flow_enter_locked(ln, f);
	if (!entered) {
		ret = L7_APPLY_FULL;
		goto unlock;
	}
	take_locked(ln, f, r);
	if (l7_flow_set_server(ln, f, &server)) {
		l7_flow_remove_locked(ln, f);
		ret = L7_APPLY_FULL;
	} else {
		/* pairs with the acquire in l7_flow_is_spliced() users */
		smp_store_release(&f->flags, f->flags | L7_FF_SPLICED);
	}
unlock:
	spin_unlock_bh(&f->lock);
	if (!entered)
		l7_flow_discard(ln, f);
	return ret;
}

static bool same_value(const struct l7_flow *f, const struct l7_record *r)
{
	return f->sport == server_of(r).port && f->plain == plain_of(r) &&
	       (f->plain != L7_PLAIN_DATA ||
		f->control == r->f.data.control) &&
	       nf_inet_addr_cmp(&f->server, &r->f.server.addr) &&
	       f->seq_delta == r->f.seq_delta;
}

/* Did a connection of this tuple end, that the record may be of? */
static bool is_of_gone(struct l7_net *ln, const struct l7_tuple *t,
		       const struct l7_record *r)
{
	u32 gone;

	return l7_gone_find(ln, t, &gone) && !l7_merge_is_later(r->gen, gone);
}

/* Its handshake was answered here, and a peer has spliced it since: there it goes on. The
 * peer's clock, of which its generation is, may be behind; then the record is of this
 * connection unless there was an earlier one.
 */
static bool is_overtaken(struct l7_net *ln, const struct l7_flow *f,
			 const struct l7_tuple *t, const struct l7_record *r)
{
	if (f->flags & L7_FF_SPLICED || !(f->flags & L7_FF_HASHED) || r->removed)
		return false;
	return l7_merge_is_later(r->gen, f->gen) ||
	       (f->state == L7_FLOW_PENDING && f->gen - r->gen <= BEHIND &&
		!is_of_gone(ln, t, r));
}

static bool is_answer(const struct l7_record *r)
{
	return r->removed && r->f.ttl == ANSWER_TTL;
}

/* A peer says of a connection that it has ended, but it goes on here: there is another of
 * the same tuple, which was made at a director whose clock is behind.
 */
static bool is_used_here(const struct l7_flow *f, const struct l7_record *r)
{
	bool other;

	if (!is_answer(r) || f->origin || f->state > L7_FLOW_SPLICED)
		return false;
	other = r->gen - f->gen > BEHIND && l7_merge_is_later(r->gen, l7_first_gen());
	return l7_flow_idle(f) < (other ? USED_OTHERS : USED_LATELY);
}

static int join_locked(struct l7_net *ln, struct l7_flow *f,
		       const struct l7_tuple *t, const struct l7_record *r)
{
	struct l7_version cur = { f->gen, f->origin ?: l7_sync_node(ln) };
	struct l7_version in = { r->gen, r->origin };
	bool same = same_value(f, r);
	enum l7_merge m = l7_merge_decide(&cur, &in, same);

	if (is_overtaken(ln, f, t, r))
		return -EAGAIN;
	if (!(f->flags & L7_FF_SPLICED) || !(f->flags & L7_FF_HASHED))
		return L7_APPLY_OLD;
	if (m == L7_MERGE_KEEP || m == L7_MERGE_CONFLICT_KEEP) {
		/* the owner used it again: its end moves */
		if (same && cur.gen == in.gen && f->origin && !r->removed &&
		    (s32)(last_of(f, r->f.ttl) - f->last) > 0) {
			f->last = last_of(f, r->f.ttl);
			l7_dirty_touch(&f->dirty);
		}
		return m == L7_MERGE_KEEP ? L7_APPLY_OLD : L7_APPLY_CONFLICT;
	}
	if (is_answer(r) && !l7_merge_is_later(r->gen, f->gen))
		return L7_APPLY_OLD;
	if (is_used_here(f, r)) {
		f->gen = r->gen;
		l7_flow_changed_locked(ln, f);
		return L7_APPLY_OLD;
	}
	if (r->removed) {
		f->origin = r->origin;
		f->gen = r->gen;
		l7_flow_remove_locked(ln, f);
		l7_gone_note(ln, t, r->gen);
		return L7_APPLY_OK;
	}
	if (!same)	/* another connection of the same tuple: replaced below */
		return -EAGAIN;
	take_locked(ln, f, r);
	return L7_APPLY_OK;
}

/* Tell whoever still has it that it has ended, in generation @gen: a director that was cut
 * off then, or for whom nothing was queued as it was silent. Enough of these at a time:
 * as long as tables differ, they are compared again.
 */
static void answer_rcu(struct l7_net *ln, const struct l7_record *r,
		       const struct l7_tuple *t, u32 gen)
{
	struct l7_svc *svc = l7_svc_find_rcu(ln, &r->f.vip);
	struct l7_endpoint server = server_of(r);
	struct l7_flow *f;

	if (!svc || l7_sync_is_behind(ln))
		return;
	f = l7_flow_new(ln, svc, t);
	if (!f)
		return;
	f->plain = plain_of(r);
	f->udp = t->udp;
	f->control = r->f.data.control;
	f->server = server.addr;
	f->sport = server.port;
	f->gen = gen;
	/* never in a table, unlike one that is closed */
	f->flags = L7_FF_SPLICED;
	l7_sync_dirty(ln, &f->dirty);
	l7_flow_discard(ln, f);
}

/* A connection that is not known here: new, unless it has ended. Of one that is closing,
 * its end is known to all.
 */
static int add_rcu(struct l7_net *ln, const struct l7_record *r,
		   const struct l7_tuple *t)
{
	u32 gone;
	bool ended;

	if (l7_gone_find(ln, t, &gone)) {
		/* a peer's next state may have the generation of our end */
		ended = l7_merge_is_later(gone, r->gen) ||
			(gone == r->gen && r->f.flags & L7_RF_CLOSING);
	} else {
		ended = r->origin == l7_sync_node(ln) &&
			l7_sync_would_have(ln, r->gen);
		gone = r->gen + 1;
	}
	if (!ended)
		return create(ln, r, t);
	if (!(r->f.flags & L7_RF_CLOSING))
		answer_rcu(ln, r, t, gone);
	return L7_APPLY_OLD;
}

static int note_removed(struct l7_net *ln, const struct l7_record *r,
			const struct l7_tuple *t)
{
	u32 gone = r->gen;

	if (!l7_gone_find(ln, t, &gone) || l7_merge_is_later(r->gen, gone))
		l7_gone_note(ln, t, r->gen);
	return L7_APPLY_OLD;
}

/* A peer's word of a connection that this director has carried, or may have. Where both
 * have the address, packets may come to either as long as it lasts.
 */
static bool is_left(struct l7_net *ln, const struct l7_record *r, bool was_ours)
{
	return r->removed || r->f.flags & L7_RF_CLOSING ||
	       (was_ours && !l7_l3_is_local(ln->net, r->f.vip.af,
					    &r->f.vip.addr));
}

static int apply_rcu(struct l7_net *ln, const struct l7_record *r)
{
	struct l7_tuple t = tuple_of(r);
	struct l7_flow *f = l7_flow_find_client(ln, &t);
	bool was_ours;
	int ret;

	if (!f)
		return r->removed ? note_removed(ln, r, &t) :
				    add_rcu(ln, r, &t);
	spin_lock_bh(&f->lock);
	was_ours = !f->origin;
	ret = join_locked(ln, f, &t, r);
	if (ret == -EAGAIN) {
		f->origin = r->origin;	/* not ours any more: say nothing */
		l7_flow_remove_locked(ln, f);
	}
	spin_unlock_bh(&f->lock);
	if (ret == L7_APPLY_OK && is_left(ln, r, was_ours))
		l7_ipvs_conn_leave(ln, &t);
	return ret == -EAGAIN ? create(ln, r, &t) : ret;
}

static int apply(struct l7_net *ln, const struct l7_record *r)
{
	int ret;

	/* BH off: the tables are shared with the packet path */
	rcu_read_lock();
	local_bh_disable();
	ret = apply_rcu(ln, r);
	local_bh_enable();
	rcu_read_unlock();
	return ret;
}

/* Of a policy that is gone peers take none; a policy that was made anew is theirs too,
 * and has the connections of the one before.
 */
static bool is_orphan(struct l7_net *ln, const struct l7_flow *f)
{
	return READ_ONCE(f->svc->dead) &&
	       !l7_svc_find_rcu(ln, &f->svc->conf.id);
}

/* Call fn for each spliced flow; fn may sleep, so every record is copied out
 * of the RCU section first.
 */
static int walk(struct l7_net *ln, u64 since,
		int (*fn)(const struct l7_record *rec, void *arg), void *arg)
{
	struct rhashtable_iter iter;
	struct l7_record r;
	struct l7_flow *f;
	int ret = 0;
	u32 n = 0;

	rhashtable_walk_enter(&ln->flows->client, &iter);
	rhashtable_walk_start(&iter);
	while (!ret && (f = l7_walk_give_way(&iter, &n))) {
		if (is_orphan(ln, f) ||
		    !l7_dirty_is_since(&f->dirty, since) ||
		    !snapshot(ln, &f->dirty, &r) || r.removed)
			continue;
		rhashtable_walk_stop(&iter);
		ret = fn(&r, arg);
		l7_walk_resume(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return ret;
}

static bool is_steady(struct l7_net *ln, const struct l7_flow *f)
{
	u8 state = READ_ONCE(f->state);

	return l7_flow_is_spliced(f) && !is_orphan(ln, f) &&
	       (state == L7_FLOW_SPLICED || state == L7_FLOW_STANDBY);
}

static void each(struct l7_net *ln,
		 void (*fn)(const struct l7_record *rec, void *arg), void *arg)
{
	struct rhashtable_iter iter;
	struct l7_record r = { .kind = L7_REC_FLOW };
	u8 node = l7_sync_node(ln);
	struct l7_flow *f;
	u32 n = 0;

	rhashtable_walk_enter(&ln->flows->client, &iter);
	rhashtable_walk_start(&iter);
	while ((f = l7_walk_give_way(&iter, &n))) {
		if (!is_steady(ln, f))
			continue;
		r.origin = READ_ONCE(f->origin) ?: node;
		r.gen = READ_ONCE(f->gen);
		r.f.flags = plain_flags(f);
		memset(&r.f.data, 0, sizeof(r.f.data));
		identify(f, &r.f);
		fn(&r, arg);
	}
	l7_walk_stop(&iter);
}

static u32 spliced_count(struct l7_net *ln)
{
	u32 flows, pending;

	l7_flow_count(ln, &flows, &pending);
	return flows > pending ? flows - pending : 0;
}

bool l7_flow_is_heard(struct l7_net *ln)
{
	return l7_sync_is_heard(ln);
}

static bool awaits(struct l7_dirty *d)
{
	struct l7_flow *f = of_dirty(d);
	bool ret;

	if (likely(!f->svc->conf.semi))
		return false;
	spin_lock_bh(&f->lock);
	ret = l7_semi_awaits_locked(f);
	spin_unlock_bh(&f->lock);
	return ret;
}

static void confirm(struct l7_net *ln, struct l7_dirty *d)
{
	l7_semi_confirm(ln, of_dirty(d));
}

const struct l7_owner_ops l7_flow_owner = {
	.hold = hold,
	.put = put,
	.snapshot = snapshot,
	.apply = apply,
	.begin = l7_gone_begin,
	.walk = walk,
	.each = each,
	.awaits = awaits,
	.confirm = confirm,
	.count = spliced_count,
};

static void fill_info(struct l7_net *ln, const struct l7_flow *f,
		      struct l7_flow_info *i)
{
	u32 life = l7_flow_lifetime(f), idle = l7_flow_idle(f);

	*i = (struct l7_flow_info) {
		.client = endpoint(f, &f->client, f->cport),
		.vip = endpoint(f, &f->vip, f->vport),
		.port = f->plain == L7_PLAIN_DATA ? f->svc->conf.id.port :
						    f->vport,
		.state = READ_ONCE(f->state),
		.origin = f->origin ?: l7_sync_node(ln),
		.expires = life > idle ? life - idle : 0,
		.buffered = f->plain || !f->awaits ? READ_ONCE(f->held) : 0,
	};
	if (!l7_flow_is_spliced(f))
		return;
	i->server = l7_flow_server(f);
	i->plain = f->plain;
	i->seq_delta = f->seq_delta;
	i->ts_delta = f->ts_delta;
	i->wscale_us = f->wscale_us;
	i->wscale_srv = f->wscale_srv;
}

int l7_flow_dump(struct l7_net *ln, struct l7_walk *at,
		 int (*fn)(const struct l7_flow_info *info, void *arg),
		 void *arg)
{
	struct rhashtable_iter iter;
	struct l7_flow_info info;
	struct l7_flow *f;
	int ret = 0;

	if (at->end)
		return 0;
	l7_walk_start(at, &ln->flows->client, &iter);
	while (!ret && (f = l7_walk_next(at, &iter))) {
		fill_info(ln, f, &info);
		ret = fn(&info, arg);
	}
	l7_walk_stop(&iter);
	return ret;
}
