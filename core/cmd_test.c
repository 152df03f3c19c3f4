/* cmd_test.c - `weir test`: runs the examples beside rules and compares.
 *
 * Each example runs twice, the second time with its events in another order: a rule has no
 * memory, so every event must give the same records again.
 * Lives here: running, comparing, reporting. Not here: finding examples (golden.c), running rules
 * (dryrun.c), the reports for machines (results.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "clock.h"
#include "command.h"
#include "diag.h"
#include "difference.h"
#include "whole.h"
#include "golden.h"
#include "registry.h"
#include "results.h"
#include "settings.h"
#include "dryrun.h"
#include "file.h"

#define EXAMPLE_MAX ((size_t)256 << 20)

/* The records of one event, one line each; what was rejected is a line of its own. */
struct lines {
	struct weir_buf *of_event;
	size_t event_count;
};

struct testing {
	struct weir_value more;          /* --set */
	bool write;
	enum diag_color color;
	struct weir_arena *arena;        /* of one example */
	struct results *results;
	FILE *out;
};

static void lines_finish(struct lines *lines)
{
	for (size_t i = 0; i < lines->event_count; i++)
		weir_buf_finish(&lines->of_event[i]);
	weir_free(lines->of_event);
	*lines = (struct lines){ 0 };
}

static void lines_reach(struct lines *lines, size_t event)
{
	if (event < lines->event_count)
		return;
	lines->of_event = weir_realloc(lines->of_event, (event + 1) * sizeof *lines->of_event);
	memset(lines->of_event + lines->event_count, 0,
	       (event + 1 - lines->event_count) * sizeof *lines->of_event);
	lines->event_count = event + 1;
}

static void keep(void *arg, const struct dryrun_outcome *outcome)
{
	struct lines *lines = arg;
	struct weir_buf *buf;

	lines_reach(lines, outcome->event);
	buf = &lines->of_event[outcome->event];
	switch (outcome->fate) {
	case DRYRUN_RECORD:
		weir_buf_add(buf, outcome->text.data, outcome->text.len);
		weir_buf_putc(buf, '\n');
		break;
	case DRYRUN_REJECTED:
		weir_buf_puts(buf, "{\"rejected\":");
		weir_json_quote(weir_bytes(outcome->why->text), buf);
		weir_buf_puts(buf, "}\n");
		break;
	case DRYRUN_DROPPED:
		break;
	}
}

static size_t count_lines(struct weir_bytes text, struct weir_bytes *lines, size_t max)
{
	size_t count = 0;

	for (const char *p = text.data, *end = text.data + text.len; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		if (!stop)
			stop = end;
		if (stop > p && count < max && lines)
			lines[count] = (struct weir_bytes){ p, (size_t)(stop - p) };
		count += stop > p;
		p = stop + 1;
	}
	return count;
}

static void split(struct weir_arena *arena, struct weir_bytes text, struct weir_bytes **lines,
                  size_t *count)
{
	*count = count_lines(text, NULL, 0);
	*lines = weir_arena_alloc(arena, (*count + 1) * sizeof **lines);
	count_lines(text, *lines, *count);
}

static bool same_json(struct weir_arena *arena, struct weir_bytes a, struct weir_bytes b,
                      struct weir_value *before, struct weir_value *after)
{
	struct weir_error ignored;

	*before = *after = (struct weir_value){ 0 };
	if (weir_bytes_equal(a, b))
		return true;
	if (a.len)
		weir_json_parse(arena, a, before, &ignored);
	if (b.len)
		weir_json_parse(arena, b, after, &ignored);
	return before->kind != WEIR_ABSENT && after->kind != WEIR_ABSENT &&
	       weir_value_equal(*before, *after);
}

/* Appends what differs between the expected and the actual records; true if nothing does. */
static bool compare(struct testing *t, const struct golden *golden, struct weir_bytes expected,
                    struct weir_bytes actual, struct weir_buf *text)
{
	struct weir_bytes *want, *got;
	size_t want_count, got_count, most;
	bool same = true;

	split(t->arena, expected, &want, &want_count);
	split(t->arena, actual, &got, &got_count);
	most = want_count > got_count ? want_count : got_count;
	for (size_t i = 0; i < most; i++) {
		struct weir_bytes a = i < want_count ? want[i] : (struct weir_bytes){ 0 };
		struct weir_bytes b = i < got_count ? got[i] : (struct weir_bytes){ 0 };
		struct weir_value before, after;

		if (same_json(t->arena, a, b, &before, &after))
			continue;
		same = false;
		weir_buf_printf(text, "  %s:%zu%s\n", golden->out, i + 1,
		                !b.len ? " is missing" : !a.len ? " is one too many" : "");
		difference_list(before, after, t->color, text);
	}
	return same;
}

static void join(const struct lines *lines, struct weir_buf *all)
{
	for (size_t i = 0; i < lines->event_count; i++)
		weir_buf_add(all, lines->of_event[i].data, lines->of_event[i].len);
}

/* The events of page in reverse order, so that each has other neighbours and another past. */
static void reverse(struct weir_arena *arena, struct weir_bytes page, struct weir_buf *reversed)
{
	struct weir_bytes *lines;
	size_t count;

	split(arena, page, &lines, &count);
	for (size_t i = count; i-- > 0;) {
		weir_buf_add(reversed, lines[i].data, lines[i].len);
		weir_buf_putc(reversed, '\n');
	}
}

static bool remembers_nothing(struct testing *t, struct dryrun *dryrun, struct weir_bytes page,
                              const struct lines *first, struct weir_buf *text)
{
	struct weir_buf reversed = { 0 };
	struct lines second = { 0 };
	struct weir_error err;
	bool same;

	reverse(t->arena, page, &reversed);
	same = dryrun_map(dryrun, WEIR_PAGE_LINES,
	                 (struct weir_bytes){ reversed.data, reversed.len }, keep, &second, &err);
	lines_reach(&second, first->event_count ? first->event_count - 1 : 0);
	for (size_t i = 0; same && i < first->event_count; i++) {
		const struct weir_buf *a = &first->of_event[i];
		const struct weir_buf *b = &second.of_event[first->event_count - 1 - i];

		same = a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
		if (!same)
			weir_buf_printf(text, "  event %zu gives another record when the events "
			                "come in reverse order: a rule must not remember\n", i + 1);
	}
	lines_finish(&second);
	weir_buf_finish(&reversed);
	return same;
}

static bool write_golden(const struct golden *golden, const struct weir_buf *actual,
                         struct weir_buf *text)
{
	struct weir_error err;

	if (whole_replace(golden->out, (struct weir_bytes){ actual->data, actual->len }, &err))
		return true;
	weir_buf_printf(text, "  %s\n", err.text);
	return false;
}

/* Runs one example whose dry run is ready; text gets the reasons when it fails. */
static bool run_golden(struct testing *t, struct dryrun *dryrun, const struct golden *golden,
                       struct weir_buf *text)
{
	struct weir_bytes page = { 0 }, expected = { 0 };
	struct weir_buf actual = { 0 };
	struct lines lines = { 0 };
	struct weir_error err;
	bool fine;

	fine = file_read(golden->in, EXAMPLE_MAX, &page, &err) &&
	       dryrun_map(dryrun, WEIR_PAGE_LINES, page, keep, &lines, &err);
	if (!fine) {
		weir_buf_printf(text, "  %s\n", err.text);
	} else {
		join(&lines, &actual);
		fine = remembers_nothing(t, dryrun, page, &lines, text);
		if (t->write) {
			fine = fine && write_golden(golden, &actual, text);
		} else if (!file_read(golden->out, EXAMPLE_MAX, &expected, &err)) {
			weir_buf_printf(text, "  %s; accept the records with weir test --write\n",
			                err.text);
			fine = false;
		} else {
			fine = compare(t, golden, expected,
			               (struct weir_bytes){ actual.data, actual.len }, text) && fine;
		}
	}
	lines_finish(&lines);
	weir_free((void *)page.data);
	weir_free((void *)expected.data);
	weir_buf_finish(&actual);
	return fine;
}

static void show(struct diag *diag, enum diag_color color, struct weir_buf *text)
{
	char *shown = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&shown, &len);

	if (!to)
		return;
	diag_print(diag, to, color);
	fclose(to);
	weir_buf_add(text, shown, len);
	free(shown);
}

static struct dryrun *make_dryrun(struct testing *t, const struct golden_folder *folder,
                                const struct golden *golden, struct weir_buf *text)
{
	const char *rules[] = { folder->path, NULL };
	struct diag *diag = diag_create();
	struct weir_value settings;
	struct dryrun *dryrun = NULL;
	struct weir_error err;

	if (golden_settings(folder, golden, t->more, t->arena, &settings, &err))
		dryrun = dryrun_create(rules, settings, diag);
	else
		diag_add(diag, &err);
	show(diag, t->color, text);
	diag_destroy(diag);
	return dryrun;
}

static void run_folder(struct testing *t, const struct golden_folder *folder)
{
	for (size_t i = 0; i < folder->golden_count; i++) {
		const struct golden *golden = &folder->goldens[i];
		int64_t begin = clock_now_us();
		struct weir_buf text = { 0 };
		struct dryrun *dryrun;
		bool fine;

		weir_arena_reset(t->arena, 1 << 20);
		dryrun = make_dryrun(t, folder, golden, &text);
		fine = dryrun && run_golden(t, dryrun, golden, &text);
		dryrun_destroy(dryrun);
		results_add(t->results, &(struct results_case){
			.folder = folder->path, .rule = golden->rule, .variant = golden->variant,
			.passed = fine, .text = weir_buf_text(&text),
			.took_us = clock_now_us() - begin });
		weir_buf_finish(&text);
	}
}

struct test_args {
	struct args_list paths, sets, plugins;
	bool write, json;
	const char *junit;
};

extern const struct command cmd_test;

static int run_tests(struct testing *t, const struct test_args *got)
{
	static const char *const fallback[] = { "rules" };
	const char *const *paths = got->paths.count ? got->paths.items : fallback;
	size_t path_count = got->paths.count ? got->paths.count : 1;
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	int code;

	for (size_t i = 0; i < path_count; i++) {
		struct golden_folder *folders;
		size_t count = golden_find(paths[i], arena, &folders, diag);

		for (size_t j = 0; j < count; j++)
			run_folder(t, &folders[j]);
	}
	if (results_count(t->results) == 0 && diag_errors(diag) == 0)
		diag_addf(diag, (struct weir_where){ .file = paths[0] },
		          "holds no rules with examples");
	diag_print(diag, stderr, DIAG_PLAIN);
	code = results_finish(t->results, stdout, got->junit) && diag_errors(diag) == 0
		? EXIT_DONE : EXIT_FAILED;
	diag_destroy(diag);
	weir_arena_destroy(arena);
	return code;
}

static int run(char **argv)
{
	struct test_args got = { 0 };
	const struct arg rows[] = {
		{ "write", 0, NULL, "accept what the rules give now as the expected records",
		  .flag = &got.write },
		{ "set", 0, "NAME=VALUE", "a setting for all examples; may be repeated",
		  .many = &got.sets },
		{ "json", 0, NULL, "print the results as JSON", .flag = &got.json },
		{ "junit", 0, "FILE", "write the results as JUnit XML too", .text = &got.junit },
		{ "plugins", 0, "DIR", "a folder of further plugins; may be repeated",
		  .many = &got.plugins },
		{ 0 },
	};
	struct testing t = { 0 };
	struct diag *diag;
	struct weir_arena *arena;
	int code = EXIT_DONE;

	if (!args_read(&cmd_test, rows, &got.paths, argv, &code))
		return code;
	diag = diag_create();
	registry_load(got.plugins.items, diag);
	diag_print(diag, stderr, DIAG_PLAIN);
	arena = weir_arena_create();
	t.arena = weir_arena_create();
	t.write = got.write;
	t.color = got.json ? DIAG_PLAIN : diag_color_of(stdout);
	t.results = results_create(got.json ? RESULTS_JSON : RESULTS_TEXT);
	code = EXIT_CONFIG;
	if (settings_parse(&cmd_test, &got.sets, arena, &t.more))
		code = run_tests(&t, &got);
	results_destroy(t.results);
	weir_arena_destroy(t.arena);
	weir_arena_destroy(arena);
	diag_destroy(diag);
	args_finish(&got.paths);
	args_finish(&got.sets);
	args_finish(&got.plugins);
	return code;
}

const struct command cmd_test = {
	.name = "test",
	.summary = "Run the examples beside rules and compare the records",
	.usage = "[PATH...] [--write] [--set NAME=VALUE]... [--json] [--junit FILE]",
	.help = "PATH is a rule file or a folder; without one, everything below rules/ is tested.\n"
	        "Examples: weir test rules/taegis        weir test rules/taegis/auth.lua --write\n",
	.run = run,
};
