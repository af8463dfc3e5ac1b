// SPDX-License-Identifier: GPL-2.0
/*
 * Policies as a set that goes to peers, and a peer's set put in the place of one's own. Owns
 * no state; both under ln->conf_lock, as all changes of policies. All of a set is looked at before
 * the first policy changes; what no longer is there goes last, so that no service is without
 * policy meanwhile.
 */
#include <linux/bsearch.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "event.h"
#include "hook.h"
#include "net.h"
#include "policy.h"
#include "pure/push.h"

/* --- Giving --- */

static_assert(L7_PUSH_POLICIES_MAX == 1024);
static_assert(L7_PUSH_MAX == 256 * 1024);

int l7_policy_pack(struct l7_net *ln, u8 *p, u32 cap, const char **why)
{
	struct l7_svc *svc;
	u32 at, len;

	lockdep_assert_held(&ln->conf_lock);
	*why = "push: there are no policies here, and an empty set is not pushed";
	if (!ln->nsvcs)
		return -ENOENT;
	*why = "push: more than 1024 policies";
	if (ln->nsvcs > L7_PUSH_POLICIES_MAX)
		return -E2BIG;
	*why = "push: the policies take more than 256 KiB";
	at = l7_push_set_put((u16)ln->nsvcs, p, cap);
	list_for_each_entry(svc, &ln->svc_list, list) {
		len = l7_push_policy_put(&svc->conf, p + at, cap - at);
		if (!len)
			return -E2BIG;
		at += len;
		cond_resched();
	}
	return (int)at;
}

/* --- Taking --- */

/** struct taking - a set that is being taken over
 * @p: the set
 * @len: its bytes
 * @n: policies in it
 * @ids: their services; sorted once all are read
 * @one: the policy at hand
 * @out: what comes of it
 */
struct taking {
	struct l7_net *ln;
	const u8 *p;
	u32 len;
	u32 n;
	struct l7_endpoint *ids;
	struct l7_push_policy *one;
	struct l7_pushed *out;
};

static int refuse(struct taking *t, int err, u8 reason, const char *why)
{
	struct l7_pushed *out = t->out;

	out->reason = out->added + out->changed + out->deleted ? L7_PUSH_PARTLY : reason;
	out->why = why ?: "no memory";
	return err;
}

/* The set's head; the policies follow in @r. */
static int read_head(struct taking *t, struct l7_reader *r)
{
	const char *why;
	int err;

	*r = (struct l7_reader) { .p = t->p, .len = t->len };
	err = l7_push_set_get(r, &t->n, &why);
	if (!err && t->n > r->len / L7_WIRE_SET_POLICY)
		err = -EBADMSG;
	return !err ? 0 : refuse(t, err, err == -EOPNOTSUPP ? L7_PUSH_UNKNOWN :
							      L7_PUSH_MALFORMED, why);
}

static int read_one(struct taking *t, struct l7_reader *r)
{
	const char *why;
	int err = l7_push_policy_get(r, t->one, &why);

	t->out->svc = t->one->conf.id;
	if (err)
		return refuse(t, err, err == -EOPNOTSUPP ? L7_PUSH_UNKNOWN :
							   L7_PUSH_MALFORMED, why);
	why = l7_svc_conf_check(&t->one->conf);
	return why ? refuse(t, -EINVAL, L7_PUSH_INVALID, why) : 0;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct l7_endpoint));
}

static int check_ids(struct taking *t)
{
	u32 i;

	sort(t->ids, t->n, sizeof(*t->ids), compare, NULL);
	for (i = 1; i < t->n; i++) {
		if (compare(&t->ids[i - 1], &t->ids[i]))
			continue;
		t->out->svc = t->ids[i];
		return refuse(t, -EINVAL, L7_PUSH_INVALID, "service: has two policies");
	}
	return 0;
}

/* @sum: what the sender has as sum of its policies: where it is another one, something of
 * these means something else there.
 */
static int look_at_all(struct taking *t, u64 sum)
{
	struct l7_reader r;
	u64 digests = 0;
	int err;
	u32 i;

	err = read_head(t, &r);
	if (err)
		return err;
	t->ids = kvmalloc_array(t->n, sizeof(*t->ids), GFP_KERNEL | __GFP_NOWARN);
	if (!t->ids)
		return refuse(t, -ENOMEM, L7_PUSH_MEMORY, NULL);
	for (i = 0; i < t->n; i++) {
		err = read_one(t, &r);
		if (err)
			return err;
		t->ids[i] = t->one->conf.id;
		digests += l7_policy_digest(&t->one->conf);
		cond_resched();
	}
	t->out->svc.af = 0;
	if (r.len)
		return refuse(t, -EBADMSG, L7_PUSH_MALFORMED, "more than its policies");
	err = check_ids(t);
	if (!err && (digests ?: 1) != sum)
		return refuse(t, -EOPNOTSUPP, L7_PUSH_UNKNOWN,
			      "the policies mean something else to this version");
	return err;
}

static int put_one(struct taking *t)
{
	const struct l7_svc_conf *c = &t->one->conf;
	const char *why = NULL;
	struct l7_svc *svc;
	bool same;
	int err;

	rcu_read_lock();
	svc = l7_svc_find_rcu(t->ln, &c->id);
	same = svc && svc->digest == l7_policy_digest(c);
	rcu_read_unlock();
	if (same)
		return 0;
	err = svc ? l7_svc_set(t->ln, c, &why) : l7_svc_add(t->ln, c, &why);
	if (err)
		return refuse(t, err, err == -ENOMEM ? L7_PUSH_MEMORY : L7_PUSH_INVALID, why);
	if (svc)
		t->out->changed++;
	else
		t->out->added++;
	return 0;
}

static int put_all(struct taking *t)
{
	struct l7_reader r;
	int err = read_head(t, &r);
	u32 i;

	for (i = 0; !err && i < t->n; i++) {
		err = read_one(t, &r) ?: put_one(t);
		cond_resched();
	}
	return err;
}

static void delete_others(struct taking *t)
{
	struct l7_svc *svc, *next;
	struct l7_endpoint id;
	const char *why;

	list_for_each_entry_safe(svc, next, &t->ln->svc_list, list) {
		id = svc->conf.id;
		if (bsearch(&id, t->ids, t->n, sizeof(id), compare))
			continue;
		l7_svc_del(t->ln, &id, &why);
		t->out->deleted++;
		cond_resched();
	}
}

static int take(struct taking *t, u64 sum)
{
	int err = look_at_all(t, sum);

	if (err)
		return err;
	/* the one thing that a policy needs besides memory */
	err = l7_hook_register(t->ln);
	if (err)
		return refuse(t, err, L7_PUSH_MEMORY,
			      "the netfilter hooks could not be registered");
	err = put_all(t);
	if (err)
		return err;
	delete_others(t);
	t->out->svc.af = 0;
	return 0;
}

int l7_policy_apply(struct l7_net *ln, const u8 *p, u32 len, u64 sum,
		    struct l7_pushed *out)
{
	struct taking t = { .ln = ln, .p = p, .len = len, .out = out };
	int err;

	lockdep_assert_held(&ln->conf_lock);
	memset(out, 0, sizeof(*out));
	t.one = kvmalloc(sizeof(*t.one), GFP_KERNEL | __GFP_NOWARN);
	err = t.one ? take(&t, sum) : refuse(&t, -ENOMEM, L7_PUSH_MEMORY, NULL);
	kvfree(t.ids);
	kvfree(t.one);
	return err;
}
