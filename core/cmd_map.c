/* cmd_map.c - `weir map`: a rule folder over events on standard input, records on standard output.
 *
 * Lives here: which events, and how outcomes are shown. Not here: running rules (dryrun.c), what
 * they tell about themselves (explain.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "print.h"
#include "state_dir.h"
#include "workbench.h"

struct mapping {
	struct args_list only;     /* event types; none: all */
	struct names others;       /* types that were left out, to tell the nearest */
	bool matched;              /* an event was of a wanted type */
	const char *input;         /* as it is named in messages */
	struct weir_bytes page;    /* in work */
	size_t line, at;           /* the line that holds this byte of the page */
	enum diag_color color;
	struct explain *explain;   /* or NULL */
	struct dryrun *dryrun;
	struct weir_arena *arena;
	struct diag *places;       /* in the rules that were shown */
	size_t records, dropped, rejected;
};

enum { PLACES_MAX = 100 };

/* Keys in one colour, so that the eye finds them. */
static void put_colored(struct weir_bytes json, struct weir_buf *text)
{
	size_t begin = 0;
	bool quoted = false;

	for (size_t i = 0; i < json.len; i++) {
		if (quoted && json.data[i] == '\\') {
			i++;
		} else if (json.data[i] == '"') {
			if (quoted && i + 1 < json.len && json.data[i + 1] == ':')
				weir_buf_printf(text, "\033[36m%.*s\033[0m", (int)(i + 1 - begin),
				                json.data + begin);
			else if (quoted)
				weir_buf_add(text, json.data + begin, i + 1 - begin);
			begin = quoted ? i + 1 : i;
			quoted = !quoted;
		} else if (!quoted) {
			weir_buf_putc(text, json.data[i]);
			begin = i + 1;
		}
	}
	weir_buf_putc(text, '\n');
}

static void remember_other(struct mapping *m, struct weir_value type)
{
	enum { TYPES_MAX = 200 };
	struct weir_bytes name;

	if (m->others.count < TYPES_MAX && weir_value_text(type, m->arena, &name))
		names_add(&m->others, weir_arena_format(m->arena, "%.*s", (int)name.len, name.data));
}

static bool wanted(struct mapping *m, struct weir_value type)
{
	bool wanted = m->only.count == 0;

	for (size_t i = 0; i < m->only.count && !wanted; i++)
		wanted = weir_value_is_text(type, m->only.items[i]);
	if (!wanted && !m->matched)
		remember_other(m, type);
	m->matched |= wanted;
	return wanted;
}

/* The line of a byte of the page; bytes are asked for in order. '\r' alone ends one, too: see
 * events_next. */
static size_t line_of(struct mapping *m, size_t offset)
{
	const char *text = m->page.data;

	for (; m->at < offset && m->at < m->page.len; m->at++) {
		if (text[m->at] == '\n' ||
		    (text[m->at] == '\r' && m->at + 1 < m->page.len && text[m->at + 1] != '\n'))
			m->line++;
	}
	return m->line;
}

/* What is no JSON has neither type nor id: it is known by how it begins. */
static void add_source(struct weir_error *why, struct weir_bytes source)
{
	enum { SHOWN = 60 };
	size_t len = strlen(why->text);
	struct weir_buf begin = { 0 };
	bool cut = source.len > SHOWN;

	if (cut)
		source.len = SHOWN;
	state_dir_plain(source, &begin);
	snprintf(why->text + len, sizeof why->text - len, " (%s%s)", weir_buf_text(&begin),
	         cut ? "..." : "");
	weir_buf_finish(&begin);
}

/* "file:line:column: target: text (user.session.start e1)", and once for each place in the rules
 * the line that stands there. */
static void print_rejected(struct mapping *m, const struct dryrun_outcome *outcome,
                           struct weir_value event)
{
	struct weir_bytes type = { "", 0 }, id = { "", 0 };
	struct weir_error why = *outcome->why;
	size_t len = strlen(why.text), known = diag_errors(m->places);
	struct diag *one = diag_create();
	struct weir_buf line = { 0 };

	weir_value_text(weir_value_get(event, "eventType"), m->arena, &type);
	weir_value_text(weir_value_get(event, "uuid"), m->arena, &id);
	if (type.len || id.len)
		snprintf(why.text + len, sizeof why.text - len, " (%.*s%s%.*s)", (int)type.len, type.data,
		         type.len && id.len ? " " : "", (int)id.len, id.data);
	else if (!why.where.file) {
		why.where = (struct weir_where){ m->input, (int)line_of(m, outcome->offset), 0 };
		add_source(&why, outcome->source);
	}
	if (why.where.file != m->input)
		diag_addf(m->places, why.where, "is wrong here");
	if (diag_errors(m->places) > known && known < PLACES_MAX) {
		diag_add(one, &why);
		diag_print(one, stderr, diag_color_of(stderr));
	} else {
		diag_line(&why, &line);
		fprintf(stderr, "%s\n", weir_buf_text(&line));
	}
	weir_buf_finish(&line);
	diag_destroy(one);
}

static void print_record(const struct mapping *m, struct weir_bytes text)
{
	struct weir_buf colored = { 0 };

	if (m->color == DIAG_COLOR) {
		put_colored(text, &colored);
		print_buf(&colored);
		weir_buf_finish(&colored);
		return;
	}
	print_bytes(text);
	print_text("\n");
}

static void print_explained(const struct mapping *m, const struct dryrun_outcome *outcome)
{
	struct weir_buf text = { 0 };

	explain_put(m->explain, outcome, &text);
	print_buf(&text);
	weir_buf_finish(&text);
}

static void show(void *arg, const struct dryrun_outcome *outcome)
{
	struct mapping *m = arg;
	struct weir_value event = { 0 };
	struct weir_error ignored;

	weir_arena_reset(m->arena, 1 << 20);
	if (m->only.count || outcome->fate == DRYRUN_REJECTED)
		weir_json_parse(m->arena, outcome->source, &event, &ignored);
	if (!wanted(m, weir_value_get(event, "eventType")))
		return;
	if (m->explain)
		print_explained(m, outcome);
	switch (outcome->fate) {
	case DRYRUN_RECORD:
		m->records++;
		if (!m->explain)
			print_record(m, outcome->text);
		break;
	case DRYRUN_DROPPED:
		m->dropped++;
		break;
	case DRYRUN_REJECTED:
		m->rejected++;
		print_rejected(m, outcome, event);
		break;
	}
}

static bool map_page(void *arg, enum weir_page_format format, struct weir_bytes page,
                     struct weir_error *err)
{
	struct mapping *m = arg;
	bool fine;

	m->page = page;
	m->at = 0;
	fine = dryrun_map(m->dryrun, format, page, show, m, err);
	line_of(m, page.len);
	if (m->explain)
		explain_forget(m->explain);
	return print_flush() && fine;
}

extern const struct command cmd_map;

/* The rules, and those of the stages behind them. */
static bool open_stages(struct mapping *m, struct workbench *bench, const struct args_list *then)
{
	m->dryrun = workbench_open(bench, bench->words.items);
	for (size_t i = 0; m->dryrun && i < then->count; i++) {
		const char *rules[] = { then->items[i], NULL };
		struct dryrun *stage = workbench_stage(bench, rules);

		if (!stage)
			return false;
		dryrun_then(m->dryrun, stage);
	}
	for (struct dryrun *d = m->explain ? m->dryrun : NULL; d; d = dryrun_next(d)) {
		if (!explain_listen(m->explain, d))
			fputs("weir map: a plugin tells nothing about its rules\n", stderr);
	}
	return m->dryrun != NULL;
}

/* Nothing printed is an answer that needs a reason. */
static void tell_nothing(const struct mapping *m)
{
	const char *nearest;

	if (m->records || m->rejected)
		return;
	if (m->others.count && !m->matched) {
		nearest = names_nearest(&m->others, m->only.items[0]);
		fprintf(stderr, "weir map: no event has the type '%s'", m->only.items[0]);
		if (nearest)
			fprintf(stderr, "; did you mean '%s'?", nearest);
		fputc('\n', stderr);
	} else if (m->dropped && !m->explain) {
		fputs("weir map: no record; --explain tells what became of each event\n", stderr);
	}
}

static int map_all(struct mapping *m, struct workbench *bench, const char *path)
{
	bool fine;

	m->input = strcmp(path, "-") == 0 ? "standard input" : path;
	m->line = 1;
	fine = workbench_read(bench, path, map_page, m);
	tell_nothing(m);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "%zu records, %zu dropped, %zu rejected\n", m->records, m->dropped,
		        m->rejected);
	return fine && m->rejected == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int run(char **argv)
{
	struct workbench bench = { 0 };
	struct args_list then = { 0 };
	struct mapping m = { 0 };
	const char *path = "-";
	bool explain = false;
	const struct arg rows[] = {
		{ "in", 'i', "FILE", "events; standard input when left out", .text = &path },
		{ "only", 0, "TYPE", "only events of this eventType; may be repeated",
		  .many = &m.only },
		{ "then", 0, "RULES", "rules of a further stage, which gets the records; may be "
		  "repeated", .many = &then },
		{ "explain", 0, NULL, "show which rule took an event, and which row wrote each field",
		  .flag = &explain },
		WORKBENCH_SET(bench),
		WORKBENCH_PLUGINS(bench),
		{ 0 },
	};
	int code = EXIT_DONE;

	if (!args_read(&cmd_map, rows, &bench.words, argv, &code))
		return code;
	if (bench.words.count == 0) {
		workbench_finish(&bench);
		args_finish(&m.only);
		args_finish(&then);
		return args_wrong(&cmd_map, "name a rule folder: weir map rules/taegis < events.ndjson");
	}
	workbench_begin(&bench, &cmd_map);
	m.arena = weir_arena_create();
	m.places = diag_create();
	m.color = diag_color_of(stdout);
	if (explain)
		m.explain = explain_create(m.color);
	code = open_stages(&m, &bench, &then) ? map_all(&m, &bench, path) : EXIT_CONFIG;
	dryrun_destroy(m.dryrun);
	explain_destroy(m.explain);
	weir_arena_destroy(m.arena);
	diag_destroy(m.places);
	names_finish(&m.others);
	args_finish(&m.only);
	args_finish(&then);
	workbench_finish(&bench);
	return code;
}

const struct command cmd_map = {
	.name = "map",
	.summary = "Run rules over events on standard input, print the records",
	.usage = "RULES... [--only TYPE]... [--explain] [--then RULES]... [--set NAME=VALUE]... "
	         "[-i FILE]",
	.help = "Events are NDJSON, a JSON array or documents as jq prints them, plain or gzip. What a\n"
	        "rule rejects goes to standard error with its place, and the exit code is then 1.\n"
	        "With --explain each event comes with the rules that were tried and why they did or\n"
	        "did not take it, and each field of its records with the paths that its value came\n"
	        "from and the row that wrote it.\n"
	        "\n"
	        "  weir map rules/taegis --only user.session.start < events.ndjson\n"
	        "  weir map rules/taegis --explain -i events.json.gz\n"
	        "  weir map rules/taegis --then rules/enrich < events.ndjson\n",
	.run = run,
};
