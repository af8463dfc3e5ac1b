/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of several keys packets are sent with, so that all peers can read them.
 * Knows keys by their ids alone.
 */
#ifndef L7_PURE_ROTATE_H
#define L7_PURE_ROTATE_H

#include "env.h"

#define L7_KEYS_MAX		4	/* as many as HELLO has room for */

/** l7_rotate_has() - is the key among those of a list? 0 never is */
bool l7_rotate_has(const u8 ids[L7_KEYS_MAX], u8 id);

/** l7_rotate_common() - the newest that each peer accepts, 0 = there is none
 * @own: ids of some keys, the oldest first
 * @n: their number
 * @peers: what each living peer accepts
 */
u8 l7_rotate_common(const u8 *own, u32 n, const u8 (*peers)[L7_KEYS_MAX],
		    u32 npeers);

/** l7_rotate_choose() - the key to send with: as above, of those installed
 * @n: not 0
 * @now: the one in use; kept if no key will do for all, and it is installed
 */
u8 l7_rotate_choose(const u8 *own, u32 n, u8 now,
		    const u8 (*peers)[L7_KEYS_MAX], u32 npeers);

#endif /* L7_PURE_ROTATE_H */
