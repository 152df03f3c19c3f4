/* explain.h - what rules did with an event, for people: `weir map --explain`.
 *
 *   user.session.start e1
 *     passed  mine/b.lua:3 for *: ["outcome.result"] = { "SUCCESS" } does not hold: it is "DENY"
 *     took    mine/a.lua:3 for user.session.start
 *     auth
 *       action: "LOGON"  <- outcome.result  mine/a.lua:7: pick("outcome.result", ...)
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include "dryrun.h"

struct explain;

struct explain *explain_create(enum diag_color color);
void explain_destroy(struct explain *explain); /* NULL is fine */
/* Listens to a stage of a dry run, in their order; explain outlives it. False: its plugin tells
 * nothing about its rules. */
bool explain_listen(struct explain *explain, struct dryrun *stage);
/* Appends what led to an outcome; the outcomes of one event come in their order. */
void explain_put(struct explain *explain, const struct dryrun_outcome *outcome,
                 struct weir_buf *text);
/* Behind each page. */
void explain_forget(struct explain *explain);

#endif
