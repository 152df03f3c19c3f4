/* test_golden.c - core/golden.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weir/plugin.h>

#include "golden.h"
#include "registry.h"
#include "sample_plugins.h"

static char folder[] = "/tmp/weir-test-golden-XXXXXX";
static const char *const files[] = {
	"auth.stamp", "auth.in.ndjson", "auth.out.ndjson", "auth.both.in.ndjson",
	"auth.both.set.yaml", "_shared.stamp", "_settings.yaml", "bare.stamp", "notes.txt",
};

static char *at(const char *name)
{
	return weir_format("%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
	char *path = at(name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	weir_free(path);
}

static int make_folder(void **state)
{
	struct diag *diag = diag_create();

	(void)state;
	registry_add(&sample_transform, "sample.so", diag);
	diag_destroy(diag);
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < WEIR_COUNT(files); i++)
		write_file(files[i], "");
	write_file("_settings.yaml", "a: 1\nb: shared\n");
	write_file("auth.both.set.yaml", "b: own\n");
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(files); i++) {
		char *path = at(files[i]);

		unlink(path);
		weir_free(path);
	}
	return rmdir(folder);
}

static void a_folder_gives_its_rules_and_examples_and_names_a_bare_rule(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct golden_folder *found;

	(void)state;
	assert_int_equal(golden_find(folder, arena, &found, diag), 1);
	assert_int_equal(found->rule_count, 2);
	assert_int_equal(found->golden_count, 2);
	assert_string_equal(found->goldens[0].rule, "auth");
	assert_string_equal(found->goldens[0].variant, "both");
	assert_non_null(found->goldens[0].set);
	assert_null(found->goldens[1].variant);
	assert_null(found->goldens[1].set);
	assert_int_equal(diag_errors(diag), 1); /* bare.stamp has no example */
	diag_destroy(diag);
	weir_arena_destroy(arena);
}

static void a_rule_file_gives_only_its_own_examples(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct golden_folder *found;
	char *path = at("auth.stamp");

	(void)state;
	assert_int_equal(golden_find(path, arena, &found, diag), 1);
	assert_int_equal(found->rule_count, 1);
	assert_int_equal(found->golden_count, 2);
	assert_int_equal(diag_errors(diag), 0);
	weir_free(path);
	diag_destroy(diag);
	weir_arena_destroy(arena);
}

static void what_is_no_rule_is_a_mistake(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct golden_folder *found;
	char *path = at("notes.txt");

	(void)state;
	assert_int_equal(golden_find(path, arena, &found, diag), 0);
	assert_int_equal(golden_find("/nowhere/rules", arena, &found, diag), 0);
	assert_int_equal(diag_errors(diag), 2);
	weir_free(path);
	diag_destroy(diag);
	weir_arena_destroy(arena);
}

static void settings_of_an_example_go_over_those_of_the_folder(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct golden_folder *found;
	struct weir_value settings, none = { 0 };
	struct weir_error err;
	int64_t a;

	(void)state;
	assert_int_equal(golden_find(folder, arena, &found, diag), 1);
	assert_true(golden_settings(found, &found->goldens[0], none, arena, &settings, &err));
	assert_true(weir_value_int(weir_value_get(settings, "a"), &a));
	assert_int_equal(a, 1);
	assert_true(weir_value_is_text(weir_value_get(settings, "b"), "own"));
	assert_true(golden_settings(found, NULL, none, arena, &settings, &err));
	assert_true(weir_value_is_text(weir_value_get(settings, "b"), "shared"));
	diag_destroy(diag);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_gives_its_rules_and_examples_and_names_a_bare_rule),
		cmocka_unit_test(a_rule_file_gives_only_its_own_examples),
		cmocka_unit_test(what_is_no_rule_is_a_mistake),
		cmocka_unit_test(settings_of_an_example_go_over_those_of_the_folder),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
