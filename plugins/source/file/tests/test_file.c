/* test_file.c - the file source through its descriptor, on a real disk.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zlib.h>

#include "fake_host.h"
#include "scratch.h"

/* The options as the plugin lays them out; set by their rows. */
struct reader {
	const char *dir;
	struct weir_ctx *ctx;
	char *self, *path;
	struct weir_error err;
	struct weir_buf events; /* all pages, one event a line */
	int pages;
	char *settled;          /* the position of the last page */
};

static void *option(struct reader *r, const char *name)
{
	const struct weir_option *row = weir_plugin()->options;

	while (strcmp(row->name, name) != 0)
		row++;
	return r->self + row->offset;
}

static struct reader *reader(const char *dir, const char *pattern)
{
	struct reader *r = weir_alloc(sizeof *r);

	r->dir = dir;
	r->ctx = fake_ctx("export");
	r->self = fake_self();
	r->path = scratch_path(dir, pattern);
	*(const char **)option(r, "path") = r->path;
	*(const char **)option(r, "origin") = "acme.okta.com";
	*(int64_t *)option(r, "page_size") = 4096;
	*(int64_t *)option(r, "poll_interval") = 1000;
	assert_int_equal(weir_plugin()->start(r->self, r->ctx, &r->err), WEIR_OK);
	return r;
}

static void reader_free(struct reader *r)
{
	weir_plugin()->stop(r->self);
	weir_plugin()->destroy(r->self);
	weir_free(r->self);
	weir_free(r->path);
	weir_free(r->settled);
	weir_buf_finish(&r->events);
	fake_ctx_free(r->ctx);
	weir_free(r);
}

/* Ends this run and begins one with the position of the last page. */
static void restart(struct reader *r)
{
	weir_plugin()->stop(r->self);
	fake_commit(r->ctx, r->settled);
	assert_int_equal(weir_plugin()->start(r->self, r->ctx, &r->err), WEIR_OK);
}

/* Elements of the arrays of this test have no commas in them. */
static void take_page(struct reader *r, const struct weir_batch *b)
{
	assert_string_equal(b->origin, "acme.okta.com");
	if (b->format == WEIR_PAGE_LINES) {
		weir_buf_add(&r->events, b->page, b->page_len);
		if (b->page_len && b->page[b->page_len - 1] != '\n')
			weir_buf_putc(&r->events, '\n');
		return;
	}
	assert_int_equal(b->page[0], '[');
	assert_int_equal(b->page[b->page_len - 1], ']');
	for (size_t i = 1; i + 1 < b->page_len; i++) {
		if (b->page[i] == ',')
			weir_buf_putc(&r->events, '\n');
		else if (b->page[i] != ' ' && b->page[i] != '\n')
			weir_buf_putc(&r->events, b->page[i]);
	}
	weir_buf_putc(&r->events, '\n');
}

static enum weir_status poll_once(struct reader *r)
{
	struct weir_batch *b = weir_alloc(sizeof *b);
	struct weir_turn turn = { .out = b };
	enum weir_status status = weir_plugin()->poll(r->self, &turn, &r->err);

	if (status == WEIR_OK) {
		assert_non_null(b->page);
		take_page(r, b);
		r->pages++;
		weir_free(r->settled);
		r->settled = weir_strdup(b->position);
	}
	fake_batch_free(b);
	return status;
}

static enum weir_status poll_all(struct reader *r)
{
	enum weir_status status;
	int retries = 0;

	/* When memory was short once, it goes on where it was (tests/lib/torture). */
	while ((status = poll_once(r)) == WEIR_OK
	       || (status == WEIR_RETRY && strstr(r->err.text, "no memory") && retries++ < 2))
		;
	return status;
}

static void assert_events(struct reader *r, const char *expected)
{
	assert_string_equal(weir_buf_text(&r->events), expected);
}

static void put(void **state, const char *name, const char *text)
{
	scratch_write(*state, name, text, strlen(text));
}

static void append(void **state, const char *name, const char *text)
{
	char *path = scratch_path(*state, name);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	weir_free(path);
}

/* n lines {"n":i,...} of about 50 bytes, to a file and as the text to expect. */
static char *many(int n)
{
	struct weir_buf text = { 0 };

	for (int i = 0; i < n; i++)
		weir_buf_printf(&text, "{\"n\":%d  \"pad\":\"%0*d\"}\n", i, 1 + i * 7 % 60, i);
	weir_buf_text(&text);
	return text.data;
}

static void put_gzip(void **state, const char *name, const char *text, size_t len)
{
	char *path = scratch_path(*state, name);
	gzFile gz = gzopen(path, "ab");

	if (!gz || gzwrite(gz, text, (unsigned)len) != (int)len || gzclose(gz) != Z_OK)
		weir_no_memory();
	weir_free(path);
}

/* ---- reading --------------------------------------------------------------------------- */

static void lines_are_read_to_the_end(void **state)
{
	char *text = many(1000);
	struct reader *r = reader(*state, "in.ndjson");

	put(state, "in.ndjson", text);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, text);
	assert_true(r->pages > 5);
	assert_int_equal(poll_all(r), WEIR_DONE);
	weir_free(text);
	reader_free(r);
}

static void the_last_line_needs_no_end(void **state)
{
	struct reader *r = reader(*state, "in.ndjson");

	put(state, "in.ndjson", "\xef\xbb\xbf{\"a\":1}\n\n{\"a\":2}");
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "{\"a\":1}\n\n{\"a\":2}\n");
	reader_free(r);
}

static void an_event_longer_than_a_page_is_read_whole(void **state)
{
	struct reader *r = reader(*state, "in.ndjson");
	char *text = weir_alloc(100002);

	memset(text, 'x', 100000);
	memcpy(text + 50000, "\n", 1);
	text[100000] = '\n';
	put(state, "in.ndjson", text);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, text);
	weir_free(text);
	reader_free(r);
}

static void an_empty_or_blank_file_has_no_events(void **state)
{
	struct reader *r = reader(*state, "in*.ndjson");

	put(state, "in1.ndjson", "");
	put(state, "in2.ndjson", " \n\n  \n");
	put(state, "in3.ndjson", "[ ]\n");
	put(state, "in4.ndjson", "[\n");
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "");
	assert_int_equal(r->pages, 0);
	reader_free(r);
}

static void arrays_are_cut_between_elements(void **state)
{
	char *text = many(500), *array = weir_strdup(text);
	struct reader *r = reader(*state, "in.json");
	struct weir_buf file = { 0 };
	struct weir_buf expected = { 0 };

	for (char *p = array; *p; p++)
		*p = *p == '\n' ? ',' : *p;
	weir_buf_printf(&file, " [\n%.*s ]\n", (int)strlen(array) - 1, array);
	put(state, "in.json", weir_buf_text(&file));
	assert_int_equal(poll_all(r), WEIR_DONE);
	for (char *p = text; *p; p++) {
		if (*p != ' ')
			weir_buf_putc(&expected, *p);
	}
	assert_events(r, weir_buf_text(&expected));
	assert_true(r->pages > 3);
	weir_buf_finish(&file);
	weir_buf_finish(&expected);
	weir_free(array);
	weir_free(text);
	reader_free(r);
}

static void an_array_without_its_end_is_handed_over_for_judgement(void **state)
{
	struct reader *r = reader(*state, "in.json");

	put(state, "in.json", "[{\"a\":1},{\"a\":2},{\"a\":");
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "{\"a\":1}\n{\"a\":2}\n{\"a\":\n");
	reader_free(r);
}

static void several_files_come_in_the_order_of_their_names(void **state)
{
	struct reader *r = reader(*state, "{b,a}*.json");

	put(state, "a1.json", "[1,2]");
	put(state, "a2.json", "3\n4");
	put(state, "b1.json", "[5][6]\n[7]");
	put(state, "c.json", "9\n");
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "5\n6\n7\n1\n2\n3\n4\n");
	reader_free(r);
}

static void gzip_is_inflated_member_after_member(void **state)
{
	char *text = many(3000);
	struct reader *r = reader(*state, "in.ndjson.gz");
	size_t half = strlen(text) / 2;

	put_gzip(state, "in.ndjson.gz", text, half);
	put_gzip(state, "in.ndjson.gz", text + half, strlen(text) - half);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, text);
	weir_free(text);
	reader_free(r);
}

static void gzip_that_ends_early_is_taken_as_far_as_it_goes(void **state)
{
	char *text = many(3000), *data;
	struct reader *r = reader(*state, "in.gz");
	size_t len = 0;

	put_gzip(state, "in.gz", text, strlen(text));
	data = scratch_read(*state, "in.gz", &len);
	scratch_write(*state, "in.gz", data, len / 2);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_true(fake_said(r->ctx, "ends too early"));
	assert_true(r->events.len > 1000);
	assert_memory_equal(r->events.data, text, r->events.len - 1);
	weir_free(data);
	weir_free(text);
	reader_free(r);
}

static void broken_gzip_does_not_hold_up_the_others(void **state)
{
	struct reader *r = reader(*state, "in*");

	scratch_write(*state, "in1.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage!", 18);
	put(state, "in2", "1\n");
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "1\n");
	assert_true(fake_said(r->ctx, "not sound gzip"));
	reader_free(r);
}

static void a_file_that_is_not_there_is_waited_for(void **state)
{
	struct reader *r = reader(*state, "in.ndjson");

	assert_int_equal(poll_once(r), WEIR_RETRY);
	assert_non_null(strstr(r->err.text, r->path));
	put(state, "in.ndjson", "1\n");
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "1\n");
	reader_free(r);
}

static void a_folder_is_refused_with_what_to_write(void **state)
{
	struct reader *r = reader(*state, "");

	assert_int_equal(poll_once(r), WEIR_RETRY);
	assert_non_null(strstr(r->err.text, "FOLDER/*.ndjson"));
	reader_free(r);
}

static void standard_input_is_read_as_it_comes(void **state)
{
	struct reader *r = reader(*state, "-");
	int ends[2], saved = dup(STDIN_FILENO);

	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(poll_all(r), WEIR_IDLE);
	assert_int_equal(write(ends[1], "1\n2\n3", 5), 5);
	assert_int_equal(poll_all(r), WEIR_IDLE);
	assert_events(r, "1\n2\n");
	assert_int_equal(write(ends[1], "33\n4", 4), 4);
	assert_int_equal(poll_all(r), WEIR_IDLE);
	assert_events(r, "1\n2\n333\n");
	close(ends[1]);
	assert_int_equal(poll_all(r), WEIR_DONE);
	assert_events(r, "1\n2\n333\n4\n");
	assert_null(r->settled);
	dup2(saved, STDIN_FILENO);
	close(saved);
	reader_free(r);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_read_to_the_end),
		TEST(the_last_line_needs_no_end),
		TEST(an_event_longer_than_a_page_is_read_whole),
		TEST(an_empty_or_blank_file_has_no_events),
		TEST(arrays_are_cut_between_elements),
		TEST(an_array_without_its_end_is_handed_over_for_judgement),
		TEST(several_files_come_in_the_order_of_their_names),
		TEST(gzip_is_inflated_member_after_member),
		TEST(gzip_that_ends_early_is_taken_as_far_as_it_goes),
		TEST(broken_gzip_does_not_hold_up_the_others),
		TEST(a_file_that_is_not_there_is_waited_for),
		TEST(a_folder_is_refused_with_what_to_write),
		TEST(standard_input_is_read_as_it_comes),
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
