// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: HTTP heads. Besides not crashing, a parser must give slices of
 * its input, and never take back what it said of a prefix.
 */
#include <stdlib.h>
#include "pure/http.h"

/** struct asked - one question to both parsers */
struct asked {
	enum l7_parse request, response;
	struct l7_slice key, set;
	enum l7_set_cookie what;
};

static void require(bool cond)
{
	if (!cond)
		abort();
}

static void ask(const u8 *data, size_t len, const struct l7_cookie_sel *sel,
		struct asked *a)
{
	/* A copy of its own, so that ASan sees a byte too far. */
	u8 *p = malloc(len ? len : 1);

	require(p);
	memcpy(p, data, len);
	a->request = l7_http_request_cookie(p, (u32)len, sel, &a->key);
	a->response = l7_http_response_cookie(p, (u32)len, sel, 1700000000,
					      &a->set, &a->what);
	if (a->request == L7_PARSE_FOUND)
		require(a->key.len && a->key.off < len &&
			a->key.len <= len - a->key.off);
	if (a->response == L7_PARSE_FOUND)
		require(a->set.off <= len && a->set.len <= len - a->set.off);
	if (l7_http_is_h2_preface(p, (u32)len))
		require(a->request != L7_PARSE_FOUND);
	free(p);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

/* Two bytes choose the selector and the prefix, the rest is the stream. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct l7_cookie_sel sel = { .name = "SID", .name_len = 3 };
	struct asked whole, part;
	size_t cut;

	if (len < 2)
		return 0;
	sel.wildcard = data[0] & 1;
	sel.offset = data[0] >> 1 & 7;
	sel.length = data[0] >> 4;
	cut = (len - 2) * data[1] / 255;
	data += 2;
	len -= 2;
	ask(data, len, &sel, &whole);
	ask(data, cut, &sel, &part);
	if (part.request != L7_PARSE_MORE)
		require(part.request == whole.request);
	if (part.request == L7_PARSE_FOUND)
		require(part.key.off == whole.key.off &&
			part.key.len == whole.key.len);
	if (part.response != L7_PARSE_MORE)
		require(part.response == whole.response);
	if (part.response == L7_PARSE_FOUND)
		require(part.set.off == whole.set.off &&
			part.set.len == whole.set.len &&
			part.what == whole.what);
	return 0;
}
