// SPDX-License-Identifier: GPL-2.0
/*
 * See push.h; the rules are those of codec.c.
 *
 * POLICY    0  push
 *           4  piece               pieces
 *           8  bytes of the set
 *          12  reserved (0)
 *          16  sum
 *          24  bytes of the piece
 *
 * POLICY_ANSWER
 *           0  node      status    reason    bytes of the text
 *           4  push
 *           8  epoch
 *          16  family (4, 6; 0: no service)  protocol  port
 *          20  address, 16 bytes; of IPv4 the first 4, the others are 0
 *          36  changes
 *          40  token
 *          48  text
 *
 * POLICY_TAKE
 *           0  node      reserved (0), 3 bytes
 *           4  push
 *           8  token
 */
#include "push.h"

u32 l7_push_piece_put(const struct l7_push_piece *c, u8 *p, u32 cap)
{
	u32 n = l7_push_piece_len(c->total, c->index), len = L7_WIRE_PUSH + n;

	if (cap < L7_WIRE_FRAME + len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_POLICY, len);
	l7_put32(p, c->id);
	l7_put16(p + 4, c->index);
	l7_put16(p + 6, (u16)l7_push_pieces(c->total));
	l7_put32(p + 8, c->total);
	l7_put32(p + 12, 0);
	l7_put64(p + 16, c->sum);
	memcpy(p + L7_WIRE_PUSH, c->p, n);
	return L7_WIRE_FRAME + len;
}

int l7_push_piece_get(const struct l7_frame *f, struct l7_push_piece *c)
{
	const u8 *p = f->body;

	if (f->len < L7_WIRE_PUSH)
		return -EBADMSG;
	c->id = l7_get32(p);
	c->index = l7_get16(p + 4);
	c->total = l7_get32(p + 8);
	c->sum = l7_get64(p + 16);
	c->p = p + L7_WIRE_PUSH;
	if (!c->id || !c->total || c->total > L7_PUSH_MAX ||
	    l7_get16(p + 6) != l7_push_pieces(c->total) ||
	    c->index >= l7_push_pieces(c->total))
		return -EBADMSG;
	c->len = l7_push_piece_len(c->total, c->index);
	return f->len < L7_WIRE_PUSH + c->len ? -EBADMSG : 0;
}

u32 l7_push_answer_put(const struct l7_push_answer *a, u8 *p, u32 cap)
{
	u32 n = (u32)strlen(a->text), len = L7_WIRE_PUSH_ANSWER + n;

	if (cap < L7_WIRE_FRAME + len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_POLICY_ANSWER, len);
	memset(p, 0, L7_WIRE_PUSH_ANSWER);
	p[0] = a->node;
	p[1] = a->status;
	p[2] = a->reason;
	p[3] = (u8)n;
	l7_put32(p + 4, a->id);
	l7_put64(p + 8, a->epoch);
	if (a->svc.af)
		l7_codec_service_put(&a->svc, p + 16);
	l7_put32(p + 36, a->changes);
	l7_put64(p + 40, a->token);
	memcpy(p + L7_WIRE_PUSH_ANSWER, a->text, n);
	return L7_WIRE_FRAME + len;
}

static void get_text(const u8 *p, u32 n, char *out)
{
	u32 i;

	n = n < L7_PUSH_TEXT_MAX ? n : L7_PUSH_TEXT_MAX;
	for (i = 0; i < n; i++)
		out[i] = p[i] >= ' ' && p[i] <= '~' ? (char)p[i] : '?';
	memset(out + n, 0, L7_PUSH_TEXT_MAX + 1 - n);
}

int l7_push_answer_get(const struct l7_frame *f, struct l7_push_answer *a)
{
	const u8 *p = f->body;

	if (f->len < L7_WIRE_PUSH_ANSWER || f->len < L7_WIRE_PUSH_ANSWER + (u32)p[3])
		return -EBADMSG;
	a->node = p[0];
	a->status = p[1];
	a->reason = p[2];
	a->id = l7_get32(p + 4);
	a->epoch = l7_get64(p + 8);
	a->changes = l7_get32(p + 36);
	a->token = l7_get64(p + 40);
	get_text(p + L7_WIRE_PUSH_ANSWER, p[3], a->text);
	memset(&a->svc, 0, sizeof(a->svc));
	return p[16] ? l7_codec_service_get(p + 16, &a->svc) : 0;
}

u32 l7_push_take_put(const struct l7_push_take *t, u8 *p, u32 cap)
{
	if (cap < L7_WIRE_FRAME + L7_WIRE_PUSH_TAKE)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_POLICY_TAKE, L7_WIRE_PUSH_TAKE);
	memset(p, 0, 4);
	p[0] = t->node;
	l7_put32(p + 4, t->id);
	l7_put64(p + 8, t->token);
	return L7_WIRE_FRAME + L7_WIRE_PUSH_TAKE;
}

int l7_push_take_get(const struct l7_frame *f, struct l7_push_take *t)
{
	if (f->len < L7_WIRE_PUSH_TAKE)
		return -EBADMSG;
	t->node = f->body[0];
	t->id = l7_get32(f->body + 4);
	t->token = l7_get64(f->body + 8);
	return 0;
}
