/* table.c - columns as wide as their widest cell.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct table {
	const char *align;
	size_t columns;
	char **cells;
	size_t count, cap;
};

struct table *table_create(const char *align)
{
	struct table *table = weir_alloc(sizeof *table);

	table->align = align;
	table->columns = strlen(align);
	return table;
}

void table_destroy(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++)
		weir_free(table->cells[i]);
	weir_free(table->cells);
	weir_free(table);
}

static void put(struct table *table, char *cell)
{
	if (table->count == table->cap) {
		table->cap = table->cap ? table->cap * 2 : 32;
		table->cells = weir_realloc(table->cells, table->cap * sizeof(char *));
	}
	table->cells[table->count++] = cell;
}

void table_add(struct table *table, const char *text)
{
	struct weir_buf cell = { 0 };

	for (const char *p = text ? text : ""; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			weir_buf_printf(&cell, "\\x%02x", (unsigned char)*p);
		else
			weir_buf_putc(&cell, *p);
	}
	weir_buf_text(&cell);
	put(table, cell.data);
}

void table_addf(struct table *table, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	table_add(table, text);
}

void table_add_number(struct table *table, int64_t number)
{
	char digits[32], text[48];
	int len = snprintf(digits, sizeof digits, "%lld", (long long)number);
	int at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-')
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	table_add(table, text);
}

/* Characters, not bytes. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void pad(struct weir_buf *text, size_t count)
{
	while (count-- > 0)
		weir_buf_putc(text, ' ');
}

/* Line ends are never spaces, so this stays on the line. */
static void trim(struct weir_buf *text)
{
	while (text->len > 0 && text->data[text->len - 1] == ' ')
		text->len--;
}

void table_render(const struct table *table, const char *indent, struct weir_buf *text)
{
	size_t *widths = weir_alloc(table->columns * sizeof *widths);

	for (size_t i = 0; i < table->count; i++) {
		size_t width = width_of(table->cells[i]);

		if (width > widths[i % table->columns])
			widths[i % table->columns] = width;
	}
	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->columns;
		size_t space = widths[column] - width_of(table->cells[i]);
		bool last = column + 1 == table->columns || i + 1 == table->count;

		weir_buf_puts(text, column == 0 ? indent : "  ");
		pad(text, table->align[column] == 'r' ? space : 0);
		weir_buf_puts(text, table->cells[i]);
		pad(text, table->align[column] == 'r' || last ? 0 : space);
		if (!last)
			continue;
		trim(text);
		weir_buf_putc(text, '\n');
	}
	weir_free(widths);
}
