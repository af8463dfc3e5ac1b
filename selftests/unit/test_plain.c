// SPDX-License-Identifier: GPL-2.0
/* Records of connections that IPVS carries alone, as sync-protocol.md has them. */
#include <arpa/inet.h>
#include "records.h"
#include "pure/pack.h"

/* a connection over NAT, and the end of one that passes one way only */
static const u8 golden[] = {
	/* UPDATE */
	0x04, 0x00, 0x00, 0x48,
	/* group: plain IPv4, no flags, origin 1 */
	0x06, 0x00, 0x01, 0x00,
	/* records, bytes of a record */
	0x00, 0x01, 0x00, 0x0e,
	/* lifetime, service */
	0x00, 0x00, 0x03, 0x84, 0x00, 0x00, 0x00, 0x09,
	/* generation, server, port 40000, flags: plain */
	0x01, 0x02, 0x03, 0x04, 0x00, 0x03, 0x9c, 0x40, 0x04, 0x00,
	/* 192.0.2.7 */
	0xc0, 0x00, 0x02, 0x07,
	/* group: plain IPv6, removed, origin 2 */
	0x07, 0x01, 0x02, 0x00,
	0x00, 0x01, 0x00, 0x1a,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a,
	/* generation, server, port 1, flags: plain, one way, closing */
	0x00, 0x00, 0x00, 0x05, 0x00, 0x04, 0x00, 0x01, 0x0e, 0x00,
	/* 2001:db8::7 */
	0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07,
};

static struct l7_wire_record record(u8 af, const char *client, u16 port)
{
	struct l7_wire_record w = {
		.rec = { .kind = L7_REC_FLOW, .f = {
			.client = { .af = af, .port = htons(port) },
			.wscale_us = 0xff, .wscale_srv = 0xff,
			.flags = L7_RF_PLAIN,
		} },
	};

	inet_pton(af, client, &w.rec.f.client.addr);
	return w;
}

static void two(struct l7_wire_record w[2])
{
	w[0] = record(AF_INET, "192.0.2.7", 40000);
	w[0].rec.origin = 1;
	w[0].rec.gen = 0x01020304;
	w[0].rec.f.ttl = 900;
	w[0].server = 3;
	w[0].vip = 9;
	w[1] = record(AF_INET6, "2001:db8::7", 1);
	w[1].rec.origin = 2;
	w[1].rec.removed = true;
	w[1].rec.gen = 5;
	w[1].rec.f.flags |= L7_RF_ONEWAY | L7_RF_CLOSING;
	w[1].server = 4;
	w[1].vip = 10;
}

static void writes(void)
{
	static struct l7_pack pk;
	u8 buf[sizeof(golden) + 1];
	struct l7_wire_record w[2];

	two(w);
	l7_pack_init(&pk, sizeof(golden), false);
	CHECK(l7_pack_add(&pk, &w[0], NULL, 0));
	CHECK(l7_pack_add(&pk, &w[1], NULL, 0));
	CHECK_EQ(l7_pack_write(&pk, buf), sizeof(golden));
	CHECK_MEM(buf, golden, sizeof(golden));
}

static void reads(void)
{
	struct l7_wire_record want[2], got[2];
	u32 len = sizeof(golden) - L7_WIRE_FRAME;
	u32 first = L7_WIRE_GROUP + L7_WIRE_PLAIN4, i;

	two(want);
	if (!CHECK_EQ(read_all(unit_flush(golden + L7_WIRE_FRAME, len), len, got, 2), 2))
		return;
	CHECK_MEM(got, want, sizeof(got));
	for (i = 0; i < len; i++) {
		UNIT_ROW("%u bytes", i);
		CHECK_EQ(read_all(unit_flush(golden + L7_WIRE_FRAME, i), i, got, 2),
			 i == 0 ? 0 : i == first ? 1 : -1);
	}
}

/* What it says of itself is not believed against the kind of its group. */
static void kind_decides(void)
{
	struct l7_wire_record got[2];
	u8 buf[L7_WIRE_GROUP + L7_WIRE_PLAIN4];

	memcpy(buf, golden + L7_WIRE_FRAME, sizeof(buf));
	buf[L7_WIRE_GROUP + 8] = 0;
	CHECK_EQ(read_all(buf, sizeof(buf), got, 2), 1);
	CHECK_EQ(got[0].rec.f.flags, L7_RF_PLAIN);
	memset(buf + L7_WIRE_GROUP + 6, 0, 2);
	UNIT_ROW("port 0");
	CHECK_EQ(read_all(buf, sizeof(buf), got, 2), -1);
}

int main(void)
{
	UNIT_RUN(writes);
	UNIT_RUN(reads);
	UNIT_RUN(kind_decides);
	return unit_end();
}
