/* test_describe_json.c - core/describe_json.c through describe.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"
#include "describe.h"

static void a_plugin_has_all_its_rows(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf json = { 0 };

	(void)state;
	weir_value_render(describe_json(arena, &sample_sink), &json);
	assert_string_equal(weir_buf_text(&json),
		"{\"kind\":\"sink\",\"name\":\"lines\",\"version\":\"1.0.0\",\"summary\":\"Writes "
		"records.\",\"delivery\":\"exactly once\",\"options\":[{\"name\":\"path\",\"type\":"
		"\"path\",\"required\":true,\"doc\":\"Where to write.\"}],\"metrics\":[]}");
	weir_buf_finish(&json);
	weir_value_render(describe_json(arena, &sample_source), &json);
	weir_buf_text(&json);
	assert_non_null(strstr(json.data,
	                       "{\"name\":\"choice\",\"type\":\"choice\",\"required\":false,"
	                       "\"default\":\"auto\",\"choices\":[\"auto\",\"required\","
	                       "\"off\"],\"doc\":\"Whether | or not.\"}"));
	assert_non_null(strstr(json.data, "\"range\":\"1 to 10\""));
	assert_non_null(strstr(json.data, "{\"name\":\"open\",\"type\":\"gauge\",\"doc\":\"What is "
	                                  "open.\"}"));
	weir_buf_finish(&json);
	weir_arena_destroy(arena);
}

static void all_of_them_come_with_the_core(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value all = describe_json(arena, NULL);

	(void)state;
	assert_int_equal(weir_value_count(weir_value_get(all, "plugins")), 4);
	assert_true(
		weir_value_is_text(weir_value_get(weir_value_get(all, "core"), "kind"), "core"));
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(a_plugin_has_all_its_rows),
		CONFIG_TEST(all_of_them_come_with_the_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
