// SPDX-License-Identifier: GPL-2.0
/*
 * Learning: the first response of a spliced flow is searched for the cookies
 * of the policy; the client address is bound when a server answered. A client
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

#define HEAD_MAX	16384	/* bytes of a response head looked at */

static u8 * __percpu *scratch;

/** struct l7_learn - an answer that is being searched
 * @next: next sequence number of the server in order
 * @server: index of the server
 * @key_mask: rules whose key was in the request
 * @len: bytes in @buf
 * @buf: start of a head that did not fit one segment, HEAD_MAX bytes
 * @keys: keys of the request, to be deleted at the server's word
 */
struct l7_learn {
	u32 next;
	u16 server;
	u8 key_mask;
	u32 len;
	u8 *buf;
	struct l7_key keys[];
};

u8 *l7_scratch(void)
{
	return *this_cpu_ptr(scratch);
}

static bool has_cookie_rule(const struct l7_svc *svc)
{
	int i;

	for (i = 0; i < svc->conf.nrules; i++)
		if (svc->conf.rules[i].type == L7_KEY_COOKIE)
			return true;
	return false;
}

struct l7_learn *l7_learn_new(const struct l7_svc *svc,
			      const struct l7_pend *pe, u16 server, u32 seq)
{
	struct l7_learn *l;

	if (!has_cookie_rule(svc) || server == L7_SERVER_NONE)
		return NULL;
	l = kmalloc(struct_size(l, keys, svc->conf.nrules),
		    GFP_ATOMIC | __GFP_NOWARN);
	if (!l)
		return NULL;
	l->next = seq;
	l->server = server;
	l->key_mask = pe->key_mask;
	l->len = 0;
	l->buf = NULL;
	memcpy(l->keys, pe->keys, svc->conf.nrules * sizeof(l->keys[0]));
	return l;
}

/* Look for one rule's cookie. Return: false when the head is not complete. */
static bool search(struct l7_net *ln, const struct l7_svc *svc,
		   struct l7_learn *l, int i, const u8 *data, u32 len)
{
	const struct l7_rule *rule = &svc->conf.rules[i];
	enum l7_set_cookie what;
	struct l7_slice v;
	struct l7_key key;

	switch (l7_http_response_cookie(data, len, &rule->cookie,
					ktime_get_real_seconds(), &v, &what)) {
	case L7_PARSE_MORE:
		return false;
	case L7_PARSE_BAD:
		l7_stat_inc(svc->stats, L7_C_LEARN_BAD);
		l7_stat_inc(ln->stats, L7_C_LEARN_BAD);
		return true;
	case L7_PARSE_NONE:
		return true;
	case L7_PARSE_FOUND:
		break;
	}
	if (what == L7_SET_COOKIE_DELETE) {
		if (l->key_mask & BIT(i))
			l7_persist_forget(ln, svc, &l->keys[i]);
		return true;
	}
	l7_persist_key(ln, svc, rule, data + v.off, v.len, &key);
	l7_persist_learn(ln, svc, rule->type, &key, l->server);
	return true;
}

static bool search_all(struct l7_net *ln, const struct l7_svc *svc,
		       struct l7_learn *l, const u8 *data, u32 len)
{
	int i;

	for (i = 0; i < svc->conf.nrules; i++)
		if (svc->conf.rules[i].type == L7_KEY_COOKIE &&
		    !search(ln, svc, l, i, data, len))
			return false;
	return true;
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
		if (!data || search_all(ln, svc, l, data, n))
			return false;
		return keep(l, p, skip, n) && l->len < HEAD_MAX;
	}
	return keep(l, p, skip, n) && !search_all(ln, svc, l, l->buf, l->len) &&
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

void l7_learn_answered(struct l7_net *ln, const struct l7_svc *svc,
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
		len = l7_persist_src_value(rule, t->af, &t->saddr, val);
		l7_persist_key(ln, svc, rule, val, len, &key);
		l7_persist_learn(ln, svc, rule->type, &key,
				 l7_server_index(ln, server));
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
		u8 *buf = kvmalloc_node(L7_SCRATCH_LEN, GFP_KERNEL,
					cpu_to_node(cpu));

		if (!buf) {
			l7_learn_module_exit();
			return -ENOMEM;
		}
		*per_cpu_ptr(scratch, cpu) = buf;
	}
	return 0;
}
