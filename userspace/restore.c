// SPDX-License-Identifier: GPL-2.0
/* See restore.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"
#include "restore.h"

#define WORDS_MAX	256

static int parse_line(struct restore_line *l, struct error *e)
{
	static char name[] = "ipvsl7adm";
	char *words[WORDS_MAX + 1];
	int n;

	words[0] = name;
	n = parse_words(l->text, words + 1, WORDS_MAX, e);
	if (n < 0)
		return -1;
	if (!n)
		return 0;
	return command_parse(n + 1, words, true, &l->c, e);
}

/* Takes over @text. */
static struct restore_line *add(struct restore *r, char *text, struct error *e)
{
	struct restore_line *l = realloc(r->lines, (r->n + 1) * sizeof(*l));

	if (!l) {
		free(text);
		error_set(e, "out of memory");
		return NULL;
	}
	r->lines = l;
	l += r->n++;
	memset(l, 0, sizeof(*l));
	l->number = (unsigned int)r->n;
	l->text = text;
	return l;
}

static int read_line(struct restore *r, char *text, size_t len,
		     struct error *e)
{
	bool is_text = !memchr(text, '\0', len);
	struct restore_line *l = add(r, text, e);
	struct error why;

	if (!l)
		return 1;
	if (!is_text)
		error_set(&why, "not a line of text");
	else if (!parse_line(l, &why))
		return 0;
	error_set(e, "line %u: %.480s", l->number, why.text);
	return 2;
}

int restore_read(FILE *in, struct restore *r, struct error *e)
{
	char *text = NULL;
	size_t size = 0;
	int status = 0;
	ssize_t len;

	r->lines = NULL;
	r->n = 0;
	while (!status && (len = getline(&text, &size, in)) >= 0) {
		status = read_line(r, text, (size_t)len, e);
		text = NULL;
		size = 0;
	}
	free(text);
	if (status || !ferror(in))
		return status;
	error_set(e, "standard input: %s", strerror(errno));
	return 1;
}

void restore_free(struct restore *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		free(r->lines[i].text);
	free(r->lines);
}
