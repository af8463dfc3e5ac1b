/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes JSON (RFC 8259) to standard output as it is asked for. Commas and
 * indentation are its business; that objects and arrays are closed in the order
 * they were opened is the caller's. Keys and strings are escaped; bytes that are
 * not UTF-8 are shown as if they were Latin-1, so that the output always is.
 */
#ifndef IPVSL7ADM_JSON_H
#define IPVSL7ADM_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "model.h"

/* @key is NULL for the members of arrays, and for the outermost value. */
void json_object(const char *key);
void json_object_end(void);
void json_array(const char *key);
void json_array_end(void);
void json_string(const char *key, const char *s);
void json_number(const char *key, uint64_t v);
void json_signed(const char *key, int64_t v);
void json_bool(const char *key, bool v);
void json_null(const char *key);
/** json_endpoint() - object of address and, if not 0, port; null for none */
void json_endpoint(const char *key, const struct ep *ep);
/** json_lines() - from now on, each outermost value in one line */
void json_lines(void);
/** json_end() - newline after the outermost value */
void json_end(void);

#endif /* IPVSL7ADM_JSON_H */
