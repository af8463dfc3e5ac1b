/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ports are ours: a filter, so that packets of others cost next to nothing.
 */
#ifndef L7_PORTS_H
#define L7_PORTS_H

#include <linux/bitops.h>

#define L7_PORTS	1024

/** struct l7_ports - a bit for all ports that are alike in their low bits
 * Set before the first packet can come, and never cleared.
 */
struct l7_ports {
	DECLARE_BITMAP(bits, L7_PORTS);
};

/** l7_port_set() - @port, network order, is one of ours. Any context. */
static inline void l7_port_set(struct l7_ports *ports, __be16 port)
{
	unsigned int bit = ntohs(port) % L7_PORTS;

	if (!test_bit(bit, ports->bits))
		set_bit(bit, ports->bits);
}

/** l7_port_test() - may @port be one of ours? */
static inline bool l7_port_test(const struct l7_ports *ports, __be16 port)
{
	return test_bit(ntohs(port) % L7_PORTS, ports->bits);
}

#endif /* L7_PORTS_H */
