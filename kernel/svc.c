// SPDX-License-Identifier: GPL-2.0
/*
 * Policies by virtual service. Readers use RCU; changes are made under
 * ln->conf_lock. A policy is never edited: a change replaces the object, and
 * flows keep the one they began with.
 */
#include <linux/slab.h>
#include "hook.h"
#include "net.h"
#include "svc.h"

/* The same on every director, so not keyed by a secret: it names a service
 * that peers know anyway.
 */
static const siphash_key_t scope_key = { { 0x6c372d73636f7065, 0x697076732d6c37 } };

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct l7_svc, node),
	.key_offset = offsetof(struct l7_svc, conf.id),
	.key_len = sizeof(struct l7_endpoint),
	.automatic_shrinking = true,
};

/* Servers that speak first: a client that waits for them would wait for ever. */
static const u16 server_first[] = {
	21, 22, 23, 25, 110, 119, 143, 194, 220, 587, 3306, 6667,
};

u32 l7_svc_scope(const struct l7_endpoint *id)
{
	return (u32)siphash(id, sizeof(*id), &scope_key);
}

struct l7_svc *l7_svc_find_rcu(struct l7_net *ln, const struct l7_endpoint *id)
{
	return rhashtable_lookup(&ln->svcs, id, params);
}

static struct l7_svc *find_locked(struct l7_net *ln,
				  const struct l7_endpoint *id)
{
	lockdep_assert_held(&ln->conf_lock);
	return rhashtable_lookup_fast(&ln->svcs, id, params);
}

/* Few policies and rare use: no table of its own. */
struct l7_svc *l7_svc_find_scope_rcu(struct l7_net *ln, u32 scope)
{
	struct rhashtable_iter iter;
	struct l7_svc *svc, *found = NULL;

	rhashtable_walk_enter(&ln->svcs, &iter);
	rhashtable_walk_start(&iter);
	while (!found && (svc = rhashtable_walk_next(&iter)))
		if (!IS_ERR(svc) && svc->scope == scope)
			found = svc;
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return found;
}

bool l7_svc_hold(struct l7_svc *svc)
{
	return refcount_inc_not_zero(&svc->ref);
}

static void free_rcu_cb(struct rcu_head *head)
{
	struct l7_svc *svc = container_of(head, struct l7_svc, rcu);

	free_percpu(svc->stats);
	kfree(svc);
}

void l7_svc_put(struct l7_svc *svc)
{
	if (refcount_dec_and_test(&svc->ref))
		call_rcu(&svc->rcu, free_rcu_cb);
}

static bool is_between(u32 v, u32 lo, u32 hi)
{
	return v >= lo && v <= hi;
}

static const char *check_rule(const struct l7_rule *r, u8 af)
{
	switch (r->type) {
	case L7_KEY_SRC:
		if (!is_between(r->prefix, 1, af == AF_INET ? 32 : 128))
			return "key src: prefix length out of range";
		return NULL;
	case L7_KEY_COOKIE:
		if (!is_between(r->cookie.name_len, 1, L7_COOKIE_NAME_MAX))
			return "key cookie: name must have 1 to 64 bytes";
		return NULL;
	}
	return "key: unknown type";
}

static bool has_payload_rule(const struct l7_svc_conf *c)
{
	int i;

	for (i = 0; i < c->nrules; i++)
		if (c->rules[i].type != L7_KEY_SRC)
			return true;
	return false;
}

static const char *check_rules(const struct l7_svc_conf *c)
{
	const char *why;
	int i;

	if (!is_between(c->nrules, 1, L7_RULES_MAX))
		return "keys: 1 to 8 must be given";
	for (i = 0; i < c->nrules; i++) {
		why = check_rule(&c->rules[i], c->id.af);
		if (why)
			return why;
	}
	if (!has_payload_rule(c))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(server_first); i++)
		if (ntohs(c->id.port) == server_first[i])
			return "key: on this port the server speaks first, only src can be used";
	return NULL;
}

static const char *check(const struct l7_svc_conf *c)
{
	if (c->id.af != AF_INET && c->id.af != AF_INET6)
		return "service: unknown address family";
	if (c->id.proto != IPPROTO_TCP)
		return "service: protocol must be TCP";
	if (!c->id.port)
		return "service: port must not be 0";
	if (!is_between(c->timeout, 1, 31536000))
		return "timeout: must be 1 to 31536000 s";
	if (!is_between(c->inspect_ms, 100, 60000))
		return "inspect-timeout: must be 100 to 60000 ms";
	if (!is_between(c->silent_s, 1, 3600))
		return "silent-timeout: must be 1 to 3600 s";
	if (!is_between(c->connect_ms, 50, 30000))
		return "connect-timeout: must be 50 to 30000 ms";
	if (!is_between(c->tries, 1, 8))
		return "tries: must be 1 to 8";
	if (!is_between(c->max_request, 512, 65536))
		return "max-request: must be 512 to 65536 bytes";
	if (!is_between(c->flow_timeout, 1, 31536000))
		return "flow-timeout: must be 1 to 31536000 s";
	return check_rules(c);
}

static struct l7_svc *alloc(const struct l7_svc_conf *c)
{
	struct l7_svc *svc = kzalloc(sizeof(*svc), GFP_KERNEL_ACCOUNT);

	if (!svc)
		return NULL;
	svc->stats = l7_stats_alloc();
	if (!svc->stats) {
		kfree(svc);
		return NULL;
	}
	svc->conf = *c;
	svc->scope = l7_svc_scope(&c->id);
	svc->splice = has_payload_rule(c);
	refcount_set(&svc->ref, 1);
	return svc;
}

int l7_svc_add(struct l7_net *ln, const struct l7_svc_conf *c, const char **why)
{
	struct l7_svc *svc;
	int err;

	lockdep_assert_held(&ln->conf_lock);
	*why = check(c);
	if (*why)
		return -EINVAL;
	if (find_locked(ln, &c->id)) {
		*why = "service: has a policy already";
		return -EEXIST;
	}
	err = l7_hook_register(ln);
	if (err) {
		*why = "netfilter hooks could not be registered";
		return err;
	}
	svc = alloc(c);
	if (!svc)
		return -ENOMEM;
	err = rhashtable_insert_fast(&ln->svcs, &svc->node, params);
	if (err) {
		l7_svc_put(svc);
		return err;
	}
	ln->nsvcs++;
	return 0;
}

static void copy_stats(struct l7_svc *to, const struct l7_svc *from)
{
	u64 v[L7_C_MAX];

	l7_stats_sum(from->stats, v);
	memcpy(per_cpu_ptr(to->stats, cpumask_first(cpu_possible_mask))->v, v,
	       sizeof(v));
}

int l7_svc_set(struct l7_net *ln, const struct l7_svc_conf *c, const char **why)
{
	struct l7_svc *old, *new;
	int err;

	lockdep_assert_held(&ln->conf_lock);
	*why = check(c);
	if (*why)
		return -EINVAL;
	old = find_locked(ln, &c->id);
	if (!old) {
		*why = "service: has no policy";
		return -ENOENT;
	}
	new = alloc(c);
	if (!new)
		return -ENOMEM;
	copy_stats(new, old);
	err = rhashtable_replace_fast(&ln->svcs, &old->node, &new->node, params);
	if (err) {
		l7_svc_put(new);
		return err;
	}
	l7_svc_put(old);
	return 0;
}

static void remove(struct l7_net *ln, struct l7_svc *svc)
{
	/* before the lookup can miss: see client_tcp() in hook.c */
	WRITE_ONCE(ln->svc_removed, true);
	svc->dead = true;
	rhashtable_remove_fast(&ln->svcs, &svc->node, params);
	ln->nsvcs--;
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
	remove(ln, svc);
	return 0;
}

struct l7_svc *l7_svc_nth(struct l7_net *ln, unsigned int n)
{
	struct rhashtable_iter iter;
	struct l7_svc *svc, *found = NULL;

	lockdep_assert_held(&ln->conf_lock);
	rhashtable_walk_enter(&ln->svcs, &iter);
	rhashtable_walk_start(&iter);
	while (!found && (svc = rhashtable_walk_next(&iter)))
		if (!IS_ERR(svc) && !n--)
			found = svc;
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return found;
}

void l7_svc_flush(struct l7_net *ln)
{
	struct l7_svc *svc;

	while ((svc = l7_svc_nth(ln, 0)))
		remove(ln, svc);
}

int l7_svc_zero(struct l7_net *ln, const struct l7_endpoint *id)
{
	struct l7_svc *svc;
	unsigned int n;

	if (id) {
		svc = find_locked(ln, id);
		if (!svc)
			return -ENOENT;
		l7_stats_zero(svc->stats);
		return 0;
	}
	for (n = 0; (svc = l7_svc_nth(ln, n)); n++)
		l7_stats_zero(svc->stats);
	return 0;
}

int l7_svc_init(struct l7_net *ln)
{
	return rhashtable_init(&ln->svcs, &params);
}

void l7_svc_exit(struct l7_net *ln)
{
	mutex_lock(&ln->conf_lock);
	l7_svc_flush(ln);
	mutex_unlock(&ln->conf_lock);
	rhashtable_destroy(&ln->svcs);
}
