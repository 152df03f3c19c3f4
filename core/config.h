/* config.h - YAML files to a checked description of the pipeline. Nothing runs here.
 *
 * config.c reads and merges, config_nodes.c checks instances, config_inputs.c joins them; the
 * runtime makes the instances. All mistakes go to a diag, with places. Main thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "diag.h"
#include "log.h"
#include "names.h"
#include "option.h"
#include "retry.h"

enum dead_full { DEAD_PAUSES, DEAD_DROPS };

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
	int64_t dead_max, dead_for;
	int dead_full;              /* enum dead_full */
	bool watch;
	int log_level, log_format;  /* enum weir_level, enum log_format */
	int64_t retry_min, retry_max, refused_min, refused_max, poison_after;
};

/* One source, transform or sink as written. */
struct config_node {
	enum weir_kind kind;
	const char *name;           /* unique within its kind; sources and transforms share names */
	const char *plugin_name;
	const struct weir_plugin *plugin;   /* NULL when it is not there (an error was reported) */
	const char *const *inputs;  /* resolved names (patterns expanded), NULL-ended */
	const struct tree *options; /* the object without plugin, inputs, name; with places */
	struct weir_where where;    /* of its name; where.path is "sources.acme" */
	const char *hint;           /* "weir describe source okta" */
	/* All that can be known without the plugin's create is right. False: a mistake was
	 * reported, and create is not called for it. */
	bool sound;
};

struct config {
	struct core_options core;
	struct config_node *nodes;  /* sources, then transforms in an order in which inputs come
	                               first, then sinks */
	size_t node_count;
	const char **files;         /* all that was read, or looked for, and the folder
	                               integrations.d: what `watch` looks at */
	size_t file_count;
	int64_t read_us;            /* when reading began; wall clock */
	struct weir_arena *arena;   /* owns everything above */
};

/* Reads the files in order, later ones merged over earlier ones, then integrations.d beside
 * the first. Always returns a config, to go on finding mistakes (create may be called for nodes
 * that are sound); it may run only when diag_errors() is 0. Options of every node were tried.
 * Plugins must have been loaded. Environment comes through getenv. */
struct config *config_load(const char *const *files, size_t count, struct diag *diag);
/* As if this file stood in integrations.d, too; path as messages are to call it. */
struct config_addition {
	const char *path;
	struct weir_bytes text;
};
struct config *config_load_adding(const char *const *files, size_t count,
                                  const struct config_addition *addition, struct diag *diag);
void config_destroy(struct config *config); /* NULL is fine */
/* The folder of integrations beside the first file, to weir_free. */
char *config_integrations(const char *first);
/* What option_fill and option_reload_secrets take for this node. Valid as long as config. */
struct option_source config_options(const struct config *config, const struct config_node *node);
/* Changes when somebody writes or replaces a file that a secret of the node is read from. */
uint64_t config_secrets_stamp(const struct config *config, const struct config_node *node);
/* The rows of core_options. */
extern const struct weir_option config_core_options[];
const struct weir_option *config_core_rows(void);
/* Adds the names of all instances of a kind. */
void config_names(const struct config *config, enum weir_kind kind, struct names *names);
/* The file, line and column that an option of the node stands at ("rules", "rules[1]",
 * "settings.tenant_id"), with its path; those of the node when it was not written. option NULL:
 * the node itself. The path lives in config's arena. */
struct weir_where config_where(const struct config *config, const struct config_node *node,
                               const char *option);
/* Completes what a plugin's create reported: where.path is an option's name there, or nothing.
 * A place in another file (a rule) is left as it is. */
void config_locate(const struct config *config, const struct config_node *node,
                   struct weir_error *err);

#endif
