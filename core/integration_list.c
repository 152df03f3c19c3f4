/* integration_list.c - weir integration list: what integrations there are, and how they do.
 *
 * Which columns there are is up to the plugins: options and metrics say so.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "integration.h"
#include "print.h"
#include "registry.h"
#include "span.h"
#include "status_text.h"
#include "table.h"

enum { COLUMNS_MAX = 16 };

struct list {
	struct weir_arena *arena;
	struct weir_value status;    /* absent when there is none */
	bool running;
	int64_t now_us;
	struct weir_value rows;      /* what --json prints */
	const char *heads[COLUMNS_MAX]; /* of plugins' columns, each once */
	size_t head_count, option_heads;
};

/* ---- what is known ------------------------------------------------------------------- */

static void put(struct list *l, struct weir_value row, const char *key, struct weir_value value)
{
	weir_object_put(l->arena, row, weir_bytes(key), weir_is_absent(value) ? weir_make_null() : value);
}

static void put_text(struct list *l, struct weir_value row, const char *key, const char *text)
{
	put(l, row, key, text ? weir_make_text(l->arena, weir_bytes(text)) : weir_make_null());
}

static struct weir_value status_of(const struct list *l, const char *name)
{
	struct weir_each each = weir_each(weir_value_get(l->status, "sources"));

	while (weir_next(&each)) {
		if (weir_value_is_text(weir_value_get(each.value, "name"), name))
			return each.value;
	}
	return (struct weir_value){ 0 };
}

static void put_columns(struct list *l, struct weir_value row, const struct config_node *node,
                        struct weir_value source)
{
	struct weir_value metrics = weir_value_get(source, "metrics");

	for (const struct weir_option *o = node->plugin->options; o && o->name; o++) {
		const struct tree *value = o->column ? tree_get(node->options, o->name) : NULL;

		if (o->column)
			put_text(l, row, o->name, value ? value->text : NULL);
	}
	for (const struct weir_metric *m = node->plugin->metrics; m && m->name; m++) {
		if (m->column)
			put(l, row, m->name, weir_value_get(metrics, m->name));
	}
}

static void add_row(struct list *l, const struct config_node *node)
{
	struct weir_value row = weir_make_object(l->arena, 12);
	struct weir_value source = status_of(l, node->name);
	struct weir_value state = weir_value_get(source, "state");

	put_text(l, row, "name", node->name);
	put_text(l, row, "plugin", node->plugin_name);
	put_text(l, row, "file", node->where.file);
	if (!l->running)
		put_text(l, row, "state", "stopped");
	else if (weir_is_absent(source))
		put_text(l, row, "state", "not loaded");
	else
		put(l, row, "state", state);
	put(l, row, "last_events", weir_value_get(source, "last_events"));
	put(l, row, "trouble", weir_value_get(weir_value_get(source, "trouble"), "text"));
	put_columns(l, row, node, source);
	weir_array_push(l->arena, l->rows, row);
}

/* ---- as a table ------------------------------------------------------------------------- */

static void add_head(struct list *l, const char *head)
{
	for (size_t i = 0; i < l->head_count; i++) {
		if (strcmp(l->heads[i], head) == 0)
			return;
	}
	if (l->head_count < COLUMNS_MAX)
		l->heads[l->head_count++] = head;
}

static void find_heads(struct list *l)
{
	const struct weir_plugin *plugin;

	for (size_t i = 0; (plugin = registry_at(i)) != NULL; i++) {
		for (const struct weir_option *o = plugin->options; integration_can(plugin) && o->name; o++) {
			if (o->column)
				add_head(l, o->column);
		}
	}
	l->option_heads = l->head_count;
	for (size_t i = 0; (plugin = registry_at(i)) != NULL; i++) {
		for (const struct weir_metric *m = plugin->metrics; integration_can(plugin) && m && m->name;
		     m++) {
			if (m->column)
				add_head(l, m->column);
		}
	}
}

static const char *text_of(const struct list *l, struct weir_value row, const char *key)
{
	struct weir_bytes text;

	if (!weir_value_text(weir_value_get(row, key), l->arena, &text))
		return NULL;
	return weir_arena_format(l->arena, "%.*s", (int)text.len, text.data);
}

static bool ends_in(const char *name, const char *unit)
{
	size_t len = strlen(name), unit_len = strlen(unit);

	return len > unit_len && strcmp(name + len - unit_len, unit) == 0;
}

static const char *span(const struct list *l, int64_t ms)
{
	struct weir_buf text = { 0 };
	const char *kept;

	span_put(ms, &text);
	kept = weir_arena_strdup(l->arena, weir_buf_text(&text));
	weir_buf_finish(&text);
	return kept;
}

/* A metric's unit is the end of its name. */
static const char *number_text(const struct list *l, struct weir_value row, const char *name)
{
	int64_t number;

	if (!weir_value_int(weir_value_get(row, name), &number))
		return "-";
	if (ends_in(name, "_ms"))
		return span(l, number);
	return weir_arena_format(l->arena, "%lld%s", (long long)number, ends_in(name, "_percent") ? "%" : "");
}

/* What stands below that head in this row. */
static const char *cell(const struct list *l, struct weir_value row, const char *head)
{
	const char *name = text_of(l, row, "plugin");
	const struct weir_plugin *plugin = name ? registry_find(WEIR_SOURCE, name) : NULL;

	for (const struct weir_option *o = plugin ? plugin->options : NULL; o && o->name; o++) {
		if (o->column && strcmp(o->column, head) == 0)
			return text_of(l, row, o->name) ? text_of(l, row, o->name) : "-";
	}
	for (const struct weir_metric *m = plugin ? plugin->metrics : NULL; m && m->name; m++) {
		if (m->column && strcmp(m->column, head) == 0)
			return number_text(l, row, m->name);
	}
	return "-";
}

static const char *age(const struct list *l, struct weir_value row)
{
	const char *text = text_of(l, row, "last_events");
	int64_t at_us;

	if (!text || !weir_time_parse(weir_bytes(text), &at_us))
		return "-";
	return weir_arena_format(l->arena, "%s ago", span(l, (l->now_us - at_us) / 1000));
}

static void add_cells(const struct list *l, struct table *table, struct weir_value row)
{
	table_add(table, text_of(l, row, "name"));
	for (size_t i = 0; i < l->option_heads; i++)
		table_add(table, cell(l, row, l->heads[i]));
	table_add(table, text_of(l, row, "state"));
	table_add(table, age(l, row));
	for (size_t i = l->option_heads; i < l->head_count; i++)
		table_add(table, cell(l, row, l->heads[i]));
}

static void put_table(const struct list *l, struct weir_buf *text)
{
	char align[COLUMNS_MAX + 4];
	struct table *table;
	struct weir_each each;

	memset(align, 'l', l->option_heads + 2);
	memset(align + l->option_heads + 2, 'r', l->head_count - l->option_heads + 1);
	align[l->head_count + 3] = '\0';
	table = table_create(align);
	table_add(table, "NAME");
	for (size_t i = 0; i < l->option_heads; i++)
		table_add(table, l->heads[i]);
	table_add(table, "STATE");
	table_add(table, "LAST EVENT");
	for (size_t i = l->option_heads; i < l->head_count; i++)
		table_add(table, l->heads[i]);
	each = weir_each(l->rows);
	while (weir_next(&each))
		add_cells(l, table, each.value);
	table_render(table, "", text);
	table_destroy(table);
	each = weir_each(l->rows);
	while (weir_next(&each)) {
		if (text_of(l, each.value, "trouble"))
			weir_buf_printf(text, "! %s: %s\n", text_of(l, each.value, "name"),
			                text_of(l, each.value, "trouble"));
	}
}

/* ---- the command ------------------------------------------------------------------------- */

static void look(struct list *l, const char *state_dir)
{
	struct weir_bytes now;
	struct weir_error err;

	l->running = state_dir && status_ask(state_dir, l->arena, &l->status, &err)
	             && !weir_value_is_text(weir_value_get(l->status, "state"), "stopped");
	if (weir_value_text(weir_value_get(l->status, "now"), l->arena, &now))
		weir_time_parse(now, &l->now_us);
}

static int show(const struct config *config, bool json)
{
	struct list l = { .arena = weir_arena_create() };
	struct weir_value whole;
	struct weir_buf text = { 0 };

	l.rows = weir_make_array(l.arena);
	look(&l, config->core.state_dir);
	for (size_t i = 0; i < config->node_count; i++) {
		if (integration_can(config->nodes[i].plugin))
			add_row(&l, &config->nodes[i]);
	}
	if (json) {
		whole = weir_make_object(l.arena, 1);
		put(&l, whole, "integrations", l.rows);
		weir_value_render_pretty(whole, &text);
		weir_buf_putc(&text, '\n');
	} else {
		find_heads(&l);
		put_table(&l, &text);
	}
	print_buf(&text);
	weir_buf_finish(&text);
	weir_arena_destroy(l.arena);
	return EXIT_DONE;
}

static int run(char **argv)
{
	struct load_args load = { { 0 }, { 0 } };
	bool json = false;
	const struct arg rows[] = {
		LOAD_ROWS(load),
		{ "json", 0, NULL, "print one JSON object", .flag = &json },
		{ 0 },
	};
	struct diag *diag;
	struct config *config;
	int code = EXIT_DONE;

	if (args_read(&integration_list, rows, NULL, argv, &code)) {
		diag = diag_create();
		config = load_config(&load, diag);
		show(config, json);
		code = load_report(diag);
		config_destroy(config);
		diag_destroy(diag);
	}
	load_finish(&load);
	return code;
}

const struct command integration_list = {
	.name = "integration list",
	.summary = "List integrations, and how they do",
	.usage = "[-c FILE]... [--json]",
	.help = "Asks the weir that runs with this configuration; `stopped` says that none does, `not\n"
	        "loaded` that it has not read that integration yet.\n"
	        "\n"
	        "  weir integration list -c weir.yaml\n",
	.run = run,
};
