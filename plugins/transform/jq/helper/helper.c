/* helper.c - weir-jq: the process that compiles jq rules, and its copies that run them.
 *
 * It is started by weir only. First it is the nest of a rule set (../nest.h): it compiles, and forks.
 * A copy runs the rules of one worker. Neither has files, an environment, or descriptors but a
 * socket and a piece of shared memory (wire.h), may use more than so much memory, or outlives its
 * weir: the nest ends when its socket has no other end, and its copies die with it. Not here: how
 * long an event may take, which weir watches.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <jq.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "values.h"

struct helper {
	struct wire *wire;
	char *memory;
	jq_state *jq;
	struct values_out out;     /* messages of the compiler */
};

/* ---- boundaries ----------------------------------------------------------------------------- */

static void limit(int what, rlim_t most)
{
	struct rlimit limit = { most, most };

	if (setrlimit(what, &limit) != 0)
		_exit(WIRE_EXIT_FAULT);
}

/* Nothing can be opened, save what weir sends while a command is waited for. */
static void allow_files(bool yes)
{
	struct rlimit limit = { yes ? WIRE_MEMORY + 3 : 0, WIRE_MEMORY + 3 };

	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		_exit(WIRE_EXIT_FAULT);
}

/* Bytes of address space in use. */
static rlim_t address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (!file || fscanf(file, "%lu", &pages) != 1)
		pages = (64ul << 20) / (unsigned long)sysconf(_SC_PAGESIZE);
	if (file)
		fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void confine(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	/* What a terminal or a service manager sends to all processes: weir ends us, after its last page. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_AS, address_space() + WIRE_HEAP_MAX);
	allow_files(true);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

/* jq 1.6 forgets what was to be handed to this. */
static struct wire *wire_of_process;

static void no_memory(void *user)
{
	(void)user;
	wire_of_process->out_of_memory = 1;
	_exit(WIRE_EXIT_MEMORY);
}

/* ---- compiling ------------------------------------------------------------------------------ */

static void note_message(void *user, jv message)
{
	struct helper *h = user;
	uint32_t *failed = &h->wire->failed;

	if (jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	*failed += 1;
	values_write(&h->out, message);
}

static void compile(struct helper *h)
{
	struct wire *wire = h->wire;
	const char *text = h->memory + WIRE_OUT_AT;

	if (h->jq)
		jq_teardown(&h->jq);
	h->jq = jq_init();
	if (!h->jq)
		no_memory(NULL);
	jq_set_nomem_handler(h->jq, no_memory, NULL);
	jq_set_error_cb(h->jq, note_message, h);
	h->out.at = h->memory + WIRE_OUT_AT + wire->program_len + 1;
	h->out.end = h->memory + WIRE_SIZE;
	h->out.status = WIRE_OUTPUTS;
	wire->failed = 0;
	allow_files(false);
	if (!jq_compile(h->jq, text) && wire->failed == 0)
		note_message(h, jv_string("the program is wrong, and jq does not say why"));
	allow_files(true);
}

/* ---- running -------------------------------------------------------------------------------- */

static jv read_input(const struct helper *h, const struct wire_request *request)
{
	const char *p = h->memory + request->at;
	jv input = jv_array_sized(1 + WIRE_INPUTS);

	input = jv_array_append(input, jv_number(request->rule));
	for (int i = 0; i < WIRE_INPUTS; i++)
		input = jv_array_append(input, values_read(&p));
	return input;
}

/* What the program gives, or the error that it ends with. */
static void answer(struct helper *h, struct values_out *out, const struct wire_request *request)
{
	char *start = out->at;
	uint32_t count = 0;
	jv v;

	jq_start(h->jq, read_input(h, request), 0);
	out->at += sizeof count;
	while (jv_is_valid(v = jq_next(h->jq)) && out->status == WIRE_OUTPUTS) {
		values_write(out, v);
		count++;
	}
	if (out->status != WIRE_OUTPUTS) {
		jv_free(v);
		jq_start(h->jq, jv_null(), 0); /* frees what the program was at */
		return;
	}
	values_write_count(out, start, count);
	if (!jv_invalid_has_msg(jv_copy(v))) {
		jv_free(v);
		return;
	}
	out->at = start;
	values_write(out, jv_invalid_get_msg(v));
	if (out->status == WIRE_OUTPUTS)
		out->status = WIRE_ERROR;
	jq_start(h->jq, jv_null(), 0);
}

static void run(struct helper *h)
{
	struct wire *wire = h->wire;
	char *at = h->memory + WIRE_OUT_AT, *end = at + WIRE_OUT_SIZE;

	/* When there is no room for another large record, weir asks again for the rest. */
	for (uint32_t i = wire->first; i < wire->count && end - at > WIRE_RECORD_MAX + 4; i++) {
		struct values_out out = { at, at + WIRE_RECORD_MAX, WIRE_OUTPUTS };

		if (wire->requests[i].rule != WIRE_SKIP)
			answer(h, &out, &wire->requests[i]);
		wire->answers[i] = (struct wire_answer){ (uint64_t)(at - h->memory),
			                                 (uint64_t)(out.at - at), out.status };
		at = out.at;
		atomic_store(&wire->done, i + 1);
	}
	wire->heap = mallinfo2().uordblks + mallinfo2().hblkhd;
}

/* ---- a copy --------------------------------------------------------------------------------- */

static bool map_memory(struct helper *h, int fd)
{
	h->memory = mmap(NULL, WIRE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	h->wire = wire_of_process = (struct wire *)h->memory;
	return h->memory != MAP_FAILED;
}

/* The next command, with the descriptors that come with it; 0 when weir is gone. */
static char wait_for(int fds[2])
{
	char command;
	struct iovec text = { .iov_base = &command, .iov_len = 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control,
		                  .msg_controllen = sizeof control };
	ssize_t got;

	do {
		got = recvmsg(WIRE_SOCKET, &message, 0);
	} while (got < 0 && errno == EINTR);
	fds[0] = fds[1] = -1;
	if (got == 1 && message.msg_controllen >= CMSG_LEN(2 * sizeof(int)))
		memcpy(fds, CMSG_DATA(&control.head), 2 * sizeof(int));
	return got == 1 ? command : 0;
}

static _Noreturn void serve(struct helper *h, pid_t nest, const int fds[2])
{
	const char done = WIRE_DONE;
	int none[2];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	munmap(h->memory, WIRE_SIZE);
	if (getppid() != nest || dup2(fds[0], WIRE_SOCKET) < 0 || !map_memory(h, fds[1]))
		_exit(WIRE_EXIT_FAULT);
	close_range(WIRE_SOCKET + 1, ~0u, 0);
	limit(RLIMIT_NOFILE, 0);       /* nothing can be opened from here on */
	while (wait_for(none) == WIRE_RUN) {
		run(h);
		if (write(WIRE_SOCKET, &done, 1) != 1)
			break;
	}
	_exit(WIRE_EXIT_END);
}

/* ---- the nest ------------------------------------------------------------------------------- */

static int32_t hatch(struct helper *h, const int fds[2])
{
	pid_t nest = getpid(), pid = fork();
	int32_t answer = pid < 0 ? -errno : pid;

	if (pid == 0)
		serve(h, nest, fds);
	close(fds[0]);
	close(fds[1]);
	return answer;
}

static int32_t end(void)
{
	int32_t pid;

	if (read(WIRE_SOCKET, &pid, sizeof pid) != sizeof pid || pid <= 0)
		_exit(WIRE_EXIT_FAULT);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}

int main(void)
{
	static struct helper h;
	int32_t answer;
	char command;
	int fds[2];

	if (!map_memory(&h, WIRE_MEMORY))
		return WIRE_EXIT_FAULT; /* started by hand */
	confine();
	while ((command = wait_for(fds)) != 0) {
		answer = 0;
		if (command == WIRE_COMPILE)
			compile(&h);
		else if (command == WIRE_HATCH)
			answer = hatch(&h, fds);
		else
			answer = end();
		if (write(WIRE_SOCKET, &answer, sizeof answer) != sizeof answer)
			break;
	}
	_exit(WIRE_EXIT_END);
}
