/* table.h - rows of text in aligned columns.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include <weir/util.h>

struct table;

/* align has a letter for each column: 'l' or 'r'. */
struct table *table_create(const char *align);
void table_destroy(struct table *table);
/* The next cell, from left to right; NULL is an empty one. What would break the line is shown
 * escaped. */
void table_add(struct table *table, const char *text);
void table_addf(struct table *table, const char *fmt, ...) WEIR_PRINTF(2, 3);
/* A number with its thousands set apart: 1,234,567. */
void table_add_number(struct table *table, int64_t number);
/* Every line begins with indent. */
void table_render(const struct table *table, const char *indent, struct weir_buf *text);

#endif
