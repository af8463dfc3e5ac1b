/* SPDX-License-Identifier: GPL-2.0 */
/* Keys: read from a file that nobody else can read, or made. */
#ifndef IPVSL7ADM_KEYFILE_H
#define IPVSL7ADM_KEYFILE_H

#include "error.h"
#include "mirror.h"

/** keyfile_read() - fill in a secret, with the path made absolute
 * Refuses a file that is not the user's own (or root's) or that its group or
 * others may use.
 */
int keyfile_read(const char *path, struct secret *s, struct error *e);

/** keyfile_generate() - a new key, in hexadecimal digits
 * @path: new file of mode 0600; NULL: standard output
 */
int keyfile_generate(const char *path, struct error *e);

#endif /* IPVSL7ADM_KEYFILE_H */
