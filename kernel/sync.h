/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirroring: one kernel UDP socket per namespace, and works that receive and
 * send. Owns peers, epochs, packet numbers and send queues; knows bindings
 * and flows only as struct l7_record through struct l7_owner_ops.
 */
#ifndef L7_SYNC_H
#define L7_SYNC_H

#include "event.h"

#define L7_SYNC_PEERS_MAX	16
#define L7_SYNC_PORT_DEF	8849
#define L7_SYNC_KEY_LEN		32
#define L7_SYNC_KEYS_MAX	4
#define L7_SYNC_PATH_MAX	256
#define L7_PUSH_WHY_MAX		160

/** struct l7_sync_key_info - a key that is installed, in listings
 * @id: never 0
 * @sends: packets are sent with it
 * @path: where the operator keeps it
 */
struct l7_sync_key_info {
	u8 id;
	bool sends;
	char path[L7_SYNC_PATH_MAX];
};

/** struct l7_sync_conf - how to mirror
 * @ifname: interface the packets leave and arrive by
 * @group: multicast group, or unspecified (af 0) when @npeers > 0
 * @peers: unicast peers (addr, af); port is @port
 * @port: UDP port, network order
 * @node: this director's id, 1..255, unique in the cluster
 * @cluster: 0..255, directors of other clusters are ignored
 * @receive_buffer: bytes of the socket, as SO_RCVBUF has them; constants in uapi
 * @plaintext: no encryption and no authentication
 * @accept_policies: policies that a peer pushes replace those here; not with @plaintext
 * @key: cluster key; with @plaintext it may be zero, and is used for the
 *	secrets that directors share only
 * @key_path: where the operator keeps the key; shown again, not interpreted
 * @packet_key: packets are sent and accepted under what comes from this one, and not from
 *	@key; zero = there is none. Not in listings, as the next
 * @packet_key_path: likewise
 * @key_id: in listings, as what follows: id of that key, which may not be
 *	installed any more; 0 = no encryption
 * @nkeys: members of @keys that are valid
 * @keys: the oldest first
 * @foreign: somebody sends under another key
 * @packet_bytes: UDP payload of a full packet
 */
struct l7_sync_conf {
	char ifname[IFNAMSIZ];
	struct l7_endpoint group;
	struct l7_endpoint peers[L7_SYNC_PEERS_MAX];
	u8 npeers;
	__be16 port;
	u8 node;
	u8 cluster;
	u32 receive_buffer;
	bool plaintext;
	bool accept_policies;
	u8 key[L7_SYNC_KEY_LEN];
	char key_path[L7_SYNC_PATH_MAX];
	u8 packet_key[L7_SYNC_KEY_LEN];
	char packet_key_path[L7_SYNC_PATH_MAX];
	u8 key_id;
	u8 nkeys;
	bool foreign;
	u32 packet_bytes;
	struct l7_sync_key_info keys[L7_SYNC_KEYS_MAX];
};

int l7_sync_init(struct l7_net *ln);	/* allocates, does not start */
void l7_sync_exit(struct l7_net *ln);	/* stops if running, frees */

/* Process context under ln->conf_lock. *why: constant sentence on error. */
int l7_sync_start(struct l7_net *ln, const struct l7_sync_conf *c,
		  const char **why);
int l7_sync_stop(struct l7_net *ln);
/** l7_sync_conf_get() - running configuration (key zeroed); false if stopped */
bool l7_sync_conf_get(struct l7_net *ln, struct l7_sync_conf *c);
/** l7_sync_node() - this director's node id, 0 when mirroring is off. Any ctx. */
u8 l7_sync_node(struct l7_net *ln);

/** l7_sync_is_heard() - is there a peer that takes in what changes? RCU */
bool l7_sync_is_heard(struct l7_net *ln);

/** l7_sync_dirty() - an entry changed: send it within a millisecond
 * Any context (softirq too), never sleeps, never fails: queues @d (taking a
 * reference by owner->hold), coalescing with a queued one. No-op when stopped.
 */
void l7_sync_dirty(struct l7_net *ln, struct l7_dirty *d);

/** l7_sync_would_have() - would this director have an entry that it made itself, in
 * generation @gen, and that is not removed? So it is once it has got all that its peers
 * had, of what it made since mirroring began. For the owners' apply() only.
 */
bool l7_sync_would_have(struct l7_net *ln, u32 gen);

/** l7_sync_is_behind() - is more waiting to be sent than should be added to what only
 * answers? Any context.
 */
bool l7_sync_is_behind(struct l7_net *ln);

/** enum l7_policy_diff - how a policy differs from the peer's */
enum l7_policy_diff {
	L7_POLICY_DIFFERS	= 1,
	L7_POLICY_ONLY_HERE	= 2,
	L7_POLICY_ONLY_THERE	= 3,
};

struct l7_policy_diff_info {
	struct l7_endpoint svc;
	enum l7_policy_diff what;
};

#define L7_POLICY_DIFFS	16	/* that are listed */

/** struct l7_echo_info - what the last test of the channel to a peer has shown
 * @rtt: microseconds, 0 = no answer
 * @full_rtt: likewise, of full packets
 * @bytes: of the answer to these, UDP payload
 * @ahead: milliseconds by which its clock is ahead, with @rtt
 */
struct l7_echo_info {
	u32 rtt;
	u32 full_rtt;
	u32 bytes;
	s32 ahead;
};

/** struct l7_push_info - policies that were pushed between this director and a peer
 * @accepts: it takes over what is pushed
 * @status: enum l7_push_status of our last push, 0 = it has not answered, as the following
 * @reason: enum l7_push_reason
 * @svc: whose policy it refused, af 0: none in particular
 * @why: in words
 * @changes: policies that changed there
 * @taken: pushes of its that were taken over here
 * @taken_changes: policies that changed here by the last of them
 */
struct l7_push_info {
	bool accepts;
	u8 status;
	u8 reason;
	struct l7_endpoint svc;
	char why[L7_PUSH_WHY_MAX + 1];
	u32 changes;
	u32 taken;
	u32 taken_changes;
};

/** struct l7_sync_peer_info - one row of a listing */
struct l7_sync_peer_info {
	u8 node;
	struct l7_endpoint addr;
	bool confirmed;		/* epoch passed the challenge */
	u32 last_seen_ms;
	u64 epoch;
	u64 rx_packets, rx_records, lost, replayed, repaired;
	u64 missing;		/* packets that it sent and that did not come yet */
	u64 unconfirmed;	/* packets of changes that it may not have yet */
	u32 bindings, flows;	/* what its HELLO says it holds */
	u8 state;		/* enum l7_node_state, likewise */
	bool joined;		/* all that it has came, and then all that it sent */
	bool gone;		/* it left; in notifications */
	bool equal;		/* its tables are ours, but for what is on its way */
	u32 differs;		/* buckets in which they are not */
	bool config_differs;	/* it has other policies */
	bool other_secrets;	/* it was started with another cluster key */
	u8 keys[L7_SYNC_KEYS_MAX];	/* ids; first the one it sends with */
	s32 skew;		/* seconds by which its clock is ahead */
	u32 rtt;		/* microseconds there and back, a running mean; 0: not known */
	bool accepts;		/* it takes in what is sent here */
	struct l7_echo_info echo;
	struct l7_push_info push;
	u32 ndiffs;		/* as far as is known; L7_POLICY_DIFFS are listed */
	struct l7_policy_diff_info diffs[L7_POLICY_DIFFS];
};
/** l7_sync_resync() - ask all peers for all that they have, and send them what is
 * here; under conf_lock. Return: 0, -ENOENT if mirroring is off.
 */
int l7_sync_resync(struct l7_net *ln);
/** l7_sync_forget() - drop a peer that is not heard any more; under conf_lock
 * Return: 0, -ENOENT, -EBUSY: it is heard; with *why.
 */
int l7_sync_forget(struct l7_net *ln, u8 node, const char **why);
/** l7_sync_selftest() - ask each peer for answers to a short and a full packet; what came,
 * the listing of peers tells
 * @again: only for those that did not come since the last test began
 * Under conf_lock. Return: 0, -ENOENT if mirroring is off.
 */
int l7_sync_selftest(struct l7_net *ln, bool again);
/** l7_sync_push() - hand all policies to the peers that accept them, to replace theirs; what
 * came of it, the listing of peers tells
 * @by: who does, a port id of netlink
 * @again: what was pushed last, to those that have not answered
 * Under conf_lock. Return: 0, -ENOENT if mirroring is off or there are no policies,
 * -EOPNOTSUPP without encryption, -ESTALE if another one has pushed meanwhile, -E2BIG,
 * -ENOMEM; with *why.
 */
int l7_sync_push(struct l7_net *ln, u32 by, bool again, const char **why);
/** l7_sync_push_end() - what was pushed last is no longer wanted: who did not ask yet does not
 * take it over
 * @by: who pushed it
 * Under conf_lock. Return: 0, -ENOENT if mirroring is off, with *why.
 */
int l7_sync_push_end(struct l7_net *ln, u32 by, const char **why);
/** l7_sync_drain() - be ready no more, so that another takes over; or again
 * Lasts as long as some peer is ready. Waits until the peers have what changed
 * before. Under conf_lock.
 * Return: 0, -ENOENT if mirroring is off, -EBUSY if no peer is ready, -ETIMEDOUT
 * if it drains, but some peer did not confirm in two seconds; with *why.
 */
int l7_sync_drain(struct l7_net *ln, bool on, const char **why);
/** l7_sync_key_add() - install a further key
 * @master: 32 bytes
 * @path: as in struct l7_sync_conf
 * Under conf_lock. Return: 0, -ENOENT if mirroring is off, -EOPNOTSUPP without
 * encryption, -EINVAL, -ENOSPC if there are four, -EEXIST if it is there or has
 * the id of another, -ENOMEM; with *why.
 */
int l7_sync_key_add(struct l7_net *ln, const u8 *master, const char *path,
		    const char **why);
/** l7_sync_key_del() - remove one, as soon as no living peer sends with it any more
 * @force: at once, but not the last one; peers have to prove anew who they are
 * Likewise. Return: 0, -ENOENT, -EOPNOTSUPP, -EBUSY, -ENOMEM.
 */
int l7_sync_key_del(struct l7_net *ln, u8 id, bool force, const char **why);
/** l7_sync_state() - enum l7_node_state; under conf_lock; 0 = stopped */
u8 l7_sync_state(struct l7_net *ln);
/** l7_sync_peer_next() - for dumps under conf_lock
 * @place: where to look first, 0 for the first peer; out, where it is. A peer keeps
 *	its place, so that @place + 1 leads to the next one, whatever came and went.
 * Return: false after the last.
 */
bool l7_sync_peer_next(struct l7_net *ln, unsigned int *place,
		       struct l7_sync_peer_info *info);

/* Who told of changes (netlink_get_sync.c). Process context, no locks. */
/** l7_notify_sync() - mirroring has this state now
 * @c: its configuration, NULL: it has stopped
 */
void l7_notify_sync(struct l7_net *ln, const struct l7_sync_conf *c, u8 state);
/** l7_notify_peer() - so is a peer now */
void l7_notify_peer(struct l7_net *ln, const struct l7_sync_peer_info *p);

#endif /* L7_SYNC_H */
