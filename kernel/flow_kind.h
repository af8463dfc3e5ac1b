/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kinds of flows there are, by what they are found, and what becomes of them.
 */
#ifndef L7_FLOW_KIND_H
#define L7_FLOW_KIND_H

#include <linux/netfilter.h>

/** struct l7_tuple - one side of a connection, as rhashtable key
 * @saddr: who sends; IPv4 in .ip, the rest zero
 * @daddr: to whom
 * @sport: network order
 * @dport: network order
 * @af: AF_INET, AF_INET6
 * @udp: UDP, else TCP
 */
struct l7_tuple {
	union nf_inet_addr saddr;
	union nf_inet_addr daddr;
	__be16 sport;
	__be16 dport;
	u16 af;
	bool udp;
};

/* Values are UAPI (netlink enum flow-state). */
enum l7_flow_state {
	L7_FLOW_PENDING,	/* handshake done, request not complete */
	L7_FLOW_CONNECTING,	/* SYN sent to the server */
	L7_FLOW_SPLICED,
	L7_FLOW_STANDBY,	/* spliced by a peer, no traffic seen here */
	L7_FLOW_CLOSING,	/* FIN seen from both sides */
	L7_FLOW_RESETTING,	/* reset by us: what still comes is answered */
	L7_FLOW_CLOSED,		/* reset, or replaced */
};

/* what was seen of a connection, and where it is entered */
#define L7_FF_TS	BIT(0)	/* timestamps in use on both sides */
#define L7_FF_HALF	BIT(0)	/* of a plain one, instead: the client did not answer yet */
#define L7_FF_FIN_C	BIT(1)	/* client's FIN seen */
#define L7_FF_FIN_S	BIT(2)	/* server's FIN seen */
#define L7_FF_HASHED	BIT(3)	/* in the client table */
#define L7_FF_SHASHED	BIT(4)	/* in the server table */
#define L7_FF_SPLICED	BIT(5)	/* deltas are valid: constant from here on */
#define L7_FF_RST_C	BIT(6)	/* client's reset seen, and nothing of it since */
#define L7_FF_RST_S	BIT(7)	/* server's, likewise */
#define L7_FF_VAGUE	BIT(7)	/* of an announced one, instead: two servers named that port */

/** enum l7_plain - is a connection IPVS' own, only followed and mirrored here?
 * @L7_PLAIN_NOT: no, it is translated
 * @L7_PLAIN_NAT: yes
 * @L7_PLAIN_ONEWAY: yes, by direct routing: what its server sends does not pass here
 * @L7_PLAIN_TUNNEL: likewise, through a tunnel
 * @L7_PLAIN_DATA: yes, a data connection of an FTP session, by NAT. While it is
 *	announced only, the port of whoever is to open it is 0, and that of the
 *	virtual address, too, if it is the server.
 */
enum l7_plain {
	L7_PLAIN_NOT,
	L7_PLAIN_NAT,
	L7_PLAIN_ONEWAY,
	L7_PLAIN_TUNNEL,
	L7_PLAIN_DATA,
};

#define L7_AWAITS_ANSWER	BIT(0)
#define L7_AWAITS_HELLO		BIT(1)	/* see struct l7_rec_answer */
#define L7_AWAITS_TICKET	BIT(2)

#endif /* L7_FLOW_KIND_H */
