/* harness.h - rules in Lua, loaded and run on events.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_HARNESS_H
#define LUA_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine.h"

static inline void worker_options(struct engine_options *options)
{
	(void)options;
}

static inline struct rule_run *worker_run(struct worker *worker)
{
	return &worker->run;
}

static inline void worker_before(struct worker *worker, const struct rule_event *event,
                                 int64_t now_ms)
{
	(void)event;
	if (worker->caller)
		rule_strikes_begin(caller_strikes(worker->caller), now_ms);
}

#include "rule_harness.h"

/* One rule for the schema `any` with these rows. */
static inline void harness_row(struct harness *h, const char *row)
{
	char *text = weir_format("return map { schema = \"any\", when = { eventType = \"*\" },\n"
	                         "  fields = { %s } }\n", row);

	harness_schema(h);
	harness_write(h, "rules/one.lua", text);
	weir_free(text);
	harness_load(h);
}

#endif
