/* cmd_status.c - weir status: what a weir is doing, and whether its ledger adds up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "control.h"
#include "print.h"
#include "state_dir.h"
#include "status_text.h"

#define ANSWER_MS 10000

enum form { FORM_TEXT, FORM_JSON, FORM_PROMETHEUS };

extern const struct command cmd_status;

static int show(struct weir_value status, enum form form)
{
	struct weir_buf text = { 0 };
	bool good = status_adds_up(status);

	switch (form) {
	case FORM_TEXT:
		status_text(status, &text);
		break;
	case FORM_JSON:
		weir_value_render_pretty(status, &text);
		weir_buf_putc(&text, '\n');
		break;
	case FORM_PROMETHEUS:
		status_prometheus(status, &text);
		break;
	}
	print_buf(&text);
	weir_buf_finish(&text);
	return good ? EXIT_DONE : EXIT_FAILED;
}

/* A running weir knows more of metrics than its status tells. */
static bool show_metrics(const char *dir, int *code)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf answer = { 0 };
	struct weir_value reply;
	struct weir_bytes text;
	struct weir_error err;
	bool asked = control_ask(dir, "{\"command\":\"prometheus\"}", &answer, ANSWER_MS, &err);

	if (asked && weir_json_parse(arena, (struct weir_bytes){ answer.data, answer.len }, &reply, &err)
	    && weir_value_text(weir_value_get(reply, "text"), arena, &text)) {
		print_bytes(text);
		*code = EXIT_DONE;
	} else if (asked) {
		fputs("weir status: the answer cannot be read\n", stderr);
		*code = EXIT_FAILED;
	}
	weir_arena_destroy(arena);
	weir_buf_finish(&answer);
	return asked;
}

static int status(const char *dir, enum form form)
{
	struct weir_arena *arena;
	struct weir_value snapshot;
	struct weir_error err;
	int code;

	if (form == FORM_PROMETHEUS && show_metrics(dir, &code))
		return code;
	arena = weir_arena_create();
	if (status_ask(dir, arena, &snapshot, &err)) {
		code = show(snapshot, form);
	} else {
		fprintf(stderr, "weir status: %s\n", err.text);
		code = EXIT_FAILED;
	}
	weir_arena_destroy(arena);
	return code;
}

static int run(char **argv)
{
	struct state_args args = { 0 };
	bool json = false, prometheus = false;
	const struct arg rows[] = {
		STATE_ROWS(args),
		{ "json", 0, NULL, "print one JSON object", .flag = &json },
		{ "prometheus", 0, NULL, "print metrics in Prometheus' text format",
		  .flag = &prometheus },
		{ 0 },
	};
	const char *dir;
	int code = EXIT_DONE;

	if (args_read(&cmd_status, rows, NULL, argv, &code)) {
		if (json && prometheus)
			code = args_wrong(&cmd_status, "--json and --prometheus exclude each other");
		else if ((dir = state_dir_find(&args, &code)) != NULL)
			code = status(dir, json         ? FORM_JSON
			                   : prometheus ? FORM_PROMETHEUS
			                                : FORM_TEXT);
	}
	state_args_finish(&args);
	return code;
}

const struct command cmd_status = {
	.name = "status",
	.summary = "Show positions, the ledger, and what holds a commit back",
	.usage = "[-c FILE]... [--state-dir DIR] [--json | --prometheus]",
	.help = "Asks the weir that runs with that state; when none does, shows the state as of its last\n"
	        "commit. Exit code 1 when a row of the ledger does not add up: in = delivered + dead +\n"
	        "dropped + repeated + in flight.\n"
	        "\n"
	        "  weir status -c weir.yaml\n"
	        "  weir status --state-dir /var/lib/weir --json\n",
	.run = run,
};
