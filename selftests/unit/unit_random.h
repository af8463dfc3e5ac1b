/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that repeat (splitmix64), and inputs changed by them. Header
 * only; included by unit.h.
 */
#ifndef L7_UNIT_RANDOM_H
#define L7_UNIT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint64_t unit_seed(void)
{
	const char *s = getenv("UNIT_SEED");

	return s ? strtoull(s, NULL, 0) : 0x1d872b41u;
}

/* How often a random test should loop, @def unless UNIT_LOOPS says else. */
static inline unsigned long unit_loops(unsigned long def)
{
	const char *s = getenv("UNIT_LOOPS");

	return s ? strtoul(s, NULL, 0) : def;
}

static inline uint64_t unit_rand(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* 0 .. @n - 1; @n > 0. */
static inline uint32_t unit_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(unit_rand(state) % n);
}

/** unit_mutate() - change @buf at random places, as a hostile sender might
 * @len: bytes used; @room: bytes there are
 * @words: @nwords strings that mean something in the format, or NULL
 * Return: the new length, at most @room.
 */
static inline size_t unit_mutate(uint64_t *state, uint8_t *buf, size_t len,
				 size_t room, const char *const *words,
				 size_t nwords)
{
	unsigned int n = 1 + unit_below(state, 4);

	while (n--) {
		size_t at = len ? unit_below(state, (uint32_t)len) : 0;
		size_t cnt = 1 + unit_below(state, 16);
		const char *word;

		switch (unit_below(state, words ? 6 : 5)) {
		case 0:
			if (len)
				buf[at] ^= 1 << unit_below(state, 8);
			break;
		case 1:
			if (len)
				buf[at] = (uint8_t)unit_rand(state);
			break;
		case 2:	/* cut out */
			if (cnt > len - at)
				cnt = len - at;
			memmove(buf + at, buf + at + cnt, len - at - cnt);
			len -= cnt;
			break;
		case 3:	/* repeat what stands here */
			if (cnt > len - at || cnt > room - len)
				break;
			memmove(buf + at + cnt, buf + at, len - at);
			len += cnt;
			break;
		case 4:
			len = at;
			break;
		case 5:
			word = words[unit_below(state, (uint32_t)nwords)];
			cnt = strlen(word);
			if (cnt > room - len)
				break;
			memmove(buf + at + cnt, buf + at, len - at);
			memcpy(buf + at, word, cnt);
			len += cnt;
			break;
		}
	}
	return len;
}

#endif /* L7_UNIT_RANDOM_H */
