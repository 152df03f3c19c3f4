/* run.c - running a set of rules on one event.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include "text.h"
#include "trace.h"

#include <string.h>

/* ---- working memory ---------------------------------------------------------------------- */

void rule_run_prepare(struct rule_run *run, const struct rule_set *set)
{
	size_t slots = 0, scopes = 0, groups = 0, memos = 0, leaves = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = set->rules[i];

		slots = rule->plan->slot_count > slots ? rule->plan->slot_count : slots;
		scopes = rule->plan->scope_count > scopes ? rule->plan->scope_count : scopes;
		groups = rule->plan->group_count > groups ? rule->plan->group_count : groups;
		memos = rule->plan->memo_count > memos ? rule->plan->memo_count : memos;
		if (rule->schema && rule->schema->shape->leaf_count > leaves)
			leaves = rule->schema->shape->leaf_count;
	}
	*run = (struct rule_run){ .settings = set->settings.map,
		                  .normalizer = weir_format("weir/%s %s", set->settings.version,
		                                            set->settings.rule_set_hash) };
	run->slots = weir_alloc((slots + 1) * sizeof *run->slots);
	run->scopes = weir_alloc((scopes + 1) * sizeof *run->scopes);
	run->groups = weir_alloc((groups + 1) * sizeof *run->groups);
	run->memos = weir_alloc((memos + 1) * sizeof *run->memos);
	run->leaves = weir_alloc((leaves + 1) * sizeof *run->leaves);
}

void rule_run_finish(struct rule_run *run)
{
	weir_free((char *)run->normalizer);
	weir_free(run->slots);
	weir_free(run->scopes);
	weir_free(run->groups);
	weir_free(run->memos);
	weir_free(run->leaves);
	weir_free(run->made);
	weir_free(run->wrote);
	weir_buf_finish(&run->scratch);
	*run = (struct rule_run){ 0 };
}

/* ---- one rule ------------------------------------------------------------------------------- */

void rule_run_made(struct rule_run *run, const char *schema, struct weir_value record)
{
	if (run->made_count == run->made_cap) {
		run->made_cap = run->made_cap ? run->made_cap * 2 : 4;
		run->made = weir_realloc(run->made, run->made_cap * sizeof *run->made);
	}
	run->made[run->made_count++] = (struct run_made){ schema, record };
}

static void begin(struct rule_run *run, const struct rule *rule)
{
	run->rule = rule;
	run->epoch++;
	run->wrote_count = 0;
	run->lacking = NULL;
	run->fault = (struct rule_fault){ 0 };
	weir_paths_read(rule->plan->scopes[0]->paths, run->event->event, run->slots);
}

static enum rule_took take_as(enum rows_made made_it)
{
	switch (made_it) {
	case ROWS_MADE: return RULE_TOOK;
	case ROWS_LACKING: return RULE_PASSED;
	case ROWS_FAULT: return RULE_FAULTY;
	case ROWS_STOP: break;
	}
	return RULE_STOPPED;
}

/* Rows of an open schema that it does not describe. */
static enum rows_made add_extras(struct rule_run *run, const struct rule *rule,
                                 struct weir_value record)
{
	struct plan_cell cell = { 0 };
	struct weir_each each;

	switch (plan_eval(run, rule->extras, &cell)) {
	case PLAN_ABSENT: return ROWS_MADE;
	case PLAN_FAULT: return ROWS_FAULT;
	case PLAN_STOP: return ROWS_STOP;
	case PLAN_VALUE:
	case PLAN_TIME: break;
	}
	for (each = weir_each(cell.value); weir_next(&each);)
		weir_object_put(run->arena, record, weir_each_key(&each, run->arena), each.value);
	if (run->tracer)
		trace_extras(run, cell.value);
	return ROWS_MADE;
}

static enum rule_took take_by_rows(struct rule_run *run, const struct rule *rule)
{
	enum rows_made made_it = plan_rows_fill(run, rule->rows, run->leaves);
	struct weir_value record;

	if (made_it == ROWS_MADE)
		made_it = plan_finish_record(run, rule->schema, run->leaves, &record);
	if (made_it == ROWS_MADE && rule->extras)
		made_it = add_extras(run, rule, record);
	if (made_it == ROWS_MADE)
		rule_run_made(run, rule->schema->name, record);
	return take_as(made_it);
}

/* A schema that describes nothing takes every value as it is. */
static bool describes_nothing(const struct schema *schema)
{
	return schema->open && schema->shape->count == 0;
}

/* The members that an open schema does not describe, in their order behind the others. */
static void add_others(struct rule_run *run, const struct schema *schema, struct weir_value from,
                       struct weir_value *record)
{
	struct weir_each each = weir_each(from);

	while (weir_next(&each)) {
		struct weir_bytes key = weir_each_key(&each, run->arena);

		if (!schema_member(schema->shape, key))
			weir_object_put(run->arena, *record, key, each.value);
	}
}

/* A record that a function or one row gave as a whole. */
static enum rule_took take_value(struct rule_run *run, const struct rule *rule, struct weir_value value)
{
	const struct schema *schema = rule->schema;
	struct weir_value record;
	enum rows_made made_it;

	if (describes_nothing(schema)) {
		rule_run_made(run, schema->name, value);
		return RULE_TOOK;
	}
	memset(run->leaves, 0, schema->shape->leaf_count * sizeof *run->leaves);
	run->open = schema->open;
	switch (plan_fit_object(run, schema->shape, rule->whole, value, run->leaves)) {
	case PLAN_FAULT: return RULE_FAULTY;
	case PLAN_STOP: return RULE_STOPPED;
	default: break;
	}
	made_it = plan_finish_record(run, schema, run->leaves, &record);
	if (made_it != ROWS_MADE)
		return take_as(made_it);
	if (schema->open)
		add_others(run, schema, value, &record);
	rule_run_made(run, schema->name, record);
	if (run->tracer && rule->sketch)
		trace_sketch(run);
	return RULE_TOOK;
}

static enum rule_took take_whole(struct rule_run *run, const struct rule *rule)
{
	struct plan_cell cell = { 0 };
	struct weir_each each;
	enum rule_took took = RULE_TOOK;

	switch (plan_eval(run, rule->whole, &cell)) {
	case PLAN_ABSENT: return RULE_PASSED;
	case PLAN_FAULT: return RULE_FAULTY;
	case PLAN_STOP: return RULE_STOPPED;
	case PLAN_VALUE:
	case PLAN_TIME: break;
	}
	if (run->tracer)
		trace_row(run, &rule->all_rows[0]);
	if (!rule->whole->word->outputs &&
	    (cell.value.kind != WEIR_ARRAY || describes_nothing(rule->schema)))
		return take_value(run, rule, cell.value);
	if (weir_value_count(cell.value) == 0)
		return RULE_PASSED;
	for (each = weir_each(cell.value); took == RULE_TOOK && weir_next(&each);)
		took = take_value(run, rule, each.value);
	return took;
}

/* ---- the route ---------------------------------------------------------------------------------------- */

const char rule_suspended_text[] =
	"the rule is suspended, because it broke its budget again and again";

/* Whether one of the cases holds; *got is PLAN_STOP when a condition ended it all. */
static bool wants_event(struct rule_run *run, const struct route_step *step, enum plan_got *got)
{
	*got = PLAN_VALUE;
	for (size_t i = 0; i < step->case_count && *got != PLAN_STOP; i++) {
		if (conditions_hold(run, step->cases[i], got))
			return true;
	}
	return false;
}

static enum rule_took take_fields(struct rule_run *run, const struct rule *rule)
{
	if (rule->kind == RULE_CHANGE)
		return change_take(run, rule);
	return rule->rows ? take_by_rows(run, rule) : take_whole(run, rule);
}

static enum rule_took take(struct rule_run *run, const struct route_step *step)
{
	const struct rule *rule = step->rule;
	struct rule_host *host = rule->function_count ? run->host : NULL;
	enum plan_got got;

	begin(run, rule);
	if (!wants_event(run, step, &got))
		return got == PLAN_STOP ? RULE_STOPPED : RULE_PASSED;
	if (rule->drop) {
		run->stop = RULE_STOP_DROP;
		run->stop_text = rule->drop;
		return RULE_STOPPED;
	}
	if (host && host->suspended && host->suspended(host, rule)) {
		run->stop = RULE_STOP_BREACH;
		run->stop_text = rule_suspended_text;
		return RULE_STOPPED;
	}
	return host && host->within ? host->within(host, run, rule, take_fields)
	                            : take_fields(run, rule);
}

static bool goes_on(struct rule_run *run, const struct rule *rule, struct weir_bytes type)
{
	enum plan_got got;

	for (size_t i = 0; i < rule->goes_on_count; i++) {
		if (case_has_type(&rule->goes_on[i], type) &&
		    conditions_hold(run, &rule->goes_on[i], &got))
			return true;
	}
	return false;
}

static struct weir_where fault_where(const struct rule_run *run)
{
	const struct rule_fault *fault = &run->fault;
	struct weir_where where = fault->where;

	if (where.file)
		return where;
	for (size_t i = 1; run->rule->sketch && where.path && i < run->rule->row_count; i++) {
		if (strcmp(run->rule->all_rows[i].path, where.path) == 0)
			return run->rule->all_rows[i].where;
	}
	where = fault->node && fault->node->word->where.line ? fault->node->word->where
	                                                     : run->rule->where;
	where.path = fault->where.path;
	return where;
}

/* "not an address: "10.0.0"": what is wrong, and the value as far as it is short. */
static void describe_fault(struct rule_run *run, struct rule_result *result)
{
	enum { LONGEST = 80 };
	const struct rule_fault *fault = &run->fault;
	struct weir_buf *value = &run->scratch;

	value->len = 0;
	if (!weir_is_absent(fault->value))
		weir_value_render(fault->value, value);
	if (value->len > LONGEST) {
		value->len = rule_cut((struct weir_bytes){ value->data, value->len }, LONGEST).len;
		weir_buf_puts(value, "…");
	}
	weir_fail(&result->err, WEIR_E_DATA, "%s%s%s", fault->what, value->len ? ": " : "",
	          weir_buf_text(value));
	result->err.where = fault_where(run);
}

static void stop(struct rule_run *run, struct rule_result *result)
{
	result->rule = run->rule;
	if (run->stop == RULE_STOP_DROP) {
		result->fate = RULE_DROPPED;
		result->cause = run->stop_text;
		return;
	}
	result->fate = RULE_REJECTED;
	result->breach = run->stop == RULE_STOP_BREACH;
	weir_fail(&result->err, result->breach ? WEIR_E_RESOURCE : WEIR_E_DATA, "%s", run->stop_text);
	result->err.where = fault_where(run);
}

static bool has_taken(const struct rule_run *run, const struct rule *rule)
{
	for (size_t i = 0; i < run->taken_count; i++) {
		if (run->taken[i] == rule)
			return true;
	}
	return false;
}

/* True when the search ends with this step. */
static bool ends(struct rule_run *run, const struct route_step *step, struct weir_bytes type,
                 struct rule_result *result)
{
	size_t before = run->made_count;
	enum rule_took took;

	if (has_taken(run, step->rule))
		return false;
	took = take(run, step);
	if (run->tracer)
		trace_step(run, step, type, took, run->made_count - before);
	switch (took) {
	case RULE_PASSED: return false;
	case RULE_TOOK:
		result->fate = RULE_MADE;
		if (step->rule->goes_on_count == 0 || !goes_on(run, step->rule, type))
			return true;
		if (run->taken_count < WEIR_COUNT(run->taken))
			run->taken[run->taken_count++] = step->rule;
		return run->taken_count == WEIR_COUNT(run->taken);
	case RULE_FAULTY:
		result->fate = RULE_REJECTED;
		result->rule = step->rule;
		describe_fault(run, result);
		return true;
	case RULE_STOPPED: break;
	}
	stop(run, result);
	return true;
}

void rule_set_ask(const struct rule_set *set, struct rule_run *run, const struct rule_event *event,
                  void (*wants)(void *user, const struct rule *rule), void *user)
{
	struct weir_bytes type = { 0 };
	enum plan_got got;

	run->event = event;
	run->event_epoch++;
	weir_value_text(weir_value_get(event->event, "eventType"), run->arena, &type);
	for (const struct route *route = route_find(set, type); route; route = route->next) {
		for (size_t i = 0; i < route->count; i++) {
			const struct rule *rule = route->steps[i].rule;

			begin(run, rule);
			if (!wants_event(run, &route->steps[i], &got))
				continue;
			wants(user, rule);
			if (rule->drop || rule->goes_on_count == 0 || !goes_on(run, rule, type))
				return;
		}
	}
}

void rule_set_run(const struct rule_set *set, struct rule_run *run, const struct rule_event *event,
                  struct rule_result *result)
{
	struct weir_value type = weir_value_get(event->event, "eventType");
	struct weir_bytes text = { 0 };
	const struct route *route;
	bool done = false;

	run->event = event;
	run->event_epoch++;
	run->made_count = run->taken_count = 0;
	result->rule = NULL;
	result->breach = false;
	result->fate = weir_is_absent(event->record) ? RULE_DROPPED : RULE_KEPT;
	weir_value_text(type, run->arena, &text);
	result->cause = "unlisted";
	if (run->tracer)
		trace_begin(run, set, text);
	for (route = route_find(set, text); route && !done; route = route->next) {
		if (route->count)
			result->cause = "no rule";
		for (size_t i = 0; i < route->count && !done; i++)
			done = ends(run, &route->steps[i], text, result);
	}
	if (result->fate != RULE_MADE)
		return;
	for (size_t i = 0; i < run->made_count; i++)
		result->emit(result->user, run->made[i].schema, run->made[i].record);
}
