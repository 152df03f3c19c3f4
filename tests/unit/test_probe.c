/* test_probe.c - core/probe.c, core/probe_way.c, core/probe_show.c and core/doctor.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/http.h>

#include "config_trial.h"
#include "doctor.h"
#include "probe.h"

/* ---- a source and a sink that do as their options say ------------------------------------ */

struct asker {
	const char *does, *url;
	unsigned calls;
};

static const struct weir_option asker_options[] = {
	{ "does", WEIR_AT_STRING(struct asker, does), .preset = "well", .doc = "What it does." },
	{ "url", WEIR_AT_STRING(struct asker, url), .doc = "Whom it looks at." },
	{ 0 },
};

static enum weir_status asker_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	(void)ctx;
	if (strcmp(((struct asker *)self)->does, "nothing") == 0)
		return weir_fail(err, WEIR_E_CONFIG, "cannot be made");
	return WEIR_OK;
}

static enum weir_status asker_probe(void *self, struct weir_ctx *ctx,
                                    const struct weir_reply *reply, struct weir_error *err)
{
	struct asker *asker = self;
	struct weir_request request = { .url = asker->url, .timeout_ms = 2000, .proxy = NULL };

	assert_null(reply);
	if (asker->url && !asker->calls++) {
		enum weir_status status = weir_http_look(ctx, &request, err);

		return status == WEIR_OK ? WEIR_PENDING : status;
	}
	weir_step_good(ctx, "first", "is %d", 1);
	if (strcmp(asker->does, "wait") == 0)
		return WEIR_PENDING;
	if (strcmp(asker->does, "fail") == 0)
		return weir_fail(err, WEIR_E_AUTH, "refused; ask \"nicely\"");
	if (strcmp(asker->does, "ill") != 0)
		return WEIR_OK;
	weir_fail(err, WEIR_E_AUTH, "is ill");
	weir_step_bad(ctx, "second", err);
	weir_step_good(ctx, "third", "goes on");
	return WEIR_OK;
}

static const struct weir_plugin asker_source = {
	SAMPLE_SIZES, .kind = WEIR_SOURCE, .name = "asker", .summary = "Asks.",
	.options = asker_options, .poll = sample_poll, .create = asker_create, .probe = asker_probe,
};

static const struct weir_plugin asker_sink = {
	SAMPLE_SIZES, .kind = WEIR_SINK, .name = "asker", .summary = "Asks.",
	.options = asker_options, .process = sample_process, .create = asker_create,
	.probe = asker_probe,
};

/* ---- what was told --------------------------------------------------------------------------- */

static struct weir_buf told;

static void begin(void *arg, const struct config_node *node)
{
	(void)arg;
	weir_buf_printf(&told, "%s:", node->name);
}

static void step(void *arg, const struct probe_step *s)
{
	(void)arg;
	weir_buf_printf(&told, " %c%s(%s|%s)", s->good ? '+' : '-', s->name, s->text,
	                s->cure ? s->cure : "");
}

static void end(void *arg, bool good)
{
	(void)arg;
	weir_buf_puts(&told, good ? " well\n" : " ill\n");
}

/* All nodes of a configuration with these sources and a sink that asks. */
static const char *ask(const char *sources, size_t bad)
{
	static const struct probe_view view = { begin, step, end, NULL };
	char *text = weir_format("state_dir: s\nsources:\n%ssinks:\n  out: {plugin: asker}\n", sources);
	const struct config_node *nodes[200] = { NULL };
	struct weir_error err = { 0 };
	size_t got = 0;

	registry_add(&asker_source, "asker.so", diag);
	registry_add(&asker_sink, "asker.so", diag);
	config_trial_read(text);
	weir_free(text);
	assert_true(config->node_count < WEIR_COUNT(nodes));
	for (size_t i = 0; i < config->node_count; i++)
		nodes[i] = &config->nodes[i];
	weir_buf_finish(&told);
	assert_true(probe_run(config, nodes, &view, diag, &got, &err));
	assert_int_equal(got, bad);
	return weir_buf_text(&told);
}

/* ---- tests --------------------------------------------------------------------------------------- */

static void test_steps_of_all_in_order(void **state)
{
	(void)state;
	assert_string_equal(ask("  a: {plugin: asker}\n  b: {plugin: asker, does: ill}\n"
	                        "  t: {plugin: bare}\n", 1),
	                    "a: +first(is 1|) well\n"
	                    "b: +first(is 1|) -second(is ill|) +third(goes on|) ill\n"
	                    "out: +first(is 1|) well\n");
}

static void test_a_failure_is_the_last_step(void **state)
{
	(void)state;
	assert_string_equal(ask("  a: {plugin: asker, does: fail}\n  b: {plugin: asker, does: wait}\n", 2),
	                    "a: +first(is 1|) -asker(refused|ask \"nicely\") ill\n"
	                    "b: +first(is 1|) -asker(waits for a reply, but asked nothing|) ill\n"
	                    "out: +first(is 1|) well\n");
}

static void test_what_cannot_be_made_is_a_mistake(void **state)
{
	(void)state;
	assert_string_equal(ask("  a: {plugin: asker, does: nothing}\n", 0), "out: +first(is 1|) well\n");
	assert_int_equal(diag_errors(diag), 1);
}

static void test_more_than_are_asked_at_once(void **state)
{
	struct weir_buf sources = { 0 };
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 150; i++)
		weir_buf_printf(&sources, "  s%03d: {plugin: asker}\n", i);
	for (const char *p = ask(weir_buf_text(&sources), 0); *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 151);
	weir_buf_finish(&sources);
}

static void test_a_way_that_ends(void **state)
{
	const char *text;

	(void)state;
	text = ask("  a: {plugin: asker, url: \"https://weir.invalid\"}\n"
	           "  b: {plugin: asker, url: \"http://127.0.0.1:1\"}\n"
	           "  c: {plugin: asker, url: \"gopher://127.0.0.1\"}\n", 3);
	assert_non_null(strstr(text, "a: -name(weir.invalid: cannot resolve the name|check it and"));
	assert_non_null(strstr(text, "b: +name(127.0.0.1 has an address|) -connection(127.0.0.1:1: cannot connect"));
	assert_non_null(strstr(text, "c: -asker(not a http or https URL|) ill\n"));
}

static void test_as_json(void **state)
{
	const struct config_node *nodes[4] = { NULL };
	struct weir_buf json = { 0 };

	(void)state;
	ask("  a: {plugin: asker, does: fail}\n", 1);
	nodes[0] = config_trial_node("a");
	assert_false(probe_show(config, nodes, diag, &json));
	assert_string_equal(weir_buf_text(&json),
	                    "{\"instance\": \"sources.a\", \"plugin\": \"asker\", \"steps\": ["
	                    "{\"step\": \"first\", \"ok\": true, \"text\": \"is 1\"}, "
	                    "{\"step\": \"asker\", \"ok\": false, \"text\": \"refused\", "
	                    "\"cure\": \"ask \\\"nicely\\\"\"}], \"ok\": false}");
	weir_buf_finish(&json);
}

static void test_the_doctor_s_exit_codes(void **state)
{
	static const struct command command = { .name = "doctor" };
	const char *files[] = { trial_path("weir.yaml"), NULL };
	const struct load_args load = { .files = { files, 1 } };

	(void)state;
	ask("  a: {plugin: asker, does: fail}\n  b: {plugin: asker}\n  t: {plugin: bare}\n", 1);
	assert_int_equal(doctor_run(&command, &load, &(struct doctor_wish){ NULL, NULL, false }),
	                 EXIT_FAILED);
	assert_int_equal(doctor_run(&command, &load, &(struct doctor_wish){ "b", NULL, true }), EXIT_DONE);
	assert_int_equal(doctor_run(&command, &load, &(struct doctor_wish){ "t", NULL, false }), EXIT_DONE);
	assert_int_equal(doctor_run(&command, &load, &(struct doctor_wish){ NULL, "out", false }),
	                 EXIT_DONE);
	assert_int_equal(doctor_run(&command, &load, &(struct doctor_wish){ "c", NULL, false }),
	                 EXIT_CONFIG);
	ask("  a: {plugin: asker, does: nothing}\n", 0);
	assert_int_equal(doctor_run(&command, &load, &(struct doctor_wish){ NULL, NULL, true }),
	                 EXIT_CONFIG);
}

static int teardown(void **state)
{
	weir_buf_finish(&told);
	return config_trial_teardown(state);
}

#define PROBE_TEST(name) cmocka_unit_test_setup_teardown(name, config_trial_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(test_steps_of_all_in_order),
		PROBE_TEST(test_a_failure_is_the_last_step),
		PROBE_TEST(test_what_cannot_be_made_is_a_mistake),
		PROBE_TEST(test_more_than_are_asked_at_once),
		PROBE_TEST(test_a_way_that_ends),
		PROBE_TEST(test_as_json),
		PROBE_TEST(test_the_doctor_s_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
