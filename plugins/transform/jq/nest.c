/* nest.c - the process that has compiled the program of a rule set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "nest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

/* An answer that takes longer does not come. */
enum { COMPILE_MS = 10000, OTHER_MS = 2000 };

struct nest {
	const char *helper;
	struct weir_bytes program;
	pthread_mutex_t lock;        /* of all below: workers ask at any time */
	pid_t pid;                   /* 0: no process */
	unsigned brood;              /* counts processes */
	bool compiled;               /* it has the program */
	int socket;                  /* -1 when closed */
	int exit;                    /* as waitpid gives it, of the last process */
	struct memory memory;
};

struct nest *nest_create(const char *helper, struct weir_bytes program)
{
	struct nest *nest = weir_alloc(sizeof *nest);

	*nest = (struct nest){ .helper = helper, .program = program, .socket = -1,
		               .memory = { .fd = -1 } };
	pthread_mutex_init(&nest->lock, NULL);
	return nest;
}

/* Ends the process, however it is. */
static void stop(struct nest *nest)
{
	if (nest->pid > 0) {
		kill(nest->pid, SIGKILL);
		while (waitpid(nest->pid, &nest->exit, 0) < 0 && errno == EINTR)
			;
	}
	nest->pid = 0;
	nest->compiled = false;
	if (nest->socket >= 0)
		close(nest->socket);
	nest->socket = -1;
}

void nest_destroy(struct nest *nest)
{
	if (!nest)
		return;
	stop(nest);
	memory_close(&nest->memory);
	pthread_mutex_destroy(&nest->lock);
	weir_free(nest);
}

/* ---- starting ------------------------------------------------------------------------------- */

static int spawn(struct nest *nest, int theirs)
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
	posix_spawn_file_actions_adddup2(&files, nest->memory.fd, WIRE_MEMORY);
	posix_spawn_file_actions_addclosefrom_np(&files, WIRE_MEMORY + 1);
	failure = posix_spawn(&nest->pid, nest->helper, &files, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (failure)
		nest->pid = 0;
	return failure;
}

static enum weir_status start(struct nest *nest, struct weir_error *err)
{
	int pair[2] = { -1, -1 };
	int failure;

	if (nest->pid > 0)
		return WEIR_OK;
	if (memory_open(&nest->memory) &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
		nest->socket = pair[0];
		pair[1] = memory_move_up(pair[1]);
		failure = pair[1] < 0 ? errno : spawn(nest, pair[1]);
	} else {
		failure = errno;
	}
	if (pair[1] >= 0)
		close(pair[1]);
	if (nest->pid > 0) {
		nest->brood++;
		return WEIR_OK;
	}
	stop(nest);
	weir_fail(err, WEIR_E_RESOURCE, "start %s: %s", nest->helper, strerror(failure));
	return WEIR_RETRY;
}

/* ---- talking -------------------------------------------------------------------------------- */

enum heard { HEARD, SILENT, GONE };

/* The answer to a command. */
static enum heard hear(struct nest *nest, int32_t *answer, int patience_ms)
{
	struct pollfd pollfd = { .fd = nest->socket, .events = POLLIN };
	int ready;

	do {
		ready = poll(&pollfd, 1, patience_ms);
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return SILENT;
	return recv(nest->socket, answer, sizeof *answer, MSG_DONTWAIT) == sizeof *answer ? HEARD
	                                                                                 : GONE;
}

/* ---- compiling ------------------------------------------------------------------------------ */

/* What to say of a process that does not answer any more. */
static enum weir_status how_it_ended(struct nest *nest, enum heard heard, struct weir_error *err)
{
	const struct wire *wire = (const struct wire *)nest->memory.map;

	stop(nest);
	if (heard == SILENT)
		return weir_fail(err, WEIR_E_CONFIG, "jq took more than %d s to compile the rules",
		                 COMPILE_MS / 1000);
	if (wire->out_of_memory)
		return weir_fail(err, WEIR_E_CONFIG, "jq used more than %d MiB to compile the rules",
		                 WIRE_HEAP_MAX >> 20);
	if (WIFEXITED(nest->exit))
		return weir_fail(err, WEIR_E_RESOURCE, "%s ended at once (code %d)", nest->helper,
		                 WEXITSTATUS(nest->exit));
	return weir_fail(err, WEIR_E_CONFIG, "jq itself crashed on the rules (signal %d)",
	                 WTERMSIG(nest->exit));
}

/* WEIR_OK when the process answered: what it has to say stands in the memory. */
static enum weir_status compile(struct nest *nest, struct weir_bytes program,
                                struct weir_error *err)
{
	const char command = WIRE_COMPILE;
	enum heard heard = GONE;
	struct wire *wire;
	int32_t answer;

	if (program.len > WIRE_OUT_SIZE / 2)
		return weir_fail(err, WEIR_E_CONFIG, "the rules are larger than %d MiB",
		                 WIRE_OUT_SIZE / 2 >> 20);
	if (start(nest, err) != WEIR_OK)
		return WEIR_RETRY;
	memcpy(nest->memory.map + WIRE_OUT_AT, program.data, program.len);
	nest->memory.map[WIRE_OUT_AT + program.len] = '\0';
	wire = (struct wire *)nest->memory.map;
	wire->program_len = program.len;
	wire->out_of_memory = 0;
	nest->compiled = false;
	if (send(nest->socket, &command, 1, MSG_NOSIGNAL) == 1)
		heard = hear(nest, &answer, COMPILE_MS);
	if (heard != HEARD)
		return how_it_ended(nest, heard, err);
	nest->compiled = wire->failed == 0 && program.data == nest->program.data;
	return WEIR_OK;
}

/* Texts, one behind the other; behind the last are bytes that nobody wrote. */
static void pass_on(const struct nest *nest, size_t program_len,
                    void (*message)(void *user, struct weir_bytes text), void *user)
{
	const struct wire *wire = (const struct wire *)nest->memory.map;
	const char *p = nest->memory.map + WIRE_OUT_AT + program_len + 1;
	const char *end = nest->memory.map + WIRE_SIZE - 1 - sizeof(uint32_t);
	uint32_t len;

	for (uint32_t i = 0; i < wire->failed && p < end && *p == WIRE_TEXT; i++) {
		memcpy(&len, p + 1, sizeof len);
		if (len > (size_t)(end - p))
			break;
		message(user, (struct weir_bytes){ p + 1 + sizeof len, len });
		p += 1 + sizeof len + len;
	}
}

enum weir_status nest_check(struct nest *nest, struct weir_bytes program,
                            void (*message)(void *user, struct weir_bytes text), void *user,
                            struct weir_error *err)
{
	enum weir_status status;

	pthread_mutex_lock(&nest->lock);
	status = compile(nest, program, err);
	if (status == WEIR_OK && ((const struct wire *)nest->memory.map)->failed) {
		pass_on(nest, program.len, message, user);
		status = WEIR_FAIL;
	}
	pthread_mutex_unlock(&nest->lock);
	return status;
}

/* ---- hatching ------------------------------------------------------------------------------- */

/* A process may have died at rest. */
static enum weir_status make_ready(struct nest *nest, struct weir_error *err)
{
	struct pollfd pollfd = { .fd = nest->socket, .events = POLLIN };

	if (nest->compiled && poll(&pollfd, 1, 0) == 0)
		return WEIR_OK;
	stop(nest);
	if (compile(nest, nest->program, err) != WEIR_OK)
		return WEIR_RETRY;
	if (nest->compiled)
		return WEIR_OK;
	weir_fail(err, WEIR_E_RESOURCE, "the rules compile no more");
	return WEIR_RETRY;
}

static bool ask(const struct nest *nest, int socket, int memory)
{
	char command = WIRE_HATCH;
	struct iovec text = { .iov_base = &command, .iov_len = 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control,
		                  .msg_controllen = sizeof control };
	const int fds[2] = { socket, memory };

	control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fds),
		                         .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), fds, sizeof fds);
	return sendmsg(nest->socket, &message, MSG_NOSIGNAL) == 1;
}

enum weir_status nest_hatch(struct nest *nest, int socket, int memory, struct copy *copy,
                            struct weir_error *err)
{
	enum weir_status status;
	int32_t answer = -EPIPE;

	pthread_mutex_lock(&nest->lock);
	status = make_ready(nest, err);
	if (status == WEIR_OK &&
	    (!ask(nest, socket, memory) || hear(nest, &answer, OTHER_MS) != HEARD)) {
		answer = -EPIPE;
		stop(nest);
	}
	/* When it cannot fork, the copies that it has go on. */
	if (status == WEIR_OK && answer <= 0) {
		weir_fail(err, WEIR_E_RESOURCE, "no process for jq: %s", strerror(-answer));
		status = WEIR_RETRY;
	}
	if (status == WEIR_OK)
		*copy = (struct copy){ answer, nest->brood };
	pthread_mutex_unlock(&nest->lock);
	return status;
}

bool nest_end(struct nest *nest, struct copy *copy)
{
	int32_t pid = copy->pid, answer;
	char command[1 + sizeof pid] = { WIRE_END };
	bool survived;

	if (pid == 0)
		return true;
	memcpy(command + 1, &pid, sizeof pid);
	pthread_mutex_lock(&nest->lock);
	/* With a nest that has ended, or does not answer, the kernel ends its copies: behind the
	 * nest's socket, so that who sees a copy dead of it sees that closed. */
	survived = nest->pid > 0 && copy->brood == nest->brood;
	if (survived &&
	    (send(nest->socket, command, sizeof command, MSG_NOSIGNAL) != sizeof command ||
	     hear(nest, &answer, OTHER_MS) != HEARD)) {
		survived = false;
		stop(nest);
	}
	pthread_mutex_unlock(&nest->lock);
	*copy = (struct copy){ 0 };
	return survived;
}
