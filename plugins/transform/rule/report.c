/* report.c - mistakes on their way to whoever prints them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct weir_error *err, struct weir_where where, const char *fmt, va_list args)
{
	*err = (struct weir_error){ .code = WEIR_E_CONFIG, .where = where };
	vsnprintf(err->text, sizeof err->text, fmt, args);
}

void rule_mistake(struct rule_report *report, struct weir_where where, const char *fmt, ...)
{
	struct weir_error err;
	va_list args;

	va_start(args, fmt);
	fill(&err, where, fmt, args);
	va_end(args);
	report->mistakes++;
	report->mistake(report->user, &err);
}

void rule_suspicion(struct rule_report *report, struct weir_where where, const char *fmt, ...)
{
	struct weir_error err;
	va_list args;

	va_start(args, fmt);
	fill(&err, where, fmt, args);
	va_end(args);
	report->suspicion(report->user, &err);
}

void rule_mistake_error(struct rule_report *report, struct weir_where where,
                        const struct weir_error *err)
{
	struct weir_error whole = *err;

	if (!whole.where.file)
		whole.where = where;
	report->mistakes++;
	report->mistake(report->user, &whole);
}

const char *rule_did_you_mean(struct weir_arena *arena, const char *word, const char *const *words)
{
	const char *near = weir_nearest(word, words);

	return near ? weir_arena_format(arena, "; did you mean '%s'?", near) : "";
}

/* Grown at each power of two, so that nobody has to keep a capacity. */
void *rule_grow(struct weir_arena *arena, void *items, size_t count, size_t size)
{
	enum { FIRST = 4 };
	void *larger;

	if (count > 0 && (count < FIRST || (count & (count - 1)) != 0))
		return items;
	larger = weir_arena_alloc(arena, (count ? count * 2 : FIRST) * size);
	if (count)
		memcpy(larger, items, count * size);
	return larger;
}
