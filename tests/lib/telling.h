/* telling.h - a transform that tells what its rules do, for tests of whoever listens.
 *
 * Its rule file x.t need not exist; other.t is told of, too.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_TELLING_H
#define TESTS_TELLING_H

#include "dryrun.h"
#include "registry.h"

struct teller {
	const char *const *rules;
	struct weir_value settings;
	struct weir_rule_tracer tracer;
};

static const struct weir_option options[] = {
	{ "rules", WEIR_AT_PATHS(struct teller, rules), .doc = "Rule files." },
	{ "settings", WEIR_AT_MAP(struct teller, settings), .doc = "Settings." },
	{ 0 },
};

static const struct weir_rule_row rows[] = {
	{ { .file = "x.t", .line = 3 }, "plain", "do", "path(\"do\")", 0, false },
	{ { .file = "x.t", .line = 4 }, "plain", "list[].x.y", "all(\"list\")", 0, false },
	{ { .file = "s.yaml", .line = 9 }, "plain", "in.base", "{raw}", 0, true },
	{ { .file = "x.t", .line = 5 }, "plain", ".", "function 1 of x.t:5", 1, false },
};

static void tell(struct teller *t, size_t row, enum weir_rule_verdict verdict, const char *why,
                 size_t records)
{
	struct weir_rule_tried tried = { { .where = { .file = "x.t", .line = 2 }, .schema = "plain",
		                           .type = "x.*", .conditions = "" }, verdict, why, records };

	if (t->tracer.tried)
		t->tracer.tried(t->tracer.user, row, &tried);
}

static void tell_row(struct teller *t, size_t row, size_t which, const char *from)
{
	if (t->tracer.wrote)
		t->tracer.wrote(t->tracer.user, row, &rows[which], from);
}

/* {"do":"drop"}, {"do":"pass"}, {"do":"twice"}; {"do":"whole"}; anything else writes all rows. */
static enum weir_status teller_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct teller *t = self;

	(void)err;
	for (size_t i = 0, len = weir_batch_len(b); i < len; i++) {
		struct weir_value event = weir_batch_event(b, i), what = weir_value_get(event, "do");
		bool twice = weir_value_is_text(what, "twice"), again = !weir_is_absent(weir_batch_record(b, i));

		if (weir_value_is_text(what, "drop")) {
			weir_batch_drop(b, i, "noise");
			tell(t, i, WEIR_RULE_DROPPED, "noise", 0);
			continue;
		}
		if (again && !twice)
			continue;
		tell(t, i, WEIR_RULE_PASSED, "it is late", 0);
		tell(t, i, WEIR_RULE_TOOK, "", twice && !again ? 2 : 1);
		if (weir_value_is_text(what, "whole"))
			tell_row(t, i, 3, "function()");
		for (size_t j = 0; !weir_value_is_text(what, "whole") && j < 3; j++)
			tell_row(t, i, j, j == 2 ? "" : "a, b");
		weir_batch_set(b, i, "plain", event);
		if (twice && !again)
			weir_batch_add(b, i, "again", event);
	}
	return WEIR_OK;
}

static void teller_trace(void *self, const struct weir_rule_tracer *tracer)
{
	((struct teller *)self)->tracer = *tracer;
}

static size_t teller_rows(const void *self, const struct weir_rule_row **told)
{
	(void)self;
	*told = rows;
	return WEIR_COUNT(rows);
}

static void teller_route(const void *self, const char *type, weir_rule_told *told, void *user)
{
	struct weir_rule_step step = { .where = { .file = "x.t", .line = 2 }, .schema = "plain",
		                       .type = "x.*", .conditions = "" };

	(void)self;
	(void)type;
	told(user, &step);
	step.where.line = 7;
	step.type = "never";
	step.conditions = "[\"k\"] = { \"v\" }";
	step.functions = 1;
	told(user, &step);
	step.where.line = 7;
	step.type = "nor.this";
	told(user, &step);
	step.where.file = "other.t";
	told(user, &step);
}

static const struct weir_rules about = {
	.size = sizeof(struct weir_rules),
	.rows = teller_rows,
	.trace = teller_trace,
	.route = teller_route,
};

static const struct weir_plugin plugin = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM,
	.name = "teller",
	.version = "1",
	.summary = "Tells what it does.",
	.options = options,
	.self_size = sizeof(struct teller),
	.rule_suffix = ".t",
	.process = teller_process,
	.rules = &about,
};

/* For cmocka's group setup. */
static inline int telling_add(void **state)
{
	struct diag *diag = diag_create();
	bool fine = registry_add(&plugin, "teller.so", diag);

	(void)state;
	diag_destroy(diag);
	return fine ? 0 : -1;
}

static inline struct dryrun *telling_dryrun(void)
{
	static const char *const rules[] = { "x.t", NULL };
	struct diag *diag = diag_create();
	struct dryrun *dryrun = dryrun_create(rules, (struct weir_value){ 0 }, diag);

	assert_non_null(dryrun);
	diag_destroy(diag);
	return dryrun;
}

#endif
