/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Aligned columns on standard output. The first rows are held back until their
 * widths are known; of a long listing the others are not kept as text.
 */
#ifndef IPVSL7ADM_TABLE_H
#define IPVSL7ADM_TABLE_H

/** table_begin() - @heads: column heads; ended by NULL; > before a head aligns
 * the column to the right */
void table_begin(const char *const *heads);
/** table_row() - as many cells as there are heads */
void table_row(const char *const *cells);
void table_end(void);

#endif /* IPVSL7ADM_TABLE_H */
