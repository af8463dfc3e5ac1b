/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys of protocols that nobody wrote a parser for: bytes at a fixed place.
 * No state.
 */
#ifndef L7_PURE_PAYLOAD_H
#define L7_PURE_PAYLOAD_H

#include "parse.h"

#define L7_PAYLOAD_MAX	4096u	/* bytes of a key that tells its length */

/** l7_payload_fixed() - a key of @n bytes from @off on
 * @p: first bytes of the connection
 * @len: their number
 * @value: out, when FOUND
 *
 * NONE only if @n is 0. Any bytes will do, so never BAD.
 */
enum l7_parse l7_payload_fixed(const u8 *p, u32 len, u32 off, u32 n,
			       struct l7_slice *value);

/** l7_payload_lv() - a key behind its length, which is at @off
 * @p: first bytes of the connection
 * @len: their number
 * @lenbytes: bytes of the length, big-endian: 1, 2 or 4; others are BAD
 * @value: out, the key without its length, when FOUND; never empty
 *
 * NONE if the length is 0, BAD if it is more than L7_PAYLOAD_MAX.
 */
enum l7_parse l7_payload_lv(const u8 *p, u32 len, u32 off, u32 lenbytes,
			    struct l7_slice *value);

#endif /* L7_PURE_PAYLOAD_H */
