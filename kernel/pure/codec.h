/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wire format of mirroring: header, frames, and the frames by which peers
 * know each other; those with state are in update.h. Turns bytes into host
 * structures and back; knows no socket, key or table. What the bytes mean is
 * told in Documentation/sync-protocol.md. All fields are big-endian.
 *
 *   packet:  header | frame | frame | ...  (frames encrypted, then the tag)
 *   frame:   type, flags, length of body | body
 */
#ifndef L7_PURE_CODEC_H
#define L7_PURE_CODEC_H

#include "env.h"

#define L7_WIRE_VERSION		1
#define L7_WIRE_HEADER		24
#define L7_WIRE_TAG		16
#define L7_WIRE_MAX		8192	/* bytes of a whole datagram */
#define L7_WIRE_FRAME		4	/* bytes of a frame's header */
#define L7_WIRE_HELLO		64	/* without its list of peers */
#define L7_WIRE_SEEN		48
#define L7_WIRE_SEEN_MIN	40	/* without what tells how far away it is */
#define L7_WIRE_CHALLENGE	48
#define L7_WIRE_PEERS		16

/* Class: what a packet is for. The flag marks a packet without encryption. */
#define L7_CLASS_CONTROL	0
#define L7_CLASS_LIVE		1
#define L7_CLASS_BULK		2
#define L7_CLASS_PLAIN		0x80

/* Lanes: each has packet numbers of its own, and today one class of packets:
 * a number that is missing in the live or bulk lane is lost state, in the
 * control lane it is nothing.
 */
#define L7_LANE_CONTROL		0
#define L7_LANE_LIVE		1
#define L7_LANE_BULK		2
#define L7_LANES		3

enum l7_frame_type {
	L7_FRAME_HELLO		= 1,
	L7_FRAME_CHALLENGE	= 2,
	L7_FRAME_SERVERS	= 3,
	L7_FRAME_UPDATE		= 4,
	L7_FRAME_LEAVE		= 5,
	L7_FRAME_TAIL		= 6,
	L7_FRAME_NACK		= 16,
	L7_FRAME_DIGEST		= 18,
	L7_FRAME_PULL		= 19,
	L7_FRAME_WALK		= 20,
	L7_FRAME_CONFIG		= 21,
	L7_FRAME_ECHO		= 23,
	L7_FRAME_POLICY		= 24,
	L7_FRAME_POLICY_ANSWER	= 25,
	L7_FRAME_POLICY_TAKE	= 26,
	/* Numbers that are taken, but not spoken yet: */
	L7_FRAME_ACK		= 17,
	L7_FRAME_ERROR		= 22,
};

/** struct l7_header - clear part of a packet; its 24 bytes are the nonce and
 * the additional data of the encryption
 * @class: L7_CLASS_*
 * @key_id: tells keys of a cluster apart, not secret
 * @cluster: packets of other clusters are not ours
 * @node: who sends, 1..255
 * @lane: L7_LANE_*
 * @epoch: random, new at each start of the sender
 * @number: from 1, per lane
 */
struct l7_header {
	u8 class;
	u8 key_id;
	u8 cluster;
	u8 node;
	u8 lane;
	u64 epoch;
	u64 number;
};

void l7_codec_header_put(const struct l7_header *h, u8 *p);
/** l7_codec_header_get() - false if too short, of another version or absurd */
bool l7_codec_header_get(const u8 *p, u32 len, struct l7_header *h);

/** struct l7_reader - bytes still to be read */
struct l7_reader {
	const u8 *p;
	u32 len;
};

struct l7_frame {
	u8 type;
	u32 len;
	const u8 *body;
};

/** l7_codec_frame_next() - 1: @f is the next frame; 0: end; -EBADMSG */
int l7_codec_frame_next(struct l7_reader *r, struct l7_frame *f);

struct l7_endpoint;

#define L7_WIRE_SERVICE		20

/** l7_codec_service_put() - family (4, 6), protocol, port, address; L7_WIRE_SERVICE zeroed bytes */
void l7_codec_service_put(const struct l7_endpoint *svc, u8 *p);
/** l7_codec_service_get() - 0, or -EBADMSG for another family */
int l7_codec_service_get(const u8 *p, struct l7_endpoint *svc);
/** l7_codec_frame_put() - write a frame's header; returns its 4 bytes */
u32 l7_codec_frame_put(u8 *p, u8 type, u32 len);

#define L7_SEEN_CONFIRMED	0x01	/* applies what this peer sends */
#define L7_SEEN_RECENT		0x02	/* wishes for what changed lately, not for all */
#define L7_SEEN_SILENT		0x04	/* is not heard any more */

/** struct l7_seen - what the sender of a HELLO knows of one peer
 * @node: the peer
 * @flags: L7_SEEN_*
 * @wish: counts how often it was asked to send everything, or what is recent: each value once
 * @behind: numbers of the bulk lane from the first missing one to the highest
 * @epoch: its epoch
 * @highest: highest packet number received, live and bulk lane
 * @contiguous: numbers up to this were received or given up, live lane; of a silent one
 *	the highest of the control lane
 * @stamp: of the last HELLO that was received from it; 0 = not told
 * @held: microseconds since then; with @stamp
 */
struct l7_seen {
	u8 node;
	u8 flags;
	u16 wish;
	u32 behind;
	u64 epoch;
	u64 highest[L7_LANES];
	u64 contiguous;
	u32 stamp;
	u32 held;
};

/* What a director says of itself. */
enum l7_node_state {
	L7_NODE_ALONE	= 1,	/* hears no peer */
	L7_NODE_JOINING	= 2,	/* has not got everything of some peer yet */
	L7_NODE_READY	= 3,	/* has */
	L7_NODE_DEGRADED = 4,	/* had, and misses something of it now */
	L7_NODE_DRAINING = 5,	/* is about to hand over its work */
};

#define L7_FEATURE_DIGEST	0x04	/* compares tables; 0x01 did, by other hashes */
#define L7_FEATURE_POLICIES	0x02	/* takes over the policies of who pushes its own */

/** struct l7_hello - sign of life
 * @version_min: oldest protocol version the sender understands
 * @version_max: newest
 * @state: enum l7_node_state
 * @keys: key ids the sender accepts, 0 = none; the first is the one it sends with
 * @features: L7_FEATURE_*
 * @config: sum of the policies, 0 = not told
 * @clock: milliseconds since the sender's start
 * @stamp: microseconds of a steady clock of the sender's when it left, low 32 bits; 0 = not told
 * @time: seconds since 1970, low 32 bits, 0 = not told
 * @sent: highest packet number sent, live and bulk lane
 * @bindings: entries it holds
 * @flows: likewise
 * @nseen: members of @seen that are valid
 * @seen: its peers
 */
struct l7_hello {
	u8 version_min;
	u8 version_max;
	u8 state;
	u8 keys[4];
	u32 features;
	u64 config;
	u64 clock;
	u32 stamp;
	u32 time;
	u64 sent[L7_LANES];
	u32 bindings;
	u32 flows;
	u8 nseen;
	struct l7_seen seen[L7_WIRE_PEERS];
};

/** l7_codec_hello_put() - write a whole frame; 0 if @cap is too small */
u32 l7_codec_hello_put(const struct l7_hello *h, u8 *p, u32 cap);
/** l7_codec_hello_get() - 0, or -EBADMSG. Peers beyond L7_WIRE_PEERS are
 * left out.
 */
int l7_codec_hello_get(const struct l7_frame *f, struct l7_hello *h);

enum l7_challenge_kind {
	L7_CHALLENGE_ASK	= 1,
	L7_CHALLENGE_ANSWER	= 2,
};

#define L7_NONCE_LEN		16

/** struct l7_challenge - proof that an epoch is alive now
 * @kind: enum l7_challenge_kind
 * @node: whom it is for
 * @epoch: that director's epoch
 * @secrets: ANSWER: id of those that the sender's bindings are hashed with,
 *	0 = not told
 * @sent: ANSWER: highest packet number sent, live and bulk lane
 * @nonce: ASK: made up by the asker; ANSWER: the same bytes
 */
struct l7_challenge {
	u8 kind;
	u8 node;
	u32 secrets;
	u64 epoch;
	u64 sent[L7_LANES];
	u8 nonce[L7_NONCE_LEN];
};

u32 l7_codec_challenge_put(const struct l7_challenge *c, u8 *p, u32 cap);
int l7_codec_challenge_get(const struct l7_frame *f, struct l7_challenge *c);

#endif /* L7_PURE_CODEC_H */
