/* program.c - all rules as one jq program.
 *
 *   . as $weir__in | … as $weir__mark | … | $weir__in[0] as $weir__rule | $weir__in[1] |
 *   if $weir__rule < 1 then
 *     (def weir__rule0: (…); weir__rule0)                      rules without weir's words
 *   else
 *     def known: …; …                                          words.jq
 *     if $weir__rule < 2 then (def weir__rule1: (…); weir__rule1) else … end
 *   end
 *
 * Each rule is a function, whose code and variables are its own, and is defined where it is used:
 * jq looks for uses of a function in all that follows its definition.
 *
 * What a rule imports stands inside its function: of `include` the text itself, of `import` one
 * function for each that is used, which has the whole module inside, so that nothing else of
 * it is seen.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <string.h>

/* ---- text and lines --------------------------------------------------------------------------- */

static void add(struct program *p, const char *text, size_t len)
{
	weir_buf_add(&p->text, text, len);
	for (size_t i = 0; i < len; i++)
		p->line += text[i] == '\n';
}

static void say(struct program *p, const char *text)
{
	add(p, text, strlen(text));
}

/* What follows is of a file, from a line of it on; or our own. Begins a line. */
static void begin_segment(struct program *p, const struct scan *scan, int file_line)
{
	if (p->text.len && p->text.data[p->text.len - 1] != '\n')
		say(p, "\n");
	if (p->segment_count == p->segment_cap) {
		p->segment_cap = p->segment_cap ? p->segment_cap * 2 : 16;
		p->segments = weir_realloc(p->segments, p->segment_cap * sizeof *p->segments);
	}
	p->segments[p->segment_count++] = (struct segment){ p->line, file_line, scan, p->rule };
}

static void say_json(struct program *p, struct weir_value v)
{
	struct weir_buf json = { 0 };

	weir_value_render(v, &json);
	add(p, json.data, json.len);
	weir_buf_finish(&json);
}

/* The text of a file behind its directives. */
static void add_body(struct program *p, const struct source *source)
{
	const struct scan *scan = source->scan;
	const struct scan_token *first;

	if (source->body >= scan->count)
		return;
	first = &scan->tokens[source->body];
	begin_segment(p, scan, first->line);
	add(p, scan->text.data + first->at, scan->text.len - first->at);
	begin_segment(p, NULL, 0);
}

/* ---- words under another name --------------------------------------------------------------------- */

static bool is_defined(const struct definition *defined, size_t count, const struct scan *scan,
                       size_t token)
{
	size_t arity = source_arity(scan, token);

	for (size_t i = 0; i < count; i++) {
		/* Later ones are not seen yet: there jq's own function is meant. */
		if (defined[i].name.data <= scan->tokens[token].text.data &&
		    defined[i].arity == arity &&
		    weir_bytes_equal(defined[i].name, scan->tokens[token].text))
			return true;
	}
	return false;
}

/* words.jq with "alias::" before the name of each word. */
static void add_words_as(struct program *p, const struct scan *words, struct weir_bytes alias)
{
	const struct source all = { .scan = words };
	struct definition *defined;
	size_t count = source_definitions(&all, &defined), at = 0;

	begin_segment(p, NULL, 0);
	for (size_t i = 0; i < words->count; i++) {
		const struct scan_token *token = &words->tokens[i];

		if (token->kind != SCAN_NAME || token->key || !is_defined(defined, count, words, i))
			continue;
		add(p, words->text.data + at, token->at - at);
		add(p, alias.data, alias.len);
		say(p, "::");
		at = token->at;
	}
	add(p, words->text.data + at, words->text.len - at);
	say(p, "\n");
	weir_free(defined);
}

/* ---- imports ------------------------------------------------------------------------------------ */

struct paste {
	struct program *program;
	const struct scan *words;
};

static void add_imports(struct paste *paste, const struct source *source, bool has_words);

/* "alias::name" of the token, when it is that; name is what is behind. */
static bool is_of(struct weir_bytes text, struct weir_bytes alias, struct weir_bytes *name)
{
	if (text.len < alias.len + 3 || memcmp(text.data, alias.data, alias.len) != 0 ||
	    memcmp(text.data + alias.len, "::", 2) != 0)
		return false;
	*name = (struct weir_bytes){ text.data + alias.len + 2, text.len - alias.len - 2 };
	return true;
}

static void add_arguments(struct program *p, size_t arity)
{
	for (size_t i = 0; i < arity; i++)
		weir_buf_printf(&p->text, "%sweir__arg%zu", i ? "; " : "(", i);
	if (arity)
		say(p, ")");
}

/* def alias::name: <the module> name; */
static void add_function(struct paste *paste, const struct import *import,
                         const struct definition *used)
{
	struct program *p = paste->program;

	begin_segment(p, NULL, 0);
	weir_buf_printf(&p->text, "def %.*s::%.*s", (int)import->alias.len, import->alias.data,
	                (int)used->name.len, used->name.data);
	add_arguments(p, used->arity);
	say(p, ":\n");
	add_imports(paste, import->module, false);
	add_body(p, import->module);
	weir_buf_printf(&p->text, "%.*s", (int)used->name.len, used->name.data);
	add_arguments(p, used->arity);
	say(p, ";\n");
}

static bool find(const struct definition *list, size_t count, const struct definition *one)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].arity == one->arity && weir_bytes_equal(list[i].name, one->name))
			return true;
	}
	return false;
}

/* The functions of a module that a file uses. What the module has not is left undefined, and jq
 * says so. */
static void add_used(struct paste *paste, const struct source *source, const struct import *import)
{
	const struct scan *scan = source->scan;
	struct definition *defined, *used = NULL, one;
	size_t count = source_definitions(import->module, &defined), used_count = 0;

	for (size_t i = source->body; i < scan->count; i++) {
		if (scan->tokens[i].kind != SCAN_NAME ||
		    !is_of(scan->tokens[i].text, import->alias, &one.name))
			continue;
		one.arity = source_arity(scan, i);
		if (!find(defined, count, &one) || find(used, used_count, &one))
			continue;
		used = weir_realloc(used, (used_count + 1) * sizeof *used);
		used[used_count++] = one;
		add_function(paste, import, &one);
	}
	weir_free(defined);
	weir_free(used);
}

/* All that a file imports, as definitions; has_words: weir's words are seen already. */
static void add_imports(struct paste *paste, const struct source *source, bool has_words)
{
	for (size_t i = 0; i < source->import_count; i++) {
		const struct import *import = &source->imports[i];

		if (!import->module && import->alias.len) {
			add_words_as(paste->program, paste->words, import->alias);
		} else if (!import->module && !has_words) {
			begin_segment(paste->program, NULL, 0);
			add(paste->program, paste->words->text.data, paste->words->text.len);
			say(paste->program, "\n");
		} else if (import->module && import->alias.len) {
			add_used(paste, source, import);
		} else if (import->module) {
			add_imports(paste, import->module, has_words);
			add_body(paste->program, import->module);
		}
	}
}

/* ---- rules ------------------------------------------------------------------------------------------ */

static void number_rules(struct library *library, bool with_words)
{
	for (size_t i = 0; i < library->rule_count; i++) {
		struct jq_rule *rule = &library->rules[i];

		if (!rule->source->sound || source_has_words(rule->source) != with_words)
			continue;
		rule->number = (uint32_t)library->order_count;
		library->order[library->order_count++] = rule;
	}
}

void program_number(struct library *library)
{
	library->order = weir_arena_alloc(library->arena,
	                                  (library->rule_count + 1) * sizeof(struct jq_rule *));
	number_rules(library, false);
	number_rules(library, true);
}

static void add_rule(struct paste *paste, const struct library *library, size_t number)
{
	const struct source *source = library->order[number]->source;
	struct program *p = paste->program;

	p->rule = source;
	begin_segment(p, NULL, 0);
	weir_buf_printf(&p->text, "(def weir__rule%zu: (", number);
	add_imports(paste, source, source_has_words(source));
	add_body(p, source);
	weir_buf_printf(&p->text, "); weir__rule%zu)", number);
	p->rule = NULL;
}

static void add_prefix(struct program *p, const struct library *library, const char *mark)
{
	p->line = 1;
	begin_segment(p, NULL, 0);
	weir_buf_printf(&p->text, ". as $weir__in | \"%s\" as $weir__mark | ", mark);
	say_json(p, library->settings);
	say(p, " as $weir__settings | ");
	say_json(p, library->tables);
	say(p, " as $weir__tables | $weir__in[2] as $record |\n"
	       "$weir__in[0] as $weir__rule | $weir__in[1] |\n");
}

/* if … then … else … end over the rules from..to. */
static void add_choice(struct paste *paste, const struct library *library, size_t from, size_t to)
{
	size_t middle = from + (to - from) / 2 + 1;

	if (from == to) {
		add_rule(paste, library, from);
		return;
	}
	weir_buf_printf(&paste->program->text, "if $weir__rule < %zu then ", middle);
	add_choice(paste, library, from, middle - 1);
	say(paste->program, " else ");
	add_choice(paste, library, middle, to);
	say(paste->program, " end");
}

static void add_words(struct paste *paste)
{
	begin_segment(paste->program, NULL, 0);
	add(paste->program, paste->words->text.data, paste->words->text.len);
	say(paste->program, "\n");
}

void program_some(struct program *program, const struct library *library, const char *mark,
                  size_t first, size_t count)
{
	struct paste paste = { program, library->words };
	size_t end = first + count, plain = first;

	*program = (struct program){ 0 };
	add_prefix(program, library, mark);
	while (plain < end && !source_has_words(library->order[plain]->source))
		plain++;
	weir_buf_printf(&program->text, "if $weir__rule < %zu then ", plain);
	if (plain > first)
		add_choice(&paste, library, first, plain - 1);
	else
		say(program, "empty");
	say(program, " else\n");
	if (plain < end) {
		add_words(&paste);
		add_choice(&paste, library, plain, end - 1);
	} else {
		say(program, "empty");
	}
	say(program, " end");
}

void program_all(struct program *program, const struct library *library, const char *mark)
{
	program_some(program, library, mark, 0, library->order_count);
}

const struct segment *program_segment(const struct program *program, int line)
{
	const struct segment *found = NULL;

	for (size_t i = 0; i < program->segment_count; i++) {
		if (program->segments[i].first_line <= line)
			found = &program->segments[i];
	}
	return found;
}

void program_finish(struct program *program)
{
	weir_buf_finish(&program->text);
	weir_free(program->segments);
	*program = (struct program){ 0 };
}
