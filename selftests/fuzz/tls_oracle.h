/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the slow oracles of the two targets for TLS share: records are pushed,
 * one byte after the other, into messages; and vectors and extensions of these.
 */
#ifndef L7_FUZZ_TLS_ORACLE_H
#define L7_FUZZ_TLS_ORACLE_H

#include "tls.h"

/* --- The oracle: one byte after the other into a message --- */

#define READ_MAX	FUZZ_ROOM

/** struct oracle - a flight that is being read
 * @judge: what @msg makes of the verdict, when it is whole or the input ends in
 *	it; NONE = go on
 * @ended: verdict at the end of the handshake, which is an alert, or with
 *	@secret ChangeCipherSpec
 * @have: bytes of @msg
 * @said, @answer: for @judge
 */
struct oracle {
	enum l7_parse (*judge)(struct oracle *o);
	enum l7_parse ended;
	bool secret;
	bool want_ticket;
	size_t have;
	u8 msg[READ_MAX];
	struct l7_tls_answer said;
	struct answer answer;
};

/* Size of the message, as soon as it is known. */
static inline size_t msg_size(const struct oracle *o)
{
	return o->have < 4 ? 0 : 4 + (l7_get32(o->msg) & 0xffffff);
}

static inline bool is_whole(const struct oracle *o)
{
	return o->have >= 4 && o->have == msg_size(o);
}

static inline enum l7_parse push(struct oracle *o, u8 byte)
{
	enum l7_parse v;

	o->msg[o->have++] = byte;
	if (!is_whole(o))
		return L7_PARSE_NONE;
	v = o->judge(o);
	o->have = 0;
	return v;
}

static inline enum l7_parse at_end(struct oracle *o)
{
	return o->have && o->judge(o) == L7_PARSE_BAD ? L7_PARSE_BAD :
							L7_PARSE_MORE;
}

/* A record of another type, which is there as far as @have says. */
static inline enum l7_parse push_other(struct oracle *o, const u8 *p, size_t n,
				       size_t have)
{
	bool is_alert = p[0] == 21, ends;

	if (o->have || n != (is_alert ? 2 : 1))
		return L7_PARSE_BAD;
	if (have < n)
		return L7_PARSE_MORE;
	if (p[5] != 1 && !(is_alert && p[5] == 2))
		return L7_PARSE_BAD;
	ends = is_alert ? p[5] == 2 || p[6] == 0 : o->secret;
	return ends ? o->ended : L7_PARSE_MORE;
}

static inline enum l7_parse push_all(struct oracle *o, const u8 *p, size_t len)
{
	size_t at = 0, n, i;
	enum l7_parse v;

	for (;; at += 5 + n) {
		if (at < len && p[at] != 20 && p[at] != 21 && p[at] != 22)
			return L7_PARSE_BAD;
		if (at + 1 < len && p[at + 1] != 3)
			return L7_PARSE_BAD;
		if (at + 5 > len)
			return at_end(o);
		n = (size_t)p[at + 3] << 8 | p[at + 4];
		if (n == 0 || n > 16384)
			return L7_PARSE_BAD;
		if (p[at] != 22) {
			v = push_other(o, p + at, n, len - at - 5);
			if (v != L7_PARSE_MORE || len - at - 5 < n)
				return v;
			continue;
		}
		for (i = at + 5; i < at + 5 + n; i++) {
			if (i == len)
				return at_end(o);
			v = push(o, p[i]);
			if (v != L7_PARSE_NONE)
				return v;
		}
	}
}

/* --- Elements: where they end, or why there is no telling --- */

/** struct element - bytes at @at to @end of a message
 * @v: NONE if they are there, else what the message is because of them
 */
struct element {
	size_t at, end;
	enum l7_parse v;
};

/* @n bytes at @at, in what ends at @end, of which there are @have. */
static inline struct element bytes_at(size_t at, size_t n, size_t end,
				      size_t have)
{
	struct element e = { at, at + n, L7_PARSE_NONE };

	if (at + n > end)
		e.v = L7_PARSE_BAD;
	else if (at + n > have)
		e.v = L7_PARSE_MORE;
	return e;
}

/* The same, @min to @max bytes with their number before them in @width bytes. */
static inline struct element vector_at(const u8 *p, size_t at, size_t width,
				       size_t min, size_t max, size_t end,
				       size_t have)
{
	struct element e = bytes_at(at, width, end, have);
	size_t n = 0;

	if (e.v != L7_PARSE_NONE)
		return e;
	for (; at < e.end; at++)
		n = n * 256 + p[at];
	e = bytes_at(at, n, end, have);
	if (n < min || n > max)
		e.v = L7_PARSE_BAD;
	return e;
}

/* Vectors and @trailer bytes each, without a rest; their number, or -1. */
static inline int count_entries(const u8 *p, struct element list, size_t width,
				size_t min, size_t trailer)
{
	int n = 0;

	while (list.at < list.end) {
		struct element e = vector_at(p, list.at, width, min, 65535,
					     list.end, list.end);

		if (e.v != L7_PARSE_NONE || e.end + trailer > list.end)
			return -1;
		list.at = e.end + trailer;
		n++;
	}
	return n;
}

static inline size_t size_of(const struct element *e)
{
	return e->end - e->at;
}

#define SEEN	64

/*
 * The extension at @at, its content in @e. @seen has those before it, by type
 * below SEEN; of others two are none's business.
 */
static inline u32 extension_at(const u8 *p, size_t at, size_t end, size_t have,
			       bool *seen, struct element *e)
{
	u32 type;

	*e = bytes_at(at, 2, end, have);
	if (e->v != L7_PARSE_NONE)
		return 0;
	type = l7_get16(p + at);
	if (type < SEEN && seen[type])
		e->v = L7_PARSE_BAD;
	if (e->v == L7_PARSE_NONE)
		*e = vector_at(p, at + 2, 2, 0, 65535, end, have);
	if (type < SEEN)
		seen[type] = true;
	return type;
}

#endif /* L7_FUZZ_TLS_ORACLE_H */
