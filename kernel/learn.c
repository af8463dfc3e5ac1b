// SPDX-License-Identifier: GPL-2.0
/*
 * Learning: the first responses of a spliced flow are searched for keys that the
 * server names; the client address is bound when a server answered. A client
 * alone never makes a binding.
 *
 * One response is searched by default, and nothing else looked at. For more, both
 * directions are walked along (pure/http_walk.h): the responses to know where the
 * next head is, the requests to know which of them are HEAD. Whatever is in doubt
 * there ends the learning with the response at hand: no body may teach.
 *
 * Only what comes in order counts. Early segments are not kept: the missing one
 * will come, but those behind it not again, so that the walk may stand still. In a
 * body that does not matter. Elsewhere the client's acknowledgement ends it.
 *
 * Owns struct l7_learn, protected by flow->lock, and the per-CPU scratch
 * buffers of the packet path (softirq context).
 */
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "bind.h"
#include "l3ops.h"
#include "learn.h"
#include "net.h"
#include "server.h"
#include "pure/http_walk.h"

#define HEAD_MAX	L7_KEY_BUF	/* bytes of an answer looked at */
#define HEADS_MAX	8192		/* of all namespaces: 128 MiB */

static u8 * __percpu *scratch;

/** struct stream - one direction of a connection
 * @walk: where in a message it stands
 * @next: next sequence number in order, in the sender's space
 */
struct stream {
	struct l7_http_walk walk;
	u32 next;
};

/** struct l7_learn - answers that are being searched
 * @answers: of the server; not walked along for the last one
 * @requests: of the client; likewise, and unused if there is to be one answer
 * @pool: as for l7_persist_key()
 * @server: as bindings name it, see l7_persist_server()
 * @key_mask: rules whose key is in @asked
 * @todo: rules that have not found out yet, of the answer at hand
 * @nth: which one that is, from 0
 * @most: answers that are searched in all; fewer than wanted, once no more can be
 *	told
 * @resumed: after a takeover: the answer may have passed the other director
 * @nrequests: requests whose method is known
 * @heads: bit N: that of request N is HEAD
 * @len: bytes in @buf
 * @buf: start of an answer that did not fit one segment, HEAD_MAX bytes
 * @asked: keys of the request, which the server may confirm or delete; or those
 *	that it gave later
 */
struct l7_learn {
	struct stream answers;
	struct stream requests;
	u32 pool;
	u16 server;
	u8 key_mask;
	u8 todo;
	u8 nth;
	u8 most;
	bool resumed;
	u8 nrequests;
	u16 heads;
	u32 len;
	u8 *buf;
	struct l7_asked asked[];
};

static_assert(L7_RESPONSES_MAX <= 8 * sizeof_field(struct l7_learn, heads));

u8 *l7_scratch(void)
{
	return *this_cpu_ptr(scratch);
}

u8 *l7_scratch_parse(void)
{
	return *this_cpu_ptr(scratch) + L7_SCRATCH_LEN;
}

/* Rules that are about answer @nth. */
static u8 named_rules(const struct l7_svc *svc, int nth)
{
	u8 mask = 0;
	int i;

	for (i = 0; i < svc->conf.nrules; i++)
		if (l7_key_is_named(&svc->conf.rules[i]) &&
		    nth < svc->conf.rules[i].responses)
			mask |= BIT(i);
	return mask;
}

static u8 most_responses(const struct l7_svc *svc)
{
	u8 most = 0;

	while (named_rules(svc, most))
		most++;
	return most;
}

/* ---- both directions ------------------------------------------------------ */

/* What of a segment comes next in order. In a body, bytes are not looked at, and
 * may be missing in front of it: then @data is NULL.
 * Return: number of bytes, at most @most; 0 if it has none, or not yet.
 */
static u32 next_bytes(const struct stream *s, const struct l7_pkt *p, u32 most,
		      const u8 **data)
{
	u32 unread = l7_http_walk_unread(&s->walk), end = p->seq + p->len;

	*data = NULL;
	if (!before(s->next, end) ||
	    (before(s->next, p->seq) && unread < p->seq - s->next))
		return 0;	/* late or early: the missing one will come */
	if (unread)
		return min(unread, end - s->next);
	most = min(most, end - s->next);
	*data = skb_header_pointer(p->skb, p->thoff + p->hlen + s->next - p->seq,
				   most, l7_scratch());
	return *data ? most : 0;
}

/* The methods of all but the last one matter. */
static bool wants_requests(const struct l7_learn *l)
{
	return l->nrequests + 1 < l->most;
}

static void walk_requests(struct l7_learn *l, const struct l7_pkt *p)
{
	struct stream *s = &l->requests;
	const u8 *data;
	bool head;
	u32 n;

	while (wants_requests(l) && (n = next_bytes(s, p, HEAD_MAX, &data))) {
		switch (l7_http_walk_request(&s->walk, data, n, &n, &head)) {
		case L7_PARSE_FOUND:
			l->heads |= head << l->nrequests++;
			break;
		case L7_PARSE_MORE:
			break;
		case L7_PARSE_NONE:
		case L7_PARSE_BAD:
			l->most = l->nrequests + 1;
			break;
		}
		s->next += n;
	}
}

/* What is held, and will not pass a hook. */
static void walk_held(struct l7_learn *l, const struct l7_pend *pe)
{
	struct sk_buff *skb;
	struct l7_pkt p;

	skb_queue_walk(&pe->queue, skb)
		if (l7_l3_tcp(skb, pe->flow->af, &p))
			walk_requests(l, &p);
}

static struct l7_learn *alloc(const struct l7_svc *svc, u16 server, u32 pool,
			      u32 seq)
{
	struct l7_learn *l;

	if (!svc->named || server == L7_SERVER_NONE)
		return NULL;
	l = kzalloc(struct_size(l, asked, svc->conf.nrules),
		    GFP_ATOMIC | __GFP_NOWARN);
	if (!l)
		return NULL;
	l->answers.next = seq;
	l->server = server;
	l->pool = pool;
	l->todo = named_rules(svc, 0);
	return l;
}

struct l7_learn *l7_learn_new(const struct l7_svc *svc,
			      const struct l7_pend *pe, u16 server, u32 seq)
{
	struct l7_learn *l = alloc(svc, server, pe->pool, seq);

	if (!l)
		return NULL;
	l->requests.next = pe->isn_c + 1 + pe->proxy.len;
	l->key_mask = pe->key_mask;
	l->most = most_responses(svc);
	memcpy(l->asked, pe->asked, svc->conf.nrules * sizeof(l->asked[0]));
	walk_held(l, pe);
	return l;
}

/* ---- heads that do not come at once ----------------------------------------- */

static atomic_t heads;

u8 *l7_learn_head_new(void)
{
	u8 *buf = NULL;

	if (atomic_inc_return(&heads) <= HEADS_MAX)
		buf = kmalloc(HEAD_MAX, GFP_ATOMIC | __GFP_NOWARN);
	if (!buf)
		atomic_dec(&heads);
	return buf;
}

void l7_learn_head_free(u8 *buf)
{
	if (!buf)
		return;
	kfree(buf);
	atomic_dec(&heads);
}

/* ---- what an answer says --------------------------------------------------- */

static void count(struct l7_net *ln, const struct l7_svc *svc, enum l7_ctr c)
{
	l7_stat_inc(svc->stats, c);
	l7_stat_inc(ln->stats, c);
}

void l7_learn_key(struct l7_net *ln, const struct l7_svc *svc, int i,
		  const struct l7_key *key, u16 server)
{
	int ret = l7_persist_learn(ln, svc, svc->conf.rules[i].type, key,
				   server);

	if (ret)
		l7_rule_stat_inc(svc->rule_stats, i,
				 ret > 0 ? L7_RC_LEARNED : L7_RC_REFUSED);
}

/* Do what the answer says about rule @i. False when it is not complete. */
static bool heed(struct l7_net *ln, const struct l7_svc *svc,
		 struct l7_learn *l, int i, const u8 *data, u32 len)
{
	const struct l7_rule *rule = &svc->conf.rules[i];
	const struct l7_asked *asked = &l->asked[i];
	bool had = l->key_mask & BIT(i);
	struct l7_key_found found;
	struct l7_key key;

	switch (l7_key_answer(rule, &asked->how, data, len,
			      ktime_get_real_seconds(), l7_scratch_parse(),
			      &found)) {
	case L7_WORD_MORE:
		return false;
	case L7_WORD_BAD:
		count(ln, svc, L7_C_LEARN_BAD);
		break;
	case L7_WORD_NONE:
		break;
	case L7_WORD_LEARN:
		l7_persist_key(ln, svc, l->pool, rule, found.p, found.len, &key);
		l7_learn_key(ln, svc, i, &key, l->server);
		l->asked[i].key = key;
		l->key_mask |= BIT(i);
		break;
	case L7_WORD_DELETE:
		if (had && !l7_persist_forget(ln, svc, &asked->key))
			l7_rule_stat_inc(svc->rule_stats, i, L7_RC_DELETED);
		break;
	case L7_WORD_CONFIRM:
		if (had)
			l7_learn_key(ln, svc, i, &asked->key, l->server);
		break;
	case L7_WORD_REJECT:
		if (had) {
			l7_rule_stat_inc(svc->rule_stats, i, L7_RC_REJECTED);
			count(ln, svc, L7_C_LEARN_REJECTED);
			l7_persist_doubt(ln, &asked->key, l->server);
		}
		break;
	}
	return true;
}

static void search(struct l7_net *ln, const struct l7_svc *svc,
		   struct l7_learn *l, const u8 *data, u32 len)
{
	int i;

	for (i = 0; i < svc->conf.nrules; i++)
		if (l->todo & BIT(i) && heed(ln, svc, l, i, data, len))
			l->todo &= ~BIT(i);
}

static void drop_head(struct l7_learn *l)
{
	l7_learn_head_free(l->buf);
	l->buf = NULL;
	l->len = 0;
}

/* Keep the bytes of an incomplete head. False: give up. */
static bool keep(struct l7_learn *l, const u8 *data, u32 n)
{
	if (!l->buf)
		l->buf = l7_learn_head_new();
	if (!l->buf)
		return false;
	memcpy(l->buf + l->len, data, n);
	l->len += n;
	return true;
}

/* Look into a head, of which these are the next bytes. False: give up. */
static bool look(struct l7_net *ln, const struct l7_svc *svc,
		 struct l7_learn *l, const u8 *data, u32 n)
{
	if (!l->buf)
		search(ln, svc, l, data, n);
	if (l->todo && !keep(l, data, n))
		return false;
	if (l->len > n)
		search(ln, svc, l, l->buf, l->len);
	if (l->todo && l->len == HEAD_MAX) {
		l7_stat_inc(ln->stats, L7_C_LEARN_LIMIT);
		return false;
	}
	if (!l->todo)
		drop_head(l);
	return true;
}

/* ---- from answer to answer ------------------------------------------------- */

static bool is_last(const struct l7_learn *l)
{
	return l->nth + 1 >= l->most;
}

static void begin_next(const struct l7_svc *svc, struct l7_learn *l)
{
	l->nth++;
	l->todo = named_rules(svc, l->nth);
	drop_head(l);
}

/* Go on along the answer. Return: how many of the bytes are its own. */
static u32 walk_answer(const struct l7_svc *svc, struct l7_learn *l,
		       const u8 *data, u32 n)
{
	bool head = l->heads & BIT(l->nth);

	if (is_last(l))
		return n;
	if (l->nth >= l->nrequests) {
		l->most = l->nth + 1;
		return n;
	}
	switch (l7_http_walk_feed(&l->answers.walk, data, n, head, &n)) {
	case L7_PARSE_FOUND:
		begin_next(svc, l);
		break;
	case L7_PARSE_MORE:
		break;
	case L7_PARSE_NONE:
	case L7_PARSE_BAD:
		l->most = l->nth + 1;
		break;
	}
	return n;
}

/* Return: true while more is awaited. */
static bool feed(struct l7_net *ln, const struct l7_svc *svc,
		 struct l7_learn *l, const struct l7_pkt *p)
{
	struct stream *s = &l->answers;
	const u8 *data;
	u32 n;

	while ((l->todo || !is_last(l)) &&
	       (n = next_bytes(s, p, HEAD_MAX - l->len, &data))) {
		if (!data)
			l->todo = 0;	/* there is no head in a body */
		else if (l->todo && !look(ln, svc, l, data, n))
			return false;
		s->next += walk_answer(svc, l, data, n);
	}
	return l->todo || !is_last(l);
}

static void end_locked(struct l7_flow *f)
{
	struct l7_learn *l = f->learn;

	WRITE_ONCE(f->learn, NULL);
	l7_learn_free(l);
}

void l7_learn_feed(struct l7_net *ln, struct l7_flow *f,
		   const struct l7_pkt *p)
{
	if (!p->len)
		return;
	spin_lock(&f->lock);
	/* Wrong bytes must teach nothing, nor be counted. */
	if (f->learn && l7_bind_is_sound(ln, p) &&
	    !feed(ln, f->svc, f->learn, p))
		end_locked(f);
	spin_unlock(&f->lock);
}

/* Does the client have bytes that did not pass here, and will not? Its FIN's
 * number counts as one. In front of a cookie that is being put in, deltas are
 * smaller: then this says no for too long.
 */
static bool is_lost(const struct l7_flow *f, const struct l7_pkt *p)
{
	const struct stream *s = &f->learn->answers;

	return p->flags & TCPHDR_ACK &&
	       after(p->ack - f->seq_delta - 1,
		     s->next + min_t(u32, l7_http_walk_unread(&s->walk), S32_MAX / 2));
}

void l7_learn_request(struct l7_net *ln, struct l7_flow *f,
		      const struct l7_pkt *p)
{
	struct l7_learn *l;

	spin_lock(&f->lock);
	l = f->learn;
	if (l && is_lost(f, p)) {
		if (!l->resumed)
			count(ln, f->svc, L7_C_LEARN_LOST);
		end_locked(f);
	} else if (l && p->len && wants_requests(l) &&
		   l7_bind_is_sound(ln, p)) {
		walk_requests(l, p);
	}
	spin_unlock(&f->lock);
}

/* ---- mirroring -------------------------------------------------------------- */

static void fill_own(const struct l7_learn *l, int nrules,
		     struct l7_rec_answer *r)
{
	int i;

	r->awaited = !l->nth && l->todo;
	r->at = l->answers.next - l->len;
	r->pool = l->pool;
	for (i = 0; i < nrules; i++) {
		r->hello |= l->asked[i].how.tls_hello;
		r->ticket |= l->asked[i].how.tls_ticket;
	}
}

void l7_learn_fill_locked(const struct l7_flow *f, struct l7_rec_answer *r)
{
	if (f->plain)
		return;
	if (f->learn) {
		fill_own(f->learn, f->svc->conf.nrules, r);
	} else if (f->awaits) {
		r->awaited = true;
		r->hello = f->awaits & L7_AWAITS_HELLO;
		r->ticket = f->awaits & L7_AWAITS_TICKET;
		r->at = f->ack_c - f->seq_delta;
		r->pool = f->pool;
	}
}

void l7_learn_take_locked(struct l7_flow *f, const struct l7_rec_answer *r)
{
	if (f->learn)
		end_locked(f);
	if (f->awaits)
		f->pool = 0;
	f->awaits = 0;
	/* with segments held still, there is no room to remember the pool */
	if (!r->awaited || !f->svc->named || f->pend)
		return;
	f->awaits = L7_AWAITS_ANSWER | (r->hello ? L7_AWAITS_HELLO : 0) |
		    (r->ticket ? L7_AWAITS_TICKET : 0);
	f->ack_c = r->at + f->seq_delta;
	f->pool = r->pool;
}

/* Of the request nothing is known but what peers tell: a key of its own can be neither
 * confirmed nor deleted. Nor is it known which of later requests are HEAD.
 */
static struct l7_learn *resumed(struct l7_net *ln, const struct l7_flow *f)
{
	struct l7_endpoint server = l7_flow_server(f);
	struct l7_learn *l;
	int i;

	l = alloc(f->svc, l7_persist_server(ln, f->svc, &server), f->pool,
		  f->ack_c - f->seq_delta);
	if (!l)
		return NULL;
	l->most = 1;
	l->resumed = true;
	for (i = 0; i < f->svc->conf.nrules; i++) {
		l->asked[i].how.tls_hello = f->awaits & L7_AWAITS_HELLO;
		l->asked[i].how.tls_ticket = f->awaits & L7_AWAITS_TICKET;
	}
	return l;
}

void l7_learn_resume_locked(struct l7_net *ln, struct l7_flow *f)
{
	if (f->plain || !f->awaits)
		return;
	WRITE_ONCE(f->learn, resumed(ln, f));
	f->awaits = 0;
	f->pool = 0;
}

void l7_learn_free(struct l7_learn *l)
{
	if (l)
		l7_learn_head_free(l->buf);
	kfree(l);
}

void l7_learn_answered(struct l7_net *ln, const struct l7_svc *svc, u32 pool,
		       const struct l7_tuple *t,
		       const struct l7_endpoint *server, u8 rules)
{
	struct l7_key key;
	u8 val[16];
	u32 len;
	int i;

	for (i = 0; i < svc->conf.nrules; i++) {
		const struct l7_rule *rule = &svc->conf.rules[i];

		if (rule->type != L7_KEY_SRC || !(rules & BIT(i)))
			continue;
		len = l7_persist_src_value(svc, rule, t->af, &t->saddr, val);
		l7_persist_key(ln, svc, pool, rule, val, len, &key);
		l7_learn_key(ln, svc, i, &key,
			     l7_persist_server(ln, svc, server));
	}
}

void l7_learn_module_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(*per_cpu_ptr(scratch, cpu));
	free_percpu(scratch);
}

int l7_learn_module_init(void)
{
	int cpu;

	/* pointers: a per-CPU object may not exceed 32 KiB */
	scratch = alloc_percpu(u8 *);
	if (!scratch)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		u8 *buf = kvmalloc_node(L7_SCRATCH_LEN + L7_KEY_BUF,
					GFP_KERNEL,
					cpu_to_node(cpu));

		if (!buf) {
			l7_learn_module_exit();
			return -ENOMEM;
		}
		*per_cpu_ptr(scratch, cpu) = buf;
	}
	return 0;
}
