/* report.h - where the loader of rules puts mistakes, all of them at once.
 *
 * Lives here: the collector that a plugin hands in, and shorthands. Not here: printing
 * (the runtime does it), places within a language (its plugin finds them).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_REPORT_H
#define RULE_REPORT_H

#include <weir/plugin.h>

struct rule_report {
	void (*mistake)(void *user, const struct weir_error *mistake);
	void (*suspicion)(void *user, const struct weir_error *suspicion);
	void *user;
	size_t mistakes; /* so far */
};

void rule_mistake(struct rule_report *report, struct weir_where where, const char *fmt, ...)
	WEIR_PRINTF(3, 4);
void rule_suspicion(struct rule_report *report, struct weir_where where, const char *fmt, ...)
	WEIR_PRINTF(3, 4);
/* An error that another function filled; where completes what it left out. */
void rule_mistake_error(struct rule_report *report, struct weir_where where,
                        const struct weir_error *err);

/* "; did you mean 'lower'?" with the nearest of words, or "" when none is near. */
const char *rule_did_you_mean(struct weir_arena *arena, const char *word,
                              const char *const *words);

/* Room for one more item behind count items: an array in an arena that doubles. */
void *rule_grow(struct weir_arena *arena, void *items, size_t count, size_t size);

#endif
