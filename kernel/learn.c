// SPDX-License-Identifier: GPL-2.0
/*
 * Learning: the first response of a spliced flow is searched for keys that the
 * server names; the client address is bound when a server answered. A client
 * alone never makes a binding.
 *
 * Owns struct l7_learn, protected by flow->lock, and the per-CPU scratch
 * buffers of the packet path (softirq context).
 */
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "bind.h"
#include "learn.h"
#include "net.h"
#include "server.h"

#define HEAD_MAX	L7_KEY_BUF	/* bytes of an answer looked at */

static u8 * __percpu *scratch;

/** struct l7_learn - an answer that is being searched
 * @next: next sequence number of the server in order
 * @server: as bindings name it, see l7_persist_server()
 * @pool: as for l7_persist_key()
 * @key_mask: rules whose key was in the request
 * @todo: rules that have not found out yet
 * @len: bytes in @buf
 * @buf: start of an answer that did not fit one segment, HEAD_MAX bytes
 * @asked: keys of the request, which the server may confirm or delete
 */
struct l7_learn {
	u32 next;
	u32 pool;
	u16 server;
	u8 key_mask;
	u8 todo;
	u32 len;
	u8 *buf;
	struct l7_asked asked[];
};

u8 *l7_scratch(void)
{
	return *this_cpu_ptr(scratch);
}

u8 *l7_scratch_parse(void)
{
	return *this_cpu_ptr(scratch) + L7_SCRATCH_LEN;
}

static u8 named_rules(const struct l7_svc *svc)
{
	u8 mask = 0;
	int i;

	for (i = 0; i < svc->conf.nrules; i++)
		if (l7_key_is_named(&svc->conf.rules[i]))
			mask |= BIT(i);
	return mask;
}

struct l7_learn *l7_learn_new(const struct l7_svc *svc,
			      const struct l7_pend *pe, u16 server, u32 seq)
{
	struct l7_learn *l;

	if (!svc->named || server == L7_SERVER_NONE)
		return NULL;
	l = kmalloc(struct_size(l, asked, svc->conf.nrules),
		    GFP_ATOMIC | __GFP_NOWARN);
	if (!l)
		return NULL;
	l->next = seq;
	l->server = server;
	l->pool = pe->pool;
	l->key_mask = pe->key_mask;
	l->todo = named_rules(svc);
	l->len = 0;
	l->buf = NULL;
	memcpy(l->asked, pe->asked, svc->conf.nrules * sizeof(l->asked[0]));
	return l;
}

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

/* The server does not know its own key any more, as after a change of keys.
 * Another's binding is left alone.
 */
static void rejected(struct l7_net *ln, const struct l7_svc *svc,
		     const struct l7_learn *l, const struct l7_key *key)
{
	struct l7_persist_info info;

	count(ln, svc, L7_C_LEARN_REJECTED);
	if (l7_persist_peek(ln, key, &info) && info.server == l->server)
		l7_persist_forget(ln, svc, key);
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
			rejected(ln, svc, l, &asked->key);
		}
		break;
	}
	return true;
}

/* Return: true when nothing more is to be found out. */
static bool search(struct l7_net *ln, const struct l7_svc *svc,
		   struct l7_learn *l, const u8 *data, u32 len)
{
	int i;

	for (i = 0; i < svc->conf.nrules; i++)
		if (l->todo & BIT(i) && heed(ln, svc, l, i, data, len))
			l->todo &= ~BIT(i);
	return !l->todo;
}

/* Keep the bytes of an incomplete head. False: give up. */
static bool keep(struct l7_learn *l, const struct l7_pkt *p, u32 skip, u32 n)
{
	if (l->len + n > HEAD_MAX)
		return false;
	if (!l->buf)
		l->buf = kmalloc(HEAD_MAX, GFP_ATOMIC | __GFP_NOWARN);
	if (!l->buf ||
	    skb_copy_bits(p->skb, p->thoff + p->hlen + skip, l->buf + l->len, n))
		return false;
	l->len += n;
	l->next += n;
	return true;
}

/* Return: true while more of the head is awaited. */
static bool feed(struct l7_net *ln, const struct l7_svc *svc,
		 struct l7_learn *l, const struct l7_pkt *p)
{
	u32 skip = l->next - p->seq, n;
	const u8 *data;

	if (after(p->seq, l->next) || skip >= p->len)
		return true;	/* early or late: the missing one will come */
	n = min_t(u32, p->len - skip, HEAD_MAX - l->len);
	if (!l->buf) {
		data = skb_header_pointer(p->skb, p->thoff + p->hlen + skip, n,
					  l7_scratch());
		if (!data || search(ln, svc, l, data, n))
			return false;
		return keep(l, p, skip, n) && l->len < HEAD_MAX;
	}
	return keep(l, p, skip, n) && !search(ln, svc, l, l->buf, l->len) &&
	       l->len < HEAD_MAX;
}

void l7_learn_feed(struct l7_net *ln, struct l7_flow *f,
		   const struct l7_pkt *p)
{
	struct l7_learn *l;

	if (!p->len)
		return;
	spin_lock(&f->lock);
	l = f->learn;
	if (l && !feed(ln, f->svc, l, p)) {
		WRITE_ONCE(f->learn, NULL);
		if (l->len == HEAD_MAX)
			l7_stat_inc(ln->stats, L7_C_LEARN_LIMIT);
		l7_learn_free(l);
	}
	spin_unlock(&f->lock);
}

void l7_learn_free(struct l7_learn *l)
{
	if (l)
		kfree(l->buf);
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
