// SPDX-License-Identifier: GPL-2.0
/*
 * TCP options: tables of well-formed and malformed ones, every truncation
 * against a guard page, and random bytes against a slow parser.
 */
#include "unit.h"
#include "pure/tcpopt.h"

#define MSS(v)		2, 4, (v) >> 8, (v) & 0xff
#define WS(v)		3, 3, (v)
#define SACK_OK		4, 2
#define TS		8, 10, 1, 2, 3, 4, 5, 6, 7, 8
#define NOP		1
#define EOL		0
#define BLOCK		0, 0, 0, 1, 0, 0, 0, 2
#define TSVAL		0x01020304
#define TSECR		0x05060708

struct row {
	const char *name;
	bool ok;
	struct l7_tcpopt want;
	u8 len;
	u8 opt[44];
};

#define ROW(name_, ok_, ...)	.name = name_, .ok = ok_,		\
	.len = sizeof((u8[]){ __VA_ARGS__ }), .opt = { __VA_ARGS__ }

#define HAS_TS(off)	.has_ts = true, .tsval = TSVAL, .tsecr = TSECR,	\
			.ts_off = (off)

static const struct row rows[] = {
	{ ROW("data segment of Linux", true, NOP, NOP, TS), .want = { HAS_TS(4) } },
	{ ROW("SYN of Linux", true, MSS(1460), SACK_OK, TS, NOP, WS(7)),
	  .want = { .has_mss = true, .mss = 1460, .sack_ok = true, HAS_TS(8),
		    .has_wscale = true, .wscale = 7 } },
	{ ROW("SYN of Windows", true, MSS(1460), NOP, WS(8), NOP, NOP, SACK_OK),
	  .want = { .has_mss = true, .mss = 1460, .sack_ok = true,
		    .has_wscale = true, .wscale = 8 } },
	{ ROW("one SACK block", true, NOP, NOP, TS, NOP, NOP, 5, 10, BLOCK),
	  .want = { HAS_TS(4), .sack_off = 16, .sack_blocks = 1 } },
	{ ROW("three SACK blocks", true, NOP, NOP, TS, NOP, NOP, 5, 26,
	      BLOCK, BLOCK, BLOCK),
	  .want = { HAS_TS(4), .sack_off = 16, .sack_blocks = 3 } },
	{ ROW("four SACK blocks", true, NOP, NOP, 5, 34, BLOCK, BLOCK, BLOCK, BLOCK),
	  .want = { .sack_off = 4, .sack_blocks = 4 } },
	{ ROW("timestamps at an odd offset", true, NOP, TS, EOL),
	  .want = { HAS_TS(3) } },
	{ ROW("timestamps only", true, TS), .want = { HAS_TS(2) } },
	{ ROW("unknown options", true, 253, 4, 1, 2, 34, 2, TS, 254, 3, 0),
	  .want = { HAS_TS(8) } },
	{ ROW("window scale beyond 14", true, WS(15)),
	  .want = { .has_wscale = true, .wscale = 14 } },
	{ ROW("window scale 255", true, WS(255)),
	  .want = { .has_wscale = true, .wscale = 14 } },
	{ ROW("window scale 0", true, WS(0)), .want = { .has_wscale = true } },
	{ ROW("MSS 65535", true, MSS(65535)),
	  .want = { .has_mss = true, .mss = 65535 } },
	{ ROW("MSS 0", true, MSS(0)) },
	{ ROW("two MSS", true, MSS(1000), MSS(1200)),
	  .want = { .has_mss = true, .mss = 1200 } },
	{ ROW("nothing behind the end of options", true, EOL, MSS(1460), 8, 1) },
	{ ROW("NOPs", true, NOP, NOP, NOP, NOP) },
	/* a length that does not suit the kind: as if unknown */
	{ ROW("MSS of 3", true, 2, 3, 1, TS), .want = { HAS_TS(5) } },
	{ ROW("MSS of 6", true, 2, 6, 1, 2, 3, 4, TS), .want = { HAS_TS(8) } },
	{ ROW("window scale of 2", true, 3, 2, TS), .want = { HAS_TS(4) } },
	{ ROW("SACK permitted of 3", true, 4, 3, 0, TS), .want = { HAS_TS(5) } },
	{ ROW("timestamps of 8", true, 8, 8, 1, 2, 3, 4, 5, 6) },
	{ ROW("timestamps of 12", true, 8, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0) },
	{ ROW("SACK of 2", true, 5, 2, TS), .want = { HAS_TS(4) } },
	{ ROW("SACK of 9", true, 5, 9, 1, 2, 3, 4, 5, 6, 7, TS),
	  .want = { HAS_TS(11) } },
	/* malformed: what came before counts */
	{ ROW("length 0", false, TS, 2, 0, 1, 1), .want = { HAS_TS(2) } },
	{ ROW("length 1", false, TS, 2, 1, TS), .want = { HAS_TS(2) } },
	{ ROW("length of an unknown option 0", false, TS, 253, 0),
	  .want = { HAS_TS(2) } },
	{ ROW("length beyond the end", false, TS, 2, 5, 1, 1),
	  .want = { HAS_TS(2) } },
	{ ROW("length 255", false, MSS(1460), 8, 255, 1, 2, 3, 4, 5, 6, 7, 8),
	  .want = { .has_mss = true, .mss = 1460 } },
	{ ROW("no length", false, NOP, TS, 2), .want = { HAS_TS(3) } },
	{ ROW("timestamps cut off", false, NOP, NOP, 8, 10, 1, 2, 3, 4, 5, 6, 7) },
	{ ROW("SACK block cut off", false, 5, 18, BLOCK, 0, 0, 0, 1) },
};

static bool same(const struct l7_tcpopt *a, const struct l7_tcpopt *b)
{
	return a->has_mss == b->has_mss && a->has_wscale == b->has_wscale &&
	       a->sack_ok == b->sack_ok && a->has_ts == b->has_ts &&
	       a->mss == b->mss && a->wscale == b->wscale &&
	       a->ts_off == b->ts_off && a->sack_off == b->sack_off &&
	       a->sack_blocks == b->sack_blocks && a->tsval == b->tsval &&
	       a->tsecr == b->tsecr;
}

/* Whatever is said of the bytes has to be inside of them. */
static void check_bounds(const struct l7_tcpopt *o, u32 len)
{
	CHECK(!o->has_ts || (o->ts_off >= 2 && o->ts_off + 8u <= len));
	CHECK(o->sack_blocks <= L7_TCPOPT_SACK_MAX);
	CHECK(!o->sack_blocks ||
	      (o->sack_off >= 2 && o->sack_off + 8u * o->sack_blocks <= len));
	CHECK(!o->has_wscale || o->wscale <= 14);
	CHECK(!o->has_mss || o->mss);
}

static bool parse(const u8 *opt, u32 len, struct l7_tcpopt *o)
{
	struct l7_tcpopt front;
	bool ok;

	memset(o, 0xa5, sizeof(*o));
	ok = l7_tcpopt_parse(unit_flush_front(opt, len), len, &front);
	CHECK(l7_tcpopt_parse(unit_flush(opt, len), len, o) == ok);
	CHECK(same(o, &front));
	check_bounds(o, len);
	return ok;
}

static void table(void)
{
	struct l7_tcpopt o;
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i].name);
		CHECK(parse(rows[i].opt, rows[i].len, &o) == rows[i].ok);
		CHECK(same(&o, &rows[i].want));
	}
}

/* --- The slow parser: option by option, each into a copy of its own --- */

static bool slow(const u8 *p, u32 len, struct l7_tcpopt *o)
{
	u8 opt[256];
	u32 at = 0, n;

	memset(o, 0, sizeof(*o));
	while (at < len) {
		memset(opt, 0, sizeof(opt));
		if (p[at] == 0)
			return true;
		n = p[at] == 1 ? 1 : at + 1 < len ? p[at + 1] : 0;
		if (n == 0 || (p[at] != 1 && n < 2) || n > len - at)
			return false;
		memcpy(opt, p + at, n);
		if (opt[0] == 2 && n == 4 && (opt[2] || opt[3])) {
			o->has_mss = true;
			o->mss = (u16)(opt[2] * 256 + opt[3]);
		} else if (opt[0] == 3 && n == 3) {
			o->has_wscale = true;
			o->wscale = opt[2] > 14 ? 14 : opt[2];
		} else if (opt[0] == 4 && n == 2) {
			o->sack_ok = true;
		} else if (opt[0] == 5 && n >= 10 && n % 8 == 2) {
			o->sack_off = (u8)(at + 2);
			o->sack_blocks = (u8)(n / 8);
		} else if (opt[0] == 8 && n == 10) {
			o->has_ts = true;
			o->ts_off = (u8)(at + 2);
			o->tsval = l7_get32(opt + 2);
			o->tsecr = l7_get32(opt + 6);
		}
		at += n;
	}
	return true;
}

static void truncated(void)
{
	struct l7_tcpopt o, want;
	size_t i;
	u32 n;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		for (n = 0; n <= rows[i].len; n++) {
			UNIT_ROW("%s, %u bytes", rows[i].name, n);
			CHECK(parse(rows[i].opt, n, &o) ==
			      slow(rows[i].opt, n, &want));
			CHECK(same(&o, &want));
		}
	}
}

/* Options never take more than 40 bytes; more are not looked at. */
static void too_long(void)
{
	u8 opt[60] = { [40] = 8, 10 };
	struct l7_tcpopt o;

	memset(opt, 1, 40);
	CHECK(parse(opt, sizeof(opt), &o));
	CHECK(!o.has_ts);
}

/* Bytes that are likely to be kinds and lengths, and changed rows. */
static void random_bytes(void)
{
	static const u8 likely[] = { 0, 1, 2, 3, 4, 5, 8, 9, 10, 18, 26, 34, 35 };
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(500000);
	struct l7_tcpopt o, want;
	u8 buf[40];

	while (n--) {
		size_t len = unit_below(&rnd, sizeof(buf) + 1), i;

		if (n % 2) {
			const struct row *r =
				&rows[unit_below(&rnd, UNIT_SIZE(rows))];

			memcpy(buf, r->opt, sizeof(buf));
			len = unit_mutate(&rnd, buf,
					  r->len > sizeof(buf) ? sizeof(buf) :
					  r->len, sizeof(buf), NULL, 0);
		} else {
			for (i = 0; i < len; i++)
				buf[i] = likely[unit_below(&rnd, sizeof(likely))];
		}
		UNIT_ROW("%lu to go", n);
		CHECK(parse(buf, (u32)len, &o) == slow(buf, (u32)len, &want));
		CHECK(same(&o, &want));
	}
}

int main(void)
{
	UNIT_RUN(table);
	UNIT_RUN(truncated);
	UNIT_RUN(too_long);
	UNIT_RUN(random_bytes);
	return unit_end();
}
