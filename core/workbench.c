/* workbench.c - what the commands that run rules by hand share: plugins, rules, settings, events.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "workbench.h"

#include <string.h>

#include "events.h"
#include "registry.h"
#include "settings.h"
#include "stages.h"

void workbench_begin(struct workbench *bench, const struct command *command)
{
	struct diag *diag = diag_create();

	bench->command = command;
	bench->arena = weir_arena_create();
	registry_load(bench->plugins.items, diag);
	diag_print(diag, stderr, diag_color_of(stderr));
	diag_destroy(diag);
}

void workbench_finish(struct workbench *bench)
{
	weir_arena_destroy(bench->arena);
	args_finish(&bench->words);
	args_finish(&bench->sets);
	args_finish(&bench->plugins);
	*bench = (struct workbench){ 0 };
}

/* Events where rules are expected: a '<' was forgotten. */
static bool holds_events(const struct workbench *bench, const char *path)
{
	static const char *const ends[] = { ".ndjson", ".json", ".jsonl", ".gz" };

	for (size_t i = 0; i < WEIR_COUNT(ends); i++) {
		size_t len = strlen(path), end = strlen(ends[i]);

		if (len <= end || strcmp(path + len - end, ends[i]) != 0)
			continue;
		fprintf(stderr, "weir %s: %s holds events, not rules; write -i %s\n",
		        bench->command->name, path, path);
		return true;
	}
	return false;
}

struct dryrun *workbench_stage(struct workbench *bench, const char *const *rules)
{
	struct diag *diag = diag_create();
	struct weir_value settings;
	struct dryrun *dryrun = NULL;
	const char **found;
	size_t count = 0;

	for (; rules[count]; count++) {
		if (holds_events(bench, rules[count])) {
			diag_destroy(diag);
			return NULL;
		}
	}
	found = weir_arena_alloc(bench->arena, (count + 1) * sizeof *found);
	for (size_t i = 0; i < count; i++)
		found[i] = dryrun_rules(bench->arena, rules[i]);
	found[count] = NULL;
	if (settings_read(bench->command, found[0], &bench->sets, bench->arena, &settings))
		dryrun = dryrun_create(found, settings, diag);
	diag_print(diag, stderr, diag_color_of(stderr));
	diag_destroy(diag);
	return dryrun;
}

struct dryrun *workbench_open(struct workbench *bench, const char *const *rules)
{
	const char *first = dryrun_rules(bench->arena, rules[0]);
	struct diag *diag = diag_create();
	struct dryrun *stages = NULL;
	bool fine = stages_before(first, bench->arena, diag, &stages);

	diag_print(diag, stderr, diag_color_of(stderr));
	diag_destroy(diag);
	if (fine && stages_add(&stages, workbench_stage(bench, rules)))
		return stages;
	dryrun_destroy(stages);
	return NULL;
}

bool workbench_read(struct workbench *bench, const char *path, workbench_page *each, void *arg)
{
	enum weir_page_format format;
	struct weir_bytes page;
	struct weir_error err = { 0 };
	struct events *events = events_open(path, &err);
	bool fine = events != NULL;

	while (fine && events_next(events, &format, &page, &err))
		fine = each(arg, format, page, &err);
	fine = events && !err.text[0];
	if (!fine)
		fprintf(stderr, "weir %s: %s\n", bench->command->name, err.text);
	events_close(events);
	return fine;
}
