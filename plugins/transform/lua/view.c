/* view.c - values of events in Lua, read as far as a function asks for them.
 *
 * An object or list is a view, a small userdata over the page; texts, numbers and booleans are
 * Lua's own. nil can be indexed: reading through what is not there gives nil at any depth.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char view_type[] = "weir.view";

/* A rule may keep a view, but not read it once its event is gone. */
struct view {
	struct weir_value value;
	uint64_t epoch;
};

/* ---- to Lua --------------------------------------------------------------------------------- */

static void push_number(lua_State *L, struct weir_value v)
{
	int64_t whole;
	double number = 0;

	if (weir_value_int(v, &whole)) {
		lua_pushinteger(L, whole);
		return;
	}
	weir_value_double(v, &number);
	lua_pushnumber(L, number);
}

void view_push(lua_State *L, struct weir_value v)
{
	struct script *script = script_of(L);
	struct weir_bytes text;
	struct view *view;
	bool yes = false;

	switch ((enum weir_kind_of_value)v.kind) {
	case WEIR_ABSENT:
	case WEIR_NULL: lua_pushnil(L); break;
	case WEIR_BOOLEAN:
		weir_value_bool(v, &yes);
		lua_pushboolean(L, yes);
		break;
	case WEIR_NUMBER: push_number(L, v); break;
	case WEIR_TEXT:
		weir_value_text(v, script->run->arena, &text);
		lua_pushlstring(L, text.data, text.len);
		break;
	case WEIR_ARRAY:
	case WEIR_OBJECT:
		view = lua_newuserdatauv(L, sizeof *view, 0);
		*view = (struct view){ v, script->epoch };
		lua_rawgetp(L, LUA_REGISTRYINDEX, view_type);
		lua_setmetatable(L, -2);
		break;
	}
}

static struct weir_value value_of(lua_State *L, int index)
{
	struct view *view = lua_touserdata(L, index);

	if (view->epoch != script_of(L)->epoch)
		luaL_error(L, "this is of an earlier event; a rule has no memory");
	return view->value;
}

static bool is_view(lua_State *L, int index)
{
	bool is;

	if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
		return false;
	lua_rawgetp(L, LUA_REGISTRYINDEX, view_type);
	is = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return is;
}

static int view_index(lua_State *L)
{
	struct weir_value v = value_of(L, 1);
	struct weir_bytes key;

	if (lua_type(L, 2) == LUA_TSTRING) {
		key.data = lua_tolstring(L, 2, &key.len);
		view_push(L, weir_value_member(v, key));
	} else if (lua_isinteger(L, 2) && lua_tointeger(L, 2) > 0) {
		view_push(L, weir_value_at(v, (size_t)lua_tointeger(L, 2) - 1));
	} else {
		lua_pushnil(L);
	}
	return 1;
}

static int view_len(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)weir_value_count(value_of(L, 1)));
	return 1;
}

static int view_equal(lua_State *L)
{
	lua_pushboolean(L, is_view(L, 1) && is_view(L, 2) &&
	                           weir_value_equal(value_of(L, 1), value_of(L, 2)));
	return 1;
}

static int view_text(lua_State *L)
{
	struct rule_run *run = script_of(L)->run;
	struct weir_value v = value_of(L, 1);

	run->scratch.len = 0;
	weir_value_render(v, &run->scratch);
	lua_pushlstring(L, run->scratch.data, run->scratch.len);
	return 1;
}

static int view_change(lua_State *L)
{
	return luaL_error(L, "an event or record is read-only");
}

static int nothing(lua_State *L)
{
	(void)L;
	return 0;
}

/* nil, numbers and booleans may be indexed, and then hold nothing. */
static void index_nothing(lua_State *L)
{
	lua_createtable(L, 0, 2);
	lua_pushcfunction(L, nothing);
	lua_setfield(L, -2, "__index");
	lua_pushnil(L);
	lua_pushvalue(L, -2);
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
	lua_pushinteger(L, 0);
	lua_pushvalue(L, -2);
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
	lua_pushboolean(L, 0);
	lua_pushvalue(L, -2);
	lua_setmetatable(L, -2);
	lua_pop(L, 2);
}

void view_open(lua_State *L)
{
	static const luaL_Reg events[] = {
		{ "__index", view_index },  { "__len", view_len },
		{ "__eq", view_equal },     { "__tostring", view_text },
		{ "__newindex", view_change }, { NULL, NULL },
	};

	lua_createtable(L, 0, 8);
	luaL_setfuncs(L, events, 0);
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pushliteral(L, "an object or list");
	lua_setfield(L, -2, "__name");
	lua_rawsetp(L, LUA_REGISTRYINDEX, view_type);
	index_nothing(L);
}

/* ---- walking ------------------------------------------------------------------------------------ */

/* The state of a walk over a view. */
struct walk {
	struct weir_each each;
	uint64_t epoch;
	lua_Integer place;
};

static int walk_next(lua_State *L)
{
	struct script *script = script_of(L);
	struct walk *walk = lua_touserdata(L, lua_upvalueindex(1));
	struct weir_bytes key;

	if (walk->epoch != script->epoch)
		return luaL_error(L, "this is of an earlier event; a rule has no memory");
	if (!weir_next(&walk->each))
		return 0;
	if (walk->each.of.kind == WEIR_OBJECT) {
		key = weir_each_key(&walk->each, script->run->arena);
		lua_pushlstring(L, key.data, key.len);
	} else {
		lua_pushinteger(L, ++walk->place);
	}
	view_push(L, walk->each.value);
	return 2;
}

static int push_walk(lua_State *L)
{
	struct walk *walk = lua_newuserdatauv(L, sizeof *walk, 0);

	*walk = (struct walk){ .each = weir_each(value_of(L, 1)), .epoch = script_of(L)->epoch };
	lua_pushcclosure(L, walk_next, 1);
	return 1;
}

/* each(list): index and element, of nothing too. */
static int list_next(lua_State *L)
{
	lua_Integer i = luaL_checkinteger(L, 2) + 1;

	lua_pushinteger(L, i);
	return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int each(lua_State *L)
{
	luaL_checkstack(L, 8, NULL);
	if (is_view(L, 1))
		return push_walk(L);
	if (lua_type(L, 1) != LUA_TTABLE) {
		lua_pushcfunction(L, nothing);
		return 1;
	}
	lua_pushcfunction(L, list_next);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, 0);
	return 3;
}

/* ---- pairs: always in the same order -------------------------------------------------------------- */

static int key_order(lua_State *L)
{
	int a = lua_type(L, 1), b = lua_type(L, 2);

	lua_pushboolean(L, a != b ? a < b
	                   : a == LUA_TNUMBER || a == LUA_TSTRING
	                       ? lua_compare(L, 1, 2, LUA_OPLT)
	                       : a == LUA_TBOOLEAN && !lua_toboolean(L, 1) && lua_toboolean(L, 2));
	return 1;
}

static int pairs_next(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(3)) + 1;

	lua_pushinteger(L, i);
	lua_replace(L, lua_upvalueindex(3));
	if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
		return 0;
	lua_pushvalue(L, -1);
	lua_rawget(L, lua_upvalueindex(1));
	return 2;
}

/* A list of the keys of the table at index 1, sorted. */
static void push_keys(lua_State *L)
{
	lua_Integer count = 0;

	lua_newtable(L);
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		lua_pushvalue(L, -2);
		lua_rawseti(L, -4, ++count);
	}
	quota_charge(&script_of(L)->quota, L, count * 4);
	lua_getglobal(L, "table");
	lua_getfield(L, -1, "sort");
	lua_remove(L, -2);
	lua_pushvalue(L, -2);
	lua_pushcfunction(L, key_order);
	lua_call(L, 2, 0);
}

static int pairs(lua_State *L)
{
	lua_settop(L, 1);
	luaL_checkstack(L, 12, NULL);
	if (is_view(L, 1))
		return push_walk(L);
	script_thaw(L, 1);
	if (lua_type(L, 1) != LUA_TTABLE) {
		lua_pushcfunction(L, nothing);
		return 1;
	}
	push_keys(L);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_next, 3);
	return 1;
}

/* next(t): enough to ask whether there is anything. */
static int next(lua_State *L)
{
	lua_settop(L, 2);
	if (is_view(L, 1)) {
		if (weir_value_count(value_of(L, 1)) == 0)
			return 0;
		push_walk(L);
		lua_call(L, 0, 2);
		return 2;
	}
	script_thaw(L, 1);
	if (lua_type(L, 1) != LUA_TTABLE)
		return 0;
	return lua_next(L, 1) ? 2 : 0;
}

const luaL_Reg view_functions[] = {
	{ "each", each },
	{ "pairs", pairs },
	{ "next", next },
	{ NULL, NULL },
};

/* ---- from Lua ---------------------------------------------------------------------------------------- */

enum { DEPTH_MAX = 64, BYTES_A_STEP = 8 };

struct taker {
	lua_State *L;
	struct weir_arena *arena;
	const char *why;
	int depth;
};

static bool no_value(struct taker *t, const char *why)
{
	t->why = why;
	return false;
}

static bool take(struct taker *t, int index, struct weir_value *v);

static bool take_text(struct taker *t, int index, struct weir_value *v)
{
	struct weir_bytes text;

	text.data = lua_tolstring(t->L, index, &text.len);
	quota_charge(&script_of(t->L)->quota, t->L, (int64_t)(text.len / BYTES_A_STEP));
	if (!rule_is_utf8(text))
		return no_value(t, "a text that is not UTF-8");
	*v = weir_make_text(t->arena, text);
	return true;
}

static bool take_list(struct taker *t, int index, size_t len, struct weir_value *v)
{
	*v = weir_make_array(t->arena);
	for (size_t i = 1; i <= len; i++) {
		struct weir_value element;
		bool fine;

		lua_rawgeti(t->L, index, (lua_Integer)i);
		fine = take(t, -1, &element);
		lua_pop(t->L, 1);
		if (!fine)
			return false;
		if (!weir_is_absent(element))
			weir_array_push(t->arena, *v, element);
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	return rule_bytes_compare(*(const struct weir_bytes *)a, *(const struct weir_bytes *)b);
}

/* Names in order, because Lua's differs from run to run. */
static bool take_object(struct taker *t, int index, size_t count, struct weir_value *v)
{
	struct weir_bytes *names = weir_arena_alloc(t->arena, count * sizeof *names);
	lua_State *L = t->L;
	size_t i = 0;

	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING) {
			lua_pop(L, 2);
			return no_value(t, "a table with both names and places, or other keys");
		}
		names[i].data = lua_tolstring(L, -2, &names[i].len);
		if (!rule_is_utf8(names[i])) {
			lua_pop(L, 2);
			return no_value(t, "a name that is not UTF-8");
		}
		i++;
	}
	qsort(names, count, sizeof *names, by_name);
	*v = weir_make_object(t->arena, count);
	for (i = 0; i < count; i++) {
		struct weir_value member;
		bool fine;

		lua_pushlstring(L, names[i].data, names[i].len);
		lua_rawget(L, index);
		fine = take(t, -1, &member);
		lua_pop(L, 1);
		if (!fine)
			return false;
		if (!weir_is_absent(member))
			weir_object_put(t->arena, *v, names[i], member);
	}
	return true;
}

/* An empty table is nothing: whether it would be a list or an object, nobody knows. */
static bool take_table(struct taker *t, int index, struct weir_value *v)
{
	lua_State *L = t->L;
	size_t count = 0, len;
	bool fine;

	if (++t->depth > DEPTH_MAX)
		return no_value(t, "tables that nest too deep, or hold themselves");
	luaL_checkstack(L, 8, NULL);
	lua_pushvalue(L, index);
	script_thaw(L, -1);
	index = lua_gettop(L);
	len = lua_rawlen(L, index);
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
		count++;
	quota_charge(&script_of(L)->quota, L, (int64_t)count + 1);
	*v = (struct weir_value){ 0 };
	fine = count == 0 || (len == count ? take_list(t, index, len, v)
	                                   : take_object(t, index, count, v));
	lua_settop(L, index - 1);
	t->depth--;
	return fine;
}

static bool take(struct taker *t, int index, struct weir_value *v)
{
	lua_State *L = t->L;
	double number;

	index = lua_absindex(L, index);
	*v = (struct weir_value){ 0 };
	switch (lua_type(L, index)) {
	case LUA_TNIL: return true;
	case LUA_TBOOLEAN: *v = weir_make_bool(lua_toboolean(L, index)); return true;
	case LUA_TNUMBER:
		if (lua_isinteger(L, index)) {
			*v = weir_make_int(t->arena, lua_tointeger(L, index));
			return true;
		}
		number = lua_tonumber(L, index);
		if (!isfinite(number))
			return no_value(t, "a number that is not finite");
		*v = weir_make_double(t->arena, number);
		return true;
	case LUA_TSTRING: return take_text(t, index, v);
	case LUA_TTABLE: return take_table(t, index, v);
	case LUA_TUSERDATA:
		if (is_view(L, index)) {
			*v = value_of(L, index);
			return true;
		}
		return no_value(t, row_at(L, index) ? "a word; words describe rows and do nothing "
		                                      "in a function"
		                                    : "something that is no value");
	default: return no_value(t, "a function");
	}
}

bool view_take(lua_State *L, int index, struct weir_arena *arena, struct weir_value *v,
               const char **why)
{
	struct taker t = { .L = L, .arena = arena };

	if (take(&t, index, v))
		return true;
	*why = t.why;
	return false;
}
