// SPDX-License-Identifier: GPL-2.0
/*
 * Taking over mirrored flows on their first packet, whichever side it comes
 * from, and following a flow to its end. flow->lock for changes of state.
 */
#include "ipvs.h"
#include "l3ops.h"
#include "learn.h"
#include "net.h"
#include "takeover.h"
#include "track.h"

/* What conntrack has of a connection by NAT. Of direct routing it sees one side, and has
 * to make up its mind itself.
 */
static void track(struct l7_net *ln, const struct l7_flow *f)
{
	struct l7_endpoint server = l7_flow_server(f);
	struct l7_tuple t = l7_flow_tuple(f);

	if (!l7_flow_is_oneway(f) && l7_ipvs_tracks(ln))
		l7_track_enter(ln, &t, &server);
}

/* Return: it was a peer's. */
static bool become_owner(struct l7_net *ln, struct l7_flow *f)
{
	bool taken = false;

	spin_lock(&f->lock);
	if (f->origin && f->flags & L7_FF_HASHED) {
		if (f->state == L7_FLOW_STANDBY) {
			l7_flow_set_state_locked(ln, f, L7_FLOW_SPLICED);
			l7_learn_resume_locked(ln, f);
		}
		l7_flow_changed_locked(ln, f);
		l7_stat_inc(ln->stats, L7_C_TAKEOVER);
		l7_stat_inc(f->svc->stats, L7_C_TAKEOVER);
		taken = true;
	}
	spin_unlock(&f->lock);
	return taken;
}

static int ensure(struct l7_net *ln, const struct l7_flow *f)
{
	struct l7_endpoint server = l7_flow_server(f);
	struct l7_tuple t = l7_flow_tuple(f);

	return f->plain == L7_PLAIN_DATA ?
	       l7_ipvs_conn_data(ln, &t, &server, f->svc, f->control, true) :
	       l7_ipvs_conn_ensure(ln, &t, &server, f->svc, f->plain);
}

/* Its end passed here, and IPVS knows: what comes late is no reason for a new connection. */
static bool is_left(struct l7_net *ln, const struct l7_flow *f)
{
	struct l7_tuple t = l7_flow_tuple(f);

	return !READ_ONCE(f->origin) &&
	       READ_ONCE(f->state) >= L7_FLOW_CLOSING &&
	       l7_ipvs_conn_find(ln, &t) != L7_IPVS_NONE;
}

int l7_takeover_recheck(struct l7_net *ln, struct l7_flow *f, bool from_server)
{
	int err;

	if (!from_server && !l7_l3_is_local(ln->net, f->af, &f->vip))
		return -ENOENT;
	if (is_left(ln, f))
		return 0;
	err = ensure(ln, f);
	if (err < 0) {
		l7_stat_inc(ln->stats, L7_C_TAKEOVER_FAIL);
		l7_stat_inc(f->svc->stats, L7_C_TAKEOVER_FAIL);
		return err;
	}
	/* who made IPVS' connection anew, for another processor, took that one's entry away */
	if ((READ_ONCE(f->origin) && become_owner(ln, f)) || err)
		track(ln, f);
	return 0;
}

static bool is_over(const struct l7_flow *f)
{
	return f->flags & (L7_FF_RST_C | L7_FF_RST_S) ||
	       (f->flags & L7_FF_FIN_C &&
		(f->flags & L7_FF_FIN_S || l7_flow_is_oneway(f)));
}

static void move(struct l7_net *ln, struct l7_flow *f, u8 from, u8 to)
{
	if (f->state != from || !(f->flags & L7_FF_HASHED))
		return;
	l7_flow_set_state_locked(ln, f, to);
	l7_flow_changed_locked(ln, f);
}

/* A segment may be overtaken by the reset behind it, by so many seconds at most; it is no sign
 * that who sent both goes on.
 */
#define OVERTAKEN_S 2

static bool is_overtaken(const struct l7_flow *f)
{
	return l7_dirty_is_since(&f->dirty, ktime_get_seconds() - OVERTAKEN_S);
}

void l7_takeover_end(struct l7_net *ln, struct l7_flow *f,
		     const struct l7_pkt *p, bool from_server)
{
	u8 fin = from_server ? L7_FF_FIN_S : L7_FF_FIN_C;
	u8 rst = from_server ? L7_FF_RST_S : L7_FF_RST_C;
	bool goes_on;

	spin_lock(&f->lock);
	goes_on = !(p->flags & TCPHDR_RST) && f->flags & rst &&
		  !is_overtaken(f);
	if (goes_on)
		f->flags &= ~rst;
	else if (p->flags & TCPHDR_RST)
		f->flags |= rst;
	if (p->flags & TCPHDR_FIN)
		f->flags |= fin;
	if (is_over(f))
		move(ln, f, L7_FLOW_SPLICED, L7_FLOW_CLOSING);
	else if (goes_on)
		move(ln, f, L7_FLOW_CLOSING, L7_FLOW_SPLICED);
	spin_unlock(&f->lock);
	/* Who goes on sent no reset: it was forged, and the receiver saw that (RFC 5961
	 * 3.2). IPVS believed it; a plain one is IPVS' business.
	 */
	if (goes_on && !f->plain && ensure(ln, f) > 0)
		track(ln, f);
}
