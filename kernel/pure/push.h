/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a director hands its policies to its peers: the set of them as bytes (push_set.c), the
 * frames that carry these bytes in pieces, and what a peer answers (push.c). What codec.h says
 * of the wire holds for the frames. The set is another matter: it is read in full, or refused, as
 * a field that is skipped would leave a policy that does something else.
 */
#ifndef L7_PURE_PUSH_H
#define L7_PURE_PUSH_H

#include "codec.h"
#include "svc_conf.h"

#define L7_PUSH_MAX		262144	/* bytes of a set */
#define L7_PUSH_PIECE		1024	/* bytes of each piece but the last: fits any packet */
#define L7_PUSH_PIECES		(L7_PUSH_MAX / L7_PUSH_PIECE)
#define L7_PUSH_TEXT_MAX	160
#define L7_PUSH_POLICIES_MAX	1024	/* in a set */

#define L7_WIRE_PUSH		24	/* without the piece */
#define L7_WIRE_PUSH_ANSWER	48	/* without the text */
#define L7_WIRE_PUSH_TAKE	16
#define L7_WIRE_SET		4	/* without its policies */
#define L7_WIRE_SET_POLICY	64	/* the least */
#define L7_WIRE_SET_MAX		8576	/* the most that a policy takes */

/** struct l7_push_piece - a part of a set of policies
 * @id: counts the pushes of an epoch, from 1
 * @index: which piece
 * @total: bytes of the set, 1..L7_PUSH_MAX
 * @sum: of the policies, as in HELLO
 * @len: bytes of this piece; follows from @index and @total
 * @p: they
 */
struct l7_push_piece {
	u32 id;
	u16 index;
	u32 total;
	u64 sum;
	u32 len;
	const u8 *p;
};

/** l7_push_pieces() - into how many pieces a set of @total bytes goes */
static inline u32 l7_push_pieces(u32 total)
{
	return (total + L7_PUSH_PIECE - 1) / L7_PUSH_PIECE;
}

/** l7_push_piece_len() - bytes of a piece */
static inline u32 l7_push_piece_len(u32 total, u32 index)
{
	u32 left = total - index * L7_PUSH_PIECE;

	return left < L7_PUSH_PIECE ? left : L7_PUSH_PIECE;
}

/** l7_push_piece_put() - write a whole frame; 0 if @cap is too small
 * @c: but for @len, which follows
 */
u32 l7_push_piece_put(const struct l7_push_piece *c, u8 *p, u32 cap);
/** l7_push_piece_get() - 0, or -EBADMSG; all that is told of the set fits together then */
int l7_push_piece_get(const struct l7_frame *f, struct l7_push_piece *c);

/* What became of a push at a peer. */
enum l7_push_status {
	L7_PUSH_SAME	= 1,	/* it had these policies */
	L7_PUSH_APPLIED	= 2,	/* it has them now */
	L7_PUSH_REFUSED	= 3,	/* it has those it had, unless L7_PUSH_PARTLY */
	L7_PUSH_ASKS	= 4,	/* it has all pieces; is that still to be taken over? */
};

/* Why it was refused; the text says more. */
enum l7_push_reason {
	L7_PUSH_MALFORMED = 1,	/* not a set of policies */
	L7_PUSH_UNKNOWN	= 2,	/* has something that this version does not know */
	L7_PUSH_INVALID	= 3,	/* a policy makes no sense */
	L7_PUSH_MEMORY	= 4,	/* no room for it */
	L7_PUSH_BUSY	= 5,	/* a push of its own is under way */
	L7_PUSH_SECRETS	= 6,	/* it was started with another cluster key */
	L7_PUSH_PARTLY	= 7,	/* something failed in the midst of it */
};

/** struct l7_push_answer - what a peer says of a push
 * @node: whom it is for
 * @epoch: that director's epoch
 * @id: of the push
 * @status: enum l7_push_status
 * @reason: enum l7_push_reason, 0 unless refused
 * @svc: whose policy was refused; af 0: no one in particular
 * @changes: policies that were added, changed or deleted
 * @token: with L7_PUSH_ASKS: what is to be repeated; never 0
 * @text: why it was refused: one line of ASCII
 */
struct l7_push_answer {
	u8 node;
	u8 status;
	u8 reason;
	u32 id;
	u64 epoch;
	struct l7_endpoint svc;
	u32 changes;
	u64 token;
	char text[L7_PUSH_TEXT_MAX + 1];
};

/** struct l7_push_take - that a peer is to take over what it has gathered
 * @node: whom it is for
 * @id: of the push
 * @token: of its question
 */
struct l7_push_take {
	u8 node;
	u32 id;
	u64 token;
};

/** l7_push_answer_put() - write a whole frame; 0 if @cap is too small */
u32 l7_push_answer_put(const struct l7_push_answer *a, u8 *p, u32 cap);
/** l7_push_answer_get() - 0, or -EBADMSG. What is not to be printed is exchanged, and a text
 * that is too long cut.
 */
int l7_push_answer_get(const struct l7_frame *f, struct l7_push_answer *a);

/** l7_push_take_put() - write a whole frame; 0 if @cap is too small */
u32 l7_push_take_put(const struct l7_push_take *t, u8 *p, u32 cap);
/** l7_push_take_get() - 0, or -EBADMSG */
int l7_push_take_get(const struct l7_frame *f, struct l7_push_take *t);

/* --- Sets --- */

/** struct l7_push_policy - a policy with all that it refers to */
struct l7_push_policy {
	struct l7_svc_conf conf;
	struct l7_steer_rule steer[L7_STEER_MAX];
	struct l7_route routes[L7_ROUTES_MAX];
};

/** l7_push_set_put() - begin a set of @n policies, at most L7_PUSH_POLICIES_MAX
 * Return: its bytes, 0 if @cap is too small
 */
u32 l7_push_set_put(u16 n, u8 *p, u32 cap);
/** l7_push_policy_put() - write a policy, one that passed l7_svc_conf_check()
 * Return: its bytes, 0 if @cap is too small
 */
u32 l7_push_policy_put(const struct l7_svc_conf *c, u8 *p, u32 cap);

/** l7_push_set_get() - begin to read a set
 * @n: out, how many policies follow: 1..L7_PUSH_POLICIES_MAX
 * @why: out, a sentence if it is refused
 * Return: 0, -EBADMSG, or -EOPNOTSUPP if this version cannot know what it says.
 */
int l7_push_set_get(struct l7_reader *r, u32 *n, const char **why);
/** l7_push_policy_get() - read the next policy
 * @out: its conf.id is that of the policy as soon as it is known; else af is 0
 * @why: out, a sentence if it is refused
 *
 * What is read is in bounds, and as netlink would give it; whether it makes sense is for
 * l7_svc_conf_check() to say. Two sets of bytes are never read as the same policy.
 *
 * Return: 0, -EBADMSG, or -EOPNOTSUPP if this version does not know something of it.
 */
int l7_push_policy_get(struct l7_reader *r, struct l7_push_policy *out, const char **why);

#endif /* L7_PURE_PUSH_H */
