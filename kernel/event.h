/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one thing that state owners (bindings, flows) and mirroring exchange:
 * a plain record of an entry's state, and the list node by which an entry
 * says "I changed". Neither side includes the other; main.c connects them.
 */
#ifndef L7_EVENT_H
#define L7_EVENT_H

#include <linux/ktime.h>
#include <linux/refcount.h>
#include "pure/policies.h"
#include "pure/record.h"

struct l7_net;

/** struct l7_dirty - "this entry has to be sent", embedded in each entry
 * @next: the one behind it in the send queue of sync. Protected by its lock.
 * @kind: enum l7_rec_kind, constant
 * @queued: on the send queue; protected by the same lock
 * @changed: when it changed last, seconds, low 16 bits; see l7_dirty_touch()
 * @ref: references to the entry, for the owner's use; it would else be padding
 *
 * While queued, sync owns one reference to the entry.
 */
struct l7_dirty {
	struct l7_dirty *next;
	u8 kind;
	bool queued;
	u16 changed;
	refcount_t ref;
};

/** l7_dirty_touch() - it changed, here or by a peer's word. Any context. */
static inline void l7_dirty_touch(struct l7_dirty *d)
{
	WRITE_ONCE(d->changed, (u16)ktime_get_seconds());
}

/** l7_dirty_is_since() - did it change since then?
 * @since: seconds of ktime_get_seconds(); 0: whenever it changed
 * After a multiple of 18 hours it seems so again, which is harmless.
 */
static inline bool l7_dirty_is_since(const struct l7_dirty *d, u64 since)
{
	u16 changed = READ_ONCE(d->changed);
	u64 now = ktime_get_seconds();

	return (u16)((u16)now - changed) <= now - since;
}

/** struct l7_owner_ops - what sync may ask the owner of one kind of entry
 * @hold: take a reference; false if the entry is already being freed
 * @put: drop it (process or softirq context)
 * @snapshot: copy the entry's present state (process context, takes the
 *	entry's lock); false if there is nothing to say any more
 * @apply: join a peer's state into the table (process context, BH enabled).
 *	Returns enum l7_apply.
 * @walk: call fn for each live entry and each tombstone that changed since @since,
 *	see l7_dirty_is_since() (process context, may sleep between entries), for
 *	bulk; stops when fn returns non-zero and returns that.
 * @each: call fn for each entry that is the same at all directors: that lives,
 *	no tombstone, nothing that is closing (process context, gives way now and
 *	then; fn runs under RCU and must not sleep)
 * @awaits: does something wait until a peer has what @snapshot said last? (process
 *	context, BH enabled). May be NULL, as @confirm then
 * @confirm: a peer has it (likewise; drops no reference)
 * @count: number of entries, as peers are told in HELLO; may be NULL
 * @begin: mirroring begins (process context); 0 or -ENOMEM. May be NULL
 */
struct l7_owner_ops {
	bool (*hold)(struct l7_dirty *d);
	void (*put)(struct l7_dirty *d);
	bool (*snapshot)(struct l7_net *ln, struct l7_dirty *d,
			 struct l7_record *out);
	int (*apply)(struct l7_net *ln, const struct l7_record *rec);
	int (*walk)(struct l7_net *ln, u64 since,
		    int (*fn)(const struct l7_record *rec, void *arg),
		    void *arg);
	void (*each)(struct l7_net *ln,
		     void (*fn)(const struct l7_record *rec, void *arg),
		     void *arg);
	bool (*awaits)(struct l7_dirty *d);
	void (*confirm)(struct l7_net *ln, struct l7_dirty *d);
	u32 (*count)(struct l7_net *ln);
	int (*begin)(struct l7_net *ln);
};

/** l7_policy_list() - the policies of this director
 * Return: how many there are, @max at most. Context: process.
 */
u32 l7_policy_list(struct l7_net *ln, struct l7_policy *out, u32 max);

/** struct l7_pushed - what came of a peer's set of policies
 * @svc: whose policy was refused; af 0: none in particular
 * @reason: enum l7_push_reason, 0: it was not refused
 * @why: a constant sentence, if it was
 * @added: policies that were added, as the following
 * @changed: changed
 * @deleted: deleted
 */
struct l7_pushed {
	struct l7_endpoint svc;
	u8 reason;
	const char *why;
	u32 added;
	u32 changed;
	u32 deleted;
};

/** l7_policy_pack() - all policies of this director, as a set for its peers (pure/push.h)
 * @why: out, a sentence if there is no set
 * Return: its bytes; -ENOENT: there are none, -E2BIG. Context: process, conf_lock held.
 */
int l7_policy_pack(struct l7_net *ln, u8 *p, u32 cap, const char **why);
/** l7_policy_apply() - replace this director's policies by a peer's set; what is the same is
 * not touched
 * @sum: of the digests of these policies, as the peer has it
 * @out: what came of it, also on error
 * Return: 0; or a refusal, when nothing is changed unless the reason is L7_PUSH_PARTLY.
 * Context: process, conf_lock held.
 */
int l7_policy_apply(struct l7_net *ln, const u8 *p, u32 len, u64 sum,
		    struct l7_pushed *out);

/** l7_first_gen() - generation of an entry that is made anew
 * Later than that of any forerunner that peers may still know of, unless that
 * was changed sixty times a second for all of its life. Half of the range, in
 * which one is told to be later than another, is more than a year.
 */
static inline u32 l7_first_gen(void)
{
	return (u32)(ktime_get_real_ns() >> 24);
}

/** enum l7_apply - outcome of joining a peer's record
 * @L7_APPLY_OK: the table changed
 * @L7_APPLY_OLD: stale or equal, nothing changed
 * @L7_APPLY_CONFLICT: same generation, other server: lower origin won
 * @L7_APPLY_UNRESOLVED: no such service here; kept out, counted
 * @L7_APPLY_FULL: table or memory limit
 */
enum l7_apply {
	L7_APPLY_OK,
	L7_APPLY_OLD,
	L7_APPLY_CONFLICT,
	L7_APPLY_UNRESOLVED,
	L7_APPLY_FULL,
};

#endif /* L7_EVENT_H */
