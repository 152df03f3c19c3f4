/* query.h - what is known beforehand about filter and q.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_QUERY_H
#define OKTA_QUERY_H

#include <weir/plugin.h>

/* False: err names the mistake that Okta would refuse, or take to mean something else. */
bool query_check_filter(const char *filter, struct weir_error *err);
bool query_check_words(const char *q, struct weir_error *err);

#endif
