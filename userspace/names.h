/* SPDX-License-Identifier: GPL-2.0 */
/* Host and service names for endpoints in listings, as ipvsadm shows them. */
#ifndef IPVSL7ADM_NAMES_H
#define IPVSL7ADM_NAMES_H

#include "model.h"

/** names_endpoint() - like format_endpoint(), with names unless @numeric */
const char *names_endpoint(char *buf, const struct ep *ep, bool numeric);

#endif /* IPVSL7ADM_NAMES_H */
