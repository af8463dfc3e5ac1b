/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names and paths against patterns, to steer by them. Patterns are the
 * operator's, names come from the wire: any bytes. No state.
 */
#ifndef L7_PURE_MATCH_H
#define L7_PURE_MATCH_H

#include "env.h"

/** l7_match_host() - does a host name suit a pattern?
 * @name: as it came (Host, SNI), without a port; a dot at its end is ignored
 * @pattern: a name, or "*.example.com": any name of one label or more in front
 *	of it, but not example.com itself; without a dot at the end
 *
 * ASCII letters in any case. An empty name suits nothing, and a star no empty
 * label.
 */
bool l7_match_host(const u8 *name, u32 len, const char *pattern, u32 plen);

/** l7_match_exact() - are these the same bytes? */
bool l7_match_exact(const u8 *name, u32 len, const char *pattern, u32 plen);

/** l7_match_prefix() - does @name begin with @pattern? With an empty one always */
bool l7_match_prefix(const u8 *name, u32 len, const char *pattern, u32 plen);

/** l7_match_suffix() - does @name end with @pattern? With an empty one always */
bool l7_match_suffix(const u8 *name, u32 len, const char *pattern, u32 plen);

#endif /* L7_PURE_MATCH_H */
