/* reload_ask.c - asks a running weir to read its configuration again, and says what came of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "reload_ask.h"

#include <stdio.h>

#include "command.h"
#include "control.h"
#include "diag.h"
#include "print.h"

/* A reload reads rules and keys, and waits for a ticket. */
#define ANSWER_MS 60000

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

static int show_answer(const char *who, const struct weir_buf *answer)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value reply;
	struct weir_error err;
	bool ok = control_read(answer, arena, &reply, &err);

	show_mistakes(weir_value_get(reply, "warnings"), "warning: ", arena);
	show_mistakes(weir_value_get(reply, "errors"), "", arena);
	if (ok)
		print_text("reloaded\n");
	else
		fprintf(stderr, "%s: %s\n", who, err.text);
	weir_arena_destroy(arena);
	return ok ? EXIT_DONE : EXIT_CONFIG;
}

int reload_ask(const char *who, const char *dir)
{
	struct weir_buf answer = { 0 };
	struct weir_error err;
	int code = EXIT_FAILED;

	if (control_ask(dir, "{\"command\":\"reload\"}", &answer, ANSWER_MS, &err))
		code = show_answer(who, &answer);
	else
		fprintf(stderr, "%s: %s\n", who, err.text);
	weir_buf_finish(&answer);
	return code;
}
