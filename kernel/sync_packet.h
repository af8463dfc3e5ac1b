/* SPDX-License-Identifier: GPL-2.0 */
/* Packets on their way out, and those that are kept; for the files of mirroring only. */
#ifndef L7_SYNC_PACKET_H
#define L7_SYNC_PACKET_H

#include <linux/in.h>
#include <linux/in6.h>
#include "pure/codec.h"
#include "pure/pack.h"

union l7_sockaddr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

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

/** struct l7_ring - the last packets of a lane
 * @slot: by number, modulo its size; NULL: no copy
 * @oldest: lowest number in it
 * @next: the number after the highest
 * @bytes: of all of them
 */
struct l7_ring {
	struct l7_kept **slot;
	u64 oldest;
	u64 next;
	u32 bytes;
};

#define L7_SYNC_AWAITS	4096	/* a power of two */

/** struct l7_await - an entry that something waits for to be at a peer
 * @d: the entry, with a reference
 * @number: of the packet, live lane
 */
struct l7_await {
	struct l7_dirty *d;
	u64 number;
};

#endif /* L7_SYNC_PACKET_H */
