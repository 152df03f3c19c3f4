/* eval_list.c - evaluating words that take or make lists and objects.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "plan.h"

#include <string.h>

/* ---- join -------------------------------------------------------------------------------- */

static struct weir_bytes joined(struct rule_run *run, const struct weir_bytes *texts, size_t count,
                                struct weir_bytes separator)
{
	run->scratch.len = 0;
	for (size_t i = 0; i < count; i++) {
		if (i)
			weir_buf_add(&run->scratch, separator.data, separator.len);
		weir_buf_add(&run->scratch, texts[i].data, texts[i].len);
	}
	return plan_scratch(run);
}

/* The texts of a row that has a value for each element of a group. */
static enum plan_got texts_of_group(struct rule_run *run, const struct plan_node *row,
                                    struct weir_bytes **texts, size_t *count)
{
	size_t outer = run->element, elements = plan_group_fill(run, row->group);
	enum plan_got got = PLAN_VALUE;

	*count = 0;
	*texts = weir_arena_alloc(run->arena, elements * sizeof **texts);
	for (size_t i = 0; i < elements && got < PLAN_FAULT; i++) {
		struct plan_cell cell = { 0 };

		run->element = i;
		got = plan_eval(run, row, &cell);
		if ((got == PLAN_VALUE || got == PLAN_TIME) &&
		    plan_text(run, got, &cell, &(*texts)[*count]))
			++*count;
	}
	run->element = outer;
	return got < PLAN_FAULT ? PLAN_VALUE : got;
}

static enum plan_got texts_of_list(struct rule_run *run, const struct plan_node *row,
                                   struct weir_bytes **texts, size_t *count)
{
	struct plan_cell cell = { 0 };
	enum plan_got got = plan_eval(run, row, &cell);
	struct weir_each each;

	*count = 0;
	if (got != PLAN_VALUE || cell.value.kind != WEIR_ARRAY)
		return got >= PLAN_FAULT ? got : PLAN_ABSENT;
	*texts = weir_arena_alloc(run->arena, weir_value_count(cell.value) * sizeof **texts);
	for (each = weir_each(cell.value); weir_next(&each);) {
		cell.value = each.value;
		if (plan_text(run, PLAN_VALUE, &cell, &(*texts)[*count]))
			++*count;
	}
	return PLAN_VALUE;
}

static enum plan_got eval_join(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	const struct plan_node *row = node->args[0];
	struct weir_bytes *texts = NULL, text;
	size_t count = 0;
	enum plan_got got = row->group ? texts_of_group(run, row, &texts, &count)
	                               : texts_of_list(run, row, &texts, &count);

	if (got != PLAN_VALUE)
		return got;
	if (count == 0)
		return PLAN_ABSENT;
	text = joined(run, texts, count, node->text);
	if (text.len == 0)
		return PLAN_ABSENT;
	cell->value = weir_make_text_borrowed(run->arena, text);
	return PLAN_VALUE;
}

/* ---- all -------------------------------------------------------------------------------------- */

/* One element through the grammar; PLAN_ABSENT when it fills nothing. */
static enum plan_got make_element(struct rule_run *run, const struct plan_node *node,
                                  struct plan_cell *cell)
{
	struct weir_value *leaves;

	if (!node->rows)
		return plan_eval(run, node->args[1], cell);
	leaves = weir_arena_alloc(run->arena, node->rows->shape->leaf_count * sizeof *leaves);
	switch (plan_rows_fill(run, node->rows, leaves)) {
	case ROWS_MADE: break;
	case ROWS_LACKING: return PLAN_ABSENT;
	case ROWS_FAULT: return PLAN_FAULT;
	case ROWS_STOP: return PLAN_STOP;
	}
	cell->value = plan_build(run, node->rows->shape, leaves);
	return weir_is_absent(cell->value) ? PLAN_ABSENT : PLAN_VALUE;
}

static enum plan_got eval_all(struct rule_run *run, const struct plan_node *node,
                              struct plan_cell *cell)
{
	const struct plan_scope *scope = node->scope;
	enum plan_got got = plan_eval(run, node->args[0], cell);
	struct weir_value list = weir_make_array(run->arena);
	struct weir_each each = weir_each(cell->value);

	if (got != PLAN_VALUE || cell->value.kind != WEIR_ARRAY)
		return got >= PLAN_FAULT ? got : PLAN_ABSENT;
	while (weir_next(&each)) {
		struct plan_cell element = { 0 };

		run->scopes[scope->number].value = each.value;
		run->scopes[scope->number].epoch = run->epoch;
		weir_paths_read(scope->paths, each.value, run->slots + scope->first);
		got = plan_untimed(run, make_element(run, node, &element), &element);
		if (got >= PLAN_FAULT)
			return got;
		if (got != PLAN_ABSENT)
			weir_array_push(run->arena, list, element.value);
	}
	cell->value = list;
	return PLAN_VALUE;
}

/* ---- objects that no schema describes --------------------------------------------------------- */

static enum plan_got eval_object(struct rule_run *run, const struct plan_node *node,
                                 struct plan_cell *cell)
{
	const struct plan_object *object = node->object;
	struct weir_value made = weir_make_object(run->arena, object->count);
	bool empty = true;

	for (size_t i = 0; i < object->count; i++) {
		enum plan_got got = plan_untimed(run, plan_eval(run, object->nodes[i], cell), cell);

		if (got >= PLAN_FAULT)
			return got;
		if (got == PLAN_ABSENT)
			continue;
		weir_object_add(run->arena, made, object->keys[i], cell->value);
		empty = false;
	}
	cell->value = made;
	return empty ? PLAN_ABSENT : PLAN_VALUE;
}

/* ---- keyed ---------------------------------------------------------------------------------------- */

/* Texts as they are, numbers and booleans as text, the rest as JSON. */
static enum plan_got look_closer(struct rule_run *run, const struct plan_node *row,
                                struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, row, cell);
	struct weir_bytes text;

	if (got == PLAN_ABSENT || got >= PLAN_FAULT)
		return got;
	if (got == PLAN_VALUE && cell->value.kind == WEIR_TEXT)
		return got;
	if (!plan_text(run, got, cell, &text)) {
		run->scratch.len = 0;
		weir_value_render(cell->value, &run->scratch);
		text = plan_scratch(run);
	}
	cell->value = weir_make_text_borrowed(run->arena, text);
	return PLAN_VALUE;
}

/* The value of a pair. */
static inline enum plan_got pair_value(struct rule_run *run, const struct plan_pair *pair,
                                       struct plan_cell *cell)
{
	const struct weir_value *v = &run->slots[pair->glance.slot];
	enum plan_glanced glanced = plan_glance(&pair->glance, v);

	if (glanced == GLANCE_UNCLEAR)
		return look_closer(run, pair->node, cell);
	cell->value = *v;
	return glanced == GLANCE_VALUE ? PLAN_VALUE : PLAN_ABSENT;
}

static void add_pair(struct rule_run *run, const struct plan_node *node, struct weir_value list,
                     struct weir_value key, struct weir_value value)
{
	struct weir_value members[] = { key, value };

	weir_array_push(run->arena, list, weir_make_members(run->arena, node->keys, members, 2));
}

struct weir_bytes plan_numbered_name(struct weir_arena *arena, const struct plan_pair *pair,
                                     size_t place)
{
	return weir_bytes(weir_arena_format(arena, "%.*s%zu%.*s", (int)pair->before.len,
	                                    pair->before.data, place, (int)pair->after.len,
	                                    pair->after.data));
}

static struct weir_value numbered_key(struct rule_run *run, const struct plan_pair *pair,
                                      size_t place)
{
	if (place < PLAN_PLACES)
		return pair->keys[place];
	return weir_make_text_borrowed(run->arena, plan_numbered_name(run->arena, pair, place));
}

/* A pair for each element; the name's '#' is its place. */
static enum plan_got add_numbered(struct rule_run *run, const struct plan_node *node,
                                  const struct plan_pair *pair, struct weir_value list)
{
	size_t outer = run->element, elements = plan_group_fill(run, pair->node->group);
	enum plan_got got = PLAN_VALUE;

	for (size_t i = 0; i < elements && got < PLAN_FAULT; i++) {
		struct plan_cell cell = { 0 };

		run->element = i;
		got = look_closer(run, pair->node, &cell);
		if (got == PLAN_VALUE)
			add_pair(run, node, list, numbered_key(run, pair, i), cell.value);
	}
	run->element = outer;
	return got;
}

static enum plan_got eval_keyed(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	struct weir_value list = weir_make_array(run->arena);

	for (size_t i = 0; i < node->pair_count; i++) {
		const struct plan_pair *pair = &node->pairs[i];
		enum plan_got got;

		if (pair->before.data) {
			got = add_numbered(run, node, pair, list);
		} else {
			got = pair_value(run, pair, cell);
			if (got == PLAN_VALUE)
				add_pair(run, node, list, *pair->keys, cell->value);
		}
		if (got >= PLAN_FAULT)
			return got;
	}
	cell->value = list;
	return weir_value_count(list) ? PLAN_VALUE : PLAN_ABSENT;
}

/* ---- rest --------------------------------------------------------------------------------------------- */

static const struct rest_step *find_step(const struct rest_step *steps, size_t count,
                                         struct weir_bytes name)
{
	for (size_t i = 0; i < count; i++) {
		if (weir_bytes_equal(steps[i].name, name))
			return &steps[i];
	}
	return NULL;
}

/* What the steps leave of an object; absent when that is nothing. */
static struct weir_value what_is_left(struct rule_run *run, const struct rest_step *of,
                                      struct weir_value object)
{
	struct weir_value left = weir_make_object(run->arena, weir_value_count(object));
	struct weir_each each = weir_each(object);

	while (weir_next(&each)) {
		struct weir_bytes name = weir_each_key(&each, run->arena);
		const struct rest_step *step = find_step(of->steps, of->count, name);
		struct weir_value v = each.value;

		if (step && step->whole)
			continue;
		if (step && v.kind == WEIR_OBJECT)
			v = what_is_left(run, step, v);
		if (weir_is_absent(v))
			weir_object_remove(left, name); /* an earlier member with the same key */
		else
			weir_object_put(run->arena, left, name, v);
	}
	return weir_value_count(left) == 0 ? (struct weir_value){ 0 } : left;
}

static enum plan_got eval_rest(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	struct weir_value from = plan_scope_value(run, node->scope);

	if (from.kind != WEIR_OBJECT)
		return PLAN_ABSENT;
	cell->value = what_is_left(run, node->rest, from);
	return weir_is_absent(cell->value) ? PLAN_ABSENT : PLAN_VALUE;
}

plan_eval_fn *const plan_list_evals[RULE_OPS] = {
	[RULE_JOIN] = eval_join,
	[RULE_ALL] = eval_all,
	[RULE_OBJECT] = eval_object,
	[RULE_KEYED] = eval_keyed,
	[RULE_REST] = eval_rest,
};
