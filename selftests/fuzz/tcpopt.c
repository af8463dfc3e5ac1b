// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: TCP options. The input is the option bytes; the parser must
 * say what an oracle says that is written after tcp_parse_options().
 */
#include "fuzz.h"
#include "pure/tcpopt.h"

#define OPTIONS_MAX	40

/* One option of @size bytes, its kind and size included. */
static void oracle_option(const u8 *p, size_t at, size_t size,
			  struct l7_tcpopt *o)
{
	const u8 *v = p + at + 2;

	if (p[at] == 2 && size == 4 && (v[0] || v[1])) {
		o->has_mss = true;
		o->mss = (u16)(v[0] << 8 | v[1]);
	} else if (p[at] == 3 && size == 3) {
		o->has_wscale = true;
		o->wscale = v[0] > 14 ? 14 : v[0];
	} else if (p[at] == 4 && size == 2) {
		o->sack_ok = true;
	} else if (p[at] == 5 && size >= 10 && (size - 2) % 8 == 0) {
		o->sack_off = (u8)(at + 2);
		o->sack_blocks = (u8)((size - 2) / 8);
	} else if (p[at] == 8 && size == 10) {
		o->has_ts = true;
		o->ts_off = (u8)(at + 2);
		o->tsval = (u32)v[0] << 24 | (u32)v[1] << 16 |
			   (u32)v[2] << 8 | v[3];
		o->tsecr = (u32)v[4] << 24 | (u32)v[5] << 16 |
			   (u32)v[6] << 8 | v[7];
	}
}

static bool oracle(const u8 *p, size_t len, struct l7_tcpopt *o)
{
	size_t at = 0, size;

	memset(o, 0, sizeof(*o));
	if (len > OPTIONS_MAX)
		len = OPTIONS_MAX;
	while (at < len && p[at] != 0) {
		if (p[at] == 1) {
			at++;
			continue;
		}
		if (at + 1 == len)
			return false;
		size = p[at + 1];
		if (size < 2 || at + size > len)
			return false;
		oracle_option(p, at, size, o);
		at += size;
	}
	return true;
}

static bool is_equal(const struct l7_tcpopt *a, const struct l7_tcpopt *b)
{
	return a->has_mss == b->has_mss && a->mss == b->mss &&
	       a->has_wscale == b->has_wscale && a->wscale == b->wscale &&
	       a->sack_ok == b->sack_ok && a->has_ts == b->has_ts &&
	       a->ts_off == b->ts_off && a->tsval == b->tsval &&
	       a->tsecr == b->tsecr && a->sack_off == b->sack_off &&
	       a->sack_blocks == b->sack_blocks;
}

/* Whoever translates options writes to where they are said to be. */
static void require_inside(const struct l7_tcpopt *o, size_t len)
{
	if (len > OPTIONS_MAX)
		len = OPTIONS_MAX;
	if (o->has_ts)
		REQUIRE(o->ts_off + 8u <= len);
	REQUIRE(o->sack_blocks <= L7_TCPOPT_SACK_MAX);
	if (o->sack_blocks)
		REQUIRE(o->sack_off + 8u * o->sack_blocks <= len);
	if (o->has_ts && o->sack_blocks)
		REQUIRE(o->ts_off + 8u <= o->sack_off ||
			o->sack_off + 8u * o->sack_blocks <= o->ts_off);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct l7_tcpopt got, want;
	struct fuzz_bytes b;
	bool ok;

	if (len > 2 * OPTIONS_MAX)
		return 0;
	fuzz_place(&b, data, len, len % 8);
	/* What it was before does not matter. */
	memset(&got, 0xa5, sizeof(got));
	ok = l7_tcpopt_parse(b.p, (u32)len, &got);
	REQUIRE(ok == oracle(data, len, &want));
	REQUIRE(is_equal(&got, &want));
	require_inside(&got, len);
	return 0;
}
