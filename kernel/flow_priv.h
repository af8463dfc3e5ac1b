/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow tables' insides, shared by flow.c and flow_mirror.c only.
 */
#ifndef L7_FLOW_PRIV_H
#define L7_FLOW_PRIV_H

#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include "flow.h"

#define L7_SRC_SLOTS	4096
#define L7_EARLY_SLOTS	1024
#define L7_GONE_SLOTS	4096

/** struct l7_early - a connection whose first segment is missing
 * @hash: of its tuple
 * @since: jiffies, low 32 bits
 */
struct l7_early {
	u32 hash;
	u32 since;
};

/** struct l7_gone - a connection that was removed a moment ago
 * @hash: of its tuple
 * @gen: generation of its removal
 * @since: jiffies, low 32 bits
 */
struct l7_gone {
	u32 hash;
	u32 gen;
	u32 since;
};

/** struct l7_flows - the flow tables of a namespace
 * @client: by (client, virtual service); owns one reference of each flow
 * @server: by (server, client)
 * @iter: position of the expiry scan in @client
 * @scan: the scan, once a second
 * @count: flows in @client
 * @pending: of these pending
 * @plain: of these plain
 * @bytes: memory of buffered segments
 * @seed: hash seed of @src, @early and @gone
 * @src: pending flows by hash of the source
 * @early: see l7_flow_is_headless(); written without lock, a mix-up costs a
 *	retransmission or a reset of a connection nobody can serve
 * @gone: see l7_flow_is_gone(); written without lock, a mix-up brings back a copy
 *	of a connection that has ended, until its lifetime is over
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
	atomic_t bytes;
	u32 seed;
	atomic_t src[L7_SRC_SLOTS];
	struct l7_early early[L7_EARLY_SLOTS];
	struct l7_gone gone[L7_GONE_SLOTS];
};

/** l7_flow_note_gone() - remember that @t was removed, with generation @gen */
void l7_flow_note_gone(struct l7_net *ln, const struct l7_tuple *t, u32 gen);

/** l7_flow_is_gone() - was @t removed lately, and not before generation @gen?
 * A record that was on its way meanwhile must not bring the connection back.
 */
bool l7_flow_is_gone(struct l7_net *ln, const struct l7_tuple *t, u32 gen);

u32 l7_flow_lifetime(const struct l7_flow *f);
u32 l7_flow_idle(const struct l7_flow *f);

#endif /* L7_FLOW_PRIV_H */
