/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host form of what peers exchange: one record is the whole state of one
 * binding or one connection. The codec turns it into wire form.
 */
#ifndef L7_PURE_RECORD_H
#define L7_PURE_RECORD_H

#include "env.h"

#define L7_KEY_HASH_LEN		16

/** struct l7_endpoint - a real server's or virtual service's identity
 * @addr: address, network order; IPv4 in addr.ip with the rest zero
 * @port: network order
 * @af: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 */
struct l7_endpoint {
	union nf_inet_addr addr;
	__be16 port;
	u8 af;
	u8 proto;
};

enum l7_rec_kind {
	L7_REC_BINDING = 1,
	L7_REC_FLOW = 2,
};

/** struct l7_rec_binding - key -> real server
 * @hash: keyed hash over service, key type and key
 * @scope: service as a number that is the same on every peer (siphash of the
 *	service's endpoint under a fixed key)
 * @type: enum l7_key_type
 * @ttl: idle lifetime that remains, seconds
 * @limit: lifetime that remains whatever its use, seconds; 0 = no such limit
 * @fixed: it never expires
 * @server: the real server
 */
struct l7_rec_binding {
	u8 hash[L7_KEY_HASH_LEN];
	u32 scope;
	u8 type;
	u32 ttl;
	u32 limit;
	bool fixed;
	struct l7_endpoint server;
};

/** struct l7_rec_insert - a line that is to be put into the server's stream
 * @at: the server's number of the byte in front of which; or, if that is not
 *	@known yet, of the stream's first
 * @pool: fwmark of the pool whose cookie it is, 0: none
 * @len: bytes of the line, 0: there is none
 * @rule: index of the rule, 0..127
 * @known: see @at
 */
struct l7_rec_insert {
	u32 at;
	u32 pool;
	u8 len;
	u8 rule;
	bool known;
};

/** struct l7_rec_answer - the server's first answer, from which something may be learned
 * @awaited: it did not come yet; only where nothing is put into it
 * @hello: see struct l7_key_asked.tls_hello
 * @ticket: see struct l7_key_asked.tls_ticket
 * @at: the server's number of its first byte
 * @pool: fwmark of the server's pool, 0: none
 */
struct l7_rec_answer {
	bool awaited;
	bool hello;
	bool ticket;
	u32 at;
	u32 pool;
};

/** struct l7_rec_data - ports of an FTP data connection, network order
 * The ports of whoever is to open it are 0 while it is announced only: the client's
 * port (client.port of the record), or @vport and @sport.
 * @vport: of the virtual address
 * @sport: the real server's
 * @control: the client's, of the control connection; never 0
 */
struct l7_rec_data {
	__be16 vport;
	__be16 sport;
	__be16 control;
};

/** struct l7_rec_flow - a connection, spliced or plain
 * @client: client's endpoint
 * @vip: virtual service
 * @server: the real server
 * @seq_delta: add to the server's sequence numbers to get those the client sees;
 *	behind the line, if one is put in
 * @insert: that line
 * @answer: of one that is not plain
 * @ts_delta: the same for timestamps
 * @wscale_us: window scale that the client was told
 * @wscale_srv: window scale that the server announced, 0xff = equal, no change
 * @flags: L7_RF_*
 * @ttl: lifetime that remains, seconds
 * @data: of L7_RF_DATA: what tells it from the control connection of its session,
 *	whose service @vip is; @server has port 0
 */
struct l7_rec_flow {
	struct l7_endpoint client;
	struct l7_endpoint vip;
	struct l7_endpoint server;
	u32 seq_delta;
	u32 ts_delta;
	u8 wscale_us;
	u8 wscale_srv;
	u8 flags;
	u32 ttl;
	struct l7_rec_insert insert;
	struct l7_rec_answer answer;
	struct l7_rec_data data;
};

#define L7_RF_TS	0x01	/* timestamps in use on both sides */
#define L7_RF_CLOSING	0x02	/* a FIN was seen in each direction, or RST */
#define L7_RF_PLAIN	0x04	/* IPVS' own: nothing is translated */
#define L7_RF_ONEWAY	0x08	/* of a plain one: the server's side does not pass */
#define L7_RF_DATA	0x10	/* of a plain one: a data connection of FTP */
#define L7_RF_TUNNEL	0x20	/* of a plain one that is one way: through a tunnel */
#define L7_RF_WSCALE	4	/* from this bit on, if it is not plain: the client's
				 * window scale, if the server takes up no scaling
				 */

/** struct l7_record - one entry as peers see it
 * @kind: enum l7_rec_kind
 * @removed: the entry is gone (tombstone)
 * @origin: node id of the director that made this state, 1..255; 0 = not
 *	mirrored yet, never on the wire
 * @gen: generation, grows with every change of meaning (not with refreshes)
 */
struct l7_record {
	u8 kind;
	bool removed;
	u8 origin;
	u32 gen;
	union {
		struct l7_rec_binding b;
		struct l7_rec_flow f;
	};
};

#endif /* L7_PURE_RECORD_H */
