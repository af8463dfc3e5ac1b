/* SPDX-License-Identifier: GPL-2.0 */
/* Tells what happens to mirroring while it happens, a line each. */
#ifndef IPVSL7ADM_MONITOR_H
#define IPVSL7ADM_MONITOR_H

#include "command.h"

/** monitor() - until it is killed, or nobody reads: 0; -1 with a sentence */
int monitor(const struct command *c, struct error *e);

#endif /* IPVSL7ADM_MONITOR_H */
