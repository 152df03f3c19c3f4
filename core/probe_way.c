/* probe_way.c - the way to a peer as steps of a probe: name, connection, TLS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <strings.h>

#include "instance.h"
#include "probe.h"
#include "reply.h"

static bool is_https(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0;
}

/* Without its port. */
static struct weir_bytes host_of(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return (struct weir_bytes){ host, strcspn(host, *host == '[' ? "/" : ":/") };
}

static void add_good(struct probe *probe, const char *name, const char *text)
{
	probe_add_step(probe, &(struct probe_step){ name, true, text, NULL });
}

static void tell_name(struct probe *probe)
{
	const struct http_way *way = &probe->way;
	struct weir_bytes host = host_of(probe->looked.url);

	if (way->proxied)
		add_good(probe, "name", weir_arena_format(probe->arena, "the proxy is %s", way->address));
	else
		add_good(probe, "name", weir_arena_format(probe->arena, "%.*s %s%s", (int)host.len,
		                                          host.data,
		                                          way->address[0] ? "is " : "has an address",
		                                          way->address));
}

static void tell_connection(struct probe *probe)
{
	const struct http_way *way = &probe->way;

	const char *took = way->connect_ms < 0 ? "" : weir_arena_format(
		probe->arena, ", in %lld ms", (long long)way->connect_ms);

	add_good(probe, "connection", weir_arena_format(probe->arena, "%s%d%s", way->proxied
	                                                ? "through the proxy's port " : "port ",
	                                                way->port, took));
}

/* NULL when none was seen. */
static const char *certificate(const struct probe *probe)
{
	const struct http_way *way = &probe->way;

	if (!way->subject[0])
		return NULL;
	return weir_arena_format(probe->arena, "certificate of %s, issued by %s, good until %s",
	                         way->subject, way->issuer, way->expires);
}

static void look(struct probe *probe);

/* The chain was refused: who it is of helps more than anything, so it is looked at once more,
 * by a connection that carries nothing. */
static bool wants_certificate(const struct probe *probe, const struct weir_error *err)
{
	return err->code == WEIR_E_AUTH && probe->way.connected && !probe->way.proxied
	       && !probe->way.any_peer;
}

/* Where it ended. */
static void tell_fault(struct probe *probe, const struct weir_error *err)
{
	const struct http_way *way = &probe->way;

	if (!way->named) {
		probe_add_error(probe, "name", err, NULL);
		return;
	}
	tell_name(probe);
	if (!way->connected || way->proxied) {
		probe_add_error(probe, "connection", err, NULL);
		return;
	}
	tell_connection(probe);
	probe_add_error(probe, "TLS", err, certificate(probe));
}

static void looked(void *arg, struct weir_reply *reply)
{
	struct probe *probe = arg;
	struct weir_error err = probe->refused.code ? probe->refused : reply->error;

	probe->ctx->call = NULL;
	if (wants_certificate(probe, &err)) {
		probe->refused = err;
		probe->way.any_peer = true;
		look(probe);
		return;
	}
	if (err.code) {
		tell_fault(probe, &err);
		probe_end(probe);
		return;
	}
	tell_name(probe);
	tell_connection(probe);
	if (is_https(probe->looked.url))
		add_good(probe, "TLS", certificate(probe) ? certificate(probe) : "agreed on");
	probe_go_on(probe);
}

static void look(struct probe *probe)
{
	struct weir_error err;

	probe->ctx->call = http_look(probe->ctx->host->http, &probe->looked, &probe->way, looked,
	                             probe, &err);
	if (probe->ctx->call)
		return;
	probe_add_error(probe, "connection", &err, NULL);
	probe_end(probe);
}

static const char *keep(struct probe *probe, const char *text)
{
	return text ? weir_arena_strdup(probe->arena, text) : NULL;
}

enum weir_status weir_http_look(struct weir_ctx *ctx, const struct weir_request *request,
                                struct weir_error *err)
{
	struct probe *probe = ctx->probe;

	weir_must(probe);
	if (ctx->call)
		return weir_fail(err, WEIR_E_RESOURCE, "a request is under way already");
	/* In a pool of its own, so that no session of another connection is taken up. */
	probe->looked = (struct weir_request){
		.method = "GET", .url = keep(probe, request->url), .timeout_ms = request->timeout_ms,
		.ca_file = keep(probe, request->ca_file), .proxy = keep(probe, request->proxy),
		.user_agent = keep(probe, request->user_agent), .pool = "look",
	};
	probe->way = (struct http_way){ .any_peer = false };
	probe->refused = (struct weir_error){ 0 };
	ctx->call = http_look(ctx->host->http, &probe->looked, &probe->way, looked, probe, err);
	if (ctx->call)
		return WEIR_OK;
	return err->code == WEIR_E_CONFIG ? WEIR_FAIL : WEIR_RETRY;
}
