/* scan.c - Lua source text as tokens, tables and keys.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Lines below a call on which its arguments are looked for. */
enum { NEAR = 40, DEPTH_MAX = 200 };

struct scanner {
	struct weir_arena *arena;
	struct scan *scan;
	const char *p, *end, *line_start;
	int line;
};

/* Arrays double whenever their count is a power of two. */
static void *grow(struct weir_arena *arena, void *items, size_t count, size_t size)
{
	void *larger;

	if (count > 0 && (count < 8 || (count & (count - 1)) != 0))
		return items;
	larger = weir_arena_alloc(arena, (count ? count * 2 : 8) * size);
	if (count)
		memcpy(larger, items, count * size);
	return larger;
}

static int characters(const char *p, const char *end)
{
	int count = 0;

	for (; p < end; p++)
		count += ((unsigned char)*p & 0xC0) != 0x80;
	return count;
}

static struct scan_token *add(struct scanner *s, enum scan_kind kind, const char *start)
{
	struct scan *scan = s->scan;
	struct scan_token *token;

	scan->tokens = grow(s->arena, scan->tokens, scan->count, sizeof *scan->tokens);
	token = &scan->tokens[scan->count++];
	*token = (struct scan_token){ .kind = kind,
		                      .text = { start, (size_t)(s->p - start) },
		                      .line = s->line,
		                      .column = characters(s->line_start, start) + 1,
		                      .width = characters(start, s->p) };
	return token;
}

static void new_lines(struct scanner *s, const char *from)
{
	for (; from < s->p; from++) {
		if (*from == '\n') {
			s->line++;
			s->line_start = from + 1;
		}
	}
}

/* ---- strings and comments ------------------------------------------------------------------ */

/* At "[==[": how many '=', or -1. */
static int long_level(const struct scanner *s)
{
	const char *p = s->p + 1;

	while (p < s->end && *p == '=')
		p++;
	return p < s->end && *p == '[' ? (int)(p - s->p - 1) : -1;
}

/* Moves behind a long bracket; its content. */
static struct weir_bytes long_bracket(struct scanner *s, int level)
{
	const char *start = s->p + level + 2;

	for (s->p = start; s->p < s->end; s->p++) {
		const char *q = s->p + 1;

		if (*s->p != ']')
			continue;
		while (q < s->end && *q == '=')
			q++;
		if (q - s->p - 1 == level && q < s->end && *q == ']') {
			struct weir_bytes content = { start, (size_t)(s->p - start) };

			s->p = q + 1;
			return content;
		}
	}
	return (struct weir_bytes){ start, (size_t)(s->p - start) };
}

/* The escapes that a path, a name or a pattern may hold; others stay as written. */
static char unescape(char c)
{
	switch (c) {
	case 'n': return '\n';
	case 't': return '\t';
	case 'r': return '\r';
	default: return c;
	}
}

static void quoted(struct scanner *s)
{
	const char *start = s->p;
	char quote = *s->p++;
	struct weir_buf value = { 0 };
	struct scan_token *token;

	while (s->p < s->end && *s->p != quote && *s->p != '\n') {
		if (*s->p == '\\' && s->p + 1 < s->end) {
			weir_buf_putc(&value, unescape(s->p[1]));
			s->p += 2;
		} else {
			weir_buf_putc(&value, *s->p++);
		}
	}
	if (s->p < s->end)
		s->p++;
	token = add(s, SCAN_STRING, start);
	token->text = weir_arena_copy(s->arena, (struct weir_bytes){ value.data, value.len });
	new_lines(s, start);
	weir_buf_finish(&value);
}

static void comment(struct scanner *s)
{
	const char *start = s->p;
	int level;

	s->p += 2;
	level = s->p < s->end && *s->p == '[' ? long_level(s) : -1;
	if (level >= 0)
		long_bracket(s, level);
	else
		while (s->p < s->end && *s->p != '\n')
			s->p++;
	new_lines(s, start);
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void symbol(struct scanner *s)
{
	static const char *const longer[] = { "...", "..", "==", "~=", "<=", ">=", "//", "::",
		                              "<<",  ">>", NULL };
	const char *start = s->p;

	for (int i = 0; longer[i]; i++) {
		size_t len = strlen(longer[i]);

		if ((size_t)(s->end - s->p) >= len && memcmp(s->p, longer[i], len) == 0) {
			s->p += len;
			add(s, SCAN_SYMBOL, start);
			return;
		}
	}
	s->p++;
	add(s, SCAN_SYMBOL, start);
}

static void next_token(struct scanner *s)
{
	const char *start = s->p;
	int level;

	if (isspace((unsigned char)*s->p)) {
		s->p++;
		new_lines(s, start);
	} else if (*s->p == '-' && s->p + 1 < s->end && s->p[1] == '-') {
		comment(s);
	} else if (*s->p == '"' || *s->p == '\'') {
		quoted(s);
	} else if (*s->p == '[' && (level = long_level(s)) >= 0) {
		struct weir_bytes content = long_bracket(s, level);

		add(s, SCAN_STRING, start)->text = content;
		new_lines(s, start);
	} else if (is_name(*s->p)) {
		bool digit = isdigit((unsigned char)*s->p);

		while (s->p < s->end && (is_name(*s->p) || (digit && *s->p == '.')))
			s->p++;
		add(s, digit ? SCAN_NUMBER : SCAN_NAME, start);
	} else {
		symbol(s);
	}
}

static bool is(const struct scan *scan, size_t at, const char *word)
{
	return at < scan->count && scan->tokens[at].kind != SCAN_STRING &&
	       weir_bytes_are(scan->tokens[at].text, word);
}

/* ---- tables and their keys --------------------------------------------------------------------- */

static void add_key(struct scanner *s, size_t table, size_t name, size_t value)
{
	struct scan *scan = s->scan;

	scan->keys = grow(s->arena, scan->keys, scan->key_count, sizeof *scan->keys);
	scan->keys[scan->key_count++] = (struct scan_key){ .name = scan->tokens[name].text,
		                                           .token = name,
		                                           .value = value,
		                                           .table = table };
}

/* What is open at a token: tables by number, all else (blocks, parentheses) as OTHER. */
struct open {
	size_t stack[DEPTH_MAX];
	size_t depth;
};
#define OTHER SIZE_MAX

static void push(struct open *open, size_t what)
{
	if (open->depth < DEPTH_MAX)
		open->stack[open->depth] = what;
	open->depth++;
}

static bool opens_block(const struct scan *scan, size_t i)
{
	return is(scan, i, "function") || is(scan, i, "do") || is(scan, i, "if") ||
	       is(scan, i, "repeat") || is(scan, i, "(") || is(scan, i, "[");
}

static bool closes(const struct scan *scan, size_t i)
{
	return is(scan, i, "end") || is(scan, i, "until") || is(scan, i, ")") ||
	       is(scan, i, "]") || is(scan, i, "}");
}

static void find_tables(struct scanner *s)
{
	struct scan *scan = s->scan;
	struct open open = { .depth = 0 };

	for (size_t i = 0; i < scan->count; i++) {
		bool in_table = open.depth > 0 && open.depth <= DEPTH_MAX &&
		                open.stack[open.depth - 1] != OTHER;
		bool at_field = in_table && i > 0 && (is(scan, i - 1, "{") || is(scan, i - 1, ",") ||
		                                      is(scan, i - 1, ";"));
		size_t table = in_table ? open.stack[open.depth - 1] : 0;

		if (at_field && scan->tokens[i].kind == SCAN_NAME && is(scan, i + 1, "="))
			add_key(s, table, i, i + 2);
		if (at_field && is(scan, i, "[") && i + 3 < scan->count &&
		    scan->tokens[i + 1].kind == SCAN_STRING && is(scan, i + 2, "]") &&
		    is(scan, i + 3, "="))
			add_key(s, table, i + 1, i + 4);
		if (is(scan, i, "{")) {
			scan->table_tokens = grow(s->arena, scan->table_tokens, scan->table_count,
			                          sizeof *scan->table_tokens);
			scan->table_tokens[scan->table_count] = i;
			push(&open, scan->table_count++);
		} else if (opens_block(scan, i)) {
			push(&open, OTHER);
		} else if (closes(scan, i) && open.depth > 0) {
			open.depth--;
		}
	}
}

/* Lua also ends lines at a carriage return; and behind \z a string goes on in the next line. */
static bool is_exact(struct weir_bytes text)
{
	return !memchr(text.data, '\r', text.len) && !memmem(text.data, text.len, "\\z", 2);
}

struct scan *scan_create(struct weir_arena *arena, const char *file, struct weir_bytes text)
{
	struct scan *scan = weir_arena_alloc(arena, sizeof *scan);
	struct scanner s = { arena, scan, text.data, text.data + text.len, text.data, 1 };

	*scan = (struct scan){ .file = file, .exact = is_exact(text) };
	while (s.p < s.end)
		next_token(&s);
	find_tables(&s);
	return scan;
}

/* ---- asking ------------------------------------------------------------------------------------- */

/* The first token on a line or below. */
static size_t first_on(const struct scan *scan, int line)
{
	size_t low = 0, high = scan->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (scan->tokens[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How much a use of a name looks like what a message is about: a call more than a mention,
 * and that more than a key. */
static int rank(const struct scan *scan, size_t i)
{
	if (is(scan, i + 1, "(") || is(scan, i + 1, "{") ||
	    (i + 1 < scan->count && scan->tokens[i + 1].kind == SCAN_STRING))
		return 3;
	return is(scan, i + 1, "=") ? 1 : 2;
}

ptrdiff_t scan_name(const struct scan *scan, int line, const char *name)
{
	ptrdiff_t found = SCAN_NOWHERE;
	int best = 0;

	for (size_t i = first_on(scan, line); i < scan->count && scan->tokens[i].line == line; i++) {
		if (!is(scan, i, name) || rank(scan, i) <= best)
			continue;
		best = rank(scan, i);
		found = (ptrdiff_t)i;
	}
	return found;
}

ptrdiff_t scan_string(const struct scan *scan, int line, struct weir_bytes value)
{
	for (size_t i = first_on(scan, line); i < scan->count; i++) {
		if (scan->tokens[i].line > line + NEAR)
			break;
		if (scan->tokens[i].kind == SCAN_STRING &&
		    weir_bytes_equal(scan->tokens[i].text, value))
			return (ptrdiff_t)i;
	}
	return SCAN_NOWHERE;
}

ptrdiff_t scan_table(const struct scan *scan, size_t token)
{
	for (size_t i = 0; i < scan->table_count; i++) {
		if (scan->table_tokens[i] >= token)
			return (ptrdiff_t)i;
	}
	return SCAN_NOWHERE;
}

const struct scan_key *scan_key(const struct scan *scan, size_t table, struct weir_bytes name)
{
	for (size_t i = scan->key_count; i-- > 0;) {
		if (scan->keys[i].table == table && weir_bytes_equal(scan->keys[i].name, name))
			return &scan->keys[i];
	}
	return NULL;
}

bool scan_follows(const struct scan *scan, const struct scan_token *token, const char *symbol)
{
	return is(scan, (size_t)(token - scan->tokens) + 1, symbol);
}

bool scan_is_item(const struct scan *scan, const struct scan_token *token)
{
	size_t i = (size_t)(token - scan->tokens);

	return i > 0 && (is(scan, i - 1, "{") || is(scan, i - 1, ","));
}

/* ---- globals --------------------------------------------------------------------------------------- */

static bool is_keyword(struct weir_bytes name)
{
	static const char *const words[] = {
		"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto",
		"if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true",
		"until", "while", NULL
	};

	for (int i = 0; words[i]; i++) {
		if (weir_bytes_are(name, words[i]))
			return true;
	}
	return false;
}

struct names {
	struct weir_bytes *list;
	size_t count;
};

static void declare(struct names *names, struct weir_arena *arena, struct weir_bytes name)
{
	names->list = grow(arena, names->list, names->count, sizeof *names->list);
	names->list[names->count++] = name;
}

/* The names of a list "a, b, c" from a token on. */
static void declare_list(const struct scan *scan, struct weir_arena *arena, struct names *names,
                         size_t i)
{
	while (i < scan->count && scan->tokens[i].kind == SCAN_NAME) {
		declare(names, arena, scan->tokens[i].text);
		i++;
		if (is(scan, i, "<")) /* an attribute, "<const>" */
			i += 3;
		if (!is(scan, i, ","))
			return;
		i++;
	}
}

/* Locals, parameters and loop variables of the whole file, whatever their scope. */
static struct names declared(const struct scan *scan, struct weir_arena *arena)
{
	struct names names = { 0 };

	for (size_t i = 0; i < scan->count; i++) {
		if (is(scan, i, "local") && is(scan, i + 1, "function"))
			declare_list(scan, arena, &names, i + 2);
		else if (is(scan, i, "local") || is(scan, i, "for"))
			declare_list(scan, arena, &names, i + 1);
		if (!is(scan, i, "function"))
			continue;
		while (i < scan->count && !is(scan, i, "("))
			i++;
		declare_list(scan, arena, &names, i + 1);
	}
	return names;
}

static bool is_declared(const struct names *names, struct weir_bytes name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (weir_bytes_equal(names->list[i], name))
			return true;
	}
	return false;
}

/* What follows a dot or colon is a field. */
static bool is_use(const struct scan *scan, size_t i)
{
	if (scan->tokens[i].kind != SCAN_NAME || is_keyword(scan->tokens[i].text))
		return false;
	return i == 0 || !(is(scan, i - 1, ".") || is(scan, i - 1, ":") || is(scan, i - 1, "goto") ||
	                   is(scan, i - 1, "::"));
}

void scan_globals(const struct scan *scan, struct weir_arena *arena,
                  void (*found)(void *user, const struct scan_token *token), void *user)
{
	struct names names = declared(scan, arena);
	size_t key = 0;

	for (size_t i = 0; i < scan->count; i++) {
		if (key < scan->key_count && scan->keys[key].token == i) {
			key++;
			continue;
		}
		if (is_use(scan, i) && !is_declared(&names, scan->tokens[i].text) &&
		    !weir_bytes_are(scan->tokens[i].text, "self"))
			found(user, &scan->tokens[i]);
	}
}
