/* test_hostile.c - programs that mean harm, or are broken: each costs its own event, nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static void rules(struct harness *h, const char *program)
{
	char *text = weir_format("module { schema: \"any\", when: { eventType: \"bad\" } };\n%s\n", program);

	harness_schema(h);
	harness_write(h, "rules/bad.jq", text);
	harness_write(h, "rules/good.jq",
	              "module { schema: \"any\", when: { eventType: \"good\" } };\n{ x: (.n + 1) }");
	harness_load(h);
	weir_free(text);
}

/* The bad rule ends in this, and its neighbour works before and after it. */
static void costs_one_event(void **state, const char *program, const char *gives)
{
	struct harness *h = *state;
	const char *got;

	rules(h, program);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":2}");
	got = harness_run(h, "{\"eventType\":\"bad\",\"n\":1}");
	if (strncmp(got, gives, strlen(gives)) != 0)
		fail_msg("%s\n  gives     %s\n  should be %s", program, got, gives);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":3}");
}

#define LATE "breach: bad.jq:2:1: took more than 100 ms"

static void endless_programs_end(void **state)
{
	costs_one_event(state, "def f: f; f", LATE);
	costs_one_event(state, "[while(true; .)]", "breach: ");
	costs_one_event(state, "def f: 1 + f; f", "breach: ");
	costs_one_event(state, "last(range(1e12))", LATE);
}

#define MEMORY "breach: bad.jq:2:1: used more than 256 MiB"

/* What fills its memory page by page may be late first, on a machine that is busy. */
static void memory_is_limited(void **state)
{
	struct harness *h = *state;
	struct weir_buf event = { 0 };

	costs_one_event(state, "{ x: ([] | .[40000000] = 1) }", MEMORY);
	costs_one_event(state, "\"xxxxxxxxxxxxxxxx\" | until(false; . + .)", "breach: ");
	costs_one_event(state, "{ x: (\"x\" * 20000000) }", "breach: ");
	costs_one_event(state, "{ x: [range(1e9)] }", "breach: ");
	/* Of the event itself. */
	weir_buf_puts(&event, "{\"eventType\":\"bad\",\"l\":[{}");
	for (int i = 0; i < 1000000; i++)
		weir_buf_puts(&event, ",{}");
	weir_buf_puts(&event, "]}");
	assert_non_null(strstr(harness_run(h, weir_buf_text(&event)), "breach: "));
	weir_buf_finish(&event);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":3}");
}

static void deep_values_harm_nobody(void **state)
{
	costs_one_event(state, "reduce range(300000) as $i (null; [.])", "breach: ");
	costs_one_event(state, "{ x: (reduce range(3000) as $i (null; [.])) }",
	                "breach: bad.jq:2:1: gave a value that nests more than 1000 deep");
	costs_one_event(state, "{ x: (reduce range(900) as $i (null; [.])) }", "any {\"x\":[[[[");
	costs_one_event(state, "{ x: (reduce range(24) as $i (\"x\"; . + .)) }",
	                "breach: bad.jq:2:1: gave more than 16 MiB");
}

static void errors_are_values(void **state)
{
	costs_one_event(state, "error(\"no\")", "rejected: bad.jq:2:1: no");
	costs_one_event(state, "error({a: [1]})", "rejected: bad.jq:2:1: {\"a\":[1]}");
	costs_one_event(state, "error(null)", ""); /* nothing in jq 1.6 */
	costs_one_event(state, ".eventType.x", "rejected: bad.jq:2:1: Cannot index string with ");
	costs_one_event(state, "{x: 1}, error(\"late\")", "rejected: bad.jq:2:1: late");
	costs_one_event(state, "label $out | foreach (1, 2, 3) as $i (0; $i; if . == 2 then {x: .}, break $out else empty end)",
	                "any {\"x\":2}");
	costs_one_event(state, "{ x: ([55296, 97] | implode) }", "any {\"x\":\"");
	costs_one_event(state, "{ x: (\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\" | test(\"^(a+)+$\")) }", "");
	costs_one_event(state, "{ x: [nan, infinite, -infinite] }",
	                "any {\"x\":[null,1.7976931348623157e+308,-1.7976931348623157e+308]}");
}

/* Twenty in a row, and the rule rests for half a minute; its neighbour does not. */
static void a_rule_that_breaks_its_budget_is_suspended(void **state)
{
	struct harness *h = *state;

	rules(h, "{ x: (reduce range(3000) as $i (null; [.])) }");
	h->now_ms = 1000;
	for (int i = 0; i < RULE_STRIKES; i++)
		assert_non_null(strstr(harness_run(h, "{\"eventType\":\"bad\"}"), "1000 deep"));
	assert_non_null(strstr(harness_run(h, "{\"eventType\":\"bad\"}"), "is suspended"));
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":2}");
	h->now_ms = 1000 + RULE_PAUSE_MS + 1;
	assert_non_null(strstr(harness_run(h, "{\"eventType\":\"bad\"}"), "1000 deep"));
	assert_non_null(strstr(harness_run(h, "{\"eventType\":\"bad\"}"), "is suspended"));
}

/* The only child of a process. */
static pid_t child_of(pid_t parent)
{
	char path[64], line[64] = "";
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file));
	fclose(file);
	return (pid_t)strtol(line, NULL, 10);
}

/* Whether the kernel has ended it, though nobody may have buried it yet. */
static bool is_gone(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (file) {
		assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
		fclose(file);
	}
	return state == 'Z' || state == 'X';
}

/* Ends one process, and waits until another is gone, which may be the same. */
static void end(pid_t one, pid_t other)
{
	assert_int_equal(kill(one, SIGKILL), 0);
	while (!is_gone(other))
		sched_yield();
}

static void a_process_that_dies_at_rest_is_replaced(void **state)
{
	struct harness *h = *state;
	pid_t nest, worker;

	rules(h, "{ x: 1 }");
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":2}");
	nest = child_of(getpid());
	worker = child_of(nest);
	end(worker, worker);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":3}");
	assert_int_equal(child_of(getpid()), nest);
	assert_int_not_equal(child_of(nest), worker);
	end(nest, child_of(nest));
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":3}"), "any {\"x\":4}");
	assert_int_not_equal(child_of(getpid()), nest);
}

static void has_nothing_of_weir(pid_t pid, const char *first_closed)
{
	char path[64], bytes[16];
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
	file = fopen(path, "r");
	if (file) { /* only root may look at it */
		assert_int_equal(fread(bytes, 1, sizeof bytes, file), 0);
		fclose(file);
	}
	snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)pid, first_closed);
	assert_int_equal(access(path, F_OK), -1);
}

/* What the processes have: no environment, and no descriptors but their own. */
static void a_process_has_nothing_of_weir(void **state)
{
	struct harness *h = *state;

	setenv("SECRET", "x", 1);
	rules(h, "{ x: 1 }");
	harness_run(h, "{\"eventType\":\"good\",\"n\":1}");
	has_nothing_of_weir(child_of(getpid()), "5");
	has_nothing_of_weir(child_of(child_of(getpid())), "4");
}

/* Its program cannot be run: while rules are loaded, and later. Under valgrind nobody is told why. */
static void there_may_be_no_process(void **state)
{
	struct harness *h = *state;
	struct weir_error err = { 0 };

	harness_helper[1]++;
	harness_schema(h);
	harness_write(h, "rules/good.jq", "module { schema: \"any\", when: { eventType: \"good\" } };\n{ x: .n }");
	assert_false(harness_load_all(h, (const char *const[]){ "rules", NULL }));
	assert_non_null(strstr(weir_buf_text(&h->mistakes), "weir-jq"));
	harness_helper[1]--;
	harness_load(h);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":1}");
	harness_helper[1]++;
	end(child_of(getpid()), child_of(child_of(getpid())));
	runner_begin(h->worker.runner);
	assert_int_equal(runner_lost(h->worker.runner, &err), WEIR_RETRY);
	assert_non_null(strstr(err.text, "weir-jq"));
	harness_helper[1]--;
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":2}");
}

/* A service manager tells all processes to end, and weir still has pages under way. */
static void processes_end_with_weir_not_before(void **state)
{
	struct harness *h = *state;
	pid_t nest, worker;

	rules(h, "{ x: 1 }");
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":2}");
	nest = child_of(getpid());
	worker = child_of(nest);
	assert_int_equal(kill(nest, SIGTERM), 0);
	assert_int_equal(kill(worker, SIGTERM), 0);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":3}");
	assert_int_equal(child_of(getpid()), nest);
	assert_int_equal(child_of(nest), worker);
}

/* A nest that cannot fork for now is not ended: its other copies are at work. */
static void a_nest_that_cannot_fork_is_asked_again(void **state)
{
	struct harness *h = *state;
	struct rlimit none = { 0, RLIM_INFINITY }, before;
	struct weir_error err = { 0 };
	pid_t nest;

	if (geteuid() == 0)
		skip(); /* no limit holds for root */
	rules(h, "{ x: 1 }");
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":2}");
	nest = child_of(getpid());
	assert_int_equal(prlimit(nest, RLIMIT_NPROC, NULL, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(prlimit(nest, RLIMIT_NPROC, &none, NULL), 0);
	end(child_of(nest), child_of(nest));
	runner_begin(h->worker.runner);
	assert_int_equal(runner_lost(h->worker.runner, &err), WEIR_RETRY);
	assert_non_null(strstr(err.text, "no process for jq"));
	assert_int_equal(child_of(getpid()), nest);
	assert_int_equal(prlimit(nest, RLIMIT_NPROC, &before, NULL), 0);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":2}"), "any {\"x\":3}");
	assert_int_equal(child_of(getpid()), nest);
}

/* Kills the nest while a copy is at work, and waits until that is gone too. */
struct killer {
	int kills, most;
};

static bool kill_nest(void *user)
{
	struct killer *killer = user;
	pid_t nest = child_of(getpid());

	if (killer->kills == killer->most)
		return false;
	killer->kills++;
	end(nest, child_of(nest));
	return false;
}

static void an_event_is_not_blamed_for_its_nest(void **state)
{
	struct harness *h = *state;
	struct killer killer = { .most = 4 };

	rules(h, "last(range(1e12))");
	runner_leave_when(h->worker.runner, kill_nest, &killer);
	assert_string_equal(harness_run(h, "{\"eventType\":\"bad\"}"), LATE);
	assert_true(killer.kills > 0);
}

/* The batch is tried again, later. On a machine that is busy the event may be late first. */
static void a_nest_that_is_always_killed_loses_the_batch(void **state)
{
	struct harness *h = *state;
	struct killer killer = { .most = INT_MAX };
	struct rule_event event = { .lane = "live" };
	enum weir_status status = WEIR_OK;
	struct weir_error err = { 0 };

	rules(h, "last(range(1e12))");
	assert_true(weir_json_parse(h->arena, weir_bytes("{\"eventType\":\"bad\"}"), &event.event, &err));
	worker_run(&h->worker)->arena = h->arena;
	runner_leave_when(h->worker.runner, kill_nest, &killer);
	for (int i = 0; i < RULE_STRIKES && status == WEIR_OK; i++) {
		runner_begin(h->worker.runner);
		assert_true(runner_want(h->worker.runner, &event));
		status = runner_answer(h->worker.runner, &err);
	}
	assert_int_equal(status, WEIR_RETRY);
	assert_non_null(strstr(err.text, "5 times in a row"));
	assert_true(killer.kills >= 5);
	runner_leave_when(h->worker.runner, NULL, NULL);
	assert_string_equal(harness_run(h, "{\"eventType\":\"good\",\"n\":1}"), "any {\"x\":2}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(endless_programs_end),
		CASE(memory_is_limited),
		CASE(deep_values_harm_nobody),
		CASE(errors_are_values),
		CASE(a_rule_that_breaks_its_budget_is_suspended),
		CASE(a_process_that_dies_at_rest_is_replaced),
		CASE(a_process_has_nothing_of_weir),
		CASE(there_may_be_no_process),
		CASE(processes_end_with_weir_not_before),
		CASE(a_nest_that_cannot_fork_is_asked_again),
		CASE(an_event_is_not_blamed_for_its_nest),
		CASE(a_nest_that_is_always_killed_loses_the_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
