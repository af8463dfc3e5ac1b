/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys of HTTP/1.x requests beside the cookie (target, Host, any field), and
 * the places in a response where a cookie is inserted or overwritten. Verdicts
 * and strictness are those of http.h. A selector of cookies also selects
 * parameters and fields: name, wildcard, and the part of the value that counts.
 *
 * Of a target as it stands: nothing is decoded ("%41" is three bytes and no
 * "A"), case is kept, "//" and "/../" are left alone. Targets are told apart by
 * their form (RFC 9112 3.2), not by the method:
 *	origin-form	/path?query
 *	absolute-form	scheme://authority/path?query, of any scheme
 *	other		"*", authority-form (CONNECT), and whatever is neither
 * A fragment has no place in a target; where a client sends one, it ends path
 * and query.
 */
#ifndef L7_PURE_HTTP_KEY_H
#define L7_PURE_HTTP_KEY_H

#include "http.h"

/** l7_http_request_url() - find a parameter in the target of a request
 * @p: first bytes of the connection
 * @len: their number
 * @sel: the parameter
 * @value: out, the key bytes when FOUND (never empty)
 *
 * Path parameters, ";NAME=v" in any segment, end at ; / ? # and the end of the
 * target; their name matches in any case, as ;jsessionid= and ;JSESSIONID= are
 * both in use for what one server calls one name. Query parameters,
 * "?NAME=v" and "&NAME=v", end at & # and the end of the target, so ; is part
 * of them; their name matches with its case.
 * The first match wins, in order of appearance. One without a byte at @sel's
 * offset counts as not found, and the search goes on.
 * NONE for targets of other forms. The verdict needs the request line, whole.
 */
enum l7_parse l7_http_request_url(const u8 *p, u32 len,
				  const struct l7_cookie_sel *sel,
				  struct l7_slice *value);

/** l7_http_request_header() - find a field in the head of a request
 * @p: first bytes of the connection
 * @len: their number
 * @sel: the field; its name matches in any case
 * @value: out, the key bytes when FOUND (never empty)
 *
 * The value without the white space around it; lists are not taken apart. The
 * first match wins; one without a byte at @sel's offset counts as not found.
 * FOUND with the line's end, NONE with the head's.
 */
enum l7_parse l7_http_request_header(const u8 *p, u32 len,
				     const struct l7_cookie_sel *sel,
				     struct l7_slice *value);

/** l7_http_request_host() - whom the request is for
 * @p: first bytes of the connection
 * @len: their number
 * @value: out, the host when FOUND (never empty): without port and userinfo,
 *	in the client's case, an IPv6 address with its brackets, a final dot
 *	if there is one
 *
 * An absolute-form target that names a host wins, and is FOUND with the request
 * line (RFC 9112 3.2.2); else the first Host field that is host[:port]. NONE
 * with the head's end.
 */
enum l7_parse l7_http_request_host(const u8 *p, u32 len,
				   struct l7_slice *value);

/** l7_http_request_path() - the path of the target, up to ? or #
 * @p: first bytes of the connection
 * @len: their number
 * @value: out, the path when FOUND; it begins with "/"
 *
 * Path parameters belong to it. An absolute-form target without a path has the
 * path "/" (RFC 9110 4.2.3): @value is then the slash before its authority.
 * NONE for targets of other forms. The verdict needs the request line, whole.
 */
enum l7_parse l7_http_request_path(const u8 *p, u32 len,
				   struct l7_slice *value);

/** l7_http_request_is_head() - is HEAD the method? Then its response has no
 * body. False while "HEAD " is not there yet.
 */
bool l7_http_request_is_head(const u8 *p, u32 len);

/** l7_http_route() - the suffix that names a server, as in Tomcat's VALUE.ROUTE
 * @p: the input that @value is a slice of
 * @value: of a cookie or a parameter; double quotes around it do not count
 * @route: out, what follows the last dot
 * Return: false, if there is no dot or nothing behind it.
 */
bool l7_http_route(const u8 *p, struct l7_slice value, struct l7_slice *route);

/** l7_http_response_status_end() - where a Set-Cookie line can be inserted
 * @p: first bytes of the response
 * @len: their number
 * @at: out, offset behind the status line of the first final response, when
 *	FOUND; may be @len
 *
 * Interim 1xx responses are skipped (101 is final). Never NONE. Of what follows
 * the status line nothing is looked at.
 */
enum l7_parse l7_http_response_status_end(const u8 *p, u32 len, u32 *at);

/** l7_http_response_set_cookie_value() - where a cookie's value can be overwritten
 * @p: first bytes of the response
 * @len: their number
 * @sel: the cookie
 * @at: in, 0 to begin with; out, when FOUND, where to go on for the next one
 * @value: out, the bytes to overwrite when FOUND (never empty)
 *
 * The Set-Cookie lines of that name in the first final response, one for each
 * call: a rewrite has to overwrite them all, as the last of them wins in
 * browsers, and which is the last is known only at the head's end. All calls
 * together are linear in @len. Lines that delete the cookie are no exception.
 * @sel's part of the value counts as for l7_http_response_cookie(), but double
 * quotes around the value are left out, as they have to stay. A value of which
 * nothing is left is passed over.
 * FOUND as soon as the line is complete and the byte after it tells that it is
 * not continued; NONE with the head's end. For each @at the verdict is final.
 */
enum l7_parse l7_http_response_set_cookie_value(const u8 *p, u32 len,
						const struct l7_cookie_sel *sel,
						u32 *at, struct l7_slice *value);

/** l7_http_response_begun() - a cookie's value in a line that is not complete yet
 * @p: first bytes of the response
 * @len: their number
 * @sel: the cookie, of which all of the value counts
 * @at: where l7_http_response_set_cookie_value() got to, when it returned MORE
 * @need: bytes that are to be overwritten, at least 1
 * @value: out, what is there of the value, if that is at least @need bytes, whatever
 *	follows; else empty. Where it begins is what will be FOUND.
 *
 * Return: how far the response may go on: @len, or where a value begins of which
 * it is not known yet if it has @need bytes. No place that is still to be found
 * begins before that, and with more bytes it never goes back.
 */
u32 l7_http_response_begun(const u8 *p, u32 len, const struct l7_cookie_sel *sel,
			   u32 at, u32 need, struct l7_slice *value);

#endif /* L7_PURE_HTTP_KEY_H */
