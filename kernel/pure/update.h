/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wire format of mirrored state: the dictionary of servers (SERVERS frame)
 * and records in groups (UPDATE frame). Turns bytes into host structures and
 * back.
 *
 *   UPDATE:  group | group | ...
 *   group:   what its records share | record | record | ...
 */
#ifndef L7_PURE_UPDATE_H
#define L7_PURE_UPDATE_H

#include "codec.h"
#include "record.h"

#define L7_WIRE_GROUP		16	/* bytes of a group's header */
#define L7_WIRE_BINDING		22
#define L7_WIRE_LIMIT		4	/* behind a binding of a group with that flag */
#define L7_WIRE_FLOW4		22
#define L7_WIRE_FLOW6		34
#define L7_WIRE_PLAIN4		14
#define L7_WIRE_PLAIN6		26
#define L7_WIRE_DATA4		20
#define L7_WIRE_DATA6		32
#define L7_WIRE_INSERT		10
#define L7_WIRE_ANSWER		10	/* behind a connection of a group with that flag */
#define L7_WIRE_RECORD_MAX	(L7_WIRE_FLOW6 + L7_WIRE_INSERT)
#define L7_WIRE_NAME4		10
#define L7_WIRE_NAME6		22

/** struct l7_name - one entry of the dictionary of servers and services
 * @index: the sender's name for it, 1..65535
 * @ep: identity
 */
struct l7_name {
	u16 index;
	struct l7_endpoint ep;
};

static inline u32 l7_update_name_len(u8 af)
{
	return af == AF_INET ? L7_WIRE_NAME4 : L7_WIRE_NAME6;
}

/** l7_update_names_put() - write a SERVERS frame with those names that are of
 * @af; returns its bytes, 0 if there is none of them. The caller provides room
 * for L7_WIRE_FRAME + 4 + l7_update_name_len() each.
 */
u32 l7_update_names_put(const struct l7_name *names, u32 n, u8 af, u8 *p);

/** struct l7_names - a SERVERS frame that was checked
 * @af: 0 if of a family that is not known; has no entries then
 */
struct l7_names {
	u8 af;
	u8 rec_len;
	u32 count;
	const u8 *recs;
};

int l7_update_names_get(const struct l7_frame *f, struct l7_names *n);
/** l7_update_name_get() - the @i-th entry; false if it makes no sense */
bool l7_update_name_get(const struct l7_names *n, u32 i, struct l7_name *name);

enum l7_group_kind {
	L7_GROUP_BINDING	= 1,
	L7_GROUP_FLOW4		= 2,
	L7_GROUP_FLOW6		= 3,
	L7_GROUP_FLOW4_INSERT	= 4,
	L7_GROUP_FLOW6_INSERT	= 5,
	L7_GROUP_PLAIN4		= 6,
	L7_GROUP_PLAIN6		= 7,
	L7_GROUP_DATA4		= 8,
	L7_GROUP_DATA6		= 9,
};

#define L7_GROUP_REMOVED	0x01
#define L7_GROUP_LIMITED	0x02	/* bindings: each has its limit behind it */
#define L7_GROUP_STATIC		0x04	/* bindings that never expire */
#define L7_GROUP_AWAITS		0x08	/* spliced: each has behind it what answer it awaits */

/** struct l7_group - what the records of a group share
 * @kind: enum l7_group_kind
 * @flags: L7_GROUP_*
 * @origin: see struct l7_record
 * @type: bindings: enum l7_key_type; else 0
 * @ttl: remaining lifetime, seconds
 * @scope: bindings: scope; flows: name of the virtual service
 */
struct l7_group {
	u8 kind;
	u8 flags;
	u8 origin;
	u8 type;
	u32 ttl;
	u32 scope;
};

/** struct l7_wire_record - a record whose servers are named by index
 * @rec: without the endpoints of server and virtual service
 * @server: index of the real server; 0 = none (a binding that was removed)
 * @vip: flows: index of the virtual service
 */
struct l7_wire_record {
	struct l7_record rec;
	u16 server;
	u16 vip;
};

/** l7_update_group_of() - the group that a record belongs to */
void l7_update_group_of(const struct l7_wire_record *r, struct l7_group *g);
/** l7_update_record_len() - bytes of a record in a group; 0: kind not known */
u32 l7_update_record_len(const struct l7_group *g);
void l7_update_group_put(const struct l7_group *g, u32 count, u8 *p);
void l7_update_record_put(const struct l7_wire_record *r, u8 *p);

/** struct l7_records - a group that was checked
 * @known: false: of a kind that is not known, to be skipped
 * @rec_len: bytes of one record, at least what this version knows
 */
struct l7_records {
	struct l7_group g;
	bool known;
	u32 count;
	u32 rec_len;
	const u8 *recs;
};

/** l7_update_group_next() - 1: @g is the next group of an UPDATE; 0: end;
 * -EBADMSG
 */
int l7_update_group_next(struct l7_reader *r, struct l7_records *g);
/** l7_update_record_get() - the @i-th record of a known group; false if it
 * makes no sense
 */
bool l7_update_record_get(const struct l7_records *g, u32 i,
			 struct l7_wire_record *r);

#endif /* L7_PURE_UPDATE_H */
