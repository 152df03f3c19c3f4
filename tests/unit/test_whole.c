/* test_whole.c - core/whole.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "whole.h"

static char folder[] = "/tmp/weir-test-file-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char *words = weir_format("%s/a", folder);

	(void)state;
	unlink(words);
	weir_free(words);
	return rmdir(folder);
}

static void what_was_replaced_is_read_back(void **state)
{
	char *path = weir_format("%s/a", folder);
	struct weir_bytes text;
	struct weir_error err;

	(void)state;
	assert_true(whole_replace(path, weir_bytes("one"), &err));
	assert_true(whole_replace(path, weir_bytes("two"), &err));
	assert_true(file_read(path, 10, &text, &err));
	assert_string_equal(text.data, "two");
	weir_free((void *)text.data);
	weir_free(path);
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct weir_error err;

	(void)state;
	assert_false(whole_replace("/nowhere/x", weir_bytes("y"), &err));
	assert_string_equal(err.text, "write /nowhere/x: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_replaced_is_read_back),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
