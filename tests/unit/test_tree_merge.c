/* test_tree_merge.c - core/tree_merge.c through tree.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree_trial.h"

static struct tree *parse(const char *name, const char *text)
{
	struct tree *tree = yaml_parse(arena, name, weir_bytes(text), diag);

	assert_non_null(tree);
	return tree;
}

static void expect_merged(const char *base, const char *over, const char *result)
{
	struct tree *before = parse("base", base);
	const struct tree *merged = tree_merge(arena, before, parse("over", over), diag);

	assert_true(tree_same(merged, parse("result", result)));
	assert_true(tree_same(before, parse("base", base)));
}

static void maps_merge_by_key_and_all_else_is_replaced(void **state)
{
	(void)state;
	expect_merged("{a: 1, b: {c: 2, d: 3}}", "{b: {d: 4, e: 5}, f: 6}",
	              "{a: 1, b: {c: 2, d: 4, e: 5}, f: 6}");
	expect_merged("{a: [1, 2]}", "{a: [3]}", "{a: [3]}");
	expect_merged("{a: {b: 1}}", "{a: 2}", "{a: 2}");
	expect_merged("{a: 1}", "{a: {b: 1}}", "{a: {b: 1}}");
	assert_int_equal(diag_warnings(diag), 0);
}

static void null_removes(void **state)
{
	(void)state;
	expect_merged("{a: 1, b: {c: 2, d: 3}, e: 4}", "{a: ~, b: {c: null}}", "{b: {d: 3}, e: 4}");
	assert_int_equal(diag_warnings(diag), 0);
}

static void a_null_that_removes_nothing_is_suspect(void **state)
{
	char *said;

	(void)state;
	expect_merged("{a: 1}", "{b: null}", "{a: 1}");
	said = trial_said(diag);
	assert_string_equal(said,
	                    "warning: over:1:2: b: null removes nothing here: no earlier file "
	                    "has it\n");
	weir_free(said);
}

static void each_value_keeps_its_own_file(void **state)
{
	const struct tree *merged;

	(void)state;
	merged =
		tree_merge(arena, parse("base", "a: 1\nb: 2\n"), parse("over", "\n\nb: 3\n"), diag);
	assert_string_equal(tree_get(merged, "a")->where.file, "base");
	assert_string_equal(tree_get(merged, "b")->where.file, "over");
	assert_int_equal(tree_member(merged, "b")->where.line, 3);
}

/* ---- variables ---- */

static const char *lookup(const char *name)
{
	if (strcmp(name, "A") == 0)
		return "one";
	if (strcmp(name, "EMPTY") == 0)
		return "";
	return strcmp(name, "NESTED") == 0 ? "${A}" : NULL;
}

static void expect_expanded(const char *text, const char *result)
{
	struct tree *tree = parse("t", text);

	assert_true(tree_expand(arena, tree, "", lookup, diag));
	assert_string_equal(tree_get(tree, "a")->text, result);
}

static void variables_are_put_in(void **state)
{
	(void)state;
	expect_expanded("a: ${A}", "one");
	expect_expanded("a: x${A}y${A}z", "xoneyonez");
	expect_expanded("a: ${B:-two}", "two");
	expect_expanded("a: ${A:-two}", "one");
	expect_expanded("a: ${B:-}", "");
	expect_expanded("a: ${EMPTY:-two}", "two");
	expect_expanded("a: '${EMPTY}'", "");
	expect_expanded("a: ${NESTED}", "${A}");
	expect_expanded("a: $${A}", "${A}");
	expect_expanded("a: $A$$5 $", "$A$$5 $");
}

static void keys_are_left_alone(void **state)
{
	struct tree *tree = parse("t", "a: &x ${A}\n'${A}': *x\n");

	(void)state;
	assert_true(tree_expand(arena, tree, "", lookup, diag));
	assert_string_equal(tree_get(tree, "${A}")->text, "one");
	assert_string_equal(tree_get(tree, "${A}")->written, "${A}");
}

static void the_kind_follows_the_text(void **state)
{
	struct tree *tree = parse("t", "[ '${N:-12}', \"x\" ]");

	(void)state;
	tree_expand(arena, tree, "", lookup, diag);
	assert_int_equal(tree->items[0]->kind, WEIR_TEXT);
	tree = parse("t", "a: ${N:-12}");
	tree_expand(arena, tree, "", lookup, diag);
	assert_int_equal(tree_get(tree, "a")->kind, WEIR_NUMBER);
	tree = parse("t", "a: ${EMPTY}");
	tree_expand(arena, tree, "", lookup, diag);
	assert_int_equal(tree_get(tree, "a")->kind, WEIR_TEXT);
}

static void mistakes_in_variables_have_a_place_and_a_path(void **state)
{
	struct tree *tree = parse("t", "a:\n  b: [x, '${NO}']\nc: x${A\nd: ${1}\ne: ${A:+x}\n");
	char *said;

	(void)state;
	assert_false(tree_expand(arena, tree, "", lookup, diag));
	said = trial_said(diag);
	assert_string_equal(said,
		"t:2:10: a.b[1]: environment variable NO is not set; set it, or write "
		"${NO:-default}\n"
		"t:3:4: c: ${ has no }; write ${NAME}, or $${ for the characters themselves\n"
		"t:4:4: d: not a variable; write ${NAME} or ${NAME:-default}\n"
		"t:5:4: e: not a variable; write ${NAME} or ${NAME:-default}\n");
	weir_free(said);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(maps_merge_by_key_and_all_else_is_replaced),
		TEST(null_removes),
		TEST(a_null_that_removes_nothing_is_suspect),
		TEST(each_value_keeps_its_own_file),
		TEST(variables_are_put_in),
		TEST(keys_are_left_alone),
		TEST(the_kind_follows_the_text),
		TEST(mistakes_in_variables_have_a_place_and_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
