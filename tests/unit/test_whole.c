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
#include <zlib.h>

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
	words = weir_format("%s/a.gz", folder);
	unlink(words);
	weir_free(words);
	return rmdir(folder);
}

static void what_was_replaced_is_read_back(void **state)
{
	char *path = weir_format("%s/a", folder);
	struct weir_buf text = { 0 };
	struct weir_error err;

	(void)state;
	assert_true(whole_replace(path, weir_bytes("one"), &err));
	assert_true(whole_replace(path, weir_bytes("two"), &err));
	assert_true(whole_read(path, &text, &err));
	assert_string_equal(weir_buf_text(&text), "two");
	weir_buf_finish(&text);
	weir_free(path);
}

static void gzip_is_inflated(void **state)
{
	char *path = weir_format("%s/a.gz", folder);
	struct weir_buf text = { 0 };
	struct weir_error err;
	gzFile file = gzopen(path, "wb");

	(void)state;
	assert_non_null(file);
	assert_int_equal(gzwrite(file, "packed", 6), 6);
	assert_int_equal(gzclose(file), Z_OK);
	assert_true(whole_read(path, &text, &err));
	assert_string_equal(weir_buf_text(&text), "packed");
	weir_buf_finish(&text);
	weir_free(path);
}

static void a_gzip_file_that_ends_early_is_refused(void **state)
{
	char *path = weir_format("%s/a.gz", folder);
	struct weir_buf text = { 0 };
	struct weir_error err;
	gzFile file = gzopen(path, "wb");

	(void)state;
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
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_replaced_is_read_back),
		cmocka_unit_test(gzip_is_inflated),
		cmocka_unit_test(a_gzip_file_that_ends_early_is_refused),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
