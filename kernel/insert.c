// SPDX-License-Identifier: GPL-2.0
/*
 * See insert.h. Owns struct l7_insert, protected by flow->lock.
 *
 *   the server's stream      status line | rest of the response
 *   what the client gets     status line | the line | rest of the response
 *
 * Where the status line ends has to be found out first. It may come in pieces,
 * behind interim responses, and be lost on the way: until then only what comes
 * in order goes on. From then on each segment that reaches over the place, first
 * or sent again, has the line put in; it leaves as two.
 */
#include <linux/slab.h>
#include "bind.h"
#include "hook.h"
#include "insert.h"
#include "l3ops.h"
#include "learn.h"
#include "net.h"
#include "server.h"
#include "xlat.h"
#include "pure/http_key.h"

#define HEAD_MAX	L7_KEY_BUF	/* bytes of a response looked at */
#define FRONT_MAX	512		/* bytes that share a segment with the line */

/** struct l7_insert - a line to be put into a response
 * @map: where
 * @start: the server's number of the first byte of the response
 * @next: next byte in order, until the place is known
 * @pool: of the cookie
 * @server: whom it names
 * @hole: number of the last segment that was dropped for the gap in front of it
 * @rule: index of the rule
 * @sent: the line was sent once
 * @foreign: another director began this
 * @has_hole: @hole is valid
 * @len: bytes in @buf
 * @buf: start of a response whose status line did not come at once, HEAD_MAX
 *	bytes
 */
struct l7_insert {
	struct l7_insert_map map;
	u32 start;
	u32 next;
	u32 pool;
	u32 hole;
	u8 rule;
	bool sent;
	bool foreign;
	bool has_hole;
	u32 len;
	u8 *buf;
};

static void count(struct l7_net *ln, const struct l7_flow *f, enum l7_ctr c)
{
	l7_stat_inc(ln->stats, c);
	l7_stat_inc(f->svc->stats, c);
}

void l7_insert_free(struct l7_insert *ins)
{
	if (ins)
		l7_learn_head_free(ins->buf);
	kfree(ins);
}

/* ---- beginning and end ---------------------------------------------------- */

/* A cookie that the client has, of the key now in use, is enough. */
static bool has_cookie(const struct l7_pend *pe,
		       const struct l7_endpoint *server)
{
	const struct l7_endpoint *named;

	if (!pe->has_cookie)
		return false;
	named = l7_server_get(pe->ln, pe->target);
	return named && l7_endpoint_equal(named, server);
}

void l7_insert_begin_locked(struct l7_flow *f, const struct l7_pend *pe,
			    const struct l7_endpoint *server, u32 seq)
{
	const struct l7_rule *rule;
	struct l7_insert *ins;

	if (!pe->insert || has_cookie(pe, server))
		return;
	rule = &f->svc->conf.rules[pe->insert - 1];
	if (rule->type != L7_KEY_COOKIE_INSERT)
		return;
	ins = kzalloc(sizeof(*ins), GFP_ATOMIC | __GFP_NOWARN);
	if (!ins)
		return;
	ins->rule = pe->insert - 1;
	ins->pool = pe->pool;
	ins->start = seq;
	ins->next = seq;
	ins->map.base = f->seq_delta;
	ins->map.len = l7_insert_len(rule, ins->pool);
	f->seq_delta += ins->map.len;
	f->insert = ins;
}

/* Who sees no line any more must see the delta that goes without. */
static void drop_locked(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_insert *ins = f->insert;

	smp_store_release(&f->insert, NULL);
	l7_insert_free(ins);
	l7_flow_changed_locked(ln, f);
}

/* No response that could have a cookie: nothing is put in. */
static void cancel_locked(struct l7_net *ln, struct l7_flow *f)
{
	WRITE_ONCE(f->seq_delta, f->insert->map.base);
	count(ln, f, L7_C_INSERT_CANCELLED);
	drop_locked(ln, f);
}

/* The director before this one may have put the line in, and nobody can say
 * where: better a reset than wrong bytes.
 */
static void lost_locked(struct l7_net *ln, struct l7_flow *f)
{
	count(ln, f, L7_C_INSERT_LOST);
	l7_flow_set_state_locked(ln, f, L7_FLOW_RESETTING);
	drop_locked(ln, f);
}

/* ---- where? --------------------------------------------------------------- */

/* Looks for the end of the status line with @n more bytes, which lie @skip into
 * the segment.
 */
static enum l7_parse look_locked(struct l7_insert *ins, const struct l7_pkt *p,
				 u32 skip, u32 n, u32 *at)
{
	u32 off = p->thoff + p->hlen + skip;
	enum l7_parse v;
	const u8 *data;

	n = min_t(u32, n, HEAD_MAX - ins->len);
	if (!ins->buf) {
		data = skb_header_pointer(p->skb, off, n, l7_scratch());
		if (!data)
			return L7_PARSE_BAD;
		v = l7_http_response_status_end(data, n, at);
		if (v != L7_PARSE_MORE)
			return v;
		ins->buf = l7_learn_head_new();
		if (!ins->buf)
			return L7_PARSE_BAD;
	}
	if (skb_copy_bits(p->skb, off, ins->buf + ins->len, n))
		return L7_PARSE_BAD;
	ins->len += n;
	v = l7_http_response_status_end(ins->buf, ins->len, at);
	return v == L7_PARSE_MORE && ins->len == HEAD_MAX ? L7_PARSE_BAD : v;
}

/* A segment was lost on its way here. If it comes again from the server, it is
 * missing to the client as well. False: drop.
 */
static bool behind_gap_locked(struct l7_net *ln, struct l7_flow *f,
			      const struct l7_pkt *p)
{
	struct l7_insert *ins = f->insert;

	if (p->flags & TCPHDR_RST)
		return true;
	if (ins->foreign && ins->has_hole && ins->hole == p->seq) {
		lost_locked(ln, f);
		return false;
	}
	ins->hole = p->seq;
	ins->has_hole = true;
	return false;
}

/* False: drop the segment. */
static bool find_place_locked(struct l7_net *ln, struct l7_flow *f,
			      const struct l7_pkt *p)
{
	struct l7_insert *ins = f->insert;
	u32 skip = ins->next - p->seq, at;
	enum l7_parse v = L7_PARSE_MORE;

	if (after(p->seq, ins->next))
		return behind_gap_locked(ln, f, p);
	if (skip < p->len) {
		v = look_locked(ins, p, skip, p->len - skip, &at);
		ins->next = p->seq + p->len;
	}
	if (v == L7_PARSE_FOUND) {
		ins->map.at = ins->start + at;
		ins->map.known = true;
		l7_learn_head_free(ins->buf);
		ins->buf = NULL;
		l7_flow_changed_locked(ln, f);
	} else if (v != L7_PARSE_MORE ||
		   (p->flags & TCPHDR_FIN && skip <= p->len)) {
		cancel_locked(ln, f);
	}
	return true;
}

/* ---- segments ------------------------------------------------------------- */

static bool cut_front(struct l7_pkt *p, u32 n)
{
	if (n && !l7_l3_cut(p->skb, &p->tuple, p->thoff, p->hlen, n))
		return false;
	p->seq += n;
	p->len -= n;
	return true;
}

/* The line as this director knows it. One of another length than announced, as
 * the policies differ, must not be: the client counts its bytes.
 */
static void write_line(struct l7_net *ln, const struct l7_flow *f, u8 *line)
{
	const struct l7_insert *ins = f->insert;
	const struct l7_svc_conf *c = &f->svc->conf;
	const struct l7_rule *rule = &c->rules[ins->rule];
	struct l7_endpoint server = l7_flow_server(f);
	u8 token[L7_TOKEN_LEN];

	if (ins->rule >= c->nrules || rule->type != L7_KEY_COOKIE_INSERT ||
	    l7_insert_len(rule, ins->pool) != ins->map.len) {
		l7_insert_filler(line, ins->map.len);
		return;
	}
	l7_persist_token(ln, f->svc, ins->pool, rule, &server, false, token);
	l7_insert_line(rule, ins->pool, token, line);
}

static bool add_front(const struct l7_flow *f, const struct l7_pkt *p, u32 keep,
		      const void *more, u32 n, u32 delta,
		      struct sk_buff_head *out)
{
	struct sk_buff *skb = l7_l3_front(p, keep, more, n);
	struct l7_pkt q;

	if (!skb)
		return false;
	__skb_queue_tail(out, skb);
	return l7_l3_tcp(skb, f->af, &q) && l7_xlat_server_by(f, &q, delta);
}

/* Put the line into a segment: what is before its end goes to @out, translated;
 * the rest stays.
 */
static noinline bool put_in_locked(struct l7_net *ln, struct l7_flow *f,
				   struct l7_pkt *p, struct sk_buff_head *out)
{
	struct l7_insert *ins = f->insert;
	u32 front = ins->map.at - p->seq, base = ins->map.base;
	u8 line[L7_INSERT_MAX];

	write_line(ln, f, line);
	if (front > FRONT_MAX) {
		if (!add_front(f, p, front, NULL, 0, base, out) ||
		    !cut_front(p, front))
			return false;
		front = 0;
	}
	if (!add_front(f, p, front, line, ins->map.len, base, out) ||
	    !cut_front(p, front))
		return false;
	if (!ins->sent)
		count(ln, f, L7_C_COOKIE_INSERTED);
	ins->sent = true;
	return true;
}

static bool reaches_over(const struct l7_insert_map *m, const struct l7_pkt *p)
{
	return !after(p->seq, m->at) && after(l7_pkt_end(p), m->at);
}

static bool server_locked(struct l7_net *ln, struct l7_flow *f,
			  struct l7_pkt *p, struct sk_buff_head *out,
			  u32 *delta)
{
	struct l7_insert *ins = f->insert;
	struct l7_insert_map *m;

	/* Wrong bytes must not tell the place, nor get a new checksum. */
	if (ins && p->len && !l7_bind_is_sound(ln, p))
		return false;
	if (ins && !ins->map.known && !find_place_locked(ln, f, p))
		return false;
	ins = f->insert;
	*delta = f->seq_delta;
	if (!ins)
		return true;
	m = &ins->map;
	if (m->known && reaches_over(m, p) && !(p->flags & TCPHDR_RST))
		return put_in_locked(ln, f, p, out);
	if (!m->known || before(p->seq, m->at) ||
	    (p->seq == m->at && !ins->sent))
		*delta = m->base;
	return true;
}

bool l7_insert_server(struct l7_net *ln, struct l7_flow *f, struct l7_pkt *p,
		      const struct nf_hook_state *state, u32 *delta)
{
	struct sk_buff_head out;
	struct sk_buff *skb;
	bool ok;

	__skb_queue_head_init(&out);
	spin_lock(&f->lock);
	ok = server_locked(ln, f, p, &out, delta);
	spin_unlock(&f->lock);
	if (!ok)
		__skb_queue_purge(&out);
	while ((skb = __skb_dequeue(&out)))
		l7_hook_pass_on(skb, state);
	return ok;
}

bool l7_insert_client(struct l7_net *ln, struct l7_flow *f,
		      const struct l7_pkt *p)
{
	struct l7_insert_map m = {};
	struct l7_insert *ins;
	bool has, lost = false;

	spin_lock(&f->lock);
	ins = f->insert;
	has = ins;
	if (ins) {
		m = ins->map;
		if (ins->foreign && !m.known && p->flags & TCPHDR_ACK)
			lost = after(p->ack - m.base, ins->next);
		if (lost)
			lost_locked(ln, f);
		else if (m.known && p->flags & TCPHDR_ACK &&
			 !before(p->ack, m.at + m.base + m.len))
			drop_locked(ln, f);	/* it has the line */
	}
	spin_unlock(&f->lock);
	return !lost && l7_xlat_client_by(f, p, has ? &m : NULL);
}

const struct l7_insert_map *l7_insert_map(struct l7_flow *f,
					  struct l7_insert_map *buf)
{
	bool has;

	if (likely(!READ_ONCE(f->insert)))
		return NULL;
	spin_lock(&f->lock);
	has = f->insert;
	if (has)
		*buf = f->insert->map;
	spin_unlock(&f->lock);
	return has ? buf : NULL;
}

const struct l7_insert_map *l7_insert_map_locked(const struct l7_flow *f)
{
	return f->insert ? &f->insert->map : NULL;
}

/* ---- peers ---------------------------------------------------------------- */

void l7_insert_fill_locked(const struct l7_flow *f, struct l7_rec_flow *r)
{
	const struct l7_insert *ins = f->insert;

	if (!ins)
		return;
	r->insert.at = ins->map.known ? ins->map.at : ins->start;
	r->insert.pool = ins->pool;
	r->insert.len = ins->map.len;
	r->insert.rule = ins->rule;
	r->insert.known = ins->map.known;
}

void l7_insert_take_locked(struct l7_flow *f, const struct l7_rec_flow *r)
{
	struct l7_insert *ins = f->insert;

	if (!r->insert.len) {
		smp_store_release(&f->insert, NULL);
		l7_insert_free(ins);
		return;
	}
	if (!ins)
		ins = kzalloc(sizeof(*ins), GFP_ATOMIC | __GFP_NOWARN);
	if (!ins)
		return;
	/* what was held of the response when it was ours, the server repeats */
	l7_learn_head_free(ins->buf);
	ins->buf = NULL;
	ins->len = 0;
	ins->has_hole = false;
	ins->sent = false;
	ins->map.base = f->seq_delta - r->insert.len;
	ins->map.len = r->insert.len;
	ins->map.at = r->insert.at;
	ins->map.known = r->insert.known;
	ins->start = r->insert.at;
	ins->next = r->insert.at;
	ins->pool = r->insert.pool;
	ins->rule = r->insert.rule;
	ins->foreign = true;
	WRITE_ONCE(f->insert, ins);
}
