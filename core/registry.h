/* registry.h - plugins: shared objects to checked descriptors (the only user of dlopen).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_REGISTRY_H
#define CORE_REGISTRY_H

#include "diag.h"

/* Loads every .so of the folders; what is refused goes to diag by name and reason. Folders:
 * --plugins DIR options, WEIR_PLUGINS (colon-separated), build tree beside the executable, then
 * the installed one. Descriptors live until the process ends. Main thread. */
void registry_load(const char *const *folders, struct diag *diag);
const struct weir_plugin *registry_find(enum weir_kind kind, const char *name);
/* The transform whose rule_suffix ends the name of this file, or NULL. */
const struct weir_plugin *registry_find_by_suffix(const char *file);
/* index from 0; NULL after the last. Sorted by kind and name. */
const struct weir_plugin *registry_at(size_t index);
/* The checks alone, for tests: true if the descriptor is sound. */
bool registry_check(const struct weir_plugin *plugin, const char *file, struct diag *diag);
/* Where files of the installation lie: DIR/rules and so on; build tree first. */
const char *registry_data_dir(void);
const char *kind_name(enum weir_kind kind); /* "source", "transform", "sink" */

#endif
