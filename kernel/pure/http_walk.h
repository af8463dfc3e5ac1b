/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A walk along the responses of a connection: where each one ends (RFC 9112
 * 6.3). Other than a parser it keeps state, as bodies are too long to be kept.
 */
#ifndef L7_PURE_HTTP_WALK_H
#define L7_PURE_HTTP_WALK_H

#include "parse.h"

/** struct l7_http_walk - where in a response the walk stands; all zero to begin
 * with, in front of the connection's first response
 * @left: bytes of the body, or of the chunk, that are still to come; while
 *	their number is being read, what was read of it
 * @status: status code, as far as it was read
 * @part: enum part of http_walk.c: what the next byte belongs to
 * @at: progress within @part
 * @seen: flags of http_walk.c: what was read of the head
 * @over: enum l7_parse, unless MORE the walk has ended
 */
struct l7_http_walk {
	u64 left;
	u16 status;
	u8 part;
	u8 at;
	u8 seen;
	u8 over;
};

/** l7_http_walk_feed() - go on through the stream that the server sends
 * @w: the walk
 * @p: the bytes that follow those given before
 * @len: their number
 * @head: the request whose response is being walked had the method HEAD
 * @at: out, when FOUND
 *
 * Return:
 * FOUND: the response ends in front of @p[*@at], 1..@len, and that is all that
 * was taken of @p: there the next one begins; go on with what is left, and its
 * @head. What interim 1xx responses lead up to is one response with them.
 * MORE: all of @p was taken.
 * NONE: no further response can be told: this one lasts until the connection
 * ends, has another coding than "chunked", or it is 101.
 * BAD: malformed, or its length is given in more than one way.
 * NONE and BAD are final. Where they come, and FOUND, does not depend on how
 * the stream is cut. Linear, and nothing read is kept.
 *
 * What is no response must not be taken for one: a wrong @head makes a body
 * look like one. If the method is not known, or is CONNECT, end the walk.
 */
enum l7_parse l7_http_walk_feed(struct l7_http_walk *w, const u8 *p, u32 len,
				bool head, u32 *at);

#endif /* L7_PURE_HTTP_WALK_H */
