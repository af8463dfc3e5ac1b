/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow tables' insides, shared by flow.c and flow_mirror.c only.
 */
#ifndef L7_FLOW_PRIV_H
#define L7_FLOW_PRIV_H

#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include "flow.h"
#include "flow_gone.h"

#define L7_SRC_SLOTS	4096
#define L7_EARLY_SLOTS	1024

/** struct l7_early - a connection whose first segment is missing
 * @hash: of its tuple
 * @since: jiffies, low 32 bits
 */
struct l7_early {
	u32 hash;
	u32 since;
};

/** struct l7_flows - the flow tables of a namespace
 * @client: by (client, virtual service); owns one reference of each flow
 * @server: by (server, client)
 * @iter: position of the expiry scan in @client
 * @scan: the scan, once a second
 * @count: flows in @client
 * @pending: of these pending
 * @plain: of these plain, but for UDP
 * @udp: of these of UDP
 * @half: of these not open yet, see l7_flow_is_half()
 * @bytes: memory of buffered segments
 * @seed: hash seed of @src and @early
 * @src: pending flows by hash of the source
 * @src_bytes: memory of their buffered segments
 * @controls: likewise, control connections of FTP
 * @early: see l7_flow_is_headless(); written without lock, a mix-up costs a
 *	retransmission or a reset of a connection nobody can serve
 * @gone: those that have ended, see flow_gone.h; NULL: nobody ever asked for that
 */
struct l7_flows {
	struct l7_net *ln;
	struct rhashtable client;
	struct rhashtable server;
	struct rhashtable_iter iter;
	struct delayed_work scan;
	atomic_t count;
	atomic_t pending;
	atomic_t plain;
	atomic_t udp;
	atomic_t half;
	atomic_t bytes;
	u32 seed;
	atomic_t src[L7_SRC_SLOTS];
	atomic_t src_bytes[L7_SRC_SLOTS];
	atomic_t controls[L7_SRC_SLOTS];
	struct l7_early early[L7_EARLY_SLOTS];
	struct l7_gone *gone;
};

u32 l7_flow_lifetime(const struct l7_flow *f);
u32 l7_flow_idle(const struct l7_flow *f);

#endif /* L7_FLOW_PRIV_H */
