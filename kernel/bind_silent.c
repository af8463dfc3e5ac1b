// SPDX-License-Identifier: GPL-2.0
/*
 * Silent clients: pending flows whose handshake is over and whose request has
 * not begun, oldest first. They are remembered because browsers open
 * connections ahead of need, and they are the first to go when the pending
 * limit is reached: for a while their SYN cookie is as good as the memory.
 *
 * Lock: s->lock, nests inside flow->lock. Never held while a flow is locked.
 */
#include <linux/slab.h>
#include "bind_priv.h"

/** struct l7_silent - the silent clients of a namespace
 * @lock: @list and pend->silent
 * @list: struct l7_pend by @silent
 */
struct l7_silent {
	spinlock_t lock;
	struct list_head list;
};

void l7_silent_add(struct l7_pend *pe)
{
	struct l7_silent *s = pe->ln->silent;

	spin_lock_bh(&s->lock);
	list_add_tail(&pe->silent, &s->list);
	spin_unlock_bh(&s->lock);
}

void l7_silent_del(struct l7_pend *pe)
{
	struct l7_silent *s = pe->ln->silent;

	spin_lock_bh(&s->lock);
	list_del_init(&pe->silent);
	spin_unlock_bh(&s->lock);
}

bool l7_silent_any(struct l7_net *ln)
{
	return !list_empty_careful(&ln->silent->list);
}

/* The flow that has been silent longest, with a reference; NULL if none. */
static struct l7_flow *oldest(struct l7_silent *s)
{
	struct l7_flow *f = NULL;
	struct l7_pend *pe;

	spin_lock_bh(&s->lock);
	pe = list_first_entry_or_null(&s->list, struct l7_pend, silent);
	if (pe) {
		list_del_init(&pe->silent);
		/* on the list, so not dropped yet: pe holds a reference */
		f = pe->flow;
		l7_flow_hold(f);
	}
	spin_unlock_bh(&s->lock);
	return f;
}

bool l7_silent_evict(struct l7_net *ln)
{
	struct l7_flow *f = oldest(ln->silent);

	if (!f)
		return false;
	spin_lock_bh(&f->lock);
	if (f->pend && skb_queue_empty(&f->pend->queue)) {
		l7_bind_count(f->pend, L7_C_SILENT_EVICTED);
		l7_flow_remove_locked(ln, f);
	}
	spin_unlock_bh(&f->lock);
	l7_flow_put(f);
	return true;
}

int l7_silent_init(struct l7_net *ln)
{
	struct l7_silent *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->list);
	ln->silent = s;
	return 0;
}

void l7_silent_exit(struct l7_net *ln)
{
	kfree(ln->silent);
	ln->silent = NULL;
}
