/* stages.h - rule folders as the stages of a dry run, those in front of them first.
 *
 * A folder whose rules need the records of an earlier stage lists that stage's rules in
 * _after.yaml: folders, relative to its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_STAGES_H
#define CORE_STAGES_H

#include "dryrun.h"
#include "golden.h"

/* The rules of one folder, with the settings of an example (golden may be NULL) and, over them,
 * more. NULL when diag got errors. */
struct dryrun *stages_open(const struct golden_folder *folder, const struct golden *golden,
                           struct weir_value more, struct weir_arena *arena, struct diag *diag);
/* The stages in front of a folder; *stages stays NULL where there are none. False: diag says
 * what is wrong, and *stages are those that are sound. */
bool stages_before(const char *folder, struct weir_arena *arena, struct diag *diag,
                   struct dryrun **stages);
/* Puts a stage, if it is one, behind the others. */
bool stages_add(struct dryrun **stages, struct dryrun *stage);

#endif
