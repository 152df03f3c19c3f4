/* watch.h - says when files have changed, once they have settled. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_WATCH_H
#define CORE_WATCH_H

#include "loop.h"

/* Nothing has changed for so long: an editor writes in several steps. */
enum { WATCH_SETTLE_MS = 100 };

struct watch_set;

/* changed(arg) is called on the loop. NULL: the system has no room for it. */
struct watch_set *watch_create(struct loop *loop, void (*changed)(void *arg), void *arg,
                               struct weir_error *err);
void watch_destroy(struct watch_set *set); /* NULL is fine */
/* A file, by its folder, because editors put a new one in its place; or a folder with all below
 * it. What is not there is waited for where its folder is there. Hidden files and those that
 * end in ~ do not count. */
void watch_add(struct watch_set *set, const char *path);
void watch_clear(struct watch_set *set); /* forgets all paths, and changes not yet told */

#endif
