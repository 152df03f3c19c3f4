/* reading.h - the file source through its descriptor, on a real disk.
 *
 * After fake_host.h, which the test includes itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SOURCE_FILE_TESTS_READING_H
#define SOURCE_FILE_TESTS_READING_H

#include <zlib.h>

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

static inline void *option(struct reader *r, const char *name)
{
	const struct weir_option *row = weir_plugin()->options;

	while (strcmp(row->name, name) != 0)
		row++;
	return r->self + row->offset;
}

static inline struct reader *reader(const char *dir, const char *pattern)
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

static inline void reader_free(struct reader *r)
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

/* Elements of the arrays of this test have no commas in them. */
static inline void take_page(struct reader *r, const struct weir_batch *b)
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

static inline enum weir_status poll_once(struct reader *r)
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

static inline enum weir_status poll_all(struct reader *r)
{
	enum weir_status status;
	int retries = 0;

	/* When memory was short once, it goes on where it was (tests/lib/torture). */
	while ((status = poll_once(r)) == WEIR_OK
	       || (status == WEIR_RETRY && strstr(r->err.text, "no memory") && retries++ < 2))
		;
	return status;
}

static inline void assert_events(struct reader *r, const char *expected)
{
	assert_string_equal(weir_buf_text(&r->events), expected);
}

static inline void put(void **state, const char *name, const char *text)
{
	scratch_write(*state, name, text, strlen(text));
}

/* n lines {"n":i,...} of about 50 bytes, to a file and as the text to expect. */
static inline char *many(int n)
{
	struct weir_buf text = { 0 };

	for (int i = 0; i < n; i++)
		weir_buf_printf(&text, "{\"n\":%d  \"pad\":\"%0*d\"}\n", i, 1 + i * 7 % 60, i);
	weir_buf_text(&text);
	return text.data;
}

static inline void put_gzip(void **state, const char *name, const char *text, size_t len)
{
	char *path = scratch_path(*state, name);
	gzFile gz = gzopen(path, "ab");

	if (!gz || gzwrite(gz, text, (unsigned)len) != (int)len || gzclose(gz) != Z_OK)
		weir_no_memory();
	weir_free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

#endif
