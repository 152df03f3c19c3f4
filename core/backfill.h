/* backfill.h - what the parts of `weir backfill` share: cmd_backfill.c (options, beginning),
 * backfill_ask.c (a running weir, or its store), backfill_follow.c (what is seen of one).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_BACKFILL_H
#define CORE_BACKFILL_H

#include <sys/types.h>

#include "state_dir.h"

/* The command as it was given. */
struct backfill {
	struct state_args state;
	const char *source, *since, *until, *share;
	bool dry, list, cancel, detach, json;
	const char *dir;
	int64_t since_us, until_us;
	double part;        /* share as a number */
	pid_t child;        /* the weir that is run for it; 0: another one is asked */
	bool bar;           /* progress is one line that is drawn again and again */
};

/* ---- backfill_ask.c ---- */

enum asked { ASKED, REFUSED, NOBODY }; /* the last two fill err */

/* Sends "backfill" or another command about the source, with what was given. */
enum asked backfill_ask_for(const struct backfill *b, const char *command,
                            struct weir_error *err);
/* All backfills, of the weir that runs, or as stored (NOBODY). */
enum asked backfill_look(const struct backfill *b, struct weir_arena *arena,
                         struct weir_value *list, struct weir_error *err);
/* Whether a weir answers. */
enum asked backfill_greet(const struct backfill *b);
/* No weir runs: the one of the source is not gone on with. */
bool backfill_cancel_stored(const struct backfill *b, struct weir_error *err);

/* ---- backfill_follow.c ---- */

enum { FOLLOW_ON = -1 };

/* Shows the one of the source until it is over; the exit code. After interrupt_hold. */
int backfill_follow(const struct backfill *b);
int backfill_show_list(const struct backfill *b);
/* Says it on stderr; gives EXIT_FAILED. */
int backfill_complain(const char *why);

#endif
