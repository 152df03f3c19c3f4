/* file_near.h - the file that a mistyped path was meant to be.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_FILE_NEAR_H
#define CORE_FILE_NEAR_H

#include <weir/plugin.h>

/* What stands beside the last part of path and is spelt like it: "rules/taegis" for "rules/taegi".
 * Sought as seen from folder (as file_folder gives it), then from data_dir unless that is NULL.
 * In arena; NULL: there is none, or path itself is there. */
const char *file_near(struct weir_arena *arena, struct weir_bytes folder, const char *data_dir,
                      const char *path);

#endif
