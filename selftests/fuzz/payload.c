// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: keys at a fixed place. The first byte says which parser, and how
 * many bytes follow it for the offset (1 or 4) and for the size; the rest is the
 * stream. The oracle reckons with 64 bits.
 */
#include "stream.h"

static void oracle_fixed(const u8 *p, u32 len, const struct ask *how,
			 struct answer *a)
{
	u64 end = (u64)how->off + how->n;

	(void)p;
	memset(a, 0, sizeof(*a));
	if (how->n == 0)
		a->verdict = L7_PARSE_NONE;
	else if (end <= len)
		a->verdict = L7_PARSE_FOUND;
	if (a->verdict == L7_PARSE_FOUND) {
		a->key.off = how->off;
		a->key.len = how->n;
	}
}

/* The least that a length can be whose first bytes are there. */
static u64 least(const u8 *p, u32 len, const struct ask *how)
{
	u64 v = 0;
	u32 i;

	for (i = 0; i < how->n; i++) {
		u64 at = (u64)how->off + i;

		v = v * 256 + (at < len ? p[at] : 0);
	}
	return v;
}

static void oracle_lv(const u8 *p, u32 len, const struct ask *how,
		      struct answer *a)
{
	u64 start = (u64)how->off + how->n, n;

	memset(a, 0, sizeof(*a));
	if (how->n != 1 && how->n != 2 && how->n != 4) {
		a->verdict = L7_PARSE_BAD;
		return;
	}
	n = least(p, len, how);
	if (n > 4096)
		a->verdict = L7_PARSE_BAD;
	else if (start <= len && n == 0)
		a->verdict = L7_PARSE_NONE;
	else if (start + n <= len && n)
		a->verdict = L7_PARSE_FOUND;
	if (a->verdict == L7_PARSE_FOUND) {
		a->key.off = (u32)start;
		a->key.len = (u32)n;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	u8 how = fuzz_u8(&in);
	struct ask ask;

	ask.off = how & 2 ? fuzz_u32(&in) : fuzz_u8(&in);
	ask.n = how & 4 ? fuzz_u32(&in) : fuzz_u8(&in);
	if (in.len > FUZZ_ROOM)
		return 0;
	if (how & 1)
		require_stream(in.p, in.len, &ask, ask_lv, oracle_lv);
	else
		require_stream(in.p, in.len, &ask, ask_fixed, oracle_fixed);
	return 0;
}
