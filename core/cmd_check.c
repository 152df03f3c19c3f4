/* cmd_check.c - weir check: everything that can be known without starting anything, and online
 * what the peers say.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "load.h"
#include "print.h"
#include "probe.h"
#include "route.h"
#include "runtime.h"

struct output {
	struct weir_buf text;
	size_t routes;
};

static void add_text(void *arg, const struct route *route)
{
	struct output *out = arg;

	route_put(route, &out->text);
	weir_buf_putc(&out->text, '\n');
	out->routes++;
}

static void add_json(void *arg, const struct route *route)
{
	struct output *out = arg;

	weir_buf_puts(&out->text, out->routes++ ? ", " : "");
	route_put_json(route, &out->text);
}

static size_t count(const struct config *config, enum weir_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < config->node_count; i++)
		n += config->nodes[i].kind == kind;
	return n;
}

static void put_count(struct weir_buf *text, size_t n, const char *word)
{
	weir_buf_printf(text, "%zu %s%s", n, word, n == 1 ? "" : "s");
}

static int report_text(const struct config *config, struct diag *diag)
{
	int code = load_report(diag);
	struct output out = { { 0 }, 0 };

	if (code != EXIT_DONE)
		return code;
	if (!route_each(config, add_text, &out))
		weir_buf_puts(&out.text, "(more ways than can be listed)\n");
	weir_buf_puts(&out.text, "ok: ");
	put_count(&out.text, count(config, WEIR_SOURCE), "source");
	weir_buf_puts(&out.text, ", ");
	put_count(&out.text, count(config, WEIR_TRANSFORM), "transform");
	weir_buf_puts(&out.text, ", ");
	put_count(&out.text, count(config, WEIR_SINK), "sink");
	if (diag_warnings(diag)) {
		weir_buf_puts(&out.text, ", ");
		put_count(&out.text, diag_warnings(diag), "warning");
	}
	weir_buf_putc(&out.text, '\n');
	print_buf(&out.text);
	weir_buf_finish(&out.text);
	return EXIT_DONE;
}

/* As `weir doctor` asks; into json, or NULL as text on stdout. */
static bool ask_peers(struct config *config, struct diag *diag, struct weir_buf *json)
{
	const struct config_node **nodes = weir_alloc((config->node_count + 1) * sizeof *nodes);
	bool good;

	for (size_t i = 0; i < config->node_count; i++)
		nodes[i] = &config->nodes[i];
	good = probe_show(config, nodes, diag, json);
	weir_free(nodes);
	return good;
}

static int check_text(struct config *config, struct diag *diag, bool online)
{
	int code = report_text(config, diag);

	if (code == EXIT_DONE && online && !ask_peers(config, diag, NULL))
		code = EXIT_FAILED;
	return code;
}

static int check_json(struct config *config, struct diag *diag, bool online)
{
	struct output out = { { 0 }, 0 };
	struct weir_buf peers = { 0 };
	bool sound = diag_errors(diag) == 0;
	bool good = sound && (!online || ask_peers(config, diag, &peers));

	weir_buf_printf(&out.text, "{\"ok\": %s, ", good ? "true" : "false");
	diag_json_lists(diag, &out.text);
	weir_buf_puts(&out.text, ", \"paths\": [");
	if (sound)
		route_each(config, add_json, &out);
	if (online)
		weir_buf_printf(&out.text, "], \"instances\": [%s", weir_buf_text(&peers));
	weir_buf_puts(&out.text, "]}\n");
	print_buf(&out.text);
	weir_buf_finish(&peers);
	weir_buf_finish(&out.text);
	return good ? EXIT_DONE : sound ? EXIT_FAILED : EXIT_CONFIG;
}

extern const struct command cmd_check;

static int run(char **argv)
{
	struct load_args load = { { 0 }, { 0 } };
	bool json = false, online = false;
	const struct arg rows[] = {
		LOAD_ROWS(load),
		{ "online", 0, NULL, "then also connect, as weir doctor does", .flag = &online },
		{ "json", 0, NULL, "print one JSON object", .flag = &json },
		{ 0 },
	};
	struct config *config;
	struct runtime *runtime;
	struct diag *diag;
	int code = EXIT_DONE;

	if (!args_read(&cmd_check, rows, NULL, argv, &code)) {
		load_finish(&load);
		return code;
	}
	diag = diag_create();
	config = load_config(&load, diag);
	runtime = runtime_create(config, diag);
	runtime_destroy(runtime);
	code = json ? check_json(config, diag, online) : check_text(config, diag, online);
	config_destroy(config);
	diag_destroy(diag);
	load_finish(&load);
	return code;
}

const struct command cmd_check = {
	.name = "check",
	.summary = "Check a configuration and the rules it names, without starting anything",
	.usage = "[-c FILE]... [--plugins DIR]... [--online] [--json]",
	.help = "Prints every mistake with its file, line and column, or the ways from sources to\n"
	        "sinks with what each promises. Exit code 2 when there are mistakes,\n"
	        "1 when a peer that was asked with --online does not answer well.\n"
	        "\n"
	        "  weir check -c weir.yaml\n"
	        "  weir check -c weir.yaml -c prod.yaml --json\n"
	        "  weir check -c weir.yaml --online\n",
	.run = run,
};
