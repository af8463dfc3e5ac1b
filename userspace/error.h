/* SPDX-License-Identifier: GPL-2.0 */
/* The one sentence that tells a user why something failed. */
#ifndef IPVSL7ADM_ERROR_H
#define IPVSL7ADM_ERROR_H

#include <stdarg.h>
#include <stdio.h>

struct error {
	char text[512];
};

/** error_set() - "FIELD: reason"; returns -1 for the caller to return */
static inline int __attribute__((format(printf, 2, 3)))
error_set(struct error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

#endif /* IPVSL7ADM_ERROR_H */
