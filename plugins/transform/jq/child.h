/* child.h - weir's end of a jq process: started when it is needed, ended when it is late.
 *
 * One worker's, so no lock. The process gets nothing of weir: no environment, no descriptor but
 * a socket and the shared memory (wire.h), and dies with the thread that started it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_CHILD_H
#define JQ_CHILD_H

#include <weir/plugin.h>

#include "wire.h"

enum {
	CHILD_EVENT_MS = 100,    /* processor time that an event may take, */
	CHILD_EVENT_MIB_MS = 20, /* and for each MiB of it */
	CHILD_STUCK_MS = 10000,  /* an event that takes no processor time either is stuck */
	CHILD_COMPILE_MS = 10000,
};

struct child;

/* helper is the program to run; it and the program's text are kept by reference. No process is
 * started yet. */
struct child *child_create(const char *helper, struct weir_bytes program);
void child_destroy(struct child *child); /* ends the process; NULL is fine */

/* Starts a process that has compiled the program, if there is none. WEIR_FAIL: the program is
 * wrong. */
enum weir_status child_ready(struct child *child, struct weir_error *err);
/* Compiles another program, to see what is wrong with it: calls message for each complaint.
 * WEIR_OK when there was none, WEIR_FAIL when there was one, WEIR_RETRY when there is no process. */
enum weir_status child_check(struct child *child, struct weir_bytes program,
                             void (*message)(void *user, struct weir_bytes text), void *user,
                             struct weir_error *err);

/* The shared memory, once there was a process: what is asked goes into its requests, and stays
 * there when a process ends. */
struct wire *child_wire(struct child *child);

enum child_end {
	CHILD_DONE,    /* as far as there was room: *done requests are answered */
	CHILD_LATE,    /* request *done took too long */
	CHILD_MEMORY,  /* too much memory */
	CHILD_DIED,
	CHILD_LEFT,    /* somebody wants to leave */
};
/* Is asked now and then while requests run: whether to end that. */
void child_leave_when(struct child *child, bool (*leave)(void *user), void *user);
/* Runs the requests from first to count. After anything but CHILD_DONE there is no process. */
enum child_end child_run(struct child *child, uint32_t first, uint32_t count, uint32_t *done);
/* Gives memory back, and ends a process that holds on to too much of it. */
void child_rest(struct child *child);

#endif
