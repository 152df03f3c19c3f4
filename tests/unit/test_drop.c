/* test_drop.c - core/drop.c on a real store: which letters go, and that the counts follow.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "drop.h"
#include "store_trial.h"

static const struct store_dead_query all;

static struct {
	struct store *store;
	struct ledger ledger;
} trial;

static int setup(void **state)
{
	if (scratch_setup(state) != 0)
		return -1;
	trial.store = open_as(*state, STORE_NEW);
	ledger_init(&trial.ledger);
	return 0;
}

static int teardown(void **state)
{
	ledger_finish(&trial.ledger);
	store_close(trial.store);
	return scratch_teardown(state);
}

/* So many letters of ten bytes for a sink (none: of an older weir), one each microsecond; the ledger
 * has counted them. */
static void set_aside(const char *sink, size_t count)
{
	struct store_dead *letters = weir_alloc(count * sizeof *letters);
	const struct store_count dead = { "acme", sink, STORE_DEAD, NULL, (int64_t)count };
	const struct store_commit commit = { .dead = letters, .dead_count = count,
		                             .counts = &dead, .count_count = *sink ? 1 : 0 };
	const struct tally tally = { .dead = (int64_t)count };

	for (size_t i = 0; i < count; i++)
		letters[i] = (struct store_dead){
			.source = "acme", .sink = sink, .stage = "sinks.out", .at_us = (int64_t)i + 1,
			.why = { .text = "no" }, .event = weir_bytes("{\"n\":1234}"),
		};
	must_commit(trial.store, &commit);
	if (*sink) {
		ledger_settle(ledger_row(&trial.ledger, "acme", sink), &tally);
		ledger_commit(ledger_row(&trial.ledger, "acme", sink), &tally);
	}
	weir_free(letters);
}

static int64_t letters_left(void)
{
	struct store_dead_size size;

	store_measure_dead(trial.store, &size);
	assert_int_equal(size.bytes, 10 * size.letters);
	return size.letters;
}

struct sum {
	const char *sink;
	enum store_fate fate;
	int64_t by;
};

static bool add(void *arg, const struct store_count *count)
{
	struct sum *sum = arg;

	if (strcmp(count->sink, sum->sink) == 0 && count->fate == sum->fate)
		sum->by += count->by;
	return true;
}

/* The store and the ledger say the same of a sink. */
static void assert_counts(const char *sink, int64_t dead, int64_t dropped)
{
	struct sum sums[] = { { sink, STORE_DEAD, 0 }, { sink, STORE_DROPPED, 0 },
		              { sink, STORE_RELEASED, 0 } };
	struct tally tally;
	int64_t in;

	for (size_t i = 0; i < WEIR_COUNT(sums); i++)
		store_each_count(trial.store, add, &sums[i]);
	assert_int_equal(sums[0].by, dead);
	assert_int_equal(sums[1].by, dropped);
	assert_int_equal(sums[2].by, dropped);
	ledger_look(ledger_row(&trial.ledger, "acme", sink), &tally, &in);
	assert_int_equal(tally.dead, dead);
	assert_int_equal(tally.released, dropped);
	assert_int_equal(tally.dropped, dropped);
	tally_finish(&tally);
}

static struct drop of(const struct store_dead_query *query)
{
	return (struct drop){ .store = trial.store, .ledger = &trial.ledger, .query = query,
		              .cause = "by hand" };
}

static void all_that_are_asked_for_go_in_several_transactions(void **state)
{
	const struct store_dead_query out = { .sink = "out" };
	struct drop drop = of(&out);
	struct store_dead_size gone;
	struct weir_error err;

	(void)state;
	set_aside("out", 4500);
	set_aside("other", 5);
	assert_int_equal(drop_some(&drop, &gone, &err), WEIR_OK);
	assert_in_range(gone.letters, 1, 4499);
	assert_counts("out", 4500 - gone.letters, gone.letters);
	assert_int_equal(drop_all(&drop, &gone, &err), WEIR_OK);
	assert_counts("out", 0, 4500);
	assert_counts("other", 5, 0);
	assert_int_equal(letters_left(), 5);
	assert_int_equal(drop_all(&drop, &gone, &err), WEIR_OK);
	assert_int_equal(gone.letters, 0);
}

static void the_oldest_go_until_it_is_enough(void **state)
{
	struct drop drop = of(&all);
	struct store_dead_size gone;
	struct weir_error err;

	(void)state;
	set_aside("out", 100);
	drop.enough = 41;
	assert_int_equal(drop_some(&drop, &gone, &err), WEIR_OK);
	assert_int_equal(gone.letters, 5);
	assert_int_equal(gone.bytes, 50);
	drop.enough = 0;
	drop.until_us = 11;
	assert_int_equal(drop_all(&drop, &gone, &err), WEIR_OK);
	assert_int_equal(gone.letters, 5);
	assert_counts("out", 90, 10);
}

static void letters_that_name_no_sink_go_uncounted(void **state)
{
	struct drop drop = of(&all);
	struct sum nowhere = { "", STORE_DROPPED, 0 };
	struct store_dead_size gone;
	struct weir_error err;

	(void)state;
	set_aside("", 3);
	set_aside("out", 2);
	assert_int_equal(drop_all(&drop, &gone, &err), WEIR_OK);
	assert_int_equal(gone.letters, 5);
	assert_int_equal(letters_left(), 0);
	store_each_count(trial.store, add, &nowhere);
	assert_int_equal(nowhere.by, 0);
	assert_counts("out", 0, 2);
}

static void what_the_store_cannot_take_changes_nothing(void **state)
{
	struct drop drop = of(&all);
	struct store_dead_size gone = { 1, 1 };
	struct weir_error err = { 0 };
	struct rlimit was, none;

	(void)state;
	set_aside("out", 1000);
	getrlimit(RLIMIT_FSIZE, &was);
	none = (struct rlimit){ 1, was.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	assert_int_not_equal(drop_all(&drop, &gone, &err), WEIR_OK);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(gone.letters, 0);
	assert_true(err.text[0]);
	assert_counts("out", 1000, 0);
	assert_int_equal(letters_left(), 1000);
	assert_int_equal(drop_all(&drop, &gone, &err), WEIR_OK);
	assert_counts("out", 0, 1000);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_that_are_asked_for_go_in_several_transactions),
		TEST(the_oldest_go_until_it_is_enough),
		TEST(letters_that_name_no_sink_go_uncounted),
		TEST(what_the_store_cannot_take_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
