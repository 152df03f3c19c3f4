/* eval.c - evaluating nodes: what is read, and choices.
 *
 * Not here: words on text (eval_text.c), lists and objects (eval_list.c), types of targets
 * (fit.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "plan.h"

#include "timestamp.h"

#include <string.h>

/* ---- used by all ------------------------------------------------------------------------- */

enum plan_got plan_eval_memo(struct rule_run *run, const struct plan_node *node,
                             struct plan_cell *cell)
{
	struct run_memo *memo = &run->memos[node->memo];

	if (memo->epoch != run->epoch) {
		memo->got = node->eval(run, node, cell);
		memo->cell = *cell;
		/* The details of a fault are not kept, so that is found again. */
		if (memo->got < PLAN_FAULT)
			memo->epoch = run->epoch;
		return memo->got;
	}
	*cell = memo->cell;
	return memo->got;
}

enum plan_got plan_fault(struct rule_run *run, const struct plan_node *node, const char *what,
                         struct weir_value value)
{
	run->fault = (struct rule_fault){ .node = node, .what = what, .value = value };
	return PLAN_FAULT;
}

struct weir_bytes plan_scratch(struct rule_run *run)
{
	return weir_arena_copy(run->arena,
	                       (struct weir_bytes){ run->scratch.data, run->scratch.len });
}

static struct weir_bytes time_text(struct rule_run *run, const struct plan_cell *cell)
{
	struct weir_bytes text;
	struct rule_time time;
	char whole[25];

	run->scratch.len = 0;
	if (weir_value_text(cell->value, run->arena, &text) && rule_time_read(text, &time)) {
		if (time.plain)
			return text;
		rule_time_write(&time, &run->scratch);
	} else {
		weir_time_format(cell->micros, whole);
		weir_buf_puts(&run->scratch, whole);
	}
	return plan_scratch(run);
}

bool plan_text(struct rule_run *run, enum plan_got got, const struct plan_cell *cell,
               struct weir_bytes *text)
{
	struct weir_value v = cell->value;
	bool yes;

	if (got == PLAN_TIME) {
		*text = time_text(run, cell);
		return true;
	}
	if (weir_value_text(v, run->arena, text))
		return true;
	if (weir_value_bool(v, &yes)) {
		*text = yes ? (struct weir_bytes){ "true", 4 } : (struct weir_bytes){ "false", 5 };
		return true;
	}
	if (v.kind != WEIR_NUMBER)
		return false;
	*text = weir_value_raw(v);
	if (!text->data) {
		run->scratch.len = 0;
		weir_value_render(v, &run->scratch);
		*text = plan_scratch(run);
	}
	return true;
}

enum plan_got plan_untimed(struct rule_run *run, enum plan_got got, struct plan_cell *cell)
{
	if (got != PLAN_TIME)
		return got;
	cell->value = weir_make_text_borrowed(run->arena, time_text(run, cell));
	return PLAN_VALUE;
}

static enum plan_got give(struct plan_cell *cell, struct weir_value v)
{
	cell->value = v;
	return weir_is_nothing(v) ? PLAN_ABSENT : PLAN_VALUE;
}

static enum plan_got give_text(struct rule_run *run, struct plan_cell *cell, const char *text)
{
	if (!*text)
		return PLAN_ABSENT;
	return give(cell, weir_make_text_borrowed(run->arena, weir_bytes(text)));
}

/* ---- scopes ------------------------------------------------------------------------------------ */

struct weir_value plan_scope_value(struct rule_run *run, const struct plan_scope *scope)
{
	struct plan_cell cell = { 0 };

	switch (scope->of) {
	case SCOPE_EVENT: return run->event->event;
	case SCOPE_RECORD: return run->event->record;
	case SCOPE_ELEMENT: return run->scopes[scope->number].value;
	case SCOPE_NODE:
		if (plan_eval(run, scope->node, &cell) == PLAN_VALUE)
			return cell.value;
		return (struct weir_value){ 0 };
	}
	return (struct weir_value){ 0 };
}

/* A scope is read when the first of its paths is asked for. */
static enum plan_got eval_scope_path(struct rule_run *run, const struct plan_node *node,
                                     struct plan_cell *cell)
{
	const struct plan_scope *scope = node->scope;
	struct run_scope *state = &run->scopes[scope->number];
	struct weir_value *slots = run->slots + scope->first;

	if (state->epoch != run->epoch || (scope->fleeting && scope->of != SCOPE_ELEMENT)) {
		weir_paths_read(scope->paths, plan_scope_value(run, scope), slots);
		state->epoch = run->epoch;
	}
	return give(cell, slots[node->slot]);
}

size_t plan_group_fill(struct rule_run *run, const struct plan_group *group)
{
	struct run_group *state = &run->groups[group->number];
	struct plan_cell list = { 0 };
	struct weir_each each;
	size_t i = 0;

	if (state->epoch == run->epoch && !group->fleeting)
		return state->count;
	state->epoch = run->epoch;
	state->count = 0;
	if (plan_eval(run, group->list, &list) != PLAN_VALUE || list.value.kind != WEIR_ARRAY)
		return 0;
	state->count = weir_value_count(list.value);
	state->values = weir_arena_alloc(run->arena,
	                                 state->count * group->count * sizeof *state->values);
	for (each = weir_each(list.value); weir_next(&each); i++)
		weir_paths_read(group->paths, each.value, state->values + i * group->count);
	return state->count;
}

static enum plan_got eval_group_path(struct rule_run *run, const struct plan_node *node,
                                     struct plan_cell *cell)
{
	const struct run_group *state = &run->groups[node->group->number];

	return give(cell, state->values[run->element * node->group->count + node->slot]);
}

plan_eval_fn *plan_eval_of_path(const struct plan_node *node)
{
	return node->group ? eval_group_path : eval_scope_path;
}

/* ---- sources -------------------------------------------------------------------------------------- */

static enum plan_got eval_const(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	(void)run;
	return give(cell, node->value);
}

static enum plan_got eval_nothing(struct rule_run *run, const struct plan_node *node,
                                  struct plan_cell *cell)
{
	(void)run;
	(void)node;
	(void)cell;
	return PLAN_ABSENT;
}

static enum plan_got eval_raw(struct rule_run *run, const struct plan_node *node,
                              struct plan_cell *cell)
{
	(void)node;
	return give(cell, weir_make_text_borrowed(run->arena, run->event->source));
}

static enum plan_got eval_org_host(struct rule_run *run, const struct plan_node *node,
                                   struct plan_cell *cell)
{
	(void)node;
	return give_text(run, cell, run->event->org_host);
}

static enum plan_got eval_source_name(struct rule_run *run, const struct plan_node *node,
                                      struct plan_cell *cell)
{
	(void)node;
	return give_text(run, cell, run->event->source_name);
}

static enum plan_got eval_lane(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	(void)node;
	return give_text(run, cell, run->event->lane);
}

static enum plan_got eval_call(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	return run->host->call(run->host, run, node, cell);
}

/* ---- choices --------------------------------------------------------------------------------------- */

static enum plan_got eval_maybe(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);

	if (got != PLAN_FAULT)
		return got;
	run->wrong_in_maybe++;
	return PLAN_ABSENT;
}

static enum plan_got eval_first(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	for (uint32_t i = 0; i < node->arg_count; i++) {
		enum plan_got got = plan_eval(run, node->args[i], cell);

		if (got != PLAN_ABSENT)
			return got;
	}
	return PLAN_ABSENT;
}

const struct plan_node *plan_entry(const struct plan_table *table, struct weir_bytes text)
{
	uint64_t at = weir_hash(text) & table->mask;

	while (table->entries[at].node) {
		if (weir_bytes_equal(table->entries[at].text, text))
			return table->entries[at].node;
		at = (at + 1) & table->mask;
	}
	return NULL;
}

static enum plan_got eval_pick(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);
	const struct plan_node *found = NULL;
	struct weir_bytes text;

	if (got >= PLAN_FAULT)
		return got;
	if (got != PLAN_ABSENT && plan_text(run, got, cell, &text))
		found = plan_entry(node->table, text);
	if (found)
		return plan_eval(run, found, cell);
	if (node->arg_count > 1)
		return plan_eval(run, node->args[1], cell);
	if (got == PLAN_ABSENT || node->word->op == RULE_LOOKUP)
		return PLAN_ABSENT;
	return plan_fault(run, node, "not in the dictionary, and no otherwise is given", cell->value);
}

/* Whether a row counts as given: present and not false. */
static enum plan_got is_given(struct rule_run *run, const struct plan_node *row, bool *given)
{
	struct plan_cell cell = { 0 };
	enum plan_got got = plan_eval(run, row, &cell);
	bool yes = true;

	if (got >= PLAN_FAULT)
		return got;
	if (got == PLAN_VALUE)
		weir_value_bool(cell.value, &yes);
	*given = got != PLAN_ABSENT && yes;
	return PLAN_ABSENT;
}

static enum plan_got eval_given(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	bool given = false;
	enum plan_got got = is_given(run, node->args[0], &given);

	if (got != PLAN_ABSENT || given != (node->word->op == RULE_GIVEN))
		return got;
	return plan_eval(run, node->args[1], cell);
}

static enum plan_got eval_same(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	struct weir_bytes texts[2];

	for (int i = 0; i < 2; i++) {
		struct plan_cell one = { 0 };
		enum plan_got got = plan_eval(run, node->args[i], &one);

		if (got != PLAN_VALUE && got != PLAN_TIME)
			return got;
		if (!plan_text(run, got, &one, &texts[i]))
			return plan_fault(run, node, "not a text", one.value);
	}
	return give(cell, weir_make_bool(weir_bytes_equal(texts[0], texts[1])));
}

static plan_eval_fn *const evals[RULE_OPS] = {
	[RULE_CONST] = eval_const,
	[RULE_NOTHING] = eval_nothing,
	[RULE_RAW] = eval_raw,
	[RULE_ORG_HOST] = eval_org_host,
	[RULE_SOURCE_NAME] = eval_source_name,
	[RULE_LANE] = eval_lane,
	[RULE_CALL] = eval_call,
	[RULE_REMOVE] = eval_nothing,
	[RULE_UNKNOWN] = eval_nothing,
	[RULE_MAYBE] = eval_maybe,
	[RULE_FIRST] = eval_first,
	[RULE_PICK] = eval_pick,
	[RULE_LOOKUP] = eval_pick,
	[RULE_GIVEN] = eval_given,
	[RULE_UNLESS] = eval_given,
	[RULE_SAME] = eval_same,
};

plan_eval_fn *plan_eval_of(enum rule_op op)
{
	if (evals[op])
		return evals[op];
	return plan_text_evals[op] ? plan_text_evals[op] : plan_list_evals[op];
}
