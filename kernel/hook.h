/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netfilter hooks: where the module stands on a packet's way.
 */
#ifndef L7_HOOK_H
#define L7_HOOK_H

#include <linux/netfilter.h>

struct l7_net;

/** l7_hook_register() - hook into a namespace; once, with its first policy.
 * Process context, conf_lock held. Idempotent.
 */
int l7_hook_register(struct l7_net *ln);
/** l7_hook_unregister() - undo; waits until no packet is inside the hooks */
void l7_hook_unregister(struct l7_net *ln);

/** l7_hook_next() - index of the hook behind ours in PRE_ROUTING */
unsigned int l7_hook_next(const struct nf_hook_entries *e);
/** l7_hook_pass_on() - a segment goes on as one that left our hook. Consumes
 * @skb. Softirq, in the hook that @s is of.
 */
void l7_hook_pass_on(struct sk_buff *skb, const struct nf_hook_state *s);

#endif /* L7_HOOK_H */
