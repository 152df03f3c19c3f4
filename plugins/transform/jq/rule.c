/* rule.c - from the module directive of a rule file to a struct rule.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <string.h>

static const char *const keys[] = { "schema", "when",     "goes_on", "reads",
	                            "change", "settings", "drop",    NULL };

/* Reading one directive. */
struct head {
	struct library *library;
	struct rule *rule;
	const struct meta *meta;
};

static void mistake(struct head *h, struct weir_where where, const char *what)
{
	rule_mistake(h->library->report, where, "%s", what);
}

static void check_keys(struct head *h)
{
	for (size_t i = 0; i < h->meta->count; i++) {
		const struct meta_member *member = &h->meta->members[i];
		size_t k = 0;

		while (keys[k] && !weir_bytes_are(member->name, keys[k]))
			k++;
		if (!keys[k])
			rule_mistake(h->library->report, member->where, "unknown key '%s'%s",
			             member->name.data,
			             rule_did_you_mean(h->library->arena, member->name.data, keys));
	}
}

/* ---- settings -------------------------------------------------------------------------------- */

static void read_preset(struct head *h, const char *name, const struct meta *value)
{
	struct library *library = h->library;

	if (value->kind == WEIR_ARRAY || value->kind == WEIR_OBJECT || value->kind == WEIR_NULL) {
		mistake(h, value->where, "a default is a text, a number, true or false");
		return;
	}
	for (size_t i = 0; i < library->preset_count; i++) {
		const struct preset *preset = &library->presets[i];

		if (strcmp(preset->name, name) != 0)
			continue;
		if (!weir_value_equal(preset->value, value->value))
			rule_mistake(library->report, value->where,
			             "the setting '%s' has another default in %s", name,
			             preset->file);
		return;
	}
	library->presets = rule_grow(library->arena, library->presets, library->preset_count,
	                             sizeof *library->presets);
	library->presets[library->preset_count++] =
		(struct preset){ name, h->rule->file, value->value };
}

static void read_settings(struct head *h)
{
	const struct meta *settings = meta_member(h->meta, "settings");
	static const char *const setting_keys[] = { "default", "values", NULL };

	for (size_t i = 0; settings && i < settings->count; i++) {
		const char *name = settings->members[i].name.data;
		const struct meta *one = settings->members[i].meta;
		const struct meta *preset = meta_member(one, "default");
		const struct meta *values = meta_member(one, "values");
		struct weir_bytes *texts;
		size_t count;

		if (!name || one->kind != WEIR_OBJECT) {
			mistake(h, one->where,
			        "settings is an object: { unlisted: { default: \"generic\" } }");
			continue;
		}
		for (size_t k = 0; k < one->count; k++) {
			const char *key = one->members[k].name.data;

			if (strcmp(key, "default") != 0 && strcmp(key, "values") != 0)
				rule_mistake(h->library->report, one->members[k].where,
				             "unknown key '%s'%s", key,
				             rule_did_you_mean(h->library->arena, key,
				                               setting_keys));
		}
		rule_setting(h->library->set, name);
		if (preset)
			read_preset(h, name, preset);
		if (values && !meta_texts(h->library->arena, values, &texts, &count))
			mistake(h, values->where, "a setting's values are a list: [\"a\", \"b\"]");
		else if (values)
			rule_setting_choices(h->library->set, name, texts, count);
	}
}

static struct weir_value setting_value(struct library *library, const char *name)
{
	struct weir_value v = rule_setting(library->set, name);

	for (size_t i = 0; weir_is_absent(v) && i < library->preset_count; i++) {
		if (strcmp(library->presets[i].name, name) == 0)
			v = library->presets[i].value;
	}
	return v;
}

/* ---- conditions ------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum rule_op op;
} words[] = {
	{ "known", RULE_KNOWN }, { "lower", RULE_LOWER },   { "upper", RULE_UPPER },
	{ "trim", RULE_TRIM },   { "time", RULE_TIME },     { "ip", RULE_IP },
	{ "int", RULE_INT },     { "number", RULE_NUMBER }, { "bool", RULE_BOOL },
	{ "maybe", RULE_MAYBE }, { "record", RULE_RECORD }, { "setting", RULE_CONST },
};

static const char *word_list(struct weir_arena *arena, struct weir_bytes name)
{
	const char *names[WEIR_COUNT(words) + 1];

	for (size_t i = 0; i < WEIR_COUNT(words); i++)
		names[i] = words[i].name;
	names[WEIR_COUNT(words)] = NULL;
	return rule_did_you_mean(arena, weir_arena_copy(arena, name).data, names);
}

/* "known(actor.id)": a word around a path, or a path. */
static struct rule_word *read_row(struct head *h, struct weir_bytes text, struct weir_where where)
{
	struct weir_arena *arena = h->library->arena;
	const char *open = memchr(text.data, '(', text.len);
	struct rule_word *word = weir_arena_alloc(arena, sizeof *word);
	struct weir_bytes name = text, inner;
	size_t i = 0;

	*word = (struct rule_word){ .op = RULE_PATH, .where = where };
	word->text = weir_arena_copy(arena, text);
	if (!open || text.data[text.len - 1] != ')')
		return word;
	name.len = (size_t)(open - text.data);
	inner = (struct weir_bytes){ open + 1, text.len - name.len - 2 };
	while (i < WEIR_COUNT(words) && !weir_bytes_are(name, words[i].name))
		i++;
	if (i == WEIR_COUNT(words)) {
		rule_mistake(h->library->report, where, "unknown word '%.*s' in a condition%s",
		             (int)name.len, name.data, word_list(arena, name));
		word->op = RULE_UNKNOWN;
		return word;
	}
	word->op = words[i].op;
	word->text = weir_arena_copy(arena, inner);
	if (word->op == RULE_RECORD)
		return word;
	if (word->op == RULE_CONST) {
		word->setting = word->text.data;
		word->value = setting_value(h->library, word->setting);
		word->op = weir_is_absent(word->value) ? RULE_NOTHING : RULE_CONST;
		return word;
	}
	word->text = (struct weir_bytes){ 0 };
	word->args = weir_arena_alloc(arena, sizeof *word->args);
	word->args[0] = read_row(h, inner, where);
	word->arg_count = 1;
	return word;
}

/* What stands on the right of a condition; false with a report. */
static bool read_holds(struct head *h, const struct meta *meta, struct rule_condition *condition)
{
	struct weir_arena *arena = h->library->arena;
	const struct meta *present, *none_of;
	bool yes;

	if (meta->kind != WEIR_OBJECT) {
		if (meta_texts(arena, meta, &condition->texts, &condition->count))
			return true;
	} else {
		present = meta_member(meta, "present");
		none_of = meta_member(meta, "none_of");
		if (present && meta->count == 1 && weir_value_bool(present->value, &yes)) {
			condition->holds = yes ? RULE_PRESENT : RULE_ABSENT;
			return true;
		}
		condition->holds = RULE_NONE_OF;
		if (none_of && meta->count == 1 &&
		    meta_texts(arena, none_of, &condition->texts, &condition->count))
			return true;
	}
	mistake(h, meta->where,
	        "a condition is a text, a number, true, false, a list of those, { present: true }, "
	        "{ present: false } or { none_of: [\"a\"] }");
	return false;
}

/* "_types.yaml:sign_in": the texts of a list in a file of the rule folder. */
static bool list_of_file(struct head *h, struct weir_bytes text, struct weir_where where,
                         struct weir_bytes **texts, size_t *count)
{
	struct library *library = h->library;
	const char *colon = strstr(text.data, ".yaml:"), *path, *name;
	struct weir_value file = { 0 }, list;
	struct weir_error err = { 0 };
	struct weir_each each;

	name = weir_arena_format(library->arena, "%.*s", (int)(colon + 5 - text.data), text.data);
	path = rule_files_find(library->files, library->arena, h->rule->folder, name);
	if (!path) {
		rule_mistake(library->report, where, "there is no %s in the rule folder", name);
		return false;
	}
	rule_files_note(library->files, path);
	if (!weir_yaml_read(library->arena, path, &file, &err)) {
		rule_mistake_error(library->report, where, &err);
		return false;
	}
	list = weir_value_get(file, colon + 6);
	if (list.kind != WEIR_ARRAY) {
		rule_mistake(library->report, where, "%s has no list '%s'", name, colon + 6);
		return false;
	}
	for (each = weir_each(list); weir_next(&each);) {
		struct weir_bytes type = { "", 0 };

		weir_value_text(each.value, library->arena, &type);
		*texts = rule_grow(library->arena, *texts, *count, sizeof **texts);
		(*texts)[(*count)++] = type;
	}
	return true;
}

static void add_type(struct head *h, struct rule_case *one, struct weir_bytes text,
                     struct weir_where where)
{
	struct weir_bytes *texts = &text;
	size_t count = 1;

	if (strstr(text.data, ".yaml:")) {
		texts = NULL;
		count = 0;
		if (!list_of_file(h, text, where, &texts, &count))
			return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!rule_is_event_type(texts[i]))
			rule_mistake(h->library->report, where,
			             "'%s' is no event type; write a name, \"prefix.*\" or \"*\"",
			             texts[i].data);
		rule_doubt_type(h->library->set, texts[i], where);
		one->types = rule_grow(h->library->arena, one->types, one->type_count,
		                       sizeof *one->types);
		one->types[one->type_count++] = texts[i];
	}
}

static void read_types(struct head *h, struct rule_case *one, const struct meta *meta)
{
	bool list = meta->kind == WEIR_ARRAY;

	for (size_t i = 0; i < (list ? meta->count : 1); i++) {
		const struct meta *type = list ? meta->members[i].meta : meta;

		if (type->kind == WEIR_TEXT)
			add_type(h, one, type->text, type->where);
		else
			mistake(h, type->where, "eventType takes a name, a list of names, "
			                        "\"prefix.*\" or \"*\"");
	}
}

static void no_type(struct head *h, const struct meta *meta)
{
	static const char *const key[] = { "eventType", NULL };

	for (size_t i = 0; i < meta->count; i++) {
		if (!weir_nearest(meta->members[i].name.data, key))
			continue;
		mistake(h, meta->members[i].where, "has no eventType; did you mean 'eventType'?");
		return;
	}
	mistake(h, meta->where, "has no eventType; write eventType: \"*\" for every event");
}

static void read_case(struct head *h, struct rule_case *one, const struct meta *meta)
{
	bool typed = false;

	*one = (struct rule_case){ .where = meta->where };
	if (meta->kind != WEIR_OBJECT) {
		mistake(h, meta->where,
		        "conditions are an object: { eventType: \"user.session.start\" }");
		return;
	}
	for (size_t i = 0; i < meta->count; i++) {
		const struct meta_member *member = &meta->members[i];
		struct rule_condition condition = { .where = member->where };

		if (weir_bytes_are(member->name, "eventType")) {
			typed = true;
			read_types(h, one, member->meta);
			continue;
		}
		condition.row = read_row(h, member->name, member->where);
		if (!read_holds(h, member->meta, &condition))
			continue;
		one->conditions = rule_grow(h->library->arena, one->conditions,
		                            one->condition_count, sizeof *one->conditions);
		one->conditions[one->condition_count++] = condition;
	}
	if (!typed)
		no_type(h, meta);
}

static void read_cases(struct head *h, const struct meta *meta, struct rule_case **cases,
                       size_t *count)
{
	bool list = meta->kind == WEIR_ARRAY;

	*count = list ? meta->count : 1;
	*cases = weir_arena_alloc(h->library->arena, (*count + 1) * sizeof **cases);
	for (size_t i = 0; i < *count; i++)
		read_case(h, &(*cases)[i], list ? meta->members[i].meta : meta);
}

/* ---- the rest ----------------------------------------------------------------------------------- */

static void read_kind(struct head *h)
{
	const struct meta *change = meta_member(h->meta, "change");
	const struct meta *drop = meta_member(h->meta, "drop");
	bool yes = false;

	if (change && !weir_value_bool(change->value, &yes))
		mistake(h, change->where, "change is true: the program changes a record");
	h->rule->kind = yes ? RULE_CHANGE : RULE_MAP;
	if (drop && drop->kind == WEIR_TEXT && !yes)
		h->rule->drop = drop->text.data;
	else if (drop)
		mistake(h, drop->where, "drop is the reason that is counted: drop: \"noise\"");
}

static void read_schema(struct head *h)
{
	const struct meta *schema = meta_member(h->meta, "schema");

	h->rule->schema_where = schema ? schema->where : h->rule->where;
	if (schema && schema->kind == WEIR_TEXT)
		h->rule->schema_name = schema->text.data;
	else if (schema)
		mistake(h, schema->where, "schema is a name, like \"auth\"");
	else if (h->rule->kind == RULE_MAP && !h->rule->drop)
		mistake(h, h->rule->where, "has no schema; write schema: \"auth\"");
}

static void read_head(struct head *h)
{
	const struct meta *when = meta_member(h->meta, "when");
	const struct meta *goes_on = meta_member(h->meta, "goes_on");

	check_keys(h);
	read_settings(h);
	read_kind(h);
	read_schema(h);
	if (when)
		read_cases(h, when, &h->rule->cases, &h->rule->case_count);
	else
		mistake(h, h->rule->where, "has no when; write when: { eventType: \"*\" }");
	if (goes_on)
		read_cases(h, goes_on, &h->rule->goes_on, &h->rule->goes_on_count);
}

/* The row of the whole record: what the program gives. */
static void add_program(struct head *h, struct source *source)
{
	struct library *library = h->library;
	const struct meta *reads = meta_member(h->meta, "reads");
	struct rule_word *call = weir_arena_alloc(library->arena, sizeof *call);

	*call = (struct rule_word){ .op = RULE_CALL, .outputs = true, .where = h->rule->where,
		                    .function = (int)library->rule_count };
	if (source->body < source->scan->count)
		call->where = scan_where(source->scan, &source->scan->tokens[source->body]);
	else
		source->sound = false;
	if (source->body >= source->scan->count)
		mistake(h, h->rule->where, "has no program behind its module directive");
	h->rule->fields = call;
	if (source->sound && h->rule->kind == RULE_MAP)
		sketch_program(library, h->rule, source);
	h->rule->function_count = 1;
	library->rules = rule_grow(library->arena, library->rules, library->rule_count,
	                           sizeof *library->rules);
	library->rules[library->rule_count++] = (struct jq_rule){
		.rule = h->rule, .source = source,
		.reads = reads ? reads_create(library, reads) : NULL,
	};
}

void rule_load(struct library *library, unsigned folder, const char *name)
{
	const char *path = weir_arena_format(library->arena, "%s/%s",
	                                     library->files->folders[folder].path, name);
	struct source *source = source_read(library, folder, path,
	                                    (struct weir_where){ .file = path });
	struct head h = { .library = library };
	size_t behind;

	if (!source)
		return;
	h.meta = meta_read(library->arena, library->report, source->scan, &behind);
	if (!h.meta) {
		if (behind == 0)
			rule_mistake(library->report, (struct weir_where){ .file = path, .line = 1 },
			             "must begin with module { schema: …, when: … };");
		return;
	}
	h.rule = weir_arena_alloc(library->arena, sizeof *h.rule);
	*h.rule = (struct rule){ .file = source->file->path, .name = name, .folder = folder,
		                 .where = scan_where(source->scan, &source->scan->tokens[0]) };
	read_head(&h);
	if (!h.rule->drop)
		add_program(&h, source);
	rule_set_add(library->set, h.rule);
}
