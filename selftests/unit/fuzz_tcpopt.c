// SPDX-License-Identifier: GPL-2.0
/* Fuzz target: TCP options. What is said of the bytes lies inside of them. */
#include <stdlib.h>
#include "pure/tcpopt.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct l7_tcpopt o;
	u8 *p;

	if (len > 40)
		return 0;
	p = malloc(len ? len : 1);
	if (!p)
		abort();
	memcpy(p, data, len);
	l7_tcpopt_parse(p, (u32)len, &o);
	if ((o.has_ts && o.ts_off + 8u > len) ||
	    o.sack_blocks > L7_TCPOPT_SACK_MAX ||
	    (o.sack_blocks && o.sack_off + 8u * o.sack_blocks > len))
		abort();
	free(p);
	return 0;
}
