// SPDX-License-Identifier: GPL-2.0
/*
 * Policies by virtual service. Readers use RCU; changes are made under
 * ln->conf_lock. A policy is never edited: a change replaces the object, and
 * flows keep the one they began with. Knows nothing of netlink.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "answered.h"
#include "hook.h"
#include "net.h"
#include "pkt.h"
#include "policy.h"
#include "svc.h"

/* The same on every director, so not keyed by a secret: it names a service
 * that peers know anyway.
 */
static const siphash_key_t scope_key = {
	{ 0x6c372d73636f7065, 0x697076732d6c37 }
};

/* Likewise, for the names of groups. */
static const siphash_key_t group_keys[2] = {
	{ { 0x6c372d67726f7570, 0x697076732d6c37 } },
	{ { 0x6c372d67726f7571, 0x697076732d6c37 } },
};

/** struct l7_svc_stats - counters, shared by a policy and what replaces it
 * @ref: policies
 * @v: per CPU
 * @rules: per CPU, of its rules; zeroed when these change
 */
struct l7_svc_stats {
	refcount_t ref;
	struct l7_stats __percpu *v;
	struct l7_rule_stats __percpu *rules;
};

static_assert(L7_RULE_STATS == L7_RULES_MAX);

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct l7_svc, node),
	.key_offset = offsetof(struct l7_svc, conf.id),
	.key_len = sizeof(struct l7_endpoint),
	.automatic_shrinking = true,
};

static const struct rhashtable_params scope_params = {
	.head_offset = offsetof(struct l7_svc, snode),
	.key_offset = offsetof(struct l7_svc, scope),
	.key_len = sizeof(u32),
	.automatic_shrinking = true,
};

/* ---- readers -------------------------------------------------------------- */

u32 l7_svc_scope(const struct l7_endpoint *id)
{
	return (u32)siphash(id, sizeof(*id), &scope_key);
}

struct l7_svc *l7_svc_find_rcu(struct l7_net *ln, const struct l7_endpoint *id)
{
	return rhashtable_lookup(&ln->svcs, id, params);
}

struct l7_svc *l7_svc_find_scope_rcu(struct l7_net *ln, u32 scope)
{
	return rhashtable_lookup(&ln->svc_scopes, &scope, scope_params);
}

bool l7_svc_steers_to(const struct l7_svc *svc, u32 mark)
{
	int i;

	for (i = 0; i < svc->nmarks; i++)
		if (svc->marks[i] == mark)
			return true;
	return false;
}

bool l7_svc_hold(struct l7_svc *svc)
{
	return refcount_inc_not_zero(&svc->ref);
}

static void stats_put(struct l7_svc_stats *st)
{
	if (!refcount_dec_and_test(&st->ref))
		return;
	free_percpu(st->v);
	free_percpu(st->rules);
	kfree(st);
}

static void free_rcu_cb(struct rcu_head *head)
{
	struct l7_svc *svc = container_of(head, struct l7_svc, rcu);

	stats_put(svc->shared);
	kfree(svc->conf.steer);
	kfree(svc->conf.routes);
	kfree(svc);
}

void l7_svc_put(struct l7_svc *svc)
{
	if (refcount_dec_and_test(&svc->ref))
		call_rcu(&svc->rcu, free_rcu_cb);
}

/* ---- changes -------------------------------------------------------------- */

static struct l7_svc_stats *stats_alloc(void)
{
	struct l7_svc_stats *st = kzalloc(sizeof(*st), GFP_KERNEL_ACCOUNT);

	if (!st)
		return NULL;
	st->v = l7_stats_alloc();
	st->rules = alloc_percpu(struct l7_rule_stats);
	refcount_set(&st->ref, 1);
	if (st->v && st->rules)
		return st;
	stats_put(st);
	return NULL;
}

/* An own copy of the steering rules, and where they may lead. */
static int copy_steer(struct l7_svc *svc, const struct l7_svc_conf *c)
{
	int i;

	if (!c->nsteer)
		return 0;
	svc->conf.steer = kmemdup(c->steer, c->nsteer * sizeof(*c->steer),
				  GFP_KERNEL_ACCOUNT);
	if (!svc->conf.steer)
		return -ENOMEM;
	for (i = 0; i < c->nsteer; i++)
		if (c->steer[i].mark && !l7_svc_steers_to(svc, c->steer[i].mark))
			svc->marks[svc->nmarks++] = c->steer[i].mark;
	return 0;
}

static int copy_routes(struct l7_svc *svc, const struct l7_svc_conf *c)
{
	if (!c->nroutes)
		return 0;
	svc->conf.routes = kmemdup(c->routes, c->nroutes * sizeof(*c->routes),
				   GFP_KERNEL_ACCOUNT);
	return svc->conf.routes ? 0 : -ENOMEM;
}

/* Real servers are of the services' family, so this is part of it. */
static struct l7_endpoint owner_of(const struct l7_svc_conf *c)
{
	struct l7_endpoint o = { .af = c->id.af };
	size_t len = strlen(c->group);
	u64 hash[2];

	if (!len)
		return c->id;
	hash[0] = siphash(c->group, len, &group_keys[0]);
	hash[1] = siphash(c->group, len, &group_keys[1]);
	put_unaligned_le64(hash[0], &o.addr.all[0]);
	put_unaligned_le64(hash[1], &o.addr.all[2]);
	return o;
}

static bool is_required(const struct l7_rule *r)
{
	return r->flags & L7_RULE_REQUIRE;
}

/* @shared: a reference, taken over when it works out. */
static struct l7_svc *alloc(const struct l7_svc_conf *c,
			    struct l7_svc_stats *shared)
{
	struct l7_svc *svc = kzalloc(sizeof(*svc), GFP_KERNEL_ACCOUNT);

	if (!svc)
		return NULL;
	svc->conf = *c;
	svc->conf.steer = NULL;
	svc->conf.routes = NULL;
	if (copy_steer(svc, c) || copy_routes(svc, c)) {
		kfree(svc->conf.steer);
		kfree(svc);
		return NULL;
	}
	svc->owner = owner_of(c);
	svc->scope = l7_svc_scope(&svc->owner);
	svc->digest = l7_policy_digest(c);
	svc->splice = l7_svc_conf_needs_payload(c);
	svc->require = c->send_proxy || l7_svc_conf_has_rule(c, is_required);
	svc->named = l7_svc_conf_has_rule(c, l7_key_is_named);
	svc->shared = shared;
	svc->stats = shared->v;
	svc->rule_stats = shared->rules;
	refcount_set(&svc->ref, 1);
	return svc;
}

static struct l7_svc *find_locked(struct l7_net *ln,
				  const struct l7_endpoint *id)
{
	lockdep_assert_held(&ln->conf_lock);
	return rhashtable_lookup_fast(&ln->svcs, id, params);
}

static struct l7_svc *find_scope_locked(struct l7_net *ln, u32 scope)
{
	lockdep_assert_held(&ln->conf_lock);
	return rhashtable_lookup_fast(&ln->svc_scopes, &scope, scope_params);
}

/* -EEXIST if the number is that of others. */
static int scope_enter_locked(struct l7_net *ln, struct l7_svc *svc)
{
	struct l7_svc *there = find_scope_locked(ln, svc->scope);

	if (!there)
		return rhashtable_insert_fast(&ln->svc_scopes, &svc->snode,
					      scope_params);
	return l7_svc_in_group(svc) &&
	       l7_endpoint_equal(&there->owner, &svc->owner) ? 0 : -EEXIST;
}

/* Another one of the list may stand for the group from now on. */
static struct l7_svc *next_of_group_locked(struct l7_net *ln,
					   const struct l7_svc *svc)
{
	struct l7_svc *s;

	if (l7_svc_in_group(svc))
		list_for_each_entry(s, &ln->svc_list, list)
			if (s != svc && s->scope == svc->scope)
				return s;
	return NULL;
}

static void scope_leave_locked(struct l7_net *ln, struct l7_svc *svc)
{
	struct l7_svc *next;

	if (find_scope_locked(ln, svc->scope) != svc)
		return;
	next = next_of_group_locked(ln, svc);
	if (next)
		rhashtable_replace_fast(&ln->svc_scopes, &svc->snode,
					&next->snode, scope_params);
	else
		rhashtable_remove_fast(&ln->svc_scopes, &svc->snode, scope_params);
}

/* Listings that go on after this are not whole. */
static void changed_locked(struct l7_net *ln)
{
	ln->svc_gen = ln->svc_gen + 1 ?: 1;
}

/* By scope first: peers' records need it, and it is what may be taken. */
static int insert_locked(struct l7_net *ln, struct l7_svc *svc)
{
	int err;

	err = scope_enter_locked(ln, svc);
	if (err)
		return err;
	if (svc->conf.id.proto == IPPROTO_UDP) {
		l7_port_set(&ln->uports, svc->conf.id.port);
		WRITE_ONCE(ln->udp, true);
	} else {
		l7_port_set(&ln->vports, svc->conf.id.port);
	}
	err = rhashtable_insert_fast(&ln->svcs, &svc->node, params);
	if (err) {
		scope_leave_locked(ln, svc);
		return err;
	}
	list_add_tail(&svc->list, &ln->svc_list);
	ln->nsvcs++;
	changed_locked(ln);
	atomic64_add(svc->digest, &ln->policies);
	return 0;
}

static const char scope_taken[] =
	"service: its number among peers is another one's; use another port, address or group";

/* Keys of clients that are left to plain IPVS. */
static bool learns_from_answers(const struct l7_svc_conf *c)
{
	return c->nrules && !l7_svc_conf_needs_payload(c);
}

int l7_svc_add(struct l7_net *ln, const struct l7_svc_conf *c,
	       const char **why)
{
	struct l7_svc_stats *shared;
	struct l7_svc *svc;
	int err;

	lockdep_assert_held(&ln->conf_lock);
	*why = l7_svc_conf_check(c);
	if (*why)
		return -EINVAL;
	if (find_locked(ln, &c->id)) {
		*why = "service: has a policy already";
		return -EEXIST;
	}
	err = l7_hook_register(ln);
	if (err) {
		*why = "service: the netfilter hooks could not be registered";
		return err;
	}
	if (learns_from_answers(c) && l7_answered_begin(ln))
		return -ENOMEM;
	shared = stats_alloc();
	if (!shared)
		return -ENOMEM;
	svc = alloc(c, shared);
	if (!svc) {
		stats_put(shared);
		return -ENOMEM;
	}
	err = insert_locked(ln, svc);
	if (err)
		l7_svc_put(svc);
	if (err == -EEXIST)
		*why = scope_taken;
	return err;
}

static bool has_same_rules(const struct l7_svc_conf *a,
			   const struct l7_svc_conf *b)
{
	int i;

	for (i = 0; i < a->nrules && i < b->nrules; i++)
		if (!l7_key_is_same(&a->rules[i], &b->rules[i]))
			return false;
	return a->nrules == b->nrules;
}

static int replace_locked(struct l7_net *ln, struct l7_svc *old,
			  struct l7_svc *new)
{
	bool moves = new->scope != old->scope;
	int err = 0;

	if (moves)
		err = scope_enter_locked(ln, new);
	else if (find_scope_locked(ln, old->scope) == old)
		err = rhashtable_replace_fast(&ln->svc_scopes, &old->snode,
					      &new->snode, scope_params);
	if (err)
		return err;
	/* it is there, and no other of its name can be */
	rhashtable_replace_fast(&ln->svcs, &old->node, &new->node, params);
	list_replace(&old->list, &new->list);
	changed_locked(ln);
	atomic64_add(new->digest - old->digest, &ln->policies);
	if (moves)
		scope_leave_locked(ln, old);
	return 0;
}

int l7_svc_set(struct l7_net *ln, const struct l7_svc_conf *c,
	       const char **why)
{
	struct l7_svc *old, *new;
	int err;

	lockdep_assert_held(&ln->conf_lock);
	*why = l7_svc_conf_check(c);
	if (*why)
		return -EINVAL;
	old = find_locked(ln, &c->id);
	if (!old) {
		*why = "service: has no policy";
		return -ENOENT;
	}
	if (learns_from_answers(c) && l7_answered_begin(ln))
		return -ENOMEM;
	new = alloc(c, old->shared);
	if (!new)
		return -ENOMEM;
	refcount_inc(&new->shared->ref);
	err = replace_locked(ln, old, new);
	if (!err && !has_same_rules(&old->conf, &new->conf))
		l7_rule_stats_zero(new->rule_stats);
	l7_svc_put(err ? new : old);
	if (err == -EEXIST)
		*why = scope_taken;
	return err;
}

static void remove_locked(struct l7_net *ln, struct l7_svc *svc)
{
	svc->dead = true;
	rhashtable_remove_fast(&ln->svcs, &svc->node, params);
	list_del(&svc->list);
	scope_leave_locked(ln, svc);
	ln->nsvcs--;
	changed_locked(ln);
	atomic64_sub(svc->digest, &ln->policies);
	l7_svc_put(svc);
}

int l7_svc_del(struct l7_net *ln, const struct l7_endpoint *id,
	       const char **why)
{
	struct l7_svc *svc = find_locked(ln, id);

	if (!svc) {
		*why = "service: has no policy";
		return -ENOENT;
	}
	*why = NULL;
	remove_locked(ln, svc);
	return 0;
}

void l7_svc_flush(struct l7_net *ln)
{
	struct l7_svc *svc, *next;

	lockdep_assert_held(&ln->conf_lock);
	list_for_each_entry_safe(svc, next, &ln->svc_list, list)
		remove_locked(ln, svc);
}

struct l7_svc *l7_svc_nth(struct l7_net *ln, unsigned int n)
{
	struct l7_svc *svc;

	lockdep_assert_held(&ln->conf_lock);
	list_for_each_entry(svc, &ln->svc_list, list)
		if (!n--)
			return svc;
	return NULL;
}

static void zero(struct l7_svc *svc)
{
	l7_stats_zero(svc->stats);
	l7_rule_stats_zero(svc->rule_stats);
}

int l7_svc_zero(struct l7_net *ln, const struct l7_endpoint *id)
{
	struct l7_svc *svc;

	if (id) {
		svc = find_locked(ln, id);
		if (!svc)
			return -ENOENT;
		zero(svc);
		return 0;
	}
	list_for_each_entry(svc, &ln->svc_list, list)
		zero(svc);
	return 0;
}

int l7_svc_init(struct l7_net *ln)
{
	int err = rhashtable_init(&ln->svcs, &params);

	if (err)
		return err;
	err = rhashtable_init(&ln->svc_scopes, &scope_params);
	if (err)
		rhashtable_destroy(&ln->svcs);
	INIT_LIST_HEAD(&ln->svc_list);
	ln->svc_gen = 1;
	return err;
}

void l7_svc_exit(struct l7_net *ln)
{
	mutex_lock(&ln->conf_lock);
	l7_svc_flush(ln);
	mutex_unlock(&ln->conf_lock);
	rhashtable_destroy(&ln->svc_scopes);
	rhashtable_destroy(&ln->svcs);
	l7_answered_exit(ln);
}
