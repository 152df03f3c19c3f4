/* test_tally.c - core/tally.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages.h"
#include "tally.h"

static const char five[] = "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n";

static void end_row(struct view *view, size_t row, enum row_state how, const char *cause)
{
	view->live.items[row].state = (uint8_t)how;
	view->live.items[row].cause = cause;
}

static struct tally tally_one(const struct page *page, const struct view *view,
                              const bool *rejected)
{
	struct tally_part part = { view, rejected };
	struct tally tally = { 0 };

	tally_page(&tally, page, &part, 1);
	assert_int_equal(tally.in, tally.delivered + tally.dead + tally.dropped + tally.repeated);
	return tally;
}

static void what_was_taken_is_delivered(void **state)
{
	struct page *page = page_of_lines(five);
	struct view *view = view_create(page);
	struct tally tally = tally_one(page, view, NULL);

	(void)state;
	assert_int_equal(tally.in, 5);
	assert_int_equal(tally.delivered, 5);
	view_destroy(view);
	page_unref(page);
}

static void each_way_to_end_is_counted_as_what_it_is(void **state)
{
	struct page *page = page_of_lines(five);
	const bool rejected[] = { true, false };
	struct view *view;
	struct tally tally;

	(void)state;
	page_set_repeated(page, 1);
	view = view_create(page);       /* rows: 0 2 3 4 */
	end_row(view, 1, ROW_DROPPED, "no rule");
	end_row(view, 2, ROW_DEAD, NULL);
	view_settle(view);              /* rows: 0 4 */
	tally = tally_one(page, view, rejected);
	assert_int_equal(tally.repeated, 1);
	assert_int_equal(tally.dropped, 1);
	assert_int_equal(tally.dead, 2);
	assert_int_equal(tally.delivered, 1);
	assert_int_equal(tally.drop_count, 1);
	assert_string_equal(tally.drops[0].cause, "no rule");
	tally_finish(&tally);
	view_destroy(view);
	page_unref(page);
}

/* Adds a second record of the first event, which ends in the given way. */
static struct tally tally_of_two(enum row_state first, enum row_state second)
{
	struct page *page = page_of_lines("{\"n\":0}\n");
	struct view *view = view_create(page);
	struct row row = { .event = 0 };
	struct tally tally;

	rows_add(&view->live, &row);
	end_row(view, 0, first, "first");
	end_row(view, 1, second, "second");
	view_settle(view);
	tally = tally_one(page, view, NULL);
	assert_int_equal(tally.in, 1);
	view_destroy(view);
	page_unref(page);
	return tally;
}

static void of_several_records_a_dead_one_decides(void **state)
{
	static const enum row_state others[] = { ROW_LIVE, ROW_DROPPED, ROW_DEAD };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(others); i++) {
		assert_int_equal(tally_of_two(ROW_DEAD, others[i]).dead, 1);
		assert_int_equal(tally_of_two(others[i], ROW_DEAD).dead, 1);
	}
}

static void then_a_delivered_one_decides(void **state)
{
	(void)state;
	assert_int_equal(tally_of_two(ROW_LIVE, ROW_DROPPED).delivered, 1);
	assert_int_equal(tally_of_two(ROW_DROPPED, ROW_LIVE).delivered, 1);
}

static void of_several_drops_the_first_cause_counts(void **state)
{
	struct tally tally = tally_of_two(ROW_DROPPED, ROW_DROPPED);

	(void)state;
	assert_int_equal(tally.dropped, 1);
	assert_int_equal(tally.drop_count, 1);
	assert_string_equal(tally.drops[0].cause, "first");
	tally_finish(&tally);
}

static void a_line_that_is_no_json_is_dead_at_every_sink(void **state)
{
	struct page *page = page_of_lines("{\"n\":0}\n{\"n\":\n{\"n\":2}\n");
	struct view *view = view_create(page);
	struct tally tally = tally_one(page, view, NULL);

	(void)state;
	assert_int_equal(view->live.len, 2);
	assert_int_equal(tally.dead, 1);
	assert_int_equal(tally.delivered, 2);
	view_destroy(view);
	page_unref(page);
}

static void an_event_of_which_nothing_arrived_was_routed_nowhere(void **state)
{
	struct page *page = page_of_lines(five);
	struct tally tally = { 0 };

	(void)state;
	tally_page(&tally, page, NULL, 0);
	assert_int_equal(tally.dropped, 5);
	assert_string_equal(tally.drops[0].cause, "routed nowhere");
	tally_finish(&tally);
	page_unref(page);
}

static void sums_add_up_by_cause(void **state)
{
	struct tally a = { .in = 3, .delivered = 1 }, b = { .in = 4, .dead = 2 };

	(void)state;
	tally_drop(&a, "x", 2);
	tally_drop(&b, "x", 1);
	tally_drop(&b, "y", 1);
	tally_add(&a, &b);
	assert_int_equal(a.in, 7);
	assert_int_equal(a.dropped, 4);
	assert_int_equal(a.drop_count, 2);
	assert_int_equal(a.drops[0].events, 3);
	tally_finish(&a);
	tally_finish(&b);
}

/* The event of a dead letter came in long ago, and is dead until it is something else. */
static void a_letter_moves_from_dead_to_its_new_fate(void **state)
{
	struct tally delivered = { .in = 1, .delivered = 1 }, dead = { .in = 1, .dead = 1 };
	struct tally dropped = { .in = 1 };

	(void)state;
	assert_int_equal(tally_letter(&delivered), STORE_DELIVERED);
	assert_int_equal(delivered.in, 0);
	assert_int_equal(delivered.delivered + delivered.dead, 0);
	assert_int_equal(delivered.released, 1);
	assert_int_equal(tally_letter(&dead), STORE_DEAD);
	assert_int_equal(dead.in, 0);
	assert_int_equal(dead.dead, 0);
	assert_int_equal(dead.released, 0);
	tally_drop(&dropped, "noise", 1);
	assert_int_equal(tally_letter(&dropped), STORE_DROPPED);
	assert_int_equal(dropped.dropped + dropped.dead, 0);
	tally_finish(&dropped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_moves_from_dead_to_its_new_fate),
		cmocka_unit_test(what_was_taken_is_delivered),
		cmocka_unit_test(each_way_to_end_is_counted_as_what_it_is),
		cmocka_unit_test(of_several_records_a_dead_one_decides),
		cmocka_unit_test(then_a_delivered_one_decides),
		cmocka_unit_test(of_several_drops_the_first_cause_counts),
		cmocka_unit_test(a_line_that_is_no_json_is_dead_at_every_sink),
		cmocka_unit_test(an_event_of_which_nothing_arrived_was_routed_nowhere),
		cmocka_unit_test(sums_add_up_by_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
