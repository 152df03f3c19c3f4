/* test_value_parse.c - core/value_parse.c through value.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <stdlib.h>

static void a_parsed_value_needs_its_text_no_longer(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	char text[] = " {\"a\": [1, \"x\\u0041\"]} ";
	struct weir_error err;
	struct weir_value v;

	(void)state;
	assert_true(weir_json_parse(arena, weir_bytes(text), &v, &err));
	memset(text, '!', sizeof text - 1);
	assert_renders(v, "{\"a\":[1,\"x\\u0041\"]}");
	weir_arena_destroy(arena);
}

static void a_text_without_padding_is_enough(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	char *text = weir_alloc(3);
	struct weir_error err;
	struct weir_value v;
	int64_t number = 0;

	(void)state;
	memcpy(text, "123", 3);
	assert_true(weir_json_parse(arena, (struct weir_bytes){ text, 3 }, &v, &err));
	assert_true(weir_value_int(v, &number));
	assert_int_equal(number, 123);
	weir_free(text);
	weir_arena_destroy(arena);
}

static void a_refusal_says_place_and_reason(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err = { 0 };
	struct weir_value v = weir_make_null();

	(void)state;
	assert_false(weir_json_parse(arena, weir_bytes("{\n\"a\":}"), &v, &err));
	assert_true(weir_is_absent(v));
	assert_int_equal(err.code, WEIR_E_DATA);
	assert_string_equal(err.text, "not sound JSON at offset 6 (line 2, column 5): "
	                              "expected a value, found '}'");
	assert_false(weir_json_parse(arena, (struct weir_bytes){ NULL, 0 }, &v, &err));
	weir_arena_destroy(arena);
}

static void nesting_is_limited(void **state)
{
	enum { DEPTH = 1001 };
	struct weir_arena *arena = weir_arena_create();
	char text[2 * DEPTH];
	struct weir_error err;
	struct weir_value v;

	(void)state;
	memset(text, '[', DEPTH);
	memset(text + DEPTH, ']', DEPTH);
	assert_false(weir_json_parse(arena, (struct weir_bytes){ text, 2 * DEPTH }, &v, &err));
	assert_true(weir_json_parse(arena, (struct weir_bytes){ text + 1, 2 * DEPTH - 2 }, &v, &err));
	weir_arena_destroy(arena);
}

/* What is canonical comes back byte for byte: random values, written by hand here. */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void write_text(struct weir_buf *out, uint32_t *seed)
{
	static const char *const pieces[] = { "a", "Z0 ", "\\\"", "\\\\", "\\n", "\\u0001", "\xc3\xa9",
		                              "\\ud83d", "\xf0\x9f\x98\x80", "/", "long text, long" };

	weir_buf_putc(out, '"');
	for (uint32_t n = next_random(seed) % 6; n > 0; n--)
		weir_buf_puts(out, pieces[next_random(seed) % WEIR_COUNT(pieces)]);
	weir_buf_putc(out, '"');
}

static void write_value(struct weir_buf *out, uint32_t *seed, int depth)
{
	static const char *const scalars[] = { "null", "true", "false", "0", "-1", "1.50", "-2e-7",
		                               "9223372036854775808", "1E+999", "12345678901234567890" };
	uint32_t kind = next_random(seed) % (depth > 0 ? 10 : 6), count = next_random(seed) % 5;

	if (kind < 3) {
		weir_buf_puts(out, scalars[next_random(seed) % WEIR_COUNT(scalars)]);
		return;
	}
	if (kind < 6) {
		write_text(out, seed);
		return;
	}
	weir_buf_putc(out, kind < 8 ? '[' : '{');
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			weir_buf_putc(out, ',');
		if (kind >= 8) {
			write_text(out, seed);
			weir_buf_putc(out, ':');
		}
		write_value(out, seed, depth - 1);
	}
	weir_buf_putc(out, kind < 8 ? ']' : '}');
}

/* The same values with blanks wherever they may stand. */
static void add_blanks(struct weir_bytes json, struct weir_buf *out, uint32_t *seed)
{
	static const char *const blanks[] = { "", " ", "\n", "\t \r\n" };
	bool in_string = false;

	for (size_t i = 0; i < json.len; i++) {
		char c = json.data[i];
		bool structural = !in_string && strchr("{}[]:,", c);

		if (structural)
			weir_buf_puts(out, blanks[next_random(seed) % 4]);
		weir_buf_putc(out, c);
		if (structural)
			weir_buf_puts(out, blanks[next_random(seed) % 4]);
		if (c == '\\')
			weir_buf_putc(out, json.data[++i]);
		if (c == '"')
			in_string = !in_string;
	}
}

static void canonical_json_comes_back_byte_for_byte(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf json = { 0 }, spaced = { 0 };
	uint32_t seed = 42;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct weir_value v;

		json.len = spaced.len = 0;
		write_value(&json, &seed, 5);
		v = value_of(arena, weir_buf_text(&json));
		assert_renders(v, json.data);
		assert_renders(weir_value_copy(arena, v), json.data);
		add_blanks((struct weir_bytes){ json.data, json.len }, &spaced, &seed);
		v = value_of(arena, weir_buf_text(&spaced));
		assert_renders(v, json.data);
		assert_true(weir_value_equal(v, value_of(arena, json.data)));
		weir_arena_reset(arena, 1 << 20);
	}
	weir_buf_finish(&json);
	weir_buf_finish(&spaced);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_parsed_value_needs_its_text_no_longer),
		cmocka_unit_test(a_text_without_padding_is_enough),
		cmocka_unit_test(a_refusal_says_place_and_reason),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(canonical_json_comes_back_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
