/* take.c - from Lua's values to values of records.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* shape describes the members of an object, or of the objects of a list, or is NULL. */
static bool take(struct taker *t, int index, const struct schema_shape *shape,
                 struct weir_value *v);

static bool take_text(struct taker *t, int index, struct weir_value *v)
{
	struct weir_bytes text;

	text.data = lua_tolstring(t->L, index, &text.len);
	if (view_recall(script_of(t->L), text, v))
		return true;
	quota_charge(&script_of(t->L)->quota, t->L, (int64_t)(text.len / BYTES_A_STEP));
	if (!rule_is_utf8(text))
		return no_value(t, "a text that is not UTF-8");
	*v = weir_make_text(t->arena, text);
	return true;
}

static bool take_list(struct taker *t, int index, size_t len, const struct schema_shape *shape,
                      struct weir_value *v)
{
	*v = weir_make_array(t->arena);
	for (size_t i = 1; i <= len; i++) {
		struct weir_value element;
		bool fine;

		lua_rawgeti(t->L, index, (lua_Integer)i);
		fine = take(t, -1, shape, &element);
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
		fine = take(t, -1, NULL, &member);
		lua_pop(L, 1);
		if (!fine)
			return false;
		if (!weir_is_absent(member))
			weir_object_put(t->arena, *v, names[i], member);
	}
	return true;
}

/* Pushes the names of a shape's fields, as a list that the state keeps. */
static void push_names(lua_State *L, const struct schema_shape *shape)
{
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, shape) == LUA_TTABLE)
		return;
	lua_pop(L, 1);
	lua_createtable(L, (int)shape->count, 0);
	for (size_t i = 0; i < shape->count; i++) {
		lua_pushstring(L, shape->fields[i].key);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, shape);
}

/* Asks the table for each field in turn, which needs neither sorting nor new keys. */
static bool take_described(struct taker *t, int index, const struct schema_shape *shape,
                           struct weir_value *v, size_t *found)
{
	lua_State *L = t->L;
	int names;

	push_names(L, shape);
	names = lua_gettop(L);
	*v = weir_make_object(t->arena, shape->count);
	*found = 0;
	for (size_t i = 0; i < shape->count; i++) {
		struct weir_value member;

		lua_rawgeti(L, names, (lua_Integer)i + 1);
		if (lua_rawget(L, index) != LUA_TNIL) {
			++*found;
			if (!take(t, -1, shape->fields[i].shape, &member))
				return false;
			if (!weir_is_absent(member))
				weir_object_add(t->arena, *v, shape->keys[i], member);
		}
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return true;
}

static bool take_members(struct taker *t, int index, size_t count,
                         const struct schema_shape *shape, struct weir_value *v)
{
	size_t found = 0;

	if (shape && !take_described(t, index, shape, v, &found))
		return false;
	return found == count || take_object(t, index, count, v);
}

/* An empty table is nothing: whether it would be a list or an object, nobody knows. */
static bool take_table(struct taker *t, int index, const struct schema_shape *shape,
                       struct weir_value *v)
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
	fine = count == 0 || (len == count ? take_list(t, index, len, shape, v)
	                                   : take_members(t, index, count, shape, v));
	lua_settop(L, index - 1);
	t->depth--;
	return fine;
}

static bool take(struct taker *t, int index, const struct schema_shape *shape,
                 struct weir_value *v)
{
	lua_State *L = t->L;
	double number;

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
		if (view_recall_number(script_of(L), number, v))
			return true;
		*v = weir_make_double(t->arena, number);
		return true;
	case LUA_TSTRING: return take_text(t, index, v);
	case LUA_TTABLE: return take_table(t, index, shape, v);
	case LUA_TLIGHTUSERDATA:
	case LUA_TUSERDATA:
		if (view_is(L, index)) {
			*v = view_value(L, index);
			return true;
		}
		return no_value(t, row_at(L, index) ? "a word; words describe rows and do nothing "
		                                      "in a function"
		                                    : "something that is no value");
	default: return no_value(t, "a function");
	}
}

bool view_take(lua_State *L, int index, const struct schema_shape *shape, struct weir_value *v,
               const char **why)
{
	struct taker t = { .L = L, .arena = script_of(L)->run->arena };

	if (take(&t, index, shape, v))
		return true;
	*why = t.why;
	return false;
}
