/* test_unit.c - core/unit.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit.h"

static struct weir_error err;

struct number {
	const char *text;
	int64_t number;
};

struct refusal {
	const char *text, *why;
};

static void durations_are_read_in_milliseconds(void **state)
{
	static const struct number rows[] = {
		{ "0", 0 }, { "150ms", 150 }, { "30s", 30000 }, { "5m", 300000 }, { "2h", 7200000 },
		{ "7d", 604800000 }, { "1h30m", 5400000 }, { "1.5s", 1500 }, { "0s", 0 },
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(rows); i++) {
		assert_true(unit_duration(rows[i].text, &ms, &err));
		assert_int_equal(ms, rows[i].number);
	}
}

static void a_wrong_duration_says_what_to_write(void **state)
{
	static const struct refusal rows[] = {
		{ "30", "'30' has no unit; write 30s, 30m or 30ms" },
		{ "5 minutes", "'5 minutes' is not a duration; write 5m" },
		{ "30sec", "'30sec' is not a duration; write 30s" },
		{ "5M", "'5M' is not a duration; write 5m" },
		{ "1h30min", "'1h30min' is not a duration; write 1h30m" },
		{ "", "'' is not a duration; write 30s, 5m, 2h or 7d" },
		{ "soon", "'soon' is not a duration; write 30s, 5m, 2h or 7d" },
		{ "-5s", "'-5s' is not a duration; write 30s, 5m, 2h or 7d" },
		{ "0.0001s", "'0.0001s' is not a duration; write 30s, 5m, 2h or 7d" },
		{ "99999999999999d",
		  "'99999999999999d' is not a duration; write 30s, 5m, 2h or 7d" },
		{ "5m ", "'5m ' is not a duration; write 30s, 5m, 2h or 7d" },
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(rows); i++) {
		assert_false(unit_duration(rows[i].text, &ms, &err));
		assert_string_equal(err.text, rows[i].why);
		assert_int_equal(err.code, WEIR_E_CONFIG);
	}
}

static void sizes_are_read_in_bytes(void **state)
{
	static const struct number rows[] = {
		{ "0", 0 }, { "512B", 512 }, { "64KiB", 65536 }, { "1.5MiB", 1572864 },
		{ "2GiB", 2147483648 }, { "1TiB", 1099511627776 }, { "5MB", 5000000 },
		{ "5kB", 5000 }, { "5KB", 5000 },
	};
	int64_t bytes;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(rows); i++) {
		assert_true(unit_size(rows[i].text, &bytes, &err));
		assert_int_equal(bytes, rows[i].number);
	}
}

static void a_wrong_size_says_what_to_write(void **state)
{
	static const struct refusal rows[] = {
		{ "64", "'64' has no unit; write 64B, 64KiB or 64MiB" },
		{ "64K", "'64K' is not a size; write 64KiB" },
		{ "64 MiB", "'64 MiB' is not a size; write 64MiB" },
		{ "64mib", "'64mib' is not a size; write 64MiB" },
		{ "1KiB2KiB", "'1KiB2KiB' is not a size; write 512B, 64KiB, 8MiB or 2GiB" },
		{ "much", "'much' is not a size; write 512B, 64KiB, 8MiB or 2GiB" },
	};
	int64_t bytes;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(rows); i++) {
		assert_false(unit_size(rows[i].text, &bytes, &err));
		assert_string_equal(err.text, rows[i].why);
	}
}

static void shares_are_between_0_and_1(void **state)
{
	double share;

	(void)state;
	assert_true(unit_percent("40%", &share, &err));
	assert_true(share > 0.3999 && share < 0.4001);
	assert_true(unit_percent("0.5%", &share, &err));
	assert_true(unit_percent("100%", &share, &err));
	assert_false(unit_percent("101%", &share, &err));
	assert_false(unit_percent("40", &share, &err));
	assert_string_equal(err.text, "'40' has no unit; write 40%");
	assert_false(unit_percent("0.05", &share, &err));
	assert_string_equal(err.text, "'0.05' is not a share; write 5%");
}

static void times_are_now_earliest_ago_or_an_instant(void **state)
{
	struct weir_time time;

	(void)state;
	assert_true(unit_time("now", &time, &err));
	assert_int_equal(time.when, WEIR_WHEN_NOW);
	assert_true(unit_time("earliest", &time, &err));
	assert_int_equal(time.when, WEIR_WHEN_EARLIEST);
	assert_true(unit_time("-24h", &time, &err));
	assert_int_equal(time.when, WEIR_WHEN_AGO);
	assert_int_equal(time.micros, 86400000000);
	assert_true(unit_time("1970-01-02T00:00:00.5Z", &time, &err));
	assert_int_equal(time.when, WEIR_WHEN_AT);
	assert_int_equal(time.micros, 86400500000);
}

static void a_wrong_time_says_what_to_write(void **state)
{
	static const struct refusal rows[] = {
		{ "24h", "'24h' has no direction; write -24h for so long ago" },
		{ "2026-01-31", "'2026-01-31' has no time of day; write 2026-01-31T00:00:00Z" },
		{ "2026-01-31 10:00", "'2026-01-31 10:00' is not a time with its zone; write "
		                      "2026-01-31T00:00:00Z" },
		{ "yesterday", "'yesterday' is not a time; write now, earliest, -24h or "
		               "2026-01-31T00:00:00Z" },
		{ "-1", "'-1' is not a time; write so long ago: -30m, -24h or -7d" },
	};
	struct weir_time time;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(rows); i++) {
		assert_false(unit_time(rows[i].text, &time, &err));
		assert_string_equal(err.text, rows[i].why);
	}
}

static void whole_numbers_fit_into_64_bits(void **state)
{
	int64_t number;

	(void)state;
	assert_true(unit_int("-9223372036854775808", &number, &err));
	assert_true(number == INT64_MIN);
	assert_true(unit_int("+7", &number, &err));
	assert_false(unit_int("9223372036854775808", &number, &err));
	assert_false(unit_int("1e3", &number, &err));
	assert_false(unit_int("", &number, &err));
	assert_false(unit_int("12 ", &number, &err));
}

static void numbers_are_finite(void **state)
{
	double number;

	(void)state;
	assert_true(unit_float("-0.5e3", &number, &err));
	assert_true(number == -500);
	assert_false(unit_float("1e999", &number, &err));
	assert_false(unit_float("nan", &number, &err));
	assert_false(unit_float("1.2.3", &number, &err));
	assert_false(unit_float("", &number, &err));
}

static void only_true_and_false_are_booleans(void **state)
{
	bool yes;

	(void)state;
	assert_true(unit_bool("true", &yes, &err) && yes);
	assert_true(unit_bool("False", &yes, &err) && !yes);
	assert_false(unit_bool("yes", &yes, &err));
	assert_string_equal(err.text, "'yes' is not true or false; write true");
	assert_false(unit_bool("off", &yes, &err));
	assert_string_equal(err.text, "'off' is not true or false; write false");
}

static void numbers_go_back_to_the_shortest_text(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	unit_put_duration(604800000, &text);
	weir_buf_putc(&text, ' ');
	unit_put_duration(90000, &text);
	weir_buf_putc(&text, ' ');
	unit_put_duration(0, &text);
	weir_buf_putc(&text, ' ');
	unit_put_size(16 << 20, &text);
	weir_buf_putc(&text, ' ');
	unit_put_size(1000, &text);
	weir_buf_putc(&text, ' ');
	unit_put_size(1025, &text);
	assert_string_equal(weir_buf_text(&text), "7d 90s 0 16MiB 1kB 1025B");
	weir_buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read_in_milliseconds),
		cmocka_unit_test(a_wrong_duration_says_what_to_write),
		cmocka_unit_test(sizes_are_read_in_bytes),
		cmocka_unit_test(a_wrong_size_says_what_to_write),
		cmocka_unit_test(shares_are_between_0_and_1),
		cmocka_unit_test(times_are_now_earliest_ago_or_an_instant),
		cmocka_unit_test(a_wrong_time_says_what_to_write),
		cmocka_unit_test(whole_numbers_fit_into_64_bits),
		cmocka_unit_test(numbers_are_finite),
		cmocka_unit_test(only_true_and_false_are_booleans),
		cmocka_unit_test(numbers_go_back_to_the_shortest_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
