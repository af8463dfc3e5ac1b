/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Just enough of a kernel, in one thread of user space, to run the binding
 * table as it is (kernel/persist.c and persist_mirror.c). The Makefile makes
 * every <linux/...> that these include lead here.
 *
 * Stricter than a kernel where that finds mistakes: locks are not recursive,
 * what RCU frees is freed as soon as no reader is left, lookups want a reader,
 * and all memory is counted. Allocations fail when told to.
 */
#ifndef L7_FUZZ_SHIM_H
#define L7_FUZZ_SHIM_H

#include <limits.h>
#include <net/if.h>
#include "fuzz.h"

/* --- Language --- */

#define __rcu
#define __percpu
#define __init
#define __exit
#define __packed	__attribute__((packed))

#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#define ARRAY_SIZE(a)		FUZZ_SIZE(a)
#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), #cond)
#define BIT(n)			(1UL << (n))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))

#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, v)	((x) = (v))
#define smp_load_acquire(p)	(*(p))
#define smp_store_release(p, v)	(*(p) = (v))
#define cmpxchg(p, old, new) ({						\
	__typeof__(*(p)) was__ = *(p);					\
	if (was__ == (old))						\
		*(p) = (new);						\
	was__;								\
})

#define ERR_PTR(err)		((void *)(long)(err))
#define PTR_ERR(p)		((long)(p))
#define IS_ERR(p)		((unsigned long)(p) >= (unsigned long)-4095)

static inline u32 get_unaligned_le32(const void *p)
{
	const u8 *b = p;

	return b[0] | b[1] << 8 | b[2] << 16 | (u32)b[3] << 24;
}

/* --- Time --- */

extern u64 shim_seconds;

static inline s64 ktime_get_seconds(void)
{
	return (s64)shim_seconds;
}

/* The wall clock. */
static inline u64 ktime_get_real_ns(void)
{
	return (shim_seconds + 1700000000) * 1000000000ull;
}

/* --- Memory --- */

typedef unsigned int gfp_t;

#define GFP_KERNEL	0u
#define GFP_ATOMIC	0u
#define __GFP_NOWARN	0u
#define SLAB_HWCACHE_ALIGN	0u

/* Objects that are there; allocations that succeed before one fails. */
extern long shim_objects;
extern u32 shim_fail_after;

static inline bool shim_fails(void)
{
	return shim_fail_after && !--shim_fail_after;
}

struct kmem_cache {
	size_t size;
};

static inline struct kmem_cache *kmem_cache_create(const char *name,
						   size_t size, size_t align,
						   unsigned long flags,
						   void (*ctor)(void *))
{
	static struct kmem_cache cache;

	(void)name, (void)align, (void)flags, (void)ctor;
	cache.size = size;
	return &cache;
}

static inline void kmem_cache_destroy(struct kmem_cache *c)
{
	(void)c;
}

static inline void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t gfp)
{
	(void)gfp;
	if (shim_fails())
		return NULL;
	shim_objects++;
	return calloc(1, c->size);
}

static inline void kmem_cache_free(struct kmem_cache *c, void *p)
{
	(void)c;
	shim_objects--;
	free(p);
}

static inline void *kvzalloc(size_t size, gfp_t gfp)
{
	(void)gfp;
	return calloc(1, size);
}

static inline void kvfree(void *p)
{
	free(p);
}

/* --- Counting --- */

typedef struct { int n; } atomic_t;
typedef struct { int n; } refcount_t;

#define atomic_read(a)		((a)->n)
#define atomic_inc_return(a)	(++(a)->n)
#define atomic_dec(a)		((void)--(a)->n)

static inline void refcount_set(refcount_t *r, int n)
{
	r->n = n;
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	return r->n && ++r->n;
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	REQUIRE(r->n > 0);
	return !--r->n;
}

#define this_cpu_inc(x)		((void)++(x))
#define this_cpu_add(x, v)	((void)((x) += (v)))

/* --- Locks and RCU --- */

struct mutex {
	bool held;
};

typedef struct { bool held; } spinlock_t;

static inline void spin_lock_init(spinlock_t *l)
{
	l->held = false;
}

static inline void spin_lock_bh(spinlock_t *l)
{
	REQUIRE(!l->held);
	l->held = true;
}

static inline void spin_unlock_bh(spinlock_t *l)
{
	REQUIRE(l->held);
	l->held = false;
}

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

extern int shim_readers;
extern struct rcu_head *shim_callbacks;

static inline void call_rcu(struct rcu_head *h, void (*fn)(struct rcu_head *h))
{
	h->next = shim_callbacks;
	h->func = fn;
	shim_callbacks = h;
}

static inline void rcu_barrier(void)
{
	struct rcu_head *h;

	REQUIRE(!shim_readers);
	while ((h = shim_callbacks)) {
		shim_callbacks = h->next;
		h->func(h);
	}
}

static inline void rcu_read_lock(void)
{
	shim_readers++;
}

static inline void rcu_read_unlock(void)
{
	REQUIRE(shim_readers > 0);
	if (!--shim_readers)
		rcu_barrier();
}

static inline void cond_resched(void)
{
	REQUIRE(!shim_readers);
}

/* --- Lists --- */

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list_head *l)
{
	return l->next == l;
}

static inline void list_add_tail(struct list_head *n, struct list_head *l)
{
	n->prev = l->prev;
	n->next = l;
	l->prev->next = n;
	l->prev = n;
}

static inline void list_del_init(struct list_head *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	INIT_LIST_HEAD(n);
}

/* --- Deferred work: the target runs it when it likes --- */

#define HZ			100
#define system_unbound_wq	NULL

struct work_struct {
	void (*func)(struct work_struct *w);
};

struct delayed_work {
	struct work_struct work;
};

#define INIT_DELAYED_WORK(w, fn)	((w)->work.func = (fn))

static inline void queue_delayed_work(void *wq, struct delayed_work *w,
				      unsigned long delay)
{
	(void)wq, (void)w, (void)delay;
}

static inline void cancel_delayed_work_sync(struct delayed_work *w)
{
	(void)w;
}

/* --- Hash tables that "grow": a few chains, in the order of insertion --- */

#define SHIM_BUCKETS	4

struct rhash_head {
	struct rhash_head *next;
};

struct rhashtable_params {
	size_t head_offset, key_offset, key_len;
	u32 (*hashfn)(const void *key, u32 len, u32 seed);
	bool automatic_shrinking;
};

struct rhashtable {
	struct rhash_head *chain[SHIM_BUCKETS];
	struct rhashtable_params p;
};

/** struct rhashtable_iter - as the kernel's: a walk that stops finds its place
 * again by @p if that is still there
 */
struct rhashtable_iter {
	struct rhashtable *ht;
	struct rhash_head *p;
	unsigned int slot, skip;
};

static inline int rhashtable_init(struct rhashtable *ht,
				  const struct rhashtable_params *p)
{
	memset(ht, 0, sizeof(*ht));
	ht->p = *p;
	return 0;
}

static inline void *shim_object(const struct rhashtable *ht,
				struct rhash_head *h)
{
	return (char *)h - ht->p.head_offset;
}

static inline const void *shim_key(const struct rhashtable *ht,
				   struct rhash_head *h)
{
	return (char *)shim_object(ht, h) + ht->p.key_offset;
}

static inline struct rhash_head **shim_chain(struct rhashtable *ht,
					     const void *key)
{
	return &ht->chain[ht->p.hashfn(key, (u32)ht->p.key_len, 0) %
			  SHIM_BUCKETS];
}

static inline void *rhashtable_lookup(struct rhashtable *ht, const void *key,
				      const struct rhashtable_params p)
{
	struct rhash_head *h;

	REQUIRE(shim_readers);
	for (h = *shim_chain(ht, key); h; h = h->next)
		if (!memcmp(shim_key(ht, h), key, p.key_len))
			return shim_object(ht, h);
	return NULL;
}

static inline int rhashtable_insert_fast(struct rhashtable *ht,
					 struct rhash_head *h,
					 const struct rhashtable_params p)
{
	struct rhash_head **at = shim_chain(ht, shim_key(ht, h));

	if (shim_fails())
		return -ENOMEM;
	for (; *at; at = &(*at)->next)
		REQUIRE(memcmp(shim_key(ht, *at), shim_key(ht, h), p.key_len));
	h->next = NULL;
	*at = h;
	return 0;
}

/* Whoever walks may still follow the link of what was removed. */
static inline int rhashtable_remove_fast(struct rhashtable *ht,
					 struct rhash_head *h,
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

static inline void rhashtable_free_and_destroy(struct rhashtable *ht,
					       void (*fn)(void *p, void *arg),
					       void *arg)
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

static inline void rhashtable_walk_enter(struct rhashtable *ht,
					 struct rhashtable_iter *it)
{
	memset(it, 0, sizeof(*it));
	it->ht = ht;
}

static inline void rhashtable_walk_exit(struct rhashtable_iter *it)
{
	it->ht = NULL;
}

static inline void rhashtable_walk_start(struct rhashtable_iter *it)
{
	struct rhash_head *h;
	unsigned int skip = 0;

	rcu_read_lock();
	if (!it->p || it->slot >= SHIM_BUCKETS)
		return;
	for (h = it->ht->chain[it->slot]; h; h = h->next) {
		skip++;
		if (h == it->p) {
			it->skip = skip;
			return;
		}
	}
	it->p = NULL;
}

static inline void rhashtable_walk_stop(struct rhashtable_iter *it)
{
	(void)it;
	rcu_read_unlock();
}

static inline struct rhash_head *shim_nth(struct rhash_head *h, unsigned int n)
{
	while (h && n--)
		h = h->next;
	return h;
}

static inline void *rhashtable_walk_next(struct rhashtable_iter *it)
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

/* --- Namespaces: the target has its own --- */

struct net;

static inline void *net_generic(const struct net *net, unsigned int id)
{
	(void)net, (void)id;
	return NULL;
}

/* --- Tracepoints: kernel/trace.h is not read --- */

#define L7_TRACE_H

enum l7_trace_binding {
	L7_TRACE_LEARNED,
	L7_TRACE_HIT,
	L7_TRACE_EXPIRED,
	L7_TRACE_DELETED,
};

struct l7_endpoint;

static inline bool trace_l7_binding_enabled(void)
{
	return true;
}

static inline void trace_l7_binding(enum l7_trace_binding what, u32 scope,
				    const u8 *hash,
				    const struct l7_endpoint *server)
{
	(void)what, (void)scope, (void)hash, (void)server;
}

#endif /* L7_FUZZ_SHIM_H */
