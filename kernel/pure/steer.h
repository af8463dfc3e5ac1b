/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Steering rules: what a client says first that chooses a pool of servers. One
 * switch over the parsers and patterns; what a pool is, is not known here.
 */
#ifndef L7_PURE_STEER_H
#define L7_PURE_STEER_H

#include "http.h"
#include "parse.h"
#include "tls.h"

#define L7_STEER_PATTERN_MAX	128
#define L7_STEER_BUF		L7_TLS_HELLO_MAX

/* Values are UAPI (netlink enum steer-match). */
enum l7_steer_match {
	L7_STEER_ANY = 1,
	L7_STEER_SNI = 2,
	L7_STEER_ALPN = 3,
	L7_STEER_HOST = 4,
	L7_STEER_PATH = 5,
	L7_STEER_HEADER = 6,
};

/* Values are UAPI (netlink enum steer-how). */
enum l7_steer_how {
	L7_STEER_EXACT = 0,
	L7_STEER_PREFIX = 1,
	L7_STEER_SUFFIX = 2,
};

/* Values are UAPI (netlink enum steer-target). */
enum l7_steer_target {
	L7_STEER_TO_SERVICE = 1,
	L7_STEER_TO_FWMARK = 2,
	L7_STEER_TO_RESET = 3,
};

/** struct l7_steer_rule - one steering rule
 * @match: enum l7_steer_match
 * @how: enum l7_steer_how; L7_STEER_PATH: any, L7_STEER_HEADER: not a suffix,
 *	the others L7_STEER_EXACT
 * @target: enum l7_steer_target
 * @len: bytes in @pattern, 0..L7_STEER_PATTERN_MAX
 * @mark: L7_STEER_TO_FWMARK: of the pool, never 0; else 0
 * @field: L7_STEER_HEADER: name of the field; all of its value counts
 * @pattern: not NUL terminated; of SNI and host as l7_match_host() takes it
 */
struct l7_steer_rule {
	u8 match;
	u8 how;
	u8 target;
	u8 len;
	u32 mark;
	struct l7_cookie_sel field;
	char pattern[L7_STEER_PATTERN_MAX];
};

/** l7_steer_match() - does what a client says first suit a rule?
 * @p: first bytes of the connection
 * @len: their number
 * @buf: L7_STEER_BUF bytes
 * @has_ech: out: the rule is one of SNI, and the name it was compared with may
 *	be a decoy, see struct l7_tls_hello; only with FOUND and NONE
 *
 * FOUND: it does. NONE: it does not, and no longer prefix will. BAD: another
 * protocol than the rule's, or malformed: it does not either.
 */
enum l7_parse l7_steer_match(const struct l7_steer_rule *r, const u8 *p,
			     u32 len, u8 *buf, bool *has_ech);

/** l7_steer_check() - is there something that could suit a rule?
 * Return: NULL if so, else a sentence about the field that is wrong.
 */
const char *l7_steer_check(const struct l7_steer_rule *r);

/** l7_steer_is_same() - do two rules suit the same? Targets do not count. */
bool l7_steer_is_same(const struct l7_steer_rule *a,
		      const struct l7_steer_rule *b);

#endif /* L7_PURE_STEER_H */
