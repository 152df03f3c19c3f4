/* test_integration.c - core/integration.c and core/integration_write.c; the commands as a whole
 * are tests/integration/test_integration.py's.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "config_trial.h"
#include "integration.h"
#include "integration_write.h"

static const struct weir_option asked_options[] = {
	{ "text", WEIR_AT_STRING(struct sample, text), .asked = true, .column = "TEXT",
	  .doc = "A text." },
	{ "secret", WEIR_AT_SECRET(struct sample, secret), .doc = "A key." },
	{ "count", WEIR_AT_INT(struct sample, count), .doc = "A count." },
	{ "path", WEIR_AT_PATH(struct sample, path), .doc = "A file." },
	{ 0 },
};

static const struct weir_plugin asked_source = {
	SAMPLE_SIZES, .kind = WEIR_SOURCE, .name = "asked", .summary = "Asks.",
	.options = asked_options, .poll = sample_poll,
};

static const char *weir_yaml(void)
{
	return trial_file("weir.yaml", "state_dir: s\nsources: {old: {plugin: asked}}\n"
	                               "sinks: {o: {plugin: lines, path: p}}\n");
}

/* Values for the options in their order; NULL: left out. */
static int write_it(const char *name, const char *const values[4])
{
	const char *files[] = { weir_yaml(), NULL };
	struct given given[5] = { { 0 } };
	const struct addition addition = {
		.load = { .files = { files, 1 } }, .name = name, .plugin = &asked_source,
		.no_test = true, .given = given, .count = 4,
	};

	for (size_t i = 0; i < 4; i++)
		given[i] = (struct given){ &asked_options[i], NULL, NULL, (char *)(uintptr_t)values[i] };
	return integration_write(&addition);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void only_sources_that_ask_are_integrations(void **state)
{
	(void)state;
	assert_true(integration_can(&asked_source));
	assert_false(integration_can(&sample_source));
	assert_false(integration_can(&sample_bare_source));
	assert_false(integration_can(&sample_sink));
	assert_false(integration_can(NULL));
}

static void what_was_written_is_read_again(void **state)
{
	static const char key[] = "secret key\n";
	struct sample self = { 0 };
	struct option_source from;
	struct stat st;

	(void)state;
	trial_file("key.pem", key);
	assert_int_equal(write_it("a \"b\"", (const char *const[]){ "x: ${y", "key.pem", "7", "p.txt" }),
	                 EXIT_CONFIG); /* a variable that does not end */
	assert_false(is_there("integrations.d"));
	assert_int_equal(write_it("a \"b\"", (const char *const[]){ "x: #'\\", "key.pem", "7", "p.txt" }),
	                 EXIT_DONE);
	assert_int_equal(stat("integrations.d/a%20%22b%22.secret", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	config_trial_load(weir_yaml(), NULL, NULL);
	assert_true(config_trial_said(""));
	from = config_options(config, config_trial_node("a \"b\""));
	assert_true(option_fill(asked_options, &from, &self, config->arena, diag));
	assert_string_equal(self.text, "x: #'\\");
	assert_string_equal(self.secret, "secret key");
	assert_int_equal(self.count, 7);
	assert_int_equal(self.path[0], '/');
	option_wipe(asked_options, &self);
}

static void a_file_that_is_in_the_way_stays(void **state)
{
	(void)state;
	trial_file("key.pem", "secret");
	assert_int_equal(mkdir("integrations.d", 0700), 0);
	trial_file("integrations.d/new.secret", "of somebody else");
	assert_int_equal(write_it("new", (const char *const[]){ "x", "key.pem", NULL, NULL }), EXIT_FAILED);
	assert_false(is_there("integrations.d/new.yaml"));
	assert_true(is_there("integrations.d/new.secret"));
	trial_file("integrations.d/two.yaml", "plugin: asked\n");
	assert_int_equal(write_it("two", (const char *const[]){ "x", "key.pem", NULL, NULL }), EXIT_CONFIG);
	assert_false(is_there("integrations.d/two.secret"));
}

static void mistakes_write_nothing(void **state)
{
	(void)state;
	assert_int_equal(write_it("old", (const char *const[]){ "x", NULL, NULL, NULL }), EXIT_CONFIG);
	assert_int_equal(write_it("new", (const char *const[]){ "x", "none.pem", NULL, NULL }), EXIT_CONFIG);
	assert_int_equal(write_it("new", (const char *const[]){ "x", NULL, "many", NULL }), EXIT_CONFIG);
	assert_int_equal(write_it("n*w", (const char *const[]){ "x", NULL, NULL, NULL }), EXIT_CONFIG);
	assert_false(is_there("integrations.d"));
}

static int setup(void **state)
{
	return config_trial_setup(state) || chdir(trial)
	       || !registry_add(&asked_source, "asked.so", diag);
}

#define HERE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, config_trial_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE_TEST(only_sources_that_ask_are_integrations),
		HERE_TEST(what_was_written_is_read_again),
		HERE_TEST(a_file_that_is_in_the_way_stays),
		HERE_TEST(mistakes_write_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
