/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frames by which a director gets what it misses: single packets that were
 * lost, and everything when it joins; and the one that tests the way to a peer. What
 * codec.h says of the wire holds here.
 */
#ifndef L7_PURE_FRAMES_H
#define L7_PURE_FRAMES_H

#include "codec.h"
#include "window.h"

#define L7_WIRE_TAIL		40
#define L7_WIRE_NACK		16	/* without its list of ranges */
#define L7_WIRE_RANGE		12
#define L7_WIRE_RANGES		32
#define L7_WIRE_WALK		4	/* without its list of peers */
#define L7_WIRE_SERVED		12
#define L7_WIRE_ECHO		24	/* without padding */

#define L7_TAIL_REPORT		0x01	/* tell at once, by HELLO, what came */

/** struct l7_tail - how far the sender has got, so that the last packets can be
 * missed
 * @flags: L7_TAIL_*
 * @sent: highest packet number sent, live and bulk lane
 * @oldest: the lowest that can be sent again, likewise; 0: none
 */
struct l7_tail {
	u8 flags;
	u64 sent[L7_LANES];
	u64 oldest[L7_LANES];
};

u32 l7_frames_tail_put(const struct l7_tail *t, u8 *p, u32 cap);
int l7_frames_tail_get(const struct l7_frame *f, struct l7_tail *t);

/** struct l7_nack - packets that the sender misses
 * @node: whose packets
 * @lane: L7_LANE_LIVE or L7_LANE_BULK
 * @epoch: that director's epoch
 * @nranges: members of @ranges that are valid
 * @ranges: their numbers
 */
struct l7_nack {
	u8 node;
	u8 lane;
	u64 epoch;
	u8 nranges;
	struct l7_range ranges[L7_WIRE_RANGES];
};

/** l7_frames_nack_put() - write a whole frame; 0 if @cap is too small */
u32 l7_frames_nack_put(const struct l7_nack *n, u8 *p, u32 cap);
/** l7_frames_nack_get() - 0, or -EBADMSG. Ranges beyond L7_WIRE_RANGES are left
 * out.
 */
int l7_frames_nack_get(const struct l7_frame *f, struct l7_nack *n);

/** struct l7_served - a peer whose wish was met
 * @node: the peer
 * @wish: as in its HELLO when the walk began
 * @epoch: its epoch
 */
struct l7_served {
	u8 node;
	u16 wish;
	u64 epoch;
};

/** struct l7_walk_end - all that was wished for was sent, up to here in the bulk lane
 * @n: members of @served that are valid
 */
struct l7_walk_end {
	u8 n;
	struct l7_served served[L7_WIRE_PEERS];
};

/** l7_frames_walk_put() - write a whole frame; 0 if @cap is too small */
u32 l7_frames_walk_put(const struct l7_walk_end *w, u8 *p, u32 cap);
/** l7_frames_walk_get() - 0, or -EBADMSG. Peers beyond L7_WIRE_PEERS are left
 * out.
 */
int l7_frames_walk_get(const struct l7_frame *f, struct l7_walk_end *w);

enum l7_echo_kind {
	L7_ECHO_ASK	= 1,
	L7_ECHO_ANSWER	= 2,
};

/** struct l7_echo - a question that is answered at once, with as many bytes
 * @kind: enum l7_echo_kind
 * @node: whom it is for
 * @len: bytes of the body, L7_WIRE_ECHO or more
 * @serial: made up by the asker; the answer has the same
 * @epoch: of the director that it is for
 * @time: ANSWER: microseconds since 1970
 */
struct l7_echo {
	u8 kind;
	u8 node;
	u16 len;
	u32 serial;
	u64 epoch;
	u64 time;
};

/** l7_frames_echo_put() - write a whole frame; 0 if @cap is too small */
u32 l7_frames_echo_put(const struct l7_echo *e, u8 *p, u32 cap);
/** l7_frames_echo_get() - 0, or -EBADMSG */
int l7_frames_echo_get(const struct l7_frame *f, struct l7_echo *e);

#endif /* L7_PURE_FRAMES_H */
