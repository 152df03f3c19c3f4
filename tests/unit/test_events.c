/* test_events.c - core/events.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "events.h"

static char path[] = "/tmp/weir-test-events-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_plain(const char *text, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

/* All pages joined; *pages is how many there were. */
static struct weir_buf read_all(enum weir_page_format expected, size_t *pages)
{
	struct weir_error err;
	struct events *events = events_open(path, &err);
	enum weir_page_format format;
	struct weir_buf all = { 0 };
	struct weir_bytes page;

	assert_non_null(events);
	for (*pages = 0; events_next(events, &format, &page, &err); ++*pages) {
		assert_int_equal(format, expected);
		weir_buf_add(&all, page.data, page.len);
	}
	assert_string_equal(err.text, "");
	events_close(events);
	return all;
}

static void large_files_come_in_pages_of_whole_lines(void **state)
{
	enum { LINES = 3000, LINE = 1001 };
	char *text = weir_alloc(LINES * LINE);
	struct weir_buf all;
	size_t pages;

	(void)state;
	memset(text, 'x', LINES * LINE);
	for (size_t i = 1; i <= LINES; i++)
		text[i * LINE - 1] = '\n';
	write_plain(text, LINES * LINE);
	all = read_all(WEIR_PAGE_LINES, &pages);
	assert_true(pages > 1);
	assert_int_equal(all.len, LINES * LINE);
	assert_memory_equal(all.data, text, all.len);
	weir_buf_finish(&all);
	weir_free(text);
}

static void a_last_line_without_an_end_is_not_lost(void **state)
{
	struct weir_buf all;
	size_t pages;

	(void)state;
	write_plain("{}\n{\"a\":1}", 10);
	all = read_all(WEIR_PAGE_LINES, &pages);
	assert_string_equal(weir_buf_text(&all), "{}\n{\"a\":1}");
	weir_buf_finish(&all);
}

static void an_array_is_one_page(void **state)
{
	struct weir_buf all;
	size_t pages;

	(void)state;
	write_plain(" \n[{},\n{}]", 10);
	all = read_all(WEIR_PAGE_ARRAY, &pages);
	assert_int_equal(pages, 1);
	weir_buf_finish(&all);
}

static void documents_of_several_lines_become_lines(void **state)
{
	static const char text[] = "\xef\xbb\xbf{\r\n  \"a\": 1\r\n}\r\n{\n\"b\":\n{}\n}\n";
	struct weir_buf all;
	size_t pages;

	(void)state;
	write_plain(text, sizeof text - 1);
	all = read_all(WEIR_PAGE_LINES, &pages);
	assert_string_equal(weir_buf_text(&all),
	                    "   { \r  \"a\": 1 \r} \n{\r\"b\":\n{}\r}\n");
	weir_buf_finish(&all);
}

static void large_documents_of_several_lines_are_never_cut(void **state)
{
	enum { COUNT = 30, SIZE = 100000 };
	char *text = weir_alloc(COUNT * SIZE);
	struct weir_buf all;
	size_t pages, lines = 0;

	(void)state;
	memset(text, ' ', COUNT * SIZE);
	for (size_t i = 0; i < COUNT; i++) {
		memcpy(text + i * SIZE, "{\n", 2);
		memcpy(text + (i + 1) * SIZE - 3, "\n}\n", 3);
	}
	write_plain(text, COUNT * SIZE);
	all = read_all(WEIR_PAGE_LINES, &pages);
	assert_true(pages > 1);
	for (size_t i = 0; i < all.len; i++)
		lines += all.data[i] == '\n';
	assert_int_equal(lines, COUNT);
	weir_buf_finish(&all);
	weir_free(text);
}

static void what_is_no_text_is_named_with_its_cure(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "\xff\xfe{", "it is UTF-16; make it UTF-8: iconv -f UTF-16 -t UTF-8" },
		{ "PK\3\4", "it is a zip archive; unpack it first" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		enum weir_page_format format;
		struct weir_bytes page;
		struct weir_error err;
		struct events *events;

		write_plain(cases[i].text, strlen(cases[i].text));
		events = events_open(path, &err);
		assert_non_null(events);
		assert_false(events_next(events, &format, &page, &err));
		assert_non_null(strstr(err.text, cases[i].why));
		events_close(events);
	}
}

static void gzip_is_read_as_what_is_in_it(void **state)
{
	gzFile file = gzopen(path, "wb");
	struct weir_buf all;
	size_t pages;

	(void)state;
	if (!file || gzwrite(file, "{}\n", 3) != 3 || gzclose(file) != Z_OK)
		weir_no_memory();
	all = read_all(WEIR_PAGE_LINES, &pages);
	assert_string_equal(weir_buf_text(&all), "{}\n");
	weir_buf_finish(&all);
}

static void gzip_that_ends_early_is_an_error(void **state)
{
	gzFile file = gzopen(path, "wb");
	enum weir_page_format format;
	struct weir_bytes page;
	struct weir_error err;
	struct events *events;

	(void)state;
	for (int i = 0; i < 1000; i++)
		if (!file || gzprintf(file, "%d\n", i * 7919) <= 0)
			weir_no_memory();
	if (gzclose(file) != Z_OK)
		weir_no_memory();
	assert_int_equal(truncate(path, 400), 0);
	events = events_open(path, &err);
	assert_non_null(events);
	while (events_next(events, &format, &page, &err))
		;
	assert_non_null(strstr(err.text, "damaged or ends early"));
	events_close(events);
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct weir_error err;

	(void)state;
	assert_null(events_open("/nowhere/e", &err));
	assert_string_equal(err.text, "open /nowhere/e: No such file or directory");
	events_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(large_files_come_in_pages_of_whole_lines),
		cmocka_unit_test(a_last_line_without_an_end_is_not_lost),
		cmocka_unit_test(an_array_is_one_page),
		cmocka_unit_test(documents_of_several_lines_become_lines),
		cmocka_unit_test(large_documents_of_several_lines_are_never_cut),
		cmocka_unit_test(what_is_no_text_is_named_with_its_cure),
		cmocka_unit_test(gzip_is_read_as_what_is_in_it),
		cmocka_unit_test(gzip_that_ends_early_is_an_error),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
