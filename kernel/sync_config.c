// SPDX-License-Identifier: GPL-2.0
/*
 * Do the peers have the same policies? HELLO has a sum of them; who hears another
 * one tells its own policies by service, now and then, so that both can say which
 * differ. Owns the list of a peer's policies; under peers_lock, written by the
 * receiver only.
 */
#include <linux/bsearch.h>
#include <linux/sort.h>
#include "sync_priv.h"

#define TELL_MS		2000	/* between two tellings */
#define POLICIES_MAX	1024	/* that are told, and heard of a peer */

/** struct l7_heard - the policies of a peer
 * @sum: of the list; 0 = none yet
 * @n: how many of them came, in order
 * @total: how many there are; when all are there, they are sorted
 */
struct l7_heard {
	u64 sum;
	u16 n;
	u16 total;
	struct l7_policy policy[];
};

static int by_service(const void *a, const void *b)
{
	const struct l7_policy *p = a, *q = b;

	return memcmp(&p->svc, &q->svc, sizeof(p->svc));
}

void l7_config_sort(struct l7_policy *all, u32 n)
{
	sort(all, n, sizeof(*all), by_service, NULL);
}

u64 l7_config_sum(const struct l7_sync_run *run)
{
	/* no policy at all is also something to say */
	return (u64)atomic64_read(&run->ln->policies) ?: 1;
}

bool l7_config_differs(const struct l7_sync_run *run,
		       const struct l7_sync_peer *p)
{
	return p->config && p->config != l7_config_sum(run);
}

void l7_config_tick(struct l7_sync_run *run)
{
	bool tell = false;
	u32 i;

	if (time_before(jiffies, run->config_told + msecs_to_jiffies(TELL_MS)))
		return;
	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		tell |= run->peers[i] && l7_peer_is_alive(run->peers[i]) &&
			l7_config_differs(run, run->peers[i]);
	spin_unlock(&run->peers_lock);
	if (!tell)
		return;
	run->config_told = jiffies;
	set_bit(L7_SYNC_TODO_CONFIG, &run->todo);
}

/* --- Telling --- */

void l7_config_send(struct l7_sync_run *run)
{
	struct l7_sync_packet *out = &run->live.out;
	struct l7_config *c = &run->config_tx;
	struct l7_policy *all;
	u32 n, i;

	all = kvmalloc_array(POLICIES_MAX + 1, sizeof(*all),
			     GFP_KERNEL | __GFP_NOWARN);
	if (!all)
		return;		/* another time */
	c->sum = l7_config_sum(run);
	n = l7_policy_list(run->ln, all, POLICIES_MAX + 1);
	if (n > POLICIES_MAX)	/* a part would say that the rest is not there */
		goto out;
	c->total = (u16)n;
	i = 0;
	do {
		c->first = (u16)i;
		c->n = (u8)min_t(u32, n - i, L7_CONFIG_POLICIES);
		memcpy(c->policy, all + i, c->n * sizeof(*all));
		out->len = l7_config_put(c, l7_sync_frames(out),
					 L7_SYNC_MTU_MIN);
		l7_tx_send(run, out, L7_LANE_CONTROL);
		i += c->n;
	} while (i < n);
out:
	kvfree(all);
}

/* --- Hearing --- */

static void replace(struct l7_sync_run *run, struct l7_sync_peer *p,
		    struct l7_heard *h)
{
	struct l7_heard *old;

	spin_lock(&run->peers_lock);
	old = p->policies;
	p->policies = h;
	spin_unlock(&run->peers_lock);
	kvfree(old);
}

/* The list that the frame is a part of; NULL without memory. It comes again and
 * again: one that is complete is kept.
 */
static struct l7_heard *list_of(struct l7_sync_run *run, struct l7_sync_peer *p,
				const struct l7_config *c)
{
	struct l7_heard *h = p->policies;

	if (h && h->sum == c->sum && h->total == c->total &&
	    (c->first || h->n == h->total))
		return h;
	h = kvzalloc(struct_size(h, policy, c->total),
		     GFP_KERNEL | __GFP_NOWARN);
	if (!h)
		return NULL;
	h->sum = c->sum;
	h->total = c->total;
	replace(run, p, h);
	return h;
}

int l7_config_on_config(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_frame *f)
{
	struct l7_config *c = &run->config_rx;
	struct l7_heard *h;

	if (l7_config_get(f, c) || c->total > POLICIES_MAX ||
	    c->first + c->n > c->total)
		return -EBADMSG;
	h = list_of(run, p, c);
	if (!h || h->n != c->first)
		return 0;
	spin_lock(&run->peers_lock);
	memcpy(h->policy + h->n, c->policy, c->n * sizeof(*c->policy));
	h->n += c->n;
	if (h->n == h->total)
		l7_config_sort(h->policy, h->n);
	spin_unlock(&run->peers_lock);
	return 0;
}

void l7_config_forget(struct l7_sync_peer *p)
{
	kvfree(p->policies);
}

/* --- Listing --- */

static void add_diff(struct l7_sync_peer_info *i, const struct l7_endpoint *svc,
		     enum l7_policy_diff what)
{
	if (i->ndiffs < ARRAY_SIZE(i->diffs))
		i->diffs[i->ndiffs] = (struct l7_policy_diff_info){
			.svc = *svc, .what = what,
		};
	i->ndiffs++;
}

static const struct l7_policy *find(const struct l7_policy *all, u32 n,
				    const struct l7_policy *like)
{
	return bsearch(like, all, n, sizeof(*all), by_service);
}

void l7_config_diffs(const struct l7_sync_run *run,
		     const struct l7_sync_peer *p, const struct l7_policy *own,
		     u32 n, struct l7_sync_peer_info *info)
{
	const struct l7_heard *h = p->policies;
	const struct l7_policy *there;
	u32 i;

	if (!info->config_differs || !h || h->sum != p->config ||
	    h->n != h->total)
		return;
	for (i = 0; i < n; i++) {
		there = find(h->policy, h->n, &own[i]);
		if (!there)
			add_diff(info, &own[i].svc, L7_POLICY_ONLY_HERE);
		else if (there->digest != own[i].digest)
			add_diff(info, &own[i].svc, L7_POLICY_DIFFERS);
	}
	for (i = 0; i < h->n; i++)
		if (!find(own, n, &h->policy[i]))
			add_diff(info, &h->policy[i].svc, L7_POLICY_ONLY_THERE);
}
