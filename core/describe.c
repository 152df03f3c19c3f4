/* describe.c - plugins and options, printed from their rows, for a terminal.
 *
 * Lives here: what all forms share, and the text. Not here: Markdown (describe_markdown.c),
 * JSON and the schema (describe_json.c, describe_schema.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "describe.h"

#include <string.h>

#include "config.h"
#include "registry.h"
#include "route.h"

const struct weir_plugin *describe_core(void)
{
	static const struct weir_plugin core = {
		.name = "core",
		.version = WEIR_VERSION,
		.summary = "The options at the top of weir.yaml.",
		.options = config_core_options,
	};

	return &core;
}

const char *describe_kind(const struct weir_plugin *plugin)
{
	return plugin->kind ? kind_name(plugin->kind) : "core";
}

void describe_type(const struct weir_option *row, struct weir_buf *text)
{
	struct weir_buf range = { 0 };

	if (row->type != WEIR_CHOICE) {
		weir_buf_puts(text, option_type_name(row->type));
	} else {
		weir_buf_puts(text, "one of ");
		for (size_t i = 0; row->choices[i]; i++)
			weir_buf_printf(text, "%s%s", i ? ", " : "", row->choices[i]);
	}
	option_put_range(row, &range);
	if (range.len)
		weir_buf_printf(text, ", %s", weir_buf_text(&range));
	weir_buf_finish(&range);
}

/* ---- lists ---- */

static void put_kind(enum weir_kind kind, struct weir_buf *text)
{
	const struct weir_plugin *plugin;

	weir_buf_printf(text, "%ss:\n", kind_name(kind));
	for (size_t i = 0; (plugin = registry_at(i)); i++)
		if (plugin->kind == kind)
			weir_buf_printf(text, "  %-14s %s\n", plugin->name, plugin->summary);
	weir_buf_putc(text, '\n');
}

void describe_list(struct weir_buf *text)
{
	for (int kind = WEIR_SOURCE; kind <= WEIR_SINK; kind++)
		put_kind((enum weir_kind)kind, text);
	weir_buf_puts(text,
	              "weir describe KIND NAME shows the options of one; weir describe core shows "
	              "those at the\ntop of weir.yaml; weir describe schema lists the schemas of rules.\n");
}

/* ---- one ---- */

enum { INDENT = 6, WIDTH = 92 };

/* Words, broken into lines. */
static void put_wrapped(const char *words, struct weir_buf *text)
{
	size_t column = 0;

	while (*words) {
		size_t len = strcspn(words, " ");

		if (column && column + 1 + len > WIDTH - INDENT) {
			weir_buf_putc(text, '\n');
			column = 0;
		}
		if (column == 0)
			weir_buf_printf(text, "%*s", INDENT, "");
		else
			weir_buf_putc(text, ' ');
		column += len + (column > 0);
		weir_buf_add(text, words, len);
		words += len;
		words += strspn(words, " ");
	}
	weir_buf_putc(text, '\n');
}

static void put_option(const struct weir_option *row, struct weir_buf *text)
{
	weir_buf_printf(text, "  %s: ", row->name);
	describe_type(row, text);
	if (row->required)
		weir_buf_puts(text, "; required");
	if (row->preset)
		weir_buf_printf(text, "; default %s", row->preset);
	weir_buf_putc(text, '\n');
	put_wrapped(row->doc, text);
	if (row->installed)
		put_wrapped("A path that is not there is sought among the installed files.", text);
}

static void put_metric(const struct weir_metric *row, struct weir_buf *text)
{
	weir_buf_printf(text, "  %s: %s\n", row->name,
	                row->type == WEIR_GAUGE ? "gauge" : "counter");
	put_wrapped(row->doc, text);
}

void describe_text(const struct weir_plugin *plugin, struct weir_buf *text)
{
	if (plugin->kind)
		weir_buf_printf(text, "%s ", kind_name(plugin->kind));
	weir_buf_printf(text, "%s %s\n%s\n", plugin->name, plugin->version, plugin->summary);
	if (plugin->kind == WEIR_SINK)
		weir_buf_printf(text, "Delivers %s: %s.\n", delivery_name(plugin->delivery),
		                delivery_reason(plugin->delivery));
	if (plugin->options && plugin->options->name)
		weir_buf_puts(text, "\noptions:\n");
	for (const struct weir_option *row = plugin->options; row && row->name; row++)
		put_option(row, text);
	if (plugin->metrics && plugin->metrics->name)
		weir_buf_puts(text, "\nmetrics:\n");
	for (const struct weir_metric *row = plugin->metrics; row && row->name; row++)
		put_metric(row, text);
}
