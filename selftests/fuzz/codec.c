// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the header and the control frames of a sync packet. The input
 * is a datagram, not encrypted. What was read is written and read again, and
 * must be the same; nothing is written beyond the room that was given.
 */
#include "fuzz.h"
#include "pure/digest.h"
#include "pure/frames.h"
#include "pure/policies.h"

static void header(const struct fuzz_bytes *b)
{
	u8 out[L7_WIRE_HEADER], in[L7_WIRE_HEADER];
	struct l7_header h;

	memset(&h, 0, sizeof(h));
	if (!l7_codec_header_get(b->p, (u32)b->len, &h))
		return;
	REQUIRE(b->len >= L7_WIRE_HEADER && h.node && h.number &&
		h.lane < L7_LANES);
	l7_codec_header_put(&h, out);
	memcpy(in, b->p, sizeof(in));
	/* The nonce: no two packets may share one. Reserved bytes are zero. */
	memset(in + 6, 0, 2);
	REQUIRE(!memcmp(in, out, sizeof(in)));
}

/* Frame @put of @len bytes, written to room of just that size, as a frame. */
static struct l7_frame reread(const u8 *p, u32 len)
{
	struct l7_reader r = { .p = p, .len = len };
	struct l7_frame f;

	REQUIRE(l7_codec_frame_next(&r, &f) == 1);
	REQUIRE(!r.len && f.body == p + L7_WIRE_FRAME);
	REQUIRE(l7_codec_frame_next(&r, &f) == 0);
	return f;
}

/* What a HELLO says in bytes, without what is reserved or unknown. */
static void hello_bytes(const struct l7_frame *f, u8 *out, u32 n)
{
	const u8 *p = f->body;
	u32 i;

	memcpy(out, p, L7_WIRE_HELLO);
	out[3] = (u8)n;
	out[4] = L7_WIRE_SEEN;
	out[5] = L7_WIRE_HELLO;
	memset(out + 6, 0, 2);
	for (i = 0; i < n; i++) {
		memset(out + L7_WIRE_HELLO + i * L7_WIRE_SEEN, 0, L7_WIRE_SEEN);
		memcpy(out + L7_WIRE_HELLO + i * L7_WIRE_SEEN, p + p[5] + i * p[4],
		       p[4] < L7_WIRE_SEEN ? L7_WIRE_SEEN_MIN : L7_WIRE_SEEN);
	}
}

static void hello(const struct l7_frame *f)
{
	u8 want[L7_WIRE_HELLO + L7_WIRE_PEERS * L7_WIRE_SEEN];
	struct l7_hello h, again;
	struct l7_frame back;
	u32 len, room;
	u8 *p;

	memset(&h, 0, sizeof(h));
	memset(&again, 0, sizeof(again));
	if (l7_codec_hello_get(f, &h))
		return;
	REQUIRE(h.nseen <= L7_WIRE_PEERS);
	room = L7_WIRE_FRAME + L7_WIRE_HELLO + h.nseen * L7_WIRE_SEEN;
	p = malloc(room);
	REQUIRE(p && !l7_codec_hello_put(&h, p, room - 1));
	len = l7_codec_hello_put(&h, p, room);
	REQUIRE(len == room);
	back = reread(p, len);
	REQUIRE(back.type == L7_FRAME_HELLO);
	REQUIRE(!l7_codec_hello_get(&back, &again));
	REQUIRE(!memcmp(&h, &again, sizeof(h)));
	hello_bytes(f, want, h.nseen);
	REQUIRE(!memcmp(back.body, want, back.len));
	free(p);
}

static void challenge(const struct l7_frame *f)
{
	const u32 room = L7_WIRE_FRAME + L7_WIRE_CHALLENGE;
	u8 want[L7_WIRE_CHALLENGE];
	struct l7_challenge c, again;
	struct l7_frame back;
	u8 *p;

	memset(&c, 0, sizeof(c));
	memset(&again, 0, sizeof(again));
	if (l7_codec_challenge_get(f, &c)) {
		REQUIRE(f->len < L7_WIRE_CHALLENGE);
		return;
	}
	p = malloc(room);
	REQUIRE(p && !l7_codec_challenge_put(&c, p, room - 1));
	REQUIRE(l7_codec_challenge_put(&c, p, room) == room);
	back = reread(p, room);
	REQUIRE(back.type == L7_FRAME_CHALLENGE);
	REQUIRE(!l7_codec_challenge_get(&back, &again));
	REQUIRE(!memcmp(&c, &again, sizeof(c)));
	memcpy(want, f->body, sizeof(want));
	memset(want + 2, 0, 2);
	REQUIRE(!memcmp(back.body, want, sizeof(want)));
	free(p);
}

static void tail(const struct l7_frame *f)
{
	const u32 room = L7_WIRE_FRAME + L7_WIRE_TAIL;
	struct l7_tail t, again;
	u8 want[L7_WIRE_TAIL];
	struct l7_frame back;
	u8 *p;

	memset(&t, 0, sizeof(t));
	memset(&again, 0, sizeof(again));
	if (l7_frames_tail_get(f, &t)) {
		REQUIRE(f->len < L7_WIRE_TAIL ||
			(f->body[8] | f->body[16] | f->body[24] | f->body[32]) & 0x80);
		return;
	}
	p = malloc(room);
	REQUIRE(p && !l7_frames_tail_put(&t, p, room - 1));
	REQUIRE(l7_frames_tail_put(&t, p, room) == room);
	back = reread(p, room);
	REQUIRE(back.type == L7_FRAME_TAIL);
	REQUIRE(!l7_frames_tail_get(&back, &again));
	REQUIRE(!memcmp(&t, &again, sizeof(t)));
	memcpy(want, f->body, sizeof(want));
	memset(want + 1, 0, 7);
	REQUIRE(!memcmp(back.body, want, sizeof(want)));
	free(p);
}

static void nack(const struct l7_frame *f)
{
	struct l7_nack n, again;
	struct l7_frame back;
	u32 i, room;
	u8 *p;

	memset(&n, 0, sizeof(n));
	memset(&again, 0, sizeof(again));
	if (l7_frames_nack_get(f, &n))
		return;
	REQUIRE(n.nranges <= L7_WIRE_RANGES);
	REQUIRE(n.lane == L7_LANE_LIVE || n.lane == L7_LANE_BULK);
	room = L7_WIRE_FRAME + L7_WIRE_NACK + n.nranges * L7_WIRE_RANGE;
	p = malloc(room);
	REQUIRE(p && !l7_frames_nack_put(&n, p, room - 1));
	REQUIRE(l7_frames_nack_put(&n, p, room) == room);
	back = reread(p, room);
	REQUIRE(back.type == L7_FRAME_NACK);
	REQUIRE(!l7_frames_nack_get(&back, &again));
	REQUIRE(!memcmp(&n, &again, sizeof(n)));
	for (i = 0; i < n.nranges; i++)
		REQUIRE(!memcmp(back.body + L7_WIRE_NACK + i * L7_WIRE_RANGE,
				f->body + L7_WIRE_NACK + i * f->body[3],
				L7_WIRE_RANGE));
	free(p);
}

static void walk(const struct l7_frame *f)
{
	struct l7_walk_end w, again;
	struct l7_frame back;
	u32 i, room;
	u8 *p;

	memset(&w, 0, sizeof(w));
	memset(&again, 0, sizeof(again));
	if (l7_frames_walk_get(f, &w))
		return;
	REQUIRE(w.n <= L7_WIRE_PEERS);
	room = L7_WIRE_FRAME + L7_WIRE_WALK + w.n * L7_WIRE_SERVED;
	p = malloc(room);
	REQUIRE(p && !l7_frames_walk_put(&w, p, room - 1));
	REQUIRE(l7_frames_walk_put(&w, p, room) == room);
	back = reread(p, room);
	REQUIRE(back.type == L7_FRAME_WALK);
	REQUIRE(!l7_frames_walk_get(&back, &again));
	REQUIRE(again.n == w.n);
	for (i = 0; i < w.n; i++)
		REQUIRE(again.served[i].node == w.served[i].node &&
			again.served[i].wish == w.served[i].wish &&
			again.served[i].epoch == w.served[i].epoch);
	free(p);
}

static void echo(const struct l7_frame *f)
{
	struct l7_echo e, again;
	struct l7_frame back;
	u32 room;
	u8 *p;

	memset(&e, 0, sizeof(e));
	memset(&again, 0, sizeof(again));
	if (l7_frames_echo_get(f, &e))
		return;
	room = L7_WIRE_FRAME + f->len;
	p = malloc(room);
	REQUIRE(p && !l7_frames_echo_put(&e, p, room - 1));
	REQUIRE(l7_frames_echo_put(&e, p, room) == room);
	back = reread(p, room);
	REQUIRE(back.type == L7_FRAME_ECHO);
	REQUIRE(!l7_frames_echo_get(&back, &again));
	REQUIRE(!memcmp(&e, &again, sizeof(e)));
	free(p);
}

static void digest(const struct l7_frame *f)
{
	struct l7_digest_frame d, again;
	struct l7_frame back;
	u8 *p;

	memset(&d, 0, sizeof(d));
	memset(&again, 0, sizeof(again));
	if (l7_digest_get(f, &d))
		return;
	REQUIRE(d.group < L7_DIGEST_FANOUT);
	p = malloc(L7_WIRE_DIGEST_MAX);
	REQUIRE(p && !l7_digest_put(&d, p, L7_WIRE_DIGEST_MAX - 1));
	REQUIRE(l7_digest_put(&d, p, L7_WIRE_DIGEST_MAX) == L7_WIRE_DIGEST_MAX);
	back = reread(p, L7_WIRE_DIGEST_MAX);
	REQUIRE(back.type == L7_FRAME_DIGEST);
	REQUIRE(!l7_digest_get(&back, &again));
	REQUIRE(!memcmp(&d, &again, sizeof(d)));
	free(p);
}

static void pull(const struct l7_frame *f)
{
	struct l7_pull w, again;
	struct l7_frame back;
	u32 i, room;
	u8 *p;

	memset(&w, 0, sizeof(w));
	memset(&again, 0, sizeof(again));
	if (l7_pull_get(f, &w))
		return;
	REQUIRE(w.n <= L7_PULL_BUCKETS);
	for (i = 0; i < w.n; i++)
		REQUIRE(w.bucket[i] < L7_DIGEST_BUCKETS);
	room = L7_WIRE_FRAME + L7_WIRE_PULL + w.n * 2u;
	p = malloc(room);
	REQUIRE(p && !l7_pull_put(&w, p, room - 1));
	REQUIRE(l7_pull_put(&w, p, room) == room);
	back = reread(p, room);
	REQUIRE(back.type == L7_FRAME_PULL);
	REQUIRE(!l7_pull_get(&back, &again));
	REQUIRE(again.n == w.n && again.node == w.node && again.kind == w.kind &&
		again.epoch == w.epoch && !memcmp(again.bucket, w.bucket, w.n * 2u));
	free(p);
}

static void config(const struct l7_frame *f)
{
	struct l7_config c, again;
	struct l7_frame back;
	u32 room;
	u8 *p;

	memset(&c, 0, sizeof(c));
	memset(&again, 0, sizeof(again));
	if (l7_config_get(f, &c))
		return;
	REQUIRE(c.n <= L7_CONFIG_POLICIES);
	room = L7_WIRE_FRAME + L7_WIRE_CONFIG + c.n * (u32)L7_WIRE_POLICY;
	p = malloc(room);
	REQUIRE(p && !l7_config_put(&c, p, room - 1));
	REQUIRE(l7_config_put(&c, p, room) == room);
	back = reread(p, room);
	REQUIRE(back.type == L7_FRAME_CONFIG);
	REQUIRE(!l7_config_get(&back, &again));
	REQUIRE(again.n == c.n && again.total == c.total && again.first == c.first);
	REQUIRE(!memcmp(again.policy, c.policy, c.n * sizeof(c.policy[0])));
	free(p);
}

/* The frames tile the packet, and what is malformed stays malformed. */
static void frames(const u8 *p, u32 len)
{
	struct l7_reader r = { .p = p, .len = len };
	struct l7_frame f;
	const u8 *at = p;
	int ret;

	while ((ret = l7_codec_frame_next(&r, &f)) > 0) {
		REQUIRE(f.body == at + L7_WIRE_FRAME);
		at = f.body + f.len;
		REQUIRE(r.p == at && r.len == (u32)(p + len - at));
		/* Their types say nothing about their lengths. */
		hello(&f);
		challenge(&f);
		tail(&f);
		nack(&f);
		walk(&f);
		echo(&f);
		digest(&f);
		pull(&f);
		config(&f);
	}
	REQUIRE(ret == 0 || ret == -EBADMSG);
	REQUIRE((ret == 0) == (at == p + len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_bytes b;

	if (len > L7_WIRE_MAX)
		return 0;
	fuzz_place(&b, data, len, len % 8);
	header(&b);
	if (len >= L7_WIRE_HEADER)
		frames(b.p + L7_WIRE_HEADER, (u32)len - L7_WIRE_HEADER);
	return 0;
}
