/* test_words.c - the words of rules in jq, and what becomes of records.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

/* A program for the schema `any`, run on one event. */
static void gives(void **state, const char *program, const char *event, const char *out)
{
	struct harness *h = *state;
	const char *got;

	harness_program(h, program);
	got = harness_run(h, event);
	if (strcmp(got, out) != 0)
		fail_msg("%s\n  gives     %s\n  should be %s", program, got, out);
}

/* The same for the one value x. */
static void x(void **state, const char *expression, const char *event, const char *value)
{
	char *program = weir_format("{ x: (%s) }", expression);
	char *out = weir_format("any {\"x\":%s}", value);

	gives(state, program, event, *value ? out : "any {}");
	weir_free(program);
	weir_free(out);
}

static void known_takes_placeholders_for_absent(void **state)
{
	x(state, ".a | known", "{\"a\":\"x\"}", "\"x\"");
	x(state, ".a | known", "{\"a\":\"unknowns\"}", "\"unknowns\"");
	x(state, ".a | known", "{\"a\":7}", "7");
	x(state, ".a | known", "{\"a\":false}", "false");
	x(state, "[.[] | known]", "{\"a\":\"UnKnown\",\"b\":\"n/A\",\"c\":\"NULL\",\"d\":\"\",\"e\":{},\"f\":[]}",
	  "[null,null,null,null,null,null]");
}

static void time_fits_every_unit(void **state)
{
	const char *event = "{\"t\":\"2026-01-31T08:15:00.250Z\"}";

	gives(state, "{ time: (.t | time), us: (.t | time), ms: (.t | time), s: .t, text: (.t | time) }",
	      event, "any {\"text\":\"2026-01-31T08:15:00.250Z\",\"time\":\"2026-01-31T08:15:00.250Z\","
	             "\"us\":1769847300250000,\"ms\":1769847300250,\"s\":1769847300}");
	gives(state, "{ int: (.t | micros), text: (.t | precision) }", event,
	      "any {\"text\":\"MILLISECOND\",\"int\":1769847300250000}");
	gives(state, "{ us: (.t | time) }", "{\"t\":\"yesterday\"}",
	      "rejected: one.jq:3:3: us: not a time: \"yesterday\"");
}

static void conversions_are_those_of_lua(void **state)
{
	x(state, ".a | ip", "{\"a\":\"2001:0DB8::0001\"}", "\"2001:db8::1\"");
	x(state, ".a | ip", "{}", "");
	gives(state, "{ ip: (.a | ip) }", "{\"a\":\"10.0.0\"}",
	      "rejected: one.jq:3:3: ip: not an address: \"10.0.0\"");
	x(state, ".a | maybe(ip)", "{\"a\":\"10.0.0\"}", "");
	x(state, ".a | int", "{\"a\":\"0042\"}", "42");
	x(state, ".a | number", "{\"a\":\"1.5\"}", "1.5");
	x(state, ".a | bool", "{\"a\":\"TRUE\"}", "true");
	x(state, ".a | bool", "{\"a\":false}", "false");
	x(state, ".a | hash(\"md5\")", "{\"a\":\"abc\"}", "\"900150983cd24fb0d6963f7d28e17f72\"");
	gives(state, "{ x: (.a | hash(\"crc\")) }", "{\"a\":\"abc\"}",
	      "rejected: one.jq:3:3: x: no such hash; there are sha256, sha1 and md5");
}

static void text_words_are_those_of_lua(void **state)
{
	x(state, ".a | lower", "{\"a\":\"ÄB\"}", "\"Äb\"");
	x(state, ".a | upper", "{\"a\":\"äb\"}", "\"äB\"");
	x(state, ".a | trim", "{\"a\":\" \\t x y \\n\"}", "\"x y\"");
	x(state, ".a | trim", "{\"a\":\"  \"}", "");
	x(state, ".a | after(\"@\")", "{\"a\":\"ä@b@c\"}", "\"b@c\"");
	x(state, ".a | after(\"@\")", "{\"a\":\"ab\"}", "");
	x(state, ".a | join(\", \")", "{\"a\":[\"x\",1,null,true,{}]}", "\"x, 1, true\"");
	x(state, ".a | join(\", \")", "{\"a\":[]}", "");
	x(state, "format(\"%s: %s\"; [.a, .b])", "{\"a\":\"x\",\"b\":2}", "\"x: 2\"");
	x(state, "format(\"%s: %s\"; [.a, .c])", "{\"a\":\"x\",\"b\":2}", "");
	x(state, "source_json(.a)", "{\"a\": {\"b\": 1.50}}", "\"{\\\"b\\\":1.50}\"");
	x(state, ".a | json", "{\"a\":{\"b\":[1,\"x\"]}}", "\"{\\\"b\\\":[1,\\\"x\\\"]}\"");
}

static void choices_keep_false(void **state)
{
	x(state, "first(.a, .b)", "{\"a\":null,\"b\":false}", "false");
	x(state, "first(.a, .b)", "{}", "");
	x(state, "first(.l[]? | select(. > 1))", "{\"l\":[1,2,3]}", "2");
	x(state, "first(.l[]? | select(. > 1))", "{\"l\":[1]}", "");
	x(state, "first((.a | maybe(ip)), .b)", "{\"a\":\"nowhere\",\"b\":\"b\"}", "\"b\"");
	x(state, "first((.a | maybe(ip)), .b)", "{\"a\":\"10.0.0.1\",\"b\":\"b\"}", "\"10.0.0.1\"");
	x(state, "given(.a; .b)", "{\"a\":false,\"b\":1}", "");
	x(state, "given(.a; .b)", "{\"a\":0,\"b\":1}", "1");
	x(state, "unless(.a | maybe(ip); .a)", "{\"a\":\"nowhere\"}", "\"nowhere\"");
	x(state, "unless(.a | maybe(ip); .a)", "{\"a\":\"10.0.0.1\"}", "");
	x(state, "given(.a | maybe(ip); .a)", "{\"a\":\"10.0.0.1\"}", "\"10.0.0.1\"");
	x(state, "same(.a; .b)", "{\"a\":1,\"b\":\"1\"}", "true");
	x(state, "same(.a; .c)", "{\"a\":1}", "");
}

static void dictionaries_say_what_is_not_listed(void **state)
{
	const char *pick = "{ text: (.a | pick({A: \"x\", \"true\": \"t\"})) }";

	gives(state, pick, "{\"a\":\"A\"}", "any {\"text\":\"x\"}");
	gives(state, pick, "{\"a\":true}", "any {\"text\":\"t\"}");
	gives(state, pick, "{}", "any {}");
	gives(state, pick, "{\"a\":\"B\"}", "rejected: one.jq:3:1: not in the dictionary, and no otherwise is given: \"B\"");
	x(state, ".a | pick({A: \"x\"}; \"other\")", "{}", "\"other\"");
	x(state, ". as $e | .a | pick({A: \"x\"}; $e.b)", "{\"a\":\"B\",\"b\":\"C\"}", "\"C\"");
	harness_write(*state, "rules/names.yaml", "DE: Germany\nFR: France\n");
	x(state, ".a | lookup(\"names.yaml\")", "{\"a\":\"DE\"}", "\"Germany\"");
	x(state, ".a | lookup(\"names.yaml\")", "{\"a\":\"XX\"}", "");
	x(state, ".a | lookup({b: 1})", "{\"a\":\"b\"}", "1");
}

static void lists_and_text_maps(void **state)
{
	const char *map = "{\"m\":\"{reasons=New Device, New IP, level=HIGH, a=HIGH}\"}";

	x(state, ".m | textmap(\"reasons\")", map, "\"New Device, New IP\"");
	x(state, ".m | textmap(\"none\")", map, "");
	x(state, ".m | textmap_names(\"HIGH\"; \"+\")", map, "\"level+a\"");
	x(state, ".m | textmap(\"level\")", "{\"m\":\"level=HIGH\"}", "");
	x(state, ".t | of_type(\"B\", \"A\") | .id", "{\"t\":[{\"type\":\"A\",\"id\":1},{\"type\":\"B\",\"id\":2}]}",
	  "2");
	x(state, ".t | of_type(\"C\") | .id", "{\"t\":{\"type\":\"C\",\"id\":3}}", "3");
	x(state, ".t | of_type(\"C\") | .id", "{\"t\":null}", "");
	x(state, "keyed({ b: .b, a: true, c: null, t: (.t | time), o: {z: 1} })",
	  "{\"b\":1,\"t\":\"2026-01-31T08:15:00+01:00\"}",
	  "[{\"key\":\"a\",\"value\":\"true\"},{\"key\":\"b\",\"value\":\"1\"},"
	  "{\"key\":\"o\",\"value\":\"{\\\"z\\\":1}\"},{\"key\":\"t\",\"value\":\"2026-01-31T07:15:00Z\"}]");
	x(state, "keyed({a: null})", "{}", "");
	x(state, "keyed({\"t.#.id\": [.t[] | .id]})", "{\"t\":[{\"id\":\"x\"},{},{\"id\":\"y\"}]}",
	  "[{\"key\":\"t.0.id\",\"value\":\"x\"},{\"key\":\"t.2.id\",\"value\":\"y\"}]");
	x(state, "{a: null, b: [{c: null}]} | tidy", "{}", "{\"b\":[{}]}");
}

static void rules_see_where_events_come_from(void **state)
{
	struct harness *h = *state;

	harness_settings(h, "{\"tenant\":\"t1\"}");
	gives(state, "{ text: \"\\(source_name) \\(org_host) \\(setting(\"tenant\"))\", x: raw }", "{ }",
	      "any {\"x\":\"{ }\",\"text\":\"acme acme.okta.com t1\"}");
	harness_write(h, "rules/one.jq",
	              "module { schema: \"any\", when: { eventType: \"*\" },\n"
	              "  settings: { mode: { default: \"a\", values: [\"a\", \"b\"] } } };\n"
	              "include \"weir\"; { x: setting(\"mode\"), text: setting(\"tenant\"), "
	              "int: $record.n }");
	harness_load(h);
	assert_string_equal(harness_run_on(h, "{}", "any", "{\"n\":5}"),
	                    "any {\"x\":\"a\",\"text\":\"t1\",\"int\":5}");
}

static void outputs_are_records(void **state)
{
	gives(state, "{x: 1}, {x: 2}", "{}", "any {\"x\":1}\nany {\"x\":2}");
	gives(state, "empty", "{}", "dropped: no rule");
	gives(state, "null", "{}", "dropped: no rule");
	gives(state, "drop(\"why \\(.a)\")", "{\"a\":1}", "dropped: why 1");
	gives(state, "reject(\"bad\")", "{}", "rejected: one.jq:3:1: bad");
	gives(state, "error({a: 1})", "{}", "rejected: one.jq:3:1: {\"a\":1}");
	gives(state, "[{x: 1}]", "{}", "rejected: one.jq:3:1: not an object: [{\"x\":1}]");
	gives(state, "{x: 1} + {y: .a}", "{\"a\":2}", "rejected: one.jq:3:1: no field 'y': 2");
	gives(state, "{x: 1} + {y: .a}", "{}", "rejected: one.jq:3:1: no field 'y': null");
	gives(state, "{ deep: { a: { b: .a }, c: null }, list: [{ key: \"k\", value: (.a | int) }] }", "{\"a\":2}",
	      "any {\"deep\":{\"a\":{\"b\":2}},\"list\":[{\"key\":\"k\",\"value\":2}]}");
	gives(state, "{ int: .a }", "{\"a\":\"x\"}", "rejected: one.jq:3:3: int: not an integer: \"x\"");
}

static void a_change_is_the_record_from_then_on(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.jq",
	              "module { change: true, schema: \"any\", when: { eventType: \"*\" } };\n"
	              "$record | .int = 2 | .deep.c = \"new\" | del(.text)");
	harness_load(h);
	assert_string_equal(harness_run_on(h, "{}", "any", "{\"text\":\"x\",\"int\":1,\"word\":\"renamed\"}"),
	                    "any {\"int\":2,\"word\":\"renamed\",\"deep\":{\"c\":\"new\"}}");
	harness_write(h, "rules/one.jq",
	              "module { change: true, schema: \"any\", when: { eventType: \"*\" } };\n"
	              "$record | .int = \"x\"");
	harness_load(h);
	assert_string_equal(harness_run_on(h, "{}", "any", "{\"int\":1}"),
	                    "rejected: one.jq:2:1: int: not an integer: \"x\"");
	assert_string_equal(harness_run_on(h, "{}", "other", "{\"int\":1}"), "kept");
	harness_write(h, "rules/one.jq", "module { change: true, when: { eventType: \"*\" } };\n"
	                                 "$record + {any: [1]}");
	harness_load(h);
	assert_string_equal(harness_run_on(h, "{}", "what", "{\"int\":1}"),
	                    "what {\"int\":1,\"any\":[1]}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(known_takes_placeholders_for_absent),
		CASE(time_fits_every_unit),
		CASE(conversions_are_those_of_lua),
		CASE(text_words_are_those_of_lua),
		CASE(choices_keep_false),
		CASE(dictionaries_say_what_is_not_listed),
		CASE(lists_and_text_maps),
		CASE(rules_see_where_events_come_from),
		CASE(outputs_are_records),
		CASE(a_change_is_the_record_from_then_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
