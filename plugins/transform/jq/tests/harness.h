/* harness.h - rules in jq, loaded and run on events.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_HARNESS_H
#define JQ_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner.h"

struct worker {
	struct runner *runner;
};

static inline void worker_init(struct worker *worker, const struct engine *engine)
{
	worker->runner = runner_create(engine, true);
}

static inline void worker_finish(struct worker *worker)
{
	runner_destroy(worker->runner);
	worker->runner = NULL;
}

/* A test may change it. */
static char harness_helper[] = BINARY_DIR "/plugins/transform/weir-jq";

static inline void worker_options(struct engine_options *options)
{
	options->helper = harness_helper;
}

static inline struct rule_run *worker_run(struct worker *worker)
{
	return runner_run(worker->runner);
}

static inline void worker_before(struct worker *worker, const struct rule_event *event,
                                 int64_t now_ms)
{
	struct weir_error err = { 0 };

	rule_strikes_begin(runner_strikes(worker->runner), now_ms);
	runner_begin(worker->runner);
	assert_true(runner_want(worker->runner, event));
	if (runner_answer(worker->runner, &err) != WEIR_OK)
		fail_msg("%s", err.text);
	runner_next(worker->runner);
}

#include "rule_harness.h"

/* One rule for the schema `any`, for every event, with weir's words. */
static inline void harness_program(struct harness *h, const char *program)
{
	char *text = weir_format("module { schema: \"any\", when: { eventType: \"*\" } };\n"
	                         "include \"weir\";\n%s\n", program);

	harness_schema(h);
	harness_write(h, "rules/one.jq", text);
	weir_free(text);
	harness_load(h);
}

#endif
