/* change.c - changing the record of an earlier stage: row by row, or by a program.
 *
 * Of what a program gives, what is as it was is left alone: it has the texts that are written
 * already. Only what differs is brought to the types of the schema.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include "trace.h"

#include <string.h>

/* ---- what a program made --------------------------------------------------------------------- */

static enum plan_got change_fit(struct rule_run *run, const struct schema_shape *shape,
                                const struct plan_node *node, struct weir_value old,
                                struct weir_value *record);

/* A member that is new or another one than before; absent in *fitted when it is to go. */
static enum plan_got fit_changed(struct rule_run *run, const struct schema_field *field,
                                 const struct plan_node *node, struct weir_value old,
                                 struct weir_value *fitted)
{
	struct plan_cell cell = { .value = *fitted };
	enum plan_got got;

	if (field->type == SCHEMA_NESTED && !field->list)
		return change_fit(run, field->shape, node, old, fitted);
	got = plan_fit(run, field, node, &cell, PLAN_VALUE);
	if (got == PLAN_FAULT && !run->fault.where.path)
		run->fault.where.path = field->path;
	*fitted = got == PLAN_VALUE ? cell.value : (struct weir_value){ 0 };
	return got;
}

static enum plan_got fit_member(struct rule_run *run, const struct schema_shape *shape,
                                struct weir_bytes key, struct weir_value old,
                                struct weir_value *fitted)
{
	const struct schema_field *field = schema_member(shape, key);
	const struct plan_node *node = run->rule->whole;

	if (weir_is_nothing(*fitted)) {
		*fitted = (struct weir_value){ 0 };
		return PLAN_ABSENT;
	}
	if (weir_value_equal(old, *fitted))
		return PLAN_VALUE;
	if (field)
		return fit_changed(run, field, node, old, fitted);
	if (shape == run->rule->schema->shape && run->rule->schema->open)
		return PLAN_VALUE;
	return plan_fault(run, node, weir_arena_format(run->arena, "no field '%.*s'", (int)key.len,
	                                               key.data), *fitted);
}

/* What is required may not be taken away. */
static enum plan_got keep_required(struct rule_run *run, const struct schema_shape *shape,
                                   const struct plan_node *node, struct weir_value old,
                                   struct weir_value record)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct schema_field *field = &shape->fields[i];

		if (!field->required || weir_is_absent(weir_value_get(old, field->key)) ||
		    !weir_is_absent(weir_value_get(record, field->key)))
			continue;
		plan_fault(run, node, "the schema requires it, and it is taken away",
		           (struct weir_value){ 0 });
		run->fault.where.path = field->path;
		return PLAN_FAULT;
	}
	return PLAN_VALUE;
}

static enum plan_got change_fit(struct rule_run *run, const struct schema_shape *shape,
                         const struct plan_node *node, struct weir_value old,
                         struct weir_value *record)
{
	struct weir_each each = weir_each(*record);
	struct weir_value made;

	if (record->kind != WEIR_OBJECT)
		return plan_fault(run, node, "not an object", *record);
	made = weir_make_object(run->arena, weir_value_count(*record));
	while (weir_next(&each)) {
		struct weir_bytes key = weir_each_key(&each, run->arena);
		struct weir_value member = each.value;
		enum plan_got got = fit_member(run, shape, key,
		                               weir_value_member(old, key), &member);

		if (got >= PLAN_FAULT)
			return got;
		if (!weir_is_absent(member))
			weir_object_put(run->arena, made, key, member);
	}
	*record = made;
	return keep_required(run, shape, node, old, made);
}

/* ---- rows --------------------------------------------------------------------------------------- */

/* The object at keys below record, made where there is none. False: something else is there. */
static bool reach(struct rule_run *run, struct weir_value *record, const struct plan_change *change,
                  struct weir_value *object)
{
	*object = *record;
	for (size_t i = 0; i + 1 < change->key_count; i++) {
		struct weir_value inner = weir_value_member(*object, change->keys[i]);

		if (weir_is_nothing(inner))
			inner = weir_make_object(run->arena, 2);
		else if (inner.kind == WEIR_OBJECT)
			inner = weir_value_edit(run->arena, inner);
		else
			return false;
		weir_object_put(run->arena, *object, change->keys[i], inner);
		*object = inner;
	}
	return true;
}

/* The value of a changed row; PLAN_ABSENT leaves the record as it is there. */
static enum plan_got change_value(struct rule_run *run, const struct plan_row *row,
                                  struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, row->node, cell);

	if (row->target && row->target->leaf >= 0)
		return plan_fit(run, row->target, row->node, cell, got);
	got = plan_untimed(run, got, cell);
	if (row->target && got == PLAN_VALUE)
		return plan_fit_nested(run, row->target->shape, row->node, cell);
	return got;
}

static enum rule_took apply(struct rule_run *run, const struct plan_change *change,
                       struct weir_value *record)
{
	struct weir_bytes last = change->keys[change->key_count - 1];
	struct plan_cell cell = { 0 };
	struct weir_value object;
	enum plan_got got = change_value(run, &change->row, &cell);

	if (got == PLAN_STOP)
		return RULE_STOPPED;
	if (got == PLAN_ABSENT && change->row.node->word->op != RULE_REMOVE)
		return RULE_TOOK;
	if (got != PLAN_FAULT && !reach(run, record, change, &object))
		got = plan_fault(run, change->row.node, "the record has no object there", *record);
	if (got == PLAN_FAULT) {
		run->fault.where = change->row.where;
		return RULE_FAULTY;
	}
	if (got == PLAN_ABSENT)
		weir_object_remove(object, last);
	else
		weir_object_put(run->arena, object, last, cell.value);
	if (run->tracer)
		trace_row(run, &change->row);
	return RULE_TOOK;
}

/* What a program makes of the record. */
static enum rule_took take_changed(struct rule_run *run, const struct rule *rule)
{
	struct plan_cell cell = { 0 };
	enum plan_got got = plan_eval(run, rule->whole, &cell);
	struct weir_each each = weir_each(cell.value);

	while (got == PLAN_VALUE && weir_next(&each)) {
		struct weir_value record = each.value;

		if (rule->schema)
			got = change_fit(run, rule->schema->shape, rule->whole,
			                 run->event->record, &record);
		else if (record.kind != WEIR_OBJECT)
			got = plan_fault(run, rule->whole, "not an object", record);
		if (got == PLAN_VALUE)
			rule_run_made(run, run->event->record_schema, record);
	}
	switch (got) {
	case PLAN_ABSENT: return RULE_PASSED;
	case PLAN_FAULT: return RULE_FAULTY;
	case PLAN_STOP: return RULE_STOPPED;
	default: break;
	}
	if (run->tracer)
		trace_row(run, &rule->all_rows[0]);
	return RULE_TOOK;
}

/* Changes are rows on the record as it was; all of them are on a copy. */
enum rule_took change_take(struct rule_run *run, const struct rule *rule)
{
	const struct rule_event *event = run->event;
	struct weir_value record = event->record;
	enum rule_took took = RULE_TOOK;

	if (record.kind != WEIR_OBJECT || (rule->schema && (!event->record_schema ||
	    strcmp(rule->schema->name, event->record_schema) != 0)))
		return RULE_PASSED;
	if (rule->whole && rule->whole->word->outputs)
		return take_changed(run, rule);
	record = weir_value_edit(run->arena, record);
	for (size_t i = 0; took == RULE_TOOK && i < rule->change_count; i++)
		took = apply(run, &rule->changes[i], &record);
	if (took == RULE_TOOK)
		rule_run_made(run, event->record_schema, record);
	return took;
}
