// SPDX-License-Identifier: GPL-2.0
/* Unit tests of explain.c, capture.c and dests.c: the chain against a table of keys. */
#include <arpa/inet.h>
#include "../selftests/unit/unit.h"
#include "capture.h"
#include "dests.h"
#include "explain.h"
#include "parse.h"

static struct error e;
static struct explain x;

/* What the kernel would say of keys: "VALUE" bound, "-VALUE" to a server that is gone, "~VALUE"
 * to one that drains.
 */
static const char *const *table;

static int ask(unsigned int rule, struct explain_key *k, void *arg, struct error *err)
{
	const char *const *t;

	(void)rule;
	(void)arg;
	if (!table)
		return error_set(err, "nobody there");
	k->state = EXPLAIN_UNBOUND;
	for (t = table; *t; t++) {
		enum explain_state state = **t == '-' ? EXPLAIN_GONE :
					   **t == '~' ? EXPLAIN_DRAINED : EXPLAIN_BOUND;
		const char *value = *t + (state != EXPLAIN_BOUND);

		if (strlen(value) == k->len && !memcmp(value, k->p, k->len))
			k->state = state;
	}
	return 0;
}

static const char *const none[] = { NULL };

/* explains @text by rules "RULE RULE..."; @known NULL: without a kernel */
static void explain(const char *rules, const void *text, size_t len, const char *const *known)
{
	char buf[400], *word, *rest = buf;

	memset(&x, 0, sizeof(x));
	snprintf(buf, sizeof(buf), "%s", rules);
	while ((word = strsep(&rest, " ")))
		if (parse_rule(word, &x.svc.rules[x.svc.nrules++], &e))
			abort();
	x.svc.max_request = 512;
	x.request.p = text;
	x.request.len = (uint32_t)len;
	table = known;
	CHECK(!explain_run(&x, 0, known ? ask : NULL, NULL, &e));
}

#define HEAD	"GET /p;s=1?q=2 HTTP/1.1\r\nCookie: a=A; b=B\r\n\r\n"
#define H2	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

static const char *const only_b[] = { "B", NULL };
static const char *const gone_a[] = { "-A", NULL };
static const char *const gone_a_b[] = { "-A", "B", NULL };

static const struct row {
	const char *rules, *text;
	const char *const *known;
	enum explain_outcome now;
	unsigned int rule;
	enum explain_why why;
	unsigned int maybe;
} rows[] = {
	{ "cookie:a cookie:b", HEAD, only_b, EXPLAIN_TO_SERVER, 1, EXPLAIN_MISS, 0 },
	{ "cookie:a cookie:b", HEAD, none, EXPLAIN_SCHEDULE, 0, EXPLAIN_MISS, 0 },
	{ "cookie:a cookie:b", HEAD, gone_a, EXPLAIN_SCHEDULE, 0, EXPLAIN_DEST_GONE, 0 },
	{ "cookie:a cookie:b", HEAD, gone_a_b, EXPLAIN_TO_SERVER, 1, EXPLAIN_DEST_GONE, 0 },
	{ "cookie:a cookie:b", HEAD, NULL, EXPLAIN_SCHEDULE, 0, EXPLAIN_MISS, 3 },
	{ "cookie:c", HEAD, none, EXPLAIN_SCHEDULE, 0, EXPLAIN_NO_KEY, 0 },
	{ "cookie:c,require", HEAD, none, EXPLAIN_RESET, 0, EXPLAIN_NO_KEY, 0 },
	{ "cookie:a,require", HEAD, none, EXPLAIN_SCHEDULE, 0, EXPLAIN_MISS, 0 },
	{ "rdp cookie:b", HEAD, only_b, EXPLAIN_TO_SERVER, 1, EXPLAIN_BAD, 0 },
	{ "cookie:a", H2, none, EXPLAIN_SCHEDULE, 0, EXPLAIN_H2, 0 },
	{ "cookie:a", "GET / HT", none, EXPLAIN_WAIT, 0, EXPLAIN_NO_KEY, 0 },
	{ "url:q cookie:b", HEAD, only_b, EXPLAIN_TO_SERVER, 1, EXPLAIN_MISS, 0 },
	{ "path-hash cookie:b", HEAD, only_b, EXPLAIN_BY_HASH, 0, EXPLAIN_NO_KEY, 0 },
	{ "cookie:a", "", none, EXPLAIN_SILENT, 0, EXPLAIN_NO_KEY, 0 },
	{ "src cookie:b", HEAD, only_b, EXPLAIN_TO_SERVER, 1, EXPLAIN_MISS, 1 },
	{ "src", "", none, EXPLAIN_SCHEDULE, 0, EXPLAIN_MISS, 1 },
};

static void chain(void)
{
	const struct row *r;

	for (r = rows; r < rows + UNIT_SIZE(rows); r++) {
		UNIT_ROW("%s on %.20s", r->rules, r->text);
		explain(r->rules, r->text, strlen(r->text), r->known);
		CHECK_EQ(x.now.outcome, r->now);
		CHECK_EQ(x.now.rule, r->rule);
		CHECK_EQ(x.now.why, r->why);
		CHECK_EQ(x.now.maybe, r->maybe);
	}
}

/* What no more bytes make of what waits; and what is too long. */
static void patience(void)
{
	static char big[600] = "GET / HTTP/1.1\r\nx: ";

	explain("cookie:a cookie:b", "GET / HT", 8, none);
	CHECK_EQ(x.then.outcome, EXPLAIN_SCHEDULE);
	CHECK_EQ(x.then.why, EXPLAIN_SLOW);
	CHECK(x.rules[1].reached);
	explain("cookie:a cookie:b,require", "GET / HT", 8, none);
	CHECK_EQ(x.then.outcome, EXPLAIN_RESET);
	CHECK_EQ(x.then.rule, 1);
	memset(big + strlen(big), 'x', sizeof(big) - strlen(big));
	explain("cookie:a", big, 512, none);
	CHECK_EQ(x.now.outcome, EXPLAIN_SCHEDULE);
	CHECK_EQ(x.now.why, EXPLAIN_TOO_LONG);
	explain("cookie:a", big, 511, none);
	CHECK_EQ(x.now.outcome, EXPLAIN_WAIT);
}

static void keys(void)
{
	explain("cookie:a,offset=0,length=9 url:s", HEAD, sizeof(HEAD) - 1, none);
	CHECK_EQ(x.rules[0].nkeys, 1);
	CHECK(x.rules[0].keys[0].len == 1 && *x.rules[0].keys[0].p == 'A');
	CHECK(x.rules[1].keys[0].len == 1 && *x.rules[1].keys[0].p == '1');
	CHECK(x.rules[0].had && x.rules[1].had);
	explain("cookie:a cookie:b", HEAD, sizeof(HEAD) - 1, (const char *const[]) { "A", NULL });
	CHECK(x.rules[0].had && x.rules[0].reached);
	CHECK(!x.rules[1].had && !x.rules[1].reached);
	CHECK_EQ(x.rules[1].nkeys, 1);
}

static void address(void)
{
	memset(&x, 0, sizeof(x));
	CHECK(!parse_rule("src", &x.svc.rules[0], &e));
	x.svc.nrules = 1;
	CHECK(!parse_endpoint("client", "192.0.2.1", PORT_NONE, true, &x.client, &e));
	CHECK(!explain_run(&x, 0, NULL, NULL, &e));
	CHECK_EQ(x.now.maybe, 1);
	CHECK_EQ(x.rules[0].keys[0].len, 4);
	CHECK(!memcmp(x.rules[0].keys[0].p, "\xc0\x00\x02\x01", 4));
}

/* Keys are looked for behind a PROXY header, and the client is the one that it names. */
static void proxy_header(void)
{
#define V1	"PROXY TCP4 192.0.2.9 192.0.2.1 4711 80\r\n"
	static const struct {
		const char *text;
		enum l7_parse proxy;
		enum explain_outcome now;
		enum explain_why why, then;
	} told[] = {
		{ V1 HEAD, L7_PARSE_FOUND, EXPLAIN_TO_SERVER, EXPLAIN_NO_KEY, 0 },
		{ V1, L7_PARSE_FOUND, EXPLAIN_WAIT, EXPLAIN_NO_KEY, EXPLAIN_SLOW },
		{ "PROXY TC", L7_PARSE_MORE, EXPLAIN_WAIT_PROXY, EXPLAIN_NO_KEY, EXPLAIN_SLOW },
		{ HEAD, L7_PARSE_NONE, EXPLAIN_SCHEDULE, EXPLAIN_NO_PROXY, 0 },
		{ "PROXY TCP5" HEAD, L7_PARSE_BAD, EXPLAIN_SCHEDULE, EXPLAIN_BAD_PROXY, 0 },
		{ "", L7_PARSE_MORE, EXPLAIN_SILENT, EXPLAIN_NO_KEY, 0 },
	};
	static const char *const known[] = { "A", NULL };
	struct ep client;
	size_t i;

	CHECK(!parse_endpoint("client", "192.0.2.9:4711", PORT_WANTED, true, &client, &e));
	for (i = 0; i < UNIT_SIZE(told); i++) {
		UNIT_ROW("%s", told[i].text);
		explain("cookie:a", told[i].text, strlen(told[i].text), known);
		x.svc.accept_proxy = TOGGLE_ON;
		CHECK(!explain_run(&x, 0, ask, NULL, &e));
		CHECK_EQ(x.proxy_verdict, told[i].proxy);
		CHECK_EQ(x.now.outcome, told[i].now);
		CHECK_EQ(x.now.why, told[i].why);
		CHECK_EQ(x.then.why, told[i].then);
		if (told[i].proxy == L7_PARSE_FOUND)
			CHECK(x.client.port == client.port &&
			      x.client.in.s_addr == client.in.s_addr);
		x.svc.accept_proxy = TOGGLE_OFF;
		CHECK(!explain_run(&x, 0, ask, NULL, &e));
		CHECK_EQ(x.proxy.len, 0);
	}
	explain("src", V1, sizeof(V1) - 1, NULL);
	x.svc.accept_proxy = TOGGLE_ON;
	CHECK(!explain_run(&x, 0, NULL, NULL, &e));
	CHECK(x.rules[0].nkeys == 1 && !memcmp(x.rules[0].keys[0].p, &client.in, 4));
#undef V1
}

static void failure(void)
{
	explain("cookie:a", HEAD, sizeof(HEAD) - 1, none);
	table = NULL;
	CHECK_EQ(explain_run(&x, 0, ask, NULL, &e), -1);
	CHECK(!strcmp(e.text, "nobody there"));
}

/* A broker's token names 10.0.2.3:3389; whether that is one of ours is asked. */
/* A server whose name the cookie ends in, there or not, wins over a binding. */
static int ask_named(unsigned int rule, struct explain_key *k, void *arg, struct error *err)
{
	if (!k->named)
		return ask(rule, k, arg, err);
	k->state = k->server.port == 1 ? EXPLAIN_BOUND : EXPLAIN_GONE;
	return 0;
}

static void explain_routes(const char *cookie, const char *const *known)
{
	static char text[200];

	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nCookie: a=%s\r\n\r\n", cookie);
	memset(&x, 0, sizeof(x));
	if (parse_rule("cookie:a,route", &x.svc.rules[0], &e) ||
	    parse_route("here=192.0.2.1:1", &x.svc.routes[0], &e) ||
	    parse_route("gone=192.0.2.2:2", &x.svc.routes[1], &e))
		abort();
	x.svc.nrules = 1;
	x.svc.nroutes = 2;
	x.svc.max_request = 512;
	x.request.p = (const uint8_t *)text;
	x.request.len = (uint32_t)strlen(text);
	table = known;
	CHECK(!explain_run(&x, 0, known ? ask_named : NULL, NULL, &e));
}

static void routes(void)
{
	static const char *const bound[] = { "x.gone", "x.other", "x", NULL };
	const struct explain_key *k = &x.rules[0].keys[0];

	explain_routes("x.here", none);
	CHECK(x.now.outcome == EXPLAIN_TO_SERVER && explain_by_route(k) &&
	      x.now.server.port == 1);
	explain_routes("\"x.y.here\"", none);
	CHECK(x.now.outcome == EXPLAIN_TO_SERVER && explain_by_route(k));
	explain_routes("x.gone", none);
	CHECK(x.now.outcome == EXPLAIN_SCHEDULE && !explain_by_route(k) &&
	      k->route && k->route_state == EXPLAIN_GONE);
	explain_routes("x.gone", bound);
	CHECK(x.now.outcome == EXPLAIN_TO_SERVER && !explain_by_route(k));
	explain_routes("x.other", bound);
	CHECK(x.now.outcome == EXPLAIN_TO_SERVER && !k->route && k->end_len == 5);
	explain_routes("x", bound);
	CHECK(x.now.outcome == EXPLAIN_TO_SERVER && !k->route && !k->end_len);
	explain_routes("x.her", none);
	CHECK(x.now.outcome == EXPLAIN_SCHEDULE && !k->route);
	explain_routes("x.here", NULL);
	CHECK(x.now.outcome == EXPLAIN_SCHEDULE && k->route && x.now.maybe == 1);
}

static void rdp_token(void)
{
	static const char t[] = "\x03\x00\x00\x2d\x28\xe0\0\0\0\0\0Cookie: msts=50462730.15629.0000\r\n";
	struct ep server;

	explain("rdp", t, sizeof(t) - 1, none);
	CHECK_EQ(x.rules[0].verdict, L7_PARSE_FOUND);
	CHECK(x.rules[0].keys[0].named && !x.rules[0].had);
	CHECK(!parse_endpoint("server", "10.0.2.3:3389", PORT_WANTED, true, &server, &e));
	CHECK(x.rules[0].keys[0].server.in.s_addr == server.in.s_addr);
	CHECK_EQ(x.rules[0].keys[0].server.port, 3389);
}

static void answers(void)
{
	static const struct {
		const char *rules, *text;
		enum l7_word word;
	} told[] = {
		{ "cookie:a", "HTTP/1.1 200 OK\r\nSet-Cookie: a=C\r\n\r\n", L7_WORD_LEARN },
		{ "cookie:a", "HTTP/1.1 200 OK\r\nSet-Cookie: a=\r\n\r\n", L7_WORD_DELETE },
		{ "cookie:a", "HTTP/1.1 200 OK\r\nSet-Cookie: c=C\r\n\r\n", L7_WORD_NONE },
		{ "cookie:a", "HTTP/1.1 200 OK\r\nSet-Cookie: a=C\r\n", L7_WORD_MORE },
		{ "cookie:a", "220 hello\r\n", L7_WORD_BAD },
		{ "url:q", "HTTP/1.1 200 OK\r\nSet-Cookie: q=C\r\n\r\n", L7_WORD_NONE },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(told); i++) {
		UNIT_ROW("%s", told[i].text);
		explain(told[i].rules, HEAD, sizeof(HEAD) - 1, none);
		x.has_answer = true;
		x.answer.p = (const uint8_t *)told[i].text;
		x.answer.len = (uint32_t)strlen(told[i].text);
		CHECK(!explain_run(&x, 0, ask, NULL, &e));
		CHECK_EQ(x.rules[0].word, told[i].word);
		if (told[i].word == L7_WORD_LEARN)
			CHECK(x.rules[0].learned.len == 1 && *x.rules[0].learned.p == 'C');
	}
}

/* No bytes, whatever they are, lead astray. */
static void any_bytes(void)
{
	static uint8_t buf[512];
	uint32_t seed = 1, n, i;

	for (n = 0; n < 3000; n++) {
		for (i = 0; i < sizeof(buf); i++) {
			seed = seed * 1664525 + 1013904223;
			buf[i] = (uint8_t)(seed >> 24);
		}
		if (n % 2)
			memcpy(buf, "\x16\x03\x01\x01\x20\x01\x00\x01\x1c\x03\x03", 11);
		explain("tls-ticket tls-session rdp mqtt payload:1,2 payload-lv:0,1 cookie:a",
			buf, seed % sizeof(buf), NULL);
	}
}

static void captures(void)
{
	char path[] = "/tmp/test_explain.XXXXXX";
	struct explain_bytes b;
	int fd = mkstemp(path);

	if (!CHECK(fd >= 0 && write(fd, "12345", 5) == 5))
		return;
	close(fd);
	CHECK(!capture_read("explain", path, 5, &b, &e) && b.len == 5 && !b.more);
	CHECK(!memcmp(b.p, "12345", 5));
	free((void *)(uintptr_t)b.p);
	CHECK(!capture_read("explain", path, 4, &b, &e) && b.len == 4 && b.more);
	free((void *)(uintptr_t)b.p);
	unlink(path);
	CHECK_EQ(capture_read("explain", path, 4, &b, &e), -1);
	CHECK(!strncmp(e.text, "explain: /tmp/", 14));
	CHECK_EQ(capture_read("answer", "/", 4, &b, &e), -1);
	CHECK(!strcmp(e.text, "answer: /: Is a directory"));
}

#define BARE	"GET / HTTP/1.1\r\n\r\n"

/* Who has no key is known by its address, where the policy says so. */
static void prebind(void)
{
	static const char *const known[] = { "\xc0\x01\x02\x07", NULL };
	static const struct {
		const char *rules, *text;
		const char *const *known;
		bool client;
		enum explain_outcome now;
		unsigned int maybe;
	} t[] = {
		{ "cookie:a", BARE, known, true, EXPLAIN_PREBOUND, 0 },
		{ "cookie:a", BARE, none, true, EXPLAIN_SCHEDULE, 0 },
		{ "cookie:a", BARE, known, false, EXPLAIN_SCHEDULE, 1U << EXPLAIN_PREBIND },
		{ "cookie:a", BARE, NULL, true, EXPLAIN_SCHEDULE, 1U << EXPLAIN_PREBIND },
		{ "cookie:a", HEAD, known, true, EXPLAIN_SCHEDULE, 0 },
		{ "cookie:c cookie:a", HEAD, known, true, EXPLAIN_SCHEDULE, 0 },
		{ "cookie:c cookie:b", HEAD, only_b, true, EXPLAIN_TO_SERVER, 0 },
		{ "cookie:c,require", BARE, known, true, EXPLAIN_RESET, 0 },
	};
	unsigned int i;

	for (i = 0; i < UNIT_SIZE(t); i++) {
		UNIT_ROW("%s on %.20s, %u", t[i].rules, t[i].text, i);
		explain(t[i].rules, t[i].text, strlen(t[i].text), t[i].known);
		x.svc.prebind.v = 10;
		x.client.af = t[i].client ? AF_INET : 0;
		x.client.in.s_addr = htonl(0xc0010207);
		CHECK(!explain_run(&x, 0, t[i].known ? ask : NULL, NULL, &e));
		CHECK_EQ(x.now.outcome, t[i].now);
		CHECK_EQ(x.now.maybe, t[i].maybe);
		x.svc.prebind.v = 0;
		CHECK(!explain_run(&x, 0, t[i].known ? ask : NULL, NULL, &e));
		CHECK(x.now.outcome != EXPLAIN_PREBOUND);
	}
}

/* The director's own cookie names a server, and has another name in a pool. */
static void own_cookie(void)
{
	static const char *const known[] = { "0123456789abcdef", NULL };
	static const char text[] =
		"GET / HTTP/1.1\r\nCookie: W=0123456789abcdef; W.7=fedcba9876543210\r\n\r\n";

	explain("cookie:W,insert", text, sizeof(text) - 1, known);
	CHECK_EQ(x.now.outcome, EXPLAIN_TO_SERVER);
	CHECK(x.rules[0].keys[0].named && !x.rules[0].had);
	x.svc.prebind.v = 10;
	x.svc.nsteer = 1;
	x.svc.steer[0].match = IPVS_L7_STEER_MATCH_PATH;
	x.svc.steer[0].how = IPVS_L7_STEER_HOW_PREFIX;
	snprintf(x.svc.steer[0].pattern, sizeof(x.svc.steer[0].pattern), "/");
	x.svc.steer[0].mark = 7;
	CHECK(!explain_run(&x, 0, ask, NULL, &e));
	CHECK_EQ(x.pool, 7);
	CHECK(!memcmp(x.rules[0].keys[0].p, "fedcba", 6));
	CHECK_EQ(x.now.outcome, EXPLAIN_SCHEDULE);
	CHECK_EQ(x.now.maybe, 1U << EXPLAIN_PREBIND);
}

static const char *const drained_a[] = { "~A", NULL };
static const char *const drained_a_b[] = { "~A", "B", NULL };

static void draining(void)
{
	explain("cookie:a", HEAD, strlen(HEAD), drained_a);
	CHECK_EQ(x.now.outcome, EXPLAIN_SCHEDULE);
	CHECK_EQ(x.now.why, EXPLAIN_DEST_DRAINED);
	explain("cookie:a cookie:b", HEAD, strlen(HEAD), drained_a_b);
	CHECK_EQ(x.now.outcome, EXPLAIN_TO_SERVER);
	CHECK_EQ(x.now.rule, 1);
}

static enum dests find(const char *service, uint32_t pool, const char *server)
{
	static const char text[] =
		"IP Virtual Server version 1.2.1 (size=4096)\n"
		"Prot LocalAddress:Port Scheduler Flags\n"
		"  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
		"UDP  0A000164:0050 rr \n"
		"  -> 0A000204:0050      Masq    1      0          0         \n"
		"TCP  0A000164:0050 rr \n"
		"  -> 0A000201:0050      Masq    1      0          0         \n"
		"  -> 0A000202:1F90      Masq    0      3          0         \n"
		"  -> 0A000203:0050      Route   1      0          0         \n"
		"TCP  0A000164:0052 rr \n"
		"  -> 0A000202:0052      Masq    0      3          0         \n"
		"TCP  [fd00:0001:0000:0000:0000:0000:0000:0100]:01BB wlc \n"
		"  -> [fd00:0002:0000:0000:0000:0000:0000:0001]:01BB      Masq    1      0          0\n"
		"FWM  00000001 rr \n"
		"  -> 0A000205:0050      Masq    1      0          0         \n"
		"  -> 0A000206:0000      Masq    1      0          0         \n"
		"FWM  0000000A rr \n"
		"  -> 0A000207:0050      Tunnel  1      0          0         \n";
	FILE *in = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");
	struct ep a, b;
	enum dests found;

	CHECK(!parse_endpoint("service", service, PORT_WANTED, true, &a, &e));
	CHECK(!server ||
	      !parse_endpoint("server", server, PORT_WANTED, true, &b, &e));
	found = dests_find(in, &a, pool, server ? &b : NULL);
	fclose(in);
	return found;
}

static void real_servers(void)
{
	CHECK_EQ(find("10.0.1.100:80", 0, "10.0.2.1:80"), DESTS_SERVES);
	CHECK_EQ(find("10.0.1.100:80", 0, "10.0.2.2:8080"), DESTS_DRAINS);
	CHECK_EQ(find("10.0.1.100:80", 0, NULL), DESTS_SERVES);
	CHECK_EQ(find("10.0.1.100:82", 0, NULL), DESTS_DRAINS);
	CHECK_EQ(find("10.0.1.100:80", 0, "10.0.2.2:80"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 0, "10.0.2.3:80"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 0, "10.0.2.4:80"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 0, "10.0.2.5:80"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:81", 0, "10.0.2.1:80"), DESTS_NONE);
	CHECK_EQ(find("[fd00:1::100]:443", 0, "[fd00:2::1]:443"), DESTS_SERVES);
	CHECK_EQ(find("[fd00:1::100]:443", 0, "[fd00:2::2]:443"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 0, "[fd00:2::1]:443"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 1, "10.0.2.5:80"), DESTS_SERVES);
	CHECK_EQ(find("10.0.1.100:80", 1, "10.0.2.6:80"), DESTS_SERVES);
	CHECK_EQ(find("10.0.1.100:80", 1, "10.0.2.6:81"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 1, "10.0.2.1:80"), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 1, NULL), DESTS_SERVES);
	CHECK_EQ(find("10.0.1.100:80", 10, NULL), DESTS_NONE);
	CHECK_EQ(find("10.0.1.100:80", 2, NULL), DESTS_NONE);
}

int main(void)
{
	UNIT_RUN(chain);
	UNIT_RUN(patience);
	UNIT_RUN(keys);
	UNIT_RUN(address);
	UNIT_RUN(proxy_header);
	UNIT_RUN(failure);
	UNIT_RUN(routes);
	UNIT_RUN(rdp_token);
	UNIT_RUN(answers);
	UNIT_RUN(any_bytes);
	UNIT_RUN(captures);
	UNIT_RUN(prebind);
	UNIT_RUN(own_cookie);
	UNIT_RUN(draining);
	UNIT_RUN(real_servers);
	return unit_end();
}
