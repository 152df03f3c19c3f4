/* rule.c - map{…} and change{…}: from a Lua table to a struct rule.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <stdlib.h>
#include <string.h>

static const char *const map_keys[] = { "schema", "when", "goes_on", "fields", "drop", NULL };

/* The table of the rule, at the bottom of the stack. */
enum { TABLE = 1 };

static struct weir_where key_where(lua_State *L, const struct rule *rule, const char *key)
{
	const char *path[] = { key, NULL };

	return place_of_key(script_of(L), rule->where, path);
}

static void check_keys(lua_State *L, const struct rule *rule)
{
	struct script *script = script_of(L);

	for (lua_pushnil(L); lua_next(L, TABLE); lua_pop(L, 1)) {
		struct weir_bytes key = { 0 };
		size_t i = 0;

		if (lua_type(L, -2) == LUA_TSTRING)
			key = row_text(L, -2);
		while (map_keys[i] && !weir_bytes_are(key, map_keys[i]))
			i++;
		if (map_keys[i])
			continue;
		if (key.data)
			row_mistake(L, key_where(L, rule, key.data), "unknown key '%s'%s", key.data,
			            rule_did_you_mean(script->arena, key.data, map_keys));
		else
			row_mistake(L, rule->where, "has keys schema, when, goes_on, fields and drop");
	}
}

/* Whether an unknown key was meant for this one, of which is told already. */
static bool is_meant(lua_State *L, const char *key)
{
	bool meant = false;

	for (lua_pushnil(L); lua_next(L, TABLE); lua_pop(L, 1)) {
		const char *near = NULL;

		if (lua_type(L, -2) == LUA_TSTRING)
			near = weir_nearest(row_text(L, -2).data, map_keys);
		meant = meant || (near && strcmp(near, key) == 0);
	}
	return meant;
}

/* ---- when ----------------------------------------------------------------------------------- */

/* Sorted, so that what a mistake says does not depend on Lua's order of keys. */
static int by_row(const void *a, const void *b)
{
	const struct rule_condition *x = a, *y = b;
	struct weir_buf texts[2] = { { 0 }, { 0 } };
	int order;

	rule_word_write(x->row, &texts[0]);
	rule_word_write(y->row, &texts[1]);
	order = strcmp(weir_buf_text(&texts[0]), weir_buf_text(&texts[1]));
	weir_buf_finish(&texts[0]);
	weir_buf_finish(&texts[1]);
	return order;
}

static void read_types(lua_State *L, struct rule_case *one, struct weir_where where)
{
	if (script_is_unknown(L, -1))
		return;
	if (!word_texts(L, -1, &one->types, &one->type_count)) {
		row_mistake(L, where, "eventType takes a name, a list of names, \"prefix.*\" or \"*\"");
		return;
	}
	for (size_t i = 0; i < one->type_count; i++) {
		struct weir_where type = place_of_text(script_of(L), where, one->types[i]);

		if (!rule_is_event_type(one->types[i]))
			row_mistake(L, type,
			            "'%s' is no event type; write a name, \"prefix.*\" or \"*\"",
			            one->types[i].data);
		if (script_of(L)->phase == SCRIPT_LOADING)
			rule_doubt_type(script_of(L)->library->set, one->types[i], type);
	}
}

static void read_condition(lua_State *L, struct rule_case *one, struct weir_where where)
{
	struct script *script = script_of(L);
	struct rule_condition condition = { .where = where };
	struct holds *holds = word_holds_at(L, -1);

	if (lua_type(L, -2) != LUA_TSTRING && lua_type(L, -2) != LUA_TFUNCTION && !row_at(L, -2) &&
	    !script_is_unknown(L, -2)) {
		row_mistake(L, where, "on the left of a condition is a path, a word or a function");
		return;
	}
	condition.row = row_of(L, lua_gettop(L) - 1, where);
	if (condition.row->where.line)
		condition.where = condition.row->where;
	if (holds) {
		condition.holds = holds->holds;
		condition.texts = holds->texts;
		condition.count = holds->count;
	} else if (!word_texts(L, -1, &condition.texts, &condition.count)) {
		if (!script_is_unknown(L, -1))
			row_mistake(L, condition.where,
			            "a condition is a text, a number, true, false, a list of those, "
			            "present, absent or none_of(…)");
		return;
	}
	one->conditions = rule_grow(script->arena, one->conditions, one->condition_count,
	                            sizeof *one->conditions);
	one->conditions[one->condition_count++] = condition;
}

static int add_code(lua_State *L, const void *code, size_t len, void *buf)
{
	(void)L;
	weir_buf_add(buf, code, len);
	return 0;
}

/* Whether the function at index a stands in front of that at b: by its line, on one line by its
 * code. */
static bool stands_before(lua_State *L, int a, int b)
{
	struct weir_buf codes[2] = { { 0 }, { 0 } };
	int indexes[] = { a, b }, lines[2];
	bool before;

	for (int i = 0; i < 2; i++) {
		lua_Debug ar;

		lua_pushvalue(L, indexes[i]);
		lua_dump(L, add_code, &codes[i], 1);
		lua_getinfo(L, ">S", &ar);
		lines[i] = ar.linedefined;
	}
	before = lines[0] != lines[1] ? lines[0] < lines[1]
	         : rule_bytes_compare((struct weir_bytes){ codes[0].data, codes[0].len },
	                              (struct weir_bytes){ codes[1].data, codes[1].len }) < 0;
	weir_buf_finish(&codes[0]);
	weir_buf_finish(&codes[1]);
	return before;
}

/* Conditions whose keys are functions, in an order of their own: Lua's differs from state to
 * state, and functions are numbered as they are met. */
static void read_functions(lua_State *L, struct rule_case *one, struct weir_where where, int table)
{
	int first = lua_gettop(L) + 1, count = 0;

	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		int at = first;

		if (lua_type(L, -2) != LUA_TFUNCTION)
			continue;
		luaL_checkstack(L, 16, "too many conditions");
		while (at < first + count && !stands_before(L, lua_gettop(L) - 1, at))
			at++;
		lua_pushvalue(L, -2);
		lua_insert(L, at);
		count++;
	}
	for (int i = 0; i < count; i++) {
		lua_pushvalue(L, first + i);
		lua_pushvalue(L, -1);
		lua_rawget(L, table);
		read_condition(L, one, where);
		lua_pop(L, 2);
	}
	lua_pop(L, count);
}

static void no_type(lua_State *L, int table, struct weir_where where)
{
	static const char *const key[] = { "eventType", NULL };
	const char *meant = NULL;

	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING && weir_nearest(row_text(L, -2).data, key))
			meant = row_text(L, -2).data;
	}
	if (meant)
		row_mistake(L, place_of_entry(script_of(L), where, weir_bytes(meant)),
		            "has no eventType, but '%s'; did you mean 'eventType'?", meant);
	else
		row_mistake(L, where, "has no eventType; write eventType = \"*\" for every event");
}

/* One table of conditions, at the top. */
static void read_case(lua_State *L, struct rule_case *one, struct weir_where where)
{
	int table = lua_gettop(L);
	bool typed = false;

	*one = (struct rule_case){ .where = where };
	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING && weir_bytes_are(row_text(L, -2), "eventType")) {
			read_types(L, one, where);
			typed = true;
		} else if (lua_type(L, -2) != LUA_TFUNCTION) {
			read_condition(L, one, where);
		}
	}
	read_functions(L, one, where, table);
	if (!typed)
		no_type(L, table, where);
	if (one->condition_count)
		qsort(one->conditions, one->condition_count, sizeof *one->conditions, by_row);
}

/* A list of cases has tables at 1, 2, …; one alone has names. The place of the n-th is its
 * brace, if the list stands in the rule. */
static struct weir_where case_where(lua_State *L, struct weir_where where, size_t n)
{
	const struct scan *scan = place_scan(script_of(L), where.file);
	size_t seen = 0;

	for (size_t i = 0; scan && i < scan->table_count; i++) {
		const struct scan_token *token = &scan->tokens[scan->table_tokens[i]];

		if (token->line < where.line ||
		    (token->line == where.line && token->column < where.column))
			continue;
		if (seen++ == n)
			return (struct weir_where){ .file = where.file, .line = token->line,
				                    .column = token->column, .width = 1 };
	}
	return where;
}

static void read_cases(lua_State *L, struct rule *rule, const char *key, struct rule_case **cases,
                       size_t *count)
{
	struct script *script = script_of(L);
	struct weir_where where = key_where(L, rule, key);
	size_t len;

	if (lua_type(L, -1) != LUA_TTABLE) {
		if (!script_is_unknown(L, -1))
			row_mistake(L, where, "%s is a table: { eventType = \"user.session.start\" }", key);
		return;
	}
	script_thaw(L, -1);
	len = lua_rawlen(L, -1);
	*count = len ? len : 1;
	*cases = weir_arena_alloc(script->arena, *count * sizeof **cases);
	if (len == 0)
		read_case(L, *cases, where);
	for (size_t i = 0; i < len; i++) {
		(*cases)[i] = (struct rule_case){ .where = where };
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		script_thaw(L, -1);
		if (lua_type(L, -1) == LUA_TTABLE)
			read_case(L, &(*cases)[i], case_where(L, where, i + 1));
		else
			row_mistake(L, where, "%s lists tables of conditions", key);
		lua_pop(L, 1);
	}
}

/* ---- the rest --------------------------------------------------------------------------------- */

static void read_schema(lua_State *L, struct rule *rule)
{
	rule->schema_where = key_where(L, rule, "schema");
	if (lua_type(L, -1) == LUA_TSTRING) {
		rule->schema_name = row_text(L, -1).data;
		rule->schema_where = place_of_text(script_of(L), rule->schema_where,
		                                   weir_bytes(rule->schema_name));
	} else if (lua_type(L, -1) != LUA_TNIL && !script_is_unknown(L, -1)) {
		row_mistake(L, rule->schema_where, "schema is a name, like \"auth\"");
	} else if (rule->kind == RULE_MAP && !rule->drop && !script_is_unknown(L, -1) &&
	           !is_meant(L, "schema")) {
		row_mistake(L, rule->where, "has no schema; write schema = \"auth\"");
	}
}

/* Entries of fields get the places of their keys, down to the rows. */
static void place_rows(lua_State *L, const struct rule *rule, const struct rule_table *table,
                       const char **path, size_t depth)
{
	enum { DEEPEST = 14 };

	for (size_t i = 0; i < table->count && depth < DEEPEST; i++) {
		struct rule_entry *entry = &table->entries[i];

		path[depth] = entry->name.data;
		path[depth + 1] = NULL;
		entry->where = place_of_key(script_of(L), rule->where, path);
		if (entry->word->op == RULE_OBJECT)
			place_rows(L, rule, entry->word->table, path, depth + 1);
	}
}

static void read_fields(lua_State *L, struct rule *rule)
{
	const char *path[16] = { "fields", NULL };

	if (rule->drop)
		return;
	if (lua_type(L, -1) == LUA_TNIL) {
		if (!is_meant(L, "fields"))
			row_mistake(L, rule->where, "has no fields; write fields = { … }");
		return;
	}
	rule->fields = row_of(L, lua_gettop(L), key_where(L, rule, "fields"));
	if (rule->fields->op == RULE_OBJECT)
		place_rows(L, rule, rule->fields->table, path, 1);
	else if (rule->kind == RULE_CHANGE && rule->fields->op != RULE_UNKNOWN)
		row_mistake(L, key_where(L, rule, "fields"),
		            "change sets rows, each of which may be a function; write "
		            "fields = { action = function(e, r) … end }");
}

static void read_drop(lua_State *L, struct rule *rule)
{
	if (lua_type(L, -1) == LUA_TNIL)
		return;
	if (lua_type(L, -1) == LUA_TSTRING && rule->kind == RULE_MAP)
		rule->drop = row_text(L, -1).data;
	else
		row_mistake(L, key_where(L, rule, "drop"),
		            "drop is the reason that is counted: drop = \"noise\"");
	if (!rule->drop && rule->kind == RULE_MAP)
		rule->drop = ""; /* so it was meant */
}

static int make_rule(lua_State *L, enum rule_kind kind, const char *word)
{
	struct script *script = script_of(L);
	struct rule *rule = weir_arena_alloc(script->arena, sizeof *rule);

	words_check_phase(L, word);
	luaL_checkstack(L, 32, NULL);
	*rule = (struct rule){ .kind = kind, .file = script->file, .folder = script->folder };
	rule->where = place_of_call(L, word);
	lua_settop(L, 1);
	if (lua_type(L, TABLE) != LUA_TTABLE) {
		row_mistake(L, rule->where, "%s takes a table: %s { schema = …, when = …, fields = … }",
		            word, word);
		return 0;
	}
	check_keys(L, rule);
	lua_getfield(L, TABLE, "drop");
	read_drop(L, rule);
	lua_getfield(L, TABLE, "schema");
	read_schema(L, rule);
	lua_getfield(L, TABLE, "when");
	if (lua_type(L, -1) != LUA_TNIL)
		read_cases(L, rule, "when", &rule->cases, &rule->case_count);
	else if (!is_meant(L, "when"))
		row_mistake(L, rule->where, "has no when; write when = { eventType = \"*\" }");
	lua_getfield(L, TABLE, "goes_on");
	if (lua_type(L, -1) != LUA_TNIL)
		read_cases(L, rule, "goes_on", &rule->goes_on, &rule->goes_on_count);
	lua_getfield(L, TABLE, "fields");
	read_fields(L, rule);
	script->made = rule;
	lua_pushlightuserdata(L, rule);
	return 1;
}

int word_map(lua_State *L)
{
	return make_rule(L, RULE_MAP, "map");
}

int word_change(lua_State *L)
{
	return make_rule(L, RULE_CHANGE, "change");
}
