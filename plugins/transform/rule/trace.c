/* trace.c - which rules were tried with an event, and which rows wrote, for whoever asks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trace.h"

#include <string.h>

/* ---- where a value came from ------------------------------------------------------------------ */

static void add_source(struct weir_buf *text, const char *fmt, struct weir_bytes name)
{
	if (text->len)
		weir_buf_puts(text, ", ");
	weir_buf_printf(text, fmt, (int)name.len, name.data);
}

static bool is_present(struct rule_run *run, const struct plan_node *node)
{
	const struct rule_fault fault = run->fault;
	struct plan_cell cell = { 0 };
	enum plan_got got = plan_eval(run, node, &cell);

	run->fault = fault;
	return got == PLAN_VALUE || got == PLAN_TIME;
}

/* Of several rows the one that counted: the first that is present. Functions are not called
 * again, and what has no one value is not judged. */
static const struct plan_node *chosen(struct rule_run *run, const struct plan_node *node)
{
	for (size_t i = 0; i < node->arg_count; i++) {
		if (node->group || rule_word_calls(node->args[i]->word))
			return NULL;
		if (is_present(run, node->args[i]))
			return node->args[i];
	}
	return NULL;
}

static void add_sources(struct rule_run *run, const struct plan_node *node, struct weir_buf *text);

static void add_all(struct rule_run *run, const struct plan_node *node, struct weir_buf *text)
{
	for (size_t i = 0; i < node->arg_count; i++)
		add_sources(run, node->args[i], text);
	for (size_t i = 0; i < node->pair_count; i++) {
		if (!node->group && !node->pairs[i].node->group && is_present(run, node->pairs[i].node))
			add_sources(run, node->pairs[i].node, text);
	}
	for (size_t i = 0; node->object && i < node->object->count; i++)
		add_sources(run, node->object->nodes[i], text);
}

/* A member of what another row gives: "target[type=User].id". */
static void add_get(struct rule_run *run, const struct plan_node *node, struct weir_buf *text)
{
	const struct rule_word *word = node->word, *of = word->args[0];
	struct weir_buf inner = { 0 };

	if (of->op == RULE_RECORD)
		weir_buf_printf(&inner, "record %s", of->text.data);
	else if (of->op == RULE_PATH)
		weir_buf_puts(&inner, of->text.data);
	else if (node->scope && node->scope->of == SCOPE_NODE)
		add_sources(run, node->scope->node, &inner);
	weir_buf_printf(&inner, "%s%s", word->text.data[0] == '[' ? "" : ".", word->text.data);
	add_source(text, "%.*s", (struct weir_bytes){ inner.data, inner.len });
	weir_buf_finish(&inner);
}

/* What was looked up, and where the entry that it led to has its value from. */
static void add_pick(struct rule_run *run, const struct plan_node *node, struct weir_buf *text)
{
	const struct plan_node *found = node->arg_count > 1 ? node->args[1] : NULL;
	struct plan_cell cell = { 0 };
	struct weir_bytes own;
	enum plan_got got;

	add_sources(run, node->args[0], text);
	if (node->group || rule_word_calls(node->args[0]->word))
		return;
	got = plan_eval(run, node->args[0], &cell);
	if ((got == PLAN_VALUE || got == PLAN_TIME) && plan_text(run, got, &cell, &own) &&
	    plan_entry(node->table, own))
		found = plan_entry(node->table, own);
	if (found)
		add_sources(run, found, text);
}

static void add_sources(struct rule_run *run, const struct plan_node *node, struct weir_buf *text)
{
	const struct rule_word *word = node->word;
	const struct plan_node *one;

	switch (word->op) {
	case RULE_PATH: add_source(text, "%.*s", word->text); break;
	case RULE_RECORD: add_source(text, "record %.*s", word->text); break;
	case RULE_CALL:
		if (word->outputs)
			break;
		for (uint32_t i = 0; i < node->arg_count; i++)
			add_sources(run, node->args[i], text);
		add_source(text, "%.*s()", weir_bytes(rule_op_name(word->op)));
		break;
	case RULE_RAW:
	case RULE_REST:
	case RULE_ORG_HOST:
	case RULE_LANE:
	case RULE_SOURCE_NAME: add_source(text, "%.*s()", weir_bytes(rule_op_name(word->op))); break;
	case RULE_CONST:
	case RULE_NOTHING:
		if (word->setting)
			add_source(text, "setting %.*s", weir_bytes(word->setting));
		break;
	case RULE_ALL: add_source(text, "%.*s[]", word->text); break;
	case RULE_FIRST:
		one = chosen(run, node);
		if (one)
			add_sources(run, one, text);
		else
			add_all(run, node, text);
		break;
	case RULE_PICK:
	case RULE_LOOKUP: add_pick(run, node, text); break;
	case RULE_GET: add_get(run, node, text); break;
	case RULE_GIVEN:
	case RULE_UNLESS: add_sources(run, node->args[1], text); break;
	default: add_all(run, node, text);
	}
}

/* ---- rows --------------------------------------------------------------------------------------- */

static void note(struct rule_run *run, size_t row, const char *from)
{
	if (run->wrote_count == run->wrote_cap) {
		run->wrote_cap = run->wrote_cap ? run->wrote_cap * 2 : 64;
		run->wrote = weir_realloc(run->wrote, run->wrote_cap * sizeof *run->wrote);
	}
	run->wrote[run->wrote_count++] = (struct run_wrote){ row, from };
}

void trace_row(struct rule_run *run, const struct plan_row *row)
{
	struct weir_buf text = { 0 };

	add_sources(run, row->node, &text);
	note(run, row->number, weir_arena_strdup(run->arena, weir_buf_text(&text)));
	weir_buf_finish(&text);
}

void trace_base(struct rule_run *run, size_t index)
{
	note(run, run->rule->row_count + index, "");
}

/* Whether something of a field was written: itself, or a member of the object that it is. */
static bool is_filled(const struct rule_run *run, const struct schema_field *field)
{
	if (field->leaf >= 0)
		return !weir_is_absent(run->leaves[field->leaf]);
	for (size_t i = 0; field->shape && i < field->shape->count; i++) {
		if (is_filled(run, &field->shape->fields[i]))
			return true;
	}
	return false;
}

void trace_sketch(struct rule_run *run)
{
	for (size_t i = 1; i < run->rule->row_count; i++) {
		const struct plan_row *row = &run->rule->all_rows[i];

		if (row->target && is_filled(run, row->target))
			note(run, row->number, "");
	}
}

void trace_extras(struct rule_run *run, struct weir_value object)
{
	const struct plan_object *extras = run->rule->extras->object;
	size_t first = run->rule->row_count - extras->count;

	for (size_t i = 0; i < extras->count; i++) {
		const struct plan_row *row = &run->rule->all_rows[first + i];

		if (!weir_is_absent(weir_value_get(object, row->path)))
			trace_row(run, row);
	}
}

/* ---- rules -------------------------------------------------------------------------------------- */

/* The first condition of a case that does not hold, or NULL. */
static const struct rule_condition *failing(struct rule_run *run, const struct rule_case *one)
{
	for (size_t i = 0; i < one->condition_count; i++) {
		struct rule_case alone = { .conditions = &one->conditions[i], .condition_count = 1 };
		enum plan_got got;

		if (!conditions_hold(run, &alone, &got))
			return got == PLAN_STOP ? NULL : &one->conditions[i];
	}
	return NULL;
}

static void write_value(struct rule_run *run, const struct rule_condition *condition,
                        struct weir_buf *text)
{
	struct plan_cell cell = { 0 };
	enum plan_got got = plan_eval(run, condition->node, &cell);
	struct weir_bytes own;

	if (got == PLAN_FAULT)
		weir_buf_puts(text, "wrong, which counts as absent");
	else if (got != PLAN_VALUE && got != PLAN_TIME)
		weir_buf_puts(text, "absent");
	else if (plan_text(run, got, &cell, &own))
		weir_json_quote(own, text);
	else
		weir_buf_puts(text, cell.value.kind == WEIR_ARRAY ? "a list" : "an object");
}

static const char *why_condition(struct rule_run *run, const struct rule_condition *condition)
{
	struct weir_buf text = { 0 };
	const char *kept;

	rule_condition_write(condition, &text);
	weir_buf_puts(&text, " does not hold: it is ");
	write_value(run, condition, &text);
	kept = weir_arena_strdup(run->arena, weir_buf_text(&text));
	weir_buf_finish(&text);
	return kept;
}

static const struct plan_row *row_of(const struct rule *rule, const struct schema_field *field)
{
	for (size_t i = 0; i < rule->row_count; i++) {
		if (rule->all_rows[i].target == field)
			return &rule->all_rows[i];
	}
	return NULL;
}

static const char *why_passed(struct rule_run *run)
{
	const struct plan_row *row;

	if (run->lacking) {
		row = row_of(run->rule, run->lacking);
		return weir_arena_format(run->arena, "the required field %s stays absent%s",
		                         run->lacking->path, row ? weir_arena_format(run->arena,
		                         "; see line %d", row->where.line) : "");
	}
	if (run->rule->kind == RULE_CHANGE)
		return run->event->record_schema ? "the record has another schema"
		                                 : "no earlier stage made a record";
	return "it gave no record";
}

static void tell(struct rule_run *run, struct rule_tried tried)
{
	run->tracer->tried(run->tracer->user, &tried);
}

static void tell_end(struct rule_run *run, struct rule_tried tried, enum rule_took took)
{
	switch (took) {
	case RULE_TOOK: break;
	case RULE_PASSED: tried.why = why_passed(run); break;
	case RULE_FAULTY: tried.why = run->fault.what; break;
	case RULE_STOPPED: tried.why = run->stop_text; break;
	}
	tried.verdict = took == RULE_TOOK ? WEIR_RULE_TOOK : took == RULE_PASSED ? WEIR_RULE_PASSED
	                : took == RULE_STOPPED && run->stop == RULE_STOP_DROP ? WEIR_RULE_DROPPED
	                : WEIR_RULE_REJECTED;
	tell(run, tried);
	for (size_t i = 0; took == RULE_TOOK && i < run->wrote_count; i++)
		run->tracer->wrote(run->tracer->user, tried.rule, run->wrote[i].row,
		                   run->wrote[i].from);
}

void trace_step(struct rule_run *run, const struct route_step *step, struct weir_bytes type,
                enum rule_took took, size_t records)
{
	const struct rule_fault fault = run->fault;

	for (size_t i = 0; i < step->case_count; i++) {
		const struct rule_condition *condition = failing(run, step->cases[i]);
		struct rule_tried tried = { step->rule, step->cases[i], type, WEIR_RULE_PASSED, "",
			                    records };

		if (condition)
			tried.why = why_condition(run, condition);
		run->fault = fault;
		if (!condition) {
			tell_end(run, tried, took);
			return;
		}
		tell(run, tried);
	}
}

static bool is_on(const struct route *route, const struct rule_case *one)
{
	for (; route; route = route->next) {
		for (size_t i = 0; i < route->count; i++) {
			for (size_t j = 0; j < route->steps[i].case_count; j++) {
				if (route->steps[i].cases[j] == one)
					return true;
			}
		}
	}
	return false;
}

/* The setting that decided at load that a case can never hold. */
static const char *why_impossible(struct rule_run *run, const struct rule_case *one)
{
	for (size_t i = 0; i < one->condition_count; i++) {
		const struct rule_condition *condition = &one->conditions[i];
		struct rule_case alone = { .conditions = &one->conditions[i], .condition_count = 1 };
		struct weir_buf value = { 0 };
		const char *why;

		if (conditions_possible(&alone))
			continue;
		if (condition->row->op == RULE_CONST)
			weir_value_render(condition->row->value, &value);
		why = weir_arena_format(run->arena, "the setting %s is %s",
		                        condition->row->setting ? condition->row->setting : "",
		                        value.len ? weir_buf_text(&value) : "not set");
		weir_buf_finish(&value);
		return why;
	}
	return "a later folder has the same schema, type and conditions";
}

void trace_begin(struct rule_run *run, const struct rule_set *set, struct weir_bytes type)
{
	const struct route *route = route_find(set, type);

	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = set->rules[i];

		for (size_t j = 0; j < rule->case_count; j++) {
			const struct rule_case *one = &rule->cases[j];

			if (case_has_type(one, type) && !is_on(route, one))
				tell(run, (struct rule_tried){ rule, one, type, WEIR_RULE_PASSED,
				                               why_impossible(run, one), 0 });
		}
	}
}
