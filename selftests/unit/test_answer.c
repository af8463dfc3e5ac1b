// SPDX-License-Identifier: GPL-2.0
/* Records of connections whose server's first answer is awaited, as sync-protocol.md has them. */
#include <arpa/inet.h>
#include "records.h"
#include "pure/pack.h"
#include "golden_sync.h"

static struct l7_wire_record awaiting(void)
{
	struct l7_wire_record w = {
		.rec = { .kind = L7_REC_FLOW, .origin = 1, .gen = 0x01020304, .f = {
			.client = { .af = AF_INET, .port = htons(40000) },
			.seq_delta = 0x89abcdef, .ts_delta = 0x01234567,
			.wscale_us = 7, .wscale_srv = 9, .flags = L7_RF_TS, .ttl = 900,
			.answer = { .awaited = true, .hello = true, .ticket = true,
				    .at = 0xfedcba98, .pool = 3 },
		} },
		.server = 3, .vip = 9,
	};

	inet_pton(AF_INET, "192.0.2.7", &w.rec.f.client.addr);
	return w;
}

static void writes(void)
{
	struct l7_wire_record w = awaiting();
	u8 buf[sizeof(golden_answer) + 1];
	static struct l7_pack pk;

	l7_pack_init(&pk, sizeof(golden_answer), false);
	CHECK(l7_pack_add(&pk, &w, NULL, 0));
	CHECK_EQ(l7_pack_write(&pk, buf), sizeof(golden_answer));
	CHECK_MEM(buf, golden_answer, sizeof(golden_answer));
}

static void reads(void)
{
	u32 len = sizeof(golden_answer) - L7_WIRE_FRAME, i;
	struct l7_wire_record want = awaiting(), got;

	if (!CHECK_EQ(read_all(unit_flush(golden_answer + L7_WIRE_FRAME, len), len, &got, 1), 1))
		return;
	CHECK_MEM(&got, &want, sizeof(got));
	for (i = 1; i < len; i++) {
		UNIT_ROW("%u bytes", i);
		CHECK_EQ(read_all(unit_flush(golden_answer + L7_WIRE_FRAME, i), i, &got, 1), -1);
	}
}

/* Who does not know the flag reads a record that is longer than it knows. */
static void read_without(void)
{
	struct l7_wire_record want = awaiting(), got;
	u8 buf[sizeof(golden_answer) - L7_WIRE_FRAME];

	memcpy(buf, golden_answer + L7_WIRE_FRAME, sizeof(buf));
	buf[1] = 0;
	memset(&want.rec.f.answer, 0, sizeof(want.rec.f.answer));
	if (CHECK_EQ(read_all(buf, sizeof(buf), &got, 1), 1))
		CHECK_MEM(&got, &want, sizeof(got));
}

/* The flag is about connections that are spliced, and into which nothing is put. */
static void no_other_kind(void)
{
	struct l7_wire_record w = awaiting();
	struct l7_group g;

	l7_update_group_of(&w, &g);
	CHECK_EQ(g.flags, L7_GROUP_AWAITS);
	w.rec.f.insert.len = 20;
	l7_update_group_of(&w, &g);
	CHECK_EQ(g.flags, 0);
	CHECK_EQ(l7_update_record_len(&g), L7_WIRE_FLOW4 + L7_WIRE_INSERT);
	w = awaiting();
	w.rec.f.flags |= L7_RF_PLAIN;
	l7_update_group_of(&w, &g);
	CHECK_EQ(g.flags, 0);
	CHECK_EQ(l7_update_record_len(&g), L7_WIRE_PLAIN4);
}

int main(void)
{
	UNIT_RUN(writes);
	UNIT_RUN(reads);
	UNIT_RUN(read_without);
	UNIT_RUN(no_other_kind);
	return unit_end();
}
