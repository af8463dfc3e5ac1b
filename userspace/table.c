// SPDX-License-Identifier: GPL-2.0
/* See table.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "table.h"

#define COLUMNS_MAX	16
#define ROWS_HELD	256

static struct {
	int columns;
	int held;
	int flushed;
	int width[COLUMNS_MAX];
	int right[COLUMNS_MAX];
	char *rows[ROWS_HELD][COLUMNS_MAX];
} t;

static void print_row(const char *const *cells)
{
	int i;

	for (i = 0; i < t.columns; i++) {
		if (t.right[i])
			printf("%*s", t.width[i], cells[i]);
		else if (i < t.columns - 1)
			printf("%-*s", t.width[i], cells[i]);
		else
			fputs(cells[i], stdout);
		putchar(i < t.columns - 1 ? ' ' : '\n');
	}
}

static void flush(void)
{
	int r, i;

	for (r = 0; r < t.held; r++) {
		print_row((const char *const *)t.rows[r]);
		for (i = 0; i < t.columns; i++)
			free(t.rows[r][i]);
	}
	t.held = 0;
	t.flushed = 1;
}

static void hold(const char *const *cells)
{
	int i, n;

	for (i = 0; i < t.columns; i++) {
		n = (int)strlen(cells[i]);
		if (n > t.width[i])
			t.width[i] = n;
		t.rows[t.held][i] = strdup(cells[i]);
		if (!t.rows[t.held][i])
			abort();
	}
	t.held++;
}

void table_begin(const char *const *heads)
{
	const char *names[COLUMNS_MAX];

	memset(&t, 0, sizeof(t));
	while (heads[t.columns] && t.columns < COLUMNS_MAX) {
		t.right[t.columns] = *heads[t.columns] == '>';
		names[t.columns] = heads[t.columns] + t.right[t.columns];
		t.columns++;
	}
	hold(names);
}

void table_row(const char *const *cells)
{
	if (t.flushed) {
		print_row(cells);
		return;
	}
	hold(cells);
	if (t.held == ROWS_HELD)
		flush();
}

void table_end(void)
{
	if (!t.flushed)
		flush();
}
