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
#include "telling.h"

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
	struct dryrun *dryrun = telling_dryrun();
	struct said said = { explain_create(color), { 0 } };
	struct weir_error err;

	assert_true(explain_listen(said.explain, dryrun));
	for (size_t i = 1; i < stages; i++) {
		struct dryrun *stage = telling_dryrun();

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
	       "  passed   x.t:2 plain for x.*: it is late\n"
	       "  took     x.t:2 plain for x.*\n"
	       "  plain\n"
	       "    eventType: \"x.y\"\n"
	       "    uuid: \"1\"\n"
	       "    list[].x.y: [1,2]  <- a, b  x.t:4: all(\"list\")\n"
	       "    in.base: true  <- base value  s.yaml:9: {raw}\n"
	       "an event without eventType and uuid\n"
	       "  dropped  x.t:2 plain for x.*: noise\n"
	       "  dropped: noise\n");
}

static void a_function_writes_all_that_no_row_wrote(void **state)
{
	(void)state;
	expect(1, DIAG_PLAIN, "{\"do\":\"whole\"}\n",
	       "an event without eventType and uuid\n"
	       "  passed   x.t:2 plain for x.*: it is late\n"
	       "  took     x.t:2 plain for x.*\n"
	       "  plain\n"
	       "    do: \"whole\"  <- function()  x.t:5: function 1 of x.t:5\n");
}

static void each_record_has_the_rows_of_its_own_stages(void **state)
{
	(void)state;
	expect(2, DIAG_PLAIN, "{\"do\":\"x\"}\n",
	       "an event without eventType and uuid\n"
	       "  passed   x.t:2 plain for x.*, stage 1: it is late\n"
	       "  took     x.t:2 plain for x.*, stage 1\n"
	       "  plain\n"
	       "    do: \"x\"  <- a, b  x.t:3: path(\"do\")\n");
	expect(2, DIAG_PLAIN, "{\"do\":\"twice\"}\n",
	       "an event without eventType and uuid\n"
	       "  passed   x.t:2 plain for x.*, stage 1: it is late\n"
	       "  took     x.t:2 plain for x.*, stage 1\n"
	       "  passed   x.t:2 plain for x.*, stage 2: it is late\n"
	       "  took     x.t:2 plain for x.*, stage 2\n"
	       "  passed   x.t:2 plain for x.*, stage 2: it is late\n"
	       "  took     x.t:2 plain for x.*, stage 2\n"
	       "  plain\n"
	       "    do: \"twice\"  <- a, b  x.t:3: path(\"do\")\n"
	       "  plain\n"
	       "    do: \"twice\"  <- a, b  x.t:3: path(\"do\")\n");
}

static void colours_are_for_terminals(void **state)
{
	(void)state;
	expect(1, DIAG_COLOR, "{\"do\":\"drop\"}\n",
	       "\033[1man event without eventType and uuid\033[0m\n  \033[2mdropped \033[0m x.t:2 plain for x.*: noise\n  dropped: noise\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_name_the_rows_that_wrote_them),
		cmocka_unit_test(a_function_writes_all_that_no_row_wrote),
		cmocka_unit_test(each_record_has_the_rows_of_its_own_stages),
		cmocka_unit_test(colours_are_for_terminals),
	};

	return cmocka_run_group_tests(tests, telling_add, NULL);
}
