/* control.c - the socket that a running weir answers on, and its client.
 *
 * Lives here: listening, one request and one answer a connection. Not here: what the commands
 * do (serve.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

#define REQUEST_MOST     (64 * 1024)
#define ANSWER_MOST      (64 << 20)
#define CONNECTIONS_MOST 16
#define IDLE_MS          10000 /* a client that says nothing is let go */

struct control_call {
	struct control *control;
	int fd;
	struct weir_buf request, answer;
	size_t sent;
	enum { ASKING, WAITING, ANSWERED } phase;
	struct loop_timer idle;
	struct control_call *next;
};

struct control {
	struct loop *loop;
	int fd;
	char *path;
	const struct control_command *commands;
	void *arg;
	struct control_call *first;
	size_t count;
};

/* A path may be longer than a socket's address; /proc/self/fd is a short name for its folder. */
static bool address_of(const char *state_dir, struct sockaddr_un *address, int *folder)
{
	int len;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*folder = -1;
	len = snprintf(address->sun_path, sizeof address->sun_path, "%s/control", state_dir);
	if (len < (int)sizeof address->sun_path)
		return true;
	*folder = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*folder < 0)
		return false;
	snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/control", *folder);
	return true;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* ---- one connection ---------------------------------------------------------------- */

static void unlink_call(struct control_call *c)
{
	struct control_call **at = &c->control->first;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->control->count--;
}

static void end(struct control_call *c)
{
	loop_watch(c->control->loop, c->fd, 0, NULL, NULL);
	loop_timer_cancel(c->control->loop, &c->idle);
	close(c->fd);
	unlink_call(c);
	weir_buf_finish(&c->request);
	weir_buf_finish(&c->answer);
	weir_free(c);
}

static void end_idle(void *arg)
{
	end(arg);
}

static void refuse(struct weir_buf *answer, const char *why)
{
	weir_buf_puts(answer, "{\"ok\":false,\"error\":");
	weir_json_quote(weir_bytes(why), answer);
	weir_buf_putc(answer, '}');
}

static const struct control_command *find(const struct control *control, struct weir_value name)
{
	const struct control_command *command = control->commands;

	while (command->name && !weir_value_is_text(name, command->name))
		command++;
	return command->name ? command : NULL;
}

static void finish_answer(struct control_call *c)
{
	weir_buf_putc(&c->answer, '\n');
	c->phase = ANSWERED;
}

/* Nobody listens to it meanwhile, so that it stays until it is answered. */
static void begin(struct control_call *c, const struct control_command *command,
                  struct weir_value request)
{
	c->phase = WAITING;
	loop_watch(c->control->loop, c->fd, 0, NULL, NULL);
	loop_timer_cancel(c->control->loop, &c->idle);
	command->begin(c->control->arg, request, c);
}

static void dispatch(struct control_call *c, struct weir_value request)
{
	const struct control_command *command =
		find(c->control, weir_value_get(request, "command"));

	if (command && command->begin) {
		begin(c, command, request);
		return;
	}
	if (command)
		command->run(c->control->arg, request, &c->answer);
	else
		refuse(&c->answer, "this weir does not know that command; is it older than the one "
		                   "that asks?");
	finish_answer(c);
}

static void take(struct control_call *c)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes text = { c->request.data, c->request.len };
	struct weir_value request;
	struct weir_error err;

	if (weir_json_parse(arena, text, &request, &err)) {
		dispatch(c, request);
	} else {
		refuse(&c->answer, err.text);
		finish_answer(c);
	}
	weir_arena_destroy(arena);
}

/* False when the connection has ended. */
static bool take_request(struct control_call *c)
{
	char *room = weir_buf_room(&c->request, 4096);
	ssize_t n = read(c->fd, room, 4096);
	const char *newline;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0 || c->request.len + (size_t)n > REQUEST_MOST) {
		end(c);
		return false;
	}
	newline = memchr(room, '\n', (size_t)n);
	c->request.len += newline ? (size_t)(newline - room) : (size_t)n;
	if (newline)
		take(c);
	return true;
}

static void send_answer(struct control_call *c, void (*ready)(void *, int, uint32_t))
{
	while (c->sent < c->answer.len) {
		ssize_t n = send(c->fd, c->answer.data + c->sent, c->answer.len - c->sent,
		                 MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			loop_watch(c->control->loop, c->fd, EPOLLOUT, ready, c);
			return;
		}
		if (n < 0)
			break;
		c->sent += (size_t)n;
	}
	end(c);
}

static void ready(void *arg, int fd, uint32_t events)
{
	struct control_call *c = arg;

	(void)fd;
	(void)events;
	if (c->phase == ASKING && !take_request(c))
		return;
	if (c->phase == ANSWERED)
		send_answer(c, ready);
}

/* What cannot be watched is ended by the timer. */
static void watch(struct control_call *c, uint32_t events)
{
	loop_timer_set(c->control->loop, &c->idle, clock_monotonic_ms() + IDLE_MS);
	loop_watch(c->control->loop, c->fd, events, ready, c);
}

/* The loop sends it: a call may be answered before begin returns. */
void control_answer(struct control_call *call, struct weir_bytes answer)
{
	weir_must(call->phase == WAITING);
	weir_buf_add(&call->answer, answer.data, answer.len);
	finish_answer(call);
	watch(call, EPOLLOUT);
}

/* ---- listening ------------------------------------------------------------------------ */

static void accept_one(void *arg, int fd, uint32_t events)
{
	struct control *control = arg;
	int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct control_call *c;

	(void)events;
	if (peer < 0)
		return;
	if (control->count == CONNECTIONS_MOST) {
		close(peer);
		return;
	}
	c = weir_alloc(sizeof *c);
	*c = (struct control_call){ .control = control, .fd = peer, .next = control->first,
		                  .idle = { .fire = end_idle, .arg = c } };
	control->first = c;
	control->count++;
	watch(c, EPOLLIN);
}

static bool bind_and_listen(struct control *control, const char *state_dir)
{
	struct sockaddr_un address;
	int folder;
	bool done;

	if (!address_of(state_dir, &address, &folder))
		return false;
	/* Nobody answers on an old one: the state's lock is ours. */
	unlink(address.sun_path);
	done = bind(control->fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	       chmod(address.sun_path, 0600) == 0 && listen(control->fd, CONNECTIONS_MOST) == 0;
	close_fd(folder);
	return done;
}

struct control *control_listen(struct loop *loop, const char *state_dir,
                               const struct control_command *commands, void *arg,
                               struct weir_error *err)
{
	struct control *control = weir_alloc(sizeof *control);

	*control = (struct control){ .loop = loop, .commands = commands, .arg = arg };
	control->path = weir_format("%s/control", state_dir);
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (control->fd < 0 || !bind_and_listen(control, state_dir) ||
	    !loop_watch(loop, control->fd, EPOLLIN, accept_one, control)) {
		weir_fail(err, WEIR_E_RESOURCE, "listen on %s: %s", control->path, strerror(errno));
		control_close(control);
		return NULL;
	}
	return control;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	while (control->first)
		end(control->first);
	if (control->fd >= 0) {
		loop_watch(control->loop, control->fd, 0, NULL, NULL);
		close(control->fd);
		unlink(control->path);
	}
	weir_free(control->path);
	weir_free(control);
}

/* ---- the client -------------------------------------------------------------------------- */

static bool connect_to(const char *state_dir, int fd, struct weir_error *err)
{
	struct sockaddr_un address;
	int folder = -1;
	bool done = address_of(state_dir, &address, &folder) &&
	            connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	int reason = errno;

	close_fd(folder);
	if (done)
		return true;
	if (reason == ENOENT || reason == ECONNREFUSED)
		weir_fail(err, WEIR_E_UNREACHABLE, "no weir runs with state_dir %s", state_dir);
	else
		weir_fail(err, WEIR_E_RESOURCE, "connect to %s/control: %s", state_dir,
		          strerror(reason));
	return false;
}

static bool wait_for(int fd, short events, int64_t until_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left;

	while ((left = until_ms - clock_monotonic_ms()) > 0) {
		if (poll(&p, 1, left > 1000 ? 1000 : (int)left) > 0)
			return true;
	}
	return false;
}

static bool send_all(int fd, const char *data, size_t len, int64_t until_ms)
{
	while (len > 0) {
		ssize_t n = wait_for(fd, POLLOUT, until_ms) ? send(fd, data, len, MSG_NOSIGNAL) : -1;

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

enum control_reply control_receive(int fd, struct weir_buf *answer, int64_t timeout_ms)
{
	int64_t until_ms = clock_monotonic_ms() + timeout_ms;

	while (answer->len < ANSWER_MOST) {
		ssize_t n;

		if (!wait_for(fd, POLLIN, until_ms))
			return CONTROL_LATE;
		n = read(fd, weir_buf_room(answer, 65536), 65536);
		if (n <= 0)
			return CONTROL_LOST;
		answer->len += (size_t)n;
		if (answer->data[answer->len - 1] == '\n') {
			answer->len--;
			return CONTROL_ANSWERED;
		}
	}
	return CONTROL_LOST;
}

static void say_no_answer(const char *state_dir, struct weir_error *err)
{
	weir_fail(err, WEIR_E_RESOURCE, "the weir with state_dir %s did not answer", state_dir);
}

int control_send(const char *state_dir, const char *request, int64_t timeout_ms,
                 struct weir_error *err)
{
	int64_t until_ms = clock_monotonic_ms() + timeout_ms;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		weir_fail(err, WEIR_E_RESOURCE, "socket: %s", strerror(errno));
		return -1;
	}
	if (connect_to(state_dir, fd, err)) {
		if (send_all(fd, request, strlen(request), until_ms) && send_all(fd, "\n", 1, until_ms))
			return fd;
		say_no_answer(state_dir, err);
	}
	close(fd);
	return -1;
}

bool control_ask(const char *state_dir, const char *request, struct weir_buf *answer,
                 int64_t timeout_ms, struct weir_error *err)
{
	int fd = control_send(state_dir, request, timeout_ms, err);
	bool done;

	if (fd < 0)
		return false;
	done = control_receive(fd, answer, timeout_ms) == CONTROL_ANSWERED;
	if (!done)
		say_no_answer(state_dir, err);
	close(fd);
	return done;
}

bool control_read(const struct weir_buf *answer, struct weir_arena *arena, struct weir_value *reply,
                  struct weir_error *err)
{
	struct weir_bytes text = weir_arena_copy(arena, (struct weir_bytes){ answer->data, answer->len });
	struct weir_bytes why = weir_bytes("the answer cannot be read");
	struct weir_error ignored;
	bool ok = false;

	*reply = weir_make_null();
	if (weir_json_parse(arena, text, reply, &ignored)) {
		weir_value_bool(weir_value_get(*reply, "ok"), &ok);
		weir_value_text(weir_value_get(*reply, "error"), arena, &why);
	}
	if (!ok)
		weir_fail(err, WEIR_E_CONFIG, "%.*s", (int)why.len, why.data);
	return ok;
}
