// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: cheap checks, then authentication, then the replay window, then
 * the frames; records are handed to the owners of their kind. Allocates
 * nothing. Every datagram that is refused is counted by reason. Process
 * context, one work per namespace, so there is no race with itself.
 */
#include <linux/sched.h>
#include "sync_priv.h"
#include "trace.h"

#define BUDGET		64	/* datagrams before other works may run */
#define REPORT_EVERY	96	/* datagrams between HELLOs that report them */
#define TTL_ON_LINK	255

static void count(struct l7_sync_run *run, enum l7_ctr c)
{
	l7_stat_inc(run->ln->stats, c);
}

/** struct packet - an authenticated packet
 * @peer: NULL while its epoch is not confirmed, or after it left
 */
struct packet {
	const struct l7_header *h;
	const struct l7_sock_rx *from;
	struct l7_sync_peer *peer;
};

/* --- Records --- */

static enum l7_ctr outcome_counter(int outcome)
{
	switch (outcome) {
	case L7_APPLY_OK:
		return L7_C_SYNC_APPLIED;
	case L7_APPLY_CONFLICT:
		return L7_C_SYNC_CONFLICT;
	case L7_APPLY_UNRESOLVED:
		return L7_C_SYNC_UNRESOLVED;
	case L7_APPLY_FULL:
		return L7_C_SYNC_REFUSED;
	}
	return L7_C_SYNC_STALE;
}

/* The endpoint that a peer calls @index; counts why if there is none. */
static bool resolve(struct l7_sync_run *run, struct l7_sync_peer *p, u16 index,
		    struct l7_endpoint *ep)
{
	if (index >= L7_SERVER_MAX) {
		count(run, L7_C_SYNC_MALFORMED);
		return false;
	}
	if (!p->names[index].af) {
		count(run, L7_C_SYNC_UNRESOLVED);
		spin_lock(&run->peers_lock);
		p->lacks = true;	/* it is asked for everything */
		spin_unlock(&run->peers_lock);
		return false;
	}
	*ep = p->names[index];
	return true;
}

/* Of UDP there are plain ones alone. */
static bool is_of_its_protocol(const struct l7_rec_flow *f)
{
	if (f->server.proto != f->vip.proto)
		return false;
	return f->vip.proto == IPPROTO_TCP ||
	       (f->vip.proto == IPPROTO_UDP && f->flags & L7_RF_PLAIN &&
		!(f->flags & L7_RF_DATA) &&
		!(f->flags & L7_RF_ONEWAY) == !(f->flags & L7_RF_TUNNEL));
}

static bool resolve_flow(struct l7_sync_run *run, struct l7_sync_peer *p,
			 struct l7_wire_record *w)
{
	struct l7_rec_flow *f = &w->rec.f;

	if (!resolve(run, p, w->server, &f->server) ||
	    !resolve(run, p, w->vip, &f->vip))
		return false;
	f->client.proto = f->vip.proto;
	if (f->vip.af == f->client.af && f->server.af == f->client.af &&
	    is_of_its_protocol(f))
		return true;
	count(run, L7_C_SYNC_MALFORMED);
	return false;
}

static void apply(struct l7_sync_run *run, struct l7_sync_peer *p,
		  struct l7_wire_record *w)
{
	int outcome;
	bool ok;

	if (w->rec.kind == L7_REC_BINDING && p->other_secrets) {
		count(run, L7_C_SYNC_SECRETS);
		return;
	}
	if (w->rec.kind == L7_REC_FLOW)
		ok = resolve_flow(run, p, w);
	else
		ok = !w->server ||
		     resolve(run, p, w->server, &w->rec.b.server);
	if (!ok)
		return;
	outcome = l7_owner_of(w->rec.kind)->apply(run->ln, &w->rec);
	count(run, outcome_counter(outcome));
	trace_l7_sync_apply(&w->rec, outcome);
}

static void apply_group(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_records *g)
{
	struct l7_wire_record w;
	u32 i;

	for (i = 0; i < g->count; i++) {
		if (l7_update_record_get(g, i, &w))
			apply(run, p, &w);
		else
			count(run, L7_C_SYNC_MALFORMED);
	}
	l7_stat_add(run->ln->stats, L7_C_SYNC_RX_RECORDS, g->count);
	p->rx_records += g->count;
	cond_resched();
}

static int on_update(struct l7_sync_run *run, struct l7_sync_peer *p,
		     const struct l7_frame *f)
{
	struct l7_reader r = { .p = f->body, .len = f->len };
	struct l7_records g;
	int ret;

	while ((ret = l7_update_group_next(&r, &g)) > 0)
		if (g.known)
			apply_group(run, p, &g);
	return ret;
}

/* --- Other frames --- */

static int on_servers(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_frame *f)
{
	struct l7_names names;
	struct l7_name name;
	u32 i;

	if (l7_update_names_get(f, &names))
		return -EBADMSG;
	for (i = 0; i < names.count; i++) {
		if (!l7_update_name_get(&names, i, &name) ||
		    name.index >= L7_SERVER_MAX)
			return -EBADMSG;
		p->names[name.index] = name.ep;
	}
	return 0;
}

/* One that was overtaken by another says nothing of now. */
static int on_hello(struct l7_sync_run *run, const struct packet *pkt,
		    const struct l7_frame *f)
{
	struct l7_sync_peer *p = pkt->peer;

	if (l7_codec_hello_get(f, &run->hello_rx))
		return -EBADMSG;
	if (pkt->h->lane == L7_LANE_CONTROL) {
		if (pkt->h->number < p->hello)
			return 0;
		p->hello = pkt->h->number;
	}
	l7_peer_hello(run, p, &run->hello_rx);
	return 0;
}

/* A challenge for us is answered, whoever asks: that proves only that we are
 * alive. An answer to ours proves that the epoch of the packet is.
 * *@p: set when this confirmed the epoch
 */
static int on_challenge(struct l7_sync_run *run, const struct l7_header *h,
			const struct l7_frame *f, struct l7_sync_peer **p)
{
	u8 nonce[L7_NONCE_LEN];
	struct l7_challenge c;

	if (l7_codec_challenge_get(f, &c))
		return -EBADMSG;
	if (c.node != run->conf.node || c.epoch != run->epoch)
		return 0;
	if (c.kind == L7_CHALLENGE_ASK)
		l7_peer_answer(run, h, c.nonce);
	if (c.kind != L7_CHALLENGE_ANSWER || *p)
		return 0;
	l7_seal_nonce(run, h->node, h->epoch, nonce);
	if (!memcmp(nonce, c.nonce, L7_NONCE_LEN))
		*p = l7_peer_confirm(run, h, &c);
	return 0;
}

static int on_frame(struct l7_sync_run *run, struct packet *pkt,
		    const struct l7_frame *f)
{
	if (f->type == L7_FRAME_CHALLENGE)
		return on_challenge(run, pkt->h, f, &pkt->peer);
	if (!pkt->peer)
		return 0;
	switch (f->type) {
	case L7_FRAME_HELLO:
		return on_hello(run, pkt, f);
	case L7_FRAME_SERVERS:
		return on_servers(run, pkt->peer, f);
	case L7_FRAME_UPDATE:
		return on_update(run, pkt->peer, f);
	case L7_FRAME_TAIL:
		return l7_repair_on_tail(run, pkt->peer, f);
	case L7_FRAME_WALK:
		return l7_join_on_walk(run, pkt->peer, f, pkt->h->number);
	case L7_FRAME_DIGEST:
		return l7_digest_on_digest(run, pkt->peer, f);
	case L7_FRAME_PULL:
		return l7_digest_on_pull(run, f);
	case L7_FRAME_CONFIG:
		return l7_config_on_config(run, pkt->peer, f);
	case L7_FRAME_ECHO:
		return l7_echo_on_echo(run, pkt->peer, f);
	case L7_FRAME_POLICY:
		return l7_push_on_policy(run, pkt->peer, f);
	case L7_FRAME_POLICY_ANSWER:
		return l7_push_on_answer(run, pkt->peer, f);
	case L7_FRAME_POLICY_TAKE:
		return l7_push_on_take(run, pkt->peer, f);
	case L7_FRAME_NACK:
		return l7_repair_on_nack(run, pkt->peer, f);
	case L7_FRAME_LEAVE:
		l7_peer_drop(run, pkt->peer);
		pkt->peer = NULL;
	}
	return 0;
}

static void on_frames(struct l7_sync_run *run, struct packet *pkt,
		      struct l7_reader *frames)
{
	struct l7_frame f;
	int ret;

	while ((ret = l7_codec_frame_next(frames, &f)) > 0)
		if (on_frame(run, pkt, &f))
			break;
	if (ret)
		count(run, L7_C_SYNC_MALFORMED);
}

/* --- Packets --- */

/* Verdicts on a datagram, beside the counter that tells why it is refused. */
enum {
	ACCEPT = -1,
	IGNORE = -2,	/* our own, looped back by the network */
};

/* A first repetition may be the answer to another's question. */
static bool is_repeat(struct l7_sync_peer *p, const struct l7_header *h)
{
	return h->lane != L7_LANE_CONTROL &&
	       l7_window_take(&p->again[h->lane], h->number);
}

/* A number that was asked for. */
static bool is_repair(const struct l7_sync_peer *p, const struct l7_header *h)
{
	return p->gap[h->lane].tries && h->number <= p->gap[h->lane].top;
}

static void note(struct l7_sync_run *run, const struct packet *pkt)
{
	struct l7_sync_peer *p = pkt->peer;

	spin_lock(&run->peers_lock);
	p->repaired += is_repair(p, pkt->h);
	l7_window_take(&p->win[pkt->h->lane], pkt->h->number);
	WRITE_ONCE(p->heard, jiffies);
	p->forgiven = false;
	p->addr = pkt->from->from;
	p->rx_packets++;
	if (p->report &&
	    l7_window_contiguous(&p->win[L7_LANE_LIVE]) >= p->report) {
		p->report = 0;
		l7_sync_hello_soon(run);
	}
	spin_unlock(&run->peers_lock);
	l7_repair_look(run, p);
	/* a burst is reported as it goes, so that its sender may go on */
	if (READ_ONCE(run->since_hello) >= REPORT_EVERY)
		l7_sync_hello_soon(run);
	else
		WRITE_ONCE(run->since_hello, run->since_hello + 1);
}

/* An epoch that we do not know: nothing but challenges is looked at. */
static void on_stranger(struct l7_sync_run *run, struct packet *pkt,
			struct l7_reader *frames)
{
	struct l7_reader rest = *frames;
	struct l7_frame f;

	while (!pkt->peer && l7_codec_frame_next(&rest, &f) > 0)
		if (f.type == L7_FRAME_CHALLENGE &&
		    on_challenge(run, pkt->h, &f, &pkt->peer))
			break;
	if (!pkt->peer) {
		count(run, L7_C_SYNC_EPOCH);
		run->stranger = jiffies;
		WRITE_ONCE(run->has_stranger, true);
		l7_peer_challenge(run, pkt->h);
		return;
	}
	spin_lock(&run->peers_lock);
	pkt->peer->addr = pkt->from->from;
	spin_unlock(&run->peers_lock);
	l7_sync_hello_soon(run);
}

/* Without authentication, at least from whom we were told of. */
static bool is_from_peer(const struct l7_sync_run *run,
			 const struct l7_endpoint *from)
{
	u32 i;

	if (run->conf.group.af || !run->conf.plaintext)
		return true;
	for (i = 0; i < run->conf.npeers; i++)
		if (run->conf.peers[i].af == from->af &&
		    nf_inet_addr_cmp(&run->conf.peers[i].addr, &from->addr))
			return true;
	return false;
}

static int check_number(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_header *h)
{
	if (l7_window_is_fresh(&p->win[h->lane], h->number))
		return ACCEPT;
	spin_lock(&run->peers_lock);
	l7_gap_repeated(&p->gap[h->lane], h->number);
	spin_unlock(&run->peers_lock);
	if (is_repeat(p, h))
		return L7_C_SYNC_REPEAT;
	p->replayed++;
	return L7_C_SYNC_REPLAY;
}

/* What can be said before any cryptography. Finds the peer. */
static int check_clear(struct l7_sync_run *run,
		       const struct l7_header *h, struct packet *pkt)
{
	struct l7_sync_peer *p;

	if (!l7_seal_is_ours(run, h))
		return L7_C_SYNC_SHORT;
	if (!l7_keys_has(run, h->key_id)) {
		l7_keys_foreign(run);
		return L7_C_SYNC_KEY;
	}
	if (h->node == run->conf.node && h->epoch == run->epoch)
		return IGNORE;
	p = l7_peer_find(run, h->node);
	if (!p || p->epoch != h->epoch || READ_ONCE(p->doubted))
		return ACCEPT;
	pkt->peer = p;
	return check_number(run, p, h);
}

static int check(struct l7_sync_run *run, u32 len, struct l7_header *h,
		 struct packet *pkt, struct l7_reader *frames)
{
	int why;

	if (pkt->from->ttl != TTL_ON_LINK)
		return L7_C_SYNC_TTL;
	if (len > L7_WIRE_MAX || !l7_codec_header_get(run->rx_buf, len, h))
		return L7_C_SYNC_SHORT;
	why = check_clear(run, h, pkt);
	if (why != ACCEPT)
		return why;
	if (!is_from_peer(run, &pkt->from->from) ||
	    !l7_seal_open(run, h->key_id, run->rx_buf, len, frames))
		return l7_keys_has(run, h->key_id) ? L7_C_SYNC_AUTH :
						     L7_C_SYNC_KEY;
	return h->node == run->conf.node ? L7_C_SYNC_OWN : ACCEPT;
}

static void on_datagram(struct l7_sync_run *run, u32 len,
			const struct l7_sock_rx *from)
{
	struct l7_header h;
	struct packet pkt = { .h = &h, .from = from };
	struct l7_reader frames;
	int why = check(run, len, &h, &pkt, &frames);

	if (why >= 0)
		count(run, why);
	if (why != ACCEPT)
		return;
	count(run, L7_C_SYNC_RX);
	l7_stat_add(run->ln->stats, L7_C_SYNC_RX_BYTES, len);
	if (!pkt.peer) {
		on_stranger(run, &pkt, &frames);
		return;
	}
	note(run, &pkt);
	on_frames(run, &pkt, &frames);
}

/* What an operator asks for: peers are dropped here alone. */
static int forget(struct l7_sync_run *run, u8 node)
{
	struct l7_sync_peer *p = l7_peer_find(run, node);

	if (!p)
		return -ENOENT;
	if (l7_peer_is_alive(p))
		return -EBUSY;
	l7_peer_drop(run, p);
	return 0;
}

void l7_rx_work(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(work, struct l7_sync_run, rx);
	struct l7_sock_rx from;
	int i, len;

	if (unlikely(READ_ONCE(run->forget))) {
		run->forgot = forget(run, run->forget);
		WRITE_ONCE(run->forget, 0);
	}
	for (i = 0; i < BUDGET; i++) {
		if (l7_sync_is_stopping(run))
			return;
		len = l7_sock_recv(run, &from);
		if (len < 0)
			return;
		on_datagram(run, len, &from);
	}
	queue_work(run->wq, &run->rx);
}
