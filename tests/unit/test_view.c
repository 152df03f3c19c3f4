/* test_view.c - core/view.c and core/page.c through their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "budget.h"
#include "pages.h"
#include "witness.h"

static void expect_text(const struct view *view, size_t row, const char *expected)
{
	struct weir_bytes text = view_text(view, row);

	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.data, expected, text.len);
	assert_int_equal(text.data[text.len], '\n');
}

static void an_event_without_a_record_is_its_exact_bytes(void **state)
{
	struct page *page = page_of_lines("{ \"n\" : 1.0 }\n{\"n\":2}\r\n{\"n\":3}");
	struct view *view = view_create(page);

	(void)state;
	view_render(view);
	expect_text(view, 0, "{ \"n\" : 1.0 }");
	expect_text(view, 1, "{\"n\":2}");
	expect_text(view, 2, "{\"n\":3}");
	assert_ptr_equal(view_text(view, 0).data, page->data);
	view_destroy(view);
	page_unref(page);
}

static void an_event_of_several_lines_is_put_on_one(void **state)
{
	struct page *page = page_of(WEIR_PAGE_ARRAY, "[{\n  \"n\": 1\n}, {\"n\": 2}]");
	struct view *view = view_create(page);

	(void)state;
	view_render(view);
	expect_text(view, 0, "{\"n\":1}");
	expect_text(view, 1, "{\"n\": 2}");
	view_destroy(view);
	page_unref(page);
}

static void a_record_is_rendered(void **state)
{
	struct page *page = page_of_lines("{\"n\":1}\n");
	struct view *view = view_create(page);
	struct weir_value record = weir_make_object(page->arena, 1);

	(void)state;
	weir_object_put(page->arena, record, weir_bytes("made"), weir_make_int(page->arena, 7));
	view->live.items[0].record = record;
	view_render(view);
	expect_text(view, 0, "{\"made\":7}");
	view_destroy(view);
	page_unref(page);
}

static void rows_that_ended_leave_the_others_in_order(void **state)
{
	struct page *page = page_of_lines("1\n2\n3\n4\n5\n");
	struct view *view = view_create(page);

	(void)state;
	view->live.items[0].state = ROW_DROPPED;
	view->live.items[3].state = ROW_DEAD;
	view_settle(view);
	assert_int_equal(view->live.len, 3);
	assert_int_equal(view->live.items[0].event, 1);
	assert_int_equal(view->live.items[1].event, 2);
	assert_int_equal(view->live.items[2].event, 4);
	assert_int_equal(view->ended.len, 2);
	assert_int_equal(view->ended.items[1].event, 3);
	view_destroy(view);
	page_unref(page);
}

static void a_copy_goes_its_own_way(void **state)
{
	struct page *page = page_of_lines("1\n2\n");
	struct view *view = view_create(page), *copy = view_copy(view);

	(void)state;
	copy->live.items[0].state = ROW_DROPPED;
	view_settle(copy);
	assert_int_equal(copy->live.len, 1);
	assert_int_equal(view->live.len, 2);
	assert_int_equal(view->live.items[0].state, ROW_LIVE);
	view_destroy(copy);
	view_destroy(view);
	view_destroy(NULL);
	page_unref(page);
}

/* ---- pages ------------------------------------------------------------------------------ */

static void a_page_that_is_no_json_is_one_refused_event(void **state)
{
	struct page *page = page_of(WEIR_PAGE_ARRAY, "[{\"n\":1},");

	(void)state;
	assert_int_equal(page->event_count, 1);
	assert_non_null(page->events[0].error);
	assert_int_equal(page->events[0].source.len, 9);
	page_unref(page);
}

static void a_strict_page_is_refused(void **state)
{
	struct page *page = page_create();
	struct weir_error err = { 0 };
	char *data = weir_alloc(1 + WEIR_PAGE_PADDING);

	(void)state;
	data[0] = '[';
	page_adopt(page, WEIR_PAGE_ARRAY, data, 1);
	assert_false(page_parse(page, &pages_limits, PAGE_STRICT, &err));
	assert_int_equal(err.code, WEIR_E_DATA);
	page_unref(page);
}

static void what_there_is_no_memory_for_is_no_refused_event(void **state)
{
	struct page *page = page_of_lines("{}");
	char *data = weir_alloc(1 << 16);
	struct weir_error err = { 0 };
	int status;
	pid_t child = fork();

	(void)state;
	page_adopt(page, WEIR_PAGE_LINES, data, 2);
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		witness_starve(true);
		page_parse(page, &pages_limits, PAGE_KEEP_REFUSED, &err);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), WEIR_EXIT_MEMORY);
	page_unref(page);
}

static void ids_are_read_where_the_path_says(void **state)
{
	const char *path = "meta.id";
	struct weir_error err = { 0 };
	struct weir_paths *paths = weir_paths_create(&path, 1, &err);
	struct page *page = page_of_lines("{\"meta\":{\"id\":\"a\\u0062\"}}\n{\"meta\":{}}\n");

	(void)state;
	page_read_ids(page, paths);
	assert_true(weir_bytes_are(page_id(page, 0), "ab"));
	assert_int_equal(page_id(page, 1).len, 0);
	weir_paths_destroy(paths);
	page_unref(page);
}

static void what_a_page_holds_is_charged_until_the_last_one_lets_go(void **state)
{
	struct budget budget = { .limit = 1 };
	struct page *page = page_of_lines("{\"n\":1}\n");

	(void)state;
	page->budget = &budget;
	page_charge(page);
	assert_true(budget_used(&budget) >= 8);
	page_charge(page);
	page_ref(page, 1);
	page_unref(page);
	assert_true(budget_used(&budget) >= 8);
	page_unref(page);
	assert_int_equal(budget_used(&budget), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_without_a_record_is_its_exact_bytes),
		cmocka_unit_test(an_event_of_several_lines_is_put_on_one),
		cmocka_unit_test(a_record_is_rendered),
		cmocka_unit_test(rows_that_ended_leave_the_others_in_order),
		cmocka_unit_test(a_copy_goes_its_own_way),
		cmocka_unit_test(a_page_that_is_no_json_is_one_refused_event),
		cmocka_unit_test(a_strict_page_is_refused),
		cmocka_unit_test(what_there_is_no_memory_for_is_no_refused_event),
		cmocka_unit_test(ids_are_read_where_the_path_says),
		cmocka_unit_test(what_a_page_holds_is_charged_until_the_last_one_lets_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
