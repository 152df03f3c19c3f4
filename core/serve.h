/* serve.h - what a running weir answers on its control socket. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SERVE_H
#define CORE_SERVE_H

#include "control.h"
#include "runtime.h"

struct serve;

/* {"command": "status"} gives {"ok": true, "status": {...}} (runtime_status);
 * {"command": "prometheus"} gives {"ok": true, "text": "..."};
 * {"command": "reload"} gives {"ok": true, "errors": [], "warnings": [...]} when the new
 * configuration takes over, or ok false with "error" in one line and what was wrong in "errors";
 * {"command": "accept", "sink": "out"} gives {"ok": true} (runtime_accept);
 * {"command": "forget", "source": "acme"} gives {"ok": true, "later": false} (runtime_forget);
 * {"command": "replay", ...} (dead_talk.h) gives, when it is over, what became of the letters;
 * {"command": "drop", ...} gives {"ok": true, "dropped": 3};
 * {"command": "backfill", "source": "acme", "since": "2026-01-01T00:00:00Z", "until": "...",
 * "share": 0.1, "dry_run": false} gives {"ok": true} when it has begun (runtime_backfill), and
 * {"command": "backfill_cancel", "source": "acme"} when it has ended;
 * {"command": "backfills"} gives {"ok": true, "backfills": [...]} (lane_value.c). */
struct serve *serve_create(struct loop *loop, const char *state_dir, struct runtime *runtime,
                           struct weir_error *err);
void serve_destroy(struct serve *serve); /* NULL is fine */

#endif
