/* cmd_describe.c - weir describe: plugins and options, printed from their rows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "args.h"
#include "describe.h"
#include "diag.h"
#include "print.h"
#include "registry.h"
#include "schemas.h"

struct wish {
	struct args_list plugins, words, rules;
	bool json, schema, markdown;
};

extern const struct command cmd_describe;

static void print_value(struct weir_value v, struct weir_buf *text)
{
	weir_value_render_pretty(v, text);
	weir_buf_putc(text, '\n');
}

static const struct weir_plugin *unknown_plugin(enum weir_kind kind, const char *name)
{
	struct names names = { 0 };

	for (size_t i = 0; registry_at(i); i++) {
		if (registry_at(i)->kind == kind)
			names_add(&names, registry_at(i)->name);
	}
	args_unknown(&cmd_describe, kind_name(kind), name, &names);
	names_finish(&names);
	return NULL;
}

/* Of all that may stand first, and of the plugins; NULL: none. kind: the plugin's, or "". */
static const char *nearest_word(const char *word, const char **kind)
{
	static const char *const firsts[] = { "core", "schema", "source", "transform", "sink", NULL };
	const char *near = weir_nearest(word, firsts), *names[2] = { NULL };

	*kind = "";
	for (size_t i = 0; !near && registry_at(i); i++) {
		names[0] = registry_at(i)->name;
		*kind = kind_name(registry_at(i)->kind);
		near = weir_nearest(word, names);
	}
	return near;
}

/* `weir describe okta`: the kind was left out. */
static const struct weir_plugin *unknown_word(const char *word)
{
	const char *near, *kind;

	for (size_t i = 0; registry_at(i); i++) {
		if (strcmp(registry_at(i)->name, word) == 0) {
			args_wrong(&cmd_describe, "say its kind: weir describe %s %s",
			           kind_name(registry_at(i)->kind), word);
			return NULL;
		}
	}
	near = nearest_word(word, &kind);
	if (near && strcmp(near, word) != 0)
		args_wrong(&cmd_describe, "there is no %s; did you mean %s%s%s?", word, kind,
		           *kind ? " " : "", near);
	else
		args_wrong(&cmd_describe,
		           "write core, schema, or a kind (source, transform, sink) and a name");
	return NULL;
}

/* The plugin that the words name; NULL when a mistake was printed. */
static const struct weir_plugin *find_words(const struct args_list *words)
{
	const char *first = words->items[0];
	const struct weir_plugin *plugin;
	enum weir_kind kind = kind_of_name(first);

	if (words->count == 1 && strcmp(first, "core") == 0)
		return describe_core();
	if (!kind || words->count != 2)
		return unknown_word(first);
	plugin = registry_find(kind, words->items[1]);
	return plugin ? plugin : unknown_plugin(kind, words->items[1]);
}

/* weir describe schema [NAME] */
static bool put_schema(const struct wish *wish, struct weir_arena *arena, struct weir_buf *text)
{
	const char *const *folders = schemas_folders(arena, wish->rules.items);
	bool all = wish->words.count < 2, fine;
	struct diag *diag = diag_create();
	struct weir_value v;

	if (wish->words.count > 2 || wish->markdown || (all && wish->schema)) {
		diag_destroy(diag);
		args_wrong(&cmd_describe, "write weir describe schema [NAME [--json-schema]] [--json]");
		return false;
	}
	fine = all ? schemas_list(arena, folders, &v, diag)
	           : schemas_get(arena, folders, wish->words.items[1], &v, diag);
	fine = fine && diag_errors(diag) == 0;
	diag_print(diag, stderr, diag_color_of(stderr));
	diag_destroy(diag);
	if (fine && wish->schema)
		print_value(schemas_json(arena, v), text);
	else if (fine && wish->json)
		print_value(v, text);
	else if (fine && all)
		schemas_list_text(v, text);
	else if (fine)
		schemas_text(v, text);
	return fine;
}

static bool put_wish(const struct wish *wish, struct weir_arena *arena, struct weir_buf *text)
{
	const struct weir_plugin *plugin = NULL;

	if (wish->words.count && strcmp(wish->words.items[0], "schema") == 0)
		return put_schema(wish, arena, text);
	if (wish->words.count) {
		plugin = find_words(&wish->words);
		if (!plugin)
			return false;
	}
	if (wish->schema)
		print_value(describe_schema(arena), text);
	else if (wish->json)
		print_value(describe_json(arena, plugin), text);
	else if (wish->markdown)
		describe_markdown(plugin ? plugin : describe_core(), text);
	else if (plugin)
		describe_text(plugin, text);
	else
		describe_list(text);
	return true;
}

static int describe(const struct wish *wish)
{
	struct diag *diag = diag_create();
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf text = { 0 };
	int code = EXIT_CONFIG;

	registry_load(wish->plugins.items, diag);
	diag_print(diag, stderr, diag_color_of(stderr));
	if (put_wish(wish, arena, &text) && diag_errors(diag) == 0)
		code = EXIT_DONE;
	if (text.len)
		print_buf(&text);
	weir_buf_finish(&text);
	weir_arena_destroy(arena);
	diag_destroy(diag);
	return code;
}

static int run(char **argv)
{
	struct wish wish = { 0 };
	const struct arg rows[] = {
		{ "json", 0, NULL, "print JSON", .flag = &wish.json },
		{ "json-schema", 0, NULL, "print a JSON Schema of weir.yaml for editors, or of a schema's "
		  "records",
		  .flag = &wish.schema },
		{ "markdown", 0, NULL, "print a page of the reference", .flag = &wish.markdown },
		{ "rules", 0, "DIR", "a rule folder in or beside which schemas are sought first",
		  .many = &wish.rules },
		{ "plugins", 0, "DIR", "a further folder of plugins", .many = &wish.plugins },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_describe, rows, &wish.words, argv, &code))
		code = describe(&wish);
	args_finish(&wish.plugins);
	args_finish(&wish.rules);
	args_finish(&wish.words);
	return code;
}

const struct command cmd_describe = {
	.name = "describe",
	.summary = "Show the plugins there are, the options of one, and the schemas of rules",
	.usage = "[core | KIND NAME | schema [NAME]] [--json | --json-schema | --markdown]\n"
	         "                     [--rules DIR]... [--plugins DIR]...",
	.help = "KIND is source, transform or sink.\n"
	        "\n"
	        "  weir describe                  all plugins\n"
	        "  weir describe sink file        its options and metrics\n"
	        "  weir describe core             the options at the top of weir.yaml\n"
	        "  weir describe schema           the schemas of rules\n"
	        "  weir describe schema auth      its fields: type, values, meaning, how sure\n"
	        "  weir describe --json-schema >weir.schema.json\n"
	        "  weir describe schema auth --json-schema >auth.schema.json\n",
	.run = run,
};
