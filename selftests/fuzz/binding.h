/* SPDX-License-Identifier: GPL-2.0 */
/* The world of fuzz target binding: directors, what is on its way, what is known of them. */
#ifndef FUZZ_BINDING_H
#define FUZZ_BINDING_H

#include "shim.h"
#include "persist_priv.h"
#include "pure/merge.h"

#define DIRECTORS	3
#define KEYS		4
#define SERVERS		3
#define MESSAGES	64
#define EVENTS		200
#define STATES		2048
#define RESTART_S	100
#define FIXED		0x80

/** struct message - a record on its way
 * @to: director; -1 = none, the place is free
 * @end: second from which on no network delivers it any more
 */
struct message {
	struct l7_record rec;
	int to;
	u64 end;
};

/** struct known - what a director is known to have known of a key
 * @valid: the table had an entry, of version @v
 * @heard: latest generation it saw, be it refused
 */
struct known {
	bool valid, has_heard;
	struct l7_version v;
	u32 heard;
};

/** struct director
 * @ahead: seconds that its clock ran faster than others' so far
 */
struct director {
	struct l7_net ln;
	struct l7_stats stats;
	struct l7_svc svc[2];
	struct l7_dirty *dirty;
	struct known keys[KEYS];
	u64 ahead;
	u8 node;
};

/** struct state - that an origin gave a generation of a key to a value
 * @value: server, or SERVERS: removed; with FIXED if it is static
 * @limit: second that no use puts off, 0 = none
 */
struct state {
	u32 gen, limit;
	u8 origin, key, value;
};

static const char *const event_names[] = {
	"learn", "learn", "lookup", "forget", "tick", "tick a lot",
	"scan", "list", "send", "deliver", "lose", "flush",
	"change timeout", "tighten", "restart or send all", "settle",
};

enum world {
	LOSSLESS,
	LOSSY,
	TIGHT,
};

#endif /* FUZZ_BINDING_H */
