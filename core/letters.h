/* letters.h - the dead letters of a page at one sink.
 *
 * One for each event that the sink did not get whole, because that is what the ledger counts; of
 * several reasons the first stands in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LETTERS_H
#define CORE_LETTERS_H

#include "tally.h"

struct letters_of {
	const struct page *page;
	const char *sink;
	const struct tally_part *parts;      /* as for tally_page */
	size_t part_count;
	const struct dead_list *refused;     /* by the sink itself */
};

void letters_add(struct dead_list *list, const struct letters_of *of);

/* Of a page that sends a letter again: the schemas of records that the sink has already, a line
 * each, to weir_free; NULL when there are none. */
char *letters_had(const struct page *page);
/* True, and a line less, when one record of that schema is among them. */
bool letters_take(char *had, const char *schema);

#endif
