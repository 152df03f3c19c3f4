/* ledger.c - where every event went, per source and sink, while weir runs.
 *
 * Lives here: the sums. Not here: the fate of one page (tally.c), storing (store_commit.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger.h"

#include <string.h>

void ledger_init(struct ledger *ledger)
{
	*ledger = (struct ledger){ 0 };
	ledger->last = &ledger->first;
	weir_must(pthread_mutex_init(&ledger->lock, NULL) == 0);
}

void ledger_finish(struct ledger *ledger)
{
	while (ledger->first) {
		struct ledger_row *row = ledger->first;

		ledger->first = row->next;
		tally_finish(&row->settled);
		tally_finish(&row->committed);
		weir_free(row->source);
		weir_free(row->sink);
		weir_free(row);
	}
	pthread_mutex_destroy(&ledger->lock);
}

struct ledger_row *ledger_row(struct ledger *ledger, const char *source, const char *sink)
{
	struct ledger_row *row;

	pthread_mutex_lock(&ledger->lock);
	row = ledger->first;
	while (row && (strcmp(row->source, source) != 0 || strcmp(row->sink, sink) != 0))
		row = row->next;
	if (!row) {
		row = weir_alloc(sizeof *row);
		row->ledger = ledger;
		row->source = weir_strdup(source);
		row->sink = weir_strdup(sink);
		*ledger->last = row;
		ledger->last = &row->next;
	}
	pthread_mutex_unlock(&ledger->lock);
	return row;
}

struct ledger_row *ledger_next(struct ledger *ledger, const struct ledger_row *row)
{
	struct ledger_row *next;

	pthread_mutex_lock(&ledger->lock);
	next = row ? row->next : ledger->first;
	pthread_mutex_unlock(&ledger->lock);
	return next;
}

static bool load_count(void *arg, const struct store_count *count)
{
	struct ledger_row *row = ledger_row(arg, count->source, count->sink);
	struct tally *tally = &row->committed;

	switch (count->fate) {
	case STORE_IN:
		tally->in += count->by;
		break;
	case STORE_DELIVERED:
		tally->delivered += count->by;
		break;
	case STORE_DEAD:
		tally->dead += count->by;
		break;
	case STORE_DROPPED:
		tally_drop(tally, count->cause ? count->cause : "", count->by);
		break;
	case STORE_REPEATED:
		tally->repeated += count->by;
		break;
	case STORE_RELEASED:
		tally->released += count->by;
		break;
	}
	return true;
}

static void reset(struct ledger_row *row)
{
	tally_finish(&row->settled);
	tally_add(&row->settled, &row->committed);
	row->in = row->committed.in;
}

void ledger_load(struct ledger *ledger, struct store *store)
{
	store_each_count(store, load_count, ledger);
	for (struct ledger_row *row = ledger->first; row; row = row->next)
		reset(row);
}

void ledger_in(struct ledger_row *row, int64_t events)
{
	pthread_mutex_lock(&row->ledger->lock);
	row->in += events;
	pthread_mutex_unlock(&row->ledger->lock);
}

void ledger_settle(struct ledger_row *row, const struct tally *tally)
{
	pthread_mutex_lock(&row->ledger->lock);
	tally_add(&row->settled, tally);
	pthread_mutex_unlock(&row->ledger->lock);
}

void ledger_commit(struct ledger_row *row, const struct tally *tally)
{
	pthread_mutex_lock(&row->ledger->lock);
	tally_add(&row->committed, tally);
	pthread_mutex_unlock(&row->ledger->lock);
}

void ledger_forget(struct ledger_row *row)
{
	pthread_mutex_lock(&row->ledger->lock);
	reset(row);
	pthread_mutex_unlock(&row->ledger->lock);
}

void ledger_look(struct ledger_row *row, struct tally *tally, int64_t *in)
{
	*tally = (struct tally){ 0 };
	pthread_mutex_lock(&row->ledger->lock);
	tally_add(tally, &row->settled);
	*in = row->in;
	pthread_mutex_unlock(&row->ledger->lock);
}
