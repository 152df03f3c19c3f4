/* routes.c - where each type of a catalogue goes by the rules of a folder, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routes.h"

#include <stdlib.h>
#include <string.h>

/* The setting of rules that decides about types that no list names; see docs/taegis.md. */
static const char unlisted[] = "unlisted";

struct finding {
	struct weir_arena *arena;
	const struct catalogue *catalogue;
	struct routes *routes;
	struct type_route *route;
	size_t cap;
};

static void *grow(struct weir_arena *arena, void *items, size_t len, size_t *cap, size_t size)
{
	void *more;

	if (len < *cap)
		return items;
	*cap = *cap ? 2 * *cap : 4;
	more = weir_arena_alloc(arena, *cap * size);
	if (len)
		memcpy(more, items, len * size);
	return more;
}

static enum route_by by_of(const struct weir_rule_step *step)
{
	size_t len = strlen(step->type);

	if (strcmp(step->type, "*") == 0)
		return ROUTE_DEFAULT;
	if (step->setting && strcmp(step->setting, unlisted) == 0)
		return ROUTE_FAMILY;
	return step->type[len - 1] == '*' ? ROUTE_PREFIX : ROUTE_NAME;
}

static void add_step(void *user, const struct weir_rule_step *step)
{
	struct finding *f = user;
	struct type_route *route = f->route;

	/* What comes behind is for events that this one can make no record of. */
	if (route->step_count && route->steps[route->step_count - 1].always)
		return;
	if (!route->step_count)
		route->by = by_of(step);
	route->steps = grow(f->arena, route->steps, route->step_count, &f->cap,
	                    sizeof *route->steps);
	route->steps[route->step_count++] = (struct route_step){
		.where = step->where, .schema = step->schema, .drop = step->drop,
		.named = weir_arena_strdup(f->arena, step->type),
		.conditions = step->conditions, .always = step->always,
	};
}

static bool is_noted(const struct routes *routes, const char *type)
{
	for (size_t i = 0; i < routes->stranger_count; i++) {
		if (strcmp(routes->strangers[i], type) == 0)
			return true;
	}
	return false;
}

static void add_stranger(void *user, const struct weir_rule_step *step)
{
	struct finding *f = user;
	struct routes *routes = f->routes;

	if (strchr(step->type, '*') || catalogue_has(f->catalogue, step->type)
	    || is_noted(routes, step->type))
		return;
	routes->strangers = grow(f->arena, routes->strangers, routes->stranger_count, &f->cap,
	                         sizeof *routes->strangers);
	routes->strangers[routes->stranger_count++] = weir_arena_strdup(f->arena, step->type);
}

void routes_find(const struct dryrun *dryrun, const struct catalogue *catalogue,
                 struct weir_arena *arena, struct routes *routes)
{
	struct finding f = { .arena = arena, .catalogue = catalogue, .routes = routes };

	*routes = (struct routes){ .count = catalogue->count };
	routes->types = weir_arena_alloc(arena, (catalogue->count + 1) * sizeof *routes->types);
	for (size_t i = 0; i < catalogue->count; i++) {
		f.route = &routes->types[i];
		*f.route = (struct type_route){ &catalogue->types[i], ROUTE_NOWHERE, NULL, 0 };
		f.cap = 0;
		dryrun_route(dryrun, catalogue->types[i].name, add_step, &f);
	}
	f.cap = 0;
	dryrun_route(dryrun, NULL, add_stranger, &f);
}

/* ---- as text --------------------------------------------------------------------------------- */

static const char *schema_of(const struct route_step *step)
{
	return step->drop ? "nowhere" : step->schema ? step->schema : "any";
}

void route_put_schemas(const struct type_route *route, struct weir_buf *text)
{
	if (!route->step_count)
		weir_buf_puts(text, "nowhere");
	for (size_t i = 0; i < route->step_count; i++) {
		const char *schema = schema_of(&route->steps[i]);
		bool said = false;

		for (size_t j = 0; j < i; j++)
			said = said || strcmp(schema_of(&route->steps[j]), schema) == 0;
		if (!said)
			weir_buf_printf(text, "%s%s", i ? " or " : "", schema);
	}
}

bool route_has_schema(const struct type_route *route, const char *schema)
{
	if (!route->step_count)
		return strcmp(schema, "nowhere") == 0;
	for (size_t i = 0; i < route->step_count; i++) {
		if (strcmp(schema_of(&route->steps[i]), schema) == 0)
			return true;
	}
	return false;
}

void routes_schemas(const struct routes *routes, struct names *schemas)
{
	for (size_t i = 0; i < routes->count; i++) {
		const struct type_route *route = &routes->types[i];

		if (!route->step_count)
			names_add(schemas, "nowhere");
		for (size_t j = 0; j < route->step_count; j++)
			names_add(schemas, schema_of(&route->steps[j]));
	}
}

void route_put_why(const struct type_route *route, struct weir_buf *text)
{
	switch (route->by) {
	case ROUTE_NAME:
		weir_buf_puts(text, "by name");
		break;
	case ROUTE_FAMILY:
		weir_buf_printf(text, "family %s", route->steps[0].named);
		break;
	case ROUTE_PREFIX:
		weir_buf_printf(text, "prefix %s", route->steps[0].named);
		break;
	case ROUTE_DEFAULT:
		weir_buf_puts(text, "every other type");
		break;
	case ROUTE_NOWHERE:
		weir_buf_puts(text, "no rule takes it");
		return;
	}
	for (size_t i = 0; i < route->step_count; i++) {
		if (!route->steps[i].always)
			weir_buf_printf(text, "; %s if %s", schema_of(&route->steps[i]),
			                route->steps[i].conditions);
	}
}

const char *route_by_name(enum route_by by)
{
	static const char *const names[] = {
		[ROUTE_NAME] = "name",       [ROUTE_FAMILY] = "family",   [ROUTE_PREFIX] = "prefix",
		[ROUTE_DEFAULT] = "default", [ROUTE_NOWHERE] = "nowhere",
	};

	return names[by];
}
