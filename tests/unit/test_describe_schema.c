/* test_describe_schema.c - core/describe_schema.c through describe.h. That it takes what weir
 * takes is tried by tests/house/test_schema.py.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"
#include "describe.h"

static struct weir_value get(struct weir_value v, const char *a, const char *b, const char *c)
{
	v = weir_value_get(weir_value_get(v, a), b);
	return c ? weir_value_get(v, c) : v;
}

static void every_option_of_the_core_is_a_property(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value schema = describe_schema(arena);
	struct weir_value properties = weir_value_get(schema, "properties");
	bool yes = true;

	(void)state;
	for (const struct weir_option *row = config_core_rows(); row->name; row++)
		assert_false(weir_is_absent(weir_value_get(properties, row->name)));
	assert_false(weir_is_absent(get(properties, "sinks", "additionalProperties", "allOf")));
	assert_true(weir_value_bool(weir_value_get(schema, "additionalProperties"), &yes));
	assert_false(yes);
	weir_arena_destroy(arena);
}

static void each_plugin_is_a_case(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value cases = get(weir_value_get(describe_schema(arena), "properties"),
	                              "sources", "additionalProperties", "allOf");
	struct weir_value body;

	(void)state;
	assert_int_equal(weir_value_count(cases), 2);
	body = get(weir_value_at(cases, 1), "then", "properties", NULL);
	for (const struct weir_option *row = sample_options; row->name; row++)
		assert_false(weir_is_absent(weir_value_get(body, row->name)));
	assert_true(weir_is_absent(weir_value_get(body, "inputs")));
	assert_true(weir_value_is_text(
		weir_value_at(get(weir_value_at(cases, 1), "then", "required", NULL), 0), "text"));
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(every_option_of_the_core_is_a_property),
		CONFIG_TEST(each_plugin_is_a_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
