/* bound.c - functions whose text shows that they end soon.
 *
 * Such a function needs nobody to count its instructions. It makes no other function, so all that
 * it can call are the words and libraries, which are in C and count for themselves; it has no
 * loop but over each(…) and pairs(…), which call for the count when there is much to walk over.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

/* Two loops over short lists, one in the other, take 64 times the text: far from a budget. */
enum { TOKENS_MAX = 1000, LOOPS_MAX = 2 };

/* Locals of the file around the function could hold functions, or be given some. */
static bool uses_words_only(lua_State *L)
{
	bool only = true;

	lua_rawgeti(L, LUA_REGISTRYINDEX, script_of(L)->env);
	for (int i = 1; only && lua_getupvalue(L, -2, i); i++) {
		only = lua_rawequal(L, -1, -2);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return only;
}

static bool is_name(const struct scan_token *token, const char *name)
{
	return token->kind == SCAN_NAME && weir_bytes_are(token->text, name);
}

static bool is_symbol(const struct scan_token *token, const char *symbol)
{
	return token->kind == SCAN_SYMBOL && weir_bytes_are(token->text, symbol);
}

/* Whether `each(…)` or `pairs(…)` at a token is all that stands between `in` and `do`: what they give
 * is an iterator that calls for the count, but in a larger expression another could stand for it.
 * Elsewhere they could be names of something else. */
static bool is_whole_walk(const struct scan *scan, size_t at)
{
	int open = 0;

	if (at == 0 || !is_name(&scan->tokens[at - 1], "in"))
		return false;
	do {
		if (++at == scan->count)
			return false;
		open += is_symbol(&scan->tokens[at], "(") - is_symbol(&scan->tokens[at], ")");
	} while (open > 0);
	return is_symbol(&scan->tokens[at], ")") && at + 1 < scan->count
	       && is_name(&scan->tokens[at + 1], "do");
}

/* The tokens on some lines; 0 when they do not show that it ends soon. */
static int count_tokens(const struct scan *scan, int first, int last)
{
	int tokens = 0, functions = 0, loops = 0, walks = 0;

	for (size_t i = 0; i < scan->count; i++) {
		const struct scan_token *token = &scan->tokens[i];

		if (token->line < first || token->line > last)
			continue;
		tokens++;
		functions += is_name(token, "function");
		loops += is_name(token, "for");
		/* With an _ENV of its own `each` may be anything. */
		if (is_name(token, "while") || is_name(token, "repeat") || is_name(token, "goto") ||
		    is_name(token, "_ENV"))
			return 0;
		if (!is_name(token, "each") && !is_name(token, "pairs"))
			continue;
		if (!is_whole_walk(scan, i))
			return 0;
		walks++;
	}
	return functions == 1 && loops == walks && loops <= LOOPS_MAX && tokens <= TOKENS_MAX
	               ? tokens : 0;
}

int bound_of_function(lua_State *L)
{
	const struct scan *scan;
	lua_Debug ar;

	if (!uses_words_only(L))
		return 0;
	lua_pushvalue(L, -1);
	lua_getinfo(L, ">S", &ar);
	scan = *ar.source == '@' ? place_scan(script_of(L), ar.source + 1) : NULL;
	return scan && scan->exact ? count_tokens(scan, ar.linedefined, ar.lastlinedefined) : 0;
}
