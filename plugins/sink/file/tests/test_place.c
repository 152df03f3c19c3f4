/* test_place.c - where records go.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "fake_host.h"
#include "place.h"

static void assert_path(const char *template, const char *schema, const char *source,
                        const char *expected)
{
	struct weir_buf path = { 0 };
	struct weir_error err;
	struct place *place = place_create(template, &err);

	assert_non_null(place);
	place_path(place, schema, source, &path);
	assert_string_equal(weir_buf_text(&path), expected);
	assert_true(place_matches(place, expected));
	weir_buf_finish(&path);
	place_destroy(place);
}

static void placeholders_become_values(void **state)
{
	(void)state;
	assert_path("/out/{schema}.ndjson", "auth", "acme", "/out/auth.ndjson");
	assert_path("/out/{source}/{schema}.ndjson", "auth", "acme", "/out/acme/auth.ndjson");
	assert_path("/out/all.ndjson", "auth", "acme", "/out/all.ndjson");
	assert_path("out/{source}{schema}", "a", "b", "out/ba");
	assert_path("/out/{schema}", NULL, NULL, "/out/none");
}

static void values_never_leave_their_folder(void **state)
{
	(void)state;
	assert_path("/out/{source}.ndjson", "x", "..", "/out/%2E..ndjson");
	assert_path("/out/{source}.ndjson", "x", "../../etc/passwd",
	            "/out/%2E.%2F..%2Fetc%2Fpasswd.ndjson");
	assert_path("/out/{source}/x", "x", "a b%2F\n\xc3\xa4", "/out/a%20b%252F%0A%C3%A4/x");
	assert_path("/out/{source}", "x", ".hidden", "/out/%2Ehidden");
}

static void long_values_are_cut_and_stay_unique(void **state)
{
	struct weir_buf one = { 0 }, two = { 0 };
	struct weir_error err;
	struct place *place = place_create("/out/{source}.ndjson", &err);
	char long_a[400], long_b[400];

	(void)state;
	memset(long_a, 'x', sizeof long_a - 1);
	long_a[399] = '\0';
	memcpy(long_b, long_a, sizeof long_b);
	long_b[398] = 'y';
	place_path(place, NULL, long_a, &one);
	place_path(place, NULL, long_b, &two);
	assert_in_range(one.len, 100, 200);
	assert_string_not_equal(weir_buf_text(&one), weir_buf_text(&two));
	weir_buf_finish(&one);
	weir_buf_finish(&two);
	place_destroy(place);
}

static void a_bad_path_is_refused_with_what_to_write(void **state)
{
	static const struct {
		const char *path, *says;
	} cases[] = {
		{ "/out/{shema}.ndjson", "did you mean {schema}?" },
		{ "/out/{uuid}.ndjson", "write {schema} or {source}" },
		{ "/out/{schema.ndjson", "has no '}'" },
		{ "/{schema}.ndjson", "fixed folder" },
		{ "{schema}/x.ndjson", "fixed folder" },
		{ "/out/", "names a folder" },
		{ "", "names a folder" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_error err;

		assert_null(place_create(cases[i].path, &err));
		assert_int_equal(err.code, WEIR_E_CONFIG);
		assert_non_null(strstr(err.text, cases[i].says));
		assert_string_equal(err.where.path, "path");
	}
}

static void a_path_of_another_template_does_not_match(void **state)
{
	struct weir_error err;
	struct place *place = place_create("/out/{source}/{schema}.ndjson", &err);

	(void)state;
	assert_true(place_matches(place, "/out/a.b/c.ndjson"));
	assert_false(place_matches(place, "/out/a/b/c.ndjson"));
	assert_false(place_matches(place, "/out//c.ndjson"));
	assert_false(place_matches(place, "/out/a/c.ndjson.gz"));
	assert_false(place_matches(place, "/other/a/c.ndjson"));
	place_destroy(place);
}

static void a_side_file_begins_like_no_output(void **state)
{
	static const struct {
		const char *path, *folder;
	} cases[] = {
		{ "/tmp/a/out/{schema}.ndjson", "/tmp/a" },
		{ "/tmp/a/out/all.ndjson", "/tmp/a/out" },
		{ "/tmp/a/out/x-{schema}", "/tmp/a/out" },
		{ "/out/{schema}", "/out" },
		{ "a/b/{source}/{schema}", "a" },
		{ "out/{schema}", "." },
		{ "all.ndjson", "." },
		{ "/proc/self/{schema}", "/proc/self" }, /* nobody may write to /proc */
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_error err;
		struct place *place = place_create(cases[i].path, &err);
		char *folder;

		assert_non_null(place);
		folder = place_side_folder(place);
		if (i + 1 < WEIR_COUNT(cases) || access("/proc", W_OK) != 0)
			assert_string_equal(folder, cases[i].folder);
		weir_free(folder);
		place_destroy(place);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_become_values),
		cmocka_unit_test(values_never_leave_their_folder),
		cmocka_unit_test(long_values_are_cut_and_stay_unique),
		cmocka_unit_test(a_bad_path_is_refused_with_what_to_write),
		cmocka_unit_test(a_path_of_another_template_does_not_match),
		cmocka_unit_test(a_side_file_begins_like_no_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
