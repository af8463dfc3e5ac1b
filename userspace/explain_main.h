/* SPDX-License-Identifier: GPL-2.0 */
/* --explain: reads what was captured, asks the kernel where that is wanted. */
#ifndef IPVSL7ADM_EXPLAIN_MAIN_H
#define IPVSL7ADM_EXPLAIN_MAIN_H

#include "command.h"

/** explain_request() - carry out the command; connected, if it names a service */
int explain_request(const struct command *c, struct error *e);

#endif /* IPVSL7ADM_EXPLAIN_MAIN_H */
