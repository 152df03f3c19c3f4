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

static const char *text_of(struct weir_value v, const char *key, struct weir_arena *arena)
{
	struct weir_bytes text;

	if (!weir_value_text(weir_value_get(v, key), arena, &text))
		return NULL;
	return weir_arena_format(arena, "%.*s", (int)text.len, text.data);
}

/* Each mistake as `weir check` says it, but for the source line. */
static void show_mistakes(struct weir_value list, const char *what, struct weir_arena *arena)
{
	struct weir_each each = weir_each(list);

	while (weir_next(&each)) {
		struct weir_error mistake = { 0 };
		struct weir_buf line = { 0 };
		int64_t number = 0;
		const char *text = text_of(each.value, "text", arena);

		mistake.where.file = text_of(each.value, "file", arena);
		mistake.where.path = text_of(each.value, "path", arena);
		if (weir_value_int(weir_value_get(each.value, "line"), &number))
			mistake.where.line = (int)number;
		if (weir_value_int(weir_value_get(each.value, "column"), &number))
			mistake.where.column = (int)number;
		snprintf(mistake.text, sizeof mistake.text, "%s", text ? text : "");
		diag_line(&mistake, &line);
		fprintf(stderr, "%s%s\n", what, weir_buf_text(&line));
		weir_buf_finish(&line);
	}
}

static int show_answer(const struct weir_buf *answer)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value reply = { 0 };
	struct weir_error err;
	const char *why;
	bool ok = false;

	if (weir_json_parse(arena, (struct weir_bytes){ answer->data, answer->len }, &reply, &err))
		weir_value_bool(weir_value_get(reply, "ok"), &ok);
	show_mistakes(weir_value_get(reply, "warnings"), "warning: ", arena);
	show_mistakes(weir_value_get(reply, "errors"), "", arena);
	why = text_of(reply, "error", arena);
	if (ok)
		puts("reloaded");
	else
		fprintf(stderr, "weir reload: %s\n", why ? why : "the answer cannot be read");
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

static int run(char **argv)
{
	struct state_args args = { 0 };
	const struct arg rows[] = { STATE_ROWS(args), { 0 } };
	const char *dir;
	int code = EXIT_DONE;

	if (args_read(&cmd_reload, rows, NULL, argv, &code) &&
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
