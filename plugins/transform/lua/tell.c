/* tell.c - what weir asks about rules: their rows, their routes, what wrote a record.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tell.h"

#include <string.h>

struct teller {
	struct weir_arena *arena;
	const struct rule_set *set;
	struct weir_rule_row *rows;
	size_t count;
};

static const char *text_of(struct weir_arena *arena, const struct rule_word *word)
{
	struct weir_buf text = { 0 };
	const char *kept;

	rule_word_write(word, &text);
	kept = weir_arena_strdup(arena, weir_buf_text(&text));
	weir_buf_finish(&text);
	return kept;
}

struct teller *teller_create(const struct rule_set *set)
{
	struct teller *teller = weir_alloc(sizeof *teller);
	size_t rules = rule_set_count(set), next = 0;

	teller->arena = weir_arena_create();
	teller->set = set;
	for (size_t i = 0; i < rules; i++)
		teller->count += rule_set_get(set, i)->row_count;
	teller->rows = weir_arena_alloc(teller->arena, (teller->count + 1) * sizeof *teller->rows);
	for (size_t i = 0; i < rules; i++) {
		const struct rule *rule = rule_set_get(set, i);

		for (size_t j = 0; j < rule->row_count; j++) {
			const struct plan_row *row = &rule->all_rows[j];

			teller->rows[next++] = (struct weir_rule_row){
				.where = row->where,
				.schema = rule->schema_name,
				.target = row->path,
				.source = text_of(teller->arena, row->node->word),
			};
		}
	}
	return teller;
}

void teller_destroy(struct teller *teller)
{
	if (!teller)
		return;
	weir_arena_destroy(teller->arena);
	weir_free(teller);
}

size_t teller_rows(const struct teller *teller, const struct weir_rule_row **rows)
{
	*rows = teller->rows;
	return teller->count;
}

const struct weir_rule_row *teller_row(const struct teller *teller, const struct rule *rule,
                                       size_t row_number)
{
	return &teller->rows[rule->first_row + row_number];
}

/* ---- routes --------------------------------------------------------------------------------- */

/* Telling the route of one type. */
struct telling {
	struct weir_bytes type;
	weir_rule_told *told;
	void *user;
};

/* "[known("actor.id")] = present, k = "v"". */
static void write_conditions(const struct rule_case *one, struct weir_buf *text)
{
	for (size_t i = 0; i < one->condition_count; i++) {
		const struct rule_condition *condition = &one->conditions[i];

		weir_buf_puts(text, i ? ", [" : "[");
		rule_word_write(condition->row, text);
		weir_buf_puts(text, "] = ");
		switch (condition->holds) {
		case RULE_PRESENT: weir_buf_puts(text, "present"); continue;
		case RULE_ABSENT: weir_buf_puts(text, "absent"); continue;
		case RULE_NONE_OF: weir_buf_puts(text, "none_of "); break;
		case RULE_IS: break;
		}
		weir_buf_puts(text, "{ ");
		for (size_t j = 0; j < condition->count; j++) {
			weir_buf_puts(text, j ? ", " : "");
			weir_json_quote(condition->texts[j], text);
		}
		weir_buf_puts(text, " }");
	}
}

/* How a case names a type: by itself, by the longest prefix, or by `*`. */
static const char *named_by(const struct rule_case *one, struct weir_bytes type)
{
	const char *found = "*";
	size_t longest = 0;

	for (size_t i = 0; i < one->type_count; i++) {
		struct weir_bytes name = one->types[i];
		bool prefix = name.len > 2 && memcmp(name.data + name.len - 2, ".*", 2) == 0;

		if (weir_bytes_equal(name, type))
			return name.data;
		if (prefix && name.len > longest && type.len > name.len - 1 &&
		    memcmp(type.data, name.data, name.len - 1) == 0) {
			found = name.data;
			longest = name.len;
		}
	}
	return found;
}

static void tell_step(void *user, const struct rule *rule, const struct rule_case *one)
{
	struct telling *telling = user;
	struct weir_buf conditions = { 0 };
	struct weir_rule_step step = { .where = one->where, .schema = rule->schema_name,
		                       .drop = rule->drop,
		                       .type = named_by(one, telling->type) };

	write_conditions(one, &conditions);
	step.conditions = weir_buf_text(&conditions);
	telling->told(telling->user, &step);
	weir_buf_finish(&conditions);
}

void tell_route(const struct rule_set *set, const char *type, weir_rule_told *told, void *user)
{
	struct telling telling = { weir_bytes(type), told, user };

	rule_set_route(set, telling.type, tell_step, &telling);
}
