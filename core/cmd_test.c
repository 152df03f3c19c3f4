/* cmd_test.c - `weir test`: runs the examples beside rules and compares.
 *
 * Lives here: which examples, with which settings. Not here: finding them (golden.c), running one
 * (example.c), what they exercise (coverage.c), the reports (results.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "example.h"
#include "print.h"
#include "results.h"
#include "settings.h"
#include "workbench.h"

struct testing {
	struct weir_value more;          /* --set */
	bool write, cover;
	enum diag_color color;
	struct weir_arena *arena;        /* of one example */
	struct results *results;
};

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

static struct dryrun *open_example(struct testing *t, const struct golden_folder *folder,
                                   const struct golden *golden, struct weir_buf *text)
{
	struct diag *diag = diag_create();
	struct dryrun *dryrun = example_open(folder, golden, t->more, t->arena, diag);

	show(diag, t->color, text);
	diag_destroy(diag);
	return dryrun;
}

static void see(void *coverage, const struct dryrun_outcome *outcome)
{
	coverage_see(coverage, outcome);
}

static bool run_golden(struct testing *t, const struct golden_folder *folder,
                       const struct golden *golden, struct coverage *coverage,
                       struct weir_buf *text)
{
	struct example example = { .golden = golden, .write = t->write, .color = t->color,
		                   .arena = t->arena, .seen = coverage ? see : NULL,
		                   .arg = coverage };
	struct dryrun *dryrun = open_example(t, folder, golden, text);
	bool fine;

	if (dryrun && coverage)
		coverage_listen(coverage, dryrun_last(dryrun));
	fine = dryrun && example_run(&example, dryrun, text);
	dryrun_destroy(dryrun);
	return fine;
}

static void run_folder(struct testing *t, const struct golden_folder *folder)
{
	struct coverage *coverage = t->cover ? coverage_create(folder) : NULL;

	for (size_t i = 0; i < folder->golden_count; i++) {
		const struct golden *golden = &folder->goldens[i];
		int64_t begin = clock_now_us();
		struct weir_buf text = { 0 };
		bool fine;

		weir_arena_reset(t->arena, 1 << 20);
		fine = run_golden(t, folder, golden, coverage, &text);
		results_add(t->results, &(struct results_case){
			.folder = folder->path, .rule = golden->rule, .variant = golden->variant,
			.passed = fine, .text = weir_buf_text(&text),
			.took_us = clock_now_us() - begin });
		weir_buf_finish(&text);
	}
	if (coverage)
		results_cover(t->results, coverage);
}

struct test_args {
	struct workbench bench;
	bool write, json, coverage;
	int64_t min;
	const char *junit;
};

extern const struct command cmd_test;

static int run_tests(struct testing *t, const struct test_args *got)
{
	static const char *const fallback[] = { "rules" };
	const struct args_list *words = &got->bench.words;
	const char *const *paths = words->count ? words->items : fallback;
	size_t path_count = words->count ? words->count : 1, folder_count = 0;
	struct diag *diag = diag_create();
	struct weir_buf text = { 0 };
	bool fine;

	for (size_t i = 0; i < path_count; i++) {
		struct golden_folder *folders;
		size_t count = golden_find(paths[i], got->bench.arena, &folders, diag);

		for (size_t j = 0; j < count; j++)
			run_folder(t, &folders[j]);
		folder_count += count;
	}
	if (results_count(t->results) == 0 && diag_errors(diag) == 0)
		diag_addf(diag, (struct weir_where){ .file = paths[0] },
		          "holds no rules with examples");
	diag_print(diag, stderr, diag_color_of(stderr));
	fine = diag_errors(diag) == 0;
	diag_destroy(diag);
	if (folder_count == 0)
		return EXIT_CONFIG;
	fine = results_finish(t->results, &text, got->junit) && fine;
	print_buf(&text);
	weir_buf_finish(&text);
	fine = results_covered(t->results, (int)got->min) && fine;
	return fine ? EXIT_DONE : EXIT_FAILED;
}

static int run(char **argv)
{
	struct test_args got = { 0 };
	const struct arg rows[] = {
		{ "write", 0, NULL, "accept what the rules give now as the expected records",
		  .flag = &got.write },
		{ "coverage", 0, NULL, "show what no example exercises: rows, event types, fields",
		  .flag = &got.coverage },
		{ "min", 0, "PERCENT", "fail where fewer rows wrote a value; with --coverage",
		  .number = &got.min },
		WORKBENCH_SET(got.bench),
		{ "json", 0, NULL, "print the results as JSON", .flag = &got.json },
		{ "junit", 0, "FILE", "write the results as JUnit XML too", .text = &got.junit },
		WORKBENCH_PLUGINS(got.bench),
		{ 0 },
	};
	struct testing t = { 0 };
	int code = EXIT_DONE;

	if (!args_read(&cmd_test, rows, &got.bench.words, argv, &code))
		return code;
	if (got.min > 100 || (got.min && !got.coverage)) {
		workbench_finish(&got.bench);
		return args_wrong(&cmd_test, "--min is a share in per cent; write --coverage --min 90");
	}
	workbench_begin(&got.bench, &cmd_test);
	t.arena = weir_arena_create();
	t.write = got.write;
	t.cover = got.coverage;
	t.color = got.json ? DIAG_PLAIN : diag_color_of(stdout);
	t.results = results_create(got.json ? RESULTS_JSON : RESULTS_TEXT);
	code = EXIT_CONFIG;
	if (settings_parse(&cmd_test, &got.bench.sets, got.bench.arena, &t.more))
		code = run_tests(&t, &got);
	results_destroy(t.results);
	weir_arena_destroy(t.arena);
	workbench_finish(&got.bench);
	return code;
}

const struct command cmd_test = {
	.name = "test",
	.summary = "Run the examples beside rules and compare the records",
	.usage = "[PATH...] [--write] [--coverage [--min PERCENT]] [--set NAME=VALUE]... [--json]\n"
	         "                 [--junit FILE]",
	.help = "PATH is a rule file or a folder; without one, everything below rules/ is tested. The\n"
	        "exit code is 1 when an example fails, when a rule has none, and when --min is missed.\n"
	        "\n"
	        "  weir test rules/taegis --coverage\n"
	        "  weir test rules/taegis/auth.lua --write\n",
	.run = run,
};
