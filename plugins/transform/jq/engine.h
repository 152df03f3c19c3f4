/* engine.h - a set of jq rules, loaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_ENGINE_H
#define JQ_ENGINE_H

#include "front.h"
#include "nest.h"

struct engine_options {
	const char *const *rules;   /* folders or files, NULL-ended */
	const char *const *schemas; /* folders, NULL-ended; may be NULL */
	struct weir_value settings; /* an object, or absent */
	const char *version;        /* of weir */
	const char *helper;         /* the program weir-jq */
};

struct engine;

/* Reads and checks everything; mistakes go to the report, and the engine may only be run when
 * there are none. options and report must outlive it. */
struct engine *engine_create(const struct engine_options *options, struct rule_report *report);
void engine_destroy(struct engine *engine);
const struct rule_set *engine_rules(const struct engine *engine);
const struct rule_files *engine_files(const struct engine *engine);
const struct library *engine_library(const struct engine *engine);
const char *engine_mark(const struct engine *engine);
/* Of which workers' processes are copies. */
struct nest *engine_nest(const struct engine *engine);

#endif
