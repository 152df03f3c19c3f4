/* transform/jq - maps and changes events by rule files in jq.
 *
 * Not here: loading (engine.c, rule.c, source.c, program.c), asking jq (runner.c, child.c; the
 * process itself is helper/); schemas, routing and the walk over a batch, which other languages
 * share (../rule).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <string.h>

#include "runner.h"
#include "starter.h"
#include "stage.h"

struct jq {
	struct rule_stage stage;
	struct engine *engine;       /* the origin's, which all workers share */
	bool is_clone;
	struct runner *runner;
	char *helper;
	int64_t since_ms;            /* the batch in process */
};

/* A page whose rules are slow is left when weir stops. */
enum { PATIENCE_MS = 500 };

static bool wants_to_leave(void *user)
{
	const struct jq *jq = user;

	return weir_stopping(jq->stage.ctx) &&
	       weir_monotonic_ms(jq->stage.ctx) - jq->since_ms > PATIENCE_MS;
}

static void begin(struct jq *jq, struct engine *engine)
{
	jq->engine = engine;
	jq->runner = runner_create(engine, weir_trial(jq->stage.ctx));
	runner_leave_when(jq->runner, wants_to_leave, jq);
	jq->stage.set = engine_rules(engine);
	jq->stage.files = engine_files(engine);
	jq->stage.run = runner_run(jq->runner);
	jq->stage.strikes = runner_strikes(jq->runner);
}

/* weir-jq stands beside this plugin. */
static char *helper_path(void)
{
	static const char here = 0;
	const char *slash;
	Dl_info info;

	if (!dladdr(&here, &info) || !info.dli_fname || !(slash = strrchr(info.dli_fname, '/')))
		return weir_strdup("weir-jq");
	return weir_format("%.*s/weir-jq", (int)(slash - info.dli_fname), info.dli_fname);
}

static enum weir_status jq_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct jq *jq = self;
	struct engine_options given = { jq->stage.rules, jq->stage.schemas, jq->stage.settings,
		                        WEIR_VERSION, NULL };

	rule_stage_begin(&jq->stage, ctx);
	given.helper = jq->helper = helper_path();
	jq->engine = engine_create(&given, &jq->stage.report);
	if (rule_stage_judge(&jq->stage, err) != WEIR_OK)
		return WEIR_FAIL;
	begin(jq, jq->engine);
	return WEIR_OK;
}

static enum weir_status jq_clone(void *self, const void *origin, struct weir_ctx *ctx,
                                 struct weir_error *err)
{
	const struct jq *from = origin;
	struct jq *jq = self;

	(void)err;
	rule_stage_begin(&jq->stage, ctx);
	jq->is_clone = true;
	begin(jq, from->engine);
	return WEIR_OK;
}

static void jq_destroy(void *self)
{
	struct jq *jq = self;

	runner_destroy(jq->runner);
	if (!jq->is_clone)
		engine_destroy(jq->engine);
	rule_stage_end(&jq->stage);
	weir_free(jq->helper);
	jq->runner = NULL;
	jq->engine = NULL;
	jq->helper = NULL;
}

/* Asks jq for as many rows as go together, then runs the rules of them. */
static enum weir_status some_rows(struct jq *jq, struct weir_batch *b, size_t *row, size_t count,
                                  struct weir_error *err)
{
	size_t end = *row;

	runner_begin(jq->runner);
	while (end < count && runner_want(jq->runner, rule_stage_event(&jq->stage, b, end)))
		end++;
	if (runner_answer(jq->runner, err) != WEIR_OK)
		return WEIR_RETRY;
	for (; *row < end; ++*row) {
		runner_next(jq->runner);
		rule_stage_row(&jq->stage, b, *row);
	}
	return runner_lost(jq->runner, err);
}

static enum weir_status jq_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct jq *jq = self;
	enum weir_status status = WEIR_OK;
	size_t count = weir_batch_len(b);

	jq->since_ms = weir_monotonic_ms(jq->stage.ctx);
	rule_stage_open(&jq->stage, b);
	for (size_t row = 0; row < count && status == WEIR_OK;)
		status = some_rows(jq, b, &row, count, err);
	runner_rest(jq->runner);
	rule_stage_close(&jq->stage);
	return status;
}

static const struct weir_rules about_rules = { RULE_STAGE_RULES, .sketch = starter_write };

static const struct weir_plugin jq = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM,
	.name = "jq",
	.version = "1.0.0",
	.summary = "Maps events to records by rule files in jq.",
	.options = rule_stage_options,
	.metrics = rule_stage_metrics,
	.self_size = sizeof(struct jq),
	.state = WEIR_STATELESS,
	.rule_suffix = ".jq",
	.create = jq_create,
	.clone = jq_clone,
	.process = jq_process,
	.destroy = jq_destroy,
	.rules = &about_rules,
};

const struct weir_plugin *weir_plugin(void)
{
	return &jq;
}
