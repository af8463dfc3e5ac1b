// SPDX-License-Identifier: GPL-2.0
/* The frame by which directors tell their policies, as sync-protocol.md has it. */
#include <arpa/inet.h>
#include "unit.h"
#include "pure/policies.h"

/* two of three, from the first on */
static const u8 golden[] = {
	/* CONFIG */
	0x15, 0x00, 0x00, 0x48,
	/* entries, bytes of an entry, first */
	0x02, 0x1c, 0x00, 0x00,
	/* total, reserved */
	0x00, 0x03, 0x00, 0x00,
	/* sum */
	0xde, 0xad, 0xbe, 0xef, 0xca, 0xfe, 0xf0, 0x0d,
	/* IPv4, TCP, port 80 */
	0x04, 0x06, 0x00, 0x50,
	/* 192.0.2.1 */
	0xc0, 0x00, 0x02, 0x01, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* digest */
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	/* IPv6, TCP, port 443 */
	0x06, 0x06, 0x01, 0xbb,
	/* 2001:db8::1 */
	0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
	/* digest */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09,
};

static struct l7_config two(void)
{
	struct l7_config c = {
		.sum = 0xdeadbeefcafef00d, .total = 3, .n = 2,
		.policy = {
			{ .svc = { .af = AF_INET, .proto = IPPROTO_TCP, .port = htons(80) },
			  .digest = 0x0102030405060708 },
			{ .svc = { .af = AF_INET6, .proto = IPPROTO_TCP, .port = htons(443) },
			  .digest = 9 },
		},
	};

	inet_pton(AF_INET, "192.0.2.1", &c.policy[0].svc.addr);
	inet_pton(AF_INET6, "2001:db8::1", &c.policy[1].svc.addr);
	return c;
}

static void told_and_heard(void)
{
	struct l7_config c = two(), got;
	u8 buf[sizeof(golden)];
	struct l7_frame f = { .type = L7_FRAME_CONFIG, .len = sizeof(golden) - L7_WIRE_FRAME,
			      .body = golden + L7_WIRE_FRAME };

	CHECK_EQ(l7_config_put(&c, buf, sizeof(buf) - 1), 0);
	CHECK_EQ(l7_config_put(&c, buf, sizeof(buf)), sizeof(buf));
	CHECK_MEM(buf, golden, sizeof(golden));
	CHECK(!l7_config_get(&f, &got));
	CHECK(got.sum == c.sum && got.total == 3 && !got.first && got.n == 2);
	CHECK_MEM(&got.policy[0].svc, &c.policy[0].svc, sizeof(c.policy[0].svc));
	CHECK_MEM(&got.policy[1].svc, &c.policy[1].svc, sizeof(c.policy[1].svc));
	CHECK(got.policy[0].digest == c.policy[0].digest && got.policy[1].digest == 9);
}

/* As many as a frame has fit into the least packet. */
static void a_full_frame(void)
{
	static struct l7_config c = { .n = L7_CONFIG_POLICIES, .total = 1024, .first = 984 };
	u8 buf[1280 - 48 - 40], i;

	for (i = 0; i < c.n; i++)
		c.policy[i].svc.af = AF_INET6;
	CHECK(l7_config_put(&c, buf, sizeof(buf)));
}

static void malformed(void)
{
	u8 buf[sizeof(golden)];
	struct l7_config c;
	struct l7_frame f;
	u32 len;

	memcpy(buf, golden, sizeof(buf));
	for (len = 0; len < sizeof(golden) - L7_WIRE_FRAME; len++) {
		f = (struct l7_frame){ .len = len, .body = unit_flush(buf + L7_WIRE_FRAME, len) };
		CHECK_EQ(l7_config_get(&f, &c), -EBADMSG);
	}
	f = (struct l7_frame){ .len = sizeof(buf) - L7_WIRE_FRAME, .body = buf + L7_WIRE_FRAME };
	buf[L7_WIRE_FRAME + L7_WIRE_CONFIG] = 5;
	CHECK_EQ(l7_config_get(&f, &c), -EBADMSG);
	buf[L7_WIRE_FRAME + L7_WIRE_CONFIG] = 4;
	buf[L7_WIRE_FRAME + 1]--;
	CHECK_EQ(l7_config_get(&f, &c), -EBADMSG);
}

int main(void)
{
	UNIT_RUN(told_and_heard);
	UNIT_RUN(a_full_frame);
	UNIT_RUN(malformed);
	return unit_end();
}
