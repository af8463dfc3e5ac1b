// SPDX-License-Identifier: GPL-2.0
/*
 * See answered.h. Owns the table.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include "answered.h"

#define MARK_BITS	16
#define MARKS		4

static u16 mark_of(u32 hash)
{
	return hash >> MARK_BITS ?: 1;
}

static u64 lane(u64 bucket, int i)
{
	return bucket >> i * MARK_BITS & U16_MAX;
}

/* Where a bucket has a mark, -1: nowhere. */
static int find(u64 bucket, u16 mark)
{
	int i;

	for (i = 0; i < MARKS; i++)
		if (lane(bucket, i) == mark)
			return i;
	return -1;
}

static u32 hash(const struct l7_answered *a, const struct l7_tuple *t)
{
	return l7_flow_hash(t, a->seed);
}

void l7_answered_note(struct l7_net *ln, const struct l7_tuple *t)
{
	struct l7_answered *a = READ_ONCE(ln->answered);
	atomic64_t *bucket;
	s64 old;
	u32 h;

	if (!a)
		return;
	h = hash(a, t);
	bucket = &a->marks[h % L7_ANSWERED_BUCKETS];
	old = atomic64_read(bucket);
	do {
		if (find(old, mark_of(h)) >= 0)
			break;
	} while (!atomic64_try_cmpxchg(bucket, &old,
				       (u64)old << MARK_BITS | mark_of(h)));
	l7_port_set(&a->ports, t->sport);
}

bool l7_answered_is(const struct l7_net *ln, const struct l7_tuple *t)
{
	const struct l7_answered *a = READ_ONCE(ln->answered);
	u32 h;

	if (!a)
		return false;
	h = hash(a, t);
	return find(atomic64_read(&a->marks[h % L7_ANSWERED_BUCKETS]),
		    mark_of(h)) >= 0;
}

void l7_answered_drop(struct l7_net *ln, const struct l7_tuple *t)
{
	struct l7_answered *a = READ_ONCE(ln->answered);
	u32 h = hash(a, t);
	atomic64_t *bucket = &a->marks[h % L7_ANSWERED_BUCKETS];
	s64 old = atomic64_read(bucket);
	int i;

	do {
		i = find(old, mark_of(h));
	} while (i >= 0 &&
		 !atomic64_try_cmpxchg(bucket, &old, old &
				       ~((u64)U16_MAX << i * MARK_BITS)));
}

int l7_answered_begin(struct l7_net *ln)
{
	struct l7_answered *a;

	lockdep_assert_held(&ln->conf_lock);
	if (ln->answered)
		return 0;
	a = kvzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	a->seed = get_random_u32();
	/* pairs with the READ_ONCE() of readers, which depend on the address */
	smp_store_release(&ln->answered, a);
	return 0;
}

void l7_answered_exit(struct l7_net *ln)
{
	kvfree(ln->answered);
	ln->answered = NULL;
}
