/* config.h - YAML files to a checked description of the pipeline. Nothing runs here.
 *
 * config.c reads and merges, option.c writes option rows into structs, graph.c (runtime)
 * makes instances. All mistakes go to a diag, with places.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "diag.h"
#include "log.h"
#include "retry.h"

/* The core's own options (design.md section 4); rows in config_core.c. */
struct core_options {
	const char *state_dir;
	int64_t workers;            /* 0: one per core */
	int64_t queue_size, memory_max, event_max, page_max;
	int64_t depth_max;
	int64_t commit_interval, commit_size;
	int64_t seen_for, seen_count;
	int64_t overlap;
	double dead_letter_limit;
	int64_t dead_letter_window; /* events; 1,000 */
	bool watch;
	int log_level, log_format;
	int64_t retry_min, retry_max, refused_min, refused_max, poison_after;
};

/* One source, transform or sink as written. */
struct config_node {
	enum weir_kind kind;
	const char *name;           /* unique within its kind; sources and transforms share names */
	const char *plugin_name;
	const struct weir_plugin *plugin;   /* NULL when it is not there (an error was reported) */
	const char *const *inputs;  /* resolved names (patterns expanded), NULL-ended */
	struct weir_value options;  /* the object without plugin, inputs, name; with places */
	struct weir_where where;    /* of its name */
};

struct config {
	struct core_options core;
	struct config_node *nodes;  /* sources, then transforms in an order in which inputs come
	                               first, then sinks */
	size_t node_count;
	struct weir_arena *arena;   /* owns everything above */
};

/* Reads the files in order, later ones merged over earlier ones, then integrations.d beside
 * the first. Always returns a config, to go on finding mistakes; it may be used only when
 * diag_errors() is 0. Plugins must have been loaded. Environment comes through getenv. */
struct config *config_load(const char *const *files, size_t count, struct diag *diag);
void config_destroy(struct config *config);
/* The rows of core_options, for describe. */
const struct weir_option *config_core_rows(void);
/* The file, line and column that a value of node->options stands at, with its path. */
struct weir_where config_where(const struct config *config, const struct config_node *node,
                               const char *option);

#endif
