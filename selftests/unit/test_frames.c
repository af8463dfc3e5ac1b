// SPDX-License-Identifier: GPL-2.0
/*
 * The wire format of mirroring, but for records: headers, and the frames by which directors
 * know of each other. Golden vectors in both directions; entries of other lengths.
 */
#include "unit.h"
#include "pure/frames.h"
#include "golden_sync.h"

/* --- Golden vectors --- */

static void golden_headers(void)
{
	struct l7_header h = {
		.class = L7_CLASS_LIVE, .key_id = 0x5a, .cluster = 7,
		.node = 42, .lane = L7_LANE_LIVE,
		.epoch = 0x0102030405060708, .number = 0x1122334455667788,
	};
	struct l7_header got;
	u8 buf[L7_WIRE_HEADER];

	l7_codec_header_put(&h, buf);
	CHECK_EQ(sizeof(golden_header), L7_WIRE_HEADER);
	CHECK_MEM(buf, golden_header, sizeof(buf));
	CHECK(l7_codec_header_get(golden_header, L7_WIRE_HEADER, &got));
	CHECK_EQ(got.class, h.class);
	CHECK_EQ(got.key_id, h.key_id);
	CHECK_EQ(got.cluster, h.cluster);
	CHECK_EQ(got.node, h.node);
	CHECK_EQ(got.lane, h.lane);
	CHECK_EQ(got.epoch, h.epoch);
	CHECK_EQ(got.number, h.number);
}

static const struct l7_hello hello = {
	.version_min = 1, .version_max = 1, .state = L7_NODE_JOINING,
	.keys = { 0x5a }, .clock = 123456, .stamp = 0xfedcba98, .time = 0x65432100,
	.sent = { 0, 1000, 2000 },
	.bindings = 70000, .flows = 512, .nseen = 1,
	.seen = { {
		.node = 3, .flags = L7_SEEN_CONFIRMED, .wish = 513,
		.epoch = 0xdeadbeefcafef00d, .highest = { 0, 77, 88 },
		.contiguous = 66, .stamp = 0x0a0b0c0d, .held = 100000,
	} },
};

static bool frame_of(const u8 *p, u32 len, struct l7_frame *f)
{
	struct l7_reader r = { .p = p, .len = len };

	return CHECK_EQ(l7_codec_frame_next(&r, f), 1) && CHECK_EQ(r.len, 0);
}

static void golden_hellos(void)
{
	struct l7_hello got = {};
	struct l7_frame f;
	u8 buf[512];

	CHECK_EQ(l7_codec_hello_put(&hello, buf, sizeof(buf)),
		 sizeof(golden_hello));
	CHECK_MEM(buf, golden_hello, sizeof(golden_hello));
	CHECK_EQ(l7_codec_hello_put(&hello, buf, sizeof(golden_hello) - 1), 0);
	if (!frame_of(golden_hello, sizeof(golden_hello), &f))
		return;
	CHECK_EQ(f.type, L7_FRAME_HELLO);
	CHECK_EQ(l7_codec_hello_get(&f, &got), 0);
	CHECK_MEM(&got, &hello, sizeof(hello));
}

static void golden_challenge_of(const u8 *want, u32 len, u32 secrets)
{
	struct l7_challenge c = {
		.kind = L7_CHALLENGE_ANSWER, .node = 9, .secrets = secrets,
		.epoch = 0x8877665544332211, .sent = { 0, 3131, 4242 },
	}, got = {};
	struct l7_frame f;
	u8 buf[64];
	u32 i;

	for (i = 0; i < L7_NONCE_LEN; i++)
		c.nonce[i] = (u8)(0xa0 + i);
	CHECK_EQ(l7_codec_challenge_put(&c, buf, sizeof(buf)), len);
	CHECK_MEM(buf, want, len);
	CHECK_EQ(l7_codec_challenge_put(&c, buf, 51), 0);
	if (!frame_of(want, len, &f))
		return;
	CHECK_EQ(l7_codec_challenge_get(&f, &got), 0);
	CHECK_MEM(&got, &c, sizeof(c));
}

static void golden_challenges(void)
{
	golden_challenge_of(golden_challenge, sizeof(golden_challenge), 0);
	golden_challenge_of(golden_challenge_secrets,
			    sizeof(golden_challenge_secrets), 0xcafef00d);
}

static void golden_tails(void)
{
	struct l7_tail t = {
		.flags = L7_TAIL_REPORT, .sent = { 0, 5000, 0x100000000 },
		.oldest = { 0, 905, 0xfffffc01 },
	}, got = {};
	struct l7_frame f;
	u8 buf[64];

	CHECK_EQ(l7_frames_tail_put(&t, buf, sizeof(buf)), sizeof(golden_tail));
	CHECK_MEM(buf, golden_tail, sizeof(golden_tail));
	CHECK_EQ(l7_frames_tail_put(&t, buf, sizeof(golden_tail) - 1), 0);
	if (!frame_of(golden_tail, sizeof(golden_tail), &f))
		return;
	CHECK_EQ(f.type, L7_FRAME_TAIL);
	CHECK_EQ(l7_frames_tail_get(&f, &got), 0);
	CHECK_EQ(got.flags, t.flags);
	CHECK_MEM(got.sent, t.sent, sizeof(t.sent));
	CHECK_MEM(got.oldest, t.oldest, sizeof(t.oldest));
	f.len--;
	CHECK_EQ(l7_frames_tail_get(&f, &got), -EBADMSG);
}

static void golden_nacks(void)
{
	struct l7_nack n = {
		.node = 9, .lane = L7_LANE_LIVE, .epoch = 0x8877665544332211,
		.nranges = 2, .ranges = { { 17, 1 }, { 20, 5 } },
	}, got = {};
	struct l7_frame f;
	u8 buf[64];

	CHECK_EQ(l7_frames_nack_put(&n, buf, sizeof(buf)), sizeof(golden_nack));
	CHECK_MEM(buf, golden_nack, sizeof(golden_nack));
	CHECK_EQ(l7_frames_nack_put(&n, buf, sizeof(golden_nack) - 1), 0);
	if (!frame_of(golden_nack, sizeof(golden_nack), &f))
		return;
	CHECK_EQ(f.type, L7_FRAME_NACK);
	CHECK_EQ(l7_frames_nack_get(&f, &got), 0);
	CHECK_MEM(&got, &n, sizeof(n));
	f.len--;
	CHECK_EQ(l7_frames_nack_get(&f, &got), -EBADMSG);
}

static void golden_walks(void)
{
	struct l7_walk_end w = {
		.n = 1, .served = { { 9, 513, 0x8877665544332211 } },
	}, got = {};
	struct l7_frame f;
	u8 buf[64];

	CHECK_EQ(l7_frames_walk_put(&w, buf, sizeof(buf)), sizeof(golden_walk));
	CHECK_MEM(buf, golden_walk, sizeof(golden_walk));
	CHECK_EQ(l7_frames_walk_put(&w, buf, sizeof(golden_walk) - 1), 0);
	if (!frame_of(golden_walk, sizeof(golden_walk), &f))
		return;
	CHECK_EQ(l7_frames_walk_get(&f, &got), 0);
	CHECK_EQ(got.n, 1);
	CHECK_EQ(got.served[0].node, 9);
	CHECK_EQ(got.served[0].wish, 513);
	CHECK_EQ(got.served[0].epoch, 0x8877665544332211);
	f.len--;
	CHECK_EQ(l7_frames_walk_get(&f, &got), -EBADMSG);
}

static void golden_echoes(void)
{
	struct l7_echo e = {
		.kind = L7_ECHO_ANSWER, .node = 9, .len = L7_WIRE_ECHO + 4,
		.serial = 517, .epoch = 0x8877665544332211,
		.time = 0x00062531a0b1c2d3,
	}, got = {};
	struct l7_frame f;
	u8 buf[64];

	memset(buf, 0xff, sizeof(buf));
	CHECK_EQ(l7_frames_echo_put(&e, buf, sizeof(buf)), sizeof(golden_echo));
	CHECK_MEM(buf, golden_echo, sizeof(golden_echo));
	CHECK_EQ(l7_frames_echo_put(&e, buf, sizeof(golden_echo) - 1), 0);
	if (!frame_of(golden_echo, sizeof(golden_echo), &f))
		return;
	CHECK_EQ(f.type, L7_FRAME_ECHO);
	CHECK_EQ(l7_frames_echo_get(&f, &got), 0);
	CHECK_MEM(&got, &e, sizeof(e));
	f.len = L7_WIRE_ECHO;
	CHECK_EQ(l7_frames_echo_get(&f, &got), 0);
	CHECK_EQ(got.len, L7_WIRE_ECHO);
	f.len--;
	CHECK_EQ(l7_frames_echo_get(&f, &got), -EBADMSG);
	e.len = L7_WIRE_ECHO - 1;
	CHECK_EQ(l7_frames_echo_put(&e, buf, sizeof(buf)), 0);
}
/* --- What other versions may send --- */

/* A HELLO with a longer head and longer entries than we know. */
static void reads_longer_hello(void)
{
	u8 buf[L7_WIRE_FRAME + 72 + 2 * 56];
	struct l7_hello got = {};
	struct l7_frame f;

	memset(buf, 0xee, sizeof(buf));
	memcpy(buf, golden_hello, L7_WIRE_FRAME + L7_WIRE_HELLO);
	l7_put16(buf + 2, 72 + 2 * 56);
	buf[L7_WIRE_FRAME + 3] = 2;
	buf[L7_WIRE_FRAME + 4] = 56;
	buf[L7_WIRE_FRAME + 5] = 72;
	memcpy(buf + L7_WIRE_FRAME + 72, golden_hello + L7_WIRE_FRAME +
	       L7_WIRE_HELLO, L7_WIRE_SEEN);
	memcpy(buf + L7_WIRE_FRAME + 72 + 56, golden_hello + L7_WIRE_FRAME +
	       L7_WIRE_HELLO, L7_WIRE_SEEN);
	if (!frame_of(unit_flush(buf, sizeof(buf)), sizeof(buf), &f))
		return;
	CHECK_EQ(l7_codec_hello_get(&f, &got), 0);
	CHECK_EQ(got.nseen, 2);
	CHECK_EQ(got.seen[1].epoch, 0xdeadbeefcafef00d);
	CHECK_EQ(got.seen[1].contiguous, 66);
	CHECK_EQ(got.seen[1].held, 100000);
}

/* Two entries without a stamp: what is behind an entry is not taken for it. */
static void reads_shorter_hello(void)
{
	u8 buf[L7_WIRE_FRAME + L7_WIRE_HELLO + 2 * L7_WIRE_SEEN_MIN];
	u8 *list = buf + L7_WIRE_FRAME + L7_WIRE_HELLO;
	struct l7_hello got = {};
	struct l7_frame f;
	u32 i;

	memcpy(buf, golden_hello, L7_WIRE_FRAME + L7_WIRE_HELLO);
	l7_put16(buf + 2, L7_WIRE_HELLO + 2 * L7_WIRE_SEEN_MIN);
	buf[L7_WIRE_FRAME + 3] = 2;
	buf[L7_WIRE_FRAME + 4] = L7_WIRE_SEEN_MIN;
	for (i = 0; i < 2; i++)
		memcpy(list + i * L7_WIRE_SEEN_MIN,
		       golden_hello + L7_WIRE_FRAME + L7_WIRE_HELLO,
		       L7_WIRE_SEEN_MIN);
	if (!frame_of(unit_flush(buf, sizeof(buf)), sizeof(buf), &f))
		return;
	CHECK_EQ(l7_codec_hello_get(&f, &got), 0);
	for (i = 0; i < 2; i++) {
		CHECK_EQ(got.seen[i].contiguous, 66);
		CHECK_EQ(got.seen[i].stamp, 0);
		CHECK_EQ(got.seen[i].held, 0);
	}
}
int main(void)
{
	UNIT_RUN(golden_headers);
	UNIT_RUN(golden_hellos);
	UNIT_RUN(golden_challenges);
	UNIT_RUN(golden_tails);
	UNIT_RUN(golden_nacks);
	UNIT_RUN(golden_walks);
	UNIT_RUN(golden_echoes);
	UNIT_RUN(reads_longer_hello);
	UNIT_RUN(reads_shorter_hello);
	return unit_end();
}
