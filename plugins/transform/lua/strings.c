/* strings.c - the functions of `string` that need a budget of their own.
 *
 * Lua's are in C, where no hook stops them: a pattern may take for ever, and so may
 * string.rep("", 1e18). These behave the same and count their steps.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include "pattern.h"

#include <string.h>

enum { BYTES_A_STEP = 8 };

static struct weir_bytes check_text(lua_State *L, int index)
{
	struct weir_bytes text;

	text.data = luaL_checklstring(L, index, &text.len);
	return text;
}

/* True with a match; false without; an error when the pattern is wrong or takes too long. */
static bool find_match(lua_State *L, struct weir_bytes pattern, struct weir_bytes text,
                       size_t from, struct rule_match *match)
{
	struct quota *quota = &script_of(L)->quota;

	switch (rule_pattern_find(pattern, text, from, &quota->steps, match)) {
	case RULE_MATCH: return true;
	case RULE_NO_MATCH: return false;
	case RULE_MATCH_MALFORMED: luaL_error(L, "malformed pattern: %s", match->why); break;
	case RULE_MATCH_TOO_LONG:
		quota_charge(quota, L, 0);
		luaL_error(L, "the pattern nests too deep for this text");
		break;
	}
	return false;
}

static void push_capture(lua_State *L, const struct rule_match *match, int i, const char *text)
{
	const struct rule_capture *capture = &match->captures[i];

	if (i == 0 && match->count == 0)
		lua_pushlstring(L, match->start, (size_t)(match->end - match->start));
	else if (capture->position)
		lua_pushinteger(L, capture->start - text + 1);
	else
		lua_pushlstring(L, capture->start, capture->len);
}

/* All captures; the whole match when there are none and whole is wanted. */
static int push_captures(lua_State *L, const struct rule_match *match, const char *text, int least)
{
	int count = match->count > least ? match->count : least;

	luaL_checkstack(L, count + 2, "too many captures");
	for (int i = 0; i < count; i++)
		push_capture(L, match, i, text);
	return count;
}

/* A place in a text, from 1 or from the end, as an offset; beyond the text is len + 1. */
static size_t start_of(lua_Integer place, size_t len)
{
	if (place > 0)
		return (size_t)place - 1 > len ? len + 1 : (size_t)place - 1;
	if (place == 0 || place < -(lua_Integer)len)
		return 0;
	return len + (size_t)place;
}

static int find_plain(lua_State *L, struct weir_bytes text, struct weir_bytes part, size_t from)
{
	const char *found;

	quota_charge(&script_of(L)->quota, L, (int64_t)(text.len / BYTES_A_STEP));
	found = part.len ? memmem(text.data + from, text.len - from, part.data, part.len)
	                 : text.data + from;
	if (!found) {
		lua_pushnil(L);
		return 1;
	}
	lua_pushinteger(L, found - text.data + 1);
	lua_pushinteger(L, found - text.data + (lua_Integer)part.len);
	return 2;
}

static int string_find(lua_State *L)
{
	struct weir_bytes text = check_text(L, 1), pattern = check_text(L, 2);
	size_t from = start_of(luaL_optinteger(L, 3, 1), text.len);
	struct rule_match match;

	if (from > text.len) {
		lua_pushnil(L);
		return 1;
	}
	if (lua_toboolean(L, 4) || strcspn(pattern.data, "^$*+?.([%-") == pattern.len)
		return find_plain(L, text, pattern, from);
	if (!find_match(L, pattern, text, from, &match)) {
		lua_pushnil(L);
		return 1;
	}
	lua_pushinteger(L, match.start - text.data + 1);
	lua_pushinteger(L, match.end - text.data);
	return 2 + push_captures(L, &match, text.data, 0);
}

static int string_match(lua_State *L)
{
	struct weir_bytes text = check_text(L, 1), pattern = check_text(L, 2);
	size_t from = start_of(luaL_optinteger(L, 3, 1), text.len);
	struct rule_match match;

	if (from > text.len || !find_match(L, pattern, text, from, &match)) {
		lua_pushnil(L);
		return 1;
	}
	return push_captures(L, &match, text.data, 1);
}

/* Upvalues: text, pattern, where to go on, where the last match ended. */
static int gmatch_next(lua_State *L)
{
	struct weir_bytes text = check_text(L, lua_upvalueindex(1));
	struct weir_bytes pattern = check_text(L, lua_upvalueindex(2));
	size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(3));
	lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
	struct rule_match match;

	for (; from <= text.len; from = (size_t)(match.start - text.data) + 1) {
		if (!find_match(L, pattern, text, from, &match))
			return 0;
		if (match.end - text.data == last)
			continue;
		lua_pushinteger(L, match.end - text.data);
		lua_pushvalue(L, -1);
		lua_replace(L, lua_upvalueindex(3));
		lua_replace(L, lua_upvalueindex(4));
		return push_captures(L, &match, text.data, 1);
	}
	return 0;
}

static int string_gmatch(lua_State *L)
{
	struct weir_bytes text = check_text(L, 1);

	check_text(L, 2);
	lua_pushinteger(L, (lua_Integer)start_of(luaL_optinteger(L, 3, 1), text.len));
	lua_replace(L, 3);
	lua_settop(L, 3);
	lua_pushinteger(L, -1);
	lua_pushcclosure(L, gmatch_next, 4);
	return 1;
}

/* "%1" and so on in a replacement. */
static void add_template(lua_State *L, luaL_Buffer *b, const struct rule_match *match,
                         const char *text)
{
	struct weir_bytes template = check_text(L, 3);

	quota_charge(&script_of(L)->quota, L, (int64_t)(template.len / BYTES_A_STEP));
	for (size_t i = 0; i < template.len; i++) {
		char c = template.data[i];

		if (c != '%') {
			luaL_addchar(b, c);
			continue;
		}
		c = ++i < template.len ? template.data[i] : '\0';
		if (c == '%') {
			luaL_addchar(b, '%');
		} else if (c == '0') {
			luaL_addlstring(b, match->start, (size_t)(match->end - match->start));
		} else if (c >= '1' && c <= '9' &&
		           (c - '1' < match->count || (c == '1' && match->count == 0))) {
			push_capture(L, match, c - '1', text);
			luaL_addvalue(b);
		} else {
			luaL_error(L, "invalid use of '%%' in replacement string");
		}
	}
}

/* What stands for a match: by template, table or function; false and nil keep it. */
static void add_replacement(lua_State *L, luaL_Buffer *b, const struct rule_match *match,
                            const char *text)
{
	switch (lua_type(L, 3)) {
	case LUA_TFUNCTION:
		lua_pushvalue(L, 3);
		lua_call(L, push_captures(L, match, text, 1), 1);
		break;
	case LUA_TTABLE:
		push_capture(L, match, 0, text);
		lua_gettable(L, 3);
		break;
	default: add_template(L, b, match, text); return;
	}
	if (!lua_toboolean(L, -1)) {
		lua_pop(L, 1);
		lua_pushlstring(L, match->start, (size_t)(match->end - match->start));
	} else if (!lua_isstring(L, -1)) {
		luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
	}
	luaL_addvalue(b);
}

static int string_gsub(lua_State *L)
{
	struct weir_bytes text = check_text(L, 1), pattern = check_text(L, 2);
	int type = lua_type(L, 3);
	lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)text.len + 1), count = 0;
	bool anchored = pattern.len > 0 && *pattern.data == '^';
	const char *last = NULL;
	struct rule_match match;
	size_t from = 0;
	luaL_Buffer b;

	luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TTABLE ||
	                            type == LUA_TFUNCTION, 3, "string, function or table");
	luaL_buffinit(L, &b);
	while (count < most && from <= text.len && find_match(L, pattern, text, from, &match)) {
		luaL_addlstring(&b, text.data + from, (size_t)(match.start - text.data) - from);
		from = (size_t)(match.end - text.data);
		if (match.end != last) {
			count++;
			add_replacement(L, &b, &match, text.data);
			last = match.end;
		}
		if (match.start == match.end) {
			if (from >= text.len) {
				from++;
				break;
			}
			luaL_addchar(&b, text.data[from]);
			from++;
		}
		if (anchored)
			break;
	}
	if (from < text.len)
		luaL_addlstring(&b, text.data + from, text.len - from);
	luaL_pushresult(&b);
	lua_pushinteger(L, count);
	return 2;
}

static int string_rep(lua_State *L)
{
	struct weir_bytes text = check_text(L, 1), separator = { "", 0 };
	lua_Integer count = luaL_checkinteger(L, 2);
	size_t len;
	luaL_Buffer b;

	if (!lua_isnoneornil(L, 3))
		separator = check_text(L, 3);
	len = text.len + separator.len;
	if (count <= 0 || len == 0) {
		lua_pushliteral(L, "");
		return 1;
	}
	if ((lua_Unsigned)count > QUOTA_MEMORY / len)
		return luaL_error(L, "resulting string too large");
	quota_charge(&script_of(L)->quota, L, (int64_t)((size_t)count * len / BYTES_A_STEP));
	luaL_buffinitsize(L, &b, (size_t)count * len);
	for (lua_Integer i = 0; i < count; i++) {
		luaL_addlstring(&b, text.data, text.len);
		if (i + 1 < count)
			luaL_addlstring(&b, separator.data, separator.len);
	}
	luaL_pushresult(&b);
	return 1;
}

const luaL_Reg string_functions[] = {
	{ "find", string_find },
	{ "gmatch", string_gmatch },
	{ "gsub", string_gsub },
	{ "match", string_match },
	{ "rep", string_rep },
	{ NULL, NULL },
};
