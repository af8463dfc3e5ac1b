// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink requests that start, stop and direct mirroring. Owns no state;
 * changes are made under ln->conf_lock.
 */
#include <linux/if.h>
#include <linux/slab.h>
#include "netlink.h"
#include "gen/netlink_gen.h"
#include "sync.h"

static_assert(L7_SYNC_KEY_LEN == IPVS_L7_SYNC_KEY_LEN);
static_assert(L7_SYNC_PEERS_MAX == IPVS_L7_SYNC_PEERS_MAX);
static_assert(L7_SYNC_KEYS_MAX == IPVS_L7_SYNC_KEYS_MAX);
static_assert(L7_SYNC_PATH_MAX == IPVS_L7_KEY_PATH_MAX + 1);

static int read_peers(struct genl_info *info, struct l7_sync_conf *c)
{
	const struct nlattr *nla;
	int rem, err;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) != IPVS_L7_A_SYNC_PEER)
			continue;
		if (c->npeers == L7_SYNC_PEERS_MAX)
			return l7_netlink_refuse(info->extack, -E2BIG, nla,
						 "peer: more than 16 peers");
		err = l7_netlink_endpoint(nla, false, &c->peers[c->npeers],
					  info->extack);
		if (err)
			return err;
		c->npeers++;
	}
	return 0;
}

static int read_sync_path(struct genl_info *info, struct l7_sync_conf *c)
{
	struct nlattr **a = info->attrs;

	if (!a[IPVS_L7_A_SYNC_IFNAME])
		return l7_netlink_missing(info->extack, IPVS_L7_A_SYNC_IFNAME,
					  "ifname: the interface is missing");
	if (!a[IPVS_L7_A_SYNC_GROUP] && !a[IPVS_L7_A_SYNC_PEER])
		return l7_netlink_missing(info->extack, IPVS_L7_A_SYNC_GROUP,
					  "group: either this or peers are wanted");
	if (a[IPVS_L7_A_SYNC_GROUP] && a[IPVS_L7_A_SYNC_PEER])
		return l7_netlink_refuse(info->extack, -EINVAL,
					 a[IPVS_L7_A_SYNC_GROUP],
					 "group: goes without peers");
	nla_strscpy(c->ifname, a[IPVS_L7_A_SYNC_IFNAME], sizeof(c->ifname));
	if (a[IPVS_L7_A_SYNC_PORT])
		c->port = nla_get_be16(a[IPVS_L7_A_SYNC_PORT]);
	if (!c->port)
		return l7_netlink_refuse(info->extack, -EINVAL,
					 a[IPVS_L7_A_SYNC_PORT],
					 "port: 0 is none");
	if (a[IPVS_L7_A_SYNC_GROUP])
		return l7_netlink_endpoint(a[IPVS_L7_A_SYNC_GROUP], false,
					   &c->group, info->extack);
	return read_peers(info, c);
}

static int read_packet_key(struct genl_info *info, struct l7_sync_conf *c)
{
	const struct nlattr *key = info->attrs[IPVS_L7_A_SYNC_PACKET_KEY];
	const struct nlattr *path = info->attrs[IPVS_L7_A_SYNC_PACKET_KEY_PATH];

	if (!key)
		return 0;
	nla_memcpy(c->packet_key, key, sizeof(c->packet_key));
	if (path)
		nla_strscpy(c->packet_key_path, path, sizeof(c->packet_key_path));
	if (!memchr_inv(c->packet_key, 0, sizeof(c->packet_key)))
		return l7_netlink_refuse(info->extack, -EINVAL, key,
					 "packet-key: must not be zero");
	return 0;
}

static int read_sync_key(struct genl_info *info, struct l7_sync_conf *c)
{
	const struct nlattr *key = info->attrs[IPVS_L7_A_SYNC_KEY];
	const struct nlattr *path = info->attrs[IPVS_L7_A_SYNC_KEY_PATH];

	c->plaintext = nla_get_flag(info->attrs[IPVS_L7_A_SYNC_PLAINTEXT]);
	if (!key && !c->plaintext)
		return l7_netlink_missing(info->extack, IPVS_L7_A_SYNC_KEY,
					  "key: missing, and plaintext not asked for");
	/* with plaintext too: the secrets that directors share come from it */
	if (key)
		nla_memcpy(c->key, key, sizeof(c->key));
	if (path)
		nla_strscpy(c->key_path, path, sizeof(c->key_path));
	return read_packet_key(info, c);
}

static int read_sync_conf(struct genl_info *info, struct l7_sync_conf *c)
{
	const struct nlattr *cluster = info->attrs[IPVS_L7_A_SYNC_CLUSTER];
	const struct nlattr *node = info->attrs[IPVS_L7_A_SYNC_NODE];
	const struct nlattr *room = info->attrs[IPVS_L7_A_SYNC_RECEIVE_BUFFER];
	int err;

	if (!node)
		return l7_netlink_missing(info->extack, IPVS_L7_A_SYNC_NODE,
					  "node: this director's number is missing");
	c->node = nla_get_u8(node);
	c->cluster = cluster ? nla_get_u8(cluster) : 0;
	c->receive_buffer = room ? nla_get_u32(room) : IPVS_L7_RECEIVE_BUFFER_DEF;
	c->accept_policies = nla_get_flag(info->attrs[IPVS_L7_A_SYNC_ACCEPT_POLICIES]);
	if (c->receive_buffer > IPVS_L7_RECEIVE_BUFFER_MAX)
		return l7_netlink_refuse(info->extack, -ERANGE, room,
					 "receive-buffer: 32 MiB at most");
	err = read_sync_path(info, c);
	return err ?: read_sync_key(info, c);
}

/* No copy of a key stays behind in the request. Each request has attributes up to those
 * that it may have.
 */
static void wipe_key(struct genl_info *info, int type)
{
	struct nlattr *key = info->attrs[type];

	if (key)
		memzero_explicit(nla_data(key), nla_len(key));
}

int ipvs_l7_nl_sync_start_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	const char *why = NULL;
	struct l7_sync_conf *c;
	int err;

	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return l7_netlink_refuse(info->extack, -ENOMEM, NULL,
					 "sync: no memory");
	c->port = htons(L7_SYNC_PORT_DEF);
	err = read_sync_conf(info, c);
	if (!err) {
		mutex_lock(&ln->conf_lock);
		err = l7_sync_start(ln, c, &why);
		mutex_unlock(&ln->conf_lock);
		if (err)
			l7_netlink_refuse(info->extack, err, NULL, why);
	}
	kfree_sensitive(c);
	wipe_key(info, IPVS_L7_A_SYNC_KEY);
	wipe_key(info, IPVS_L7_A_SYNC_PACKET_KEY);
	return err;
}

static const char *key_path(const struct genl_info *info)
{
	const struct nlattr *path = info->attrs[IPVS_L7_A_SYNC_KEY_PATH];

	return path ? nla_data(path) : "";
}

int ipvs_l7_nl_sync_key_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *key = info->attrs[IPVS_L7_A_SYNC_KEY];
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	const char *why = NULL;
	int err;

	if (!key)
		return l7_netlink_missing(info->extack, IPVS_L7_A_SYNC_KEY,
					  "key: missing");
	mutex_lock(&ln->conf_lock);
	err = l7_sync_key_add(ln, nla_data(key), key_path(info), &why);
	mutex_unlock(&ln->conf_lock);
	wipe_key(info, IPVS_L7_A_SYNC_KEY);
	return err ? l7_netlink_refuse(info->extack, err, NULL, why) : 0;
}

int ipvs_l7_nl_sync_key_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *id = info->attrs[IPVS_L7_A_SYNC_KEY_ID];
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	const char *why = NULL;
	int err;

	if (!id)
		return l7_netlink_missing(info->extack, IPVS_L7_A_SYNC_KEY_ID,
					  "key: its id is missing");
	mutex_lock(&ln->conf_lock);
	err = l7_sync_key_del(ln, nla_get_u8(id),
			      info->attrs[IPVS_L7_A_SYNC_FORCE], &why);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err, NULL, why) : 0;
}

/* What can only fail because mirroring is off. */
static int direct(struct genl_info *info, int (*fn)(struct l7_net *ln))
{
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	int err;

	mutex_lock(&ln->conf_lock);
	err = fn(ln);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err, NULL,
				       "sync: not running") : 0;
}

int ipvs_l7_nl_sync_stop_doit(struct sk_buff *skb, struct genl_info *info)
{
	return direct(info, l7_sync_stop);
}

int ipvs_l7_nl_sync_resync_doit(struct sk_buff *skb, struct genl_info *info)
{
	return direct(info, l7_sync_resync);
}

int ipvs_l7_nl_sync_forget_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *node = info->attrs[IPVS_L7_A_SYNC_NODE];
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	const char *why = NULL;
	int err;

	if (!node)
		return l7_netlink_missing(info->extack, IPVS_L7_A_SYNC_NODE,
					  "node: missing");
	mutex_lock(&ln->conf_lock);
	err = l7_sync_forget(ln, nla_get_u8(node), &why);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err, node, why) : 0;
}

int ipvs_l7_nl_sync_selftest_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	int err;

	mutex_lock(&ln->conf_lock);
	err = l7_sync_selftest(ln, info->attrs[IPVS_L7_A_SYNC_AGAIN]);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err, NULL,
				       "sync: not running") : 0;
}

int ipvs_l7_nl_sync_push_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	const char *why = NULL;
	int err;

	mutex_lock(&ln->conf_lock);
	err = info->attrs[IPVS_L7_A_SYNC_OFF] ?
	      l7_sync_push_end(ln, info->snd_portid, &why) :
	      l7_sync_push(ln, info->snd_portid, info->attrs[IPVS_L7_A_SYNC_AGAIN], &why);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err, NULL, why) : 0;
}

int ipvs_l7_nl_sync_drain_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l7_net *ln = l7_pernet(genl_info_net(info));
	const char *why = NULL;
	int err;

	mutex_lock(&ln->conf_lock);
	err = l7_sync_drain(ln, !info->attrs[IPVS_L7_A_SYNC_OFF], &why);
	mutex_unlock(&ln->conf_lock);
	return err ? l7_netlink_refuse(info->extack, err, NULL, why) : 0;
}
