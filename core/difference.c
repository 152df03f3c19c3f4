/* difference.c - what differs between two values, field by field.
 *
 * Lives here: walking two trees side by side. Not here: what to compare (cmd_test.c, cmd_diff.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "difference.h"

#include <stdio.h>

enum { PATH_MAX_LEN = 512, SHOWN_MAX = 300 };

struct walk {
	enum diag_color color;
	struct weir_buf *text;
	struct weir_arena *arena;
	size_t found;
};

static void show(struct walk *walk, char sign, const char *path, struct weir_value v)
{
	struct weir_buf json = { 0 };
	size_t len;

	weir_value_render(v, &json);
	len = json.len > SHOWN_MAX ? SHOWN_MAX : json.len;
	if (walk->color == DIAG_COLOR)
		weir_buf_puts(walk->text, sign == '-' ? "\033[31m" : "\033[32m");
	weir_buf_printf(walk->text, "    %c %s: %.*s%s", sign, path[0] ? path : ".", (int)len,
	                json.data, json.len > len ? "..." : "");
	if (walk->color == DIAG_COLOR)
		weir_buf_puts(walk->text, "\033[0m");
	weir_buf_putc(walk->text, '\n');
	weir_buf_finish(&json);
}

static void differ(struct walk *walk, const char *path, struct weir_value before,
                   struct weir_value after)
{
	if (!weir_is_absent(before))
		show(walk, '-', path, before);
	if (!weir_is_absent(after))
		show(walk, '+', path, after);
	walk->found++;
}

static void compare(struct walk *walk, const char *path, struct weir_value before,
                    struct weir_value after);

static void compare_members(struct walk *walk, const char *path, struct weir_value before,
                            struct weir_value after)
{
	struct weir_each each = weir_each(before);
	char inner[PATH_MAX_LEN];

	while (weir_next(&each)) {
		struct weir_bytes key = weir_each_key(&each, walk->arena);

		snprintf(inner, sizeof inner, "%s%s%.*s", path, path[0] ? "." : "", (int)key.len,
		         key.data);
		compare(walk, inner, each.value, weir_value_member(after, key));
	}
	each = weir_each(after);
	while (weir_next(&each)) {
		struct weir_bytes key = weir_each_key(&each, walk->arena);

		if (!weir_is_absent(weir_value_member(before, key)))
			continue;
		snprintf(inner, sizeof inner, "%s%s%.*s", path, path[0] ? "." : "", (int)key.len,
		         key.data);
		differ(walk, inner, (struct weir_value){ 0 }, each.value);
	}
}

static void compare_elements(struct walk *walk, const char *path, struct weir_value before,
                             struct weir_value after)
{
	size_t before_count = weir_value_count(before), after_count = weir_value_count(after);
	size_t count = before_count > after_count ? before_count : after_count;
	char inner[PATH_MAX_LEN];

	for (size_t i = 0; i < count; i++) {
		snprintf(inner, sizeof inner, "%s[%zu]", path, i);
		compare(walk, inner, weir_value_at(before, i), weir_value_at(after, i));
	}
}

static void compare(struct walk *walk, const char *path, struct weir_value before,
                    struct weir_value after)
{
	if (before.kind == WEIR_OBJECT && after.kind == WEIR_OBJECT)
		compare_members(walk, path, before, after);
	else if (before.kind == WEIR_ARRAY && after.kind == WEIR_ARRAY)
		compare_elements(walk, path, before, after);
	else if (before.kind != after.kind || !weir_value_equal(before, after))
		differ(walk, path, before, after);
}

size_t difference_list(struct weir_value before, struct weir_value after,
                       enum diag_color color, struct weir_buf *text)
{
	struct walk walk = { color, text, weir_arena_create(), 0 };

	compare(&walk, "", before, after);
	weir_arena_destroy(walk.arena);
	return walk.found;
}
