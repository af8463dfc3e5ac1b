// SPDX-License-Identifier: GPL-2.0
/*
 * PROXY headers: the one that stands before what a client says is read, and the
 * one that a server gets is made. The latter has the sequence numbers just below
 * those of the client's first byte that goes on, which so keeps its own:
 *
 *   client      isn_c + 1 | header, if one was read | request
 *   server  isn_s + 1 | header of ours              | request
 *                                                   ^ start
 *
 * Until the server has acknowledged it, it is held in pe->queue, like bytes of the
 * client's that the director has acknowledged. Owns no state; flow->lock is held.
 */
#include "bind_buf.h"
#include "bind_priv.h"
#include "xlat.h"

static enum l7_parse find(struct l7_pend *pe, const u8 *data, u32 len)
{
	struct l7_proxy pp;
	enum l7_parse v;

	if (pe->proxy.len)
		return L7_PARSE_FOUND;
	v = l7_proxy_parse(data, len, &pp);
	if (v == L7_PARSE_FOUND) {
		pe->proxy = pp;
		l7_bind_count(pe, L7_C_PROXY_READ);
	}
	return v;
}

bool l7_bind_proxy_read(struct l7_pend *pe, const u8 **data, u32 *len,
			bool *final)
{
	u32 skip = *len;

	if (!pe->flow->svc->conf.accept_proxy)
		return true;
	switch (find(pe, *data, *len)) {
	case L7_PARSE_FOUND:
		skip = min(pe->proxy.len, *len);
		break;
	case L7_PARSE_MORE:
		if (!*final)
			return false;
		break;		/* why no more is to come was counted */
	case L7_PARSE_NONE:
		l7_bind_fallback(pe, L7_C_FB_NO_PROXY);
		break;
	case L7_PARSE_BAD:
		l7_bind_fallback(pe, L7_C_FB_BAD_PROXY);
		break;
	}
	*data += skip;
	*len -= skip;
	*final = *final || !pe->proxy.len;
	return true;
}

struct l7_tuple l7_bind_proxy_named(const struct l7_pend *pe)
{
	const struct l7_proxy *pp = &pe->proxy;

	if (!pp->has_addr)
		return l7_flow_tuple(pe->flow);
	return (struct l7_tuple) {
		.saddr = pp->src, .daddr = pp->dst,
		.sport = pp->sport, .dport = pp->dport, .af = pp->af,
	};
}

void l7_bind_proxy_aim(struct l7_pend *pe)
{
	bool v4 = l7_bind_proxy_named(pe).af == AF_INET;

	if (!pe->flow->svc->conf.send_proxy)
		return;
	pe->start = pe->isn_c + 1 + pe->proxy.len;
	pe->isn_s = pe->start - 1 - (v4 ? L7_PROXY_V2_LEN4 : L7_PROXY_V2_LEN6);
	pe->srv_una = pe->isn_s + 1;
}

static bool has_header(const struct l7_pend *pe)
{
	return pe->isn_s + 1 != pe->start;
}

bool l7_bind_proxy_put(struct l7_pend *pe)
{
	struct l7_tuple t = l7_bind_proxy_named(pe);
	u8 header[L7_PROXY_V2_LEN6];
	struct sk_buff *skb;
	u32 len;

	if (!has_header(pe))
		return true;
	if (!l7_buf_cut(pe, pe->start))
		return false;
	len = l7_proxy_v2_build(header, t.af, &t.saddr, &t.daddr, t.sport,
				t.dport);
	skb = l7_tx_server_first(pe, header, len);
	if (!skb)
		return false;
	l7_buf_push(pe, skb);
	if (before(pe->acked, pe->start))
		pe->acked = pe->start;
	l7_bind_count(pe, L7_C_PROXY_SENT);
	return true;
}

bool l7_bind_proxy_hide(const struct l7_pend *pe, const struct l7_pkt *p)
{
	return !has_header(pe) || l7_xlat_floor(p, pe->isn_c + 1);
}

bool l7_bind_proxy_covers(struct l7_flow *f, const struct l7_pkt *p)
{
	bool covers;

	spin_lock(&f->lock);
	covers = f->pend && has_header(f->pend) && p->len &&
		 before(p->seq, f->pend->start);
	spin_unlock(&f->lock);
	return covers;
}
