/* transform/lua - maps and changes events by rule files in Lua.
 *
 * Not here: loading (engine.c, load.c), the words (words.c, rule.c), the sandbox (sandbox.c,
 * quota.c), calling functions (call.c); schemas, routing, the evaluation of rows and the walk
 * over a batch, which other languages share (../rule).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine.h"
#include "starter.h"
#include "stage.h"

struct lua {
	struct rule_stage stage;
	struct engine *engine;       /* the origin's, which all workers share */
	bool is_clone, is_begun;
	struct worker worker;
};

static void begin(struct lua *l, struct engine *engine)
{
	l->engine = engine;
	worker_init(&l->worker, engine);
	l->is_begun = true;
	l->stage.set = engine_rules(engine);
	l->stage.files = engine_files(engine);
	l->stage.run = &l->worker.run;
	l->stage.strikes = l->worker.caller ? caller_strikes(l->worker.caller) : NULL;
}

static enum weir_status lua_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct lua *l = self;
	struct engine_options given = { l->stage.rules, l->stage.schemas, l->stage.settings,
		                        WEIR_VERSION };

	rule_stage_begin(&l->stage, ctx);
	l->engine = engine_create(&given, &l->stage.report);
	if (rule_stage_judge(&l->stage, err) != WEIR_OK)
		return WEIR_FAIL;
	begin(l, l->engine);
	return WEIR_OK;
}

static enum weir_status lua_clone(void *self, const void *origin, struct weir_ctx *ctx,
                                  struct weir_error *err)
{
	const struct lua *from = origin;
	struct lua *l = self;

	(void)err;
	rule_stage_begin(&l->stage, ctx);
	l->is_clone = true;
	begin(l, from->engine);
	return WEIR_OK;
}

static void lua_destroy(void *self)
{
	struct lua *l = self;

	if (l->is_begun)
		worker_finish(&l->worker);
	if (!l->is_clone)
		engine_destroy(l->engine);
	rule_stage_end(&l->stage);
	l->is_begun = false;
	l->engine = NULL;
}

static enum weir_status lua_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct lua *l = self;
	size_t count = weir_batch_len(b);

	(void)err;
	rule_stage_open(&l->stage, b);
	for (size_t i = 0; i < count; i++)
		rule_stage_row(&l->stage, b, i);
	rule_stage_close(&l->stage);
	return WEIR_OK;
}

static const struct weir_rules about_rules = { RULE_STAGE_RULES, .sketch = starter_write };

static const struct weir_plugin lua = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM,
	.name = "lua",
	.version = "1.0.0",
	.summary = "Maps events to records by rule files in Lua.",
	.options = rule_stage_options,
	.metrics = rule_stage_metrics,
	.self_size = sizeof(struct lua),
	.state = WEIR_STATELESS,
	.rule_suffix = ".lua",
	.create = lua_create,
	.clone = lua_clone,
	.process = lua_process,
	.destroy = lua_destroy,
	.rules = &about_rules,
};

const struct weir_plugin *weir_plugin(void)
{
	return &lua;
}
