/* test_file.c - core/file.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "file.h"
#include "trial.h"

static void a_file_is_read_whole(void **state)
{
	struct weir_bytes bytes;
	struct weir_error err;
	char *large = weir_alloc(100001);

	(void)state;
	memset(large, 'x', 100000);
	assert_true(file_read(trial_file("large", large), 100000, &bytes, &err));
	assert_int_equal(bytes.len, 100000);
	assert_string_equal(bytes.data, large);
	weir_free((char *)bytes.data);
	weir_free(large);
	assert_true(file_read("/dev/null", 10, &bytes, &err));
	assert_int_equal(bytes.len, 0);
	weir_free((char *)bytes.data);
}

static void what_cannot_be_read_is_named(void **state)
{
	struct weir_bytes bytes;
	struct weir_error err;
	const char *path = trial_file("few", "12345");

	(void)state;
	assert_false(file_read("/no/such/file", 10, &bytes, &err));
	assert_string_equal(err.text, "open /no/such/file: No such file or directory");
	assert_false(file_read("/tmp", 10, &bytes, &err));
	assert_string_equal(err.text, "read /tmp: Is a directory");
	assert_false(file_read(path, 4, &bytes, &err));
	assert_non_null(strstr(err.text, "larger than 4 bytes"));
	assert_int_equal(err.code, WEIR_E_CONFIG);
}

static void relative_paths_start_in_the_folder(void **state)
{
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	assert_int_equal(file_folder("conf/weir.yaml").len, 5);
	assert_int_equal(file_folder("weir.yaml").len, 0);
	assert_int_equal(file_folder(NULL).len, 0);
	assert_string_equal(file_under(arena, file_folder("conf/weir.yaml"), "a/b"), "conf/a/b");
	assert_string_equal(file_under(arena, file_folder("conf/weir.yaml"), "./a"), "conf/a");
	assert_string_equal(file_under(arena, file_folder("conf/weir.yaml"), "/a"), "/a");
	assert_string_equal(file_under(arena, file_folder("weir.yaml"), "a"), "a");
	weir_arena_destroy(arena);
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
