/* trial.h - a rule folder run by hand on some events, without a pipeline around it.
 *
 * For `weir test`, `map` and `diff`: the same plugin, the same engine, the same batches as in
 * `weir run`, but reproducible: source "test", origin "example.okta.com", time 0. One thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_TRIAL_H
#define CORE_TRIAL_H

#include "diag.h"

struct trial;

/* Makes the transform that runs the rule files of these folders (all of one language), with
 * settings as in YAML (an object, or absent). NULL when diag got errors. */
struct trial *trial_create(const char *const *rules, struct weir_value settings,
                           struct diag *diag);
void trial_destroy(struct trial *trial);

enum trial_fate { TRIAL_RECORD, TRIAL_DROPPED, TRIAL_REJECTED };

/* What became of an event; one with several records is shown several times in a row. */
struct trial_outcome {
	size_t event;               /* index in the page */
	struct weir_bytes source;   /* its bytes */
	enum trial_fate fate;
	const char *schema;         /* RECORD */
	struct weir_value record;
	struct weir_bytes text;     /* the record as JSON */
	const char *cause;          /* DROPPED */
	const struct weir_error *why; /* REJECTED */
};

/* Maps a page of events, and shows each outcome in the order of events. The page is copied.
 * Everything in an outcome is valid during the call. False: the page or the batch as a whole
 * was refused, err says why. */
bool trial_map(struct trial *trial, enum weir_page_format format, struct weir_bytes page,
               void (*each)(void *arg, const struct trial_outcome *), void *arg,
               struct weir_error *err);

#endif
