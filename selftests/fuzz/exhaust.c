// SPDX-License-Identifier: GPL-2.0
/*
 * No target of the fuzzer: runs target binding on every sequence of so many
 * events of two directors that mirror one key over a lossy network, so that
 * what is small is known and not sampled: learning, removal and its tombstone,
 * adoption of what a peer made, loss, repetition, another order, a restart,
 * expiry. What has to hold after each event, and at the end, is in binding.c.
 *
 *     exhaust DEPTH FOUND
 *
 * A sequence that violates something is written to the file FOUND, to be
 * replayed as an input of that target.
 */
#include <signal.h>
#include <unistd.h>
#include "fuzz.h"

#define DEPTH_MAX	12
#define WORLD		0x05	/* two directors, lossy */

/* what, where, how much; see event() in binding.c */
static const u8 events[][3] = {
	{ 0, 0, 0 },		/* A learns server 0 */
	{ 0, 1, 1 },		/* B learns server 1 */
	{ 2, 0, 0 },		/* it is used at A */
	{ 2, 1, 0 },
	{ 3, 0, 0x80 },		/* it is removed at A */
	{ 3, 1, 0x80 },
	{ 8, 0, 0 },		/* A sends what changed */
	{ 8, 1, 0 },
	{ 14, 0, 0x80 },	/* A sends all that it has */
	{ 14, 1, 0x80 },
	{ 9, 0, 0 },		/* the first record on its way arrives */
	{ 9, 0, 0x80 },		/* ... and will once more */
	{ 9, 0, 1 },		/* the second one does */
	{ 10, 0, 0 },		/* the first one is lost */
	{ 14, 1, 0 },		/* B restarts */
	{ 4, 0, 61 },		/* nobody used it for longer than it lives */
};

#define N	FUZZ_SIZE(events)

static u8 input[1 + 3 * DEPTH_MAX];
static size_t length;
static const char *found;

static void violated(int number)
{
	FILE *f = fopen(found, "wb");

	(void)number;
	if (f) {
		fwrite(input, 1, length, f);
		fclose(f);
	}
	fprintf(stderr, "the sequence is in %s\n", found);
	_exit(1);
}

static void run(const u8 *choice, u32 depth)
{
	u32 i;

	input[0] = WORLD;
	for (i = 0; i < depth; i++)
		memcpy(input + 1 + 3 * i, events[choice[i]], 3);
	length = 1 + 3 * depth;
	LLVMFuzzerTestOneInput(input, length);
}

/* The next sequence; false after the last. */
static bool next(u8 *choice, u32 depth)
{
	while (depth--) {
		if (++choice[depth] < N)
			return true;
		choice[depth] = 0;
	}
	return false;
}

int main(int argc, char **argv)
{
	u8 choice[DEPTH_MAX] = {};
	unsigned long count = 0;
	u32 depth;

	depth = argc == 3 ? (u32)atoi(argv[1]) : 0;
	if (!depth || depth > DEPTH_MAX) {
		fprintf(stderr, "usage: exhaust DEPTH FOUND (1 to %d)\n", DEPTH_MAX);
		return 2;
	}
	found = argv[2];
	signal(SIGABRT, violated);
	do {
		run(choice, depth);
		if (!(++count % 100000) && isatty(2))
			fprintf(stderr, "%lu sequences\r", count);
	} while (next(choice, depth));
	printf("%lu sequences of %u events\n", count, depth);
	return 0;
}
