/* child.c - weir's end of a jq process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often a process is looked at that has not answered. */
enum { GLANCE_MS = 20 };
/* More than this stays resident in the shared memory only while it is used. */
enum { KEEP = 1 << 20 };

struct child {
	const char *helper;
	struct weir_bytes program;
	pid_t pid;                   /* 0: no process */
	pid_t thread;                /* that started it, and with which it dies */
	int socket, memory;          /* -1 when closed */
	char *map;
	int exit;                    /* as waitpid gives it, of the last one */
	bool (*leave)(void *user);   /* or NULL */
	void *user;
};

struct child *child_create(const char *helper, struct weir_bytes program)
{
	struct child *child = weir_alloc(sizeof *child);

	*child = (struct child){ .helper = helper, .program = program, .socket = -1, .memory = -1 };
	return child;
}

/* Ends the process, however it is. The memory stays, with the requests in it. */
static void stop(struct child *child)
{
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, &child->exit, 0) < 0 && errno == EINTR)
			;
	}
	child->pid = 0;
	if (child->socket >= 0)
		close(child->socket);
	child->socket = -1;
}

void child_destroy(struct child *child)
{
	if (!child)
		return;
	stop(child);
	if (child->map)
		munmap(child->map, WIRE_SIZE);
	if (child->memory >= 0)
		close(child->memory);
	weir_free(child);
}

struct wire *child_wire(struct child *child)
{
	return (struct wire *)child->map;
}

/* ---- starting ------------------------------------------------------------------------------- */

/* Above those that the process gets. */
static int move_up(int fd)
{
	int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);

	if (fd >= 0)
		close(fd);
	return moved;
}

/* The memory cannot shrink under us, whatever the process does. */
static bool make_memory(struct child *child)
{
	if (child->map)
		return true;
	child->memory = move_up(memfd_create("weir-jq", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	if (child->memory < 0 || ftruncate(child->memory, WIRE_SIZE) != 0 ||
	    fcntl(child->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
		return false;
	child->map = mmap(NULL, WIRE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
	                  child->memory, 0);
	if (child->map == MAP_FAILED)
		child->map = NULL;
	return child->map != NULL;
}

static int spawn(struct child *child, int theirs)
{
	char *const argv[] = { "weir-jq", NULL }, *const environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, normal;
	int failure;

	sigemptyset(&none);
	sigemptyset(&normal);
	sigaddset(&normal, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &normal);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, theirs, WIRE_SOCKET);
	posix_spawn_file_actions_adddup2(&files, child->memory, WIRE_MEMORY);
	posix_spawn_file_actions_addclosefrom_np(&files, WIRE_MEMORY + 1);
	failure = posix_spawn(&child->pid, child->helper, &files, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (failure)
		child->pid = 0;
	return failure;
}

static enum weir_status start(struct child *child, struct weir_error *err)
{
	int pair[2] = { -1, -1 };
	int failure = 0;

	if (make_memory(child) && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
		child->socket = pair[0];
		pair[1] = move_up(pair[1]);
		failure = pair[1] < 0 ? errno : spawn(child, pair[1]);
	} else {
		failure = errno;
	}
	if (pair[1] >= 0)
		close(pair[1]);
	child->thread = gettid();
	if (child->pid > 0)
		return WEIR_OK;
	stop(child);
	return weir_fail(err, WEIR_E_RESOURCE, "start %s: %s", child->helper, strerror(failure));
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

	return clock_getcpuclockid(child->pid, &clock) == 0 ? clock_ms(clock) : 0;
}

/* What one request may take. */
static int64_t budget_ms(const struct wire *wire, uint32_t request)
{
	return CHILD_EVENT_MS + (int64_t)(wire->requests[request].len >> 20) * CHILD_EVENT_MIB_MS;
}

/* How long the process has been at one request. */
struct watch {
	uint32_t at;
	int64_t processor, wall;
};

/* Whether it should be ended. */
static bool is_late(const struct child *child, struct watch *watch, uint32_t count)
{
	struct wire *wire = (struct wire *)child->map;
	uint32_t at = atomic_load(&wire->done);
	int64_t processor = processor_ms(child), wall = clock_ms(CLOCK_MONOTONIC);

	if (at != watch->at || at >= count) {
		*watch = (struct watch){ at, processor, wall };
		return false;
	}
	return processor - watch->processor > budget_ms(wire, at) ||
	       wall - watch->wall > CHILD_STUCK_MS;
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

static enum child_end how_it_died(struct child *child)
{
	stop(child);
	return WIFEXITED(child->exit) && WEXITSTATUS(child->exit) == WIRE_EXIT_MEMORY ? CHILD_MEMORY
	                                                                              : CHILD_DIED;
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
	bool left = false;

	wire->first = first;
	wire->count = count;
	atomic_store(&wire->done, first);
	if (tell(child, WIRE_RUN)) {
		while ((heard = listen_for(child)) == SILENT && !left &&
		       !is_late(child, &watch, count))
			left = child->leave && child->leave(child->user);
	}
	*done = atomic_load(&wire->done);
	if (*done > count || *done < first)
		*done = first;
	if (heard == GONE)
		end = how_it_died(child);
	else if (heard == SILENT)
		end = left ? CHILD_LEFT : CHILD_LATE;
	if (heard == SILENT)
		stop(child);
	return end;
}

/* ---- compiling ------------------------------------------------------------------------------ */

/* WEIR_OK when the process answered. */
static enum weir_status compile(struct child *child, struct weir_bytes program,
                                struct weir_error *err)
{
	struct wire *wire = child_wire(child);
	int64_t start_ms = clock_ms(CLOCK_MONOTONIC);
	enum heard heard = GONE;

	if (program.len > WIRE_OUT_SIZE / 2)
		return weir_fail(err, WEIR_E_CONFIG, "the rules are larger than %d MiB",
		                 WIRE_OUT_SIZE / 2 >> 20);
	memcpy(child->map + WIRE_OUT_AT, program.data, program.len);
	child->map[WIRE_OUT_AT + program.len] = '\0';
	wire->program_len = program.len;
	if (tell(child, WIRE_COMPILE)) {
		while ((heard = listen_for(child)) == SILENT &&
		       clock_ms(CLOCK_MONOTONIC) - start_ms < CHILD_COMPILE_MS)
			;
	}
	if (heard == HEARD)
		return WEIR_OK;
	if (heard == GONE && how_it_died(child) == CHILD_MEMORY)
		return weir_fail(err, WEIR_E_CONFIG, "jq used more than %d MiB to compile the rules",
		                 WIRE_HEAP_MAX >> 20);
	stop(child);
	if (heard == SILENT)
		return weir_fail(err, WEIR_E_CONFIG, "jq took more than %d s to compile the rules",
		                 CHILD_COMPILE_MS / 1000);
	if (WIFEXITED(child->exit))
		return weir_fail(err, WEIR_E_RESOURCE, "%s ended at once (code %d)", child->helper,
		                 WEXITSTATUS(child->exit));
	return weir_fail(err, WEIR_E_CONFIG, "jq itself crashed on the rules (signal %d)",
	                 WTERMSIG(child->exit));
}

static enum weir_status compiled(struct child *child, struct weir_bytes program,
                                 struct weir_error *err)
{
	if (child->pid == 0 && start(child, err) != WEIR_OK)
		return WEIR_RETRY;
	return compile(child, program, err);
}

/* A process may have died at rest, and would die at any time with the thread that started it: that
 * of a reload, for instance. */
static bool is_alive(struct child *child)
{
	struct pollfd pollfd = { .fd = child->socket, .events = POLLIN };

	if (child->pid > 0 && (child->thread != gettid() || poll(&pollfd, 1, 0) != 0))
		stop(child);
	return child->pid > 0;
}

enum weir_status child_ready(struct child *child, struct weir_error *err)
{
	enum weir_status status;

	if (is_alive(child))
		return WEIR_OK;
	status = compiled(child, child->program, err);
	if (status != WEIR_OK)
		return status;
	if (child_wire(child)->failed) {
		stop(child);
		return weir_fail(err, WEIR_E_CONFIG, "the rules compile no more");
	}
	return WEIR_OK;
}

enum weir_status child_check(struct child *child, struct weir_bytes program,
                             void (*message)(void *user, struct weir_bytes text), void *user,
                             struct weir_error *err)
{
	enum weir_status status = compiled(child, program, err);
	const char *p, *end;
	uint32_t len;

	if (status != WEIR_OK || child_wire(child)->failed == 0)
		return status;
	p = child->map + WIRE_OUT_AT + program.len + 1;
	end = child->map + WIRE_SIZE - 1 - sizeof len;
	/* Texts, one behind the other; behind the last are bytes that nobody wrote. */
	for (uint32_t i = 0; i < child_wire(child)->failed && p < end && *p == WIRE_TEXT; i++) {
		memcpy(&len, p + 1, sizeof len);
		if (len > (size_t)(end - p))
			break;
		message(user, (struct weir_bytes){ p + 1 + sizeof len, len });
		p += 1 + sizeof len + len;
	}
	return WEIR_FAIL;
}

/* ---- resting ---------------------------------------------------------------------------------- */

void child_rest(struct child *child)
{
	if (!child->map)
		return;
	if (child->pid > 0 && child_wire(child)->heap > WIRE_HEAP_MAX / 2)
		stop(child);
	fallocate(child->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, WIRE_IN_AT + KEEP,
	          WIRE_IN_SIZE - KEEP);
	fallocate(child->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, WIRE_OUT_AT + KEEP,
	          WIRE_OUT_SIZE - KEEP);
}
