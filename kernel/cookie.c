// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies under a secret of the cluster, so that a handshake which one
 * director answered can be finished by another. Stateless, takes no lock.
 *
 *   31    27 26  24 23          12 11           0
 *  +--------+------+--------------+--------------+
 *  |  time  | mss  | tuple's MAC  | segment's MAC|
 *  +--------+------+--------------+--------------+
 *
 * time counts steps of 64 s (wall clock: directors need a common time, as NTP
 * gives it, to within one step). The MAC is split so that a segment which
 * overtook the first one can be told from a stray: see L7_COOKIE_EARLY.
 * Options travel in the low bits of the timestamp, as in the kernel's own
 * net/ipv4/syncookies.c.
 */
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include "cookie.h"

#define STEP_SHIFT	6
#define TIME_MASK	0x1f
#define STEPS_BACK	2	/* accepted age; and one step ahead */

#define TS_WSCALE	0x0f	/* 15: no window scaling */
#define TS_SACK		0x10
#define TS_BITS		0x1f

static const u16 mss_table[8] = {
	L7_COOKIE_MSS_MIN, 1160, 1220, 1360, 1400, 1440, 1460, 8940
};

static u32 now_step(void)
{
	return (u32)(ktime_get_real_seconds() >> STEP_SHIFT) & TIME_MASK;
}

/* The same on machines of either byte order. */
static u64 tuple_mac(const siphash_key_t *key, const struct l7_tuple *t,
		     u32 head)
{
	struct {
		struct in6_addr saddr;
		struct in6_addr daddr;
		__be16 sport;
		__be16 dport;
		__be32 head;
	} __aligned(8) in;

	if (t->af == AF_INET)
		return siphash_4u32(ntohl(t->saddr.ip), ntohl(t->daddr.ip),
				    (u32)ntohs(t->sport) << 16 | ntohs(t->dport),
				    head, key);
	in.saddr = t->saddr.in6;
	in.daddr = t->daddr.in6;
	in.sport = t->sport;
	in.dport = t->dport;
	in.head = htonl(head);
	return siphash(&in, sizeof(in), key);
}

static u32 mac(const siphash_key_t *key, const struct l7_tuple *t, u32 head,
	       u32 isn)
{
	u64 h = tuple_mac(key, t, head);

	return (u32)(h & 0xfff) << 12 | (siphash_2u64(h, isn, key) & 0xfff);
}

u32 l7_cookie_make(const struct l7_secret *s, const struct l7_tuple *t,
		   u32 isn, u16 mss)
{
	u32 i, head;

	for (i = ARRAY_SIZE(mss_table) - 1; i && mss_table[i] > mss; i--)
		;
	head = now_step() << 3 | i;
	return head << 24 | mac(&s->cookie, t, head, isn);
}

static enum l7_cookie check(const siphash_key_t *key, const struct l7_tuple *t,
			    u32 isn, u32 cookie)
{
	u32 diff = mac(key, t, cookie >> 24, isn) ^ (cookie & 0xffffff);

	if (!diff)
		return L7_COOKIE_GOOD;
	return diff >> 12 ? L7_COOKIE_BAD : L7_COOKIE_EARLY;
}

enum l7_cookie l7_cookie_check(const struct l7_secret *s,
			       const struct l7_tuple *t, u32 isn, u32 cookie,
			       struct l7_cookie_opts *o)
{
	u32 age = (now_step() - (cookie >> 27)) & TIME_MASK;
	enum l7_cookie v;

	if (age > STEPS_BACK && age != TIME_MASK)
		return L7_COOKIE_BAD;
	v = check(&s->cookie, t, isn, cookie);
	if (v == L7_COOKIE_BAD && s->cookie_changed)
		v = check(&s->cookie_old, t, isn, cookie);
	o->mss = mss_table[cookie >> 24 & 7];
	return v;
}

u32 l7_cookie_tsval(const struct l7_tcpopt *o)
{
	u32 now = (u32)ktime_to_ms(ktime_get());
	u32 bits = (o->has_wscale ? o->wscale : TS_WSCALE) |
		   (o->sack_ok ? TS_SACK : 0);

	return (now & ~TS_BITS) | bits;
}

void l7_cookie_ts_decode(u32 tsecr, struct l7_cookie_opts *o)
{
	o->ts = true;
	o->sack = tsecr & TS_SACK;
	o->wscale = tsecr & TS_WSCALE;
	o->has_wscale = o->wscale != TS_WSCALE;
	if (!o->has_wscale)
		o->wscale = 0;
}
