/* test_batch.c - core/batch.c and core/batch_source.c through plugin.h, as plugins call them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "batch.h"
#include "pages.h"

static const char three[] = "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n";

static struct weir_batch batch_of(struct view *view)
{
	return (struct weir_batch){
		.page = view->page, .view = view, .len = view->live.len, .stage = "transforms.t",
	};
}

/* ---- transforms ----------------------------------------------------------------------- */

static void a_row_shows_its_event_and_no_record_at_first(void **state)
{
	struct page *page = page_of_lines(three);
	struct view *view = view_create(page);
	struct weir_batch b = batch_of(view);
	int64_t n = -1;

	(void)state;
	assert_int_equal(weir_batch_len(&b), 3);
	assert_true(weir_value_int(weir_value_get(weir_batch_event(&b, 2), "n"), &n));
	assert_int_equal(n, 2);
	assert_true(weir_bytes_are(weir_batch_source_bytes(&b, 1), "{\"n\":1}"));
	assert_true(weir_is_absent(weir_batch_record(&b, 0)));
	assert_null(weir_batch_schema(&b, 0));
	assert_string_equal(weir_batch_source(&b), "acme");
	assert_string_equal(weir_batch_origin_host(&b), "");
	view_destroy(view);
	page_unref(page);
}

static void an_added_record_is_not_visited_by_this_stage(void **state)
{
	struct page *page = page_of_lines(three);
	struct view *view = view_create(page);
	struct weir_batch b = batch_of(view);

	(void)state;
	for (size_t i = 0; i < weir_batch_len(&b); i++) {
		weir_batch_set(&b, i, "first", weir_make_null());
		weir_batch_add(&b, i, "second", weir_make_null());
	}
	assert_int_equal(weir_batch_len(&b), 3);
	assert_int_equal(view->live.len, 6);
	assert_int_equal(view->live.items[4].event, 1);
	assert_string_equal(view->live.items[4].schema, "second");
	view_destroy(view);
	page_unref(page);
}

static void a_rejected_row_has_one_letter_with_all_that_is_known(void **state)
{
	struct page *page = page_of_lines(three);
	struct view *view = view_create(page);
	struct weir_batch b = batch_of(view);
	struct weir_error why = { 0 };

	(void)state;
	weir_fail(&why, WEIR_E_DATA, "not an address");
	why.where = (struct weir_where){ .file = "rules/a.lua", .line = 7 };
	weir_batch_set(&b, 1, "auth", weir_make_null());
	weir_batch_reject(&b, 1, &why);
	weir_batch_reject(&b, 1, &why);
	assert_int_equal(b.dead.count, 1);
	assert_string_equal(b.dead.first->letter.stage, "transforms.t");
	assert_string_equal(b.dead.first->letter.source, "acme");
	assert_string_equal(b.dead.first->letter.schema, "auth");
	assert_string_equal(b.dead.first->letter.why.where.file, "rules/a.lua");
	assert_true(weir_bytes_are(b.dead.first->letter.event, "{\"n\":1}"));
	assert_int_equal(view->live.items[1].state, ROW_DEAD);
	dead_finish(&b.dead);
	view_destroy(view);
	page_unref(page);
}

static void a_letter_outlives_its_page(void **state)
{
	struct page *page = page_of_lines(three);
	struct view *view = view_create(page);
	struct weir_batch b = batch_of(view);
	struct weir_error why = { 0 };

	(void)state;
	weir_fail(&why, WEIR_E_DATA, "no");
	weir_batch_reject(&b, 2, &why);
	view_destroy(view);
	page_unref(page);
	assert_true(weir_bytes_are(b.dead.first->letter.event, "{\"n\":2}"));
	dead_finish(&b.dead);
}

static void a_dropped_row_keeps_its_cause(void **state)
{
	struct page *page = page_of_lines(three);
	struct view *view = view_create(page);
	struct weir_batch b = batch_of(view);

	(void)state;
	weir_batch_drop(&b, 0, "unlisted");
	assert_int_equal(view->live.items[0].state, ROW_DROPPED);
	assert_string_equal(view->live.items[0].cause, "unlisted");
	view_destroy(view);
	page_unref(page);
}

/* ---- sinks ------------------------------------------------------------------------------- */

static void a_sink_sees_its_run_of_rows_and_rejects_only_for_itself(void **state)
{
	struct page *page = page_of_lines(three);
	struct view *view = view_create(page);
	bool rejected[3] = { false };
	struct weir_batch b = batch_of(view);
	struct weir_error why = { 0 };

	(void)state;
	view_render(view);
	b.from = 1;
	b.len = 2;
	b.rejected = rejected;
	weir_fail(&why, WEIR_E_DATA, "no");
	assert_true(weir_bytes_are(weir_batch_text(&b, 0), "{\"n\":1}"));
	weir_batch_reject(&b, 1, &why);
	assert_true(rejected[2]);
	assert_false(rejected[0] || rejected[1]);
	assert_int_equal(view->live.items[2].state, ROW_LIVE);
	dead_finish(&b.dead);
	view_destroy(view);
	page_unref(page);
}

/* ---- sources ------------------------------------------------------------------------------ */

static void fill(struct weir_batch *out, const char *text)
{
	size_t len = strlen(text);
	char *data = weir_alloc(len + WEIR_PAGE_PADDING);

	memcpy(data, text, len);
	weir_batch_page(out, WEIR_PAGE_ARRAY, data, len);
}

static void a_source_sees_the_events_of_a_page_that_it_parsed(void **state)
{
	struct weir_batch out = { .page = page_create(), .limits = &pages_limits };
	struct weir_error err = { 0 };

	(void)state;
	fill(&out, "[{\"n\":0},{\"n\":1}]");
	assert_int_equal(weir_batch_parse(&out, &err), WEIR_OK);
	assert_int_equal(weir_batch_len(&out), 2);
	assert_int_equal(weir_batch_event(&out, 1).kind, WEIR_OBJECT);
	weir_batch_position(&out, "first");
	weir_batch_position(&out, "second");
	weir_batch_origin(&out, "acme.okta.com");
	assert_string_equal(out.page->position, "second");
	assert_string_equal(weir_batch_origin_host(&out), "acme.okta.com");
	page_unref(out.page);
}

static void a_page_that_does_not_parse_is_gone(void **state)
{
	struct weir_batch out = { .page = page_create(), .limits = &pages_limits };
	struct weir_error err = { 0 };

	(void)state;
	fill(&out, "[{\"n\":0},{\"n\":}]");
	assert_int_equal(weir_batch_parse(&out, &err), WEIR_FAIL);
	assert_int_equal(err.code, WEIR_E_DATA);
	assert_null(out.page->data);
	assert_int_equal(weir_batch_len(&out), 0);
	page_unref(out.page);
}

static void a_page_can_be_salvaged_event_by_event(void **state)
{
	struct weir_batch out = { .page = page_create(), .limits = &pages_limits };
	struct weir_error err = { 0 };

	(void)state;
	fill(&out, "[{\"n\":0},{\"n\":}]");
	assert_int_equal(weir_batch_salvage(&out, &err), WEIR_OK);
	assert_int_equal(out.page->event_count, 2);
	assert_null(out.page->events[0].error);
	assert_non_null(out.page->events[1].error);
	fill(&out, "[{\"n\":0},{");
	assert_int_equal(weir_batch_salvage(&out, &err), WEIR_FAIL);
	assert_null(out.page->data);
	page_unref(out.page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_shows_its_event_and_no_record_at_first),
		cmocka_unit_test(an_added_record_is_not_visited_by_this_stage),
		cmocka_unit_test(a_rejected_row_has_one_letter_with_all_that_is_known),
		cmocka_unit_test(a_letter_outlives_its_page),
		cmocka_unit_test(a_dropped_row_keeps_its_cause),
		cmocka_unit_test(a_sink_sees_its_run_of_rows_and_rejects_only_for_itself),
		cmocka_unit_test(a_source_sees_the_events_of_a_page_that_it_parsed),
		cmocka_unit_test(a_page_that_does_not_parse_is_gone),
		cmocka_unit_test(a_page_can_be_salvaged_event_by_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
