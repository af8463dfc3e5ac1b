/* SPDX-License-Identifier: GPL-2.0 */
/* The first bytes of a file that was captured from the network. */
#ifndef IPVSL7ADM_CAPTURE_H
#define IPVSL7ADM_CAPTURE_H

#include "error.h"
#include "explain.h"

/** capture_read() - read no more than @max bytes of a file
 * @what: the option that names it
 * @path: "-" is standard input
 * @out: its bytes are to be freed
 * Return: 0, or -1 with a sentence.
 */
int capture_read(const char *what, const char *path, uint32_t max,
		 struct explain_bytes *out, struct error *e);

#endif /* IPVSL7ADM_CAPTURE_H */
