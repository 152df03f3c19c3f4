/* test_table.c - core/table.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table.h"

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct table *table = table_create("lrl");
	struct weir_buf text = { 0 };

	(void)state;
	table_add(table, "NAME");
	table_add(table, "N");
	table_add(table, "NOTE");
	table_add(table, "a \xe2\x86\x92 b");
	table_add_number(table, 1234567);
	table_add(table, NULL);
	table_addf(table, "%d", 5);
	table_add_number(table, -123);
	table_add(table, "x\ny\x1b");
	table_render(table, "  ", &text);
	assert_string_equal(weir_buf_text(&text), "  NAME           N  NOTE\n"
	                                          "  a \xe2\x86\x92 b  1,234,567\n"
	                                          "  5           -123  x\\x0ay\\x1b\n");
	weir_buf_finish(&text);
	table_destroy(table);
	table_destroy(NULL);
}

static void a_row_that_is_not_full_ends_all_the_same(void **state)
{
	struct table *table = table_create("ll");
	struct weir_buf text = { 0 };

	(void)state;
	table_render(table, "", &text);
	assert_int_equal(text.len, 0);
	table_add(table, "a");
	table_render(table, "", &text);
	assert_string_equal(weir_buf_text(&text), "a\n");
	weir_buf_finish(&text);
	table_destroy(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(a_row_that_is_not_full_ends_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
