/* coverage_json.c - coverage for programs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "coverage_own.h"

#include <string.h>

static void put_key(struct weir_buf *json, const char *key, const char *value)
{
	weir_buf_printf(json, ",\"%s\":", key);
	weir_json_quote(weir_bytes(value), json);
}

/* {"file":…,"line":…,"target":…,"source":…}; name is what an item is called. */
static void put_item(const struct cover_item *item, const char *name, struct weir_buf *json)
{
	weir_buf_printf(json, "{\"%s\":", name);
	weir_json_quote(weir_bytes(item->name), json);
	if (item->schema[0])
		put_key(json, "schema", item->schema);
	if (item->where.file) {
		put_key(json, "file", item->where.file);
		weir_buf_printf(json, ",\"line\":%d,\"column\":%d", item->where.line,
		                item->where.column);
		put_key(json, strcmp(name, "type") == 0 ? "conditions" : "source", item->source);
	}
	if (item->functions)
		weir_buf_printf(json, ",\"functions\":%zu", item->functions);
	weir_buf_putc(json, '}');
}

enum which { NEVER_HIT, NEVER_HIT_REQUIRED, CALLING };

static bool is_wanted(const struct cover_item *item, enum which which)
{
	if (!item->name)
		return false;
	if (which == CALLING)
		return item->functions > 0;
	return !item->hits && (which == NEVER_HIT || item->required);
}

static void put_items(const struct cover_item *const *items, const char *name, enum which which,
                      struct weir_buf *json)
{
	bool any = false;

	weir_buf_putc(json, '[');
	for (; *items; items++) {
		if (!is_wanted(*items, which))
			continue;
		weir_buf_puts(json, any ? ",\n    " : "\n    ");
		put_item(*items, name, json);
		any = true;
	}
	weir_buf_putc(json, ']');
}

/* The part of a coverage that is in one of its sets. */
static void put_set(const struct coverage *coverage, const struct cover_set *set, bool required,
                    struct weir_buf *json)
{
	struct cover_share share = coverage_share(set, required);
	const char *name = set == &coverage->types ? "type" : "target";

	weir_buf_printf(json, "{\"all\":%zu,\"hit\":%zu,\"never\":", share.all, share.hit);
	put_items(coverage_sorted(coverage, set), name, required ? NEVER_HIT_REQUIRED : NEVER_HIT, json);
	weir_buf_putc(json, '}');
}

void coverage_json(const struct coverage *coverage, struct weir_buf *json)
{
	weir_buf_puts(json, "{\"folder\":");
	weir_json_quote(weir_bytes(coverage->folder->path), json);
	weir_buf_printf(json, ",\"examples\":%zu,\n   \"rows\":", coverage->examples);
	put_set(coverage, &coverage->rows, false, json);
	weir_buf_puts(json, ",\n   \"types\":");
	put_set(coverage, &coverage->types, false, json);
	weir_buf_puts(json, ",\n   \"required\":");
	put_set(coverage, &coverage->fields, true, json);
	weir_buf_puts(json, ",\n   \"fields\":");
	put_set(coverage, &coverage->fields, false, json);
	weir_buf_puts(json, ",\n   \"functions\":{\"rows\":");
	put_items(coverage_sorted(coverage, &coverage->rows), "target", CALLING, json);
	weir_buf_puts(json, ",\"conditions\":");
	put_items(coverage_sorted(coverage, &coverage->types), "type", CALLING, json);
	weir_buf_puts(json, "}}");
}
