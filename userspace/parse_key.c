// SPDX-License-Identifier: GPL-2.0
/*
 * Keys as words: KIND[:PARAMETERS][,OPTION]..., and with a value behind them. See
 * parse.h.
 */
#include <stdlib.h>
#include <string.h>
#include "parse.h"

#define VALUE_MAX	16384
#define KEY_SIZE	288
/* What names the key of an OpenSSL server's tickets. */
#define TICKET_NAME_LEN	16

/* RFC 6265 4.1.1, RFC 9110 5.6.2: a token. */
static bool is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

int parse_name(const char *what, const char *s, size_t n, struct error *e)
{
	size_t i;

	if (!n || n > IPVS_L7_COOKIE_NAME_MAX)
		return error_set(e, "%s: a name has 1 to %d characters", what,
				 IPVS_L7_COOKIE_NAME_MAX);
	for (i = 0; i < n; i++)
		if (!is_token_char(s[i]))
			return error_set(e, "%s: the name has a character that no such name can have",
					 what);
	return 0;
}

static int take_u16(const char *what, const char *s, uint64_t min,
		    uint16_t *out, struct error *e)
{
	uint64_t v;

	if (parse_number(what, s, min, 65535, &v, e))
		return -1;
	*out = (uint16_t)v;
	return 0;
}

/* Cuts the next word off, at a comma; NULL if there is none. Behind a comma there
 * is one, if an empty one.
 */
static char *next_word(char **s)
{
	char *word = *s, *comma = word ? strchr(word, ',') : NULL;

	if (comma)
		*comma++ = '\0';
	*s = comma;
	return word;
}

/* --- Parameters: what stands behind the colon, before the options --- */

static int name(char **rest, struct rule *r, struct error *e)
{
	char *s = next_word(rest);
	size_t n = s ? strlen(s) : 0;

	if (n && s[n - 1] == '*') {
		r->wildcard = true;
		s[--n] = '\0';
	}
	if (parse_name("key", s, n, e))
		return -1;
	memcpy(r->name, s, n + 1);
	return 0;
}

static int ticket(char **rest, struct rule *r, struct error *e)
{
	char *s = next_word(rest);

	if (s && !strcmp(s, "all")) {
		r->length = 0;
		return 0;
	}
	return take_u16("ticket prefix", s ? s : "", 1, &r->length, e);
}

static int payload(char **rest, struct rule *r, struct error *e)
{
	char *off = next_word(rest), *len = next_word(rest);

	if (!off || !len)
		return error_set(e, "key: payload:OFFSET,LENGTH is wanted");
	return take_u16("payload offset", off, 0, &r->offset, e) ?:
	       take_u16("payload length", len, 1, &r->length, e);
}

static int payload_lv(char **rest, struct rule *r, struct error *e)
{
	char *off = next_word(rest), *bytes = next_word(rest);

	if (!off || !bytes)
		return error_set(e, "key: payload-lv:OFFSET,BYTES is wanted");
	if (strlen(bytes) != 1 || !strchr("124", *bytes))
		return error_set(e, "payload-lv: '%.16s': a length has 1, 2 or 4 bytes",
				 bytes);
	r->prefix = (uint8_t)(*bytes - '0');
	return take_u16("payload offset", off, 0, &r->offset, e);
}

/** struct kind - a kind of key
 * @param: reads the parameters
 * @optional: there need not be parameters
 * @part, @learn, @responses, @route: options that go with it
 */
static const struct kind {
	const char *word;
	uint8_t type;
	int (*param)(char **rest, struct rule *r, struct error *e);
	bool optional;
	bool part;
	bool learn;
	bool responses;
	bool route;
} kinds[] = {
	{ .word = "cookie", .type = IPVS_L7_KEY_TYPE_COOKIE, .param = name,
	  .part = true, .learn = true, .responses = true,
	  .route = true },
	{ .word = "url", .type = IPVS_L7_KEY_TYPE_URL, .param = name,
	  .part = true, .learn = true, .route = true },
	{ .word = "header", .type = IPVS_L7_KEY_TYPE_HEADER, .param = name,
	  .part = true, .learn = true },
	{ .word = "path-hash", .type = IPVS_L7_KEY_TYPE_PATH_HASH },
	{ .word = "tls-session", .type = IPVS_L7_KEY_TYPE_TLS_SESSION },
	{ .word = "tls-ticket", .type = IPVS_L7_KEY_TYPE_TLS_TICKET,
	  .param = ticket, .optional = true },
	{ .word = "rdp", .type = IPVS_L7_KEY_TYPE_RDP },
	{ .word = "mqtt", .type = IPVS_L7_KEY_TYPE_MQTT },
	{ .word = "payload", .type = IPVS_L7_KEY_TYPE_PAYLOAD,
	  .param = payload },
	{ .word = "payload-lv", .type = IPVS_L7_KEY_TYPE_PAYLOAD_LV,
	  .param = payload_lv },
};

static const struct kind *find_kind(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strlen(kinds[i].word) == n && !strncmp(kinds[i].word, s, n))
			return &kinds[i];
	return NULL;
}

/* --- Attributes of a cookie that the director makes (RFC 6265 4.1.1) --- */

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

static bool is_same_site(const char *s)
{
	return !strcmp(s, "strict") || !strcmp(s, "lax") || !strcmp(s, "none");
}

static bool is_av_value(const char *s)
{
	const char *c;

	for (c = s; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == ';')
			return false;
	return *s;
}

static const struct {
	const char *word;
	bool (*is_value)(const char *s);
	const char *wanted;
} attributes[] = {
	{ "path=", is_av_value, "a path" },
	{ "domain=", is_av_value, "a domain" },
	{ "max-age=", is_number, "seconds" },
	{ "samesite=", is_same_site, "strict, lax or none" },
	{ .word = "secure" },
	{ .word = "httponly" },
	{ .word = "partitioned" },
};

/* Appends an attribute: 0; 1 if it is none; -1. */
static int attribute(const char *opt, struct rule *r, struct error *e)
{
	size_t i, n, have = strlen(r->attributes);

	for (i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		n = strlen(attributes[i].word);
		if (attributes[i].is_value ? strncmp(opt, attributes[i].word, n) :
					     strcmp(opt, attributes[i].word))
			continue;
		if (attributes[i].is_value && !attributes[i].is_value(opt + n))
			return error_set(e, "key: '%.64s': %s is wanted", opt,
					 attributes[i].wanted);
		if (have + 2 + strlen(opt) > IPVS_L7_COOKIE_ATTR_MAX)
			return error_set(e, "key: the attributes have more than %d characters",
					 IPVS_L7_COOKIE_ATTR_MAX);
		sprintf(r->attributes + have, "%s%s", have ? "; " : "", opt);
		return 0;
	}
	return 1;
}

/* --- Options --- */

static int responses(const char *s, struct rule *r, struct error *e)
{
	uint64_t v;

	if (parse_number("key responses", s, 1, IPVS_L7_RESPONSES_MAX, &v, e))
		return -1;
	/* one goes without saying, and is not saved */
	r->responses = v > 1 ? (uint8_t)v : 0;
	return 0;
}

/* The options that make the cookie one of the director's: 0; 1 if it is none; -1. */
static int take_over(const char *opt, struct rule *r, struct error *e)
{
	bool insert = !strcmp(opt, "insert");

	if (r->type != IPVS_L7_KEY_TYPE_COOKIE ||
	    (!insert && strcmp(opt, "rewrite")))
		return 1;
	if (r->wildcard || r->learn || r->offset || r->length ||
	    r->responses || r->route || r->require)
		return error_set(e, insert ?
			"key: an inserted cookie has a whole name, and no other options than attributes" :
			"key: an overwritten cookie has a whole name, and no other options");
	r->type = insert ? IPVS_L7_KEY_TYPE_COOKIE_INSERT :
			   IPVS_L7_KEY_TYPE_COOKIE_REWRITE;
	return 0;
}

static int option(const struct kind *k, const char *opt, struct rule *r,
		  struct error *e)
{
	int ret;

	ret = take_over(opt, r, e);
	if (ret <= 0)
		return ret;
	if (r->type == IPVS_L7_KEY_TYPE_COOKIE_REWRITE)
		return error_set(e, "key: '%.64s': an overwritten cookie has no such option", opt);
	if (r->type == IPVS_L7_KEY_TYPE_COOKIE_INSERT) {
		ret = attribute(opt, r, e);
		return ret <= 0 ? ret :
		       error_set(e, "key: '%.64s': an inserted cookie has no such option", opt);
	}
	if (!strcmp(opt, "require")) {
		r->require = true;
		return 0;
	}
	if (k->learn && !strcmp(opt, "learn=request")) {
		r->learn = true;
		return 0;
	}
	if (k->part && !strncmp(opt, "offset=", 7))
		return take_u16("key offset", opt + 7, 0, &r->offset, e);
	if (k->part && !strncmp(opt, "length=", 7))
		return take_u16("key length", opt + 7, 1, &r->length, e);
	if (k->route && !strcmp(opt, "route")) {
		r->route = true;
		return 0;
	}
	if (k->responses && !strncmp(opt, "responses=", 10))
		return responses(opt + 10, r, e);
	return error_set(e, "key: '%.64s': %s has no such option", opt, k->word);
}

static int parse_kind(char *s, struct rule *r, struct error *e)
{
	size_t n = strcspn(s, ":,");
	const struct kind *k = find_kind(s, n);
	char *rest = s[n] ? s + n + 1 : NULL, *opt;
	bool param = s[n] == ':';

	if (!k)
		return error_set(e, "key: '%.64s' is no kind of key (src, cookie:NAME, url:NAME, header:NAME, path-hash, "
				 "tls-session, tls-ticket, rdp, mqtt, payload:OFFSET,LENGTH, payload-lv:OFFSET,BYTES)", s);
	r->type = k->type;
	if (r->type == IPVS_L7_KEY_TYPE_TLS_TICKET)
		r->length = TICKET_NAME_LEN;
	if (param && !k->param)
		return error_set(e, "key: nothing follows '%s:'", k->word);
	if (!param && k->param && !k->optional)
		return error_set(e, "key: '%s:' wants something to follow",
				 k->word);
	if (param && k->param(&rest, r, e))
		return -1;
	while ((opt = next_word(&rest)))
		if (option(k, opt, r, e))
			return -1;
	return 0;
}

int parse_rule(const char *s, struct rule *r, struct error *e)
{
	char buf[KEY_SIZE];
	uint64_t v;

	memset(r, 0, sizeof(*r));
	if (strlen(s) >= sizeof(buf))
		return error_set(e, "key: too long");
	strcpy(buf, s);
	r->type = IPVS_L7_KEY_TYPE_SRC;
	if (!strcmp(buf, "src"))
		return 0;
	if (!strncmp(buf, "src/", 4)) {
		if (parse_number("key prefix", buf + 4, 1, 128, &v, e))
			return -1;
		r->prefix = (uint8_t)v;
		return 0;
	}
	return parse_kind(buf, r, e);
}

/* --- Names of real servers --- */

/* A value of a cookie (RFC 6265 4.1.1) may end by it, and it has no dot. */
static bool is_route_char(char c)
{
	return c > ' ' && c < 0x7f && !strchr("\",.;=\\", c);
}

int parse_route(const char *s, struct route *r, struct error *e)
{
	size_t n = strcspn(s, "="), i;

	memset(r, 0, sizeof(*r));
	if (!s[n])
		return error_set(e, "route: '%.64s' is not NAME=ADDRESS[:PORT]", s);
	if (!n || n > IPVS_L7_ROUTE_NAME_MAX)
		return error_set(e, "route: a name has 1 to %d characters",
				 IPVS_L7_ROUTE_NAME_MAX);
	for (i = 0; i < n; i++)
		if (!is_route_char(s[i]))
			return error_set(e, "route: '%.64s': a name has no dot, and no character that a cookie cannot have",
					 s);
	memcpy(r->name, s, n);
	return parse_endpoint("route", s + n + 1, PORT_OPTIONAL, false,
			      &r->server, e);
}

/* --- With a value --- */

/* Is the '=' at @eq that of an option, such as ",offset="? */
static bool is_option(const char *s, const char *eq)
{
	static const char *const options[] = {
		",offset", ",length", ",learn", ",responses",
		",path", ",domain", ",max-age", ",samesite",
	};
	size_t i, n;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		n = strlen(options[i]);
		if ((size_t)(eq - s) >= n && !strncmp(eq - n, options[i], n))
			return true;
	}
	return false;
}

/* The '=' between key and value: those of options come before. */
static const char *value_sign(const char *s)
{
	const char *eq = strchr(s, '=');

	while (eq && is_option(s, eq)) {
		/* The option's own value ends at a comma or at our sign. */
		eq = strchr(eq + 1 + strcspn(eq + 1, ",="), '=');
	}
	return eq;
}

int parse_key_value(const char *s, struct key_value *kv, struct error *e)
{
	const char *eq = value_sign(s);
	char key[KEY_SIZE];
	uint64_t v;

	memset(kv, 0, sizeof(*kv));
	if (!eq)
		return error_set(e, "key: '%.64s' is not KEY=VALUE", s);
	if ((size_t)(eq - s) >= sizeof(key))
		return error_set(e, "key: too long");
	memcpy(key, s, (size_t)(eq - s));
	key[eq - s] = '\0';
	kv->value = eq + 1;
	kv->len = strlen(kv->value);
	if (!kv->len || kv->len > VALUE_MAX)
		return error_set(e, "value: 1 to %d bytes are wanted",
				 VALUE_MAX);

	if (!strcmp(key, "hash")) {
		kv->by = KEY_BY_HASH;
		if (parse_hex(kv->value, kv->len, kv->hash, sizeof(kv->hash)))
			return error_set(e, "hash: %d hexadecimal digits are wanted",
					 2 * IPVS_L7_HASH_LEN);
		return 0;
	}
	if (!strncmp(key, "rule:", 5)) {
		kv->by = KEY_BY_INDEX;
		if (parse_number("rule", key + 5, 0, IPVS_L7_RULES_MAX - 1, &v,
				 e))
			return -1;
		kv->index = (unsigned int)v;
		return 0;
	}
	kv->by = KEY_BY_RULE;
	return parse_rule(key, &kv->rule, e);
}
