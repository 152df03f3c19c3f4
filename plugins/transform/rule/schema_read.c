/* schema_read.c - the fields of a schema file, from YAML to a checked tree.
 *
 * Not here: finding files (schema.c), base values (base.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "schema_read.h"

#include "word.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_words[] = { "text", "int", "number", "bool",
	                                  "time", "ip",  "object", "any", NULL };
static const char *const unit_words[] = { "text", "s", "ms", "us", NULL };
static const char *const field_words[] = { "type", "unit", "required", "enum",
	                                   "max",  "sure", "doc",      NULL };

const char *schema_type_word(const struct schema_field *field, struct weir_arena *arena)
{
	const char *word = type_words[field->type];

	return field->list ? weir_arena_format(arena, "list of %s", word) : word;
}

const char *schema_unit_word(const struct schema_field *field)
{
	return unit_words[field->unit];
}

struct weir_where schema_where(const struct schema_reader *reader, struct weir_value at,
                               const char *path)
{
	struct weir_where where = { .file = reader->file, .path = path };

	if (!weir_value_place(at, &where.line, &where.column))
		where.line = where.column = 0;
	return where;
}

/* Where "key:" begins in a line, in front of end; NULL: nowhere. */
static const char *find_key(const char *line, const char *end, const char *key)
{
	size_t len = strlen(key);
	const char *found = NULL;

	for (const char *p = line; (p = strstr(p, key)) != NULL && p < end; p++) {
		if (p[len + strspn(p + len, "\"' ")] == ':')
			found = p;
	}
	return found;
}

struct weir_where schema_key_where(const struct schema_reader *reader, struct weir_value value,
                                   const char *key, const char *path)
{
	struct weir_where where = schema_where(reader, value, path), at = where;
	FILE *file = where.line ? fopen(reader->file, "re") : NULL;
	char *line = NULL;
	size_t size = 0;

	for (int i = 1; file && i <= at.line && getline(&line, &size, file) > 0; i++) {
		size_t before = i < at.line ? strlen(line) : strnlen(line, (size_t)at.column - 1);
		const char *found = find_key(line, line + before, key);

		if (!found)
			continue;
		where.line = i;
		where.column = (int)(found - line) + 1;
		where.width = (int)strlen(key);
	}
	free(line);
	if (file)
		fclose(file);
	return where;
}

static const char *text_of(struct schema_reader *reader, struct weir_value v)
{
	struct weir_bytes text;

	if (!weir_value_text(v, reader->arena, &text))
		return NULL;
	return weir_arena_copy(reader->arena, text).data;
}

static int word_index(const char *word, const char *const *words)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(word, words[i]) == 0)
			return i;
	}
	return -1;
}

/* ---- enumerations ------------------------------------------------------------------------ */

static void enum_add(struct schema_reader *reader, struct schema_enum *e, struct weir_bytes token,
                     struct weir_value text)
{
	const char **tokens = (const char **)e->tokens;
	struct weir_value *texts = (struct weir_value *)e->texts;

	tokens = rule_grow(reader->arena, tokens, e->count + 1, sizeof *tokens);
	texts = rule_grow(reader->arena, texts, e->count, sizeof *texts);
	tokens[e->count] = weir_arena_copy(reader->arena, token).data;
	tokens[e->count + 1] = NULL;
	texts[e->count++] = weir_make_written(reader->arena, text);
	e->tokens = tokens;
	e->texts = texts;
}

static void enum_start(struct schema_reader *reader, struct schema_enum *e, const char *name)
{
	const char **none = weir_arena_alloc(reader->arena, 4 * sizeof *none);

	none[0] = NULL;
	*e = (struct schema_enum){ .name = name, .file = reader->file, .tokens = none };
}

void schema_read_enums(struct schema_reader *reader, struct weir_value map)
{
	struct weir_each each = weir_each(map);
	struct schema_enum *enums = NULL;

	if (map.kind != WEIR_OBJECT)
		rule_mistake(reader->report, schema_where(reader, map, NULL),
		             "must be a map of enumerations; write auth.action: { LOGON: LOGON }");
	while (weir_next(&each)) {
		struct weir_bytes name = weir_each_key(&each, reader->arena);
		const char *path = weir_arena_copy(reader->arena, name).data;
		struct weir_each token = weir_each(each.value);

		enums = rule_grow(reader->arena, enums, reader->enum_count, sizeof *enums);
		enum_start(reader, &enums[reader->enum_count], path);
		if (each.value.kind != WEIR_OBJECT)
			rule_mistake(reader->report, schema_where(reader, each.value, path),
			             "must be a map of token to text");
		while (weir_next(&token)) {
			if (token.value.kind != WEIR_TEXT)
				rule_mistake(reader->report, schema_where(reader, token.value, path),
				             "must be a text; write it in quotes");
			enum_add(reader, &enums[reader->enum_count],
			         weir_each_key(&token, reader->arena), token.value);
		}
		reader->enum_count++;
	}
	reader->enums = enums;
}

static const struct schema_enum *enum_of(struct schema_reader *reader, struct weir_value v,
                                         const char *path)
{
	const char *name = text_of(reader, v);
	struct weir_each each = weir_each(v);
	struct schema_enum *e;

	for (size_t i = 0; name && i < reader->enum_count; i++) {
		if (strcmp(reader->enums[i].name, name) == 0)
			return &reader->enums[i];
	}
	if (v.kind != WEIR_ARRAY) {
		rule_mistake(reader->report, schema_where(reader, v, path),
		             "enum must be a name in _enums.yaml or a list of texts");
		return NULL;
	}
	e = weir_arena_alloc(reader->arena, sizeof *e);
	enum_start(reader, e, NULL);
	while (weir_next(&each)) {
		const char *token = text_of(reader, each.value);

		if (token)
			enum_add(reader, e, weir_bytes(token), each.value);
		else
			rule_mistake(reader->report, schema_where(reader, each.value, path),
			             "enum must list texts; write it in quotes");
	}
	return e;
}

/* ---- the description of one field ----------------------------------------------------------- */

static void read_type(struct schema_reader *reader, struct weir_value v, struct schema_field *field)
{
	const char *word = text_of(reader, v);
	int type;

	if (word && strncmp(word, "list of ", 8) == 0) {
		field->list = true;
		word += 8;
	}
	type = word ? word_index(word, type_words) : -1;
	if (type >= 0)
		field->type = (enum schema_type)type;
	else
		rule_mistake(reader->report, schema_where(reader, v, field->path),
		             "'%s' is no type; write text, int, number, bool, time, ip, object, "
		             "any, or list of one of these",
		             word ? word : "");
}

static void read_unit(struct schema_reader *reader, struct weir_value v, struct schema_field *field)
{
	const char *word = text_of(reader, v);
	int unit = word ? word_index(word, unit_words) : -1;

	if (unit >= 0)
		field->unit = (enum schema_unit)unit;
	else
		rule_mistake(reader->report, schema_where(reader, v, field->path),
		             "'%s' is no unit; write us, ms, s or text", word ? word : "");
	if (field->type != SCHEMA_TIME)
		rule_mistake(reader->report, schema_where(reader, v, field->path),
		             "unit goes with type time only");
}

static void read_rest(struct schema_reader *reader, struct weir_value v, struct schema_field *field)
{
	struct weir_value required = weir_value_get(v, "required"), max = weir_value_get(v, "max");
	struct weir_value words = weir_value_get(v, "enum"), sure = weir_value_get(v, "sure");
	struct weir_value doc = weir_value_get(v, "doc");

	if (!weir_is_absent(required) && !weir_value_bool(required, &field->required))
		rule_mistake(reader->report, schema_where(reader, required, field->path),
		             "required must be true or false");
	if (!weir_is_absent(max) && (!weir_value_int(max, &field->max) || field->max < 1))
		rule_mistake(reader->report, schema_where(reader, max, field->path),
		             "max must be a number of bytes, at least 1");
	if (!weir_is_absent(max) && field->type != SCHEMA_TEXT)
		rule_mistake(reader->report, schema_where(reader, max, field->path),
		             "max goes with type text only");
	if (!weir_is_absent(words))
		field->words = enum_of(reader, words, field->path);
	if (!weir_is_absent(words) && field->type != SCHEMA_TEXT)
		rule_mistake(reader->report, schema_where(reader, words, field->path),
		             "enum goes with type text only");
	field->sure = text_of(reader, sure);
	field->doc = text_of(reader, doc);
	if (!field->doc)
		rule_mistake(reader->report, schema_where(reader, v, field->path),
		             "has no doc; say what the field means");
}

static void read_description(struct schema_reader *reader, struct weir_value v,
                             struct schema_field *field)
{
	struct weir_value type = weir_value_get(v, "type"), unit = weir_value_get(v, "unit");
	struct weir_each each = weir_each(v);

	if (v.kind != WEIR_OBJECT) {
		rule_mistake(reader->report, schema_where(reader, v, field->path),
		             "must describe the field; write {type: text, doc: what it means}");
		return;
	}
	while (weir_next(&each)) {
		const char *key =
		        weir_arena_copy(reader->arena, weir_each_key(&each, reader->arena)).data;

		if (word_index(key, field_words) < 0)
			rule_mistake(reader->report,
			             schema_key_where(reader, each.value, key, field->path),
			             "unknown key '%s'%s", key,
			             rule_did_you_mean(reader->arena, key, field_words));
	}
	if (weir_is_absent(type))
		rule_mistake(reader->report, schema_where(reader, v, field->path),
		             "has no type; write type: text");
	else
		read_type(reader, type, field);
	if (!weir_is_absent(unit))
		read_unit(reader, unit, field);
	read_rest(reader, v, field);
}

/* ---- the tree ---------------------------------------------------------------------------------- */

static struct schema_shape *new_shape(struct weir_arena *arena, struct schema_shape *top)
{
	struct schema_shape *shape = weir_arena_alloc(arena, sizeof *shape);

	*shape = (struct schema_shape){ .top = top ? top : shape };
	return shape;
}

static struct schema_field *add_field(struct weir_arena *arena, struct schema_shape *shape,
                                      struct weir_bytes key)
{
	struct schema_field *field;

	shape->fields = rule_grow(arena, shape->fields, shape->count, sizeof *field);
	field = &shape->fields[shape->count++];
	*field = (struct schema_field){ .key = weir_arena_copy(arena, key).data,
		                        .key_len = key.len,
		                        .json_key = weir_key_create(arena, key),
		                        .leaf = -1 };
	return field;
}

/* The next key of a target; *list says that "[]" followed it. */
static struct weir_bytes next_key(struct weir_bytes *path, bool *list)
{
	const char *end = memchr(path->data, '.', path->len);
	struct weir_bytes key = { path->data, end ? (size_t)(end - path->data) : path->len };

	*path = (struct weir_bytes){ end ? end + 1 : NULL, end ? path->len - key.len - 1 : 0 };
	*list = key.len > 2 && memcmp(key.data + key.len - 2, "[]", 2) == 0;
	if (*list)
		key.len -= 2;
	return key;
}

/* The object or list of objects that a target goes through. */
static struct schema_shape *enter(struct schema_reader *reader, struct schema_shape *shape,
                                  struct schema_field *field, struct weir_bytes path)
{
	if (!field->shape) {
		field->type = SCHEMA_NESTED;
		field->path = weir_arena_copy(reader->arena, path).data;
		field->shape = new_shape(reader->arena, field->list ? NULL : shape->top);
	}
	return field->shape;
}

static void add_target(struct schema_reader *reader, struct weir_bytes target, struct weir_value v)
{
	struct schema_shape *shape = reader->schema->shape;
	const char *path = weir_arena_copy(reader->arena, target).data;
	struct weir_where where = schema_where(reader, v, path);
	struct weir_bytes rest = { path, target.len };

	while (rest.data) {
		bool list, old;
		struct weir_bytes key = next_key(&rest, &list);
		struct weir_bytes so_far = { path, (size_t)(key.data + key.len - path) };
		struct schema_field *field = (struct schema_field *)schema_member(shape, key);

		old = field != NULL;
		if (old && !rest.data && reader->included)
			return;
		if (key.len == 0 || (list && !rest.data)) {
			rule_mistake(reader->report, where, key.len ? "a list of values is written "
			             "without []; write type: list of text" : "is no target; "
			             "write names joined by dots");
			return;
		}
		if (old && (!rest.data || !field->shape || field->list != list)) {
			rule_mistake(reader->report, where, "is both a value and an object or list");
			return;
		}
		if (!old)
			field = add_field(reader->arena, shape, key);
		if (!rest.data) {
			field->path = path;
			field->where = where;
			read_description(reader, v, field);
		} else {
			field->list = list;
			shape = enter(reader, shape, field, so_far);
		}
	}
}

void schema_read_fields(struct schema_reader *reader, struct weir_value fields)
{
	struct weir_each each = weir_each(fields);

	if (!weir_is_absent(fields) && fields.kind != WEIR_OBJECT)
		rule_mistake(reader->report, schema_where(reader, fields, "fields"),
		             "must be a map of target to its description");
	while (weir_next(&each))
		add_target(reader, weir_each_key(&each, reader->arena), each.value);
}

/* What building an object from its places goes by. */
static void note_runs(struct weir_arena *arena, struct schema_shape *shape)
{
	size_t run = 0;

	shape->keys = weir_arena_alloc(arena, (shape->count + 1) * sizeof *shape->keys);
	for (size_t i = shape->count; i-- > 0;) {
		struct schema_field *field = &shape->fields[i];

		run = field->leaf < 0 ? 0 : run + 1;
		field->run = run;
		shape->keys[i] = field->json_key;
	}
}

void schema_number(struct weir_arena *arena, struct schema_shape *shape)
{
	struct schema_shape *top = shape->top;

	for (size_t i = 0; i < shape->count; i++) {
		struct schema_field *field = &shape->fields[i];

		if (field->shape)
			schema_number(arena, field->shape);
		if (field->shape && !field->list)
			continue;
		top->leaves = rule_grow(arena, top->leaves, top->leaf_count, sizeof *top->leaves);
		top->leaves[top->leaf_count] = field;
		field->leaf = (int)top->leaf_count++;
		if (!field->required)
			continue;
		top->required = rule_grow(arena, top->required, top->required_count,
		                          sizeof *top->required);
		top->required[top->required_count++] = field->leaf;
	}
	note_runs(arena, shape);
}

const struct schema_field *schema_resolve(const struct schema_shape *shape, struct weir_bytes path)
{
	const struct schema_field *field = NULL;

	while (path.data) {
		bool list;
		struct weir_bytes key = next_key(&path, &list);

		field = shape ? schema_member(shape, key) : NULL;
		if (!field)
			return NULL;
		shape = field->shape;
	}
	return field;
}
