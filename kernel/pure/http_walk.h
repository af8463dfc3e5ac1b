/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A walk along the responses of a connection, or along its requests: where each
 * one ends (RFC 9112 6.3). Other than a parser it keeps state, as bodies are too
 * long to be kept.
 */
#ifndef L7_PURE_HTTP_WALK_H
#define L7_PURE_HTTP_WALK_H

#include "parse.h"

/** struct l7_http_walk - where in a message the walk stands; all zero to begin
 * with, in front of the connection's first one
 * @left: bytes of the body, or of the chunk, that are still to come; while
 *	their number is being read, what was read of it
 * @status: status code, as far as it was read; of a request, which methods are
 *	ruled out
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

/** l7_http_walk_request() - go on through the stream that the client sends
 * @w: another walk than that of the responses
 * @p: the bytes that follow those given before
 * @len: their number
 * @at: out, when FOUND
 * @head: out, when FOUND
 *
 * Return:
 * FOUND: the head of a request ends in front of @p[*@at], 1..@len; @head says
 * whether its method is HEAD. Go on with what is left: a body is passed over.
 * MORE: all of @p was taken.
 * NONE: no further request can be told, nor what answers this one: its method is
 * CONNECT, or its body has another coding than "chunked".
 * BAD: malformed, or such that servers may differ about it: its length is given in
 * more than one way, a line of its head is folded or ends without CR, its method
 * is not of capitals alone, there is an empty line in front of it.
 * NONE and BAD are final; where they come, and FOUND, does not depend on how the
 * stream is cut.
 */
enum l7_parse l7_http_walk_request(struct l7_http_walk *w, const u8 *p, u32 len,
				   u32 *at, bool *head);

/** l7_http_walk_unread() - how many of the bytes that come next are of a body and
 * of no other meaning: for so many, both functions take NULL as @p, as they do
 * where these are missing
 */
u32 l7_http_walk_unread(const struct l7_http_walk *w);

#endif /* L7_PURE_HTTP_WALK_H */
