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
	if (!l7_window_missing(w))
		w->contiguous = w->highest;
	while (w->contiguous < w->highest &&
	       w->highest - w->contiguous <= L7_WINDOW_SIZE &&
	       has(w, w->contiguous + 1))
		w->contiguous++;
	return w->contiguous;
}

/* The last number that is too old to come, or settled. */
static u64 settled(const struct l7_window *w)
{
	u64 n = w->highest > L7_WINDOW_SIZE ? w->highest - L7_WINDOW_SIZE : 0;

	return n > w->contiguous ? n : w->contiguous;
}

static u64 missing_in_map(const struct l7_window *w)
{
	u64 n, sum = 0;

	for (n = settled(w); n < w->highest; n++)
		sum += !has(w, n + 1);
	return sum;
}

u64 l7_window_give_up(struct l7_window *w, u64 upto)
{
	u64 lost;

	if (upto > w->highest)
		advance(w, upto);
	lost = l7_window_missing(w) - missing_in_map(w);
	w->received += lost;
	for (w->contiguous = settled(w); w->contiguous < upto; ) {
		w->contiguous++;
		if (has(w, w->contiguous))
			continue;
		*word_of(w, w->contiguous) |= (u64)1 << (w->contiguous % 64);
		w->received++;
		lost++;
	}
	return lost;
}

/* Add numbers to the last range, or begin another; false if there is no room. */
static bool add(struct l7_range *r, u32 *used, u32 max, u64 first, u32 count)
{
	if (*used && r[*used - 1].first + r[*used - 1].count == first) {
		r[*used - 1].count += count;
		return true;
	}
	if (*used == max)
		return false;
	r[(*used)++] = (struct l7_range){ .first = first, .count = count };
	return true;
}

u32 l7_window_gaps(const struct l7_window *w, u64 from, u64 top, struct l7_range *r,
		   u32 max)
{
	u64 n, end = top < w->highest ? top : w->highest;
	u32 used = 0;

	/* no number may follow @end: it can be the last that there is */
	for (n = from > settled(w) ? from : settled(w) + 1; n <= end; n++) {
		if (!has(w, n) && !add(r, &used, max, n, 1))
			return used;
		if (n == end)
			break;
	}
	if (top <= w->highest)
		return used;
	n = from > w->highest ? from : w->highest + 1;
	if (n <= top)
		add(r, &used, max, n, top - n < L7_WINDOW_SIZE ?
		    (u32)(top - n + 1) : L7_WINDOW_SIZE);
	return used;
}
