/* test_follow.c - positions of the file source, and files that grow, turn and vanish.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "reading.h"

/* Ends this run and begins one with the position of the last page. */
static void restart(struct reader *r)
{
	weir_plugin()->stop(r->self);
	fake_commit(r->ctx, r->settled);
	assert_int_equal(weir_plugin()->start(r->self, r->ctx, &r->err), WEIR_OK);
}

static void append(void **state, const char *name, const char *text)
{
	char *path = scratch_path(*state, name);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	weir_free(path);
}

/* ---- positions ----------------------------------------------------------------------------- */

/* After each page a restart: nothing is lost, nothing comes twice. */
static void assert_restarts(void **state, const char *pattern, const char *expected)
{
	struct reader *r = reader(*state, pattern);

	while (poll_once(r) == WEIR_OK)
		restart(r);
	assert_events(r, expected);
	restart(r);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, expected);
	reader_free(r);
}

static void a_restart_goes_on_where_it_was(void **state)
{
	char *text = many(1000), *one_line = weir_strdup(text), *array;
	struct weir_buf all = { 0 }, plain = { 0 };

	for (char *p = one_line; *p; p++) {
		if (*p != ' ')
			weir_buf_putc(&plain, *p);
		*p = *p == '\n' ? ',' : *p;
	}
	array = weir_format("[%.*s]", (int)strlen(one_line) - 1, one_line);
	put(state, "in1.json", text);
	put(state, "in2.json", array);
	put_gzip(state, "in3.json", text, strlen(text));
	put(state, "in4.json", "last");
	weir_buf_puts(&all, text);
	weir_buf_add(&all, plain.data, plain.len);
	weir_buf_puts(&all, text);
	weir_buf_puts(&all, "last\n");
	assert_restarts(state, "in*.json", weir_buf_text(&all));
	weir_buf_finish(&all);
	weir_buf_finish(&plain);
	weir_free(array);
	weir_free(one_line);
	weir_free(text);
}

static void a_file_that_grew_between_runs_goes_on(void **state)
{
	struct reader *r = reader(*state, "in");

	put(state, "in", "1\n2\n");
	assert_int_equal(poll_all(r), WEIR_DONE);
	append(state, "in", "3\n");
	restart(r);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "1\n2\n3\n");
	reader_free(r);
}

static void another_file_of_that_name_is_read_from_its_beginning(void **state)
{
	struct reader *r = reader(*state, "in");

	put(state, "in", "1\n2\n");
	assert_int_equal(poll_all(r), WEIR_DONE);
	put(state, "in", "5\n6\n7\n"); /* the same inode, other bytes */
	restart(r);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "1\n2\n5\n6\n7\n");
	assert_true(fake_said(r->ctx, "another file"));
	reader_free(r);
}

/* ---- following ------------------------------------------------------------------------------- */

static struct reader *follower(void **state, const char *pattern)
{
	struct reader *r = reader(*state, pattern);

	*(bool *)option(r, "follow") = true;
	return r;
}

static enum weir_status after_a_second(struct reader *r)
{
	r->ctx->monotonic_ms += 1000;
	return poll_all(r);
}

static void a_followed_file_is_read_as_it_grows(void **state)
{
	struct reader *r = follower(state, "in*");

	assert_int_equal(poll_all(r), WEIR_IDLE);
	put(state, "in", "1\n2");
	assert_int_equal(after_a_second(r), WEIR_IDLE);
	assert_events(r, "1\n");
	append(state, "in", "2\n");
	assert_int_equal(after_a_second(r), WEIR_IDLE);
	assert_events(r, "1\n22\n");
	put(state, "in-another", "3\n");
	append(state, "in", "4\n");
	assert_int_equal(after_a_second(r), WEIR_IDLE);
	assert_events(r, "1\n22\n4\n3\n");
	restart(r);
	append(state, "in", "5\n");
	assert_int_equal(poll_all(r), WEIR_IDLE);
	assert_events(r, "1\n22\n4\n3\n5\n");
	reader_free(r);
}

static void a_rotated_file_is_read_to_its_end_and_then_the_new_one(void **state)
{
	static const char *const patterns[] = { "log", "log*" };

	for (size_t i = 0; i < WEIR_COUNT(patterns); i++) {
		struct reader *r = follower(state, patterns[i]);
		char *from = scratch_path(*state, "log"), *to = scratch_path(*state, "log.1");

		put(state, "log", "1\n");
		assert_int_equal(poll_all(r), WEIR_IDLE);
		append(state, "log", "2\n");
		assert_int_equal(rename(from, to), 0);
		put(state, "log", "4\n");
		append(state, "log.1", "3\n");
		assert_int_equal(after_a_second(r), WEIR_IDLE);
		assert_events(r, i == 0 ? "1\n2\n3\n4\n" : "1\n2\n3\n4\n");
		for (int k = 0; k < 15; k++)
			assert_int_equal(after_a_second(r), WEIR_IDLE);
		append(state, "log", "5\n");
		assert_int_equal(after_a_second(r), WEIR_IDLE);
		assert_events(r, "1\n2\n3\n4\n5\n");
		unlink(from);
		unlink(to);
		weir_free(from);
		weir_free(to);
		reader_free(r);
	}
}

static void a_truncated_file_is_read_from_its_beginning(void **state)
{
	struct reader *r = follower(state, "in");

	put(state, "in", "1\n2\n");
	assert_int_equal(poll_all(r), WEIR_IDLE);
	put(state, "in", "3\n");
	assert_int_equal(after_a_second(r), WEIR_IDLE);
	assert_events(r, "1\n2\n3\n");
	assert_true(fake_said(r->ctx, "truncated"));
	reader_free(r);
}

static void a_file_that_vanished_is_forgotten(void **state)
{
	struct reader *r = follower(state, "in*");
	char *path = scratch_path(*state, "in1");

	put(state, "in1", "1\n");
	put(state, "in2", "2\n");
	assert_int_equal(poll_all(r), WEIR_IDLE);
	unlink(path);
	for (int i = 0; i < 15; i++)
		assert_int_equal(after_a_second(r), WEIR_IDLE);
	append(state, "in2", "3\n");
	assert_int_equal(after_a_second(r), WEIR_IDLE);
	assert_events(r, "1\n2\n3\n");
	assert_null(strstr(r->settled, "in1"));
	weir_free(path);
	reader_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_restart_goes_on_where_it_was),
		TEST(a_file_that_grew_between_runs_goes_on),
		TEST(another_file_of_that_name_is_read_from_its_beginning),
		TEST(a_followed_file_is_read_as_it_grows),
		TEST(a_rotated_file_is_read_to_its_end_and_then_the_new_one),
		TEST(a_truncated_file_is_read_from_its_beginning),
		TEST(a_file_that_vanished_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
