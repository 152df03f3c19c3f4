/* test_json_isa.c - core/json_isa.c: choosing, and the variants of quoting.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <json_isa.h>

static void an_unknown_instruction_set_is_not_chosen(void **state)
{
	const char *before = json_isa();

	(void)state;
	assert_false(json_isa_use("avx1024"));
	assert_string_equal(json_isa(), before);
	assert_true(json_isa_use("plain"));
	assert_string_equal(json_isa(), "plain");
	assert_true(json_isa_use(before));
	assert_string_equal(json_isa(), before);
}

static void all_variants_quote_alike_and_read_nothing_behind(void **state)
{
	static const char *const isas[] = { "plain", "sse4.2", "avx2", "avx512" };
	uint32_t seed = 7;

	(void)state;
	for (size_t len = 0; len < 300; len++) {
		/* Of exactly this size, so that a checker sees what is read behind it. */
		char *text = weir_alloc(len);
		struct weir_buf plain = { 0 }, other = { 0 };

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525u + 1013904223u;
			text[i] = "abcdefgh\"\\\n\x01\xc3\xa9 xyz"[seed >> 8 & (len % 2 ? 15 : 7)];
		}
		json_isa_use("plain");
		weir_json_quote((struct weir_bytes){ text, len }, &plain);
		for (size_t k = 1; k < WEIR_COUNT(isas); k++) {
			if (!json_isa_use(isas[k]))
				continue;
			other.len = 0;
			weir_json_quote((struct weir_bytes){ text, len }, &other);
			assert_int_equal(other.len, plain.len);
			assert_memory_equal(other.data, plain.data, plain.len);
		}
		weir_buf_finish(&plain);
		weir_buf_finish(&other);
		weir_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_instruction_set_is_not_chosen),
		cmocka_unit_test(all_variants_quote_alike_and_read_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
