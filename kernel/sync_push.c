// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that an operator hands to the peers: sending them, gathering those of a peer, taking
 * them over, and what is said of that. Owns run->push and struct l7_sync_peer.push, under
 * peers_lock. What the policies are, event.h's functions know.
 *
 * Taking over wants conf_lock, which whoever stops mirroring holds while he waits for the works.
 * So it has a work of its own, which tries to get it, and tries again.
 */
#include <linux/random.h>
#include "sync_priv.h"
#include "trace.h"

#define KEEP_MS		10000	/* a push that is not completed, or not confirmed */
#define BURST		16	/* pieces at once: others want to send, too, and links are slow */
#define BURST_MS	4	/* until the next */
#define OWED		3	/* what may be owed to a peer at once */
#define SOON_MS		100	/* a push is sent again each 300 */
#define AGAIN_MS	20	/* until conf_lock is tried once more */

static_assert(L7_PUSH_WHY_MAX == L7_PUSH_TEXT_MAX);

static const char pushes_its_own[] = "pushes its own policies";

static bool is_over(unsigned long began)
{
	return time_after(jiffies, began + msecs_to_jiffies(KEEP_MS));
}

static void kick(struct l7_sync_run *run, int todo)
{
	set_bit(todo, &run->todo);
	l7_sync_kick_tx(run);
}

/* --- Pushing --- */

static bool has_answered(const struct l7_sync_run *run, const struct l7_sync_peer *p)
{
	return p->push.answer.id == run->pushes;
}

/* Somebody accepts it, and has not answered; @silent: though he may be silent just now. */
static bool is_wanted_locked(const struct l7_sync_run *run, bool silent)
{
	const struct l7_sync_peer *p;
	u32 i;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (p && p->takes && !has_answered(run, p) &&
		    (silent || l7_peer_is_alive(p)))
			return true;
	}
	return false;
}

/* A frame with the next piece of what is pushed; false if there is none, or for nobody. */
static bool put_piece(struct l7_sync_run *run, struct l7_sync_packet *out)
{
	struct l7_push_piece c;
	struct l7_push_out *o;

	out->len = 0;
	spin_lock(&run->peers_lock);
	o = run->push;
	if (o && o->next < l7_push_pieces(o->total) && is_wanted_locked(run, false)) {
		c = (struct l7_push_piece) {
			.id = o->id, .index = (u16)o->next, .total = o->total,
			.sum = o->sum, .p = o->set + o->next * L7_PUSH_PIECE,
		};
		o->next++;
		out->len = l7_push_piece_put(&c, l7_sync_frames(out),
					     L7_SYNC_MTU_MIN);
	}
	spin_unlock(&run->peers_lock);
	return out->len;
}

static void send_pieces(struct l7_sync_run *run)
{
	struct l7_sync_packet *out = &run->live.out;
	u32 i;

	for (i = 0; i < BURST; i++) {
		if (!put_piece(run, out))
			return;
		l7_tx_send(run, out, L7_LANE_CONTROL);
	}
	if (!l7_sync_is_stopping(run))
		queue_delayed_work(run->wq, &run->pace, msecs_to_jiffies(BURST_MS));
}

void l7_push_pace(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(to_delayed_work(work),
					       struct l7_sync_run, pace);

	kick(run, L7_SYNC_TODO_PUSH);
}

static struct l7_push_out *pack(struct l7_sync_run *run, const char **why)
{
	struct l7_push_out *o;
	int len;

	o = kvmalloc(struct_size(o, set, L7_PUSH_MAX), GFP_KERNEL);
	if (!o)
		return ERR_PTR(-ENOMEM);
	len = l7_policy_pack(run->ln, o->set, L7_PUSH_MAX, why);
	if (len < 0) {
		kvfree(o);
		return ERR_PTR(len);
	}
	o->total = len;
	o->sum = l7_config_sum(run);
	o->began = jiffies;
	o->next = 0;
	return o;
}

/* What comes of a peer; @all: not only if it is too old. */
static void forget_in(struct l7_sync_run *run, u32 place, bool all)
{
	struct l7_push_in *old = NULL;
	struct l7_sync_peer *p;

	spin_lock(&run->peers_lock);
	p = run->peers[place];
	if (p && p->push.in && (all || is_over(p->push.in->began)))
		swap(old, p->push.in);
	spin_unlock(&run->peers_lock);
	kvfree(old);
}

/* What peers push is gathered anew, and refused while this goes on. */
static int begin(struct l7_sync_run *run, u32 by, const char **why)
{
	struct l7_push_out *o = pack(run, why), *old;
	u32 i;

	if (IS_ERR(o))
		return PTR_ERR(o);
	o->by = by;
	spin_lock(&run->peers_lock);
	o->id = ++run->pushes;
	old = run->push;
	run->push = o;
	spin_unlock(&run->peers_lock);
	kvfree(old);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		forget_in(run, i, true);
	l7_stat_inc(run->ln->stats, L7_C_SYNC_PUSH_TX);
	return 0;
}

/* All pieces once more, unless they are being sent. */
static int begin_again(struct l7_sync_run *run, u32 by, const char **why)
{
	struct l7_push_out *o;
	int err = 0;

	spin_lock(&run->peers_lock);
	o = run->push;
	if (o && o->by != by)
		err = -ESTALE;
	else if (o && o->next >= l7_push_pieces(o->total))
		o->next = 0;
	spin_unlock(&run->peers_lock);
	*why = "push: another one was begun meanwhile";
	return err;
}

int l7_sync_push(struct l7_net *ln, u32 by, bool again, const char **why)
{
	struct l7_sync_run *run = ln->sync->run;
	int err;

	*why = "sync: not running";
	if (!run)
		return -ENOENT;
	*why = "push: no peer accepts policies over plain text";
	if (run->conf.plaintext)
		return -EOPNOTSUPP;
	*why = NULL;
	err = again ? begin_again(run, by, why) : begin(run, by, why);
	if (!err)
		kick(run, L7_SYNC_TODO_PUSH);
	return err;
}

int l7_sync_push_end(struct l7_net *ln, u32 by, const char **why)
{
	struct l7_sync_run *run = ln->sync->run;
	struct l7_push_out *done = NULL;

	*why = "sync: not running";
	if (!run)
		return -ENOENT;
	spin_lock(&run->peers_lock);
	if (run->push && run->push->by == by)
		swap(done, run->push);
	spin_unlock(&run->peers_lock);
	kvfree(done);
	return 0;
}

/* It has all pieces. While nobody has said here that it did not answer, it is to take them. */
static void on_question(struct l7_sync_run *run, struct l7_sync_peer *p,
			const struct l7_push_answer *a)
{
	spin_lock(&run->peers_lock);
	p->push.take = run->push && run->push->id == a->id &&
		       !has_answered(run, p) ? a->token : 0;
	spin_unlock(&run->peers_lock);
	kick(run, L7_SYNC_TODO_PUSHED);
}

static bool is_final(const struct l7_push_answer *a)
{
	return a->status == L7_PUSH_SAME || a->status == L7_PUSH_APPLIED ||
	       a->status == L7_PUSH_REFUSED;
}

int l7_push_on_answer(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_frame *f)
{
	struct l7_push_out *done = NULL;
	struct l7_push_answer a;

	if (l7_push_answer_get(f, &a))
		return -EBADMSG;
	if (a.node != run->conf.node || a.epoch != run->epoch)
		return 0;
	if (a.status == L7_PUSH_ASKS) {
		on_question(run, p, &a);
		return 0;
	}
	spin_lock(&run->peers_lock);
	if (is_final(&a) && a.id && a.id == run->pushes && !has_answered(run, p))
		p->push.answer = a;
	if (!is_wanted_locked(run, true))
		swap(done, run->push);
	spin_unlock(&run->peers_lock);
	kvfree(done);
	return 0;
}

/* --- Gathering --- */

/* Each piece of a push may be answered, but a few answers tell. The tick sets it back. */
static bool may_repeat_locked(struct l7_sync_peer *p)
{
	bool may = !p->push.repeated;

	p->push.repeated = true;
	return may;
}

static void repeat(struct l7_sync_run *run, struct l7_sync_peer *p)
{
	spin_lock(&run->peers_lock);
	p->push.owed |= p->push.said.status && may_repeat_locked(p);
	spin_unlock(&run->peers_lock);
	kick(run, L7_SYNC_TODO_PUSHED);
}

/* Before it is taken over, for good. */
static void refuse(struct l7_sync_run *run, struct l7_sync_peer *p, u32 id,
		   u8 reason, const char *why)
{
	struct l7_push_answer a = {
		.id = id, .status = L7_PUSH_REFUSED, .reason = reason,
	};
	struct l7_push_in *in = NULL;

	strscpy(a.text, why, sizeof(a.text));
	spin_lock(&run->peers_lock);
	swap(in, p->push.in);
	p->push.said = a;
	p->push.owed = true;
	p->push.asks = false;
	spin_unlock(&run->peers_lock);
	kvfree(in);
	l7_stat_inc(run->ln->stats, L7_C_SYNC_PUSH_REFUSED);
	kick(run, L7_SYNC_TODO_PUSHED);
}

/* Is there room already? Or is it not to be made: for a push before the one that is being
 * gathered, or so soon behind it that nobody pushes it by hand; or that is being taken over.
 */
static bool needs_none(struct l7_sync_run *run, const struct l7_sync_peer *p, u32 id)
{
	const struct l7_push_in *in;
	bool none;

	spin_lock(&run->peers_lock);
	in = p->push.in;
	none = (s32)(id - p->push.said.id) <= 0;
	if (in)
		none = (s32)(id - in->id) <= 0 ||
		       time_before(jiffies, in->began + msecs_to_jiffies(SOON_MS));
	spin_unlock(&run->peers_lock);
	return none;
}

/* Room for the set that the piece is of; false without memory. One at a time. */
static bool make_room(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_push_piece *c)
{
	struct l7_push_in *in, *old;

	if (needs_none(run, p, c->id))
		return true;
	in = kvmalloc(struct_size(in, set, c->total),
		      GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
	if (in) {
		memset(in, 0, sizeof(*in));
		in->id = c->id;
		in->total = c->total;
		in->sum = c->sum;
		in->began = jiffies;
	}
	spin_lock(&run->peers_lock);
	old = p->push.in;
	p->push.in = in;
	spin_unlock(&run->peers_lock);
	kvfree(old);
	return in;
}

/* Two directors that push at the same time would exchange their policies. */
static bool is_pushing(struct l7_sync_run *run)
{
	bool pushes;

	spin_lock(&run->peers_lock);
	pushes = run->push && is_wanted_locked(run, false);
	spin_unlock(&run->peers_lock);
	return pushes;
}

/* The receiver alone adds pieces. But the set may be taken, or forgotten, by others.
 * Return: is it complete?
 */
static bool add_piece(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_push_piece *c)
{
	struct l7_push_in *in;
	bool whole = false;

	spin_lock(&run->peers_lock);
	in = p->push.in;
	if (in && in->id == c->id && in->total == c->total && in->sum == c->sum) {
		if (!__test_and_set_bit(c->index, in->got)) {
			memcpy(in->set + c->index * L7_PUSH_PIECE, c->p, c->len);
			in->have++;
		}
		whole = in->have == l7_push_pieces(in->total);
	}
	spin_unlock(&run->peers_lock);
	return whole;
}

/* Is what came whole still wanted? Pieces may have been held up on the way, or waited in
 * a buffer, until long after their sender said that nobody answered.
 */
static void ask(struct l7_sync_run *run, struct l7_sync_peer *p)
{
	struct l7_push_in *in;

	spin_lock(&run->peers_lock);
	in = p->push.in;
	if (in && !in->token) {
		in->token = get_random_u64() ?: 1;
		in->began = jiffies;
		p->push.asks = true;
	} else if (in && !in->wanted) {
		p->push.asks |= may_repeat_locked(p);
	}
	spin_unlock(&run->peers_lock);
	kick(run, L7_SYNC_TODO_PUSHED);
}

/* How many pushes after the last that was decided upon; negative: overtaken by it. */
static s32 since_said(struct l7_sync_run *run, const struct l7_sync_peer *p, u32 id)
{
	s32 since;

	spin_lock(&run->peers_lock);
	since = (s32)(id - p->push.said.id);
	spin_unlock(&run->peers_lock);
	return since;
}

int l7_push_on_policy(struct l7_sync_run *run, struct l7_sync_peer *p,
		      const struct l7_frame *f)
{
	struct l7_push_piece c;
	s32 since;

	if (l7_push_piece_get(f, &c))
		return -EBADMSG;
	if (!run->conf.accept_policies)
		return 0;
	since = since_said(run, p, c.id);
	if (since < 0)
		return 0;
	if (!since)
		repeat(run, p);
	else if (p->other_secrets)
		refuse(run, p, c.id, L7_PUSH_SECRETS, "was started with another cluster key");
	else if (!make_room(run, p, &c))
		refuse(run, p, c.id, L7_PUSH_MEMORY, "no memory");
	else if (!add_piece(run, p, &c))
		return 0;
	else if (is_pushing(run))
		refuse(run, p, c.id, L7_PUSH_BUSY, pushes_its_own);
	else
		ask(run, p);
	return 0;
}

int l7_push_on_take(struct l7_sync_run *run, struct l7_sync_peer *p,
		    const struct l7_frame *f)
{
	struct l7_push_in *in;
	struct l7_push_take t;
	bool wanted;

	if (l7_push_take_get(f, &t))
		return -EBADMSG;
	if (t.node != run->conf.node)
		return 0;
	spin_lock(&run->peers_lock);
	in = p->push.in;
	wanted = in && in->token && in->token == t.token && in->id == t.id;
	if (wanted)
		in->wanted = true;
	spin_unlock(&run->peers_lock);
	if (wanted)
		queue_delayed_work(run->wq, &run->take, 0);
	return 0;
}

void l7_push_inherit(struct l7_sync_run *run, struct l7_sync_peer *p,
		     const struct l7_sync_peer *old)
{
	spin_lock(&run->peers_lock);
	p->takes = old->takes;
	p->push.answer = old->push.answer;
	p->push.said = old->push.said;
	p->push.taken = old->push.taken;
	p->push.changes = old->push.changes;
	spin_unlock(&run->peers_lock);
}

/* --- Taking over --- */

/** struct whose - of which start of which peer */
struct whose {
	u8 node;
	u64 epoch;
};

/* The next set that is wanted, taken from its peer; NULL if there is none. */
static struct l7_push_in *next_set(struct l7_sync_run *run, struct whose *w)
{
	struct l7_push_in *in = NULL;
	struct l7_sync_peer *p;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; !in && i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		/* what came under a key that was taken away counts for nothing */
		if (!p || p->doubted || !p->push.in || !p->push.in->wanted ||
		    is_over(p->push.in->began))
			continue;
		swap(in, p->push.in);
		p->push.said = (struct l7_push_answer) { .id = in->id };
		p->push.owed = false;	/* of the one before */
		p->push.asks = false;
		*w = (struct whose) { .node = p->node, .epoch = p->epoch };
	}
	spin_unlock(&run->peers_lock);
	return in;
}

static u32 changes_of(const struct l7_pushed *out)
{
	return out->added + out->changed + out->deleted;
}

static void note(struct l7_sync_run *run, const struct whose *w, u32 id,
		 const struct l7_pushed *out)
{
	struct l7_push_answer a = {
		.id = id, .changes = changes_of(out), .reason = out->reason,
		.status = out->reason ? L7_PUSH_REFUSED :
			  changes_of(out) ? L7_PUSH_APPLIED : L7_PUSH_SAME,
	};
	struct l7_sync_peer *p;

	if (out->reason) {
		a.svc = out->svc;
		strscpy(a.text, out->why, sizeof(a.text));
	}
	spin_lock(&run->peers_lock);
	p = l7_peer_find(run, w->node);
	if (p && p->epoch == w->epoch) {
		/* unless a later one was refused meanwhile */
		if (p->push.said.id == id) {
			p->push.said = a;
			p->push.owed = true;
		}
		p->push.taken += !out->reason || a.changes;
		if (!out->reason || a.changes)
			p->push.changes = a.changes;
	}
	spin_unlock(&run->peers_lock);
	l7_stat_inc(run->ln->stats, out->reason ? L7_C_SYNC_PUSH_REFUSED :
						  L7_C_SYNC_PUSH_RX);
	l7_stat_add(run->ln->stats, L7_C_SYNC_POLICIES, a.changes);
}

static void take_over(struct l7_sync_run *run, const struct whose *w,
		      const struct l7_push_in *in)
{
	struct l7_pushed out = {};

	if (is_pushing(run)) {
		out.reason = L7_PUSH_BUSY;
		out.why = pushes_its_own;
	} else {
		l7_policy_apply(run->ln, in->set, in->total, in->sum, &out);
	}
	note(run, w, in->id, &out);
	trace_l7_sync_push(w->node, in->id, &out);
}

void l7_push_work(struct work_struct *work)
{
	struct l7_sync_run *run = container_of(to_delayed_work(work),
					       struct l7_sync_run, take);
	struct l7_push_in *in;
	struct whose w;

	if (!mutex_trylock(&run->ln->conf_lock)) {
		if (!l7_sync_is_stopping(run))
			queue_delayed_work(run->wq, &run->take,
					   msecs_to_jiffies(AGAIN_MS));
		return;
	}
	/* one at a time: others want the lock, and peers may send faster than this takes */
	in = next_set(run, &w);
	if (in)
		take_over(run, &w, in);
	mutex_unlock(&run->ln->conf_lock);
	if (in && !l7_sync_is_stopping(run))
		queue_delayed_work(run->wq, &run->take, 1);
	kvfree(in);
	set_bit(L7_SYNC_TODO_PUSHED, &run->todo);
	l7_sync_hello_soon(run);
}

/* --- Answering --- */

static u32 put_answer_locked(const struct l7_sync_peer *p, struct l7_push_answer a, u8 *frames)
{
	a.node = p->node;
	a.epoch = p->epoch;
	return l7_push_answer_put(&a, frames, L7_SYNC_MTU_MIN);
}

static u32 put_question_locked(const struct l7_sync_peer *p, u8 *frames)
{
	const struct l7_push_in *in = p->push.in;
	struct l7_push_answer a = { .status = L7_PUSH_ASKS };

	if (!in || !in->token)
		return 0;
	a.id = in->id;
	a.token = in->token;
	return put_answer_locked(p, a, frames);
}

static u32 put_take_locked(const struct l7_sync_run *run, const struct l7_sync_peer *p,
			   u8 *frames)
{
	const struct l7_push_take t = {
		.node = p->node, .id = run->pushes, .token = p->push.take,
	};

	return run->push && t.token ? l7_push_take_put(&t, frames, L7_SYNC_MTU_MIN) : 0;
}

/* The next that is owed to the peer at @place. */
static bool put_answer(struct l7_sync_run *run, u32 place, struct l7_sync_packet *out)
{
	u8 *frames = l7_sync_frames(out);
	struct l7_sync_peer *p;

	out->len = 0;
	spin_lock(&run->peers_lock);
	p = run->peers[place];
	if (p && p->push.owed) {
		out->len = put_answer_locked(p, p->push.said, frames);
		p->push.owed = false;
	} else if (p && p->push.asks) {
		out->len = put_question_locked(p, frames);
		p->push.asks = false;
	}
	if (p && !out->len) {
		out->len = put_take_locked(run, p, frames);
		p->push.take = 0;
	}
	spin_unlock(&run->peers_lock);
	return out->len;
}

static void send_answers(struct l7_sync_run *run)
{
	struct l7_sync_packet *out = &run->live.out;
	u32 i, n;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		for (n = 0; n < OWED && put_answer(run, i, out); n++)
			l7_tx_send(run, out, L7_LANE_CONTROL);
}

void l7_push_send(struct l7_sync_run *run)
{
	if (test_and_clear_bit(L7_SYNC_TODO_PUSHED, &run->todo))
		send_answers(run);
	if (test_and_clear_bit(L7_SYNC_TODO_PUSH, &run->todo))
		send_pieces(run);
}

/* --- Listing --- */

void l7_push_fill(const struct l7_sync_run *run, const struct l7_sync_peer *p,
		  struct l7_push_info *i)
{
	const struct l7_push_answer *a = &p->push.answer;

	i->accepts = p->takes;
	i->taken = p->push.taken;
	i->taken_changes = p->push.changes;
	if (!a->id || !has_answered(run, p))
		return;
	i->status = a->status;
	i->reason = a->reason;
	i->svc = a->svc;
	i->changes = a->changes;
	strscpy(i->why, a->text, sizeof(i->why));
}

/* --- Forgetting --- */

static void let_repeat(struct l7_sync_run *run)
{
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i])
			run->peers[i]->push.repeated = false;
	spin_unlock(&run->peers_lock);
}

void l7_push_tick(struct l7_sync_run *run)
{
	struct l7_push_out *old = NULL;
	u32 i;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		forget_in(run, i, false);
	let_repeat(run);
	spin_lock(&run->peers_lock);
	if (run->push && is_over(run->push->began))
		swap(old, run->push);
	spin_unlock(&run->peers_lock);
	kvfree(old);
}
