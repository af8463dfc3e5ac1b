// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the ClientHello. The first byte says what the rest is: the
 * stream, its handshake bytes, the extensions of a hello, or the list in one of
 * them, and how records are cut. The parser must say what an oracle says that
 * pushes one byte after the other into a message; of a prefix either MORE, or
 * the same as of the whole; and the same however the message is cut into
 * records.
 */
#include "tls_oracle.h"

/* --- The oracle --- */

/** struct facts - where a ClientHello has what
 * @type: seen, but ECH, which is @has_ech
 */
struct facts {
	struct element id, ticket, psk, sni, alpn;
	bool type[SEEN];
	bool is_13, has_ech;
};

static bool oracle_sni(const u8 *p, struct element e, struct facts *f)
{
	struct element list = vector_at(p, e.at, 2, 1, 65535, e.end, e.end), name;
	size_t at = list.at;

	if (list.v != L7_PARSE_NONE || list.end != e.end)
		return false;
	for (; at < list.end; at = name.end) {
		name = vector_at(p, at + 1, 2, 1, 65535, list.end, list.end);
		if (name.v != L7_PARSE_NONE)
			return false;
		if (p[at] != 0)
			continue;
		if (f->sni.end || size_of(&name) > 255)
			return false;
		f->sni = name;
	}
	for (at = f->sni.at; at < f->sni.end; at++)
		if (p[at] < 0x21 || p[at] > 0x7e)
			return false;
	return true;
}

static bool oracle_alpn(const u8 *p, struct element e, struct facts *f)
{
	f->alpn = vector_at(p, e.at, 2, 2, 65535, e.end, e.end);
	return f->alpn.v == L7_PARSE_NONE && f->alpn.end == e.end &&
	       count_entries(p, f->alpn, 1, 1, 0) > 0;
}

static bool oracle_versions(const u8 *p, struct element e, struct facts *f)
{
	size_t at;

	if (size_of(&e) < 3 || p[e.at] != size_of(&e) - 1 || p[e.at] % 2)
		return false;
	for (at = e.at + 1; at < e.end; at += 2)
		f->is_13 |= p[at] == 3 && p[at + 1] == 4;
	return true;
}

static bool oracle_psk(const u8 *p, struct element e, struct facts *f)
{
	struct element binders;
	size_t at;

	f->psk = vector_at(p, e.at, 2, 7, 65535, e.end, e.end);
	if (f->psk.v != L7_PARSE_NONE)
		return false;
	binders = vector_at(p, f->psk.end, 2, 33, 65535, e.end, e.end);
	if (binders.v != L7_PARSE_NONE || binders.end != e.end)
		return false;
	if (count_entries(p, f->psk, 2, 1, 4) < 0)
		return false;
	for (at = binders.at; at < binders.end; at += 1u + p[at])
		if (p[at] < 32)
			return false;
	return count_entries(p, binders, 1, 32, 0) == count_entries(p, f->psk, 2, 1, 4);
}

static bool oracle_content(const u8 *p, u32 type, struct element e,
			   struct facts *f)
{
	switch (type) {
	case 0:
		return oracle_sni(p, e, f);
	case 16:
		return oracle_alpn(p, e, f);
	case 35:
		f->ticket = e;
		return true;
	case 41:
		return oracle_psk(p, e, f);
	case 42:
		return size_of(&e) == 0;
	case 43:
		return oracle_versions(p, e, f);
	case 0xfe0d:
		f->has_ech = !f->has_ech;
		return f->has_ech;
	default:
		return true;
	}
}

static enum l7_parse oracle_extensions(const u8 *p, size_t at, size_t end,
				       size_t have, struct facts *f)
{
	struct element e = bytes_at(at, 2, end, have);

	if (e.v != L7_PARSE_NONE)
		return e.v;
	if (l7_get16(p + at) != end - at - 2)
		return L7_PARSE_BAD;
	for (at += 2; at < end; at = e.end) {
		u32 type;

		if (f->type[41])
			return L7_PARSE_BAD;
		type = extension_at(p, at, end, have, f->type, &e);
		if (e.v != L7_PARSE_NONE)
			return e.v;
		if (!oracle_content(p, type, e, f))
			return L7_PARSE_BAD;
	}
	return L7_PARSE_FOUND;
}

static enum l7_parse oracle_hello(const u8 *p, size_t end, size_t have,
				  struct facts *f)
{
	struct element e = bytes_at(4, 2, end, have);

	if (e.v == L7_PARSE_NONE && p[4] != 3)
		return L7_PARSE_BAD;
	if (e.v == L7_PARSE_NONE)
		e = bytes_at(6, 32, end, have);
	if (e.v == L7_PARSE_NONE)
		e = f->id = vector_at(p, 38, 1, 0, 32, end, have);
	if (e.v == L7_PARSE_NONE) {
		e = vector_at(p, e.end, 2, 2, 65534, end, have);
		if (e.v == L7_PARSE_NONE && size_of(&e) % 2)
			return L7_PARSE_BAD;
	}
	if (e.v == L7_PARSE_NONE)
		e = vector_at(p, e.end, 1, 1, 255, end, have);
	if (e.v != L7_PARSE_NONE)
		return e.v;
	return e.end == end ? L7_PARSE_FOUND :
	       oracle_extensions(p, e.end, end, have, f);
}

static void fold_entries(struct answer *a, const u8 *p, struct element list,
			 size_t width, size_t trailer)
{
	while (list.at < list.end) {
		struct element e = vector_at(p, list.at, width, 1, 65535,
					     list.end, list.end);

		fold_bytes(a, p + e.at, size_of(&e));
		list.at = e.end + trailer;
	}
	fold(a, ~0ull);
}

static enum l7_parse oracle_judge(struct oracle *o)
{
	static struct facts f;
	const u8 *p = o->msg;
	struct answer *a = &o->answer;
	enum l7_parse v;

	if (p[0] != 1)
		return L7_PARSE_BAD;
	if (o->have < 4)
		return L7_PARSE_MORE;
	if (msg_size(o) > 16384)
		return L7_PARSE_BAD;
	memset(&f, 0, sizeof(f));
	v = oracle_hello(p, msg_size(o), o->have, &f);
	if (v != L7_PARSE_FOUND)
		return v;
	fold(a, l7_get16(p + 4));
	fold_bytes(a, p + f.id.at, size_of(&f.id));
	fold_bytes(a, p + f.ticket.at, size_of(&f.ticket));
	fold_bytes(a, p + f.sni.at, size_of(&f.sni));
	fold_entries(a, p, f.psk, 2, 4);
	fold_entries(a, p, f.alpn, 1, 0);
	fold(a, f.type[35] | f.type[41] << 1 | f.is_13 << 2 | f.has_ech << 3 |
		f.type[42] << 4);
	return v;
}

static struct answer oracle(const u8 *p, size_t len)
{
	static struct oracle o;

	o.judge = oracle_judge;
	o.have = 0;
	memset(&o.answer, 0, sizeof(o.answer));
	o.answer.verdict = len && p[0] != 22 ? L7_PARSE_BAD : push_all(&o, p, len);
	return o.answer;
}

/* --- The parser --- */

static void fold_slice(struct answer *a, const struct l7_tls_hello *h,
		       struct l7_slice s, const u8 *p, size_t len)
{
	require_slice(h->base, s, p, len);
	fold_bytes(a, h->base + s.off, s.len);
}

static struct answer parse(const u8 *p, size_t len)
{
	struct answer a = { .hash = 0 };
	struct l7_tls_hello h;
	struct l7_slice s;
	u32 at;

	/* What it was before does not matter. */
	memset(&h, 0xa5, sizeof(h));
	a.verdict = l7_tls_client_hello(p, (u32)len, room, &h);
	REQUIRE(a.verdict <= L7_PARSE_BAD && a.verdict != L7_PARSE_NONE);
	if (a.verdict != L7_PARSE_FOUND)
		return a;
	require_slice(h.base, h.psk, p, len);
	require_slice(h.base, h.alpn, p, len);
	fold(&a, h.legacy_version);
	fold_slice(&a, &h, h.session_id, p, len);
	fold_slice(&a, &h, h.ticket, p, len);
	fold_slice(&a, &h, h.sni, p, len);
	for (at = 0; l7_tls_psk_next(&h, &at, &s);)
		fold_slice(&a, &h, s, p, len);
	fold(&a, ~0ull);
	for (at = 0; l7_tls_alpn_next(&h, &at, &s);)
		fold_slice(&a, &h, s, p, len);
	fold(&a, ~0ull);
	fold(&a, h.has_ticket_ext | h.has_psk << 1 | h.offers_13 << 2 |
		 h.has_ech << 3 | h.early_data << 4);
	return a;
}

/* An extension with a list, or pre_shared_key with two, whose lengths are right. */
static size_t make_extension(u8 *to, struct fuzz_in in)
{
	static const u8 types[] = { 0, 16, 41, 43 };
	u32 type = types[fuzz_below(&in, FUZZ_SIZE(types))], at = 4;
	size_t first = in.len;

	if (type == 41)
		first = fuzz_u8(&in);
	if (first > in.len)
		first = in.len;
	if (type != 43)
		to[at++] = (u8)(first >> 8);
	to[at++] = (u8)first;
	fuzz_bytes(&in, to + at, first);
	at += (u32)first;
	if (type == 41) {
		l7_put16(to + at, (u16)in.len);
		at += 2 + (u32)in.len;
		fuzz_bytes(&in, to + at - in.len, in.len);
	}
	l7_put16(to, (u16)type);
	l7_put16(to + 2, (u16)(at - 4));
	return at;
}

/* @how: bits 0 and 1, what the input is; 2 to 4, how records are cut. */
static void make_stream(struct stream *s, u8 how, struct fuzz_in in)
{
	static const u8 start[] = {
		3, 3, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
		9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 1, 7, 0, 2, 0x13, 1, 1, 0,
	};
	static u8 extension[FUZZ_ROOM];

	s->n = 0;
	switch (how % 4) {
	case 0:
		s->len = in.len;
		fuzz_bytes(&in, s->wire, in.len);
		return;
	case 1:
		s->n = in.len;
		fuzz_bytes(&in, s->plain, in.len);
		break;
	case 2:
		put_hello(s, 1, start, sizeof(start), in.p, in.len);
		break;
	case 3:
		put_hello(s, 1, start, sizeof(start), extension,
			  make_extension(extension, in));
		break;
	}
	to_records(s, record_size(how >> 2));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	struct answer whole, want, again;
	static struct stream s;
	struct fuzz_bytes b;
	u8 how = fuzz_u8(&in);
	u32 state = (u32)len;
	size_t at;

	if (in.len > FUZZ_ROOM / 8)
		return 0;
	make_stream(&s, how, in);
	want = oracle(s.wire, s.len);
	fuzz_place(&b, s.wire, s.len, how % 8);
	whole = parse(b.p, b.len);
	REQUIRE(is_equal(&whole, &want));
	for (at = 0; at < b.len; at = fuzz_next_cut(at, b.len, &state)) {
		fuzz_cut(&b, at);
		again = parse(b.p, at);
		REQUIRE(again.verdict == L7_PARSE_MORE || is_equal(&again, &whole));
	}
	if (!s.n)
		return 0;
	to_records(&s, record_size(how >> 5));
	fuzz_place(&b, s.wire, s.len, 0);
	again = parse(b.p, b.len);
	REQUIRE(is_equal(&again, &whole));
	return 0;
}
