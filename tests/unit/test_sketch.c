/* test_sketch.c - core/sketch.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/plugin.h>

#include "sketch.h"

static struct weir_value json(struct weir_arena *arena, const char *text)
{
	struct weir_value v;
	struct weir_error err;

	assert_true(weir_json_parse(arena, weir_bytes(text), &v, &err));
	return v;
}

static const char start[] = "{\"fields\":{\"id\":\"uuid\",\"who\":\"actor.id\",\"n\":\"actor.id\",\"tags\":\"list\"},"
                            "\"types\":{\"time\":\"at\",\"any\":\".\"}}";
static const char event[] = "{\"uuid\":\"1\",\"at\":\"2026\",\"list\":[{\"a\":1}],\"actor\":{\"id\":\"x\"}}";

static void check(const char *fields, const char *rows)
{
	struct weir_arena *arena = weir_arena_create();
	char *schema = weir_format("{\"name\":\"s\",\"fields\":[%s],\"base\":[{\"target\":\"filled\"}]}", fields);
	struct weir_buf text = { 0 };

	weir_value_render(sketch_rows(arena, json(arena, schema), json(arena, start), json(arena, event)), &text);
	assert_string_equal(weir_buf_text(&text), rows);
	weir_buf_finish(&text);
	weir_free(schema);
	weir_arena_destroy(arena);
}

static void known_fields_that_the_event_has_get_a_row(void **state)
{
	(void)state;
	check("{\"target\":\"id\",\"type\":\"text\",\"doc\":\"d\"},{\"target\":\"other\",\"type\":\"text\",\"doc\":\"d\"},"
	      "{\"target\":\"who\",\"type\":\"text\",\"required\":true,\"doc\":\"d\"}",
	      "[{\"target\":\"id\",\"type\":\"text\",\"doc\":\"d\",\"from\":\"uuid\"},"
	      "{\"target\":\"who\",\"type\":\"text\",\"doc\":\"d\",\"from\":\"actor.id\"}]");
	/* What is there is no number, and a list of objects is none of texts. */
	check("{\"target\":\"n\",\"type\":\"int\",\"doc\":\"d\"},{\"target\":\"tags\",\"type\":\"list of text\",\"doc\":\"d\"},"
	      "{\"target\":\"tags\",\"type\":\"list of object\",\"doc\":\"d\"}",
	      "[{\"target\":\"tags\",\"type\":\"list of object\",\"doc\":\"d\",\"from\":\"list\"}]");
}

static void what_is_required_gets_the_path_of_its_type_or_a_constant(void **state)
{
	(void)state;
	check("{\"target\":\"t\",\"type\":\"time\",\"required\":true,\"doc\":\"d\"},"
	      "{\"target\":\"x\",\"type\":\"any\",\"required\":true,\"doc\":\"d\"},"
	      "{\"target\":\"b\",\"type\":\"bool\",\"required\":true,\"doc\":\"d\"},"
	      "{\"target\":\"l\",\"type\":\"list of ip\",\"required\":true,\"doc\":\"d\"},"
	      "{\"target\":\"e\",\"type\":\"text\",\"required\":true,\"values\":{\"A\":\"a\",\"B\":\"b\"},\"doc\":\"d\"},"
	      "{\"target\":\"filled\",\"type\":\"text\",\"required\":true,\"doc\":\"d\"}",
	      "[{\"target\":\"t\",\"type\":\"time\",\"doc\":\"d\",\"from\":\"at\"},"
	      "{\"target\":\"x\",\"type\":\"any\",\"doc\":\"d\",\"from\":\".\"},"
	      "{\"target\":\"b\",\"type\":\"bool\",\"doc\":\"d\",\"value\":false},"
	      "{\"target\":\"l\",\"type\":\"list of ip\",\"doc\":\"d\",\"value\":[\"192.0.2.1\"]},"
	      "{\"target\":\"e\",\"type\":\"text\",\"doc\":\"d; one of A, B\",\"value\":\"A\"}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_fields_that_the_event_has_get_a_row),
		cmocka_unit_test(what_is_required_gets_the_path_of_its_type_or_a_constant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
