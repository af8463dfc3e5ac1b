/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first packet of an RDP client: an X.224 Connection Request (X.224 13.3,
 * class 0) in a TPKT (RFC 1006), which may carry a user's name or a routing
 * token ([MS-RDPBCGR] 2.2.1.1). No state.
 */
#ifndef L7_PURE_RDP_H
#define L7_PURE_RDP_H

#include "parse.h"

/** enum l7_rdp_kind - what a client brings along
 * @L7_RDP_USER: "Cookie: mstshash=USER": the name that was typed, or its first
 *	nine bytes; clients that have no name yet leave it out
 * @L7_RDP_SERVER: "Cookie: msts=IP.PORT.": the server that a connection broker
 *	told the client to ask for
 */
enum l7_rdp_kind {
	L7_RDP_USER,
	L7_RDP_SERVER,
};

/** struct l7_rdp - the key of a Connection Request
 * @kind: what it is
 * @key: the user, never empty and as typed (Windows ignores case); of a token
 *	what stands behind "msts="
 * @ip: the token's IPv4 address; any value
 * @port: the token's port; any value
 */
struct l7_rdp {
	enum l7_rdp_kind kind;
	struct l7_slice key;
	__be32 ip;
	__be16 port;
};

/** l7_rdp_request() - find the user or the server in a Connection Request
 * @p: first bytes of the connection
 * @len: their number
 * @r: out, when FOUND; @ip and @port of a token only
 *
 * FOUND and NONE only when the packet is there as a whole; BAD at the first byte
 * that has no place in it. A packet has at most 259 bytes: X.224 counts with
 * one byte, and has to agree with the TPKT. References and the TPKT's reserved
 * byte are not looked at, as servers do not; nor is what follows the cookie.
 * NONE: neither cookie, an empty user, or a token that does not consist of
 * numbers (other brokers make up their own). BAD: a cookie without CRLF at its
 * end, or numbers that are no address or no port.
 */
enum l7_parse l7_rdp_request(const u8 *p, u32 len, struct l7_rdp *r);

#endif /* L7_PURE_RDP_H */
