/* test_http.c - core/http.c through its header, against a peer on the same loop.
 *
 * The peer is a listening socket on loopback that the same loop serves: no thread, no wait.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"

enum after { KEEP, CLOSE };

struct peer {
	struct loop *loop;
	struct http *http;
	int listener, accepted;
	char url[64];
	char request[4096];       /* the newest, as it came */
	size_t request_len;
	const char *answer;
	size_t answer_len;
	enum after after;
	int open[16];
	size_t open_count;

	int replies, wanted;      /* the loop stops when that many have come */
	int status;
	char body[256], header[256];
	struct weir_error error;
};

static bool has_whole_request(struct peer *peer)
{
	const char *end, *length;

	peer->request[peer->request_len] = '\0';
	end = strstr(peer->request, "\r\n\r\n");
	length = strcasestr(peer->request, "content-length:");
	return end && strlen(end + 4) >= (length ? strtoul(length + 15, NULL, 10) : 0);
}

static void serve(void *arg, int fd, uint32_t events)
{
	struct peer *peer = arg;
	ssize_t len;

	(void)events;
	len = read(fd, peer->request + peer->request_len,
	           sizeof peer->request - peer->request_len - 1);
	if (len > 0) {
		peer->request_len += (size_t)len;
		if (!has_whole_request(peer))
			return;
		peer->request_len = 0;
		assert_int_equal(write(fd, peer->answer, peer->answer_len), peer->answer_len);
		if (peer->after == KEEP)
			return;
	}
	loop_watch(peer->loop, fd, 0, NULL, NULL);
	close(fd);
	for (size_t i = 0; i < peer->open_count; i++) {
		if (peer->open[i] == fd)
			peer->open[i] = -1;
	}
}

static void accept_one(void *arg, int fd, uint32_t events)
{
	struct peer *peer = arg;
	int client = accept(fd, NULL, NULL);

	(void)events;
	assert_true(client >= 0);
	assert_true(peer->open_count < WEIR_COUNT(peer->open));
	peer->open[peer->open_count++] = client;
	peer->accepted++;
	assert_true(loop_watch(peer->loop, client, EPOLLIN, serve, peer));
}

static void answer_with(struct peer *peer, const char *answer, enum after after)
{
	peer->answer = answer;
	peer->answer_len = strlen(answer);
	peer->after = after;
}

static int setup(void **state)
{
	static struct peer peer;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	struct weir_error err;

	peer = (struct peer){ .wanted = 1 };
	peer.loop = loop_create(&err);
	peer.http = http_create(peer.loop, 4);
	peer.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!peer.loop || !peer.http || peer.listener < 0
	    || bind(peer.listener, (struct sockaddr *)&at, sizeof at) || listen(peer.listener, 16)
	    || getsockname(peer.listener, (struct sockaddr *)&at, &len)
	    || !loop_watch(peer.loop, peer.listener, EPOLLIN, accept_one, &peer))
		return -1;
	snprintf(peer.url, sizeof peer.url, "http://127.0.0.1:%d/logs?a=1", ntohs(at.sin_port));
	*state = &peer;
	return 0;
}

static int teardown(void **state)
{
	struct peer *peer = *state;

	http_destroy(peer->http);
	for (size_t i = 0; i < peer->open_count; i++) {
		if (peer->open[i] >= 0)
			close(peer->open[i]);
	}
	if (peer->listener >= 0)
		close(peer->listener);
	loop_destroy(peer->loop);
	return 0;
}

static void note(void *arg, struct weir_reply *reply)
{
	struct peer *peer = arg;
	struct weir_bytes body = weir_reply_body(reply);
	const char *header = weir_reply_header(reply, "x-test", 0);

	peer->status = weir_reply_status(reply);
	snprintf(peer->body, sizeof peer->body, "%.*s", (int)body.len, body.data ? body.data : "");
	snprintf(peer->header, sizeof peer->header, "%s", header ? header : "");
	if (weir_reply_error(reply))
		peer->error = *weir_reply_error(reply);
	assert_true(weir_reply_took_ms(reply) >= 0);
	if (++peer->replies == peer->wanted)
		loop_stop(peer->loop);
}

static struct http_call *start(struct peer *peer, const struct weir_request *request)
{
	struct weir_request mine = *request;
	struct weir_error err;
	struct http_call *call;

	if (!mine.url)
		mine.url = peer->url;
	call = http_start(peer->http, &mine, note, peer, &err);
	assert_non_null(call);
	assert_int_equal(peer->replies, 0);
	return call;
}

static void fetch(struct peer *peer, const struct weir_request *request)
{
	peer->replies = 0;
	start(peer, request);
	loop_run(peer->loop);
}

static const struct weir_request plain = { 0 };

static void a_reply_has_status_headers_and_body(void **state)
{
	struct peer *peer = *state;

	answer_with(peer, "HTTP/1.1 203 OK\r\nX-Test: yes\r\nContent-Length: 2\r\n\r\n[]", KEEP);
	fetch(peer, &plain);
	assert_int_equal(peer->status, 203);
	assert_string_equal(peer->body, "[]");
	assert_string_equal(peer->header, "yes");
	if (strstr(peer->request, "GET /logs HTTP/1.1\r\n"))
		weir_no_memory(); /* libcurl 7.88 leaves out a query that it cannot copy */
	assert_non_null(strstr(peer->request, "GET /logs?a=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(peer->request, "User-Agent: weir/"));
	assert_non_null(strstr(peer->request, "Accept-Encoding: gzip\r\n"));
}

static void headers_and_body_of_a_request_are_sent(void **state)
{
	struct peer *peer = *state;
	const struct weir_header headers[] = { { "X-One", "1" }, { "Accept", "a/b" }, { 0 } };

	answer_with(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP);
	fetch(peer, &(struct weir_request){ .method = "POST", .headers = headers,
	                                    .body = weir_bytes("k=v"), .user_agent = "me/1" });
	assert_non_null(strstr(peer->request, "POST /logs?a=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(peer->request, "X-One: 1\r\n"));
	assert_non_null(strstr(peer->request, "Accept: a/b\r\n"));
	assert_non_null(strstr(peer->request, "User-Agent: me/1\r\n"));
	assert_null(strcasestr(peer->request, "expect:"));
	assert_non_null(strstr(peer->request, "\r\n\r\nk=v"));
}

static void connections_are_used_again(void **state)
{
	struct peer *peer = *state;

	answer_with(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP);
	for (int i = 0; i < 5; i++)
		fetch(peer, &plain);
	assert_int_equal(peer->accepted, 1);
}

static void more_requests_than_connections_wait_their_turn(void **state)
{
	struct peer *peer = *state;

	answer_with(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", CLOSE);
	peer->wanted = 12;
	for (int i = 0; i < 12; i++)
		start(peer, &plain);
	loop_run(peer->loop);
	assert_int_equal(peer->status, 200);
	assert_int_equal(peer->accepted, 12);
}

static void a_redirect_is_an_answer_like_any_other(void **state)
{
	struct peer *peer = *state;

	answer_with(peer, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
	            "Content-Length: 0\r\n\r\n", KEEP);
	fetch(peer, &plain);
	assert_int_equal(peer->status, 302);
}

static void a_compressed_body_is_inflated(void **state)
{
	/* gzip -n of "hello" */
	static const char answer[] =
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n"
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00"
		"\x86\xa6\x10\x36\x05\x00\x00\x00";
	struct peer *peer = *state;

	peer->answer = answer;
	peer->answer_len = sizeof answer - 1;
	fetch(peer, &plain);
	assert_int_equal(peer->status, 200);
	assert_string_equal(peer->body, "hello");
}

static void expect_error(struct peer *peer, enum weir_code code, const char *words)
{
	assert_int_equal(peer->status, 0);
	assert_int_equal(peer->error.code, code);
	if (!strstr(peer->error.text, words))
		fail_msg("'%s' is not in: %s", words, peer->error.text);
	assert_non_null(strstr(peer->error.text, "127.0.0.1:"));
}

static void damaged_replies_are_no_replies(void **state)
{
	static const struct { const char *answer, *words; } cases[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]", "announced length" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "" },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
		  "compression" },
		{ "", "without a reply" },
		{ "SSH-2.0-OpenSSH_9\r\n", "no HTTP server" },
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		answer_with(peer, cases[i].answer, CLOSE);
		fetch(peer, &plain);
		expect_error(peer, WEIR_E_UNREACHABLE, cases[i].words);
	}
}

static void a_body_over_its_limit_ends_the_request(void **state)
{
	struct peer *peer = *state;

	answer_with(peer, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", KEEP);
	fetch(peer, &(struct weir_request){ .body_max = 4 });
	expect_error(peer, WEIR_E_DATA, "larger than 4 bytes");
	fetch(peer, &(struct weir_request){ .body_max = 5 });
	assert_int_equal(peer->status, 200);
}

static void a_closed_port_says_connection_refused(void **state)
{
	struct peer *peer = *state;

	loop_watch(peer->loop, peer->listener, 0, NULL, NULL);
	close(peer->listener);
	peer->listener = -1;
	fetch(peer, &plain);
	expect_error(peer, WEIR_E_UNREACHABLE, "cannot connect (Connection refused)");
}

static void a_missing_ca_file_is_named(void **state)
{
	struct peer *peer = *state;
	char url[64];

	snprintf(url, sizeof url, "https%s", peer->url + 4);
	answer_with(peer, "no TLS here", CLOSE);
	fetch(peer, &(struct weir_request){ .url = url, .ca_file = "/nonexistent.pem" });
	expect_error(peer, WEIR_E_CONFIG, "/nonexistent.pem");
}

static void a_url_that_is_none_is_refused_at_once(void **state)
{
	static const char *const urls[] = { "", "ftp://x/", "file:///etc/passwd", "http://", "a b" };
	struct peer *peer = *state;

	for (size_t i = 0; i < WEIR_COUNT(urls); i++) {
		const struct weir_request request = { .url = urls[i] };
		struct weir_error err = { 0 };

		assert_null(http_start(peer->http, &request, note, peer, &err));
		assert_int_equal(err.code, WEIR_E_CONFIG);
	}
}

static void a_cancelled_request_is_not_heard_of_again(void **state)
{
	struct peer *peer = *state;
	struct http_call *call;

	answer_with(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP);
	call = start(peer, &plain);
	start(peer, &plain);
	http_cancel(call);
	loop_run(peer->loop);
	assert_int_equal(peer->replies, 1);
	start(&(struct peer){ .http = peer->http, .url = "http://127.0.0.1:1/" }, &plain);
}

static void next_one(void *arg, struct weir_reply *reply)
{
	struct peer *peer = arg;
	const struct weir_request request = { .url = peer->url };
	struct weir_error err;

	if (++peer->replies == peer->wanted) {
		note(peer, reply);
		loop_stop(peer->loop);
		return;
	}
	assert_non_null(http_start(peer->http, &request, next_one, peer, &err));
}

static void the_next_request_may_start_when_a_reply_comes(void **state)
{
	struct peer *peer = *state;
	const struct weir_request request = { .url = peer->url };
	struct weir_error err;

	answer_with(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP);
	peer->wanted = 20;
	assert_non_null(http_start(peer->http, &request, next_one, peer, &err));
	loop_run(peer->loop);
	assert_int_equal(peer->status, 200);
	assert_int_equal(peer->accepted, 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_reply_has_status_headers_and_body),
		CASE(headers_and_body_of_a_request_are_sent),
		CASE(connections_are_used_again),
		CASE(more_requests_than_connections_wait_their_turn),
		CASE(a_redirect_is_an_answer_like_any_other),
		CASE(a_compressed_body_is_inflated),
		CASE(damaged_replies_are_no_replies),
		CASE(a_body_over_its_limit_ends_the_request),
		CASE(a_closed_port_says_connection_refused),
		CASE(a_missing_ca_file_is_named),
		CASE(a_url_that_is_none_is_refused_at_once),
		CASE(a_cancelled_request_is_not_heard_of_again),
		CASE(the_next_request_may_start_when_a_reply_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
