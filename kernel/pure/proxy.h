/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The header by which a proxy tells whom it speaks for: PROXY protocol, versions
 * 1 and 2 (proxy-protocol.txt of HAProxy). No state.
 */
#ifndef L7_PURE_PROXY_H
#define L7_PURE_PROXY_H

#include "parse.h"

/* Bytes of a header: what fits in the smallest segment (2). The specification
 * of version 2 could say 65551; longer ones are refused.
 */
#define L7_PROXY_MAX	536
#define L7_PROXY_V2_LEN4	28
#define L7_PROXY_V2_LEN6	52

/** struct l7_proxy - a header
 * @len: its bytes; the stream of the protocol spoken begins behind them
 * @has_addr: the rest is valid; else the connection's own addresses count
 * @af: AF_INET or AF_INET6
 * @src: the client
 * @dst: where it connected to
 * @sport: the client's port
 * @dport: the port it connected to
 */
struct l7_proxy {
	u32 len;
	bool has_addr;
	u8 af;
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be16 sport;
	__be16 dport;
};

/** l7_proxy_parse() - read a header
 * @p: first bytes of the connection
 * @len: their number
 * @pp: out, cleared first, valid when FOUND
 *
 * FOUND when the header is there as a whole. NONE at the first byte by which
 * the stream does not begin with a signature of either version ("PROXY " is
 * that of version 1); BAD at a byte behind the signature that has no place
 * there, of addresses and ports in text only when the line is complete.
 * UNKNOWN, LOCAL, and PROXY for what is not TCP over IPv4 or IPv6 come without
 * addresses. Extensions (TLV) are skipped, a checksum among them is not
 * verified.
 * Whether a stream may, or must, begin with a header is to be configured, never
 * guessed from NONE (2): else every client could choose its address.
 */
enum l7_parse l7_proxy_parse(const u8 *p, u32 len, struct l7_proxy *pp);

/** l7_proxy_v2_build() - write a header of version 2 for a TCP connection
 * @out: room for L7_PROXY_V2_LEN6 bytes
 * @af: AF_INET or AF_INET6
 *
 * Return: bytes written: L7_PROXY_V2_LEN4 or L7_PROXY_V2_LEN6.
 */
u32 l7_proxy_v2_build(u8 *out, u8 af, const union nf_inet_addr *src,
		      const union nf_inet_addr *dst, __be16 sport,
		      __be16 dport);

#endif /* L7_PURE_PROXY_H */
