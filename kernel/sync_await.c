// SPDX-License-Identifier: GPL-2.0
/*
 * Entries that something waits for to be at a peer. Owns the ring of them, in the order
 * of their packets; of too many the oldest is forgotten: whoever waits does not do so
 * for long. Lock: await_lock, a leaf; process context.
 */
#include "sync_priv.h"

static void forget(struct l7_dirty *d)
{
	l7_owner_of(d->kind)->put(d);
}

void l7_await_add(struct l7_sync_run *run, struct l7_dirty *d)
{
	struct l7_dirty *old = NULL;
	struct l7_await *a;

	spin_lock(&run->await_lock);
	a = &run->await[run->await_end++ % L7_SYNC_AWAITS];
	if (run->await_end - run->await_begin > L7_SYNC_AWAITS) {
		old = a->d;
		run->await_begin++;
	}
	a->d = d;
	/* the packet that is being filled */
	a->number = atomic64_read(&run->number[L7_LANE_LIVE]) + 1;
	spin_unlock(&run->await_lock);
	run->await_new = true;
	if (old)
		forget(old);
}

bool l7_await_asks(struct l7_sync_run *run)
{
	if (!run->await_new)
		return false;
	run->await_new = false;
	set_bit(L7_SYNC_TODO_REPORT, &run->todo);
	return true;
}

/* Number of the oldest's packet, 0 = there is none. */
static u64 oldest(struct l7_sync_run *run)
{
	u64 number = 0;

	spin_lock(&run->await_lock);
	if (run->await_begin != run->await_end)
		number = run->await[run->await_begin % L7_SYNC_AWAITS].number;
	spin_unlock(&run->await_lock);
	return number;
}

/* The oldest, if it came in packets up to @number; NULL if there is none. */
static struct l7_dirty *take(struct l7_sync_run *run, u64 number)
{
	struct l7_dirty *d = NULL;
	struct l7_await *a;

	spin_lock(&run->await_lock);
	a = &run->await[run->await_begin % L7_SYNC_AWAITS];
	if (run->await_begin != run->await_end && a->number <= number) {
		d = a->d;
		run->await_begin++;
	}
	spin_unlock(&run->await_lock);
	return d;
}

void l7_await_acked(struct l7_sync_run *run)
{
	struct l7_dirty *d;
	u64 number;

	while ((number = oldest(run)) && l7_peer_has(run, number)) {
		while ((d = take(run, number))) {
			l7_owner_of(d->kind)->confirm(run->ln, d);
			forget(d);
		}
	}
}

void l7_await_drop(struct l7_sync_run *run)
{
	struct l7_dirty *d;

	while ((d = take(run, U64_MAX)))
		forget(d);
}
