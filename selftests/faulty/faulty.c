// SPDX-License-Identifier: GPL-2.0
/*
 * The check of the check: a module that does one thing wrong when it is loaded, of each kind
 * that the debug kernel is there to find. selftests/faulty/run.sh shows that a run with it
 * fails. Nothing else uses it.
 *
 * One fault a boot: lockdep reports once, and a kernel that went on after the others is not
 * to be believed any more.
 */
#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static char *fault = "none";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "what goes wrong");

/* What the compiler must not see through. */
static noinline void *hide(void *p)
{
	OPTIMIZER_HIDE_VAR(p);
	return p;
}

static void none(void)
{
}

static void use_after_free(void)
{
	char *p = kzalloc(64, GFP_KERNEL);

	kfree(p);
	if (p)
		WRITE_ONCE(*(char *)hide(p), 1);
}

static void out_of_bounds(void)
{
	char *p = kzalloc(61, GFP_KERNEL);

	if (p)
		WRITE_ONCE(((char *)hide(p))[61], 1);
	kfree(p);
}

static void double_free(void)
{
	char *p = kzalloc(64, GFP_KERNEL);

	kfree(p);
	kfree(hide(p));
}

static void leak(void)
{
	int i;

	/* Several: an old pointer may lie about on a stack. */
	for (i = 0; i < 16; i++)
		hide(kzalloc(200, GFP_KERNEL));
}

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);

static void sleep_in_atomic(void)
{
	spin_lock(&lock_a);
	msleep(1); /* paced: that is the fault */
	spin_unlock(&lock_a);
}

static void lock_inversion(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);
	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

static void on_timer(struct timer_list *t)
{
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
}

static DEFINE_TIMER(timer, on_timer);

/* A lock that a timer takes, taken where the timer may interrupt. */
static void lock_softirq(void)
{
	mod_timer(&timer, jiffies + 1);
	while (timer_pending(&timer))
		cond_resched();
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
}

static void rcu_unlocked(void)
{
	static int __rcu *shared;

	(void)rcu_dereference(shared);
}

static void shift(void)
{
	static int by = 40;

	pr_info("%d\n", 1 << READ_ONCE(by));
}

static void list_twice(void)
{
	static LIST_HEAD(head);
	static LIST_HEAD(entry);

	list_add(&entry, &head);
	list_del(&entry);
	list_del(&entry);
}

static void reference(void)
{
	static refcount_t refs = REFCOUNT_INIT(0);

	refcount_inc(&refs);
}

static void active_timer(void)
{
	struct timer_list *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return;
	timer_setup(t, on_timer, 0);
	mod_timer(t, jiffies + 1000 * HZ);
	kfree(t);
}

static const struct {
	const char *name;
	void (*func)(void);
} faults[] = {
	{ "none", none },
	{ "use_after_free", use_after_free },
	{ "out_of_bounds", out_of_bounds },
	{ "double_free", double_free },
	{ "leak", leak },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "lock_inversion", lock_inversion },
	{ "lock_softirq", lock_softirq },
	{ "rcu_unlocked", rcu_unlocked },
	{ "shift", shift },
	{ "list_twice", list_twice },
	{ "reference", reference },
	{ "active_timer", active_timer },
};

static int __init faulty_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(fault, faults[i].name))
			continue;
		faults[i].func();
		return 0;
	}
	return -EINVAL;
}

static void __exit faulty_exit(void)
{
}

module_init(faulty_init);
module_exit(faulty_exit);
MODULE_DESCRIPTION("Does one thing wrong");
MODULE_LICENSE("GPL");
