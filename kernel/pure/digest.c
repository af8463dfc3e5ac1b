// SPDX-License-Identifier: GPL-2.0
/*
 * See digest.h; of the wire, the rules are those of codec.c.
 *
 * DIGEST    0  kind      level     reserved  group
 *           4  sums                bytes of a sum (8)
 *           6  milliseconds
 *           8  round
 *          12  reserved (0)
 *  sum      0  64 bits
 *
 * PULL      0  node      kind      buckets
 *           4  reserved (0)
 *           8  epoch
 *  bucket   0  16 bits
 */
#include "digest.h"

#define SUM_LEN		8
#define BUCKET_LEN	2

void l7_digest_groups(const struct l7_digest *d, u64 sum[L7_DIGEST_FANOUT])
{
	u32 i;

	memset(sum, 0, L7_DIGEST_FANOUT * sizeof(*sum));
	for (i = 0; i < L7_DIGEST_BUCKETS; i++)
		sum[i / L7_DIGEST_FANOUT] += d->sum[i];
}

void l7_diff_begin(struct l7_diff *d, u64 unseen)
{
	const size_t size = L7_DIGEST_FANOUT * sizeof(d->now[0]);
	u32 i;

	for (i = 0; i < L7_DIGEST_FANOUT; i++)
		if (!(unseen >> i & 1))
			memcpy(d->was + i * L7_DIGEST_FANOUT,
			       d->now + i * L7_DIGEST_FANOUT, size);
	memset(d->now, 0, sizeof(d->now));
}

void l7_diff_group(struct l7_diff *d, const struct l7_digest *own, u32 group,
		   const u64 sum[L7_DIGEST_FANOUT])
{
	u32 i, b = group * L7_DIGEST_FANOUT;

	for (i = 0; i < L7_DIGEST_FANOUT; i++, b++)
		d->now[b] = sum[i] - own->sum[b];
}

bool l7_diff_any(const struct l7_diff *d)
{
	u32 i;

	for (i = 0; i < L7_DIGEST_BUCKETS; i++)
		if (d->now[i])
			return true;
	return false;
}

u32 l7_diff_lasting(const struct l7_diff *d, u32 from, u16 *bucket, u32 max)
{
	u32 i, b, n = 0;

	for (i = 0; i < L7_DIGEST_BUCKETS; i++) {
		b = (from + i) % L7_DIGEST_BUCKETS;
		if (!d->now[b] || d->now[b] != d->was[b])
			continue;
		if (n < max)
			bucket[n] = (u16)b;
		n++;
	}
	return n;
}

u64 l7_diff_lasting_groups(const struct l7_diff *d)
{
	u64 groups = 0;
	u32 i;

	for (i = 0; i < L7_DIGEST_BUCKETS; i++)
		if (d->now[i] && d->now[i] == d->was[i])
			groups |= (u64)1 << i / L7_DIGEST_FANOUT;
	return groups;
}

void l7_looks_note(struct l7_looks *l, u64 differ, u64 got, u64 lasting)
{
	u64 seen = ~differ | got;

	l->twice |= ~differ | (l->once & differ & got);
	l->once |= seen;
	l->lasting = (l->lasting & ~seen) | (lasting & seen);
}

bool l7_looks_find_equal(const struct l7_looks *l)
{
	return l->twice == ~(u64)0 && !l->lasting;
}

u32 l7_digest_put(const struct l7_digest_frame *d, u8 *p, u32 cap)
{
	u32 i;

	if (cap < L7_WIRE_DIGEST_MAX)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_DIGEST,
				L7_WIRE_DIGEST_MAX - L7_WIRE_FRAME);
	memset(p, 0, L7_WIRE_DIGEST);
	p[0] = d->kind;
	p[1] = d->level;
	p[3] = d->group;
	p[4] = L7_DIGEST_FANOUT;
	p[5] = SUM_LEN;
	l7_put16(p + 6, d->took);
	l7_put32(p + 8, d->round);
	p += L7_WIRE_DIGEST;
	for (i = 0; i < L7_DIGEST_FANOUT; i++, p += SUM_LEN)
		l7_put64(p, d->sum[i]);
	return L7_WIRE_DIGEST_MAX;
}

int l7_digest_get(const struct l7_frame *f, struct l7_digest_frame *d)
{
	const u8 *p = f->body;
	u32 i;

	if (f->len < L7_WIRE_DIGEST || p[4] != L7_DIGEST_FANOUT ||
	    p[5] < SUM_LEN || p[3] >= L7_DIGEST_FANOUT ||
	    f->len < L7_WIRE_DIGEST + (u32)p[4] * p[5])
		return -EBADMSG;
	d->kind = p[0];
	d->level = p[1];
	d->group = p[3];
	d->took = l7_get16(p + 6);
	d->round = l7_get32(p + 8);
	for (i = 0; i < L7_DIGEST_FANOUT; i++)
		d->sum[i] = l7_get64(p + L7_WIRE_DIGEST + (size_t)i * p[5]);
	return 0;
}

u32 l7_pull_put(const struct l7_pull *w, u8 *p, u32 cap)
{
	u32 len = L7_WIRE_PULL + (u32)w->n * BUCKET_LEN, i;

	if (cap < L7_WIRE_FRAME + len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_PULL, len);
	memset(p, 0, L7_WIRE_PULL);
	p[0] = w->node;
	p[1] = w->kind;
	l7_put16(p + 2, w->n);
	l7_put64(p + 8, w->epoch);
	p += L7_WIRE_PULL;
	for (i = 0; i < w->n; i++, p += BUCKET_LEN)
		l7_put16(p, w->bucket[i]);
	return L7_WIRE_FRAME + len;
}

int l7_pull_get(const struct l7_frame *f, struct l7_pull *w)
{
	const u8 *p = f->body;
	u32 i;

	if (f->len < L7_WIRE_PULL ||
	    f->len < L7_WIRE_PULL + (u32)l7_get16(p + 2) * BUCKET_LEN)
		return -EBADMSG;
	w->node = p[0];
	w->kind = p[1];
	w->epoch = l7_get64(p + 8);
	w->n = l7_get16(p + 2) < L7_PULL_BUCKETS ? l7_get16(p + 2) :
						   L7_PULL_BUCKETS;
	for (i = 0; i < w->n; i++) {
		w->bucket[i] = l7_get16(p + L7_WIRE_PULL + (size_t)i * BUCKET_LEN);
		if (w->bucket[i] >= L7_DIGEST_BUCKETS)
			return -EBADMSG;
	}
	return 0;
}
