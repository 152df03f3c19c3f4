/* fault.h - why there is no reply, in an operator's words.
 *
 * Pure: what happened in, an error with its cure out. Knows nothing of libcurl.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include <weir/plugin.h>

enum fault {
	FAULT_OTHER,
	FAULT_NO_MEMORY,
	FAULT_RESOLVE,
	FAULT_RESOLVE_PROXY,
	FAULT_CONNECT,
	FAULT_CONNECT_TIME,  /* no connection within the limit */
	FAULT_PROXY_AUTH,
	FAULT_PROXY_REFUSED,
	FAULT_CA_FILE,
	FAULT_TLS,           /* the handshake broke off */
	FAULT_TRUST,         /* the certificate's chain */
	FAULT_HOST_NAME,     /* the certificate's names */
	FAULT_SILENT,        /* under 1 KiB/s over timeout */
	FAULT_TOO_LONG,      /* over ten times timeout */
	FAULT_NO_REPLY,
	FAULT_SHORT,         /* less than Content-Length */
	FAULT_BROKEN,
	FAULT_ENCODING,
	FAULT_NOT_HTTP,
	FAULT_COUNT,
};

/* host is "acme.okta.com" or "[::1]:8443"; detail the library's own words, or "", and is told
 * where it helps. The text of one fault is the same each time. */
void fault_explain(enum fault fault, const char *host, const char *detail,
                   struct weir_error *err);

#endif
