/* rows.c - rows to leaves, leaves to objects.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "plan.h"

#include "trace.h"

#include <string.h>

/* A row whose path has [] gives a list. */
static enum plan_got eval_group_list(struct rule_run *run, const struct plan_node *node,
                                     struct plan_cell *cell)
{
	size_t outer = run->element, elements = plan_group_fill(run, node->group);
	struct weir_value list = weir_make_array(run->arena);
	enum plan_got got = PLAN_VALUE;

	for (size_t i = 0; i < elements && got < PLAN_FAULT; i++) {
		struct plan_cell one = { 0 };

		run->element = i;
		got = plan_untimed(run, plan_eval(run, node, &one), &one);
		if (got == PLAN_VALUE)
			weir_array_push(run->arena, list, one.value);
	}
	run->element = outer;
	cell->value = list;
	if (got >= PLAN_FAULT)
		return got;
	return weir_value_count(list) ? PLAN_VALUE : PLAN_ABSENT;
}

static enum plan_got fill_row(struct rule_run *run, const struct plan_row *row,
                              struct weir_value *leaves)
{
	struct plan_cell cell = { 0 };
	enum plan_got got = row->node->group ? eval_group_list(run, row->node, &cell)
	                                     : plan_eval(run, row->node, &cell);

	if (got == PLAN_ABSENT || got >= PLAN_FAULT)
		return got;
	if (got == PLAN_VALUE && row->fitting >> cell.value.kind & 1) {
		leaves[row->target->leaf] = cell.value;
	} else if (row->target->leaf < 0) {
		got = plan_fit_object(run, row->target->shape, row->node, cell.value, leaves);
	} else {
		got = plan_fit(run, row->target, row->node, &cell, got);
		if (got == PLAN_VALUE)
			leaves[row->target->leaf] = cell.value;
	}
	if (got == PLAN_VALUE && run->tracer)
		trace_row(run, row);
	return got;
}

/* The fault's place is the row's, unless it was found deeper. */
static void place_fault(struct rule_run *run, const struct plan_row *row)
{
	if (!run->fault.where.path)
		run->fault.where.path = row->target->path;
	if (!run->fault.where.file) {
		const char *path = run->fault.where.path;
		const struct plan_node *node = run->fault.node;

		run->fault.where = node && node->word->where.line ? node->word->where : row->where;
		run->fault.where.path = path;
	}
}

/* Rows from i on, up to the first that wants a closer look. Most rows of most events need no
 * more than this loop. */
static size_t move_values(const struct rule_run *run, const struct plan_rows *rows, size_t i,
                          struct weir_value *leaves)
{
	const struct plan_move *moves = rows->moves;
	const struct weir_value *slots = run->slots;
	const size_t count = run->tracer ? 0 : rows->count;

	for (; i < count; i++) {
		const struct weir_value *v = &slots[moves[i].glance.slot];
		enum plan_glanced glanced = plan_glance(&moves[i].glance, v);

		if (glanced == GLANCE_UNCLEAR)
			break;
		if (glanced == GLANCE_VALUE)
			leaves[moves[i].leaf] = *v;
	}
	return i;
}

/* A required field that is absent means that the rule does not take the event, whatever else
 * is wrong with it; so these rows come first, and a fault in them waits for the others. */
enum rows_made plan_rows_fill(struct rule_run *run, const struct plan_rows *rows,
                              struct weir_value *leaves)
{
	struct rule_fault fault = { 0 };
	bool faulty = false;
	size_t i;

	memset(leaves, 0, rows->shape->leaf_count * sizeof *leaves);
	for (i = move_values(run, rows, 0, leaves); i < rows->count;
	     i = move_values(run, rows, i + 1, leaves)) {
		const struct plan_row *row = &rows->rows[i];

		if (faulty && i >= rows->required_count)
			break;
		switch (fill_row(run, row, leaves)) {
		case PLAN_VALUE:
		case PLAN_TIME: break;
		case PLAN_ABSENT:
			if (row->required) {
				run->lacking = row->target;
				return ROWS_LACKING;
			}
			break;
		case PLAN_FAULT:
			place_fault(run, row);
			if (i >= rows->required_count)
				return ROWS_FAULT;
			if (!faulty)
				fault = run->fault;
			faulty = true;
			break;
		case PLAN_STOP: return ROWS_STOP;
		}
	}
	if (!faulty)
		return ROWS_MADE;
	run->fault = fault;
	return ROWS_FAULT;
}

/* The object is made with its first member, with room for a usual number. */
struct weir_value plan_build(struct rule_run *run, const struct schema_shape *shape,
                             const struct weir_value *leaves)
{
	enum { USUAL = 32 };
	struct weir_value object = { 0 };
	size_t step;

	for (size_t i = 0; i < shape->count; i += step) {
		const struct schema_field *field = &shape->fields[i];
		struct weir_value v = field->leaf >= 0 ? leaves[field->leaf]
		                                       : plan_build(run, field->shape, leaves);

		step = 1;
		if (weir_is_absent(v))
			continue;
		if (weir_is_absent(object))
			object = weir_make_object(run->arena, shape->count - i < USUAL
			                                              ? shape->count - i : USUAL);
		if (field->leaf < 0) {
			weir_object_add(run->arena, object, field->json_key, v);
			continue;
		}
		step = field->run;
		weir_object_add_present(run->arena, object, &shape->keys[i],
		                        &leaves[field->leaf], step);
	}
	return object;
}
