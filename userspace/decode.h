/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes of answers to the structures of model.h; what is missing is 0. */
#ifndef IPVSL7ADM_DECODE_H
#define IPVSL7ADM_DECODE_H

#include <netlink/attr.h>
#include "mirror.h"

void decode_svc(struct nlattr *attrs, int len, struct svc *s);
void decode_binding(struct nlattr *attrs, int len, struct binding *b);
void decode_flow(struct nlattr *attrs, int len, struct flow *f);
void decode_peer(struct nlattr *attrs, int len, struct peer *p);
void decode_sync(struct nlattr *attrs, int len, struct sync_conf *c);
void decode_limits(struct nlattr *attrs, int len, struct limits *l);
/** decode_stats() - names point into the message */
void decode_stats(struct nlattr *attrs, int len, struct stats *s);

#endif /* IPVSL7ADM_DECODE_H */
