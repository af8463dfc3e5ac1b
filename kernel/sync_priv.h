/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the files of mirroring only. Who runs where: one work receives
 * (sync_rx.c), one sends what changed (sync_tx.c), one sends everything to a
 * director that just came (sync_bulk.c), one repeats, one ticks (sync_peer.c).
 * All are process context; no two of a kind run at once. Only the queue of
 * changed entries is touched from softirq.
 */
#ifndef L7_SYNC_PRIV_H
#define L7_SYNC_PRIV_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "net.h"
#include "server.h"
#include "sync.h"
#include "pure/codec.h"
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
 * @wants: HELLOs that still tell it that we missed something
 * @asked: jiffies when it last asked for everything; valid with @has_asked
 * @epoch: its epoch
 * @addr: where its packets come from
 * @heard: jiffies of its last packet
 * @win: packet numbers, per lane
 * @again: packet numbers of the live lane that came a second time, as each
 *	is sent twice
 * @missing: numbers missing at the last tick
 * @lost: of these, counted as lost
 * @rx_packets: since the epoch began, as the following
 * @rx_records: records
 * @replayed: packets refused as replays
 * @acked: highest number of ours that it received, per lane
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
	u8 wants;
	bool has_asked;
	unsigned long asked;
	u64 epoch;
	struct l7_endpoint addr;
	unsigned long heard;
	struct l7_window win[L7_LANES];
	struct l7_window again;
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
 * @ifindex: interface it is bound to, 0 = gone; changed by the tick
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
 * @peers_lock: @peers, @asks; process context
 * @asks: challenges to be sent; under @peers_lock
 * @challenge_key: makes nonces
 * @confirms: by node: epochs confirmed so far, part of the nonce
 */
struct l7_sync_run {
	struct l7_net *ln;
	struct l7_sync *sync;
	struct l7_sync_conf conf;
	struct workqueue_struct *wq;
	struct socket *sock;
	void (*data_ready)(struct sock *sk);
	int ifindex;
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
	bool all_once;
	spinlock_t peers_lock;
	struct l7_sync_peer *peers[L7_SYNC_PEERS_MAX];
	struct l7_challenge asks[L7_SYNC_ASKS];
	u32 nasks;
	siphash_key_t challenge_key;
	u32 confirms[256];
	struct l7_sync_sender live;
	struct l7_sync_sender all;
	u8 rx_buf[L7_WIRE_MAX + 1];
};

/** struct l7_sync - mirroring of a namespace, running or not
 * @lock: the members up to @open; softirq safe, innermost
 * @dirty: entries to be sent, each with a reference
 * @ndirty: their number
 * @open: entries are taken in: some peer listens; then @run is valid
 * @node: this director's id, 0 = stopped; read anywhere
 * @run: NULL when stopped; written under conf_lock
 */
struct l7_sync {
	struct l7_net *ln;
	spinlock_t lock;
	struct list_head dirty;
	u32 ndirty;
	bool open;
	u8 node;
	struct l7_sync_run *run;
	struct rcu_head rcu;
};

static inline bool l7_sync_is_stopping(const struct l7_sync_run *run)
{
	return test_bit(L7_SYNC_STOPPING, &run->todo);
}

static inline void l7_sync_kick_tx(struct l7_sync_run *run)
{
	queue_work(run->wq, &run->tx);
}

static inline void l7_sync_hello_soon(struct l7_sync_run *run)
{
	set_bit(L7_SYNC_TODO_HELLO, &run->todo);
	l7_sync_kick_tx(run);
}

/* --- sync_sock.c --- */

/** l7_sock_open() - make, set up and bind the socket; nothing is received yet */
int l7_sock_open(struct l7_sync_run *run, const char **why);
/** l7_sock_listen() - from now on run->rx is queued when datagrams arrive */
void l7_sock_listen(struct l7_sync_run *run);
/** l7_sock_deaf() - no longer */
void l7_sock_deaf(struct l7_sync_run *run);
void l7_sock_close(struct l7_sync_run *run);
/** l7_sock_refresh() - follow the interface: its MTU, its coming and going */
void l7_sock_refresh(struct l7_sync_run *run);
/** l7_sock_send() - send one datagram to all; errors are counted */
void l7_sock_send(struct l7_sync_run *run, const u8 *buf, u32 len);

/** struct l7_sock_rx - where a datagram came from
 * @ttl: TTL or hop limit, -1 if not known
 */
struct l7_sock_rx {
	struct l7_endpoint from;
	int ttl;
};

/** l7_sock_recv() - next datagram into run->rx_buf
 * Return: its length (more than L7_WIRE_MAX if it was cut), or -EAGAIN.
 */
int l7_sock_recv(struct l7_sync_run *run, struct l7_sock_rx *rx);

/* --- sync_crypto.c --- */

void l7_seal_init(struct l7_sync_run *run);
/** l7_seal_close() - number, encrypt; returns bytes of the datagram */
u32 l7_seal_close(struct l7_sync_run *run, struct l7_sync_packet *p, u8 class,
		  u8 lane);
/** l7_seal_is_ours() - could we open a packet with this header? */
bool l7_seal_is_ours(const struct l7_sync_run *run, const struct l7_header *h);
/** l7_seal_open() - check and decrypt in place; false if not genuine */
bool l7_seal_open(const struct l7_sync_run *run, u8 *buf, u32 len,
		  struct l7_reader *frames);
/** l7_seal_nonce() - nonce of the challenge that a node's epoch has to answer */
void l7_seal_nonce(const struct l7_sync_run *run, u8 node, u64 epoch,
		   u8 nonce[L7_NONCE_LEN]);

/* --- sync_tx.c --- */

void l7_tx_work(struct work_struct *work);
void l7_tx_repeat_work(struct work_struct *work);
/** l7_tx_forget() - free packets that wait to be repeated */
void l7_tx_forget(struct l7_sync_run *run);
/** l7_tx_leave() - say good-bye; no work runs any more */
void l7_tx_leave(struct l7_sync_run *run);
/** l7_tx_record() - add a record to a sender's pack; sends it when full
 * Context: process; @s belongs to the calling work.
 */
void l7_tx_record(struct l7_sync_run *run, struct l7_sync_sender *s,
		  const struct l7_record *rec, u8 class, u8 lane);
/** l7_tx_flush() - send what a sender has collected */
void l7_tx_flush(struct l7_sync_run *run, struct l7_sync_sender *s, u8 class,
		 u8 lane);
/** l7_queue_open() - let changed entries in, or no longer; idempotent */
void l7_queue_open(struct l7_sync *s, bool open);

/* --- sync_bulk.c --- */

void l7_bulk_work(struct work_struct *work);
/** l7_bulk_want() - send everything to all peers, soon */
void l7_bulk_want(struct l7_sync_run *run);

/* --- sync_rx.c --- */

void l7_rx_work(struct work_struct *work);

/* --- sync_peer.c --- */

void l7_peer_tick(struct work_struct *work);
/** l7_peer_find() - peer of that node; NULL if none. The receiver needs no
 * lock, others hold peers_lock.
 */
struct l7_sync_peer *l7_peer_find(const struct l7_sync_run *run, u8 node);
/** l7_peer_is_alive() - was it heard lately? */
bool l7_peer_is_alive(const struct l7_sync_peer *p);
/** l7_peer_challenge() - ask a node to prove that its epoch is alive */
void l7_peer_challenge(struct l7_sync_run *run, u8 node, u64 epoch);
/** l7_peer_answer() - answer a challenge */
void l7_peer_answer(struct l7_sync_run *run, u8 node, u64 epoch,
		    const u8 nonce[L7_NONCE_LEN]);
/** l7_peer_confirm() - an epoch passed the challenge; by the receiver only
 * @live: highest packet number of the live lane so far, @bulk: of the other
 * Return: the peer; NULL without memory or if there are too many.
 */
struct l7_sync_peer *l7_peer_confirm(struct l7_sync_run *run, u8 node,
				     u64 epoch, u64 live, u64 bulk);
/** l7_peer_drop() - a peer left; by the receiver only */
void l7_peer_drop(struct l7_sync_run *run, struct l7_sync_peer *p);
/** l7_peer_hello() - what a peer's HELLO says; by the receiver only */
void l7_peer_hello(struct l7_sync_run *run, struct l7_sync_peer *p,
		   const struct l7_hello *h);
/** l7_peer_listeners() - peers that are alive and apply what we send */
u32 l7_peer_listeners(struct l7_sync_run *run);
/** l7_peer_seen() - the list for our own HELLO; returns its length */
u32 l7_peer_seen(struct l7_sync_run *run, struct l7_seen *seen);
/** l7_peer_backlog() - packets of the bulk lane that the slowest listener has
 * not reported yet
 */
u64 l7_peer_backlog(struct l7_sync_run *run);
void l7_peer_free_all(struct l7_sync_run *run);

#endif /* L7_SYNC_PRIV_H */
