/* sketch.c - the record that a program gives, as far as its text shows.
 *
 * Most rules end in an object: `… | { action: "LOGON", … }`. Its names are targets, which can be
 * checked at load like rows in Lua, and tell where a value that does not fit comes from. What is
 * computed in another way is checked when it runs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <string.h>

/* Rows show their source; more is not readable. */
enum { SOURCE_MAX = 80 };

struct sketch {
	struct library *library;
	const struct scan *scan;
	bool all;                   /* no member is computed */
};

/* ---- finding the object -------------------------------------------------------------------------- */

/* Where the last two steps of the main pipe begin, behind the definitions. */
struct steps {
	size_t last, before;
};

static struct steps last_steps(const struct source *source)
{
	const struct scan *scan = source->scan;
	struct steps steps = { source->body, source->body };
	int definitions = 0, choices = 0;

	for (size_t i = source->body; i < scan->count; i++) {
		if (scan->tokens[i].depth > 0)
			continue;
		if (scan_is_name(scan, i, "def"))
			definitions++;
		choices += scan_is_name(scan, i, "if");
		choices -= scan_is_name(scan, i, "end");
		if (definitions && scan_is(scan, i, ';')) {
			definitions--;
			steps.last = i + 1;
		} else if (!definitions && !choices && scan_is(scan, i, '|') &&
		           !scan_is(scan, i + 1, '=')) {
			steps.before = steps.last;
			steps.last = i + 1;
		}
	}
	return steps;
}

/* The bracket that closes the one at open. */
static size_t close_of(const struct scan *scan, size_t open)
{
	size_t at = open + 1;

	while (at < scan->count && scan->tokens[at].depth > scan->tokens[open].depth)
		at++;
	return at;
}

/* ---- reading it ------------------------------------------------------------------------------------- */

static struct rule_word *read_object(struct sketch *s, size_t open);

static struct rule_word *new_word(struct sketch *s, enum rule_op op, size_t token)
{
	struct rule_word *word = weir_arena_alloc(s->library->arena, sizeof *word);

	*word = (struct rule_word){ .op = op };
	if (token < s->scan->count)
		word->where = scan_where(s->scan, &s->scan->tokens[token]);
	return word;
}

/* The text of some tokens on one line. */
static struct weir_bytes text_of(struct sketch *s, size_t from, size_t to)
{
	const struct scan_token *first = &s->scan->tokens[from], *last = &s->scan->tokens[to - 1];
	size_t end = last->at + last->text.len + (last->kind == SCAN_VARIABLE);
	struct weir_bytes text = { s->scan->text.data + first->at, end - first->at };
	char *line;

	if (text.len > SOURCE_MAX)
		text = weir_bytes(weir_arena_format(s->library->arena, "%.*s…", SOURCE_MAX,
		                                    text.data));
	text = weir_arena_copy(s->library->arena, text);
	line = (char *)text.data;
	for (size_t i = 0; i < text.len; i++) {
		if (line[i] == '\n' || line[i] == '\t')
			line[i] = ' ';
	}
	return text;
}

static struct rule_word *constant(struct sketch *s, size_t token, struct weir_value value)
{
	struct rule_word *word = new_word(s, RULE_CONST, token);

	word->value = value;
	return word;
}

/* The expression from one token to another. */
static struct rule_word *read_value(struct sketch *s, size_t from, size_t to)
{
	const struct scan_token *token = &s->scan->tokens[from];
	bool alone = scan_next(s->scan, from) >= to;
	struct weir_arena *arena = s->library->arena;
	struct rule_word *word;

	if (scan_is(s->scan, from, '{') && close_of(s->scan, from) + 1 == to)
		return read_object(s, from);
	if (alone && token->kind == SCAN_STRING && token->plain)
		return constant(s, from, weir_make_text_borrowed(arena, scan_text(arena, token)));
	if (alone && token->kind == SCAN_NUMBER && memchr("0123456789", *token->text.data, 10))
		return constant(s, from, weir_make_number(arena, token->text));
	if (alone && (scan_is_name(s->scan, from, "true") || scan_is_name(s->scan, from, "false")))
		return constant(s, from, weir_make_bool(*token->text.data == 't'));
	word = new_word(s, RULE_PROGRAM, from);
	word->text = text_of(s, from, to);
	return word;
}

static void add_member(struct sketch *s, struct rule_table *table, size_t key, size_t from,
                       size_t to)
{
	const struct scan_token *token = &s->scan->tokens[key];
	struct rule_entry entry = { .where = scan_where(s->scan, token) };

	entry.name = token->kind == SCAN_STRING ? scan_text(s->library->arena, token)
	                                        : weir_arena_copy(s->library->arena, token->text);
	for (size_t i = 0; i < table->count; i++) {
		if (!weir_bytes_equal(table->entries[i].name, entry.name))
			continue;
		rule_mistake(s->library->report, entry.where,
		             "'%s' is written twice in this object", entry.name.data);
		return;
	}
	entry.word = from < to ? read_value(s, from, to) : new_word(s, RULE_PROGRAM, key);
	if (from >= to)
		entry.word->text = text_of(s, key, key + 1);
	table->entries = rule_grow(s->library->arena, table->entries, table->count,
	                           sizeof *table->entries);
	table->entries[table->count++] = entry;
}

/* From behind a key's ':' to the ',' or '}' that ends its value. */
static size_t value_end(const struct scan *scan, size_t from, int depth)
{
	while (from < scan->count && scan->tokens[from].depth >= depth &&
	       !(scan->tokens[from].depth == depth && scan_is(scan, from, ',')))
		from++;
	return from;
}

static struct rule_word *read_object(struct sketch *s, size_t open)
{
	const struct scan *scan = s->scan;
	struct rule_word *word = new_word(s, RULE_OBJECT, open);
	struct rule_table *table = weir_arena_alloc(s->library->arena, sizeof *table);
	size_t close = close_of(scan, open), at = open + 1;
	int depth = scan->tokens[open].depth + 1;

	*table = (struct rule_table){ 0 };
	while (at < close) {
		const struct scan_token *token = &scan->tokens[at];
		size_t behind = scan_next(scan, at), end = value_end(scan, at, depth);

		if (token->key && (token->kind == SCAN_NAME || token->plain) &&
		    scan_is(scan, behind, ':'))
			add_member(s, table, at, behind + 1, end);
		else if (token->key && (token->kind == SCAN_NAME || token->plain) && behind == end)
			add_member(s, table, at, 0, 0);
		else
			s->all = false;
		at = end + 1;
	}
	rule_table_sort(table);
	word->table = table;
	return word;
}

void sketch_program(struct library *library, struct rule *rule, const struct source *source)
{
	struct sketch s = { library, source->scan, true };
	const struct scan *scan = source->scan;
	struct steps steps = last_steps(source);
	size_t open = steps.last, close;

	if (scan_is_name(scan, open, "tidy") && open + 1 == scan->count)
		open = steps.before;
	if (!scan_is(scan, open, '{'))
		return;
	close = close_of(scan, open);
	/* `{…}` alone, or with more added to it; not `{…}[.x]`. */
	if (close + 1 < scan->count && !scan_is(scan, close + 1, '|') &&
	    !scan_is(scan, close + 1, '+'))
		return;
	rule->sketch = read_object(&s, open);
	rule->sketch_all = s.all && !scan_is(scan, close + 1, '+');
}
