/* run.h - the file sink through its descriptor, on a real disk.
 *
 * After fake_host.h, which the test includes itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_TESTS_RUN_H
#define SINK_FILE_TESTS_RUN_H

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

static inline struct run *run_with(const char *dir, const char *template)
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

static inline enum weir_status try_start(struct run *r)
{
	if (!r->sink->place && weir_plugin()->create(r->sink, r->ctx, &r->err) != WEIR_OK)
		return WEIR_FAIL;
	return weir_plugin()->start(r->sink, r->ctx, &r->err);
}

static inline void start(struct run *r)
{
	if (try_start(r) != WEIR_OK)
		fail_msg("%s", r->err.text);
}

static inline enum weir_status put(struct run *r, const char *const *pairs)
{
	struct weir_batch *b = fake_rows("acme", pairs);
	enum weir_status status = weir_plugin()->process(r->sink, b, &r->err);

	fake_batch_free(b);
	return status;
}

#define PUT(r, ...) \
	assert_int_equal(put(r, (const char *const[]){ __VA_ARGS__, NULL }), WEIR_OK)

/* What the runtime does at a mark. */
static inline void commit(struct run *r)
{
	struct weir_buf position = { 0 };

	if (weir_plugin()->flush(r->sink, &position, &r->err) != WEIR_OK)
		fail_msg("%s", r->err.text);
	fake_commit(r->ctx, weir_buf_text(&position));
	weir_buf_finish(&position);
}

/* Ends this run without a last commit, as a kill does, and begins another one with the position
 * that was committed. */
static inline void again(struct run *r)
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

static inline void end(struct run *r)
{
	weir_plugin()->stop(r->sink);
	weir_plugin()->destroy(r->sink);
	weir_free(r->sink);
	weir_free(r->path);
	fake_ctx_free(r->ctx);
	weir_free(r);
}

static inline void assert_file(const struct run *r, const char *name, const char *expected)
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

#endif
