/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must hold of every parser of a client's first bytes: it says what its
 * oracle says, of the whole stream and of every prefix; of a prefix either MORE
 * or the same as of the whole; and reads nothing behind its end.
 */
#ifndef L7_FUZZ_STREAM_H
#define L7_FUZZ_STREAM_H

#include "fuzz.h"
#include "../unit/answer.h"

/** require_stream() - @len: at most FUZZ_ROOM */
static inline void require_stream(const u8 *p, size_t len, const struct ask *how,
				  ask_fn *parser, ask_fn *oracle)
{
	struct answer whole, want, again;
	struct fuzz_bytes b;
	u32 state = (u32)len;
	size_t at;

	fuzz_place(&b, p, len, len % 8);
	parser(b.p, (u32)len, how, &whole);
	fuzz_trace("%zu bytes: verdict %d\n", len, whole.verdict);
	REQUIRE(answer_is_sane(&whole, (u32)len));
	oracle(p, (u32)len, how, &want);
	REQUIRE(answer_is_same(&whole, &want));
	for (at = 0; at < len; at = fuzz_next_cut(at, len, &state)) {
		fuzz_cut(&b, at);
		parser(b.p, (u32)at, how, &again);
		REQUIRE(again.verdict == L7_PARSE_MORE ||
			answer_is_same(&again, &whole));
		oracle(p, (u32)at, how, &want);
		REQUIRE(answer_is_same(&again, &want));
	}
}

#endif /* L7_FUZZ_STREAM_H */
