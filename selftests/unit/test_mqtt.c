// SPDX-License-Identifier: GPL-2.0
/*
 * MQTT's CONNECT: rows of every version and of malformed packets, each at every
 * truncation against a guard page; properties and ids of every size; random
 * changes.
 */
#include "prefix.h"

#define V31	"\x00\x06MQIsdp\x03"
#define V311	"\x00\x04MQTT\x04"
#define V5	"\x00\x04MQTT\x05"
#define ALIVE	"\x00\x3c"

struct row {
	const u8 *bytes;
	size_t len;
	size_t at;		/* bytes that decide */
	enum l7_parse verdict;
	const char *id;
};

static const struct row rows[] = {
	{ BYTES("\x10\x0f" V311 "\x02" ALIVE "\x00\x03" "abc"), 17, L7_PARSE_FOUND, "abc" },
	{ BYTES("\x10\x11" V31 "\x02" ALIVE "\x00\x03" "abc"), 19, L7_PARSE_FOUND, "abc" },
	{ BYTES("\x10\x10" V5 "\x02" ALIVE "\x00" "\x00\x03" "abc"), 18, L7_PARSE_FOUND, "abc" },
	/* session expiry and receive maximum, in front of the id */
	{ BYTES("\x10\x18" V5 "\x02" ALIVE "\x08\x11\x00\x00\x0e\x10\x21\x00\x14"
		"\x00\x03" "abc"), 26, L7_PARSE_FOUND, "abc" },
	/* will, user name and password are not waited for */
	{ BYTES("\x10\x24" V311 "\xc6" ALIVE "\x00\x03" "abc" "\x00\x01t\x00\x03""bye"
		"\x00\x04user\x00\x04pass"), 17, L7_PARSE_FOUND, "abc" },
	{ BYTES("\x10\x24" V311 "\xc6" ALIVE "\x00\x03" "abc"), 17, L7_PARSE_FOUND, "abc" },
	/* lengths with more bytes than they need */
	{ BYTES("\x10\x8f\x00" V311 "\x02" ALIVE "\x00\x03" "abc"), 18, L7_PARSE_FOUND, "abc" },
	{ BYTES("\x10\x8f\x80\x80\x00" V311 "\x02" ALIVE "\x00\x03" "abc"), 20,
	  L7_PARSE_FOUND, "abc" },
	{ BYTES("\x10\x13" V5 "\x02" ALIVE "\x80\x80\x80\x00" "\x00\x03" "abc"), 21,
	  L7_PARSE_FOUND, "abc" },
	{ BYTES("\x10\xff\xff\xff\x7f" V311 "\x02" ALIVE "\x00\x03" "abc"), 20,
	  L7_PARSE_FOUND, "abc" },
	/* an id is any bytes */
	{ BYTES("\x10\x10" V311 "\x02" ALIVE "\x00\x04" "\xf0\x9f\x9a\xa2"), 18,
	  L7_PARSE_FOUND, "\xf0\x9f\x9a\xa2" },
	{ BYTES("\x10\x0d" V311 "\x02" ALIVE "\x00\x01" "\xff"), 15, L7_PARSE_FOUND, "\xff" },
	/* a bridge of mosquitto */
	{ BYTES("\x10\x0f\x00\x04MQTT\x84\x02" ALIVE "\x00\x03" "br1"), 17,
	  L7_PARSE_FOUND, "br1" },
	{ BYTES("\x10\x11\x00\x06MQIsdp\x83\x02" ALIVE "\x00\x03" "br1"), 19,
	  L7_PARSE_FOUND, "br1" },
	/* no id */
	{ BYTES("\x10\x0c" V311 "\x02" ALIVE "\x00\x00"), 14, L7_PARSE_NONE },
	{ BYTES("\x10\x0d" V5 "\x02" ALIVE "\x00" "\x00\x00"), 15, L7_PARSE_NONE },
	{ BYTES("\x10\x0e" V31 "\x02" ALIVE "\x00\x00"), 16, L7_PARSE_NONE },
	{ BYTES("\x10\x14" V311 "\x82" ALIVE "\x00\x00\x00\x04user"), 14, L7_PARSE_NONE },
	/* undecided */
	{ BYTES(""), 0, L7_PARSE_MORE },
	{ BYTES("\x10"), 1, L7_PARSE_MORE },
	{ BYTES("\x10\xff\xff\xff"), 4, L7_PARSE_MORE },
	{ BYTES("\x10\x0f" V311 "\x02" ALIVE "\x00\x03" "ab"), 16, L7_PARSE_MORE },
	{ BYTES("\x10\xff\xff\xff\x7f" V5 "\x02" ALIVE "\xe0\xff\xff\x7f" "abc"), 22,
	  L7_PARSE_MORE },
	/* malformed */
	{ BYTES("\x16\x03\x01\x02"), 1, L7_PARSE_BAD },
	{ BYTES("GET / HTTP/1.1\r\n"), 1, L7_PARSE_BAD },
	{ BYTES("\x11\x0f" V311), 1, L7_PARSE_BAD },
	{ BYTES("\x20\x02\x00\x00"), 1, L7_PARSE_BAD },
	{ BYTES("\x10\x80\x80\x80\x80\x00"), 5, L7_PARSE_BAD },
	{ BYTES("\x10\xff\xff\xff\xff\x7f"), 5, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x01\x04MQTT\x04"), 3, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x05MQTT\x04"), 4, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x00\x04"), 4, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x04mqtt\x04"), 5, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x04MQTx\x04"), 8, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x06MQTT\x04"), 7, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x04MQIsdp\x03"), 7, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x06MQIsdx\x03"), 10, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x04MQTT\x03\x02"), 9, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x04MQTT\x06\x02"), 9, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x04MQTT\x00\x02"), 9, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x04MQTT\x85\x02"), 9, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x06MQIsdp\x04\x02"), 11, L7_PARSE_BAD },
	{ BYTES("\x10\x0f\x00\x06MQIsdp\x05\x02"), 11, L7_PARSE_BAD },
	{ BYTES("\x10\x0f" V311 "\x03" ALIVE), 10, L7_PARSE_BAD },
	{ BYTES("\x10\x0f" V31 "\x03" ALIVE), 12, L7_PARSE_BAD },
	/* fields that the packet has no room for, each refused where it begins */
	{ BYTES("\x10\x00\x00"), 2, L7_PARSE_BAD },
	{ BYTES("\x10\x01\x00\x04"), 3, L7_PARSE_BAD },
	{ BYTES("\x10\x05\x00\x04MQTT\x04"), 7, L7_PARSE_BAD },
	{ BYTES("\x10\x06\x00\x04MQTT\x04"), 8, L7_PARSE_BAD },
	{ BYTES("\x10\x07" V311 "\x02" ALIVE), 9, L7_PARSE_BAD },
	{ BYTES("\x10\x08" V311 "\x02" ALIVE), 10, L7_PARSE_BAD },
	{ BYTES("\x10\x09" V311 "\x02" ALIVE), 10, L7_PARSE_BAD },
	{ BYTES("\x10\x0a" V311 "\x02" ALIVE "\x00\x03" "abc"), 12, L7_PARSE_BAD },
	{ BYTES("\x10\x0b" V311 "\x02" ALIVE "\x00\x03" "abc"), 12, L7_PARSE_BAD },
	{ BYTES("\x10\x0e" V311 "\x02" ALIVE "\x00\x03" "abc"), 14, L7_PARSE_BAD },
	{ BYTES("\x10\x0a" V5 "\x02" ALIVE "\x00\x00\x03" "abc"), 12, L7_PARSE_BAD },
	{ BYTES("\x10\x0f" V5 "\x02" ALIVE "\x05" "\x21\x00\x14"), 13, L7_PARSE_BAD },
	{ BYTES("\x10\x0f" V5 "\x02" ALIVE "\x04\x21\x00\x14\x00\x00\x00"), 17, L7_PARSE_BAD },
	{ BYTES("\x10\x0c" V5 "\x02" ALIVE "\xff\xff\xff\x7f"), 14, L7_PARSE_BAD },
	{ BYTES("\x10\x40" V5 "\x02" ALIVE "\xff\xff\xff\xff\x7f"), 16, L7_PARSE_BAD },
	{ BYTES("\x10\x40" V5 "\x02" ALIVE "\xff\xff\xff\x7f"), 16, L7_PARSE_BAD },
};

static void table(void)
{
	struct answer a;
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("row %zu, id %s", i, rows[i].id ? rows[i].id : "-");
		CHECK_EQ(every_prefix(ask_mqtt, rows[i].bytes, rows[i].len, NULL, &a),
			 rows[i].at);
		check_verdict(&a, rows[i].verdict);
		if (a.verdict == L7_PARSE_FOUND)
			check_key(rows[i].bytes, &a, rows[i].id);
	}
}

/* A length as a varint of as few bytes as it needs. */
static size_t varint(u8 *p, u32 v)
{
	size_t n = 0;

	do {
		p[n++] = (u8)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		v >>= 7;
	} while (v);
	return n;
}

/* A CONNECT of version 5 whose length is @slack bytes more than it needs. */
static size_t build(u8 *out, u32 props, u32 id, u32 slack)
{
	u8 body[16] = V5 "\x02" ALIVE;
	size_t n = 10, len;

	n += varint(body + n, props);
	out[0] = 0x10;
	len = 1 + varint(out + 1, (u32)n + props + 2 + id + slack);
	memcpy(out + len, body, n);
	len += n;
	memset(out + len, 'P', props);
	len += props;
	l7_put16(out + len, (u16)id);
	memset(out + len + 2, 'i', id);
	return len + 2 + id;
}

static void sizes(void)
{
	static const u32 lens[] = {
		0, 1, 2, 23, 127, 128, 255, 256, 16383, 16384, 65535,
	};
	static u8 buf[200000];
	size_t i, j, len;
	struct answer a;

	for (i = 0; i < UNIT_SIZE(lens); i++) {
		for (j = 1; j < UNIT_SIZE(lens); j++) {
			UNIT_ROW("properties %u, id %u", lens[i], lens[j]);
			len = build(buf, lens[i], lens[j], 0);
			ask_at(ask_mqtt, unit_flush(buf, len), len, NULL, &a);
			check_verdict(&a, L7_PARSE_FOUND);
			CHECK_EQ(a.key.len, lens[j]);
			CHECK_EQ(a.key.off, len - lens[j]);
			ask_at(ask_mqtt, unit_flush(buf, len - 1), len - 1, NULL, &a);
			check_verdict(&a, L7_PARSE_MORE);
			/* the length of an id that is longer than the rest */
			len -= lens[j];
			l7_put16(buf + len - 2, (u16)(lens[j] + 1));
			ask_at(ask_mqtt, unit_flush(buf, len), len, NULL, &a);
			check_verdict(&a, lens[j] == 65535 ? L7_PARSE_NONE :
							     L7_PARSE_BAD);
		}
	}
}

static void random_changes(void)
{
	static const char *const words[] = {
		"MQTT", "MQIsdp", "\x10", "\x04", "\x05", "\x80", "\xff\xff",
		"\x7f", "abc",
	};
	const u8 *data[UNIT_SIZE(rows)];
	size_t lens[UNIT_SIZE(rows)], i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		data[i] = rows[i].bytes;
		lens[i] = rows[i].len;
	}
	random_prefixes(ask_mqtt, NULL, data, lens, UNIT_SIZE(rows), words,
			UNIT_SIZE(words));
}

int main(void)
{
	UNIT_RUN(table);
	UNIT_RUN(sizes);
	UNIT_RUN(random_changes);
	return unit_end();
}
