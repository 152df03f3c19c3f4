/* link.h - Link headers, RFC 8288.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_LINK_H
#define OKTA_LINK_H

#include <weir/util.h>

/* Finds the target of the first link of that relation in one header value, which may hold
 * several links joined by commas. A link that is not about this page (anchor) is passed over,
 * and so is one that is malformed. */
bool link_find(struct weir_bytes header, const char *relation, struct weir_bytes *target);

#endif
