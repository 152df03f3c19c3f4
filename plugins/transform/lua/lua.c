/* transform/lua - maps and changes events by rule files in Lua.
 *
 * Lives here: options, loading, the walk over a batch. Not here: the words (words.c, rule.c),
 * the sandbox (sandbox.c, quota.c), calling functions (call.c); schemas, routing and the
 * evaluation of rows, which other languages share (../rule).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine.h"
#include "tell.h"

struct lua {
	/* options */
	const char *const *rules;
	const char *const *schemas;
	struct weir_value settings;

	/* state */
	struct weir_ctx *ctx;
	struct rule_report report;
	struct engine *engine;       /* the origin's, which all workers share */
	bool is_clone, is_begun;
	struct worker worker;
	struct teller *teller;       /* made when somebody asks about rules */
	size_t batch_row;            /* in process */
};

enum { M_MAYBE_WRONG, M_BREACHES, M_SUSPENSIONS };

static const struct weir_option options[] = {
	{ "rules", WEIR_AT_PATHS(struct lua, rules), .required = true, .installed = true,
	  .doc = "Folders of rule files (*.lua), or single files; a later folder overrides an earlier one." },
	{ "schemas", WEIR_AT_PATHS(struct lua, schemas), .preset = "[rules/schemas]", .installed = true,
	  .doc = "Folders where schemas are sought that are not beside the rules." },
	{ "settings", WEIR_AT_MAP(struct lua, settings),
	  .doc = "What rules ask for with setting(\"name\"): a map of text, number or boolean." },
	{ 0 },
};

static const struct weir_metric metrics[] = {
	[M_MAYBE_WRONG] = { "maybe_wrong_total", WEIR_COUNTER,
	                    "Values that were wrong and that maybe() let pass as absent." },
	[M_BREACHES] = { "quota_breaches_total", WEIR_COUNTER,
	                 "Events for which a function used too many instructions or too much memory." },
	[M_SUSPENSIONS] = { "suspensions_total", WEIR_COUNTER,
	                    "Times a rule was suspended after breaking its budget again and again." },
	{ 0 },
};

/* ---- load ------------------------------------------------------------------------------------- */

static void report_mistake(void *user, const struct weir_error *mistake)
{
	weir_report(user, mistake);
}

static void report_suspicion(void *user, const struct weir_error *suspicion)
{
	weir_report_warning(user, suspicion);
}

static enum weir_status lua_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct lua *l = self;
	struct engine_options given = { l->rules, l->schemas, l->settings, WEIR_VERSION };

	l->ctx = ctx;
	l->report = (struct rule_report){ report_mistake, report_suspicion, ctx, 0 };
	l->engine = engine_create(&given, &l->report);
	if (l->report.mistakes) {
		err->code = WEIR_E_CONFIG;
		err->text[0] = '\0';
		return WEIR_FAIL;
	}
	worker_init(&l->worker, l->engine);
	l->is_begun = true;
	return WEIR_OK;
}

static enum weir_status lua_clone(void *self, const void *origin, struct weir_ctx *ctx,
                                  struct weir_error *err)
{
	const struct lua *from = origin;
	struct lua *l = self;

	(void)err;
	l->ctx = ctx;
	l->engine = from->engine;
	l->is_clone = true;
	worker_init(&l->worker, l->engine);
	l->is_begun = true;
	return WEIR_OK;
}

static void lua_destroy(void *self)
{
	struct lua *l = self;

	if (l->is_begun)
		worker_finish(&l->worker);
	if (!l->is_clone)
		engine_destroy(l->engine);
	teller_destroy(l->teller);
	l->teller = NULL;
	l->is_begun = false;
	l->engine = NULL;
}

/* ---- process ------------------------------------------------------------------------------------ */

struct row {
	struct weir_batch *batch;
	size_t number;
	bool set; /* the row has a record; more of the same event are added */
};

static void emit(void *user, const char *schema, struct weir_value record)
{
	struct row *row = user;

	if (row->set)
		weir_batch_add(row->batch, row->number, schema, record);
	else
		weir_batch_set(row->batch, row->number, schema, record);
	row->set = true;
}

static void reject(struct lua *l, struct row *row, struct rule_result *result)
{
	struct weir_bytes id = weir_batch_id(row->batch, row->number);
	const struct weir_where *where = &result->err.where;

	weir_log(l->ctx, WEIR_WARN, "%s:%d: %s%s%s (event %.*s)", where->file ? where->file : "",
	         where->line, where->path ? where->path : "", where->path ? ": " : "",
	         result->err.text, (int)id.len, id.data ? id.data : "");
	weir_batch_reject(row->batch, row->number, &result->err);
}

static void count_calls(struct lua *l)
{
	struct caller_counts counts;

	if (l->worker.run.wrong_in_maybe)
		weir_count(l->ctx, M_MAYBE_WRONG, l->worker.run.wrong_in_maybe);
	l->worker.run.wrong_in_maybe = 0;
	if (!l->worker.caller)
		return;
	counts = caller_take_counts(l->worker.caller);
	if (counts.breaches)
		weir_count(l->ctx, M_BREACHES, counts.breaches);
	if (counts.suspensions) {
		weir_count(l->ctx, M_SUSPENSIONS, counts.suspensions);
		weir_log(l->ctx, WEIR_WARN, "%s is suspended for %d s: it broke its budget %d times in "
		         "a row", counts.suspended->file, CALLER_PAUSE_MS / 1000, CALLER_STRIKES);
	}
}

static enum weir_status lua_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct lua *l = self;
	struct rule_event event = { .source_name = weir_batch_source(b),
		                    .org_host = weir_batch_origin_host(b),
		                    .ingested = weir_trial(l->ctx) ? 0 : weir_batch_received(b) };
	size_t count = weir_batch_len(b);

	(void)err;
	l->worker.run.arena = weir_batch_arena(b);
	if (l->worker.caller)
		caller_begin(l->worker.caller, weir_monotonic_ms(l->ctx));
	for (size_t i = 0; i < count; i++) {
		struct row row = { b, i, false };
		struct rule_result result = { .emit = emit, .user = &row };

		l->batch_row = i;
		event.event = weir_batch_event(b, i);
		event.source = weir_batch_source_bytes(b, i);
		event.record = weir_batch_record(b, i);
		event.record_schema = weir_batch_schema(b, i);
		rule_set_run(engine_rules(l->engine), &l->worker.run, &event, &result);
		if (result.fate == RULE_DROPPED)
			weir_batch_drop(b, i, result.cause);
		else if (result.fate == RULE_REJECTED)
			reject(l, &row, &result);
	}
	count_calls(l);
	return WEIR_OK;
}

/* ---- what is asked about the rules ---------------------------------------------------------------- */

static uint64_t lua_fingerprint(const void *self)
{
	const struct lua *l = self;

	return engine_fingerprint(l->engine);
}

static const char *const *lua_files(const void *self)
{
	const struct lua *l = self;

	return engine_files(l->engine);
}

static struct teller *teller_of(const void *self)
{
	struct lua *l = (struct lua *)self;

	if (!l->teller)
		l->teller = teller_create(engine_rules(l->engine));
	return l->teller;
}

static size_t lua_rows(const void *self, const struct weir_rule_row **rows)
{
	return teller_rows(teller_of(self), rows);
}

static void lua_trace(void *self, const struct weir_rule_tracer *tracer)
{
	struct lua *l = self;

	teller_trace(teller_of(l), &l->worker.run, tracer, &l->batch_row);
}

static void lua_route(const void *self, const char *type, weir_rule_told *told, void *user)
{
	teller_route(teller_of(self), type, told, user);
}

static const struct weir_rules about_rules = {
	.size = sizeof(struct weir_rules),
	.fingerprint = lua_fingerprint,
	.files = lua_files,
	.rows = lua_rows,
	.trace = lua_trace,
	.route = lua_route,
};

static const struct weir_plugin lua = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM,
	.name = "lua",
	.version = "1.0.0",
	.summary = "Maps events to records by rule files in Lua.",
	.options = options,
	.metrics = metrics,
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
