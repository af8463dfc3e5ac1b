/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parsers of TLS, asked for every prefix of a handshake with a guard page
 * behind it, or with its messages cut into records of every size. Header only.
 */
#ifndef L7_TLS_ASK_H
#define L7_TLS_ASK_H

#include "tls_text.h"
#include "pure/tls.h"

static const char *const verdicts[] = { "MORE", "FOUND", "NONE", "BAD" };

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

static inline __attribute__((format(printf, 2, 3)))
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

static inline void say_bytes(struct answer *a, const char *what, const u8 *p, u32 len,
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
static inline void check_slice(const u8 *base, struct l7_slice s, const u8 *p, size_t len)
{
	if (!s.len)
		return;
	CHECK(base == room || base == p);
	CHECK(s.off <= (base == room ? sizeof(room) : len) &&
	      s.len <= (base == room ? sizeof(room) : len) - s.off);
}

static inline void say_slice(struct answer *a, const char *what,
		      const struct l7_tls_hello *h, struct l7_slice s, bool is_text)
{
	if (s.len)
		say_bytes(a, what, h->base + s.off, s.len, is_text);
}

static inline void say_hello(struct answer *a, const struct l7_tls_hello *h)
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

static inline struct answer ask_client(const u8 *p, size_t len)
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

static inline struct answer ask_server(const u8 *p, size_t len, bool want_ticket)
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

static inline struct answer ask_answer(const u8 *p, size_t len)
{
	return ask_server(p, len, false);
}

static inline struct answer ask_ticket(const u8 *p, size_t len)
{
	return ask_server(p, len, true);
}

typedef struct answer ask_fn(const u8 *p, size_t len);

static inline bool same(const struct answer *a, const struct answer *b)
{
	return a->v == b->v && a->hash == b->hash && !strcmp(a->said, b->said);
}

/*
 * Ask for every prefix, with a guard page behind it: once the answer is other
 * than MORE, it stays. Returns the last answer; @first is the length of the
 * shortest prefix that got it.
 */
static inline struct answer every_prefix(ask_fn *ask, const u8 *data, size_t len,
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
static inline void check_answer(const struct answer *a, enum l7_parse v,
			 const char *want)
{
	if (a->v != v)
		unit_fail(__FILE__, __LINE__, "%s, not %s", verdicts[a->v],
			  verdicts[v]);
	else if (v == L7_PARSE_FOUND && strcmp(a->said, want))
		unit_fail(__FILE__, __LINE__, "'%s', not '%s'", a->said, want);
}

/* Every prefix of a text; the verdict has to come at the mark. */
static inline void check_text(ask_fn *ask, const char *text, enum l7_parse v,
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

/* Records of any size carry the same messages; not all are read in place. */
static inline void every_size(ask_fn *ask, const char *text, const char *name)
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

#endif /* L7_TLS_ASK_H */
