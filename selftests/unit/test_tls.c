// SPDX-License-Identifier: GPL-2.0
/*
 * TLS handshakes: recorded ones, tables of well-formed and malformed ones, each
 * at every truncation against a guard page and cut into records of every size;
 * every length off by one; random changes; hostile input against the clock.
 */
#include "unit.h"
#include "pure/tls.h"

struct golden {
	const char *name, *client, *server;
};

#include "golden_tls12.h"
#include "golden_tls13.h"

#define ROOM		200000

static const char *const verdicts[] = { "MORE", "FOUND", "NONE", "BAD" };

/* --- Streams, written down --- */

#define FIELDS_MAX	64

/** struct stream - bytes made from a text
 * @mark: where the text has its !, else the end
 * @fields: number of lengths
 * @at: where each is, @width: in how many bytes
 */
struct stream {
	u32 n, mark, fields;
	u32 at[FIELDS_MAX];
	u8 width[FIELDS_MAX];
	u8 b[ROOM];
};

static void put_length(struct stream *s, u32 field, long value)
{
	u32 i, w = s->width[field];

	for (i = 0; i < w; i++)
		s->b[s->at[field] + i] = (u8)(value >> 8 * (w - 1 - i));
}

static long get_length(const struct stream *s, u32 field)
{
	long v = 0;
	u32 i;

	for (i = 0; i < s->width[field]; i++)
		v = v << 8 | s->b[s->at[field] + i];
	return v;
}

/*
 * Hex digits are bytes, 'these too', 00*32 is 32 zeros; [2 and ] enclose what
 * is behind its length in two bytes, [2+1 tells a lie about it. ! is the mark.
 */
static void make(struct stream *s, const char *t)
{
	u32 open[16], depth = 0;
	long lie[16], n;
	unsigned int hex;
	char *end;

	s->n = s->fields = 0;
	s->mark = ROOM;
	while (*t) {
		if (*t == ' ') {
			t++;
		} else if (*t == '!') {
			s->mark = s->n;
			t++;
		} else if (*t == '\'') {
			for (t++; *t != '\''; t++)
				s->b[s->n++] = (u8)*t;
			t++;
		} else if (*t == '*') {
			n = strtol(t + 1, &end, 10);
			if (!n)
				abort();
			memset(s->b + s->n, s->b[s->n - 1], (size_t)n - 1);
			s->n += (u32)n - 1;
			t = end;
		} else if (*t == '[') {
			open[depth] = s->fields;
			s->at[s->fields] = s->n;
			s->width[s->fields] = (u8)(t[1] - '0');
			s->n += s->width[s->fields++];
			t += 2;
			lie[depth] = *t == '+' || *t == '-' ? strtol(t, &end, 10) : 0;
			t = lie[depth++] ? end : t;
		} else if (*t == ']') {
			u32 f = open[--depth];

			n = s->n - s->at[f] - s->width[f];
			put_length(s, f, n + lie[depth]);
			t++;
		} else {
			if (sscanf(t, "%2x", &hex) != 1)
				abort();
			s->b[s->n++] = (u8)hex;
			t += 2;
		}
	}
	if (s->mark == ROOM)
		s->mark = s->n;
}

/* Cut the first @n bytes of handshake at @from into records of @size bytes. */
static u32 cut(u8 *to, const u8 *from, u32 n, u32 size)
{
	u32 at = 0, i, len;

	for (i = 0; i < n; i += len) {
		len = size < n - i ? size : n - i;
		memcpy(to + at, "\x16\x03\x03", 3);
		l7_put16(to + at + 3, (u16)len);
		memcpy(to + at + 5, from + i, len);
		at += 5 + len;
	}
	return at;
}

/* What the handshake records in front of a stream carry. */
static u32 uncut(u8 *to, const u8 *from, u32 n)
{
	u32 at = 0, out = 0, len;

	for (; at + 5 <= n && from[at] == 0x16; at += 5 + len) {
		len = l7_get16(from + at + 3);
		if (len > n - at - 5)
			break;
		memcpy(to + out, from + at + 5, len);
		out += len;
	}
	return out;
}

/* --- Answers, as text --- */

/** struct answer - what a parser said
 * @hash: of all the bytes
 * @said: long ones are told by their number
 */
struct answer {
	enum l7_parse v;
	u32 n;
	u64 hash;
	char said[512];
};

static __attribute__((format(printf, 2, 3)))
void say(struct answer *a, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(a->said + a->n, sizeof(a->said) - a->n, fmt, ap);
	va_end(ap);
	a->n = a->n + (u32)n < sizeof(a->said) ? a->n + (u32)n :
						sizeof(a->said) - 1;
}

static void say_bytes(struct answer *a, const char *what, const u8 *p, u32 len,
		      bool is_text)
{
	u32 i;

	say(a, "%s", what);
	for (i = 0; i < len; i++)
		a->hash = (a->hash ^ p[i]) * 0x100000001b3u;
	a->hash = (a->hash ^ len) * 0x100000001b3u;
	if (is_text)
		say(a, "%.*s", (int)len, (const char *)p);
	else if (len > 8)
		say(a, "%u", len);
	else
		for (i = 0; i < len; i++)
			say(a, "%02x", p[i]);
}

static u8 room[L7_TLS_HELLO_MAX];

/* A slice lies in the input, or in the buffer. */
static void check_slice(const u8 *base, struct l7_slice s, const u8 *p, size_t len)
{
	if (!s.len)
		return;
	CHECK(base == room || base == p);
	CHECK(s.off <= (base == room ? sizeof(room) : len) &&
	      s.len <= (base == room ? sizeof(room) : len) - s.off);
}

static void say_slice(struct answer *a, const char *what,
		      const struct l7_tls_hello *h, struct l7_slice s, bool is_text)
{
	if (s.len)
		say_bytes(a, what, h->base + s.off, s.len, is_text);
}

static void say_hello(struct answer *a, const struct l7_tls_hello *h)
{
	struct l7_slice s;
	u32 at;

	say(a, "%04x", h->legacy_version);
	say_slice(a, " id:", h, h->session_id, false);
	if (h->has_ticket_ext)
		say_bytes(a, " ticket:", h->base + h->ticket.off, h->ticket.len, false);
	for (at = 0; l7_tls_psk_next(h, &at, &s);)
		say_slice(a, " psk:", h, s, false);
	say_slice(a, " sni:", h, h->sni, true);
	for (at = 0; l7_tls_alpn_next(h, &at, &s);)
		say_slice(a, " alpn:", h, s, true);
	say(a, "%s%s%s", h->offers_13 ? " 13" : "", h->has_ech ? " ech" : "",
	    h->early_data ? " early" : "");
	CHECK_EQ(h->has_psk, h->psk.len != 0);
	CHECK(h->has_ticket_ext || !h->ticket.len);
}

static struct answer ask_client(const u8 *p, size_t len)
{
	struct answer a = { .hash = 1 };
	struct l7_tls_hello h;

	memset(&h, 0xa5, sizeof(h));
	a.v = l7_tls_client_hello(p, (u32)len, room, &h);
	CHECK(a.v != L7_PARSE_NONE);
	if (a.v != L7_PARSE_FOUND)
		return a;
	check_slice(h.base, h.session_id, p, len);
	check_slice(h.base, h.ticket, p, len);
	check_slice(h.base, h.psk, p, len);
	check_slice(h.base, h.sni, p, len);
	check_slice(h.base, h.alpn, p, len);
	say_hello(&a, &h);
	return a;
}

static struct answer ask_server(const u8 *p, size_t len, bool want_ticket)
{
	struct l7_tls_answer s;
	struct answer a = { .hash = 1 };

	memset(&s, 0xa5, sizeof(s));
	a.v = l7_tls_server_flight(p, (u32)len, want_ticket, room, &s);
	if (a.v != L7_PARSE_FOUND)
		return a;
	check_slice(s.base, s.ticket, p, len);
	CHECK(want_ticket || !s.ticket.len);
	say(&a, "%04x", s.legacy_version);
	if (s.session_id_len)
		say_bytes(&a, " id:", s.session_id, s.session_id_len, false);
	say(&a, "%s%s%s", s.is_13 ? " 13" : "", s.retried ? " retried" : "",
	    s.ticket_promised ? " promised" : "");
	if (s.psk_accepted)
		say(&a, " psk:%u", s.psk_selected);
	if (s.ticket.len)
		say_bytes(&a, " ticket:", s.base + s.ticket.off, s.ticket.len, false);
	return a;
}

static struct answer ask_answer(const u8 *p, size_t len)
{
	return ask_server(p, len, false);
}

static struct answer ask_ticket(const u8 *p, size_t len)
{
	return ask_server(p, len, true);
}

typedef struct answer ask_fn(const u8 *p, size_t len);

static bool same(const struct answer *a, const struct answer *b)
{
	return a->v == b->v && a->hash == b->hash && !strcmp(a->said, b->said);
}

/*
 * Ask for every prefix, with a guard page behind it: once the answer is other
 * than MORE, it stays. Returns the last answer; @first is the length of the
 * shortest prefix that got it.
 */
static struct answer every_prefix(ask_fn *ask, const u8 *data, size_t len,
				  size_t *first)
{
	struct answer last = { .v = L7_PARSE_MORE }, a = last;
	size_t n;

	*first = len;
	for (n = 0; n <= len; n++) {
		a = ask(unit_flush(data, n), n);
		if (last.v != L7_PARSE_MORE && !same(&a, &last)) {
			unit_fail(__FILE__, __LINE__, "%s %s becomes %s %s at %zu",
				  verdicts[last.v], last.said, verdicts[a.v],
				  a.said, n);
			break;
		}
		if (last.v == L7_PARSE_MORE && a.v != L7_PARSE_MORE)
			*first = n;
		last = a;
	}
	a = ask(unit_flush_front(data, len), len);
	CHECK(same(&a, &last));
	return last;
}

/* @want: what is said, when FOUND */
static void check_answer(const struct answer *a, enum l7_parse v,
			 const char *want)
{
	if (a->v != v)
		unit_fail(__FILE__, __LINE__, "%s, not %s", verdicts[a->v],
			  verdicts[v]);
	else if (v == L7_PARSE_FOUND && strcmp(a->said, want))
		unit_fail(__FILE__, __LINE__, "'%s', not '%s'", a->said, want);
}

/* Every prefix of a text; the verdict has to come at the mark. */
static void check_text(ask_fn *ask, const char *text, enum l7_parse v,
		       const char *want)
{
	static struct stream s;
	struct answer a;
	size_t first;

	UNIT_ROW("%s", text);
	make(&s, text);
	a = every_prefix(ask, s.b, s.n, &first);
	check_answer(&a, v, want);
	CHECK_EQ(first, s.mark);
}

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

/* Records of any size carry the same messages; not all are read in place. */
static void every_size(ask_fn *ask, const char *text, const char *name)
{
	static u8 plain[ROOM], pieces[ROOM];
	static struct stream s;
	struct answer whole, a;
	u32 n, size, len;

	make(&s, text);
	whole = ask(s.b, s.n);
	n = uncut(plain, s.b, s.n);
	for (size = 1; size <= n; size++) {
		UNIT_ROW("%s, records of %u", name, size);
		len = cut(pieces, plain, n, size);
		a = ask(unit_flush(pieces, len), len);
		CHECK(same(&a, &whole));
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

/* --- ClientHello, by table --- */

#define VECTOR(x)	"[2 " x "] "
#define RECORD(x)	"16 0301 " VECTOR(x)
#define RANDOM		"5a*32 "
#define BODY(x)		"01 [3 0303 " RANDOM x "] "
#define START		"[1 ] [2 1301 c02f] [1 00] "
#define HELLO(ext)	RECORD(BODY(START VECTOR(ext)))
#define SNI(list)	"0000 " VECTOR(list)
#define NAME(x)		"00 [2 '" x "'] "
#define ALPN(list)	"0010 [2 [2 " list "] ] "
#define PSK(ids, bind)	"0029 [2 [2 " ids "] [2 " bind "] ] "
#define IDENTITY(x)	"[2 " x "] 00000000 "
#define BINDER		"[1 b1*32] "
#define VERSIONS(list)	"002b [2 [1 " list "] ] "
#define GREASE		"0a0a [2 ] "

/* As Chrome does, with a post-quantum key share: 1.7 KiB. */
#define CHROME								\
	RECORD(BODY("[1 1d*32] [2 2a2a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 " \
		    "c014 009c 009d 002f 0035] [1 00] "			\
		    VECTOR("3a3a [2 ] ff01 [2 00] 0005 [2 0100000000] 0012 [2 ] "	\
			   SNI(VECTOR(NAME("www.example"))) "000d [2 [2 04030804040105030805" \
			   "050108060601] ] 002d [2 [1 01] ] 0017 [2 ] 0023 [2 ] "	\
			   "fe0d [2 00 0001 0001 2f [2 ec*32] [2 ec*176] ] " \
			   "0033 [2 [2 4a4a [2 00] 11ec [2 ab*1216] 001d [2 cd*32] ] ] " \
			   ALPN("[1 'h2'] [1 'http/1.1'] ") "001b [2 [1 0002] ] "	\
			   "000a [2 [2 4a4a 11ec 001d 0017 0018] ] 44cd [2 [2 [1 'h2'] ] ] " \
			   VERSIONS("9a9a 0304 0303") "000b [2 [1 00] ] 8a8a [2 00] ")))

static const struct {
	const char *text;
	const char *want;
} hellos[] = {
	{ RECORD(BODY(START)), "0303" },
	{ RECORD(BODY(START)) "!00", "0303" },
	{ RECORD(BODY(START) "!01 ff ff"), "0303" },
	{ HELLO(""), "0303" },
	{ "16 0300 [2 01 [3 0300 " RANDOM START "] ]", "0300" },
	{ "16 03ff [2 01 [3 03ff " RANDOM START "] ]", "03ff" },
	{ RECORD(BODY("[1 1d*32] [2 1301] [1 01 00] ")), "0303 id:32" },
	{ RECORD(BODY("[1 1d] [2 00*15000] [1 00*255] ")), "0303 id:1d" },
	{ HELLO(SNI(VECTOR(NAME("a.example")))), "0303 sni:a.example" },
	{ HELLO(SNI(VECTOR("01 [2 ff] " NAME("a") "02 [2 00]"))), "0303 sni:a" },
	{ HELLO(SNI(VECTOR("01 [2 ff] "))), "0303" },
	{ HELLO(SNI(VECTOR(NAME("!~_:")))), "0303 sni:!~_:" },
	{ HELLO(ALPN("[1 'h2'] [1 'http/1.1'] ")), "0303 alpn:h2 alpn:http/1.1" },
	{ HELLO(ALPN("[1 0a0a] [1 'h3'] ")), "0303 alpn:\n\n alpn:h3" },
	{ HELLO("0023 [2 ] "), "0303 ticket:" },
	{ HELLO("0023 [2 01020304] "), "0303 ticket:01020304" },
	{ HELLO(VERSIONS("0304")), "0303 13" },
	{ HELLO(VERSIONS("7a7a 0304 0303")), "0303 13" },
	{ HELLO(VERSIONS("0303 0302 0305 7f1c")), "0303" },
	{ HELLO("002a [2 ] "), "0303 early" },
	{ HELLO("fe0d [2 ] "), "0303 ech" },
	{ HELLO("fe0d [2 00ff] "), "0303 ech" },
	{ HELLO(PSK(IDENTITY("aa"), BINDER)), "0303 psk:aa" },
	{ HELLO(PSK(IDENTITY("aa") IDENTITY("bbcc"), BINDER "[1 b2*255] ")),
	  "0303 psk:aa psk:bbcc" },
	/* any order, GREASE, extensions that nobody knows */
	{ HELLO(GREASE VERSIONS("0304") SNI(VECTOR(NAME("a"))) "1a1a [2 00] "
		ALPN("[1 'h2']") "ffff [2 0102] 0023 [2 07] fe0d [2 01] 0033 [2 ff*300] "
		PSK(IDENTITY("aa"), BINDER)),
	  "0303 ticket:07 psk:aa sni:a alpn:h2 13 ech" },
	{ HELLO(ALPN("[1 'h2']") "fe0d [2 01] 0023 [2 07] " SNI(VECTOR(NAME("a")))
		"002a [2 ] " VERSIONS("0304") GREASE PSK(IDENTITY("aa"), BINDER)),
	  "0303 ticket:07 psk:aa sni:a alpn:h2 13 ech early" },
	/* of what is not read two may be there, if it is not below 64 */
	{ HELLO("003f [2 ] 0040 [2 ] 0040 [2 ] 003e [2 ] " GREASE GREASE), "0303" },
	/* over several records */
	{ "16 0301 [2 01] 16 0302 [2 000029] 16 03ff [2 0303 " RANDOM "00 0002] "
	  "16 0303 [2 1301 01 00! 16 ff] 00", "0303" },
	{ "16 0301 [2 01 00002a 03] 16 0301 [2 03 " RANDOM "01 aa 0002 1301 01 00] ",
	  "0303 id:aa" },
	{ CHROME, "0303 id:32 ticket: sni:www.example alpn:h2 alpn:http/1.1 13 ech" },
};

static const char *const client_bads[] = {
	/* no TLS */
	"14! 0301 [2 01] ", "15! 0301 [2 0228] ", "17! 0301 [2 01] ", "18! ",
	"80! 2e 01 0301 0015 0000 0010 ", "'G'! 'ET / HTTP/1.1' ", "00! ",
	"16 02! 01 ", "16 04! 00 ", "16 'x'! ",
	/* records */
	"16 0301 0000! 16 ", "16 0301 4001! 01 ", "16 0301 ffff! 01 ",
	"16 0301 [2 01 ] 16 0301 0000! ", "16 0301 [2 01 ] 16 0301 4001! ",
	"16 0301 [2 01 ] 15 0301 0002! 0228 ", "16 0301 [2 01 ] 14 0301 0001! 01 ",
	"16 0301 [2 01 ] 17! ", "16 0301 [2 01 ] 16 04! ",
	/* messages */
	"16 0301 [2 00! 000000] ", "16 0301 [2 02! 000000] ", "16 0301 [2 16! ] ",
	"16 0301 [2 01 000000!] ", "16 0301 [2 01 000001! 03] ",
	"16 0301 [2 01 ffffff! 0303] ", "16 0301 [2 01 003ffd! 0303] ",
	"16 0301 [2 01 ] 16 0301 [2 003ffd!] ", "16 0301 [2 01 00 40 00! 0303] ",
	RECORD("01 [3 02 00!] "), RECORD("01 [3 04 03! " RANDOM START "] "),
	RECORD("01 [3 0303 ! 5a*31 ] "), RECORD("01 [3 0303 5a*32! ] "),
	"16 0301 [2 01 000100 02 00!] 16 0301 [2 00 ] ",
	"16 0301 [2 01 000100 0303 ] 16 0301 [2 5a*32 21!] 16 0301 [2 00 ] ",
	/* what stands before the extensions */
	RECORD(BODY("21! 1d*33 [2 1301] [1 00] ")),
	RECORD(BODY("ff! 1d*255 [2 1301] [1 00] ")),
	RECORD(BODY("20! 1d*31 ")), RECORD(BODY("[1 1d*32]! ")),
	RECORD(BODY("[1 ] ! 00 ")), RECORD(BODY("[1 ] 0000! [1 00] ")),
	RECORD(BODY("[1 ] 0001! 13 [1 00] ")), RECORD(BODY("[1 ] [2 130113]! [1 00] ")),
	RECORD(BODY("[1 ] ffff! 1301 [1 00] ")), RECORD(BODY("[1 ] 0004! 1301 00 ")),
	RECORD(BODY("[1 ] [2 1301] !")), RECORD(BODY("[1 ] [2 1301] 00! ")),
	RECORD(BODY("[1 ] [2 1301] 02! 00 ")), RECORD(BODY(START "!00 ")),
	RECORD(BODY(START "0001! ")), RECORD(BODY(START "0000! 00 ")),
	RECORD(BODY(START "[2+1 !0023 [2 ] ] ")), RECORD(BODY(START "[2-1 !0023 [2 ] ] ")),
	/* extensions as such */
	HELLO("!00 "), HELLO("00 23 !00 "), HELLO("0023 0001! "), HELLO("0023 ffff! 00 "),
	HELLO(GREASE "0023 [2+1 !00] "), HELLO("0033 [2+5 !00] 0023 [2 ] "),
	HELLO("0023 [2 ] 0023! [2 ] "), HELLO("003f [2 ] 0a0a [2 ] 003f! [2 ] "),
	HELLO("0000 [2 [2 01 [2 ff] ] ] 0000! [2 ] "), HELLO("fe0d [2 01] fe0d [2 01]! "),
	HELLO(VERSIONS("0304") "002b! [2 [1 0304] ] "),
	/* server_name */
	HELLO("0000 [2 ]! "), HELLO("0000 [2 00]! "), HELLO(SNI("[2 ] ") "!"),
	HELLO(SNI("[2 00] ") "!"), HELLO(SNI("[2 00 [2 ] ] ") "!"),
	HELLO(SNI("[2 00 [2+1 'a'] ] ") "!"), HELLO(SNI("[2 00 [2-1 'ab'] ] ") "!"),
	HELLO(SNI("[2+1 00 [2 'a'] ] ") "!"), HELLO(SNI("[2-1 00 [2 'a'] ] ") "!"),
	HELLO(SNI("[2 00 [2 'a'] ] 00") "!"), HELLO(SNI(VECTOR(NAME("a") "00 ")) "!"),
	HELLO(SNI(VECTOR(NAME("a") NAME("b"))) "!"), HELLO(SNI(VECTOR(NAME("a b"))) "!"),
	HELLO(SNI(VECTOR("00 [2 6100] ")) "!"), HELLO(SNI(VECTOR("00 [2 617f] ")) "!"),
	HELLO(SNI(VECTOR("00 [2 c3a4] ")) "!"), HELLO(SNI(VECTOR("00 [2 61*256] ")) "!"),
	HELLO(SNI(VECTOR("01 [2 ] ")) "!"),
	/* ALPN */
	HELLO("0010 [2 ]! "), HELLO("0010 [2 00]! "), HELLO(ALPN("") "!"), HELLO(ALPN("00") "!"),
	HELLO(ALPN("[1 'h2'] [1 ] ") "!"), HELLO(ALPN("[1+1 'h2'] ") "!"),
	HELLO(ALPN("[1-1 'h2'] ") "!"), HELLO("0010 [2 [2 [1 'h2'] ] 00]! "),
	HELLO("0010 [2 [2+1 [1 'h2'] ] ]! "), HELLO("0010 [2 [2-1 [1 'h2'] ] ]! "),
	/* supported_versions, early_data */
	HELLO("002b [2 ]! "), HELLO(VERSIONS("") "!"), HELLO(VERSIONS("03") "!"),
	HELLO(VERSIONS("030403") "!"), HELLO("002b [2 [1 0304] 00]! "),
	HELLO("002b [2 [1+2 0304] ]! "), HELLO("002b [2 [1 00*255] ]! "),
	HELLO("002a [2 00000000]! "),
	/* pre_shared_key */
	HELLO(PSK(IDENTITY("aa"), BINDER) "!" GREASE),
	HELLO(PSK(IDENTITY("aa"), BINDER) "!00 "),
	HELLO("0029 [2 ]! "), HELLO(PSK("", BINDER) "!"), HELLO(PSK(IDENTITY("aa"), "") "!"),
	HELLO("0029 [2 [2 " IDENTITY("aa") "] ]! "), HELLO(PSK(IDENTITY(""), BINDER) "!"),
	HELLO(PSK(IDENTITY("aa") IDENTITY(""), BINDER BINDER) "!"),
	HELLO(PSK("[2 aabbcc] 000000 ", BINDER) "!"),
	HELLO(PSK("[2 aabbccdd] 00000000 ff ", BINDER) "!"),
	HELLO(PSK("[2+1 aabbccdd] 00000000 ", BINDER) "!"),
	HELLO(PSK(IDENTITY("aa") IDENTITY("bb"), BINDER) "!"),
	HELLO(PSK(IDENTITY("aa"), BINDER BINDER) "!"),
	HELLO(PSK("", "") "!"), HELLO(PSK(IDENTITY("aa"), "[1 b1*31] ") "!"),
	HELLO(PSK(IDENTITY("aa") IDENTITY("bb"), BINDER "[1 b1*31] ") "!"),
	HELLO(PSK(IDENTITY("aa"), "[1 b1*31] 00 ") "!"),
	HELLO(PSK(IDENTITY("aa"), "[1+1 b1*32] ") "!"),
	HELLO(PSK(IDENTITY("aa"), "[1-1 b1*33] ") "!"),
	HELLO("0029 [2 [2 " IDENTITY("aa") "] [2 " BINDER "] 00]! "),
	HELLO("0029 [2 [2 " IDENTITY("aa") "] [2+1 " BINDER "] ]! "),
	HELLO("0029 [2 [2+1 " IDENTITY("aa") "] [2 " BINDER "] ]! "),
};

static const char *const client_mores[] = {
	"", "16", "16 03", "16 0301", "16 0301 00", "16 0301 0001", "16 0301 4000 01",
	"16 0301 [2 01 ] ", "16 0301 [2 01 ] 16 ", "16 0301 [2 01 ] 15 0303 00",
	"16 0301 [2 01 003ffc] ", "16 0301 [2 01 000100 0303 5a*32 20 1d*31] ",
};

static void client_found(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(hellos); i++)
		check_text(ask_client, hellos[i].text, L7_PARSE_FOUND, hellos[i].want);
}

static void client_bad(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(client_bads); i++)
		check_text(ask_client, client_bads[i], L7_PARSE_BAD, NULL);
}

static void client_more(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(client_mores); i++)
		check_text(ask_client, client_mores[i], L7_PARSE_MORE, NULL);
}

static void client_in_pieces(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(hellos); i++)
		every_size(ask_client, hellos[i].text, hellos[i].text);
}

/* A hello with everything, and then one byte that is no record. */
#define EVERYTHING							\
	RECORD(BODY("[1 1d*32] [2 1301 1302] [1 00] "			\
		    VECTOR("1a1a [2 00] " SNI(VECTOR("07 [2 ff] " NAME("a.example"))) \
			   "0023 [2 07*20] " VERSIONS("0304 0303") "0033 [2 01*40] " \
			   ALPN("[1 'h2'] [1 'http/1.1'] ") "fe0d [2 00] "	\
			   PSK(IDENTITY("aabb") IDENTITY("ccdd"), BINDER BINDER)))) "00"

/* Only the record may be longer: its rest is not looked at. */
static void client_lengths(void)
{
	static const long lies[] = { -1, 1, -1000000, 1000000 };
	static struct stream s;
	static u8 pieces[ROOM];
	struct answer a;
	size_t i;
	u32 f, n;

	make(&s, EVERYTHING);
	a = ask_client(s.b, s.n);
	check_answer(&a, L7_PARSE_FOUND, "0303 id:32 ticket:20 psk:aabb psk:ccdd "
		     "sni:a.example alpn:h2 alpn:http/1.1 13 ech");
	for (f = 0; f < s.fields; f++) {
		long was = get_length(&s, f), most = (1L << 8 * s.width[f]) - 1;

		for (i = 0; i < UNIT_SIZE(lies); i++) {
			long v = was + lies[i];

			UNIT_ROW("length %u is %ld, not %ld", f, v, was);
			put_length(&s, f, v < 0 ? 0 : v > most ? most : v);
			a = ask_client(unit_flush(s.b, s.n), s.n);
			if (f == 0 && v == was + 1)
				CHECK_EQ(a.v, L7_PARSE_FOUND);
			else
				CHECK_EQ(a.v, L7_PARSE_BAD);
			n = cut(pieces, s.b + 5, s.n - 6, 40);
			pieces[n++] = 0;
			a = ask_client(unit_flush(pieces, n), n);
			CHECK_EQ(a.v, f == 0 ? L7_PARSE_FOUND : L7_PARSE_BAD);
		}
		put_length(&s, f, was);
	}
}

/* The longest ClientHello, with its header, and one byte more. */
static void client_longest(void)
{
	static struct stream s;
	static u8 pieces[ROOM];
	struct answer a;
	u32 n;

	make(&s, HELLO("0033 [2 ab*16331] "));
	CHECK_EQ(s.n, 5 + L7_TLS_HELLO_MAX);
	a = ask_client(unit_flush(s.b, s.n), s.n);
	check_answer(&a, L7_PARSE_FOUND, "0303");
	n = cut(pieces, s.b + 5, s.n - 5, 16383);
	a = ask_client(unit_flush(pieces, n - 1), n - 1);
	check_answer(&a, L7_PARSE_MORE, NULL);
	a = ask_client(unit_flush(pieces, n), n);
	check_answer(&a, L7_PARSE_FOUND, "0303");
	make(&s, HELLO("0033 [2 ab*16332] "));
	n = cut(pieces, s.b + 5, s.n - 5, 16384);
	a = ask_client(unit_flush(pieces, n), n);
	check_answer(&a, L7_PARSE_BAD, NULL);
}

/* Lists are read again later, and must not lead out of themselves then. */
static void iterators(void)
{
	static const u8 bytes[] = { 0xff, 0xff, 0, 1, 2, 3, 4, 5 };
	struct l7_tls_hello h = { .base = unit_flush(bytes, sizeof(bytes)) };
	struct l7_slice s;
	u32 n, at;

	for (n = 0; n <= sizeof(bytes); n++) {
		h.psk = h.alpn = (struct l7_slice){ .len = n };
		at = 0;
		CHECK(!l7_tls_psk_next(&h, &at, &s));
		at = 0;
		CHECK(!l7_tls_alpn_next(&h, &at, &s));
		at = n;
		CHECK(!l7_tls_psk_next(&h, &at, &s));
		at = 0xffffffff;
		CHECK(!l7_tls_psk_next(&h, &at, &s));
	}
	h.psk = h.alpn = (struct l7_slice){ .off = 3, .len = 2 };
	at = 0;
	CHECK(l7_tls_alpn_next(&h, &at, &s));
	CHECK(s.off == 4 && s.len == 1);
	CHECK(!l7_tls_alpn_next(&h, &at, &s));
}

/* --- The server's flight, by table --- */

#define REC(x)		"16 0303 " VECTOR(x)
#define MSG(x)		"02 [3 0303 " RANDOM x "] "
#define PLAIN		"[1 ] c02f 00 "
#define SH(ext)		MSG(PLAIN VECTOR(ext))
#define HRR		"02 [3 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e"	\
			"079e09e2c8a8339c [1 1d] 1301 00 [2 002b [2 0304] 0023 [2 ] ] ] "
#define CCS		"14 0303 [2 01] "
#define WARNING		"15 0303 [2 0170] "
#define FATAL		"15 0303 [2 0228] "
#define CLOSE		"15 0303 [2 0100] "
#define IS_13		"002b [2 0304] "
#define PROMISE		"0023 [2 ] "
#define TICKET(x)	"04 [3 00000e10 [2 " x "] ] "
#define CERTIFICATE	"0b [3 00*300] "
#define DONE		"0e [3 ] "

static const struct {
	const char *text;
	const char *want;
} answers[] = {
	{ REC(MSG(PLAIN)), "0303" },
	{ REC(SH("")), "0303" },
	{ "16 0300 [2 02 [3 0300 " RANDOM PLAIN "] ] ", "0300" },
	{ REC(MSG("[1 aabb] c02f 00 ")), "0303 id:aabb" },
	{ REC(MSG("[1 1d*32] c02f 00 [2 ff01 [2 00] ] ")), "0303 id:32" },
	{ REC(SH(IS_13)), "0303 13" },
	{ REC(SH("002b [2 7f1c] ")), "0303 13" },
	{ REC(SH("0033 [2 ab*36] " IS_13)), "0303 13" },
	{ REC(SH("0029 [2 0102] 0033 [2 ab*36] " IS_13)), "0303 13 psk:258" },
	{ REC(SH(IS_13 "0029 [2 0000] ")), "0303 13 psk:0" },
	{ REC(SH(PROMISE)), "0303 promised" },
	{ REC(SH("ff01 [2 00] " PROMISE "0017 [2 ] 1234 [2 ] 1234 [2 ] ")), "0303 promised" },
	/* what belongs to another version says nothing */
	{ REC(SH(PROMISE IS_13)), "0303 13" },
	{ REC(SH("0029 [2 0000] ")), "0303" },
	/* what follows does not matter */
	{ REC(SH("")) "!ff ff", "0303" },
	{ REC(SH(PROMISE) "!0b ffffff 00"), "0303 promised" },
	/* what comes first is no answer */
	{ CCS REC(SH("")), "0303" },
	{ WARNING CCS WARNING REC(SH("")), "0303" },
	{ REC("00 [3 ] ") REC(SH("")), "0303" },
	{ REC("00 [3 ] 00 [3 00] " SH("")), "0303" },
	{ REC(HRR) CCS REC(SH(IS_13)), "0303 13 retried" },
	{ REC(HRR) REC(MSG("[1 aabb] 1301 00 [2 " IS_13 "] ")), "0303 id:aabb 13 retried" },
	{ REC(HRR SH("")), "0303 retried" },
	/* over several records */
	{ "16 0303 [2 02] 16 0303 [2 000026 03] 16 0303 [2 03 " RANDOM "00] 16 0303 [2 c0] "
	  "16 0303 [2 2f00! 0b] 00", "0303" },
};

static const struct {
	const char *text;
	const char *want;
} tickets[] = {
	{ REC(SH("")), "0303" },
	{ REC(SH(IS_13 PROMISE)) "!16 ", "0303 13" },
	{ REC(SH(PROMISE)) REC(TICKET("0708")), "0303 promised ticket:0708" },
	{ REC(SH(PROMISE) TICKET("0708")) "!00", "0303 promised ticket:0708" },
	{ REC(SH(PROMISE) CERTIFICATE DONE TICKET("07") "!04") CCS,
	  "0303 promised ticket:07" },
	{ REC(SH(PROMISE)) REC(CERTIFICATE) REC("0c [3 00] " DONE) REC(TICKET("07")),
	  "0303 promised ticket:07" },
	{ REC(MSG("[1 aabb] c02f 00 [2 " PROMISE "] ")) REC(TICKET("07*2000")),
	  "0303 id:aabb promised ticket:2000" },
	{ REC(SH(PROMISE)) REC("0b 00000a 000102") REC("03040506 0708 09 0e 0000")
	  REC("00 04") REC("0000 08 00000000 00") REC("02 01") REC("02! 14"),
	  "0303 promised ticket:0102" },
	/* none */
	{ REC(SH(PROMISE)) REC(TICKET("")) "!00", "0303 promised" },
	{ REC(SH(PROMISE)) CCS "!00", "0303 promised" },
	{ REC(SH(PROMISE) CERTIFICATE DONE) FATAL "!00", "0303 promised" },
	{ REC(SH(PROMISE) CERTIFICATE DONE) CLOSE "!00", "0303 promised" },
	/* something in between */
	{ REC(SH(PROMISE) "00 [3 ] ") WARNING REC(TICKET("07")), "0303 promised ticket:07" },
	{ REC(HRR) CCS REC(SH("")), "0303 retried" },
	{ REC(HRR) CCS REC(SH(PROMISE)) REC(TICKET("07")), "0303 retried promised ticket:07" },
};

static const char *const nones[] = {
	FATAL "!00", CLOSE "!00", WARNING FATAL, CCS CLOSE, REC(HRR) FATAL,
	REC("00 [3 ] ") FATAL,
};

/* With a ticket wanted or without. */
static const char *const server_bads[] = {
	"13! ", "17! ", "'H'! 'TTP/1.1 400' ", "00! ", "16 02! ", "15 04! ",
	"16 0303 0000! ", "16 0303 4001! ", "14 0303 0000! ", "15 0303 0000! ",
	"14 0303 0002! 01 ", "14 0303 [2 00]! ", "14 0303 [2 02]! ",
	"15 0303 0001! 02 ", "15 0303 0004! ", "15 0303 [2 0028]! ", "15 0303 [2 0328]! ",
	REC("01! [3 ] "), REC("0b! [3 ] "), REC("04! [3 ] "), REC("00 [3 ] 0b! "),
	REC("02 000000! "), REC("02 ffffff! 03 "), REC("02 003ffd! 03 "),
	REC("02 [3 0200! ] "), REC("02 [3 0403! ] "), REC("02 [3 03 03! 5a*31 ] "),
	REC(MSG("21! 1d*33 c02f 00 ")), REC(MSG("ff! 1d*255 c02f 00 ")),
	REC(MSG("20! 1d*31 ")), REC(MSG("[1 ] ! ")), REC(MSG("[1 ] !c02f ")),
	REC(MSG(PLAIN "!00 ")), REC(MSG(PLAIN "0001! ")), REC(MSG(PLAIN "0000! 00 ")),
	REC(MSG(PLAIN "[2+1 !0023 [2 ] ] ")), REC(MSG(PLAIN "[2-1 !0023 [2 ] ] ")),
	REC(SH("0023 [2 00]! ")), REC(SH("0023 [2+1 !] ")), REC(SH("0023 [2 ] 0023! [2 ] ")),
	REC(SH("002b [2 ]! ")), REC(SH("002b [2 03]! ")), REC(SH("002b [2 030400]! ")),
	REC(SH("002b [2 0303]! ")), REC(SH("002b [2 0304] 002b! [2 0304] ")),
	REC(SH("0029 [2 ]! ")), REC(SH("0029 [2 00]! ")), REC(SH("0029 [2 000000]! ")),
	REC(HRR) CCS REC(HRR) "!", REC(HRR HRR "!"), REC(HRR) "17! ",
	/* in the middle of a message */
	REC("02 ") "14 0303 0001! 01 ", REC("02 000026 ") "15 0303 0002! 0228 ",
	REC("02 000026 ") "17! ", REC("02 000026 ") "16 0303 0000! ",
	REC("00 000001 ") "14 0303 0001! 01 ", REC("02 000026 04 00!") REC("00 "),
};

static const char *const ticket_bads[] = {
	REC(SH(PROMISE) "02! [3 ] "), REC(SH(PROMISE) "01! [3 ] "),
	REC(SH(PROMISE)) REC(DONE) "17! ", REC(SH(PROMISE)) "14 0303 [2 02]! ",
	REC(SH(PROMISE) "04 000003! 000000 "), REC(SH(PROMISE) "04 [3 00000000] !"),
	REC(SH(PROMISE) "04 [3 00000000 !00] "), REC(SH(PROMISE) "04 [3 00000000 [2+1 !07] ] "),
	REC(SH(PROMISE) "04 [3 00000000 [2-1 !07] ] "),
	REC(SH(PROMISE) "04 [3 00000000 [2 07] !00 ] "),
	REC(SH(PROMISE) "04 ffffff! "), REC(SH(PROMISE) "04 003ffd! "),
	REC(SH(PROMISE)) REC("0b 000004 0000") "14 0303 0001! 01 ",
	REC(SH(PROMISE)) REC("0b 000004 0000") "16 0303 0000! ",
};

static const char *const server_mores[] = {
	"", "15", "15 0303 0002 ", "15 0303 0002 02 ", "14 0303 0001 ", WARNING, CCS,
	REC("00 [3 ] "), REC("00 000001"), REC("00"), REC(HRR), REC(HRR) CCS,
	REC("02") "16 ", REC("02") "15 0303 00 ",
};

static const char *const ticket_mores[] = {
	REC(SH(PROMISE)), REC(SH(PROMISE) CERTIFICATE DONE), REC(SH(PROMISE)) WARNING,
	REC(SH(PROMISE)) "14 0303 0001 ", REC(SH(PROMISE) "0b ffffff 00 "),
	REC(SH(PROMISE) "04 000008 00000000 0002 07"), REC(SH(PROMISE) "04 003ffc "),
};

static void server_found(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(answers); i++)
		check_text(ask_answer, answers[i].text, L7_PARSE_FOUND,
			   answers[i].want);
	for (i = 0; i < UNIT_SIZE(tickets); i++)
		check_text(ask_ticket, tickets[i].text, L7_PARSE_FOUND,
			   tickets[i].want);
}

static void server_none(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(nones); i++) {
		check_text(ask_answer, nones[i], L7_PARSE_NONE, NULL);
		check_text(ask_ticket, nones[i], L7_PARSE_NONE, NULL);
	}
}

static void server_bad(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(server_bads); i++) {
		check_text(ask_answer, server_bads[i], L7_PARSE_BAD, NULL);
		check_text(ask_ticket, server_bads[i], L7_PARSE_BAD, NULL);
	}
	for (i = 0; i < UNIT_SIZE(ticket_bads); i++)
		check_text(ask_ticket, ticket_bads[i], L7_PARSE_BAD, NULL);
}

static void server_more(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(server_mores); i++) {
		check_text(ask_answer, server_mores[i], L7_PARSE_MORE, NULL);
		check_text(ask_ticket, server_mores[i], L7_PARSE_MORE, NULL);
	}
	for (i = 0; i < UNIT_SIZE(ticket_mores); i++)
		check_text(ask_ticket, ticket_mores[i], L7_PARSE_MORE, NULL);
}

static void session_ids(void)
{
	static const struct {
		bool is_13, counts;
		u8 id, ticket;
	} rows[] = {
		{ false, true, 32, 0 }, { false, true, 1, 0 }, { false, false, 0, 0 },
		{ true, false, 32, 0 }, { false, false, 32, 1 }, { true, false, 32, 1 },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct l7_tls_hello h = { .has_ticket_ext = true };
		struct l7_tls_answer a = { .is_13 = rows[i].is_13 };

		UNIT_ROW("row %zu", i);
		h.ticket.len = rows[i].ticket;
		a.session_id_len = rows[i].id;
		CHECK_EQ(l7_tls_session_id_counts(&h, &a), rows[i].counts);
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
	UNIT_RUN(client_found);
	UNIT_RUN(client_bad);
	UNIT_RUN(client_more);
	UNIT_RUN(client_in_pieces);
	UNIT_RUN(client_lengths);
	UNIT_RUN(client_longest);
	UNIT_RUN(iterators);
	UNIT_RUN(server_found);
	UNIT_RUN(server_none);
	UNIT_RUN(server_bad);
	UNIT_RUN(server_more);
	UNIT_RUN(session_ids);
	UNIT_RUN(random_changes);
	UNIT_RUN(linear);
	return unit_end();
}
