/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzz targets share: a failure that says what was wrong, input that
 * is taken apart value by value, and bytes whose neighbours cannot be read.
 * Header only.
 *
 * To add a target: write NAME.c beside this file (the Makefile finds it and
 * links all of kernel/pure/), with at least one input in corpus/NAME/ and
 * perhaps words in NAME.dict:
 *
 *	#include "fuzz.h"
 *	#include "pure/NAME.h"
 *
 *	int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
 *	{
 *		REQUIRE(l7_name_parse(data, len) <= len);
 *		return 0;
 *	}
 */
#ifndef L7_FUZZ_H
#define L7_FUZZ_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sanitizer/asan_interface.h>
#include "pure/env.h"

#define FUZZ_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

/* A property that does not hold is a finding, as a crash is. */
#define REQUIRE(cond)							\
	do {								\
		if (!(cond)) {						\
			fprintf(stderr, "%s:%d: violated: %s\n",	\
				__FILE__, __LINE__, #cond);		\
			abort();					\
		}							\
	} while (0)

/* Shown with FUZZ_TRACE in the environment, to read what an input does. */
static inline __attribute__((format(printf, 1, 2)))
void fuzz_trace(const char *fmt, ...)
{
	static int wanted = -1;
	va_list ap;

	if (wanted < 0)
		wanted = !!getenv("FUZZ_TRACE");
	if (!wanted)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

/* --- Input as a sequence of values; beyond its end there are zeros --- */

struct fuzz_in {
	const u8 *p;
	size_t len;
};

static inline u8 fuzz_u8(struct fuzz_in *in)
{
	if (!in->len)
		return 0;
	in->len--;
	return *in->p++;
}

static inline u16 fuzz_u16(struct fuzz_in *in)
{
	u16 hi = fuzz_u8(in);

	return (u16)(hi << 8 | fuzz_u8(in));
}

static inline u32 fuzz_u32(struct fuzz_in *in)
{
	u32 hi = fuzz_u16(in);

	return hi << 16 | fuzz_u16(in);
}

static inline u64 fuzz_u64(struct fuzz_in *in)
{
	u64 hi = fuzz_u32(in);

	return hi << 32 | fuzz_u32(in);
}

/* 0 .. @n - 1, from one byte. */
static inline u32 fuzz_below(struct fuzz_in *in, u32 n)
{
	return fuzz_u8(in) % n;
}

static inline void fuzz_bytes(struct fuzz_in *in, void *out, size_t len)
{
	size_t n = len < in->len ? len : in->len;

	memset(out, 0, len);
	if (n)
		memcpy(out, in->p, n);
	in->p += n;
	in->len -= n;
}

/* --- Bytes between guards --- */

#define FUZZ_ROOM	(1u << 16)
#define FUZZ_GUARD	64

/** struct fuzz_bytes - a copy of bytes whose end can be moved
 * @p: the bytes
 * @len: their number, whatever fuzz_cut() leaves readable
 */
struct fuzz_bytes {
	u8 *p;
	size_t len;
};

/** fuzz_cut() - from now on only the first @n bytes can be read */
static inline void fuzz_cut(const struct fuzz_bytes *b, size_t n)
{
	ASAN_UNPOISON_MEMORY_REGION(b->p, b->len);
	ASAN_POISON_MEMORY_REGION(b->p + n, b->len - n + FUZZ_GUARD);
}

/** fuzz_place() - copy bytes to a place of their own
 * @len: at most FUZZ_ROOM
 * @shift: 0..7, how far from the alignment of a word
 * Valid until the next call.
 */
static inline void fuzz_place(struct fuzz_bytes *b, const u8 *data, size_t len,
			      u32 shift)
{
	static u8 room[FUZZ_ROOM + 3 * FUZZ_GUARD]
		__attribute__((aligned(FUZZ_GUARD)));

	REQUIRE(len <= FUZZ_ROOM);
	b->p = room + FUZZ_GUARD + shift;
	b->len = len;
	ASAN_UNPOISON_MEMORY_REGION(room, sizeof(room));
	ASAN_POISON_MEMORY_REGION(room, FUZZ_GUARD + shift);
	if (len)
		memcpy(b->p, data, len);
	fuzz_cut(b, len);
}

/* --- Places at which a stream is cut in two --- */

#define FUZZ_CUTS_ALL	96	/* shorter inputs are cut everywhere */
#define FUZZ_CUTS	32

/** fuzz_next_cut() - the next cut behind @at, @len at the latest
 * @state: makes cuts of long inputs random; any value, kept by the caller
 */
static inline size_t fuzz_next_cut(size_t at, size_t len, u32 *state)
{
	size_t step;

	if (len <= FUZZ_CUTS_ALL)
		return at + 1;
	*state = *state * 1664525 + 1013904223;
	step = 1 + (*state >> 16) % (2 * len / FUZZ_CUTS);
	return step < len - at ? at + step : len;
}

#endif /* L7_FUZZ_H */
