/* url.h - the few things that are done to URLs. Nothing here normalizes one.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_URL_H
#define OKTA_URL_H

#include <weir/util.h>

/* Slices of an absolute URL; what is not there is {NULL, 0}. host keeps its brackets. */
struct url {
	struct weir_bytes scheme, user, host, port, path, query, fragment;
};

/* False when it is no absolute URL with a host, or holds blanks, control characters,
 * backslashes or bytes that are not ASCII. */
bool url_split(struct weir_bytes text, struct url *url);
/* Appends text with everything but RFC 3986's unreserved characters percent-encoded. */
void url_escape(struct weir_bytes text, struct weir_buf *url);
/* The value of the first query parameter of that name, as written. */
bool url_parameter(const char *url, const char *name, struct weir_bytes *value);
/* The URL with that parameter's value replaced, or the parameter added; to weir_free. */
char *url_with(const char *url, const char *name, const char *value);

#endif
