/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Collects records until a packet is full, and then writes them grouped: the
 * dictionary entries that they need first, so that a packet can be understood
 * on its own.
 */
#ifndef L7_PURE_PACK_H
#define L7_PURE_PACK_H

#include "update.h"

#define L7_PACK_RECS	(L7_WIRE_MAX / L7_WIRE_BINDING)
#define L7_PACK_GROUPS	64
#define L7_PACK_NAMES	128

/** struct l7_pack_group - records that share a group header, as a list
 * @len: bytes of one record
 * @first: index into recs; valid while @count > 0
 */
struct l7_pack_group {
	struct l7_group g;
	u16 len;
	u16 count;
	u16 first;
	u16 last;
};

/** struct l7_pack_rec - one encoded record and the next of its group */
struct l7_pack_rec {
	u16 next;
	u8 bytes[L7_WIRE_RECORD_MAX];
};

/** struct l7_pack - a packet in the making; some 24 KiB
 * @cap: bytes that the frames may take
 * @used: bytes that they take
 * @coarse: round lifetimes, so that more records share a group
 * @cur: group of the last record
 */
struct l7_pack {
	u32 cap;
	u32 used;
	bool coarse;
	u16 nrecs;
	u16 ngroups;
	u16 nnames;
	u16 cur;
	bool has_name4;
	bool has_name6;
	struct l7_pack_group groups[L7_PACK_GROUPS];
	struct l7_name names[L7_PACK_NAMES];
	struct l7_pack_rec recs[L7_PACK_RECS];
};

/** l7_pack_init() - begin a packet
 * @cap: bytes for frames, at most L7_WIRE_MAX
 */
void l7_pack_init(struct l7_pack *pk, u32 cap, bool coarse);

/** l7_pack_add() - add a record
 * @names: dictionary entries that must go along
 * @n: their number
 * Return: false if there is no room: nothing was changed.
 */
bool l7_pack_add(struct l7_pack *pk, const struct l7_wire_record *r,
		 const struct l7_name *names, u32 n);

/** l7_pack_name() - add a dictionary entry alone; false if there is no room */
bool l7_pack_name(struct l7_pack *pk, const struct l7_name *name);

static inline bool l7_pack_is_empty(const struct l7_pack *pk)
{
	return !pk->used;
}

/** l7_pack_write() - write the frames and begin a new packet; returns bytes */
u32 l7_pack_write(struct l7_pack *pk, u8 *p);

/** l7_pack_round_ttl() - round down to four significant bits: by less than an
 * eighth. Never up, or an entry that directors tell each other would live on.
 */
u32 l7_pack_round_ttl(u32 ttl);

#endif /* L7_PURE_PACK_H */
