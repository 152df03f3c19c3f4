/* rebuild.h - the next graph, made on a thread of its own beside the one that runs.
 *
 * Whoever asks while one is made is answered by another one that begins behind it, once however
 * many have asked: files may have changed since the first was read. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_REBUILD_H
#define CORE_REBUILD_H

#include "graph.h"
#include "runtime.h"

struct reload_ask {
	struct reload_ask *next;
	reload_told *told;
	void *arg;
};

struct rebuild {
	struct reload_hooks hooks;
	struct reload_ask *asked, *waiting; /* of the graph that is made; of the one after it */
	struct file_list failed;         /* what the last one was read from, if it was refused */
	int64_t read_us;             /* when reading the last one began */
	int64_t took_us;             /* how long making it took */
	bool running;
	pthread_t thread;
	atomic_bool gone;            /* the thread is done with everything */

	/* The thread's while it runs. */
	struct graph_input input;
	struct graph *graph;         /* what was made; NULL: diag says why not */
	struct diag *diag;
	struct file_list files;          /* what was read, if it was refused */
	int64_t ended_us;
};

/* Begins the next one if somebody asked, and nothing is in its way. */
void rebuild_next(struct runtime *runtime);
bool rebuild_is_under_way(const struct rebuild *rebuild);
/* Tells the hooks that a reload is over, whatever became of it. */
void rebuild_say_over(struct runtime *runtime);
/* Waits until the thread is done, at most that long (< 0: without end), and throws away what it made;
 * whoever asked is told. False: a plugin did not come back from a call. */
bool rebuild_end(struct runtime *runtime, int64_t ms);
void rebuild_finish(struct rebuild *rebuild);

#endif
