// SPDX-License-Identifier: GPL-2.0
/*
 * PROXY protocol. Owns both versions of the header; whom to believe is the caller's.
 * No locks, no state. Numbers in parentheses are sections of proxy-protocol.txt.
 *
 *   version 1  PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 CR LF
 *   version 2  signature (12), version and command, family and transport,
 *              length of what follows (2), addresses, ports, extensions
 *
 * As strict as the specification: whoever sends a header is a proxy, and none
 * is known to send leading zeros, lone line ends or other spaces.
 * Where a step says NONE there is nothing against what it read.
 */
#include "proxy.h"
#include "text.h"

#define V1_MAX		107	/* bytes of a line with its end (2.1) */
#define V2_HEAD		16
#define V2_COMMAND_AT	12
#define V2_FAMILY_AT	13
#define V2_LENGTH_AT	14
#define V2_LOCAL	0x20
#define V2_PROXY	0x21
#define V2_INET		1
#define V2_INET6	2
#define V2_UNIX		3
#define V2_UNSPEC	0	/* transport: as is the rest then */
#define V2_STREAM	1
#define V2_DGRAM	2
#define UNIX_LEN	216	/* two paths */
#define PORT_LEN	2

static const u8 v1_signature[6] = { 'P', 'R', 'O', 'X', 'Y', ' ' };
static const u8 v2_signature[12] = {
	'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
};

static u32 addr_len(u8 af)
{
	return af == AF_INET ? 4 : 16;
}

/* Does the input begin with @word? */
static enum l7_parse begins(const u8 *p, u32 len, const void *word, u32 n)
{
	if (memcmp(p, word, len < n ? len : n))
		return L7_PARSE_BAD;
	return len < n ? L7_PARSE_MORE : L7_PARSE_NONE;
}

/* --- Version 1 --- */

/* What is spoken; @at moves to what follows. */
static enum l7_parse v1_family(const u8 *p, u32 len, u32 *at, u8 *af)
{
	static const struct {
		char word[9];
		u8 len;
		u8 af;
	} families[] = {
		{ "TCP4 ", 5, AF_INET },
		{ "TCP6 ", 5, AF_INET6 },
		/* Whatever follows is ignored, the line's end is not. */
		{ "UNKNOWN ", 7, AF_UNSPEC },
		{ "UNKNOWN\r", 7, AF_UNSPEC },
	};
	enum l7_parse v, best = L7_PARSE_BAD;
	u32 i;

	for (i = 0; i < sizeof(families) / sizeof(*families); i++) {
		v = begins(p + *at, len - *at, families[i].word,
			   (u32)strlen(families[i].word));
		if (v == L7_PARSE_NONE) {
			*at += families[i].len;
			*af = families[i].af;
			return v;
		}
		if (v == L7_PARSE_MORE)
			best = v;
	}
	return best;
}

static enum l7_parse v1_line(const u8 *p, u32 len, struct l7_text *t)
{
	u32 i = t->at, last = V1_MAX - 2;

	while (i < len && i <= last && p[i] != '\r' && p[i] != '\n')
		i++;
	if (i > last || (i < len && p[i] == '\n'))
		return L7_PARSE_BAD;
	if (len - i < 2)
		return L7_PARSE_MORE;
	t->end = i;
	return p[i + 1] == '\n' ? L7_PARSE_NONE : L7_PARSE_BAD;
}

static enum l7_parse v1(const u8 *p, u32 len, struct l7_proxy *pp)
{
	struct l7_text t = { .p = p, .at = sizeof(v1_signature) };
	enum l7_parse v = v1_family(p, len, &t.at, &pp->af);

	if (v == L7_PARSE_NONE)
		v = v1_line(p, len, &t);
	if (v != L7_PARSE_NONE)
		return v;
	pp->len = t.end + 2;
	pp->has_addr = pp->af != AF_UNSPEC;
	if (!pp->has_addr)
		return L7_PARSE_FOUND;
	if (!l7_text_addr(&t, ' ', pp->af, &pp->src) ||
	    !l7_text_addr(&t, ' ', pp->af, &pp->dst) ||
	    !l7_text_port(&t, &pp->sport) || !l7_text_byte(&t, ' ') ||
	    !l7_text_port(&t, &pp->dport) || t.at != t.end)
		return L7_PARSE_BAD;
	return L7_PARSE_FOUND;
}

/* --- Version 2 --- */

/* Bytes of the addresses and ports of a family, 0 if it has none. */
static u32 v2_addr_len(u8 family)
{
	switch (family) {
	case V2_INET:
		return 2 * addr_len(AF_INET) + 2 * PORT_LEN;
	case V2_INET6:
		return 2 * addr_len(AF_INET6) + 2 * PORT_LEN;
	case V2_UNIX:
		return UNIX_LEN;
	}
	return 0;
}

static void v2_take_addrs(const u8 *p, u8 af, struct l7_proxy *pp)
{
	u32 n = addr_len(af);

	pp->has_addr = true;
	pp->af = af;
	memcpy(&pp->src, p, n);
	memcpy(&pp->dst, p + n, n);
	memcpy(&pp->sport, p + 2 * n, PORT_LEN);
	memcpy(&pp->dport, p + 2 * n + PORT_LEN, PORT_LEN);
}

/* Command, family and length; a local connection's family does not count. */
static enum l7_parse v2_head(const u8 *p, u32 len, u32 *size)
{
	u8 family, transport;
	bool local;

	if (len <= V2_COMMAND_AT)
		return L7_PARSE_MORE;
	local = p[V2_COMMAND_AT] == V2_LOCAL;
	if (!local && p[V2_COMMAND_AT] != V2_PROXY)
		return L7_PARSE_BAD;
	if (len <= V2_FAMILY_AT)
		return L7_PARSE_MORE;
	family = p[V2_FAMILY_AT] >> 4;
	transport = p[V2_FAMILY_AT] & 15;
	if (!local && (family > V2_UNIX || transport > V2_DGRAM))
		return L7_PARSE_BAD;
	if (len < V2_HEAD)
		return L7_PARSE_MORE;
	*size = V2_HEAD + l7_get16(p + V2_LENGTH_AT);
	if (*size > L7_PROXY_MAX)
		return L7_PARSE_BAD;
	if (!local && transport != V2_UNSPEC &&
	    *size - V2_HEAD < v2_addr_len(family))
		return L7_PARSE_BAD;
	return len < *size ? L7_PARSE_MORE : L7_PARSE_NONE;
}

static enum l7_parse v2(const u8 *p, u32 len, struct l7_proxy *pp)
{
	enum l7_parse v = v2_head(p, len, &pp->len);

	if (v != L7_PARSE_NONE)
		return v;
	if (p[V2_COMMAND_AT] == V2_PROXY) {
		if (p[V2_FAMILY_AT] == (V2_INET << 4 | V2_STREAM))
			v2_take_addrs(p + V2_HEAD, AF_INET, pp);
		else if (p[V2_FAMILY_AT] == (V2_INET6 << 4 | V2_STREAM))
			v2_take_addrs(p + V2_HEAD, AF_INET6, pp);
	}
	return L7_PARSE_FOUND;
}

enum l7_parse l7_proxy_parse(const u8 *p, u32 len, struct l7_proxy *pp)
{
	enum l7_parse v;

	memset(pp, 0, sizeof(*pp));
	if (!len)
		return L7_PARSE_MORE;
	v = begins(p, len, v1_signature, sizeof(v1_signature));
	if (v == L7_PARSE_NONE)
		return v1(p, len, pp);
	if (v == L7_PARSE_BAD)
		v = begins(p, len, v2_signature, sizeof(v2_signature));
	if (v == L7_PARSE_NONE)
		return v2(p, len, pp);
	return v == L7_PARSE_MORE ? v : L7_PARSE_NONE;
}

u32 l7_proxy_v2_build(u8 *out, u8 af, const union nf_inet_addr *src,
		      const union nf_inet_addr *dst, __be16 sport,
		      __be16 dport)
{
	u8 family = af == AF_INET ? V2_INET : V2_INET6;
	u32 n = addr_len(af), size = v2_addr_len(family);

	memcpy(out, v2_signature, sizeof(v2_signature));
	out[V2_COMMAND_AT] = V2_PROXY;
	out[V2_FAMILY_AT] = (u8)(family << 4 | V2_STREAM);
	l7_put16(out + V2_LENGTH_AT, (u16)size);
	out += V2_HEAD;
	memcpy(out, src, n);
	memcpy(out + n, dst, n);
	memcpy(out + 2 * n, &sport, PORT_LEN);
	memcpy(out + 2 * n + PORT_LEN, &dport, PORT_LEN);
	return V2_HEAD + size;
}
