/* words_table.c - words that take tables and lists, and those of conditions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "words.h"

#include <string.h>

static const char holds_type[] = "weir.holds";

/* ---- dictionaries ---------------------------------------------------------------------------- */

/* Entries get the places of their keys, if the table stands in the call. */
static void place_entries(lua_State *L, const struct rule_word *word,
                          const struct rule_table *table)
{
	struct script *script = script_of(L);

	for (size_t i = 0; i < table->count; i++) {
		struct rule_entry *entry = &table->entries[i];
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
	rule_files_note(library->files, path);
	return table;
}

/* pick(row, { A = v }, otherwise), lookup(row, table or "file.yaml") */
int word_pick(lua_State *L)
{
	struct rule_word *word = words_begin(L);
	bool lookup = word->op == RULE_LOOKUP;

	words_check_count(L, word, lookup ? 2 : 3);
	words_add_arg(L, word, row_of(L, 1, word->where));
	if (lookup && lua_type(L, 2) == LUA_TSTRING)
		word->table = yaml_dictionary(L, row_text(L, 2).data, word->where);
	else
		word->table = row_table(L, 2, word->where, ROW_CONSTS);
	if (!word->table) {
		if (!script_is_unknown(L, 2) && !(lookup && lua_type(L, 2) == LUA_TSTRING))
			row_mistake(L, word->where, "%s needs a table: { SUCCESS = \"success\" }",
			            rule_op_name(word->op));
		word->op = RULE_UNKNOWN;
		return words_end(L, word);
	}
	if (lua_type(L, 2) == LUA_TTABLE)
		place_entries(L, word, word->table);
	if (!lookup && lua_gettop(L) > 2)
		words_add_arg(L, word, row_or_const(L, 3, word->where));
	return words_end(L, word);
}

/* ---- lists ----------------------------------------------------------------------------------------- */

int word_all(lua_State *L)
{
	struct rule_word *word = words_begin(L);

	words_check_count(L, word, 2);
	word->text = words_text_arg(L, word, 1, "the path of a list: all(\"target\", { id = \"id\" })");
	words_add_arg(L, word, row_of(L, 2, word->where));
	if (word->args[0]->op == RULE_OBJECT)
		place_entries(L, word, word->args[0]->table);
	return words_end(L, word);
}

/* Later tables add to and replace earlier ones. */
int word_keyed(lua_State *L)
{
	struct rule_word *word = words_begin(L);
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
	place_entries(L, word, all);
	return words_end(L, word);
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

/* ---- conditions ---------------------------------------------------------------------------------------- */

struct holds *word_push_holds(lua_State *L, enum rule_holds kind)
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

int word_none_of(lua_State *L)
{
	int count = lua_gettop(L);
	struct holds *holds;

	words_check_phase(L, "none_of");
	holds = word_push_holds(L, RULE_NONE_OF);
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

