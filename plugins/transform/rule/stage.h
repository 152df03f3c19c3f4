/* stage.h - a transform that runs rule files: what it does in whatever language they are.
 *
 * A plugin's self begins with a struct rule_stage, so that its options and what is asked about
 * its rules (weir/rules.h) are the same for all of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_STAGE_H
#define RULE_STAGE_H

#include <weir/rules.h>

#include "files.h"
#include "plan.h"
#include "strikes.h"
#include "tell.h"

struct rule_stage {
	/* options */
	const char *const *rules;
	const char *const *schemas;
	struct weir_value settings;

	/* state */
	struct weir_ctx *ctx;
	struct rule_report report;
	const struct rule_set *set;     /* these are the plugin's */
	const struct rule_files *files;
	struct rule_run *run;
	struct rule_strikes *strikes;     /* NULL when no rule can break one */
	struct teller *teller;          /* made when somebody asks about rules */
	struct rule_event event;        /* of the batch at hand: what all its rows share */
	size_t batch_row;               /* in process */
};

extern const struct weir_option rule_stage_options[];
extern const struct weir_metric rule_stage_metrics[];

/* The members of struct weir_rules that are the same for all languages. */
#define RULE_STAGE_RULES \
	.size = sizeof(struct weir_rules), .fingerprint = rule_stage_fingerprint, \
	.files = rule_stage_files, .rows = rule_stage_rows, .trace = rule_stage_trace, \
	.route = rule_stage_route, .schema = schema_tell
uint64_t rule_stage_fingerprint(const void *self);
const char *const *rule_stage_files(const void *self);
size_t rule_stage_rows(const void *self, const struct weir_rule_row **told);
void rule_stage_trace(void *self, const struct weir_rule_tracer *tracer);
void rule_stage_route(const void *self, const char *type, weir_rule_told *told, void *user);

/* In create and clone: where mistakes go. */
void rule_stage_begin(struct rule_stage *stage, struct weir_ctx *ctx);
/* At the end of create: WEIR_FAIL when there were mistakes. */
enum weir_status rule_stage_judge(const struct rule_stage *stage, struct weir_error *err);
void rule_stage_end(struct rule_stage *stage);

/* Around a batch, and on each of its rows. */
void rule_stage_open(struct rule_stage *stage, struct weir_batch *b);
/* The event of a row; it lives until the next is asked for. */
const struct rule_event *rule_stage_event(struct rule_stage *stage, const struct weir_batch *b,
                                          size_t row);
void rule_stage_row(struct rule_stage *stage, struct weir_batch *b, size_t row);
void rule_stage_close(struct rule_stage *stage);

#endif
