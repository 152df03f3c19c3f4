/* integration_remove.c - weir integration remove: its files, and if wished its state.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "control.h"
#include "file_create.h"
#include "integration.h"
#include "print.h"
#include "reload_ask.h"
#include "store.h"

#define WHO "weir integration remove"
#define ANSWER_MS 10000

struct removal {
	struct load_args load;
	const char *name;
	bool keep, drop, yes, reload;
	char *folder, *path;
	const struct core_options *core;
	const char *state_dir;
	const struct config_node *node; /* or NULL: its file cannot be read */
	struct names names;             /* of all sources */
};

/* ---- state ------------------------------------------------------------------------------ */

static bool drop_stopped(const struct removal *r, struct weir_error *err)
{
	enum store_opened opened;
	char *note = NULL, *file = weir_format("%s/state.db", r->state_dir);
	bool ok = access(file, F_OK) != 0; /* nothing is to be forgotten, and nothing to be made */
	struct store *store;

	weir_free(file);
	if (ok)
		return true;
	store = store_open(r->state_dir, STORE_OWN, NULL, &opened, &note, err);
	weir_free(note);
	if (!store)
		return false;
	ok = store_forget_source(store, r->name, err);
	store_close(store);
	return ok;
}

/* What the source read last may still wait to be committed: then "later" is the answer. */
static bool ask_to_forget(const struct removal *r, bool *later, struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf request = { 0 }, answer = { 0 };
	struct weir_value reply = { 0 };
	bool ok;

	weir_buf_puts(&request, "{\"command\":\"forget\",\"source\":");
	weir_json_quote(weir_bytes(r->name), &request);
	weir_buf_putc(&request, '}');
	*later = false;
	ok = control_ask(r->state_dir, weir_buf_text(&request), &answer, ANSWER_MS, err)
	     && control_read(&answer, arena, &reply, err);
	weir_value_bool(weir_value_get(reply, "later"), later);
	weir_arena_destroy(arena);
	weir_buf_finish(&request);
	weir_buf_finish(&answer);
	return ok;
}

static bool drop_running(const struct removal *r, struct weir_error *err)
{
	const struct timespec pause = { 0, 100 * 1000 * 1000 };
	bool later = true, ok = true;

	for (int i = 0; ok && later && i < ANSWER_MS / 100; i++) {
		ok = ask_to_forget(r, &later, err);
		if (ok && later)
			nanosleep(&pause, NULL);
	}
	if (ok && later)
		weir_fail(err, WEIR_E_RESOURCE, "a commit waits for a sink; remove %s again when it does "
		          "not", r->name);
	return ok && !later;
}

/* ---- files ---------------------------------------------------------------------------------- */

/* In integrations.d, under its own name or another file that says `name:`; NULL: elsewhere. */
static char *find_file(const struct removal *r)
{
	char *usual = integration_file(r->folder, r->name, "yaml");
	const char *file = r->node ? r->node->where.file : NULL;
	size_t len = strlen(r->folder);

	if (file && strncmp(file, r->folder, len) == 0 && file[len] == '/') {
		weir_free(usual);
		return weir_strdup(file);
	}
	if (!file && access(usual, F_OK) == 0)
		return usual;
	weir_free(usual);
	return NULL;
}

/* Those that `add` has copied; others are nobody's business but their owner's. */
static void remove_secrets(const struct removal *r)
{
	const struct weir_plugin *plugin = r->node ? r->node->plugin : NULL;

	for (const struct weir_option *row = plugin ? plugin->options : NULL; row && row->name; row++) {
		char *path = row->type == WEIR_SECRET ? integration_file(r->folder, r->name, row->name) : NULL;

		if (path && unlink(path) == 0)
			print_format("removed %s\n", path);
		weir_free(path);
	}
}

static bool remove_files(const struct removal *r)
{
	struct weir_error err;

	if (unlink(r->path) != 0) {
		fprintf(stderr, WHO ": remove %s: %s\n", r->path, strerror(errno));
		return false;
	}
	print_format("removed %s\n", r->path);
	remove_secrets(r);
	if (!file_sync_folder(r->path, &err))
		fprintf(stderr, WHO ": %s\n", err.text);
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int not_there(const struct removal *r)
{
	if (r->node)
		fprintf(stderr, WHO ": %s stands in %s:%d; take it out there\n", r->name,
		        r->node->where.file, r->node->where.line);
	else
		args_unknown(&integration_remove, "integration", r->name, &r->names);
	return EXIT_CONFIG;
}

static bool is_last(const struct removal *r)
{
	return r->node && r->names.count == 1;
}

/* It would refuse to reload, and go on with the source whose file is gone. */
static int would_go_on(const struct removal *r)
{
	fprintf(stderr, WHO ": %s is the only source, and weir runs and cannot be without one; add "
	        "another first, or stop weir and remove it then; nothing was removed\n", r->name);
	return EXIT_CONFIG;
}

/* What is to be done, with the questions that are open. False: nothing. */
static bool decide(struct removal *r, int *code)
{
	if (!r->keep && !r->drop && !r->yes && !ask_can()) {
		*code = args_wrong(&integration_remove, "write --keep-state or --drop-state");
		return false;
	}
	if (!r->yes && ask_can() && !ask_yes(false, "Remove %s (%s)?", r->name, r->path)) {
		*code = EXIT_FAILED;
		return false;
	}
	if (!r->keep && !r->drop && !r->yes)
		r->drop = !ask_yes(true, "Keep its state, so that it goes on where it is if it is added again?");
	return true;
}

static int drop_state(const struct removal *r, bool running)
{
	struct weir_error err = { 0 };

	if (running ? drop_running(r, &err) : drop_stopped(r, &err)) {
		print_format("dropped the state of %s\n", r->name);
		return EXIT_DONE;
	}
	fprintf(stderr, WHO ": the state of %s was not dropped: %s\n", r->name, err.text);
	return EXIT_FAILED;
}

static int remove_it(struct removal *r)
{
	bool running = r->state_dir && store_owner(r->state_dir);
	int code = EXIT_DONE;

	if (!r->path && !(r->drop && !r->node))
		return not_there(r);
	if (r->path && running && is_last(r))
		return would_go_on(r);
	if (r->path && (!decide(r, &code) || !remove_files(r)))
		return code == EXIT_DONE ? EXIT_FAILED : code;
	/* A running weir forgets only what it does not read any more. */
	if (r->path && running && r->drop)
		code = reload_ask(WHO, r->state_dir);
	else if (r->path && running && !integration_reload(WHO, r->core, r->reload))
		code = EXIT_FAILED;
	if (r->drop && code == EXIT_DONE && r->state_dir)
		code = drop_state(r, running);
	if (r->path && is_last(r))
		fputs("no source is left: weir run needs one, see weir integration add\n", stderr);
	return code;
}

static int with_config(struct removal *r)
{
	struct diag *diag = diag_create();
	struct config *config = load_config(&r->load, diag);
	int code;

	r->folder = config_integrations(load_first_file(&r->load));
	r->core = &config->core;
	r->state_dir = config->core.state_dir;
	r->node = integration_find(config, r->name);
	r->path = find_file(r);
	config_names(config, WEIR_SOURCE, &r->names);
	code = remove_it(r);
	config_destroy(config);
	diag_destroy(diag);
	names_finish(&r->names);
	weir_free(r->folder);
	weir_free(r->path);
	return code;
}

static int run(char **argv)
{
	struct removal r = { 0 };
	struct args_list words = { 0 };
	const struct arg rows[] = {
		LOAD_ROWS(r.load),
		{ "keep-state", 0, NULL, "keep its position, to go on if it is added again",
		  .flag = &r.keep },
		{ "drop-state", 0, NULL, "forget its position and the ids it has seen", .flag = &r.drop },
		{ "yes", 'y', NULL, "ask nothing; the state is kept unless --drop-state", .flag = &r.yes },
		{ "reload", 0, NULL, "let a running weir take it up at once", .flag = &r.reload },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&integration_remove, rows, &words, argv, &code)) {
		r.name = words.count == 1 ? words.items[0] : NULL;
		if (!r.name)
			code = args_wrong(&integration_remove, "the name of one integration is wanted");
		else if (r.keep && r.drop)
			code = args_wrong(&integration_remove, "--keep-state and --drop-state exclude each other");
		else
			code = with_config(&r);
	}
	args_finish(&words);
	load_finish(&r.load);
	return code;
}

const struct command integration_remove = {
	.name = "integration remove",
	.summary = "Remove an integration, and keep or drop its state",
	.usage = "NAME [-c FILE]... [--keep-state | --drop-state] [--yes] [--reload]",
	.help = "Its file in integrations.d goes, and the key that was copied beside it. Records that were\n"
	        "delivered and the counts of the ledger stay. A running weir reads its configuration\n"
	        "again before it drops a state, and keeps its last source.\n"
	        "\n"
	        "  weir integration remove acme -c weir.yaml --keep-state\n",
	.run = run,
};
