// SPDX-License-Identifier: GPL-2.0
/*
 * Per-packet translation between the sequence space the client knows and that
 * of the server. The client's own space is the same on both sides, so uploaded
 * bytes and the server's acknowledgements are never touched.
 */
#include <linux/bitops.h>
#include <net/checksum.h>
#include "xlat.h"

/* A partial checksum covers addresses and ports only. */
static __always_inline bool has_sum(const struct sk_buff *skb)
{
	return skb->ip_summed != CHECKSUM_PARTIAL;
}

/* TCP header field of 4 bytes at @off; option fields may lie at odd offsets. */
static __always_inline void put32(struct sk_buff *skb, u8 *th, u32 off, u32 val)
{
	__be32 old, new = htonl(val);
	struct tcphdr *h = (struct tcphdr *)th;
	__wsum diff;

	memcpy(&old, th + off, 4);
	memcpy(th + off, &new, 4);
	if (!has_sum(skb))
		return;
	diff = csum_sub((__force __wsum)new, (__force __wsum)old);
	diff = csum_shift(diff, off);
	h->check = csum_fold(csum_add(diff, ~csum_unfold(h->check)));
}

static void put_window(struct sk_buff *skb, struct tcphdr *th, u16 val)
{
	__be16 old = th->window;

	th->window = htons(val);
	if (has_sum(skb))
		csum_replace2(&th->check, old, th->window);
}

#define TS_OFF	(sizeof(struct tcphdr) + 4)

/* NOP NOP Timestamp and nothing else, as nearly every segment has it */
static __always_inline bool is_plain_ts(const struct l7_pkt *p, const u8 *th)
{
	return p->hlen == sizeof(struct tcphdr) + 12 &&
	       l7_get32(th + sizeof(struct tcphdr)) == L7_TCPOPT_PLAIN_TS;
}

static bool has_options(const struct l7_pkt *p, const u8 *th,
			struct l7_tcpopt *o)
{
	u32 n = p->hlen - sizeof(struct tcphdr);

	if (!n)
		return false;
	l7_tcpopt_parse(th + sizeof(struct tcphdr), n, o);
	return true;
}

/* The server's number for one of its bytes, as the client counts them. */
static __always_inline u32 of_server(const struct l7_flow *f,
				     const struct l7_insert_map *m, u32 seq)
{
	return likely(!m) ? seq - f->seq_delta : l7_insert_unmap(m, seq);
}

static void shift_sack(const struct l7_flow *f, const struct l7_insert_map *m,
		       struct sk_buff *skb, u8 *th, const struct l7_tcpopt *o)
{
	u32 off = sizeof(struct tcphdr) + o->sack_off;
	u32 i;

	for (i = 0; i < o->sack_blocks * 2u; i++, off += 4)
		put32(skb, th, off, of_server(f, m, l7_get32(th + off)));
}

/* The client was promised that windows are scaled; this server does not. */
static u16 unscale_window(const struct l7_flow *f, u16 win)
{
	return min_t(u32, (u32)win << f->wscale_cli, 65535);
}

static noinline void client_options(const struct l7_flow *f,
				    const struct l7_pkt *p, u8 *th,
				    const struct l7_insert_map *m)
{
	struct l7_tcpopt o;

	if (!has_options(p, th, &o))
		return;
	if (o.has_ts && p->flags & TCPHDR_ACK)
		put32(p->skb, th, sizeof(struct tcphdr) + o.ts_off + 4,
		      o.tsecr - f->ts_delta);
	shift_sack(f, m, p->skb, th, &o);
}

bool l7_xlat_client_by(const struct l7_flow *f, const struct l7_pkt *p,
		       const struct l7_insert_map *m)
{
	struct sk_buff *skb = p->skb;
	u8 *th;

	if (skb_ensure_writable(skb, p->thoff + p->hlen))
		return false;
	th = skb->data + p->thoff;
	if (p->flags & TCPHDR_ACK)
		put32(skb, th, offsetof(struct tcphdr, ack_seq),
		      of_server(f, m, p->ack));
	if (unlikely(f->wscale_cli) && !(p->flags & TCPHDR_SYN))
		put_window(skb, (struct tcphdr *)th,
			   unscale_window(f, p->window));
	if (!is_plain_ts(p, th))
		client_options(f, p, th, m);
	else if (p->flags & TCPHDR_ACK)
		put32(skb, th, TS_OFF + 4,
		      l7_get32(th + TS_OFF + 4) - f->ts_delta);
	return true;
}

static u16 scale_window(const struct l7_flow *f, u16 win)
{
	u32 bytes = (u32)win << f->wscale_srv;

	return min_t(u32, bytes >> f->wscale_us, 65535);
}

static noinline void server_options(const struct l7_flow *f,
				    const struct l7_pkt *p, u8 *th)
{
	struct l7_tcpopt o;

	if (has_options(p, th, &o) && o.has_ts)
		put32(p->skb, th, sizeof(struct tcphdr) + o.ts_off,
		      o.tsval + f->ts_delta);
}

bool l7_xlat_server_by(const struct l7_flow *f, const struct l7_pkt *p,
		       u32 delta)
{
	struct sk_buff *skb = p->skb;
	u8 *th;

	if (skb_ensure_writable(skb, p->thoff + p->hlen))
		return false;
	th = skb->data + p->thoff;
	put32(skb, th, offsetof(struct tcphdr, seq), p->seq + delta);
	if (f->wscale_srv != f->wscale_us && !(p->flags & TCPHDR_SYN))
		put_window(skb, (struct tcphdr *)th,
			   scale_window(f, p->window));
	if (is_plain_ts(p, th))
		put32(skb, th, TS_OFF, l7_get32(th + TS_OFF) + f->ts_delta);
	else
		server_options(f, p, th);
	return true;
}

bool l7_xlat_tsval(const struct l7_pkt *p, const struct l7_tcpopt *o,
		   u32 tsval)
{
	if (skb_ensure_writable(p->skb, p->thoff + p->hlen))
		return false;
	put32(p->skb, p->skb->data + p->thoff,
	      sizeof(struct tcphdr) + o->ts_off, tsval);
	return true;
}

static void raise(struct sk_buff *skb, u8 *th, u32 off, u32 floor)
{
	if (before(l7_get32(th + off), floor))
		put32(skb, th, off, floor);
}

bool l7_xlat_floor(const struct l7_pkt *p, u32 floor)
{
	struct sk_buff *skb = p->skb;
	struct l7_tcpopt o;
	u32 off, i;
	u8 *th;

	if (skb_ensure_writable(skb, p->thoff + p->hlen))
		return false;
	th = skb->data + p->thoff;
	raise(skb, th, offsetof(struct tcphdr, ack_seq), floor);
	if (!has_options(p, th, &o))
		return true;
	off = sizeof(struct tcphdr) + o.sack_off;
	for (i = 0; i < o.sack_blocks * 2u; i++, off += 4)
		raise(skb, th, off, floor);
	return true;
}

bool l7_xlat_icmp(const struct l7_flow *f, struct sk_buff *skb,
		  const struct l7_quoted *q, const struct l7_insert_map *m)
{
	__be32 old, new;
	__sum16 *check;

	if (skb_ensure_writable(skb, q->seq_off + 4))
		return false;
	memcpy(&old, skb->data + q->seq_off, 4);
	new = htonl(of_server(f, m, ntohl(old)));
	memcpy(skb->data + q->seq_off, &new, 4);
	/* both kinds of ICMP have it at the same place; the quote is even */
	check = (__sum16 *)(skb->data + q->icmp_off + 2);
	inet_proto_csum_replace4(check, skb, old, new, false);
	return true;
}
