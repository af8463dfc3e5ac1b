/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the user-space tests of kernel/pure/ share: results in KTAP, inputs
 * against a guard page, random numbers that repeat (unit_random.h). Header
 * only.
 *
 * To add a test: write test_NAME.c beside this file (the Makefile finds it and
 * links all of kernel/pure/) like this:
 *
 *	#include "unit.h"
 *	#include "pure/NAME.h"
 *
 *	static void rejects_empty(void)
 *	{
 *		CHECK(l7_name_parse(NULL, 0) == L7_PARSE_MORE);
 *		CHECK_EQ(l7_name_count(), 0);
 *	}
 *
 *	int main(void)
 *	{
 *		UNIT_RUN(rejects_empty);
 *		return unit_end();
 *	}
 *
 * One function is one case, one "ok" line. A failed CHECK prints where and
 * what, and the case goes on; UNIT_ROW() names the row of a table in what
 * follows. Everything runs under ASan and UBSan; a test that takes more than
 * UNIT_SECONDS of processor time is ended. UNIT_SEED and UNIT_LOOPS in the environment change
 * the seed and the number of loops of random tests.
 */
#ifndef L7_UNIT_H
#define L7_UNIT_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "unit_random.h"

#define UNIT_SECONDS	120

/* Failed checks shown per case; a loop may fail a million times. */
#define UNIT_SHOWN	10

#define UNIT_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static struct {
	unsigned int cases, failed_cases, failed_checks;
	char row[160];
} unit;

static inline __attribute__((format(printf, 1, 2)))
void UNIT_ROW(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(unit.row, sizeof(unit.row), fmt, ap);
	va_end(ap);
}

/* On one line, whatever it holds. */
static inline void unit_print(const void *data, size_t len)
{
	const uint8_t *c = data;

	for (; len--; c++)
		printf(*c < ' ' || *c > '~' ? "\\x%02x" : "%c", *c);
}

static inline __attribute__((format(printf, 3, 4)))
void unit_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	if (unit.failed_checks++ >= UNIT_SHOWN)
		return;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	if (unit.row[0]) {
		printf(" [");
		unit_print(unit.row, strlen(unit.row));
		printf("]");
	}
	printf("\n");
}

/* True if the check held, so that a caller can stop at nonsense. */
#define CHECK(cond) ({							\
	bool ok__ = (cond);						\
	if (!ok__)							\
		unit_fail(__FILE__, __LINE__, "%s", #cond);		\
	ok__;								\
})

#define CHECK_EQ(got, want) ({						\
	long long got__ = (long long)(got), want__ = (long long)(want);	\
	bool ok__ = got__ == want__;					\
	if (!ok__)							\
		unit_fail(__FILE__, __LINE__, "%s is %lld, not %s = %lld", \
			  #got, got__, #want, want__);			\
	ok__;								\
})

#define CHECK_MEM(got, want, n) ({					\
	bool ok__ = !memcmp(got, want, n);				\
	if (!ok__)							\
		unit_fail(__FILE__, __LINE__, "%s differs from %s",	\
			  #got, #want);					\
	ok__;								\
})

#define UNIT_RUN(fn)	unit_run(fn, #fn)

static inline void unit_run(void (*fn)(void), const char *name)
{
	const struct rlimit limit = { UNIT_SECONDS, UNIT_SECONDS };

	if (!unit.cases++) {
		setvbuf(stdout, NULL, _IOLBF, 0);
		setrlimit(RLIMIT_CPU, &limit);
		printf("KTAP version 1\n");
	}
	unit.failed_checks = 0;
	unit.row[0] = '\0';
	fn();
	if (unit.failed_checks > UNIT_SHOWN)
		printf("# and %u more\n", unit.failed_checks - UNIT_SHOWN);
	unit.failed_cases += unit.failed_checks != 0;
	printf("%sok %u %s\n", unit.failed_checks ? "not " : "", unit.cases,
	       name);
}

/* The plan comes last, as KTAP allows; the exit status for main(). */
static inline int unit_end(void)
{
	printf("1..%u\n", unit.cases);
	return unit.failed_cases || !unit.cases;
}

/* --- Guard pages: touching a byte outside of the input is a crash --- */

#define UNIT_GUARD_ROOM	(1u << 20)

/* The room lies between two pages that cannot be read. */
static inline uint8_t *unit_guard_room(void)
{
	static uint8_t *room;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *map;

	if (room)
		return room;
	map = mmap(NULL, UNIT_GUARD_ROOM + 2 * page, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED ||
	    mprotect(map + page, UNIT_GUARD_ROOM, PROT_READ | PROT_WRITE))
		abort();
	room = map + page;
	return room;
}

/** unit_flush() - copy @data so that the byte behind it cannot be read
 * @len: at most UNIT_GUARD_ROOM
 * Return: the copy, valid until the next call; each caller gets the same room.
 */
static inline uint8_t *unit_flush(const void *data, size_t len)
{
	uint8_t *at = unit_guard_room() + UNIT_GUARD_ROOM - len;

	if (len)
		memmove(at, data, len);
	return at;
}

/** unit_flush_front() - the same with the byte before it */
static inline uint8_t *unit_flush_front(const void *data, size_t len)
{
	if (len)
		memmove(unit_guard_room(), data, len);
	return unit_guard_room();
}

/* Milliseconds of processor time: to tell linear from quadratic on a busy
 * machine too, not to measure. */
static inline double unit_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#endif /* L7_UNIT_H */
