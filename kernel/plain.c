// SPDX-License-Identifier: GPL-2.0
/*
 * See plain.h. Owns no state; flow->lock for a flow's.
 */
#include <linux/netfilter.h>
#include "bind.h"
#include "flow_limit.h"
#include "ftp.h"
#include "ipvs.h"
#include "l3ops.h"
#include "net.h"
#include "plain.h"
#include "sync.h"
#include "takeover.h"

/* ---- finding them -------------------------------------------------------- */

/* The last of the handshake, or anything behind it; of an end there is nothing to mirror. */
static bool is_of_open(const struct l7_pkt *p)
{
	return (p->flags & (TCPHDR_ACK | TCPHDR_SYN | TCPHDR_RST)) == TCPHDR_ACK;
}

/* Could another director make this connection anew, and is there room? Those of FTP are
 * followed in any case. By direct routing, a sender of datagrams would never leave a server that
 * was removed: IPVS knows no destination of such a connection.
 */
static bool is_mirrored(struct l7_net *ln, struct l7_svc *svc,
			const struct l7_tuple *t,
			const struct l7_endpoint *server,
			enum l7_plain plain)
{
	struct l7_pool pool = { .vip = &svc->conf.id };
	struct l7_tuple s = {
		.saddr = server->addr, .daddr = t->saddr,
		.sport = server->port, .dport = t->sport, .af = t->af,
		.udp = t->udp,
	};

	if ((!l7_sync_node(ln) && !svc->conf.ftp) ||
	    (t->udp && plain == L7_PLAIN_ONEWAY) ||
	    !l7_bind_is_local(ln, svc) ||
	    l7_l3_is_local(ln->net, server->af, &server->addr))
		return false;
	/* two connections of these ports at one server; a service of all ports */
	if (plain == L7_PLAIN_NAT &&
	    (l7_flow_find_server(ln, &s) ||
	     l7_ipvs_dest_state(ln, &pool, server) == L7_IPVS_NO_DEST))
		return false;
	return l7_flow_has_room_plain(ln, svc);
}

/* Complete before it can be found. */
static bool enter_locked(struct l7_net *ln, struct l7_flow *f,
			 const struct l7_endpoint *server)
{
	l7_flow_set_state_locked(ln, f, L7_FLOW_SPLICED);
	/* pairs with the acquire in l7_flow_is_spliced() users */
	smp_store_release(&f->flags, f->flags | L7_FF_SPLICED);
	if (!l7_flow_enter_locked(ln, f))
		return false;
	if (l7_flow_set_server(ln, f, server)) {
		l7_flow_remove_locked(ln, f);
		return true;
	}
	l7_flow_changed_locked(ln, f);
	l7_stat_inc(ln->stats, L7_C_PLAIN);
	l7_stat_inc(f->svc->stats, L7_C_PLAIN);
	return true;
}

/* Return: is it there now? */
static bool enter(struct l7_net *ln, struct l7_flow *f,
		  const struct l7_endpoint *server)
{
	bool entered, ok;

	spin_lock(&f->lock);
	entered = enter_locked(ln, f, server);
	ok = f->flags & L7_FF_HASHED;
	spin_unlock(&f->lock);
	if (!entered)
		l7_flow_discard(ln, f);
	return ok;
}

/* Return: is it one? */
static bool begin(struct l7_net *ln, struct l7_svc *svc,
		  const struct l7_tuple *t, u8 flags)
{
	struct l7_endpoint server;
	enum l7_plain plain;
	struct l7_flow *f;

	if (!l7_ipvs_conn_plain(ln, t, &server, &plain, svc->conf.ftp))
		return false;
	f = is_mirrored(ln, svc, t, &server, plain) ?
	    l7_flow_new(ln, svc, t) : NULL;
	if (!f)
		return true;
	f->plain = plain;
	f->udp = t->udp;
	f->flags = flags;
	if (enter(ln, f, &server) && svc->conf.ftp)
		l7_ipvs_conn_unhelp(ln, t);
	return true;
}

bool l7_plain_found(struct l7_net *ln, struct l7_svc *svc,
		    const struct l7_pkt *p)
{
	return is_of_open(p) && begin(ln, svc, &p->tuple, 0);
}

void l7_plain_answered(struct l7_net *ln, struct l7_svc *svc,
		       const struct l7_tuple *t)
{
	if ((svc->conf.mirror || svc->conf.ftp) && l7_flow_has_room_half(ln))
		begin(ln, svc, t, L7_FF_HALF);
}

/* Where there is no room for plain connections, those of FTP are opened all the same. */
static bool has_room(struct l7_net *ln, const struct l7_svc *svc,
		     const struct l7_tuple *t)
{
	if (t->sport && t->dport)
		return l7_flow_has_room_plain(ln, svc);
	return atomic_read(&ln->announced) < READ_ONCE(ln->limits.flows) / 4;
}

bool l7_plain_enter_data(struct l7_net *ln, struct l7_svc *svc,
			 const struct l7_tuple *t,
			 const struct l7_endpoint *server, __be16 control)
{
	struct l7_flow *f = has_room(ln, svc, t) ? l7_flow_new(ln, svc, t) :
						   NULL;

	if (!f)
		return false;
	f->plain = L7_PLAIN_DATA;
	f->control = control;
	return enter(ln, f, server);
}

/* ---- following them ------------------------------------------------------ */

/* Has IPVS the connection still, and to that server? What it ended or moved, it had
 * a reason to.
 */
static bool is_there(struct l7_net *ln, const struct l7_flow *f)
{
	struct l7_endpoint was = l7_flow_server(f), is;
	struct l7_tuple t = l7_flow_tuple(f);
	enum l7_plain plain;

	return l7_ipvs_conn_plain(ln, &t, &is, &plain, false) &&
	       l7_endpoint_equal(&was, &is);
}

/* The server accepts a connection of the same ports, to another virtual address. */
static bool is_of_next(struct l7_net *ln, const struct l7_flow *f,
		       const struct l7_pkt *p)
{
	struct l7_tuple t;

	return l7_ipvs_conn_client(ln, &p->tuple, &t) &&
	       !(nf_inet_addr_cmp(&t.daddr, &f->vip) && t.dport == f->vport);
}

static bool is_left(struct l7_net *ln, const struct l7_flow *f)
{
	return !READ_ONCE(f->origin) &&
	       (u32)jiffies - READ_ONCE(f->last) >= L7_RECHECK_IDLE &&
	       !is_there(ln, f);
}

static bool is_over(struct l7_net *ln, const struct l7_flow *f,
		    const struct l7_pkt *p, bool from_server)
{
	return (from_server && p->flags & TCPHDR_SYN && is_of_next(ln, f, p)) ||
	       is_left(ln, f);
}

/* Return: 0, or why it cannot be carried on here. */
static int carry(struct l7_net *ln, struct l7_flow *f, bool from_server)
{
	int err = READ_ONCE(f->origin) ?
		  l7_takeover_recheck(ln, f, from_server) : 0;

	if (err == -ENOMEM)
		l7_stat_inc(ln->stats, L7_C_NOMEM_DROP);
	if (!err)
		l7_flow_touch(f);
	return err;
}

/* What passes may be for the director that has the address now. */
static unsigned int verdict_of(int err)
{
	return err == -ENOMEM ? NF_DROP : NF_ACCEPT;
}

static void open_flow(struct l7_net *ln, struct l7_flow *f)
{
	spin_lock(&f->lock);
	l7_flow_open_locked(ln, f);
	spin_unlock(&f->lock);
}

static bool is_control(const struct l7_flow *f)
{
	return f->svc->conf.ftp && f->plain == L7_PLAIN_NAT;
}

unsigned int l7_plain_packet(struct l7_net *ln, struct l7_flow *f,
			     struct l7_pkt *p, const struct nf_hook_state *state)
{
	bool from_server = state;
	int err;

	/* from port 0, which stands for one that is not known (RFC 6335 6) */
	if (unlikely(l7_flow_is_announced(f)))
		return NF_ACCEPT;
	if (is_over(ln, f, p, from_server)) {
		l7_bind_forget(ln, f);
		return NF_ACCEPT;
	}
	err = carry(ln, f, from_server);
	if (err)
		return verdict_of(err);
	if (unlikely(p->flags & TCPHDR_SYN))
		return from_server && is_control(f) ?
		       l7_ftp_control(ln, f, p, state) : NF_ACCEPT;
	if (unlikely(l7_flow_is_half(f)) && !from_server && is_of_open(p))
		open_flow(ln, f);
	l7_takeover_track(ln, f, p, from_server);
	if (is_control(f))
		return l7_ftp_control(ln, f, p, state);
	return NF_ACCEPT;
}

/* ---- datagrams ----------------------------------------------------------- */

/* No SYN tells that IPVS moved it: asked once a second. */
static bool is_moved(struct l7_net *ln, struct l7_flow *f)
{
	u32 now = jiffies;

	if (READ_ONCE(f->origin) || now - READ_ONCE(f->ack_c) < HZ)
		return false;
	WRITE_ONCE(f->ack_c, now);
	return !is_there(ln, f);
}

/* Whoever makes a flow of a peer's record holds its lock until it is whole. */
static bool is_whole(struct l7_flow *f)
{
	if (likely(l7_flow_is_spliced(f)))
		return true;
	spin_lock(&f->lock);
	spin_unlock(&f->lock);
	return l7_flow_is_spliced(f);
}

static unsigned int datagram(struct l7_net *ln, struct l7_flow *f,
			     bool from_server)
{
	int err;

	if (!is_whole(f))
		return NF_ACCEPT;
	if (is_moved(ln, f)) {
		l7_bind_forget(ln, f);
		return NF_ACCEPT;
	}
	err = carry(ln, f, from_server);
	/* IPVS is about to send it elsewhere, for good */
	if (err == -ENOENT && !from_server &&
	    l7_l3_is_local(ln->net, f->af, &f->vip))
		l7_flow_drop_foreign(ln, f);
	return verdict_of(err);
}

unsigned int l7_plain_udp_client(struct l7_net *ln, const struct l7_tuple *t)
{
	struct l7_endpoint vip = l7_tuple_dst(t);
	struct l7_flow *f;
	struct l7_svc *svc;

	if (!l7_port_test(&ln->uports, t->dport))
		return NF_ACCEPT;
	f = l7_flow_find_client(ln, t);
	if (f)
		return datagram(ln, f, false);
	svc = l7_sync_node(ln) ? l7_svc_find_rcu(ln, &vip) : NULL;
	if (svc && svc->conf.mirror && l7_flow_has_room_plain(ln, svc))
		begin(ln, svc, t, 0);
	return NF_ACCEPT;
}

unsigned int l7_plain_udp_server(struct l7_net *ln, const struct l7_tuple *t)
{
	struct l7_flow *f = NULL;

	if (l7_port_test(&ln->rports, t->sport))
		f = l7_flow_find_server(ln, t);
	return f ? datagram(ln, f, true) : NF_ACCEPT;
}
