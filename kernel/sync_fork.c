// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual machine that is restored from a snapshot, or copied with its memory, goes on
 * with the numbers that it had, under an epoch that has seen them already: nonces would
 * repeat, and peers take what it sends for recordings. So it says nothing more, and
 * mirroring begins anew, with an epoch of its own, as after a crash. That it happened the
 * hypervisor tells (drivers/virt/vmgenid.c), and where it does not, a peer that has heard
 * more than was said. Owns the count of such events; process context.
 */
#include <linux/notifier.h>
#include <linux/random.h>
#include <net/net_namespace.h>
#include "sync_priv.h"

#define CALM_MS		10000	/* a run younger than that is no copy, whatever peers say */
#define AHEAD_MAX	(1ULL << 48)	/* nobody has said more */

static atomic_t forks = ATOMIC_INIT(0);

void l7_fork_begin(struct l7_sync_run *run)
{
	run->forks = atomic_read(&forks);
}

bool l7_fork_is_copy(const struct l7_sync_run *run)
{
	return unlikely(READ_ONCE(run->outrun) ||
			run->forks != atomic_read(&forks));
}

/* What a peer has of a lane, and the last number that was used: it is used before
 * anything of it is sent.
 */
static bool is_ahead(const struct l7_sync_run *run, u8 lane, u64 highest)
{
	u64 sent = atomic64_read(&run->number[lane]);

	return highest > sent && highest - sent < AHEAD_MAX;
}

static bool is_outrun(const struct l7_sync_run *run, const struct l7_seen *s)
{
	return is_ahead(run, L7_LANE_LIVE, s->highest[L7_LANE_LIVE]) ||
	       is_ahead(run, L7_LANE_BULK, s->highest[L7_LANE_BULK]) ||
	       (s->flags & L7_SEEN_SILENT &&
		is_ahead(run, L7_LANE_CONTROL, s->contiguous));
}

void l7_fork_compare(struct l7_sync_run *run, const struct l7_seen *s)
{
	if (is_outrun(run, s) &&
	    time_after(jiffies, run->started + msecs_to_jiffies(CALM_MS)))
		WRITE_ONCE(run->outrun, true);
}

void l7_fork_tick(struct l7_sync_run *run)
{
	if (l7_fork_is_copy(run))
		schedule_delayed_work(&run->sync->anew, 0);
}

static int forked(struct notifier_block *nb, unsigned long action, void *data)
{
	atomic_inc(&forks);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = forked };

int l7_fork_module_init(void)
{
	return register_random_vmfork_notifier(&notifier);
}

void l7_fork_module_exit(void)
{
	unregister_random_vmfork_notifier(&notifier);
}
