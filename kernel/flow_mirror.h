/* SPDX-License-Identifier: GPL-2.0 */
/* Mirroring of flows, as far as the packet path is concerned. */
#ifndef L7_FLOW_MIRROR_H
#define L7_FLOW_MIRROR_H

#include <linux/types.h>

struct l7_net;

/** l7_flow_is_heard() - is there a peer that takes in what becomes of flows? RCU */
bool l7_flow_is_heard(struct l7_net *ln);

#endif /* L7_FLOW_MIRROR_H */
