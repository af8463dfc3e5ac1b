/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers and dumps of generic netlink: beginning, messages, end. Process
 * context.
 */
#ifndef L7_NETLINK_ANSWER_H
#define L7_NETLINK_ANSWER_H

#include "netlink.h"
#include "stats.h"
#include "svc.h"

/* Room that the largest single answer may need: counters with their names, or
 * a service with all its rules and routes, of which these are 11 KB at most.
 */
#define L7_ANSWER_COUNTERS	(L7_C_MAX + L7_RULES_MAX * L7_RC_MAX)
#define L7_ANSWER_SIZE \
	max_t(size_t, 12288, 256 + 96 * L7_ANSWER_COUNTERS)

/** struct l7_answer - where messages go, and their header
 * @ln: namespace that was asked
 * @cb: of a dump; NULL: a single answer
 * @skb: of a dump the one to be filled, of a single answer an own one
 * @flags: NLM_F_MULTI in dumps
 */
struct l7_answer {
	struct l7_net *ln;
	struct netlink_callback *cb;
	struct sk_buff *skb;
	u32 portid;
	u32 seq;
	int flags;
};

struct l7_answer l7_answer_dump(struct sk_buff *skb,
				struct netlink_callback *cb);
/** l7_answer_one() - a single answer; 0 or -ENOMEM, with extack */
int l7_answer_one(struct genl_info *info, struct l7_answer *a);
/** l7_answer_finish() - send what @a holds, or refuse with @why */
int l7_answer_finish(struct genl_info *info, struct l7_answer *a, int err,
		     const char *why);
void *l7_answer_begin(struct l7_answer *a, u8 cmd);
/** l7_answer_end() - close a message begun with l7_answer_begin()
 * @bad: take it back; -EMSGSIZE
 */
int l7_answer_end(struct l7_answer *a, void *hdr, bool bad);
/** l7_answer_dumped() - what a dump callback returns: full is no error, more
 * calls follow
 */
int l7_answer_dumped(const struct l7_answer *a, int err);

#endif /* L7_NETLINK_ANSWER_H */
