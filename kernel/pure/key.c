// SPDX-License-Identifier: GPL-2.0
/*
 * See key.h. Knows which parser is whose, and no protocol itself. No locks, no
 * state.
 */
#include "http_key.h"
#include "key.h"
#include "mqtt.h"
#include "payload.h"
#include "rdp.h"
#include "tls.h"

bool l7_key_part(const struct l7_rule *r, const u8 **p, u32 *len)
{
	if (*len <= r->sel.offset)
		return false;
	*p += r->sel.offset;
	*len -= r->sel.offset;
	if (r->sel.length && *len > r->sel.length)
		*len = r->sel.length;
	return true;
}

bool l7_key_is_same(const struct l7_rule *a, const struct l7_rule *b)
{
	const struct l7_cookie_sel *x = &a->sel, *y = &b->sel;

	return a->type == b->type && a->prefix == b->prefix &&
	       x->name_len == y->name_len && x->wildcard == y->wildcard &&
	       x->offset == y->offset && x->length == y->length &&
	       !memcmp(x->name, y->name, x->name_len);
}

/* --- Requests --- */

static void take(struct l7_key_found *key, const u8 *base, struct l7_slice s)
{
	key->p = base + s.off;
	key->len = s.len;
}

/* Identity @n of a 1.3 client, and behind the last the ticket of 1.2. */
static enum l7_parse ticket(const struct l7_rule *r,
			    const struct l7_tls_hello *h, u32 n,
			    struct l7_key_found *key)
{
	struct l7_slice id;
	u32 at = 0;

	while (l7_tls_psk_next(h, &at, &id)) {
		if (n--)
			continue;
		take(key, h->base, id);
		key->tls_psk = true;
		return l7_key_part(r, &key->p, &key->len) ? L7_PARSE_FOUND :
							    L7_PARSE_NONE;
	}
	if (n || !h->ticket.len)
		return L7_PARSE_NONE;
	take(key, h->base, h->ticket);
	return l7_key_part(r, &key->p, &key->len) ? L7_PARSE_FOUND :
						    L7_PARSE_NONE;
}

/* Who offers a ticket, of either kind, makes up a session id: it is no key. */
static enum l7_parse session(const struct l7_tls_hello *h, u32 n,
			     struct l7_key_found *key)
{
	if (n || !h->session_id.len || h->ticket.len || h->has_psk)
		return L7_PARSE_NONE;
	take(key, h->base, h->session_id);
	return L7_PARSE_FOUND;
}

static enum l7_parse tls(const struct l7_rule *r, const u8 *p, u32 len, u32 n,
			 u8 *buf, struct l7_key_found *key)
{
	struct l7_tls_hello h;
	enum l7_parse v = l7_tls_client_hello(p, len, buf, &h);

	if (v != L7_PARSE_FOUND)
		return v;
	key->tls_hello = true;
	key->tls_ticket = h.ticket.len;
	return r->type == L7_KEY_TLS_TICKET ? ticket(r, &h, n, key) :
					      session(&h, n, key);
}

static enum l7_parse rdp(const u8 *p, u32 len, struct l7_key_found *key)
{
	struct l7_rdp r;
	enum l7_parse v = l7_rdp_request(p, len, &r);

	if (v != L7_PARSE_FOUND)
		return v;
	take(key, p, r.key);
	if (r.kind == L7_RDP_SERVER) {
		key->server.addr.ip = r.ip;
		key->server.port = r.port;
		key->server.af = AF_INET;
		key->server.proto = IPPROTO_TCP;
	}
	return v;
}

static enum l7_parse in_place(const struct l7_rule *r, const u8 *p, u32 len,
			      struct l7_slice *s)
{
	switch (r->type) {
	case L7_KEY_COOKIE:
	case L7_KEY_COOKIE_INSERT:
	case L7_KEY_COOKIE_REWRITE:
		return l7_http_request_cookie(p, len, &r->sel, s);
	case L7_KEY_URL:
		return l7_http_request_url(p, len, &r->sel, s);
	case L7_KEY_HEADER:
		return l7_http_request_header(p, len, &r->sel, s);
	case L7_KEY_PATH_HASH:
		return l7_http_request_path(p, len, s);
	case L7_KEY_MQTT:
		return l7_mqtt_connect(p, len, s);
	case L7_KEY_PAYLOAD:
		return l7_payload_fixed(p, len, r->sel.offset, r->sel.length,
					s);
	case L7_KEY_PAYLOAD_LV:
		return l7_payload_lv(p, len, r->sel.offset, r->prefix, s);
	}
	return L7_PARSE_NONE;
}

enum l7_parse l7_key_request(const struct l7_rule *r, const u8 *p, u32 len,
			     u32 n, u8 *buf, struct l7_key_found *key)
{
	struct l7_slice s = { 0, 0 };
	enum l7_parse v;

	memset(key, 0, sizeof(*key));
	if (r->type == L7_KEY_TLS_SESSION || r->type == L7_KEY_TLS_TICKET)
		return tls(r, p, len, n, buf, key);
	if (n)
		return L7_PARSE_NONE;
	if (r->type == L7_KEY_RDP)
		return rdp(p, len, key);
	v = in_place(r, p, len, &s);
	if (v == L7_PARSE_FOUND)
		take(key, p, s);
	return v;
}

/* --- Answers --- */

static enum l7_word cookie_word(const struct l7_rule *r, const u8 *p, u32 len,
				s64 now, struct l7_key_found *key)
{
	enum l7_set_cookie what;
	struct l7_slice s;

	switch (l7_http_response_cookie(p, len, &r->sel, now, &s, &what)) {
	case L7_PARSE_MORE:
		return L7_WORD_MORE;
	case L7_PARSE_BAD:
		return L7_WORD_BAD;
	case L7_PARSE_NONE:
		return L7_WORD_NONE;
	case L7_PARSE_FOUND:
		break;
	}
	take(key, p, s);
	return what == L7_SET_COOKIE_DELETE ? L7_WORD_DELETE : L7_WORD_LEARN;
}

static enum l7_word session_word(const struct l7_key_asked *asked,
				 const struct l7_tls_answer *a, u8 *buf,
				 struct l7_key_found *key)
{
	const struct l7_tls_hello h = { .ticket.len = asked->tls_ticket };

	if (!asked->tls_hello || !l7_tls_session_id_counts(&h, a))
		return L7_WORD_NONE;
	memcpy(buf, a->session_id, a->session_id_len);
	key->p = buf;
	key->len = a->session_id_len;
	return L7_WORD_LEARN;
}

/* TLS 1.3 encrypts its tickets; but whether one was taken is in clear. */
static enum l7_word ticket_word(const struct l7_rule *r,
				const struct l7_key_asked *asked,
				const struct l7_tls_answer *a,
				struct l7_key_found *key)
{
	if (a->is_13) {
		/* after a retry the client may offer others (RFC 8446 4.1.2) */
		if (!asked->tls_psk || a->retried)
			return L7_WORD_NONE;
		if (!a->psk_accepted)
			return L7_WORD_REJECT;
		return a->psk_selected == asked->nth ? L7_WORD_CONFIRM :
						       L7_WORD_NONE;
	}
	take(key, a->base, a->ticket);
	return l7_key_part(r, &key->p, &key->len) ? L7_WORD_LEARN :
						    L7_WORD_NONE;
}

static enum l7_word tls_word(const struct l7_rule *r,
			     const struct l7_key_asked *asked, const u8 *p,
			     u32 len, u8 *buf, struct l7_key_found *key)
{
	bool want_ticket = r->type == L7_KEY_TLS_TICKET;
	struct l7_tls_answer a;

	switch (l7_tls_server_flight(p, len, want_ticket, buf, &a)) {
	case L7_PARSE_MORE:
		return L7_WORD_MORE;
	case L7_PARSE_BAD:
		return L7_WORD_BAD;
	case L7_PARSE_NONE:
		return L7_WORD_NONE;
	case L7_PARSE_FOUND:
		break;
	}
	return want_ticket ? ticket_word(r, asked, &a, key) :
			     session_word(asked, &a, buf, key);
}

enum l7_word l7_key_answer(const struct l7_rule *r,
			   const struct l7_key_asked *asked, const u8 *p,
			   u32 len, s64 now, u8 *buf, struct l7_key_found *key)
{
	memset(key, 0, sizeof(*key));
	switch (r->type) {
	case L7_KEY_COOKIE:
		return cookie_word(r, p, len, now, key);
	case L7_KEY_TLS_SESSION:
	case L7_KEY_TLS_TICKET:
		return tls_word(r, asked, p, len, buf, key);
	}
	return L7_WORD_NONE;
}

u32 l7_key_takes(u8 type)
{
	switch (type) {
	case L7_KEY_SRC:
		return L7_TAKES_PREFIX;
	case L7_KEY_COOKIE:
		return L7_TAKES_NAME | L7_TAKES_PART | L7_TAKES_RESPONSES |
		       L7_TAKES_ROUTE;
	case L7_KEY_URL:
		return L7_TAKES_NAME | L7_TAKES_PART | L7_TAKES_ROUTE;
	case L7_KEY_HEADER:
		return L7_TAKES_NAME | L7_TAKES_PART;
	case L7_KEY_COOKIE_INSERT:
		return L7_TAKES_NAME | L7_TAKES_ATTR;
	case L7_KEY_COOKIE_REWRITE:
		return L7_TAKES_NAME;
	case L7_KEY_TLS_TICKET:
	case L7_KEY_PAYLOAD:
		return L7_TAKES_PART;
	case L7_KEY_PAYLOAD_LV:
		return L7_TAKES_PREFIX | L7_TAKES_OFFSET;
	}
	return 0;
}
