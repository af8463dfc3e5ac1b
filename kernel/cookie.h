/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies that any director of the cluster can check. A leaf.
 */
#ifndef L7_COOKIE_H
#define L7_COOKIE_H

#include "pkt.h"
#include "secret.h"

/* Client MSS values a cookie can carry; smaller clients are not spliced. */
#define L7_COOKIE_MSS_MIN	536

/** enum l7_cookie - verdict on an acknowledgement number
 * @L7_COOKIE_BAD: not ours, or too old
 * @L7_COOKIE_EARLY: made for this client, but the segment is not the first of
 *	the connection: drop it and let the client send the first one again
 * @L7_COOKIE_GOOD: completes a handshake
 */
enum l7_cookie {
	L7_COOKIE_BAD,
	L7_COOKIE_EARLY,
	L7_COOKIE_GOOD,
};

/** struct l7_cookie_opts - what a handshake agreed on
 * @mss: what the client can take, rounded down to a value of the table
 * @ts: timestamps in use
 * @sack: client permits SACK (only with @ts)
 * @has_wscale: client scales windows by @wscale (only with @ts)
 */
struct l7_cookie_opts {
	u16 mss;
	bool ts;
	bool sack;
	bool has_wscale;
	u8 wscale;
};

/** l7_cookie_make() - initial sequence number for a SYN-ACK
 * @t: client -> virtual service
 * @isn: the client's initial sequence number
 * @mss: the client's MSS, at least L7_COOKIE_MSS_MIN
 */
u32 l7_cookie_make(const struct l7_secret *s, const struct l7_tuple *t,
		   u32 isn, u16 mss);

/** l7_cookie_check() - judge the ACK of a handshake
 * @isn: client's initial sequence number, if this is its first segment
 * @cookie: acknowledgement number - 1
 * @o: out, @o->mss when GOOD
 */
enum l7_cookie l7_cookie_check(const struct l7_secret *s,
			       const struct l7_tuple *t, u32 isn, u32 cookie,
			       struct l7_cookie_opts *o);

/** l7_cookie_tsval() - TSval of a SYN-ACK that carries a client's options */
u32 l7_cookie_tsval(const struct l7_tcpopt *o);
/** l7_cookie_ts_decode() - options back from the TSecr of the client's ACK */
void l7_cookie_ts_decode(u32 tsecr, struct l7_cookie_opts *o);

#endif /* L7_COOKIE_H */
