/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listing of flows (flow_mirror.c). Process context.
 */
#ifndef L7_FLOW_LIST_H
#define L7_FLOW_LIST_H

#include "flow.h"

/** struct l7_flow_info - one row of a listing
 * @port: of the service; a data connection of FTP has another in @vip
 * @plain: enum l7_plain
 */
struct l7_flow_info {
	struct l7_endpoint client, vip, server;
	__be16 port;
	u8 state;
	u8 origin;
	u32 seq_delta, ts_delta;
	u8 wscale_us, wscale_srv;
	u8 plain;
	u32 expires;		/* seconds */
	u32 buffered;		/* bytes held, pending flows */
};

/** l7_flow_dump() - list flows from @at on, as l7_persist_dump() does */
int l7_flow_dump(struct l7_net *ln, struct l7_walk *at,
		 int (*fn)(const struct l7_flow_info *info, void *arg),
		 void *arg);

#endif /* L7_FLOW_LIST_H */
