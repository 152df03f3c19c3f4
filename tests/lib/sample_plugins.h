/* sample_plugins.h - one sound descriptor of each kind, for tests of what reads descriptors.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_SAMPLE_PLUGINS_H
#define TESTS_SAMPLE_PLUGINS_H

#include <weir/plugin.h>

#include "registry.h"

#define SAMPLE __attribute__((unused)) static

struct sample {
	bool flag;
	int64_t count, wait, size;
	double ratio, share;
	struct weir_time start;
	const char *text, *path, *secret;
	int choice;
	const char *const *list, *const *rules;
	struct weir_value settings;
};

SAMPLE const char *const sample_choices[] = { "auto", "required", "off", NULL };

SAMPLE const struct weir_option sample_options[] = {
	{ "text", WEIR_AT_STRING(struct sample, text), .required = true, .doc = "A text." },
	{ "flag", WEIR_AT_BOOL(struct sample, flag), .preset = "true", .doc = "A flag." },
	{ "count", WEIR_AT_INT(struct sample, count), .preset = "5", .min = 1, .max = 10,
	  .doc = "A count." },
	{ "ratio", WEIR_AT_FLOAT(struct sample, ratio), .preset = "0.5", .doc = "A ratio." },
	{ "wait", WEIR_AT_MS(struct sample, wait), .preset = "30s", .min = 100, .max = INT64_MAX,
	  .doc = "How long to wait." },
	{ "size", WEIR_AT_SIZE(struct sample, size), .preset = "1MiB", .doc = "How large." },
	{ "share", WEIR_AT_PERCENT(struct sample, share), .preset = "40%", .doc = "What share." },
	{ "start", WEIR_AT_TIME(struct sample, start), .doc = "Where to start." },
	{ "path", WEIR_AT_PATH(struct sample, path), .installed = true, .doc = "A file." },
	{ "secret", WEIR_AT_SECRET(struct sample, secret), .doc = "A key." },
	{ "choice", WEIR_AT_CHOICE(struct sample, choice), .preset = "auto",
	  .choices = sample_choices, .doc = "Whether | or not." },
	{ "list", WEIR_AT_LIST(struct sample, list), .preset = "[a, 'b c']", .doc = "Words." },
	{ "rules", WEIR_AT_PATHS(struct sample, rules), .doc = "Folders." },
	{ "settings", WEIR_AT_MAP(struct sample, settings), .doc = "Anything." },
	{ 0 },
};

SAMPLE const struct weir_option sample_path_option[] = {
	{ "path", WEIR_AT_PATH(struct sample, path), .required = true, .doc = "Where to write." },
	{ 0 },
};

SAMPLE const struct weir_metric sample_metrics[] = {
	{ "events_total", WEIR_COUNTER, "Events." },
	{ "open", WEIR_GAUGE, "What is open." },
	{ 0 },
};

static enum weir_status sample_poll(void *self, struct weir_turn *turn, struct weir_error *err)
{
	(void)self;
	(void)turn;
	(void)err;
	return WEIR_DONE;
}

static enum weir_status sample_process(void *self, struct weir_batch *batch,
                                       struct weir_error *err)
{
	(void)self;
	(void)batch;
	(void)err;
	return WEIR_OK;
}

static enum weir_status sample_flush(void *self, struct weir_buf *position, struct weir_error *err)
{
	(void)self;
	(void)position;
	(void)err;
	return WEIR_OK;
}

#define SAMPLE_SIZES                                                                    \
	.abi = WEIR_ABI, .size = sizeof(struct weir_plugin),                            \
	.option_size = sizeof(struct weir_option), .metric_size = sizeof(struct weir_metric), \
	.version = "1.0.0", .self_size = sizeof(struct sample)

SAMPLE const struct weir_plugin sample_source = {
	SAMPLE_SIZES,
	.kind = WEIR_SOURCE,
	.name = "ticks",
	.summary = "Makes events.",
	.options = sample_options,
	.metrics = sample_metrics,
	.poll = sample_poll,
};

SAMPLE const struct weir_plugin sample_bare_source = {
	SAMPLE_SIZES,
	.kind = WEIR_SOURCE,
	.name = "bare",
	.summary = "Has no options.",
	.poll = sample_poll,
};

SAMPLE const struct weir_plugin sample_transform = {
	SAMPLE_SIZES,
	.kind = WEIR_TRANSFORM,
	.name = "stamp",
	.summary = "Changes records.",
	.process = sample_process,
	.rule_suffix = ".stamp",
	.options = sample_options + 12,
};

SAMPLE const struct weir_plugin sample_sink = {
	SAMPLE_SIZES,
	.kind = WEIR_SINK,
	.name = "lines",
	.summary = "Writes records.",
	.options = sample_path_option,
	.delivery = WEIR_EXACTLY_ONCE,
	.process = sample_process,
	.flush = sample_flush,
};

SAMPLE void sample_register(struct diag *diag)
{
	registry_add(&sample_source, "ticks.so", diag);
	registry_add(&sample_bare_source, "bare.so", diag);
	registry_add(&sample_transform, "stamp.so", diag);
	registry_add(&sample_sink, "lines.so", diag);
}

#endif
