/* test_store_damage.c - core/store_copy.c through store.h: stores that are broken, lost, or not ours.
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
