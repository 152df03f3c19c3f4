/* test_tree.c - core/tree.c through its header.
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
	struct tree *tree = yaml_parse(arena, "t", weir_bytes(text), diag);

	assert_non_null(tree);
	assert_int_equal(diag_errors(diag), 0);
	return tree;
}

static void plain_words_have_the_kinds_of_the_core_schema(void **state)
{
	static const struct {
		const char *text;
		enum weir_kind_of_value kind;
	} rows[] = {
		{ "", WEIR_NULL }, { "~", WEIR_NULL }, { "null", WEIR_NULL }, { "Null", WEIR_NULL },
		{ "nUll", WEIR_TEXT }, { "true", WEIR_BOOLEAN }, { "FALSE", WEIR_BOOLEAN },
		{ "yes", WEIR_TEXT }, { "off", WEIR_TEXT }, { "0", WEIR_NUMBER },
		{ "-12", WEIR_NUMBER }, { "+12", WEIR_NUMBER }, { "007", WEIR_TEXT },
		{ "1.5e-3", WEIR_NUMBER }, { ".5", WEIR_NUMBER }, { "5.", WEIR_NUMBER },
		{ ".", WEIR_TEXT }, { "1e", WEIR_TEXT }, { "0x1F", WEIR_NUMBER },
		{ "0o17", WEIR_NUMBER }, { "0x", WEIR_TEXT }, { "0xg", WEIR_TEXT },
		{ ".inf", WEIR_TEXT }, { ".nan", WEIR_TEXT }, { "1_000", WEIR_TEXT },
		{ "12:30", WEIR_TEXT }, { "2026-01-31", WEIR_TEXT }, { "1.2.3", WEIR_TEXT },
		{ "-", WEIR_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(rows); i++)
		assert_int_equal(tree_kind_of(rows[i].text), rows[i].kind);
}

static void paths_lead_to_subtrees(void **state)
{
	struct tree *tree = parse("a: {b: [x, {c: y}]}\nd.e: z\n");

	(void)state;
	assert_string_equal(tree_find(tree, "a.b[0]")->text, "x");
	assert_string_equal(tree_find(tree, "a.b[1].c")->text, "y");
	assert_ptr_equal(tree_find(tree, ""), tree);
	assert_null(tree_find(tree, "a.b[2]"));
	assert_null(tree_find(tree, "a.b[x]"));
	assert_null(tree_find(tree, "a.b[0"));
	assert_null(tree_find(tree, "a.c"));
	assert_null(tree_find(tree, "a.b.c"));
	assert_null(tree_find(NULL, "a"));
	assert_null(tree_get(tree_get(tree, "a")->members[0].value, "x"));
}

static void sameness_ignores_places_and_order(void **state)
{
	struct tree *a = parse("{a: 1, b: [x, y], c: {d: e}}");

	(void)state;
	assert_true(tree_same(a, parse("c:\n  d: e\nb:\n- x\n- y\na: 1\n")));
	assert_false(tree_same(a, parse("{a: '1', b: [x, y], c: {d: e}}")));
	assert_false(tree_same(a, parse("{a: 1, b: [y, x], c: {d: e}}")));
	assert_false(tree_same(a, parse("{a: 1, b: [x, y], c: {d: f}}")));
	assert_false(tree_same(a, parse("{a: 1, b: [x, y], z: {d: e}}")));
	assert_false(tree_same(a, NULL));
	assert_true(tree_same(NULL, NULL));
}

static void members_are_left_out_and_added(void **state)
{
	static const char *const keys[] = { "a", "c", NULL };
	struct tree *tree = parse("{a: 1, b: 2, c: 3}");
	struct tree *copy = tree_without(arena, tree, keys);

	(void)state;
	assert_int_equal(copy->count, 1);
	for (size_t i = 0; i < 100; i++) {
		struct tree_member member = tree->members[0];

		member.key = weir_arena_format(arena, "k%zu", i);
		tree_append(arena, copy, &member);
	}
	assert_int_equal(copy->count, 101);
	assert_non_null(tree_get(copy, "k99"));
	assert_non_null(tree_get(copy, "b"));
	assert_int_equal(tree->count, 3);
}

static void nothing_written_is_not_null_written(void **state)
{
	struct tree *tree = parse("a:\nb: ~\nc: ''\n");

	(void)state;
	assert_false(tree_is_null(tree_get(tree, "a")));
	assert_true(tree_is_null(tree_get(tree, "b")));
	assert_false(tree_is_null(tree_get(tree, "c")));
	assert_string_equal(tree_kind_name(tree), "a map");
	assert_string_equal(tree_kind_name(tree_get(tree, "a")), "nothing");
	assert_string_equal(tree_kind_name(tree_get(tree, "c")), "a single value");
	assert_string_equal(tree_kind_name(parse("[]")), "a list");
	assert_false(tree_is_scalar(parse("[]")));
}

static void values_keep_their_digits_and_places(void **state)
{
	struct tree *tree = parse("a: [0x1f, +12, 007, 12345678901234567890123, .5, 0o17, true, ~, "
	                          "'1', {b: x}]");
	struct weir_value v = tree_value(arena, tree);
	struct weir_buf json = { 0 };
	int line, column;

	(void)state;
	weir_value_render(v, &json);
	assert_string_equal(weir_buf_text(&json),
	                    "{\"a\":[31,12,\"007\",12345678901234567890123,0.5,15,"
	                    "true,null,\"1\",{\"b\":\"x\"}]}");
	weir_buf_finish(&json);
	v = weir_value_get(weir_value_at(weir_value_get(v, "a"), 9), "b");
	assert_true(weir_value_place(v, &line, &column));
	assert_int_equal(line, 1);
	assert_int_equal(column, 74);
}

static void a_scalar_can_be_made(void **state)
{
	struct tree *tree = tree_scalar(arena, "12", (struct weir_where){ "f", 1, 2, 3, NULL });

	(void)state;
	assert_int_equal(tree->kind, WEIR_NUMBER);
	assert_int_equal(tree->where.width, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_words_have_the_kinds_of_the_core_schema),
		TEST(paths_lead_to_subtrees),
		TEST(sameness_ignores_places_and_order),
		TEST(members_are_left_out_and_added),
		TEST(nothing_written_is_not_null_written),
		TEST(values_keep_their_digits_and_places),
		TEST(a_scalar_can_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
