/* test_time.c - core/time.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include <weir/util.h>

static void times_are_read_with_fraction_and_zone(void **state)
{
	static const struct { const char *text; int64_t micros; } cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00.000001z", 1 },
		{ "2026-02-10T16:19:37.769Z", 1770740377769000 },
		{ "2026-02-10 16:19:37.769Z", 1770740377769000 },
		{ "2026-02-10T16:19:37.769999999Z", 1770740377769999 },
		{ "2026-02-10T18:19:37+02:00", 1770740377000000 },
		{ "2026-02-10T11:49:37-04:30", 1770740377000000 },
		{ "2024-02-29T00:00:00Z", 1709164800000000 },
		{ "2000-02-29T00:00:00Z", 951782400000000 },
		{ "1969-12-31T23:59:59Z", -1000000 },
		{ "2016-12-31T23:59:60Z", 1483228800000000 },
		{ "9999-12-31T23:59:59.999Z", 253402300799999000 },
		{ "0000-01-01T00:00:00Z", -62167219200000000 },
		{ "0000-02-29T00:00:00Z", -62162121600000000 },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		int64_t micros = 42;

		if (!weir_time_parse(weir_bytes(cases[i].text), &micros))
			fail_msg("'%s' was refused", cases[i].text);
		assert_int_equal(micros, cases[i].micros);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "2026", "2026-02-10", "2026-02-10T16:19:37", "2026-02-10T16:19Z",
		"2017-09-31T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
		"2026-01-01T00:00:00+0200", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Zx",
		" 2026-01-01T00:00:00Z", "2026-1-01T00:00:00Z", "yesterday",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++) {
		int64_t micros;

		if (weir_time_parse(weir_bytes(wrong[i]), &micros))
			fail_msg("'%s' was read", wrong[i]);
	}
}

static void milliseconds_are_written_in_utc(void **state)
{
	char text[25];

	(void)state;
	weir_time_format(1770740377769999, text);
	assert_string_equal(text, "2026-02-10T16:19:37.769Z");
	weir_time_format(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	weir_time_format(-1000, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	weir_time_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	weir_time_format(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00.000Z");
}

static void every_day_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (int64_t day = -200000; day < 300000; day += 13) {
		time_t seconds = (time_t)(day * 86400 + 3723);
		char text[25], expected[25];
		struct tm tm;
		int64_t micros;

		assert_non_null(gmtime_r(&seconds, &tm));
		strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.000Z", &tm);
		weir_time_format((int64_t)seconds * 1000000, text);
		assert_string_equal(text, expected);
		assert_true(weir_time_parse(weir_bytes(text), &micros));
		assert_int_equal(micros, (int64_t)seconds * 1000000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_with_fraction_and_zone),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(milliseconds_are_written_in_utc),
		cmocka_unit_test(every_day_agrees_with_the_c_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
