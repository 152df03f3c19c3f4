/* test_file.c - the file source through its descriptor, on a real disk: reading.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "reading.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
