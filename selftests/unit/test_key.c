// SPDX-License-Identifier: GPL-2.0
/*
 * Key rules over whole protocols: which key a rule finds in a request, and what
 * an answer says of it. The parsers have tests of their own.
 */
#include "unit.h"
#include "pure/key.h"

struct golden {
	const char *name, *client, *server;
};

#include "golden_tls12.h"
#include "golden_tls13.h"

static u8 buf[L7_KEY_BUF];

/* --- Requests --- */

#define RULE(...)	{ __VA_ARGS__ }
#define NAME(n)		.sel = { .name = n, .name_len = sizeof(n) - 1 }
#define TEXT(s)		(const u8 *)(s), sizeof(s) - 1

#define GET		"GET /shop/a;jsessionid=P4?id=Q5&x=1 HTTP/1.1\r\n"	\
			"Host: a.example\r\nX-User: alice\r\nCookie: a=1; S=C6\r\n\r\n"
#define RDP(cookie)	"\3\0\0\x2b\x26\xe0\0\0\0\0\0" cookie
#define MQTT		"\x10\x0f\0\4MQTT\4\2\0\x3c\0\3dev"

struct row {
	const char *name;
	struct l7_rule rule;
	const u8 *data;
	u32 len;
	enum l7_parse verdict;
	const char *key;
};

static const struct row rows[] = {
	{ "cookie", RULE(L7_KEY_COOKIE, NAME("S")), TEXT(GET), L7_PARSE_FOUND, "C6" },
	{ "no cookie", RULE(L7_KEY_COOKIE, NAME("T")), TEXT(GET), L7_PARSE_NONE, NULL },
	{ "query", RULE(L7_KEY_URL, NAME("id")), TEXT(GET), L7_PARSE_FOUND, "Q5" },
	{ "path parameter", RULE(L7_KEY_URL, NAME("JSESSIONID")), TEXT(GET), L7_PARSE_FOUND, "P4" },
	{ "header", RULE(L7_KEY_HEADER, NAME("x-user")), TEXT(GET), L7_PARSE_FOUND, "alice" },
	{ "path", RULE(L7_KEY_PATH_HASH), TEXT(GET), L7_PARSE_FOUND, "/shop/a;jsessionid=P4" },
	{ "incomplete", RULE(L7_KEY_URL, NAME("id")), TEXT("GET /?id=Q"), L7_PARSE_MORE, NULL },
	{ "rdp user", RULE(L7_KEY_RDP), TEXT(RDP("Cookie: mstshash=joe\r\n\1\0\x08\0\3\0\0\0XX")),
	  L7_PARSE_FOUND, "joe" },
	{ "rdp, cut", RULE(L7_KEY_RDP), TEXT(RDP("Cookie: mstsh")), L7_PARSE_MORE, NULL },
	{ "mqtt", RULE(L7_KEY_MQTT), TEXT(MQTT), L7_PARSE_FOUND, "dev" },
	{ "payload", RULE(L7_KEY_PAYLOAD, .sel = { .offset = 2, .length = 3 }),
	  TEXT("abcdefg"), L7_PARSE_FOUND, "cde" },
	{ "payload, cut", RULE(L7_KEY_PAYLOAD, .sel = { .offset = 2, .length = 3 }),
	  TEXT("abcd"), L7_PARSE_MORE, NULL },
	{ "payload-lv", RULE(L7_KEY_PAYLOAD_LV, .prefix = 2, .sel = { .offset = 1 }),
	  TEXT("x\0\3abcd"), L7_PARSE_FOUND, "abc" },
	{ "own cookie", RULE(L7_KEY_COOKIE_INSERT, NAME("S")), TEXT(GET), L7_PARSE_FOUND, "C6" },
	{ "own value", RULE(L7_KEY_COOKIE_REWRITE, NAME("S")), TEXT(GET), L7_PARSE_FOUND, "C6" },
	{ "HTTP is no TLS", RULE(L7_KEY_TLS_TICKET), TEXT(GET), L7_PARSE_BAD, NULL },
	{ "HTTP is no RDP", RULE(L7_KEY_RDP), TEXT(GET), L7_PARSE_BAD, NULL },
	{ "HTTP is no MQTT", RULE(L7_KEY_MQTT), TEXT(GET), L7_PARSE_BAD, NULL },
};

static bool is_key(const struct l7_key_found *key, const char *want)
{
	return key->len == strlen(want) && !memcmp(key->p, want, key->len);
}

static void requests(void)
{
	struct l7_key_found key;
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		UNIT_ROW("%s", r->name);
		CHECK_EQ(l7_key_request(&r->rule, r->data, r->len, 0, buf, &key), r->verdict);
		if (r->key)
			CHECK(is_key(&key, r->key) && !key.server.af);
		/* they have one key */
		if (r->verdict == L7_PARSE_FOUND)
			CHECK_EQ(l7_key_request(&r->rule, r->data, r->len, 1, buf, &key),
				 L7_PARSE_NONE);
	}
}

static void rdp_server(void)
{
	static const char token[] =
		"\3\0\0\x2f\x2a\xe0\0\0\0\0\0Cookie: msts=3640205228.15629.0000\r\n";
	const struct l7_rule r = { .type = L7_KEY_RDP };
	struct l7_key_found key;

	CHECK_EQ(l7_key_request(&r, (const u8 *)token, sizeof(token) - 1, 0, buf, &key),
		 L7_PARSE_FOUND);
	CHECK(key.server.af == AF_INET && key.server.proto == IPPROTO_TCP &&
	      key.server.addr.ip == htonl(0xac1ff9d8) && key.server.port == htons(3389));
}

/* --- Recorded handshakes --- */

static u32 unhex(const char *hex, u8 *out)
{
	unsigned int v;
	u32 n;

	for (n = 0; sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
		out[n] = (u8)v;
	return n;
}

static const struct golden *golden(const char *name)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(golden_12); i++)
		if (!strcmp(golden_12[i].name, name))
			return &golden_12[i];
	for (i = 0; i < UNIT_SIZE(golden_13); i++)
		if (!strcmp(golden_13[i].name, name))
			return &golden_13[i];
	CHECK(!"no such recording");
	return &golden_12[0];
}

/** struct said - what rule and recording are to give
 * @keys: keys in the request
 * @word: of the answer, when key 0 was asked for
 * @len: bytes of the key that is learned
 */
struct said {
	const char *name;
	u8 type;
	u16 length;
	u32 keys;
	enum l7_word word;
	u32 len;
};

static const struct said saids[] = {
	{ "12-id", L7_KEY_TLS_SESSION, 0, 0, L7_WORD_LEARN, 32 },
	{ "12-id-resumed", L7_KEY_TLS_SESSION, 0, 1, L7_WORD_LEARN, 32 },
	{ "12-id", L7_KEY_TLS_TICKET, 16, 0, L7_WORD_NONE, 0 },
	{ "12-ticket", L7_KEY_TLS_TICKET, 16, 0, L7_WORD_LEARN, 16 },
	{ "12-ticket-resumed", L7_KEY_TLS_TICKET, 16, 1, L7_WORD_NONE, 0 },
	/* the id that comes with a ticket is the client's own */
	{ "12-ticket-resumed", L7_KEY_TLS_SESSION, 0, 0, L7_WORD_NONE, 0 },
	{ "12-ticket-refused", L7_KEY_TLS_TICKET, 16, 1, L7_WORD_LEARN, 16 },
	{ "12-alert", L7_KEY_TLS_TICKET, 16, 0, L7_WORD_NONE, 0 },
	{ "12-spread", L7_KEY_TLS_TICKET, 16, 0, L7_WORD_LEARN, 16 },
	{ "13", L7_KEY_TLS_TICKET, 16, 0, L7_WORD_NONE, 0 },
	{ "13", L7_KEY_TLS_SESSION, 0, 1, L7_WORD_NONE, 0 },
	{ "13-resumed", L7_KEY_TLS_TICKET, 16, 1, L7_WORD_CONFIRM, 0 },
	{ "13-resumed", L7_KEY_TLS_SESSION, 0, 0, L7_WORD_NONE, 0 },
	{ "13-refused", L7_KEY_TLS_TICKET, 16, 1, L7_WORD_REJECT, 0 },
	{ "13-early", L7_KEY_TLS_TICKET, 16, 1, L7_WORD_CONFIRM, 0 },
	/* the server's number is of the second hello */
	{ "13-retry", L7_KEY_TLS_TICKET, 16, 1, L7_WORD_NONE, 0 },
};

/* How many keys there are; *@asked is what has to be known of the first. */
static u32 count_keys(const struct l7_rule *r, const u8 *p, u32 len,
		      struct l7_key_asked *asked)
{
	struct l7_key_found key;
	u32 n;

	memset(asked, 0, sizeof(*asked));
	for (n = 0; n < L7_KEY_CANDIDATES; n++) {
		enum l7_parse v = l7_key_request(r, p, len, n, buf, &key);

		CHECK(v == L7_PARSE_FOUND || v == L7_PARSE_NONE);
		asked->tls_hello = key.tls_hello;
		asked->tls_ticket |= key.tls_ticket;
		if (v != L7_PARSE_FOUND)
			break;
		CHECK(key.len && (!r->sel.length || key.len <= r->sel.length));
		if (!n)
			asked->tls_psk = key.tls_psk;
	}
	return n;
}

static void handshakes(void)
{
	static u8 client[20000], server[20000];
	size_t i;

	for (i = 0; i < UNIT_SIZE(saids); i++) {
		const struct said *s = &saids[i];
		const struct golden *g = golden(s->name);
		const struct l7_rule r = { .type = s->type, .sel.length = s->length };
		u32 nc = unhex(g->client, client), ns = unhex(g->server, server), cut;
		struct l7_key_asked asked;
		struct l7_key_found key;
		enum l7_word w;

		UNIT_ROW("%s, type %u", s->name, s->type);
		CHECK_EQ(count_keys(&r, client, nc, &asked), s->keys);
		CHECK_EQ(l7_key_answer(&r, &asked, server, ns, 0, buf, &key), s->word);
		CHECK_EQ(key.len, s->len);
		/* of a part: not yet, or the same */
		for (cut = 0; cut < ns; cut++) {
			w = l7_key_answer(&r, &asked, server, cut, 0, buf, &key);
			CHECK(w == L7_WORD_MORE || w == s->word);
		}
	}
}

/* A server that takes another identity than the one looked up confirms nothing. */
static void other_identity(void)
{
	static u8 server[20000];
	const struct l7_rule r = { .type = L7_KEY_TLS_TICKET, .sel.length = 16 };
	const struct l7_key_asked second = { .nth = 1, .tls_psk = true };
	const struct l7_key_asked none = { .nth = 0 };
	u32 n = unhex(golden("13-resumed")->server, server);
	struct l7_key_found key;

	CHECK_EQ(l7_key_answer(&r, &second, server, n, 0, buf, &key), L7_WORD_NONE);
	CHECK_EQ(l7_key_answer(&r, &none, server, n, 0, buf, &key), L7_WORD_NONE);
}

/* A session ID counts only if it is known that the client did not make it up. */
static void unseen_hello(void)
{
	static u8 server[20000];
	const struct l7_rule r = { .type = L7_KEY_TLS_SESSION };
	const struct l7_key_asked seen = { .tls_hello = true }, unseen = { .nth = 0 };
	u32 n = unhex(golden("12-id")->server, server);
	struct l7_key_found key;

	CHECK_EQ(l7_key_answer(&r, &seen, server, n, 0, buf, &key), L7_WORD_LEARN);
	CHECK_EQ(l7_key_answer(&r, &unseen, server, n, 0, buf, &key), L7_WORD_NONE);
}

static void cookies(void)
{
	static const struct {
		const char *answer;
		enum l7_word word;
		const char *key;
	} answers[] = {
		{ "HTTP/1.1 200 OK\r\nSet-Cookie: S=abc; Path=/\r\n\r\n", L7_WORD_LEARN, "abc" },
		{ "HTTP/1.1 200 OK\r\nSet-Cookie: S=abc; Max-Age=0\r\n\r\n", L7_WORD_DELETE, NULL },
		{ "HTTP/1.1 200 OK\r\n\r\n", L7_WORD_NONE, NULL },
		{ "HTTP/1.1 200 OK\r\nSet-Co", L7_WORD_MORE, NULL },
		{ "220 ready\r\n", L7_WORD_BAD, NULL },
	};
	const struct l7_rule cookie = RULE(L7_KEY_COOKIE, NAME("S"));
	const struct l7_rule url = RULE(L7_KEY_URL, NAME("S"));
	const struct l7_key_asked asked = { .nth = 0 };
	struct l7_key_found key;
	size_t i;

	for (i = 0; i < UNIT_SIZE(answers); i++) {
		const u8 *p = (const u8 *)answers[i].answer;
		u32 n = (u32)strlen(answers[i].answer);

		UNIT_ROW("%s", answers[i].answer);
		CHECK_EQ(l7_key_answer(&cookie, &asked, p, n, 0, buf, &key), answers[i].word);
		if (answers[i].key)
			CHECK(is_key(&key, answers[i].key));
		/* servers do not name it */
		CHECK_EQ(l7_key_answer(&url, &asked, p, n, 0, buf, &key), L7_WORD_NONE);
	}
}

static void parts(void)
{
	struct l7_rule r = { .sel = { .offset = 2, .length = 3 } };
	const u8 *p = (const u8 *)"abcdefg", *start = p;
	u32 len = 7;

	CHECK(l7_key_part(&r, &p, &len) && p == start + 2 && len == 3);
	CHECK(l7_key_part(&r, &p, &len) && p == start + 4 && len == 1);
	CHECK(!l7_key_part(&r, &p, &len));
}

int main(void)
{
	UNIT_RUN(requests);
	UNIT_RUN(rdp_server);
	UNIT_RUN(handshakes);
	UNIT_RUN(other_identity);
	UNIT_RUN(unseen_hello);
	UNIT_RUN(cookies);
	UNIT_RUN(parts);
	return unit_end();
}
