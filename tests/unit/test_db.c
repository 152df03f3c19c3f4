/* test_db.c - core/db.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db.h"
#include "scratch.h"

static struct db *open_at(const char *dir, enum db_mode mode)
{
	char *path = scratch_path(dir, "x.db");
	struct weir_error err = { 0 };
	struct db *db = db_open(path, mode, &err);

	weir_free(path);
	if (!db)
		print_error("%s\n", err.text);
	return db;
}

static struct db *with_a_table(const char *dir)
{
	struct db *db = open_at(dir, DB_WRITE);
	struct weir_error err;

	assert_non_null(db);
	assert_int_equal(db_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c BLOB)", &err),
	                 WEIR_OK);
	return db;
}

static void put(struct db *db, int64_t a, const char *b, struct weir_bytes c)
{
	struct weir_error err;
	struct db_stmt *stmt = db_prepare(db, "INSERT INTO t VALUES(?,?,?)", &err);

	assert_non_null(stmt);
	db_bind_int(stmt, 1, a);
	db_bind_text(stmt, 2, b);
	db_bind_blob(stmt, 3, c);
	assert_int_equal(db_run(stmt, &err), WEIR_OK);
	db_finish(stmt);
}

static void put_many(struct db *db, int count)
{
	struct weir_error err;

	assert_int_equal(db_exec(db, "BEGIN", &err), WEIR_OK);
	for (int i = 0; i < count; i++)
		put(db, i, "some text that fills pages", (struct weir_bytes){ 0 });
	assert_int_equal(db_exec(db, "COMMIT", &err), WEIR_OK);
}

static void what_is_bound_comes_back(void **state)
{
	struct db *db = with_a_table(*state);
	struct weir_error err;
	struct db_stmt *stmt;

	put(db, 1, "text", (struct weir_bytes){ "a\0b", 3 });
	put(db, 2, NULL, (struct weir_bytes){ 0 });
	stmt = db_prepare(db, "SELECT a, b, c FROM t ORDER BY a", &err);
	assert_non_null(stmt);
	assert_int_equal(db_step(stmt, &err), DB_ROW);
	assert_int_equal(db_int(stmt, 0), 1);
	assert_string_equal(db_text(stmt, 1), "text");
	assert_int_equal(db_blob(stmt, 2).len, 3);
	assert_memory_equal(db_blob(stmt, 2).data, "a\0b", 3);
	assert_int_equal(db_step(stmt, &err), DB_ROW);
	assert_null(db_text(stmt, 1));
	assert_null(db_blob(stmt, 2).data);
	assert_int_equal(db_step(stmt, &err), DB_DONE);
	db_finish(stmt);
	assert_true(db_size(db) > 0);
	assert_true(db_memory(db) > 0);
	db_close(db);
}

static void a_mistake_is_told(void **state)
{
	struct db *db = with_a_table(*state);
	struct weir_error err = { 0 };
	struct db_stmt *stmt;

	assert_null(db_prepare(db, "SELECT nothing FROM nowhere", &err));
	assert_int_equal(err.code, WEIR_E_DATA);
	put(db, 1, "x", (struct weir_bytes){ 0 });
	stmt = db_prepare(db, "INSERT INTO t VALUES(1,'y',NULL)", &err);
	assert_non_null(stmt);
	assert_int_equal(db_run(stmt, &err), WEIR_FAIL);
	db_finish(stmt);
	db_close(db);
	db_close(NULL);
	db_finish(NULL);
}

static void a_reader_cannot_write_and_needs_a_file(void **state)
{
	struct weir_error err;
	struct db *db;
	char *path = scratch_path(*state, "none.db");

	assert_null(db_open(path, DB_READ, &err));
	weir_free(path);
	db_close(with_a_table(*state));
	db = open_at(*state, DB_READ);
	assert_non_null(db);
	assert_int_not_equal(db_exec(db, "INSERT INTO t VALUES(1,'x',NULL)", &err), WEIR_OK);
	db_close(db);
}

static void a_copy_is_whole_and_one_file(void **state)
{
	struct db *db = with_a_table(*state), *copy;
	char *path = scratch_path(*state, "copy.db"), *log;
	struct weir_error err;
	struct db_stmt *stmt;

	put_many(db, 5000);
	assert_int_equal(db_copy(db, path, NULL, NULL, &err), WEIR_OK);
	db_close(db);
	copy = db_open(path, DB_READ, &err);
	assert_non_null(copy);
	assert_true(db_is_sound(copy, &err));
	stmt = db_prepare(copy, "SELECT count(*) FROM t", &err);
	assert_non_null(stmt);
	assert_int_equal(db_step(stmt, &err), DB_ROW);
	assert_int_equal(db_int(stmt, 0), 5000);
	db_finish(stmt);
	log = scratch_read(*state, "copy.db-wal", NULL);
	assert_null(log);
	db_close(copy);
	weir_free(path);
}

static bool at_once(void *arg)
{
	(void)arg;
	return true;
}

static void a_copy_can_be_ended_early(void **state)
{
	struct db *db = with_a_table(*state);
	char *path = scratch_path(*state, "copy.db");
	struct weir_error err;

	assert_int_equal(db_copy(db, path, at_once, NULL, &err), WEIR_RETRY);
	put(db, 1, "still works", (struct weir_bytes){ 0 });
	db_close(db);
	weir_free(path);
}

static void zeros_are_not_sound(void **state)
{
	struct db *db = with_a_table(*state);
	struct weir_error err;
	size_t len = 0;
	char *data;

	put_many(db, 1000);
	db_close(db);
	if (scratch_read(*state, "x.db-wal", NULL))
		weir_no_memory(); /* there was none to put it all into the file */
	data = scratch_read(*state, "x.db", &len);
	assert_non_null(data);
	memset(data + len / 2, 0, len / 2);
	scratch_write(*state, "x.db", data, len);
	weir_free(data);
	db = open_at(*state, DB_READ);
	assert_non_null(db);
	assert_false(db_is_sound(db, &err));
	assert_int_equal(err.code, WEIR_E_DATA);
	db_close(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_bound_comes_back),
		TEST(a_mistake_is_told),
		TEST(a_reader_cannot_write_and_needs_a_file),
		TEST(a_copy_is_whole_and_one_file),
		TEST(a_copy_can_be_ended_early),
		TEST(zeros_are_not_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
