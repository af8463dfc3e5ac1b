/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP options (RFC 9293 3.2, RFC 7323, RFC 2018): where they stand in a
 * header and what they say. No skb, no state.
 */
#ifndef L7_PURE_TCPOPT_H
#define L7_PURE_TCPOPT_H

#include "env.h"

#define L7_TCPOPT_SACK_MAX	4

/* The first four bytes of NOP NOP Timestamp, which is all that most segments
 * have (RFC 7323 appendix A)
 */
#define L7_TCPOPT_PLAIN_TS	0x0101080a

/** struct l7_tcpopt - the options a director must understand
 * @has_mss: MSS option seen, @mss valid (host order)
 * @has_wscale: window scale seen, @wscale valid, clamped to 14
 * @sack_ok: SACK permitted seen
 * @has_ts: timestamps seen, @tsval, @tsecr (host order), @ts_off valid
 * @ts_off: offset of TSval from the first option byte; TSecr follows at +4;
 *	may be odd
 * @sack_off: offset of the first SACK block edge from the first option byte
 * @sack_blocks: number of SACK blocks, 0..4
 */
struct l7_tcpopt {
	bool has_mss;
	bool has_wscale;
	bool sack_ok;
	bool has_ts;
	u16 mss;
	u8 wscale;
	u8 ts_off;
	u8 sack_off;
	u8 sack_blocks;
	u32 tsval;
	u32 tsecr;
};

/** l7_tcpopt_parse() - parse the option bytes of a TCP header
 * @p: first byte after the fixed 20 byte header
 * @len: option bytes, 0..40
 * @o: out, cleared first
 *
 * As the Linux stack reads them: an option that claims less than two bytes, or
 * more than there are, ends the parse, and what came before it counts; one whose
 * length does not suit its kind is skipped, as is an MSS of 0; of two options of
 * a kind the last one counts.
 * Return: false when the options were malformed.
 */
bool l7_tcpopt_parse(const u8 *p, u32 len, struct l7_tcpopt *o);

#endif /* L7_PURE_TCPOPT_H */
