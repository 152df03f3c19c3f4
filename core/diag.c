/* diag.c - mistakes that are collected, sorted and printed at once.
 *
 * Lives here: the collection, its order, one error as a line or as JSON. Not here: the source
 * line under it (excerpt.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "excerpt.h"

struct entry {
	struct weir_error error;
	bool warning;
	size_t order; /* as they came */
};

struct diag {
	struct weir_arena *arena; /* the strings of where */
	struct entry *entries;
	size_t count, cap;
	size_t errors;
	bool sorted;
	struct excerpt_span *hidden;
	size_t hidden_count;
};

struct diag *diag_create(void)
{
	struct diag *diag = weir_alloc(sizeof *diag);

	diag->arena = weir_arena_create();
	return diag;
}

void diag_destroy(struct diag *diag)
{
	if (!diag)
		return;
	weir_arena_destroy(diag->arena);
	weir_free(diag->entries);
	weir_free(diag->hidden);
	weir_free(diag);
}

static int compare_text(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

static bool is_same(const struct weir_error *a, const struct weir_error *b)
{
	return a->where.line == b->where.line && a->where.column == b->where.column &&
	       strcmp(a->text, b->text) == 0 && compare_text(a->where.file, b->where.file) == 0 &&
	       compare_text(a->where.path, b->where.path) == 0;
}

/* What came from a file may hold anything; a terminal must not obey it. */
static void clean(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			*p = '?';
}

static const char *keep(struct diag *diag, const char *text)
{
	char *copy;

	if (!text)
		return NULL;
	copy = weir_arena_strdup(diag->arena, text);
	clean(copy);
	return copy;
}

static void add(struct diag *diag, const struct weir_error *error, bool warning)
{
	struct entry *entry;

	for (size_t i = 0; i < diag->count; i++)
		if (diag->entries[i].warning == warning && is_same(&diag->entries[i].error, error))
			return;
	if (diag->count == diag->cap) {
		diag->cap = diag->cap ? diag->cap * 2 : 16;
		diag->entries = weir_realloc(diag->entries, diag->cap * sizeof *diag->entries);
	}
	entry = &diag->entries[diag->count];
	*entry = (struct entry){ *error, warning, diag->count };
	entry->error.where.file = keep(diag, error->where.file);
	entry->error.where.path = keep(diag, error->where.path);
	clean(entry->error.text);
	diag->count++;
	diag->errors += !warning;
	diag->sorted = false;
}

void diag_add(struct diag *diag, const struct weir_error *mistake)
{
	add(diag, mistake, false);
}

void diag_warn(struct diag *diag, const struct weir_error *suspicion)
{
	add(diag, suspicion, true);
}

static void addf(struct diag *diag, struct weir_where where, bool warning, const char *fmt,
                 va_list args)
{
	struct weir_error error = { .code = WEIR_E_CONFIG, .where = where };

	vsnprintf(error.text, sizeof error.text, fmt, args);
	add(diag, &error, warning);
}

void diag_addf(struct diag *diag, struct weir_where where, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	addf(diag, where, false, fmt, args);
	va_end(args);
}

void diag_warnf(struct diag *diag, struct weir_where where, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	addf(diag, where, true, fmt, args);
	va_end(args);
}

void diag_hide(struct diag *diag, struct weir_where where)
{
	size_t count = diag->hidden_count;

	if (!where.file)
		return;
	diag->hidden = weir_realloc(diag->hidden, (count + 1) * sizeof *diag->hidden);
	diag->hidden[count] = (struct excerpt_span){ keep(diag, where.file), where.line,
		                                     where.column, where.width };
	diag->hidden_count++;
}

size_t diag_errors(const struct diag *diag)
{
	return diag->errors;
}

size_t diag_warnings(const struct diag *diag)
{
	return diag->count - diag->errors;
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = compare_text(a->error.where.file, b->error.where.file);

	if (order == 0)
		order = a->error.where.line - b->error.where.line;
	if (order == 0)
		order = a->error.where.column - b->error.where.column;
	if (order == 0)
		order = a->order < b->order ? -1 : 1;
	return order;
}

static void sort(struct diag *diag)
{
	if (!diag->sorted && diag->count)
		qsort(diag->entries, diag->count, sizeof *diag->entries, compare_entries);
	diag->sorted = true;
}

const struct weir_error *diag_at(struct diag *diag, size_t index, bool *warning)
{
	sort(diag);
	if (index >= diag->count)
		return NULL;
	if (warning)
		*warning = diag->entries[index].warning;
	return &diag->entries[index].error;
}

/* ---- as text ---- */

static void put_place(const struct weir_where *where, struct weir_buf *line)
{
	if (!where->file || !*where->file)
		return;
	weir_buf_puts(line, where->file);
	if (where->line)
		weir_buf_printf(line, ":%d", where->line);
	if (where->line && where->column)
		weir_buf_printf(line, ":%d", where->column);
	weir_buf_puts(line, ": ");
}

static void put_story(const struct weir_error *err, struct weir_buf *line)
{
	if (err->where.path)
		weir_buf_printf(line, "%s: ", err->where.path);
	weir_buf_puts(line, err->text);
}

void diag_line(const struct weir_error *err, struct weir_buf *line)
{
	put_place(&err->where, line);
	put_story(err, line);
}

enum diag_color diag_color_of(FILE *to)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if ((none && *none) || (term && strcmp(term, "dumb") == 0))
		return DIAG_PLAIN;
	return isatty(fileno(to)) ? DIAG_COLOR : DIAG_PLAIN;
}

static void put_entry(const struct entry *entry, enum diag_color color, struct weir_buf *text)
{
	bool paint = color == DIAG_COLOR;
	const char *begin = entry->warning ? "\033[1;33m" : "\033[1;31m";

	if (paint)
		weir_buf_puts(text, "\033[1m");
	put_place(&entry->error.where, text);
	if (paint)
		weir_buf_printf(text, "\033[0m%s", begin);
	if (entry->warning)
		weir_buf_puts(text, "warning: ");
	put_story(&entry->error, text);
	if (paint)
		weir_buf_puts(text, "\033[0m");
	weir_buf_putc(text, '\n');
}

void diag_print(struct diag *diag, FILE *to, enum diag_color color)
{
	struct excerpt *excerpt = excerpt_create(diag->hidden, diag->hidden_count);
	struct weir_buf text = { 0 };

	sort(diag);
	for (size_t i = 0; i < diag->count; i++) {
		const struct entry *entry = &diag->entries[i];

		put_entry(entry, color, &text);
		excerpt_put(excerpt, &entry->error.where, color, &text);
	}
	if (text.len)
		fwrite(text.data, 1, text.len, to);
	weir_buf_finish(&text);
	excerpt_destroy(excerpt);
}

/* ---- as JSON ---- */

static void put_member(struct weir_buf *json, const char *key, const char *text)
{
	weir_buf_printf(json, "\"%s\": ", key);
	if (text)
		weir_json_quote(weir_bytes(text), json);
	else
		weir_buf_puts(json, "null");
}

static void put_json(const struct weir_error *error, struct weir_buf *json)
{
	weir_buf_putc(json, '{');
	put_member(json, "file", error->where.file);
	weir_buf_printf(json, ", \"line\": %d, \"column\": %d, \"width\": %d, ", error->where.line,
	                error->where.column, error->where.width);
	put_member(json, "path", error->where.path);
	weir_buf_puts(json, ", ");
	put_member(json, "text", error->text);
	weir_buf_putc(json, '}');
}

static void put_list(const struct diag *diag, bool warnings, struct weir_buf *json)
{
	bool first = true;

	weir_buf_putc(json, '[');
	for (size_t i = 0; i < diag->count; i++) {
		if (diag->entries[i].warning != warnings)
			continue;
		if (!first)
			weir_buf_puts(json, ", ");
		first = false;
		put_json(&diag->entries[i].error, json);
	}
	weir_buf_putc(json, ']');
}

void diag_json_lists(struct diag *diag, struct weir_buf *json)
{
	sort(diag);
	weir_buf_puts(json, "\"errors\": ");
	put_list(diag, false, json);
	weir_buf_puts(json, ", \"warnings\": ");
	put_list(diag, true, json);
}

void diag_json(struct diag *diag, struct weir_buf *json)
{
	weir_buf_printf(json, "\"ok\": %s, ", diag->errors ? "false" : "true");
	diag_json_lists(diag, json);
}
