/* test_option.c - core/option.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "option.h"
#include "sample_plugins.h"
#include "trial.h"

static struct weir_arena *arena;
static struct diag *diag;
static struct sample self;

static int begin(void **state)
{
	arena = weir_arena_create();
	diag = diag_create();
	memset(&self, 0, sizeof self);
	return trial_setup(state);
}

static int end(void **state)
{
	option_wipe(sample_options, &self);
	weir_arena_destroy(arena);
	diag_destroy(diag);
	return trial_teardown(state);
}

static struct option_source from_text(const char *text)
{
	static const char *const others[] = { "plugin", NULL };
	const char *file = trial_file("w.yaml", text);
	struct tree *tree = yaml_read(arena, file, diag);

	assert_non_null(tree);
	return (struct option_source){
		.options = tree->kind == WEIR_OBJECT ? tree : NULL,
		.path = "sources.a",
		.where = { tree->where.file, 1, 1, 1, "sources.a" },
		.hint = "weir describe source ticks",
		.others = others,
	};
}

static bool fill(const char *text)
{
	struct option_source from = from_text(text);

	return option_fill(sample_options, &from, &self, arena, diag);
}

static void expect_said(const char *expected)
{
	char *said = trial_said(diag);

	assert_string_equal(said, expected);
	weir_free(said);
}

/* One mistake in a text that has what is required. */
static void expect_refused(const char *text, const char *expected)
{
	char *whole = weir_format("text: x\n%s\n", text);
	char *line = weir_format("w.yaml:2:%s\n", expected);

	assert_false(fill(whole));
	expect_said(line);
	weir_free(whole);
	weir_free(line);
	option_wipe(sample_options, &self);
	diag_destroy(diag);
	diag = diag_create();
}

static void presets_fill_what_is_left_out(void **state)
{
	(void)state;
	assert_true(fill("text: x"));
	assert_string_equal(self.text, "x");
	assert_true(self.flag);
	assert_int_equal(self.count, 5);
	assert_true(self.ratio == 0.5);
	assert_int_equal(self.wait, 30000);
	assert_int_equal(self.size, 1 << 20);
	assert_int_equal(self.start.when, WEIR_WHEN_UNSET);
	assert_null(self.path);
	assert_null(self.secret);
	assert_int_equal(self.choice, 0);
	assert_string_equal(self.list[0], "a");
	assert_string_equal(self.list[1], "b c");
	assert_null(self.list[2]);
	assert_null(self.rules[0]);
	assert_true(weir_is_absent(self.settings));
}

static void every_type_is_read(void **state)
{
	(void)state;
	assert_true(fill("text: 12\nflag: false\ncount: 10\nratio: -1e2\nwait: 1m\nsize: 2KiB\n"
	                 "share: 5%\nstart: -24h\nchoice: off\nlist: [x, 7]\nsettings: {a: 1}\n"
	                 "path: /abs\nplugin: ticks\n"));
	assert_string_equal(self.text, "12");
	assert_false(self.flag);
	assert_int_equal(self.count, 10);
	assert_true(self.ratio == -100);
	assert_int_equal(self.wait, 60000);
	assert_int_equal(self.size, 2048);
	assert_int_equal(self.start.when, WEIR_WHEN_AGO);
	assert_int_equal(self.choice, 2);
	assert_string_equal(self.list[1], "7");
	assert_int_equal(weir_value_count(self.settings), 1);
	assert_string_equal(self.path, "/abs");
	expect_said("");
}

static void null_is_as_if_left_out(void **state)
{
	(void)state;
	assert_true(fill("text: x\ncount: null\nsecret: ~\n"));
	assert_int_equal(self.count, 5);
	assert_false(fill("text: null\n"));
	expect_said("w.yaml:1:1: sources.a.text: is missing; write text: <a text>\n");
}

static void a_mistyped_name_finds_its_option(void **state)
{
	(void)state;
	expect_refused("coutn: 1", "1: sources.a.coutn: unknown option; did you mean count?");
	expect_refused("Plugin: x", "1: sources.a.Plugin: unknown option; did you mean plugin?");
	expect_refused("zzz: 1",
	               "1: sources.a.zzz: unknown option; weir describe source ticks lists "
	               "those there are");
}

static void a_mistyped_option_is_not_missing_as_well(void **state)
{
	(void)state;
	assert_false(fill("txet: x\n"));
	expect_said("w.yaml:1:1: sources.a.txet: unknown option; did you mean text?\n");
}

static void wrong_values_say_what_to_write(void **state)
{
	(void)state;
	expect_refused("count: 11", "8: sources.a.count: 11 is out of range; write 1 to 10");
	expect_refused("count: many",
	               "8: sources.a.count: 'many' is not a whole number; write digits "
	               "only, such as 1000");
	expect_refused("count:", "7: sources.a.count: has no value; write one, or leave the option "
	               "out");
	expect_refused("count: [1]", "8: sources.a.count: must be a single value, not a list");
	expect_refused("wait: 50ms",
	               "7: sources.a.wait: 50ms is out of range; write at least 100ms");
	expect_refused("flag: yes", "7: sources.a.flag: 'yes' is not true or false; write true");
	expect_refused("choice: requird",
	               "9: sources.a.choice: 'requird' is not a choice; did you mean "
	               "required? (auto, required or off)");
	expect_refused("choice: x",
	               "9: sources.a.choice: 'x' is not a choice; write auto, required or "
	               "off");
	expect_refused("list: x", "7: sources.a.list: must be a list; write [x]");
	expect_refused("list: {a: b}", "7: sources.a.list: must be a list, not a map");
	expect_refused("list: [a, [b]]",
	               "11: sources.a.list: item 2 is a list; each must be a single "
	               "value");
	expect_refused("settings: [a]", "11: sources.a.settings: must be a map, not a list");
	expect_refused("rules: ['']", "9: sources.a.rules: must not be empty; write a path");
	expect_refused("path: ~/x",
	               "7: sources.a.path: '~' is not expanded; write the whole path or "
	               "${HOME}");
}

static void an_empty_text_is_not_what_was_required(void **state)
{
	(void)state;
	assert_false(fill("text: ''"));
	expect_said("w.yaml:1:7: sources.a.text: must not be empty\n");
}

static void all_mistakes_are_found_at_once(void **state)
{
	(void)state;
	assert_false(fill("count: 0\nflg: x\nwait: 3\n"));
	expect_said("w.yaml:1:1: sources.a.text: is missing; write text: <a text>\n"
	            "w.yaml:1:8: sources.a.count: 0 is out of range; write 1 to 10\n"
	            "w.yaml:2:1: sources.a.flg: unknown option; did you mean flag?\n"
	            "w.yaml:3:7: sources.a.wait: '3' has no unit; write 3s, 3m or 3ms\n");
}

static void paths_start_beside_their_file(void **state)
{
	struct option_source from = from_text("text: x\npath: rules/b\nrules: [./a, /b]\n");
	char *expected;

	(void)state;
	assert_true(option_fill(sample_options, &from, &self, arena, diag));
	expected = weir_format("%s/rules/b", trial);
	assert_string_equal(self.path, expected);
	weir_free(expected);
	expected = weir_format("%s/a", trial);
	assert_string_equal(self.rules[0], expected);
	assert_string_equal(self.rules[1], "/b");
	weir_free(expected);
}

static void what_is_absent_there_is_sought_among_the_installed(void **state)
{
	struct option_source from = from_text("text: x\npath: rules/b\n");
	const char *installed;

	(void)state;
	trial_folder("data");
	trial_folder("data/rules");
	installed = trial_file("data/rules/b", "");
	from.data_dir = trial_path("data");
	assert_true(option_fill(sample_options, &from, &self, arena, diag));
	assert_string_equal(self.path, installed);
	trial_folder("rules");
	trial_file("rules/b", "");
	assert_true(option_fill(sample_options, &from, &self, arena, diag));
	assert_string_not_equal(self.path, installed);
}

/* ---- secrets ---- */

static const char *environment(const char *name)
{
	return getenv(name);
}

static void a_secret_comes_from_its_file(void **state)
{
	(void)state;
	chmod(trial_file("key", "s3cret\n"), 0600);
	assert_true(fill("text: x\nsecret: file:key\n"));
	assert_string_equal(self.secret, "s3cret");
	option_wipe(sample_options, &self);
	assert_null(self.secret);
}

static void a_secret_that_is_written_is_not_repeated(void **state)
{
	struct weir_buf json = { 0 };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	assert_false(fill("text: x\nsecret: s3cret\ntokn: s3cret2\nmore: {a: [s3cret3]}\n"));
	diag_print(diag, to, DIAG_PLAIN);
	fclose(to);
	diag_json(diag, &json);
	assert_null(strstr(text, "s3cret"));
	assert_null(strstr(weir_buf_text(&json), "s3cret"));
	weir_buf_finish(&json);
	assert_non_null(strstr(text, "a secret is never written here"));
	free(text);
}

static void a_secret_by_another_way_says_which(void **state)
{
	struct option_source from;

	(void)state;
	expect_refused("secret: keys/a.pem",
	               "9: sources.a.secret: a secret's place, not a path; write "
	               "file:keys/a.pem");
	setenv("WEIR_TEST_TOKEN", "t0ken", 1);
	from = from_text("text: x\nsecret: ${WEIR_TEST_TOKEN}\n");
	tree_expand(arena, (struct tree *)from.options, "", environment, diag);
	assert_false(option_fill(sample_options, &from, &self, arena, diag));
	expect_said("w.yaml:2:9: sources.a.secret: a secret is never filled in; write "
	            "env:WEIR_TEST_TOKEN\n");
}

static void what_a_variable_held_is_not_shown(void **state)
{
	struct option_source from = from_text("text: x\ncount: 1${WEIR_TEST_COUNT}\n");

	(void)state;
	setenv("WEIR_TEST_COUNT", "t0ken", 1);
	tree_expand(arena, (struct tree *)from.options, "", environment, diag);
	assert_false(option_fill(sample_options, &from, &self, arena, diag));
	expect_said(
		"w.yaml:2:8: sources.a.count: '1${WEIR_TEST_COUNT}' is not a whole number; write "
		"digits only, such as 1000\n");
}

static void secrets_are_read_again_in_place(void **state)
{
	struct option_source from;
	struct weir_error err;
	const char *before;
	bool changed = true;

	(void)state;
	chmod(trial_file("key", "one"), 0600);
	from = from_text("text: x\nsecret: file:key\n");
	assert_true(option_fill(sample_options, &from, &self, arena, diag));
	before = self.secret;
	assert_int_equal(option_reload_secrets(sample_options, &from, &self, &changed, &err),
	                 WEIR_OK);
	assert_false(changed);
	assert_ptr_equal(self.secret, before);
	trial_file("key", "two");
	assert_int_equal(option_reload_secrets(sample_options, &from, &self, &changed, &err),
	                 WEIR_OK);
	assert_true(changed);
	assert_string_equal(self.secret, "two");
	chmod(trial_path("key"), 0644);
	assert_int_equal(option_reload_secrets(sample_options, &from, &self, &changed, &err),
	                 WEIR_RETRY);
	assert_false(changed);
	assert_string_equal(self.secret, "two");
	assert_non_null(strstr(err.text, "secret: "));
}

/* ---- presets and sameness ---- */

static void a_preset_is_checked_as_a_value_is(void **state)
{
	struct weir_option row = { "x", WEIR_INT, 0, .preset = "12", .min = 1, .max = 10 };
	struct weir_error err;

	(void)state;
	assert_false(option_check_preset(&row, &err));
	assert_string_equal(err.text, "12 is out of range; write 1 to 10");
	row.preset = "10";
	assert_true(option_check_preset(&row, &err));
	row = (struct weir_option){ "x", WEIR_LIST, 0, .preset = "[a" };
	assert_false(option_check_preset(&row, &err));
	row.preset = "[a]";
	assert_true(option_check_preset(&row, &err));
	row.preset = "a";
	assert_false(option_check_preset(&row, &err));
}

static void the_same_options_are_the_same(void **state)
{
	struct tree *a = yaml_parse(arena, "a", weir_bytes("{x: 1, y: file:k}"), diag);
	struct tree *b = yaml_parse(arena, "b", weir_bytes("{y: file:k, x: 1}"), diag);
	struct tree *empty = yaml_parse(arena, "b", weir_bytes("{}"), diag);

	(void)state;
	assert_true(option_same(a, b));
	assert_false(option_same(a, empty));
	assert_true(option_same(NULL, empty));
}

static void rows_are_found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(option_row(sample_options, "flag"), &sample_options[1]);
	assert_null(option_row(sample_options, "flags"));
	assert_null(option_row(NULL, "flags"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(presets_fill_what_is_left_out),
		TEST(every_type_is_read),
		TEST(null_is_as_if_left_out),
		TEST(a_mistyped_name_finds_its_option),
		TEST(a_mistyped_option_is_not_missing_as_well),
		TEST(wrong_values_say_what_to_write),
		TEST(an_empty_text_is_not_what_was_required),
		TEST(all_mistakes_are_found_at_once),
		TEST(paths_start_beside_their_file),
		TEST(what_is_absent_there_is_sought_among_the_installed),
		TEST(a_secret_comes_from_its_file),
		TEST(a_secret_that_is_written_is_not_repeated),
		TEST(a_secret_by_another_way_says_which),
		TEST(what_a_variable_held_is_not_shown),
		TEST(secrets_are_read_again_in_place),
		TEST(a_preset_is_checked_as_a_value_is),
		TEST(the_same_options_are_the_same),
		TEST(rows_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
