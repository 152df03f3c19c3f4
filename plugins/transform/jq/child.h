/* child.h - weir's end of the jq process of a worker: made when it is needed, ended when it is late.
 *
 * One worker's, so no lock. The process is a copy of the rule set's (nest.h). It gets nothing of
 * weir: no environment, no descriptor but a socket and the shared memory (wire.h), and dies with
 * weir, whatever it is at.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_CHILD_H
#define JQ_CHILD_H

#include "nest.h"
#include "wire.h"

enum {
	CHILD_EVENT_MS = 100,    /* processor time that an event may take, */
	CHILD_EVENT_MIB_MS = 20, /* and for each MiB of it */
	CHILD_STUCK_MS = 10000,  /* a process that does nothing either is as good as dead */
};

struct child;

/* The nest must outlive it. There is no process yet. */
struct child *child_create(struct nest *nest);
void child_destroy(struct child *child); /* ends the process; NULL is fine */

/* Sees to it that there is a process. WEIR_RETRY: there can be none now. */
enum weir_status child_ready(struct child *child, struct weir_error *err);

/* The shared memory, once there was a process: what is asked goes into its requests, and stays
 * there when a process ends. */
struct wire *child_wire(struct child *child);

enum child_end {
	CHILD_DONE,    /* as far as there was room: *done requests are answered */
	CHILD_LATE,    /* request *done took too long */
	CHILD_MEMORY,  /* too much memory */
	CHILD_DIED,
	CHILD_ORPHANED, /* it died with its nest, which says nothing about the request */
	CHILD_LEFT,    /* somebody wants to leave */
};
/* Processor time that a request may take, by its length. */
int64_t child_budget_ms(uint64_t len);
/* Is asked now and then while requests run: whether to end that. */
void child_leave_when(struct child *child, bool (*leave)(void *user), void *user);
/* Runs the requests from first to count. After anything but CHILD_DONE there is no process. */
enum child_end child_run(struct child *child, uint32_t first, uint32_t count, uint32_t *done);
/* Gives memory back, and ends a process that holds on to too much of it. */
void child_rest(struct child *child);

#endif
