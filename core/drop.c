/* drop.c - dead letters that go without being sent again, and are counted as dropped.
 *
 * Lives here: one transaction of some of them. Not here: when they have to go (dead_bound.c),
 * weir dead drop (dead_drop.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "drop.h"

enum { WINDOW = 2000 };

/* The sum of one source and sink. */
struct drop_row {
	struct ledger_row *row;
	int64_t letters;
};

struct window {
	const struct drop *drop;
	int64_t numbers[WINDOW];
	size_t count;
	int64_t bytes;
	struct drop_row *rows;
	size_t row_count;
};

static void count(struct window *window, const struct store_dead *dead)
{
	struct ledger_row *row = ledger_row(window->drop->ledger, dead->source, dead->sink);
	size_t i = 0;

	while (i < window->row_count && window->rows[i].row != row)
		i++;
	if (i == window->row_count) {
		window->rows = weir_realloc(window->rows, (i + 1) * sizeof *window->rows);
		window->rows[window->row_count++] = (struct drop_row){ .row = row };
	}
	window->rows[i].letters++;
}

/* Numbers come in the order of time. */
static bool collect(void *arg, const struct store_dead *dead)
{
	struct window *window = arg;
	const struct drop *drop = window->drop;

	if (window->count == WINDOW || (drop->until_us && dead->at_us >= drop->until_us)
	    || (drop->enough && window->bytes >= drop->enough))
		return false;
	window->numbers[window->count++] = dead->number;
	window->bytes += (int64_t)dead->event.len;
	/* An older weir did not note the sink, and so nothing can be told to the ledger. */
	if (*dead->sink)
		count(window, dead);
	return true;
}

static enum weir_status store(const struct window *window, struct weir_error *err)
{
	const char *cause = window->drop->cause;
	struct store_count *counts = weir_alloc((3 * window->row_count + 1) * sizeof *counts);
	struct store_commit commit = {
		.released = window->numbers, .released_count = window->count,
		.counts = counts, .count_count = 3 * window->row_count,
	};
	enum weir_status status;

	for (size_t i = 0; i < window->row_count; i++) {
		const struct ledger_row *row = window->rows[i].row;
		int64_t by = window->rows[i].letters;
		struct store_count *at = &counts[3 * i];

		at[0] = (struct store_count){ row->source, row->sink, STORE_DEAD, NULL, -by };
		at[1] = (struct store_count){ row->source, row->sink, STORE_DROPPED, cause, by };
		at[2] = (struct store_count){ row->source, row->sink, STORE_RELEASED, NULL, by };
	}
	status = store_commit(window->drop->store, &commit, err);
	weir_free(counts);
	return status;
}

static void tell_ledger(const struct window *window)
{
	for (size_t i = 0; i < window->row_count; i++) {
		int64_t by = window->rows[i].letters;
		struct tally tally = { .dead = -by, .released = by };

		tally_drop(&tally, window->drop->cause, by);
		ledger_settle(window->rows[i].row, &tally);
		ledger_commit(window->rows[i].row, &tally);
		tally_finish(&tally);
	}
}

enum weir_status drop_some(const struct drop *drop, struct store_dead_size *gone,
                           struct weir_error *err)
{
	struct window *window = weir_alloc(sizeof *window);
	enum weir_status status;

	*gone = (struct store_dead_size){ 0 };
	window->drop = drop;
	status = store_each_dead(drop->store, drop->query, collect, window, err);
	if (window->count && status == WEIR_OK)
		status = store(window, err);
	if (window->count && status == WEIR_OK) {
		tell_ledger(window);
		*gone = (struct store_dead_size){ (int64_t)window->count, window->bytes };
	}
	weir_free(window->rows);
	weir_free(window);
	return status;
}

enum weir_status drop_all(const struct drop *drop, struct store_dead_size *gone,
                          struct weir_error *err)
{
	struct store_dead_size some;
	enum weir_status status;

	*gone = (struct store_dead_size){ 0 };
	do {
		status = drop_some(drop, &some, err);
		gone->letters += some.letters;
		gone->bytes += some.bytes;
	} while (status == WEIR_OK && some.letters);
	return status;
}
