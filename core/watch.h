/* watch.h - says when files have changed, once they have settled. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_WATCH_H
#define CORE_WATCH_H

#include "loop.h"

/* Nothing has changed for so long: an editor writes in several steps. But a change is told after
 * so long at most, however many others follow. */
enum { WATCH_SETTLE_MS = 100, WATCH_MOST_MS = 500 };

struct watch_set;

/* changed(arg) is called on the loop. NULL: the system has no room for it. */
struct watch_set *watch_create(struct loop *loop, void (*changed)(void *arg), void *arg,
                               struct weir_error *err);
void watch_destroy(struct watch_set *set); /* NULL is fine */

/* What is added between the two is watched from then on, and nothing else. since_us (of clock.h) is
 * when the files were read: what was changed since then is told as well. Changes that are not told
 * yet are not forgotten. */
void watch_begin(struct watch_set *set, int64_t since_us);
void watch_end(struct watch_set *set);
/* A file, or a folder with the files in it, but not those below; what comes in its place by a
 * rename or by a link counts too. What is not there is waited for where the folder above is
 * there. In a folder hidden files, those that end in ~ and goldens (.ndjson) do not count. */
void watch_add(struct watch_set *set, const char *path);

#endif
