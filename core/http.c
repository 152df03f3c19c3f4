/* http.c - libcurl's multi interface on the event loop.
 *
 * Lives here: transfers, connections, TLS sessions. Not here: what a reply is (reply.c), what
 * became of a transfer (http_call.c), that in an operator's words (fault.c), when to try again
 * (retry.c).
 *
 * An idle instance costs no handle: a transfer's is freed at its end. Connections live in
 * the multi handle, TLS sessions in a share per pool, so that a closed connection is resumed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>

#include "clock.h"
#include "http_call.h"

enum {
	BODY_MAX = 64 << 20, TIMEOUT_MS = 60000, CONNECT_MS = 15000, TOTAL_FACTOR = HTTP_TOTAL_FACTOR,
	SLOWEST = 1024, READ_SIZE = 16 * 1024 /* a TLS record */, POOLS_MAX = 4096,
	/* A bundle that was mended is read soon; libcurl would keep the old one for a day. */
	CA_CACHE_S = 300,
};

/* TLS sessions of one host. */
struct pool {
	struct pool *next;
	CURLSH *share;
	char name[];
};

struct http {
	struct loop *loop;
	int connections_max;
	CURLM *multi; /* NULL before the first request */
	struct loop_timer timer;
	struct http_call *calls;
	struct pool *pools;
	size_t pool_count;
};

/* ---- pools ------------------------------------------------------------------- */

static void pool_destroy(struct pool *pool)
{
	libcurl.share_cleanup(pool->share);
	weir_free(pool);
}

/* The pool of that name, made when it is new. NULL when there is no memory or no more room,
 * which costs full handshakes and nothing else. */
static struct pool *use_pool(struct http *http, const char *name)
{
	struct pool *pool = http->pools;

	while (pool && strcmp(pool->name, name) != 0)
		pool = pool->next;
	if (pool || http->pool_count == POOLS_MAX)
		return pool;
	pool = weir_alloc(sizeof *pool + strlen(name) + 1);
	memcpy(pool->name, name, strlen(name) + 1);
	pool->share = libcurl.share_init();
	if (!pool->share) {
		weir_free(pool);
		return NULL;
	}
	libcurl.share_setopt(pool->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	pool->next = http->pools;
	http->pools = pool;
	http->pool_count++;
	return pool;
}

/* ---- one call ------------------------------------------------------------------- */

static void wipe_headers(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	libcurl.slist_free_all(headers);
}

/* Half-made calls are fine. */
static void call_destroy(struct http_call *call)
{
	if (!call)
		return;
	if (call->link) {
		*call->link = call->next;
		if (call->next)
			call->next->link = call->link;
		libcurl.multi_remove_handle(call->http->multi, call->easy);
	}
	libcurl.easy_cleanup(call->easy);
	wipe_headers(call->headers);
	if (call->body) {
		explicit_bzero(call->body, call->body_len);
		weir_free(call->body);
	}
	reply_finish(&call->reply);
	weir_free(call->host);
	weir_free(call);
}

static size_t take_head(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;

	return reply_head(&call->reply, (struct weir_bytes){ data, size * count }) ? size * count : 0;
}

static size_t take_body(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;
	struct weir_bytes run = { data, size * count };

	/* Nothing returned for something given ends the transfer with CURLE_WRITE_ERROR. */
	return reply_body(&call->reply, run) ? run.len : (run.len ? 0 : 1);
}

/* "acme.okta.com" or "[::1]:8443", for messages; NULL when it is no URL that we follow. */
static char *host_of(const char *url, struct weir_error *err)
{
	CURLU *parts = libcurl.url();
	char *scheme = NULL, *host = NULL, *port = NULL, *text = NULL;
	CURLUcode result = CURLUE_OUT_OF_MEMORY;

	if (parts && !(result = libcurl.url_set(parts, CURLUPART_URL, url, 0))
	    && !(result = libcurl.url_get(parts, CURLUPART_SCHEME, &scheme, 0))
	    && !(result = libcurl.url_get(parts, CURLUPART_HOST, &host, 0)))
		result = libcurl.url_get(parts, CURLUPART_PORT, &port, 0);
	if (result == CURLUE_OUT_OF_MEMORY)
		weir_fail(err, WEIR_E_RESOURCE, "no memory for a URL");
	else if ((result && result != CURLUE_NO_PORT)
	         || (strcasecmp(scheme, "https") && strcasecmp(scheme, "http")))
		weir_fail(err, WEIR_E_CONFIG, "not a http or https URL");
	else
		text = weir_format("%s%s%s", host, port ? ":" : "", port ? port : "");
	libcurl.free(scheme);
	libcurl.free(host);
	libcurl.free(port);
	libcurl.url_cleanup(parts);
	return text;
}

static bool is_loopback(const char *host)
{
	return !strncmp(host, "127.", 4) || !strncmp(host, "[::1]", 5)
	       || (!strncasecmp(host, "localhost", 9) && (!host[9] || host[9] == ':'));
}

static bool add_header(struct http_call *call, const char *name, const char *value)
{
	char *line = weir_format("%s: %s", name, value);
	struct curl_slist *longer = libcurl.slist_append(call->headers, line);

	weir_wipe_free(line);
	if (longer)
		call->headers = longer;
	return longer != NULL;
}

static bool set_headers(struct http_call *call, const struct weir_request *request)
{
	/* A body is never worth the round trip of asking whether it may come. */
	bool ok = add_header(call, "Expect", "");

	for (const struct weir_header *h = request->headers; ok && h && h->name; h++)
		ok = add_header(call, h->name, h->value);
	return ok && !libcurl.easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

/* What libcurl copies and may have no memory for is checked; the rest cannot fail. */
static bool set_peer(struct http_call *call, const struct weir_request *request)
{
	CURL *easy = call->easy;
	bool ok = !libcurl.easy_setopt(easy, CURLOPT_URL, request->url);

	libcurl.easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	libcurl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	libcurl.easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	libcurl.easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* A folder of certificates would keep libcurl from caching the bundle, which then
	 * costs a megabyte for each connection. */
	libcurl.easy_setopt(easy, CURLOPT_CAPATH, NULL);
	libcurl.easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, (long)CA_CACHE_S);
	if (request->ca_file)
		ok = ok && !libcurl.easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
	if (request->proxy)
		ok = ok && !libcurl.easy_setopt(easy, CURLOPT_PROXY, request->proxy)
		     && !libcurl.easy_setopt(easy, CURLOPT_NOPROXY, "");
	else if (is_loopback(call->host))
		ok = ok && !libcurl.easy_setopt(easy, CURLOPT_PROXY, "");
	libcurl.easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (call->pool)
		libcurl.easy_setopt(easy, CURLOPT_SHARE, call->pool->share);
	/* Without it, cancelling waits for the resolver's thread. */
	libcurl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	libcurl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	return ok;
}

static bool set_message(struct http_call *call, const struct weir_request *request)
{
	const char *method = request->method ? request->method : "GET";
	const char *agent = request->user_agent ? request->user_agent : "weir/" WEIR_VERSION;
	bool ok = !libcurl.easy_setopt(call->easy, CURLOPT_USERAGENT, agent)
	          && !libcurl.easy_setopt(call->easy, CURLOPT_ACCEPT_ENCODING, "gzip")
	          && set_headers(call, request);

	if (request->body.len || strcmp(method, "POST") == 0) {
		call->body_len = request->body.len;
		call->body = weir_strndup(request->body.data ? request->body.data : "",
		                          request->body.len);
		libcurl.easy_setopt(call->easy, CURLOPT_POST, 1L);
		libcurl.easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_len);
		libcurl.easy_setopt(call->easy, CURLOPT_POSTFIELDS, call->body);
	}
	if (strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0)
		ok = ok && !libcurl.easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, method);
	return ok;
}

/* A connection that is looked at is a new one, with a whole handshake. */
static void set_look(CURL *easy, const struct http_way *way)
{
	libcurl.easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	libcurl.easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	libcurl.easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	libcurl.easy_setopt(easy, CURLOPT_CERTINFO, 1L);
	if (!way->any_peer)
		return;
	libcurl.easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	libcurl.easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
}

/* None of these can fail; true, to stand in a row with those that can. */
static bool set_up(struct http_call *call)
{
	int64_t connect_ms = call->timeout_ms < CONNECT_MS ? call->timeout_ms : CONNECT_MS;
	CURL *easy = call->easy;

	libcurl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	libcurl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(TOTAL_FACTOR * call->timeout_ms));
	libcurl.easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST);
	libcurl.easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)((call->timeout_ms + 999) / 1000));
	libcurl.easy_setopt(easy, CURLOPT_PRIVATE, call);
	libcurl.easy_setopt(easy, CURLOPT_ERRORBUFFER, call->detail);
	libcurl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_head);
	libcurl.easy_setopt(easy, CURLOPT_HEADERDATA, call);
	libcurl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	libcurl.easy_setopt(easy, CURLOPT_WRITEDATA, call);
	libcurl.easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)READ_SIZE);
	if (call->way)
		set_look(easy, call->way);
	return true;
}

/* ---- libcurl and the loop --------------------------------------------------------------- */

static void finish_call(struct http_call *call, CURLcode result)
{
	call->reply.took_ms = clock_monotonic_ms() - call->started_ms;
	if (call->way)
		call_note_way(call, result);
	if (result == CURLE_OK)
		reply_complete(&call->reply);
	else
		call_explain(call, result);
	call->done(call->arg, &call->reply);
	call_destroy(call);
}

/* Each call is taken out before its owner hears of it, who may start the next one. */
static void finish_calls(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = libcurl.multi_info_read(http->multi, &left)) != NULL) {
		CURLcode result = message->data.result;
		char *private = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		libcurl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		finish_call((struct http_call *)(void *)private, result);
	}
}

/* After an error of the whole libcurl would never speak again of what was under way; what the
 * owners start meanwhile is not among it. */
static void go_on(struct http *http, curl_socket_t fd, int mask)
{
	int running;
	CURLMcode result = libcurl.multi_socket_action(http->multi, fd, mask, &running);
	struct http_call *lost;

	finish_calls(http);
	if (result == CURLM_OK || !http->calls)
		return;
	lost = http->calls;
	lost->link = &lost;
	http->calls = NULL;
	while (lost)
		finish_call(lost, CURLE_OUT_OF_MEMORY);
}

static void socket_ready(void *arg, int fd, uint32_t events)
{
	int mask = 0;

	/* Errors show in the read or write that follows, with their text. */
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		mask |= CURL_CSELECT_IN;
	if (events & (EPOLLOUT | EPOLLERR))
		mask |= CURL_CSELECT_OUT;
	go_on(arg, fd, mask);
}

static void timer_fired(void *arg)
{
	go_on(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *of_socket)
{
	struct http *http = arg;
	uint32_t events = 0;

	(void)easy;
	(void)of_socket;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= EPOLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= EPOLLOUT;
	/* One that cannot be watched ends by the transfer's own time limit. */
	loop_watch(http->loop, fd, events, socket_ready, http);
	return 0;
}

static int want_timer(CURLM *multi, long ms, void *arg)
{
	struct http *http = arg;

	(void)multi;
	if (ms < 0)
		loop_timer_cancel(http->loop, &http->timer);
	else
		loop_timer_set(http->loop, &http->timer, clock_monotonic_ms() + ms);
	return 0;
}

/* ---- public ------------------------------------------------------------------------------- */

struct http *http_create(struct loop *loop, int connections_max)
{
	struct http *http = weir_alloc(sizeof *http);

	http->loop = loop;
	http->timer = (struct loop_timer){ .fire = timer_fired, .arg = http };
	http->connections_max = connections_max;
	return http;
}

/* Before the first request. */
static bool begin(struct http *http, struct weir_error *err)
{
	long connections_max = http->connections_max;

	if (http->multi)
		return true;
	if (!libcurl_begin(err))
		return false;
	http->multi = libcurl.multi_init();
	if (!http->multi) {
		libcurl_end();
		weir_fail(err, WEIR_E_RESOURCE, "no memory for libcurl");
		return false;
	}
	libcurl.multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	libcurl.multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	libcurl.multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	libcurl.multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	libcurl.multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections_max);
	libcurl.multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, connections_max);
	return true;
}

void http_destroy(struct http *http)
{
	if (!http)
		return;
	while (http->calls)
		call_destroy(http->calls);
	if (http->multi)
		libcurl.multi_cleanup(http->multi);
	loop_timer_cancel(http->loop, &http->timer);
	while (http->pools) {
		struct pool *pool = http->pools;

		http->pools = pool->next;
		pool_destroy(pool);
	}
	if (http->multi)
		libcurl_end();
	weir_free(http);
}

static struct http_call *start(struct http *http, const struct weir_request *request,
                               const struct http_call *of, struct weir_error *err)
{
	struct http_call *call;

	if (!begin(http, err))
		return NULL;
	call = weir_alloc(sizeof *call);
	*call = *of;
	call->http = http;
	call->timeout_ms = request->timeout_ms ? request->timeout_ms : TIMEOUT_MS;
	call->reply.body_max = request->body_max ? request->body_max : BODY_MAX;
	call->host = host_of(request->url, err);
	if (!call->host)
		goto fail;
	call->pool = use_pool(http, request->pool ? request->pool : call->host);
	call->started_ms = clock_monotonic_ms();
	call->easy = libcurl.easy_init();
	if (!call->easy || !set_peer(call, request) || !set_message(call, request)
	    || !set_up(call) || libcurl.multi_add_handle(http->multi, call->easy) != CURLM_OK) {
		weir_fail(err, WEIR_E_RESOURCE, "no memory for a request to %s", call->host);
		goto fail;
	}
	call->next = http->calls;
	call->link = &http->calls;
	if (call->next)
		call->next->link = &call->next;
	http->calls = call;
	return call;

fail:
	call_destroy(call);
	return NULL;
}

struct http_call *http_start(struct http *http, const struct weir_request *request,
                             void (*done)(void *arg, struct weir_reply *reply), void *arg,
                             struct weir_error *err)
{
	return start(http, request, &(struct http_call){ .done = done, .arg = arg }, err);
}

struct http_call *http_look(struct http *http, const struct weir_request *request,
                            struct http_way *way, void (*done)(void *arg, struct weir_reply *reply),
                            void *arg, struct weir_error *err)
{
	return start(http, request,
	             &(struct http_call){ .done = done, .arg = arg, .way = way }, err);
}

void http_cancel(struct http_call *call)
{
	call_destroy(call);
}
