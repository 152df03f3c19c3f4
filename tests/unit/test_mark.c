/* test_mark.c - core/mark.c, core/ledger.c and core/dead.c: what a commit is made of.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mark.h"
#include "pages.h"

static const struct weir_plugin plugin = { .name = "list", .position_version = 3 };
static const struct config_node node = { .kind = WEIR_SINK };
static struct weir_ctx sink = { .node = &node, .plugin = &plugin, .name = "out" };
static struct ledger ledger;

static int setup(void **state)
{
	(void)state;
	ledger_init(&ledger);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ledger_finish(&ledger);
	return 0;
}

static int64_t count_of(const struct store_commit *commit, enum store_fate fate)
{
	int64_t sum = 0;

	for (size_t i = 0; i < commit->count_count; i++)
		sum += commit->counts[i].fate == fate ? commit->counts[i].by : 0;
	return sum;
}

static void a_commit_has_what_all_sinks_reported(void **state)
{
	struct mark *mark = mark_create(NULL, 7, 2);
	struct weir_arena *arena = weir_arena_create();
	struct ledger_row *row = ledger_row(&ledger, "acme", "out");
	struct report reports[2] = { { 0 }, { 0 } };
	struct store_commit commit;

	(void)state;
	position_add(&mark->positions, &sink, "of a source");
	for (size_t i = 0; i < 2; i++) {
		struct tally tally = { .in = 10, .delivered = 7, .dead = 1 };

		tally_drop(&tally, "no rule", 2);
		tally_add(report_tally(&reports[i], row), &tally);
		tally_finish(&tally);
		position_add(&reports[i].position, &sink, "of a sink");
		report_id(&reports[i], "acme", weir_bytes("id-1"), 5);
		report_release(&reports[i], &(struct report_release){ .number = 40 + (int64_t)i });
	}
	assert_false(mark_hand_in(mark, 1, &reports[1]));
	assert_true(mark_hand_in(mark, 0, &reports[0]));
	mark_commit(mark, &commit, arena);
	assert_int_equal(commit.position_count, 3);
	assert_string_equal(commit.positions[1].text, "of a sink");
	assert_int_equal(commit.positions[1].version, 3);
	assert_string_equal(commit.positions[1].name, "out");
	assert_int_equal(commit.seen_count, 2);
	assert_true(weir_bytes_are(commit.seen[1].id, "id-1"));
	assert_int_equal(commit.released_count, 2);
	assert_int_equal(commit.released[1], 41);
	assert_int_equal(count_of(&commit, STORE_IN), 20);
	assert_int_equal(count_of(&commit, STORE_DROPPED), 4);
	assert_false(mark_is_empty(&commit));
	mark_destroy(mark);
	weir_arena_destroy(arena);
}

static void nothing_to_store_is_known_as_such(void **state)
{
	struct mark *mark = mark_create(NULL, 1, 1);
	struct weir_arena *arena = weir_arena_create();
	struct report report = { 0 };
	struct store_commit commit;

	(void)state;
	report_tally(&report, ledger_row(&ledger, "acme", "out"));
	assert_true(mark_hand_in(mark, 0, &report));
	mark_commit(mark, &commit, arena);
	assert_true(mark_is_empty(&commit));
	mark_destroy(mark);
	mark_destroy(NULL);
	weir_arena_destroy(arena);
}

static void a_report_takes_new_ids_of_a_page(void **state)
{
	const char *path = "id";
	struct weir_error err = { 0 };
	struct weir_paths *paths = weir_paths_create(&path, 1, &err);
	struct page *page = page_of_lines("{\"id\":\"a\"}\n{\"id\":\"b\"}\n{}\n");
	struct report report = { 0 };

	(void)state;
	page_read_ids(page, paths);
	page_set_repeated(page, 0);
	report_page(&report, page);
	assert_int_equal(report.id_count, 1);
	report_finish(&report);
	page_unref(page);
	weir_paths_destroy(paths);
}

static void lists_of_letters_are_joined_in_order(void **state)
{
	struct dead_list a = { 0 }, b = { 0 };
	struct store_dead letter = { .source = "s", .event = { "x", 1 } };

	(void)state;
	dead_move(&a, &b);
	assert_int_equal(a.count, 0);
	for (uint32_t i = 0; i < 2; i++)
		dead_add(&a, i, &letter);
	dead_add(&b, 2, &letter);
	dead_move(&a, &b);
	assert_int_equal(a.count, 3);
	assert_int_equal(a.last->event, 2);
	assert_null(b.first);
	dead_finish(&a);
}

/* ---- ledger -------------------------------------------------------------------------------- */

static void what_came_is_in_flight_until_its_fate_is_known(void **state)
{
	struct ledger_row *row = ledger_row(&ledger, "acme", "out");
	struct tally tally = { .in = 4, .delivered = 4 }, seen;
	int64_t in;

	(void)state;
	assert_ptr_equal(ledger_row(&ledger, "acme", "out"), row);
	assert_ptr_not_equal(ledger_row(&ledger, "acme", "other"), row);
	ledger_in(row, 10);
	ledger_settle(row, &tally);
	ledger_look(row, &seen, &in);
	assert_int_equal(in - seen.in, 6);
	tally_finish(&seen);
}

static void what_was_not_committed_is_forgotten_with_what_was_in_flight(void **state)
{
	struct ledger_row *row = ledger_row(&ledger, "acme", "out");
	struct tally tally = { .in = 4, .delivered = 3, .repeated = 1 }, seen;
	int64_t in;

	(void)state;
	ledger_in(row, 20);
	ledger_settle(row, &tally);
	ledger_commit(row, &tally);
	ledger_settle(row, &tally);
	ledger_forget(row);
	ledger_look(row, &seen, &in);
	assert_int_equal(in, 4);
	assert_int_equal(seen.delivered, 3);
	assert_int_equal(seen.repeated, 1);
	tally_finish(&seen);
}

#define MARK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARK_TEST(a_commit_has_what_all_sinks_reported),
		MARK_TEST(nothing_to_store_is_known_as_such),
		MARK_TEST(a_report_takes_new_ids_of_a_page),
		MARK_TEST(lists_of_letters_are_joined_in_order),
		MARK_TEST(what_came_is_in_flight_until_its_fate_is_known),
		MARK_TEST(what_was_not_committed_is_forgotten_with_what_was_in_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
