/* cmd_reload.c - weir reload: tells a running weir to read its configuration again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "control.h"
#include "state_dir.h"

/* A reload reads rules and keys, and waits for a ticket. */
#define ANSWER_MS 60000

extern const struct command cmd_reload;

static int show_answer(const struct weir_buf *answer)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value reply;
	struct weir_bytes text = weir_bytes("the answer cannot be read");
	struct weir_error err;
	bool ok = false;

	if (weir_json_parse(arena, (struct weir_bytes){ answer->data, answer->len }, &reply, &err)) {
		weir_value_bool(weir_value_get(reply, "ok"), &ok);
		if (ok)
			text = weir_bytes("reloaded");
		weir_value_text(weir_value_get(reply, ok ? "text" : "error"), arena, &text);
	}
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	fprintf(ok ? stdout : stderr, "%.*s\n", (int)text.len, text.data);
	weir_arena_destroy(arena);
	return ok ? EXIT_DONE : EXIT_CONFIG;
}

static int reload(const char *dir)
{
	struct weir_buf answer = { 0 };
	struct weir_error err;
	int code = EXIT_FAILED;

	if (control_ask(dir, "{\"command\":\"reload\"}", &answer, ANSWER_MS, &err))
		code = show_answer(&answer);
	else
		fprintf(stderr, "weir reload: %s\n", err.text);
	weir_buf_finish(&answer);
	return code;
}

static int run(int argc, char **argv)
{
	struct state_args args = { 0 };
	const struct arg rows[] = { STATE_ROWS(args), { 0 } };
	const char *dir;
	int code = EXIT_DONE;

	if (args_read(&cmd_reload, rows, NULL, argc, argv, &code) &&
	    (dir = state_dir_find(&args, &code)) != NULL)
		code = reload(dir);
	state_args_finish(&args);
	return code;
}

const struct command cmd_reload = {
	.name = "reload",
	.summary = "Make a running weir read its configuration and rules again",
	.usage = "[-c FILE]... [--state-dir DIR]",
	.help = "What did not change keeps its connection, token and position; no event is lost or\n"
	        "repeated. When something is wrong nothing changes, the mistakes are printed, and the\n"
	        "exit code is 2. SIGHUP does the same.\n"
	        "\n"
	        "  weir reload -c weir.yaml\n",
	.run = run,
};
