/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Classes of bytes in HTTP, and how runs of them are skipped eight at a time.
 * Private to pure/http*.c; inline, as this is where their time goes.
 */
#ifndef L7_PURE_HTTP_SCAN_H
#define L7_PURE_HTTP_SCAN_H

#include "env.h"

#define ONES	0x0101010101010101ull
#define SEVENS	(0x7f * ONES)
#define HIGHS	(0x80 * ONES)

static inline bool is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

static inline bool is_eol(u8 c)
{
	return c == '\r' || c == '\n';
}

static inline u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static inline bool is_alpha(u8 c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/*
 * Eight bytes at a time, the first one lowest. The masks have the top bit of
 * each byte that matches, and are exact: nothing carries from byte to byte.
 */
static inline u64 word_at(const u8 *p)
{
	u64 w;

	memcpy(&w, p, sizeof(w));
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? w :
	       __builtin_bswap64(w);
}

/* Bytes from 0x20 on. */
static inline u64 text_mask(u64 w)
{
	return (((w & SEVENS) + 0x60 * ONES) | w) & HIGHS;
}

/* Bytes from 0x21 to 0x7f but the colon. */
static inline u64 name_mask(u64 w)
{
	u64 low = w & SEVENS;

	return (low + 0x5f * ONES) & ((low ^ ONES * ':') + SEVENS) & ~w & HIGHS;
}

/* Bytes that are not @c, which is below 0x80. */
static inline u64 other_mask(u64 w, u8 c)
{
	return ((((w & SEVENS) ^ ONES * c) + SEVENS) | w) & HIGHS;
}

/* The first byte that a mask lacks. */
static inline u32 first_gap(u64 mask)
{
	return (u32)__builtin_ctzll(mask ^ HIGHS) / 8;
}

/* The first control byte from @i on, tabs not counted. */
static inline u32 skip_text(const u8 *p, u32 i, u32 len)
{
	while (len - i >= 16) {
		u64 a = text_mask(word_at(p + i));
		u64 b = text_mask(word_at(p + i + 8));

		if ((a & b) == HIGHS) {
			i += 16;
			continue;
		}
		i += a != HIGHS ? first_gap(a) : 8 + first_gap(b);
		if (p[i] != '\t')
			return i;
		i++;
	}
	while (i < len && (p[i] >= 0x20 || p[i] == '\t'))
		i++;
	return i;
}

/* The first byte from @i on that cannot be part of a field's name. */
static inline u32 skip_name(const u8 *p, u32 i, u32 len)
{
	while (len - i >= 8) {
		u64 m = name_mask(word_at(p + i));

		if (m != HIGHS)
			return i + first_gap(m);
		i += 8;
	}
	while (i < len && p[i] > 0x20 && p[i] < 0x80 && p[i] != ':')
		i++;
	return i;
}

/* The first @c < 0x80 from @i on. */
static inline u32 skip_to(const u8 *p, u32 i, u32 end, u8 c)
{
	while (end - i >= 8) {
		u64 m = other_mask(word_at(p + i), c);

		if (m != HIGHS)
			return i + first_gap(m);
		i += 8;
	}
	while (i < end && p[i] != c)
		i++;
	return i;
}

#endif /* L7_PURE_HTTP_SCAN_H */
