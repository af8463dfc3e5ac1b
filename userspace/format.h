/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The structures of model.h as words, such that parse.h makes the same
 * structure of the word again. Into a buffer of FORMAT_SIZE; returned.
 */
#ifndef IPVSL7ADM_FORMAT_H
#define IPVSL7ADM_FORMAT_H

#include "model.h"

#define FORMAT_SIZE	400

/** format_endpoint() - ADDRESS:PORT, [ADDRESS]:PORT; ADDRESS if port is 0;
 * "-" if there is none */
const char *format_endpoint(char *buf, const struct ep *ep);
/** format_protocol() - TCP or UDP */
const char *format_protocol(const struct ep *ep);
/** format_address() - ADDRESS */
const char *format_address(char *buf, const struct ep *ep);
const char *format_rule(char *buf, const struct rule *r);
const char *format_steer(char *buf, const struct steer *r);
/** format_duration() - the largest unit that divides it */
const char *format_duration(char *buf, uint64_t ms);
/** format_clock() - seconds as MM:SS or H:MM:SS, as ipvsadm shows expiry */
const char *format_clock(char *buf, uint32_t s);
/** format_number() - exact, or as ipvsadm: 10000000 = 10000K */
const char *format_number(char *buf, uint64_t v, bool exact);
const char *format_hex(char *buf, const uint8_t *p, size_t n);
/** format_keys() - ids of keys, four at most */
const char *format_keys(char *buf, const uint8_t *ids, unsigned int n);
/** format_word() - quoted where parse_words() wants it */
const char *format_word(char *buf, size_t size, const char *s);

const char *format_key_type(uint8_t type);
const char *format_on_drain(uint8_t what);
/** format_optional() - seconds, or "none" */
const char *format_optional(char *buf, const struct optional *o);
const char *format_steer_match(uint8_t match);
const char *format_flow_state(uint8_t state);
/** format_node_state() - enum ipvs_l7_node_state */
const char *format_node_state(uint32_t state);
/** format_push_reason() - enum ipvs_l7_push_reason */
const char *format_push_reason(uint32_t reason);

/** format_route() - as for --route */
const char *format_route(char *buf, const struct route *r);

#endif /* IPVSL7ADM_FORMAT_H */
