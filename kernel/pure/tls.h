/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TLS handshakes in clear (RFC 8446, 5246, 5077, 6066, 7301): what a client
 * offers in its ClientHello, and what the server's first flight makes of it.
 * No state, no allocation; every loop is bounded by the input length.
 */
#ifndef L7_PURE_TLS_H
#define L7_PURE_TLS_H

#include "parse.h"

/* The longest message that is looked into, and the room to put it together. */
#define L7_TLS_HELLO_MAX	16384
#define L7_TLS_SESSION_ID_MAX	32

/** struct l7_tls_hello - what a ClientHello says
 * @base: where slices count from: the input, or the buffer if the message is
 *	spread over several records
 * @session_id: 0..L7_TLS_SESSION_ID_MAX bytes
 * @ticket: content of session_ticket (35), empty without
 * @psk: identities of pre_shared_key (41), for l7_tls_psk_next(); never empty
 *	with @has_psk
 * @sni: host_name of server_name (0), empty without; 1..255 bytes of printable
 *	ASCII in the case that was sent
 * @alpn: names of application_layer_protocol_negotiation (16), for
 *	l7_tls_alpn_next(); empty without
 * @legacy_version: 0x0300..0x03ff
 * @has_ticket_ext: session_ticket is there, if only to ask for a ticket
 * @has_psk: pre_shared_key is there
 * @offers_13: supported_versions (43) has TLS 1.3
 * @has_ech: encrypted_client_hello (0xfe0d) is there: @sni may be a decoy.
 *	Browsers also send it as GREASE, which cannot be told apart.
 * @early_data: early_data (42) is there: 0-RTT bytes may follow
 */
struct l7_tls_hello {
	const u8 *base;
	struct l7_slice session_id;
	struct l7_slice ticket;
	struct l7_slice psk;
	struct l7_slice sni;
	struct l7_slice alpn;
	u16 legacy_version;
	bool has_ticket_ext;
	bool has_psk;
	bool offers_13;
	bool has_ech;
	bool early_data;
};

/** l7_tls_client_hello() - read the ClientHello that opens a connection
 * @p: first bytes of the client's stream
 * @len: their number
 * @buf: L7_TLS_HELLO_MAX bytes; a ClientHello spread over several records is
 *	put together here, one that lies in a single record is left in place
 * @h: out, valid when FOUND
 *
 * FOUND as soon as the whole ClientHello is there, whatever it offers: never
 * NONE. What follows it, in the same record or later, is not looked at.
 * BAD is whatever is not well-formed, and a message of more than
 * L7_TLS_HELLO_MAX bytes with its header; it is given as soon as the element
 * that is wrong is complete, where an extension counts as one. See the head of
 * tls.c for how strict. A verdict other than MORE is final.
 */
enum l7_parse l7_tls_client_hello(const u8 *p, u32 len, u8 *buf,
				  struct l7_tls_hello *h);

/** l7_tls_psk_next() - the identities of pre_shared_key, one after the other
 * @h: from a ClientHello that was FOUND, its @base still as it was then
 * @at: where to go on; 0 before the first call
 * @identity: out, never empty
 *
 * In the order of the list, which is how pre_shared_key of the ServerHello
 * numbers them, from 0. There can be two thousand: whoever looks each of them
 * up sets a limit.
 * Return: false behind the last one.
 */
bool l7_tls_psk_next(const struct l7_tls_hello *h, u32 *at,
		     struct l7_slice *identity);

/** l7_tls_alpn_next() - the protocol names of ALPN, one after the other
 * @name: out, 1..255 bytes
 *
 * The rest as l7_tls_psk_next(). GREASE names are among them.
 */
bool l7_tls_alpn_next(const struct l7_tls_hello *h, u32 *at,
		      struct l7_slice *name);

/** struct l7_tls_answer - what a server's first flight says
 * @base: where @ticket counts from: the input, or the buffer
 * @ticket: of NewSessionTicket, when one was wanted and came; else empty
 * @legacy_version: of the ServerHello, 0x0300..0x03ff
 * @psk_selected: with @psk_accepted, number of the client's identity, from 0;
 *	the client may have offered fewer
 * @session_id_len: 0..L7_TLS_SESSION_ID_MAX
 * @session_id: of the ServerHello; see l7_tls_session_id_counts()
 * @is_13: supported_versions names TLS 1.3, or a later version
 * @psk_accepted: of 1.3, pre_shared_key is there: the session is resumed
 * @ticket_promised: of 1.2, session_ticket is there: a NewSessionTicket follows
 * @retried: a HelloRetryRequest came first
 */
struct l7_tls_answer {
	const u8 *base;
	struct l7_slice ticket;
	u16 legacy_version;
	u16 psk_selected;
	u8 session_id_len;
	u8 session_id[L7_TLS_SESSION_ID_MAX];
	bool is_13;
	bool psk_accepted;
	bool ticket_promised;
	bool retried;
};

/** l7_tls_server_flight() - read what a server answers to a ClientHello
 * @p: first bytes of the server's stream
 * @len: their number
 * @want_ticket: go on to the NewSessionTicket that a TLS 1.2 server promises
 * @buf: L7_TLS_HELLO_MAX bytes, for messages spread over several records
 * @a: out, valid when FOUND
 *
 * FOUND at the ServerHello (a HelloRetryRequest is none); with @want_ticket and
 * a ticket promised by 1.2, at the NewSessionTicket. If that does not come
 * before ChangeCipherSpec or the alert that ends the connection, or is empty
 * (RFC 5077 3.3), FOUND is given there, with an empty ticket.
 * NONE for an alert that ends the connection before a ServerHello. Warnings are
 * passed over: servers that do not know a name send one first (RFC 6066 3).
 * MORE to the end of the prefix that a caller keeps means, with @want_ticket,
 * that the certificates were too long; without it there may still be an answer.
 * BAD and the finality of verdicts as with l7_tls_client_hello(); here it is
 * ServerHello and NewSessionTicket that have to be well-formed, and not longer
 * than L7_TLS_HELLO_MAX; other messages are passed over, and may be.
 */
enum l7_parse l7_tls_server_flight(const u8 *p, u32 len, bool want_ticket,
				   u8 *buf, struct l7_tls_answer *a);

/** l7_tls_session_id_counts() - did the server name a session by its id?
 * @h: the ClientHello; of a retried one, the first as well as the second do
 * @a: the answer to it
 *
 * Not if the id is empty; not in 1.3, nor when the client offered a ticket: then
 * it is the client's own invention, merely echoed (RFC 8446 4.1.3, RFC 5077 3.4).
 */
bool l7_tls_session_id_counts(const struct l7_tls_hello *h,
			      const struct l7_tls_answer *a);

#endif /* L7_PURE_TLS_H */
