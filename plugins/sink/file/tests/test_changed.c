/* test_changed.c - files that are not as the sink left them, and disks that say no.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "fake_host.h"
#include "run.h"

/* ---- files that are not as they were ----------------------------------------------------- */

static void another_file_pauses_the_sink_until_it_is_back(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char *path = scratch_path(*state, "auth.ndjson"), *kept = scratch_path(*state, "kept");

	start(r);
	PUT(r, "auth", "1", "generic", "1");
	commit(r);
	PUT(r, "generic", "2");
	again(r);
	assert_int_equal(rename(path, kept), 0);
	scratch_write(*state, "auth.ndjson", "alien\n", 6);
	assert_int_equal(try_start(r), WEIR_RETRY);
	assert_non_null(strstr(r->err.text, "weir state accept out"));
	assert_file(r, "generic.ndjson", "1\n");
	assert_int_equal(try_start(r), WEIR_RETRY);
	assert_int_equal(rename(kept, path), 0);
	start(r);
	PUT(r, "auth", "2");
	commit(r);
	assert_file(r, "auth.ndjson", "1\n2\n");
	end(r);
	weir_free(path);
	weir_free(kept);
}

static void a_shorter_file_pauses_the_sink_until_it_is_accepted(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	start(r);
	PUT(r, "auth", "1", "auth", "2");
	commit(r);
	again(r);
	scratch_write(*state, "auth.ndjson", "1\n", 2);
	assert_int_equal(try_start(r), WEIR_RETRY);
	assert_non_null(strstr(r->err.text, "shorter"));
	fake_commit(r->ctx, NULL);
	start(r);
	PUT(r, "auth", "3");
	commit(r);
	assert_file(r, "auth.ndjson", "1\n3\n");
	end(r);
}

static void a_missing_file_is_begun_anew_with_a_warning(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char *path = scratch_path(*state, "auth.ndjson");

	start(r);
	PUT(r, "auth", "1");
	commit(r);
	again(r);
	unlink(path);
	start(r);
	assert_true(fake_said(r->ctx, "is missing"));
	PUT(r, "auth", "2");
	commit(r);
	assert_file(r, "auth.ndjson", "2\n");
	end(r);
	weir_free(path);
}

static void what_happens_to_a_file_while_it_runs_is_noticed(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char *path = scratch_path(*state, "auth.ndjson"), *kept = scratch_path(*state, "kept");
	const char *const one[] = { "auth", "2", NULL };

	start(r);
	PUT(r, "auth", "1");
	commit(r);
	assert_int_equal(rename(path, kept), 0);
	scratch_write(*state, "auth.ndjson", "x\n", 2);
	assert_int_equal(put(r, one), WEIR_RETRY);
	assert_non_null(strstr(r->err.text, "another file"));
	assert_int_equal(rename(kept, path), 0);
	assert_int_equal(put(r, one), WEIR_OK);
	commit(r);
	assert_file(r, "auth.ndjson", "1\n2\n");
	/* Truncated from outside, then accepted. */
	scratch_write(*state, "auth.ndjson", "1\n{", 3);
	assert_int_equal(put(r, one), WEIR_RETRY);
	fake_commit(r->ctx, NULL);
	assert_int_equal(put(r, one), WEIR_OK);
	commit(r);
	assert_file(r, "auth.ndjson", "1\n2\n");
	unlink(path);
	PUT(r, "auth", "3");
	commit(r);
	assert_file(r, "auth.ndjson", "3\n");
	assert_true(fake_said(r->ctx, "is gone"));
	end(r);
	weir_free(path);
	weir_free(kept);
}

static void a_file_of_another_path_option_is_settled_once(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	start(r);
	PUT(r, "auth", "1");
	commit(r);
	PUT(r, "auth", "2");
	again(r);
	weir_free(r->path);
	r->path = scratch_path(*state, "new/{schema}.ndjson");
	r->sink->path = r->path;
	start(r);
	assert_file(r, "auth.ndjson", "1\n");
	PUT(r, "auth", "2");
	commit(r);
	assert_file(r, "new/auth.ndjson", "2\n");
	again(r);
	scratch_write(*state, "auth.ndjson", "", 0);
	start(r);
	end(r);
}

/* ---- disks that say no ----------------------------------------------------------------------- */

static void a_file_that_another_sink_writes_is_not_touched(void **state)
{
	struct run *r = run_with(*state, "all.ndjson"), *other = run_with(*state, "all.ndjson");

	fake_ctx_free(other->ctx);
	other->ctx = fake_ctx("other");
	start(r);
	PUT(r, "auth", "{\"n\":1}");
	commit(r);
	start(other);
	assert_int_equal(put(other, (const char *const[]){ "auth", "{\"n\":2}", NULL }), WEIR_RETRY);
	assert_non_null(strstr(other->err.text, "give each a path of its own"));
	assert_file(r, "all.ndjson", "{\"n\":1}\n");
	end(r);
	PUT(other, "auth", "{\"n\":2}");
	commit(other);
	assert_file(other, "all.ndjson", "{\"n\":1}\n{\"n\":2}\n");
	end(other);
}

static void a_full_disk_leaves_no_half_line_and_heals(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	const char *const pairs[] = { "auth", "0123456789", "generic", "0123456789",
		                      "auth", "0123456789", NULL };
	struct rlimit was, small;
	void (*old)(int) = signal(SIGXFSZ, SIG_IGN);

	start(r);
	PUT(r, "auth", "1", "generic", "1");
	commit(r);
	getrlimit(RLIMIT_FSIZE, &was);
	small = (struct rlimit){ 20, was.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(put(r, pairs), WEIR_RETRY);
	assert_non_null(strstr(r->err.text, "auth.ndjson"));
	assert_file(r, "auth.ndjson", "1\n");
	assert_file(r, "generic.ndjson", "1\n");
	assert_int_equal(put(r, pairs), WEIR_RETRY);
	setrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, old);
	assert_int_equal(put(r, pairs), WEIR_OK);
	commit(r);
	assert_file(r, "auth.ndjson", "1\n0123456789\n0123456789\n");
	assert_file(r, "generic.ndjson", "1\n0123456789\n");
	end(r);
}

static void a_folder_that_cannot_be_made_is_named_and_heals(void **state)
{
	struct run *r = run_with(*state, "out/deep/{schema}.ndjson");
	const char *const pairs[] = { "auth", "1", NULL };
	char *path = scratch_path(*state, "out");

	scratch_write(*state, "out", "in the way", 10);
	start(r);
	assert_int_equal(put(r, pairs), WEIR_RETRY);
	assert_non_null(strstr(r->err.text, path));
	unlink(path);
	assert_int_equal(put(r, pairs), WEIR_OK);
	commit(r);
	assert_file(r, "out/deep/auth.ndjson", "1\n");
	end(r);
	weir_free(path);
}

static void a_bad_path_is_a_mistake_of_the_configuration(void **state)
{
	struct run *r = run_with(*state, "{shema}.ndjson");

	assert_int_equal(try_start(r), WEIR_FAIL);
	assert_int_equal(r->err.code, WEIR_E_CONFIG);
	end(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_file_pauses_the_sink_until_it_is_back),
		TEST(a_shorter_file_pauses_the_sink_until_it_is_accepted),
		TEST(a_missing_file_is_begun_anew_with_a_warning),
		TEST(what_happens_to_a_file_while_it_runs_is_noticed),
		TEST(a_file_of_another_path_option_is_settled_once),
		TEST(a_file_that_another_sink_writes_is_not_touched),
		TEST(a_full_disk_leaves_no_half_line_and_heals),
		TEST(a_folder_that_cannot_be_made_is_named_and_heals),
		TEST(a_bad_path_is_a_mistake_of_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
