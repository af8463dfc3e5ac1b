// SPDX-License-Identifier: GPL-2.0
/* See shim.h. */
#include "shim.h"

u64 shim_seconds;
u64 shim_ahead;
long shim_objects;
u32 shim_fail_after;
int shim_readers;
struct rcu_head *shim_callbacks;

/* --- Memory --- */

static bool fails(void)
{
	return shim_fail_after && !--shim_fail_after;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size,
				     size_t align, unsigned long flags,
				     void (*ctor)(void *))
{
	static struct kmem_cache cache;

	(void)name, (void)align, (void)flags, (void)ctor;
	cache.size = size;
	return &cache;
}

void kmem_cache_destroy(struct kmem_cache *c)
{
	(void)c;
}

void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t gfp)
{
	(void)gfp;
	if (fails())
		return NULL;
	shim_objects++;
	return calloc(1, c->size);
}

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	(void)c;
	shim_objects--;
	free(p);
}

/* --- Small things --- */

void refcount_set(refcount_t *r, int n)
{
	r->n = n;
}

bool refcount_inc_not_zero(refcount_t *r)
{
	return r->n && ++r->n;
}

bool refcount_dec_and_test(refcount_t *r)
{
	REQUIRE(r->n > 0);
	return !--r->n;
}

void spin_lock_init(spinlock_t *l)
{
	l->held = false;
}

void spin_lock_bh(spinlock_t *l)
{
	REQUIRE(!l->held);
	l->held = true;
}

void spin_unlock_bh(spinlock_t *l)
{
	REQUIRE(l->held);
	l->held = false;
}

void rcu_read_lock(void)
{
	shim_readers++;
}

void rcu_read_unlock(void)
{
	REQUIRE(shim_readers > 0);
	if (!--shim_readers)
		rcu_barrier();
}

void cond_resched(void)
{
	REQUIRE(!shim_readers);
}

u32 get_unaligned_le32(const void *p)
{
	const u8 *b = p;

	return b[0] | b[1] << 8 | b[2] << 16 | (u32)b[3] << 24;
}

void queue_delayed_work(void *wq, struct delayed_work *w, unsigned long delay)
{
	(void)wq, (void)w, (void)delay;
}

void cancel_delayed_work_sync(struct delayed_work *w)
{
	(void)w;
}

/* --- RCU --- */

void call_rcu(struct rcu_head *h, void (*fn)(struct rcu_head *h))
{
	h->next = shim_callbacks;
	h->func = fn;
	shim_callbacks = h;
}

void rcu_barrier(void)
{
	struct rcu_head *h;

	REQUIRE(!shim_readers);
	while ((h = shim_callbacks)) {
		shim_callbacks = h->next;
		h->func(h);
	}
}

/* --- Hash tables --- */

int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *p)
{
	memset(ht, 0, sizeof(*ht));
	ht->p = *p;
	return 0;
}

static void *shim_object(const struct rhashtable *ht, struct rhash_head *h)
{
	return (char *)h - ht->p.head_offset;
}

static const void *shim_key(const struct rhashtable *ht, struct rhash_head *h)
{
	return (char *)shim_object(ht, h) + ht->p.key_offset;
}

static struct rhash_head **shim_chain(struct rhashtable *ht, const void *key)
{
	return &ht->chain[ht->p.hashfn(key, (u32)ht->p.key_len, 0) %
			  SHIM_BUCKETS];
}

void *rhashtable_lookup(struct rhashtable *ht, const void *key,
			const struct rhashtable_params p)
{
	struct rhash_head *h;

	REQUIRE(shim_readers);
	for (h = *shim_chain(ht, key); h; h = h->next)
		if (!memcmp(shim_key(ht, h), key, p.key_len))
			return shim_object(ht, h);
	return NULL;
}

int rhashtable_insert_fast(struct rhashtable *ht, struct rhash_head *h,
			   const struct rhashtable_params p)
{
	struct rhash_head **at = shim_chain(ht, shim_key(ht, h));

	if (fails())
		return -ENOMEM;
	for (; *at; at = &(*at)->next)
		REQUIRE(memcmp(shim_key(ht, *at), shim_key(ht, h), p.key_len));
	h->next = NULL;
	*at = h;
	return 0;
}

/* Whoever walks may still follow the link of what was removed. */
int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *h,
			   const struct rhashtable_params p)
{
	struct rhash_head **at = shim_chain(ht, shim_key(ht, h));

	(void)p;
	for (; *at; at = &(*at)->next) {
		if (*at == h) {
			*at = h->next;
			return 0;
		}
	}
	return -ENOENT;
}

void rhashtable_free_and_destroy(struct rhashtable *ht,
				 void (*fn)(void *p, void *arg), void *arg)
{
	struct rhash_head *h, *next;
	int i;

	for (i = 0; i < SHIM_BUCKETS; i++) {
		for (h = ht->chain[i]; h; h = next) {
			next = h->next;
			fn(shim_object(ht, h), arg);
		}
		ht->chain[i] = NULL;
	}
}

void rhashtable_walk_enter(struct rhashtable *ht, struct rhashtable_iter *it)
{
	memset(it, 0, sizeof(*it));
	it->ht = ht;
	it->walker.tbl = &it->walker.one;
}

void rhashtable_walk_exit(struct rhashtable_iter *it)
{
	it->ht = NULL;
}

int rhashtable_walk_start_check(struct rhashtable_iter *it)
{
	struct rhash_head *h;
	unsigned int skip = 0;

	rcu_read_lock();
	if (!it->p || it->slot >= SHIM_BUCKETS)
		return 0;
	for (h = it->ht->chain[it->slot]; h; h = h->next) {
		skip++;
		if (h == it->p) {
			it->skip = skip;
			return 0;
		}
	}
	it->p = NULL;
	return 0;
}

void rhashtable_walk_stop(struct rhashtable_iter *it)
{
	(void)it;
	rcu_read_unlock();
}

static struct rhash_head *shim_nth(struct rhash_head *h, unsigned int n)
{
	while (h && n--)
		h = h->next;
	return h;
}

void *rhashtable_walk_next(struct rhashtable_iter *it)
{
	struct rhash_head *h = it->p ? it->p->next : NULL;

	REQUIRE(shim_readers);
	if (!it->p && it->slot < SHIM_BUCKETS)
		h = shim_nth(it->ht->chain[it->slot], it->skip);
	while (!h && it->slot < SHIM_BUCKETS) {
		it->skip = 0;
		if (++it->slot < SHIM_BUCKETS)
			h = it->ht->chain[it->slot];
	}
	it->p = h;
	if (!h)
		return NULL;
	it->skip++;
	return shim_object(it->ht, h);
}
