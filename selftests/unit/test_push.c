// SPDX-License-Identifier: GPL-2.0
/* Policies that a director hands to its peers: the set as bytes, and the frames with it. */
#include <arpa/inet.h>
#include "unit.h"
#include "pure/push.h"

static const char *why;

/* --- Golden --- */

/* the second of two pieces */
static const u8 golden_piece[] = {
	/* POLICY */
	0x18, 0x00, 0x00, 0x1b,
	/* push */
	0x00, 0x00, 0x00, 0x07,
	/* piece, pieces */
	0x00, 0x01, 0x00, 0x02,
	/* bytes of the set, reserved */
	0x00, 0x00, 0x04, 0x03, 0x00, 0x00, 0x00, 0x00,
	/* sum */
	0xde, 0xad, 0xbe, 0xef, 0xca, 0xfe, 0xf0, 0x0d,
	/* bytes of the piece */
	0x61, 0x62, 0x63,
};

static const u8 golden_answer[] = {
	/* POLICY_ANSWER */
	0x19, 0x00, 0x00, 0x3c,
	/* node, status, reason, bytes of the text */
	0x02, 0x03, 0x03, 0x0c,
	/* push */
	0x00, 0x00, 0x00, 0x07,
	/* epoch */
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	/* IPv4, TCP, port 80 */
	0x04, 0x06, 0x00, 0x50,
	/* 192.0.2.1 */
	0xc0, 0x00, 0x02, 0x01, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* changes */
	0x00, 0x00, 0x00, 0x02,
	/* token */
	0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
	/* text */
	't', 'r', 'i', 'e', 's', ':', ' ', '1', '.', '.', ' ', '8',
};

static const u8 golden_take[] = {
	/* POLICY_TAKE */
	0x1a, 0x00, 0x00, 0x10,
	/* node, reserved */
	0x02, 0x00, 0x00, 0x00,
	/* push */
	0x00, 0x00, 0x00, 0x07,
	/* token */
	0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
};

static const u8 golden_set[] = {
	/* format, reserved, policies */
	0x01, 0x00, 0x00, 0x01,
	/* bytes of the policy; IPv6, TCP, port 8080 */
	0x00, 0x9f, 0x06, 0x06, 0x1f, 0x90,
	/* tries, rules, steering rules, routes, bytes of the group's name, reserved */
	0x03, 0x02, 0x02, 0x01, 0x03, 0x00,
	/* flags: rebind, accept-proxy, send-proxy, mirror, semi-sync */
	0x00, 0x00, 0x00, 0x2f,
	/* 2001:db8::1 */
	0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
	/* timeout, max-lifetime, prebind */
	0x00, 0x00, 0x0e, 0x10, 0x00, 0x01, 0x51, 0x80, 0x00, 0x00, 0x00, 0x3c,
	/* inspect, silent, connect */
	0x00, 0x00, 0x0b, 0xb8, 0x00, 0x00, 0x02, 0x58, 0x00, 0x00, 0x03, 0xe8,
	/* max-request, flow-timeout */
	0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x03, 0x84,
	/* group */
	'w', 'e', 'b',
	/* cookie; route; 4 responses; wildcard; name 2, attributes 0; offset 1, length 5 */
	0x02, 0x00, 0x04, 0x04, 0x01, 0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x05,
	'S', 'I',
	/* cookie-insert; 1 response; name 1, attributes 6 */
	0x0d, 0x00, 0x00, 0x01, 0x00, 0x01, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00,
	'T', 'p', 'a', 't', 'h', '=', '/',
	/* header, prefix, to fwmark 9, pattern 2, name 4 */
	0x06, 0x01, 0x02, 0x02, 0x00, 0x00, 0x00, 0x09, 0x04, 0x00, 0x00, 0x00,
	'X', '-', 'T', 'o', 'a', 'b',
	/* any, exact, to reset */
	0x01, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* route: IPv6, TCP, no port, name 5 */
	0x06, 0x06, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00,
	/* 2001:db8::a */
	0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a,
	'n', 'o', 'd', 'e', '1',
};

static void set_rule(struct l7_rule *r, u8 type, const char *name)
{
	memset(r, 0, sizeof(*r));
	r->type = type;
	r->responses = 1;
	r->sel.name_len = (u8)strlen(name);
	memcpy(r->sel.name, name, r->sel.name_len);
}

static void golden_policy(struct l7_push_policy *y)
{
	memset(y, 0, sizeof(*y));
	y->conf = (struct l7_svc_conf){
		.id = { .af = AF_INET6, .proto = IPPROTO_TCP, .port = htons(8080) },
		.timeout = 3600, .max_lifetime = 86400, .prebind_s = 60,
		.inspect_ms = 3000, .silent_s = 600, .connect_ms = 1000, .tries = 3,
		.max_request = 16384, .flow_timeout = 900, .group = "web",
		.rebind_drained = true, .accept_proxy = true, .send_proxy = true,
		.mirror = true, .semi = true, .nrules = 2, .nsteer = 2, .nroutes = 1,
		.steer = y->steer, .routes = y->routes,
	};
	inet_pton(AF_INET6, "2001:db8::1", &y->conf.id.addr);
	set_rule(&y->conf.rules[0], L7_KEY_COOKIE, "SI");
	y->conf.rules[0].flags = L7_RULE_ROUTE;
	y->conf.rules[0].responses = 4;
	y->conf.rules[0].sel.wildcard = true;
	y->conf.rules[0].sel.offset = 1;
	y->conf.rules[0].sel.length = 5;
	set_rule(&y->conf.rules[1], L7_KEY_COOKIE_INSERT, "T");
	y->conf.rules[1].attr_len = 6;
	memcpy(y->conf.rules[1].attr, "path=/", 6);
	y->steer[0] = (struct l7_steer_rule){
		.match = L7_STEER_HEADER, .how = L7_STEER_PREFIX, .mark = 9,
		.target = L7_STEER_TO_FWMARK, .len = 2, .pattern = "ab",
		.field = { .name = "X-To", .name_len = 4 },
	};
	y->steer[1] = (struct l7_steer_rule){
		.match = L7_STEER_ANY, .target = L7_STEER_TO_RESET,
	};
	y->routes[0] = (struct l7_route){
		.server = { .af = AF_INET6, .proto = IPPROTO_TCP }, .len = 5, .name = "node1",
	};
	inet_pton(AF_INET6, "2001:db8::a", &y->routes[0].server.addr);
}

static struct l7_frame frame_of(const u8 *p, u32 len)
{
	return (struct l7_frame){ .type = p[0], .len = len - L7_WIRE_FRAME,
				  .body = p + L7_WIRE_FRAME };
}

static void piece(void)
{
	struct l7_frame f = frame_of(golden_piece, sizeof(golden_piece));
	struct l7_push_piece c = { .id = 7, .index = 1, .total = 1027,
				   .sum = 0xdeadbeefcafef00d, .p = (const u8 *)"abc" }, got;
	u8 buf[sizeof(golden_piece)];

	CHECK_EQ(l7_push_piece_put(&c, buf, sizeof(buf) - 1), 0);
	CHECK_EQ(l7_push_piece_put(&c, buf, sizeof(buf)), sizeof(buf));
	CHECK_MEM(buf, golden_piece, sizeof(buf));
	CHECK(!l7_push_piece_get(&f, &got));
	CHECK(got.id == 7 && got.index == 1 && got.total == 1027 && got.sum == c.sum &&
	      got.len == 3 && !memcmp(got.p, "abc", 3));
}

static void answer(void)
{
	struct l7_frame f = frame_of(golden_answer, sizeof(golden_answer));
	struct l7_push_answer a = { .node = 2, .status = L7_PUSH_REFUSED,
				    .reason = L7_PUSH_INVALID, .id = 7,
				    .epoch = 0x0102030405060708, .changes = 2,
				    .token = 0x1112131415161718,
				    .svc = { .af = AF_INET, .proto = IPPROTO_TCP,
					     .port = htons(80) },
				    .text = "tries: 1.. 8" }, got;
	u8 buf[sizeof(golden_answer)];

	inet_pton(AF_INET, "192.0.2.1", &a.svc.addr);
	memset(&got, 0, sizeof(got));
	CHECK_EQ(l7_push_answer_put(&a, buf, sizeof(buf) - 1), 0);
	CHECK_EQ(l7_push_answer_put(&a, buf, sizeof(buf)), sizeof(buf));
	CHECK_MEM(buf, golden_answer, sizeof(buf));
	CHECK(!l7_push_answer_get(&f, &got));
	CHECK_MEM(&got, &a, sizeof(a));
}

static void take(void)
{
	struct l7_frame f = frame_of(golden_take, sizeof(golden_take));
	struct l7_push_take t = { .node = 2, .id = 7, .token = 0x1112131415161718 }, got;
	u8 buf[sizeof(golden_take)];
	u32 len;

	CHECK_EQ(l7_push_take_put(&t, buf, sizeof(buf) - 1), 0);
	CHECK_EQ(l7_push_take_put(&t, buf, sizeof(buf)), sizeof(buf));
	CHECK_MEM(buf, golden_take, sizeof(buf));
	CHECK(!l7_push_take_get(&f, &got));
	CHECK(got.node == 2 && got.id == 7 && got.token == t.token);
	for (len = 0; len < sizeof(golden_take) - L7_WIRE_FRAME; len++) {
		f = (struct l7_frame){ .len = len,
				       .body = unit_flush(golden_take + L7_WIRE_FRAME, len) };
		CHECK_EQ(l7_push_take_get(&f, &got), -EBADMSG);
	}
}

/* What is no text is shown as such, and what is too long cut. */
static void answer_text(void)
{
	u8 buf[L7_WIRE_FRAME + L7_WIRE_PUSH_ANSWER + 255];
	struct l7_frame f = { .type = L7_FRAME_POLICY_ANSWER, .body = buf + L7_WIRE_FRAME,
			      .len = sizeof(buf) - L7_WIRE_FRAME };
	struct l7_push_answer got;
	u32 i;

	memset(buf, 0, sizeof(buf));
	buf[L7_WIRE_FRAME + 3] = 255;
	for (i = 0; i < 255; i++)
		buf[L7_WIRE_FRAME + L7_WIRE_PUSH_ANSWER + i] = (u8)i;
	CHECK(!l7_push_answer_get(&f, &got));
	CHECK_EQ(strlen(got.text), L7_PUSH_TEXT_MAX);
	CHECK(got.text[10] == '?' && got.text[' '] == ' ' && got.text['~'] == '~' &&
	      got.text[127] == '?' && got.text[159] == '?');
}

static void set(void)
{
	struct l7_reader r = { .p = golden_set, .len = sizeof(golden_set) };
	static struct l7_push_policy y, got;
	u8 buf[sizeof(golden_set)];
	u32 len, n;

	golden_policy(&y);
	CHECK(!l7_svc_conf_check(&y.conf));
	CHECK_EQ(l7_push_set_put(1, buf, 3), 0);
	len = l7_push_set_put(1, buf, sizeof(buf));
	CHECK_EQ(len, L7_WIRE_SET);
	CHECK_EQ(l7_push_policy_put(&y.conf, buf + len, sizeof(buf) - len - 1), 0);
	len += l7_push_policy_put(&y.conf, buf + len, sizeof(buf) - len);
	CHECK_EQ(len, sizeof(golden_set));
	CHECK_MEM(buf, golden_set, sizeof(buf));
	CHECK(!l7_push_set_get(&r, &n, &why) && n == 1);
	CHECK(!l7_push_policy_get(&r, &got, &why) && !r.len);
	got.conf.steer = y.conf.steer;
	got.conf.routes = y.conf.routes;
	CHECK_MEM(&got, &y, sizeof(y));
}

/* --- Frames that make no sense --- */

static void malformed_frames(void)
{
	static const struct {
		u32 at;
		u8 v;
	} bad[] = {
		{ 3, 0 },	/* no push */
		{ 5, 2 },	/* a piece too many */
		{ 7, 3 },	/* another number of pieces than there are */
		{ 9, 4 },	/* more than a set can have */
		{ 11, 4 },	/* a longer piece than there is */
	};
	u8 buf[sizeof(golden_answer)];
	struct l7_push_answer a;
	struct l7_push_piece c;
	struct l7_frame f;
	u32 len, i;

	for (len = 0; len < sizeof(golden_piece) - L7_WIRE_FRAME; len++) {
		f = (struct l7_frame){ .len = len,
				       .body = unit_flush(golden_piece + L7_WIRE_FRAME, len) };
		CHECK_EQ(l7_push_piece_get(&f, &c), -EBADMSG);
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		memcpy(buf, golden_piece, sizeof(golden_piece));
		buf[L7_WIRE_FRAME + bad[i].at] = bad[i].v;
		f = frame_of(buf, sizeof(golden_piece));
		UNIT_ROW("byte %u", bad[i].at);
		CHECK_EQ(l7_push_piece_get(&f, &c), -EBADMSG);
	}
	UNIT_ROW("answers");
	for (len = 0; len < sizeof(golden_answer) - L7_WIRE_FRAME; len++) {
		f = (struct l7_frame){ .len = len,
				       .body = unit_flush(golden_answer + L7_WIRE_FRAME, len) };
		CHECK_EQ(l7_push_answer_get(&f, &a), -EBADMSG);
	}
	memcpy(buf, golden_answer, sizeof(buf));
	buf[L7_WIRE_FRAME + 16] = 5;
	f = frame_of(buf, sizeof(buf));
	CHECK_EQ(l7_push_answer_get(&f, &a), -EBADMSG);
}

/* Pieces tile the set, whatever its size, and each fits into the least packet. */
static void pieces(void)
{
	static u8 set[L7_PUSH_MAX];
	static const u32 totals[] = { 1, 1023, 1024, 1025, 2048, 100000, L7_PUSH_MAX - 1,
				      L7_PUSH_MAX };
	u8 buf[1280 - 48 - 40];
	struct l7_push_piece c, got;
	struct l7_frame f;
	u32 i, k, sum, len;

	for (k = 0; k < UNIT_SIZE(totals); k++) {
		UNIT_ROW("%u bytes", totals[k]);
		sum = 0;
		for (i = 0; i < l7_push_pieces(totals[k]); i++) {
			c = (struct l7_push_piece){ .id = 1, .index = (u16)i,
						    .total = totals[k],
						    .p = set + i * L7_PUSH_PIECE };
			len = l7_push_piece_put(&c, buf, sizeof(buf));
			CHECK(len);
			f = frame_of(buf, len);
			CHECK(!l7_push_piece_get(&f, &got));
			CHECK(got.index == i && got.total == totals[k]);
			sum += got.len;
		}
		CHECK_EQ(sum, totals[k]);
		CHECK(l7_push_pieces(totals[k]) <= L7_PUSH_PIECES);
	}
}

/* --- Sets at random --- */

static u64 state;

static u32 below(u32 n)
{
	return unit_below(&state, n);
}

static bool coin(void)
{
	return below(2);
}

static u8 text(char *out, u32 min, u32 max)
{
	static const char of[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789_-";
	u32 n = min + below(below(4) ? (max - min) / 8 + 1 : max - min + 1), i;

	for (i = 0; i < n; i++)
		out[i] = of[below(sizeof(of) - 1)];
	return (u8)n;
}

static void address(struct l7_endpoint *ep, u8 af)
{
	u8 *p = (u8 *)&ep->addr;
	u32 i;

	ep->af = af;
	for (i = 0; i < (af == AF_INET ? 4 : 16); i++)
		p[i] = (u8)(1 + below(255));
}

static void rule(struct l7_rule *r, u8 af)
{
	static const u8 types[] = {
		L7_KEY_SRC, L7_KEY_COOKIE, L7_KEY_TLS_SESSION, L7_KEY_TLS_TICKET, L7_KEY_URL,
		L7_KEY_HEADER, L7_KEY_PATH_HASH, L7_KEY_RDP, L7_KEY_MQTT, L7_KEY_PAYLOAD,
		L7_KEY_PAYLOAD_LV, L7_KEY_COOKIE_INSERT, L7_KEY_COOKIE_REWRITE,
	};
	u32 t;

	memset(r, 0, sizeof(*r));
	r->type = types[below(sizeof(types))];
	r->responses = 1;
	t = l7_key_takes(r->type);
	if (r->type == L7_KEY_SRC)
		r->prefix = (u8)(1 + below(af == AF_INET ? 32 : 128));
	else if (t & L7_TAKES_PREFIX)
		r->prefix = (u8)(1 << below(3));
	if (t & L7_TAKES_NAME)
		r->sel.name_len = text(r->sel.name, 1, t & L7_TAKES_ATTR ? L7_INSERT_NAME_MAX :
							    L7_COOKIE_NAME_MAX);
	if (t & L7_TAKES_NAME && t & L7_TAKES_PART)
		r->sel.wildcard = coin();
	if (t & L7_TAKES_OFFSET)
		r->sel.offset = (u16)below(200);
	if (t & L7_TAKES_LENGTH)
		r->sel.length = (u16)(1 + below(200));
	if (t & L7_TAKES_ATTR)
		r->attr_len = text(r->attr, 0, L7_COOKIE_ATTR_MAX);
	if (t & L7_TAKES_RESPONSES)
		r->responses = (u8)(1 + below(L7_RESPONSES_MAX));
	if (t & L7_TAKES_ROUTE && coin())
		r->flags |= L7_RULE_ROUTE;
	if (r->type != L7_KEY_SRC && !l7_key_is_token(r) && coin())
		r->flags |= L7_RULE_REQUIRE;
	if (t == (L7_TAKES_NAME | L7_TAKES_PART) && coin())
		r->flags |= L7_RULE_LEARN;
}

static void steer(struct l7_steer_rule *r)
{
	memset(r, 0, sizeof(*r));
	r->match = (u8)(L7_STEER_SNI + below(5));
	r->target = (u8)(L7_STEER_TO_SERVICE + below(3));
	if (r->target == L7_STEER_TO_FWMARK)
		r->mark = 1 + below(1000);
	if (r->match == L7_STEER_HEADER) {
		r->field.name_len = text(r->field.name, 1, L7_COOKIE_NAME_MAX);
		r->how = (u8)below(2);
	}
	r->len = text(r->pattern, 1, r->match == L7_STEER_SNI ? 60 : L7_STEER_PATTERN_MAX);
	if (r->match == L7_STEER_PATH) {
		r->how = (u8)below(3);
		r->pattern[0] = '/';
	}
}

static void some(struct l7_push_policy *y)
{
	struct l7_svc_conf *c = &y->conf;
	bool udp = !below(8);
	u32 i;

	memset(y, 0, sizeof(*y));
	address(&c->id, coin() ? AF_INET : AF_INET6);
	c->id.proto = udp ? IPPROTO_UDP : IPPROTO_TCP;
	c->id.port = htons((u16)(8000 + below(1000)));
	c->timeout = 1 + below(L7_SVC_TIMEOUT_MAX);
	c->max_lifetime = coin() ? below(L7_SVC_TIMEOUT_MAX) : 0;
	c->inspect_ms = 100 + below(59900);
	c->silent_s = 1 + below(3600);
	c->connect_ms = 50 + below(29950);
	c->tries = (u8)(1 + below(8));
	c->max_request = 512 + below(65024);
	c->flow_timeout = 1 + below(L7_SVC_TIMEOUT_MAX);
	if (coin())
		text(c->group, 1, L7_GROUP_NAME_MAX);
	c->rebind_drained = coin();
	c->mirror = udp || coin();
	if (udp)
		return;
	c->ftp = !below(8);
	c->accept_proxy = !c->ftp && coin();
	c->send_proxy = !c->ftp && coin();
	c->nrules = c->ftp ? 0 : (u8)below(L7_RULES_MAX + 1);
	for (i = 0; i < c->nrules; i++)
		rule(&c->rules[i], c->id.af);
	c->nsteer = c->ftp || coin() ? 0 : (u8)below(L7_STEER_MAX + 1);
	for (i = 0; i < c->nsteer; i++)
		steer(&y->steer[i]);
	if (c->nsteer)
		c->steer = y->steer;
	c->nroutes = coin() ? (u8)below(L7_ROUTES_MAX + 1) : 0;
	for (i = 0; i < c->nroutes; i++) {
		address(&y->routes[i].server, c->id.af);
		y->routes[i].server.proto = IPPROTO_TCP;
		y->routes[i].server.port = coin() ? htons((u16)below(65536)) : 0;
		y->routes[i].len = text(y->routes[i].name, 1, L7_ROUTE_NAME_MAX);
	}
	if (c->nroutes)
		c->routes = y->routes;
	c->semi = l7_svc_conf_needs_payload(c) && coin();
	c->prebind_s = coin() ? below(3600) : 0;
}

/* One that makes sense. Returns how many did not. */
static u32 valid(struct l7_push_policy *y)
{
	u32 n = 0;

	some(y);
	while (l7_svc_conf_check(&y->conf)) {
		n++;
		some(y);
	}
	return n;
}

/* Read again it is the same, field by field, and the same bytes. */
static void survives(void)
{
	static struct l7_push_policy y, got;
	static u8 buf[L7_WIRE_SET_MAX], again[L7_WIRE_SET_MAX];
	unsigned long i, loops = unit_loops(4000), odd = 0;
	struct l7_reader r;
	u32 len;

	state = unit_seed();
	for (i = 0; i < loops; i++) {
		odd += valid(&y);
		len = l7_push_policy_put(&y.conf, buf, sizeof(buf));
		if (!CHECK(len >= L7_WIRE_SET_POLICY))
			return;
		CHECK_EQ(l7_push_policy_put(&y.conf, buf, len - 1), 0);
		r = (struct l7_reader){ .p = unit_flush(buf, len), .len = len };
		CHECK(!l7_push_policy_get(&r, &got, &why) && !r.len);
		CHECK_EQ(l7_push_policy_put(&got.conf, again, sizeof(again)), len);
		CHECK_MEM(again, buf, len);
		if (y.conf.nsteer)
			got.conf.steer = y.conf.steer;
		if (y.conf.nroutes)
			got.conf.routes = y.conf.routes;
		CHECK_MEM(&got, &y, sizeof(y));
	}
	/* else little of what there is would be seen */
	CHECK(odd < 20 * loops);
}

/* The largest policy that there can be, as its size is promised. */
static void largest(void)
{
	static struct l7_push_policy y;
	static u8 buf[L7_WIRE_SET_MAX];
	u32 i;

	memset(&y, 0, sizeof(y));
	y.conf.id = (struct l7_endpoint){ .af = AF_INET6, .proto = IPPROTO_TCP };
	memset(y.conf.group, 'g', L7_GROUP_NAME_MAX);
	y.conf.nrules = L7_RULES_MAX;
	y.conf.nsteer = L7_STEER_MAX;
	y.conf.nroutes = L7_ROUTES_MAX;
	y.conf.steer = y.steer;
	y.conf.routes = y.routes;
	for (i = 0; i < L7_RULES_MAX; i++) {
		y.conf.rules[i].sel.name_len = L7_COOKIE_NAME_MAX;
		y.conf.rules[i].attr_len = L7_COOKIE_ATTR_MAX;
	}
	for (i = 0; i < L7_STEER_MAX; i++) {
		y.steer[i].field.name_len = L7_COOKIE_NAME_MAX;
		y.steer[i].len = L7_STEER_PATTERN_MAX;
	}
	for (i = 0; i < L7_ROUTES_MAX; i++)
		y.routes[i].len = L7_ROUTE_NAME_MAX;
	CHECK_EQ(l7_push_policy_put(&y.conf, buf, sizeof(buf) - 1), 0);
	CHECK_EQ(l7_push_policy_put(&y.conf, buf, sizeof(buf)), sizeof(buf));
}

/* What bytes are read as; what can be written again is the same bytes. */
static int read_again(const u8 *p, u32 len)
{
	static struct l7_push_policy got;
	static u8 again[L7_WIRE_SET_MAX];
	struct l7_reader r = { .p = unit_flush(p, len), .len = len };
	int err = l7_push_policy_get(&r, &got, &why);
	u32 used = len - r.len;

	if (err) {
		CHECK((err == -EBADMSG || err == -EOPNOTSUPP) && why);
		return err;
	}
	CHECK_EQ(l7_push_policy_put(&got.conf, again, sizeof(again)), used);
	CHECK_MEM(again, p, used);
	/* whatever it is, it can be judged */
	(void)l7_svc_conf_check(&got.conf);
	return 0;
}

static void truncated(void)
{
	static struct l7_push_policy y;
	static u8 buf[L7_WIRE_SET_MAX];
	unsigned long i;
	u32 len, n;

	state = unit_seed() + 1;
	for (i = 0; i < unit_loops(60); i++) {
		valid(&y);
		len = l7_push_policy_put(&y.conf, buf, sizeof(buf));
		for (n = 0; n < len; n++) {
			UNIT_ROW("%u of %u bytes", n, len);
			CHECK_EQ(read_again(buf, n), -EBADMSG);
			/* nor if it says that it is as short */
			if (n < L7_WIRE_SET_POLICY)
				continue;
			l7_put16(buf, (u16)n);
			CHECK_EQ(read_again(buf, n), -EBADMSG);
			l7_put16(buf, (u16)len);
		}
	}
}

/* No bit is without meaning. */
static void flipped(void)
{
	static struct l7_push_policy y;
	static u8 buf[L7_WIRE_SET_MAX];
	unsigned long i, refused = 0, n = 0;
	u32 len, bit;

	state = unit_seed() + 2;
	for (i = 0; i < unit_loops(40); i++) {
		valid(&y);
		len = l7_push_policy_put(&y.conf, buf, sizeof(buf));
		for (bit = 0; bit < 8 * len; bit++, n++) {
			UNIT_ROW("bit %u of byte %u of %u", bit % 8, bit / 8, len);
			buf[bit / 8] ^= 1 << bit % 8;
			refused += !!read_again(buf, len);
			buf[bit / 8] ^= 1 << bit % 8;
		}
	}
	CHECK(refused && refused < n);
}

static void mutated(void)
{
	static struct l7_push_policy y;
	static u8 buf[2 * L7_WIRE_SET_MAX];
	unsigned long i;
	u32 len;

	state = unit_seed() + 3;
	for (i = 0; i < unit_loops(20000); i++) {
		if (i % 8 == 0)
			valid(&y);
		len = l7_push_policy_put(&y.conf, buf, sizeof(buf));
		len = (u32)unit_mutate(&state, buf, len, sizeof(buf), NULL, 0);
		/* mostly of the length that it says */
		if (len >= 2 && below(4))
			l7_put16(buf, (u16)len);
		read_again(buf, len);
	}
}

/* --- What this version cannot know, or should not take --- */

static void refused(void)
{
	enum { AT = L7_WIRE_SET, RULE = AT + 64 + 3, STEER = RULE + 14 + 19,
	       ROUTE = STEER + 18 + 12 };
	static const struct {
		const char *what;
		u32 at;
		u8 v;
		int err;
	} rows[] = {
		{ "format", 0, 2, -EOPNOTSUPP },
		{ "reserved of the set", 1, 1, -EBADMSG },
		{ "no policies", 3, 0, -EBADMSG },
		{ "family", AT + 2, 5, -EBADMSG },
		{ "protocol", AT + 3, 132, -EBADMSG },
		{ "rules", AT + 7, 9, -EBADMSG },
		{ "steering rules", AT + 8, 17, -EBADMSG },
		{ "routes", AT + 9, 65, -EBADMSG },
		{ "group's length", AT + 10, 33, -EBADMSG },
		{ "reserved", AT + 11, 1, -EBADMSG },
		{ "flag 6", AT + 15, 0x40, -EOPNOTSUPP },
		{ "flag 31", AT + 12, 0x80, -EOPNOTSUPP },
		{ "zero in the group", AT + 65, 0, -EBADMSG },
		{ "prefix of a cookie", RULE + 1, 1, -EBADMSG },
		{ "flag of a rule", RULE + 2, 0x08, -EOPNOTSUPP },
		{ "no responses", RULE + 3, 0, -EBADMSG },
		{ "responses", RULE + 3, 17, -EBADMSG },
		{ "wildcard", RULE + 4, 2, -EBADMSG },
		{ "attributes of a cookie", RULE + 6, 1, -EBADMSG },
		{ "reserved of a rule", RULE + 7, 1, -EBADMSG },
		{ "zero in a name", RULE + 12, 0, -EBADMSG },
		{ "name of a field, of SNI", STEER, L7_STEER_SNI, -EBADMSG },
		{ "reserved of a steering rule", STEER + 9, 1, -EBADMSG },
		{ "family of a route", ROUTE, 0, -EBADMSG },
		{ "protocol of a route", ROUTE + 1, 0, -EBADMSG },
		{ "reserved of a route", ROUTE + 5, 1, -EBADMSG },
		{ "name of a route", ROUTE + 4, 33, -EBADMSG },
	};
	static struct l7_push_policy got;
	u8 buf[sizeof(golden_set)];
	u32 i, n;
	int err;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct l7_reader r = { .p = buf, .len = sizeof(buf) };

		UNIT_ROW("%s", rows[i].what);
		memcpy(buf, golden_set, sizeof(buf));
		buf[rows[i].at] = rows[i].v;
		err = l7_push_set_get(&r, &n, &why);
		if (!err)
			err = l7_push_policy_get(&r, &got, &why);
		CHECK_EQ(err, rows[i].err);
		CHECK(err && why);
	}
}

/* What is well formed, but netlink could not have given it. */
static void unlike_netlink(void)
{
	static struct l7_push_policy y;

	golden_policy(&y);
	CHECK(!l7_svc_conf_check(&y.conf));
	y.routes[0].server.proto = IPPROTO_UDP;
	CHECK(!strncmp(l7_svc_conf_check(&y.conf) ?: "", "route: ", 7));
}

/* A text that has all its bytes, but is one byte longer than it may be; and one that is not. */
static void too_long(void)
{
	enum { RULE = 64 + 3, STEER = RULE + 14 + 19, ROUTE = STEER + 18 + 12 };
	static const struct {
		const char *what;
		u32 len, at, has, max;
	} rows[] = {
		{ "group", 10, 64, 3, L7_GROUP_NAME_MAX },
		{ "name of a key", RULE + 5, RULE + 12, 2, L7_COOKIE_NAME_MAX },
		{ "attributes", RULE + 14 + 6, RULE + 14 + 12 + 1, 6, L7_COOKIE_ATTR_MAX },
		{ "pattern", STEER + 3, STEER + 12 + 4, 2, L7_STEER_PATTERN_MAX },
		{ "name of a field", STEER + 8, STEER + 12, 4, L7_COOKIE_NAME_MAX },
		{ "name of a route", ROUTE + 4, ROUTE + 24, 5, L7_ROUTE_NAME_MAX },
	};
	const u8 *policy = golden_set + L7_WIRE_SET;
	u32 i, more, len, old = sizeof(golden_set) - L7_WIRE_SET;
	static struct l7_push_policy got;
	u8 buf[sizeof(golden_set) + 256];

	for (i = 0; i < 2 * UNIT_SIZE(rows); i++) {
		struct l7_reader r = { .p = buf };
		u32 k = i / 2, end = rows[k].at + rows[k].has;

		UNIT_ROW("%s, %s", rows[k].what, i % 2 ? "too long" : "full");
		more = rows[k].max + i % 2 - rows[k].has;
		len = old + more;
		memcpy(buf, policy, end);
		memset(buf + end, 'a', more);
		memcpy(buf + end + more, policy + end, old - end);
		buf[rows[k].len] = (u8)(rows[k].has + more);
		l7_put16(buf, (u16)len);
		r.len = len;
		CHECK_EQ(l7_push_policy_get(&r, &got, &why), i % 2 ? -EBADMSG : 0);
	}
}

/* Whose policy it is, is known where the reason lies behind that. */
static void named(void)
{
	struct l7_reader r = { .len = sizeof(golden_set) - L7_WIRE_SET };
	static struct l7_push_policy got;
	u8 buf[sizeof(golden_set)];

	memcpy(buf, golden_set, sizeof(buf));
	buf[L7_WIRE_SET + 12] = 0x80;
	r.p = buf + L7_WIRE_SET;
	CHECK_EQ(l7_push_policy_get(&r, &got, &why), -EOPNOTSUPP);
	CHECK(got.conf.id.af == AF_INET6 && got.conf.id.port == htons(8080));
	CHECK(strstr(why, "does not know"));
}

int main(void)
{
	UNIT_RUN(piece);
	UNIT_RUN(answer);
	UNIT_RUN(take);
	UNIT_RUN(answer_text);
	UNIT_RUN(set);
	UNIT_RUN(malformed_frames);
	UNIT_RUN(pieces);
	UNIT_RUN(survives);
	UNIT_RUN(largest);
	UNIT_RUN(truncated);
	UNIT_RUN(flipped);
	UNIT_RUN(mutated);
	UNIT_RUN(refused);
	UNIT_RUN(too_long);
	UNIT_RUN(unlike_netlink);
	UNIT_RUN(named);
	return unit_end();
}
