/* test_json_index.c - core/json_index.c: every instruction set against a plain reading of the
 * same rules, byte by byte.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <stdlib.h>

#include <json_doc.h>
#include <json_escape.h>
#include <json_utf8.h>

static const char *const isas[] = { "plain", "sse4.2", "avx2", "avx512" };

/* What the pass must find, from the rules alone. */
struct expected {
	uint32_t *entries;
	size_t count;
	bool sound;
	bool open_escape; /* it ends in one, outside strings: no document, whatever the pass says */
};

static bool valid_utf8(struct weir_bytes text)
{
	for (size_t at = 0, len; at < text.len; at += len) {
		len = json_utf8_length(text.data + at, text.len - at);
		if (!len)
			return false;
	}
	return true;
}

static struct expected expect(struct weir_bytes text, enum weir_page_format format)
{
	struct expected e = { .entries = weir_alloc((text.len + 1) * sizeof *e.entries),
		              .sound = valid_utf8(text) };
	bool in_string = false, escaped = false, in_scalar = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		bool literal = escaped;

		if (escaped && !json_escape_ok(text.data + i))
			e.sound = false;
		escaped = !escaped && c == '\\';
		if (in_string) {
			if (c == '"' && !literal)
				in_string = false;
			if ((unsigned char)c < 0x20)
				e.sound = false;
			continue;
		}
		if (json_is_white(c) || (c && strchr("{}[]:,", c))) {
			if (!json_is_white(c) || (c == '\n' && format == WEIR_PAGE_LINES))
				e.entries[e.count++] = (uint32_t)i;
			in_scalar = false;
			continue;
		}
		if (!in_scalar)
			e.entries[e.count++] = (uint32_t)i;
		in_string = c == '"' && !literal;
		in_scalar = !in_string;
	}
	e.sound = e.sound && !in_string;
	e.open_escape = escaped;
	return e;
}

/* Behind a fault the entries no longer matter. */
static void check(struct weir_bytes text, enum weir_page_format format)
{
	struct expected e;
	struct page p = { .doc = json_doc_create() };

	page_bytes(&p, text);
	e = expect(p.text, format);
	for (size_t i = 0; i < WEIR_COUNT(isas); i++) {
		enum json_indexed result;

		if (e.open_escape || !json_isa_use(isas[i]))
			continue;
		json_doc_reset(p.doc);
		p.doc->view.text = p.text.data;
		result = json_index(p.doc, 0, text.len, format);
		if (result == JSON_NO_MEMORY)
			weir_no_memory();
		if ((result == JSON_INDEXED) != e.sound)
			fail_msg("%s: %.*s", isas[i], (int)text.len, text.data);
		if (!e.sound)
			continue;
		assert_int_equal(p.doc->view.count, e.count);
		assert_memory_equal(p.doc->index, e.entries, e.count * sizeof *e.entries);
		for (size_t k = 0; k < e.count; k++)
			assert_int_equal(p.doc->first[k], text.data[e.entries[k]]);
	}
	weir_free(e.entries);
	page_finish(&p);
}

static void check_both(const char *text, size_t len)
{
	check((struct weir_bytes){ text, len }, WEIR_PAGE_ARRAY);
	check((struct weir_bytes){ text, len }, WEIR_PAGE_LINES);
}

static void runs_of_backslashes_cross_blocks(void **state)
{
	char text[256];

	(void)state;
	for (size_t start = 50; start < 70; start++) {
		for (size_t run = 1; run < 12; run++) {
			memset(text, 'x', sizeof text);
			text[0] = '"';
			memset(text + start, '\\', run);
			text[start + run] = '"';
			memcpy(text + start + run + 1, ",\"y\"", 4);
			check_both(text, start + run + 5);
			memset(text, ' ', start);
			check_both(text, start + run + 5);
		}
	}
}

static void every_escape_is_checked_at_the_border(void **state)
{
	char text[160];

	(void)state;
	for (size_t at = 55; at < 70; at++) {
		for (int c = 1; c < 256; c++) {
			memset(text, 'a', sizeof text);
			text[0] = '"';
			text[at] = '\\';
			text[at + 1] = (char)c;
			text[90] = '"';
			check_both(text, 91);
		}
		memcpy(text + at, "\\u12aF", 6);
		check_both(text, 91);
		for (size_t k = 2; k < 6; k++) {
			memcpy(text + at, "\\u12aF", 6);
			text[at + k] = 'g';
			check_both(text, 91);
		}
	}
}

static void every_byte_has_its_class(void **state)
{
	char text[130];

	(void)state;
	for (int c = 0; c < 256; c++) {
		for (size_t at = 0; at < 130; at += 43) {
			memset(text, ' ', sizeof text);
			text[at] = (char)c;
			check_both(text, sizeof text);
			memset(text, 'x', sizeof text);
			text[0] = text[129] = '"';
			text[at] = (char)c;
			check_both(text, sizeof text);
		}
	}
}

/* All pairs of bytes, and all sequences of three and four at the edges of what is allowed. */
static void every_edge_of_utf8_is_known(void **state)
{
	static const unsigned char edges[] = { 0x00, 0x22, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
		                               0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
		                               0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff };
	enum { N = sizeof edges };
	char text[72];

	(void)state;
	memset(text, 'x', sizeof text);
	text[0] = text[71] = '"';
	for (size_t i = 0; i < N * N * N * N; i++) {
		/* Behind, over and before the border of a block. */
		size_t at = 58 + i % 8;

		text[at] = (char)edges[i % N];
		text[at + 1] = (char)edges[i / N % N];
		text[at + 2] = (char)edges[i / N / N % N];
		text[at + 3] = (char)edges[i / N / N / N];
		if (i % 7 == 0 || (unsigned char)text[at] >= 0xe0)
			check((struct weir_bytes){ text, sizeof text }, WEIR_PAGE_ARRAY);
		memset(text + at, 'x', 4);
	}
}

static void a_cut_sequence_at_the_end_is_a_fault(void **state)
{
	static const char *const cuts[] = { "\xc3", "\xe2", "\xe2\x82", "\xf0\x9f\x98", "\xf0" };
	char text[200];

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cuts); i++) {
		for (size_t len = 60; len < 132; len++) {
			memset(text, ' ', sizeof text);
			memcpy(text + len - strlen(cuts[i]), cuts[i], strlen(cuts[i]));
			check_both(text, len);
		}
	}
}

/* The same sequence in every run, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void random_texts_are_read_the_same(void **state)
{
	static const char alphabet[] = "\"\"\"\"\\\\{}[]:,,  \n\rtrue01-x\xc3\xa9\x01";
	uint32_t seed = 1;
	char text[300];

	(void)state;
	for (int round = 0; round < 4000; round++) {
		size_t len = next_random(&seed) % sizeof text;

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[next_random(&seed) % (round % 2 ? 20 : sizeof alphabet - 1)];
		check_both(text, len);
	}
}

static void a_page_larger_than_a_step_is_read_on(void **state)
{
	static const char piece[] = "\"abc\\n\",{\"\xc3\xa9\":[1]},";
	size_t len = 200000;
	char *text = weir_alloc(len);

	(void)state;
	for (size_t i = 0; i < len; i++)
		text[i] = piece[i % (sizeof piece - 1)];
	check_both(text, len);
	memset(text, '[', len);
	check_both(text, len);
	memset(text, 'x', len);
	text[0] = text[len - 1] = '"';
	check_both(text, len);
	weir_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_of_backslashes_cross_blocks),
		cmocka_unit_test(every_escape_is_checked_at_the_border),
		cmocka_unit_test(every_byte_has_its_class),
		cmocka_unit_test(every_edge_of_utf8_is_known),
		cmocka_unit_test(a_cut_sequence_at_the_end_is_a_fault),
		cmocka_unit_test(random_texts_are_read_the_same),
		cmocka_unit_test(a_page_larger_than_a_step_is_read_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
