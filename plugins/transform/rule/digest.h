/* digest.h - hashes as hex text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_DIGEST_H
#define RULE_DIGEST_H

#include <weir/util.h>

enum { RULE_HEX_MAX = 2 * 64 + 1 };

/* "sha256", "sha1", "md5" in a list that ends in NULL. */
extern const char *const rule_digest_names[];
/* The place of a name in that list, or -1. */
int rule_digest_find(struct weir_bytes name);
/* Lower case hex digits, terminated. */
void rule_digest(int which, struct weir_bytes bytes, char hex[RULE_HEX_MAX]);

#endif
