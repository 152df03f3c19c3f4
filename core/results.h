/* results.h - the results of `weir test`: for people, as JSON, as JUnit XML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_RESULTS_H
#define CORE_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "coverage.h"

struct results;

enum results_form { RESULTS_TEXT, RESULTS_JSON };

struct results_case {
	const char *folder, *rule, *variant; /* variant may be NULL */
	bool passed;
	const char *text;                    /* why it failed: lines, indented */
	int64_t took_us;
};

struct results *results_create(enum results_form form);
void results_destroy(struct results *results);
/* Copies everything. */
void results_add(struct results *results, const struct results_case *result);
/* Takes it over; shown behind the cases. */
void results_cover(struct results *results, struct coverage *coverage);
/* Whether of each folder so many per cent of the rows wrote; says on stderr where not. */
bool results_covered(const struct results *results, int percent);
size_t results_count(const struct results *results);
/* Appends all results to text, and writes them as JUnit XML into the file (NULL: none). True when
 * nothing failed and the file could be written. */
bool results_finish(const struct results *results, struct weir_buf *text, const char *junit_file);

#endif
