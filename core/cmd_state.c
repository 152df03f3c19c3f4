/* cmd_state.c - weir state: the stored positions, and dropping one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "print.h"
#include "registry.h"
#include "state_dir.h"

#define ANSWER_MS 10000

extern const struct command cmd_state;

/* ---- show --------------------------------------------------------------------------------- */

static bool show_position(void *arg, const struct store_position *p)
{
	struct weir_buf text = { 0 };
	const bool *json = arg;

	if (p->record != STORE_POSITION)
		return true; /* weir backfill --list shows what they say */
	if (*json) {
		weir_buf_printf(&text, "{\"kind\":\"%s\",\"name\":", kind_name(p->kind));
		weir_json_quote(weir_bytes(p->name), &text);
		weir_buf_puts(&text, ",\"plugin\":");
		weir_json_quote(weir_bytes(p->plugin), &text);
		weir_buf_printf(&text, ",\"version\":%u,\"position\":", p->version);
		weir_json_quote(weir_bytes(p->text), &text);
		weir_buf_puts(&text, "}\n");
	} else {
		weir_buf_printf(&text, "%ss.%s (%s, version %u)\n  ", kind_name(p->kind), p->name,
		                p->plugin, p->version);
		state_dir_plain(weir_bytes(p->text), &text);
		weir_buf_putc(&text, '\n');
	}
	print_buf(&text);
	weir_buf_finish(&text);
	return print_works();
}

static int show(const char *dir, bool json)
{
	struct store *store = state_dir_read(dir);

	if (!store)
		return EXIT_FAILED;
	store_each_position(store, show_position, &json);
	store_close(store);
	return EXIT_DONE;
}

/* ---- accept ------------------------------------------------------------------------------- */

struct search {
	const char *name;
	bool found;
};

static bool look_for(void *arg, const struct store_position *p)
{
	struct search *search = arg;

	search->found = p->kind == WEIR_SINK && strcmp(p->name, search->name) == 0;
	return !search->found;
}

/* No weir runs: the position goes, and the sink's next start takes the files as they are. */
static int accept_stopped(const char *dir, const char *sink)
{
	struct search search = { .name = sink };
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note = NULL;
	struct store *store = store_open(dir, STORE_OWN, NULL, &opened, &note, &err);

	if (note)
		fprintf(stderr, "weir: %s\n", note);
	weir_free(note);
	if (!store) {
		fprintf(stderr, "weir state: %s\n", err.text);
		return EXIT_FAILED;
	}
	store_each_position(store, look_for, &search);
	if (search.found)
		store_forget_position(store, WEIR_SINK, sink);
	store_close(store);
	if (search.found)
		print_format("accepted: sink %s goes on with its files as they are\n", sink);
	else
		fprintf(stderr, "weir state: no position of sink %s is stored; nothing to accept\n", sink);
	return search.found ? EXIT_DONE : EXIT_FAILED;
}

static int show_answer(const struct weir_buf *answer, const char *sink)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value reply;
	struct weir_error err;
	bool ok = control_read(answer, arena, &reply, &err);

	if (ok)
		print_format("accepted: sink %s goes on with its files as they are\n", sink);
	else
		fprintf(stderr, "weir state: %s\n", err.text);
	weir_arena_destroy(arena);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static int accept(const char *dir, const char *sink)
{
	struct weir_buf request = { 0 }, answer = { 0 };
	struct weir_error err;
	int code;

	weir_buf_puts(&request, "{\"command\":\"accept\",\"sink\":");
	weir_json_quote(weir_bytes(sink), &request);
	weir_buf_putc(&request, '}');
	if (control_ask(dir, weir_buf_text(&request), &answer, ANSWER_MS, &err)) {
		code = show_answer(&answer, sink);
	} else if (err.code == WEIR_E_UNREACHABLE) {
		code = accept_stopped(dir, sink);
	} else {
		fprintf(stderr, "weir state: %s\n", err.text);
		code = EXIT_FAILED;
	}
	weir_buf_finish(&request);
	weir_buf_finish(&answer);
	return code;
}

/* ---- the command -------------------------------------------------------------------------- */

static int run_words(struct state_args *args, const struct args_list *words, bool json)
{
	static const char *const verbs[] = { "show", "accept", NULL };
	const char *verb = words->count > 0 ? words->items[0] : "show", *dir, *near;
	bool accepts = strcmp(verb, "accept") == 0;
	int code = EXIT_DONE;

	near = weir_nearest(verb, verbs);
	if (!accepts && strcmp(verb, "show") != 0)
		return args_wrong(&cmd_state, near ? "there is no 'state %s'; did you mean %s?"
		                                   : "there is no 'state %s'; write show or accept",
		                  verb, near);
	if (accepts ? words->count != 2 : words->count > 1)
		return args_wrong(&cmd_state, accepts ? "accept needs the name of one sink"
		                                      : "show takes no further word");
	dir = state_dir_find(args, &code);
	if (!dir)
		return code;
	if (accepts && !state_names_check(&cmd_state, args, WEIR_SINK, words->items[1]))
		return EXIT_CONFIG;
	return accepts ? accept(dir, words->items[1]) : show(dir, json);
}

static int run(char **argv)
{
	struct state_args args = { 0 };
	struct args_list words = { 0 };
	bool json = false;
	const struct arg rows[] = {
		STATE_ROWS(args),
		{ "json", 0, NULL, "print each position as a line of JSON", .flag = &json },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_state, rows, &words, argv, &code))
		code = run_words(&args, &words, json);
	args_finish(&words);
	state_args_finish(&args);
	return code;
}

const struct command cmd_state = {
	.name = "state",
	.summary = "Show the stored positions, or let a sink go on with a changed file",
	.usage = "show | accept SINK [-c FILE]... [--state-dir DIR] [--json]",
	.help = "A file sink that finds another file than the one it wrote, or a shorter one, waits.\n"
	        "`accept` drops its position: it goes on with what is there. Records that were written\n"
	        "there and are gone do not come again.\n"
	        "\n"
	        "  weir state show -c weir.yaml\n"
	        "  weir state accept out -c weir.yaml\n",
	.run = run,
};
