/* test_store.c - core/store*.c through their header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "db.h"
#include "log.h"
#include "scratch.h"
#include "store.h"

static const struct store_limits limits = { .seen_for_ms = 7LL * 24 * 3600 * 1000,
	                                    .seen_count = 1000000 };

/* A store that must open; how is checked. */
static struct store *open_as(const char *dir, enum store_opened expected)
{
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note;
	struct store *store = store_open(dir, STORE_OWN, &limits, &opened, &note, &err);

	if (!store)
		print_error("%s\n", err.text);
	assert_non_null(store);
	assert_int_equal(opened, expected);
	weir_free(note);
	return store;
}

static void must_commit(struct store *store, const struct store_commit *commit)
{
	struct weir_error err = { 0 };

	if (store_commit(store, commit, &err) != WEIR_OK)
		fail_msg("%s", err.text);
}

static struct weir_bytes uuid(int i, char text[40])
{
	snprintf(text, 40, "%08x-0000-4000-8000-%012x", (unsigned)i * 2654435761u, (unsigned)i);
	return weir_bytes(text);
}

/* Ids from..to of a source in one commit, at one second each. */
static void commit_ids(struct store *store, const char *source, int from, int to)
{
	size_t count = (size_t)(to - from);
	struct store_seen *seen = weir_alloc(count * sizeof *seen + 1);
	char (*texts)[40] = weir_alloc(count * 40 + 1);
	struct store_commit commit = { .seen = seen, .seen_count = count };

	for (size_t i = 0; i < count; i++)
		seen[i] = (struct store_seen){ source, uuid(from + (int)i, texts[i]),
			                       (from + (int64_t)i) * 1000000 };
	must_commit(store, &commit);
	weir_free(seen);
	weir_free(texts);
}

static bool is_seen(struct store *store, const char *source, int i)
{
	char text[40];

	return store_seen_check(store, source, uuid(i, text));
}

static void commit_position(struct store *store, const char *text)
{
	struct store_position position = { WEIR_SOURCE, "acme", "okta", 1, text };
	struct store_commit commit = { .positions = &position, .position_count = 1 };

	must_commit(store, &commit);
}

static void assert_position(struct store *store, const char *expected)
{
	char *text = store_position(store, WEIR_SOURCE, "acme", "okta", 1);

	if (expected) {
		assert_non_null(text);
		assert_string_equal(text, expected);
	} else {
		assert_null(text);
	}
	weir_free(text);
}

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

	store_each_dead(store, query, list_dead, &list);
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

/* ---- damage ----------------------------------------------------------------------------- */

/* Overwrites a part of a file with zeros, in eighths of its size. */
static void zero(const char *dir, const char *name, size_t from, size_t to)
{
	size_t len = 0;
	char *data = scratch_read(dir, name, &len);

	assert_non_null(data);
	memset(data + len / 8 * from, 0, len / 8 * (to - from));
	scratch_write(dir, name, data, len);
	weir_free(data);
}

static void fill(const char *dir)
{
	struct store *store = open_as(dir, STORE_NEW);
	char *wal = scratch_path(dir, "state.db-wal");

	commit_ids(store, "acme", 0, 20000);
	commit_position(store, "before");
	store_close(store);
	if (access(wal, F_OK) == 0)
		weir_no_memory(); /* there was no memory to put it all into the file */
	weir_free(wal);
}

static void a_damaged_store_goes_back_to_its_previous_generation(void **state)
{
	static const size_t parts[][2] = { { 0, 4 }, { 4, 8 }, { 2, 6 }, { 1, 2 }, { 7, 8 } };

	for (size_t i = 0; i < WEIR_COUNT(parts); i++) {
		char *dir = weir_format("%s/%zu", (char *)*state, i);
		enum store_opened opened;
		struct weir_error err = { 0 };
		struct store *store;
		char *note, *damaged;

		fill(dir);
		zero(dir, "state.db", parts[i][0], parts[i][1]);
		store = store_open(dir, STORE_OWN, &limits, &opened, &note, &err);
		assert_non_null(store);
		assert_int_equal(opened, STORE_RESTORED);
		assert_non_null(strstr(note, "previous generation"));
		assert_non_null(strstr(note, "may get again"));
		weir_free(note);
		assert_position(store, "before");
		assert_true(is_seen(store, "acme", 19999));
		assert_true(is_seen(store, "acme", 0));
		assert_false(is_seen(store, "acme", 20000));
		commit_position(store, "after");
		store_close(store);
		store = open_as(dir, STORE_AS_WAS);
		assert_position(store, "after");
		store_close(store);
		damaged = scratch_read(dir, "state.db.damaged", NULL);
		assert_non_null(damaged);
		weir_free(damaged);
		weir_free(dir);
	}
}

static void a_lost_store_goes_back_too(void **state)
{
	char *path = scratch_path(*state, "state.db");
	struct store *store;

	fill(*state);
	assert_int_equal(unlink(path), 0);
	store = open_as(*state, STORE_RESTORED);
	assert_position(store, "before");
	store_close(store);
	scratch_write(*state, "state.db", "", 0);
	store = open_as(*state, STORE_RESTORED);
	assert_position(store, "before");
	store_close(store);
	weir_free(path);
}

static void without_a_sound_generation_the_loss_is_told(void **state)
{
	enum store_opened opened;
	struct weir_error err = { 0 };
	struct store *store;
	char *note;

	fill(*state);
	zero(*state, "state.db", 0, 4);
	zero(*state, "state.db.1", 4, 8);
	store = store_open(*state, STORE_OWN, &limits, &opened, &note, &err);
	assert_non_null(store);
	assert_int_equal(opened, STORE_NEW);
	assert_non_null(strstr(note, "no sound previous generation"));
	weir_free(note);
	assert_position(store, NULL);
	commit_position(store, "anew");
	store_close(store);
	store = open_as(*state, STORE_AS_WAS);
	assert_position(store, "anew");
	store_close(store);
}

static void a_store_of_a_newer_weir_is_left_alone(void **state)
{
	enum store_opened opened;
	struct weir_error err = { 0 };
	size_t len = 0;
	char *note, *data;

	fill(*state);
	data = scratch_read(*state, "state.db", &len);
	data[63] = 99; /* user_version, https://www.sqlite.org/fileformat.html 1.3 */
	scratch_write(*state, "state.db", data, len);
	assert_null(store_open(*state, STORE_OWN, &limits, &opened, &note, &err));
	assert_int_equal(err.code, WEIR_E_CONFIG);
	assert_non_null(strstr(err.text, "newer weir"));
	weir_free(data);
}

static void a_killed_process_loses_no_commit(void **state)
{
	struct store *store;
	pid_t child = fork();
	int status;

	if (child == 0) {
		store = open_as(*state, STORE_NEW);
		commit_ids(store, "acme", 0, 1000);
		commit_position(store, "committed");
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	store = open_as(*state, STORE_AS_WAS);
	assert_position(store, "committed");
	assert_true(is_seen(store, "acme", 999));
	store_close(store);
}

static void nobody_else_may_read_the_state(void **state)
{
	static const char *const names[] = { "state.db", "state.db-wal", "state.db.1", "lock" };
	struct store *store = open_as(*state, STORE_NEW);

	commit_position(store, "x");
	store_close(store);
	store = open_as(*state, STORE_AS_WAS);
	commit_position(store, "y");
	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		char *path = scratch_path(*state, names[i]);
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		weir_free(path);
	}
	store_close(store);
}

static void an_unwritable_folder_is_named(void **state)
{
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note, *dir = scratch_path(*state, "file");

	scratch_write(*state, "file", "", 0);
	assert_null(store_open(dir, STORE_OWN, &limits, &opened, &note, &err));
	assert_non_null(strstr(err.text, dir));
	weir_free(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

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
		TEST(an_id_is_seen_once_it_is_marked_or_committed),
		TEST(many_ids_in_commits_of_all_sizes_are_seen),
		TEST(what_is_read_again_is_found_wherever_it_lies),
		TEST(it_is_known_since_when_no_id_was_forgotten),
		TEST(a_source_has_records_of_its_lanes),
		TEST(old_ids_are_forgotten_by_time_and_count),
		TEST(an_idle_source_costs_little),
		TEST(a_damaged_store_goes_back_to_its_previous_generation),
		TEST(a_lost_store_goes_back_too),
		TEST(without_a_sound_generation_the_loss_is_told),
		TEST(a_store_of_a_newer_weir_is_left_alone),
		TEST(a_killed_process_loses_no_commit),
		TEST(nobody_else_may_read_the_state),
		TEST(an_unwritable_folder_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
