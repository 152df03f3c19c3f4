/* complain.c - what jq says of a program, as mistakes with their places.
 *
 * jq names a line of the program. Which file that is, is known from the segments; the column
 * comes from our own scan, when the complaint is about a name.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "complain.h"

#include "habits.h"

#include <stdlib.h>
#include <string.h>

/* jq's own functions, as far as rules need them, to suggest one. */
static const char *const builtins[] = {
	"add", "all", "any", "arrays", "ascii_downcase", "ascii_upcase", "booleans", "capture", "contains",
	"del", "empty", "endswith", "error", "explode", "first", "flatten", "floor", "from_entries",
	"fromjson", "group_by", "gsub", "has", "implode", "in", "index", "inside", "isvalid", "join",
	"keys", "last", "length", "limit", "ltrimstr", "map", "map_values", "match", "max", "max_by",
	"min", "min_by", "not", "nth", "numbers", "objects", "path", "paths", "range", "recurse",
	"reverse", "rtrimstr", "scan", "select", "sort", "sort_by", "split", "startswith", "strings",
	"sub", "test", "to_entries", "tojson", "tonumber", "tostring", "type", "unique", "unique_by",
	"until", "values", "walk", "while", "with_entries",
};

/* Something that jq says. */
struct complaint {
	char *text;
	int line;                     /* of the program; 0 when it names none */
};

/* All that it says of one program. */
struct listener {
	const struct library *library;
	const struct program *program;
	const struct source *source;  /* the rule that is looked at, or NULL */
	struct complaint *said;
	size_t count;
};

static const char *const *known_names(const struct listener *l)
{
	struct weir_arena *arena = l->library->arena;
	const struct source words = { .scan = l->library->words };
	struct definition *defined;
	size_t count = source_definitions(&words, &defined), total = 0;
	const char **names = weir_arena_alloc(arena, (count + WEIR_COUNT(builtins) + 1) *
	                                              sizeof *names);

	if (l->source && source_has_words(l->source)) {
		for (size_t i = 0; i < count; i++) {
			if (memmem(defined[i].name.data, defined[i].name.len, "weir__", 6) == NULL)
				names[total++] = weir_arena_copy(arena, defined[i].name).data;
		}
	}
	for (size_t i = 0; i < WEIR_COUNT(builtins); i++)
		names[total++] = builtins[i];
	names[total] = NULL;
	weir_free(defined);
	return names;
}

/* How many arguments a word of ours takes: it is there, but not with so many. */
static const char *arities(const struct listener *l, struct weir_bytes name)
{
	const struct source words = { .scan = l->library->words };
	struct definition *defined;
	size_t count = source_definitions(&words, &defined), told = 0;
	const char *text = "";

	for (size_t i = 0; i < count; i++) {
		if (weir_bytes_equal(defined[i].name, name))
			text = weir_arena_format(l->library->arena, "%s%s%zu", text,
			                         told++ ? " or " : "; it takes ", defined[i].arity);
	}
	weir_free(defined);
	return weir_arena_format(l->library->arena, "%s argument%s", text,
	                         strcmp(text, "; it takes 1") == 0 ? "" : "s");
}

/* What to write for a word that nobody defines. */
static const char *word_hint(const struct listener *l, struct weir_bytes name)
{
	struct weir_arena *arena = l->library->arena;
	const struct source words = { .scan = l->library->words };
	struct definition *defined;
	size_t count = source_definitions(&words, &defined);
	bool ours = false;

	for (size_t i = 0; i < count; i++)
		ours = ours || weir_bytes_equal(defined[i].name, name);
	weir_free(defined);
	if (ours && l->source && !source_has_words(l->source))
		return "; write include \"weir\"; below module";
	if (ours)
		return arities(l, name);
	return rule_did_you_mean(arena, weir_arena_copy(arena, name).data, known_names(l));
}

/* "$name is not defined". */
static const char *undefined_variable(const struct listener *l, const char *text,
                                      const struct scan *scan, struct weir_where *where)
{
	struct weir_bytes name = { text, strcspn(text, "/ ") };
	struct weir_arena *arena = l->library->arena;
	const char **names = weir_arena_alloc(arena, ((scan ? scan->count : 0) + 2) * sizeof *names);
	size_t count = 0;

	names[count++] = "record";
	for (size_t i = scan ? scan->count : 0; i-- > 0;) {
		const struct scan_token *token = &scan->tokens[i];

		if (token->kind != SCAN_VARIABLE)
			continue;
		if (!weir_bytes_equal(token->text, name))
			names[count++] = weir_arena_copy(arena, token->text).data;
		else if (token->line == where->line)
			*where = scan_where(scan, token);
	}
	names[count] = NULL;
	return weir_arena_format(arena, "there is no variable '$%.*s'%s", (int)name.len, name.data,
	                         rule_did_you_mean(arena, weir_arena_copy(arena, name).data,
	                                           names));
}

/* "unexpected '}'": where that is, if it is on the line once. */
static void find_unexpected(const char *text, const struct scan *scan, struct weir_where *where)
{
	const char *quoted = strstr(text, "unexpected '");
	const struct scan_token *found = NULL;
	size_t count = 0;

	for (size_t i = 0; quoted && scan && i < scan->count; i++) {
		if (scan->tokens[i].line == where->line && scan->tokens[i].kind == SCAN_OTHER &&
		    *scan->tokens[i].text.data == quoted[strlen("unexpected '")]) {
			found = &scan->tokens[i];
			count++;
		}
	}
	if (count == 1)
		*where = scan_where(scan, found);
}

/* "name/2 is not defined": the token on that line, and what it should be. */
static const char *undefined(const struct listener *l, const char *text, const struct scan *scan,
                             struct weir_where *where)
{
	struct weir_arena *arena = l->library->arena;
	const char *slash = strchr(text, '/');
	size_t arity = slash ? strtoul(slash + 1, NULL, 10) : 0;
	struct weir_bytes name;

	if (*text == '$' && strstr(text, " is not defined"))
		return undefined_variable(l, text + 1, scan, where);
	if (!slash || !strstr(text, " is not defined"))
		return text;
	name = (struct weir_bytes){ text, (size_t)(slash - text) };
	for (size_t i = 0; scan && i < scan->count; i++) {
		const struct scan_token *token = &scan->tokens[i];

		if (token->line == where->line && weir_bytes_equal(token->text, name) &&
		    (token->kind == SCAN_VARIABLE || source_arity(scan, i) == arity)) {
			*where = scan_where(scan, token);
			break;
		}
	}
	return weir_arena_format(arena, "unknown word '%.*s'%s%s", (int)name.len, name.data,
	                         arity == 0 ? ""
	                                    : weir_arena_format(arena, " with %zu argument%s", arity,
	                                                        arity > 1 ? "s" : ""),
	                         word_hint(l, name));
}

/* What is wrong with a program that does not parse, in the author's words if that is seen. */
static const char *cure(const struct listener *l, const char *text, const struct scan *scan,
                        struct weir_where *where)
{
	size_t from = l->source && l->source->scan == scan ? l->source->body : 0;
	const char *seen = habits_find(scan, from, where);
	const char *escape = strstr(text, "Invalid escape"), *quoted = strchr(text, '\'');

	if (escape && quoted) {
		for (size_t i = from; i < scan->count; i++) {
			const struct scan_token *token = &scan->tokens[i];

			if (token->kind == SCAN_STRING && token->line == where->line &&
			    strncmp(quoted + 1, token->text.data, token->text.len) == 0)
				*where = scan_where(scan, token);
		}
		return "in a text a backslash is written \\\\, as in test(\"\\\\d\")";
	}
	return seen ? seen : text;
}

/* What jq says, less what is for a shell. */
static char *clean(struct weir_arena *arena, struct weir_bytes message)
{
	static const char prefix[] = "jq: error: ", shell[] = " (Unix shell quoting issues?)";
	char *text = weir_arena_strdup(arena, weir_arena_copy(arena, message).data), *cut;

	if (strncmp(text, prefix, strlen(prefix)) == 0)
		text += strlen(prefix);
	cut = strstr(text, shell);
	if (cut)
		memmove(cut, cut + strlen(shell), strlen(cut + strlen(shell)) + 1);
	return text;
}

/* The line that jq names, cut off the text; 0 when it names none. */
static int cut_line(char *text)
{
	char *at = NULL, *p = text, *line;

	while ((p = strstr(p, " at <")) != NULL)
		at = p++;
	line = at ? strstr(at, ", line ") : NULL;
	if (!line)
		return 0;
	*at = '\0';
	return (int)strtol(line + strlen(", line "), NULL, 10);
}

static void hear(void *user, struct weir_bytes message)
{
	struct listener *l = user;
	char *text = clean(l->library->arena, message);
	int line = cut_line(text);

	/* "jq: 2 compile errors" */
	if (strncmp(text, "jq: ", 4) == 0 && strstr(text, " compile error"))
		return;
	l->said = rule_grow(l->library->arena, l->said, l->count, sizeof *l->said);
	l->said[l->count++] = (struct complaint){ text, line };
}

/* Names that nobody defines are found in all files at once; a syntax error hides what else is wrong. */
static bool is_all_said(const struct listener *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct segment *segment = program_segment(l->program, l->said[i].line);

		if (!strstr(l->said[i].text, " is not defined") || !segment || !segment->scan)
			return false;
	}
	return l->count > 0;
}

static void tell(struct listener *l, const struct complaint *complaint)
{
	const struct segment *segment = program_segment(l->program, complaint->line);
	const struct scan *scan = segment ? segment->scan : NULL;
	const char *text = complaint->text;
	struct weir_where where = { 0 };

	if (segment && segment->rule)
		l->source = segment->rule;
	if (scan) {
		where.file = scan->file;
		where.line = segment->file_line + complaint->line - segment->first_line;
		find_unexpected(text, scan, &where);
		if (!strstr(text, " is not defined"))
			text = cure(l, text, scan, &where);
	} else {
		if (l->source && l->source->scan->count)
			where = scan_where(l->source->scan,
			                   &l->source->scan->tokens[l->source->scan->count - 1]);
		text = weir_arena_format(l->library->arena, "the program ends too early (%s)", text);
	}
	rule_mistake(l->library->report, where, "%s", undefined(l, text, scan, &where));
}

/* ---- which of many rules --------------------------------------------------------------------------- */

struct check {
	const struct library *library;
	struct nest *nest;
	const char *mark;
	bool helpless;                /* no process can be had */
};

static void check_some(struct check *check, size_t first, size_t count);

/* What is wrong with these rules, which do not compile together. */
static void judge(struct check *check, struct listener *l, const struct weir_error *err,
                  size_t first, size_t count)
{
	struct rule_report *report = check->library->report;
	size_t before = report->mistakes;
	struct weir_where where = { 0 };

	if (count == 1) {
		l->source = check->library->order[first]->source;
		where.file = l->source->file->path;
	} else if (!check->helpless && !is_all_said(l)) {
		check_some(check, first, count / 2);
		check_some(check, first + count / 2, count - count / 2);
	}
	if (report->mistakes > before)
		return; /* the halves have said it */
	/* Behind the first syntax error come its consequences. */
	for (size_t i = 0; i < (is_all_said(l) ? l->count : l->count > 0); i++)
		tell(l, &l->said[i]);
	if (err->text[0])
		rule_mistake(report, where, "%s", err->text);
}

static void check_program(struct check *check, const struct program *program, size_t first,
                          size_t count)
{
	struct listener l = { .library = check->library, .program = program };
	struct weir_error err = { 0 };
	enum weir_status status;

	if (check->helpless)
		return;
	status = nest_check(check->nest,
	                    (struct weir_bytes){ program->text.data, program->text.len }, hear, &l,
	                    &err);
	check->helpless = status == WEIR_RETRY;
	if (status != WEIR_OK)
		judge(check, &l, &err, first, count);
}

static void check_some(struct check *check, size_t first, size_t count)
{
	struct program program;

	program_some(&program, check->library, check->mark, first, count);
	check_program(check, &program, first, count);
	program_finish(&program);
}

void complain_check(const struct library *library, struct nest *nest,
                    const struct program *program, const char *mark)
{
	struct check check = { library, nest, mark, false };

	check_program(&check, program, 0, library->order_count);
}
