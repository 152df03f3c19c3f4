/* dead_talk.h - what a command and a running weir say to each other about dead letters.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DEAD_TALK_H
#define CORE_DEAD_TALK_H

#include "runtime.h"

/* {"command":"replay","source":"acme",...} for control_ask. */
void dead_talk_put_query(const char *command, const struct store_dead_query *query,
                         struct weir_buf *request);
/* Strings and numbers are in the arena. False: it is none, and might mean others. */
bool dead_talk_read_query(struct weir_value request, struct weir_arena *arena,
                          struct store_dead_query *query, struct weir_error *err);
/* {"ok":true,"sent":3,...}; ok is false when it was over before its end. */
void dead_talk_put_sum(const struct replay_sum *sum, struct weir_buf *answer);
/* For weir_buf_finish(&sum->notes). */
void dead_talk_read_sum(struct weir_value answer, struct weir_arena *arena,
                        struct replay_sum *sum);

#endif
