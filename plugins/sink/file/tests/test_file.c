/* test_file.c - the file sink through its descriptor, on a real disk: writing, and going back to
 * what was committed.
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

/* ---- writing ----------------------------------------------------------------------- */

static void records_go_to_the_files_of_their_schemas_in_order(void **state)
{
	struct run *r = run_with(*state, "out/{source}/{schema}.ndjson");

	start(r);
	PUT(r, "auth", "{\"n\":1}", "generic", "{\"n\":2}", "auth", "{\"n\":3}", "auth", "{\"n\":4}");
	PUT(r, "generic", "{\"n\":5}");
	commit(r);
	assert_file(r, "out/acme/auth.ndjson", "{\"n\":1}\n{\"n\":3}\n{\"n\":4}\n");
	assert_file(r, "out/acme/generic.ndjson", "{\"n\":2}\n{\"n\":5}\n");
	end(r);
}

static void one_file_takes_every_schema(void **state)
{
	struct run *r = run_with(*state, "all.ndjson");

	start(r);
	PUT(r, "auth", "1", "generic", "2", "", "3");
	commit(r);
	assert_file(r, "all.ndjson", "1\n2\n3\n");
	end(r);
}

static void a_file_that_was_there_is_appended_to(void **state)
{
	struct run *r = run_with(*state, "all.ndjson");

	scratch_write(*state, "all.ndjson", "old\n", 4);
	start(r);
	PUT(r, "a", "new");
	commit(r);
	assert_file(r, "all.ndjson", "old\nnew\n");
	end(r);
}

static void without_a_position_only_a_torn_line_is_cut(void **state)
{
	struct run *r = run_with(*state, "all.ndjson");

	scratch_write(*state, "all.ndjson", "old\n{\"torn", 10);
	start(r);
	PUT(r, "a", "new");
	commit(r);
	assert_file(r, "all.ndjson", "old\nnew\n");
	assert_true(fake_said(r->ctx, "torn line"));
	end(r);
}

static void more_files_than_may_be_open_are_written(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char names[700][16];

	start(r);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 700; i++) {
			snprintf(names[i], sizeof names[i], "s%d", i);
			PUT(r, names[i], round ? "two" : "one");
			assert_in_range(r->sink->open_count, 1, 256);
		}
	}
	commit(r);
	assert_file(r, "s0.ndjson", "one\ntwo\n");
	assert_file(r, "s699.ndjson", "one\ntwo\n");
	end(r);
}

/* ---- going back ------------------------------------------------------------------------ */

static void what_was_not_committed_is_taken_back(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	start(r);
	PUT(r, "auth", "1");
	commit(r);
	PUT(r, "auth", "2", "auth", "3");
	again(r);
	start(r);
	assert_file(r, "auth.ndjson", "1\n");
	PUT(r, "auth", "2", "auth", "3");
	commit(r);
	again(r);
	start(r);
	assert_file(r, "auth.ndjson", "1\n2\n3\n");
	end(r);
}

static void a_file_begun_before_the_first_commit_is_taken_back(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	scratch_write(*state, "generic.ndjson", "old\n", 4);
	start(r);
	PUT(r, "auth", "1", "generic", "2");
	again(r);
	start(r);
	assert_file(r, "auth.ndjson", "");
	assert_file(r, "generic.ndjson", "old\n");
	PUT(r, "auth", "1", "generic", "2");
	again(r);
	start(r);
	assert_file(r, "auth.ndjson", "");
	PUT(r, "auth", "1", "generic", "2");
	commit(r);
	again(r);
	start(r);
	assert_file(r, "auth.ndjson", "1\n");
	assert_file(r, "generic.ndjson", "old\n2\n");
	end(r);
}

static void a_file_begun_after_the_last_commit_is_taken_back(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	start(r);
	PUT(r, "auth", "1");
	commit(r);
	PUT(r, "generic", "2");
	again(r);
	start(r);
	assert_file(r, "auth.ndjson", "1\n");
	assert_file(r, "generic.ndjson", "");
	end(r);
}

static void an_older_position_takes_every_file_back(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char *old;

	start(r);
	PUT(r, "auth", "1");
	commit(r);
	old = weir_strdup(r->ctx->position);
	PUT(r, "auth", "2", "generic", "3");
	commit(r);
	PUT(r, "cloudaudit", "4", "generic", "5");
	commit(r);
	again(r);
	fake_commit(r->ctx, old);
	weir_free(old);
	start(r);
	assert_file(r, "auth.ndjson", "1\n");
	assert_file(r, "generic.ndjson", "");
	assert_file(r, "cloudaudit.ndjson", "");
	end(r);
}

static void lost_state_never_cuts_committed_records(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	start(r);
	PUT(r, "auth", "1");
	commit(r);
	PUT(r, "auth", "2");
	commit(r);
	again(r);
	fake_commit(r->ctx, NULL);
	start(r);
	PUT(r, "auth", "3");
	commit(r);
	assert_file(r, "auth.ndjson", "1\n2\n3\n");
	end(r);
}

static void a_position_of_foreign_state_never_cuts_unnamed_files(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char *other;

	start(r);
	commit(r);
	other = weir_strdup(r->ctx->position);
	again(r);
	fake_commit(r->ctx, NULL);
	start(r);
	PUT(r, "auth", "1");
	commit(r);
	again(r);
	fake_commit(r->ctx, other);
	weir_free(other);
	start(r);
	assert_file(r, "auth.ndjson", "1\n");
	end(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_go_to_the_files_of_their_schemas_in_order),
		TEST(one_file_takes_every_schema),
		TEST(a_file_that_was_there_is_appended_to),
		TEST(without_a_position_only_a_torn_line_is_cut),
		TEST(more_files_than_may_be_open_are_written),
		TEST(what_was_not_committed_is_taken_back),
		TEST(a_file_begun_before_the_first_commit_is_taken_back),
		TEST(a_file_begun_after_the_last_commit_is_taken_back),
		TEST(an_older_position_takes_every_file_back),
		TEST(lost_state_never_cuts_committed_records),
		TEST(a_position_of_foreign_state_never_cuts_unnamed_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
