/* test_rules.c - which rule takes an event, and what becomes of its record.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routing.h"

/* ---- routing ---------------------------------------------------------------------------------- */

static void a_name_beats_prefixes_and_the_longer_prefix_wins(void **state)
{
	struct harness *h = with_schemas(state);

	rule(h, "a_any", "{ eventType = '*' }");
	rule(h, "b_short", "{ eventType = 'user.*' }");
	rule(h, "c_long", "{ eventType = 'user.session.*' }");
	rule(h, "d_name", "{ eventType = { 'user.session.start', 'x' } }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"user.session.start\"}"), "b {\"by\":\"d_name\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "b {\"by\":\"d_name\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"user.session.end\"}"), "b {\"by\":\"c_long\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"user.session\"}"), "b {\"by\":\"b_short\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"user.session.\"}"), "b {\"by\":\"b_short\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"user\"}"), "b {\"by\":\"a_any\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"user.\"}"), "b {\"by\":\"a_any\"}");
	assert_string_equal(harness_run(h, "{}"), "b {\"by\":\"a_any\"}");
	assert_string_equal(harness_run(h, "[3]"), "b {\"by\":\"a_any\"}");
}

static void among_equals_the_file_name_decides(void **state)
{
	struct harness *h = with_schemas(state);

	rule(h, "zz", "{ eventType = 'x' }");
	rule(h, "aa", "{ eventType = 'x', k = present }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"k\":1}"), "b {\"by\":\"aa\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "b {\"by\":\"zz\"}");
}

static void nobody_takes_what_nobody_names(void **state)
{
	struct harness *h = with_schemas(state);

	rule(h, "one", "{ eventType = 'x', k = 'v' }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "dropped: no rule");
	assert_string_equal(harness_run(h, "{\"eventType\":\"y\"}"), "dropped: unlisted");
	assert_string_equal(harness_run(h, "{}"), "dropped: unlisted");
}

static void conditions_hold_or_not(void **state)
{
	static const struct {
		const char *condition, *event;
		bool holds;
	} cases[] = {
		{ "k = 'v'", "{\"k\":\"v\"}", true },
		{ "k = 'v'", "{\"k\":\"w\"}", false },
		{ "k = 'v'", "{}", false },
		{ "k = 5", "{\"k\":\"5\"}", true },
		{ "k = true", "{\"k\":true}", true },
		{ "k = { 'a', 2, false }", "{\"k\":2}", true },
		{ "k = { 'a', 2, false }", "{\"k\":false}", true },
		{ "k = { 'a', 2, false }", "{\"k\":\"b\"}", false },
		{ "k = present", "{\"k\":false}", true },
		{ "k = present", "{\"k\":null}", false },
		{ "k = absent", "{\"k\":null}", true },
		{ "k = absent", "{\"k\":0}", false },
		{ "k = none_of('a', 'b')", "{\"k\":\"c\"}", true },
		{ "k = none_of('a', 'b')", "{}", true },
		{ "k = none_of('a', 'b')", "{\"k\":\"b\"}", false },
		{ "k = none_of { 'a', 'b' }", "{\"k\":[]}", true },
		{ "[lower 'k'] = 'v'", "{\"k\":\"V\"}", true },
		{ "[ip 'k'] = present", "{\"k\":\"x\"}", false },
		{ "[ip 'k'] = absent", "{\"k\":\"x\"}", true },
		{ "[function(e) return e.k == 3 end] = true", "{\"k\":3}", true },
		{ "['t[0].q'] = 'v', z = absent", "{\"t\":[{\"q\":\"v\"}]}", true },
		{ "['t[0].q'] = 'v', z = absent", "{\"t\":[{\"q\":\"v\"}],\"z\":1}", false },
	};
	struct harness *h = with_schemas(state);

	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		char *when = weir_format("{ eventType = '*', %s }", cases[i].condition);

		rule(h, "one", when);
		weir_free(when);
		harness_load(h);
		if ((*harness_run(h, cases[i].event) == 'b') != cases[i].holds)
			fail_msg("%s on %s", cases[i].condition, cases[i].event);
	}
}

static void one_of_several_cases_is_enough(void **state)
{
	struct harness *h = with_schemas(state);

	rule(h, "one", "{ { eventType = 'x', k = 1 }, { eventType = 'x', k = 2 }, { eventType = '*', k = 3 } }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"k\":2}"), "b {\"by\":\"one\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"k\":3}"), "b {\"by\":\"one\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"y\",\"k\":2}"), "dropped: no rule");
}

static void a_rule_without_its_required_field_passes_the_event_on(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/a.lua", "return map { schema = 'a', when = { eventType = 'x' }, "
	                                "fields = { id = 'id', n = 'n' } }");
	rule(h, "b", "{ eventType = 'x' }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"id\":\"1\"}"), "a {\"id\":\"1\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "b {\"by\":\"b\"}");
	/* An error elsewhere does not matter when the rule does not take it, else it does. */
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"n\":\"q\"}"), "b {\"by\":\"b\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"id\":\"1\",\"n\":\"q\"}"),
	                    "rejected: a.lua:1:82: n: not an integer: \"q\"");
}

static void a_rule_may_go_on(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/a.lua",
	              "return map { schema = 'a', when = { eventType = '*' }, goes_on = { eventType = 'x', "
	              "k = 'both' }, fields = { id = 'id' } }");
	rule(h, "b", "{ { eventType = 'x' }, { eventType = '*' } }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"z\",\"id\":\"1\",\"k\":\"both\"}"), "a {\"id\":\"1\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"id\":\"1\",\"k\":\"both\"}"), "b {\"by\":\"b\"}");
	rule(h, "b", "{ eventType = '*' }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"id\":\"1\",\"k\":\"both\"}"),
	                    "a {\"id\":\"1\"}\nb {\"by\":\"b\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"id\":\"1\"}"), "a {\"id\":\"1\"}");
}

static void settings_decide_conditions_at_load(void **state)
{
	struct harness *h = with_schemas(state);

	rule(h, "one", "{ { eventType = 'x', [setting('mode', 'p')] = 'p' }, "
	               "{ eventType = 'y', [setting 'mode'] = absent } }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "b {\"by\":\"one\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"y\"}"), "b {\"by\":\"one\"}");
	harness_settings(h, "{\"mode\":\"q\"}");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "dropped: unlisted");
	assert_string_equal(harness_run(h, "{\"eventType\":\"y\"}"), "dropped: unlisted");
}

static void a_later_folder_overrides_an_earlier_one(void **state)
{
	static const char *const both[] = { "rules", "mine", NULL };
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/_m.lua", "return { who = const 'pack' }");
	harness_write(h, "rules/z.lua", "return map { schema = 'b', when = { eventType = { 'x', 'y' } }, "
	                                "fields = { by = require('_m').who } }");
	harness_write(h, "mine/a.lua", "return map { schema = 'b', when = { eventType = 'x' }, "
	                               "fields = { by = first('q', require('_m').who) } }");
	assert_true(harness_load_all(h, both));
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"q\":\"mine\"}"), "b {\"by\":\"mine\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"y\",\"q\":\"mine\"}"), "b {\"by\":\"pack\"}");
	harness_write(h, "mine/_m.lua", "return { who = const 'own' }");
	assert_true(harness_load_all(h, both));
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "b {\"by\":\"own\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"y\"}"), "b {\"by\":\"pack\"}");
}

static void one_file_is_a_set_of_rules_too(void **state)
{
	static const char *const one[] = { "rules/b.lua", NULL };
	struct harness *h = with_schemas(state);

	rule(h, "a", "{ eventType = 'x' }");
	rule(h, "b", "{ eventType = 'x', k = absent }");
	assert_true(harness_load_all(h, one));
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "b {\"by\":\"b\"}");
}

static void many_rules_are_found_in_one_look(void **state)
{
	struct harness *h = with_schemas(state);

	for (int i = 0; i < 300; i++) {
		char name[16], when[64];

		snprintf(name, sizeof name, "r%03d", i);
		snprintf(when, sizeof when, "{ eventType = { 'type.%d', 'more.%d.*' } }", i, i);
		rule(h, name, when);
	}
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"type.299\"}"), "b {\"by\":\"r299\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"more.17.a.b\"}"), "b {\"by\":\"r017\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"type.300\"}"), "dropped: unlisted");
}

/* ---- records ------------------------------------------------------------------------------------- */

static void a_rule_may_only_drop(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/noise.lua",
	              "return map { drop = 'noise', when = { eventType = 'x', k = 'debug' } }");
	rule(h, "z", "{ eventType = 'x' }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"k\":\"debug\"}"), "dropped: noise");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\"}"), "b {\"by\":\"z\"}");
}

static void a_function_may_make_the_whole_record(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/f.lua",
	              "return map { schema = 'a', when = { eventType = '*' },\n"
	              "fields = function(e)\n"
	              "  if e.what == 'drop' then return drop 'not wanted' end\n"
	              "  if e.what == 'reject' then return reject 'looks odd' end\n"
	              "  if e.what == 'two' then return { { id = '1' }, { n = 2, id = '2' } } end\n"
	              "  if e.what == 'nothing' then return nil end\n"
	              "  if e.what == 'none' then return {} end\n"
	              "  return { n = e.n, id = e.id, by = e.by }\n"
	              "end }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"id\":\"i\",\"n\":7}"), "a {\"id\":\"i\",\"n\":7}");
	assert_string_equal(harness_run(h, "{\"what\":\"two\"}"), "a {\"id\":\"1\"}\na {\"id\":\"2\",\"n\":2}");
	assert_string_equal(harness_run(h, "{\"what\":\"drop\"}"), "dropped: not wanted");
	assert_string_equal(harness_run(h, "{\"what\":\"reject\"}"), "rejected: f.lua:2:10: looks odd");
	assert_string_equal(harness_run(h, "{\"what\":\"nothing\"}"), "dropped: no rule");
	assert_string_equal(harness_run(h, "{\"what\":\"none\"}"), "dropped: no rule");
	/* Without what is required it does not take the event. */
	assert_string_equal(harness_run(h, "{\"n\":7}"), "dropped: no rule");
	assert_string_equal(harness_run(h, "{\"id\":\"i\",\"n\":\"x\"}"),
	                    "rejected: f.lua:2:10: n: not an integer: \"x\"");
}

static void an_open_schema_takes_what_it_does_not_describe(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/i.lua", "return map { schema = 'open', when = { eventType = '*' }, fields = '.' }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"b\":[1.0,null],\"a\":{}}"), "open {\"b\":[1.0,null],\"a\":{}}");
	assert_string_equal(harness_run(h, "[]"), "open []");
	harness_write(h, "rules/schemas/some.yaml",
	              "doc: x\nopen: true\nfields:\n  id: {type: int, doc: x}\nbase:\n  id: \"{setting id}\"\n");
	harness_write(h, "rules/i.lua", "return map { schema = 'some', when = { eventType = '*' },\n"
	                                "fields = function(e) return e end }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"b\":1,\"id\":2,\"a\":{\"id\":3}}"),
	                    "some {\"id\":2,\"b\":1,\"a\":{\"id\":3}}");
	assert_string_equal(harness_run(h, "{\"b\":1}"), "some {\"b\":1}");
	assert_string_equal(harness_run(h, "{\"id\":\"x\"}"), "rejected: i.lua:2:10: id: not an integer: \"x\"");
	harness_write(h, "rules/i.lua", "return map { schema = 'some', when = { eventType = '*' },\n"
	                                "fields = { id = 'n', zz = 'b', aa = { q = 'b' } } }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"b\":1,\"n\":2}"), "some {\"id\":2,\"aa\":{\"q\":1},\"zz\":1}");
}

static void base_values_fill_what_rows_left(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/schemas/_part.yaml",
	              "doc: x\nfields:\n  host: {type: text, doc: x}\n  own: {type: text, doc: not this}\n"
	              "base:\n  host: \"{org_host}\"\n  own: never\n");
	harness_write(h, "rules/schemas/base.yaml",
	              "doc: x\ninclude: _part.yaml\nfields:\n"
	              "  id:   {type: text, doc: x}\n"
	              "  at:   {type: time, unit: us, doc: x}\n"
	              "  own:  {type: text, doc: x}\n"
	              "  made: {type: time, unit: ms, doc: x}\n"
	              "  by:   {type: text, doc: x}\n"
	              "  key:  {type: text, doc: x}\n"
	              "  raw:  {type: text, doc: x}\n"
	              "  num:  {type: int, doc: x}\n"
	              "base:\n"
	              "  own: \"{{{source}/{schema}\"\n"
	              "  made: \"{ingest_time}\"\n"
	              "  by: \"{normalizer}\"\n"
	              "  key: \"{setting t}:{ms at}:{hash id}\"\n"
	              "  raw: \"{raw}\"\n"
	              "  num: \"{ms at}\"\n");
	harness_write(h, "rules/r.lua", "return map { schema = 'base', when = { eventType = '*' },\n"
	                                "fields = { id = 'i', at = time 't', host = 'h' } }");
	harness_settings(h, "{\"t\":11}");
	harness_load(h);
	assert_string_equal(
		harness_run(h, "{\"i\":\"x\",\"t\":\"1970-01-01T00:00:01.9999Z\"}"),
		"base {\"id\":\"x\",\"at\":1999900,\"own\":\"{acme/base\",\"made\":0,\"by\":\"weir/test\","
		"\"key\":\"11:1999:c0d47fb0dd9e902d8603a4102103633d\","
		"\"raw\":\"{\\\"i\\\":\\\"x\\\",\\\"t\\\":\\\"1970-01-01T00:00:01.9999Z\\\"}\",\"num\":1999,"
		"\"host\":\"acme.okta.com\"}");
	assert_string_equal(harness_run(h, "{\"h\":\"mine\"}"),
	                    "base {\"own\":\"{acme/base\",\"made\":0,\"by\":\"weir/test\","
	                    "\"raw\":\"{\\\"h\\\":\\\"mine\\\"}\",\"host\":\"mine\"}");
	h->ingested = 5999;
	assert_non_null(strstr(harness_run(h, "{}"), "\"made\":5,\"by\":\"weir/0.1.0 "));
}

/* ---- a second stage --------------------------------------------------------------------------------- */

static void map_sees_the_earlier_record(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/two.lua",
	              "return map { schema = 'b', when = { eventType = 'x' },\n"
	              "fields = { by = function(e, r) return e.n .. r.deep.s .. tostring(r.none) end } }");
	harness_load(h);
	assert_string_equal(harness_run_on(h, "{\"eventType\":\"x\",\"n\":1}", "a", "{\"deep\":{\"s\":\"y\"}}"),
	                    "b {\"by\":\"1ynil\"}");
	/* What no rule takes stays as it was. */
	assert_string_equal(harness_run_on(h, "{\"eventType\":\"y\"}", "a", "{\"deep\":1}"), "kept");
}

static void change_sets_rows_and_keeps_the_rest(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/c.lua",
	              "return change { when = { eventType = '*' }, fields = {\n"
	              "  n = int 'n', added = { deep = lower 'v', same = record 'id' }, gone = remove(),\n"
	              "  kept = { b = remove() } } }");
	harness_load(h);
	assert_string_equal(
		harness_run_on(h, "{\"n\":\"5\",\"v\":\"V\"}", "a",
	                       "{\"id\":\"i\",\"gone\":1,\"kept\":{\"a\":1,\"b\":2},\"n\":4}"),
		"a {\"id\":\"i\",\"kept\":{\"a\":1},\"n\":5,\"added\":{\"deep\":\"v\",\"same\":\"i\"}}");
	/* What is absent leaves the field alone. */
	assert_string_equal(harness_run_on(h, "{}", "a", "{\"n\":4,\"id\":\"i\"}"),
	                    "a {\"n\":4,\"id\":\"i\",\"added\":{\"same\":\"i\"},\"kept\":{}}");
	assert_string_equal(harness_run(h, "{\"n\":5}"), "dropped: no rule");
	assert_string_equal(harness_run_on(h, "{\"v\":\"V\"}", "a", "{\"added\":7}"),
	                    "rejected: c.lua:2:26: added.deep: the record has no object there: {\"added\":7}");
}

static void change_is_checked_against_its_schema(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/c.lua", "return change { schema = 'a', when = { eventType = '*' },\n"
	                                "fields = { m = 'm', n = lower 'n' } }");
	harness_refuses(h, "c.lua:2:12: the schema a has no field 'm'\n"
	                   "c.lua:2:21: n: the field is an integer, but the row gives a text; write int(…)\n");
	harness_write(h, "rules/c.lua", "return change { schema = 'a', when = { eventType = '*' },\n"
	                                "fields = { n = 'm' } }");
	harness_load(h);
	assert_string_equal(harness_run_on(h, "{\"m\":3}", "a", "{}"), "a {\"n\":3}");
	assert_string_equal(harness_run_on(h, "{\"m\":3}", "b", "{}"), "kept");
	assert_string_equal(harness_run_on(h, "{\"m\":\"x\"}", "a", "{}"),
	                    "rejected: c.lua:2:12: n: not an integer: \"x\"");
}

static void change_has_rows(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/c.lua", "return change { when = { eventType = '*' },\n"
	                                "fields = function(e, r) return { n = 1 } end }");
	harness_write(h, "rules/d.lua", "return change { when = { eventType = 'a' },\n"
	                                "fields = path '.' }");
	harness_refuses(h, "c.lua:2:1: change sets rows, each of which may be a function; write "
	                   "fields = { action = function(e, r) … end }\n"
	                   "d.lua:2:1: change sets rows, each of which may be a function; write "
	                   "fields = { action = function(e, r) … end }\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_name_beats_prefixes_and_the_longer_prefix_wins),
		CASE(among_equals_the_file_name_decides),
		CASE(nobody_takes_what_nobody_names),
		CASE(conditions_hold_or_not),
		CASE(one_of_several_cases_is_enough),
		CASE(a_rule_without_its_required_field_passes_the_event_on),
		CASE(a_rule_may_go_on),
		CASE(settings_decide_conditions_at_load),
		CASE(a_later_folder_overrides_an_earlier_one),
		CASE(one_file_is_a_set_of_rules_too),
		CASE(many_rules_are_found_in_one_look),
		CASE(a_rule_may_only_drop),
		CASE(a_function_may_make_the_whole_record),
		CASE(an_open_schema_takes_what_it_does_not_describe),
		CASE(base_values_fill_what_rows_left),
		CASE(map_sees_the_earlier_record),
		CASE(change_sets_rows_and_keeps_the_rest),
		CASE(change_is_checked_against_its_schema),
		CASE(change_has_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
