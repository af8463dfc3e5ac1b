// SPDX-License-Identifier: GPL-2.0
/* See rotate.h. */
#include "rotate.h"

bool l7_rotate_has(const u8 ids[L7_KEYS_MAX], u8 id)
{
	u32 i;

	for (i = 0; id && i < L7_KEYS_MAX; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static bool all_have(const u8 (*peers)[L7_KEYS_MAX], u32 npeers, u8 id)
{
	u32 i;

	for (i = 0; i < npeers; i++)
		if (!l7_rotate_has(peers[i], id))
			return false;
	return true;
}

u8 l7_rotate_common(const u8 *own, u32 n, const u8 (*peers)[L7_KEYS_MAX],
		    u32 npeers)
{
	while (n--)
		if (all_have(peers, npeers, own[n]))
			return own[n];
	return 0;
}

u8 l7_rotate_choose(const u8 *own, u32 n, u8 now,
		    const u8 (*peers)[L7_KEYS_MAX], u32 npeers)
{
	u8 id = l7_rotate_common(own, n, peers, npeers);
	u32 i;

	for (i = 0; !id && i < n; i++)
		if (own[i] == now)
			id = now;
	return id ?: own[n - 1];
}
