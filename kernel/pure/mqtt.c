// SPDX-License-Identifier: GPL-2.0
/*
 * MQTT's CONNECT. Owns its grammar up to the client id; what that means to a
 * binding is the caller's. No locks, no state.
 *
 *   0x10, length of what follows (1 to 4)
 *   length and name of the protocol, version, flags, keep-alive (2),
 *   version 5: length (1 to 4) and properties, length (2) and client id, ...
 *
 * Where a step says NONE there is nothing against what it read.
 */
#include "mqtt.h"

#define CONNECT		0x10
#define VARINT_MAX	4	/* bytes */
#define FLAG_RESERVED	0x01
#define BRIDGE		0x80	/* of the version, up to 3.1.1 */
#define VERSION_3_1	3
#define VERSION_3_1_1	4
#define VERSION_5	5

/** struct packet - a CONNECT on its way through the parser
 * @p: the input
 * @len: its end
 * @next: the byte that is read next, at most @len
 * @end: the packet's end, beyond anything as long as it is not known
 */
struct packet {
	const u8 *p;
	u32 len;
	u32 next;
	u32 end;
};

/* The next @n bytes are at @at. */
static enum l7_parse take(struct packet *k, u32 n, u32 *at)
{
	if (n > k->end - k->next)
		return L7_PARSE_BAD;
	if (n > k->len - k->next)
		return L7_PARSE_MORE;
	*at = k->next;
	k->next += n;
	return L7_PARSE_NONE;
}

static enum l7_parse take8(struct packet *k, u8 *v)
{
	u32 at;
	enum l7_parse r = take(k, 1, &at);

	if (r == L7_PARSE_NONE)
		*v = k->p[at];
	return r;
}

static enum l7_parse take16(struct packet *k, u16 *v)
{
	u32 at;
	enum l7_parse r = take(k, 2, &at);

	if (r == L7_PARSE_NONE)
		*v = l7_get16(k->p + at);
	return r;
}

/* Seven bits a byte, the lowest first. */
static enum l7_parse take_varint(struct packet *k, u32 *v)
{
	enum l7_parse r;
	u32 i;
	u8 b;

	*v = 0;
	for (i = 0; i < VARINT_MAX; i++) {
		r = take8(k, &b);
		if (r != L7_PARSE_NONE)
			return r;
		*v |= (u32)(b & 0x7f) << 7 * i;
		if (!(b & 0x80))
			return L7_PARSE_NONE;
	}
	return L7_PARSE_BAD;
}

static enum l7_parse expect(struct packet *k, u8 want)
{
	enum l7_parse r;
	u8 b;

	r = take8(k, &b);
	return r != L7_PARSE_NONE || b == want ? r : L7_PARSE_BAD;
}

static bool is_version(u8 version, bool old)
{
	if (old)
		return (version & ~BRIDGE) == VERSION_3_1;
	return (version & ~BRIDGE) == VERSION_3_1_1 || version == VERSION_5;
}

/* Name and version; the old name is that of 3.1 alone. */
static enum l7_parse protocol(struct packet *k, u8 *version)
{
	static const char name[] = "MQTT", old_name[] = "MQIsdp";
	enum l7_parse r;
	const char *c;
	bool old;
	u8 n;

	r = expect(k, 0);
	if (r == L7_PARSE_NONE)
		r = take8(k, &n);
	if (r != L7_PARSE_NONE)
		return r;
	old = n == sizeof(old_name) - 1;
	if (!old && n != sizeof(name) - 1)
		return L7_PARSE_BAD;
	for (c = old ? old_name : name; *c && r == L7_PARSE_NONE; c++)
		r = expect(k, (u8)*c);
	if (r == L7_PARSE_NONE)
		r = take8(k, version);
	if (r == L7_PARSE_NONE && !is_version(*version, old))
		return L7_PARSE_BAD;
	return r;
}

/* Flags, keep-alive and properties. */
static enum l7_parse settings(struct packet *k, u8 version)
{
	enum l7_parse r;
	u32 n, at;
	u8 flags;

	r = take8(k, &flags);
	if (r != L7_PARSE_NONE)
		return r;
	if (flags & FLAG_RESERVED)
		return L7_PARSE_BAD;
	r = take(k, 2, &at);
	if (r != L7_PARSE_NONE || version != VERSION_5)
		return r;
	r = take_varint(k, &n);
	return r == L7_PARSE_NONE ? take(k, n, &at) : r;
}

static enum l7_parse client_id(struct packet *k, struct l7_slice *id)
{
	enum l7_parse r;
	u16 n;

	r = take16(k, &n);
	if (r == L7_PARSE_NONE)
		r = take(k, n, &id->off);
	if (r != L7_PARSE_NONE || !n)
		return r;
	id->len = n;
	return L7_PARSE_FOUND;
}

enum l7_parse l7_mqtt_connect(const u8 *p, u32 len, struct l7_slice *id)
{
	struct packet k = { .p = p, .len = len, .end = ~0u };
	enum l7_parse r;
	u8 version;
	u32 n;

	r = expect(&k, CONNECT);
	if (r == L7_PARSE_NONE)
		r = take_varint(&k, &n);
	if (r != L7_PARSE_NONE)
		return r;
	k.end = k.next + n;
	r = protocol(&k, &version);
	if (r == L7_PARSE_NONE)
		r = settings(&k, version);
	return r == L7_PARSE_NONE ? client_id(&k, id) : r;
}
