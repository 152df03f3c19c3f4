/* test_values.c - values to a process and back, and whatever a process may send instead.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "values.h"

struct memory {
	struct weir_arena *arena;
	struct rule_run run;
	struct words *words;
	char bytes[4096];
};

static int setup(void **state)
{
	struct memory *m = weir_alloc(sizeof *m);

	m->arena = weir_arena_create();
	m->run.arena = m->arena;
	m->words = words_create(m->arena, "mark");
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct memory *m = *state;

	weir_buf_finish(&m->run.scratch);
	weir_arena_destroy(m->arena);
	weir_free(m);
	return 0;
}

static size_t write_json(struct memory *m, const char *json)
{
	struct encoder e = { .at = m->bytes, .end = m->bytes + sizeof m->bytes, .arena = m->arena };
	struct weir_error err;
	struct weir_value v;

	assert_true(weir_json_parse(m->arena, weir_bytes(json), &v, &err));
	encode(&e, v);
	assert_false(e.full);
	return (size_t)(e.at - m->bytes);
}

static struct decoder decoder_of(struct memory *m, size_t len)
{
	return (struct decoder){ .at = m->bytes, .end = m->bytes + len, .run = &m->run,
		                 .words = m->words };
}

static const char *const documents[] = {
	"null", "[true,false,null]", "{\"a\":{\"b\":[]},\"c\":\"\\u00e4\\ud83d\\ude00\"}",
	"[0,-1,9007199254740992,1.5,12345678901234567890,1e400]", "{}", "[[[[[]]]],{\"\":\"\"}]",
	"{\"mark\":[\"first\",[null,\"x\"]]}", "{\"mark\":[\"given\",true,{\"mark\":[\"maybe\",{\"mark\":[\"ip\",\"x\"]}]}]}",
	"{\"x\":{\"mark\":[\"keyed\",{\"a.#\":[1,2],\"b\":{\"mark\":[\"time\",\"2026-01-31T08:15:00Z\"]}}]}}",
	"{\"mark\":[\"hash\",\"abc\",\"md5\"]}", "{\"mark\":[\"drop\",\"why\"]}", "{\"mark\":[\"nothing\",1]}",
};

static void what_was_written_is_read(void **state)
{
	struct memory *m = *state;
	struct weir_error err;

	for (size_t i = 0; i < 6; i++) {
		size_t len = write_json(m, documents[i]);
		struct decoder d = decoder_of(m, len);
		struct plan_cell cell = { 0 };
		struct weir_value same;

		assert_int_equal(decode(&d, &cell), PLAN_VALUE);
		assert_ptr_equal(d.at, m->bytes + len);
		assert_true(weir_json_parse(m->arena, weir_bytes(documents[i]), &same, &err));
		assert_true(weir_value_equal(cell.value, same));
	}
}

static void words_are_done_while_reading(void **state)
{
	static const char *const results[] = {
		"\"x\"", "",
		("{\"x\":[{\"key\":\"a.0\",\"value\":\"1\"},{\"key\":\"a.1\",\"value\":\"2\"},"
		 "{\"key\":\"b\",\"value\":\"2026-01-31T08:15:00Z\"}]}"),
		"\"900150983cd24fb0d6963f7d28e17f72\"",
	};
	struct memory *m = *state;

	for (size_t i = 0; i < WEIR_COUNT(results); i++) {
		struct decoder d = decoder_of(m, write_json(m, documents[6 + i]));
		struct plan_cell cell = { 0 };
		struct weir_buf text = { 0 };
		enum plan_got got = decode(&d, &cell);

		if (got == PLAN_VALUE)
			weir_value_render(cell.value, &text);
		assert_string_equal(weir_buf_text(&text), results[i]);
		weir_buf_finish(&text);
	}
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Cut off and changed at every place: it ends, reads nothing beyond the end (a sanitizer sees
 * it), and gives values that can be written. */
static void nothing_that_is_sent_does_harm(void **state)
{
	struct memory *m = *state;
	uint32_t seed = 20260131;

	for (int turn = 0; turn < 20000; turn++) {
		size_t len = write_json(m, documents[(size_t)turn % WEIR_COUNT(documents)]);
		size_t cut = next_random(&seed) % (len + 1);
		char *bytes = weir_alloc(cut + 1);
		struct decoder d = { .at = bytes, .end = bytes + cut, .run = &m->run,
			             .words = m->words };
		struct plan_cell cell = { 0 };
		struct weir_buf text = { 0 };

		memcpy(bytes, m->bytes, cut);
		for (int i = 0; cut && i < 3; i++)
			bytes[next_random(&seed) % cut] = (char)(next_random(&seed) % 12);
		if (decode(&d, &cell) == PLAN_VALUE)
			weir_value_render(cell.value, &text);
		weir_buf_finish(&text);
		weir_free(bytes);
		if (turn % 500 == 0)
			weir_arena_reset(m->arena, 1 << 20), m->words = words_create(m->arena, "mark");
	}
}

static void a_full_memory_is_said(void **state)
{
	struct memory *m = *state;
	struct encoder e = { .at = m->bytes, .end = m->bytes + 16, .arena = m->arena };

	encode(&e, weir_make_text_borrowed(m->arena, weir_bytes("longer than sixteen bytes")));
	assert_true(e.full);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_written_is_read),
		CASE(words_are_done_while_reading),
		CASE(nothing_that_is_sent_does_harm),
		CASE(a_full_memory_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
