/* sandbox.c - a Lua state in which a rule can do no harm.
 *
 * Rules get the words and a choice of Lua's libraries as globals, all frozen. They cannot set
 * metatables, load code, catch errors or reach files, time and chance.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <stdlib.h>
#include <string.h>

static const char unknown_type[] = "weir.unknown";

/* ---- frozen tables --------------------------------------------------------------------------- */

static int refuse_change(lua_State *L)
{
	return luaL_error(L, "this table cannot be changed");
}

static int frozen_len(lua_State *L)
{
	script_thaw(L, 1);
	lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
	return 1;
}

void script_thaw(lua_State *L, int index)
{
	index = lua_absindex(L, index);
	if (lua_type(L, index) == LUA_TTABLE && luaL_getmetafield(L, index, "__frozen") != LUA_TNIL)
		lua_replace(L, index);
}

/* Freezes the tables in the one at the top first. Tables that are frozen already have a
 * metatable, so that circles end. */
void script_freeze(lua_State *L)
{
	int table = lua_gettop(L);

	luaL_checkstack(L, 12, "the module nests too deep");
	if (lua_getmetatable(L, table)) {
		lua_pop(L, 1);
		return;
	}
	lua_newtable(L); /* what stands for it */
	lua_createtable(L, 0, 6);
	lua_pushvalue(L, table);
	lua_setfield(L, -2, "__index");
	lua_pushvalue(L, table);
	lua_setfield(L, -2, "__frozen");
	lua_pushcfunction(L, refuse_change);
	lua_setfield(L, -2, "__newindex");
	lua_pushcfunction(L, frozen_len);
	lua_setfield(L, -2, "__len");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, table + 1);
	/* Met again inside itself, the table is found by this mark. */
	lua_newtable(L);
	lua_pushvalue(L, table + 1);
	lua_setfield(L, -2, "__frozen_as");
	lua_setmetatable(L, table);
	for (lua_pushnil(L); lua_next(L, table);) {
		if (lua_type(L, -1) != LUA_TTABLE) {
			lua_pop(L, 1);
			continue;
		}
		if (luaL_getmetafield(L, -1, "__frozen_as") != LUA_TNIL)
			lua_replace(L, -2);
		else
			script_freeze(L);
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, table);
	}
	lua_replace(L, table);
}

/* ---- what does not exist ------------------------------------------------------------------------ */

bool script_is_unknown(lua_State *L, int index)
{
	return luaL_testudata(L, index, unknown_type) != NULL;
}

/* Whatever is done with it, it stays what it is, so that loading goes on. */
static int unknown_again(lua_State *L)
{
	script_push_unknown(L);
	return 1;
}

static int unknown_text(lua_State *L)
{
	lua_pushliteral(L, "?");
	return 1;
}

static int unknown_nothing(lua_State *L)
{
	(void)L;
	return 0;
}

void script_push_unknown(lua_State *L)
{
	static const char *const events[] = { "__index", "__call",  "__concat", "__add", "__sub",
		                              "__mul",   "__div",   "__idiv",   "__mod", "__pow",
		                              "__unm",   NULL };

	lua_newuserdatauv(L, 1, 0);
	if (luaL_newmetatable(L, unknown_type)) {
		for (size_t i = 0; events[i]; i++) {
			lua_pushcfunction(L, unknown_again);
			lua_setfield(L, -2, events[i]);
		}
		lua_pushcfunction(L, unknown_text);
		lua_setfield(L, -2, "__tostring");
		lua_pushcfunction(L, unknown_nothing);
		lua_setfield(L, -2, "__newindex");
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	lua_setmetatable(L, -2);
}

/* A global that does not exist. While loading it is a mistake among others. */
static int missing_global(lua_State *L)
{
	struct script *script = script_of(L);
	const char *name = luaL_tolstring(L, 2, NULL);
	struct weir_where where;
	const struct scan *scan;
	ptrdiff_t token;

	if (script->phase == SCRIPT_RUNNING)
		return luaL_error(L, "unknown word '%s'", name);
	where = place_of_level(L, 1);
	scan = place_scan(script, where.file);
	token = scan ? scan_name(scan, where.line, name) : SCAN_NOWHERE;
	if (token != SCAN_NOWHERE)
		script_tell_unknown(script, scan, &scan->tokens[token]);
	else
		row_mistake(L, where, "unknown word '%s'%s", name,
		            script_word_hint(script->arena, name));
	script_push_unknown(L);
	return 1;
}

static int new_global(lua_State *L)
{
	struct script *script = script_of(L);
	const char *name = luaL_tolstring(L, 2, NULL);

	if (script->phase == SCRIPT_RUNNING)
		return luaL_error(L, "'%s' is not local; write local %s", name, name);
	row_mistake(L, place_of_call(L, name), "'%s' is not local; write local %s", name, name);
	return 0;
}

/* ---- libraries -------------------------------------------------------------------------------------- */

/* Functions of Lua that are kept. Those with a cost do work in C that no hook sees: before
 * they run, they are charged for the length of the text, or of the list, that they get. */
static const struct kept {
	const char *library; /* "" is _G */
	const char *name;
	int cost;
} kept[] = {
	{ "", "assert", 0 },         { "", "error", 0 },        { "", "ipairs", 0 },
	{ "", "select", 0 },         { "", "tonumber", 1 },     { "", "tostring", 1 },
	{ "", "type", 0 },           { "math", "abs", 0 },      { "math", "acos", 0 },
	{ "math", "asin", 0 },       { "math", "atan", 0 },     { "math", "ceil", 0 },
	{ "math", "cos", 0 },        { "math", "deg", 0 },      { "math", "exp", 0 },
	{ "math", "floor", 0 },      { "math", "fmod", 0 },     { "math", "huge", 0 },
	{ "math", "log", 0 },        { "math", "max", 0 },      { "math", "maxinteger", 0 },
	{ "math", "min", 0 },        { "math", "mininteger", 0 }, { "math", "modf", 0 },
	{ "math", "pi", 0 },         { "math", "rad", 0 },      { "math", "sin", 0 },
	{ "math", "sqrt", 0 },       { "math", "tan", 0 },      { "math", "tointeger", 0 },
	{ "math", "type", 0 },       { "math", "ult", 0 },      { "string", "byte", 1 },
	{ "string", "char", 0 },     { "string", "format", 1 }, { "string", "len", 0 },
	{ "string", "lower", 1 },    { "string", "reverse", 1 }, { "string", "sub", 0 },
	{ "string", "upper", 1 },    { "table", "concat", 1 },  { "table", "insert", 0 },
	{ "table", "pack", 0 },      { "table", "remove", 1 },  { "table", "sort", 20 },
	{ "table", "unpack", 1 },    { "utf8", "char", 0 },     { "utf8", "charpattern", 0 },
	{ "utf8", "codepoint", 1 },  { "utf8", "codes", 0 },    { "utf8", "len", 1 },
	{ "utf8", "offset", 1 },
};

/* Bytes of text that cost as much as an instruction; and results that cost nothing. table.unpack gives
 * as many as it is asked for, whatever the length of its list. */
enum { BYTES_A_STEP = 8, FEW_RESULTS = 32 };

static int charged(lua_State *L)
{
	int count = lua_gettop(L);
	lua_Integer cost = lua_tointeger(L, lua_upvalueindex(2)), steps = 0;

	for (int i = 1; i <= count; i++) {
		if (lua_type(L, i) == LUA_TSTRING)
			steps += (lua_Integer)(lua_rawlen(L, i) / BYTES_A_STEP);
		else if (lua_type(L, i) == LUA_TTABLE)
			steps += (lua_Integer)lua_rawlen(L, i) * cost;
	}
	if (steps)
		quota_charge(&script_of(L)->quota, L, steps);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, count, LUA_MULTRET);
	count = lua_gettop(L);
	if (count > FEW_RESULTS)
		quota_charge(&script_of(L)->quota, L, count);
	return count;
}

/* table.insert moves what is behind a place, but appending is cheap. */
static int charged_insert(lua_State *L)
{
	int count = lua_gettop(L);

	if (count > 2 && lua_type(L, 1) == LUA_TTABLE)
		quota_charge(&script_of(L)->quota, L, (lua_Integer)lua_rawlen(L, 1));
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, count, 0);
	return 0;
}

/* Puts a function of Lua into the table at the top. */
static void keep(lua_State *L, const struct kept *one)
{
	lua_getglobal(L, *one->library ? one->library : "_G");
	lua_getfield(L, -1, one->name);
	lua_remove(L, -2);
	if (strcmp(one->name, "insert") == 0) {
		lua_pushcclosure(L, charged_insert, 1);
	} else if (one->cost) {
		lua_pushinteger(L, one->cost);
		lua_pushcclosure(L, charged, 2);
	}
	lua_setfield(L, -2, one->name);
}

static void keep_library(lua_State *L, const char *library, const luaL_Reg *more)
{
	lua_newtable(L);
	for (size_t i = 0; i < WEIR_COUNT(kept); i++) {
		if (strcmp(kept[i].library, library) == 0)
			keep(L, &kept[i]);
	}
	if (more)
		luaL_setfuncs(L, more, 0);
}

static const luaL_Reg global_functions[] = {
	{ "drop", verdict_drop },
	{ "reject", verdict_reject },
	{ "require", script_require },
	{ NULL, NULL },
};

static const char *const libraries[] = { "math", "string", "table", "utf8", "weir", NULL };

/* Methods of texts are the same functions as in `string`. */
static void set_string_methods(lua_State *L)
{
	lua_pushliteral(L, "");
	lua_getmetatable(L, -1);
	keep_library(L, "string", string_functions);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 2);
}

static void set_env(lua_State *L)
{
	keep_library(L, "", global_functions);
	luaL_setfuncs(L, view_functions, 0);
	words_add(L);
	for (size_t i = 0; libraries[i]; i++) {
		keep_library(L, libraries[i], strcmp(libraries[i], "string") == 0 ? string_functions
		                              : strcmp(libraries[i], "weir") == 0 ? helper_functions
		                                                                  : NULL);
		script_freeze(L);
		lua_setfield(L, -2, libraries[i]);
	}
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, missing_global);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_newtable(L); /* what rules see: empty, so that every change is noticed */
	lua_createtable(L, 0, 3);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, new_global);
	lua_setfield(L, -2, "__newindex");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	script_of(L)->env = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pop(L, 1);
}

static int open_state(lua_State *L)
{
	luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
	luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
	luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
	luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
	luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
	lua_settop(L, 0);
	set_env(L);
	set_string_methods(L);
	view_open(L);
	/* Most of what a rule makes dies with the event. */
	lua_gc(L, LUA_GCGEN, 0, 0);
	return 0;
}

struct script *script_create(struct library *library, enum script_phase phase,
                             struct weir_arena *arena, struct rule_report *report)
{
	struct script *script = weir_alloc(sizeof *script);

	*script = (struct script){ .library = library, .phase = phase, .arena = arena,
		                   .report = report };
	script->quota.limit = script->quota.churn = SIZE_MAX;
	script->L = lua_newstate(quota_alloc, &script->quota);
	if (!script->L)
		goto fail;
	*(struct script **)lua_getextraspace(script->L) = script;
	lua_pushcfunction(script->L, open_state);
	if (lua_pcall(script->L, 0, 0, 0) != LUA_OK)
		goto fail;
	return script;

fail:
	script_destroy(script);
	return NULL;
}

void script_destroy(struct script *script)
{
	if (!script)
		return;
	if (script->L)
		lua_close(script->L);
	quota_finish(&script->quota);
	weir_free(script);
}

/* ---- names ---------------------------------------------------------------------------------------------- */

static void add_names(const char **names, size_t *count, const luaL_Reg *functions)
{
	for (; functions->name; functions++)
		names[(*count)++] = functions->name;
}

const char *const *script_names(struct weir_arena *arena)
{
	enum { ENOUGH = 128 };
	const char **names = weir_arena_alloc(arena, ENOUGH * sizeof *names);
	size_t count = 0;

	for (size_t i = 0; words_name(i); i++)
		names[count++] = words_name(i);
	for (size_t i = 0; i < WEIR_COUNT(kept); i++) {
		if (!*kept[i].library)
			names[count++] = kept[i].name;
	}
	for (size_t i = 0; libraries[i]; i++)
		names[count++] = libraries[i];
	add_names(names, &count, global_functions);
	add_names(names, &count, view_functions);
	weir_must(count < ENOUGH);
	names[count] = NULL;
	return names;
}

const char *script_word_hint(struct weir_arena *arena, const char *word)
{
	static const struct {
		const char *word, *hint;
	} others[] = {
		{ "print", "; rules print nothing: weir map --explain shows what each row gives" },
		{ "null", "; a row that is absent is left out; in a function write nil" },
		{ "None", "; a row that is absent is left out; in a function write nil" },
		{ "pcall", "; rules cannot catch errors: write maybe(…)" },
	};
	static const char *const missing[] = { "os", "io", "debug", "load", "loadstring", "dofile",
		                               "loadfile", "coroutine", "package", "setmetatable",
		                               "getmetatable", "rawget", "rawset", "_G", NULL };
	const char *hint;

	for (size_t i = 0; i < WEIR_COUNT(others); i++) {
		if (strcmp(word, others[i].word) == 0)
			return others[i].hint;
	}
	for (size_t i = 0; missing[i]; i++) {
		if (strcmp(word, missing[i]) == 0)
			return "; rules have the event, the record and settings, and nothing else of Lua's";
	}
	hint = rule_did_you_mean(arena, word, script_names(arena));
	return *hint ? hint : "; write text in quotes";
}
