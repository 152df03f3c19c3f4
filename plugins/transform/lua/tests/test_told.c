/* test_told.c - what is told about rules: traces, rows, routes, fingerprints.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routing.h"

#include "tell.h"

/* ---- what is told about rules ---------------------------------------------------------------------- */

static void note_row(void *user, size_t batch_row, const struct weir_rule_row *row,
                     const char *from)
{
	struct harness *h = user;

	assert_int_equal(batch_row, 7);
	weir_buf_printf(&h->mistakes, "  %s %s %s <%s>\n", strrchr(row->where.file, '/') + 1,
	                row->target, row->source, from);
}

static void note_tried(void *user, size_t batch_row, const struct weir_rule_tried *tried)
{
	static const char *const verdicts[] = { "took", "passed", "dropped", "rejected" };
	struct harness *h = user;

	assert_int_equal(batch_row, 7);
	weir_buf_printf(&h->mistakes, "%s:%d %s %s %s %zu\n",
	                strrchr(tried->step.where.file, '/') + 1, tried->step.where.line,
	                tried->step.type, verdicts[tried->verdict], tried->why, tried->records);
}

static const char *traced(struct harness *h, const char *event)
{
	struct teller *teller = teller_create(engine_rules(h->engine));
	size_t batch_row = 7;

	h->mistakes.len = 0;
	teller_trace(teller, &h->worker.run,
	             &(struct weir_rule_tracer){ note_tried, note_row, h }, &batch_row);
	harness_run(h, event);
	teller_trace(teller, &h->worker.run, NULL, NULL);
	teller_destroy(teller);
	return weir_buf_text(&h->mistakes);
}

static void traces_name_the_rows_that_wrote(void **state)
{
	struct harness *h = with_schemas(state);

	harness_write(h, "rules/a.lua", "return map { schema = 'a', when = { eventType = 'x' }, "
	                                "fields = { id = 'id', n = 'n', by = first('no', lower 'by') } }");
	rule(h, "b", "{ eventType = 'x' }");
	harness_load(h);
	assert_string_equal(traced(h, "{\"eventType\":\"x\",\"id\":\"1\",\"by\":\"2\"}"),
	                    "a.lua:1 x took  1\n"
	                    "  a.lua id \"id\" <id>\n"
	                    "  a.lua by first(\"no\", lower(\"by\")) <by>\n");
	assert_string_equal(traced(h, "{\"eventType\":\"x\",\"by\":\"2\"}"),
	                    "a.lua:1 x passed the required field id stays absent; see line 1 0\n"
	                    "b.lua:1 x took  1\n"
	                    "  b.lua by const(\"b\") <>\n");
}

static void traces_say_why_a_rule_did_not_take_an_event(void **state)
{
	struct harness *h = with_schemas(state);

	harness_settings(h, "{\"mode\":\"off\"}");
	rule(h, "a", "{ { eventType = 'x', k = 'v' }, { eventType = '*', k = none_of('w'), [known 'l'] = present } }");
	rule(h, "b", "{ eventType = 'x', [setting 'mode'] = 'on' }");
	harness_write(h, "rules/d.lua", "return map { drop = 'noise', when = { eventType = 'x' } }");
	harness_load(h);
	assert_string_equal(traced(h, "{\"eventType\":\"x\",\"k\":\"w\"}"),
	                    "b.lua:1 x passed the setting mode is \"off\" 0\n"
	                    "a.lua:1 x passed [\"k\"] = { \"v\" } does not hold: it is \"w\" 0\n"
	                    "d.lua:1 x dropped noise 0\n");
	assert_string_equal(traced(h, "{\"eventType\":\"y\",\"k\":\"x\"}"),
	                    "a.lua:1 * passed [known(\"l\")] = present does not hold: it is absent 0\n");
}

static void two_functions_are_two_conditions(void **state)
{
	struct harness *h = with_schemas(state);

	rule(h, "a", "{ { eventType = 'x', [function(e) return e.k == 1 end] = true }, "
	             "{ eventType = 'x', [function(e) return e.k == 2 end] = true } }");
	rule(h, "b", "{ eventType = 'x', [function(e) return e.k == 3 end] = true }");
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"k\":1}"), "b {\"by\":\"a\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"k\":2}"), "b {\"by\":\"a\"}");
	assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"k\":3}"), "b {\"by\":\"b\"}");
	assert_non_null(strstr(traced(h, "{\"eventType\":\"x\",\"k\":4}"),
	                       "a.lua:1] = { \"true\" } does not hold: it is \"false\" 0\nb.lua:1 x"));
}

/* Lua's order of keys differs between the state that loads and the one that runs. */
static void each_function_keeps_its_condition(void **state)
{
	struct harness *h = with_schemas(state);
	struct weir_buf when = { 0 };

	weir_buf_puts(&when, "{ eventType = 'x', ");
	for (int i = 0; i < 12; i++)
		weir_buf_printf(&when, "[function(e) return e.a + %d end] = %d,%s", i, i + 1, i % 3 ? "\n" : "");
	weir_buf_puts(&when, "}");
	rule(h, "a", weir_buf_text(&when));
	weir_buf_finish(&when);
	for (int i = 0; i < 5; i++) {
		harness_load(h);
		assert_string_equal(harness_run(h, "{\"eventType\":\"x\",\"a\":1}"), "b {\"by\":\"a\"}");
	}
}

static void note_step(void *user, const struct weir_rule_step *step)
{
	struct harness *h = user;

	weir_buf_printf(&h->mistakes, "%s %s:%d %s %s\n", step->type, strrchr(step->where.file, '/') + 1,
	                step->where.line, step->schema ? step->schema : step->drop, step->conditions);
}

static void rows_and_routes_are_told(void **state)
{
	struct harness *h = with_schemas(state);
	const struct weir_rule_row *rows;
	struct teller *teller;

	harness_write(h, "rules/a.lua", "return map { schema = 'a', when = { eventType = 'u.x', k = { 'v', 'w' },\n"
	                                "  [lower 'l'] = present }, fields = { id = lower 'id' } }");
	harness_write(h, "rules/d.lua", "return map { drop = 'noise', when = { eventType = { '*', 'u.*' }, q = "
	                                "none_of(1) } }");
	harness_load(h);
	teller = teller_create(engine_rules(h->engine));
	assert_int_equal(teller_rows(teller, &rows), 1);
	assert_string_equal(rows[0].target, "id");
	assert_string_equal(rows[0].source, "lower(\"id\")");
	assert_string_equal(rows[0].schema, "a");
	assert_int_equal(rows[0].where.line, 2);
	teller_route(teller, "u.x", note_step, h);
	assert_string_equal(weir_buf_text(&h->mistakes),
	                    "u.x a.lua:1 a [\"k\"] = { \"v\", \"w\" }, [lower(\"l\")] = present\n"
	                    "u.* d.lua:1 noise [\"q\"] = none_of { \"1\" }\n"
	                    "u.* d.lua:1 noise [\"q\"] = none_of { \"1\" }\n");
	teller_destroy(teller);
}

static void a_changed_file_changes_the_fingerprint(void **state)
{
	struct harness *h = with_schemas(state);
	uint64_t before;

	rule(h, "b", "{ eventType = 'x' }");
	harness_load(h);
	before = engine_files(h->engine)->content;
	harness_load(h);
	assert_true(engine_files(h->engine)->content == before);
	assert_string_equal(strrchr(engine_files(h->engine)->paths[0], '/'), "/b.lua");
	harness_write(h, "rules/schemas/b.yaml", "doc: y\nfields:\n  by: {type: text, doc: x}\n");
	harness_load(h);
	assert_true(engine_files(h->engine)->content != before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(traces_name_the_rows_that_wrote),
		CASE(two_functions_are_two_conditions),
		CASE(each_function_keeps_its_condition),
		CASE(traces_say_why_a_rule_did_not_take_an_event),
		CASE(rows_and_routes_are_told),
		CASE(a_changed_file_changes_the_fingerprint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
