/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract of every parser below pure/: the input is the flat, bounded
 * prefix of a byte stream; the answer is a verdict and slices of that input.
 * Parsers keep no state: called again with a longer prefix they start over.
 */
#ifndef L7_PURE_PARSE_H
#define L7_PURE_PARSE_H

#include "env.h"

/** enum l7_parse - verdict of a parser over a prefix of the stream
 * @L7_PARSE_MORE: undecided, the prefix is too short
 * @L7_PARSE_FOUND: the key is in the prefix
 * @L7_PARSE_NONE: well-formed, and has no such key
 * @L7_PARSE_BAD: not this protocol, or malformed
 */
enum l7_parse {
	L7_PARSE_MORE,
	L7_PARSE_FOUND,
	L7_PARSE_NONE,
	L7_PARSE_BAD,
};

/** struct l7_slice - a part of the parsed input
 * @off: first byte, counted from the start of the input
 * @len: bytes, may be 0
 */
struct l7_slice {
	u32 off;
	u32 len;
};

#endif /* L7_PURE_PARSE_H */
