/* status_text.h - the snapshot of a pipeline as text for people, and one made from the store.
 *
 * The snapshot is the JSON that runtime_status makes; docs/reference/status.md describes it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_STATUS_TEXT_H
#define CORE_STATUS_TEXT_H

#include "store.h"

/* False when a row of the ledger does not add up. */
bool status_text(struct weir_value status, struct weir_buf *text);
bool status_adds_up(struct weir_value status);
/* What is known when no weir runs: positions and the ledger as of the last commit. */
struct weir_value status_of_store(struct store *store, struct weir_arena *arena);
/* The snapshot of the weir that runs there, or of the store when none does (status_ask.c). Its
 * texts live in arena. False: err says why there is neither. */
bool status_ask(const char *state_dir, struct weir_arena *arena, struct weir_value *status,
                struct weir_error *err);
/* The ledger of a snapshot in Prometheus' text format. */
void status_prometheus(struct weir_value status, struct weir_buf *text);

#endif
