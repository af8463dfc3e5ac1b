/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows: the connections the module takes part in. Owns the two tables
 * (client side, server side), reference counts, limits, the scan that expires
 * idle flows and the join of what peers say. A flow's transient half, from the
 * handshake to the splice, is struct l7_pend (bind.c).
 */
#ifndef L7_FLOW_H
#define L7_FLOW_H

#include <linux/rhashtable.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include "event.h"
#include "flow_kind.h"
#include "svc.h"

struct l7_net;
struct l7_pend;
struct l7_learn;
struct l7_insert;
struct l7_rewrite;
struct l7_ftp;
struct l7_walk;

/** struct l7_flow - one connection
 * @cnode: client table, by (client, virtual service)
 * @snode: server table, by (server, client); when L7_FF_SHASHED
 * @client: client's address
 * @vip: virtual address
 * @server: real server's address, valid with L7_FF_SPLICED
 * @cport: network order, as the other ports
 * @af: AF_INET, AF_INET6
 * @state: enum l7_flow_state; written under @lock, read anywhere
 * @flags: L7_FF_*; written under @lock
 * @wscale_us: window scale that the client was told
 * @wscale_srv: window scale that the server announced
 * @udp: of a plain one: it is of UDP; constant as @plain
 * @wscale_cli: else the client's, if it scales its windows for a server that takes up
 *	no scaling; else 0
 * @awaits: L7_AWAITS_*: of a peer's whose server's first answer did not come yet, in front of
 *	which @ack_c is then; under @lock, as the other bits
 * @plain: enum l7_plain; constant once it is in a table
 * @control: of an FTP data connection the client's port of the control connection
 * @cookie: of one that is not plain: the low half of the number that its first segment
 *	acknowledged, 0: not known
 * @origin: node that made the present state, 0 = this one
 * @seq_delta: client's view minus server's view of the server's bytes, behind
 *	what is put into them
 * @ts_delta: the same for timestamps
 * @ack_c: last acknowledgement of the client, in its own numbers; of UDP: jiffies when
 *	IPVS was asked last; written without lock, as @ack_s
 * @ack_s: last acknowledgement of the server
 * @gen: generation of the mirrored state; under @lock
 * @last: jiffies of the last packet, low 32 bits; written without lock
 * @sent: @last when the peers were last told; only the expiry scan writes it
 * @held: memory of the client's segments that are held, for listings
 * @pool: with @awaits: fwmark of the server's pool, 0: none
 * @svc: policy, one reference
 * @pend: transient half; set and cleared under @lock
 * @learn: what the server's first response is searched for; under @lock
 * @insert: what is to be put into it; set and cleared under @lock
 * @rewrite: what is to be overwritten in it; likewise; of a flow that is not plain
 * @ftp: of a plain one: how far FTP's control connection was read; likewise
 * @dirty: mirroring
 * @ref: client table, pend timer, send queue of sync
 * @lock: state, flags, pend, learn. BH safe. Never held across injection.
 */
struct l7_flow {
	struct rhash_head cnode;
	struct rhash_head snode;
	union nf_inet_addr client;
	union nf_inet_addr vip;
	union nf_inet_addr server;
	__be16 cport;
	__be16 vport;
	__be16 sport;
	u8 af;
	u8 state;
	u8 flags;
	u8 wscale_us;
	u8 wscale_srv;
	u8 origin;
	u32 seq_delta;
	u32 ts_delta;
	u32 ack_c;
	u32 ack_s;
	u32 gen;
	u32 last;
	u32 sent;
	union {
		u32 held;
		u32 pool;
	};
	union {
		struct {
			u8 wscale_cli : 4;
			u8 awaits : 3;
		};
		bool udp;
	};
	u8 plain;
	union {
		__be16 control;
		u16 cookie;
	};
	struct l7_svc *svc;
	struct l7_pend *pend;
	struct l7_learn *learn;
	struct l7_insert *insert;
	union {
		struct l7_rewrite *rewrite;
		struct l7_ftp *ftp;
	};
	struct l7_dirty dirty;
	refcount_t ref;
	spinlock_t lock;
	struct rcu_head rcu;
};

static inline bool l7_flow_is_spliced(const struct l7_flow *f)
{
	/* the deltas were written before the flag */
	return smp_load_acquire(&f->flags) & L7_FF_SPLICED;
}

/** l7_flow_is_oneway() - does what its server sends pass elsewhere? */
static inline bool l7_flow_is_oneway(const struct l7_flow *f)
{
	return f->plain == L7_PLAIN_ONEWAY || f->plain == L7_PLAIN_TUNNEL;
}

static inline bool l7_flow_is_udp(const struct l7_flow *f)
{
	return f->plain && f->udp;
}

static inline u8 l7_flow_proto(const struct l7_flow *f)
{
	return l7_flow_is_udp(f) ? IPPROTO_UDP : IPPROTO_TCP;
}

/** l7_flow_is_announced() - is it a data connection of FTP that nobody opened yet? */
static inline bool l7_flow_is_announced(const struct l7_flow *f)
{
	return f->plain == L7_PLAIN_DATA && !(f->cport && f->vport);
}

/** l7_flow_tuple() - client -> virtual service */
struct l7_tuple l7_flow_tuple(const struct l7_flow *f);
struct l7_endpoint l7_flow_server(const struct l7_flow *f);

/** l7_flow_find_client() - by (client -> virtual service). RCU. */
struct l7_flow *l7_flow_find_client(struct l7_net *ln,
				    const struct l7_tuple *t);
/** l7_flow_find_server() - by (server -> client). RCU. */
struct l7_flow *l7_flow_find_server(struct l7_net *ln,
				    const struct l7_tuple *t);

/** l7_flow_new() - create a flow, which counts, but is in no table yet
 * @t: client -> virtual service
 * Return: NULL at the limit or without memory; counted.
 */
struct l7_flow *l7_flow_new(struct l7_net *ln, struct l7_svc *svc,
			    const struct l7_tuple *t);
/** l7_flow_enter_locked() - enter it in the client table, which gets the
 * reference. @f->lock held: who finds the flow waits until it is complete.
 * Return: false when the table has one of that tuple, or without memory, which
 * is counted. Discard it then.
 */
bool l7_flow_enter_locked(struct l7_net *ln, struct l7_flow *f);
/** l7_flow_discard() - a new flow that was not entered */
void l7_flow_discard(struct l7_net *ln, struct l7_flow *f);

/** l7_flow_set_server() - enter a flow in the server table, unless nothing of the
 * server's passes here. @f->lock held.
 * Return: 0, -EEXIST when another flow has that tuple, -ENOMEM.
 */
int l7_flow_set_server(struct l7_net *ln, struct l7_flow *f,
		       const struct l7_endpoint *server);

/** l7_flow_hash() - of addresses and ports */
u32 l7_flow_hash(const struct l7_tuple *t, u32 seed);
/** l7_flow_remove_locked() - take a flow out of both tables; @f->lock held.
 * State becomes CLOSED, the peers are told. The caller may use @f while it is
 * under RCU. Idempotent. The transient half goes too: its timer must not outlive the tables. */
void l7_flow_remove_locked(struct l7_net *ln, struct l7_flow *f);

bool l7_flow_hold(struct l7_flow *f);
void l7_flow_put(struct l7_flow *f);

/** l7_flow_set_state_locked() - change state, trace it; @f->lock held */
void l7_flow_set_state_locked(struct l7_net *ln, struct l7_flow *f, u8 state);

/** l7_flow_changed_locked() - mirrored state changed here; @f->lock held.
 * This node becomes the origin; the peers are told.
 */
void l7_flow_changed_locked(struct l7_net *ln, struct l7_flow *f);

static inline void l7_flow_touch(struct l7_flow *f)
{
	u32 now = (u32)jiffies;

	if (READ_ONCE(f->last) != now)
		WRITE_ONCE(f->last, now);
}

/** l7_flow_is_headless() - is the start of this connection lost for good?
 * @t: client -> virtual service, of a segment that belongs to a handshake of
 *	ours but is not the connection's first
 * The first may just be late. If it is still missing after a while, a director
 * that is gone had acknowledged it: nobody will send it again.
 */
bool l7_flow_is_headless(struct l7_net *ln, const struct l7_tuple *t);

/** l7_flow_drop_foreign() - it is over, whoever made it: tell the peers */
void l7_flow_drop_foreign(struct l7_net *ln, struct l7_flow *f);

/** l7_flow_for_each() - call fn for every flow, process context. fn runs under
 * RCU and may remove the flow. Entries added meanwhile may be missed.
 */
void l7_flow_for_each(struct l7_net *ln,
		      void (*fn)(struct l7_net *ln, struct l7_flow *f,
				 void *arg), void *arg);

/** l7_flow_is_half() - is it a plain one whose handshake is not over? Of this director's */
static inline bool l7_flow_is_half(const struct l7_flow *f)
{
	return f->plain && READ_ONCE(f->flags) & L7_FF_HALF;
}

/** l7_flow_open_locked() - the handshake of a plain flow is over; @f->lock held */
void l7_flow_open_locked(struct l7_net *ln, struct l7_flow *f);

/** l7_flow_count() - flows in all, and of these pending */
void l7_flow_count(struct l7_net *ln, u32 *flows, u32 *pending);

extern const struct l7_owner_ops l7_flow_owner;

int l7_flow_module_init(void);
void l7_flow_module_exit(void);
int l7_flow_init(struct l7_net *ln);
void l7_flow_exit(struct l7_net *ln);

#endif /* L7_FLOW_H */
