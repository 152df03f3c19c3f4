/* parts.c - a large page in parts that go their way one after another.
 *
 * Lives here: where to cut. Not here: what a part shares with its page (page.c), tickets
 * (component.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "parts.h"

#include <string.h>

/* Text, tokens and records of so much fit into a second-level cache together. */
enum { PART_SIZE = 256 * 1024 };

static void add(struct parts *parts, struct page *part)
{
	if (parts->last)
		parts->last->next = part;
	else
		parts->first = part;
	parts->last = part;
	parts->count++;
}

/* Parts of about the same size. */
static size_t size_for(const struct page *page)
{
	return page->len / ((page->len + PART_SIZE - 1) / PART_SIZE) + 1;
}

/* The last one that leaves the part small, so that a very long line stands alone; or the next. */
static const char *line_end(const struct page *page, size_t from, size_t size)
{
	const char *text = page->data + from;
	size_t left = page->len - from;
	const char *end;

	if (left <= size)
		return NULL;
	end = memrchr(text, '\n', size);
	return end ? end : memchr(text + size, '\n', left - size);
}

static void cut_lines(struct parts *parts, struct page *page)
{
	size_t size = size_for(page) + PART_SIZE / 32;

	for (size_t from = 0, to; from < page->len; from = to) {
		const char *end = line_end(page, from, size);

		to = end ? (size_t)(end - page->data) + 1 : page->len;
		add(parts, page_part(page, (struct weir_bytes){ page->data + from, to - from }));
	}
}

static size_t end_of(const struct page *page, size_t event)
{
	struct weir_bytes source = page->events[event].source;

	return (size_t)(source.data - page->data) + source.len;
}

static void cut_events(struct parts *parts, struct page *page)
{
	size_t size = size_for(page), from = 0, first = 0;

	for (size_t i = 0; i < page->event_count; i++) {
		size_t to = end_of(page, i);
		struct page *part;

		if (to - from < size && i + 1 < page->event_count)
			continue;
		part = page_part(page, (struct weir_bytes){ page->data + from, to - from });
		page_take_events(part, first, i + 1 - first);
		add(parts, part);
		from = to;
		first = i + 1;
	}
}

struct parts parts_of(struct page *page, const struct json_limits *limits)
{
	struct parts parts = { 0 };
	struct weir_error err = { 0 };

	if (page->len <= PART_SIZE + PART_SIZE / 2 || page->letter) {
		add(&parts, page);
		return parts;
	}
	/* Only the reader knows where the elements of an array end. */
	if (page->format == WEIR_PAGE_ARRAY)
		page_parse(page, limits, PAGE_KEEP_REFUSED, &err);
	if (!page->parsed)
		cut_lines(&parts, page);
	else if (page->event_count > 1)
		cut_events(&parts, page);
	if (!parts.count) {
		add(&parts, page);
		return parts;
	}
	page_unref(page);
	return parts;
}
