/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One face for the parsers of what a client says first, so that unit tests and
 * fuzz targets ask them all in the same way. Header only.
 */
#ifndef L7_ANSWER_H
#define L7_ANSWER_H

#include "pure/mqtt.h"
#include "pure/payload.h"
#include "pure/proxy.h"
#include "pure/rdp.h"

/** struct ask - what is asked for; parsers without parameters ignore it
 * @off: of a payload key
 * @n: bytes of a fixed payload key, or of the length of another
 */
struct ask {
	u32 off;
	u32 n;
};

/** struct answer - what was said; zeros where a parser says nothing, and all
 * but @verdict unless FOUND
 * @what: kind of an RDP key, or the address family of a proxy's header
 * @len: of a proxy's header
 */
struct answer {
	enum l7_parse verdict;
	struct l7_slice key;
	u32 what;
	u32 len;
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be16 sport;
	__be16 dport;
};

typedef void ask_fn(const u8 *p, u32 len, const struct ask *how,
		    struct answer *a);

static inline bool answer_is_same(const struct answer *a, const struct answer *b)
{
	return a->verdict == b->verdict && a->key.off == b->key.off &&
	       a->key.len == b->key.len && a->what == b->what &&
	       a->len == b->len && !memcmp(&a->src, &b->src, sizeof(a->src)) &&
	       !memcmp(&a->dst, &b->dst, sizeof(a->dst)) &&
	       a->sport == b->sport && a->dport == b->dport;
}

/* What every answer must be, whatever the bytes. */
static inline bool answer_is_sane(const struct answer *a, u32 len)
{
	return a->verdict <= L7_PARSE_BAD && a->key.off <= len &&
	       a->key.len <= len - a->key.off && a->len <= len &&
	       (a->verdict != L7_PARSE_FOUND || a->key.len || a->len);
}

static inline void ask_mqtt(const u8 *p, u32 len, const struct ask *how,
			    struct answer *a)
{
	struct l7_slice id = { ~0u, ~0u };

	(void)how;
	memset(a, 0, sizeof(*a));
	a->verdict = l7_mqtt_connect(p, len, &id);
	if (a->verdict == L7_PARSE_FOUND)
		a->key = id;
}

static inline void ask_fixed(const u8 *p, u32 len, const struct ask *how,
			     struct answer *a)
{
	struct l7_slice key = { ~0u, ~0u };

	memset(a, 0, sizeof(*a));
	a->verdict = l7_payload_fixed(p, len, how->off, how->n, &key);
	if (a->verdict == L7_PARSE_FOUND)
		a->key = key;
}

static inline void ask_lv(const u8 *p, u32 len, const struct ask *how,
			  struct answer *a)
{
	struct l7_slice key = { ~0u, ~0u };

	memset(a, 0, sizeof(*a));
	a->verdict = l7_payload_lv(p, len, how->off, how->n, &key);
	if (a->verdict == L7_PARSE_FOUND)
		a->key = key;
}

static inline void ask_rdp(const u8 *p, u32 len, const struct ask *how,
			   struct answer *a)
{
	struct l7_rdp r;

	(void)how;
	memset(&r, 0xa5, sizeof(r));
	memset(a, 0, sizeof(*a));
	a->verdict = l7_rdp_request(p, len, &r);
	if (a->verdict != L7_PARSE_FOUND)
		return;
	a->key = r.key;
	a->what = r.kind;
	if (r.kind == L7_RDP_SERVER) {
		a->dst.ip = r.ip;
		a->dport = r.port;
	}
}

static inline void ask_proxy(const u8 *p, u32 len, const struct ask *how,
			     struct answer *a)
{
	struct l7_proxy pp;

	(void)how;
	memset(&pp, 0xa5, sizeof(pp));
	memset(a, 0, sizeof(*a));
	a->verdict = l7_proxy_parse(p, len, &pp);
	if (a->verdict != L7_PARSE_FOUND)
		return;
	a->len = pp.len;
	if (!pp.has_addr)
		return;
	a->what = pp.af;
	a->src = pp.src;
	a->dst = pp.dst;
	a->sport = pp.sport;
	a->dport = pp.dport;
}

#endif /* L7_ANSWER_H */
