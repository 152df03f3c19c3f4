/* words.c - the words of a rule: what they take, what they describe.
 *
 * Not here: map and change (rule.c), what the words do with an event (../rule).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <string.h>

static const char holds_type[] = "weir.holds";

void words_check_phase(lua_State *L, const char *word)
{
	if (script_of(L)->phase == SCRIPT_RUNNING)
		luaL_error(L, "'%s' describes rows; in a function read the event: e.actor.id", word);
}

/* The op and the name of the word that is called. */
static enum rule_op op_of(lua_State *L)
{
	return (enum rule_op)lua_tointeger(L, lua_upvalueindex(1));
}

static struct rule_word *begin(lua_State *L)
{
	const char *name = lua_tostring(L, lua_upvalueindex(2));

	words_check_phase(L, name);
	luaL_checkstack(L, 16, NULL);
	return row_new(script_of(L), op_of(L), place_of_call(L, name));
}

static int end(lua_State *L, struct rule_word *word)
{
	row_push(L, word);
	return 1;
}

static void add_arg(lua_State *L, struct rule_word *word, struct rule_word *arg)
{
	struct script *script = script_of(L);

	word->args = rule_grow(script->arena, word->args, word->arg_count, sizeof *word->args);
	word->args[word->arg_count++] = arg;
}

/* The text that is argument number index; "" and a mistake when it is none. */
static struct weir_bytes text_arg(lua_State *L, struct rule_word *word, int index,
                                  const char *what)
{
	struct weir_bytes text = { "", 0 };

	if (lua_type(L, index) == LUA_TSTRING && lua_rawlen(L, index) > 0)
		return row_text(L, index);
	if (!script_is_unknown(L, index))
		row_mistake(L, word->where, "%s needs %s", rule_op_name(word->op), what);
	word->op = RULE_UNKNOWN;
	return text;
}

static void check_count(lua_State *L, struct rule_word *word, int most)
{
	if (lua_gettop(L) > most)
		row_mistake(L, word->where, "%s takes %d argument%s, not %d",
		            rule_op_name(word->op), most, most == 1 ? "" : "s", lua_gettop(L));
}

/* ---- forms ---------------------------------------------------------------------------------- */

/* lower(row) */
static int word_row(lua_State *L)
{
	struct rule_word *word = begin(L);

	check_count(L, word, 1);
	add_arg(L, word, row_of(L, 1, word->where));
	return end(L, word);
}

/* raw() */
static int word_nothing(lua_State *L)
{
	struct rule_word *word = begin(L);

	check_count(L, word, 0);
	return end(L, word);
}

/* path "p", record "p" */
static int word_text(lua_State *L)
{
	struct rule_word *word = begin(L);

	check_count(L, word, 1);
	word->text = text_arg(L, word, 1, "a path");
	return end(L, word);
}

/* after(row, "text"), get(row, "p"), join(row, "text"), textmap(row, "name") */
static int word_row_text(lua_State *L)
{
	static const char *const whats[RULE_OPS] = {
		[RULE_AFTER] = "a separator: after(\"p\", \"@\")",
		[RULE_CAPTURE] = "a pattern: capture(\"p\", \"level=(%a+)\")",
		[RULE_TEXTMAP] = "a name: textmap(\"p\", \"level\")",
		[RULE_GET] = "a path: get(row, \"id\")",
	};
	struct rule_word *word = begin(L);
	enum rule_op op = word->op;

	check_count(L, word, 2);
	add_arg(L, word, row_of(L, 1, word->where));
	if (op == RULE_JOIN && lua_type(L, 2) == LUA_TSTRING)
		word->text = row_text(L, 2);
	else
		word->text = text_arg(L, word, 2,
		                      whats[op] ? whats[op] : "a separator: join(\"p[].q\", \", \")");
	return end(L, word);
}

static int word_textmap_names(lua_State *L)
{
	struct rule_word *word = begin(L);

	check_count(L, word, 3);
	add_arg(L, word, row_of(L, 1, word->where));
	word->text = text_arg(L, word, 2, "a value: textmap_names(\"p\", \"POSITIVE\", \",\")");
	word->more = text_arg(L, word, 3, "a separator: textmap_names(\"p\", \"POSITIVE\", \",\")");
	return end(L, word);
}

/* hash("sha256", row) */
static int word_hash(lua_State *L)
{
	struct rule_word *word = begin(L);

	check_count(L, word, 2);
	word->text = text_arg(L, word, 1, "an algorithm: hash(\"sha256\", row)");
	add_arg(L, word, row_of(L, 2, word->where));
	return end(L, word);
}

/* format("%s: %s", row, row) */
static int word_format(lua_State *L)
{
	struct rule_word *word = begin(L);
	int count = lua_gettop(L);

	word->text = text_arg(L, word, 1, "a text: format(\"%s: %s\", row, row)");
	for (int i = 2; i <= count; i++)
		add_arg(L, word, row_of(L, i, word->where));
	return end(L, word);
}

/* first(row, …), same(row, row) */
static int word_rows(lua_State *L)
{
	struct rule_word *word = begin(L);
	int count = lua_gettop(L), wanted = word->op == RULE_FIRST ? count : 2;

	if (count == 0 || count != wanted)
		row_mistake(L, word->where, "%s takes %s", rule_op_name(word->op),
		            word->op == RULE_FIRST ? "at least one row" : "two rows");
	for (int i = 1; i <= count; i++)
		add_arg(L, word, row_of(L, i, word->where));
	if (count != wanted || count == 0)
		word->op = RULE_UNKNOWN;
	return end(L, word);
}

/* given(row, then) */
static int word_given(lua_State *L)
{
	struct rule_word *word = begin(L);

	check_count(L, word, 2);
	add_arg(L, word, row_of(L, 1, word->where));
	add_arg(L, word, row_of(L, 2, word->where));
	return end(L, word);
}

static int word_const(lua_State *L)
{
	struct rule_word *word = begin(L), *value;

	check_count(L, word, 1);
	value = row_const(L, 1, word->where);
	if (value)
		return end(L, value);
	if (!script_is_unknown(L, 1))
		row_mistake(L, word->where, "const needs a text, a number, true or false");
	word->op = RULE_UNKNOWN;
	return end(L, word);
}

/* ---- dictionaries ---------------------------------------------------------------------------- */

/* Entries get the places of their keys, if the table stands in the call. */
static void place_entries(lua_State *L, const struct rule_word *word)
{
	struct script *script = script_of(L);

	for (size_t i = 0; i < word->table->count; i++) {
		struct rule_entry *entry = (struct rule_entry *)&word->table->entries[i];
		const char *path[] = { entry->name.data, NULL };

		entry->where = place_of_key(script, word->where, path);
		if (entry->where.line == word->where.line &&
		    entry->where.column == word->where.column)
			entry->where.line = 0;
	}
}

/* A YAML map of texts, read once. NULL with a report. */
static const struct rule_table *yaml_dictionary(lua_State *L, const char *name,
                                                struct weir_where where)
{
	struct script *script = script_of(L);
	struct library *library = script->library;
	const char *path = script_find(script, name);
	struct weir_error err = { 0 };
	struct yaml_table *found;
	struct rule_table *table;
	struct weir_value map;
	struct weir_each each;

	if (!path) {
		row_mistake(L, where, "there is no file %s in the rule folder", name);
		return NULL;
	}
	for (found = library->tables; found; found = found->next) {
		if (strcmp(found->path, path) == 0)
			return found->table;
	}
	if (script->phase != SCRIPT_LOADING)
		return NULL;
	if (!weir_yaml_read(library->arena, path, &map, &err)) {
		rule_mistake_error(script->report, where, &err);
		return NULL;
	}
	table = weir_arena_alloc(library->arena, sizeof *table);
	*table = (struct rule_table){ 0 };
	for (each = weir_each(map); weir_next(&each);) {
		struct rule_word *value = row_new(script, RULE_CONST, where);

		value->value = each.value;
		if (each.value.kind == WEIR_OBJECT || each.value.kind == WEIR_ARRAY)
			row_mistake(L, (struct weir_where){ .file = path },
			            "must be a map of text to text");
		table->entries = rule_grow(library->arena, table->entries, table->count,
		                           sizeof *table->entries);
		table->entries[table->count++] =
			(struct rule_entry){ .name = weir_each_key(&each, library->arena),
			                     .word = value };
	}
	rule_table_sort(table);
	found = weir_arena_alloc(library->arena, sizeof *found);
	*found = (struct yaml_table){ path, table, library->tables };
	library->tables = found;
	library_note(library, path);
	return table;
}

/* pick(row, { A = v }, otherwise), lookup(row, table or "file.yaml") */
static int word_pick(lua_State *L)
{
	struct rule_word *word = begin(L);
	bool lookup = word->op == RULE_LOOKUP;

	check_count(L, word, lookup ? 2 : 3);
	add_arg(L, word, row_of(L, 1, word->where));
	if (lookup && lua_type(L, 2) == LUA_TSTRING)
		word->table = yaml_dictionary(L, row_text(L, 2).data, word->where);
	else
		word->table = row_table(L, 2, word->where, ROW_CONSTS);
	if (!word->table) {
		if (!script_is_unknown(L, 2) && lua_type(L, 2) != LUA_TSTRING)
			row_mistake(L, word->where, "%s needs a table: { SUCCESS = \"success\" }",
			            rule_op_name(word->op));
		word->op = RULE_UNKNOWN;
		return end(L, word);
	}
	if (lua_type(L, 2) == LUA_TTABLE)
		place_entries(L, word);
	if (!lookup && lua_gettop(L) > 2)
		add_arg(L, word, row_or_const(L, 3, word->where));
	return end(L, word);
}

/* ---- lists ----------------------------------------------------------------------------------------- */

static int word_all(lua_State *L)
{
	struct rule_word *word = begin(L);

	check_count(L, word, 2);
	word->text = text_arg(L, word, 1, "the path of a list: all(\"target\", { id = \"id\" })");
	add_arg(L, word, row_of(L, 2, word->where));
	return end(L, word);
}

/* Later tables add to and replace earlier ones. */
static int word_keyed(lua_State *L)
{
	struct rule_word *word = begin(L);
	struct script *script = script_of(L);
	struct rule_table *all = weir_arena_alloc(script->arena, sizeof *all);
	int count = lua_gettop(L);

	*all = (struct rule_table){ 0 };
	for (int i = 1; i <= count; i++) {
		struct rule_table *table = row_table(L, i, word->where, ROW_PATHS);

		if (!table && !script_is_unknown(L, i))
			row_mistake(L, word->where, "keyed needs tables of rows");
		for (size_t j = 0; table && j < table->count; j++) {
			struct rule_entry *old = (struct rule_entry *)rule_table_find(
				all, table->entries[j].name);

			if (old) {
				old->word = table->entries[j].word;
				continue;
			}
			all->entries = rule_grow(script->arena, all->entries, all->count,
			                         sizeof *all->entries);
			all->entries[all->count++] = table->entries[j];
		}
		rule_table_sort(all);
	}
	word->table = all;
	place_entries(L, word);
	return end(L, word);
}

/* ---- lists of texts ---------------------------------------------------------------------- */

static void add_text(lua_State *L, int index, struct weir_bytes **texts, size_t *count)
{
	struct script *script = script_of(L);

	*texts = rule_grow(script->arena, *texts, *count, sizeof **texts);
	(*texts)[(*count)++] = row_text(L, index);
}

bool word_texts(lua_State *L, int index, struct weir_bytes **texts, size_t *count)
{
	size_t len;

	*texts = NULL;
	*count = 0;
	if (lua_type(L, index) != LUA_TTABLE) {
		if (!row_text(L, index).data)
			return false;
		add_text(L, index, texts, count);
		return true;
	}
	lua_pushvalue(L, index);
	script_thaw(L, -1);
	len = lua_rawlen(L, -1);
	for (size_t i = 1; i <= len; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i);
		if (!row_text(L, -1).data) {
			lua_pop(L, 2);
			return false;
		}
		add_text(L, -1, texts, count);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return len > 0;
}

/* ---- settings ---------------------------------------------------------------------------------------- */

/* The third argument: what the setting may be. */
static void read_choices(lua_State *L, const struct rule_word *word, const char *name)
{
	struct rule_set *set = script_of(L)->library->set;
	struct weir_bytes *texts;
	size_t count;

	if (!word_texts(L, 3, &texts, &count))
		row_mistake(L, word->where, "a setting's values are a list: { \"a\", \"b\" }");
	else if (script_of(L)->phase == SCRIPT_LOADING)
		rule_setting_choices(set, name, texts, count);
}

/* setting("name", default, { values }) */
static int word_setting(lua_State *L)
{
	struct script *script = script_of(L);
	struct rule_word *word = begin(L), *preset = NULL;
	struct weir_bytes name = text_arg(L, word, 1, "a name: setting(\"tenant_id\")");

	check_count(L, word, 3);
	if (word->op == RULE_UNKNOWN)
		return end(L, word);
	if (!lua_isnoneornil(L, 2) && !(preset = row_const(L, 2, word->where)))
		row_mistake(L, word->where, "a setting's default is a text, a number, true or false");
	if (!lua_isnoneornil(L, 3))
		read_choices(L, word, name.data);
	word->setting = name.data;
	word->value = script->phase == SCRIPT_LOADING
	                      ? rule_setting(script->library->set, name.data)
	                      : weir_value_get(script->library->settings, name.data);
	if (weir_is_nothing(word->value))
		word->value = preset ? preset->value : (struct weir_value){ 0 };
	word->op = weir_is_absent(word->value) ? RULE_NOTHING : RULE_CONST;
	return end(L, word);
}

/* ---- conditions ---------------------------------------------------------------------------------------- */

static struct holds *push_holds(lua_State *L, enum rule_holds kind)
{
	struct holds *holds = lua_newuserdatauv(L, sizeof *holds, 0);

	*holds = (struct holds){ .holds = kind };
	luaL_newmetatable(L, holds_type);
	lua_setmetatable(L, -2);
	return holds;
}

struct holds *word_holds_at(lua_State *L, int index)
{
	return luaL_testudata(L, index, holds_type);
}

static int word_none_of(lua_State *L)
{
	int count = lua_gettop(L);
	struct holds *holds;

	words_check_phase(L, "none_of");
	holds = push_holds(L, RULE_NONE_OF);
	for (int i = 1; i <= count; i++) {
		struct weir_bytes *texts;
		size_t found;

		if (!word_texts(L, i, &texts, &found))
			row_mistake(L, place_of_call(L, "none_of"),
			            "none_of takes texts, numbers, true and false");
		for (size_t j = 0; j < found; j++) {
			holds->texts = rule_grow(script_of(L)->arena, holds->texts, holds->count,
			                         sizeof *holds->texts);
			holds->texts[holds->count++] = texts[j];
		}
	}
	return 1;
}

/* ---- the table of words ----------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	lua_CFunction function;
	enum rule_op op;
} words[] = {
	{ "after", word_row_text, RULE_AFTER },
	{ "all", word_all, RULE_ALL },
	{ "bool", word_row, RULE_BOOL },
	{ "capture", word_row_text, RULE_CAPTURE },
	{ "change", word_change, RULE_OPS },
	{ "const", word_const, RULE_CONST },
	{ "first", word_rows, RULE_FIRST },
	{ "format", word_format, RULE_FORMAT },
	{ "get", word_row_text, RULE_GET },
	{ "given", word_given, RULE_GIVEN },
	{ "hash", word_hash, RULE_HASH },
	{ "int", word_row, RULE_INT },
	{ "ip", word_row, RULE_IP },
	{ "join", word_row_text, RULE_JOIN },
	{ "json", word_row, RULE_JSON },
	{ "keyed", word_keyed, RULE_KEYED },
	{ "known", word_row, RULE_KNOWN },
	{ "lookup", word_pick, RULE_LOOKUP },
	{ "lower", word_row, RULE_LOWER },
	{ "map", word_map, RULE_OPS },
	{ "maybe", word_row, RULE_MAYBE },
	{ "none_of", word_none_of, RULE_OPS },
	{ "number", word_row, RULE_NUMBER },
	{ "org_host", word_nothing, RULE_ORG_HOST },
	{ "path", word_text, RULE_PATH },
	{ "pick", word_pick, RULE_PICK },
	{ "precision", word_row, RULE_PRECISION },
	{ "raw", word_nothing, RULE_RAW },
	{ "record", word_text, RULE_RECORD },
	{ "remove", word_nothing, RULE_REMOVE },
	{ "rest", word_nothing, RULE_REST },
	{ "same", word_rows, RULE_SAME },
	{ "setting", word_setting, RULE_CONST },
	{ "source_name", word_nothing, RULE_SOURCE_NAME },
	{ "textmap", word_row_text, RULE_TEXTMAP },
	{ "textmap_names", word_textmap_names, RULE_TEXTMAP_NAMES },
	{ "time", word_row, RULE_TIME },
	{ "trim", word_row, RULE_TRIM },
	{ "unless", word_given, RULE_UNLESS },
	{ "upper", word_row, RULE_UPPER },
};

void words_add(lua_State *L)
{
	for (size_t i = 0; i < WEIR_COUNT(words); i++) {
		lua_pushinteger(L, words[i].op);
		lua_pushstring(L, words[i].name);
		lua_pushcclosure(L, words[i].function, 2);
		lua_setfield(L, -2, words[i].name);
	}
	push_holds(L, RULE_PRESENT);
	lua_setfield(L, -2, "present");
	push_holds(L, RULE_ABSENT);
	lua_setfield(L, -2, "absent");
}

const char *words_name(size_t n)
{
	if (n < WEIR_COUNT(words))
		return words[n].name;
	return n == WEIR_COUNT(words) ? "present" : n == WEIR_COUNT(words) + 1 ? "absent" : NULL;
}
