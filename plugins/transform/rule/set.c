/* set.c - a set of rules: collected, put in order, compiled.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include "compile.h"

#include <stdlib.h>
#include <string.h>

struct rule_set *rule_set_create(struct weir_arena *arena, struct rule_report *report,
                                 const char *const *schema_folders,
                                 const struct rule_settings *settings)
{
	struct rule_set *set = weir_arena_alloc(arena, sizeof *set);

	*set = (struct rule_set){ .arena = arena, .report = report, .settings = *settings };
	set->schemas = schema_set_create(arena, schema_folders, report);
	set->vendor = known_create(arena, schema_folders);
	return set;
}

void rule_set_destroy(struct rule_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++) {
		const struct plan *plan = set->rules[i]->plan;

		for (size_t j = 0; plan && j < plan->scope_count; j++)
			weir_paths_destroy(plan->scopes[j]->paths);
		for (size_t j = 0; plan && j < plan->group_count; j++)
			weir_paths_destroy(plan->groups[j]->paths);
	}
}

void rule_set_add(struct rule_set *set, struct rule *rule)
{
	set->rules = rule_grow(set->arena, set->rules, set->count, sizeof *set->rules);
	set->rules[set->count++] = rule;
}

struct schema_set *rule_set_schemas(struct rule_set *set)
{
	return set->schemas;
}

size_t rule_set_count(const struct rule_set *set)
{
	return set->count;
}

const struct rule *rule_set_get(const struct rule_set *set, size_t number)
{
	return set->rules[number];
}

void rule_doubt_type(struct rule_set *set, struct weir_bytes type, struct weir_where where)
{
	const char *meant = rule_is_event_type(type) ? known_type(set->vendor, type) : NULL;

	if (meant)
		rule_suspicion(set->report, where, "Okta has no event type '%.*s'; did you mean '%s'?",
		               (int)type.len, type.data, meant);
}

/* Whether a rule is surely about events of Okta. */
static bool is_known(const struct rule_set *set, const struct rule *rule)
{
	for (size_t i = 0; i < rule->case_count; i++) {
		for (size_t j = 0; j < rule->cases[i].type_count; j++) {
			if (known_has_type(set->vendor, rule->cases[i].types[j]))
				return true;
		}
	}
	return false;
}

/* Later folders first, then by the files' names. */
static int by_precedence(const void *a, const void *b)
{
	const struct rule *x = *(struct rule *const *)a, *y = *(struct rule *const *)b;

	if (x->folder != y->folder)
		return x->folder > y->folder ? -1 : 1;
	return strcmp(x->name, y->name);
}

void rule_set_finish(struct rule_set *set)
{
	if (set->count)
		qsort(set->rules, set->count, sizeof(struct rule *), by_precedence);
	for (size_t i = 0; i < set->count; i++) {
		struct rule *rule = set->rules[i];
		struct compiler c = { .arena = set->arena, .report = set->report, .rule = rule };
		const struct schema *schema = NULL;

		if (is_known(set, rule))
			c.known = set->vendor;
		rule->number = i;
		if (rule->schema_name)
			schema = schema_set_get(set->schemas, rule->schema_name,
			                        rule->schema_where);
		compile_rule(&c, schema);
		rule->first_row = i ? set->rules[i - 1]->first_row + set->rules[i - 1]->row_count : 0;
		set->makes = set->makes || rule->kind == RULE_MAP;
	}
	route_build(set);
	/* A schema that was not read may have asked for more settings. */
	if (set->report->mistakes == 0)
		settings_check(set);
}
