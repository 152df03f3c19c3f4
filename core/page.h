/* page.h - one page of a source on its way through the pipeline.
 *
 * LIFE     A source fills it on the loop's thread; one worker parses it and makes views of it;
 *          the sinks read it, each on its own thread; whoever lets go last frees it.
 *          After the worker nothing in it changes but the count of references.
 * A page may be empty: it then carries a position, a mark, or both.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_PAGE_H
#define CORE_PAGE_H

#include <stdatomic.h>

#include "dead.h"
#include "json.h"

struct budget;
struct component;
struct mark;
struct plan;
struct view;

/* What a page is that sends a dead letter again. Its one event is for one sink. */
struct page_letter {
	int64_t number, bytes;       /* bytes: of its event */
	bool has_id;                 /* the letter knew the id of its event */
	const char *sink;
	const char *delivered;       /* schemas that the sink has, a line each; or NULL */
};

struct page {
	atomic_uint refs;
	struct page *next;           /* in a queue */
	struct page *whole;          /* the page that this is a part of, or NULL. Its are data, origin,
	                                and what was parsed of it */

	/* Filled on the loop's thread. */
	struct weir_ctx *source;     /* NULL when it only carries a mark */
	const struct plan *plan;     /* its way; the graph stays until the page is gone */
	uint64_t generation;         /* of that graph */
	struct component *component;
	uint64_t ticket;
	struct mark *mark;           /* to be passed behind this page, or NULL */
	enum weir_lane lane;
	const char *source_name;     /* "acme" */
	const char *source_stage;    /* "sources.acme" */
	enum weir_page_format format;
	char *data;                  /* NULL: no events */
	size_t len;
	char *position, *origin;     /* or NULL */
	int64_t received_us;
	struct budget *budget;       /* charged with bytes until it is freed */
	int64_t bytes;
	struct budget *ready;        /* of its component: charged once it waits for sinks */
	bool is_ready;
	struct page_letter *letter;  /* or NULL */

	/* Filled when it is parsed. */
	bool parsed;
	struct json_doc *doc;
	struct weir_arena *arena;    /* ids, and what transforms build */
	const struct json_event *events;
	size_t event_count;
	struct json_event refused;   /* the whole page as one event, when it is no JSON */
	struct weir_error refusal;
	struct weir_bytes *ids;      /* of sources that have an id_path, else NULL */
	bool *repeated;              /* events that were seen before, or NULL for none */

	/* Filled by the worker. */
	struct view **views;         /* one a step of the plan; NULL when no sink reads it */
	size_t view_count;
	struct dead_list dead;       /* of source and transforms */
	bool spoiled;                /* given up: nothing may be delivered or committed from here */
};

struct page *page_create(void);  /* one reference */
void page_ref(struct page *page, unsigned count);
/* A part of a filled page, which it keeps alive, as if the source had handed over this part of its
 * text alone. It takes over the charge for what parsing takes; the text, and what was parsed of it
 * before, are the whole page's until the last of its parts is freed. */
struct page *page_part(struct page *whole, struct weir_bytes text);
/* The part is parsed: it has these events of the whole page. */
void page_take_events(struct page *part, size_t first, size_t count);
void page_unref(struct page *page);

/* Takes the data over; frees what was there. */
void page_adopt(struct page *page, enum weir_page_format format, char *data, size_t len);
/* Parses once. A page that is no JSON counts as one refused event, unless strict. Without memory a
 * strict reader gets WEIR_E_RESOURCE; for the others the process ends, as no event is to blame. */
enum page_strictness { PAGE_KEEP_REFUSED, PAGE_STRICT };
bool page_parse(struct page *page, const struct json_limits *limits,
                enum page_strictness strictness, struct weir_error *err);
/* The bad events of a page that does not parse as a whole are refused alone; false when its
 * brackets are not sound. */
bool page_salvage(struct page *page, const struct json_limits *limits, struct weir_error *err);
/* The page counts as one event that is refused. */
void page_refuse(struct page *page, const struct weir_error *why);
void page_set_letter(struct page *page, const struct store_dead *dead);
/* Reads the id of each event; after page_parse. */
void page_read_ids(struct page *page, const struct weir_paths *id_path);
/* Charges what the page holds by now. */
void page_charge(struct page *page);
/* Charges it as one that waits for sinks, until it is freed. */
void page_set_ready(struct page *page);
void page_set_repeated(struct page *page, size_t event);
bool page_is_repeated(const struct page *page, size_t event);
struct weir_bytes page_id(const struct page *page, size_t event);

#endif
