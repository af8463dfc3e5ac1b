/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dictionary of real servers: identity (af, addr, port, proto) <-> a small
 * index by which bindings and flows name it. An index, once given, keeps its
 * meaning until the namespace ends; at most L7_SERVER_MAX. Lookups are
 * lockless, additions take a spinlock (softirq safe).
 */
#ifndef L7_SERVER_H
#define L7_SERVER_H

#include "pure/record.h"

struct l7_net;

#define L7_SERVER_MAX	4096
#define L7_SERVER_NONE	0	/* index 0 is never given out */

int l7_server_init(struct l7_net *ln);
void l7_server_exit(struct l7_net *ln);

/** l7_server_index() - index of an identity, making one when new
 * Context: any, takes a BH-safe spinlock when new. Returns 1..L7_SERVER_MAX-1
 * or L7_SERVER_NONE when full or out of memory.
 */
u16 l7_server_index(struct l7_net *ln, const struct l7_endpoint *id);

/** l7_server_get_rcu() - identity of an index, NULL if none. Valid for the
 * life of the namespace. */
const struct l7_endpoint *l7_server_get(struct l7_net *ln, u16 index);

#endif /* L7_SERVER_H */
