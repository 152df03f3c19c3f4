/* ledger.h - where every event went, per source and sink, while weir runs.
 *
 * At all times in = delivered + dead + dropped + repeated + in flight. Rows stay until the
 * ledger goes, so that others may keep pointers to them. Any thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include <pthread.h>

#include "store.h"
#include "tally.h"

struct ledger_row {
	struct ledger *ledger;
	char *source, *sink;
	int64_t in;               /* events that came, with those in flight */
	struct tally settled;     /* fates known, committed or not */
	struct tally committed;
	struct ledger_row *next;
};

struct ledger {
	pthread_mutex_t lock;
	struct ledger_row *first, **last;
};

void ledger_init(struct ledger *ledger);
void ledger_finish(struct ledger *ledger);
/* Starts from what the store has. */
void ledger_load(struct ledger *ledger, struct store *store);
/* The row of these names, made when it is new. */
struct ledger_row *ledger_row(struct ledger *ledger, const char *source, const char *sink);
/* The row behind that one (NULL: the first), or NULL. */
struct ledger_row *ledger_next(struct ledger *ledger, const struct ledger_row *row);
void ledger_in(struct ledger_row *row, int64_t events);
void ledger_settle(struct ledger_row *row, const struct tally *tally);
void ledger_commit(struct ledger_row *row, const struct tally *tally);
/* What was not committed will be read again. */
void ledger_forget(struct ledger_row *row);
/* A copy of one row, for tally_finish; *in with those in flight. */
void ledger_look(struct ledger_row *row, struct tally *tally, int64_t *in);

#endif
