/* mark.h - a cut through a component at one ticket, and all that a commit of it stores.
 *
 * A mark travels with its page. The loop makes it and notes the positions of the sources as of
 * then; the worker adds those of ordered transforms; each sink, when it has passed the page,
 * flushes and hands in its report; the last one sends the mark to be committed.
 * THREADS  A report belongs to its sink until it is handed in; then all to the committer.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_MARK_H
#define CORE_MARK_H

#include <stdatomic.h>

#include "instance.h"
#include "ledger.h"

struct mark_position {
	struct weir_ctx *owner;
	enum store_record record;   /* of the owner: its position, or that of a lane */
	char *text;
};

/* Texts belong to the list. */
struct position_list {
	struct mark_position *items;
	size_t len, cap;
};

void position_add(struct position_list *list, struct weir_ctx *owner, const char *text);
void position_add_record(struct position_list *list, struct weir_ctx *owner, enum weir_lane lane,
                         const char *text);
void position_finish(struct position_list *list);

struct report_row {
	struct ledger_row *row;
	struct tally tally;
};

struct report_id {
	const char *source;      /* the ledger's */
	size_t at, len;          /* in the report's ids */
	int64_t at_us;
};

/* A dead letter that goes, because its event met this fate at last. */
struct report_release {
	int64_t number, bytes;
	enum store_fate fate;
};

/* What one sink has seen since the mark before. */
struct report {
	struct report_row *rows;
	size_t row_count, row_cap;
	struct dead_list dead;
	struct report_release *releases;
	size_t release_count, release_cap;
	struct weir_buf ids;
	struct report_id *id_rows;
	size_t id_count, id_cap;
	struct position_list position; /* at most one */
};

void report_finish(struct report *report);
struct tally *report_tally(struct report *report, struct ledger_row *row);
void report_id(struct report *report, const char *source, struct weir_bytes id, int64_t at_us);
void report_release(struct report *report, const struct report_release *release);
/* Takes the ids of a page. */
void report_page(struct report *report, const struct page *page);

struct mark {
	struct mark *next;              /* in a queue */
	struct component *component;
	uint64_t ticket;
	uint64_t generation;            /* of the graph it was made in */
	int64_t page_bytes;             /* of sources, since the mark before */
	struct position_list positions; /* of sources and ordered transforms */
	struct report *reports;         /* one a sink */
	size_t report_count;
	atomic_size_t waiting;          /* sinks that have not handed in theirs */
	atomic_bool spoiled;            /* something before it was given up: never to be stored */
	bool stored;                    /* what the committer made of it */
};

struct mark *mark_create(struct component *component, uint64_t ticket, size_t sinks);
void mark_destroy(struct mark *mark);
/* Moves the report in. True for the last one: then the mark is complete. */
bool mark_hand_in(struct mark *mark, size_t sink, struct report *report);

/* The arrays of a commit, pointing into the mark. */
void mark_commit(const struct mark *mark, struct store_commit *commit, struct weir_arena *arena);
/* True when there is nothing to store. */
bool mark_is_empty(const struct store_commit *commit);

#endif
