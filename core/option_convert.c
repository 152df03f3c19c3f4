/* option_convert.c - one value of a tree to one member of a struct.
 *
 * Lives here: one function for each type of option. Not here: which options there are, what is
 * missing, secrets (option.c); the units (unit.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "option_convert.h"

#include <string.h>
#include <unistd.h>

#include "file.h"
#include "file_near.h"
#include "unit.h"

static bool wrong(struct weir_error *err, const char *text)
{
	weir_fail(err, WEIR_E_CONFIG, "%s", text);
	return false;
}

/* ---- ranges ---- */

static void put_limit(const struct weir_option *row, int64_t limit, struct weir_buf *text)
{
	if (row->type == WEIR_DURATION)
		unit_put_duration(limit, text);
	else if (row->type == WEIR_SIZE)
		unit_put_size(limit, text);
	else
		weir_buf_printf(text, "%lld", (long long)limit);
}

static bool has_range(const struct weir_option *row)
{
	return row->min < row->max && row->type != WEIR_PERCENT;
}

void option_put_range(const struct weir_option *row, struct weir_buf *text)
{
	if (!has_range(row))
		return;
	if (row->max == INT64_MAX)
		weir_buf_puts(text, "at least ");
	if (row->min != INT64_MIN)
		put_limit(row, row->min, text);
	else
		weir_buf_puts(text, "at most ");
	if (row->min != INT64_MIN && row->max != INT64_MAX)
		weir_buf_puts(text, " to ");
	if (row->max != INT64_MAX)
		put_limit(row, row->max, text);
}

static bool out_of_range(const struct convert *c, const char *written, struct weir_error *err)
{
	struct weir_buf range = { 0 };

	option_put_range(c->row, &range);
	weir_fail(err, WEIR_E_CONFIG, "%s is out of range; write %s", written,
	          weir_buf_text(&range));
	weir_buf_finish(&range);
	return false;
}

static bool in_range(const struct convert *c, double number, const char *written,
                     struct weir_error *err)
{
	if (has_range(c->row) && (number < (double)c->row->min || number > (double)c->row->max))
		return out_of_range(c, written, err);
	return true;
}

static bool whole_in_range(const struct convert *c, int64_t number, const char *written,
                           struct weir_error *err)
{
	if (has_range(c->row) && (number < c->row->min || number > c->row->max))
		return out_of_range(c, written, err);
	return true;
}

/* ---- types ---- */

static bool to_bool(struct convert *c, const struct tree *value, void *member,
                    struct weir_error *err)
{
	(void)c;
	return unit_bool(value->text, member, err);
}

static bool to_int(struct convert *c, const struct tree *value, void *member,
                   struct weir_error *err)
{
	int64_t *number = member;

	return unit_int(value->text, number, err) && whole_in_range(c, *number, value->text, err);
}

static bool to_float(struct convert *c, const struct tree *value, void *member,
                     struct weir_error *err)
{
	double *number = member;

	return unit_float(value->text, number, err) && in_range(c, *number, value->text, err);
}

static bool to_duration(struct convert *c, const struct tree *value, void *member,
                        struct weir_error *err)
{
	int64_t *ms = member;

	return unit_duration(value->text, ms, err) && whole_in_range(c, *ms, value->text, err);
}

static bool to_size(struct convert *c, const struct tree *value, void *member,
                    struct weir_error *err)
{
	int64_t *bytes = member;

	return unit_size(value->text, bytes, err) && whole_in_range(c, *bytes, value->text, err);
}

static bool to_percent(struct convert *c, const struct tree *value, void *member,
                       struct weir_error *err)
{
	(void)c;
	return unit_percent(value->text, member, err);
}

static bool to_time(struct convert *c, const struct tree *value, void *member,
                    struct weir_error *err)
{
	(void)c;
	return unit_time(value->text, member, err);
}

static bool to_string(struct convert *c, const struct tree *value, void *member,
                      struct weir_error *err)
{
	const char **text = member;

	if (!*value->text && c->row->required)
		return wrong(err, "must not be empty");
	*text = weir_arena_strdup(c->arena, value->text);
	return true;
}

/* Relative to the file that writes it; if absent there and the row allows, the installed one. */
static const char *find_path(struct convert *c, const struct tree *value)
{
	const char *path = file_under(c->arena, file_folder(value->where.file), value->text);
	const char *installed;

	if (!c->row->installed || !c->data_dir || value->text[0] == '/' || access(path, F_OK) == 0)
		return path;
	installed = weir_arena_format(c->arena, "%s/%s", c->data_dir, value->text);
	return access(installed, F_OK) == 0 ? installed : path;
}

static bool to_path(struct convert *c, const struct tree *value, void *member,
                    struct weir_error *err)
{
	const char **path = member, *near;

	if (!*value->text)
		return wrong(err, "must not be empty; write a path");
	if (value->text[0] == '~' && (value->text[1] == '/' || !value->text[1]))
		return wrong(err, "'~' is not expanded; write the whole path or ${HOME}");
	*path = find_path(c, value);
	if (!c->row->installed || c->is_preset || access(*path, F_OK) == 0)
		return true;
	near = file_near(c->arena, file_folder(value->where.file), c->data_dir, value->text);
	if (near)
		weir_fail(err, WEIR_E_CONFIG, "there is no %s; did you mean %s?", value->text, near);
	return !near; /* else it is the plugin's to say what it misses */
}

static bool no_choice(const char *const *choices, const char *text, struct weir_error *err)
{
	const char *nearest = weir_nearest(text, choices);
	struct weir_buf list = { 0 };

	for (size_t i = 0; choices[i]; i++)
		weir_buf_printf(&list, "%s%s", i == 0 ? "" : choices[i + 1] ? ", " : " or ",
		                choices[i]);
	if (nearest)
		weir_fail(err, WEIR_E_CONFIG, "'%s' is not a choice; did you mean %s? (%s)", text,
		          nearest, weir_buf_text(&list));
	else
		weir_fail(err, WEIR_E_CONFIG, "'%s' is not a choice; write %s", text,
		          weir_buf_text(&list));
	weir_buf_finish(&list);
	return false;
}

static bool to_choice(struct convert *c, const struct tree *value, void *member,
                      struct weir_error *err)
{
	int *choice = member;

	for (int i = 0; c->row->choices[i]; i++) {
		if (strcmp(c->row->choices[i], value->text) == 0) {
			*choice = i;
			return true;
		}
	}
	return no_choice(c->row->choices, value->text, err);
}

static bool to_list(struct convert *c, const struct tree *value, void *member,
                    struct weir_error *err)
{
	const char **items = weir_arena_alloc(c->arena, (value->count + 1) * sizeof *items);
	const char *const **list = member;

	for (size_t i = 0; i < value->count; i++) {
		const struct tree *item = value->items[i];

		c->at = item;
		if (!tree_is_scalar(item) || (item->kind == WEIR_NULL && !item->quoted)) {
			weir_fail(err, WEIR_E_CONFIG, "item %zu is %s; each must be a single value",
			          i + 1, tree_kind_name(item));
			return false;
		}
		if (c->row->type == WEIR_PATHS) {
			if (!to_path(c, item, &items[i], err))
				return false;
		} else {
			items[i] = weir_arena_strdup(c->arena, item->text);
		}
	}
	items[value->count] = NULL;
	*list = items;
	return true;
}

static bool to_map(struct convert *c, const struct tree *value, void *member,
                   struct weir_error *err)
{
	struct weir_value *map = member;

	(void)err;
	*map = tree_value(c->arena, value);
	return true;
}

/* Secrets are read by option.c, which owns their memory. */
static bool to_nothing(struct convert *c, const struct tree *value, void *member,
                       struct weir_error *err)
{
	(void)c;
	(void)value;
	(void)member;
	(void)err;
	return true;
}

enum shape { SCALAR, LIST, MAP };

static const struct {
	const char *name;
	size_t size;
	enum shape shape;
	bool (*convert)(struct convert *c, const struct tree *value, void *member,
	                struct weir_error *err);
} types[] = {
	[WEIR_BOOL] = { "true or false", sizeof(bool), SCALAR, to_bool },
	[WEIR_INT] = { "whole number", sizeof(int64_t), SCALAR, to_int },
	[WEIR_FLOAT] = { "number", sizeof(double), SCALAR, to_float },
	[WEIR_DURATION] = { "duration", sizeof(int64_t), SCALAR, to_duration },
	[WEIR_SIZE] = { "size", sizeof(int64_t), SCALAR, to_size },
	[WEIR_PERCENT] = { "share", sizeof(double), SCALAR, to_percent },
	[WEIR_TIME] = { "time", sizeof(struct weir_time), SCALAR, to_time },
	[WEIR_STRING] = { "text", sizeof(char *), SCALAR, to_string },
	[WEIR_PATH] = { "path", sizeof(char *), SCALAR, to_path },
	[WEIR_SECRET] = { "secret", sizeof(char *), SCALAR, to_nothing },
	[WEIR_CHOICE] = { "choice", sizeof(int), SCALAR, to_choice },
	[WEIR_LIST] = { "list", sizeof(char **), LIST, to_list },
	[WEIR_PATHS] = { "list of paths", sizeof(char **), LIST, to_list },
	[WEIR_MAP] = { "map", sizeof(struct weir_value), MAP, to_map },
};

const char *option_type_name(enum weir_type type)
{
	return (size_t)type < WEIR_COUNT(types) ? types[type].name : NULL;
}

size_t option_member_size(enum weir_type type)
{
	return types[type].size;
}

static bool wrong_shape(enum shape shape, const struct tree *value, struct weir_error *err)
{
	switch (shape) {
	case SCALAR:
		weir_fail(err, WEIR_E_CONFIG, "must be a single value, not %s",
		          tree_kind_name(value));
		break;
	case LIST:
		if (tree_is_scalar(value))
			weir_fail(err, WEIR_E_CONFIG, "must be a list; write [%s]", value->text);
		else
			weir_fail(err, WEIR_E_CONFIG, "must be a list, not %s",
			          tree_kind_name(value));
		break;
	case MAP:
		weir_fail(err, WEIR_E_CONFIG, "must be a map, not %s", tree_kind_name(value));
		break;
	}
	return false;
}

bool convert_value(struct convert *c, const struct tree *value, void *member,
                   struct weir_error *err)
{
	enum shape shape = types[c->row->type].shape;

	c->at = value;
	if ((shape == SCALAR) != tree_is_scalar(value) ||
	    (shape == LIST && value->kind != WEIR_ARRAY) ||
	    (shape == MAP && value->kind != WEIR_OBJECT))
		return wrong_shape(shape, value, err);
	return types[c->row->type].convert(c, value, member, err);
}
