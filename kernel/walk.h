/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listings that resume: a position in a hash table as one number, bucket and
 * place in its chain, so that a dump in many parts stays linear. A leaf.
 */
#ifndef L7_WALK_H
#define L7_WALK_H

#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/rhashtable.h>

#define L7_WALK_BITS	8
#define L7_WALK_END	ULONG_MAX	/* nothing is left */

/** l7_walk_seek() - put a fresh iterator, not yet started, at a position */
static inline void l7_walk_seek(struct rhashtable_iter *iter,
				unsigned long pos)
{
	iter->slot = pos >> L7_WALK_BITS;
	iter->skip = pos & (BIT(L7_WALK_BITS) - 1);
}

/** l7_walk_tell() - where the entry stands that was walked to last */
static inline unsigned long l7_walk_tell(const struct rhashtable_iter *iter)
{
	unsigned long skip = iter->skip - 1;

	return (unsigned long)iter->slot << L7_WALK_BITS |
	       min(skip, BIT(L7_WALK_BITS) - 1);
}

#endif /* L7_WALK_H */
