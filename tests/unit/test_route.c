/* test_route.c - core/route.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"
#include "route.h"

static void add(void *arg, const struct route *route)
{
	struct weir_buf *text = arg;

	route_put(route, text);
	weir_buf_putc(text, '\n');
}

static void add_json(void *arg, const struct route *route)
{
	route_put_json(route, arg);
}

static void expect_routes(const char *expected)
{
	struct weir_buf text = { 0 };

	assert_true(config_trial_said(""));
	assert_true(route_each(config, add, &text));
	assert_string_equal(weir_buf_text(&text), expected);
	weir_buf_finish(&text);
}

static void sources_of_one_chain_share_a_route(void **state)
{
	(void)state;
	config_trial_read(
		"state_dir: x\nsources: {a: {plugin: bare}, b: {plugin: bare}, c: {plugin: "
		"bare}}\n"
		"transforms: {n: {plugin: stamp, inputs: [a, b]}, e: {plugin: stamp, inputs: "
		"[n]}}\n"
		"sinks: {o: {plugin: lines, path: p}, q: {plugin: lines, path: q, inputs: "
		"[c, n]}}\n");
	expect_routes("c -> o: exactly once\n"
	              "a and b -> n -> e -> o: exactly once\n"
	              "c -> q: exactly once\n"
	              "a and b -> n -> q: exactly once\n");
}

static void many_sources_are_counted(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	weir_buf_puts(&text, "state_dir: x\nsinks: {o: {plugin: lines, path: p}}\nsources:\n");
	for (int i = 0; i < 2000; i++)
		weir_buf_printf(&text, "  s%d: {plugin: bare}\n", i);
	config_trial_read(weir_buf_text(&text));
	weir_buf_finish(&text);
	expect_routes("s0, s1, s2 and 1997 more -> o: exactly once\n");
}

static void routes_are_json_too(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	config_trial_read(
		"state_dir: x\nsources: {'a \"b\"': {plugin: bare}}\n"
		"transforms: {n: {plugin: stamp}}\nsinks: {o: {plugin: lines, path: p}}\n");
	assert_true(route_each(config, add_json, &text));
	assert_string_equal(weir_buf_text(&text),
	                    "{\"sources\": [\"a \\\"b\\\"\"], \"transforms\": "
	                    "[\"n\"], \"sink\": \"o\", \"delivery\": "
	                    "\"exactly once\"}");
	weir_buf_finish(&text);
}

/* Each layer doubles the number of ways. */
static void ways_without_end_are_cut(void **state)
{
	struct weir_buf text = { 0 }, routes = { 0 };

	(void)state;
	weir_buf_puts(&text, "state_dir: x\nsinks: {o: {plugin: lines, path: p}}\n"
	              "sources: {a0: {plugin: bare}, b0: {plugin: bare}}\ntransforms:\n");
	for (int i = 1; i < 20; i++)
		weir_buf_printf(&text, "  a%d: {plugin: stamp, inputs: [a%d, b%d]}\n"
		                "  b%d: {plugin: stamp, inputs: [a%d, b%d]}\n", i, i - 1, i - 1, i,
		                i - 1, i - 1);
	config_trial_read(weir_buf_text(&text));
	assert_true(config_trial_said(""));
	assert_false(route_each(config, add, &routes));
	weir_buf_finish(&text);
	weir_buf_finish(&routes);
}

static void deliveries_have_words(void **state)
{
	(void)state;
	assert_string_equal(delivery_name(WEIR_AT_LEAST_ONCE), "at least once");
	assert_string_equal(delivery_name(WEIR_EFFECTIVELY_ONCE), "effectively once");
	assert_non_null(strstr(delivery_reason(WEIR_EXACTLY_ONCE), "goes back"));
	assert_non_null(strstr(delivery_reason(WEIR_EFFECTIVELY_ONCE), "id"));
	assert_non_null(strstr(delivery_reason(WEIR_AT_LEAST_ONCE), "twice"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(sources_of_one_chain_share_a_route),
		CONFIG_TEST(many_sources_are_counted),
		CONFIG_TEST(routes_are_json_too),
		CONFIG_TEST(ways_without_end_are_cut),
		CONFIG_TEST(deliveries_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
