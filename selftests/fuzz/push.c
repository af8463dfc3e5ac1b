// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: a set of policies as a peer pushes it. What is read is in bounds, was written by
 * those bytes alone, and can be judged; what is judged to make sense is written and read again
 * as the same. The first byte chooses an alignment; of the rest, the frames of pushes are
 * looked for as well.
 */
#include "fuzz.h"
#include "pure/push.h"

static bool is_text(const char *s, u32 n)
{
	return !memchr(s, 0, n);
}

static void require_bounds(const struct l7_push_policy *y)
{
	const struct l7_svc_conf *c = &y->conf;
	u32 i;

	REQUIRE(c->id.af == AF_INET || c->id.af == AF_INET6);
	REQUIRE(c->id.proto == IPPROTO_TCP || c->id.proto == IPPROTO_UDP);
	REQUIRE(c->nrules <= L7_RULES_MAX && c->nsteer <= L7_STEER_MAX &&
		c->nroutes <= L7_ROUTES_MAX);
	REQUIRE(memchr(c->group, 0, sizeof(c->group)));
	for (i = 0; i < c->nrules; i++) {
		const struct l7_rule *r = &c->rules[i];

		REQUIRE(r->sel.name_len <= L7_COOKIE_NAME_MAX &&
			r->attr_len <= L7_COOKIE_ATTR_MAX);
		REQUIRE(is_text(r->sel.name, r->sel.name_len) && is_text(r->attr, r->attr_len));
		REQUIRE(r->responses >= 1 && r->responses <= L7_RESPONSES_MAX);
		REQUIRE(!(r->flags & ~(L7_RULE_REQUIRE | L7_RULE_LEARN | L7_RULE_ROUTE)));
	}
	for (i = 0; i < c->nsteer; i++) {
		REQUIRE(c->steer[i].len <= L7_STEER_PATTERN_MAX &&
			c->steer[i].field.name_len <= L7_COOKIE_NAME_MAX);
		REQUIRE(is_text(c->steer[i].pattern, c->steer[i].len));
	}
	for (i = 0; i < c->nroutes; i++)
		REQUIRE(c->routes[i].len <= L7_ROUTE_NAME_MAX &&
			is_text(c->routes[i].name, c->routes[i].len));
}

static void require_same(struct l7_push_policy *a, struct l7_push_policy *b)
{
	a->conf.steer = b->conf.steer = NULL;
	a->conf.routes = b->conf.routes = NULL;
	REQUIRE(!memcmp(a, b, sizeof(*a)));
}

/* Returns the bytes of the policy, 0 if it was refused. */
static u32 policy(struct l7_reader *r)
{
	static struct l7_push_policy y, again;
	const char *why = NULL;
	const u8 *at = r->p;
	struct l7_reader back;
	u32 len;
	u8 *p;

	if (l7_push_policy_get(r, &y, &why)) {
		REQUIRE(why);
		return 0;
	}
	len = (u32)(r->p - at);
	REQUIRE(len >= L7_WIRE_SET_POLICY && len <= L7_WIRE_SET_MAX);
	require_bounds(&y);
	p = malloc(len);
	REQUIRE(p && !l7_push_policy_put(&y.conf, p, len - 1));
	REQUIRE(l7_push_policy_put(&y.conf, p, len) == len);
	REQUIRE(!memcmp(p, at, len));
	if (!l7_svc_conf_check(&y.conf)) {
		back = (struct l7_reader){ .p = p, .len = len };
		REQUIRE(!l7_push_policy_get(&back, &again, &why) && !back.len);
		require_same(&again, &y);
	}
	free(p);
	return len;
}

static void piece(const struct l7_frame *f)
{
	struct l7_push_piece c, again;
	struct l7_reader r;
	struct l7_frame back;
	u32 room;
	u8 *p;

	if (l7_push_piece_get(f, &c))
		return;
	REQUIRE(c.id && c.total && c.total <= L7_PUSH_MAX && c.len && c.len <= L7_PUSH_PIECE);
	REQUIRE(c.index * L7_PUSH_PIECE + c.len <= c.total);
	REQUIRE(c.p >= f->body && c.p + c.len <= f->body + f->len);
	room = L7_WIRE_FRAME + L7_WIRE_PUSH + c.len;
	p = malloc(room);
	REQUIRE(p && !l7_push_piece_put(&c, p, room - 1));
	REQUIRE(l7_push_piece_put(&c, p, room) == room);
	r = (struct l7_reader){ .p = p, .len = room };
	REQUIRE(l7_codec_frame_next(&r, &back) == 1 && back.type == L7_FRAME_POLICY);
	REQUIRE(!l7_push_piece_get(&back, &again));
	REQUIRE(again.id == c.id && again.index == c.index && again.total == c.total &&
		again.sum == c.sum && again.len == c.len && !memcmp(again.p, c.p, c.len));
	free(p);
}

static void answer(const struct l7_frame *f)
{
	struct l7_push_answer a, again;
	struct l7_reader r;
	struct l7_frame back;
	u32 room, i;
	u8 *p;

	memset(&a, 0, sizeof(a));
	memset(&again, 0, sizeof(again));
	if (l7_push_answer_get(f, &a))
		return;
	REQUIRE(strlen(a.text) <= L7_PUSH_TEXT_MAX);
	for (i = 0; a.text[i]; i++)
		REQUIRE(a.text[i] >= ' ' && a.text[i] <= '~');
	room = L7_WIRE_FRAME + L7_WIRE_PUSH_ANSWER + (u32)strlen(a.text);
	p = malloc(room);
	REQUIRE(p && !l7_push_answer_put(&a, p, room - 1));
	REQUIRE(l7_push_answer_put(&a, p, room) == room);
	r = (struct l7_reader){ .p = p, .len = room };
	REQUIRE(l7_codec_frame_next(&r, &back) == 1 && back.type == L7_FRAME_POLICY_ANSWER);
	REQUIRE(!l7_push_answer_get(&back, &again));
	REQUIRE(!memcmp(&a, &again, sizeof(a)));
	free(p);
}

static void take(const struct l7_frame *f)
{
	u8 p[L7_WIRE_FRAME + L7_WIRE_PUSH_TAKE];
	struct l7_push_take t, again;
	struct l7_reader r;
	struct l7_frame back;

	if (l7_push_take_get(f, &t))
		return;
	REQUIRE(l7_push_take_put(&t, p, sizeof(p)) == sizeof(p));
	r = (struct l7_reader){ .p = p, .len = sizeof(p) };
	REQUIRE(l7_codec_frame_next(&r, &back) == 1 && back.type == L7_FRAME_POLICY_TAKE);
	REQUIRE(!l7_push_take_get(&back, &again));
	REQUIRE(again.node == t.node && again.id == t.id && again.token == t.token);
}

static void frames(const u8 *p, u32 len)
{
	struct l7_reader r = { .p = p, .len = len };
	struct l7_frame f;

	while (l7_codec_frame_next(&r, &f) > 0) {
		piece(&f);
		answer(&f);
		take(&f);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in head = { data, len };
	struct fuzz_bytes b;
	struct l7_reader r;
	const char *why;
	u32 n, i;

	i = fuzz_u8(&head) % 8;
	if (head.len > FUZZ_ROOM)
		return 0;
	fuzz_place(&b, head.p, head.len, i);
	frames(b.p, (u32)b.len);
	r = (struct l7_reader){ .p = b.p, .len = (u32)b.len };
	if (l7_push_set_get(&r, &n, &why))
		return 0;
	REQUIRE(n && n <= L7_PUSH_POLICIES_MAX);
	for (i = 0; i < n && policy(&r); i++)
		;
	REQUIRE(r.p + r.len == b.p + b.len);
	return 0;
}
