/* test_hostile.c - rules that mean harm, or are broken: each costs its own event, nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

static void rules_before(struct harness *h, const char *before, const char *body)
{
	char *text = weir_format("%sreturn map { schema = 'any', when = { eventType = 'bad' }, fields = { x = "
	                         "function(e)\n%s\nend } }", before, body);

	harness_schema(h);
	harness_write(h, "rules/bad.lua", text);
	harness_write(h, "rules/good.lua",
	              "return map { schema = 'any', when = { eventType = 'good' },\n"
	              "fields = { x = function(e) return e.n + 1 end } }");
	harness_load(h);
	weir_free(text);
}

static void rules(struct harness *h, const char *body)
{
	rules_before(h, "", body);
}

/* The bad rule, behind some text, ends in this, and its neighbour works before and after it. */
static void costs_one_event_after(void **state, const char *before, const char *body, const char *gives)
{
	struct harness *h = *state;
	const char *got;

	rules_before(h, before, body);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":2}");
	got = harness_run(h, "{\"eventType\":\"bad\",\"n\":1,\"s\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
	if (strncmp(got, gives, strlen(gives)) != 0)
		fail_msg("%s\n  gives     %s\n  should be %s", body, got, gives);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":3}");
}

static void costs_one_event(void **state, const char *body, const char *gives)
{
	costs_one_event_after(state, "", body, gives);
}

#define STEPS "breach: bad.lua:1:75: used more than 1000000 instructions"
#define BYTES "breach: bad.lua:1:75: used more than 16 MiB of memory"

static void endless_loops_end(void **state)
{
	costs_one_event(state, "while true do end", STEPS);
	costs_one_event(state, "for i = 1, 1e15 do end", STEPS);
	costs_one_event(state, "repeat until false", STEPS);
	costs_one_event(state, "goto a ::a:: goto a", "breach: ");
	costs_one_event(state, "for k in each { 1 } do while true do end end", STEPS);
}

static void endless_recursion_ends(void **state)
{
	costs_one_event(state, "local function f() return 1 + f() end return f()", "");
	costs_one_event(state, "local function f() return f() end return f()", STEPS);
	costs_one_event(state, "local t = {} for i = 1, 300 do t = { t } end return t",
	                "rejected: bad.lua:1:75: x: the function gives tables that nest too deep, or hold "
	                "themselves");
}

/* The instructions of a function whose text shows that it is short are not counted; these only
 * look short. */
static void what_looks_short_is_counted(void **state)
{
	costs_one_event(state, "-- a comment?\rwhile true do end", STEPS);
	costs_one_event(state, "local s = \"\\z\n\" while true do end --\"", STEPS);
	costs_one_event(state, "local each = select for _ in each(2, 1, math.abs, 5) do end", STEPS);
	costs_one_event(state, "local f = each(nil) for _ in select(2, 1, math.abs, 5) do end", STEPS);
	costs_one_event(state, "for _ in each(nil) and math.abs, 5 do end", STEPS);
	costs_one_event(state, "for _ in pairs(nil) and tostring, 1 do end", STEPS);
	costs_one_event(state, "for _ in (each(nil) and type), 1 do end", STEPS);
	costs_one_event(state, "for _ in each(nil, '(') and math.abs, ')' do end", "rejected: ");
	costs_one_event(state, "local f = type local _ENV = { ['each'] = select } "
	                       "for _ in each(2, 1, f, 5) do end", STEPS);
	costs_one_event(state, "for _ in each(nil, '(') and type, ')' do end", STEPS);
	costs_one_event(state, "local t = table.pack(('x'):rep(2000):byte(1, -1)) "
	                       "for _ in each(t) do for _ in each(t) do end end", STEPS);
	costs_one_event(state, "local t = table.pack(('x'):rep(2000):byte(1, -1)) "
	                       "for _ in pairs(t) do for _ in pairs(t) do end end", STEPS);
	costs_one_event_after(state, "local function f() while true do end end\n", "return f()", "breach: ");
	costs_one_event_after(state, "local t = {} function t.f() return t.f() end\n", "return t.f()", "breach: ");
	costs_one_event_after(state, "local f f = 1 local g = function() f = function() return f() end end g()\n",
	                      "return f()", "breach: ");
	costs_one_event_after(state, "local _ENV = { f = function() while true do end end, map = map }\n",
	                      "return _ENV.f()", "breach: ");
}

static void memory_is_limited(void **state)
{
	costs_one_event(state, "local t = {} for i = 1, 1e9 do t[i] = { i } end", BYTES);
	costs_one_event(state, "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", "breach: ");
	costs_one_event(state, "local s = 'x' while true do s = s .. s end", BYTES);
	costs_one_event(state, "local s = ('x'):rep(1e5) for i = 1, 1e5 do local y = s .. i end", BYTES);
	costs_one_event(state, "return ('x'):rep(10 * 1024 * 1024 * 1024)",
	                "rejected: bad.lua:2: x: resulting string too large");
	costs_one_event(state, "return ('x'):rep(15 * 1024 * 1024)", "breach: ");
	costs_one_event(state, "local t = { ('x'):rep(1e5) } for i = 1, 1000 do t[i] = t[1] end "
	                       "return table.concat(t)", "breach: ");
	costs_one_event(state, "local t = 'x' for i = 1, 30 do t = { t, t } end return t", "breach: ");
}

static void work_in_c_is_counted(void **state)
{
	costs_one_event(state, "return (''):rep(1e18)", "any {\"x\":\"\"}");
	costs_one_event(state, "return (''):rep(1e18, '')", "any {\"x\":\"\"}");
	costs_one_event(state, "return e.s:rep(1000):find(('a-'):rep(20) .. 'b')", "breach: ");
	costs_one_event(state, "return (e.s:find(('a?'):rep(32) .. ('a'):rep(33)))", "");
	costs_one_event(state, "return (e.s:rep(100):gsub(('.-'):rep(8) .. 'b', ''))", "breach: ");
	costs_one_event(state, "return (('x'):rep(1e4):gsub('(y-)', ('%1'):rep(1e4)))", "breach: ");
	costs_one_event(state, "local n = ('x'):rep(6):gsub('x', function() "
	                       "return select('#', table.unpack({}, 1, 2e5)) end) return n", "breach: ");
	costs_one_event(state, "for x in e.s:rep(100):gmatch(('.-'):rep(8) .. 'b') do end", "breach: ");
	costs_one_event(state, "local s = ('x'):rep(1e6) while true do s:find('y', 1, true) end", "breach: ");
	costs_one_event(state, "local t = {} for i = 1, 1e5 do t[i] = -i end "
	                       "while true do table.sort(t) end", "breach: ");
	costs_one_event(state, "local s = ('9'):rep(1e6) while true do tonumber(s) end", "breach: ");
	costs_one_event(state, "local s = ('x'):rep(1e6) while true do utf8.len(s) end", "breach: ");
	costs_one_event(state, "local t = {} for i = 1, 1e5 do t[i] = i end "
	                       "while true do table.insert(t, 1, 0) end", "breach: ");
	costs_one_event(state, "local t = {} for i = 1, 1e5 do t[i] = 1 end "
	                       "while true do local s = table.concat(t) end", "breach: ");
	costs_one_event(state, "while true do weir.hash('sha256', ('x'):rep(1e5)) end", "breach: ");
	costs_one_event(state, "return select('#', table.unpack({}, 1, 1e7))",
	                "rejected: bad.lua:1:75: x: too many results to unpack");
}

static void errors_cannot_be_held_back(void **state)
{
	costs_one_event(state, "error()", "rejected: bad.lua:1:75: x: nil");
	costs_one_event(state, "error({})", "rejected: bad.lua:1:75: x: error takes a text, not a table");
	costs_one_event(state, "local t = { e } t[1].x = 1", "rejected: bad.lua:2: x: an event or record is read-only");
	costs_one_event(state, "return e < e", "rejected: bad.lua:2: x: attempt to compare two ");
	costs_one_event(state, "return e .. 'x'", "rejected: bad.lua:2: x: attempt to concatenate ");
	costs_one_event(state, "return e()", "rejected: bad.lua:2: x: attempt to call ");
	costs_one_event(state, "table.sort({ 3, 2, 1, 4, 5, 6 }, function() return true end)",
	                "rejected: bad.lua:1:75: x: invalid order function for sorting");
	costs_one_event(state, "return ('x'):gsub('x', function() error('inside') end)",
	                "rejected: bad.lua:2: x: inside");
	/* maybe() is for values that are wrong, not for rules that are. */
	costs_one_event(state, "return e.n end, text = maybe(function() while true do end end), "
	                       "int = function() ", "breach: ");
}

static void long_texts_of_events_are_limited_too(void **state)
{
	struct harness *h = *state;
	char *text, *event;

	rules(h, "return #e.s");
	text = weir_alloc(2 << 20);
	memset(text, 'y', (2 << 20) - 1);
	event = weir_format("{\"eventType\":\"bad\",\"s\":\"%s\"}", text);
	assert_string_equal(harness_run(h, event), BYTES);
	assert_string_equal(harness_run(h, "{\"eventType\":\"bad\",\"s\":\"abc\"}"), "any {\"x\":3}");
	weir_free(event);
	weir_free(text);
}

static void the_word_capture_gives_up(void **state)
{
	struct harness *h = *state;
	char text[5000], *event;

	memset(text, 'a', sizeof text);
	text[0] = 'b';
	harness_row(h, "text = capture('s', '.-.-.-.-.-bc')");
	event = weir_format("{\"s\":\"%.*s\"}", (int)sizeof text, text);
	assert_non_null(strstr(harness_run(h, event),
	                       "rejected: one.lua:2:21: text: the pattern takes too many steps"));
	weir_free(event);
}

static void twenty_breaches_in_a_row_suspend_the_rule(void **state)
{
	struct harness *h = *state;
	const char *bad = "{\"eventType\":\"bad\",\"n\":1}", *fine = "{\"eventType\":\"bad\",\"n\":0}";

	rules(h, "while e.n == 1 do end return 'fine'");
	h->now_ms = 1000;
	for (int i = 0; i < 19; i++)
		assert_string_equal(harness_run(h, bad), STEPS);
	/* One that keeps the budget starts the count again. */
	assert_string_equal(harness_run(h, fine), "any {\"x\":\"fine\"}");
	for (int i = 0; i < 20; i++)
		assert_string_equal(harness_run(h, bad), STEPS);
	assert_string_equal(harness_run(h, fine), "breach: bad.lua:1:8: the rule is suspended, because it "
	                                          "broke its budget again and again");
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":3}");
	h->now_ms = 1000 + 29999;
	assert_non_null(strstr(harness_run(h, fine), "suspended"));
	h->now_ms = 1000 + 30000;
	assert_string_equal(harness_run(h, bad), STEPS);
	assert_non_null(strstr(harness_run(h, fine), "suspended"));
	h->now_ms = 1000 + 60000;
	assert_string_equal(harness_run(h, fine), "any {\"x\":\"fine\"}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(endless_loops_end),
		CASE(endless_recursion_ends),
		CASE(what_looks_short_is_counted),
		CASE(memory_is_limited),
		CASE(work_in_c_is_counted),
		CASE(errors_cannot_be_held_back),
		CASE(long_texts_of_events_are_limited_too),
		CASE(the_word_capture_gives_up),
		CASE(twenty_breaches_in_a_row_suspend_the_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
