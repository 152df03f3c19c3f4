/* json_case.h - pages and values for tests.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_JSON_CASE_H
#define TESTS_JSON_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <json.h>

/* Limits that no case meets by accident. */
static const struct json_limits wide = { 1 << 28, 1000 };

/* A parsed page and what it needs. */
struct page {
	struct json_doc *doc;
	char *memory;
	struct weir_bytes text;
	const struct json_event *events;
	size_t count;
	bool sound;
	struct weir_error err;
};

/* A copy with the least room behind it that the contract allows, filled with what would do
 * most harm if it were read as JSON. */
static inline void page_bytes(struct page *p, struct weir_bytes text)
{
	p->memory = weir_alloc(text.len + WEIR_PAGE_PADDING);
	if (text.len)
		memcpy(p->memory, text.data, text.len);
	memset(p->memory + text.len, text.len % 2 ? '}' : '0', WEIR_PAGE_PADDING);
	p->text = (struct weir_bytes){ p->memory, text.len };
}

static inline void page_text(struct page *p, const char *text)
{
	page_bytes(p, weir_bytes(text));
}

static inline struct page page_within(enum weir_page_format format, const char *text,
                                      const struct json_limits *limits)
{
	struct page p = { .doc = json_doc_create() };

	page_text(&p, text);
	p.sound = json_parse_page(p.doc, format, p.text, limits, &p.err);
	if (p.err.code == WEIR_E_RESOURCE)
		fail_msg("%s", p.err.text);
	p.events = json_events(p.doc, &p.count);
	return p;
}

static inline struct page page_of(enum weir_page_format format, const char *text)
{
	return page_within(format, text, &wide);
}

static inline void page_finish(struct page *p)
{
	json_doc_destroy(p->doc);
	weir_free(p->memory);
}

static inline void assert_bytes(struct weir_bytes bytes, const char *expected)
{
	if (!weir_bytes_are(bytes, expected))
		fail_msg("got '%.*s', expected '%s'", (int)bytes.len, bytes.data ? bytes.data : "",
		         expected);
}

static inline struct weir_value value_of(struct weir_arena *arena, const char *json)
{
	struct weir_error err = { 0 };
	struct weir_value v;

	if (!weir_json_parse(arena, weir_bytes(json), &v, &err))
		fail_msg("%s: %s", json, err.text);
	return v;
}

/* Compares the rendered value and frees nothing but the text. */
static inline void assert_renders(struct weir_value v, const char *expected)
{
	struct weir_buf json = { 0 };

	weir_value_render(v, &json);
	assert_string_equal(weir_buf_text(&json), expected);
	weir_buf_finish(&json);
}

#endif
