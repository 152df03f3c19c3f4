/* test_diag.c - core/diag.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trial.h"

static struct weir_where at(const char *file, int line, int column, const char *path)
{
	return (struct weir_where){ file, line, column, 1, path };
}

static char *printed(struct diag *diag, void (*print)(struct diag *diag, FILE *to))
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	print(diag, to);
	fclose(to);
	return text;
}

static void mistakes_come_in_the_order_of_their_places(void **state)
{
	struct diag *diag = diag_create();
	char *said;

	(void)state;
	diag_addf(diag, (struct weir_where){ 0 }, "nowhere");
	diag_addf(diag, at("b.yaml", 1, 1, NULL), "in b");
	diag_addf(diag, at("a.yaml", 9, 3, "x.y"), "late %d", 7);
	diag_warnf(diag, at("a.yaml", 9, 1, NULL), "before it");
	diag_addf(diag, at("a.yaml", 2, 1, NULL), "early");
	said = trial_said(diag);
	assert_string_equal(said, "a.yaml:2:1: early\nwarning: a.yaml:9:1: before it\n"
	                          "a.yaml:9:3: x.y: late 7\nb.yaml:1:1: in b\nnowhere\n");
	assert_int_equal(diag_errors(diag), 4);
	assert_int_equal(diag_warnings(diag), 1);
	weir_free(said);
	diag_destroy(diag);
}

static void the_same_mistake_counts_once(void **state)
{
	struct diag *diag = diag_create();

	(void)state;
	for (int i = 0; i < 3; i++)
		diag_addf(diag, at("a.yaml", 1, 1, "x"), "again");
	diag_addf(diag, at("a.yaml", 1, 1, "y"), "again");
	diag_addf(diag, at("a.yaml", 1, 2, "x"), "again");
	diag_warnf(diag, at("a.yaml", 1, 1, "x"), "again");
	assert_int_equal(diag_errors(diag), 3);
	assert_int_equal(diag_warnings(diag), 1);
	diag_destroy(diag);
}

static void strings_are_copied(void **state)
{
	struct diag *diag = diag_create();
	char file[] = "a.yaml", path[] = "x";

	(void)state;
	diag_addf(diag, at(file, 1, 1, path), "text");
	memset(file, 'z', sizeof file - 1);
	path[0] = 'z';
	assert_string_equal(diag_at(diag, 0, NULL)->where.file, "a.yaml");
	assert_string_equal(diag_at(diag, 0, NULL)->where.path, "x");
	assert_null(diag_at(diag, 1, NULL));
	diag_destroy(diag);
}

static void a_terminal_obeys_nothing_that_a_file_says(void **state)
{
	struct diag *diag = diag_create();

	(void)state;
	diag_addf(diag, at("a\033.yaml", 1, 1, "x\ny"), "no \033[2J option");
	assert_string_equal(diag_at(diag, 0, NULL)->text, "no ?[2J option");
	assert_string_equal(diag_at(diag, 0, NULL)->where.file, "a?.yaml");
	assert_string_equal(diag_at(diag, 0, NULL)->where.path, "x?y");
	diag_destroy(diag);
}

static void unknown_parts_of_a_place_are_left_out(void **state)
{
	struct weir_buf line = { 0 };
	struct weir_error err = { .where = { .file = "a", .line = 0, .column = 4 }, .text = "t" };

	(void)state;
	diag_line(&err, &line);
	err.where = (struct weir_where){ .file = "a", .line = 3 };
	diag_line(&err, &line);
	err.where = (struct weir_where){ .path = "p" };
	diag_line(&err, &line);
	assert_string_equal(weir_buf_text(&line), "a: ta:3: tp: t");
	weir_buf_finish(&line);
}

static void print_plain(struct diag *diag, FILE *to)
{
	diag_print(diag, to, DIAG_PLAIN);
}

static void print_color(struct diag *diag, FILE *to)
{
	diag_print(diag, to, DIAG_COLOR);
}

static void the_line_stands_below_with_a_caret(void **state)
{
	struct diag *diag = diag_create();
	const char *file = trial_file("a.yaml", "a: 1\nbcd: efgh\n");
	char *text, *expected;

	(void)state;
	diag_addf(diag, (struct weir_where){ file, 2, 6, 4, "bcd" }, "wrong");
	diag_warnf(diag, (struct weir_where){ "/no/such/file", 2, 6, 4, NULL }, "also");
	text = printed(diag, print_plain);
	expected = weir_format("/no/such/file:2:6: warning: also\n%s:2:6: bcd: wrong\n"
	                       "     2 | bcd: efgh\n       |      ^~~~\n", file);
	assert_string_equal(text, expected);
	free(text);
	text = printed(diag, print_color);
	assert_non_null(strstr(text, "\033[1;31mbcd: wrong\033[0m"));
	free(text);
	weir_free(expected);
	diag_destroy(diag);
}

static void what_is_hidden_is_never_printed(void **state)
{
	struct diag *diag = diag_create();
	const char *file = trial_file("h.yaml", "{tokn: 00secret, x: 1}\n");
	char *text;

	(void)state;
	diag_addf(diag, (struct weir_where){ file, 1, 2, 4, "tokn" }, "unknown");
	diag_hide(diag, (struct weir_where){ file, 1, 8, 8, NULL });
	diag_hide(diag, (struct weir_where){ 0 });
	text = printed(diag, print_plain);
	assert_null(strstr(text, "00secret"));
	assert_non_null(strstr(text, "{tokn: ********, x: 1}"));
	free(text);
	diag_destroy(diag);
}

static void print_json(struct diag *diag, FILE *to)
{
	struct weir_buf json = { 0 };

	diag_json(diag, &json);
	fputs(weir_buf_text(&json), to);
	weir_buf_finish(&json);
}

static void json_has_all_parts(void **state)
{
	struct diag *diag = diag_create();
	char *text;

	(void)state;
	text = printed(diag, print_json);
	assert_string_equal(text, "\"ok\": true, \"errors\": [], \"warnings\": []");
	free(text);
	diag_addf(diag, at("a.yaml", 2, 3, "x"), "say \"y\"");
	diag_addf(diag, (struct weir_where){ 0 }, "z");
	diag_warnf(diag, (struct weir_where){ 0 }, "w");
	text = printed(diag, print_json);
	assert_string_equal(text,
		"\"ok\": false, \"errors\": [{\"file\": \"a.yaml\", \"line\": 2, \"column\": 3, "
		"\"width\": 1, \"path\": \"x\", \"text\": \"say \\\"y\\\"\"}, {\"file\": null, "
		"\"line\": 0, \"column\": 0, \"width\": 0, \"path\": null, \"text\": \"z\"}], "
		"\"warnings\": [{\"file\": null, \"line\": 0, \"column\": 0, \"width\": 0, "
		"\"path\": null, \"text\": \"w\"}]");
	free(text);
	diag_destroy(diag);
}

static void a_file_is_not_coloured(void **state)
{
	FILE *to = fopen(trial_path("out"), "w");

	(void)state;
	assert_int_equal(diag_color_of(to), DIAG_PLAIN);
	fclose(to);
	diag_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_come_in_the_order_of_their_places),
		cmocka_unit_test(the_same_mistake_counts_once),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(a_terminal_obeys_nothing_that_a_file_says),
		cmocka_unit_test(unknown_parts_of_a_place_are_left_out),
		cmocka_unit_test(the_line_stands_below_with_a_caret),
		cmocka_unit_test(what_is_hidden_is_never_printed),
		cmocka_unit_test(json_has_all_parts),
		cmocka_unit_test(a_file_is_not_coloured),
	};

	return cmocka_run_group_tests(tests, trial_setup, trial_teardown);
}
