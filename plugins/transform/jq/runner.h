/* runner.h - running jq rules, for one worker.
 *
 * What the rules of some rows will ask jq for is known before they run: the first rule whose
 * conditions hold. So those rows go to the process together, and their answers are there when
 * the rules run. A rule that is tried because an earlier one did not take the event is asked for
 * then, alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_RUNNER_H
#define JQ_RUNNER_H

#include "engine.h"
#include "strikes.h"

struct runner;

/* trial: each result with `reads` is compared with that of the whole event. */
struct runner *runner_create(const struct engine *engine, bool trial);
void runner_destroy(struct runner *runner); /* NULL is fine */
/* Is asked now and then while jq runs: whether to end that, and be lost. */
void runner_leave_when(struct runner *runner, bool (*leave)(void *user), void *user);
struct rule_run *runner_run(struct runner *runner);
struct rule_strikes *runner_strikes(struct runner *runner);

/* Before rows are run: forgets earlier ones. */
void runner_begin(struct runner *runner);
/* Notes what the rules of an event will ask for; false when there is no room for that any more,
 * and the rows so far are to be run first. */
bool runner_want(struct runner *runner, const struct rule_event *event);
/* Has it all answered. WEIR_RETRY when there can be no process now, or none that lives. */
enum weir_status runner_answer(struct runner *runner, struct weir_error *err);
/* The next event, of those that were wanted, is run by rule_set_run now. */
void runner_next(struct runner *runner);
/* WEIR_RETRY when a process could not be had or kept since runner_begin, or somebody wanted to leave. */
enum weir_status runner_lost(struct runner *runner, struct weir_error *err);
/* Behind a batch. */
void runner_rest(struct runner *runner);

#endif
