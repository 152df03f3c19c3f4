/* test_dead_talk.c - core/dead_talk.c and core/dead_text.c through their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "dead_talk.h"
#include "dead_text.h"

static struct weir_value parse(struct weir_arena *arena, const char *json)
{
	struct weir_value value = { 0 };
	struct weir_error err;

	assert_true(weir_json_parse(arena, weir_bytes(json), &value, &err));
	return value;
}

/* ---- what is asked ------------------------------------------------------------------------ */

static void a_query_arrives_as_it_was_sent(void **state)
{
	const int64_t numbers[] = { 3, INT64_MAX };
	const struct store_dead_query sent = { .source = "a \"b\"", .sink = "out", .since_us = 77,
		                               .numbers = numbers, .number_count = 2 };
	struct weir_arena *arena = weir_arena_create();
	struct store_dead_query got;
	struct weir_error err = { 0 };
	struct weir_buf text = { 0 };

	(void)state;
	dead_talk_put_query("replay", &sent, &text);
	assert_true(dead_talk_read_query(parse(arena, weir_buf_text(&text)), arena, &got, &err));
	assert_string_equal(got.source, sent.source);
	assert_string_equal(got.sink, "out");
	assert_int_equal(got.since_us, 77);
	assert_int_equal(got.number_count, 2);
	assert_true(got.numbers[1] == INT64_MAX);
	weir_buf_finish(&text);
	weir_arena_destroy(arena);
}

/* A choice that cannot be read must not become all letters. */
static void a_choice_that_cannot_be_read_is_refused(void **state)
{
	static const char *const bad[] = {
		"{\"numbers\":[]}", "{\"numbers\":[\"x\"]}", "{\"numbers\":7}",
		"{\"source\":{}}", "{\"sink\":[1]}", "{\"since_us\":\"now\"}",
	};
	struct weir_arena *arena = weir_arena_create();
	struct store_dead_query query;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(bad); i++) {
		struct weir_error err = { 0 };

		if (dead_talk_read_query(parse(arena, bad[i]), arena, &query, &err))
			fail_msg("%s was taken", bad[i]);
		assert_true(err.text[0]);
	}
	weir_arena_destroy(arena);
}

/* ---- what is answered ----------------------------------------------------------------------- */

static void a_sum_arrives_as_it_was_sent(void **state)
{
	struct replay_sum sent = { .sent = 9, .delivered = 5, .dropped = 1,
		                   .failed = 2, .skipped = 4 }, got;
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf text = { 0 };

	(void)state;
	weir_buf_puts(&sent.notes, "3: no \"such\" sink\n");
	dead_talk_put_sum(&sent, &text);
	dead_talk_read_sum(parse(arena, weir_buf_text(&text)), arena, &got);
	assert_int_equal(got.sent, 9);
	assert_int_equal(got.delivered, 5);
	assert_int_equal(got.dropped + got.failed, 3);
	assert_int_equal(got.skipped, 4);
	assert_string_equal(weir_buf_text(&got.notes), "3: no \"such\" sink\n");
	assert_string_equal(got.why.text, "");
	weir_buf_finish(&got.notes);
	weir_fail(&sent.why, WEIR_E_RESOURCE, "weir stops");
	text.len = 0;
	dead_talk_put_sum(&sent, &text);
	dead_talk_read_sum(parse(arena, weir_buf_text(&text)), arena, &got);
	assert_string_equal(got.why.text, "weir stops");
	weir_buf_finish(&got.notes);
	dead_talk_read_sum(parse(arena, "{}"), arena, &got);
	assert_string_equal(got.why.text, "the answer cannot be read");
	weir_buf_finish(&got.notes);
	weir_buf_finish(&sent.notes);
	weir_buf_finish(&text);
	weir_arena_destroy(arena);
}

/* ---- one letter ------------------------------------------------------------------------------ */

static const struct store_dead letter = {
	.number = 17, .source = "acme", .sink = "out", .stage = "transforms.normalize",
	.id = { "u\x1b[31m", 6 }, .event = { "{\"a\": 1}", 8 }, .schema = "auth", .replays = 2,
	.why = { .code = WEIR_E_DATA, .where = { .file = "auth.lua", .line = 3, .column = 9 },
	         .text = "not an address" },
};

static void assert_has(struct weir_buf *text, const char *words)
{
	if (!strstr(weir_buf_text(text), words))
		fail_msg("'%s' is not in:\n%s", words, weir_buf_text(text));
}

static void a_letter_is_shown_whole(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	dead_text_whole(&letter, &text);
	assert_has(&text, "number:  17\n");
	assert_has(&text, "sink:    out\n");
	assert_has(&text, "reason:  auth.lua:3:9: not an address\n");
	assert_has(&text, "replays: 2 in vain, the last at 1970-");
	assert_has(&text, "id:      u\\x1b[31m\n"); /* steers no terminal */
	weir_buf_finish(&text);
}

static void a_letter_is_a_line_of_json(void **state)
{
	struct store_dead broken = letter;
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf text = { 0 };
	struct weir_value value;

	(void)state;
	dead_text_json(&letter, &text);
	value = parse(arena, weir_buf_text(&text));
	assert_true(weir_value_is_text(weir_value_get(value, "sink"), "out"));
	assert_int_equal(weir_value_get(value, "event").kind, WEIR_OBJECT);
	text.len = 0;
	broken.event = weir_bytes("{\"a\": ");
	dead_text_json(&broken, &text);
	value = parse(arena, weir_buf_text(&text));
	assert_true(weir_value_is_text(weir_value_get(value, "event_text"), "{\"a\": "));
	weir_buf_finish(&text);
	weir_arena_destroy(arena);
}

static void a_letter_is_a_row(void **state)
{
	struct table *table = dead_text_table();
	struct weir_buf text = { 0 };

	(void)state;
	dead_text_row(table, &letter);
	table_render(table, "", &text);
	assert_has(&text, "acme    out   transforms.normalize");
	assert_has(&text, "auth.lua:3:9: not an address");
	table_destroy(table);
	weir_buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_arrives_as_it_was_sent),
		cmocka_unit_test(a_choice_that_cannot_be_read_is_refused),
		cmocka_unit_test(a_sum_arrives_as_it_was_sent),
		cmocka_unit_test(a_letter_is_shown_whole),
		cmocka_unit_test(a_letter_is_a_line_of_json),
		cmocka_unit_test(a_letter_is_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
