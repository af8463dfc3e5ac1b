// SPDX-License-Identifier: GPL-2.0
/*
 * RDP's Connection Request. Owns its grammar; what a user or a server means to
 * a binding is the caller's. No locks, no state.
 *
 *   TPKT   3, reserved, length of all (2)
 *   X.224  length of what follows, 0xe0, references (4), class and options,
 *          variable part: cookie CR LF, negotiation request
 */
#include "rdp.h"

#define TPKT_VERSION	3
#define LENGTH_AT	4	/* what X.224 counts begins behind it */
#define CODE_AT		5
#define CLASS_AT	10
#define HEAD		11
#define CODE_REQUEST	0xe0
#define CLASS_MASK	0xf0
#define TPDU_MAX	254	/* X.224 13.2.1: 255 is reserved */
#define TPKT_MAX	(LENGTH_AT + 1 + TPDU_MAX)

#define IP_MAX		0xffffffffull
#define PORT_MAX	0xffff

static const char user_cookie[] = "Cookie: mstshash=";
static const char token_cookie[] = "Cookie: msts=";

static bool is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

/* All up to the variable part; NONE if nothing is wrong with it. */
static enum l7_parse head(const u8 *p, u32 len, u32 *size)
{
	if (len > 0 && p[0] != TPKT_VERSION)
		return L7_PARSE_BAD;
	if (len > 2 && p[2] > TPKT_MAX >> 8)
		return L7_PARSE_BAD;
	if (len < LENGTH_AT)
		return L7_PARSE_MORE;
	*size = l7_get16(p + 2);
	if (*size < HEAD || *size > TPKT_MAX)
		return L7_PARSE_BAD;
	if (len > LENGTH_AT && p[LENGTH_AT] != *size - LENGTH_AT - 1)
		return L7_PARSE_BAD;
	if (len > CODE_AT && p[CODE_AT] != CODE_REQUEST)
		return L7_PARSE_BAD;
	if (len > CLASS_AT && p[CLASS_AT] & CLASS_MASK)
		return L7_PARSE_BAD;
	return len < HEAD ? L7_PARSE_MORE : L7_PARSE_NONE;
}

static bool starts_with(const u8 *p, u32 len, const char *word, u32 n)
{
	return len >= n && !memcmp(p, word, n);
}

/* Which cookie it is, if any; @text is where its value begins. */
static bool which(const u8 *p, u32 len, struct l7_rdp *r, u32 *text)
{
	u32 n = sizeof(user_cookie) - 1;

	r->kind = L7_RDP_USER;
	if (!starts_with(p + HEAD, len - HEAD, user_cookie, n)) {
		r->kind = L7_RDP_SERVER;
		n = sizeof(token_cookie) - 1;
		if (!starts_with(p + HEAD, len - HEAD, token_cookie, n))
			return false;
	}
	*text = HEAD + n;
	return true;
}

/* The value that begins at @text and ends with CRLF. */
static enum l7_parse value(const u8 *p, u32 text, u32 len, struct l7_slice *s)
{
	u32 i = text;

	while (i < len && p[i] >= ' ')
		i++;
	s->off = text;
	s->len = i - text;
	if (i < len && p[i++] != '\r')
		return L7_PARSE_BAD;
	if (i < len && p[i++] != '\n')
		return L7_PARSE_BAD;
	return i - text == s->len + 2 ? L7_PARSE_NONE : L7_PARSE_MORE;
}

/* Digits and a dot. A number that is too large stays so, but is not exact. */
static bool number(const u8 *p, u32 *at, u32 end, u64 *v)
{
	u32 i = *at;

	for (*v = 0; i < end && is_digit(p[i]); i++)
		if (*v <= IP_MAX)
			*v = *v * 10 + (p[i] - '0');
	if (i == *at || i == end || p[i] != '.')
		return false;
	*at = i + 1;
	return true;
}

/*
 * IP.PORT.0000: the last number is optional, as is a space behind it, which
 * makes the length even. The others are what a little-endian host sees in
 * fields of network byte order: 172.31.249.216 port 3389 is 3640205228.15629.
 */
static enum l7_parse token(const u8 *p, struct l7_rdp *r)
{
	u32 i = r->key.off, end = i + r->key.len;
	u8 ip_bytes[4], port_bytes[2];
	u64 ip, port;

	if (!number(p, &i, end, &ip) || !number(p, &i, end, &port))
		return L7_PARSE_NONE;
	while (i < end && is_digit(p[i]))
		i++;
	if (i < end && p[i] == ' ')
		i++;
	if (i != end)
		return L7_PARSE_NONE;
	if (ip > IP_MAX || port > PORT_MAX)
		return L7_PARSE_BAD;
	for (i = 0; i < sizeof(ip_bytes); i++)
		ip_bytes[i] = (u8)(ip >> 8 * i);
	for (i = 0; i < sizeof(port_bytes); i++)
		port_bytes[i] = (u8)(port >> 8 * i);
	memcpy(&r->ip, ip_bytes, sizeof(ip_bytes));
	memcpy(&r->port, port_bytes, sizeof(port_bytes));
	return L7_PARSE_FOUND;
}

enum l7_parse l7_rdp_request(const u8 *p, u32 len, struct l7_rdp *r)
{
	u32 size, text;
	enum l7_parse v = head(p, len, &size);

	if (v != L7_PARSE_NONE)
		return v;
	if (len > size)
		len = size;
	if (which(p, len, r, &text)) {
		v = value(p, text, len, &r->key);
		/* What is still to come does not come in this packet. */
		if (v == L7_PARSE_MORE && len == size)
			return L7_PARSE_BAD;
		if (v != L7_PARSE_NONE)
			return v;
		v = r->kind == L7_RDP_SERVER ? token(p, r) :
		    r->key.len ? L7_PARSE_FOUND : L7_PARSE_NONE;
	}
	return len < size && v != L7_PARSE_BAD ? L7_PARSE_MORE : v;
}
