// SPDX-License-Identifier: GPL-2.0
/*
 * See policies.h; the rules are those of codec.c.
 *
 * CONFIG    0  entries   bytes of an entry   first
 *           4  total               reserved (0)
 *           8  sum
 *  entry    0  family (4, 6)       protocol  port
 *           4  address, 16 bytes; of IPv4 the first 4, the others are 0
 *          20  digest
 */
#include "policies.h"

static void put_policy(const struct l7_policy *y, u8 *p)
{
	memset(p, 0, L7_WIRE_POLICY);
	l7_codec_service_put(&y->svc, p);
	l7_put64(p + L7_WIRE_SERVICE, y->digest);
}

static int get_policy(const u8 *p, struct l7_policy *y)
{
	memset(y, 0, sizeof(*y));
	y->digest = l7_get64(p + L7_WIRE_SERVICE);
	return l7_codec_service_get(p, &y->svc);
}

u32 l7_config_put(const struct l7_config *c, u8 *p, u32 cap)
{
	u32 len = L7_WIRE_CONFIG + (u32)c->n * L7_WIRE_POLICY, i;

	if (cap < L7_WIRE_FRAME + len)
		return 0;
	p += l7_codec_frame_put(p, L7_FRAME_CONFIG, len);
	memset(p, 0, L7_WIRE_CONFIG);
	p[0] = c->n;
	p[1] = L7_WIRE_POLICY;
	l7_put16(p + 2, c->first);
	l7_put16(p + 4, c->total);
	l7_put64(p + 8, c->sum);
	p += L7_WIRE_CONFIG;
	for (i = 0; i < c->n; i++, p += L7_WIRE_POLICY)
		put_policy(&c->policy[i], p);
	return L7_WIRE_FRAME + len;
}

int l7_config_get(const struct l7_frame *f, struct l7_config *c)
{
	const u8 *p = f->body;
	u32 i;

	if (f->len < L7_WIRE_CONFIG || p[1] < L7_WIRE_POLICY ||
	    f->len < L7_WIRE_CONFIG + (u32)p[0] * p[1])
		return -EBADMSG;
	c->n = p[0] < L7_CONFIG_POLICIES ? p[0] : L7_CONFIG_POLICIES;
	c->first = l7_get16(p + 2);
	c->total = l7_get16(p + 4);
	c->sum = l7_get64(p + 8);
	for (i = 0; i < c->n; i++)
		if (get_policy(p + L7_WIRE_CONFIG + (size_t)i * p[1],
			       &c->policy[i]))
			return -EBADMSG;
	return 0;
}
