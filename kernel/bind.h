/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Delayed binding: from a client's SYN to the splice. Owns struct l7_pend, the
 * transient half of a flow, and its state machine.
 */
#ifndef L7_BIND_H
#define L7_BIND_H

#include "pkt.h"
#include "cookie.h"
#include "persist.h"
#include "pure/proxy.h"

#define L7_TRIES_MAX	8

/** struct l7_asked - a key that a request carried, and how it was offered */
struct l7_asked {
	struct l7_key key;
	struct l7_key_asked how;
};

/** struct l7_pend - what a flow needs until its server has all that the
 * director acknowledged. Protected by flow->lock.
 * @ln: namespace
 * @flow: the flow, one reference
 * @ref: one of flow->pend, one of each run of @timer that is to come or under
 *	way
 * @timer: next deadline of the state the flow is in
 * @silent: in the list of silent clients (bind_silent.c)
 * @queue: segments of the client, by sequence number
 * @flat: copy of the contiguous bytes, NULL while one segment holds them all
 * @flat_len: bytes in @flat
 * @flat_cap: size of @flat
 * @isn_c: the client's initial sequence number
 * @isn_us: ours, the SYN cookie
 * @isn_s: the one that the server gets to know as the client's
 * @start: the client's first byte that the server gets; before it, from @isn_s + 1
 *	on, there is a PROXY header if the server gets one
 * @rcv_nxt: next byte expected in order
 * @acked: bytes before this were acknowledged by the director
 * @srv_una: bytes before this the server has acknowledged
 * @window: bytes the client may send after its SYN
 * @tsval0: TSval of the handshake's ACK; the server's SYN carries it (PAWS)
 * @ts_recent: TSval to echo
 * @ts_base: our TSval, one and the same until the splice: so the segments held
 *	echo exactly the TSval of the server's SYN-ACK once translated
 * @opts: options of the client
 * @cwin: client's window field, unscaled
 * @iif: interface the client's packets came by
 * @mark: their mark
 * @bytes: charged for @queue and @flat
 * @deadline: jiffies when the present state is given up
 * @retries: repetitions in the present state
 * @stalled: counted in ln->stalled
 * @reset_at: @retries + 1 when an earlier connection was reset at the server: once
 *	for each SYN, or a server that does not heed it would keep us busy
 * @proxy: PROXY header that the client's stream begins with; len 0: none
 * @has_fin: the client's FIN is in @queue, in order or not
 * @pool: fwmark of the pool that it was steered to, 0: the service's own servers
 * @steered: the steering rules have decided
 * @unsure: the server has answered, but the flow is not spliced before a peer has its
 *	record (bind_semi.c)
 * @target: index of the server to connect to; L7_SERVER_NONE: IPVS schedules
 * @aimed: IPVS knows, or will find out, where the SYN is to go
 * @ntried: servers tried
 * @tried: their indices
 * @key_mask: rules whose key was found
 * @prebound: its key-less request found a binding of the client, be its server
 *	gone
 * @insert: 1 + index of the rule whose cookie the client is to have; 0: none
 * @has_cookie: it has that of @target, made with the key in use
 * @hit: the bit of the rule whose key led to @target, 0 = none
 * @asked: their keys, one place for each rule of the policy
 */
struct l7_pend {
	struct l7_net *ln;
	struct l7_flow *flow;
	refcount_t ref;
	struct timer_list timer;
	struct list_head silent;
	struct sk_buff_head queue;
	u8 *flat;
	u32 flat_len;
	u32 flat_cap;
	u32 isn_c;
	u32 isn_us;
	u32 isn_s;
	u32 start;
	u32 rcv_nxt;
	u32 acked;
	u32 srv_una;
	u32 window;
	u32 tsval0;
	u32 ts_recent;
	u32 ts_base;
	struct l7_cookie_opts opts;
	u16 cwin;
	int iif;
	u32 mark;
	u32 pool;
	u32 bytes;
	struct l7_proxy proxy;
	unsigned long deadline;
	u8 retries;
	bool stalled;
	u8 reset_at;
	bool has_fin;
	bool aimed;
	bool unsure;
	bool steered;
	bool prebound;
	u8 ntried;
	u8 key_mask;
	u8 hit;
	u8 insert;
	bool has_cookie;
	u16 target;
	u16 tried[L7_TRIES_MAX];
	struct l7_asked asked[];
};

/* The verdicts below are those of netfilter. Context: softirq, RCU. */

/** l7_bind_is_local() - is the service's address one of this director's?
 * As l7_l3_is_local(), asked once until an address changes.
 */
bool l7_bind_is_local(struct l7_net *ln, struct l7_svc *svc);
/** l7_bind_syn() - a SYN to a service with a policy
 * @f: what is left of an earlier connection of the tuple, or NULL
 */
unsigned int l7_bind_syn(struct l7_net *ln, struct l7_svc *svc,
			 const struct l7_flow *f, struct l7_pkt *p,
			 const struct net_device *in);
/** l7_bind_stray() - a segment other than SYN that belongs to no flow */
unsigned int l7_bind_stray(struct l7_net *ln, struct l7_svc *svc,
			   struct l7_pkt *p, const struct net_device *in);
/** l7_bind_is_handshake() - is this the ACK of a handshake we answered? */
bool l7_bind_is_handshake(struct l7_net *ln, const struct l7_pkt *p);
/** l7_bind_reopen() - such an ACK, on the tuple of a flow that has ended
 * @svc: the policy now: that of the flow may be an older one
 */
unsigned int l7_bind_reopen(struct l7_net *ln, struct l7_svc *svc,
			    struct l7_flow *f, struct l7_pkt *p,
			    const struct net_device *in);
/** l7_bind_is_sound() - is the TCP checksum right? Counts if not. No lock. */
bool l7_bind_is_sound(struct l7_net *ln, const struct l7_pkt *p);
/** l7_bind_forget() - end a flow without a word to client and server */
void l7_bind_forget(struct l7_net *ln, struct l7_flow *f);
/** l7_bind_client() - a client's segment for a flow that is not yet spliced */
unsigned int l7_bind_client(struct l7_net *ln, struct l7_flow *f,
			    struct l7_pkt *p, const struct net_device *in);
/** l7_bind_server() - SYN-ACK or RST of a server for such a flow
 * @p: as the server sent it
 */
unsigned int l7_bind_server(struct l7_net *ln, struct l7_flow *f,
			    const struct l7_pkt *p);
/** l7_bind_server_acked() - server's ACK for a spliced flow that still holds
 * bytes the director is to deliver
 * May reallocate skb data. Return: false when the packet could not be made
 * writable; drop it.
 */
bool l7_bind_server_acked(struct l7_net *ln, struct l7_flow *f,
			  const struct l7_pkt *p);
/** l7_bind_proxy_covers() - does a client's segment begin with bytes in whose place
 * the server is to get a header that is still on its way? Takes flow->lock.
 */
bool l7_bind_proxy_covers(struct l7_flow *f, const struct l7_pkt *p);
/** l7_bind_answered() - a server goes on with a connection of a service whose policy needs
 * no payload: who sent the SYN has acknowledged the SYN-ACK
 * @t: client -> virtual service
 * @p: as the server sent it
 */
void l7_bind_answered(struct l7_net *ln, struct l7_svc *svc,
		      const struct l7_tuple *t, const struct l7_pkt *p);

/** l7_bind_drop_locked() - free the transient half of a flow; flow->lock held */
void l7_bind_drop_locked(struct l7_flow *f);
/** l7_bind_reset() - reset the client of a flow that is not spliced, end it
 * Return: false if the flow is spliced, or has ended.
 */
bool l7_bind_reset(struct l7_net *ln, struct l7_flow *f);

/** l7_semi_awaits_locked() - does a flow wait until a peer has its record? Then it has one */
bool l7_semi_awaits_locked(const struct l7_flow *f);
/** l7_semi_confirm() - a peer has it: splice. Process context */
void l7_semi_confirm(struct l7_net *ln, struct l7_flow *f);

int l7_silent_init(struct l7_net *ln);
void l7_silent_exit(struct l7_net *ln);

/** l7_bind_exit() - drop all pending flows of a namespace; process context,
 * hooks are gone
 */
void l7_bind_exit(struct l7_net *ln);

#endif /* L7_BIND_H */
