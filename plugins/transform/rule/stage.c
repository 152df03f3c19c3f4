/* stage.c - a transform that runs rule files: its options, the walk over a batch, what is asked
 * about its rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage.h"

#include "tell.h"

enum { M_MAYBE_WRONG, M_BREACHES, M_SUSPENSIONS };

const struct weir_option rule_stage_options[] = {
	{ "rules", WEIR_AT_PATHS(struct rule_stage, rules), .required = true, .installed = true,
	  .doc = "Folders of rule files, or single files; a later folder overrides an earlier one." },
	{ "schemas", WEIR_AT_PATHS(struct rule_stage, schemas), .preset = "[rules/schemas]",
	  .installed = true,
	  .doc = "Folders where schemas are sought that are not beside the rules." },
	{ "settings", WEIR_AT_MAP(struct rule_stage, settings),
	  .doc = "What rules ask for with setting(\"name\"): a map of text, number or boolean." },
	{ 0 },
};

const struct weir_metric rule_stage_metrics[] = {
	[M_MAYBE_WRONG] = { "maybe_wrong_total", WEIR_COUNTER,
	                    "Values that were wrong and that maybe() let pass as absent." },
	[M_BREACHES] = { "quota_breaches_total", WEIR_COUNTER,
	                 "Events for which a rule used too much time or memory." },
	[M_SUSPENSIONS] = { "suspensions_total", WEIR_COUNTER,
	                    "Times a rule was suspended after breaking its budget again and again." },
	{ 0 },
};

/* ---- life -------------------------------------------------------------------------------------- */

static void report_mistake(void *user, const struct weir_error *mistake)
{
	weir_report(user, mistake);
}

static void report_suspicion(void *user, const struct weir_error *suspicion)
{
	weir_report_warning(user, suspicion);
}

void rule_stage_begin(struct rule_stage *stage, struct weir_ctx *ctx)
{
	stage->ctx = ctx;
	stage->report = (struct rule_report){ report_mistake, report_suspicion, ctx, 0 };
}

enum weir_status rule_stage_judge(const struct rule_stage *stage, struct weir_error *err)
{
	if (stage->report.mistakes == 0)
		return WEIR_OK;
	err->code = WEIR_E_CONFIG;
	err->text[0] = '\0';
	return WEIR_FAIL;
}

void rule_stage_end(struct rule_stage *stage)
{
	teller_destroy(stage->teller);
	stage->teller = NULL;
}

/* ---- a batch ------------------------------------------------------------------------------------ */

void rule_stage_open(struct rule_stage *stage, struct weir_batch *b)
{
	stage->run->arena = weir_batch_arena(b);
	stage->event = (struct rule_event){
		.source_name = weir_batch_source(b),
		.org_host = weir_batch_origin_host(b),
		.lane = weir_batch_lane(b),
		.ingested = weir_trial(stage->ctx) ? 0 : weir_batch_received(b),
	};
	if (stage->strikes)
		rule_strikes_begin(stage->strikes, weir_monotonic_ms(stage->ctx));
}

const struct rule_event *rule_stage_event(struct rule_stage *stage, const struct weir_batch *b,
                                          size_t row)
{
	struct rule_event *event = &stage->event;

	event->event = weir_batch_event(b, row);
	event->source = weir_batch_source_bytes(b, row);
	event->record = weir_batch_record(b, row);
	event->record_schema = weir_batch_schema(b, row);
	return event;
}

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

static void reject(struct rule_stage *stage, struct row *row, struct rule_result *result)
{
	struct weir_bytes id = weir_batch_id(row->batch, row->number);
	const struct weir_where *where = &result->err.where;

	weir_log(stage->ctx, WEIR_WARN, "%s:%d: %s%s%s%s%.*s%s",
	         where->file ? where->file : "", where->line, where->path ? where->path : "",
	         where->path ? ": " : "", result->err.text, id.len ? " (event " : "", (int)id.len,
	         id.len ? id.data : "", id.len ? ")" : "");
	weir_batch_reject(row->batch, row->number, &result->err);
}

void rule_stage_row(struct rule_stage *stage, struct weir_batch *b, size_t number)
{
	struct row row = { b, number, false };
	struct rule_result result;

	result.emit = emit;
	result.user = &row;
	stage->batch_row = number;
	rule_set_run(stage->set, stage->run, rule_stage_event(stage, b, number), &result);
	if (result.fate == RULE_DROPPED)
		weir_batch_drop(b, number, result.cause);
	else if (result.fate == RULE_REJECTED)
		reject(stage, &row, &result);
}

void rule_stage_close(struct rule_stage *stage)
{
	struct rule_strikes *strikes = stage->strikes;

	if (stage->run->wrong_in_maybe)
		weir_count(stage->ctx, M_MAYBE_WRONG, stage->run->wrong_in_maybe);
	stage->run->wrong_in_maybe = 0;
	if (!strikes)
		return;
	if (strikes->breaches)
		weir_count(stage->ctx, M_BREACHES, strikes->breaches);
	if (strikes->suspensions) {
		weir_count(stage->ctx, M_SUSPENSIONS, strikes->suspensions);
		weir_log(stage->ctx, WEIR_WARN,
		         "%s is suspended for %d s: it broke its budget %d times in a row",
		         strikes->suspended->file, RULE_PAUSE_MS / 1000, RULE_STRIKES);
	}
	strikes->breaches = strikes->suspensions = 0;
}

/* ---- what is asked about the rules ---------------------------------------------------------------- */

uint64_t rule_stage_fingerprint(const void *self)
{
	const struct rule_stage *stage = self;

	return stage->files->content;
}

const char *const *rule_stage_files(const void *self)
{
	const struct rule_stage *stage = self;

	return stage->files->paths;
}

static struct teller *teller_of(const void *self)
{
	struct rule_stage *stage = (struct rule_stage *)self;

	if (!stage->teller)
		stage->teller = teller_create(stage->set);
	return stage->teller;
}

size_t rule_stage_rows(const void *self, const struct weir_rule_row **told)
{
	return teller_rows(teller_of(self), told);
}

void rule_stage_trace(void *self, const struct weir_rule_tracer *tracer)
{
	struct rule_stage *stage = self;

	teller_trace(teller_of(stage), stage->run, tracer, &stage->batch_row);
}

void rule_stage_route(const void *self, const char *type, weir_rule_told *told, void *user)
{
	teller_route(teller_of(self), type, told, user);
}
