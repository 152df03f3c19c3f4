/* cmd_doctor.c - weir doctor: how far each source and sink gets with its peer, and what to do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "probe.h"

extern const struct command cmd_doctor;

struct wish {
	const char *source, *sink; /* NULL: any */
	bool json;
};

static int wrong_name(const struct config *config, enum weir_kind kind, const char *name)
{
	const char **names = weir_alloc((config->node_count + 1) * sizeof *names);
	const char *word = kind == WEIR_SOURCE ? "source" : "sink", *nearest;
	size_t count = 0;
	int code;

	for (size_t i = 0; i < config->node_count; i++) {
		if (config->nodes[i].kind == kind)
			names[count++] = config->nodes[i].name;
	}
	nearest = weir_nearest(name, names);
	if (nearest)
		code = args_wrong(&cmd_doctor, "there is no %s %s; did you mean %s?", word, name, nearest);
	else
		code = args_wrong(&cmd_doctor, "there is no %s %s", word, name);
	weir_free(names);
	return code;
}

static bool is_wanted(const struct config_node *node, const struct wish *wish)
{
	const char *name = node->kind == WEIR_SOURCE ? wish->source : wish->sink;

	if (!wish->source && !wish->sink)
		return probe_can(node);
	return node->kind != WEIR_TRANSFORM && name && strcmp(node->name, name) == 0;
}

/* NULL-ended, to weir_free. */
static const struct config_node **choose(const struct config *config, const struct wish *wish)
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

	for (; *nodes; nodes++) {
		if (!probe_can(*nodes) && (*nodes)->plugin)
			printf("%s (%s) has nothing that could be asked\n", (*nodes)->where.path,
			       (*nodes)->plugin_name);
	}
	fflush(stdout);
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
	puts(weir_buf_text(&text));
	weir_buf_finish(&probes);
	weir_buf_finish(&text);
	return diag_errors(diag) ? EXIT_CONFIG : good ? EXIT_DONE : EXIT_FAILED;
}

static int ask(const struct load_args *load, const struct wish *wish)
{
	struct diag *diag = diag_create();
	struct config *config = load_config(load, diag);
	const struct config_node **nodes = choose(config, wish);
	int code;

	if (!nodes[0] && diag_errors(diag) == 0 && (wish->source || wish->sink))
		code = wrong_name(config, wish->source ? WEIR_SOURCE : WEIR_SINK,
		                  wish->source ? wish->source : wish->sink);
	else
		code = wish->json ? show_json(config, nodes, diag) : show_text(config, nodes, diag);
	weir_free(nodes);
	config_destroy(config);
	diag_destroy(diag);
	return code;
}

static int run(char **argv)
{
	struct load_args load = { { 0 }, { 0 } };
	struct wish wish = { 0 };
	const struct arg rows[] = {
		LOAD_ROWS(load),
		{ "source", 0, "NAME", "this source alone", .text = &wish.source },
		{ "sink", 0, "NAME", "this sink alone", .text = &wish.sink },
		{ "json", 0, NULL, "print one JSON object", .flag = &wish.json },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_doctor, rows, NULL, argv, &code))
		code = ask(&load, &wish);
	load_finish(&load);
	return code;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "Ask what sources and sinks talk to, step by step, and say what to do",
	.usage = "[-c FILE]... [--plugins DIR]... [--source NAME] [--sink NAME] [--json]",
	.help = "Each step is a line: ✓ with what was found, or ✗ with what is wrong and what to do about\n"
	        "it. It asks for one event at most, moves no position, and may be used beside a weir that\n"
	        "runs. Exit code 0 when all is well, 1 when something is wrong, 2 when the configuration\n"
	        "is.\n"
	        "\n"
	        "  weir doctor -c weir.yaml\n"
	        "  weir doctor -c weir.yaml --source acme --json\n",
	.run = run,
};
