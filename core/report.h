/* report.h - the results of `weir test`: for people, as JSON, as JUnit XML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct report;

enum report_form { REPORT_TEXT, REPORT_JSON };

struct report_case {
	const char *folder, *rule, *variant; /* variant may be NULL */
	bool passed;
	const char *text;                    /* why it failed: lines, indented */
	int64_t took_us;
};

struct report *report_create(enum report_form form);
void report_destroy(struct report *report);
/* Copies everything. */
void report_add(struct report *report, const struct report_case *result);
size_t report_count(const struct report *report);
/* Prints all results to `to`, and as JUnit XML into the file (NULL: none). True when nothing
 * failed and the file could be written. */
bool report_finish(const struct report *report, FILE *to, const char *junit_file);

#endif
