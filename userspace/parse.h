/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of a command line to the structures of model.h. Pure: no output, no
 * file, no allocation; names are looked up only where a function says so. All
 * return 0, or -1 with a sentence "FIELD: reason" in @e, where FIELD is @what.
 */
#ifndef IPVSL7ADM_PARSE_H
#define IPVSL7ADM_PARSE_H

#include "error.h"
#include "model.h"

/** enum parse_port - what an endpoint's port may be */
enum parse_port {
	PORT_NONE,	/* address alone */
	PORT_WANTED,	/* 1..65535, number or service name */
	PORT_OPTIONAL,	/* either of these */
};

/** parse_number() - decimal number in a range */
int parse_number(const char *what, const char *s, uint64_t min, uint64_t max,
		 uint64_t *out, struct error *e);

/** parse_size() - bytes, with k, m, g for powers of 1024 */
int parse_size(const char *what, const char *s, uint32_t min, uint32_t max,
	       uint32_t *out, struct error *e);

/** parse_duration() - number with ms, s, m, h or d (none: seconds)
 * @unit_ms: 1 or 1000: what *@out counts in
 * @min, @max: bounds of *@out
 */
int parse_duration(const char *what, const char *s, uint32_t unit_ms,
		   uint32_t min, uint32_t max, uint32_t *out, struct error *e);

/** parse_optional() - seconds as a duration, 1 to @max; or "none": 0 */
int parse_optional(const char *what, const char *s, uint32_t max,
		   struct optional *out, struct error *e);
/** parse_mirror() - "connections", or "none" */
int parse_mirror(const char *s, enum toggle *out, struct error *e);
/** parse_toggle() - "on" or "off"; NULL, an option without a value, is "on" */
int parse_toggle(const char *what, const char *s, enum toggle *out,
		 struct error *e);

/** parse_endpoint() - ADDRESS:PORT, [ADDRESS]:PORT, or ADDRESS alone
 * Host and service names are looked up unless @numeric.
 */
int parse_endpoint(const char *what, const char *s, enum parse_port port,
		   bool numeric, struct ep *ep, struct error *e);

/** parse_rule() - src[/PREFIX], or KIND[:PARAMETERS][,OPTION]...; see ipvsl7adm(8) */
int parse_rule(const char *s, struct rule *r, struct error *e);

/** parse_route() - NAME=ADDRESS[:PORT] */
int parse_route(const char *s, struct route *r, struct error *e);

/** parse_name() - may @n characters be the name of a key or field? */
int parse_name(const char *what, const char *s, size_t n, struct error *e);

/** parse_group() - the name of a group of services; "none": empty
 * @name: IPVS_L7_GROUP_NAME_MAX + 1 bytes
 */
int parse_group(const char *s, char *name, struct error *e);

/** parse_on_drain() - keep, rebind */
int parse_on_drain(const char *s, uint8_t *out, struct error *e);

/** parse_steer() - MATCH=TARGET; see ipvsl7adm(8) */
int parse_steer(const char *s, struct steer *r, struct error *e);

/** parse_fwmark() - 1..2^32-1 */
int parse_fwmark(const char *what, const char *s, uint32_t *mark,
		 struct error *e);

/** parse_key_value() - RULE=VALUE, rule:INDEX=VALUE, hash=HEX
 * @kv->value points into @s.
 */
int parse_key_value(const char *s, struct key_value *kv, struct error *e);

/** parse_limits() - NAME=N[,NAME=N]...; adds to what @l has */
int parse_limits(const char *s, struct limits *l, struct error *e);

/** parse_hex() - exactly 2 * @len hexadecimal digits; -1 without a sentence */
int parse_hex(const char *s, size_t n, uint8_t *out, size_t len);

/** parse_secret() - a key file's content: 32 raw bytes, or as text 64
 * hexadecimal digits or base64, with white space around; -1 without a sentence
 */
int parse_secret(const char *buf, size_t n, uint8_t *out);

/** parse_key_id() - two hexadecimal digits, not 00 */
int parse_key_id(const char *s, uint8_t *id, struct error *e);

/** parse_words() - split a line into words, in place
 * Double quotes and backslash quote, # at the start of a word ends the line.
 * @words: gets at most @max - 1 words and a NULL
 * Return: their number, or -1.
 */
int parse_words(char *line, char **words, int max, struct error *e);

#endif /* IPVSL7ADM_PARSE_H */
