/* test_json_salvage.c - core/json_salvage.c through json.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

static void salvage_takes_the_sound_events_of_a_page(void **state)
{
	struct page p = { .doc = json_doc_create() };

	(void)state;
	page_text(&p, "[{\"a\":1}, {\"b\":tru}, \"\xff\", {\"c\":[3]} , {\"d\" 1}]");
	assert_true(json_parse_salvage(p.doc, p.text, &wide, &p.err));
	p.events = json_events(p.doc, &p.count);
	assert_int_equal(p.count, 5);
	assert_null(p.events[0].error);
	assert_bytes(p.events[1].source, "{\"b\":tru}");
	assert_non_null(p.events[1].error);
	assert_non_null(p.events[2].error);
	assert_null(p.events[3].error);
	assert_bytes(weir_value_raw(weir_value_get(p.events[3].value, "c")), "[3]");
	assert_bytes(p.events[3].source, "{\"c\":[3]}");
	assert_non_null(p.events[4].error);
	page_finish(&p);
}

static void salvage_wants_sound_brackets(void **state)
{
	static const char *const texts[] = { "[{]}", "[{\"a\":1}", "{}", "[\"a]", "[1]]", "[1]x", "" };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(texts); i++) {
		struct page p = { .doc = json_doc_create() };

		page_text(&p, texts[i]);
		assert_false(json_parse_salvage(p.doc, p.text, &wide, &p.err));
		assert_int_equal(p.err.code, WEIR_E_DATA);
		page_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(salvage_takes_the_sound_events_of_a_page),
		cmocka_unit_test(salvage_wants_sound_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
