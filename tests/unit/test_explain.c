/* test_explain.c - core/explain.c through its header, with a transform that tells what it is told to.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "explain.h"
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
	{ { .file = "a.t", .line = 3 }, "plain", "do", "path(\"do\")", 0, false },
	{ { .file = "a.t", .line = 4 }, "plain", "list[].x.y", "all(\"list\")", 0, false },
	{ { .file = "s.yaml", .line = 9 }, "plain", "in.base", "{raw}", 0, true },
	{ { .file = "a.t", .line = 5 }, "plain", ".", "function 1 of a.t:5", 1, false },
};

static void tell(struct teller *t, size_t row, enum weir_rule_verdict verdict, const char *why,
                 size_t records)
{
	struct weir_rule_tried tried = { { .where = { .file = "a.t", .line = 2 }, .schema = "plain",
		                           .type = "x.*", .conditions = "" }, verdict, why, records };

	t->tracer.tried(t->tracer.user, row, &tried);
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
			t->tracer.wrote(t->tracer.user, i, &rows[3], "function()");
		for (size_t j = 0; !weir_value_is_text(what, "whole") && j < 3; j++)
			t->tracer.wrote(t->tracer.user, i, &rows[j], j == 2 ? "" : "a, b");
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

static const struct weir_rules about = { .size = sizeof(struct weir_rules), .trace = teller_trace };

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

static int add_plugin(void **state)
{
	struct diag *diag = diag_create();
	bool fine = registry_add(&plugin, "teller.so", diag);

	(void)state;
	diag_destroy(diag);
	return fine ? 0 : -1;
}

static struct dryrun *make(void)
{
	static const char *const rules[] = { "x.t", NULL };
	struct diag *diag = diag_create();
	struct dryrun *dryrun = dryrun_create(rules, (struct weir_value){ 0 }, diag);

	assert_non_null(dryrun);
	diag_destroy(diag);
	return dryrun;
}

struct said {
	struct explain *explain;
	struct weir_buf text;
};

static void note(void *arg, const struct dryrun_outcome *outcome)
{
	struct said *said = arg;

	explain_put(said->explain, outcome, &said->text);
}

static void expect(size_t stages, enum diag_color color, const char *events, const char *text)
{
	struct dryrun *dryrun = make();
	struct said said = { explain_create(color), { 0 } };
	struct weir_error err;

	assert_true(explain_listen(said.explain, dryrun));
	for (size_t i = 1; i < stages; i++) {
		struct dryrun *stage = make();

		assert_true(explain_listen(said.explain, stage));
		dryrun_then(dryrun, stage);
	}
	/* Twice: nothing is remembered of the page before. */
	for (int i = 0; i < 2; i++) {
		said.text.len = 0;
		assert_true(dryrun_map(dryrun, WEIR_PAGE_LINES, weir_bytes(events), note, &said, &err));
		assert_string_equal(weir_buf_text(&said.text), text);
		explain_forget(said.explain);
	}
	weir_buf_finish(&said.text);
	explain_destroy(said.explain);
	dryrun_destroy(dryrun);
}

static void fields_name_the_rows_that_wrote_them(void **state)
{
	(void)state;
	expect(1, DIAG_PLAIN,
	       "{\"eventType\":\"x.y\",\"uuid\":\"1\",\"list\":[{\"x\":{\"y\":1}},{},{\"x\":{\"y\":2}}],\"in\":{\"base\":true}}\n"
	       "{\"do\":\"drop\"}\n",
	       "x.y 1\n"
	       "  passed   a.t:2 plain for x.*: it is late\n"
	       "  took     a.t:2 plain for x.*\n"
	       "  plain\n"
	       "    eventType: \"x.y\"\n"
	       "    uuid: \"1\"\n"
	       "    list[].x.y: [1,2]  <- a, b  a.t:4: all(\"list\")\n"
	       "    in.base: true  <- base value  s.yaml:9: {raw}\n"
	       " \n"
	       "  dropped  a.t:2 plain for x.*: noise\n"
	       "  dropped: noise\n");
}

static void a_function_writes_all_that_no_row_wrote(void **state)
{
	(void)state;
	expect(1, DIAG_PLAIN, "{\"do\":\"whole\"}\n",
	       " \n"
	       "  passed   a.t:2 plain for x.*: it is late\n"
	       "  took     a.t:2 plain for x.*\n"
	       "  plain\n"
	       "    do: \"whole\"  <- function()  a.t:5: function 1 of a.t:5\n");
}

static void each_record_has_the_rows_of_its_own_stages(void **state)
{
	(void)state;
	expect(2, DIAG_PLAIN, "{\"do\":\"x\"}\n",
	       " \n"
	       "  passed   a.t:2 plain for x.*, stage 1: it is late\n"
	       "  took     a.t:2 plain for x.*, stage 1\n"
	       "  plain\n"
	       "    do: \"x\"  <- a, b  a.t:3: path(\"do\")\n");
	expect(2, DIAG_PLAIN, "{\"do\":\"twice\"}\n",
	       " \n"
	       "  passed   a.t:2 plain for x.*, stage 1: it is late\n"
	       "  took     a.t:2 plain for x.*, stage 1\n"
	       "  passed   a.t:2 plain for x.*, stage 2: it is late\n"
	       "  took     a.t:2 plain for x.*, stage 2\n"
	       "  passed   a.t:2 plain for x.*, stage 2: it is late\n"
	       "  took     a.t:2 plain for x.*, stage 2\n"
	       "  plain\n"
	       "    do: \"twice\"  <- a, b  a.t:3: path(\"do\")\n"
	       "  plain\n"
	       "    do: \"twice\"  <- a, b  a.t:3: path(\"do\")\n");
}

static void colours_are_for_terminals(void **state)
{
	(void)state;
	expect(1, DIAG_COLOR, "{\"do\":\"drop\"}\n",
	       "\033[1m \033[0m\n  \033[2mdropped \033[0m a.t:2 plain for x.*: noise\n  dropped: noise\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_name_the_rows_that_wrote_them),
		cmocka_unit_test(a_function_writes_all_that_no_row_wrote),
		cmocka_unit_test(each_record_has_the_rows_of_its_own_stages),
		cmocka_unit_test(colours_are_for_terminals),
	};

	return cmocka_run_group_tests(tests, add_plugin, NULL);
}
