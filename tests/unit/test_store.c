/* test_store.c - core/store.c, store_commit.c and store_read.c through their header: what is kept,
 * and who may open it.
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

/* ---- positions, counts, dead letters ------------------------------------------------ */

static void a_position_outlives_the_process(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);

	assert_position(store, NULL);
	commit_position(store, "{\"next\":1}");
	commit_position(store, "{\"next\":2}");
	store_close(store);
	store = open_as(*state, STORE_AS_WAS);
	assert_position(store, "{\"next\":2}");
	store_close(store);
}

static void a_source_that_is_forgotten_is_new(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);
	struct weir_error err;

	commit_position(store, "next=7");
	commit_ids(store, "acme", 1, 300);
	commit_ids(store, "globex", 1, 2);
	assert_true(is_seen(store, "acme", 1));
	assert_true(store_forget_source(store, "acme", &err));
	assert_position(store, NULL);
	assert_false(is_seen(store, "acme", 1));
	assert_true(is_seen(store, "globex", 1));
	/* What it sees from here on is kept as ever. */
	commit_ids(store, "acme", 1, 2);
	store_seen_forget_pending(store, "acme");
	assert_true(is_seen(store, "acme", 1));
	assert_false(is_seen(store, "acme", 200));
	assert_true(store_forget_source(store, "initech", &err));
	store_close(store);
	store = open_as(*state, STORE_AS_WAS);
	assert_position(store, NULL);
	assert_true(is_seen(store, "acme", 1));
	assert_false(is_seen(store, "acme", 2));
	store_close(store);
}

static bool is_there(const char *dir, const char *name)
{
	char *path = scratch_path(dir, name);
	bool there = access(path, F_OK) == 0;

	weir_free(path);
	return there;
}

/* A process that was killed while it made its store. */
static void a_half_made_store_is_no_hindrance(void **state)
{
	static const char *const left[] = { "state.db.new", "state.db.new-wal",
		                            "state.db.new-journal" };
	struct store *store;

	for (size_t i = 0; i < WEIR_COUNT(left); i++)
		scratch_write(*state, left[i], "half", 4);
	store = open_as(*state, STORE_NEW);
	commit_position(store, "{}");
	store_close(store);
	store = open_as(*state, STORE_AS_WAS);
	assert_position(store, "{}");
	store_close(store);
	for (size_t i = 0; i < WEIR_COUNT(left); i++)
		assert_false(is_there(*state, left[i]));
}

static void a_position_of_another_plugin_or_version_is_not_given(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);

	commit_position(store, "x");
	assert_null(store_position(store, WEIR_SOURCE, "acme", "file", 1));
	assert_null(store_position(store, WEIR_SOURCE, "acme", "okta", 2));
	assert_null(store_position(store, WEIR_SINK, "acme", "okta", 1));
	assert_position(store, "x");
	store_forget_position(store, WEIR_SOURCE, "acme");
	assert_position(store, NULL);
	store_close(store);
}

struct sums {
	int64_t in, dropped, rows;
	char cause[32];
};

static bool add_up(void *arg, const struct store_count *c)
{
	struct sums *sums = arg;

	assert_string_equal(c->source, "acme");
	assert_string_equal(c->sink, "out");
	sums->rows++;
	if (c->fate == STORE_IN)
		sums->in += c->by;
	if (c->fate == STORE_DROPPED) {
		sums->dropped += c->by;
		snprintf(sums->cause, sizeof sums->cause, "%s", c->cause);
	}
	return true;
}

static void counts_add_up_over_commits(void **state)
{
	const struct store_count counts[] = {
		{ "acme", "out", STORE_IN, NULL, 10 },
		{ "acme", "out", STORE_DROPPED, "no rule", 4 },
		{ "acme", "out", STORE_IN, NULL, 1 },
	};
	struct store_commit commit = { .counts = counts, .count_count = WEIR_COUNT(counts) };
	struct store *store = open_as(*state, STORE_NEW);
	struct sums sums = { 0 };

	must_commit(store, &commit);
	must_commit(store, &commit);
	store_each_count(store, add_up, &sums);
	assert_int_equal(sums.in, 22);
	assert_int_equal(sums.dropped, 8);
	assert_int_equal(sums.rows, 2);
	assert_string_equal(sums.cause, "no rule");
	store_close(store);
}

struct dead_list {
	int64_t numbers[8];
	int count;
	char event[64], text[64], file[32], id[40], origin[32];
	bool has_schema;
	int64_t replays;
};

static const struct store_dead_query newest_first = { .newest_first = true };

static bool list_dead(void *arg, const struct store_dead *dead)
{
	struct dead_list *list = arg;

	list->numbers[list->count++] = dead->number;
	snprintf(list->event, sizeof list->event, "%.*s", (int)dead->event.len, dead->event.data);
	snprintf(list->id, sizeof list->id, "%.*s", (int)dead->id.len, dead->id.data);
	snprintf(list->text, sizeof list->text, "%.60s", dead->why.text);
	snprintf(list->file, sizeof list->file, "%s",
	         dead->why.where.file ? dead->why.where.file : "-");
	snprintf(list->origin, sizeof list->origin, "%s", dead->origin ? dead->origin : "-");
	list->has_schema = dead->schema != NULL;
	list->replays = dead->replays;
	return list->count < 8;
}

static struct dead_list letters_of(struct store *store, const struct store_dead_query *query)
{
	struct dead_list list = { 0 };
	struct weir_error err;

	assert_int_equal(store_each_dead(store, query, list_dead, &list, &err), WEIR_OK);
	return list;
}

static struct store *with_two_letters(const char *dir)
{
	struct store_dead dead[2] = {
		{ .source = "acme", .sink = "out", .stage = "transforms.normalize", .at_us = 1,
		  .id = weir_bytes("id-1"), .event = weir_bytes("{\"a\":1}"), .schema = "auth",
		  .origin = "acme.okta.com", .delivered = "generic\n",
		  .why = { .code = WEIR_E_DATA,
		           .where = { .file = "auth.lua", .line = 3 },
		           .text = "not an address" } },
		{ .source = "acme", .sink = "other", .stage = "sinks.other", .at_us = 2,
		  .event = weir_bytes("x"), .why = { .code = WEIR_E_DATA, .text = "too long" } },
	};
	struct store_commit commit = { .dead = dead, .dead_count = 2 };
	struct store *store = open_as(dir, STORE_NEW);

	must_commit(store, &commit);
	return store;
}

static void dead_letters_come_newest_first_and_whole(void **state)
{
	struct store *store = with_two_letters(*state);
	struct dead_list list = letters_of(store, &newest_first);
	struct store_dead_size size;

	assert_int_equal(list.count, 2);
	assert_true(list.numbers[0] > list.numbers[1]);
	assert_string_equal(list.event, "{\"a\":1}");
	assert_string_equal(list.id, "id-1");
	assert_string_equal(list.text, "not an address");
	assert_string_equal(list.file, "auth.lua");
	assert_string_equal(list.origin, "acme.okta.com");
	assert_true(list.has_schema);
	store_measure_dead(store, &size);
	assert_int_equal(size.letters, 2);
	assert_int_equal(size.bytes, 8);
	store_close(store);
}

static void dead_letters_are_chosen(void **state)
{
	struct store *store = with_two_letters(*state);
	const int64_t two = 2, none = 77;

	assert_int_equal(letters_of(store, &(struct store_dead_query){ .above = 1 }).numbers[0], 2);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .below = 2 }).numbers[0], 1);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .source = "acme" }).count, 2);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .source = "x" }).count, 0);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .sink = "out" }).numbers[0], 1);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .since_us = 2 }).numbers[0], 2);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .numbers = &two,
	                                                               .number_count = 1 }).count, 1);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .numbers = &two, .above = 2,
	                                                               .number_count = 1 }).count, 0);
	assert_int_equal(letters_of(store, &(struct store_dead_query){ .numbers = &none,
	                                                               .number_count = 1 }).count, 0);
	store_close(store);
}

static void a_letter_that_fails_again_keeps_its_place_and_one_that_is_released_goes(void **state)
{
	struct store *store = with_two_letters(*state);
	const int64_t gone = 1;
	struct store_dead again = { .number = 2, .stage = "transforms.normalize", .replayed_us = 9,
		                    .why = { .code = WEIR_E_DATA, .text = "still too long" } };
	struct store_commit commit = { .dead = &again, .dead_count = 1,
		                       .released = &gone, .released_count = 1 };
	struct dead_list list;

	must_commit(store, &commit);
	list = letters_of(store, &newest_first);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.numbers[0], 2);
	assert_string_equal(list.text, "still too long");
	assert_string_equal(list.event, "x");
	assert_string_equal(list.id, "");
	assert_int_equal(list.replays, 1);
	assert_false(list.has_schema);
	store_close(store);
}

/* What the weir before sinks were noted has left behind. */
static void a_store_of_format_1_is_brought_up_to_date(void **state)
{
	static const char old[] =
		"CREATE TABLE was AS SELECT number, source, stage, id, at_us, code, file, line, col,"
		" path, text, schema, event FROM weir_dead;"
		"DROP TABLE weir_dead; ALTER TABLE was RENAME TO weir_dead; PRAGMA user_version=1";
	struct store *store = with_two_letters(*state);
	char *path = weir_format("%s/state.db", (const char *)*state);
	struct weir_error err = { 0 };
	struct dead_list list;
	struct db *db;

	store_close(store);
	db = db_open(path, DB_WRITE, &err);
	assert_non_null(db);
	assert_int_equal(db_exec(db, old, &err), WEIR_OK);
	db_close(db);
	store = open_as(*state, STORE_AS_WAS);
	list = letters_of(store, &newest_first);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.text, "not an address");
	assert_string_equal(list.origin, "-");
	store_close(store);
	weir_free(path);
}

/* ---- the lock --------------------------------------------------------------------------- */

static void a_second_weir_is_refused_with_the_pid(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note, pid[32];

	snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
	assert_null(store_open(*state, STORE_OWN, &limits, &opened, &note, &err));
	assert_int_equal(err.code, WEIR_E_CONFIG);
	assert_non_null(strstr(err.text, pid));
	assert_int_equal(store_owner(*state), getpid());
	store_close(store);
	assert_int_equal(store_owner(*state), 0);
	store_close(open_as(*state, STORE_AS_WAS));
}

static void a_reader_reads_beside_the_owner(void **state)
{
	struct store *store = open_as(*state, STORE_NEW), *reader;
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note;

	commit_position(store, "x");
	reader = store_open(*state, STORE_READ, NULL, &opened, &note, &err);
	assert_non_null(reader);
	assert_position(reader, "x");
	commit_position(store, "y");
	assert_position(reader, "y");
	store_close(reader);
	store_close(store);
}

static void a_reader_says_that_nothing_ran_yet(void **state)
{
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note;

	assert_null(store_open(*state, STORE_READ, NULL, &opened, &note, &err));
	assert_non_null(strstr(err.text, "holds no state"));
}

/* ---- seen ids ------------------------------------------------------------------------------ */

static void a_source_has_records_of_its_lanes(void **state)
{
	struct store *store = open_as(*state, STORE_NEW);
	struct store_position positions[] = {
		{ WEIR_SOURCE, "acme", "okta", 1, "here", STORE_POSITION },
		{ WEIR_SOURCE, "acme", "okta", 1, "since then", STORE_LIVE },
		{ WEIR_SOURCE, "acme", "okta", 1, "there", STORE_BACKFILL },
	};
	struct store_commit commit = { .positions = positions, .position_count = 3 };
	struct weir_error err;
	char *text;

	must_commit(store, &commit);
	assert_position(store, "here");
	text = store_lane(store, WEIR_BACKFILL, "acme", "okta", 1);
	assert_string_equal(text, "there");
	weir_free(text);
	assert_null(store_lane(store, WEIR_AUDIT, "acme", "okta", 1));
	assert_true(store_forget_source(store, "acme", &err));
	assert_null(store_lane(store, WEIR_BACKFILL, "acme", "okta", 1));
	assert_null(store_lane(store, WEIR_LIVE, "acme", "okta", 1));
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_position_outlives_the_process),
		TEST(a_source_that_is_forgotten_is_new),
		TEST(a_half_made_store_is_no_hindrance),
		TEST(a_position_of_another_plugin_or_version_is_not_given),
		TEST(counts_add_up_over_commits),
		TEST(dead_letters_come_newest_first_and_whole),
		TEST(dead_letters_are_chosen),
		TEST(a_letter_that_fails_again_keeps_its_place_and_one_that_is_released_goes),
		TEST(a_store_of_format_1_is_brought_up_to_date),
		TEST(a_second_weir_is_refused_with_the_pid),
		TEST(a_reader_reads_beside_the_owner),
		TEST(a_reader_says_that_nothing_ran_yet),
		TEST(a_source_has_records_of_its_lanes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
