/* test_serve.c - core/serve.c over a socket, with core/runtime_status.c and runtime_metrics.c
 * behind it: what a running pipeline says of itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control.h"
#include "pipeline.h"
#include "serve.h"

static pthread_t client;
static struct weir_buf answers[4];
static atomic_bool reload_ok;

/* It has no end of its own: it is stopped when all was asked. */
static const char text[] = PIPELINE_CORE "queue_size: 64KiB\ndead_letter_limit: 100%\n"
	"sources:\n  in:\n    plugin: numbers\n    count: 1000000000\n"
	"transforms:\n  edit:\n    plugin: edit\n    drop_each: 10\n    reject_each: 50\n"
	"sinks:\n  out:\n    plugin: spare\n";

static struct config *read_again(void *arg, struct diag *diag)
{
	const char *file = trial_file("weir.yaml", text);

	(void)arg;
	if (!atomic_load(&reload_ok))
		diag_addf(diag, (struct weir_where){ 0 }, "wrong on purpose");
	return config_load(&file, 1, diag);
}

static void stop_now(void *arg)
{
	runtime_stop(arg);
}

/* On a thread of its own, while the loop answers. */
static void *ask_all(void *arg)
{
	static const char *const requests[] = {
		"{\"command\":\"status\"}", "{\"command\":\"prometheus\"}", "{\"command\":\"reload\"}",
	};
	struct weir_error err = { 0 };

	(void)arg;
	/* Until something has become of some events. */
	do {
		answers[0].len = 0;
		if (!control_ask(trial_path("state"), requests[0], &answers[0], 20000, &err))
			break;
	} while (!strstr(weir_buf_text(&answers[0]), "on purpose"));
	for (size_t i = 1; i < WEIR_COUNT(requests); i++)
		control_ask(trial_path("state"), requests[i], &answers[i], 20000, &err);
	atomic_store(&reload_ok, true);
	control_ask(trial_path("state"), requests[2], &answers[3], 20000, &err);
	loop_post(pipeline.loop, stop_now, pipeline.runtime);
	return NULL;
}

static void begin_asking(void *arg)
{
	(void)arg;
	weir_must(pthread_create(&client, NULL, ask_all, NULL) == 0);
}

static bool has(size_t answer, const char *part)
{
	bool found = strstr(weir_buf_text(&answers[answer]), part) != NULL;

	if (!found)
		fprintf(stderr, "no %s in %s\n", part, weir_buf_text(&answers[answer]));
	return found;
}

static int64_t number(struct weir_value row, const char *key)
{
	int64_t number = -1;

	assert_true(weir_value_int(weir_value_get(row, key), &number));
	return number;
}

/* Also in the middle of the stream. */
static bool ledger_adds_up(struct weir_bytes answer)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err = { 0 };
	struct weir_value value, row;
	bool adds_up;

	assert_true(weir_json_parse(arena, answer, &value, &err));
	row = weir_value_at(weir_value_get(weir_value_get(value, "status"), "ledger"), 0);
	adds_up = number(row, "in") == number(row, "delivered") + number(row, "dead")
	                               + number(row, "dropped") + number(row, "repeated")
	                               + number(row, "in_flight");
	weir_arena_destroy(arena);
	return adds_up;
}

static void run(void)
{
	const struct reload_hooks hooks = { .read = read_again };
	struct weir_error err = { 0 };
	struct serve *serve;

	assert_true(pipeline_open());
	pipeline.config = pipeline_config(text);
	pipeline.runtime = runtime_create(pipeline.config, pipeline.diag);
	assert_non_null(pipeline.runtime);
	serve = serve_create(pipeline.loop, trial_path("state"), pipeline.runtime, &err);
	assert_non_null(serve);
	runtime_on_reload(pipeline.runtime, &hooks);
	loop_post(pipeline.loop, begin_asking, NULL);
	assert_int_equal(runtime_run(pipeline.runtime, pipeline.loop, NULL, pipeline.store), 0);
	pthread_join(client, NULL);
	serve_destroy(serve);
	serve_destroy(NULL);
	runtime_destroy(pipeline.runtime);
	config_destroy(pipeline.config);
	pipeline_close();
}

static void a_running_pipeline_says_what_becomes_of_every_event(void **state)
{
	(void)state;
	run();
	assert_true(has(0, "\"ok\":true") && has(0, "\"name\":\"in\"") && has(0, "\"on purpose\""));
	assert_true(ledger_adds_up((struct weir_bytes){ answers[0].data, answers[0].len }));
	assert_true(has(1, "weir_events_total{source=\\\"in\\\",sink=\\\"out\\\",fate=\\\"in\\\"}"));
	assert_true(has(2, "\"error\":\"reload refused; nothing changed\"")
	            && has(2, "wrong on purpose"));
	assert_true(has(3, "\"ok\": true"));
	for (size_t i = 0; i < WEIR_COUNT(answers); i++)
		weir_buf_finish(&answers[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPELINE_TEST(a_running_pipeline_says_what_becomes_of_every_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
