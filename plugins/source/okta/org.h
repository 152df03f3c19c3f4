/* org.h - the org's address: what people write, and what is sent.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_ORG_H
#define OKTA_ORG_H

#include <weir/plugin.h>

struct org {
	char *base;  /* "https://acme.okta.com", with a port only when it is not the scheme's */
	char *host;  /* "acme.okta.com", with brackets if it is an IPv6 address; for rules */
};

/* Mends what can only mean one thing (a missing https://, capitals, a slash, dot or default
 * port at the end); anything else is an error that says what to write. */
enum weir_status org_init(struct org *org, const char *org_url, struct weir_error *err);
void org_finish(struct org *org); /* zeroed memory is fine */

/* The URL of a path there, to weir_free. */
char *org_url(const struct org *org, const char *path);
/* True when url is at the same scheme, host and port, with exactly that path, and carries no
 * user: only then may credentials go there. */
bool org_owns(const struct org *org, const char *url, const char *path);

#endif
