// SPDX-License-Identifier: GPL-2.0
/*
 * See track.h. Owns nothing; entries are conntrack's.
 */
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "net.h"
#include "pkt.h"
#include "track.h"

static struct nf_conntrack_tuple tuple_of(const struct l7_tuple *t, u8 dir)
{
	return (struct nf_conntrack_tuple) {
		.src.u3 = t->saddr, .src.u.tcp.port = t->sport,
		.src.l3num = t->af,
		.dst.u3 = t->daddr, .dst.u.tcp.port = t->dport,
		.dst.protonum = l7_tuple_proto(t), .dst.dir = dir,
	};
}

/* Whichever of its directions this is. */
static void forget(struct l7_net *ln, const struct nf_conntrack_tuple *t)
{
	struct nf_conntrack_tuple_hash *h;

	h = nf_conntrack_find_get(ln->net, &nf_ct_zone_dflt, t);
	if (!h)
		return;
	nf_ct_kill(nf_ct_tuplehash_to_ctrack(h));
	nf_ct_put(nf_ct_tuplehash_to_ctrack(h));
}

void l7_track_forget(struct l7_net *ln, const struct l7_tuple *t)
{
	struct nf_conntrack_tuple orig = tuple_of(t, IP_CT_DIR_ORIGINAL);

	forget(ln, &orig);
}

/* As ctnetlink_create_conntrack() does it. What the windows are is not known: as with
 * conntrackd, they are learned from what comes and nothing is outside of them.
 */
static void establish(struct l7_net *ln, struct nf_conn *ct, bool udp)
{
	struct ip_ct_tcp *tcp = &ct->proto.tcp;
	struct nf_conn_tstamp *begun;

	nf_ct_acct_ext_add(ct, GFP_ATOMIC);
	nf_ct_ecache_ext_add(ct, 0, 0, GFP_ATOMIC);
	begun = nf_ct_tstamp_ext_add(ct, GFP_ATOMIC);
	if (begun)
		begun->start = ktime_get_real_ns();
	/* before the timeout, which counts from the start for what is not confirmed */
	ct->status |= IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED;
	__nf_ct_set_timeout(ct, udp ?
			    nf_udp_pernet(ln->net)->timeouts[UDP_CT_REPLIED] :
			    nf_tcp_pernet(ln->net)->
				timeouts[TCP_CONNTRACK_ESTABLISHED]);
	if (udp)
		return;
	tcp->state = TCP_CONNTRACK_ESTABLISHED;
	tcp->seen[IP_CT_DIR_ORIGINAL].flags = IP_CT_TCP_FLAG_BE_LIBERAL;
	tcp->seen[IP_CT_DIR_REPLY].flags = IP_CT_TCP_FLAG_BE_LIBERAL;
}

void l7_track_enter(struct l7_net *ln, const struct l7_tuple *t,
		    const struct l7_endpoint *server)
{
	struct l7_tuple back = {
		.saddr = server->addr, .daddr = t->saddr,
		.sport = server->port, .dport = t->sport, .af = t->af,
		.udp = t->udp,
	};
	struct nf_conntrack_tuple orig = tuple_of(t, IP_CT_DIR_ORIGINAL);
	struct nf_conntrack_tuple reply = tuple_of(&back, IP_CT_DIR_REPLY);
	struct nf_conn *ct;

	forget(ln, &orig);
	/* as the server's segment began one, when it came here too early */
	forget(ln, &reply);
	ct = nf_conntrack_alloc(ln->net, &nf_ct_zone_dflt, &orig, &reply,
				GFP_ATOMIC);
	if (IS_ERR(ct))
		return;
	establish(ln, ct, t->udp);
	if (nf_conntrack_hash_check_insert(ct))
		nf_conntrack_free(ct);
	else
		nf_ct_put(ct);
}
