// SPDX-License-Identifier: GPL-2.0
/*
 * See ftp.h. Owns struct l7_ftp, protected by flow->lock.
 *
 *   server    227 Entering Passive Mode (10,1,0,11,156,65).
 *   client                              (192,0,2,80,156,65).    the same length
 *
 * and an announcement: a flow whose client's port is not known yet. With PORT and EPRT
 * it is the server's, and nothing is exchanged. Who opens the connection gets a flow of
 * its own in place of the announcement.
 *
 * A reply that does not come in one piece is held from where it begins, until it is
 * complete; what completes it brings it along. What was exchanged once is so again when
 * it is sent again.
 */
#include <linux/netfilter.h>
#include <linux/slab.h>
#include "bind.h"
#include "flow_limit.h"
#include "ftp.h"
#include "hook.h"
#include "ipvs.h"
#include "l3ops.h"
#include "learn.h"
#include "plain.h"
#include "xlat.h"
#include "pure/ftp.h"
#include "pure/insert.h"

#define SEGMENT_MAX	16384	/* bytes of one that are looked at */
#define AHEAD_MAX	65536	/* further on is no segment of this connection */
#define PLACES		4
#define STUCK_MAX	4	/* times that nothing new comes, or something is missing */
#define PORT_MIN	1024	/* no data connection leads to a port below */

/** struct reader - the lines that one side writes
 * @next: number of the next byte in order
 * @len: bytes of a line that is not complete
 * @begun: @next is valid
 * @skip: the line is too long to mean anything, or its start is not known
 * @missing: segments that came while one in front of them was missing
 * @block: of a reply of several lines, see l7_ftp_is_text(), as @asked
 * @line: its bytes, as many as fit
 */
struct reader {
	u32 next;
	u8 len;
	bool begun;
	bool skip;
	u8 missing;
	bool asked;
	u16 block;
	u8 line[L7_FTP_LINE];
};

/** struct place - a reply that was exchanged
 * @at: the server's number of its first byte
 * @len: bytes, 0: none
 * @text: what it is now
 */
struct place {
	u32 at;
	u8 len;
	u8 text[L7_FTP_LINE];
};

/** struct l7_ftp - a control connection
 * @client: commands
 * @server: replies
 * @again: commands that come again: one may have been lost before it came here
 * @held: bytes that were not sent on: the last of @server's
 * @held_text: these
 * @stuck: how often they came again, and nothing more
 * @deaf: what follows is TLS
 * @n: places so far
 * @place: the last of them
 * @told: what was announced last; @told.af 0: nothing
 */
struct l7_ftp {
	struct reader client;
	struct reader server;
	struct reader again;
	u8 held;
	u8 held_text[L7_FTP_LINE];
	u8 stuck;
	bool deaf;
	u8 n;
	struct place place[PLACES];
	struct l7_tuple told;
};

/** struct news - what a segment announces
 * @data: the last; no port: nothing
 * @by_server: the client is to open it
 */
struct news {
	struct l7_ftp_data data;
	bool by_server;
};

void l7_ftp_free(struct l7_ftp *ftp)
{
	kfree(ftp);
}

static void count(struct l7_net *ln, const struct l7_flow *f, enum l7_ctr c)
{
	l7_stat_inc(ln->stats, c);
	l7_stat_inc(f->svc->stats, c);
}

/* ---- announcements -------------------------------------------------------- */

static void forget(struct l7_net *ln, struct l7_flow *a)
{
	if (a && l7_flow_is_announced(a))
		l7_flow_drop_foreign(ln, a);
}

/* What the session of @f announced; another one may have the tuple by now. */
static void forget_told(struct l7_net *ln, const struct l7_flow *f,
			const struct l7_tuple *t)
{
	struct l7_flow *a = t->af ? l7_flow_find_client(ln, t) : NULL;

	if (a && a->control == f->cport &&
	    nf_inet_addr_cmp(&a->server, &f->server))
		forget(ln, a);
}

/* Return: what was told before. */
static struct l7_tuple tell(struct l7_flow *f, const struct l7_tuple *t)
{
	struct l7_tuple was = {};

	spin_lock(&f->lock);
	if (f->ftp) {
		was = f->ftp->told;
		f->ftp->told = *t;
	}
	spin_unlock(&f->lock);
	return was;
}

/* Two servers gave sessions of one client the same port: to which of them the client
 * will want to connect there cannot be known. The first announcement stays, and opens
 * nothing, until its session has another one.
 */
static bool refuse_vague(struct l7_net *ln, const struct l7_flow *f,
			 const struct l7_tuple *t, const struct news *n)
{
	struct l7_flow *a = n->by_server ? l7_flow_find_client(ln, t) : NULL;

	if (!a || !l7_flow_is_announced(a) ||
	    (nf_inet_addr_cmp(&a->server, &f->server) &&
	     !(READ_ONCE(a->flags) & L7_FF_VAGUE)))
		return false;
	spin_lock(&a->lock);
	a->flags |= L7_FF_VAGUE;
	spin_unlock(&a->lock);
	count(ln, f, L7_C_FTP_AMBIGUOUS);
	return true;
}

/* A session has one data connection that is not open yet: the last. Of two sessions to
 * which a server gave one port, the first has no use for it any more.
 */
static void announce(struct l7_net *ln, struct l7_flow *f, const struct news *n)
{
	struct l7_endpoint server = l7_flow_server(f);
	struct l7_tuple t = l7_flow_tuple(f), s = {
		.saddr = f->server, .daddr = f->client, .af = f->af,
	}, was;
	bool vague;

	s.sport = t.dport = server.port = n->by_server ? n->data.port : 0;
	s.dport = t.sport = n->by_server ? 0 : n->data.port;
	vague = refuse_vague(ln, f, &t, n);
	was = tell(f, &t);
	/* told again, it stays as vague as it is */
	if (!vague || was.sport != t.sport || was.dport != t.dport)
		forget_told(ln, f, &was);
	if (vague)
		return;
	forget(ln, l7_flow_find_client(ln, &t));
	forget(ln, l7_flow_find_server(ln, &s));
	if (l7_plain_enter_data(ln, f->svc, &t, &server, f->cport))
		count(ln, f, L7_C_FTP_ANNOUNCED);
}

/* ---- lines ---------------------------------------------------------------- */

static void command_locked(struct l7_net *ln, struct l7_flow *f,
			   const struct reader *r, struct news *n)
{
	struct l7_ftp_data d;
	enum l7_parse v = l7_ftp_command(r->line, r->len, &d);

	if (v == L7_PARSE_NONE)
		return;
	if (v != L7_PARSE_FOUND)
		count(ln, f, L7_C_FTP_MALFORMED);
	else if (d.af != f->af || !nf_inet_addr_cmp(&d.addr, &f->client))
		count(ln, f, L7_C_FTP_FOREIGN);
	else
		*n = (struct news){ .data = d };
}

/* The line that ends at @r->next gets the virtual address. */
static bool readdress_locked(struct l7_net *ln, struct l7_flow *f,
			     struct reader *r)
{
	struct l7_ftp *ftp = f->ftp;
	struct place *p = &ftp->place[ftp->n % PLACES];

	if (!l7_ftp_readdress(r->line, r->len, f->vip.ip)) {
		count(ln, f, L7_C_FTP_NO_ROOM);
		return false;
	}
	p->at = r->next - r->len;
	p->len = r->len;
	memcpy(p->text, r->line, r->len);
	ftp->n++;
	count(ln, f, L7_C_FTP_ADDRESS);
	return true;
}

static bool is_addr(const struct l7_flow *f, const struct l7_ftp_data *d,
		    const union nf_inet_addr *a)
{
	return d->af == f->af && nf_inet_addr_cmp(&d->addr, a);
}

static bool is_text(struct reader *r)
{
	u16 was = r->block;
	bool text = l7_ftp_is_text(&r->block, r->asked, r->line, r->len);

	if (r->block != was)
		r->asked = false;
	return text;
}

static void reply_locked(struct l7_net *ln, struct l7_flow *f, struct reader *r,
			 struct news *n)
{
	struct l7_ftp_data d;
	enum l7_parse v;

	if (is_text(r) || r->skip)
		return;
	if (l7_ftp_begins_tls(r->line, r->len))
		f->ftp->deaf = true;
	v = l7_ftp_reply(r->line, r->len, &d);
	if (v == L7_PARSE_NONE)
		return;
	if (v != L7_PARSE_FOUND) {
		count(ln, f, L7_C_FTP_MALFORMED);
		return;
	}
	if (ntohs(d.port) < PORT_MIN) {
		count(ln, f, L7_C_FTP_FOREIGN);
		return;
	}
	/* some servers are told what to call themselves */
	if (d.af && !is_addr(f, &d, &f->vip)) {
		if (!is_addr(f, &d, &f->server)) {
			count(ln, f, L7_C_FTP_FOREIGN);
			return;
		}
		if (!readdress_locked(ln, f, r))
			return;
	}
	*n = (struct news){ .data = d, .by_server = true };
}

/* Bytes of @data up to the end of the line, or all. */
static u32 line_part(const u8 *data, u32 n, bool *end)
{
	const u8 *lf = memchr(data, '\n', n);

	*end = lf;
	return lf ? lf - data + 1 : n;
}

static void read_locked(struct l7_net *ln, struct l7_flow *f, struct reader *r,
			const u8 *data, u32 n, struct news *news)
{
	bool end;
	u32 part, fits;

	for (; n; n -= part, data += part) {
		part = line_part(data, n, &end);
		r->next += part;
		fits = min_t(u32, part, L7_FTP_LINE - r->len);
		if (fits < part)
			r->skip = true;
		memcpy(r->line + r->len, data, fits);
		r->len += fits;
		if (!end)
			continue;
		if (r == &f->ftp->server) {
			reply_locked(ln, f, r, news);
		} else {
			f->ftp->server.asked = true;
			if (!r->skip)
				command_locked(ln, f, r, news);
		}
		r->skip = false;
		r->len = 0;
	}
}

/* Where a line begins, as far as is known. */
static void begin(struct reader *r, u32 seq)
{
	r->next = seq;
	r->len = 0;
	r->block = 0;
	r->skip = false;
	r->begun = true;
}

/* What comes now is the rest of a line; with a 0 in front it is no code. */
static void pass_line(struct reader *r)
{
	r->skip = true;
	r->line[0] = 0;
	r->len = 1;
}

/* Something in front of this segment is missing. It comes first: this one is dropped, and
 * comes again. If it never comes, another director had it.
 */
static bool is_awaited(struct reader *r, const struct l7_pkt *p)
{
	if (++r->missing < STUCK_MAX)
		return true;
	begin(r, p->seq);
	pass_line(r);
	r->missing = 0;
	return false;
}

static bool bytes_locked(struct l7_net *ln, struct l7_flow *f, struct reader *r,
			 const struct l7_pkt *p, struct news *news)
{
	u32 skip = r->next - p->seq, n = p->len - skip;
	const u8 *data;

	r->missing = 0;
	if (n > SEGMENT_MAX) {		/* nobody's control connection */
		begin(r, p->seq + p->len);
		pass_line(r);
		return true;
	}
	data = skb_header_pointer(p->skb, p->thoff + p->hlen + skip, n,
				  l7_scratch());
	if (data)
		read_locked(ln, f, r, data, n, news);
	return data;
}

/* Reads what is new in a segment. Return: false: drop it. */
static bool segment_locked(struct l7_net *ln, struct l7_flow *f,
			   struct reader *r, const struct l7_pkt *p,
			   struct news *news)
{
	if (!r->begun)
		begin(r, p->seq);
	if (after(p->seq, r->next)) {
		if (p->seq - r->next > AHEAD_MAX)
			return true;
		if (is_awaited(r, p))
			return false;
	}
	if (after(p->seq + p->len, r->next))
		return bytes_locked(ln, f, r, p, news);
	/* a client says only where it is itself: it may say so anywhere */
	if (r == &f->ftp->server)
		return true;
	begin(&f->ftp->again, p->seq);
	return bytes_locked(ln, f, &f->ftp->again, p, news);
}

/* ---- the server's segments ------------------------------------------------ */

static bool overwrite(const struct l7_ftp *ftp, const struct l7_pkt *p)
{
	const struct place *pl;
	u32 n, off, skip;

	for (pl = ftp->place; pl < ftp->place + PLACES; pl++) {
		n = pl->len ? l7_insert_covers(pl->at, pl->len, p->seq, p->len,
					       &off, &skip) : 0;
		if (n && !l7_l3_put(p->skb, &p->tuple, p->thoff,
				    p->thoff + p->hlen + off, pl->text + skip,
				    n))
			return false;
	}
	return true;
}

/* What is held leaves in front of @p, as it reads now. */
static struct sk_buff *release(const struct l7_flow *f, const struct l7_pkt *p)
{
	const struct l7_ftp *ftp = f->ftp;
	struct l7_pkt q;
	struct sk_buff *skb;

	skb = l7_l3_front(p, 0, ftp->held_text, ftp->held);
	if (!skb)
		return NULL;
	if (l7_l3_tcp(skb, f->af, &q)) {
		q.seq = p->seq - ftp->held;
		if (overwrite(ftp, &q) && l7_xlat_server_by(f, &q, 0))
			return skb;
	}
	kfree_skb(skb);
	return NULL;
}

/* The end of what the server wrote so far is held, if it may become a reply that names
 * an address. An acknowledgement remains of a segment that is held as a whole.
 */
static bool hold_locked(struct l7_ftp *ftp, struct l7_pkt *p)
{
	const struct reader *r = &ftp->server;
	u32 from = r->next - r->len, keep;

	ftp->held = 0;
	if (!r->len || r->skip || p->flags & TCPHDR_FIN ||
	    !l7_ftp_may_announce(r->line, r->len))
		return true;
	ftp->held = r->len;
	memcpy(ftp->held_text, r->line, r->len);
	keep = after(from, p->seq) ? from - p->seq : 0;
	if (keep >= p->len)
		return true;
	if (!l7_l3_trim(p->skb, &p->tuple, p->thoff, p->hlen, keep))
		return false;
	p->len = keep;
	return true;
}

/* The server waits until the client has what is held: its congestion window is full of
 * pieces. The line goes as it is.
 */
static void check_stuck_locked(struct l7_net *ln, struct l7_flow *f,
			       const struct l7_pkt *p)
{
	struct l7_ftp *ftp = f->ftp;
	struct reader *r = &ftp->server;
	u32 end = p->seq + p->len;

	if (!ftp->held || after(end, r->next)) {
		ftp->stuck = 0;
	} else if (after(end, r->next - ftp->held) &&
		   ++ftp->stuck >= STUCK_MAX) {
		count(ln, f, L7_C_FTP_CANCELLED);
		pass_line(r);
	}
}

/* Is all of it held, with what is held already? */
static bool is_held_on(const struct l7_ftp *ftp, const struct l7_pkt *p)
{
	const struct reader *r = &ftp->server;

	return r->len >= ftp->held + p->len && !r->skip &&
	       !(p->flags & TCPHDR_FIN) &&
	       l7_ftp_may_announce(r->line, r->len);
}

static bool server_locked(struct l7_net *ln, struct l7_flow *f,
			  struct l7_pkt *p, struct news *news,
			  struct sk_buff **front)
{
	struct l7_ftp *ftp = f->ftp;
	const struct reader *r = &ftp->server;
	bool joins = ftp->held && p->seq == r->next;

	/* what is held comes first, as a whole */
	if (ftp->held && !joins && after(p->seq, r->next - ftp->held))
		return false;
	check_stuck_locked(ln, f, p);
	if (!segment_locked(ln, f, &ftp->server, p, news))
		return false;
	if (joins && !is_held_on(ftp, p)) {
		*front = release(f, p);
		if (!*front)
			goto fail;
	}
	if (overwrite(ftp, p) && hold_locked(ftp, p))
		return true;
fail:
	/* the server has to send all of it again, and places are known */
	ftp->held = 0;
	return false;
}

/* ---- segments ------------------------------------------------------------- */

/* With @f->lock held; allocates with the first segment. */
static bool is_read_locked(struct l7_flow *f)
{
	if (!f->ftp)
		f->ftp = kzalloc(sizeof(*f->ftp), GFP_ATOMIC | __GFP_NOWARN);
	return f->ftp;
}

/* What it announced and nobody opened ends with it. */
static void end(struct l7_net *ln, struct l7_flow *f)
{
	const struct l7_tuple none = {};
	struct l7_tuple told = tell(f, &none);

	forget_told(ln, f, &told);
}

/* Another connection of the tuple begins. */
static void restart(struct l7_flow *f)
{
	spin_lock(&f->lock);
	l7_ftp_end_locked(f);
	spin_unlock(&f->lock);
}

void l7_ftp_end_locked(struct l7_flow *f)
{
	l7_ftp_free(f->ftp);
	f->ftp = NULL;
}

static unsigned int payload(struct l7_net *ln, struct l7_flow *f,
			    struct l7_pkt *p,
			    const struct nf_hook_state *state)
{
	struct sk_buff *front = NULL;
	struct news news = {};
	bool ok;

	/* Wrong bytes must not announce anything, nor get a new checksum. */
	if (!l7_bind_is_sound(ln, p) || !l7_l3_unlist(p))
		return NF_DROP;
	spin_lock(&f->lock);
	ok = is_read_locked(f) &&
	     (f->ftp->deaf ? true :
	      state ? server_locked(ln, f, p, &news, &front) :
		      segment_locked(ln, f, &f->ftp->client, p, &news));
	spin_unlock(&f->lock);
	if (news.data.port)
		announce(ln, f, &news);
	if (front && ok)
		l7_hook_pass_on(front, state);
	else
		kfree_skb(front);
	return ok ? NF_ACCEPT : NF_DROP;
}

unsigned int l7_ftp_control(struct l7_net *ln, struct l7_flow *f,
			    struct l7_pkt *p,
			    const struct nf_hook_state *state)
{
	unsigned int verdict = p->len ? payload(ln, f, p, state) : NF_ACCEPT;

	if (unlikely(p->flags & (TCPHDR_FIN | TCPHDR_RST)))
		end(ln, f);
	if (unlikely(p->flags & TCPHDR_SYN))
		restart(f);
	return verdict;
}

/* ---- opening what was announced ------------------------------------------- */

/* The default ports are each other's, others are the same on both sides. */
static __be16 other_port(__be16 port, __be16 from, __be16 to)
{
	return port == from ? to : port;
}

/* The server's data port by default: below that of its control connections. */
static __be16 server_data_port(struct l7_net *ln, const struct l7_flow *a)
{
	struct l7_tuple t = l7_flow_tuple(a);
	const struct l7_flow *ctl;

	t.sport = a->control;
	t.dport = a->svc->conf.id.port;
	ctl = l7_flow_find_client(ln, &t);
	return ctl ? htons(ntohs(ctl->sport) - 1) : l7_ftp_data_port(a->svc);
}

/* With its SYN: it gets its connection at IPVS and, if there is room, a flow of its own in
 * place of the announcement. A connection that IPVS has already is left alone.
 */
static void open(struct l7_net *ln, struct l7_flow *a, const struct l7_tuple *t,
		 const struct l7_endpoint *server)
{
	struct l7_flow *was = l7_flow_find_client(ln, t);

	if (l7_ipvs_conn_data(ln, t, server, a->svc, a->control, false) < 0)
		return;
	if (was)
		l7_bind_forget(ln, was);
	l7_plain_enter_data(ln, a->svc, t, server, a->control);
	l7_flow_drop_foreign(ln, a);
}

void l7_ftp_client(struct l7_net *ln, const struct l7_pkt *p)
{
	struct l7_tuple t = p->tuple;
	struct l7_endpoint server;
	struct l7_flow *a;

	t.sport = 0;
	a = p->tuple.sport ? l7_flow_find_client(ln, &t) : NULL;
	if (!a || !l7_flow_is_announced(a) ||
	    READ_ONCE(a->flags) & L7_FF_VAGUE ||
	    !l7_l3_is_local(ln->net, a->af, &a->vip))
		return;
	server = l7_flow_server(a);
	open(ln, a, &p->tuple, &server);
}

bool l7_ftp_server(struct l7_net *ln, const struct l7_pkt *p)
{
	struct l7_endpoint server = l7_tuple_src(&p->tuple);
	struct l7_tuple t = p->tuple;
	struct l7_flow *a, *was;

	t.sport = 0;
	a = p->tuple.sport ? l7_flow_find_server(ln, &t) : NULL;
	if (!a || !l7_flow_is_announced(a))
		return false;
	was = l7_flow_find_server(ln, &p->tuple);
	if (was)
		l7_bind_forget(ln, was);
	t = l7_flow_tuple(a);
	t.dport = other_port(server.port, server_data_port(ln, a),
			     l7_ftp_data_port(a->svc));
	open(ln, a, &t, &server);
	return true;
}

/* ---- what is announced late ------------------------------------------------ */

#define EARLY_MS	3000	/* a client's first repetition comes sooner */

/* Seen first when it is asked. */
static bool is_new_here(struct l7_net *ln, u16 af)
{
	struct l7_moved *m = &ln->moved[af == AF_INET6];
	u32 gen = l7_l3_addr_gen(ln->net, af), now = jiffies;

	if (READ_ONCE(m->gen) != gen) {
		WRITE_ONCE(m->since, now);
		WRITE_ONCE(m->gen, gen);
	}
	return now - READ_ONCE(m->since) < msecs_to_jiffies(EARLY_MS);
}

/* Of a SYN: the answer to anything else has a number (RFC 9293 3.5.2). */
static bool is_refusal(const struct l7_pkt *p)
{
	return (p->flags & (TCPHDR_RST | TCPHDR_ACK)) ==
	       (TCPHDR_RST | TCPHDR_ACK) && !p->seq;
}

bool l7_ftp_is_early(struct l7_net *ln, const struct l7_pkt *p)
{
	struct l7_endpoint vip = l7_tuple_src(&p->tuple);

	if (!is_refusal(p) ||
	    !l7_flow_has_control(ln, p->tuple.af, &p->tuple.daddr) ||
	    !is_new_here(ln, p->tuple.af) || l7_svc_find_rcu(ln, &vip))
		return false;
	l7_stat_inc(ln->stats, L7_C_FTP_EARLY);
	return true;
}
