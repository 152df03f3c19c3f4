/* coverage_text.c - coverage for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "coverage_own.h"

#include <string.h>

enum { WIDTH = 100, SOURCE_MAX = 60 };

/* Words behind a beginning, broken into lines that go on below it. */
struct words {
	struct weir_buf *text;
	size_t indent, column, count;
};

static void put_word(struct words *words, const char *word)
{
	size_t len = strlen(word);

	if (words->count++)
		weir_buf_putc(words->text, ',');
	if (words->count > 1 && words->column + len + 2 > WIDTH) {
		weir_buf_printf(words->text, "\n%*s", (int)words->indent, "");
		words->column = words->indent;
	} else {
		weir_buf_putc(words->text, ' ');
		words->column++;
	}
	weir_buf_puts(words->text, word);
	words->column += len + 1;
}

static void put_share(const char *what, struct cover_share share, const char *did,
                      struct weir_buf *text)
{
	weir_buf_printf(text, "  %-9s %zu of %zu %s%s\n", what, share.hit, share.all, did,
	                share.hit < share.all ? "; the others:" : "");
}

static void put_rows(const struct coverage *coverage, struct weir_buf *text)
{
	put_share("rows", coverage_share(&coverage->rows, false), "wrote a value", text);
	for (const struct cover_item *const *at = coverage_sorted(coverage, &coverage->rows); *at; at++) {
		const struct cover_item *item = *at;
		size_t len = strlen(item->source);

		if (item->hits)
			continue;
		if (len > SOURCE_MAX)
			for (len = SOURCE_MAX; len && (item->source[len] & 0xc0) == 0x80;)
				len--;
		weir_buf_printf(text, "    %s:%d: %s = %.*s%s\n", item->where.file, item->where.line,
		                item->name, (int)len, item->source, item->source[len] ? "..." : "");
	}
}

static bool same_place(const struct cover_item *a, const struct cover_item *b)
{
	return a->where.line == b->where.line && a->where.column == b->where.column &&
	       strcmp(a->where.file, b->where.file) == 0;
}

/* The types of one case stand together. */
static void put_types(const struct coverage *coverage, struct weir_buf *text)
{
	const struct cover_item *before = NULL;
	struct words words = { .text = text, .indent = 6 };

	put_share("types", coverage_share(&coverage->types, false), "were taken by their rule", text);
	for (const struct cover_item *const *at = coverage_sorted(coverage, &coverage->types); *at; at++) {
		const struct cover_item *item = *at;

		if (item->hits)
			continue;
		if (!before || !same_place(before, item)) {
			if (before)
				weir_buf_putc(text, '\n');
			weir_buf_printf(text, "    %s:%d:", item->where.file, item->where.line);
			words.column = strlen(item->where.file) + 10;
			words.count = 0;
		}
		put_word(&words, item->name);
		before = item;
	}
	if (before)
		weir_buf_putc(text, '\n');
}

/* Which of a schema's fields no record has; required ones are a gap, others are for whoever
 * wonders. */
static void put_fields(const struct coverage *coverage, bool required, struct weir_buf *text)
{
	const char *before = NULL;
	struct words words = { .text = text, .indent = 6 };

	put_share(required ? "required" : "fields", coverage_share(&coverage->fields, required),
	          "were set", text);
	for (size_t i = 0; i < coverage->fields.count; i++) {
		const struct cover_item *item = &coverage->fields.items[i];

		if (!item->name || item->hits || (required && !item->required))
			continue;
		if (!before || strcmp(before, item->schema) != 0) {
			weir_buf_printf(text, "%s    %s:", before ? "\n" : "", item->schema);
			words.column = strlen(item->schema) + 5;
			words.count = 0;
		}
		put_word(&words, item->name);
		before = item->schema;
	}
	if (before)
		weir_buf_putc(text, '\n');
}

/* ---- functions ---------------------------------------------------------------------------------- */

/* The types of one case share its conditions. */
static size_t in_conditions(const struct coverage *coverage, const char *file)
{
	const struct cover_item *before = NULL;
	size_t functions = 0;

	for (const struct cover_item *const *at = coverage_sorted(coverage, &coverage->types); *at; at++) {
		if (strcmp((*at)->where.file, file) != 0)
			continue;
		if (!before || !same_place(before, *at))
			functions += (*at)->functions;
		before = *at;
	}
	return functions;
}

static void put_functions_of(const struct coverage *coverage, const char *file,
                             struct weir_buf *text)
{
	struct words words = { .text = text, .indent = 6 };
	size_t rows = 0, conditions = in_conditions(coverage, file);

	for (size_t i = 0; i < coverage->rows.count; i++)
		rows += strcmp(coverage->rows.items[i].where.file, file) == 0
		                ? coverage->rows.items[i].functions : 0;
	if (rows + conditions == 0)
		return;
	weir_buf_printf(text, "    %s: up to %zu an event:", file, rows + conditions);
	words.column = strlen(file) + 24;
	for (size_t i = 0; i < coverage->rows.count; i++) {
		const struct cover_item *item = &coverage->rows.items[i];
		bool whole = strcmp(item->name, ".") == 0;
		char *word;

		if (strcmp(item->where.file, file) != 0 || !item->functions)
			continue;
		word = weir_format("line %d for %s", item->where.line,
		                   whole ? "the whole record" : item->name);
		put_word(&words, word);
		weir_free(word);
	}
	if (conditions)
		put_word(&words, "in conditions");
	weir_buf_putc(text, '\n');
}

static void put_functions(const struct coverage *coverage, struct weir_buf *text)
{
	const struct golden_folder *folder = coverage->folder;
	bool any = false;

	for (size_t i = 0; i < coverage->rows.count; i++)
		any = any || coverage->rows.items[i].functions;
	for (size_t i = 0; i < coverage->types.count; i++)
		any = any || coverage->types.items[i].functions;
	weir_buf_printf(text, "  functions %s\n", any ? "slow path, these run for each event:"
	                                              : "none: every row is compiled");
	for (size_t i = 0; any && i < folder->rule_count; i++)
		put_functions_of(coverage, folder->rules[i], text);
}

void coverage_text(const struct coverage *coverage, struct weir_buf *text)
{
	weir_buf_printf(text, "coverage of %s by %zu example%s\n", coverage->folder->path,
	                coverage->examples, coverage->examples == 1 ? "" : "s");
	if (!coverage->told) {
		weir_buf_puts(text, "  unknown: no example loads, or the plugin tells nothing about its rules\n");
		return;
	}
	put_rows(coverage, text);
	put_types(coverage, text);
	put_fields(coverage, true, text);
	put_fields(coverage, false, text);
	put_functions(coverage, text);
}
