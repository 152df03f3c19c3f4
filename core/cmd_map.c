/* cmd_map.c - `weir map`: a rule folder over events on standard input, records on standard output.
 *
 * Lives here: which events, and how outcomes are shown. Not here: running rules (dryrun.c), reading
 * events (events.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "command.h"
#include "diag.h"
#include "dryrun.h"
#include "events.h"
#include "golden.h"
#include "registry.h"
#include "settings.h"

struct mapping {
	const char *only;          /* an event type, or NULL */
	bool color;
	struct weir_arena *arena;
	size_t events, records, dropped, rejected;
};

/* Keys in one colour, so that the eye finds them. */
static void print_colored(struct weir_bytes json)
{
	size_t begin = 0;
	bool text = false;

	for (size_t i = 0; i < json.len; i++) {
		if (text && json.data[i] == '\\') {
			i++;
		} else if (json.data[i] == '"') {
			if (text && i + 1 < json.len && json.data[i + 1] == ':')
				printf("\033[36m%.*s\033[0m", (int)(i + 1 - begin), json.data + begin);
			else if (text)
				printf("%.*s", (int)(i + 1 - begin), json.data + begin);
			begin = text ? i + 1 : i;
			text = !text;
		} else if (!text) {
			putchar(json.data[i]);
			begin = i + 1;
		}
	}
	putchar('\n');
}

static bool wanted(struct mapping *m, const struct dryrun_outcome *outcome)
{
	struct weir_value event;
	struct weir_error ignored;

	if (!m->only)
		return true;
	weir_arena_reset(m->arena, 1 << 20);
	return weir_json_parse(m->arena, outcome->source, &event, &ignored) &&
	       weir_value_is_text(weir_value_get(event, "eventType"), m->only);
}

static void show(void *arg, const struct dryrun_outcome *outcome)
{
	struct mapping *m = arg;

	if (!wanted(m, outcome))
		return;
	switch (outcome->fate) {
	case DRYRUN_RECORD:
		m->records++;
		if (m->color) {
			print_colored(outcome->text);
			break;
		}
		fwrite(outcome->text.data, 1, outcome->text.len, stdout);
		putchar('\n');
		break;
	case DRYRUN_DROPPED:
		m->dropped++;
		break;
	case DRYRUN_REJECTED: {
		struct weir_buf line = { 0 };

		m->rejected++;
		diag_line(outcome->why, &line);
		fprintf(stderr, "%s\n", weir_buf_text(&line));
		weir_buf_finish(&line);
		break;
	}
	}
}

static int map_all(struct mapping *m, struct dryrun *dryrun, const char *path)
{
	enum weir_page_format format;
	struct weir_bytes page;
	struct weir_error err;
	struct events *events = events_open(path, &err);
	bool fine = events != NULL;

	while (fine && events_next(events, &format, &page, &err)) {
		fine = dryrun_map(dryrun, format, page, show, m, &err);
		fflush(stdout);
	}
	fine = fine && !err.text[0];
	if (!fine)
		fprintf(stderr, "weir map: %s\n", err.text);
	events_close(events);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "%zu records, %zu dropped, %zu rejected\n", m->records, m->dropped,
		        m->rejected);
	return fine && m->rejected == 0 ? EXIT_DONE : EXIT_FAILED;
}

extern const struct command cmd_map;

static int map_rules(struct mapping *m, struct args_list *rules,
                     const struct args_list *sets, const char *path)
{
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct weir_value settings;
	struct dryrun *dryrun = NULL;
	int code = EXIT_CONFIG;

	for (size_t i = 0; i < rules->count; i++)
		rules->items[i] = dryrun_rules(arena, rules->items[i]);
	if (settings_read(&cmd_map, rules->items[0], sets, arena, &settings)) {
		dryrun = dryrun_create(rules->items, settings, diag);
		diag_print(diag, stderr, isatty(STDERR_FILENO) ? DIAG_COLOR : DIAG_PLAIN);
	}
	if (dryrun)
		code = map_all(m, dryrun, path);
	dryrun_destroy(dryrun);
	diag_destroy(diag);
	weir_arena_destroy(arena);
	return code;
}

static int run(char **argv)
{
	struct args_list rules = { 0 }, sets = { 0 }, plugins = { 0 };
	struct mapping m = { .color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
	const char *path = "-";
	const struct arg rows[] = {
		{ "in", 'i', "FILE", "events; standard input when left out", .text = &path },
		{ "only", 0, "TYPE", "only events of this eventType", .text = &m.only },
		{ "set", 0, "NAME=VALUE", "a setting of the rules; may be repeated", .many = &sets },
		{ "plugins", 0, "DIR", "a folder of further plugins; may be repeated",
		  .many = &plugins },
		{ 0 },
	};
	struct diag *diag;
	int code = EXIT_DONE;

	if (!args_read(&cmd_map, rows, &rules, argv, &code))
		return code;
	if (rules.count == 0)
		return args_wrong(&cmd_map, "name a rule folder: weir map rules/taegis < events.ndjson");
	diag = diag_create();
	registry_load(plugins.items, diag);
	diag_print(diag, stderr, DIAG_PLAIN);
	diag_destroy(diag);
	m.arena = weir_arena_create();
	code = map_rules(&m, &rules, &sets, path);
	weir_arena_destroy(m.arena);
	args_finish(&rules);
	args_finish(&sets);
	args_finish(&plugins);
	return code;
}

const struct command cmd_map = {
	.name = "map",
	.summary = "Run rules over events on standard input, print the records",
	.usage = "RULES... [--only TYPE] [--set NAME=VALUE]... [-i FILE]",
	.help = "Events are NDJSON or a JSON array, plain or gzip. What a rule rejects goes to standard\n"
	        "error with its place, and the exit code is then 1.\n"
	        "Example: weir map rules/taegis --only user.session.start < events.ndjson\n",
	.run = run,
};
