// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and numbers in text, see text.h. No locks, no state.
 */
#include "text.h"

#define PORT_LEN	2
#define PORT_MAX	65535

bool l7_text_byte(struct l7_text *t, u8 c)
{
	if (t->at == t->end || t->p[t->at] != c)
		return false;
	t->at++;
	return true;
}

bool l7_text_number(struct l7_text *t, u32 max, u32 *v)
{
	u32 start = t->at;

	for (*v = 0; t->at < t->end && *v <= max; t->at++) {
		u8 c = t->p[t->at];

		if (c < '0' || c > '9')
			break;
		*v = *v * 10 + (c - '0');
	}
	if (t->at == start || *v > max)
		return false;
	return t->at - start == 1 || t->p[start] != '0';
}

bool l7_text_port(struct l7_text *t, __be16 *port)
{
	u8 bytes[PORT_LEN];
	u32 v;

	if (!l7_text_number(t, PORT_MAX, &v))
		return false;
	l7_put16(bytes, (u16)v);
	memcpy(port, bytes, PORT_LEN);
	return true;
}

/* 192.0.2.1 */
static bool take_addr4(struct l7_text *t, u8 *out)
{
	u32 i, v;

	for (i = 0; i < 4; i++) {
		if ((i && !l7_text_byte(t, '.')) || !l7_text_number(t, 255, &v))
			return false;
		out[i] = (u8)v;
	}
	return true;
}

static u32 hex_digit(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* 1 to 4 hexadecimal digits; a fifth is left, and is in the way then. */
static bool take_group(struct l7_text *t, u8 *out)
{
	u32 start = t->at, v = 0, d;

	for (; t->at < t->end && t->at - start < 4; t->at++) {
		d = hex_digit(t->p[t->at]);
		if (d == 16)
			break;
		v = v << 4 | d;
	}
	l7_put16(out, (u16)v);
	return t->at > start;
}

/*
 * What stands for the next bytes of an IPv6 address, @room of them left: a
 * group, or the last four as an IPv4 address. Returns how many; 0: malformed.
 */
static u32 take_piece6(struct l7_text *t, u8 *out, u32 room)
{
	u32 start = t->at;

	if (room < 2 || !take_group(t, out))
		return 0;
	if (t->at == t->end || t->p[t->at] != '.')
		return 2;
	t->at = start;
	return room >= 4 && take_addr4(t, out) ? 4 : 0;
}

/* Make @n bytes 16: zeros come in at @gap, if there is one. */
static bool widen(u8 *out, u32 n, u32 gap)
{
	u32 tail = n - gap;

	if (gap > n)
		return n == 16;
	/* "::" stands for one group or more (RFC 4291 2.2). */
	if (n > 14)
		return false;
	memmove(out + 16 - tail, out + gap, tail);
	memset(out + gap, 0, 16 - n);
	return true;
}

/* RFC 4291 2.2; all of @t is the address. */
static bool take_addr6(struct l7_text *t, u8 *out)
{
	u32 n = 0, gap = 17, size;

	if (t->end - t->at >= 2 && t->p[t->at] == ':' && t->p[t->at + 1] == ':') {
		gap = 0;
		t->at += 2;
	}
	while (t->at < t->end) {
		size = take_piece6(t, out + n, 16 - n);
		n += size;
		if (!size)
			return false;
		if (t->at == t->end)
			break;
		/* An IPv4 address is the end. */
		if (size == 4 || !l7_text_byte(t, ':') || t->at == t->end)
			return false;
		if (l7_text_byte(t, ':')) {
			if (gap <= n)
				return false;
			gap = n;
		}
	}
	return widen(out, n, gap);
}

bool l7_text_addr(struct l7_text *t, u8 sep, u8 af, union nf_inet_addr *a)
{
	const u8 *end = memchr(t->p + t->at, sep, t->end - t->at);
	struct l7_text field = { .p = t->p, .at = t->at };
	u8 bytes[16];

	if (!end)
		return false;
	field.end = (u32)(end - t->p);
	t->at = field.end + 1;
	if (af == AF_INET ? !take_addr4(&field, bytes) : !take_addr6(&field, bytes))
		return false;
	memcpy(a, bytes, af == AF_INET ? 4 : 16);
	return field.at == field.end;
}
