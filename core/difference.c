/* difference.c - what differs between two values, field by field.
 *
 * Lives here: walking two trees side by side. Not here: what to compare (cmd_test.c, cmd_diff.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "difference.h"

#include <stdio.h>

#include "align.h"

enum {
	PATH_MAX_LEN = 512,
	SHOWN_MAX = 160, /* bytes of a value */
	EQUAL_MAX = 40,  /* of those, in front of what differs */
};

struct walk {
	enum diag_color color;
	struct weir_buf *text;
	struct weir_arena *arena;
	size_t found;
};

static size_t char_start(const struct weir_buf *json, size_t at)
{
	while (at && at < json->len && (json->data[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The piece of a value that begins at from, on a line of its own. */
static void show(struct walk *walk, char sign, const char *path, const struct weir_buf *json,
                 size_t from)
{
	size_t end = json->len - from > SHOWN_MAX ? char_start(json, from + SHOWN_MAX) : json->len;

	if (walk->color == DIAG_COLOR)
		weir_buf_puts(walk->text, sign == '-' ? "\033[31m" : "\033[32m");
	weir_buf_printf(walk->text, "    %c %s: %s%.*s%s", sign, path[0] ? path : ".",
	                from ? "..." : "", (int)(end - from), json->data + from,
	                end < json->len ? "..." : "");
	if (walk->color == DIAG_COLOR)
		weir_buf_puts(walk->text, "\033[0m");
	weir_buf_putc(walk->text, '\n');
}

/* Of two long values that begin alike, where both are shown from. */
static size_t shown_from(const struct weir_buf *a, const struct weir_buf *b)
{
	size_t equal = 0;

	if (a->len <= SHOWN_MAX && b->len <= SHOWN_MAX)
		return 0;
	while (equal < a->len && equal < b->len && a->data[equal] == b->data[equal])
		equal++;
	return equal > 2 * EQUAL_MAX ? char_start(a, equal - EQUAL_MAX) : 0;
}

static void differ(struct walk *walk, const char *path, struct weir_value before,
                   struct weir_value after)
{
	struct weir_buf old = { 0 }, new = { 0 };
	size_t from;

	if (!weir_is_absent(before))
		weir_value_render(before, &old);
	if (!weir_is_absent(after))
		weir_value_render(after, &new);
	from = old.len && new.len ? shown_from(&old, &new) : 0;
	if (!weir_is_absent(before))
		show(walk, '-', path, &old, from);
	if (!weir_is_absent(after))
		show(walk, '+', path, &new, from);
	weir_buf_finish(&old);
	weir_buf_finish(&new);
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

/* Two lists whose elements are paired. */
struct elements {
	struct weir_value before, after;
};

/* Of {key, value} pairs the key says which belong together. */
static bool same_element(void *arg, size_t i, size_t j)
{
	const struct elements *elements = arg;
	struct weir_value a = weir_value_at(elements->before, i);
	struct weir_value b = weir_value_at(elements->after, j);
	struct weir_value a_key = weir_value_get(a, "key"), b_key = weir_value_get(b, "key");

	if (a_key.kind == WEIR_TEXT && b_key.kind == WEIR_TEXT)
		return weir_value_equal(a_key, b_key);
	return a.kind == b.kind && weir_value_equal(a, b);
}

/* "list[3]", or "list[key=okta.geo.city]" of such a pair. */
static void name_element(char *name, const char *path, size_t index, struct weir_value element,
                         struct weir_arena *arena)
{
	struct weir_bytes key;

	if (weir_value_text(weir_value_get(element, "key"), arena, &key))
		snprintf(name, PATH_MAX_LEN, "%s[key=%.*s]", path, (int)key.len, key.data);
	else
		snprintf(name, PATH_MAX_LEN, "%s[%zu]", path, index);
}

static void compare_elements(struct walk *walk, const char *path, struct weir_value before,
                             struct weir_value after)
{
	size_t before_count = weir_value_count(before), after_count = weir_value_count(after);
	struct elements elements = { before, after };
	struct align_pair *pairs = weir_alloc((before_count + after_count + 1) * sizeof *pairs);
	size_t count = align_lists(before_count, after_count, same_element, &elements, pairs);
	char inner[PATH_MAX_LEN];

	for (size_t i = 0; i < count; i++) {
		struct weir_value a = { 0 }, b = { 0 };

		if (pairs[i].before != ALIGN_NONE)
			a = weir_value_at(before, pairs[i].before);
		if (pairs[i].after != ALIGN_NONE)
			b = weir_value_at(after, pairs[i].after);
		name_element(inner, path, pairs[i].after != ALIGN_NONE ? pairs[i].after : pairs[i].before,
		             weir_is_absent(b) ? a : b, walk->arena);
		compare(walk, inner, a, b);
	}
	weir_free(pairs);
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
