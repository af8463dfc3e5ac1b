/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of mirroring that runs; for its own files only. Who runs where:
 * one work receives (sync_rx.c), one sends what changed (sync_tx.c), one sends
 * everything to a director that just came (sync_bulk.c), one mends what was
 * lost on the way (sync_repair.c), one takes over policies that a peer pushes
 * (sync_push.c), one ticks (sync_peer.c, sync_join.c). All are
 * process context; no two of a kind run at once. Only the queue of
 * changed entries is touched from softirq.
 */
#ifndef L7_SYNC_RUN_H
#define L7_SYNC_RUN_H

#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "net.h"
#include "sync_key.h"
#include "sync_packet.h"
#include "sync_peer.h"
#include "pure/frames.h"

#define L7_SYNC_HELLO_MS	100
#define L7_SYNC_DEAD_MS		1000	/* a peer is silent for good */
#define L7_SYNC_ASKS		16	/* challenges waiting to be sent */
/* Bytes of frames that any packet holds: IPv6's least MTU, less the headers. */
#define L7_SYNC_MTU_MIN		1280
#define L7_SYNC_OVERHEAD	(L7_WIRE_HEADER + L7_WIRE_TAG)

/* Bits of run->todo. */
enum {
	L7_SYNC_TODO_HELLO,	/* send a HELLO */
	L7_SYNC_TODO_REPORT,	/* ask the peers for theirs */
	L7_SYNC_TODO_ALL,	/* send everything */
	L7_SYNC_TODO_RECENT,	/* send what changed lately */
	L7_SYNC_TODO_PULL,	/* send the buckets that are asked for */
	L7_SYNC_TODO_RESYNC,	/* ask for all buckets */
	L7_SYNC_TODO_CONFIG,	/* tell the policies */
	L7_SYNC_TODO_TEST,	/* ask the peers for answers */
	L7_SYNC_TODO_ANSWER,	/* answer theirs */
	L7_SYNC_TODO_PUSH,	/* push the policies */
	L7_SYNC_TODO_PUSHED,	/* answer who pushed his */
	L7_SYNC_DRAINING,	/* the operator wants another to take over */
	L7_SYNC_LEAVING,	/* nothing more is queued */
	L7_SYNC_STOPPING,
};

/** struct l7_sync_run - mirroring that runs
 * @ln: namespace
 * @sync: the object that outlives this one
 * @conf: configuration, without the key
 * @wq: all works below
 * @sock: the socket; constant while works run
 * @data_ready: what sk_data_ready was
 * @ifindex: interface it is bound to; changed by the tick, as the following
 * @joined: interface of its membership in the group, 0 = none
 * @ip: that part of the interface, see sync_sock.c; NULL = gone
 * @dst: where packets go to: the group, or each peer
 * @ndst: their number
 * @failing: one bit per @dst: it could not be sent to
 * @failed: jiffies since when; a hint, no lock
 * @frames_max: bytes of frames in one packet; changed by the tick
 * @keys: keys of packets; changed under conf_lock
 * @key_id: the one that is sent with, 0 = no encryption; written under @peers_lock
 * @retired: one that is about to be removed, 0 = none; under conf_lock, read anywhere
 * @first: the cluster key
 * @foreign: jiffies when a key was heard that is not installed; with @has_foreign
 * @epoch: of this start
 * @forks: as of then, see sync_fork.c
 * @outrun: a peer has heard more than was said
 * @started: jiffies
 * @began: the same moment
 * @first_gen: that of an entry which was made then
 * @ticked: jiffies of the last tick
 * @stranger: jiffies when an epoch was heard that is not confirmed; with
 *	@has_stranger
 * @number: highest packet number used, per lane
 * @todo: L7_SYNC_TODO_*
 * @rx: receives; the sole user of @rx_buf
 * @forget: a node that it is to drop, 0 = none
 * @forgot: what came of it, 0 or a negative errno
 * @tx: sends HELLO, challenges and what changed; the sole user of @live
 * @bulk: sends everything, or what is recent; the sole user of @all
 * @tick: every L7_SYNC_HELLO_MS
 * @repair: asks for what is missing, and tells peers what they may miss; the
 *	sole user of @mend and @nack_tx
 * @compare: compares tables; the sole user of @compare_tx
 * @ring_lock: @ring, @tails, @tail_due
 * @ring: packets that can be sent again, live and bulk lane
 * @tails: how often peers were told how far it went since the last packet
 * @tail_due: when they are told next, microseconds; 0 = often enough
 * @nalive: peers that were alive at the last tick
 * @state: enum l7_node_state, as of the last tick; read anywhere
 * @told_state: what listeners were told of it
 * @told_keys: likewise: ids of keys, first the one that is sent with
 * @told_peers: by place in @peers; written by the tick only
 * @event: room for one, likewise, as @event_conf
 * @was_ready: it was ready before
 * @told: how often peers were told a server's index; a hint, no lock
 * @hello_next: the index from which HELLOs go on telling
 * @hellos: number of HELLOs sent
 * @since_hello: packets received since the last HELLO
 * @flushed: when changed entries were last sent
 * @all_began: jiffies when everything was last sent; with @all_once
 * @all_took: how long that took, jiffies
 * @unpaced: bulk packets before this number wait for nobody
 * @peers_lock: @peers, @asks; process context
 * @asks: challenges to be sent; under @peers_lock; in @asks_tx those being sent
 * @challenge_key: makes nonces
 * @confirms: by node: epochs confirmed so far, part of the nonce
 * @hello_tx: room for one; used by @tx
 * @hello_rx: likewise by @rx, as @nack_rx, @walk_rx and @again
 * @walk_tx: likewise by @bulk
 * @others_told: jiffies when HELLO was last sent under all keys; used by @tx
 * @await_lock: the next two, and @await_end
 * @await: entries that something waits for to be at a peer, a ring
 * @await_begin: number of the oldest, modulo the size; up to @await_end
 * @await_new: there are some since the peers were last asked; used by @tx
 * @test: number of the last test of the channel; under @peers_lock
 * @config_told: jiffies when peers were last told the policies
 * @config_tx: room for one; used by @tx, and @config_rx by @rx
 * @push: our policies, while they are pushed; NULL = they are not; under @peers_lock
 * @pushes: number of the last push; likewise
 * @take: takes over what peers push
 * @pace: has the next pieces sent
 * @cmp: the comparison
 */
struct l7_sync_run {
	struct l7_net *ln;
	struct l7_sync *sync;
	struct l7_sync_conf conf;
	struct workqueue_struct *wq;
	struct socket *sock;
	void (*data_ready)(struct sock *sk);
	int ifindex;
	int joined;
	const void *ip;
	union l7_sockaddr dst[L7_SYNC_PEERS_MAX];
	u32 ndst;
	unsigned long failing;
	unsigned long failed;
	u32 frames_max;
	struct l7_sync_keys __rcu *keys;
	u8 key_id;
	u8 retired;
	struct l7_sync_first first;
	unsigned long foreign;
	bool has_foreign;
	u64 epoch;
	int forks;
	bool outrun;
	unsigned long started;
	ktime_t began;
	u32 first_gen;
	unsigned long ticked;
	unsigned long stranger;
	bool has_stranger;
	atomic64_t number[L7_LANES];
	unsigned long todo;
	struct work_struct rx;
	u8 forget;
	int forgot;
	struct work_struct tx;
	struct work_struct bulk;
	struct delayed_work tick;
	struct delayed_work repair;
	struct delayed_work compare;
	spinlock_t ring_lock;
	struct l7_ring ring[L7_LANES];
	u32 tails;
	u64 tail_due;
	u32 nalive;
	u8 state;
	u8 told_state;
	u8 told_keys[1 + L7_KEYS_MAX];
	struct l7_sync_told told_peers[L7_SYNC_PEERS_MAX];
	struct l7_sync_peer_info event;
	struct l7_sync_conf event_conf;
	bool was_ready;
	u8 told[L7_SERVER_MAX];
	u16 hello_next;
	u32 hellos;
	u32 since_hello;
	ktime_t flushed;
	unsigned long all_began;
	unsigned long all_took;
	u64 unpaced;
	bool all_once;
	spinlock_t peers_lock;
	struct l7_sync_peer *peers[L7_SYNC_PEERS_MAX];
	struct l7_sync_ask asks[L7_SYNC_ASKS];
	u32 nasks;
	struct l7_sync_ask asks_tx[L7_SYNC_ASKS];
	siphash_key_t challenge_key;
	u32 confirms[256];
	struct l7_sync_sender live;
	struct l7_sync_sender all;
	struct l7_hello hello_tx;
	struct l7_hello hello_rx;
	struct l7_nack nack_tx;
	struct l7_nack nack_rx;
	struct l7_walk_end walk_rx;
	struct l7_walk_end walk_tx;
	struct l7_sync_packet mend;
	struct l7_sync_packet again;
	unsigned long others_told;
	spinlock_t await_lock;
	struct l7_await await[L7_SYNC_AWAITS];
	u32 await_begin;
	u32 await_end;
	bool await_new;
	u32 test;
	unsigned long config_told;
	struct l7_config config_tx;
	struct l7_config config_rx;
	struct l7_push_out *push;
	u32 pushes;
	struct delayed_work take;
	struct delayed_work pace;
	struct l7_comparing cmp;
	struct l7_sync_packet compare_tx;
	u8 rx_buf[L7_WIRE_MAX + 1];
};

/** struct l7_sync - mirroring of a namespace, running or not
 * @lock: the members up to @open; softirq safe, innermost
 * @dirty: entries to be sent, each with a reference; the oldest, NULL = none
 * @newest: the last of them
 * @ndirty: their number
 * @open: entries are taken in: some peer listens; then @run is valid
 * @node: this director's id, 0 = stopped; read anywhere
 * @run: NULL when stopped; written under conf_lock
 * @anew: has it begin anew
 * @rest: what is left of a run that could not, yet: keys and configuration
 */
struct l7_sync {
	struct l7_net *ln;
	spinlock_t lock;
	struct l7_dirty *dirty;
	struct l7_dirty *newest;
	u32 ndirty;
	bool open;
	u8 node;
	struct l7_sync_run *run;
	struct delayed_work anew;
	struct l7_sync_run *rest;
	struct rcu_head rcu;
};

#endif /* L7_SYNC_RUN_H */
