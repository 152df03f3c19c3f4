/* test_timestamp.c - times in all their spellings.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "timestamp.h"

static void spellings_mean_what_they_should(void **state)
{
	static const struct {
		const char *text;
		int64_t micros;
		const char *written, *precision;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z", "SECOND" },
		{ "1970-01-01t00:00:00z", 0, "1970-01-01T00:00:00Z", "SECOND" },
		{ "1970-01-01 00:00:00.5Z", 500000, "1970-01-01T00:00:00.5Z", "MILLISECOND" },
		{ "1970-01-01T01:00:00+01:00", 0, "1970-01-01T00:00:00Z", "SECOND" },
		{ "1969-12-31T23:30:00-00:30", 0, "1970-01-01T00:00:00Z", "SECOND" },
		{ "1969-12-31T23:59:59.999999999Z", -1, "1969-12-31T23:59:59.999999999Z", "NANOSECOND" },
		{ "2016-12-31T23:59:60Z", 1483228800000000, "2017-01-01T00:00:00Z", "SECOND" },
		{ "2000-02-29T12:00:00.1234Z", 951825600123400, "2000-02-29T12:00:00.1234Z", "MICROSECOND" },
		{ "0001-01-01T00:00:00Z", -62135596800000000, "0001-01-01T00:00:00Z", "SECOND" },
		{ "9999-12-31T23:59:59Z", 253402300799000000, "9999-12-31T23:59:59Z", "SECOND" },
		{ "2026-02-10T16:19:37.769000Z", 1770740377769000, "2026-02-10T16:19:37.769000Z", "MICROSECOND" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct rule_time time;
		struct weir_buf text = { 0 };

		assert_true(rule_time_read(weir_bytes(cases[i].text), &time));
		assert_int_equal(rule_time_micros(&time), cases[i].micros);
		assert_string_equal(rule_time_precision(&time), cases[i].precision);
		rule_time_write(&time, &text);
		assert_string_equal(weir_buf_text(&text), cases[i].written);
		assert_int_equal(time.plain, strcmp(cases[i].text, cases[i].written) == 0);
		weir_buf_finish(&text);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.5", "2026-01-01T00:00:00+1:00",
		"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+0000",
		"2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00 Z", "2026/01/01T00:00:00Z", "26-01-01T00:00:00Z",
		"2026-1-1T00:00:00Z", " 2026-01-01T00:00:00Z", "+026-01-01T00:00:00Z", "2026-01-01T00:00:0-1Z",
		"1770740377", "now",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(texts); i++) {
		struct rule_time time;

		if (rule_time_read(weir_bytes(texts[i]), &time))
			fail_msg("%s", texts[i]);
	}
}

static void every_day_has_its_number(void **state)
{
	struct tm tm;
	struct rule_time read;
	char text[32];

	(void)state;
	for (int64_t day = -719000; day < 2900000; day += 97) {
		time_t seconds = (time_t)day * 86400 + 3723;

		assert_non_null(gmtime_r(&seconds, &tm));
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
		if (strlen(text) != 20)
			continue; /* years before 1000 are written shorter */
		assert_true(rule_time_read(weir_bytes(text), &read));
		assert_int_equal(read.seconds, seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_mean_what_they_should),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(every_day_has_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
