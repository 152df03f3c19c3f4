/* probe_show.c - the steps of probes, as text for people or JSON for machines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "print.h"
#include "probe.h"

enum { NAME_WIDTH = 10 };

struct probe_show {
	struct weir_buf *json;     /* NULL: text on stdout */
	bool colored;
	size_t instances, steps;   /* so far */
};

/* ---- text ------------------------------------------------------------------------ */

static void begin_text(void *arg, const struct config_node *node)
{
	struct probe_show *show = arg;

	print_format("%s%s (%s)\n", show->instances++ ? "\n" : "", node->where.path,
	        node->plugin_name);
}

static void step_text(void *arg, const struct probe_step *step)
{
	const struct probe_show *show = arg;

	if (show->colored)
		print_text(step->good ? "\033[32m" : "\033[31m");
	print_format("  %s %-*s%s ", step->good ? "✓" : "✗", NAME_WIDTH, step->name,
	        show->colored ? "\033[0m" : "");
	print_format("%s%s%s\n", step->text, step->cure ? "; " : "", step->cure ? step->cure : "");
	print_flush(); /* the next one may take its time */
}

static void end_text(void *arg, bool good)
{
	(void)arg;
	(void)good;
}

/* ---- JSON ------------------------------------------------------------------------- */

static void put(struct weir_buf *text, const char *key, const char *value)
{
	weir_buf_printf(text, "\"%s\": ", key);
	weir_json_quote(weir_bytes(value), text);
}

static void begin_json(void *arg, const struct config_node *node)
{
	struct probe_show *show = arg;

	weir_buf_puts(show->json, show->instances++ ? ", {" : "{");
	put(show->json, "instance", node->where.path);
	weir_buf_puts(show->json, ", ");
	put(show->json, "plugin", node->plugin_name);
	weir_buf_puts(show->json, ", \"steps\": [");
	show->steps = 0;
}

static void step_json(void *arg, const struct probe_step *step)
{
	struct probe_show *show = arg;

	weir_buf_puts(show->json, show->steps++ ? ", {" : "{");
	put(show->json, "step", step->name);
	weir_buf_printf(show->json, ", \"ok\": %s, ", step->good ? "true" : "false");
	put(show->json, "text", step->text);
	if (step->cure) {
		weir_buf_puts(show->json, ", ");
		put(show->json, "cure", step->cure);
	}
	weir_buf_putc(show->json, '}');
}

static void end_json(void *arg, bool good)
{
	struct probe_show *show = arg;

	weir_buf_printf(show->json, "], \"ok\": %s}", good ? "true" : "false");
}

bool probe_show(struct config *config, const struct config_node *const *nodes, struct diag *diag,
                struct weir_buf *json)
{
	struct probe_show show = {
		.json = json, .colored = !json && diag_color_of(stdout) == DIAG_COLOR,
	};
	const struct probe_view view = json
		? (struct probe_view){ begin_json, step_json, end_json, &show }
		: (struct probe_view){ begin_text, step_text, end_text, &show };
	struct weir_error err = { 0 };
	size_t bad = 0;

	if (probe_run(config, nodes, &view, diag, &bad, &err))
		return bad == 0;
	fprintf(stderr, "weir: %s\n", err.text);
	return false;
}
