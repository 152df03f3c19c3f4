/* route.c - the ways from sources to sinks, and what each promises.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "route.h"

#include <string.h>

enum { NAMED = 3 }; /* so many sources of a route are named */

struct walk {
	const struct config *config;
	void (*each)(void *arg, const struct route *route);
	void *arg;
	struct route route;
	const struct config_node **chain; /* from the sink backwards */
	size_t chain_len;
	size_t found; /* for this sink */
	bool complete;
};

static const struct config_node *find_output(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->node_count; i++)
		if (config->nodes[i].kind != WEIR_SINK && strcmp(config->nodes[i].name, name) == 0)
			return &config->nodes[i];
	return NULL;
}

static void report(struct walk *walk, const struct config_node *node)
{
	struct route *route = &walk->route;

	route->source_count = 0;
	for (size_t i = 0; node->inputs[i]; i++) {
		const struct config_node *input = find_output(walk->config, node->inputs[i]);

		if (input && input->kind == WEIR_SOURCE)
			route->sources[route->source_count++] = input;
	}
	if (route->source_count == 0)
		return;
	if (walk->found++ >= ROUTES_MAX) {
		walk->complete = false;
		return;
	}
	route->transform_count = walk->chain_len;
	for (size_t i = 0; i < walk->chain_len; i++)
		route->transforms[i] = walk->chain[walk->chain_len - 1 - i];
	walk->each(walk->arg, route);
}

static void walk_back(struct walk *walk, const struct config_node *node)
{
	report(walk, node);
	for (size_t i = 0; node->inputs[i] && walk->complete; i++) {
		const struct config_node *input = find_output(walk->config, node->inputs[i]);

		if (!input || input->kind != WEIR_TRANSFORM)
			continue;
		walk->chain[walk->chain_len++] = input;
		walk_back(walk, input);
		walk->chain_len--;
	}
}

bool route_each(const struct config *config, void (*each)(void *arg, const struct route *route),
                void *arg)
{
	struct walk walk = { .config = config, .each = each, .arg = arg };
	size_t room = config->node_count + 1;
	bool all = true;

	walk.route.sources = weir_alloc(room * sizeof *walk.route.sources);
	walk.route.transforms = weir_alloc(room * sizeof *walk.route.transforms);
	walk.chain = weir_alloc(room * sizeof *walk.chain);
	for (size_t i = 0; i < config->node_count; i++) {
		if (config->nodes[i].kind != WEIR_SINK)
			continue;
		walk.route.sink = &config->nodes[i];
		walk.found = 0;
		walk.complete = true;
		walk_back(&walk, &config->nodes[i]);
		all = all && walk.complete;
	}
	weir_free(walk.route.sources);
	weir_free(walk.route.transforms);
	weir_free(walk.chain);
	return all;
}

const char *delivery_name(enum weir_delivery delivery)
{
	switch (delivery) {
	case WEIR_AT_LEAST_ONCE:
		return "at least once";
	case WEIR_EFFECTIVELY_ONCE:
		return "effectively once";
	case WEIR_EXACTLY_ONCE:
		return "exactly once";
	}
	return "at least once";
}

const char *delivery_reason(enum weir_delivery delivery)
{
	switch (delivery) {
	case WEIR_AT_LEAST_ONCE:
		return "after a crash the last records may come twice";
	case WEIR_EFFECTIVELY_ONCE:
		return "the peer knows a record by its id and keeps one";
	case WEIR_EXACTLY_ONCE:
		return "after a crash the sink goes back to the last commit";
	}
	return "";
}

void route_put(const struct route *route, struct weir_buf *text)
{
	size_t count = route->source_count;
	size_t named = count > NAMED + 1 ? NAMED : count;

	for (size_t i = 0; i < named; i++)
		weir_buf_printf(text, "%s%s", i == 0 ? "" : i == count - 1 ? " and " : ", ",
		                route->sources[i]->name);
	if (named < count)
		weir_buf_printf(text, " and %zu more", count - named);
	for (size_t i = 0; i < route->transform_count; i++)
		weir_buf_printf(text, " -> %s", route->transforms[i]->name);
	weir_buf_printf(text, " -> %s: %s", route->sink->name,
	                delivery_name(route->sink->plugin->delivery));
}

static void put_names(const struct config_node *const *nodes, size_t count, struct weir_buf *json)
{
	weir_buf_putc(json, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			weir_buf_puts(json, ", ");
		weir_json_quote(weir_bytes(nodes[i]->name), json);
	}
	weir_buf_putc(json, ']');
}

void route_put_json(const struct route *route, struct weir_buf *json)
{
	weir_buf_puts(json, "{\"sources\": ");
	put_names(route->sources, route->source_count, json);
	weir_buf_puts(json, ", \"transforms\": ");
	put_names(route->transforms, route->transform_count, json);
	weir_buf_puts(json, ", \"sink\": ");
	weir_json_quote(weir_bytes(route->sink->name), json);
	weir_buf_printf(json, ", \"delivery\": \"%s\"}",
	                delivery_name(route->sink->plugin->delivery));
}
