/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two targets for TLS share: answers that can be compared, and
 * streams made of the input.
 */
#ifndef L7_FUZZ_TLS_H
#define L7_FUZZ_TLS_H

#include "fuzz.h"
#include "pure/tls.h"

/* --- Answers --- */

/** struct answer - of a parser, or of its oracle
 * @hash: of all that it says, when FOUND
 */
struct answer {
	enum l7_parse verdict;
	u64 hash;
};

static inline void fold(struct answer *a, u64 n)
{
	a->hash = (a->hash ^ n) * 0x100000001b3u;
	a->hash ^= a->hash >> 29;
}

static inline void fold_bytes(struct answer *a, const u8 *p, size_t n)
{
	fold(a, n);
	while (n--)
		fold(a, *p++);
}

static inline bool is_equal(const struct answer *a, const struct answer *b)
{
	return a->verdict == b->verdict &&
	       (a->verdict != L7_PARSE_FOUND || a->hash == b->hash);
}

static u8 room[L7_TLS_HELLO_MAX];

/* What is pointed at lies in the input, or in the buffer. */
static inline void require_slice(const u8 *base, struct l7_slice s, const u8 *p,
				 size_t len)
{
	size_t all = base == room ? sizeof(room) : len;

	if (!s.len)
		return;
	REQUIRE(base == room || base == p);
	REQUIRE(s.off <= all && s.len <= all - s.off);
}

/* --- Streams --- */

/** struct stream - what goes over the wire
 * @plain: its handshake bytes, if it was made of them
 * @n: of them; 0 = it was not
 */
struct stream {
	size_t len, n;
	u8 plain[FUZZ_ROOM];
	u8 wire[FUZZ_ROOM];
};

/* The handshake bytes, in records of @size bytes. */
static inline void to_records(struct stream *s, size_t size)
{
	size_t i, len;

	s->len = 0;
	for (i = 0; i < s->n; i += len) {
		len = size < s->n - i ? size : s->n - i;
		s->wire[s->len++] = 22;
		s->wire[s->len++] = 3;
		s->wire[s->len++] = (u8)i;
		l7_put16(s->wire + s->len, (u16)len);
		memcpy(s->wire + s->len + 2, s->plain + i, len);
		s->len += 2 + len;
	}
}

static inline size_t record_size(u32 which)
{
	static const size_t sizes[] = { 16384, 1, 2, 3, 4, 7, 64, 511 };

	return sizes[which % FUZZ_SIZE(sizes)];
}

/* A message of @kind: @start, then @n bytes of extensions behind their length. */
static inline void put_hello(struct stream *s, u8 kind, const u8 *start,
			     size_t start_len, const u8 *extensions, size_t n)
{
	u8 *p = s->plain + s->n;

	l7_put32(p, (u32)(start_len + 2 + n));
	p[0] = kind;
	memcpy(p + 4, start, start_len);
	l7_put16(p + 4 + start_len, (u16)n);
	memcpy(p + 6 + start_len, extensions, n);
	s->n += 6 + start_len + n;
}

#endif /* L7_FUZZ_TLS_H */
