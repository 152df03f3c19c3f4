/* test_yaml.c - core/yaml.c through tree.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree_trial.h"

static struct tree *parse(const char *text)
{
	return yaml_parse(arena, "t", weir_bytes(text), diag);
}

static void expect_said(const char *expected)
{
	char *said = trial_said(diag);

	assert_string_equal(said, expected);
	weir_free(said);
}

/* text is refused with this. */
static void expect_refused(const char *text, const char *expected)
{
	parse(text);
	expect_said(expected);
	diag_destroy(diag);
	diag = diag_create();
}

static void expect_where(const struct tree *tree, int line, int column, int width)
{
	assert_string_equal(tree->where.file, "t");
	assert_int_equal(tree->where.line, line);
	assert_int_equal(tree->where.column, column);
	assert_int_equal(tree->where.width, width);
}

static void every_word_has_its_place(void **state)
{
	struct tree *tree = parse("a: xyz\nb:\n  c: ['1', \xc3\xa9t, \"q\\t\"]\n");

	(void)state;
	assert_non_null(tree);
	expect_where(tree_get(tree, "a"), 1, 4, 3);
	expect_where(tree_find(tree, "b.c[0]"), 3, 7, 3);
	expect_where(tree_find(tree, "b.c[1]"), 3, 12, 2);
	expect_where(tree_find(tree, "b.c[2]"), 3, 16, 5);
	assert_string_equal(tree_find(tree, "b.c[2]")->text, "q\t");
	assert_int_equal(tree_member(tree, "b")->where.line, 2);
	assert_int_equal(tree_member(tree, "b")->where.width, 1);
	expect_said("");
}

static void quotes_make_text(void **state)
{
	struct tree *tree = parse("[1, '1', true, \"true\", null, 'null', , no, 1e3, |\n  x\n ]");

	(void)state;
	assert_null(tree);
	tree = parse("[1, '1', true, \"true\", null, 'null', no, 1e3]");
	assert_non_null(tree);
	assert_int_equal(tree->items[0]->kind, WEIR_NUMBER);
	assert_int_equal(tree->items[1]->kind, WEIR_TEXT);
	assert_int_equal(tree->items[2]->kind, WEIR_BOOLEAN);
	assert_int_equal(tree->items[3]->kind, WEIR_TEXT);
	assert_int_equal(tree->items[4]->kind, WEIR_NULL);
	assert_int_equal(tree->items[5]->kind, WEIR_TEXT);
	assert_int_equal(tree->items[6]->kind, WEIR_TEXT);
	assert_int_equal(tree->items[7]->kind, WEIR_NUMBER);
}

static void expect_kind(const char *text, enum weir_kind_of_value kind)
{
	struct tree *tree = parse(text);

	assert_non_null(tree);
	assert_int_equal(tree->kind, kind);
}

static void an_empty_file_is_nothing(void **state)
{
	(void)state;
	expect_kind("", WEIR_NULL);
	expect_kind("# only a comment\n", WEIR_NULL);
	expect_kind("\xef\xbb\xbf" "a: 1", WEIR_OBJECT);
	expect_said("");
}

static void what_yaml_allows_and_weir_does_not(void **state)
{
	(void)state;
	expect_refused("a: 1\nb: 2\na: 3\n", "t:3:1: a: is given twice; the first is in line 1\n");
	expect_refused("a: !env X\n", "t:1:4: tags such as !env are not taken; leave it out, and "
	               "quote the value if it must be text\n");
	expect_refused("? [a]\n: 1\n", "t:1:3: a key must be a single word\n");
	expect_refused("a: &x {b: 1}\nc:\n  <<: *x\n", "t:3:3: merge keys are not taken; write the "
	               "keys out, or lay a second file over this one with -c\n");
	expect_refused("a: 1\n---\nb: 2\n", "t:2:1: a second document; write one file for each\n");
	expect_refused("a: \"x\\0y\"\n", "t:1:4: holds a NUL character\n");
	expect_refused("a: *x\n", "t:1:4: no anchor &x before this; quote '*x' if it is a "
	               "pattern\n");
	expect_refused("&x a: 1\n", "t:1:1: a key takes no anchor and no tag\n");
}

static void all_of_them_are_found_at_once(void **state)
{
	(void)state;
	expect_refused("a: !x 1\nb: *y\na: 2\nc: [\n",
	               "t:1:4: tags such as !x are not taken; leave it out, and quote the value if "
	               "it must be text\n"
	               "t:2:4: no anchor &y before this; quote '*y' if it is a pattern\n"
	               "t:5:1: no value here; put quotes around one that starts with this "
	               "character\n");
}

static void an_alias_shares_its_anchor(void **state)
{
	struct tree *tree = parse("a: &x [1, 2]\nb: *x\n");

	(void)state;
	assert_non_null(tree);
	assert_ptr_equal(tree_get(tree, "a"), tree_get(tree, "b"));
	expect_said("");
}

static void an_anchor_does_not_hold_itself(void **state)
{
	(void)state;
	expect_refused("a: &x [*x]\n", "t:1:8: no anchor &x before this; quote '*x' if it is a "
	               "pattern\n");
}

static void aliases_cannot_multiply_without_end(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	weir_buf_puts(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++) {
		weir_buf_printf(&text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			weir_buf_printf(&text, "%s*a%d", k ? ", " : "", i - 1);
		weir_buf_puts(&text, "]\n");
	}
	assert_null(parse(weir_buf_text(&text)));
	assert_int_equal(diag_errors(diag), 1);
	assert_non_null(strstr(diag_at(diag, 0, NULL)->text, "counting what aliases repeat"));
	weir_buf_finish(&text);
}

static void depth_is_limited(void **state)
{
	char text[600];

	(void)state;
	memset(text, '[', 500);
	text[500] = '\0';
	assert_null(parse(text));
	expect_said("t:1:65: nested more than 64 levels deep\n");
}

static void bytes_that_are_no_text_have_a_place(void **state)
{
	(void)state;
	expect_refused("a: 1\nb: \xff\n", "t:2:4: not UTF-8; save it as UTF-8\n");
	expect_refused("a: 1\nb: \x01\n",
	               "t:2:4: a control character; in double quotes write it as "
	               "an escape, such as \\x1b\n");
}

static void values_are_read_for_rules_too(void **state)
{
	struct weir_value v;
	struct weir_error err;
	int64_t number;
	int line, column;
	const char *file;

	(void)state;
	trial_setup(NULL);
	file = trial_file("s.yaml", "fields:\n  x: {type: 7}\n");
	assert_true(weir_yaml_read(arena, file, &v, &err));
	v = weir_value_get(weir_value_get(weir_value_get(v, "fields"), "x"), "type");
	assert_true(weir_value_int(v, &number));
	assert_int_equal(number, 7);
	assert_true(weir_value_place(v, &line, &column));
	assert_int_equal(line, 2);
	assert_int_equal(column, 13);
	file = trial_file("s.yaml", "a: 1\na: 2\n");
	assert_false(weir_yaml_read(arena, file, &v, &err));
	assert_non_null(err.where.file);
	assert_string_equal(err.where.file, file);
	assert_int_equal(err.where.line, 2);
	assert_int_equal(err.where.column, 1);
	assert_false(weir_yaml_read(arena, trial_path("none"), &v, &err));
	assert_non_null(strstr(err.text, "No such file"));
	trial_teardown(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_word_has_its_place),
		TEST(quotes_make_text),
		TEST(an_empty_file_is_nothing),
		TEST(what_yaml_allows_and_weir_does_not),
		TEST(all_of_them_are_found_at_once),
		TEST(an_alias_shares_its_anchor),
		TEST(an_anchor_does_not_hold_itself),
		TEST(aliases_cannot_multiply_without_end),
		TEST(depth_is_limited),
		TEST(bytes_that_are_no_text_have_a_place),
		TEST(values_are_read_for_rules_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
