/* dryrun.h - a rule folder run by hand on some events, without a pipeline around it.
 *
 * For `weir test`, `map` and `diff`: the same plugin, the same engine, the same batches as in
 * `weir run`, but reproducible: source "test", origin "example.okta.com", time 0. One thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DRYRUN_H
#define CORE_DRYRUN_H

#include <weir/rules.h>

#include "diag.h"

struct dryrun;

/* Whether a plugin's rules have a member of struct weir_rules; it may be built with a shorter one. */
#define RULES_HAVE(rules, member) \
	((rules) && (rules)->size >= offsetof(struct weir_rules, member) + sizeof (rules)->member && \
	 (rules)->member)

/* Rules as in weir.yaml: a path, or if it is not there the installed one of that name. */
const char *dryrun_rules(struct weir_arena *arena, const char *path);
/* Says that nothing is there, and what may be meant. */
void dryrun_no_rules(const char *path, struct diag *diag);

/* Makes the transform that runs the rule files of these folders (all of one language), with
 * settings as in YAML (an object, or absent). NULL when diag got errors. */
struct dryrun *dryrun_create(const char *const *rules, struct weir_value settings,
                           struct diag *diag);
void dryrun_destroy(struct dryrun *dryrun); /* and those behind it */
/* Puts a further stage behind the last one, which gets its records. It belongs to dryrun. */
void dryrun_then(struct dryrun *dryrun, struct dryrun *stage);
struct dryrun *dryrun_last(struct dryrun *dryrun);
struct dryrun *dryrun_next(struct dryrun *dryrun); /* NULL behind the last */

/* ---- what the rules of one stage tell; nothing where their plugin does not ------------------ */

struct dryrun_tracer {
	/* As in weir/rules.h. event is an index in the page, nth says which of its records at
	 * this stage, from 0. */
	void (*tried)(void *user, size_t event, size_t nth, const struct weir_rule_tried *tried);
	void (*wrote)(void *user, size_t event, size_t nth, const struct weir_rule_row *row,
	              const char *from);
	void *user;
};
/* For all that follows; the tracer is copied. False: the plugin tells nothing. */
bool dryrun_trace(struct dryrun *dryrun, const struct dryrun_tracer *tracer);
size_t dryrun_rows(const struct dryrun *dryrun, const struct weir_rule_row **rows);
void dryrun_route(const struct dryrun *dryrun, const char *type, weir_rule_told *told, void *user);

/* ---- running ---------------------------------------------------------------------------------- */

enum dryrun_fate { DRYRUN_RECORD, DRYRUN_DROPPED, DRYRUN_REJECTED };

/* What became of an event; one with several records is shown several times in a row. */
struct dryrun_outcome {
	size_t event;               /* index in the page */
	struct weir_bytes source;   /* its bytes */
	size_t offset;              /* where in the page they begin */
	enum dryrun_fate fate;
	const char *schema;         /* RECORD */
	struct weir_value record;
	struct weir_bytes text;     /* the record as JSON */
	const char *cause;          /* DROPPED */
	const struct weir_error *why; /* REJECTED */
};

/* Maps a page of events, and shows each outcome in the order of events. The page is copied.
 * Everything in an outcome is valid during the call. False: the page or the batch as a whole
 * was refused, err says why. */
bool dryrun_map(struct dryrun *dryrun, enum weir_page_format format, struct weir_bytes page,
               void (*each)(void *arg, const struct dryrun_outcome *), void *arg,
               struct weir_error *err);

#endif
