/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections of plain IPVS whose SYN a server has answered, until it says more: it
 * does so to who acknowledged its SYN-ACK, whose address is not a forged one. A mark of
 * 16 bits for each in a table of fixed size, without locks: of too many the oldest are
 * forgotten. One that is taken for another costs a look at IPVS' table.
 */
#ifndef L7_ANSWERED_H
#define L7_ANSWERED_H

#include "flow.h"
#include "net.h"

#define L7_ANSWERED_BUCKETS	16384

/** struct l7_answered - the table of a namespace
 * @ports: of servers that answered
 * @seed: of the hash
 * @marks: four in a bucket, the youngest lowest; 0 = free
 */
struct l7_answered {
	struct l7_ports ports;
	u32 seed;
	atomic64_t marks[L7_ANSWERED_BUCKETS];
};

/** l7_answered_begin() - have a table, from the first policy on that needs one
 * Context: process, ln->conf_lock. Return: 0, -ENOMEM.
 */
int l7_answered_begin(struct l7_net *ln);
void l7_answered_exit(struct l7_net *ln);

/** l7_answered_port() - may a server of this port have answered? */
static inline bool l7_answered_port(const struct l7_net *ln, __be16 port)
{
	const struct l7_answered *a = READ_ONCE(ln->answered);

	return unlikely(a) && l7_port_test(&a->ports, port);
}

/* Of a connection, server -> client. Softirq. */
void l7_answered_note(struct l7_net *ln, const struct l7_tuple *t);
bool l7_answered_is(const struct l7_net *ln, const struct l7_tuple *t);
void l7_answered_drop(struct l7_net *ln, const struct l7_tuple *t);

#endif /* L7_ANSWERED_H */
