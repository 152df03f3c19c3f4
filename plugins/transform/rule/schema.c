/* schema.c - finding schema files, loading each once, asking about fields.
 *
 * Not here: what stands in them (schema_read.c, base.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "schema_read.h"

#include "word.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

struct schema_set {
	struct weir_arena *arena;
	struct rule_report *report;
	const char *const *folders;
	const struct schema **schemas; /* NULL-ended */
	size_t count;
	const char **wrong;            /* names that were reported, NULL-ended */
	size_t wrong_count;
	const char **files;            /* NULL-ended */
	size_t file_count;
	struct schema_reader enums;    /* of the _enums.yaml that was read last */
};

static const char *const file_words[] = { "doc", "include", "fields", "base", "open", NULL };

static void add_text(struct weir_arena *arena, const char ***texts, size_t *count,
                     const char *text)
{
	*texts = rule_grow(arena, *texts, *count + 1, sizeof **texts);
	(*texts)[(*count)++] = text;
	(*texts)[*count] = NULL;
}

struct schema_set *schema_set_create(struct weir_arena *arena, const char *const *folders,
                                     struct rule_report *report)
{
	struct schema_set *set = weir_arena_alloc(arena, sizeof *set);

	*set = (struct schema_set){ .arena = arena, .report = report, .folders = folders };
	set->schemas = weir_arena_alloc(arena, 4 * sizeof *set->schemas);
	set->wrong = weir_arena_alloc(arena, 4 * sizeof *set->wrong);
	set->files = weir_arena_alloc(arena, 4 * sizeof *set->files);
	set->schemas[0] = NULL;
	set->wrong[0] = set->files[0] = NULL;
	return set;
}

/* The first folder that has the file; NULL if none. */
static const char *find_file(const struct schema_set *set, const char *name)
{
	for (const char *const *folder = set->folders; *folder; folder++) {
		const char *path = weir_arena_format(set->arena, "%s/%s", *folder, name);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static bool read_file(struct schema_set *set, const char *path, struct weir_value *v)
{
	struct weir_error err = { 0 };

	for (size_t i = 0; i <= set->file_count; i++) {
		if (i == set->file_count) {
			add_text(set->arena, &set->files, &set->file_count, path);
			break;
		}
		if (strcmp(set->files[i], path) == 0)
			break;
	}
	if (weir_yaml_read(set->arena, path, v, &err))
		return true;
	rule_mistake_error(set->report, (struct weir_where){ .file = path }, &err);
	return false;
}

/* The enumerations that this schema sees; the file is read once. */
static void find_enums(struct schema_set *set, struct schema_reader *reader)
{
	const char *path = find_file(set, "_enums.yaml");
	struct weir_value v;

	if (path && (!set->enums.file || strcmp(set->enums.file, path) != 0)) {
		set->enums = (struct schema_reader){ .arena = set->arena,
			                             .report = set->report,
			                             .file = path };
		if (read_file(set, path, &v))
			schema_read_enums(&set->enums, v);
	}
	reader->enums = set->enums.enums;
	reader->enum_count = set->enums.enum_count;
}

static void check_keys(struct schema_reader *reader, struct weir_value v)
{
	struct weir_each each = weir_each(v);

	while (weir_next(&each)) {
		const char *key =
		        weir_arena_copy(reader->arena, weir_each_key(&each, reader->arena)).data;
		size_t i = 0;

		while (file_words[i] && strcmp(file_words[i], key) != 0)
			i++;
		if (!file_words[i])
			rule_mistake(reader->report, schema_key_where(reader, each.value, key, key),
			             "unknown key%s",
			             rule_did_you_mean(reader->arena, key, file_words));
	}
}

static void read_head(struct schema_reader *reader, struct weir_value v)
{
	struct weir_value doc = weir_value_get(v, "doc"), open = weir_value_get(v, "open");
	struct weir_bytes text;

	check_keys(reader, v);
	if (weir_value_text(doc, reader->arena, &text))
		reader->schema->doc = weir_arena_copy(reader->arena, text).data;
	else
		rule_mistake(reader->report, schema_where(reader, v, "doc"),
		             "is missing; say in one line what the schema holds");
	if (!weir_is_absent(open) && !weir_value_bool(open, &reader->schema->open))
		rule_mistake(reader->report, schema_where(reader, open, "open"),
		             "must be true or false");
	if (weir_is_absent(weir_value_get(v, "fields")) && !reader->schema->open)
		rule_mistake(reader->report, schema_where(reader, v, "fields"),
		             "is missing; describe at least one field");
}

/* The included file, beside the schema: *v and part->file. False: reported. */
static bool read_include(struct schema_set *set, const struct schema_reader *reader,
                         struct weir_value name, struct schema_reader *part, struct weir_value *v)
{
	struct weir_bytes text;
	const char *slash = strrchr(reader->file, '/'), *path;

	*v = (struct weir_value){ 0 };
	*part = *reader;
	part->included = true;
	if (weir_is_absent(name))
		return true;
	if (!weir_value_text(name, set->arena, &text) || memchr(text.data, '/', text.len)) {
		rule_mistake(set->report, schema_where(reader, name, "include"),
		             "must be the name of a file in the same folder");
		return false;
	}
	path = weir_arena_format(set->arena, "%.*s%.*s", slash ? (int)(slash + 1 - reader->file) : 0,
	                         reader->file, (int)text.len, text.data);
	if (access(path, R_OK) != 0) {
		rule_mistake(set->report, schema_where(reader, name, "include"),
		             "there is no file %s", path);
		return false;
	}
	part->file = path;
	return read_file(set, path, v);
}

static const struct schema *load(struct schema_set *set, const char *name, const char *path)
{
	struct schema *schema = weir_arena_alloc(set->arena, sizeof *schema);
	struct schema_reader own = { .arena = set->arena, .report = set->report, .schema = schema,
		                     .file = path }, part;
	size_t before = set->report->mistakes;
	struct weir_value v, included;

	*schema = (struct schema){ .name = weir_arena_strdup(set->arena, name), .file = path };
	schema->shape = weir_arena_alloc(set->arena, sizeof *schema->shape);
	*schema->shape = (struct schema_shape){ .top = schema->shape };
	if (!read_file(set, path, &v))
		return NULL;
	if (v.kind != WEIR_OBJECT) {
		rule_mistake(set->report, schema_where(&own, v, NULL), "must be a map with fields");
		return NULL;
	}
	find_enums(set, &own);
	read_head(&own, v);
	if (!read_include(set, &own, weir_value_get(v, "include"), &part, &included))
		return NULL;
	schema_read_fields(&own, weir_value_get(v, "fields"));
	schema_read_fields(&part, weir_value_get(included, "fields"));
	schema_number(set->arena, schema->shape);
	schema_read_base(&own, weir_value_get(v, "base"));
	schema_read_base(&part, weir_value_get(included, "base"));
	return set->report->mistakes == before ? schema : NULL;
}

static const struct schema *known(const struct schema_set *set, const char *name, bool *wrong)
{
	*wrong = false;
	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->schemas[i]->name, name) == 0)
			return set->schemas[i];
	}
	for (size_t i = 0; i < set->wrong_count; i++)
		*wrong = *wrong || strcmp(set->wrong[i], name) == 0;
	return NULL;
}

const struct schema *schema_set_find(struct schema_set *set, const char *name)
{
	bool wrong;
	const struct schema *schema = known(set, name, &wrong);
	const char *path;

	if (schema || wrong)
		return schema;
	path = find_file(set, weir_arena_format(set->arena, "%s.yaml", name));
	if (!path)
		return NULL;
	schema = load(set, name, path);
	if (!schema) {
		add_text(set->arena, &set->wrong, &set->wrong_count,
		         weir_arena_strdup(set->arena, name));
		return NULL;
	}
	set->schemas = rule_grow(set->arena, set->schemas, set->count + 1, sizeof *set->schemas);
	set->schemas[set->count++] = schema;
	set->schemas[set->count] = NULL;
	return schema;
}

/* The nearest name of a schema that there is, as a hint, or what to write instead. */
static const char *schema_hint(struct schema_set *set, const char *name)
{
	const char **names = rule_grow(set->arena, NULL, 0, sizeof *names);
	size_t count = 0;

	for (const char *const *folder = set->folders; *folder; folder++) {
		DIR *dir = opendir(*folder);
		struct dirent *entry;

		while (dir && (entry = readdir(dir)) != NULL) {
			size_t len = strlen(entry->d_name);

			if (*entry->d_name == '_' || *entry->d_name == '.' || len < sizeof ".yaml" ||
			    strcmp(entry->d_name + len - 5, ".yaml") != 0)
				continue;
			names[count++] = weir_arena_format(set->arena, "%.*s", (int)len - 5,
			                                   entry->d_name);
			names = rule_grow(set->arena, names, count, sizeof *names);
		}
		if (dir)
			closedir(dir);
	}
	names[count] = NULL;
	return rule_did_you_mean(set->arena, name, names);
}

static bool is_name(const char *name)
{
	return *name && *name != '_' && *name != '.' && !strchr(name, '/');
}

const struct schema *schema_set_get(struct schema_set *set, const char *name,
                                    struct weir_where where)
{
	const struct schema *schema = is_name(name) ? schema_set_find(set, name) : NULL;
	const char *hint;
	bool wrong;

	if (schema)
		return schema;
	known(set, name, &wrong);
	if (wrong)
		return NULL;
	hint = schema_hint(set, name);
	rule_mistake(set->report, where, "there is no schema '%s'%s", name,
	             *hint ? hint : "; write schemas/NAME.yaml in or beside the rule folder, or the "
	                            "name of one that is there");
	return NULL;
}

const struct schema *const *schema_set_all(const struct schema_set *set)
{
	return set->schemas;
}

const char *const *schema_set_files(const struct schema_set *set)
{
	return set->files;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static const struct schema_field *find(const struct schema_shape *shape, size_t from, size_t to,
                                       struct weir_bytes key)
{
	for (size_t i = from; i < to; i++) {
		const struct schema_field *field = &shape->fields[i];

		if (field->key_len == key.len && memcmp(field->key, key.data, key.len) == 0)
			return field;
	}
	return NULL;
}

const struct schema_field *schema_member(const struct schema_shape *shape, struct weir_bytes key)
{
	return find(shape, 0, shape->count, key);
}

const struct schema_field *schema_member_after(const struct schema_shape *shape,
                                               const struct schema_field *after,
                                               struct weir_bytes key)
{
	size_t next = after ? (size_t)(after + 1 - shape->fields) : 0;
	const struct schema_field *found = find(shape, next, shape->count, key);

	return found ? found : find(shape, 0, next, key);
}

static void add_targets(struct weir_arena *arena, const struct schema_shape *shape,
                        const char ***names, size_t *count)
{
	for (size_t i = 0; i < shape->count; i++) {
		add_text(arena, names, count, shape->fields[i].path);
		if (shape->fields[i].shape)
			add_targets(arena, shape->fields[i].shape, names, count);
	}
}

const char *const *schema_targets(struct weir_arena *arena, const struct schema_shape *shape)
{
	const char **names = weir_arena_alloc(arena, 4 * sizeof *names);
	size_t count = 0;

	names[0] = NULL;
	add_targets(arena, shape, &names, &count);
	return names;
}

int schema_enum_find(const struct schema_enum *words, struct weir_bytes token)
{
	char first = token.len ? *token.data : '\0';

	for (size_t i = 0; i < words->count; i++) {
		if (*words->tokens[i] == first && weir_bytes_are(token, words->tokens[i]))
			return (int)i;
	}
	return -1;
}

static const struct {
	const char *one, *list;
	unsigned takes;
} types[] = {
	[SCHEMA_TEXT] = { "a text", "a list of texts",
	                  RULE_GIVES_TEXT | RULE_GIVES_INT | RULE_GIVES_NUMBER | RULE_GIVES_BOOL |
	                          RULE_GIVES_TIME | RULE_GIVES_IP },
	[SCHEMA_INT] = { "an integer", "a list of integers", RULE_GIVES_INT | RULE_GIVES_TIME },
	[SCHEMA_NUMBER] = { "a number", "a list of numbers", RULE_GIVES_INT | RULE_GIVES_NUMBER },
	[SCHEMA_BOOL] = { "true or false", "a list of booleans", RULE_GIVES_BOOL },
	[SCHEMA_TIME] = { "a time", "a list of times", RULE_GIVES_TIME | RULE_GIVES_INT },
	[SCHEMA_IP] = { "an address", "a list of addresses", RULE_GIVES_IP | RULE_GIVES_TEXT },
	[SCHEMA_OBJECT] = { "an object", "a list of objects", RULE_GIVES_OBJECT },
	[SCHEMA_ANY] = { "anything", "a list", RULE_GIVES_ANY },
	[SCHEMA_NESTED] = { "an object", "a list of objects", RULE_GIVES_OBJECT },
};

const char *schema_type_text(struct weir_arena *arena, const struct schema_field *field)
{
	(void)arena;
	return field->list ? types[field->type].list : types[field->type].one;
}

bool schema_could_fit(const struct schema_field *field, unsigned gives)
{
	unsigned takes = field->list ? (unsigned)RULE_GIVES_LIST : types[field->type].takes;

	if (!field->list && field->type == SCHEMA_TIME && field->unit == SCHEMA_UNIT_TEXT)
		takes = RULE_GIVES_TIME;
	return (takes & gives) != 0;
}
