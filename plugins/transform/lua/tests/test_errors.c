/* test_errors.c - every mistake in a rule file, with its place and its words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

/* A whole rule file rules/one.lua beside the schema `any`, and what is said about it. */
static void refuses(void **state, const char *text, const char *mistakes)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.lua", text);
	harness_load_all(h, NULL);
	if (strcmp(weir_buf_text(&h->mistakes), mistakes) != 0)
		fail_msg("%s\nsays\n%s\nshould say\n%s", text, h->mistakes.data, mistakes);
}

/* The same for one row. */
static void refuses_row(void **state, const char *row, const char *mistakes)
{
	char *text = weir_format("return map { schema = \"any\", when = { eventType = \"*\" },\n"
	                         "  fields = { %s } }\n", row);

	refuses(state, text, mistakes);
	weir_free(text);
}

/* ---- the file -------------------------------------------------------------------------------- */

static void syntax_errors_name_the_token(void **state)
{
	refuses(state, "return map {\n  schema = \"any\"\n  when = {}\n}\n",
	        "one.lua:3:3: '}' expected (to close '{' at line 1) near 'when'; "
	        "is there a ',' missing before it?\n");
	refuses(state, "return map {\n", "one.lua:2: unexpected symbol near <eof>; "
	                                 "is a '}', ')' or end missing?\n");
	refuses(state, "local x = = 3", "one.lua:1:11: unexpected symbol near '='\n");
}

static void a_file_must_return_a_rule(void **state)
{
	refuses(state, "local x = 1", "one.lua: must return map { … } or change { … }\n");
	refuses(state, "return { schema = 'any' }", "one.lua:1:1: must return map { … } or change { … }\n");
	refuses(state, "map { schema = 'any', when = { eventType = '*' }, fields = {} }",
	        "one.lua:1:1: is not returned; write return in front of it\n");
	refuses(state, "return map 'x'",
	        "one.lua:1:8: map takes a table: map { schema = …, when = …, fields = … }\n"
	        "one.lua:1:1: must return map { … } or change { … }\n");
}

static void errors_while_it_is_evaluated_have_a_line(void **state)
{
	refuses(state, "local t\nt.x = 1\nreturn map {}",
	        "one.lua:2:1: attempt to index a nil value (local 't')\n");
	refuses(state, "\nerror 'no'", "one.lua:2: no\n");
	refuses(state, "while true do end", "one.lua:1: used more than 10000000 instructions while it was loaded\n");
}

static void unknown_words_are_all_found(void **state)
{
	refuses(state,
	        "local a = lowr 'x'\nreturn map { schema = 'any', when = { eventType = '*' },\n"
	        "  fields = { text = a, x = tiem('p').q .. 's', int = nope } }\n",
	        "one.lua:1:11: unknown word 'lowr'; did you mean 'lower'?\n"
	        "one.lua:3:28: unknown word 'tiem'; did you mean 'time'?\n"
	        "one.lua:3:54: unknown word 'nope'; write text in quotes\n"
	        "one.lua:1:11: unknown word 'lowr'; did you mean 'lower'?\n"
	        "one.lua:3:28: unknown word 'tiem'; did you mean 'time'?\n"
	        "one.lua:3:54: unknown word 'nope'; write text in quotes\n");
	/* In a function too, which does not run now. */
	refuses_row(state, "x = function(e) return pikc(e) end",
	            "one.lua:2:37: unknown word 'pikc'; did you mean 'pick'?\n");
	refuses_row(state, "x = function(e) return os.time() end", 
	            "one.lua:2:37: unknown word 'os'; rules have the event, the record and settings, "
	            "and nothing else of Lua's\n");
}

static void globals_must_be_local(void **state)
{
	refuses(state, "x = 1\nreturn map { schema = 'any', when = { eventType = '*' }, fields = {} }",
	        "one.lua:1:1: 'x' is not local; write local x\n"
	        "one.lua:1:1: 'x' is not local; write local x\n");
}

static void a_key_must_not_be_written_twice(void **state)
{
	refuses_row(state, "text = 'a',\n  int = 'b', text = 'c'",
	            "one.lua:3:14: 'text' is written twice in this table; the other is in line 2\n");
	refuses_row(state, "x = pick('a', { A = 1, ['A'] = 2 })",
	            "one.lua:2:38: 'A' is written twice in this table; the other is in line 2\n");
}

/* ---- map ----------------------------------------------------------------------------------------- */

static void map_needs_its_keys(void **state)
{
	refuses(state, "return map {}",
	        "one.lua:1:8: has no schema; write schema = \"auth\"\n"
	        "one.lua:1:8: has no when; write when = { eventType = \"*\" }\n"
	        "one.lua:1:8: has no fields; write fields = { … }\n");
	refuses(state, "return map { shema = 'any', schema = 'any', when = { eventType = '*' }, fields = {} }",
	        "one.lua:1:14: unknown key 'shema'; did you mean 'schema'?\n");
	refuses(state, "return map { schema = 'nay', when = { eventType = '*' }, fields = {} }",
	        "one.lua:1:23: there is no schema 'nay'; did you mean 'any'?\n");
	refuses(state, "return map { schema = 3, when = { eventType = '*' }, fields = {} }",
	        "one.lua:1:14: schema is a name, like \"auth\"\n");
}

static void when_is_checked(void **state)
{
	refuses(state, "return map { schema = 'any', when = 'x', fields = {} }",
	        "one.lua:1:30: when is a table: { eventType = \"user.session.start\" }\n");
	refuses(state, "return map { schema = 'any', when = { a = 'b' }, fields = {} }",
	        "one.lua:1:30: has no eventType; write eventType = \"*\" for every event\n");
	refuses(state, "return map { schema = 'any', when = { eventType = 'user*' }, fields = {} }",
	        "one.lua:1:51: 'user*' is no event type; write a name, \"prefix.*\" or \"*\"\n");
	refuses(state, "return map { schema = 'any', when = { eventType = {} }, fields = {} }",
	        "one.lua:1:30: eventType takes a name, a list of names, \"prefix.*\" or \"*\"\n");
	refuses(state, "return map { schema = 'any', when = { eventType = '*', a = map }, fields = {} }",
	        "one.lua:1:30: a condition is a text, a number, true, false, a list of those, present, "
	        "absent or none_of(…)\n");
	refuses(state, "return map { schema = 'any', when = { eventType = '*', ['a..b'] = 1 }, fields = {} }",
	        "one.lua:1:57: path 'a..b', character 3: a name is missing\n");
}

static void drop_takes_a_reason(void **state)
{
	refuses(state, "return map { drop = true, when = { eventType = '*' } }",
	        "one.lua:1:14: drop is the reason that is counted: drop = \"noise\"\n");
}

/* ---- rows ------------------------------------------------------------------------------------------- */

static void targets_must_be_described(void **state)
{
	refuses_row(state, "txt = 'a'", "one.lua:2:14: the schema any has no field 'txt'; did you mean 'text'?\n");
	refuses_row(state, "deep = { a = { bb = 'a' } }",
	            "one.lua:2:29: the schema any has no field 'deep.a.bb'; did you mean 'deep.a.b'?\n");
	refuses_row(state, "['deep.c'] = 'a'",
	            "one.lua:2:15: the schema any has no field 'deep.c'; write nested fields as a = { b = … }\n");
	refuses_row(state, "list = all('t', { kee = 'k', key = 'k' })",
	            "one.lua:2:32: the schema any has no field 'list[].kee'; did you mean 'list[].key'?\n");
}

static void types_that_never_fit_are_found(void **state)
{
	refuses_row(state, "int = lower 'a'",
	            "one.lua:2:14: int: the field is an integer, but the row gives a text; write int(…)\n");
	refuses_row(state, "bool = const 'x'",
	            "one.lua:2:14: bool: the field is true or false, but the row gives a text; write bool(…)\n");
	refuses_row(state, "time = lower 'a'",
	            "one.lua:2:14: time: the field is a time, but the row gives a text; write time(…)\n");
	refuses_row(state, "text = all('t', 'x')",
	            "one.lua:2:14: text: the field is a text, but the row gives a list; write json(…) or "
	            "join(…)\n");
	refuses_row(state, "texts = lower 'a'",
	            "one.lua:2:14: texts: the field is a list of texts, but the row gives a text\n");
	refuses_row(state, "number = bool 'a'",
	            "one.lua:2:14: number: the field is a number, but the row gives a boolean\n");
	refuses_row(state, "text = { a = 'b' }",
	            "one.lua:2:14: text: the field is a text, but the row gives an object; write json(…) or "
	            "join(…)\n");
}

static void constants_must_be_in_the_enumeration(void **state)
{
	refuses_row(state, "word = const 'C'", "one.lua:2:27: word: 'C' is none of its values; write 'A' or 'B'\n");
	refuses_row(state, "word = pick('a', { x = 'A',\n  y = 'CC' }, 'AA')",
	            "one.lua:3:15: word: 'AA' is none of its values; write 'A' or 'B'\n"
	            "one.lua:3:7: word: 'CC' is none of its values; write 'A' or 'B'\n");
}

static void required_fields_need_a_row(void **state)
{
	struct harness *h = *state;

	harness_write(h, "rules/schemas/need.yaml",
	              "doc: x\nfields:\n  a: {type: text, required: true, doc: x}\n"
	              "  b: {type: text, required: true, doc: x}\nbase:\n  b: \"{raw}\"\n");
	refuses(state, "return map { schema = 'need', when = { eventType = '*' }, fields = {} }",
	        "one.lua:1:8: the schema need requires 'a', and no row fills it\n");
}

static void rows_must_be_rows(void **state)
{
	refuses_row(state, "x = true", "one.lua:2:14: a boolean is no row; write const true\n");
	refuses_row(state, "x = 12", "one.lua:2:14: a number is no row; write const 12\n");
	refuses_row(state, "x = lower(nil)",
	            "one.lua:2:18: a row is missing here (nil); is a name misspelled?\n");
	refuses_row(state, "x = { 'a', 'b' }",
	            "one.lua:2:14: a table of rows has names on the left; a place in a list is none\n"
	            "one.lua:2:14: a table of rows has names on the left; a place in a list is none\n");
	refuses_row(state, "x = remove()", "one.lua:2:14: x: remove() goes with change only; leave the row out\n");
}

static void paths_are_checked(void **state)
{
	refuses_row(state, "x = 'a..b'", "one.lua:2:18: path 'a..b', character 3: a name is missing\n");
	refuses_row(state, "x = 'a[0'", "one.lua:2:18: path 'a[0', character 4: ']' is missing\n");
	refuses_row(state, "x = lower 'a[].b'",
	            "one.lua:2:18: a path with [] gives a list; write join(…), all(…), or [0] for one element\n");
	refuses_row(state, "x = join('a[].b[].c', ',')",
	            "one.lua:2:23: path 'a[].b[].c': only one [] is possible; write all(\"a\", …) for lists "
	            "in lists\n");
	refuses_row(state, "x = join(format('%s%s', 'a[].b', 'c[].d'), ',')",
	            "one.lua:2:23: a row can go over one list only\n");
}

static void words_check_their_arguments(void **state)
{
	refuses_row(state, "x = after('a')", "one.lua:2:18: after needs a separator: after(\"p\", \"@\")\n");
	refuses_row(state, "x = lower('a', 'b')", "one.lua:2:18: lower takes 1 argument, not 2\n");
	refuses_row(state, "x = raw('a')", "one.lua:2:18: raw takes 0 arguments, not 1\n");
	refuses_row(state, "x = same('a')", "one.lua:2:18: same takes two rows\n");
	refuses_row(state, "x = first()", "one.lua:2:18: first takes at least one row\n");
	refuses_row(state, "x = const {}", "one.lua:2:18: const needs a text, a number, true or false\n");
	refuses_row(state, "x = pick('a', 'b')", "one.lua:2:18: pick needs a table: { SUCCESS = \"success\" }\n");
	refuses_row(state, "x = lookup('a', 'no.yaml')",
	            "one.lua:2:18: there is no file no.yaml in the rule folder\n");
	refuses_row(state, "x = capture('a', '(b')", "one.lua:2:18: pattern '(b': a '(' has no ')'\n");
	refuses_row(state, "x = hash('sha3', 'a')", "one.lua:2:18: 'sha3' is no hash; write sha256, sha1 or md5\n");
	refuses_row(state, "x = format('%d', 'a')", "one.lua:2:18: format knows %s and %% only\n");
	refuses_row(state, "x = format('%s %s', 'a')", "one.lua:2:18: format has 2 %s but 1 row\n");
	refuses_row(state, "x = keyed { ['a.#'] = 'b' }",
	            "one.lua:2:27: 'a.#' has a # for the place in a list, but its row has no []; write "
	            "\"target[].id\", for instance\n");
	refuses_row(state, "x = keyed('a')", "one.lua:2:18: keyed needs tables of rows\n");
	refuses_row(state, "x = drop 'x'",
	            "one.lua:2:18: drop is for functions: return drop \"reason\"; a rule that only drops has "
	            "drop = \"reason\"\n");
}

static void what_is_never_reached_is_found(void **state)
{
	refuses_row(state, "x = first('a', const 'b', 'c')",
	            "one.lua:2:40: first never reaches what comes after a const\n");
	refuses_row(state, "x = pick(lower 'a', { b = 1, C = 2 })",
	            "one.lua:2:43: 'C' is never reached: lower never gives that\n");
	refuses_row(state, "x = pick(bool 'a', { ['true'] = 1, yes = 2 })",
	            "one.lua:2:49: 'yes' is never reached: bool never gives that\n");
	refuses_row(state, "x = pick(known 'a', { unknown = 2 })",
	            "one.lua:2:36: 'unknown' is never reached: known never gives that\n");
}

/* ---- modules -------------------------------------------------------------------------------------------- */

static void modules_come_from_the_rule_folder(void **state)
{
	struct harness *h = *state;

	harness_write(h, "rules/_m.lua", "return { a = 'x', name = lower 'n' }");
	harness_write(h, "rules/_loop.lua", "return require '_loop'");
	harness_write(h, "rules/_none.lua", "local x");
	harness_write(h, "rules/_bad.lua", "return {");
	refuses_row(state, "x = require '_n'", "one.lua:2:18: there is no _n.lua in the rule folder\n");
	refuses_row(state, "x = require 'os'",
	            "one.lua:2:18: require takes a module of the rule folder, whose name begins with _: "
	            "require \"_okta\"\n");
	refuses_row(state, "x = require '_../_m'",
	            "one.lua:2:18: require takes a module of the rule folder, whose name begins with _: "
	            "require \"_okta\"\n");
	refuses_row(state, "x = require('_m').nmae",
	            "one.lua:2:32: _m.lua has no 'nmae'; did you mean 'name'?\n");
	refuses_row(state, "x = require '_loop'", "_loop.lua:1:8: modules require each other in a circle\n");
	refuses_row(state, "x = require '_none'", "one.lua:2:18: the module returns nothing\n");
	refuses_row(state, "x = require '_bad'", 
	            "_bad.lua:1: unexpected symbol near <eof>; is a '}', ')' or end missing?\n");
	refuses(state, "local m = require '_m'\nm.a = 'y'\nreturn map {}",
	        "one.lua:2: this table cannot be changed\n");
}

/* ---- several files ----------------------------------------------------------------------------------------- */

static void the_same_rule_twice_in_a_folder_is_refused(void **state)
{
	struct harness *h = *state;

	harness_write(h, "rules/a.lua", "return map { schema = 'any',\n  when = { eventType = 'x', k = { 1, 2 } }, "
	                                "fields = {} }");
	refuses(state, "return map { schema = 'any', when = { k = { 1, 2 }, eventType = 'x' }, fields = {} }",
	        "one.lua:1:30: takes 'x' for the same schema on the same conditions as a.lua:2\n");
}

static void an_empty_folder_is_refused(void **state)
{
	struct harness *h = *state;
	const char *const none[] = { "nothing", NULL };

	harness_load_all(h, none);
	assert_non_null(strstr(weir_buf_text(&h->mistakes), "rules: cannot read the folder "));
	harness_write(h, "rules/_m.lua", "return 1");
	harness_load_all(h, NULL);
	assert_non_null(strstr(weir_buf_text(&h->mistakes), "has no rule files (*.lua)"));
}

static void settings_must_be_read_by_somebody(void **state)
{
	struct harness *h = *state;

	harness_settings(h, "{\"tenat\":1}");
	refuses_row(state, "x = setting 'tenant'",
	            "settings.tenat:: no rule and no schema reads this setting; did you mean 'tenant'?\n");
	harness_settings(h, "{\"mode\":\"c\"}");
	refuses_row(state, "x = setting('mode', 'a', { 'a', 'b' })",
	            "settings.mode: 'c' is none of its values; write a or b\n");
	refuses_row(state, "x = pick(setting 'mode', { a = 1 })",
	            "one.lua:2:18: the setting 'mode' is 'c', which the dictionary does not have\n");
	harness_settings(h, "{\"mode\":[1]}");
	refuses_row(state, "x = setting 'mode'", "settings.mode: must be a text, a number, true or false\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(syntax_errors_name_the_token),
		CASE(a_file_must_return_a_rule),
		CASE(errors_while_it_is_evaluated_have_a_line),
		CASE(unknown_words_are_all_found),
		CASE(globals_must_be_local),
		CASE(a_key_must_not_be_written_twice),
		CASE(map_needs_its_keys),
		CASE(when_is_checked),
		CASE(drop_takes_a_reason),
		CASE(targets_must_be_described),
		CASE(types_that_never_fit_are_found),
		CASE(constants_must_be_in_the_enumeration),
		CASE(required_fields_need_a_row),
		CASE(rows_must_be_rows),
		CASE(paths_are_checked),
		CASE(words_check_their_arguments),
		CASE(what_is_never_reached_is_found),
		CASE(modules_come_from_the_rule_folder),
		CASE(the_same_rule_twice_in_a_folder_is_refused),
		CASE(an_empty_folder_is_refused),
		CASE(settings_must_be_read_by_somebody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
