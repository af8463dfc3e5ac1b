// SPDX-License-Identifier: GPL-2.0
/*
 * The wire format of mirroring, see codec.h. Fixed fields at fixed offsets;
 * whatever is longer than this version knows is skipped by its length, and
 * whatever is shorter is malformed.
 *
 * header    0  version   class     key id    cluster
 *           4  node      lane      reserved (0)
 *           8  epoch
 *          16  packet number
 *
 * frame     0  type      flags (0) length of body
 *
 * HELLO     0  version, oldest  newest  state  entries of the list
 *           4  bytes of an entry  bytes before the list  reserved (0)
 *           8  key ids
 *          12  features
 *          16  digest of the configuration
 *          24  clock
 *          32  sent, live lane
 *          40  sent, bulk lane
 *          48  bindings            flows
 *          56  stamp               time of day
 *  entry    0  node      flags     wish
 *           4  behind, bulk lane
 *           8  epoch
 *          16  highest, live lane
 *          24  highest, bulk lane
 *          32  contiguous, live lane
 *          40  stamp               held
 *
 * CHALLENGE 0  kind      node      reserved (0)
 *           4  id of secrets
 *           8  epoch
 *          16  sent, live lane
 *          24  sent, bulk lane
 *          32  nonce
 */
#include "codec.h"
#include "record.h"

void l7_codec_header_put(const struct l7_header *h, u8 *p)
{
	p[0] = L7_WIRE_VERSION;
	p[1] = h->class;
	p[2] = h->key_id;
	p[3] = h->cluster;
	p[4] = h->node;
	p[5] = h->lane;
	l7_put16(p + 6, 0);
	l7_put64(p + 8, h->epoch);
	l7_put64(p + 16, h->number);
}

bool l7_codec_header_get(const u8 *p, u32 len, struct l7_header *h)
{
	if (len < L7_WIRE_HEADER || p[0] != L7_WIRE_VERSION)
		return false;
	h->class = p[1];
	h->key_id = p[2];
	h->cluster = p[3];
	h->node = p[4];
	h->lane = p[5];
	h->epoch = l7_get64(p + 8);
	h->number = l7_get64(p + 16);
	return h->node && h->number && h->lane < L7_LANES;
}

void l7_codec_service_put(const struct l7_endpoint *svc, u8 *p)
{
	p[0] = svc->af == AF_INET ? 4 : 6;
	p[1] = svc->proto;
	memcpy(p + 2, &svc->port, 2);
	memcpy(p + 4, &svc->addr, svc->af == AF_INET ? 4 : 16);
}

int l7_codec_service_get(const u8 *p, struct l7_endpoint *svc)
{
	memset(svc, 0, sizeof(*svc));
	if (p[0] != 4 && p[0] != 6)
		return -EBADMSG;
	svc->af = p[0] == 4 ? AF_INET : AF_INET6;
	svc->proto = p[1];
	memcpy(&svc->port, p + 2, 2);
	memcpy(&svc->addr, p + 4, p[0] == 4 ? 4 : 16);
	return 0;
}

u32 l7_codec_frame_put(u8 *p, u8 type, u32 len)
{
	p[0] = type;
	p[1] = 0;
	l7_put16(p + 2, (u16)len);
	return L7_WIRE_FRAME;
}

int l7_codec_frame_next(struct l7_reader *r, struct l7_frame *f)
{
	if (!r->len)
		return 0;
	if (r->len < L7_WIRE_FRAME)
		return -EBADMSG;
	f->type = r->p[0];
	f->len = l7_get16(r->p + 2);
	f->body = r->p + L7_WIRE_FRAME;
	if (f->len > r->len - L7_WIRE_FRAME)
		return -EBADMSG;
	r->p += L7_WIRE_FRAME + f->len;
	r->len -= L7_WIRE_FRAME + f->len;
	return 1;
}

static void seen_put(const struct l7_seen *s, u8 *p)
{
	memset(p, 0, L7_WIRE_SEEN);
	p[0] = s->node;
	p[1] = s->flags;
	l7_put16(p + 2, s->wish);
	l7_put32(p + 4, s->behind);
	l7_put64(p + 8, s->epoch);
	l7_put64(p + 16, s->highest[L7_LANE_LIVE]);
	l7_put64(p + 24, s->highest[L7_LANE_BULK]);
	l7_put64(p + 32, s->contiguous);
	l7_put32(p + 40, s->stamp);
	l7_put32(p + 44, s->held);
}

static void seen_get(const u8 *p, u32 len, struct l7_seen *s)
{
	s->node = p[0];
	s->flags = p[1];
	s->wish = l7_get16(p + 2);
	s->behind = l7_get32(p + 4);
	s->epoch = l7_get64(p + 8);
	s->highest[L7_LANE_LIVE] = l7_get64(p + 16);
	s->highest[L7_LANE_BULK] = l7_get64(p + 24);
	s->contiguous = l7_get64(p + 32);
	s->stamp = len < L7_WIRE_SEEN ? 0 : l7_get32(p + 40);
	s->held = len < L7_WIRE_SEEN ? 0 : l7_get32(p + 44);
}

u32 l7_codec_hello_put(const struct l7_hello *h, u8 *p, u32 cap)
{
	u32 len = L7_WIRE_HELLO + h->nseen * L7_WIRE_SEEN;
	u32 i;

	if (cap < L7_WIRE_FRAME + len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_HELLO, len);
	memset(p, 0, L7_WIRE_HELLO);
	p[0] = h->version_min;
	p[1] = h->version_max;
	p[2] = h->state;
	p[3] = h->nseen;
	p[4] = L7_WIRE_SEEN;
	p[5] = L7_WIRE_HELLO;
	memcpy(p + 8, h->keys, sizeof(h->keys));
	l7_put32(p + 12, h->features);
	l7_put64(p + 16, h->config);
	l7_put64(p + 24, h->clock);
	l7_put64(p + 32, h->sent[L7_LANE_LIVE]);
	l7_put64(p + 40, h->sent[L7_LANE_BULK]);
	l7_put32(p + 48, h->bindings);
	l7_put32(p + 52, h->flows);
	l7_put32(p + 56, h->stamp);
	l7_put32(p + 60, h->time);
	for (i = 0; i < h->nseen; i++)
		seen_put(&h->seen[i],
			 p + L7_WIRE_HELLO + (size_t)i * L7_WIRE_SEEN);
	return L7_WIRE_FRAME + len;
}

/* Where the list of a HELLO is; NULL if it does not fit into the frame. */
static const u8 *hello_list(const struct l7_frame *f)
{
	const u8 *p = f->body;

	if (f->len < L7_WIRE_HELLO || p[4] < L7_WIRE_SEEN_MIN ||
	    p[5] < L7_WIRE_HELLO || f->len < p[5] + (u32)p[3] * p[4])
		return NULL;
	return p + p[5];
}

int l7_codec_hello_get(const struct l7_frame *f, struct l7_hello *h)
{
	const u8 *list = hello_list(f), *p = f->body;
	u32 i;

	if (!list)
		return -EBADMSG;
	h->version_min = p[0];
	h->version_max = p[1];
	h->state = p[2];
	h->nseen = p[3] < L7_WIRE_PEERS ? p[3] : L7_WIRE_PEERS;
	memcpy(h->keys, p + 8, sizeof(h->keys));
	h->features = l7_get32(p + 12);
	h->config = l7_get64(p + 16);
	h->clock = l7_get64(p + 24);
	h->sent[L7_LANE_LIVE] = l7_get64(p + 32);
	h->sent[L7_LANE_BULK] = l7_get64(p + 40);
	h->bindings = l7_get32(p + 48);
	h->flows = l7_get32(p + 52);
	h->stamp = l7_get32(p + 56);
	h->time = l7_get32(p + 60);
	for (i = 0; i < h->nseen; i++)
		seen_get(list + (size_t)i * p[4], p[4], &h->seen[i]);
	return 0;
}

u32 l7_codec_challenge_put(const struct l7_challenge *c, u8 *p, u32 cap)
{
	if (cap < L7_WIRE_FRAME + L7_WIRE_CHALLENGE)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_CHALLENGE, L7_WIRE_CHALLENGE);
	memset(p, 0, 8);
	p[0] = c->kind;
	p[1] = c->node;
	l7_put32(p + 4, c->secrets);
	l7_put64(p + 8, c->epoch);
	l7_put64(p + 16, c->sent[L7_LANE_LIVE]);
	l7_put64(p + 24, c->sent[L7_LANE_BULK]);
	memcpy(p + 32, c->nonce, L7_NONCE_LEN);
	return L7_WIRE_FRAME + L7_WIRE_CHALLENGE;
}

int l7_codec_challenge_get(const struct l7_frame *f, struct l7_challenge *c)
{
	const u8 *p = f->body;

	if (f->len < L7_WIRE_CHALLENGE)
		return -EBADMSG;
	c->kind = p[0];
	c->node = p[1];
	c->secrets = l7_get32(p + 4);
	c->epoch = l7_get64(p + 8);
	c->sent[L7_LANE_LIVE] = l7_get64(p + 16);
	c->sent[L7_LANE_BULK] = l7_get64(p + 24);
	memcpy(c->nonce, p + 32, L7_NONCE_LEN);
	return 0;
}
