/* component.h - sources and sinks that are connected: one row of tickets, one row of commits.
 *
 * THREADS  The loop's, but for the members that say so.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_COMPONENT_H
#define CORE_COMPONENT_H

#include "driver.h"
#include "graph.h"
#include "limit.h"
#include "mark.h"
#include "outlet.h"
#include "queue.h"

/* So many marks may be on their way; the next one waits until one of them is stored. */
enum { COMPONENT_MARKS_MAX = 8 };

struct component {
	struct component *next;
	struct host *host;
	struct queue *queue;          /* to the workers */
	struct budget ready;          /* pages that wait for sinks */
	struct driver **drivers;
	size_t driver_count;
	struct outlet **outlets;      /* any thread: they change only while nothing is in flight */
	size_t outlet_count;
	struct graph *graph;          /* the generation of the next page */
	const struct plan *idle;      /* of that graph */

	uint64_t next_ticket;
	uint64_t done_ticket;         /* of the newest mark that is stored or given up */
	uint64_t forget_after;        /* see runtime_forget */
	uint64_t letter_ticket;       /* of the newest page that sends a dead letter again */
	size_t marks;                 /* on their way */
	bool dirty;                   /* something was handed over since the last mark */
	int64_t fresh_bytes;          /* of pages since the last mark */
	int64_t uncommitted_bytes;    /* of pages up to the last mark, not stored yet */
	uint64_t done_generation;     /* of that mark */
	int64_t progress_ms;          /* monotonic; when a mark was done, or a first page came */
	struct loop_timer timer;      /* when the next mark is due */
	const struct graph_group *match; /* during a reload: what it goes on as; NULL: it ends */
	bool launched;
	bool paused;                  /* its sources are not asked; reason says why */
	char *reason;

	atomic_bool open;             /* any thread: sinks may deliver; see component_open */
	atomic_bool abandoned;        /* any thread: nothing of what is in flight is wanted */
	bool broken;                  /* the committer's: a mark was not stored */

	pthread_mutex_t lock;         /* guards limit */
	struct limit limit;

	void (*mark_done)(void *arg, struct mark *mark); /* before it is destroyed */
	void (*limit_reached)(void *arg);                /* posted to the loop */
	void *arg;
};

struct component *component_create(struct host *host, struct queue *queue);
void component_destroy(struct component *component); /* nothing is in flight */
void component_add_driver(struct component *component, struct driver *driver);
/* Its pages may still be in flight; its position is noted by a mark before. */
void component_remove_driver(struct component *component, struct driver *driver);
void component_add_outlet(struct component *component, struct outlet *outlet);
/* Pages go through this generation from the next ticket on. */
void component_use(struct component *component, struct graph *graph, const struct plan *idle);
/* Before anything is delivered, a sink that can go back to a position must have one: else what
 * it wrote before the first commit would be written again after a crash. Sets the first mark,
 * behind which sinks wait until it is stored. */
void component_open(struct component *component);
/* Gives the page, or each part of it, a ticket and hands it to the workers. Takes the reference. */
void component_hand_over(struct component *component, struct page *page);
/* Sets a mark now, unless nothing is uncommitted. */
void component_mark(struct component *component);
/* Nothing is in flight, and all is stored (or given up). */
bool component_is_settled(const struct component *component);
/* No page of that generation or an older one is in flight, and all of them are committed. */
bool component_is_free_of(const struct component *component, uint64_t generation);
/* Sources may be asked for more: not too much waits for the store. */
bool component_has_room(const struct component *component);
/* Events that passed the transforms, and letters that were made of some; any thread. */
void component_note_dead(struct component *component, uint64_t generation, size_t events,
                         const struct dead_list *dead);
bool component_limit_is_reached(struct component *component);
/* It has passed as many events of its generation as the limit looks at. */
bool component_is_proven(struct component *component);
/* Its sources are not asked until component_resume. reason is for the status. */
void component_pause(struct component *component, const char *reason);
void component_resume(struct component *component);
bool component_has_driver(const struct component *component, const struct driver *driver);
void component_abandon(struct component *component);
/* On the loop, for committer_create. */
void component_mark_done(void *mark);

#endif
