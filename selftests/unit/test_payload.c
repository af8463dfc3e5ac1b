// SPDX-License-Identifier: GPL-2.0
/*
 * Keys at a fixed place, with and without a length of their own: every small
 * offset and size, the largest numbers there are, every value of a length.
 */
#include "prefix.h"

static const u8 stream[] = "\x00\x03" "abcdefgh\x00\x00\x00\x02xy\x00\xff\x10\x00z";

static void fixed(void)
{
	struct ask how;
	struct answer a;
	size_t first;

	for (how.off = 0; how.off <= sizeof(stream) + 1; how.off++) {
		for (how.n = 1; how.n <= sizeof(stream) + 1; how.n++) {
			bool whole = how.off + how.n <= sizeof(stream);

			UNIT_ROW("%u bytes at %u", how.n, how.off);
			first = every_prefix(ask_fixed, stream, sizeof(stream),
					     &how, &a);
			check_verdict(&a, whole ? L7_PARSE_FOUND : L7_PARSE_MORE);
			if (!whole)
				continue;
			CHECK_EQ(first, how.off + how.n);
			CHECK_EQ(a.key.off, how.off);
			CHECK_EQ(a.key.len, how.n);
		}
	}
}

static const struct {
	struct ask how;
	enum l7_parse fixed, lv;
} far[] = {
	{ { 0, 0 }, L7_PARSE_NONE, L7_PARSE_BAD },
	{ { ~0u, 0 }, L7_PARSE_NONE, L7_PARSE_BAD },
	{ { ~0u, 1 }, L7_PARSE_MORE, L7_PARSE_MORE },
	{ { ~0u, 2 }, L7_PARSE_MORE, L7_PARSE_MORE },
	{ { ~0u - 3, 4 }, L7_PARSE_MORE, L7_PARSE_MORE },
	{ { ~0u, ~0u }, L7_PARSE_MORE, L7_PARSE_BAD },
	{ { 2, ~0u }, L7_PARSE_MORE, L7_PARSE_BAD },
	{ { 2, ~0u - 1 }, L7_PARSE_MORE, L7_PARSE_BAD },
	{ { 2, 3 }, L7_PARSE_FOUND, L7_PARSE_BAD },
	{ { 2, 5 }, L7_PARSE_FOUND, L7_PARSE_BAD },
	{ { 2, 8 }, L7_PARSE_FOUND, L7_PARSE_BAD },
};

/* Sums that do not fit 32 bits, and lengths of lengths that are none. */
static void far_away(void)
{
	struct answer a;
	size_t i;

	for (i = 0; i < UNIT_SIZE(far); i++) {
		UNIT_ROW("%u at %u", far[i].how.n, far[i].how.off);
		every_prefix(ask_fixed, stream, sizeof(stream), &far[i].how, &a);
		check_verdict(&a, far[i].fixed);
		every_prefix(ask_lv, stream, sizeof(stream), &far[i].how, &a);
		check_verdict(&a, far[i].lv);
	}
}

static const struct {
	struct ask how;
	enum l7_parse verdict;
	size_t at;
	const char *key;
} lvs[] = {
	{ { 0, 2 }, L7_PARSE_FOUND, 5, "abc" },
	{ { 1, 1 }, L7_PARSE_FOUND, 5, "abc" },
	{ { 10, 4 }, L7_PARSE_FOUND, 16, "xy" },
	{ { 12, 2 }, L7_PARSE_FOUND, 16, "xy" },
	{ { 13, 1 }, L7_PARSE_FOUND, 16, "xy" },
	{ { 0, 1 }, L7_PARSE_NONE, 1 },
	{ { 10, 2 }, L7_PARSE_NONE, 12 },
	{ { 2, 2 }, L7_PARSE_BAD, 3 },		/* "ab" */
	{ { 2, 4 }, L7_PARSE_BAD, 3 },
	{ { 1, 4 }, L7_PARSE_BAD, 2 },
	{ { 0, 4 }, L7_PARSE_BAD, 2 },
	{ { 11, 4 }, L7_PARSE_MORE, sizeof(stream) },	/* 0x278 */
	{ { 16, 2 }, L7_PARSE_MORE, sizeof(stream) },	/* 255 */
	{ { 18, 2 }, L7_PARSE_MORE, sizeof(stream) },	/* 4096 */
	{ { 2, 1 }, L7_PARSE_MORE, sizeof(stream) },	/* 'a' */
	{ { sizeof(stream), 1 }, L7_PARSE_MORE, sizeof(stream) },
	{ { sizeof(stream) + 1, 1 }, L7_PARSE_MORE, sizeof(stream) },
};

static void lv(void)
{
	struct answer a;
	size_t i;

	for (i = 0; i < UNIT_SIZE(lvs); i++) {
		UNIT_ROW("%u at %u", lvs[i].how.n, lvs[i].how.off);
		CHECK_EQ(every_prefix(ask_lv, stream, sizeof(stream), &lvs[i].how, &a),
			 lvs[i].at);
		check_verdict(&a, lvs[i].verdict);
		if (a.verdict == L7_PARSE_FOUND)
			check_key(stream, &a, lvs[i].key);
	}
}

/* What a length of @n bytes must lead to, all of the key being there. */
static enum l7_parse slow(u64 v)
{
	return v == 0 ? L7_PARSE_NONE : v > 4096 ? L7_PARSE_BAD : L7_PARSE_FOUND;
}

static void check_length(u32 lenbytes, u32 v)
{
	static u8 buf[3 + 4 + 4096];
	struct ask how = { 3, lenbytes };
	u32 i, len = 3 + lenbytes + (v > 4096 ? 0 : v);
	struct answer a;

	UNIT_ROW("length %u in %u bytes", v, lenbytes);
	for (i = 0; i < lenbytes; i++)
		buf[3 + i] = (u8)(v >> 8 * (lenbytes - 1 - i));
	ask_at(ask_lv, unit_flush(buf, len), len, &how, &a);
	check_verdict(&a, slow(v));
	if (a.verdict != L7_PARSE_FOUND)
		return;
	CHECK_EQ(a.key.off, 3 + lenbytes);
	CHECK_EQ(a.key.len, v);
	ask_at(ask_lv, unit_flush(buf, len - 1), len - 1, &how, &a);
	check_verdict(&a, L7_PARSE_MORE);
}

static void every_length(void)
{
	u64 rnd = unit_seed();
	u32 v;

	for (v = 0; v < 256; v++)
		check_length(1, v);
	for (v = 0; v < 65536; v++)
		check_length(2, v);
	for (v = 0; v < 20000; v++)
		check_length(4, v);
	for (v = 0; v < 10000; v++)
		check_length(4, (u32)unit_rand(&rnd) >> unit_below(&rnd, 32));
	check_length(4, ~0u);
	check_length(4, 0x80000000u);
	check_length(4, 0x10000);
}

static void random_streams(void)
{
	static const u8 likely[] = { 0, 0, 0, 0, 1, 2, 8, 16, 17, 'a', 0xff };
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(20000);

	while (n--) {
		struct ask how = { unit_below(&rnd, 8), 1u << unit_below(&rnd, 3) };
		struct answer a;
		u8 buf[40];
		size_t len = unit_below(&rnd, sizeof(buf) + 1), i;

		for (i = 0; i < len; i++)
			buf[i] = likely[unit_below(&rnd, sizeof(likely))];
		UNIT_ROW("%lu to go", n);
		every_prefix(ask_lv, buf, len, &how, &a);
		every_prefix(ask_fixed, buf, len, &how, &a);
	}
}

int main(void)
{
	UNIT_RUN(fixed);
	UNIT_RUN(far_away);
	UNIT_RUN(lv);
	UNIT_RUN(every_length);
	UNIT_RUN(random_streams);
	return unit_end();
}
