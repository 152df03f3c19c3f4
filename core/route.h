/* route.h - the ways from sources to sinks, and what each promises.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include "config.h"

/* Sources that share one chain of transforms to one sink. */
struct route {
	const struct config_node **sources;
	size_t source_count;
	const struct config_node **transforms; /* in the order in which they are passed */
	size_t transform_count;
	const struct config_node *sink;
};

/* At most this many are listed for one sink. */
enum { ROUTES_MAX = 100 };

/* Calls each for all routes of a sound configuration; the route is valid during the call.
 * False when a sink has more than ROUTES_MAX, and the rest was left out. */
bool route_each(const struct config *config, void (*each)(void *arg, const struct route *route),
                void *arg);
/* "acme, globex and 1998 more -> normalize -> out: exactly once". */
void route_put(const struct route *route, struct weir_buf *text);
void route_put_json(const struct route *route, struct weir_buf *json);
/* "exactly once"; and why: "the sink goes back to a position". */
const char *delivery_name(enum weir_delivery delivery);
const char *delivery_reason(enum weir_delivery delivery);

#endif
