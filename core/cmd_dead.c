/* cmd_dead.c - weir dead: events that were set aside, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state_dir.h"
#include "table.h"

#define REASON_SHOWN 80

extern const struct command cmd_dead;

/* What is asked for, and what is made of it. */
struct query {
	const char *source;  /* NULL: all */
	int64_t limit;       /* 0: all */
	int64_t number;      /* show: this one */
	bool json;
	struct table *table;
	struct weir_buf text;
	int64_t shown;
};

static const char *code_name(enum weir_code code)
{
	switch (code) {
	case WEIR_E_CONFIG: return "config";
	case WEIR_E_AUTH: return "auth";
	case WEIR_E_UNREACHABLE: return "unreachable";
	case WEIR_E_THROTTLED: return "throttled";
	case WEIR_E_DATA: return "data";
	case WEIR_E_RESOURCE: return "resource";
	}
	return "unknown";
}

static void put_place(const struct weir_where *where, struct weir_buf *text)
{
	if (!where->file)
		return;
	weir_buf_puts(text, where->file);
	if (where->line > 0)
		weir_buf_printf(text, ":%d", where->line);
	if (where->line > 0 && where->column > 0)
		weir_buf_printf(text, ":%d", where->column);
	weir_buf_puts(text, ": ");
}

static void put_reason(const struct store_dead *dead, struct weir_buf *text)
{
	put_place(&dead->why.where, text);
	if (dead->why.where.path)
		weir_buf_printf(text, "%s: ", dead->why.where.path);
	weir_buf_puts(text, dead->why.text);
}

static void put_field(struct weir_buf *text, const char *key, struct weir_bytes value)
{
	weir_buf_printf(text, ",\"%s\":", key);
	if (value.data)
		weir_json_quote(value, text);
	else
		weir_buf_puts(text, "null");
}

/* The event as JSON when it is; else as text. */
static void put_event(struct weir_bytes event, struct weir_buf *text)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error ignored;
	struct weir_value value;

	if (event.len && weir_json_parse(arena, event, &value, &ignored)) {
		weir_buf_puts(text, ",\"event\":");
		weir_value_render(value, text);
	} else {
		put_field(text, "event_text", event);
	}
	weir_arena_destroy(arena);
}

static void put_json(int64_t number, const struct store_dead *dead, struct weir_buf *text)
{
	char when[25];

	weir_time_format(dead->at_us, when);
	weir_buf_printf(text, "{\"number\":%" PRId64 ",\"time\":\"%s\"", number, when);
	put_field(text, "source", weir_bytes(dead->source));
	put_field(text, "stage", weir_bytes(dead->stage));
	put_field(text, "id", dead->id);
	put_field(text, "code", weir_bytes(code_name(dead->why.code)));
	put_field(text, "file", weir_bytes(dead->why.where.file));
	weir_buf_printf(text, ",\"line\":%d,\"column\":%d", dead->why.where.line,
	                dead->why.where.column);
	put_field(text, "path", weir_bytes(dead->why.where.path));
	put_field(text, "reason", weir_bytes(dead->why.text));
	put_field(text, "schema", weir_bytes(dead->schema));
	put_event(dead->event, text);
	weir_buf_puts(text, "}\n");
}

/* ---- list ------------------------------------------------------------------------------ */

static void add_row(struct query *query, int64_t number, const struct store_dead *dead)
{
	struct weir_buf reason = { 0 }, id = { 0 };
	char when[25];

	weir_time_format(dead->at_us, when);
	put_reason(dead, &reason);
	weir_buf_add(&id, dead->id.data, dead->id.len);
	table_addf(query->table, "%" PRId64, number);
	table_add(query->table, when);
	table_add(query->table, dead->source);
	table_add(query->table, dead->stage);
	table_add(query->table, id.len ? weir_buf_text(&id) : "-");
	table_addf(query->table, reason.len > REASON_SHOWN ? "%.*s..." : "%.*s",
	           reason.len > REASON_SHOWN ? REASON_SHOWN : (int)reason.len,
	           weir_buf_text(&reason));
	weir_buf_finish(&reason);
	weir_buf_finish(&id);
}

static bool list_one(void *arg, int64_t number, const struct store_dead *dead)
{
	struct query *query = arg;

	if (query->source && strcmp(query->source, dead->source) != 0)
		return true;
	if (query->json) {
		put_json(number, dead, &query->text);
		fwrite(query->text.data, 1, query->text.len, stdout);
		query->text.len = 0;
	} else {
		add_row(query, number, dead);
	}
	query->shown++;
	return query->limit == 0 || query->shown < query->limit;
}

static int list(struct query *query, struct store *store)
{
	static const char *const head[] = { "NUMBER", "TIME", "SOURCE", "STAGE", "ID", "REASON" };

	query->table = table_create("rlllll");
	for (size_t i = 0; i < WEIR_COUNT(head); i++)
		table_add(query->table, head[i]);
	store_each_dead(store, list_one, query);
	if (!query->json && query->shown == 0)
		puts("no dead letters");
	if (!query->json && query->shown > 0) {
		table_render(query->table, "", &query->text);
		fwrite(query->text.data, 1, query->text.len, stdout);
	}
	table_destroy(query->table);
	return EXIT_DONE;
}

/* ---- show ------------------------------------------------------------------------------ */

static void show_event(struct weir_bytes event)
{
	struct weir_buf text = { 0 };

	/* A file gets the exact bytes; a terminal nothing that steers it. */
	if (isatty(STDOUT_FILENO))
		state_dir_plain(event, &text);
	else
		weir_buf_add(&text, event.data, event.len);
	weir_buf_putc(&text, '\n');
	fwrite(text.data, 1, text.len, stdout);
	weir_buf_finish(&text);
}

static void show_text(int64_t number, const struct store_dead *dead)
{
	struct weir_buf reason = { 0 }, id = { 0 };
	char when[25];

	weir_time_format(dead->at_us, when);
	put_reason(dead, &reason);
	state_dir_plain(dead->id, &id);
	printf("number:  %" PRId64 "\ntime:    %s\nsource:  %s\nstage:   %s\n", number, when,
	       dead->source, dead->stage);
	printf("id:      %s\nschema:  %s\ncode:    %s\nreason:  %s\nevent:\n",
	       id.len ? weir_buf_text(&id) : "-", dead->schema ? dead->schema : "-",
	       code_name(dead->why.code), weir_buf_text(&reason));
	show_event(dead->event);
	weir_buf_finish(&reason);
	weir_buf_finish(&id);
}

static bool show_one(void *arg, int64_t number, const struct store_dead *dead)
{
	struct query *query = arg;

	if (number != query->number)
		return number > query->number;
	query->shown++;
	if (query->json) {
		put_json(number, dead, &query->text);
		fwrite(query->text.data, 1, query->text.len, stdout);
	} else {
		show_text(number, dead);
	}
	return false;
}

static int show(struct query *query, struct store *store)
{
	store_each_dead(store, show_one, query);
	if (query->shown > 0)
		return EXIT_DONE;
	fprintf(stderr, "weir dead: there is no dead letter %" PRId64 "; see weir dead list\n",
	        query->number);
	return EXIT_FAILED;
}

/* ---- the command ------------------------------------------------------------------------ */

static bool read_number(const char *word, int64_t *number)
{
	char *end;

	*number = strtoll(word, &end, 10);
	return *word >= '0' && *word <= '9' && *end == '\0';
}

static int run_words(struct query *query, struct state_args *args, const struct args_list *words)
{
	static const char *const verbs[] = { "list", "show", NULL };
	const char *verb = words->count > 0 ? words->items[0] : "list", *dir, *near;
	bool shows = strcmp(verb, "show") == 0;
	struct store *store;
	int code = EXIT_DONE;

	near = weir_nearest(verb, verbs);
	if (!shows && strcmp(verb, "list") != 0)
		return args_wrong(&cmd_dead, near ? "there is no 'dead %s'; did you mean %s?"
		                                  : "there is no 'dead %s'; write list or show",
		                  verb, near);
	if (words->count > (shows ? 2u : 1u))
		return args_wrong(&cmd_dead, "too many words; write one number");
	if (shows && (words->count < 2 || !read_number(words->items[1], &query->number)))
		return args_wrong(&cmd_dead, "show needs the number of a dead letter");
	dir = state_dir_find(args, &code);
	if (!dir)
		return code;
	store = state_dir_read(dir);
	if (!store)
		return EXIT_FAILED;
	code = shows ? show(query, store) : list(query, store);
	store_close(store);
	return code;
}

static int run(char **argv)
{
	struct state_args args = { 0 };
	struct query query = { .limit = 100 };
	struct args_list words = { 0 };
	const struct arg rows[] = {
		STATE_ROWS(args),
		{ "source", 0, "NAME", "list only what came from this source", .text = &query.source },
		{ "limit", 0, "N", "list at most so many, newest first; 100, 0 is all",
		  .number = &query.limit },
		{ "json", 0, NULL, "print each as a line of JSON, with its event", .flag = &query.json },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_dead, rows, &words, argv, &code))
		code = run_words(&query, &args, &words);
	args_finish(&words);
	weir_buf_finish(&query.text);
	state_args_finish(&args);
	return code;
}

const struct command cmd_dead = {
	.name = "dead",
	.summary = "List or show events that were set aside, with the reason",
	.usage = "list | show NUMBER [-c FILE]... [--state-dir DIR] [--json]",
	.help = "Reads the state, whether a weir runs or not.\n"
	        "\n"
	        "  weir dead list -c weir.yaml --source acme --limit 20\n"
	        "  weir dead show 17 -c weir.yaml\n"
	        "  weir dead list --limit 0 --json > letters.ndjson\n",
	.run = run,
};
