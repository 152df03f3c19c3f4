/* test_buf.c - core/buf.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/util.h>

static void a_buffer_holds_what_was_added(void **state)
{
	struct weir_buf buf = { 0 };

	(void)state;
	weir_buf_puts(&buf, "ab");
	weir_buf_putc(&buf, 'c');
	weir_buf_printf(&buf, "%d", 42);
	assert_string_equal(weir_buf_text(&buf), "abc42");
	assert_int_equal(buf.len, 5);
	weir_buf_finish(&buf);
	assert_null(buf.data);
}

static void a_buffer_grows_past_its_first_room(void **state)
{
	struct weir_buf buf = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		weir_buf_putc(&buf, (char)('a' + i % 26));
	assert_int_equal(buf.len, 10000);
	assert_int_equal(buf.data[9999], 'a' + 9999 % 26);
	weir_buf_finish(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_holds_what_was_added),
		cmocka_unit_test(a_buffer_grows_past_its_first_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
