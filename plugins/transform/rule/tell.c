/* tell.c - what weir asks about rules: their rows, their routes, what wrote a record.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tell.h"

#include <string.h>

struct teller {
	struct weir_arena *arena;
	const struct rule_set *set;
	struct weir_rule_row *rows;  /* of the rules, by their numbers; then those of schemas */
	size_t count;
	struct told_rule {
		size_t base;             /* where the rows of its schema's base entries begin */
		struct told_case {
			const char *conditions;
			size_t functions;
			const char *setting;
			bool always;
		} *cases;
	} *rules;
	struct rule_tracer tracer;
	struct weir_rule_tracer listener;
	const size_t *batch_row;
};

static const char *keep(struct weir_arena *arena, struct weir_buf *text)
{
	const char *kept = weir_arena_strdup(arena, weir_buf_text(text));

	weir_buf_finish(text);
	return kept;
}

/* ---- rows ------------------------------------------------------------------------------------- */

static void add_row(struct teller *teller, const struct rule *rule, const struct plan_row *row)
{
	struct weir_buf text = { 0 };

	rule_word_write(row->node->word, &text);
	teller->rows[teller->count++] = (struct weir_rule_row){
		.where = row->where,
		.schema = rule->schema_name,
		.target = row->path,
		.source = keep(teller->arena, &text),
		.functions = rule_word_calls(row->node->word),
	};
}

static void add_base(struct teller *teller, const struct schema *schema)
{
	for (size_t i = 0; i < schema->base_count; i++) {
		const struct base_entry *entry = &schema->base[i];
		struct weir_buf text = { 0 };

		base_write(entry, &text);
		teller->rows[teller->count++] = (struct weir_rule_row){
			.where = entry->where,
			.schema = schema->name,
			.target = entry->target->path,
			.source = keep(teller->arena, &text),
			.base = true,
		};
	}
}

/* The base entries of a schema are told once, however many rules make it. */
static void add_bases(struct teller *teller, size_t number)
{
	const struct schema *schema = rule_set_get(teller->set, number)->schema;

	for (size_t i = 0; i < number; i++) {
		if (rule_set_get(teller->set, i)->schema == schema) {
			teller->rules[number].base = teller->rules[i].base;
			return;
		}
	}
	teller->rules[number].base = teller->count;
	if (schema)
		add_base(teller, schema);
}

static size_t most_rows(const struct rule_set *set)
{
	size_t most = 1;

	for (size_t i = 0; i < rule_set_count(set); i++) {
		const struct rule *rule = rule_set_get(set, i);

		most += rule->row_count + (rule->schema ? rule->schema->base_count : 0);
	}
	return most;
}

static void note_constants(const struct rule_case *one, struct told_case *told)
{
	told->always = true;
	for (size_t j = 0; j < one->condition_count; j++) {
		const struct rule_word *row = one->conditions[j].row;

		if (row->op != RULE_CONST && row->op != RULE_NOTHING)
			told->always = false;
		else if (row->setting)
			told->setting = row->setting;
	}
}

static void add_cases(struct teller *teller, const struct rule *rule, struct told_rule *told)
{
	told->cases = weir_arena_alloc(teller->arena, (rule->case_count + 1) * sizeof *told->cases);
	for (size_t i = 0; i < rule->case_count; i++) {
		struct weir_buf text = { 0 };
		size_t functions = 0;

		for (size_t j = 0; j < rule->cases[i].condition_count; j++) {
			weir_buf_puts(&text, j ? ", " : "");
			rule_condition_write(&rule->cases[i].conditions[j], &text);
			functions += rule_word_calls(rule->cases[i].conditions[j].row);
		}
		told->cases[i] = (struct told_case){ .conditions = keep(teller->arena, &text),
			                             .functions = functions };
		note_constants(&rule->cases[i], &told->cases[i]);
	}
}

struct teller *teller_create(const struct rule_set *set)
{
	struct teller *teller = weir_alloc(sizeof *teller);
	size_t rules = rule_set_count(set);

	teller->arena = weir_arena_create();
	teller->set = set;
	teller->rows = weir_arena_alloc(teller->arena, most_rows(set) * sizeof *teller->rows);
	teller->rules = weir_arena_alloc(teller->arena, (rules + 1) * sizeof *teller->rules);
	for (size_t i = 0; i < rules; i++) {
		const struct rule *rule = rule_set_get(set, i);

		for (size_t j = 0; j < rule->row_count; j++)
			add_row(teller, rule, &rule->all_rows[j]);
		add_cases(teller, rule, &teller->rules[i]);
	}
	for (size_t i = 0; i < rules; i++)
		add_bases(teller, i);
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

/* ---- routes --------------------------------------------------------------------------------- */

static struct weir_rule_step step_of(const struct teller *teller, const struct rule *rule,
                                     const struct rule_case *one, const char *type)
{
	const struct told_case *told = &teller->rules[rule->number].cases[one - rule->cases];

	return (struct weir_rule_step){ .where = one->where, .schema = rule->schema_name,
		                        .drop = rule->drop, .type = type,
		                        .conditions = told->conditions,
		                        .functions = told->functions,
		                        .setting = told->setting, .always = told->always };
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

/* Telling the route of one type. */
struct telling {
	const struct teller *teller;
	struct weir_bytes type;
	weir_rule_told *told;
	void *user;
};

static void tell_step(void *user, const struct rule *rule, const struct rule_case *one)
{
	struct telling *telling = user;
	struct weir_rule_step step = step_of(telling->teller, rule, one,
	                                     named_by(one, telling->type));

	telling->told(telling->user, &step);
}

static void tell_rule(const struct teller *teller, const struct rule *rule, weir_rule_told *told,
                      void *user)
{
	for (size_t i = 0; i < rule->case_count; i++) {
		const struct rule_case *one = &rule->cases[i];

		for (size_t j = 0; j < one->type_count; j++) {
			struct weir_rule_step step = step_of(teller, rule, one, one->types[j].data);

			told(user, &step);
		}
	}
}

void teller_route(const struct teller *teller, const char *type, weir_rule_told *told, void *user)
{
	struct telling telling = { teller, weir_bytes(type), told, user };

	if (type) {
		rule_set_route(teller->set, telling.type, tell_step, &telling);
		return;
	}
	for (size_t i = 0; i < rule_set_count(teller->set); i++)
		tell_rule(teller, rule_set_get(teller->set, i), told, user);
}

/* ---- tracing ---------------------------------------------------------------------------------- */

static void on_tried(void *user, const struct rule_tried *tried)
{
	struct teller *teller = user;
	struct weir_rule_tried told = { step_of(teller, tried->rule, tried->one,
		                                named_by(tried->one, tried->type)),
		                        tried->verdict, tried->why, tried->records };

	teller->listener.tried(teller->listener.user, *teller->batch_row, &told);
}

static void on_wrote(void *user, const struct rule *rule, size_t row_number, const char *from)
{
	struct teller *teller = user;
	size_t row = row_number < rule->row_count
	                     ? rule->first_row + row_number
	                     : teller->rules[rule->number].base + row_number - rule->row_count;

	teller->listener.wrote(teller->listener.user, *teller->batch_row, &teller->rows[row], from);
}

void teller_trace(struct teller *teller, struct rule_run *run,
                  const struct weir_rule_tracer *listener, const size_t *batch_row)
{
	run->tracer = NULL;
	if (!listener)
		return;
	teller->listener = *listener;
	teller->batch_row = batch_row;
	teller->tracer = (struct rule_tracer){ on_tried, on_wrote, teller };
	run->tracer = &teller->tracer;
}
