/* test_functions.c - rows that are functions: what they see, what they may give.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

#include <lauxlib.h>
#include <lualib.h>

/* The body of a function of e and r, an event, and what becomes of `x`. */
struct function_case {
	const char *body, *event, *gives;
};

static void check(void **state, const struct function_case *cases, size_t count)
{
	struct harness *h = *state;

	for (size_t i = 0; i < count; i++) {
		char *row = weir_format("x = function(e, r)\n%s\nend", cases[i].body);
		const char *gives;

		harness_row(h, row);
		weir_free(row);
		gives = harness_run(h, cases[i].event);
		if (strcmp(gives, cases[i].gives) != 0)
			fail_msg("%s of %s\n  gives     %s\n  should be %s", cases[i].body,
			         cases[i].event, gives, cases[i].gives);
	}
}

#define CHECK(...)                                                         \
	do {                                                               \
		static const struct function_case cases[] = { __VA_ARGS__ }; \
		check(state, cases, WEIR_COUNT(cases));                    \
	} while (0)

static void missing_keys_give_nothing_at_any_depth(void **state)
{
	CHECK({ "return e.a.b.c.d", "{}", "any {}" },
	      { "return e.a.b.c.d", "{\"a\":{\"b\":null}}", "any {}" },
	      { "return e.a.b.c", "{\"a\":5}", "any {}" },
	      { "return e.a.b.c", "{\"a\":\"text\"}", "any {}" },
	      { "return e.a.b.c", "{\"a\":true}", "any {}" },
	      { "return e.a[1].b", "{\"a\":[{\"b\":7}]}", "any {\"x\":7}" },
	      { "return e.a[2].b", "{\"a\":[{\"b\":7}]}", "any {}" },
	      { "return e.a == nil", "{\"a\":null}", "any {\"x\":true}" },
	      { "return r.q.z", "{}", "any {}" },
	      { "return e['a.b']", "{\"a.b\":1}", "any {\"x\":1}" },
	      { "return e.n", "[1]", "any {}" });
}

static void values_come_as_they_are(void **state)
{
	CHECK({ "return e.n + 1", "{\"n\":9007199254740993}", "any {\"x\":9007199254740994}" },
	      { "return e.n", "{\"n\":1.50}", "any {\"x\":1.50}" },
	      { "return e.n * 3", "{\"n\":1.50}", "any {\"x\":4.5}" },
	      { "return -e.n", "{\"n\":0.0}", "any {\"x\":-0}" },
	      { "return e.t .. ''", "{\"t\":\"a\\/b\"}", "any {\"x\":\"a/b\"}" },
	      { "return math.type(e.n)", "{\"n\":1e2}", "any {\"x\":\"float\"}" },
	      { "return e.s .. '!'", "{\"s\":\"\\u00e9\\n\"}", "any {\"x\":\"é\\n!\"}" },
	      { "return not e.b", "{\"b\":false}", "any {\"x\":true}" },
	      { "return #e.l", "{\"l\":[1,2,3]}", "any {\"x\":3}" },
	      { "return e.o", "{\"o\":{\"b\" : 1.0, \"a\":[]}}", "any {\"x\":{\"b\":1.0,\"a\":[]}}" },
	      { "return tostring(e.o)", "{\"o\":{\"b\" : 1.0}}", "any {\"x\":\"{\\\"b\\\":1.0}\"}" },
	      { "return e.o == e.o and e.o ~= e.p", "{\"o\":{},\"p\":{}}", "any {\"x\":true}" },
	      { "return weir.equal(e.o, e.p)", "{\"o\":{\"a\":1,\"b\":2},\"p\":{\"b\":2,\"a\":1}}",
	        "any {\"x\":true}" },
	      { "return weir.equal(e.o, e.p)", "{\"o\":[1],\"p\":[2]}", "any {\"x\":false}" },
	      { "return type(e.o)", "{\"o\":{}}", "any {\"x\":\"userdata\"}" });
}

static void the_last_of_equal_keys_wins(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.lua", "return map { schema = \"any\", when = { eventType = \"*\" },\n"
	              "fields = function(e) return e.r end }\n");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"r\":{\"x\":1,\"text\":\"a\",\"x\":2}}"),
	                    "any {\"x\":2,\"text\":\"a\"}");
	assert_string_equal(harness_run(h, "{\"r\":{\"x\":1,\"text\":\"a\",\"x\":null}}"),
	                    "any {\"text\":\"a\"}");
	assert_string_equal(harness_run(h, "{\"r\":{\"deep\":{\"a\":{\"b\":1},\"c\":\"x\"},\"deep\":{\"c\":\"y\"}}}"),
	                    "any {\"deep\":{\"c\":\"y\"}}");
	assert_string_equal(harness_run(h, "{\"r\":{\"text\":\"a\",\"deep\":{\"c\":\"x\"},\"deep\":null}}"),
	                    "any {\"text\":\"a\"}");
	assert_string_equal(harness_run(h, "{\"r\":{\"list\":[{\"key\":\"k\",\"value\":1,\"value\":null}]}}"),
	                    "any {\"list\":[{\"key\":\"k\"}]}");
}

static void lists_can_be_walked(void **state)
{
	CHECK({ "local s = 0 for i, v in each(e.l) do s = s + i * v end return s", "{\"l\":[1,2,3]}",
	        "any {\"x\":14}" },
	      { "local s = 0 for i, v in each(e.l) do s = s + v end return s", "{}", "any {\"x\":0}" },
	      { "local s = 0 for i, v in each(e.l) do s = s + 1 end return s", "{\"l\":\"no\"}",
	        "any {\"x\":0}" },
	      { "local s = 0 for i, v in ipairs(e.l) do s = s + v end return s", "{\"l\":[1,2,null,3]}",
	        "any {\"x\":3}" },
	      { "local s = 0 for i in ipairs(e.l) do s = s + 1 end return s", "{}", "any {\"x\":0}" },
	      { "local s = '' for k, v in pairs(e.o) do s = s .. k .. v end return s",
	        "{\"o\":{\"b\":1,\"a\":2}}", "any {\"x\":\"b1a2\"}" },
	      { "local s = '' for k, v in pairs { b = 1, a = 2, 7 } do s = s .. k .. v end return s", "{}",
	        "any {\"x\":\"17a2b1\"}" },
	      { "return next(e.o) == nil and next({}) == nil and next(e.l) == 1", "{\"o\":{},\"l\":[0]}",
	        "any {\"x\":true}" },
	      { "local t = {} for _, v in each(e.l) do t[#t + 1] = v.n end return t",
	        "{\"l\":[{\"n\":1},{\"n\":\"z\"}]}", "any {\"x\":[1,\"z\"]}" });
}

static void results_become_values(void **state)
{
	CHECK({ "return { b = 1, a = { true, 'x' }, c = {} }", "{}", "any {\"x\":{\"a\":[true,\"x\"],\"b\":1}}" },
	      { "return {}", "{}", "any {}" },
	      { "return nil", "{}", "any {}" },
	      { "", "{}", "any {}" },
	      { "return { e.o, e.o }", "{\"o\":{\"q\":1}}", "any {\"x\":[{\"q\":1},{\"q\":1}]}" },
	      { "return 0/0", "{}",
	        "rejected: one.lua:2:18: x: the function gives a number that is not finite" },
	      { "return '\\xff'", "{}",
	        "rejected: one.lua:2:18: x: the function gives a text that is not UTF-8" },
	      { "return type", "{}", "rejected: one.lua:2:18: x: the function gives a function" },
	      { "return { 1, a = 2 }", "{}",
	        "rejected: one.lua:2:18: x: the function gives a table with both names and places, or "
	        "other keys" },
	      { "local t = {} t.t = t return t", "{}",
	        "rejected: one.lua:2:18: x: the function gives tables that nest too deep, or hold "
	        "themselves" });
}

static void errors_name_the_line_that_raised_them(void **state)
{
	CHECK({ "error({})", "{}", "rejected: one.lua:2:18: x: error takes a text, not a table" },
	      { "error('no ' .. e.a)", "{\"a\":1}", "rejected: one.lua:3: x: no 1" },
	      { "local a\n\nreturn a + 1", "{}",
	        "rejected: one.lua:5: x: attempt to perform arithmetic on a nil value (local 'a')" },
	      { "e.a = 1", "{}", "rejected: one.lua:3: x: an event or record is read-only" },
	      { "return reject 'odd'", "{}", "rejected: one.lua:2:18: odd" },
	      { "return drop 'noise'", "{}", "dropped: noise" },
	      { "return lower 'a'", "{}",
	        "rejected: one.lua:3: x: 'lower' describes rows; in a function read the event: e.actor.id" });
}

static void from_gives_a_function_what_it_names(void **state)
{
	struct harness *h = *state;

	harness_row(h, "text = from('a.b', function(v) return v .. '!' end),\n"
	               "x = from('n', 'a', time 't', upper 'a.b', 'none',\n"
	               "  function(n, a, t, b, none) return { n + 1, a.b, t, b, none == nil, a } end),\n"
	               "texts = from('l[].q', function(q) return q * 2 end),\n"
	               "list = all('l', { key = from('q', function(q) return 'k' .. q end),\n"
	               "                  value = from(function(e) return e.q end, 'q', function(a, b) return a + b end) }),\n"
	               "int = first(from('none', 'neither', function() error('called') end), const(7)),\n"
	               "number = from(const(1), function(...) return select('#', ...) end)");
	assert_string_equal(harness_run(h, "{\"a\":{\"b\":\"c\"},\"n\":4,\"t\":\"2026-02-10 18:19:37+02:00\","
	                                   "\"l\":[{\"q\":1},{},{\"q\":2.5}]}"),
	                    "any {\"x\":[5,\"c\",\"2026-02-10T16:19:37Z\",\"C\",true,{\"b\":\"c\"}],"
	                    "\"text\":\"c!\",\"int\":7,\"number\":1,\"texts\":[\"2\",\"5\"],"
	                    "\"list\":[{\"key\":\"k1\",\"value\":2},{\"key\":\"k2.5\",\"value\":5}]}");
	assert_string_equal(harness_run(h, "{}"), "any {\"int\":7,\"number\":1}");
	assert_string_equal(harness_run(h, "{\"t\":\"noon\",\"a\":{\"b\":\"c\"}}"),
	                    "rejected: one.lua:3:20: x: not a time: \"noon\"");
	assert_string_equal(harness_run(h, "{\"a\":{\"b\":{}}}"),
	                    "rejected: one.lua:2:33: text: attempt to concatenate a userdata value (local 'v')");
}

static void from_wants_rows_and_a_function(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.lua", "return map { schema = 'any', when = { eventType = '*' }, fields = {\n"
	                                  "  x = from('a'),\n"
	                                  "  text = from(function() end),\n"
	                                  "  int = from('a', 'b'),\n"
	                                  "  time = from('a.', function() end),\n"
	                                  "} }");
	harness_refuses(h, "one.lua:2:7: from takes rows and a function of their values: "
	                   "from(\"actor.id\", function(id) … end)\n"
	                   "one.lua:3:10: from takes rows and a function of their values: "
	                   "from(\"actor.id\", function(id) … end)\n"
	                   "one.lua:4:9: from takes rows and a function of their values: "
	                   "from(\"actor.id\", function(id) … end)\n"
	                   "one.lua:5:15: path 'a.', character 3: a name is missing\n");
}

/* The rows run again then, one by one. */
static void errors_cost_their_own_row_only(void **state)
{
	struct harness *h = *state;

	harness_row(h, "ip = maybe(ip 'a'), number = maybe(function(e) error('no') end), "
	               "text = function(e) return e.a end, "
	               "texts = all('l', function(v) return v .. '!' end), "
	               "x = maybe(all('l', function(v) if v == 'b' then error('no') end return v end))");
	assert_string_equal(harness_run(h, "{\"a\":\"y\",\"l\":[\"a\",\"b\",\"c\"]}"),
	                    "any {\"text\":\"y\",\"texts\":[\"a!\",\"b!\",\"c!\"]}");
	assert_int_equal(h->worker.run.wrong_in_maybe, 3);
	assert_string_equal(harness_run(h, "{\"a\":\"::1\",\"l\":[\"a\",\"c\"]}"),
	                    "any {\"x\":[\"a\",\"c\"],\"text\":\"::1\",\"ip\":\"::1\","
	                    "\"texts\":[\"a!\",\"c!\"]}");
	assert_int_equal(h->worker.run.wrong_in_maybe, 4);
}

static void helpers_read_what_they_name(void **state)
{
	CHECK({ "return weir.cidr(e.a, '10.0.0.0/8', '2001:db8::/32')", "{\"a\":\"10.9.8.7\"}", "any {\"x\":true}" },
	      { "return weir.cidr(e.a, '10.0.0.0/8', '2001:db8::/32')", "{\"a\":\"2001:db8::1\"}",
	        "any {\"x\":true}" },
	      { "return weir.cidr(e.a, '10.0.0.0/8', '192.0.2.4/30')", "{\"a\":\"192.0.2.8\"}",
	        "any {\"x\":false}" },
	      { "return weir.cidr(e.a, '10.0.0.0/8')", "{\"a\":\"x\"}", "any {}" },
	      { "return weir.cidr(e.a, '10.0.0.1')", "{\"a\":\"10.0.0.1\"}", "any {\"x\":true}" },
	      { "return weir.cidr(e.a, '0.0.0.0/0')", "{\"a\":\"2001:db8::1\"}", "any {\"x\":false}" },
	      { "return weir.cidr(e.a, '10.0.0.0/33')", "{\"a\":\"10.0.0.1\"}",
	        "rejected: one.lua:3: x: '10.0.0.0/33' is no network; write 10.0.0.0/8" },
	      { "return weir.domain(e.a)", "{\"a\":\"x@y@example.com\"}", "any {\"x\":\"example.com\"}" },
	      { "return weir.domain(e.a)", "{}", "any {}" },
	      { "return weir.ip(e.a)", "{\"a\":\"::FFFF:1\"}", "any {\"x\":\"::ffff:1\"}" },
	      { "return weir.base64(e.a)", "{\"a\":\"ada?\"}", "any {\"x\":\"YWRhPw==\"}" },
	      { "return weir.unbase64(weir.base64(e.a))", "{\"a\":\"ada?\"}", "any {\"x\":\"ada?\"}" },
	      { "return weir.unbase64('*')", "{}", "any {}" },
	      { "return weir.hash('sha1', e.a)", "{\"a\":\"abc\"}",
	        "any {\"x\":\"a9993e364706816aba3e25717850c26c9cd0d89d\"}" },
	      { "return weir.json { a = e.l }", "{\"l\":[ 1, 2.0 ]}", "any {\"x\":\"{\\\"a\\\":[1,2.0]}\"}" },
	      { "return weir.time(e.a)", "{\"a\":\"1970-01-01T00:00:01Z\"}", "any {\"x\":1000000}" },
	      { "return weir.textmap(e.a)", "{\"a\":\"{level=HIGH, reasons=A, B}\"}",
	        "any {\"x\":{\"level\":\"HIGH\",\"reasons\":\"A, B\"}}" },
	      { "return weir.textmap(e.a).level", "{\"a\":\"x\"}", "any {}" },
	      { "return weir.url(e.a)", "{\"a\":\"https://u:p@h.example:8443/a/b?q=1#f\"}",
	        "any {\"x\":{\"fragment\":\"f\",\"host\":\"h.example\",\"path\":\"/a/b\",\"port\":\"8443\","
	        "\"query\":\"q=1\",\"scheme\":\"https\"}}" },
	      { "return weir.url(e.a)", "{\"a\":\"//[::1]:80/\"}",
	        "any {\"x\":{\"host\":\"::1\",\"path\":\"/\",\"port\":\"80\"}}" },
	      { "return weir.url(e.a)", "{\"a\":\"/only/a:path\"}", "any {\"x\":{\"path\":\"/only/a:path\"}}" });
}

static void functions_fit_everywhere_a_row_does(void **state)
{
	struct harness *h = *state;

	harness_write(h, "rules/_m.lua", "local n = { f = function(e) return e.f end }\n"
	                                 "return { row = lower(n.f), t = { k = { 'one', 'two' } } }");
	harness_row(h, "text = require('_m').row,\n"
	               "texts = all('l', function(e) return e.q end),\n"
	               "int = first(function(e) return e.no end, function(e) return 3 end),\n"
	               "bool = given(function(e) return true end, const(false)),\n"
	               "object = { a = { b = function(e) return e.f end } },\n"
	               "x = function() local m = require end,\n"
	               "word = pick('f', { F = path 'w' })");
	assert_string_equal(harness_run(h, "{\"f\":\"F\",\"l\":[{\"q\":1},{},{\"q\":\"z\"}],\"w\":\"A\"}"),
	                    "any {\"text\":\"f\",\"int\":3,\"bool\":false,\"object\":{\"a\":{\"b\":\"F\"}},"
	                    "\"texts\":[\"1\",\"z\"],\"word\":\"A\"}");
}

static void a_rule_has_no_memory(void **state)
{
	struct harness *h = *state;

	harness_row(h, "x = (function() local last\n"
	               "return function(e) local was = last last = e.o return was and was.a end end)()");
	assert_string_equal(harness_run(h, "{\"o\":{\"a\":1}}"), "any {}");
	assert_string_equal(harness_run(h, "{\"o\":{\"a\":2}}"),
	                    "rejected: one.lua:3:8: x: this is of an earlier event; a rule has no memory");
	harness_row(h, "x = function(e) string.upper = e end");
	assert_string_equal(harness_run(h, "{}"), "rejected: one.lua:2:18: x: this table cannot be changed");
	harness_row(h, "x = function(e) return ('x').upper == string.upper end");
	assert_string_equal(harness_run(h, "{}"), "any {\"x\":false}");
}

static void what_is_dangerous_is_not_there(void **state)
{
	struct harness *h = *state;
	static const char *const names[] = {
		"os", "io", "debug", "load", "loadstring", "dofile", "loadfile", "pcall", "xpcall", "coroutine",
		"setmetatable", "getmetatable", "rawset", "rawget", "collectgarbage", "package", "_G", "print",
	};

	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		char *row = weir_format("x = function(e) return %s end", names[i]);
		char *text = weir_format("return map { schema = 'any', when = { eventType = '*' }, "
		                         "fields = { %s } }", row);

		harness_schema(h);
		harness_write(h, "rules/one.lua", text);
		assert_false(harness_load_all(h, NULL));
		assert_non_null(strstr(h->mistakes.data, "unknown word"));
		weir_free(row);
		weir_free(text);
	}
	CHECK({ "return math.random == nil and string.dump == nil and table.move == nil", "{}",
	        "any {\"x\":true}" });
}

/* ---- our functions of `string` against Lua's own -------------------------------------------------- */

static const char *const string_calls[] = {
	"('hello world'):find('o w')", "('hello'):find('l+')", "('hello'):find('(l)(l)')",
	"('hello'):find('xyz')", "('hello'):find('')", "('hello'):find('', 10)", "('hello'):find('', 6)",
	"('a.b'):find('.', 1, true)", "('a.b'):find('%.')", "('hello'):find('l', -2)",
	"('hello'):match('h(.-)o')", "('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "('hello'):match('()ll()')",
	"('2026-01-02'):match('(%d+)-(%d+)-(%d+)')", "('f(a(b)c)d'):match('%b()')",
	"('THE (quick) fox'):find('%f[%a]%a+%f[%A]')", "('abcabc'):match('(abc)%1')", "('x'):match('y?x')",
	"('aaa'):match('a-$')", "('aXb'):match('%u')", "('[x]'):match('[]]')", "('a-z'):match('[a%-z]+')",
	"('a^b'):match('[%^]')", "('äö'):match('[^a]+')", "('  trim  '):match('^%s*(.-)%s*$')",
	"('hello world'):gsub('o', '0')", "('hello'):gsub('', '-')", "('hello world'):gsub('%w+', '<%0>')",
	"('hello world'):gsub('(%w+) (%w+)', '%2 %1')", "('abc'):gsub('%w', '%%%0')", "('abc'):gsub('b*', 'x')",
	"('hello'):gsub('l', { l = 'L' })", "('hello'):gsub('l', function(c) return c:upper() end)",
	"('hello'):gsub('l', function() end)", "('hello'):gsub('l', 'x', 1)", "('hello'):gsub('^h', 'H')",
	"('hello'):gsub('x', 'y')", "('abc'):rep(3)", "('abc'):rep(3, ',')", "('abc'):rep(0)", "('abc'):rep(-1)",
	"(function() local t = '' for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t = t .. k .. v end return t end)()",
	"(function() local t = '' for w in ('one two'):gmatch('%a*') do t = t .. '[' .. w .. ']' end return t end)()",
	"(function() local t = 0 for p in ('abc'):gmatch('()') do t = t * 10 + p end return t end)()",
	"('%d'):gsub('%%d', '5')", "('x^2'):find('^2')", "('x^2'):find('^x')", "('a\\0b'):find('%z')",
	"('a\\0b'):find('\\0')", "('hello'):gsub('(h)(e)', '%2%1')", "('abc'):find('b', nil, true)",
	"('alo'):match('[a-c]+')", "('0xFf'):match('%x+$')", "('a,b,,c'):gsub(',', ';')",
};

/* Dies in good order when there is no memory, which Lua itself would not. */
static void *reallocate(void *arg, void *memory, size_t was, size_t size)
{
	(void)arg;
	(void)was;
	if (size)
		return weir_realloc(memory, size);
	weir_free(memory);
	return NULL;
}

static void strings_behave_like_luas(void **state)
{
	struct harness *h = *state;
	lua_State *L = lua_newstate(reallocate, NULL);

	luaL_openlibs(L);
	for (size_t i = 0; i < WEIR_COUNT(string_calls); i++) {
		char *body = weir_format("local t = table.pack(%s)\n"
		                         "for i = 1, t.n do t[i] = tostring(t[i]) end\n"
		                         "return table.concat(t, '|')", string_calls[i]);
		char *row = weir_format("x = function() %s end", body);
		const char *gives;
		char *expected;

		if (luaL_dostring(L, body) != LUA_OK)
			fail_msg("Lua: %s", lua_tostring(L, -1));
		expected = weir_format("any {\"x\":\"%s\"}", lua_tostring(L, -1));
		harness_row(h, row);
		gives = harness_run(h, "{}");
		if (strcmp(gives, expected) != 0)
			fail_msg("%s\n  gives %s\n  Lua's %s", string_calls[i], gives, expected);
		lua_settop(L, 0);
		weir_free(body);
		weir_free(row);
		weir_free(expected);
	}
	lua_close(L);
}

static void patterns_that_are_wrong_say_so(void **state)
{
	CHECK({ "return ('x'):find('[a')", "{}", "rejected: one.lua:3: x: malformed pattern: ']' is missing" },
	      { "return ('x'):find('%')", "{}", "rejected: one.lua:3: x: malformed pattern: it ends with '%'" },
	      { "return ('x'):match('(x')", "{}", "rejected: one.lua:3: x: malformed pattern: a '(' has no ')'" },
	      { "return ('x'):gsub('x', '%9')", "{}",
	        "rejected: one.lua:3: x: invalid use of '%' in replacement string" });
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(missing_keys_give_nothing_at_any_depth),
		CASE(values_come_as_they_are),
		CASE(the_last_of_equal_keys_wins),
		CASE(lists_can_be_walked),
		CASE(results_become_values),
		CASE(errors_name_the_line_that_raised_them),
		CASE(from_gives_a_function_what_it_names),
		CASE(from_wants_rows_and_a_function),
		CASE(errors_cost_their_own_row_only),
		CASE(helpers_read_what_they_name),
		CASE(functions_fit_everywhere_a_row_does),
		CASE(a_rule_has_no_memory),
		CASE(what_is_dangerous_is_not_there),
		CASE(strings_behave_like_luas),
		CASE(patterns_that_are_wrong_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
