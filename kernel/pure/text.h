/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses and numbers in text, as protocols write them. No state but the place
 * that was reached. What is left, or not well-formed, is the caller's affair.
 */
#ifndef L7_PURE_TEXT_H
#define L7_PURE_TEXT_H

#include "env.h"

/** struct l7_text - a text on its way through a parser
 * @p: the input
 * @at: the byte that is read next
 * @end: of the text
 */
struct l7_text {
	const u8 *p;
	u32 at;
	u32 end;
};

/** l7_text_byte() - the next byte, if it is @c */
bool l7_text_byte(struct l7_text *t, u8 c);

/** l7_text_number() - a decimal number up to @max, without a leading zero */
bool l7_text_number(struct l7_text *t, u32 max, u32 *v);

/** l7_text_port() - a port, 0..65535 */
bool l7_text_port(struct l7_text *t, __be16 *port);

/** l7_text_addr() - an address up to the next @sep, which is passed over
 * @af: AF_INET: four numbers and dots; AF_INET6: RFC 4291 2.2
 * @a: out, the bytes of its family
 */
bool l7_text_addr(struct l7_text *t, u8 sep, u8 af, union nf_inet_addr *a);

#endif /* L7_PURE_TEXT_H */
