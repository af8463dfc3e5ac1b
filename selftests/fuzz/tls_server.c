// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the server's first flight. The first byte says what the rest
 * is: the stream, its handshake bytes, or the extensions of a ServerHello and
 * then handshake bytes, how records are cut, and whether a ticket is wanted.
 * The properties are those of tls_client.c; besides, a ticket that is wanted
 * changes no verdict but the one of a ServerHello that promises it.
 */
#include "tls_oracle.h"

/* --- The oracle --- */

static bool oracle_content(const u8 *p, u32 type, const struct element *e,
			   struct l7_tls_answer *a)
{
	switch (type) {
	case 35:
		a->ticket_promised = true;
		return size_of(e) == 0;
	case 41:
		a->psk_accepted = true;
		if (size_of(e) == 2)
			a->psk_selected = l7_get16(p + e->at);
		return size_of(e) == 2;
	case 43:
		a->is_13 = true;
		return size_of(e) == 2 && l7_get16(p + e->at) > 0x0303;
	default:
		return true;
	}
}

static enum l7_parse oracle_extensions(const u8 *p, size_t at, size_t end,
				       size_t have, struct l7_tls_answer *a)
{
	bool seen[SEEN] = { false };
	struct element e = bytes_at(at, 2, end, have);
	u32 type;

	if (e.v != L7_PARSE_NONE)
		return e.v;
	if (l7_get16(p + at) != end - at - 2)
		return L7_PARSE_BAD;
	for (at += 2; at < end; at = e.end) {
		type = extension_at(p, at, end, have, seen, &e);
		if (e.v != L7_PARSE_NONE)
			return e.v;
		if (!oracle_content(p, type, &e, a))
			return L7_PARSE_BAD;
	}
	return L7_PARSE_NONE;
}

static enum l7_parse oracle_hello(const u8 *p, size_t end, size_t have,
				  struct l7_tls_answer *a)
{
	struct element e = bytes_at(4, 2, end, have);
	enum l7_parse v = L7_PARSE_NONE;

	if (e.v == L7_PARSE_NONE && p[4] != 3)
		return L7_PARSE_BAD;
	if (e.v == L7_PARSE_NONE)
		e = bytes_at(6, 32, end, have);
	if (e.v == L7_PARSE_NONE)
		e = vector_at(p, 38, 1, 0, 32, end, have);
	if (e.v != L7_PARSE_NONE)
		return e.v;
	a->legacy_version = l7_get16(p + 4);
	a->session_id_len = (u8)size_of(&e);
	memcpy(a->session_id, p + e.at, size_of(&e));
	e = bytes_at(e.end, 3, end, have);
	if (e.v != L7_PARSE_NONE)
		return e.v;
	if (e.end < end)
		v = oracle_extensions(p, e.end, end, have, a);
	if (a->is_13)
		a->ticket_promised = false;
	else
		a->psk_accepted = false;
	return v;
}

static bool is_retry(const u8 *random)
{
	return l7_get64(random) == 0xcf21ad74e59a6111 &&
	       l7_get64(random + 8) == 0xbe1d8c021e65b891 &&
	       l7_get64(random + 16) == 0xc2a211167abb8c5e &&
	       l7_get64(random + 24) == 0x079e09e2c8a8339c;
}

static void fold_said(struct answer *a, const struct l7_tls_answer *s)
{
	fold(a, s->legacy_version);
	fold_bytes(a, s->session_id, s->session_id_len);
	fold(a, s->is_13 | s->psk_accepted << 1 | s->ticket_promised << 2 |
		s->retried << 3);
	fold(a, s->psk_accepted ? s->psk_selected : 0);
}

static enum l7_parse oracle_first(struct oracle *o)
{
	struct l7_tls_answer *s = &o->said;
	enum l7_parse v;
	bool retried = s->retried;

	if (o->msg[0] == 0)
		return L7_PARSE_NONE;
	if (o->msg[0] != 2)
		return L7_PARSE_BAD;
	if (o->have < 4)
		return L7_PARSE_MORE;
	if (msg_size(o) > 16384)
		return L7_PARSE_BAD;
	memset(s, 0, sizeof(*s));
	v = oracle_hello(o->msg, msg_size(o), o->have, s);
	s->retried = retried;
	if (v != L7_PARSE_NONE)
		return v;
	if (is_retry(o->msg + 6)) {
		memset(s, 0, sizeof(*s));
		s->retried = true;
		return retried ? L7_PARSE_BAD : L7_PARSE_NONE;
	}
	fold_said(&o->answer, s);
	if (!s->ticket_promised || !o->want_ticket)
		return L7_PARSE_FOUND;
	o->ended = L7_PARSE_FOUND;
	o->secret = true;
	return L7_PARSE_NONE;
}

static enum l7_parse oracle_judge(struct oracle *o)
{
	size_t size = msg_size(o), have = o->have;
	struct element e;

	if (!o->secret)
		return oracle_first(o);
	if (o->msg[0] == 1 || o->msg[0] == 2)
		return L7_PARSE_BAD;
	if (o->msg[0] != 4)
		return L7_PARSE_NONE;
	if (have < 4)
		return L7_PARSE_MORE;
	if (size > 16384)
		return L7_PARSE_BAD;
	e = bytes_at(4, 4, size, have);
	if (e.v == L7_PARSE_NONE)
		e = vector_at(o->msg, 8, 2, 0, 65535, size, have);
	if (e.v != L7_PARSE_NONE)
		return e.v;
	if (e.end != size)
		return L7_PARSE_BAD;
	fold_bytes(&o->answer, o->msg + e.at, size_of(&e));
	return L7_PARSE_FOUND;
}

static struct answer oracle(const u8 *p, size_t len, bool want_ticket)
{
	static struct oracle o;

	o.judge = oracle_judge;
	o.ended = L7_PARSE_NONE;
	o.secret = false;
	o.want_ticket = want_ticket;
	o.have = 0;
	memset(&o.said, 0, sizeof(o.said));
	memset(&o.answer, 0, sizeof(o.answer));
	o.answer.verdict = push_all(&o, p, len);
	return o.answer;
}

/* --- The parser --- */

static struct answer parse(const u8 *p, size_t len, bool want_ticket)
{
	struct answer a = { .hash = 0 };
	struct l7_tls_answer s;

	memset(&s, 0xa5, sizeof(s));
	a.verdict = l7_tls_server_flight(p, (u32)len, want_ticket, room, &s);
	REQUIRE(a.verdict <= L7_PARSE_BAD);
	if (a.verdict != L7_PARSE_FOUND)
		return a;
	require_slice(s.base, s.ticket, p, len);
	REQUIRE(s.session_id_len <= sizeof(s.session_id));
	REQUIRE(!s.ticket.len || (want_ticket && s.ticket_promised));
	fold_said(&a, &s);
	if (s.ticket.len)
		fold_bytes(&a, s.base + s.ticket.off, s.ticket.len);
	return a;
}

/* @how: bits 0 and 1, what the input is; 2 to 4, how records are cut. */
static void make_stream(struct stream *s, u8 how, struct fuzz_in in)
{
	static const u8 start[] = {
		3, 3, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
		9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 1, 7, 0x13, 1, 0,
	};

	s->n = 0;
	if (how % 4 == 2) {
		size_t n = fuzz_u8(&in);

		n = n < in.len ? n : in.len;
		put_hello(s, 2, start, sizeof(start), in.p, n);
		in.p += n;
		in.len -= n;
	} else if (how % 4 != 1) {
		s->len = in.len;
		memcpy(s->wire, in.p, in.len);
		return;
	}
	memcpy(s->plain + s->n, in.p, in.len);
	s->n += in.len;
	to_records(s, record_size(how >> 2));
}

static void check(const struct stream *s, bool want_ticket, struct answer *whole)
{
	struct answer want = oracle(s->wire, s->len, want_ticket), again;
	u32 state = (u32)s->len;
	struct fuzz_bytes b;
	size_t at;

	fuzz_place(&b, s->wire, s->len, s->len % 8);
	*whole = parse(b.p, b.len, want_ticket);
	REQUIRE(is_equal(whole, &want));
	for (at = 0; at < b.len; at = fuzz_next_cut(at, b.len, &state)) {
		fuzz_cut(&b, at);
		again = parse(b.p, at, want_ticket);
		REQUIRE(again.verdict == L7_PARSE_MORE || is_equal(&again, whole));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct answer answer, ticket, again;
	static struct stream s;
	struct fuzz_bytes b;
	u8 how = fuzz_u8(&in);

	if (in.len > FUZZ_ROOM / 8)
		return 0;
	make_stream(&s, how, in);
	check(&s, false, &answer);
	check(&s, true, &ticket);
	if (answer.verdict != L7_PARSE_FOUND)
		REQUIRE(ticket.verdict == answer.verdict);
	if (!s.n)
		return 0;
	to_records(&s, record_size(how >> 5));
	fuzz_place(&b, s.wire, s.len, 0);
	again = parse(b.p, b.len, true);
	REQUIRE(is_equal(&again, &ticket));
	return 0;
}
