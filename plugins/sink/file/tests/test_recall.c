/* test_recall.c - records that are in a file whose state was lost, and come again.
 *
 * The sink is run by its descriptor, on a real disk; an event's id is its record's member "id".
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

/* A sink on out.ndjson, which has these lines already. */
static struct run *begin(const char *dir, const char *lines)
{
	struct run *r = run_with(dir, "out.ndjson");

	scratch_write(dir, "out.ndjson", lines, strlen(lines));
	start(r);
	return r;
}

static void assert_lines(const struct run *r, const char *lines)
{
	assert_file(r, "out.ndjson", lines);
}

#define A "{\"n\":1,\"id\":\"a\"}"
#define B "{\"n\":2,\"id\":\"b\"}"
#define C "{\"n\":3,\"id\":\"c\"}"
#define D "{\"n\":4,\"id\":\"d\"}"

static void what_is_there_is_not_written_again(void **state)
{
	struct run *r = begin(*state, A "\n" B "\n");

	PUT(r, "auth", A, "auth", B, "auth", C);
	commit(r);
	assert_lines(r, A "\n" B "\n" C "\n");
	assert_null(strstr(r->ctx->position, "recall"));
	assert_true(fake_said(r->ctx, "its last 2 are told by id, and not written again"));
	PUT(r, "auth", D);
	assert_lines(r, A "\n" B "\n" C "\n" D "\n");
	end(r);
}

static void a_record_that_only_names_another_event_is_not_that_event(void **state)
{
	struct run *r = begin(*state, "{\"id\":\"a\",\"about\":\"b\",\"in\":{\"id\":\"c\"}}\n");

	PUT(r, "auth", A, "auth", B, "auth", C);
	assert_lines(r, "{\"id\":\"a\",\"about\":\"b\",\"in\":{\"id\":\"c\"}}\n" B "\n" C "\n");
	end(r);
}

/* An event had two records, and only the first reached the disk. */
static void each_record_answers_for_one_row(void **state)
{
	struct run *r = begin(*state, A "\n");

	PUT(r, "auth", A, "generic", "{\"other\":true,\"id\":\"a\"}");
	assert_lines(r, A "\n{\"other\":true,\"id\":\"a\"}\n");
	end(r);
}

static void a_torn_last_line_is_no_record(void **state)
{
	struct run *r = begin(*state, A "\n{\"n\":2,\"id\":\"b\"");

	PUT(r, "auth", A, "auth", B);
	assert_lines(r, A "\n" B "\n");
	end(r);
}

static void rows_without_an_id_are_written(void **state)
{
	struct run *r = begin(*state, "{\"n\":1}\n");

	PUT(r, "auth", "{\"n\":1}");
	assert_lines(r, "{\"n\":1}\n{\"n\":1}\n");
	end(r);
}

static void a_kill_before_all_came_again_repeats_nothing(void **state)
{
	struct run *r = begin(*state, A "\n" B "\n" C "\n");

	PUT(r, "auth", A);
	again(r); /* nothing was committed */
	start(r);
	PUT(r, "auth", A);
	commit(r);
	again(r); /* A is behind the position, B and C are to come */
	start(r);
	PUT(r, "auth", B, "auth", C, "auth", D);
	commit(r);
	assert_lines(r, A "\n" B "\n" C "\n" D "\n");
	end(r);
}

static void a_batch_that_comes_again_is_told_again(void **state)
{
	struct run *r = begin(*state, A "\n");
	struct rlimit was, small;
	void (*old)(int) = signal(SIGXFSZ, SIG_IGN);

	getrlimit(RLIMIT_FSIZE, &was);
	small = (struct rlimit){ strlen(A) + 4, was.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(put(r, (const char *const[]){ "auth", A, "auth", B, NULL }), WEIR_RETRY);
	setrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, old);
	PUT(r, "auth", A, "auth", B);
	assert_lines(r, A "\n" B "\n");
	end(r);
}

static void a_stop_does_not_write_what_could_not_be_looked_up(void **state)
{
	struct run *r = begin(*state, A "\n");

	r->ctx->stopping = true;
	assert_int_equal(put(r, (const char *const[]){ "auth", A, NULL }), WEIR_RETRY);
	assert_lines(r, A "\n");
	end(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_there_is_not_written_again),
		TEST(a_record_that_only_names_another_event_is_not_that_event),
		TEST(each_record_answers_for_one_row),
		TEST(a_torn_last_line_is_no_record),
		TEST(rows_without_an_id_are_written),
		TEST(a_kill_before_all_came_again_repeats_nothing),
		TEST(a_batch_that_comes_again_is_told_again),
		TEST(a_stop_does_not_write_what_could_not_be_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
