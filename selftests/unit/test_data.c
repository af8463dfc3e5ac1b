// SPDX-License-Identifier: GPL-2.0
/* Records of FTP's data connections, as sync-protocol.md has them. */
#include <arpa/inet.h>
#include "records.h"
#include "pure/pack.h"
#include "golden_sync.h"

#define RECORDS	3

static struct l7_wire_record record(u8 af, const char *client, u16 port)
{
	struct l7_wire_record w = {
		.rec = { .kind = L7_REC_FLOW, .f = {
			.client = { .af = af, .port = htons(port) },
			.wscale_us = 0xff, .wscale_srv = 0xff,
			.flags = L7_RF_PLAIN | L7_RF_DATA,
		} },
	};

	inet_pton(af, client, &w.rec.f.client.addr);
	return w;
}

static void ports(struct l7_wire_record *w, u16 vport, u16 sport, u16 control)
{
	w->rec.f.data = (struct l7_rec_data) {
		htons(vport), htons(sport), htons(control),
	};
}

static void all(struct l7_wire_record w[RECORDS])
{
	u32 i;

	w[0] = record(AF_INET, "192.0.2.7", 40000);
	w[0].rec.f.flags |= L7_RF_TS;
	ports(&w[0], 50000, 2022, 40002);
	w[1] = record(AF_INET, "192.0.2.7", 0);
	ports(&w[1], 50001, 2023, 40002);
	for (i = 0; i < 2; i++) {
		w[i].rec.origin = 1;
		w[i].rec.gen = 0x01020304 + i;
		w[i].rec.f.ttl = 900;
		w[i].server = 3;
		w[i].vip = 9;
	}
	w[2] = record(AF_INET6, "2001:db8::7", 40001);
	ports(&w[2], 0, 0, 40003);
	w[2].rec.f.flags |= L7_RF_CLOSING;
	w[2].rec.origin = 2;
	w[2].rec.removed = true;
	w[2].rec.gen = 5;
	w[2].server = 4;
	w[2].vip = 10;
}

static void writes(void)
{
	static struct l7_pack pk;
	u8 buf[sizeof(golden_data) + 1];
	struct l7_wire_record w[RECORDS];
	u32 i;

	all(w);
	l7_pack_init(&pk, sizeof(golden_data), false);
	for (i = 0; i < RECORDS; i++)
		CHECK(l7_pack_add(&pk, &w[i], NULL, 0));
	CHECK_EQ(l7_pack_write(&pk, buf), sizeof(golden_data));
	CHECK_MEM(buf, golden_data, sizeof(golden_data));
}

static void reads(void)
{
	struct l7_wire_record want[RECORDS], got[RECORDS];
	u32 len = sizeof(golden_data) - L7_WIRE_FRAME;
	u32 first = L7_WIRE_GROUP + 2 * L7_WIRE_DATA4, i;

	all(want);
	if (!CHECK_EQ(read_all(unit_flush(golden_data + L7_WIRE_FRAME, len), len, got,
			       RECORDS), RECORDS))
		return;
	CHECK_MEM(got, want, sizeof(got));
	for (i = 0; i < len; i++) {
		UNIT_ROW("%u bytes", i);
		CHECK_EQ(read_all(unit_flush(golden_data + L7_WIRE_FRAME, i), i, got,
				  RECORDS), i == 0 ? 0 : i == first ? 2 : -1);
	}
}

/* Writes a group of one record, and reads it; -1 if it is refused. */
static int there_and_back(const struct l7_wire_record *w, struct l7_wire_record *got)
{
	u8 buf[L7_WIRE_GROUP + L7_WIRE_RECORD_MAX];
	struct l7_group g;
	u32 len;

	l7_update_group_of(w, &g);
	l7_update_group_put(&g, 1, buf);
	l7_update_record_put(w, buf + L7_WIRE_GROUP);
	len = L7_WIRE_GROUP + l7_update_record_len(&g);
	return read_all(unit_flush(buf, len), len, got, 1);
}

static const u8 families[] = { AF_INET, AF_INET6 };

static struct l7_wire_record running(u8 af)
{
	struct l7_wire_record w = record(af, af == AF_INET ? "192.0.2.7" :
					 "2001:db8::7", 40000);

	ports(&w, 50000, 2022, 40002);
	w.rec.origin = 1;
	w.rec.gen = 7;
	w.server = 3;
	w.vip = 9;
	return w;
}

/* What there cannot be is refused, each for one reason alone. */
static void refuses(void)
{
	static const struct {
		const char *what;
		u16 client, vport, sport, control, server, vip;
		u8 origin;
		bool taken;
	} rows[] = {
		{ "running", 40000, 50000, 2022, 40002, 3, 9, 1, true },
		{ "the client opens it", 0, 50000, 2022, 40002, 3, 9, 1, true },
		{ "the server opens it", 40000, 0, 0, 40002, 3, 9, 1, true },
		{ "low bytes only", 0, 1, 1, 1, 1, 1, 1, true },
		{ "high bytes only", 256, 256, 256, 256, 256, 256, 1, true },
		{ "no control connection", 40000, 50000, 2022, 0, 3, 9, 1 },
		{ "nobody opens it", 0, 0, 0, 40002, 3, 9, 1 },
		{ "no port of the virtual address", 40000, 0, 2022, 40002, 3, 9, 1 },
		{ "no port of the server", 40000, 50000, 0, 40002, 3, 9, 1 },
		{ "nor the client's", 0, 50000, 0, 40002, 3, 9, 1 },
		{ "no server", 40000, 50000, 2022, 40002, 0, 9, 1 },
		{ "no service", 40000, 50000, 2022, 40002, 3, 0, 1 },
		{ "no origin", 40000, 50000, 2022, 40002, 3, 9, 0 },
	};
	struct l7_wire_record w, got;
	u32 i, k;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (k = 0; k < 4; k++) {
			w = running(families[k & 1]);
			w.rec.removed = k & 2;
			w.rec.f.client.port = htons(rows[i].client);
			ports(&w, rows[i].vport, rows[i].sport, rows[i].control);
			w.server = rows[i].server;
			w.vip = rows[i].vip;
			w.rec.origin = rows[i].origin;
			UNIT_ROW("%s, %u", rows[i].what, k);
			CHECK_EQ(there_and_back(&w, &got), rows[i].taken ? 1 : -1);
			if (rows[i].taken)
				CHECK_MEM(&got, &w, sizeof(w));
		}
	}
}

/* An index of a service that no sender can have. */
static void refuses_service(void)
{
	u8 buf[L7_WIRE_GROUP + 2 * L7_WIRE_DATA4];
	struct l7_wire_record got[2];

	memcpy(buf, golden_data + L7_WIRE_FRAME, sizeof(buf));
	CHECK_EQ(read_all(buf, sizeof(buf), got, 2), 2);
	buf[13] = 1;
	CHECK_EQ(read_all(buf, sizeof(buf), got, 2), -1);
}

/** struct kind - what the group of a record says of it
 * @flags: where the record's flags are
 * @len: bytes of a record
 * @always: set, whatever the record says
 * @own: as the record says; of a spliced one what L7_RF_DATA is in a plain one is
 *	of a window scale
 */
struct kind {
	u8 kind;
	u8 flags;
	u8 len;
	u8 always;
	u8 own;
};

#define PLAIN_OWN	(L7_RF_TS | L7_RF_CLOSING | L7_RF_ONEWAY | L7_RF_TUNNEL)
#define DATA		(L7_RF_PLAIN | L7_RF_DATA)

static const struct kind kinds[] = {
	{ L7_GROUP_FLOW4, 17, L7_WIRE_FLOW4, 0, (u8)~L7_RF_PLAIN },
	{ L7_GROUP_FLOW6, 17, L7_WIRE_FLOW6, 0, (u8)~L7_RF_PLAIN },
	{ L7_GROUP_PLAIN4, 8, L7_WIRE_PLAIN4, L7_RF_PLAIN, PLAIN_OWN },
	{ L7_GROUP_PLAIN6, 8, L7_WIRE_PLAIN6, L7_RF_PLAIN, PLAIN_OWN },
	{ L7_GROUP_DATA4, 8, L7_WIRE_DATA4, DATA, L7_RF_TS | L7_RF_CLOSING },
	{ L7_GROUP_DATA6, 8, L7_WIRE_DATA6, DATA, L7_RF_TS | L7_RF_CLOSING },
};

/* The group decides what a record is, and what its flags can say. */
static void kind_decides(void)
{
	struct l7_group g = { .origin = 1, .scope = 9 };
	u8 buf[L7_WIRE_GROUP + L7_WIRE_RECORD_MAX];
	struct l7_wire_record got;
	u32 i, bits;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		g.kind = kinds[i].kind;
		l7_update_group_put(&g, 1, buf);
		memset(buf + L7_WIRE_GROUP, 1, kinds[i].len);
		for (bits = 0; bits < 256; bits++) {
			UNIT_ROW("kind %u, flags %#x", g.kind, bits);
			buf[L7_WIRE_GROUP + kinds[i].flags] = (u8)bits;
			if (!CHECK_EQ(read_all(buf, L7_WIRE_GROUP + kinds[i].len, &got,
					       1), 1))
				return;
			CHECK_EQ(got.rec.f.flags,
				 kinds[i].always | (bits & kinds[i].own));
			CHECK_EQ(got.rec.f.data.control,
				 kinds[i].always == DATA ? 0x0101 : 0);
		}
	}
}

/* What an owner's flags say decides the group; what has no meaning there stays here. */
static void flags_decide(void)
{
	struct l7_wire_record w, got;
	struct l7_group g;
	u32 bits, i, k;

	for (bits = 0; bits < 256; bits++) {
		for (i = 0; i < 2; i++) {
			w = running(families[i]);
			w.rec.f.flags = (u8)bits;
			k = !(bits & L7_RF_PLAIN) ? 0 : !(bits & L7_RF_DATA) ? 2 : 4;
			UNIT_ROW("flags %#x, family %u", bits, i);
			l7_update_group_of(&w, &g);
			CHECK_EQ(g.kind, kinds[k + i].kind);
			CHECK_EQ(l7_update_record_len(&g), kinds[k + i].len);
			if (!CHECK_EQ(there_and_back(&w, &got), 1))
				return;
			CHECK_EQ(got.rec.f.flags,
				 kinds[k + i].always | (bits & kinds[k + i].own));
		}
	}
}

/* The bytes of flags that leave have no others either. */
static void sends_known_flags(void)
{
	struct l7_wire_record w = running(AF_INET);
	u8 buf[L7_WIRE_RECORD_MAX];

	w.rec.f.flags = 0xff;
	l7_update_record_put(&w, buf);
	CHECK_EQ(buf[8], DATA | L7_RF_TS | L7_RF_CLOSING);
	CHECK_EQ(buf[9], 0);
	w.rec.f.flags = 0xef;
	l7_update_record_put(&w, buf);
	CHECK_EQ(buf[8], L7_RF_PLAIN | PLAIN_OWN);
	CHECK_EQ(buf[9], 0);
}

int main(void)
{
	UNIT_RUN(writes);
	UNIT_RUN(reads);
	UNIT_RUN(refuses);
	UNIT_RUN(refuses_service);
	UNIT_RUN(kind_decides);
	UNIT_RUN(flags_decide);
	UNIT_RUN(sends_known_flags);
	return unit_end();
}
