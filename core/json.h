/* json.h - pages of JSON: index, link, and values that point into them.
 *
 * Three passes (index, link, read) over a whole page; see docs/json.md. Values of a document
 * live as long as it does. A document is filled by one thread, then read by any.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <weir/plugin.h>

struct json_limits {
	size_t event_max;   /* bytes of one event; at most 255 MiB */
	uint32_t depth_max; /* containers within one event */
};

/* One event of a page. error.text is empty for a sound one. */
struct json_event {
	struct weir_bytes source;  /* the exact bytes */
	struct weir_value value;   /* absent when refused */
	struct weir_error *error;  /* NULL when sound; in the document's arena */
};

struct json_doc; /* its members belong to core/json_*.c */

struct json_doc *json_doc_create(void);
void json_doc_destroy(struct json_doc *doc);
/* Forgets the page; keeps a little memory for the next. */
void json_doc_reset(struct json_doc *doc);
size_t json_doc_bytes(const struct json_doc *doc); /* memory held */
/* When no event is sound: keeps which there are, and why they are refused. */
void json_doc_forget_tokens(struct json_doc *doc);

/* Parses text (WEIR_PAGE_PADDING readable bytes follow; it must outlive doc's values).
 * ARRAY: false with WEIR_E_DATA, offset and reason when the document is refused as a whole;
 * events that break a limit are refused alone, by their error. LINES: true always. */
bool json_parse_page(struct json_doc *doc, enum weir_page_format format,
                     struct weir_bytes text, const struct json_limits *limits,
                     struct weir_error *err);
/* After json_parse_page: its events, in order; empty lines are no events. */
const struct json_event *json_events(const struct json_doc *doc, size_t *count);
/* Parses one document of any kind, without an array around it. */
bool json_parse_value(struct json_doc *doc, struct weir_bytes text,
                      const struct json_limits *limits, struct weir_value *v,
                      struct weir_error *err);
/* A page that does not parse but whose brackets are sound (design: poison): its events are
 * taken one by one, the bad ones with their error. False when the brackets are not sound. */
bool json_parse_salvage(struct json_doc *doc, struct weir_bytes text,
                        const struct json_limits *limits, struct weir_error *err);

/* The instruction set in use, and a way for tests to choose another: "plain", "sse4.2",
 * "avx2", "avx512". False if this machine has not got it. */
const char *json_isa(void);
bool json_isa_use(const char *name);

#endif
