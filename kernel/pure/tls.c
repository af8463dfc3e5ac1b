// SPDX-License-Identifier: GPL-2.0
/*
 * TLS handshakes in clear. Owns records, messages and their grammar; what a
 * session, a ticket or a name means to a binding is the caller's. No locks, no
 * state.
 *
 * Element by element from the first byte on, and none is judged by bytes that
 * are not there: so a longer prefix never changes a verdict. A message within
 * one record is read in place, a byte of one that is spread over several is
 * copied once; those of no interest are not copied at all.
 *
 * How strict: a fallback costs one connection its persistence, a misread hello
 * sends it to the wrong server. So BAD is what a server or client has to refuse
 * of the parts that are read: lengths that do not tile what is around them,
 * lists without an entry, an extension twice, a pre_shared_key that is not the
 * last (RFC 8446 4.2.11) or whose binders are not as many as its identities,
 * records without a byte, and other records in the middle of a message
 * (RFC 8446 5.1). Any minor version is taken, of records too (RFC 5246 E.1: a
 * server must). Contents of extensions that are not read, cipher suites and
 * combinations are for the server to judge. Two extensions of a kind are told
 * below number 64, where all that are read are but one; of others the second
 * says nothing either, which is also all that GREASE (RFC 8701) needs.
 */
#include "tls.h"

#define REC_HEAD	5
#define REC_MAX		16384	/* of plain text: RFC 8446 5.1, RFC 5246 6.2.1 */
#define REC_CCS		20
#define REC_ALERT	21
#define REC_HANDSHAKE	22

#define MSG_HEAD	4
#define MSG_HELLO_REQUEST	0
#define MSG_CLIENT_HELLO	1
#define MSG_SERVER_HELLO	2
#define MSG_NEW_TICKET		4

#define EXT_SERVER_NAME		0
#define EXT_ALPN		16
#define EXT_SESSION_TICKET	35
#define EXT_PRE_SHARED_KEY	41
#define EXT_EARLY_DATA		42
#define EXT_VERSIONS		43
#define EXT_ECH			0xfe0d

#define ALERT_WARNING		1
#define ALERT_FATAL		2
#define ALERT_CLOSE_NOTIFY	0

#define VERSION_MAJOR	3
#define TLS_13		0x0304
#define RANDOM_LEN	32
#define NAME_MAX_LEN	255	/* of a DNS name */

#define MAX8	0xff
#define MAX16	0xffff

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

/* --- Elements: numbers, and bytes behind their length --- */

/** struct cursor - an element that is being read
 * @p: where offsets count from
 * @at: what is read next
 * @have: first byte that is not there, at most @end
 * @end: first byte behind the element, there or not
 * @v: NONE so far; MORE or BAD once something could not be read, and then it
 *	stays and everything that is read is 0 and empty
 */
struct cursor {
	const u8 *p;
	u32 at;
	u32 have;
	u32 end;
	enum l7_parse v;
};

static void require(struct cursor *c, bool cond)
{
	if (c->v == L7_PARSE_NONE && !cond)
		c->v = L7_PARSE_BAD;
}

/* Pass @n bytes; false if they are not there, or not part of the element. */
static bool take(struct cursor *c, u32 n)
{
	if (c->v != L7_PARSE_NONE)
		return false;
	if (n > c->end - c->at)
		c->v = L7_PARSE_BAD;
	else if (n > c->have - c->at)
		c->v = L7_PARSE_MORE;
	else
		c->at += n;
	return c->v == L7_PARSE_NONE;
}

/* A number of @width bytes. */
static u32 number(struct cursor *c, u32 width)
{
	const u8 *p = c->p + c->at;
	u32 v = 0;

	if (!take(c, width))
		return 0;
	while (width--)
		v = v << 8 | *p++;
	return v;
}

/* @min to @max bytes, behind their number in @width bytes. */
static struct l7_slice vector(struct cursor *c, u32 width, u32 min, u32 max)
{
	struct l7_slice s = { .len = number(c, width) };

	require(c, s.len >= min && s.len <= max);
	s.off = c->at;
	if (!take(c, s.len))
		s.len = 0;
	return s;
}

static bool is_going(const struct cursor *c)
{
	return c->v == L7_PARSE_NONE && c->at < c->end;
}

/* Read what is in @s, which was read from @c. */
static struct cursor inside(const struct cursor *c, struct l7_slice s)
{
	return (struct cursor){
		.p = c->p, .at = s.off, .have = s.off + s.len,
		.end = s.off + s.len, .v = c->v,
	};
}

/* --- Records and messages --- */

/** struct flight - one side's stream of records
 * @p: the input
 * @len: its end
 * @at: what is read next
 * @left: bytes of the record at @at that are not read, there or not
 * @type: of that record
 * @buf: room to put a message together
 */
struct flight {
	const u8 *p;
	u32 len;
	u32 at;
	u32 left;
	u8 type;
	u8 *buf;
};

/** struct message - a handshake message, or what is there of it
 * @p: the input or the buffer
 * @off: of its header, from @p
 * @have: bytes that are there, the header's included; at most @size
 * @size: bytes of the message, the header's included; meaningless while that
 *	is not there
 */
struct message {
	const u8 *p;
	u32 off;
	u32 have;
	u32 size;
};

/* What the input has of the current record. */
static u32 in_record(const struct flight *f)
{
	return least(f->left, f->len - f->at);
}

static void pass(struct flight *f, u32 n)
{
	f->at += n;
	f->left -= n;
}

/* Go to a byte that is not read: NONE if it is in a record. */
static enum l7_parse next_record(struct flight *f)
{
	const u8 *r = f->p + f->at;
	u32 n = f->len - f->at;

	if (f->left)
		return L7_PARSE_NONE;
	if ((n && (r[0] < REC_CCS || r[0] > REC_HANDSHAKE)) ||
	    (n > 1 && r[1] != VERSION_MAJOR))
		return L7_PARSE_BAD;
	if (n < REC_HEAD)
		return L7_PARSE_MORE;
	f->type = r[0];
	f->left = l7_get16(r + 3);
	f->at += REC_HEAD;
	return f->left && f->left <= REC_MAX ? L7_PARSE_NONE : L7_PARSE_BAD;
}

static u32 message_size(const u8 *head)
{
	return MSG_HEAD + ((u32)head[1] << 16 | l7_get16(head + 2));
}

static bool is_read(u8 kind)
{
	return kind == MSG_CLIENT_HELLO || kind == MSG_SERVER_HELLO ||
	       kind == MSG_NEW_TICKET;
}

/*
 * Add what the record has of the message; past the header only if the message
 * is one that is read. False if it does not fit.
 */
static bool add(struct flight *f, struct message *m)
{
	u32 n = least(in_record(f), m->size - m->have);

	if (m->have < MSG_HEAD || is_read(f->buf[0]))
		memcpy(f->buf + m->have, f->p + f->at, n);
	m->have += n;
	pass(f, n);
	if (m->have == MSG_HEAD)
		m->size = message_size(f->buf);
	return m->size <= L7_TLS_HELLO_MAX || !is_read(f->buf[0]);
}

/* Put a message together that does not lie in one record. */
static enum l7_parse collect(struct flight *f, struct message *m)
{
	*m = (struct message){ .p = f->buf, .size = MSG_HEAD };
	do {
		enum l7_parse v = next_record(f);

		if (v == L7_PARSE_MORE)
			break;
		if (v != L7_PARSE_NONE || f->type != REC_HANDSHAKE || !add(f, m))
			return L7_PARSE_BAD;
	} while (m->have < m->size && f->at < f->len);
	return L7_PARSE_FOUND;
}

/*
 * The next message: FOUND, though it may be cut off by the end of the input.
 * NONE if a record of another type comes first.
 */
static enum l7_parse next_message(struct flight *f, struct message *m)
{
	enum l7_parse v = next_record(f);
	const u8 *head = f->p + f->at;

	if (v != L7_PARSE_NONE)
		return v;
	if (f->type != REC_HANDSHAKE)
		return L7_PARSE_NONE;
	if (f->left < MSG_HEAD)
		return collect(f, m);
	*m = (struct message){ .p = f->p, .off = f->at, .have = in_record(f) };
	if (m->have < MSG_HEAD)
		return L7_PARSE_FOUND;
	m->size = message_size(head);
	if (m->size > f->left)
		return collect(f, m);
	m->have = least(m->have, m->size);
	pass(f, m->have);
	return L7_PARSE_FOUND;
}

/* Read the message behind its header; without a whole header nothing is. */
static struct cursor body(const struct message *m)
{
	struct cursor c = {
		.p = m->p, .at = m->off + MSG_HEAD, .have = m->off + m->have,
		.end = m->off + m->size, .v = L7_PARSE_NONE,
	};

	if (m->have < MSG_HEAD)
		c.v = L7_PARSE_MORE;
	return c;
}

static bool is_kind(const struct message *m, u8 kind)
{
	return m->have && m->p[m->off] == kind;
}

/* --- What both hellos have --- */

/* Version, random and session id. */
static u16 hello_start(struct cursor *c, struct l7_slice *session_id)
{
	u32 version = number(c, 2);

	require(c, version >> 8 == VERSION_MAJOR);
	take(c, RANDOM_LEN);
	*session_id = vector(c, 1, 0, L7_TLS_SESSION_ID_MAX);
	return (u16)version;
}

/* Extensions go to the end of the message, or are left out (RFC 5246 7.4.1.4). */
static void extensions_start(struct cursor *c)
{
	if (is_going(c)) {
		u32 len = number(c, 2);

		require(c, len == c->end - c->at);
	}
}

/*
 * The next extension: its type, and a cursor for its content. @seen are those
 * before it, bits by type below 64.
 */
static struct cursor next_extension(struct cursor *c, u32 *type, u64 *seen)
{
	*type = number(c, 2);
	if (c->v == L7_PARSE_NONE && *type < 64) {
		u64 bit = 1ull << *type;

		require(c, !(*seen & bit));
		*seen |= bit;
	}
	return inside(c, vector(c, 2, 0, MAX16));
}

/* --- ClientHello --- */

/* Printable ASCII; which characters a name may have is for the server. */
static bool is_host_name(const u8 *p, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (p[i] <= ' ' || p[i] > '~')
			return false;
	return len <= NAME_MAX_LEN;
}

/* RFC 6066 3: of each type of name there is one; host_name is 0. */
static void server_name(struct cursor *c, struct l7_tls_hello *h)
{
	struct cursor list = inside(c, vector(c, 2, 1, MAX16));

	while (is_going(&list)) {
		u32 type = number(&list, 1);
		struct l7_slice name = vector(&list, 2, 1, MAX16);

		if (list.v != L7_PARSE_NONE || type)
			continue;
		require(&list, !h->sni.len &&
			is_host_name(list.p + name.off, name.len));
		h->sni = name;
	}
	c->v = list.v;
}

static void alpn(struct cursor *c, struct l7_tls_hello *h)
{
	struct cursor list;

	h->alpn = vector(c, 2, 2, MAX16);
	list = inside(c, h->alpn);
	while (is_going(&list))
		vector(&list, 1, 1, MAX8);
	c->v = list.v;
}

static void versions(struct cursor *c, struct l7_tls_hello *h)
{
	struct cursor list = inside(c, vector(c, 1, 2, MAX8 - 1));

	while (is_going(&list))
		h->offers_13 |= number(&list, 2) == TLS_13;
	c->v = list.v;
}

/* RFC 8446 4.2.11: a binder of 32..255 bytes for each identity. */
static void pre_shared_key(struct cursor *c, struct l7_tls_hello *h)
{
	u32 identities = 0, binders = 0;
	struct cursor list;

	h->has_psk = true;
	h->psk = vector(c, 2, 7, MAX16);
	list = inside(c, h->psk);
	for (; is_going(&list); identities++) {
		vector(&list, 2, 1, MAX16);
		take(&list, 4);
	}
	c->v = list.v;
	list = inside(c, vector(c, 2, 33, MAX16));
	for (; is_going(&list); binders++)
		vector(&list, 1, 32, MAX8);
	c->v = list.v;
	require(c, identities == binders);
}

/* The content of an extension, which is whole. */
static void client_extension(struct cursor *c, u32 type, struct l7_tls_hello *h)
{
	switch (type) {
	case EXT_SERVER_NAME:
		server_name(c, h);
		break;
	case EXT_ALPN:
		alpn(c, h);
		break;
	case EXT_SESSION_TICKET:
		h->has_ticket_ext = true;
		h->ticket.off = c->at;
		h->ticket.len = c->end - c->at;
		return;
	case EXT_PRE_SHARED_KEY:
		pre_shared_key(c, h);
		break;
	case EXT_EARLY_DATA:
		h->early_data = true;
		break;
	case EXT_VERSIONS:
		versions(c, h);
		break;
	case EXT_ECH:
		require(c, !h->has_ech);
		h->has_ech = true;
		return;
	default:
		return;
	}
	require(c, c->at == c->end);
}

static enum l7_parse client_hello(const struct message *m,
				  struct l7_tls_hello *h)
{
	struct cursor c = body(m);
	struct l7_slice suites;
	u64 seen = 0;
	u32 type;

	h->base = m->p;
	h->legacy_version = hello_start(&c, &h->session_id);
	suites = vector(&c, 2, 2, MAX16 - 1);
	require(&c, suites.len % 2 == 0);
	vector(&c, 1, 1, MAX8);		/* compression methods */
	extensions_start(&c);
	while (is_going(&c)) {
		struct cursor content;

		require(&c, !h->has_psk);
		content = next_extension(&c, &type, &seen);
		client_extension(&content, type, h);
		c.v = content.v;
	}
	return c.v == L7_PARSE_NONE ? L7_PARSE_FOUND : c.v;
}

enum l7_parse l7_tls_client_hello(const u8 *p, u32 len, u8 *buf,
				  struct l7_tls_hello *h)
{
	struct flight f = { .p = p, .len = len, .buf = buf };
	struct message m;
	enum l7_parse v;

	memset(h, 0, sizeof(*h));
	if (len && p[0] != REC_HANDSHAKE)
		return L7_PARSE_BAD;
	v = next_message(&f, &m);
	if (v != L7_PARSE_FOUND)
		return v;
	if (m.have && !is_kind(&m, MSG_CLIENT_HELLO))
		return L7_PARSE_BAD;
	return client_hello(&m, h);
}

/* An entry of a list that was found well-formed, but is not trusted. */
static bool next_entry(const struct l7_tls_hello *h, struct l7_slice list,
		       u32 width, u32 trailer, u32 *at, struct l7_slice *entry)
{
	struct cursor c = {
		.p = h->base, .have = list.off + list.len,
		.end = list.off + list.len, .v = L7_PARSE_NONE,
	};

	if (*at >= list.len)
		return false;
	c.at = list.off + *at;
	*entry = vector(&c, width, 1, MAX16);
	take(&c, trailer);
	*at = c.at - list.off;
	return c.v == L7_PARSE_NONE;
}

bool l7_tls_psk_next(const struct l7_tls_hello *h, u32 *at,
		     struct l7_slice *identity)
{
	/* The ticket's age follows. */
	return next_entry(h, h->psk, 2, 4, at, identity);
}

bool l7_tls_alpn_next(const struct l7_tls_hello *h, u32 *at,
		      struct l7_slice *name)
{
	return next_entry(h, h->alpn, 1, 0, at, name);
}

/* --- The server's flight --- */

static void server_extension(struct cursor *c, u32 type,
			     struct l7_tls_answer *a)
{
	switch (type) {
	case EXT_VERSIONS:
		/* 1.2 and before never name themselves here (RFC 8446 4.2.1). */
		a->is_13 = number(c, 2) >= TLS_13;
		require(c, a->is_13);
		break;
	case EXT_PRE_SHARED_KEY:
		a->psk_accepted = true;
		a->psk_selected = (u16)number(c, 2);
		break;
	case EXT_SESSION_TICKET:
		a->ticket_promised = true;
		break;
	default:
		return;
	}
	require(c, c->at == c->end);
}

/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest" in place of random bytes. */
static bool is_retry(const u8 *random)
{
	static const u8 retry[RANDOM_LEN] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
		0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
		0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
		0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
	};

	return !memcmp(random, retry, RANDOM_LEN);
}

/* NONE if it is whole and well-formed. */
static enum l7_parse server_hello(const struct message *m,
				  struct l7_tls_answer *a)
{
	struct cursor c = body(m);
	struct l7_slice id;
	u64 seen = 0;
	u32 type;

	a->legacy_version = hello_start(&c, &id);
	a->session_id_len = (u8)id.len;
	if (id.len)
		memcpy(a->session_id, c.p + id.off, id.len);
	take(&c, 3);			/* cipher suite, compression method */
	extensions_start(&c);
	while (is_going(&c)) {
		struct cursor content = next_extension(&c, &type, &seen);

		server_extension(&content, type, a);
		c.v = content.v;
	}
	/* What the version has no use for says nothing. */
	a->psk_accepted &= a->is_13;
	a->ticket_promised &= !a->is_13;
	return c.v;
}

/* Pass over a message: NONE if it is whole. */
static enum l7_parse skip(const struct message *m)
{
	return m->have < MSG_HEAD || m->have < m->size ? L7_PARSE_MORE :
							 L7_PARSE_NONE;
}

/*
 * The ServerHello, or what may come before it: NONE if there is more to read
 * behind it, with @a->ticket_promised if it was the ServerHello.
 */
static enum l7_parse first_message(const struct message *m, bool want_ticket,
				   struct l7_tls_answer *a)
{
	bool retried = a->retried;
	enum l7_parse v;

	if (!m->have || is_kind(m, MSG_HELLO_REQUEST))
		return skip(m);
	if (!is_kind(m, MSG_SERVER_HELLO))
		return L7_PARSE_BAD;
	v = server_hello(m, a);
	if (v != L7_PARSE_NONE)
		return v;
	if (is_retry(m->p + m->off + MSG_HEAD + 2)) {
		*a = (struct l7_tls_answer){ .retried = true };
		return retried ? L7_PARSE_BAD : L7_PARSE_NONE;
	}
	return want_ticket && a->ticket_promised ? L7_PARSE_NONE :
						   L7_PARSE_FOUND;
}

/* RFC 5077 3.3: lifetime, ticket. */
static enum l7_parse new_ticket(const struct message *m,
				struct l7_tls_answer *a)
{
	struct cursor c = body(m);

	number(&c, 4);
	a->base = m->p;
	a->ticket = vector(&c, 2, 0, MAX16);
	require(&c, c.at == c.end);
	return c.v == L7_PARSE_NONE ? L7_PARSE_FOUND : c.v;
}

/* A message behind the ServerHello that promised a ticket. */
static enum l7_parse later_message(const struct message *m,
				   struct l7_tls_answer *a)
{
	if (is_kind(m, MSG_NEW_TICKET))
		return new_ticket(m, a);
	if (is_kind(m, MSG_SERVER_HELLO) || is_kind(m, MSG_CLIENT_HELLO))
		return L7_PARSE_BAD;
	return skip(m);
}

/* FOUND if it is the alert that ends the connection. */
static enum l7_parse alert(struct flight *f)
{
	const u8 *p = f->p + f->at;

	if (f->left != 2)
		return L7_PARSE_BAD;
	if (in_record(f) < 2)
		return L7_PARSE_MORE;
	if (p[0] != ALERT_WARNING && p[0] != ALERT_FATAL)
		return L7_PARSE_BAD;
	pass(f, 2);
	return p[0] == ALERT_FATAL || p[1] == ALERT_CLOSE_NOTIFY ?
	       L7_PARSE_FOUND : L7_PARSE_NONE;
}

/*
 * FOUND if what follows is encrypted. Before a ServerHello it is a dummy
 * (RFC 8446 5).
 */
static enum l7_parse change_cipher_spec(struct flight *f, bool answered)
{
	const u8 *p = f->p + f->at;

	if (f->left != 1)
		return L7_PARSE_BAD;
	if (!in_record(f))
		return L7_PARSE_MORE;
	if (p[0] != 1)
		return L7_PARSE_BAD;
	pass(f, 1);
	return answered ? L7_PARSE_FOUND : L7_PARSE_NONE;
}

enum l7_parse l7_tls_server_flight(const u8 *p, u32 len, bool want_ticket,
				   u8 *buf, struct l7_tls_answer *a)
{
	struct flight f = { .p = p, .len = len, .buf = buf };
	struct message m;
	enum l7_parse v;

	memset(a, 0, sizeof(*a));
	do {
		bool answered = a->ticket_promised;

		v = next_message(&f, &m);
		if (v == L7_PARSE_FOUND) {
			v = answered ? later_message(&m, a) :
				       first_message(&m, want_ticket, a);
		} else if (v == L7_PARSE_NONE) {
			v = f.type == REC_ALERT ? alert(&f) :
						  change_cipher_spec(&f, answered);
			if (v == L7_PARSE_FOUND && !answered)
				return L7_PARSE_NONE;
		}
	} while (v == L7_PARSE_NONE);
	return v;
}

bool l7_tls_session_id_counts(const struct l7_tls_hello *h,
			      const struct l7_tls_answer *a)
{
	return a->session_id_len && !a->is_13 && !h->ticket.len;
}
