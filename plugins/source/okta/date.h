/* date.h - HTTP dates, RFC 9110 section 5.6.7.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_DATE_H
#define OKTA_DATE_H

#include <weir/util.h>

/* All three forms; microseconds since 1970. now_us decides the century of RFC 850's years of
 * two digits. False when it is no date. */
bool date_parse(struct weir_bytes text, int64_t now_us, int64_t *micros);

#endif
