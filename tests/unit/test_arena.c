/* test_arena.c - core/arena.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <weir/util.h>

static void pieces_are_aligned_and_apart(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	char *pieces[200];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		pieces[i] = weir_arena_alloc(arena, i + 1);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		memset(pieces[i], (int)i, i + 1);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t k = 0; k <= i; k++)
			assert_int_equal((unsigned char)pieces[i][k], i);
	weir_arena_destroy(arena);
	weir_arena_destroy(NULL);
}

static void large_pieces_fit_too(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	char *large = weir_arena_alloc(arena, 5 << 20);

	(void)state;
	memset(large, 1, 5 << 20);
	assert_true(weir_arena_size(arena) >= 5 << 20);
	weir_arena_destroy(arena);
}

static void a_reset_keeps_no_more_than_it_may(void **state)
{
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	weir_arena_alloc(arena, 100);
	weir_arena_reset(arena, 1 << 20);
	assert_true(weir_arena_size(arena) > 0);
	weir_arena_alloc(arena, 2 << 20);
	weir_arena_reset(arena, 1 << 20);
	assert_int_equal(weir_arena_size(arena), 0);
	assert_string_equal(weir_arena_strdup(arena, "again"), "again");
	weir_arena_destroy(arena);
}

static void texts_are_copied_and_terminated(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes copy = weir_arena_copy(arena, (struct weir_bytes){ "abcdef", 3 });

	(void)state;
	assert_string_equal(copy.data, "abc");
	assert_int_equal(copy.len, 3);
	assert_int_equal(weir_arena_copy(arena, (struct weir_bytes){ NULL, 0 }).data[0], 0);
	assert_string_equal(weir_arena_format(arena, "%d %s", 7, "x"), "7 x");
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(large_pieces_fit_too),
		cmocka_unit_test(a_reset_keeps_no_more_than_it_may),
		cmocka_unit_test(texts_are_copied_and_terminated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
