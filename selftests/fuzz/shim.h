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

#include <arpa/inet.h>
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

#define DECLARE_BITMAP(name, n)	unsigned long name[((n) + 63) / 64]
#define test_bit(n, p)		((p)[(n) / 64] & BIT((n) % 64))
#define set_bit(n, p)		((p)[(n) / 64] |= BIT((n) % 64))

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

u32 get_unaligned_le32(const void *p);

/* --- Time --- */
extern u64 shim_seconds, shim_ahead;	/* ahead: the clock of the machine that runs */

static inline s64 ktime_get_seconds(void)
{
	return (s64)(shim_seconds + shim_ahead);
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

struct kmem_cache {
	size_t size;
};

struct kmem_cache *kmem_cache_create(const char *name, size_t size,
				     size_t align, unsigned long flags,
				     void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *c);
void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *c, void *p);

#define kvzalloc(size, gfp)	calloc(1, size)
#define kvfree(p)		free(p)

/* --- Counting --- */

typedef struct { int n; } atomic_t, atomic64_t;
typedef struct { int n; } refcount_t;

#define atomic_read(a)		((a)->n)
#define atomic_inc_return(a)	(++(a)->n)
#define atomic_dec(a)		((void)--(a)->n)

void refcount_set(refcount_t *r, int n);
bool refcount_inc_not_zero(refcount_t *r);
bool refcount_dec_and_test(refcount_t *r);

#define this_cpu_inc(x)		((void)++(x))
#define this_cpu_add(x, v)	((void)((x) += (v)))

/* --- Locks and RCU --- */

struct mutex {
	bool held;
};

typedef struct { bool held; } spinlock_t;

void spin_lock_init(spinlock_t *l);
void spin_lock_bh(spinlock_t *l);
void spin_unlock_bh(spinlock_t *l);

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

extern int shim_readers;
extern struct rcu_head *shim_callbacks;

void call_rcu(struct rcu_head *h, void (*fn)(struct rcu_head *h));
void rcu_barrier(void);
void rcu_read_lock(void);
void rcu_read_unlock(void);
void cond_resched(void);

/* --- Lists --- */

struct list_head {
	struct list_head *next, *prev;
};

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

void queue_delayed_work(void *wq, struct delayed_work *w,
			unsigned long delay);
void cancel_delayed_work_sync(struct delayed_work *w);

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
	struct {
		struct { u32 hash_rnd; } *tbl, one;	/* is never resized */
	} walker;
	unsigned int slot, skip;
};

int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *p);
void *rhashtable_lookup(struct rhashtable *ht, const void *key,
			const struct rhashtable_params p);
int rhashtable_insert_fast(struct rhashtable *ht, struct rhash_head *h,
			   const struct rhashtable_params p);
int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *h,
			   const struct rhashtable_params p);
void rhashtable_free_and_destroy(struct rhashtable *ht,
				 void (*fn)(void *p, void *arg), void *arg);

void rhashtable_walk_enter(struct rhashtable *ht, struct rhashtable_iter *it);
void rhashtable_walk_exit(struct rhashtable_iter *it);
int rhashtable_walk_start_check(struct rhashtable_iter *it);
#define rhashtable_walk_start(it) ((void)rhashtable_walk_start_check(it))
void rhashtable_walk_stop(struct rhashtable_iter *it);
void *rhashtable_walk_next(struct rhashtable_iter *it);

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
