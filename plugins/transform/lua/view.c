/* view.c - values of events in Lua, read as far as a function asks for them.
 *
 * An object or list is a view; texts, numbers and booleans are Lua's own. A view of the event's
 * page is a number in a light userdata, which costs nothing; any other is a small userdata. nil
 * can be indexed: reading through what is not there gives nil at any depth.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <string.h>

static const char view_type[] = "weir.view";

/* A rule may keep a view, but not read it once its event is gone. */
struct view {
	struct weir_value value;
	uint64_t epoch;
};

/* ---- light views ------------------------------------------------------------------------------ */

/* A bit that no pointer of a process has, the epoch, and the value's entry in the page. */
#define LIGHT ((uint64_t)1 << 63)
#define ENTRY_BITS 32
_Static_assert(sizeof(void *) == sizeof(uint64_t), "a light view is as long as a pointer");

static bool push_light(lua_State *L, const struct script *script, struct weir_value v)
{
	uint32_t entry;

	if (!weir_value_entry(script->run->event->event, v, &entry))
		return false;
	lua_pushlightuserdata(L, (void *)(LIGHT | script->epoch << ENTRY_BITS | entry)); /* NOLINT */
	return true;
}

/* A light view, or 0. */
static uint64_t light_at(lua_State *L, int index)
{
	uint64_t bits = (uint64_t)lua_touserdata(L, index);

	return bits & LIGHT ? bits : 0;
}

/* ---- to Lua --------------------------------------------------------------------------------- */

static struct pushed *pushed_number(struct script *script, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof bits);
	return &script->pushed[(bits ^ bits >> 32) % SCRIPT_PUSHED];
}

bool view_recall_number(struct script *script, double number, struct weir_value *v)
{
	const struct pushed *pushed = pushed_number(script, number);

	if (pushed->data || pushed->epoch != script->epoch ||
	    memcmp(&pushed->number, &number, sizeof number) != 0)
		return false;
	*v = pushed->value;
	return true;
}

/* A number with a fraction that comes back is written as it was spelled. */
static void push_number(lua_State *L, struct script *script, struct weir_value v)
{
	int64_t whole;
	double number = 0;

	if (weir_value_int(v, &whole)) {
		lua_pushinteger(L, whole);
		return;
	}
	weir_value_double(v, &number);
	lua_pushnumber(L, number);
	*pushed_number(script, number) = (struct pushed){ NULL, number, script->epoch, v };
}

static size_t place_of(const char *data)
{
	return (uintptr_t)data / 16 % SCRIPT_PUSHED;
}

/* A text that comes back as it was given is written as it stands in the page. */
static void push_text(lua_State *L, struct script *script, struct weir_value v)
{
	struct weir_bytes text;
	const char *data;

	weir_value_text(v, script->run->arena, &text);
	data = lua_pushlstring(L, text.data, text.len);
	script->pushed[place_of(data)] = (struct pushed){ data, 0, script->epoch, v };
}

bool view_recall(const struct script *script, struct weir_bytes text, struct weir_value *v)
{
	const struct pushed *pushed = &script->pushed[place_of(text.data)];
	struct weir_bytes raw;

	if (pushed->data != text.data || pushed->epoch != script->epoch)
		return false;
	/* Lua may have put another text there since. Escapes aside: halves of surrogate pairs
	 * are not what they were. */
	raw = weir_value_raw(pushed->value);
	if (raw.len != text.len + 2 || memcmp(raw.data + 1, text.data, text.len) != 0)
		return false;
	*v = pushed->value;
	return true;
}

void view_push(lua_State *L, struct weir_value v)
{
	struct script *script = script_of(L);
	struct view *view;
	bool yes = false;

	switch ((enum weir_kind_of_value)v.kind) {
	case WEIR_ABSENT:
	case WEIR_NULL: lua_pushnil(L); break;
	case WEIR_BOOLEAN:
		weir_value_bool(v, &yes);
		lua_pushboolean(L, yes);
		break;
	case WEIR_NUMBER: push_number(L, script, v); break;
	case WEIR_TEXT: push_text(L, script, v); break;
	case WEIR_ARRAY:
	case WEIR_OBJECT:
		if (push_light(L, script, v))
			break;
		view = lua_newuserdatauv(L, sizeof *view, 0);
		*view = (struct view){ v, script->epoch };
		lua_rawgetp(L, LUA_REGISTRYINDEX, view_type);
		lua_setmetatable(L, -2);
		break;
	}
}

static void check_epoch(lua_State *L, uint64_t epoch)
{
	if (epoch != script_of(L)->epoch)
		luaL_error(L, "this is of an earlier event; a rule has no memory");
}

struct weir_value view_value(lua_State *L, int index)
{
	uint64_t light = light_at(L, index);
	const struct view *view;

	if (light) {
		check_epoch(L, (light & ~LIGHT) >> ENTRY_BITS);
		return weir_value_of_entry(script_of(L)->run->event->event, (uint32_t)light);
	}
	if (lua_islightuserdata(L, index))
		luaL_error(L, "this is no object or list");
	view = lua_touserdata(L, index);
	check_epoch(L, view->epoch);
	return view->value;
}

bool view_is(lua_State *L, int index)
{
	bool is;

	if (light_at(L, index))
		return true;
	if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
		return false;
	lua_rawgetp(L, LUA_REGISTRYINDEX, view_type);
	is = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return is;
}

static int view_index(lua_State *L)
{
	struct weir_value v = view_value(L, 1);
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
	lua_pushinteger(L, (lua_Integer)weir_value_count(view_value(L, 1)));
	return 1;
}

static int view_equal(lua_State *L)
{
	lua_pushboolean(L, view_is(L, 1) && view_is(L, 2) &&
	                           weir_value_equal(view_value(L, 1), view_value(L, 2)));
	return 1;
}

static int view_text(lua_State *L)
{
	struct rule_run *run = script_of(L)->run;
	struct weir_value v = view_value(L, 1);

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
	lua_pushlightuserdata(L, NULL);
	lua_pushvalue(L, -2);
	lua_setmetatable(L, -2); /* of all light userdata */
	lua_pop(L, 1);
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

	quota_watch(&script_of(L)->quota, L);
	*walk = (struct walk){ .each = weir_each(view_value(L, 1)), .epoch = script_of(L)->epoch };
	lua_pushcclosure(L, walk_next, 1);
	return 1;
}

/* A short list is walked by place, without a state. */
enum { SHORT = 8 };

static int short_next(lua_State *L)
{
	lua_Integer place = lua_tointeger(L, 2) + 1;
	struct weir_value v = weir_value_at(view_value(L, 1), (size_t)place - 1);

	if (weir_is_absent(v))
		return 0;
	lua_pushinteger(L, place);
	view_push(L, v);
	return 2;
}

static int push_walk_of_list(lua_State *L)
{
	struct weir_value v = view_value(L, 1);

	if (v.kind != WEIR_ARRAY || !weir_is_absent(weir_value_at(v, SHORT)))
		return push_walk(L);
	lua_pushcfunction(L, short_next);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, 0);
	return 3;
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
	if (view_is(L, 1))
		return push_walk_of_list(L);
	if (lua_type(L, 1) != LUA_TTABLE) {
		lua_pushcfunction(L, nothing);
		return 1;
	}
	quota_watch(&script_of(L)->quota, L);
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
	if (view_is(L, 1))
		return push_walk(L);
	script_thaw(L, 1);
	if (lua_type(L, 1) != LUA_TTABLE) {
		lua_pushcfunction(L, nothing);
		return 1;
	}
	quota_watch(&script_of(L)->quota, L);
	push_keys(L);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_next, 3);
	return 1;
}

/* next(t): enough to ask whether there is anything. */
static int next(lua_State *L)
{
	lua_settop(L, 2);
	if (view_is(L, 1)) {
		if (weir_value_count(view_value(L, 1)) == 0)
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
