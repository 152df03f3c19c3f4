/* integration_add.c - weir integration add: a new source, tried before it is written.
 *
 * Lives here: flags and questions, as the plugin's options say. Not here: the file and its
 * secrets (integration_write.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "integration.h"
#include "integration_write.h"
#include "option.h"
#include "registry.h"

/* ---- the plugin ---------------------------------------------------------------------- */

/* The value of an option that must be known before the rows are: they depend on it. */
static void scan(char **argv, struct addition *a)
{
	for (char **word = argv + 1; *word && strcmp(*word, "--") != 0; word++) {
		if (strncmp(*word, "--plugin=", 9) == 0)
			a->plugin_name = *word + 9;
		else if (strcmp(*word, "--plugin") == 0 && word[1])
			a->plugin_name = *++word;
	}
}

/* Folders of --plugins, which may hold the plugin. */
static void load_plugins(char **argv, struct diag *diag)
{
	const char **folders;
	size_t count = 0;

	while (argv[count])
		count++;
	folders = weir_alloc((count + 1) * sizeof *folders);
	count = 0;
	for (char **word = argv + 1; *word; word++) {
		if (strncmp(*word, "--plugins=", 10) == 0)
			folders[count++] = *word + 10;
		else if (strcmp(*word, "--plugins") == 0 && word[1])
			folders[count++] = *++word;
	}
	registry_load(folders, diag);
	weir_free(folders);
}

/* The one that was named, or the only one there is. */
static bool choose_plugin(struct addition *a)
{
	struct names names = { 0 };
	const struct weir_plugin *plugin;

	for (size_t i = 0; (plugin = registry_at(i)) != NULL; i++) {
		if (!integration_can(plugin))
			continue;
		names_add(&names, plugin->name);
		if (!a->plugin_name || strcmp(plugin->name, a->plugin_name) == 0)
			a->plugin = plugin;
	}
	if (!a->plugin_name && names.count > 1) {
		args_wrong(&integration_add, "write --plugin NAME; weir describe lists them");
		a->plugin = NULL;
	} else if (!a->plugin && names.count == 0) {
		args_wrong(&integration_add, "no source plugin can be added");
	} else if (!a->plugin) {
		args_unknown(&integration_add, "source plugin", a->plugin_name, &names);
	}
	names_finish(&names);
	return a->plugin != NULL;
}

/* ---- flags ----------------------------------------------------------------------------- */

static void add_option_rows(struct addition *a, struct arg *rows)
{
	for (size_t i = 0; i < a->count; i++) {
		struct given *given = &a->given[i];

		given->row = &a->plugin->options[i];
		given->flag = weir_strdup(given->row->name);
		for (char *p = given->flag; *p; p++)
			*p = *p == '_' ? '-' : *p;
		rows[i] = (struct arg){
			given->flag, 0, given->row->type == WEIR_SECRET ? "FILE" : "VALUE",
			given->row->doc, .text = &given->argument,
		};
	}
}

static void make_rows(struct addition *a)
{
	const struct arg own[] = {
		LOAD_ROWS(a->load),
		{ "plugin", 0, "NAME", "the source's plugin, if there are several to choose from",
		  .text = &a->plugin_name },
		{ "no-test", 0, NULL, "do not try the connection first", .flag = &a->no_test },
		{ "reload", 0, NULL, "let a running weir take it up at once", .flag = &a->reload },
	};

	while (a->plugin->options[a->count].name)
		a->count++;
	a->given = weir_alloc((a->count + 1) * sizeof *a->given);
	a->rows = weir_alloc((a->count + WEIR_COUNT(own) + 1) * sizeof *a->rows);
	memcpy(a->rows, own, sizeof own);
	add_option_rows(a, a->rows + WEIR_COUNT(own));
}

/* ---- questions --------------------------------------------------------------------------- */

static bool ask_name(struct addition *a)
{
	while (!a->name || !*a->name) {
		weir_free(a->asked_name);
		a->name = a->asked_name = ask_line("name (any, unique): ");
		if (!a->name)
			return false;
	}
	return true;
}

/* Is it one of that type? What only the plugin can judge is judged later. */
static bool is_right(const struct weir_option *row, const char *answer)
{
	struct weir_option asked = *row;
	struct weir_error err;

	asked.preset = answer;
	if (!*answer)
		return !row->required;
	if (row->type == WEIR_SECRET || option_check_preset(&asked, &err))
		return true;
	fprintf(stderr, "%s\n", err.text);
	return false;
}

/* As a shell would: people type it. */
static char *with_home(char *answer)
{
	const char *home = getenv("HOME");
	char *whole;

	if (strncmp(answer, "~/", 2) != 0 || !home)
		return answer;
	whole = weir_format("%s%s", home, answer + 1);
	weir_free(answer);
	return whole;
}

/* False at the end of input. */
static bool ask_option(struct given *given)
{
	const struct weir_option *row = given->row;
	bool file = row->type == WEIR_SECRET || row->type == WEIR_PATH;

	fprintf(stderr, "\n%s\n", row->doc);
	do {
		weir_free(given->value);
		given->value = ask_line("%s%s: ", row->name, file ? " (its file)" : "");
	} while (given->value && !is_right(row, given->value));
	if (!given->value)
		return false;
	if (file)
		given->value = with_home(given->value);
	if (!*given->value) {
		weir_free(given->value);
		given->value = NULL;
	}
	return true;
}

/* What is missing is asked for, or is a mistake where nobody can answer. */
static bool complete(struct addition *a)
{
	struct weir_buf missing = { 0 };
	bool can = ask_can();

	if (can ? !ask_name(a) : !a->name)
		weir_buf_puts(&missing, "NAME");
	for (size_t i = 0; i < a->count; i++) {
		struct given *given = &a->given[i];

		given->value = weir_strdup(given->argument);
		if (given->value || !(given->row->required || (can && given->row->asked)))
			continue;
		if (!can || !ask_option(given))
			weir_buf_printf(&missing, "%s--%s", missing.len ? ", " : "", given->flag);
	}
	if (missing.len)
		args_wrong(&integration_add, "missing: %s", weir_buf_text(&missing));
	can = missing.len == 0;
	weir_buf_finish(&missing);
	return can;
}

/* ---- the command --------------------------------------------------------------------------- */

static void finish(struct addition *a)
{
	for (size_t i = 0; i < a->count; i++) {
		weir_free(a->given[i].value);
		weir_free(a->given[i].flag);
	}
	weir_free(a->given);
	weir_free(a->rows);
	weir_free(a->asked_name);
	load_finish(&a->load);
}

static int add(struct addition *a, char **argv)
{
	struct args_list words = { 0 };
	int code = EXIT_CONFIG;

	make_rows(a);
	if (args_read(&integration_add, a->rows, &words, argv, &code)) {
		a->name = words.count ? words.items[0] : NULL;
		if (words.count > 1)
			code = args_wrong(&integration_add, "'%s' is one word too many", words.items[1]);
		else
			code = complete(a) ? integration_write(a) : EXIT_CONFIG;
	}
	args_finish(&words);
	return code;
}

static int run(char **argv)
{
	struct addition a = { 0 };
	struct diag *diag = diag_create();
	int code = EXIT_CONFIG;

	scan(argv, &a);
	load_plugins(argv, diag);
	if (load_report(diag) == EXIT_DONE && choose_plugin(&a))
		code = add(&a, argv);
	finish(&a);
	diag_destroy(diag);
	return code;
}

const struct command integration_add = {
	.name = "integration add",
	.summary = "Add a source, after trying it",
	.usage = "[NAME] [-c FILE]... [--plugin NAME] [--OPTION VALUE]... [--no-test] [--reload]",
	.help = "At a terminal it asks for what is missing. The key is checked and the connection tried\n"
	        "as weir doctor does; only then integrations.d/NAME.yaml and the key beside it are written,\n"
	        "both with mode 0600. A secret's FILE is copied; file:PATH, env:NAME and cred:NAME are kept\n"
	        "as they are. Exit code 1 when the connection failed, 2 when something is wrong; nothing\n"
	        "was written then.\n"
	        "\n"
	        "  weir integration add -c weir.yaml\n",
	.run = run,
};
