/* difference.h - what differs between two values, field by field, for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DIFFERENCE_H
#define CORE_DIFFERENCE_H

#include "diag.h"

/* Appends one line for each field that differs:
 *     - target_user_name: "ada"
 *     + target_user_name: "ada@example.com"
 * Fields of only one side have one line. The order of keys does not matter, that of elements
 * does; one element more or less is one difference. Long values are shown from where they
 * differ. Returns how many fields differ. */
size_t difference_list(struct weir_value before, struct weir_value after,
                       enum diag_color color, struct weir_buf *text);

#endif
