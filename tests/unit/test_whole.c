/* test_whole.c - core/whole.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

<<<<<<< HEAD:tests/unit/test_file.c
#include "file.h"
#include "trial.h"
=======
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "whole.h"
>>>>>>> 26d8d99 (tests: examples, differences, reports):tests/unit/test_whole.c

static void a_file_is_read_whole(void **state)
{
	struct weir_bytes bytes;
	struct weir_error err;
	char *large = weir_alloc(100001);

	(void)state;
<<<<<<< HEAD:tests/unit/test_file.c
	memset(large, 'x', 100000);
	assert_true(file_read(trial_file("large", large), 100000, &bytes, &err));
	assert_int_equal(bytes.len, 100000);
	assert_string_equal(bytes.data, large);
	weir_free((char *)bytes.data);
	weir_free(large);
	assert_true(file_read("/dev/null", 10, &bytes, &err));
	assert_int_equal(bytes.len, 0);
	weir_free((char *)bytes.data);
=======
	assert_true(whole_replace(path, weir_bytes("one"), &err));
	assert_true(whole_replace(path, weir_bytes("two"), &err));
	assert_true(whole_read(path, &text, &err));
	assert_string_equal(weir_buf_text(&text), "two");
	weir_buf_finish(&text);
	weir_free(path);
>>>>>>> 26d8d99 (tests: examples, differences, reports):tests/unit/test_whole.c
}

static void what_cannot_be_read_is_named(void **state)
{
	struct weir_bytes bytes;
	struct weir_error err;
	const char *path = trial_file("few", "12345");

	(void)state;
<<<<<<< HEAD:tests/unit/test_file.c
	assert_false(file_read("/no/such/file", 10, &bytes, &err));
	assert_string_equal(err.text, "open /no/such/file: No such file or directory");
	assert_false(file_read("/tmp", 10, &bytes, &err));
	assert_string_equal(err.text, "read /tmp: Is a directory");
	assert_false(file_read(path, 4, &bytes, &err));
	assert_non_null(strstr(err.text, "larger than 4 bytes"));
	assert_int_equal(err.code, WEIR_E_CONFIG);
=======
	assert_non_null(file);
	assert_int_equal(gzwrite(file, "packed", 6), 6);
	assert_int_equal(gzclose(file), Z_OK);
	assert_true(whole_read(path, &text, &err));
	assert_string_equal(weir_buf_text(&text), "packed");
	weir_buf_finish(&text);
	weir_free(path);
>>>>>>> 26d8d99 (tests: examples, differences, reports):tests/unit/test_whole.c
}

static void relative_paths_start_in_the_folder(void **state)
{
	struct weir_arena *arena = weir_arena_create();

	(void)state;
<<<<<<< HEAD:tests/unit/test_file.c
	assert_int_equal(file_folder("conf/weir.yaml").len, 5);
	assert_int_equal(file_folder("weir.yaml").len, 0);
	assert_int_equal(file_folder(NULL).len, 0);
	assert_string_equal(file_under(arena, file_folder("conf/weir.yaml"), "a/b"), "conf/a/b");
	assert_string_equal(file_under(arena, file_folder("conf/weir.yaml"), "./a"), "conf/a");
	assert_string_equal(file_under(arena, file_folder("conf/weir.yaml"), "/a"), "/a");
	assert_string_equal(file_under(arena, file_folder("weir.yaml"), "a"), "a");
	weir_arena_destroy(arena);
=======
	assert_non_null(file);
	for (int i = 0; i < 1000; i++)
		gzprintf(file, "%d", i * 7919);
	assert_int_equal(gzclose(file), Z_OK);
	assert_int_equal(truncate(path, 500), 0);
	assert_false(whole_read(path, &text, &err));
	assert_int_equal(err.code, WEIR_E_DATA);
	assert_non_null(strstr(err.text, path));
	weir_buf_finish(&text);
	weir_free(path);
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct weir_buf text = { 0 };
	struct weir_error err;

	(void)state;
	assert_false(whole_read("/nowhere/x", &text, &err));
	assert_string_equal(err.text, "open /nowhere/x: No such file or directory");
	assert_false(whole_replace("/nowhere/x", weir_bytes("y"), &err));
	assert_string_equal(err.text, "write /nowhere/x: No such file or directory");
	weir_buf_finish(&text);
>>>>>>> 26d8d99 (tests: examples, differences, reports):tests/unit/test_whole.c
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(relative_paths_start_in_the_folder),
	};

	return cmocka_run_group_tests(tests, trial_setup, trial_teardown);
}
