/* test_reply.c - core/reply.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "reply.h"

static void head(struct weir_reply *reply, const char *line)
{
	assert_true(reply_head(reply, weir_bytes(line)));
}

static void headers_are_found_in_any_case_and_repeats_are_kept(void **state)
{
	struct weir_reply reply = { .body_max = 100 };

	(void)state;
	head(&reply, "HTTP/1.1 200 OK\r\n");
	head(&reply, "Link: <a>; rel=\"self\"\r\n");
	head(&reply, "X-Empty:\r\n");
	head(&reply, "link:   <b>; rel=\"next\"  \r\n");
	head(&reply, "\r\n");
	reply_complete(&reply);
	assert_int_equal(weir_reply_status(&reply), 200);
	assert_null(weir_reply_error(&reply));
	assert_string_equal(weir_reply_header(&reply, "LINK", 0), "<a>; rel=\"self\"");
	assert_string_equal(weir_reply_header(&reply, "link", 1), "<b>; rel=\"next\"");
	assert_null(weir_reply_header(&reply, "link", 2));
	assert_string_equal(weir_reply_header(&reply, "x-empty", 0), "");
	assert_null(weir_reply_header(&reply, "date", 0));
	reply_finish(&reply);
}

static void an_interim_reply_is_forgotten(void **state)
{
	struct weir_reply reply = { .body_max = 100 };

	(void)state;
	head(&reply, "HTTP/1.1 103 Early Hints\r\n");
	head(&reply, "Link: <early>\r\n");
	head(&reply, "\r\n");
	head(&reply, "HTTP/2 404\r\n");
	head(&reply, "date: x\r\n");
	head(&reply, "\r\n");
	head(&reply, "trailer: y\r\n");
	reply_complete(&reply);
	assert_int_equal(weir_reply_status(&reply), 404);
	assert_null(weir_reply_header(&reply, "link", 0));
	assert_null(weir_reply_header(&reply, "trailer", 0));
	assert_string_equal(weir_reply_header(&reply, "date", 0), "x");
	reply_finish(&reply);
}

static void lines_that_are_no_headers_say_nothing(void **state)
{
	struct weir_reply reply = { .body_max = 100 };

	(void)state;
	head(&reply, "HTTP/1.1 abc\r\n");
	head(&reply, "no colon\r\n");
	head(&reply, ": no name\r\n");
	assert_true(reply_head(&reply, (struct weir_bytes){ "a: b\0c\r\n", 8 }));
	reply_complete(&reply);
	assert_int_equal(weir_reply_status(&reply), 0);
	assert_int_equal(reply.headers.len, 0);
	reply_finish(&reply);
}

static void too_many_headers_are_refused(void **state)
{
	struct weir_reply reply = { .body_max = 100 };
	char line[1000];
	bool ok = true;

	(void)state;
	memset(line, 'x', sizeof line);
	line[1] = ':';
	head(&reply, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 100 && ok; i++)
		ok = reply_head(&reply, (struct weir_bytes){ line, sizeof line });
	assert_false(ok);
	assert_int_equal(weir_reply_error(&reply)->code, WEIR_E_UNREACHABLE);
	reply_finish(&reply);
}

static void a_body_grows_to_its_limit_and_not_beyond(void **state)
{
	struct weir_reply reply = { .body_max = 100000 };
	char run[1000];

	(void)state;
	memset(run, 'x', sizeof run);
	for (int i = 0; i < 100; i++)
		assert_true(reply_body(&reply, (struct weir_bytes){ run, sizeof run }));
	assert_int_equal(weir_reply_body(&reply).len, 100000);
	assert_false(reply_body(&reply, (struct weir_bytes){ run, 1 }));
	assert_int_equal(weir_reply_status(&reply), 0);
	assert_int_equal(weir_reply_error(&reply)->code, WEIR_E_DATA);
	assert_string_equal(weir_reply_error(&reply)->text, "the reply is larger than 100000 bytes");
	reply_finish(&reply);
}

static void a_taken_body_has_room_behind_it_and_is_the_takers(void **state)
{
	struct weir_reply reply = { .body_max = 1 << 20 };
	size_t len;
	char *body;

	(void)state;
	assert_true(reply_body(&reply, weir_bytes("[]")));
	reply_complete(&reply);
	body = weir_reply_take_body(&reply, &len);
	assert_int_equal(len, 2);
	assert_memory_equal(body, "[]", 2);
	memset(body + len, 0, WEIR_PAGE_PADDING);
	weir_free(body);
	assert_int_equal(weir_reply_body(&reply).len, 0);
	body = weir_reply_take_body(&reply, &len);
	assert_int_equal(len, 0);
	memset(body, 0, WEIR_PAGE_PADDING);
	weir_free(body);
	reply_finish(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_found_in_any_case_and_repeats_are_kept),
		cmocka_unit_test(an_interim_reply_is_forgotten),
		cmocka_unit_test(lines_that_are_no_headers_say_nothing),
		cmocka_unit_test(too_many_headers_are_refused),
		cmocka_unit_test(a_body_grows_to_its_limit_and_not_beyond),
		cmocka_unit_test(a_taken_body_has_room_behind_it_and_is_the_takers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
