/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of mirroring that runs; for its own files only. Who runs where:
 * one work receives (sync_rx.c), one sends what changed (sync_tx.c), one sends
 * everything to a director that just came (sync_bulk.c), one repeats, one
 * ticks (sync_peer.c). All are process context; no two of a kind run at once.
 * Only the queue of changed entries is touched from softirq.
 */
#ifndef L7_SYNC_RUN_H
#define L7_SYNC_RUN_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "net.h"
#include "server.h"
#include "sync.h"
#include "pure/pack.h"
#include "pure/window.h"

#define L7_SYNC_AEAD_LEN	32
#define L7_SYNC_HELLO_MS	100
#define L7_SYNC_DEAD_MS		1000	/* a peer is silent for good */
#define L7_SYNC_ASKS		16	/* challenges waiting to be sent */
/* Bytes of frames that any packet holds: IPv6's least MTU, less the headers. */
#define L7_SYNC_MTU_MIN		1280
#define L7_SYNC_OVERHEAD	(L7_WIRE_HEADER + L7_WIRE_TAG)

union l7_sockaddr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/** struct l7_sync_peer - a director whose epoch passed the challenge
 * @node: its node id
 * @accepts: its HELLO says that it applies what we send
 * @lacks: something of its was lost, and it is to be asked for everything
 * @wish: how often we asked it for that
 * @wished: jiffies when we last did; valid if @wish
 * @granted: its own count of such wishes, as far as they were met
 * @epoch: its epoch
 * @addr: where its packets come from
 * @heard: jiffies of its last packet
 * @win: packet numbers, per lane
 * @again: packet numbers of the live lane that came a second time, as each
 *	is sent twice
 * @sent: highest number that it says it sent, live and bulk lane
 * @missing: numbers missing at the last tick, live and bulk lane
 * @lost: of these, counted as lost
 * @rx_packets: since the epoch began, as the following
 * @rx_records: records
 * @replayed: packets refused as replays
 * @acked: highest number of ours that it received, live and bulk lane
 * @bindings: what its HELLO says it holds
 * @flows: likewise
 * @names: its index of a server -> ours; L7_SERVER_NONE: never told,
 *	L7_SYNC_NAME_REFUSED: no room for it here
 *
 * Peers come and go by the receiver only, under run->peers_lock; members that
 * others read are written under it too.
 */
struct l7_sync_peer {
	u8 node;
	bool accepts;
	bool lacks;
	u16 wish;
	u16 granted;
	unsigned long wished;
	u64 epoch;
	struct l7_endpoint addr;
	unsigned long heard;
	struct l7_window win[L7_LANES];
	struct l7_window again;
	u64 sent[L7_LANES];
	u64 missing;
	u64 lost;
	u64 rx_packets;
	u64 rx_records;
	u64 replayed;
	u64 acked[L7_LANES];
	u32 bindings;
	u32 flows;
	u16 names[L7_SERVER_MAX];
};

#define L7_SYNC_NAME_REFUSED	0xffff

/** struct l7_sync_packet - one datagram in the making
 * @buf: header, frames, tag
 * @len: bytes of frames that are written
 */
struct l7_sync_packet {
	u32 len;
	u8 buf[L7_WIRE_MAX];
};

static inline u8 *l7_sync_frames(struct l7_sync_packet *p)
{
	return p->buf + L7_WIRE_HEADER;
}

/** struct l7_sync_sender - what a sending work needs for itself
 * @pack: records being collected
 * @out: packet being sent
 */
struct l7_sync_sender {
	struct l7_pack pack;
	struct l7_sync_packet out;
};

/* Bits of run->todo. */
enum {
	L7_SYNC_TODO_HELLO,	/* send a HELLO */
	L7_SYNC_TODO_ALL,	/* send everything */
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
 * @frames_max: bytes of frames in one packet; changed by the tick
 * @aead: packet key
 * @key_id: tells it from others
 * @epoch: of this start
 * @started: jiffies
 * @number: highest packet number used, per lane
 * @todo: L7_SYNC_TODO_*
 * @rx: receives; the sole user of @rx_buf
 * @tx: sends HELLO, challenges and what changed; the sole user of @live
 * @bulk: sends everything; the sole user of @all
 * @tick: every L7_SYNC_HELLO_MS
 * @repeat: sends packets of the live lane once more
 * @repeats: these packets, oldest first; under @repeat_lock with @repeat_bytes
 * @told: how often peers were told a server's index; a hint, no lock
 * @hello_next: the index from which HELLOs go on telling
 * @hellos: number of HELLOs sent
 * @since_hello: packets received since the last HELLO
 * @flushed: when changed entries were last sent
 * @all_began: jiffies when everything was last sent; with @all_once
 * @all_took: how long that took, jiffies
 * @peers_lock: @peers, @asks; process context
 * @asks: challenges to be sent; under @peers_lock
 * @challenge_key: makes nonces
 * @confirms: by node: epochs confirmed so far, part of the nonce
 * @hello_tx: room for one; used by @tx
 * @hello_rx: likewise by @rx
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
	u32 frames_max;
	u8 aead[L7_SYNC_AEAD_LEN];
	u8 key_id;
	u64 epoch;
	unsigned long started;
	atomic64_t number[L7_LANES];
	unsigned long todo;
	struct work_struct rx;
	struct work_struct tx;
	struct work_struct bulk;
	struct delayed_work tick;
	struct delayed_work repeat;
	spinlock_t repeat_lock;
	struct list_head repeats;
	u32 repeat_bytes;
	u8 told[L7_SERVER_MAX];
	u16 hello_next;
	u32 hellos;
	u32 since_hello;
	ktime_t flushed;
	unsigned long all_began;
	unsigned long all_took;
	bool all_once;
	spinlock_t peers_lock;
	struct l7_sync_peer *peers[L7_SYNC_PEERS_MAX];
	struct l7_challenge asks[L7_SYNC_ASKS];
	u32 nasks;
	siphash_key_t challenge_key;
	u32 confirms[256];
	struct l7_sync_sender live;
	struct l7_sync_sender all;
	struct l7_hello hello_tx;
	struct l7_hello hello_rx;
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
	struct rcu_head rcu;
};

#endif /* L7_SYNC_RUN_H */
