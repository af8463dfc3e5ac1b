/* SPDX-License-Identifier: GPL-2.0 */
/* What --help and --version print. */
#ifndef IPVSL7ADM_USAGE_H
#define IPVSL7ADM_USAGE_H

#include <stdbool.h>

/** usage_print() - version, and with @help all commands and options */
void usage_print(bool help);

#endif /* IPVSL7ADM_USAGE_H */
