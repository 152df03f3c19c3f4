/* test_dryrun.c - core/dryrun.c through its header, with a transform of its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "dryrun.h"
#include "registry.h"

struct picky {
	const char *const *rules;
	struct weir_value settings;
	const char *word;
};

static const struct weir_option options[] = {
	{ "rules", WEIR_AT_PATHS(struct picky, rules), .doc = "Rule files." },
	{ "settings", WEIR_AT_MAP(struct picky, settings), .doc = "Settings." },
	{ 0 },
};

static enum weir_status picky_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct picky *p = self;

	if (!weir_trial(ctx))
		return weir_fail(err, WEIR_E_CONFIG, "not a trial");
	if (!weir_is_absent(weir_value_get(p->settings, "bad")))
		return weir_fail(err, WEIR_E_CONFIG, "a bad setting");
	return WEIR_OK;
}

/* {"do":"drop"}, {"do":"reject"}, {"do":"twice"}; anything else becomes a record. */
static enum weir_status picky_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	(void)self;
	for (size_t i = 0, len = weir_batch_len(b); i < len; i++) {
		struct weir_value event = weir_batch_event(b, i), what = weir_value_get(event, "do");

		if (weir_value_is_text(what, "drop")) {
			weir_batch_drop(b, i, "asked for");
		} else if (weir_value_is_text(what, "reject")) {
			weir_fail(err, WEIR_E_DATA, "no good");
			weir_batch_reject(b, i, err);
		} else {
			weir_batch_set(b, i, "plain", event);
			if (weir_value_is_text(what, "twice"))
				weir_batch_add(b, i, "again", event);
		}
	}
	return WEIR_OK;
}

static const struct weir_plugin picky = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM,
	.name = "picky",
	.version = "1",
	.summary = "Does as it is told.",
	.options = options,
	.self_size = sizeof(struct picky),
	.rule_suffix = ".picky",
	.create = picky_create,
	.process = picky_process,
};

static const char *const rules[] = { "x.picky", NULL };

static int add_plugin(void **state)
{
	struct diag *diag = diag_create();
	bool fine = registry_add(&picky, "picky.so", diag);

	(void)state;
	diag_destroy(diag);
	return fine ? 0 : -1;
}

static void note(void *arg, const struct dryrun_outcome *outcome)
{
	struct weir_buf *said = arg;

	weir_buf_printf(said, "%zu ", outcome->event);
	switch (outcome->fate) {
	case DRYRUN_RECORD:
		weir_buf_printf(said, "%s %.*s\n", outcome->schema, (int)outcome->text.len,
		                outcome->text.data);
		break;
	case DRYRUN_DROPPED:
		weir_buf_printf(said, "dropped %s\n", outcome->cause);
		break;
	case DRYRUN_REJECTED:
		weir_buf_printf(said, "rejected %s\n", outcome->why->text);
		break;
	}
}

static struct dryrun *make(void)
{
	struct diag *diag = diag_create();
	struct dryrun *dryrun = dryrun_create(rules, (struct weir_value){ 0 }, diag);

	assert_non_null(dryrun);
	diag_destroy(diag);
	return dryrun;
}

static void every_event_has_its_outcome_in_order(void **state)
{
	struct dryrun *dryrun = make();
	struct weir_buf said = { 0 };
	struct weir_error err;

	(void)state;
	assert_true(dryrun_map(dryrun, WEIR_PAGE_LINES,
	                       weir_bytes("{\"do\":\"twice\"}\n{\"do\":\"drop\"}\n"
	                                  "{\"do\":\"reject\"}\n{}\n"), note, &said, &err));
	assert_string_equal(weir_buf_text(&said),
	                    "0 plain {\"do\":\"twice\"}\n0 again {\"do\":\"twice\"}\n"
	                    "1 dropped asked for\n2 rejected no good\n3 plain {}\n");
	weir_buf_finish(&said);
	dryrun_destroy(dryrun);
}

static void a_line_that_is_no_json_is_rejected_alone(void **state)
{
	struct dryrun *dryrun = make();
	struct weir_buf said = { 0 };
	struct weir_error err;

	(void)state;
	assert_true(dryrun_map(dryrun, WEIR_PAGE_LINES, weir_bytes("{}\n{oops}\n{}\n"), note,
	                       &said, &err));
	assert_non_null(strstr(weir_buf_text(&said), "0 plain {}\n1 rejected "));
	assert_non_null(strstr(weir_buf_text(&said), "\n2 plain {}\n"));
	weir_buf_finish(&said);
	dryrun_destroy(dryrun);
}

static void an_array_that_is_no_json_is_refused_whole(void **state)
{
	struct dryrun *dryrun = make();
	struct weir_buf said = { 0 };
	struct weir_error err;

	(void)state;
	assert_false(dryrun_map(dryrun, WEIR_PAGE_ARRAY, weir_bytes("[{},{]"), note, &said, &err));
	assert_int_equal(err.code, WEIR_E_DATA);
	assert_int_equal(said.len, 0);
	weir_buf_finish(&said);
	dryrun_destroy(dryrun);
}

static void what_create_refuses_is_reported(void **state)
{
	struct diag *diag = diag_create();
	struct weir_arena *arena = weir_arena_create();
	struct weir_value settings = weir_make_object(arena, 1);

	(void)state;
	weir_object_put(arena, settings, weir_bytes("bad"), weir_make_bool(true));
	assert_null(dryrun_create(rules, settings, diag));
	assert_int_equal(diag_errors(diag), 1);
	weir_arena_destroy(arena);
	diag_destroy(diag);
}

static void a_folder_without_rules_is_named(void **state)
{
	static const char *const none[] = { "/nowhere", NULL };
	struct diag *diag = diag_create();

	(void)state;
	assert_null(dryrun_create(none, (struct weir_value){ 0 }, diag));
	assert_int_equal(diag_errors(diag), 1);
	diag_destroy(diag);
	dryrun_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_has_its_outcome_in_order),
		cmocka_unit_test(a_line_that_is_no_json_is_rejected_alone),
		cmocka_unit_test(an_array_that_is_no_json_is_refused_whole),
		cmocka_unit_test(what_create_refuses_is_reported),
		cmocka_unit_test(a_folder_without_rules_is_named),
	};

	return cmocka_run_group_tests(tests, add_plugin, NULL);
}
