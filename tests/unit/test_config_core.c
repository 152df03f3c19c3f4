/* test_config_core.c - core/config_core.c through config.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"

/* The rows pass what the rows of a plugin must pass. */
static void the_rows_are_sound(void **state)
{
	struct weir_plugin core = sample_sink;

	(void)state;
	core.options = config_core_rows();
	core.self_size = sizeof(struct core_options);
	assert_true(registry_check(&core, "core", diag));
	assert_ptr_equal(config_core_rows(), config_core_options);
}

static void the_defaults_are_those_of_the_design(void **state)
{
	const struct core_options *core;

	(void)state;
	config_trial_read("state_dir: x\nsources: {a: {plugin: bare}}\n"
	                  "sinks: {o: {plugin: lines, path: p}}\n");
	assert_true(config_trial_said(""));
	core = &config->core;
	assert_int_equal(core->workers, 0);
	assert_int_equal(core->event_max, 16 << 20);
	assert_int_equal(core->page_max, 64 << 20);
	assert_int_equal(core->commit_interval, 200);
	assert_int_equal(core->commit_size, 8 << 20);
	assert_int_equal(core->seen_for, 7 * 86400000LL);
	assert_int_equal(core->overlap, 3600000);
	assert_true(core->dead_letter_limit > 0.0499 && core->dead_letter_limit < 0.0501);
	assert_int_equal(core->dead_letter_window, 1000);
	assert_false(core->watch);
	assert_int_equal(core->log_level, WEIR_INFO);
	assert_int_equal(core->log_format, LOG_TEXT);
	assert_int_equal(core->retry_min, 1000);
	assert_int_equal(core->retry_max, 60000);
	assert_int_equal(core->refused_min, 4000);
	assert_int_equal(core->refused_max, 60000);
	assert_int_equal(core->poison_after, 600000);
}

static void waits_may_be_milliseconds(void **state)
{
	(void)state;
	config_trial_read("state_dir: x\nsources: {a: {plugin: bare}}\n"
	                  "sinks: {o: {plugin: lines, path: p}}\nretry_min: 1ms\nretry_max: 2ms\n"
	                  "refused_min: 1ms\nrefused_max: 2ms\npoison_after: 5ms\n"
	                  "commit_interval: 1ms\nseen_for: 1ms\n");
	assert_true(config_trial_said(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(the_rows_are_sound),
		CONFIG_TEST(the_defaults_are_those_of_the_design),
		CONFIG_TEST(waits_may_be_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
