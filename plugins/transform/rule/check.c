/* check.c - mistakes in words and rows that can be seen before any event.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compile.h"

#include "digest.h"
#include "pattern.h"
#include "text.h"

#include <string.h>

struct weir_where check_where(const struct compiler *c, const struct rule_word *word)
{
	return word && word->where.line ? word->where : c->rule->where;
}

/* ---- what a row could give as text --------------------------------------------------------------- */

static bool has_letters(struct weir_bytes text, char from, char to)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] >= from && text.data[i] <= to)
			return true;
	}
	return false;
}

static bool could_be(const struct rule_word *row, struct weir_bytes text);

static bool table_could_be(const struct rule_word *row, struct weir_bytes text)
{
	for (size_t i = 0; i < row->table->count; i++) {
		if (could_be(row->table->entries[i].word, text))
			return true;
	}
	return row->arg_count > 1 && could_be(row->args[1], text);
}

static bool args_could_be(const struct rule_word *row, size_t from, struct weir_bytes text)
{
	for (size_t i = from; i < row->arg_count; i++) {
		if (could_be(row->args[i], text))
			return true;
	}
	return false;
}

static bool const_is(struct weir_value value, struct weir_bytes text)
{
	struct weir_buf json = { 0 };
	struct weir_bytes own;
	bool is;

	if (value.kind == WEIR_TEXT) {
		weir_value_text(value, NULL, &own);
		return weir_bytes_equal(own, text);
	}
	weir_value_render(value, &json);
	is = weir_bytes_equal((struct weir_bytes){ json.data, json.len }, text);
	weir_buf_finish(&json);
	return is;
}

static bool could_be(const struct rule_word *row, struct weir_bytes text)
{
	char written[RULE_IP_MAX];

	switch (row->op) {
	case RULE_CONST: return const_is(row->value, text);
	case RULE_BOOL:
	case RULE_SAME: return weir_bytes_are(text, "true") || weir_bytes_are(text, "false");
	case RULE_INT: return rule_is_int(text);
	case RULE_NUMBER: return rule_is_number(text);
	case RULE_LOWER: return !has_letters(text, 'A', 'Z') && could_be(row->args[0], text);
	case RULE_UPPER: return !has_letters(text, 'a', 'z');
	case RULE_TRIM: return text.len && weir_bytes_trim(text).len == text.len;
	case RULE_KNOWN: return !rule_is_placeholder(text) && could_be(row->args[0], text);
	case RULE_IP: return rule_ip(text, written) == RULE_IP_AS_IT_IS;
	case RULE_PRECISION:
		return weir_bytes_are(text, "SECOND") || weir_bytes_are(text, "MILLISECOND") ||
		       weir_bytes_are(text, "MICROSECOND") || weir_bytes_are(text, "NANOSECOND");
	case RULE_MAYBE: return could_be(row->args[0], text);
	case RULE_FIRST: return args_could_be(row, 0, text);
	case RULE_GIVEN:
	case RULE_UNLESS: return args_could_be(row, 1, text);
	case RULE_PICK:
	case RULE_LOOKUP: return table_could_be(row, text);
	case RULE_AFTER:
	case RULE_CAPTURE:
	case RULE_TEXTMAP:
	case RULE_TEXTMAP_NAMES:
	case RULE_JOIN: return text.len > 0;
	default: return true;
	}
}

/* ---- words ------------------------------------------------------------------------------------------ */

static void check_first(struct compiler *c, const struct rule_word *word)
{
	for (size_t i = 0; i + 1 < word->arg_count; i++) {
		if (word->args[i]->op != RULE_CONST || word->args[i]->setting)
			continue;
		rule_mistake(c->report, check_where(c, word->args[i + 1]->where.line ? word->args[i + 1]
		                                                                  : word),
		             "first never reaches what comes after a const");
		return;
	}
}

static void check_table(struct compiler *c, const struct rule_word *word)
{
	const struct rule_word *row = word->args[0];

	for (size_t i = 0; i < word->table->count; i++) {
		const struct rule_entry *entry = &word->table->entries[i];

		if (row->op == RULE_CONST || row->op == RULE_NOTHING || could_be(row, entry->name))
			continue;
		rule_mistake(c->report, entry->where.line ? entry->where : check_where(c, word),
		             "'%.*s' is never reached: %s never gives that", (int)entry->name.len,
		             entry->name.data, rule_op_name(row->op));
	}
}

/* A setting that is only chosen by must be one of the choices. */
static void check_setting(struct compiler *c, const struct rule_word *word)
{
	const struct rule_word *row = word->args[0];
	struct weir_bytes text = { 0 };

	if (word->op != RULE_PICK || row->op != RULE_CONST || !row->setting || word->arg_count > 1)
		return;
	weir_value_text(row->value, NULL, &text);
	if (!rule_table_find(word->table, text))
		rule_mistake(c->report, check_where(c, word),
		             "the setting '%s' is '%.*s', which the dictionary does not have",
		             row->setting, (int)text.len, text.data);
}

static void check_format(struct compiler *c, const struct rule_word *word)
{
	const char *p = word->text.data, *end = p + word->text.len;
	size_t wanted = 0;

	for (; p < end; p++) {
		if (*p != '%')
			continue;
		p++;
		if (p == end || (*p != 's' && *p != '%')) {
			rule_mistake(c->report, check_where(c, word),
			             "format knows %%s and %%%% only");
			return;
		}
		wanted += *p == 's';
	}
	if (wanted != word->arg_count)
		rule_mistake(c->report, check_where(c, word),
		             "format has %zu %%s but %zu row%s", wanted, word->arg_count,
		             word->arg_count == 1 ? "" : "s");
}

void check_word(struct compiler *c, const struct rule_word *word)
{
	const char *why;

	switch (word->op) {
	case RULE_FIRST: check_first(c, word); break;
	case RULE_PICK:
		check_table(c, word);
		check_setting(c, word);
		break;
	case RULE_FORMAT: check_format(c, word); break;
	case RULE_CAPTURE:
		why = rule_pattern_check(word->text);
		if (why)
			rule_mistake(c->report, check_where(c, word), "pattern '%s': %s",
			             word->text.data, why);
		break;
	case RULE_HASH:
		if (rule_digest_find(word->text) < 0)
			rule_mistake(c->report, check_where(c, word),
			             "'%s' is no hash; write sha256, sha1 or md5",
			             word->text.data);
		break;
	default: break;
	}
}

/* ---- rows --------------------------------------------------------------------------------------------- */

/* The nearest value, or all of them when they are few. */
static const char *token_hint(const struct compiler *c, const struct schema_enum *words,
                              const char *token)
{
	enum { FEW = 6 };
	const char *hint = rule_did_you_mean(c->arena, token, words->tokens), *list = "; write ";
	size_t count = 0;

	while (words->tokens[count])
		count++;
	if (*hint || count > FEW)
		return hint;
	for (size_t i = 0; i < count; i++)
		list = weir_arena_format(c->arena, "%s%s'%s'", list,
		                         i == 0 ? "" : i + 1 == count ? " or " : ", ",
		                         words->tokens[i]);
	return list;
}

static void check_token(struct compiler *c, const struct schema_field *field,
                        struct weir_bytes token, struct weir_where where)
{
	const struct schema_enum *words = field->words;
	const char *copy;

	if (schema_enum_find(words, token) >= 0)
		return;
	copy = weir_arena_copy(c->arena, token).data;
	where.path = field->path;
	if (words->name)
		rule_mistake(c->report, where, "'%s' is not in the enumeration %s%s", copy,
		             words->name, token_hint(c, words, copy));
	else
		rule_mistake(c->report, where, "'%s' is none of its values%s", copy,
		             token_hint(c, words, copy));
}

static struct weir_bytes rendered(struct weir_arena *arena, struct weir_value value)
{
	struct weir_buf json = { 0 };
	struct weir_bytes text;

	weir_value_render(value, &json);
	text = weir_arena_copy(arena, (struct weir_bytes){ json.data, json.len });
	weir_buf_finish(&json);
	return text;
}

/* Constants that the row may give, each against the enumeration. where is the nearest place
 * that is known. */
static void check_tokens(struct compiler *c, const struct schema_field *field,
                         const struct rule_word *word, struct weir_where where)
{
	struct weir_bytes text;
	size_t from = word->op == RULE_FIRST || word->op == RULE_MAYBE ? 0 : 1;

	if (word->where.line)
		where = word->where;
	switch (word->op) {
	case RULE_CONST:
		if (word->value.kind != WEIR_TEXT)
			text = rendered(c->arena, word->value);
		if (word->value.kind != WEIR_TEXT || weir_value_text(word->value, NULL, &text))
			check_token(c, field, text, where);
		return;
	case RULE_FIRST:
	case RULE_MAYBE:
	case RULE_GIVEN:
	case RULE_UNLESS:
	case RULE_PICK:
	case RULE_LOOKUP: break;
	default: return;
	}
	for (size_t i = from; i < word->arg_count; i++)
		check_tokens(c, field, word->args[i], where);
	for (size_t i = 0; word->table && i < word->table->count; i++) {
		const struct rule_entry *entry = &word->table->entries[i];

		check_tokens(c, field, entry->word, entry->where.line ? entry->where : where);
	}
}

/* The word that would make it fit. */
static const char *cure(const struct schema_field *field, unsigned gives)
{
	if (!field->list && (gives & (RULE_GIVES_TEXT | RULE_GIVES_IP))) {
		switch (field->type) {
		case SCHEMA_INT: return "; write int(…)";
		case SCHEMA_NUMBER: return "; write number(…)";
		case SCHEMA_BOOL: return "; write bool(…)";
		case SCHEMA_TIME: return "; write time(…)";
		default: return "";
		}
	}
	if (field->type == SCHEMA_TEXT && (gives & (RULE_GIVES_OBJECT | RULE_GIVES_LIST)))
		return "; write json(…) or join(…)";
	return "";
}

void check_fit(struct compiler *c, const struct schema_field *field, const struct rule_word *word,
               struct weir_where where)
{
	unsigned gives = rule_word_gives(word);

	if (!schema_could_fit(field, gives)) {
		rule_mistake(c->report, where, "the field is %s, but the row gives %s%s",
		             schema_type_text(c->arena, field), rule_gives_text(c->arena, gives),
		             cure(field, gives));
		return;
	}
	if (field->words && !field->list)
		check_tokens(c, field, word, where);
}
