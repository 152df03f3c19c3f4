/* test_yaml_explain.c - core/yaml_explain.c through the parser that complains.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trial.h"
#include "tree.h"
#include "yaml_explain.h"

static const struct {
	const char *yaml, *said;
} cases[] = {
	{ "a: b: c\n", "t:1:5: a ':' where none can be; put quotes around a value that holds ': ', "
	               "and check the indentation\n" },
	{ "a:\n  b: 1\n c: 2\n", "t:3:2: no key here, where one must be; the keys of the map from "
	                         "line 1 start in one column\n" },
	{ "a: 1\nb\nc: 2\n", "t:2:1: no ':' behind this key; write it as key: value\n" },
	{ "a:\n\tb: 1\n", "t:2:1: a tab; indent with spaces\n" },
	{ "a: @b\n", "t:1:4: no value can start with '@'; put quotes around it\n" },
	{ "a: %b\n", "t:1:4: no value can start with '%'; put quotes around it\n" },
	{ "a: [*, b]\n", "t:1:5: '*' starts an alias in YAML; put quotes around a pattern, as in "
	                 "'*'\n" },
	{ "a: *\n",
	  "t:1:4: '*' starts an alias in YAML; put quotes around a pattern, as in '*'\n" },
	{ "a: & b\n", "t:1:4: '&' starts an anchor in YAML; put quotes around the value\n" },
	{ "a: \"b\n", "t:1:4: this quote is never closed\n" },
	{ "a: 'b\nc: d\n", "t:1:4: this quote is never closed\n" },
	{ "a: \"C:\\dir\"\n", "t:1:7: no such escape; write \\\\ for a backslash, or use single "
	                      "quotes\n" },
	{ "a: \"\\xg1\"\n", "t:1:7: not enough hexadecimal digits behind the backslash\n" },
	{ "a: [b\nc: d\n", "t:2:2: no ',' or ']' here, though the '[' of line 1 is open\n" },
	{ "a: {b: c\nd: e}\n", "t:2:2: no ',' or '}' here, though the '{' of line 1 is open; put quotes "
	                     "around a value that holds any of { } [ ] ,\n" },
	{ "a: - b\n", "t:1:4: an item of a list where none can be; start it on a new line\n" },
	{ "a:\n  - b\n  c: d\n",
	  "t:3:3: no '-' here; the items of the list from line 2 start in one "
	  "column\n" },
	{ "a: !x!y z\n", "t:1:4: '!' starts a tag in YAML; put quotes around the value\n" },
	{ "[a]\nb: c\n", "t:2:1: the value ended before this; check the indentation\n" },
	{ "a: [${B}]\n", NULL },
};

static void every_complaint_says_what_to_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_arena *arena = weir_arena_create();
		struct diag *diag = diag_create();
		char *said;

		yaml_parse(arena, "t", weir_bytes(cases[i].yaml), diag);
		said = trial_said(diag);
		if (cases[i].said)
			assert_string_equal(said, cases[i].said);
		else
			assert_true(diag_errors(diag) > 0);
		weir_free(said);
		diag_destroy(diag);
		weir_arena_destroy(arena);
	}
}

static void an_unknown_complaint_is_passed_on(void **state)
{
	const struct yaml_complaint complaint = { .problem = "found something new", .line = 3,
		                                  .column = 4 };
	const struct yaml_complaint nothing = { .line = 1, .column = 1 };
	struct weir_error err;

	(void)state;
	yaml_explain(&complaint, weir_bytes("a\nb\nc: d\n"), &err);
	assert_string_equal(err.text, "not YAML: found something new");
	assert_int_equal(err.where.line, 3);
	assert_int_equal(err.where.column, 4);
	yaml_explain(&nothing, weir_bytes(""), &err);
	assert_string_equal(err.text, "not YAML: unknown problem");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_complaint_says_what_to_write),
		cmocka_unit_test(an_unknown_complaint_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
