/* coverage.h - what the examples of a rule folder exercise, and what they do not.
 *
 * By row, by event type, by field; and which rules call functions for each event.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_COVERAGE_H
#define CORE_COVERAGE_H

#include "dryrun.h"
#include "golden.h"

struct coverage;

/* Of a folder, or of those of its rules that folder->rules names; folder outlives it. */
struct coverage *coverage_create(const struct golden_folder *folder);
void coverage_destroy(struct coverage *coverage); /* NULL is fine */
/* A dry run of the folder, with the settings of one example. False: its plugin tells nothing. */
bool coverage_listen(struct coverage *coverage, struct dryrun *dryrun);
/* What became of an event of that example. */
void coverage_see(struct coverage *coverage, const struct dryrun_outcome *outcome);

/* Once all examples ran. */
void coverage_text(const struct coverage *coverage, struct weir_buf *text);
void coverage_json(const struct coverage *coverage, struct weir_buf *json);
/* The same for a JUnit report: name and value of each figure. */
void coverage_figures(const struct coverage *coverage,
                      void (*figure)(void *arg, const char *name, const char *value), void *arg);
/* The share of rows that wrote, in per cent, rounded down; 100 when there are none. */
int coverage_percent(const struct coverage *coverage);
const char *coverage_folder(const struct coverage *coverage);

#endif
