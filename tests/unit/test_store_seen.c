/* test_store_seen.c - core/store_seen*.c through store.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "store_trial.h"

/* ---- seen ids ------------------------------------------------------------------------------ */

static void an_id_is_seen_once_it_is_marked_or_committed(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);

	assert_false(is_seen(store, "acme", 1));
	assert_true(is_seen(store, "acme", 1));
	assert_false(is_seen(store, "globex", 1));
	store_seen_forget_pending(store, "acme");
	assert_false(is_seen(store, "acme", 1));
	commit_ids(store, "acme", 1, 2);
	store_seen_forget_pending(store, "acme");
	assert_true(is_seen(store, "acme", 1));
	store_close(store);
	store = open_as(*state, STORE_AS_WAS);
	assert_true(is_seen(store, "acme", 1));
	assert_false(is_seen(store, "globex", 1));
	store_close(store);
}

static void many_ids_in_commits_of_all_sizes_are_seen(void **state)
{
	static const int sizes[] = { 1, 3, 100, 1000, 5000, 1, 1, 127, 128, 129, 9000 };
	struct store *store = open_as(*state, STORE_NEW);
	int n = 0;

	for (int round = 0; round < 8; round++) {
		for (size_t i = 0; i < WEIR_COUNT(sizes); i++) {
			/* Some are asked about first, as events that come in are. */
			if (i % 2 == 0)
				assert_false(is_seen(store, "acme", n));
			commit_ids(store, "acme", n, n + sizes[i]);
			n += sizes[i];
		}
	}
	for (int i = 0; i < n; i += 7)
		assert_true(is_seen(store, "acme", i));
	assert_false(is_seen(store, "acme", n));
	store_close(store);
	store = open_as(*state, STORE_AS_WAS);
	for (int i = n - 1; i >= 0; i -= 11)
		assert_true(is_seen(store, "acme", i));
	commit_ids(store, "acme", n, n + 10);
	assert_true(is_seen(store, "acme", n + 9));
	assert_true(is_seen(store, "acme", 0));
	store_close(store);
}

/* As a backfill does, from row to row, with some out of order; and what is new is new. */
static void what_is_read_again_is_found_wherever_it_lies(void **state)
{
	enum { IDS = 40000, NEAR = 300 };
	struct store *store = open_as(*state, STORE_NEW);

	for (int i = 0; i < IDS; i += 1000)
		commit_ids(store, "acme", i, i + 1000);
	for (int i = 0; i < IDS; i++)
		assert_true(is_seen(store, "acme", (i + i * 7919 % NEAR) % IDS));
	for (int i = IDS; i-- > 0;)
		assert_true(is_seen(store, "acme", i));
	for (int i = 0; i < IDS; i += 97)
		assert_true(is_seen(store, "acme", i * 31 % IDS));
	assert_false(is_seen(store, "acme", IDS));
	assert_false(is_seen(store, "globex", 1));
	/* Rows are rewritten under those that are kept in memory. */
	commit_ids(store, "acme", IDS + 1, IDS + 50);
	commit_ids(store, "acme", IDS + 50, IDS + 100);
	for (int i = IDS + 1; i < IDS + 100; i++)
		assert_true(is_seen(store, "acme", i));
	store_close(store);
}

static void it_is_known_since_when_no_id_was_forgotten(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);

	assert_true(store_seen_since(store, "acme") == INT64_MIN);
	commit_ids(store, "acme", 1, 5000);
	assert_true(store_seen_since(store, "acme") == INT64_MIN);
	/* Ids are a second old each: eight days later whole rows are gone. */
	commit_ids(store, "acme", 8 * 24 * 3600, 8 * 24 * 3600 + 5000);
	assert_true(store_seen_since(store, "acme") > 1000000);
	assert_true(store_seen_since(store, "globex") == INT64_MIN);
	store_close(store);
}

static void old_ids_are_forgotten_by_time_and_count(void **state)
{
	const struct store_limits few = { .seen_for_ms = 3600 * 1000, .seen_count = 10000 };
	enum store_opened opened;
	struct weir_error err;
	char *note;
	struct store *store = store_open(*state, STORE_OWN, &few, &opened, &note, &err);
	int kept = 0;

	assert_non_null(store);
	/* One second each: the first thousand are over an hour old at the end. */
	for (int i = 0; i < 1000; i += 10)
		commit_ids(store, "slow", i, i + 10);
	commit_ids(store, "slow", 100000, 100010);
	for (int i = 0; i < 1000; i++)
		kept += is_seen(store, "slow", i);
	assert_in_range(kept, 0, 128); /* those that share a row with newer ones */
	assert_true(is_seen(store, "slow", 100009));

	for (int i = 0; i < 60; i++) {
		struct store_seen seen[1000];
		char texts[1000][40];
		struct store_commit commit = { .seen = seen, .seen_count = 1000 };

		for (int k = 0; k < 1000; k++)
			seen[k] = (struct store_seen){ "busy", uuid(i * 1000 + k, texts[k]), i };
		must_commit(store, &commit);
	}
	kept = 0;
	for (int i = 0; i < 50000; i++)
		kept += is_seen(store, "busy", i);
	for (int i = 50000; i < 60000; i++)
		assert_true(is_seen(store, "busy", i));
	assert_in_range(kept, 0, 4096);
	store_close(store);
}

static void an_idle_source_costs_little(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);
	size_t before, after;

	commit_ids(store, "acme", 0, 5000);
	before = store_seen_memory(store);
	for (int i = 0; i < 100; i++) {
		char name[20];

		snprintf(name, sizeof name, "org-%d", i);
		is_seen(store, name, i);
		commit_ids(store, name, i, i + 1);
	}
	assert_false(is_seen(store, "acme", 5000));
	after = store_seen_memory(store);
	assert_in_range((after - before) / 101, 1, 2048);
	assert_in_range(after, 1, 20480 + 100 * 2048);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_id_is_seen_once_it_is_marked_or_committed),
		TEST(many_ids_in_commits_of_all_sizes_are_seen),
		TEST(what_is_read_again_is_found_wherever_it_lies),
		TEST(it_is_known_since_when_no_id_was_forgotten),
		TEST(old_ids_are_forgotten_by_time_and_count),
		TEST(an_idle_source_costs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
