/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HTTP/1.x heads (RFC 9112) and their cookies (RFC 6265), as slices of a flat
 * prefix. No state, no allocation; every loop is bounded by the input length.
 */
#ifndef L7_PURE_HTTP_H
#define L7_PURE_HTTP_H

#include "parse.h"

#define L7_COOKIE_NAME_MAX	64

/** struct l7_cookie_sel - which cookie, and which part of its value, is the key
 * @name: name, case-sensitive, not NUL terminated
 * @name_len: 1..L7_COOKIE_NAME_MAX bytes
 * @wildcard: @name is a prefix of the cookie's name (ASPSESSIONID*)
 * @offset: first byte of the value that counts
 * @length: bytes that count, 0 = all from @offset on; what is there, when the
 *	value ends sooner
 */
struct l7_cookie_sel {
	char name[L7_COOKIE_NAME_MAX];
	u8 name_len;
	bool wildcard;
	u16 offset;
	u16 length;
};

/** enum l7_set_cookie - what a response says about a cookie
 * @L7_SET_COOKIE_LEARN: value given
 * @L7_SET_COOKIE_DELETE: Max-Age <= 0, Expires in the past, or an empty value.
 *	What is deleted is the binding of the key that the request carried,
 *	which only the caller knows: the value given here is often a filler.
 */
enum l7_set_cookie {
	L7_SET_COOKIE_LEARN,
	L7_SET_COOKIE_DELETE,
};

/** l7_http_request_cookie() - find a cookie in the head of a request
 * @p: first bytes of the connection
 * @len: their number
 * @sel: the cookie
 * @value: out, the key bytes when FOUND (never empty)
 *
 * First match in order of appearance wins; several Cookie fields count. Quotes
 * belong to the value. A value without a byte at @sel's offset counts as not
 * found, and the search goes on.
 * FOUND is returned as soon as the value is complete (its delimiter was seen),
 * NONE only after the empty line that ends the head, BAD at the first byte that
 * has no place in a head. A verdict other than MORE is final: no longer prefix
 * changes it.
 * MORE for h2 prior knowledge prefixes until decided; the full preface is BAD.
 */
enum l7_parse l7_http_request_cookie(const u8 *p, u32 len,
				     const struct l7_cookie_sel *sel,
				     struct l7_slice *value);

/** l7_http_is_h2_preface() - does the stream open with "PRI * HTTP/2.0"?
 * To tell this case of BAD from the others.
 */
bool l7_http_is_h2_preface(const u8 *p, u32 len);

/** l7_http_response_cookie() - find a Set-Cookie in the first final response
 * @p: first bytes the server sent
 * @len: their number
 * @sel: the cookie
 * @now: seconds since 1970 UTC, to judge Expires
 * @value: out, the key bytes when FOUND; empty possible with DELETE
 * @what: out, when FOUND
 *
 * Interim 1xx responses are skipped (101 is final). Max-Age wins over Expires
 * (RFC 6265 5.3). The last Set-Cookie of that name wins, as in browsers, so
 * FOUND and NONE are returned only after the head's empty line.
 * A value without a byte at @sel's offset is no key: such a cookie is passed
 * over, unless it deletes; then @value is empty.
 */
enum l7_parse l7_http_response_cookie(const u8 *p, u32 len,
				      const struct l7_cookie_sel *sel, s64 now,
				      struct l7_slice *value,
				      enum l7_set_cookie *what);

#endif /* L7_PURE_HTTP_H */
