/* pipeline.h - a whole pipeline run from a configuration, for unit tests.
 *
 * Its plugins, and what their sinks got: pipeline_plugins.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PIPELINE_H
#define TESTS_PIPELINE_H

#include "pipeline_plugins.h"

/* What every configuration begins with; tests wait for milliseconds where weir waits for
 * seconds. */
#define PIPELINE_CORE                                                                          \
	"state_dir: state\nworkers: 4\ncommit_interval: 5ms\nretry_min: 1ms\nretry_max: 5ms\n" \
	"refused_min: 1ms\nrefused_max: 5ms\nlog_level: warn\n"

TRIAL int pipeline_setup(void **state)
{
	const struct weir_plugin *const plugins[] = {
		&numbers_plugin, &ids_plugin, &edit_plugin, &inorder_plugin, &list_plugin,
		&spare_plugin,
	};

	pipeline = (struct pipeline){ 0 };
	weir_must(pthread_mutex_init(&pipeline.lock, NULL) == 0);
	weir_must(pthread_mutex_init(&pipeline.names, NULL) == 0);
	pipeline.diag = diag_create();
	for (size_t i = 0; i < WEIR_COUNT(plugins); i++) {
		if (!registry_add(plugins[i], plugins[i]->name, pipeline.diag))
			return -1;
	}
	return trial_setup(state);
}

TRIAL int pipeline_teardown(void **state)
{
	for (size_t i = 0; i < PIPELINE_LISTS; i++)
		weir_free(pipeline.lists[i].items);
	diag_destroy(pipeline.diag);
	pthread_mutex_destroy(&pipeline.lock);
	pthread_mutex_destroy(&pipeline.names);
	registry_clear();
	return trial_teardown(state);
}

TRIAL struct config *pipeline_config(const char *text)
{
	const char *file = trial_file("weir.yaml", text);

	return config_load(&file, 1, pipeline.diag);
}

TRIAL bool pipeline_open(void)
{
	struct store_limits limits = { 7 * 86400000LL, 100000 };
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note = NULL;

	pipeline.store = store_open(trial_path("state"), STORE_OWN, &limits, &opened, &note, &err);
	weir_free(note);
	pipeline.loop = loop_create(&err);
	return pipeline.store && pipeline.loop;
}

TRIAL void pipeline_close(void)
{
	loop_destroy(pipeline.loop);
	store_close(pipeline.store);
	pipeline.loop = NULL;
	pipeline.store = NULL;
}

TRIAL void pipeline_note_replay(void *arg, const struct replay_sum *sum)
{
	(void)arg;
	pipeline.replayed = *sum;
	pipeline.replayed.notes = (struct weir_buf){ 0 };
}

/* Runs until the sources are done or the hook stops it, or, with letters, only sends those dead
 * letters again; the exit code, or -1. */
TRIAL int pipeline_run_or_replay(const char *text, const struct store_dead_query *letters)
{
	struct config *config = pipeline_config(text);
	int code = -1;

	pipeline.runtime = runtime_create(config, pipeline.diag);
	if (!pipeline.runtime)
		diag_print(pipeline.diag, stderr, DIAG_PLAIN);
	if (pipeline.runtime)
		runtime_on_reload(pipeline.runtime, &pipeline.hooks);
	if (pipeline.runtime && letters)
		runtime_replay_only(pipeline.runtime, letters, pipeline_note_replay, NULL);
	if (pipeline.runtime && pipeline_open())
		code = runtime_run(pipeline.runtime, pipeline.loop, NULL, pipeline.store);
	runtime_destroy(pipeline.runtime);
	pipeline.runtime = NULL;
	pipeline_close();
	config_destroy(config);
	return code;
}

TRIAL int pipeline_run(const char *text)
{
	return pipeline_run_or_replay(text, NULL);
}

TRIAL int pipeline_replay(const char *text, const struct store_dead_query *letters)
{
	return pipeline_run_or_replay(text, letters);
}

/* ---- looking --------------------------------------------------------------------------------------- */

struct pipeline_sum {
	const char *source, *sink;
	enum store_fate fate;
	int64_t by;
};

TRIAL bool pipeline_add_count(void *arg, const struct store_count *count)
{
	struct pipeline_sum *sum = arg;

	if (strcmp(count->source, sum->source) == 0 && strcmp(count->sink, sum->sink) == 0
	    && count->fate == sum->fate)
		sum->by += count->by;
	return true;
}

/* What the store's ledger has for source x sink; no pipeline runs. */
TRIAL int64_t pipeline_count(const char *source, const char *sink, enum store_fate fate)
{
	struct pipeline_sum sum = { source, sink, fate, 0 };

	if (!pipeline_open())
		return -1;
	store_each_count(pipeline.store, pipeline_add_count, &sum);
	pipeline_close();
	return sum.by;
}

/* in = delivered + dead + dropped + repeated. */
TRIAL bool pipeline_adds_up(const char *source, const char *sink)
{
	return pipeline_count(source, sink, STORE_IN)
	       == pipeline_count(source, sink, STORE_DELIVERED)
	          + pipeline_count(source, sink, STORE_DEAD)
	          + pipeline_count(source, sink, STORE_DROPPED)
	          + pipeline_count(source, sink, STORE_REPEATED);
}

TRIAL size_t pipeline_dead(void)
{
	struct store_dead_size size;

	if (!pipeline_open())
		return 0;
	store_measure_dead(pipeline.store, &size);
	pipeline_close();
	return (size_t)size.letters;
}

#define PIPELINE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, pipeline_setup, pipeline_teardown)

#endif
