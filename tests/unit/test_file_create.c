/* test_file_create.c - core/file_create.c and core/file_name.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "file_create.h"
#include "scratch.h"

static const struct file_owner mine = { false, 0, 0 };

static void a_new_file_is_whole_and_private(void **state)
{
	char *path = scratch_path(*state, "new");
	struct weir_error err;
	struct stat st;
	char *text;

	umask(0);
	assert_true(file_create(path, weir_bytes("key\n"), &mine, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	text = scratch_read(*state, "new", NULL);
	assert_string_equal(text, "key\n");
	weir_free(text);
	weir_free(path);
}

static void what_is_there_is_never_replaced(void **state)
{
	char *path = scratch_path(*state, "old");
	struct weir_error err;
	char *text;

	scratch_write(*state, "old", "old", 3);
	assert_false(file_create(path, weir_bytes("new"), &mine, &err));
	assert_non_null(strstr(err.text, "/old is there already"));
	text = scratch_read(*state, "old", NULL);
	assert_string_equal(text, "old");
	weir_free(text);
	weir_free(path);
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
	char *path = scratch_path(*state, "no/such/file");
	struct weir_error err;

	assert_false(file_create(path, weir_bytes("x"), &mine, &err));
	assert_int_equal(err.code, WEIR_E_RESOURCE);
	assert_non_null(strstr(err.text, "No such file"));
	weir_free(path);
}

static void any_text_is_one_name(void **state)
{
	static const struct {
		const char *text, *name;
	} names[] = {
		{ "acme", "acme" },       { "a/b c", "a%2Fb%20c" }, { ".", "%2E" },
		{ "..", "%2E." },         { "a.b-c_d", "a.b-c_d" }, { "s\xc3\xbc", "s%C3%BC" },
		{ "100%", "100%25" },
	};
	struct weir_buf name = { 0 };
	char text[400];

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		name.len = 0;
		weir_file_name(names[i].text, &name);
		assert_string_equal(weir_buf_text(&name), names[i].name);
	}
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	name.len = 0;
	weir_file_name(text, &name);
	assert_int_equal(name.len, 160 + 17);
	weir_buf_finish(&name);
}

#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_new_file_is_whole_and_private),
		SCRATCH_TEST(what_is_there_is_never_replaced),
		SCRATCH_TEST(what_cannot_be_written_leaves_nothing),
		cmocka_unit_test(any_text_is_one_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
