/* test_example.c - core/example.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "example.h"
#include "scratch.h"
#include "telling.h"

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_true(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void count(void *arg, const struct dryrun_outcome *outcome)
{
	(void)outcome;
	++*(int *)arg;
}

/* Events, what is expected of them (NULL: accept), and what is said when they fail. */
static void check(const char *dir, const char *events, const char *expected, const char *said)
{
	char *in = scratch_path(dir, "in"), *out = scratch_path(dir, "out");
	const struct golden golden = { .in = in, .out = out };
	struct weir_arena *arena = weir_arena_create();
	struct dryrun *dryrun = telling_dryrun();
	struct weir_buf text = { 0 }, relative = { 0 };
	int seen = 0;
	const struct example example = { .golden = &golden, .write = !expected, .arena = arena,
		                         .seen = count, .arg = &seen };

	put(in, events);
	if (expected)
		put(out, expected);
	assert_int_equal(example_run(&example, dryrun, &text), !*said);
	assert_int_equal(seen, 4);
	for (const char *p = weir_buf_text(&text); *p;) {
		if (strncmp(p, dir, strlen(dir)) == 0)
			p += strlen(dir) + 1;
		weir_buf_putc(&relative, *p++);
	}
	assert_string_equal(weir_buf_text(&relative), said);
	weir_buf_finish(&text);
	weir_buf_finish(&relative);
	dryrun_destroy(dryrun);
	weir_arena_destroy(arena);
	weir_free(in);
	weir_free(out);
}

static const char events[] = "{\"eventType\":\"x\",\"uuid\":\"1\",\"n\":1}\n\n{\"do\":\"drop\"}\n"
                             "{\"uuid\":\"2\",\"n\":2}\n{\"uuid\":\"3\",\"n\":3}\n";

static void what_is_accepted_passes(void **state)
{
	check(*state, events, NULL, "");
	check(*state, events, "{\"n\":1,\"eventType\":\"x\",\"uuid\":\"1\"}\n{\"uuid\":\"2\",\"n\":2.0}\n"
	                      "{\"uuid\":\"3\",\"n\":3}\n", "");
}

static void a_difference_names_both_lines_the_event_and_the_field(void **state)
{
	check(*state, events, "{\"eventType\":\"x\",\"uuid\":\"1\",\"n\":1}\n{\"uuid\":\"2\",\"n\":9}\n"
	                      "{\"uuid\":\"3\",\"n\":3}\n",
	      "  out:2 of 2 (in:4)\n    - n: 9\n    + n: 2\n");
}

static void one_record_more_or_less_is_one_difference(void **state)
{
	check(*state, events, "{\"uuid\":\"2\",\"n\":2}\n{\"uuid\":\"3\",\"n\":3}\n",
	      "  a record too many of x 1 (in:1)\n    + {\"eventType\":\"x\",\"uuid\":\"1\",\"n\":1}\n");
	check(*state, events, "{\"eventType\":\"x\",\"uuid\":\"1\",\"n\":1}\n{\"dropped\":1}\n"
	                      "{\"uuid\":\"2\",\"n\":2}\n{\"uuid\":\"3\",\"n\":3}\n",
	      "  out:2 is missing\n    - {\"dropped\":1}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_accepted_passes, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_difference_names_both_lines_the_event_and_the_field,
		                                scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(one_record_more_or_less_is_one_difference, scratch_setup,
		                                scratch_teardown),
	};

	return cmocka_run_group_tests(tests, telling_add, NULL);
}
