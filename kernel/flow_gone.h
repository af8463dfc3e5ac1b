/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that have ended: a record that was on its way meanwhile, or that comes
 * from a director which was cut off then, must not bring them back.
 */
#ifndef L7_FLOW_GONE_H
#define L7_FLOW_GONE_H

#include "net.h"

struct l7_gone;
struct l7_tuple;

/** l7_gone_begin() - remember from now on
 * Idempotent. Context: process, under the configuration's lock.
 * Return: 0, or -ENOMEM.
 */
int l7_gone_begin(struct l7_net *ln);

/** l7_gone_free() - forget all. Context: process, nobody else looks. */
void l7_gone_free(struct l7_net *ln);

/** l7_gone_note() - remember that @t was removed, with generation @gen
 * Context: any. Does nothing before l7_gone_begin().
 */
void l7_gone_note(struct l7_net *ln, const struct l7_tuple *t, u32 gen);

/** l7_gone_find() - was @t removed lately?
 * @gen: set to the generation of its removal, if so
 * Context: any.
 */
bool l7_gone_find(struct l7_net *ln, const struct l7_tuple *t, u32 *gen);

#endif /* L7_FLOW_GONE_H */
