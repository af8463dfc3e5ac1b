/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the lines of an FTP control connection say of data connections (RFC 959 4.1.2,
 * 4.2; RFC 2428), and how an address in a reply is exchanged for another. No state.
 *
 *	PORT h1,h2,h3,h4,p1,p2		the server is to connect there
 *	EPRT |af|address|port|
 *	227 text (h1,h2,h3,h4,p1,p2)	the client is to
 *	229 text (|||port|)
 *
 * A line is given with its end, CR LF or LF.
 */
#ifndef L7_PURE_FTP_H
#define L7_PURE_FTP_H

#include "parse.h"

/* Bytes of a line that are looked at. RFC 959 sets no limit; servers write half
 * of this.
 */
#define L7_FTP_LINE	128

/** struct l7_ftp_data - where a data connection will go
 * @af: AF_INET, AF_INET6, or 0: the address of the control connection
 * @addr: unless @af is 0
 * @port: network order, never 0
 */
struct l7_ftp_data {
	u8 af;
	union nf_inet_addr addr;
	__be16 port;
};

/** l7_ftp_command() - does the client say where the server is to connect?
 * @line: a line of the client's
 * @d: out, when FOUND; its @af is never 0
 * NONE for other commands, BAD for one of these two that is malformed.
 */
enum l7_parse l7_ftp_command(const u8 *line, u32 len, struct l7_ftp_data *d);

/** l7_ftp_reply() - does the server say where the client is to connect?
 * @line: a line of the server's
 * @d: out, when FOUND
 * Of 227 the first digit behind the code begins the address (RFC 1123 4.1.2.6).
 * NONE for other lines, BAD for one of these two that is malformed.
 */
enum l7_parse l7_ftp_reply(const u8 *line, u32 len, struct l7_ftp_data *d);

/** l7_ftp_is_text() - is this within a reply of several lines (RFC 959 4.2)?
 * @block: the code of that reply, 0: none; in and out, from line to line
 * @asked: the client has said something since it began: that it is a reply was a mistake,
 *	if another one follows
 * @line: a line of the server's, or its beginning
 * What stands between the first and the last line means nothing: it may come from a
 * file or a list of names.
 */
bool l7_ftp_is_text(u16 *block, bool asked, const u8 *line, u32 len);

/** l7_ftp_begins_tls() - does the server agree to speak TLS from here on (RFC 4217)? */
bool l7_ftp_begins_tls(const u8 *line, u32 len);

/** l7_ftp_may_announce() - may this be the start of a reply that names an address?
 * @line: the first bytes of a line that is not complete
 */
bool l7_ftp_may_announce(const u8 *line, u32 len);

/** l7_ftp_readdress() - exchange the address of a 227 reply, and keep its length
 * @line: such a line, of which l7_ftp_reply() FOUND the address
 * @addr: IPv4, network order
 * What is longer takes the place of words in front, what is shorter gets spaces
 * behind. The port stays. Return: false, nothing changed: there is no room.
 */
bool l7_ftp_readdress(u8 *line, u32 len, __be32 addr);

#endif /* L7_PURE_FTP_H */
