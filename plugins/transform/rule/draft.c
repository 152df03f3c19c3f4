/* draft.c - the rows of a new rule, nested as its record is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "draft.h"

#include <ctype.h>
#include <string.h>

struct draft {
	const struct draft_style *style;
	struct draft_row *rows;
	size_t count;
	struct weir_buf *text;
};

static bool is_plain(struct weir_bytes key)
{
	if (key.len == 0 || isdigit((unsigned char)key.data[0]))
		return false;
	for (size_t i = 0; i < key.len; i++) {
		if (!isalnum((unsigned char)key.data[i]) && key.data[i] != '_')
			return false;
	}
	return true;
}

static void put_key(const struct draft *d, struct weir_bytes key, struct weir_buf *text)
{
	if (is_plain(key)) {
		weir_buf_add(text, key.data, key.len);
		return;
	}
	weir_buf_puts(text, d->style->brackets ? "[" : "");
	weir_json_quote(key, text);
	weir_buf_puts(text, d->style->brackets ? "]" : "");
}

/* The key of a row below a prefix; *more says that an object begins there. */
static struct weir_bytes key_below(const struct draft_row *row, size_t prefix, bool *more)
{
	const char *key = row->target + prefix;
	size_t len = strcspn(key, ".");

	*more = key[len] != '\0';
	return (struct weir_bytes){ key, len };
}

/* The rows from first on that share what is in front of prefix. */
static size_t end_of(const struct draft *d, size_t first, size_t prefix)
{
	size_t end = first + 1;

	while (end < d->count && strncmp(d->rows[end].target, d->rows[first].target, prefix) == 0)
		end++;
	return end;
}

static size_t widest_key(const struct draft *d, size_t first, size_t end, size_t prefix)
{
	size_t widest = 0;

	for (size_t i = first; i < end; i++) {
		bool more;
		size_t len = key_below(&d->rows[i], prefix, &more).len;

		if (!more && len > widest)
			widest = len;
	}
	return widest;
}

static void put_row(const struct draft *d, const struct draft_row *row, struct weir_bytes key,
                    size_t width)
{
	const char *between = d->style->between;

	put_key(d, key, d->text);
	/* Keys stand in a column: before a '=', behind a ':'. */
	if (between[0] == ' ')
		weir_buf_printf(d->text, "%*s%s", (int)(width - key.len), "", between);
	else
		weir_buf_printf(d->text, "%s%*s", between, (int)(width - key.len), "");
	d->style->value(row, d->text);
}

/* A row that is alone in its objects: `city = { name = known "city" }`. */
static void put_line(const struct draft *d, const struct draft_row *row, size_t prefix)
{
	bool more;
	struct weir_bytes key = key_below(row, prefix, &more);

	if (!more) {
		put_row(d, row, key, key.len);
		return;
	}
	put_key(d, key, d->text);
	weir_buf_printf(d->text, "%s{ ", d->style->between);
	put_line(d, row, prefix + key.len + 1);
	weir_buf_puts(d->text, " }");
}

/* The rows first to end, whose targets are alike up to prefix. */
static void put_level(const struct draft *d, size_t first, size_t end, size_t prefix, int indent)
{
	size_t width = widest_key(d, first, end, prefix);

	while (first < end) {
		bool more;
		struct weir_bytes key = key_below(&d->rows[first], prefix, &more);
		size_t inside = more ? end_of(d, first, prefix + key.len + 1) : first + 1;

		weir_buf_printf(d->text, "%*s", indent, "");
		if (more && inside == first + 1 && d->rows[first].from) {
			put_line(d, &d->rows[first], prefix);
		} else if (more) {
			put_key(d, key, d->text);
			weir_buf_printf(d->text, "%s{\n", d->style->between);
			put_level(d, first, inside < end ? inside : end, prefix + key.len + 1,
			          indent + 2);
			weir_buf_printf(d->text, "%*s}", indent, "");
		} else {
			put_row(d, &d->rows[first], key, width);
		}
		weir_buf_puts(d->text, d->style->last_comma || inside < end ? "," : "");
		if (!more && !d->rows[first].from)
			weir_buf_printf(d->text, "  %s choose: %s", d->style->comment,
			                d->rows[first].doc);
		weir_buf_putc(d->text, '\n');
		first = inside;
	}
}

static const char *text_of(struct weir_arena *arena, struct weir_value of, const char *key)
{
	struct weir_bytes text;

	return weir_value_text(weir_value_get(of, key), arena, &text)
	       ? weir_arena_copy(arena, text).data : NULL;
}

/* Rows of one object stand together, at the place of the first. */
static void gather(struct draft *d, const struct draft_row *row)
{
	size_t at = d->count, len = 0;
	const char *dot = strrchr(row->target, '.');

	for (; dot; dot = NULL) {
		len = (size_t)(dot + 1 - row->target);
		for (size_t i = 0; i < d->count; i++) {
			if (strncmp(d->rows[i].target, row->target, len) == 0)
				at = i + 1;
		}
	}
	memmove(&d->rows[at + 1], &d->rows[at], (d->count - at) * sizeof *row);
	d->rows[at] = *row;
	d->count++;
}

void draft_rows(const struct weir_rule_sketch *sketch, const struct draft_style *style, int indent,
                struct weir_buf *text)
{
	struct weir_arena *arena = weir_arena_create();
	struct draft d = { .style = style, .text = text };
	struct weir_each each = weir_each(sketch->rows);

	d.rows = weir_arena_alloc(arena, (weir_value_count(sketch->rows) + 1) * sizeof *d.rows);
	while (weir_next(&each))
		gather(&d, &(struct draft_row){ .target = text_of(arena, each.value, "target"),
		                                .type = text_of(arena, each.value, "type"),
		                                .doc = text_of(arena, each.value, "doc"),
		                                .from = text_of(arena, each.value, "from"),
		                                .value = weir_value_get(each.value, "value") });
	put_level(&d, 0, d.count, 0, indent);
	weir_arena_destroy(arena);
}
