/* runner.c - running jq rules, for one worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runner.h"

#include <string.h>

#include "causes.h"
#include "child.h"
#include "text.h"
#include "values.h"

/* What goes to the process in one go, unless one event is larger. */
enum { GO_BYTES = 256 << 10 };

/* So often in a row may a process die with its nest. */
enum { ORPHANED_MAX = 5 };

enum answer { UNANSWERED, ANSWERED, BROKE_BUDGET };

/* One run of one rule's program. */
struct asked {
	uint32_t event;              /* counted from runner_begin */
	const struct rule *rule;
	bool whole;                  /* without its `reads`, to compare */
	enum answer answer;
	enum wire_status status;     /* ANSWERED */
	struct weir_bytes bytes;
	const char *breach;          /* BROKE_BUDGET: why */
	bool suspended;              /* it was not even tried */
};

struct runner {
	struct rule_host host;
	struct rule_run run;
	struct rule_strikes strikes;
	struct rule_causes causes;
	const struct engine *engine;
	bool trial;
	struct child *child;
	struct weir_arena *arena;
	struct words *words;
	struct weir_value *slots;
	struct encoder encoder;
	struct asked asked[WIRE_REQUESTS];
	uint32_t asked_count;
	uint32_t events;             /* wanted so far */
	uint32_t event;              /* that is run now, and counted from 1 */
	const struct rule_event *wanted;
	enum weir_status lost;
	struct weir_error why_lost;
};

/* ---- asking ------------------------------------------------------------------------------------ */

static const struct jq_rule *jq_rule_of(const struct runner *runner, const struct rule *rule)
{
	return &engine_library(runner->engine)->rules[rule->fields->function];
}

static char *input_start(struct runner *runner)
{
	return (char *)child_wire(runner->child) + WIRE_IN_AT;
}

/* Writes what a rule may ask for; false when there is no room. */
static bool write_request(struct runner *runner, struct wire_request *request,
                          const struct asked *asked, const struct rule_event *event)
{
	const struct jq_rule *rule = jq_rule_of(runner, asked->rule);
	const struct source *source = rule->source;
	struct encoder *e = &runner->encoder;
	char *start = e->at;
	const struct weir_value nothing = { 0 };

	e->arena = runner->run.arena;
	if (rule->reads && !asked->whole)
		encode_parts(e, event->event, rule->reads);
	else
		encode(e, event->event);
	encode(e, source->wants_record ? event->record : nothing);
	if (source->wants_org && event->org_host && *event->org_host)
		encode_text(e, weir_bytes(event->org_host));
	else
		encode(e, nothing);
	if (source->wants_source)
		encode_text(e, weir_bytes(event->source_name));
	else
		encode(e, nothing);
	if (source->wants_lane)
		encode_text(e, weir_bytes(event->lane));
	else
		encode(e, nothing);
	*request = (struct wire_request){ (uint64_t)(start - (char *)child_wire(runner->child)),
		                          (uint64_t)(e->at - start),
		                          rule->number };
	return !e->full;
}

static void reset_encoder(struct runner *runner)
{
	char *start = input_start(runner);

	runner->encoder = (struct encoder){ .at = start, .end = start + WIRE_IN_SIZE,
		                            .slots = runner->slots };
}

static void add_asked(struct runner *runner, const struct rule *rule, bool whole)
{
	struct wire *wire = child_wire(runner->child);
	struct asked *asked;
	char *start = runner->encoder.at;

	if (runner->asked_count == WIRE_REQUESTS) {
		runner->encoder.full = true;
		return;
	}
	asked = &runner->asked[runner->asked_count];
	*asked = (struct asked){ .event = runner->events, .rule = rule, .whole = whole };
	if (write_request(runner, &wire->requests[runner->asked_count], asked, runner->wanted))
		runner->asked_count++;
	else
		runner->encoder.at = start;
}

static void want(void *user, const struct rule *rule)
{
	struct runner *runner = user;

	if (!rule->function_count || rule_strikes_suspends(&runner->strikes, rule))
		return;
	add_asked(runner, rule, false);
	if (runner->trial && jq_rule_of(runner, rule)->reads)
		add_asked(runner, rule, true);
}

bool runner_want(struct runner *runner, const struct rule_event *event)
{
	uint32_t before = runner->asked_count;

	if (runner->lost != WEIR_OK)
		return runner->events++ == 0;
	if (runner->events && runner->encoder.at - input_start(runner) > GO_BYTES)
		return false;
	runner->wanted = event;
	rule_set_ask(engine_rules(runner->engine), &runner->run, event, want, runner);
	if (runner->encoder.full && runner->events) {
		runner->asked_count = before;
		return false;
	}
	runner->encoder.full = false; /* of one event alone: its rules ask again, and say so */
	runner->events++;
	return true;
}

/* ---- answers ------------------------------------------------------------------------------------- */

static const char *breach_text(const struct runner *runner, enum child_end end, uint32_t number)
{
	const struct wire_request *request = &child_wire(runner->child)->requests[number];

	switch (end) {
	case CHILD_LATE:
		return weir_arena_format(runner->run.arena, "took more than %lld ms",
		                         (long long)child_budget_ms(request->len));
	case CHILD_MEMORY: return "used more than 256 MiB";
	default: return "jq crashed on it, twice";
	}
}

static void broke(struct runner *runner, struct asked *asked, const char *why)
{
	asked->answer = BROKE_BUDGET;
	asked->breach = why;
	if (!asked->whole)
		rule_strikes_broken(&runner->strikes, asked->rule);
}

/* Takes an answer out of the memory, where the process could still change it. */
static void take_answer(struct runner *runner, struct asked *asked, uint32_t number)
{
	struct wire_answer answer = child_wire(runner->child)->answers[number];
	const char *memory = (const char *)child_wire(runner->child);

	if (asked->answer == BROKE_BUDGET)
		return;
	if (answer.status == WIRE_TOO_LARGE) {
		broke(runner, asked, "gave more than 16 MiB");
	} else if (answer.status == WIRE_TOO_DEEP) {
		broke(runner, asked, "gave a value that nests more than 1000 deep");
	} else if (answer.at < WIRE_OUT_AT || answer.at > WIRE_SIZE ||
	           answer.len > WIRE_SIZE - answer.at) {
		broke(runner, asked, "jq itself crashed");
	} else {
		asked->answer = ANSWERED;
		asked->status = (enum wire_status)answer.status;
		asked->bytes = weir_arena_copy(runner->run.arena, (struct weir_bytes){
		                                       memory + answer.at, answer.len });
		rule_strikes_kept(&runner->strikes, asked->rule);
	}
}

/* A rule that was suspended meanwhile is not run for the rest. */
static void skip_suspended(struct runner *runner, struct asked *asked, uint32_t from,
                           uint32_t count)
{
	for (uint32_t i = from; i < count; i++) {
		if (!rule_strikes_suspends(&runner->strikes, asked[i].rule))
			continue;
		asked[i].answer = BROKE_BUDGET;
		asked[i].suspended = true;
		child_wire(runner->child)->requests[i].rule = WIRE_SKIP;
	}
}

static enum weir_status lose(struct runner *runner)
{
	runner->why_lost.code = WEIR_E_RESOURCE;
	runner->lost = WEIR_RETRY;
	return WEIR_RETRY;
}

static enum weir_status lose_orphaned(struct runner *runner)
{
	weir_fail(&runner->why_lost, WEIR_E_RESOURCE, "the process of the jq rules was killed, or did "
	          "not answer, %d times in a row: look for the kernel's out-of-memory killer", ORPHANED_MAX);
	return lose(runner);
}

/* Has the first count requests answered. */
static enum weir_status answer_all(struct runner *runner, struct asked *asked, uint32_t count)
{
	uint32_t first = 0, done, again = WIRE_SKIP, orphaned = 0;

	while (first < count && runner->lost == WEIR_OK) {
		enum child_end end;

		if (child_ready(runner->child, &runner->why_lost) != WEIR_OK)
			return lose(runner);
		end = child_run(runner->child, first, count, &done);
		if (end == CHILD_LEFT) {
			weir_fail(&runner->why_lost, WEIR_E_RESOURCE, "weir ends in the middle of a "
			          "page, which is read again at the next start");
			return lose(runner);
		}
		if (first < done)
			orphaned = 0;
		for (; first < done; first++)
			take_answer(runner, &asked[first], first);
		if (end == CHILD_DONE || first == count)
			continue;
		if (end == CHILD_ORPHANED) {
			if (++orphaned == ORPHANED_MAX)
				return lose_orphaned(runner);
			continue;
		}
		/* Somebody may have killed it; what crashes it does so twice. */
		if (end == CHILD_DIED && again != first) {
			again = first;
			continue;
		}
		broke(runner, &asked[first], breach_text(runner, end, first));
		first++;
		skip_suspended(runner, asked, first, count);
	}
	return runner->lost;
}

enum weir_status runner_answer(struct runner *runner, struct weir_error *err)
{
	answer_all(runner, runner->asked, runner->asked_count);
	return runner_lost(runner, err);
}

enum weir_status runner_lost(struct runner *runner, struct weir_error *err)
{
	if (runner->lost != WEIR_OK)
		*err = runner->why_lost;
	return runner->lost;
}

/* ---- for the rules --------------------------------------------------------------------------------- */

static struct asked *find(struct runner *runner, const struct rule *rule, bool whole)
{
	for (uint32_t i = 0; i < runner->asked_count; i++) {
		struct asked *asked = &runner->asked[i];

		if (asked->event + 1 == runner->event && asked->rule == rule &&
		    asked->whole == whole)
			return asked;
	}
	return NULL;
}

static enum plan_got stop(struct runner *runner, enum rule_stop why, const char *text)
{
	runner->run.stop = why;
	runner->run.stop_text = text;
	return PLAN_STOP;
}

static enum plan_got no_value(struct runner *runner, const struct plan_node *node,
                              struct decoder *d, enum plan_got got)
{
	struct rule_run *run = &runner->run;

	if (got == PLAN_STOP && run->stop == RULE_STOP_DROP)
		run->stop_text = rule_causes_keep(&runner->causes, run->stop_text);
	if (d->broken)
		return stop(runner, RULE_STOP_BREACH, "jq itself crashed");
	run->fault.node = node;
	return got;
}

/* What error() was given, cut so that what is told behind it (the event's id) has its place. */
static enum plan_got raise(struct runner *runner, const struct plan_node *node, struct decoder *d)
{
	enum { LONGEST = 200 };
	struct plan_cell cell = { 0 };
	enum plan_got got = decode(d, &cell);
	struct weir_buf json = { 0 };
	struct weir_bytes text, cut;
	const char *what;

	if (got >= PLAN_FAULT)
		return no_value(runner, node, d, got);
	if (!weir_value_text(cell.value, runner->run.arena, &text)) {
		weir_value_render(cell.value, &json);
		text = (struct weir_bytes){ json.data, json.len };
	}
	cut = rule_cut(text, LONGEST);
	what = weir_arena_format(runner->run.arena, "%.*s%s", (int)cut.len, cut.data,
	                         cut.len < text.len ? "…" : "");
	weir_buf_finish(&json);
	return plan_fault(&runner->run, node, what, (struct weir_value){ 0 });
}

/* The records, as a list. */
static enum plan_got give(struct runner *runner, const struct plan_node *node,
                          const struct asked *asked, struct plan_cell *cell)
{
	struct decoder d = { .at = asked->bytes.data, .end = asked->bytes.data + asked->bytes.len,
		             .run = &runner->run, .words = runner->words };
	struct weir_value records = weir_make_array(runner->run.arena);
	uint32_t count = 0;

	if (asked->status == WIRE_ERROR)
		return raise(runner, node, &d);
	if (asked->status != WIRE_OUTPUTS || !decode_count(&d, &count))
		return stop(runner, RULE_STOP_BREACH, "jq itself crashed");
	for (uint32_t i = 0; i < count; i++) {
		struct plan_cell record = { 0 };
		enum plan_got got = decode(&d, &record);

		if (got >= PLAN_FAULT)
			return no_value(runner, node, &d, got);
		if (got != PLAN_ABSENT && !weir_is_nothing(record.value))
			weir_array_push(runner->run.arena, records, record.value);
	}
	cell->value = records;
	return weir_value_count(records) ? PLAN_VALUE : PLAN_ABSENT;
}

static bool is_same(const struct asked *a, const struct asked *b)
{
	return a->answer == b->answer && a->status == b->status &&
	       (a->answer != ANSWERED || weir_bytes_equal(a->bytes, b->bytes));
}

/* A rule that was not wanted before, because an earlier one might have taken the event. */
static enum weir_status ask_alone(struct runner *runner, struct asked pair[2], uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!write_request(runner, &child_wire(runner->child)->requests[i], &pair[i],
		                   runner->run.event))
			return WEIR_FAIL;
	}
	return answer_all(runner, pair, count);
}

static enum plan_got call(struct rule_host *host, struct rule_run *run,
                          const struct plan_node *node, struct plan_cell *cell)
{
	struct runner *runner = (struct runner *)host;
	struct asked *asked = find(runner, run->rule, false);
	struct asked *whole = find(runner, run->rule, true);
	struct asked pair[2] = { { .rule = run->rule }, { .rule = run->rule, .whole = true } };
	bool compared = runner->trial && jq_rule_of(runner, run->rule)->reads;

	run->fault.where = node->word->where;
	if (!asked) {
		reset_encoder(runner);
		asked = &pair[0];
		whole = compared ? &pair[1] : NULL;
		switch (ask_alone(runner, pair, 1 + compared)) {
		case WEIR_OK: break;
		case WEIR_FAIL:
			return stop(runner, RULE_STOP_BREACH, "the event is too large for jq");
		default: return stop(runner, RULE_STOP_REJECT, "there is no process for jq");
		}
	}
	if (asked->answer != ANSWERED)
		return stop(runner, RULE_STOP_BREACH,
		            asked->suspended ? rule_suspended_text : asked->breach);
	run->fault.where = (struct weir_where){ 0 };
	if (whole && !is_same(asked, whole))
		return plan_fault(run, node,
		                  "gives something else when it sees the whole event: a path is "
		                  "missing in `reads`", (struct weir_value){ 0 });
	return give(runner, node, asked, cell);
}

/* What was answered before the rule was suspended counts. */
static bool suspended(struct rule_host *host, const struct rule *rule)
{
	struct runner *runner = (struct runner *)host;

	return rule_strikes_suspends(&runner->strikes, rule) && !find(runner, rule, false);
}

/* ---- life ------------------------------------------------------------------------------------------- */

struct runner *runner_create(const struct engine *engine, bool trial)
{
	const struct library *library = engine_library(engine);
	struct runner *runner = weir_alloc(sizeof *runner);
	size_t slots = 0;

	runner->engine = engine;
	runner->trial = trial;
	runner->host = (struct rule_host){ .call = call, .suspended = suspended };
	rule_run_prepare(&runner->run, engine_rules(engine));
	runner->run.host = &runner->host;
	rule_strikes_init(&runner->strikes, engine_rules(engine));
	runner->arena = weir_arena_create();
	runner->words = words_create(runner->arena, engine_mark(engine));
	runner->child = child_create(engine_nest(engine));
	for (size_t i = 0; i < library->rule_count; i++) {
		if (library->rules[i].reads && library->rules[i].reads->slot_count > slots)
			slots = library->rules[i].reads->slot_count;
	}
	runner->slots = weir_alloc((slots + 1) * sizeof *runner->slots);
	return runner;
}

void runner_destroy(struct runner *runner)
{
	if (!runner)
		return;
	child_destroy(runner->child);
	rule_run_finish(&runner->run);
	rule_strikes_finish(&runner->strikes);
	rule_causes_finish(&runner->causes);
	weir_arena_destroy(runner->arena);
	weir_free(runner->slots);
	weir_free(runner);
}

void runner_leave_when(struct runner *runner, bool (*leave)(void *user), void *user)
{
	child_leave_when(runner->child, leave, user);
}

struct rule_run *runner_run(struct runner *runner)
{
	return &runner->run;
}

struct rule_strikes *runner_strikes(struct runner *runner)
{
	return &runner->strikes;
}

void runner_begin(struct runner *runner)
{
	runner->asked_count = runner->events = runner->event = 0;
	runner->why_lost = (struct weir_error){ 0 };
	runner->lost = WEIR_OK;
	if (child_ready(runner->child, &runner->why_lost) == WEIR_OK)
		reset_encoder(runner);
	else
		lose(runner);
}

void runner_next(struct runner *runner)
{
	runner->event++;
}

void runner_rest(struct runner *runner)
{
	child_rest(runner->child);
}
