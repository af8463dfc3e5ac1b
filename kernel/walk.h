/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listings that resume: a position in a hash table, bucket and place in its
 * chain, so that a dump in many parts stays linear; and in which bucket table
 * that is, as a position means nothing in another. And walks that sleep. A leaf.
 */
#ifndef L7_WALK_H
#define L7_WALK_H

#include <linux/rhashtable.h>

#define L7_WALK_BATCH	8192	/* entries that a walk looks at before it gives way */

/** struct l7_walk - where a listing stands; all zero: at its beginning
 * @slot: bucket of the entry that comes next
 * @skip: entries of that bucket which come before it
 * @table: tells one bucket table from another, 0 = none seen yet. When it
 *	changes, the table is being resized or was: entries may be missed or
 *	come twice.
 * @end: nothing is left
 */
struct l7_walk {
	unsigned int slot;
	unsigned int skip;
	u32 table;
	bool end;
};

/* Every bucket table has a random number of its own, by which it hashes. Its
 * address may be that of one freed a moment ago.
 */
static inline u32 l7_walk_table(const struct rhashtable_iter *iter)
{
	return iter->walker.tbl->hash_rnd ?: 1;
}

/** l7_walk_start() - enter RCU, go on at @at; l7_walk_stop() must follow */
static inline void l7_walk_start(struct l7_walk *at, struct rhashtable *ht,
				 struct rhashtable_iter *iter)
{
	rhashtable_walk_enter(ht, iter);
	iter->slot = at->slot;
	iter->skip = at->skip;
	rhashtable_walk_start(iter);
	at->table = l7_walk_table(iter);
}

/** l7_walk_next() - the next entry, and @at is where it stands; NULL: the end
 * An entry that is there from start to stop comes, once if @at->table stays
 * the same: behind a table that is being resized the walk goes on in the next.
 */
static inline void *l7_walk_next(struct l7_walk *at,
				 struct rhashtable_iter *iter)
{
	void *obj;

	do
		obj = rhashtable_walk_next(iter);
	while (IS_ERR(obj));
	at->end = !obj;
	if (!obj)
		return NULL;
	at->slot = iter->slot;
	at->skip = iter->skip - 1;
	at->table = l7_walk_table(iter);
	return obj;
}

/** l7_walk_resume() - go on with a walk after rhashtable_walk_stop()
 * As rhashtable_walk_start(), which keeps a pointer to the last entry when the
 * bucket table was replaced meanwhile: the entry may be freed, and the first
 * bucket would be left out. The walk begins again then. It also leaves out the
 * entry behind one that was removed.
 */
static inline void l7_walk_resume(struct rhashtable_iter *iter)
{
	if (rhashtable_walk_start_check(iter) == -EAGAIN)
		iter->p = NULL;
	else if (!iter->p && iter->skip)
		iter->skip--;
}

/** l7_walk_give_way() - the next entry of a walk that was begun by
 * rhashtable_walk_start(), NULL: the end; leaves RCU now and then, and may sleep
 * then
 * @n: counts the steps, 0 at first
 */
static inline void *l7_walk_give_way(struct rhashtable_iter *iter, u32 *n)
{
	void *obj;

	do {
		if (++*n % L7_WALK_BATCH == 0) {
			rhashtable_walk_stop(iter);
			cond_resched();
			l7_walk_resume(iter);
		}
		obj = rhashtable_walk_next(iter);
	} while (IS_ERR(obj));
	return obj;
}

static inline void l7_walk_stop(struct rhashtable_iter *iter)
{
	rhashtable_walk_stop(iter);
	rhashtable_walk_exit(iter);
}

#endif /* L7_WALK_H */
