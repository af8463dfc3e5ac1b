/* SPDX-License-Identifier: GPL-2.0 */
/* Tests of the channel to a peer, and how long it is; for the files of mirroring only. */
#ifndef L7_SYNC_ECHO_H
#define L7_SYNC_ECHO_H

#include <linux/ktime.h>
#include "pure/frames.h"
#include "pure/repair.h"

/* Sizes of questions: as short as can be, and a full packet. */
enum {
	L7_ECHO_SHORT,
	L7_ECHO_FULL,
	L7_ECHO_SIZES,
};

/** struct l7_sync_echo - test of the channel to a peer
 * @asked: when, by size; 0 = not yet
 * @rtt: microseconds until the answer came, 0 = it did not
 * @bytes: of the datagram with the answer, from the header of UDP on
 * @ahead: milliseconds by which the peer's clock is ahead; with @rtt
 * @owed: what it asked here and has no answer yet, likewise; len 0 = nothing
 */
struct l7_sync_echo {
	ktime_t asked[L7_ECHO_SIZES];
	u32 rtt[L7_ECHO_SIZES];
	u32 bytes[L7_ECHO_SIZES];
	s32 ahead;
	struct l7_echo owed[L7_ECHO_SIZES];
};

/** struct l7_sync_way - to a peer and back
 * @rtt: what our own stamps tell that came back
 * @stamp: its last HELLO's, 0 = it has none
 * @stamped: when that was read, by our own, l7_run_stamp()
 */
struct l7_sync_way {
	struct l7_rtt rtt;
	u32 stamp;
	u32 stamped;
};

#endif /* L7_SYNC_ECHO_H */
