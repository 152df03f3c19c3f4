/* cmd_dead.c - weir dead: events that were set aside: list, show, replay, drop.
 *
 * Lives here: the words and options, list and show. Not here: sending letters again
 * (dead_replay.c), dropping them (dead_drop.c), how one is shown (dead_text.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "dead_args.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "dead_summary.h"
#include "dead_text.h"
#include "print.h"
#include "unit.h"

/* ---- list ------------------------------------------------------------------------------ */

struct listing {
	const struct dead_args *args;
	struct table *table;
	int64_t shown, last;
	bool more;
};

static bool list_one(void *arg, const struct store_dead *dead)
{
	struct listing *listing = arg;
	struct weir_buf line = { 0 };

	if (listing->args->limit && listing->shown == listing->args->limit) {
		listing->more = true;
		return false;
	}
	listing->shown++;
	listing->last = dead->number;
	if (!listing->args->json) {
		dead_text_row(listing->table, dead);
		return true;
	}
	dead_text_json(dead, &line);
	print_buf(&line);
	weir_buf_finish(&line);
	return print_works();
}

static int read_letters(const struct dead_args *args, struct store *store,
                        bool (*each)(void *arg, const struct store_dead *dead), void *arg)
{
	struct weir_error err;

	if (store_each_dead(store, &args->query, each, arg, &err) == WEIR_OK)
		return EXIT_DONE;
	fprintf(stderr, "weir dead: not all letters could be read: %s\n", err.text);
	return EXIT_FAILED;
}

static int list(const struct dead_args *args, struct store *store)
{
	struct listing listing = { .args = args, .table = dead_text_table() };
	struct weir_buf text = { 0 };
	int code;

	code = read_letters(args, store, list_one, &listing);
	if (!args->json && listing.shown == 0 && code == EXIT_DONE)
		print_text("no dead letters\n");
	if (!args->json && listing.shown > 0) {
		table_render(listing.table, "", &text);
		print_buf(&text);
	}
	if (listing.more)
		fprintf(stderr, "there are older ones: --before %" PRId64 "\n", listing.last);
	table_destroy(listing.table);
	weir_buf_finish(&text);
	return code;
}

/* ---- summary ---------------------------------------------------------------------------- */

static bool sum_one(void *arg, const struct store_dead *dead)
{
	dead_summary_add(arg, dead);
	return true;
}

static int summarize(const struct dead_args *args, struct store *store)
{
	struct dead_summary *summary = dead_summary_create();
	struct weir_buf text = { 0 };
	int code = read_letters(args, store, sum_one, summary);

	if (args->json)
		dead_summary_json(summary, &text);
	else
		dead_summary_text(summary, &text);
	print_buf(&text);
	weir_buf_finish(&text);
	dead_summary_destroy(summary);
	return code;
}

/* ---- show ------------------------------------------------------------------------------ */

struct showing {
	const struct dead_args *args;
	size_t shown;
};

static bool show_one(void *arg, const struct store_dead *dead)
{
	struct showing *showing = arg;
	struct weir_buf text = { 0 };

	showing->shown++;
	if (showing->args->json) {
		dead_text_json(dead, &text);
	} else {
		dead_text_whole(dead, &text);
		weir_buf_puts(&text, "event:\n");
		/* A file gets the exact bytes; a terminal nothing that steers it. */
		if (isatty(STDOUT_FILENO))
			state_dir_plain(dead->event, &text);
		else
			weir_buf_add(&text, dead->event.data, dead->event.len);
		weir_buf_putc(&text, '\n');
	}
	print_buf(&text);
	weir_buf_finish(&text);
	return print_works();
}

static int show(const struct dead_args *args, struct store *store)
{
	struct showing showing = { .args = args };

	if (read_letters(args, store, show_one, &showing) != EXIT_DONE)
		return EXIT_FAILED;
	if (showing.shown == args->query.number_count)
		return EXIT_DONE;
	if (args->query.number_count == 1)
		fprintf(stderr, "weir dead: there is no dead letter %" PRId64 "; see weir dead list\n",
		        args->query.numbers[0]);
	else
		fprintf(stderr, "weir dead: not all of these are there; see weir dead list\n");
	return EXIT_FAILED;
}

static int read_store(const struct dead_args *args, const char *dir,
                      int (*what)(const struct dead_args *, struct store *))
{
	struct store *store = state_dir_read(dir);
	int code = EXIT_FAILED;

	if (store)
		code = what(args, store);
	store_close(store);
	return code;
}

/* ---- words and options -------------------------------------------------------------------- */

static bool read_number(const char *word, int64_t *number)
{
	char *end;

	*number = strtoll(word, &end, 10);
	return *word >= '0' && *word <= '9' && *end == '\0';
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* In order, and each once. */
static size_t sort_numbers(int64_t *numbers, size_t count)
{
	size_t kept = 0;

	qsort(numbers, count, sizeof *numbers, by_number);
	for (size_t i = 0; i < count; i++) {
		if (!kept || numbers[kept - 1] != numbers[i])
			numbers[kept++] = numbers[i];
	}
	return kept;
}

/* Numbers are words, or --id. */
static const char *read_numbers(struct dead_args *args, const struct args_list *words)
{
	size_t count = 0, all = words->count + args->ids.count;

	args->numbers = weir_alloc((all + 1) * sizeof *args->numbers);
	for (size_t i = 1; i < words->count; i++) {
		if (!read_number(words->items[i], &args->numbers[count++]))
			return words->items[i];
	}
	for (size_t i = 0; i < args->ids.count; i++) {
		if (!read_number(args->ids.items[i], &args->numbers[count++]))
			return args->ids.items[i];
	}
	args->query.numbers = args->numbers;
	args->query.number_count = sort_numbers(args->numbers, count);
	return NULL;
}

static bool read_since(struct dead_args *args, struct weir_error *err)
{
	struct weir_time time;

	if (!args->since)
		return true;
	if (!unit_time(args->since, &time, err))
		return false;
	args->query.since_us = time.when == WEIR_WHEN_AT    ? time.micros
	                       : time.when == WEIR_WHEN_AGO ? clock_now_us() - time.micros
	                       : time.when == WEIR_WHEN_NOW ? clock_now_us()
	                                                    : 0;
	return true;
}

static const struct verb {
	const char *name;
	bool needs_number;
} verbs[] = { { "list", false }, { "show", true }, { "replay", false }, { "drop", false } };

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < WEIR_COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}

static int wrong_verb(const char *name)
{
	static const char *const names[] = { "list", "show", "replay", "drop", NULL };
	const char *near = weir_nearest(name, names);

	return args_wrong(&cmd_dead, near ? "there is no 'dead %s'; did you mean %s?"
	                                  : "there is no 'dead %s'; write list, show, replay or drop",
	                  name, near);
}

static bool chooses(const struct dead_args *args)
{
	return args->query.number_count || args->query.source || args->query.sink || args->since;
}

static int run_verb(struct dead_args *args, const char *verb)
{
	const char *dir;
	int code = EXIT_DONE;

	if (strcmp(verb, "drop") == 0 && !chooses(args) && !args->all)
		return args_wrong(&cmd_dead, "drop needs numbers, --source, --sink or --since; or --all");
	dir = state_dir_find(&args->state, &code);
	if (!dir)
		return code;
	if (!state_names_check(&cmd_dead, &args->state, WEIR_SOURCE, args->query.source)
	    || !state_names_check(&cmd_dead, &args->state, WEIR_SINK, args->query.sink))
		return EXIT_CONFIG;
	if (strcmp(verb, "replay") == 0 && args->dry_run)
		return dead_replay_dry(args);
	if (strcmp(verb, "list") == 0)
		return read_store(args, dir, args->summary ? summarize : list);
	if (strcmp(verb, "show") == 0)
		return read_store(args, dir, show);
	return strcmp(verb, "drop") == 0 ? dead_drop(args, dir) : dead_replay(args, dir);
}

static int run_words(struct dead_args *args, const struct args_list *words)
{
	const char *name = words->count > 0 ? words->items[0] : "list", *bad;
	const struct verb *verb = find_verb(name);
	struct weir_error err = { 0 };

	if (!verb)
		return wrong_verb(name);
	bad = read_numbers(args, words);
	if (bad)
		return args_wrong(&cmd_dead, "'%s' is not the number of a dead letter", bad);
	if (verb->needs_number && !args->query.number_count)
		return args_wrong(&cmd_dead, "%s needs the number of a dead letter", name);
	if (!read_since(args, &err))
		return args_wrong(&cmd_dead, "--since: %s", err.text);
	args->query.below = args->before;
	args->query.newest_first = strcmp(name, "list") == 0;
	return run_verb(args, name);
}

static int run(char **argv)
{
	struct dead_args args = { .limit = 100 };
	struct args_list words = { 0 };
	const struct arg rows[] = {
		STATE_ROWS(args.state),
		{ "source", 0, "NAME", "only what came from this source", .text = &args.query.source },
		{ "sink", 0, "NAME", "only what this sink did not get", .text = &args.query.sink },
		{ "id", 0, "NUMBER", "only this letter; may be repeated, as a word too",
		  .many = &args.ids },
		{ "since", 0, "TIME", "only what was set aside since: -24h, or a timestamp",
		  .text = &args.since },
		{ "limit", 0, "N", "list at most so many, newest first; 100, 0 is all",
		  .number = &args.limit },
		{ "before", 0, "NUMBER", "list only letters with a smaller number",
		  .number = &args.before },
		{ "summary", 0, NULL, "list: how many there are of each reason", .flag = &args.summary },
		{ "dry-run", 0, NULL, "replay: only say what the rules would make of each",
		  .flag = &args.dry_run },
		{ "all", 0, NULL, "drop: all of them", .flag = &args.all },
		{ "json", 0, NULL, "print JSON: each letter with its event, or the result",
		  .flag = &args.json },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_dead, rows, &words, argv, &code))
		code = run_words(&args, &words);
	print_buf(&args.out);
	fputs(weir_buf_text(&args.notes), stderr);
	weir_buf_finish(&args.out);
	weir_buf_finish(&args.notes);
	args_finish(&words);
	args_finish(&args.ids);
	weir_free(args.numbers);
	state_args_finish(&args.state);
	return code;
}

const struct command cmd_dead = {
	.name = "dead",
	.summary = "List, show, replay or drop events that were set aside",
	.usage = "list | show NUMBER... | replay [NUMBER...] | drop [NUMBER...] [-c FILE]...",
	.help = "list and show read the state, whether a weir runs or not. replay sends letters through\n"
	        "the rules to the sink each is for: by the weir that runs (say weir reload first when\n"
	        "rules were mended), or without one by itself, and then needs the configuration. What\n"
	        "is delivered is no dead letter any more; what fails again stays, with the new reason,\n"
	        "and the exit code is 1. Ctrl-C ends a replay behind the letters that were sent; the\n"
	        "others stay. drop removes letters and counts their events as dropped.\n"
	        "\n"
	        "  weir dead list -c weir.yaml --summary\n"
	        "  weir dead list -c weir.yaml --source acme --limit 20\n"
	        "  weir dead show 17 -c weir.yaml\n"
	        "  weir dead list --limit 0 --json > letters.ndjson\n"
	        "  weir dead replay --source acme --since -24h --dry-run\n"
	        "  weir dead replay 17 18\n",
	.run = run,
};
