/* word.c - what is known of each word without running it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "word.h"

#include "report.h"

#include <stdlib.h>
#include <string.h>

/* gives 0: it depends on the arguments. */
static const struct {
	const char *name;
	unsigned gives;
} words[RULE_OPS] = {
	[RULE_CONST] = { "const", 0 },
	[RULE_NOTHING] = { "setting", RULE_GIVES_ANY },
	[RULE_PATH] = { "path", RULE_GIVES_ANY },
	[RULE_RECORD] = { "record", RULE_GIVES_ANY },
	[RULE_RAW] = { "raw", RULE_GIVES_TEXT },
	[RULE_ORG_HOST] = { "org_host", RULE_GIVES_TEXT },
	[RULE_SOURCE_NAME] = { "source_name", RULE_GIVES_TEXT },
	[RULE_LANE] = { "lane", RULE_GIVES_TEXT },
	[RULE_REST] = { "rest", RULE_GIVES_OBJECT },
	[RULE_CALL] = { "function", RULE_GIVES_ANY },
	[RULE_REMOVE] = { "remove", RULE_GIVES_ANY },
	[RULE_PROGRAM] = { "program", RULE_GIVES_ANY },
	[RULE_UNKNOWN] = { "?", RULE_GIVES_ANY },
	[RULE_TIME] = { "time", RULE_GIVES_TIME },
	[RULE_PRECISION] = { "precision", RULE_GIVES_TEXT },
	[RULE_IP] = { "ip", RULE_GIVES_IP },
	[RULE_INT] = { "int", RULE_GIVES_INT },
	[RULE_NUMBER] = { "number", RULE_GIVES_NUMBER },
	[RULE_BOOL] = { "bool", RULE_GIVES_BOOL },
	[RULE_LOWER] = { "lower", RULE_GIVES_TEXT },
	[RULE_UPPER] = { "upper", RULE_GIVES_TEXT },
	[RULE_TRIM] = { "trim", RULE_GIVES_TEXT },
	[RULE_KNOWN] = { "known", RULE_GIVES_TEXT | RULE_GIVES_INT | RULE_GIVES_NUMBER |
	                          RULE_GIVES_BOOL | RULE_GIVES_TIME | RULE_GIVES_IP },
	[RULE_MAYBE] = { "maybe", 0 },
	[RULE_AFTER] = { "after", RULE_GIVES_TEXT },
	[RULE_CAPTURE] = { "capture", RULE_GIVES_TEXT },
	[RULE_TEXTMAP] = { "textmap", RULE_GIVES_TEXT },
	[RULE_TEXTMAP_NAMES] = { "textmap_names", RULE_GIVES_TEXT },
	[RULE_GET] = { "get", RULE_GIVES_ANY },
	[RULE_JSON] = { "json", RULE_GIVES_TEXT },
	[RULE_JOIN] = { "join", RULE_GIVES_TEXT },
	[RULE_HASH] = { "hash", RULE_GIVES_TEXT },
	[RULE_FORMAT] = { "format", RULE_GIVES_TEXT },
	[RULE_FIRST] = { "first", 0 },
	[RULE_PICK] = { "pick", 0 },
	[RULE_LOOKUP] = { "lookup", 0 },
	[RULE_GIVEN] = { "given", 0 },
	[RULE_UNLESS] = { "unless", 0 },
	[RULE_SAME] = { "same", RULE_GIVES_BOOL },
	[RULE_OBJECT] = { "{}", RULE_GIVES_OBJECT },
	[RULE_ALL] = { "all", RULE_GIVES_LIST },
	[RULE_KEYED] = { "keyed", RULE_GIVES_LIST },
};

const char *rule_op_name(enum rule_op op)
{
	return words[op].name;
}

static unsigned const_gives(struct weir_value value)
{
	int64_t number;

	switch ((enum weir_kind_of_value)value.kind) {
	case WEIR_BOOLEAN: return RULE_GIVES_BOOL;
	case WEIR_NUMBER:
		return weir_value_int(value, &number) ? RULE_GIVES_INT : RULE_GIVES_NUMBER;
	case WEIR_TEXT:   return RULE_GIVES_TEXT;
	case WEIR_ARRAY:  return RULE_GIVES_LIST;
	case WEIR_OBJECT: return RULE_GIVES_OBJECT;
	case WEIR_ABSENT:
	case WEIR_NULL:   return RULE_GIVES_ANY;
	}
	return RULE_GIVES_ANY;
}

unsigned rule_word_gives(const struct rule_word *word)
{
	unsigned gives = words[word->op].gives;
	size_t first = word->op == RULE_FIRST || word->op == RULE_MAYBE ? 0 : 1;

	if (word->op == RULE_CONST)
		return const_gives(word->value);
	if (gives)
		return gives;
	for (size_t i = first; i < word->arg_count; i++)
		gives |= rule_word_gives(word->args[i]);
	for (size_t i = 0; word->table && i < word->table->count; i++)
		gives |= rule_word_gives(word->table->entries[i].word);
	return gives ? gives : RULE_GIVES_ANY;
}

const char *rule_gives_text(struct weir_arena *arena, unsigned gives)
{
	static const char *const names[] = { "a text",  "an int",    "a number",  "a boolean",
		                             "a time",  "an address", "an object", "a list" };
	const char *text = NULL;

	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		if (gives >> i & 1)
			text = text ? weir_arena_format(arena, "%s or %s", text, names[i])
			            : names[i];
	}
	return text;
}

size_t rule_word_calls(const struct rule_word *word)
{
	size_t calls = word->op == RULE_CALL;

	for (size_t i = 0; i < word->arg_count; i++)
		calls += rule_word_calls(word->args[i]);
	for (size_t i = 0; word->table && i < word->table->count; i++)
		calls += rule_word_calls(word->table->entries[i].word);
	return calls;
}

int rule_bytes_compare(struct weir_bytes a, struct weir_bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_name(const void *a, const void *b)
{
	return rule_bytes_compare(((const struct rule_entry *)a)->name,
	                          ((const struct rule_entry *)b)->name);
}

void rule_table_sort(struct rule_table *table)
{
	if (table->count)
		qsort(table->entries, table->count, sizeof *table->entries, by_name);
}

const struct rule_entry *rule_table_find(const struct rule_table *table, struct weir_bytes name)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = rule_bytes_compare(table->entries[middle].name, name);

		if (order == 0)
			return &table->entries[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- writing --------------------------------------------------------------------------- */

static void write_table(const struct rule_table *table, struct weir_buf *text)
{
	weir_buf_puts(text, "{");
	for (size_t i = 0; i < table->count; i++) {
		weir_buf_puts(text, i ? ", [" : " [");
		weir_json_quote(table->entries[i].name, text);
		weir_buf_puts(text, "] = ");
		rule_word_write(table->entries[i].word, text);
	}
	weir_buf_puts(text, table->count ? " }" : "}");
}

void rule_word_write(const struct rule_word *word, struct weir_buf *text)
{
	const char *separator = "";

	if (word->op == RULE_PATH) {
		weir_json_quote(word->text, text);
		return;
	}
	if (word->op == RULE_OBJECT) {
		write_table(word->table, text);
		return;
	}
	if (word->op == RULE_PROGRAM) {
		weir_buf_add(text, word->text.data, word->text.len);
		return;
	}
	if (word->outputs) {
		weir_buf_puts(text, "the program");
		return;
	}
	/* Two functions are never the same. */
	if (word->op == RULE_CALL) {
		weir_buf_printf(text, "function %d of %s:%d", word->function + 1,
		                word->where.file ? word->where.file : "", word->where.line);
		if (word->arg_count == 0)
			return;
	} else {
		weir_buf_puts(text, rule_op_name(word->op));
	}
	weir_buf_puts(text, "(");
	if (word->op == RULE_CONST) {
		weir_value_render(word->value, text);
		separator = ", ";
	}
	for (size_t i = 0; i < word->arg_count; i++) {
		weir_buf_puts(text, separator);
		rule_word_write(word->args[i], text);
		separator = ", ";
	}
	if (word->text.data) {
		weir_buf_puts(text, separator);
		weir_json_quote(word->text, text);
		separator = ", ";
	}
	if (word->more.data) {
		weir_buf_puts(text, separator);
		weir_json_quote(word->more, text);
		separator = ", ";
	}
	if (word->table) {
		weir_buf_puts(text, separator);
		write_table(word->table, text);
	}
	weir_buf_puts(text, ")");
}
