/* test_rotation.c - files that are rotated and compressed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zlib.h>

#include "fake_host.h"
#include "run.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
