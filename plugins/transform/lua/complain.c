/* complain.c - what Lua says about a text, with the column and what to write instead.
 *
 * Lua names a line, and mostly the token that it stumbled over. The mistake stands in front of
 * that as a rule, and looks like another language that the author knows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "complain.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct complaint {
	struct script *script;
	const struct rule_file *file;
	const char *message;          /* of Lua, without its place */
	struct weir_where where;
	struct weir_bytes line;       /* the text of that line */
	const char *at;               /* what is meant, in it; NULL: not found */
	size_t len;
};

/* ---- the place --------------------------------------------------------------------------------- */

/* "file:12: message" to the line and the message; 0 when there is none. */
static const char *split_message(const char *message, int *line)
{
	*line = 0;
	for (const char *p = message; (p = strchr(p, ':')) != NULL; p++) {
		char *end;
		long number = strtol(p + 1, &end, 10);

		if (end == p + 1 || strncmp(end, ": ", 2) != 0)
			continue;
		*line = (int)number;
		return end + 2;
	}
	return message;
}

/* An error in a module carries the module's name. */
static const struct rule_file *file_of(const struct script *script, const struct rule_file *source,
                                       const char *message)
{
	for (const struct rule_file *f = script->library->files->read; f; f = f->next) {
		size_t len = strlen(f->path);

		if (strncmp(message, f->path, len) == 0 && message[len] == ':')
			return f;
	}
	return source;
}

static void go_to_line(struct complaint *c, int line)
{
	const char *p = c->file->text.data, *end = p + c->file->text.len, *stop;

	c->where = (struct weir_where){ .file = c->file->path, .line = line };
	for (int i = 1; i < line && p; i++) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	if (!p || line == 0) {
		c->line = (struct weir_bytes){ "", 0 };
		return;
	}
	stop = memchr(p, '\n', (size_t)(end - p));
	c->line = (struct weir_bytes){ p, (size_t)((stop ? stop : end) - p) };
}

static int characters(const char *p, const char *end)
{
	int count = 0;

	for (; p < end; p++)
		count += ((unsigned char)*p & 0xC0) != 0x80;
	return count;
}

static void point_at(struct complaint *c, const char *at, size_t len)
{
	c->at = at;
	c->len = len;
	if (!at)
		return;
	c->where.column = characters(c->line.data, at) + 1;
	c->where.width = characters(at, at + len);
}

static const char *find_last(struct weir_bytes line, const char *text)
{
	const char *found = NULL, *p = line.data, *end = line.data + line.len;

	for (; (p = memmem(p, (size_t)(end - p), text, strlen(text))) != NULL; p++)
		found = p;
	return found;
}

/* Whether Lua says the same of the text up to there: then it stumbles in front of it. */
static bool same_up_to(const struct complaint *c, const char *end)
{
	lua_State *L = c->script->L;
	const char *message;
	bool same;
	int line;

	luaL_loadbufferx(L, c->file->text.data, (size_t)(end - c->file->text.data), c->file->path,
	                 "t");
	message = lua_type(L, -1) == LUA_TSTRING ? split_message(lua_tostring(L, -1), &line) : "";
	same = strcmp(message, c->message) == 0;
	lua_pop(L, 1);
	return same;
}

/* "… near 'x'" names the token; of several like it on the line, the one that Lua stops at. */
static void point_at_near(struct complaint *c)
{
	const char *near = strstr(c->message, " near '"), *end = c->line.data + c->line.len;
	const char *quote = near ? strrchr(near + 7, '\'') : NULL, *at, *next;
	char byte[2] = "";
	size_t len;

	if (!quote || quote == near + 7)
		return;
	near += 7;
	len = (size_t)(quote - near);
	if (sscanf(near, "<\\%hhu>'", (unsigned char *)byte) == 1) {
		near = byte;
		len = 1;
	}
	at = memmem(c->line.data, c->line.len, near, len);
	while (at && (next = memmem(at + 1, (size_t)(end - at - 1), near, len)) != NULL &&
	       !same_up_to(c, at + len))
		at = next;
	point_at(c, at, len);
}

/* "(global 'x')" and the like name what was wrong when it ran. */
static void point_at_name(struct complaint *c)
{
	static const char *const kinds[] = { "(global '", "(local '",  "(method '",
		                             "(field '",  "(upvalue '", NULL };
	const struct scan *scan = c->file->scan;

	for (int i = 0; kinds[i] && scan; i++) {
		const char *name = strstr(c->message, kinds[i]);
		const char *quote = name ? strchr(name + strlen(kinds[i]), '\'') : NULL;
		ptrdiff_t token;
		char *copy;

		if (!quote)
			continue;
		name += strlen(kinds[i]);
		copy = weir_strndup(name, (size_t)(quote - name));
		token = scan_name(scan, c->where.line, copy);
		weir_free(copy);
		if (token != SCAN_NOWHERE) {
			c->where.column = scan->tokens[token].column;
			c->where.width = scan->tokens[token].width;
		}
	}
}

/* ---- the cure ----------------------------------------------------------------------------------- */

static bool says(const struct complaint *c, const char *text)
{
	return strstr(c->message, text) != NULL;
}

static bool begins(struct weir_bytes line, const char *text)
{
	size_t len = strlen(text);

	while (line.len && isspace((unsigned char)*line.data)) {
		line.data++;
		line.len--;
	}
	return line.len >= len && memcmp(line.data, text, len) == 0;
}

/* Whether the text at the token is this. */
static bool at(const struct complaint *c, const char *text)
{
	size_t left = c->at ? (size_t)(c->line.data + c->line.len - c->at) : 0, len = strlen(text);

	return left >= len && memcmp(c->at, text, len) == 0;
}

static char before(const struct complaint *c)
{
	const char *p = c->at;

	while (p && p > c->line.data && isspace((unsigned char)p[-1]))
		p--;
	return p && p > c->line.data ? p[-1] : '\0';
}

/* A keyword that the word in front of the token may have been meant for. */
static const char *misspelled(const struct complaint *c)
{
	static const char *const keywords[] = { "local", "return", "function", "then", "else",
		                                "elseif", "end", "while", "repeat", "until", NULL };
	const char *end = c->at, *start;
	const char *near;
	char *word;

	while (end && end > c->line.data && isspace((unsigned char)end[-1]))
		end--;
	for (start = end; start && start > c->line.data && isalpha((unsigned char)start[-1]); start--)
		;
	if (!start || start == end)
		return "";
	word = weir_strndup(start, (size_t)(end - start));
	near = weir_nearest(word, keywords);
	if (near && strcmp(near, word) == 0)
		near = NULL;
	weir_free(word);
	return near ? weir_arena_format(c->script->arena, "; did you mean '%s'?", near) : "";
}

static const char *cure_of_token(const struct complaint *c)
{
	static const struct {
		const char *token, *cure;
	} cures[] = {
		{ "!=", "; not equal is ~=" },
		{ "!", "; write not" },
		{ "&&", "; write and" },
		{ "||", "; write or" },
		{ "?", "; write a and b or c" },
		{ "+=", "; write n = n + 1" },
		{ "-=", "; write n = n - 1" },
		{ "++", "; write n = n + 1" },
		{ "\xe2\x80\x9c", "; a typographic quote, write \"" },
		{ "\xe2\x80\x9d", "; a typographic quote, write \"" },
		{ "\xe2\x80\x98", "; a typographic quote, write '" },
		{ "\xe2\x80\x99", "; a typographic quote, write '" },
		{ "if", "; if is no value: write function(e) … end" },
	};

	for (size_t i = 0; i < WEIR_COUNT(cures); i++) {
		if (at(c, cures[i].token))
			return cures[i].cure;
	}
	return "";
}

static const char *cure_of_syntax(const struct complaint *c)
{
	const char *cure;

	if (begins(c->line, "#") || begins(c->line, "//") || begins(c->line, "/*"))
		return "; a comment begins with --";
	if (says(c, "unfinished string"))
		return "; the quote that closes it is missing";
	if (says(c, "invalid escape sequence"))
		return "; a backslash is written \\\\, and in patterns %d and %w are what \\d and \\w are elsewhere";
	if (before(c) == ':' && says(c, "expected near"))
		return "; between a field and its row stands '='";
	cure = cure_of_token(c);
	if (*cure)
		return cure;
	if (says(c, "<eof> expected"))
		return at(c, "return") ? "; a file holds one rule" : "; is there one too many?";
	if (says(c, " near <eof>"))
		return "; is a '}', ')' or end missing?";
	if (says(c, "'}' expected") && at(c, "="))
		return "; a name with other characters is written [\"a-b\"] =";
	if (says(c, "'}' expected") || says(c, "')' expected"))
		return "; is there a ',' missing before it?";
	return misspelled(c);
}

/* Words are put together when a file is loaded; values come with events. */
static const char *cure_of_word(const struct complaint *c)
{
	if (!says(c, "a word value"))
		return "";
	return says(c, "concatenate") ? "; write format(\"%s%s\", …, …)"
	                              : "; its value comes with the event: write function(e) … end";
}

/* The last bracket on the line that is not closed there; of words, the last. */
static const char *find_opener(struct weir_bytes line, const char *opener)
{
	const char *closer = strcmp(opener, "{") == 0 ? "}" : strcmp(opener, "(") == 0 ? ")" : NULL;
	int closed = 0;

	if (!closer)
		return find_last(line, opener);
	for (size_t i = line.len; i-- > 0;) {
		if (line.data[i] == *closer)
			closed++;
		else if (line.data[i] == *opener && closed-- == 0)
			return line.data + i;
	}
	return NULL;
}

/* What is open at the end of the text is told where it was opened. */
static bool tell_open(struct complaint *c)
{
	const char *from = strstr(c->message, "(starting at line "), *to = strstr(c->message, "(to close '");
	const char *quote, *closer;
	char *opener;

	if (!strstr(c->message, " near <eof>") && !strstr(c->message, " near '<eof>'"))
		return false;
	if (from) {
		bool comment = says(c, "comment");

		go_to_line(c, (int)strtol(from + strlen("(starting at line "), NULL, 10));
		point_at(c, find_last(c->line, comment ? "--[" : "["), comment ? 4 : 2);
		rule_mistake(c->script->report, c->where, "this %s has no end; ]] is missing",
		             comment ? "comment" : "text");
		return true;
	}
	quote = to ? strchr(to + 11, '\'') : NULL;
	if (!quote || !strstr(quote, "at line ") || *c->message != '\'' ||
	    (closer = strchr(c->message + 1, '\'')) == NULL)
		return false;
	opener = weir_strndup(to + 11, (size_t)(quote - to - 11));
	go_to_line(c, (int)strtol(strstr(quote, "at line ") + 8, NULL, 10));
	point_at(c, find_opener(c->line, opener), strlen(opener));
	rule_mistake(c->script->report, c->where,
	             "this '%s' or one within it is not closed; %.*s is missing", opener,
	             (int)(closer + 1 - c->message), c->message);
	weir_free(opener);
	return true;
}

void complain(struct script *script, const struct rule_file *source, const char *message)
{
	struct complaint c = { .script = script, .file = file_of(script, source, message) };
	int line;

	c.message = split_message(message, &line);
	go_to_line(&c, line);
	if (tell_open(&c))
		return;
	point_at_near(&c);
	if (!c.at && !says(&c, " near ")) {
		if (says(&c, "concatenate"))
			point_at(&c, memmem(c.line.data, c.line.len, "..", 2), 2);
		else
			point_at_name(&c);
		rule_mistake(script->report, c.where, "%s%s", c.message, cure_of_word(&c));
		return;
	}
	rule_mistake(script->report, c.where, "%s%s", c.message, cure_of_syntax(&c));
}
