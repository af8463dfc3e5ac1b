// SPDX-License-Identifier: GPL-2.0
/*
 * Anti-replay window, see window.h. The map is a ring of words; going forward
 * clears the words that are entered (RFC 6479), so no bits are ever shifted.
 */
#include "window.h"

static u64 *word_of(struct l7_window *w, u64 n)
{
	return &w->map[(n / 64) % L7_WINDOW_WORDS];
}

static bool has(const struct l7_window *w, u64 n)
{
	return w->map[(n / 64) % L7_WINDOW_WORDS] >> (n % 64) & 1;
}

void l7_window_init(struct l7_window *w, u64 floor)
{
	memset(w, 0, sizeof(*w));
	w->floor = floor;
	w->highest = floor;
	w->contiguous = floor;
}

bool l7_window_is_fresh(const struct l7_window *w, u64 n)
{
	if (n <= w->floor)
		return false;
	if (n > w->highest)
		return true;
	return w->highest - n < L7_WINDOW_SIZE && !has(w, n);
}

/* Make room for numbers up to @n. */
static void advance(struct l7_window *w, u64 n)
{
	u64 words = n / 64 - w->highest / 64;
	u64 i;

	if (words > L7_WINDOW_WORDS)
		words = L7_WINDOW_WORDS;
	for (i = 0; i < words; i++)
		*word_of(w, n - 64 * i) = 0;
	w->highest = n;
}

bool l7_window_take(struct l7_window *w, u64 n)
{
	if (!l7_window_is_fresh(w, n))
		return false;
	if (n > w->highest)
		advance(w, n);
	*word_of(w, n) |= (u64)1 << (n % 64);
	w->received++;
	return true;
}

u64 l7_window_contiguous(struct l7_window *w)
{
	if (w->highest - w->contiguous > L7_WINDOW_SIZE)
		w->contiguous = w->highest - L7_WINDOW_SIZE;
	while (w->contiguous < w->highest && has(w, w->contiguous + 1))
		w->contiguous++;
	return w->contiguous;
}
