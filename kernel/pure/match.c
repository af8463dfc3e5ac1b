// SPDX-License-Identifier: GPL-2.0
/*
 * Names and paths against patterns. Owns what a pattern means, not where names
 * come from. No locks, no state.
 */
#include "match.h"

static u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* The same bytes, but for the case of letters? */
static bool is_alike(const u8 *name, const char *pattern, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (lower(name[i]) != lower((u8)pattern[i]))
			return false;
	return true;
}

/* Labels, none of them empty? @n > 0. */
static bool is_labels(const u8 *name, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (name[i] == '.' && (!i || name[i - 1] == '.'))
			return false;
	return name[n - 1] != '.';
}

bool l7_match_host(const u8 *name, u32 len, const char *pattern, u32 plen)
{
	u32 front = 0;

	if (len && name[len - 1] == '.')
		len--;
	if (!len)
		return false;
	if (plen > 2 && pattern[0] == '*' && pattern[1] == '.') {
		/* The dot stays, and is where a label ends. */
		pattern++;
		plen--;
		if (len <= plen)
			return false;
		front = len - plen;
		if (!is_labels(name, front))
			return false;
	}
	return len - front == plen && is_alike(name + front, pattern, plen);
}

bool l7_match_exact(const u8 *name, u32 len, const char *pattern, u32 plen)
{
	return len == plen && l7_match_prefix(name, len, pattern, plen);
}

bool l7_match_prefix(const u8 *name, u32 len, const char *pattern, u32 plen)
{
	return !plen || (len >= plen && !memcmp(name, pattern, plen));
}

bool l7_match_suffix(const u8 *name, u32 len, const char *pattern, u32 plen)
{
	return !plen || (len >= plen && !memcmp(name + len - plen, pattern, plen));
}
