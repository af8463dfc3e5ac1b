// SPDX-License-Identifier: GPL-2.0
/*
 * TCP options. Owns their grammar only, no locks, no state. Accepts what the
 * Linux stack accepts (tcp_parse_options()): a director that reads a header
 * otherwise than the endpoints do would translate the wrong bytes.
 */
#include "tcpopt.h"

#define OPT_EOL		0
#define OPT_NOP		1
#define OPT_MSS		2
#define OPT_WSCALE	3
#define OPT_SACK_OK	4
#define OPT_SACK	5
#define OPT_TS		8

#define LEN_MSS		4
#define LEN_WSCALE	3
#define LEN_SACK_OK	2
#define LEN_SACK_BLOCK	8
#define LEN_TS		10

#define OPTIONS_MAX	40
#define WSCALE_MAX	14	/* RFC 7323 2.3 */

static void timestamps(const u8 *p, u32 off, struct l7_tcpopt *o)
{
	o->has_ts = true;
	o->ts_off = (u8)off;
	o->tsval = l7_get32(p + off);
	o->tsecr = l7_get32(p + off + 4);
}

/*
 * One option of @len >= 2 bytes at @off. An option whose length does not suit
 * its kind is none of its kind; of two, the last one counts.
 */
static void option(const u8 *p, u32 off, u32 len, struct l7_tcpopt *o)
{
	const u8 *v = p + off + 2;

	switch (p[off]) {
	case OPT_MSS:
		/* An MSS of 0 says nothing. */
		if (len == LEN_MSS && l7_get16(v)) {
			o->has_mss = true;
			o->mss = l7_get16(v);
		}
		break;
	case OPT_WSCALE:
		if (len == LEN_WSCALE) {
			o->has_wscale = true;
			o->wscale = *v > WSCALE_MAX ? WSCALE_MAX : *v;
		}
		break;
	case OPT_SACK_OK:
		if (len == LEN_SACK_OK)
			o->sack_ok = true;
		break;
	case OPT_SACK:
		if (len > 2 && (len - 2) % LEN_SACK_BLOCK == 0) {
			o->sack_off = (u8)(off + 2);
			o->sack_blocks = (u8)((len - 2) / LEN_SACK_BLOCK);
		}
		break;
	case OPT_TS:
		if (len == LEN_TS)
			timestamps(p, off + 2, o);
		break;
	}
}

bool l7_tcpopt_parse(const u8 *p, u32 len, struct l7_tcpopt *o)
{
	u32 i = 0;

	memset(o, 0, sizeof(*o));
	if (len > OPTIONS_MAX)
		len = OPTIONS_MAX;
	/* What almost every segment carries: NOP, NOP, timestamps. */
	if (len == 2 + LEN_TS && l7_get32(p) == L7_TCPOPT_PLAIN_TS) {
		timestamps(p, 4, o);
		return true;
	}
	while (i < len && p[i] != OPT_EOL) {
		if (p[i] == OPT_NOP) {
			i++;
			continue;
		}
		if (len - i < 2 || p[i + 1] < 2 || p[i + 1] > len - i)
			return false;
		option(p, i, p[i + 1], o);
		i += p[i + 1];
	}
	return true;
}
