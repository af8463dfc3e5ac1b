/* SPDX-License-Identifier: GPL-2.0 */
/* Policies as peers compare them. A leaf over svc.h. */
#ifndef L7_POLICY_H
#define L7_POLICY_H

#include "svc.h"

/** l7_policy_digest() - of all that an operator gave, the same at all directors
 * Context: any.
 */
u64 l7_policy_digest(const struct l7_svc_conf *c);

#endif /* L7_POLICY_H */
