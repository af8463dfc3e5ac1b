/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records as they stand in a packet, for tests of single kinds. Header only.
 */
#ifndef L7_UNIT_RECORDS_H
#define L7_UNIT_RECORDS_H

#include "unit.h"
#include "pure/update.h"

/* Records of @len bytes of an UPDATE's frame; -1 if it is malformed. */
static inline int read_all(const u8 *p, u32 len, struct l7_wire_record *out, int max)
{
	struct l7_reader r = { .p = p, .len = len };
	struct l7_records g;
	int n = 0, ret;
	u32 i;

	while ((ret = l7_update_group_next(&r, &g)) > 0)
		for (i = 0; g.known && i < g.count && n < max; i++)
			if (!l7_update_record_get(&g, i, &out[n++]))
				return -1;
	return ret ? -1 : n;
}

#endif /* L7_UNIT_RECORDS_H */
