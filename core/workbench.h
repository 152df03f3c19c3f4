/* workbench.h - what the commands that run rules by hand share: plugins, rules, settings, events.
 *
 * Mistakes are printed here, so that a command only has to stop. Main thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_WORKBENCH_H
#define CORE_WORKBENCH_H

#include "args.h"
#include "dryrun.h"

struct workbench {
	const struct command *command;
	struct args_list words, sets, plugins; /* as args_read fills them */
	struct weir_arena *arena;              /* until workbench_finish */
};

/* Rows for args_read. */
#define WORKBENCH_SET(bench) \
	{ "set", 0, "NAME=VALUE", "a setting of the rules; may be repeated", .many = &(bench).sets }
#define WORKBENCH_PLUGINS(bench) \
	{ "plugins", 0, "DIR", "a folder of further plugins; may be repeated", \
	  .many = &(bench).plugins }

/* After args_read: loads the plugins. */
void workbench_begin(struct workbench *bench, const struct command *command);
void workbench_finish(struct workbench *bench); /* one that was not begun, too */

/* A dry run of rule folders (NULL-ended; installed ones by their names), with the settings of
 * the first one's _settings.yaml and of --set. NULL: the mistakes were printed. */
struct dryrun *workbench_stage(struct workbench *bench, const char *const *rules);
/* The same with the stages in front of it that the first folder's _after.yaml lists. */
struct dryrun *workbench_open(struct workbench *bench, const char *const *rules);

/* Hands over the events of a file ("-": standard input), a page at a time, until each says
 * false: because it has enough, or with an error. False: what is wrong was printed. */
typedef bool workbench_page(void *arg, enum weir_page_format format, struct weir_bytes page,
                            struct weir_error *err);
bool workbench_read(struct workbench *bench, const char *path, workbench_page *each, void *arg);

#endif
