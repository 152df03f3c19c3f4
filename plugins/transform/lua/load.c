/* load.c - evaluating rule files and modules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "complain.h"

#include <stdlib.h>
#include <string.h>

static struct rule_file *read_source(struct script *script, const char *path,
                                     struct weir_where where)
{
	struct library *library = script->library;
	struct rule_file *source = rule_files_read(library->files, path, where);

	if (source && !source->scan)
		source->scan = scan_create(library->arena, source->path, source->text);
	return source;
}

/* ---- what the text alone shows ------------------------------------------------------------ */

static struct weir_where at_token(const struct scan *scan, const struct scan_token *token)
{
	return (struct weir_where){ .file = scan->file, .line = token->line,
		                    .column = token->column, .width = token->width };
}

/* Lua keeps the last of equal keys and says nothing. */
static void check_keys(struct script *script, const struct scan *scan)
{
	for (size_t i = 0; i < scan->key_count; i++) {
		const struct scan_key *key = &scan->keys[i];

		for (size_t j = i; j-- > 0;) {
			const struct scan_key *other = &scan->keys[j];

			if (other->table != key->table || !weir_bytes_equal(other->name, key->name))
				continue;
			rule_mistake(script->report, at_token(scan, &scan->tokens[key->token]),
			             "'%.*s' is written twice in this table; the other is in line %d",
			             (int)key->name.len, key->name.data,
			             scan->tokens[other->token].line);
			break;
		}
	}
}

void script_tell_unknown(struct script *script, const struct scan *scan,
                         const struct scan_token *token)
{
	const char *name = weir_arena_copy(script->arena, token->text).data;

	if (scan_follows(scan, token, "="))
		rule_mistake(script->report, at_token(scan, token),
		             "'%s' is not local; write local %s", name, name);
	else if (scan_follows(scan, token, "==") && scan_is_item(scan, token))
		rule_mistake(script->report, at_token(scan, token),
		             "'==' compares; a row is written %s = …", name);
	else
		rule_mistake(script->report, at_token(scan, token), "unknown word '%s'%s", name,
		             script_word_hint(script->arena, name));
}

struct global_check {
	struct script *script;
	const struct scan *scan;
	const char *const *names; /* that there are */
};

static void check_global(void *user, const struct scan_token *token)
{
	struct global_check *check = user;

	for (size_t i = 0; check->names[i]; i++) {
		if (weir_bytes_are(token->text, check->names[i]))
			return;
	}
	script_tell_unknown(check->script, check->scan, token);
}

static void check_text(struct script *script, const struct rule_file *source)
{
	struct global_check check = { script, source->scan, script_names(script->arena) };

	check_keys(script, source->scan);
	scan_globals(source->scan, script->arena, check_global, &check);
}

/* The error at the top of the stack, which is popped. */
static void report_error(struct script *script, const struct rule_file *source)
{
	complain(script, source, luaL_tolstring(script->L, -1, NULL));
	lua_pop(script->L, 2);
}

/* ---- evaluating ------------------------------------------------------------------------------------ */

/* The file's function with the sandbox as its globals; false with a report. */
static bool push_chunk(struct script *script, const struct rule_file *source)
{
	lua_State *L = script->L;
	const char *name = lua_pushfstring(L, "@%s", source->path);
	int status = luaL_loadbufferx(L, source->text.data, source->text.len, name, "t");

	lua_remove(L, -2);
	if (status != LUA_OK) {
		report_error(script, source);
		return false;
	}
	lua_rawgeti(L, LUA_REGISTRYINDEX, script->env);
	lua_setupvalue(L, -2, 1);
	return true;
}

static void begin_file(struct script *script, unsigned folder, const char *path)
{
	lua_State *L = script->L;

	script->file = path;
	script->folder = folder;
	script->function_count = 0;
	script->made = NULL;
	script->table_depth = 0;
	lua_newtable(L);
	script->functions = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, script); /* modules of this rule */
}

static void report_no_rule(struct script *script, const struct rule_file *source)
{
	const struct scan *scan = source->scan;
	struct weir_where where = { .file = source->path };

	for (size_t i = 0; i < scan->count; i++) {
		if (scan->tokens[i].kind == SCAN_NAME && weir_bytes_are(scan->tokens[i].text, "return"))
			where = at_token(scan, &scan->tokens[i]);
	}
	if (script->made)
		where = script->made->where;
	rule_mistake(script->report, where, "%s",
	             script->made ? "is not returned; write return in front of it"
	                          : "must return map { … } or change { … }");
}

struct rule *script_load(struct script *script, unsigned folder, const char *name)
{
	struct library *library = script->library;
	const char *path = weir_arena_format(script->arena, "%s/%s", library->files->folders[folder].path,
	                                     name);
	struct rule_file *source = read_source(script, path, (struct weir_where){ .file = path });
	lua_State *L = script->L;
	struct rule *rule = NULL;

	if (!source)
		return NULL;
	begin_file(script, folder, source->path);
	if (!push_chunk(script, source))
		return NULL;
	if (script->phase == SCRIPT_LOADING)
		check_text(script, source);
	quota_begin_load(&script->quota, L);
	if (lua_pcall(L, 0, 1, 0) != LUA_OK) {
		quota_end(&script->quota, L);
		report_error(script, source);
		return NULL;
	}
	quota_end(&script->quota, L);
	if (script->made && lua_touserdata(L, -1) == script->made)
		rule = script->made;
	else if (!script_is_unknown(L, -1))
		report_no_rule(script, source);
	lua_pop(L, 1);
	if (rule) {
		rule->name = name;
		rule->function_count = script->function_count;
	}
	return rule;
}

/* ---- modules ----------------------------------------------------------------------------------------- */

const char *script_find(struct script *script, const char *name)
{
	return rule_files_find(script->library->files, script->arena, script->folder, name);
}

static int no_module(lua_State *L, struct weir_where where, const char *why)
{
	if (script_of(L)->phase == SCRIPT_LOADING)
		row_mistake(L, where, "%s", why);
	script_push_unknown(L);
	return 1;
}

/* A misspelled member of a module would be a row that is silently not there. */
static int missing_member(lua_State *L)
{
	struct script *script = script_of(L);
	const char *module = lua_tostring(L, lua_upvalueindex(1));
	const char **names = weir_arena_alloc(script->arena, 4 * sizeof *names);
	size_t count = 0;

	if (script->phase != SCRIPT_LOADING || lua_type(L, 2) != LUA_TSTRING)
		return 0;
	names[0] = NULL;
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			continue;
		names = rule_grow(script->arena, names, count + 1, sizeof *names);
		names[count++] = lua_tostring(L, -2);
		names[count] = NULL;
	}
	row_mistake(L, place_of_call(L, lua_tostring(L, 2)), "%s has no '%s'%s", module,
	            lua_tostring(L, 2),
	            rule_did_you_mean(script->arena, lua_tostring(L, 2), names));
	script_push_unknown(L);
	return 1;
}

/* Freezes the value of a module, which is at the top. */
static void freeze_module(lua_State *L, const struct rule_file *source)
{
	const char *slash = strrchr(source->path, '/');

	script_freeze(L);
	luaL_getmetafield(L, -1, "__frozen");
	lua_getmetatable(L, -1);
	lua_pushstring(L, slash ? slash + 1 : source->path);
	lua_pushcclosure(L, missing_member, 1);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 2);
}

/* The value of a module is frozen, and kept for this rule: no rule sees another's. */
static int evaluate(lua_State *L, struct rule_file *source, struct weir_where where)
{
	struct script *script = script_of(L);

	if (!push_chunk(script, source)) {
		script_push_unknown(L);
	} else {
		if (script->phase == SCRIPT_LOADING && !source->checked)
			check_text(script, source);
		source->checked = true;
		lua_call(L, 0, 1);
		if (lua_type(L, -1) == LUA_TTABLE)
			freeze_module(L, source);
		else if (lua_type(L, -1) == LUA_TNIL)
			return no_module(L, where, "the module returns nothing");
	}
	lua_rawgetp(L, LUA_REGISTRYINDEX, script);
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, source->path);
	lua_pop(L, 1);
	return 1;
}

int script_require(lua_State *L)
{
	struct script *script = script_of(L);
	struct weir_where where = place_of_call(L, "require");
	const char *name = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "";
	const char *path = NULL;
	struct rule_file *source;

	luaL_checkstack(L, 16, NULL);
	words_check_phase(L, "require");
	if (!rule_files_is_module(name))
		return no_module(L, where, "require takes a module of the rule folder, whose name "
		                           "begins with _: require \"_okta\"");
	path = script_find(script, lua_pushfstring(L, "%s.lua", name));
	if (!path)
		return no_module(L, where, lua_pushfstring(L, "there is no %s.lua in the rule folder",
		                                           name));
	source = read_source(script, path, where);
	if (!source)
		return no_module(L, where, "the module cannot be read");
	lua_rawgetp(L, LUA_REGISTRYINDEX, script);
	switch (lua_getfield(L, -1, source->path)) {
	case LUA_TNIL: break;
	case LUA_TBOOLEAN: return no_module(L, where, "modules require each other in a circle");
	default: return 1;
	}
	lua_pop(L, 1);
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, source->path);
	return evaluate(L, source, where);
}
