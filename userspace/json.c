// SPDX-License-Identifier: GPL-2.0
/* See json.h. */
#include <stdio.h>
#include "format.h"
#include "json.h"

static int depth;
static bool first = true;
static bool lines;

/* Length of the UTF-8 sequence at @p (RFC 3629), 0 if it is none. */
static int utf8_len(const unsigned char *p)
{
	int n = 0, i;

	if (*p < 0x80)
		return 1;
	if (*p >= 0xc2 && *p <= 0xdf)
		n = 2;
	else if (*p >= 0xe0 && *p <= 0xef)
		n = 3;
	else if (*p >= 0xf0 && *p <= 0xf4)
		n = 4;
	for (i = 1; i < n; i++)
		if (p[i] >> 6 != 2)
			return 0;
	/* Longer than need be, surrogates, beyond U+10FFFF. */
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static void quoted(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	putchar('"');
	while (*p) {
		int n = utf8_len(p);

		if (*p == '"' || *p == '\\')
			printf("\\%c", *p++);
		else if (*p < 0x20 || *p == 0x7f || !n)
			printf("\\u%04x", *p++);
		else
			while (n--)
				putchar(*p++);
	}
	putchar('"');
}

static void begin(const char *key)
{
	if (!first)
		fputs(lines ? ", " : ",", stdout);
	if (depth && !lines)
		printf("\n%*s", 2 * depth, "");
	if (key) {
		quoted(key);
		fputs(": ", stdout);
	}
	first = false;
}

static void open_with(const char *key, char c)
{
	begin(key);
	putchar(c);
	depth++;
	first = true;
}

static void close_with(char c)
{
	depth--;
	if (!first && !lines)
		printf("\n%*s", 2 * depth, "");
	putchar(c);
	first = false;
}

void json_object(const char *key)
{
	open_with(key, '{');
}

void json_object_end(void)
{
	close_with('}');
}

void json_array(const char *key)
{
	open_with(key, '[');
}

void json_array_end(void)
{
	close_with(']');
}

void json_string(const char *key, const char *s)
{
	begin(key);
	quoted(s);
}

void json_number(const char *key, uint64_t v)
{
	begin(key);
	printf("%llu", (unsigned long long)v);
}

void json_signed(const char *key, int64_t v)
{
	begin(key);
	printf("%lld", (long long)v);
}

void json_bool(const char *key, bool v)
{
	begin(key);
	fputs(v ? "true" : "false", stdout);
}

void json_null(const char *key)
{
	begin(key);
	fputs("null", stdout);
}

void json_endpoint(const char *key, const struct ep *ep)
{
	char buf[FORMAT_SIZE];

	if (!ep->af) {
		json_null(key);
		return;
	}
	json_object(key);
	json_string("address", format_address(buf, ep));
	if (ep->port)
		json_number("port", ep->port);
	if (ep->udp)
		json_bool("udp", true);
	json_object_end();
}

void json_lines(void)
{
	lines = true;
}

void json_end(void)
{
	putchar('\n');
	first = true;
}
