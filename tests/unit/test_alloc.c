/* test_alloc.c - core/alloc.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weir/util.h>


/* Sanitizers end the process where there is no memory, unless told otherwise. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

__attribute__((visibility("default"))) const char *__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void memory_is_zeroed(void **state)
{
	char *memory = weir_alloc(1000);

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(memory[i], 0);
	weir_free(memory);
	weir_free(weir_alloc(0));
	weir_free(NULL);
}

static void strings_are_copied(void **state)
{
	char *copy = weir_strndup("abcdef", 3);

	(void)state;
	assert_string_equal(copy, "abc");
	weir_free(copy);
	copy = weir_strdup("abc");
	assert_string_equal(copy, "abc");
	weir_free(copy);
	assert_null(weir_strdup(NULL));
}

static void a_format_takes_what_room_it_needs(void **state)
{
	char *text = weir_format("%s-%0500d", "x", 7);

	(void)state;
	assert_int_equal(strlen(text), 502);
	weir_free(text);
}

static void memory_grows_with_its_content(void **state)
{
	char *memory = weir_realloc(NULL, 4);

	(void)state;
	memcpy(memory, "abc", 4);
	memory = weir_realloc(memory, 4000);
	assert_string_equal(memory, "abc");
	weir_free(memory);
	memory = weir_try_realloc(weir_try_alloc(10), 20);
	if (!memory)
		weir_no_memory();
	weir_free(memory);
	weir_wipe_free(weir_strdup("secret"));
	weir_wipe_free(NULL);
}

static void what_cannot_be_had_is_told_or_ends_the_process(void **state)
{
	int status;
	pid_t child;

	(void)state;
	assert_null(weir_try_alloc(SIZE_MAX / 2));
	child = fork();
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		weir_alloc(SIZE_MAX / 2);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), WEIR_EXIT_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(a_format_takes_what_room_it_needs),
		cmocka_unit_test(memory_grows_with_its_content),
		cmocka_unit_test(what_cannot_be_had_is_told_or_ends_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
