/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must be true of a record that was read, by the bytes that it was read of;
 * written down anew, and not as the codec has it.
 */
#ifndef L7_FUZZ_RECORD_H
#define L7_FUZZ_RECORD_H

#include "fuzz.h"
#include "pure/update.h"

static inline bool is_data_kind(u8 kind)
{
	return kind == L7_GROUP_DATA4 || kind == L7_GROUP_DATA6;
}

static inline bool is_awaiting(const struct l7_group *g)
{
	return (g->kind == L7_GROUP_FLOW4 || g->kind == L7_GROUP_FLOW6) &&
	       g->flags & L7_GROUP_AWAITS;
}

/* A record's bytes without what is reserved; whether it is plain, and of data, its
 * group says.
 */
static inline void record_bytes(const struct l7_group *g, const u8 *raw, u8 *out, u32 len)
{
	u8 kind = g->kind;

	memcpy(out, raw, len);
	if (is_awaiting(g)) {
		out[len - 2] &= 3;
		out[len - 1] = 0;
	}
	if (is_data_kind(kind)) {
		out[8] = (raw[8] & 0x03) | 0x14;
		out[9] = 0;
	} else if (kind == L7_GROUP_PLAIN4 || kind == L7_GROUP_PLAIN6) {
		out[8] = (raw[8] & 0x2b) | 0x04;
		out[9] = 0;
	} else if (kind != L7_GROUP_BINDING) {
		out[17] &= (u8)~L7_RF_PLAIN;
	}
}

/* Of a data connection: what the bytes say makes sense just if the record was taken. */
static inline void require_data(const struct l7_records *g, const u8 *raw, bool taken)
{
	bool server = l7_get16(raw + 4), client = l7_get16(raw + 6);
	bool vport = l7_get16(raw + 10), sport = l7_get16(raw + 12);
	bool control = l7_get16(raw + 14);

	REQUIRE(taken == (g->g.origin && server && g->g.scope &&
			  g->g.scope <= 0xffff && control && vport == sport &&
			  (client || vport)));
}

/* What a flow's kind and its flags say is the same, whatever the bytes do. */
static inline void require_flags(const struct l7_wire_record *w, u8 kind)
{
	u8 plain = w->rec.f.flags & (L7_RF_PLAIN | L7_RF_ONEWAY | L7_RF_TUNNEL | L7_RF_DATA);

	if (is_data_kind(kind))
		REQUIRE(plain == (L7_RF_PLAIN | L7_RF_DATA));
	else if (kind == L7_GROUP_PLAIN4 || kind == L7_GROUP_PLAIN6)
		REQUIRE((plain & ~(L7_RF_ONEWAY | L7_RF_TUNNEL)) == L7_RF_PLAIN);
	else
		REQUIRE(!(plain & L7_RF_PLAIN));
	if (!is_data_kind(kind))
		REQUIRE(!w->rec.f.data.vport && !w->rec.f.data.sport &&
			!w->rec.f.data.control);
}

/* The same of a record and its group. */
static inline void require_record(const struct l7_wire_record *w,
				  const struct l7_records *g, const u8 *raw)
{
	u8 out[L7_WIRE_RECORD_MAX], want[L7_WIRE_RECORD_MAX];
	u32 len = l7_update_record_len(&g->g);
	struct l7_group again;

	l7_update_record_put(w, out);
	record_bytes(&g->g, raw, want, len);
	REQUIRE(!memcmp(out, want, len));
	l7_update_group_of(w, &again);
	REQUIRE(again.kind == g->g.kind && again.origin == g->g.origin &&
		again.ttl == g->g.ttl && again.scope == g->g.scope);
	REQUIRE(again.flags == (g->g.flags & (L7_GROUP_REMOVED |
		(g->g.kind == L7_GROUP_BINDING ?
		 L7_GROUP_LIMITED | L7_GROUP_STATIC :
		 is_awaiting(&g->g) ? L7_GROUP_AWAITS : 0))));
	REQUIRE(again.type == (g->g.kind == L7_GROUP_BINDING ? g->g.type : 0));
	if (w->rec.kind == L7_REC_FLOW)
		REQUIRE((w->rec.f.wscale_us < 15 ||
			 w->rec.f.wscale_us == 0xff) &&
			(w->rec.f.wscale_srv < 15 ||
			 w->rec.f.wscale_srv == 0xff));
	if (w->rec.kind == L7_REC_FLOW) {
		require_flags(w, g->g.kind);
		REQUIRE(w->rec.f.answer.awaited == is_awaiting(&g->g));
	}
}

#endif /* L7_FUZZ_RECORD_H */
