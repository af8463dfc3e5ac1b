/* SPDX-License-Identifier: GPL-2.0 */
/* A request explained, for people and as JSON, on standard output. */
#ifndef IPVSL7ADM_EXPLAIN_SHOW_H
#define IPVSL7ADM_EXPLAIN_SHOW_H

#include "command.h"
#include "explain.h"

void explain_text(const struct explain *x, const struct command *c);
void explain_json(const struct explain *x);

#endif /* IPVSL7ADM_EXPLAIN_SHOW_H */
