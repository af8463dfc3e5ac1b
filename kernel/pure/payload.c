// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes at a fixed place of the stream. Owns what the bytes of a length mean,
 * and no more. No locks, no state.
 */
#include "payload.h"

enum l7_parse l7_payload_fixed(const u8 *p, u32 len, u32 off, u32 n,
			       struct l7_slice *value)
{
	(void)p;	/* where it is depends on no byte */
	if (!n)
		return L7_PARSE_NONE;
	if (len < off || len - off < n)
		return L7_PARSE_MORE;
	value->off = off;
	value->len = n;
	return L7_PARSE_FOUND;
}

/* The length, refused with the first byte that makes it too large. */
static enum l7_parse length(const u8 *p, u32 len, u32 off, u32 lenbytes, u32 *n)
{
	u32 i;

	*n = 0;
	for (i = 0; i < lenbytes; i++) {
		if (len - off <= i)
			return L7_PARSE_MORE;
		*n = *n << 8 | p[off + i];
		if (*n > L7_PAYLOAD_MAX >> 8 * (lenbytes - 1 - i))
			return L7_PARSE_BAD;
	}
	return L7_PARSE_FOUND;
}

enum l7_parse l7_payload_lv(const u8 *p, u32 len, u32 off, u32 lenbytes,
			    struct l7_slice *value)
{
	enum l7_parse v;
	u32 n;

	if (lenbytes != 1 && lenbytes != 2 && lenbytes != 4)
		return L7_PARSE_BAD;
	if (len < off)
		return L7_PARSE_MORE;
	v = length(p, len, off, lenbytes, &n);
	if (v != L7_PARSE_FOUND)
		return v;
	return l7_payload_fixed(p, len, off + lenbytes, n, value);
}
