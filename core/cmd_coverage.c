/* cmd_coverage.c - weir coverage: where each event type goes by the rules, and why.
 *
 * Lives here: which types are shown, and how. Not here: asking the rules (routes.c), the list of
 * types (catalogue.c), what examples exercise (coverage.c, for weir test --coverage).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "routes.h"
#include "table.h"
#include "workbench.h"

#define RULES     "rules/taegis"
#define CATALOGUE "rules/okta/event-types.tsv"

enum { WHY_SHOWN = 60 }; /* the rest is in the JSON */

extern const struct command cmd_coverage;

struct choice {
	const char *schema;      /* only types that may go there; NULL: any */
	bool unlisted, json;
	struct args_list only;
};

static bool is_chosen(const struct choice *choice, const struct type_route *route)
{
	bool named = choice->only.count == 0;

	for (size_t i = 0; i < choice->only.count; i++)
		named = named || strcmp(choice->only.items[i], route->type->name) == 0;
	return named && (!choice->schema || route_has_schema(route, choice->schema))
	       && (!choice->unlisted || route->by != ROUTE_NAME);
}

/* ---- totals ------------------------------------------------------------------------------- */

struct total {
	const char *what;
	size_t types;
};

struct totals {
	struct weir_arena *arena;
	struct total *items;
	size_t count;
};

static void count(struct totals *totals, const char *what)
{
	size_t i = 0;

	while (i < totals->count && strcmp(totals->items[i].what, what) != 0)
		i++;
	if (i == totals->count) {
		totals->items = weir_realloc(totals->items, (i + 1) * sizeof *totals->items);
		totals->items[totals->count++] =
			(struct total){ weir_arena_strdup(totals->arena, what), 0 };
	}
	totals->items[i].types++;
}

static void count_all(const struct routes *routes, const struct choice *choice,
                      struct totals *schemas, struct totals *ways)
{
	struct weir_buf text = { 0 };

	for (size_t i = 0; i < routes->count; i++) {
		if (!is_chosen(choice, &routes->types[i]))
			continue;
		text.len = 0;
		route_put_schemas(&routes->types[i], &text);
		count(schemas, weir_buf_text(&text));
		count(ways, route_by_name(routes->types[i].by));
	}
	weir_buf_finish(&text);
}

/* ---- text --------------------------------------------------------------------------------- */

static void put_row(struct table *table, const struct type_route *route)
{
	struct weir_buf schemas = { 0 }, why = { 0 };
	const struct weir_where *where = route->step_count ? &route->steps[0].where : NULL;

	route_put_schemas(route, &schemas);
	route_put_why(route, &why);
	table_add(table, route->type->name);
	table_add(table, weir_buf_text(&schemas));
	if (where)
		table_addf(table, "%s:%d", where->file, where->line);
	else
		table_add(table, "-");
	table_addf(table, why.len > WHY_SHOWN ? "%.*s..." : "%.*s",
	           why.len > WHY_SHOWN ? WHY_SHOWN : (int)why.len, weir_buf_text(&why));
	weir_buf_finish(&schemas);
	weir_buf_finish(&why);
}

static void put_totals(const struct totals *totals, const char *what, struct weir_buf *text)
{
	for (size_t i = 0; i < totals->count; i++)
		weir_buf_printf(text, "%s%zu %s", i ? ", " : what, totals->items[i].types,
		                totals->items[i].what);
	if (totals->count)
		weir_buf_putc(text, '\n');
}

static void put_text(const struct routes *routes, const struct choice *choice,
                     const struct totals *schemas, const struct totals *ways,
                     struct weir_buf *text)
{
	static const char *const head[] = { "TYPE", "SCHEMA", "RULE", "WHY" };
	struct table *table = table_create("llll");
	size_t shown = 0;

	for (size_t i = 0; i < WEIR_COUNT(head); i++)
		table_add(table, head[i]);
	for (size_t i = 0; i < routes->count; i++) {
		if (!is_chosen(choice, &routes->types[i]))
			continue;
		put_row(table, &routes->types[i]);
		shown++;
	}
	if (shown) {
		table_render(table, "", text);
		weir_buf_putc(text, '\n');
	}
	table_destroy(table);
	weir_buf_printf(text, "%zu of %zu types\n", shown, routes->count);
	put_totals(schemas, "schema: ", text);
	put_totals(ways, "why: ", text);
	for (size_t i = 0; i < routes->stranger_count; i++)
		weir_buf_printf(text, "%s%s", i ? ", " : "named by rules and not in the catalogue: ",
		                routes->strangers[i]);
	if (routes->stranger_count)
		weir_buf_putc(text, '\n');
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void put_name(struct weir_buf *json, const char *key, const char *value)
{
	weir_buf_printf(json, "\"%s\":", key);
	if (value)
		weir_json_quote(weir_bytes(value), json);
	else
		weir_buf_puts(json, "null");
}

static void put_steps(const struct type_route *route, struct weir_buf *json)
{
	for (size_t i = 0; i < route->step_count; i++) {
		const struct route_step *step = &route->steps[i];

		weir_buf_puts(json, i ? ",{" : "{");
		put_name(json, "schema", step->schema);
		weir_buf_putc(json, ',');
		put_name(json, "drop", step->drop);
		weir_buf_putc(json, ',');
		put_name(json, "named", step->named);
		weir_buf_putc(json, ',');
		put_name(json, "file", step->where.file);
		weir_buf_printf(json, ",\"line\":%d,\"always\":%s,", step->where.line,
		                step->always ? "true" : "false");
		put_name(json, "conditions", step->conditions);
		weir_buf_putc(json, '}');
	}
}

static void put_json_type(const struct type_route *route, struct weir_buf *json)
{
	struct weir_buf text = { 0 };

	weir_buf_putc(json, '{');
	put_name(json, "type", route->type->name);
	weir_buf_putc(json, ',');
	put_name(json, "release", route->type->release);
	weir_buf_putc(json, ',');
	put_name(json, "description", route->type->description);
	weir_buf_putc(json, ',');
	route_put_schemas(route, &text);
	put_name(json, "schema", weir_buf_text(&text));
	weir_buf_putc(json, ',');
	put_name(json, "by", route_by_name(route->by));
	text.len = 0;
	route_put_why(route, &text);
	weir_buf_putc(json, ',');
	put_name(json, "why", weir_buf_text(&text));
	weir_buf_puts(json, ",\"steps\":[");
	put_steps(route, json);
	weir_buf_puts(json, "]}");
	weir_buf_finish(&text);
}

static void put_json_totals(const struct totals *totals, const char *key, struct weir_buf *json)
{
	weir_buf_printf(json, ",\"%s\":{", key);
	for (size_t i = 0; i < totals->count; i++) {
		if (i)
			weir_buf_putc(json, ',');
		weir_json_quote(weir_bytes(totals->items[i].what), json);
		weir_buf_printf(json, ":%zu", totals->items[i].types);
	}
	weir_buf_putc(json, '}');
}

static void put_json(const struct routes *routes, const struct choice *choice,
                     const struct totals *schemas, const struct totals *ways,
                     struct weir_buf *json)
{
	bool first = true;

	weir_buf_puts(json, "{\"types\":[");
	for (size_t i = 0; i < routes->count; i++) {
		if (!is_chosen(choice, &routes->types[i]))
			continue;
		weir_buf_puts(json, first ? "\n" : ",\n");
		put_json_type(&routes->types[i], json);
		first = false;
	}
	weir_buf_puts(json, "]");
	put_json_totals(schemas, "schemas", json);
	put_json_totals(ways, "by", json);
	weir_buf_puts(json, ",\"strangers\":[");
	for (size_t i = 0; i < routes->stranger_count; i++) {
		if (i)
			weir_buf_putc(json, ',');
		weir_json_quote(weir_bytes(routes->strangers[i]), json);
	}
	weir_buf_puts(json, "]}\n");
}

/* ---- the command ---------------------------------------------------------------------------- */

static bool has_schema(const struct routes *routes, const char *schema)
{
	struct names schemas = { 0 };
	bool found;

	routes_schemas(routes, &schemas);
	found = names_have(&schemas, schema);
	if (!found)
		args_unknown(&cmd_coverage, "rule for the schema", schema, &schemas);
	names_finish(&schemas);
	return found;
}

/* Rules may name types that the catalogue does not have. */
static bool has_types(const struct routes *routes, const struct args_list *wanted)
{
	struct names types = { 0 };
	bool all = true;

	for (size_t i = 0; i < routes->count; i++)
		names_add(&types, routes->types[i].type->name);
	for (size_t i = 0; i < routes->stranger_count; i++)
		names_add(&types, routes->strangers[i]);
	for (size_t i = 0; all && i < wanted->count; i++) {
		all = names_have(&types, wanted->items[i]);
		if (!all)
			args_unknown(&cmd_coverage, "type", wanted->items[i], &types);
	}
	names_finish(&types);
	return all;
}

static int show(struct workbench *bench, const struct dryrun *dryrun,
                const struct catalogue *catalogue, const struct choice *choice)
{
	struct totals schemas = { .arena = bench->arena }, ways = { .arena = bench->arena };
	struct weir_buf text = { 0 };
	struct routes routes;

	routes_find(dryrun, catalogue, bench->arena, &routes);
	if ((choice->schema && !has_schema(&routes, choice->schema))
	    || (choice->only.count && !has_types(&routes, &choice->only)))
		return EXIT_CONFIG;
	count_all(&routes, choice, &schemas, &ways);
	if (choice->json)
		put_json(&routes, choice, &schemas, &ways, &text);
	else
		put_text(&routes, choice, &schemas, &ways, &text);
	print_buf(&text);
	weir_buf_finish(&text);
	weir_free(schemas.items);
	weir_free(ways.items);
	return EXIT_DONE;
}

static int cover(struct workbench *bench, const char *path, const struct choice *choice)
{
	static const char *const preset[] = { RULES, NULL };
	struct catalogue catalogue;
	struct weir_error err = { 0 };
	struct dryrun *dryrun;
	int code;

	path = path ? path : dryrun_rules(bench->arena, CATALOGUE);
	if (!catalogue_read(path, bench->arena, &catalogue, &err)) {
		struct weir_buf line = { 0 };

		diag_line(&err, &line);
		fprintf(stderr, "weir coverage: %s\n", weir_buf_text(&line));
		weir_buf_finish(&line);
		return EXIT_CONFIG;
	}
	dryrun = workbench_open(bench, bench->words.count ? bench->words.items : preset);
	if (!dryrun)
		return EXIT_CONFIG;
	code = show(bench, dryrun, &catalogue, choice);
	dryrun_destroy(dryrun);
	return code;
}

static int run(char **argv)
{
	struct workbench bench = { 0 };
	struct choice choice = { 0 };
	const char *path = NULL;
	const struct arg rows[] = {
		{ "catalogue", 0, "FILE", "the types; " CATALOGUE " when left out", .text = &path },
		{ "only", 0, "TYPE", "only this type; may be repeated", .many = &choice.only },
		{ "schema", 0, "NAME", "only types that go there, or nowhere", .text = &choice.schema },
		{ "unlisted", 0, NULL, "only types that no rule names", .flag = &choice.unlisted },
		{ "json", 0, NULL, "print JSON, with what each type is about", .flag = &choice.json },
		WORKBENCH_SET(bench),
		WORKBENCH_PLUGINS(bench),
		{ 0 },
	};
	int code = EXIT_DONE;

	if (!args_read(&cmd_coverage, rows, &bench.words, argv, &code))
		return code;
	workbench_begin(&bench, &cmd_coverage);
	code = cover(&bench, path, &choice);
	args_finish(&choice.only);
	workbench_finish(&bench);
	return code;
}

const struct command cmd_coverage = {
	.name = "coverage",
	.summary = "Show where each event type goes by the rules, and why",
	.usage = "[RULES...] [--schema NAME] [--unlisted] [--only TYPE]... [--set NAME=VALUE]... [--json]",
	.help = "RULES is " RULES " when left out. SCHEMA is what a type becomes; RULE the first that may take\n"
	        "it; WHY says whether that names the type, its prefix, its family (the setting unlisted is\n"
	        "auto), or takes every other type. weir test --coverage says what the examples exercise.\n"
	        "\n"
	        "  weir coverage --schema cloudaudit\n"
	        "  weir coverage rules/taegis /etc/weir/rules --only user.session.start\n"
	        "  weir coverage --set unlisted=auto --unlisted --json\n",
	.run = run,
};
