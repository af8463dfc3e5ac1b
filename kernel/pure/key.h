/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Key rules: what identifies a session, how it is found in what a client sends
 * first, and what a server's answer says about it. One switch over the parsers,
 * for the module and for whoever wants to know what the module would do.
 */
#ifndef L7_PURE_KEY_H
#define L7_PURE_KEY_H

#include "http.h"
#include "parse.h"
#include "record.h"

/* Values are UAPI (netlink enum key-type) and wire (binding record). */
enum l7_key_type {
	L7_KEY_SRC = 1,
	L7_KEY_COOKIE = 2,
	L7_KEY_TLS_SESSION = 3,
	L7_KEY_TLS_TICKET = 4,
	L7_KEY_URL = 5,
	L7_KEY_HEADER = 6,
	L7_KEY_PATH_HASH = 7,
	L7_KEY_RDP = 8,
	L7_KEY_MQTT = 9,
	L7_KEY_PAYLOAD = 10,
	L7_KEY_PAYLOAD_LV = 11,
	L7_KEY_PREBIND = 12,	/* of bindings, not of rules */
	L7_KEY_COOKIE_INSERT = 13,
	L7_KEY_COOKIE_REWRITE = 14,
};

/* A cookie that the director inserts: its name is shorter, as that of a pool's
 * has the fwmark behind it; and it has attributes.
 */
#define L7_INSERT_NAME_MAX	53
#define L7_COOKIE_ATTR_MAX	128

#define L7_RULE_REQUIRE	0x01	/* a request without the key is reset */
#define L7_RULE_LEARN	0x02	/* bound by the request, once a server answered */
#define L7_RULE_ROUTE	0x04	/* the end of its value may name a real server */

#define L7_RESPONSES_MAX	16

/* Bytes of the scratch buffer that the functions below need. */
#define L7_KEY_BUF	16384

/* Keys of one rule that are looked up in one request: TLS 1.3 clients may offer
 * several sessions, most offer one or two.
 */
#define L7_KEY_CANDIDATES	4

/** struct l7_rule - one key rule of a chain
 * @type: enum l7_key_type
 * @prefix: L7_KEY_SRC: bits of the client address that count, 1..32 or 1..128;
 *	L7_KEY_PAYLOAD_LV: bytes of the length, 1, 2 or 4
 * @flags: L7_RULE_*
 * @responses: of a key that servers name: so many of a connection's responses are
 *	searched, 1..L7_RESPONSES_MAX; of others 1
 * @sel: L7_KEY_COOKIE, L7_KEY_URL, L7_KEY_HEADER: name and part of the value.
 *	L7_KEY_TLS_TICKET, L7_KEY_PAYLOAD: @sel.offset and @sel.length alone;
 *	L7_KEY_PAYLOAD_LV: @sel.offset, of the length
 * @attr_len: bytes of @attr
 * @attr: L7_KEY_COOKIE_INSERT: attributes of the cookie, as they are sent
 */
struct l7_rule {
	u8 type;
	u8 prefix;
	u8 flags;
	u8 attr_len;
	u8 responses;
	struct l7_cookie_sel sel;
	char attr[L7_COOKIE_ATTR_MAX];
};

/** struct l7_key_found - a key in a request
 * @p: its bytes, in the input or in the buffer
 * @len: their number
 * @server: L7_KEY_RDP: the real server that the client names; af 0 = none. IPv4.
 * @tls_hello: its ClientHello was read; also valid with NONE, as the next
 * @tls_ticket: the client offered a ticket of TLS 1.2
 * @tls_psk: this key is a session of TLS 1.3
 */
struct l7_key_found {
	const u8 *p;
	u32 len;
	struct l7_endpoint server;
	bool tls_hello;
	bool tls_ticket;
	bool tls_psk;
};

/** l7_key_request() - find the key of a rule in the first bytes of a client
 * @r: the rule, not L7_KEY_SRC
 * @p: first bytes of the connection
 * @len: their number
 * @n: which of the keys: 0, and on while they are FOUND, to L7_KEY_CANDIDATES
 * @buf: L7_KEY_BUF bytes
 * @key: out
 *
 * The verdict is the parser's; NONE for an @n beyond the last key. What is MORE
 * or BAD is so for @n = 0 already.
 */
enum l7_parse l7_key_request(const struct l7_rule *r, const u8 *p, u32 len,
			     u32 n, u8 *buf, struct l7_key_found *key);

/** enum l7_word - what a server's answer says about a key
 * @L7_WORD_MORE: not decided yet
 * @L7_WORD_NONE: nothing
 * @L7_WORD_BAD: not the protocol of the rule
 * @L7_WORD_LEARN: it gave the client a key
 * @L7_WORD_DELETE: the key of the request is no more
 * @L7_WORD_CONFIRM: the key of the request is this server's
 * @L7_WORD_REJECT: it is not, or not any more
 */
enum l7_word {
	L7_WORD_MORE,
	L7_WORD_NONE,
	L7_WORD_BAD,
	L7_WORD_LEARN,
	L7_WORD_DELETE,
	L7_WORD_CONFIRM,
	L7_WORD_REJECT,
};

/** struct l7_key_asked - what has to be known of the request
 * @nth: number of the key that was looked up
 * @tls_hello: as in struct l7_key_found. Without it nothing is known of a
 *	session ID: the client may have made it up.
 * @tls_ticket: likewise
 * @tls_psk: likewise; false if no key was found
 */
struct l7_key_asked {
	u8 nth;
	bool tls_hello;
	bool tls_ticket;
	bool tls_psk;
};

/** l7_key_answer() - what the first bytes of a server say about a rule's key
 * @asked: of the request, for this rule
 * @p: first bytes of the server's stream
 * @len: their number
 * @now: seconds since 1970 UTC
 * @buf: L7_KEY_BUF bytes
 * @key: out, @p and @len with LEARN
 *
 * Final unless MORE.
 */
enum l7_word l7_key_answer(const struct l7_rule *r,
			   const struct l7_key_asked *asked, const u8 *p,
			   u32 len, s64 now, u8 *buf, struct l7_key_found *key);

/** l7_key_is_named() - does the server name the key, so that it is to be
 * learned from its answer?
 */
static inline bool l7_key_is_named(const struct l7_rule *r)
{
	return r->type == L7_KEY_COOKIE || r->type == L7_KEY_TLS_SESSION ||
	       r->type == L7_KEY_TLS_TICKET;
}

/** l7_key_is_request() - is a key of the request bound once a server answered?
 * L7_KEY_SRC is, too: but it is no part of the request.
 */
static inline bool l7_key_is_request(const struct l7_rule *r)
{
	return r->type == L7_KEY_RDP || r->type == L7_KEY_MQTT ||
	       r->type == L7_KEY_PAYLOAD || r->type == L7_KEY_PAYLOAD_LV ||
	       r->flags & L7_RULE_LEARN;
}

/** l7_key_is_token() - is the key a cookie that the director wrote, so that it
 * says itself whom it leads to, and nothing is bound?
 */
static inline bool l7_key_is_token(const struct l7_rule *r)
{
	return r->type == L7_KEY_COOKIE_INSERT ||
	       r->type == L7_KEY_COOKIE_REWRITE;
}

/** l7_key_has_name() - has the rule a name (of a cookie, parameter, field)? */
static inline bool l7_key_has_name(const struct l7_rule *r)
{
	return r->type == L7_KEY_COOKIE || r->type == L7_KEY_URL ||
	       r->type == L7_KEY_HEADER || l7_key_is_token(r);
}

/** l7_key_has_part() - may only a part of the value be the key? */
static inline bool l7_key_has_part(const struct l7_rule *r)
{
	return l7_key_has_name(r) || r->type == L7_KEY_TLS_TICKET;
}

/* What a rule may say besides its type. */
#define L7_TAKES_PREFIX		0x01
#define L7_TAKES_NAME		0x02	/* and a wildcard */
#define L7_TAKES_OFFSET		0x04
#define L7_TAKES_LENGTH		0x08
#define L7_TAKES_ATTR		0x10
#define L7_TAKES_RESPONSES	0x20
#define L7_TAKES_ROUTE		0x40
#define L7_TAKES_PART		(L7_TAKES_OFFSET | L7_TAKES_LENGTH)

/** l7_key_takes() - what of it goes with a type: L7_TAKES_* */
u32 l7_key_takes(u8 type);

/** l7_key_is_same() - do two rules find the same keys? Flags do not count. */
bool l7_key_is_same(const struct l7_rule *a, const struct l7_rule *b);

/** l7_key_part() - cut a whole value down to what is the key
 * Return: false if nothing is left.
 */
bool l7_key_part(const struct l7_rule *r, const u8 **p, u32 *len);

#endif /* L7_PURE_KEY_H */
