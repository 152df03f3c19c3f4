/* test_coverage.c - core/coverage.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "coverage.h"
#include "telling.h"

static void see(void *arg, const struct dryrun_outcome *outcome)
{
	coverage_see(arg, outcome);
}

static struct coverage *covered(const struct golden_folder *folder, const char *events)
{
	struct coverage *coverage = coverage_create(folder);
	struct dryrun *dryrun = telling_dryrun();
	struct weir_error err;

	assert_true(coverage_listen(coverage, dryrun));
	assert_true(dryrun_map(dryrun, WEIR_PAGE_LINES, weir_bytes(events), see, coverage, &err));
	dryrun_destroy(dryrun);
	return coverage;
}

static const char *names[] = { "x.t" };
static const struct golden_folder folder = { .path = "mine", .rules = names, .rule_count = 1 };

static void what_never_happened_is_listed(void **state)
{
	struct coverage *coverage = covered(&folder, "{\"do\":\"x\"}\n{\"do\":\"drop\"}\n");
	struct weir_buf text = { 0 };

	(void)state;
	coverage_text(coverage, &text);
	assert_string_equal(weir_buf_text(&text),
	                    "coverage of mine by 1 example\n"
	                    "  rows      2 of 3 wrote a value; the others:\n"
	                    "    x.t:5: . = function 1 of x.t:5\n"
	                    "  types     1 of 3 were taken by their rule; the others:\n"
	                    "    x.t:7: never, nor.this\n"
	                    "  required  0 of 0 were set\n"
	                    "  fields    0 of 0 were set\n"
	                    "  functions slow path, these run for each event:\n"
	                    "    x.t: up to 2 an event: line 5 for the whole record, in conditions\n");
	assert_int_equal(coverage_percent(coverage), 66);
	weir_buf_finish(&text);
	coverage_destroy(coverage);
}

static void programs_get_the_same(void **state)
{
	struct coverage *coverage = covered(&folder, "{\"do\":\"whole\"}\n");
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf json = { 0 };
	struct weir_value v, never;
	struct weir_error err;
	int64_t hit;

	(void)state;
	coverage_json(coverage, &json);
	assert_true(weir_json_parse(arena, weir_bytes(weir_buf_text(&json)), &v, &err));
	assert_true(weir_value_int(weir_value_get(weir_value_get(v, "rows"), "hit"), &hit));
	assert_int_equal(hit, 1);
	never = weir_value_get(weir_value_get(v, "types"), "never");
	assert_int_equal(weir_value_count(never), 2);
	assert_true(weir_value_is_text(weir_value_get(weir_value_at(never, 1), "type"), "nor.this"));
	assert_int_equal(weir_value_count(weir_value_get(weir_value_get(v, "functions"), "rows")), 1);
	weir_buf_finish(&json);
	weir_arena_destroy(arena);
	coverage_destroy(coverage);
}

static void rules_that_were_not_asked_for_do_not_count(void **state)
{
	static const char *none[] = { "y.t" };
	static const struct golden_folder other = { .path = "mine", .rules = none, .rule_count = 1 };
	struct coverage *coverage = covered(&other, "{\"do\":\"x\"}\n");
	struct weir_buf text = { 0 };

	(void)state;
	coverage_text(coverage, &text);
	assert_non_null(strstr(weir_buf_text(&text), "  rows      0 of 0 wrote a value\n  types     0 of 0"));
	assert_int_equal(coverage_percent(coverage), 100);
	weir_buf_finish(&text);
	coverage_destroy(coverage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_never_happened_is_listed),
		cmocka_unit_test(programs_get_the_same),
		cmocka_unit_test(rules_that_were_not_asked_for_do_not_count),
	};

	return cmocka_run_group_tests(tests, telling_add, NULL);
}
