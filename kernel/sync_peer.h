/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A peer, as mirroring knows it; for the files of mirroring only.
 */
#ifndef L7_SYNC_PEER_H
#define L7_SYNC_PEER_H

#include "server.h"
#include "sync_digest.h"
#include "sync_echo.h"
#include "sync_push.h"
#include "pure/codec.h"
#include "pure/record.h"
#include "pure/repair.h"
#include "pure/rotate.h"

/* Of our entries; recent: since shortly before it ceased to accept them. */
enum l7_owed {
	L7_OWED_NOTHING,
	L7_OWED_RECENT,
	L7_OWED_ALL,
};

/** struct l7_sync_peer - a director whose epoch passed the challenge
 * @node: its node id
 * @applies: its HELLO says that it applies what we send
 * @accepts: that, and it has the key for it
 * @doubted: its epoch is to pass the challenge again
 * @lacks: something of its was lost: it is to be asked for everything
 * @lapsed: one of us was silent: it is to be asked for what changed meanwhile
 * @wish: how often we asked it for that
 * @wished: jiffies when we last did; valid if @wish
 * @recent: what changed lately was enough then
 * @granted: its own count of such wishes, as far as they were met
 * @walk: number of the packet, in the bulk lane, with which it had sent us
 *	everything, 0 = it has not
 * @owed: what it is to be sent, enum l7_owed
 * @opened: it accepted before, so that only what changed since @closed is owed to it
 * @closed: jiffies since when it may lack what changed; valid if @owed or not @accepts
 * @listed: it is to be sent everything, or was: what changes is queued for it
 * @older: it was started before this director
 * @joined: everything of its came, and then all that it sent
 * @was_joined: so it was once
 * @compares: its HELLO says that it compares tables
 * @equal: its tables are ours, but for what is on its way
 * @differs: buckets that differ, and did in the round before
 * @cmp: NULL: none yet
 * @config: sum of its policies, as its HELLO says, 0 = not told
 * @policies: what it told of them, see sync_config.c; NULL = nothing
 * @skew: seconds by which its clock is ahead of ours, as far as it tells
 * @way: how far away it is
 * @epoch: its epoch
 * @addr: where its packets come from
 * @heard: jiffies of its last packet
 * @forgiven: this director did not run meanwhile, and that was overlooked once
 * @hello: number of its last HELLO, control lane
 * @claims: highest number sent as that says, live and bulk lane
 * @keys: ids of the keys that it accepts, first the one it sends with
 * @other_secrets: it was started with another cluster key, so that its bindings
 *	mean nothing here
 * @echo: test of the channel
 * @takes: its HELLO says that it takes over policies that are pushed
 * @push: those, in both directions
 * @win: packet numbers, per lane
 * @again: packet numbers that came a second time, live and bulk lane
 * @gap: when to ask for what is missing, likewise
 * @sent: highest number that it says it sent, likewise
 * @oldest: lowest number that it can send again, likewise; 0 = not told yet
 * @lost: numbers that were given up
 * @repaired: numbers that came after they had been asked for
 * @rx_packets: since the epoch began, as the following
 * @rx_records: records
 * @replayed: packets refused as replays
 * @acked: highest number of ours that it received, live and bulk lane
 * @behind: of these, in the bulk lane, from the first that it misses
 * @has: all numbers of ours up to this came to it, live lane
 * @base: what was sent in the live lane before it listened
 * @report: it asked to be told when all numbers of its up to this have come, live lane;
 *	0 = not; by the receiver only
 * @state: enum l7_node_state, as its HELLO says
 * @bindings: what its HELLO says it holds
 * @flows: likewise
 * @names: servers by its index, of no family: never told. Ours are given when a binding needs
 *	one: a peer's word alone must not use them up
 *
 * Peers come and go by the receiver only, under run->peers_lock; members that
 * others read are written under it too.
 */
struct l7_sync_peer {
	u8 node;
	bool applies;
	bool accepts;
	bool doubted;
	bool lacks;
	bool lapsed;
	bool recent;
	bool opened;
	bool forgiven;
	bool listed;
	u8 owed;
	bool older;
	bool joined;
	bool was_joined;
	bool compares;
	bool equal;
	u32 differs;
	s32 skew;
	struct l7_sync_way way;
	struct l7_compare *cmp;
	u64 config;
	struct l7_heard *policies;
	u16 wish;
	u16 granted;
	unsigned long wished;
	unsigned long closed;
	u64 walk;
	u64 epoch;
	struct l7_endpoint addr;
	unsigned long heard;
	u64 hello;
	u64 claims[L7_LANES];
	u8 keys[L7_KEYS_MAX];
	bool other_secrets;
	struct l7_sync_echo echo;
	bool takes;
	struct l7_sync_push push;
	struct l7_window win[L7_LANES];
	struct l7_window again[L7_LANES];
	struct l7_gap gap[L7_LANES];
	u64 sent[L7_LANES];
	u64 oldest[L7_LANES];
	u64 lost;
	u64 repaired;
	u64 rx_packets;
	u64 rx_records;
	u64 replayed;
	u64 acked[L7_LANES];
	u32 behind;
	u64 has;
	u64 base;
	u64 report;
	u8 state;
	u32 bindings;
	u32 flows;
	struct l7_endpoint names[L7_SERVER_MAX];
};

/** l7_peer_unjoin() - not all that it has is here; under peers_lock
 * A round of comparing that began before says nothing of what comes now.
 */
static inline void l7_peer_unjoin(struct l7_sync_peer *p)
{
	if (p->cmp) {
		p->cmp->voided = true;
		memset(p->cmp->looks, 0, sizeof(p->cmp->looks));
	}
	p->joined = false;
	p->equal = false;
	p->walk = 0;
}

/** struct l7_sync_told - what listeners were told of a peer
 * @node: 0 = of none
 * @alive: it was heard
 * @config: it had other policies
 * @clock: its clock was wrong, or ours
 * @taken: pushes of its policies that were taken over
 *
 * The others as in struct l7_sync_peer.
 */
struct l7_sync_told {
	u8 node;
	u8 state;
	bool alive;
	bool joined;
	bool equal;
	bool config;
	bool clock;
	u8 keys[L7_KEYS_MAX];
	u32 taken;
	u64 epoch;
	u64 lost;
};

/* What sync_peer.c does with them. */

struct l7_sync_run;

void l7_peer_tick(struct work_struct *work);
/** l7_peer_find() - peer of that node; NULL if none. The receiver needs no
 * lock, others hold peers_lock.
 */
struct l7_sync_peer *l7_peer_find(const struct l7_sync_run *run, u8 node);
/** l7_peer_is_alive() - was it heard lately? */
bool l7_peer_is_alive(const struct l7_sync_peer *p);
/** l7_peer_is_relief() - could it take over? Under peers_lock */
bool l7_peer_is_relief(const struct l7_sync_peer *p);
/** l7_peer_missing() - packets that it sent, as far as is known, and that did not
 * come yet; under peers_lock
 */
u64 l7_peer_missing(const struct l7_sync_peer *p);
/** l7_peer_challenge() - ask a node to prove that its epoch is alive
 * @h: header of a packet of its
 */
void l7_peer_challenge(struct l7_sync_run *run, const struct l7_header *h);
/** l7_peer_answer() - answer a challenge
 * @h: header of the packet with it
 */
void l7_peer_answer(struct l7_sync_run *run, const struct l7_header *h,
		    const u8 nonce[L7_NONCE_LEN]);
/** l7_peer_confirm() - an epoch passed the challenge; by the receiver only
 * @h: header of the packet with the answer @c
 * Return: the peer; NULL without memory or if there are too many.
 */
struct l7_sync_peer *l7_peer_confirm(struct l7_sync_run *run,
				     const struct l7_header *h,
				     const struct l7_challenge *c);
/** l7_peer_drop() - a peer left; by the receiver only */
void l7_peer_drop(struct l7_sync_run *run, struct l7_sync_peer *p);
/** l7_peer_hello() - what a peer's HELLO says; by the receiver only */
void l7_peer_hello(struct l7_sync_run *run, struct l7_sync_peer *p,
		   const struct l7_hello *h);
/** l7_peer_listeners() - peers that are alive and apply what we send */
u32 l7_peer_listeners(struct l7_sync_run *run);
u32 l7_peer_listeners_locked(const struct l7_sync_run *run);
/** l7_peer_has() - has a listener this packet of the live lane, and listened when it was sent? */
bool l7_peer_has(struct l7_sync_run *run, u64 number);
/** l7_peer_all_have() - has each all packets of the live lane up to @number? */
bool l7_peer_all_have(struct l7_sync_run *run, u64 number);
/** l7_peer_owe() - some could not be sent to since @since, jiffies: send it again */
void l7_peer_owe(struct l7_sync_run *run, unsigned long since);
/** l7_peer_farthest() - microseconds to the farthest living peer and back, 0 = not known */
u32 l7_peer_farthest(struct l7_sync_run *run);
/** l7_peer_seen() - the list for our own HELLO; returns its length */
u32 l7_peer_seen(struct l7_sync_run *run, struct l7_seen *seen);
/** l7_peer_backlog() - packets of the bulk lane that the slowest listener has
 * not reported yet
 * @unseen: out, above the highest that it has
 * @unsettled: out, above the first that it misses
 */
void l7_peer_backlog(struct l7_sync_run *run, u64 *unseen, u64 *unsettled);
/** l7_peer_doubt() - have all peers prove again that their epochs are alive: who had a
 * key that is removed may have spoken for them
 */
void l7_peer_doubt(struct l7_sync_run *run);
void l7_peer_free_all(struct l7_sync_run *run);

#endif /* L7_SYNC_PEER_H */
