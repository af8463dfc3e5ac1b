// SPDX-License-Identifier: GPL-2.0
/*
 * See frames.h; the rules are those of codec.c.
 *
 * TAIL      0  flags     reserved (0)
 *           8  sent, live lane
 *          16  sent, bulk lane
 *          24  oldest, live lane
 *          32  oldest, bulk lane
 *
 * NACK      0  node      lane      entries   bytes of an entry
 *           4  reserved (0)
 *           8  epoch
 *  entry    0  first number
 *           8  how many
 *
 * WALK      0  entries   bytes of an entry   reserved (0)
 *  entry    0  node      reserved (0)        wish
 *           4  epoch
 *
 * ECHO      0  kind      node      reserved (0)
 *           4  serial
 *           8  epoch
 *          16  time
 *          24  padding (0), as much as the asker wishes
 */
#include "frames.h"

u32 l7_frames_tail_put(const struct l7_tail *t, u8 *p, u32 cap)
{
	if (cap < L7_WIRE_FRAME + L7_WIRE_TAIL)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_TAIL, L7_WIRE_TAIL);
	memset(p, 0, 8);
	p[0] = t->flags;
	l7_put64(p + 8, t->sent[L7_LANE_LIVE]);
	l7_put64(p + 16, t->sent[L7_LANE_BULK]);
	l7_put64(p + 24, t->oldest[L7_LANE_LIVE]);
	l7_put64(p + 32, t->oldest[L7_LANE_BULK]);
	return L7_WIRE_FRAME + L7_WIRE_TAIL;
}

int l7_frames_tail_get(const struct l7_frame *f, struct l7_tail *t)
{
	const u8 *p = f->body;

	if (f->len < L7_WIRE_TAIL)
		return -EBADMSG;
	t->flags = p[0];
	t->sent[L7_LANE_LIVE] = l7_get64(p + 8);
	t->sent[L7_LANE_BULK] = l7_get64(p + 16);
	t->oldest[L7_LANE_LIVE] = l7_get64(p + 24);
	t->oldest[L7_LANE_BULK] = l7_get64(p + 32);
	return (t->sent[L7_LANE_LIVE] | t->sent[L7_LANE_BULK] |
		t->oldest[L7_LANE_LIVE] | t->oldest[L7_LANE_BULK]) >> 63 ?
	       -EBADMSG : 0;
}

u32 l7_frames_nack_put(const struct l7_nack *n, u8 *p, u32 cap)
{
	u32 len = L7_WIRE_NACK + n->nranges * L7_WIRE_RANGE, i;

	if (cap < L7_WIRE_FRAME + len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_NACK, len);
	memset(p, 0, 8);
	p[0] = n->node;
	p[1] = n->lane;
	p[2] = n->nranges;
	p[3] = L7_WIRE_RANGE;
	l7_put64(p + 8, n->epoch);
	p += L7_WIRE_NACK;
	for (i = 0; i < n->nranges; i++, p += L7_WIRE_RANGE) {
		l7_put64(p, n->ranges[i].first);
		l7_put32(p + 8, n->ranges[i].count);
	}
	return L7_WIRE_FRAME + len;
}

int l7_frames_nack_get(const struct l7_frame *f, struct l7_nack *n)
{
	const u8 *p = f->body;
	u32 i;

	if (f->len < L7_WIRE_NACK || p[3] < L7_WIRE_RANGE ||
	    f->len < L7_WIRE_NACK + (u32)p[2] * p[3] ||
	    (p[1] != L7_LANE_LIVE && p[1] != L7_LANE_BULK))
		return -EBADMSG;
	n->node = p[0];
	n->lane = p[1];
	n->epoch = l7_get64(p + 8);
	n->nranges = p[2] < L7_WIRE_RANGES ? p[2] : L7_WIRE_RANGES;
	for (i = 0; i < n->nranges; i++) {
		n->ranges[i].first = l7_get64(p + L7_WIRE_NACK + (size_t)i * p[3]);
		n->ranges[i].count = l7_get32(p + L7_WIRE_NACK + (size_t)i * p[3] + 8);
	}
	return 0;
}

u32 l7_frames_walk_put(const struct l7_walk_end *w, u8 *p, u32 cap)
{
	u32 len = L7_WIRE_WALK + w->n * L7_WIRE_SERVED, i;

	if (cap < L7_WIRE_FRAME + len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_WALK, len);
	memset(p, 0, len);
	p[0] = w->n;
	p[1] = L7_WIRE_SERVED;
	p += L7_WIRE_WALK;
	for (i = 0; i < w->n; i++, p += L7_WIRE_SERVED) {
		p[0] = w->served[i].node;
		l7_put16(p + 2, w->served[i].wish);
		l7_put64(p + 4, w->served[i].epoch);
	}
	return L7_WIRE_FRAME + len;
}

int l7_frames_walk_get(const struct l7_frame *f, struct l7_walk_end *w)
{
	const u8 *p = f->body, *entry;
	u32 i;

	if (f->len < L7_WIRE_WALK || p[1] < L7_WIRE_SERVED ||
	    f->len < L7_WIRE_WALK + (u32)p[0] * p[1])
		return -EBADMSG;
	w->n = p[0] < L7_WIRE_PEERS ? p[0] : L7_WIRE_PEERS;
	for (i = 0; i < w->n; i++) {
		entry = p + L7_WIRE_WALK + (size_t)i * p[1];
		w->served[i].node = entry[0];
		w->served[i].wish = l7_get16(entry + 2);
		w->served[i].epoch = l7_get64(entry + 4);
	}
	return 0;
}

u32 l7_frames_echo_put(const struct l7_echo *e, u8 *p, u32 cap)
{
	if (e->len < L7_WIRE_ECHO || cap < L7_WIRE_FRAME + (u32)e->len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_ECHO, e->len);
	memset(p, 0, e->len);
	p[0] = e->kind;
	p[1] = e->node;
	l7_put32(p + 4, e->serial);
	l7_put64(p + 8, e->epoch);
	l7_put64(p + 16, e->time);
	return L7_WIRE_FRAME + e->len;
}

int l7_frames_echo_get(const struct l7_frame *f, struct l7_echo *e)
{
	const u8 *p = f->body;

	if (f->len < L7_WIRE_ECHO)
		return -EBADMSG;
	e->kind = p[0];
	e->node = p[1];
	e->len = (u16)f->len;
	e->serial = l7_get32(p + 4);
	e->epoch = l7_get64(p + 8);
	e->time = l7_get64(p + 16);
	return 0;
}
