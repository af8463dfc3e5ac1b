// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: MQTT's CONNECT. The input is the stream. The oracle tells for
 * each byte, one after the other, what it is and whether it may be that.
 */
#include "stream.h"

/* What the byte at hand is. */
enum part {
	TYPE, SIZE, NAME_SIZE, NAME, VERSION, FLAGS, ALIVE, PROPS_SIZE, PROPS,
	ID_SIZE, ID,
};

/** struct state - of the oracle, between two bytes
 * @nth: bytes of the part that were read
 * @left: bytes of the packet that were not, once @sized
 * @number: of the part, as far as it was read
 * @name_len: which name it is
 */
struct state {
	enum part part;
	u32 nth;
	u64 left;
	bool sized;
	u64 number;
	u32 name_len;
	u8 version;
};

static void enter(struct state *s, enum part part)
{
	s->part = part;
	s->nth = 0;
	s->number = 0;
}

/* One more byte of a varint; true with its last. */
static enum l7_parse varint(struct state *s, u8 c)
{
	u32 i;
	u64 unit = 1;

	for (i = 0; i < s->nth; i++)
		unit *= 128;
	s->number += unit * (c % 128);
	s->nth++;
	if (c < 128)
		return L7_PARSE_FOUND;
	return s->nth == 4 ? L7_PARSE_BAD : L7_PARSE_MORE;
}

static bool version_ok(u32 name_len, u8 c)
{
	if (name_len == 6)
		return c == 0x03 || c == 0x83;
	return c == 0x04 || c == 0x84 || c == 0x05;
}

/* BAD, or MORE: nothing wrong with this byte. */
static enum l7_parse step(struct state *s, u8 c)
{
	enum l7_parse v;

	switch (s->part) {
	case TYPE:
		enter(s, SIZE);
		return c == 0x10 ? L7_PARSE_MORE : L7_PARSE_BAD;
	case SIZE:
		v = varint(s, c);
		if (v != L7_PARSE_FOUND)
			return v;
		s->left = s->number;
		s->sized = true;
		enter(s, NAME_SIZE);
		return L7_PARSE_MORE;
	case NAME_SIZE:
		if (s->nth++ == 0)
			return c ? L7_PARSE_BAD : L7_PARSE_MORE;
		s->name_len = c;
		enter(s, NAME);
		return c == 4 || c == 6 ? L7_PARSE_MORE : L7_PARSE_BAD;
	case NAME:
		if (c != (s->name_len == 4 ? "MQTT" : "MQIsdp")[s->nth])
			return L7_PARSE_BAD;
		if (++s->nth == s->name_len)
			enter(s, VERSION);
		return L7_PARSE_MORE;
	case VERSION:
		s->version = c;
		enter(s, FLAGS);
		return version_ok(s->name_len, c) ? L7_PARSE_MORE : L7_PARSE_BAD;
	case FLAGS:
		enter(s, ALIVE);
		return c % 2 ? L7_PARSE_BAD : L7_PARSE_MORE;
	case ALIVE:
		if (++s->nth == 2)
			enter(s, s->version == 5 ? PROPS_SIZE : ID_SIZE);
		return L7_PARSE_MORE;
	case PROPS_SIZE:
		v = varint(s, c);
		if (v != L7_PARSE_FOUND)
			return v;
		s->nth = 0;
		s->part = s->number ? PROPS : ID_SIZE;
		if (s->part == ID_SIZE)
			enter(s, ID_SIZE);
		return L7_PARSE_MORE;
	case PROPS:
		if (++s->nth == s->number)
			enter(s, ID_SIZE);
		return L7_PARSE_MORE;
	case ID_SIZE:
		s->number = s->number * 256 + c;
		if (++s->nth == 2) {
			s->part = ID;
			s->nth = 0;
		}
		return L7_PARSE_MORE;
	case ID:
		s->nth++;
		return L7_PARSE_MORE;
	}
	abort();
}

/* Bytes that the packet must still have, by what is known so far. */
static u64 needed(const struct state *s)
{
	switch (s->part) {
	case PROPS:
	case ID:
		return s->number - s->nth;
	case ALIVE:
	case ID_SIZE:
		return 2 - s->nth;
	default:
		return 1;
	}
}

static void oracle(const u8 *p, u32 len, const struct ask *how,
		   struct answer *a)
{
	struct state s = { .part = TYPE };
	u32 i;

	(void)how;
	memset(a, 0, sizeof(*a));
	for (i = 0; ; i++) {
		if (s.part == ID && s.number == s.nth) {
			a->verdict = s.number ? L7_PARSE_FOUND : L7_PARSE_NONE;
			if (s.number) {
				a->key.len = (u32)s.number;
				a->key.off = i - a->key.len;
			}
			return;
		}
		if (s.sized && needed(&s) > s.left) {
			a->verdict = L7_PARSE_BAD;
			return;
		}
		if (i == len)
			return;
		if (s.sized)
			s.left--;
		a->verdict = step(&s, p[i]);
		if (a->verdict == L7_PARSE_BAD)
			return;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	if (len <= FUZZ_ROOM)
		require_stream(data, len, NULL, ask_mqtt, oracle);
	return 0;
}
