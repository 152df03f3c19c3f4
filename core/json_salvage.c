/* json_salvage.c - taking the sound events out of a page that is not sound.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"

/* A place in the page, and the brackets that are open there. */
struct splitter {
	const char *text;
	size_t at, len;
	struct weir_buf open;
};

/* Behind the string that begins at s->at; false if it has no end. */
static bool skip_string(struct splitter *s)
{
	for (s->at++; s->at < s->len; s->at++) {
		if (s->text[s->at] == '"') {
			s->at++;
			return true;
		}
		if (s->text[s->at] == '\\')
			s->at++;
	}
	return false;
}

/* Moves behind the element at s->at, to the comma or bracket that ends it. False if the
 * brackets do not match. */
static bool skip_element(struct splitter *s)
{
	while (s->at < s->len) {
		char c = s->text[s->at];

		if (c == '"') {
			if (!skip_string(s))
				return false;
			continue;
		}
		if (s->open.len == 0 && (c == ',' || c == ']'))
			return true;
		if (c == '{' || c == '[')
			weir_buf_putc(&s->open, c);
		if (c == '}' || c == ']') {
			if (!s->open.len || s->open.data[s->open.len - 1] + 2 != c)
				return false;
			s->open.len--;
		}
		s->at++;
	}
	return false;
}

static void skip_white(struct splitter *s)
{
	while (s->at < s->len && json_is_white(s->text[s->at]))
		s->at++;
}

/* Parses all elements one by one. */
static enum json_indexed split(struct splitter *s, struct json_doc *doc,
                               const struct json_limits *limits)
{
	skip_white(s);
	if (s->at == s->len || s->text[s->at] != '[')
		return JSON_FAULTY;
	do {
		size_t from = ++s->at;

		if (!skip_element(s))
			return JSON_FAULTY;
		if (!json_parse_slice(doc, from, s->at, limits))
			return JSON_NO_MEMORY;
	} while (s->text[s->at] == ',');
	s->at++;
	skip_white(s);
	return s->at == s->len ? JSON_INDEXED : JSON_FAULTY;
}

bool json_parse_salvage(struct json_doc *doc, struct weir_bytes text,
                        const struct json_limits *limits, struct weir_error *err)
{
	struct splitter s = { .text = text.data, .len = text.len };
	enum json_indexed result;

	if (!json_begin(doc, text, err))
		return false;
	result = split(&s, doc, limits);
	weir_buf_finish(&s.open);
	if (result == JSON_INDEXED)
		return true;
	json_doc_reset(doc);
	if (result == JSON_NO_MEMORY)
		return json_no_memory(err, text.len);
	return json_refuse(text, "a page must be one array of events", err);
}
