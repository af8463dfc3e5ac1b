// SPDX-License-Identifier: GPL-2.0
/*
 * Steering rules over whole requests and ClientHellos: what suits which rule, at
 * every truncation, and which rules are refused. Parsers and patterns have tests
 * of their own.
 */
#include "unit.h"
#include "pure/steer.h"

static u8 buf[L7_STEER_BUF];

#define RULE(m, h, p)	{ .match = L7_STEER_##m, .how = L7_STEER_##h,	\
			  .target = L7_STEER_TO_SERVICE,		\
			  .len = sizeof(p) - 1, .pattern = p }
#define FIELD(n, h, p)	{ .match = L7_STEER_HEADER, .how = L7_STEER_##h, \
			  .target = L7_STEER_TO_SERVICE,		\
			  .field = { .name = n, .name_len = sizeof(n) - 1 }, \
			  .len = sizeof(p) - 1, .pattern = p }
#define ANY		{ .match = L7_STEER_ANY, .target = L7_STEER_TO_SERVICE }

#define GET	"GET /api/v1/x.php?q=/static/ HTTP/1.1\r\n"		\
		"Host: Shop.Example:8080\r\nX-Tenant:  blue one \r\n\r\n"

/** struct hello - a ClientHello */
struct hello {
	u8 b[1024];
	u32 n;
};

static void put(struct hello *h, const void *data, u32 len)
{
	memcpy(h->b + h->n, data, len);
	h->n += len;
}

static void put_num(struct hello *h, u32 v, u32 bytes)
{
	while (bytes--)
		h->b[h->n++] = (u8)(v >> 8 * bytes);
}

static void put_sni(struct hello *h, const char *name)
{
	u32 len = (u32)strlen(name);

	put_num(h, 0, 2);
	put_num(h, len + 5, 2);
	put_num(h, len + 3, 2);
	put_num(h, 0, 1);
	put_num(h, len, 2);
	put(h, name, len);
}

/* @names: each with its length in front */
static void put_alpn(struct hello *h, const char *names)
{
	u32 len = (u32)strlen(names);

	put_num(h, 16, 2);
	put_num(h, len + 2, 2);
	put_num(h, len, 2);
	put(h, names, len);
}

/* @records: into how many the message is cut */
static void make_hello(struct hello *out, const char *sni, const char *alpn,
		       bool ech, u32 records)
{
	struct hello m = { .n = 0 }, x = { .n = 0 };
	u32 at = 0, part;

	if (sni)
		put_sni(&x, sni);
	if (alpn)
		put_alpn(&x, alpn);
	if (ech) {
		put_num(&x, 0xfe0d, 2);
		put_num(&x, 4, 2);
		put(&x, "\1\2\3\4", 4);
	}
	put_num(&m, 1, 1);
	put_num(&m, 2 + 32 + 1 + 2 + 2 + 1 + 1 + 2 + x.n, 3);
	put_num(&m, 0x0303, 2);
	put(&m, "0123456789abcdef0123456789abcdef", 32);
	put_num(&m, 0, 1);
	put_num(&m, 2, 2);
	put_num(&m, 0x1301, 2);
	put_num(&m, 1, 1);
	put_num(&m, 0, 1);
	put_num(&m, x.n, 2);
	put(&m, x.b, x.n);
	for (out->n = 0; records; records--, at += part) {
		part = (m.n - at) / records;
		put_num(out, 0x160301, 3);
		put_num(out, part, 2);
		put(out, m.b + at, part);
	}
}

/* Every prefix: MORE until a verdict, which then stays. */
static enum l7_parse ask(const struct l7_steer_rule *r, const void *data,
			 size_t len, bool *ech)
{
	enum l7_parse v, last = L7_PARSE_MORE;
	size_t n;

	for (n = 0; n <= len; n++) {
		v = l7_steer_match(r, unit_flush(data, n), (u32)n, buf, ech);
		if (last != L7_PARSE_MORE)
			CHECK_EQ(v, last);
		last = v;
	}
	return last;
}

static void http(void)
{
	static const struct {
		struct l7_steer_rule r;
		enum l7_parse want;
	} rows[] = {
		{ RULE(HOST, EXACT, "shop.example"), L7_PARSE_FOUND },
		{ RULE(HOST, EXACT, "*.example"), L7_PARSE_FOUND },
		{ RULE(HOST, EXACT, "shop.example2"), L7_PARSE_NONE },
		{ RULE(HOST, EXACT, "*.shop.example"), L7_PARSE_NONE },
		{ RULE(PATH, PREFIX, "/api/"), L7_PARSE_FOUND },
		{ RULE(PATH, PREFIX, "/API/"), L7_PARSE_NONE },
		{ RULE(PATH, PREFIX, "/api/v2"), L7_PARSE_NONE },
		{ RULE(PATH, SUFFIX, ".php"), L7_PARSE_FOUND },
		{ RULE(PATH, SUFFIX, "/static/"), L7_PARSE_NONE },
		{ RULE(PATH, EXACT, "/api/v1/x.php"), L7_PARSE_FOUND },
		{ RULE(PATH, EXACT, "/api/v1/x.ph"), L7_PARSE_NONE },
		{ RULE(PATH, EXACT, "/api/"), L7_PARSE_NONE },
		{ FIELD("x-tenant", EXACT, "blue one"), L7_PARSE_FOUND },
		{ FIELD("X-Tenant", PREFIX, "blue"), L7_PARSE_FOUND },
		{ FIELD("X-Tenant", EXACT, "blue"), L7_PARSE_NONE },
		{ FIELD("X-Tenant", EXACT, "Blue one"), L7_PARSE_NONE },
		{ FIELD("X-Tenan", PREFIX, "blue"), L7_PARSE_NONE },
		{ ANY, L7_PARSE_FOUND },
		{ RULE(SNI, EXACT, "shop.example"), L7_PARSE_BAD },
		{ RULE(ALPN, EXACT, "h2"), L7_PARSE_BAD },
	};
	size_t i;
	bool ech;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("row %zu %.*s", i, rows[i].r.len, rows[i].r.pattern);
		CHECK(!l7_steer_check(&rows[i].r));
		CHECK_EQ(ask(&rows[i].r, GET, sizeof(GET) - 1, &ech),
			 rows[i].want);
		CHECK(!ech);
	}
}

/* What comes first decides first: the path with the request line. */
static void http_early(void)
{
	static const struct l7_steer_rule path = RULE(PATH, PREFIX, "/a");
	static const struct l7_steer_rule host = RULE(HOST, EXACT, "h");
	bool ech;

	CHECK_EQ(ask(&path, "GET /a HTTP/1.1\r\n", 17, &ech), L7_PARSE_FOUND);
	CHECK_EQ(ask(&path, "GET /a HTTP/1.1", 15, &ech), L7_PARSE_MORE);
	CHECK_EQ(ask(&host, "GET /a HTTP/1.1\r\n", 17, &ech), L7_PARSE_MORE);
	CHECK_EQ(ask(&host, "GET /a HTTP/1.1\r\n\r\n", 19, &ech), L7_PARSE_NONE);
}

static void tls(void)
{
	static const struct {
		struct l7_steer_rule r;
		const char *sni, *alpn;
		enum l7_parse want;
	} rows[] = {
		{ RULE(SNI, EXACT, "a.example"), "a.example", NULL, L7_PARSE_FOUND },
		{ RULE(SNI, EXACT, "a.example"), "A.Example", NULL, L7_PARSE_FOUND },
		{ RULE(SNI, EXACT, "*.example"), "a.example", NULL, L7_PARSE_FOUND },
		{ RULE(SNI, EXACT, "b.example"), "a.example", NULL, L7_PARSE_NONE },
		{ RULE(SNI, EXACT, "a.example"), NULL, "\2h2", L7_PARSE_NONE },
		{ RULE(ALPN, EXACT, "h2"), NULL, "\2h2", L7_PARSE_FOUND },
		{ RULE(ALPN, EXACT, "h2"), "a", "\10http/1.1\2h2", L7_PARSE_FOUND },
		{ RULE(ALPN, EXACT, "h2"), "a", "\3h2c\10http/1.1", L7_PARSE_NONE },
		{ RULE(ALPN, EXACT, "h2"), "h2", NULL, L7_PARSE_NONE },
		{ ANY, "a", NULL, L7_PARSE_FOUND },
		{ RULE(HOST, EXACT, "a.example"), "a.example", NULL, L7_PARSE_BAD },
		{ RULE(PATH, EXACT, "/"), "a.example", NULL, L7_PARSE_BAD },
	};
	struct hello h;
	u32 records;
	size_t i;
	bool ech;

	for (records = 1; records < 4; records++)
		for (i = 0; i < UNIT_SIZE(rows); i++) {
			UNIT_ROW("row %zu, %u records", i, records);
			make_hello(&h, rows[i].sni, rows[i].alpn, false, records);
			CHECK_EQ(ask(&rows[i].r, h.b, h.n, &ech), rows[i].want);
			CHECK(!ech);
		}
}

/* The outer name counts, and that it may be a decoy is told; of SNI alone. */
static void ech(void)
{
	static const struct l7_steer_rule outer = RULE(SNI, EXACT, "outer.example");
	static const struct l7_steer_rule other = RULE(SNI, EXACT, "other.example");
	static const struct l7_steer_rule alpn = RULE(ALPN, EXACT, "h2");
	static const struct l7_steer_rule any = ANY;
	struct hello h;
	bool seen;

	make_hello(&h, "outer.example", "\2h2", true, 1);
	CHECK_EQ(ask(&outer, h.b, h.n, &seen), L7_PARSE_FOUND);
	CHECK(seen);
	CHECK_EQ(ask(&other, h.b, h.n, &seen), L7_PARSE_NONE);
	CHECK(seen);
	CHECK_EQ(ask(&alpn, h.b, h.n, &seen), L7_PARSE_FOUND);
	CHECK(!seen);
	CHECK_EQ(ask(&any, h.b, h.n, &seen), L7_PARSE_FOUND);
	CHECK(!seen);
	CHECK_EQ(ask(&outer, h.b, h.n - 1, &seen), L7_PARSE_MORE);
	CHECK(!seen);
}

#define TO(t, m)	{ .match = L7_STEER_ANY, .target = t, .mark = m }

static void sense(void)
{
	static const struct l7_steer_rule good[] = {
		ANY, TO(L7_STEER_TO_FWMARK, 1), TO(L7_STEER_TO_FWMARK, UINT32_MAX),
		TO(L7_STEER_TO_RESET, 0), RULE(HOST, EXACT, "[2001:db8::1]"),
		RULE(SNI, EXACT, "localhost"), RULE(PATH, EXACT, "/"),
		RULE(PATH, SUFFIX, "/"), RULE(PATH, SUFFIX, ".php"),
		FIELD("A", EXACT, "*/*;q=1"), FIELD("A", PREFIX, "Bearer "),
		FIELD("A", PREFIX, "*"), FIELD("A", EXACT, "\xc3\xa4"),
	};
	static const struct l7_steer_rule bad[] = {
		TO(L7_STEER_TO_FWMARK, 0), TO(L7_STEER_TO_SERVICE, 1),
		TO(L7_STEER_TO_RESET, 1), TO(0, 0), TO(4, 0),
		{ .match = 0, .target = L7_STEER_TO_RESET },
		{ .match = 7, .target = L7_STEER_TO_RESET, .len = 1, .pattern = "a" },
		RULE(ANY, EXACT, "a"), RULE(ANY, PREFIX, ""), RULE(SNI, EXACT, ""),
		RULE(SNI, PREFIX, "a"), RULE(HOST, SUFFIX, "a"), RULE(ALPN, PREFIX, "h"),
		RULE(HOST, EXACT, "a:80"), RULE(HOST, EXACT, "[::1]:80"),
		RULE(SNI, EXACT, "[::1]"), RULE(SNI, EXACT, "a."), RULE(SNI, EXACT, ".a"),
		RULE(SNI, EXACT, "a..b"), RULE(SNI, EXACT, "*"), RULE(SNI, EXACT, "*a"),
		RULE(SNI, EXACT, "a.*"), RULE(SNI, EXACT, "*.*.a"), RULE(SNI, EXACT, "*."),
		RULE(HOST, EXACT, "a/b"), RULE(HOST, EXACT, "a b"), RULE(HOST, EXACT, "\xc3\xa4"),
		RULE(PATH, EXACT, "a"), RULE(PATH, PREFIX, "a"), RULE(PATH, EXACT, "/a b"),
		RULE(PATH, EXACT, "/?a"), RULE(PATH, EXACT, "/#"), RULE(PATH, EXACT, "/*"),
		RULE(HEADER, EXACT, "a"), FIELD("a b", EXACT, "a"),
		FIELD("a:", EXACT, "a"), FIELD("A", SUFFIX, "a"), FIELD("A", EXACT, " a"),
		FIELD("A", EXACT, "a "), FIELD("A", EXACT, "a*"), FIELD("A", EXACT, "a\nb"),
		FIELD("A", PREFIX, ""),
	};
	struct l7_steer_rule r = RULE(HOST, EXACT, "a");
	size_t i;

	for (i = 0; i < UNIT_SIZE(good); i++) {
		UNIT_ROW("good %zu: %s", i, l7_steer_check(&good[i]) ?: "");
		CHECK(!l7_steer_check(&good[i]));
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("bad %zu, '%.*s'", i, bad[i].len, bad[i].pattern);
		CHECK(l7_steer_check(&bad[i]));
	}
	r.len = L7_STEER_PATTERN_MAX + 1;
	CHECK(l7_steer_check(&r));
	r.match = L7_STEER_HEADER;
	r.len = 1;
	r.field.name_len = L7_COOKIE_NAME_MAX + 1;
	CHECK(l7_steer_check(&r));
}

static void sameness(void)
{
	static const struct l7_steer_rule rows[] = {
		RULE(HOST, EXACT, "a.b"), RULE(HOST, EXACT, "a.c"), RULE(SNI, EXACT, "a.b"),
		RULE(PATH, EXACT, "/a"), RULE(PATH, PREFIX, "/a"), RULE(PATH, EXACT, "/A"),
		FIELD("A", EXACT, "x"), FIELD("B", EXACT, "x"), FIELD("A", EXACT, "X"), ANY,
	};
	static const struct l7_steer_rule upper = RULE(HOST, EXACT, "A.B");
	static const struct l7_steer_rule field = FIELD("a", EXACT, "x");
	static const struct l7_steer_rule other = TO(L7_STEER_TO_FWMARK, 1);
	size_t i, j;

	for (i = 0; i < UNIT_SIZE(rows); i++)
		for (j = 0; j < UNIT_SIZE(rows); j++)
			CHECK_EQ(l7_steer_is_same(&rows[i], &rows[j]), i == j);
	CHECK(l7_steer_is_same(&rows[0], &upper));
	CHECK(l7_steer_is_same(&rows[6], &field));
	CHECK(l7_steer_is_same(&rows[9], &other));
}

int main(void)
{
	UNIT_RUN(http);
	UNIT_RUN(http_early);
	UNIT_RUN(tls);
	UNIT_RUN(ech);
	UNIT_RUN(sense);
	UNIT_RUN(sameness);
	return unit_end();
}
