/* row.c - Lua values to the words that they stand for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char word_type[] = "weir.word";

/* Tables may hold themselves. */
enum { DEPTH_MAX = 32 };

void row_mistake(lua_State *L, struct weir_where where, const char *fmt, ...)
{
	char text[sizeof((struct weir_error *)0)->text];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	rule_mistake(script_of(L)->report, where, "%s", text);
}

struct rule_word *row_new(struct script *script, enum rule_op op, struct weir_where where)
{
	struct rule_word *word = weir_arena_alloc(script->arena, sizeof *word);

	*word = (struct rule_word){ .op = op, .where = where };
	return word;
}

void row_push(lua_State *L, struct rule_word *word)
{
	struct rule_word **box = lua_newuserdatauv(L, sizeof *box, 0);

	*box = word;
	if (luaL_newmetatable(L, word_type)) {
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
		lua_pushliteral(L, "word");
		lua_setfield(L, -2, "__name");
	}
	lua_setmetatable(L, -2);
}

struct rule_word *row_at(lua_State *L, int index)
{
	struct rule_word **box = luaL_testudata(L, index, word_type);

	return box ? *box : NULL;
}

struct weir_bytes row_text(lua_State *L, int index)
{
	struct script *script = script_of(L);
	struct weir_bytes text = { 0 };

	switch (lua_type(L, index)) {
	case LUA_TBOOLEAN:
		return weir_bytes(lua_toboolean(L, index) ? "true" : "false");
	case LUA_TNUMBER:
		lua_pushvalue(L, index);
		text.data = lua_tolstring(L, -1, &text.len);
		text = weir_arena_copy(script->arena, text);
		lua_pop(L, 1);
		return text;
	case LUA_TSTRING:
		text.data = lua_tolstring(L, index, &text.len);
		return weir_arena_copy(script->arena, text);
	default: return text;
	}
}

struct rule_word *row_const(lua_State *L, int index, struct weir_where where)
{
	struct script *script = script_of(L);
	struct rule_word *word = row_new(script, RULE_CONST, where);

	switch (lua_type(L, index)) {
	case LUA_TBOOLEAN: word->value = weir_make_bool(lua_toboolean(L, index)); return word;
	case LUA_TNUMBER:
		word->value = lua_isinteger(L, index)
		                      ? weir_make_int(script->arena, lua_tointeger(L, index))
		                      : weir_make_double(script->arena, lua_tonumber(L, index));
		return word->value.kind == WEIR_NUMBER ? word : NULL;
	case LUA_TSTRING:
		word->value = weir_make_text_borrowed(script->arena, row_text(L, index));
		word->where = place_of_text(script, where, row_text(L, index));
		return word;
	default: return NULL;
	}
}

/* Functions of a rule are known by number, so that another state finds the same one. */
static struct rule_word *function_row(lua_State *L, int index, struct weir_where where)
{
	struct script *script = script_of(L);
	struct rule_word *word = row_new(script, RULE_CALL, where);
	const struct scan *scan;
	lua_Debug ar;

	index = lua_absindex(L, index);
	lua_pushvalue(L, index);
	lua_getinfo(L, ">S", &ar);
	if (*ar.source == '@' && (scan = place_scan(script, ar.source + 1)) != NULL) {
		ptrdiff_t token = scan_name(scan, ar.linedefined, "function");

		word->where = (struct weir_where){ .file = scan->file, .line = ar.linedefined };
		if (token != SCAN_NOWHERE) {
			word->where.column = scan->tokens[token].column;
			word->where.width = scan->tokens[token].width;
		}
	}
	lua_rawgeti(L, LUA_REGISTRYINDEX, script->functions);
	lua_pushvalue(L, index);
	if (lua_rawget(L, -2) == LUA_TNUMBER) {
		word->function = (int)lua_tointeger(L, -1);
	} else {
		word->function = script->function_count++;
		lua_pushvalue(L, index);
		lua_pushinteger(L, word->function);
		lua_rawset(L, -4);
		lua_pushvalue(L, index);
		lua_rawseti(L, -3, word->function);
	}
	lua_pop(L, 2);
	return word;
}

static struct rule_word *unknown_row(lua_State *L, struct weir_where where)
{
	return row_new(script_of(L), RULE_UNKNOWN, where);
}

static struct rule_word *row_in(lua_State *L, int index, struct weir_where where,
                                enum row_texts texts);

/* ---- tables ------------------------------------------------------------------------------- */

/* A key of a Lua table, and how it looks as text. */
struct key {
	struct weir_bytes name;
	int type; /* LUA_TSTRING, LUA_TNUMBER, LUA_TBOOLEAN */
};

static int by_name(const void *a, const void *b)
{
	return rule_bytes_compare(((const struct key *)a)->name, ((const struct key *)b)->name);
}

/* The keys of the table at index in an order of their own: Lua's differs from run to run, and
 * functions are numbered as they are met. */
static struct key *sorted_keys(lua_State *L, int index, struct weir_where where,
                               enum row_texts texts, size_t *count)
{
	struct script *script = script_of(L);
	struct key *keys = NULL;

	*count = 0;
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		int type = lua_type(L, -2);
		bool plain = type == LUA_TNUMBER || type == LUA_TBOOLEAN;

		if (type == LUA_TNUMBER && lua_type(L, -1) == LUA_TBOOLEAN && script->report->mistakes)
			continue; /* a '==', of which was told */
		if (type != LUA_TSTRING && !(plain && texts == ROW_CONSTS)) {
			row_mistake(L, where, "a table of rows has names on the left; %s is none",
			            type == LUA_TNUMBER ? "a place in a list" : lua_typename(L, type));
			continue;
		}
		keys = rule_grow(script->arena, keys, *count, sizeof *keys);
		keys[(*count)++] = (struct key){ row_text(L, -2), type };
	}
	if (*count)
		qsort(keys, *count, sizeof *keys, by_name);
	return keys;
}

static void push_key(lua_State *L, const struct key *key)
{
	if (key->type == LUA_TBOOLEAN)
		lua_pushboolean(L, weir_bytes_are(key->name, "true"));
	else if (key->type == LUA_TNUMBER)
		lua_stringtonumber(L, key->name.data);
	else
		lua_pushlstring(L, key->name.data, key->name.len);
}

/* Where to report about the value at the top; the rest has places of its own, which cost less. */
static struct weir_where entry_where(lua_State *L, struct weir_where where, struct weir_bytes name)
{
	switch (lua_type(L, -1)) {
	case LUA_TBOOLEAN:
	case LUA_TNUMBER:
	case LUA_TTABLE: return place_of_entry(script_of(L), where, name);
	case LUA_TFUNCTION:
		return lua_iscfunction(L, -1) ? place_of_entry(script_of(L), where, name) : where;
	default: return where;
	}
}

struct rule_table *row_table(lua_State *L, int index, struct weir_where where,
                             enum row_texts texts)
{
	struct script *script = script_of(L);
	struct rule_table *table;
	struct key *keys;

	if (lua_type(L, index) != LUA_TTABLE)
		return NULL;
	luaL_checkstack(L, 8, NULL);
	lua_pushvalue(L, index);
	script_thaw(L, -1);
	index = lua_gettop(L);
	table = weir_arena_alloc(script->arena, sizeof *table);
	keys = sorted_keys(L, index, where, texts, &table->count);
	table->entries = weir_arena_alloc(script->arena,
	                                  (table->count + 1) * sizeof *table->entries);
	for (size_t i = 0; i < table->count; i++) {
		push_key(L, &keys[i]);
		lua_rawget(L, index);
		table->entries[i] = (struct rule_entry){ .name = keys[i].name };
		table->entries[i].word = row_in(L, -1, entry_where(L, where, keys[i].name), texts);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return table;
}

/* ---- anything ------------------------------------------------------------------------------- */

static struct rule_word *path_row(lua_State *L, int index, struct weir_where where)
{
	struct script *script = script_of(L);
	struct rule_word *word = row_new(script, RULE_PATH, where);

	word->text = row_text(L, index);
	if (memchr(word->text.data, '\0', word->text.len)) {
		row_mistake(L, where, "a path has no zero byte");
		word->op = RULE_UNKNOWN;
	}
	word->where = place_of_text(script, where, word->text);
	if (word->where.line == where.line && word->where.column == where.column)
		word->where.line = 0;
	return word;
}

static struct rule_word *table_row(lua_State *L, int index, struct weir_where where)
{
	struct script *script = script_of(L);
	struct rule_word *word = row_new(script, RULE_OBJECT, (struct weir_where){ 0 });

	if (script->table_depth >= DEPTH_MAX) {
		row_mistake(L, where, "tables nest more than %d deep", DEPTH_MAX);
		return unknown_row(L, where);
	}
	script->table_depth++;
	word->table = row_table(L, index, where, ROW_PATHS);
	script->table_depth--;
	return word;
}

static struct rule_word *row_in(lua_State *L, int index, struct weir_where where,
                                enum row_texts texts)
{
	struct rule_word *word = row_at(L, index);

	if (word)
		return word;
	if (script_is_unknown(L, index))
		return unknown_row(L, where);
	if (texts == ROW_CONSTS && (word = row_const(L, index, where)) != NULL)
		return word;
	switch (lua_type(L, index)) {
	case LUA_TSTRING: return path_row(L, index, where);
	case LUA_TFUNCTION:
		if (!lua_iscfunction(L, index))
			return function_row(L, index, where);
		row_mistake(L, where, "a word stands alone here; write what it works on behind it, as "
		                      "in lower \"actor.alternateId\"");
		break;
	case LUA_TTABLE: return table_row(L, index, where);
	case LUA_TNIL:
	case LUA_TNONE:
		row_mistake(L, where, "a row is missing here (nil); is a name misspelled?");
		break;
	default:
		row_mistake(L, where, "%s is no row; write const %s",
		            lua_type(L, index) == LUA_TBOOLEAN ? "a boolean" : "a number",
		            lua_type(L, index) == LUA_TBOOLEAN
		                    ? (lua_toboolean(L, index) ? "true" : "false")
		                    : row_text(L, index).data ? row_text(L, index).data : "…");
		break;
	}
	return unknown_row(L, where);
}

struct rule_word *row_of(lua_State *L, int index, struct weir_where where)
{
	return row_in(L, index, where, ROW_PATHS);
}

struct rule_word *row_or_const(lua_State *L, int index, struct weir_where where)
{
	return row_in(L, index, where, ROW_CONSTS);
}
