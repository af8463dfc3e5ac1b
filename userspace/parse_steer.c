// SPDX-License-Identifier: GPL-2.0
/*
 * Steering rules as words: MATCH=TARGET. See parse.h. What is well-formed but
 * could suit nothing is refused by the module.
 */
#include <string.h>
#include "parse.h"

#define WORD_SIZE	256

/* Copies a text; stars are not its business. */
static int take_pattern(const char *s, size_t n, struct steer *r,
			struct error *e)
{
	size_t i;

	if (!n || n > IPVS_L7_STEER_PATTERN_MAX)
		return error_set(e, "steer pattern: 1 to %d bytes are wanted",
				 IPVS_L7_STEER_PATTERN_MAX);
	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return error_set(e, "steer pattern: has a control character");
	memcpy(r->pattern, s, n);
	r->pattern[n] = '\0';
	return 0;
}

static int plain(const char *s, struct steer *r, struct error *e)
{
	if (strpbrk(s, " "))
		return error_set(e, "steer pattern: '%.64s' has a space", s);
	return take_pattern(s, strlen(s), r, e);
}

static int path(const char *s, struct steer *r, struct error *e)
{
	size_t n = strlen(s);

	if (n && *s == '*') {
		r->how = IPVS_L7_STEER_HOW_SUFFIX;
		s++;
		n--;
	} else if (n && s[n - 1] == '*') {
		r->how = IPVS_L7_STEER_HOW_PREFIX;
		n--;
	}
	if (memchr(s, '*', n))
		return error_set(e, "steer pattern: a star stands at one end of a path, and only once");
	if (strpbrk(s, " ?#"))
		return error_set(e, "steer pattern: '%.64s' has a character that no path can have",
				 s);
	return take_pattern(s, n, r, e);
}

/* NAME:VALUE; a value that ends in a star is a prefix. */
static int header(const char *s, struct steer *r, struct error *e)
{
	const char *colon = strchr(s, ':');
	size_t n;

	if (!colon)
		return error_set(e, "steer: header:NAME:VALUE is wanted");
	n = (size_t)(colon - s);
	if (parse_name("steer name", s, n, e))
		return -1;
	memcpy(r->name, s, n);
	s = colon + 1;
	n = strlen(s);
	if (n && s[n - 1] == '*') {
		r->how = IPVS_L7_STEER_HOW_PREFIX;
		n--;
	}
	return take_pattern(s, n, r, e);
}

static const struct kind {
	const char *word;
	uint8_t match;
	int (*param)(const char *s, struct steer *r, struct error *e);
} kinds[] = {
	{ "any", IPVS_L7_STEER_MATCH_ANY, NULL },
	{ "sni", IPVS_L7_STEER_MATCH_SNI, plain },
	{ "alpn", IPVS_L7_STEER_MATCH_ALPN, plain },
	{ "host", IPVS_L7_STEER_MATCH_HOST, plain },
	{ "path", IPVS_L7_STEER_MATCH_PATH, path },
	{ "header", IPVS_L7_STEER_MATCH_HEADER, header },
};

static int parse_match(const char *s, struct steer *r, struct error *e)
{
	size_t n = strcspn(s, ":"), i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct kind *k = &kinds[i];

		if (strlen(k->word) != n || strncmp(k->word, s, n))
			continue;
		r->match = k->match;
		if (!k->param && s[n])
			return error_set(e, "steer: nothing follows '%s'",
					 k->word);
		if (k->param && !s[n])
			return error_set(e, "steer: '%s:' wants something to follow",
					 k->word);
		return k->param ? k->param(s + n + 1, r, e) : 0;
	}
	return error_set(e, "steer: '%.64s' is no match (sni:NAME, alpn:NAME, host:NAME, path:PATH, "
			 "header:NAME:VALUE, any)", s);
}

static int parse_target(const char *s, struct steer *r, struct error *e)
{
	if (!strcmp(s, "service")) {
		r->target = IPVS_L7_STEER_TARGET_SERVICE;
		return 0;
	}
	if (!strcmp(s, "reset")) {
		r->target = IPVS_L7_STEER_TARGET_RESET;
		return 0;
	}
	if (strncmp(s, "fwmark:", 7))
		return error_set(e, "steer: '%.64s' is no target (fwmark:N, service, reset)",
				 s);
	if (parse_fwmark("steer fwmark", s + 7, &r->mark, e))
		return -1;
	r->target = IPVS_L7_STEER_TARGET_FWMARK;
	return 0;
}

int parse_fwmark(const char *what, const char *s, uint32_t *mark,
		 struct error *e)
{
	uint64_t v;

	if (parse_number(what, s, 1, UINT32_MAX, &v, e))
		return -1;
	*mark = (uint32_t)v;
	return 0;
}

int parse_steer(const char *s, struct steer *r, struct error *e)
{
	const char *eq = strrchr(s, '=');
	char match[WORD_SIZE];

	memset(r, 0, sizeof(*r));
	if (!eq)
		return error_set(e, "steer: '%.64s' is not MATCH=TARGET", s);
	if ((size_t)(eq - s) >= sizeof(match))
		return error_set(e, "steer: too long");
	memcpy(match, s, (size_t)(eq - s));
	match[eq - s] = '\0';
	return parse_match(match, r, e) ?: parse_target(eq + 1, r, e);
}
