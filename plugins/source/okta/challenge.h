/* challenge.h - WWW-Authenticate headers, RFC 9110 section 11.6.1.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_CHALLENGE_H
#define OKTA_CHALLENGE_H

#include <weir/util.h>

/* Appends to *value the named parameter of the first challenge in one header value that has
 * it, without its quotes. A header may hold several challenges. */
bool challenge_find(struct weir_bytes header, const char *name, struct weir_buf *value);

#endif
