// SPDX-License-Identifier: GPL-2.0
/* Fuzzes what reads sync packets: the input is the frames of one packet. */
#include <stddef.h>
#include <stdint.h>
#include "pure/update.h"

static void read_names(const struct l7_frame *f)
{
	struct l7_names n;
	struct l7_name name;
	u32 i;

	if (l7_update_names_get(f, &n))
		return;
	for (i = 0; i < n.count; i++)
		l7_update_name_get(&n, i, &name);
}

static void read_update(const struct l7_frame *f)
{
	struct l7_reader r = { .p = f->body, .len = f->len };
	struct l7_wire_record w;
	struct l7_records g;
	u32 i;

	while (l7_update_group_next(&r, &g) > 0)
		for (i = 0; g.known && i < g.count; i++)
			l7_update_record_get(&g, i, &w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct l7_reader r = { .p = data, .len = (u32)len };
	struct l7_challenge c;
	struct l7_header head;
	struct l7_hello h;
	struct l7_frame f;

	l7_codec_header_get(data, (u32)len, &head);
	while (l7_codec_frame_next(&r, &f) > 0) {
		l7_codec_hello_get(&f, &h);
		l7_codec_challenge_get(&f, &c);
		read_names(&f);
		read_update(&f);
	}
	return 0;
}
