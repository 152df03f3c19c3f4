/* test_routes.c - core/routes.c through its header. What real rules say: tests/rules/test_routes.py.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "routes.h"
#include "telling.h"

static struct catalogue_type types[] = { { "never", "1", "a" }, { "other", "1", "b" } };
static const struct catalogue catalogue = { types, WEIR_COUNT(types) };

/* The rules of telling.h say the same of each type: x.*, then three with a condition. */
static void steps_end_at_the_one_that_takes_all(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct dryrun *dryrun = telling_dryrun();
	struct weir_buf text = { 0 };
	struct routes routes;

	(void)state;
	routes_find(dryrun, &catalogue, arena, &routes);
	assert_int_equal(routes.count, 2);
	assert_int_equal(routes.types[0].step_count, 4);
	assert_int_equal(routes.types[0].by, ROUTE_PREFIX);
	route_put_schemas(&routes.types[0], &text);
	assert_string_equal(weir_buf_text(&text), "plain");
	assert_true(route_has_schema(&routes.types[1], "plain"));
	assert_false(route_has_schema(&routes.types[1], "nowhere"));
	text.len = 0;
	route_put_why(&routes.types[0], &text);
	assert_non_null(strstr(weir_buf_text(&text), "prefix x.*"));
	assert_non_null(strstr(weir_buf_text(&text), "plain if [\"k\"] = { \"v\" }"));
	/* "never" is in the catalogue, "nor.this" is told twice. */
	assert_int_equal(routes.stranger_count, 1);
	assert_string_equal(routes.strangers[0], "nor.this");
	weir_buf_finish(&text);
	dryrun_destroy(dryrun);
	weir_arena_destroy(arena);
}

static void what_no_rule_takes_goes_nowhere(void **state)
{
	const struct type_route route = { &types[0], ROUTE_NOWHERE, NULL, 0 };
	struct weir_buf text = { 0 };

	(void)state;
	route_put_schemas(&route, &text);
	assert_string_equal(weir_buf_text(&text), "nowhere");
	assert_true(route_has_schema(&route, "nowhere"));
	text.len = 0;
	route_put_why(&route, &text);
	assert_string_equal(weir_buf_text(&text), "no rule takes it");
	weir_buf_finish(&text);
}

static void a_schema_is_named_once_and_a_drop_as_such(void **state)
{
	struct route_step steps[] = {
		{ .schema = "auth", .named = "a", .conditions = "[x] = present" },
		{ .schema = "auth", .named = "a", .conditions = "[y] = present" },
		{ .drop = "noise", .named = "a.*", .conditions = "", .always = true },
	};
	const struct type_route route = { &types[0], ROUTE_NAME, steps, 3 };
	struct weir_buf text = { 0 };

	(void)state;
	route_put_schemas(&route, &text);
	assert_string_equal(weir_buf_text(&text), "auth or nowhere");
	text.len = 0;
	route_put_why(&route, &text);
	assert_string_equal(weir_buf_text(&text),
	                    "by name; auth if [x] = present; auth if [y] = present");
	weir_buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_end_at_the_one_that_takes_all),
		cmocka_unit_test(what_no_rule_takes_goes_nowhere),
		cmocka_unit_test(a_schema_is_named_once_and_a_drop_as_such),
	};

	return cmocka_run_group_tests(tests, telling_add, NULL);
}
