/* reload.h - taking a new graph into use while weir runs. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_RELOAD_H
#define CORE_RELOAD_H

#include "runtime_own.h"

/* To be called when something happened that a reload may wait for: a reply came, a mark is
 * done, a thread ended. */
void reload_note_progress(struct runtime *runtime);
/* The graph takes over, at once or when what changes is drained; nothing else is about to. */
void reload_begin(struct runtime *runtime, struct graph *graph);
/* Back to the graph before the last reload, which runtime->previous still holds. */
void reload_roll_back(struct runtime *runtime, const char *why);

#endif
