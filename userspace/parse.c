// SPDX-License-Identifier: GPL-2.0
/* See parse.h. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "parse.h"

/* Digits at *@s; moves *@s behind them. -1 if there are none or too many. */
static int digits(const char **s, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = *s;

	for (; *p >= '0' && *p <= '9'; p++) {
		if (v > (UINT64_MAX - 9) / 10)
			return -1;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (p == *s)
		return -1;
	*s = p;
	*out = v;
	return 0;
}

int parse_number(const char *what, const char *s, uint64_t min, uint64_t max,
		 uint64_t *out, struct error *e)
{
	const char *p = s;
	uint64_t v;

	if (digits(&p, &v) || *p)
		return error_set(e, "%s: '%.64s' is not a number", what, s);
	if (v < min || v > max)
		return error_set(e, "%s: %.32s is not in %llu..%llu", what, s,
				 (unsigned long long)min,
				 (unsigned long long)max);
	*out = v;
	return 0;
}

static bool out_of_range(uint64_t v, uint64_t factor, uint64_t min,
			 uint64_t max)
{
	return v > UINT64_MAX / factor || v * factor < min || v * factor > max;
}

int parse_size(const char *what, const char *s, uint32_t min, uint32_t max,
	       uint32_t *out, struct error *e)
{
	static const char units[] = "kmg";
	const char *p = s, *unit;
	uint64_t v, factor = 1;

	if (digits(&p, &v))
		return error_set(e, "%s: '%.64s' is not a number", what, s);
	if (*p) {
		unit = strchr(units, tolower((unsigned char)*p));
		if (!unit || p[1])
			return error_set(e, "%s: '%.64s': only k, m or g may follow a number",
					 what, s);
		factor = 1ULL << (10 * (unit - units + 1));
	}
	if (out_of_range(v, factor, min, max))
		return error_set(e, "%s: %.32s is not in %u..%u", what, s, min,
				 max);
	*out = (uint32_t)(v * factor);
	return 0;
}

int parse_duration(const char *what, const char *s, uint32_t unit_ms,
		   uint32_t min, uint32_t max, uint32_t *out, struct error *e)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {
		{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 },
	};
	uint64_t v, ms = 0;
	const char *p = s;
	size_t i;

	if (digits(&p, &v))
		return error_set(e, "%s: '%.64s' is not a time", what, s);
	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(p, units[i].name))
			ms = units[i].ms;
	if (!ms)
		return error_set(e, "%s: '%.64s': only ms, s, m, h or d may follow a number",
				 what, s);
	if (out_of_range(v, ms, (uint64_t)min * unit_ms,
			 (uint64_t)max * unit_ms))
		return error_set(e, "%s: %.32s is not in %u%s..%u%s", what, s,
				 min, unit_ms == 1 ? "ms" : "s",
				 max, unit_ms == 1 ? "ms" : "s");
	if (v * ms % unit_ms)
		return error_set(e, "%s: %.32s: whole seconds are wanted", what,
				 s);
	*out = (uint32_t)(v * ms / unit_ms);
	return 0;
}

int parse_optional(const char *what, const char *s, uint32_t max,
		   struct optional *out, struct error *e)
{
	out->given = true;
	out->v = 0;
	return strcmp(s, "none") ?
	       parse_duration(what, s, 1000, 1, max, &out->v, e) : 0;
}

int parse_toggle(const char *what, const char *s, enum toggle *out,
		 struct error *e)
{
	if (s && strcmp(s, "on") && strcmp(s, "off"))
		return error_set(e, "%s: '%.64s' is neither on nor off", what, s);
	*out = s && !strcmp(s, "off") ? TOGGLE_OFF : TOGGLE_ON;
	return 0;
}

int parse_mirror(const char *s, enum toggle *out, struct error *e)
{
	if (strcmp(s, "connections") && strcmp(s, "none"))
		return error_set(e, "mirror: '%.64s' is neither connections nor none", s);
	*out = strcmp(s, "none") ? TOGGLE_ON : TOGGLE_OFF;
	return 0;
}

/* --- Addresses --- */

static int lookup_host(const char *what, const char *host, struct ep *ep,
		       struct error *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai;
	int err = getaddrinfo(host, NULL, &hints, &ai);

	if (err)
		return error_set(e, "%s: %.255s: %s", what, host,
				 gai_strerror(err));
	ep->af = ai->ai_family;
	if (ep->af == AF_INET)
		ep->in = ((struct sockaddr_in *)(void *)ai->ai_addr)->sin_addr;
	else
		ep->in6 = ((struct sockaddr_in6 *)(void *)ai->ai_addr)->sin6_addr;
	freeaddrinfo(ai);
	return 0;
}

static int parse_host(const char *what, const char *host, bool numeric,
		      struct ep *ep, struct error *e)
{
	if (inet_pton(AF_INET, host, &ep->in) == 1) {
		ep->af = AF_INET;
		return 0;
	}
	if (inet_pton(AF_INET6, host, &ep->in6) == 1) {
		ep->af = AF_INET6;
		return 0;
	}
	/* What looks like an address is a mistyped one, not a name. */
	if (numeric || !*host || strchr(host, ':') ||
	    !host[strspn(host, "0123456789.")])
		return error_set(e, "%s: '%.128s' is not an address", what,
				 host);
	return lookup_host(what, host, ep, e);
}

static int parse_port(const char *what, const char *s, bool numeric,
		      uint16_t *port, struct error *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_family = AF_INET }, *ai;
	uint64_t v;

	if (numeric || isdigit((unsigned char)*s)) {
		if (parse_number(what, s, 1, 65535, &v, e))
			return -1;
		*port = (uint16_t)v;
		return 0;
	}
	if (!*s || getaddrinfo(NULL, s, &hints, &ai))
		return error_set(e, "%s: '%.64s' is not a port", what, s);
	*port = ntohs(((struct sockaddr_in *)(void *)ai->ai_addr)->sin_port);
	freeaddrinfo(ai);
	return 0;
}

/* Cuts @s into host and port (NULL if there is none), in @buf. */
static int cut_endpoint(const char *what, const char *s, char *buf, size_t size,
			char **host, char **port, struct error *e)
{
	char *end;

	if (strlen(s) >= size)
		return error_set(e, "%s: too long", what);
	strcpy(buf, s);
	*host = buf;
	if (*buf == '[') {
		end = strchr(buf, ']');
		if (!end || (end[1] && end[1] != ':'))
			return error_set(e, "%s: '%.128s' is not [ADDRESS]:PORT",
					 what, s);
		*host = buf + 1;
		*port = end[1] ? end + 2 : NULL;
		*end = '\0';
		if (!strchr(*host, ':'))
			return error_set(e, "%s: '%.128s': brackets are for IPv6 addresses",
					 what, s);
		return 0;
	}
	end = strchr(buf, ':');
	/* More than one colon without brackets: an IPv6 address alone. */
	if (end && !strchr(end + 1, ':')) {
		*end = '\0';
		*port = end + 1;
	}
	return 0;
}

int parse_endpoint(const char *what, const char *s, enum parse_port want,
		   bool numeric, struct ep *ep, struct error *e)
{
	char buf[288], *host = NULL, *port = NULL;

	memset(ep, 0, sizeof(*ep));
	if (cut_endpoint(what, s, buf, sizeof(buf), &host, &port, e))
		return -1;
	if (want == PORT_WANTED && !port)
		return error_set(e, "%s: '%.128s' has no port (ADDRESS:PORT or [ADDRESS]:PORT)",
				 what, s);
	if (want == PORT_NONE && port)
		return error_set(e, "%s: '%.128s': an address without port is wanted",
				 what, s);
	if (parse_host(what, host, numeric, ep, e))
		return -1;
	return port ? parse_port(what, port, numeric, &ep->port, e) : 0;
}

/* --- Whom bindings belong to, and when they move --- */

int parse_group(const char *s, char *name, struct error *e)
{
	size_t n = strlen(s), i;

	if (!n || n > IPVS_L7_GROUP_NAME_MAX)
		return error_set(e, "group: a name has 1 to %d characters",
				 IPVS_L7_GROUP_NAME_MAX);
	for (i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= 'A' && s[i] <= 'Z') &&
		    !(s[i] >= '0' && s[i] <= '9') && !strchr("._-", s[i]))
			return error_set(e, "group: '%.64s': a name has letters, digits, and . _ - alone",
					 s);
	if (!strcmp(s, "none"))
		n = 0;
	memset(name, 0, IPVS_L7_GROUP_NAME_MAX + 1);
	memcpy(name, s, n);
	return 0;
}

int parse_on_drain(const char *s, uint8_t *out, struct error *e)
{
	if (!strcmp(s, "keep"))
		*out = IPVS_L7_ON_DRAIN_KEEP;
	else if (!strcmp(s, "rebind"))
		*out = IPVS_L7_ON_DRAIN_REBIND;
	else
		return error_set(e, "on-drain: '%.64s' is neither keep nor rebind",
				 s);
	return 0;
}

/* --- Limits --- */

static int parse_limit(char *s, struct limits *l, struct error *e)
{
	const struct {
		const char *name;
		uint32_t *field;
		uint32_t min;
	} known[] = {
		{ "bindings", &l->bindings, 1 },
		{ "flows", &l->flows, 1 },
		{ "pending", &l->pending, 1 },
		{ "pending-src", &l->pending_src, 1 },
		{ "pending-bytes", &l->pending_bytes, 4096 },
	};
	char *eq = strchr(s, '=');
	size_t i;

	if (!eq)
		return error_set(e, "limits: '%.64s' is not NAME=NUMBER", s);
	*eq = '\0';
	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(s, known[i].name))
			return parse_size(known[i].name, eq + 1, known[i].min,
					  UINT32_MAX, known[i].field, e);
	return error_set(e, "limits: '%.64s' is none of bindings, flows, pending, "
			 "pending-src, pending-bytes", s);
}

int parse_limits(const char *s, struct limits *l, struct error *e)
{
	char buf[256], *p = buf, *next;

	if (strlen(s) >= sizeof(buf))
		return error_set(e, "limits: too long");
	strcpy(buf, s);
	for (; p; p = next) {
		next = strchr(p, ',');
		if (next)
			*next++ = '\0';
		if (parse_limit(p, l, e))
			return -1;
	}
	return 0;
}

/* --- Key files --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int parse_hex(const char *s, size_t n, uint8_t *out, size_t len)
{
	size_t i;

	if (n != 2 * len)
		return -1;
	for (i = 0; i < len; i++) {
		int hi = hex_digit(s[2 * i]), lo = hex_digit(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

static int base64_digit(char c)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(set, c) : NULL;

	return p ? (int)(p - set) : -1;
}

/* 32 bytes are 43 digits, of which the last has two bits too many, and "=". */
static int parse_base64(const char *s, size_t n, uint8_t *out)
{
	uint32_t acc = 0;
	size_t i, o = 0;
	int bits = 0;

	if (n == 44 && s[43] == '=')
		n = 43;
	if (n != 43)
		return -1;
	for (i = 0; i < n; i++) {
		int d = base64_digit(s[i]);

		if (d < 0)
			return -1;
		acc = acc << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[o++] = (uint8_t)(acc >> bits);
		}
	}
	return acc & 3 ? -1 : 0;
}

int parse_secret(const char *buf, size_t n, uint8_t *out)
{
	if (n == IPVS_L7_SYNC_KEY_LEN) {
		memcpy(out, buf, n);
		return 0;
	}
	while (n && isspace((unsigned char)*buf))
		buf++, n--;
	while (n && isspace((unsigned char)buf[n - 1]))
		n--;
	return parse_hex(buf, n, out, IPVS_L7_SYNC_KEY_LEN) &&
	       parse_base64(buf, n, out) ? -1 : 0;
}

int parse_key_id(const char *s, uint8_t *id, struct error *e)
{
	if (parse_hex(s, strlen(s), id, 1) || !*id)
		return error_set(e, "key: not the id of a key, two hexadecimal digits as --sync shows them");
	return 0;
}

/* --- Lines of a saved table --- */

/* One word at *@in, unquoted into *@out; both move on. */
static int word(char **in, char **out)
{
	bool quoted = false;
	char *p = *in, *o = *out;

	for (; *p && (quoted || !isspace((unsigned char)*p)); p++) {
		if (*p == '"') {
			quoted = !quoted;
			continue;
		}
		if (*p == '\\' && !*++p)
			return -1;
		*o++ = *p;
	}
	if (quoted)
		return -1;
	/* The end of the word may be where the next one is read from. */
	if (*p)
		p++;
	*o++ = '\0';
	*in = p;
	*out = o;
	return 0;
}

int parse_words(char *line, char **words, int max, struct error *e)
{
	char *in = line, *out = line;
	int n = 0;

	for (;;) {
		while (isspace((unsigned char)*in))
			in++;
		if (!*in || *in == '#')
			break;
		if (n == max - 1)
			return error_set(e, "too many words");
		words[n++] = out;
		if (word(&in, &out))
			return error_set(e, "a quote or backslash has no end");
	}
	words[n] = NULL;
	return n;
}
