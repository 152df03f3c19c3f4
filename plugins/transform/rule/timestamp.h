/* timestamp.h - times as text: the many spellings that are read, the one that is written.
 *
 * More lenient than weir_time_parse: a blank for T, lower case letters, any number of
 * fraction digits, second 60.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_TIMESTAMP_H
#define RULE_TIMESTAMP_H

#include <weir/util.h>

struct rule_time {
	int64_t seconds;            /* since 1970 UTC */
	struct weir_bytes fraction; /* its digits, in the text that was read; may be none */
	bool plain;                 /* the text is what rule_time_write would write */
};

/* False when it is no such time, or a date that no calendar has. */
bool rule_time_read(struct weir_bytes text, struct rule_time *time);
/* Whole microseconds, rounded down. */
int64_t rule_time_micros(const struct rule_time *time);
/* Appends "2026-02-10T16:19:37.769Z", with the fraction digits that were read. */
void rule_time_write(const struct rule_time *time, struct weir_buf *text);
/* SECOND, MILLISECOND, MICROSECOND or NANOSECOND. */
const char *rule_time_precision(const struct rule_time *time);

#endif
