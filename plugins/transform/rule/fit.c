/* fit.c - values brought to the types that a schema has for them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rule.h"

#include "text.h"
#include "timestamp.h"

#include <string.h>

static enum plan_got wrong(struct rule_run *run, const struct plan_node *node, const char *what,
                           const struct plan_cell *cell)
{
	return plan_fault(run, node, what, cell->value);
}

static enum plan_got fit_text(struct rule_run *run, const struct schema_field *field,
                              const struct plan_node *node, struct plan_cell *cell,
                              enum plan_got got)
{
	struct weir_bytes text;
	int word;

	if (got == PLAN_VALUE && cell->value.kind == WEIR_TEXT && !field->words && !field->max)
		return PLAN_VALUE;
	if (!plan_text(run, got, cell, &text))
		return wrong(run, node, "not a text", cell);
	if (field->words) {
		word = schema_enum_find(field->words, text);
		if (word < 0)
			return wrong(run, node, "not in the enumeration", cell);
		cell->value = field->words->texts[word];
		return PLAN_VALUE;
	}
	if (cell->value.kind == WEIR_TEXT && got == PLAN_VALUE &&
	    (!field->max || text.len <= (size_t)field->max))
		return PLAN_VALUE;
	if (field->max)
		text = rule_cut(text, (size_t)field->max);
	cell->value = weir_make_text_borrowed(run->arena, text);
	return PLAN_VALUE;
}

static int64_t in_unit(int64_t micros, enum schema_unit unit)
{
	int64_t divisor = unit == SCHEMA_UNIT_S ? 1000000 : unit == SCHEMA_UNIT_MS ? 1000 : 1;
	int64_t whole = micros / divisor;

	return micros % divisor < 0 ? whole - 1 : whole;
}

static enum plan_got fit_integer(struct rule_run *run, const struct plan_node *node,
                                 struct plan_cell *cell)
{
	struct weir_bytes text;

	if (cell->value.kind != WEIR_NUMBER || !plan_text(run, PLAN_VALUE, cell, &text) ||
	    !rule_is_int(text))
		return wrong(run, node, "not an integer", cell);
	return PLAN_VALUE;
}

static enum plan_got fit_time(struct rule_run *run, const struct schema_field *field,
                              const struct plan_node *node, struct plan_cell *cell,
                              enum plan_got got)
{
	struct weir_bytes text;
	struct rule_time time;

	if (got == PLAN_TIME && field->unit != SCHEMA_UNIT_TEXT) {
		cell->value = weir_make_int(run->arena, in_unit(cell->micros, field->unit));
		return PLAN_VALUE;
	}
	/* Of a program's record the text is all there is of a time. */
	if (field->unit != SCHEMA_UNIT_TEXT &&
	    !(cell->value.kind == WEIR_TEXT && node && node->word->outputs))
		return fit_integer(run, node, cell);
	if (got == PLAN_VALUE) {
		if (!weir_value_text(cell->value, run->arena, &text) ||
		    !rule_time_read(text, &time))
			return wrong(run, node, "not a time", cell);
		cell->micros = rule_time_micros(&time);
		if (field->unit != SCHEMA_UNIT_TEXT) {
			cell->value = weir_make_int(run->arena, in_unit(cell->micros, field->unit));
			return PLAN_VALUE;
		}
		if (time.plain)
			return PLAN_VALUE;
	}
	plan_text(run, PLAN_TIME, cell, &text);
	if (cell->value.kind != WEIR_TEXT || !weir_value_is_text(cell->value, text.data))
		cell->value = weir_make_text_borrowed(run->arena, text);
	return PLAN_VALUE;
}

enum plan_got plan_fit_ip(struct rule_run *run, const struct plan_node *node,
                          struct plan_cell *cell)
{
	char written[RULE_IP_MAX];
	struct weir_bytes text;

	if (!weir_value_text(cell->value, run->arena, &text))
		return wrong(run, node, "not an address", cell);
	switch (rule_ip(text, written)) {
	case RULE_IP_AS_IT_IS: return PLAN_VALUE;
	case RULE_IP_WRITTEN:
		cell->value = weir_make_text(run->arena, weir_bytes(written));
		return PLAN_VALUE;
	case RULE_IP_WRONG: break;
	}
	return wrong(run, node, "not an address", cell);
}

/* A time where something else is wanted is its text, or microseconds for an integer. */
static enum plan_got untimed(struct rule_run *run, const struct schema_field *field,
                             struct plan_cell *cell, enum plan_got got)
{
	if (got != PLAN_TIME || field->type == SCHEMA_TIME || field->type == SCHEMA_TEXT)
		return got;
	if (field->type != SCHEMA_INT && field->type != SCHEMA_NUMBER)
		return plan_untimed(run, got, cell);
	cell->value = weir_make_int(run->arena, cell->micros);
	return PLAN_VALUE;
}

static enum plan_got fit_one(struct rule_run *run, const struct schema_field *field,
                             const struct plan_node *node, struct plan_cell *cell,
                             enum plan_got got)
{
	got = untimed(run, field, cell, got);
	switch (field->type) {
	case SCHEMA_TEXT: return fit_text(run, field, node, cell, got);
	case SCHEMA_TIME: return fit_time(run, field, node, cell, got);
	case SCHEMA_INT: return fit_integer(run, node, cell);
	case SCHEMA_IP: return plan_fit_ip(run, node, cell);
	case SCHEMA_ANY: return PLAN_VALUE;
	case SCHEMA_NUMBER:
		return cell->value.kind == WEIR_NUMBER ? PLAN_VALUE
		                                       : wrong(run, node, "not a number", cell);
	case SCHEMA_BOOL:
		return cell->value.kind == WEIR_BOOLEAN
		               ? PLAN_VALUE
		               : wrong(run, node, "neither true nor false", cell);
	case SCHEMA_OBJECT:
		return cell->value.kind == WEIR_OBJECT ? PLAN_VALUE
		                                       : wrong(run, node, "not an object", cell);
	case SCHEMA_NESTED: break;
	}
	return plan_fit_nested(run, field->shape, node, cell);
}

static enum plan_got fit_list(struct rule_run *run, const struct schema_field *field,
                              const struct plan_node *node, struct plan_cell *cell)
{
	struct weir_value list = weir_make_array(run->arena);
	struct weir_each each = weir_each(cell->value);

	if (cell->value.kind != WEIR_ARRAY)
		return wrong(run, node, "not a list", cell);
	while (weir_next(&each)) {
		struct plan_cell element = { .value = each.value };
		enum plan_got got;

		if (weir_is_nothing(each.value))
			continue;
		got = fit_one(run, field, node, &element, PLAN_VALUE);
		if (got >= PLAN_FAULT)
			return got;
		if (got == PLAN_VALUE)
			weir_array_push(run->arena, list, element.value);
	}
	cell->value = list;
	return PLAN_VALUE;
}

/* Lists that the engine made by a described shape fit already. */
static bool is_made_to_fit(const struct schema_field *field, const struct plan_node *node)
{
	if (!node)
		return false;
	if (node->word->op == RULE_ALL)
		return node->rows && node->rows->shape == field->shape;
	return node->word->op == RULE_KEYED && field->type == SCHEMA_NESTED;
}

enum plan_got plan_fit(struct rule_run *run, const struct schema_field *field,
                       const struct plan_node *node, struct plan_cell *cell, enum plan_got got)
{
	if (got != PLAN_VALUE && got != PLAN_TIME)
		return got;
	if (!field->list)
		return fit_one(run, field, node, cell, got);
	return is_made_to_fit(field, node) ? PLAN_VALUE : fit_list(run, field, node, cell);
}

static void clear(const struct schema_field *field, struct weir_value *leaves)
{
	if (field->leaf >= 0) {
		leaves[field->leaf] = (struct weir_value){ 0 };
		return;
	}
	for (size_t i = 0; i < field->shape->count; i++)
		clear(&field->shape->fields[i], leaves);
}

static enum plan_got fit_member(struct rule_run *run, const struct schema_field *field,
                                const struct plan_node *node, struct weir_value v,
                                struct weir_value *leaves)
{
	struct plan_cell cell = { .value = v };
	enum plan_got got;

	clear(field, leaves); /* of an earlier member with the same key */
	if (weir_is_nothing(v))
		return PLAN_VALUE;
	if (field->leaf < 0)
		return plan_fit_object(run, field->shape, node, v, leaves);
	got = plan_fit(run, field, node, &cell, PLAN_VALUE);
	if (got == PLAN_VALUE)
		leaves[field->leaf] = cell.value;
	else if (got == PLAN_FAULT && !run->fault.where.path)
		run->fault.where.path = field->path;
	return got == PLAN_ABSENT ? PLAN_VALUE : got;
}

enum plan_got plan_fit_object(struct rule_run *run, const struct schema_shape *shape,
                              const struct plan_node *node, struct weir_value object,
                              struct weir_value *leaves)
{
	struct weir_each each = weir_each(object);
	const struct schema_field *last = NULL;

	if (object.kind != WEIR_OBJECT)
		return plan_fault(run, node, "not an object", object);
	while (weir_next(&each)) {
		struct weir_bytes key = weir_each_key(&each, run->arena);
		const struct schema_field *field = schema_member_after(shape, last, key);
		enum plan_got got;

		last = field ? field : last;
		if (!field && run->open && shape == run->rule->schema->shape)
			continue;
		if (!field)
			return plan_fault(run, node,
			                  weir_arena_format(run->arena, "no field '%.*s'",
			                                    (int)key.len, key.data),
			                  each.value);
		got = fit_member(run, field, node, each.value, leaves);
		if (got >= PLAN_FAULT)
			return got;
	}
	return PLAN_VALUE;
}

enum plan_got plan_fit_nested(struct rule_run *run, const struct schema_shape *shape,
                              const struct plan_node *node, struct plan_cell *cell)
{
	size_t size = shape->top->leaf_count * sizeof(struct weir_value);
	struct weir_value *leaves = memset(weir_arena_alloc(run->arena, size), 0, size);
	enum plan_got got = plan_fit_object(run, shape, node, cell->value, leaves);

	if (got != PLAN_VALUE)
		return got;
	cell->value = plan_build(run, shape, leaves);
	return weir_is_absent(cell->value) ? PLAN_ABSENT : PLAN_VALUE;
}
