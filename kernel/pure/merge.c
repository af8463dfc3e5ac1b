// SPDX-License-Identifier: GPL-2.0
/*
 * The join of two states of one entry, see merge.h. A pure function: no
 * entry, no lock.
 */
#include "merge.h"

enum l7_merge l7_merge_decide(const struct l7_version *cur,
			      const struct l7_version *in, bool same_value)
{
	bool take;

	if (cur->gen != in->gen)
		return l7_merge_is_later(in->gen, cur->gen) ? L7_MERGE_TAKE :
							      L7_MERGE_KEEP;
	take = in->origin < cur->origin;
	if (same_value)
		return take ? L7_MERGE_TAKE : L7_MERGE_KEEP;
	return take ? L7_MERGE_CONFLICT_TAKE : L7_MERGE_CONFLICT_KEEP;
}
