/* test_rules.c - rule files in jq: directives, modules, routing, what is refused at load.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

#define HEAD "module { schema: \"any\", when: { eventType: \"*\" } };\n"

/* ---- conditions and routing -------------------------------------------------------------------- */

static void one(struct harness *h, const char *when)
{
	char *text = weir_format("module { schema: \"any\", when: %s };\n{ x: .n }", when);

	harness_schema(h);
	harness_write(h, "rules/one.jq", text);
	weir_free(text);
	harness_load(h);
}

static void conditions_say_what_is_taken(void **state)
{
	struct harness *h = *state;

	one(h, "{ eventType: [\"a\", \"b.*\"], \"o.r\": [\"X\", true, 1], \"known(u)\": { present: true } }");
	assert_string_equal(harness_run(h, "{\"eventType\":\"a\",\"o\":{\"r\":\"X\"},\"u\":\"y\",\"n\":1}"),
	                    "any {\"x\":1}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"b.c\",\"o\":{\"r\":true},\"u\":\"y\"}"), "any {}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"a\",\"o\":{\"r\":\"X\"},\"u\":\"unknown\"}"),
	                    "dropped: no rule");
	assert_string_equal(harness_run(h, "{\"eventType\":\"c\"}"), "dropped: unlisted");
	one(h, "[{ eventType: \"a\", p: { present: false } }, { eventType: \"a\", p: { none_of: [\"n\"] } }]");
	assert_string_equal(harness_run(h, "{\"eventType\":\"a\",\"p\":\"x\"}"), "any {}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"a\",\"p\":\"n\"}"), "dropped: no rule");
	harness_write(h, "rules/_types.yaml", "mine: [a, b.*]\n");
	one(h, "{ eventType: \"_types.yaml:mine\", \"maybe(ip(i))\": { present: true } }");
	assert_string_equal(harness_run(h, "{\"eventType\":\"b.x\",\"i\":\"10.0.0.1\"}"), "any {}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"b.x\",\"i\":\"x\"}"), "dropped: no rule");
}

static void what_a_rule_does_not_take_goes_to_the_next(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/schemas/need.yaml",
	              "doc: x\nfields:\n  id: {type: text, required: true, doc: x}\n");
	harness_write(h, "rules/a.jq", "module { schema: \"need\", when: { eventType: \"a.b\" } };\n"
	                               "select(.n != 1) | { id: .id }");
	harness_write(h, "rules/b.jq", "module { schema: \"any\", when: { eventType: \"a.*\" } };\n{ x: \"b\" }");
	harness_write(h, "rules/c.jq", "module { drop: \"noise\", when: { eventType: \"noise\" } };");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"a.b\",\"id\":\"i\"}"), "need {\"id\":\"i\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"a.b\"}"), "any {\"x\":\"b\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"a.b\",\"id\":\"i\",\"n\":1}"), "any {\"x\":\"b\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"noise\"}"), "dropped: noise");
	harness_write(h, "rules/a.jq", "module { schema: \"need\", when: { eventType: \"a.b\" }, "
	                               "goes_on: { eventType: \"*\", \"both\": true } };\n{ id: .id }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"a.b\",\"id\":\"i\",\"both\":true}"),
	                    "need {\"id\":\"i\"}\nany {\"x\":\"b\"}");
}

static void a_later_folder_overrides(void **state)
{
	static const char *const folders[] = { "rules", "ours", NULL };
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/a.jq", HEAD "{ x: 1 }");
	harness_write(h, "ours/b.jq", HEAD "{ x: 2 }");
	assert_true(harness_load_all(h, folders));
	assert_string_equal(harness_run(h, "{}"), "any {\"x\":2}");
	harness_write(h, "rules/b.jq", HEAD "{ x: 3 }");
	harness_refuses(h, "b.jq:1:31: takes '*' for the same schema on the same conditions as a.jq:1\n");
}

static void only_what_is_read_is_built(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.jq", "module { schema: \"any\", when: { eventType: \"*\" },\n"
	                                 "  reads: [\"a.b\", \"c\", \"d[\\\"x.y\\\"].z\"] };\n"
	                                 "{ x: . }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"a\":{\"b\":null},\"c\":{\"d\":[1]},\"d\":{\"x.y\":{\"z\":1}}}"),
	                    "any {\"x\":{\"a\":{\"b\":null},\"c\":{\"d\":[1]},\"d\":{\"x.y\":{\"z\":1}}}}");
	/* A trial runs it on the whole event too. */
	assert_string_equal(harness_run(h, "{\"a\":{\"b\":1,\"c\":2}}"),
	                    "rejected: one.jq:3:1: gives something else when it sees the whole event: a "
	                    "path is missing in `reads`");
}

/* ---- modules -------------------------------------------------------------------------------------- */

static void modules_are_seen_by_their_name_only(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/_m.jq", "include \"weir\";\n"
	                                "def first: \"not jq's\"; def helper: first;\n"
	                                "def twice(f; $n): f + $n; def name: .u | lower;");
	harness_write(h, "rules/one.jq", HEAD "import \"_m\" as m;\n"
	                                      "{ x: [m::helper, m::twice(.n; 2), m::name, ([3,4] | first)] }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"n\":1,\"u\":\"ANN\"}"), "any {\"x\":[\"not jq's\",3,\"ann\",3]}");
	harness_write(h, "rules/one.jq", HEAD "include \"_m\";\n{ x: [helper, twice(.n; 2)] }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"n\":1}"), "any {\"x\":[\"not jq's\",3]}");
	harness_write(h, "rules/one.jq", HEAD "import \"weir\" as w;\n"
	                                      "{ x: [w::first(.a, .b), first(.l[]), (.u | w::lower), (.s | w::after(\"@\")),"
	                                      " ([1, null] | join(\"-\"))], us: (.t | w::time) }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"b\":false,\"l\":[1,2],\"u\":\"A\",\"s\":\"a@b\",\"t\":\"2026-01-31T08:15:00Z\"}"),
	                    "any {\"x\":[false,1,\"a\",\"b\",\"1-\"],\"us\":1769847300000000}");
}

static void names_in_files_are_known_words(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.jq", HEAD "include \"weir\";\n{ x: (.a | knwon), text: lowr(.b) }");
	harness_refuses(h, "one.jq:3:12: unknown word 'knwon'; did you mean 'known'?\n"
	                   "one.jq:3:26: unknown word 'lowr' with 1 argument; did you mean 'lower'?\n");
	harness_write(h, "rules/one.jq", HEAD "include \"weir\";\n{ x: (.a | pick) }");
	harness_refuses(h, "one.jq:3:12: unknown word 'pick'; it takes 1 or 2 arguments\n");
	harness_write(h, "rules/one.jq", HEAD "{ x: (.a | known) }");
	harness_refuses(h, "one.jq:2:12: unknown word 'known'; write include \"weir\"; below module\n");
	harness_write(h, "rules/one.jq", HEAD "{ x: $recrd,\n  text: (.b |) }");
	harness_refuses(h, "one.jq:3:14: syntax error, unexpected ')'\n");
	harness_write(h, "rules/one.jq", HEAD "{ x: $recrd }");
	harness_refuses(h, "one.jq:2:6: there is no variable '$recrd'; did you mean 'record'?\n");
	harness_write(h, "rules/_m.jq", "def a: 1;\ndef b: nowhere;");
	harness_write(h, "rules/one.jq", HEAD "import \"_m\" as m;\n{ x: m::b }");
	harness_refuses(h, "_m.jq:2:8: unknown word 'nowhere'\n");
	harness_write(h, "rules/one.jq", HEAD "import \"_m\" as m;\n{ x: m::a, text: m::c }");
	harness_refuses(h, "one.jq:3:18: unknown word 'm::c'\n");
}

static void write_of_type(struct harness *h, const char *type, const char *program)
{
	char *path = weir_format("rules/%s.jq", type);
	char *text = weir_format("module { schema: \"any\", when: { eventType: \"%s\" } };\n%s", type, program);

	harness_write(h, path, text);
	weir_free(path);
	weir_free(text);
}

static void a_syntax_error_hides_no_other_file(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	write_of_type(h, "a", "{ x: (.a | knwon) }");
	write_of_type(h, "b", "{ x: .a.(b), text: ( }");
	write_of_type(h, "c", "include \"weir\";\n{ x: .a b c }");
	write_of_type(h, "d", "{ x: 1 }");
	write_of_type(h, "e", "include \"weir\";\n{ x: lowr(.a) }");
	harness_refuses(h, "b.jq:2:22: the '(' of line 2 is still open; write ')' before this '}'\n"
	                   "a.jq:2:12: unknown word 'knwon'\n"
	                   "c.jq:3:9: a '|', ',' or another operator is missing before this\n"
	                   "e.jq:3:6: unknown word 'lowr' with 1 argument; did you mean 'lower'?\n");
}

static void habits_of_other_languages_are_known(void **state)
{
	static const struct { const char *program, *said; } cases[] = {
		{ "{ x: .a text: .b }", "one.jq:2:9: a ',' is missing before this\n" },
		{ "{ x = .a }", "one.jq:2:5: between a name and its value stands ':'\n" },
#ifndef WEIR_JQ_LITERALS /* jq 1.7 allows it */
		{ "{ x: if .a then 1 else 2 end }",
		  "one.jq:2:6: as a value of an object, if … end stands in parentheses\n" },
#endif
		{ "{ x: 'a' }", "one.jq:2:6: a text stands in double quotes\n" },
		{ "{ x: .a, // why\n  text: .b }", "one.jq:2:10: a comment begins with #\n" },
		{ "{ x: (.a && .b) }", "one.jq:2:10: write and\n" },
		{ "{ x: (.a | test(\"\\d\")) }",
		  "one.jq:2:17: in a text a backslash is written \\\\, as in test(\"\\\\d\")\n" },
		{ "{ x: \"a,\n  text: .b }", "one.jq:2:6: the quote that closes this text is missing\n" },
	};
	struct harness *h = *state;

	harness_schema(h);
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		char *text = weir_format("%s%s", HEAD, cases[i].program);

		harness_write(h, "rules/one.jq", text);
		harness_refuses(h, cases[i].said);
		weir_free(text);
	}
}

static void brackets_are_told_where_they_are(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.jq", HEAD "{ x: [.a, { b: 1 } }");
	harness_refuses(h, "one.jq:2:20: the '[' of line 2 is still open; write ']' before this '}'\n");
	harness_write(h, "rules/one.jq", HEAD "{ x: 1 } | (\n.");
	harness_refuses(h, "one.jq:2:12: this '(' is never closed\n");
	harness_write(h, "rules/one.jq", HEAD "{ x: \"\\(1)]\" }) | ({ x: \"}\" }");
	harness_refuses(h, "one.jq:2:15: there is nothing open that this ')' closes\n");
	harness_write(h, "rules/one.jq", HEAD "{ x: 1 }; def y: 2");
#ifdef WEIR_JQ_LITERALS
	harness_refuses(h, "one.jq:2:9: syntax error, unexpected ';', expecting '|' or ',' or ')'\n");
#else
	harness_refuses(h, "one.jq:2:9: syntax error, unexpected ';'\n");
#endif
}

static void what_a_program_ends_in_is_checked(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/schemas/need.yaml",
	              "doc: x\nfields:\n  id: {type: text, required: true, doc: x}\n  n: {type: int, doc: x}\n"
	              "  word: {type: text, enum: [A, B], doc: x}\n");
	harness_write(h, "rules/one.jq",
	              "module { schema: \"need\", when: { eventType: \"*\" } };\n"
	              "def f: {no: 1};\n.a as $a | { idd: 1, word: \"C\", n: \"x\", n: 2 }");
	harness_refuses(h, "one.jq:3:41: 'n' is written twice in this object\n"
	                   "one.jq:3:14: the schema need has no field 'idd'; did you mean 'id'?\n"
	                   "one.jq:3:33: n: the field is an integer, but the row gives a text; write int(…)\n"
	                   "one.jq:3:28: word: 'C' is none of its values; write 'A' or 'B'\n"
	                   "one.jq:1:1: the schema need requires 'id', and no row fills it\n");
	/* What is computed is not known. */
	harness_write(h, "rules/one.jq", "module { schema: \"need\", when: { eventType: \"*\" } };\n"
	                                 "{ n: 1, (.k): \"x\" }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"k\":\"id\"}"), "need {\"id\":\"x\",\"n\":1}");
	harness_write(h, "rules/one.jq", "module { schema: \"need\", when: { eventType: \"*\" } };\n"
	                                 "{ n: 1 } + {id: .k}");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"k\":\"x\"}"), "need {\"id\":\"x\",\"n\":1}");
}

static void refused(struct harness *h, const char *text, const char *mistake)
{
	harness_write(h, "rules/one.jq", text);
	harness_refuses(h, mistake);
}

#define NOT_FOR_RULES "is not for rules: they see the event, $record and settings, and give the same on every " \
	"machine and day\n"

static void the_world_outside_is_refused(void **state)
{
	static const char *const names[] = { "env", "input", "inputs", "debug", "stderr", "halt",
		"halt_error", "modulemeta", "input_filename", "get_search_list", "now", "localtime" };
	struct harness *h = *state;

	harness_schema(h);
	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		char *rule = weir_format(HEAD "{ x: \"\\(1 + (%s))\" }", names[i]);
		char *mistake = weir_format("one.jq:2:14: '%s' " NOT_FOR_RULES, names[i]);

		refused(h, rule, mistake);
		weir_free(rule);
		weir_free(mistake);
	}
	refused(h, HEAD "{ x: $ENV.HOME }", "one.jq:2:6: variable 'ENV' " NOT_FOR_RULES);
	refused(h, HEAD "{ x: $weir__in }", "one.jq:2:6: names that begin with weir__ are weir's own\n");
	refused(h, HEAD "import \"x\" as x;\n{ x: 1 }",
	        "one.jq:2:8: only weir and modules of the rule folder can be imported, whose names begin with "
	        "_: import \"_okta\" as okta;\n");
	refused(h, HEAD "import \"_../x\" as x;\n{ x: 1 }",
	        "one.jq:2:8: only weir and modules of the rule folder can be imported, whose names begin with "
	        "_: import \"_okta\" as okta;\n");
	refused(h, HEAD "include \"weir\" {search: \"/etc\"};\n{ x: 1 }",
	        "one.jq:2:16: modules are sought in the rule folder only; `search` is not for rules\n");
	refused(h, HEAD "import \"_x\" as $x;\n{ x: 1 }",
	        "one.jq:2:16: data files cannot be imported; lookup(\"file.yaml\") reads a table\n");
	refused(h, HEAD "import \"_x\" as x;\n{ x: 1 }",
	        "one.jq:2:8: there is no _x.jq in the rule folder\n");
	harness_write(h, "rules/_x.jq", "import \"_y\" as y; def a: 1;");
	harness_write(h, "rules/_y.jq", "import \"_x\" as x; def b: 1;");
	refused(h, HEAD "import \"_x\" as x;\n{ x: 1 }", "_y.jq:1:8: modules import each other in a circle\n");
	/* A field may have such a name. */
	harness_write(h, "rules/one.jq", HEAD "{ x: { debug: .env, input: 1 } }");
	harness_load(h);
}

static void directives_are_checked(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	refused(h, "{ x: 1 }", "one.jq:1: must begin with module { schema: …, when: … };\n");
	refused(h, "module { schema: \"any\", whn: 1, when: { \"a\": \"x\" } };\n{ x: 1 }",
	        "one.jq:1:25: unknown key 'whn'; did you mean 'when'?\n"
	        "one.jq:1:39: has no eventType; write eventType: \"*\" for every event\n");
	refused(h, "module { when: { eventType: \"a*\", \"knwn(a)\": 1, b: {} } };\n{ x: 1 }",
	        "one.jq:1:1: has no schema; write schema: \"auth\"\n"
	        "one.jq:1:29: 'a*' is no event type; write a name, \"prefix.*\" or \"*\"\n"
	        "one.jq:1:35: unknown word 'knwn' in a condition; did you mean 'known'?\n"
	        "one.jq:1:52: a condition is a text, a number, true, false, a list of those, { present: true }, "
	        "{ present: false } or { none_of: [\"a\"] }\n");
	refused(h, "module { schema: \"any\", when: { eventType: \"*\" } };",
	        "one.jq:1:1: has no program behind its module directive\n");
	refused(h, "module { schema: \"any\", when: { eventType: \"*\" }, reads: [\"a[0]\"] };\n{ x: 1 }",
	        "one.jq:1:59: reads takes paths of members, without [0] and [type=User]: write the list itself, "
	        "\"target\"\n");
	refused(h, "module { schema: \"any\", when: { eventType: .x } };\n{ x: 1 }",
	        "one.jq:1:44: expected a constant: a text, number, list or object\n");
	refused(h, HEAD "def f: 1;", "one.jq:2:9: the program ends too early (syntax error, unexpected ')')\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(conditions_say_what_is_taken),
		CASE(what_a_rule_does_not_take_goes_to_the_next),
		CASE(a_later_folder_overrides),
		CASE(only_what_is_read_is_built),
		CASE(modules_are_seen_by_their_name_only),
		CASE(names_in_files_are_known_words),
		CASE(a_syntax_error_hides_no_other_file),
		CASE(habits_of_other_languages_are_known),
		CASE(brackets_are_told_where_they_are),
		CASE(what_a_program_ends_in_is_checked),
		CASE(the_world_outside_is_refused),
		CASE(directives_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
