/* test_control.c - core/control.c through its header: a loop in a thread, clients in the test.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "control.h"
#include "scratch.h"

#define LONG_MS 60000

struct server {
	struct loop *loop;
	struct control *control;
	pthread_t thread;
	struct control_call *waiting[4];
	size_t waiting_count;
};

static void run_echo(void *arg, struct weir_value request, struct weir_buf *answer)
{
	(void)arg;
	weir_buf_puts(answer, "{\"ok\":true,\"said\":");
	weir_value_render(weir_value_get(request, "say"), answer);
	weir_buf_putc(answer, '}');
}

/* More than a socket's buffer holds. */
static void run_long(void *arg, struct weir_value request, struct weir_buf *answer)
{
	(void)arg;
	(void)request;
	weir_buf_puts(answer, "{\"ok\":true,\"text\":\"");
	for (int i = 0; i < 3000000; i++)
		weir_buf_putc(answer, 'x');
	weir_buf_puts(answer, "\"}");
}

/* Answered when somebody asks to go on. */
static void begin_later(void *arg, struct weir_value request, struct control_call *call)
{
	struct server *s = arg;

	(void)request;
	s->waiting[s->waiting_count++] = call;
}

static void run_go(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct server *s = arg;

	(void)request;
	weir_buf_printf(answer, "{\"ok\":true,\"waited\":%zu}", s->waiting_count);
	while (s->waiting_count)
		control_answer(s->waiting[--s->waiting_count], weir_bytes("{\"ok\":true,\"late\":1}"));
}

static void begin_now(void *arg, struct weir_value request, struct control_call *call)
{
	(void)arg;
	(void)request;
	control_answer(call, weir_bytes("{\"ok\":true,\"at_once\":1}"));
}

static const struct control_command commands[] = {
	{ .name = "echo", .run = run_echo },
	{ .name = "long", .run = run_long },
	{ .name = "later", .begin = begin_later },
	{ .name = "go", .run = run_go },
	{ .name = "now", .begin = begin_now },
	{ 0 },
};

static void *run_loop(void *arg)
{
	struct server *s = arg;

	loop_run(s->loop);
	return NULL;
}

static void serve(struct server *s, const char *dir)
{
	struct weir_error err = { 0 };

	s->waiting_count = 0;
	s->loop = loop_create(&err);
	assert_non_null(s->loop);
	s->control = control_listen(s->loop, dir, commands, s, &err);
	if (!s->control)
		fail_msg("%s", err.text);
	pthread_create(&s->thread, NULL, run_loop, s);
}

static void stop(struct server *s)
{
	loop_stop(s->loop);
	pthread_join(s->thread, NULL);
	control_close(s->control);
	loop_destroy(s->loop);
}

static void assert_answer(const char *dir, const char *request, const char *expected)
{
	struct weir_buf answer = { 0 };
	struct weir_error err = { 0 };

	if (!control_ask(dir, request, &answer, LONG_MS, &err))
		fail_msg("%s", err.text);
	assert_non_null(strstr(weir_buf_text(&answer), expected));
	weir_buf_finish(&answer);
}

static void a_request_is_answered(void **state)
{
	struct server s;

	serve(&s, *state);
	assert_answer(*state, "{\"command\":\"echo\",\"say\":[1,\"a\"]}",
	              "{\"ok\":true,\"said\":[1,\"a\"]}");
	assert_answer(*state, "{\"command\":\"echo\",\"say\":2}", "{\"ok\":true,\"said\":2}");
	stop(&s);
}

static void a_long_answer_comes_whole(void **state)
{
	struct weir_buf answer = { 0 };
	struct weir_error err;
	struct server s;

	serve(&s, *state);
	assert_true(control_ask(*state, "{\"command\":\"long\"}", &answer, LONG_MS, &err));
	assert_int_equal(answer.len, 3000000 + strlen("{\"ok\":true,\"text\":\"\"}"));
	weir_buf_finish(&answer);
	stop(&s);
}

static void nonsense_is_refused(void **state)
{
	struct server s;

	serve(&s, *state);
	assert_answer(*state, "{\"command\":\"dance\"}", "\"ok\":false");
	assert_answer(*state, "not json", "\"ok\":false");
	assert_answer(*state, "[]", "\"ok\":false");
	stop(&s);
}

static void only_its_owner_may_ask(void **state)
{
	char *path = scratch_path(*state, "control");
	struct server s;
	struct stat st;

	serve(&s, *state);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	stop(&s);
	assert_int_equal(stat(path, &st), -1);
	weir_free(path);
}

static void a_socket_that_was_left_over_is_replaced(void **state)
{
	struct server s;

	scratch_write(*state, "control", "", 0);
	serve(&s, *state);
	assert_answer(*state, "{\"command\":\"echo\",\"say\":1}", "\"said\":1");
	stop(&s);
}

static void a_client_says_that_nobody_runs(void **state)
{
	struct weir_buf answer = { 0 };
	struct weir_error err = { 0 };

	assert_false(control_ask(*state, "{}", &answer, LONG_MS, &err));
	assert_int_equal(err.code, WEIR_E_UNREACHABLE);
	assert_non_null(strstr(err.text, "no weir runs"));
	weir_buf_finish(&answer);
}

static void a_long_path_works_as_well(void **state)
{
	char *dir = weir_format("%s/%0*d", (char *)*state, 150, 0);
	struct server s;

	assert_int_equal(mkdir(dir, 0700), 0);
	serve(&s, dir);
	assert_answer(dir, "{\"command\":\"echo\",\"say\":1}", "\"said\":1");
	stop(&s);
	weir_free(dir);
}

static atomic_bool later_is_over;

/* NULL: it was not answered. */
static void *ask_later(void *dir)
{
	struct weir_buf answer = { 0 };
	struct weir_error err = { 0 };
	bool late = control_ask(dir, "{\"command\":\"later\"}", &answer, LONG_MS, &err)
	            && strstr(weir_buf_text(&answer), "\"late\":1");

	weir_buf_finish(&answer);
	atomic_store(&later_is_over, true);
	return late ? dir : NULL;
}

static void an_answer_may_come_later(void **state)
{
	struct weir_buf answer = { 0 };
	struct weir_error err = { 0 };
	struct server s;
	pthread_t client;
	void *late;

	atomic_store(&later_is_over, false);
	serve(&s, *state);
	assert_int_equal(pthread_create(&client, NULL, ask_later, *state), 0);
	do {
		answer.len = 0;
		assert_true(control_ask(*state, "{\"command\":\"go\"}", &answer, LONG_MS, &err));
	} while (!strstr(weir_buf_text(&answer), "\"waited\":1") && !atomic_load(&later_is_over));
	weir_buf_finish(&answer);
	pthread_join(client, &late);
	assert_non_null(late);
	assert_answer(*state, "{\"command\":\"now\"}", "\"at_once\":1");
	stop(&s);
}

/* One that went away while it waited is no harm to those that come after it. */
static void a_client_may_go_before_its_answer(void **state)
{
	struct weir_buf answer = { 0 };
	struct weir_error err = { 0 };
	struct server s;

	serve(&s, *state);
	assert_false(control_ask(*state, "{\"command\":\"later\"}", &answer, 20, &err));
	assert_answer(*state, "{\"command\":\"go\"}", "\"waited\":1");
	assert_answer(*state, "{\"command\":\"echo\",\"say\":3}", "\"said\":3");
	weir_buf_finish(&answer);
	stop(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_is_answered),
		TEST(a_long_answer_comes_whole),
		TEST(an_answer_may_come_later),
		TEST(a_client_may_go_before_its_answer),
		TEST(nonsense_is_refused),
		TEST(only_its_owner_may_ask),
		TEST(a_socket_that_was_left_over_is_replaced),
		TEST(a_client_says_that_nobody_runs),
		TEST(a_long_path_works_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
