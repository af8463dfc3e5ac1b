/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The glue to IPVS: the only place that knows its structures. Everything is
 * named by tuples (client -> virtual service) and endpoints; no pointer of
 * IPVS leaves it.
 */
#ifndef L7_IPVS_H
#define L7_IPVS_H

#include "pkt.h"

/** enum l7_ipvs_conn - what IPVS knows of a connection
 * @L7_IPVS_NONE: nothing
 * @L7_IPVS_LEFTOVER: an entry in TIME_WAIT or CLOSE: a new connection may
 *	take the tuple
 * @L7_IPVS_LIVE: a live connection
 */
enum l7_ipvs_conn {
	L7_IPVS_NONE,
	L7_IPVS_LEFTOVER,
	L7_IPVS_LIVE,
};

/** struct l7_pool - which real servers are meant
 * @vip: the virtual service
 * @mark: 0: its own. Else those of the fwmark service of this number, of the
 *	family of @vip; one without a port is reached at that of @vip
 *
 *
 * A server of port 0 stands for the pool's destination of its address, of several
 * for the one of the lowest port.
 */
struct l7_pool {
	const struct l7_endpoint *vip;
	u32 mark;
};

/* All: RCU read side, softirq safe. */

enum l7_ipvs_conn l7_ipvs_conn_find(struct l7_net *ln,
				    const struct l7_tuple *t);

/** l7_ipvs_conn_server() - which server IPVS chose for a connection
 * Return: false when there is no connection, or it is not NAT.
 */
bool l7_ipvs_conn_server(struct l7_net *ln, const struct l7_tuple *t,
			 struct l7_endpoint *server);

/** l7_ipvs_conn_client() - whose connection a server's segment belongs to
 * @s: server -> client, before IPVS translates it
 * @t: out, client -> virtual service
 * Return: false when it belongs to none, or to one that has been displaced.
 */
bool l7_ipvs_conn_client(struct l7_net *ln, const struct l7_tuple *s,
			 struct l7_tuple *t);

/** enum l7_ipvs_dest - what a real server is to a pool
 * @L7_IPVS_NO_DEST: no NAT destination of it
 * @L7_IPVS_DRAINING: one of weight 0
 * @L7_IPVS_IN_SERVICE: one that takes clients
 */
enum l7_ipvs_dest {
	L7_IPVS_NO_DEST,
	L7_IPVS_DRAINING,
	L7_IPVS_IN_SERVICE,
};

enum l7_ipvs_dest l7_ipvs_dest_state(struct l7_net *ln,
				     const struct l7_pool *pool,
				     const struct l7_endpoint *server);

/** l7_ipvs_has_dest() - has @pool a NAT destination, of whatever weight? */
bool l7_ipvs_has_dest(struct l7_net *ln, const struct l7_pool *pool);

/** l7_ipvs_mtu() - the least MTU of the ways to @pool's NAT destinations, at most @most.
 * Softirq, RCU.
 */
u32 l7_ipvs_mtu(struct l7_net *ln, const struct l7_pool *pool, u32 most);

/** l7_ipvs_has_candidate() - has @pool a NAT destination that takes clients which
 * are not bound, so neither draining nor over its threshold?
 */
bool l7_ipvs_has_candidate(struct l7_net *ln, const struct l7_pool *pool);

/** l7_ipvs_conn_make() - create the IPVS connection to a given server
 * @mark: as in struct l7_pool
 * @established: as if its handshake were over (takeover)
 * An entry of the same tuple is put out of the way. Statistics are kept as
 * IPVS' own scheduling keeps them.
 * Return: 0, -ENOENT no such destination, -ENOMEM (or conn_max).
 */
int l7_ipvs_conn_make(struct l7_net *ln, const struct l7_tuple *t, u32 mark,
		      const struct l7_endpoint *server, bool established);

/** l7_ipvs_conn_plain() - a connection that IPVS carries alone
 * @server: out, where to
 * @plain: out, in which way; not DATA
 * @ftp: one that begins and has a helper counts, too
 * Return: false when there is none that goes on; or when it is of a kind that cannot
 * be made anew from this alone: of a firewall mark, with a helper (FTP), to this host,
 * to another address family.
 */
bool l7_ipvs_conn_plain(struct l7_net *ln, const struct l7_tuple *t,
			struct l7_endpoint *server, enum l7_plain *plain,
			bool ftp);

/** l7_ipvs_conn_ensure() - make sure the connection of a flow exists
 * @svc: its policy. Which pool the flow was steered to is not known here: the
 *	server is looked for among the service's own, then in each pool.
 * @plain: ONEWAY, direct routing: IPVS shows such servers to nobody. The connection is
 *	made without one, as those that IPVS' own sync daemon hears of before it has the
 *	server; it counts for no server then. TUNNEL: with its server, as by NAT. Not DATA.
 * Return: as l7_ipvs_conn_make(); 1 when it had to be made.
 */
int l7_ipvs_conn_ensure(struct l7_net *ln, const struct l7_tuple *t,
			const struct l7_endpoint *server,
			const struct l7_svc *svc, enum l7_plain plain);

/** l7_ipvs_conn_data() - the same for a data connection of an FTP session
 * @svc: policy of the control connection
 * @control: the client's port of that; IPVS keeps it for as long as this one
 * @established: as if the handshake were over
 * Return: also -EEXIST: the tuple is that of a live connection to another server.
 */
int l7_ipvs_conn_data(struct l7_net *ln, const struct l7_tuple *t,
		      const struct l7_endpoint *server,
		      const struct l7_svc *svc, __be16 control,
		      bool established);

/** l7_ipvs_conn_unhelp() - take IPVS' helper off a connection that begins
 * One whose handshake is over keeps it: sequence numbers may have changed already.
 */
void l7_ipvs_conn_unhelp(struct l7_net *ln, const struct l7_tuple *t);

/** l7_ipvs_conn_yield() - let a new connection have the tuple
 * A left-over entry must not take the conntrack entry of its successor along
 * when it expires.
 */
void l7_ipvs_conn_yield(struct l7_net *ln, const struct l7_tuple *t);

/** l7_ipvs_conn_expire() - expire the connection at once, with its conntrack */
void l7_ipvs_conn_expire(struct l7_net *ln, const struct l7_tuple *t);

/** l7_ipvs_conn_leave() - the connection goes on, or has ended, at another director
 * It is expired, with its conntrack, if nothing of it passes here for ten seconds: until
 * then IPVS counts it as active, and thresholds go by that.
 */
void l7_ipvs_conn_leave(struct l7_net *ln, const struct l7_tuple *t);

/** l7_ipvs_tracks() - does IPVS keep its connections tracked? (net.ipv4.vs.conntrack) */
bool l7_ipvs_tracks(const struct l7_net *ln);

/** l7_ipvs_conn_displace() - the same for an attempt that is given up: its
 * conntrack entry goes at once, and none that comes after it
 */
void l7_ipvs_conn_displace(struct l7_net *ln, const struct l7_tuple *t);

/** l7_ipvs_pick_other() - the least loaded destination that was not yet tried
 * @tried: @ntried servers that did not answer
 * Weighted least connections over destinations that are neither draining nor
 * over their threshold. Return: false when there is none.
 */
bool l7_ipvs_pick_other(struct l7_net *ln, const struct l7_pool *pool,
			const struct l7_endpoint *const *tried, u8 ntried,
			struct l7_endpoint *out);

/** l7_ipvs_pick_hash() - the destination that a hash stands for
 * @hash: of the key, uniformly distributed
 * Weighted rendezvous over destinations that are not draining: the same on all
 * directors, and what comes or goes takes only its share. Thresholds do not
 * count, as each director has its own view of them. Return: false when there is
 * none.
 */
bool l7_ipvs_pick_hash(struct l7_net *ln, const struct l7_pool *pool,
		       u64 hash, struct l7_endpoint *out);

/** l7_ipvs_find() - the first destination, draining ones too, that is it
 * @is: says so; the endpoint is as @out
 */
bool l7_ipvs_find(struct l7_net *ln, const struct l7_pool *pool,
		  bool (*is)(const struct l7_endpoint *server, void *arg),
		  void *arg, struct l7_endpoint *out);

#endif /* L7_IPVS_H */
