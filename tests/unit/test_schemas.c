/* test_schemas.c - core/schemas.c through its header, with a reader of its own.
 *
 * What the forms look like is seen with real schemas, in tests/rules/test_schemas.py.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <weir/rules.h>

#include "registry.h"
#include "schemas.h"

static const struct weir_option options[] = {
	{ "rules", WEIR_AT_PATHS(struct { const char *const *rules; }, rules), .doc = "Rule files." },
	{ "settings", WEIR_AT_MAP(struct { struct weir_value v; }, v), .doc = "Settings." },
	{ 0 },
};

static enum weir_status idle(void *self, struct weir_batch *b, struct weir_error *err)
{
	(void)self;
	(void)b;
	(void)err;
	return WEIR_OK;
}

/* Knows `signin`, and `broken`, which is wrong. */
static bool tell(const struct weir_schema_query *query, struct weir_arena *arena,
                 struct weir_value *told)
{
	struct weir_error err;

	if (!query->name)
		return weir_json_parse(arena, weir_bytes("[{\"name\":\"broken\",\"file\":\"b\"},"
		                                         "{\"name\":\"signin\",\"file\":\"s\"}]"),
		                       told, &err);
	if (strcmp(query->name, "broken") == 0) {
		weir_fail(&err, WEIR_E_CONFIG, "is broken");
		err.where = (struct weir_where){ .file = "b" };
		query->mistake(query->user, &err);
		return false;
	}
	assert_string_equal(query->folders[0], "/mine/schemas");
	assert_string_equal(query->folders[1], "/mine/../schemas");
	return weir_json_parse(arena, weir_bytes("{\"name\":\"signin\",\"doc\":\"who\"}"), told, &err);
}

static const struct weir_rules about = { .size = sizeof(struct weir_rules), .schema = tell };

static const struct weir_plugin plugin = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM,
	.name = "reader",
	.version = "1",
	.summary = "Reads schemas.",
	.options = options,
	.self_size = 64,
	.rule_suffix = ".r",
	.process = idle,
	.rules = &about,
};

struct trial {
	struct weir_arena *arena;
	struct diag *diag;
	const char *const *folders;
	struct weir_value v;
};

static int begin(void **state)
{
	static const char *const rules[] = { "/mine", NULL };
	static struct trial trial;

	trial = (struct trial){ weir_arena_create(), diag_create(), NULL, { 0 } };
	trial.folders = schemas_folders(trial.arena, rules);
	*state = &trial;
	return 0;
}

static int end(void **state)
{
	struct trial *t = *state;

	diag_destroy(t->diag);
	weir_arena_destroy(t->arena);
	registry_clear();
	return 0;
}

static int begin_with_reader(void **state)
{
	struct trial *t;

	begin(state);
	t = *state;
	return registry_add(&plugin, "reader.so", t->diag) ? 0 : -1;
}

static void expect_mistake(struct trial *t, const char *text)
{
	const struct weir_error *err = diag_at(t->diag, 0, NULL);

	assert_non_null(err);
	assert_non_null(strstr(err->text, text));
}

static void without_a_reader_it_says_so(void **state)
{
	struct trial *t = *state;

	assert_false(schemas_list(t->arena, t->folders, &t->v, t->diag));
	expect_mistake(t, "no plugin that reads schemas");
}

static void one_is_found_by_its_name(void **state)
{
	struct trial *t = *state;

	assert_true(schemas_get(t->arena, t->folders, "signin", &t->v, t->diag));
	assert_string_equal(schemas_member(t->arena, t->v, "doc"), "who");
	assert_string_equal(schemas_member(t->arena, t->v, "file"), "");
	assert_int_equal(diag_errors(t->diag), 0);
}

static void the_nearest_name_is_offered(void **state)
{
	struct trial *t = *state;

	assert_false(schemas_get(t->arena, t->folders, "singin", &t->v, t->diag));
	expect_mistake(t, "no schema 'singin'; did you mean signin?");
}

static void a_wrong_one_is_listed_and_reported(void **state)
{
	struct trial *t = *state;

	assert_true(schemas_list(t->arena, t->folders, &t->v, t->diag));
	assert_int_equal(weir_value_count(t->v), 2);
	assert_string_equal(schemas_member(t->arena, weir_value_at(t->v, 0), "doc"), "");
	assert_string_equal(schemas_member(t->arena, weir_value_at(t->v, 1), "doc"), "who");
	expect_mistake(t, "is broken");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_reader_it_says_so, begin, end),
		cmocka_unit_test_setup_teardown(one_is_found_by_its_name, begin_with_reader, end),
		cmocka_unit_test_setup_teardown(the_nearest_name_is_offered, begin_with_reader, end),
		cmocka_unit_test_setup_teardown(a_wrong_one_is_listed_and_reported, begin_with_reader, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
