/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cookie that the director itself puts into a response: how it reads, and
 * what the bytes put in do to sequence numbers.
 *
 *	Set-Cookie: NAME[.FWMARK]=TOKEN[; ATTRIBUTES]
 *
 * The token is a keyed hash of the real server: nobody else can make one, and it
 * tells nothing of the server. Each pool has a cookie of its own.
 *
 * Or the token takes the place of the first bytes of a value that the server
 * sends. Then the name is the server's choice, and the same in each pool.
 */
#ifndef L7_PURE_INSERT_H
#define L7_PURE_INSERT_H

#include "key.h"

#define L7_TOKEN_LEN		16	/* characters, 96 bits */
#define L7_INSERT_MAX		255	/* bytes of a line */

/** l7_insert_token() - a keyed hash as it stands in a cookie (RFC 4648 5)
 * @hash: L7_KEY_HASH_LEN bytes, of which 12 count
 */
void l7_insert_token(const u8 *hash, u8 text[L7_TOKEN_LEN]);

/** l7_insert_sel() - the cookie of a pool
 * @pool: fwmark, 0: none
 */
void l7_insert_sel(const struct l7_rule *r, u32 pool,
		   struct l7_cookie_sel *sel);

/** l7_insert_token_of() - the token of a cookie that a request brings
 * @value: of the cookie, as it stands in @p
 * Return: L7_TOKEN_LEN bytes within @p, or NULL: there can be none.
 */
const u8 *l7_insert_token_of(const struct l7_rule *r, const u8 *p,
			     struct l7_slice value);

/** l7_insert_covers() - the bytes of a token that a segment has
 * @at: number of the token's first byte
 * @all: bytes of the token
 * @seq: of the segment's
 * @len: bytes of the segment
 * @off: out, bytes of the segment in front of them
 * @skip: out, bytes of the token in front of them
 * Return: their number; if 0, @off and @skip say nothing.
 */
u32 l7_insert_covers(u32 at, u32 all, u32 seq, u32 len, u32 *off, u32 *skip);

/** l7_insert_len() - bytes of the line, its end included; never above
 * L7_INSERT_MAX
 */
u32 l7_insert_len(const struct l7_rule *r, u32 pool);
/** l7_insert_line() - write the line
 * @out: L7_INSERT_MAX bytes
 */
void l7_insert_line(const struct l7_rule *r, u32 pool,
		    const u8 token[L7_TOKEN_LEN], u8 *out);
/** l7_insert_filler() - a line of @len bytes that says nothing, for one that was
 * announced and can't be written any more
 */
void l7_insert_filler(u8 *out, u32 len);

/** struct l7_insert_map - where bytes are put into the server's stream
 * @base: to be added to the server's numbers in front of them; behind them @len
 *	more
 * @at: the server's number of the byte in front of which they stand
 * @len: their number
 * @known: @at is known, else all is in front
 */
struct l7_insert_map {
	u32 base;
	u32 at;
	u8 len;
	bool known;
};

/** l7_insert_unmap() - the server's number for one that the client knows; for
 * one within what was put in, that of the byte behind it
 */
static inline u32 l7_insert_unmap(const struct l7_insert_map *m, u32 seq)
{
	u32 front = seq - m->base;

	if (!m->known || (s32)(front - m->at) <= 0)
		return front;
	return (s32)(front - m->len - m->at) < 0 ? m->at : front - m->len;
}

#endif /* L7_PURE_INSERT_H */
