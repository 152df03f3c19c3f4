/* route.c - from an event's type to the rules that may take it.
 *
 * One look into a hash table, however many rules there are: each type that a rule names and
 * each prefix has a route, whose `next` is that of the longest shorter prefix.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include <stdlib.h>
#include <string.h>

/* ---- tables ------------------------------------------------------------------------------ */

static struct route **place_of(const struct route_table *table, struct weir_bytes type)
{
	uint64_t at = weir_hash(type) & table->mask;

	while (table->entries[at] && !weir_bytes_equal(table->entries[at]->type, type))
		at = (at + 1) & table->mask;
	return &table->entries[at];
}

static const struct route *look_up(const struct route_table *table, struct weir_bytes type)
{
	return table->count ? *place_of(table, type) : NULL;
}

static void grow(struct weir_arena *arena, struct route_table *table)
{
	struct route_table larger = { .count = table->count };
	size_t size = table->entries ? (table->mask + 1) * 2 : 64;

	larger.mask = size - 1;
	larger.entries = weir_arena_alloc(arena, size * sizeof *larger.entries);
	memset(larger.entries, 0, size * sizeof *larger.entries);
	for (size_t i = 0; table->entries && i <= table->mask; i++) {
		if (table->entries[i])
			*place_of(&larger, table->entries[i]->type) = table->entries[i];
	}
	*table = larger;
}

static struct route *new_route(struct weir_arena *arena, struct weir_bytes type)
{
	struct route *route = weir_arena_alloc(arena, sizeof *route);

	*route = (struct route){ .type = type };
	return route;
}

static struct route *route_of(struct weir_arena *arena, struct route_table *table,
                              struct weir_bytes type)
{
	struct route **place;

	if (!table->entries || table->count * 2 > table->mask)
		grow(arena, table);
	place = place_of(table, type);
	if (!*place) {
		*place = new_route(arena, type);
		table->count++;
	}
	return *place;
}

/* ---- written twice ------------------------------------------------------------------------- */

/* A schema, a type and conditions, as one text. A later folder's replace an earlier one's. */
struct claim {
	char *text;
	const struct rule *rule;
	const struct rule_case *one;
};

struct claims {
	struct claim *entries; /* open addressing */
	size_t count, mask;
};

static struct claim *claim_place(const struct claims *claims, const char *text)
{
	size_t at = weir_hash(weir_bytes(text)) & claims->mask;

	while (claims->entries[at].text && strcmp(claims->entries[at].text, text) != 0)
		at = (at + 1) & claims->mask;
	return &claims->entries[at];
}

static void claims_grow(struct claims *claims)
{
	size_t size = claims->entries ? (claims->mask + 1) * 2 : 256;
	struct claims larger = { weir_alloc(size * sizeof *larger.entries), claims->count, size - 1 };

	for (size_t i = 0; claims->entries && i <= claims->mask; i++) {
		if (claims->entries[i].text)
			*claim_place(&larger, claims->entries[i].text) = claims->entries[i];
	}
	weir_free(claims->entries);
	*claims = larger;
}

static void claims_finish(struct claims *claims)
{
	for (size_t i = 0; claims->entries && i <= claims->mask; i++)
		weir_free(claims->entries[i].text);
	weir_free(claims->entries);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The conditions of a case in an order of their own, so that equal ones are equal text. */
static void write_conditions(const struct rule_case *one, struct weir_buf *text)
{
	char **parts = weir_alloc((one->condition_count + 1) * sizeof *parts);

	for (size_t i = 0; i < one->condition_count; i++) {
		const struct rule_condition *condition = &one->conditions[i];
		struct weir_buf part = { 0 };

		rule_word_write(condition->row, &part);
		weir_buf_printf(&part, " %d", (int)condition->holds);
		for (size_t j = 0; j < condition->count; j++) {
			weir_buf_putc(&part, ' ');
			weir_json_quote(condition->texts[j], &part);
		}
		parts[i] = weir_strdup(weir_buf_text(&part));
		weir_buf_finish(&part);
	}
	if (one->condition_count)
		qsort(parts, one->condition_count, sizeof *parts, by_text);
	for (size_t i = 0; i < one->condition_count; i++) {
		weir_buf_printf(text, "\n%s", parts[i]);
		weir_free(parts[i]);
	}
	weir_free(parts);
}

/* False when a later folder has the same, or another file of this folder, which is reported. */
static bool claim(struct rule_set *set, struct claims *claims, const struct rule *rule,
                  const struct rule_case *one, struct weir_bytes type)
{
	struct weir_buf text = { 0 };
	struct claim *place;

	if (!claims->entries || claims->count * 2 > claims->mask)
		claims_grow(claims);
	weir_buf_printf(&text, "%d %s\n%.*s", (int)rule->kind,
	                rule->schema_name ? rule->schema_name : rule->drop ? "drop" : "",
	                (int)type.len, type.data);
	write_conditions(one, &text);
	place = claim_place(claims, weir_buf_text(&text));
	if (!place->text) {
		*place = (struct claim){ weir_strdup(text.data), rule, one };
		claims->count++;
		weir_buf_finish(&text);
		return true;
	}
	weir_buf_finish(&text);
	if (place->rule == rule)
		return false;
	if (place->rule->folder == rule->folder)
		rule_mistake(set->report, one->where,
		             "takes '%.*s' for the same schema on the same conditions as %s:%d",
		             (int)type.len, type.data, place->rule->name, place->one->where.line);
	return false;
}

/* ---- building --------------------------------------------------------------------------------- */

static bool is_prefix(struct weir_bytes type)
{
	return type.len > 2 && memcmp(type.data + type.len - 2, ".*", 2) == 0;
}

static void add_step(struct weir_arena *arena, struct route *route, const struct rule *rule,
                     const struct rule_case *one)
{
	struct route_step *step = route->count ? &route->steps[route->count - 1] : NULL;

	if (!step || step->rule != rule) {
		route->steps = rule_grow(arena, route->steps, route->count, sizeof *route->steps);
		step = &route->steps[route->count++];
		*step = (struct route_step){ .rule = rule };
	}
	step->cases = rule_grow(arena, step->cases, step->case_count, sizeof *step->cases);
	step->cases[step->case_count++] = one;
}

static void add_case(struct rule_set *set, struct claims *claims, const struct rule *rule,
                     const struct rule_case *one)
{
	for (size_t i = 0; i < one->type_count; i++) {
		struct weir_bytes type = one->types[i];
		struct route *route;

		if (!claim(set, claims, rule, one, type))
			continue;
		if (weir_bytes_are(type, "*")) {
			route = set->any;
		} else if (is_prefix(type)) {
			type.len--;
			route = route_of(set->arena, &set->prefixes, type);
		} else {
			route = route_of(set->arena, &set->names, type);
		}
		add_step(set->arena, route, rule, one);
	}
}

/* The route of the longest prefix of type that ends in a dot before its last byte. */
static const struct route *longest_prefix(const struct rule_set *set, struct weir_bytes type)
{
	for (size_t len = type.len; len > 1; len--) {
		const struct route *route;

		if (type.data[len - 2] != '.')
			continue;
		route = look_up(&set->prefixes, (struct weir_bytes){ type.data, len - 1 });
		if (route)
			return route;
	}
	return set->any;
}

static void chain(struct rule_set *set, const struct route_table *table)
{
	for (size_t i = 0; table->entries && i <= table->mask; i++) {
		if (table->entries[i])
			table->entries[i]->next = longest_prefix(set, table->entries[i]->type);
	}
}

void route_build(struct rule_set *set)
{
	struct claims claims = { 0 };

	set->any = new_route(set->arena, weir_bytes(""));
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = set->rules[i];

		for (size_t j = 0; j < rule->case_count; j++) {
			if (conditions_possible(&rule->cases[j]))
				add_case(set, &claims, rule, &rule->cases[j]);
		}
	}
	chain(set, &set->names);
	chain(set, &set->prefixes);
	claims_finish(&claims);
}

const struct route *route_find(const struct rule_set *set, struct weir_bytes type)
{
	const struct route *route = look_up(&set->names, type);

	return route ? route : longest_prefix(set, type);
}

void rule_set_route(const struct rule_set *set, struct weir_bytes type,
                    void (*step)(void *user, const struct rule *rule,
                                 const struct rule_case *one),
                    void *user)
{
	for (const struct route *route = route_find(set, type); route; route = route->next) {
		for (size_t i = 0; i < route->count; i++) {
			for (size_t j = 0; j < route->steps[i].case_count; j++)
				step(user, route->steps[i].rule, route->steps[i].cases[j]);
		}
	}
}
