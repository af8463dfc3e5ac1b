// SPDX-License-Identifier: GPL-2.0
/*
 * See rewrite.h. Owns struct l7_rewrite, protected by flow->lock.
 *
 *   the server's stream      Set-Cookie: NAME=0123456789abcdef.rest; Path=/
 *   what the client gets     Set-Cookie: NAME=<    token     >.rest; Path=/
 *
 * A head may come in pieces, and be lost on the way: until its end is found only
 * what comes in order goes on, and of a value that may turn out to be too short
 * nothing. Its bytes are held; what decides about them brings them along, in a
 * segment of their own in front. From then on each segment that has bytes of a
 * place, first or sent again, has them overwritten.
 */
#include <linux/slab.h>
#include "bind.h"
#include "hook.h"
#include "l3ops.h"
#include "learn.h"
#include "net.h"
#include "rewrite.h"
#include "xlat.h"
#include "pure/http_key.h"

#define HEAD_MAX	L7_KEY_BUF	/* bytes of a response looked at */
#define HOLD_MAX	512		/* bytes that are held: blanks, quotes */
#define PLACES_MAX	4
#define AGAIN_MAX	1

/** struct place - bytes that are overwritten
 * @at: the server's number of the first
 * @len: their number: L7_TOKEN_LEN, or less while the value is not complete
 */
struct place {
	u32 at;
	u32 len;
};

/** struct l7_rewrite - a response that is searched for cookies
 * @start: the server's number of its first byte
 * @next: next byte in order, until the head's end
 * @gone: what is before this went on, until then
 * @at: where in the response the parser goes on
 * @pool: whose token it is to be
 * @rule: of the cookie; of the flow's policy, which is constant
 * @over: the head's end was found, or nothing more is looked for: none is held
 * @stuck: the server waits until the client has what is held (Nagle, or its
 *	congestion window is full of pieces)
 * @again: how often what is held came again, and nothing more
 * @n: places
 * @place: ascending
 * @token: what they are overwritten with, once there is one: also if the key
 *	changes in between
 * @len: bytes in @buf
 * @buf: start of a response whose head did not come at once, HEAD_MAX bytes
 */
struct l7_rewrite {
	u32 start;
	u32 next;
	u32 gone;
	u32 at;
	u32 pool;
	const struct l7_rule *rule;
	bool over;
	bool stuck;
	u8 again;
	u8 n;
	struct place place[PLACES_MAX];
	u8 token[L7_TOKEN_LEN];
	u32 len;
	u8 *buf;
};

static void count(struct l7_net *ln, const struct l7_flow *f, enum l7_ctr c)
{
	l7_stat_inc(ln->stats, c);
	l7_stat_inc(f->svc->stats, c);
}

/* ---- beginning and end ---------------------------------------------------- */

void l7_rewrite_free(struct l7_rewrite *rw)
{
	if (rw)
		l7_learn_head_free(rw->buf);
	kfree(rw);
}

void l7_rewrite_begin_locked(struct l7_flow *f, const struct l7_pend *pe,
			     u32 seq)
{
	const struct l7_rule *rule;
	struct l7_rewrite *rw;

	if (!pe->insert)
		return;
	rule = &f->svc->conf.rules[pe->insert - 1];
	if (rule->type != L7_KEY_COOKIE_REWRITE)
		return;
	rw = kzalloc(sizeof(*rw), GFP_ATOMIC | __GFP_NOWARN);
	if (!rw)
		return;
	rw->start = seq;
	rw->next = seq;
	rw->gone = seq;
	rw->pool = pe->pool;
	rw->rule = rule;
	f->rewrite = rw;
}

void l7_rewrite_end_locked(struct l7_flow *f)
{
	struct l7_rewrite *rw = f->rewrite;

	WRITE_ONCE(f->rewrite, NULL);
	l7_rewrite_free(rw);
}

/* The client has all that was overwritten; or it has, by another director, what
 * was not seen here.
 */
static bool is_done(const struct l7_flow *f)
{
	const struct l7_rewrite *rw = f->rewrite;
	u32 acked = READ_ONCE(f->ack_c) - f->seq_delta;
	const struct place *last;

	if (!rw->over)
		return after(acked, rw->next);
	if (!rw->n)
		return true;
	last = &rw->place[rw->n - 1];
	return !before(acked, last->at + last->len);
}

/* ---- the head ------------------------------------------------------------- */

static void add_place_locked(struct l7_net *ln, struct l7_flow *f, u32 at,
			     u32 len)
{
	struct l7_endpoint server = l7_flow_server(f);
	struct l7_rewrite *rw = f->rewrite;

	if (rw->n == PLACES_MAX)
		return;
	if (!rw->n)
		l7_persist_token(ln, f->svc, rw->pool, rw->rule, &server,
				 false, rw->token);
	rw->place[rw->n++] = (struct place){ .at = at, .len = len };
	count(ln, f, L7_C_COOKIE_REWRITTEN);
}

/* A value, or as many bytes of it as are needed; it may be known already. */
static void found_locked(struct l7_net *ln, struct l7_flow *f,
			 struct l7_slice value, u32 need)
{
	struct l7_rewrite *rw = f->rewrite;
	u32 at = rw->start + value.off;
	u32 len = min_t(u32, value.len, L7_TOKEN_LEN);

	if (rw->n && rw->place[rw->n - 1].at == at)
		rw->place[rw->n - 1].len = len;
	else if (value.len >= need)
		add_place_locked(ln, f, at, len);
	else
		count(ln, f, L7_C_REWRITE_SHORT);
}

/* Searches all that is there of the response. */
static enum l7_parse search_locked(struct l7_net *ln, struct l7_flow *f,
				   const u8 *data, u32 len)
{
	struct l7_rewrite *rw = f->rewrite;
	const struct l7_cookie_sel *sel = &rw->rule->sel;
	struct l7_slice value;
	enum l7_parse v;
	u32 need;

	while ((v = l7_http_response_set_cookie_value(data, len, sel, &rw->at,
						      &value)) ==
	       L7_PARSE_FOUND) {
		found_locked(ln, f, value, L7_TOKEN_LEN);
		rw->stuck = false;
	}
	if (v != L7_PARSE_MORE)
		return v;
	need = rw->stuck ? 1 : L7_TOKEN_LEN;
	rw->gone = rw->start + l7_http_response_begun(data, len, sel, rw->at,
						      need, &value);
	if (value.len)
		found_locked(ln, f, value, need);
	return v;
}

static bool keep(struct l7_rewrite *rw, const struct l7_pkt *p, u32 off, u32 n)
{
	if (!rw->buf)
		rw->buf = l7_learn_head_new();
	if (!rw->buf || skb_copy_bits(p->skb, off, rw->buf + rw->len, n))
		return false;
	rw->len += n;
	return true;
}

/* Searches with the bytes of @p from @skip on, which are new. */
static enum l7_parse look_locked(struct l7_net *ln, struct l7_flow *f,
				 const struct l7_pkt *p, u32 skip)
{
	struct l7_rewrite *rw = f->rewrite;
	u32 off = p->thoff + p->hlen + skip;
	u32 n = min_t(u32, p->len - skip, HEAD_MAX - rw->len);
	bool first = !rw->buf;
	enum l7_parse v;
	const u8 *data;

	if (first) {
		data = skb_header_pointer(p->skb, off, n, l7_scratch());
		v = data ? search_locked(ln, f, data, n) : L7_PARSE_BAD;
		if (v != L7_PARSE_MORE)
			return v;
	}
	if (!keep(rw, p, off, n))
		return L7_PARSE_BAD;
	v = first ? L7_PARSE_MORE : search_locked(ln, f, rw->buf, rw->len);
	return v == L7_PARSE_MORE && rw->len == HEAD_MAX ? L7_PARSE_BAD : v;
}

/* What is held came again, and nothing more. The second time it goes on: a value
 * that has begun is taken for one that is long enough.
 */
static enum l7_parse again_locked(struct l7_net *ln, struct l7_flow *f)
{
	struct l7_rewrite *rw = f->rewrite;

	if (rw->again++ < AGAIN_MAX)
		return L7_PARSE_MORE;
	rw->stuck = true;
	search_locked(ln, f, rw->buf, rw->len);
	return rw->gone == rw->next ? L7_PARSE_MORE : L7_PARSE_BAD;
}

/* Through the head, with a segment that leaves no gap. */
static void advance_locked(struct l7_net *ln, struct l7_flow *f,
			   const struct l7_pkt *p)
{
	struct l7_rewrite *rw = f->rewrite;
	u32 end = p->seq + p->len;
	enum l7_parse v = L7_PARSE_MORE;

	if (after(end, rw->next)) {
		v = look_locked(ln, f, p, rw->next - p->seq);
		rw->next = end;
		rw->again = 0;
	} else if (after(end, rw->gone)) {
		v = again_locked(ln, f);
	}
	rw->over = v == L7_PARSE_NONE;
	if (!rw->over && (v != L7_PARSE_MORE || p->flags & TCPHDR_FIN ||
			  rw->next - rw->gone > HOLD_MAX)) {
		count(ln, f, L7_C_REWRITE_CANCELLED);
		rw->over = true;
	}
	if (rw->over)
		rw->gone = rw->next;
}

/* ---- segments ------------------------------------------------------------- */

static bool overwrite(const struct l7_rewrite *rw, const struct l7_pkt *p)
{
	u32 i, n, off, skip;

	for (i = 0; i < rw->n; i++) {
		n = l7_insert_covers(rw->place[i].at, rw->place[i].len, p->seq,
				     p->len, &off, &skip);
		if (n && !l7_l3_put(p->skb, &p->tuple, p->thoff,
				    p->thoff + p->hlen + off, rw->token + skip,
				    n))
			return false;
	}
	return true;
}

/* What is held from @from on leaves in front of @p. */
static bool release(const struct l7_flow *f, const struct l7_pkt *p, u32 from,
		    struct sk_buff_head *out)
{
	const struct l7_rewrite *rw = f->rewrite;
	struct sk_buff *skb;
	struct l7_pkt q;

	skb = l7_l3_front(p, 0, rw->buf + (from - rw->start), p->seq - from);
	if (!skb)
		return false;
	__skb_queue_tail(out, skb);
	if (!l7_l3_tcp(skb, f->af, &q))
		return false;
	q.seq = from;
	return overwrite(rw, &q) && l7_xlat_server_by(f, &q, f->seq_delta);
}

/* An acknowledgement remains of a segment that is held as a whole. */
static bool hold_end(const struct l7_rewrite *rw, struct l7_pkt *p)
{
	u32 n = after(rw->gone, p->seq) ? rw->gone - p->seq : 0;

	if (n >= p->len)
		return true;
	if (!l7_l3_trim(p->skb, &p->tuple, p->thoff, p->hlen, n))
		return false;
	if (!n)
		p->seq = rw->gone;
	p->len = n;
	return true;
}

static bool head_locked(struct l7_net *ln, struct l7_flow *f, struct l7_pkt *p,
			struct sk_buff_head *out)
{
	struct l7_rewrite *rw = f->rewrite;
	u32 held = rw->gone;

	if (after(p->seq, rw->next))	/* what is missing will come first */
		return false;
	advance_locked(ln, f, p);
	if (before(held, p->seq) && after(rw->gone, held) &&
	    !release(f, p, held, out))
		return false;
	if (!rw->over)
		return hold_end(rw, p);
	l7_learn_head_free(rw->buf);
	rw->buf = NULL;
	return true;
}

static bool server_locked(struct l7_net *ln, struct l7_flow *f,
			  struct l7_pkt *p, struct sk_buff_head *out)
{
	if (f->rewrite && is_done(f))
		l7_rewrite_end_locked(f);
	if (!f->rewrite || p->flags & TCPHDR_RST ||
	    (!p->len && !(p->flags & TCPHDR_FIN)))
		return true;
	/* Wrong bytes must not tell a place, nor get a new checksum. */
	if (p->len && !l7_bind_is_sound(ln, p))
		return false;
	if (!f->rewrite->over && !head_locked(ln, f, p, out))
		return false;
	if (!overwrite(f->rewrite, p))
		return false;
	if (is_done(f))
		l7_rewrite_end_locked(f);
	return true;
}

bool l7_rewrite_server(struct l7_net *ln, struct l7_flow *f, struct l7_pkt *p,
		       const struct nf_hook_state *state)
{
	struct sk_buff_head out;
	struct sk_buff *skb;
	bool ok;

	__skb_queue_head_init(&out);
	spin_lock(&f->lock);
	ok = server_locked(ln, f, p, &out);
	spin_unlock(&f->lock);
	if (!ok)
		__skb_queue_purge(&out);
	while ((skb = __skb_dequeue(&out)))
		l7_hook_pass_on(skb, state);
	return ok;
}
