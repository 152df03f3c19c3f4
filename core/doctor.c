/* doctor.c - asks what sources and sinks talk to, and shows what they say.
 *
 * Lives here: whom to ask, and what the command returns. Not here: asking (probe.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "print.h"
#include "probe.h"
#include "registry.h"

static bool is_there(const struct command *command, const struct config *config,
                     enum weir_kind kind, const char *name)
{
	struct names names = { 0 };
	bool found;

	config_names(config, kind, &names);
	found = !name || names_have(&names, name);
	if (!found)
		args_unknown(command, kind_name(kind), name, &names);
	names_finish(&names);
	return found;
}

static bool is_wanted(const struct config_node *node, const struct doctor_wish *wish)
{
	const char *name = node->kind == WEIR_SOURCE ? wish->source : wish->sink;

	if (!wish->source && !wish->sink)
		return probe_can(node);
	return node->kind != WEIR_TRANSFORM && name && strcmp(node->name, name) == 0;
}

/* NULL-ended, to weir_free. */
static const struct config_node **choose(const struct config *config, const struct doctor_wish *wish)
{
	const struct config_node **nodes = weir_alloc((config->node_count + 1) * sizeof *nodes);
	size_t count = 0;

	for (size_t i = 0; i < config->node_count; i++) {
		if (is_wanted(&config->nodes[i], wish))
			nodes[count++] = &config->nodes[i];
	}
	return nodes;
}

static int show_text(struct config *config, const struct config_node *const *nodes,
                     struct diag *diag)
{
	bool good = probe_show(config, nodes, diag, NULL);

	if (!*nodes && diag_errors(diag) == 0)
		print_text("no source and no sink here has anything that could be asked\n");
	for (; *nodes; nodes++) {
		if (!probe_can(*nodes) && (*nodes)->plugin)
			print_format("%s (%s) has nothing that could be asked\n", (*nodes)->where.path,
			       (*nodes)->plugin_name);
	}
	print_flush();
	if (load_report(diag) != EXIT_DONE)
		return EXIT_CONFIG;
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int show_json(struct config *config, const struct config_node *const *nodes,
                     struct diag *diag)
{
	struct weir_buf probes = { 0 }, text = { 0 };
	bool good = probe_show(config, nodes, diag, &probes);
	bool ok = good && diag_errors(diag) == 0;

	weir_buf_printf(&text, "{\"ok\": %s, \"instances\": [%s], ", ok ? "true" : "false",
	                weir_buf_text(&probes));
	diag_json_lists(diag, &text);
	weir_buf_putc(&text, '}');
	print_format("%s\n", weir_buf_text(&text));
	weir_buf_finish(&probes);
	weir_buf_finish(&text);
	return diag_errors(diag) ? EXIT_CONFIG : good ? EXIT_DONE : EXIT_FAILED;
}

int doctor_run(const struct command *command, const struct load_args *load,
               const struct doctor_wish *wish)
{
	struct diag *diag = diag_create();
	struct config *config = load_config(load, diag);
	const struct config_node **nodes = choose(config, wish);
	int code;

	if (diag_errors(diag) == 0 && (!is_there(command, config, WEIR_SOURCE, wish->source)
	                               || !is_there(command, config, WEIR_SINK, wish->sink)))
		code = EXIT_CONFIG;
	else
		code = wish->json ? show_json(config, nodes, diag) : show_text(config, nodes, diag);
	weir_free(nodes);
	config_destroy(config);
	diag_destroy(diag);
	return code;
}
