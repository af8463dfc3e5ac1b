// SPDX-License-Identifier: GPL-2.0
/*
 * TLS handshakes: recorded ones, random changes, hostile input against the
 * clock.
 */
#include "tls_ask.h"

struct golden {
	const char *name, *client, *server;
};

#include "golden_tls12.h"
#include "golden_tls13.h"

/* --- Recorded handshakes --- */

static const struct {
	const char *name;
	const char *client;
	enum l7_parse v;
	const char *answer;	/* no ticket wanted */
	const char *ticket;	/* wanted */
	bool id_counts;
} recorded[] = {
	{ "12-id", "0303", L7_PARSE_FOUND, "0303 id:32", "0303 id:32", true },
	{ "12-id-resumed", "0303 id:32", L7_PARSE_FOUND, "0303 id:32", "0303 id:32",
	  true },
	{ "12-ticket", "0303 id:32 ticket: sni:a.example 13", L7_PARSE_FOUND,
	  "0303 promised", "0303 promised ticket:176", false },
	{ "12-ticket-resumed", "0303 id:32 ticket:176 sni:a.example 13", L7_PARSE_FOUND,
	  "0303 id:32", "0303 id:32", false },
	{ "12-ticket-refused", "0303 id:32 ticket:176 13", L7_PARSE_FOUND,
	  "0303 promised", "0303 promised ticket:176", false },
	{ "12-warned", "0303 ticket: sni:a.example", L7_PARSE_FOUND,
	  "0303 promised", "0303 promised ticket:176", false },
	{ "12-spread", "0303 id:32 ticket: 13", L7_PARSE_FOUND,
	  "0303 promised", "0303 promised ticket:944", false },
	{ "12-spread-resumed", "0303 id:32 ticket:944 13", L7_PARSE_FOUND,
	  "0303 id:32", "0303 id:32", false },
	{ "12-alert", "0303 ticket:", L7_PARSE_NONE, NULL, NULL, false },
	{ "13", "0303 id:32 ticket: alpn:h2 alpn:http/1.1 13", L7_PARSE_FOUND,
	  "0303 id:32 13", "0303 id:32 13", false },
	{ "13-resumed", "0303 id:32 ticket: psk:208 13", L7_PARSE_FOUND,
	  "0303 id:32 13 psk:0", "0303 id:32 13 psk:0", false },
	{ "13-stateful", "0303 id:32 ticket: 13", L7_PARSE_FOUND,
	  "0303 id:32 13", "0303 id:32 13", false },
	{ "13-early", "0303 id:32 ticket: psk:32 13 early", L7_PARSE_FOUND,
	  "0303 id:32 13 psk:0", "0303 id:32 13 psk:0", false },
	{ "13-refused", "0303 id:32 ticket: psk:208 13", L7_PARSE_FOUND,
	  "0303 id:32 13", "0303 id:32 13", false },
	{ "13-retry", "0303 id:32 ticket: psk:208 13", L7_PARSE_FOUND,
	  "0303 id:32 13 retried", "0303 id:32 13 retried", false },
	{ "13-node", "0303 id:32 ticket: sni:node.example alpn:h2 alpn:http/1.1 13",
	  L7_PARSE_FOUND, "0303 id:32 13", "0303 id:32 13", false },
	{ "13-gnutls", "0303 id:32 ticket: sni:localhost 13", L7_PARSE_FOUND,
	  "0303 id:32 13", "0303 id:32 13", false },
	{ "13-java", "0303 id:32 ticket: sni:java.example 13", L7_PARSE_FOUND,
	  "0303 id:32 13", "0303 id:32 13", false },
};

static const struct golden *golden(const char *name)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(golden_12); i++)
		if (!strcmp(golden_12[i].name, name))
			return &golden_12[i];
	for (i = 0; i < UNIT_SIZE(golden_13); i++)
		if (!strcmp(golden_13[i].name, name))
			return &golden_13[i];
	abort();
}

static bool id_counts(const char *name)
{
	static struct stream c, s;
	struct l7_tls_answer a;
	struct l7_tls_hello h;

	make(&c, golden(name)->client);
	make(&s, golden(name)->server);
	if (l7_tls_client_hello(c.b, c.n, room, &h) != L7_PARSE_FOUND ||
	    l7_tls_server_flight(s.b, s.n, false, room, &a) != L7_PARSE_FOUND)
		return false;
	return l7_tls_session_id_counts(&h, &a);
}

static void recorded_handshakes(void)
{
	static struct stream s;
	struct answer a;
	size_t i, first;

	CHECK_EQ(UNIT_SIZE(recorded), UNIT_SIZE(golden_12) + UNIT_SIZE(golden_13));
	for (i = 0; i < UNIT_SIZE(recorded); i++) {
		const struct golden *g = golden(recorded[i].name);

		UNIT_ROW("%s", g->name);
		make(&s, g->client);
		a = every_prefix(ask_client, s.b, s.n, &first);
		check_answer(&a, L7_PARSE_FOUND, recorded[i].client);
		make(&s, g->server);
		a = every_prefix(ask_answer, s.b, s.n, &first);
		check_answer(&a, recorded[i].v, recorded[i].answer);
		a = every_prefix(ask_ticket, s.b, s.n, &first);
		check_answer(&a, recorded[i].v, recorded[i].ticket);
		CHECK_EQ(id_counts(g->name), recorded[i].id_counts);
	}
}

/* What one connection learned is what the next one asks for. */
static void recorded_resumption(void)
{
	static const char *const pairs[][2] = {
		{ "12-id", "12-id-resumed" },
		{ "12-ticket", "12-ticket-resumed" },
		{ "12-ticket", "12-ticket-refused" },
		{ "12-spread", "12-spread-resumed" },
	};
	static u8 other[L7_TLS_HELLO_MAX];
	static struct stream c, s;
	struct l7_tls_answer a;
	struct l7_tls_hello h;
	size_t i;

	for (i = 0; i < UNIT_SIZE(pairs); i++) {
		UNIT_ROW("%s", pairs[i][1]);
		make(&s, golden(pairs[i][0])->server);
		make(&c, golden(pairs[i][1])->client);
		CHECK_EQ(l7_tls_server_flight(s.b, s.n, true, room, &a),
			 L7_PARSE_FOUND);
		CHECK_EQ(l7_tls_client_hello(c.b, c.n, other, &h), L7_PARSE_FOUND);
		if (i == 0) {
			CHECK_EQ(h.session_id.len, a.session_id_len);
			CHECK_MEM(h.base + h.session_id.off, a.session_id, 32);
			continue;
		}
		if (CHECK_EQ(h.ticket.len, a.ticket.len) && a.ticket.len)
			CHECK_MEM(h.base + h.ticket.off, a.base + a.ticket.off,
				  a.ticket.len);
	}
}

static void recorded_in_pieces(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(recorded); i++) {
		const struct golden *g = golden(recorded[i].name);

		every_size(ask_client, g->client, g->name);
		/* Those that have other records in between. */
		if (recorded[i].v != L7_PARSE_FOUND ||
		    strstr(recorded[i].answer, "retried") ||
		    !strcmp(g->name, "12-warned"))
			continue;
		every_size(ask_answer, g->server, g->name);
		every_size(ask_ticket, g->server, g->name);
	}
}

/* --- Random changes --- */

static const char *const seeds[] = {
	EVERYTHING, CHROME, HELLO(PSK(IDENTITY("aa") IDENTITY("bbcc"), BINDER BINDER)),
	REC(SH(PROMISE) CERTIFICATE DONE TICKET("0708*40")), REC(HRR SH(IS_13 "0029 [2 0001] ")),
	REC(MSG("[1 1d*32] c02f 00 [2 " PROMISE "] ") "0b [3 00*9] " TICKET("07*9")),
};

/*
 * No prefix contradicts the whole, and it does not matter how the messages are
 * cut into records.
 */
static void random_changes(void)
{
	static const u32 sizes[] = { 1, 2, 3, 5, 16, 40, 1000 };
	static ask_fn *const asks[] = { ask_client, ask_answer, ask_ticket };
	static struct stream all[UNIT_SIZE(seeds)];
	static u8 buf[4096], pieces[8 * sizeof(buf)];
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(200000), all_of = n, found = 0;
	size_t i;

	for (i = 0; i < UNIT_SIZE(seeds); i++)
		make(&all[i], seeds[i]);
	while (n--) {
		const struct stream *s = &all[unit_below(&rnd, UNIT_SIZE(seeds))];
		ask_fn *ask = asks[s < all + 3 ? 0 : 1 + unit_below(&rnd, 2)];
		struct answer a, b;
		u32 len, at;

		UNIT_ROW("%lu to go", n);
		memcpy(buf, s->b, s->n);
		len = (u32)unit_mutate(&rnd, buf, s->n, sizeof(buf), NULL, 0);
		a = ask(unit_flush(buf, len), len);
		at = len ? unit_below(&rnd, len) : 0;
		b = ask(unit_flush(buf, at), at);
		CHECK(b.v == L7_PARSE_MORE || same(&a, &b));
		/* Now the same bytes, but in records that are right. */
		len = len < 5 ? 0 : len - 5;
		at = cut(pieces, buf + 5, len, sizeof(buf));
		a = ask(unit_flush(pieces, at), at);
		at = cut(pieces, buf + 5, len, sizes[unit_below(&rnd, UNIT_SIZE(sizes))]);
		b = ask(unit_flush(pieces, at), at);
		CHECK(same(&a, &b));
		found += a.v == L7_PARSE_FOUND;
	}
	CHECK(found >= all_of / 100);
}

/* --- Hostile: much of what makes a careless parser go over it again --- */

static void linear_row(ask_fn *ask, const char *head, const char *again,
		       const char *tail, u32 times, enum l7_parse want)
{
	static struct stream s, part;
	double since;
	int calls;

	UNIT_ROW("%u times %s", times, again);
	make(&s, head);
	make(&part, again);
	while (times--) {
		memcpy(s.b + s.n, part.b, part.n);
		s.n += part.n;
	}
	make(&part, tail);
	memcpy(s.b + s.n, part.b, part.n);
	s.n += part.n;
	since = unit_ms();
	for (calls = 0; calls < 8; calls++)
		CHECK_EQ(ask(unit_flush(s.b, s.n), s.n).v, want);
	/* Quadratic would be seconds, linear is a few milliseconds. */
	CHECK(unit_ms() - since < 400);
}

/* A hello of L7_TLS_HELLO_MAX bytes, of which 0x3fcf are extensions. */
#define LONG_BODY	"0303 " RANDOM START "3fcf "
#define LONG		"16 0301 4000 01 003ffc " LONG_BODY

static void linear(void)
{
	linear_row(ask_client, RECORD("01 003ffc ") REC(LONG_BODY), "16 0303 [2 0a] ", "",
		   12000, L7_PARSE_MORE);
	linear_row(ask_client, LONG, "0a0a [2 ] ", "0a0a [2 00*3] ", 4082, L7_PARSE_FOUND);
	linear_row(ask_client, LONG "0010 3fcb 3fc9 ", "[1 'x'] ", "[1 'xy'] ", 8163,
		   L7_PARSE_FOUND);
	linear_row(ask_client, LONG "0000 3fcb 3fc9 ", "01 [2 ff] ", "01 [2 ff*2] ", 4081,
		   L7_PARSE_FOUND);
	linear_row(ask_client, LONG "0029 3fcb 3fa6 ", "[2 ff] 00000000 ",
		   "[2 ff*6] 00000000 [2 " BINDER "] ", 2326, L7_PARSE_BAD);
	linear_row(ask_answer, "", WARNING, REC(SH("")), 28000, L7_PARSE_FOUND);
	linear_row(ask_answer, "", CCS, REC(SH("")), 33000, L7_PARSE_FOUND);
	linear_row(ask_answer, "", REC("00 [3 ] "), REC(SH("")), 22000, L7_PARSE_FOUND);
	linear_row(ask_ticket, REC(SH(PROMISE) "0b 007530 "), "16 0303 [2 00] ",
		   REC(TICKET("07")), 30000, L7_PARSE_FOUND);
	linear_row(ask_ticket, REC(SH(PROMISE)), "16 0303 [2 0e [3 ] ] ", CCS, 22000,
		   L7_PARSE_FOUND);
	linear_row(ask_ticket, REC(SH(PROMISE) "04 003ffc 00000000 3ff6 "), "16 0303 [2 00] ",
		   "", 16374, L7_PARSE_FOUND);
}

int main(void)
{
	UNIT_RUN(recorded_handshakes);
	UNIT_RUN(recorded_resumption);
	UNIT_RUN(recorded_in_pieces);
	UNIT_RUN(random_changes);
	UNIT_RUN(linear);
	return unit_end();
}
