/* committer.h - the thread that stores marks, so that nobody else waits for the disk.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_COMMITTER_H
#define CORE_COMMITTER_H

#include "mark.h"

struct committer;

/* done(mark) is called on the loop's thread when a mark was stored, or (spoiled, or weir stops
 * before the store could take it) not: mark->stored says which. */
struct committer *committer_create(struct host *host, void (*done)(void *mark));
/* Ends the thread, after the marks it has. NULL is fine. */
void committer_destroy(struct committer *committer);
/* Marks of one component come in their order. Any thread. */
void committer_put(struct committer *committer, struct mark *mark);
/* What keeps the store from taking a commit; see trouble_look. */
struct trouble *committer_trouble(struct committer *committer);

#endif
