/* child.c - weir's end of the jq process of a worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

/* How often a process is looked at that has not answered. */
enum { GLANCE_MS = 20 };

struct child {
	struct nest *nest;
	struct copy copy;
	int socket;                  /* -1: no process */
	struct memory memory;
	bool (*leave)(void *user);   /* or NULL */
	void *user;
};

struct child *child_create(struct nest *nest)
{
	struct child *child = weir_alloc(sizeof *child);

	*child = (struct child){ .nest = nest, .socket = -1,
		                 .memory = { .fd = -1 } };
	return child;
}

/* Ends the process, however it is. The memory stays, with the requests in it, and nobody writes to
 * it any more: a process lets go of it before its socket. False: its nest is gone too. */
static bool stop(struct child *child)
{
	struct pollfd ended = { .fd = child->socket, .events = POLLRDHUP };
	bool nest_survived = nest_end(child->nest, &child->copy);

	if (child->socket < 0)
		return nest_survived;
	while (poll(&ended, 1, -1) < 0 && errno == EINTR)
		;
	close(child->socket);
	child->socket = -1;
	return nest_survived;
}

void child_destroy(struct child *child)
{
	if (!child)
		return;
	stop(child);
	memory_close(&child->memory);
	weir_free(child);
}

struct wire *child_wire(struct child *child)
{
	return (struct wire *)child->memory.map;
}

/* ---- starting ------------------------------------------------------------------------------- */

/* A process may have died at rest. */
static bool is_alive(const struct child *child)
{
	struct pollfd pollfd = { .fd = child->socket, .events = POLLIN };

	return child->socket >= 0 && poll(&pollfd, 1, 0) == 0;
}

/* A copy of the nest, on a socket of its own. */
static enum weir_status hatch(struct child *child, struct weir_error *err)
{
	enum weir_status status;
	int pair[2];

	if (!memory_open(&child->memory) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		weir_fail(err, WEIR_E_RESOURCE, "memory for jq: %s", strerror(errno));
		return WEIR_RETRY;
	}
	child->socket = pair[0];
	status = nest_hatch(child->nest, pair[1], child->memory.fd, &child->copy, err);
	close(pair[1]);
	return status;
}

enum weir_status child_ready(struct child *child, struct weir_error *err)
{
	enum weir_status status;

	if (is_alive(child))
		return WEIR_OK;
	stop(child);
	status = hatch(child, err);
	if (status != WEIR_OK)
		stop(child);
	return status;
}

/* ---- talking -------------------------------------------------------------------------------- */

static bool tell(struct child *child, char command)
{
	return send(child->socket, &command, 1, MSG_NOSIGNAL) == 1;
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t processor_ms(const struct child *child)
{
	clockid_t clock;

	return clock_getcpuclockid(child->copy.pid, &clock) == 0 ? clock_ms(clock) : 0;
}

int64_t child_budget_ms(uint64_t len)
{
	return CHILD_EVENT_MS + (int64_t)(len >> 20) * CHILD_EVENT_MIB_MS;
}

/* How long the process has been at one request. */
struct watch {
	uint32_t at;
	int64_t processor, wall;
};

/* CHILD_DONE while there is nothing to say against it. */
static enum child_end look(const struct child *child, struct watch *watch, uint32_t count)
{
	const struct wire *wire = (const struct wire *)child->memory.map;
	uint32_t at = atomic_load(&wire->done);
	int64_t processor = processor_ms(child), wall = clock_ms(CLOCK_MONOTONIC);

	if (child->leave && child->leave(child->user))
		return CHILD_LEFT;
	if (at != watch->at || at >= count) {
		*watch = (struct watch){ at, processor, wall };
		return CHILD_DONE;
	}
	if (processor - watch->processor > child_budget_ms(wire->requests[at].len))
		return CHILD_LATE;
	return wall - watch->wall > CHILD_STUCK_MS ? CHILD_DIED : CHILD_DONE;
}

enum heard { HEARD, SILENT, GONE };

static enum heard listen_for(struct child *child)
{
	struct pollfd pollfd = { .fd = child->socket, .events = POLLIN };
	char byte;

	if (poll(&pollfd, 1, GLANCE_MS) <= 0)
		return SILENT;
	return recv(child->socket, &byte, 1, MSG_DONTWAIT) == 1 ? HEARD : GONE;
}

void child_leave_when(struct child *child, bool (*leave)(void *user), void *user)
{
	child->leave = leave;
	child->user = user;
}

enum child_end child_run(struct child *child, uint32_t first, uint32_t count, uint32_t *done)
{
	struct wire *wire = child_wire(child);
	struct watch watch = { first, processor_ms(child), clock_ms(CLOCK_MONOTONIC) };
	enum heard heard = GONE;
	enum child_end end = CHILD_DONE;

	wire->first = first;
	wire->count = count;
	wire->out_of_memory = 0;
	atomic_store(&wire->done, first);
	if (tell(child, WIRE_RUN)) {
		while ((heard = listen_for(child)) == SILENT && end == CHILD_DONE)
			end = look(child, &watch, count);
	}
	*done = atomic_load(&wire->done);
	if (*done > count || *done < first)
		*done = first;
	if (heard == HEARD)
		return CHILD_DONE;
	if (heard == GONE)
		end = wire->out_of_memory ? CHILD_MEMORY : CHILD_DIED;
	if (!stop(child) && end == CHILD_DIED)
		end = CHILD_ORPHANED;
	return end;
}

/* ---- resting ---------------------------------------------------------------------------------- */

void child_rest(struct child *child)
{
	if (!child->memory.map)
		return;
	if (child->socket >= 0 && child_wire(child)->heap > WIRE_HEAP_MAX / 2)
		stop(child);
	memory_rest(&child->memory);
}
