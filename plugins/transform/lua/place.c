/* place.c - where in a rule file something stands, to the column.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <string.h>

const struct scan *place_scan(const struct script *script, const char *file)
{
	for (const struct rule_file *s = script->library->files->read; s; s = s->next) {
		if (strcmp(s->path, file) == 0)
			return s->scan;
	}
	return NULL;
}

static struct weir_where at_token(const struct scan *scan, size_t token)
{
	const struct scan_token *t = &scan->tokens[token];

	return (struct weir_where){ .file = scan->file, .line = t->line, .column = t->column,
		                    .width = t->width };
}

struct weir_where place_of_level(lua_State *L, int level)
{
	struct script *script = script_of(L);
	struct weir_where where = { .file = script->file };
	const struct scan *scan;
	lua_Debug ar;

	if (!lua_getstack(L, level, &ar) || !lua_getinfo(L, "Sl", &ar) || *ar.source != '@')
		return where;
	scan = place_scan(script, ar.source + 1);
	if (scan)
		where.file = scan->file;
	where.line = ar.currentline > 0 ? ar.currentline : 0;
	return where;
}

/* A helper of a module is called from many lines; the words it calls stand on its own. The
 * first caller that is Lua counts. */
struct weir_where place_of_call(lua_State *L, const char *word)
{
	struct script *script = script_of(L);
	struct weir_where where = place_of_level(L, 1);
	const struct scan *scan = place_scan(script, where.file);
	ptrdiff_t token = scan ? scan_name(scan, where.line, word) : SCAN_NOWHERE;

	return token == SCAN_NOWHERE ? where : at_token(scan, (size_t)token);
}

struct weir_where place_of_text(struct script *script, struct weir_where where,
                                struct weir_bytes text)
{
	const struct scan *scan = where.file ? place_scan(script, where.file) : NULL;
	ptrdiff_t token = scan ? scan_string(scan, where.line, text) : SCAN_NOWHERE;

	return token == SCAN_NOWHERE ? where : at_token(scan, (size_t)token);
}

/* The token of the call itself, from its place. */
static ptrdiff_t token_at(const struct scan *scan, struct weir_where where)
{
	for (size_t i = 0; i < scan->count; i++) {
		if (scan->tokens[i].line == where.line && scan->tokens[i].column == where.column)
			return (ptrdiff_t)i;
	}
	return SCAN_NOWHERE;
}

struct weir_where place_of_key(struct script *script, struct weir_where call,
                               const char *const *path)
{
	const struct scan *scan = call.file ? place_scan(script, call.file) : NULL;
	ptrdiff_t token = scan ? token_at(scan, call) : SCAN_NOWHERE;
	ptrdiff_t table = token == SCAN_NOWHERE ? SCAN_NOWHERE : scan_table(scan, (size_t)token);
	struct weir_where where = call;

	while (table != SCAN_NOWHERE && *path) {
		const struct scan_key *key = scan_key(scan, (size_t)table, weir_bytes(*path++));

		if (!key)
			break;
		where = at_token(scan, key->token);
		table = scan_table(scan, key->value);
		if (table != SCAN_NOWHERE && scan->table_tokens[table] != key->value)
			table = SCAN_NOWHERE;
	}
	return where;
}

struct weir_where place_of_entry(struct script *script, struct weir_where where,
                                 struct weir_bytes name)
{
	const struct scan *scan = where.file ? place_scan(script, where.file) : NULL;
	ptrdiff_t token = scan ? token_at(scan, where) : SCAN_NOWHERE;
	ptrdiff_t table = token == SCAN_NOWHERE ? SCAN_NOWHERE : scan_table(scan, (size_t)token);
	const struct scan_key *key = NULL;

	if (table != SCAN_NOWHERE)
		key = scan_key(scan, (size_t)table, name);
	return key ? at_token(scan, key->token) : where;
}
