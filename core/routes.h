/* routes.h - where each type of a catalogue goes by the rules of a folder, and why.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_ROUTES_H
#define CORE_ROUTES_H

#include "catalogue.h"
#include "dryrun.h"
#include "names.h"

/* How the first rule that may take a type comes to it. FAMILY: because the setting "unlisted"
 * sends types that no list names by what they are about. */
enum route_by { ROUTE_NAME, ROUTE_FAMILY, ROUTE_PREFIX, ROUTE_DEFAULT, ROUTE_NOWHERE };

struct route_step {
	struct weir_where where;
	const char *schema;      /* of its records; NULL of rules that drop or change any */
	const char *drop;        /* the cause, of rules that drop; else NULL */
	const char *named;       /* "user.session.*" */
	const char *conditions;  /* "" when there are none */
	bool always;             /* no condition looks at the event */
};

struct type_route {
	const struct catalogue_type *type;
	enum route_by by;
	struct route_step *steps; /* up to one that takes whatever it can make a record of */
	size_t step_count;
};

struct routes {
	struct type_route *types; /* in the order of the catalogue */
	size_t count;
	const char **strangers;   /* types that rules name and the catalogue does not have */
	size_t stranger_count;
};

/* Everything is in the arena. */
void routes_find(const struct dryrun *dryrun, const struct catalogue *catalogue,
                 struct weir_arena *arena, struct routes *routes);
/* "auth", "auth or generic"; "nowhere". */
void route_put_schemas(const struct type_route *route, struct weir_buf *text);
bool route_has_schema(const struct type_route *route, const char *schema);
/* Adds all for which route_has_schema is true of some type. */
void routes_schemas(const struct routes *routes, struct names *schemas);
/* "by name", "every other type"; with the conditions of a step that has some. */
void route_put_why(const struct type_route *route, struct weir_buf *text);
const char *route_by_name(enum route_by by); /* "name" */

#endif
