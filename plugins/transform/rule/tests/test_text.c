/* test_text.c - addresses, numbers, words, text maps, UTF-8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "text.h"

static void addresses_are_written_as_rfc_5952_has_them(void **state)
{
	static const char *const pairs[][2] = {
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:0DB8::0001", "2001:db8::1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "0:0:0:0:0:0:0:0", "::" },
		{ "0:0:0:0:0:0:0:1", "::1" },
		{ "1:0:0:0:0:0:0:0", "1::" },
		{ "::FFFF:192.0.2.1", "::ffff:192.0.2.1" },
		{ "0:0:0:0:0:ffff:c000:0201", "::ffff:192.0.2.1" },
		{ "::ffff:1", "::ffff:1" },
		{ "::1.2.3.4", "::102:304" },
		{ "1:2:0:0:3:0:0:0", "1:2:0:0:3::" },
		{ "fe80::ABCD", "fe80::abcd" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(pairs); i++) {
		char written[RULE_IP_MAX];
		enum rule_ip got = rule_ip(weir_bytes(pairs[i][0]), written);

		assert_int_equal(got, strcmp(pairs[i][0], pairs[i][1]) == 0 ? RULE_IP_AS_IT_IS
		                                                            : RULE_IP_WRITTEN);
		assert_string_equal(written, pairs[i][1]);
	}
}

static void any_address_comes_back_the_same(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		unsigned char bytes[16], again[16];
		char plain[INET6_ADDRSTRLEN], written[RULE_IP_MAX];

		for (int j = 0; j < 16; j++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			bytes[j] = seed >> 61 ? (unsigned char)(seed >> 40) : 0;
			if (seed >> 62)
				bytes[j] = 0;
		}
		snprintf(plain, sizeof plain, "%x:%x:%x:%x:%x:%x:%x:%x", bytes[0] << 8 | bytes[1],
		         bytes[2] << 8 | bytes[3], bytes[4] << 8 | bytes[5], bytes[6] << 8 | bytes[7],
		         bytes[8] << 8 | bytes[9], bytes[10] << 8 | bytes[11],
		         bytes[12] << 8 | bytes[13], bytes[14] << 8 | bytes[15]);
		assert_int_not_equal(rule_ip(weir_bytes(plain), written), RULE_IP_WRONG);
		assert_int_equal(inet_pton(AF_INET6, written, again), 1);
		assert_memory_equal(bytes, again, 16);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.",
		".1.2.3", "1..2.3", "1.2.3.x", "1.2.3.-4", "0x1.2.3.4", "1.2.3.4/8", ":", ":::", "::1::",
		"12345::", "g::", "fe80::1%eth0", "[::1]", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"1000.1.1.1", "1.1.1.1111111111", "::1.2.3.256",
	};
	char written[RULE_IP_MAX];

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(texts); i++)
		assert_int_equal(rule_ip(weir_bytes(texts[i]), written), RULE_IP_WRONG);
	assert_int_equal(rule_ip((struct weir_bytes){ "::1\0::", 6 }, written), RULE_IP_WRONG);
}

static void integers_have_64_bits(void **state)
{
	static const char *const right[] = { "0", "-0", "007", "-9223372036854775808", "18446744073709551615" };
	static const char *const wrong[] = { "", "-", "+1", "1.0", "1e3", " 1", "1 ", "-9223372036854775809",
		                             "18446744073709551616", "99999999999999999999999", "0x1" };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(right); i++)
		assert_true(rule_is_int(weir_bytes(right[i])));
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++)
		assert_false(rule_is_int(weir_bytes(wrong[i])));
}

static void numbers_follow_the_grammar_of_json(void **state)
{
	static const char *const right[] = { "0", "-0", "10", "1.5", "-1.50e+10", "1E5", "0.0", "123456789012345678901" };
	static const char *const wrong[] = { "", "-", "01", "1.", ".5", "1e", "1e+", "+1", "1.5.5", "NaN", "1 " };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(right); i++)
		assert_true(rule_is_number(weir_bytes(right[i])));
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++)
		assert_false(rule_is_number(weir_bytes(wrong[i])));
}

static void texts_are_cut_between_characters(void **state)
{
	(void)state;
	assert_int_equal(rule_cut(weir_bytes("aé€😀"), 2).len, 1);
	assert_int_equal(rule_cut(weir_bytes("aé€😀"), 3).len, 3);
	assert_int_equal(rule_cut(weir_bytes("aé€😀"), 5).len, 3);
	assert_int_equal(rule_cut(weir_bytes("aé€😀"), 9).len, 6);
	assert_int_equal(rule_cut(weir_bytes("aé€😀"), 10).len, 10);
	assert_int_equal(rule_cut(weir_bytes(""), 1).len, 0);
}

static void utf8_is_that_of_rfc_3629(void **state)
{
	static const char *const right[] = { "", "a", "é", "€", "😀", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf" };
	static const char *const wrong[] = {
		"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xe2\x28\xa1", "a\xff",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(right); i++)
		assert_true(rule_is_utf8(weir_bytes(right[i])));
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++)
		assert_false(rule_is_utf8(weir_bytes(wrong[i])));
}

static void text_maps_are_read_pair_by_pair(void **state)
{
	static const struct {
		const char *text, *pairs;
	} cases[] = {
		{ "{a=1}", "a:1;" },
		{ "{a=1, b=2}", "a:1;b:2;" },
		{ "{a=1, x, y, b=}", "a:1, x, y;b:;" },
		{ "{a=b=c}", "a:b=c;" },
		{ "{a=1,b=2}", "a:1,b=2;" },
		{ "{=x}", ":x;" },
		{ "{a=1, }", "a:1, ;" },
		{ "{a={b=1, c}, d=2}", "a:{b=1, c};d:2;" },
		{ "{}", NULL },
		{ "{a}", NULL },
		{ "{a, b=1}", NULL },
		{ "a=1", NULL },
		{ "{", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct rule_textmap map;
		char pairs[64] = "";
		bool is = rule_textmap_begin(&map, weir_bytes(cases[i].text));

		assert_int_equal(is, cases[i].pairs != NULL);
		while (is && rule_textmap_next(&map)) {
			size_t len = strlen(pairs);

			snprintf(pairs + len, sizeof pairs - len, "%.*s:%.*s;", (int)map.name.len,
			         map.name.data, (int)map.value.len, map.value.data);
		}
		if (is)
			assert_string_equal(pairs, cases[i].pairs);
	}
}

static void placeholders_say_that_nothing_is_known(void **state)
{
	static const char *const words[] = { "", "null", "NULL", "N/A", "n/a", "unknown", "Unknown" };
	static const char *const others[] = { " ", "nul", "na", "unknown ", "none", "0" };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(words); i++)
		assert_true(rule_is_placeholder(weir_bytes(words[i])));
	for (size_t i = 0; i < WEIR_COUNT(others); i++)
		assert_false(rule_is_placeholder(weir_bytes(others[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_written_as_rfc_5952_has_them),
		cmocka_unit_test(any_address_comes_back_the_same),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(integers_have_64_bits),
		cmocka_unit_test(numbers_follow_the_grammar_of_json),
		cmocka_unit_test(texts_are_cut_between_characters),
		cmocka_unit_test(utf8_is_that_of_rfc_3629),
		cmocka_unit_test(text_maps_are_read_pair_by_pair),
		cmocka_unit_test(placeholders_say_that_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
