/* engine.h - a set of Lua rules, loaded; and what a worker needs to run it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_ENGINE_H
#define LUA_ENGINE_H

#include "caller.h"
#include "files.h"
#include "rule.h"

struct engine_options {
	const char *const *rules;   /* folders or files, NULL-ended */
	const char *const *schemas; /* folders, NULL-ended; may be NULL */
	struct weir_value settings; /* an object, or absent */
	const char *version;        /* of weir */
};

struct engine;

/* Reads and checks everything; mistakes go to the report, and the engine may only be run when
 * there are none. options and report must outlive it. */
struct engine *engine_create(const struct engine_options *options, struct rule_report *report);
void engine_destroy(struct engine *engine);
const struct rule_set *engine_rules(const struct engine *engine);
const struct rule_files *engine_files(const struct engine *engine);

/* One worker's part: its working memory, and its Lua state if rules have functions. */
struct worker {
	struct rule_run run;
	struct caller *caller; /* or NULL */
};
void worker_init(struct worker *worker, const struct engine *engine);
void worker_finish(struct worker *worker);

#endif
