/* fault.c - why there is no reply, in an operator's words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fault.h"

/* Trust and host names are WEIR_E_AUTH, not CONFIG: they may be mended on the other side. */
static const struct row {
	enum weir_code code;
	const char *story;
	const char *cure;
	bool detailed; /* the library's words help; elsewhere they only differ each time */
} rows[FAULT_COUNT] = {
	[FAULT_OTHER] = { WEIR_E_UNREACHABLE, "the request failed", NULL, true },
	[FAULT_NO_MEMORY] = { WEIR_E_RESOURCE, "no memory for the request", NULL },
	[FAULT_RESOLVE] = { WEIR_E_UNREACHABLE, "cannot resolve the name",
	                    "check it and the DNS of this machine" },
	[FAULT_RESOLVE_PROXY] = { WEIR_E_UNREACHABLE, "cannot resolve the proxy's name",
	                          "check proxy and the DNS of this machine" },
	[FAULT_CONNECT] = { WEIR_E_UNREACHABLE, "cannot connect", "check firewall and proxy", true },
	[FAULT_CONNECT_TIME] = { WEIR_E_UNREACHABLE, "no connection in time",
	                         "check firewall and proxy" },
	[FAULT_PROXY_AUTH] = { WEIR_E_AUTH, "the proxy wants a user and password",
	                       "write http://USER:PASSWORD@HOST:PORT in proxy" },
	[FAULT_PROXY_REFUSED] = { WEIR_E_UNREACHABLE, "the proxy refused to connect",
	                          "allow the host there, or check proxy" },
	[FAULT_CA_FILE] = { WEIR_E_CONFIG, "cannot read the certificates of ca_file",
	                    "name a file of PEM certificates", true },
	[FAULT_TLS] = { WEIR_E_UNREACHABLE, "the TLS handshake failed",
	                "check port and proxy", true },
	[FAULT_TRUST] = { WEIR_E_AUTH, "its certificate is not trusted",
	                  "name its CA in ca_file, or exempt the host from TLS inspection",
	                  true },
	[FAULT_HOST_NAME] = { WEIR_E_AUTH, "its certificate is for another host",
	                      "check the host name and proxy", true },
	[FAULT_SILENT] = { WEIR_E_UNREACHABLE, "less than 1 KiB/s came for the time of timeout",
	                   NULL },
	[FAULT_TOO_LONG] = { WEIR_E_UNREACHABLE, "the reply took over ten times timeout", NULL },
	[FAULT_NO_REPLY] = { WEIR_E_UNREACHABLE, "it closed the connection without a reply", NULL },
	[FAULT_SHORT] = { WEIR_E_UNREACHABLE, "the reply ended before its announced length", NULL },
	[FAULT_BROKEN] = { WEIR_E_UNREACHABLE, "the connection broke off", NULL, true },
	[FAULT_ENCODING] = { WEIR_E_UNREACHABLE, "the reply's compression is damaged", NULL },
	[FAULT_NOT_HTTP] = { WEIR_E_UNREACHABLE, "what answers there is no HTTP server",
	                     "check host, port and proxy" },
};

void fault_explain(enum fault fault, const char *host, const char *detail,
                   struct weir_error *err)
{
	const struct row *row = &rows[fault];

	if (!row->detailed)
		detail = "";
	weir_fail(err, row->code, "%s: %s%s%s%s%s%s", host, row->story,
	          *detail ? " (" : "", detail, *detail ? ")" : "",
	          row->cure ? "; " : "", row->cure ? row->cure : "");
}
