/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A parser of a client's first bytes, asked for every prefix of them with a
 * guard page behind it: once it has said something else than MORE, it stays
 * with that. Header only.
 */
#ifndef L7_PREFIX_H
#define L7_PREFIX_H

#include "unit.h"
#include "answer.h"

/* Bytes that may hold zeros; the string's own zero is not counted. */
#define BYTES(s)	(const u8 *)(s), sizeof(s) - 1

static const char *const verdicts[] = { "MORE", "FOUND", "NONE", "BAD" };

static inline void ask_at(ask_fn *ask, const u8 *p, size_t len,
			  const struct ask *how, struct answer *a)
{
	ask(p, (u32)len, how, a);
	if (!answer_is_sane(a, (u32)len))
		unit_fail(__FILE__, __LINE__, "%s at %u, %u bytes, of %zu",
			  verdicts[a->verdict], a->key.off, a->key.len, len);
}

/** every_prefix() - ask for each prefix, the longest last
 * @a: out, the last answer
 * Return: bytes of the shortest prefix that got it.
 */
static inline size_t every_prefix(ask_fn *ask, const void *data, size_t len,
				  const struct ask *how, struct answer *a)
{
	struct answer last = { .verdict = L7_PARSE_MORE };
	size_t n, first = len;

	for (n = 0; n <= len; n++) {
		ask_at(ask, unit_flush(data, n), n, how, a);
		if (last.verdict != L7_PARSE_MORE && !answer_is_same(a, &last)) {
			unit_fail(__FILE__, __LINE__, "%s becomes %s at %zu",
				  verdicts[last.verdict], verdicts[a->verdict],
				  n);
			break;
		}
		if (last.verdict == L7_PARSE_MORE && a->verdict != L7_PARSE_MORE)
			first = n;
		last = *a;
	}
	ask_at(ask, unit_flush_front(data, len), len, how, a);
	CHECK(answer_is_same(a, &last));
	return first;
}

static inline void check_verdict(const struct answer *a, enum l7_parse want)
{
	if (a->verdict != want)
		unit_fail(__FILE__, __LINE__, "%s, not %s",
			  verdicts[a->verdict], verdicts[want]);
}

static inline void check_key(const void *data, const struct answer *a,
			     const char *want)
{
	const char *got = (const char *)data + a->key.off;

	if (a->key.len != strlen(want) || memcmp(got, want, a->key.len))
		unit_fail(__FILE__, __LINE__, "key is '%.*s', not '%s'",
			  (int)a->key.len, got, want);
}

/** random_prefixes() - change well-formed input, and ask again
 * @data: of each row
 * @lens: likewise
 * @words: @nwords strings that mean something in the format
 */
static inline void random_prefixes(ask_fn *ask, const struct ask *how,
				   const u8 *const *data, const size_t *lens,
				   size_t rows, const char *const *words,
				   size_t nwords)
{
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(4000), seen[UNIT_SIZE(verdicts)] = { 0 };
	struct answer a;
	u8 buf[1024];

	while (n--) {
		size_t i = unit_below(&rnd, (uint32_t)rows), len = lens[i];

		memcpy(buf, data[i], len);
		len = unit_mutate(&rnd, buf, len, sizeof(buf), words, nwords);
		UNIT_ROW("row %zu, %lu to go", i, n);
		every_prefix(ask, buf, len, how, &a);
		seen[a.verdict]++;
	}
	/* Changes that lead only to refusals would prove little. */
	for (n = 0; n < UNIT_SIZE(verdicts); n++)
		if (!seen[n])
			unit_fail(__FILE__, __LINE__, "%s was never seen",
				  verdicts[n]);
}

#endif /* L7_PREFIX_H */
