/* test_stdout.c - the stdout sink, with standard output in a pipe.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "fake_host.h"

struct tap {
	struct weir_ctx *ctx;
	void *self;
	int saved, reader;
	struct weir_error err;
};

static int setup(void **state)
{
	struct tap *t = weir_alloc(sizeof *t);
	int ends[2];

	fflush(stdout);
	if (pipe(ends) != 0)
		return -1;
	t->saved = dup(STDOUT_FILENO);
	t->reader = ends[0];
	fcntl(t->reader, F_SETFL, O_NONBLOCK);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	signal(SIGPIPE, SIG_IGN);
	t->ctx = fake_ctx("look");
	t->self = fake_self();
	*state = t;
	return weir_plugin()->start(t->self, t->ctx, &t->err) == WEIR_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct tap *t = *state;

	dup2(t->saved, STDOUT_FILENO);
	close(t->saved);
	if (t->reader >= 0)
		close(t->reader);
	weir_free(t->self);
	fake_ctx_free(t->ctx);
	weir_free(t);
	return 0;
}

static void drain(struct tap *t, struct weir_buf *into)
{
	ssize_t n;

	while ((n = read(t->reader, weir_buf_room(into, 65536), 65536)) > 0)
		into->len += (size_t)n;
}

static void records_come_out_as_lines(void **state)
{
	struct tap *t = *state;
	struct weir_batch *b = fake_rows("acme", (const char *const[]){ "a", "{\"n\":1}", "b",
	                                                               "{\"n\":2}", NULL });
	struct weir_buf seen = { 0 };

	assert_int_equal(weir_plugin()->process(t->self, b, &t->err), WEIR_OK);
	drain(t, &seen);
	assert_string_equal(weir_buf_text(&seen), "{\"n\":1}\n{\"n\":2}\n");
	weir_buf_finish(&seen);
	fake_batch_free(b);
}

static void a_full_pipe_is_retried_where_it_stopped(void **state)
{
	struct tap *t = *state;
	const char *pairs[4001];
	char line[200];
	struct weir_buf seen = { 0 };
	struct weir_batch *b;

	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	for (int i = 0; i < 2000; i++) {
		pairs[2 * i] = "a";
		pairs[2 * i + 1] = line;
	}
	pairs[4000] = NULL;
	b = fake_rows("acme", pairs);
	t->ctx->stopping = true; /* so that it does not wait for a reader */
	while (weir_plugin()->process(t->self, b, &t->err) == WEIR_RETRY) {
		assert_non_null(strstr(t->err.text, "nobody reads"));
		drain(t, &seen);
	}
	drain(t, &seen);
	assert_int_equal(seen.len, 2000 * 200);
	for (size_t i = 0; i < seen.len; i++)
		assert_int_equal(seen.data[i], i % 200 == 199 ? '\n' : 'x');
	weir_buf_finish(&seen);
	fake_batch_free(b);
}

static void a_reader_that_went_is_told(void **state)
{
	struct tap *t = *state;
	struct weir_batch *b = fake_rows("acme", (const char *const[]){ "a", "1", NULL });

	close(t->reader);
	t->reader = -1;
	assert_int_equal(weir_plugin()->process(t->self, b, &t->err), WEIR_RETRY);
	assert_non_null(strstr(t->err.text, "has gone"));
	fake_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(records_come_out_as_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_pipe_is_retried_where_it_stopped, setup,
		                                teardown),
		cmocka_unit_test_setup_teardown(a_reader_that_went_is_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
