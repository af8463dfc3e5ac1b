// SPDX-License-Identifier: GPL-2.0
/*
 * The socket of mirroring: one UDP socket, IPv4 or IPv6, in the namespace and
 * on the interface that it serves. Owns the destinations and what follows from
 * the interface. A kernel socket does not keep its namespace alive; it is
 * closed when the namespace ends. Process context.
 */
#include <linux/inet.h>
#include <linux/inetdevice.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "sync_priv.h"

#define SEND_BYTES	(8 << 20)
#define SEND_TIMEOUT_MS	100
#define DSCP_CS6	0xc0
#define TTL_ON_LINK	255
#define RECV_TRIES	3

static u8 family(const struct l7_sync_run *run)
{
	return (u8)run->dst[0].sa.sa_family;
}

static int addr_len(u8 af)
{
	return af == AF_INET ? sizeof(struct sockaddr_in) :
			       sizeof(struct sockaddr_in6);
}

static int set(struct l7_sync_run *run, int level, int opt, void *val, int len)
{
	return run->sock->ops->setsockopt(run->sock, level, opt,
					  KERNEL_SOCKPTR(val), len);
}

static int set_int(struct l7_sync_run *run, int level, int opt, int val)
{
	return set(run, level, opt, &val, sizeof(val));
}

/** struct option - a socket option and its value */
struct option {
	int name;
	int value;
};

/* Path MTU as learned from ICMP is not believed: peers are on the link. */
static const struct option options4[] = {
	{ IP_TTL, TTL_ON_LINK },
	{ IP_MULTICAST_TTL, TTL_ON_LINK },
	{ IP_MULTICAST_LOOP, 0 },
	{ IP_MULTICAST_ALL, 0 },
	{ IP_RECVTTL, 1 },
	{ IP_MTU_DISCOVER, IP_PMTUDISC_PROBE },
	{ IP_TOS, DSCP_CS6 },
};

static const struct option options6[] = {
	{ IPV6_V6ONLY, 1 },
	{ IPV6_UNICAST_HOPS, TTL_ON_LINK },
	{ IPV6_MULTICAST_HOPS, TTL_ON_LINK },
	{ IPV6_MULTICAST_LOOP, 0 },
	{ IPV6_MULTICAST_ALL, 0 },
	{ IPV6_RECVHOPLIMIT, 1 },
	{ IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE },
	{ IPV6_TCLASS, DSCP_CS6 },
};

static int set_options(struct l7_sync_run *run)
{
	bool v4 = family(run) == AF_INET;
	const struct option *o = v4 ? options4 : options6;
	size_t i, n = v4 ? ARRAY_SIZE(options4) : ARRAY_SIZE(options6);
	struct sock *sk = run->sock->sk;
	int err;

	for (i = 0; i < n; i++) {
		err = set_int(run, v4 ? SOL_IP : SOL_IPV6, o[i].name,
			      o[i].value);
		if (err)
			return err;
	}
	sock_set_rcvbuf(sk, run->conf.receive_buffer);
	lock_sock(sk);
	sk->sk_sndbuf = SEND_BYTES;
	sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	sk->sk_sndtimeo = msecs_to_jiffies(SEND_TIMEOUT_MS);
	release_sock(sk);
	return 0;
}

static int member4(struct l7_sync_run *run, bool add, int ifindex)
{
	struct ip_mreqn m = {
		.imr_multiaddr = run->dst[0].v4.sin_addr,
		.imr_ifindex = ifindex,
	};
	int err = 0;

	if (add)
		err = set(run, SOL_IP, IP_MULTICAST_IF, &m, sizeof(m));
	return err ?: set(run, SOL_IP, add ? IP_ADD_MEMBERSHIP :
					     IP_DROP_MEMBERSHIP, &m, sizeof(m));
}

static int member6(struct l7_sync_run *run, bool add, int ifindex)
{
	struct ipv6_mreq m = {
		.ipv6mr_multiaddr = run->dst[0].v6.sin6_addr,
		.ipv6mr_ifindex = ifindex,
	};
	int err = 0;

	if (add)
		err = set_int(run, SOL_IPV6, IPV6_MULTICAST_IF, ifindex);
	return err ?: set(run, SOL_IPV6, add ? IPV6_ADD_MEMBERSHIP :
					       IPV6_DROP_MEMBERSHIP,
			  &m, sizeof(m));
}

static int member(struct l7_sync_run *run, bool add, int ifindex)
{
	return family(run) == AF_INET ? member4(run, add, ifindex) :
					member6(run, add, ifindex);
}

/* One membership at a time: that of an interface that is gone stays with the
 * socket until it is dropped, and a socket may not have many.
 */
static int join(struct l7_sync_run *run, int ifindex)
{
	int err;

	if (run->joined)
		member(run, false, run->joined);
	err = member(run, true, ifindex);
	run->joined = err ? 0 : ifindex;
	return err;
}

static bool needs_scope(const struct in6_addr *a)
{
	return __ipv6_addr_needs_scope_id(__ipv6_addr_type(a));
}

/* Tie the socket to an interface that may have come back by another index. */
static int attach(struct l7_sync_run *run, int ifindex)
{
	u32 i;
	int err = sock_bindtoindex(run->sock->sk, ifindex, true);

	if (err)
		return err;
	for (i = 0; i < run->ndst; i++)
		if (family(run) == AF_INET6 &&
		    needs_scope(&run->dst[i].v6.sin6_addr))
			run->dst[i].v6.sin6_scope_id = ifindex;
	return run->conf.group.af ? join(run, ifindex) : 0;
}

static void set_frames_max(struct l7_sync_run *run, u32 mtu)
{
	u32 headers = (family(run) == AF_INET ? sizeof(struct iphdr) :
						sizeof(struct ipv6hdr)) +
		      sizeof(struct udphdr);
	u32 room = max_t(u32, mtu, L7_SYNC_MTU_MIN) - headers;

	WRITE_ONCE(run->frames_max,
		   min_t(u32, room, L7_WIRE_MAX) - L7_SYNC_OVERHEAD);
}

/** struct interface - what was found of the configured name
 * @ifindex: 0 = there is none
 * @ip: its part that belongs to the address family, NULL = it has none; to be
 *	compared only, as it may be gone
 */
struct interface {
	int ifindex;
	u32 mtu;
	const void *ip;
};

static struct interface find_interface(struct l7_sync_run *run, u8 af)
{
	struct interface i = {};
	struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(run->ln->net, run->conf.ifname);
	if (dev) {
		i.ifindex = dev->ifindex;
		i.mtu = READ_ONCE(dev->mtu);
		i.ip = af == AF_INET ? (void *)rcu_access_pointer(dev->ip_ptr) :
				       (void *)rcu_access_pointer(dev->ip6_ptr);
	}
	rcu_read_unlock();
	return i;
}

/* An interface that was renamed is kept until another one has its name: the
 * socket is bound to its index. One that lost its IP part, as by an MTU too
 * small for IPv6, lost the membership with it.
 */
void l7_sock_refresh(struct l7_sync_run *run)
{
	struct interface i = find_interface(run, family(run));

	if (!i.ifindex || !i.ip) {
		run->ip = NULL;
		return;
	}
	set_frames_max(run, i.mtu);
	if (i.ifindex == run->ifindex && i.ip == run->ip)
		return;
	if (attach(run, i.ifindex))
		return;
	run->ifindex = i.ifindex;
	run->ip = i.ip;
}

static void set_addr(union l7_sockaddr *a, const struct l7_endpoint *ep,
		     __be16 port)
{
	memset(a, 0, sizeof(*a));
	if (ep->af == AF_INET) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = port;
		a->v4.sin_addr = ep->addr.in;
	} else {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = port;
		a->v6.sin6_addr = ep->addr.in6;
	}
}

static void set_destinations(struct l7_sync_run *run)
{
	const struct l7_sync_conf *c = &run->conf;
	u32 i;

	run->ndst = c->group.af ? 1 : c->npeers;
	if (c->group.af)
		set_addr(&run->dst[0], &c->group, c->port);
	for (i = 0; !c->group.af && i < c->npeers; i++)
		set_addr(&run->dst[i], &c->peers[i], c->port);
}

static int bind_any(struct l7_sync_run *run)
{
	struct l7_endpoint any = { .af = family(run) };
	union l7_sockaddr a;

	set_addr(&a, &any, run->conf.port);
	/* void *: the type of this argument changed (struct sockaddr) */
	return kernel_bind(run->sock, (void *)&a, addr_len(any.af));
}

static int set_up(struct l7_sync_run *run, const struct interface *i,
		  const char **why)
{
	int err;

	*why = "sync: the socket could not be set up";
	err = set_options(run);
	if (err)
		return err;
	*why = "group: could not be joined on the interface";
	err = attach(run, i->ifindex);
	if (err)
		return err;
	run->ifindex = i->ifindex;
	run->ip = i->ip;
	*why = "port: could not be bound";
	return bind_any(run);
}

int l7_sock_open(struct l7_sync_run *run, const char **why)
{
	struct interface i;
	int err;

	set_destinations(run);
	i = find_interface(run, family(run));
	*why = "interface: no such interface";
	if (!i.ifindex)
		return -ENODEV;
	*why = "interface: its MTU is below 1280";
	if (i.mtu < L7_SYNC_MTU_MIN)
		return -EINVAL;
	set_frames_max(run, i.mtu);
	*why = "sync: no socket of that address family";
	err = sock_create_kern(run->ln->net, family(run), SOCK_DGRAM,
			       IPPROTO_UDP, &run->sock);
	if (err)
		return err;
	err = set_up(run, &i, why);
	if (err)
		l7_sock_close(run);
	return err;
}

void l7_sock_close(struct l7_sync_run *run)
{
	sock_release(run->sock);
	run->sock = NULL;
}

/* Softirq, for each datagram that was queued. */
static void data_ready(struct sock *sk)
{
	struct l7_sync_run *run;

	read_lock_bh(&sk->sk_callback_lock);
	run = sk->sk_user_data;
	if (run)
		queue_work(run->wq, &run->rx);
	read_unlock_bh(&sk->sk_callback_lock);
}

void l7_sock_listen(struct l7_sync_run *run)
{
	struct sock *sk = run->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	run->data_ready = sk->sk_data_ready;
	sk->sk_user_data = run;
	sk->sk_data_ready = data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	/* what arrived since the socket was bound */
	queue_work(run->wq, &run->rx);
}

void l7_sock_deaf(struct l7_sync_run *run)
{
	struct sock *sk = run->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = run->data_ready;
	sk->sk_user_data = NULL;
	write_unlock_bh(&sk->sk_callback_lock);
}

static int send_to(struct l7_sync_run *run, const union l7_sockaddr *to,
		   const u8 *buf, u32 len)
{
	union l7_sockaddr a = *to;
	struct msghdr msg = {
		.msg_name = &a,
		.msg_namelen = addr_len(family(run)),
		.msg_flags = MSG_NOSIGNAL,
	};
	struct kvec vec = { .iov_base = (void *)buf, .iov_len = len };
	int ret = kernel_sendmsg(run->sock, &msg, &vec, 1, len);

	return ret < 0 ? ret : 0;
}

/* What could not be sent is never forgotten: as soon as a destination works
 * again, what changed meanwhile is sent again.
 */
void l7_sock_send(struct l7_sync_run *run, const u8 *buf, u32 len)
{
	u32 i;

	if (l7_fork_is_copy(run))
		return;
	for (i = 0; i < run->ndst; i++) {
		if (send_to(run, &run->dst[i], buf, len)) {
			l7_stat_inc(run->ln->stats, L7_C_SYNC_TX_ERR);
			if (!READ_ONCE(run->failing))
				WRITE_ONCE(run->failed, jiffies);
			set_bit(i, &run->failing);
			continue;
		}
		l7_stat_inc(run->ln->stats, L7_C_SYNC_TX);
		l7_stat_add(run->ln->stats, L7_C_SYNC_TX_BYTES, len);
		if (test_bit(i, &run->failing) &&
		    test_and_clear_bit(i, &run->failing))
			l7_peer_owe(run, READ_ONCE(run->failed));
	}
}

static void get_addr(const union l7_sockaddr *a, struct l7_endpoint *ep)
{
	memset(ep, 0, sizeof(*ep));
	ep->proto = IPPROTO_UDP;
	ep->af = (u8)a->sa.sa_family;
	if (ep->af == AF_INET) {
		ep->port = a->v4.sin_port;
		ep->addr.in = a->v4.sin_addr;
	} else {
		ep->port = a->v6.sin6_port;
		ep->addr.in6 = a->v6.sin6_addr;
	}
}

static int get_ttl(const struct cmsghdr *cm)
{
	bool is_ttl = (cm->cmsg_level == SOL_IP && cm->cmsg_type == IP_TTL) ||
		      (cm->cmsg_level == SOL_IPV6 &&
		       cm->cmsg_type == IPV6_HOPLIMIT);

	return is_ttl ? *(const int *)CMSG_DATA(cm) : -1;
}

int l7_sock_recv(struct l7_sync_run *run, struct l7_sock_rx *rx)
{
	union {
		struct cmsghdr cm;
		u8 room[CMSG_SPACE(sizeof(int))];
	} control = {};
	union l7_sockaddr a;
	struct msghdr msg = {
		.msg_name = &a,
		.msg_namelen = sizeof(a),
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct kvec vec = {
		.iov_base = run->rx_buf, .iov_len = sizeof(run->rx_buf),
	};
	int len, tries = 0;

	/* an error of the socket is told once, and hides what is queued */
	do {
		len = kernel_recvmsg(run->sock, &msg, &vec, 1,
				     sizeof(run->rx_buf), MSG_DONTWAIT);
	} while (len < 0 && len != -EAGAIN && tries++ < RECV_TRIES);
	if (len < 0)
		return -EAGAIN;
	get_addr(&a, &rx->from);
	rx->ttl = get_ttl(&control.cm);
	return len;
}
