// SPDX-License-Identifier: GPL-2.0
/*
 * Init ladder of the module and of a namespace, and the wiring between files
 * that must not know each other: mirroring and the owners of mirrored state.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include "bind.h"
#include "flow.h"
#include "hook.h"
#include "learn.h"
#include "net.h"
#include "netlink.h"
#include "persist.h"
#include "reset.h"
#include "secret.h"
#include "server.h"
#include "svc.h"
#include "sync.h"
#include "sync_fork.h"

#define RESET_GRACE_MS	250	/* for what is on its way to be answered */

unsigned int l7_net_id __read_mostly;

const struct l7_owner_ops *l7_owner_of(u8 kind)
{
	switch (kind) {
	case L7_REC_BINDING:
		return &l7_persist_owner;
	case L7_REC_FLOW:
		return &l7_flow_owner;
	}
	return NULL;
}

int l7_net_new_key(struct l7_net *ln, const u8 *master)
{
	int ret = l7_secret_set(ln, master);

	/* hashes under the old key can never be found again */
	if (!ret)
		l7_persist_purge(ln);
	return min(ret, 0);
}

/* A rung may use those before it. Flows and bindings tell sync of every change,
 * their own end included, so sync goes after them.
 */
static const struct {
	int (*init)(struct l7_net *ln);
	void (*exit)(struct l7_net *ln);
} ladder[] = {
	{ l7_secret_init, l7_secret_exit },
	{ l7_server_init, l7_server_exit },
	{ l7_svc_init, l7_svc_exit },
	{ l7_sync_init, l7_sync_exit },
	{ l7_persist_init, l7_persist_exit },
	{ l7_flow_init, l7_flow_exit },
	{ l7_silent_init, l7_silent_exit },
};

static void descend(struct l7_net *ln, int rung)
{
	while (rung--)
		ladder[rung].exit(ln);
	free_percpu(ln->stats);
}

static int __net_init net_init(struct net *net)
{
	struct l7_net *ln = l7_pernet(net);
	int i, err;

	ln->net = net;
	mutex_init(&ln->conf_lock);
	ln->limits = (struct l7_limits) {
		.bindings = L7_LIMIT_BINDINGS_DEF,
		.flows = L7_LIMIT_FLOWS_DEF,
		.pending = L7_LIMIT_PENDING_DEF,
		.pending_src = L7_LIMIT_PENDING_SRC_DEF,
		.pending_bytes = L7_LIMIT_PENDING_BYTES_DEF,
	};
	ln->stats = l7_stats_alloc();
	if (!ln->stats)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(ladder); i++) {
		err = ladder[i].init(ln);
		if (err) {
			descend(ln, i);
			return err;
		}
	}
	return 0;
}

/* No packet and no peer reaches us after this; IPVS is still there. Mirroring
 * stops before the flows end: peers may carry them on. Without peers nobody
 * will.
 */
static void __net_exit net_pre_exit(struct net *net)
{
	struct l7_net *ln = l7_pernet(net);

	if (!l7_sync_node(ln))
		l7_reset_flows(ln, NULL);
	mutex_lock(&ln->conf_lock);
	l7_sync_stop(ln);
	l7_hook_unregister(ln);
	mutex_unlock(&ln->conf_lock);
	l7_bind_exit(ln);
}

static void __net_exit net_exit(struct net *net)
{
	descend(l7_pernet(net), ARRAY_SIZE(ladder));
}

/* A subsystem, like IPVS, and registered after it: leaves before it does. */
static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &l7_net_id,
	.size = sizeof(struct l7_net),
};

static int __init l7_init(void)
{
	int err = l7_flow_module_init();

	if (err)
		return err;
	err = l7_persist_module_init();
	if (err)
		goto flow;
	err = l7_learn_module_init();
	if (err)
		goto persist;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto learn;
	err = l7_fork_module_init();
	if (err)
		goto pernet;
	err = l7_netlink_init();
	if (err)
		goto fork;
	return 0;
fork:
	l7_fork_module_exit();
pernet:
	unregister_pernet_subsys(&net_ops);
learn:
	l7_learn_module_exit();
persist:
	l7_persist_module_exit();
flow:
	l7_flow_module_exit();
	return err;
}

/* Nobody could translate what is spliced any more. */
static void reset_all(void)
{
	unsigned int n = 0;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		n += l7_reset_flows(l7_pernet(net), NULL);
	up_read(&net_rwsem);
	if (n)
		msleep(RESET_GRACE_MS);
}

static void __exit l7_exit(void)
{
	l7_netlink_exit();
	l7_fork_module_exit();
	reset_all();
	unregister_pernet_subsys(&net_ops);
	/* callbacks may queue others: a flow's frees its policy */
	rcu_barrier();
	rcu_barrier();
	l7_learn_module_exit();
	l7_persist_module_exit();
	l7_flow_module_exit();
}

module_init(l7_init);
module_exit(l7_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(L7_VERSION);
MODULE_DESCRIPTION("Layer-7 persistence and stateful failover for IPVS");
