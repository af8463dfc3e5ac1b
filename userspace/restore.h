/* SPDX-License-Identifier: GPL-2.0 */
/* A saved table: its lines, read and parsed before any is carried out. */
#ifndef IPVSL7ADM_RESTORE_H
#define IPVSL7ADM_RESTORE_H

#include "command.h"

/** struct restore_line - a line of a saved table
 * @number: from 1
 * @text: its words, which the command points into
 * @c: DO_NOTHING for a line without words
 */
struct restore_line {
	unsigned int number;
	char *text;
	struct command c;
};

struct restore {
	struct restore_line *lines;
	size_t n;
};

/** restore_read() - parse all of a file
 * Return: 0, 1 (not to be read) or 2 (not understood), which is the exit
 * status, with a sentence. restore_free() is wanted in any case.
 */
int restore_read(FILE *in, struct restore *r, struct error *e);
void restore_free(struct restore *r);

#endif /* IPVSL7ADM_RESTORE_H */
