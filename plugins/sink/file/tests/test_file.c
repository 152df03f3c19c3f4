/* test_file.c - the file sink through its descriptor, on a real disk.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <zlib.h>

#include "fake_host.h"
#include "scratch.h"
#include "sink.h"

/* One run of the sink: from start to stop, or to where it was killed. */
struct run {
	const char *dir;
	struct weir_ctx *ctx;
	struct file_sink *sink;
	char *path;
	struct weir_error err;
};

static struct run *run_with(const char *dir, const char *template)
{
	struct run *r = weir_alloc(sizeof *r);

	r->dir = dir;
	r->ctx = fake_ctx("out");
	r->sink = fake_self();
	r->path = scratch_path(dir, template);
	r->sink->path = r->path;
	r->sink->sync = true;
	return r;
}

static enum weir_status try_start(struct run *r)
{
	if (!r->sink->place && weir_plugin()->create(r->sink, r->ctx, &r->err) != WEIR_OK)
		return WEIR_FAIL;
	return weir_plugin()->start(r->sink, r->ctx, &r->err);
}

static void start(struct run *r)
{
	if (try_start(r) != WEIR_OK)
		fail_msg("%s", r->err.text);
}

static enum weir_status put(struct run *r, const char *const *pairs)
{
	struct weir_batch *b = fake_rows("acme", pairs);
	enum weir_status status = weir_plugin()->process(r->sink, b, &r->err);

	fake_batch_free(b);
	return status;
}

#define PUT(r, ...) \
	assert_int_equal(put(r, (const char *const[]){ __VA_ARGS__, NULL }), WEIR_OK)

/* What the runtime does at a mark. */
static void commit(struct run *r)
{
	struct weir_buf position = { 0 };

	if (weir_plugin()->flush(r->sink, &position, &r->err) != WEIR_OK)
		fail_msg("%s", r->err.text);
	fake_commit(r->ctx, weir_buf_text(&position));
	weir_buf_finish(&position);
}

/* Ends this run without a last commit, as a kill does, and begins another one with the position
 * that was committed. */
static void again(struct run *r)
{
	const char *path = r->sink->path;
	int64_t size = r->sink->rotate_size, interval = r->sink->rotate_interval;
	int compress = r->sink->compress;

	weir_plugin()->destroy(r->sink);
	weir_free(r->sink);
	r->sink = fake_self();
	r->sink->path = path;
	r->sink->sync = true;
	r->sink->rotate_size = size;
	r->sink->rotate_interval = interval;
	r->sink->compress = compress;
}

static void end(struct run *r)
{
	weir_plugin()->stop(r->sink);
	weir_plugin()->destroy(r->sink);
	weir_free(r->sink);
	weir_free(r->path);
	fake_ctx_free(r->ctx);
	weir_free(r);
}

static void assert_file(const struct run *r, const char *name, const char *expected)
{
	char *text = scratch_read(r->dir, name, NULL);

	if (!expected) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
	weir_free(text);
}

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

/* ---- rotation ---------------------------------------------------------------------------------- */

static void a_file_is_rotated_before_it_grows_too_large(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	r->sink->rotate_size = 8;
	start(r);
	PUT(r, "auth", "111", "auth", "222", "auth", "333", "generic", "1", "auth", "444", "auth",
	    "555555555555", "auth", "666");
	commit(r);
	assert_file(r, "auth.000001.ndjson", "111\n222\n");
	assert_file(r, "auth.000002.ndjson", "333\n444\n");
	assert_file(r, "auth.000003.ndjson", "555555555555\n");
	assert_file(r, "auth.ndjson", "666\n");
	assert_file(r, "generic.ndjson", "1\n");
	end(r);
}

static void a_file_is_rotated_with_the_first_record_of_an_interval(void **state)
{
	struct run *r = run_with(*state, "all");

	r->sink->rotate_interval = 3600 * 1000;
	start(r);
	PUT(r, "a", "1");
	commit(r);
	again(r);
	start(r);
	r->ctx->now_us += 60LL * 1000000;
	PUT(r, "a", "2");
	commit(r);
	r->ctx->now_us += 3600LL * 1000000;
	PUT(r, "a", "3");
	commit(r);
	assert_file(r, "all.000001", "1\n2\n");
	assert_file(r, "all", "3\n");
	end(r);
}

static void a_rotation_that_was_not_committed_is_undone(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	r->sink->rotate_size = 8;
	start(r);
	PUT(r, "auth", "111");
	commit(r);
	PUT(r, "auth", "222", "auth", "333", "auth", "444", "auth", "555", "generic", "777777777",
	    "generic", "88888");
	assert_file(r, "auth.000002.ndjson", "333\n444\n");
	assert_file(r, "generic.000001.ndjson", "777777777\n");
	again(r);
	start(r);
	assert_file(r, "auth.ndjson", "111\n");
	assert_file(r, "auth.000001.ndjson", NULL);
	assert_file(r, "auth.000002.ndjson", NULL);
	assert_file(r, "generic.ndjson", "");
	assert_file(r, "generic.000001.ndjson", NULL);
	PUT(r, "auth", "222", "auth", "333", "auth", "444", "auth", "555");
	commit(r);
	assert_file(r, "auth.000001.ndjson", "111\n222\n");
	assert_file(r, "auth.ndjson", "555\n");
	end(r);
}

static char *unpacked(const char *dir, const char *name)
{
	char *path = scratch_path(dir, name);
	gzFile gz = gzopen(path, "rb");
	char *text = weir_alloc(256);

	if ((!gz && access(path, F_OK) == 0) || (gz && gzread(gz, text, 255) < 0))
		weir_no_memory();
	if (gz)
		gzclose(gz);
	weir_free(path);
	return text;
}

static void rotated_files_are_compressed_once_they_are_committed(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char *text, *old;

	r->sink->rotate_size = 8;
	r->sink->compress = 1;
	start(r);
	PUT(r, "auth", "111");
	commit(r);
	old = weir_strdup(r->ctx->position);
	PUT(r, "auth", "222", "auth", "333", "auth", "444", "auth", "555");
	assert_file(r, "auth.000001.ndjson", "111\n222\n");
	commit(r);
	PUT(r, "auth", "666");
	compressor_drain(&r->sink->compressor);
	assert_file(r, "auth.000001.ndjson", NULL);
	text = unpacked(*state, "auth.000001.ndjson.gz");
	assert_string_equal(text, "111\n222\n");
	weir_free(text);
	assert_file(r, "auth.ndjson", "555\n666\n");
	/* A start from the position before brings back what is compressed by now. */
	again(r);
	fake_commit(r->ctx, old);
	weir_free(old);
	start(r);
	assert_file(r, "auth.ndjson", "111\n");
	assert_file(r, "auth.000001.ndjson.gz", NULL);
	assert_file(r, "auth.000002.ndjson.gz", NULL);
	end(r);
}

static void what_a_kill_left_uncompressed_is_compressed_later(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");
	char *text;

	r->sink->rotate_size = 8;
	start(r);
	PUT(r, "auth", "111", "auth", "222", "auth", "333", "auth", "444", "auth", "555");
	commit(r);
	again(r);
	r->sink->compress = 1;
	start(r);
	PUT(r, "auth", "666");
	compressor_drain(&r->sink->compressor);
	text = unpacked(*state, "auth.000002.ndjson.gz");
	assert_string_equal(text, "333\n444\n");
	weir_free(text);
	text = unpacked(*state, "auth.000001.ndjson.gz");
	assert_string_equal(text, "111\n222\n");
	weir_free(text);
	assert_file(r, "auth.000001.ndjson", NULL);
	end(r);
}

static void rotated_numbers_go_on_after_the_highest(void **state)
{
	struct run *r = run_with(*state, "{schema}.ndjson");

	scratch_write(*state, "auth.000041.ndjson.gz", "x", 1);
	scratch_write(*state, "auth.x.ndjson", "x", 1);
	r->sink->rotate_size = 4;
	start(r);
	PUT(r, "auth", "111", "auth", "222");
	commit(r);
	assert_file(r, "auth.000042.ndjson", "111\n");
	end(r);
}

static void no_other_file_shares_the_prefix_of_the_path(void **state)
{
	static const char *const templates[] = { "all.ndjson", "out/{schema}.ndjson",
		                                 "out/x-{source}-{schema}" };

	for (size_t i = 0; i < WEIR_COUNT(templates); i++) {
		struct run *r = run_with(*state, templates[i]);
		size_t prefix = strcspn(r->path, "{");

		start(r);
		PUT(r, "a", "1");
		commit(r);
		assert_int_equal(access(r->sink->journal.path, F_OK), 0);
		assert_true(strncmp(r->sink->journal.path, r->path, prefix) != 0);
		end(r);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

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
		TEST(another_file_pauses_the_sink_until_it_is_back),
		TEST(a_shorter_file_pauses_the_sink_until_it_is_accepted),
		TEST(a_missing_file_is_begun_anew_with_a_warning),
		TEST(what_happens_to_a_file_while_it_runs_is_noticed),
		TEST(a_file_of_another_path_option_is_settled_once),
		TEST(a_full_disk_leaves_no_half_line_and_heals),
		TEST(a_folder_that_cannot_be_made_is_named_and_heals),
		TEST(a_bad_path_is_a_mistake_of_the_configuration),
		TEST(a_file_is_rotated_before_it_grows_too_large),
		TEST(a_file_is_rotated_with_the_first_record_of_an_interval),
		TEST(a_rotation_that_was_not_committed_is_undone),
		TEST(rotated_files_are_compressed_once_they_are_committed),
		TEST(what_a_kill_left_uncompressed_is_compressed_later),
		TEST(rotated_numbers_go_on_after_the_highest),
		TEST(no_other_file_shares_the_prefix_of_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
