/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of mirroring call of each other; no others do. Process
 * context unless told otherwise.
 */
#ifndef L7_SYNC_PRIV_H
#define L7_SYNC_PRIV_H

#include "sync_fork.h"
#include "sync_run.h"

static inline bool l7_sync_is_stopping(const struct l7_sync_run *run)
{
	return test_bit(L7_SYNC_STOPPING, &run->todo);
}

/* Milliseconds since the start. */
static inline u64 l7_run_clock(const struct l7_sync_run *run)
{
	return (u64)ktime_ms_delta(ktime_get(), run->began);
}

/* Microseconds since then, low 32 bits; never 0. */
static inline u32 l7_run_stamp(const struct l7_sync_run *run)
{
	return (u32)ktime_us_delta(ktime_get(), run->began) ?: 1;
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

int l7_seal_init(struct l7_sync_run *run);
/** l7_seal_close() - number, encrypt; returns bytes of the datagram
 * @key_id: of the key; if it is gone, that which is sent with is used
 */
u32 l7_seal_close(struct l7_sync_run *run, struct l7_sync_packet *p, u8 lane,
		  u8 key_id, u64 *number);
/** l7_seal_is_ours() - could we open a packet with this header, given its key? */
bool l7_seal_is_ours(const struct l7_sync_run *run, const struct l7_header *h);
/** l7_seal_open() - check and decrypt in place; false if not genuine */
bool l7_seal_open(const struct l7_sync_run *run, u8 key_id, u8 *buf, u32 len,
		  struct l7_reader *frames);
/** l7_seal_nonce() - nonce of the challenge that a node's epoch has to answer */
void l7_seal_nonce(const struct l7_sync_run *run, u8 node, u64 epoch,
		   u8 nonce[L7_NONCE_LEN]);

/* --- sync_tx.c --- */

void l7_tx_work(struct work_struct *work);
/** l7_tx_send() - number, encrypt and send a packet */
void l7_tx_send(struct l7_sync_run *run, struct l7_sync_packet *p, u8 lane);
/** l7_tx_leave() - say good-bye; no work runs any more */
void l7_tx_leave(struct l7_sync_run *run);
/** l7_tx_record() - add a record to a sender's pack; sends it when full
 * Return: false if there is no name for its server.
 * Context: process; @s belongs to the calling work.
 */
bool l7_tx_record(struct l7_sync_run *run, struct l7_sync_sender *s,
		  const struct l7_record *rec, u8 lane);
/** l7_tx_flush() - send what a sender has collected */
void l7_tx_flush(struct l7_sync_run *run, struct l7_sync_sender *s, u8 lane);
/** l7_queue_update() - let changed entries in if some peer listens, or no longer:
 * what is queued is forgotten then
 */
void l7_queue_update(struct l7_sync_run *run);
/** l7_queue_finish() - let no entry in, send what is queued, end run->tx */
void l7_queue_finish(struct l7_sync_run *run);

/* --- sync_repair.c --- */

/** l7_repair_now() - as pure/repair.h has it */
static inline u64 l7_repair_now(void)
{
	return ktime_to_us(ktime_get()) ?: 1;
}

void l7_repair_work(struct work_struct *work);
int l7_repair_init(struct l7_sync_run *run);
/** l7_repair_free() - also after l7_repair_init() failed */
void l7_repair_free(struct l7_sync_run *run);
/** l7_repair_keep() - a packet of the live or bulk lane, to be sent again */
void l7_repair_keep(struct l7_sync_run *run, u8 lane, u64 number,
		    const u8 *buf, u32 len);
/** l7_repair_tail() - write a TAIL frame; returns its length */
u32 l7_repair_tail(struct l7_sync_run *run, u8 flags, u8 *p, u32 cap);
/** l7_repair_look() - ask for what is missing of a peer, when it is time; by the
 * receiver only
 */
void l7_repair_look(struct l7_sync_run *run, const struct l7_sync_peer *p);
/** l7_repair_on_nack() - 0 or -EBADMSG; by the receiver only
 * @p: who asks
 */
int l7_repair_on_nack(struct l7_sync_run *run, const struct l7_sync_peer *p,
		      const struct l7_frame *f);
int l7_repair_on_tail(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_frame *f);
/** l7_repair_finish() - wait until the peers have what was sent, or for @ms
 * Return: have they?
 */
bool l7_repair_finish(struct l7_sync_run *run, u32 ms);

/* --- sync_join.c --- */

/** l7_join_serve() - whose wishes a walk meets that begins now
 * @what: those of all, or those to whom no more is owed than what is recent
 * Return: since when what it is to bring has changed, see l7_dirty_is_since().
 */
u64 l7_join_serve(struct l7_sync_run *run, enum l7_owed what,
		  struct l7_walk_end *w);
/** l7_join_on_walk() - a peer has sent what was wished for
 * @number: of the packet
 * Return: 0 or -EBADMSG. By the receiver only.
 */
int l7_join_on_walk(struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_frame *f, u64 number);
/** l7_join_tick() - decide on run->state */
void l7_join_tick(struct l7_sync_run *run);

/* --- sync_event.c --- */

/** l7_event_tick() - tell listeners what has changed */
void l7_event_tick(struct l7_sync_run *run);

/* --- sync.c --- */

/** l7_sync_conf_fill() - how it runs, for listings; without the keys themselves */
void l7_sync_conf_fill(const struct l7_sync_run *run, struct l7_sync_conf *c);
/** l7_sync_peer_fill() - a row of a listing, but for its policies; peers_lock */
void l7_sync_peer_fill(const struct l7_sync_run *run,
		       const struct l7_sync_peer *p, struct l7_sync_peer_info *i);

/* --- sync_bulk.c --- */

void l7_bulk_work(struct work_struct *work);
/** l7_bulk_want() - send everything to all peers, soon; or what is recent */
void l7_bulk_want(struct l7_sync_run *run, enum l7_owed what);
/** l7_bulk_pull() - send the buckets of run->cmp.pulled, soon */
void l7_bulk_pull(struct l7_sync_run *run);

/* --- sync_digest.c --- */

/** l7_sync_kinds - enum l7_rec_kind of what is held by kind in struct l7_compare
 * and struct l7_comparing
 */
extern const u8 l7_sync_kinds[L7_SYNC_KINDS];

void l7_digest_work(struct work_struct *work);
/** l7_digest_bucket() - the bucket that an entry belongs to */
u32 l7_digest_bucket(const struct l7_sync_run *run, const struct l7_record *r);
/** l7_digest_on_digest() - 0 or -EBADMSG; by the receiver only, as the next */
int l7_digest_on_digest(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_frame *frame);
int l7_digest_on_pull(struct l7_sync_run *run, const struct l7_frame *frame);

/* --- sync_config.c --- */

/** l7_config_sum() - of our policies, for HELLO */
u64 l7_config_sum(const struct l7_sync_run *run);
/** l7_config_tick() - are they to be told? */
void l7_config_tick(struct l7_sync_run *run);
/** l7_config_send() - tell them; by run->tx only */
void l7_config_send(struct l7_sync_run *run);
/** l7_config_on_config() - 0 or -EBADMSG; by the receiver only */
int l7_config_on_config(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_frame *f);
/** l7_config_differs() - has a peer other policies? */
bool l7_config_differs(const struct l7_sync_run *run,
		       const struct l7_sync_peer *p);
/** l7_config_forget() - free what a peer told */
void l7_config_forget(struct l7_sync_peer *p);
/** l7_config_sort() - by service */
void l7_config_sort(struct l7_policy *all, u32 n);
/** l7_config_diffs() - how a peer's policies differ from @own, which is sorted; under peers_lock */
void l7_config_diffs(const struct l7_sync_run *run,
		     const struct l7_sync_peer *p, const struct l7_policy *own,
		     u32 n, struct l7_sync_peer_info *info);

/* --- sync_await.c --- */

/** l7_await_add() - something waits until a peer has this entry, as it was just packed
 * for the live lane; takes the reference. By run->tx only
 */
void l7_await_add(struct l7_sync_run *run, struct l7_dirty *d);
/** l7_await_asks() - has that been so since the last call? Then peers are asked to tell
 * at once what came. By run->tx only
 */
bool l7_await_asks(struct l7_sync_run *run);
/** l7_await_acked() - confirm what some peer has; by the receiver only */
void l7_await_acked(struct l7_sync_run *run);
/** l7_await_drop() - forget all, as nobody listens */
void l7_await_drop(struct l7_sync_run *run);

/* --- sync_echo.c --- */

/** l7_echo_send() - send what is to be asked and answered; by run->tx only */
void l7_echo_send(struct l7_sync_run *run);
/** l7_echo_on_echo() - 0 or -EBADMSG; by the receiver only */
int l7_echo_on_echo(struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_frame *f);

/* --- sync_rx.c --- */

void l7_rx_work(struct work_struct *work);

#endif /* L7_SYNC_PRIV_H */
