// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink requests that ask for peers, how mirroring runs, and limits,
 * and what listeners are told of the first two. Owns no state; all that is asked
 * for is read under ln->conf_lock.
 */
#include <linux/slab.h>
#include "netlink_answer.h"
#include "gen/netlink_gen.h"
#include "flow.h"
#include "sync.h"
#include "pure/push.h"

/* --- Mirroring --- */

static bool put_u64(struct sk_buff *skb, int type, u64 v)
{
	return !nla_put_u64_64bit(skb, type, v, IPVS_L7_A_PEER_PAD);
}

static_assert((int)L7_POLICY_DIFFERS == (int)IPVS_L7_POLICY_DIFF_KIND_DIFFERS);
static_assert((int)L7_POLICY_ONLY_HERE == (int)IPVS_L7_POLICY_DIFF_KIND_ONLY_HERE);
static_assert((int)L7_POLICY_ONLY_THERE == (int)IPVS_L7_POLICY_DIFF_KIND_ONLY_THERE);

static bool put_diff(struct sk_buff *skb, const struct l7_policy_diff_info *d)
{
	struct nlattr *nest = nla_nest_start(skb, IPVS_L7_A_PEER_POLICY_DIFF);

	if (!nest ||
	    !l7_netlink_put_endpoint(skb, IPVS_L7_A_POLICY_DIFF_SERVICE,
				     &d->svc) ||
	    nla_put_u32(skb, IPVS_L7_A_POLICY_DIFF_WHAT, d->what))
		return false;
	nla_nest_end(skb, nest);
	return true;
}

static bool put_diffs(struct sk_buff *skb, const struct l7_sync_peer_info *p)
{
	u32 i;

	if (!p->config_differs)
		return true;
	if (nla_put_flag(skb, IPVS_L7_A_PEER_CONFIG_DIFFERS) ||
	    nla_put_u32(skb, IPVS_L7_A_PEER_POLICY_DIFFS, p->ndiffs))
		return false;
	for (i = 0; i < min_t(u32, p->ndiffs, L7_POLICY_DIFFS); i++)
		if (!put_diff(skb, &p->diffs[i]))
			return false;
	return true;
}

static bool put_peer_keys(struct sk_buff *skb, const struct l7_sync_peer_info *p)
{
	const u8 *end = memchr(p->keys, 0, sizeof(p->keys));
	int n = end ? end - p->keys : sizeof(p->keys);

	return !n || !nla_put(skb, IPVS_L7_A_PEER_KEYS, n, p->keys);
}

/* Without a test, or an answer, nothing is said. */
static bool put_echo(struct sk_buff *skb, const struct l7_echo_info *e)
{
	return (!e->rtt ||
		(!nla_put_u32(skb, IPVS_L7_A_PEER_ECHO_RTT, e->rtt) &&
		 !nla_put_s32(skb, IPVS_L7_A_PEER_CLOCK_AHEAD, e->ahead))) &&
	       (!e->full_rtt ||
		(!nla_put_u32(skb, IPVS_L7_A_PEER_ECHO_FULL_RTT, e->full_rtt) &&
		 !nla_put_u32(skb, IPVS_L7_A_PEER_ECHO_BYTES, e->bytes)));
}

static_assert((int)L7_PUSH_SAME == (int)IPVS_L7_PUSH_STATUS_SAME);
static_assert((int)L7_PUSH_APPLIED == (int)IPVS_L7_PUSH_STATUS_APPLIED);
static_assert((int)L7_PUSH_REFUSED == (int)IPVS_L7_PUSH_STATUS_REFUSED);
static_assert((int)L7_PUSH_MALFORMED == (int)IPVS_L7_PUSH_REASON_MALFORMED);
static_assert((int)L7_PUSH_UNKNOWN == (int)IPVS_L7_PUSH_REASON_UNKNOWN);
static_assert((int)L7_PUSH_INVALID == (int)IPVS_L7_PUSH_REASON_INVALID);
static_assert((int)L7_PUSH_MEMORY == (int)IPVS_L7_PUSH_REASON_MEMORY);
static_assert((int)L7_PUSH_BUSY == (int)IPVS_L7_PUSH_REASON_BUSY);
static_assert((int)L7_PUSH_SECRETS == (int)IPVS_L7_PUSH_REASON_SECRETS);
static_assert((int)L7_PUSH_PARTLY == (int)IPVS_L7_PUSH_REASON_PARTLY);
static_assert(L7_PUSH_WHY_MAX == IPVS_L7_PUSH_WHY_MAX);

/* What it said of our policies, if it did. */
static bool put_push_answer(struct sk_buff *skb, const struct l7_push_info *i)
{
	if (!i->status)
		return true;
	return !nla_put_u32(skb, IPVS_L7_A_PEER_PUSH_STATUS, i->status) &&
	       (!i->reason ||
		!nla_put_u32(skb, IPVS_L7_A_PEER_PUSH_REASON, i->reason)) &&
	       l7_netlink_put_endpoint(skb, IPVS_L7_A_PEER_PUSH_SERVICE, &i->svc) &&
	       (!i->why[0] ||
		!nla_put_string(skb, IPVS_L7_A_PEER_PUSH_WHY, i->why)) &&
	       !nla_put_u32(skb, IPVS_L7_A_PEER_PUSH_CHANGES, i->changes);
}

static bool put_push(struct sk_buff *skb, const struct l7_push_info *i)
{
	return l7_netlink_put_flag(skb, IPVS_L7_A_PEER_ACCEPTS_POLICIES, i->accepts) &&
	       put_push_answer(skb, i) &&
	       (!i->taken ||
		(!nla_put_u32(skb, IPVS_L7_A_PEER_TAKEN, i->taken) &&
		 !nla_put_u32(skb, IPVS_L7_A_PEER_TAKEN_CHANGES, i->taken_changes)));
}

static bool put_peer_info(struct sk_buff *skb,
			  const struct l7_sync_peer_info *p)
{
	return !nla_put_u8(skb, IPVS_L7_A_PEER_NODE, p->node) &&
	       l7_netlink_put_endpoint(skb, IPVS_L7_A_PEER_ADDR, &p->addr) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_PEER_CONFIRMED, p->confirmed) &&
	       !nla_put_u32(skb, IPVS_L7_A_PEER_LAST_SEEN, p->last_seen_ms) &&
	       put_u64(skb, IPVS_L7_A_PEER_EPOCH, p->epoch) &&
	       put_u64(skb, IPVS_L7_A_PEER_RX_PACKETS, p->rx_packets) &&
	       put_u64(skb, IPVS_L7_A_PEER_RX_RECORDS, p->rx_records) &&
	       put_u64(skb, IPVS_L7_A_PEER_LOST, p->lost) &&
	       put_u64(skb, IPVS_L7_A_PEER_REPLAYED, p->replayed) &&
	       !nla_put_u32(skb, IPVS_L7_A_PEER_BINDINGS, p->bindings) &&
	       !nla_put_u32(skb, IPVS_L7_A_PEER_FLOWS, p->flows) &&
	       put_u64(skb, IPVS_L7_A_PEER_REPAIRED, p->repaired) &&
	       put_u64(skb, IPVS_L7_A_PEER_MISSING, p->missing) &&
	       put_u64(skb, IPVS_L7_A_PEER_UNCONFIRMED, p->unconfirmed) &&
	       !nla_put_u32(skb, IPVS_L7_A_PEER_STATE, p->state) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_PEER_JOINED, p->joined) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_PEER_EQUAL, p->equal) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_PEER_GONE, p->gone) &&
	       !nla_put_s32(skb, IPVS_L7_A_PEER_CLOCK_SKEW, p->skew) &&
	       (!p->rtt || !nla_put_u32(skb, IPVS_L7_A_PEER_RTT, p->rtt)) &&
	       put_peer_keys(skb, p) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_PEER_OTHER_SECRETS, p->other_secrets) &&
	       l7_netlink_put_flag(skb, IPVS_L7_A_PEER_ACCEPTS, p->accepts) &&
	       put_echo(skb, &p->echo) &&
	       put_push(skb, &p->push) &&
	       !nla_put_u32(skb, IPVS_L7_A_PEER_DIFFERS, p->differs) &&
	       put_diffs(skb, p);
}

static int put_peer(struct l7_answer *a, const struct l7_sync_peer_info *p)
{
	void *hdr = l7_answer_begin(a, IPVS_L7_CMD_PEER_GET);

	return hdr ? l7_answer_end(a, hdr, !put_peer_info(a->skb, p)) : -EMSGSIZE;
}

static bool find_peer_locked(struct l7_net *ln, u8 node,
			     struct l7_sync_peer_info *p)
{
	unsigned int i;

	lockdep_assert_held(&ln->conf_lock);
	for (i = 0; l7_sync_peer_next(ln, &i, p); i++)
		if (p->node == node)
			return true;
	return false;
}

int ipvs_l7_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *node = info->attrs[IPVS_L7_A_PEER_NODE];
	struct l7_sync_peer_info p;
	struct l7_answer a;
	int err;

	if (!node)
		return l7_netlink_missing(info->extack, IPVS_L7_A_PEER_NODE,
					  "node: the peer's number is missing");
	err = l7_answer_one(info, &a);
	if (err)
		return err;
	mutex_lock(&a.ln->conf_lock);
	err = find_peer_locked(a.ln, nla_get_u8(node), &p) ?
	      put_peer(&a, &p) : -ENOENT;
	mutex_unlock(&a.ln->conf_lock);
	return l7_answer_finish(info, &a, err, "node: no peer of this number");
}

int ipvs_l7_nl_peer_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct l7_answer a = l7_answer_dump(skb, cb);
	unsigned int place = cb->args[0];
	struct l7_sync_peer_info p;
	int err = 0;

	mutex_lock(&a.ln->conf_lock);
	while (!err && l7_sync_peer_next(a.ln, &place, &p)) {
		err = put_peer(&a, &p);
		if (!err)
			place++;
	}
	cb->args[0] = place;
	mutex_unlock(&a.ln->conf_lock);
	return l7_answer_dumped(&a, err);
}

static bool put_key(struct sk_buff *skb, const struct l7_sync_key_info *k)
{
	struct nlattr *nest = nla_nest_start(skb, IPVS_L7_A_SYNC_INSTALLED);

	if (!nest || nla_put_u8(skb, IPVS_L7_A_INSTALLED_KEY_ID, k->id) ||
	    (k->path[0] &&
	     nla_put_string(skb, IPVS_L7_A_INSTALLED_KEY_PATH, k->path)) ||
	    !l7_netlink_put_flag(skb, IPVS_L7_A_INSTALLED_KEY_SENDS, k->sends))
		return false;
	nla_nest_end(skb, nest);
	return true;
}

static bool put_sync_conf(struct sk_buff *skb, const struct l7_sync_conf *c,
			  u8 state)
{
	unsigned int i;

	if (nla_put_flag(skb, IPVS_L7_A_SYNC_RUNNING) ||
	    nla_put_string(skb, IPVS_L7_A_SYNC_IFNAME, c->ifname) ||
	    !l7_netlink_put_endpoint(skb, IPVS_L7_A_SYNC_GROUP, &c->group) ||
	    nla_put_be16(skb, IPVS_L7_A_SYNC_PORT, c->port) ||
	    nla_put_u8(skb, IPVS_L7_A_SYNC_NODE, c->node) ||
	    nla_put_u8(skb, IPVS_L7_A_SYNC_CLUSTER, c->cluster) ||
	    nla_put_u32(skb, IPVS_L7_A_SYNC_RECEIVE_BUFFER,
			c->receive_buffer) ||
	    nla_put_u32(skb, IPVS_L7_A_SYNC_STATE, state) ||
	    !l7_netlink_put_flag(skb, IPVS_L7_A_SYNC_PLAINTEXT, c->plaintext) ||
	    !l7_netlink_put_flag(skb, IPVS_L7_A_SYNC_ACCEPT_POLICIES,
				 c->accept_policies))
		return false;
	if (c->key_path[0] &&
	    nla_put_string(skb, IPVS_L7_A_SYNC_KEY_PATH, c->key_path))
		return false;
	if ((c->key_id && nla_put_u8(skb, IPVS_L7_A_SYNC_KEY_ID, c->key_id)) ||
	    !l7_netlink_put_flag(skb, IPVS_L7_A_SYNC_OTHER_KEY, c->foreign) ||
	    nla_put_u32(skb, IPVS_L7_A_SYNC_PACKET_BYTES, c->packet_bytes))
		return false;
	for (i = 0; i < c->npeers; i++)
		if (!l7_netlink_put_endpoint(skb, IPVS_L7_A_SYNC_PEER, &c->peers[i]))
			return false;
	for (i = 0; i < c->nkeys; i++)
		if (!put_key(skb, &c->keys[i]))
			return false;
	return true;
}

int ipvs_l7_nl_sync_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_sync_conf *c;
	struct l7_answer a;
	bool running;
	void *hdr;
	u8 state;
	int err;

	err = l7_answer_one(info, &a);
	if (err)
		return err;
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return l7_answer_finish(info, &a, -ENOMEM, "no memory for the answer");
	mutex_lock(&a.ln->conf_lock);
	running = l7_sync_conf_get(a.ln, c);
	state = l7_sync_state(a.ln);
	mutex_unlock(&a.ln->conf_lock);
	hdr = l7_answer_begin(&a, IPVS_L7_CMD_SYNC_GET);
	err = hdr ? l7_answer_end(&a, hdr, running && !put_sync_conf(a.skb, c, state)) :
		    -EMSGSIZE;
	kfree(c);
	return l7_answer_finish(info, &a, err, NULL);
}

/* --- Notifications --- */

/* A message for the listeners; NULL if there are none, or no memory. */
static void *begin_event(struct l7_net *ln, struct l7_answer *a, u8 cmd)
{
	void *hdr;

	*a = (struct l7_answer) { .ln = ln };
	if (!genl_has_listeners(&l7_netlink_family, ln->net, IPVS_L7_NLGRP_SYNC))
		return NULL;
	a->skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!a->skb)
		return NULL;
	hdr = l7_answer_begin(a, cmd);
	if (!hdr)
		nlmsg_free(a->skb);
	return hdr;
}

/* What finds no room at a listener, its socket tells it (ENOBUFS). */
static void end_event(struct l7_answer *a, void *hdr, bool bad)
{
	if (l7_answer_end(a, hdr, bad))
		nlmsg_free(a->skb);
	else
		genlmsg_multicast_netns(&l7_netlink_family, a->ln->net, a->skb,
					0, IPVS_L7_NLGRP_SYNC, GFP_KERNEL);
}

void l7_notify_sync(struct l7_net *ln, const struct l7_sync_conf *c, u8 state)
{
	struct l7_answer a;
	void *hdr = begin_event(ln, &a, IPVS_L7_CMD_SYNC_NTF);

	if (hdr)
		end_event(&a, hdr, c && !put_sync_conf(a.skb, c, state));
}

void l7_notify_peer(struct l7_net *ln, const struct l7_sync_peer_info *p)
{
	struct l7_answer a;
	void *hdr = begin_event(ln, &a, IPVS_L7_CMD_PEER_NTF);

	if (hdr)
		end_event(&a, hdr, !put_peer_info(a.skb, p));
}

/* --- Limits --- */

static bool put_limits(struct l7_answer *a)
{
	const struct l7_limits *l = &a->ln->limits;
	struct sk_buff *skb = a->skb;
	u32 flows, pending;

	l7_flow_count(a->ln, &flows, &pending);
	return !nla_put_u32(skb, IPVS_L7_A_LIMITS_BINDINGS, l->bindings) &&
	       !nla_put_u32(skb, IPVS_L7_A_LIMITS_FLOWS, l->flows) &&
	       !nla_put_u32(skb, IPVS_L7_A_LIMITS_PENDING, l->pending) &&
	       !nla_put_u32(skb, IPVS_L7_A_LIMITS_PENDING_SRC,
			    l->pending_src) &&
	       !nla_put_u32(skb, IPVS_L7_A_LIMITS_PENDING_BYTES,
			    l->pending_bytes) &&
	       !nla_put_u32(skb, IPVS_L7_A_LIMITS_USED_BINDINGS,
			    l7_persist_count(a->ln)) &&
	       !nla_put_u32(skb, IPVS_L7_A_LIMITS_USED_FLOWS, flows) &&
	       !nla_put_u32(skb, IPVS_L7_A_LIMITS_USED_PENDING, pending);
}

int ipvs_l7_nl_limits_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_answer a;
	void *hdr;
	int err;

	err = l7_answer_one(info, &a);
	if (err)
		return err;
	mutex_lock(&a.ln->conf_lock);
	hdr = l7_answer_begin(&a, IPVS_L7_CMD_LIMITS_GET);
	err = hdr ? l7_answer_end(&a, hdr, !put_limits(&a)) : -EMSGSIZE;
	mutex_unlock(&a.ln->conf_lock);
	return l7_answer_finish(info, &a, err, NULL);
}
