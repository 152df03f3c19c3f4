/* describe_markdown.c - one plugin as a page of docs/reference.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "describe.h"

#include <string.h>

#include "registry.h"
#include "route.h"

/* A cell of a table: '|' would end it. */
static void put_cell(const char *cell, struct weir_buf *text)
{
	for (; *cell; cell++) {
		if (*cell == '|')
			weir_buf_putc(text, '\\');
		weir_buf_putc(text, *cell);
	}
}

static void put_option(const struct weir_option *row, struct weir_buf *text)
{
	struct weir_buf type = { 0 };

	describe_type(row, &type);
	weir_buf_printf(text, "| `%s` | ", row->name);
	put_cell(weir_buf_text(&type), text);
	weir_buf_finish(&type);
	if (row->required)
		weir_buf_puts(text, " | required | ");
	else if (row->preset)
		weir_buf_printf(text, " | `%s` | ", row->preset);
	else
		weir_buf_puts(text, " | | ");
	put_cell(row->doc, text);
	if (row->installed)
		weir_buf_puts(text,
		              " A path that is not there is sought among the installed files.");
	weir_buf_puts(text, " |\n");
}

static void put_metric(const struct weir_metric *row, struct weir_buf *text)
{
	weir_buf_printf(text, "| `%s` | %s | ", row->name,
	                row->type == WEIR_GAUGE ? "gauge" : "counter");
	put_cell(row->doc, text);
	weir_buf_puts(text, " |\n");
}

static void put_title(const struct weir_plugin *plugin, struct weir_buf *text)
{
	if (plugin->kind)
		weir_buf_printf(text, "# %c%s `%s`\n\n", kind_name(plugin->kind)[0] - 'a' + 'A',
		                kind_name(plugin->kind) + 1, plugin->name);
	else
		weir_buf_puts(text, "# Options of the core\n\n");
	weir_buf_printf(text, "%s\n", plugin->summary);
	if (plugin->kind == WEIR_SINK)
		weir_buf_printf(text, "\nDelivers **%s**: %s.\n", delivery_name(plugin->delivery),
		                delivery_reason(plugin->delivery));
}

void describe_markdown(const struct weir_plugin *plugin, struct weir_buf *text)
{
	put_title(plugin, text);
	if (plugin->options && plugin->options->name)
		weir_buf_puts(text, "\n## Options\n\n| option | type | default | what it does |\n"
		              "| --- | --- | --- | --- |\n");
	for (const struct weir_option *row = plugin->options; row && row->name; row++)
		put_option(row, text);
	if (plugin->metrics && plugin->metrics->name)
		weir_buf_puts(text, "\n## Metrics\n\n| metric | type | what it counts |\n"
		              "| --- | --- | --- |\n");
	for (const struct weir_metric *row = plugin->metrics; row && row->name; row++)
		put_metric(row, text);
	weir_buf_puts(text, "\nPrinted by `weir describe --markdown`.\n");
}
