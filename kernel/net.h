/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one network namespace owns: one pointer or table per subsystem. Which
 * lock protects what is told in Documentation/locking.md.
 */
#ifndef L7_NET_H
#define L7_NET_H

#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "ports.h"
#include "stats.h"

struct nf_hook_ops;
struct l7_secret;
struct l7_servers;
struct l7_persist;
struct l7_flows;
struct l7_silent;
struct l7_sync;

/** struct l7_moved - when addresses or routes of a family changed
 * @gen: see l7_l3_addr_gen()
 * @since: jiffies when it was seen first
 */
struct l7_moved {
	u32 gen;
	u32 since;
};

/** struct l7_limits - bounds an operator may set; read without lock
 * @bindings: live bindings
 * @flows: spliced flows
 * @pending: pending flows
 * @pending_src: pending flows of one client address (IPv6: /64)
 * @pending_bytes: bytes of memory in buffered segments (truesize)
 */
struct l7_limits {
	u32 bindings;
	u32 flows;
	u32 pending;
	u32 pending_src;
	u32 pending_bytes;
};

#define L7_LIMIT_BINDINGS_DEF		1048576
#define L7_LIMIT_FLOWS_DEF		1048576
#define L7_LIMIT_PENDING_DEF		16384
#define L7_LIMIT_PENDING_SRC_DEF	4096
#define L7_LIMIT_PENDING_BYTES_DEF	(64 << 20)

/** struct l7_net - per namespace state
 * @net: the namespace
 * @conf_lock: configuration changes and dumps of configuration
 * @limits: see there
 * @stats: counters of the namespace
 * @svcs: policies by endpoint (svc.c)
 * @svc_scopes: the same policies by scope
 * @svc_list: the same, in the order they were made; under @conf_lock
 * @nsvcs: their number
 * @svc_gen: how often one came, went or was replaced, never 0; under @conf_lock
 * @policies: sum of their digests; read anywhere
 * @hooks: netfilter hooks that are registered (hook.c), under @conf_lock
 * @vports: ports of virtual services that have or had a policy (l7_port_set());
 *	flows may outlive it
 * @rports: ports of real servers that flows went to
 * @stalled: flows that had to repeat their SYN to the server, until their end as
 *	pending ones
 * @standby: flows that are another director's
 * @announced: data connections of FTP that are announced and not open yet
 * @moved: of IPv4 and IPv6; ftp.c, without lock
 * @udp: there is, or was, a policy of UDP
 * @uports: the same as @vports, of UDP
 * @secret: secret.c
 * @servers: server.c
 * @answered: answered.c; NULL until a policy needs it
 * @persist: persist.c
 * @flows: flow.c
 * @silent: bind_silent.c
 * @sync: sync.c
 */
struct l7_net {
	struct net *net;
	struct mutex conf_lock;
	struct l7_limits limits;
	struct l7_stats __percpu *stats;
	struct rhashtable svcs;
	struct rhashtable svc_scopes;
	struct list_head svc_list;
	u32 nsvcs;
	u32 svc_gen;
	atomic64_t policies;
	struct nf_hook_ops *hooks;
	struct l7_ports vports;
	struct l7_ports uports;
	struct l7_ports rports;
	atomic_t stalled;
	atomic_t standby;
	atomic_t announced;
	struct l7_moved moved[2];
	bool udp;
	struct l7_secret __rcu *secret;
	struct l7_servers *servers;
	struct l7_answered *answered;
	struct l7_persist *persist;
	struct l7_flows *flows;
	struct l7_silent *silent;
	struct l7_sync *sync;
};

extern unsigned int l7_net_id;

static inline struct l7_net *l7_pernet(const struct net *net)
{
	return net_generic(net, l7_net_id);
}

/** l7_owner_of() - who owns entries of a kind (main.c connects them) */
struct l7_owner_ops;
const struct l7_owner_ops *l7_owner_of(u8 kind);

/** l7_net_new_key() - mirroring is about to start with a cluster key: derive
 * all secrets from it, and drop the bindings if their hashes changed
 * @master: 32 bytes
 * Return: 0 or -ENOMEM. Process context, conf_lock held.
 */
int l7_net_new_key(struct l7_net *ln, const u8 *master);

#endif /* L7_NET_H */
