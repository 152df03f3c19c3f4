/* json_page.c - documents: pages of events, and single values.
 *
 * Lives here: the order of the passes, limits of events, refusals. Not here: the passes
 * themselves (json_index.c, json_link.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"

#include <stdio.h>

/* What a document keeps of each of its arrays when it is reset, in bytes. */
enum { KEEP = 1 << 20 };

struct json_doc *json_doc_create(void)
{
	struct json_doc *doc = weir_alloc(sizeof *doc);

	doc->arena = weir_arena_create();
	return doc;
}

void json_doc_destroy(struct json_doc *doc)
{
	if (!doc)
		return;
	weir_free(doc->index);
	weir_free(doc->link);
	weir_free(doc->first);
	weir_free(doc->escaped);
	weir_free(doc->events);
	weir_arena_destroy(doc->arena);
	weir_free(doc);
}

static void shrink(uint32_t **array, size_t *cap)
{
	if (*cap <= KEEP / sizeof **array)
		return;
	weir_free(*array);
	*array = NULL;
	*cap = 0;
}

void json_doc_reset(struct json_doc *doc)
{
	shrink(&doc->index, &doc->index_cap);
	shrink(&doc->link, &doc->link_cap);
	shrink(&doc->escaped, &doc->escaped_cap);
	if (doc->first_cap > KEEP) {
		weir_free(doc->first);
		doc->first = NULL;
		doc->first_cap = 0;
	}
	if (doc->event_cap > KEEP / sizeof *doc->events) {
		weir_free(doc->events);
		doc->events = NULL;
		doc->event_cap = 0;
	}
	weir_arena_reset(doc->arena, KEEP);
	doc->view = (struct json_view){ 0 };
	doc->escaped_count = 0;
	doc->event_count = 0;
}

void json_doc_forget_tokens(struct json_doc *doc)
{
	weir_free(doc->index);
	weir_free(doc->link);
	weir_free(doc->escaped);
	doc->index = doc->link = doc->escaped = NULL;
	doc->index_cap = doc->link_cap = doc->escaped_cap = 0;
	doc->view = (struct json_view){ 0 };
}

size_t json_doc_bytes(const struct json_doc *doc)
{
	return sizeof *doc + weir_arena_size(doc->arena) +
	       (doc->index_cap + doc->link_cap + doc->escaped_cap) * sizeof(uint32_t) +
	       doc->first_cap + doc->event_cap * sizeof *doc->events;
}

/* ---- refusing ------------------------------------------------------------------------ */

bool json_no_memory(struct weir_error *err, size_t len)
{
	weir_fail(err, WEIR_E_RESOURCE, "no memory to parse %zu bytes of JSON", len);
	return false;
}

static void count_lines(struct weir_bytes text, size_t offset, struct weir_where *where)
{
	const char *p = text.data, *end = text.data + offset, *next;

	where->line = 1;
	while ((next = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		where->line++;
		p = next + 1;
	}
	where->column = (int)(end - p) + 1;
}

/* A whole text: says line and column too. */
bool json_refuse(struct weir_bytes text, const char *otherwise, struct weir_error *err)
{
	struct json_fault fault = { 0, "" };
	struct weir_where where = { 0 };

	if (!json_explain(text, &fault))
		snprintf(fault.why, sizeof fault.why, "%s", otherwise);
	count_lines(text, fault.offset, &where);
	weir_fail(err, WEIR_E_DATA, "not sound JSON at offset %zu (line %d, column %d): %s",
	          fault.offset, where.line, where.column, fault.why);
	err->where.line = where.line;
	err->where.column = where.column;
	return false;
}

/* ---- the passes ----------------------------------------------------------------------- */

static void begin(struct json_doc *doc, struct weir_bytes text)
{
	json_doc_reset(doc);
	doc->view.text = text.data;
}

bool json_begin(struct json_doc *doc, struct weir_bytes text, struct weir_error *err)
{
	begin(doc, text);
	if (text.len < UINT32_MAX / 2)
		return true;
	weir_fail(err, WEIR_E_DATA, "%zu bytes of JSON are more than weir takes at once", text.len);
	return false;
}

/* After an indexing pass: the entries so far can be linked. False without memory. */
static bool ready_to_link(struct json_doc *doc, size_t len)
{
	size_t count = doc->view.count;

	if (count + JSON_SENTINELS > doc->link_cap) {
		size_t cap = doc->index_cap;
		uint32_t *grown = weir_try_realloc(doc->link, cap * sizeof *grown);

		if (!grown)
			return false;
		doc->link = grown;
		doc->link_cap = cap;
	}
	for (size_t i = 0; i < JSON_SENTINELS; i++)
		doc->index[count + i] = (uint32_t)len;
	memset(doc->first + count, 0, JSON_SENTINELS);
	doc->view.index = doc->index;
	doc->view.first = doc->first;
	doc->view.link = doc->link;
	return true;
}

static struct json_linker linker_for(struct json_doc *doc, const struct json_limits *limits)
{
	return (struct json_linker){
		.view = &doc->view,
		.link = doc->link,
		.escaped = doc->escaped,
		.escaped_end = doc->escaped + doc->escaped_count,
		.depth_max = limits->depth_max,
	};
}

static struct json_event *add_event(struct json_doc *doc, struct weir_bytes source)
{
	struct json_event *event;

	if (doc->event_count == doc->event_cap) {
		doc->event_cap = doc->event_cap ? doc->event_cap * 2 : 64;
		doc->events = weir_realloc(doc->events, doc->event_cap * sizeof *doc->events);
	}
	event = &doc->events[doc->event_count++];
	*event = (struct json_event){ .source = source };
	return event;
}

static struct weir_error *new_error(struct json_doc *doc)
{
	return weir_arena_alloc(doc->arena, sizeof(struct weir_error));
}

/* Depth and size; NULL if within the limits. */
static bool within(const struct json_limits *limits, size_t len, bool deep,
                   struct weir_error *err)
{
	if (len > limits->event_max) {
		weir_fail(err, WEIR_E_DATA, "%zu bytes are more than event_max, %zu", len,
		          limits->event_max);
		return false;
	}
	if (deep) {
		weir_fail(err, WEIR_E_DATA, "containers nest deeper than depth_max, %u",
		          limits->depth_max);
		return false;
	}
	return true;
}

/* The value at an entry, linked before, as an event. */
static void add_sound_event(struct json_doc *doc, uint32_t at, const struct json_limits *limits,
                            bool deep)
{
	struct weir_bytes source = json_slice(&doc->view, at);
	struct json_event *event = add_event(doc, source);
	struct weir_error err;

	if (within(limits, source.len, deep, &err)) {
		event->value = json_page_value(&doc->view, at);
		return;
	}
	event->error = new_error(doc);
	*event->error = err;
}

static void add_bad_event(struct json_doc *doc, struct weir_bytes source)
{
	struct json_event *event;
	struct json_fault fault = { 0, "refused" };

	source = weir_bytes_trim(source);
	event = add_event(doc, source);
	json_explain(source, &fault);
	event->error = new_error(doc);
	weir_fail(event->error, WEIR_E_DATA, "not sound JSON at offset %zu: %s", fault.offset,
	          fault.why);
}

/* ---- one array ------------------------------------------------------------------------- */

static bool link_array(struct json_doc *doc, const struct json_limits *limits)
{
	struct json_linker linker = linker_for(doc, limits);
	const struct json_view *view = &doc->view;
	uint32_t last = view->count - 1;

	if (view->count < 2 || view->text[view->index[0]] != '[' ||
	    view->text[view->index[last]] != ']')
		return false;
	if (last == 1)
		return true;
	do {
		uint32_t at = ++linker.at;

		if (!json_link_value(&linker) || linker.at > last)
			return false;
		add_sound_event(doc, at, limits, linker.deep);
	} while (view->text[view->index[linker.at]] == ',');
	return linker.at == last;
}

static bool parse_array(struct json_doc *doc, struct weir_bytes text,
                        const struct json_limits *limits, struct weir_error *err)
{
	enum json_indexed indexed = json_index(doc, 0, text.len, WEIR_PAGE_ARRAY);

	if (indexed == JSON_NO_MEMORY || !ready_to_link(doc, text.len))
		return json_no_memory(err, text.len);
	if (indexed == JSON_INDEXED && link_array(doc, limits))
		return true;
	json_doc_reset(doc);
	return json_refuse(text, "a page must be one array of events", err);
}

/* ---- lines ------------------------------------------------------------------------------ */

static void link_lines(struct json_doc *doc, size_t len, const struct json_limits *limits)
{
	struct json_linker linker = linker_for(doc, limits);
	const struct json_view *view = &doc->view;
	const char *text = view->text;
	size_t line = 0; /* where it begins */

	while (linker.at < view->count) {
		uint32_t at = linker.at, end;

		if (text[view->index[at]] != '\n' && json_link_value(&linker) &&
		    (linker.at == view->count || text[view->index[linker.at]] == '\n')) {
			add_sound_event(doc, at, limits, linker.deep);
			end = linker.at;
		} else {
			for (end = at; end < view->count && text[view->index[end]] != '\n'; end++)
				;
			if (end > at)
				add_bad_event(doc, (struct weir_bytes){ text + line, view->index[end] - line });
		}
		line = (end < view->count ? view->index[end] : len) + 1;
		linker.at = end + 1;
	}
}

/* What stands at `to` becomes an entry whatever the slice holds, so that the last token of
 * the slice before ends there at the latest. */
bool json_parse_slice(struct json_doc *doc, size_t from, size_t to,
                      const struct json_limits *limits)
{
	struct weir_bytes slice = { doc->view.text + from, to - from };
	uint32_t first = doc->view.count;
	size_t escaped = doc->escaped_count;
	struct json_linker linker;
	enum json_indexed indexed = json_index(doc, from, to, WEIR_PAGE_ARRAY);
	bool sound = false;

	if (indexed == JSON_NO_MEMORY || !ready_to_link(doc, to))
		return false;
	linker = linker_for(doc, limits);
	linker.at = first;
	linker.escaped += escaped;
	if (indexed == JSON_INDEXED)
		sound = json_link_value(&linker) && linker.at == doc->view.count;
	if (sound) {
		add_sound_event(doc, first, limits, linker.deep);
	} else {
		doc->view.count = first;
		if (weir_bytes_trim(slice).len)
			add_bad_event(doc, slice);
	}
	doc->index[doc->view.count++] = (uint32_t)to;
	return true;
}

/* Of a page in which something is wrong somewhere: a line's damage ends with the line. */
static bool parse_each_line(struct json_doc *doc, struct weir_bytes text,
                            const struct json_limits *limits)
{
	for (size_t from = 0, to; from < text.len; from = to + 1) {
		const char *end = memchr(text.data + from, '\n', text.len - from);

		to = end ? (size_t)(end - text.data) : text.len;
		if (!json_parse_slice(doc, from, to, limits))
			return false;
	}
	return ready_to_link(doc, text.len);
}

static bool parse_lines(struct json_doc *doc, struct weir_bytes text,
                        const struct json_limits *limits, struct weir_error *err)
{
	enum json_indexed indexed = json_index(doc, 0, text.len, WEIR_PAGE_LINES);

	if (indexed == JSON_NO_MEMORY || !ready_to_link(doc, text.len))
		return json_no_memory(err, text.len);
	if (indexed == JSON_INDEXED) {
		link_lines(doc, text.len, limits);
		return true;
	}
	begin(doc, text);
	return parse_each_line(doc, text, limits) || json_no_memory(err, text.len);
}

/* ---- the entrances ------------------------------------------------------------------------ */

bool json_parse_page(struct json_doc *doc, enum weir_page_format format, struct weir_bytes text,
                     const struct json_limits *limits, struct weir_error *err)
{
	if (!json_begin(doc, text, err))
		return false;
	if (format == WEIR_PAGE_LINES)
		return parse_lines(doc, text, limits, err);
	return parse_array(doc, text, limits, err);
}

const struct json_event *json_events(const struct json_doc *doc, size_t *count)
{
	*count = doc->event_count;
	return doc->events;
}

bool json_parse_value(struct json_doc *doc, struct weir_bytes text,
                      const struct json_limits *limits, struct weir_value *v,
                      struct weir_error *err)
{
	struct json_linker linker;
	enum json_indexed indexed;

	*v = (struct weir_value){ 0 };
	if (!json_begin(doc, text, err))
		return false;
	indexed = json_index(doc, 0, text.len, WEIR_PAGE_ARRAY);
	if (indexed == JSON_NO_MEMORY || !ready_to_link(doc, text.len))
		return json_no_memory(err, text.len);
	linker = linker_for(doc, limits);
	if (indexed != JSON_INDEXED || !json_link_value(&linker) || linker.at != doc->view.count)
		return json_refuse(text, "refused", err);
	if (!within(limits, json_slice(&doc->view, 0).len, linker.deep, err))
		return false;
	*v = json_page_value(&doc->view, 0);
	return true;
}
