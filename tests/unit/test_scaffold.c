/* test_scaffold.c - core/scaffold.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "file.h"
#include "scaffold.h"
#include "scratch.h"

static bool holds(const char *path, const char *text)
{
	struct weir_bytes bytes;
	struct weir_error err;
	bool same = file_read(path, 1000, &bytes, &err);

	if (same) {
		same = strcmp(bytes.data, text) == 0;
		weir_free((void *)bytes.data);
	}
	return same;
}

static void files_are_written_with_their_folders(void **state)
{
	struct scaffold *scaffold = scaffold_create();
	char *path = scratch_path(*state, "a/b/c");
	struct weir_error err;

	scaffold_add(scaffold, path, weir_bytes("text\n"));
	assert_true(scaffold_write(scaffold, &err));
	scaffold_keep(scaffold);
	scaffold_destroy(scaffold);
	assert_true(holds(path, "text\n"));
	weir_free(path);
}

static void what_is_not_kept_is_gone_with_its_folders(void **state)
{
	struct scaffold *scaffold = scaffold_create();
	char *path = scratch_path(*state, "a/b/c"), *folder = scratch_path(*state, "a");
	struct weir_error err;

	scaffold_add(scaffold, path, weir_bytes("text\n"));
	assert_true(scaffold_write(scaffold, &err));
	assert_true(holds(path, "text\n"));
	scaffold_destroy(scaffold);
	assert_int_equal(access(folder, F_OK), -1);
	weir_free(path);
	weir_free(folder);
}

static void nothing_is_written_over_and_then_nothing_is_written(void **state)
{
	struct scaffold *scaffold = scaffold_create();
	char *first = scratch_path(*state, "new"), *second = scratch_path(*state, "old");
	struct weir_error err;
	FILE *file = fopen(second, "w");

	assert_true(file && fputs("mine", file) >= 0 && fclose(file) == 0);
	scaffold_add(scaffold, first, weir_bytes("x"));
	scaffold_add(scaffold, second, weir_bytes("x"));
	assert_false(scaffold_write(scaffold, &err));
	assert_non_null(strstr(err.text, "is there already"));
	scaffold_destroy(scaffold);
	assert_true(holds(second, "mine"));
	assert_int_equal(access(first, F_OK), -1);
	weir_free(first);
	weir_free(second);
}

static void a_word_is_renamed_where_it_stands_alone_or_begins(void **state)
{
	struct weir_buf out = { 0 };

	(void)state;
	scaffold_rename(weir_bytes("lines lines_start \"lines\" outlines LINES liness my_lines lines"), "lines",
	                "tail", &out);
	assert_string_equal(weir_buf_text(&out),
	                    "tail tail_start \"tail\" outlines LINES liness my_lines tail");
	weir_buf_finish(&out);
}

static void templates_are_found_in_the_build_tree(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err;

	(void)state;
	assert_non_null(scaffold_template(arena, "plugin/Makefile", &err));
	assert_null(scaffold_template(arena, "plugin/none", &err));
	assert_non_null(strstr(err.text, "plugin/none"));
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_are_written_with_their_folders, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_kept_is_gone_with_its_folders, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(nothing_is_written_over_and_then_nothing_is_written,
		                                scratch_setup, scratch_teardown),
		cmocka_unit_test(a_word_is_renamed_where_it_stands_alone_or_begins),
		cmocka_unit_test(templates_are_found_in_the_build_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
