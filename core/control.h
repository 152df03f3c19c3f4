/* control.h - a running weir answers on state_dir/control, a UNIX socket of mode 0600.
 *
 * A request is one line of JSON {"command": "status", ...}; the answer one line of JSON
 * {"ok": true, ...} or {"ok": false, "error": "..."}. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_CONTROL_H
#define CORE_CONTROL_H

#include "loop.h"

struct control;
struct control_call;    /* one connection, with its request and its answer */

struct control_command {
	const char *name;   /* "status"; NULL ends the table */
	/* Appends the answer (one JSON object, no line end). */
	void (*run)(void *arg, struct weir_value request, struct weir_buf *answer);
	/* In its place, where the answer takes a while: it is given by control_answer. */
	void (*begin)(void *arg, struct weir_value request, struct control_call *call);
};

struct control *control_listen(struct loop *loop, const char *state_dir,
                               const struct control_command *commands, void *arg,
                               struct weir_error *err);
void control_close(struct control *control); /* all calls are answered */
/* Once for each call, which is gone then; answer as of run. The client may have gone before. */
void control_answer(struct control_call *call, struct weir_bytes answer);

/* The client's side: sends request, waits at most timeout_ms. False: err says why; its code is
 * WEIR_E_UNREACHABLE when no weir runs. */
bool control_ask(const char *state_dir, const char *request, struct weir_buf *answer,
                 int64_t timeout_ms, struct weir_error *err);
/* What an answer says: its members are in *reply (the arena's), whatever it is. False: it was refused,
 * or cannot be read; err says why. */
bool control_read(const struct weir_buf *answer, struct weir_arena *arena, struct weir_value *reply,
                  struct weir_error *err);
/* In two steps, for whoever has something else to look at meanwhile: the descriptor (to close), or
 * -1; then until it is not LATE any more. LOST: it ended without an answer. */
int control_send(const char *state_dir, const char *request, int64_t timeout_ms,
                 struct weir_error *err);
enum control_reply { CONTROL_ANSWERED, CONTROL_LATE, CONTROL_LOST };
enum control_reply control_receive(int fd, struct weir_buf *answer, int64_t timeout_ms);

#endif
