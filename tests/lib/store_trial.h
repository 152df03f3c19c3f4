/* store_trial.h - a store in a folder of its own, for the tests of the store.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_STORE_TRIAL_H
#define TESTS_STORE_TRIAL_H

#include "db.h"
#include "log.h"
#include "scratch.h"
#include "store.h"

static const struct store_limits limits = { .seen_for_ms = 7LL * 24 * 3600 * 1000,
	                                    .seen_count = 1000000 };

/* A store that must open; how is checked. */
static inline struct store *open_as(const char *dir, enum store_opened expected)
{
	enum store_opened opened;
	struct weir_error err = { 0 };
	char *note;
	struct store *store = store_open(dir, STORE_OWN, &limits, &opened, &note, &err);

	if (!store)
		print_error("%s\n", err.text);
	assert_non_null(store);
	assert_int_equal(opened, expected);
	weir_free(note);
	return store;
}

static inline void must_commit(struct store *store, const struct store_commit *commit)
{
	struct weir_error err = { 0 };

	if (store_commit(store, commit, &err) != WEIR_OK)
		fail_msg("%s", err.text);
}

static inline struct weir_bytes uuid(int i, char text[40])
{
	snprintf(text, 40, "%08x-0000-4000-8000-%012x", (unsigned)i * 2654435761u, (unsigned)i);
	return weir_bytes(text);
}

/* Ids from..to of a source in one commit, at one second each. */
static inline void commit_ids(struct store *store, const char *source, int from, int to)
{
	size_t count = (size_t)(to - from);
	struct store_seen *seen = weir_alloc(count * sizeof *seen + 1);
	char (*texts)[40] = weir_alloc(count * 40 + 1);
	struct store_commit commit = { .seen = seen, .seen_count = count };

	for (size_t i = 0; i < count; i++)
		seen[i] = (struct store_seen){ source, uuid(from + (int)i, texts[i]),
			                       (from + (int64_t)i) * 1000000 };
	must_commit(store, &commit);
	weir_free(seen);
	weir_free(texts);
}

static inline bool is_seen(struct store *store, const char *source, int i)
{
	char text[40];

	return store_seen_check(store, source, uuid(i, text));
}

static inline void commit_position(struct store *store, const char *text)
{
	struct store_position position = { WEIR_SOURCE, "acme", "okta", 1, text };
	struct store_commit commit = { .positions = &position, .position_count = 1 };

	must_commit(store, &commit);
}

static inline void assert_position(struct store *store, const char *expected)
{
	char *text = store_position(store, WEIR_SOURCE, "acme", "okta", 1);

	if (expected) {
		assert_non_null(text);
		assert_string_equal(text, expected);
	} else {
		assert_null(text);
	}
	weir_free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

#endif
