/* registry.h - plugins: shared objects to checked descriptors (the only user of dlopen).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_REGISTRY_H
#define CORE_REGISTRY_H

#include "diag.h"

/* Loads every .so of the folders and of their subfolders source, transform and sink; what is
 * refused goes to diag by name and reason. Folders: those handed in (--plugins DIR; NULL: none),
 * WEIR_PLUGINS (colon-separated), then the build tree's if the program stands in one, else the
 * installed one. Descriptors live until the process ends. Main thread, once. */
void registry_load(const char *const *folders, struct diag *diag);
/* The folders alone. */
void registry_load_folders(const char *const *folders, struct diag *diag);
/* Takes a descriptor that is linked in, as tests do; false when it is refused. */
bool registry_add(const struct weir_plugin *plugin, const char *file, struct diag *diag);
/* Forgets all descriptors (the objects stay mapped). */
void registry_clear(void);
const struct weir_plugin *registry_find(enum weir_kind kind, const char *name);
/* The transform whose rule_suffix ends the name of this file, or NULL. */
const struct weir_plugin *registry_find_by_suffix(const char *file);
/* index from 0; NULL after the last. Sorted by kind and name. */
const struct weir_plugin *registry_at(size_t index);
/* The checks alone (registry_check.c): true if the descriptor is sound. Sizes come first: only
 * when they hold may the rest be read. */
bool registry_check_sizes(const struct weir_plugin *plugin, const char *file, struct diag *diag);
bool registry_check(const struct weir_plugin *plugin, const char *file, struct diag *diag);
/* Where files of the installation lie: DIR/rules and so on; build tree first. NULL: nowhere. */
const char *registry_data_dir(void);
const char *kind_name(enum weir_kind kind); /* "source", "transform", "sink" */
/* The kind of that name, also in the plural; 0 when it is none. */
enum weir_kind kind_of_name(const char *name);

#endif
