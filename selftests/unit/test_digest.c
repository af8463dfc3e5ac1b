// SPDX-License-Identifier: GPL-2.0
/*
 * Digests: which buckets of two tables differ for good, whatever comes and goes
 * meanwhile; pulling these, and nothing else, makes the tables equal. And the
 * frames by which directors tell it.
 */
#include <stdlib.h>
#include "unit.h"
#include "pure/digest.h"

static struct l7_digest own, theirs;
static struct l7_diff diff;

static void clear(void)
{
	memset(&own, 0, sizeof(own));
	memset(&theirs, 0, sizeof(theirs));
	memset(&diff, 0, sizeof(diff));
}

/* One round: all groups whose sums differ tell their buckets. Returns how many did. */
static u32 compare(void)
{
	u64 a[L7_DIGEST_FANOUT], b[L7_DIGEST_FANOUT];
	u32 g, told = 0;

	l7_diff_begin(&diff, 0);
	l7_digest_groups(&own, a);
	l7_digest_groups(&theirs, b);
	for (g = 0; g < L7_DIGEST_FANOUT; g++) {
		if (a[g] == b[g])
			continue;
		told++;
		l7_diff_group(&diff, &own, g, theirs.sum + g * L7_DIGEST_FANOUT);
	}
	return told;
}

static void equal_tables(void)
{
	u64 seed = unit_seed();
	u32 i;

	clear();
	for (i = 0; i < 10000; i++) {
		u64 key = unit_rand(&seed), all = unit_rand(&seed);

		l7_digest_add(&own, key, all);
		l7_digest_add(&theirs, key, all);
	}
	CHECK_EQ(compare(), 0);
	CHECK_EQ(compare(), 0);
	CHECK_EQ(l7_diff_lasting(&diff, 0, NULL, 0), 0);
}

/* The sums do not depend on the order, and an entry in its group is seen. */
static void groups(void)
{
	u64 sum[L7_DIGEST_FANOUT];
	u32 g;

	clear();
	l7_digest_add(&own, 3 * L7_DIGEST_FANOUT + 5, 7);
	l7_digest_add(&own, L7_DIGEST_BUCKETS + 3 * L7_DIGEST_FANOUT + 63, ~0ull);
	l7_digest_add(&own, L7_DIGEST_BUCKETS - 1, 9);
	l7_digest_groups(&own, sum);
	for (g = 0; g < L7_DIGEST_FANOUT; g++)
		CHECK_EQ(sum[g], g == 3 ? 6 : g == 63 ? 9 : 0);
}

static void only_what_lasts(void)
{
	u16 b[4];

	clear();
	l7_digest_add(&own, 100, 5);
	l7_digest_add(&theirs, 4000, 6);
	l7_digest_add(&theirs, 7, 1);
	CHECK_EQ(compare(), 3);
	CHECK_EQ(l7_diff_lasting(&diff, 0, b, 4), 0);
	/* one arrived, another changed, two are as they were */
	l7_digest_add(&own, 7, 1);
	l7_digest_add(&theirs, 200, 3);
	CHECK_EQ(compare(), 3);
	CHECK_EQ(l7_diff_lasting(&diff, 0, b, 4), 2);
	CHECK_EQ(b[0], 100);
	CHECK_EQ(b[1], 4000);
	CHECK_EQ(l7_diff_lasting(&diff, 0, b, 1), 2);
	/* a pull has no room for all: the next one begins elsewhere */
	CHECK_EQ(l7_diff_lasting(&diff, 101, b, 4), 2);
	CHECK_EQ(b[0], 4000);
	CHECK_EQ(b[1], 100);
	/* it differs, but not by the same */
	l7_digest_add(&theirs, 100, 4);
	CHECK_EQ(compare(), 3);
	CHECK_EQ(l7_diff_lasting(&diff, 0, b, 4), 2);
	CHECK_EQ(b[0], 200);
	CHECK_EQ(b[1], 4000);
	CHECK_EQ(compare(), 3);
	CHECK_EQ(l7_diff_lasting(&diff, 0, b, 4), 3);
}

/* What was not compared in a round is not taken for equal in the next. */
static void a_group_that_was_not_told(void)
{
	clear();
	l7_digest_add(&own, 100, 5);
	compare();
	CHECK(l7_diff_any(&diff));
	l7_diff_begin(&diff, 0);
	CHECK(!l7_diff_any(&diff));
	CHECK_EQ(l7_diff_lasting(&diff, 0, NULL, 0), 0);
	compare();
	CHECK_EQ(l7_diff_lasting(&diff, 0, NULL, 0), 0);
	compare();
	CHECK_EQ(l7_diff_lasting(&diff, 0, NULL, 0), 1);
}

#define KEYS	20000

/* A table: the generation of each key's entry, 0: it has none. */
static void digest(const u32 *gen, struct l7_digest *d)
{
	u32 i;

	memset(d, 0, sizeof(*d));
	for (i = 0; i < KEYS; i++) {
		u64 h = ((u64)i << 32 | gen[i]) * 0x9e3779b97f4a7c15ull;

		if (gen[i])
			l7_digest_add(d, i * 2654435761u >> 7, h ^ h >> 29);
	}
}

static void take(u32 *to, const u32 *from, const bool *wanted)
{
	u32 i;

	for (i = 0; i < KEYS; i++)
		if (wanted[(i * 2654435761u >> 7) % L7_DIGEST_BUCKETS] && from[i] > to[i])
			to[i] = from[i];
}

/* Two directors, changes on their way all the time, and some that got lost: after a few rounds
 * there is nothing but what is on its way.
 */
static void pulled_until_equal(void)
{
	static u32 a[KEYS], b[KEYS], late[KEYS];
	u64 seed = unit_seed();
	u16 bucket[L7_DIGEST_BUCKETS];
	u32 round, i, n, wrong, pulled = 0;

	clear();
	for (i = 0; i < KEYS; i++)
		a[i] = b[i] = late[i] = 1;
	for (i = 0; i < 50; i++)
		b[unit_below(&seed, KEYS)] = 0;
	for (i = 0; i < 50; i++)
		a[unit_below(&seed, KEYS)] = 0;
	for (round = 0; round < 30; round++) {
		bool wanted[L7_DIGEST_BUCKETS] = {};

		/* 100 changes, of which b has not heard when it is compared, but then does */
		for (i = 0; i < 100; i++) {
			n = unit_below(&seed, KEYS);
			late[n] = ++a[n];
		}
		digest(a, &own);
		digest(b, &theirs);
		compare();
		n = l7_diff_lasting(&diff, 0, bucket, L7_DIGEST_BUCKETS);
		pulled += n;
		for (i = 0; i < n; i++)
			wanted[bucket[i]] = true;
		take(a, b, wanted);
		take(b, a, wanted);
		for (i = 0; i < KEYS; i++)
			if (late[i] > 1)
				b[i] = a[i];
		memset(late, 0, sizeof(late));
	}
	for (i = 0, wrong = 0; i < KEYS; i++)
		wrong += a[i] != b[i];
	CHECK_EQ(wrong, 0);
	if (!CHECK(pulled >= 90 && pulled < 200))
		unit_fail(__FILE__, __LINE__, "%u buckets were pulled", pulled);
}

/* --- Frames, as sync-protocol.md has them --- */

/* flows, the buckets of group 9, round 0x01020304; a sum that is not 0 at each end */
static const u8 golden_digest_head[] = {
	/* DIGEST */
	0x12, 0x00, 0x02, 0x10,
	/* kind, level, reserved, group */
	0x02, 0x01, 0x00, 0x09,
	/* sums, bytes of a sum, milliseconds */
	0x40, 0x08, 0x01, 0x2c,
	/* round */
	0x01, 0x02, 0x03, 0x04,
	/* reserved */
	0x00, 0x00, 0x00, 0x00,
	/* first sum */
	0xde, 0xad, 0xbe, 0xef, 0xca, 0xfe, 0xf0, 0x0d,
};

/* bindings of node 3: buckets 1, 4095 */
static const u8 golden_pull[] = {
	/* PULL */
	0x13, 0x00, 0x00, 0x14,
	/* node, kind, buckets */
	0x03, 0x01, 0x00, 0x02,
	/* reserved */
	0x00, 0x00, 0x00, 0x00,
	/* epoch */
	0xde, 0xad, 0xbe, 0xef, 0xca, 0xfe, 0xf0, 0x0d,
	/* buckets */
	0x00, 0x01, 0x0f, 0xff,
};

static struct l7_frame frame_of(const u8 *p, size_t len)
{
	struct l7_reader r = { .p = p, .len = (u32)len };
	struct l7_frame f = {};

	CHECK_EQ(l7_codec_frame_next(&r, &f), 1);
	return f;
}

static void golden(void)
{
	struct l7_digest_frame d = {
		.kind = 2, .level = L7_DIGEST_LEVEL_BUCKETS, .group = 9, .took = 300,
		.round = 0x01020304,
		.sum = { [0] = 0xdeadbeefcafef00d, [63] = 0x55 },
	}, d2;
	struct l7_pull w = {
		.node = 3, .kind = 1, .epoch = 0xdeadbeefcafef00d, .n = 2, .bucket = { 1, 4095 },
	}, w2;
	u8 buf[L7_WIRE_DIGEST_MAX];
	struct l7_frame f;

	CHECK_EQ(l7_digest_put(&d, buf, sizeof(buf) - 1), 0);
	CHECK_EQ(l7_digest_put(&d, buf, sizeof(buf)), sizeof(buf));
	CHECK_MEM(buf, golden_digest_head, sizeof(golden_digest_head));
	CHECK_EQ(buf[sizeof(buf) - 1], 0x55);
	f = frame_of(buf, sizeof(buf));
	CHECK(!l7_digest_get(&f, &d2));
	CHECK(d2.kind == d.kind && d2.level == d.level && d2.group == d.group &&
	      d2.took == 300 && d2.round == d.round);
	CHECK_MEM(d2.sum, d.sum, sizeof(d.sum));
	CHECK_EQ(l7_pull_put(&w, buf, sizeof(golden_pull) - 1), 0);
	CHECK_EQ(l7_pull_put(&w, buf, sizeof(golden_pull)), sizeof(golden_pull));
	CHECK_MEM(buf, golden_pull, sizeof(golden_pull));
	f = frame_of(golden_pull, sizeof(golden_pull));
	CHECK(!l7_pull_get(&f, &w2));
	CHECK(w2.node == 3 && w2.kind == 1 && w2.epoch == w.epoch && w2.n == 2);
	CHECK_MEM(w2.bucket, w.bucket, 2 * sizeof(w.bucket[0]));
}

static void malformed(void)
{
	static struct l7_digest_frame d;
	static struct l7_pull w = { .node = 1, .n = L7_PULL_BUCKETS };
	u8 buf[L7_WIRE_FRAME + L7_WIRE_PULL + 2 * L7_PULL_BUCKETS];
	struct l7_frame f;
	u32 len;

	l7_digest_put(&d, buf, sizeof(buf));
	for (len = 0; len < L7_WIRE_DIGEST_MAX - L7_WIRE_FRAME; len++) {
		f = (struct l7_frame){ .len = len, .body = unit_flush(buf + L7_WIRE_FRAME, len) };
		CHECK_EQ(l7_digest_get(&f, &d), -EBADMSG);
	}
	f = (struct l7_frame){ .len = L7_WIRE_DIGEST_MAX - L7_WIRE_FRAME,
			       .body = buf + L7_WIRE_FRAME };
	buf[L7_WIRE_FRAME + 3] = L7_DIGEST_FANOUT;
	CHECK_EQ(l7_digest_get(&f, &d), -EBADMSG);
	buf[L7_WIRE_FRAME + 3] = 0;
	buf[L7_WIRE_FRAME + 4]--;
	CHECK_EQ(l7_digest_get(&f, &d), -EBADMSG);
	len = l7_pull_put(&w, buf, sizeof(buf));
	CHECK_EQ(len, sizeof(buf));
	f = frame_of(buf, len);
	CHECK(!l7_pull_get(&f, &w));
	buf[sizeof(buf) - 2] = 0x10;
	CHECK_EQ(l7_pull_get(&f, &w), -EBADMSG);
	for (len = 0; len < sizeof(buf) - L7_WIRE_FRAME; len++) {
		f = (struct l7_frame){ .len = len, .body = unit_flush(buf + L7_WIRE_FRAME, len) };
		CHECK_EQ(l7_pull_get(&f, &w), -EBADMSG);
	}
}

/* Rounds until two tables are found to be equal, 0 = not in @most: all groups differ in each, by
 * what changes; of 100 frames @lost are lost. @lasts: one bucket has a difference that stays.
 */
static u32 rounds(u32 lost, bool lasts, u32 most)
{
	struct l7_looks looks = { 0 };
	u64 rnd = unit_seed(), got = 0;
	u32 n, g, i;

	memset(&diff, 0, sizeof(diff));
	for (n = 1; n <= most; n++) {
		l7_diff_begin(&diff, ~got);
		got = 0;
		for (i = 0; i < L7_DIGEST_BUCKETS; i++)
			theirs.sum[i] = unit_rand(&rnd);
		memset(&own, 0, sizeof(own));
		if (lasts)
			theirs.sum[100] = 12345;
		for (g = 0; g < L7_DIGEST_FANOUT; g++) {
			if (unit_below(&rnd, 100) < lost)
				continue;
			l7_diff_group(&diff, &own, g, theirs.sum + g * L7_DIGEST_FANOUT);
			got |= (u64)1 << g;
		}
		l7_looks_note(&looks, ~(u64)0, got, l7_diff_lasting_groups(&diff));
		if (l7_looks_find_equal(&looks))
			return n;
	}
	return 0;
}

/* Of two tables that change all the time, and frames that get lost. */
static void looks_add_up(void)
{
	struct l7_looks looks = { 0 };

	CHECK_EQ(rounds(0, false, 100), 2);
	CHECK(rounds(20, false, 15));
	CHECK(rounds(50, false, 40));
	CHECK_EQ(rounds(0, true, 100), 0);
	CHECK_EQ(rounds(20, true, 100), 0);
	CHECK_EQ(rounds(50, true, 100), 0);
	/* what is equal has been looked at enough; what did not come, not at all */
	l7_looks_note(&looks, 1, 0, 0);
	CHECK(!l7_looks_find_equal(&looks));
	l7_looks_note(&looks, 1, 1, 0);
	CHECK(!l7_looks_find_equal(&looks));
	l7_looks_note(&looks, 0, 0, 0);
	CHECK(l7_looks_find_equal(&looks));
	/* a difference that lasts does so until its group is seen again */
	l7_looks_note(&looks, 1, 1, 1);
	CHECK(!l7_looks_find_equal(&looks));
	l7_looks_note(&looks, 1, 0, 0);
	CHECK(!l7_looks_find_equal(&looks));
	l7_looks_note(&looks, 1, 1, 0);
	CHECK(l7_looks_find_equal(&looks));
}

int main(void)
{
	UNIT_RUN(equal_tables);
	UNIT_RUN(groups);
	UNIT_RUN(only_what_lasts);
	UNIT_RUN(a_group_that_was_not_told);
	UNIT_RUN(pulled_until_equal);
	UNIT_RUN(golden);
	UNIT_RUN(malformed);
	UNIT_RUN(looks_add_up);
	return unit_end();
}
