// SPDX-License-Identifier: GPL-2.0
/*
 * The glue to IPVS. Uses exported symbols and public headers only; owns
 * nothing. Connections are created for destinations that are alive under RCU,
 * so the connection table exists (7.x allocates it with the first service), or
 * that is asked for.
 */
#include <linux/jhash.h>
#include <net/ip_vs.h>
#include "net.h"
#include "ipvs.h"
#include "ipvs_compat.h"
#include "l3ops.h"
#include "pure/draw.h"
#include "track.h"

#define LEFT_TIMEOUT	(10 * HZ)	/* neighbours may need that long to notice a takeover */

static struct ip_vs_conn *conn_get(struct l7_net *ln, const struct l7_tuple *t)
{
	struct ip_vs_conn_param p;

	ip_vs_conn_fill_param(net_ipvs(ln->net), t->af, l7_tuple_proto(t),
			      &t->saddr, t->sport, &t->daddr, t->dport, &p);
	return ip_vs_conn_in_get(&p);
}

static bool is_over(const struct ip_vs_conn *cp)
{
	return cp->protocol == IPPROTO_TCP &&
	       (cp->state == IP_VS_TCP_S_TIME_WAIT ||
		cp->state == IP_VS_TCP_S_CLOSE);
}

enum l7_ipvs_conn l7_ipvs_conn_find(struct l7_net *ln,
				    const struct l7_tuple *t)
{
	struct ip_vs_conn *cp = conn_get(ln, t);
	enum l7_ipvs_conn ret;

	if (!cp)
		return L7_IPVS_NONE;
	ret = is_over(cp) ? L7_IPVS_LEFTOVER : L7_IPVS_LIVE;
	__ip_vs_conn_put(cp);
	return ret;
}

static void set_addr(union nf_inet_addr *to, const union nf_inet_addr *from,
		     u16 af)
{
	if (af == AF_INET)
		to->ip = from->ip;
	else
		*to = *from;
}

static void fill_server(const struct ip_vs_conn *cp, struct l7_endpoint *server)
{
	memset(server, 0, sizeof(*server));
	server->af = cp->daf;
	server->proto = cp->protocol;
	server->port = cp->dport;
	set_addr(&server->addr, &cp->daddr, cp->daf);
}

bool l7_ipvs_conn_server(struct l7_net *ln, const struct l7_tuple *t,
			 struct l7_endpoint *server)
{
	struct ip_vs_conn *cp = conn_get(ln, t);
	bool ok;

	if (!cp)
		return false;
	ok = IP_VS_FWD_METHOD(cp) == IP_VS_CONN_F_MASQ && cp->daf == t->af;
	if (ok)
		fill_server(cp, server);
	__ip_vs_conn_put(cp);
	return ok;
}

static bool is_newest(struct l7_net *ln, struct ip_vs_conn *cp,
		      const struct l7_tuple *t)
{
	struct ip_vs_conn *newest = conn_get(ln, t);

	if (newest)
		__ip_vs_conn_put(newest);
	return newest == cp;
}

bool l7_ipvs_conn_client(struct l7_net *ln, const struct l7_tuple *s,
			 struct l7_tuple *t)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_conn_param p;
	struct ip_vs_conn *cp;
	bool ok;

	if (!ipvs)
		return false;
	ip_vs_conn_fill_param(ipvs, s->af, l7_tuple_proto(s), &s->saddr,
			      s->sport, &s->daddr, s->dport, &p);
	cp = ip_vs_conn_out_get(&p);
	if (!cp)
		return false;
	memset(t, 0, sizeof(*t));
	t->af = cp->af;
	set_addr(&t->saddr, &cp->caddr, cp->af);
	set_addr(&t->daddr, &cp->vaddr, cp->af);
	t->sport = cp->cport;
	t->dport = cp->vport;
	t->udp = s->udp;
	ok = IP_VS_FWD_METHOD(cp) == IP_VS_CONN_F_MASQ && cp->daf == cp->af &&
	     is_newest(ln, cp, t);
	__ip_vs_conn_put(cp);
	return ok;
}

/* As ip_vs_rs_hashkey() in net/netfilter/ipvs/ip_vs_ctl.c. */
static unsigned int rs_hash(const struct l7_endpoint *s, __be16 port)
{
	unsigned int porth = ntohs(port);
	__be32 fold = s->addr.ip;

	if (s->af == AF_INET6)
		fold = s->addr.ip6[0] ^ s->addr.ip6[1] ^
		       s->addr.ip6[2] ^ s->addr.ip6[3];
	return (ntohl(fold) ^ (porth >> IP_VS_RTAB_BITS) ^ porth) &
	       IP_VS_RTAB_MASK;
}

static bool is_by(const struct ip_vs_dest *d, int method)
{
	return (atomic_read(&d->conn_flags) & IP_VS_CONN_F_FWD_MASK) == method;
}

/* The destinations of a fwmark service have no virtual address. */
static bool is_of(const struct ip_vs_dest *d, const struct l7_pool *pool)
{
	const struct l7_endpoint *vip = pool->vip;

	return d->protocol == vip->proto && d->vfwmark == pool->mark &&
	       d->af == vip->af &&
	       (pool->mark || (d->vport == vip->port &&
			       ip_vs_addr_equal(vip->af, &d->vaddr, &vip->addr)));
}

static bool serves(const struct ip_vs_dest *d, const struct l7_pool *pool)
{
	return is_of(d, pool) && is_by(d, IP_VS_CONN_F_MASQ);
}

/* As ip_vs_schedule() does, for servers of fwmark services without a port. */
static __be16 port_of(const struct ip_vs_dest *d, const struct l7_pool *pool)
{
	return d->port ?: pool->vip->port;
}

static bool is_endpoint(const struct ip_vs_dest *d, const struct l7_pool *pool,
			const struct l7_endpoint *s)
{
	return port_of(d, pool) == s->port && d->af == s->af &&
	       ip_vs_addr_equal(s->af, &d->addr, &s->addr);
}

static struct ip_vs_dest *dest_at_rcu(struct l7_net *ln, __be16 port,
				      const struct l7_pool *pool,
				      const struct l7_endpoint *server)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_dest *d;

	if (!ipvs)
		return NULL;
	hlist_for_each_entry_rcu(d, &ipvs->rs_table[rs_hash(server, port)],
				 d_list)
		if (is_endpoint(d, pool, server) && serves(d, pool) &&
		    l7_ipvs_dest_available(d))
			return d;
	return NULL;
}

/* All tables of destinations are small but for their number of entries. */
static struct ip_vs_dest *dest_by_address_rcu(struct l7_net *ln,
					      const struct l7_pool *pool,
					      const struct l7_endpoint *server)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_dest *d, *found = NULL;
	unsigned int i;

	for (i = 0; ipvs && i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list)
			if (d->af == server->af &&
			    ip_vs_addr_equal(d->af, &d->addr, &server->addr) &&
			    serves(d, pool) && l7_ipvs_dest_available(d) &&
			    (!found || ntohs(port_of(d, pool)) <
				       ntohs(port_of(found, pool))))
				found = d;
	return found;
}

static struct ip_vs_dest *dest_find_rcu(struct l7_net *ln,
					const struct l7_pool *pool,
					const struct l7_endpoint *server)
{
	struct ip_vs_dest *d;

	if (!server->port)
		return dest_by_address_rcu(ln, pool, server);
	d = dest_at_rcu(ln, server->port, pool, server);
	if (d || !pool->mark || server->port != pool->vip->port)
		return d;
	return dest_at_rcu(ln, 0, pool, server);
}

enum l7_ipvs_dest l7_ipvs_dest_state(struct l7_net *ln,
				     const struct l7_pool *pool,
				     const struct l7_endpoint *server)
{
	const struct ip_vs_dest *d = dest_find_rcu(ln, pool, server);

	if (!d)
		return L7_IPVS_NO_DEST;
	return atomic_read(&d->weight) > 0 ? L7_IPVS_IN_SERVICE :
					     L7_IPVS_DRAINING;
}

bool l7_ipvs_has_dest(struct l7_net *ln, const struct l7_pool *pool)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_dest *d;
	unsigned int i;

	for (i = 0; ipvs && i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list)
			if (serves(d, pool) && l7_ipvs_dest_available(d))
				return true;
	return false;
}

u32 l7_ipvs_mtu(struct l7_net *ln, const struct l7_pool *pool, u32 most)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_dest *d;
	unsigned int i;
	u32 mtu;

	for (i = 0; ipvs && i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list) {
			if (!serves(d, pool) || !l7_ipvs_dest_available(d))
				continue;
			mtu = l7_l3_mtu(ln->net, d->af, &d->addr);
			if (mtu && mtu < most)
				most = mtu;
		}
	return most;
}

void l7_ipvs_conn_yield(struct l7_net *ln, const struct l7_tuple *t)
{
	struct ip_vs_conn *cp = conn_get(ln, t);

	if (!cp)
		return;
	if (is_over(cp))
		cp->flags &= ~IP_VS_CONN_F_NFCT;
	__ip_vs_conn_put(cp);
}

static void expire(struct ip_vs_conn *cp)
{
	/* with 0, the connection that it hangs on would go as well */
	cp->timeout = cp->control ? 1 : 0;
	ip_vs_conn_put(cp);	/* restarts the timer with the timeout */
}

void l7_ipvs_conn_expire(struct l7_net *ln, const struct l7_tuple *t)
{
	struct ip_vs_conn *cp;

	if (!net_ipvs(ln->net))
		return;
	cp = conn_get(ln, t);
	if (cp)
		expire(cp);
}

/* Packets that pass give it IPVS' timeout of its state again. */
void l7_ipvs_conn_leave(struct l7_net *ln, const struct l7_tuple *t)
{
	struct ip_vs_conn *cp;

	if (!net_ipvs(ln->net))
		return;
	cp = conn_get(ln, t);
	if (!cp)
		return;
	cp->timeout = min_t(unsigned long, cp->timeout, LEFT_TIMEOUT);
	ip_vs_conn_put(cp);	/* restarts the timer with the timeout */
}

bool l7_ipvs_tracks(const struct l7_net *ln)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);

	return ipvs && ip_vs_conntrack_enabled(ipvs);
}

void l7_ipvs_conn_displace(struct l7_net *ln, const struct l7_tuple *t)
{
	struct ip_vs_conn *cp = conn_get(ln, t);

	if (!cp)
		return;
	if (!is_over(cp))
		l7_track_forget(ln, t);
	cp->flags &= ~IP_VS_CONN_F_NFCT;
	expire(cp);
}

static void establish(struct l7_net *ln, struct ip_vs_conn *cp)
{
	int state = cp->protocol == IPPROTO_TCP ? IP_VS_TCP_S_ESTABLISHED :
						  IP_VS_UDP_S_NORMAL;
	struct ip_vs_proto_data *pd;

	pd = ip_vs_proto_data_get(net_ipvs(ln->net), cp->protocol);
	spin_lock_bh(&cp->lock);
	cp->state = state;
	if (pd)
		cp->timeout = pd->timeout_table[state];
	/* as set_tcp_state() in ip_vs_proto_tcp.c counts it */
	if (cp->protocol == IPPROTO_TCP && cp->dest &&
	    cp->flags & IP_VS_CONN_F_INACTIVE) {
		l7_ipvs_dest_activate(cp->dest);
		cp->flags &= ~IP_VS_CONN_F_INACTIVE;
	}
	spin_unlock_bh(&cp->lock);
}

/* As IPVS' own scheduling does it; @dest may be NULL: there is none. */
static struct ip_vs_conn *conn_new(struct l7_net *ln, const struct l7_tuple *t,
				   struct ip_vs_dest *dest, __be16 port,
				   u32 mark)
{
	struct ip_vs_conn_param p;
	struct ip_vs_service *svc;
	struct ip_vs_conn *cp;

	if (!dest)
		return ERR_PTR(-ENOENT);
	l7_ipvs_conn_displace(ln, t);
	ip_vs_conn_fill_param(net_ipvs(ln->net), t->af, l7_tuple_proto(t),
			      &t->saddr, t->sport, &t->daddr, t->dport, &p);
	cp = ip_vs_conn_new(&p, dest->af, &dest->addr, port, 0, dest, mark);
	if (!cp)
		return ERR_PTR(-ENOMEM);
	svc = rcu_dereference(dest->svc);
	if (svc)
		l7_ipvs_count_conn(cp, svc);
	return cp;
}

int l7_ipvs_conn_make(struct l7_net *ln, const struct l7_tuple *t, u32 mark,
		      const struct l7_endpoint *server, bool established)
{
	struct l7_endpoint vip = l7_tuple_dst(t);
	struct l7_pool pool = { .vip = &vip, .mark = mark };
	struct ip_vs_dest *dest = dest_find_rcu(ln, &pool, server);
	struct ip_vs_conn *cp;

	cp = conn_new(ln, t, dest, dest ? port_of(dest, &pool) : 0, mark);
	if (IS_ERR(cp))
		return PTR_ERR(cp);
	if (established) {
		/* a helper would have to know what was before */
		l7_ipvs_unbind_app(cp);
		establish(ln, cp);
	}
	ip_vs_conn_put(cp);
	return 0;
}

static bool is_to(const struct ip_vs_conn *cp, const struct l7_endpoint *s)
{
	return cp->dport == s->port && cp->daf == s->af &&
	       ip_vs_addr_equal(s->af, &cp->daddr, &s->addr);
}

/* Servers by direct routing are in no table that others may look into. */
static int make_direct(struct l7_net *ln, const struct l7_tuple *t,
		       const struct l7_endpoint *server)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_conn_param p;
	struct ip_vs_conn *cp;

	if (!l7_ipvs_has_conn_tab(ipvs))
		return -ENOENT;
	l7_ipvs_conn_displace(ln, t);
	ip_vs_conn_fill_param(ipvs, t->af, l7_tuple_proto(t), &t->saddr,
			      t->sport, &t->daddr, t->dport, &p);
	cp = ip_vs_conn_new(&p, server->af, &server->addr, server->port,
			    IP_VS_CONN_F_DROUTE | IP_VS_CONN_F_NOOUTPUT, NULL,
			    0);
	if (!cp)
		return -ENOMEM;
	establish(ln, cp);
	ip_vs_conn_put(cp);
	return 0;
}

/* IPVS finds them by the outer header of what they send, so by address alone. */
static struct ip_vs_dest *tunnel_rcu(struct netns_ipvs *ipvs,
				     const struct l7_pool *pool,
				     const struct l7_endpoint *server)
{
	struct ip_vs_dest *d;
	unsigned int i;

	for (i = 0; i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list)
			if (is_endpoint(d, pool, server) && is_of(d, pool) &&
			    is_by(d, IP_VS_CONN_F_TUNNEL) &&
			    l7_ipvs_dest_available(d))
				return d;
	return NULL;
}

static int make_tunnel(struct l7_net *ln, const struct l7_tuple *t,
		       const struct l7_endpoint *server)
{
	struct l7_endpoint vip = l7_tuple_dst(t);
	struct l7_pool pool = { .vip = &vip };
	struct ip_vs_conn *cp;

	cp = conn_new(ln, t, tunnel_rcu(net_ipvs(ln->net), &pool, server),
		      server->port, 0);
	if (IS_ERR(cp))
		return PTR_ERR(cp);
	establish(ln, cp);
	ip_vs_conn_put(cp);
	return 0;
}

static int make_nat(struct l7_net *ln, const struct l7_tuple *t,
		    const struct l7_endpoint *server, const struct l7_svc *svc)
{
	int i, err = l7_ipvs_conn_make(ln, t, 0, server, true);

	for (i = 0; err == -ENOENT && i < svc->nmarks; i++)
		err = l7_ipvs_conn_make(ln, t, svc->marks[i], server, true);
	return err;
}

/* As IPVS sees it before the client's first segment behind its SYN. */
static bool is_beginning(const struct ip_vs_conn *cp)
{
	return cp->protocol == IPPROTO_TCP &&
	       cp->state == IP_VS_TCP_S_SYN_RECV;
}

void l7_ipvs_conn_unhelp(struct l7_net *ln, const struct l7_tuple *t)
{
	struct ip_vs_conn *cp = conn_get(ln, t);

	if (!cp)
		return;
	if (is_beginning(cp))
		l7_ipvs_unbind_app(cp);
	__ip_vs_conn_put(cp);
}

/* Is it there, and does it lead to that server? */
static bool has_conn(struct l7_net *ln, const struct l7_tuple *t,
		     const struct l7_endpoint *server)
{
	struct ip_vs_conn *cp = conn_get(ln, t);
	bool ok;

	if (!cp)
		return false;
	ok = is_to(cp, server) && !is_over(cp);
	__ip_vs_conn_put(cp);
	return ok;
}

int l7_ipvs_conn_ensure(struct l7_net *ln, const struct l7_tuple *t,
			const struct l7_endpoint *server,
			const struct l7_svc *svc, enum l7_plain plain)
{
	int err;

	if (!net_ipvs(ln->net))
		return -ENOENT;
	if (has_conn(ln, t, server))
		return 0;
	if (plain == L7_PLAIN_TUNNEL)
		err = make_tunnel(ln, t, server);
	else if (plain == L7_PLAIN_ONEWAY)
		err = make_direct(ln, t, server);
	else
		err = make_nat(ln, t, server, svc);
	return err ?: 1;
}

/* IPVS does not expire a connection that others hang on. */
static void hang_on(struct l7_net *ln, struct ip_vs_conn *cp,
		    const struct l7_tuple *control)
{
	struct ip_vs_conn *ctl = conn_get(ln, control);

	if (!ctl)
		return;
	ip_vs_control_add(cp, ctl);
	__ip_vs_conn_put(ctl);
}

int l7_ipvs_conn_data(struct l7_net *ln, const struct l7_tuple *t,
		      const struct l7_endpoint *server,
		      const struct l7_svc *svc, __be16 control,
		      bool established)
{
	struct l7_endpoint host = { .addr = server->addr, .af = server->af };
	struct l7_pool pool = { .vip = &svc->conf.id };
	struct l7_tuple ctl = *t;
	struct ip_vs_conn *cp;

	ctl.sport = control;
	ctl.dport = svc->conf.id.port;
	if (!net_ipvs(ln->net))
		return -ENOENT;
	if (l7_ipvs_conn_find(ln, t) == L7_IPVS_LIVE)
		return has_conn(ln, t, server) ? 0 : -EEXIST;
	cp = conn_new(ln, t, dest_find_rcu(ln, &pool, &host), server->port, 0);
	if (IS_ERR(cp))
		return PTR_ERR(cp);
	hang_on(ln, cp, &ctl);
	if (established)
		establish(ln, cp);
	ip_vs_conn_put(cp);
	return 1;
}

/* NOT: in a way that is not for others to repeat. */
static enum l7_plain plain_of(const struct ip_vs_conn *cp)
{
	switch (IP_VS_FWD_METHOD(cp)) {
	case IP_VS_CONN_F_MASQ:
		return L7_PLAIN_NAT;
	case IP_VS_CONN_F_DROUTE:
		return L7_PLAIN_ONEWAY;
	case IP_VS_CONN_F_TUNNEL:
		return L7_PLAIN_TUNNEL;
	}
	return L7_PLAIN_NOT;
}

/* Of one whose server is not heard, IPVS calls it TIME_WAIT when the client has sent its
 * FIN, while the server may go on for long.
 */
static bool goes_on(const struct ip_vs_conn *cp)
{
	return !is_over(cp) || (cp->state == IP_VS_TCP_S_TIME_WAIT &&
				cp->flags & IP_VS_CONN_F_NOOUTPUT);
}

/* Who has a helper has sequence numbers of its own, that may change, but not before
 * something was said.
 */
static bool is_helped(const struct ip_vs_conn *cp, bool ftp)
{
	return cp->app && !(ftp && is_beginning(cp));
}

static bool is_simple(const struct ip_vs_conn *cp, bool ftp)
{
	return !is_helped(cp, ftp) && !cp->fwmark && cp->daf == cp->af &&
	       !(cp->flags & IP_VS_CONN_F_TEMPLATE) && cp->cport &&
	       plain_of(cp);
}

bool l7_ipvs_conn_plain(struct l7_net *ln, const struct l7_tuple *t,
			struct l7_endpoint *server, enum l7_plain *plain,
			bool ftp)
{
	struct ip_vs_conn *cp = conn_get(ln, t);
	bool ok;

	if (!cp)
		return false;
	ok = is_simple(cp, ftp) && goes_on(cp);
	*plain = plain_of(cp);
	fill_server(cp, server);
	__ip_vs_conn_put(cp);
	return ok;
}

static void fill_endpoint(const struct ip_vs_dest *d, const struct l7_pool *pool,
			  struct l7_endpoint *out)
{
	memset(out, 0, sizeof(*out));
	out->af = d->af;
	out->proto = d->protocol;
	out->port = port_of(d, pool);
	set_addr(&out->addr, &d->addr, d->af);
}

static bool was_tried(const struct ip_vs_dest *d, const struct l7_pool *pool,
		      const struct l7_endpoint *const *tried, u8 ntried)
{
	while (ntried--)
		if (is_endpoint(d, pool, tried[ntried]))
			return true;
	return false;
}

static bool is_candidate(const struct ip_vs_dest *d)
{
	return atomic_read(&d->weight) > 0 && l7_ipvs_dest_available(d) &&
	       !(d->flags & IP_VS_DEST_F_OVERLOAD);
}

/* as ip_vs_wlc.c weighs them */
static bool is_lighter(struct ip_vs_dest *a, struct ip_vs_dest *b)
{
	return (u64)ip_vs_dest_conn_overhead(a) * atomic_read(&b->weight) <
	       (u64)ip_vs_dest_conn_overhead(b) * atomic_read(&a->weight);
}

bool l7_ipvs_pick_other(struct l7_net *ln, const struct l7_pool *pool,
			const struct l7_endpoint *const *tried, u8 ntried,
			struct l7_endpoint *out)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_dest *d, *best = NULL;
	unsigned int i;

	for (i = 0; ipvs && i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list)
			if (serves(d, pool) && is_candidate(d) &&
			    !was_tried(d, pool, tried, ntried) &&
			    (!best || is_lighter(d, best)))
				best = d;
	if (best)
		fill_endpoint(best, pool, out);
	return best;
}

bool l7_ipvs_has_candidate(struct l7_net *ln, const struct l7_pool *pool)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_dest *d;
	unsigned int i;

	for (i = 0; ipvs && i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list)
			if (serves(d, pool) && is_candidate(d))
				return true;
	return false;
}

bool l7_ipvs_find(struct l7_net *ln, const struct l7_pool *pool,
		  bool (*is)(const struct l7_endpoint *server, void *arg),
		  void *arg, struct l7_endpoint *out)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct ip_vs_dest *d;
	unsigned int i;

	for (i = 0; ipvs && i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list) {
			if (!serves(d, pool) || !l7_ipvs_dest_available(d))
				continue;
			fill_endpoint(d, pool, out);
			if (is(out, arg))
				return true;
		}
	return false;
}

static u32 hash_of(const struct ip_vs_dest *d, const struct l7_pool *pool,
		   u64 hash)
{
	struct l7_endpoint id;

	fill_endpoint(d, pool, &id);
	return jhash2((const u32 *)&id, sizeof(id) / sizeof(u32),
		      (u32)hash ^ (u32)(hash >> 32));
}

bool l7_ipvs_pick_hash(struct l7_net *ln, const struct l7_pool *pool,
		       u64 hash, struct l7_endpoint *out)
{
	struct netns_ipvs *ipvs = net_ipvs(ln->net);
	struct l7_draw best = {}, draw;
	struct ip_vs_dest *d;
	unsigned int i;

	for (i = 0; ipvs && i < IP_VS_RTAB_SIZE; i++)
		hlist_for_each_entry_rcu(d, &ipvs->rs_table[i], d_list) {
			if (!serves(d, pool) || !l7_ipvs_dest_available(d))
				continue;
			draw = l7_draw_of(hash_of(d, pool, hash),
					  max(atomic_read(&d->weight), 0));
			if (!l7_draw_is_better(&draw, &best))
				continue;
			best = draw;
			fill_endpoint(d, pool, out);
		}
	return best.weight;
}
