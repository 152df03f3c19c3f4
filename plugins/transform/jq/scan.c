/* scan.c - the tokens of a rule file, with their places.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan.h"

#include "report.h"

#include <ctype.h>
#include <string.h>

/* Deeper nesting than anybody writes; jq itself refuses it too. */
enum { DEPTH_MAX = 200 };

struct scanner {
	struct weir_arena *arena;
	struct scan *scan;
	const char *p, *end;
	const char *line_start;
	int line, depth;
	char open[DEPTH_MAX + 1];    /* the bracket of each depth */
};

static bool is_name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool is_name_part(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static int columns(const char *from, const char *to)
{
	int count = 0;

	for (; from < to; from++)
		count += ((unsigned char)*from & 0xC0) != 0x80;
	return count;
}

/* A token from p on; its end and width are set when they are known. */
static size_t begin(struct scanner *s, enum scan_kind kind)
{
	struct scan *scan = s->scan;

	scan->tokens = rule_grow(s->arena, scan->tokens, scan->count, sizeof *scan->tokens);
	scan->tokens[scan->count] = (struct scan_token){
		.kind = kind, .text = { s->p, 0 }, .at = (size_t)(s->p - scan->text.data),
		.line = s->line, .column = columns(s->line_start, s->p) + 1, .depth = s->depth,
	};
	return scan->count++;
}

static void end(struct scanner *s, size_t token)
{
	struct scan_token *t = &s->scan->tokens[token];

	t->text.len = (size_t)(s->p - t->text.data);
	t->width = columns(t->text.data, s->p);
}

static void new_line(struct scanner *s)
{
	s->line++;
	s->line_start = s->p + 1;
}

static void scan_name(struct scanner *s)
{
	while (s->p < s->end && is_name_part(*s->p))
		s->p++;
	while (s->p + 2 < s->end && s->p[0] == ':' && s->p[1] == ':' && is_name_start(s->p[2])) {
		s->p += 2;
		while (s->p < s->end && is_name_part(*s->p))
			s->p++;
	}
}

static void scan_number(struct scanner *s)
{
	while (s->p < s->end && (isdigit((unsigned char)*s->p) || *s->p == '.'))
		s->p++;
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		while (s->p < s->end && isdigit((unsigned char)*s->p))
			s->p++;
	}
}

static void scan_until(struct scanner *s, char stop);

/* From behind the first quote to behind the last one. */
static void scan_string(struct scanner *s, size_t token)
{
	bool plain = true;

	while (s->p < s->end && *s->p != '"') {
		if (*s->p == '\n')
			new_line(s);
		if (*s->p != '\\' || s->p + 1 >= s->end) {
			s->p++;
			continue;
		}
		s->p += 2;
		if (s->p[-1] == '\n')
			s->p--;
		if (s->p[-1] != '(')
			continue;
		plain = false;
		if (s->depth >= DEPTH_MAX)
			continue;
		s->open[++s->depth] = '(';
		scan_until(s, ')');
		s->depth--;
		s->p += s->p < s->end;
	}
	s->p += s->p < s->end;
	end(s, token);
	s->scan->tokens[token].plain = plain;
}

/* In an object, behind '{' or ',', a name or string is a key. */
static bool is_key_place(const struct scanner *s)
{
	const struct scan *scan = s->scan;

	return s->open[s->depth] == '{' && scan->count > 1 &&
	       (*scan->tokens[scan->count - 2].text.data == '{' ||
	        *scan->tokens[scan->count - 2].text.data == ',') &&
	       scan->tokens[scan->count - 2].kind == SCAN_OTHER;
}

static void scan_bracket(struct scanner *s, char c)
{
	size_t token;

	if (strchr("([{", c)) {
		token = begin(s, SCAN_OTHER);
		if (s->depth < DEPTH_MAX)
			s->open[++s->depth] = c;
	} else {
		s->depth -= s->depth > 0;
		token = begin(s, SCAN_OTHER);
	}
	s->p++;
	end(s, token);
}

static void scan_token(struct scanner *s)
{
	char c = *s->p, next = s->p + 1 < s->end ? s->p[1] : '\0';
	size_t token;

	if (strchr("([{}])", c)) {
		scan_bracket(s, c);
		return;
	}
	token = begin(s, c == '"' ? SCAN_STRING : is_name_start(c) ? SCAN_NAME
	                 : isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)next))
	                         ? SCAN_NUMBER
	                 : c == '.' && is_name_start(next) ? SCAN_FIELD
	                 : c == '$' && is_name_start(next) ? SCAN_VARIABLE : SCAN_OTHER);
	switch (s->scan->tokens[token].kind) {
	case SCAN_STRING:
		s->scan->tokens[token].key = is_key_place(s);
		s->p++;
		scan_string(s, token);
		return;
	case SCAN_NAME:
		s->scan->tokens[token].key = is_key_place(s);
		scan_name(s);
		break;
	case SCAN_NUMBER: scan_number(s); break;
	case SCAN_FIELD:
		for (s->p++; s->p < s->end && is_name_part(*s->p);)
			s->p++;
		break;
	case SCAN_VARIABLE:
		s->p++;
		scan_name(s);
		break;
	case SCAN_OTHER: s->p++; break;
	}
	end(s, token);
	if (s->scan->tokens[token].kind == SCAN_VARIABLE) {
		s->scan->tokens[token].text.data++;
		s->scan->tokens[token].text.len--;
	}
}

/* Up to the bracket that closes what was open, which is not taken; or to the end. */
static void scan_until(struct scanner *s, char stop)
{
	int depth = s->depth;

	while (s->p < s->end) {
		if (stop && *s->p == stop && s->depth == depth)
			return;
		if (*s->p == '#') {
			while (s->p < s->end && *s->p != '\n' && *s->p != '\r')
				s->p++;
		} else if (isspace((unsigned char)*s->p) || !*s->p) {
			if (*s->p == '\n')
				new_line(s);
			s->p++;
		} else {
			scan_token(s);
		}
	}
}

struct scan *scan_create(struct weir_arena *arena, const char *file, struct weir_bytes text)
{
	struct scan *scan = weir_arena_alloc(arena, sizeof *scan);
	struct scanner s = { .arena = arena, .scan = scan, .p = text.data,
		             .end = text.data + text.len, .line_start = text.data, .line = 1 };

	*scan = (struct scan){ .file = file, .text = text };
	scan_until(&s, '\0');
	return scan;
}

/* ---- asking --------------------------------------------------------------------------------- */

struct weir_where scan_where(const struct scan *scan, const struct scan_token *token)
{
	return (struct weir_where){ .file = scan->file, .line = token->line,
		                    .column = token->column, .width = token->width };
}

bool scan_is(const struct scan *scan, size_t token, char c)
{
	return token < scan->count && scan->tokens[token].kind == SCAN_OTHER &&
	       *scan->tokens[token].text.data == c;
}

bool scan_is_name(const struct scan *scan, size_t token, const char *name)
{
	return token < scan->count && scan->tokens[token].kind == SCAN_NAME &&
	       weir_bytes_are(scan->tokens[token].text, name);
}

size_t scan_next(const struct scan *scan, size_t from)
{
	size_t stop = scan->tokens[from].at + scan->tokens[from].text.len;

	for (from++; from < scan->count && scan->tokens[from].at < stop;)
		from++;
	return from;
}

struct weir_bytes scan_text(struct weir_arena *arena, const struct scan_token *token)
{
	struct weir_bytes text = { "", 0 };
	struct weir_value v;
	struct weir_error err;

	if (weir_json_parse(arena, token->text, &v, &err))
		weir_value_text(v, arena, &text);
	return weir_arena_copy(arena, text);
}
