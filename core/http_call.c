/* http_call.c - what became of a transfer: why it failed, and what was seen on its way.
 *
 * Lives here: from libcurl's codes and notes to ours. Not here: making transfers (http.c), an
 * operator's words (fault.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "http_call.h"

#include <stdio.h>
#include <string.h>

#include "fault.h"

/* ---- what went wrong --------------------------------------------------------------- */

static const struct {
	CURLcode curl;
	enum fault fault;
} faults[] = {
	{ CURLE_OUT_OF_MEMORY, FAULT_NO_MEMORY },
	{ CURLE_COULDNT_RESOLVE_HOST, FAULT_RESOLVE },
	{ CURLE_COULDNT_RESOLVE_PROXY, FAULT_RESOLVE_PROXY },
	{ CURLE_COULDNT_CONNECT, FAULT_CONNECT },
	{ CURLE_SSL_CACERT_BADFILE, FAULT_CA_FILE },
	{ CURLE_SSL_CONNECT_ERROR, FAULT_TLS },
	{ CURLE_GOT_NOTHING, FAULT_NO_REPLY },
	{ CURLE_PARTIAL_FILE, FAULT_SHORT },
	{ CURLE_RECV_ERROR, FAULT_BROKEN },
	{ CURLE_SEND_ERROR, FAULT_BROKEN },
	{ CURLE_HTTP2, FAULT_BROKEN },
	{ CURLE_HTTP2_STREAM, FAULT_BROKEN },
	{ CURLE_BAD_CONTENT_ENCODING, FAULT_ENCODING },
	{ CURLE_WEIRD_SERVER_REPLY, FAULT_NOT_HTTP },
	{ CURLE_UNSUPPORTED_PROTOCOL, FAULT_NOT_HTTP },
};

static long info_of(CURL *easy, CURLINFO info)
{
	long value = 0;

	libcurl.easy_getinfo(easy, info, &value);
	return value;
}

static enum fault which_timeout(const struct http_call *call)
{
	curl_off_t ready_us = 0;

	libcurl.easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	if (!ready_us)
		return FAULT_CONNECT_TIME;
	return call->reply.took_ms >= HTTP_TOTAL_FACTOR * call->timeout_ms ? FAULT_TOO_LONG
	                                                              : FAULT_SILENT;
}

static enum fault fault_of(const struct http_call *call, CURLcode result)
{
	long proxy_status = info_of(call->easy, CURLINFO_HTTP_CONNECTCODE);

	if (proxy_status >= 300)
		return proxy_status == 407 ? FAULT_PROXY_AUTH : FAULT_PROXY_REFUSED;
	if (result == CURLE_OPERATION_TIMEDOUT)
		return which_timeout(call);
	/* libcurl has one code for both; a chain that was refused leaves its reason, while 1
	 * ("unspecified") is what libcurl begins with. */
	if (result == CURLE_PEER_FAILED_VERIFICATION)
		return info_of(call->easy, CURLINFO_SSL_VERIFYRESULT) > 1 ? FAULT_TRUST : FAULT_HOST_NAME;
	for (size_t i = 0; i < WEIR_COUNT(faults); i++) {
		if (faults[i].curl == result)
			return faults[i].fault;
	}
	return FAULT_OTHER;
}

/* For what the system refused its own word, since libcurl's tells the milliseconds too. */
static const char *detail_of(const struct http_call *call, CURLcode result, enum fault fault)
{
	long number = info_of(call->easy, CURLINFO_OS_ERRNO);

	if (fault == FAULT_CONNECT || fault == FAULT_BROKEN)
		return number ? strerror((int)number) : "";
	return call->detail[0] ? call->detail : libcurl.easy_strerror(result);
}

void call_explain(struct http_call *call, CURLcode result)
{
	struct weir_error *err = &call->reply.error;
	enum fault fault;

	if (err->code) {
		weir_while(err, "%s", call->host); /* ours: too large, no memory */
		return;
	}
	fault = fault_of(call, result);
	fault_explain(fault, call->host, detail_of(call, result, fault), err);
}

/* ---- the way ------------------------------------------------------------------------- */

/* When that was done, from the start; 0: never. */
static int64_t us_of(CURL *easy, CURLINFO info)
{
	curl_off_t us = 0;

	libcurl.easy_getinfo(easy, info, &us);
	return us;
}

/* "Subject:CN = x" of a list of such lines. */
static void copy_field(const struct curl_slist *fields, const char *name, char *to, size_t size)
{
	size_t len = strlen(name);

	for (; fields; fields = fields->next) {
		if (strncmp(fields->data, name, len) == 0 && fields->data[len] == ':') {
			snprintf(to, size, "%s", fields->data + len + 1);
			return;
		}
	}
}

static void copy_certificate(CURL *easy, struct http_way *way)
{
	struct curl_certinfo *chain = NULL;

	if (libcurl.easy_getinfo(easy, CURLINFO_CERTINFO, &chain) || !chain || !chain->num_of_certs)
		return;
	copy_field(chain->certinfo[0], "Subject", way->subject, sizeof way->subject);
	copy_field(chain->certinfo[0], "Issuer", way->issuer, sizeof way->issuer);
	copy_field(chain->certinfo[0], "Expire date", way->expires, sizeof way->expires);
}

void call_note_way(struct http_call *call, CURLcode result)
{
	struct http_way *way = call->way;
	enum fault fault = result == CURLE_OK ? FAULT_COUNT : fault_of(call, result);
	int64_t named_us = us_of(call->easy, CURLINFO_NAMELOOKUP_TIME_T);
	int64_t connected_us = us_of(call->easy, CURLINFO_CONNECT_TIME_T);
	char *address = NULL;

	libcurl.easy_getinfo(call->easy, CURLINFO_PRIMARY_IP, &address);
	snprintf(way->address, sizeof way->address, "%s", address ? address : "");
	way->port = (int)info_of(call->easy, CURLINFO_PRIMARY_PORT);
	way->proxied = info_of(call->easy, CURLINFO_HTTP_CONNECTCODE) != 0;
	way->named = named_us > 0;
	/* libcurl notes the time of a connection only when TLS was agreed on, too. */
	way->connected = way->named && fault != FAULT_CONNECT && fault != FAULT_CONNECT_TIME;
	way->connect_ms = connected_us ? (connected_us - named_us) / 1000 : -1;
	copy_certificate(call->easy, way);
}
