/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TLS handshakes written down as text, and what is often written. Header only.
 */
#ifndef L7_TLS_TEXT_H
#define L7_TLS_TEXT_H

#include "unit.h"
#include "pure/env.h"

#define ROOM		200000

/* --- Streams, written down --- */

#define FIELDS_MAX	64

/** struct stream - bytes made from a text
 * @mark: where the text has its !, else the end
 * @fields: number of lengths
 * @at: where each is, @width: in how many bytes
 */
struct stream {
	u32 n, mark, fields;
	u32 at[FIELDS_MAX];
	u8 width[FIELDS_MAX];
	u8 b[ROOM];
};

static inline void put_length(struct stream *s, u32 field, long value)
{
	u32 i, w = s->width[field];

	for (i = 0; i < w; i++)
		s->b[s->at[field] + i] = (u8)(value >> 8 * (w - 1 - i));
}

static inline long get_length(const struct stream *s, u32 field)
{
	long v = 0;
	u32 i;

	for (i = 0; i < s->width[field]; i++)
		v = v << 8 | s->b[s->at[field] + i];
	return v;
}

/*
 * Hex digits are bytes, 'these too', 00*32 is 32 zeros; [2 and ] enclose what
 * is behind its length in two bytes, [2+1 tells a lie about it. ! is the mark.
 */
static inline void make(struct stream *s, const char *t)
{
	u32 open[16], depth = 0;
	long lie[16], n;
	unsigned int hex;
	char *end;

	s->n = s->fields = 0;
	s->mark = ROOM;
	while (*t) {
		if (*t == ' ') {
			t++;
		} else if (*t == '!') {
			s->mark = s->n;
			t++;
		} else if (*t == '\'') {
			for (t++; *t != '\''; t++)
				s->b[s->n++] = (u8)*t;
			t++;
		} else if (*t == '*') {
			n = strtol(t + 1, &end, 10);
			if (!n)
				abort();
			memset(s->b + s->n, s->b[s->n - 1], (size_t)n - 1);
			s->n += (u32)n - 1;
			t = end;
		} else if (*t == '[') {
			open[depth] = s->fields;
			s->at[s->fields] = s->n;
			s->width[s->fields] = (u8)(t[1] - '0');
			s->n += s->width[s->fields++];
			t += 2;
			lie[depth] = *t == '+' || *t == '-' ? strtol(t, &end, 10) : 0;
			t = lie[depth++] ? end : t;
		} else if (*t == ']') {
			u32 f = open[--depth];

			n = s->n - s->at[f] - s->width[f];
			put_length(s, f, n + lie[depth]);
			t++;
		} else {
			if (sscanf(t, "%2x", &hex) != 1)
				abort();
			s->b[s->n++] = (u8)hex;
			t += 2;
		}
	}
	if (s->mark == ROOM)
		s->mark = s->n;
}

/* Cut the first @n bytes of handshake at @from into records of @size bytes. */
static inline u32 cut(u8 *to, const u8 *from, u32 n, u32 size)
{
	u32 at = 0, i, len;

	for (i = 0; i < n; i += len) {
		len = size < n - i ? size : n - i;
		memcpy(to + at, "\x16\x03\x03", 3);
		l7_put16(to + at + 3, (u16)len);
		memcpy(to + at + 5, from + i, len);
		at += 5 + len;
	}
	return at;
}

/* What the handshake records in front of a stream carry. */
static inline u32 uncut(u8 *to, const u8 *from, u32 n)
{
	u32 at = 0, out = 0, len;

	for (; at + 5 <= n && from[at] == 0x16; at += 5 + len) {
		len = l7_get16(from + at + 3);
		if (len > n - at - 5)
			break;
		memcpy(to + out, from + at + 5, len);
		out += len;
	}
	return out;
}

/* --- What is often written --- */

/* By clients. */
#define VECTOR(x)	"[2 " x "] "
#define RECORD(x)	"16 0301 " VECTOR(x)
#define RANDOM		"5a*32 "
#define BODY(x)		"01 [3 0303 " RANDOM x "] "
#define START		"[1 ] [2 1301 c02f] [1 00] "
#define HELLO(ext)	RECORD(BODY(START VECTOR(ext)))
#define SNI(list)	"0000 " VECTOR(list)
#define NAME(x)		"00 [2 '" x "'] "
#define ALPN(list)	"0010 [2 [2 " list "] ] "
#define PSK(ids, bind)	"0029 [2 [2 " ids "] [2 " bind "] ] "
#define IDENTITY(x)	"[2 " x "] 00000000 "
#define BINDER		"[1 b1*32] "
#define VERSIONS(list)	"002b [2 [1 " list "] ] "
#define GREASE		"0a0a [2 ] "

/* As Chrome does, with a post-quantum key share: 1.7 KiB. */
#define CHROME								\
	RECORD(BODY("[1 1d*32] [2 2a2a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 " \
		    "c014 009c 009d 002f 0035] [1 00] "			\
		    VECTOR("3a3a [2 ] ff01 [2 00] 0005 [2 0100000000] 0012 [2 ] "	\
			   SNI(VECTOR(NAME("www.example"))) "000d [2 [2 04030804040105030805" \
			   "050108060601] ] 002d [2 [1 01] ] 0017 [2 ] 0023 [2 ] "	\
			   "fe0d [2 00 0001 0001 2f [2 ec*32] [2 ec*176] ] " \
			   "0033 [2 [2 4a4a [2 00] 11ec [2 ab*1216] 001d [2 cd*32] ] ] " \
			   ALPN("[1 'h2'] [1 'http/1.1'] ") "001b [2 [1 0002] ] "	\
			   "000a [2 [2 4a4a 11ec 001d 0017 0018] ] 44cd [2 [2 [1 'h2'] ] ] " \
			   VERSIONS("9a9a 0304 0303") "000b [2 [1 00] ] 8a8a [2 00] ")))

/* A hello with everything, and then one byte that is no record. */
#define EVERYTHING							\
	RECORD(BODY("[1 1d*32] [2 1301 1302] [1 00] "			\
		    VECTOR("1a1a [2 00] " SNI(VECTOR("07 [2 ff] " NAME("a.example"))) \
			   "0023 [2 07*20] " VERSIONS("0304 0303") "0033 [2 01*40] " \
			   ALPN("[1 'h2'] [1 'http/1.1'] ") "fe0d [2 00] "	\
			   PSK(IDENTITY("aabb") IDENTITY("ccdd"), BINDER BINDER)))) "00"

/* By servers. */
#define REC(x)		"16 0303 " VECTOR(x)
#define MSG(x)		"02 [3 0303 " RANDOM x "] "
#define PLAIN		"[1 ] c02f 00 "
#define SH(ext)		MSG(PLAIN VECTOR(ext))
#define HRR		"02 [3 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e"	\
			"079e09e2c8a8339c [1 1d] 1301 00 [2 002b [2 0304] 0023 [2 ] ] ] "
#define CCS		"14 0303 [2 01] "
#define WARNING		"15 0303 [2 0170] "
#define FATAL		"15 0303 [2 0228] "
#define CLOSE		"15 0303 [2 0100] "
#define IS_13		"002b [2 0304] "
#define PROMISE		"0023 [2 ] "
#define TICKET(x)	"04 [3 00000e10 [2 " x "] ] "
#define CERTIFICATE	"0b [3 00*300] "
#define DONE		"0e [3 ] "

#endif /* L7_TLS_TEXT_H */
